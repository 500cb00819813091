"""`licita award`: one lot from open bids to its standstill, at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.bidding import Bids
from tests.api.commands import Shell
from tests.api.test_documents import uploaded
from tests.api.world import World

pytestmark = pytest.mark.network

PRIVATE = "cd" * 32


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Shell:
    """A person's machine."""
    return Shell(world, tmp_path)


@pytest.fixture
def tender(world: World) -> int:
    """A tender with open bids of acme (0) and beta (1: abnormally low)."""
    bids = Bids(world)
    bids.submit("acme", "1250000.00 MXN")
    bids.submit("beta", "600000.00 MXN")
    bids.open()
    return bids.number


def test_award__from_open_bids_to_the_standstill(shell: Shell, tender: int) -> None:
    paper = uploaded(shell.world, b"decision %d" % tender)
    refused = shell.run("award", "decide", tender, "--bid", 1, "--document", paper, name="buyer")
    assert "AwardDeskNotTallied" in refused.output and refused.exit_code == 1
    assert shell.done("award", "rank", tender, name="citizen") == "lot 1: 2 of 2 offers ranked, Ranked\n"
    again = shell.run("award", "rank", tender, name="citizen")
    assert again.exit_code == 1 and "AwardDeskLotStatusWrong" in again.output
    first, second = shell.json("award", "ranking", tender)["items"]
    assert (first["bid"], first["low"], second["bid"], second["low"]) == (1, True, 0, False)
    shell.done("award", "ask", tender, "--lot", 1, "--bid", 1, "--document", paper, name="buyer")
    shell.done("award", "reply", tender, "--lot", 1, "--bid", 1, "--document", PRIVATE, name="beta")
    shell.done("award", "ask", tender, "--bid", 1, "--document", paper, name="buyer")
    shell.done("award", "reply", tender, "--bid", 1, "--document", PRIVATE, name="beta")
    shell.done("award", "extend", tender, "--document", paper, name="buyer")
    shell.done(
        "award", "disqualify", tender, "--bid", 1, "--reason", "notQualified", "--document", paper, name="buyer"
    )  # fmt: skip
    still = shell.run("award", "drop", tender, "--bid", 0, name="citizen")
    assert still.exit_code == 1 and "AwardDeskStillEligible" in still.output
    said = shell.done("award", "decide", tender, "--bid", 0, "--document", paper, name="buyer")
    assert said.startswith(f"award of tenders/{tender}/lots/1: recorded, block ")
    lot = shell.json("award", "show", tender, "--lot", 1)
    assert (lot["status"], lot["award"]["amount"]) == ("Standstill", "1250000.00")
    assert lot["award"]["why"] == "lowest of 2 admissible bids but 1 that is out"
    shell.done(
        "award", "security", tender, "--bid", 0, "--status", "held", "--reference", PRIVATE, name="buyer"
    )
    assert shell.json("award", "security", tender, "--bid", 0)["status"] == "held"


def test_security__half_said__is_wrong_usage(shell: Shell, tender: int) -> None:
    ran = shell.run("award", "security", tender, "--bid", 0, "--status", "held", name="buyer")
    assert ran.exit_code == 2 and "--reference" in ran.output
