"""What a receipt proves, offline: from the file alone, and with what somebody learned from a node or an index he trusts.

counted     the batch that holds the comment is on the chain: its root was given from outside and is equal
consistent  the path leads to the root that the receipt names; whether that root is on the chain was not compared
promised    not in a batch yet; the time that the operator promised is not over, as far as was said
overdue     that time is over, and what was given neither shows the comment nor proves that it was left out
dropped     that time is over, and the comment is in no batch that was anchored until then: the signed promise was broken
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chain.audit.report import Report
from chain.errors.chain import TransactionInvalid
from chain.errors.consultation import (
    BatchRootDiffers,
    ReceiptNotOnChain,
    ReceiptOtherMember,
    ReceiptOtherNetwork,
    ReceiptOtherProposal,
    ReceiptPathWrong,
    ReceiptRootDiffers,
    ReceiptSignatureWrong,
    ReceiptTextDiffers,
)
from chain.rules.merkle import Tree, root_from
from chain.types import to_hex
from governance.consultation.forms import timestamp
from governance.consultation.receipt import Anchored, Batches, Place, Receipt, signer_of

__all__ = ["Chain", "Known", "Verdict", "Word", "verify_receipt"]

Word = Literal["counted", "consistent", "promised", "overdue", "dropped"]

_OPERATOR = "that the operator's account was one of the member's: the member registry says so"
_TITLES: Mapping[Word, str] = {
    "counted": "counted: the comment is in a batch on the chain",
    "consistent": "consistent: the path leads to the root that the receipt names",
    "promised": "promised: the comment is in no batch yet",
    "overdue": "overdue: the promised time is over and no batch with the comment was shown",
    "dropped": "dropped: the operator signed for the comment and left it out of every batch until then",
}


@dataclass(frozen=True)
class Known:
    """A batch as BatchAnchored says it: ``anchored_at`` is the time of its block."""

    root: bytes
    size: int
    anchored_at: int


@dataclass(frozen=True)
class Chain:
    """What a trusted node or index says of the receipt's member and proposal: every batch by number, up to a head at ``head_time``."""

    chain_id: int
    consultation: str
    proposal: int
    member: bytes
    batches: Mapping[int, Known]
    head_time: int


@dataclass(frozen=True)
class Verdict:
    """``word`` sums the report up."""

    word: Word
    report: Report

    @property
    def is_kept(self) -> bool:
        """False where a promise was broken, or seems to be."""
        return self.word not in ("overdue", "dropped")

    @property
    def lines(self) -> list[str]:
        """The report line by line."""
        return self.report.lines

    def to_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {"verdict": self.word, **self.report.to_json()}


def verify_receipt(
    receipt: Receipt,
    *,
    text: bytes | None = None,
    root: bytes | None = None,
    chain: Chain | None = None,
    batches: Batches | None = None,
    head_time: int | None = None,
) -> Verdict:
    """What the receipt proves. Everything but the receipt is optional and tightens the verdict.

    ``text``: the comment's bytes. ``root``: of the receipt's batch, from outside. ``chain``: the same for all batches. ``batches``:
    the leaves as the operator publishes them; only together with ``chain`` they prove that a comment was left out. ``head_time``:
    unix seconds, where there is no ``chain``. Raises ReceiptSignatureWrong, ReceiptTextDiffers, ReceiptPathWrong, ReceiptRootDiffers,
    ReceiptNotOnChain, ReceiptOtherNetwork, ReceiptOtherProposal, ReceiptOtherMember, BatchRootDiffers.
    """
    _check_signature("promise", receipt.operator, receipt.message, receipt.signature)
    if text is not None:
        _check_text(receipt, text)
    if chain is not None:
        _check_about(receipt, chain)
    if batches is not None:
        for anchored, _ in batches.listed:
            _check_about(receipt, anchored)
    said = [*_said(receipt), *(["the text is the one that was received"] if text is not None else [])]
    place = receipt.place or (None if batches is None else _listed(receipt, batches, chain))
    if place is not None:
        return _placed(receipt, place, root, chain, said)
    missing = None if chain is None else _missing(receipt, chain, batches)
    return _unplaced(receipt, chain.head_time if chain else head_time, missing, said)


def _placed(
    receipt: Receipt, place: Place, root: bytes | None, chain: Chain | None, said: list[str]
) -> Verdict:
    anchored = place.anchored
    _check_signature("batch", anchored.operator, anchored.message, anchored.signature)
    if root_from(receipt.comment.hash, place.position, anchored.size, place.path) != anchored.root:
        raise ReceiptPathWrong(anchored.batch, place.position, anchored.size)
    at = anchored.anchored_at
    if chain is not None:
        known = _known(chain, anchored)
        _check_root(anchored, known.root)
        if known.size != anchored.size:
            raise ReceiptPathWrong(anchored.batch, place.position, known.size)
        at = known.anchored_at
    if root is not None:
        _check_root(anchored, root)
    said.append(
        f"batch {anchored.batch}: place {place.position + 1} of {anchored.size}, root {to_hex(anchored.root)}, {timestamp(at)}"
    )
    late = at - receipt.anchor_by
    warnings = [f"anchored {late} s later than promised"] if late > 0 else []
    facts = {
        "batch": anchored.batch, "position": place.position, "size": anchored.size, "root": to_hex(anchored.root),
        "block": anchored.block, "transaction": anchored.transaction, "anchored_at": timestamp(at),
    }  # fmt: skip
    if root is None and chain is None:
        compare = (
            f"that this root is on the chain: compare it with batch {anchored.batch} on a node you trust"
        )
        return _verdict("consistent", receipt, facts, said, warnings, (compare, _OPERATOR))
    return _verdict("counted", receipt, facts, said, warnings, (_OPERATOR,))


def _unplaced(
    receipt: Receipt, head_time: int | None, missing: tuple[int, ...] | None, said: list[str]
) -> Verdict:
    facts: dict[str, Any] = {"head_time": None if head_time is None else timestamp(head_time)}
    if head_time is None:
        later = (
            f"whether that time is over: after {timestamp(receipt.anchor_by)} ask for the completed receipt"
        )
        return _verdict("promised", receipt, facts, said, (), (later, _OPERATOR))
    said.append(f"head at {timestamp(head_time)}")
    if head_time <= receipt.anchor_by:
        return _verdict("promised", receipt, facts, said, (), (_OPERATOR,))
    if missing is None:
        ask = "that it was left out: ask for the completed receipt, or give the chain's batches and their published leaves"
        return _verdict("overdue", receipt, facts, said, (), (ask, _OPERATOR))
    if missing:
        facts["missing"] = list(missing)
        numbers = ", ".join(map(str, missing))
        ask = f"that it was left out: the leaves of batch {numbers} were not given; ask the operator for them"
        return _verdict("overdue", receipt, facts, said, (), (ask, _OPERATOR))
    said.append(
        "the leaves of every batch anchored until then make the roots on the chain, and the comment is none of them"
    )
    return _verdict("dropped", receipt, facts, said, (), (_OPERATOR,))


def _verdict(
    word: Word,
    receipt: Receipt,
    more: Mapping[str, Any],
    said: list[str],
    warnings: Sequence[str],
    unproved: tuple[str, ...],
) -> Verdict:
    comment = receipt.comment
    facts = {
        "chain_id": comment.chain_id, "consultation": comment.consultation, "proposal": comment.proposal,
        "operator": receipt.operator, "member": to_hex(receipt.member), "text_sha256": to_hex(comment.text_sha256),
        "serial": comment.serial, "leaf": to_hex(comment.hash), "received_at": timestamp(comment.received_at),
        "anchor_by": timestamp(receipt.anchor_by), **more,
    }  # fmt: skip
    return Verdict(word, Report(_TITLES[word], facts, said, warnings, unproved))


def _said(receipt: Receipt) -> list[str]:
    comment = receipt.comment
    return [
        f"chain {comment.chain_id}, consultation {comment.consultation}, proposal {comment.proposal}",
        f"comment {comment.serial}, text sha256 {to_hex(comment.text_sha256)}, received {timestamp(comment.received_at)}",
        f"signed by {receipt.operator}: on the chain until {timestamp(receipt.anchor_by)}",
    ]


def _listed(receipt: Receipt, batches: Batches, chain: Chain | None) -> Place | None:
    """Where the published lists show the comment. A list that does not make its root is refused, wherever the comment is."""
    place: Place | None = None
    for anchored, leaves in batches.listed:
        tree = Tree(leaves)
        roots = {anchored.root} if chain is None else {anchored.root, _known(chain, anchored).root}
        for wanted in roots - {tree.root}:
            raise BatchRootDiffers(anchored.batch, to_hex(wanted), to_hex(tree.root))
        if receipt.comment.hash in leaves:
            position = leaves.index(receipt.comment.hash)
            place = Place(anchored, position, tree.path(position))
    return place


def _missing(receipt: Receipt, chain: Chain, batches: Batches | None) -> tuple[int, ...]:
    """Numbers of the batches that were anchored in time and whose leaves were not given."""
    due = {number for number, known in chain.batches.items() if known.anchored_at <= receipt.anchor_by}
    return tuple(sorted(due - {anchored.batch for anchored, _ in (batches.listed if batches else ())}))


def _known(chain: Chain, anchored: Anchored) -> Known:
    found = chain.batches.get(anchored.batch)
    if found is None:
        raise ReceiptNotOnChain(anchored.batch, len(chain.batches))
    return found


def _check_signature(what: str, operator: str, message: bytes, signature: bytes) -> None:
    try:
        found = signer_of(message, signature)
    except TransactionInvalid as error:
        raise ReceiptSignatureWrong(what, operator, error.rule) from error
    if found != operator:
        raise ReceiptSignatureWrong(what, operator, found)


def _check_text(receipt: Receipt, text: bytes) -> None:
    got = hashlib.sha256(text).digest()
    if got != receipt.comment.text_sha256:
        raise ReceiptTextDiffers(to_hex(receipt.comment.text_sha256), to_hex(got))


def _check_root(anchored: Anchored, root: bytes) -> None:
    if root != anchored.root:
        raise ReceiptRootDiffers(anchored.batch, to_hex(root), to_hex(anchored.root))


def _check_about(receipt: Receipt, other: Chain | Anchored) -> None:
    comment = receipt.comment
    if comment.chain_id != other.chain_id:
        raise ReceiptOtherNetwork("chain_id", str(other.chain_id), str(comment.chain_id))
    if comment.consultation != other.consultation:
        raise ReceiptOtherNetwork("consultation", other.consultation, comment.consultation)
    if comment.proposal != other.proposal:
        raise ReceiptOtherProposal(other.proposal, comment.proposal)
    if receipt.member != other.member:
        raise ReceiptOtherMember(to_hex(other.member), to_hex(receipt.member))
