"""What the commands that talk to a running service have in common: which service, who acts, how answers are shown."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from api.client import Answer, Client
from chain.errors.client import ServiceUnreachable
from chain.errors.commands import TokenUnknownName
from chain.nodes.folder import Folder
from chain.output import as_json, exits_by_name, file_bytes, say, table

__all__ = ["done", "door", "json_option", "key_option", "page", "thing"]

_DOOR = (
    click.option(
        "--url", envvar="LICITA_URL", help="Address of the service; default: the one that runs on --network."
    ),
    click.option(
        "--network", "folder", default="networks/dev", show_default=True, help="Network folder.", type=Path
    ),
    click.option("--as", "name", default="", help="Person of the network's people.json; else LICITA_TOKEN."),
)


def door(command: Callable[..., None]) -> Callable[..., None]:
    """Options that say which service is meant and who acts; the command gets ``client``, and its refusals end it by name."""

    @functools.wraps(command)
    def opened(*args: Any, url: str | None, folder: Path, name: str, **options: Any) -> None:
        command(*args, client=_client(url, folder, name), **options)

    named = exits_by_name(opened)
    for option in _DOOR:
        named = option(named)
    return named


json_option = click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")
key_option = click.option(
    "--key", help="Idempotency-Key: repeating the command with it acts once. Default: a random one."
)


def _client(url: str | None, folder: Path, name: str) -> Client:
    running = Folder(folder).owner()
    address = url or (running.url if running else None)
    if not address:
        raise ServiceUnreachable(str(folder), "no service runs on this network folder")
    return Client(address, _token(folder, name))


def _token(folder: Path, name: str) -> str | None:
    if not name:
        return os.environ.get("LICITA_TOKEN")
    people: list[dict[str, Any]] = json.loads(file_bytes(folder / "people.json"))["people"]
    for person in people:
        if person["name"] == name:
            return str(person["token"])
    raise TokenUnknownName(name, ", ".join(person["name"] for person in people))


def done(answer: Answer, wants_json: bool) -> None:
    """Says what became of an act."""
    if wants_json:
        as_json(answer.body)
    else:
        body = answer.body
        say(
            f"{body['function']} of {body['subject'] or 'something new'}: {body['state']}, block {body['block'] or 'to come'}"
        )


def page(
    client: Client, path: str, after: str, limit: int, wants_json: bool, columns: tuple[str, ...]
) -> None:
    """Shows a page of a list: these columns, or all as JSON."""
    page = client.get(f"{path}?limit={limit}" + (f"&after={after}" if after else ""))
    if wants_json:
        as_json(page)
        return
    table(columns, ([item.get(column, "") for column in columns] for item in page["items"]))
    if page["next"]:
        say(f"next: {page['next']}")


def thing(client: Client, path: str, wants_json: bool) -> None:
    """Shows one thing, field by field."""
    body = client.get(path)
    if wants_json:
        as_json(body)
    else:
        table(("field", "value"), ((name, _cell(value)) for name, value in body.items()))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
