"""votes.tree"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import DisqualificationReason
from tests.contracts.awards import DECISION, DESK, opened, supplier_of
from tests.contracts.complaints import ORDER
from tests.contracts.evaluation import (
    EVALUATION,
    OPINION,
    PANEL,
    SCORE_PERIOD,
    Evaluated,
    act_of,
    evaluated,
    seated,
    technical,
    voting,
)
from tests.contracts.tenders import UNKNOWN, Lot, Status
from tests.contracts.world import REVIEW, ZERO, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm

ACT = hash_of("any act")


def word(who: str) -> bytes:
    return bytes.fromhex(address(who)[2:]).rjust(32, b"\0")


def award_of(made: Evaluated, who: str, *, lot: int = 1, document: bytes = DECISION) -> bytes:
    return act_of(made.world, DESK, "award", made.id, lot, supplier_of(who), made.offer(who), document)


def test_call__unknown_tender__not_found(world: World) -> None:
    found = world.refusal("officer", EVALUATION, "callVote", UNKNOWN, ACT)
    assert found == Refusal("TenderBoardNotFound", UNKNOWN)


@pytest.mark.parametrize("who", ["approver", "officer2", "judge", "evaluator", "stranger", "acme"])
def test_call__no_officer_of_the_buyer__role_missing(world: World, who: str) -> None:
    made = technical(world)
    found = made.refused(who, "callVote", ACT)
    assert found == Refusal("EvaluationDeskRoleMissing", label("OFFICER"), address(who))


def test_call__no_panel__refused(world: World) -> None:
    made = opened(world, {"acme": 1_000})
    found = world.refusal("officer", EVALUATION, "callVote", made.id, ACT)
    assert found == Refusal("EvaluationDeskNoPanel", made.id)


def test_call__before_the_opening__status_wrong(world: World) -> None:
    """Else who the panel was before an addendum could have voted already."""
    made = evaluated(world, {"acme": 1_000})
    assert made.refused("officer", "callVote", ACT) == Refusal(
        "TenderBoardStatusWrong", made.id, Status.ENQUIRIES
    )


def test_call__suspended__status_wrong(world: World) -> None:
    made = technical(world, body=REVIEW)
    made.ask("officer", "callVote", ACT)
    world.send("reviewer", "ComplaintDesk", "suspend", made.id, ORDER)
    expected = Refusal("TenderBoardStatusWrong", made.id, Status.SUSPENDED)
    assert made.refused("officer", "callVote", hash_of("other")) == expected
    assert made.refused("judge", "vote", made.setup, 1, ACT, True, OPINION) == expected


def test_call__twice_or_zero__refused(world: World) -> None:
    made = technical(world)
    receipt = made.ask("officer", "callVote", ACT)
    assert (receipt.event.name, receipt.event.args["act"]) == ("VoteCalled", ACT)
    assert made.refused("officer", "callVote", ACT) == Refusal(
        "EvaluationDeskOnlyOnce", made.id, label("call"), ACT
    )
    assert made.refused("officer", "callVote", ZERO) == Refusal("EvaluationDeskHashZero", label("act"))


@pytest.mark.parametrize(("who", "seat"), [("officer", 0), ("judge", 0), ("judge2", 1), ("evaluator", 7)])
def test_vote__not_in_that_seat__role_missing(world: World, who: str, seat: int) -> None:
    made = voting(world)
    made.ask("officer", "callVote", ACT)
    found = made.refused(who, "vote", made.setup, seat, ACT, True, OPINION)
    assert found == Refusal("EvaluationDeskRoleMissing", label("EVALUATOR"), address(who))


def test_vote__nobody_called__vote_missing(world: World) -> None:
    made = voting(world)
    found = made.refused("judge", "vote", made.setup, 1, ACT, True, OPINION)
    assert found == Refusal("EvaluationDeskVoteMissing", made.id, 0)


def test_vote__again_or_the_other_way__only_once(world: World) -> None:
    made = voting(world)
    made.vote(ACT, seat1=True, seat2=False)
    for who, seat in (("judge", 1), ("judge2", 2)):
        for support in (True, False):
            found = made.refused(who, "vote", made.setup, seat, ACT, support, OPINION)
            assert found == Refusal("EvaluationDeskOnlyOnce", made.id, label("vote"), word(who))


@pytest.mark.parametrize("support", [True, False])
def test_vote__valid__kept_and_told(world: World, support: bool) -> None:
    made = voting(world)
    called = made.ask("officer", "callVote", ACT).time
    told = made.ask("evaluator", "vote", made.setup, 0, ACT, support, OPINION).event
    assert told.name == "VoteCast"
    assert list(told.args.values()) == [made.id, ACT, 0, 0, address("evaluator"), support, OPINION]
    assert tuple(made.view("votesOn", ACT)) == (called, 0, 0, int(support), int(not support))


@pytest.mark.parametrize(
    "votes",
    [{}, {"seat0": True}, {"seat0": True, "seat1": False, "seat2": False}, {"seat1": True, "seat0": False}],
)
def test_award__half_or_less__votes_short(world: World, votes: dict[str, bool]) -> None:
    made = voting(world)
    act = award_of(made, "beta")
    if votes:
        made.vote(act, **votes)
    found = made.refusal("officer", "award", 1, supplier_of("beta"), made.offer("beta"), DECISION)
    assert found == Refusal("EvaluationDeskVotesShort", made.id, 2, sum(votes.values()))


@pytest.mark.parametrize(("late", "refused"), [(-1, True), (0, False), (1, False)])
def test_award__independent_one_silent__waits_for_the_score_period(
    world: World, late: int, refused: bool
) -> None:
    made = voting(world)
    act = award_of(made, "beta")
    made.vote(act, seat1=True, seat2=True)
    until = made.view("votesOn", act)[0] + SCORE_PERIOD
    if refused:
        found = made.refusal(
            "officer", "award", 1, supplier_of("beta"), made.offer("beta"), DECISION, at=until + late
        )
        assert found == Refusal("EvaluationDeskVoteMissing", made.id, until)
    else:
        made.award("beta", at=until + late)


def test_award__independent_one_against__dissent_is_told_and_it_goes_through(world: World) -> None:
    made = voting(world)
    made.vote(award_of(made, "beta"), seat0=False, seat1=True, seat2=True)
    receipt = made.award("beta")
    assert [each.name for each in receipt.events] == ["VotesTaken", "LotAwarded"]
    assert receipt.events[0].args["act"] == award_of(made, "beta")
    assert made.stage() == Lot.STANDSTILL


def test_award__not_exactly_what_was_voted_on__votes_short(world: World) -> None:
    made = voting(world)
    made.vote(award_of(made, "beta"), seat0=True, seat1=True, seat2=True)
    short = Refusal("EvaluationDeskVotesShort", made.id, 2, 0)
    other = hash_of("another decision")
    assert made.refusal("officer", "award", 1, supplier_of("beta"), made.offer("beta"), other) == short
    reason = DisqualificationReason.NOT_QUALIFIED
    assert made.refusal("officer", "disqualify", 1, made.index("beta"), reason, DECISION) == short
    made.award("beta")


def test_award__nobody_of_the_panel_can_award_another_than_the_candidate(world: World) -> None:
    made = voting(world)
    made.vote(award_of(made, "gama"), seat0=True, seat1=True, seat2=True)
    found = made.refusal("officer", "award", 1, supplier_of("gama"), made.offer("gama"), DECISION)
    assert found == Refusal("AwardDeskNotCandidate", made.id, 1, made.index("gama"))


def test_disqualify__voted_on__puts_out_and_uses_the_votes_up(world: World) -> None:
    made = voting(world)
    reason = DisqualificationReason.NOT_QUALIFIED
    act = act_of(world, DESK, "disqualify", made.id, 1, made.index("beta"), reason, DECISION)
    made.vote(act, seat0=True, seat1=True)
    made.disqualify("beta")
    assert tuple(made.view("votesOn", act)) == (0, 0, 0, 0, 0)
    made.ask("officer", "callVote", act)


def test_award__fallen_by_a_remedy__has_to_be_voted_on_again(world: World) -> None:
    made = voting(world, body=REVIEW)
    made.vote(award_of(made, "beta"), seat0=True, seat1=True)
    made.award("beta")
    file = (hash_of("record"), made.id, 1, 3, hash_of("complaint"), made.offer("gama"))
    world.send("gama", "ComplaintDesk", "file", *file)
    world.send("reviewer", "ComplaintDesk", "admit", 1, ORDER)
    world.send("reviewer", "ComplaintDesk", "uphold", 1, 3, 0, ORDER)
    world.send("officer", "ComplaintDesk", "execute", 1)
    assert made.stage() == Lot.RANKED
    found = made.refusal("officer", "award", 1, supplier_of("beta"), made.offer("beta"), DECISION)
    assert found == Refusal("EvaluationDeskVotesShort", made.id, 2, 0)


@pytest.mark.parametrize("who", ["officer", "judge", "stranger"])
def test_take__by_an_account__its_own_acts_alone(world: World, who: str) -> None:
    made = voting(world)
    act = award_of(made, "beta")
    made.vote(act, seat0=True, seat1=True, seat2=True)
    for hash in (act, hash_of("call")):
        found = made.refused(who, "takeVotes", hash)
        assert found == Refusal("EvaluationDeskVotesShort", made.id, 2, 0)
    assert made.view("votesOn", act)[3] == 0b111


def test_panel_of_five__three_decide(world: World) -> None:
    seated(world, "evaluator5", "evaluator6")
    made: Any = technical(world, panel=(*PANEL, "evaluator5", "evaluator6"), criteria=(), award_rule=0)
    act = act_of(world, EVALUATION, "decideTechnical", made.id, *made.result())
    made.vote(act, seat0=False, seat4=True, seat3=True)
    found = made.refused("officer", "decideTechnical", *made.result())
    assert found == Refusal("EvaluationDeskVotesShort", made.id, 3, 2)
    made.vote(act, seat1=True)
    made.ask("officer", "decideTechnical", *made.result())


def test_call__before_the_result__is_void_after_it(world: World) -> None:
    """Nobody could vote while the prices waited: silence then counts against nobody."""
    points = {"acme": (80, 8), "beta": (50, 5), "gama": (10, 1)}
    made = technical(world).score(points, points, points)
    reason = DisqualificationReason.NOT_QUALIFIED
    out = (made.id, 1, made.index("acme"), reason, DECISION)
    act = act_of(world, DESK, "disqualify", *out)
    made.vote(act, seat1=True)
    made.decide()
    made.open_prices().ready("acme", "beta", "gama")
    found = made.refused("judge2", "vote", made.setup, 2, act, True, OPINION)
    assert found == Refusal("EvaluationDeskVoteMissing", made.id, 0)
    short = Refusal("EvaluationDeskVotesShort", made.id, 2, 0)
    assert world.refusal("officer", DESK, "disqualify", *out) == short
    called = made.ask("officer", "callVote", act).time
    assert tuple(made.view("votesOn", act)) == (called, 0, 1, 0, 0)
    made.vote(act, seat1=True, seat2=True)
    waits = Refusal("EvaluationDeskVoteMissing", made.id, called + SCORE_PERIOD)
    assert world.refusal("officer", DESK, "disqualify", *out) == waits
