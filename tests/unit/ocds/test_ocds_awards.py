"""Lots and awards in releases: what is told of bids, lots and awards from the first count to the end of a standstill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.ocds.box import Box
from tests.unit.ocds.conftest import Ledger
from tests.unit.ocds.test_ocds_bids import LOTTED, WHOLE, check

pytestmark = pytest.mark.unit

PAPER = "0x" + "99" * 32


class Desk:
    """Emits what AwardDesk does of a tender whose bids are open."""

    def __init__(self, ledger: Ledger, prices: Sequence[Sequence[int | None]]) -> None:
        self.ledger, self.box = ledger, Box(ledger)
        ledger.block(ledger.published(LOTTED if len(prices[0]) > 1 else WHOLE))
        ledger.block(*(self.box.submit(index) for index in range(len(prices))))
        ledger.block(
            self.box.lock(), *(self.box.open(index, amounts) for index, amounts in enumerate(prices)), derived=("BiddingClosed",)
        )  # fmt: skip

    def act(self, name: str, lot: int | None = 1, **args: Any) -> dict[str, Any]:
        """One event in a block; its release."""
        about = {"id": "0x" + (1).to_bytes(32, "big").hex()} | ({} if lot is None else {"lot": lot})
        release = self.ledger.block(self.box.emit("AwardDesk", name, **about, **args))
        assert release is not None
        check(self.ledger)
        assert [anchor["event"] for anchor in release["ledgerAnchors"]] == [name]
        return release

    def tally(self, admissible: int, failure: int = 0, lot: int = 1) -> dict[str, Any]:
        """LotTallied of page 0."""
        return self.act("LotTallied", lot, page="0", admissible=str(admissible), failure=failure)

    def rank(self, *bids: int, lot: int = 1) -> dict[str, Any]:
        """LotRanked."""
        return self.act("LotRanked", lot, place=0, indexes=list(bids))

    def award(self, bid: int, price: int, lot: int = 1) -> dict[str, Any]:
        """LotAwarded."""
        return self.act(
            "LotAwarded", lot, index=bid, supplier="0x" + "01" * 32, price=str(price), documentHash=PAPER
        )

    def out(self, bid: int, lot: int = 1) -> dict[str, Any]:
        """BidDisqualified."""
        return self.act("BidDisqualified", lot, index=bid, reason=2, documentHash=PAPER)

    def over(self, *lots: int) -> dict[str, Any]:
        """StandstillEnded."""
        release = self.ledger.block(StandstillEnded=lots)
        assert release is not None
        check(self.ledger)
        return release

    def statuses(self) -> dict[str, str]:
        """What is told of each bid, as it adds up."""
        assert self.ledger.state is not None
        return {each["id"]: each["status"] for each in self.ledger.state["image"]["bids"]["details"]}


@pytest.fixture
def one(ledger: Ledger) -> Desk:
    """A tender without lots and three bids, the last above the ceiling."""
    return Desk(ledger, [(900_00,), (800_00,), (5_000_00,)])


@pytest.fixture
def two(ledger: Ledger) -> Desk:
    """A tender with the lots a and b: bid 0 offers for both, bid 1 for b, bid 2 for none."""
    return Desk(ledger, [(900_00, 700_00), (None, 600_00), (None, None)])


def test_fold__count_and_ranking__tell_valid_bids_and_statistics(one: Desk) -> None:
    release = one.tally(0b011)
    assert release["tag"] == ["tenderUpdate"]
    assert one.statuses() == {"0": "valid", "1": "valid", "2": "disqualified"}
    release = one.rank(1, 0)
    assert release["bids"] == {
        "statistics": [
            {"id": "1-bids", "measure": "bids", "value": 3},
            {"id": "1-validBids", "measure": "validBids", "value": 2},
        ]
    }


def test_fold__award__is_pending_until_its_standstill_ends(one: Desk) -> None:
    one.tally(0b011)
    one.rank(1, 0)
    release = one.award(1, 800_00)
    assert release["tag"] == ["award"]
    (award,) = release["awards"]
    paper = "99" * 32
    assert award == {
        "id": "1-1", "status": "pending", "date": release["date"], "value": {"amount": 800, "currency": "MXN"}, "relatedBid": "1",
        "suppliers": [{"id": "LICITA-S1", "name": "Firma 1"}], "items": award["items"],
        "documents": [{
            "id": f"awardNotice-{paper}", "documentType": "awardNotice", "title": "Reasoned decision",
            "url": f"https://licita.example/v1/documents/{paper}", "integrity": [{"scheme": "sha256", "id": paper}],
        }],
    }  # fmt: skip
    assert len(award["items"]) == 1
    (party,) = release["parties"]
    assert (party["id"], party["roles"]) == ("LICITA-S1", ["supplier", "tenderer"])
    release = one.over(1)
    assert (release["tag"], release["awards"]) == (["awardUpdate"], [{"id": "1-1", "status": "active"}])
    assert release["tender"] == {"id": "1", "status": "complete"}


def test_fold__bid_that_is_put_out__is_disqualified_with_its_decision(one: Desk) -> None:
    one.tally(0b011)
    one.rank(1, 0)
    (detail,) = one.out(1)["bids"]["details"]
    assert (detail["id"], detail["status"]) == ("1", "disqualified")
    assert detail["documents"][-1]["title"] == "Disqualified: notQualified"
    assert one.statuses()["0"] == "valid"
    (detail,) = one.act("BidDropped", index=0, supplier="0x" + "01" * 32, cause="0x" + b"DEBARRED".hex())[
        "bids"
    ]["details"]
    assert detail == {"id": "0", "status": "disqualified"}
    release = one.over(1)
    assert (release["tag"], release["tender"]["status"]) == (["tenderUpdate"], "unsuccessful")
    assert "awards" not in release


def test_fold__nobody_acceptable__the_tender_is_unsuccessful(one: Desk) -> None:
    release = one.tally(0, failure=2)
    assert release["tender"] == {"id": "1", "status": "unsuccessful"}
    assert set(one.statuses().values()) == {"disqualified"}


def test_fold__lots__each_goes_its_own_way(two: Desk) -> None:
    assert two.statuses() == {"0-a": "pending", "0-b": "pending", "1-b": "pending", "2": "pending"}
    release = two.tally(0, failure=2)
    assert release["tender"] == {
        "id": "1",
        "status": "complete",
        "lots": [{"id": "a", "status": "unsuccessful"}],
    }
    assert two.statuses() == {"0-a": "disqualified", "0-b": "pending", "1-b": "pending", "2": "disqualified"}
    two.tally(0b011, lot=2)
    statistics = two.rank(1, 0, lot=2)["bids"]["statistics"]
    assert statistics == [
        {"id": "b-bids", "measure": "bids", "value": 2, "relatedLot": "b"},
        {"id": "b-validBids", "measure": "validBids", "value": 2, "relatedLot": "b"},
    ]
    (award,) = two.award(1, 600_00, lot=2)["awards"]
    assert (award["id"], award["relatedLots"], award["relatedBid"]) == ("b-1", ["b"], "1-b")
    assert [item["relatedLot"] for item in award["items"]] == ["b"]
    release = two.over(2)
    assert release["awards"] == [{"id": "b-1", "status": "active"}]
    assert release["tender"]["status"] == "complete"


def test_fold__last_lot_fails_beside_a_cancelled_one__the_tender_is_unsuccessful(two: Desk) -> None:
    cancel = {"reason": 1, "documentHash": PAPER, "cancelsAt": two.ledger.time + 1}
    two.ledger.block(two.ledger.event("CancellationProposed", 99, lot=2, **cancel))
    two.ledger.block(TenderCancelled=(2,))
    release = two.tally(0, failure=1)
    assert release["tender"] == {
        "id": "1",
        "status": "unsuccessful",
        "lots": [{"id": "a", "status": "unsuccessful"}],
    }


def test_fold__standstills_of_an_award_and_of_an_empty_list_at_once__tell_both(two: Desk) -> None:
    two.tally(0b001)
    two.tally(0b001, lot=2)
    two.rank(0)
    two.rank(0, lot=2)
    two.award(0, 900_00)
    two.out(0, lot=2)
    release = two.over(1, 2)
    assert release["tag"] == ["tenderUpdate", "awardUpdate"]
    assert release["tender"]["lots"] == [{"id": "b", "status": "unsuccessful"}]
    assert release["awards"] == [{"id": "a-1", "status": "active"}]


def test_fold__questions_and_securities__are_anchors_alone(one: Desk) -> None:
    one.tally(0b011)
    for name, lot, args in (
        ("ExplanationAsked", 1, {"index": 1, "documentHash": PAPER, "until": 1}),
        ("BidExplained", 1, {"index": 1, "documentHash": PAPER}),
        ("CuringAsked", None, {"index": 1, "documentHash": PAPER, "until": 1}),
        ("BidCured", None, {"index": 1, "documentHash": PAPER}),
        ("DecisionExtended", None, {"documentHash": PAPER, "due": 1}),
        ("SecurityRecorded", None, {"index": 1, "status": 1, "ref": PAPER}),
    ):
        release = one.act(name, lot, **args)
        assert set(release) == {
            "ocid",
            "id",
            "date",
            "tag",
            "initiationType",
            "language",
            "tender",
            "ledgerAnchors",
        }
        assert release["tender"] == {"id": "1", "status": "complete"}


# Complaints


class Complaints:
    """Emits what ComplaintDesk does about the tender of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def act(self, name: str, number: int = 1, derived: tuple[str, ...] = (), **args: Any) -> dict[str, Any]:
        """One event in a block; its release."""
        event = self.desk.box.emit("ComplaintDesk", name, complaint=str(number), **args)
        release = self.desk.ledger.block(event, derived=derived)
        assert release is not None
        check(self.desk.ledger)
        return release

    def file(self, stage: int, lot: int = 0, number: int = 1) -> dict[str, Any]:
        """ComplaintFiled."""
        about = {"supplier": "0x" + "01" * 32, "lot": lot, "stage": stage, "recordId": PAPER, "due": 1}
        return self.act("ComplaintFiled", number, documentHash=PAPER, **about)

    def uphold(self, remedy: int, place: int = 0) -> dict[str, Any]:
        """ComplaintAdmitted and ComplaintUpheld."""
        self.act("ComplaintAdmitted", documentHash=PAPER)
        return self.act("ComplaintUpheld", documentHash=PAPER, remedy=remedy, place=place, due=1)

    def remedy(self, remedy: int) -> dict[str, Any]:
        """ComplaintRemedied, by the buyer."""
        return self.act("ComplaintRemedied", documentHash="0x" + "00" * 32, remedy=remedy)


def test_fold__complaint_about_an_award__is_told_without_who_complains(two: Desk) -> None:
    complaints, paper = Complaints(two), "99" * 32
    two.tally(0b001)
    two.rank(0)
    two.award(0, 900_00)
    release = complaints.file(3, lot=1)
    assert release["tag"] == ["awardUpdate"]
    (told,) = release["complaints"]
    assert told == {
        "id": "1", "stage": "award", "status": "filed", "suspends": True, "date": release["date"], "relatedLot": "a", "relatedAward": "a-1",
        "reviewBody": {"id": "LICITA-REVIEW", "name": "Tribunal"},
        "documents": [{
            "id": f"complaints-{paper}", "documentType": "complaints", "title": "Complaint",
            "url": f"https://licita.example/v1/documents/{paper}", "integrity": [{"scheme": "sha256", "id": paper}],
        }],
    }  # fmt: skip
    release = complaints.act("ComplaintRejected", documentHash=PAPER)
    (told,) = release["complaints"]
    assert (told["status"], told["dateDecided"]) == ("rejected", release["date"])
    assert [each["id"] for each in told["documents"]] == [f"rejected-{paper}"]


def test_fold__award_that_falls__is_cancelled_and_another_one_follows(two: Desk) -> None:
    complaints = Complaints(two)
    two.tally(0b001)
    two.rank(0)
    two.award(0, 900_00)
    complaints.file(3, lot=1)
    release = complaints.uphold(3)
    assert (release["complaints"][0]["status"], release["complaints"][0]["remedy"]) == (
        "upheld",
        "cancelAward",
    )
    release = complaints.remedy(3)
    assert release["tag"] == ["awardUpdate", "awardCancellation"]
    assert release["awards"] == [{"id": "a-1", "status": "cancelled"}]
    (award,) = two.award(0, 900_00)["awards"]
    assert (award["id"], award["status"]) == ("a-2", "pending")
    assert two.over(1)["awards"] == [{"id": "a-2", "status": "active"}]


def test_fold__bid_that_is_brought_back__is_valid_and_may_be_put_out_again(one: Desk) -> None:
    complaints = Complaints(one)
    one.tally(0b011)
    one.rank(1, 0)
    one.out(1)
    one.award(0, 900_00)
    complaints.file(3, lot=1)
    complaints.uphold(4, place=0)
    release = complaints.remedy(4)
    assert release["tag"] == ["tenderUpdate", "awardUpdate", "awardCancellation"]
    assert one.statuses()["1"] == "valid"
    (detail,) = one.out(1)["bids"]["details"]
    assert detail["status"] == "disqualified"


def test_fold__ordered_cancellation__ends_the_lot_and_is_told_once(two: Desk) -> None:
    complaints = Complaints(two)
    complaints.file(5, lot=2)
    complaints.uphold(2)
    release = complaints.remedy(2)
    assert release["tag"] == ["tenderCancellation", "awardUpdate"]
    (lot,) = release["tender"]["lots"]
    assert lot == {"id": "b", "status": "cancelled", "cancellationDetails": "ordered; complaint 1"}
    assert two.over(2)["tag"] == ["tenderUpdate"]
    release = two.ledger.block(TenderCancelled=(2,))
    assert release is not None and release["tag"] == ["tenderUpdate"]


def test_fold__cancellation_that_is_undone__does_not_come_about(one: Desk) -> None:
    complaints = Complaints(one)
    cancel = {"reason": 1, "documentHash": PAPER, "cancelsAt": 0}
    one.ledger.block(one.ledger.event("CancellationProposed", 99, lot=0, **cancel))
    assert complaints.file(4)["tag"] == ["tenderUpdate"]
    complaints.uphold(7)
    release = complaints.remedy(7)
    assert release["tender"]["status"] == "complete"
    assert one.ledger.state is not None and one.ledger.state["cancels"] == {}


@pytest.mark.parametrize(("stage", "tag"), [(1, "tenderUpdate"), (4, "tenderUpdate"), (5, "awardUpdate")])
def test_fold__complaint_that_ends__is_told_in_the_stage_it_is_about(one: Desk, stage: int, tag: str) -> None:
    complaints = Complaints(one)
    told = complaints.file(stage)["complaints"][0]
    assert told["suspends"] is (stage != 5)
    release = complaints.act("ComplaintWithdrawn")
    assert (release["tag"], release["complaints"]) == ([tag], [{"id": "1", "status": "withdrawn"}])
