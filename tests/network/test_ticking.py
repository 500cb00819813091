"""Who tells the network each minute that it is there: a service and an operator agent, on a node whose contracts count outages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.app import create_app
from api.settings import Settings
from api.ticking import ACCOUNT, Ticking
from chain.bindings import procedure_book, validator_registry
from chain.deployment import Deployment
from chain.nodes.anvil import CHAIN_ID
from chain.nodes.folder import Descriptor, Folder
from chain.ocds.publication import Publication
from chain.people import PersonRecord
from chain.recorder import Operation, Recorder
from chain.recorder.accounts import new_token
from chain.rpc import HttpTransport, Rpc
from chain.rules.deadlines import Clock, Outage
from chain.transactions import read, send
from governance.ticking import tick_if_due
from tests.stage import ADDRESSES, KEYS, Stage, close_stage, open_stage

pytestmark = [pytest.mark.network, pytest.mark.timeout(120)]

GAP, DAY = 300, 86_400
PATIENCE = 30.0


@dataclass
class Minutes:
    """A stage and a recorder on it, with a time that goes by minutes."""

    stage: Stage
    recorder: Recorder
    mines: bool = True

    @property
    def clock(self) -> Clock:
        """As the index has it."""
        return self.recorder.index.clock()

    async def pass_by(self, seconds: int) -> None:
        """One block so much later than the last, indexed."""
        await self.stage.anvil.advance_to(await self.stage.anvil.clock() + seconds)
        await self.followed()

    async def followed(self) -> None:
        """Returns when the index holds the node's head."""
        time = await self.stage.anvil.clock()
        await until(lambda: self.recorder.index.now() >= time)

    async def ticks(self) -> list[Operation]:
        """All that were accepted, the oldest first; those that can be are in a block."""
        found = (await self.recorder.operations(ACCOUNT)).items
        if self.mines:
            found = [await self.recorder.wait(each.id, PATIENCE) for each in found]
            await self.followed()
        return list(reversed(found))

    async def nudge(self) -> None:
        """A block, unless the chain stands still."""
        if self.mines:
            await self.stage.anvil.nudge()


async def until(holds: Callable[[], bool]) -> None:
    """Returns once something holds."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 -- polled by the recorder too
            await asyncio.sleep(0.02)


@asynccontextmanager
async def minutes_of(folder: Path, gap: int) -> AsyncIterator[Minutes]:
    """A new network that counts silences of more than ``gap`` seconds, 0 = none."""
    stage = await open_stage(folder / "net", outage_gap=gap)
    rpc = Rpc(HttpTransport(stage.anvil.rpc_url))
    made: list[Minutes] = []
    recorder = stage.recorder(folder / "db", rpc=rpc, nudge=lambda: made[0].nudge())
    made.append(Minutes(stage, recorder))
    await recorder.start()
    try:
        await made[0].followed()
        yield made[0]
    finally:
        await recorder.stop()
        await rpc.close()
        await close_stage(stage)


@pytest.fixture
async def minutes(tmp_path: Path) -> AsyncIterator[Minutes]:
    """A network that counts outages."""
    async with minutes_of(tmp_path, GAP) as made:
        yield made


class TestService:
    """Ticks of a service."""

    async def test_ticks__minute_after_minute__one_each(self, minutes: Minutes) -> None:
        ticking = Ticking(minutes.recorder, ADDRESSES["auditor"])
        # Registering the supplier was no act of procurement: the book was told of nothing since it was deployed.
        start = minutes.clock.last_tick
        await minutes.stage.anvil.advance_to(start + 59)
        await minutes.followed()
        await ticking.turn()
        assert await minutes.ticks() == []
        told = []
        for _ in range(3):
            await minutes.pass_by(60)
            for _ in range(3):
                await ticking.turn()
                await minutes.ticks()
            told.append(minutes.clock.last_tick)
        ticks = await minutes.ticks()
        assert [(each.state, each.actor, each.function) for each in ticks] == [
            ("recorded", ADDRESSES["auditor"], "tick")
        ] * 3
        times = [minutes.recorder.index.block_time(each.block or 0) for each in ticks]
        assert times == told, "each did what it is for"
        assert list(minutes.clock.outages) == []

    async def test_ticks__chain_stands_still__one_is_on_its_way(self, minutes: Minutes) -> None:
        await minutes.pass_by(60)
        minutes.mines = False
        for _ in range(3):  # and a service that is started again knows of it
            ticking = Ticking(minutes.recorder, ADDRESSES["auditor"])
            await ticking.turn()
            await ticking.turn()
        (tick,) = await minutes.ticks()
        assert not tick.is_final
        await minutes.pass_by(
            GAP
        )  # while the recorder cannot nudge: a tick it brought into a block now would be a minute old after
        minutes.mines = True
        await Ticking(minutes.recorder, ADDRESSES["auditor"]).turn()
        assert [each.state for each in await minutes.ticks()] == ["recorded"]

    async def test_ticks__somebody_else_was_quicker__go_on_a_minute_later(self, minutes: Minutes) -> None:
        ticking, anvil = Ticking(minutes.recorder, ADDRESSES["auditor"]), minutes.stage.anvil
        await minutes.pass_by(60)
        minutes.mines = False
        await ticking.turn()
        minutes.mines = True
        await send(
            anvil.rpc, minutes.stage.deployed.addresses, procedure_book.tick(), KEYS["citizen"], nudge=anvil.nudge
        )  # fmt: skip
        await minutes.followed()
        await ticking.turn()
        assert len(await minutes.ticks()) == 1
        await minutes.pass_by(60)
        await ticking.turn()
        assert [each.state for each in await minutes.ticks()] == ["recorded"] * 2
        assert minutes.clock.now - minutes.clock.last_tick < 60

    async def test_ticks__several_services_of_one_database__send_one(self, minutes: Minutes) -> None:
        services = [Ticking(minutes.recorder, ADDRESSES["auditor"]) for _ in range(4)]
        for count in (1, 2, 3):
            await minutes.pass_by(60)
            await asyncio.gather(*(each.turn() for each in services))
            assert len(await minutes.ticks()) == count

    async def test_ticks__after_a_silence__record_the_outage(self, minutes: Minutes) -> None:
        before = minutes.clock.last_tick
        await minutes.stage.anvil.advance_to(before + GAP + 1)
        await minutes.followed()
        await Ticking(minutes.recorder, ADDRESSES["auditor"]).turn()
        (tick,) = await minutes.ticks()
        assert list(minutes.clock.outages) == [
            Outage(before, minutes.recorder.index.block_time(tick.block or 0) or 0)
        ]

    async def test_ticks__network_that_counts_no_outages__none(self, tmp_path: Path) -> None:
        async with minutes_of(tmp_path, 0) as minutes:
            await minutes.pass_by(10 * DAY)
            await Ticking(minutes.recorder, ADDRESSES["auditor"]).turn()
            assert await minutes.ticks() == []


class ServedStage:
    """A stage as the service wants a network."""

    def __init__(self, minutes: Minutes, folder: Path) -> None:
        self._minutes = minutes
        self.folder = Folder(folder)
        self.deployment = Deployment.read(self.folder.deployment_json)
        self.descriptor = Descriptor(
            "dev", "anvil", "sandbox", CHAIN_ID, self.deployment.genesis_hash, 1, 1000, "rewind", ""
        )
        self.publication = Publication(CHAIN_ID)
        self.records: Mapping[str, PersonRecord] = {
            "auditor": PersonRecord("auditor", ADDRESSES["auditor"], "", ("OPERATOR",), new_token())
        }

    @asynccontextmanager
    async def recording(self) -> AsyncIterator[Recorder]:
        """The recorder that the test holds."""
        yield self._minutes.recorder


class TestApplication:
    """The service as it is put together."""

    @pytest.mark.parametrize(("operator", "count"), [("auditor", 1), ("", 0)])
    async def test_application__minute_after_its_start__has_ticked(
        self, minutes: Minutes, tmp_path: Path, operator: str, count: int
    ) -> None:
        app = create_app(Settings(comment_operator=operator), ServedStage(minutes, tmp_path / "net"))
        before = minutes.clock.last_tick
        async with app.router.lifespan_context(app):
            await minutes.pass_by(60)
            if count:
                await until(lambda: minutes.clock.last_tick > before)
            else:
                await asyncio.sleep(1)
            assert len(await minutes.ticks()) == count


class TestAgent:
    """Ticks of an operator agent."""

    async def test_tick__first_validator__is_sent_when_due_and_never_twice(self, minutes: Minutes) -> None:
        stage = minutes.stage
        rpc, at = stage.anvil.rpc, stage.deployed.addresses
        assert await self.tick(minutes, 0, 59) is False
        assert await self.tick(minutes, 0, 60) is True
        assert await self.tick(minutes, 0, 60) is False, "it is on its way"
        assert await rpc.call("txpool_status") == {"pending": "0x1", "queued": "0x0"}
        await stage.anvil.nudge()
        count, last = await read(rpc, at, procedure_book.outages())
        assert (count, last) == (0, await stage.anvil.clock())
        assert await self.tick(minutes, 0, 60) is True

    async def test_tick__further_validators__leave_it_to_those_before(self, minutes: Minutes) -> None:
        assert await self.tick(minutes, 1, 69) is False
        assert await self.tick(minutes, 3, 70) is False
        assert await self.tick(minutes, 1, 70) is True

    async def test_tick__no_validator__leaves_it_to_all(self, minutes: Minutes) -> None:
        assert await self.tick(minutes, None, 99) is False
        assert await self.tick(minutes, None, 100) is True

    async def test_tick__network_that_counts_no_outages__is_none(self, tmp_path: Path) -> None:
        async with minutes_of(tmp_path, 0) as minutes:
            assert await self.tick(minutes, 0, DAY) is False

    async def tick(self, minutes: Minutes, place: int | None, silent: int) -> bool:
        """A look of the agent of a validator so long after the last tick."""
        stage = minutes.stage
        rpc, at = stage.anvil.rpc, stage.deployed.addresses
        _, last = await read(rpc, at, procedure_book.outages())
        if await rpc.call("txpool_status") == {"pending": "0x0", "queued": "0x0"}:
            await stage.anvil.advance_to(last + silent)
        nodes = await read(rpc, at, validator_registry.validators())

        async def own() -> str:
            return ADDRESSES["citizen"] if place is None else nodes[place][0]

        return await tick_if_due(rpc, at, own, KEYS["citizen"])
