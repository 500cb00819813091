"""The timeline of a tender: what happened and who did it, what can be done now, by whom, until when, and why not yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.bidding import OPENERS
from tests.api.commands import Shell
from tests.api.test_awards import Awards
from tests.api.world import World, problem

pytestmark = pytest.mark.network


@pytest.fixture
def sealed(world: World) -> Awards:
    """Bids that are sealed."""
    return Awards(world)


def steps(awards: Awards) -> dict[str, Any]:
    """Function -> the step, as it stands now."""
    told = awards.world.anyone.get(f"{awards.path}/timeline").json
    return {each["function"]: each for each in told["steps"]}


def possible(awards: Awards) -> set[str]:
    """What can be done now."""
    return {name for name, step in steps(awards).items() if step["possible"]}


def why(awards: Awards, function: str) -> str | None:
    """Why something cannot be done now."""
    step = steps(awards)[function]
    assert step["possible"] is (step["error"] is None)
    return step["error"]  # type: ignore[no-any-return]


def test_timeline__what_happened__names_who_did_it(world: World, sealed: Awards) -> None:
    world.ask(sealed.number)
    told = world.anyone.get(f"{sealed.path}/timeline").json
    rows = [(each["type"], each["organisation"], each["actor"]) for each in told["items"]]
    assert rows[0] == ("TenderPublished", "MX-RFC-GDF9712054NA", world.address("buyer"))
    assert rows[1:4] == [
        ("BidSealed", f"LICITA-{name.upper()}", world.address(name)) for name in ("acme", "beta", "gamma")
    ]
    assert told["status"] == "Enquiries"
    problem(world.anyone.get("/v1/tenders/999999/timeline"), 404, "TenderBoardNotFound")


def test_timeline__from_publication_to_the_award__says_what_is_possible_and_why_not(
    world: World, sealed: Awards
) -> None:
    tender = world.tender(sealed.number)
    assert possible(sealed) == {"ask", "amend", "cancel", "submit", "file", "suspend"}
    assert steps(sealed)["submit"]["until"] == steps(sealed)["amend"]["until"] == tender["deadline"]
    assert steps(sealed)["submit"]["who"] == "SUPPLIER" and steps(sealed)["openPage"]["who"] == ""
    assert why(sealed, "postShares") == why(sealed, "openPage") == "OpeningCommitteeTooEarly"
    assert why(sealed, "selfReveal") == "OpeningCommitteeFallbackTooEarly"
    assert why(sealed, "tally") == why(sealed, "award") == "AwardDeskNotOpened"
    question = world.ask(sealed.number)
    assert "answer" in possible(sealed)
    world.buyer.post(f"{sealed.path}/enquiries/{question}/answer", {"answer": "Sí."}, wait=20)
    sealed.close()
    assert possible(sealed) <= {"cancel", "suspend"}
    assert (why(sealed, "ask"), why(sealed, "submit")) == ("TenderBoardClosed", "BidBoxClosed")
    sealed.wait("opensAt")
    assert possible(sealed) == {"postShares", "cancel", "suspend"}
    assert why(sealed, "openPage") == "OpeningCommitteeSharesMissing"
    assert steps(sealed)["postShares"]["until"] == world.tender(sealed.number)["voidFrom"]
    for person in OPENERS[:2]:
        assert sealed.share(person).status == 200
    assert possible(sealed) == {"postShares", "openPage", "cancel", "suspend"}
    assert sealed.open_page().status == 200
    assert possible(sealed) == {"tally", "extendDecision", "cancel", "suspend"}
    assert why(sealed, "award") == "AwardDeskNotTallied"
    sealed.post_lot("citizen", "tally", {})
    assert possible(sealed) == {"rank", "extendDecision", "cancel", "suspend"}
    sealed.post_lot("citizen", "ranking", {})
    assert possible(sealed) == {"askExplanation", "disqualify", "extendDecision", "cancel", "suspend"}
    assert (why(sealed, "award"), steps(sealed)["award"]["bid"]) == ("AwardDeskExplanationMissing", 1)
    sealed.post_lot("buyer", "requests", sealed.about())
    assert possible(sealed) == {"explain", "disqualify", "extendDecision", "cancel", "suspend"}
    assert steps(sealed)["explain"]["until"] == sealed.lot["requests"][0]["until"]
    sealed.post_lot("beta", "replies", sealed.about())
    assert possible(sealed) == {"disqualify", "award", "extendDecision", "cancel", "suspend"}
    sealed.post_lot("buyer", "awards", sealed.about())
    assert possible(sealed) == {"extendDecision", "file", "cancel", "suspend"}
    assert why(sealed, "award") == "AwardDeskLotStatusWrong"
    types = [each["type"] for each in world.anyone.get(f"{sealed.path}/timeline").json["items"]]
    assert types[-5:] == ["LotTallied", "LotRanked", "ExplanationAsked", "BidExplained", "LotAwarded"]


def test_timeline__tender_that_ended__has_no_step(world: World) -> None:
    number = world.publish(60)
    world.wait_until(world.tender(number)["deadline"])
    told = world.anyone.get(f"/v1/tenders/{number}/timeline").json
    assert (told["status"], told["steps"]) == ("Failed", [])


def test_timeline__at_the_command_line__shows_both(world: World, sealed: Awards, tmp_path: Path) -> None:
    shell = Shell(world, tmp_path)
    for said in (
        shell.done("tender", "timeline", sealed.number),
        shell.done("tender", "show", sealed.number),
    ):
        assert "TenderPublished" in said and "status: Enquiries" in said
        assert "submit" in said and "AwardDeskNotOpened" in said
    told = shell.json("tender", "timeline", sealed.number)
    assert len(told["items"]) == 4 and told["steps"]
