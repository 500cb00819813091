"""Refusals of a bidder's and of a committee member's own machine: what it does not hold, or will not do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chain.errors.base import Absent, Conflict, Invalid

__all__ = [
    "AmountCurrencyOther", "AmountLotRepeated", "AmountLotUnknown", "BidAbsent", "CeremoniesDiffer", "KeysetOther", "NoticeWrong",
    "NoticesDiffer", "PageBidForeign", "PassphraseShort", "PassphraseUnreadable", "ReceiptExists", "ReceiptForeign", "ReceiptUnproved",
    "ReceiptWithdrawn", "RevealTooEarlyHere", "SeatAbsent", "SeatNotHeld", "SecretsNeeded", "ServiceUnconfirmed", "ShareNotHeld",
    "SharesConcentrated", "SharesFileWrong",
]  # fmt: skip


@dataclass(eq=False)
class SeatNotHeld(Conflict):
    """This account's organisation has neither a seat nor a dealing in the ceremony."""

    ceremony_id: str
    account: str
    advice = "Act with an account of a member that the ceremony names; `licita committee show` lists them."


@dataclass(eq=False)
class SeatAbsent(Absent):
    """This machine holds no secrets of the ceremony: it has not joined it, or has finished it."""

    ceremony_id: str
    advice = (
        "Run `licita committee join` first, on the machine and in the folder where the other steps were made."
    )


@dataclass(eq=False)
class ShareNotHeld(Absent):
    """This machine holds no share of the keyset."""

    keyset_id: str
    advice = "Use the machine and the folder in which the ceremony was confirmed; if the share is lost, tell the council: others can open."


@dataclass(eq=False)
class SharesConcentrated(Conflict):
    """This folder holds so many shares of one keyset that it could read sealed bids alone."""

    keyset_id: str
    threshold: int
    held: int
    advice = "Each member keeps its share on its own machine: remove the shares of others from this folder."


@dataclass(eq=False)
class SharesFileWrong(Invalid):
    """The file is no page of this tender to be opened, or no shares for one."""

    path: str
    problem: str
    advice = "Write the page file anew with `licita committee page`, and the shares from it with `licita committee share --page`."


@dataclass(eq=False)
class CeremoniesDiffer(Conflict):
    """Two services tell different box keys of the ceremony: one is behind, or wants to read what is dealt. Nothing was sent."""

    ceremony_id: str
    advice = "Ask again in a minute; if they still differ, send nothing, and ask the other members which keys are theirs."


@dataclass(eq=False)
class SecretsNeeded(Conflict):
    """The secrets serve an act that is still to come: the ceremony goes on, or the keyset is the one that opens tenders."""

    id: str
    advice = "Keep them until the ceremony has failed, or another keyset has taken over; `licita committee show` says so."


@dataclass(eq=False)
class PageBidForeign(Conflict):
    """An envelope of the page is not one that its bidder sealed for this tender: a share of it could open another bid. None was made."""

    tender: int
    index: int
    advice = "Send nothing. Take the page from another node; if it is the same there, tell the council and the auditors."


@dataclass(eq=False)
class BidAbsent(Absent):
    """The supplier has no bid in this tender."""

    tender: int
    supplier: str
    advice = "`licita bid list` shows what was submitted."


@dataclass(eq=False)
class AmountLotUnknown(Invalid):
    """The price names a lot that the tender does not have, or none where it has several."""

    lot: str
    known: str
    advice = "Give a price for each lot you offer, by its id."


@dataclass(eq=False)
class AmountLotRepeated(Invalid):
    """Two prices are given for one lot."""

    lot: str
    advice = "Give one price for each lot you offer."


@dataclass(eq=False)
class AmountCurrencyOther(Invalid):
    """The tender is in another currency."""

    expected: str
    got: str
    advice = "Give the price in the tender's currency."


@dataclass(eq=False)
class NoticeWrong(Invalid):
    """It is no notice of the tender that was asked for, or its parts do not belong together: a keyset has the id that its keys give."""

    part: str
    advice = (
        "Seal nothing. Take the notice from another node; compare the keyset's id with the published tender."
    )


@dataclass(eq=False)
class NoticesDiffer(Conflict):
    """Two services give different notices of the tender: one is behind, or lies about the committee's key."""

    part: str
    here: str
    there: str
    advice = "Seal nothing. Ask again in a minute; if they still differ, ask the buyer which is right, and report it."


@dataclass(eq=False)
class KeysetOther(Conflict):
    """The key is not the one that is expected: whoever made it could read the bid."""

    expected: str
    got: str
    advice = "Seal and send nothing with it. Ask the buyer, or another node, which keyset the tender has; then seal anew."


@dataclass(eq=False)
class ServiceUnconfirmed(Conflict):
    """One source alone says this, and by a lie in it the bid could be read: nothing was sealed or sent."""

    part: str
    said: str
    advice = "Let a second service confirm it with --also, or give the keyset's id with --keyset; --trust-service does without."


@dataclass(eq=False)
class RevealTooEarlyHere(Conflict):
    """By this machine's own clock bidders may not reveal yet, whatever the service says: nothing was sent."""

    tender: int
    fallback_from: datetime
    service_time: datetime
    machine_time: datetime
    advice = "Set the clock if it is wrong. If it is right, the service's is not: reveal nothing through it, and ask another one."


@dataclass(eq=False)
class ReceiptExists(Conflict):
    """The file is there already; a receipt is never overwritten, because it opens the bid that it is of."""

    path: str
    advice = "Send it with `licita bid submit`, or name another file with --output."


@dataclass(eq=False)
class ReceiptForeign(Conflict):
    """The receipt is of another network than the service's; both are named by the EIP-712 domain of their BidBox."""

    receipt: str
    network: str
    advice = "Name the service of the network that the bid was sealed for with --url."


@dataclass(eq=False)
class ReceiptUnproved(Conflict):
    """The chain, as the service tells it, does not hold what the receipt is of: ``part`` is what is missing or differs."""

    tender: int
    version: int
    part: str
    advice = "Submit it if it was not sent; else ask another service, and compare with the block that the receipt names."


@dataclass(eq=False)
class ReceiptWithdrawn(Conflict):
    """The bid of this receipt was withdrawn: it is never opened, and to send it again changes nothing."""

    tender: int
    version: int
    advice = "If you want to bid after all, seal a new bid with `licita bid seal` and submit that before the deadline."


@dataclass(eq=False)
class PassphraseUnreadable(Invalid):
    """The passphrase file is no text in UTF-8: of bytes that are no letters little would be left to keep a secret with."""

    path: str
    advice = "Write the passphrase as plain text; random bytes as hex, e.g. with `openssl rand -hex 16`."


@dataclass(eq=False)
class PassphraseShort(Invalid):
    """The passphrase is too short to keep a secret with."""

    least: int
    advice = "Take several random words; the file is useless without it, so keep it apart from the file."
