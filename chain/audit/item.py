"""One transaction with its receipt as a proof travels: ``items/N.json`` of a proof bundle.

It holds what follows from the two trie proofs and nothing beside it: the log index in the block and the gas of one transaction
need the whole block and are left out; a log is named by its position in its receipt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chain.audit.header import Header
from chain.audit.place import NOWHERE, Fields, Place, data
from chain.audit.receipt import Receipt, Verified, receipt_from_json
from chain.audit.transaction import Transaction, transaction_from_json
from chain.audit.trie import prove, verify_proof

__all__ = ["Item", "item_of", "verify_item"]


@dataclass(frozen=True, slots=True)
class Item:
    """A proved transaction, its receipt, and which of its logs (positions in the receipt) the proof is about."""

    block: int
    index: int
    transaction: Transaction
    receipt: Receipt
    logs: tuple[int, ...]


def item_of(header: Header, body: Sequence[Verified], index: int, logs: Iterable[int]) -> dict[str, object]:
    """The JSON object that proves transaction ``index`` of a body from ``verify_body``, with positions of logs in its receipt."""
    return {
        "block": header.number,
        "index": index,
        "logs": sorted(logs),
        "transaction": body[index].transaction.json(),
        "transactionProof": [data(node) for node in prove([one.transaction.rlp() for one in body], index)],
        "receipt": body[index].receipt.json(),
        "receiptProof": [data(node) for node in prove([one.receipt.rlp() for one in body], index)],
    }


def verify_item(header: Header, value: object, chain_id: int, place: Place = NOWHERE) -> Item:
    """The item that ``value`` proves under a verified header.

    Every field must follow from the proofs and no other may be there. Raises ``AuditRefusal`` with rule ``item-field:<name>``,
    ``transaction-...``, ``receipt-...``, ``log-...`` or ``trie-proof:...``.
    """
    place = place.of(header.number)
    fields = Fields(value, "item", place)
    if fields.integer("block") != header.number:
        raise fields.refusal("block", header.number, fields.integer("block"))
    index = fields.integer("index")
    transaction = transaction_from_json(fields.value("transaction"), chain_id, place.at("transaction"))
    receipt = receipt_from_json(fields.value("receipt"), transaction.type, place.at("receipt"))
    for name, root, leaf in (
        ("transaction", header.transactions_root, transaction.rlp()),
        ("receipt", header.receipts_root, receipt.rlp()),
    ):
        proved = verify_proof(root, index, fields.data_list(f"{name}Proof"), place.at(f"{name}Proof"))
        if proved != leaf:
            raise place.at(name).refusal(f"{name}-proof", proved, leaf)
    item = Item(header.number, index, transaction, receipt, _logs(fields, receipt))
    _only(value, _written(item, fields), place)
    return item


def _logs(fields: Fields, receipt: Receipt) -> tuple[int, ...]:
    """The positions of the logs that matter: rising, each in the receipt."""
    positions = tuple(fields.items("logs"))
    known = set(range(len(receipt.logs)))
    numbers = tuple(each for each in positions if type(each) is int and each in known)
    if numbers != positions or sorted(set(numbers)) != list(numbers):
        raise fields.refusal("logs", f"rising positions below {len(receipt.logs)}", list(positions))
    return numbers


def _written(item: Item, fields: Fields) -> dict[str, object]:
    """The one way to write this item."""
    return {
        "block": item.block,
        "index": item.index,
        "logs": list(item.logs),
        "transaction": item.transaction.json(),
        "transactionProof": fields.value("transactionProof"),
        "receipt": item.receipt.json(),
        "receiptProof": fields.value("receiptProof"),
    }


def _only(found: object, written: object, place: Place) -> None:
    """Refuse the first spot where ``found`` is not as it is written."""
    if isinstance(found, dict) and isinstance(written, dict):
        for name in [*found, *(set(written) - set(found))]:
            _only(found.get(name, "absent"), written.get(name, "absent"), place.at(name))
    elif isinstance(found, list) and isinstance(written, list) and len(found) == len(written):
        for i, (one, other) in enumerate(zip(found, written, strict=True)):
            _only(one, other, place.at(i))
    elif found != written:
        raise place.refusal("item-unproved", written, found)
