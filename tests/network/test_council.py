"""net.council on an embedded network, its audit and the oversight report: what people script and what anyone may know afterwards."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain import Network, Person
from chain.bindings import supplier_registry
from chain.bindings.validator_registry import validators
from chain.charter import charter
from chain.errors.contracts import (
    BidBoxBidderRefused,
    CouncilConfirmationInvalid,
    CouncilDelayed,
    CouncilOnlyOnce,
    CouncilReportMissing,
    CouncilRoleMissing,
    CouncilStatusWrong,
    ValidatorRegistrySizeInvalid,
)
from chain.errors.council import PhraseUnknown, VoteUnknown
from chain.rules import member_id
from chain.types import DecisionClass, ProposalState
from governance.charts import draw
from governance.review import review

pytestmark = pytest.mark.network

DELEGATES = ("council1", "council2", "council3", "council4")


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Network]:
    with Network.start("sandbox", tmp_path / "net") as net:
        yield net


@pytest.fixture
def delegates(net: Network) -> tuple[Person, ...]:
    return net.people(*DELEGATES)


def test_propose__new_procedure_version__whole_cycle_and_a_tender_uses_it(
    net: Network, delegates: tuple[Person, ...]
) -> None:
    one, *_ = delegates
    buyer, acme = net.people("buyer", "acme")
    proposal = net.council.propose(
        "Sandbox, version 2", ["adopt procedure sandbox v2"], sender=one, text="Why"
    )
    assert (proposal.state, proposal.decision) == (ProposalState.PENDING, DecisionClass.ROUTINE)
    assert proposal.calls == ["adopt procedure sandbox v2"]
    assert proposal.why()[-1] == "the report on its consultation is not published"
    proposal.comment("Longer periods, please", sender=acme)
    with pytest.raises(CouncilStatusWrong):
        proposal.vote("for", sender=one)
    net.wait_until(proposal.facts.vote_start + 1)
    for delegate in delegates[:3]:
        proposal.vote("for", sender=delegate, reason="Agreed")
    with pytest.raises(CouncilOnlyOnce):
        proposal.vote("against", sender=one)
    net.wait_until(proposal.facts.vote_end + 1)
    with pytest.raises(CouncilReportMissing):
        proposal.queue(sender=acme)
    proposal.report("Periods stay", sender=one)
    proposal.queue(sender=acme)
    with pytest.raises(CouncilDelayed):
        proposal.execute(sender=acme)
    net.wait_until(proposal.facts.eta)
    proposal.execute(sender=acme)
    assert (proposal.state, proposal.why()) == (ProposalState.EXECUTED, [])
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    assert tender.terms.procedure_version == 2
    report = net.audit_governance()
    assert [(each["event"], each["proposal"]) for each in report.facts["changes"]] == [
        ("ProcedureAdopted", 1)
    ]
    assert report.facts["undecided"] == [] and len(report.facts["founding"]) > 20


def test_propose__refused__by_name(net: Network, delegates: tuple[Person, ...]) -> None:
    one, *_ = delegates
    with pytest.raises(CouncilRoleMissing):
        net.council.propose("Mine", ["retire procedure sandbox v1"], sender=net.person("buyer"))
    with pytest.raises(PhraseUnknown):
        net.council.propose("Magic", ["make me the authority"], sender=one)
    with pytest.raises(CouncilConfirmationInvalid):
        net.council.propose("Now", ["suspend member LICITA-COUNCIL4 urgently until in 5 days"], sender=one)
    node = net.read(validators())[0][0]
    with pytest.raises(ValidatorRegistrySizeInvalid):
        net.council.propose("Fewer", [f"drop validator {node}"], sender=one)
    proposal = net.council.propose("Fine", ["retire procedure sandbox v1"], sender=one)
    with pytest.raises(VoteUnknown):
        proposal.vote("perhaps", sender=one)
    with pytest.raises(CouncilRoleMissing):
        proposal.cancel(sender=delegates[1])
    assert proposal.cancel(sender=one).state is ProposalState.CANCELED


def test_propose__urgent_with_its_confirmation__suspends_for_a_time(
    net: Network, delegates: tuple[Person, ...]
) -> None:
    urgent = net.council.propose(
        "Suspend a member", ["suspend member LICITA-COUNCIL4 urgently until in 5 days"], sender=delegates[0],
        confirmation=["suspend member LICITA-COUNCIL4 until in 90 days"],
    )  # fmt: skip
    assert [each.decision for each in net.council] == [DecisionClass.EMERGENCY, DecisionClass.MEMBERSHIP]
    for delegate in delegates[:3]:
        urgent.vote("for", sender=delegate)
    net.wait_until(urgent.facts.vote_end + 1)
    urgent.queue(sender=delegates[0])
    urgent.execute(sender=delegates[0])
    with pytest.raises(CouncilRoleMissing):
        net.council[2].vote("against", sender=delegates[3])


def test_debarment__by_a_reviewer_lifted_by_a_resolution__bars_until_then_and_is_explained(
    net: Network, delegates: tuple[Person, ...]
) -> None:
    buyer, acme, reviewer, registrar, citizen = net.people(
        "buyer", "acme", "reviewer", "registrar", "citizen"
    )
    net.send(supplier_registry.debar(member_id("LICITA-ACME"), net.now() + 90 * 86_400, b"\1" * 32), reviewer)
    net.send(supplier_registry.enrol_citizen(citizen.address), registrar)
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    with pytest.raises(BidBoxBidderRefused):
        tender.bid("1000000.00 MXN", sender=acme)
    phrase = f"lift debarment of supplier LICITA-ACME because {'02' * 32}"
    proposal = net.council.propose("Lift", [phrase], sender=delegates[0])
    assert proposal.decision is DecisionClass.ROUTINE
    net.wait_until(proposal.facts.vote_start + 1)
    for delegate in delegates[:3]:
        proposal.vote("for", sender=delegate)
    net.wait_until(proposal.facts.vote_end + 1)
    proposal.queue(sender=acme)
    net.wait_until(proposal.facts.eta)
    proposal.execute(sender=acme)
    tender = net.tenders.publish(net.samples.path("laptops", length=3_600), sender=buyer)
    assert tender.bid("1000000.00 MXN", sender=acme).index == 0
    report = net.audit_governance()
    assert [(each["event"], each["proposal"]) for each in report.facts["changes"]] == [
        ("SupplierDebarmentLifted", 1)
    ]


def test_review__after_two_decisions__counts_attendance_and_draws_it(
    net: Network, delegates: tuple[Person, ...], tmp_path: Path
) -> None:
    for title, voters, kind in (("One", delegates, "EVALUATION"), ("Two", delegates[:2], "OPENING")):
        calls = [
            "suspend member LICITA-WITNESS until in 40 days",
            f"set kinds of LICITA-WITNESS to WITNESS,{kind}",
        ]
        proposal = net.council.propose(title, calls, sender=delegates[0])
        net.wait_until(proposal.facts.vote_start + 1)
        for delegate in voters:
            proposal.vote("for", sender=delegate)
        net.wait_until(proposal.facts.vote_end + 1)
        if proposal.state is ProposalState.SUCCEEDED:
            proposal.queue(sender=delegates[0])
            net.wait_until(proposal.facts.eta)
            proposal.execute(sender=delegates[0])
    net.rebuild_index()
    found = review(Network.index_of(net.folder.path), charter("sandbox").indicators)
    assert {line.org_id[-1]: (line.cast, line.possible) for line in found.seats} == {
        "1": (2, 2), "2": (2, 2), "3": (1, 2), "4": (1, 2),
    }  # fmt: skip
    assert [title for _, title, _ in found.durations] == ["One"]
    assert [who for who, _ in found.suspended] == ["LICITA-WITNESS"]
    by_id = {figure.id: figure for figure in found.figures}
    assert (by_id["attendance"].value, by_id["attendance"].met) == ("75 % (6 of 8)", False)
    assert by_id["sector_cap"].met and by_id["unproved"].met
    assert found.to_json()["seats"][0]["attendance"] is not None
    for picture in draw(found, tmp_path / "pictures"):
        assert ElementTree.parse(picture).getroot().tag.endswith("svg")


def test_audit_governance__fifty_resolutions__explains_every_change_from_the_chain_alone(
    net: Network, delegates: tuple[Person, ...]
) -> None:
    decided = 0
    while decided < 50:
        # One open proposal a member at a time; every send takes a second of the sandbox's short periods.
        kind = "EVALUATION" if decided % 8 else "OPENING"
        opened = [
            net.council.propose(
                f"Resolution {decided + place}", [f"set kinds of LICITA-WITNESS to WITNESS,{kind}{',BUYER' * (place % 2)}"],
                sender=delegate,
            )
            for place, delegate in enumerate(delegates)
        ]  # fmt: skip
        net.wait_until(opened[-1].facts.vote_start + 1)
        for proposal in opened:
            for delegate in delegates[:3]:
                proposal.vote("for", sender=delegate)
        net.wait_until(opened[-1].facts.vote_end + 1)
        for proposal in opened:
            proposal.queue(sender=delegates[0])
        net.wait_until(opened[-1].facts.eta)
        for proposal in opened:
            proposal.execute(sender=delegates[0])
        decided += len(opened)
    facts = net.audit_governance().facts
    assert len(facts["resolutions"]) == decided and all(each["executed"] for each in facts["resolutions"])
    assert [each["proposal"] for each in facts["changes"]] == list(range(1, decided + 1))
    assert {each["event"] for each in facts["changes"]} == {"MemberKindsSet"}
    assert facts["undecided"] == []
