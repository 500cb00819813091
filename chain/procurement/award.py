"""The award of a lot from a script: everything is read live, each verb is one act in a block."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Unpack

from chain.bindings import tender_board
from chain.money import Money
from chain.procurement.acts import Prepared
from chain.procurement.agreed import Plan, Source
from chain.procurement.agreement import Agreement, Agreements
from chain.procurement.award_acts import AwardActs
from chain.procurement.awarding import LiveAwards
from chain.procurement.bidding import Bidding, lots_of
from chain.procurement.evaluating import LiveEvaluations
from chain.procurement.live import LiveFacts
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.procurement.signing import signed
from chain.rules import tender_id
from chain.rules.awards import why
from chain.rules.deadlines import Clock
from chain.rules.tenders import clock_of
from chain.types import DisqualificationReason, Event, LotFacts, LotStatus, moment, unpadded

__all__ = ["Award", "Lot", "Place"]


@dataclass(frozen=True)
class Place:
    """A place of a ranking, counted from 0. ``low``: abnormally low; ``out``: why the bid cannot win any more, "" while it can."""

    place: int
    bid: int
    supplier: str
    price: Money
    low: bool
    out: str


@dataclass(frozen=True)
class Award:
    """An award. ``supplier``: 0x id; ``why`` in words; ``document``: sha256 hex of the reasoned decision; ``final_from``: end of its
    standstill, outages added."""

    tender: int
    lot: int
    bid: int
    supplier: str
    amount: Money
    why: str
    document: str
    awarded_at: datetime
    final_from: datetime
    session: Session = field(repr=False, compare=False)

    @property
    def agreement(self) -> Agreement | None:
        """The latest agreement about its lot with its supplier, None before one is drafted."""
        found = Agreements(self.session).latest(self.tender, self.lot)
        return found if found is not None and found.supplier == self.supplier else None

    def draft(self, document: Source, *, sender: Person, **plan: Unpack[Plan]) -> Agreement:
        """Drafts its agreement once it is final. The arguments, and what is raised: as of ``Agreements.draft``."""
        return Agreements(self.session).draft(self.tender, self.lot, document, sender=sender, **plan)


class Lot:
    """One lot of a tender, by its number from 1."""

    def __init__(self, session: Session, tender: int, number: int) -> None:
        self._session = session
        self.tender = tender
        self.number = number
        self._facts = LiveFacts(session)
        self._awards = LiveAwards(session)

    def __repr__(self) -> str:
        return f"Lot({self.tender}, {self.number})"

    @property
    def id(self) -> str:
        """Its id in the tender's text; its number where the tender declares none."""
        known = self._facts.tender_known(self.tender)
        return lots_of(self._facts.document(self.tender), known.lots)[self.number - 1]

    @property
    def facts(self) -> LotFacts:
        """The stored facts of its award."""
        return self._awards.lot(self.tender, self.number)

    @property
    def status(self) -> LotStatus:
        """Status at head time, as the contract derives it. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
        return LotStatus(self._session.read(tender_board.lot_status(tender_id(self.tender), self.number)))

    @property
    def ranking(self) -> list[Place]:
        """The ranking as far as it is made."""
        offers, suppliers = self._awards.offers(self.tender), Bidding(self._session, self.tender).suppliers()
        why_out = self._why_out()
        return [
            Place(
                place, bid, suppliers[bid], self._money(offers[bid].amounts[self.number - 1]),
                self._awards.is_low(self.tender, self.number, place), self._out(place, bid, why_out),
            )
            for place, bid in enumerate(self._awards.ranking(self.tender, self.number))
        ]  # fmt: skip

    @property
    def candidate(self) -> Place | None:
        """The first place of a whole ranking that is not out; None before it is whole and after the last one is out."""
        facts, places = self.facts, self.ranking
        is_whole = facts.complete and facts.ranked == facts.admissible
        return places[facts.head] if is_whole and facts.head < len(places) else None

    @property
    def decision(self) -> Award | None:
        """The award in force, None while there is none."""
        awarded = [event for event in self._events("LotAwarded") if event.args["lot"] == self.number]
        return self._award(awarded[-1]) if awarded and self.facts.price else None

    def rank(self, *, sender: Person) -> list[Place]:
        """Counts and ranks all bids, page by page, as far as nobody did; anybody may. Raises the refusals of AwardDesk's tally and rank."""
        while not self.facts.complete:
            self._send(self._acts().tally(self.tender, self.number), sender)
        while self.facts.ranked < self.facts.admissible:
            self._send(self._acts().rank(self.tender, self.number), sender)
        return self.ranking

    def award(self, *, sender: Person, document: str | None = None, approver: Person | None = None) -> Award:
        """Awards the lot to its candidate. ``document``: sha256 hex of the reasoned decision; without one, of ``why`` in words;
        ``approver``: as of ``Tenders.publish``.

        Raises the refusals of AwardDesk's award.
        """
        facts, ranking = self.facts, self._awards.ranking(self.tender, self.number)
        # Where there is no candidate the rules say why, whatever bid is named.
        bid = ranking[facts.head] if facts.head < len(ranking) else 0
        digest = document or hashlib.sha256(why(facts).encode()).hexdigest()
        signed(
            self._session,
            lambda first: self._acts(first).award(sender.address, self.tender, self.number, bid, digest),
            sender,
            approver,
        )
        made = self.decision
        assert made is not None, "its transaction is in a block"
        return made

    def disqualify(
        self, bid: int, reason: str, document: str, *, sender: Person, approver: Person | None = None
    ) -> Lot:
        """Puts the candidate out; ``reason``: a word of DISQUALIFICATIONS, ``approver``: as of ``Tenders.publish``. Raises ReasonUnknown,
        the refusals of AwardDesk's disqualify."""
        signed(
            self._session,
            lambda first: self._acts(first).disqualify(
                sender.address, self.tender, self.number, bid, reason, document
            ),
            sender,
            approver,
        )
        return self

    def drop(self, bid: int, *, sender: Person) -> Lot:
        """Puts out the candidate whose supplier may not be awarded now; anybody may. Raises the refusals of AwardDesk's dropIneligible."""
        return self._send(self._acts().drop(self.tender, self.number, bid), sender)

    def ask_explanation(self, bid: int, document: str, *, sender: Person) -> Lot:
        """Asks the candidate to explain an abnormally low price. Raises the refusals of AwardDesk's askExplanation."""
        return self._send(
            self._acts().ask_explanation(sender.address, self.tender, self.number, bid, document), sender
        )

    def explain(self, bid: int, document: str, *, sender: Person) -> Lot:
        """Explains the price of the sender's bid. Raises the refusals of AwardDesk's explain."""
        return self._send(
            self._acts().explain(sender.address, self.tender, self.number, bid, document), sender
        )

    def _acts(self, proposing: bool = False) -> AwardActs:
        live = LiveFacts(self._session), LiveSealed(self._session)
        return AwardActs(*live, self._awards, LiveEvaluations(self._session), proposing=proposing)

    def _send(self, act: Prepared, sender: Person) -> Lot:
        self._session.send(act.call, sender)
        return self

    def _events(self, *names: str) -> list[Event]:
        return self._session.events("AwardDesk", names, tender_id(self.tender))

    def _out(self, place: int, bid: int, why_out: Mapping[int, str]) -> str:
        """Why the bid at a place cannot win any more, "" while it can: a remedy may have brought it back."""
        if bid not in why_out:
            return ""
        return why_out[bid] if self._awards.is_out(self.tender, self.number, place) else ""

    def _why_out(self) -> Mapping[int, str]:
        """Bids that were put out of this lot -> why."""
        found = {}
        for event in self._events("BidDisqualified", "BidDropped"):
            if event.args["lot"] != self.number:
                continue
            dropped = event.name == "BidDropped"
            found[event.args["index"]] = (
                unpadded(event.args["cause"])
                if dropped
                else DisqualificationReason(event.args["reason"]).word
            )
        return found

    def _award(self, event: Event) -> Award:
        facts, args = self.facts, event.args
        return Award(
            self.tender, self.number, args["index"], args["supplier"], self._money(int(args["price"])), why(facts),
            args["documentHash"][2:], moment(event.time), moment(self._clock.end_of(facts.standstill_ends)),
            self._session,
        )  # fmt: skip

    @property
    def _clock(self) -> Clock:
        return clock_of(self._facts.tender_known(self.tender), self._facts.clock())

    def _money(self, amount: int) -> Money:
        known = self._facts.tender_known(self.tender)
        return Money.from_minor(amount, known.currency, known.exponent)
