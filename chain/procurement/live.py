"""The facts read from a node, call by call: for scripts, where the chain is asked and nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chain.bindings import (
    award_desk,
    bid_box,
    complaint_desk,
    evaluation_desk,
    four_eyes,
    member_registry,
    opening_committee,
    procedure_book,
    supplier_registry,
    tender_board,
)
from chain.errors.contracts import ProcedureBookNotFound, ProcedureBookRetired, TenderBoardNotFound
from chain.ocds.content import content_of
from chain.ocds.intake import Defaults
from chain.procurement.facts import CURRENCIES
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Session
from chain.rules import act_hash, tender_id
from chain.rules.deadlines import Clock, Outage, Outages
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts, tender_facts
from chain.rules.four_eyes import Proposal
from chain.rules.openings import KeysetFacts
from chain.rules.tenders import DESKS, Caller
from chain.transactions import Call
from chain.types import (
    ZERO32,
    Cancellation,
    ComplaintFacts,
    EvaluationFacts,
    Event,
    Kind,
    Pause,
    Procedure,
    Queue,
    Role,
    TenderFacts,
    Terms,
    from_hex,
    padded,
    to_hex,
    unpadded,
)

__all__ = ["LiveFacts"]


class LiveFacts:
    """Facts of a session's network at its head (protocol ``Facts``)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self._session.chain_id

    @property
    def period(self) -> int:
        """Seconds between blocks."""
        return self._session.descriptor.period

    def now(self) -> int:
        """The earliest time of the block that an act sent now can be in."""
        return self._session.now() + self._session.descriptor.period

    def clock(self) -> Clock:
        """That time, with the outages that lengthen ends."""
        read, now = self._session.read, self.now()
        gap = read(procedure_book.outage_gap())
        if not gap:
            return Clock(now)
        count, last_tick = read(procedure_book.outages())
        return Clock(
            now, gap, last_tick, Outages(count, lambda place: Outage(*read(procedure_book.outage_at(place))))
        )

    def defaults(self) -> Defaults:
        """What a document does not say, from the descriptor; the newest versions of the procedures on the chain."""
        default = self._session.descriptor.defaults
        adopted = self._session.events("ProcedureBook", ("ProcedureAdopted",))
        codes = {unpadded(event.args["code"]) for event in adopted}
        newest = {
            code: self._session.read(procedure_book.last_version(padded(code, 16))) for code in sorted(codes)
        }
        return Defaults(
            newest,
            CURRENCIES,
            default.procedure,
            bytes.fromhex(default.keyset[2:]),
            bytes.fromhex(default.review_body[2:]),
        )

    def caller(self, address: str) -> Caller:
        """What the registries say of an account."""
        person = PersonFacts.from_tuple(self._session.read(member_registry.person_facts(address)))
        member = MemberFacts.from_tuple(self._session.read(member_registry.member_facts(person.member)))
        supplies = person.member != ZERO32 and self.supplier(person.member).exists
        return Caller(address, person, member, self.supplier(self.supplier_of(address)), supplies)

    def org_id(self, member: bytes) -> str:
        """Org-id of a member; empty where unknown."""
        admitted = self._session.events("MemberRegistry", ("MemberAdmitted",), member)
        return str(admitted[0].args["orgId"]) if admitted else ""

    def procedure(self, code: str, version: int) -> tuple[Procedure | None, bool]:
        """A procedure version and whether it is retired."""
        key = (padded(code, 16), version)
        try:
            found = self._session.read(procedure_book.procedure_of(*key))
        except ProcedureBookNotFound:
            return None, False
        procedure = Procedure(unpadded("0x" + found[0].hex()), *found[1:])
        try:
            self._session.read(procedure_book.require_live(*key))
        except ProcedureBookRetired:
            return procedure, True
        return procedure, False

    def tender(self, number: int) -> TenderFacts | None:
        """Stored facts of a tender."""
        if not 0 < number < 2**256:
            return None
        id = tender_id(number)
        facts = tender_facts(self._session.read(tender_board.tender_facts(id)))
        if not facts.terms_version:
            return None
        box = self._session.read(bid_box.box(id))
        # No lot fails in the award phase before a bid is open, which locks the box.
        failed, until = self._session.read(award_desk.failed_lots(id)) if box[6] else (0, 0)
        result = EvaluationFacts()
        if facts.envelopes == 2 and box[6]:
            result = EvaluationFacts.from_tuple(self._session.read(evaluation_desk.evaluation_of(id)))
        # From the technical result on the envelopes with the prices are due.
        due = int(result.standstill_ends != 0)
        return replace(
            facts,
            live_bids=box[2] if box[4] == facts.terms_version else 0,
            opened_bids=self._session.read(opening_committee.opened_bids(id, due)),
            technical_ends=result.standstill_ends,
            technical_failed=result.failed,
            locked=box[6],
            lots_failed=failed,
            lots_failed_until=until,
            **(self._watched(id) if facts.watched else {}),
        )

    def _watched(self, id: bytes) -> dict[str, Any]:
        """What ComplaintDesk holds of a tender, as fields of its facts."""
        read = self._session.read
        suspended_at, _, _, amends, amend_version = read(complaint_desk.watch_of(id))
        filed = self._session.events("ComplaintDesk", ("ComplaintFiled",), id)
        numbers = [int(event.args["complaint"]) for event in filed]
        known = {
            number: ComplaintFacts.from_tuple(read(complaint_desk.complaint_facts(number)))
            for number in numbers
        }
        queues = []
        for lot, stage in sorted({(facts.lot, facts.stage) for facts in known.values()}):
            mine = [number for number in numbers if (known[number].lot, known[number].stage) == (lot, stage)]
            waiting = tuple(number for number in mine if known[number].status.is_open)
            queues.append(Queue(lot, stage, waiting, read(complaint_desk.queue_of(id, lot, stage))[2]))
        pauses = tuple(Pause(*each) for each in read(complaint_desk.pauses_of(id)))
        return {
            "suspended_at": suspended_at, "pauses": pauses, "amends": amends, "amend_version": amend_version, "queues": tuple(queues),
        }  # fmt: skip

    def tender_known(self, number: int) -> TenderFacts:
        """Stored facts of a tender. Raises TenderBoardNotFound."""
        facts = self.tender(number)
        if facts is None:
            raise TenderBoardNotFound(number)
        return facts

    def terms(self, number: int) -> Terms:
        """Terms in force of a tender that is there."""
        return Terms.from_args(self._texts(number)[-1].args["terms"])

    def document(self, number: int) -> dict[str, Any]:
        """Last good OCDS tender of a tender that is there, {} where no text was good."""
        good: dict[str, Any] | None = None
        for event in self._texts(number):
            content = content_of(event, good)
            good = content.value if content.ok else good
        return good or {}

    @property
    def board(self) -> str:
        """Address of TenderBoard."""
        return self._session.deployment.addresses["TenderBoard"]

    def act(self, call: Call) -> bytes:
        """Hash of a call, by which FourEyes and panels know it."""
        return act_hash(self.chain_id, self._session.deployment.addresses[call.contract], call.data)

    def proposal(self, member: bytes, call: Call) -> Proposal:
        """What FourEyes holds of a call as an act of this member."""
        act = self.act(call)
        proposer, until = self._session.read(four_eyes.proposal_of(member, act))
        stands = bool(until) and self.caller(proposer).runs(member, Role.OFFICER, self.now())
        return Proposal(act, proposer, until, stands)

    def recorded(self, member: bytes, record: bytes) -> int:
        """Tender or note that a member recorded under this id, 0 if none."""
        return int.from_bytes(self._session.read(tender_board.record_of(member, record)), "big")

    def asked(self, number: int, asker: bytes, tag: bytes) -> int:
        """Question of a supplier, or of any desk (``DESKS``), about a tender that has this tag, 0 if none."""
        return self._session.read(tender_board.question_of(tender_id(number), asker, tag))

    def questions_by(self, number: int, asker: bytes) -> int:
        """Number of questions of a supplier, a desk's member or all desks (``DESKS``) about a tender."""
        asked = self._session.events("TenderBoard", ("QuestionAsked",), tender_id(number))
        if asker != DESKS:
            return sum(event.args["supplier"] == to_hex(asker) for event in asked)
        # By their tags: a desk may have become a supplier since.
        return sum(
            self.asked(number, DESKS, from_hex(event.args["tag"])) == event.args["question"]
            for event in asked
        )

    def asker_of(self, number: int, question: int) -> bytes:
        """Supplier that was disclosed as the asker of a desk's question, 32 zero bytes if none was."""
        if not 0 < question < 2**16:
            return ZERO32
        return self._session.read(tender_board.asker_of(tender_id(number), question))

    def notes_by(self, number: int, member: bytes) -> int:
        """Number of notes of a member about a tender."""
        noted = self._session.events("TenderBoard", ("NoteRecorded",), tender_id(number))
        return sum(event.args["member"] == to_hex(member) for event in noted)

    def answered(self, number: int, question: int) -> bool:
        """Whether a question has its answer."""
        return 0 < question < 2**16 and self._session.read(
            tender_board.is_answered(tender_id(number), question)
        )

    def cancellation(self, number: int, lot: int) -> Cancellation:
        """Cancellation of this lot alone, or of the whole tender (0); of nothing where there is none."""
        if not 0 <= lot < 2**8:
            return Cancellation(lot)
        return Cancellation(lot, *self._session.read(tender_board.cancellation(tender_id(number), lot)))

    def has_bid(self, number: int, member: bytes) -> bool:
        """Whether a member ever sent a bid for a tender as a supplier."""
        return self._session.read(bid_box.place_of(tender_id(number), member)) != 0

    def independent(self, a: bytes, b: bytes) -> bool:
        """Whether two members have nobody above in common, and none is above the other."""
        return self._session.read(member_registry.independent(a, b))

    def review_body_fits(self, body: bytes, buyer: bytes) -> bool:
        """Whether it is an active REVIEW_BODY member independent of the buyer."""
        is_active = self._session.read(member_registry.is_active(body, int(Kind.REVIEW_BODY)))
        return is_active and self.independent(body, buyer)

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        return LiveSealed(self._session).keyset(id)

    def dependent_seat(self, id: bytes, member: bytes) -> int:
        """First seat of a keyset whose member depends on this one, 0 if none."""
        return LiveSealed(self._session).dependent_seat(id, member)

    def supplier(self, supplier: bytes) -> SupplierFacts:
        """Stored facts of a supplier."""
        return SupplierFacts.from_tuple(self._session.read(supplier_registry.supplier_facts(supplier)))

    def supplier_of(self, address: str) -> bytes:
        """Supplier of an account, 32 zero bytes if none."""
        return self._session.read(supplier_registry.supplier_of(address))

    def is_taken(self, account: str, but: bytes) -> bool:
        """Whether an account belongs to a member, to a citizen, or to a supplier other than ``but``."""
        member = self._session.read(member_registry.member_of(account))
        citizen = self._session.read(supplier_registry.is_citizen(account))
        return citizen or member != ZERO32 or self.supplier_of(account) not in (ZERO32, but)

    def _texts(self, number: int) -> list[Event]:
        texts = self._session.events("TenderBoard", ("TenderPublished", "TenderAmended"), tender_id(number))
        if not texts:
            raise TenderBoardNotFound(number)
        return texts
