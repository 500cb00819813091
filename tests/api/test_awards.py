"""Lots and awards over HTTP: a class an endpoint. Every refusal of AwardDesk is met here by its name and status."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from chain.errors import contracts
from tests.api.bidding import Bids, later
from tests.api.test_documents import uploaded
from tests.api.world import Reply, World, problem

pytestmark = pytest.mark.network

PRIVATE = "cd" * 32


class Awards(Bids):
    """A tender with the bids of acme (0), beta (1: abnormally low) and gamma (2)."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.submit("acme", "1250000.00 MXN")
        self.submit("beta", "600000.00 MXN")
        self.submit("gamma", "1300000.00 MXN")
        self.paper: str = uploaded(world, b"because " + str(self.number).encode())

    @property
    def lot(self) -> Any:
        """Its only lot."""
        return self.world.anyone.get(f"{self.path}/lots/1").json

    @property
    def places(self) -> Any:
        """The ranking of its only lot."""
        return self.world.anyone.get(f"{self.path}/lots/1/ranking").json["items"]

    def post_lot(self, person: str, what: str, body: Any) -> Reply:
        """An act on the lot."""
        return self.world.as_person(person).post(f"{self.path}/lots/1/{what}", body, wait=20)

    def post_bid(self, person: str, what: str, body: Any, index: int = 1) -> Reply:
        """An act on a bid."""
        return self.world.as_person(person).post(f"{self.path}/bids/{index}/{what}", body, wait=20)

    def rank(self) -> None:
        """Counts and ranks."""
        for step in ("tally", "ranking"):
            reply = self.post_lot("citizen", step, {})
            assert reply.status == 200, reply.data

    def about(self, bid: int = 1, **more: Any) -> dict[str, Any]:
        """A body with the paper."""
        return {"bid": bid, "document": self.paper, **more}

    def explain(self) -> None:
        """Beta is asked, and explains."""
        assert self.post_lot("buyer", "requests", self.about()).status == 200
        assert self.post_lot("beta", "replies", {"bid": 1, "document": PRIVATE}).status == 200

    def pass_windows(self) -> None:
        """Moves time beyond all windows of the sandbox."""
        self.world.wait_until(self.world.in_seconds(4))


@pytest.fixture
def sealed(world: World) -> Awards:
    """Bids that are sealed."""
    return Awards(world)


@pytest.fixture
def opened(sealed: Awards) -> Awards:
    """Bids that are open."""
    sealed.open()
    return sealed


@pytest.fixture
def ranked(opened: Awards) -> Awards:
    """A lot whose ranking is made: beta, acme, gamma."""
    opened.rank()
    return opened


class TestLots:
    def test_lots__before_the_opening__wait(self, world: World, sealed: Awards) -> None:
        (lot,) = world.anyone.get(f"{sealed.path}/lots").json["items"]
        assert lot == sealed.lot
        assert (lot["number"], lot["id"], lot["status"], lot["counted"]) == (1, "1", "Waiting", False)
        assert lot["award"] is lot["candidate"] is lot["decideUntil"] is lot["standstillEnds"] is None
        assert sealed.places == []

    def test_lot__absent__is_refused_by_name(self, world: World, sealed: Awards) -> None:
        problem(world.anyone.get(f"{sealed.path}/lots/2"), 404, "TenderBoardLotNotFound")
        problem(world.anyone.get("/v1/tenders/999999/lots"), 404, "TenderBoardNotFound")
        problem(world.anyone.get("/v1/tenders/999999/lots/1/ranking"), 404, "TenderBoardNotFound")
        problem(world.anyone.get(f"{sealed.path}/lots/0"), 422, "RequestInvalid")

    def test_ranking__whole__tells_order_low_prices_and_candidate(self, world: World, ranked: Awards) -> None:
        assert [
            (each["place"], each["bid"], each["amount"], each["low"], each["candidate"], each["out"])
            for each in ranked.places
        ] == [
            (0, 1, "600000.00", True, True, None),
            (1, 0, "1250000.00", False, False, None),
            (2, 2, "1300000.00", False, False, None),
        ]
        assert ranked.places[0]["minor"] == "60000000" and ranked.places[0]["currency"] == "MXN"
        first = world.anyone.get(f"{ranked.path}/lots/1/ranking?limit=2").json
        assert ([each["bid"] for each in first["items"]], first["next"]) == ([1, 0], "2")
        second = world.anyone.get(f"{ranked.path}/lots/1/ranking?limit=2&after=2").json
        assert ([each["bid"] for each in second["items"]], second["next"]) == ([2], None)


class TestTally:
    def test_tally__anonymous__needs_a_token(self, world: World, opened: Awards) -> None:
        problem(world.anyone.post(f"{opened.path}/lots/1/tally", {}), 401, "TokenMissing")

    def test_tally__by_anybody__counts_and_shows_at_the_lot(self, opened: Awards) -> None:
        reply = opened.post_lot("citizen", "tally", {})
        assert (reply.status, reply.headers["location"]) == (200, f"{opened.path}/lots/1"), reply.data
        lot = opened.lot
        assert (lot["counted"], lot["offers"], lot["admissible"], lot["ranked"]) == (True, 3, 3, 0)
        assert lot["decideUntil"] is not None and lot["candidate"] is None
        problem(opened.post_lot("citizen", "tally", {}), 409, "AwardDeskUnchanged")

    def test_tally__before_all_is_open__is_problem(self, world: World, sealed: Awards) -> None:
        problem(sealed.post_lot("buyer", "tally", {}), 409, "AwardDeskNotOpened")
        problem(world.buyer.post(f"{sealed.path}/lots/9/tally", {}), 404, "TenderBoardLotNotFound")


class TestRank:
    def test_rank__before_the_count_or_twice__is_problem(self, opened: Awards) -> None:
        problem(opened.post_lot("citizen", "ranking", {}), 409, "AwardDeskNotTallied")
        opened.rank()
        assert opened.lot["status"] == "Ranked" and opened.lot["candidate"] == 1
        problem(opened.post_lot("citizen", "ranking", {}), 409, "AwardDeskLotStatusWrong")


class TestAward:
    def test_award__low_price__waits_for_its_explanation(self, ranked: Awards) -> None:
        problem(ranked.post_lot("buyer", "awards", ranked.about()), 409, "AwardDeskExplanationMissing")
        ranked.explain()
        reply = ranked.post_lot("buyer", "awards", ranked.about())
        assert (reply.status, reply.headers["location"]) == (200, f"{ranked.path}/lots/1"), reply.data
        lot = ranked.lot
        assert (lot["status"], lot["candidate"], lot["decideUntil"]) == ("Standstill", None, None)
        award = lot["award"]
        assert (award["bid"], award["amount"], award["why"]) == (
            1,
            "600000.00",
            "lowest of 3 admissible bids",
        )
        assert (award["orgId"], award["document"]) == ("LICITA-BETA", ranked.paper)
        assert lot["decisions"][-1]["transaction"] == award["transaction"] == reply.json["transaction"]
        assert [(each["what"], each["answer"]) for each in lot["requests"]] == [("explanation", PRIVATE)]
        problem(ranked.post_lot("buyer", "awards", ranked.about(0)), 409, "AwardDeskLotStatusWrong")
        ranked.world.wait_until(lot["standstillEnds"])
        assert ranked.lot["status"] == "Final"
        ranked.world.wait_until(ranked.lot["signUntil"])
        assert ranked.lot["status"] == "Lapsed"

    def test_award__wrong_person_bid_or_paper__is_problem(self, world: World, ranked: Awards) -> None:
        problem(ranked.post_lot("acme", "awards", ranked.about()), 403, "AwardDeskRoleMissing")
        problem(ranked.post_lot("buyer", "awards", ranked.about(0)), 409, "AwardDeskNotCandidate")
        problem(ranked.post_lot("buyer", "awards", ranked.about(7)), 404, "BidNotFound")
        ranked.explain()
        missing = {"bid": 1, "document": "0f" * 32}
        problem(ranked.post_lot("buyer", "awards", missing), 404, "DocumentNotFound")
        zero = {"bid": 1, "document": "00" * 32}
        problem(ranked.post_lot("buyer", "awards", zero), 422, "AwardDeskHashZero")
        for wrong in ({"bid": -1, "document": PRIVATE}, {"bid": 1}, {"bid": "1", "document": PRIVATE}):
            problem(ranked.post_lot("buyer", "awards", wrong), 422, "RequestInvalid")
        assert world.anyone.get(f"{ranked.path}/lots/1").json["award"] is None

    def test_award__not_counted_or_ranked__is_problem(self, opened: Awards) -> None:
        problem(opened.post_lot("buyer", "awards", opened.about(0)), 409, "AwardDeskNotTallied")
        assert opened.post_lot("citizen", "tally", {}).status == 200
        problem(opened.post_lot("buyer", "awards", opened.about(0)), 409, "AwardDeskNotRanked")

    def test_award__same_key_twice__is_one_operation(self, ranked: Awards) -> None:
        ranked.explain()
        path, body = f"{ranked.path}/lots/1/awards", ranked.about()
        first = ranked.world.buyer.post(path, body, key=f"award-{ranked.number}", wait=20)
        again = ranked.world.buyer.post(path, body, key=f"award-{ranked.number}", wait=20)
        assert (first.status, again.status) == (200, 200)
        assert again.headers["idempotency-replayed"] == "true"
        assert first.json["transaction"] == again.json["transaction"]


class TestDisqualify:
    def test_disqualify__candidate__the_next_one_follows_until_nobody_is_left(self, ranked: Awards) -> None:
        body = ranked.about(reason="notQualified")
        problem(ranked.post_lot("gamma", "disqualifications", body), 403, "AwardDeskRoleMissing")
        for bid in (1, 0, 2):
            assert ranked.lot["candidate"] == bid
            reply = ranked.post_lot("buyer", "disqualifications", ranked.about(bid, reason="nonResponsive"))
            assert reply.status == 200, reply.data
        lot = ranked.lot
        assert (lot["status"], lot["failure"], lot["signUntil"]) == ("Standstill", "exhausted", None)
        assert [each["out"] for each in ranked.places] == ["nonResponsive"] * 3
        ranked.world.wait_until(lot["standstillEnds"])
        assert ranked.lot["status"] == "Failed"
        assert ranked.world.tender(ranked.number)["status"] == "Failed"

    def test_disqualify__for_its_low_price__it_is_heard_first(self, ranked: Awards) -> None:
        body = ranked.about(reason="abnormallyLow")
        problem(ranked.post_lot("buyer", "disqualifications", body), 409, "AwardDeskExplanationMissing")
        assert ranked.post_lot("buyer", "requests", ranked.about()).status == 200
        open_window = problem(ranked.post_lot("buyer", "disqualifications", body), 409, "AwardDeskWindowOpen")
        assert open_window["facts"]["until"] == ranked.lot["requests"][0]["until"]
        ranked.pass_windows()
        assert ranked.post_lot("buyer", "disqualifications", body).status == 200
        problem(
            ranked.post_lot("buyer", "disqualifications", ranked.about(0, reason="abnormallyLow")), 409, "AwardDeskNotLow"
        )  # fmt: skip
        problem(
            ranked.post_lot("buyer", "disqualifications", ranked.about(0, reason="refusedToSign")), 422, "RequestInvalid"
        )  # fmt: skip


class TestDrop:
    def test_drop__debarred_supplier__anybody_may(self, world: World, ranked: Awards) -> None:
        problem(ranked.post_lot("citizen", "drops", {"bid": 1}), 409, "AwardDeskStillEligible")
        problem(ranked.post_lot("citizen", "drops", {"bid": 9}), 404, "BidNotFound")
        beta = ranked.places[0]["supplier"]
        order = uploaded(world, b"order " + ranked.paper.encode())
        until = world.in_seconds(30)
        reply = world.reviewer.post(
            f"/v1/suppliers/{beta}/debarment", {"until": until, "document": order}, wait=20
        )
        assert reply.status == 200, reply.data
        try:
            ranked_award = ranked.post_lot("buyer", "awards", ranked.about())
            assert problem(ranked_award, 403, "AwardDeskIneligible")["facts"]["cause"] == "DEBARRED"
            reply = ranked.post_lot("citizen", "drops", {"bid": 1})
            assert reply.status == 200, reply.data
            assert (ranked.places[0]["out"], ranked.lot["candidate"]) == ("DEBARRED", 0)
            decision = ranked.lot["decisions"][-1]
            assert (decision["kind"], decision["cause"], decision["document"]) == (
                "dropped",
                "DEBARRED",
                None,
            )
        finally:
            world.wait_until(until)


class TestRequests:
    def test_request__low_price__once_and_answered_once_in_time(self, ranked: Awards) -> None:
        problem(ranked.post_lot("acme", "requests", ranked.about()), 403, "AwardDeskRoleMissing")
        problem(ranked.post_lot("beta", "replies", ranked.about()), 409, "AwardDeskWindowClosed")
        ranked.explain()
        problem(ranked.post_lot("buyer", "requests", ranked.about()), 409, "AwardDeskOnlyOnce")
        problem(ranked.post_lot("beta", "replies", ranked.about()), 409, "AwardDeskOnlyOnce")
        problem(ranked.post_lot("acme", "replies", ranked.about()), 403, "AwardDeskRoleMissing")

    def test_curing__asked_and_cured__shows_at_the_lot(self, ranked: Awards) -> None:
        problem(ranked.post_bid("beta", "replies", {"document": PRIVATE}), 409, "AwardDeskWindowClosed")
        reply = ranked.post_bid("buyer", "requests", {"document": ranked.paper})
        assert (reply.status, reply.headers["location"]) == (200, f"{ranked.path}/bids/1"), reply.data
        problem(ranked.post_bid("buyer", "requests", {"document": ranked.paper}), 409, "AwardDeskOnlyOnce")
        problem(ranked.post_bid("acme", "replies", {"document": PRIVATE}), 403, "AwardDeskRoleMissing")
        assert ranked.post_bid("beta", "replies", {"document": PRIVATE}).status == 200
        problem(ranked.post_bid("beta", "replies", {"document": PRIVATE}), 409, "AwardDeskOnlyOnce")
        (asked,) = ranked.lot["requests"]
        assert (asked["what"], asked["bid"], asked["answer"]) == ("curing", 1, PRIVATE)
        problem(
            ranked.post_bid("buyer", "requests", {"document": ranked.paper}, 40), 422, "AwardDeskNotAdmissible"
        )  # fmt: skip

    def test_request__paper_nobody_can_read__is_problem(self, ranked: Awards) -> None:
        for reply in (
            ranked.post_lot("buyer", "requests", {"bid": 1, "document": "0f" * 32}),
            ranked.post_bid("buyer", "requests", {"document": "0f" * 32}),
        ):
            problem(reply, 404, "DocumentNotFound")


class TestExtension:
    def test_extension__once__doubles_the_time(self, ranked: Awards) -> None:
        before = ranked.lot["decideUntil"]
        caller, path = ranked.world.buyer, f"{ranked.path}/extension"
        problem(ranked.world.acme.post(path, {"document": ranked.paper}), 403, "AwardDeskRoleMissing")
        problem(caller.post(path, {"document": "0f" * 32}), 404, "DocumentNotFound")
        reply = caller.post(path, {"document": ranked.paper}, wait=20)
        assert (reply.status, reply.headers["location"]) == (200, f"{ranked.path}/lots"), reply.data
        assert ranked.lot["decideUntil"] == later(before, 30)
        assert [each["kind"] for each in ranked.lot["decisions"]] == ["extended"]
        problem(caller.post(path, {"document": ranked.paper}), 409, "AwardDeskOnlyOnce")


class TestSecurity:
    def test_security__held_then_released__is_shown(self, world: World, ranked: Awards) -> None:
        path = f"{ranked.path}/bids/1/security"
        nothing = {"bid": 1, "status": "none", "reference": None, "recordedAt": None}
        assert world.anyone.get(path).json == nothing
        problem(world.anyone.get(f"{ranked.path}/bids/9/security"), 404, "BidNotFound")
        body = {"status": "held", "reference": PRIVATE}
        problem(ranked.post_bid("acme", "security", body), 403, "AwardDeskRoleMissing")
        problem(
            ranked.post_bid("buyer", "security", body | {"status": "released"}), 422, "AwardDeskReasonInvalid"
        )
        reply = ranked.post_bid("buyer", "security", body)
        assert (reply.status, reply.headers["location"]) == (200, path), reply.data
        problem(ranked.post_bid("buyer", "security", body), 409, "AwardDeskUnchanged")
        found = world.anyone.get(path).json
        assert (found["status"], found["reference"]) == ("held", PRIVATE)
        assert ranked.post_bid("buyer", "security", body | {"status": "forfeited"}).status == 200
        problem(ranked.post_bid("buyer", "security", body, 9), 422, "AwardDeskNotAdmissible")


_COMPUTED_HERE = {
    "AwardDeskPageInvalid", "AwardDeskSetupMismatch", "AwardDeskOfferMismatch", "AwardDeskOrderWrong", "AwardDeskRankIncomplete",
}  # fmt: skip
"""What a service that makes pages, setup and offers itself cannot get wrong; a raw transaction can: tests/contracts/AwardDesk."""

_OTHERS = {"AwardDeskCuringNotAllowed"}
"""Of a procedure that the sandbox does not have: ``TestAnotherProcedure`` of tests/contracts/AwardDesk."""


def test_refusals__all_of_the_desk__are_met_above() -> None:
    met = set(
        re.findall(r'"(AwardDesk[A-Za-z]+)"', Path(__file__).read_text().partition("_COMPUTED_HERE")[0])
    )
    known = {name for name in vars(contracts) if name.startswith("AwardDesk")}
    assert known - met == _COMPUTED_HERE | _OTHERS
