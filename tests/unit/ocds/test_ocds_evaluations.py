"""Two envelopes in releases: what is told of bids before their prices are known, once they are, and where a technical result falls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chain.types import ComplaintStage, DisqualificationReason, Remedy
from tests.unit.ocds.box import Box, account
from tests.unit.ocds.conftest import Ledger
from tests.unit.ocds.test_ocds_bids import LOTTED, WHOLE, check

pytestmark = pytest.mark.unit

PAPER, OTHER = "99" * 32, "88" * 32
RESULT = {"scheme": "sha256", "id": PAPER}


class Desk:
    """A tender of two envelopes whose technical ones are open; ``prices``: of each bid, by lot."""

    def __init__(self, ledger: Ledger, prices: Sequence[Sequence[int | None]]) -> None:
        self.ledger, self.box, self.prices = ledger, Box(ledger), prices
        count = len(prices)
        ledger.block(ledger.published(LOTTED if len(prices[0]) > 1 else WHOLE))
        for index in range(count):
            ledger.block(self.box.submit(index), self.second(index))
        ledger.block(
            self.box.lock(), *(self.box.open(index, ()) for index in range(count)), derived=("BiddingClosed",)
        )

    def second(self, index: int) -> Any:
        """BidSealed of the envelope with the prices."""
        self.ledger.known.envelopes[index, 1] = b""
        return self.box.emit(
            "BidBox", "BidSealed", envelope=1, bidder=account(index), version=1, index=index, order=self.box.orders, termsVersion=1,
            declarations="0x" + "dd" * 32, seal="0x" + "ee" * 32, sealedEnvelope="0x",
        )  # fmt: skip

    def act(self, contract: str, name: str, **args: Any) -> dict[str, Any]:
        """One event in a block; its release."""
        release = self.ledger.block(self.box.emit(contract, name, **args))
        assert release is not None
        check(self.ledger)
        assert [anchor["event"] for anchor in release["ledgerAnchors"]] == [name]
        return release

    def decide(
        self, *failed: int, reason: int = DisqualificationReason.TECHNICAL_FAILED, paper: str = PAPER
    ) -> dict[str, Any]:
        """TechnicalDecided."""
        return self.act(
            "EvaluationDesk", "TechnicalDecided", round=0, failed=list(failed), reasons=[int(reason)] * len(failed),
            documentHash="0x" + paper, standstillEnds=1,
        )  # fmt: skip

    def complain(self, remedy: Remedy) -> dict[str, Any]:
        """About the result; upheld and remedied; the last release."""
        about = {"lot": 0, "stage": int(ComplaintStage.TECHNICAL)}
        self.act("ComplaintDesk", "ComplaintFiled", complaint="1", documentHash="0x" + OTHER, due=1, **about)
        self.act("ComplaintDesk", "ComplaintAdmitted", complaint="1", documentHash="0x" + OTHER)
        upheld = {"remedy": int(remedy), "place": 0, "due": 1}
        self.act("ComplaintDesk", "ComplaintUpheld", complaint="1", documentHash="0x" + OTHER, **upheld)
        none = "0x" + "00" * 32
        return self.act(
            "ComplaintDesk", "ComplaintRemedied", complaint="1", documentHash=none, remedy=int(remedy)
        )

    def open(self, *indexes: int) -> dict[str, Any]:
        """The prices of these bids; the last release."""
        self.act("BidBox", "EnvelopeReleased", envelope=1, excluded=[])
        for index in indexes:
            event = self.box.open(index, self.prices[index])
            release = self.ledger.block(Known.at(event))
            assert release is not None
        check(self.ledger)
        return release

    def details(self) -> dict[str, dict[str, Any]]:
        """What is told of the bids, as it adds up."""
        assert self.ledger.state is not None
        return {each["id"]: each for each in self.ledger.state["image"]["bids"]["details"]}

    def statuses(self) -> dict[str, str]:
        """Of each."""
        return {name: each["status"] for name, each in self.details().items()}


class Known:
    """Events of the second envelope."""

    @staticmethod
    def at(event: Any) -> Any:
        """The same event of envelope 1."""
        event.args["envelope"] = 1
        return event


@pytest.fixture
def one(ledger: Ledger) -> Desk:
    """A tender without lots."""
    return Desk(ledger, [(900_00,), (800_00,), (700_00,)])


@pytest.fixture
def two(ledger: Ledger) -> Desk:
    """A tender with the lots a and b: bid 1 offers for b alone."""
    return Desk(ledger, [(900_00, 700_00), (None, 600_00), (500_00, 400_00)])


def test_fold__technical_envelopes__bidders_without_a_price(one: Desk) -> None:
    assert one.statuses() == dict.fromkeys("012", "pending")
    assert not any("value" in each for each in one.details().values())
    assert one.ledger.state is not None and one.ledger.state["image"]["tender"]["numberOfTenderers"] == 3


def test_fold__technical_result__says_who_passed_and_why_another_failed(one: Desk) -> None:
    release = one.decide(1, reason=DisqualificationReason.NOT_QUALIFIED)
    assert release["tag"] == ["tenderUpdate"]
    assert one.statuses() == {"0": "valid", "1": "disqualified", "2": "valid"}
    (paper,) = one.details()["1"]["documents"]
    assert (paper["title"], paper["documentType"], paper["integrity"]) == (
        "Disqualified: notQualified",
        "evaluationReports",
        [RESULT],
    )
    (result,) = release["tender"]["documents"]
    assert (result["title"], result["documentType"], result["integrity"]) == (
        "Technical result",
        "evaluationReports",
        [RESULT],
    )


def test_fold__prices__are_told_of_those_that_passed(one: Desk) -> None:
    one.decide(1)
    sealed = one.details()["0"]["commitment"]
    one.open(0, 2)
    assert one.statuses() == {"0": "valid", "1": "disqualified", "2": "valid"}
    assert [one.details()[name].get("value", {}).get("amount") for name in "012"] == [900, None, 700]
    # What is committed to first is what a bid is known by.
    assert one.details()["0"]["commitment"] == sealed


def test_fold__prices_of_lots__are_bids_of_their_own_beside_the_whole(two: Desk) -> None:
    two.decide(2)
    two.open(0, 1)
    assert two.statuses() == {
        "0": "valid",
        "1": "valid",
        "2": "disqualified",
        "0-a": "valid",
        "0-b": "valid",
        "1-b": "valid",
    }
    assert two.details()["0-b"]["commitment"]["id"] == "0x" + "ee" * 32
    desk = {"contract": "AwardDesk", "name": "LotTallied", "page": "0", "failure": 0}
    two.act(**desk, id="0x" + (1).to_bytes(32, "big").hex(), lot=1, admissible="0")
    # A bid may win one lot and not the other: what is said of the whole stands.
    assert two.statuses() | {"0-a": "disqualified"} == two.statuses()
    assert (two.statuses()["0"], two.statuses()["1"], two.statuses()["0-b"]) == ("valid", "valid", "valid")
    release = two.act(
        "AwardDesk", "LotRanked", id="0x" + (1).to_bytes(32, "big").hex(), lot=2, place=0, indexes=[1, 0]
    )
    assert [each["value"] for each in release["bids"]["statistics"]] == [2, 0]


@pytest.mark.parametrize("remedy", [Remedy.REDO_TECHNICAL, Remedy.RESCORE])
def test_fold__result_that_falls__nothing_is_decided_on_any_bid(one: Desk, remedy: Remedy) -> None:
    one.decide(1)
    release = one.complain(remedy)
    assert release["tag"] == ["tenderUpdate"]
    assert release["complaints"][0]["status"] == "remedied"
    assert one.statuses() == dict.fromkeys("012", "pending")
    one.decide(0, paper=OTHER)
    assert one.statuses() == {"0": "disqualified", "1": "valid", "2": "valid"}
    # What was decided before stays on the record.
    assert [each["title"] for each in one.details()["1"]["documents"]] == ["Disqualified: technicalFailed"]
    assert one.ledger.state is not None
    reports = [each["title"] for each in one.ledger.state["image"]["tender"]["documents"]]
    assert reports == ["Technical result"] * 2


@pytest.mark.parametrize(
    "name", ["ScoresCommitted", "ScoresRevealed", "VoteCalled", "VoteCast", "VotesTaken", "EvaluatorReplaced"]
)
def test_fold__scores_and_votes__their_place_alone_is_told(one: Desk, name: str) -> None:
    release = one.act("EvaluationDesk", name)
    assert (release["tag"], release["tender"]) == (["tenderUpdate"], {"id": "1", "status": "complete"})
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
