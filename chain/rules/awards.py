"""Who may win a lot, in which order, what is abnormally low, and what AwardDesk refuses, in the order in which it does.

The order is 404, 403, four eyes, other 409, 422, as contracts/README.md lists it. Bids are known by their index in
the box, places in a ranking count from 0. Amounts in minor units, times in unix seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from eth_hash.auto import keccak

from chain.errors.contracts import (
    AwardDeskCuringNotAllowed,
    AwardDeskExplanationMissing,
    AwardDeskHashZero,
    AwardDeskIneligible,
    AwardDeskLotStatusWrong,
    AwardDeskNotAdmissible,
    AwardDeskNotCandidate,
    AwardDeskNotLow,
    AwardDeskNotOpened,
    AwardDeskNotRanked,
    AwardDeskNotTallied,
    AwardDeskOfferMismatch,
    AwardDeskOnlyOnce,
    AwardDeskOrderWrong,
    AwardDeskPageInvalid,
    AwardDeskRankIncomplete,
    AwardDeskReasonInvalid,
    AwardDeskRoleMissing,
    AwardDeskSetupMismatch,
    AwardDeskStillEligible,
    AwardDeskUnchanged,
    AwardDeskWindowClosed,
    AwardDeskWindowOpen,
    ComplaintDeskOpen,
    TenderBoardStatusWrong,
)
from chain.rules.deadlines import Clock
from chain.rules.evaluation import Points, require_votes
from chain.rules.facts import SupplierFacts
from chain.rules.four_eyes import NOT_PROPOSED, Signing, require_signed
from chain.rules.hashes import setup_hash
from chain.rules.registry import ineligible
from chain.rules.tenders import (
    Caller,
    award_status,
    clock_of,
    lot_status,
    opening_times,
    queue_of,
    require_lot,
    tender_status,
)
from chain.types import (
    ZERO32,
    Asked,
    Cancellation,
    ComplaintStage,
    DisqualificationReason,
    LotFacts,
    LotFailure,
    LotStatus,
    LotTerms,
    PanelVote,
    Procedure,
    Role,
    SecurityStatus,
    Setup,
    TenderFacts,
    TenderStatus,
    moment,
    to_hex,
)

__all__ = [
    "Lot", "Offer", "PAGE", "Tally", "admissible_bits", "award_status", "begins_anew", "check_ask_curing", "check_ask_explanation",
    "check_award", "check_cure", "check_disqualify", "check_drop", "check_explain", "check_extend", "check_rank", "check_security",
    "check_tally", "failure_of", "is_low", "keys_of", "limit_of", "low_places", "ranked", "tallied", "why",
]  # fmt: skip

PAGE = 128
"""Bids of a page of a tally, and of a ranking."""

_WHOLE = 10_000
_LARGEST = 2**128 - 1


@dataclass(frozen=True)
class Offer:
    """A bid as its opening showed it; ``amounts`` of all lots, 2^256 - 1: none. A technical envelope has no amounts."""

    index: int
    doc_commit: bytes
    amounts: tuple[int, ...]

    def as_tuple(self) -> tuple[int, bytes, list[int]]:
        """Struct Offer."""
        return self.index, self.doc_commit, list(self.amounts)

    @cached_property
    def opening(self) -> bytes:
        """OpeningCommittee.openingOf of this bid: keccak256(docCommit || amounts)."""
        return bytes(keccak(self.doc_commit + b"".join(each.to_bytes(32, "big") for each in self.amounts)))


@dataclass(frozen=True)
class Tally:
    """What a lot's bids come to: how many ``offers``, and the ``prices`` by index of those that may win."""

    offers: int
    prices: Mapping[int, int]


def failure_of(offers: int, admissible: int, procedure: Procedure) -> LotFailure:
    """Why nobody may win a lot with so many offers, ``admissible`` of which may win, if nobody may."""
    if offers < procedure.min_bids:
        return LotFailure.TOO_FEW_OFFERS
    return LotFailure.NONE if admissible else LotFailure.NO_ACCEPTABLE_BID


def limit_of(terms: LotTerms, procedure: Procedure) -> int:
    """The most that a bid may ask for and still win."""
    limit = terms.ceiling if procedure.ceiling_binding else _LARGEST
    if not terms.market_mean or not procedure.market_over_bps:
        return limit
    return min(limit, terms.market_mean * (_WHOLE + procedure.market_over_bps) // _WHOLE)


def tallied(lot: int, terms: LotTerms, procedure: Procedure, offers: Iterable[Offer]) -> Tally:
    """A lot's offers, counted from 1; an amount of 0, or beyond 128 bits, is none."""
    amounts = {offer.index: offer.amounts[lot - 1] for offer in offers}
    made = {index: amount for index, amount in amounts.items() if 0 < amount <= _LARGEST}
    limit = limit_of(terms, procedure)
    return Tally(len(made), {index: amount for index, amount in made.items() if amount <= limit})


def admissible_bits(page: int, tally: Tally) -> int:
    """``LotTallied.admissible`` of a page: bit i is the bid at its place i."""
    return sum(
        1 << (index - page * PAGE) for index in tally.prices if page * PAGE <= index < (page + 1) * PAGE
    )


def keys_of(prices: Mapping[int, int], points: Points | None) -> dict[int, int]:
    """What those that may win are ranked by, by index: the price, or by points the key."""
    least = min(prices.values(), default=0)
    return {
        index: price if points is None else points.key(index, price, least) for index, price in prices.items()
    }


def ranked(keys: Mapping[int, int], orders: Mapping[int, int]) -> list[int]:
    """Indexes of those that may win: lower price or key (``keys_of``) first, on a tie the bid that arrived earlier."""
    return sorted(keys, key=lambda index: (keys[index], orders[index]))


def is_low(
    price: int, following: int | None, count: int, total: int, terms: LotTerms, procedure: Procedure
) -> bool:
    """Whether a price is abnormally low: beside the mean of the ``count`` - 1 others (``total``: the sum of all), beside the next in a
    ranking by price (None: it is the last), or beside the market's mean."""
    mean, gap, under = procedure.low_mean_bps, procedure.low_next_bps, procedure.market_under_bps
    if mean and count > 1 and price * _WHOLE * (count - 1) <= (total - price) * (_WHOLE - mean):
        return True
    if (
        gap
        and not procedure.award_rule
        and following is not None
        and price * _WHOLE <= following * (_WHOLE - gap)
    ):
        return True
    return bool(under and terms.market_mean and price * _WHOLE <= terms.market_mean * (_WHOLE - under))


def low_places(prices: Sequence[int], terms: LotTerms, procedure: Procedure) -> set[int]:
    """Places of the abnormally low in the prices of a whole ranking."""
    count, total = len(prices), sum(prices)
    following = [*prices[1:], None]
    return {
        place
        for place, (price, after) in enumerate(zip(prices, following, strict=True))
        if is_low(price, after, count, total, terms, procedure)
    }


def why(facts: LotFacts) -> str:
    """Why the candidate of a ranking wins, in words."""
    first = "best score" if facts.first else "lowest"
    all_bids = f"{first} of {facts.admissible} admissible {'bid' if facts.admissible == 1 else 'bids'}"
    return (
        f"{all_bids} but {facts.head} that {'is' if facts.head == 1 else 'are'} out"
        if facts.head
        else all_bids
    )


def begins_anew(facts: LotFacts, key: int, order: int, last_order: int, *, by_points: bool = False) -> bool:
    """Whether a list that begins with this bid begins the ranking anew, where a part of it left a bid out: with the least price, or by
    points at or before the first key, which does not go on. ``last_order``: number of arrival of the last one ranked."""
    is_first = key <= facts.first if by_points else key == facts.min
    return is_first and (key, order) <= (facts.last, last_order)


# Refusals


@dataclass(frozen=True)
class Lot:
    """A lot, its tender and the time. ``tender``: its facts, None where there is none; ``lot`` 1 for what concerns the whole tender;
    ``own``: cancellation of this lot alone, None where there is none."""

    number: int
    lot: int
    tender: TenderFacts | None
    procedure: Procedure
    facts: LotFacts
    clock: Clock
    own: Cancellation | None = None

    def known(self) -> TenderFacts:
        """The tender. Raises TenderBoardNotFound, TenderBoardLotNotFound."""
        return require_lot(self.number, self.tender, self.lot)

    def require_opened(self) -> None:
        """Raises AwardDeskNotOpened, TenderBoardStatusWrong."""
        tender = self.known()
        if tender.left:
            raise AwardDeskNotOpened(self.number, tender.left)
        status = self.status()
        if status is not TenderStatus.AWARDING:
            raise TenderBoardStatusWrong(self.number, status)

    def status(self) -> TenderStatus:
        """The tender's."""
        return tender_status(self.known(), self.procedure, self.clock)

    def require_curable(self) -> None:
        """What is formal may be cured while the technical envelopes are looked at, too. Raises AwardDeskNotOpened,
        TenderBoardStatusWrong."""
        if self.status() is not TenderStatus.TECHNICAL:
            self.require_opened()

    @property
    def is_settled(self) -> bool:
        """Whether it is being cancelled by itself, or was, or its agreement is signed."""
        return bool(self.own and self.own.proposed_at) or self.known().is_signed(self.lot)

    def require(self, wanted: LotStatus) -> None:
        """Raises AwardDeskLotStatusWrong, ComplaintDeskOpen."""
        tender = self.known()
        if self.is_settled:
            own = self.own or Cancellation(self.lot)
            status = lot_status(tender, self.procedure, own, self.facts, self.clock)
        else:
            status = award_status(tender, self.lot, self.facts, self.clock)
        if status is not wanted:
            raise AwardDeskLotStatusWrong(self.number, self.lot, status)
        if found := queue_of(tender, self.lot, ComplaintStage.AWARD).open:
            raise ComplaintDeskOpen(found[-1])

    @property
    def own_clock(self) -> Clock:
        """The clock of the tender."""
        return clock_of(self.known(), self.clock)

    def require_candidate(self, index: int | None, candidate: int | None) -> None:
        """``candidate``: the first of the ranking that is not out. Raises NotOpened, NotTallied, NotRanked, RankIncomplete, LotStatusWrong,
        ComplaintDeskOpen, NotCandidate."""
        self.require_opened()
        facts = self.facts
        if facts.failure is LotFailure.NONE and not self.is_settled:
            if not facts.complete:
                raise AwardDeskNotTallied(self.number, self.lot)
            if not facts.ranked:
                raise AwardDeskNotRanked(self.number, self.lot)
            if facts.ranked != facts.admissible:
                raise AwardDeskRankIncomplete(self.number, self.lot, facts.admissible, facts.ranked)
        self.require(LotStatus.RANKED)
        if candidate != index:
            raise AwardDeskNotCandidate(self.number, self.lot, _NOWHERE if index is None else index)

    def require_officer(self, caller: Caller) -> None:
        """Raises AwardDeskRoleMissing."""
        if not caller.runs(self.known().buyer, Role.OFFICER, self.clock.now):
            raise AwardDeskRoleMissing("OFFICER", caller.address)

    def require_votes(self, votes: PanelVote) -> None:
        """Raises EvaluationDeskVotesShort, -VoteMissing where the tender has a panel."""
        if panel := self.known().panel:
            require_votes(self.number, panel, votes, self.procedure, self.own_clock)

    def require_signed(self, caller: Caller, signing: Signing) -> None:
        """Raises AwardDeskRoleMissing, or the refusals of FourEyes."""
        tender = self.known()
        require_signed(caller, tender.buyer, tender.four_eyes, signing, self.clock.now, AwardDeskRoleMissing)

    def require_over(self, asked: Asked) -> None:
        """Nobody decides while a bidder has time to answer. Raises AwardDeskWindowOpen."""
        if asked.until == 0 or asked.given:
            return
        until = self.own_clock.end_of(asked.until)
        if self.clock.now < until:
            raise AwardDeskWindowOpen(self.number, moment(until))

    def require_running(self, asked: Asked) -> None:
        """Raises AwardDeskWindowClosed."""
        until = self.own_clock.end_of(asked.until) if asked.until else 0
        if self.clock.now >= until:
            raise AwardDeskWindowClosed(self.number, moment(until))


_NOWHERE = 2**16 - 1
"""Index of no bid."""


def check_tally(
    lot: Lot, setup: Setup, page: int, given: Sequence[Offer], openings: Mapping[int, bytes], bids: int
) -> None:
    """AwardDesk.tally; ``openings``: OpeningCommittee.openingOf by index, of bids whose prices are open; ``bids``: of the box."""
    tender = lot.known()
    lot.require_opened()
    lot.require(LotStatus.WAITING)
    if lot.facts.complete:
        raise AwardDeskUnchanged("tally")
    start = page * PAGE
    if page != lot.facts.tallied // PAGE:
        raise AwardDeskPageInvalid(lot.facts.tallied // PAGE, page)
    _require_setup(lot, tender, setup)
    due = [index for index in range(start, min(start + PAGE, bids)) if index in openings]
    for place, index in enumerate(due):
        if place >= len(given) or given[place].index != index:
            raise AwardDeskOfferMismatch(lot.number, index)
        _require_offer(lot, given[place], openings)
    if len(given) != len(due):
        raise AwardDeskPageInvalid(len(due), len(given))


def check_rank(
    lot: Lot,
    setup: Setup,
    given: Sequence[Offer],
    openings: Mapping[int, bytes],
    admissible: Mapping[int, int],
    last_order: int,
    points: Points | None = None,
) -> None:
    """AwardDesk.rank; ``admissible``: index -> number of arrival of those that may win; ``last_order``: that of the last one ranked;
    ``points``: of the bids where the procedure awards by points."""
    tender = lot.known()
    lot.require_opened()
    facts = lot.facts
    lot.require(LotStatus.WAITING)
    if not facts.complete:
        raise AwardDeskNotTallied(lot.number, lot.lot)
    most = min(facts.admissible, PAGE)
    if not 0 < len(given) <= most:
        raise AwardDeskPageInvalid(most, len(given))
    _require_setup(lot, tender, setup)
    before, start = (facts.last, last_order), facts.ranked
    for place, offer in enumerate(given):
        if offer.index not in admissible:
            raise AwardDeskNotAdmissible(lot.number, lot.lot, offer.index)
        _require_offer(lot, offer, openings)
        price = offer.amounts[lot.lot - 1]
        key = price if points is None else points.key(offer.index, price, facts.min)
        here = (key, admissible[offer.index])
        if place == 0 and begins_anew(facts, *here, last_order, by_points=points is not None):
            before, start = (0, 0), 0
        if here <= before:
            raise AwardDeskOrderWrong(lot.number, lot.lot, start + place)
        before = here


def check_award(
    caller: Caller,
    lot: Lot,
    supplier_id: bytes,
    supplier: SupplierFacts,
    offer: Offer,
    document_hash: bytes,
    *,
    candidate: int | None,
    index: int | None,
    openings: Mapping[int, bytes],
    low: bool,
    explained: bool,
    curing: Asked,
    votes: PanelVote | None = None,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AwardDesk.award; ``index``: of the supplier's bid, None where it has none; ``low``, ``explained``: of the candidate; ``votes``: on
    this very act, as they count now (``evaluation.votes_now``), None where there is no panel."""
    lot.require_signed(caller, signing)
    cause = ineligible(supplier, lot.clock.now)
    if cause:
        raise AwardDeskIneligible(lot.number, to_hex(supplier_id), cause)
    lot.require_candidate(offer.index, candidate)
    if low and not explained:
        raise AwardDeskExplanationMissing(lot.number, lot.lot, offer.index)
    lot.require_over(curing)
    if index != offer.index:
        raise AwardDeskOfferMismatch(lot.number, offer.index)
    _require_offer(lot, offer, openings)
    lot.require_votes(votes or PanelVote())
    _require_given("documentHash", document_hash)


def check_disqualify(
    caller: Caller,
    lot: Lot,
    index: int,
    reason: int,
    document_hash: bytes,
    *,
    candidate: int | None,
    low: bool,
    explanation: Asked,
    curing: Asked,
    votes: PanelVote | None = None,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AwardDesk.disqualify; ``low``, ``explanation``, ``curing``: of the candidate; ``votes`` as for ``check_award``."""
    lot.require_signed(caller, signing)
    lot.require_candidate(index, candidate)
    if reason == DisqualificationReason.ABNORMALLY_LOW:
        if not low:
            raise AwardDeskNotLow(lot.number, lot.lot, index)
        if not explanation.until:
            raise AwardDeskExplanationMissing(lot.number, lot.lot, index)
        lot.require_over(explanation)
    lot.require_over(curing)
    lot.require_votes(votes or PanelVote())
    _require_given("documentHash", document_hash)
    if not 0 < reason < DisqualificationReason.REFUSED_TO_SIGN:
        raise AwardDeskReasonInvalid(lot.number, reason)


def check_drop(
    lot: Lot, supplier_id: bytes, supplier: SupplierFacts, *, candidate: int | None, index: int | None
) -> None:
    """AwardDesk.dropIneligible; ``index``: of the supplier's bid, None where it has none."""
    lot.require_candidate(index, candidate)
    if not ineligible(supplier, lot.clock.now):
        raise AwardDeskStillEligible(lot.number, to_hex(supplier_id))


def check_ask_explanation(
    caller: Caller,
    lot: Lot,
    index: int,
    document_hash: bytes,
    *,
    candidate: int | None,
    low: bool,
    explanation: Asked,
) -> None:
    """AwardDesk.askExplanation."""
    lot.require_officer(caller)
    lot.require_candidate(index, candidate)
    if not low:
        raise AwardDeskNotLow(lot.number, lot.lot, index)
    if explanation.until:
        raise AwardDeskOnlyOnce(lot.number, "question", _word(index))
    _require_given("documentHash", document_hash)


def check_explain(
    caller: Caller,
    lot: Lot,
    index: int,
    document_hash: bytes,
    *,
    candidate: int | None,
    own: int | None,
    explanation: Asked,
) -> None:
    """AwardDesk.explain; ``own``: index of the bid of the caller's supplier, None where it has none."""
    lot.known()
    _require_bidder(caller, index, own)
    lot.require_candidate(index, candidate)
    if explanation.given:
        raise AwardDeskOnlyOnce(lot.number, "explanation", _word(index))
    lot.require_running(explanation)
    _require_given("documentHash", document_hash)


def check_ask_curing(
    caller: Caller,
    lot: Lot,
    index: int,
    document_hash: bytes,
    *,
    openings: Mapping[int, bytes],
    curing: Asked,
) -> None:
    """AwardDesk.askCuring; ``openings``: of the first envelope."""
    lot.require_officer(caller)
    lot.require_curable()
    if not lot.procedure.curing_window:
        raise AwardDeskCuringNotAllowed(lot.number)
    if curing.until:
        raise AwardDeskOnlyOnce(lot.number, "curing", _word(index))
    _require_bid(lot, index, openings)
    _require_given("documentHash", document_hash)


def check_cure(
    caller: Caller, lot: Lot, index: int, document_hash: bytes, *, own: int | None, curing: Asked
) -> None:
    """AwardDesk.cure; ``own``: index of the bid of the caller's supplier, None where it has none."""
    lot.known()
    _require_bidder(caller, index, own)
    # Who was asked has its window, whatever comes of the rest meanwhile.
    if not curing.until or lot.status() >= TenderStatus.SUSPENDED:
        lot.require_curable()
    if curing.given:
        raise AwardDeskOnlyOnce(lot.number, "cure", _word(index))
    lot.require_running(curing)
    _require_given("documentHash", document_hash)


def check_extend(caller: Caller, lot: Lot, document_hash: bytes, *, extended: bool) -> None:
    """AwardDesk.extendDecision."""
    tender = lot.known()
    lot.require_officer(caller)
    lot.require_opened()
    if extended:
        raise AwardDeskOnlyOnce(lot.number, "extension", to_hex(tender.buyer))
    times = opening_times(tender, lot.procedure, lot.clock)
    due = lot.own_clock.end_after(times.open_from, lot.procedure.decision_period)
    if lot.clock.now >= due:
        raise AwardDeskWindowClosed(lot.number, moment(due))
    _require_given("documentHash", document_hash)


def check_security(
    caller: Caller,
    lot: Lot,
    index: int,
    status: int,
    ref: bytes,
    *,
    openings: Mapping[int, bytes],
    known: SecurityStatus,
    signing: Signing = NOT_PROPOSED,
) -> None:
    """AwardDesk.recordSecurity: held first, then released or forfeited; ``openings``: of the first envelope."""
    lot.require_signed(caller, signing)
    _require_bid(lot, index, openings)
    if status == known and status:
        raise AwardDeskUnchanged("security")
    _require_given("ref", ref)
    after = {
        SecurityStatus.NONE: (SecurityStatus.HELD,),
        SecurityStatus.HELD: (SecurityStatus.RELEASED, SecurityStatus.FORFEITED),
    }
    if status not in after.get(known, ()):
        raise AwardDeskReasonInvalid(lot.number, status)


def _require_setup(lot: Lot, tender: TenderFacts, setup: Setup) -> None:
    if setup_hash(setup) != tender.setup_hash:
        raise AwardDeskSetupMismatch(lot.number)


def _require_offer(lot: Lot, offer: Offer, openings: Mapping[int, bytes]) -> None:
    if offer.opening != openings.get(offer.index, ZERO32):
        raise AwardDeskOfferMismatch(lot.number, offer.index)


def _require_bid(lot: Lot, index: int, openings: Mapping[int, bytes]) -> None:
    if index not in openings:
        raise AwardDeskNotAdmissible(lot.number, 0, index)


def _require_bidder(caller: Caller, index: int, own: int | None) -> None:
    if own is None or own != index:
        raise AwardDeskRoleMissing("SUPPLIER", caller.address)


def _require_given(name: str, value: bytes) -> None:
    if not any(value):
        raise AwardDeskHashZero(name)


def _word(index: int) -> str:
    """A bid's index as an error of the contract says it."""
    return to_hex(index.to_bytes(32, "big"))
