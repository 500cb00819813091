"""Two pictures of the oversight report as SVG: attendance by seat, and how long decisions took."""

from __future__ import annotations

from pathlib import Path

import leather

from governance.review import Review

__all__ = ["draw"]

_HOUR = 3_600
_BLUE = "#2b6cb0"
_WIDTH, _MARGINS, _BAR = 800, 140, 36


def draw(review: Review, folder: Path) -> list[Path]:
    """Writes attendance.svg and durations.svg into ``folder``; a picture without anything to show is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    seats = [(100 * line.attendance, line.org_id) for line in review.seats if line.attendance is not None]
    longest = max((seconds for _, _, seconds in review.durations), default=0)
    unit, name = (1, "seconds") if longest < 2 * _HOUR else (_HOUR, "hours")
    taken = [(seconds / unit, f"{number} {title}"[:60]) for number, title, seconds in review.durations]
    written = []
    for file, heading, bars, axis in (
        ("attendance.svg", "Votes cast of votes possible, per cent", seats, 100.0),
        ("durations.svg", f"From proposal to execution, {name}", taken, None),
    ):
        if not bars:
            continue
        chart = leather.Chart(heading)
        chart.add_bars(bars, fill_color=_BLUE)
        top = axis if axis is not None else max(value for value, _ in bars)
        chart.add_x_scale(0, top or 1)
        chart.to_svg(str(folder / file), width=_WIDTH, height=_MARGINS + _BAR * len(bars))
        written.append(folder / file)
    return written
