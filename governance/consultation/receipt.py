"""What a citizen gets for a comment: a promise signed by the operator, later completed by the place of the comment in an anchored batch.

    Comment    the leaf of the tree: canonical JSON of what was received, the text by its sha256
    Receipt    the comment, who received it, until when it must be on the chain, and the operator's signature over all that
    Anchored   a batch that is on the chain, signed by the operator once for all of its comments
    Place      where in an anchored batch the comment stands, with the audit path to the batch's root

Batch number, size, block and transaction are no part of a Merkle path: the batch's own signature covers them, so that no byte of a
completed receipt can be changed unseen. Signatures are EIP-191 personal messages over canonical JSON (RFC 8785).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from eth_hash.auto import keccak

from chain.errors.chain import TransactionInvalid
from chain.errors.consultation import BatchesMalformed, ReceiptMalformed
from chain.errors.recorder import SignatureWrong
from chain.rules.canonical import canonical
from chain.rules.merkle import leaf_hash
from chain.transactions.signing import recovered
from chain.types import to_hex
from governance.consultation.forms import Fields, read_canonical, timestamp, written

__all__ = [
    "PROMISE", "Anchored", "Batches", "Comment", "Draft", "Place", "Receipt", "anchored_draft", "promise_draft", "read_anchored",
    "read_batches", "read_receipt", "signer_of",
]  # fmt: skip

PROMISE = 3_600
"""Seconds from the receipt of a comment until it is on the chain, at most."""

_COMMENT, _RECEIPT, _BATCH, _BATCHES = (
    "licita-comment/1",
    "licita-receipt/1",
    "licita-batch/1",
    "licita-batches/1",
)
_SERIAL, _SIGNATURE = r"[0-9a-f]{32}", 65
_FIRST_V = 27

T = TypeVar("T")


@dataclass(frozen=True)
class Comment:
    """A comment as the tree holds it. ``consultation``: address of the contract; ``received_at`` unix seconds of the head block;
    ``serial``: 32 random hex digits, so that equal texts are different comments and a leaf tells nothing of a text that is hidden."""

    chain_id: int
    consultation: str
    proposal: int
    text_sha256: bytes
    received_at: int
    serial: str

    @cached_property
    def leaf(self) -> bytes:
        """The bytes that are hashed."""
        return canonical(self.to_json())

    @cached_property
    def hash(self) -> bytes:
        """Hash of the leaf, 32 bytes."""
        return leaf_hash(self.leaf)

    def to_json(self) -> dict[str, Any]:
        """The leaf as a JSON object."""
        return {
            "format": _COMMENT,
            "chain_id": self.chain_id,
            "consultation": self.consultation,
            "proposal": self.proposal,
            "text_sha256": to_hex(self.text_sha256),
            "received_at": timestamp(self.received_at),
            "serial": self.serial,
        }


@dataclass(frozen=True)
class Anchored:
    """A batch on the chain, in the operator's signed words. ``batch`` from 1 for each member and proposal; ``anchored_at``: time of the
    block; ``transaction`` 0x hex; ``signature`` r, s and 27 + y, 65 bytes."""

    chain_id: int
    consultation: str
    proposal: int
    member: bytes
    operator: str
    batch: int
    size: int
    root: bytes
    block: int
    transaction: str
    anchored_at: int
    signature: bytes = b""

    @property
    def message(self) -> bytes:
        """What the operator signs."""
        return canonical({"format": _BATCH, **self.about_json(), **self._unsigned()})

    def about_json(self) -> dict[str, Any]:
        """What all batches of a member on a proposal have in common."""
        return {
            "chain_id": self.chain_id,
            "consultation": self.consultation,
            "proposal": self.proposal,
            "member": to_hex(self.member),
        }

    def to_json(self) -> dict[str, Any]:
        """The rest, with the signature: what a receipt or a list holds of a batch."""
        return {**self._unsigned(), "signature": to_hex(self.signature)}

    def to_bytes(self) -> bytes:
        """The whole as a file."""
        return written({"format": _BATCH, **self.about_json(), **self.to_json()})

    def _unsigned(self) -> dict[str, Any]:
        return {
            "operator": self.operator,
            "batch": self.batch,
            "size": self.size,
            "root": to_hex(self.root),
            "block": self.block,
            "transaction": self.transaction,
            "anchored_at": timestamp(self.anchored_at),
        }


@dataclass(frozen=True)
class Place:
    """Where a comment is: ``position`` from 0 in the batch, ``path``: siblings up to its root."""

    anchored: Anchored
    position: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Receipt:
    """``anchor_by`` unix seconds: until then the comment is in a batch on the chain, the operator says; ``place`` None: not yet."""

    comment: Comment
    operator: str
    member: bytes
    anchor_by: int
    signature: bytes = b""
    place: Place | None = None

    @property
    def message(self) -> bytes:
        """The promise, as the operator signs it."""
        return canonical(self._promise())

    def to_json(self) -> dict[str, Any]:
        """The file as a JSON object."""
        value = {**self._promise(), "signature": to_hex(self.signature)}
        if self.place is not None:
            value["place"] = {
                "anchored": self.place.anchored.to_json(),
                "position": self.place.position,
                "path": [to_hex(each) for each in self.place.path],
            }
        return value

    def to_bytes(self) -> bytes:
        """The file: canonical JSON and a line end."""
        return written(self.to_json())

    def _promise(self) -> dict[str, Any]:
        return {
            "format": _RECEIPT,
            "comment": self.comment.to_json(),
            "operator": self.operator,
            "member": to_hex(self.member),
            "anchor_by": timestamp(self.anchor_by),
        }


@dataclass(frozen=True)
class Batches:
    """The batches that a member anchored for a proposal, each with the hashes of its leaves in order, as its service publishes them."""

    listed: tuple[tuple[Anchored, tuple[bytes, ...]], ...]

    def to_bytes(self) -> bytes:
        """The file. It names network, proposal and member once for every batch, so there is at least one."""
        first = self.listed[0][0]
        return written(
            {
                "format": _BATCHES,
                **first.about_json(),
                "batches": [
                    {**anchored.to_json(), "leaves": [to_hex(leaf) for leaf in leaves]}
                    for anchored, leaves in self.listed
                ],
            }
        )


@dataclass(frozen=True)
class Draft(Generic[T]):
    """Something that waits for ``address`` to sign it: ``digest`` (32 bytes) is signed, ``preimage`` is for keys that hash themselves."""

    preimage: bytes
    address: str
    finish: Callable[[bytes], T]

    @property
    def digest(self) -> bytes:
        """keccak256 of the preimage."""
        return bytes(keccak(self.preimage))

    def signed(self, r: int, s: int, y: int) -> T:
        """With the signature in it. Raises SignatureWrong where it is not the address's canonical one."""
        try:
            signer = recovered(self.digest, r, s, y)
        except TransactionInvalid as error:
            raise SignatureWrong(self.address, error.rule) from error
        if signer != self.address:
            raise SignatureWrong(self.address, f"signed by {signer}")
        return self.finish(r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([_FIRST_V + y]))


def promise_draft(receipt: Receipt) -> Draft[Receipt]:
    """The promise of a receipt, to be signed."""
    return Draft(
        _personal(receipt.message), receipt.operator, lambda signature: replace(receipt, signature=signature)
    )


def anchored_draft(anchored: Anchored) -> Draft[Anchored]:
    """An anchored batch, to be signed."""
    return Draft(
        _personal(anchored.message),
        anchored.operator,
        lambda signature: replace(anchored, signature=signature),
    )


def signer_of(message: bytes, signature: bytes) -> str:
    """Address that signed a message (EIP-191, version 0x45). Raises TransactionInvalid (signature, high-s, parity)."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    return recovered(bytes(keccak(_personal(message))), r, s, signature[64] - _FIRST_V)


def read_receipt(data: bytes) -> Receipt:
    """A receipt file. Raises ReceiptMalformed; whether it holds is for ``verify_receipt`` to say."""
    value = read_canonical(data, ReceiptMalformed)
    names = {"format", "comment", "operator", "member", "anchor_by", "signature"}
    if isinstance(value, dict) and "place" in value:
        names.add("place")
    top = Fields(value, frozenset(names), "", ReceiptMalformed)
    top.fixed("format", _RECEIPT)
    comment = _comment(top.raw("comment"))
    receipt = Receipt(
        comment, top.address("operator"), top.data("member", 32), top.time("anchor_by"), top.data("signature", _SIGNATURE)
    )  # fmt: skip
    if not 0 <= receipt.anchor_by - comment.received_at <= PROMISE:
        raise top.wrong("time", "anchor_by")
    if "place" not in names:
        return receipt
    fields = Fields(top.raw("place"), frozenset({"anchored", "position", "path"}), "/place", ReceiptMalformed)
    about = (comment.chain_id, comment.consultation, comment.proposal, receipt.member)
    anchored = _anchored(
        Fields(fields.raw("anchored"), _ANCHORED, "/place/anchored", ReceiptMalformed), about
    )
    place = Place(anchored, fields.whole("position"), fields.hashes("path"))
    return replace(receipt, place=place)


def read_anchored(data: bytes) -> Anchored:
    """A file of ``Anchored.to_bytes``. Raises BatchesMalformed."""
    names = _ANCHORED | _ABOUT
    fields = Fields(read_canonical(data, BatchesMalformed), names, "", BatchesMalformed)
    fields.fixed("format", _BATCH)
    return _anchored(fields, _about(fields))


def read_batches(data: bytes) -> Batches:
    """A published list of batches. Raises BatchesMalformed, also where two have one number."""
    fields = Fields(read_canonical(data, BatchesMalformed), _ABOUT | {"batches"}, "", BatchesMalformed)
    fields.fixed("format", _BATCHES)
    about, listed = _about(fields), fields.raw("batches")
    if not isinstance(listed, list) or not listed:
        raise fields.wrong("type", "batches")
    found: dict[int, tuple[Anchored, tuple[bytes, ...]]] = {}
    for i, each in enumerate(listed):
        inner = Fields(each, _ANCHORED | {"leaves"}, f"/batches/{i}", BatchesMalformed)
        anchored = _anchored(inner, about)
        if anchored.batch in found:
            raise inner.wrong("form", "batch")
        found[anchored.batch] = (anchored, inner.hashes("leaves"))
    return Batches(tuple(found.values()))


_ABOUT = frozenset({"format", "chain_id", "consultation", "proposal", "member"})
_ANCHORED = frozenset(
    {"operator", "batch", "size", "root", "block", "transaction", "anchored_at", "signature"}
)
_About = tuple[int, str, int, bytes]


def _about(fields: Fields) -> _About:
    return (
        fields.whole("chain_id", 1), fields.address("consultation"), fields.whole("proposal", 1), fields.data("member", 32)
    )  # fmt: skip


def _comment(value: Any) -> Comment:
    names = {"format", "chain_id", "consultation", "proposal", "text_sha256", "received_at", "serial"}
    fields = Fields(value, frozenset(names), "/comment", ReceiptMalformed)
    fields.fixed("format", _COMMENT)
    return Comment(
        fields.whole("chain_id", 1),
        fields.address("consultation"),
        fields.whole("proposal", 1),
        fields.data("text_sha256", 32),
        fields.time("received_at"),
        fields.text("serial", _SERIAL),
    )


def _anchored(fields: Fields, about: _About) -> Anchored:
    return Anchored(
        *about,
        operator=fields.address("operator"),
        batch=fields.whole("batch", 1),
        size=fields.whole("size", 1),
        root=fields.data("root", 32),
        block=fields.whole("block"),
        transaction=to_hex(fields.data("transaction", 32)),
        anchored_at=fields.time("anchored_at"),
        signature=fields.data("signature", _SIGNATURE),
    )


def _personal(message: bytes) -> bytes:
    """EIP-191, version 0x45: so that no signed promise can be a transaction."""
    return b"\x19Ethereum Signed Message:\n%d" % len(message) + message
