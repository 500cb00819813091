"""Awards: a large tender counted, ranked and awarded; how many award phases a minute; what a status and a list cost."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from api.client import Client
from api.running import Running
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
from scripts.measures.service import MONTH, UNLIMITED

__all__ = ["large_figures", "list_figure", "offers_of", "phase_figures", "status_figure"]

_LOTS = 32  # as many as a tender may have
_FEW = 3  # bids of a small tender
_DAY = 86_400  # its bidding period: of all runs together less than a year, after which suppliers would have to declare their owners anew
_REASONS = b"reasoned decision"
_DECISION = hashlib.sha256(_REASONS).digest()
_SIGNER = "approver"  # of all that goes past the service: the officer's key belongs to its lane
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
        offers, setup = offers_of(net, tender), tender.terms.setup.as_tuple()
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


def offers_of(net: Network, tender: Tender) -> list[Offer]:
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


def phase_figures(folder: Path, runs: int, many: int, seconds: float) -> list[Figure]:
    """Award phases a minute, of tenders with three bids: by ``tender.award`` one after the other, which reads, asks the rules and the
    contract first, signs, sends and waits; over HTTP by the officer, one after the other and ``many`` at once. The limit: as many other
    tenders, their acts signed before and sent together."""
    limits: list[float] = []
    values: dict[str, list[float]] = {"by script": [], "over HTTP": [], f"over HTTP, {many} at once": []}
    with Network.start(folder=folder) as net:
        flood = Flood(net, seconds)
        bidders = suppliers(net, flood, _FEW)
        for _ in range(runs):
            raw, scripted, single, at_once = (
                _opened(net, flood, bidders, many) for _ in range(1 + len(values))
            )
            limits.append(60 * many / _sent_raw(net, flood, raw))
            by_script = _seconds(partial(_by_script, net, scripted))
            found = [by_script, *_over_http(net, single, at_once)]
            for rates, took in zip(values.values(), found, strict=True):
                rates.append(60 * many / took)
            for tender in (*raw, *scripted, *single, *at_once):
                _require(net, tender, 1)
    facts = {"tenders": many, "bids": _FEW}
    return [
        Figure(f"awards: phases a minute, {how}", "/min", rates, _RAW, limits, facts=facts)
        for how, rates in values.items()
    ]


def _opened(net: Network, flood: Flood, bidders: Sequence[Sender], count: int) -> list[Tender]:
    """So many tenders whose bids are open."""
    made = [
        net.tenders.publish(net.samples.path("laptops", length=_DAY), sender=net.person(_SIGNER))
        for _ in range(count)
    ]
    for tender in made:
        bid_all(net, flood, tender, bidders, step=100)
    net.wait_until(max(tender.opens_at for tender in made))
    for tender in made:
        open_all(net, flood, tender)
    return made


def _by_script(net: Network, made: Sequence[Tender]) -> None:
    for tender in made:
        tender.award(sender=net.person(_SIGNER))


def _over_http(net: Network, single: Sequence[Tender], at_once: Sequence[Tender]) -> tuple[float, float]:
    """Seconds to award some tenders one after the other, and others all at once, by a service of this process on the same node."""
    token = net.records["buyer"].token
    with Running(net, settings=UNLIMITED) as running:
        client = Client(running.url, token)
        paper = net.folder.path / "decision.txt"
        paper.write_bytes(_REASONS)
        digest = f"sha-256=:{base64.b64encode(_DECISION).decode()}:"
        client.upload(paper, "text/plain", digest)
        award = partial(_award_over_http, client)
        with ThreadPoolExecutor(len(at_once)) as pool:
            return (
                _seconds(lambda: [award(tender) for tender in single]),
                _seconds(lambda: list(pool.map(award, at_once))),
            )


def _award_over_http(client: Client, tender: Tender) -> None:
    """Each act is in a block before the next. Raises MeasureFailed where one is not."""
    lot = f"/tenders/{tender.number}/lots/1"
    answers = [client.act(f"{lot}/{what}", {}) for what in ("tally", "ranking")]
    candidate = client.get(lot)["candidate"]
    answers.append(client.act(f"{lot}/awards", {"bid": candidate, "document": _DECISION.hex()}))
    statuses = [answer.status for answer in answers]
    if not all(status in (200, 201) for status in statuses):
        raise MeasureFailed(f"the acts of tender {tender.number} were answered so: {statuses}")


def _small(net: Network, tender: Tender) -> list[tuple[Call, str]]:
    """The acts of an award phase, with who sends them."""
    offers, setup = offers_of(net, tender), tender.terms.setup.as_tuple()
    order = sorted(offers, key=lambda offer: offer.amounts[0])
    supplier = _supplier(net, tender, order[0].index)
    return [
        (award_desk.tally(tender.id, 1, setup, 0, _given(offers)), "acme"),
        (award_desk.rank(tender.id, 1, setup, _given(order)), "acme"),
        (award_desk.award(tender.id, 1, supplier, order[0].as_tuple(), _DECISION), _SIGNER),
    ]


def _sent_raw(net: Network, flood: Flood, made: Sequence[Tender]) -> float:
    """Seconds of the node. An account's transactions keep their order, two accounts' do not: awards go after the rankings."""
    acts = [act for tender in made for act in _small(net, tender)]
    work = Work()
    for who in ("acme", _SIGNER):
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
    """Milliseconds to list ``count`` tenders with their statuses from the index; the limit is their rows, read as they are.
    The fact beside it is this thread's processor time, which others on the machine lengthen less."""
    values, limits, busy = [], [], []
    with Network.start(folder=folder) as net:
        asyncio.run(writes.raw_run(net, writes.calls(net, count), net.descriptor.lane_window, seconds))
        net.rebuild_index()
        index = Network.index_of(net.folder.path)
        for _ in range(runs):
            start, start_busy = time.perf_counter(), time.thread_time()
            clock = index.clock()
            statuses = index.statuses(index.tenders(None, count).items, clock)
            values.append(1_000 * (time.perf_counter() - start))
            busy.append(round(1_000 * (time.thread_time() - start_busy), 1))
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
        {"processorMs": busy},
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
