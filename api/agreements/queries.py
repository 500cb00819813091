"""Agreements as the API shows them."""

from __future__ import annotations

from typing import Any

from api.agreements.schemas import (
    AgreementBody,
    AgreementRowBody,
    AwaitedBody,
    ChangeBody,
    EndBody,
    MilestoneBody,
    MovedBody,
    PaymentBody,
    RatingBody,
)
from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from api.sealed import when
from api.steps import StepBody, step_body
from chain.errors.contracts import AgreementBookNotFound
from chain.money import Money
from chain.procurement.agreeing import IndexedAgreements
from chain.procurement.agreement_steps import agreement_steps
from chain.procurement.awarding import IndexedAwards
from chain.procurement.step import once
from chain.recorder.index.agreement_views import AgreementRow, ChangeRow, MilestoneRow, PaymentRow
from chain.recorder.index.cursor import number_in
from chain.rules.agreements import amount_of, cap_of
from chain.types import (
    ZERO32,
    AgreementStatus,
    MilestoneKind,
    Procedure,
    Side,
    to_hex,
)

__all__ = ["agreement", "agreements", "changes", "milestones", "payments", "ratings", "row_of"]

_SHOWN = 100
"""Payments and changes that stand in an agreement; all of them have lists of their own."""


def agreements(
    service: Service, tender: int | None, buyer: str | None, supplier: str | None, after: str | None, limit: int
) -> ListOf[AgreementRowBody]:  # fmt: skip
    """Agreements in the order of their drafts. Raises CursorInvalid."""
    with service.index.at_once():
        page = service.index.agreeing.agreements(tender, buyer, supplier, after, limit)
        return listed(
            service, [AgreementRowBody(**_One(service, row).short) for row in page.items], page.next
        )


def agreement(service: Service, number: int) -> AgreementBody:
    """One agreement. Raises AgreementBookNotFound."""
    with service.index.at_once():
        return _One(service, row_of(service, number)).whole


def milestones(service: Service, number: int) -> ListOf[MilestoneBody]:
    """Its milestones. Raises AgreementBookNotFound."""
    with service.index.at_once():
        return listed(service, _One(service, row_of(service, number)).milestones, None)


def payments(service: Service, number: int, after: str | None, limit: int) -> ListOf[PaymentBody]:
    """Its payments, in order. Raises AgreementBookNotFound, CursorInvalid."""
    with service.index.at_once():
        one = _One(service, row_of(service, number))
        found = one.payments(0 if after is None else number_in(after), limit + 1)
        return listed(service, found[:limit], str(found[limit - 1].number) if len(found) > limit else None)


def changes(service: Service, number: int, after: str | None, limit: int) -> ListOf[ChangeBody]:
    """Its changes, in order. Raises AgreementBookNotFound, CursorInvalid."""
    with service.index.at_once():
        one = _One(service, row_of(service, number))
        found = one.changes(0 if after is None else number_in(after), limit + 1)
        return listed(service, found[:limit], str(found[limit - 1].number) if len(found) > limit else None)


def ratings(service: Service, number: int) -> ListOf[RatingBody]:
    """The ratings of its works, by rater. Raises AgreementBookNotFound."""
    with service.index.at_once():
        row_of(service, number)
        bodies = [
            RatingBody(
                rater=row.rater, org_id=None if row.citizen else org_id_of(service, row.rater), citizen=row.citizen, rating=row.rating,
                rated_at=time_text(row.rated_at), transaction=row.transaction,
            )
            for row in service.index.agreeing.ratings(number)
        ]  # fmt: skip
        return listed(service, bodies, None)


def row_of(service: Service, number: int) -> AgreementRow:
    """The row of an agreement. Raises AgreementBookNotFound."""
    row = service.index.agreeing.agreement(number)
    if row is None:
        raise AgreementBookNotFound(number)
    return row


class _One:
    """One agreement, with what it is shown with."""

    def __init__(self, service: Service, row: AgreementRow) -> None:
        tender = service.index.tender(row.facts.tender)
        assert tender is not None, "agreements are about tenders that there are"
        self._service, self._row, self._facts, self._tender = service, row, row.facts, tender

    @property
    def short(self) -> dict[str, Any]:
        """Fields of a row in a list."""
        row, facts = self._row, self._facts
        buyer, supplier = to_hex(facts.buyer), to_hex(facts.supplier)
        return {
            "number": row.number, "tender": facts.tender, "lot": facts.lot, "status": facts.status.word, "version": facts.version,
            "buyer": buyer, "buyer_org_id": self._org(buyer), "supplier": supplier, "org_id": self._org(supplier),
            "currency": self._tender.facts.currency, "value": self._money(facts.value), "paid": self._money(facts.paid),
            "drafted_at": time_text(row.drafted_at), "active_at": when(row.active_at), "ended_at": when(row.ended_at),
        }  # fmt: skip

    @property
    def whole(self) -> AgreementBody:
        """All of it."""
        row, facts = self._row, self._facts
        payer = None if facts.payer == ZERO32 else to_hex(facts.payer)
        begins, ends = self._signing
        return AgreementBody(
            **self.short, document=facts.document_hash.hex(), transaction=row.transaction, payer=payer,
            payer_org_id=None if payer is None else self._org(payer), original=self._money(facts.original), moved=self._moved,
            starts_at=time_text(row.terms.starts_at), ends_at=time_text(row.terms.ends_at + facts.extension), four_eyes=facts.four_eyes,
            signed_by=_sides(facts.signatures), sign_from=begins, sign_until=ends, awaited=self._awaited, milestones=self.milestones,
            payments=self.payments(max(0, facts.payments - _SHOWN), _SHOWN),
            changes=self.changes(max(0, row.changes - _SHOWN), _SHOWN), end=self._end, steps=self._steps,
        )  # fmt: skip

    @property
    def milestones(self) -> list[MilestoneBody]:
        """Deliveries and payments, in order."""
        now = self._service.index.now()
        return [
            self._milestone(each, now) for each in self._service.index.agreeing.milestones(self._row.number)
        ]

    def payments(self, after: int, limit: int) -> list[PaymentBody]:
        """Payments from ``after`` on."""
        rows = self._service.index.agreeing.payments(self._row.number, after, limit)
        return [self._payment(each) for each in rows]

    def changes(self, after: int, limit: int) -> list[ChangeBody]:
        """Changes from ``after`` on."""
        rows = self._service.index.agreeing.changes(self._row.number, after, limit)
        return [self._change(each) for each in rows]

    @property
    def _moved(self) -> list[MovedBody]:
        facts, procedure = self._facts, self._procedure
        return [
            MovedBody(
                kind=kind, moved=self._money(moved), cap=self._money(cap_of(facts, procedure, reasoned=kind == "reasoned"))
            )
            for kind, moved in (("ordinary", facts.ordinary), ("reasoned", facts.reasoned))
        ]  # fmt: skip

    @property
    def _procedure(self) -> Procedure:
        found = self._service.index.procedure(
            self._tender.facts.procedure, self._tender.facts.procedure_version
        )
        assert found is not None, "the contract takes an adopted procedure only"
        return found.procedure

    @property
    def _signing(self) -> tuple[str | None, str | None]:
        """From when until when a draft may be signed."""
        if self._facts.status is not AgreementStatus.DRAFT:
            return None, None
        begins, ends = self._service.agreement_acts.signing(self._facts.tender, self._facts.lot)
        return when(begins), when(ends)

    @property
    def _awaited(self) -> list[AwaitedBody]:
        facts, number, agreed = self._facts, self._row.number, IndexedAgreements(self._service.index)
        if facts.status is AgreementStatus.DRAFT:
            return self._signatures("agreement", facts.signatures, facts.document_hash)
        if facts.status is not AgreementStatus.ACTIVE:
            return []
        change, end = agreed.change(number), self._row.proposed_end
        found = (
            []
            if change.document_hash == ZERO32
            else self._signatures("change", change.signatures, change.document_hash)
        )
        if end.side is not Side.NONE:
            found += self._signatures("end", end.side.bit, end.document_hash)
        return found

    @staticmethod
    def _signatures(what: str, signatures: int, document: bytes) -> list[AwaitedBody]:
        return [
            AwaitedBody(what=what, side=side.word, document=document.hex())
            for side in (Side.BUYER, Side.SUPPLIER)
            if not signatures & side.bit
        ]

    @property
    def _end(self) -> EndBody | None:
        row = self._row
        if not row.ended_at:
            return None
        return EndBody(
            ended_at=time_text(row.ended_at), cause=row.cause.word if row.cause else None,
            document=row.document_hash.removeprefix("0x") or None,
        )  # fmt: skip

    @property
    def _steps(self) -> list[StepBody]:
        if self._facts.status is AgreementStatus.DROPPED:
            return []
        service = self._service
        awards, agreed = once(IndexedAwards(service.index)), once(IndexedAgreements(service.index))
        steps = agreement_steps(once(service.facts), awards, agreed, self._facts.tender, self._row.number)
        return [step_body(each) for each in steps]

    def _milestone(self, row: MilestoneRow, now: int) -> MilestoneBody:
        known, facts = row.facts, self._facts
        pays = known.kind is MilestoneKind.PAYMENT
        amount = amount_of(facts, row.milestone, known)
        waits_until = now if pays else self._row.ended_at or now
        late = row.is_late(facts.extension, waits_until) and not (pays and known.paid == amount)
        return MilestoneBody(
            number=row.milestone, kind=known.kind.word, status=None if pays else known.status.word, share_bps=known.bps,
            requires=known.requires or None, due=when(row.due_with(facts.extension)), late=late,
            amount=self._money(amount) if pays else None, paid=self._money(known.paid) if pays else None,
            delivered_at=when(row.delivered_at), evidence=row.evidence.removeprefix("0x") or None, judged_at=when(row.judged_at),
            report=row.judgement.removeprefix("0x") or None, refusals=row.refusals,
        )  # fmt: skip

    def _payment(self, row: PaymentRow) -> PaymentBody:
        return PaymentBody(
            number=row.number, milestone=row.milestone, payer=row.payer, payer_org_id=self._org(row.payer), payee=row.payee,
            payee_org_id=self._org(row.payee), amount=self._money(row.amount), reference=row.ref.removeprefix("0x"),
            paid_at=time_text(row.paid_at), recorded_at=time_text(row.recorded_at), transaction=row.transaction,
            reversed_at=when(row.reversed_at), reversal=row.reversal.removeprefix("0x") or None,
        )  # fmt: skip

    def _change(self, row: ChangeRow) -> ChangeBody:
        status = "pending" if not row.ended_at else "signed" if row.version else "dropped"
        return ChangeBody(
            number=row.change, status=status, proposed_by=row.side.word, reason=row.reason.word, before=self._money(row.before),
            value=self._money(row.value), extension=row.extension, document=row.document_hash.removeprefix("0x"),
            signed_by=_sides(row.signatures), proposed_at=time_text(row.proposed_at), ended_at=when(row.ended_at),
            version=row.version or None, transaction=row.transaction,
        )  # fmt: skip

    def _money(self, minor: int) -> str:
        return str(Money.from_minor(minor, self._tender.facts.currency, self._tender.facts.exponent))

    def _org(self, identifier: str) -> str:
        return org_id_of(self._service, identifier)


def _sides(signatures: int) -> list[str]:
    return [side.word for side in (Side.BUYER, Side.SUPPLIER) if signatures & side.bit]
