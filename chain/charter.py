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
from chain.types import AUTHORITY, CONTRACTS, CallClass, ClassRules, DecisionClass, Sector

__all__ = ["CHARTERS", "Charter", "Indicator", "charter", "class_words", "read_charter", "read_class"]

CHARTERS = ("reference", "sandbox")

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_PERIOD = re.compile(r"([0-9]{1,9}) (second|minute|hour|day)s?")
_SHARE = re.compile(r"(more than|at least) ([0-9]{1,2})/([0-9]{1,2})")
_SECTORS = re.compile(r"(a seat|a majority) in ([1-4])")
_LONGEST = 365 * 86_400

_URGENT = frozenset({
    "ApplicationRegistry.suspend", "Council.cancel", "MemberRegistry.suspendNow", "MemberRegistry.suspendPerson",
    "ValidatorRegistry.removeNow",
})  # fmt: skip
"""Calls whose effect ends by itself, or that change nothing."""

_CLASSES = frozenset({"Council.setCallClass", "Council.setClassRules"})
"""Calls that decide what every other decision takes."""


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
    found: dict[DecisionClass, ClassRules] = {}
    for each in DecisionClass:
        if each.name in given:
            rules, wrong = read_class(each, given[each.name], f"classes.{each.name}")
            faults += wrong
            if rules is not None:
                found[each] = rules
    _compare(found, faults)
    return tuple(found.values())


def read_class(decision: DecisionClass, given: Any, at: str = "") -> tuple[ClassRules | None, list[str]]:
    """What a class takes, from a table of words: ``consultation``, ``vote``, ``delay``, ``share`` and ``sectors`` as in a charter file.

    Answers the rules, None where they are wrong, and every fault as ``place: what it should be``; ``at``: where the table stands.
    """
    faults: list[str] = []
    if not isinstance(given, Mapping):
        return None, [f"{at}: a table"]
    at = f"{at}." if at else ""
    _keys(at, given, {"consultation", "vote", "delay", "share", "sectors"}, faults)
    consultation, vote, delay = (
        _period(at, name, given, faults) for name in ("consultation", "vote", "delay")
    )
    if vote == 0:
        faults.append(f"{at}vote: longer than nothing")
    strict, numerator, denominator = _share(at, given, faults)
    count, majority = _sectors(at, given, faults)
    if decision is DecisionClass.EMERGENCY:
        faults += [
            f"{at}{name}: none"
            for name in ("consultation", "delay")
            if _seconds(given.get(name)) not in (0, None)
        ]
        if denominator and 3 * numerator < 2 * denominator:
            faults.append(f"{at}share: at least 2/3 of all seats")
        if count is not None and count < 3:
            faults.append(f"{at}sectors: at least 3")
    if faults or consultation is None or vote is None or delay is None or count is None:
        return None, faults
    return ClassRules(consultation, vote, delay, numerator, denominator, strict, count, majority), []


def class_words(rules: ClassRules) -> dict[str, str]:
    """The table of words that ``read_class`` reads, for rules that it can give."""
    share = f"{'more than' if rules.strict else 'at least'} {rules.numerator}/{rules.denominator}"
    sectors = (
        f"{'a majority' if rules.majority else 'a seat'} in {rules.sectors}" if rules.sectors else "none"
    )
    return {
        "consultation": _period_words(rules.consultation), "vote": _period_words(rules.voting_period),
        "delay": _period_words(rules.delay), "share": share, "sectors": sectors,
    }  # fmt: skip


def _period_words(seconds: int) -> str:
    unit, size = next(pair for pair in reversed(_UNITS.items()) if seconds % pair[1] == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _seconds(given: Any) -> int | None:
    found = _PERIOD.fullmatch(given) if isinstance(given, str) else None
    return None if found is None else int(found[1]) * _UNITS[found[2]]


def _period(at: str, name: str, given: Mapping[str, Any], faults: list[str]) -> int | None:
    if name not in given:
        return None
    seconds = _seconds(given[name])
    if seconds is None:
        faults.append(f'{at}{name}: a period such as "5 days"')
    elif seconds > _LONGEST:
        faults.append(f"{at}{name}: at most a year")
    return seconds


def _share(at: str, given: Mapping[str, Any], faults: list[str]) -> tuple[bool, int, int]:
    """Whether more than the share, its part and its whole, which is 0 where there is none."""
    if "share" not in given:
        return False, 0, 0
    share = _SHARE.fullmatch(given["share"]) if isinstance(given["share"], str) else None
    if share is None:
        faults.append(f'{at}share: "more than A/B" or "at least A/B"')
        return False, 0, 0
    strict, part, whole = share[1] == "more than", int(share[2]), int(share[3])
    if 2 * part < whole or (not strict and 2 * part == whole):
        faults.append(f"{at}share: a majority of all seats, not less")
    if part > whole or (strict and part == whole):
        faults.append(f"{at}share: all seats, not more")
    return strict, part, whole


def _sectors(at: str, given: Mapping[str, Any], faults: list[str]) -> tuple[int | None, bool]:
    """In how many sectors, None where that is not said, and whether a majority of each."""
    sectors = given.get("sectors")
    if sectors == "none":
        return 0, False
    found = _SECTORS.fullmatch(sectors) if isinstance(sectors, str) else None
    if found is not None:
        return int(found[2]), found[1] == "a majority"
    if "sectors" in given:
        faults.append(f'{at}sectors: "none", "a seat in N" or "a majority in N", N from 1 to {len(Sector)}')
    return None, False


def _compare(rules: Mapping[DecisionClass, ClassRules], faults: list[str]) -> None:
    """A stricter class takes at least what a less strict one takes."""
    ordered = [each for each in rules if each is not DecisionClass.EMERGENCY]
    for lower, higher in pairwise(ordered):
        low, high = rules[lower], rules[higher]
        less = [
            name.replace("_", " ")
            for name in ("consultation", "voting_period", "delay")
            if getattr(high, name) < getattr(low, name)
        ]
        # The share as a fraction; of two equal ones, "more than" is the greater.
        got, wanted = high.numerator * low.denominator, low.numerator * high.denominator
        if (got, high.strict) < (wanted, low.strict):
            less.append("share")
        if high.sectors < low.sectors or (low.majority and not high.majority):
            less.append("demand on sectors")
        faults += [f"classes.{higher.name}: its {name} is less than that of {lower.name}" for name in less]


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
            elif each in _CLASSES and decision is not DecisionClass.CHARTER:
                faults.append(
                    f"calls.{decision.name}: {each} is CHARTER, because it decides what every class takes"
                )
            elif decision is DecisionClass.EMERGENCY and each not in _URGENT:
                faults.append(f"calls.{decision.name}: {each} does not end by itself")
            elif each == "Council.confirmUrgency" and decision < DecisionClass.MEMBERSHIP:
                faults.append(f"calls.{decision.name}: {each} is MEMBERSHIP or CHARTER")
            found[each] = CallClass(contract, function, decision)
    return tuple(found.values())


def _is_function(contract: str, function: str) -> bool:
    """The council calls every contract of the network but the timelock, which is its hands."""
    return (
        contract in CONTRACTS
        and contract != AUTHORITY
        and any(
            entry["type"] == "function"
            and entry["name"] == function
            and entry["stateMutability"] == "nonpayable"
            for entry in artifact(contract).abi
        )
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
