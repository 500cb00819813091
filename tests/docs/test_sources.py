"""Modules say what they are, in words of this repository alone."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

pytestmark = pytest.mark.docs

FOLDERS = ("chain", "api", "governance")
# Files that a reader of this repository does not have; in parts, so that this file does not hold what it seeks.
FOREIGN = re.compile(
    "|".join(
        (
            r"\brecorder-and-" + r"api\.md", r"(?<![/\w])(?:procurement|ocds|network|toolchain|governance|sealed-bids)" + r"\.md\b",
            r"\bDES" + r"IGN\.md", r"\bST" + r"YLE\.md", r"\.\./sha" + r"red",
        )
    )
)  # fmt: skip
# Pages of the manual; a link is held against the files by the tests of the pages.
OWN = re.compile(r"docs/[a-z-]+\.md|\[[^\]\n]*\]\([^)\s]+\)")


def modules() -> list[Path]:
    """Python files of the program."""
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def _prose(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every comment and string of a Python file."""
    with tokenize.open(path) as file:
        tokens = list(tokenize.generate_tokens(io.StringIO(file.read()).readline))
    for token in tokens:
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            yield from enumerate(token.string.splitlines(), token.start[0])


def foreign(path: Path) -> list[str]:
    """Places that cite a file which is not in the repository."""
    whole = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    lines = _prose(path) if path.suffix == ".py" else whole
    found = [line for line, text in lines if FOREIGN.search(OWN.sub("", text))]
    return [f"{path.relative_to(ROOT)}:{line}" for line in found]


def test_modules__each__has_a_docstring() -> None:
    assert modules()
    bare = [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert [str(path.relative_to(ROOT)) for path in bare] == []


def test_python__no_comment_or_docstring__cites_a_file_that_is_not_here() -> None:
    elsewhere = [path for folder in ("scripts", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
    assert [place for path in (*modules(), *elsewhere) for place in foreign(path)] == []


def test_contracts__no_comment__cites_a_file_that_is_not_here() -> None:
    paths = sorted((ROOT / "contracts").rglob("*.sol"))
    assert paths
    assert [place for path in paths for place in foreign(path)] == []


def test_pages__no_line__cites_a_file_that_is_not_here() -> None:
    paths = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))]
    assert [place for path in paths for place in foreign(path)] == []
