"""`licita evaluation`: a tender by points from its technical envelopes to released prices, at the command line."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.api.commands import PHRASE, Shell, refusal
from tests.api.panels import CRITERIA, PANEL, POINTS, Panel
from tests.api.test_bid_commands import between
from tests.api.test_documents import uploaded
from tests.api.world import World

pytestmark = pytest.mark.network


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Shell:
    """A person's machine."""
    return Shell(world, tmp_path)


@pytest.fixture
def panel(world: World) -> Panel:
    """A tender whose technical envelopes are open."""
    made = Panel(world)
    made.open()
    return made


def points_file(shell: Shell, panel: Panel, seat: int) -> Path:
    """A form that an evaluator filled in."""
    path = shell.folder / f"points-{seat}.json"
    shell.done("evaluation", "form", panel.number, "-o", path, name=PANEL[seat])
    form = json.loads(path.read_text("utf-8"))
    assert form == {str(bid): {"quality": None, "term": None} for bid in range(3)}
    path.write_text(json.dumps({str(bid): row for bid, row in POINTS[seat].items()}), "utf-8")
    return path


def commit(shell: Shell, panel: Panel, seat: int) -> Path:
    """Commits; the file that is kept."""
    kept = shell.folder / f"scores-{seat}.locked"
    shell.done(
        "evaluation", "commit", panel.number, "--points", points_file(shell, panel, seat), "-o", kept,
        "--passphrase-file", shell.phrase, name=PANEL[seat],
    )  # fmt: skip
    return kept


def test_evaluation__published_bid_for_and_opened_at_the_command_line(shell: Shell) -> None:
    world = shell.world
    files = {"tender": None, "supplement": None, "terms": None}
    document = world.document(60, criteria=CRITERIA)
    terms = {
        "procedure": "sandbox-points", "priceWeightBps": 6_000, "criteria": CRITERIA, "panel": [world.address(each) for each in PANEL],
    }  # fmt: skip
    for name, content in (
        ("tender", document["ocds"]),
        ("supplement", document["supplement"]),
        ("terms", terms),
    ):
        files[name] = shell.folder / f"{name}.json"
        files[name].write_text(json.dumps(content), "utf-8")
    said = shell.json(
        "tender", "publish", files["tender"], "--supplement", files["supplement"], "--terms", files["terms"], name="buyer"
    )  # fmt: skip
    number = int(said["resource"].rsplit("/", 1)[1])
    panel = Panel(world, number)
    for person, price in (("acme", "1250000.00 MXN"), ("beta", "900000.00 MXN")):
        shell.submit(shell.seal(number, person, price), person)
    panel.wait("opensAt")
    share_and_open(shell, number)
    assert panel.evaluation["status"] == "Technical"
    points = {bid: POINTS[0][bid] for bid in range(2)}
    sheets = [panel.sheet(seat, points) for seat in range(3)]
    for seat, sheet in enumerate(sheets):
        assert panel.commit(seat, sheet).status == 200
    panel.to_reveals()
    for seat, sheet in enumerate(sheets):
        assert panel.reveal(seat, sheet).status == 200
    panel.decide()
    panel.wait("opensAt")
    shell.done("evaluation", "release", number, name="citizen")
    share_and_open(shell, number)
    assert "lot 1: 2 of 2 offers ranked, Ranked" in shell.done("award", "rank", number, name="citizen")


def share_and_open(shell: Shell, number: int) -> None:
    """Two members share, anybody opens what is due."""
    for person in ("opener1", "opener2"):
        shell.done("committee", "share", number, name=person)
    shell.done("committee", "open", number, name="citizen")


def test_evaluation__from_forms_to_released_prices(shell: Shell, panel: Panel) -> None:
    number, paper = panel.number, uploaded(shell.world, b"result %d" % panel.number)
    kept = [commit(shell, panel, seat) for seat in range(3)]
    early = shell.run("evaluation", "reveal", kept[0], "--passphrase-file", shell.phrase, name=PANEL[0])
    refusal(early, "EvaluationDeskScoreNotDue")
    panel.to_reveals()
    for seat, file in enumerate(kept):
        said = shell.done(
            "evaluation", "reveal", file, "--passphrase-file", shell.phrase, name=PANEL[seat]
        )  # fmt: skip
        assert said == "1 pages revealed, 1 in all\n"
    shown = shell.done("evaluation", "show", number)
    assert "0: quality 90, term 9; 1: quality 91, term 9; 2: quality 92, term 9" in shown
    result = ("--fail", "2=technicalFailed", "--document", paper)
    made = shell.done("evaluation", "call", "result", number, *result, name="buyer")
    act = made.split()[-1]
    words = f"technical result of tender {number}: bid 2 fails (technicalFailed); document {paper}"
    assert words in shell.done("evaluation", "votes", number, name="evaluator1")
    assert words not in shell.done("evaluation", "votes", number)
    for person in PANEL:
        said = shell.done("evaluation", "vote", number, "--act", act, "--for", name=person)
        assert said.startswith(f"voted for: {words}\n")
    shell.done("evaluation", "decide", number, *result, name="buyer")
    assert "result: " in shell.done("evaluation", "show", number)
    panel.wait("openFrom")
    shell.done("evaluation", "release", number, name="citizen")
    assert panel.opening["envelope"] == 1


def test_commit__keeps_points_encrypted_and_sends_a_hash_alone(shell: Shell, panel: Panel) -> None:
    path, kept = points_file(shell, panel, 0), shell.folder / "scores.locked"
    words = ("evaluation", "commit", panel.number, "--points", path, "-o", kept)
    with between(shell.world.url) as (url, heard):
        ran = shell.run(*words, "--passphrase-file", shell.phrase, name=PANEL[0], url=url)
    assert ran.exit_code == 0, ran.output
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert (
        b"quality" not in kept.read_bytes() and json.loads(kept.read_bytes())["kind"] == "evaluation-scores"
    )
    ((_, where, said),) = [each for each in heard if each[0] == "POST"]
    body = json.loads(said[said.index("{") :])
    assert where.endswith("/scores") and set(body) == {"commitment"}
    again = shell.run("evaluation", "resend", kept, "--passphrase-file", shell.phrase, name=PANEL[0])
    assert again.exit_code == 0 and "commitScores" in again.stdout, again.output
    assert panel.evaluation["seats"][0]["commitment"] == body["commitment"]


def test_commit__of_what_is_not_whole_or_by_a_stranger__nothing_is_kept(shell: Shell, panel: Panel) -> None:
    path, kept = points_file(shell, panel, 0), shell.folder / "scores.locked"
    words = (
        "evaluation",
        "commit",
        panel.number,
        "--points",
        path,
        "-o",
        kept,
        "--passphrase-file",
        shell.phrase,
    )
    refusal(shell.run(*words, name="acme"), "EvaluationDeskRoleMissing")
    for points, error in (
        ({"0": POINTS[0][0]}, "PointsMissing"),
        ({"0": {"quality": 90}}, "PointsMissing"),
        ({str(bid): row for bid, row in POINTS[0].items()} | {"7": {"quality": 1, "term": 1}}, "PointsUnknown"),
        ({str(bid): dict(row) | {"colour": 1} for bid, row in POINTS[0].items()}, "PointsUnknown"),
        ({str(bid): dict(row) | {"quality": 101} for bid, row in POINTS[0].items()}, "EvaluationDeskPointsInvalid"),
        ({str(bid): dict(row) | {"quality": 1.5} for bid, row in POINTS[0].items()}, "PointsFileWrong"),
        ([], "PointsFileWrong"),
    ):  # fmt: skip
        path.write_text(json.dumps(points), "utf-8")
        refusal(shell.run(*words, name=PANEL[0]), error)
        assert not kept.exists()
    path.write_text('{"0": {"quality": 1, "quality": 2}}', "utf-8")
    refusal(shell.run(*words, name=PANEL[0]), "PointsFileWrong")


def test_reveal__of_another_account_tender_or_passphrase__is_refused_here(shell: Shell, panel: Panel) -> None:
    kept = commit(shell, panel, 0)
    words = ("evaluation", "reveal", kept, "--passphrase-file")
    refusal(shell.run(*words, shell.phrase, name=PANEL[1]), "ScoresOther")
    other = shell.folder / "other-phrase"
    other.touch(0o600)
    other.write_text(PHRASE + " no\n", "utf-8")
    refusal(shell.run(*words, other, name=PANEL[0]), "LockedFileRefused")


def test_vote__on_what_is_shown_falsely__sends_nothing(shell: Shell, panel: Panel) -> None:
    panel.score()
    act = panel.call({"technical": panel.result()})
    words = ("evaluation", "vote", panel.number, "--act", act, "--for")

    def lying(found: Any) -> Any:
        data = found["decision"]["data"]
        found["decision"]["data"] = data[:-2] + ("00" if data[-2:] != "00" else "01")
        return found

    with between(shell.world.url, {f"{panel.path}/votes/{act}": lying}) as (url, heard):
        refusal(shell.run(*words, name=PANEL[0], url=url), "ActUnlike")
    assert [method for method, _, _ in heard if method == "POST"] == []
    unseen = shell.run(*words, name="citizen")
    assert unseen.exit_code == 2 and "--unseen" in unseen.output
