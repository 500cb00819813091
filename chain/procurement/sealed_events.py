"""Bids and openings as the events tell them, wherever the events come from: a node, or the feed of a service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from chain.procurement.sealed import Ceremony, Live
from chain.rules import tender_id
from chain.rules.bids import BidFacts, is_live
from chain.rules.openings import PAGE, KeysetFacts
from chain.sealing.ceremony import Keyset, Plan
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.group import Point
from chain.types import ZERO32, BidStatus, Event, from_hex, to_hex

__all__ = ["EventSealed", "Events"]

Events = Callable[[str, Sequence[str], bytes | None], list[Event]]
"""(contract, names, first indexed argument or None) -> events in chain order."""

_CEREMONY = ("CeremonyJoined", "DealingCommitted", "DealingPublished", "DealingSent", "CeremonyFailed")
_COMING_IN = ("BidSealed", "BidConfirmed", "BidWithdrawn")
_KEYSET = ("KeysetRegistered", "KeysetSeatConfirmed", "KeysetConfirmed", "KeysetEnded", "RollCalled")


class EventSealed:
    """``addresses``: contract name -> checksum address. Part of ``SealedFacts``; what no event tells is the heir's to say."""

    def __init__(self, chain_id: int, addresses: Mapping[str, str], events: Events) -> None:
        self._chain_id = chain_id
        self._committee = addresses["OpeningCommittee"]
        self._separator = domain_separator(chain_id, addresses["BidBox"])
        self._events = events
        self._locked: dict[int, list[Event]] = {}

    @property
    def separator(self) -> bytes:
        """EIP-712 domain of the network's BidBox, 32 bytes."""
        return self._separator

    def window(self, number: int) -> tuple[bytes, int]:
        """Keyset and last terms version of a tender."""
        raise NotImplementedError

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        said = self._committee_events(_KEYSET, id)
        if not said or said[0].name != "KeysetRegistered":
            return None
        args, by_name = said[0].args, {event.name: event for event in said}
        rolled, confirmed = by_name.get("RollCalled"), by_name.get("KeysetConfirmed")
        last = rolled or confirmed
        return KeysetFacts(
            id, args["threshold"], tuple(from_hex(member) for member in args["members"]),
            sum(event.name == "KeysetSeatConfirmed" for event in said), self._has_ended(id),
            rolled.args["round"] if rolled else 0, last.time if last else 0,
            from_hex(confirmed.args["parent"]) if confirmed else ZERO32, self._acting(id) if confirmed else ZERO32,
        )  # fmt: skip

    def has_confirmed(self, id: bytes, seat: int) -> bool:
        """Whether the seat confirmed the keyset."""
        said = self._committee_events(("KeysetSeatConfirmed",), id)
        return any(event.args["seat"] == seat for event in said)

    def keys(self, id: bytes) -> Keyset | None:
        """The keys of a keyset."""
        registered = self._committee_events(("KeysetRegistered",), id)
        if not registered:
            return None
        args = registered[0].args
        return Keyset(
            self._chain_id, self._committee, args["threshold"], _point(args["pk"]),
            tuple(from_hex(member) for member in args["members"]), tuple(_point(key) for key in args["keys"]),
            from_hex(args["transcript"]),
        )  # fmt: skip

    def bids(self, number: int) -> list[BidFacts]:
        """All bids by index, withdrawn and lapsed ones too."""
        return _folded(self._box(number))

    def live(self, number: int, envelope: int, page: int | None = None) -> list[Live]:
        """Live envelopes in order of index, of one page or of all."""
        events = self._box(number)
        keyset_id, terms_version = self.window(number)
        opened = {
            event.args["index"]
            for event in self._committee_events(("BidOpened",), tender_id(number))
            if event.args["envelope"] == envelope
        }
        sealed = {
            event.args["index"]: event.args
            for event in events
            if event.name == "BidSealed" and event.args["envelope"] == envelope
        }
        return [
            Live(
                bid.index,
                BidContext(self.separator, tender_id(number), envelope, bid.bidder, bid.version, keyset_id),
                from_hex(sealed[bid.index]["seal"]),
                from_hex(sealed[bid.index]["sealedEnvelope"]),
                bid.index in opened,
            )
            for bid in _folded(events)
            if is_live(bid, terms_version, envelope) and page in (None, bid.index // PAGE)
        ]

    def posted(
        self, number: int, envelope: int, page: int, keyset_id: bytes
    ) -> Mapping[int, Sequence[Point]]:
        """Seat of a keyset -> its posted shares, in order of index."""
        return self.posted_pages(number, envelope, keyset_id).get(page, {})

    def posted_pages(
        self, number: int, envelope: int, keyset_id: bytes
    ) -> Mapping[int, Mapping[int, Sequence[Point]]]:
        """Page -> seat of a keyset -> its posted shares, in order of index."""
        found: dict[int, dict[int, list[Point]]] = {}
        for event in self._committee_events(("SharesPosted",), tender_id(number)):
            args = event.args
            if (args["envelope"], args["keysetId"]) == (envelope, to_hex(keyset_id)):
                numbers = [int(value) for value in args["shares"]]
                points = [Point(*numbers[at : at + 2]) for at in range(0, len(numbers), 4)]
                found.setdefault(int(args["page"]), {})[args["seat"]] = points
        return found

    def ceremony(self, id: bytes) -> Ceremony | None:
        """A ceremony with all that was said in it."""
        opened = self._events("OpeningCommittee", ("CeremonyOpened",), None)
        ordinals = {event.args["ceremonyId"]: ordinal for ordinal, event in enumerate(opened, 1)}
        if to_hex(id) not in ordinals:
            return None
        ordinal = ordinals[to_hex(id)]
        args = opened[ordinal - 1].args
        plan = Plan(
            self._chain_id, self._committee, ordinal, args["threshold"],
            tuple(from_hex(member) for member in args["members"]), from_hex(args["parent"]), tuple(args["dealers"]),
        )  # fmt: skip
        events = self._committee_events(_CEREMONY, id)
        failed = [event.args for event in events if event.name == "CeremonyFailed"]
        return Ceremony(
            plan,
            _said(events, "CeremonyJoined", "seat", "boxKey"),
            _said(events, "DealingCommitted", "dealer", "commitment"),
            _said(events, "DealingPublished", "dealer", "message"),
            _said(events, "DealingSent", "dealer", "boxes"),
            bool(failed),
            (failed[0]["seat"], failed[0]["dealer"]) if failed else None,
            opened[ordinal - 1].time,
        )

    def _box(self, number: int) -> list[Event]:
        """Events of a tender's box. Once it is locked nothing comes in any more: those are read once, whatever number of pages follows."""
        kept = self._locked.get(number)
        if kept is None:
            kept = self._events("BidBox", (*_COMING_IN, "BoxLocked"), tender_id(number))
            if kept and kept[-1].name == "BoxLocked":
                self._locked[number] = kept
        return [*kept, *self._events("BidBox", ("EnvelopeReleased",), tender_id(number))]

    def _has_ended(self, id: bytes, before: Event | None = None) -> bool:
        """Whether a keyset was retired before an event, or from its start on: a resharing of a retired keyset is retired."""
        said = self._committee_events(("KeysetConfirmed", "KeysetEnded"), id)
        earlier = [event for event in said if before is None or _place(event) < _place(before)]
        if any(event.name == "KeysetEnded" for event in earlier):
            return True
        confirmed = next((event for event in earlier if event.name == "KeysetConfirmed"), None)
        parent = ZERO32 if confirmed is None else from_hex(confirmed.args["parent"])
        return parent != ZERO32 and self._has_ended(parent, confirmed)

    def _acting(self, id: bytes) -> bytes:
        """The last confirmed keyset of the same secret."""
        roots: dict[bytes, bytes] = {}
        holders: dict[bytes, bytes] = {}
        for event in self._events("OpeningCommittee", ("KeysetConfirmed",), None):
            made, parent = from_hex(event.args["keysetId"]), from_hex(event.args["parent"])
            root = made if parent == ZERO32 else roots.get(parent, parent)
            roots[made], holders[root] = root, made
        return holders.get(roots.get(id, id), id)

    def _committee_events(self, names: Sequence[str], subject: bytes) -> list[Event]:
        return self._events("OpeningCommittee", names, subject)


def _folded(events: Iterable[Event]) -> list[BidFacts]:
    """Bids by index after the events of a tender's box."""
    bids: dict[int, BidFacts] = {}
    for event in events:
        args = event.args
        if event.name == "BidSealed":
            bids[args["index"]] = BidFacts(
                args["index"],
                args["bidder"],
                args["version"],
                args["order"],
                args["termsVersion"],
                BidStatus.SEALED,
            )
        elif event.name == "BidConfirmed":
            bids[args["index"]] = replace(bids[args["index"]], terms_version=args["termsVersion"])
        elif event.name == "BidWithdrawn":
            bids[args["index"]] = replace(bids[args["index"]], status=BidStatus.WITHDRAWN)
        elif event.name == "EnvelopeReleased":
            for index in args["excluded"]:
                bids[index] = replace(bids[index], status=BidStatus.EXCLUDED)
    return [bids[index] for index in sorted(bids)]


def _said(events: Iterable[Event], name: str, number: str, message: str) -> dict[int, bytes]:
    return {event.args[number]: from_hex(event.args[message]) for event in events if event.name == name}


def _place(event: Event) -> tuple[int, int, int]:
    return event.block, event.tx_index, event.log_index


def _point(args: Mapping[str, str]) -> Point:
    return Point(int(args["x"]), int(args["y"]))
