"""governance.operator.decide: from facts to acts, without a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.contracts import (
    ValidatorRegistryMemberOver,
    ValidatorRegistryOrderWrong,
    ValidatorRegistrySectorOver,
    ValidatorRegistrySizeInvalid,
    ValidatorRegistryStepTooLarge,
)
from chain.errors.operator import NodeForeign
from chain.rules.validators import MIN_SIZE, RegistryFacts, Runner
from chain.transactions import checksum
from chain.types import Validator
from governance.operator import (
    Act,
    AlarmKind,
    Discard,
    Entry,
    Facts,
    Propose,
    Prove,
    decide,
    require_own,
)
from governance.validator_facts import EngineFacts

pytestmark = pytest.mark.unit

SECTORS = 4
NODES = [checksum(f"0x{number + 1:040x}") for number in range(12)]


def member(number: int) -> bytes:
    return bytes([number + 1]) * 32


RUNNERS = {member(number): Runner(number % SECTORS, member(number)) for number in range(len(NODES))}


def validators(numbers: Iterable[int]) -> tuple[Validator, ...]:
    return tuple(Validator(NODES[number], member(number)) for number in sorted(numbers))


def nodes(numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(NODES[number] for number in numbers)


def facts(
    target: Iterable[int],
    actual: Iterable[int],
    proved: Iterable[int] | None = None,
    votes: Mapping[int, bool] | None = None,
    **changes: Any,
) -> Facts:
    """Facts of a resolution 7 at block 100; without ``proved`` the target is."""
    registry = RegistryFacts(7, validators(target), proved is None)
    own = {NODES[number]: add for number, add in (votes or {}).items()}
    last = nodes(target) if proved is None else nodes(proved)
    given = Facts(100, registry, last, EngineFacts(nodes(actual), own), runners=RUNNERS, may_prove=True)
    return replace(given, **changes)


def bare(acts: Iterable[Act]) -> list[tuple[str, Any, Any]]:
    """Acts without their reasons."""
    return [
        ("prove", act.seq, act.block)
        if isinstance(act, Prove)
        else (type(act).__name__.lower(), NODES.index(act.node), act.add)
        for act in acts
    ]


FOUR, SIX = range(4), range(6)


class TestDecide:
    """What is done, in which order, and why."""

    def test_decide__all_is_as_decided__does_nothing(self) -> None:
        decision = decide(facts(FOUR, FOUR))
        assert (decision.acts, decision.alarms, decision.note) == ((), (), "")

    def test_decide__two_more_decided__proposes_both(self) -> None:
        decision = decide(facts(SIX, FOUR, FOUR))
        assert bare(decision.acts) == [("propose", 4, True), ("propose", 5, True)]
        assert [act.reason for act in decision.acts] == ["resolution 7 adds it"] * 2
        assert decision.alarms == ()

    def test_decide__votes_stand_already__does_nothing(self) -> None:
        assert decide(facts(SIX, FOUR, FOUR, {4: True, 5: True})).acts == ()

    def test_decide__half_done_after_a_kill__does_the_rest(self) -> None:
        assert bare(decide(facts(SIX, FOUR, FOUR, {5: True})).acts) == [("propose", 4, True)]

    def test_decide__swap__adds_before_it_drops(self) -> None:
        swapped = (0, 1, 2, 7)
        assert bare(decide(facts(swapped, FOUR, FOUR)).acts) == [("propose", 7, True)]
        assert bare(decide(facts(swapped, (0, 1, 2, 3, 7), FOUR)).acts) == [("propose", 3, False)]

    def test_decide__two_fewer_decided__drops_the_lower_address_first(self) -> None:
        assert bare(decide(facts(FOUR, SIX, SIX)).acts) == [("propose", 4, False)]
        assert bare(decide(facts(FOUR, (0, 1, 2, 3, 5), SIX)).acts) == [("propose", 5, False)]

    def test_decide__later_drop_voted_already__takes_it_back(self) -> None:
        decision = decide(facts(FOUR, SIX, SIX, {5: False}))
        assert bare(decision.acts) == [("discard", 5, False), ("propose", 4, False)]
        assert decision.acts[0].reason == "additions and earlier drops come first"

    def test_decide__vote_of_the_other_way__is_replaced(self) -> None:
        acts = bare(decide(facts(SIX, FOUR, FOUR, {4: False, 5: True})).acts)
        assert acts == [("discard", 4, False), ("propose", 4, True)]

    def test_decide__carried__takes_the_vote_back_and_proves(self) -> None:
        decision = decide(facts(SIX, SIX, FOUR, {4: True}))
        assert bare(decision.acts) == [("discard", 4, True), ("prove", 7, 100)]
        assert (
            decision.acts[0].reason
            == "it was carried, and left over it would be cast again after a later change"
        )

    def test_decide__not_this_agents_turn__leaves_the_proof_to_others(self) -> None:
        assert decide(facts(SIX, SIX, FOUR, may_prove=False)).acts == ()

    def test_decide__vote_without_a_resolution__is_taken_back(self) -> None:
        decision = decide(facts(FOUR, FOUR, votes={9: True, 0: False}))
        assert bare(decision.acts) == [("discard", 0, False), ("discard", 9, True)]
        assert {act.reason for act in decision.acts} == {"no resolution asks for it"}

    def test_decide__engine_without_validators__reports_only(self) -> None:
        decision = decide(facts(FOUR, FOUR, engine=None))
        assert decision.acts == () and "only reported" in decision.note

    def test_decide__node_catches_up__does_nothing_by_old_facts(self) -> None:
        decision = decide(facts(SIX, FOUR, FOUR, {9: True}, syncing=True))
        assert decision.acts == () and "out of date" in decision.note


class TestAlarms:
    """What people are told."""

    def test_alarm__set_outside_of_all_decided_ones__names_the_strangers(self) -> None:
        decision = decide(facts(SIX, (0, 1, 2, 9), FOUR))
        (alarm,) = decision.alarms
        assert alarm.kind is AlarmKind.SET_DIFFERS
        assert alarm.reason.endswith(f": {NODES[3]}, {NODES[9]}")

    def test_alarm__between_the_last_proved_and_the_decided__none(self) -> None:
        assert decide(facts((0, 1, 2, 7), (0, 1, 2, 3, 7), FOUR)).alarms == ()

    def test_alarm__not_followed_for_an_epoch__says_so(self) -> None:
        decision = decide(facts(SIX, FOUR, FOUR, overdue=True))
        assert [alarm.kind for alarm in decision.alarms] == [AlarmKind.SET_DIFFERS]
        assert "for an epoch" in decision.alarms[0].reason
        assert len(decision.acts) == 2, "and goes on voting"

    def test_alarm__on_the_way_back_from_an_urgent_removal__none(self) -> None:
        back = facts(range(6), (0, 1, 2, 3, 4), since=(nodes((0, 1, 2, 3, 4)),))
        assert decide(back).alarms == ()
        assert bare(decide(back).acts) == [("propose", 5, True)]
        assert [alarm.kind for alarm in decide(replace(back, since=())).alarms] == [AlarmKind.SET_DIFFERS]


class TestRefusal:
    """A set that breaks a rule is not voted for, whoever decided it."""

    @pytest.mark.parametrize(
        ("target", "proved", "error"),
        [
            (range(3), range(4), ValidatorRegistrySizeInvalid),
            (range(7), range(4), ValidatorRegistryStepTooLarge),
            ((0, 1, 2, 3, 4), range(4), ValidatorRegistrySectorOver),
        ],
    )
    def test_refusal__rule_broken__votes_nothing_and_takes_all_votes_back(
        self, target: Iterable[int], proved: Iterable[int], error: type[Exception]
    ) -> None:
        decision = decide(facts(target, proved, proved, {4: True, 3: False}))
        assert bare(decision.acts) == [("discard", 3, False), ("discard", 4, True)]
        (alarm,) = decision.alarms
        assert (alarm.kind, alarm.rule) == (AlarmKind.RESOLUTION_REFUSED, error.__name__)
        assert error.__name__ in alarm.reason
        assert {act.reason for act in decision.acts} == {f"the resolution is refused: {error.__name__}"}

    def test_refusal__set_not_in_order__is_refused(self) -> None:
        registry = RegistryFacts(7, tuple(reversed(validators(SIX))), False)
        decision = decide(facts(SIX, FOUR, FOUR, registry=registry))
        assert [alarm.rule for alarm in decision.alarms] == [ValidatorRegistryOrderWrong.__name__]

    def test_refusal__dependent_members__count_as_one(self) -> None:
        runners = RUNNERS | {member(5): replace(RUNNERS[member(5)], top=member(0))}
        decision = decide(facts(SIX, FOUR, FOUR, runners=runners))
        assert [alarm.rule for alarm in decision.alarms] == [ValidatorRegistryMemberOver.__name__]
        assert decision.acts == ()

    def test_refusal__others_carried_it_all_the_same__is_not_proved(self) -> None:
        decision = decide(facts(range(7), range(7), FOUR))
        assert decision.acts == ()
        assert [alarm.kind for alarm in decision.alarms] == [AlarmKind.RESOLUTION_REFUSED]


some = st.frozensets(st.integers(0, len(NODES) - 1), max_size=len(NODES))
any_facts = st.builds(
    facts,
    target=some,
    actual=some,
    proved=st.none() | some,
    votes=st.dictionaries(st.integers(0, len(NODES) - 1), st.booleans()),
    overdue=st.booleans(),
    may_prove=st.booleans(),
    syncing=st.booleans(),
)


class TestAnyFacts:
    """Whatever the facts are."""

    @given(any_facts)
    def test_votes__any_facts__only_towards_the_resolution(self, given: Facts) -> None:
        target, actual = set(given.registry.nodes), given.engine.validators if given.engine else frozenset()
        for act in decide(given).acts:
            if isinstance(act, Propose):
                assert (act.node in target) is act.add, "no vote without a resolution"
                assert (act.node in actual) is not act.add, "no vote for what is the case"
                if not act.add:
                    assert target <= actual and len(actual) > MIN_SIZE, "adds first, never below the floor"

    @given(any_facts)
    def test_votes__carried_out__are_right_and_asked_for_once(self, given: Facts) -> None:
        assert given.engine is not None
        votes, decision = dict(given.engine.votes), decide(given)
        for act in decision.acts:
            if isinstance(act, Discard):
                assert votes.pop(act.node) is act.add
            elif isinstance(act, Propose):
                assert votes.get(act.node) is not act.add
                votes[act.node] = act.add
        again = decide(replace(given, engine=replace(given.engine, votes=votes)))
        assert [act for act in again.acts if not isinstance(act, Prove)] == []
        assert again.alarms == decision.alarms
        if not decision.note:
            assert len([node for node, add in votes.items() if not add]) <= 1, "one drop at a time"

    @given(any_facts)
    def test_proof__any_facts__only_of_the_decided_set(self, given: Facts) -> None:
        proofs = [act for act in decide(given).acts if isinstance(act, Prove)]
        if proofs:
            assert given.engine is not None and given.engine.validators == set(given.registry.nodes)
            assert not given.registry.proved and given.may_prove and not given.syncing
            assert [(act.seq, act.block) for act in proofs] == [(7, 100)]

    @given(some, some, st.permutations(range(len(NODES))))
    def test_way__from_any_set_to_a_good_one__never_below_four_and_never_outside(
        self, start: frozenset[int], extra: frozenset[int], order: list[int]
    ) -> None:
        # Every vote that is asked for carries at once: the longest way there is.
        target = frozenset(SIX)
        proved = target ^ frozenset(order[:2])
        actual = set((target & proved) | (start & (target | proved)))
        for _ in range(len(NODES)):
            assert len(actual) >= MIN_SIZE
            assert target & proved <= actual <= target | proved
            decision = decide(facts(target, actual, proved))
            assert decision.alarms == ()
            steps = [act for act in decision.acts if isinstance(act, Propose)]
            if not steps:
                break
            number = NODES.index(steps[0].node)
            actual = actual | {number} if steps[0].add else actual - {number}
        assert actual == target


@pytest.mark.parametrize("url", ["http://127.0.0.1:8545", "http://localhost:1/v0", "http://[::1]:8545"])
def test_own_node__on_this_machine__is_taken(url: str) -> None:
    require_own(url)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.7:8545", "https://node.example", "http://127.0.0.1.example", ""]
)
def test_own_node__elsewhere__is_refused(url: str) -> None:
    with pytest.raises(NodeForeign) as caught:
        require_own(url)
    assert caught.value.facts == {"url": url}


def test_entry__as_json__leaves_out_what_is_absent() -> None:
    assert Entry(7, 100, "discard", "why", NODES[0], False).to_json() == {
        "seq": 7, "block": 100, "what": "discard", "vote": {"validator": NODES[0], "add": False}, "reason": "why"
    }  # fmt: skip
    assert Entry(None, None, "fault", "no answer", name="ChainUnreachable").to_json() == {
        "what": "fault", "name": "ChainUnreachable", "reason": "no answer"
    }  # fmt: skip
