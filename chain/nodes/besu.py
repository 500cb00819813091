"""Hyperledger Besu with QBFT, asked over JSON-RPC: who validates, and the node's own votes.

Relied upon (Besu 25.12, recorded chain of tests/data/qbft):

- ``qbft_getValidatorsByBlockNumber(n)`` is the list in header n; the vote that completes a majority stands in a header with the old
  list, the next one has the new list.
- ``qbft_getPendingVotes`` are the node's own proposals, not the tally. They live in memory, are gone after a restart, and stay after
  they were carried: then Besu passes over them, until the set changes back.
- A proposal on an address replaces the earlier one on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from eth_hash.auto import keccak

from chain.errors.nodes import ChainUnreachable, EngineCannotVote, RpcError
from chain.errors.operator import QbftClosed
from chain.rpc import Rpc
from chain.transactions import checksum

__all__ = ["EPOCH", "BesuClient"]

EPOCH = 30_000
"""Blocks between two that clear the tally of votes (``epochlength``)."""

_UNKNOWN, _CLOSED = -32_601, -32_604  # JSON-RPC: no such method; Besu: method not enabled


class BesuClient:
    """The voting and the permission part of a running node (chain.nodes.Voting). Raises ChainUnreachable, RpcError besides what is said."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def address(self) -> str:
        """The node's address, from the public key in its enode."""
        enode = await self._rpc.call("net_enode")
        key = urlsplit(enode).username if isinstance(enode, str) else None
        try:
            raw = bytes.fromhex(key or "")
        except ValueError:
            raw = b""
        if len(raw) != 64:
            raise self._unreadable("net_enode", enode)
        return checksum("0x" + bytes(keccak(raw))[12:].hex())

    async def validators(self, block: int) -> Sequence[str]:
        """The validators in the header of this block, ascending. Raises EngineCannotVote, QbftClosed."""
        answer = await self._call("qbft_getValidatorsByBlockNumber", hex(block))
        if not isinstance(answer, list):
            raise self._unreadable("qbft_getValidatorsByBlockNumber", answer)
        return [self._address("qbft_getValidatorsByBlockNumber", each) for each in answer]

    async def is_validator(self, block: int) -> bool:
        """Whether it is among them. Raises EngineCannotVote, QbftClosed."""
        return await self.address() in await self.validators(block)

    async def propose_vote(self, address: str, add: bool) -> None:
        """Votes for adding or dropping a validator. Raises EngineCannotVote, QbftClosed."""
        await self._call("qbft_proposeValidatorVote", address.lower(), add)

    async def discard_vote(self, address: str) -> None:
        """Takes its vote back. Raises EngineCannotVote, QbftClosed."""
        await self._call("qbft_discardValidatorVote", address.lower())

    async def pending_votes(self) -> Mapping[str, bool]:
        """Its own proposals. Raises EngineCannotVote, QbftClosed."""
        answer = await self._call("qbft_getPendingVotes")
        if not isinstance(answer, dict) or not all(isinstance(add, bool) for add in answer.values()):
            raise self._unreadable("qbft_getPendingVotes", answer)
        return {self._address("qbft_getPendingVotes", node): add for node, add in answer.items()}

    async def reload_permissions(self) -> None:
        """Has the node read its permission file again."""
        await self._rpc.call("perm_reloadPermissionsFromFile")

    async def permitted(self) -> tuple[Sequence[str], Sequence[str]]:
        """The enodes and the accounts that it lets in now."""
        nodes = await self._texts("perm_getNodesAllowlist")
        return nodes, await self._texts("perm_getAccountsAllowlist")

    async def _texts(self, method: str) -> list[str]:
        answer = await self._rpc.call(method)
        if not isinstance(answer, list) or not all(isinstance(each, str) for each in answer):
            raise self._unreadable(method, answer)
        return answer

    async def _call(self, method: str, *params: Any) -> Any:
        try:
            return await self._rpc.call(method, *params)
        except RpcError as error:
            if error.code == _CLOSED:
                raise QbftClosed(self._rpc.url) from error
            if error.code == _UNKNOWN:
                raise EngineCannotVote(str(await self._rpc.call("web3_clientVersion"))) from error
            raise

    def _address(self, method: str, value: Any) -> str:
        if isinstance(value, str) and len(value) == 42:
            try:
                return checksum(value)
            except ValueError:
                pass
        raise self._unreadable(method, value)

    def _unreadable(self, method: str, answer: Any) -> ChainUnreachable:
        return ChainUnreachable(self._rpc.url, f"{method}: unreadable answer {str(answer)[:80]}")
