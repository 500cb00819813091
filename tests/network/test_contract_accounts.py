"""Accounts that are contracts, and accounts that pass on: wallets bid and post shares, and every reader of the chain tells it right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from chain.audit.bundle import verify
from chain.audit.run import run
from chain.bindings import member_registry, supplier_registry
from chain.network import Network
from chain.procurement.bid import seal_bid
from chain.procurement.bid_acts import BidActs
from chain.procurement.bidding import DECLARATION
from chain.procurement.committee import SeatHolder
from chain.procurement.live import LiveFacts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person
from chain.procurement.tender import Tender
from chain.rpc import Rpc
from chain.transactions import Call, checksum, creation, deploy, sign, unsigned
from chain.transactions.sending import mined
from chain.types import Event, Role, to_hex
from tests.network.story import asked, proof_of

pytestmark = pytest.mark.network

MOCK = "TargetMock"


@dataclass(frozen=True)
class Wallet:
    """A contract that does what it is told, in transactions of ``person``."""

    net: Network
    address: str
    person: Person

    @classmethod
    def of(cls, net: Network, person: Person, contract: str) -> Wallet:
        """A wallet for acts on one contract."""
        code = creation(MOCK, net.deployment.addresses[contract])
        made = asked(
            net, lambda rpc: deploy(rpc, net.deployment.addresses, code, person.key, nudge=net.nudge)
        )
        assert made.created is not None
        return cls(net, checksum(made.created), person)

    def act(self, call: Call) -> str:
        """Does it; hash of the transaction."""
        self._send(Call(MOCK, "arm", (call.data,)))
        return self._send(Call(MOCK, "fire", ()))

    def _send(self, call: Call) -> str:
        async def sent(rpc: Rpc) -> str:
            nonce = int(await rpc.call("eth_getTransactionCount", self.person.address, "pending"), 16)
            payload = unsigned(nonce, self.address, call.data, 8_000_000, self.net.chain_id)
            raw, transaction = sign(payload, self.person.key)
            await rpc.call("eth_sendRawTransaction", to_hex(raw))
            receipt = await mined(rpc, transaction, self.net.nudge)
            assert int(receipt["status"], 16) == 1
            return transaction

        return asked(self.net, sent)


@dataclass(frozen=True)
class Made:
    """A tender that was opened, and the wallets that acted on it."""

    tender: Tender
    bidder: Wallet
    opener: Wallet


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    with Network.start("sandbox") as network:
        yield network


@pytest.fixture(scope="module")
def made(net: Network) -> Made:
    """acme bids through a wallet. beta bids, gives up its account and gamma takes it over, and bids with it too. A wallet posts the
    shares of seat 2."""
    buyer, acme, beta, gamma = net.people("buyer", "acme", "beta", "gamma")
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    bidder = Wallet.of(net, acme, "BidBox")
    accounts(net, acme, acme.address, bidder.address)
    receipt = seal_bid(
        tender.notice, "1250000.00 MXN", bidder=bidder.address, version=1, declarations=DECLARATION
    )
    acts = BidActs(LiveFacts(net), LiveSealed(net))
    envelopes = [each.data for each in receipt.envelopes]
    bidder.act(acts.submit(bidder.address, tender.number, receipt.terms_hash, DECLARATION, envelopes).call)
    tender.bid("1190000.00 MXN", sender=beta)
    accounts(net, beta, "0x" + "be" * 20)
    accounts(net, gamma, gamma.address, beta.address)
    tender.bid("1210000.00 MXN", sender=beta)

    (first, first_store), (second, second_store), _ = net.local_seats()
    opener = Wallet.of(net, second, "OpeningCommittee")
    net.send(member_registry.add_person(opener.address, int(Role.OPENER), net.now() + 86_400), second)
    net.wait_until(tender.opens_at)
    tender.opening.share(SeatHolder(net, first, first_store), first)
    share = SeatHolder(net, second, second_store).share(tender.opening.page_file(0).keyset_id)
    file = tender.opening.page_file(0).shares(share)
    openings = OpeningActs(LiveFacts(net), LiveSealed(net))
    opener.act(openings.shares(opener.address, tender.number, 0, 0, file.seat, file.shares).call)
    tender.opening.combine(acme)
    return Made(tender, bidder, opener)


def accounts(net: Network, person: Person, *listed: str) -> None:
    """Replaces the accounts of a person's supplier."""
    version = LiveFacts(net).supplier(LiveFacts(net).supplier_of(person.address)).version
    net.send(supplier_registry.set_accounts(version, [checksum(each) for each in listed]), person)


def test_run__bid_and_shares_through_wallets__verifies_and_names_them(net: Network, made: Made) -> None:
    report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
    bid, shares = [text for text in report.warnings if text.startswith("not signed directly")]
    assert f"BidSealed by {made.bidder.address} came through another contract" in bid
    assert f"in a transaction of {made.bidder.person.address}" in bid
    assert "SharesPosted by a person of LICITA-OPENING2 came through another contract" in shares
    assert f"in a transaction of {made.opener.person.address}" in shares
    (opening,) = report.facts["openings"].values()
    assert [each["verdict"] for each in opening["bids"]] == ["opened"] * 3
    assert opening["bids"][0]["bidder"] == made.bidder.address
    assert [each["account"] is None for each in opening["shares"]] == [False, True]


def test_verify__proof_of_such_a_tender__holds_and_names_them(
    net: Network, made: Made, tmp_path: Path
) -> None:
    proof = proof_of(net, made.tender.number)
    lines = verify(proof.write(tmp_path / "proof.zip"), head=proof.head).lines
    assert sum(line.startswith("warning: not signed directly") for line in lines) == 2
    assert any("lot 1 1250000.00 MXN" in line for line in lines)


def test_bids__account_that_passed_to_another_supplier__each_has_its_own(net: Network, made: Made) -> None:
    acme, beta, gamma = (
        LiveFacts(net).supplier_of(address)
        for address in (made.bidder.address, checksum("0x" + "be" * 20), net.person("gamma").address)
    )
    bids = made.tender.bids
    assert [bid.supplier for bid in bids] == [to_hex(each) for each in (acme, beta, gamma)]
    assert (bids[1].bidder, bids[1].version) == (bids[2].bidder, bids[2].version)
    assert [[str(price) for price in bid.opened[0].amounts] for bid in bids] == [
        ["1250000.00 MXN"], ["1190000.00 MXN"], ["1210000.00 MXN"],
    ]  # fmt: skip
    assert all(bid.opened[0].fault == "" for bid in bids)


def test_bids__whatever_their_number__are_read_at_once(
    net: Network, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: Counter[str] = Counter()
    events = Network.events

    def counted(
        self: Network, contract: str, names: Sequence[str] = (), subject: bytes | None = None
    ) -> list[Event]:
        asked_for.update(names)
        return events(self, contract, names, subject)

    monkeypatch.setattr(Network, "events", counted)
    assert len(made.tender.bids) == 3
    assert asked_for["BidSealed"] <= 2
    assert asked_for["BidOpened"] == asked_for["SupplierAccountsSet"] == 1
