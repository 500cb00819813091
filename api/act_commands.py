"""The commands of acts that take two accounts of a buyer."""

from __future__ import annotations

import click

from api.client import Client
from api.door import done, door, json_option, key_option, page, thing

__all__ = ["act"]

_name = click.argument("act")


@click.group()
def act() -> None:
    """Approve what another account of your organisation proposed."""


@act.command("list")
@click.option("--after", default="", help="The `next` of the page before.")
@click.option("--limit", type=int, default=100, show_default=True)
@json_option
@door
def act_list(after: str, limit: int, wants_json: bool, client: Client) -> None:
    """List the acts that officers of your organisation proposed, newest first."""
    columns = ("act", "state", "summary")
    page(client, "/acts", after, limit, wants_json, columns)


@act.command("show")
@_name
@json_option
@door
def act_show(act: str, wants_json: bool, client: Client) -> None:
    """Show ACT: what exactly is signed, who proposed it, whether you can approve it."""
    thing(client, f"/acts/{act}", wants_json)


@act.command("approve")
@_name
@key_option
@json_option
@door
def act_approve(act: str, key: str | None, wants_json: bool, client: Client) -> None:
    """Do ACT: exactly the call that was proposed is sent (approver, who did not propose it)."""
    done(client.act(f"/acts/{act}/approval", {}, key=key), wants_json)
