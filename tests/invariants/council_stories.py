"""Stories of members and their council, one for each invariant of README.md: 16, 25, 27 to 32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.types import DecisionClass, Kind, Role, Sector, Vote
from tests.contracts.proposals import (
    DELEGATES,
    EXPIRY,
    Opened,
    Proposal,
    approve,
    call,
    execute,
    pass_through,
    proposal,
    propose,
    queue,
    seat_of,
    seated,
    vote,
    wait,
)
from tests.contracts.tenders import publish
from tests.contracts.world import (
    BUYER,
    DAY,
    FOUNDING,
    GAS,
    KEYSET,
    MANDATE_END,
    REVIEW,
    SEATS,
    ZERO,
    World,
    address,
    hash_of,
    label,
    member_id,
    sandbox,
    text_of,
)
from tests.invariants.rule import Rule, Story

__all__ = ["STORIES"]

COUNCIL, TIMELOCK, MEMBERS = "Council", "CouncilTimelock", "MemberRegistry"
ADMIN = int(Role.ADMIN)


def by_resolution(rule: Rule) -> None:
    """16: nobody but the authority writes what is its own, and the authority does what was decided, when it was."""
    world = rule.world
    tender = publish(world, review_body=REVIEW)
    until = world.time + 20 * DAY
    newcomer = ("TEST-NEW", "New", 0, int(Kind.BUYER), ZERO)
    world.send(
        "authority",
        MEMBERS,
        "admit",
        ("TEST-REVIEW2", "Two", 0, int(Kind.REVIEW_BODY), ZERO),
        address("head"),
        MANDATE_END,
    )
    rules = world.read(COUNCIL, "rulesOf", int(DecisionClass.ROUTINE))
    acts: Mapping[tuple[str, str], Sequence[tuple[Any, ...]]] = {
        (MEMBERS, "RoleMissing"): (
            ("admit", newcomer, address("new"), MANDATE_END), ("setSector", BUYER, 3), ("setKinds", BUYER, int(Kind.REVIEW_BODY)),
            ("setSuperior", BUYER, REVIEW), ("suspend", BUYER, until), ("suspendNow", BUYER, until),
            ("suspendPerson", address("officer"), until), ("recover", BUYER, address("new"), MANDATE_END), ("expel", BUYER),
        ),
        ("ProcedureBook", "RoleMissing"): (
            ("adopt", sandbox(2).as_tuple(), text_of()), ("retire", label("sandbox", 16), 1),
        ),
        (COUNCIL, "RoleMissing"): (
            ("setClassRules", int(DecisionClass.ROUTINE), (1, *rules[1:])),
            ("setCallClass", world.addresses[MEMBERS], b"\1\2\3\4", int(DecisionClass.ROUTINE)),
        ),
        ("TenderBoard", "RoleMissing"): (("replaceReviewBody", tender.id, member_id("TEST-REVIEW2")),),
        ("OpeningCommittee", "CallerRefused"): (("retireKeyset", KEYSET),),
        ("NetworkPermissions", "RoleMissing"): (("setNode", label("key"), BUYER, 2),),
    }  # fmt: skip
    others = ("admin", "delegate1", "reviewer", "council", "stranger")
    for (contract, error), calls in acts.items():
        for function, *args in calls:
            rule.bars_others(f"{contract}{error}", "authority", others, contract, function, *args)
    _only_what_was_decided(rule)


def _only_what_was_decided(rule: Rule) -> None:
    world = rule.world
    given = propose(world, proposal(world, DecisionClass.MEMBERSHIP))
    approve(world, given)
    queue(world, given)
    eta = world.read(COUNCIL, "proposalEta", given.id)
    other = Proposal((call(world, MEMBERS, "expel", BUYER),), given.proposal.description)
    rule.bars("CouncilNotFound", "delegate1", COUNCIL, "execute", *other.key, at=eta)
    _, salt = given.proposal.operation(world.addresses[COUNCIL])
    for key in (other.key, given.proposal.key):
        operation = (*key[:3], ZERO, salt)
        rule.bars(
            "AccessControlUnauthorizedAccount", "delegate1", TIMELOCK, "executeBatch", *operation, at=eta
        )
        rule.bars("AccessControlUnauthorizedAccount", "delegate1", TIMELOCK, "scheduleBatch", *operation, 0)
    execute(world, given)


def without_coin(rule: Rule) -> None:
    """25: coin is sent to every contract, by itself and with each call that takes it."""
    world = rule.world
    given = propose(world, proposal(world, DecisionClass.MEMBERSHIP))
    approve(world, given)
    queue(world, given)
    wait(world, world.read(COUNCIL, "proposalEta", given.id))
    calls = {contract: ["0x"] for contract in world.addresses}
    calls[COUNCIL].append(world.as_call("delegate1", COUNCIL, "execute", *given.proposal.key)["data"])
    world.node.rpc("anvil_setBalance", address("stranger"), hex(10**18))
    for contract, sent in calls.items():
        for data in sent:
            _pay(world, contract, data)
        found = int(world.node.rpc("eth_getBalance", world.addresses[contract], "latest"), 16)
        rule.holds(found == 0, f"{contract} holds coin")


def _pay(world: World, contract: str, data: str) -> None:
    """A coin with a call, whatever comes of it."""
    sent = {"from": address("stranger"), "to": world.addresses[contract], "data": data}
    world.node.rpc("eth_sendTransaction", sent | {"value": "0x1", "gas": hex(GAS), "gasPrice": "0x0"})
    world.move_to(world.time + 1)


def enough_and_in_time(rule: Rule) -> None:
    """27: proposals with half of the seats, with those of one sector, and with enough; queued and executed too early, too late, twice."""
    world = rule.world
    more = [seated(world, Sector.PUBLIC, f"public {number}") for number in range(4)]
    for text, voters in (("half", DELEGATES), ("one sector", ("delegate1", *more))):
        given = propose(world, proposal(world, DecisionClass.MEMBERSHIP, text))
        vote(world, given, voters)
        rule.bars("CouncilStatusWrong", "stranger", COUNCIL, "queue", *given.proposal.key, at=given.end + 1)
    given = propose(world, proposal(world, DecisionClass.MEMBERSHIP, "enough"))
    vote(world, given, (*DELEGATES, *more))
    _queued_in_time(rule, given)


def _queued_in_time(rule: Rule, given: Opened) -> None:
    world = rule.world

    def barred(function: str, error: str, at: int) -> None:
        rule.bars(error, "stranger", COUNCIL, function, *given.proposal.key, at=at)

    barred("execute", "CouncilStatusWrong", given.end + 1)
    for at in (given.end, given.end + EXPIRY + 1):
        barred("queue", "CouncilStatusWrong", at)
    wait(world, given.end + 1)
    # As the class asks for, whatever the contract says.
    due = queue(world, given).time + given.delay
    barred("execute", "CouncilDelayed", due - 1)
    barred("execute", "CouncilStatusWrong", due + EXPIRY)
    execute(world, given, at=due)
    barred("execute", "CouncilStatusWrong", due + 1)
    barred("queue", "CouncilStatusWrong", due + 1)


def one_vote_each(rule: Rule) -> None:
    """28: people of a member vote, come and go, and vote again."""
    world = rule.world
    given = propose(world, proposal(world, DecisionClass.MEMBERSHIP))
    wait(world, given.start + 1)
    voted: set[bytes] = set()

    def cast(who: str, member: bytes, support: Vote) -> None:
        if rule.attempt(who, COUNCIL, "castVote", given.id, int(support)):
            voted.add(member)
        told = world.facts(COUNCIL, "resolution", given.id)
        yes = sum(told["inFavour"] >> 16 * sector & 0xFFFF for sector in Sector)
        tally = yes + told["against"] + told["abstained"]
        rule.holds(tally == len(voted), f"{tally} votes are counted, {len(voted)} members voted")

    first, second, third = SEATS[:3]
    cast("delegate1", first, Vote.FOR)
    cast("delegate1", first, Vote.AGAINST)
    cast("second1", first, Vote.FOR)
    world.send("delegate1", MEMBERS, "rotatePerson", address("second1"), address("third1"))
    cast("third1", first, Vote.AGAINST)
    world.send("authority", MEMBERS, "recover", first, address("fourth1"), MANDATE_END)
    world.send("fourth1", MEMBERS, "addPerson", address("fifth1"), int(Role.DELEGATE), MANDATE_END)
    cast("fifth1", first, Vote.FOR)
    cast("second2", second, Vote.ABSTAIN)
    cast("delegate3", third, Vote.AGAINST)
    assert len(voted) == 3


def seats_everywhere(rule: Rule) -> None:
    """29: the only seat of each sector is taken, given up and moved."""
    world = rule.world
    seat = seated(world, Sector.PUBLIC, "second seat")
    world.send("authority", MEMBERS, "expel", SEATS[Sector.PUBLIC])
    acts = (
        ("authority", "setSector", member_id(seat), int(Sector.INDUSTRY)),
        ("authority", "expel", SEATS[Sector.INDUSTRY]),
        ("authority", "setKinds", SEATS[Sector.ACADEMIA], int(Kind.OPERATOR)),
        ("delegate4", "resign"),
    )
    for who, function, *args in acts:
        rule.attempt(who, MEMBERS, function, *args)
        seats = world.read(MEMBERS, "seatsAt", world.time)
        rule.holds(all(seats), f"a sector has no seat after {function}: {seats}")


def a_new_admin(rule: Rule) -> None:
    """30: a member gets somebody new by a resolution, then one of its own who is suspended, and whose mandate is over."""
    world = rule.world
    pass_through(
        world,
        propose(world, Proposal((call(world, MEMBERS, "recover", BUYER, address("new"), MANDATE_END),))),
    )
    _is_admin(rule, "new")
    brief = world.time + DAY
    world.send("new", MEMBERS, "addPerson", address("brief"), int(Role.OFFICER), brief)
    world.move_to(brief)
    world.send("authority", MEMBERS, "suspendPerson", address("officer"), world.time + 20 * DAY)
    for who in ("officer", "brief"):
        given = rule.attempt("authority", MEMBERS, "recover", BUYER, address(who), MANDATE_END)
        rule.holds(given is not None, f"{who} cannot become the ADMIN of its member")
        _is_admin(rule, who)


def _is_admin(rule: Rule, who: str) -> None:
    world = rule.world
    rule.holds(world.read(MEMBERS, "may", address(who), ADMIN), f"{who} was made ADMIN and is none")
    added = rule.attempt(
        who, MEMBERS, "addPerson", address(f"person of {who}"), int(Role.OFFICER), MANDATE_END
    )
    rule.holds(added is not None, f"{who} is ADMIN and cannot add a person")


def mandate_runs(rule: Rule) -> None:
    """31: of the delegates of a vote the mandate of one is over, one is suspended, one's member is, and one's member left."""
    world = rule.world
    leaving = seated(world, Sector.PUBLIC, "leaving")
    given = propose(world, proposal(world, DecisionClass.MEMBERSHIP))
    late = given.start + DAY
    world.send("delegate1", MEMBERS, "addPerson", address("brief"), int(Role.DELEGATE), late)
    wait(world, given.start + 1)
    world.send("authority", MEMBERS, "suspendPerson", address("second2"), late + DAY)
    world.send("authority", MEMBERS, "suspendNow", SEATS[2], late + DAY)
    world.send(f"admin of {leaving}", MEMBERS, "resign")
    for who in ("brief", "second2", "delegate3", leaving):
        rule.bars("CouncilRoleMissing", who, COUNCIL, "castVote", given.id, int(Vote.FOR), at=late)
    world.send("brief", COUNCIL, "castVote", given.id, int(Vote.FOR), at=late - 1)
    world.send("second2", COUNCIL, "castVote", given.id, int(Vote.FOR), at=late + DAY)
    world.send("delegate3", COUNCIL, "castVote", given.id, int(Vote.FOR))


def seats_of_members(rule: Rule) -> None:
    """32: members come, change and leave; those that come after a vote began neither vote nor count in it."""
    world = rule.world
    known = [member_id(org_id) for org_id, *_ in FOUNDING]

    def look() -> None:
        members = [world.facts(MEMBERS, "memberFacts", each) for each in known]
        seated_ = [m["sector"] for m in members if m["kinds"] & Kind.COUNCIL and not m["left"]]
        found = list(world.read(MEMBERS, "seatsAt", world.time))
        rule.holds(found == [seated_.count(sector) for sector in Sector], f"the seats are {found}")

    a, b = (seated(world, Sector.PUBLIC, name) for name in ("seat a", "seat b"))
    known += [seat_of(a), seat_of(b)]
    look()
    acts = (
        ("authority", "expel", seat_of(a)), ("authority", "setKinds", seat_of(b), int(Kind.BUYER)),
        ("authority", "setKinds", seat_of(b), int(Kind.COUNCIL)), ("authority", "setSector", seat_of(b), int(Sector.ACADEMIA)),
        ("authority", "setKinds", BUYER, int(Kind.BUYER | Kind.COUNCIL)), (f"admin of {b}", "resign"),
    )  # fmt: skip
    for who, function, *args in acts:
        world.send(who, MEMBERS, function, *args)
        look()
    world.send("authority", MEMBERS, "setKinds", BUYER, int(Kind.BUYER))
    _vote_counts_seats_of_its_start(rule)


def _vote_counts_seats_of_its_start(rule: Rule) -> None:
    world = rule.world
    given = propose(
        world,
        Proposal((call(world, "ProcedureBook", "retire", label("sandbox", 16), 1),), hash_of("x").hex()),
    )
    vote(world, given, ("delegate1", "delegate2", "delegate3"))
    for number in (1, 2):
        late = seated(world, Sector.PUBLIC, f"late {number}")
        rule.bars("CouncilSeatMissing", late, COUNCIL, "castVote", given.id, int(Vote.AGAINST))
    rule.holds(
        world.read(COUNCIL, "approved", given.id),
        "three of four seats are not enough, because seats came later",
    )


STORIES: Mapping[int, Story] = {
    16: by_resolution,
    25: without_coin,
    27: enough_and_in_time,
    28: one_vote_each,
    29: seats_everywhere,
    30: a_new_admin,
    31: mandate_runs,
    32: seats_of_members,
}
"""By invariant."""
