"""From a call to its receipt: read, preflight, send, deploy. The path of scripts and tests; the service has its recorder."""

from __future__ import annotations

import asyncio
import time as clock
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, overload

from chain.errors.base import LicitaError
from chain.errors.chain import GasOverCap, RevertUnexplained, TransactionNotMined
from chain.errors.nodes import RpcError
from chain.rpc import LOG_BLOCKS, Rpc, newest_block
from chain.transactions.codec import Addresses, Call, Read, address_in, checksum, result_of
from chain.transactions.gas import CREATION_GAS, MAX_GAS, gas_for
from chain.transactions.logs import decode_log_json, decode_revert
from chain.transactions.signing import address_of, sign, unsigned
from chain.types import Event

__all__ = [
    "Nudge",
    "Receipt",
    "at_time",
    "deploy",
    "logs_between",
    "logs_of",
    "mined",
    "preflight",
    "preflights",
    "read",
    "refusal_in",
    "refusal_kept",
    "send",
    "trial",
]

T = TypeVar("T")
Nudge: TypeAlias = Callable[[], Awaitable[object]]
"""Asks the node for a block now, where it makes none by itself."""

_PATIENCE = 60.0  # seconds to wait for a block: several periods of any profile
_TOO_MANY = -32_005  # Besu: more blocks than it gives in one answer
_FIRST_POLL, _LAST_POLL = 0.01, 0.25  # seconds, doubling


@dataclass(frozen=True)
class Receipt:
    """What a block says of a transaction that succeeded; ``created`` is the address of a deployed contract."""

    block: int
    time: int
    transaction: str
    gas_used: int
    events: tuple[Event, ...]
    created: str | None = None


def at_time(seconds: int) -> list[Any]:
    """The parameters of ``eth_call`` after the block: no state overrides, and the time the block is to have."""
    return [{}, {"time": hex(seconds)}]


def refusal_in(error: RpcError) -> Exception:
    """The contract's refusal that a node's error carries, else the error itself."""
    data = _bytes_in(error.data)
    if data is None or (not data and "revert" not in error.message.lower()):
        return error
    return decode_revert(data)


def refusal_kept(receipt: Mapping[str, Any]) -> LicitaError | None:
    """The contract's refusal that a node keeps in its receipt (``revertReason`` of Besu); None where it keeps none that says anything."""
    data = _bytes_in(receipt.get("revertReason"))
    return decode_revert(data) if data else None


def _bytes_in(value: object) -> bytes | None:
    """The bytes that a node writes as 0x data; None for anything else."""
    if not isinstance(value, str) or not value.startswith("0x"):
        return None
    try:
        return bytes.fromhex(value[2:])
    except ValueError:
        return None


@overload
async def read(rpc: Rpc, addresses: Addresses, call: Read[T], block: str | int = "latest") -> T: ...
@overload
async def read(rpc: Rpc, addresses: Addresses, call: Call, block: str | int = "latest") -> Any: ...
async def read(rpc: Rpc, addresses: Addresses, call: Call, block: str | int = "latest") -> Any:
    """The decoded answer of a view; a single output is unwrapped.

    Raises the contract's refusal, ContractNotDeployed, ResultInvalid, RpcError.
    """
    request = {"to": address_in(addresses, call.contract), "data": "0x" + call.data.hex()}
    answer = await _eth_call(rpc, request, block)
    return result_of(call, bytes.fromhex(answer[2:]))


async def preflight(
    rpc: Rpc, addresses: Addresses, call: Call, sender: str, gas: int, block: str | int = "pending"
) -> None:
    """Runs a call on the node as ``sender`` without sending it, at the earliest time the next block can have.

    An engine that knows no block overrides takes a time of its own. Raises the contract's refusal, RpcError.
    """
    await _eth_call(rpc, trial(addresses, call, sender, gas), block, await _earliest(rpc))


async def preflights(
    rpc: Rpc, trials: Sequence[Mapping[str, str]], block: str = "pending"
) -> list[Exception | None]:
    """As ``preflight``, of many in one request: for each the contract's refusal or its RpcError, None where there is none.

    Raises ChainUnreachable, RpcError where the node refuses the request as a whole.
    """
    at = [block, *at_time(await _earliest(rpc))]
    answers = await rpc.batch([("eth_call", [each, *at]) for each in trials])
    return [refusal_in(answer) if isinstance(answer, RpcError) else None for answer in answers]


async def _earliest(rpc: Rpc) -> int:
    """The earliest time that the next block can have."""
    head = await newest_block(rpc)
    return int(head["timestamp"], 16) + 1


async def send(
    rpc: Rpc,
    addresses: Addresses,
    call: Call,
    key: bytes,
    nonce: int | None = None,
    nudge: Nudge | None = None,
    patience: float = _PATIENCE,
) -> Receipt:
    """Signs, sends and waits for the block.

    ``nonce`` None asks the node for the next one; ``patience`` is in seconds. Raises the contract's refusal where the block
    holds the transaction as failed (from its receipt, else found by calling again at the parent block), TransactionNotMined, RpcError.
    """
    gas = gas_for(call)
    transaction = await _submit(rpc, address_in(addresses, call.contract), call.data, gas, key, nonce)
    receipt = await mined(rpc, transaction, nudge, patience)
    if int(receipt["status"], 16) == 0:
        raise await _why(rpc, trial(addresses, call, address_of(key), gas), receipt)
    return await _receipt(rpc, addresses, receipt)


async def deploy(
    rpc: Rpc,
    addresses: Addresses,
    code: bytes,
    key: bytes,
    nonce: int | None = None,
    nudge: Nudge | None = None,
    gas: int = CREATION_GAS,
    patience: float = _PATIENCE,
) -> Receipt:
    """Deploys creation bytecode (see ``creation``); events of contracts in ``addresses`` are decoded, its own among them.

    Raises what ``send`` raises, GasOverCap.
    """
    if gas > MAX_GAS:
        raise GasOverCap(gas, MAX_GAS)
    transaction = await _submit(rpc, None, code, gas, key, nonce)
    receipt = await mined(rpc, transaction, nudge, patience)
    if int(receipt["status"], 16) == 0:
        request = {"from": address_of(key), "data": "0x" + code.hex(), "gas": hex(gas), "gasPrice": "0x0"}
        raise await _why(rpc, request, receipt)
    return await _receipt(rpc, addresses, receipt)


async def mined(
    rpc: Rpc, transaction: str, nudge: Nudge | None = None, patience: float = _PATIENCE
) -> dict[str, Any]:
    """The node's receipt of a transaction, as JSON, once a block holds it. Raises TransactionNotMined, RpcError."""
    if nudge is not None:
        await nudge()
    end = clock.monotonic() + patience
    pause = _FIRST_POLL
    while True:
        receipt: dict[str, Any] | None = await rpc.call("eth_getTransactionReceipt", transaction)
        if receipt is not None:
            return receipt
        if clock.monotonic() >= end:
            raise TransactionNotMined(transaction, patience)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LAST_POLL)


def trial(addresses: Addresses, call: Call, sender: str, gas: int) -> dict[str, str]:
    """What ``eth_call`` is asked so that it does as the transaction would. Raises ContractNotDeployed, CallUnknown, CallInvalid."""
    to = address_in(addresses, call.contract)
    return {"from": sender, "to": to, "data": "0x" + call.data.hex(), "gas": hex(gas), "gasPrice": "0x0"}


async def logs_of(rpc: Rpc, address: str, topics: Sequence[Any]) -> list[dict[str, Any]]:
    """All logs of a contract, as the node's JSON in chain order; ``topics`` as of ``eth_getLogs``. Raises ChainUnreachable, RpcError."""
    wanted = {"address": address, "topics": topics}
    try:
        whole: list[dict[str, Any]] = await rpc.call(
            "eth_getLogs", {**wanted, "fromBlock": "0x0", "toBlock": "latest"}
        )
        return whole
    except RpcError as error:
        if error.code != _TOO_MANY:
            raise
    return await logs_between(rpc, wanted, 0, int(await rpc.call("eth_blockNumber"), 16))


async def logs_between(rpc: Rpc, wanted: Mapping[str, Any], first: int, last: int) -> list[dict[str, Any]]:
    """Logs in blocks ``first..last`` as the node's JSON in chain order, asked for in ranges that Besu answers; ``wanted``: the rest of a
    filter of ``eth_getLogs``. Raises ChainUnreachable, RpcError."""
    answers = await rpc.results([
        ("eth_getLogs", ({**wanted, "fromBlock": hex(low), "toBlock": hex(min(low + LOG_BLOCKS - 1, last))},))
        for low in range(first, last + 1, LOG_BLOCKS)
    ])  # fmt: skip
    return [log for each in answers for log in each]


async def _eth_call(rpc: Rpc, request: dict[str, str], block: str | int, time: int | None = None) -> str:
    at = [hex(block) if isinstance(block, int) else block, *([] if time is None else at_time(time))]
    try:
        return str(await rpc.call("eth_call", request, *at))
    except RpcError as error:
        raise refusal_in(error) from error


async def _submit(rpc: Rpc, to: str | None, data: bytes, gas: int, key: bytes, nonce: int | None) -> str:
    chain_id = int(await rpc.call("eth_chainId"), 16)
    if nonce is None:
        nonce = int(await rpc.call("eth_getTransactionCount", address_of(key), "pending"), 16)
    raw, transaction = sign(unsigned(nonce, to, data, gas, chain_id), key)
    await rpc.call("eth_sendRawTransaction", "0x" + raw.hex())
    return transaction


async def _why(rpc: Rpc, request: dict[str, str], receipt: dict[str, Any]) -> Exception:
    """Why a transaction failed: by the receipt of a node that keeps it, else by calling it again on the state before its block, which is
    inexact where that block held more."""
    if (refusal := refusal_kept(receipt)) is not None:
        return refusal
    block = int(receipt["blockNumber"], 16)
    header = await rpc.call("eth_getBlockByNumber", receipt["blockNumber"], False)
    for at in (hex(block - 1), "latest"):  # a node may keep no older state than the latest
        try:
            await rpc.call("eth_call", request, at, *at_time(int(header["timestamp"], 16)))
        except RpcError as error:
            again = refusal_in(error)
            if again is not error:
                return again
    return RevertUnexplained(receipt["transactionHash"], block)


async def _receipt(rpc: Rpc, addresses: Addresses, receipt: dict[str, Any]) -> Receipt:
    header = await rpc.call("eth_getBlockByNumber", receipt["blockNumber"], False)
    time = int(header["timestamp"], 16)
    contract_of = {address.lower(): contract for contract, address in addresses.items()}
    events = (decode_log_json(contract_of, log, time) for log in receipt["logs"])
    created = receipt["contractAddress"]
    return Receipt(
        int(receipt["blockNumber"], 16),
        time,
        receipt["transactionHash"].lower(),
        int(receipt["gasUsed"], 16),
        tuple(event for event in events if event is not None),
        checksum(created) if created else None,
    )
