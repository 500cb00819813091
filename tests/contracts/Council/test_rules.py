"""rules.tree: what a class takes and which call is of which class, and that an open proposal keeps both"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.charter import charter
from chain.types import ClassRules, DecisionClass, ProposalState
from tests.contracts.proposals import (
    COUNCIL,
    Proposal,
    approve,
    call,
    execute,
    open_of,
    pass_through,
    proposal,
    propose,
    queue,
    state,
    vote,
    wait,
)
from tests.contracts.world import (
    DAY,
    FOUNDING,
    HOLDER,
    Refusal,
    World,
    address,
    calldata_selector,
    classes,
    label,
    wiring,
)

pytestmark = pytest.mark.evm

ROUTINE, VALIDATOR, MEMBERSHIP, CHARTER = list(DecisionClass)[1:]
REFERENCE = charter("reference")
RULES = REFERENCE.rules_of(MEMBERSHIP)
YEAR = 365 * DAY
FIELDS = (
    "consultation", "votingPeriod", "delay", "numerator", "denominator", "strict", "sectors", "majority",
)  # fmt: skip
EVERYBODY = (*(who for *_, people in FOUNDING for who, _ in people), "acme", HOLDER, "stranger")
SET_KINDS = calldata_selector("MemberRegistry", "setKinds")

INVALID: list[tuple[str, dict[str, Any]]] = [
    ("period", {"consultation": YEAR + 1}),
    ("period", {"consultation": 2**32 - 1}),
    ("period", {"delay": YEAR + 1}),
    ("period", {"delay": 2**32 - 1}),
    ("votingPeriod", {"voting_period": 0}),
    ("votingPeriod", {"voting_period": YEAR + 1}),
    ("votingPeriod", {"voting_period": 2**32 - 1}),
    ("share", {"strict": True, "numerator": 0, "denominator": 0}),
    ("share", {"strict": True, "numerator": 0, "denominator": 1}),
    ("share", {"strict": True, "numerator": 49, "denominator": 99}),
    ("share", {"strict": True, "numerator": 2, "denominator": 2}),
    ("share", {"strict": True, "numerator": 3, "denominator": 2}),
    ("share", {"strict": False, "numerator": 0, "denominator": 0}),
    ("share", {"strict": False, "numerator": 1, "denominator": 2}),
    ("share", {"strict": False, "numerator": 3, "denominator": 2}),
    ("share", {"strict": False, "numerator": 255, "denominator": 254}),
    ("sectors", {"sectors": 5}),
    ("sectors", {"sectors": 255}),
]
VALID: list[tuple[DecisionClass, dict[str, Any]]] = [
    (ROUTINE, {"consultation": 0, "delay": 0, "voting_period": 1}),
    (CHARTER, {"consultation": YEAR, "delay": YEAR, "voting_period": YEAR}),
    (CHARTER, {"strict": True, "numerator": 254, "denominator": 255, "sectors": 4}),
    (CHARTER, {"strict": False, "numerator": 255, "denominator": 255}),
    (MEMBERSHIP, {"strict": False, "numerator": 51, "denominator": 100}),
    (MEMBERSHIP, {"sectors": 3}),
    (DecisionClass.EMERGENCY, {"strict": False, "numerator": 51, "denominator": 100, "sectors": 0}),
]
DISORDER: list[tuple[DecisionClass, dict[str, Any]]] = [
    (ROUTINE, {"consultation": 5 * DAY + 1}),
    (ROUTINE, {"voting_period": 5 * DAY + 1}),
    (ROUTINE, {"delay": 2 * DAY + 1}),
    (ROUTINE, {"sectors": 3}),
    (ROUTINE, {"strict": False, "numerator": 51, "denominator": 100}),
    (MEMBERSHIP, {"majority": False}),
    (MEMBERSHIP, {"consultation": 5 * DAY - 1}),
    (MEMBERSHIP, {"strict": True, "numerator": 2, "denominator": 3}),
    (CHARTER, {"strict": False, "numerator": 51, "denominator": 100, "sectors": 1}),
    (CHARTER, {"delay": 5 * DAY - 1}),
]
"""A class that would take more than a stricter one, or less than a less strict one."""


def changed(**changes: Any) -> tuple[Any, ...]:
    return replace(RULES, **changes).as_tuple()


def no_authority(who: str) -> Refusal:
    return Refusal("CouncilRoleMissing", label("AUTHORITY"), address(who))


@pytest.mark.parametrize("who", EVERYBODY)
def test_rules__everybody_but_the_authority__role_missing(world: World, who: str) -> None:
    for function, args in (
        ("setClassRules", (MEMBERSHIP, changed(delay=1))),
        ("setCallClass", (world.addresses["MemberRegistry"], SET_KINDS, int(ROUTINE))),
        ("confirmUrgency", (1,)),
    ):
        assert world.refusal(who, COUNCIL, function, *args) == no_authority(who)


@pytest.mark.parametrize(("field", "changes"), INVALID)
def test_set_class_rules__not_allowed__rules_invalid(
    world: World, field: str, changes: dict[str, Any]
) -> None:
    expected = Refusal("CouncilRulesInvalid", label(field))
    for decision in DecisionClass:
        found = world.refusal("authority", COUNCIL, "setClassRules", decision, changed(**changes))
        assert found == expected
    rules, calls = classes(world.addresses)
    rules[MEMBERSHIP] = changed(**changes)
    assert world.refused_deployment(COUNCIL, wiring(world.addresses), rules, calls) == expected


@pytest.mark.parametrize(("decision", "changes"), VALID)
def test_set_class_rules__at_the_bounds__stores_and_tells(
    world: World, decision: DecisionClass, changes: dict[str, Any]
) -> None:
    rules = replace(REFERENCE.rules_of(decision), **changes).as_tuple()
    event = world.send("authority", COUNCIL, "setClassRules", decision, rules).event
    assert (event.name, event.args) == ("ClassRulesSet", {"decision": decision, "rules": rules})
    assert world.read(COUNCIL, "rulesOf", decision) == rules
    if decision is not DecisionClass.EMERGENCY:
        assert propose(world, proposal(world, decision)).start == world.time + rules[0]


@pytest.mark.parametrize(("decision", "changes"), DISORDER)
def test_set_class_rules__stricter_class_takes_less__rules_invalid(
    world: World, decision: DecisionClass, changes: dict[str, Any]
) -> None:
    expected = Refusal("CouncilRulesInvalid", label("order"))
    wrong = replace(REFERENCE.rules_of(decision), **changes).as_tuple()
    assert world.refusal("authority", COUNCIL, "setClassRules", decision, wrong) == expected
    rules, calls = classes(world.addresses)
    rules[decision] = wrong
    assert world.refused_deployment(COUNCIL, wiring(world.addresses), rules, calls) == expected


@pytest.mark.parametrize("decision", DecisionClass)
def test_set_class_rules__present_ones__unchanged(world: World, decision: DecisionClass) -> None:
    rules = REFERENCE.rules_of(decision).as_tuple()
    found = world.refusal("authority", COUNCIL, "setClassRules", decision, rules)
    assert found == Refusal("CouncilUnchanged", label("rules"))


def test_set_call_class__new_one__stores_and_tells(world: World) -> None:
    pair = (world.addresses["MemberRegistry"], SET_KINDS)
    for decision in (ROUTINE, CHARTER, DecisionClass.EMERGENCY):
        event = world.send("authority", COUNCIL, "setCallClass", *pair, int(decision)).event
        assert (event.name, event.args) == (
            "CallClassSet",
            {"target": pair[0], "selector": SET_KINDS, "decision": decision},
        )
        assert world.read(COUNCIL, "classOf", *pair) == decision
        found = world.refusal("authority", COUNCIL, "setCallClass", *pair, int(decision))
        assert found == Refusal("CouncilUnchanged", label("decision"))


def test_set_call_class__charter_for_an_unknown_call__stored_once(world: World) -> None:
    args = (world.addresses["MemberRegistry"], b"\x12\x34\x56\x78", int(CHARTER))
    world.send("authority", COUNCIL, "setCallClass", *args)
    expected = Refusal("CouncilUnchanged", label("decision"))
    assert world.refusal("authority", COUNCIL, "setCallClass", *args) == expected


@pytest.mark.parametrize("count", [0, 4, 6])
def test_constructor__rules_for_other_classes__rules_invalid(world: World, count: int) -> None:
    rules, calls = classes(world.addresses)
    given = (rules * 2)[:count]
    found = world.refused_deployment(COUNCIL, wiring(world.addresses), given, calls)
    assert found == Refusal("CouncilRulesInvalid", label("classes"))


def test_constructor__valid__tells_as_later_changes_do(world: World) -> None:
    rules, calls = classes(world.addresses)
    receipt = world.deploy(COUNCIL, wiring(world.addresses), rules, calls)
    expected: list[tuple[str, dict[str, Any]]] = [
        ("ClassRulesSet", {"decision": number, "rules": each}) for number, each in enumerate(rules)
    ]
    expected += [
        ("CallClassSet", dict(zip(("target", "selector", "decision"), each, strict=True))) for each in calls
    ]
    assert [(event.name, event.args) for event in receipt.events] == expected
    assert world.read(COUNCIL, "authority") == address("authority")


# an open proposal keeps the rules of its beginning


STRICTER = ClassRules(40 * DAY, 40 * DAY, 40 * DAY, 1, 1, False, 4, True)
WEAKER = ClassRules(0, 1, 0, 1, 2, True, 0, False)


def set_rules(world: World, new: ClassRules) -> None:
    """New rules of MEMBERSHIP, after those of the classes that may not take less, or more."""
    for decision in (CHARTER,) if new == STRICTER else (ROUTINE, VALIDATOR):
        world.send("authority", COUNCIL, "setClassRules", decision, new.as_tuple())
    world.send("authority", COUNCIL, "setClassRules", MEMBERSHIP, new.as_tuple())


@pytest.mark.parametrize("new", [STRICTER, WEAKER])
@pytest.mark.parametrize("when", ["pending", "active", "succeeded"])
def test_rules__changed_later__an_open_proposal_keeps_its_own(
    world: World, new: ClassRules, when: str
) -> None:
    opened = open_of(world, MEMBERSHIP)
    facts = world.facts(COUNCIL, "resolution", opened.id)

    def change(now: str) -> None:
        if now == when:
            set_rules(world, new)

    change("pending")
    assert world.facts(COUNCIL, "resolution", opened.id) == facts
    vote(world, opened, ("delegate1", "delegate2"))
    change("active")
    # Two of four seats: not enough under the old rules, whatever the new ones are.
    assert world.read(COUNCIL, "approved", opened.id) is False
    vote(world, opened, ("delegate3",))
    assert world.read(COUNCIL, "approved", opened.id) is True
    assert world.read(COUNCIL, "proposalDeadline", opened.id) == opened.end
    wait(world, opened.end + 1)
    change("succeeded")
    receipt = queue(world, opened)
    assert world.read(COUNCIL, "proposalEta", opened.id) == receipt.time + RULES.delay
    execute(world, opened)
    assert state(world, opened) is ProposalState.EXECUTED


def test_rules__changed__a_later_proposal_has_the_new_ones(world: World) -> None:
    set_rules(world, STRICTER)
    opened = open_of(world, MEMBERSHIP)
    assert (opened.start, opened.end) == (world.time + 40 * DAY, world.time + 80 * DAY)
    approve(world, opened, ("delegate1", "delegate2", "delegate3"))
    assert state(world, opened) is ProposalState.DEFEATED


@pytest.mark.parametrize("new", [ROUTINE, CHARTER, DecisionClass.EMERGENCY])
def test_classes__changed_later__an_open_proposal_keeps_its_own(world: World, new: DecisionClass) -> None:
    opened = open_of(world, MEMBERSHIP)
    facts = world.facts(COUNCIL, "resolution", opened.id)
    pair = (world.addresses["MemberRegistry"], SET_KINDS)
    world.send("authority", COUNCIL, "setCallClass", *pair, int(new))
    assert world.facts(COUNCIL, "resolution", opened.id) == facts
    pass_through(world, opened)
    assert state(world, opened) is ProposalState.EXECUTED


def test_report__procedures_reclassified__needed_as_before(world: World) -> None:
    retire = call(world, "ProcedureBook", "retire", label("sandbox", 16), 1)
    selector = calldata_selector("ProcedureBook", "retire")
    world.send("authority", COUNCIL, "setCallClass", retire[0], selector, int(MEMBERSHIP))
    opened = propose(world, Proposal((retire,)))
    assert (opened.decision, opened.report_needed) == (MEMBERSHIP, True)


def test_rules__changed_by_a_resolution__in_force_from_its_execution(world: World) -> None:
    change = call(world, COUNCIL, "setClassRules", ROUTINE, WEAKER.as_tuple())
    classify = call(world, COUNCIL, "setCallClass", address("x"), b"\0\0\0\1", int(ROUTINE))
    opened = propose(world, Proposal((change, classify)))
    assert (opened.decision, opened.report_needed) == (CHARTER, True)
    receipt = pass_through(world, opened)
    assert [event.name for event in receipt.events] == [
        "ClassRulesSet",
        "CallExecuted",
        "CallClassSet",
        "CallExecuted",
        "ProposalExecuted",
    ]
    assert world.read(COUNCIL, "rulesOf", ROUTINE) == WEAKER.as_tuple()


def test_periods_outside_a_proposal__read__those_of_routine(world: World) -> None:
    assert (world.read(COUNCIL, "votingDelay"), world.read(COUNCIL, "votingPeriod")) == (5 * DAY, 5 * DAY)
    open_of(world, CHARTER)
    assert (world.read(COUNCIL, "votingDelay"), world.read(COUNCIL, "votingPeriod")) == (5 * DAY, 5 * DAY)
