"""What is written by hand: links lead somewhere, names exist, commands can be typed."""

from __future__ import annotations

import re
import shlex
from functools import cache
from itertools import takewhile
from pathlib import Path

import click
import pytest

import chain
from api.cli import main as licita
from chain.artifacts import artifacts
from chain.types import TenderStatus
from scripts import docs
from tests.docs.pages import DOCS, GENERATED, ROOT, anchors, blocks, code_spans, licita_lines, links, pages

pytestmark = pytest.mark.docs

WRITTEN = [page for page in sorted(DOCS.glob("*.md")) if page.name not in GENERATED]
LANGUAGES = {"python", "sh", "console", "text", "json", "solidity", ""}
# Two capitals or more, no dots, slashes or spaces: the name of an error, an event, a contract, a class.
_NAME = re.compile(r"(?:[A-Z][a-z0-9]+){2,}")


def _of(folder: Path, page: Path) -> str:
    return str(page.relative_to(folder))


@cache
def known_names() -> frozenset[str]:
    """Every name of that form that the program has."""
    found = {word for artifact in artifacts().values() for word in (artifact.name, *_declared(artifact.abi))}
    statuses = {status.word for status in TenderStatus}
    return frozenset(found | statuses | set(docs.errors()) | set(chain.__all__))


def _declared(abi: list[dict[str, str]]) -> set[str]:
    return {entry["name"] for entry in abi if entry["type"] in ("error", "event")}


@pytest.mark.parametrize("page", pages(), ids=lambda page: _of(ROOT, page))
def test_page__every_relative_link__leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: _of(ROOT, page))
def test_page__every_block__has_a_language_the_tests_know(page: Path) -> None:
    assert [str(block) for block in blocks(page) if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_page__every_name_in_backticks__exists(page: Path) -> None:
    assert {span for span in code_spans(page) if _NAME.fullmatch(span)} - known_names() == set()


@pytest.mark.parametrize("page", [*WRITTEN, ROOT / "README.md"], ids=lambda page: page.name)
def test_page__every_command__can_be_typed(page: Path) -> None:
    for place, line in licita_lines(page):
        # What the shell puts in is a number here; a pipe ends the command.
        words = shlex.split(re.sub(r"\$\([^)]*\)", "0", line), comments=True)[1:]
        assert _fault_of(list(takewhile(lambda word: word != "|", words))) is None, f"{place}: {line}"


def _fault_of(words: list[str]) -> str | None:
    """What click says of a command line, without running it."""
    command: click.Command = licita
    # As when it runs: a command keeps the names of its help option, which are its parents' settings.
    context = click.Context(licita, **licita.context_settings)
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0]) if words else None
        if found is None:
            return f"no such command: {' '.join(words)}"
        command, words = found, words[1:]
        if isinstance(command, click.Group):
            context = click.Context(command, parent=context)
    try:
        command.make_context(command.name, words, parent=context)
    except click.ClickException as fault:
        return fault.format_message()
    return None


def test_index__every_page_of_the_manual__is_linked() -> None:
    linked = set(links(DOCS / "README.md"))
    assert {page.name for page in DOCS.glob("*.md")} - linked == {"README.md"}


def test_pages__every_make_target__is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in pages():
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
        assert named <= targets, f"{page.name}: {named - targets}"


def test_readme__the_two_commands__are_shown() -> None:
    shown = "".join(block.text for block in blocks(ROOT / "README.md"))
    assert {"make demo", "make test"} <= set(re.findall(r"^make [a-z]+", shown, re.MULTILINE))


def test_readme__a_script__is_shown_for_the_tests_to_run() -> None:
    assert blocks(ROOT / "README.md", "python")


def test_developer_page__every_example__is_listed() -> None:
    listed = {Path(link).name for link in links(DOCS / "developer.md") if "scripts/examples/" in link}
    assert listed == {path.name for path in (ROOT / "scripts" / "examples").glob("*.py")}


def test_pages__environment_variables__are_settings_or_named_in_the_program() -> None:
    settings = {name for name, _, _ in docs.settings_rows()}
    program = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("api", "chain", "scripts")
        for path in (ROOT / folder).rglob("*.py")
    )
    for page in WRITTEN:
        for name in set(re.findall(r"\bLICITA_[A-Z_]+\b", page.read_text(encoding="utf-8"))):
            assert name in settings or name in program, f"{page.name}: {name}"
