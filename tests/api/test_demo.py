"""The demonstration, as `licita demo` plays it: the story ends, and what it leaves can be read and proved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.demo import PROCEDURE, Demo
from api.demo_signed import PANEL
from api.running import Running
from chain.audit.bundle import verify
from chain.network import Network
from tests.api.world import PLENTY, World

pytestmark = pytest.mark.network


class Played:
    """A demonstration that was played: its lines, its report, its network."""

    def __init__(self, network: Network, running: Running, output: Path) -> None:
        self.world = World(network, running)
        self.lines: list[str] = []
        self.report: dict[str, Any] = Demo(network, running, output, self.lines.append).play()
        self.path = f"/v1/tenders/{self.report['tender']}"

    def read(self, path: str) -> Any:
        """What anybody reads."""
        reply = self.world.anyone.get(path)
        assert reply.status == 200, reply.data
        return reply.json

    def events(self, kind: str) -> list[Any]:
        """Events of its tender of one type."""
        found: list[Any] = self.read(f"/v1/events?tender={self.report['tender']}&type={kind}&limit=100")[
            "items"
        ]
        return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """On a network of its own: it moves time by months."""
    folder = tmp_path_factory.mktemp("demo")
    with Network.start("sandbox", folder / "network") as network, Running(network, 0, PLENTY) as running:
        yield Played(network, running, folder)


class TestDemo:
    def test_story__under_real_periods__ends_with_the_restored_bid(self, played: Played) -> None:
        tender = played.read(played.path)
        assert tender["procedure"] == PROCEDURE == "mx-open"
        lot = played.read(f"{played.path}/lots/1")
        assert (lot["status"], lot["award"]["orgId"]) == ("Final", "LICITA-BETA")
        assert played.report["award"]["supplier"] == "LICITA-BETA"
        awards = played.events("LotAwarded")
        assert len(awards) == 2 and awards[0]["args"] != awards[1]["args"]

    def test_story__every_decision__took_two_people_and_the_panel(self, played: Played) -> None:
        taken = [each for each in played.read(f"{played.path}/votes")["items"] if each["state"] == "taken"]
        assert [len(each["votes"]) for each in taken] == [3, 3, 3]
        against = [vote for each in taken for vote in each["votes"] if not vote["support"]]
        assert [vote["evaluator"] for vote in against] == [played.world.address(PANEL[2])]
        assert against[0]["opinion"] is not None
        approver = played.world.as_person("approver")
        acts = [
            each for each in approver.get("/v1/acts?limit=100").json["items"] if each["state"] == "approved"
        ]
        assert {(each["function"], each["proposer"], each["approver"]) for each in acts} == {
            (function, played.world.address("buyer"), played.world.address("approver"))
            for function in ("publish", "amend", "disqualify", "award", "execute", "cancel")
        }

    def test_story__what_it_tells__says_who_and_which_refusals(self, played: Played) -> None:
        told = "\n".join(played.lines)
        for refusal in (
            "FourEyesRoleMissing", "TenderBoardRoleMissing", "TenderBoardExtensionTooShort", "BidBoxClosed", "OpeningCommitteeTooEarly",
            "AwardDeskExplanationMissing", "EvaluationDeskVotesShort", "AwardDeskNotCandidate", "ComplaintDeskRoleMissing",
        ):  # fmt: skip
            assert f"refused, {refusal}: " in told
        assert "evaluator1 for, assessor1 for, assessor2 against; 2 for, 2 needed" in told
        assert "a complaint is open: the lot stays Standstill" in told

    def test_record_and_proof__of_the_story__cover_all_of_it(self, played: Played) -> None:
        assert played.report["verdict"] == "matches-head"
        assert Path(played.report["proof"]).stat().st_size > 0
        report = verify(Path(played.report["proof"]), head=played.report["head"]).report
        assert [each["decision"] for each in report.facts["evaluation"]["votes"]] == [
            "lot 1: bid 2 disqualified", "lot 1: bid 3 awarded", "lot 1: bid 2 awarded",
        ]  # fmt: skip
        (complaint,) = report.facts["complaints"]
        assert (complaint["lot"], complaint["stage"], complaint["status"]) == (1, "award", "Remedied")
        assert [each["status"] for each in complaint["steps"]] == ["Admitted", "Upheld", "Remedied"]
        assert complaint["remedy"] == "restoreBid"
        (told,) = (line for line in report.said if line.startswith("complaint "))
        assert "about lot 1, stage award: Remedied; filed at 2" in told and told.endswith(
            "; remedy restoreBid"
        )
        record = played.read(f"/v1/records/{played.report['ocid']}?releases=embedded")["records"][0]
        tags = [tag for release in record["releases"] for tag in release["tag"]]
        assert {"tender", "tenderAmendment", "award", "awardUpdate"} <= set(tags)
        compiled = json.dumps(record["compiledRelease"])
        assert (
            "LICITA-BETA" in compiled and played.report["award"]["amount"].rstrip("0").rstrip(".") in compiled
        )
