"""Stories of tenders, one for each invariant of README.md: 5, 12, 17, 18, 20, 23."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chain.types import Procedure, Role
from tests.contracts.awards import DECISION, counting_outages, opened, outage, procedure, supplier_of, ticks
from tests.contracts.bids import share_entries
from tests.contracts.complaints import ORDER, Remedy, Stage, State, about_award, about_terms, in_bidding
from tests.contracts.four_eyes import NONE, both, prepared
from tests.contracts.tenders import Lot, Status, ask, cancel, lot_status, publish, record, status
from tests.contracts.world import (
    BUYER,
    MANDATE_END,
    REVIEW,
    ZERO,
    Refusal,
    World,
    address,
    changed,
    hash_of,
    label,
    sandbox,
    terms,
    text_of,
)
from tests.invariants.bid_stories import amended
from tests.invariants.rule import Rule, Story

__all__ = ["STORIES"]

BOARD, BOOK, DESK = "TenderBoard", "ProcedureBook", "ComplaintDesk"
MEMBERS, SUPPLIERS = "MemberRegistry", "SupplierRegistry"
HOUR = 3_600


def never_earlier(rule: Rule) -> None:
    """5: addenda that name an earlier time, an early answer and a late one."""
    world = rule.world
    tender = publish(world)
    ends = [(tender.deadline, tender.deadline)]

    def look() -> None:
        ends.append(
            (
                world.facts(BOARD, "tenderFacts", tender.id)["deadline"],
                world.read(BOARD, "closesAt", tender.id),
            )
        )
        rule.holds(
            ends[-1] >= ends[-2] and ends[-1][1] >= ends[-2][1],
            f"the deadline moved from {ends[-2]} to {ends[-1]}",
        )

    for later in (-30, -1):
        earlier = replace(tender.terms, deadline=tender.deadline + later)
        rule.attempt("officer", BOARD, "amend", tender.id, tender.hash, earlier.as_tuple(), tender.json)
        look()
    for tag in ("early", "late"):
        ask(world, tender, tag)
    for question, until in ((1, tender.deadline + 7), (2, tender.deadline + 9)):
        world.send("officer", BOARD, "answer", tender.id, question, "{}")
        look()
        world.move_to(until)
    assert ends[-1] > ends[0]


def barred_until_remedied(rule: Rule) -> None:
    """12: a lot does not become final, and a tender is not opened, as long as what a complaint obliges to was not done."""
    _award_is_barred(rule)
    _opening_is_barred(rule)


def _award_is_barred(rule: Rule) -> None:
    world = rule.world
    case = about_award(world, standstill=20, complaint_window=10, remedy_period=60)
    case.awarding.award("beta")
    ends = case.awarding.facts()["standstillEnds"]
    complaint = case.file("acme", Stage.AWARD, 1)
    case.uphold(complaint, Remedy.CANCEL_AWARD)
    rule.bars("ComplaintDeskStatusWrong", "acme", DESK, "withdraw", complaint)
    for at in (ends - 1, ends, ends + 1, ends + 50):
        world.move_to(at)
        rule.holds(
            lot_status(world, case.tender, 1) is Lot.STANDSTILL, "the lot went on under an upheld complaint"
        )
    case.execute(complaint)
    assert (case.state(complaint), lot_status(world, case.tender, 1)) == (State.REMEDIED, Lot.RANKED)


def _opening_is_barred(rule: Rule) -> None:
    world = rule.world
    case = in_bidding(world, remedy_period=60)
    deadline, sealed = case.tender.deadline, list(case.awarding.sealed.values())
    complaint = case.file("acme", Stage.TERMS)
    case.uphold(complaint, Remedy.AMEND)
    rule.bars("ComplaintDeskRemedyNotDue", "officer", DESK, "execute", complaint)
    rule.bars("ComplaintDeskRemedyNotDue", "reviewer", DESK, "enforce", complaint, ORDER)
    shares = (case.id, 0, 0, 1, share_entries(1, sealed))
    for at in (deadline, deadline + 5):
        world.move_to(at)
        rule.holds(status(world, case.tender) is Status.HELD, "the tender went on under an upheld complaint")
        rule.bars("OpeningCommitteeTooEarly", "opener", "OpeningCommittee", "postShares", *shares)
    amended(world, case.tender, later=30)
    case.execute(complaint)
    assert case.state(complaint) is State.REMEDIED


def by_two_accounts(rule: Rule) -> None:
    """17: neither one account twice, nor an approver alone, nor once for several acts."""
    world = rule.world
    used = procedure(world, four_eyes=True)
    both(world)
    act = prepared(world, used)
    rule.bars("FourEyesActNotProposed", "approver", act.contract, act.function, *act.args)
    act.propose("both")
    rule.bars("FourEyesActSameSigner", "both", act.contract, act.function, *act.args)
    act.approve()
    rule.holds(act.proposal(BUYER) == NONE, "what was done can be approved again")
    made = opened(world, {"acme": 900, "beta": 950}, four_eyes=True).ready()
    award = (made.id, 1, supplier_of("acme"), made.offer("acme"), DECISION)
    for who in ("both", "approver"):
        rule.bars("FourEyesActNotProposed", who, "AwardDesk", "award", *award)


def kept_procedure(rule: Rule) -> None:
    """18: versions are adopted again, renewed and retired; a tender is told to take another."""
    world = rule.world
    tender = publish(world)
    versions = {1: _version(world, 1)}

    def adopt(made: Procedure) -> None:
        rule.attempt("authority", BOOK, "adopt", made.as_tuple(), text_of())
        for version, before in versions.items():
            rule.holds(_version(world, version) == before, f"version {version} is another one now")

    adopt(sandbox(standstill=9))
    adopt(sandbox(2, standstill=9))
    versions[2] = _version(world, 2)
    adopt(changed(sandbox(2), standstill=1_000))
    other = replace(tender.terms, procedure_version=2)
    rule.bars(
        "TenderBoardFieldFrozen", "officer", BOARD, "amend", tender.id, tender.hash, other.as_tuple(), "{}"
    )
    world.send("authority", BOOK, "retire", label("sandbox", 16), 1)
    rule.holds(_version(world, 1) == versions[1], "a tender's procedure is gone")
    assert versions[2] != versions[1]


def _version(world: World, version: int) -> tuple[object, ...] | Refusal:
    found: tuple[object, ...] | Refusal = world.attempt(BOOK, "procedureOf", label("sandbox", 16), version)
    return found


def never_shortened(rule: Rule) -> None:
    """20: the network is silent for two hours, before one deadline and over another, while a cancellation waits. At each moment as much
    time is left in sum as there was to be."""
    world = rule.world
    if not world.read(BOOK, "outageGap"):
        counting_outages(world)
    used = procedure(world, cancel_window=4 * HOUR)
    tenders = [publish(world, procedure_version=used.version, period=hours * HOUR) for hours in (2, 4, 6)]
    gone = tenders.pop()
    stops = cancel(world, gone)
    ticks(world, world.time + HOUR)
    start = world.time

    def look(end: int) -> None:
        """At a moment after a silence from ``start`` to ``end``."""
        for tender in tenders:
            closes = world.read(BOARD, "closesAt", tender.id)
            lost = max(0, min(end, closes) - start)
            rule.holds(
                closes - lost >= tender.deadline,
                f"of the time to bid {tender.deadline + lost - closes} seconds are lost",
            )
        waits = world.time - (end - start) < stops
        cancelled = status(world, gone) is Status.CANCELLED
        rule.holds(not (waits and cancelled), "the window of a cancellation is shorter")

    for after in (HOUR // 2, HOUR + 10, 2 * HOUR):
        world.move_to(start + after)
        look(world.time)
    silence = outage(world, world.time + 1)
    for after in (1, 3):
        ticks(world, stops + after * HOUR)
        look(silence.end)
    assert status(world, gone) is Status.CANCELLED


def on_one_side(rule: Rule) -> None:
    """23: accounts that somebody has are given to others; a review body comes under the buyer that it reviews."""
    world = rule.world
    case = about_terms(world)
    complaint = case.file()
    new, buyers = hash_of("new supplier"), int(Role.OFFICER)
    world.send("registrar", SUPPLIERS, "enrolCitizen", address("ana"))
    acts: Sequence[tuple[str, str, str, tuple[object, ...]]] = (
        ("registrar", SUPPLIERS, "register", (new, [address("new"), address("officer")], "{}")),
        ("acme", SUPPLIERS, "setAccounts", (2, [address("acme"), address("ana")])),
        ("acme", SUPPLIERS, "setAccounts", (2, [address("acme"), address("auditor")])),
        ("registrar", SUPPLIERS, "enrolCitizen", (address("beta"),)),
        ("registrar", SUPPLIERS, "enrolCitizen", (address("officer"),)),
        ("admin", MEMBERS, "addPerson", (address("acme"), buyers, MANDATE_END)),
        ("admin", MEMBERS, "addPerson", (address("ana"), buyers, MANDATE_END)),
        ("authority", MEMBERS, "recover", (BUYER, address("beta"), MANDATE_END)),
    )
    for who, contract, function, args in acts:
        rule.attempt(who, contract, function, *args)
        for account in ("acme", "beta", "ana", "officer", "auditor", "new"):
            rule.holds(_sides(world, account) <= 1, f"{account} acts on two sides after {function}")
    world.send("authority", MEMBERS, "setSuperior", REVIEW, BUYER)
    rule.bars("ComplaintDeskRoleConflict", "reviewer", DESK, "admit", complaint, ORDER)
    under = terms(world.time + 100, review_body=REVIEW)
    rule.bars("TenderBoardReviewBodyInvalid", "officer", BOARD, "publish", record(), under.as_tuple(), "{}")


def _sides(world: World, account: str) -> int:
    """Of how many kinds somebody has the account."""
    who = address(account)
    is_member = world.read(MEMBERS, "memberOf", who) != ZERO
    is_supplier = world.read(SUPPLIERS, "supplierOf", who) != ZERO
    return is_member + is_supplier + world.read(SUPPLIERS, "isCitizen", who)


STORIES: Mapping[int, Story] = {
    5: never_earlier,
    12: barred_until_remedied,
    17: by_two_accounts,
    18: kept_procedure,
    20: never_shortened,
    23: on_one_side,
}
"""By invariant."""
