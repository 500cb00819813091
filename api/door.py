"""What the commands that talk to a running service have in common: which service, who acts, how answers are shown."""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from api.client import Answer, Client
from chain.errors.client import ServiceUnreachable
from chain.errors.commands import TokenUnknownName
from chain.errors.nodes import NetworkFileWrong
from chain.nodes.folder import Folder, read_json
from chain.nodes.keys import Key, KeyStore, key_in
from chain.output import as_json, exits_by_name, file_bytes, say, table

__all__ = [
    "Door",
    "account_door",
    "done",
    "door",
    "json_option",
    "key_option",
    "organisation",
    "page",
    "thing",
]

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


@dataclass(frozen=True)
class Door:
    """Which service is meant and who acts, asked only when it is needed: some commands work without a network."""

    url: str | None
    folder: Path
    name: str
    given: str | None

    def client(self, url: str | None = None) -> Client:
        """The service, or another one at ``url``, of which nothing but public reads is asked. Raises ServiceUnreachable."""
        return Client(url) if url else _client(self.url, self.folder, self.name, self.given)

    @property
    def time(self) -> int | None:
        """This machine's own time, unix seconds; None for a sandbox's person, whose chain may be days ahead."""
        return None if self.name else int(time.time())

    def key(self, keystore: Path | None, phrase: Callable[[], str]) -> Key:
        """The key that signs here: of a keystore file of one's own, opened with ``phrase``, else of the sandbox's person."""
        if keystore is not None:
            return key_in(keystore, phrase())
        if not self.name:
            raise click.UsageError("name your key with --keystore, or a sandbox's person with --as")
        return KeyStore(Folder(self.folder).keys).load(self.name)

    @property
    def known_account(self) -> str | None:
        """The address that acts, None where neither --account nor --as says it."""
        return self.given or (str(_entry(self.folder, self.name)["address"]) if self.name else None)

    @property
    def account(self) -> str:
        """The address that acts; a fault of usage where nobody said it."""
        if self.known_account is None:
            raise click.UsageError(
                "name the address that acts with --account, or a sandbox's person with --as"
            )
        return self.known_account


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """An address, in whatever case."""
    if value is None:
        return None
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", value):
        raise click.BadParameter(f"{value!r} is not 20 bytes as 0x hex", ctx, param)
    return value


_ACCOUNT = click.option(
    "--account", callback=_address, help="Address that acts, one of the token's; default: that of --as."
)


def account_door(command: Callable[..., None]) -> Callable[..., None]:
    """As ``door``, for commands that need the acting address, or no service at all: the command gets ``at``, a Door."""

    @functools.wraps(command)
    def opened(
        *args: Any, url: str | None, folder: Path, name: str, account: str | None, **options: Any
    ) -> None:
        command(*args, at=Door(url, folder, name, account), **options)

    named = exits_by_name(opened)
    for option in (*_DOOR, _ACCOUNT):
        named = option(named)
    return named


json_option = click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")
key_option = click.option(
    "--key", help="Idempotency-Key: repeating the command with it acts once. Default: a random one."
)


def _client(url: str | None, folder: Path, name: str, actor: str | None = None) -> Client:
    running = Folder(folder).owner()
    address = url or (running.url if running else None)
    if not address:
        raise ServiceUnreachable(str(folder), "no service runs on this network folder")
    return Client(address, _token(folder, name), actor=actor)


def _token(folder: Path, name: str) -> str | None:
    return str(_entry(folder, name)["token"]) if name else os.environ.get("LICITA_TOKEN")


def _entry(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "people.json"
    file_bytes(path)  # says by name where there is none
    try:
        people: dict[str, dict[str, Any]] = {str(each["name"]): each for each in read_json(path)["people"]}
    except (KeyError, TypeError) as error:
        raise NetworkFileWrong(str(path), (f"not a list of people: {error}",)) from error
    if name not in people:
        raise TokenUnknownName(name, ", ".join(people))
    return people[name]


def done(answer: Answer, wants_json: bool) -> None:
    """Says what became of an act."""
    if wants_json:
        as_json(answer.body)
    else:
        body = answer.body
        say(
            f"{body['function']} of {body['subject'] or 'something new'}: {body['state']}, block {body['block'] or 'to come'}"
        )
        if body["act"]:
            say(f"next, by an approver of the organisation: licita act approve {body['act']}")


def page(
    client: Client,
    path: str,
    after: str,
    limit: int,
    wants_json: bool,
    columns: tuple[str, ...],
    more: str = "",
) -> None:
    """Shows a page of a list: these columns, or all as JSON. ``more``: further parts of the query, each with its ``&``."""
    page = client.get(f"{path}?limit={limit}{more}" + (f"&after={after}" if after else ""))
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


def organisation(client: Client, path: str, wants_json: bool) -> None:
    """As ``thing``, with a table of what its agreements add up to."""
    body = client.get(path)
    if wants_json:
        as_json(body)
        return
    standing = body.pop("standing")
    table(("field", "value"), ((name, _cell(value)) for name, value in body.items()))
    say("\nsigned agreements:")
    table(("what", "in all"), ((name, _sum(value)) for name, value in standing.items()))


def _sum(value: Any) -> Any:
    """An amount a currency; a mean and of how many."""
    if isinstance(value, dict):
        return f"{value['mean']} of {value['count']}" if value["count"] else "none"
    return ", ".join(value) if isinstance(value, list) else value


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
