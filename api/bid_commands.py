"""`licita bid`: a supplier seals on its own machine, and sends what is sealed through a service; nothing open ever leaves it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import click

from api.door import Door, account_door, done, json_option, key_option
from api.kept_files import (
    keep_receipt,
    passphrase,
    passphrase_option,
    read_receipt,
    renew_receipt,
    write_public,
)
from api.told import Proved, feed, next_version, notice_of, pages, prove, require_same
from chain.errors.opening import ReceiptExists
from chain.output import as_json, file_bytes, say, table
from chain.procurement.bid import Notice, offer_file, seal_bid
from chain.procurement.bidding import DECLARATION
from chain.sealing.receipt import Receipt
from chain.types import moment, to_hex

__all__ = ["bid", "show_bids"]

_tender = click.argument("tender", type=int)
_receipt = click.argument("file", metavar="RECEIPT", type=Path)


@click.group()
def bid() -> None:
    """Seal, send and follow bids; a receipt proves block, time and content."""


@bid.command("notice")
@_tender
@click.option("-o", "--output", required=True, type=Path, help="File to write.")
@account_door
def bidnotice_of(tender: int, output: Path, at: Door) -> None:
    """Write what a bid for TENDER is sealed with, for a machine without a network."""
    found = notice_of(at.client(), tender)
    write_public(output, found.to_json())
    say(f"{output}: tender {tender}, terms {to_hex(found.terms_hash)}")
    say(f"keyset {_committee(found)} (compare it with another node or the published tender)")


@bid.command("seal")
@click.option("--tender", type=int, help="Number of the tender, asked of the service.")
@click.option("--notice", "file", type=Path, help="Or the tender's notice file: then no network is needed.")
@click.option(
    "--amount", "amounts", multiple=True, required=True,
    help='Price, e.g. "9450000.00 MXN"; of one lot of several: "LOT=9450000.00 MXN", repeated. A lot left out gets no offer.',
)  # fmt: skip
@click.option(
    "--document", "documents", multiple=True, type=Path, help="File of the offer, made public at the opening; repeat for several."
)  # fmt: skip
@click.option(
    "--declarations",
    type=Path,
    help="Signed declaration; its sha256 is public at once. Default: the plain one.",
)
@click.option(
    "--version", type=int, help="1, or one more than your last bid for it; default: asked of the service."
)
@click.option("--also", help="Address of a second service: what both say must be equal.")
@click.option("-o", "--output", type=Path, help="Receipt to write; default: bid-TENDER-VERSION.receipt.")
@passphrase_option
@json_option
@account_door
def bid_seal(
    tender: int | None, file: Path | None, amounts: tuple[str, ...], documents: tuple[Path, ...], declarations: Path | None,
    version: int | None, also: str | None, output: Path | None, passphrase_file: Path | None, wants_json: bool, at: Door,
) -> None:  # fmt: skip
    """Seal a bid on this machine, and write its receipt; nothing is sent.

    With --notice no network is needed, and --version says which version it is (default: 1). Keep the receipt: it is what `bid submit`
    sends, and with it you open your bid yourself if the committee does not.
    """
    if (tender is None) == (file is None):
        raise click.UsageError("name the tender by exactly one of --tender and --notice")
    notice = Notice.from_json(file_bytes(file)) if file else notice_of(at.client(), tender or 0)
    if also:
        require_same(notice, notice_of(at.client(also), notice.tender))
    if version is None:
        version = 1 if file else next_version(at.client(), notice.tender, at.account)
    path = output or Path(f"bid-{notice.tender}-{version}.receipt")
    if path.exists():
        raise ReceiptExists(str(path))
    files = [offer_file(_readable(each)) for each in documents]
    receipt = seal_bid(
        notice, _prices(amounts), files, bidder=at.account, version=version, declarations=_declared(declarations)
    )  # fmt: skip
    keep_receipt(path, receipt, passphrase(passphrase_file, str(path), new=True))
    if wants_json:
        as_json({"receipt": str(path), "keyset": to_hex(notice.keyset.id)} | _facts(receipt))
        return
    say(f"sealed   version {version} of the bid of {at.account} for tender {notice.tender}")
    say(f"keyset   {_committee(notice)}")
    for sealed in receipt.envelopes:
        say(f"content  {to_hex(sealed.seal_hash)}")
    say(f"receipt  {path}, encrypted; next: licita bid submit {path}")


@bid.command("submit")
@_receipt
@click.option("--key", help="Idempotency-Key. Default: one made of the bid, so that it is sent once.")
@passphrase_option
@json_option
@account_door
def bid_submit(file: Path, key: str | None, passphrase_file: Path | None, wants_json: bool, at: Door) -> None:
    """Send the sealed bid of RECEIPT, and write block and time into it; once more of the same receipt acts once.

    Another sealed bid takes the place of your last one. The account that it was sealed for sends it.
    """
    phrase = passphrase(passphrase_file, str(file))
    receipt, client = read_receipt(file, phrase), at.client()
    context = receipt.envelopes[0].context
    body = {
        "termsHash": to_hex(receipt.terms_hash), "declarations": to_hex(receipt.declarations),
        "envelopes": [to_hex(sealed.data) for sealed in receipt.envelopes],
    }  # fmt: skip
    # The same bid has the same key: whatever was lost on the way, it is sent once.
    key = (
        key or "bid-" + hashlib.sha256(b"".join(sealed.data for sealed in receipt.envelopes)).hexdigest()[:32]
    )
    answer = client.act(f"/tenders/{context.tender}/bids", body, key=key)
    if answer.body["state"] != "recorded":
        done(answer, wants_json)
        return
    proved = prove(client, receipt)
    renew_receipt(file, receipt.sent(proved.transaction, proved.block, proved.at), phrase)
    if wants_json:
        as_json(answer.body | {"receipt": str(file), "time": _time(proved.at)})
        return
    _tell(receipt, proved)
    say(f"receipt  {file}, with transaction, block and time")


@bid.command("show")
@_receipt
@click.option("--offline", is_flag=True, help="Only say what the file says; ask nobody.")
@passphrase_option
@json_option
@account_door
def bid_show(file: Path, offline: bool, passphrase_file: Path | None, wants_json: bool, at: Door) -> None:
    """Say what RECEIPT proves: block, time and content hash, compared with the chain; never its prices."""
    receipt = read_receipt(file, passphrase(passphrase_file, str(file)))
    proved = None if offline else prove(at.client(), receipt)
    checked = None
    if proved is not None:
        receipt = receipt.sent(proved.transaction, proved.block, proved.at)
        checked = {"index": proved.index, "order": proved.order, "supersededBy": proved.superseded_by}
    if wants_json:
        as_json(_facts(receipt) | {"checked": checked})
    elif proved is not None:
        _tell(receipt, proved)
    else:
        table(("field", "value"), ((name, json.dumps(value)) for name, value in _facts(receipt).items()))


@bid.command("list")
@click.option(
    "--tender", type=int, help="Bids for this tender. Default: those that your account sent, for any tender."
)
@json_option
@account_door
def bid_list(tender: int | None, wants_json: bool, at: Door) -> None:
    """List bids: who and when; prices once they are opened."""
    client = at.client()
    if tender is not None:
        show_bids(pages(client, f"/tenders/{tender}/bids"), wants_json)
        return
    rows = [
        {name: row["args"].get(name, row.get(name)) for name in _SENT}
        for row in feed(client, "BidSealed")
        if row["args"]["bidder"].lower() == at.account.lower() and row["args"]["envelope"] == 0
    ]
    if wants_json:
        as_json(rows)
    else:
        table(_SENT, ([*row.values()] for row in rows))


_SENT = ("tender", "version", "block", "time", "transaction")


def show_bids(bids: list[dict[str, Any]], wants_json: bool) -> None:
    """Bids of a tender as the service shows them: a table, or JSON."""
    if wants_json:
        as_json(bids)
        return
    columns = ("index", "status", "version", "sealedAt", "orgId", "bidder")
    table((*columns, "prices"), ([*(each[name] for name in columns), _opened(each)] for each in bids))


def _opened(found: dict[str, Any]) -> str:
    """The prices of a bid in words, "" while it is sealed."""
    said = [
        f"{price['lot']}: {price['amount'] or 'no offer'} {price['currency'] if price['amount'] else ''}".strip()
        for opening in found["openings"]
        for price in opening["amounts"]
    ]
    faults = [f"not responsive: {opening['fault']}" for opening in found["openings"] if opening["fault"]]
    return ", ".join([*said, *faults])


@bid.command("confirm")
@_tender
@key_option
@json_option
@account_door
def bid_confirm(tender: int, key: str | None, wants_json: bool, at: Door) -> None:
    """Bind your untouched bid for TENDER to its last terms, after an addendum."""
    client = at.client()
    terms = client.get(f"/tenders/{tender}")["termsHash"]
    done(client.act(f"/tenders/{tender}/bids/confirmation", {}, key=key, if_match=terms), wants_json)


@bid.command("withdraw")
@_tender
@key_option
@json_option
@account_door
def bid_withdraw(tender: int, key: str | None, wants_json: bool, at: Door) -> None:
    """Take your bid for TENDER back, before bidding ends; it is never opened."""
    done(at.client().act(f"/tenders/{tender}/bids/withdrawal", {}, key=key), wants_json)


@bid.command("reveal")
@_receipt
@click.option("--envelope", type=click.IntRange(0, 1), help="Which envelope; default: the last.")
@passphrase_option
@json_option
@account_door
def bid_reveal(
    file: Path, envelope: int | None, passphrase_file: Path | None, wants_json: bool, at: Door
) -> None:
    """Open your own bid with RECEIPT, where the committee did not open it in time. What was sealed becomes public."""
    receipt, client = read_receipt(file, passphrase(passphrase_file, str(file))), at.client()
    sealed = receipt.envelopes[-1 if envelope is None else envelope]
    proved = prove(client, receipt)
    body = {"envelope": sealed.context.envelope, "index": proved.index, "r": to_hex(sealed.r.raw)}
    done(client.act(f"/tenders/{sealed.context.tender}/self-reveal", body), wants_json)


def _prices(amounts: tuple[str, ...]) -> str | dict[str, str]:
    if len(amounts) == 1 and "=" not in amounts[0]:
        return amounts[0]
    priced = [each.rpartition("=") for each in amounts]
    return {lot: price for lot, _, price in priced}


def _readable(path: Path) -> Path:
    file_bytes(path)
    return path


def _declared(file: Path | None) -> bytes:
    return hashlib.sha256(file_bytes(file)).digest() if file else DECLARATION


def _facts(receipt: Receipt) -> dict[str, Any]:
    """What is public of a receipt."""
    context = receipt.envelopes[0].context
    return {
        "tender": context.tender, "version": context.version, "bidder": context.bidder, "keyset": to_hex(context.keyset_id),
        "termsHash": to_hex(receipt.terms_hash), "declarations": to_hex(receipt.declarations),
        "seals": [to_hex(sealed.seal_hash) for sealed in receipt.envelopes], "transaction": receipt.transaction, "block": receipt.block,
        "time": None if receipt.at is None else _time(receipt.at),
    }  # fmt: skip


def _tell(receipt: Receipt, proved: Proved) -> None:
    context = receipt.envelopes[0].context
    say(
        f"bid      version {context.version} of {context.bidder} for tender {context.tender}, number {proved.order} by arrival"
    )
    say(f"block    {proved.block} at {_time(proved.at)}, transaction {proved.transaction}")
    for sealed in receipt.envelopes:
        say(f"content  {to_hex(sealed.seal_hash)}: the chain holds these {len(sealed.data)} bytes, sealed")
    if proved.superseded_by is not None:
        say(f"replaced by version {proved.superseded_by}: it stays sealed")


def _committee(notice: Notice) -> str:
    keyset = notice.keyset
    return f"{to_hex(keyset.id)}, {keyset.threshold} of {len(keyset.members)} open together"


def _time(seconds: int) -> str:
    return moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
