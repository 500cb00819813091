"""Which nodes and accounts a Besu node should let in: lists derived from the registries, and its permission file brought into line.

The lists are each node's own, not consensus: contracts check every role themselves. They keep strangers from a node's pool and peers.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from eth_hash.auto import keccak

from chain.errors.base import LicitaError
from chain.errors.permissions import EnodeInvalid, PermissionsNotTaken, PermissionsUnsafe
from chain.errors.service import IndexBehind
from chain.nodes.folder import read_file, write_atomic
from chain.recorder import Index
from chain.recorder.index.council_views import NodeRow
from chain.recorder.index.views import MemberRow, PersonRow, SupplierRow, every
from chain.rpc import Rpc
from chain.types import NodeKind, to_hex

__all__ = ["Gate", "Permissions", "apply", "desired", "from_index", "keep", "node_key", "read_static"]


_MAX_LAG = 10  # blocks that an index may be behind its node


@dataclass(frozen=True)
class Permissions:
    """Sorted. ``nodes``: enode URLs with IP addresses; ``accounts``: lower-case addresses; ``unnamed``: keys of permitted validators whose
    enode is not known here; ``foreign``: static nodes that nobody permitted."""

    nodes: tuple[str, ...]
    accounts: tuple[str, ...]
    unnamed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Besu's permission file: TOML with both lists."""
        lines = [
            f"{name}={json.dumps(list(values))}"
            for name, values in (("nodes-allowlist", self.nodes), ("accounts-allowlist", self.accounts))
        ]
        return "\n".join(lines) + "\n"

    def require_safe(self) -> None:
        """Raises PermissionsUnsafe where a Besu with these lists would not start, or would let nobody in."""
        if not self.nodes or not self.accounts:
            raise PermissionsUnsafe("a list is empty", ())
        if self.unnamed:
            raise PermissionsUnsafe("a permitted validator has no enode among the static nodes", self.unnamed)
        if self.foreign:
            raise PermissionsUnsafe("a static node is not permitted", self.foreign)


class Gate(Protocol):
    """The permission part of a running node (chain.nodes.besu.BesuClient)."""

    async def reload_permissions(self) -> None:
        """Reads its permission file again."""

    async def permitted(self) -> tuple[Sequence[str], Sequence[str]]:
        """The nodes and the accounts that it lets in now."""


def node_key(enode: str) -> bytes:
    """Key of a node in NetworkPermissions: keccak256 of its public key. Raises EnodeInvalid; the host must be an IP address."""
    parts = urlsplit(enode)
    try:
        raw = bytes.fromhex(parts.username or "")
        ipaddress.ip_address(parts.hostname or "")
        sound = parts.scheme == "enode" and len(raw) == 64 and parts.port is not None
    except ValueError:
        sound = False
    if not sound:
        raise EnodeInvalid(enode[:200])
    return bytes(keccak(raw))


def read_static(path: Path) -> list[str]:
    """The enodes of a static-nodes.json. Raises EnodeInvalid."""
    data = read_file(path)
    try:
        listed = json.loads(data) if data is not None else []
    except ValueError as error:
        raise EnodeInvalid(str(path)) from error
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise EnodeInvalid(str(path))
    return listed


def desired(
    members: Iterable[tuple[MemberRow, Sequence[PersonRow]]],
    suppliers: Iterable[SupplierRow],
    nodes: Iterable[NodeRow],
    enodes: Sequence[str],
    now: int,
) -> Permissions:
    """The lists at a time: people of active members whose mandate runs, accounts of active suppliers, permitted nodes by their enodes.

    Who submitted a sealed application is one of these already. Raises EnodeInvalid.
    """
    accounts = {
        person.address.lower()
        for member, people in members
        for person in people
        if not member.left
        and now >= member.suspended_until
        and person.suspended_until <= now < person.mandate_end
    }
    accounts |= {
        account.lower() for supplier in suppliers if supplier.active for account in supplier.accounts
    }
    known = {to_hex(node_key(enode)): enode for enode in enodes}
    permitted = {node.key: node for node in nodes}
    unnamed = [key for key, node in permitted.items() if node.kind == NodeKind.VALIDATOR and key not in known]
    foreign = [enode for key, enode in known.items() if key not in permitted]
    named = [known[key] for key in permitted if key in known]
    return Permissions(
        tuple(sorted(named)), tuple(sorted(accounts)), tuple(sorted(unnamed)), tuple(sorted(foreign))
    )


def from_index(index: Index, enodes: Sequence[str]) -> Permissions:
    """The lists at the head of an index. Raises EnodeInvalid and the refusals of chain.recorder's reads."""
    members = ((member, index.people(member.id)) for member in every(index.members))
    return desired(members, every(index.suppliers), index.council.nodes(), enodes, index.now())


async def keep(index: Index, static: Path, path: Path, rpc: Rpc, gate: Gate) -> bool:
    """Brings a node's permission file into line with the registries, as ``apply``. ``static``: its static-nodes.json.

    Raises IndexBehind where the index is not at the node's head: it would shut out who was admitted since. Besides, as ``from_index``
    and ``apply``.
    """
    head = await asyncio.to_thread(index.head)
    lag = int(await rpc.call("eth_blockNumber"), 16) - (-1 if head is None else head.block)
    if lag > _MAX_LAG:
        raise IndexBehind(_MAX_LAG, lag)
    wanted = await asyncio.to_thread(lambda: from_index(index, read_static(static)))
    return await apply(wanted, path, gate)


async def apply(wanted: Permissions, path: Path, gate: Gate) -> bool:
    """Brings a node's permission file into line and has it read again; False where it was so already.

    What the node then says it lets in must be these lists: else the old file returns. Raises PermissionsUnsafe, PermissionsNotTaken,
    ChainUnreachable, RpcError.
    """
    wanted.require_safe()
    before = read_file(path)
    text = wanted.text.encode()
    if before == text and await _is(wanted, gate):
        return False
    write_atomic(path, text)
    try:
        await gate.reload_permissions()
        if not await _is(wanted, gate):
            raise PermissionsNotTaken(str(path))
    except LicitaError:
        if before is not None:
            write_atomic(path, before)
            await gate.reload_permissions()
        raise
    return True


async def _is(wanted: Permissions, gate: Gate) -> bool:
    nodes, accounts = await gate.permitted()
    return sorted(nodes) == list(wanted.nodes) and sorted(each.lower() for each in accounts) == list(
        wanted.accounts
    )
