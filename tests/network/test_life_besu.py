"""A tender's whole life on a real Besu: deployed under the code size of public networks, played, followed, audited, and played again on
anvil, which must use the same gas."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from chain import Instalment, errors
from chain.audit.bundle import verify
from chain.audit.reading import blocks
from chain.audit.run import run
from chain.bindings import supplier_registry, tender_board
from chain.deployment import Deployment, deploy_contracts
from chain.founding import OPENERS, SUPPLIERS, sandbox_founding
from chain.network import Network
from chain.nodes.anvil import SANDBOX_MARK, Anvil
from chain.nodes.descriptor import Defaults, Descriptor
from chain.nodes.folder import Folder
from chain.people import seat_store
from chain.procurement.committee import SeatHolder, form_committee
from chain.procurement.session import Person
from chain.procurement.tender import Tender
from chain.publication import OcdsPublisher, judge
from chain.recorder import Recorder
from chain.rpc import HttpTransport, Rpc
from chain.rules import member_id, record_id
from chain.transactions import address_of, send
from chain.types import AgreementStatus, TenderStatus, to_hex
from tests.besu import CHAIN_ID, running, until
from tests.stage import ADDRESSES, DEPLOYER, KEYS, SIGNERS, request

pytestmark = [pytest.mark.network, pytest.mark.besu, pytest.mark.timeout(600)]

WHO = {name: Person(name, ADDRESSES[name], KEYS[name]) for name in KEYS}


def paper(text: str) -> str:
    """The sha256 under which a document stands on the chain."""
    return hashlib.sha256(text.encode()).hexdigest()


def wait_until(net: Network, moment: datetime) -> None:
    """Until the head is there: validators keep their own time."""

    async def reached() -> bool:
        return await asyncio.to_thread(net.clock) >= moment

    asyncio.run(until(reached, 120))


def found(folder: Folder, url: str, deployment: Deployment) -> None:
    """Suppliers, and a committee whose key is the default of the network."""
    descriptor = Descriptor("besu", "besu", "sandbox", CHAIN_ID, deployment.genesis_hash, 1, 64, "stop", url)
    folder.write_descriptor(descriptor)
    with Network.connect(url, folder.path) as net:
        for supplier in SUPPLIERS[:2]:
            accounts = [ADDRESSES[supplier.person]]
            net.send(supplier_registry.register(supplier.id, accounts, supplier.json), WHO["registrar"])
            net.send(supplier_registry.declare_owners(1, supplier.id), WHO[supplier.person])
        founder, openers = Person("founder", deployment.deployer, DEPLOYER), [WHO[name] for name in OPENERS]
        keyset = form_committee(net, founder, openers, [seat_store(folder, name) for name in OPENERS])
    review = to_hex(member_id("LICITA-REVIEW"))
    folder.write_descriptor(replace(descriptor, defaults=Defaults(keyset=to_hex(keyset), review_body=review)))


def life(net: Network) -> Tender:
    """From publication to the last payment, with acts that come too late or are too much."""
    buyer, acme = WHO["buyer"], WHO["acme"]
    tender = net.tenders.publish(net.samples.path("laptops", length=20), sender=buyer)
    for bidder, price in ((acme, "1311264.00 MXN"), (WHO["beta"], "1400000.00 MXN")):
        tender.bid(price, sender=bidder)
    complaint = tender.complain("terms", paper("why 16 GiB?"), sender=acme).admit(
        paper("heard"), sender=WHO["reviewer"]
    )
    tender.suspend(paper("stand still"), sender=WHO["reviewer"]).resume(
        paper("go on"), sender=WHO["reviewer"]
    )
    complaint.dismiss(paper("because of the software"), sender=WHO["reviewer"])
    wait_until(net, tender.opens_at)
    with pytest.raises(errors.BidBoxClosed):
        tender.bid("1.00 MXN", sender=acme)
    seats = [(WHO[name], SeatHolder(net, WHO[name], seat_store(net.folder, name))) for name in OPENERS]
    tender.opening.run(seats)
    award = tender.award(sender=buyer)
    wait_until(net, award.final_from)
    halves = [Instalment(Decimal("50"), after=1)] * 2
    agreement = award.draft(paper("lease"), sender=buyer, payments=halves)
    agreement.sign(sender=buyer).sign(sender=acme)
    agreement.propose_change("quantity", "1400000.00 MXN", paper("32 more"), sender=acme)
    agreement.sign_change(sender=buyer)
    agreement.deliver(1, paper("note"), sender=acme).refuse(1, paper("twelve are broken"), sender=buyer)
    agreement.deliver(1, paper("new note"), sender=acme).accept(1, paper("report"), sender=buyer)
    for number in (2, 3):
        agreement.pay("700000.00 MXN", reference=f"SPEI {number}", milestone=number, sender=buyer)
    with pytest.raises(errors.AgreementBookOverpaid):
        agreement.pay("0.01 MXN", reference="SPEI 99", milestone=2, sender=buyer)
    agreement.rate(4, sender=WHO["witness"]).complete(paper("certificate"), sender=buyer)
    assert (agreement.status, tender.status) == (AgreementStatus.COMPLETED, TenderStatus.COMPLETE)
    return tender


async def test_whole_life__real_besu__is_played_followed_proved_and_the_same_on_anvil(tmp_path: Path) -> None:
    async with running(tmp_path, 1, alloc=SANDBOX_MARK) as (node,):
        folder, rpc = Folder(tmp_path / "network"), Rpc(HttpTransport(node.url))
        folder.create()
        now = int((await rpc.call("eth_getBlockByNumber", "latest", False))["timestamp"], 16)
        founding = sandbox_founding(ADDRESSES, now)
        deployment = await deploy_contracts(rpc, DEPLOYER, founding, founder=address_of(DEPLOYER))
        folder.deployment_json.write_text(deployment.to_json())
        await asyncio.to_thread(found, folder, node.url, deployment)
        with await asyncio.to_thread(Network.connect, node.url, folder.path) as net:
            tender = await asyncio.to_thread(life, net)
            await followed(net, tender, tmp_path / "licita.sqlite3", rpc)
            proof = await asyncio.to_thread(net.prove, tender.number)
            head = await rpc.call("eth_getBlockByNumber", hex(proof.report.facts["block"]), False)
            file = proof.write(tmp_path / "proof.zip")
            assert verify(file, head=head["hash"]).word == "matches-head"
        await same_on_anvil(rpc, Folder(tmp_path / "anvil"))
        await rpc.close()


async def followed(net: Network, tender: Tender, database: Path, rpc: Rpc) -> None:
    """A recorder on the same node: an act of its own, one that its block refuses, and an index as the audit finds it."""
    addresses = net.deployment.addresses
    record = record_id(CHAIN_ID, member_id("LICITA-AUDIT"), "1")
    noted = tender_board.note(record, tender.id, '{"text":"seen"}')
    recorder = Recorder(
        database=database, rpc=rpc, deployment=net.deployed, signers=SIGNERS, nudge=net.nudge,
        publisher=OcdsPublisher(net.publication), check=judge,
    )  # fmt: skip
    await recorder.start()
    done, again = [await recorder.accept(request(noted, key, "auditor")) for key in ("1", "2")]
    assert (await recorder.wait(done.operation.id, 60)).state == "recorded"
    refused = await recorder.wait(again.operation.id, 60)
    assert (refused.state, refused.error) == ("reverted", "TenderBoardAlreadyRecorded")
    assert refused.facts["source"] == "receipt"
    with pytest.raises(errors.TenderBoardAlreadyRecorded):
        await send(rpc, addresses, noted, KEYS["auditor"])
    report = await run(rpc, net.deployment, net.publication)
    last = report.facts["block"]

    async def is_there() -> bool:
        return recorder.head is not None and recorder.head.block >= last

    await until(is_there, 60)
    assert recorder.index.digest(last) == report.facts["digest"]
    assert (report.facts["failed"], report.facts["tenders"]) == (2, 1)
    await recorder.stop()


async def same_on_anvil(rpc: Rpc, folder: Folder) -> None:
    """The same transactions in blocks of the same numbers and times have the same receipts, gas and logs in them. Roots of the state
    differ: anvil keeps slots of zero in its tries."""
    last = int(await rpc.call("eth_blockNumber"), 16)
    played = [block async for block in blocks(rpc, CHAIN_ID, 0, last)]
    anvil = Anvil(folder, chain_id=CHAIN_ID, timestamp=0, alloc=SANDBOX_MARK)
    try:
        anvil.start()
        await anvil.ready()
        await anvil.remake(
            [(block.header.timestamp, [one.transaction.rlp() for one in block.body]) for block in played[1:]]
        )
        again = [block async for block in blocks(anvil.rpc, CHAIN_ID, 0, last)]
        for one, other in zip(played, again, strict=True):
            assert one.body == other.body, one.header.number
    finally:
        await anvil.close()
        anvil.stop(5)
