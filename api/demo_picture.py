"""Two pictures as SVG, written by hand: when what happened, and how the money moved. The same data make the same bytes; no script.

Whoever does not see them is told the same by title and description; nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from html import escape

__all__ = ["Line", "Mark", "money_svg", "timeline_svg"]

_WIDTH, _LEFT, _RIGHT, _TOP, _LANE, _HIGH = 960, 110, 220, 60, 44, 320
_GAP = 34
"""Least distance of two names beside the lines, in the picture's units."""
_TICKS = 5
_LOOKS = (("#555555", "2 6"), ("#D55E00", "10 5"), ("#0072B2", ""), ("#007A5E", ""))
"""Colour and dashes of the lines, in their order; the last one is filled."""


@dataclass(frozen=True)
class Mark:
    """Something that happened, in a lane; ``turned``: it undid or turned down something, which is shown as a cross."""

    at: datetime
    lane: str
    text: str
    turned: bool = False


@dataclass(frozen=True)
class Line:
    """An amount as it changed: each step holds until the next one."""

    name: str
    currency: str
    steps: Sequence[tuple[datetime, Decimal]]


@dataclass(frozen=True)
class _Time:
    """Where times stand between the left and the right edge."""

    first: datetime
    last: datetime
    right: int = _RIGHT

    def x(self, at: datetime) -> float:
        whole = (self.last - self.first).total_seconds() or 1.0
        share = (at - self.first).total_seconds() / whole
        return round(_LEFT + (_WIDTH - _LEFT - self.right) * share, 1)

    def axis(self, y: int) -> Iterator[str]:
        """The first day of every second month."""
        year, month = self.first.year, self.first.month
        while (at := datetime(year, month, 1, tzinfo=UTC)) <= self.last:
            if at >= self.first:
                yield f'<line x1="{self.x(at)}" y1="{_TOP}" x2="{self.x(at)}" y2="{y}" stroke="#dddddd"/>'
                yield _text(self.x(at), y + 18, f"{at:%Y-%m}", anchor="middle")
            year, month = (year, month + 2) if month < 11 else (year + 1, month - 10)


def timeline_svg(title: str, marks: Sequence[Mark]) -> str:
    """What happened, a lane each kind, in the order of their first marks."""
    lanes = list(dict.fromkeys(mark.lane for mark in marks))
    time = _Time(marks[0].at, max(mark.at for mark in marks), 30)
    bottom = _TOP + _LANE * len(lanes)
    body = list(time.axis(bottom))
    for place, lane in enumerate(lanes):
        y = _TOP + _LANE * place + _LANE // 2
        body.append(f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - 30}" y2="{y}" stroke="#888888"/>')
        body.append(_text(_LEFT - 14, y + 4, lane, anchor="end"))
        body += [_drawn(time.x(mark.at), y, mark) for mark in marks if mark.lane == lane]
    return _svg(f"Timeline of {title}", _told_marks(lanes, marks), bottom + 34, body)


def money_svg(title: str, lines: Sequence[Line]) -> str:
    """At most four lines over one time, each named at its end with its last amount."""
    times = [at for line in lines for at, _ in line.steps]
    time = _Time(min(times), max(times))
    most = max(amount for line in lines for _, amount in line.steps)
    bottom = _TOP + _HIGH
    body = [*time.axis(bottom), *_amounts(most, bottom)]
    for line, (colour, dashes) in zip(lines, _LOOKS, strict=False):
        path = _path(line, time, most, bottom)
        last = line is lines[-1]
        if last:
            start, end = time.x(line.steps[0][0]), time.x(time.last)
            body.append(
                f'<path d="{path} L{end} {bottom} L{start} {bottom} Z" fill="{colour}" opacity="0.2"/>'
            )
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        body.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{3 if last else 2}"{dashed}/>'
        )
    body += _names(lines, most, bottom)
    return _svg(f"Money of {title}", _told_lines(lines), bottom + 34, body)


def _drawn(x: float, y: int, mark: Mark) -> str:
    told = f"<title>{escape(f'{mark.at:%Y-%m-%d}: {mark.text}')}</title>"
    if not mark.turned:
        return f'<circle cx="{x}" cy="{y}" r="5" fill="#0072B2" stroke="#ffffff">{told}</circle>'
    # Above its lane, for what it undid is often of the same day.
    left, right, top, low = f"{x - 5:.1f}", f"{x + 5:.1f}", y - 19, y - 9
    cross = f"M{left} {top} L{right} {low} M{left} {low} L{right} {top}"
    return f'<path d="{cross}" fill="none" stroke="#D55E00" stroke-width="3">{told}</path>'


def _y(amount: Decimal, most: Decimal, bottom: int) -> float:
    return round(bottom - float(amount / (most or Decimal(1))) * _HIGH, 1)


def _path(line: Line, time: _Time, most: Decimal, bottom: int) -> str:
    """Steps: level until the next one, then straight up or down."""
    parts = [f"M{time.x(line.steps[0][0])} {_y(line.steps[0][1], most, bottom)}"]
    parts += [f"H{time.x(at)} V{_y(amount, most, bottom)}" for at, amount in line.steps[1:]]
    return " ".join([*parts, f"H{time.x(time.last)}"])


def _amounts(most: Decimal, bottom: int) -> Iterator[str]:
    """Round amounts, at most six of them."""
    power = Decimal(10) ** (most / _TICKS).adjusted()
    step = next(power * each for each in (1, 2, 5, 10) if power * each * _TICKS >= most)
    amount = Decimal(0)
    while amount <= most:
        y = _y(amount, most, bottom)
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="#dddddd"/>'
        yield _text(_LEFT - 10, y + 4, f"{amount:,f}", anchor="end")
        amount += step


def _names(lines: Sequence[Line], most: Decimal, bottom: int) -> Iterator[str]:
    """From the bottom up, at least a gap apart."""
    ends = [
        (line, _y(line.steps[-1][1], most, bottom), colour)
        for line, (colour, _) in zip(lines, _LOOKS, strict=False)
    ]
    free = float(bottom)
    for line, wanted, colour in sorted(ends, key=lambda end: -end[1]):
        y = min(wanted, free)
        free = y - _GAP
        yield (
            f'<line x1="{_WIDTH - _RIGHT}" y1="{wanted}" x2="{_WIDTH - _RIGHT + 24}" y2="{y:.1f}" stroke="{colour}" stroke-width="2"/>'
        )
        yield _text(_WIDTH - _RIGHT + 30, y, line.name, bold=True)
        yield _text(_WIDTH - _RIGHT + 30, y + 14, _amount(line, line.steps[-1][1]))


def _amount(line: Line, amount: Decimal) -> str:
    return f"{amount:,} {line.currency}"


def _told_marks(lanes: Sequence[str], marks: Sequence[Mark]) -> str:
    said = (
        f"{lane}: " + ", ".join(f"{mark.at:%Y-%m-%d} {mark.text}" for mark in marks if mark.lane == lane)
        for lane in lanes
    )
    return "; ".join(said) + ". A cross is what undid or turned down something."


def _told_lines(lines: Sequence[Line]) -> str:
    said = (
        f"{line.name}: "
        + ", ".join(f"{_amount(line, amount)} from {at:%Y-%m-%d}" for at, amount in line.steps)
        for line in lines
    )
    return "; ".join(said) + "."


def _text(x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


def _svg(title: str, description: str, height: int, body: Sequence[str]) -> str:
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title description" '
        'font-family="sans-serif" font-size="12" fill="#222222">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(_LEFT, 30, title, bold=True),
        *body,
        "</svg>",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
