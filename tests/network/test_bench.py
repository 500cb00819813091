"""scripts/bench.py measures everything it names; how fast is not a test's business."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chain.errors.nodes import ChainUnreachable
from scripts.bench import TINY, Bench, table
from scripts.measures.figure import Figure, Goal

pytestmark = [pytest.mark.network, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".licita"
RATES = {
    "recorded by one lane", "recorded by one lane, blocks on demand", "durable accepts", "accepted over HTTP",
    "recorded over HTTP, one lane", "index rebuilt", "headers hashed",
}  # fmt: skip
SEALED = {
    "a bid sealed": "ms", "an envelope checked": "ms", "shares of 100 bids": "ms", "shares of 100 bids checked": "ms",
    "100 bids combined, 2 of 3": "ms", "3 bids sealed and sent": "s", "3 bids opened": "s", "chain of 3 bids audited": "s",
}  # fmt: skip
AWARDS = {
    **{f"3 bids, 32 lots, {done}": "s" for done in ("sealed and sent", "opened", "counted", "ranked", "awarded")},
    **{f"phases a minute, {how}": "/min" for how in ("by script", "over HTTP", "over HTTP, 1 at once")},
    "statuses derived": "1/s", "20 tenders listed": "ms",
}  # fmt: skip
GROWN = {
    **{f"an event {done}": "us" for done in ("rebuilt", "followed")},
    **{
        f"{what} {how}": "ms"
        for how in ("read", "read again", "read with no page kept")
        for what in (
            "a tender",
            "a list of tenders",
            "an agreement",
            "a list of agreements",
            "a page of the feed",
            "releases of a process",
            "a record",
        )
    },
}
LIVES = {
    **{f"whole ones a minute, {how}": "/min" for how in ("by script", "over HTTP", "over HTTP, 1 at once")},
    **{f"a tender of 3 documents and 3 items {done}": "ms" for done in ("published", "read, with its record")},
    "releases of 3 processes": "1/s", "a payment after 2 others": "ms",
    **{f"{name}, 120 events": unit for name, unit in GROWN.items()},
}  # fmt: skip
OTHERS = {
    "network set up": "s", "proof verified": "s", "memory of the service": "MiB", "council: a whole decision": "s",
    "council: comments recorded": "/s", "council: citizens' comments accepted": "/s", "council: receipts complete": "s",
    **{f"sealed bids: {name}": unit for name, unit in SEALED.items()},
    **{f"awards: {name}": unit for name, unit in AWARDS.items()},
    **{f"lives: {name}": unit for name, unit in LIVES.items()},
    **{f"lives: 3 agreements of a buyer {done}": "ms" for done in ("listed", "added up")},
}  # fmt: skip


@pytest.fixture(scope="module")
def measured() -> tuple[dict[str, Any], str]:
    """What the program prints: the object, and the table for people. Its folder is gone when it ends."""
    before = set(PLACE.glob("bench-*"))
    command = [sys.executable, str(ROOT / "scripts" / "bench.py"), "--tiny"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=480, check=False)
    assert done.returncode == 0, done.stderr
    assert set(PLACE.glob("bench-*")) <= before
    return json.loads(done.stdout), done.stderr


def test_bench__tiny__names_the_machine(
    measured: tuple[dict[str, Any], str],
) -> None:
    machine = measured[0]["machine"]
    assert machine["cores"] > 0 and machine["memoryMb"] > 0 and machine["fsyncPerSecond"] > 0
    assert (
        machine["anvil"][0].isdigit()
        and machine["python"].startswith("3.")
        and machine["sqlite"].startswith("3.")
    )


def test_bench__tiny__measures_every_figure(measured: tuple[dict[str, Any], str]) -> None:
    found, shown = measured
    assert found["failed"] == {}
    assert set(found["figures"]) == RATES | set(OTHERS)
    for name, figure in found["figures"].items():
        assert figure["min"] <= figure["median"] <= figure["max"], name
        assert len(figure["runs"]) == found["size"]["runs"] and figure["min"] > 0, name
        assert figure["unit"] == OTHERS.get(name, figure["unit"]) and name in shown
    for name in (
        *RATES,
        *(f"sealed bids: {name}" for name in SEALED),
        *(f"awards: {name}" for name in AWARDS),
        *(f"lives: {name}" for name in LIVES),
    ):
        figure = found["figures"][name]
        assert figure["limit"]["what"] and figure["limit"]["median"] > 0, name
        assert figure["ratio"]["median"] == pytest.approx(
            figure["median"] / figure["limit"]["median"], rel=0.01
        ), name


def test_bench__part_fails__is_named_and_the_others_go_on(tmp_path: Path) -> None:
    bench = Bench(TINY, tmp_path)

    def away() -> list[Figure]:
        raise ChainUnreachable("http://127.0.0.1:1", "refused")

    bench.part("first", away)
    bench.part("second", lambda: [Figure("kept", "s", [2.0, 1.0, 4.0], goal=Goal("median", "<", 3))])
    assert list(bench.failed) == ["first"] and bench.failed["first"].startswith("ChainUnreachable: ")
    assert [figure.name for figure in bench.figures] == ["kept"]
    assert "median < 3: met" in table(bench.figures)
