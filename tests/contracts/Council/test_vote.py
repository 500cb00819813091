"""vote.tree: who votes, how often, and what a vote counts"""

from __future__ import annotations

from typing import Any

import pytest

from chain.types import DecisionClass, Kind, ProposalState, Role, Sector, Vote
from tests.contracts.proposals import (
    COUNCIL,
    Opened,
    execute,
    open_of,
    proposal,
    propose,
    queue,
    seat_of,
    seated,
    seats,
    state,
    vote,
    wait,
)
from tests.contracts.world import DAY, MANDATE_END, ZERO, Refusal, World, address, label, member_id

pytestmark = pytest.mark.evm

MEMBERS = "MemberRegistry"
FOR = int(Vote.FOR)


@pytest.fixture
def opened(world: World) -> Opened:
    """A proposal of class MEMBERSHIP whose vote is on."""
    made = open_of(world, DecisionClass.MEMBERSHIP)
    wait(world, made.start + 1)
    return made


def refused(world: World, opened: Opened, who: str, support: int = FOR, *, at: int | None = None) -> Refusal:
    return world.refusal(who, COUNCIL, "castVote", opened.id, support, at=at)


def no_delegate(who: str) -> Refusal:
    return Refusal("CouncilRoleMissing", label("DELEGATE"), address(who))


def tally(world: World, opened: Opened) -> tuple[int, int, int]:
    facts = world.facts(COUNCIL, "resolution", opened.id)
    return facts["inFavour"], facts["against"], facts["abstained"]


@pytest.mark.parametrize("who", ["admin", "officer", "operator", "authority", "acme", "stranger"])
def test_vote__other_role__role_missing(world: World, opened: Opened, who: str) -> None:
    assert refused(world, opened, who) == no_delegate(who)


@pytest.mark.parametrize("support", Vote)
@pytest.mark.parametrize("place", range(4))
def test_vote__each_sector_and_answer__counted_once(
    world: World, opened: Opened, place: int, support: Vote
) -> None:
    who = f"delegate{place + 1}"
    event = world.send(who, COUNCIL, "castVote", opened.id, int(support)).event
    assert (event.name, event.args) == (
        "VoteCast",
        {"voter": address(who), "proposalId": opened.id, "support": support, "weight": 1, "reason": ""},
    )
    expected = [0, 0, 0]
    expected[(Vote.FOR, Vote.AGAINST, Vote.ABSTAIN).index(support)] = 1
    if support is Vote.FOR:
        expected[0] <<= 16 * place
    assert tally(world, opened) == tuple(expected)
    assert world.read(COUNCIL, "memberVoted", opened.id, seat_of(who)) is True
    for each in (who, f"second{place + 1}", "stranger"):
        assert world.read(COUNCIL, "hasVoted", opened.id, address(each)) is (each != "stranger")


@pytest.mark.parametrize(
    ("function", "args", "reason"),
    [
        ("castVoteWithReason", ("a reason: ñ",), "a reason: ñ"),
        ("castVoteWithReason", ("x" * 4_096,), "x" * 4_096),
        ("castVoteWithReasonAndParams", ("why", b""), "why"),
        ("castVoteWithReasonAndParams", ("why", b"parameters that nobody reads"), "why"),
    ],
)
def test_vote__with_a_reason__tells_it(
    world: World, opened: Opened, function: str, args: tuple[Any, ...], reason: str
) -> None:
    event = world.send("delegate1", COUNCIL, function, opened.id, FOR, *args).event
    assert (event.name, event.args["reason"], event.args["weight"]) == ("VoteCast", reason, 1)
    assert tally(world, opened) == (1, 0, 0)


def test_vote__reason_too_long__text_length(world: World, opened: Opened) -> None:
    for function, more in (("castVoteWithReason", ()), ("castVoteWithReasonAndParams", (b"",))):
        args = (opened.id, FOR, "x" * 4_097, *more)
        found = world.refusal("delegate1", COUNCIL, function, *args)
        assert found == Refusal("CouncilTextLength", 4_096, 4_097)


@pytest.mark.parametrize("support", [3, 255])
def test_vote__no_such_answer__vote_invalid(world: World, opened: Opened, support: int) -> None:
    assert refused(world, opened, "delegate1", support) == Refusal("CouncilVoteInvalid", support)


@pytest.mark.parametrize("first", Vote)
@pytest.mark.parametrize("second", Vote)
def test_vote__again__only_once(world: World, opened: Opened, first: Vote, second: Vote) -> None:
    world.send("delegate1", COUNCIL, "castVote", opened.id, int(first))
    before = tally(world, opened)
    for who in ("delegate1", "second1"):
        expected = Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate1"))
        assert refused(world, opened, who, int(second)) == expected
    assert tally(world, opened) == before


def test_vote__second_delegate_first__the_other_only_once(world: World, opened: Opened) -> None:
    world.send("second2", COUNCIL, "castVote", opened.id, FOR)
    assert refused(world, opened, "delegate2") == Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate2"))


def test_vote__rotated_key__counts_for_the_member_once(world: World, opened: Opened) -> None:
    world.send("second1", COUNCIL, "castVote", opened.id, FOR)
    world.send("delegate1", MEMBERS, "rotatePerson", address("second1"), address("new key"))
    assert refused(world, opened, "second1") == no_delegate("second1")
    assert refused(world, opened, "new key") == Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate1"))
    assert world.read(COUNCIL, "hasVoted", opened.id, address("new key")) is True


def test_vote__rotated_before_it_voted__the_new_key_votes(world: World, opened: Opened) -> None:
    world.send("delegate1", MEMBERS, "rotatePerson", address("second1"), address("new key"))
    world.send("new key", COUNCIL, "castVote", opened.id, FOR)
    assert refused(world, opened, "delegate1") == Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate1"))


def test_vote__delegate_added_during_the_vote__only_once_for_its_member(world: World, opened: Opened) -> None:
    world.send("delegate1", MEMBERS, "addPerson", address("third"), int(Role.DELEGATE), MANDATE_END)
    world.send("third", COUNCIL, "castVote", opened.id, FOR)
    assert refused(world, opened, "delegate1") == Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate1"))


def test_vote__account_that_goes_to_another_member__counts_for_each_member_once(
    world: World, opened: Opened
) -> None:
    world.send("second1", COUNCIL, "castVote", opened.id, FOR)
    world.send("delegate1", MEMBERS, "removePerson", address("second1"))
    world.send("delegate2", MEMBERS, "addPerson", address("second1"), int(Role.DELEGATE), MANDATE_END)
    world.send("second1", COUNCIL, "castVote", opened.id, FOR)
    assert tally(world, opened)[0] == 1 + (1 << 16)
    assert refused(world, opened, "delegate2") == Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate2"))
    assert refused(world, opened, "delegate1") == Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate1"))


def test_vote__recovered_admin__counts_for_the_member_once(world: World, opened: Opened) -> None:
    world.send("delegate1", COUNCIL, "castVote", opened.id, FOR)
    world.send("authority", MEMBERS, "recover", seat_of("delegate1"), address("new admin"), MANDATE_END)
    world.send("new admin", MEMBERS, "addPerson", address("third"), int(Role.DELEGATE), MANDATE_END)
    assert refused(world, opened, "third") == Refusal("CouncilOnlyOnce", opened.id, seat_of("delegate1"))


# seats


def test_vote__members_admitted_during_the_vote__neither_vote_nor_count(world: World, opened: Opened) -> None:
    for who in ("latecomer", "another"):
        seated(world, Sector.INDUSTRY, who)
        expected = Refusal("CouncilSeatMissing", opened.id, member_id(who))
        assert refused(world, opened, who) == expected
    assert world.read(MEMBERS, "seatsAt", world.time) == (1, 3, 1, 1)
    # Three of the four seats there were at the start; of the six there are now it would be a tie.
    vote(world, opened, ("delegate1", "delegate2", "delegate3"))
    wait(world, opened.end + 1)
    assert state(world, opened) is ProposalState.SUCCEEDED


@pytest.mark.parametrize(("after", "counts"), [(-1, True), (0, True), (1, False)])
def test_vote__admitted_near_the_start_of_the_vote__counts_until_its_last_second(
    world: World, after: int, counts: bool
) -> None:
    opened = open_of(world, DecisionClass.MEMBERSHIP)
    wait(world, opened.start + after - 1)
    data = ("latecomer", "latecomer", 0, int(Kind.COUNCIL), ZERO)
    world.send("authority", MEMBERS, "admit", data, address("admin of it"), MANDATE_END)
    assert world.time == opened.start + after
    world.send("admin of it", MEMBERS, "addPerson", address("it"), int(Role.DELEGATE), MANDATE_END)
    wait(world, opened.start + 2)
    if counts:
        world.send("it", COUNCIL, "castVote", opened.id, FOR)
        assert tally(world, opened) == (1, 0, 0)
    else:
        assert refused(world, opened, "it") == Refusal(
            "CouncilSeatMissing", opened.id, member_id("latecomer")
        )


def test_vote__member_given_a_seat_during_the_vote__seat_missing(world: World, opened: Opened) -> None:
    operator = member_id("TEST-NODES")
    world.send("authority", MEMBERS, "setKinds", operator, int(Kind.OPERATOR | Kind.COUNCIL))
    world.send("operator", MEMBERS, "addPerson", address("new"), int(Role.DELEGATE), MANDATE_END)
    assert refused(world, opened, "new") == Refusal("CouncilSeatMissing", opened.id, operator)


def test_vote__seat_taken_and_given_back_during_the_vote__counts_once(world: World) -> None:
    (first, second), *_ = seats(world, (2, 1, 1, 1))
    opened = open_of(world, DecisionClass.MEMBERSHIP)
    wait(world, opened.start + 1)
    world.send(second, COUNCIL, "castVote", opened.id, FOR)
    world.send("authority", MEMBERS, "setKinds", seat_of(second), int(Kind.BUYER))
    world.send("authority", MEMBERS, "setKinds", seat_of(second), int(Kind.COUNCIL))
    assert refused(world, opened, second) == Refusal("CouncilOnlyOnce", opened.id, seat_of(second))
    assert tally(world, opened) == (1, 0, 0)
    world.send(first, COUNCIL, "castVote", opened.id, FOR)


def test_vote__seat_moved_to_another_sector_during_the_vote__counts_where_it_was(world: World) -> None:
    (_, second), *_ = seats(world, (2, 1, 1, 1))
    opened = open_of(world, DecisionClass.MEMBERSHIP)
    wait(world, opened.start + 1)
    world.send("authority", MEMBERS, "setSector", seat_of(second), int(Sector.ACADEMIA))
    world.send(second, COUNCIL, "castVote", opened.id, FOR)
    assert tally(world, opened) == (1, 0, 0)
    # PUBLIC has two seats in this vote: one of them is half, not a majority.
    vote(world, opened, ("delegate4", "delegate1"))
    assert tally(world, opened) == (2 + (1 << 48), 0, 0)
    assert world.read(COUNCIL, "approved", opened.id) is True


@pytest.mark.parametrize(("function", "who"), [("expel", "authority"), ("resign", "admin of it")])
def test_vote__member_that_left_during_the_vote__role_missing_and_its_seat_counts(
    world: World, function: str, who: str
) -> None:
    (first, second), *_ = seats(world, (2, 1, 1, 1))
    opened = open_of(world, DecisionClass.MEMBERSHIP)
    wait(world, opened.start + 1)
    args = [seat_of(second)] if function == "expel" else []
    world.send(f"admin of {second}" if function == "resign" else who, MEMBERS, function, *args)
    assert refused(world, opened, second) == no_delegate(second)
    # Two of five seats in favour, though there are four by now: three are needed.
    vote(world, opened, (first, "delegate2"))
    assert world.read(COUNCIL, "approved", opened.id) is False
    vote(world, opened, ("delegate3",))
    assert world.read(COUNCIL, "approved", opened.id) is True


def test_vote__member_that_left_after_its_vote__the_vote_stays(world: World) -> None:
    (_, second), *_ = seats(world, (2, 1, 1, 1))
    opened = open_of(world, DecisionClass.MEMBERSHIP)
    vote(world, opened, (second, "delegate1"))
    world.send("authority", MEMBERS, "expel", seat_of(second))
    vote(world, opened, ("delegate2",))
    assert tally(world, opened) == (2 + (1 << 16), 0, 0)
    wait(world, opened.end + 1)
    assert state(world, opened) is ProposalState.SUCCEEDED


def test_vote__member_that_left_before_the_vote__its_seat_does_not_count(world: World) -> None:
    (first, second), *_ = seats(world, (2, 1, 1, 1))
    opened = open_of(world, DecisionClass.CHARTER)
    world.send("authority", MEMBERS, "expel", seat_of(second))
    vote(world, opened, (first, "delegate2", "delegate3"))
    assert world.read(COUNCIL, "approved", opened.id) is True


@pytest.mark.parametrize(
    ("function", "subject"),
    [("suspendNow", seat_of("delegate1")), ("suspendPerson", address("delegate1"))],
)
def test_vote__suspended__role_missing_until_it_ends(
    world: World, opened: Opened, function: str, subject: Any
) -> None:
    until = world.time + DAY
    world.send("authority", MEMBERS, function, subject, until)
    assert refused(world, opened, "delegate1") == no_delegate("delegate1")
    if function == "suspendNow":
        assert refused(world, opened, "second1", at=until - 1) == no_delegate("second1")
        world.send("delegate1", COUNCIL, "castVote", opened.id, FOR, at=until)
    else:
        world.send("second1", COUNCIL, "castVote", opened.id, FOR)


def test_vote__mandate_over__role_missing_from_then_on(world: World, opened: Opened) -> None:
    end = world.time + DAY
    world.send("delegate1", MEMBERS, "addPerson", address("new"), int(Role.DELEGATE), end)
    with world.undone():
        world.send("new", COUNCIL, "castVote", opened.id, FOR, at=end - 1)
    assert refused(world, opened, "new", at=end) == no_delegate("new")
    world.send("delegate1", COUNCIL, "castVote", opened.id, FOR)


def test_vote__suspended_members__count_among_all_seats(world: World) -> None:
    opened = open_of(world, DecisionClass.VALIDATOR)
    for number in (3, 4):
        member = seat_of(f"delegate{number}")
        world.send("authority", MEMBERS, "suspendNow", member, opened.end + 1)
    vote(world, opened, ("delegate1", "delegate2"))
    wait(world, opened.end + 1)
    assert state(world, opened) is ProposalState.DEFEATED


@pytest.mark.parametrize("support", [None, Vote.AGAINST, Vote.ABSTAIN])
@pytest.mark.parametrize("decision", DecisionClass)
def test_vote__half_in_favour__defeated_whatever_the_others_say(
    world: World, decision: DecisionClass, support: Vote | None
) -> None:
    opened = open_of(world, decision)
    vote(world, opened, ("delegate1", "delegate2"))
    if support is not None:
        vote(world, opened, ("delegate3", "delegate4"), support)
    wait(world, opened.end + 1)
    assert state(world, opened) is ProposalState.DEFEATED


def test_vote__nobody_voted__defeated(world: World, opened: Opened) -> None:
    wait(world, opened.end + 1)
    assert state(world, opened) is ProposalState.DEFEATED


def test_vote__on_two_proposals__each_by_itself(world: World, opened: Opened) -> None:
    other = propose(world, proposal(world, DecisionClass.MEMBERSHIP, "another text"))
    vote(world, opened, ("delegate1",))
    vote(world, other, ("delegate1",), Vote.AGAINST)
    assert (tally(world, opened), tally(world, other)) == ((1, 0, 0), (0, 1, 0))


def test_execute__proposer_left_meanwhile__executes(world: World) -> None:
    (_, second), *_ = seats(world, (2, 1, 1, 1))
    opened = propose(world, proposal(world, DecisionClass.MEMBERSHIP), who=second)
    vote(world, opened)
    world.send("authority", MEMBERS, "expel", seat_of(second))
    wait(world, opened.end + 1)
    queue(world, opened)
    execute(world, opened)
    assert state(world, opened) is ProposalState.EXECUTED


# by signature


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("castVoteBySig", (1, FOR, address("delegate1"), b"")),
        ("castVoteWithReasonAndParamsBySig", (1, FOR, address("delegate1"), "why", b"", b"")),
    ],
)
def test_vote__by_signature__refused_to_everybody(
    world: World, opened: Opened, function: str, args: tuple[Any, ...]
) -> None:
    assert opened.id == 1
    for who in ("delegate1", "authority", "stranger"):
        found = world.refusal(who, COUNCIL, function, *args)
        assert found == Refusal("CouncilRoleMissing", label("SENDER"), address(who))


def test_get_votes__of_accounts__one_a_seat(world: World, opened: Opened) -> None:
    now = world.time
    for who, weight in (("delegate1", 1), ("second1", 1), ("admin", 0), ("stranger", 0)):
        assert world.read(COUNCIL, "getVotes", address(who), now) == weight
        assert world.read(COUNCIL, "getVotesWithParams", address(who), now, b"x") == weight
