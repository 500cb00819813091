"""Tenders as a script sees them: everything is read live, each verb is one act in a block."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Unpack

from chain.bindings import tender_board
from chain.errors.contracts import TenderBoardLotNotFound, TenderBoardNotFound, TenderBoardStatusWrong
from chain.errors.procurement import HandedQuestionWrong
from chain.ocds.reading import read_document
from chain.procurement.acts import Acts, Prepared
from chain.procurement.agreed import Plan, Source
from chain.procurement.agreement import Agreement, Agreements, agreement_acts
from chain.procurement.award import Award, Lot
from chain.procurement.award_acts import AwardActs
from chain.procurement.awarding import LiveAwards
from chain.procurement.bid import Amount, Bid, Notice
from chain.procurement.bidding import Bidding
from chain.procurement.committee import SeatHolder
from chain.procurement.complaint import Complaint, complaint_acts
from chain.procurement.complaint_acts import ComplaintActs
from chain.procurement.evaluating import LiveEvaluations
from chain.procurement.evaluation import Evaluation
from chain.procurement.handed import SALT, HandedQuestion
from chain.procurement.live import LiveFacts
from chain.procurement.opening import Opening
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.procurement.signing import Built, signed
from chain.recorder.index.content import read_object
from chain.rules import tender_id
from chain.rules.tenders import DESKS, NEVER
from chain.sealing.document import OfferFile
from chain.sealing.receipt import Receipt
from chain.types import Event, TenderFacts, TenderStatus, Terms, from_hex, moment

__all__ = ["Note", "Question", "Tender", "Tenders"]


@dataclass(frozen=True)
class Question:
    """A public question; ``answer`` is None while it is open. A text that was sent past the API and cannot be read is "".

    ``supplier``: 0x id of who asked, None while that is hidden; ``desk``: 0x id of the member that asked for it, None where nobody did.
    """

    number: int
    title: str
    description: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    supplier: str | None
    desk: str | None


@dataclass(frozen=True)
class Note:
    """A public remark of an auditor or witness; ``member``: its 0x id, ``document``: sha256 hex of one that says more."""

    number: int
    member: str
    text: str
    document: str | None
    noted_at: datetime


class Tender:
    """One tender, by number. Properties read the chain at each use; verbs return when the act is in a block."""

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self.number = number

    def __repr__(self) -> str:
        return f"Tender({self.number})"

    @property
    def id(self) -> bytes:
        """The id on the chain: the number as 32 bytes."""
        return tender_id(self.number)

    @property
    def ocid(self) -> str:
        """Open contracting id, ``{prefix}-{number}``."""
        return f"{self._session.descriptor.publication.ocid_prefix}-{self.number}"

    @property
    def facts(self) -> TenderFacts:
        """The stored facts. Raises TenderBoardNotFound."""
        return LiveFacts(self._session).tender_known(self.number)

    @property
    def status(self) -> TenderStatus:
        """Status at head time, as the contract derives it."""
        return TenderStatus(self._session.read(tender_board.tender_status(self.id)))

    @property
    def closes_at(self) -> datetime:
        """End of the bidding period, outages added."""
        return moment(self._session.read(tender_board.closes_at(self.id)))

    @property
    def opens_at(self) -> datetime:
        """When shares are sent: a block period after the contract takes them, since they are public as soon as they are sent.

        Raises TenderBoardStatusWrong while a question is open at the deadline: its answer moves the deadline.
        """
        open_from = self._session.read(tender_board.bid_window(self.id))[4]
        if open_from == NEVER:
            raise TenderBoardStatusWrong(self.number, TenderStatus.HELD)
        return moment(open_from + self._session.descriptor.period)

    @property
    def terms(self) -> Terms:
        """The terms in force."""
        return Terms.from_args(self._texts()[-1].args["terms"])

    @property
    def terms_hash(self) -> str:
        """Hash of terms and text in force, 0x hex."""
        return "0x" + self.facts.terms_hash.hex()

    @property
    def document(self) -> dict[str, Any]:
        """The OCDS tender in force; numbers with a fraction are Decimal. ``{}`` where its text is no canonical JSON object: anyone
        may send such a text past the API."""
        return _object(self._texts()[-1])

    @property
    def title(self) -> str:
        """Title of the tender in force, "" where its text has none."""
        return _text(self.document, "title")

    @property
    def published_block(self) -> int:
        """The block that holds the publication."""
        return self._texts()[0].block

    @property
    def questions(self) -> list[Question]:
        """All questions, in the order they were asked."""
        events = self.events("QuestionAsked", "QuestionAnswered", "AskerDisclosed")
        later = {(event.name, event.args["question"]): event for event in events}
        facts = LiveFacts(self._session)
        return [
            _question(
                event,
                later.get(("QuestionAnswered", event.args["question"])),
                later.get(("AskerDisclosed", event.args["question"])),
                is_hidden=facts.asked(self.number, DESKS, from_hex(event.args["tag"]))
                == event.args["question"],
            )
            for event in events
            if event.name == "QuestionAsked"
        ]

    @property
    def notes(self) -> list[Note]:
        """All notes, in the order they were recorded."""
        return [_note(event) for event in self.events("NoteRecorded")]

    def events(self, *names: str) -> list[Event]:
        """Events of this tender in chain order; all of them without names."""
        return self._session.events("TenderBoard", names, self.id)

    def amend(
        self, change: Path | str | Mapping[str, Any], *, sender: Person, approver: Person | None = None
    ) -> Tender:
        """Replaces the terms: ``change`` is a whole document, or ``{"patch": RFC 7386 patch of the tender}``.

        ``approver``: as of ``Tenders.publish``. Raises the Import refusals and those of TenderBoard's amend.
        """
        expected, document = self.facts.terms_hash, _document(change)
        self._sign(
            lambda first: self._acts(first).amend(sender.address, self.number, expected, document),
            sender,
            approver,
        )
        return self

    def ask(
        self,
        title: str,
        text: str,
        *,
        sender: Person,
        lot: str | None = None,
        item: str | None = None,
        key: str | None = None,
    ) -> Question:
        """Asks a public question. Raises the refusals of TenderBoard's ask."""
        act = self._acts().ask(sender.address, key or str(uuid.uuid4()), self.number, title, text, lot, item)
        receipt = self._session.send(act.call, sender)
        (asked,) = (event for event in receipt.events if event.name == "QuestionAsked")
        return _question(asked, None, None, is_hidden=False)

    def hand(
        self, title: str, text: str, *, sender: Person, lot: str | None = None, item: str | None = None
    ) -> HandedQuestion:
        """Writes and signs a question to be handed to an enquiry desk, which asks it without naming the sender's supplier; nothing is
        sent. Keep it: it is what proves later who asked."""
        supplier = LiveFacts(self._session).supplier_of(sender.address)
        made = HandedQuestion(
            self._session.chain_id, self._session.deployment.addresses["TenderBoard"], self.number, supplier, sender.address,
            secrets.token_bytes(SALT), title, text, lot, item,
        )  # fmt: skip
        return made.signed(sender.key)

    def relay(self, handed: HandedQuestion, *, sender: Person) -> Question:
        """Asks a question that was handed to the sender's enquiry desk, once.

        Raises HandedQuestionWrong where no account of an active supplier signed it for this tender, and the refusals of TenderBoard's ask.
        """
        facts = LiveFacts(self._session)
        handed.checked(facts.chain_id, facts.board, self.number)
        if facts.supplier_of(handed.account) != handed.supplier or not facts.supplier(handed.supplier).active:
            raise HandedQuestionWrong("supplier")
        act = self._acts().ask(
            sender.address,
            "",
            self.number,
            handed.title,
            handed.description,
            handed.lot,
            handed.item,
            handed.tag,
        )
        receipt = self._session.send(act.call, sender)
        (asked,) = (event for event in receipt.events if event.name == "QuestionAsked")
        return _question(asked, None, None, is_hidden=True)

    def disclose_asker(self, handed: HandedQuestion, *, sender: Person) -> Question:
        """Proves who asked a question that a desk asked, once bidding is over. Raises the refusals of TenderBoard's discloseAsker."""
        number = LiveFacts(self._session).asked(self.number, DESKS, handed.tag)
        act = self._acts().disclose_asker(sender.address, self.number, number, handed.supplier, handed.salt)
        self._session.send(act.call, sender)
        return self.questions[number - 1]

    def note(self, text: str, *, sender: Person, document: str | None = None, key: str | None = None) -> Note:
        """Records a public remark of an auditor or witness; ``document``: sha256 hex of one that says more.

        Raises the Import refusals and those of TenderBoard's note.
        """
        act = self._acts().note(sender.address, key or str(uuid.uuid4()), self.number, text, document)
        receipt = self._session.send(act.call, sender)
        (noted,) = (event for event in receipt.events if event.name == "NoteRecorded")
        return _note(noted)

    def answer(self, question: Question | int, text: str, *, sender: Person) -> Question:
        """Answers a question once; a late answer moves the deadline. Raises the refusals of TenderBoard's answer."""
        number = question if isinstance(question, int) else question.number
        act = self._acts().answer(sender.address, self.number, number, text)
        self._session.send(act.call, sender)
        return self.questions[number - 1]

    def cancel(
        self, reason: str, document: str, *, sender: Person, lot: int = 0, approver: Person | None = None
    ) -> Tender:
        """Begins the cancellation of a lot (0: the whole tender); ``document``: sha256 of the reasoned decision, hex.

        ``reason``: noDemand, unfixable, forceMajeure, budgetCut or ordered; ``approver``: as of ``Tenders.publish``. Raises the refusals
        of TenderBoard's cancel.
        """
        self._sign(
            lambda first: self._acts(first).cancel(sender.address, self.number, lot, reason, document),
            sender,
            approver,
        )
        return self

    @property
    def notice(self) -> Notice:
        """What a bidder seals with, also off line. Raises OpeningCommitteeKeysetNotFound."""
        return self._bidding.notice()

    def bid(
        self,
        amount: Amount,
        *documents: Path | str | OfferFile,
        sender: Person,
        declarations: bytes | None = None,
    ) -> Bid:
        """Seals a bid here and sends it; once more substitutes it. ``amount``: the price, or lot id -> price (None: no offer).

        What was sealed is kept nowhere: ``seal_bid`` and ``submit_bid`` give the receipt with which a bidder can open its own bid. Raises
        AmountLotUnknown, AmountCurrencyOther, the refusals of Money and of BidBox's submit.
        """
        self.submit_bid(
            self.seal_bid(amount, *documents, sender=sender, declarations=declarations), sender=sender
        )
        return self._bidding.of(sender.address)

    def seal_bid(
        self,
        amount: Amount,
        *documents: Path | str | OfferFile,
        sender: Person,
        declarations: bytes | None = None,
    ) -> Receipt:
        """Seals a bid here, for ``sender``; nothing is sent. Raises as ``bid``."""
        return self._bidding.seal(amount, documents, sender=sender, declarations=declarations)

    def submit_bid(self, receipt: Receipt, *, sender: Person) -> Receipt:
        """Sends what was sealed; the receipt with its transaction. Raises the refusals of BidBox's submit."""
        return self._bidding.submit(receipt, sender=sender)

    def confirm_bid(self, *, sender: Person) -> Bid:
        """Binds the sender's untouched bid to the last terms. Raises the refusals of BidBox's confirm."""
        return self._bidding.confirm(sender=sender)

    def withdraw_bid(self, *, sender: Person) -> Bid:
        """Takes the sender's bid back. Raises the refusals of BidBox's withdraw."""
        return self._bidding.withdraw(sender=sender)

    @property
    def bids(self) -> list[Bid]:
        """Every bid by index; prices and documents of those that are open."""
        return self._bidding.all()

    def open(self) -> list[Bid]:
        """Opens the bids with the seats that this process holds (a sandbox's): shares of k, checked on the chain, then every page.

        Raises ShareNotHeld, OpeningCommitteeTooEarly before ``opens_at``, and its kin.
        """
        seats = [
            (person, SeatHolder(self._session, person, store))
            for person, store in self._session.local_seats()
        ]
        self.opening.run(seats)
        return self.bids

    @property
    def opening(self) -> Opening:
        """The opening step by step: pages, shares, combination, reveal."""
        return Opening(self._session, self.number)

    @property
    def evaluation(self) -> Evaluation:
        """What its panel scores, votes and decides."""
        return Evaluation(self._session, self.number)

    @property
    def lots(self) -> list[Lot]:
        """The lots, each with its ranking and award."""
        return [Lot(self._session, self.number, number) for number in range(1, self.facts.lots + 1)]

    def lot(self, number: int) -> Lot:
        """One lot by its number from 1. Raises TenderBoardLotNotFound."""
        if not 0 < number <= self.facts.lots:
            raise TenderBoardLotNotFound(self.number, number)
        return Lot(self._session, self.number, number)

    def award(
        self, *, sender: Person, lot: int = 1, document: str | None = None, approver: Person | None = None
    ) -> Award:
        """Counts and ranks the bids of a lot where nobody did, and awards it to its candidate.

        ``document``: sha256 hex of the reasoned decision; without one, of the reason in words; ``approver``: as of ``Tenders.publish``.
        Raises as ``Lot.rank`` and ``Lot.award``.
        """
        awarded = self.lot(lot)
        awarded.rank(sender=sender)
        return awarded.award(sender=sender, document=document, approver=approver)

    def ask_curing(self, bid: int, document: str, *, sender: Person) -> Tender:
        """Asks a bidder to cure a formal defect, once. Raises the refusals of AwardDesk's askCuring."""
        self._session.send(
            self._award_acts().ask_curing(sender.address, self.number, bid, document).call, sender
        )
        return self

    def cure(self, bid: int, document: str, *, sender: Person) -> Tender:
        """Cures the sender's bid. Raises the refusals of AwardDesk's cure."""
        self._session.send(self._award_acts().cure(sender.address, self.number, bid, document).call, sender)
        return self

    def extend_decisions(self, document: str, *, sender: Person) -> Tender:
        """Doubles the time for decisions, once. Raises the refusals of AwardDesk's extendDecision."""
        self._session.send(self._award_acts().extend(sender.address, self.number, document).call, sender)
        return self

    def record_security(
        self, bid: int, status: str, reference: str, *, sender: Person, approver: Person | None = None
    ) -> Tender:
        """Records what became of a bid's security: ``held``, then ``released`` or ``forfeited``; ``reference``: sha256 hex of the paper
        that says so; ``approver``: as of ``Tenders.publish``. Raises ReasonUnknown, the refusals of AwardDesk's recordSecurity."""
        self._sign(
            lambda first: self._award_acts(first).record_security(
                sender.address, self.number, bid, status, reference
            ),
            sender,
            approver,
        )
        return self

    def complain(
        self, stage: str, document: str, *, sender: Person, lot: int = 0, key: str | None = None
    ) -> Complaint:
        """Complains about a lot (0: the whole tender); ``stage``: terms, award, cancellation or omission, ``document``: sha256 hex of the
        complaint. Raises ReasonUnknown, the refusals of ComplaintDesk's file."""
        act = self._complaint_acts.file(
            sender.address, key or str(uuid.uuid4()), self.number, lot, stage, document
        )
        receipt = self._session.send(act.call, sender)
        (filed,) = (event for event in receipt.events if event.name == "ComplaintFiled")
        return Complaint(self._session, int(filed.args["complaint"]))

    @property
    def complaints(self) -> list[Complaint]:
        """All complaints about it, in the order of filing."""
        filed = self._session.events("ComplaintDesk", ("ComplaintFiled",), self.id)
        return [Complaint(self._session, int(event.args["complaint"])) for event in filed]

    def suspend(self, document: str, *, sender: Person) -> Tender:
        """Orders that it stands still (its review body). Raises the refusals of ComplaintDesk's suspend."""
        self._session.send(self._complaint_acts.suspend(sender.address, self.number, document).call, sender)
        return self

    def resume(self, document: str, *, sender: Person) -> Tender:
        """Ends that order: every end that was running is later by its duration. Raises the refusals of ComplaintDesk's resume."""
        self._session.send(self._complaint_acts.resume(sender.address, self.number, document).call, sender)
        return self

    def consent(self, document: str, *, sender: Person, lot: int = 0) -> Tender:
        """Consents to a cancellation that was begun after the opening (its review body). Raises the refusals of consentCancel."""
        act = self._complaint_acts.consent(sender.address, self.number, lot, document)
        self._session.send(act.call, sender)
        return self

    def agree(self, document: Source, *, sender: Person, lot: int = 1, **plan: Unpack[Plan]) -> Agreement:
        """Drafts the agreement about a lot whose award is final. The arguments, and what is raised: as of ``Agreements.draft``."""
        return Agreements(self._session).draft(self.number, lot, document, sender=sender, **plan)

    @property
    def agreements(self) -> list[Agreement]:
        """All agreements about it, in the order of their drafts; what was dropped too."""
        return Agreements(self._session).of(self.number)

    def pass_over(self, lot: int = 1, *, sender: Person) -> Tender:
        """Puts out the candidate of a lot that did not sign in time what the buyer had signed; anybody may. Raises the refusals of
        AgreementBook's passOver."""
        self._session.send(agreement_acts(self._session).pass_over(self.number, lot).call, sender)
        return self

    @property
    def _complaint_acts(self) -> ComplaintActs:
        return complaint_acts(self._session)

    def _sign(self, build: Built, sender: Person, approver: Person | None) -> None:
        signed(self._session, build, sender, approver)

    def _award_acts(self, proposing: bool = False) -> AwardActs:
        live = LiveFacts(self._session), LiveSealed(self._session), LiveAwards(self._session)
        return AwardActs(*live, LiveEvaluations(self._session), proposing=proposing)

    @property
    def _bidding(self) -> Bidding:
        return Bidding(self._session, self.number)

    def _acts(self, proposing: bool = False) -> Acts:
        return Acts(LiveFacts(self._session), proposing=proposing)

    def _texts(self) -> list[Event]:
        events = self.events("TenderPublished", "TenderAmended")
        if not events:
            raise TenderBoardNotFound(self.number)
        return events


class Tenders:
    """The tenders of a network."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __len__(self) -> int:
        return self._session.read(tender_board.tender_count())

    def __iter__(self) -> Iterator[Tender]:
        return (Tender(self._session, number) for number in range(1, len(self) + 1))

    def __getitem__(self, number: int) -> Tender:
        """The tender with this number. Raises TenderBoardNotFound."""
        LiveFacts(self._session).tender_known(number)
        return Tender(self._session, number)

    def publish(
        self,
        document: Path | str | Mapping[str, Any],
        *,
        sender: Person,
        key: str | None = None,
        approver: Person | None = None,
    ) -> Tender:
        """Publishes an OCDS document (a path, or the parsed document) as a tender of the sender's organisation.

        ``key``: the same one publishes once, whatever happens; else a random one. ``approver``: another person of the organisation, who
        does what the sender proposes where the procedure asks for two accounts. Raises the Import refusals and those of TenderBoard's
        publish.
        """
        given, text = key or str(uuid.uuid4()), _document(document)

        def build(proposing: bool) -> Prepared:
            return Acts(LiveFacts(self._session), proposing=proposing).publish(sender.address, given, text)

        receipt = signed(self._session, build, sender, approver)
        (published,) = (event for event in receipt.events if event.name == "TenderPublished")
        return Tender(self._session, int(published.args["id"], 16))


def _document(source: Path | str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return read_document(json.dumps(source, ensure_ascii=False, default=_number).encode())
    return read_document(Path(source).read_bytes())


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value).__name__)


def _object(event: Event) -> dict[str, Any]:
    """The text of an event, ``{}`` where it is no canonical JSON object."""
    text = event.args["json"]
    if read_object(text)[0] is None:
        return {}
    value: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return value


def _text(value: Mapping[str, Any], name: str) -> str:
    """A member that should be text; "" where it is none."""
    member = value.get(name)
    return member if isinstance(member, str) else ""


def _question(asked: Event, answered: Event | None, disclosed: Event | None, *, is_hidden: bool) -> Question:
    text, asker = _object(asked), asked.args["supplier"]
    return Question(
        asked.args["question"],
        _text(text, "title"),
        _text(text, "description"),
        moment(asked.time),
        _text(_object(answered), "answer") if answered else None,
        moment(answered.time) if answered else None,
        asker if not is_hidden else disclosed.args["supplier"] if disclosed else None,
        asker if is_hidden else None,
    )


def _note(event: Event) -> Note:
    text = _object(event)
    document = _text(text, "document") or None
    return Note(event.args["note"], event.args["member"], _text(text, "text"), document, moment(event.time))
