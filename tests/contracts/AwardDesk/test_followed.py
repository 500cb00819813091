"""What followers and auditors make of the desk's events is what the desk holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chain.audit.lawful import Lawful
from chain.audit.place import NOWHERE
from chain.errors.audit import AuditRefusal
from chain.ocds.publication import Publication
from chain.publication import OcdsPublisher, judge
from chain.recorder.index.award_desk import lot_facts_from
from chain.recorder.index.blocks import Block, Indexer
from chain.recorder.index.content import load
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import clock_in, procedure_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import END, idx_decision, idx_log, idx_lot, idx_procedure, idx_release, idx_tender
from chain.rules.tenders import lot_status, tender_status
from chain.transactions import checksum, decode_log
from chain.types import Cancellation, Event, LotTerms
from tests.contracts.awards import Opened, Reason, opened, supplier_of
from tests.contracts.world import World, hash_of

pytestmark = pytest.mark.evm


@dataclass(frozen=True)
class Mined:
    """A block as the node gives it, and the events of the contracts in it."""

    block: dict[str, Any]
    events: list[Event]

    def call(self, event: Event) -> tuple[str, bytes | None]:
        """Who sent the event's transaction, and what it said to the event's own contract, if it called that."""
        sent = next(each for each in self.block["transactions"] if each["hash"] == event.transaction)
        is_direct = sent["to"] is not None and sent["to"].lower() == event.address.lower()
        return checksum(sent["from"]), bytes.fromhex(sent["input"][2:]) if is_direct else None


def mined(world: World, first: int = 0) -> Iterator[Mined]:
    """Block by block, from this one on."""
    names = {at.lower(): name for name, at in world.addresses.items()}
    head = int(world.node.rpc("eth_blockNumber"), 16)
    for number in range(first, head + 1):
        block = world.node.rpc("eth_getBlockByNumber", hex(number), True)
        logs = world.node.rpc("eth_getLogs", {"fromBlock": hex(number), "toBlock": hex(number)})
        found = [
            decode_log(
                names[log["address"]], log["address"], [bytes.fromhex(topic[2:]) for topic in log["topics"]],
                bytes.fromhex(log["data"][2:]), block=number, time=int(block["timestamp"], 16), transaction=log["transactionHash"],
                tx_index=int(log["transactionIndex"], 16), log_index=int(log["logIndex"], 16),
            )
            for log in logs
            if log["address"] in names
        ]  # fmt: skip
        yield Mined(block, found)


def followed(world: World, rows: MemoryRows | None = None, first: int = 0) -> MemoryRows:
    """The rows of a follower; ``rows``: of all blocks before the first."""
    rows, indexer = rows or MemoryRows(), Indexer(OcdsPublisher(Publication(31337)), judge)
    for number, one in enumerate(mined(world, first), first):
        time = int(one.block["timestamp"], 16)
        indexer.apply(
            Block(number, one.block["hash"], one.block["parentHash"], time, (), tuple(one.events)), rows
        )
    return rows


def audited(world: World, change: Callable[[Event], Event] = lambda event: event) -> None:
    """Holds every event against the rules, as if the chain had said what ``change`` makes of it. Raises AuditRefusal."""
    lawful = Lawful(31337, whole=False)
    for number, one in enumerate(mined(world)):
        for event in one.events:
            sender, call = one.call(event)
            place = NOWHERE.of(number).at("logs", event.log_index)
            lawful.apply(change(event), sender, place, number < len(world.addresses) + 2, call)
        lawful.close()


@pytest.fixture(scope="module")
def bids() -> dict[str, Any]:
    """Bids for three lots, minor units."""
    return {
        "acme": (1_000, 500, None),
        "beta": (100, 500, 0),
        "gama": (950, None, 300_000),
        "delta": (100_001, 400, None),
    }


@pytest.fixture
def story(world: World, bids: dict[str, Any]) -> Opened:
    """The first lot is awarded after an explanation, a cured bid and a disqualification; the second is exhausted; of the third nobody
    may win."""
    lots = [LotTerms(100_000), LotTerms(100_000), LotTerms(100_000)]
    tender = opened(world, bids, lots=lots, decision_period=10_000, standstill=1_000)
    tender.ready("beta", "gama", "acme")
    tender.ready("delta", "acme", "beta", lot=2)
    tender.tally(3)
    tender.ask_curing("gama")
    tender.send("gama", "cure", tender.index("gama"), hash_of("cure"))
    tender.ask_explanation("beta")
    tender.send("beta", "explain", 1, tender.index("beta"), hash_of("why"))
    tender.disqualify("beta", reason=Reason.ABNORMALLY_LOW)
    tender.send("officer", "extendDecision", hash_of("extension"))
    tender.award("gama")
    tender.send("officer", "recordSecurity", tender.index("gama"), 1, hash_of("security"))
    world.send(
        "reviewer", "SupplierRegistry", "debar", supplier_of("delta"), world.time + 500, hash_of("order")
    )
    tender.send("stranger", "dropIneligible", 2, supplier_of("delta"))
    tender.disqualify("acme", lot=2)
    tender.disqualify("beta", lot=2)
    return tender


def require_same(tender: Opened) -> MemoryRows:
    """The follower's rows say of each lot what the contracts say."""
    world, rows = tender.world, followed(tender.world)
    row = rows.get(idx_tender, int.from_bytes(tender.id, "big"))
    assert row is not None
    facts, clock = facts_from(row["facts"]), clock_in(rows.get, world.time)
    adopted = rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert adopted is not None
    kept = procedure_in(adopted)
    assert tender_status(facts, kept, clock) == world.read("TenderBoard", "tenderStatus", tender.id)
    for lot in range(1, facts.lots + 1):
        found = rows.get(idx_lot, row["number"], lot)
        assert found is not None
        known = lot_facts_from(found["facts"])
        assert vars(known) == dict(zip(vars(known), tender.facts(lot).values(), strict=True))
        assert load(found["ranking"]) == tender.ranking(lot)
        assert load(found["low"]) == tender.low(lot)
        bits = int(found["admissible"], 16)
        assert {index for index in range(len(tender.indexes)) if bits >> index & 1} == tender.may_win(lot)
        assert lot_status(facts, kept, Cancellation(lot), known, clock) == tender.stage(lot)
    return rows


def test_index__story_of_three_lots__as_the_contract_holds_it(story: Opened) -> None:
    rows = require_same(story)
    decisions = [(row["lot"], row["bid"], row["kind"], row["cause"]) for row in rows.all(idx_decision)]
    assert [each[:3] for each in decisions] == [
        (1, 1, "disqualified"), (0, -1, "extended"), (1, 2, "awarded"), (2, 3, "dropped"), (2, 0, "disqualified"),
        (2, 1, "disqualified"),
    ]  # fmt: skip
    assert [each[3] for each in decisions if each[2] != "extended"] == [
        "ABNORMALLY_LOW", "", "DEBARRED", "NOT_QUALIFIED", "NOT_QUALIFIED",
    ]  # fmt: skip


def test_index__time_passes_the_standstills__each_end_is_told_once(story: Opened) -> None:
    ends = [story.facts(lot)["standstillEnds"] for lot in (1, 2)]
    for at in ends:
        story.world.move_to(at)
        require_same(story)
    rows = followed(story.world)
    (*_, first, second) = (load(row["data"]) for row in rows.all(idx_release))
    anchors = [anchor["event"] for release in (first, second) for anchor in release["ledgerAnchors"]]
    assert anchors == ["StandstillEnded", "StandstillEnded"]
    told = [(row["name"], load(row["args"]).get("lots")) for row in rows.all(idx_log) if row["tx"] == END]
    assert told[-2:] == [("StandstillEnded", [1]), ("StandstillEnded", [2])]


def test_audit__story_of_three_lots__lawful(story: Opened) -> None:
    audited(story.world)


FALSE = [
    ("LotTallied", 1, {"admissible": "15"}, "event-LotTallied:admissible"),
    ("LotTallied", 3, {"failure": 0}, "event-LotTallied:failure"),
    ("LotTallied", 1, {"page": "1"}, "unlawful-AwardDeskPageInvalid"),
    ("LotRanked", 1, {"indexes": [2, 1, 0]}, "unlawful-AwardDeskOrderWrong"),
    ("LotRanked", 1, {"indexes": [1, 2, 3]}, "unlawful-AwardDeskNotAdmissible"),
    ("LotRanked", 1, {"indexes": [1, 2, 0, 0]}, "unlawful-AwardDeskPageInvalid"),
    ("LotRanked", 1, {"indexes": [1, 2]}, "unlawful-AwardDeskRankIncomplete"),
    ("LotRanked", 1, {"place": 1}, "event-LotRanked:place"),
    ("LotAwarded", 1, {"index": 0}, "unlawful-AwardDeskNotCandidate"),
    ("LotAwarded", 1, {"price": "951"}, "event-LotAwarded:price"),
    ("LotAwarded", 1, {"supplier": "0x" + supplier_of("acme").hex()}, "unlawful-AwardDeskOfferMismatch"),
    ("LotAwarded", 1, {"documentHash": "0x" + "00" * 32}, "unlawful-AwardDeskHashZero"),
    ("BidDisqualified", 1, {"index": 2}, "unlawful-AwardDeskNotCandidate"),
    ("BidDisqualified", 1, {"reason": 8}, "unlawful-AwardDeskReasonInvalid"),
    ("BidDisqualified", 2, {"reason": 4}, "unlawful-AwardDeskNotLow"),
    ("BidDropped", 2, {"cause": "0x" + b"INACTIVE".ljust(32, b"\0").hex()}, "event-BidDropped:cause"),
    ("ExplanationAsked", 1, {"until": 2**39}, "event-ExplanationAsked:until"),
    ("CuringAsked", 0, {"until": 2**39}, "event-CuringAsked:until"),
    ("BidExplained", 1, {"index": 0}, "unlawful-AwardDeskRoleMissing"),
    ("BidCured", 0, {"index": 0}, "unlawful-AwardDeskRoleMissing"),
    ("DecisionExtended", 0, {"due": 1}, "event-DecisionExtended:due"),
    ("SecurityRecorded", 0, {"status": 2}, "unlawful-AwardDeskReasonInvalid"),
]  # fmt: skip


def test_audit__one_value_of_an_event_changed__named(story: Opened) -> None:
    named = []
    for name, lot, changed, _ in FALSE:

        def change(
            event: Event, name: str = name, lot: int = lot, changed: dict[str, Any] = changed
        ) -> Event:
            is_it = event.contract == "AwardDesk" and event.name == name and event.args.get("lot", 0) == lot
            return replace(event, args=event.args | changed) if is_it else event

        try:
            audited(story.world, change)
        except AuditRefusal as refusal:
            named.append(refusal.rule)
        else:
            named.append("nothing")
    assert named == [expected for *_, expected in FALSE]
