"""`licita committee`: a member makes its part of a key, and of an opening, on its own machine; anyone opens what k of them shared."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from api.bid_commands import show_bids
from api.door import Door, account_door, json_option
from api.kept_files import passphrase, passphrase_option, write_new
from api.told import ToldSealed, feed, pages
from api.told_desk import ToldDesk
from chain.errors.opening import SharesFileWrong
from chain.nodes.folder import Folder
from chain.output import as_json, file_bytes, say, table
from chain.people import People
from chain.procurement.committee import SeatKeeper, kept_share
from chain.procurement.opening import PageFile, SharesFile
from chain.seats import FolderStore
from chain.types import from_hex, moment, to_hex

__all__ = ["committee"]

DEFAULT_SEATS = Path("~/.licita/seats")


def _id(ctx: click.Context, param: click.Parameter, value: str) -> bytes:
    """32 bytes as hex, with or without 0x."""
    digits = value.removeprefix("0x")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digits):
        raise click.BadParameter(f"{value!r} is not 32 bytes as hex", ctx, param)
    return bytes.fromhex(digits)


def _ceremony(command: Callable[..., None]) -> Callable[..., None]:
    return click.argument("ceremony", callback=_id)(command)


def _secrets(command: Callable[..., None]) -> Callable[..., None]:
    """Where this member's secrets lie, and what opens them."""
    seats = click.option(
        "--seats", type=Path, help=f"Folder of your secrets; default: {DEFAULT_SEATS}, with --as the sandbox person's own."
    )  # fmt: skip
    return seats(passphrase_option(command))


@click.group()
def committee() -> None:
    """Take part in an opening committee; open tenders.

    Acts go through a service with a token (--as, LICITA_TOKEN), your organisation's own where it runs a node: it tells the time and the
    messages of others. Your secrets stay in --seats on this machine, encrypted; what is sent is computed here.
    """


@committee.command("show")
@_secrets
@json_option
@account_door
def committee_show(seats: Path | None, passphrase_file: Path | None, wants_json: bool, at: Door) -> None:
    """Show ceremonies and keysets, and what this machine holds of them; no passphrase is needed."""
    client, folder = at.client(), _folder(at, seats)
    desk = ToldDesk(client, at.known_account) if at.known_account else None
    told = desk.sealed if desk else ToldSealed(client)
    held = {path.stem for path in folder.glob("*.json")} if folder.is_dir() else set()
    ceremonies, keysets, finished = [], [], set()
    for row in feed(client, "KeysetRegistered"):
        id = row["args"]["keysetId"]
        facts = told.keyset(from_hex(id))
        assert facts is not None, "the feed has just told of it"
        if facts.confirmed == len(facts.members):
            finished.add(row["args"]["ceremonyId"])
        state = "usable" if facts.is_usable else f"{facts.confirmed} of {len(facts.members)} confirmed"
        keysets.append({
            "kind": "keyset", "id": id, "threshold": facts.threshold, "seats": len(facts.members),
            "due": "ended" if facts.ended else state, "seat": desk.seat_in(facts.members) if desk else None,
            "held": any(name.startswith(f"share-{id[2:]}-") for name in held),
        })  # fmt: skip
    for row in feed(client, "CeremonyOpened"):
        id = row["args"]["ceremonyId"]
        running = told.ceremony(from_hex(id))
        assert running is not None, "the feed has just told of it"
        members = running.plan.members
        ceremonies.append({
            "kind": "ceremony", "id": id, "threshold": running.plan.threshold, "seats": len(members),
            "due": "done" if id in finished else running.step, "seat": desk.seat_in(members) if desk else None,
            "held": f"seat-{id[2:]}" in held,
        })  # fmt: skip
    found = [*ceremonies, *keysets]
    if wants_json:
        as_json(found)
        return
    columns = ("kind", "id", "threshold", "seats", "due", "seat", "held")
    table((*columns[:-1], "held here"), ([_cell(each[name]) for name in columns] for each in found))


@committee.command("join")
@_ceremony
@_secrets
@account_door
def committee_join(ceremony: bytes, seats: Path | None, passphrase_file: Path | None, at: Door) -> None:
    """Draw your secrets for CEREMONY, keep them here, and join it."""
    folder = _folder(at, seats)
    store = _store(at, seats, passphrase_file)
    for kept in store.names()[:1]:
        store.find(kept)  # a passphrase that differs from that of the others is a typing error
    seat = _keeper(at, store).join(ceremony)
    said = f"as seat {seat.seat}" if seat.seat else f"as dealer {seat.dealer}"
    say(f"joined {to_hex(ceremony)} {said}; your secrets lie in {folder}")
    say(f"next, when all have joined: licita committee deal {to_hex(ceremony)}")


@committee.command("deal")
@_ceremony
@click.option(
    "--also", help="Address of a second service: both must tell the same keys of those you deal to."
)
@_secrets
@account_door
def committee_deal(
    ceremony: bytes, also: str | None, seats: Path | None, passphrase_file: Path | None, at: Door
) -> None:
    """Publish your dealing, then, once all have, send its boxes: run it until `confirm` is due.

    A service that put its own keys in the place of the members' would read what you deal: `confirm` finds that out, but for a key that
    is handed on it is too late then. Name a second service with --also, or use your own node's.
    """
    told = ToldSealed(at.client(also)) if also else None
    step = _keeper(at, _store(at, seats, passphrase_file)).deal(ceremony, told)
    say(f"due now: {step}")


@committee.command("confirm")
@_ceremony
@_secrets
@account_door
def committee_confirm(ceremony: bytes, seats: Path | None, passphrase_file: Path | None, at: Door) -> None:
    """Check the whole ceremony, keep your share of its key, and confirm the keyset.

    Once all have confirmed, run it once more: then the secrets of the ceremony are erased, of which only your share is needed.
    A dealer whose part is wrong is named: then complain.
    """
    folder = _folder(at, seats)
    keyset = _keeper(at, _store(at, seats, passphrase_file)).confirm(ceremony)
    say(f"confirmed keyset {to_hex(keyset)}; your share lies in {folder}: keep a copy on an encrypted disk")
    if (folder / f"seat-{ceremony.hex()}.json").exists():
        say(
            "others have not confirmed yet; once all have, run this again: it erases what is not needed any more"
        )


@committee.command("complain")
@_ceremony
@click.option("--dealer", type=int, required=True, help="Number of the dealer that `confirm` named.")
@_secrets
@account_door
def committee_complain(
    ceremony: bytes, dealer: int, seats: Path | None, passphrase_file: Path | None, at: Door
) -> None:
    """End CEREMONY because of a dealer, who may show what it sent you; the council judges, and opens a new one."""
    _keeper(at, _store(at, seats, passphrase_file)).complain(ceremony, dealer)
    say(f"complained about dealer {dealer}: the ceremony is over")


@committee.command("answer")
@_ceremony
@_secrets
@account_door
def committee_answer(ceremony: bytes, seats: Path | None, passphrase_file: Path | None, at: Door) -> None:
    """Answer a complaint about your dealing, in public: everybody can hold the value against your dealing."""
    _keeper(at, _store(at, seats, passphrase_file)).answer_complaint(ceremony)
    say("answered; the value is public, and the council judges")


@committee.command("roll-call")
@click.argument("keyset", callback=_id)
@click.option("--call", is_flag=True, help="Call the roll (anyone, every 28 days) instead of answering it.")
@_secrets
@account_door
def committee_roll_call(
    keyset: bytes, call: bool, seats: Path | None, passphrase_file: Path | None, at: Door
) -> None:
    """Prove, in the last roll of KEYSET, that your share is still there."""
    if call:
        ToldDesk(at.client(), at.account).call_roll(keyset)
        say(f"called the roll of {to_hex(keyset)}")
        return
    round_ = _keeper(at, _store(at, seats, passphrase_file)).answer_roll(keyset)
    say(f"answered roll {round_} of {to_hex(keyset)}")


@committee.command("forget")
@click.argument("id", callback=_id)
@_secrets
@account_door
def committee_forget(id: bytes, seats: Path | None, passphrase_file: Path | None, at: Door) -> None:
    """Erase what you keep of a ceremony that failed, or your share of a keyset that another has taken over from.

    An old share opens what its keyset was made for as well as a new one does: what is not needed is only a danger.
    """
    count = _keeper(at, _store(at, seats, passphrase_file)).forget(id)
    say(f"erased {count} file{'s' if count != 1 else ''} of {to_hex(id)}")


@committee.command("page")
@click.argument("tender", type=int)
@click.argument("page", type=int)
@click.option("-o", "--output", required=True, type=Path, help="File to write.")
@account_door
def committee_page(tender: int, page: int, output: Path, at: Door) -> None:
    """Write PAGE of TENDER (32 bids, from 0) for a machine without a network; not before its bids may be opened."""
    found = ToldSealed(at.client()).page_file(tender, page)
    write_new(output, found.to_json())
    say(f"{output}: {len(found.bids)} bids; there: licita committee share --page {output} -o shares.json")


@committee.command("share")
@click.argument("tender", type=int, required=False)
@click.option("--page", "page_file", type=Path, help="Page to make shares of; no network is asked.")
@click.option("-o", "--output", type=Path, help="With --page: file to write.")
@click.option("--shares", "shares_file", type=Path, help="Shares made elsewhere, to be sent.")
@_secrets
@account_door
def committee_share(
    tender: int | None, page_file: Path | None, output: Path | None, shares_file: Path | None, seats: Path | None,
    passphrase_file: Path | None, at: Door,
) -> None:  # fmt: skip
    """Send your shares of the bids for TENDER; refused before they may be opened.

    Without a network: --page FILE -o OUT makes the shares of a page from `committee page`; on a machine with one --shares OUT sends
    them.
    """
    if [tender is not None, page_file is not None, shares_file is not None].count(True) != 1:
        raise click.UsageError("name exactly one of TENDER, --page and --shares")
    if page_file is not None:
        if output is None:
            raise click.UsageError("--page needs -o")
        asked = PageFile.from_json(file_bytes(page_file), str(page_file))
        opens = _opening_time(asked, at, str(page_file))
        made = asked.shares(kept_share(_store(at, seats, passphrase_file), asked.keyset_id))
        write_new(output, made.to_json(), mode=0o600)
        say(
            f"{output}: {len(made.shares)} shares of seat {made.seat}, page {made.page} of tender {made.tender}"
        )
        say(
            f"that tender's bids may be opened from {opens}: compare both with what was published before you carry it on"
        )
        return
    desk = ToldDesk(at.client(), at.account, at.time)
    if shares_file is not None:
        desk.post(SharesFile.from_json(file_bytes(shares_file), str(shares_file)))
        say("sent 1 page of shares")
        return
    assert tender is not None, "refused above"
    share = kept_share(_store(at, seats, passphrase_file), desk.sealed.holder(tender).id)
    say(f"sent {desk.share(tender, share)} pages of shares of seat {share.seat}")


@committee.command("open")
@click.argument("tender", type=int)
@json_option
@account_door
def committee_open(tender: int, wants_json: bool, at: Door) -> None:
    """Open the bids for TENDER with the shares that were sent (anyone with a token): the contract checks and decrypts."""
    client = at.client()
    ToldDesk(client, at.known_account or "").open(tender)
    show_bids(pages(client, f"/tenders/{tender}/bids"), wants_json)


def _folder(at: Door, seats: Path | None) -> Path:
    """Where this member's secrets lie."""
    if seats is None and at.name:
        return People.read(Folder(at.folder)).seat_store(at.name).folder
    return (seats or DEFAULT_SEATS).expanduser()


def _store(at: Door, seats: Path | None, passphrase_file: Path | None) -> FolderStore:
    """This member's secrets. Raises FileUnreadable, KeyReadable, PassphraseShort."""
    if seats is None and at.name and passphrase_file is None:
        return People.read(Folder(at.folder)).seat_store(at.name)
    folder = _folder(at, seats)
    phrase = passphrase(passphrase_file, str(folder), new=not any(folder.glob("*.json")))
    return FolderStore(folder, phrase)


def _keeper(at: Door, store: FolderStore) -> SeatKeeper:
    return SeatKeeper(ToldDesk(at.client(), at.account), store)


def _opening_time(asked: PageFile, at: Door, path: str) -> str:
    """When the file says that its bids may be opened, as text; this machine's clock must say that it is so. Raises SharesFileWrong."""
    opens = f"{moment(asked.open_from):%Y-%m-%d %H:%M:%S} UTC"
    if at.time is not None and at.time < asked.open_from:
        now = f"{moment(at.time):%Y-%m-%d %H:%M:%S} UTC"
        raise SharesFileWrong(path, f"this machine's clock says {now}; its bids may be opened from {opens}")
    return opens


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
