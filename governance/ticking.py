"""The operator agents' ticks: they tell the network that it is there where no service and no act of procurement does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from chain.bindings import procedure_book, validator_registry
from chain.errors.chain import TransactionNotMined
from chain.procurement.ticks import due_tick
from chain.rpc import Rpc, newest_block
from chain.rules.deadlines import Clock
from chain.transactions import Addresses, Nudge, address_of, read, send

__all__ = ["tick_if_due"]

_STEP = 10
"""Seconds that each further validator by address leaves to those before it: so that one tick does it and a dead agent holds nobody up."""


async def tick_if_due(
    rpc: Rpc, addresses: Addresses, own: Callable[[], Awaitable[str]], key: bytes, nudge: Nudge | None = None
) -> bool:
    """Sends ``ProcedureBook.tick`` with ``key`` where one is due by the time of blocks, unless a transaction of it is on its way; says
    whether it did. ``own`` answers the own validator's address. No block is waited for: votes do not wait for a tick.

    Raises ContractNotDeployed, ResultInvalid, ChainUnreachable, RpcError.
    """
    gap = await read(rpc, addresses, procedure_book.outage_gap())
    head = await newest_block(rpc)
    _, last_tick = await read(rpc, addresses, procedure_book.outages(), int(head["number"], 16))
    clock = Clock(int(head["timestamp"], 16), gap, last_tick)
    if due_tick(clock) is None:
        return False
    call = due_tick(clock, _STEP * await _place(rpc, addresses, own))
    if call is None:
        return False
    used, taken = [
        int(await rpc.call("eth_getTransactionCount", address_of(key), at), 16)
        for at in ("latest", "pending")
    ]
    if used != taken:
        return False
    with suppress(TransactionNotMined):
        await send(rpc, addresses, call, key, used, nudge, patience=0)
    return True


async def _place(rpc: Rpc, addresses: Addresses, own: Callable[[], Awaitable[str]]) -> int:
    """Place of the own validator in the set that was decided, the last for one that is not in it."""
    nodes = [node for node, _ in await read(rpc, addresses, validator_registry.validators())]
    address = await own()
    return nodes.index(address) if address in nodes else len(nodes)
