"""execute.tree: whole batch or nothing, whatever is called and whoever calls back"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.types import DecisionClass, Kind, ProposalState, Sector
from tests.contracts.proposals import (
    COUNCIL,
    EXPIRY,
    Proposal,
    approve,
    call,
    execute,
    open_of,
    proposal,
    propose,
    queue,
    ready,
    refused_step,
    retirement,
    state,
    status_wrong,
    vote,
    wait,
)
from tests.contracts.world import (
    BUYER,
    REVIEW,
    SEATS,
    Refusal,
    World,
    address,
    calldata_selector,
    hash_of,
    label,
    sandbox,
    text_of,
)

pytestmark = pytest.mark.evm

MEMBERSHIP, CHARTER = DecisionClass.MEMBERSHIP, DecisionClass.CHARTER
MEMBERS = "MemberRegistry"
SANDBOX = label("sandbox", 16)


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
    assert refused_step(world, opened, "queue") == status_wrong(opened, ProposalState.EXPIRED)


def test_queue__report_of_another_proposal__report_missing(world: World) -> None:
    opened, other = propose(world, retirement(world)), propose(world, retirement(world, "another text"))
    vote(world, other)
    vote(world, opened)
    world.send("delegate1", "Consultation", "report", other.id, hash_of("report"))
    wait(world, opened.end + 1)
    assert refused_step(world, opened, "queue") == Refusal("CouncilReportMissing", opened.id)


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
        assert refused_step(world, opened, "execute") == Refusal(
            "ProcedureBookRetired", label("sandbox", 16), 1
        )
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
    assert refused_step(world, opened, "execute") == Refusal("FailedCall")
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
    assert refused_step(world, opened, "execute") == expected


def test_execute__council_emptied_by_several_steps__nothing_is_done(world: World) -> None:
    calls = [call(world, MEMBERS, "expel", seat) for seat in SEATS]
    opened = ready(world, *calls)
    assert refused_step(world, opened, "execute") == Refusal("MemberRegistryLastSeat", 0)
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
