"""chain/rules/council.py: what each class of decisions takes at its exact thresholds, states at each edge, what is lacking, who may.

That the rules equal the contracts is the matter of tests/invariants/test_council_rules.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.charter import charter
from chain.errors import contracts as refused
from chain.rules import Caller, MemberFacts, PersonFacts
from chain.rules.council import (
    EXPIRY,
    MAX_CALLS,
    MAX_DESCRIPTION,
    MAX_OPEN,
    MAX_REASON,
    Seats,
    approved,
    check_cancel,
    check_execute,
    check_propose,
    check_propose_urgently,
    check_queue,
    check_vote,
    lacking,
    opened,
    proposal_state,
    strictest,
)
from chain.types import ClassRules, DecisionClass, Kind, ProposalState, Resolution, Role, Sector, moment
from tests.unit.order import require_order

pytestmark = pytest.mark.unit

NOW, DAY = 1_800_000_000, 86_400
MEMBER, OTHER = b"\x01" * 32, b"\x02" * 32
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
EIGHT: Seats = (2, 2, 2, 2)
REFERENCE = charter("reference")
EMERGENCY, ROUTINE, VALIDATOR, MEMBERSHIP, CHARTER = DecisionClass
S = ProposalState


def proposal(decision: DecisionClass = ROUTINE, **changes: Any) -> Resolution:
    """A proposal made now under the reference charter."""
    return replace(opened(MEMBER, decision, REFERENCE.rules_of(decision), False, NOW), **changes)


def delegate(member: bytes = MEMBER, **changes: Any) -> Caller:
    person = PersonFacts(member, int(Role.DELEGATE), NOW + 1_000 * DAY)
    facts = replace(MemberFacts(0, int(Kind.COUNCIL), 0, 0, True), **changes)
    return Caller(ADDRESS, person, facts)


# Class, seats in favour by sector: just enough; and the same with one seat less.
JUST_ENOUGH: list[tuple[DecisionClass, Seats, Seats]] = [
    (ROUTINE, (2, 2, 1, 0), (2, 2, 0, 0)),
    (ROUTINE, (2, 1, 1, 1), (1, 1, 1, 1)),
    (VALIDATOR, (2, 2, 1, 0), (2, 1, 1, 0)),
    (VALIDATOR, (2, 2, 1, 0), (2, 2, 0, 0)),
    (MEMBERSHIP, (2, 2, 1, 0), (2, 2, 0, 0)),
    (MEMBERSHIP, (2, 2, 1, 1), (2, 1, 1, 1)),
    (CHARTER, (2, 2, 2, 0), (2, 2, 1, 0)),
    (CHARTER, (2, 2, 2, 1), (2, 2, 1, 1)),
    (EMERGENCY, (2, 2, 2, 0), (2, 2, 1, 0)),
    (EMERGENCY, (2, 2, 1, 1), (2, 1, 1, 1)),
]


@pytest.mark.parametrize(("decision", "enough", "less"), JUST_ENOUGH)
def test_approved__just_enough__and_one_seat_less_is_not(
    decision: DecisionClass, enough: Seats, less: Seats
) -> None:
    assert sum(enough) == sum(less) + 1
    assert approved(proposal(decision, in_favour=enough), EIGHT)
    assert not approved(proposal(decision, in_favour=less), EIGHT)


@pytest.mark.parametrize(
    ("total", "least"),
    [((1, 1, 1, 1), 3), ((2, 1, 1, 1), 3), ((2, 2, 1, 1), 4), ((2, 2, 2, 1), 4), ((3, 3, 3, 3), 7)],
)
@pytest.mark.parametrize("decision", [ROUTINE, MEMBERSHIP, VALIDATOR])
def test_approved__more_than_half__of_all_seats_and_a_tie_is_a_defeat(
    decision: DecisionClass, total: Seats, least: int
) -> None:
    counts = {sum(yes) for yes in _all_of(total) if approved(proposal(decision, in_favour=yes), total)}
    assert min(counts) == least and max(counts) == sum(total)


@pytest.mark.parametrize(
    ("total", "least"),
    [((1, 1, 1, 1), 3), ((2, 1, 1, 1), 4), ((2, 2, 1, 1), 4), ((2, 2, 2, 1), 5), ((3, 3, 3, 3), 8)],
)
@pytest.mark.parametrize("decision", [CHARTER, EMERGENCY])
def test_approved__two_thirds__of_all_seats_rounded_up(
    decision: DecisionClass, total: Seats, least: int
) -> None:
    counts = {sum(yes) for yes in _all_of(total) if approved(proposal(decision, in_favour=yes), total)}
    assert min(counts) == least


def _all_of(total: Seats) -> list[Seats]:
    one, two, three, four = (range(seats + 1) for seats in total)
    return [(a, b, c, d) for a in one for b in two for c in three for d in four]


@pytest.mark.parametrize(
    ("decision", "total", "yes", "expected"),
    [
        (MEMBERSHIP, (9, 1, 1, 1), (8, 0, 0, 0), False),  # one sector alone, however many seats it has
        (MEMBERSHIP, (9, 1, 1, 1), (6, 1, 0, 0), True),
        (MEMBERSHIP, (9, 3, 1, 1), (7, 1, 0, 0), False),  # a seat is no majority of three
        (MEMBERSHIP, (9, 2, 1, 1), (7, 1, 0, 0), False),  # nor is half
        (CHARTER, (9, 1, 1, 1), (8, 1, 0, 0), False),
        (CHARTER, (9, 1, 1, 1), (6, 1, 1, 0), True),
        (EMERGENCY, (9, 3, 3, 1), (9, 2, 0, 0), False),
        (EMERGENCY, (9, 3, 3, 1), (9, 1, 1, 0), True),  # a seat in three sectors is enough
        (ROUTINE, (9, 1, 1, 1), (7, 0, 0, 0), True),
        (ROUTINE, (0, 0, 0, 0), (0, 0, 0, 0), False),
    ],
)
def test_approved__sectors__counted_as_the_class_says(
    decision: DecisionClass, total: Seats, yes: Seats, expected: bool
) -> None:
    assert approved(proposal(decision, in_favour=yes), total) is expected


def test_approved__absent_against_and_abstained__count_the_same() -> None:
    silent = proposal(in_favour=(2, 2, 0, 0))
    for against, abstained in ((0, 0), (4, 0), (0, 4), (2, 2)):
        assert not approved(replace(silent, against=against, abstained=abstained), EIGHT)


@given(st.tuples(*[st.integers(0, 2)] * 4), st.sampled_from(DecisionClass), st.integers(0, 3))
def test_approved__one_more_seat_in_favour__never_undoes_it(
    yes: Seats, decision: DecisionClass, sector: int
) -> None:
    more = tuple(min(2, seats + (place == sector)) for place, seats in enumerate(yes))
    if approved(proposal(decision, in_favour=yes), EIGHT):
        assert approved(proposal(decision, in_favour=more), EIGHT)


def test_strictest__among_calls__wins() -> None:
    assert strictest([ROUTINE, VALIDATOR]) is VALIDATOR
    assert strictest([MEMBERSHIP, VALIDATOR]) is MEMBERSHIP
    assert strictest([EMERGENCY, EMERGENCY]) is EMERGENCY
    assert strictest(DecisionClass) is CHARTER


@pytest.mark.parametrize("other", [ROUTINE, VALIDATOR, MEMBERSHIP, CHARTER])
def test_strictest__urgent_among_others__is_charter(other: DecisionClass) -> None:
    assert strictest([other, EMERGENCY]) is CHARTER


def test_opened__rules_of_its_class__are_its_own() -> None:
    made = opened(MEMBER, MEMBERSHIP, ClassRules(10, 20, 30, 3, 4, True, 2, True), True, NOW)
    assert (made.vote_start, made.vote_end, made.delay) == (NOW + 10, NOW + 30, 30)
    assert (made.numerator, made.denominator, made.strict, made.sectors, made.majority) == (
        3,
        4,
        True,
        2,
        True,
    )
    assert made.report_needed and made.in_favour == (0, 0, 0, 0) and made.eta == 0


YES = {"in_favour": EIGHT}
START, END = proposal().vote_start, proposal().vote_end
ETA = END + 10 + 2 * DAY


@pytest.mark.parametrize(
    ("changes", "edge", "before", "at", "after"),
    [
        ({}, START, S.PENDING, S.PENDING, S.ACTIVE),
        (YES, START, S.PENDING, S.PENDING, S.ACTIVE),
        ({}, END, S.ACTIVE, S.ACTIVE, S.DEFEATED),
        (YES, END, S.ACTIVE, S.ACTIVE, S.SUCCEEDED),
        (YES, END + EXPIRY, S.SUCCEEDED, S.SUCCEEDED, S.EXPIRED),
        ({}, END + EXPIRY, S.DEFEATED, S.DEFEATED, S.DEFEATED),
        (YES | {"eta": ETA}, ETA, S.QUEUED, S.QUEUED, S.QUEUED),
        (YES | {"eta": ETA}, ETA + EXPIRY, S.QUEUED, S.EXPIRED, S.EXPIRED),
        (YES | {"eta": ETA, "executed": True}, ETA + EXPIRY, S.EXECUTED, S.EXECUTED, S.EXECUTED),
        ({"cancelled": True}, START, S.CANCELED, S.CANCELED, S.CANCELED),
        (YES | {"eta": ETA, "cancelled": True}, ETA + EXPIRY, S.CANCELED, S.CANCELED, S.CANCELED),
    ],
)
def test_state__around_each_end__changes_at_the_second(
    changes: Mapping[str, Any], edge: int, before: S, at: S, after: S
) -> None:
    facts = proposal(**changes)
    assert [proposal_state(facts, EIGHT, edge + step) for step in (-1, 0, 1)] == [before, at, after]


def test_state__urgent_proposal__is_pending_in_its_own_block_only() -> None:
    urgent = proposal(EMERGENCY)
    assert [proposal_state(urgent, EIGHT, NOW + step) for step in (0, 1, DAY, DAY + 1)] == [
        S.PENDING,
        S.ACTIVE,
        S.ACTIVE,
        S.DEFEATED,
    ]


def _told(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%d %H:%M:%S} UTC"


@pytest.mark.parametrize(
    ("decision", "changes", "reported", "now", "expected"),
    [
        (ROUTINE, {}, False, NOW,
         [f"consultation runs until {_told(START)}, then the vote begins", "5 more seats in favour, of 8"]),
        (ROUTINE, {"in_favour": (2, 2, 0, 0)}, False, END,
         [f"the vote runs until {_told(END)}", "1 more seat in favour, of 8"]),
        (ROUTINE, {"in_favour": (2, 2, 1, 0)}, False, END, [f"the vote runs until {_told(END)}"]),
        (ROUTINE, {"in_favour": (2, 2, 1, 0)}, False, END + 1, ["anyone may queue it"]),
        (ROUTINE, {"in_favour": (2, 2, 1, 0), "report_needed": True}, False, END + 1,
         ["the report on its consultation is not published"]),
        (ROUTINE, {"in_favour": (2, 2, 1, 0), "report_needed": True}, True, END + 1, ["anyone may queue it"]),
        (ROUTINE, {"in_favour": (2, 2, 0, 0)}, False, END + 1, []),
        (ROUTINE, YES, False, END + EXPIRY + 1, []),
        (ROUTINE, YES | {"eta": ETA}, False, ETA - 1, [f"its delay runs until {_told(ETA)}"]),
        (ROUTINE, YES | {"eta": ETA}, False, ETA, ["anyone may execute it"]),
        (ROUTINE, YES | {"eta": ETA}, False, ETA + EXPIRY, []),
        (ROUTINE, YES | {"executed": True}, False, ETA, []),
        (ROUTINE, {"cancelled": True}, False, NOW, []),
    ],
)  # fmt: skip
def test_lacking__in_each_state__said_in_words(
    decision: DecisionClass,
    changes: Mapping[str, Any],
    reported: bool,
    now: int,
    expected: list[str],
) -> None:
    assert lacking(proposal(decision, **changes), EIGHT, reported, now) == expected


@pytest.mark.parametrize(
    ("decision", "yes", "expected"),
    [
        (MEMBERSHIP, (2, 1, 1, 1), ["a majority in 1 more sector of INDUSTRY, CIVIL_SOCIETY, ACADEMIA"]),
        (MEMBERSHIP, (2, 0, 0, 0), ["3 more seats in favour, of 8", "a majority in 1 more sector of INDUSTRY, CIVIL_SOCIETY, ACADEMIA"]),
        (CHARTER, (2, 2, 1, 1), ["a majority in 1 more sector of CIVIL_SOCIETY, ACADEMIA"]),
        (CHARTER, (0, 0, 0, 0),
         ["6 more seats in favour, of 8", "a majority in 3 more sectors of PUBLIC, INDUSTRY, CIVIL_SOCIETY, ACADEMIA"]),
        (EMERGENCY, (2, 2, 0, 0), ["2 more seats in favour, of 8", "a seat in favour in 1 more sector of CIVIL_SOCIETY, ACADEMIA"]),
        (EMERGENCY, (2, 2, 2, 0), []),
    ],
)  # fmt: skip
def test_lacking__votes__names_seats_and_sectors(
    decision: DecisionClass, yes: Seats, expected: list[str]
) -> None:
    running = proposal(decision, in_favour=yes)
    told = lacking(running, EIGHT, True, running.vote_end)
    assert told[0].startswith("the vote runs until ") and told[1:] == expected


@given(
    st.tuples(*[st.integers(0, 3)] * 4), st.tuples(*[st.integers(0, 3)] * 4), st.sampled_from(DecisionClass)
)
def test_lacking__votes__silent_exactly_where_approved(
    yes: Seats, more: Seats, decision: DecisionClass
) -> None:
    total = tuple(got + rest for got, rest in zip(yes, more, strict=True))
    running = proposal(decision, in_favour=yes)
    told = lacking(running, (total[0], total[1], total[2], total[3]), True, running.vote_end)
    assert (len(told) == 1) is approved(running, (total[0], total[1], total[2], total[3]))


# Who may what

HEX = "0x" + MEMBER.hex()
CONTENT, SECOND = b"\x07" * 32, b"\x08" * 32


def test_propose__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong = {
        "caller": delegate(kinds=int(Kind.BUYER)), "content": CONTENT, "recorded": 4, "open_proposals": MAX_OPEN, "size": 0, "sound": [],
        "decision": EMERGENCY, "now": NOW,
    }  # fmt: skip
    require_order(check_propose, wrong, [
        (refused.CouncilRoleMissing("DELEGATE", ADDRESS), {"caller": delegate()}),
        (refused.CouncilAlreadyRecorded("0x" + CONTENT.hex(), 4), {"recorded": 0}),
        (refused.CouncilProposalsFull(MAX_OPEN), {"open_proposals": MAX_OPEN - 1}),
        (refused.CouncilTextLength(MAX_DESCRIPTION, 0), {"size": MAX_DESCRIPTION + 1}),
        (refused.CouncilTextLength(MAX_DESCRIPTION, MAX_DESCRIPTION + 1), {"size": MAX_DESCRIPTION}),
        (refused.CouncilCallsInvalid(MAX_CALLS, 0), {"sound": [True] * 17}),
        (refused.CouncilCallsInvalid(MAX_CALLS, 17), {"sound": [True, False, False]}),
        (refused.CouncilCallInvalid(1), {"sound": [True] * 16}),
        (refused.CouncilConfirmationInvalid(EMERGENCY, EMERGENCY), {"decision": ROUTINE}),
    ])  # fmt: skip


def test_propose_urgently__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong = {
        "caller": delegate(left=True), "contents": (CONTENT, SECOND), "recorded": (4, 5), "open_proposals": MAX_OPEN, "sizes": (0, 0),
        "sound": ([], [False]), "decisions": (ROUTINE, ROUTINE), "now": NOW,
    }  # fmt: skip
    require_order(check_propose_urgently, wrong, [
        (refused.CouncilRoleMissing("DELEGATE", ADDRESS), {"caller": delegate()}),
        (refused.CouncilAlreadyRecorded("0x" + CONTENT.hex(), 4), {"recorded": (0, 5)}),
        (refused.CouncilAlreadyRecorded("0x" + SECOND.hex(), 5), {"recorded": (0, 0)}),
        (refused.CouncilProposalsFull(MAX_OPEN), {"open_proposals": 0}),
        (refused.CouncilTextLength(MAX_DESCRIPTION, 0), {"sizes": (1, 0)}),
        (refused.CouncilCallsInvalid(MAX_CALLS, 0), {"sound": ([True], [False])}),
        (refused.CouncilTextLength(MAX_DESCRIPTION, 0), {"sizes": (1, 1)}),
        (refused.CouncilCallInvalid(0), {"sound": ([True], [True])}),
        (refused.CouncilConfirmationInvalid(ROUTINE, ROUTINE), {"decisions": (EMERGENCY, ROUTINE)}),
        (refused.CouncilConfirmationInvalid(EMERGENCY, ROUTINE), {"decisions": (EMERGENCY, VALIDATOR)}),
        (refused.CouncilConfirmationInvalid(EMERGENCY, VALIDATOR), {"decisions": (MEMBERSHIP, MEMBERSHIP)}),
        (refused.CouncilConfirmationInvalid(MEMBERSHIP, MEMBERSHIP), {"decisions": (EMERGENCY, MEMBERSHIP)}),
    ])  # fmt: skip


def test_vote__several_rules_broken__the_first_in_order_is_named() -> None:
    voted = proposal()
    wrong = {
        "caller": delegate(suspended_until=END + 1), "number": 7, "resolution": None, "seats": EIGHT, "support": 3, "seat": 0,
        "voted": True, "size": MAX_REASON + 1, "now": START,
    }  # fmt: skip
    require_order(check_vote, wrong, [
        (refused.CouncilNotFound(7), {"resolution": voted}),
        (refused.CouncilRoleMissing("DELEGATE", ADDRESS), {"caller": delegate()}),
        (refused.CouncilSeatMissing(7, HEX), {"seat": 1}),
        (refused.CouncilStatusWrong(7, S.PENDING), {"now": END + 1}),
        (refused.CouncilStatusWrong(7, S.DEFEATED), {"now": START + 1}),
        (refused.CouncilOnlyOnce(7, HEX), {"voted": False}),
        (refused.CouncilVoteInvalid(3), {"support": 2}),
        (refused.CouncilTextLength(MAX_REASON, MAX_REASON + 1), {"size": MAX_REASON, "now": END}),
    ])  # fmt: skip


@pytest.mark.parametrize(
    "caller",
    [
        Caller(ADDRESS),
        Caller(ADDRESS, PersonFacts(MEMBER, int(Role.DELEGATE), NOW), delegate().member),
        Caller(ADDRESS, PersonFacts(MEMBER, int(Role.ADMIN), NOW + 1), delegate().member),
        Caller(ADDRESS, PersonFacts(MEMBER, int(Role.DELEGATE), NOW + 1, NOW + 1), delegate().member),
        delegate(left=True),
        delegate(suspended_until=NOW + 1),
        delegate(kinds=int(~Kind.COUNCIL)),
    ],
)
def test_delegate__nobody_ended_suspended_left_or_without_the_kind__is_none(caller: Caller) -> None:
    with pytest.raises(refused.CouncilRoleMissing) as caught:
        check_vote(
            caller,
            1,
            proposal(EMERGENCY, vote_start=NOW - 1),
            EIGHT,
            1,
            seat=1,
            voted=False,
            size=0,
            now=NOW,
        )
    assert caught.value.facts == {"role": "DELEGATE", "who": ADDRESS}


@pytest.mark.parametrize(
    ("changes", "now", "state"),
    [
        ({}, START, S.PENDING), ({}, END, S.ACTIVE), ({}, END + 1, S.DEFEATED), (YES | {"cancelled": True}, END + 1, S.CANCELED),
        (YES | {"eta": ETA}, END + 1, S.QUEUED), (YES, END + EXPIRY + 1, S.EXPIRED), (YES | {"executed": True}, END + 1, S.EXECUTED),
    ],
)  # fmt: skip
def test_queue__from_every_other_state__refused(changes: Mapping[str, Any], now: int, state: S) -> None:
    with pytest.raises(refused.CouncilStatusWrong) as caught:
        check_queue(7, proposal(report_needed=True, **changes), EIGHT, False, now)
    assert caught.value.facts == refused.CouncilStatusWrong(7, state).facts


def test_queue__without_a_report__refused_where_one_is_needed() -> None:
    with pytest.raises(refused.CouncilNotFound):
        check_queue(7, None, EIGHT, True, END + 1)
    with pytest.raises(refused.CouncilReportMissing) as caught:
        check_queue(7, proposal(report_needed=True, **YES), EIGHT, False, END + 1)
    assert caught.value.facts == {"id": 7}
    check_queue(7, proposal(report_needed=True, **YES), EIGHT, True, END + 1)
    check_queue(7, proposal(**YES), EIGHT, False, END + EXPIRY)


@pytest.mark.parametrize(
    ("changes", "now", "state"),
    [
        ({}, START, S.PENDING), ({}, END, S.ACTIVE), ({}, END + 1, S.DEFEATED), (YES, END + 1, S.SUCCEEDED),
        (YES | {"eta": ETA, "executed": True}, ETA, S.EXECUTED), (YES | {"eta": ETA}, ETA + EXPIRY, S.EXPIRED),
        (YES | {"eta": ETA, "cancelled": True}, ETA, S.CANCELED), ({"eta": ETA}, ETA, S.DEFEATED),
    ],
)  # fmt: skip
def test_execute__from_every_other_state__refused(changes: Mapping[str, Any], now: int, state: S) -> None:
    with pytest.raises(refused.CouncilStatusWrong) as caught:
        check_execute(7, proposal(**changes), EIGHT, now)
    assert caught.value.facts == refused.CouncilStatusWrong(7, state).facts


def test_execute__a_second_before_its_delay_is_over__refused() -> None:
    queued = proposal(eta=ETA, **YES)
    with pytest.raises(refused.CouncilNotFound):
        check_execute(7, None, EIGHT, ETA)
    with pytest.raises(refused.CouncilDelayed) as caught:
        check_execute(7, queued, EIGHT, ETA - 1)
    assert caught.value.facts == refused.CouncilDelayed(7, moment(ETA)).facts
    check_execute(7, queued, EIGHT, ETA)
    check_execute(7, queued, EIGHT, ETA + EXPIRY - 1)


def test_cancel__several_rules_broken__the_first_in_order_is_named() -> None:
    wrong = {
        "caller": delegate(OTHER),
        "number": 7,
        "resolution": None,
        "seats": EIGHT,
        "confirms": True,
        "now": START + 1,
    }
    require_order(check_cancel, wrong, [
        (refused.CouncilNotFound(7), {"resolution": proposal()}),
        (refused.CouncilRoleMissing("PROPOSER", ADDRESS), {"caller": delegate()}),
        (refused.CouncilConfirmationKept(7), {"confirms": False}),
        (refused.CouncilStatusWrong(7, S.ACTIVE), {"now": START}),
    ])  # fmt: skip


def test_sectors__in_the_order_of_the_seats__are_four() -> None:
    assert [sector.name for sector in Sector] == ["PUBLIC", "INDUSTRY", "CIVIL_SOCIETY", "ACADEMIA"]
