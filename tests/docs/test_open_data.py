"""The page for pandas: its code, run against a market that is known, prints what the page shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.market import market
from tests.api.world import World
from tests.docs.pages import DOCS, blocks, environment
from tests.docs.test_runs import run
from tests.environments import environment_of

pytestmark = [pytest.mark.docs, pytest.mark.pandas, pytest.mark.timeout(900)]

PAGE = DOCS / "open-data.md"


@pytest.fixture(scope="module")
def pandas() -> Path:
    """A Python that has pandas."""
    return environment_of("pandas") / "python"


@pytest.fixture(scope="module")
def served(pandas: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The market."""
    with market(tmp_path_factory.mktemp("market")) as world:
        yield world


def test_page__on_the_market__prints_what_it_shows(served: World, pandas: Path, tmp_path: Path) -> None:
    script = "\n".join(block.text for block in blocks(PAGE, "python"))
    printed = run([str(pandas), "-W", "error", "-"], tmp_path, environment(LICITA_URL=served.url), script)
    (shown,) = blocks(PAGE, "text")
    assert [line.rstrip() for line in printed.rstrip().splitlines()] == shown.text.splitlines()


def test_records__of_a_year_without_any__are_read_as_no_rows(
    served: World, pandas: Path, tmp_path: Path
) -> None:
    script = f"import pandas as pd; print(len(pd.read_json('{served.url}/v1/bulk/records-2099.jsonl.gz', lines=True)))"
    assert run([str(pandas), "-"], tmp_path, environment(), script).strip() == "0"
