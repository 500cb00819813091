"""Lots as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.awards.schemas import (
    AskedBody,
    AwardBody,
    DecisionBody,
    LotStateBody,
    PlaceBody,
    SecurityBody,
)
from api.deps import Service
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from api.sealed import sealed_tender
from chain.errors.contracts import TenderBoardLotNotFound
from chain.errors.service import BidNotFound
from chain.money import Money
from chain.procurement.bidding import lots_of
from chain.recorder.index.award_views import AskedRow, DecisionRow, LotRow
from chain.recorder.index.views import TenderRow
from chain.rules.awards import why
from chain.rules.deadlines import Clock
from chain.rules.tenders import clock_of, lot_status, opening_times
from chain.types import Cancellation, DisqualificationReason, LotStatus, Procedure

__all__ = ["lot", "lots", "ranking", "security"]

_OUT = ("disqualified", "dropped", "passedOver")
"""Kinds of decisions that put the candidate out."""


@dataclass(frozen=True)
class _Tender:
    """A tender with what all of its lots are shown with; ``clock``: its own."""

    row: TenderRow
    procedure: Procedure
    clock: Clock
    ids: tuple[str, ...]
    decisions: list[DecisionRow]
    asked: list[AskedRow]


def lots(service: Service, number: int) -> ListOf[LotStateBody]:
    """The lots of a tender. Raises TenderBoardNotFound."""
    with service.index.at_once():
        tender = _tender(service, number)
        return listed(service, [_lot(service, tender, n) for n in range(1, len(tender.ids) + 1)], None)


def lot(service: Service, number: int, place: int) -> LotStateBody:
    """One lot by its number from 1. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
    with service.index.at_once():
        return _lot(service, _known(service, number, place), place)


def ranking(service: Service, number: int, place: int, after: int, limit: int) -> ListOf[PlaceBody]:
    """Places of a lot's ranking from ``after`` on. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
    with service.index.at_once():
        tender = _known(service, number, place)
        row, offers = service.index.awarding.lot(number, place), service.index.awarding.offers(number)
        out = {each.bid: _cause(each) for each in tender.decisions if each.lot == place and each.kind in _OUT}
        candidate = _candidate(row)
        bodies = [
            PlaceBody(
                **_price(service, tender.row, bid, offers[bid].amounts[place - 1]), place=at, low=at in row.low,
                candidate=bid == candidate, out=out.get(bid) if row.is_out(at) else None,
            )
            for at, bid in enumerate(row.ranking[after : after + limit], after)
        ]  # fmt: skip
        following = str(after + limit) if len(row.ranking) > after + limit else None
        return listed(service, bodies, following)


def security(service: Service, number: int, bid: int) -> SecurityBody:
    """What became of a bid's security. Raises TenderBoardNotFound, BidNotFound."""
    with service.index.at_once():
        sealed_tender(service, number)
        if service.index.sealing.bid(number, bid) is None:
            raise BidNotFound(number, bid)
        row = service.index.awarding.security(number, bid)
    if row is None:
        return SecurityBody(bid=bid, status="none", reference=None, recorded_at=None)
    return SecurityBody(
        bid=bid, status=row.status.word, reference=row.ref.removeprefix("0x"), recorded_at=time_text(row.at)
    )


def _tender(service: Service, number: int) -> _Tender:
    row = sealed_tender(service, number).row
    found = service.index.procedure(row.facts.procedure, row.facts.procedure_version)
    assert found is not None, "the contract takes an adopted procedure only"
    awarding = service.index.awarding
    return _Tender(
        row, found.procedure, clock_of(row.facts, service.index.clock()), lots_of(row.good, row.facts.lots),
        awarding.decisions(number), awarding.asked(number),
    )  # fmt: skip


def _known(service: Service, number: int, place: int) -> _Tender:
    tender = _tender(service, number)
    if place > tender.row.facts.lots:
        raise TenderBoardLotNotFound(number, place)
    return tender


def _lot(service: Service, tender: _Tender, place: int) -> LotStateBody:
    row, clock, number = service.index.awarding.lot(tender.row.number, place), tender.clock, tender.row.number
    facts = row.facts
    found = (each for each in tender.row.cancellations if each.lot == place)
    own = next(
        (Cancellation(place, each.proposed_at, each.cancels_at) for each in found), Cancellation(place)
    )
    status = lot_status(tender.row.facts, tender.procedure, own, facts, clock)
    mine = [each for each in tender.decisions if each.lot in (0, place)]
    ends = clock.end_of(facts.standstill_ends) if facts.standstill_ends else None
    signs = ends is not None and not facts.failure
    agreed = service.index.agreeing.latest(number, place)
    bids = set(row.ranking) | {each.bid for each in tender.asked if each.lot == place}
    return LotStateBody(
        tender=number, number=place, id=tender.ids[place - 1], status=status.word, offers=facts.offers, admissible=facts.admissible,
        ranked=facts.ranked, counted=facts.complete, failure=facts.failure.word if facts.failure else None, candidate=_candidate(row),
        award=_award(service, tender.row, row, mine), decide_until=_decide_until(tender, status),
        standstill_ends=None if ends is None else time_text(ends),
        sign_until=time_text(clock.end_after(ends, facts.signing_period)) if signs and ends is not None else None,
        agreement=None if agreed is None else agreed.number, decisions=[_decision(each) for each in mine],
        requests=[_asked(each, clock) for each in tender.asked if each.lot == place or (each.lot == 0 and each.bid in bids)],
    )  # fmt: skip


def _decide_until(tender: _Tender, status: LotStatus) -> str | None:
    """The end of the time for decisions, extended or not, while one is due."""
    facts = tender.row.facts
    if status not in (LotStatus.WAITING, LotStatus.RANKED) or not facts.opened_bids:
        return None
    opened = opening_times(facts, tender.procedure, tender.clock).open_from
    times = 2 if any(each.kind == "extended" for each in tender.decisions) else 1
    return time_text(tender.clock.end_after(opened, times * tender.procedure.decision_period))


def _candidate(row: LotRow) -> int | None:
    facts = row.facts
    is_whole = (
        facts.complete
        and facts.ranked == facts.admissible
        and not facts.failure
        and not facts.standstill_ends
    )
    return row.ranking[facts.head] if is_whole and facts.head < len(row.ranking) else None


def _award(
    service: Service, tender: TenderRow, row: LotRow, decisions: list[DecisionRow]
) -> AwardBody | None:
    made = next((each for each in reversed(decisions) if each.kind == "awarded"), None)
    if made is None or made.bid is None or not row.facts.price:
        return None
    return AwardBody(
        **_price(service, tender, made.bid, row.facts.price), why=why(row.facts), document=made.document_hash.removeprefix("0x"),
        awarded_at=time_text(made.at), transaction=made.transaction,
    )  # fmt: skip


def _price(service: Service, tender: TenderRow, bid: int, amount: int) -> Mapping[str, Any]:
    found = service.index.sealing.bid(tender.number, bid)
    supplier = "" if found is None else found.supplier
    money = Money.from_minor(amount, tender.facts.currency, tender.facts.exponent)
    return {
        "bid": bid, "supplier": supplier, "org_id": org_id_of(service, supplier), "amount": f"{money.amount:f}",
        "currency": tender.facts.currency, "minor": str(amount),
    }  # fmt: skip


def _decision(row: DecisionRow) -> DecisionBody:
    return DecisionBody(
        kind=row.kind, bid=row.bid, cause=_cause(row) if row.kind in _OUT else None,
        document=row.document_hash.removeprefix("0x") or None, decided_at=time_text(row.at), transaction=row.transaction,
    )  # fmt: skip


def _cause(row: DecisionRow) -> str:
    return row.cause if row.kind == "dropped" else DisqualificationReason[row.cause].word


def _asked(row: AskedRow, clock: Clock) -> AskedBody:
    return AskedBody(
        what="explanation" if row.lot else "curing", bid=row.bid, question=row.question.removeprefix("0x"),
        asked_at=time_text(row.asked_at), until=time_text(clock.end_of(row.until)), answer=row.answer.removeprefix("0x") or None,
        answered_at=time_text(row.given_at) if row.given_at else None,
    )  # fmt: skip
