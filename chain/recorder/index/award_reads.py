"""All reads of awards in the index: ``index.awarding``. Synchronous, safe in any thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Select, select

from chain.recorder.index.award_desk import lot_facts_from, offer_from
from chain.recorder.index.award_views import AskedRow, DecisionRow, LotRow, SecurityRow
from chain.recorder.index.content import load
from chain.recorder.index.facts import facts_from
from chain.recorder.index.rows import stored_row
from chain.recorder.schema import idx_asked, idx_decision, idx_envelope, idx_lot, idx_security, idx_tender
from chain.recorder.store import Store
from chain.rules.awards import Offer
from chain.types import SecurityStatus

__all__ = ["AwardIndex"]

T = TypeVar("T")


class AwardIndex:
    """What the blocks say of awards. Numbers name tenders, lots count from 1, bids are named by their index from 0."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lot(self, tender: int, lot: int) -> LotRow:
        """A lot as far as its award goes."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_lot, tender, lot)
        return LotRow(tender, lot) if row is None else _lot(row)

    def decisions(self, tender: int) -> list[DecisionRow]:
        """Decisions on a tender in chain order."""
        query = select(idx_decision).where(idx_decision.c.tender == tender)
        return self._all(
            query.order_by(idx_decision.c.block, idx_decision.c.tx, idx_decision.c.log), _decision
        )

    def asked(self, tender: int) -> list[AskedRow]:
        """What bidders of a tender were asked, by lot and bid; lot 0: to cure."""
        query = select(idx_asked).where(idx_asked.c.tender == tender)
        return self._all(query.order_by(idx_asked.c.lot, idx_asked.c.bid), lambda row: AskedRow(**row))

    def asked_of(self, tender: int, lot: int, bid: int) -> AskedRow | None:
        """What one bidder was asked about a lot; 0: to cure."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_asked, tender, lot, bid)
        return None if row is None else AskedRow(**row)

    def security(self, tender: int, bid: int) -> SecurityRow | None:
        """What became of a bid's security, None where nothing was recorded."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_security, tender, bid)
        return None if row is None else _security(row)

    def offers(self, tender: int, envelope: int | None = None) -> dict[int, Offer]:
        """What the open bids of a tender show in an envelope, by index; None: in that with the prices, the last."""
        query = select(idx_envelope.c.bid, idx_envelope.c.opening).where(idx_envelope.c.tender == tender)
        with self._store.read() as connection:
            if envelope is None:
                row = stored_row(connection, idx_tender, tender)
                envelope = 0 if row is None else facts_from(row["facts"]).envelopes - 1
            query = query.where(idx_envelope.c.envelope == envelope, idx_envelope.c.opening != "")
            rows = connection.execute(query.order_by(idx_envelope.c.bid)).mappings().all()
        return {row["bid"]: offer_from(row["bid"], row["opening"]) for row in rows}

    def _all(self, query: Select[Any], turn: Callable[[Mapping[Any, Any]], T]) -> list[T]:
        with self._store.read() as connection:
            return [turn(row) for row in connection.execute(query).mappings()]


def _lot(row: Mapping[Any, Any]) -> LotRow:
    bits = int(row["admissible"], 16)
    admissible = frozenset(index for index in range(bits.bit_length()) if bits >> index & 1)
    return LotRow(
        row["tender"], row["lot"], lot_facts_from(row["facts"]), admissible, tuple(load(row["ranking"])), frozenset(load(row["low"])),
        frozenset(load(row["restored"])), row["supplier"], row["awarded_at"],
    )  # fmt: skip


def _decision(row: Mapping[Any, Any]) -> DecisionRow:
    return DecisionRow(
        row["tender"], row["lot"], row["bid"] if row["bid"] >= 0 else None, row["kind"], row["cause"], row["document_hash"], row["at"],
        row["block"], row["transaction"],
    )  # fmt: skip


def _security(row: Mapping[Any, Any]) -> SecurityRow:
    return SecurityRow(row["tender"], row["bid"], SecurityStatus(row["status"]), row["ref"], row["at"])
