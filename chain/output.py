"""How commands speak: tables for people, one JSON value with --json, refusals by name with an exit code."""

from __future__ import annotations

import functools
import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table

from chain.errors.base import LicitaError, Unavailable
from chain.errors.client import Refused
from chain.errors.commands import FileUnreadable
from chain.errors.ocds import ImportRefused

__all__ = [
    "EXIT_NO_NETWORK",
    "EXIT_REFUSED",
    "as_json",
    "exits_by_name",
    "file_bytes",
    "say",
    "table",
    "until_stopped",
]

EXIT_REFUSED = 1
EXIT_NO_NETWORK = 3

P = ParamSpec("P")
R = TypeVar("R")


def say(text: str) -> None:
    """A line for people on standard output."""
    click.echo(text)


def as_json(value: Any) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A plain table; cells are shown as they are, markup in them is text."""
    shown = Table(box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(str(cell).replace("[", "\\[") for cell in row))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160).print(shown)


class _Stopped(BaseException):
    """SIGTERM, unwound like Ctrl-C so that every child process is ended."""


@contextmanager
def until_stopped() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block in order, with exit code 130."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Stopped

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (KeyboardInterrupt, _Stopped):
        click.echo("stopped", err=True)
        sys.exit(130)


def _faults(error: LicitaError) -> list[tuple[str, str, str]]:
    """(pointer, name, detail) of each fault of a document, here or as a service told it."""
    if isinstance(error, Refused):
        return [
            (fault.get("pointer", ""), fault.get("error", ""), fault.get("detail", ""))
            for fault in error.faults
        ]
    if isinstance(error, ImportRefused):
        return [(fault.pointer, fault.error, fault.detail) for fault in error.errors]
    return []


def exits_by_name(command: Callable[P, R]) -> Callable[P, R]:
    """A refusal ends the command with its name, its reason and 1 (refused) or 3 (no network), never with a traceback."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except LicitaError as error:
            click.echo(str(error), err=True)
            for pointer, name, detail in _faults(error):
                click.echo(f"  {pointer or '/'}: {name}: {detail}", err=True)
            sys.exit(EXIT_NO_NETWORK if isinstance(error, Unavailable) else EXIT_REFUSED)

    return wrapped


def file_bytes(path: Path) -> bytes:
    """A file that a command was given. Raises FileUnreadable."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error
