"""Refusals of sealing: what the committee, a bidder and an auditor find out offline, before or without the contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Conflict, Invalid

__all__ = [
    "BidAmountInvalid",
    "BidDocumentTooLarge",
    "BodyFrameInvalid",
    "BodyUnreadable",
    "BoxKeyInvalid",
    "DealtBoxUnreadable",
    "DealtShareWrong",
    "DocumentMismatch",
    "KeysetMismatch",
    "LockedFileInvalid",
    "LockedFileRefused",
    "PackedShareInvalid",
    "PointAtInfinity",
    "PointInvalid",
    "SeatStateInvalid",
    "SeatsInvalid",
    "SecretErased",
    "TranscriptIncomplete",
]

_COMPLAIN = (
    "Complain about this dealer on the chain: the ceremony ends, and the council replaces who is at fault."
)
_OPENED = "The amounts stand as opened; the document cannot be repaired, and the bid is not responsive."


@dataclass(eq=False)
class PointInvalid(Invalid):
    """These bytes are no valid point of the curve secp256k1."""

    point: str
    advice: ClassVar[str] = "Read the value again from the chain or from who sent it."


@dataclass(eq=False)
class PointAtInfinity(Invalid):
    """The points or numbers cancel each other out: their sum is no point that can be written."""

    advice: ClassVar[str] = "Nothing honest gives this by chance: check where the values came from."


@dataclass(eq=False)
class SeatsInvalid(Invalid):
    """Seats count from 1, and each is named once."""

    seats: tuple[int, ...]
    advice: ClassVar[str] = "Name different seats of the committee."


@dataclass(eq=False)
class PackedShareInvalid(Invalid):
    """This is no packed share: 98 bytes with a seat, a valid point and a proof. ``got`` is its length in bytes."""

    got: int
    advice: ClassVar[str] = "Ask the member to export the share again."


@dataclass(eq=False)
class SecretErased(Conflict):
    """The secret was erased here: its use is over."""

    advice: ClassVar[str] = "Load it from its encrypted file again if it is still needed."


@dataclass(eq=False)
class SeatStateInvalid(Invalid):
    """This is not the stored state of a seat or of a share, or a member of it is missing or wrong."""

    field: str
    advice: ClassVar[str] = "Use the file as it was written; a lost state means a new ceremony."


@dataclass(eq=False)
class BoxKeyInvalid(Invalid):
    """The box key of this seat is no X25519 key that anything can be sealed to."""

    seat: int
    advice: ClassVar[str] = (
        "The ceremony cannot go on: open a new one, in which the seat joins with a fresh key."
    )


@dataclass(eq=False)
class DealtBoxUnreadable(Invalid):
    """The box of this dealer for this seat cannot be opened with the seat's key in this ceremony."""

    dealer: int
    advice: ClassVar[str] = _COMPLAIN


@dataclass(eq=False)
class DealtShareWrong(Invalid):
    """The value that this dealer sent does not fit the points it published."""

    dealer: int
    advice: ClassVar[str] = _COMPLAIN


@dataclass(eq=False)
class TranscriptIncomplete(Invalid):
    """A message of the ceremony is missing or has the wrong size."""

    ceremony_id: str
    part: str
    advice: ClassVar[str] = (
        "Read all messages of the ceremony from the chain; wait until every seat has sent its own."
    )


@dataclass(eq=False)
class KeysetMismatch(Invalid):
    """The keyset is not what the public messages of its ceremony give: the named value differs."""

    keyset_id: str
    field: str
    advice: ClassVar[str] = (
        "Do not confirm it and seal nothing to it; register the keyset that the messages give."
    )


@dataclass(eq=False)
class BidAmountInvalid(Invalid):
    """The amount of this lot is negative or not below 2^128 minor units. Lots count from 1; 0 says that no lot has an offer."""

    lot: int
    advice: ClassVar[str] = "Offer an amount for one lot at least; leave out a lot to make no offer for it."


@dataclass(eq=False)
class BidDocumentTooLarge(Invalid):
    """The bid document does not fit into the sealed body of this tender; both sizes in bytes, of the whole document as JSON."""

    limit: int
    got: int
    advice: ClassVar[str] = (
        "Seal fewer files, e.g. all in one archive: what does not fit is sealed by its hash alone, but each takes some room."
    )


@dataclass(eq=False)
class BodyUnreadable(Invalid):
    """The body of the opened envelope cannot be decrypted with the key that its opening gives."""

    tender_id: int
    envelope: int
    bidder: str
    advice: ClassVar[str] = _OPENED


@dataclass(eq=False)
class BodyFrameInvalid(Invalid):
    """The decrypted body is not framed as the protocol says: ``part`` is ``length`` or ``padding``."""

    tender_id: int
    envelope: int
    bidder: str
    part: str
    advice: ClassVar[str] = _OPENED


@dataclass(eq=False)
class DocumentMismatch(Invalid):
    """The sealed document is not what the envelope committed to, or says something else than it: the named member differs."""

    tender_id: int
    envelope: int
    bidder: str
    field: str
    advice: ClassVar[str] = _OPENED


@dataclass(eq=False)
class LockedFileInvalid(Invalid):
    """This is no encrypted file of this program, or not of the kind that is needed here."""

    kind: str
    cause: str
    advice: ClassVar[str] = "Pass the file as it was written."


@dataclass(eq=False)
class LockedFileRefused(Invalid):
    """The passphrase is wrong, or the file was changed."""

    kind: str
    advice: ClassVar[str] = "Try the passphrase again, or use an untouched copy of the file."
