"""What BidBox and OpeningCommittee are expected to do with one tender: plain rows, and what each act would be refused with.

State and times are judged by ``chain.rules``, envelopes and shares by ``chain.sealing``; the order in which a page is looked through, and
everything a correct node would store, is written here a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eth_hash.auto import keccak

from chain.errors.contracts import (
    OpeningCommitteeCombinationInvalid,
    OpeningCommitteeEntryCountWrong,
    OpeningCommitteeEntryNotSealed,
    OpeningCommitteeEntryWrong,
    OpeningCommitteeFactorInvalid,
    OpeningCommitteePageDone,
    OpeningCommitteeRevealMismatch,
    OpeningCommitteeSeatsWrong,
    OpeningCommitteeShareBidWrong,
    OpeningCommitteeShareCountWrong,
    OpeningCommitteeShareExists,
    OpeningCommitteeShareInvalid,
    OpeningCommitteeSharePointInvalid,
    OpeningCommitteeSharesMissing,
    OpeningCommitteeSumInvalid,
)
from chain.rules import SupplierFacts, tender_id, tender_status
from chain.rules.bids import (
    BidFacts,
    check_confirm,
    check_submit,
    check_withdraw,
    is_live,
    may_bid,
    opening_due,
)
from chain.rules.deadlines import Clock
from chain.rules.openings import (
    PAGE,
    Due,
    KeysetFacts,
    check_due,
    check_member,
    check_reveal_due,
    check_shares_due,
)
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.envelope import MAX_AMOUNT, NO_OFFER, Envelope, SealedEnvelope, check, seal
from chain.sealing.group import Point, add, hashed, inverse, multiply, word
from chain.sealing.opening import open_with
from chain.sealing.tdh2 import Share, factors
from chain.types import ZERO32, BidStatus, Procedure, TenderFacts, TenderStatus
from tests.contracts.committee import Committee, drawing
from tests.contracts.sealing import resealed
from tests.contracts.world import address

__all__ = ["FAULTY_POINT", "Entry", "Model", "OpenEntry", "Record", "amounts_of", "entry_of", "reseal"]

VALUES: tuple[int | None, ...] = (None, None, 0, 1, MAX_AMOUNT, MAX_AMOUNT + 1, NO_OFFER - 1)
"""What is sealed as often as a price like any other: no offer, the ends of what is responsive, and nonsense that must open all the same."""

FAULTY_POINT = Point(1, 1)
"""Not on the curve."""


def amounts_of(seed: int, who: str, version: int, lots: int) -> tuple[int | None, ...]:
    """The amounts of one bid: the same for the same arguments."""
    found: list[int | None] = []
    for lot in range(lots):
        digest = keccak(f"{seed}/{who}/{version}/{lot}".encode())
        found.append(
            VALUES[digest[1] % len(VALUES)] if digest[0] < 64 else int.from_bytes(digest[2:8], "big")
        )
    return tuple(found)


def reseal(part: SealedEnvelope, amounts: Sequence[int | None]) -> SealedEnvelope:
    """The envelope with amounts that an honest program does not seal; its document and its r stay."""
    commitment = open_with(part.secret, part.context, part.envelope).doc_commit
    head = [NO_OFFER if each is None else each for each in amounts]
    return resealed(part, head=[int.from_bytes(commitment, "big"), *head])


@dataclass
class Record:
    """A supplier's bid: its row, what was sealed last, and whether it is open."""

    supplier: bytes
    facts: BidFacts
    part: SealedEnvelope
    amounts: tuple[int | None, ...]
    opened: bool = False

    @property
    def opening(self) -> bytes:
        """``openingOf`` once it is open, from what was sealed."""
        part = self.part
        commitment = open_with(part.secret, part.context, part.envelope).doc_commit
        return hashed(commitment, *(word(NO_OFFER if each is None else each) for each in self.amounts))


@dataclass(frozen=True)
class Entry:
    """One of the entries of postShares."""

    u: Point
    label: bytes
    share: Share


@dataclass(frozen=True)
class OpenEntry:
    """One of the bids of openPage."""

    u: Point
    body_hash: bytes
    words: tuple[int, ...]
    products: tuple[Point, ...]
    inverses: tuple[int, ...]

    def as_tuple(self) -> tuple[Any, ...]:
        """As ABI coding wants it."""
        products = [point.as_tuple() for point in self.products]
        return self.u.as_tuple(), self.body_hash, list(self.words), products, list(self.inverses)


@dataclass
class Model:
    """One tender with its box. ``known`` is what TenderBoard stores of it; ``bound`` the terms that a bid was last bound to."""

    number: int
    known: TenderFacts
    procedure: Procedure
    committee: Committee
    bid_box: str
    seed: int
    suppliers: dict[bytes, SupplierFacts]
    supplier_of: dict[str, bytes]
    records: dict[bytes, Record] = field(default_factory=dict)
    orders: int = 0
    bound: int = 0
    locked: bool = False
    used: set[int] = field(default_factory=set)
    dead: list[tuple[int, SealedEnvelope]] = field(default_factory=list)
    posted: dict[tuple[int, int], bytes] = field(default_factory=dict)

    # What there is

    @property
    def id(self) -> bytes:
        """The tender as the contracts key it."""
        return tender_id(self.number)

    @property
    def live(self) -> list[Record]:
        """The bids that are opened, by index."""
        return [each for each in self.records.values() if is_live(each.facts, self.known.terms_version)]

    @property
    def facts(self) -> TenderFacts:
        """With what the box says."""
        opened = sum(each.opened for each in self.records.values())
        return replace(self.known, live_bids=len(self.live), opened_bids=opened, locked=self.locked)

    @property
    def keyset(self) -> KeysetFacts:
        """The committee's."""
        plan, keyset = self.committee.transcript.plan, self.committee.keyset
        return KeysetFacts(keyset.id, plan.threshold, plan.members, len(plan.members))

    @property
    def box(self) -> tuple[Any, ...]:
        """Struct Box."""
        live = sum(is_live(each.facts, self.bound) for each in self.records.values())
        return len(self.records), self.orders, live, 0, self.bound, 0, self.locked

    def status(self, now: int) -> TenderStatus:
        """tenderStatus."""
        return tender_status(self.facts, self.procedure, Clock(now))

    def due(self, now: int) -> Due:
        """What the opening depends on."""
        return opening_due(self.number, self.facts, self.procedure, Clock(now))

    def page(self, number: int) -> list[Record]:
        """The live bids of a page, by index."""
        return [each for each in self.live if each.facts.index // PAGE == number]

    @property
    def pages(self) -> list[int]:
        """Those with a live bid."""
        return sorted({each.facts.index // PAGE for each in self.live})

    def record(self, who: str) -> Record | None:
        """The bid of the account's supplier."""
        return self.records.get(self.supplier_of.get(who, ZERO32))

    def bid(self, who: str) -> BidFacts:
        """Its row."""
        found = self.record(who)
        return found.facts if found else BidFacts()

    def allowed(self, who: str, now: int) -> bool:
        """Whether the account's supplier may bid."""
        supplier = self.supplier_of.get(who, ZERO32)
        return may_bid(self.facts, supplier, self.suppliers.get(supplier, SupplierFacts()), now)

    # Bids

    def context(self, who: str, version: int) -> BidContext:
        """What a bid is bound to."""
        separator = domain_separator(31337, self.bid_box)
        return BidContext(separator, self.id, 0, address(who), version, self.committee.keyset.id)

    def seal(
        self, who: str, version: int, lots: int, document: bytes = b"{}"
    ) -> tuple[SealedEnvelope, tuple[int | None, ...]]:
        """A sealed bid and its amounts."""
        amounts = amounts_of(self.seed, who, version, lots)
        plain = [None if each is None else min(each, MAX_AMOUNT) for each in amounts]
        draw = drawing(f"{self.seed}/{who}/{version}/{self.orders}/{lots}")
        part = seal(self.context(who, version), self.committee.keyset.pk, plain, document, draw)
        return (part if plain == list(amounts) else reseal(part, amounts)), amounts

    def tender(self, number: int) -> TenderFacts | None:
        """The facts of a tender: there is no other."""
        return self.facts if number == self.number else None

    def check_submit(
        self,
        who: str,
        number: int,
        terms_hash: bytes,
        declarations: bytes,
        envelopes: Sequence[bytes],
        now: int,
    ) -> None:
        """BidBox.submit."""
        bid, facts, procedure = self.bid(who), self.tender(number), self.procedure
        check_submit(
            address(who), number, facts, procedure, allowed=self.allowed(who, now), bid=bid, bids=len(self.records),
            terms_hash=terms_hash, declarations=declarations, envelopes=len(envelopes), clock=Clock(now),
        )  # fmt: skip
        for data in envelopes:
            context = self.context(who, bid.version + 1)
            check(data, context, 1 + self.known.lots, procedure.body_blocks, self.used)

    def check_confirm(self, who: str, number: int, terms_hash: bytes, now: int) -> None:
        """BidBox.confirm."""
        check_confirm(
            address(who), number, self.tender(number), self.procedure, allowed=self.allowed(who, now), bid=self.bid(who),
            terms_hash=terms_hash, clock=Clock(now),
        )  # fmt: skip

    def check_withdraw(self, who: str, number: int, now: int) -> None:
        """BidBox.withdraw."""
        check_withdraw(
            address(who), number, self.tender(number), self.procedure, is_supplier=who in self.supplier_of, bid=self.bid(who),
            clock=Clock(now),
        )  # fmt: skip

    def submitted(self, who: str, part: SealedEnvelope, amounts: tuple[int | None, ...]) -> Record:
        """The row after an accepted bid."""
        supplier, old = self.supplier_of[who], self.record(who)
        if old:
            self.dead.append((old.facts.index, old.part))
        self.orders += 1
        self.bound = self.known.terms_version
        facts = BidFacts(
            old.facts.index if old else len(self.records), address(who), (old.facts.version if old else 0) + 1, self.orders,
            self.bound, BidStatus.SEALED,
        )  # fmt: skip
        self.used.add(part.envelope.u.x)
        self.records[supplier] = Record(supplier, facts, part, amounts)
        return self.records[supplier]

    def confirmed(self, record: Record) -> None:
        """Bound to the terms in force."""
        self.bound = self.known.terms_version
        record.facts = replace(record.facts, terms_version=self.bound)

    def lock(self) -> bool:
        """Whether it was this act that locked the box."""
        before, self.locked = self.locked, True
        self.bound = self.known.terms_version
        return not before

    # The opening

    def check_post(
        self, who: str, member: bytes, envelope: int, page: int, seat: int, entries: Sequence[Entry], now: int
    ) -> None:
        """OpeningCommittee.postShares by an opener of this member."""
        check_shares_due(self.due(now), envelope, now)
        check_member(self.keyset, seat, address(who), member, True)
        if (page, seat) in self.posted:
            raise OpeningCommitteeShareExists(self.number, page, seat)
        live = self.page(page)
        if not live or len(entries) != len(live):
            raise OpeningCommitteeShareCountWrong(self.number, page, len(live), len(entries))
        key = self.committee.keyset.keys[seat - 1]
        for record, entry in zip(live, entries, strict=True):
            index = record.facts.index
            if hashed(entry.u.to64(), entry.label) != record.part.seal_hash:
                raise OpeningCommitteeShareBidWrong(self.number, index)
            if not entry.share.point.is_valid():
                raise OpeningCommitteeSharePointInvalid(self.number, index, seat)
            if not entry.share.holds(key, record.part.context.ctx, entry.u):
                raise OpeningCommitteeShareInvalid(self.number, index, seat)

    def check_open(
        self,
        envelope: int,
        page: int,
        seats: Sequence[int],
        given: Sequence[int],
        points: Sequence[Sequence[Point]],
        entries: Sequence[OpenEntry],
        now: int,
    ) -> None:
        """OpeningCommittee.openPage; ``given``: the factors."""
        check_due(self.due(now), envelope, now)
        threshold = self.keyset.threshold
        if len(seats) != threshold or list(seats) != sorted(set(seats)):
            raise OpeningCommitteeSeatsWrong(self.number, threshold, len(seats))
        for seat, list_ in zip(seats, points, strict=True):
            if self.posted.get((page, seat)) != hashed(*(point.to64() for point in list_)):
                raise OpeningCommitteeSharesMissing(self.number, page, seat)
        for seat, right, factor in zip(seats, factors(seats), given, strict=True):
            if factor != right:
                raise OpeningCommitteeFactorInvalid(self.number, seat)
        live = self.page(page)
        if len(entries) != len(live):
            raise OpeningCommitteeEntryCountWrong(self.number, page, len(live), len(entries))
        if all(record.opened for record in live):
            raise OpeningCommitteePageDone(self.number, page)
        for place, (record, entry) in enumerate(zip(live, entries, strict=True)):
            if not record.opened:
                self._require_combined(
                    record, seats, given, [list_[place] for list_ in points], entry.products, entry.inverses
                )
                self._require_sealed(record, entry.u, entry.body_hash, entry.words)

    def _require_combined(
        self,
        record: Record,
        seats: Sequence[int],
        given: Sequence[int],
        shares: Sequence[Point],
        products: Sequence[Point],
        inverses: Sequence[int],
    ) -> None:
        index, total = record.facts.index, products[0]
        for place, (seat, factor, share, product) in enumerate(
            zip(seats, given, shares, products, strict=True)
        ):
            if multiply(factor, share) != product:
                raise OpeningCommitteeCombinationInvalid(self.number, index, seat)
            if place:
                if inverse(total, product) != inverses[place - 1]:
                    raise OpeningCommitteeSumInvalid(self.number, index, seat)
                total = add(total, product)

    def _require_sealed(self, record: Record, u: Point, body_hash: bytes, words: Sequence[int]) -> None:
        label = hashed(record.part.context.ctx, *map(word, words), body_hash)
        if hashed(u.to64(), label) != record.part.seal_hash:
            raise OpeningCommitteeEntryWrong(self.number, record.facts.index)

    def check_reveal(
        self,
        envelope: int,
        index: int,
        r: int,
        s: Point,
        u: Point,
        body_hash: bytes,
        words: Sequence[int],
        now: int,
    ) -> None:
        """OpeningCommittee.selfReveal."""
        check_reveal_due(self.due(now), envelope, now)
        record = next((each for each in self.live if each.facts.index == index and not each.opened), None)
        if record is None:
            raise OpeningCommitteeEntryNotSealed(self.number, index)
        if u != multiply(r) or s != multiply(r, self.committee.keyset.pk):
            raise OpeningCommitteeRevealMismatch(self.number, index)
        self._require_sealed(record, u, body_hash, words)


def entry_of(part: SealedEnvelope, share: Share) -> Entry:
    """The entry of postShares for an envelope."""
    envelope: Envelope = part.envelope
    return Entry(envelope.u, envelope.label(part.context), share)
