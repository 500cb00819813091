"""The commands that talk to a running service: tenders, suppliers, citizens, members, procedures, published data."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import click

from api.client import Client, quoted
from api.door import done, door, json_option, key_option, organisation, page, thing
from chain.errors.commands import FileUnreadable
from chain.output import as_json, file_bytes, say, table
from chain.procurement.procedure import value_rows

_ROWS = 200

__all__ = ["citizen", "member", "ocds_export", "procedure", "supplier", "tender"]


@click.group()
def tender() -> None:
    """Publish, change and read tenders."""


@tender.command("publish")
@click.argument("file", type=Path)
@click.option("--ocid", help="Which process of a package is meant.")
@click.option("--supplement", type=Path, help="RFC 7386 patch of the release, as a JSON file.")
@click.option(
    "--terms", type=Path, help="JSON file with what is said beside the document: procedure, criteria, priceWeightBps, panel, ...."
)  # fmt: skip
@key_option
@json_option
@door
def tender_publish(
    file: Path, ocid: str | None, supplement: Path | None, terms: Path | None, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """Publish the OCDS document FILE as a tender of your organisation."""
    raw = file_bytes(file)
    if ocid or supplement or terms:
        # Byte for byte, so that the service judges what was written: a JSON reader would mend repeated keys and numbers.
        extra = [b'"ocid":' + json.dumps(ocid).encode()] if ocid else []
        extra += [b'"supplement":' + file_bytes(supplement)] if supplement else []
        extra += [file_bytes(terms).strip().removeprefix(b"{").removesuffix(b"}")] if terms else []
        raw = b'{"ocds":' + raw.removeprefix(b"\xef\xbb\xbf") + b"," + b",".join(extra) + b"}"
    done(client.act("/tenders", raw, key=key), wants_json)


@tender.command("amend")
@click.argument("number", type=int)
@click.argument("file", type=Path)
@key_option
@json_option
@door
def tender_amend(number: int, file: Path, key: str | None, wants_json: bool, client: Client) -> None:
    """Replace the terms of tender NUMBER: FILE is a whole document, or {"patch": RFC 7386 patch of the tender}."""
    terms_hash = client.get(f"/tenders/{number}")["termsHash"]
    done(
        client.act(f"/tenders/{number}/amendments", file_bytes(file), key=key, if_match=terms_hash),
        wants_json,
    )


@tender.command("ask")
@click.argument("number", type=int)
@click.option("--title", required=True)
@click.option("--text", required=True, help="The question.")
@click.option("--lot", help="Id of the lot it is about.")
@click.option("--item", help="Id of the item it is about.")
@key_option
@json_option
@door
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
    done(client.act(f"/tenders/{number}/enquiries", body, key=key), wants_json)


@tender.command("answer")
@click.argument("number", type=int)
@click.argument("question", type=int)
@click.option("--text", required=True)
@key_option
@json_option
@door
def tender_answer(
    number: int, question: int, text: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Answer QUESTION of tender NUMBER."""
    path = f"/tenders/{number}/enquiries/{question}/answer"
    done(client.act(path, {"answer": text}, key=key), wants_json)


@tender.command("note")
@click.argument("number", type=int)
@click.option("--text", required=True, help="The remark.")
@click.option("--document", help="sha256 of a document that says more, uploaded before.")
@key_option
@json_option
@door
def tender_note(
    number: int, text: str, document: str | None, key: str | None, wants_json: bool, client: Client
) -> None:
    """Record a public remark on tender NUMBER (auditor or social witness)."""
    body = {"text": text} | ({} if document is None else {"document": document})
    done(client.act(f"/tenders/{number}/notes", body, key=key), wants_json)


@tender.command("notes")
@click.argument("number", type=int)
@json_option
@door
def tender_notes(number: int, wants_json: bool, client: Client) -> None:
    """List the remarks on tender NUMBER."""
    page(client, f"/tenders/{number}/notes", "", 1000, wants_json, ("number", "orgId", "notedAt", "text"))


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
@key_option
@json_option
@door
def tender_cancel(
    number: int, lot: int, reason: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Begin the cancellation of tender NUMBER."""
    body = {"lot": lot, "reason": reason, "document": document}
    done(client.act(f"/tenders/{number}/cancellation", body, key=key), wants_json)


@tender.command("list")
@click.option("--after", default="", help="Cursor of the last page's `next`.")
@click.option("--limit", default=100, show_default=True)
@json_option
@door
def tender_list(after: str, limit: int, wants_json: bool, client: Client) -> None:
    """List tenders."""
    page(
        client,
        "/tenders",
        after,
        limit,
        wants_json,
        ("id", "status", "deadline", "title"),
    )


@tender.command("show")
@click.argument("number", type=int)
@json_option
@door
def tender_show(number: int, wants_json: bool, client: Client) -> None:
    """Show tender NUMBER, and its timeline as `licita tender timeline` does (with --json: the tender alone)."""
    thing(client, f"/tenders/{number}", wants_json)
    if not wants_json:
        say("")
        _timeline(_told(client, number))


@tender.command("timeline")
@click.argument("number", type=int)
@json_option
@door
def tender_timeline(number: int, wants_json: bool, client: Client) -> None:
    """Tell what happened to tender NUMBER and who did it; what can be done now, by whom, until when, and why not yet."""
    told = _told(client, number)
    if wants_json:
        as_json(told)
    else:
        _timeline(told)


def _told(client: Client, number: int) -> dict[str, Any]:
    """The whole timeline: all pages of what happened."""
    told: dict[str, Any] = client.get(f"/tenders/{number}/timeline?limit={_ROWS}")
    page = told
    while len(page["items"]) == _ROWS:
        page = client.get(f"/tenders/{number}/timeline?limit={_ROWS}&after={page['next']}")
        told["items"] += page["items"]
    return told


def _timeline(told: dict[str, Any]) -> None:
    rows = (
        (each["time"], each["block"], each["type"], each["organisation"] or each["actor"] or "time")
        for each in told["items"]
    )
    table(("time", "block", "what happened", "who"), rows)
    say("")
    say(f"status: {told['status']}" + ("" if told["steps"] else ", which is the end"))
    steps = sorted(told["steps"], key=lambda step: not step["possible"])
    if steps:
        table(("act", "who may", "about", "now", "until, or why not"), map(_step, steps))


def _step(step: dict[str, Any]) -> tuple[str, ...]:
    names = ("lot", "bid", "complaint", "agreement", "milestone", "seat", "act")
    about = " ".join(f"{name} {step[name]}" for name in names if step[name] is not None)
    if step["possible"]:
        return step["function"], step["who"] or "anybody", about, "yes", step["until"] or ""
    facts = ", ".join(
        f"{name} {value}" for name, value in step["facts"].items() if name not in ("id", "lot", "index")
    )
    return (
        step["function"],
        step["who"] or "anybody",
        about,
        "no",
        f"{step['error']} ({facts})" if facts else step["error"],
    )


@click.group()
def procedure() -> None:
    """Read the procedures of the network."""


@procedure.command("list")
@json_option
@door
def procedure_list(wants_json: bool, client: Client) -> None:
    """List procedure versions."""
    page(
        client,
        "/procedures",
        "",
        1000,
        wants_json,
        ("code", "version", "sandbox", "retired"),
    )


@procedure.command("show")
@click.argument("code")
@click.argument("version", type=int, required=False)
@json_option
@door
def procedure_show(code: str, version: int | None, wants_json: bool, client: Client) -> None:
    """Show VERSION of procedure CODE, by default the newest: each value with its source, or that the operator must confirm it."""
    if version is None:
        adopted = [row["version"] for row in client.get("/procedures")["items"] if row["code"] == code]
        version = max(adopted, default=1)
    body = client.get(f"/procedures/{code}/{version}")
    if wants_json:
        as_json(body)
        return
    rows = value_rows(body["text"])
    table(("value", "is", "source"), ((row.field, row.value, row.source) for row in rows))
    state = "retired" if body["retired"] else "in force"
    open_ = sum(not row.confirmed for row in rows)
    say(
        f"{code} v{version}, {body['text']['title']}: {state}, adopted in block {body['block']}; "
        f"{open_} of {len(rows)} values are to be confirmed by the operator"
    )


@click.group()
def supplier() -> None:
    """Register, debar and read suppliers."""


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
@key_option
@json_option
@door
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
    done(client.act("/suppliers", body, key=key), wants_json)


@supplier.command("debar")
@click.argument("identifier")
@click.option("--until", required=True, help="End of the debarment, RFC 3339 in UTC; five years on at most.")
@click.option("--document", required=True, help="sha256 of the order with its reasons, uploaded before.")
@key_option
@json_option
@door
def supplier_debar(
    identifier: str, until: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Debar a supplier, 0x id or org-id (reviewer); replaces the debarment in force."""
    body = {"until": until, "document": document}
    done(client.act(f"/suppliers/{quoted(identifier)}/debarment", body, key=key), wants_json)


@supplier.command("lift-debarment")
@click.argument("identifier")
@click.option("--document", required=True, help="sha256 of the order with its reasons, uploaded before.")
@key_option
@json_option
@door
def supplier_lift_debarment(
    identifier: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Lift the debarment of a supplier, 0x id or org-id, before its end (reviewer)."""
    done(
        client.act(f"/suppliers/{quoted(identifier)}/debarment/lifting", {"document": document}, key=key),
        wants_json,
    )


@supplier.command("show")
@click.argument("identifier")
@json_option
@door
def supplier_show(identifier: str, wants_json: bool, client: Client) -> None:
    """Show a supplier (0x id or org-id), and what its agreements add up to: lateness, changes, ratings."""
    organisation(client, f"/suppliers/{quoted(identifier)}", wants_json)


@click.group()
def citizen() -> None:
    """Enrol and read citizens."""


@citizen.command("enrol")
@click.argument("address")
@key_option
@json_option
@door
def citizen_enrol(address: str, key: str | None, wants_json: bool, client: Client) -> None:
    """Enrol ADDRESS as a citizen's account, for good (registrar)."""
    done(client.act("/citizens", {"address": address}, key=key), wants_json)


@citizen.command("show")
@click.argument("address")
@json_option
@door
def citizen_show(address: str, wants_json: bool, client: Client) -> None:
    """Show the citizen with this ADDRESS."""
    thing(client, f"/citizens/{quoted(address)}", wants_json)


@click.group()
def member() -> None:
    """Read the members of the network."""


@member.command("list")
@json_option
@door
def member_list(wants_json: bool, client: Client) -> None:
    """List member organisations."""
    page(client, "/members", "", 1000, wants_json, ("orgId", "sector", "status", "name"))


@member.command("show")
@click.argument("identifier")
@json_option
@door
def member_show(identifier: str, wants_json: bool, client: Client) -> None:
    """Show a member (0x id or org-id)."""
    thing(client, f"/members/{quoted(identifier)}", wants_json)


@click.command("export")
@click.argument("published", metavar="OCID|FILE")
@click.option("-o", "--output", required=True, type=Path, help="File to write.")
@door
def ocds_export(published: str, output: Path, client: Client) -> None:
    """Write the record package of OCID with all releases, or a FILE of everything: tenders.csv, records-2027.jsonl.gz."""
    # An ocid has no dot, each of the files has one.
    if "." in published:
        _export_file(published, output, client)
        return
    package = client.get(f"/records/{quoted(published)}?releases=embedded&versioned=true")
    try:
        output.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise FileUnreadable(str(output), error.strerror or str(error)) from error
    say(f"{output}: {len(package['records'][0]['releases'])} releases of {published}")


def _export_file(name: str, output: Path, client: Client) -> None:
    """A file that breaks off leaves the one before as it is."""
    aside = output.with_name(f"{output.name}.part")

    def write(part: bytes) -> None:
        # As itself it would pass for an error of the connection.
        try:
            file.write(part)
        except OSError as error:
            raise FileUnreadable(str(output), error.strerror or str(error)) from error

    try:
        with aside.open("wb") as file:
            client.download(f"/bulk/{quoted(name)}", write)
        aside.replace(output)
    except OSError as error:
        raise FileUnreadable(str(output), error.strerror or str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()
    say(f"{output}: {output.stat().st_size} bytes of {name}")
