"""Refusals of BidBox and OpeningCommittee: sealed bids, the ceremony of the committee, and the opening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Forbidden, Invalid

__all__ = [
    "BidBoxAlreadyConfirmed",
    "BidBoxBidderRefused",
    "BidBoxBodyInvalid",
    "BidBoxCallerRefused",
    "BidBoxClosed",
    "BidBoxEnvelopeMalformed",
    "BidBoxEnvelopesWrong",
    "BidBoxFull",
    "BidBoxHashZero",
    "BidBoxLocked",
    "BidBoxNotLive",
    "BidBoxNotSealed",
    "BidBoxPointInvalid",
    "BidBoxPointReused",
    "BidBoxProofInvalid",
    "BidBoxReleaseRefused",
    "BidBoxStopped",
    "BidBoxTermsStale",
    "BidBoxUnknown",
    "BidBoxWordsWrong",
    "OpeningCommitteeCallerRefused",
    "OpeningCommitteeCombinationInvalid",
    "OpeningCommitteeCommitmentMismatch",
    "OpeningCommitteeDealingPointInvalid",
    "OpeningCommitteeDealingProofInvalid",
    "OpeningCommitteeEntryCountWrong",
    "OpeningCommitteeEntryNotSealed",
    "OpeningCommitteeEntryWrong",
    "OpeningCommitteeFactorInvalid",
    "OpeningCommitteeFallbackTooEarly",
    "OpeningCommitteeKeyPointInvalid",
    "OpeningCommitteeKeyProofInvalid",
    "OpeningCommitteeKeysetExists",
    "OpeningCommitteeKeysetIncomplete",
    "OpeningCommitteeKeysetNotAllowed",
    "OpeningCommitteeKeysetNotFound",
    "OpeningCommitteeNotMember",
    "OpeningCommitteePageDone",
    "OpeningCommitteePhaseNotReached",
    "OpeningCommitteePlanInvalid",
    "OpeningCommitteeReshareMismatch",
    "OpeningCommitteeRevealMismatch",
    "OpeningCommitteeRollTooEarly",
    "OpeningCommitteeRoundAnswered",
    "OpeningCommitteeSeatsDependent",
    "OpeningCommitteeSeatsWrong",
    "OpeningCommitteeShareBidWrong",
    "OpeningCommitteeShareCountWrong",
    "OpeningCommitteeShareExists",
    "OpeningCommitteeShareInvalid",
    "OpeningCommitteeSharePointInvalid",
    "OpeningCommitteeSharesMissing",
    "OpeningCommitteeStepRefused",
    "OpeningCommitteeStopped",
    "OpeningCommitteeSumInvalid",
    "OpeningCommitteeTooEarly",
    "OpeningCommitteeTooLate",
]


@dataclass(eq=False)
class BidBoxUnknown(Absent):
    """This tender has no sealed bids: it is unknown, or needs none."""

    tender_id: int
    advice: ClassVar[str] = "List the tenders and name one that is open for bids."


@dataclass(eq=False)
class BidBoxBidderRefused(Forbidden):
    """This account may not bid in this tender: it acts for no eligible supplier, for none at all, or for who buys or reviews."""

    tender_id: int
    bidder: str
    advice: ClassVar[str] = (
        "Use an account of the supplier; read its registration and whether it is debarred."
    )


@dataclass(eq=False)
class BidBoxCallerRefused(Forbidden):
    """Only another contract of the network may call this."""

    caller: str
    advice: ClassVar[str] = "Use the act of the committee or of the evaluation that leads here."


@dataclass(eq=False)
class BidBoxHashZero(Invalid):
    """A required value of the bid is zero."""

    field: str
    advice: ClassVar[str] = "Pass a value for the named field."


@dataclass(eq=False)
class BidBoxEnvelopesWrong(Invalid):
    """The tender asks for another number of envelopes."""

    tender_id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Seal and send all envelopes of the bid together, in their order."


@dataclass(eq=False)
class BidBoxWordsWrong(Invalid):
    """The envelope holds another number of amounts than the tender has lots; both numbers count the document's commitment too."""

    tender_id: int
    envelope: int
    limit: int
    got: int
    advice: ClassVar[str] = (
        "Seal again with one amount, or none, for each lot; a technical envelope has no amounts."
    )


@dataclass(eq=False)
class BidBoxEnvelopeMalformed(Invalid):
    """The bytes are no envelope of this version: the named offset is wrong or cut off."""

    tender_id: int
    envelope: int
    offset: int
    advice: ClassVar[str] = "Send the file as it was sealed, or seal again with this version of the program."


@dataclass(eq=False)
class BidBoxBodyInvalid(Invalid):
    """The sealed body is larger than the tender allows, or no whole number of blocks; both sizes in bytes."""

    tender_id: int
    envelope: int
    limit: int
    got: int
    advice: ClassVar[str] = "Make the document smaller, or seal the hash of its files alone."


@dataclass(eq=False)
class BidBoxPointInvalid(Invalid):
    """The envelope holds no valid point at this offset."""

    tender_id: int
    envelope: int
    offset: int
    advice: ClassVar[str] = "Seal again; the file was changed or made by another program."


@dataclass(eq=False)
class BidBoxProofInvalid(Invalid):
    """The proof does not bind the envelope to this tender, bidder, version and committee."""

    tender_id: int
    envelope: int
    bidder: str
    advice: ClassVar[str] = "Seal again for this tender, with this account and the next version of the bid."


@dataclass(eq=False)
class BidBoxPointReused(Conflict):
    """An envelope with this point was sent before: a copy, or a random number used twice."""

    tender_id: int
    envelope: int
    x: int
    advice: ClassVar[str] = "Seal again; every envelope and version needs its own randomness."


@dataclass(eq=False)
class BidBoxClosed(Conflict):
    """The time for bids is over."""

    tender_id: int
    closed_at: datetime
    advice: ClassVar[str] = "The bids stand as they were at closing; a complaint is what is left."


@dataclass(eq=False)
class BidBoxLocked(Conflict):
    """The opening has begun: bids and terms are fixed."""

    tender_id: int
    advice: ClassVar[str] = "The bids stand as they were; a complaint is what is left."


@dataclass(eq=False)
class BidBoxStopped(Conflict):
    """The tender is being cancelled, was cancelled, or failed for want of bids: no bid moves."""

    tender_id: int
    advice: ClassVar[str] = "Read the status of the tender: it says what happened and whether it can go on."


@dataclass(eq=False)
class BidBoxFull(Conflict):
    """The tender holds as many bids as it may."""

    tender_id: int
    limit: int
    advice: ClassVar[str] = "Ask the buyer for an addendum that admits more bids."


@dataclass(eq=False)
class BidBoxTermsStale(Conflict):
    """The bid names terms that are not the tender's last."""

    tender_id: int
    expected: str
    got: str
    advice: ClassVar[str] = "Read the addendum, then seal or confirm again for the terms that hold now."


@dataclass(eq=False)
class BidBoxNotSealed(Conflict):
    """This supplier has no sealed bid in this tender: none was sent, or it was withdrawn."""

    tender_id: int
    bidder: str
    advice: ClassVar[str] = "Seal and submit a bid first."


@dataclass(eq=False)
class BidBoxAlreadyConfirmed(Conflict):
    """The bid is bound to the last terms already."""

    tender_id: int
    index: int
    advice: ClassVar[str] = "Nothing needs to be done."


@dataclass(eq=False)
class BidBoxNotLive(Conflict):
    """The bid is not live: withdrawn, lapsed or excluded before."""

    tender_id: int
    index: int
    advice: ClassVar[str] = "Name live bids only; list the bids of the tender."


@dataclass(eq=False)
class BidBoxReleaseRefused(Conflict):
    """The prices cannot be released now: too early, released before, or the technical envelopes are not all opened."""

    tender_id: int
    phase: int
    advice: ClassVar[str] = (
        "Open every live bid of the first envelope, and wait until the prices may be opened."
    )


@dataclass(eq=False)
class OpeningCommitteeKeysetNotFound(Absent):
    """No opening committee has this set of keys."""

    keyset_id: str
    advice: ClassVar[str] = "Name a usable keyset, or none where the procedure allows it."


@dataclass(eq=False)
class OpeningCommitteeCallerRefused(Forbidden):
    """This account may not do this to the ceremony or keyset: it is the council's or a seat's act."""

    id: str
    caller: str
    advice: ClassVar[str] = "Propose it to the council, or act with an OPENER account of the seat's member."


@dataclass(eq=False)
class OpeningCommitteeNotMember(Forbidden):
    """This account does not act for this seat of the acting keyset."""

    keyset_id: str
    seat: int
    caller: str
    advice: ClassVar[str] = "Use an OPENER account of the seat's member; after a resharing the new seats act."


@dataclass(eq=False)
class OpeningCommitteeSeatsDependent(Invalid):
    """Too many seats belong to one body and those that depend on it."""

    seat: int
    dependent: int
    limit: int
    advice: ClassVar[str] = "Give seats to independent members, of three sectors at least."


@dataclass(eq=False)
class OpeningCommitteePlanInvalid(Invalid):
    """The plan of the ceremony breaks a rule: the named term is wrong."""

    term: str
    advice: ClassVar[str] = (
        "Plan 2 <= k < n <= 16 with 2k > n; a resharing names exactly k seats of its parent as dealers, in rising order."
    )


@dataclass(eq=False)
class OpeningCommitteeStepRefused(Conflict):
    """This step of the ceremony is not possible now: done before, out of order, or the ceremony has failed."""

    ceremony_id: str
    step: str
    advice: ClassVar[str] = "Read what the ceremony waits for; a failed one is opened anew."


@dataclass(eq=False)
class OpeningCommitteeCommitmentMismatch(Invalid):
    """The dealing is not what this dealer committed to."""

    ceremony_id: str
    dealer: int
    advice: ClassVar[str] = "Publish the dealing that was committed to, from the stored state of the seat."


@dataclass(eq=False)
class OpeningCommitteeDealingPointInvalid(Invalid):
    """A point of the dealing is not on the curve; points count from 0."""

    ceremony_id: str
    dealer: int
    index: int
    advice: ClassVar[str] = "The dealer is at fault: open a new ceremony."


@dataclass(eq=False)
class OpeningCommitteeDealingProofInvalid(Invalid):
    """The dealer does not prove that it knows the secret it deals."""

    ceremony_id: str
    dealer: int
    advice: ClassVar[str] = "The dealer is at fault: open a new ceremony."


@dataclass(eq=False)
class OpeningCommitteeReshareMismatch(Invalid):
    """The dealer deals something else than its share of the old keyset."""

    ceremony_id: str
    dealer: int
    advice: ClassVar[str] = (
        "Deal from the share that belongs to the parent keyset, with the dealers of the plan."
    )


@dataclass(eq=False)
class OpeningCommitteeKeyPointInvalid(Invalid):
    """A key of the keyset is no valid point; seat 0 is the joint key."""

    keyset_id: str
    seat: int
    advice: ClassVar[str] = "Register the keyset that the public messages of the ceremony give."


@dataclass(eq=False)
class OpeningCommitteeKeyProofInvalid(Invalid):
    """The seat does not prove that it holds its share, for this keyset and round."""

    keyset_id: str
    seat: int
    advice: ClassVar[str] = "Answer with the share of this seat and keyset, for the round that runs."


@dataclass(eq=False)
class OpeningCommitteeKeysetExists(Conflict):
    """This keyset is registered already."""

    keyset_id: str
    advice: ClassVar[str] = "Confirm it, unless its keys are false."


@dataclass(eq=False)
class OpeningCommitteeKeysetIncomplete(Conflict):
    """Not all seats have confirmed the keyset."""

    keyset_id: str
    limit: int
    got: int
    advice: ClassVar[str] = "Wait for the seats that are missing, or form another committee."


@dataclass(eq=False)
class OpeningCommitteeKeysetNotAllowed(Conflict):
    """The keyset takes no new tender: it is retired or reshared."""

    keyset_id: str
    advice: ClassVar[str] = "Name the keyset that acts now."


@dataclass(eq=False)
class OpeningCommitteeRollTooEarly(Conflict):
    """The roll was called less than 28 days ago."""

    keyset_id: str
    not_before: datetime
    advice: ClassVar[str] = "Call it when the time that the refusal names has come."


@dataclass(eq=False)
class OpeningCommitteeRoundAnswered(Conflict):
    """The seat has answered this round."""

    keyset_id: str
    seat: int
    round: int
    advice: ClassVar[str] = "Nothing needs to be done until the next roll-call."


@dataclass(eq=False)
class OpeningCommitteeStopped(Conflict):
    """The tender is being cancelled, was cancelled, or failed for want of bids: nothing is opened."""

    tender_id: int
    advice: ClassVar[str] = "Read the status of the tender: it says what happened and whether it can go on."


@dataclass(eq=False)
class OpeningCommitteeTooEarly(Conflict):
    """The envelopes may not be opened yet; nobody sends a share before that time."""

    tender_id: int
    envelope: int
    open_from: datetime
    advice: ClassVar[str] = "Wait until the opening time of the tender, and show the shares to nobody before."


@dataclass(eq=False)
class OpeningCommitteeTooLate(Conflict):
    """The time to open has run out: what was not opened fails the tender."""

    tender_id: int
    envelope: int
    void_from: datetime
    advice: ClassVar[str] = "Nothing can be opened any more; the buyer opens a new tender."


@dataclass(eq=False)
class OpeningCommitteePhaseNotReached(Conflict):
    """This envelope waits for the result of the one before it."""

    tender_id: int
    envelope: int
    phase: int
    advice: ClassVar[str] = (
        "Open the technical envelopes first; prices follow when the evaluation releases them."
    )


@dataclass(eq=False)
class OpeningCommitteeShareExists(Conflict):
    """The seat has posted its shares of this page."""

    tender_id: int
    page: int
    seat: int
    advice: ClassVar[str] = "Nothing needs to be done; open the page when k seats have posted."


@dataclass(eq=False)
class OpeningCommitteeShareCountWrong(Invalid):
    """The page needs one share for every live bid, and holds one at least."""

    tender_id: int
    page: int
    limit: int
    got: int
    advice: ClassVar[str] = "Make the shares of all live bids of the page, and of no other."


@dataclass(eq=False)
class OpeningCommitteeShareBidWrong(Invalid):
    """The share at this place is not for the live bid of this index."""

    tender_id: int
    index: int
    advice: ClassVar[str] = "Make the shares in the order of the index, for the last version of each bid."


@dataclass(eq=False)
class OpeningCommitteeSharePointInvalid(Invalid):
    """The share of this bid is no valid point."""

    tender_id: int
    index: int
    seat: int
    advice: ClassVar[str] = "Make the share again with the seat's key."


@dataclass(eq=False)
class OpeningCommitteeShareInvalid(Invalid):
    """The proof does not show that this share was made with the seat's key for this bid."""

    tender_id: int
    index: int
    seat: int
    advice: ClassVar[str] = "Make the share again with the share of this seat and keyset."


@dataclass(eq=False)
class OpeningCommitteeSeatsWrong(Invalid):
    """The opening needs exactly k different seats in rising order."""

    tender_id: int
    limit: int
    got: int
    advice: ClassVar[str] = "Name exactly k seats that have posted their shares."


@dataclass(eq=False)
class OpeningCommitteeSharesMissing(Conflict):
    """The seat has not posted these shares for the page."""

    tender_id: int
    page: int
    seat: int
    advice: ClassVar[str] = "Use the shares as they stand in the seat's event."


@dataclass(eq=False)
class OpeningCommitteeFactorInvalid(Invalid):
    """The factor of this seat does not fit the chosen seats."""

    tender_id: int
    seat: int
    advice: ClassVar[str] = "Compute the factors for exactly these seats."


@dataclass(eq=False)
class OpeningCommitteeCombinationInvalid(Invalid):
    """A product is not the seat's factor times its share."""

    tender_id: int
    index: int
    seat: int
    advice: ClassVar[str] = "Combine the posted shares again."


@dataclass(eq=False)
class OpeningCommitteeSumInvalid(Invalid):
    """The products cannot be summed as given at this seat."""

    tender_id: int
    index: int
    seat: int
    advice: ClassVar[str] = (
        "Combine the posted shares again; where two points have one abscissa, use other seats."
    )


@dataclass(eq=False)
class OpeningCommitteeEntryCountWrong(Invalid):
    """The opening needs one entry for every live bid of the page."""

    tender_id: int
    page: int
    limit: int
    got: int
    advice: ClassVar[str] = "Give all live bids of the page, and no other."


@dataclass(eq=False)
class OpeningCommitteeEntryWrong(Invalid):
    """The entry is not the sealed content of the bid of this index."""

    tender_id: int
    index: int
    advice: ClassVar[str] = "Take point, words and body hash from the event of the last version of the bid."


@dataclass(eq=False)
class OpeningCommitteePageDone(Conflict):
    """Every bid of the page is opened."""

    tender_id: int
    page: int
    advice: ClassVar[str] = "Nothing needs to be done; read the openings."


@dataclass(eq=False)
class OpeningCommitteeEntryNotSealed(Conflict):
    """The bid of this index is not a live, unopened one."""

    tender_id: int
    index: int
    advice: ClassVar[str] = "Nothing needs to be done where it is opened; else it stays sealed for good."


@dataclass(eq=False)
class OpeningCommitteeFallbackTooEarly(Conflict):
    """The committee still has time to open; a bidder reveals its own bid only after that."""

    tender_id: int
    fallback_from: datetime
    advice: ClassVar[str] = "Wait until the fallback time, and keep the receipt file."


@dataclass(eq=False)
class OpeningCommitteeRevealMismatch(Invalid):
    """The revealed numbers do not belong to the sealed bid."""

    tender_id: int
    index: int
    advice: ClassVar[str] = "Reveal from the receipt file of the last version of the bid."
