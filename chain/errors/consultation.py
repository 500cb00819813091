"""Refusals of the consultation: comments that are not taken, receipts and lists of leaves that do not hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Conflict, Invalid

__all__ = [
    "BatchRootDiffers", "BatchesMalformed", "CommentCharacterRefused", "CommentEmpty", "CommentTextInvalid", "CommentTooLong",
    "CommentsClosed", "ReceiptMalformed", "ReceiptNotOnChain", "ReceiptOtherMember", "ReceiptOtherNetwork", "ReceiptOtherProposal",
    "ReceiptPathWrong", "ReceiptRootDiffers", "ReceiptSignatureWrong", "ReceiptTextDiffers",
]  # fmt: skip

_ASK_AGAIN = "Do not rely on this file; ask the service that gave it for the receipt again, and keep both."


@dataclass(eq=False)
class CommentEmpty(Invalid):
    """The comment has no text, or spaces alone."""

    advice: ClassVar[str] = "Write what you want to say."


@dataclass(eq=False)
class CommentTooLong(Invalid):
    """The comment is longer than ``limit`` bytes in UTF-8."""

    limit: int
    got: int
    advice: ClassVar[str] = (
        "Shorten it, or publish the whole elsewhere and comment with a link and a summary."
    )


@dataclass(eq=False)
class CommentCharacterRefused(Invalid):
    """The comment holds a control character, or one that turns the direction of what others read.

    ``offset`` counts characters from 0; ``code`` is e.g. ``U+0000``. Tab and line ends are taken.
    """

    offset: int
    code: str
    advice: ClassVar[str] = "Take this character out; plain text, tabs and line ends are taken."


@dataclass(eq=False)
class CommentTextInvalid(Invalid):
    """The text has no UTF-8 form: it holds half of a surrogate pair."""

    offset: int
    advice: ClassVar[str] = "Send the text as UTF-8."


@dataclass(eq=False)
class CommentsClosed(Conflict):
    """The consultation on this proposal is over."""

    proposal: int
    closed_at: datetime
    advice: ClassVar[str] = (
        "The report that answers the comments and the vote are public: follow the proposal."
    )


@dataclass(eq=False)
class ReceiptMalformed(Invalid):
    """This file is no receipt of a comment, or not as the service wrote it.

    ``rule`` is one of json, spelling, type, field, form, format, time, signature-form; ``place`` is a JSON pointer.
    """

    rule: str
    place: str
    advice: ClassVar[str] = (
        "Use the file exactly as the service gave it: one byte changed makes it another file."
    )


@dataclass(eq=False)
class ReceiptSignatureWrong(Invalid):
    """The operator named in the receipt did not sign what the receipt says.

    ``what`` is promise or batch; ``found`` is the account that would have signed these very words, or what is wrong with the form.
    """

    what: str
    operator: str
    found: str
    advice: ClassVar[str] = _ASK_AGAIN


@dataclass(eq=False)
class ReceiptTextDiffers(Invalid):
    """The receipt is for another text than this one: the sha256 differ."""

    expected: str
    got: str
    advice: ClassVar[str] = (
        "Give the text byte for byte as it was sent; an editor that adds a line end at the end makes it another text."
    )


@dataclass(eq=False)
class ReceiptPathWrong(Invalid):
    """The path in the receipt does not lead from the comment to the root that the receipt names."""

    batch: int
    position: int
    size: int
    advice: ClassVar[str] = _ASK_AGAIN


@dataclass(eq=False)
class ReceiptRootDiffers(Invalid):
    """The root that the receipt names is not the one on the chain: the comment was not counted in this batch.

    What the receipt says of its batch is signed by the operator, so both together are evidence against it.
    """

    batch: int
    expected: str
    got: str
    advice: ClassVar[str] = (
        "Compare with a second node; if it agrees, keep the receipt and report the operator."
    )


@dataclass(eq=False)
class ReceiptNotOnChain(Invalid):
    """The chain holds no batch of this number of this member on the proposal."""

    batch: int
    known: int
    advice: ClassVar[str] = (
        "Let the node or index catch up with the block that the receipt names; if it has, report the operator."
    )


@dataclass(eq=False)
class ReceiptOtherProposal(Invalid):
    """The receipt is for a comment on another proposal."""

    expected: int
    got: int
    advice: ClassVar[str] = "Name the proposal that the comment was about."


@dataclass(eq=False)
class ReceiptOtherNetwork(Invalid):
    """The receipt is of another network: its chain id or its contract is not the expected one."""

    field: str
    expected: str
    got: str
    advice: ClassVar[str] = "Check it against the network that it was made on."


@dataclass(eq=False)
class ReceiptOtherMember(Invalid):
    """These batches are of another member than the one whose service gave the receipt."""

    expected: str
    got: str
    advice: ClassVar[str] = "Take the batches of the member that the receipt names."


@dataclass(eq=False)
class BatchesMalformed(Invalid):
    """This file is no list of anchored batches, or not as the service wrote it.

    ``rule`` and ``place`` as those of a receipt.
    """

    rule: str
    place: str
    advice: ClassVar[str] = "Use the file exactly as the service gave it."


@dataclass(eq=False)
class BatchRootDiffers(Invalid):
    """The published leaves of a batch do not make the root, or are not as many, as stand on the chain."""

    batch: int
    expected: str
    got: str
    advice: ClassVar[str] = (
        "Nothing follows from such a list; ask the operator for the leaves that make the anchored root."
    )
