"""Evaluations over HTTP: a class an endpoint, and the attacks on scores, votes and prices."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from chain.network import Network
from chain.rules import member_id
from chain.transactions import checksum
from chain.types import to_hex
from tests.api.bidding import later
from tests.api.panels import CRITERIA, PANEL, POINTS, Panel
from tests.api.test_documents import uploaded
from tests.api.world import PLENTY, World, problem

pytestmark = pytest.mark.network


@pytest.fixture
def sealed(world: World) -> Panel:
    """Bids that are sealed."""
    return Panel(world)


@pytest.fixture
def technical(sealed: Panel) -> Panel:
    """Technical envelopes that are open, and not scored."""
    sealed.open()
    return sealed


@pytest.fixture
def scored(technical: Panel) -> Panel:
    """Scores of all three."""
    technical.score()
    return technical


@pytest.fixture
def priced(scored: Panel) -> Panel:
    """Gamma failed; the prices of the others are open and ranked."""
    scored.decide((2, "technicalFailed"))
    scored.open_prices()
    scored.rank()
    return scored


class TestPublish:
    def test_publish__by_points__terms_say_criteria_weights_and_panel(
        self, world: World, sealed: Panel
    ) -> None:
        found = sealed.evaluation
        assert (found["status"], found["scored"], found["priceWeightBps"]) == ("Enquiries", True, 6_000)
        assert found["criteria"] == CRITERIA
        assert [each["evaluator"] for each in found["seats"]] == [world.address(each) for each in PANEL]
        assert {each["orgId"] for each in found["seats"]} == {"LICITA-UNIVERSITY"}
        assert found["opened"] == found["points"] == [] and found["result"] is None

    def test_publish__panel_that_does_not_fit__is_refused_by_name(self, world: World) -> None:
        panel = [world.address(each) for each in PANEL]
        terms: dict[str, Any] = {
            "procedure": "sandbox-points",
            "priceWeightBps": 6_000,
            "criteria": CRITERIA,
            "panel": panel,
        }
        for changed, status, error in (
            ({"panel": panel[:2]}, 422, "TenderBoardPanelInvalid"),
            ({"panel": [panel[0], panel[1], panel[1]]}, 422, "TenderBoardPanelInvalid"),
            ({"panel": [panel[0], panel[1], world.address("acme")]}, 403, "TenderBoardRoleMissing"),
            ({"criteria": []}, 422, "TenderBoardWeightsInvalid"),
            ({"priceWeightBps": 7_000}, 422, "TenderBoardWeightsInvalid"),
            ({"criteria": [{"id": "q", "weightBps": 4_000, "maxPoints": 9_363}]}, 422, "EvaluationDeskPointsInvalid"),
        ):  # fmt: skip
            problem(
                world.buyer.post("/v1/tenders", world.document(**(terms | changed)), wait=20), status, error
            )


class TestCommit:
    def test_commit__before_all_is_open__is_problem(self, sealed: Panel) -> None:
        body = {"commitment": "0x" + "5e" * 32}
        problem(sealed.send(PANEL[0], "scores", body), 409, "EvaluationDeskNotOpened")

    def test_commit__in_its_seat__shows_the_hash_and_no_points(self, technical: Panel) -> None:
        sheet = technical.sheet(1)
        reply = technical.commit(1, sheet)
        assert (reply.status, reply.headers["location"]) == (200, f"{technical.path}/evaluation"), reply.data
        found = technical.evaluation
        seat = found["seats"][1]
        assert (seat["commitment"], seat["pages"], seat["complete"]) == (to_hex(sheet.commitment), 0, False)
        assert [each["seats"] for each in found["points"]] == [{}, {}, {}]
        assert found["commitUntil"] is not None
        problem(technical.commit(1, technical.sheet(1)), 409, "EvaluationDeskOnlyOnce")

    def test_commit__by_a_stranger_or_without_a_token__is_problem(
        self, world: World, technical: Panel
    ) -> None:
        problem(technical.commit(0, technical.sheet(0), "acme"), 403, "EvaluationDeskRoleMissing")
        problem(technical.commit(0, technical.sheet(0), "buyer"), 403, "EvaluationDeskRoleMissing")
        body = {"commitment": "0x" + "5e" * 32}
        problem(world.anyone.post(f"{technical.path}/scores", body), 401, "TokenMissing")
        problem(world.evaluator1.post("/v1/tenders/999999/scores", body), 404, "TenderBoardNotFound")
        zero = {"commitment": "0x" + "00" * 32}
        problem(technical.send("evaluator1", "scores", zero), 422, "EvaluationDeskHashZero")

    def test_commit__after_its_time__is_problem(self, technical: Panel) -> None:
        assert technical.commit(0, technical.sheet(0)).status == 200
        technical.to_reveals()
        problem(technical.commit(1, technical.sheet(1)), 409, "EvaluationDeskScoreNotDue")


class TestReveal:
    def test_reveal__while_others_commit__is_problem(self, technical: Panel) -> None:
        sheet = technical.sheet(0)
        problem(technical.reveal(0, sheet), 409, "EvaluationDeskScoreNotDue")
        assert technical.commit(0, sheet).status == 200
        problem(technical.reveal(0, sheet), 409, "EvaluationDeskScoreNotDue")

    def test_reveal__copied_commitment__reveals_nothing(self, technical: Panel) -> None:
        sheet = technical.sheet(0)
        assert technical.commit(0, sheet).status == technical.commit(1, sheet).status == 200
        technical.to_reveals()
        assert technical.reveal(0, sheet).status == 200
        # Salt and points are public now, and still are another's.
        problem(technical.reveal(1, sheet), 422, "EvaluationDeskScoreMismatch")
        assert technical.evaluation["seats"][1]["pages"] == 0

    def test_reveal__other_points_salt_or_page__is_problem(self, technical: Panel) -> None:
        sheet, better = technical.sheet(0), technical.sheet(0, POINTS[1])
        assert technical.commit(0, sheet).status == 200
        technical.to_reveals()
        words = [hex(word) for word in better.pages[0]]
        problem(technical.reveal(0, sheet, words=words), 422, "EvaluationDeskScoreMismatch")
        problem(technical.reveal(0, better), 422, "EvaluationDeskScoreMismatch")
        problem(technical.reveal(0, sheet, salt="0x" + "5e" * 32), 422, "EvaluationDeskScoreMismatch")
        problem(technical.reveal(0, sheet, page=1), 422, "EvaluationDeskPageInvalid")
        problem(technical.reveal(0, sheet, "evaluator2"), 422, "EvaluationDeskScoreMismatch")
        problem(technical.reveal(0, sheet, words=["0x5g"]), 422, "RequestInvalid")

    def test_reveal__in_time__points_are_public_by_seat_and_criterion(self, scored: Panel) -> None:
        found = scored.evaluation
        assert all(each["complete"] and each["pages"] == 1 for each in found["seats"])
        assert found["points"][0] == {
            "bid": 0,
            "seats": {str(seat): dict(POINTS[seat][0]) for seat in range(3)},
            "failed": False,
        }


class TestVotes:
    def test_call__technical_result__the_panel_reads_what_it_votes_on(
        self, world: World, scored: Panel
    ) -> None:
        body = {"technical": scored.result((2, "technicalFailed"))}
        problem(scored.send("approver", "votes/calls", body), 403, "EvaluationDeskRoleMissing")
        act = scored.call(body)
        problem(scored.send("buyer", "votes/calls", body), 409, "EvaluationDeskOnlyOnce")
        for person in ("evaluator3", "approver", "buyer"):
            (row,) = world.as_person(person).get(f"{scored.path}/votes").json["items"]
            assert (row["act"], row["state"], row["needed"], row["votes"]) == (act, "called", 2, [])
            assert "bid 2 fails (technicalFailed)" in row["decision"]["summary"]
            assert row["decision"]["documents"] == [scored.paper]
        for other in (world.anyone, world.acme, world.reviewer):
            assert other.get(f"{scored.path}/votes/{act}").json["decision"] is None
        problem(world.anyone.get(f"{scored.path}/votes/0x{'5e' * 32}"), 404, "VotesNotFound")

    def test_vote__twice_or_from_no_seat__is_problem(self, scored: Panel) -> None:
        act = scored.call({"technical": scored.result()})
        reply = scored.vote(1, act, False)
        assert (reply.status, reply.headers["location"]) == (200, f"{scored.path}/votes/{act}"), reply.data
        problem(scored.vote(1, act, True), 409, "EvaluationDeskOnlyOnce")
        for person in ("buyer", "acme", "opener1"):
            problem(
                scored.send(person, "votes", {"act": act, "support": True}), 403, "EvaluationDeskRoleMissing"
            )
        problem(scored.vote(0, "0x" + "5e" * 32), 409, "EvaluationDeskVoteMissing")

    def test_vote__with_an_opinion__it_is_held_and_dissent_is_public(
        self, world: World, scored: Panel
    ) -> None:
        act = scored.call({"technical": scored.result()})
        problem(scored.vote(0, act, False, opinion="0f" * 32), 404, "DocumentNotFound")
        opinion = uploaded(world, b"dissent " + act.encode())
        assert scored.vote(0, act, False, opinion=opinion).status == 200
        row = world.anyone.get(f"{scored.path}/votes/{act}").json
        assert (row["support"], row["against"]) == (0, 1)
        (vote,) = row["votes"]
        assert (vote["seat"], vote["support"], vote["opinion"]) == (0, False, opinion)


class TestTechnical:
    def test_decide__without_votes__is_problem(self, scored: Panel) -> None:
        problem(scored.send("buyer", "technical", scored.result()), 409, "EvaluationDeskVotesShort")
        act = scored.call({"technical": scored.result()})
        assert scored.vote(1, act).status == scored.vote(2, act).status == 200
        # Two of three are for it, and the independent one may still speak.
        problem(scored.send("buyer", "technical", scored.result()), 409, "EvaluationDeskVoteMissing")

    def test_decide__another_result_than_the_one_voted_on__is_problem(self, scored: Panel) -> None:
        scored.carry({"technical": scored.result()})
        swapped = scored.result((0, "notQualified"))
        problem(scored.send("buyer", "technical", swapped), 409, "EvaluationDeskVotesShort")
        problem(scored.send("acme", "technical", scored.result()), 403, "EvaluationDeskRoleMissing")
        assert scored.evaluation["result"] is None

    def test_decide__before_all_scores__is_problem(self, technical: Panel) -> None:
        problem(
            technical.send("buyer", "votes/calls", {"technical": technical.result()}),
            409,
            "EvaluationDeskScoreNotDue",
        )

    def test_decide__wrong_bids_or_reasons__is_problem(self, scored: Panel) -> None:
        for failed, error in (
            ([(7, "technicalFailed")], "EvaluationDeskBidInvalid"),
            ([(2, "notQualified"), (1, "notQualified")], "EvaluationDeskBidInvalid"),
        ):
            body = {"technical": scored.result(*failed)}
            problem(scored.send("buyer", "votes/calls", body), 422, error)
        body = {"technical": scored.result((1, "abnormallyLow"))}
        problem(scored.send("buyer", "votes/calls", body), 422, "RequestInvalid")
        missing = {"technical": scored.result() | {"document": "0f" * 32}}
        problem(scored.send("buyer", "votes/calls", missing), 404, "DocumentNotFound")

    def test_decide__voted__result_and_its_standstill_show(self, world: World, scored: Panel) -> None:
        scored.decide((2, "technicalFailed"))
        found = scored.evaluation
        assert found["status"] == "TechnicalStandstill"
        assert found["result"]["failed"] == [{"bid": 2, "reason": "technicalFailed"}]
        assert [each["failed"] for each in found["points"]] == [False, False, True]
        (row,) = world.anyone.get(f"{scored.path}/votes").json["items"]
        assert (row["state"], row["support"], [each["taken"] for each in row["votes"]]) == (
            "taken", 3, [True] * 3,
        )  # fmt: skip


class TestPrices:
    def test_release__before_its_time__is_problem_and_no_share_is_taken(self, scored: Panel) -> None:
        problem(scored.send("citizen", "prices", {}), 409, "TenderBoardStatusWrong")
        scored.decide()
        problem(scored.send("citizen", "prices", {}), 409, "TenderBoardStatusWrong")
        scored.wait("openFrom")
        assert scored.opening["envelope"] == 0
        reply = scored.send("citizen", "prices", {})
        assert reply.status == 200, reply.data
        assert scored.opening["envelope"] == 1
        problem(scored.send("citizen", "prices", {}), 409, "BidBoxReleaseRefused")

    def test_prices__of_a_bid_that_failed__stay_sealed(self, priced: Panel) -> None:
        assert [each["envelope"] for each in priced.read(2)["openings"]] == [0]
        assert [each["envelope"] for each in priced.read(0)["openings"]] == [0, 1]

    def test_ranking__by_points__best_score_first(self, world: World, priced: Panel) -> None:
        places = world.anyone.get(f"{priced.path}/lots/1/ranking").json["items"]
        # Beta is cheaper; acme has by far more points.
        assert [(each["bid"], each["amount"]) for each in places] == [(0, "1250000.00"), (1, "900000.00")]


class TestAward:
    def test_award__of_a_panel__needs_its_votes_on_that_very_award(self, world: World, priced: Panel) -> None:
        award = {"bid": 0, "document": priced.paper}
        problem(priced.send("buyer", "lots/1/awards", award), 409, "EvaluationDeskVotesShort")
        problem(
            priced.send("buyer", "votes/calls", {"award": {"lot": 1, "bid": 1, "document": priced.paper}}),
            409,
            "AwardDeskNotCandidate",
        )
        priced.carry({"award": {"lot": 1, **award}})
        other = uploaded(world, b"another paper " + priced.paper.encode())
        problem(
            priced.send("buyer", "lots/1/awards", award | {"document": other}),
            409,
            "EvaluationDeskVotesShort",
        )
        reply = priced.send("buyer", "lots/1/awards", award)
        assert reply.status == 200, reply.data
        lot = world.anyone.get(f"{priced.path}/lots/1").json
        assert (lot["award"]["bid"], lot["award"]["why"]) == (0, "best score of 2 admissible bids")

    def test_disqualify__of_a_panel__dissent_does_not_stop_a_majority(self, priced: Panel) -> None:
        body = {"bid": 0, "reason": "notQualified", "document": priced.paper}
        act = priced.call({"disqualification": {"lot": 1, **body}})
        for seat, support in enumerate((False, True, True)):
            assert priced.vote(seat, act, support).status == 200
        reply = priced.send("buyer", "lots/1/disqualifications", body)
        assert reply.status == 200, reply.data

    def test_call__that_names_no_decision_or_two__is_problem(self, priced: Panel) -> None:
        award = {"lot": 1, "bid": 0, "document": priced.paper}
        for body in ({}, {"award": award, "technical": priced.result()}):
            problem(priced.send("buyer", "votes/calls", body), 422, "RequestInvalid")


class TestReplace:
    def body(self, panel: Panel, seat: int, person: str, **more: Any) -> dict[str, Any]:
        """The body."""
        return {"seat": seat, "evaluator": panel.world.address(person), "document": panel.paper} | more

    def test_replace__who_is_not_silent__is_problem(self, scored: Panel) -> None:
        body = self.body(scored, 1, "witness")
        problem(scored.send("buyer", "evaluators", body), 409, "EvaluationDeskPanelSufficient")
        problem(scored.send("acme", "evaluators", body), 403, "EvaluationDeskRoleMissing")
        problem(scored.send("buyer", "evaluators", body | {"evaluator": "0x12"}), 422, "RequestInvalid")

    def test_replace__by_one_who_sits_there_or_bids__is_problem(self, technical: Panel) -> None:
        assert technical.commit(0, technical.sheet(0)).status == 200
        technical.to_reveals()
        twice = self.body(technical, 1, "evaluator3")
        problem(technical.send("buyer", "evaluators", twice), 422, "TenderBoardPanelInvalid")
        bidder = self.body(technical, 1, "acme")
        problem(technical.send("buyer", "evaluators", bidder), 403, "TenderBoardRoleMissing")
        beyond = self.body(technical, 6, "acme")
        problem(technical.send("buyer", "evaluators", beyond), 409, "EvaluationDeskNoPanel")

    def test_replace__silent_evaluator__a_new_round_begins_and_the_old_one_is_out(
        self, world: World, technical: Panel
    ) -> None:
        for seat in (0, 1):
            assert technical.commit(seat, technical.sheet(seat)).status == 200
        technical.to_reveals()
        steps = world.anyone.get(f"{technical.path}/timeline").json["steps"]
        assert [each["seat"] for each in steps if each["function"] == "replaceEvaluator"] == [2]
        # Another account of the same organisation.
        newcomer = checksum("0x" + secrets.token_hex(20))
        person = {"address": newcomer, "roles": ["EVALUATOR"], "mandateEnd": world.in_seconds(90 * 86_400)}
        university = to_hex(member_id("LICITA-UNIVERSITY"))
        added = world.evaluator1.post(f"/v1/members/{university}/people", person, wait=20)
        assert added.status == 201, added.data
        body = {"seat": 2, "evaluator": newcomer, "document": technical.paper}
        reply = technical.send("buyer", "evaluators", body)
        assert (reply.status, reply.headers["location"]) == (200, f"{technical.path}/evaluation"), reply.data
        found = technical.evaluation
        assert (found["round"], found["commitUntil"]) == (1, None)
        assert [(each["evaluator"], each["replaced"], each["commitment"]) for each in found["seats"]] == [
            (world.address("evaluator1"), False, None), (world.address("evaluator2"), False, None), (newcomer, True, None),
        ]  # fmt: skip
        problem(technical.commit(2, technical.sheet(2)), 403, "EvaluationDeskRoleMissing")
        assert technical.commit(0, technical.sheet(0)).status == 200


class TestFourEyes:
    def test_decision__of_a_panel_and_two_accounts__is_voted_on_proposed_and_approved(
        self, tmp_path: Path
    ) -> None:
        with (
            Network.start("sandbox", tmp_path / "network") as network,
            Running(network, 0, PLENTY) as running,
        ):
            world = World(network, running)
            panel = Panel(world, self.publish(world))
            for person, price in (("acme", "1250000.00 MXN"), ("beta", "900000.00 MXN")):
                panel.submit(person, price)
            panel.open()
            points = {bid: POINTS[0][bid] for bid in range(2)}
            sheets = [panel.sheet(seat, points) for seat in range(3)]
            assert [panel.commit(seat, sheet).status for seat, sheet in enumerate(sheets)] == [200] * 3
            panel.to_reveals()
            assert [panel.reveal(seat, sheet).status for seat, sheet in enumerate(sheets)] == [200] * 3
            problem(panel.send("buyer", "technical", panel.result()), 409, "EvaluationDeskVotesShort")
            act = panel.carry({"technical": panel.result()})
            problem(
                world.approver.post(f"/v1/acts/{act}/approval", {}, wait=20), 409, "FourEyesActNotProposed"
            )
            proposed = panel.send("buyer", "technical", panel.result())
            assert (proposed.status, proposed.json["act"]) == (200, act), proposed.data
            assert panel.evaluation["result"] is None
            approved = world.approver.post(f"/v1/acts/{act}/approval", {}, wait=20)
            assert approved.status == 200, approved.data
            assert panel.evaluation["status"] == "TechnicalStandstill"

    def publish(self, world: World) -> int:
        """A tender under eu-open; its number."""
        terms = {
            "procedure": "eu-open", "priceWeightBps": 6_000, "criteria": CRITERIA, "panel": [world.address(each) for each in PANEL],
        }  # fmt: skip
        proposed = world.buyer.post("/v1/tenders", world.document(31 * 86_400, **terms), wait=20)
        assert proposed.status == 201, proposed.data
        approved = world.approver.post(f"/v1/acts/{proposed.json['act']}/approval", {}, wait=20)
        return int(approved.json["resource"].rsplit("/", 1)[1])


class TestTimeline:
    def steps(self, panel: Panel, function: str) -> list[Any]:
        """The steps of one function."""
        found = panel.world.anyone.get(f"{panel.path}/timeline").json["steps"]
        return [each for each in found if each["function"] == function]

    def test_timeline__scores__seat_by_seat_until_when_or_why_not(self, technical: Panel) -> None:
        commits = self.steps(technical, "commitScores")
        assert [(each["seat"], each["possible"], each["until"]) for each in commits] == [
            (0, True, None), (1, True, None), (2, True, None),
        ]  # fmt: skip
        assert technical.commit(0, technical.sheet(0)).status == 200
        until = technical.evaluation["commitUntil"]
        assert [(each["seat"], each["until"]) for each in self.steps(technical, "commitScores")] == [
            (1, until), (2, until),
        ]  # fmt: skip
        (reveal,) = self.steps(technical, "revealScores")
        assert (reveal["seat"], reveal["possible"], reveal["error"]) == (
            0,
            False,
            "EvaluationDeskScoreNotDue",
        )
        (decide,) = self.steps(technical, "decideTechnical")
        assert decide["error"] == "EvaluationDeskScoreNotDue"

    def test_timeline__votes_result_and_prices__say_what_is_waited_for(self, scored: Panel) -> None:
        (call,) = self.steps(scored, "callVote")
        assert (call["who"], call["possible"]) == ("OFFICER", True)
        (decide,) = self.steps(scored, "decideTechnical")
        assert decide["error"] == "EvaluationDeskVotesShort"
        act = scored.call({"technical": scored.result()})
        assert scored.vote(0, act).status == 200
        votes = self.steps(scored, "vote")
        assert [(each["seat"], each["act"], each["possible"]) for each in votes] == [
            (1, act, True), (2, act, True),
        ]  # fmt: skip
        assert scored.vote(1, act).status == 200
        (decide,) = self.steps(scored, "decideTechnical")
        assert decide["possible"]
        assert scored.send("buyer", "technical", scored.result()).status == 200
        (release,) = self.steps(scored, "releasePrices")
        assert (release["possible"], release["error"]) == (False, "TenderBoardStatusWrong")
        scored.wait("opensAt")
        (release,) = self.steps(scored, "releasePrices")
        assert (release["possible"], release["who"]) == (True, "")
        (shares,) = self.steps(scored, "postShares")
        assert shares["error"] == "OpeningCommitteePhaseNotReached"


class TestComplaints:
    def test_complaint__about_the_technical_result__bars_the_prices(
        self, world: World, scored: Panel
    ) -> None:
        scored.decide((2, "technicalFailed"))
        paper = uploaded(world, b"complaint " + scored.paper.encode())
        body = {"tender": scored.number, "lot": 0, "stage": "technical", "document": paper}
        filed = world.gamma.post("/v1/complaints", body, wait=20)
        assert filed.status == 201, filed.data
        world.wait_until(later(scored.evaluation["result"]["standstillEnds"], 5))
        problem(scored.send("citizen", "prices", {}), 409, "TenderBoardStatusWrong")
        number = filed.headers["location"].rsplit("/", 1)[1]
        order = uploaded(world, b"order " + scored.paper.encode())
        for step, said in (
            ("admission", {"document": order}),
            ("decision", {"outcome": "upheld", "remedy": "rescore", "document": order}),
        ):
            reply = world.reviewer.post(f"/v1/complaints/{number}/{step}", said, wait=20)
            assert reply.status == 200, reply.data
        reply = world.buyer.post(f"/v1/complaints/{number}/execution", {}, wait=20)
        assert reply.status == 200, reply.data
        found = scored.evaluation
        assert (found["status"], found["round"], found["result"]) == ("Technical", 1, None)
        assert [each["commitment"] for each in found["seats"]] == [None] * 3
