"""Refusals of the recorder: accepting, signing, following, reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Absent, Fault, Forbidden, Invalid, Malformed, Unavailable

__all__ = [
    "BlockUnusable", "ChainDiverged", "CursorInvalid", "IdempotencyKeyReused", "IndexStopped", "LaneParked",
    "OperationNotFound", "RecorderBroken", "RecorderStopped", "SignatureWrong", "SignerUnavailable", "SignerUnknown",
    "StorageBusy", "StorageFailed", "StorageFull",
]  # fmt: skip


@dataclass(eq=False)
class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key stands for another request already."""

    operation: str
    advice: ClassVar[str] = "Use a new key for a new request; repeat a request with exactly the same body."


@dataclass(eq=False)
class OperationNotFound(Absent):
    """No operation has this id."""

    id: str
    advice: ClassVar[str] = "Take the id from the answer to your request."


@dataclass(eq=False)
class CursorInvalid(Malformed):
    """This is no cursor."""

    got: str
    advice: ClassVar[str] = (
        "Pass `next` of the last answer unchanged, or leave `after` out to start at the beginning."
    )


@dataclass(eq=False)
class SignerUnknown(Forbidden):
    """The service holds no key for this account."""

    actor: str
    advice: ClassVar[str] = "Act with an account whose key the service manages."


@dataclass(eq=False)
class SignerUnavailable(Unavailable):
    """The key cannot sign now."""

    actor: str
    reason: str
    advice: ClassVar[str] = "Accepted operations wait and are signed when it can."


@dataclass(eq=False)
class SignatureWrong(Fault):
    """The signer answered with a signature that is not the account's canonical one."""

    actor: str
    rule: str
    advice: ClassVar[str] = "Check which key the signing back end holds for this account; nothing was sent."


@dataclass(eq=False)
class ChainDiverged(Unavailable):
    """The node does not hold the chain this database was built from: nothing is sent to it.

    ``what`` is one of chain-id, genesis-hash, block-hash, code-hash:<contract>, database:<what it was made for>.
    """

    what: str
    expected: str
    found: str
    advice: ClassVar[str] = "Connect the node of this network, or restore the one whose data was lost."


@dataclass(eq=False)
class BlockUnusable(Unavailable):
    """The node's answer for a block contradicts itself or the block before.

    ``rule`` is one of shape, number, parent-hash, receipts, log-index.
    """

    block: int
    rule: str
    expected: str
    found: str
    advice: ClassVar[str] = "Compare the node with another one; the index waits before this block."


@dataclass(eq=False)
class IndexStopped(Unavailable):
    """A block could not be indexed or published: the index stands before it, and nothing new is accepted."""

    block: int
    cause: str
    advice: ClassVar[str] = "Report the cause; once the program is repaired the index goes on by itself."


@dataclass(eq=False)
class RecorderBroken(Unavailable):
    """A part of the recorder ended by a fault of the program; nothing that was accepted is lost."""

    part: str
    cause: str
    advice: ClassVar[str] = (
        "Restart the service, which goes on where it was, and report the cause from its log."
    )


@dataclass(eq=False)
class RecorderStopped(Unavailable):
    """The recorder is not running."""

    advice: ClassVar[str] = "Repeat the request with the same Idempotency-Key when the service is up again."


@dataclass(eq=False)
class StorageBusy(Unavailable):
    """Another program holds the database."""

    seconds: float
    advice: ClassVar[str] = (
        "Repeat the request with the same Idempotency-Key; end whatever else writes to this file."
    )


@dataclass(eq=False)
class StorageFull(Unavailable):
    """The disk of the database is full: nothing was stored."""

    path: str
    advice: ClassVar[str] = "Free some space; the service goes on by itself."


@dataclass(eq=False)
class StorageFailed(Unavailable):
    """The database file cannot be read or written."""

    path: str
    reason: str
    advice: ClassVar[str] = (
        "Check the folder's owner and the disk; the public part can be made again by `licita index rebuild`."
    )


@dataclass(eq=False)
class LaneParked(Unavailable):
    """The account's key was used past this service, so nothing more is sent with it."""

    actor: str
    reason: str
    advice: ClassVar[str] = (
        "Stop the other program and act with another account. To use this one again, stop the service, put the folder's recorder/ "
        "aside and run `licita index rebuild`: nothing recorded is lost, what was waiting has to be asked for again."
    )
