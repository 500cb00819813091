"""`licita application`: what can be said of a contract before people look at it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from chain.nodes.folder import write_atomic
from chain.output import EXIT_REFUSED, as_json, exits_by_name, say, table
from governance.applications import TEST_SECONDS, Findings, read_application
from governance.applications import check as check_application

__all__ = ["application"]


@click.group()
def application() -> None:
    """Contracts of others: the automatic part of the checklist."""


@application.command("check")
@click.argument("folder", metavar="DIR", type=Path)
@click.option("--no-tests", is_flag=True, help="Do not run the tests; that criterion then fails.")
@click.option(
    "--seconds",
    default=TEST_SECONDS,
    show_default=True,
    type=click.FloatRange(1, 3_600),
    help="Time for the tests.",
)
@click.option("--archive", type=Path, help="Also write the archive that the source hash is of.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")
@exits_by_name
def check(folder: Path, no_tests: bool, seconds: float, archive: Path | None, wants_json: bool) -> None:
    """Judge the contracts in DIR by the checklist. Exit 0: nothing failed; 1: something did.

    The tests in DIR/tests run on this machine with your rights: check what you do not know in a container, or with --no-tests.
    """
    read = read_application(folder)
    findings = check_application(read, with_tests=not no_tests, seconds=seconds)
    if archive is not None:
        write_atomic(archive, read.archive)
    if wants_json:
        as_json(findings.to_json())
    else:
        _show(findings)
    if not findings.is_passed:
        sys.exit(EXIT_REFUSED)


def _show(findings: Findings) -> None:
    rows: list[tuple[str, str, str]] = []
    for criterion in findings.criteria:
        rows.append((criterion.result, criterion.id, criterion.title))
        rows += [
            ("", "", f"{each.place}: {each.text}" if each.place else each.text) for each in criterion.reasons
        ]
        if criterion.result != "pass":
            rows.append(("", "", f"-> {criterion.advice}"))
    table(("result", "criterion", "what is asked, what was found"), rows)
    say("")
    for code in findings.code_hashes:
        say(f"code      0x{code.hex()}")
    say(f"source    0x{findings.source_hash.hex()}")
    say(f"findings  0x{findings.hash.hex()}  passed {findings.passed:#x}, failed {findings.failed:#x}")
