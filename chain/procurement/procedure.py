"""Procedures: the presets that ship as data, and the versions a network has adopted.

A preset names for each value where it comes from; its RFC 8785 bytes are the text whose sha256 stands on the chain.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from chain.errors.procurement import PresetInvalid, PresetUnknown
from chain.rules import canonical
from chain.types import Procedure

__all__ = ["PRESETS", "Preset", "ValueRow", "preset", "value_rows"]

PRESETS = ("mx-open", "eu-open", "simple", "sandbox", "sandbox-points")
_TO_CONFIRM = "operator must confirm"
_RULES = [field.name for field in fields(Procedure)][4:]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True)
class Preset:
    """A preset as text: ``text`` is canonical JSON, ``sources`` maps a field to where its value comes from."""

    code: str
    title: str
    text: str
    sources: dict[str, str]
    values: dict[str, int | bool]
    sandbox: bool

    def version(self, number: int) -> Procedure:
        """The preset as version ``number`` of its code, ready for ``ProcedureBook.adopt``."""
        text_hash = hashlib.sha256(self.text.encode()).digest()
        rules: list[Any] = [self.values[name] for name in _RULES]
        return Procedure(self.code, number, text_hash, self.sandbox, *rules)


@dataclass(frozen=True)
class ValueRow:
    """A value of a procedure for people: ``value`` with its unit; ``confirmed``: its source was read, or it is the program's own."""

    field: str
    value: str
    source: str
    confirmed: bool


def value_rows(text: Mapping[str, Any]) -> list[ValueRow]:
    """Each value of an adopted text with its source, in the order of the contract. Raises PresetInvalid."""
    values, sources = _rules_of(text["fields"])
    return [
        ValueRow(_camel(name), _told(name, values[name]), sources[name], _TO_CONFIRM not in sources[name])
        for name in _RULES
    ]


def _told(name: str, value: int | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in Procedure.periods():
        days, rest = divmod(value, 86_400)
        return f"{value} s" if rest or not days else f"{days} d"
    if name == "award_rule":
        return "points" if value else "lowest price"
    if name.endswith("_bps"):
        return "off" if value == 0 else f"{value / 100:g} %"
    return str(value)


@cache
def preset(code: str) -> Preset:
    """One of ``PRESETS``. Raises PresetUnknown, PresetInvalid."""
    if code not in PRESETS:
        raise PresetUnknown(code, ", ".join(PRESETS))
    return read_preset(
        resources.files("chain.procurement").joinpath("procedures", f"{code}.json").read_text("utf-8")
    )


def read_preset(text: str) -> Preset:
    """A procedure file -> Preset; every value present, a whole number or flag, with a source. Raises PresetInvalid."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise PresetInvalid(f"line {error.lineno}", "not JSON") from error
    if not isinstance(data, dict) or set(data) != {"code", "title", "sandbox", "fields"}:
        raise PresetInvalid("/", "needs exactly code, title, sandbox and fields")
    if not isinstance(data["code"], str) or not re.fullmatch(r"[a-z0-9-]{1,16}", data["code"]):
        raise PresetInvalid("/code", "1 to 16 of a-z, 0-9 and -")
    if not isinstance(data["title"], str) or not isinstance(data["sandbox"], bool):
        raise PresetInvalid("/title", "title is a text and sandbox a flag")
    values, sources = _rules_of(data["fields"])
    return Preset(data["code"], data["title"], canonical(data).decode(), sources, values, data["sandbox"])


def _rules_of(given: Any) -> tuple[dict[str, int | bool], dict[str, str]]:
    if not isinstance(given, dict):
        raise PresetInvalid("/fields", "not an object")
    known = {_camel(name): name for name in _RULES}
    for name in sorted(set(known) ^ set(given)):
        raise PresetInvalid(f"/fields/{name}", "missing" if name in known else "unknown")
    values: dict[str, int | bool] = {}
    sources: dict[str, str] = {}
    for name, field in known.items():
        entry = given[name]
        flag = field in ("ceiling_binding", "four_eyes")
        if (
            not isinstance(entry, dict)
            or set(entry) != {"value", "source"}
            or not isinstance(entry["source"], str)
        ):
            raise PresetInvalid(f"/fields/{name}", "needs a value and a source")
        if type(entry["value"]) is not (bool if flag else int) or int(entry["value"]) < 0:
            raise PresetInvalid(f"/fields/{name}/value", "a flag" if flag else "a whole number from 0")
        values[field], sources[field] = entry["value"], entry["source"]
    return values, sources
