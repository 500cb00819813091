"""What ``chain.rules.agreements`` says of the rows of a follower: the refusal of an act, or the event that it makes; and what the contracts
must hold by these rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chain.audit.act import Act, supplier_facts
from chain.audit.place import NOWHERE
from chain.recorder.index.agreement_book import (
    agreement_facts,
    milestones_in,
    payment_facts,
    pending_change,
    pending_end,
)
from chain.recorder.index.award_desk import lot_facts_from
from chain.recorder.index.content import load
from chain.recorder.index.facts import facts_from, rules_of
from chain.recorder.index.procedure_book import clock_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import (
    idx_act,
    idx_agreement,
    idx_bid,
    idx_cancellation,
    idx_change,
    idx_citizen,
    idx_lot,
    idx_member,
    idx_payment,
    idx_rating,
    idx_supplier,
    idx_tender,
)
from chain.rules.agreements import (
    BOTH,
    Ground,
    Signable,
    amount_of,
    check_accept,
    check_complete,
    check_deliver,
    check_draft,
    check_drop_change,
    check_pass_over,
    check_propose_change,
    check_rate,
    check_record_payment,
    check_refuse,
    check_reverse_payment,
    check_sign,
    check_sign_change,
    check_terminate,
    signing_of,
)
from chain.rules.four_eyes import NOT_PROPOSED, Approving, Proposal, Signing
from chain.rules.registry import independent
from chain.rules.tenders import Caller, clock_of, lot_status, queue_of, tender_status
from chain.types import (
    ZERO32,
    AgreementChange,
    AgreementFacts,
    AgreementTerms,
    Cancellation,
    ComplaintStage,
    Event,
    LotFacts,
    MilestoneFacts,
    Payment,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Procedure,
    Ratings,
    Role,
    Side,
    TenderFacts,
    TerminationCause,
    from_hex,
    to_hex,
)
from tests.contracts.world import address
from tests.invariants.agreement_facts import Seen, SeenAgreement, SeenLot

__all__ = ["AgreementModel", "Told"]

Told = tuple[str, dict[str, Any]]
"""An event that an act makes: its name, and its arguments beside the tender."""

_NOTHING = Event("", "", {}, 0, 0, "", 0, 0, "")


@dataclass
class AgreementModel:
    """What a follower of a tender knows; ``rows`` change with each block. ``now``: time of an act."""

    number: int
    rows: MemoryRows

    # What is known

    @property
    def tender(self) -> TenderFacts:
        """The tender of the walk."""
        return rules_of(self.number, self.rows)[0]

    @property
    def procedure(self) -> Procedure:
        """Its procedure."""
        return rules_of(self.number, self.rows)[1]

    @property
    def count(self) -> int:
        """Agreements."""
        return sum(1 for _ in self.rows.all(idx_agreement))

    def act(self, who: str) -> Act:
        """What is known of who acts."""
        return Act(_NOTHING, address(who), self.rows, NOWHERE, False)

    def caller(self, who: str) -> Caller:
        """As the registries know it."""
        return self.act(who).caller()

    def supplier(self, who: str) -> bytes:
        """Whom it acts for, 32 zero bytes if for none."""
        return self.act(who).supplier()

    def lot(self, lot: int) -> LotFacts:
        """What AwardDesk holds of it."""
        row = self.rows.get(idx_lot, self.number, lot)
        return LotFacts() if row is None else lot_facts_from(row["facts"])

    def candidate(self, lot: int) -> int:
        """Index of the bid that is the lot's."""
        row = self.rows.get(idx_lot, self.number, lot)
        ranking, head = [] if row is None else load(row["ranking"]), self.lot(lot).head
        return int(ranking[head]) if head < len(ranking) else 0

    def awarded_to(self, lot: int) -> bytes:
        """Whose bid that is."""
        index = self.candidate(lot)
        rows = (row for row in self.rows.all(idx_bid) if (row["tender"], row["bid"]) == (self.number, index))
        return next((from_hex(row["supplier"]) for row in rows), ZERO32)

    def latest(self, lot: int) -> int:
        """The latest agreement about a lot, 0 = none."""
        row = self.rows.get(idx_lot, self.number, lot)
        return 0 if row is None else int(row["agreement"])

    def signable(self, lot: int, now: int, tender: int = 0) -> Signable:
        """A lot of the tender, or of another number."""
        number = tender or self.number
        row, cancelled = self.rows.get(idx_tender, number), self.rows.get(idx_cancellation, number, lot)
        own = (
            Cancellation(lot)
            if cancelled is None
            else Cancellation(lot, cancelled["proposed_at"], cancelled["cancels_at"])
        )
        facts = None if row is None else facts_from(row["facts"])
        return Signable(number, lot, facts, self.procedure, self.lot(lot), own, clock_in(self.rows.get, now))

    def facts(self, agreement: int) -> AgreementFacts | None:
        """None where there is none."""
        row = self.rows.get(idx_agreement, agreement)
        return None if row is None else agreement_facts(row)

    def ground(self, agreement: int, now: int) -> Ground:
        """What the rules ask for."""
        return Ground(agreement, self.facts(agreement), clock_in(self.rows.get, now), self.tender)

    def milestones(self, agreement: int) -> list[MilestoneFacts]:
        """All of an agreement, in order; of one that there is not, none."""
        facts = self.facts(agreement)
        return [] if facts is None else milestones_in(agreement, facts.milestones, self.rows)

    def milestone(self, agreement: int, milestone: int) -> MilestoneFacts:
        """Empty where there is none."""
        return dict(enumerate(self.milestones(agreement), 1)).get(milestone, MilestoneFacts())

    def change(self, agreement: int) -> PendingChange:
        """The one that waits."""
        row = self.rows.get(idx_agreement, agreement)
        return pending_change(row and self.rows.get(idx_change, agreement, row["changes"]))

    def end(self, agreement: int) -> PendingEnd:
        """The one that waits."""
        row = self.rows.get(idx_agreement, agreement)
        return PendingEnd() if row is None else pending_end(row)

    def payment(self, payer: bytes, ref: bytes) -> PaymentFacts:
        """Made by this payer under this reference, as the buyer recorded it."""
        key = (to_hex(self.tender.buyer), to_hex(payer), to_hex(ref))
        rows = [row for row in self.rows.all(idx_payment) if (row["buyer"], row["payer"], row["ref"]) == key]
        return payment_facts(rows[0] if rows else None)

    def signing(self, act: bytes, now: int) -> Signing:
        """Whether somebody proposed an act."""
        tender = self.tender
        if not tender.four_eyes:
            return NOT_PROPOSED
        clock, row = clock_in(self.rows.get, now), self.rows.get(idx_act, to_hex(tender.buyer), to_hex(act))
        if row is None or row["approver"]:
            return Approving(Proposal(act), clock)
        proposer = Act(_NOTHING, row["proposer"], self.rows, NOWHERE, False).caller()
        stands = proposer.runs(tender.buyer, Role.OFFICER, now)
        return Approving(Proposal(act, row["proposer"], row["until"], stands), clock)

    def is_independent(self, member: bytes) -> bool:
        """Of the buyer."""
        return independent(member, self.tender.buyer, self.act("nobody").superiors())

    # Acts: what they make, or the refusal

    def draft(
        self,
        who: str,
        now: int,
        lot: int,
        replaces: int,
        terms: AgreementTerms,
        signing: Signing,
        tender: int = 0,
    ) -> Told:
        """``tender``: another one's number."""
        indexes = [
            row["bid"]
            for row in self.rows.all(idx_bid)
            if (row["tender"], row["supplier"]) == (self.number, to_hex(terms.supplier))
        ]
        check_draft(
            self.caller(who), self.signable(lot, now, tender), replaces, terms, last=self.latest(lot),
            awarded=indexes == [self.candidate(lot)], payer_known=self.rows.get(idx_member, to_hex(terms.payer)) is not None,
            before=self.facts(self.latest(lot)), signing=signing,
        )  # fmt: skip
        return "AgreementDrafted", {"agreement": str(self.count + 1), "lot": lot, "terms": _terms(terms)}

    def sign(self, who: str, now: int, agreement: int, document: bytes, signing: Signing) -> Told:
        ground = self.ground(agreement, now)
        facts, supplier = ground.known(), self.supplier(who)
        check_sign(
            self.caller(who), ground, self.signable(facts.lot, now), document, supplier=supplier, signing=signing,
            party=self._party(facts), candidate=self.awarded_to(facts.lot),
        )  # fmt: skip
        return "AgreementSigned", self._by(agreement, who) | {"documentHash": to_hex(document)}

    def pass_over(self, who: str, now: int, lot: int, tender: int = 0) -> Told:
        """``tender``: another one's number."""
        draft = self.facts(self.latest(lot))
        check_pass_over(self.signable(lot, now, tender), draft, self.awarded_to(lot))
        assert draft is not None, "who was offered it has a draft"
        told = {"lot": lot, "index": self.candidate(lot), "supplier": to_hex(draft.supplier)}
        return "AwardPassedOver", {"agreement": str(self.latest(lot)), **told}

    def propose_change(
        self, who: str, now: int, agreement: int, version: int, change: AgreementChange
    ) -> Told:
        check_propose_change(
            self.caller(who), self.ground(agreement, now), version, change, supplier=self.supplier(who), procedure=self.procedure,
            pending=self.change(agreement), milestones=self.milestones(agreement),
        )  # fmt: skip
        made = {
            "reason": change.reason, "value": str(change.value), "extension": change.extension,
            "documentHash": to_hex(change.document_hash),
        }  # fmt: skip
        return "AgreementChangeProposed", self._by(agreement, who) | {"change": made}

    def sign_change(self, who: str, now: int, agreement: int, named: bytes, signing: Signing) -> Told:
        pending, ground = self.change(agreement), self.ground(agreement, now)
        check_sign_change(
            self.caller(who), ground, named, supplier=self.supplier(who), pending=pending, milestones=self.milestones(agreement),
            signing=signing, party=self._party(ground.known()),
        )  # fmt: skip
        args = self._by(agreement, who)
        if pending.signatures | Side(args["side"]).bit != BOTH:
            return "AgreementChangeSigned", args
        return "AgreementChanged", args | {"version": ground.known().version + 1, "value": str(pending.value)}

    def drop_change(self, who: str, now: int, agreement: int, named: bytes, signing: Signing) -> Told:
        pending = self.change(agreement)
        check_drop_change(
            self.caller(who), self.ground(agreement, now), named, supplier=self.supplier(who), pending=pending, signing=signing
        )  # fmt: skip
        told = {"documentHash": to_hex(pending.document_hash)}
        return "AgreementChangeDropped", self._by(agreement, who) | told

    def deliver(self, who: str, now: int, agreement: int, milestone: int, document: bytes) -> Told:
        check_deliver(
            self.caller(who), self.ground(agreement, now), milestone, document, supplier=self.supplier(who),
            of=self.milestone(agreement, milestone),
        )  # fmt: skip
        return "MilestoneDelivered", _milestone(agreement, milestone, document)

    def accept(
        self, who: str, now: int, agreement: int, milestone: int, document: bytes, signing: Signing
    ) -> Told:
        of = self.milestone(agreement, milestone)
        check_accept(
            self.caller(who), self.ground(agreement, now), milestone, document, of=of, signing=signing
        )
        return "MilestoneAccepted", _milestone(agreement, milestone, document)

    def refuse(
        self, who: str, now: int, agreement: int, milestone: int, document: bytes, signing: Signing
    ) -> Told:
        of = self.milestone(agreement, milestone)
        check_refuse(
            self.caller(who), self.ground(agreement, now), milestone, document, of=of, signing=signing
        )
        return "MilestoneRefused", _milestone(agreement, milestone, document)

    def record_payment(self, who: str, now: int, agreement: int, payment: Payment, signing: Signing) -> Told:
        of, ground = self.milestone(agreement, payment.milestone), self.ground(agreement, now)
        required = self.milestone(agreement, of.requires) if of.requires else None
        check_record_payment(
            self.caller(who), ground, payment, of=of, required=required, known=self.payment(payment.payer, payment.ref), signing=signing
        )  # fmt: skip
        made = {
            "milestone": payment.milestone, "payer": to_hex(payment.payer), "payee": to_hex(payment.payee), "amount": str(payment.amount),
            "ref": to_hex(payment.ref), "paidAt": payment.paid_at,
        }  # fmt: skip
        number = ground.known().payments + 1
        return "PaymentRecorded", {"agreement": str(agreement), "number": number, "payment": made}

    def reverse_payment(
        self, who: str, now: int, agreement: int, payer: bytes, ref: bytes, document: bytes, signing: Signing
    ) -> Told:
        payment = self.payment(payer, ref)
        check_reverse_payment(
            self.caller(who), self.ground(agreement, now), ref, document, payment=payment, signing=signing
        )
        told = {"agreement": str(agreement), "number": payment.number, "documentHash": to_hex(document)}
        return "PaymentReversed", told

    def complete(self, who: str, now: int, agreement: int, document: bytes, signing: Signing) -> Told:
        ground, milestones = self.ground(agreement, now), self.milestones(agreement)
        check_complete(self.caller(who), ground, document, milestones=milestones, signing=signing)
        return "AgreementCompleted", {"agreement": str(agreement), "documentHash": to_hex(document)}

    def terminate(
        self, who: str, now: int, agreement: int, cause: int, document: bytes, signing: Signing
    ) -> Told:
        pending, supplier = self.end(agreement), self.supplier(who)
        apart = self.is_independent(self.tender.review_body)
        check_terminate(
            self.caller(who), self.ground(agreement, now), cause, document, supplier=supplier, pending=pending, independent=apart,
            signing=signing,
        )  # fmt: skip
        by = self._by(agreement, who)
        if cause == TerminationCause.MUTUAL and pending.side in (Side.NONE, by["side"]):
            return "AgreementEndProposed", by | {"documentHash": to_hex(document)}
        told = {"agreement": str(agreement), "cause": cause, "documentHash": to_hex(document)}
        return "AgreementTerminated", told

    def rate(self, who: str, now: int, agreement: int, rating: int) -> Told:
        caller = self.caller(who)
        citizen = self.rows.get(idx_citizen, caller.address) is not None
        rater = caller.address if citizen else to_hex(caller.person.member)
        check_rate(
            caller, self.ground(agreement, now), rating, citizen=citizen, independent=self.is_independent(caller.person.member),
            rated=self.rows.get(idx_rating, agreement, rater) is not None,
        )  # fmt: skip
        told = {"agreement": str(agreement), "rater": caller.address, "citizen": citizen, "rating": rating}
        return "AgreementRated", told

    def _party(self, facts: AgreementFacts) -> Caller:
        """Somebody of the agreement's supplier."""
        return Caller("", supplier=supplier_facts(self.rows.get(idx_supplier, to_hex(facts.supplier))))

    def _by(self, agreement: int, who: str) -> dict[str, Any]:
        facts = self.facts(agreement)
        own = facts is not None and self.supplier(who) == facts.supplier
        return {"agreement": str(agreement), "side": int(Side.SUPPLIER if own else Side.BUYER)}

    # What the contracts must hold

    def differences(self, seen: Seen) -> list[tuple[str, Any, Any]]:
        """What they hold otherwise than these rows say: what about, theirs, and by the rows."""
        clock = clock_in(self.rows.get, seen.time)
        tender = self.tender
        pairs: list[tuple[str, Any, Any]] = [
            ("status", seen.status, tender_status(tender, self.procedure, clock)),
            ("suspended", seen.suspended_at, tender.suspended_at),
            ("agreements", list(seen.agreements), list(range(1, self.count + 1))),
        ]
        for lot, held in seen.lots.items():
            pairs.append((f"lot {lot}", held, self._lot(lot, held, seen.time)))
        for number, each in seen.agreements.items():
            pairs.append((f"agreement {number}", each, self._agreement(number)))
        return [pair for pair in pairs if pair[1] != pair[2]]

    def _lot(self, lot: int, held: SeenLot, now: int) -> SeenLot:
        known = self.signable(lot, now)
        status = lot_status(known.known(), self.procedure, known.own, known.facts, known.clock)
        candidate = self.candidate(lot) if known.facts.head < known.facts.ranked else held.candidate
        standstill = clock_of(known.known(), known.clock).end_of(known.facts.standstill_ends)
        waiting = len(queue_of(known.known(), lot, ComplaintStage.AWARD).open)
        return SeenLot(
            known.facts, status, standstill, waiting, candidate, self.latest(lot), signing_of(known)
        )

    def _agreement(self, number: int) -> SeenAgreement:
        facts, milestones = self.facts(number), self.milestones(number)
        assert facts is not None
        amounts = tuple(amount_of(facts, place, each) for place, each in enumerate(milestones, 1))
        return SeenAgreement(facts, tuple(milestones), amounts, self.change(number), self.end(number))

    def payments(self) -> dict[tuple[bytes, bytes, bytes], PaymentFacts]:
        """By buyer, payer and reference."""
        return {
            (from_hex(row["buyer"]), from_hex(row["payer"]), from_hex(row["ref"])): payment_facts(row)
            for row in self.rows.all(idx_payment)
        }

    def ratings(self) -> dict[bytes, Ratings]:
        """By supplier."""
        found: dict[bytes, Ratings] = {}
        for row in self.rows.all(idx_rating):
            known, rating = found.get(from_hex(row["supplier"]), Ratings()), row["rating"]
            by = (known.witnesses, known.witness_sum, known.citizens, known.citizen_sum)
            add = (0, 0, 1, rating) if row["citizen"] else (1, rating, 0, 0)
            found[from_hex(row["supplier"])] = Ratings(*(a + b for a, b in zip(by, add, strict=True)))
        return found

    def raters(self) -> set[tuple[int, bytes]]:
        """(agreement, who) as AgreementBook keys it."""
        return {
            (row["agreement"], from_hex(row["rater"]).rjust(32, b"\0")) for row in self.rows.all(idx_rating)
        }


def _milestone(agreement: int, milestone: int, document: bytes) -> dict[str, Any]:
    return {"agreement": str(agreement), "milestone": milestone, "documentHash": to_hex(document)}


def _terms(terms: AgreementTerms) -> dict[str, Any]:
    milestones: Sequence[dict[str, Any]] = [
        {"kind": each.kind, "bps": each.bps, "requires": each.requires, "due": each.due} for each in terms.milestones
    ]  # fmt: skip
    return {
        "supplier": to_hex(terms.supplier), "value": str(terms.value), "payer": to_hex(terms.payer),
        "documentHash": to_hex(terms.document_hash), "startsAt": terms.starts_at, "endsAt": terms.ends_at, "milestones": milestones,
    }  # fmt: skip
