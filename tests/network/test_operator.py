"""The agent and its commands over HTTP: a QBFT network made in memory, and an anvil, which has no validators."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chain import Network
from chain.errors.base import LicitaError
from chain.errors.nodes import ChainUnreachable, EngineCannotVote
from chain.errors.operator import DecisionAbsent, QbftClosed
from chain.errors.permissions import PermissionsNotTaken
from chain.nodes.besu import BesuClient
from chain.nodes.keys import KeyStore
from chain.rpc import HttpTransport, Rpc
from governance.operator import Agent, AlarmKind, Entry
from governance.validator_commands import validator
from governance.validator_facts import Decisions
from tests.fake_qbft import ADDRESSES, FakeNode, FakeQbft, Served, node_address, serving

pytestmark = pytest.mark.network

EPOCH = 12


class Beside:
    """An agent beside a node in memory, and what it reported."""

    def __init__(self, chain: FakeQbft, name: str, key: bytes | None = None) -> None:
        self.node: FakeNode = chain.nodes[node_address(name)]
        self.rpc = Rpc(self.node)
        self.lines: list[Entry] = []
        self.agent = Agent(
            self.rpc, BesuClient(self.rpc), ADDRESSES, report=self.lines.append, key=key, epoch=chain.epoch, nudge=chain.nudge
        )  # fmt: skip

    async def told(self) -> list[tuple[str, str | None]]:
        """What one turn reports: what, and the name of an alarm."""
        self.lines.clear()
        await self.agent.step()
        return [(line.what, line.name) for line in self.lines]


@pytest.fixture
def chain() -> FakeQbft:
    """Four validators and four nodes more."""
    return FakeQbft(4, 4, EPOCH)


class TestTurn:
    """One turn beside one node."""

    async def test_turn__resolution__is_voted_for_and_logged(self, chain: FakeQbft) -> None:
        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        beside = Beside(chain, "v0")
        await beside.agent.step()
        assert beside.node.pending == {node_address("v7"): True}
        (line,) = beside.lines
        assert line.to_json() == {
            "seq": 1, "block": 1, "what": "propose", "vote": {"validator": node_address("v7"), "add": True},
            "reason": "resolution 1 adds it",
        }  # fmt: skip
        assert await beside.told() == [], "and once is enough"

    async def test_turn__node_restarted__votes_again(self, chain: FakeQbft) -> None:
        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        beside = Beside(chain, "v0")
        await beside.agent.step()
        beside.node.restart()
        assert await beside.told() == [("propose", None)]

    async def test_turn__set_that_breaks_a_rule__is_refused_once_said(self, chain: FakeQbft) -> None:
        chain.force(chain.set_of("v0", "v1", "v2", "v3", "v4"))
        beside = Beside(chain, "v1")
        beside.node.pending[node_address("v4")] = True
        assert await beside.told() == [("alarm", "RESOLUTION_REFUSED"), ("discard", None)]
        assert "ValidatorRegistrySectorOver" in beside.lines[0].reason
        assert await beside.told() == []
        assert beside.node.pending == {}

    async def test_turn__three_changes_at_once__are_refused(self, chain: FakeQbft) -> None:
        chain.force(chain.set_of("v0", "v1", "v2", "v3", "v4", "v5", "v6"))
        assert await Beside(chain, "v1").told() == [("alarm", "RESOLUTION_REFUSED")]

    async def test_turn__others_vote_without_a_resolution__sets_differ(self, chain: FakeQbft) -> None:
        for name in ("v0", "v1", "v2"):
            chain.nodes[node_address(name)].pending[node_address("v5")] = True
        for _ in range(6):
            chain.mine()
        beside = Beside(chain, "v3")
        assert await beside.told() == [("alarm", "SET_DIFFERS"), ("propose", None)]
        assert node_address("v5") in beside.lines[0].reason
        assert beside.node.pending == {node_address("v5"): False}, "and it is voted out again"

    async def test_turn__nobody_follows_for_an_epoch__sets_differ(self, chain: FakeQbft) -> None:
        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        beside = Beside(chain, "v0")
        for _ in range(EPOCH):
            assert ("alarm", str(AlarmKind.SET_DIFFERS)) not in await beside.told()
            chain.mine()
        assert await beside.told() == [("alarm", "SET_DIFFERS")]
        assert "for an epoch" in beside.lines[0].reason

    async def test_turn__removal_ends_before_it_is_proved__comes_back_without_alarm(self) -> None:
        chain = FakeQbft(7, 1, EPOCH)
        chain.remove(node_address("v6"), 9)
        besides = [Beside(chain, node.name) for node in chain.nodes.values()]
        seen = set()
        for _ in range(3 * EPOCH):
            for beside in besides:
                await beside.agent.step()
            chain.mine()
            seen.add(len(chain.set))
        assert seen == {6, 7} and len(chain.set) == 7
        assert {line.what for beside in besides for line in beside.lines} == {"propose", "discard"}
        assert chain.facts.proved and chain.votes() == {}

    async def test_turn__dead_agents_among_the_provers__the_next_proves_two_blocks_later(
        self, chain: FakeQbft
    ) -> None:
        target = chain.set_of("v0", "v1", "v2", "v7")
        chain.target(target)
        voters = [Beside(chain, name) for name in ("v0", "v1", "v2")]
        while {each.node for each in target} != set(chain.set):
            for beside in voters:
                await beside.agent.step()
            chain.mine()
        second = Beside(chain, chain.nodes[target[1].node].name, b"\1" * 32)
        chain.mine()
        waited = 0
        while not chain.facts.proved:
            await second.agent.step()
            chain.mine()
            waited += 1
        assert waited == 3 and [line.what for line in second.lines][-1] == "prove"

    async def test_turn__somebody_was_quicker__is_no_fault(self, chain: FakeQbft) -> None:
        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        besides = [Beside(chain, node.name, bytes([9]) * 32) for node in chain.nodes.values()]
        for _ in range(EPOCH):
            for beside in besides:
                await beside.agent.step()
            chain.mine()
        assert chain.facts.proved
        assert [line.what for beside in besides for line in beside.lines].count("prove") == 1

    async def test_turn__node_catches_up__nothing_is_voted_by_old_facts(self, chain: FakeQbft) -> None:
        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        beside = Beside(chain, "v0")
        beside.node.syncing = True
        assert await beside.told() == [("note", None)]
        assert beside.node.pending == {}

    async def test_turn__qbft_calls_switched_off__is_named(self, chain: FakeQbft) -> None:
        beside = Beside(chain, "v0")
        beside.node.closed = True
        with pytest.raises(QbftClosed):
            await beside.agent.step()

    async def test_turn__long_chain__reads_logs_in_ranges(self, chain: FakeQbft) -> None:
        for _ in range(10_100):
            chain.mine()
        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        beside = Beside(chain, "v0")
        assert await beside.told() == [("propose", None)]
        assert beside.node.calls.count("eth_getLogs") == 3

    async def test_decisions__of_a_number_that_is_none__are_refused(self, chain: FakeQbft) -> None:
        with pytest.raises(DecisionAbsent) as caught:
            await Decisions(Rpc(chain.nodes[node_address("v0")]), ADDRESSES).set_of(5, 0)
        assert caught.value.seq == 5


class TestRun:
    """The loop."""

    @pytest.mark.parametrize("starts", [False, True], ids=["away", "it starts and has no newest block yet"])
    async def test_run__node_away_for_a_while__reports_it_once_and_goes_on(
        self, chain: FakeQbft, monkeypatch: pytest.MonkeyPatch, starts: bool
    ) -> None:
        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        node, lines = chain.nodes[node_address("v0")], asyncio.Queue[Entry]()
        rpc, node.runs = Rpc(node), starts
        if starts:
            monkeypatch.setattr(node, "_eth_getBlockByNumber", lambda number, full: None)
        agent = Agent(rpc, BesuClient(rpc), ADDRESSES, report=lines.put_nowait)
        running = asyncio.create_task(agent.run(0.001))
        async with asyncio.timeout(20):
            assert (await lines.get()).name == ChainUnreachable.__name__
            monkeypatch.undo()
            node.restart()
            assert (await lines.get()).what == "propose"
        running.cancel()
        assert node.pending and lines.empty()


class TestBesuClient:
    """Answers that are none."""

    async def test_client__over_http__asks_and_votes(self, chain: FakeQbft, served: Served) -> None:
        rpc = Rpc(HttpTransport(served.url + "v2"))
        client, other = BesuClient(rpc), node_address("v7")
        assert await client.address() == node_address("v2")
        assert list(await client.validators(0)) == list(chain.sets[0])
        assert await client.is_validator(0)
        await client.propose_vote(other, True)
        assert await client.pending_votes() == {other: True}
        await client.propose_vote(other, False)
        assert await client.pending_votes() == {other: False}
        await client.discard_vote(other)
        assert await client.pending_votes() == {}
        await rpc.close()

    @pytest.mark.parametrize(
        ("method", "answer"),
        [
            ("qbft_getPendingVotes", None),
            ("qbft_getPendingVotes", {"0x12": True}),
            ("qbft_getPendingVotes", {"0x" + "ab" * 20: "add"}),
            ("qbft_getValidatorsByBlockNumber", {"0": 1}),
            ("qbft_getValidatorsByBlockNumber", ["0x" + "zz" * 20]),
            ("net_enode", "enode://12@127.0.0.1:1"),
            ("net_enode", None),
        ],
    )
    async def test_client__unreadable_answer__is_refused(
        self, chain: FakeQbft, method: str, answer: Any
    ) -> None:
        class Odd(FakeNode):
            def answer(self, body: bytes) -> bytes:
                asked = json.loads(body)
                assert asked["method"] == method
                return json.dumps({"id": asked["id"], "result": answer}).encode()

        client = BesuClient(Rpc(Odd(chain, "v0")))
        asked = {
            "qbft_getPendingVotes": client.pending_votes,
            "net_enode": client.address,
            "qbft_getValidatorsByBlockNumber": lambda: client.validators(0),
        }[method]
        with pytest.raises(ChainUnreachable, match=method):
            await asked()


def run(*arguments: str) -> Result:
    """A command, its answer."""
    return CliRunner().invoke(validator, arguments)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """A sandbox."""
    with Network.start("sandbox", tmp_path_factory.mktemp("anvil") / "network") as network:
        yield network


class TestAnvil:
    """An embedded network: the registry is there, validators are not."""

    def test_permits__anvil__shows_whom_the_registries_permit(self, net: Network) -> None:
        net.rebuild_index()
        found = json.loads(run("permits", "--json", "--network", str(net.folder.path)).stdout)
        assert {record.address.lower() for record in net.records.values() if record.member} <= set(
            found["accounts"]
        )
        assert net.person("acme").address.lower() in found["accounts"]
        assert found["nodes"] == [] and found["foreign"] == []

    def test_agent__anvil_with_a_permission_file__says_why_it_writes_none(
        self, net: Network, tmp_path: Path
    ) -> None:
        net.rebuild_index()
        file = tmp_path / "permissions.toml"
        answer = run("agent", "--once", "--permissions", str(file), "--network", str(net.folder.path))
        names = [json.loads(line).get("name") for line in answer.stdout.splitlines()]
        assert answer.exit_code == 0 and "PermissionsUnsafe" in names
        assert not file.exists()

    def test_agent__anvil__says_that_nothing_can_be_voted_on(self, net: Network) -> None:
        answer = run("agent", "--once", "--network", str(net.folder.path))
        assert answer.exit_code == 0
        assert json.loads(answer.stdout)["what"] == "note" and "no validators" in answer.stdout

    def test_list__anvil__shows_the_decided_set(self, net: Network) -> None:
        answer = run("list", "--json", "--network", str(net.folder.path))
        found = json.loads(answer.stdout)
        assert (found["seq"], found["proved"], len(found["validators"])) == (0, True, 4)
        assert {each["engine"] for each in found["validators"]} == {None}
        assert "resolution 0, proved" in run("list", "--network", str(net.folder.path)).stdout

    def test_prove__anvil__is_refused_by_name(self, net: Network) -> None:
        answer = run("prove", "--as", "buyer", "--network", str(net.folder.path))
        assert answer.exit_code == 1 and answer.stderr.startswith(EngineCannotVote.__name__)

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("prove",), "AgentKeyMissing"),
            (("prove", "--as", "nobody"), "KeyAbsent"),
            (("agent", "--once", "--rpc", "http://127.0.0.1.example:1"), "NodeForeign"),
        ],
    )
    def test_command__wrong_words__is_refused_by_name(
        self, net: Network, arguments: tuple[str, ...], error: str
    ) -> None:
        answer = run(*arguments, "--network", str(net.folder.path))
        assert answer.exit_code in (1, 3) and answer.stderr.startswith(error + "(")


@pytest.fixture
def served(chain: FakeQbft) -> Iterator[Served]:
    """A QBFT network that answers."""
    with serving(chain) as network:
        yield network


class TestPermit:
    """What the agent does beside its votes."""

    async def test_turn__permissions__each_change_and_each_new_refusal_is_told_once(
        self, chain: FakeQbft
    ) -> None:
        lines: list[Entry] = []
        answers: list[bool | LicitaError] = [
            False, True, PermissionsNotTaken("a"), PermissionsNotTaken("a"), False, PermissionsNotTaken("a"),
        ]  # fmt: skip

        async def permit() -> bool:
            answer = answers.pop(0)
            if isinstance(answer, LicitaError):
                raise answer
            return answer

        rpc = Rpc(chain.nodes[node_address("v0")])
        agent = Agent(rpc, BesuClient(rpc), ADDRESSES, report=lines.append, permit=permit)
        for _ in range(6):
            await agent.step()
        assert [(line.what, line.name) for line in lines] == [
            ("permit", None), ("fault", "PermissionsNotTaken"), ("fault", "PermissionsNotTaken"),
        ]  # fmt: skip

    async def test_turn__ticks__are_not_told_but_what_hinders_them_once(self, chain: FakeQbft) -> None:
        lines: list[Entry] = []
        asked: list[bool] = []

        async def tick() -> bool:
            asked.append(True)
            if len(asked) in (2, 3):
                raise ChainUnreachable("http://127.0.0.1:1", "tick")
            return True

        node = chain.nodes[node_address("v0")]
        rpc = Rpc(node)
        agent = Agent(rpc, BesuClient(rpc), ADDRESSES, report=lines.append, tick=tick)
        for _ in range(4):
            await agent.step()
        assert [(line.what, line.name) for line in lines] == [("fault", "ChainUnreachable")]
        node.syncing = True
        await agent.step()
        assert len(asked) == 4, "a node that catches up does not know when the last tick was"


class TestCommands:
    """The commands on a QBFT network."""

    def test_commands__from_a_resolution_to_its_proof__show_and_do(
        self, chain: FakeQbft, served: Served, tmp_path: Path
    ) -> None:
        folder = chain.write(tmp_path / "network")
        KeyStore(folder.keys).create("operator")

        def asked(name: str, *words: str) -> Result:
            return run(*words, "--network", str(folder.path), "--rpc", served.url + name)

        chain.target(chain.set_of("v0", "v1", "v2", "v7"))
        for name in ("v0", "v1", "v2"):
            line = json.loads(asked(name, "agent", "--once").stdout)
            assert line["vote"] == {"validator": node_address("v7"), "add": True}
        found = json.loads(asked("v1", "list", "--json").stdout)
        shown = {
            each["validator"]: (each["decided"], each["engine"], each["vote"]) for each in found["validators"]
        }
        assert shown[node_address("v7")] == (True, False, "add")
        assert shown[node_address("v3")] == (False, True, None)
        assert "resolution 1, not proved yet" in asked("v1", "list").stdout
        early = asked("v1", "prove", "--as", "operator")
        assert early.exit_code == 1 and early.stderr.startswith("ValidatorRegistrySetDiffers")
        for _ in range(2):
            served.mine(2 * EPOCH)
            for name in ("v0", "v1", "v2"):
                asked(name, "agent", "--once")
        served.mine(2 * EPOCH)
        with served.going_on():
            assert asked("v1", "prove", "--as", "operator").stdout.startswith("resolution 1 is proved")
        again = asked("v1", "prove", "--as", "operator")
        assert again.exit_code == 1 and again.stderr.startswith("ValidatorRegistryProved")
        assert "resolution 1, proved" in asked("v1", "list").stdout

    def test_commands__folder_that_nobody_runs__is_refused(self, chain: FakeQbft, tmp_path: Path) -> None:
        chain.write(tmp_path / "network")
        answer = run("list", "--network", str(tmp_path / "network"))
        assert answer.exit_code == 1 and answer.stderr.startswith("NodeUnnamed")

    def test_commands__node_of_another_chain__is_refused(self, served: Served, tmp_path: Path) -> None:
        FakeQbft(6, 0, EPOCH).write(tmp_path / "network")
        answer = run("agent", "--once", "--network", str(tmp_path / "network"), "--rpc", served.url + "v0")
        assert answer.exit_code == 1 and answer.stderr.startswith("NetworkOther")
