"""Shares and openings: every proof of a share is checked, every S recomputed, every amount decrypted again from the sealed envelope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from chain.audit.act import Act
from chain.audit.sealed.book import Book, Opened, Posted, Sealed, bid_of, live_of
from chain.audit.sealed.pairs import Pairs
from chain.errors.audit import AuditRefusal
from chain.errors.contracts import (
    OpeningCommitteeEntryCountWrong,
    OpeningCommitteeEntryNotSealed,
    OpeningCommitteeRevealMismatch,
    OpeningCommitteeShareCountWrong,
    OpeningCommitteeShareExists,
    OpeningCommitteeShareInvalid,
    OpeningCommitteeSharePointInvalid,
    OpeningCommitteeSharesMissing,
)
from chain.recorder.schema import idx_box, idx_keyset
from chain.rules.bids import is_live, opening_due
from chain.rules.openings import (
    PAGE,
    Due,
    check_due,
    check_member,
    check_reveal_due,
    check_shares_due,
)
from chain.sealing.envelope import NO_OFFER
from chain.sealing.group import N, Point, add, multiply
from chain.sealing.opening import open_with
from chain.sealing.tdh2 import Same, Share, factors
from chain.types import TenderFacts, from_hex, to_hex

__all__ = ["Openings", "due_of"]


@lru_cache(maxsize=1024)
def _factors(seats: tuple[int, ...]) -> tuple[int, ...]:
    return factors(seats)


def _secret(points: Mapping[int, Point], seats: Sequence[int]) -> Point:
    """S from the shares of these seats. Raises PointAtInfinity."""
    chosen = tuple(seats)
    return add(
        *(multiply(factor, points[seat]) for seat, factor in zip(chosen, _factors(chosen), strict=True))
    )


def due_of(act: Act) -> tuple[TenderFacts, Due]:
    """The tender of an event, and what its opening depends on at that time."""
    facts, procedure = act.tender()
    box = act.rows.get(idx_box, act.number)
    return facts, opening_due(act.number, facts, procedure, act.clock, 0 if box is None else box["phase"])


class Openings:
    """Judges the events of openings of OpeningCommittee."""

    def __init__(self, book: Book, pairs: Pairs) -> None:
        self._book = book
        self._pairs = pairs
        self._pages: dict[tuple[int, int, int], Act] = {}
        self.checks: dict[str, Callable[[Act], None]] = {
            "SharesPosted": self._posted,
            "BidOpened": self._opened,
            "BidSelfRevealed": self._revealed,
        }

    def close(self) -> None:
        """The end of a transaction: a page is opened whole. Raises OpeningCommitteeEntryCountWrong as an AuditRefusal."""
        pages, self._pages = self._pages, {}
        for (number, envelope, page), act in pages.items():
            opened = self._book.box(number).opened
            live = list(live_of(act.rows, number, act.tender()[0], envelope, page))
            count = sum((envelope, index) in opened for index in live)
            if count != len(live):
                error = OpeningCommitteeEntryCountWrong(number, page, len(live), count)
                raise act.place.refusal(f"unlawful-{error.error}", "an act that the rules allow", str(error))

    # Shares

    def _posted(self, act: Act) -> None:
        """Raises what OpeningCommittee's postShares refuses with."""
        args, number = act.args, act.number
        envelope, page, seat = args["envelope"], int(args["page"]), args["seat"]
        facts, due = due_of(act)
        check_shares_due(due, envelope, act.now)
        act.must("keysetId", self._acting(act, facts))
        holder = act.keyset(from_hex(args["keysetId"]))
        assert holder is not None, "the acting keyset is registered"
        member = act.caller().person.member
        check_member(holder, seat, act.sender, member, act.opens_for(member))
        box = self._book.box(number)
        if seat in box.seats_of(args["keysetId"], envelope, page):
            raise OpeningCommitteeShareExists(number, page, seat)
        if not facts.locked:
            raise act.place.refusal("event-SharesPosted:unlocked", "BoxLocked before the first share", None)
        live = list(live_of(act.rows, number, facts, envelope, page))
        shares = [int(value) for value in args["shares"]]
        if not live or len(shares) != 4 * len(live):
            raise OpeningCommitteeShareCountWrong(number, page, len(live), len(shares) // 4)
        key = self._book.keysets[args["keysetId"]].keys[seat - 1]
        points = {
            index: self._share(number, index, seat, key, box.sealed[envelope, index], shares[4 * place : 4 * place + 4])
            for place, index in enumerate(live)
        }  # fmt: skip
        account = act.sender if act.is_direct else None
        posted = Posted(args["keysetId"], seat, points, account, act.now, act.event.block)
        box.shares.setdefault((envelope, page), []).append(posted)
        self._compare(act, envelope, page, seat)

    @staticmethod
    def _share(
        number: int, index: int, seat: int, key: Point, sealed: Sealed, values: Sequence[int]
    ) -> Point:
        """The point of a share that was made with the seat's key, of this bid."""
        x, y, e, f = values
        point = Point(x, y)
        if not point.is_valid():
            raise OpeningCommitteeSharePointInvalid(number, index, seat)
        if not Share(seat, point, Same(e, f)).holds(key, sealed.context.ctx, sealed.envelope.u):
            raise OpeningCommitteeShareInvalid(number, index, seat)
        return point

    def _compare(self, act: Act, envelope: int, page: int, seat: int) -> None:
        """A share that comes after the opening must give the same S with others, too."""
        box, holder = self._book.box(act.number), act.args["keysetId"]
        posted, k = box.seats_of(holder, envelope, page), self._book.keysets[holder].threshold
        others = [each for each in sorted(posted) if each != seat][: k - 1]
        if len(others) + 1 != k:
            return
        seats = sorted([*others, seat])
        for index in posted[seat].points:
            opened = box.opened.get((envelope, index))
            if opened is not None and _secret(_points(posted, index), seats) != opened.secret:
                raise _two_secrets(act, index)

    # Openings

    def _revealed(self, act: Act) -> None:
        """Raises what OpeningCommittee's selfReveal refuses with."""
        args, number = act.args, act.number
        envelope, index, r = args["envelope"], args["index"], int(args["r"])
        facts, due = due_of(act)
        check_reveal_due(due, envelope, act.now)
        if not facts.locked:
            raise act.place.refusal(
                "event-BidSelfRevealed:unlocked", "BoxLocked before the first reveal", None
            )
        sealed = self._sealed(act, facts)
        if not r % N or multiply(r) != sealed.envelope.u:
            raise OpeningCommitteeRevealMismatch(number, index)
        self._pairs.expect(act, "BidOpened", tenderId=args["tenderId"], envelope=envelope, index=index)

    def _opened(self, act: Act) -> None:
        """The event says what the sealed envelope says under an S that is computed here."""
        args, number = act.args, act.number
        envelope, index = args["envelope"], args["index"]
        facts, due = due_of(act)
        revealed = self._pairs.before
        if revealed is None:
            check_due(due, envelope, act.now)
        sealed = self._sealed(act, facts)
        act.must("bidder", sealed.context.bidder)
        act.must("version", sealed.context.version)
        if revealed is None:
            secret = self._combined(act, facts)
            self._pages.setdefault((number, envelope, index // PAGE), act)
        else:
            pk = self._book.keysets[to_hex(facts.keyset_id)].pk
            secret = multiply(int(revealed.args["r"]), pk)
        act.must("s", {"x": str(secret.x), "y": str(secret.y)})
        opening = open_with(secret, sealed.context, sealed.envelope)
        act.must("docCommit", to_hex(opening.doc_commit))
        act.must("amounts", [str(NO_OFFER if each is None else each) for each in opening.amounts])
        box = self._book.box(number)
        seats = tuple(sorted({each.seat for each in box.shares.get((envelope, index // PAGE), ())}))
        made = Opened(secret, opening, revealed is not None, seats, act.now, act.event.block)
        box.opened[envelope, index] = made

    def _sealed(self, act: Act, facts: TenderFacts) -> Sealed:
        """The live envelope that is not open yet. Raises OpeningCommitteeEntryNotSealed."""
        envelope, index = act.args["envelope"], act.args["index"]
        box, bid = self._book.box(act.number), bid_of(act.rows, act.number, index)
        live = facts.locked and bid is not None and is_live(bid, facts.terms_version, envelope)
        if not live or (envelope, index) in box.opened:
            raise OpeningCommitteeEntryNotSealed(act.number, index)
        return box.sealed[envelope, index]

    def _combined(self, act: Act, facts: TenderFacts) -> Point:
        """S from the first and from the last k seats that posted; they must agree. Of the acting keyset, and of the tender's own where it
        was reshared after its seats had posted. Raises OpeningCommitteeSharesMissing where fewer than k did."""
        envelope, index = act.args["envelope"], act.args["index"]
        box, found = self._book.box(act.number), set[Point]()
        for holder in {self._acting(act, facts), to_hex(facts.keyset_id)}:
            posted, k = box.seats_of(holder, envelope, index // PAGE), self._book.keysets[holder].threshold
            seats, points = sorted(posted), _points(posted, index)
            if len(seats) >= k:
                found.update(_secret(points, each) for each in {tuple(seats[:k]), tuple(seats[-k:])})
        if not found:
            raise OpeningCommitteeSharesMissing(act.number, index // PAGE, 0)
        if len(found) > 1:
            raise _two_secrets(act, index)
        return found.pop()

    @staticmethod
    def _acting(act: Act, facts: TenderFacts) -> str:
        """The keyset whose seats post shares."""
        row = act.known(idx_keyset, to_hex(facts.keyset_id))
        root = act.rows.get(idx_keyset, row["root"])
        return str(row["id"] if root is None or not row["confirmed_at"] else root["acting"])


def _points(posted: Mapping[int, Posted], index: int) -> dict[int, Point]:
    """Seat -> its share of a bid."""
    return {seat: each.points[index] for seat, each in posted.items()}


def _two_secrets(act: Act, index: int) -> AuditRefusal:
    return act.place.refusal("opening-secret", "one S from every k shares", f"two, for the bid at {index}")
