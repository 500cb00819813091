"""One tender on the chain and in the model at once: each act goes to both, with one thing wrong where the story says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from hypothesis import event as note

from chain import rules
from chain.bindings import bid_box, opening_committee, supplier_registry, tender_board
from chain.errors.base import LicitaError
from chain.rules import Caller, SupplierFacts
from chain.rules.deadlines import Clock
from chain.rules.tenders import NEVER
from chain.sealing.envelope import SealedEnvelope, read
from chain.sealing.group import GBAR, hashed, word
from chain.sealing.keyshare import KeyShare
from chain.sealing.tdh2 import Share, combine
from chain.sealing.tdh2 import factors as lagrange
from chain.transactions import Call, gas_for
from chain.types import (
    ZERO32,
    BidStatus,
    Cancellation,
    CancellationReason,
    Event,
    Procedure,
    TenderFacts,
    TenderStatus,
    to_hex,
)
from tests.contracts.bids import DECLARATIONS
from tests.contracts.committee import Committee, drawing
from tests.contracts.world import ACME, BUYER, World, address, lots, terms
from tests.invariants.sealed_model import FAULTY_POINT, Entry, Model, OpenEntry, Record, entry_of
from tests.invariants.test_council_rules import CouncilChain

__all__ = ["FIRMS", "Act", "Ground", "Story", "Wrong"]

Act: TypeAlias = tuple[str, tuple[Any, ...]]
"""Name and arguments of a method of ``Story``."""

FIRMS = tuple(f"firm {number}" for number in range(37))
"""Suppliers that bid once and are quiet, or do as most do."""

CROWD = ("acme", "beta", "gama", *FIRMS)
"""Who bids first, in this order."""

PERIOD = 60
"""Seconds for bids."""

UNKNOWN = 9
"""No tender."""

TWO_BLOCKS = b"x" * 1_500
HASH = b"\x07" * 32


class Ground:
    """The network with everything that all stories share. No dataclass: Hypothesis would print all of it with a failing story."""

    def __init__(
        self,
        world: World,
        procedures: Sequence[Procedure],
        committees: Sequence[tuple[Committee, tuple[str, ...]]],
        member_of: Mapping[str, bytes],
        suppliers: Mapping[bytes, SupplierFacts],
        supplier_of: Mapping[str, bytes],
        officer: Caller,
    ) -> None:
        self.world = world
        self.procedures = procedures
        self.committees = committees
        self.member_of = member_of
        self.suppliers = suppliers
        self.supplier_of = supplier_of
        self.officer = officer

    def __repr__(self) -> str:
        return "Ground"


@dataclass(frozen=True)
class Wrong:
    """What is tried with one thing wrong while it would be right without."""

    posts: Sequence[str]
    opens: Sequence[str]
    reveals: Sequence[str]


class Story:
    """One tender on the chain and in the model."""

    def __init__(self, ground: Ground, place: int, version: int, size: int, seed: int) -> None:
        self.ground, self.world, self.chain = ground, ground.world, CouncilChain(ground.world)
        made, self.people = ground.committees[place]
        self.shares, self.keyset_id = made.shares, made.keyset.id
        self.procedure = ground.procedures[version]
        self.cache: dict[tuple[int, bytes], Share] = {}
        self.terms = terms(
            self.now + PERIOD, setup=lots(size), keyset_id=self.keyset_id, procedure_version=version + 1
        )
        published = self.chain.acts("officer", tender_board.publish(HASH, self.terms.as_tuple(), "{}")).events
        assert [event.name for event in published] == ["TenderPublished"]
        known = TenderFacts(
            BUYER, rules.terms_hash(self.terms, b"{}"), self.keyset_id, ZERO32, rules.setup_hash(self.terms.setup), "sandbox",
            version + 1, self.terms.deadline, 1, 0, 0, size, currency="MXN", exponent=2,
        )  # fmt: skip
        self.model = Model(
            1, known, self.procedure, made, self.world.addresses["BidBox"], seed, dict(ground.suppliers),
            dict(ground.supplier_of),
        )  # fmt: skip
        self.same()

    @property
    def now(self) -> int:
        """Time of the next block."""
        return self.world.time + 1

    @property
    def id(self) -> bytes:
        """The tender's."""
        return self.model.id

    def both(self, who: str, call: Call, check: Callable[[], None]) -> tuple[Event, ...]:
        """The events where both sides agree to the act, none where both refuse it alike."""
        predicted: LicitaError | None = None
        try:
            check()
        except LicitaError as error:
            predicted = error
        outcome = self.chain.acts(who, call)
        assert type(outcome.refusal) is type(predicted), (
            f"the contracts say {outcome.refusal}, the model {predicted}"
        )
        note(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if predicted is not None and outcome.refusal is not None:
            assert outcome.refusal.facts == predicted.facts
        return outcome.events

    def same(self) -> None:
        """Box, facts, status and count of opened bids are the model's (6)."""
        view, model, facts = self.chain.view, self.model, self.model.facts
        assert view(bid_box.box(self.id)) == model.box
        opened = view(opening_committee.opened_bids(self.id, 0))
        stored = view(tender_board.tender_facts(self.id))
        live = view(bid_box.live_bids(self.id, facts.terms_version))
        assert rules.tender_facts(stored, live_bids=live, opened_bids=opened, locked=model.box[-1]) == facts
        assert view(tender_board.tender_status(self.id)) == model.status(self.world.time)

    def play(self, acts: Sequence[Act]) -> None:
        """Act by act."""
        for name, arguments in acts:
            getattr(self, name)(*arguments)
            self.same()

    # Bidders

    def crowd(self, count: int) -> None:
        """The first bids, all in one block."""
        firms = CROWD[: min(count, self.procedure.max_bids or count)]
        sealed = [(who, *self.model.seal(who, 1, self.model.known.lots)) for who in firms]
        receipts = self._together([(who, self._submission([part])) for who, part, _ in sealed])
        for (who, part, amounts), events in zip(sealed, receipts, strict=True):
            self._sealed(self.model.submitted(who, part, amounts), events)

    def _together(self, calls: Sequence[tuple[str, Call]]) -> list[tuple[Event, ...]]:
        """Calls that must go through, all in the next block; the events of each."""
        sent = []
        for who, call in calls:
            request = {
                "from": address(who),
                "to": self.world.addresses[call.contract],
                "data": to_hex(call.data),
            }
            request |= {"gas": hex(gas_for(call)), "gasPrice": "0x0"}
            sent.append(self.world.node.rpc("eth_sendTransaction", request))
        if sent:
            self.world.move_to(self.now)
        found = [self.world.node.rpc("eth_getTransactionReceipt", each) for each in sent]
        assert all(receipt["status"] == "0x1" for receipt in found)
        return [self.chain.events(receipt["logs"], self.world.time) for receipt in found]

    def submit(self, who: str, fault: str) -> None:
        """The next version of the account's supplier, with one thing wrong or nothing."""
        model, version = self.model, self.model.bid(who).version + 1
        number = model.known.lots
        document = TWO_BLOCKS if fault == "long" else b"{}"
        sealed_as = "nobody" if fault == "bidder" else who
        part, amounts = model.seal(
            sealed_as, version - (fault == "version before"), number + (fault == "lots"), document
        )
        if fault == "sent before" and model.live:
            part = model.live[0].part
        data = changed_envelope(part, fault)
        envelopes = {"no envelope": [], "two envelopes": [data, data]}.get(fault, [data])
        # A false proof has a witness too; what cannot be read has that of the envelope as it was.
        try:
            witness = read(data, part.context).witness()
        except LicitaError:
            witness = part.envelope.witness()
        tender = UNKNOWN if fault == "unknown tender" else 1
        terms_hash = HASH if fault == "stale terms" else model.known.terms_hash
        declarations = ZERO32 if fault == "no declarations" else DECLARATIONS
        witnesses = [witness.as_tuple() for _ in envelopes]
        call = bid_box.submit(rules.tender_id(tender), terms_hash, declarations, envelopes, witnesses)
        events = self.both(
            who, call, lambda: model.check_submit(who, tender, terms_hash, declarations, envelopes, self.now)
        )
        if events:
            assert self.world.time < model.known.deadline, "invariant 3"
            self._sealed(model.submitted(who, part, amounts), events)

    def _submission(self, parts: Sequence[SealedEnvelope]) -> Call:
        witnesses = [each.envelope.witness().as_tuple() for each in parts]
        data = [each.data for each in parts]
        return bid_box.submit(self.id, self.model.known.terms_hash, DECLARATIONS, data, witnesses)

    def _sealed(self, record: Record, events: Sequence[Event]) -> None:
        facts = record.facts
        self._event(
            events, "BidSealed", tenderId=self.id, envelope=0, bidder=facts.bidder, version=facts.version, index=facts.index,
            order=facts.order, termsVersion=facts.terms_version, declarations=DECLARATIONS, seal=record.part.seal_hash,
            sealedEnvelope=record.part.data,
        )  # fmt: skip

    def withdraw(self, who: str, fault: str) -> None:
        """By any account of the supplier, eligible or not."""
        model, tender = self.model, UNKNOWN if fault else 1
        call = bid_box.withdraw(rules.tender_id(tender))
        events = self.both(who, call, lambda: model.check_withdraw(who, tender, self.now))
        record = model.record(who)
        if events and record:
            facts = record.facts
            record.facts = replace(facts, status=BidStatus.WITHDRAWN)
            model.dead.append((facts.index, record.part))
            self._event(
                events, "BidWithdrawn", tenderId=self.id, bidder=facts.bidder, version=facts.version, index=facts.index
            )  # fmt: skip

    def confirm(self, who: str, fault: str) -> None:
        """Of the bid as it is, for the last addendum."""
        model, tender = self.model, UNKNOWN if fault == "unknown tender" else 1
        terms_hash = HASH if fault == "stale terms" else model.known.terms_hash
        call = bid_box.confirm(rules.tender_id(tender), terms_hash)
        events = self.both(who, call, lambda: model.check_confirm(who, tender, terms_hash, self.now))
        record = model.record(who)
        if events and record:
            model.confirmed(record)
            self._confirmed(record, events)

    def _confirmed(self, record: Record, events: Sequence[Event]) -> None:
        facts = record.facts
        self._event(
            events, "BidConfirmed", tenderId=self.id, bidder=facts.bidder, version=facts.version, index=facts.index,
            termsVersion=facts.terms_version,
        )  # fmt: skip

    # The buyer and the registrar

    def amend(self, later: int, share: int) -> None:
        """An addendum: no bid is bound to it yet; then ``share`` of four firms confirm theirs."""
        model, known = self.model, self.model.known
        changed = replace(
            self.terms, items=self.terms.items + 1, deadline=max(known.deadline, self.now + 2) + later
        )
        call = tender_board.amend(self.id, known.terms_hash, changed.as_tuple(), "{}")
        events = self.both("officer", call, lambda: rules.check_amend(
            self.ground.officer, 1, model.facts, self.procedure, known.terms_hash, changed, b"{}", clock=Clock(self.now)))  # fmt: skip
        if events:
            self.terms = changed
            model.known = replace(
                known, terms_hash=rules.terms_hash(changed, b"{}"), deadline=changed.deadline, terms_version=known.terms_version + 1
            )  # fmt: skip
            self._all_confirm(share)

    def _all_confirm(self, share: int) -> None:
        model = self.model
        firms = [who for place, who in enumerate(FIRMS) if place % 4 < share and model.record(who)]
        if self.now >= model.known.deadline or not firms:
            return
        call = bid_box.confirm(self.id, model.known.terms_hash)
        for who, events in zip(firms, self._together([(who, call) for who in firms]), strict=True):
            record = model.records[model.supplier_of[who]]
            model.confirmed(record)
            self._confirmed(record, events)

    def cancel(self, lot: int) -> None:
        """Of the tender or a lot, which stops the box of a tender with one lot."""
        model = self.model
        call = tender_board.cancel(self.id, lot, int(CancellationReason.NO_DEMAND), HASH)
        ends = model.known.lots_cancelled_at if lot else 0
        own = Cancellation(lot, ends, ends)
        events = self.both("officer", call, lambda: rules.check_cancel(
            self.ground.officer, 1, model.facts, self.procedure, lot, 1, HASH, own=own, clock=Clock(self.now)))  # fmt: skip
        if events:
            end = self.world.time + self.procedure.cancel_window
            known = replace(model.known, reason=1)
            known = (
                replace(known, lots_cancelled=1, lots_cancelled_at=end)
                if lot
                else replace(known, cancels_at=end)
            )
            model.known = replace(known, stopped_at=self.world.time if known.is_stopped else 0)

    def ask(self) -> None:
        """A question, which holds the tender at its deadline until it is answered."""
        model, number = self.model, self.model.known.questions
        caller = Caller(address("acme"), supplier=model.suppliers[ACME])
        tag = word(number + 1)
        events = self.both("acme", tender_board.ask(self.id, tag, "{}"), lambda: rules.check_ask(
            caller, 1, model.facts, self.procedure, tag, 2, asked=0, questions=number, desks=0, clock=Clock(self.now)))  # fmt: skip
        if events:
            open_ = model.known.open_questions
            model.known = replace(model.known, questions=number + 1, open_questions=open_ + 1)

    def answer(self) -> None:
        """Of the oldest open question: bids may come in again."""
        model, known = self.model, self.model.known
        question = known.questions - known.open_questions + 1
        events = self.both("officer", tender_board.answer(self.id, question, "{}"), lambda: rules.check_answer(
            self.ground.officer, 1, model.facts, self.procedure, question, 2, answered=False, clock=Clock(self.now)))  # fmt: skip
        if events:
            deadline = rules.answered_deadline(known, self.procedure, Clock(self.world.time))
            model.known = replace(known, deadline=deadline, open_questions=known.open_questions - 1)
            self.terms = replace(self.terms, deadline=deadline)

    def set_active(self, active: bool) -> None:
        """The registrar says whether gama still supplies."""
        supplier = self.model.supplier_of["gama"]
        facts = self.model.suppliers[supplier]
        if facts.active != active:
            assert self.chain.acts("registrar", supplier_registry.set_active(supplier, active)).events
            self.model.suppliers[supplier] = replace(facts, active=active)

    def debar(self, seconds: int) -> None:
        """The reviewer debars beta for so many seconds; 0 lifts what is in force."""
        supplier = self.model.supplier_of["beta"]
        facts, until = self.model.suppliers[supplier], (self.now + seconds if seconds else 0)
        if until == facts.debarred_until or (not seconds and self.now >= facts.debarred_until):
            return
        call = (
            supplier_registry.debar(supplier, until, HASH)
            if until
            else supplier_registry.lift_debarment(supplier, HASH)
        )
        assert self.chain.acts("reviewer", call).events
        self.model.suppliers[supplier] = replace(facts, debarred_until=until)

    def wait(self, end: str, around: int) -> None:
        """To just before an instant, so that the next acts step over it."""
        due = self.model.due(self.world.time)
        cutoff = due.closes_at - self.procedure.enquiry_cutoff
        instants = {
            "cutoff": cutoff, "closing": due.closes_at, "opening": due.open_from, "fallback": due.fallback_from, "void": due.void_from,
        }  # fmt: skip
        instant = instants[end] + around
        if self.world.time < instant < NEVER - 9:
            self.world.move_to(instant)

    # The committee

    def share(self, seat: int, part: SealedEnvelope, key: KeyShare | None = None) -> Share:
        """The seat's share of an envelope, or what another's key makes of it."""
        found = self.cache.get((seat, part.seal_hash))
        if found is None or key is not None:
            holder = key or self.shares[seat]
            draw = drawing(f"share/{seat}/{part.seal_hash.hex()}")
            found = replace(holder.open(part.context.ctx, part.envelope.u, draw), seat=seat)
        if key is None:
            self.cache[seat, part.seal_hash] = found
        return found

    def post(self, place: int, page: int, fault: str = "") -> None:
        """A seat's shares of a page, or something else in their place."""
        model, seats = self.model, len(self.people)
        seat, page = place % seats + 1, 7 if fault == "page" else page
        who = self.people[seat % seats if fault == "caller" else seat - 1]
        key = self.shares[seat % seats + 1] if fault == "other seat's" else None
        entries = [entry_of(record.part, self.share(seat, record.part, key)) for record in model.page(page)]
        entries = self._changed_entries(entries, seat, fault)
        named = seats + 1 if fault == "seat" else seat
        call = opening_committee.post_shares(
            self.id, int(fault == "envelope"), page, named, [self._coded(entry) for entry in entries]
        )
        member = self.ground.member_of[who]
        events = self.both(
            who, call, lambda: model.check_post(
                who, member, int(fault == "envelope"), page, named, entries, self.now),
        )  # fmt: skip
        if not events:
            return
        assert self.world.time >= model.known.deadline + self.procedure.opening_delay, "invariant 2"
        live = model.page(page)
        self._locked(events[:-1])
        shares = [
            str(value)
            for entry in entries
            for value in (*entry.share.point.as_tuple(), entry.share.proof.e, entry.share.proof.f)
        ]
        self._event(
            events[-1:], "SharesPosted", tenderId=self.id, envelope=0, seat=seat, page=str(page), keysetId=self.keyset_id, shares=shares
        )  # fmt: skip
        assert len(shares) == 4 * len(live), "invariant 4"
        model.posted[page, seat] = hashed(*(entry.share.point.to64() for entry in entries))
        self._nothing_known(page)

    def _nothing_known(self, page: int) -> None:
        """Fewer shares than k say nothing (2): what they combine to is not what the bid was sealed with."""
        posted = [seat for number, seat in self.model.posted if number == page]
        if len(posted) < self.model.keyset.threshold:
            part = self.model.page(page)[0].part
            found = combine({seat: self.share(seat, part).point for seat in posted})
            assert found.secret != part.secret, "invariant 2"

    def _changed_entries(self, entries: list[Entry], seat: int, fault: str) -> list[Entry]:
        dead = [part for _, part in self.model.dead] or [
            record.part for record in self.model.records.values() if record not in self.model.live
        ]
        other = [entry_of(part, self.share(seat, part)) for part in dead[:1]] or entries[:1]
        if not entries:
            return other if fault in ("one more", "not live") else entries
        first, rest = entries[0], entries[1:]
        share = first.share
        return {
            "one fewer": rest,
            "one more": [*entries, *other],
            "not live": [*other, *rest],
            "swapped": entries[::-1],
            "off the curve": [*entries[:-1], replace(entries[-1], share=replace(entries[-1].share, point=FAULTY_POINT))],
            "proof": [replace(first, share=replace(share, proof=replace(share.proof, f=share.proof.f ^ 1))), *rest],
        }.get(fault, entries)  # fmt: skip

    @staticmethod
    def _coded(entry: Entry) -> tuple[Any, ...]:
        if entry.share.point.is_valid():
            return entry.share.entry(entry.u, entry.label)
        proof = (entry.share.proof.e, entry.share.proof.f, GBAR.as_tuple(), GBAR.as_tuple(), 1)
        return entry.u.as_tuple(), entry.label, entry.share.point.as_tuple(), proof

    def open(self, place: int, page: int, fault: str = "") -> None:
        """A page with k seats: those that posted, or, where they are too few, others in their place."""
        model, count = self.model, len(self.people)
        page, live = (7, model.page(page)) if fault == "page" else (page, model.page(page))
        posted = [seat for number, seat in model.posted if number == page]
        others = [seat for seat in range(1, count + 1) if seat not in posted]
        k = model.keyset.threshold
        start = place % len(posted) if posted else 0
        seats = sorted([*posted[start:], *posted[:start], *others][:k])
        made = [combine({seat: self.share(seat, record.part).point for seat in seats}) for record in live]
        given = list(lagrange(seats))
        points = [[self.share(seat, record.part).point for record in live] for seat in seats]
        entries = [
            OpenEntry(record.part.envelope.u, record.part.envelope.body_hash, record.part.envelope.words, each.products, each.inverses)
            for record, each in zip(live, made, strict=True)
        ]  # fmt: skip
        if fault == "one seat fewer":
            seats, given, points = seats[1:], given[1:], points[1:]
        elif fault == "falling":
            seats, given, points = seats[::-1], given[::-1], points[::-1]
        elif fault == "factor":
            given[-1] += 1
        elif fault == "one fewer":
            entries = entries[1:]
        elif fault == "point" and live:
            points[0] = [GBAR, *points[0][1:]]
        elif entries:
            entries[-1] = changed_opening(entries[-1], fault)
        envelope = int(fault == "envelope")
        coded = [[value for point in list_ for value in point.as_tuple()] for list_ in points]
        call = opening_committee.open_page(
            self.id, envelope, page, seats, given, coded, [entry.as_tuple() for entry in entries]
        )
        events = self.both(
            "nobody", call, lambda: model.check_open(envelope, page, seats, given, points, entries, self.now)
        )
        if events:
            sealed = [record for record in live if not record.opened]
            assert len(events) == len(sealed)
            for record, event in zip(sealed, events, strict=True):
                self._opened(record, event)

    def reveal(self, index: int, fault: str = "") -> None:
        """One bid by whoever holds its r: the one at this place, if there is one, or of another."""
        model = self.model
        records = list(model.records.values())
        if not records:
            return
        record = records[index % len(records)]
        part, index = record.part, record.facts.index
        if fault == "not live" and model.dead:
            index, part = model.dead[0]
        r, s, u, words = part.r.number, part.secret, part.envelope.u, list(part.envelope.words)
        if fault == "r":
            r += 1
        elif fault == "s":
            s = GBAR
        elif fault == "u":
            u = GBAR
        elif fault == "word":
            words[-1] ^= 1
        elif fault == "index":
            index = len(records)
        envelope = int(fault == "envelope")
        body_hash = part.envelope.body_hash
        call = opening_committee.self_reveal(
            self.id, envelope, index, r, s.as_tuple(), u.as_tuple(), body_hash, words
        )
        events = self.both(
            "nobody", call, lambda: model.check_reveal(envelope, index, r, s, u, body_hash, words, self.now)
        )
        if events:
            assert self.world.time >= model.due(self.world.time).fallback_from
            self._locked(events[:-2])
            self._event(events[-2:-1], "BidSelfRevealed", tenderId=self.id, envelope=0, index=index, r=str(r))
            self._opened(record, events[-1])

    def _locked(self, events: Sequence[Event]) -> None:
        if self.model.lock():
            bids, live = len(self.model.records), len(self.model.live)
            self._event(events, "BoxLocked", tenderId=self.id, bids=bids, live=live)
        else:
            assert not events

    def _opened(self, record: Record, event: Event) -> None:
        """The chain's amounts are those that were sealed, by the last version (4), for the last terms (8)."""
        facts = record.facts
        assert facts.terms_version == self.model.known.terms_version, "invariant 8"
        amounts = [str(2**256 - 1 if each is None else each) for each in record.amounts]
        self._event(
            [event], "BidOpened", tenderId=self.id, envelope=0, bidder=facts.bidder, index=facts.index, version=facts.version,
            amounts=amounts,
        )  # fmt: skip
        record.opened = True

    # The end

    def finish(self, ending: str, first: int, spare: int, wrong: Wrong) -> None:
        """What has to be done so that all is open, or that one bid is not, with wrong acts between.

        ``first``: the seat that begins; ``spare``: so many more post than k.
        """
        model = self.model
        self.wait("closing", 0)
        for _ in range(model.known.open_questions):
            self.answer()
        self.wait("opening", -1)
        k, count = model.keyset.threshold, len(self.people)
        posting = range(first, first + (k - 1 if ending == "remainder" else min(count, k + spare)))
        for page in model.pages if ending != "reveals" else []:
            for fault in wrong.posts:
                self.post(first, page, fault)
            for place in posting:
                if (page, place % count + 1) not in model.posted:
                    self.post(place, page)
            for fault in wrong.opens:
                self.open(first, page, fault)
            self.open(first, page)
        self.same()
        if ending in ("reveals", "remainder"):
            self.wait("fallback", -1)
            left = [record for record in model.live if not record.opened]
            for fault in wrong.reveals:
                self.reveal(left[0].facts.index if left else 0, fault)
            for record in left[1:] if ending == "remainder" else left:
                self.reveal(record.facts.index)
            self.same()
        running = model.status(self.world.time) in (TenderStatus.OPENING, TenderStatus.FALLBACK)
        assert ending == "remainder" or not running, "it can always be left (24)"
        self.wait("void", -2)
        for page in (0, 1):
            self.open(first, page)
            self.post(first, page)
        self.reveal(0)
        self.same()
        note(f"ends: {model.status(self.world.time).name}")

    def whole(self) -> None:
        """All that is stored of all bids."""
        view, model = self.chain.view, self.model
        assert len({record.facts.index for record in model.records.values()}) == len(model.records), "7"
        for supplier, record in model.records.items():
            facts = record.facts
            row = (facts.bidder, facts.version, facts.order, facts.terms_version, facts.status)
            assert view(bid_box.bid(self.id, facts.index)) == row
            assert view(bid_box.place_of(self.id, supplier)) == facts.index + 1, "invariant 7"
            stored = view(opening_committee.opening_of(self.id, 0, facts.index))
            assert stored == (record.opening if record.opened else ZERO32), "invariant 4"
            assert not record.opened or record in model.live, "invariants 4, 8"
        for page in (0, 1):
            live = [
                (record.facts.index, record.facts.bidder, record.facts.version, record.part.seal_hash, record.part.context.ctx)
                for record in model.page(page) if model.locked
            ]  # fmt: skip
            assert list(view(bid_box.page(self.id, 0, page))) == live

    def _event(self, events: Sequence[Event], name: str, **expected: Any) -> None:
        plain = {key: to_hex(value) if isinstance(value, bytes) else value for key, value in expected.items()}
        assert [event.name for event in events] == [name]
        assert {key: events[0].args[key] for key in plain} == plain


def changed_envelope(part: SealedEnvelope, fault: str) -> bytes:
    """The bytes of an envelope with one thing wrong, or as they were."""
    data = part.data
    return {
        "cut": data[:-1],
        "short": data[:60],
        "no proof": data[:110],
        "flipped": _flipped(data, 75),
        "sign": _flipped(data, 1),
        "point": data[:2] + bytes(32) + data[34:],
        "image": data[:34] + b"\x04" + data[35:],
        "format": b"\x02" + data[1:],
    }.get(fault, data)


def changed_opening(entry: OpenEntry, fault: str) -> OpenEntry:
    """What opens a bid with one thing wrong, or as it was."""
    return {
        "product": replace(entry, products=(*entry.products[:-1], GBAR)),
        "inverse": replace(entry, inverses=(*entry.inverses[:-1], entry.inverses[-1] ^ 1)),
        "word": replace(entry, words=(*entry.words[:-1], entry.words[-1] ^ 1)),
        "body": replace(entry, body_hash=HASH),
        "U": replace(entry, u=GBAR),
    }.get(fault, entry)


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
