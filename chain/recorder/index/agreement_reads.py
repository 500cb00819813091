"""All reads of agreements in the index: ``index.agreeing``. Synchronous, safe in any thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select

from chain.money import Money
from chain.recorder.index.agreement_book import agreement_facts, milestone_facts, pending_end
from chain.recorder.index.agreement_views import (
    AgreementRow,
    ChangeRow,
    Counters,
    MilestoneRow,
    PaymentRow,
    RatingRow,
)
from chain.recorder.index.content import load
from chain.recorder.index.cursor import number_in
from chain.recorder.index.rows import stored_row
from chain.recorder.index.views import Page
from chain.recorder.schema import (
    idx_agreement,
    idx_change,
    idx_lot,
    idx_milestone,
    idx_payment,
    idx_rating,
    idx_tender,
)
from chain.recorder.store import Store
from chain.types import (
    AgreementStatus,
    AgreementTerms,
    ChangeReason,
    MilestoneKind,
    Ratings,
    Side,
    TerminationCause,
)

__all__ = ["AgreementIndex"]

_LARGEST = 2**62
_COUNTED = tuple(idx_agreement.c[name] for name in ("number", "facts", "ended_at"))
_UNSIGNED = (int(AgreementStatus.DRAFT), int(AgreementStatus.DROPPED))


class AgreementIndex:
    """What the blocks say of agreements; numbers name them, over all tenders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def agreement(self, number: int) -> AgreementRow | None:
        """An agreement by its number."""
        if not 0 < number < _LARGEST:
            return None
        with self._store.read() as connection:
            row = stored_row(connection, idx_agreement, number)
        return None if row is None else _agreement(row)

    def agreements(
        self,
        tender: int | None = None,
        buyer: str | None = None,
        supplier: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> Page[AgreementRow]:
        """Agreements in the order of their drafts, of one tender, buyer or supplier (0x ids), or of all. Raises CursorInvalid."""
        query = select(idx_agreement).order_by(idx_agreement.c.number)
        for column, wanted in (("tender", tender), ("buyer", buyer), ("supplier", supplier)):
            if wanted is not None:
                query = query.where(idx_agreement.c[column] == wanted)
        if after is not None:
            query = query.where(idx_agreement.c.number > number_in(after))
        with self._store.read() as connection:
            rows = connection.execute(query.limit(limit + 1)).mappings().all()
        items = [_agreement(row) for row in rows[:limit]]
        return Page(items, str(items[-1].number) if len(rows) > limit else None)

    def latest(self, tender: int, lot: int) -> AgreementRow | None:
        """The latest agreement about a lot."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_lot, tender, lot)
        return None if row is None or not row["agreement"] else self.agreement(row["agreement"])

    def milestones(self, agreement: int) -> list[MilestoneRow]:
        """The milestones of an agreement, in order."""
        return [_milestone(row) for row in self._of(idx_milestone, agreement)]

    def changes(self, agreement: int, after: int = 0, limit: int | None = None) -> list[ChangeRow]:
        """The changes that were proposed, in order; ``after``: the number of the last one that is left out."""
        return [
            ChangeRow(**row | {
                "side": Side(row["side"]), "reason": ChangeReason(row["reason"]), "before": int(row["before"]), "value": int(row["value"]),
            })
            for row in self._of(idx_change, agreement, after, limit)
        ]  # fmt: skip

    def payments(self, agreement: int, after: int = 0, limit: int | None = None) -> list[PaymentRow]:
        """The payments, in order; those that were reversed too. ``after``: as of ``changes``."""
        return [_payment(row) for row in self._of(idx_payment, agreement, after, limit)]

    def payment_of(self, buyer: str, payer: str, ref: str) -> PaymentRow | None:
        """The payment of a payer under a reference (0x) that a buyer recorded (0x ids)."""
        query = select(idx_payment).where(
            idx_payment.c.buyer == buyer, idx_payment.c.payer == payer, idx_payment.c.ref == ref
        )
        with self._store.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _payment(dict(row))

    def ratings(self, agreement: int) -> list[RatingRow]:
        """The ratings, by rater."""
        return [
            RatingRow(**row | {"citizen": bool(row["citizen"])}) for row in self._of(idx_rating, agreement)
        ]

    def ratings_of(self, supplier: str) -> Ratings:
        """SupplierRegistry.ratingsOf: numbers and sums of a supplier's (0x id) ratings."""
        query = select(idx_rating.c.citizen, idx_rating.c.rating).where(idx_rating.c.supplier == supplier)
        with self._store.read() as connection:
            found = [(row.citizen, row.rating) for row in connection.execute(query)]
        by = {kind: [rating for citizen, rating in found if bool(citizen) is kind] for kind in (False, True)}
        return Ratings(len(by[False]), sum(by[False]), len(by[True]), sum(by[True]))

    def counters(self, now: int, *, buyer: str | None = None, supplier: str | None = None) -> Counters:
        """What the agreements of a buyer, or of a supplier (0x id), add up to at a time; ratings are a supplier's."""
        column, wanted = ("buyer", buyer) if buyer is not None else ("supplier", supplier)
        # Of many agreements: no more columns, and no more milestones, than are counted.
        signed = select(*_COUNTED, idx_tender.c.facts.label("tender_facts"))
        signed = signed.join(idx_tender, idx_tender.c.number == idx_agreement.c.tender)
        signed = signed.where(idx_agreement.c[column] == wanted, idx_agreement.c.status.not_in(_UNSIGNED))
        due = select(idx_milestone).join(idx_agreement, idx_agreement.c.number == idx_milestone.c.agreement)
        due = due.where(idx_agreement.c[column] == wanted, idx_agreement.c.status.not_in(_UNSIGNED))
        due = due.where(idx_milestone.c.facts.startswith(f"[{int(MilestoneKind.DELIVERY)},"))
        with self._store.read() as connection:
            rows = [dict(row) for row in connection.execute(signed).mappings()]
            milestones = [dict(row) for row in connection.execute(due).mappings()]
        ratings = Ratings() if supplier is None else self.ratings_of(supplier)
        return _counted(rows, milestones, ratings, now)

    def _of(
        self, table: Table, agreement: int, after: int = 0, limit: int | None = None
    ) -> list[dict[str, Any]]:
        order = tuple(table.primary_key)[1]
        query = select(table).where(table.c.agreement == agreement).order_by(order).limit(limit)
        if after:
            query = query.where(order > after)
        with self._store.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _counted(
    rows: Sequence[Mapping[str, Any]], milestones: Sequence[dict[str, Any]], ratings: Ratings, now: int
) -> Counters:
    """``milestones``: the deliveries."""
    facts = {row["number"]: agreement_facts(dict(row)) for row in rows}
    statuses = Counter(each.status for each in facts.values())
    units = {row["number"]: _unit(row["tender_facts"]) for row in rows}
    value = _sums((units[number], each.value) for number, each in facts.items())
    paid = _sums((units[number], each.paid) for number, each in facts.items())
    deliveries = [_milestone(each) for each in milestones]
    # What was not delivered before the end is not waited for any more.
    until = {row["number"]: row["ended_at"] or now for row in rows}
    late = sum(each.is_late(facts[each.agreement].extension, until[each.agreement]) for each in deliveries)
    return Counters(
        len(facts), statuses[AgreementStatus.ACTIVE], statuses[AgreementStatus.COMPLETED], statuses[AgreementStatus.TERMINATED],
        len(deliveries), late, sum(each.version - 1 for each in facts.values()), value, paid, ratings,
    )  # fmt: skip


def _unit(tender: str) -> tuple[str, int]:
    """Currency of a tender, and its decimals."""
    facts = load(tender)
    return facts["currency"], facts["exponent"]


def _sums(amounts: Iterable[tuple[tuple[str, int], int]]) -> tuple[Money, ...]:
    """Sums by currency, and by its decimals where tenders differ in them."""
    found: Counter[tuple[str, int]] = Counter()
    for unit, minor in amounts:
        found[unit] += minor
    return tuple(Money.from_minor(minor, *unit) for unit, minor in sorted(found.items()))


def _agreement(row: Mapping[Any, Any]) -> AgreementRow:
    found = dict(row)
    return AgreementRow(
        found["number"], agreement_facts(found), AgreementTerms.from_args(load(found["terms"])), pending_end(found), found["changes"],
        found["drafted_at"], found["transaction"], found["active_at"], found["ended_at"], TerminationCause(found["cause"]),
        found["document_hash"],
    )  # fmt: skip


def _milestone(row: dict[str, Any]) -> MilestoneRow:
    return MilestoneRow(**row | {"facts": milestone_facts(row)})


def _payment(row: dict[str, Any]) -> PaymentRow:
    return PaymentRow(**row | {"amount": int(row["amount"])})
