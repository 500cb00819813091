"""`licita validator`: the set that the council decided, the engine's, the proof that they are one, and the agent that makes them so."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from chain.errors.nodes import EngineCannotVote
from chain.errors.operator import AgentKeyMissing, NodeUnnamed
from chain.network import Network
from chain.nodes.besu import EPOCH, BesuClient
from chain.nodes.folder import Folder
from chain.nodes.keys import KeyStore
from chain.output import as_json, exits_by_name, say, table, until_stopped
from chain.rpc import HttpTransport, Rpc
from chain.rules.validators import by_address
from chain.transactions import Addresses
from chain.types import to_hex
from governance.operator import Agent, Entry, decide, prove, read_facts, require_own
from governance.permissions import from_index, keep, read_static
from governance.ticking import tick_if_due
from governance.validator_facts import Decisions

__all__ = ["validator"]

T = TypeVar("T")
_STATIC = "static-nodes.json"

_folder = click.option(
    "--network", "folder", default="networks/dev", show_default=True, type=Path, help="Network folder."
)
_rpc = click.option(
    "--rpc",
    "url",
    default="",
    help="RPC of the node. Default: the folder's own, or the one in its network.toml.",
)
_epoch = click.option(
    "--epoch",
    default=EPOCH,
    show_default=True,
    type=click.IntRange(min=1),
    help="Blocks of an epoch (genesis.json).",
)
_static = click.option(
    "--static", type=Path, help="static-nodes.json with the enodes. Default: the folder's own."
)
_json = click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")


@click.group()
def validator() -> None:
    """Validators: what the council decided, what the engine does, and the agent between the two."""


@validator.command("list")
@_folder
@_rpc
@_epoch
@_json
@exits_by_name
def validator_list(folder: Path, url: str, epoch: int, wants_json: bool) -> None:
    """Show the decided set, whether it is proved, the engine's set, and the node's own votes."""
    found = _asked(_joined(folder, url), lambda rpc, addresses: _overview(rpc, addresses, epoch))
    if wants_json:
        as_json(found)
        return
    state = "proved" if found["proved"] else "not proved yet"
    say(f"resolution {found['seq']}, {state}, as of block {found['block']}")
    rows = [
        (each["validator"], each["member"], each["decided"], each["engine"], each["vote"])
        for each in found["validators"]
    ]
    table(
        ("validator", "member", "decided", "engine", "vote"),
        [["" if cell is None else cell for cell in row] for row in rows],
    )
    for alarm in found["alarms"]:
        say(f"{alarm['name']}: {alarm['reason']}")
    if found["note"]:
        say(found["note"])


@validator.command("prove")
@click.option("--as", "name", default="", help="Key of the folder's keys/ that sends the proof; anyone may.")
@_folder
@_rpc
@exits_by_name
def validator_prove(name: str, folder: Path, url: str) -> None:
    """Prove from the head's header that the engine's set is the decided one."""
    if not name:
        raise AgentKeyMissing()
    key = KeyStore(Folder(folder).keys).load(name).secret
    seq, block = _asked(_joined(folder, url), lambda rpc, addresses: _prove(rpc, addresses, key))
    say(f"resolution {seq} is proved, in block {block}")


@validator.command("agent")
@click.option(
    "--as",
    "name",
    default="",
    help="Key of the folder's keys/ that sends proofs and ticks. Default: others send them.",
)
@click.option(
    "--every",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=0.05),
    help="Seconds between two looks; less than a block.",
)
@click.option("--once", is_flag=True, help="One look and what it asks for, then end.")
@click.option(
    "--permissions", type=Path, help="Permission file of the own Besu to keep in line. Default: none."
)
@_static
@_folder
@_rpc
@_epoch
@exits_by_name
def validator_agent(
    name: str,
    every: float,
    once: bool,
    permissions: Path | None,
    static: Path | None,
    folder: Path,
    url: str,
    epoch: int,
) -> None:
    """Vote on the own node as the council decided, until Ctrl-C; one JSON line on standard output for each act and each alarm."""
    key = KeyStore(Folder(folder).keys).load(name).secret if name else None
    url = _named(folder, url)
    require_own(url)
    joined = _joined(folder, url)

    index = Network.index_of(folder) if permissions is not None else None

    async def work(rpc: Rpc, addresses: Addresses) -> None:
        besu = BesuClient(rpc)

        async def permit() -> bool:
            assert index is not None and permissions is not None
            return await keep(index, static or folder / _STATIC, permissions, rpc, besu)

        agent = Agent(
            rpc,
            besu,
            addresses,
            report=_print,
            key=key,
            epoch=epoch,
            permit=None if index is None else permit,
            tick=None if key is None else partial(tick_if_due, rpc, addresses, besu.address, key),
        )
        await (agent.step() if once else agent.run(every))

    with until_stopped():
        _asked(joined, work)


@validator.command("permits")
@_static
@click.option("--file", "file", type=Path, help="Permission file of the own Besu to bring into line.")
@_folder
@_rpc
@_json
@exits_by_name
def validator_permits(
    static: Path | None, file: Path | None, folder: Path, url: str, wants_json: bool
) -> None:
    """Show which nodes and accounts the registries permit; with --file, have the own node let in exactly these."""
    index, static = Network.index_of(folder), static or folder / _STATIC
    if file is not None:
        own = _named(folder, url)
        require_own(own)
        work = partial(keep, index, static, file)
        changed = _asked((own, {}), lambda rpc, _: work(rpc, BesuClient(rpc)))
        say(f"{file}: {'brought into line' if changed else 'in line already'}")
        return
    wanted = from_index(index, read_static(static))
    if wants_json:
        as_json(
            {
                "nodes": wanted.nodes,
                "accounts": wanted.accounts,
                "unnamed": wanted.unnamed,
                "foreign": wanted.foreign,
            }
        )
    else:
        say(wanted.text.rstrip())
        for key in wanted.unnamed:
            say(f"permitted validator without an enode: {key}")
        for enode in wanted.foreign:
            say(f"static node that nobody permitted: {enode}")


def _named(folder: Path, url: str) -> str:
    """The node that is meant. Raises NodeUnnamed, NetworkAbsent, NetworkFileWrong."""
    url = url or Network.running_url(folder) or Folder(folder).descriptor().rpc
    if not url:
        raise NodeUnnamed(str(folder))
    return url


def _joined(folder: Path, url: str) -> tuple[str, Addresses]:
    """The node's URL and the contracts' addresses, once the node proved to be of this network.

    Raises NodeUnnamed and what ``Network.connect`` raises.
    """
    url = _named(folder, url)
    with Network.connect(url, folder) as net:
        return url, net.deployment.addresses


def _asked(joined: tuple[str, Addresses], work: Callable[[Rpc, Addresses], Awaitable[T]]) -> T:
    """What the work on the node answers."""
    url, addresses = joined

    async def run() -> T:
        rpc = Rpc(HttpTransport(url))
        try:
            return await work(rpc, addresses)
        finally:
            await rpc.close()

    return asyncio.run(run())


async def _overview(rpc: Rpc, addresses: Addresses, epoch: int) -> dict[str, Any]:
    facts = await read_facts(
        rpc, BesuClient(rpc), addresses, Decisions(rpc, addresses), epoch=epoch, prover=False
    )
    decision = decide(facts)
    members = {each.node: to_hex(each.member) for each in facts.registry.validators}
    actual = facts.engine.validators if facts.engine else None
    votes = facts.engine.votes if facts.engine else {}
    nodes = sorted({*members, *(actual or ()), *votes}, key=by_address)
    return {
        "seq": facts.registry.seq, "proved": facts.registry.proved, "block": facts.block,
        "validators": [
            {
                "validator": node, "member": members.get(node), "decided": node in members,
                "engine": None if actual is None else node in actual,
                "vote": {True: "add", False: "drop", None: None}[votes.get(node)],
            }
            for node in nodes
        ],
        "alarms": [{"name": str(alarm.kind), "reason": alarm.reason} for alarm in decision.alarms],
        "note": decision.note,
    }  # fmt: skip


async def _prove(rpc: Rpc, addresses: Addresses, key: bytes) -> tuple[int, int]:
    facts = await read_facts(rpc, BesuClient(rpc), addresses, Decisions(rpc, addresses), prover=False)
    if facts.engine is None:
        raise EngineCannotVote(str(await rpc.call("web3_clientVersion")))
    return facts.registry.seq, await prove(rpc, addresses, facts.registry.seq, facts.block, key)


def _print(entry: Entry) -> None:
    sys.stdout.write(json.dumps(entry.to_json(), ensure_ascii=False) + "\n")
    sys.stdout.flush()
