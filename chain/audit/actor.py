"""Who acted where a transaction does not call our contract itself: an account may be a contract, a wallet of several people say.

The sender of such a transaction is not who our contract heard. The event tells it: it names the account, or the member or supplier that
the account acts for. That nobody's signature on the record says so directly is no fault, and is told in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chain.audit.act import Act
from chain.audit.agreements import BY_REVIEW
from chain.audit.sealed.book import Book, shown_time
from chain.recorder.index.agreement_book import pending_end
from chain.recorder.index.content import load
from chain.recorder.index.facts import facts_from
from chain.recorder.index.rows import Row
from chain.recorder.schema import (
    idx_account,
    idx_agreement,
    idx_ceremony,
    idx_complaint,
    idx_keyset,
    idx_person,
    idx_proposal,
    idx_tender,
)
from chain.types import ZERO32, Role, Side, TerminationCause, from_hex, to_hex

__all__ = ["Actor", "Indirect", "actor_of", "indirect_of", "person_for", "person_of_any"]

_ANY = int(~Role(0))
_RUNS_TENDERS = int(Role.OFFICER | Role.APPROVER)
_UNPROVED = {
    "KeysetSeatConfirmed": "the proof of the seat's key",
    "RollAnswered": "the proof of the seat's key",
    "ScoresRevealed": "that they are the scores that were committed to",
}
"""Events whose proof stands in the call alone."""


@dataclass(frozen=True)
class Actor:
    """``account``: the one that is taken to have acted; ``who``: what the event says of it, in words."""

    account: str
    who: str


@dataclass(frozen=True)
class Indirect:
    """An act that its account did not sign: another contract called ours."""

    event: str
    who: str
    sender: str
    time: int
    block: int
    transaction: str

    @property
    def text(self) -> str:
        """The finding in words."""
        proof = f"; {_UNPROVED[self.event]} is not checked again" if self.event in _UNPROVED else ""
        return (
            f"not signed directly: block {self.block}, {shown_time(self.time)}: {self.event} by {self.who} came through another contract, "
            f"in a transaction of {self.sender}{proof}"
        )


_Find = Callable[[Act, Book], Actor | None]


def actor_of(act: Act, book: Book) -> Actor | None:
    """Who acted; None where the event is of nobody, or names nobody who might have."""
    find = _ACTORS.get(act.event.name)
    return None if find is None else find(act, book)


def indirect_of(act: Act, who: str, sender: str) -> Indirect:
    """The finding on an act; ``sender`` signed its transaction."""
    event = act.event
    return Indirect(event.name, who, sender, event.time, event.block, event.transaction)


def person_for(act: Act, member: str, roles: int, but: str = "") -> Actor | None:
    """A person of the member with one of the roles, in force, other than ``but``; None where there is none."""
    for row in act.rows.all(idx_person):
        account = row["address"]
        if row["member"] != member or account == but:
            continue
        if act.caller_of(account).runs(from_hex(member), roles, act.now):
            return Actor(account, f"a person of {act.organisation(member)}")
    return None


def person_of_any(act: Act, role: Role) -> Actor | None:
    """As ``person_for`` for a member that the event does not name; None where no member has such a person."""
    members = sorted({row["member"] for row in act.rows.all(idx_person)})
    return next((found for each in members if (found := person_for(act, each, role))), None)


def _supplier_s(act: Act, supplier: str) -> Actor | None:
    for row in act.rows.all(idx_account):
        if row["supplier"] == supplier:
            return Actor(row["address"], f"an account of supplier {supplier}")
    return None


def _named(argument: str) -> _Find:
    """The event gives the account."""
    return lambda act, book: Actor(act.args[argument], act.args[argument])


def _of(argument: str, roles: int) -> _Find:
    """The event gives the member."""
    return lambda act, book: person_for(act, act.args[argument], roles)


def _voter(act: Act, book: Book) -> Actor | None:
    """Of a panel, or of the council."""
    return _named("evaluator" if act.event.contract == "EvaluationDesk" else "voter")(act, book)


def _of_buyer(roles: int) -> _Find:
    """The event is about a tender of the member."""

    def find(act: Act, book: Book) -> Actor | None:
        row = act.rows.get(idx_tender, act.number)
        return None if row is None else person_for(act, row["buyer"], roles)

    return find


def _remover(act: Act, book: Book) -> Actor | None:
    """An admin of the member, who removes others only."""
    return person_for(act, act.args["member"], Role.ADMIN, but=act.args["account"])


def _of_proposer(act: Act, book: Book) -> Actor | None:
    row = act.rows.get(idx_proposal, int(act.args["proposal"]))
    return None if row is None else person_for(act, row["member"], Role.DELEGATE)


def _auditor(act: Act, book: Book) -> Actor | None:
    return person_of_any(act, Role.AUDITOR)


def _registrar(act: Act, book: Book) -> Actor | None:
    return person_of_any(act, Role.REGISTRAR)


def _of_organisation(act: Act, book: Book) -> Actor | None:
    """A member's person, or a supplier's account."""
    organisation = act.args["organisation"]
    return person_for(act, organisation, _ANY) or _supplier_s(act, organisation)


def _asker(argument: str) -> _Find:
    """The event gives the supplier, or the member whose desk asks."""

    def find(act: Act, book: Book) -> Actor | None:
        asker = act.args[argument]
        return _supplier_s(act, asker) or person_for(act, asker, Role.REGISTRAR)

    return find


def _bidder(act: Act, book: Book) -> Actor | None:
    """An account of the supplier whose bid it is, not always the one that sealed it."""
    places = book.box(act.number).places
    supplier = next((each for each, place in places.items() if place == act.args["index"]), ZERO32)
    return _supplier_s(act, to_hex(supplier))


def _reviewer(act: Act, book: Book) -> Actor | None:
    """A reviewer of the tender's review body."""
    row = act.rows.get(idx_tender, act.number)
    return (
        None if row is None else person_for(act, to_hex(facts_from(row["facts"]).review_body), Role.REVIEWER)
    )


def _executor(act: Act, book: Book) -> Actor | None:
    """The buyer without a document, the review body with one."""
    by_buyer = act.args["documentHash"] == to_hex(ZERO32)
    return _of_buyer(_RUNS_TENDERS)(act, book) if by_buyer else _reviewer(act, book)


def _of_supplier(act: Act, book: Book) -> Actor | None:
    return _supplier_s(act, act.args["supplier"])


def _complainant(act: Act, book: Book) -> Actor | None:
    row = act.rows.get(idx_complaint, int(act.args["complaint"]))
    return None if row is None else _supplier_s(act, row["supplier"])


def _seat(act: Act, book: Book) -> Actor | None:
    """An opener of the seat's member in a ceremony."""
    row = act.rows.get(idx_ceremony, act.args["ceremonyId"])
    return None if row is None else _opener(act, row, act.args["seat"])


def _dealer(act: Act, book: Book) -> Actor | None:
    """An opener of the dealing member: of the parent in a resharing."""
    row = act.rows.get(idx_ceremony, act.args["ceremonyId"])
    if row is not None and row["parent"] != to_hex(ZERO32):
        row = act.rows.get(idx_keyset, row["parent"])
    return None if row is None else _opener(act, row, act.args["dealer"])


def _holder(act: Act, book: Book) -> Actor | None:
    """An opener of the member that holds a seat of a keyset."""
    row = act.rows.get(idx_keyset, act.args["keysetId"])
    return None if row is None else _opener(act, row, act.args["seat"])


def _opener(act: Act, row: Row, seat: int) -> Actor | None:
    members = load(row["members"])
    return person_for(act, members[seat - 1], Role.OPENER) if 0 < seat <= len(members) else None


def _party(act: Act, book: Book) -> Actor | None:
    """An account of the supplier of the agreement."""
    row = act.rows.get(idx_agreement, int(act.args["agreement"]))
    return None if row is None else _supplier_s(act, row["supplier"])


def _of_side(roles: int) -> _Find:
    """The event gives the side of the agreement."""
    buyer = _of_buyer(roles)
    return lambda act, book: (_party if act.args["side"] == Side.SUPPLIER else buyer)(act, book)


def _ender(act: Act, book: Book) -> Actor | None:
    """By consent the side that had not proposed it."""
    cause, row = act.args["cause"], act.rows.get(idx_agreement, int(act.args["agreement"]))
    if cause == TerminationCause.MUTUAL and row is not None and pending_end(row).side is Side.BUYER:
        return _party(act, book)
    return _reviewer(act, book) if cause in BY_REVIEW else _of_buyer(_RUNS_TENDERS)(act, book)


_ACTORS: Mapping[str, _Find] = {
    "ActProposed": _named("proposer"),
    "AgreementChangeDropped": _of_side(Role.OFFICER),
    "AgreementChangeProposed": _of_side(Role.OFFICER),
    "AgreementChangeSigned": _of_side(_RUNS_TENDERS),
    "AgreementChanged": _of_side(_RUNS_TENDERS),
    "AgreementCompleted": _of_buyer(_RUNS_TENDERS),
    "AgreementDrafted": _of_buyer(Role.OFFICER),
    "AgreementEndProposed": _of_side(_RUNS_TENDERS),
    "AgreementRated": _named("rater"),
    "AgreementSigned": _of_side(_RUNS_TENDERS),
    "AgreementTerminated": _ender,
    "ApplicationSubmitted": _of_organisation,
    "AskerDisclosed": _asker("by"),
    "BatchAnchored": _of("member", Role.OPERATOR),
    "BidConfirmed": _bidder,
    "BidCured": _bidder,
    "BidDisqualified": _of_buyer(_RUNS_TENDERS),
    "BidExplained": _bidder,
    "BidSealed": _named("bidder"),
    "BidWithdrawn": _bidder,
    "CancellationConsented": _reviewer,
    "CancellationProposed": _of_buyer(_RUNS_TENDERS),
    "CeremonyFailed": _seat,
    "CeremonyJoined": _seat,
    "CitizenEnrolled": _registrar,
    "Commented": _of_organisation,
    "ComplaintAdmitted": _reviewer,
    "ComplaintAnswered": _dealer,
    "ComplaintDismissed": _reviewer,
    "ComplaintFiled": _of_supplier,
    "ComplaintRejected": _reviewer,
    "ComplaintRemedied": _executor,
    "ComplaintUpheld": _reviewer,
    "ComplaintWithdrawn": _complainant,
    "CuringAsked": _of_buyer(Role.OFFICER),
    "DealingCommitted": _dealer,
    "DealingPublished": _dealer,
    "DealingSent": _dealer,
    "DecisionExtended": _of_buyer(Role.OFFICER),
    "EvaluatorReplaced": _of_buyer(_RUNS_TENDERS),
    "ExplanationAsked": _of_buyer(Role.OFFICER),
    "FindingsRecorded": _of("member", Role.EVALUATOR),
    "KeysetSeatConfirmed": _holder,
    "LotAwarded": _of_buyer(_RUNS_TENDERS),
    "MemberResigned": _of("member", Role.ADMIN),
    "MilestoneAccepted": _of_buyer(_RUNS_TENDERS),
    "MilestoneDelivered": _party,
    "MilestoneRefused": _of_buyer(_RUNS_TENDERS),
    "NoteRecorded": _of("member", int(Role.AUDITOR | Role.WITNESS)),
    "PaymentRecorded": _of_buyer(_RUNS_TENDERS),
    "PaymentReversed": _of_buyer(_RUNS_TENDERS),
    "PersonRemoved": _remover,
    "PersonRotated": _of("member", Role.ADMIN),
    "ProposalCreated": _named("proposer"),
    "QuestionAnswered": _of_buyer(Role.OFFICER),
    "QuestionAsked": _asker("supplier"),
    "ReportPublished": _of_proposer,
    "ResolutionOpened": _of("member", Role.DELEGATE),
    "RollAnswered": _holder,
    "ScoresCommitted": _named("evaluator"),
    "ScoresRevealed": _named("evaluator"),
    "SecurityRecorded": _of_buyer(_RUNS_TENDERS),
    "SharesPosted": _holder,
    "TechnicalDecided": _of_buyer(_RUNS_TENDERS),
    "TenderAmended": _of_buyer(_RUNS_TENDERS),
    "TenderPublished": _of("buyer", _RUNS_TENDERS),
    "TenderResumed": _reviewer,
    "TenderSuspended": _reviewer,
    "TextHidden": _auditor,
    "VoteCalled": _of_buyer(Role.OFFICER),
    "VoteCast": _voter,
}
"""Event that an account causes -> how it is found."""
