"""What docs/ says of errors, commands, routes and settings is what the program knows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import chain.errors as names
from api.app import create_app, openapi_text
from api.cli import main as licita
from api.settings import Settings
from chain.artifacts import artifacts
from chain.errors import LicitaError
from chain.types import WIRING
from scripts import docs
from tests.docs.pages import DOCS

pytestmark = pytest.mark.docs

RECORD = ("contracts/governance/", "contracts/procurement/", "contracts/interfaces/")
KINDS = {"ImportRefused", "ReleaseRefused", "Refused"} | set(names.base.__all__)
"""Names that nobody meets: kinds of errors, and the one that only carries a name which a service gave."""


@cache
def rows() -> Mapping[str, list[str]]:
    """Error -> cells of its row in docs/errors.md: HTTP status, facts, meaning, advice."""
    found: dict[str, list[str]] = {}
    for line in (DOCS / "errors.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            name, *cells = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
            assert name.strip("`") not in found, f"{name} has two rows"
            found[name.strip("`")] = cells
    return found


@cache
def custom_errors() -> Mapping[str, list[str]]:
    """Custom errors of our contracts, and the one of the library that gets through -> names of their arguments in Python's case."""
    return {
        entry["name"]: [
            re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", each["name"]).lower() for each in entry["inputs"]
        ]
        for artifact in artifacts().values()
        if artifact.source.startswith(RECORD)
        for entry in artifact.abi
        if entry["type"] == "error" and entry["name"].startswith((*WIRING, "FailedCall"))
    }


@cache
def openapi() -> dict[str, Any]:
    """docs/openapi.json as it is committed."""
    document: dict[str, Any] = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
    return document


def test_generated_pages__written_again__are_the_ones_checked_in() -> None:
    assert docs.check(docs.files()) == []


def test_check__missing_changed_and_same__names_the_stale(tmp_path: Path) -> None:
    (tmp_path / "same.md").write_text("1\n")
    (tmp_path / "changed.md").write_text("1\n")
    assert docs.check({"same.md": "1\n", "changed.md": "2\n", "missing.md": "3\n"}, tmp_path) == [
        "changed.md",
        "missing.md",
    ]


def test_errors_page__every_class_that_can_be_raised__has_a_row() -> None:
    exported = {
        name
        for name, value in vars(names).items()
        if isinstance(value, type) and issubclass(value, LicitaError)
    }
    assert set(rows()) == exported - KINDS


@pytest.mark.parametrize("name", sorted(docs.errors()))
def test_errors_page__one_error__says_its_status_meaning_and_advice(name: str) -> None:
    cls = docs.errors()[name]
    status, _, meaning, advice = rows()[name]
    assert status == str(cls.http_status)
    assert meaning.endswith(".")
    assert advice.endswith("."), f"{name} does not say what to do"


def test_contract_errors__compared_with_python_and_the_manual__same_names_and_arguments() -> None:
    assert custom_errors()
    python = {
        name: docs.arguments_of(cls) for name, cls in docs.errors().items() if ".contracts." in cls.__module__
    }
    manual = {name: re.findall(r"`(\w+)`", rows()[name][1]) for name in custom_errors()}
    assert python == dict(custom_errors())
    assert manual == dict(custom_errors())


def test_contract_errors__compared_with_openapi__same_names_and_arguments() -> None:
    """GET /v1/errors lists every error with its facts; its example in the description is that list."""
    answer = openapi()["paths"]["/v1/errors"]["get"]["responses"]["200"]["content"]["application/json"]
    assert "example" in answer, "the answer of GET /v1/errors has no example"
    described = {
        each["name"]: [fact["name"] for fact in each["facts"]] for each in answer["example"]["items"]
    }
    assert {name: described.get(name) for name in custom_errors()} == dict(custom_errors())


def test_openapi__written_again__is_the_one_checked_in() -> None:
    assert openapi_text(create_app(Settings())) == (DOCS / "openapi.json").read_text(encoding="utf-8")


def test_routes_page__every_route_of_the_app__has_a_row() -> None:
    page = (DOCS / "routes.md").read_text(encoding="utf-8")
    described = create_app(Settings()).openapi()["paths"]
    expected = {(verb.upper(), path) for path, verbs in described.items() for verb in verbs}
    assert expected
    assert {each for each in expected if f"| {each[0]} | `{each[1]}` |" not in page} == set()


def test_routes__one_route__says_who_may_call_it_and_what_it_does() -> None:
    for route in docs.routes():
        assert route["summary"].endswith("."), route
        assert route["who"], route


def test_operator_page__every_setting__has_a_row_with_its_default_and_meaning() -> None:
    page = (DOCS / "operator.md").read_text(encoding="utf-8")
    assert {name for name, _, _ in docs.settings_rows()} == {
        f"LICITA_{name.upper()}" for name in Settings.model_fields
    }
    for name, default, meaning in docs.settings_rows():
        assert meaning.endswith("."), name
        assert f"| `{name}` | {default} | {meaning} |" in page


@pytest.mark.parametrize("words", [words for words, _ in docs.commands()], ids=" ".join)
def test_cli_page__one_command__equals_its_help(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(
        licita, [*words[1:], "--help"], prog_name="licita", terminal_width=docs.HELP_WIDTH
    )
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert shown.exit_code == 0
    assert f"## {' '.join(words)}\n\n```text\n{shown.output.rstrip()}\n```\n" in page


def test_commands__each__is_one_of_a_few_words_and_says_what_it_does() -> None:
    for words, context in docs.commands():
        command = context.command
        assert len(words) <= 4, words
        assert (command.help or "").split("\n\n")[0].endswith("."), words
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help or parameter.name in _SELF_EVIDENT, (
                    f"{' '.join(words)}: {parameter.name}"
                )


_SELF_EVIDENT = {"limit", "reason", "text", "title"}
