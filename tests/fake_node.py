"""A node in memory behind the public ``Transport`` seam: nonces, blocks, receipts, and whatever a bad network does to a request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson
from eth_hash.auto import keccak

from chain.recorder import Deployed
from chain.rlp import decode, decode_int
from chain.transactions import sender_of

CHAIN_ID = 31_337
CODE = bytes.fromhex("6001")
BOARD = "0x00000000000000000000000000000000000000B0"

Fault = Callable[[list[dict[str, Any]]], str]
"""Looks at a request's calls and says what becomes of it: ok, drop, lost-answer, double, reorder, wrong-hash."""


def fine(calls: list[dict[str, Any]]) -> str:
    """No fault."""
    return "ok"


class FakeNode:
    """A chain of one contract without code: every transaction is in a block once its nonce is next; ``reverts`` decides its status,
    and ``kept`` is what its receipt says of that."""

    def __init__(self, fault: Fault = fine, salt: str = "") -> None:
        self.fault = fault
        self.salt = salt
        self.down = False
        self.reverts: Callable[[bytes], bool] = lambda data: False
        self.revert_data = ""
        self.kept: Any = None
        self.pool: dict[tuple[str, int], bytes] = {}
        self.nonces: dict[str, int] = {}
        self.blocks: list[dict[str, Any]] = []
        self.receipts: list[list[dict[str, Any]]] = []
        self.received: list[bytes] = []
        self.mine()

    # Transport

    async def send(self, body: bytes) -> bytes:
        """See chain.rpc.Transport."""
        if self.down:
            raise OSError("the node is away")
        given = orjson.loads(body)
        calls = given if isinstance(given, list) else [given]
        fault = self.fault(calls)
        if fault == "drop":
            raise OSError("dropped")
        if fault == "reorder":
            calls = calls[::-1]
        answers = [self._answer(call, fault) for call in calls]
        if fault == "double":
            answers += [self._answer(call, fault) for call in calls]
        if fault == "lost-answer":
            raise OSError("the answer was lost")
        return orjson.dumps(answers if isinstance(given, list) else answers[0])

    async def close(self) -> None:
        """See chain.rpc.Transport."""

    # The chain

    @property
    def deployed(self) -> Deployed:
        """What a recorder is told of it."""
        return Deployed(
            CHAIN_ID,
            self.blocks[0]["hash"],
            {"TenderBoard": BOARD},
            {"TenderBoard": keccak(CODE)},
            0,
            period=0.02,
        )

    async def nudge(self) -> None:
        """One block."""
        if self.down:
            raise OSError("the node is away")
        self.mine()

    def mine(self) -> None:
        """A block of all transactions whose turn it is."""
        number = len(self.blocks)
        parent = self.blocks[-1]["hash"] if self.blocks else "0x" + "00" * 32
        taken = self._taken()
        seed = f"{number}{parent}{self.salt}{[tx['hash'] for tx in taken]}"
        block_hash = "0x" + hashlib.sha256(seed.encode()).hexdigest()
        block = {
            "number": hex(number), "hash": block_hash, "parentHash": parent, "timestamp": hex(1_000 + number), "transactions": taken
        }  # fmt: skip
        self.blocks.append(block)
        self.receipts.append([
            {
                "blockHash": block_hash, "transactionHash": tx["hash"], "transactionIndex": hex(index), "logs": [],
                "revertReason": self.kept, "status": "0x0" if self.reverts(bytes.fromhex(tx["input"][2:])) else "0x1",
            }
            for index, tx in enumerate(taken)
        ])  # fmt: skip

    def cut(self, length: int) -> None:
        """Loses the blocks from ``length`` on, and the pool."""
        for block in self.blocks[length:]:
            for tx in block["transactions"]:
                self.nonces[tx["from"]] = min(self.nonces[tx["from"]], int(tx["nonce"], 16))
        del self.blocks[length:], self.receipts[length:]
        self.pool.clear()

    async def remake(self, blocks: Sequence[tuple[int, Sequence[bytes]]]) -> None:
        """Lost blocks again, as chain.nodes.anvil makes them."""
        for moment, transactions in blocks:
            for raw in transactions:
                with suppress(ValueError):
                    self.submit(raw)
            if moment > int(self.blocks[-1]["timestamp"], 16):
                self.mine()

    @property
    def hashes(self) -> list[str]:
        """Transactions in blocks, in order."""
        return [tx["hash"] for block in self.blocks for tx in block["transactions"]]

    def submit(self, raw: bytes) -> str:
        """A transaction into the pool; one of a used nonce is refused, one of a waiting nonce replaces it."""
        sender, nonce = sender_of(raw), _fields(raw)[0]
        if nonce < self.nonces.get(sender, 0):
            raise ValueError("nonce too low")
        self.pool[sender, nonce] = raw
        return "0x" + keccak(raw).hex()

    def _taken(self) -> list[dict[str, Any]]:
        taken: list[dict[str, Any]] = []
        for sender, nonce in sorted(self.pool):
            if nonce == self.nonces.get(sender, 0):
                raw = self.pool.pop((sender, nonce))
                self.nonces[sender] = nonce + 1
                _, gas, to, data = _fields(raw)
                taken.append({
                    "hash": "0x" + keccak(raw).hex(), "from": sender, "nonce": hex(nonce), "to": to, "gas": hex(gas),
                    "input": "0x" + data.hex(),
                })  # fmt: skip
        return taken

    # JSON-RPC

    def _answer(self, call: Mapping[str, Any], fault: str) -> dict[str, Any]:
        try:
            result = getattr(self, call["method"])(*call["params"])
        except ValueError as error:
            return {
                "id": call["id"],
                "error": {"code": -32000, "message": str(error), "data": self.revert_data or None},
            }
        if fault == "wrong-hash" and call["method"] == "eth_sendRawTransaction":
            result = "0x" + "ab" * 32
        return {"id": call["id"], "result": result}

    def eth_chainId(self) -> str:
        return hex(CHAIN_ID)

    def eth_blockNumber(self) -> str:
        return hex(len(self.blocks) - 1)

    def eth_getBlockByNumber(self, number: str, full: bool) -> dict[str, Any] | None:
        if number == "latest":
            return self.blocks[-1]
        return self.blocks[int(number, 16)] if int(number, 16) < len(self.blocks) else None

    def eth_getBlockReceipts(self, number: str) -> list[dict[str, Any]] | None:
        return self.receipts[int(number, 16)] if int(number, 16) < len(self.blocks) else None

    def eth_getCode(self, address: str, block: str) -> str:
        return "0x" + CODE.hex()

    def eth_getTransactionCount(self, address: str, block: str) -> str:
        return hex(self.nonces.get(address, 0))

    def eth_sendRawTransaction(self, raw: str) -> str:
        self.received.append(bytes.fromhex(raw[2:]))
        return self.submit(self.received[-1])

    def eth_call(self, request: Mapping[str, str], block: str, *overrides: Any) -> str:
        if self.reverts(bytes.fromhex(request["data"][2:])):
            raise ValueError("execution reverted")
        return "0x"


def _fields(raw: bytes) -> tuple[int, int, str, bytes]:
    """Nonce, gas, receiver, data."""
    items = decode(raw)
    nonce, _, gas, to, _, data = items[:6]  # type: ignore[misc]
    return decode_int(nonce), decode_int(gas), "0x" + to.hex(), data  # type: ignore[arg-type, union-attr, return-value]
