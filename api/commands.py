"""The commands that talk to a running service: tenders, suppliers, members, procedures, published data."""

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
from chain.errors.commands import FileUnreadable, TokenUnknownName
from chain.nodes.folder import Folder
from chain.output import as_json, exits_by_name, file_bytes, say, table

__all__ = ["member", "ocds_export", "procedure", "supplier", "tender"]

_DOOR = (
    click.option(
        "--url", envvar="LICITA_URL", help="Address of the service; default: the one that runs on --network."
    ),
    click.option(
        "--network", "folder", default="networks/dev", show_default=True, help="Network folder.", type=Path
    ),
    click.option("--as", "name", default="", help="Person of the network's people.json; else LICITA_TOKEN."),
)


def _door(command: Callable[..., None]) -> Callable[..., None]:
    """Options that say which service is meant and who acts; the command gets ``client``, and its refusals end it by name."""

    @functools.wraps(command)
    def opened(*args: Any, url: str | None, folder: Path, name: str, **options: Any) -> None:
        command(*args, client=_client(url, folder, name), **options)

    named = exits_by_name(opened)
    for option in _DOOR:
        named = option(named)
    return named


_json = click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")
_key = click.option(
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


def _done(answer: Answer, wants_json: bool) -> None:
    if wants_json:
        as_json(answer.body)
    else:
        body = answer.body
        say(
            f"{body['function']} of {body['subject'] or 'a new tender'}: {body['state']}, block {body['block'] or 'to come'}"
        )


@click.group()
def tender() -> None:
    """Publish, change and read tenders."""


@tender.command("publish")
@click.argument("file", type=Path)
@click.option("--ocid", help="Which process of a package is meant.")
@click.option("--supplement", type=Path, help="RFC 7386 patch of the release, as a JSON file.")
@_key
@_json
@_door
def tender_publish(
    file: Path, ocid: str | None, supplement: Path | None, key: str | None, wants_json: bool, client: Client
) -> None:
    """Publish the OCDS document FILE as a tender of your organisation."""
    raw = file_bytes(file)
    if ocid or supplement:
        extra = ([b'"ocid":' + json.dumps(ocid).encode()] if ocid else []) + (
            [b'"supplement":' + file_bytes(supplement)] if supplement else []
        )
        raw = b'{"ocds":' + raw.removeprefix(b"\xef\xbb\xbf") + b"," + b",".join(extra) + b"}"
    _done(client.act("/tenders", raw, key=key), wants_json)


@tender.command("amend")
@click.argument("number", type=int)
@click.argument("file", type=Path)
@_key
@_json
@_door
def tender_amend(number: int, file: Path, key: str | None, wants_json: bool, client: Client) -> None:
    """Replace the terms of tender NUMBER: FILE is a whole document, or {"patch": RFC 7386 patch of the tender}."""
    terms_hash = client.get(f"/tenders/{number}")["termsHash"]
    _done(
        client.act(f"/tenders/{number}/amendments", file_bytes(file), key=key, if_match=terms_hash),
        wants_json,
    )


@tender.command("ask")
@click.argument("number", type=int)
@click.option("--title", required=True)
@click.option("--text", required=True, help="The question.")
@click.option("--lot", help="Id of the lot it is about.")
@click.option("--item", help="Id of the item it is about.")
@_key
@_json
@_door
def tender_ask(
    number: int,
    title: str,
    text: str,
    lot: str | None,
    item: str | None,
    key: str | None,
    wants_json: bool,
    client: Client,
) -> None:
    """Ask a public question about tender NUMBER."""
    question = {"title": title, "description": text, "relatedLot": lot, "relatedItem": item}
    body = {field: value for field, value in question.items() if value is not None}
    _done(client.act(f"/tenders/{number}/enquiries", body, key=key), wants_json)


@tender.command("answer")
@click.argument("number", type=int)
@click.argument("question", type=int)
@click.option("--text", required=True)
@_key
@_json
@_door
def tender_answer(
    number: int, question: int, text: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Answer QUESTION of tender NUMBER."""
    path = f"/tenders/{number}/enquiries/{question}/answer"
    _done(client.act(path, {"answer": text}, key=key), wants_json)


@tender.command("cancel")
@click.argument("number", type=int)
@click.option(
    "--lot", type=int, default=0, show_default=True, help="Number of the lot; 0 is the whole tender."
)
@click.option(
    "--reason",
    required=True,
    type=click.Choice(["noDemand", "unfixable", "forceMajeure", "budgetCut", "ordered"]),
)
@click.option("--document", required=True, help="sha256 of the reasoned decision, uploaded before.")
@_key
@_json
@_door
def tender_cancel(
    number: int, lot: int, reason: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Begin the cancellation of tender NUMBER."""
    body = {"lot": lot, "reason": reason, "document": document}
    _done(client.act(f"/tenders/{number}/cancellation", body, key=key), wants_json)


@tender.command("list")
@click.option("--after", default="", help="Cursor of the last page's `next`.")
@click.option("--limit", default=100, show_default=True)
@_json
@_door
def tender_list(after: str, limit: int, wants_json: bool, client: Client) -> None:
    """List tenders."""
    _page(
        client,
        "/tenders",
        after,
        limit,
        wants_json,
        ("id", "status", "deadline", "title"),
    )


@tender.command("show")
@click.argument("number", type=int)
@_json
@_door
def tender_show(number: int, wants_json: bool, client: Client) -> None:
    """Show tender NUMBER."""
    _thing(client, f"/tenders/{number}", wants_json)


@click.group()
def procedure() -> None:
    """Read the procedures of the network."""


@procedure.command("list")
@_json
@_door
def procedure_list(wants_json: bool, client: Client) -> None:
    """List procedure versions."""
    _page(
        client,
        "/procedures",
        "",
        1000,
        wants_json,
        ("code", "version", "sandbox", "retired"),
    )


@procedure.command("show")
@click.argument("code")
@click.argument("version", type=int)
@_json
@_door
def procedure_show(code: str, version: int, wants_json: bool, client: Client) -> None:
    """Show VERSION of procedure CODE."""
    _thing(client, f"/procedures/{code}/{version}", wants_json)


@click.group()
def supplier() -> None:
    """Register and read suppliers."""


@supplier.command("register")
@click.option("--org-id", required=True, help="Organisation identifier {scheme}-{id}.")
@click.option("--title", "public_name", required=True, help="Public name of the organisation.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    required=True,
    help="Address that acts for it; repeat for several.",
)
@_key
@_json
@_door
def supplier_register(
    org_id: str,
    public_name: str,
    accounts: tuple[str, ...],
    key: str | None,
    wants_json: bool,
    client: Client,
) -> None:
    """Register a supplier (registrar)."""
    body = {"orgId": org_id, "name": public_name, "accounts": list(accounts)}
    _done(client.act("/suppliers", body, key=key), wants_json)


@supplier.command("show")
@click.argument("identifier")
@_json
@_door
def supplier_show(identifier: str, wants_json: bool, client: Client) -> None:
    """Show the supplier with this id (0x hex)."""
    _thing(client, f"/suppliers/{identifier}", wants_json)


@click.group()
def member() -> None:
    """Read the members of the network."""


@member.command("list")
@_json
@_door
def member_list(wants_json: bool, client: Client) -> None:
    """List member organisations."""
    _page(client, "/members", "", 1000, wants_json, ("orgId", "sector", "status", "name"))


@member.command("show")
@click.argument("identifier")
@_json
@_door
def member_show(identifier: str, wants_json: bool, client: Client) -> None:
    """Show the member with this id (0x hex)."""
    _thing(client, f"/members/{identifier}", wants_json)


@click.command("export")
@click.argument("ocid")
@click.option("-o", "--output", required=True, type=Path, help="File to write.")
@_door
def ocds_export(ocid: str, output: Path, client: Client) -> None:
    """Write the record package of OCID, with all releases."""
    package = client.get(f"/records/{ocid}?releases=embedded&versioned=true")
    try:
        output.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise FileUnreadable(str(output), error.strerror or str(error)) from error
    say(f"{output}: {len(package['records'][0]['releases'])} releases of {ocid}")


def _page(
    client: Client, path: str, after: str, limit: int, wants_json: bool, columns: tuple[str, ...]
) -> None:
    page = client.get(f"{path}?limit={limit}" + (f"&after={after}" if after else ""))
    if wants_json:
        as_json(page)
        return
    table(columns, ([item.get(column, "") for column in columns] for item in page["items"]))
    if page["next"]:
        say(f"next: {page['next']}")


def _thing(client: Client, path: str, wants_json: bool) -> None:
    body = client.get(path)
    if wants_json:
        as_json(body)
    else:
        table(("field", "value"), ((name, _cell(value)) for name, value in body.items()))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
