"""The commands of hidden askers: a supplier writes and signs a question, an enquiry desk asks it, either proves later who asked."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click

from api.client import Client
from api.door import Door, account_door, done, door, json_option, key_option
from api.kept_files import passphrase, passphrase_option, write_new
from api.told import pages
from chain.errors.contracts import TenderBoardQuestionNotFound
from chain.errors.procurement import HandedQuestionWrong
from chain.ocds.enquiry import question_json
from chain.output import as_json, file_bytes, say
from chain.procurement.handed import SALT, HandedQuestion
from chain.types import from_hex, to_hex

__all__ = ["tender_disclose", "tender_hand", "tender_relay"]

_file = click.argument("file", type=Path)


@click.command("hand")
@click.argument("number", type=int)
@click.option("--title", required=True)
@click.option("--text", required=True, help="The question.")
@click.option("--lot", help="Id of the lot it is about.")
@click.option("--item", help="Id of the item it is about.")
@click.option("-o", "--output", required=True, type=Path, help="File to write (mode 0600).")
@click.option("--keystore", type=Path, help="V3 keystore of the account that signs; default: that of --as.")
@passphrase_option
@json_option
@account_door
def tender_hand(
    number: int, title: str, text: str, lot: str | None, item: str | None, output: Path, keystore: Path | None,
    passphrase_file: Path | None, wants_json: bool, at: Door,
) -> None:  # fmt: skip
    """Write a question about tender NUMBER for an enquiry desk, signed; nothing is sent.

    Give the file to one desk, by a way that nobody else reads, and keep it: it proves later who asked. A desk that stays silent is
    replaced by another one, with a new file.
    """
    key = at.key(keystore, lambda: passphrase(passphrase_file, str(keystore)))
    client = at.client()
    chain_id, board = _network(client)
    # Refused here by name rather than at the desk.
    tender = client.get(f"/tenders/{number}")["tender"]
    question_json(title, text, related_lot=lot, related_item=item, tender=tender)
    supplier = _supplier_of(client, key.address)
    made = HandedQuestion(
        chain_id, board, number, from_hex(supplier["id"]), key.address, secrets.token_bytes(SALT), title, text, lot, item,
    ).signed(key.secret)  # fmt: skip
    write_new(output, made.to_json(), mode=0o600)
    if wants_json:
        as_json({"file": str(output), "tag": to_hex(made.tag), "supplier": supplier["id"]})
        return
    say(f"{output}: for an enquiry desk, and for nobody else; next, there: licita tender relay {output}")


@click.command("relay")
@_file
@json_option
@door
def tender_relay(file: Path, wants_json: bool, client: Client) -> None:
    """Ask the question in FILE that a supplier handed to your desk, once, without naming the supplier (registrar)."""
    handed = _checked(client, file)
    supplier = client.get(f"/suppliers/{to_hex(handed.supplier)}")
    if handed.account not in supplier["accounts"] or not supplier["active"]:
        raise HandedQuestionWrong("supplier")
    asked = {
        "title": handed.title, "description": handed.description, "relatedLot": handed.lot, "relatedItem": handed.item,
        "tag": to_hex(handed.tag),
    }  # fmt: skip
    body = {field: value for field, value in asked.items() if value is not None}
    # The same file has the same key: whatever was lost on the way, it is asked once.
    key = f"question-{handed.tag.hex()[:32]}"
    done(client.act(f"/tenders/{handed.tender}/enquiries", body, key=key), wants_json)


@click.command("disclose")
@_file
@key_option
@json_option
@door
def tender_disclose(file: Path, key: str | None, wants_json: bool, client: Client) -> None:
    """Prove who asked the question in FILE, once bidding is over (supplier or registrar)."""
    handed = _checked(client, file)
    tag = to_hex(handed.tag)
    questions: list[dict[str, Any]] = client.get(f"/tenders/{handed.tender}/enquiries")["items"]
    number = next((each["number"] for each in questions if each["desk"] and each["tag"] == tag), None)
    if number is None:
        raise TenderBoardQuestionNotFound(handed.tender, 0)
    body = {"supplier": to_hex(handed.supplier), "salt": to_hex(handed.salt)}
    done(client.act(f"/tenders/{handed.tender}/enquiries/{number}/asker", body, key=key), wants_json)


def _checked(client: Client, file: Path) -> HandedQuestion:
    handed = HandedQuestion.from_json(file_bytes(file))
    return handed.checked(*_network(client), handed.tender)


def _network(client: Client) -> tuple[int, str]:
    network = client.get("/network")
    return int(network["chainId"]), str(network["contracts"]["TenderBoard"])


def _supplier_of(client: Client, account: str) -> dict[str, Any]:
    """The supplier with this account. Raises HandedQuestionWrong where there is none, or it is not active."""
    found = (each for each in pages(client, "/suppliers") if account in each["accounts"] and each["active"])
    supplier = next(found, None)
    if supplier is None:
        raise HandedQuestionWrong("account")
    return supplier
