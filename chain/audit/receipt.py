"""The body of a block: its transactions, receipts and logs, proved by the header's two roots and its bloom.

Input is the JSON of ``eth_getBlockByNumber(n, true)`` and ``eth_getBlockReceipts``. Receipts after EIP-658 and EIP-2718, blooms
after the Ethereum Yellow Paper 4.3.1. Fields that the header does not prove (``revertReason``, ``blobGasPrice``) are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from eth_hash.auto import keccak

from chain import rlp
from chain.audit.header import HashOf, Header
from chain.audit.place import NOWHERE, Fields, Place, data
from chain.audit.transaction import Transaction, transaction_from_json
from chain.audit.trie import ordered_root

__all__ = [
    "Log",
    "Receipt",
    "Verified",
    "bloom_of",
    "receipt_from_json",
    "receipts_root",
    "transactions_root",
    "verify_body",
]

MAX_TOPICS = 4


@dataclass(frozen=True, slots=True)
class Log:
    """One event: the emitting contract (20 bytes), 0 to 4 topics (32 bytes each), ABI-encoded data."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a transaction did: ``cumulative_gas`` is the gas used in the block up to and with it."""

    type: int
    succeeded: bool
    cumulative_gas: int
    logs: tuple[Log, ...]

    def bloom(self) -> bytes:
        """The filter (256 bytes) over its logs."""
        return bloom_of(self.logs)

    def rlp(self) -> bytes:
        """What the receipts trie holds: the RLP list, after the type byte where it has one."""
        logs: rlp.Encodable = [[log.address, log.topics, log.data] for log in self.logs]
        fields: rlp.Encodable = [
            rlp.encode_int(self.succeeded),
            rlp.encode_int(self.cumulative_gas),
            self.bloom(),
            logs,
        ]
        return (bytes((self.type,)) if self.type else b"") + rlp.encode(fields)

    def json(self) -> dict[str, object]:
        """The fields of a node's JSON that the receipts trie holds."""
        logs = [
            {"address": data(x.address), "topics": [data(t) for t in x.topics], "data": data(x.data)}
            for x in self.logs
        ]
        gas = hex(self.cumulative_gas)
        return {
            "status": hex(self.succeeded),
            "cumulativeGasUsed": gas,
            "logsBloom": data(self.bloom()),
            "logs": logs,
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """One transaction of a block and its receipt, both proved; ``first_log`` is the index in the block of its first log."""

    index: int
    transaction: Transaction
    receipt: Receipt
    first_log: int


@lru_cache(maxsize=4096)
def _bits(value: bytes) -> int:
    """The three bits (as a 2048-bit integer) that an address or topic sets."""
    digest = keccak(value)
    return reduce(or_, (1 << (int.from_bytes(digest[i : i + 2], "big") & 2047) for i in (0, 2, 4)))


def bloom_of(logs: Iterable[Log]) -> bytes:
    """The filter (256 bytes) over the addresses and topics of logs."""
    bits = 0
    for log in logs:
        for value in (log.address, *log.topics):
            bits |= _bits(value)
    return bits.to_bytes(256, "big")


def transactions_root(transactions: Sequence[Transaction]) -> bytes:
    """The root of the trie over a block's transactions."""
    return ordered_root([transaction.rlp() for transaction in transactions])


def receipts_root(receipts: Sequence[Receipt]) -> bytes:
    """The root of the trie over a block's receipts."""
    return ordered_root([receipt.rlp() for receipt in receipts])


@dataclass(frozen=True, slots=True)
class _Block:
    """What every part of a body repeats about its block."""

    header: Header
    hash: bytes
    chain_id: int

    def check(self, fields: Fields, index: int) -> None:
        """Check the block's hash, number and time, and the transaction's index, where a part states them."""
        fields.same("blockHash", self.hash)
        fields.same("blockNumber", self.header.number)
        fields.same("transactionIndex", index)
        if not isinstance(fields.value("blockTimestamp"), int):
            fields.same_where_present("blockTimestamp", self.header.timestamp)
        elif fields.value("blockTimestamp") != self.header.timestamp:  # anvil writes a number in receipts
            raise fields.refusal("blockTimestamp", self.header.timestamp, fields.value("blockTimestamp"))


def verify_body(
    header: Header,
    transactions: object,
    receipts: object,
    chain_id: int,
    block_hash: HashOf = Header.hash,
    place: Place = NOWHERE,
) -> tuple[Verified, ...]:
    """Every transaction and receipt of a verified header, from a node's JSON lists.

    Checked: hashes, senders, chain id, each repeated field, created addresses, prices, gas, log indexes, blooms, both roots.
    Raises ``AuditRefusal`` with rule ``transaction-...``, ``receipt-...``, ``log-...``, ``transactions-root``, ``receipts-root``,
    ``logs-bloom`` or ``gas-used``; its place is ``transactions/i/...`` or ``receipts/i/...``.
    """
    place = place.of(header.number)
    block = _Block(header, block_hash(header), chain_id)
    body = Fields({"transactions": transactions, "receipts": receipts}, "body", place)
    sent = [
        _transaction(item, i, block, place.at("transactions", i))
        for i, item in enumerate(body.items("transactions"))
    ]
    entries = body.items("receipts")
    if len(entries) != len(sent):
        raise place.at("receipts").refusal("receipt-count", len(sent), len(entries))
    _same_root(transactions_root(sent), header.transactions_root, "transactions-root", place)
    proved: list[Verified] = []
    gas, logs = 0, 0
    for i, (entry, transaction) in enumerate(zip(entries, sent, strict=True)):
        receipt = receipt_from_json(entry, transaction.type, place.at("receipts", i))
        one = Verified(i, transaction, receipt, logs)
        _check_repeated(entry, one, gas, block, place.at("receipts", i))
        proved.append(one)
        gas, logs = receipt.cumulative_gas, logs + len(receipt.logs)
    _same_root(receipts_root([one.receipt for one in proved]), header.receipts_root, "receipts-root", place)
    bloom = bloom_of(log for one in proved for log in one.receipt.logs)
    if bloom != header.logs_bloom:
        raise place.refusal("logs-bloom", header.logs_bloom, bloom)
    if gas != header.gas_used:
        raise place.refusal("gas-used", header.gas_used, gas)
    return tuple(proved)


def receipt_from_json(value: object, kind: int, place: Place = NOWHERE) -> Receipt:
    """The receipt of a transaction of type ``kind`` in a node's JSON: what the receipts trie holds, and no more.

    Raises ``AuditRefusal`` with rule ``receipt-field:<name>`` or ``log-field:<name>``, also for a bloom that is not the logs'.
    """
    fields = Fields(value, "receipt", place)
    status = fields.quantity("status")
    if status > 1:
        raise fields.refusal("status", "0 or 1", status)
    logs = tuple(_log(log, place.at("logs", i)) for i, log in enumerate(fields.items("logs")))
    receipt = Receipt(kind, status == 1, fields.quantity("cumulativeGasUsed"), logs)
    fields.same("logsBloom", receipt.bloom())
    return receipt


def _transaction(value: object, index: int, block: _Block, place: Place) -> Transaction:
    """One element of the block's ``transactions``."""
    transaction = transaction_from_json(value, block.chain_id, place)
    fields = Fields(value, "transaction", place)
    block.check(fields, index)
    fields.same_where_present("gasPrice", transaction.price(block.header.base_fee_per_gas))
    return transaction


def _log(value: object, place: Place) -> Log:
    """What the receipts trie holds of one log."""
    fields = Fields(value, "log", place)
    topics = fields.data_list("topics", 32)
    if len(topics) > MAX_TOPICS:
        raise fields.refusal("topics", f"at most {MAX_TOPICS}", len(topics))
    return Log(fields.data("address", 20), topics, fields.data("data"))


def _check_repeated(value: object, one: Verified, gas_before: int, block: _Block, place: Place) -> None:
    """The fields of a receipt and its logs that the trie does not hold, but which follow from the block."""
    fields, transaction = Fields(value, "receipt", place), one.transaction
    block.check(fields, one.index)
    fields.same("type", transaction.type)
    fields.same("transactionHash", transaction.hash)
    fields.same("from", transaction.sender)
    fields.same("to", transaction.to)
    fields.same("contractAddress", transaction.created())
    fields.same("gasUsed", one.receipt.cumulative_gas - gas_before)
    fields.same("effectiveGasPrice", transaction.price(block.header.base_fee_per_gas))
    for i, log in enumerate(fields.items("logs")):
        entry = Fields(log, "log", place.at("logs", i))
        block.check(entry, one.index)
        entry.same("transactionHash", transaction.hash)
        entry.same("logIndex", one.first_log + i)
        if entry.value("removed") is not False:
            raise entry.refusal("removed", False, entry.value("removed"))


def _same_root(found: bytes, expected: bytes, rule: str, place: Place) -> None:
    if found != expected:
        raise place.refusal(rule, expected, found)
