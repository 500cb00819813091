"""The rules of validator sets written twice and proved equal: chain/rules/validators predicts what ValidatorRegistry does.

Random resolutions, urgent removals and proofs on a harness that supplies block hashes, with none, one or several rules broken, while
members are suspended, move to another sector or get a superior: the error with all its facts, or the set that is then in force, must be
the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from chain import rlp
from chain.bindings import member_registry, validator_registry
from chain.errors.base import LicitaError
from chain.rules import member_id
from chain.rules.validators import (
    MAX_REMOVAL,
    RegistryFacts,
    Runner,
    by_address,
    check_proof,
    check_removal,
    check_set,
    check_target,
    set_hash,
)
from chain.transactions import Call, Read, decode_revert, result_of
from chain.types import ZERO32, Kind, Sector, Validator, to_hex
from tests.contracts.world import MANDATE_END, Node, World, address, founded, wiring

pytestmark = pytest.mark.evm

HARNESS = "ValidatorRegistryHarness"
MORE = 16
ORGANISATIONS = [
    *(f"TEST-COUNCIL{number}" for number in range(1, 5)),
    *(f"TEST-MORE{n}" for n in range(MORE)),
]
MEMBERS = [member_id(org_id) for org_id in ORGANISATIONS]
NODES = sorted(
    (str(to_checksum_address(keccak(f"node {number}".encode())[12:])) for number in range(36)), key=by_address
)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The founded network with sixteen operators more, four in each sector."""
    node = Node(tmp_path_factory.mktemp("anvil"))
    try:
        world = founded(node)
        for number in range(MORE):
            data = (
                f"TEST-MORE{number}",
                f"Operador {number}",
                number % len(Sector),
                int(Kind.OPERATOR),
                ZERO32,
            )
            world.send("authority", "MemberRegistry", "admit", data, address(f"more{number}"), MANDATE_END)
        yield world
    finally:
        node.stop()


class Pair:
    """The contract and the prediction."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.blocks = 0

    @property
    def next(self) -> int:
        """Time of the next block."""
        return self.world.time + 1

    def view(self, call: Read[Any]) -> Any:
        request = {"to": self.world.addresses[call.contract], "data": "0x" + call.data.hex()}
        override = [{}, {"time": hex(self.next)}]
        answer = self.world.node.rpc("eth_call", request, "latest", *override)
        return result_of(call, bytes.fromhex(answer[2:]))

    @property
    def facts(self) -> RegistryFacts:
        """The registry as the next block finds it."""
        validators = tuple(Validator(*each) for each in self.view(validator_registry.validators()))
        return RegistryFacts(
            self.view(validator_registry.seq()), validators, self.view(validator_registry.is_proved()),
            self.view(validator_registry.removed_until()),
        )  # fmt: skip

    def runners(self, members: Sequence[bytes]) -> Mapping[bytes, Runner]:
        return {
            member: Runner(
                self.view(member_registry.member_facts(member))[0],
                self.view(member_registry.top_of(member))[0],
                self.view(member_registry.is_active(member, Kind.OPERATOR)),
            )
            for member in dict.fromkeys(members)
        }

    def act(self, who: str, call: Call) -> LicitaError | None:
        """Sends a call in a block of its own; its refusal."""
        request = self.world.as_call(who, call.contract, call.function, *call.args)
        foreseen = self.world.node.ask("eth_call", request, "latest", {}, {"time": hex(self.next)})
        transaction = self.world.node.rpc("eth_sendTransaction", request)
        self.world.move_to(self.next)
        status = self.world.node.rpc("eth_getTransactionReceipt", transaction)["status"]
        assert (status == "0x0") == ("error" in foreseen)
        return decode_revert(bytes.fromhex(foreseen["error"]["data"][2:])) if "error" in foreseen else None

    def same(self, who: str, call: Call, predicted: LicitaError | None) -> bool:
        """Does it; it must be refused, or not, as predicted. True where it went through."""
        refused = self.act(who, call)
        note(f"{call.function}: {refused.error if refused else 'done'}")
        assert (refused and (refused.error, refused.facts)) == (
            predicted and (predicted.error, predicted.facts)
        )
        return refused is None

    # Acts

    def target(self, choice: list[tuple[int, int]], stale: bool, sort: bool) -> None:
        """A set that differs from the one in force by the chosen nodes, each with a chosen member."""
        facts = self.facts
        changed = {validator.node: validator for validator in facts.validators}
        for place, member in choice:
            node = NODES[place] if place < len(NODES) else list(changed)[place % len(changed)]
            if node in changed:
                del changed[node]
            else:
                changed[node] = Validator(node, MEMBERS[member])
        target = list(changed.values())
        if sort:
            target.sort(key=lambda validator: by_address(validator.node))
        self.set_target(facts, facts.seq + stale, target)

    def set_target(self, facts: RegistryFacts, seq: int, target: Sequence[Validator]) -> None:
        runners = self.runners([validator.member for validator in target])
        predicted = refusal(check_target, facts, seq, target, runners, now=self.next)
        call = validator_registry.set_target(seq, [validator.as_tuple() for validator in target])
        if self.same("authority", call, predicted):
            assert self.facts.validators == tuple(target)

    def remove(self, place: int, seconds: int, stale: bool) -> None:
        """One of the set in force, or a stranger."""
        facts, until = self.facts, self.next + seconds
        node = [*facts.nodes, NODES[place]][place % (len(facts.nodes) + 1)]
        runners = self.runners([validator.member for validator in facts.validators])
        arguments = facts, facts.seq + stale, node, until, runners
        predicted = refusal(check_removal, *arguments, now=self.next)
        left = None if predicted else check_removal(*arguments, now=self.next)
        if self.same("authority", validator_registry.remove_now(facts.seq + stale, node, until), predicted):
            removed = self.next < until
            assert (self.facts.validators == left) == removed

    def prove(self, right: bool, stale: bool) -> None:
        """The set in force by a header that lists it, or by one that lacks one of it."""
        listed = self.facts.nodes if right else self.facts.nodes[:-1]
        self.blocks += 1
        header = header_with(self.blocks, listed)
        self.world.send("nobody", HARNESS, "setBlockHash", self.blocks, keccak(header))
        facts = self.facts
        predicted = refusal(check_proof, facts, facts.seq + stale, listed)
        if self.same("nobody", validator_registry.prove_set(facts.seq + stale, header), predicted):
            assert self.facts.proved

    def wait(self, seconds: int) -> None:
        self.world.move_to(self.next + seconds)

    # What happens to members

    def suspend(self, member: int, seconds: int) -> None:
        self.act("authority", member_registry.suspend(MEMBERS[member], self.next + seconds))

    def move(self, member: int, sector: int) -> None:
        self.act("authority", member_registry.set_sector(MEMBERS[member], sector))

    def put_under(self, member: int, superior: int) -> None:
        self.act("authority", member_registry.set_superior(MEMBERS[member], MEMBERS[superior]))


def refusal(check: Any, *arguments: Any, **named: Any) -> LicitaError | None:
    """What a rule refuses with."""
    try:
        check(*arguments, **named)
    except LicitaError as error:
        return error
    return None


def header_with(number: int, nodes: Sequence[str]) -> bytes:
    """As much of a header as the contract reads: the number, and the validators in extraData."""
    extra = rlp.encode([bytes(32), [bytes.fromhex(node[2:]) for node in nodes], [], b"", []])
    return rlp.encode([*[b""] * 8, rlp.encode_int(number), *[b""] * 3, extra, b"", b"", b""])


seldom = st.integers(0, 9).map(lambda chance: chance == 6)
usually = seldom.map(lambda chance: not chance)
members = st.integers(0, len(MEMBERS) - 1)
ACTS: Mapping[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "target": st.tuples(
        st.lists(st.tuples(st.integers(0, 2 * len(NODES)), members), min_size=1, max_size=3), seldom, usually
    ),
    "remove": st.tuples(
        st.integers(0, len(NODES) - 1), st.sampled_from((1, 2, 3, 5, 20, 0, -1, MAX_REMOVAL, MAX_REMOVAL + 1)), seldom
    ),
    "prove": st.tuples(usually, seldom),
    "wait": st.tuples(st.integers(1, 6)),
    "suspend": st.tuples(members, st.integers(2, 6)),
    "move": st.tuples(members, st.integers(0, len(Sector) - 1)),
    "put_under": st.tuples(members, members),
}  # fmt: skip
OFTEN = ("target", "target", "prove", "prove", "remove", "remove", "wait", "suspend", "move", "put_under")
acts = st.sampled_from(OFTEN).flatmap(lambda name: st.tuples(st.just(name), ACTS[name]))


def lawful(size: int) -> list[Validator]:
    """A good set: members in the order of their sectors, one each."""
    return [Validator(NODES[place], MEMBERS[place]) for place in range(size)]


def found(world: World, founding: Sequence[Validator]) -> None:
    """Puts a harness with this founding set in the registry's place."""
    created = world.deploy(HARNESS, wiring(world.addresses), [each.as_tuple() for each in founding]).created
    world.addresses[HARNESS] = world.addresses["ValidatorRegistry"] = str(to_checksum_address(created))


class TestRules:
    """Contract and prediction."""

    @settings(max_examples=settings.default.max_examples // 2)
    @given(size=st.sampled_from((4, 6, 7, 8, 9, 10, 12, 16)), story=st.lists(acts, min_size=8, max_size=25))
    def test_registry__random_acts__decides_as_predicted(
        self, network: World, size: int, story: list[tuple[str, tuple[Any, ...]]]
    ) -> None:
        with network.undone():
            pair = Pair(network)
            found(network, lawful(size))
            for name, arguments in story:
                getattr(pair, name)(*arguments)

    @settings(max_examples=settings.default.max_examples * 2)
    @given(
        chosen=st.lists(st.tuples(st.integers(0, len(NODES) - 1), members), min_size=3, max_size=20, unique_by=lambda pair: pair[0]),
        above=st.dictionaries(members, members, max_size=3),
        sort=usually,
    )  # fmt: skip
    def test_constructor__any_set__is_refused_as_predicted(
        self, network: World, chosen: list[tuple[int, int]], above: dict[int, int], sort: bool
    ) -> None:
        with network.undone():
            pair = Pair(network)
            for member, superior in above.items():
                pair.put_under(member, superior)
            places = sorted(chosen) if sort else chosen
            founding = [Validator(NODES[place], MEMBERS[member]) for place, member in places]
            runners = pair.runners([validator.member for validator in founding])
            predicted = refusal(check_set, founding, runners)
            note(predicted.error if predicted else "good")
            if predicted is None:
                found(network, founding)
                nodes = [validator.node for validator in founding]
                assert pair.view(validator_registry.set_hash()) == set_hash(nodes)
            else:
                arguments = wiring(network.addresses), [validator.as_tuple() for validator in founding]
                refused = network.refused_deployment(HARNESS, *arguments)
                facts = [to_hex(value) if isinstance(value, bytes) else value for value in refused.args]
                assert (refused.name, facts) == (predicted.error, list(predicted.facts.values()))
