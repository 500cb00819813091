"""Bids as they came in: who may, which version and order, and whether each envelope's proof holds for just this place."""

from __future__ import annotations

from collections.abc import Callable

from chain.audit.act import Act
from chain.audit.evaluations import check_released
from chain.audit.sealed.book import Book, Box, Sealed, bid_of
from chain.audit.sealed.pairs import Pairs
from chain.errors.contracts import BidBoxLocked
from chain.rules.bids import BidFacts, check_confirm, check_submit, check_withdraw, may_bid
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.envelope import check
from chain.types import ZERO32, Procedure, TenderFacts, from_hex, to_hex

__all__ = ["Bids"]

_SAME = ("tenderId", "bidder", "version", "index", "order", "termsVersion", "declarations")
"""What the envelopes of a bid have in common."""


class Bids:
    """Judges the events of BidBox."""

    def __init__(self, book: Book, pairs: Pairs) -> None:
        self._book = book
        self._pairs = pairs
        self.checks: dict[str, Callable[[Act], None]] = {
            "BidSealed": self._sealed,
            "BidConfirmed": self._confirmed,
            "BidWithdrawn": self._withdrawn,
            "BoxLocked": self._locked,
            "EnvelopeReleased": check_released,
        }

    def _sealed(self, act: Act) -> None:
        """Raises what BidBox's submit refuses with."""
        args, envelope = act.args, int(act.args["envelope"])
        facts, procedure = act.tender()
        box = self._book.box(act.number)
        if envelope == 0:
            self._check_bid(act, facts, procedure, box)
        else:
            self._pairs.require(act, "BidSealed")
        self._check_envelope(act, facts, procedure, box)
        if envelope == 0:
            box.places[act.supplier()] = args["index"]
            box.orders += 1
        if envelope + 1 < procedure.envelopes:
            common = {name: args[name] for name in _SAME}
            self._pairs.expect(act, "BidSealed", **common, envelope=envelope + 1)

    def _check_bid(self, act: Act, facts: TenderFacts, procedure: Procedure, box: Box) -> None:
        args, supplier = act.args, act.supplier()
        bid = self._present(act, box)
        act.must("bidder", act.sender)
        check_submit(
            act.sender, act.number, facts, procedure, allowed=may_bid(facts, supplier, act.caller().supplier, act.now), bid=bid,
            bids=len(box.places), terms_hash=facts.terms_hash, declarations=from_hex(args["declarations"]),
            envelopes=procedure.envelopes, clock=act.clock,
        )  # fmt: skip
        act.must("version", bid.version + 1)
        act.must("index", box.places.get(supplier, len(box.places)))
        act.must("order", box.orders + 1)
        act.must("termsVersion", facts.terms_version)

    def _check_envelope(self, act: Act, facts: TenderFacts, procedure: Procedure, box: Box) -> None:
        args, sent = act.args, from_hex(act.args["sealedEnvelope"])
        context = BidContext(
            self._separator(act), from_hex(args["tenderId"]), args["envelope"], args["bidder"], args["version"], facts.keyset_id
        )  # fmt: skip
        count = 1 + facts.lots if args["envelope"] + 1 == procedure.envelopes else 1
        envelope = check(sent, context, count, procedure.body_blocks, self._book.used)
        act.must("seal", to_hex(envelope.seal(context)))
        if act.call is not None and sent not in act.call:
            raise act.place.refusal("event-BidSealed:call", "the envelope that its bidder signed", act.call)
        self._book.used.add(envelope.u.x)
        box.sealed[args["envelope"], args["index"]] = Sealed(context, envelope)

    def _separator(self, act: Act) -> bytes:
        """The domain of the BidBox that the event is of."""
        known, address = self._book.separators, act.event.address
        if address not in known:
            known[address] = domain_separator(self._book.chain_id, address)
        return known[address]

    def _confirmed(self, act: Act) -> None:
        facts, procedure = act.tender()
        bid, supplier = self._present(act, self._book.box(act.number)), act.supplier()
        check_confirm(
            act.sender, act.number, facts, procedure, allowed=may_bid(facts, supplier, act.caller().supplier, act.now), bid=bid,
            terms_hash=facts.terms_hash, clock=act.clock,
        )  # fmt: skip
        act.must("termsVersion", facts.terms_version)
        self._must_be(act, bid)

    def _withdrawn(self, act: Act) -> None:
        facts, procedure = act.tender()
        bid = self._present(act, self._book.box(act.number))
        is_supplier = act.supplier() != ZERO32
        check_withdraw(
            act.sender, act.number, facts, procedure, is_supplier=is_supplier, bid=bid, clock=act.clock
        )
        self._must_be(act, bid)

    @staticmethod
    def _must_be(act: Act, bid: BidFacts) -> None:
        act.must("bidder", bid.bidder)
        act.must("version", bid.version)
        act.must("index", bid.index)

    @staticmethod
    def _present(act: Act, box: Box) -> BidFacts:
        """The bid of the sender's supplier, all zero where it never sent one."""
        place = box.places.get(act.supplier())
        return (None if place is None else bid_of(act.rows, act.number, place)) or BidFacts()

    def _locked(self, act: Act) -> None:
        """By the first share or reveal that is accepted, and by nothing else."""
        facts, _ = act.tender()
        if facts.locked:
            raise BidBoxLocked(act.number)
        act.must("bids", len(self._book.box(act.number).places))
        act.must("live", facts.live_bids)
        self._pairs.expect(act, "SharesPosted", "BidSelfRevealed", tenderId=act.args["tenderId"])
