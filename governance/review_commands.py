"""`licita council review`: the oversight report as tables, JSON and pictures."""

from __future__ import annotations

from pathlib import Path

import click

from chain.charter import charter
from chain.network import Network
from chain.output import as_json, exits_by_name, say, table
from governance.review import Review, SeatLine, review

__all__ = ["council_review"]


@click.command("review")
@click.option(
    "--network", "folder", default="networks/dev", show_default=True, type=Path, help="Network folder."
)
@click.option(
    "--charter",
    "name",
    default="reference",
    show_default=True,
    help="Charter with the targets: a name or a file.",
)
@click.option("--charts", type=Path, help="Folder to draw two SVG pictures into.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")
@exits_by_name
def council_review(folder: Path, name: str, charts: Path | None, wants_json: bool) -> None:
    """Show how the council does its work: attendance, open proposals, mandates, validators, figures with targets."""
    found = review(Network.index_of(folder), charter(name).indicators)
    drawn = []
    if charts is not None:
        # Imported here: only this option draws.
        from governance.charts import draw

        drawn = draw(found, charts)
    if wants_json:
        as_json(found.to_json() | {"charts": [str(path) for path in drawn]})
        return
    _show(found)
    for path in drawn:
        say(f"drawn {path}")


def _share(line: SeatLine) -> str:
    return "-" if line.attendance is None else f"{line.attendance:.0%}"


def _show(found: Review) -> None:
    say(f"as of block {found.block}")
    table(
        ("seat", "sector", "status", "votes", "attendance"),
        (
            (line.org_id, line.sector, line.status, f"{line.cast} of {line.possible}", _share(line))
            for line in found.seats
        ),
    )
    for number, state, title, lacking in found.open_proposals:
        say(f"open: {number} ({state}) {title}: {'; '.join(lacking)}")
    for org_id, address, roles, until in found.mandates:
        say(f"mandate ends: {org_id} {address} {roles} {until}")
    for who, until in found.suspended:
        say(f"suspended: {who} until {until}")
    for what, members in found.dependent:
        say(f"dependent in {what}: {', '.join(members)}")
    say("validators: " + ", ".join(f"{sector} {count}" for sector, count in found.validators.items()))
    say("permitted nodes: " + ", ".join(f"{kind} {count}" for kind, count in found.nodes.items()))
    for seq, since in found.unproved:
        say(f"not proved: decision {seq} on validators, since {since}")
    table(
        ("figure", "value", "target", "met"),
        ((f.title, f.value, f.target, {True: "yes", False: "NO", None: "-"}[f.met]) for f in found.figures),
    )
