"""What the check of an application says: criteria with results and reasons, and the hashes that a submission names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chain.artifacts import COMPILER
from chain.rules import canonical
from chain.types import to_hex

__all__ = ["CHECKLIST", "Criterion", "Findings", "Reason", "Result", "judged"]

Result = Literal["pass", "fail", "warn"]

_FORMAT = "licita-findings/1"

CHECKLIST: dict[str, tuple[str, str]] = {
    "compiles": (
        "Compiles with the network's compiler, at most 16 contracts",
        "Repair the named lines; the only library beside your files is OpenZeppelin Contracts.",
    ),
    "tests": ("Tests are there and pass", "Put tests for pytest into tests/; each must pass, and at least one must run."),
    "calls": (
        "No delegatecall, callcode or selfdestruct",
        "Call other contracts by their interface; use internal library functions. Assembly is read by people: leave it out where you can.",
    ),
    "loops": (
        "Loops that can be called have a bound",
        "Bound the loop by a constant, require it of the parameter, or let the caller name a range.",
    ),
    "personal-data": (
        "No personal data, judged by names",
        "Keep personal data off the chain, hashes of it too; name what is not personal by what it is.",
    ),
    "events": ("Every event is documented", "Say in `@notice` above the event what happened."),
    "gas": ("Gas report", "Nothing: these are figures for the reviewers."),
    "licence": (
        "Licence in every file and in the folder",
        "Begin each file with `// SPDX-License-Identifier: ...` and put the licence's text into LICENSE.",
    ),
    "size": ("Code of at most 24,576 bytes a contract (EIP-170)", "Split the contract."),
    "payable": ("Nothing takes coin", "Take `payable` out: nothing on this network holds coin."),
    "owner": (
        "No owner, no administrator, no proxy",
        "Ask the registries for roles where they are needed; publish a new version as a new application.",
    ),
}  # fmt: skip
"""Id -> title and what to do; in the order of the bits that a reviewer records."""


@dataclass(frozen=True)
class Reason:
    """``place``: ``path:line``, a path, or "" for the folder."""

    place: str
    text: str


@dataclass(frozen=True)
class Criterion:
    """``warn``: for people to judge; it neither passes nor fails."""

    id: str
    result: Result
    reasons: tuple[Reason, ...] = ()

    @property
    def title(self) -> str:
        """What is asked."""
        return CHECKLIST[self.id][0]

    @property
    def advice(self) -> str:
        """What to do where it does not pass."""
        return CHECKLIST[self.id][1]

    def to_json(self) -> dict[str, Any]:
        """As one JSON object."""
        reasons = [{"place": each.place, "text": each.text} for each in self.reasons]
        return {
            "id": self.id,
            "title": self.title,
            "result": self.result,
            "reasons": reasons,
            "advice": self.advice,
        }


def judged(id: str, failures: Iterable[Reason], warnings: Iterable[Reason] = ()) -> Criterion:
    """Fails with any failure, warns with any warning, else passes."""
    failed, warned = tuple(failures), tuple(warnings)
    return Criterion(id, "fail" if failed else "warn" if warned else "pass", failed + warned)


@dataclass(frozen=True)
class Findings:
    """``criteria`` in the order of the checklist. ``code_hashes``: keccak256 of the runtime codes, ascending, as ``submit`` takes them;
    codes with immutables are not among them, for those are known only once they are deployed. ``source_hash``: sha256 of the archive."""

    criteria: Sequence[Criterion]
    code_hashes: tuple[bytes, ...]
    source_hash: bytes

    @property
    def passed(self) -> int:
        """Bits of the criteria that passed, the first is bit 0."""
        return self._bits("pass")

    @property
    def failed(self) -> int:
        """Bits of those that failed; a warning is in neither."""
        return self._bits("fail")

    @property
    def is_passed(self) -> bool:
        """Nothing failed; what only warned is for the reviewers."""
        return self.failed == 0

    @property
    def hash(self) -> bytes:
        """sha256 of the canonical JSON of the findings, 32 bytes: the same on every machine where the tests do the same."""
        return hashlib.sha256(canonical(self._content())).digest()

    def to_json(self) -> dict[str, Any]:
        """The findings with their hash."""
        return {**self._content(), "hash": to_hex(self.hash)}

    def _content(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "compiler": COMPILER,
            "criteria": [each.to_json() for each in self.criteria],
            "passed": self.passed,
            "failed": self.failed,
            "code_hashes": [to_hex(each) for each in self.code_hashes],
            "source_hash": to_hex(self.source_hash),
        }

    def _bits(self, result: Result) -> int:
        return sum(1 << bit for bit, each in enumerate(self.criteria) if each.result == result)
