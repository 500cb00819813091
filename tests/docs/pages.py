"""The written pages as the tests read them: blocks of code, links, names in backticks."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "DOCS", "GENERATED", "ROOT", "Block", "anchors", "blocks", "code_spans", "environment", "licita_lines", "links", "pages",
    "without_blocks",
]  # fmt: skip

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GENERATED = frozenset({"cli.md", "errors.md", "procedures.md", "routes.md"})
"""Pages that scripts/docs.py writes whole."""

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")
_LEFT_OUT = {".venv", ".venv-ape", "node_modules", "networks", ".licita", ".git", "build"}


@dataclass(frozen=True)
class Block:
    """A fenced block: ``python`` and ``sh`` are run, ``console`` shows commands that are not, ``text`` shows output."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Every Markdown file of the project."""
    found: list[Path] = []
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(name for name in below if name not in _LEFT_OUT and not name.startswith("."))
        found += [Path(folder) / name for name in sorted(names) if name.endswith(".md")]
    return found


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """Fenced blocks of a page, all or those of a language."""
    text = page.read_text(encoding="utf-8")
    found = [
        Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])
        for match in _FENCE.finditer(text)
    ]
    return [block for block in found if language in (None, block.language)]


def without_blocks(page: Path) -> str:
    """The page's prose."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Targets of the links of a page, as written."""
    return [match[1] for match in _LINK.finditer(without_blocks(page))]


def code_spans(page: Path) -> list[str]:
    """What stands in single backticks."""
    return [match[1] for match in _SPAN.finditer(without_blocks(page))]


def anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    titles = re.findall(r"^#+ +(.+)$", without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-") for title in titles}


def licita_lines(page: Path) -> Iterator[tuple[str, str]]:
    """(place, line) of every command `licita ...` that a block shows; a line that goes on is one line."""
    for block in blocks(page):
        if block.language in ("console", "sh"):
            for line in block.text.replace("\\\n", " ").splitlines():
                if line.startswith("licita "):
                    yield str(block), line


def environment(**more: str) -> Mapping[str, str]:
    """The environment of a reader who followed the manual: `licita` on PATH, nothing set that the manual does not name."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LICITA_") or name == "LICITA_ANVIL"
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "no_proxy": "127.0.0.1",
        "NO_PROXY": "127.0.0.1",
        **more,
    }
