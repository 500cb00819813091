"""Awards: a large tender counted, ranked and awarded; how many award phases a minute; what a status and a list cost."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chain.bindings import award_desk, bid_box
from chain.network import Network
from chain.procurement.procedure import preset
from chain.procurement.tender import Tender
from chain.rules.awards import PAGE, Offer
from chain.rules.deadlines import Clock
from chain.rules.tenders import lot_status, tender_status
from chain.transactions import Call
from chain.types import Cancellation, LotFacts, LotStatus, TenderFacts, from_hex
from scripts.measures import writes
from scripts.measures.figure import Figure, Goal, MeasureFailed
from scripts.measures.sealing import Flood, Sender, Work, bid_all, open_all, suppliers
from scripts.measures.service import MONTH

__all__ = ["large_figures", "list_figure", "phase_figure", "status_figure"]

_LOTS = 32  # as many as a tender may have
_FEW = 3  # bids of a small tender
_DECISION = hashlib.sha256(b"reasoned decision").digest()
_RAW = "the same transactions, signed before, sent raw"


# -- a tender of many bids and 32 lots


def large_figures(folder: Path, count: int, seconds: float) -> list[Figure]:
    """A tender with ``count`` sealed bids for each of 32 lots, opened by 2 of 3 seats: seconds to count, to rank and to award all lots."""
    with Network.start(folder=folder) as net:
        flood = Flood(net, seconds)
        bidders = suppliers(net, flood, count)
        tender = net.tenders.publish(_large(net), sender=net.person("buyer"))
        sealed = bid_all(net, flood, tender, bidders, step=7)
        net.wait_until(tender.opens_at)
        opened = open_all(net, flood, tender)
        offers, setup = _offers(net, tender), tender.terms.setup.as_tuple()
        anyone = flood.sender(net.person("acme"))
        pages = range(0, count, PAGE)
        lots = range(1, _LOTS + 1)

        def tallies(lot: int) -> list[Call]:
            return [
                award_desk.tally(tender.id, lot, setup, at // PAGE, _given(offers[at : at + PAGE]))
                for at in pages
            ]

        def ranks(lot: int) -> list[Call]:
            order = sorted(offers, key=lambda offer: offer.amounts[lot - 1])
            return [award_desk.rank(tender.id, lot, setup, _given(order[at : at + PAGE])) for at in pages]

        def awards(lot: int) -> list[Call]:
            first = min(offers, key=lambda offer: offer.amounts[lot - 1])
            return [
                award_desk.award(
                    tender.id, lot, _supplier(net, tender, first.index), first.as_tuple(), _DECISION
                )
            ]

        counted = _phase(flood, anyone, tallies, lots)
        ranked = _phase(flood, anyone, ranks, lots)
        awarded = _phase(flood, flood.sender(net.person("buyer")), awards, lots)
        _require(net, tender, _LOTS)
    name = f"awards: {count:,} bids, {_LOTS} lots"
    return [
        _figure(f"{name}, sealed and sent", sealed, count, "gasPerBid"),
        _figure(f"{name}, opened", opened, count, "gasPerBid"),
        _figure(f"{name}, counted", counted, count * _LOTS, "gasPerBidAndLot"),
        _figure(f"{name}, ranked", ranked, count * _LOTS, "gasPerBidAndLot"),
        _figure(f"{name}, awarded", awarded, _LOTS, "gasPerLot"),
    ]


def _phase(flood: Flood, sender: Sender, made: Callable[[int], list[Call]], lots: Sequence[int]) -> Work:
    """One kind of act for all lots."""
    work = Work()
    for lot in lots:
        start = time.perf_counter()
        calls = made(lot)
        work.made += time.perf_counter() - start
        for call in calls:
            flood.sign(work, sender, call)
    flood.send(work)
    return work


def _figure(name: str, work: Work, parts: int, what: str) -> Figure:
    facts = {"transactions": work.transactions, "blocks": work.blocks, what: round(work.gas / parts)}
    return Figure(name, "s", [work.made + work.node], _RAW, [work.node], facts=facts)


def _large(net: Network) -> Mapping[str, Any]:
    """The sample with 32 lots and an item each."""
    body: dict[str, Any] = json.loads(net.samples.path("laptops", length=MONTH).read_bytes())
    told = body["supplement"]["tender"]
    (item,) = told["items"]
    names = [str(number) for number in range(1, _LOTS + 1)]
    value = {"amount": 40_000, "currency": "MXN"}
    told["lots"] = [{"id": name, "title": f"Lote {name}", "value": value} for name in names]
    told["items"] = [item | {"id": name, "relatedLot": name} for name in names]
    return body


def _offers(net: Network, tender: Tender) -> list[Offer]:
    """What the openings showed, by index."""
    events = net.events("OpeningCommittee", ("BidOpened",), tender.id)
    found = [
        Offer(event.args["index"], from_hex(event.args["docCommit"]), tuple(map(int, event.args["amounts"])))
        for event in events
    ]
    return sorted(found, key=lambda offer: offer.index)


def _given(offers: Sequence[Offer]) -> list[tuple[Any, ...]]:
    return [offer.as_tuple() for offer in offers]


def _supplier(net: Network, tender: Tender, index: int) -> bytes:
    """As `suppliers` registered it: sha256 of the account."""
    bidder = net.read(bid_box.bid(tender.id, index))[0]
    return hashlib.sha256(bidder.encode()).digest()


def _require(net: Network, tender: Tender, lots: int) -> None:
    """Raises MeasureFailed where a lot was not awarded."""
    found = [net.read(award_desk.award_status(tender.id, lot)) for lot in range(1, lots + 1)]
    decided = (LotStatus.STANDSTILL, LotStatus.FINAL, LotStatus.LAPSED)
    if not all(LotStatus(each) in decided for each in found):
        raise MeasureFailed(f"lots of tender {tender.number} are {found}")


# -- award phases a minute


def phase_figure(folder: Path, runs: int, many: int, seconds: float) -> Figure:
    """Award phases a minute: tenders with three bids are counted, ranked and awarded one after the other by ``tender.award``, which reads,
    asks the rules and the contract first, signs, sends and waits. The limit: as many other tenders, their acts signed before and sent
    together."""
    values, limits = [], []
    with Network.start(folder=folder) as net:
        flood = Flood(net, seconds)
        bidders = suppliers(net, flood, _FEW)
        for _ in range(runs):
            made = [
                net.tenders.publish(net.samples.path("laptops", length=MONTH), sender=net.person("buyer"))
                for _ in range(2 * many)
            ]
            for tender in made:
                bid_all(net, flood, tender, bidders, step=100)
            net.wait_until(max(tender.opens_at for tender in made))
            for tender in made:
                open_all(net, flood, tender)
            limits.append(60 * many / _sent_raw(net, flood, made[:many]))
            start = time.perf_counter()
            for tender in made[many:]:
                tender.award(sender=net.person("buyer"))
            values.append(60 * many / (time.perf_counter() - start))
            for tender in made:
                _require(net, tender, 1)
            for each in bidders:
                each.nonce = flood.sender(each.person).nonce
    facts = {"tenders": many, "bids": _FEW}
    return Figure("awards: phases a minute, by script", "/min", values, _RAW, limits, facts=facts)


def _small(net: Network, tender: Tender) -> list[tuple[Call, str]]:
    """The acts of an award phase, with who sends them."""
    offers, setup = _offers(net, tender), tender.terms.setup.as_tuple()
    order = sorted(offers, key=lambda offer: offer.amounts[0])
    supplier = _supplier(net, tender, order[0].index)
    return [
        (award_desk.tally(tender.id, 1, setup, 0, _given(offers)), "acme"),
        (award_desk.rank(tender.id, 1, setup, _given(order)), "acme"),
        (award_desk.award(tender.id, 1, supplier, order[0].as_tuple(), _DECISION), "buyer"),
    ]


def _sent_raw(net: Network, flood: Flood, made: Sequence[Tender]) -> float:
    """Seconds of the node. An account's transactions keep their order, two accounts' do not: awards go after the rankings."""
    acts = [act for tender in made for act in _small(net, tender)]
    work = Work()
    for who in ("acme", "buyer"):
        sender = flood.sender(net.person(who))
        for call, by in acts:
            if by == who:
                flood.sign(work, sender, call)
        flood.send(work)
    return work.node


# -- status and lists


def status_figure(runs: int, count: int) -> Figure:
    """Statuses a second of opened tenders of 32 lots: its own, and that of each lot; the limit is an empty function called as often."""
    procedure = preset("sandbox").version(1)
    tender = TenderFacts(
        _DECISION, _DECISION, _DECISION, _DECISION, _DECISION, "sandbox", 1, deadline=1_000_000, terms_version=1, questions=0,
        open_questions=0, lots=_LOTS, live_bids=_FEW, opened_bids=_FEW, locked=True,
    )  # fmt: skip
    clock, lot = Clock(tender.deadline + 1_000), LotFacts(complete=True, admissible=1, ranked=1)
    owns = [Cancellation(number) for number in range(1, _LOTS + 1)]
    assert lot_status(tender, procedure, owns[0], lot, clock) is LotStatus.RANKED

    def all_() -> None:
        for _ in range(count):
            tender_status(tender, procedure, clock)
            for own in owns:
                lot_status(tender, procedure, own, lot, clock)

    def bare() -> None:
        for _ in range(count):
            _nothing(tender, procedure, clock)
            for _ in range(_LOTS):
                _nothing(tender, procedure, clock)

    values, limits = [], []
    for _ in range(runs):
        values.append(count * (1 + _LOTS) / _seconds(all_))
        limits.append(count * (1 + _LOTS) / _seconds(bare))
    return Figure("awards: statuses derived", "1/s", values, "an empty function", limits)


def list_figure(folder: Path, runs: int, count: int, seconds: float) -> Figure:
    """Milliseconds to list ``count`` tenders with their statuses from the index; the limit is their rows, read as they are."""
    values, limits = [], []
    with Network.start(folder=folder) as net:
        asyncio.run(writes.raw_run(net, writes.calls(net, count), net.descriptor.lane_window, seconds))
        net.rebuild_index()
        index = Network.index_of(net.folder.path)
        for _ in range(runs):
            start = time.perf_counter()
            clock = index.clock()
            statuses = index.statuses(index.tenders(None, count).items, clock)
            values.append(1_000 * (time.perf_counter() - start))
            limits.append(1_000 * _seconds(lambda: _rows(net.database, count)))
            if len(statuses) != count:
                raise MeasureFailed(f"{len(statuses)} of {count} tenders are in the index")
    return Figure(
        f"awards: {count:,} tenders listed",
        "ms",
        values,
        "their rows by SQLite",
        limits,
        Goal("median", "<", 50),
    )


def _rows(database: Path, count: int) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("SELECT * FROM idx_tender ORDER BY number DESC LIMIT ?", (count,)).fetchall()


def _nothing(tender: Any, procedure: Any, clock: Clock) -> None:
    pass


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
