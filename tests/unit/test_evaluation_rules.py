"""The rules of evaluations by themselves: plan and status at each edge, panels, scores, votes, keys, and the order of what is refused.

That they equal the contracts is the matter of tests/invariants/test_evaluation_rules.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.base import LicitaError
from chain.procurement.procedure import preset
from chain.rules import Caller, MemberFacts, PersonFacts, SupplierFacts, setup_hash, tender_id
from chain.rules.awards import (
    Lot,
    Offer,
    begins_anew,
    check_ask_curing,
    check_award,
    check_cure,
    check_disqualify,
    check_rank,
    is_low,
    keys_of,
    ranked,
    why,
)
from chain.rules.bids import BidFacts
from chain.rules.complaints import Complainant, Ground, check_file, check_uphold
from chain.rules.deadlines import Clock
from chain.rules.evaluation import (
    BEST,
    Evaluation,
    Points,
    Sealed,
    added,
    called,
    check_call,
    check_commit,
    check_decide,
    check_release,
    check_replace,
    check_reveal,
    check_vote,
    committed,
    decided,
    pages_of,
    points_of,
    redone,
    replaced,
    require_votes,
    revealed,
    suffices,
    voted,
    votes_now,
    word_of,
)
from chain.rules.four_eyes import NOT_PROPOSED, Approving, Proposal, Signing
from chain.rules.hashes import act_hash, page_hash, scores_commitment
from chain.rules.panels import MAX_POINTS, Evaluator, check_evaluator, check_setup, votes_needed
from chain.rules.tenders import NEVER, OpeningTimes, opening_times, tender_status
from chain.types import (
    ZERO32,
    Asked,
    ComplaintFacts,
    ComplaintStage,
    ComplaintStatus,
    Criterion,
    EvaluationFacts,
    Kind,
    LotFacts,
    LotTerms,
    PanelVote,
    Pause,
    Queue,
    Remedy,
    Role,
    Setup,
    TenderFacts,
    TenderStatus,
    Terms,
)

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
BUYER, PANEL, BODY, DOCUMENT, ACT = (bytes([each]) * 32 for each in (1, 2, 3, 4, 5))
PROCEDURE = replace(
    preset("sandbox").version(1), score_period=5, complaint_window=40, opening_delay=10, fallback_delay=30, curing_window=9,
    envelopes=2, award_rule=1, min_evaluators=2, low_next_bps=3_000, low_mean_bps=0,
)  # fmt: skip
SEATS = tuple(f"0x{seat:040x}" for seat in range(1, 8))
ONE, TWO, THREE, FOUR, *_ = SEATS
SETUP = Setup((LotTerms(1_000),), (Criterion("quality", 3_000, 10), Criterion("time", 1_000, 3)), SEATS[:3])
PLAIN = Setup((LotTerms(1_000),), (), SEATS[:3])
FACTS = TenderFacts(
    BUYER, b"\x06" * 32, ZERO32, BODY, setup_hash(SETUP), "eu", 1, NOW, terms_version=1, questions=0, open_questions=0, lots=1,
    envelopes=2, panel=3, live_bids=2, locked=True,
)  # fmt: skip
OPENS = NOW + 10
OPENED = replace(FACTS, opened_bids=2)
TECHNICAL = OPENS + 2
ENDS = TECHNICAL + 40
RESULT = replace(FACTS, technical_ends=ENDS, technical_failed=1)
BUYERS = MemberFacts(kinds=int(Kind.BUYER), exists=True)
EVALUATORS = MemberFacts(kinds=int(Kind.EVALUATION), exists=True)
MANDATE = NOW + 10**6


def caller(member: bytes = BUYER, role: Role = Role.OFFICER) -> Caller:
    """Of the buyer, if nothing else is said."""
    return Caller(ONE, PersonFacts(member, int(role), MANDATE), BUYERS)


def evaluator(address: str = ONE, **changes: Any) -> Evaluator:
    """One who may sit in any seat."""
    known = Evaluator(address, PersonFacts(PANEL, int(Role.EVALUATOR), MANDATE), EVALUATORS)
    return replace(known, **changes)


OFFICER, APPROVER = caller(), caller(role=Role.APPROVER)
NOBODY = Caller(FOUR)


def evaluation(at: int = TECHNICAL, tender: TenderFacts | None = OPENED, **facts: Any) -> Evaluation:
    """While the technical envelopes are open, if nothing else is said."""
    return Evaluation(7, tender, PROCEDURE, EvaluationFacts(**facts), Clock(at))


def refused(act: Callable[[], object]) -> str:
    """What an act is refused with; empty where it is not."""
    try:
        act()
    except LicitaError as error:
        return str(error)
    return ""


def require(cases: list[tuple[Callable[[], object], str]]) -> None:
    """Each case breaks fewer rules than the one before it."""
    for place, (act, error) in enumerate(cases):
        found = refused(act)
        assert found.startswith(error) and bool(found) == bool(error), f"{place}: {found}"


# Plan and status


@pytest.mark.parametrize(
    ("facts", "at", "status"),
    [
        (FACTS, OPENS - 1, TenderStatus.SEALED),
        (FACTS, OPENS, TenderStatus.OPENING),
        (OPENED, OPENS, TenderStatus.TECHNICAL),
        (OPENED, OPENS + 10**6, TenderStatus.TECHNICAL),
        (replace(OPENED, envelopes=1), OPENS, TenderStatus.AWARDING),
        (RESULT, ENDS - 1, TenderStatus.TECHNICAL_STANDSTILL),
        (RESULT, ENDS, TenderStatus.SEALED),
        (RESULT, ENDS + 9, TenderStatus.SEALED),
        (RESULT, ENDS + 10, TenderStatus.OPENING),
        (RESULT, ENDS + 39, TenderStatus.OPENING),
        (RESULT, ENDS + 40, TenderStatus.FALLBACK),
        (RESULT, ENDS + 69, TenderStatus.FALLBACK),
        (RESULT, ENDS + 70, TenderStatus.FAILED),
        (replace(RESULT, opened_bids=1), ENDS + 9, TenderStatus.SEALED),
        (replace(RESULT, opened_bids=1), ENDS + 10, TenderStatus.AWARDING),
        (replace(RESULT, technical_failed=2), ENDS + 9, TenderStatus.SEALED),
        (replace(RESULT, technical_failed=2), ENDS + 10, TenderStatus.AWARDING),
        (replace(RESULT, lots_failed=1, opened_bids=1), ENDS + 10, TenderStatus.FAILED),
        (replace(RESULT, suspended_at=ENDS - 1), ENDS, TenderStatus.SUSPENDED),
        (replace(RESULT, consent_due=True), ENDS - 1, TenderStatus.CANCELLING),
    ],
)
def test_tender_status__two_envelopes__first_match(facts: TenderFacts, at: int, status: TenderStatus) -> None:
    assert tender_status(facts, PROCEDURE, Clock(at)) is status


def _complained(*numbers: int, closed_at: int = 0) -> TenderFacts:
    return replace(RESULT, queues=(Queue(0, ComplaintStage.TECHNICAL, numbers, closed_at),))


@pytest.mark.parametrize(
    ("facts", "at", "times"),
    [
        (FACTS, ENDS, OpeningTimes(OPENS, OPENS + 30, OPENS + 60)),
        (RESULT, ENDS, OpeningTimes(ENDS + 10, ENDS + 40, ENDS + 70, ENDS)),
        # Before the first opening nothing can have been found.
        (RESULT, OPENS - 1, OpeningTimes(OPENS, OPENS + 30, OPENS + 60)),
        (_complained(4), ENDS + 900, OpeningTimes(NEVER, NEVER, NEVER, NEVER)),
        (_complained(closed_at=ENDS - 1), ENDS, OpeningTimes(ENDS + 10, ENDS + 40, ENDS + 70, ENDS)),
        (_complained(closed_at=ENDS + 5), ENDS + 5, OpeningTimes(ENDS + 15, ENDS + 45, ENDS + 75, ENDS + 5)),
        (
            replace(RESULT, pauses=(Pause(ENDS - 1, ENDS + 99),)), ENDS + 99,
            OpeningTimes(ENDS + 110, ENDS + 140, ENDS + 170, ENDS + 100),
        ),
        (
            replace(RESULT, pauses=(Pause(ENDS + 1, ENDS + 101),)), ENDS + 101,
            OpeningTimes(ENDS + 110, ENDS + 140, ENDS + 170, ENDS),
        ),
    ],
)  # fmt: skip
def test_opening_times__technical_result__are_those_of_the_prices(
    facts: TenderFacts, at: int, times: OpeningTimes
) -> None:
    assert opening_times(facts, PROCEDURE, Clock(at)) == times


def test_tender_status__result_complained_about__stands_still() -> None:
    assert tender_status(_complained(4), PROCEDURE, Clock(ENDS + 900)) is TenderStatus.TECHNICAL_STANDSTILL


# Setup


def _terms(setup: Setup, weight: int = 6_000, review_body: bytes = BODY) -> Terms:
    return Terms("eu", 1, "MXN", 2, NOW + 99, ZERO32, review_body, ZERO32, DOCUMENT, 1, 0, weight, setup)


def _check(setup: Setup, weight: int = 6_000, body: bytes = BODY, rule: int = 1, **changes: Any) -> str:
    known = {each: evaluator(each) for each in SEATS}
    known |= changes.pop("known", {})
    made = replace(PROCEDURE, award_rule=rule, **changes)
    return refused(lambda: check_setup(0, BUYER, _terms(setup, weight, body), made, known, NOW))


def test_check_setup__several_rules_broken__the_first_is_named_with_its_facts() -> None:
    bad = Setup((LotTerms(0),) * 33, (Criterion("a", 0, 0),), (ONE,))
    cases = [
        (bad, "TenderBoardLotsInvalid(id=0, limit=32, got=33)"),
        (replace(bad, lots=()), "TenderBoardLotsInvalid(id=0, limit=32, got=0)"),
        (replace(bad, lots=(LotTerms(1), LotTerms(0))), "TenderBoardCeilingMissing(id=0, lot=2)"),
        (replace(bad, lots=SETUP.lots), "EvaluationDeskPointsInvalid(id=0, criterion=0, max=9362, got=0)"),
        (
            replace(SETUP, criteria=(Criterion("a", 1, 1), Criterion("b", 1, MAX_POINTS + 1)), panel=(ONE,)),
            "EvaluationDeskPointsInvalid(id=0, criterion=1, max=9362, got=9363)",
        ),
        (
            replace(SETUP, criteria=(Criterion("a", 0, 1),), panel=(ONE,)),
            "EvaluationDeskPointsInvalid(id=0, criterion=0, max=9362, got=1)",
        ),
        (replace(SETUP, criteria=(), panel=(ONE,)), "TenderBoardWeightsInvalid(id=0, sum=6000)"),
        (
            replace(SETUP, criteria=(Criterion("a", 1, 1),) * 17, panel=(ONE,)),
            "TenderBoardWeightsInvalid(id=0, sum=6000)",
        ),
        (
            replace(SETUP, criteria=(Criterion("a", 4_001, MAX_POINTS),), panel=(ONE,)),
            "TenderBoardWeightsInvalid(id=0, sum=10001)",
        ),
        (replace(SETUP, panel=(ONE,)), "TenderBoardPanelInvalid(id=0, limit=3, got=1)"),
        (replace(SETUP, panel=SEATS[:4]), "TenderBoardPanelInvalid(id=0, limit=3, got=4)"),
        (replace(SETUP, panel=()), "TenderBoardPanelInvalid(id=0, limit=3, got=0)"),
        (replace(SETUP, panel=(*SEATS, FOUR, FOUR)), "TenderBoardPanelInvalid(id=0, limit=3, got=9)"),
        (replace(SETUP, panel=(ONE, TWO, ONE)), "TenderBoardPanelInvalid(id=0, limit=3, got=2)"),
        (replace(SETUP, panel=(ONE, TWO, BODY.hex())), "TenderBoardRoleMissing(role=EVALUATOR, who=0303"),
        (SETUP, ""),
        (replace(SETUP, panel=SEATS), ""),
    ]
    for setup, error in cases:
        found = _check(setup)
        assert found.startswith(error) and bool(found) == bool(error), found


def test_check_setup__lowest_price_wins__no_criteria_and_the_whole_weight() -> None:
    assert _check(PLAIN, 10_000, rule=0) == ""
    assert _check(replace(PLAIN, panel=()), 10_000, rule=0, min_evaluators=0) == ""
    assert _check(SETUP, 6_000, rule=0).startswith("TenderBoardWeightsInvalid(id=0, sum=6000)")
    assert _check(PLAIN, 9_999, rule=0).startswith("TenderBoardWeightsInvalid(id=0, sum=9999)")
    few = _check(PLAIN, 10_000, rule=0, min_evaluators=4)
    assert few.startswith("TenderBoardPanelInvalid(id=0, limit=5, got=3)")


OWN = evaluator(person=PersonFacts(BUYER, int(Role.EVALUATOR), MANDATE), member=BUYERS)
WITNESS = evaluator(member=MemberFacts(kinds=int(Kind.WITNESS), exists=True))
MISSING, CONFLICT = "TenderBoardRoleMissing(role=EVALUATOR", "TenderBoardRoleConflict(role=EVALUATOR"
DEPENDENT = "OpeningCommitteeSeatsDependent(seat=2, dependent=1, limit=0)"


@pytest.mark.parametrize(
    ("who", "independent_seat", "others"),
    [
        (evaluator(), "", ""),
        (Evaluator(ONE), MISSING, MISSING),
        (evaluator(person=PersonFacts(PANEL, int(Role.OFFICER), MANDATE)), MISSING, MISSING),
        (evaluator(person=PersonFacts(PANEL, int(Role.EVALUATOR), NOW)), MISSING, MISSING),
        (evaluator(member=replace(EVALUATORS, left=True)), MISSING, MISSING),
        (WITNESS, "", MISSING),
        (OWN, MISSING, ""),
        (replace(OWN, member=replace(BUYERS, kinds=int(Kind.BUYER | Kind.EVALUATION)), independent=False), CONFLICT, ""),
        (evaluator(independent=False), CONFLICT, ""),
        (evaluator(bids=True), CONFLICT, CONFLICT),
        (evaluator(person=PersonFacts(BODY, int(Role.EVALUATOR), MANDATE)), CONFLICT, CONFLICT),
        (evaluator(keyset_dependent=2), DEPENDENT, DEPENDENT),
        (replace(OWN, keyset_dependent=2), MISSING, ""),
    ],
)  # fmt: skip
def test_check_evaluator__each_seat__fits_or_is_refused(
    who: Evaluator, independent_seat: str, others: str
) -> None:
    for seat, error in ((0, independent_seat), (1, others), (2, others)):
        found = refused(partial(check_evaluator, 0, seat, who, BUYER, BODY, NOW))
        assert found.startswith(error) and bool(found) == bool(error), f"{seat}: {found}"


# Scores

STARTED = TECHNICAL
REVEALS, OVER = STARTED + 5, STARTED + 10
MISMATCH = "EvaluationDeskSetupMismatch(id=7)"
LACKS = "EvaluationDeskRoleMissing(role=EVALUATOR, who=0x"
BOTH_SIDES = "EvaluationDeskRoleConflict(role=EVALUATOR, who=0x"


@pytest.mark.parametrize(
    ("seat", "who", "changes", "error"),
    [
        (0, evaluator(ONE), {}, ""),
        (2, evaluator(THREE), {}, ""),
        (2, evaluator(ONE), {}, LACKS),
        (3, evaluator(FOUR), {}, LACKS),
        (1, evaluator(TWO), {"replaced": {1: FOUR}}, LACKS),
        (1, evaluator(FOUR), {"replaced": {1: FOUR}}, ""),
        (0, evaluator(ONE, person=PersonFacts(PANEL, int(Role.EVALUATOR), TECHNICAL)), {}, LACKS),
        (0, evaluator(ONE, bids=True), {}, BOTH_SIDES),
        (0, evaluator(ONE, independent=False), {}, BOTH_SIDES),
        (1, evaluator(TWO, independent=False), {}, ""),
        (1, evaluator(TWO, bids=True), {}, BOTH_SIDES),
        (1, evaluator(TWO, person=PersonFacts(BODY, int(Role.EVALUATOR), MANDATE)), {}, BOTH_SIDES),
    ],
)
def test_require_seat__who__sits_in_it_or_is_refused(
    seat: int, who: Evaluator, changes: dict[str, Any], error: str
) -> None:
    made = replace(evaluation(), **changes)
    found = refused(lambda: made.require_seat(who, SETUP, seat))
    assert found.startswith(error) and bool(found) == bool(error)
    assert refused(lambda: made.require_seat(who, PLAIN, seat)).startswith(MISMATCH)


def test_check_commit__several_rules_broken__the_first_is_named_with_its_facts() -> None:
    def commit(
        who: Evaluator, made: Evaluation, setup: Setup = SETUP, given: bytes = ZERO32, seat: int = 0
    ) -> Callable[[], None]:
        return lambda: check_commit(who, made, setup, seat, given)

    def late(at: int, **facts: Any) -> Evaluation:
        return evaluation(at, started_at=STARTED, **facts)

    plain = replace(OPENED, setup_hash=setup_hash(PLAIN))
    opening = replace(OPENED, opened_bids=1)
    require(
        [
            (commit(evaluator(FOUR), evaluation(tender=None)), "TenderBoardNotFound(id=7)"),
            (commit(evaluator(FOUR), evaluation(tender=opening), PLAIN), MISMATCH),
            (commit(evaluator(FOUR), evaluation(tender=opening)), LACKS),
            (commit(evaluator(bids=True), evaluation(tender=opening)), BOTH_SIDES),
            (commit(evaluator(), evaluation(tender=opening)), "EvaluationDeskNotOpened(id=7, left=1)"),
            (
                commit(evaluator(), evaluation(tender=replace(OPENED, consent_due=True))),
                "TenderBoardStatusWrong(id=7, status=CANCELLING)",
            ),
            (
                commit(evaluator(), evaluation(ENDS - 1, replace(RESULT, opened_bids=1))),
                "TenderBoardStatusWrong(id=7, status=TECHNICAL_STANDSTILL)",
            ),
            (
                commit(evaluator(), evaluation(ENDS + 10, RESULT, standstill_ends=ENDS)),
                "TenderBoardStatusWrong(id=7, status=OPENING)",
            ),
            (
                commit(evaluator(), evaluation(tender=plain), PLAIN),
                "EvaluationDeskScoreNotDue(id=7, not_before=1970-01-01T00:00:00Z, until=1970-01-01T00:00:00Z)",
            ),
            (
                commit(evaluator(), late(REVEALS, committed=1)),
                "EvaluationDeskScoreNotDue(id=7, not_before=2027-01-15T08:00:12Z, until=2027-01-15T08:00:17Z)",
            ),
            (
                commit(evaluator(), late(REVEALS - 1, committed=1, begun=2)),
                "EvaluationDeskScoreNotDue(id=7, not_before=2027-01-15T08:00:12Z, until=2027-01-15T08:00:17Z)",
            ),
            (
                commit(evaluator(), late(REVEALS - 1, committed=1)),
                "EvaluationDeskOnlyOnce(id=7, what=commitment, who=0x" + "0" * 63 + "1)",
            ),
            (commit(evaluator(), late(REVEALS - 1)), "EvaluationDeskHashZero(field=commitment)"),
            (commit(evaluator(), late(REVEALS - 1), given=ACT), ""),
            (commit(evaluator(TWO), late(REVEALS - 1, committed=1), given=ACT, seat=1), ""),
            (commit(evaluator(), evaluation(), given=ACT), ""),
        ]
    )


BIDS, SEEN = 20, {1, 3, 18}
PAGES = ([word_of((7, 1)), word_of((10, 3))], [word_of((0, 0))])
HASHES = [page_hash(page) for page in PAGES]


def _reveal(
    at: int = REVEALS, who: Evaluator | None = None, page: int = 0, words: list[int] | None = None, tender: TenderFacts = OPENED,
    hashes: list[bytes] | None = None, pages: int = 0, commitment: bytes = ACT, setup: Setup = SETUP, **facts: Any,
) -> Callable[[], None]:  # fmt: skip
    made = evaluation(at, tender, **{"started_at": STARTED, "committed": 1, **facts})
    given = PAGES[page] if words is None else words
    return lambda: check_reveal(
        who or evaluator(), made, setup, 0, page, given, HASHES if hashes is None else hashes, commitment,
        scores=Sealed(ACT, pages), bids=BIDS, opened=SEEN,
    )  # fmt: skip


def _page(*words: int) -> dict[str, Any]:
    return {"words": list(words), "hashes": [page_hash(words), HASHES[1]]}


def test_check_reveal__several_rules_broken__the_first_is_named_with_its_facts() -> None:
    due = "EvaluationDeskScoreNotDue(id=7, not_before=2027-01-15T08:00:17Z, until=2027-01-15T08:00:22Z)"
    wrong = "EvaluationDeskScoreMismatch(id=7, who=0x"
    good = word_of((7, 1))
    require(
        [
            (_reveal(REVEALS - 1, setup=PLAIN), MISMATCH),
            (_reveal(REVEALS - 1, evaluator(FOUR)), LACKS),
            (_reveal(REVEALS - 1, tender=replace(OPENED, opened_bids=0)), "EvaluationDeskNotOpened(id=7, left=2)"),
            (_reveal(OVER, started_at=0, commitment=BODY), "EvaluationDeskScoreNotDue(id=7, not_before=9999-"),
            (_reveal(REVEALS - 1, commitment=BODY, hashes=[]), due),
            (_reveal(OVER, commitment=BODY, hashes=[]), due),
            (_reveal(OVER - 1, commitment=BODY, hashes=[]), wrong),
            (_reveal(OVER - 1, hashes=[ACT], page=1), "EvaluationDeskPageInvalid(limit=2, got=1)"),
            (_reveal(page=1), "EvaluationDeskPageInvalid(limit=0, got=1)"),
            (_reveal(page=0, pages=1), "EvaluationDeskPageInvalid(limit=1, got=0)"),
            (_reveal(page=2, pages=2, words=[]), "EvaluationDeskPageInvalid(limit=2, got=2)"),
            (_reveal(words=[]), wrong),
            (_reveal(**_page(word_of((11, 4, 1)))), "EvaluationDeskPointsInvalid(id=7, criterion=0, max=10, got=11)"),
            (_reveal(**_page(word_of((10, 4, 1)))), "EvaluationDeskPointsInvalid(id=7, criterion=1, max=3, got=4)"),
            (_reveal(**_page(word_of((10, 3, 9)))), "EvaluationDeskPointsInvalid(id=7, criterion=2, max=0, got=9)"),
            (_reveal(**_page(good)), "EvaluationDeskPageInvalid(limit=2, got=1)"),
            (_reveal(**_page(good, good, good)), "EvaluationDeskPageInvalid(limit=2, got=3)"),
            (_reveal(), ""),
            (_reveal(OVER - 1, page=1, pages=1), ""),
        ]
    )  # fmt: skip


def test_check_reveal__another_evaluators_commitment__reveals_nothing() -> None:
    salt = b"\x09" * 32
    mine, others = (scores_commitment(1, SEATS[6], 7, 0, who, HASHES, salt) for who in (ONE, TWO))
    assert mine != others
    assert refused(_reveal(commitment=mine)).startswith("EvaluationDeskScoreMismatch")


def test_hashes__act_and_scores__as_the_contract_encodes_them() -> None:
    desk, salt = SEATS[6], b"\x09" * 32
    types = ["uint256", "address", "bytes32", "uint16", "address", "bytes32[]", "bytes32"]
    whole = encode(types, [31337, desk, tender_id(7), 2, ONE, HASHES, salt])
    assert scores_commitment(31337, desk, 7, 2, ONE, HASHES, salt) == keccak(whole)
    assert page_hash([1, 2]) == keccak((1).to_bytes(32, "big") + (2).to_bytes(32, "big"))
    act = encode(["uint256", "address", "bytes32"], [31337, desk, keccak(b"call")])
    assert act_hash(31337, desk, b"call") == keccak(act)


# Who is silent


@pytest.mark.parametrize(
    ("begun", "complete", "enough"),
    [
        (0b111, 0b111, True), (0b111, 0b011, False), (0b011, 0b011, False), (0b110, 0b110, False), (0b1110, 0b1110, False),
        (0b1101, 0b1101, True), (0b1111, 0b0111, False), (0, 0, False),
    ],
)  # fmt: skip
def test_suffices__who_revealed__all_that_began_the_independent_one_and_enough(
    begun: int, complete: int, enough: bool
) -> None:
    assert suffices(EvaluationFacts(begun=begun, complete=complete), PROCEDURE) is enough


@pytest.mark.parametrize(
    ("facts", "seat", "at", "missing"),
    [
        # Nobody began: since the end of the opening, by which all envelopes are open, or the round began.
        ({}, 0, OPENS + 64, False), ({}, 0, OPENS + 65, True), ({}, 2, OPENS + 65, True),
        ({"round": 1, "round_at": OPENS + 70}, 0, OPENS + 74, False),
        ({"round": 1, "round_at": OPENS + 70}, 0, OPENS + 75, True),
        # Commitments: two besides the independent one of three are needed, so that nobody may be missing.
        ({"started_at": STARTED, "committed": 0b011}, 2, REVEALS - 1, False),
        ({"started_at": STARTED, "committed": 0b011}, 2, REVEALS, True),
        ({"started_at": STARTED, "committed": 0b011}, 1, REVEALS, False),
        ({"started_at": STARTED, "committed": 0b111}, 2, REVEALS, False),
        # Of five one may be, unless it is the independent one.
        ({"started_at": STARTED, "committed": 0b01111}, 4, REVEALS, False),
        ({"started_at": STARTED, "committed": 0b11110}, 0, REVEALS, True),
        # Revealed in part, or not at all.
        ({"started_at": STARTED, "committed": 0b111, "begun": 0b111, "complete": 0b011}, 2, OVER - 1, False),
        ({"started_at": STARTED, "committed": 0b111, "begun": 0b111, "complete": 0b011}, 2, OVER, True),
        ({"started_at": STARTED, "committed": 0b111, "begun": 0b111, "complete": 0b011}, 1, OVER, False),
        ({"started_at": STARTED, "committed": 0b111, "begun": 0b111, "complete": 0b111}, 1, OVER, False),
        ({"started_at": STARTED, "committed": 0b1111, "begun": 0b0111, "complete": 0b0111}, 3, OVER, False),
    ],
)  # fmt: skip
def test_is_score_missing__seat_and_time__silent_and_needed(
    facts: dict[str, Any], seat: int, at: int, missing: bool
) -> None:
    assert evaluation(at, **facts).is_score_missing(seat) is missing


def test_is_score_missing__lowest_price__nobody_scores() -> None:
    made = replace(evaluation(OPENS + 9), procedure=replace(PROCEDURE, award_rule=0))
    assert made.is_score_missing(0) is False


CALLED = TECHNICAL - 1


@pytest.mark.parametrize(
    ("votes", "seat", "at", "missing"),
    [
        (PanelVote(), 0, CALLED + 99, False),
        (PanelVote(CALLED), 0, CALLED + 4, False),
        (PanelVote(CALLED), 0, CALLED + 5, True),
        (PanelVote(CALLED, yes=0b010), 0, CALLED + 5, True),
        (PanelVote(CALLED, yes=0b010), 1, CALLED + 5, False),
        (PanelVote(CALLED, no=0b001), 0, CALLED + 5, False),
        (PanelVote(CALLED, yes=0b110), 0, CALLED + 5, False),
        (PanelVote(CALLED, no=0b110), 0, CALLED + 5, False),
        (PanelVote(CALLED, yes=0b010, no=0b100), 0, CALLED + 5, True),
    ],
)
def test_is_vote_missing__seat_and_time__silent_and_needed(
    votes: PanelVote, seat: int, at: int, missing: bool
) -> None:
    assert evaluation(at).is_vote_missing(seat, 3, votes) is missing


def test_check_replace__several_rules_broken__the_first_is_named_with_its_facts() -> None:
    silent: dict[str, Any] = {"started_at": STARTED, "committed": 0b011}

    def put(
        by: Caller = APPROVER, made: Evaluation | None = None, setup: Setup = SETUP, seat: int = 2,
        who: Evaluator | None = None, document: bytes = ZERO32, votes: PanelVote | None = None,
    ) -> Callable[[], None]:  # fmt: skip
        at = evaluation(REVEALS, **silent) if made is None else made
        return lambda: check_replace(by, at, setup, seat, who or evaluator(FOUR), document, votes=votes)

    lacks = "EvaluationDeskRoleMissing(role=OFFICER, who=0x"
    early = evaluation(REVEALS - 1, **silent)
    closed = evaluation(tender=FACTS, **silent)
    voting = evaluation(PAST, PRICED)
    require(
        [
            (put(NOBODY, evaluation(tender=None)), "TenderBoardNotFound(id=7)"),
            (put(NOBODY, closed, PLAIN, 3), lacks),
            (put(caller(PANEL), closed, PLAIN, 3), lacks),
            (put(made=closed, setup=PLAIN, seat=3), MISMATCH),
            (put(made=closed, seat=3), "EvaluationDeskNoPanel(id=7)"),
            (put(made=closed), "EvaluationDeskNotOpened(id=7, left=2)"),
            (
                put(made=evaluation(ENDS - 1, replace(RESULT, opened_bids=1))),
                "TenderBoardStatusWrong(id=7, status=TECHNICAL_STANDSTILL)",
            ),
            (put(made=early, who=evaluator(ONE)), "EvaluationDeskPanelSufficient(id=7)"),
            (put(seat=1, who=evaluator(ONE)), "EvaluationDeskPanelSufficient(id=7)"),
            (put(who=evaluator(TWO, bids=True)), "TenderBoardPanelInvalid(id=7, limit=3, got=1)"),
            (put(who=evaluator(THREE, bids=True)), "TenderBoardPanelInvalid(id=7, limit=3, got=2)"),
            (
                put(made=replace(evaluation(REVEALS, **silent), replaced={0: FOUR})),
                "TenderBoardPanelInvalid(id=7, limit=3, got=0)",
            ),
            (put(who=Evaluator(FOUR)), MISSING),
            (put(who=evaluator(FOUR, bids=True)), CONFLICT),
            (put(who=evaluator(FOUR, keyset_dependent=2)), DEPENDENT),
            (put(), "EvaluationDeskHashZero(field=documentHash)"),
            (put(document=DOCUMENT), ""),
            (put(OFFICER, document=DOCUMENT), ""),
            (put(made=closed, votes=PanelVote()), "TenderBoardStatusWrong(id=7, status=OPENING)"),
            (put(made=voting, votes=PanelVote(PAST - 4)), "EvaluationDeskPanelSufficient(id=7)"),
            (put(made=voting, votes=PanelVote(PAST - 5), document=DOCUMENT), ""),
        ]
    )


# Votes


@pytest.mark.parametrize(("panel", "needed"), [(3, 2), (5, 3), (7, 4)])
def test_votes_needed__panel__more_than_half(panel: int, needed: int) -> None:
    assert votes_needed(panel) == needed


@pytest.mark.parametrize(
    ("votes", "at", "error"),
    [
        (PanelVote(), CALLED, "EvaluationDeskVotesShort(id=7, limit=2, got=0)"),
        (PanelVote(CALLED, no=0b111), CALLED + 9, "EvaluationDeskVotesShort(id=7, limit=2, got=0)"),
        (PanelVote(CALLED, yes=0b001), CALLED + 9, "EvaluationDeskVotesShort(id=7, limit=2, got=1)"),
        (PanelVote(CALLED, yes=0b011), CALLED, ""),
        (PanelVote(CALLED, yes=0b110, no=0b001), CALLED, ""),
        (PanelVote(CALLED, yes=0b110), CALLED + 4, "EvaluationDeskVoteMissing(id=7, until=2027-01-15T08:00:16Z)"),
        (PanelVote(CALLED, yes=0b110), CALLED + 5, ""),
    ],
)  # fmt: skip
def test_require_votes__who_voted_and_when__half_and_the_independent_one(
    votes: PanelVote, at: int, error: str
) -> None:
    found = refused(lambda: require_votes(7, 3, votes, PROCEDURE, Clock(at)))
    assert found.startswith(error) and bool(found) == bool(error), found


def test_votes_now__new_sitting__none_count_and_the_panel_is_called_anew() -> None:
    stored = PanelVote(CALLED, 0, 0, 0b011, 0b100)
    assert votes_now(EvaluationFacts(), stored) == stored
    assert votes_now(EvaluationFacts(round=1, round_at=CALLED + 3), stored) == stored
    assert votes_now(EvaluationFacts(sitting=1, sitting_at=CALLED + 3), stored) == PanelVote(CALLED + 3, 1)
    assert votes_now(EvaluationFacts(sitting=2, sitting_at=CALLED - 3), stored) == PanelVote(CALLED, 2)
    assert votes_now(EvaluationFacts(sitting=1, sitting_at=CALLED), PanelVote()) == PanelVote(0, 1)
    again = voted(EvaluationFacts(sitting=1, sitting_at=CALLED + 3), stored, 2, support=False)
    assert again == PanelVote(CALLED + 3, 1, 0, 0, 0b100)
    assert voted(EvaluationFacts(), PanelVote(CALLED, yes=0b001), 1, support=True).yes == 0b011


def test_votes_now__called_for_before_the_result__void() -> None:
    facts = EvaluationFacts(sitting=1, sitting_at=CALLED, results=2)
    assert votes_now(facts, PanelVote(CALLED, 1, 1, 0b011)) == PanelVote(0, 1, 2)
    assert votes_now(facts, called(facts, NOW)) == PanelVote(NOW, 1, 2)


def test_check_call__several_rules_broken__the_first_is_named_with_its_facts() -> None:
    def call(by: Caller, tender: TenderFacts | None, votes: PanelVote, act: bytes) -> Callable[[], None]:
        return lambda: check_call(by, evaluation(tender=tender), act, votes=votes)

    over = replace(FACTS, panel=0)
    once = PanelVote(CALLED)
    require(
        [
            (call(NOBODY, None, once, ZERO32), "TenderBoardNotFound(id=7)"),
            (call(APPROVER, over, once, ZERO32), "EvaluationDeskRoleMissing(role=OFFICER"),
            (call(OFFICER, over, once, ZERO32), "EvaluationDeskNoPanel(id=7)"),
            (call(OFFICER, FACTS, once, ZERO32), "TenderBoardStatusWrong(id=7, status=OPENING)"),
            (call(OFFICER, OPENED, once, ZERO32), "EvaluationDeskOnlyOnce(id=7, what=call, who=0x00"),
            (call(OFFICER, OPENED, PanelVote(), ZERO32), "EvaluationDeskHashZero(field=act)"),
            (call(OFFICER, OPENED, PanelVote(), ACT), ""),
        ]
    )  # fmt: skip


def test_check_vote__several_rules_broken__the_first_is_named_with_its_facts() -> None:
    def vote(who: Evaluator, tender: TenderFacts | None, votes: PanelVote) -> Callable[[], None]:
        return lambda: check_vote(who, evaluation(tender=tender), SETUP, 0, votes=votes)

    over = replace(OPENED, suspended_at=NOW)
    require(
        [
            (vote(evaluator(FOUR), None, PanelVote()), "TenderBoardNotFound(id=7)"),
            (vote(evaluator(FOUR), over, PanelVote()), LACKS),
            (vote(evaluator(bids=True), over, PanelVote()), BOTH_SIDES),
            (vote(evaluator(), over, PanelVote()), "TenderBoardStatusWrong(id=7, status=SUSPENDED)"),
            (vote(evaluator(), OPENED, PanelVote()), "EvaluationDeskVoteMissing(id=7, until=1970-01-01T00:00:00Z)"),
            (vote(evaluator(), OPENED, PanelVote(CALLED, yes=1)), "EvaluationDeskOnlyOnce(id=7, what=vote, who=0x"),
            (vote(evaluator(), OPENED, PanelVote(CALLED, no=1)), "EvaluationDeskOnlyOnce(id=7, what=vote, who=0x"),
            (vote(evaluator(), OPENED, PanelVote(CALLED, yes=0b110)), ""),
        ]
    )  # fmt: skip


# The technical result

SCORED: dict[str, Any] = {"started_at": STARTED, "committed": 0b111, "begun": 0b111, "complete": 0b111}
AYES = PanelVote(CALLED, yes=0b111)


def _decide(
    failed: tuple[int, ...] = (), reasons: tuple[int, ...] = (), by: Caller = APPROVER, tender: TenderFacts | None = OPENED,
    votes: PanelVote = AYES, document: bytes = DOCUMENT, at: int = REVEALS + 1, curing: Asked | None = None,
    **facts: int,
) -> Callable[[], None]:  # fmt: skip
    return lambda: check_decide(
        by, evaluation(at, tender, **(facts or SCORED)), failed, reasons, document, votes=votes, opened=SEEN,
        curing={} if curing is None else {3: curing},
    )  # fmt: skip


def test_check_decide__several_rules_broken__the_first_is_named_with_its_facts() -> None:
    partly: dict[str, Any] = {**SCORED, "complete": 0b011}
    bad: dict[str, Any] = {"votes": PanelVote(), "document": ZERO32}
    until = "2027-01-15T08:00:22Z"
    require(
        [
            (_decide((1,), by=NOBODY, tender=None, **bad), "TenderBoardNotFound(id=7)"),
            (_decide((1,), by=NOBODY, tender=FACTS, **bad), "EvaluationDeskRoleMissing(role=OFFICER"),
            (_decide((1,), tender=FACTS, **bad), "EvaluationDeskNotOpened(id=7, left=2)"),
            (_decide((1,), tender=replace(OPENED, suspended_at=NOW), **bad), "TenderBoardStatusWrong(id=7, status=SUSPENDED)"),
            (
                _decide((1,), started_at=0, **bad),
                "EvaluationDeskScoreNotDue(id=7, not_before=1970-01-01T00:00:00Z, until=9999-12-31T23:59:59Z)",
            ),
            (
                _decide((1,), at=OVER - 1, **partly, **bad),
                f"EvaluationDeskScoreNotDue(id=7, not_before=1970-01-01T00:00:00Z, until={until})",
            ),
            (_decide((1,), at=OVER, **partly, **bad), "EvaluationDeskScoresShort(id=7, limit=2, got=1)"),
            (_decide((1,), **bad), "EvaluationDeskVotesShort(id=7, limit=2, got=0)"),
            (_decide((1,), votes=PanelVote(REVEALS, yes=0b110), document=ZERO32), "EvaluationDeskVoteMissing(id=7"),
            (_decide((1,), document=ZERO32), "EvaluationDeskHashZero(field=documentHash)"),
            (_decide((0,), (3, 3)), "EvaluationDeskPageInvalid(limit=1, got=2)"),
            (_decide((0,), (0,)), "EvaluationDeskBidInvalid(id=7, index=0)"),
            (_decide((3, 1), (3, 3)), "EvaluationDeskBidInvalid(id=7, index=1)"),
            (_decide((3, 3), (3, 3)), "EvaluationDeskBidInvalid(id=7, index=3)"),
            (_decide((3,), (0,), curing=Asked(REVEALS + 2)), "EvaluationDeskReasonInvalid(id=7, code=0)"),
            (_decide((3,), (4,)), "EvaluationDeskReasonInvalid(id=7, code=4)"),
            (_decide((3,), (8,)), "EvaluationDeskReasonInvalid(id=7, code=8)"),
            (_decide((3,), (10,)), "EvaluationDeskReasonInvalid(id=7, code=10)"),
            (_decide((3,), (9,), curing=Asked(REVEALS + 2)), "EvaluationDeskWindowOpen(id=7, until=2027-01-15T08:00:19Z)"),
            (_decide((3,), (9,), curing=Asked(REVEALS + 2, True)), ""),
            (_decide((3,), (9,), curing=Asked(REVEALS + 1)), ""),
            (_decide((1, 3, 18), (1, 5, 9)), ""),
            (_decide(), ""),
            (_decide(by=OFFICER), ""),
        ]
    )  # fmt: skip


def test_check_decide__no_panel_and_lowest_price__neither_scores_nor_votes() -> None:
    made = Evaluation(
        7, replace(OPENED, panel=0), replace(PROCEDURE, award_rule=0), EvaluationFacts(), Clock(TECHNICAL)
    )
    check_decide(OFFICER, made, [1], [3], DOCUMENT, votes=PanelVote(), opened=SEEN, curing={})


def test_check_release__status_and_phase__prices_that_are_due() -> None:
    def release(at: int, tender: TenderFacts | None, ends: int = ENDS, phase: int = 0) -> Callable[[], None]:
        return lambda: check_release(evaluation(at, tender, standstill_ends=ends), phase)

    require(
        [
            (release(ENDS, None), "TenderBoardNotFound(id=7)"),
            (release(OPENS, FACTS, 0), "TenderBoardStatusWrong(id=7, status=OPENING)"),
            (release(OPENS, OPENED, 0), "TenderBoardStatusWrong(id=7, status=TECHNICAL)"),
            (release(ENDS + 9, RESULT), "TenderBoardStatusWrong(id=7, status=SEALED)"),
            (release(ENDS + 70, RESULT), "TenderBoardStatusWrong(id=7, status=FAILED)"),
            (release(ENDS + 10, replace(RESULT, opened_bids=1)), "TenderBoardStatusWrong(id=7, status=AWARDING)"),
            (release(ENDS + 10, RESULT, phase=1), "BidBoxReleaseRefused(tender_id=7, phase=1)"),
            (release(ENDS + 10, RESULT), ""),
            (release(ENDS + 69, RESULT), ""),
        ]
    )  # fmt: skip


def test_effects__act_after_act__leave_what_the_contract_stores() -> None:
    first = committed(EvaluationFacts(), 2, NOW)
    assert first == EvaluationFacts(started_at=NOW, committed=0b100)
    assert committed(first, 0, NOW + 3) == EvaluationFacts(started_at=NOW, committed=0b101)
    half = revealed(first, 2, is_last=False)
    assert (half.begun, half.complete) == (0b100, 0)
    whole = revealed(half, 2, is_last=True)
    assert (whole.begun, whole.complete) == (0b100, 0b100)
    found = decided(whole, 3, ENDS)
    assert (found.standstill_ends, found.failed, found.results) == (ENDS, 3, 1)
    kept = redone(found, NOW + 9, rescore=False)
    assert kept == replace(whole, results=1)
    assert redone(found, NOW + 9, rescore=True) == EvaluationFacts(round=1, round_at=NOW + 9, results=1)
    # Scores outlive the vote of who gave them; who gave none is the end of a round.
    voted_anew = replaced(found, NOW + 9, silent_in_scores=False)
    assert voted_anew == replace(found, sitting=1, sitting_at=NOW + 9)
    assert replaced(whole, NOW + 9, silent_in_scores=True) == EvaluationFacts(
        1, NOW + 9, sitting=1, sitting_at=NOW + 9
    )


# Points

CRITERIA = SETUP.criteria


def test_word_of__points__come_back() -> None:
    assert word_of((7, 1)) == 7 + (1 << 16)
    assert points_of(word_of((7, 1)), 2) == (7, 1)
    assert points_of(word_of([MAX_POINTS * 7] * 16), 16) == (65_534,) * 16


@pytest.mark.parametrize(("bids", "pages"), [(0, 0), (1, 1), (16, 1), (17, 2), (1_000, 63)])
def test_pages_of__bids_of_the_box__are_of_sixteen(bids: int, pages: int) -> None:
    assert pages_of(bids) == pages


def test_added__pages_of_evaluators__sum_by_bid() -> None:
    words = added({}, 0, SEEN, PAGES[0])
    words = added(words, 1, SEEN, PAGES[1])
    words = added(words, 0, SEEN, PAGES[0])
    assert {index: points_of(word, 2) for index, word in words.items()} == {
        1: (14, 2),
        3: (20, 6),
        18: (0, 0),
    }


@pytest.mark.parametrize(
    ("points", "evaluators", "price", "least", "score"),
    [
        # 3,000 x 500,000 + 1,000 x 333,333 + 6,000 x 1,000,000: a third is cut off.
        ((15, 3), 3, 100, 100, 1_500_000_000 + 333_333_000 + 6_000_000_000),
        ((0, 0), 3, 100, 100, 6_000_000_000),
        ((30, 9), 3, 100, 100, BEST),
        # 2 / 3 of the price's million, cut off before the weight.
        ((0, 0), 3, 150, 100, 6_000 * 666_666),
        ((1, 0), 3, 300, 100, 3_000 * 33_333 + 6_000 * 333_333),
        ((0, 0), 3, 2**128 - 1, 1, 0),
    ],
)  # fmt: skip
def test_score__points_and_price__each_share_is_rounded_down_before_its_weight(
    points: tuple[int, int], evaluators: int, price: int, least: int, score: int
) -> None:
    made = Points(CRITERIA, evaluators, {4: word_of(points)})
    assert made.score(4, price, least) == score
    assert made.key(4, price, least) == BEST + 1 - score


def test_score__bid_without_points__has_its_price_alone() -> None:
    assert Points(CRITERIA, 3, {}).shares(4) == (0, 0)
    assert Points(CRITERIA, 3, {}).price_weight == 6_000


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(1, 2**128 - 1)), min_size=1, max_size=9
    )
)
def test_keys_of__any_bids__lie_between_one_and_all_and_rank_each_once(
    bids: list[tuple[int, int, int]],
) -> None:
    points = Points(CRITERIA, 3, {index: word_of(bid[:2]) for index, bid in enumerate(bids)})
    keys = keys_of({index: bid[2] for index, bid in enumerate(bids)}, points)
    assert all(1 <= key <= BEST + 1 for key in keys.values())
    order = ranked(keys, dict.fromkeys(keys, 0) | {index: index for index in keys})
    assert sorted(order) == list(range(len(bids)))
    assert [keys[index] for index in order] == sorted(keys.values())


def test_keys_of__by_price__are_the_prices() -> None:
    assert keys_of({2: 9, 1: 8}, None) == {2: 9, 1: 8}


# Ranking and deciding by points

OFFERS = [Offer(index, DOCUMENT, (price,)) for index, price in ((1, 300), (3, 200))]
OPENINGS = {offer.index: offer.opening for offer in OFFERS}
POINTS = Points(CRITERIA, 3, {1: word_of((30, 9)), 3: word_of((0, 0))})
"""Bid 1 has all points and 2 / 3 of the price, bid 3 the best price and no points."""
KEYS = keys_of({1: 300, 3: 200}, POINTS)
COUNTED = LotFacts(sum=500, tallied=20, offers=2, admissible=2, complete=True, min=200)
PRICED = replace(RESULT, opened_bids=1)
PAST = ENDS + 20


def _lot(facts: LotFacts = COUNTED, tender: TenderFacts = PRICED, at: int = PAST) -> Lot:
    return Lot(7, 1, tender, PROCEDURE, facts, Clock(at))


def _rank(facts: LotFacts, *offers: Offer, last: int = 0) -> Callable[[], None]:
    orders = {1: 2, 3: 1}
    return lambda: check_rank(_lot(facts), SETUP, offers, OPENINGS, orders, last, POINTS)


def test_check_rank__by_points__rises_by_key_and_not_by_price() -> None:
    first, second = OFFERS
    assert KEYS[1] < KEYS[3]
    begun_well = replace(COUNTED, ranked=1, last=KEYS[1], first=KEYS[1])
    left_out = replace(COUNTED, ranked=1, last=KEYS[3], first=KEYS[3])
    wrong = "AwardDeskOrderWrong(id=7, lot=1, i="
    require(
        [
            (_rank(COUNTED, second, first), wrong + "1)"),
            (_rank(COUNTED, first, second), ""),
            (_rank(begun_well, second, last=2), ""),
            # What left the better one out is begun anew by it, and by nothing that comes after.
            (_rank(left_out, first, second, last=1), ""),
            (_rank(replace(left_out, first=KEYS[1] - 1), first, last=1), wrong + "1)"),
        ]
    )


def test_begins_anew__by_points__at_or_before_the_first_key_and_not_going_on() -> None:
    facts = LotFacts(ranked=2, first=50, last=70, min=60)
    assert begins_anew(facts, 50, 1, 9, by_points=True)
    assert begins_anew(facts, 49, 1, 9, by_points=True)
    assert not begins_anew(facts, 51, 1, 9, by_points=True)
    assert not begins_anew(replace(facts, ranked=1, last=50), 50, 10, 9, by_points=True)
    assert not begins_anew(LotFacts(min=60), 50, 1, 0, by_points=True)
    assert begins_anew(facts, 60, 1, 9)
    assert not begins_anew(facts, 50, 1, 9)


def test_is_low__by_points__not_beside_the_next_of_the_ranking() -> None:
    terms = LotTerms(1_000)
    assert not is_low(1, 100, 2, 101, terms, PROCEDURE)
    assert is_low(1, 100, 2, 101, terms, replace(PROCEDURE, award_rule=0))
    assert is_low(1, 100, 2, 101, terms, replace(PROCEDURE, low_mean_bps=4_000))


def test_why__ranking_by_points__says_so() -> None:
    assert why(replace(COUNTED, first=KEYS[1])) == "best score of 2 admissible bids"
    assert why(COUNTED) == "lowest of 2 admissible bids"


RANKED = replace(COUNTED, ranked=2, last=KEYS[3], first=KEYS[1])
ELIGIBLE = SupplierFacts(True, True, 1, 1, NOW, 0, BODY)


@pytest.mark.parametrize(
    ("votes", "panel", "error"),
    [
        (None, 0, "AwardDeskHashZero"),
        (None, 3, "EvaluationDeskVotesShort(id=7, limit=2, got=0)"),
        (PanelVote(PAST - 4, yes=0b110), 3, "EvaluationDeskVoteMissing(id=7"),
        (PanelVote(PAST - 5, yes=0b110), 3, "AwardDeskHashZero"),
        (PanelVote(PAST, yes=0b110, no=0b001), 3, "AwardDeskHashZero"),
    ],
)
def test_award_and_disqualify__panel__votes_before_anything_of_the_form(
    votes: PanelVote | None, panel: int, error: str
) -> None:
    lot = _lot(RANKED, replace(PRICED, panel=panel))
    award = refused(
        lambda: check_award(
            OFFICER, lot, PANEL, ELIGIBLE, OFFERS[0], ZERO32, candidate=1, index=1, openings=OPENINGS, low=False,
            explained=False, curing=Asked(), votes=votes,
        )
    )  # fmt: skip
    out = refused(
        lambda: check_disqualify(
            OFFICER,
            lot,
            1,
            0,
            ZERO32,
            candidate=1,
            low=False,
            explanation=Asked(),
            curing=Asked(),
            votes=votes,
        )
    )
    assert award.startswith(error) and out.startswith(error)


@pytest.mark.parametrize(
    ("tender", "at", "error"),
    [
        (FACTS, TECHNICAL, "AwardDeskNotOpened(id=7, left=2)"),
        (OPENED, TECHNICAL, ""),
        (RESULT, ENDS, "AwardDeskNotOpened(id=7, left=1)"),
        (PRICED, ENDS, "TenderBoardStatusWrong(id=7, status=SEALED)"),
        (PRICED, PAST, ""),
    ],
)
def test_check_ask_curing__while_envelopes_are_looked_at__allowed(
    tender: TenderFacts, at: int, error: str
) -> None:
    lot = _lot(LotFacts(), tender, at)
    found = refused(lambda: check_ask_curing(OFFICER, lot, 1, DOCUMENT, openings=OPENINGS, curing=Asked()))
    assert found.startswith(error) and bool(found) == bool(error)


# Four eyes


def test_decide_and_replace__four_eyes__by_whom_another_account_proposed() -> None:
    tender = replace(OPENED, four_eyes=True)
    by_two = Approving(Proposal(ACT, TWO, TECHNICAL + 99, True), Clock(TECHNICAL))
    alone = Approving(Proposal(ACT, ONE, TECHNICAL + 99, True), Clock(TECHNICAL))

    def decide(by: Caller, signing: Signing = NOT_PROPOSED) -> Callable[[], None]:
        made = evaluation(REVEALS + 1, tender, **SCORED)
        return lambda: check_decide(
            by, made, (), (), DOCUMENT, votes=AYES, opened=SEEN, curing={}, signing=signing
        )

    def put(signing: Signing) -> Callable[[], None]:
        made = evaluation(REVEALS, tender, started_at=STARTED, committed=0b011)
        return lambda: check_replace(APPROVER, made, SETUP, 2, evaluator(FOUR), DOCUMENT, signing=signing)

    require(
        [
            (decide(OFFICER, by_two), "FourEyesRoleMissing(role=APPROVER"),
            (decide(APPROVER), "FourEyesActNotProposed(act=0x00"),
            (decide(APPROVER, alone), "FourEyesActSameSigner(who=0x"),
            (decide(APPROVER, by_two), ""),
            (put(NOT_PROPOSED), "FourEyesActNotProposed(act=0x00"),
            (put(by_two), ""),
        ]
    )


@pytest.mark.parametrize(
    ("tender", "asked", "at", "error"),
    [
        (OPENED, Asked(ENDS + 5), TECHNICAL, ""),
        (RESULT, Asked(ENDS + 5), ENDS - 1, ""),
        (RESULT, Asked(ENDS + 5), ENDS + 4, ""),
        (RESULT, Asked(ENDS + 5), ENDS + 5, "AwardDeskWindowClosed(id=7"),
        (RESULT, Asked(), ENDS - 1, "AwardDeskNotOpened(id=7, left=1)"),
        (OPENED, Asked(), TECHNICAL, "AwardDeskWindowClosed(id=7"),
        (RESULT, Asked(ENDS + 5, True), ENDS, "AwardDeskOnlyOnce(id=7, what=cure"),
        (replace(RESULT, suspended_at=ENDS - 1), Asked(ENDS + 5), ENDS, "AwardDeskNotOpened(id=7, left=1)"),
        (replace(OPENED, suspended_at=ENDS - 1), Asked(ENDS + 5), ENDS, "TenderBoardStatusWrong(id=7, status=SUSPENDED)"),
        (replace(PRICED, cancels_at=ENDS), Asked(ENDS + 5), ENDS, "TenderBoardStatusWrong(id=7, status=CANCELLED)"),
    ],
)  # fmt: skip
def test_check_cure__who_was_asked__has_its_window_whatever_comes_meanwhile(
    tender: TenderFacts, asked: Asked, at: int, error: str
) -> None:
    lot, by = _lot(LotFacts(), tender, at), Caller(ONE)
    found = refused(lambda: check_cure(by, lot, 1, DOCUMENT, own=1, curing=asked))
    assert found.startswith(error) and bool(found) == bool(error), found


# Complaints about the technical result

SHOWN = Offer(1, DOCUMENT, ())
BIDDER = Complainant(PANEL, BidFacts(1), 1, SHOWN, SHOWN.opening)


def _file(
    tender: TenderFacts = RESULT,
    at: int = ENDS - 1,
    lot: int = 0,
    who: Complainant = BIDDER,
    document: bytes = DOCUMENT,
) -> Callable[[], None]:
    by = Caller(ONE, supplier=ELIGIBLE)
    return lambda: check_file(
        by, Ground(7, lot, tender, PROCEDURE, Clock(at)), who, ACT, ComplaintStage.TECHNICAL, document, recorded=0,
        open_one=0,
    )  # fmt: skip


def test_check_file__technical__opened_bidders_in_the_window_about_all_lots() -> None:
    stage = "ComplaintDeskStageWrong(tender_id=7, stage="
    nobody = "ComplaintDeskNoStanding(tender_id=7"
    require(
        [
            (_file(who=replace(BIDDER, bid=None)), nobody),
            (_file(who=replace(BIDDER, opening=ZERO32)), nobody),
            (_file(who=replace(BIDDER, bid=BidFacts(2))), nobody),
            (_file(lot=1, at=ENDS), stage),
            (_file(OPENED), stage),
            (_file(at=ENDS), "ComplaintDeskTooLate(tender_id=7"),
            (_file(document=ZERO32), "ComplaintDeskHashZero(field=documentHash)"),
            (_file(), ""),
            # A complaint leaves the window as it is, whatever it does to the prices.
            (_file(_complained(4)), ""),
            (_file(_complained(4), at=ENDS), "ComplaintDeskTooLate(tender_id=7"),
        ]
    )


@pytest.mark.parametrize("remedy", list(Remedy))
def test_check_uphold__technical__scores_result_or_the_whole(remedy: Remedy) -> None:
    ground = Ground(7, 0, _complained(4), PROCEDURE, Clock(ENDS))
    facts = ComplaintFacts(7, PANEL, stage=ComplaintStage.TECHNICAL, status=ComplaintStatus.ADMITTED)
    reviewer = Caller(
        ONE,
        PersonFacts(BODY, int(Role.REVIEWER), MANDATE),
        MemberFacts(kinds=int(Kind.REVIEW_BODY), exists=True),
    )
    for place in (0, 1):
        found = refused(partial(check_uphold, reviewer, 4, facts, ground, remedy, place, DOCUMENT, out=True))
        fits = remedy in (Remedy.CANCEL_TENDER, Remedy.REDO_TECHNICAL, Remedy.RESCORE) and place == 0
        assert found == "" if fits else found.startswith("ComplaintDeskRemedyInvalid(complaint=4")


@pytest.mark.parametrize(
    ("at", "lot", "tender", "extended", "overdue"),
    [
        (OPENS + PROCEDURE.decision_period - 1, 0, OPENED, False, False),
        (OPENS + PROCEDURE.decision_period, 0, OPENED, False, True),
        (OPENS + PROCEDURE.decision_period, 0, OPENED, True, False),
        (OPENS + 2 * PROCEDURE.decision_period, 0, OPENED, True, True),
        (OPENS + PROCEDURE.decision_period, 1, OPENED, False, False),
        (ENDS + 9 + PROCEDURE.decision_period, 1, PRICED, False, False),
        (ENDS + 10 + PROCEDURE.decision_period, 1, PRICED, False, True),
        (ENDS + 10 + PROCEDURE.decision_period, 0, PRICED, False, False),
    ],
)
def test_require_in_time__omission__of_the_result_by_the_first_opening_of_an_award_by_that_of_prices(
    at: int, lot: int, tender: TenderFacts, extended: bool, overdue: bool
) -> None:
    ground = Ground(7, lot, tender, PROCEDURE, Clock(at), extended=extended)
    found = refused(partial(ground.require_in_time, ComplaintStage.OMISSION))
    assert found.startswith("" if overdue else "ComplaintDeskStageWrong") and bool(found) is not overdue
