"""A proposal before it is on the chain: title, summary, the hash of its text, calls in words; from a file, a request or a script."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.bindings import council
from chain.council.phrases import Desk, Outgoing, outgoing
from chain.errors.council import ProposalFileInvalid, ProposalTextAbsent
from chain.rules import canonical, member_id
from chain.transactions import Call
from chain.types import Validator

__all__ = ["Draft", "ProposalText", "read_file", "read_proposal"]

_TITLE, _SUMMARY = 300, 4_000
_PARTS = ("title", "summary", "text", "calls")
_HASH = re.compile(r"(0x)?[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class ProposalText:
    """What is proposed, in words; ``text``: sha256 of the reference text, hex without 0x. ``confirmation``: of an urgent one."""

    title: str
    summary: str
    text: str
    calls: tuple[str, ...]
    confirmation: ProposalText | None = None

    def draft(self, desk: Desk) -> Draft:
        """The calls of the words. Raises the refusals of chain.council.phrases."""
        after = None if self.confirmation is None else self.confirmation.draft(desk)
        known = _Admitting(desk)
        calls = tuple(known.outgoing(phrase) for phrase in self.calls)
        return Draft(self.title, self.summary, self.text, calls, after)


class _Admitting:
    """A desk that knows the members that earlier calls of the proposal admit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._admitted: dict[bytes, str] = {}

    @property
    def addresses(self) -> Mapping[str, str]:
        return self._desk.addresses

    def now(self) -> int:
        return self._desk.now()

    def validators(self) -> tuple[int, tuple[Validator, ...]]:
        return self._desk.validators()

    def member_name(self, member: bytes) -> str:
        return self._admitted.get(member) or self._desk.member_name(member)

    def proposed(self, number: int) -> tuple[list[str], list[bytes], str]:
        return self._desk.proposed(number)

    def outgoing(self, phrase: str) -> Outgoing:
        """The call of a phrase. Raises the refusals of chain.council.phrases."""
        made = outgoing(phrase, self)
        if made.target == self.addresses.get("MemberRegistry"):
            call = Call.from_data("MemberRegistry", made.data)
            if call.function == "admit":
                org_id = call.args[0][0]
                self._admitted[member_id(org_id)] = org_id
        return made


@dataclass(frozen=True)
class Draft:
    """A proposal as it goes out."""

    title: str
    summary: str
    text: str
    calls: tuple[Outgoing, ...]
    confirmation: Draft | None = None

    @property
    def description(self) -> str:
        """Canonical JSON {summary, text, title}, as it stands in the event."""
        return canonical({"title": self.title, "summary": self.summary, "text": self.text}).decode()

    @property
    def proposed(self) -> tuple[list[str], list[int], list[bytes], str]:
        """Struct Proposed for ABI coding."""
        targets, datas = [call.target for call in self.calls], [call.data for call in self.calls]
        return targets, [0] * len(targets), datas, self.description

    @property
    def call(self) -> Call:
        """``propose``, or ``proposeUrgently`` with the confirmation."""
        if self.confirmation is None:
            return council.propose(*self.proposed)
        return council.propose_urgently(self.proposed, self.confirmation.proposed)


def read_proposal(given: Mapping[str, Any], hash_of: Callable[[str], str]) -> ProposalText:
    """A proposal from a mapping: title, summary, text, calls, and ``confirmation``, whose title, summary and text may be left out.

    ``hash_of``: what stands as text -> sha256 hex. Raises ProposalFileInvalid, and what ``hash_of`` raises.
    """
    after = given.get("confirmation")
    if after is not None and not isinstance(after, Mapping):
        raise ProposalFileInvalid("confirmation", "a table with calls")
    own = {name: value for name, value in given.items() if name != "confirmation"}
    confirmation = None
    if after is not None:
        inherited = {
            "title": f"Confirmation: {own.get('title', '')}",
            "summary": own.get("summary"),
            "text": own.get("text"),
        }
        confirmation = _part("confirmation.", {**inherited, **after}, hash_of)
    made = _part("", own, hash_of)
    return ProposalText(made.title, made.summary, made.text, made.calls, confirmation)


def _part(at: str, given: Mapping[str, Any], hash_of: Callable[[str], str]) -> ProposalText:
    for name in sorted(set(given) - set(_PARTS)):
        raise ProposalFileInvalid(at + name, f"only {', '.join(_PARTS)}")
    for name, longest in (("title", _TITLE), ("summary", _SUMMARY), ("text", 1_000)):
        value = given.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise ProposalFileInvalid(at + name, f"a text of 1 to {longest} letters")
    calls = given.get("calls")
    if (
        not isinstance(calls, Sequence)
        or isinstance(calls, str)
        or not all(isinstance(each, str) for each in calls)
    ):
        raise ProposalFileInvalid(f"{at}calls", "a list of calls in words")
    if not 0 < len(calls) <= 16:
        raise ProposalFileInvalid(f"{at}calls", "1 to 16 calls")
    return ProposalText(given["title"], given["summary"], hash_of(given["text"]), tuple(calls))


def read_file(path: Path) -> tuple[ProposalText, list[Path]]:
    """A proposal from a TOML file, with the files that are its texts. ``text`` is a path beside it, or a sha256.

    Raises ProposalFileInvalid, ProposalTextAbsent.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ProposalTextAbsent(str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProposalFileInvalid(str(path), f"TOML in UTF-8: {error}") from error
    texts: list[Path] = []

    def hash_of(text: str) -> str:
        if _HASH.fullmatch(text):
            return text.removeprefix("0x").lower()
        file = path.parent / text
        try:
            content = file.read_bytes()
        except OSError as error:
            raise ProposalTextAbsent(str(file)) from error
        if file not in texts:
            texts.append(file)
        return hashlib.sha256(content).hexdigest()

    return read_proposal(given, hash_of), texts
