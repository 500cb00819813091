"""The oversight report: what anyone may know of how the council does its work, from the chain alone.

Everything is read from an index, which is made of blocks; nothing here asks a person. Definitions and targets of the figures stand in
the charter (``indicators``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.charter import Indicator
from chain.recorder import Index
from chain.recorder.index.council_views import ProposalRow, ValidatorsRow
from chain.recorder.index.views import MemberRow, every
from chain.rules.council import Seats, lacking, proposal_state
from chain.rules.registry import MAX_LEVELS
from chain.types import ZERO32, Kind, NodeKind, ProposalState, Role, Sector, moment, to_hex

__all__ = ["Figure", "Review", "SeatLine", "review"]

MANDATE_SOON = 60 * 86_400
"""Seconds before the end of a mandate from which it is listed."""

PROVED_WITHIN = 3_600
"""Seconds in which a decision on validators should be proved."""

_RECENT = 20
_NONE = to_hex(ZERO32)


@dataclass(frozen=True)
class SeatLine:
    """A seat: ``cast`` of ``possible`` votes in the decided proposals that began while the member had it."""

    org_id: str
    sector: str
    status: str
    cast: int
    possible: int

    @property
    def attendance(self) -> float | None:
        """Share of the votes it could cast, 0..1; None where there was none."""
        return self.cast / self.possible if self.possible else None


@dataclass(frozen=True)
class Figure:
    """An indicator: its value in words, the target of the charter, and whether it is met (None: nothing to measure yet)."""

    id: str
    title: str
    value: str
    target: str
    met: bool | None


@dataclass(frozen=True)
class Review:
    """The report as of a block. Lists of lines in words; times are ISO 8601."""

    block: int
    time: int
    seats: tuple[SeatLine, ...]
    durations: tuple[tuple[int, str, float], ...]
    """(number, title, seconds from the proposal to its execution) of executed proposals."""
    open_proposals: tuple[tuple[int, str, str, tuple[str, ...]], ...]
    """(number, state, title, what it waits for)."""
    mandates: tuple[tuple[str, str, str, str], ...]
    """(org-id, address, roles, end) of those that end soon."""
    suspended: tuple[tuple[str, str], ...]
    """(org-id or address, until)."""
    dependent: tuple[tuple[str, tuple[str, ...]], ...]
    """(what they do, org-ids of members that depend on one another)."""
    validators: Mapping[str, int]
    nodes: Mapping[str, int]
    unproved: tuple[tuple[int, str], ...]
    """(decision, since when) on validators that no header proved."""
    figures: tuple[Figure, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "block": self.block, "time": _iso(self.time),
            "seats": [{**vars(line), "attendance": line.attendance} for line in self.seats],
            "durations": [dict(zip(("number", "title", "seconds"), each, strict=True)) for each in self.durations],
            "open": [dict(zip(("number", "state", "title", "lacking"), each, strict=True)) for each in self.open_proposals],
            "mandates": [dict(zip(("member", "address", "roles", "end"), each, strict=True)) for each in self.mandates],
            "suspended": [dict(zip(("who", "until"), each, strict=True)) for each in self.suspended],
            "dependent": [dict(zip(("role", "members"), each, strict=True)) for each in self.dependent],
            "validators": dict(self.validators), "nodes": dict(self.nodes),
            "unproved": [dict(zip(("seq", "since"), each, strict=True)) for each in self.unproved],
            "indicators": [vars(figure) for figure in self.figures],
        }  # fmt: skip


def review(index: Index, indicators: Sequence[Indicator]) -> Review:
    """The report at the head of an index. Raises the refusals of chain.recorder's reads."""
    return _Reviewer(index).report(indicators)


class _Reviewer:
    def __init__(self, index: Index) -> None:
        head = index.head()
        self.block, self.now = (0, 0) if head is None else (head.block, head.time)
        self._index = index
        self.members = {row.id: row for row in every(index.members)}
        self.proposals = list(every(index.council.proposals))[::-1]  # the oldest first
        self.states = {
            row.number: proposal_state(row.facts, self._seats(row), self.now) for row in self.proposals
        }
        self.decided = [
            row for row in self.proposals if self.now > row.facts.vote_end and not row.facts.cancelled
        ]

    def report(self, indicators: Sequence[Indicator]) -> Review:
        seats = self._seat_lines()
        mandates, unproved = self._mandates(), self._unproved()
        sectors = self._validators()
        figures = self._figures(seats, mandates, unproved, sectors)
        return Review(
            self.block, self.now, seats, self._durations(), self._open(), mandates, self._suspended(), self._dependent(), sectors,
            self._nodes(), unproved, tuple(_judged(each, figures.get(each.id)) for each in indicators),
        )  # fmt: skip

    def _seats(self, row: ProposalRow) -> Seats:
        return self._index.council.seats(row.facts.vote_start)

    def _seat_lines(self) -> tuple[SeatLine, ...]:
        voted = {
            row.number: {vote.member for vote in self._index.council.votes(row.number)}
            for row in self.decided[-_RECENT:]
        }
        lines = []
        for member in self.members.values():
            if not member.has_seat:
                continue
            held = [row.number for row in self.decided[-_RECENT:] if _seat(member, row.facts.vote_start)]
            cast = sum(member.id in voted[number] for number in held)
            status = "suspended" if self.now < member.suspended_until else "active"
            lines.append(SeatLine(member.org_id, Sector(member.sector).name, status, cast, len(held)))
        return tuple(sorted(lines, key=lambda line: (line.sector, line.org_id)))

    def _durations(self) -> tuple[tuple[int, str, float], ...]:
        done = (row for row in self.proposals if row.executed_at)
        return tuple((row.number, _title(row), float(row.executed_at - row.proposed_at)) for row in done)

    def _open(self) -> tuple[tuple[int, str, str, tuple[str, ...]], ...]:
        return tuple(
            (row.number, self.states[row.number].word, _title(row), self._lacking(row))
            for row in self.proposals
            if self.states[row.number].is_open
        )

    def _lacking(self, row: ProposalRow) -> tuple[str, ...]:
        return tuple(lacking(row.facts, self._seats(row), row.report != _NONE, self.now))

    def _mandates(self) -> tuple[tuple[str, str, str, str], ...]:
        """Mandates that end soon, where nobody else of the member keeps all of the roles for longer."""
        found = []
        for member in self.members.values():
            people = [] if member.left else self._index.people(member.id)
            for person in people:
                soon = self.now <= person.mandate_end < self.now + MANDATE_SOON
                others = 0
                for other in people:
                    if other.mandate_end >= self.now + MANDATE_SOON:
                        others |= other.roles
                if soon and person.roles & ~others:
                    roles = ",".join(str(role.name) for role in Role(person.roles & ~others))
                    found.append((member.org_id, person.address, roles, _iso(person.mandate_end)))
        return tuple(found)

    def _suspended(self) -> tuple[tuple[str, str], ...]:
        found = []
        for member in self.members.values():
            if self.now < member.suspended_until:
                found.append((member.org_id, _iso(member.suspended_until)))
            found += [
                (person.address, _iso(person.suspended_until))
                for person in self._index.people(member.id)
                if self.now < person.suspended_until
            ]
        return tuple(found)

    def _dependent(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Members under one top that open bids, or that run validators: each such group."""
        present = self._present()
        running = {member for _, member in present.validators} if present else set()
        opening = {row.id for row in self.members.values() if row.kinds & Kind.OPENING and not row.left}
        found = []
        for what, ids in (("opening committee", opening), ("validators", running)):
            groups: dict[str, list[str]] = {}
            for each in sorted(ids):
                groups.setdefault(self._top(each), []).append(self.members[each].org_id)
            found += [(what, tuple(group)) for group in groups.values() if len(group) > 1]
        return tuple(found)

    def _top(self, member: str) -> str:
        for _ in range(MAX_LEVELS + 1):
            above = self.members[member].superior
            if above == _NONE or above not in self.members:
                break
            member = above
        return member

    def _present(self) -> ValidatorsRow | None:
        """The decision in force: an urgent removal's until it ends."""
        rows = self._index.council.validators()
        standing = [row for row in rows if not row.until]
        urgent = [
            row for row in rows if row.until > self.now and row.seq > (standing[-1].seq if standing else 0)
        ]
        return (urgent or standing)[-1] if urgent or standing else None

    def _validators(self) -> dict[str, int]:
        present = self._present()
        counted = dict.fromkeys((sector.name for sector in Sector), 0)
        for _, member in present.validators if present else ():
            counted[Sector(self.members[member].sector).name] += 1
        return counted

    def _nodes(self) -> dict[str, int]:
        counted = {kind.name: 0 for kind in NodeKind if kind}
        for node in self._index.council.nodes():
            counted[NodeKind(node.kind).name] += 1
        return counted

    def _unproved(self) -> tuple[tuple[int, str], ...]:
        return tuple(
            (row.seq, _iso(row.at))
            for row in self._index.council.validators()
            if not row.proved_at and self.now - row.at > PROVED_WITHIN
        )

    def _figures(
        self,
        seats: Sequence[SeatLine],
        mandates: Sequence[object],
        unproved: Sequence[object],
        sectors: Mapping[str, int],
    ) -> dict[str, tuple[str, float | None]]:
        """Indicator -> (value in words, the number that its target is about; None: nothing to measure)."""
        cast, possible = sum(line.cast for line in seats), sum(line.possible for line in seats)
        approved = [
            row
            for row in self.decided
            if self.states[row.number] in (ProposalState.EXECUTED, ProposalState.EXPIRED)
        ]
        executed = sum(self.states[row.number] is ProposalState.EXECUTED for row in approved)
        asked = [row for row in self.decided if row.comments]
        answered = sum(row.report != _NONE for row in asked)
        total = sum(sectors.values())
        # n - ceil(2n/3) validators of one sector may be absent; one more stops the chain.
        over = sum(count > total - (2 * total + 2) // 3 for count in sectors.values()) if total else 0
        return {
            "attendance": _share(cast, possible), "decided_in_time": _share(executed, len(approved)),
            "comments_answered": _share(answered, len(asked)), "sector_cap": (str(over), float(over)),
            "unproved": (str(len(unproved)), float(len(unproved))), "mandates": (str(len(mandates)), float(len(mandates))),
        }  # fmt: skip


def _share(part: int, whole: int) -> tuple[str, float | None]:
    return (
        (f"{100 * part / whole:.0f} % ({part} of {whole})", 100 * part / whole)
        if whole
        else ("nothing yet", None)
    )


def _judged(indicator: Indicator, found: tuple[str, float | None] | None) -> Figure:
    """``target``: "at least N %", "N %", "at most N"; another wording is shown and not judged."""
    value, number = found or ("not measured", None)
    words = indicator.target.removesuffix(" %").split()
    met: bool | None = None
    if number is not None and words and words[-1].isdecimal():
        wanted = float(words[-1])
        met = number <= wanted if indicator.target.startswith("at most") else number >= wanted
    return Figure(indicator.id, indicator.title, value, indicator.target, met)


def _seat(member: MemberRow, time: int) -> int:
    return next((seat for at, seat in reversed(member.seats) if at <= time), 0)


def _title(row: ProposalRow) -> str:
    return str(row.text.get("title", ""))


def _iso(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
