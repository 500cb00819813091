"""The page of questions: its code and commands, run against a market that is known, print what the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.ocds.flags import INDICATORS
from tests.api.market import market
from tests.api.world import World
from tests.docs.pages import DOCS, blocks, environment
from tests.docs.test_runs import run
from tests.environments import environment_of

pytestmark = [pytest.mark.docs, pytest.mark.timeout(900)]

PAGE = DOCS / "open-data.md"


@pytest.fixture(scope="module")
def pandas() -> Path:
    """A Python that has pandas."""
    return environment_of("pandas") / "python"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The market."""
    with market(tmp_path_factory.mktemp("market")) as world:
        yield world


def stripped(printed: str) -> list[str]:
    """Lines without the blanks that fill a table."""
    return [line.rstrip() for line in printed.rstrip().splitlines()]


@pytest.mark.pandas
def test_page__on_the_market__prints_what_it_shows(served: World, pandas: Path, tmp_path: Path) -> None:
    script = "\n".join(block.text for block in blocks(PAGE, "python"))
    printed = run([str(pandas), "-W", "error", "-"], tmp_path, environment(LICITA_URL=served.url), script)
    assert stripped(printed) == blocks(PAGE, "text")[0].text.splitlines()


def test_page__flags_of_the_market__are_what_it_shows(served: World, tmp_path: Path) -> None:
    export, flags = blocks(PAGE, "console")[0].text.splitlines()
    records = served.anyone.get("/v1/records?limit=1000").json["records"]
    years = sorted({each["compiledRelease"]["tender"]["tenderPeriod"]["startDate"][:4] for each in records})
    env = environment(LICITA_URL=served.url)
    for year in years:
        run(export.replace("2027", year).split(), tmp_path, env)
    files = [f"records-{year}.jsonl.gz" for year in years]
    printed = run([*flags.split()[:-1], *files], tmp_path, env)
    assert stripped(printed) == blocks(PAGE, "text")[1].text.splitlines()


def test_page__its_table_of_flags__is_that_of_the_program() -> None:
    rows = re.findall(r"^\| (R\d+) \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == [(code, indicator.means) for code, indicator in INDICATORS.items()]


@pytest.mark.pandas
def test_records__of_a_year_without_any__are_read_as_no_rows(
    served: World, pandas: Path, tmp_path: Path
) -> None:
    script = f"import pandas as pd; print(len(pd.read_json('{served.url}/v1/bulk/records-2099.jsonl.gz', lines=True)))"
    assert run([str(pandas), "-"], tmp_path, environment(), script).strip() == "0"
