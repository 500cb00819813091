"""Acts of two accounts from scripts: what a node and an index say of them, what an audit finds, and what a proof file holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from api.settings import Settings
from chain.audit.bundle.checking import check
from chain.audit.lawful import Lawful
from chain.audit.place import NOWHERE
from chain.audit.run import run
from chain.bindings import four_eyes, member_registry
from chain.errors.audit import AuditRefusal
from chain.errors.contracts import (
    FourEyesActAlreadyProposed,
    FourEyesActNotProposed,
    FourEyesActSameSigner,
    FourEyesRoleMissing,
    TenderBoardRoleMissing,
)
from chain.network import Network
from chain.procurement.acts import Acts
from chain.procurement.live import LiveFacts
from chain.procurement.tender import Tender
from chain.rules.four_eyes import LIFE, Proposal
from chain.transactions import Call, checksum
from chain.types import CONTRACTS, ComplaintStatus, Event, Role, TenderStatus, to_hex
from tests.network.story import asked
from tests.network.test_contract_accounts import Wallet

pytestmark = pytest.mark.network

PAPER = hashlib.sha256(b"reasoned decision").hexdigest()
DAYS = 86_400


@dataclass(frozen=True)
class Story:
    """A sandbox with a tender of four eyes that lived until its cancellation, and one that is awarded in block ``last``."""

    net: Network
    tender: Tender
    awarded: Tender
    last: int


def document(net: Network) -> dict[str, object]:
    """A tender under the procedure ``simple``."""
    body: dict[str, object] = json.loads(net.samples.path("laptops", length=5 * DAYS).read_bytes())
    return body | {"procedure": "simple"}


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """What every reader below looks at."""
    with Network.start("sandbox") as net:
        buyer, approver, acme, beta, reviewer = net.people("buyer", "approver", "acme", "beta", "reviewer")
        signers: dict[str, Any] = {"sender": buyer, "approver": approver}
        tender = net.tenders.publish(document(net), **signers)
        tender.amend({"patch": {"title": "Otro título"}}, **signers)
        complaint = tender.complain("terms", PAPER, sender=acme)
        complaint.admit(PAPER, sender=reviewer)
        complaint.uphold("amend", PAPER, sender=reviewer)
        tender.amend({"patch": {"title": "Un título mejor"}}, **signers)
        assert complaint.execute(**signers).status is ComplaintStatus.REMEDIED
        awarded = net.tenders.publish(document(net), **signers)
        awarded.bid("1250000.00 MXN", sender=acme)
        awarded.bid("1190000.00 MXN", sender=beta)
        tender.cancel("noDemand", PAPER, **signers)
        net.wait_until(awarded.opens_at)
        awarded.open()
        awarded.record_security(1, "held", PAPER, **signers)
        awarded.lot(1).rank(sender=beta)
        awarded.lot(1).disqualify(1, "notQualified", PAPER, **signers)
        assert awarded.award(document=PAPER, **signers).bid == 0
        yield Story(net, tender, awarded, net.events("AwardDesk", ("LotAwarded",))[-1].block)


def test_acts__two_accounts__are_done_and_told(story: Story) -> None:
    net = story.net
    assert story.tender.status is TenderStatus.CANCELLED and story.tender.facts.four_eyes
    proposed, approved = (net.events("FourEyes", (name,)) for name in ("ActProposed", "ActApproved"))
    assert len(proposed) == len(approved) == 9
    buyer, approver = net.people("buyer", "approver")
    assert {event.args["proposer"] for event in proposed} == {buyer.address}
    assert {event.args["approver"] for event in approved} == {approver.address}
    assert [event.args["act"] for event in proposed] == [event.args["act"] for event in approved]


def test_act__by_one_account__is_refused_by_name(story: Story) -> None:
    net, (buyer, approver) = story.net, story.net.people("buyer", "approver")
    tender = net.tenders.publish(document(net), sender=buyer, approver=approver)
    with pytest.raises(FourEyesRoleMissing):
        tender.cancel("noDemand", PAPER, sender=buyer)
    with pytest.raises(FourEyesActNotProposed):
        tender.cancel("noDemand", PAPER, sender=approver)
    with pytest.raises(FourEyesRoleMissing):
        tender.cancel("noDemand", PAPER, sender=approver, approver=buyer)
    with pytest.raises(FourEyesRoleMissing):
        tender.cancel("noDemand", PAPER, sender=buyer, approver=buyer)
    # The call was proposed on the way: the other account does it by itself now.
    with pytest.raises(FourEyesActAlreadyProposed):
        tender.cancel("noDemand", PAPER, sender=buyer, approver=approver)
    assert tender.cancel("noDemand", PAPER, sender=approver).status is TenderStatus.CANCELLING


def test_act__of_a_procedure_without__is_done_by_the_sender_alone(story: Story) -> None:
    net, (buyer, approver) = story.net, story.net.people("buyer", "approver")
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer, approver=approver)
    tender.cancel("noDemand", PAPER, sender=buyer, approver=approver)
    assert not tender.facts.four_eyes
    (acme,) = net.people("acme")
    with pytest.raises(TenderBoardRoleMissing):
        net.tenders.publish(net.samples.path("laptops"), sender=acme, approver=approver)


def test_act__by_who_proposed_it__same_signer(story: Story) -> None:
    net, (buyer, approver) = story.net, story.net.people("buyer", "approver")
    tender = net.tenders.publish(document(net), sender=buyer, approver=approver)
    (spare,) = net.people("citizen")
    net.send(
        member_registry.add_person(spare.address, int(Role.OFFICER | Role.APPROVER), net.now() + 90 * DAYS),
        buyer,
    )
    with pytest.raises(FourEyesActSameSigner):
        tender.cancel("noDemand", PAPER, sender=spare, approver=spare)


def test_facts__node_and_index__say_the_same(story: Story, tmp_path: Path) -> None:
    net, (buyer, approver) = story.net, story.net.people("buyer", "approver")
    tender = net.tenders.publish(document(net), sender=buyer, approver=approver)
    act = Acts(LiveFacts(net), proposing=True).cancel(buyer.address, tender.number, 0, "noDemand", PAPER)
    assert act.act is not None
    done = net.events("FourEyes", ("ActApproved",))[0].args["act"]
    net.send(four_eyes.propose(act.act), buyer)
    live, member = LiveFacts(net), tender.facts.buyer
    found = live.proposal(member, act.call)
    assert found == Proposal(act.act, buyer.address, net.now() + LIFE, True)
    other = Call("TenderBoard", "cancel", (tender.id, 0, 2, bytes.fromhex(PAPER)))
    assert live.proposal(member, other).until == 0
    with Running(net, 0, Settings()):
        index = net.index_of(net.folder.path)
        row = index.signing.act(to_hex(member), to_hex(act.act))
        assert row is not None and (row.proposer, row.until, row.approver) == (
            found.proposer,
            found.until,
            "",
        )
        row = index.signing.act(to_hex(member), done)
        assert row is not None and row.approver == approver.address and row.approved_at
        assert row.approval != row.proposal
        facts = index.tender(tender.number)
        assert facts is not None and facts.facts == tender.facts


# The audit


def test_audit__whole_chain__finds_the_acts_lawful(story: Story) -> None:
    net = story.net
    report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
    assert report.facts["verdict"] == "consistent"
    assert not any("not signed directly" in line for line in report.lines)


def test_proof__of_a_tender__holds_who_proposed_and_who_approved(story: Story) -> None:
    net = story.net
    approved = {event.transaction: event.args["act"] for event in net.events("FourEyes", ("ActApproved",))}
    proposed = {event.args["act"]: event.transaction for event in net.events("FourEyes", ("ActProposed",))}
    for tender, count in ((story.tender, 5), (story.awarded, 4)):
        done = {
            event.transaction
            for contract in ("TenderBoard", "AwardDesk", "ComplaintDesk")
            for event in net.events(contract, (), tender.id)
        }
        acts = {act for transaction, act in approved.items() if transaction in done}
        proof = net.audit(tender)
        files = proof.files
        assert proof.report.facts["four_eyes"] == count
        assert any(line.startswith(f"four eyes: {count} acts of the buyer") for line in proof.report.said)
        items = (json.loads(data) for name, data in files.items() if name.startswith("items/"))
        held = {item["transaction"]["hash"] for item in items}
        assert len(acts) == count and {proposed[act] for act in acts} <= held
        assert not {proposed[act] for act in approved.values()} <= held
        check(files)


@dataclass(frozen=True)
class Told:
    """An event with who sent its transaction and what was called."""

    event: Event
    sender: str
    created: bool
    call: bytes | None


@pytest.fixture(scope="module")
def told(story: Story) -> list[Told]:
    """Every event of the chain, in order."""
    net = story.net
    events = sorted(
        (each for contract in CONTRACTS for each in net.events(contract) if each.block <= story.last),
        key=lambda event: (event.block, event.tx_index, event.log_index),
    )
    hashes = sorted({event.transaction for event in events})
    calls = [("eth_getTransactionByHash", (name,)) for name in hashes]
    sent = dict(zip(hashes, asked(net, lambda rpc: rpc.results(calls)), strict=True))

    def one(event: Event) -> Told:
        transaction = sent[event.transaction]
        to = transaction["to"]
        call = bytes.fromhex(transaction["input"][2:]) if to == event.address.lower() else None
        return Told(event, checksum(transaction["from"]), to is None, call)

    return [one(event) for event in events]


def judged(story: Story, told: Sequence[Told]) -> str | None:
    """The rule that refuses these events, None where none does."""
    lawful = Lawful(story.net.chain_id)
    lawful.founded_by(story.net.deployment.deployer)
    try:
        for before, one in zip([None, *told], told, strict=False):
            if before is not None and before.event.block != one.event.block:
                lawful.close()
            lawful.apply(one.event, one.sender, NOWHERE.of(one.event.block), one.created, one.call)
        lawful.close()
    except AuditRefusal as refused:
        return refused.rule
    return None


def changed(told: Sequence[Told], name: str, change: Callable[[Told], Told | None]) -> list[Told]:
    """The story with the last event of this name changed, or left out."""
    place = max(place for place, one in enumerate(told) if one.event.name == name)
    found = change(told[place])
    return [*told[:place], *([] if found is None else [found]), *told[place + 1 :]]


def with_args(**args: object) -> Callable[[Told], Told]:
    """Other arguments of the event."""
    return lambda one: replace(one, event=replace(one.event, args={**one.event.args, **args}))


def test_lawful__as_it_was__passes(story: Story, told: list[Told]) -> None:
    assert judged(story, told) is None


OTHER = "0x" + "11" * 32
FORGED: list[tuple[str, str, Callable[[Told], Told | None], str]] = [
    ("no approval", "ActApproved", lambda one: None, "event-LotAwarded:alone"),
    ("no proposal", "ActProposed", lambda one: None, "unlawful-FourEyesActNotProposed"),
    ("the act left out", "LotAwarded", lambda one: None, "event-ActApproved:alone"),
    ("another act", "ActApproved", with_args(act=OTHER), "unlawful-FourEyesActNotProposed"),
    ("another call", "LotAwarded", lambda one: replace(one, call=(one.call or b"") + b"\0"), "event-LotAwarded:act"),
    ("another buyer", "ActProposed", with_args(member=OTHER), "event-ActProposed:member"),
    ("another end", "ActProposed", with_args(until=1), "event-ActProposed:until"),
    ("a tender's act without its event", "TenderPublished", lambda one: None, "event-ActApproved:alone"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change", "rule"), [each[1:] for each in FORGED], ids=[each[0] for each in FORGED]
)
def test_lawful__forged__is_named(
    story: Story, told: list[Told], name: str, change: Callable[[Told], Told | None], rule: str
) -> None:
    assert judged(story, changed(told, name, change)) == rule


def test_lawful__approved_by_who_proposed__is_named(story: Story, told: list[Told]) -> None:
    """Who has no other role is told that; who has both, that it is the same account."""
    (buyer,) = story.net.people("buyer")
    by_one = changed(told, "ActApproved", with_args(approver=buyer.address))
    assert judged(story, by_one) == "unlawful-FourEyesRoleMissing"
    roles = int(Role.ADMIN | Role.OFFICER | Role.APPROVER)
    place = next(
        place
        for place, one in enumerate(by_one)
        if one.event.name == "PersonAdded" and one.event.args["account"] == buyer.address
    )
    both = [*by_one[:place], with_args(roles=roles)(by_one[place]), *by_one[place + 1 :]]
    assert judged(story, both) == "unlawful-FourEyesActSameSigner"


def test_lawful__approved_by_another_than_who_signed__is_named(story: Story, told: list[Told]) -> None:
    (stranger,) = story.net.people("registrar")
    other = changed(told, "LotAwarded", lambda one: replace(one, sender=stranger.address))
    assert judged(story, other) == "event-LotAwarded:act"


def test_lawful__approval_before_an_act_that_needs_none__is_named(story: Story, told: list[Told]) -> None:
    """The same acts, under a procedure that asks for one account."""
    place = next(
        place
        for place, one in enumerate(told)
        if one.event.name == "ProcedureAdopted" and one.event.args["procedure"]["code"].startswith("0x73696d")
    )
    procedure = {**told[place].event.args["procedure"], "fourEyes": False}
    without = [*told[:place], with_args(procedure=procedure)(told[place]), *told[place + 1 :]]
    assert judged(story, without) == "event-ActApproved:alone"


def test_lawful__late_approval__is_named(story: Story, told: list[Told]) -> None:
    place = max(place for place, one in enumerate(told) if one.event.name == "ActProposed")
    time = told[place].event.time - LIFE
    early = replace(told[place].event, time=time, args={**told[place].event.args, "until": time + LIFE})
    assert judged(story, [*told[:place], replace(told[place], event=early), *told[place + 1 :]]) == (
        "unlawful-FourEyesActExpired"
    )


def test_approval__through_a_contract__is_told_and_proved(tmp_path: Path) -> None:
    with Network.start("sandbox", tmp_path / "net") as net:
        buyer, approver = net.people("buyer", "approver")
        tender = net.tenders.publish(document(net), sender=buyer, approver=approver)
        wallet = Wallet.of(net, approver, "TenderBoard")
        net.send(member_registry.add_person(wallet.address, int(Role.APPROVER), net.now() + DAYS), buyer)
        act = Acts(LiveFacts(net), proposing=True).cancel(buyer.address, tender.number, 0, "noDemand", PAPER)
        net.send(act.proposed.call, buyer)
        wallet.act(act.call)
        assert tender.status is TenderStatus.CANCELLING
        assert net.events("FourEyes", ("ActApproved",))[-1].args["approver"] == wallet.address
        report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
        (told,) = (line for line in report.lines if "not signed directly" in line)
        assert f"CancellationProposed by {wallet.address}" in told
