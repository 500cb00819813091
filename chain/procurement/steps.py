"""What can be done about a tender now, by whom, until when, and why not yet.

Each act is built as if somebody with its role asked for it, by the same code that acts: a refusal here is the one that the act would meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, cast

from chain.errors.base import LicitaError
from chain.errors.contracts import OpeningCommitteeSharesMissing
from chain.procurement.acts import Acts
from chain.procurement.award_acts import AwardActs
from chain.procurement.awarding import AwardFacts
from chain.procurement.complaining import Complaints
from chain.procurement.complaint_acts import ComplaintActs
from chain.procurement.facts import Facts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed import SealedFacts
from chain.rules.bids import BidFacts, check_submit, opening_due
from chain.rules.complaints import STAGES
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.openings import PAGE as OPENING_PAGE
from chain.rules.openings import Due, check_reveal_due, check_shares_due
from chain.rules.tenders import NEVER, Caller, clock_of, opening_times, require_bidding, tender_status
from chain.types import ZERO32, ComplaintStage, ComplaintStatus, Procedure, Role, TenderFacts

__all__ = ["Step", "steps_of"]

_ACCOUNT = "0x" + "00" * 20
_PAPER = "11" * 32
_MEMBER = MemberFacts(1, 2**16 - 1, exists=True)
_SOMEBODY = b"\x01" * 32
"""A supplier of whom nothing is known but that it may act."""


@dataclass(frozen=True)
class Step:
    """An act. ``who``: roles of its caller, "" anybody; ``lot`` 0, ``bid`` and ``complaint`` None: of the whole tender; ``until``: end
    of the time for it, unix seconds, None where it has none or is not possible; ``refusal``: why it is not possible now."""

    contract: str
    function: str
    who: str
    lot: int = 0
    bid: int | None = None
    until: int | None = None
    refusal: LicitaError | None = field(default=None, compare=False)
    complaint: int | None = None


def steps_of(
    facts: Facts, sealed: SealedFacts, awards: AwardFacts, complaints: Complaints, number: int
) -> list[Step]:
    """The acts of a tender that is there, in the order of its life; none once it has ended."""
    known = facts.tender(number)
    procedure = facts.procedure(known.procedure, known.procedure_version)[0] if known else None
    assert known is not None and procedure is not None, "asked of a tender that is there"
    if tender_status(known, procedure, facts.clock()).is_end:
        return []
    about = _About(_once(facts), _once(sealed), _once(awards), _once(complaints), number, known, procedure)
    return [*about.terms(), *about.bids(), *about.opening(), *about.awards(), *about.complaints()]


class _About:
    """The acts of one tender, with all that is read once."""

    def __init__(
        self, facts: Facts, sealed: SealedFacts, awards: AwardFacts, complaints: Complaints, number: int, known: TenderFacts,
        procedure: Procedure,
    ) -> None:  # fmt: skip
        self._facts, self._sealed, self._desk, self._complaints = facts, sealed, awards, complaints
        self._number, self._known, self._procedure = number, known, procedure
        self._clock = facts.clock()
        self._own_clock = clock_of(known, self._clock)
        self._end = self._own_clock.end_of(known.deadline)

    def terms(self) -> Iterator[Step]:
        """TenderBoard."""
        number = self._number
        officer, supplier = Acts(self._as_officer()), Acts(self._as_supplier(_SOMEBODY))
        yield self._step(
            "TenderBoard", "ask", "SUPPLIER", lambda: supplier.ask(_ACCOUNT, "steps", number, "?", "?"),
            until=self._end - self._procedure.enquiry_cutoff,
        )  # fmt: skip
        open_question = next(
            (q for q in range(1, self._known.questions + 1) if not self._facts.answered(number, q)), None
        )
        if open_question is not None:
            yield self._step(
                "TenderBoard", "answer", "OFFICER", lambda: officer.answer(_ACCOUNT, number, open_question, ".")
            )  # fmt: skip
        yield self._step(
            "TenderBoard", "amend", "OFFICER or APPROVER",
            lambda: require_bidding(number, self._known, self._procedure, self._clock), until=self._end,
        )  # fmt: skip
        yield self._step(
            "TenderBoard", "cancel", "OFFICER or APPROVER", lambda: officer.cancel(_ACCOUNT, number, 0, "ordered", _PAPER)
        )  # fmt: skip

    def bids(self) -> Iterator[Step]:
        """BidBox."""
        yield self._step(
            "BidBox", "submit", "SUPPLIER", lambda: check_submit(
                _ACCOUNT, self._number, self._known, self._procedure, allowed=True, bid=BidFacts(),
                bids=self._sealed.bid_count(self._number), terms_hash=self._known.terms_hash, declarations=_SOMEBODY,
                envelopes=self._procedure.envelopes, clock=self._clock,
            ), until=self._end,
        )  # fmt: skip

    def opening(self) -> Iterator[Step]:
        """OpeningCommittee, until every bid is open."""
        if self._known.opened_bids and self._known.opened_bids == self._known.live_bids:
            return
        phase = self._sealed.phase(self._number)
        due = opening_due(self._number, self._known, self._procedure, self._clock, phase)
        now, until = self._clock.now, None if due.void_from == NEVER else due.void_from
        period = self._facts.period
        for function, who, check in (
            ("postShares", "OPENER", lambda: check_shares_due(due, phase, now - period, period)),
            ("openPage", "", lambda: self._require_shares(due)),
            ("selfReveal", "SUPPLIER", lambda: check_reveal_due(due, phase, now)),
        ):
            yield self._step("OpeningCommittee", function, who, check, until=until)

    def _require_shares(self, due: Due) -> None:
        """Raises what refuses the opening of every page that is not open yet."""
        check_shares_due(due, due.phase, self._clock.now)
        keyset = OpeningActs(self._facts, self._sealed).holder(self._number)
        live = self._sealed.live(self._number, due.phase)
        for page in sorted({each.index // OPENING_PAGE for each in live if not each.opened}):
            posted = self._sealed.posted(self._number, due.phase, page, keyset.id)
            if len(posted) >= keyset.threshold:
                return
        missing = next(seat for seat in range(1, len(keyset.members) + 1) if seat not in posted)
        raise OpeningCommitteeSharesMissing(self._number, page, missing)

    def awards(self) -> Iterator[Step]:
        """AwardDesk, lot by lot."""
        for lot in range(1, self._known.lots + 1):
            yield from self._lot(lot)
        number, officer = self._number, AwardActs(self._as_officer(), self._sealed, self._desk)
        due = opening_times(self._known, self._procedure, self._clock).open_from
        yield self._step(
            "AwardDesk", "extendDecision", "OFFICER", lambda: officer.extend(_ACCOUNT, number, _PAPER),
            until=self._own_clock.end_after(due, self._procedure.decision_period),
        )  # fmt: skip

    def _lot(self, lot: int) -> Iterator[Step]:
        number, desk = self._number, AwardActs(self._as_officer(), self._sealed, self._desk)
        facts = self._desk.lot(number, lot)
        if not facts.complete:
            yield self._step("AwardDesk", "tally", "", lambda: desk.tally(number, lot), lot)
        elif facts.ranked < facts.admissible:
            yield self._step("AwardDesk", "rank", "", lambda: desk.rank(number, lot), lot)
        decide = ("disqualify", "award")
        try:
            bid = desk.require_candidate(number, lot)
        except LicitaError as refusal:
            yield from (
                Step("AwardDesk", name, "OFFICER or APPROVER", lot, refusal=refusal) for name in decide
            )
            return
        asked = self._desk.explanation(number, lot, bid)
        if self._desk.is_low(number, lot, facts.head) and not asked.given:
            if not asked.until:
                yield self._step(
                    "AwardDesk", "askExplanation", "OFFICER",
                    lambda: desk.ask_explanation(_ACCOUNT, number, lot, bid, _PAPER), lot, bid,
                )  # fmt: skip
            else:
                own = AwardActs(self._as_bidder(bid), self._sealed, self._desk)
                yield self._step(
                    "AwardDesk", "explain", "SUPPLIER", lambda: own.explain(_ACCOUNT, number, lot, bid, _PAPER), lot, bid,
                    until=self._own_clock.end_of(asked.until),
                )  # fmt: skip
        yield self._step(
            "AwardDesk", "disqualify", "OFFICER or APPROVER",
            lambda: desk.disqualify(_ACCOUNT, number, lot, bid, "notQualified", _PAPER), lot, bid,
        )  # fmt: skip
        drop = self._step("AwardDesk", "dropIneligible", "", lambda: desk.drop(number, lot, bid), lot, bid)
        if drop.refusal is None:
            yield drop
        yield self._step(
            "AwardDesk", "award", "OFFICER or APPROVER",
            lambda: desk.award(_ACCOUNT, number, lot, bid, _PAPER), lot, bid,
        )  # fmt: skip

    def complaints(self) -> Iterator[Step]:
        """ComplaintDesk, and the consent to cancellations: what can be complained about now, and whatever an open complaint waits for."""
        number, known = self._number, self._known
        review = ComplaintActs(self._as_reviewer(), self._sealed, self._desk, self._complaints)
        for lot in range(known.lots + 1):
            yield from self._about(review, lot)
        for complaint in sorted(each for queue in known.queues for each in queue.open):
            yield from self._complaint(review, complaint)
        if known.suspended_at:
            yield self._step(
                "ComplaintDesk", "resume", "REVIEWER", lambda: review.resume(_ACCOUNT, number, _PAPER)
            )
        else:
            yield self._step(
                "ComplaintDesk", "suspend", "REVIEWER", lambda: review.suspend(_ACCOUNT, number, _PAPER)
            )

    def _about(self, review: ComplaintActs, lot: int) -> Iterator[Step]:
        number = self._number
        for stage in STAGES:
            # The terms are those of the whole tender.
            until = None if lot and stage is ComplaintStage.TERMS else review.window(number, lot, stage)
            if until is not None:
                yield Step("ComplaintDesk", "file", f"SUPPLIER, about {stage.word}", lot, until=until or None)
        if self._known.consent_due if lot == 0 else self._waits(lot):
            yield self._step(
                "TenderBoard", "consentCancel", "REVIEWER", lambda: review.consent(_ACCOUNT, number, lot, _PAPER), lot
            )  # fmt: skip

    def _complaint(self, review: ComplaintActs, number: int) -> Iterator[Step]:
        facts = self._complaints.complaint(number)
        assert facts is not None, "it waits in a queue"
        lot, until = facts.lot, self._own_clock.end_of(facts.due)
        if facts.status is ComplaintStatus.UPHELD:
            buyer = ComplaintActs(self._as_officer(), self._sealed, self._desk, self._complaints)
            steps = [
                self._step(
                    "ComplaintDesk", "execute", "OFFICER or APPROVER", lambda: buyer.execute(_ACCOUNT, number), lot, until=until
                ),
                self._step(
                    "ComplaintDesk", "enforce", "REVIEWER", lambda: review.enforce(_ACCOUNT, number, _PAPER), lot
                ),
            ]  # fmt: skip
        else:
            filed = facts.status is ComplaintStatus.FILED
            first = ("admit", "reject") if filed else ("uphold", "dismiss")
            does = (
                (
                    lambda: review.admit(_ACCOUNT, number, _PAPER),
                    lambda: review.reject(_ACCOUNT, number, _PAPER),
                )
                if filed
                else (lambda: review.dismiss(_ACCOUNT, number, _PAPER),) * 2
            )
            steps = [
                self._step("ComplaintDesk", name, "REVIEWER", do, lot, until=until)
                for name, do in zip(first, does, strict=True)
            ]
            steps.append(Step("ComplaintDesk", "withdraw", "SUPPLIER", lot))
        yield from (replace(step, complaint=number) for step in steps)

    def _waits(self, lot: int) -> bool:
        """Whether the cancellation of a lot waits for the consent of the review body."""
        own = self._facts.cancellation(self._number, lot)
        return own.proposed_at != 0 and own.cancels_at == 0

    @staticmethod
    def _step(
        contract: str, function: str, who: str, build: Callable[[], object], lot: int = 0, bid: int | None = None, *,
        until: int | None = None,
    ) -> Step:  # fmt: skip
        refusal = _refusal(build)
        return Step(contract, function, who, lot, bid, None if refusal else until, refusal)

    def _as_officer(self) -> Facts:
        person = PersonFacts(self._known.buyer, int(Role.OFFICER | Role.APPROVER), NEVER)
        return _standing(self._facts, Caller(_ACCOUNT, person, _MEMBER), ZERO32)

    def _as_reviewer(self) -> Facts:
        person = PersonFacts(self._known.review_body, int(Role.REVIEWER), NEVER)
        return _standing(self._facts, Caller(_ACCOUNT, person, _MEMBER), ZERO32)

    def _as_supplier(self, supplier: bytes) -> Facts:
        known = SupplierFacts(exists=True, active=True)
        return _standing(self._facts, Caller(_ACCOUNT, supplier=known), supplier)

    def _as_bidder(self, bid: int) -> Facts:
        return self._as_supplier(self._desk.supplier_at(self._number, bid))


def _refusal(build: Callable[[], object]) -> LicitaError | None:
    try:
        build()
    except LicitaError as refusal:
        return refusal
    return None


class _Once:
    """Reads each fact once: many acts ask for the same."""

    def __init__(self, source: object) -> None:
        self._source = source
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self._known:
            found = getattr(self._source, name)
            self._known[name] = cache(found) if callable(found) else found
        return self._known[name]


def _once(source: Any) -> Any:
    return _Once(source)


class _Standing:
    """The facts as they are for a caller that stands for all with its role."""

    def __init__(self, facts: Facts, caller: Caller, supplier: bytes) -> None:
        self._facts, self._caller, self._supplier = facts, caller, supplier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)

    def caller(self, address: str) -> Caller:
        """Whoever stands for all."""
        return self._caller

    def supplier_of(self, address: str) -> bytes:
        """Its supplier."""
        return self._supplier


def _standing(facts: Facts, caller: Caller, supplier: bytes) -> Facts:
    return cast(Facts, _Standing(facts, caller, supplier))
