"""execute.tree: whole batch or nothing, whatever is called and whoever calls back"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from chain.types import CONTRACTS, DecisionClass, Kind, ProposalState, Role, Sector
from tests.contracts.proposals import (
    COUNCIL,
    EXPIRY,
    Call,
    Opened,
    Proposal,
    approve,
    brought_to,
    call,
    execute,
    open_of,
    pass_through,
    proposal,
    propose,
    propose_urgently,
    queue,
    retirement,
    seat_of,
    state,
    vote,
    wait,
)
from tests.contracts.world import (
    BUYER,
    DAY,
    HOLDER,
    MANDATE_END,
    REVIEW,
    SEATS,
    START,
    VALIDATORS,
    ZERO,
    Refusal,
    World,
    address,
    calldata,
    calldata_selector,
    classes,
    created_address,
    hash_of,
    label,
    member_id,
    sandbox,
    text_of,
    wiring,
)

pytestmark = pytest.mark.evm

MEMBERSHIP, CHARTER = DecisionClass.MEMBERSHIP, DecisionClass.CHARTER
MEMBERS, REGISTRY, MOCK = "MemberRegistry", "ValidatorRegistry", "TargetMock"
SANDBOX = label("sandbox", 16)


def refused(world: World, opened: Opened, function: str = "execute") -> Refusal:
    return world.refusal("stranger", COUNCIL, function, *opened.proposal.key)


def ready(world: World, *calls: Call) -> Opened:
    """A proposal of these calls that may be executed."""
    return brought_to(world, propose(world, Proposal(calls)), "ready")


def status_wrong(opened: Opened, found: ProposalState) -> Refusal:
    return Refusal("CouncilStatusWrong", opened.id, found)


# report


@pytest.mark.parametrize("kind", ["charter", "procedure"])
def test_queue__without_the_report__report_missing_until_it_is_published(world: World, kind: str) -> None:
    given = retirement(world) if kind == "procedure" else proposal(world, CHARTER)
    opened = propose(world, given)
    vote(world, opened)
    for moment in (opened.end + 1, opened.end + EXPIRY - 2):
        found = world.refusal("stranger", COUNCIL, "queue", *given.key, at=moment)
        assert found == Refusal("CouncilReportMissing", opened.id)
    world.send("delegate1", "Consultation", "report", opened.id, hash_of("report"))
    assert world.time == opened.end + EXPIRY - 1
    queue(world, opened)
    assert state(world, opened) is ProposalState.QUEUED


def test_queue__report_never_published__expires(world: World) -> None:
    opened = propose(world, retirement(world))
    vote(world, opened)
    wait(world, opened.end + EXPIRY + 1)
    assert refused(world, opened, "queue") == status_wrong(opened, ProposalState.EXPIRED)


def test_queue__report_of_another_proposal__report_missing(world: World) -> None:
    opened, other = propose(world, retirement(world)), propose(world, retirement(world, "another text"))
    vote(world, other)
    vote(world, opened)
    world.send("delegate1", "Consultation", "report", other.id, hash_of("report"))
    wait(world, opened.end + 1)
    assert refused(world, opened, "queue") == Refusal("CouncilReportMissing", opened.id)


# whole batch or nothing


def test_execute__several_calls__all_in_order(world: World) -> None:
    calls = (
        call(world, MEMBERS, "setKinds", BUYER, int(Kind.BUYER | Kind.EVALUATION)),
        call(world, "ProcedureBook", "adopt", sandbox(2).as_tuple(), text_of()),
        call(world, "ProcedureBook", "retire", SANDBOX, 1),
    )
    receipt = execute(world, ready(world, *calls))
    assert [(event.contract, event.name) for event in receipt.events] == [
        (MEMBERS, "MemberKindsSet"),
        ("CouncilTimelock", "CallExecuted"),
        ("ProcedureBook", "ProcedureAdopted"),
        ("CouncilTimelock", "CallExecuted"),
        ("ProcedureBook", "ProcedureRetired"),
        ("CouncilTimelock", "CallExecuted"),
        (COUNCIL, "ProposalExecuted"),
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_execute__one_call_fails__nothing_is_done_and_it_stays_queued(world: World, place: int) -> None:
    calls = [
        call(world, MEMBERS, "setKinds", BUYER, int(Kind.BUYER | Kind.EVALUATION)),
        call(world, MEMBERS, "setSuperior", BUYER, REVIEW),
    ]
    calls.insert(place, call(world, "ProcedureBook", "retire", SANDBOX, 1))
    opened = ready(world, *calls)
    with world.undone():
        world.send("authority", "ProcedureBook", "retire", SANDBOX, 1)
        before = world.facts(MEMBERS, "memberFacts", BUYER)
        assert refused(world, opened) == Refusal("ProcedureBookRetired", label("sandbox", 16), 1)
        assert world.facts(MEMBERS, "memberFacts", BUYER) == before
        assert state(world, opened) is ProposalState.QUEUED
        operation, _ = opened.proposal.operation(world.addresses[COUNCIL])
        assert world.read("CouncilTimelock", "isOperationReady", operation) is True
    # What stood in its way is gone: it may be executed.
    execute(world, opened)
    assert state(world, opened) is ProposalState.EXECUTED


def test_execute__call_that_fails_without_a_name__failed_call(world: World) -> None:
    selector = calldata_selector("ProcedureBook", "retire")
    opened = ready(world, (world.addresses[MEMBERS], selector))
    assert refused(world, opened) == Refusal("FailedCall")
    assert state(world, opened) is ProposalState.QUEUED


@pytest.mark.parametrize(
    ("function", "args", "expected"),
    [
        ("setKinds", (SEATS[0], int(Kind.OPERATOR)), Refusal("MemberRegistryLastSeat", 0)),
        ("setSector", (SEATS[3], int(Sector.PUBLIC)), Refusal("MemberRegistryLastSeat", 3)),
        ("expel", (SEATS[1],), Refusal("MemberRegistryLastSeat", 1)),
    ],
)
def test_execute__last_seat_of_a_sector__refused(
    world: World, function: str, args: tuple[Any, ...], expected: Refusal
) -> None:
    opened = ready(world, call(world, MEMBERS, function, *args))
    assert refused(world, opened) == expected


def test_execute__council_emptied_by_several_steps__nothing_is_done(world: World) -> None:
    calls = [call(world, MEMBERS, "expel", seat) for seat in SEATS]
    opened = ready(world, *calls)
    assert refused(world, opened) == Refusal("MemberRegistryLastSeat", 0)
    assert world.read(MEMBERS, "seatsAt", world.time) == (1, 1, 1, 1)


@pytest.mark.parametrize("who", ["delegate1", "acme", "stranger", "authority"])
def test_queue_and_execute__anybody__go_through(world: World, who: str) -> None:
    opened = open_of(world, MEMBERSHIP)
    approve(world, opened)
    world.send(who, COUNCIL, "queue", *opened.proposal.key)
    world.send(who, COUNCIL, "execute", *opened.proposal.key, at=world.time + opened.delay)
    assert state(world, opened) is ProposalState.EXECUTED


@pytest.mark.parametrize("what", ["value", "target", "data", "text", "order"])
def test_execute__content_that_differs__not_found(world: World, what: str) -> None:
    first = call(world, MEMBERS, "setKinds", BUYER, 3)
    second = call(world, MEMBERS, "setSuperior", BUYER, REVIEW)
    opened = ready(world, first, second)
    changed = {
        "value": replace(opened.proposal, values=(1, 0)),
        "target": Proposal((first, (world.addresses["ProcedureBook"], second[1]))),
        "data": Proposal((first, (second[0], second[1] + b"\0"))),
        "text": opened.proposal.said("{} "),
        "order": Proposal((second, first)),
    }[what]
    found = world.refusal("stranger", COUNCIL, "execute", *changed.key)
    assert found == Refusal("CouncilNotFound", 0)


def test_execute__with_coin__call_invalid(world: World) -> None:
    opened = ready(world, *proposal(world, MEMBERSHIP).calls)
    world.node.rpc("anvil_setBalance", address("stranger"), hex(10**18))
    sent = world.as_call("stranger", COUNCIL, "execute", *opened.proposal.key) | {"value": "0x1"}
    answer = world.node.ask("eth_call", sent, "latest")
    found = Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))
    assert found == Refusal("CouncilCallInvalid", 0)


# validators


def moved(place: int = 0) -> list[tuple[str, bytes]]:
    """The founding set with another node for one of its members."""
    kept = [pair for number, pair in enumerate(VALIDATORS) if number != place]
    return ordered([*kept, (address("another node"), VALIDATORS[place][1])])


def ordered(validators: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return sorted(validators, key=lambda pair: int(pair[0], 16))


BAD_TARGETS: dict[str, tuple[int, list[tuple[str, bytes]], Refusal]] = {
    "another version": (1, moved(), Refusal("ValidatorRegistryVersionWrong", 0, 1)),
    "the present set": (0, VALIDATORS, Refusal("ValidatorRegistryUnchanged", label("target"))),
    "too few": (0, VALIDATORS[:3], Refusal("ValidatorRegistrySizeInvalid", 4, 32, 3)),
    "not in order": (0, moved()[::-1], Refusal("ValidatorRegistryOrderWrong", 1)),
    "no operator": (
        0,
        [*VALIDATORS[:3], (VALIDATORS[3][0], BUYER)],
        Refusal("ValidatorRegistryMemberInvalid", BUYER),
    ),
    "two of a member": (
        0,
        [*VALIDATORS[:3], (VALIDATORS[3][0], VALIDATORS[2][1])],
        Refusal("ValidatorRegistryMemberOver", VALIDATORS[2][1], 1, 2),
    ),
    "two of a sector": (
        0,
        [(node, member_id("TEST-NODES") if member == SEATS[2] else member) for node, member in VALIDATORS],
        Refusal("ValidatorRegistrySectorOver", 3, 1, 2),
    ),
    "too many at once": (
        0,
        ordered(
            [*VALIDATORS[2:], (address("new 1"), VALIDATORS[0][1]), (address("new 2"), VALIDATORS[1][1])]
        ),
        Refusal("ValidatorRegistryStepTooLarge", 2, 4),
    ),
}


@pytest.mark.parametrize("fault", BAD_TARGETS)
def test_propose__target_that_breaks_a_rule__refused_as_the_registry_does(world: World, fault: str) -> None:
    seq, target, expected = BAD_TARGETS[fault]
    given = Proposal((*proposal(world, MEMBERSHIP).calls, call(world, REGISTRY, "setTarget", seq, target)))
    assert world.refusal("delegate1", COUNCIL, "propose", *given.content) == expected
    assert world.refusal("authority", REGISTRY, "setTarget", seq, target) == expected


@pytest.mark.parametrize(
    ("validator", "after", "expected"),
    [
        ("stranger", DAY, Refusal("ValidatorRegistryNotFound", address("stranger"))),
        ("node1", 0, None),
        ("node1", 31 * DAY, None),
        ("node1", DAY, Refusal("ValidatorRegistrySizeInvalid", 4, 32, 3)),
    ],
)
def test_propose_urgently__removal_that_breaks_a_rule__refused_as_the_registry_does(
    world: World, validator: str, after: int, expected: Refusal | None
) -> None:
    now = world.time + 1
    until = now + after
    if expected is None:
        expected = Refusal("ValidatorRegistryRemovalInvalid", now, now + 30 * DAY, until)
    urgent = Proposal((call(world, REGISTRY, "removeNow", 0, address(validator), until),))
    confirmation = proposal(world, MEMBERSHIP)
    content = (urgent.content, confirmation.content)
    assert world.refusal("delegate1", COUNCIL, "proposeUrgently", *content, at=now) == expected


@pytest.mark.parametrize("function", ["setTarget", "removeNow"])
@pytest.mark.parametrize("rest", [b"", b"\xff" * 31, b"\xff" * 96])
def test_propose__validators_that_do_not_decode__failed_call(
    world: World, function: str, rest: bytes
) -> None:
    given = Proposal(((world.addresses[REGISTRY], calldata_selector(REGISTRY, function) + rest),))
    assert world.refusal("delegate1", COUNCIL, "propose", *given.content) == Refusal("FailedCall")


def test_propose__other_call_to_the_validators__not_looked_at(world: World) -> None:
    given = Proposal((call(world, REGISTRY, "proveSet", 9, b"no header"),))
    assert propose(world, given).decision is CHARTER


def test_execute__target__set(world: World) -> None:
    target = moved()
    opened = ready(world, call(world, REGISTRY, "setTarget", 0, target))
    assert opened.decision is DecisionClass.VALIDATOR
    execute(world, opened)
    found = [(address_of, member) for address_of, member in world.read(REGISTRY, "validators")]
    assert found == [(node.lower(), member) for node, member in target]


def test_execute__target_that_became_wrong__nothing_is_done(world: World) -> None:
    kinds = call(world, MEMBERS, "setKinds", BUYER, int(Kind.BUYER | Kind.EVALUATION))
    opened = ready(world, kinds, call(world, REGISTRY, "setTarget", 0, moved()))
    before = world.facts(MEMBERS, "memberFacts", BUYER)
    with world.undone():
        world.send("authority", MEMBERS, "suspend", SEATS[2], world.time + DAY)
        assert refused(world, opened) == Refusal("ValidatorRegistryMemberInvalid", SEATS[2])
        assert world.facts(MEMBERS, "memberFacts", BUYER) == before
    world.send("authority", REGISTRY, "setTarget", 0, moved(1))
    assert refused(world, opened) == Refusal("ValidatorRegistryVersionWrong", 1, 0)
    assert state(world, opened) is ProposalState.QUEUED


def test_execute__two_targets_in_one_proposal__refused_when_proposed(world: World) -> None:
    calls = (call(world, REGISTRY, "setTarget", seq, moved(seq)) for seq in (0, 1))
    found = world.refusal("delegate1", COUNCIL, "propose", *Proposal(tuple(calls)).content)
    assert found == Refusal("ValidatorRegistryVersionWrong", 0, 1)


@pytest.fixture
def seven(world: World) -> World:
    """A council of its own over seven validators: the fewest of which one can be removed."""
    more = []
    for sector in (Sector.PUBLIC, Sector.INDUSTRY, Sector.CIVIL_SOCIETY):
        org_id = f"operator {sector.name}"
        data = (org_id, org_id, int(sector), int(Kind.OPERATOR), ZERO)
        world.send("authority", MEMBERS, "admit", data, address(f"admin of {org_id}"), MANDATE_END)
        more.append((address(f"node of {org_id}"), member_id(org_id)))
    names = ("CouncilTimelock", COUNCIL, REGISTRY)
    made = {
        name: created_address(address(HOLDER), len(CONTRACTS) + place) for place, name in enumerate(names)
    }
    other = replace(world, addresses=world.addresses | made)
    wired = wiring(other.addresses)
    other.deploy("CouncilTimelock", made[COUNCIL])
    other.deploy(COUNCIL, wired, *classes(other.addresses))
    other.deploy(REGISTRY, wired, ordered([*VALIDATORS, *more]))
    return other


def test_execute__removal__removed_for_a_time(seven: World) -> None:
    until = seven.time + 20 * DAY
    urgent = Proposal((call(seven, REGISTRY, "removeNow", 0, address("node0"), until),))
    opened, _ = propose_urgently(seven, urgent, proposal(seven, MEMBERSHIP))
    receipt = pass_through(seven, opened)
    assert (receipt.events[0].name, receipt.events[0].args["node"]) == ("ValidatorRemoved", address("node0"))
    assert len(seven.read(REGISTRY, "validators")) == 6
    wait(seven, until)
    assert len(seven.read(REGISTRY, "validators")) == 7


def test_execute__removal_that_became_wrong__stays_queued(seven: World) -> None:
    until = seven.time + 20 * DAY
    urgent = Proposal((call(seven, REGISTRY, "removeNow", 0, address("node0"), until),))
    opened, _ = propose_urgently(seven, urgent, proposal(seven, MEMBERSHIP))
    approve(seven, opened)
    queue(seven, opened)
    with seven.undone():
        seven.send("authority", MEMBERS, "suspend", SEATS[2], seven.time + DAY)
        assert refused(seven, opened) == Refusal("ValidatorRegistryMemberInvalid", SEATS[2])
        assert state(seven, opened) is ProposalState.QUEUED
    execute(seven, opened)


# calling back


def mocked(world: World, other: str = COUNCIL) -> World:
    """The world with a target that calls the other contract."""
    created = world.deploy(MOCK, world.addresses[other]).created
    return replace(world, addresses=world.addresses | {MOCK: to_checksum_address(str(created))})


def armed(world: World, data: bytes) -> None:
    world.send("stranger", MOCK, "arm", data)


def answered(world: World) -> Refusal | None:
    """What the mock's last call was refused with."""
    data = world.read(MOCK, "refusal")
    return Refusal.from_data(data) if data else None


@pytest.mark.parametrize("function", ["execute", "queue"])
def test_execute__calls_for_itself_again__once_only(world: World, function: str) -> None:
    world = mocked(world)
    opened = ready(world, *(call(world, MOCK, "attempt"),) * 2)
    armed(world, calldata(COUNCIL, function, opened.proposal.key))
    execute(world, opened)
    assert answered(world) == status_wrong(opened, ProposalState.EXECUTED)
    assert world.read(MOCK, "calls") == 2
    assert state(world, opened) is ProposalState.EXECUTED


def test_execute__calls_itself_again_and_fails_with_it__nothing_is_done(world: World) -> None:
    world = mocked(world)
    kinds = call(world, MEMBERS, "setKinds", BUYER, int(Kind.BUYER | Kind.EVALUATION))
    opened = ready(world, kinds, call(world, MOCK, "fire"))
    armed(world, calldata(COUNCIL, "execute", opened.proposal.key))
    before = world.facts(MEMBERS, "memberFacts", BUYER)
    assert refused(world, opened) == status_wrong(opened, ProposalState.EXECUTED)
    assert state(world, opened) is ProposalState.QUEUED
    assert world.facts(MEMBERS, "memberFacts", BUYER) == before
    assert world.read(MOCK, "calls") == 0


def test_execute__another_one_inside__each_once(world: World) -> None:
    world = mocked(world)
    outer = propose(world, Proposal((call(world, MOCK, "fire"), *proposal(world, CHARTER).calls)))
    moved_sector = Proposal((call(world, MEMBERS, "setSector", REVIEW, int(Sector.INDUSTRY)),))
    inner = propose(world, moved_sector, who="delegate2")
    vote(world, inner)
    approve(world, outer)
    world.send("delegate2", "Consultation", "report", inner.id, hash_of("report"))
    for each in (outer, inner):
        queue(world, each)
    armed(world, calldata(COUNCIL, "execute", inner.proposal.key))
    wait(world, world.read(COUNCIL, "proposalEta", inner.id))
    receipt = execute(world, outer)
    done = [event.args["proposalId"] for event in receipt.events if event.name == "ProposalExecuted"]
    assert done == [inner.id, outer.id]
    for each in (inner, outer):
        assert refused(world, each) == status_wrong(each, ProposalState.EXECUTED)


def test_execute__cancels_itself__role_missing(world: World) -> None:
    world = mocked(world)
    opened = ready(world, call(world, MOCK, "attempt"))
    armed(world, calldata(COUNCIL, "cancel", opened.proposal.key))
    execute(world, opened)
    # The mock is not the authority, though the authority called it.
    assert answered(world) == Refusal("CouncilRoleMissing", label("PROPOSER"), world.addresses[MOCK])


BACK: dict[str, tuple[str, str, tuple[Any, ...], str]] = {
    "votes": (COUNCIL, "castVote", (2, 1), "DELEGATE"),
    "proposes": (COUNCIL, "propose", ([], [], [], ""), "DELEGATE"),
    "classifies": (COUNCIL, "setCallClass", (address("x"), b"\0" * 4, 0), "AUTHORITY"),
    "confirms": (COUNCIL, "confirmUrgency", (1,), "AUTHORITY"),
    "relays": (COUNCIL, "relay", (address("x"), 0, b""), "TIMELOCK"),
    "suspends": (MEMBERS, "suspend", (BUYER, START + 365 * DAY), "AUTHORITY"),
}


@pytest.mark.parametrize("act", BACK)
def test_execute__target_uses_its_moment__role_missing(world: World, act: str) -> None:
    contract, function, args, role = BACK[act]
    world = mocked(world, contract)
    opened = ready(world, call(world, MOCK, "attempt"))
    other = open_of(world, MEMBERSHIP, who="delegate2")
    wait(world, other.start + 1)
    armed(world, calldata(contract, function, args))
    wait(world, world.time + 1)
    execute(world, opened)
    expected = Refusal(f"{contract}RoleMissing", label(role), world.addresses[MOCK])
    assert answered(world) == expected


@pytest.mark.parametrize("function", ["executeBatch", "scheduleBatch", "cancel", "grantRole"])
def test_execute__target_turns_to_the_timelock__unauthorized(world: World, function: str) -> None:
    world = mocked(world, "CouncilTimelock")
    opened = ready(world, call(world, MOCK, "attempt"))
    batch = opened.proposal.content[:3]
    operation, salt = opened.proposal.operation(world.addresses[COUNCIL])
    args: tuple[Any, ...] = {
        "executeBatch": (*batch, ZERO, salt),
        "scheduleBatch": (*batch, ZERO, salt, 0),
        "cancel": (operation,),
        "grantRole": (ZERO, world.addresses[MOCK]),
    }[function]
    armed(world, calldata("CouncilTimelock", function, args))
    execute(world, opened)
    found = answered(world)
    assert found is not None
    assert (found.name, found.args[0]) == ("AccessControlUnauthorizedAccount", world.addresses[MOCK])


def test_execute__target_that_is_a_delegate_votes__counts_for_its_member_once(world: World) -> None:
    world = mocked(world)
    mock = world.addresses[MOCK]
    world.send("delegate1", MEMBERS, "addPerson", mock, int(Role.DELEGATE), MANDATE_END)
    opened = ready(world, *(call(world, MOCK, "attempt"),) * 2)
    other = open_of(world, MEMBERSHIP, who="delegate2")
    wait(world, other.start + 1)
    armed(world, calldata(COUNCIL, "castVote", (other.id, 1)))
    execute(world, opened)
    assert answered(world) == Refusal("CouncilOnlyOnce", other.id, seat_of("delegate1"))
    assert world.facts(COUNCIL, "resolution", other.id)["inFavour"] == 1
    found = world.refusal("delegate1", COUNCIL, "castVote", other.id, 1)
    assert found == Refusal("CouncilOnlyOnce", other.id, seat_of("delegate1"))
