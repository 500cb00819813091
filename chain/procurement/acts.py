"""From a typed request to a call, after the rules agreed: the one way that scripts and the API share.

A refusal here has the name that the contract would give; the contract still decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.bindings import four_eyes, supplier_registry, tender_board
from chain.errors.contracts import (
    SupplierRegistryRoleMissing,
    TenderBoardAlreadyRecorded,
    TenderBoardRoleMissing,
)
from chain.errors.procurement import AccountFormWrong, DocumentHashWrong, OrgIdWrong, ReasonUnknown
from chain.errors.service import DocumentNotFound
from chain.ocds.enquiry import answer_json, note_json, question_json
from chain.ocds.intake import Held, take, take_amendment
from chain.procurement.evaluating import evaluator_of
from chain.procurement.facts import Facts, tender_in
from chain.rules import asker_tag, canonical, document_entry, lifted, member_id, record_id, tender_id
from chain.rules.four_eyes import NOT_PROPOSED, Approving, Proposing, Signing
from chain.rules.panels import Evaluator
from chain.rules.registry import (
    check_debar,
    check_declare_owners,
    check_enrol_citizen,
    check_lift_debarment,
    check_register,
    check_set_accounts,
    check_set_active,
    may,
)
from chain.rules.tenders import (
    DESKS,
    check_amend,
    check_answer,
    check_ask,
    check_cancel,
    check_disclose_asker,
    check_note,
    check_publish,
    require_asker,
    require_bidding,
)
from chain.transactions import Call, checksum
from chain.types import ZERO32, CancellationReason, Role, Terms, moment, to_hex

__all__ = ["Acts", "Prepared", "Signed", "digest_of", "require_held"]

_REASONS = {reason.word: reason for reason in CancellationReason}


@dataclass(frozen=True)
class Prepared:
    """A call that the rules allow. ``subject`` names the thing it is about, e.g. ``tenders/7`` ("" before it has a number);
    ``ignored`` are JSON pointers of what was left out of a document. ``act``: hash that an account of the buyer proposes to FourEyes before
    another one sends the call; None where the call is sent at once. ``documents``: sha256 hex of those that it
    names, and that are held. ``decision``: the act that the call has the panel vote on, with its hash as ``act``."""

    call: Call
    subject: str
    summary: str
    ignored: tuple[str, ...] = ()
    act: bytes | None = None
    documents: tuple[str, ...] = ()
    decision: Prepared | None = None

    @property
    def kept(self) -> Prepared | None:
        """What others are to read or send later, and the chain holds the hash of alone."""
        return self.decision if self.act is None else self

    @property
    def proposed(self) -> Prepared:
        """What is sent first: the call itself, or that it is proposed."""
        if self.act is None:
            return self
        call = four_eyes.propose(self.act)
        return Prepared(call, f"acts/{to_hex(self.act)}", f"propose to {self.summary}", self.ignored)


@dataclass(frozen=True)
class Signed:
    """How an act of a buyer is signed: what the rules ask, and the hash to propose, None where it is done at once."""

    signing: Signing
    act: bytes | None

    @classmethod
    def of(cls, facts: Facts, buyer: bytes, call: Call, four_eyes: bool, proposing: bool) -> Signed:
        """``four_eyes``: whether the procedure asks for two accounts; ``proposing``: the first of them acts now."""
        if not four_eyes:
            return cls(NOT_PROPOSED, None)
        proposal = facts.proposal(buyer, call)
        if proposing:
            return cls(Proposing(facts.now()), proposal.act)
        return cls(Approving(proposal, facts.clock()), None)


class Acts:
    """Builds the calls of procurement from ``facts``.

    ``held``: sha256 hex -> (bytes, media type) of a stored document, None where documents are not checked.
    ``proposing``: acts that take four eyes are made to be proposed, else to be done.
    """

    def __init__(self, facts: Facts, held: Held | None = None, *, proposing: bool = False) -> None:
        self._facts = facts
        self._held = held
        self._proposing = proposing

    def publish(self, actor: str, key: str, body: Mapping[str, Any]) -> Prepared:
        """A tender from an OCDS document. Raises the Import refusals and those of TenderBoard's publish."""
        facts, now = self._facts, self._facts.now()
        caller = facts.caller(actor)
        member = caller.person.member
        if not caller.runs(member, Role.OFFICER | Role.APPROVER, now):
            raise TenderBoardRoleMissing("OFFICER", actor)
        record = record_id(facts.chain_id, member, key)
        recorded = facts.recorded(member, record)
        if recorded:
            # Before the document is read: its periods may be over when a lost answer is asked for again.
            raise TenderBoardAlreadyRecorded("0x" + record.hex(), recorded)
        intake = take(
            body, defaults=facts.defaults(), buyer_org_id=facts.org_id(member), now=now, held=self._held
        )
        procedure, retired = facts.procedure(intake.terms.procedure, intake.terms.procedure_version)
        call = tender_board.publish(record, intake.terms.as_tuple(), intake.json)
        eyes = procedure is not None and procedure.four_eyes
        signed = Signed.of(facts, member, call, eyes, self._proposing)
        check_publish(
            caller, record, intake.terms, len(intake.json.encode()), recorded=recorded,
            procedure=procedure, retired=retired, keyset=facts.keyset(intake.terms.keyset_id),
            keyset_dependent=facts.dependent_seat(intake.terms.keyset_id, member),
            review_body_fits=facts.review_body_fits(intake.terms.review_body, member),
            now=now, panel=self._panel(intake.terms, member), signing=signed.signing,
        )  # fmt: skip
        summary = f"publish the tender {intake.tender['title']!r}"
        return Prepared(call, "", summary, intake.ignored, signed.act, self._documents(intake.tender))

    def amend(self, actor: str, number: int, expected: bytes, body: Mapping[str, Any]) -> Prepared:
        """New terms for a tender; ``expected``: hash of those it replaces. Raises the Import refusals and those of amend."""
        facts, clock = self._facts, self._facts.clock()
        known, procedure = tender_in(self._facts, number)
        caller = facts.caller(actor)
        if not caller.runs(known.buyer, Role.OFFICER | Role.APPROVER, clock.now):
            raise TenderBoardRoleMissing("OFFICER", actor)
        # Before the document is read: one that comes too late is refused for that, not for periods that are over.
        require_bidding(number, known, procedure, clock)
        intake = take_amendment(
            body, current_tender=facts.document(number), current_terms=facts.terms(number), defaults=facts.defaults(),
            buyer_org_id=facts.org_id(known.buyer), now=clock.now, held=self._held,
        )  # fmt: skip
        text = intake.json.encode()
        call = tender_board.amend(tender_id(number), expected, intake.terms.as_tuple(), intake.json)
        signed = Signed.of(facts, known.buyer, call, known.four_eyes, self._proposing)
        check_amend(
            caller, number, known, procedure, expected, intake.terms, text, clock=clock,
            panel=self._panel(intake.terms, known.buyer, number), signing=signed.signing,
        )  # fmt: skip
        path, summary = _tender_path(number), f"amend tender {number}"
        return Prepared(call, path, summary, intake.ignored, signed.act, self._documents(intake.tender))

    def ask(
        self,
        actor: str,
        key: str,
        number: int,
        title: str,
        description: str,
        lot: str | None = None,
        item: str | None = None,
        tag: bytes | None = None,
    ) -> Prepared:
        """A public question; ``tag``: a desk's, which hides who asks. Raises the Import refusals and those of TenderBoard's ask: a desk's
        without a tag could never be disclosed, one with a tag that a supplier sends would tell who asks."""
        facts, clock = self._facts, self._facts.clock()
        known, procedure = tender_in(self._facts, number)
        text = question_json(
            title, description, related_lot=lot, related_item=item, tender=facts.document(number)
        )
        caller = facts.caller(actor)
        is_desk = require_asker(caller, known.buyer, clock.now)
        if tag is not None and not is_desk:
            raise TenderBoardRoleMissing("REGISTRAR", actor)
        if is_desk:
            asker, holder, used = caller.person.member, DESKS, tag or ZERO32
        else:
            asker = holder = facts.supplier_of(actor)
            used = record_id(facts.chain_id, lifted(actor), key)
        check_ask(
            caller, number, known, procedure, used, len(text), asked=facts.asked(number, holder, used),
            questions=facts.questions_by(number, asker), desks=facts.questions_by(number, DESKS) if is_desk else 0, clock=clock,
        )  # fmt: skip
        call = tender_board.ask(tender_id(number), used, text.decode())
        return Prepared(call, _tender_path(number), f"ask about tender {number}: {title!r}")

    def answer(self, actor: str, number: int, question: int, text: str) -> Prepared:
        """An answer to a question. Raises the Import refusals and those of TenderBoard's answer."""
        facts, clock = self._facts, self._facts.clock()
        known, procedure = tender_in(self._facts, number)
        json = answer_json(text)
        answered = facts.answered(number, question)
        check_answer(
            facts.caller(actor), number, known, procedure, question, len(json), answered=answered, clock=clock
        )
        call = tender_board.answer(tender_id(number), question, json.decode())
        return Prepared(call, _tender_path(number), f"answer question {question} of tender {number}")

    def disclose_asker(
        self, actor: str, number: int, question: int, supplier: bytes, salt: bytes
    ) -> Prepared:
        """Who asked a desk's question, by what made its tag. Raises the refusals of TenderBoard's discloseAsker."""
        facts, clock = self._facts, self._facts.clock()
        known, procedure = tender_in(self._facts, number)
        tag = asker_tag(facts.chain_id, facts.board, number, supplier, salt)
        check_disclose_asker(
            facts.caller(actor), number, known, procedure, question,
            is_known=facts.asker_of(number, question) != ZERO32,
            fits=facts.asked(number, DESKS, tag) == question and facts.supplier(supplier).exists, clock=clock,
        )  # fmt: skip
        call = tender_board.disclose_asker(tender_id(number), question, supplier, salt)
        return Prepared(
            call, _tender_path(number), f"disclose who asked question {question} of tender {number}"
        )

    def note(self, actor: str, key: str, number: int, text: str, document: str | None = None) -> Prepared:
        """A public remark; ``document``: sha256 hex of one that says more. Raises the Import refusals and those of TenderBoard's note."""
        facts, now = self._facts, self._facts.now()
        known, _ = tender_in(self._facts, number)
        json = note_json(text, document)
        caller = facts.caller(actor)
        member = caller.person.member
        record = record_id(facts.chain_id, member, key)
        check_note(
            caller, number, known, record, len(json), recorded=facts.recorded(member, record),
            notes=facts.notes_by(number, member), now=now,
        )  # fmt: skip
        call = tender_board.note(record, tender_id(number), json.decode())
        return Prepared(call, _tender_path(number), f"note on tender {number}")

    def cancel(self, actor: str, number: int, lot: int, reason: str, document: str) -> Prepared:
        """Begins the cancellation of a lot (0: the whole); ``document``: sha256 hex of the reasoned decision.

        Raises ReasonUnknown, DocumentHashWrong and the refusals of TenderBoard's cancel.
        """
        facts, clock = self._facts, self._facts.clock()
        known, procedure = tender_in(self._facts, number)
        if reason not in _REASONS:
            raise ReasonUnknown(reason, ", ".join(_REASONS))
        digest, own = digest_of(document), facts.cancellation(number, lot)
        code = int(_REASONS[reason])
        call = tender_board.cancel(tender_id(number), lot, code, digest)
        signed = Signed.of(facts, known.buyer, call, known.four_eyes, self._proposing)
        check_cancel(
            facts.caller(actor), number, known, procedure, lot, code, digest, own=own, clock=clock, signing=signed.signing
        )  # fmt: skip
        what = f"lot {lot} of tender {number}" if lot else f"tender {number}"
        return Prepared(
            call, _tender_path(number), f"cancel {what}: {reason}", act=signed.act, documents=(digest.hex(),)
        )

    def register_supplier(self, actor: str, org_id: str, name: str, accounts: Sequence[str]) -> Prepared:
        """A supplier that is a firm. Raises OrgIdWrong, AccountFormWrong and the refusals of SupplierRegistry's register."""
        facts = self._facts
        scheme, _, identifier = org_id.rpartition("-")
        if not scheme or not identifier or len(org_id) > 128:
            raise OrgIdWrong(org_id[:128])
        supplier = member_id(org_id)
        listed = _addresses(accounts)
        text = canonical({"identifier": {"scheme": scheme, "id": identifier}, "name": name})
        registrar, known = self._has(actor, Role.REGISTRAR), facts.supplier(supplier)
        check_register(
            actor,
            registrar,
            supplier,
            known,
            listed,
            lambda account: not facts.is_taken(account, ZERO32),
            len(text),
        )
        call = supplier_registry.register(supplier, listed, text.decode())
        return Prepared(call, f"suppliers/0x{supplier.hex()}", f"register the supplier {org_id}")

    def set_supplier_active(self, actor: str, supplier: bytes, active: bool) -> Prepared:
        """Activates or deactivates. Raises the refusals of SupplierRegistry's setActive."""
        is_registrar = self._has(actor, Role.REGISTRAR)
        check_set_active(actor, is_registrar, supplier, self._facts.supplier(supplier), active)
        call = supplier_registry.set_active(supplier, active)
        return Prepared(
            call,
            f"suppliers/0x{supplier.hex()}",
            "activate the supplier" if active else "deactivate the supplier",
        )

    def set_supplier_accounts(
        self, actor: str, supplier: bytes, expected: int, accounts: Sequence[str]
    ) -> Prepared:
        """Replaces the accounts of the caller's supplier. Raises the refusals of SupplierRegistry's setAccounts."""
        listed = _addresses(accounts)
        self._require_own(actor, supplier)
        known = self._facts.supplier(supplier)
        check_set_accounts(
            actor, known, expected, listed, lambda account: not self._facts.is_taken(account, supplier)
        )
        call = supplier_registry.set_accounts(expected, listed)
        return Prepared(call, f"suppliers/0x{supplier.hex()}", f"set {len(listed)} accounts of the supplier")

    def declare_owners(self, actor: str, supplier: bytes, expected: int, document: str) -> Prepared:
        """Declares the owners by sha256 of the declaration. Raises DocumentHashWrong and the refusals of declareOwners."""
        digest = digest_of(document)
        self._require_own(actor, supplier)
        check_declare_owners(actor, self._facts.supplier(supplier), expected, digest)
        call = supplier_registry.declare_owners(expected, digest)
        return Prepared(call, f"suppliers/0x{supplier.hex()}", "declare the owners of the supplier")

    def debar_supplier(self, actor: str, supplier: bytes, until: int, document: str) -> Prepared:
        """Debars until a time in unix seconds; ``document``: sha256 hex of the order.

        Raises DocumentHashWrong, DocumentNotFound and the refusals of SupplierRegistry's debar.
        """
        facts = self._facts
        digest, known, now = digest_of(document), facts.supplier(supplier), facts.now()
        check_debar(actor, self._has(actor, Role.REVIEWER), supplier, known, until, digest, now)
        require_held(self._held, digest)
        call = supplier_registry.debar(supplier, until, digest)
        return Prepared(
            call, f"suppliers/0x{supplier.hex()}", f"debar the supplier until {moment(until).isoformat()}"
        )

    def lift_debarment(self, actor: str, supplier: bytes, document: str) -> Prepared:
        """Ends the debarment in force; ``document``: sha256 hex of the order.

        Raises DocumentHashWrong, DocumentNotFound and the refusals of SupplierRegistry's liftDebarment.
        """
        facts = self._facts
        digest, known, now = digest_of(document), facts.supplier(supplier), facts.now()
        check_lift_debarment(actor, self._has(actor, Role.REVIEWER), supplier, known, digest, now)
        require_held(self._held, digest)
        call = supplier_registry.lift_debarment(supplier, digest)
        return Prepared(call, f"suppliers/0x{supplier.hex()}", "lift the debarment of the supplier")

    def enrol_citizen(self, actor: str, account: str) -> Prepared:
        """An account of nobody's, for a citizen. Raises AccountFormWrong and the refusals of SupplierRegistry's enrolCitizen."""
        (address,) = _addresses([account])
        taken = self._facts.is_taken(address, ZERO32)
        check_enrol_citizen(actor, self._has(actor, Role.REGISTRAR), address, taken)
        return Prepared(
            supplier_registry.enrol_citizen(address), f"citizens/{address}", f"enrol the citizen {address}"
        )

    def _panel(self, terms: Terms, buyer: bytes, number: int = 0) -> dict[str, Evaluator]:
        """What is known of the accounts of a panel."""
        return {
            account: evaluator_of(self._facts, account, buyer, terms.keyset_id, number)
            for account in terms.setup.panel
        }

    def _documents(self, tender: Mapping[str, Any]) -> tuple[str, ...]:
        """Documents of a tender that are held."""
        held = self._held
        digests = [document_entry(each)["sha256"] for each in tender.get("documents", ())]
        return tuple(each for each in digests if held is not None and held(each) is not None)

    def _has(self, actor: str, role: Role) -> bool:
        caller = self._facts.caller(actor)
        return may(caller.person, caller.member, role, self._facts.now())

    def _require_own(self, actor: str, supplier: bytes) -> None:
        """The contract takes the supplier from the sender: an act on another one's would change the sender's own."""
        if self._facts.supplier_of(actor) != supplier:
            raise SupplierRegistryRoleMissing("SUPPLIER", actor)


def _tender_path(number: int) -> str:
    return f"tenders/{number}"


def require_held(held: Held | None, digest: bytes) -> None:
    """Whom a decision concerns, and everybody else, can read why. Raises DocumentNotFound."""
    if held is not None and held(digest.hex()) is None:
        raise DocumentNotFound(digest.hex())


def digest_of(text: str) -> bytes:
    """The 32 bytes of a sha256 in hex. Raises DocumentHashWrong."""
    if not re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", text):
        raise DocumentHashWrong(text[:80])
    return bytes.fromhex(text.removeprefix("0x"))


def _addresses(accounts: Sequence[str]) -> list[str]:
    for account in accounts:
        if not re.fullmatch(r"0x[0-9a-fA-F]{40}", account):
            raise AccountFormWrong(account[:80])
    return [checksum(account) for account in accounts]
