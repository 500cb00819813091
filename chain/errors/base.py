"""The root of every refusal: one class is one documented fact with typed fields.

    LicitaError
    |- Malformed    400  the request cannot be read
    |- Forbidden    403  the caller lacks the role
    |- Absent       404  no such thing
    |- Conflict     409  the rules or the state refuse it now
    |- Invalid      422  readable, and wrong
    |- Unavailable  503  a node, a database or a tool is missing; nothing was done
    `- Fault        500  an invariant of the program itself was broken

A subclass is a dataclass: its docstring says what is the case, its fields are the facts, ``advice`` tells what to do next. Its
name is the same in Solidity, Python, HTTP (``error`` and ``type``) and docs/errors.md.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

__all__ = ["Absent", "Conflict", "Fault", "Forbidden", "Invalid", "LicitaError", "Malformed", "Unavailable"]


def _plain(value: Any) -> Any:
    """A fact as JSON: bytes as 0x hex, times as ISO 8601 in UTC, enums by name, integers beyond 2^53 as strings."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | str | float) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    return str(value)


class LicitaError(Exception):
    """A named refusal or fault."""

    http_status: ClassVar[int] = 500
    advice: ClassVar[str] = ""

    @property
    def error(self) -> str:
        """The one name, equal in Solidity, Python, HTTP and the manual."""
        return type(self).__name__

    @property
    def facts(self) -> dict[str, Any]:
        """Field name -> JSON-able value, in the order of the Solidity arguments."""
        if not dataclasses.is_dataclass(self):
            return {}
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @property
    def detail(self) -> str:
        """What is the case and what to do next, in one or two sentences."""
        return f"{self.meaning()} {self.advice}".strip()

    @classmethod
    def meaning(cls, *, marked: bool = False) -> str:
        """The first paragraph of the docstring on one line; ``marked``: names of facts in backticks, as Markdown has them."""
        text = " ".join((cls.__doc__ or "").split("\n\n")[0].split())
        return text.replace("``", "`" if marked else "")

    def __str__(self) -> str:
        inner = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.error}({inner}): {self.detail}"


class Malformed(LicitaError):
    """The request cannot be read."""

    http_status = 400


class Forbidden(LicitaError):
    """The caller may not do this."""

    http_status = 403


class Absent(LicitaError):
    """There is no such thing."""

    http_status = 404


class Conflict(LicitaError):
    """The rules or the present state refuse the act."""

    http_status = 409


class Invalid(LicitaError):
    """The input is readable and breaks a rule."""

    http_status = 422


class Unavailable(LicitaError):
    """Something this program needs is not there; nothing was done."""

    http_status = 503


class Fault(LicitaError):
    """An invariant of the program was broken."""
