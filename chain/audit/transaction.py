"""Transactions as a node's JSON shows them: encoded again, hashed again, and the sender recovered from the signature.

Types 0 (before and after EIP-155), 1 (EIP-2930) and 2 (EIP-1559). Blob (EIP-4844) and set-code (EIP-7702) transactions are
refused by name: no Licita network admits them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from coincurve import PublicKey
from eth_hash.auto import keccak

from chain import rlp
from chain.audit.place import NOWHERE, Fields, Place, data

__all__ = ["Transaction", "transaction_from_json"]

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of the group secp256k1 (SEC 2)
_REFUSED = {3: "blob transaction, EIP-4844", 4: "set-code transaction, EIP-7702"}

AccessList = tuple[tuple[bytes, tuple[bytes, ...]], ...]


@dataclass(frozen=True, slots=True)
class Transaction:
    """A signed transaction with its recomputed ``hash`` and recovered ``sender``; prices and value in wei.

    ``chain_id`` is None before EIP-155. Types 0 and 1 have one gas price, which stands in ``max_fee`` and ``max_priority_fee``.
    ``v`` is the parity 0 or 1, for type 0 as it is written (27, 28 or chain id * 2 + 35, 36). ``to`` is None for a creation.
    """

    type: int
    chain_id: int | None
    nonce: int
    max_fee: int
    max_priority_fee: int
    gas: int
    to: bytes | None
    value: int
    data: bytes
    access_list: AccessList
    v: int
    r: int
    s: int
    hash: bytes
    sender: bytes

    def rlp(self) -> bytes:
        """What the transactions trie holds: the RLP list, after the type byte where it has one."""
        return _envelope(self.type, [*_payload(self), *map(rlp.encode_int, (self.v, self.r, self.s))])

    def json(self) -> dict[str, object]:
        """The fields a node's JSON has for it, without those that repeat the block's or one another."""
        prices = {"maxFeePerGas": hex(self.max_fee), "maxPriorityFeePerGas": hex(self.max_priority_fee)}
        fields: dict[str, object] = {
            "type": hex(self.type),
            "nonce": hex(self.nonce),
            **(prices if self.type == 2 else {"gasPrice": hex(self.max_fee)}),
            "gas": hex(self.gas),
            "to": None if self.to is None else data(self.to),
            "value": hex(self.value),
            "input": data(self.data),
            "v": hex(self.v),
            "r": hex(self.r),
            "s": hex(self.s),
            "hash": data(self.hash),
            "from": data(self.sender),
        }
        if self.chain_id is not None:
            fields["chainId"] = hex(self.chain_id)
        if self.type:
            lists = self.access_list
            fields["accessList"] = [
                {"address": data(a), "storageKeys": list(map(data, keys))} for a, keys in lists
            ]
        return fields

    def price(self, base_fee: int) -> int:
        """The price paid for each gas in a block with this base fee."""
        return min(self.max_fee, base_fee + self.max_priority_fee)

    def created(self) -> bytes | None:
        """The address of the contract a creation makes, also where it fails; else None."""
        if self.to is not None:
            return None
        return keccak(rlp.encode([self.sender, rlp.encode_int(self.nonce)]))[12:]


def transaction_from_json(value: object, chain_id: int, place: Place = NOWHERE) -> Transaction:
    """The transaction in a node's JSON, whose ``hash`` and ``from`` follow from its other fields.

    Raises ``AuditRefusal`` with rule ``transaction-type``, ``transaction-field:<name>``, ``transaction-chain`` (another chain's),
    ``transaction-signature`` or ``transaction-hash``.
    """
    fields = Fields(value, "transaction", place)
    kind = fields.quantity("type")
    if kind not in (0, 1, 2):
        found = f"{kind} ({_REFUSED.get(kind, 'unknown')})"
        raise place.at("type").refusal("transaction-type", "0, 1 or 2", found)
    parity, bare = _unproved(fields, kind)
    if bare.chain_id not in (None, chain_id):
        raise place.at("chainId").refusal("transaction-chain", chain_id, bare.chain_id)
    transaction = replace(bare, hash=keccak(bare.rlp()), sender=_recovered(bare, parity, place))
    claimed = fields.data("hash", 32)
    if claimed != transaction.hash:
        raise place.at("hash").refusal("transaction-hash", transaction.hash, claimed)
    fields.same("from", transaction.sender)
    return transaction


def _unproved(fields: Fields, kind: int) -> tuple[int, Transaction]:
    """The parity of the signature, and the transaction of these fields without hash and sender."""
    v = fields.quantity("v", 256)
    parity, chain_id = _parity(fields, kind, v)
    price, tip = ("maxFeePerGas", "maxPriorityFeePerGas") if kind == 2 else ("gasPrice", "gasPrice")
    return parity, Transaction(
        type=kind,
        chain_id=chain_id,
        nonce=fields.quantity("nonce"),
        max_fee=fields.quantity(price, 256),
        max_priority_fee=fields.quantity(tip, 256),
        gas=fields.quantity("gas"),
        to=fields.address_or_none("to"),
        value=fields.quantity("value", 256),
        data=fields.data("input"),
        access_list=_access_list(fields) if kind else (),
        v=v,
        r=fields.quantity("r", 256),
        s=fields.quantity("s", 256),
        hash=b"",
        sender=b"",
    )


def _parity(fields: Fields, kind: int, v: int) -> tuple[int, int | None]:
    """The parity of the signature's point, and the chain id (None before EIP-155)."""
    if kind:
        if v > 1:
            raise fields.refusal("v", "0 or 1", v)
        fields.same_where_present("yParity", v)
        return v, fields.quantity("chainId")
    if v in (27, 28):
        fields.same("chainId", None)
        return v - 27, None
    if v < 35:
        raise fields.refusal("v", "27, 28, or 35 and more", v)
    fields.same_where_present("chainId", (v - 35) // 2)
    return (v - 35) % 2, (v - 35) // 2


def _access_list(fields: Fields) -> AccessList:
    entries = [
        Fields(entry, "access-list", fields.place.at("accessList", i))
        for i, entry in enumerate(fields.items("accessList"))
    ]
    return tuple((entry.data("address", 20), entry.data_list("storageKeys", 32)) for entry in entries)


def _payload(transaction: Transaction) -> list[rlp.Encodable]:
    """The fields before the signature, in the order of the transaction's type."""
    t = transaction
    number = rlp.encode_int
    call: list[rlp.Encodable] = [number(t.gas), t.to or b"", number(t.value), t.data]
    if t.chain_id is None or t.type == 0:
        return [number(t.nonce), number(t.max_fee), *call]
    prices = [number(t.max_fee)] if t.type == 1 else [number(t.max_priority_fee), number(t.max_fee)]
    return [number(t.chain_id), number(t.nonce), *prices, *call, t.access_list]


def _envelope(kind: int, payload: list[rlp.Encodable]) -> bytes:
    return (bytes((kind,)) if kind else b"") + rlp.encode(payload)


def _recovered(transaction: Transaction, parity: int, place: Place) -> bytes:
    """The address whose key signed; the signature is refused outside the ranges that nodes accept (EIP-2)."""
    r, s = transaction.r, transaction.s
    payload = _payload(transaction)
    if transaction.type == 0 and transaction.chain_id is not None:
        payload += [rlp.encode_int(transaction.chain_id), b"", b""]
    for name, value, limit in (("r", r, _ORDER - 1), ("s", s, _ORDER // 2)):
        if not 0 < value <= limit:
            raise place.at(name).refusal("transaction-signature", f"1 to {limit:#x}", f"{value:#x}")
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes((parity,))
    try:
        key = PublicKey.from_signature_and_message(
            signature, keccak(_envelope(transaction.type, payload)), hasher=None
        )
    except ValueError as error:
        raise place.at("r").refusal("transaction-signature", "a point on the curve", f"{r:#x}") from error
    return keccak(key.format(compressed=False)[1:])[12:]
