"""Awards from a script, and what scripts read beside what an index of the same blocks says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.running import Running
from api.settings import Settings
from chain.audit.bundle.checking import check
from chain.errors.audit import AuditRefusal
from chain.errors.contracts import (
    AwardDeskExplanationMissing,
    AwardDeskNotCandidate,
    AwardDeskNotOpened,
    AwardDeskNotTallied,
    AwardDeskRoleMissing,
    TenderBoardLotNotFound,
)
from chain.errors.procurement import DocumentHashWrong, ReasonUnknown
from chain.errors.service import BidNotFound
from chain.network import Network
from chain.procurement.award import Lot
from chain.procurement.awarding import IndexedAwards, LiveAwards
from chain.procurement.tender import Tender
from chain.types import LotFailure, LotStatus, SecurityStatus, TenderStatus

pytestmark = pytest.mark.network

PAPER = "ab" * 32


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    """A sandbox of its own."""
    with Network.start("sandbox") as network:
        yield network


def sealed(net: Network, **prices: str) -> Tender:
    """A tender with these bids, in this order."""
    (buyer,) = net.people("buyer")
    tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    for name, price in prices.items():
        (bidder,) = net.people(name)
        tender.bid(f"{price} MXN", sender=bidder)
    return tender


def opened(net: Network, **prices: str) -> Tender:
    """The same with open bids."""
    tender = sealed(net, **prices)
    net.wait_until(tender.opens_at)
    tender.open()
    return tender


def test_award__open_bids__counts_ranks_and_awards_the_lowest(net: Network) -> None:
    (buyer,) = net.people("buyer")
    tender = opened(net, acme="1250000.00", beta="1190000.00")
    lot = tender.lot(1)
    assert repr(lot) == f"Lot({tender.number}, 1)" and lot.id == "1"
    assert (lot.status, lot.candidate, lot.decision) == (LotStatus.WAITING, None, None)
    award = tender.award(sender=buyer)
    assert (award.bid, str(award.amount), award.why) == (1, "1190000.00 MXN", "lowest of 2 admissible bids")
    assert award.document == hashlib.sha256(award.why.encode()).hexdigest()
    assert award == lot.decision and lot.status is LotStatus.STANDSTILL
    assert award.supplier == lot.ranking[0].supplier == tender.bids[1].supplier
    net.wait_until(award.final_from)
    assert str(lot.status) == "Final"
    assert tender.status is TenderStatus.AWARDING
    assert [each.number for each in tender.lots] == [1]


def test_award__steps_out_of_turn__are_refused_by_name(net: Network) -> None:
    buyer, acme = net.people("buyer", "acme")
    tender = sealed(net, acme="1250000.00", beta="600000.00", gamma="1300000.00")
    with pytest.raises(AwardDeskNotOpened):
        tender.lot(1).rank(sender=buyer)
    with pytest.raises(TenderBoardLotNotFound):
        tender.lot(2)
    net.wait_until(tender.opens_at)
    tender.open()
    lot = tender.lot(1)
    with pytest.raises(AwardDeskNotTallied):
        lot.award(sender=buyer)
    assert [place.bid for place in lot.rank(sender=acme)] == [1, 0, 2]
    with pytest.raises(AwardDeskExplanationMissing):
        lot.award(sender=buyer)
    with pytest.raises(AwardDeskRoleMissing):
        lot.award(sender=acme)
    with pytest.raises(AwardDeskNotCandidate):
        lot.disqualify(0, "notQualified", PAPER, sender=buyer)
    with pytest.raises(ReasonUnknown):
        lot.disqualify(1, "unlucky", PAPER, sender=buyer)
    with pytest.raises(DocumentHashWrong):
        lot.disqualify(1, "notQualified", "a decision", sender=buyer)
    with pytest.raises(BidNotFound):
        lot.drop(70_000, sender=buyer)


def test_lot__nobody_acceptable__the_tender_fails(net: Network) -> None:
    (buyer,) = net.people("buyer")
    tender = opened(net, acme="900000000.00")
    lot = tender.lot(1)
    assert lot.rank(sender=buyer) == []
    assert (lot.status, lot.facts.failure) == (LotStatus.FAILED, LotFailure.NO_ACCEPTABLE_BID)
    assert tender.status is TenderStatus.FAILED


def test_facts__of_a_node_and_of_an_index__are_equal_at_each_step(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    with Network.start("sandbox", folder) as served, Running(served, 0, Settings()):
        index = Network.index_of(folder)
        buyer, acme, beta = served.people("buyer", "acme", "beta")
        tender = opened(served, acme="1250000.00", beta="600000.00", gamma="1300000.00")
        lot, number = Lot(served, tender.number, 1), tender.number
        steps: list[Callable[[], object]] = [
            lambda: tender,
            lambda: lot.rank(sender=buyer),
            lambda: lot.ask_explanation(1, PAPER, sender=buyer),
            lambda: lot.explain(1, PAPER, sender=beta),
            lambda: tender.ask_curing(0, PAPER, sender=buyer),
            lambda: tender.cure(0, PAPER, sender=acme),
            lambda: tender.extend_decisions(PAPER, sender=buyer),
            lambda: tender.record_security(2, "held", PAPER, sender=buyer),
            lambda: lot.disqualify(1, "notQualified", PAPER, sender=buyer),
            lambda: lot.award(sender=buyer),
        ]
        live, stored = LiveAwards(served), IndexedAwards(index)
        for step in steps:
            step()
            awaited = served.web3.eth.block_number
            while (head := index.head()) is None or head.block < awaited:
                continue
            assert live.lot(number, 1) == stored.lot(number, 1)
            assert list(live.ranking(number, 1)) == list(stored.ranking(number, 1))
            assert live.admissible(number, 1) == stored.admissible(number, 1)
            assert live.offers(number) == stored.offers(number)
            assert live.arrivals(number) == stored.arrivals(number)
            assert live.is_extended(number) == stored.is_extended(number)
            for bid in (0, 1, 2, 3, 70_000):
                assert live.supplier_at(number, bid) == stored.supplier_at(number, bid)
                assert live.explanation(number, 1, bid) == stored.explanation(number, 1, bid)
                assert live.curing(number, bid) == stored.curing(number, bid)
                assert live.security(number, bid) == stored.security(number, bid)
                assert live.is_low(number, 1, min(bid, 3)) == stored.is_low(number, 1, min(bid, 3))
        assert stored.security(number, 2) is SecurityStatus.HELD
        assert [(place.bid, place.out) for place in lot.ranking] == [(1, "notQualified"), (0, ""), (2, "")]
        assert lot.decision is not None and lot.decision.bid == 0


@pytest.fixture(scope="module")
def decided(net: Network) -> Tender:
    """A tender whose first bid was put out and whose second one was awarded."""
    (buyer,) = net.people("buyer")
    tender = opened(net, acme="1250000.00", beta="600000.00", gamma="1300000.00")
    tender.lot(1).rank(sender=buyer)
    tender.lot(1).disqualify(1, "notQualified", PAPER, sender=buyer)
    net.wait_until(tender.award(sender=buyer).final_from)
    return tender


def test_proof__awarded_tender__tells_count_ranking_and_decisions(net: Network, decided: Tender) -> None:
    report = net.audit(decided).report
    (lot,) = report.facts["lots"]
    assert (lot["lot"], lot["status"], lot["offers"], lot["admissible"]) == (1, "Final", 3, 3)
    assert [(each["bid"], each["price"]) for each in lot["ranking"]] == [
        (2, "600000.00 MXN"), (1, "1250000.00 MXN"), (3, "1300000.00 MXN"),
    ]  # fmt: skip
    assert lot["out"] == [{"bid": 2, "how": "disqualified", "why": "notQualified", "document": PAPER}]
    assert (lot["award"]["bid"], lot["award"]["price"]) == (1, "1250000.00 MXN")
    (said,) = (line for line in report.said if line.startswith("lot 1: "))
    assert "bid 2 disqualified for notQualified" in said and "awarded at " in said


@pytest.mark.parametrize(
    ("event", "word", "new"),
    [
        ("BidDisqualified", 1, 5),  # its reason
        ("LotAwarded", 2, 1),  # the price
        ("LotRanked", -1, 0),  # the bid at the last place
    ],
)
def test_proof__one_reason_price_or_place_changed__is_named(
    net: Network, decided: Tender, event: str, word: int, new: int
) -> None:
    proof = net.audit(decided)
    (found,) = (each for each in net.events("AwardDesk", (event,), decided.id) if each.args["lot"] == 1)
    name, item = next(
        (name, json.loads(data))
        for name, data in proof.files.items()
        if name.startswith("items/") and json.loads(data)["transaction"]["hash"] == found.transaction
    )
    log = item["receipt"]["logs"][0]
    data = bytearray.fromhex(log["data"][2:])
    at = word * 32 if word >= 0 else len(data) + word * 32
    assert int.from_bytes(data[at : at + 32], "big") != new
    data[at : at + 32] = new.to_bytes(32, "big")
    log["data"] = "0x" + data.hex()
    files = dict(proof.files) | {name: json.dumps(item, sort_keys=True, separators=(",", ":")).encode()}
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = {"sha256": hashlib.sha256(files[name]).hexdigest(), "size": len(files[name])}
    files["manifest.json"] = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(AuditRefusal) as refused:
        check(files)
    assert name in str(refused.value)
