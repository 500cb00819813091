"""The charter: what a class of decisions takes, which call is of which class, and what the council measures itself by.

A TOML file, read strictly: every fault is named, all at once. Two ship with the program: ``reference``, and ``sandbox`` with seconds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from chain.artifacts import artifact
from chain.errors.charter import CharterInvalid, CharterUnknown
from chain.errors.toolchain import ArtifactUnknown
from chain.types import CallClass, ClassRules, DecisionClass

__all__ = ["CHARTERS", "Charter", "Indicator", "charter", "read_charter"]

CHARTERS = ("reference", "sandbox")

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_PERIOD = re.compile(r"(\d{1,9}) (second|minute|hour|day)s?")
_SHARE = re.compile(r"(more than|at least) (\d{1,2})/(\d{1,2})")
_SECTORS = re.compile(r"(a seat|a majority) in ([1-4])")
_LONGEST = 365 * 86_400


@dataclass(frozen=True)
class Indicator:
    """A figure of the oversight report; ``target`` in words, e.g. ``at least 80 %``."""

    id: str
    title: str
    target: str


@dataclass(frozen=True)
class Charter:
    """``rules`` in the order of ``DecisionClass``; a call that ``calls`` does not name is CHARTER."""

    name: str
    rules: tuple[ClassRules, ...]
    calls: tuple[CallClass, ...]
    indicators: tuple[Indicator, ...]

    def rules_of(self, decision: DecisionClass) -> ClassRules:
        """What a class takes."""
        return self.rules[decision]


def charter(name: str) -> Charter:
    """One of ``CHARTERS``, or the file at that path. Raises CharterUnknown, CharterInvalid."""
    if name in CHARTERS:
        return read_charter(
            resources.files("chain").joinpath("charters", f"{name}.toml").read_text("utf-8"), name
        )
    try:
        return read_charter(Path(name).read_text("utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        raise CharterUnknown(name, ", ".join(CHARTERS)) from error


def read_charter(text: str, name: str = "charter") -> Charter:
    """A charter file -> Charter. Raises CharterInvalid with all faults."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CharterInvalid(name, (str(error),)) from error
    faults: list[str] = []
    _keys("", data, {"name", "classes", "calls", "indicators"}, faults)
    rules = _rules(data.get("classes"), faults)
    calls = _calls(data.get("calls"), faults)
    indicators = _indicators(data.get("indicators"), faults)
    title = data.get("name")
    if not isinstance(title, str) or not re.fullmatch(r"[a-z0-9-]{1,32}", title):
        faults.append("name: 1 to 32 of a-z, 0-9 and -")
    if faults:
        raise CharterInvalid(name, tuple(faults))
    return Charter(str(title), rules, calls, indicators)


def _keys(at: str, given: Mapping[str, Any], wanted: set[str], faults: list[str]) -> None:
    faults += [f"{at}{key}: unknown" for key in sorted(set(given) - wanted)]
    faults += [f"{at}{key}: missing" for key in sorted(wanted - set(given))]


def _rules(given: Any, faults: list[str]) -> tuple[ClassRules, ...]:
    if not isinstance(given, dict):
        faults.append("classes: a table for each class")
        return ()
    _keys("classes.", given, {each.name for each in DecisionClass}, faults)
    found = {each: _class(each, given[each.name], faults) for each in DecisionClass if each.name in given}
    if not faults:
        _compare({each: rules for each, rules in found.items() if rules is not None}, faults)
    return tuple(rules for rules in found.values() if rules is not None)


def _class(decision: DecisionClass, given: Any, faults: list[str]) -> ClassRules | None:
    at = f"classes.{decision.name}."
    if not isinstance(given, dict):
        faults.append(f"{at[:-1]}: a table")
        return None
    _keys(at, given, {"consultation", "vote", "delay", "share", "sectors"}, faults)
    consultation, vote, delay = (
        _period(at, name, given, faults) for name in ("consultation", "vote", "delay")
    )
    if vote == 0:
        faults.append(f"{at}vote: longer than nothing")
    share = _SHARE.fullmatch(str(given.get("share", "")))
    if share is None:
        faults.append(f'{at}share: "more than A/B" or "at least A/B"')
        return None
    strict, numerator, denominator = share[1] == "more than", int(share[2]), int(share[3])
    if 2 * numerator < denominator or (not strict and 2 * numerator == denominator):
        faults.append(f"{at}share: less than a majority of all seats")
    if numerator > denominator or (strict and numerator == denominator):
        faults.append(f"{at}share: more than all seats")
    sectors = str(given.get("sectors", ""))
    found = _SECTORS.fullmatch(sectors)
    if found is None and sectors != "none":
        faults.append(f'{at}sectors: "none", "a seat in N" or "a majority in N", N from 1 to 4')
    count, majority = (0, False) if found is None else (int(found[2]), found[1] == "a majority")
    return ClassRules(consultation, vote, delay, numerator, denominator, strict, count, majority)


def _period(at: str, name: str, given: Mapping[str, Any], faults: list[str]) -> int:
    found = _PERIOD.fullmatch(str(given.get(name, "")))
    if found is None:
        faults.append(f'{at}{name}: a period such as "5 days"')
        return -1
    seconds = int(found[1]) * _UNITS[found[2]]
    if seconds > _LONGEST:
        faults.append(f"{at}{name}: at most a year")
    return seconds


def _compare(rules: Mapping[DecisionClass, ClassRules], faults: list[str]) -> None:
    """A stricter class takes at least what a less strict one takes; an emergency has no consultation to wait for."""
    ordered = [each for each in DecisionClass if each is not DecisionClass.EMERGENCY]
    for lower, higher in pairwise(ordered):
        low, high = rules[lower], rules[higher]
        for name in ("consultation", "voting_period", "delay", "sectors"):
            if getattr(high, name) < getattr(low, name):
                faults.append(
                    f"classes.{higher.name}: its {name.replace('_', ' ')} is less than that of {lower.name}"
                )
        if high.numerator * low.denominator < low.numerator * high.denominator:
            faults.append(f"classes.{higher.name}: its share is less than that of {lower.name}")
    if rules[DecisionClass.EMERGENCY].consultation or rules[DecisionClass.EMERGENCY].delay:
        faults.append("classes.EMERGENCY: no consultation and no delay")
    urgent = rules[DecisionClass.EMERGENCY]
    if 3 * urgent.numerator < 2 * urgent.denominator or urgent.sectors < 3:
        faults.append("classes.EMERGENCY: at least 2/3 of all seats, from at least 3 sectors")


def _calls(given: Any, faults: list[str]) -> tuple[CallClass, ...]:
    if not isinstance(given, dict):
        faults.append("calls: a list for each class")
        return ()
    names = {each.name for each in DecisionClass}
    faults += [f"calls.{key}: no such class" for key in sorted(set(given) - names)]
    found: dict[str, CallClass] = {}
    for decision in DecisionClass:
        listed = given.get(decision.name, [])
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            faults.append(f'calls.{decision.name}: a list of "Contract.function"')
            continue
        for each in listed:
            contract, _, function = each.partition(".")
            if each in found:
                faults.append(f"calls.{decision.name}: {each} is in {found[each].decision.name} too")
            elif not _is_function(contract, function):
                faults.append(f"calls.{decision.name}: there is no {each} to be called")
            found[each] = CallClass(contract, function, decision)
    return tuple(found.values())


def _is_function(contract: str, function: str) -> bool:
    try:
        entries = artifact(contract).abi
    except ArtifactUnknown:
        return False
    return any(
        entry["type"] == "function" and entry["name"] == function and entry["stateMutability"] == "nonpayable"
        for entry in entries
    )


def _indicators(given: Any, faults: list[str]) -> tuple[Indicator, ...]:
    if not isinstance(given, list) or not all(
        isinstance(each, dict)
        and set(each) == {"id", "title", "target"}
        and all(isinstance(value, str) and value for value in each.values())
        for each in given
    ):
        faults.append("indicators: a list of tables with id, title and target")
        return ()
    ids = [each["id"] for each in given]
    faults += [f"indicators: {name} twice" for name in sorted({name for name in ids if ids.count(name) > 1})]
    return tuple(Indicator(**each) for each in given)
