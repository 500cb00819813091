"""Agents that are killed between any two acts, nodes that stop and forget their votes, resolutions and urgent removals in between.

Any interleaving of turns, kills, blocks, restarts and decisions keeps the engine's set lawful: never below four validators, never
outside of what lies between the set proved last and the one in force (or the one of an urgent removal that ended unproved). Once all run
again, the engine has the decided set, it is proved, and no vote is left over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from eth_hash.auto import keccak
from hypothesis import event as note
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.base import LicitaError
from chain.errors.nodes import ChainUnreachable
from chain.nodes.besu import BesuClient
from chain.rpc import Rpc
from chain.rules.validators import MIN_SIZE, check_set, check_target, quorum
from governance.operator import Agent, AlarmKind, Entry
from tests.fake_qbft import ADDRESSES, FakeNode, FakeQbft

pytestmark = pytest.mark.faults

NODES = 8
EPOCH = 7
names = st.integers(0, NODES - 1).map("v{}".format)
points = st.none() | st.integers(0, 5)
any_number = st.integers(0, 1_000)


def lets(act: Callable[[], object]) -> bool:
    """Whether the rules let it."""
    try:
        act()
    except LicitaError:
        return False
    return True


class Killed(BaseException):
    """The agent's process is gone."""


class Story:
    """Eight nodes, an agent beside each. An agent that was killed is started again, knowing nothing, for its next turn."""

    def __init__(self, loop: asyncio.AbstractEventLoop, size: int) -> None:
        self.loop = loop
        self.lines: list[Entry] = []
        self.checked = 0
        self.chain = FakeQbft(size, NODES - size, EPOCH)

    def node(self, name: str) -> FakeNode:
        return next(node for node in self.chain.nodes.values() if node.name == name)

    # What happens

    def turns(self, turns: list[tuple[str, int | None]], blocks: int) -> None:
        """Agents take turns, then there are blocks."""
        for name, point in turns:
            self.turn(name, point)
        for _ in range(blocks):
            self.chain.mine()

    def go_on(self, rounds: int) -> None:
        """For so many blocks all is well, but for the nodes that do not run."""
        for _ in range(rounds):
            for name in self.names():
                self.turn(name, None)
            self.chain.mine()

    def turn(self, name: str, point: int | None) -> None:
        """A turn of an agent that may be killed at one of its points: before or after an act, or once a proof is sent."""
        left = point

        def probe(_name: str) -> None:
            nonlocal left
            if left == 0:
                raise Killed
            left = None if left is None else left - 1

        async def nudge() -> None:
            probe("sent")
            self.chain.mine()

        node = self.node(name)
        rpc = Rpc(node)
        agent = Agent(
            rpc, BesuClient(rpc), ADDRESSES, report=self.lines.append, key=keccak(name.encode()), epoch=EPOCH, nudge=nudge,
            probe=probe,
        )  # fmt: skip
        try:
            self.loop.run_until_complete(agent.step())
        except Killed:
            note("killed")
        except ChainUnreachable:
            assert not node.runs

    def restart(self, name: str) -> None:
        self.node(name).restart()

    def stop(self, name: str) -> None:
        """A node stops, as long as a quorum runs."""
        node = self.node(name)
        running = [each for each in self.chain.set if self.chain.nodes[each].runs and each != node.address]
        if len(running) >= quorum(len(self.chain.set)):
            node.runs = False

    def decide(self, choice: int, seconds: int | None) -> None:
        """The council adds, drops or swaps one or two; or it removes one urgently, where the rules let it."""
        if not self.chain.facts.proved or not self.has_quorum():
            return
        node = self.chain.facts.nodes[choice % len(self.chain.facts.nodes)]
        if seconds is not None and lets(partial(self.chain.remove, node, seconds)):
            note("removed")
            return
        facts, now = self.chain.facts, self.chain.head.header.timestamp + 1
        present = {self.chain.nodes[node].name for node in facts.nodes}
        steps = [*combinations(self.names(), 1), *combinations(self.names(), 2)]
        targets = [self.chain.set_of(*(present ^ set(step))) for step in steps]
        check = partial(check_target, facts, facts.seq, runners=self.chain.runners, now=now)
        allowed = [each for each in targets if lets(partial(check, each))]
        self.chain.target(allowed[choice % len(allowed)])
        note("decided")

    def has_quorum(self) -> bool:
        return sum(self.chain.nodes[node].runs for node in self.chain.set) >= quorum(len(self.chain.set))

    # What always holds

    def check(self) -> None:
        for number in range(max(1, self.checked), len(self.chain.blocks)):
            # The list of a header is what the blocks before it made.
            block, listed = self.chain.blocks[number - 1], frozenset(self.chain.sets[number])
            sets = [frozenset(block.facts.nodes), block.state.proved, *block.state.since]
            assert len(listed) >= MIN_SIZE
            assert frozenset.intersection(*sets) <= listed <= frozenset.union(*sets)
        self.checked = len(self.chain.blocks)
        assert AlarmKind.RESOLUTION_REFUSED not in {entry.name for entry in self.lines}

    # How it ends

    def settle(self) -> None:
        """All run, no agent is killed any more."""
        for node in self.chain.nodes.values():
            node.runs = True
        for _ in range(20 * EPOCH):
            self.go_on(1)
            self.check()
            if self.is_settled():
                break
        assert self.is_settled(), (self.chain.votes(), self.chain.set, self.chain.facts)
        check_set(self.chain.facts.validators, self.chain.runners)

    def names(self) -> Sequence[str]:
        return [node.name for node in self.chain.nodes.values()]

    def is_settled(self) -> bool:
        facts, head = self.chain.facts, self.chain.head
        return (
            head.header.timestamp >= facts.removed_until
            and facts.proved
            and list(facts.nodes) == self.chain.set
            and not self.chain.votes()
        )


# Of each act: its arguments. Turns come most often, because one of them moves little.
ACTS: Mapping[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "turns": st.tuples(st.lists(st.tuples(names, points), min_size=1, max_size=NODES), st.integers(0, 4)),
    "go_on": st.tuples(st.integers(1, 12)),
    "restart": st.tuples(names),
    "stop": st.tuples(names),
    "decide": st.tuples(any_number, st.none() | st.integers(1, 12)),
}
OFTEN = ("turns", "turns", "turns", "go_on", "decide", "restart", "stop")
acts = st.sampled_from(OFTEN).flatmap(lambda name: st.tuples(st.just(name), ACTS[name]))


@given(size=st.sampled_from((4, 6, 7, 8)), story=st.lists(acts, min_size=15, max_size=40))
def test_agents__any_kills_restarts_and_decisions__end_at_the_decided_set(
    size: int, story: list[tuple[str, tuple[Any, ...]]]
) -> None:
    loop = asyncio.new_event_loop()
    try:
        told = Story(loop, size)
        told.decide(0, None)
        for name, arguments in story:
            getattr(told, name)(*arguments)
            told.check()
        told.settle()
    finally:
        loop.close()
