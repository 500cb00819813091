"""`licita bid`: a supplier seals on its own machine, and sends what is sealed through a service; nothing open ever leaves it."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from api.bid_checks import require_keyset_due, require_pinned, require_reveal_due
from api.client import Client
from api.door import Door, account_door, done, json_option, key_option
from api.kept_files import (
    keep_receipt,
    opened_receipt,
    passphrase,
    passphrase_option,
    renew_receipt,
    write_new,
)
from api.told import Proved, feed, next_version, notice_file, notice_in, notice_of, pages, prove
from chain.errors.commands import FileUnreadable
from chain.errors.contracts import OpeningCommitteeEntryNotSealed
from chain.errors.opening import AmountLotRepeated, ReceiptExists, ReceiptUnproved, ReceiptWithdrawn
from chain.money import Money
from chain.output import as_json, file_bytes, say, table
from chain.procurement.bid import MAX_VERSION, Notice, fitted, offer_file, seal_bid
from chain.procurement.bidding import DECLARATION
from chain.sealing.document import OfferFile
from chain.sealing.receipt import Receipt
from chain.types import moment, to_hex

__all__ = ["bid", "show_bids"]

_tender = click.argument("tender", type=int)
_receipt = click.argument("file", metavar="RECEIPT", type=Path)
_trust = click.option("--trust-service", "trusts", is_flag=True, help="Take the word of one service for it.")


def _keyset_id(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A keyset's id, in whatever case."""
    if value is not None and not re.fullmatch(r"0x[0-9a-fA-F]{64}", value):
        raise click.BadParameter(f"{value!r} is not 32 bytes as 0x hex", ctx, param)
    return value


@click.group()
def bid() -> None:
    """Seal, send and follow bids; a receipt proves block, time and content."""


@bid.command("notice")
@_tender
@click.option("-o", "--output", required=True, type=Path, help="File to write.")
@account_door
def bid_notice(tender: int, output: Path, at: Door) -> None:
    """Write what a bid for TENDER is sealed with, for a machine without a network."""
    found, data = notice_file(at.client(), tender)
    write_new(output, data)
    say(f"{output}: tender {tender}, terms {to_hex(found.terms_hash)}")
    say(f"keyset {_committee(found)} (compare it with another node or the published tender)")


@bid.command("seal")
@click.option("--tender", type=int, help="Number of the tender, asked of the service.")
@click.option("--notice", "file", type=Path, help="Or the tender's notice file: then no network is needed.")
@click.option(
    "--amount", "amounts", multiple=True,
    help='Price, e.g. "9450000.00 MXN"; of one lot of several: "LOT=9450000.00 MXN", repeated. A lot left out gets no offer. Default: '
    "asked for. What is an argument stands in the shell's history, and others on this machine may see it.",
)  # fmt: skip
@click.option(
    "--amounts", "amounts_file", type=Path, help="File with the prices instead, one a line as for --amount; - is standard input."
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
    "--version",
    type=click.IntRange(1, MAX_VERSION),
    help="1, or one more than your last bid for it; default: asked of the service.",
)
@click.option(
    "--keyset", callback=_keyset_id, help="Id of the tender's keyset, from elsewhere than the service."
)
@click.option("--also", help="Or the address of a second service: what both say must be equal.")
@_trust
@click.option("-o", "--output", type=Path, help="Receipt to write; default: bid-TENDER-VERSION.receipt.")
@passphrase_option
@json_option
@account_door
def bid_seal(
    tender: int | None, file: Path | None, amounts: tuple[str, ...], amounts_file: Path | None, documents: tuple[Path, ...],
    declarations: Path | None, version: int | None, keyset: str | None, also: str | None, trusts: bool, output: Path | None,
    passphrase_file: Path | None, wants_json: bool, at: Door,
) -> None:  # fmt: skip
    """Seal a bid on this machine, and write its receipt; nothing is sent.

    Who made the key reads the bid, so one service's word for it is not enough: give --keyset, --also or, knowing that, --trust-service.
    A service that runs on --network on this machine is your own and needs none of them.

    With --notice no network is needed, and --version says which version it is (default: 1). Keep the receipt: it is what `bid submit`
    sends, and with it you open your bid yourself if the committee does not. A file that does not fit inside is sealed by its hash only,
    and you hand it over as the tender says. Prices are shown once, here; --json leaves them out.
    """
    if amounts and amounts_file is not None:
        raise click.UsageError("give the prices by one of --amount and --amounts")
    if (tender is None) == (file is None):
        raise click.UsageError("name the tender by exactly one of --tender and --notice")
    notice = notice_in(file_bytes(file)) if file else notice_of(at.client(), tender or 0)
    require_pinned(at, notice, keyset=keyset, also=also, trusts=trusts, is_file=file is not None)
    if version is None:
        version = 1 if file else next_version(at.client(), notice.tender, at.account)
    path = output or Path(f"bid-{notice.tender}-{version}.receipt")
    if path.exists():
        raise ReceiptExists(str(path))
    files = fitted(notice, [offer_file(_readable(each)) for each in documents])
    prices, bidder = _prices(_lines(amounts_file) if amounts_file else amounts or _typed(notice)), at.account
    minor = notice.amounts(prices)
    phrase = passphrase(passphrase_file, str(path), new=True)
    receipt = seal_bid(
        notice, prices, files, bidder=bidder, version=version, declarations=_declared(declarations)
    )
    keep_receipt(path, receipt, phrase)
    if wants_json:
        kept = [{"name": each.name, "bytes": len(each.content), "inside": each.inside} for each in files]
        as_json(
            {"receipt": str(path), "keyset": to_hex(notice.keyset.id)} | _facts(receipt) | {"documents": kept}
        )
        return
    say(f"sealed   version {version} of the bid of {at.account} for tender {notice.tender}")
    say(f"keyset   {_committee(notice)}")
    for lot, price in zip(notice.lots, minor, strict=True):
        offered = "no offer" if price is None else Money.from_minor(price, notice.currency, notice.exponent)
        say(f"price    lot {lot}: {offered}")
    for each in files:
        say(f"file     {_told_file(each)}")
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

    Another sealed bid takes the place of your last one. The account that it was sealed for sends it. It is not sent where the service
    says that the tender has another keyset than the one it is sealed to. What was withdrawn is refused: it needs a new bid.
    """
    phrase = passphrase(passphrase_file, str(file))
    with opened_receipt(file, phrase) as receipt:
        _submit(file, receipt, phrase, key, wants_json, at.client())


def _submit(
    file: Path, receipt: Receipt, phrase: str, key: str | None, wants_json: bool, client: Client
) -> None:
    require_keyset_due(client, receipt)
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
    if proved.status == "withdrawn":
        raise ReceiptWithdrawn(context.tender, context.version)
    if wants_json:
        as_json(answer.body | {"receipt": str(file), "time": _time(proved.at)} | _standing(receipt, proved))
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
    """Say what RECEIPT proves, compared with the chain: block, time and content hash, and whether it still counts; never its prices."""
    with opened_receipt(file, passphrase(passphrase_file, str(file))) as receipt:
        pass  # what is public of it is all that is needed
    proved = None if offline else prove(at.client(), receipt)
    if wants_json:
        checked = None
        if proved is not None:
            checked = {"index": proved.index, "order": proved.order} | _standing(receipt, proved)
            receipt = receipt.sent(proved.transaction, proved.block, proved.at)
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
@click.option("--envelope", type=click.IntRange(0, 1), help="Which envelope; default: the one that is due.")
@click.option("--also", help="Address of a second service, which must say as well that it is time.")
@_trust
@passphrase_option
@json_option
@account_door
def bid_reveal(
    file: Path, envelope: int | None, also: str | None, trusts: bool, passphrase_file: Path | None, wants_json: bool, at: Door
) -> None:  # fmt: skip
    """Open your own bid with RECEIPT, where the committee did not open it in time. What was sealed becomes public.

    What opens the bid leaves this machine only once it is time, by this machine's clock too. One service's word for that is not enough:
    give --also or, knowing that, --trust-service; a service that runs on --network on this machine needs neither.
    """
    with opened_receipt(file, passphrase(passphrase_file, str(file))) as receipt:
        client, context = at.client(), receipt.envelopes[0].context
        proved = prove(client, receipt)
        if proved.status in ("superseded", "withdrawn", "lapsed"):  # what is never opened is not told either
            raise OpeningCommitteeEntryNotSealed(context.tender, proved.index)
        due = require_reveal_due(at, context.tender, envelope, also=also, trusts=trusts)
        sealed = next((each for each in receipt.envelopes if each.context.envelope == due), None)
        if sealed is None:
            raise ReceiptUnproved(context.tender, context.version, f"envelope {due}")
        body = {"envelope": due, "index": proved.index, "r": to_hex(sealed.r.raw)}
        done(client.act(f"/tenders/{context.tender}/self-reveal", body), wants_json)


def _prices(amounts: tuple[str, ...]) -> str | dict[str, str]:
    if len(amounts) == 1 and "=" not in amounts[0]:
        return amounts[0]
    prices: dict[str, str] = {}
    for each in amounts:
        lot, _, price = each.rpartition("=")
        if lot in prices:
            raise AmountLotRepeated(lot)
        prices[lot] = price
    return prices


def _lines(file: Path) -> tuple[str, ...]:
    """Lines of a file, or of standard input, that are not empty."""
    data = sys.stdin.buffer.read() if str(file) == "-" else file_bytes(file)
    try:
        lines = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise FileUnreadable(str(file), "not UTF-8") from None
    return tuple(line for line in lines if line)


def _typed(notice: Notice) -> tuple[str, ...]:
    """A price for each lot, typed; nothing for no offer."""
    said = {
        lot: click.prompt(
            f'price of lot {lot}, e.g. "1000.00 {notice.currency}"; empty for no offer', default="", show_default=False, err=True
        )
        for lot in notice.lots
    }  # fmt: skip
    return tuple(f"{lot}={price}" for lot, price in said.items() if price)


def _told_file(file: OfferFile) -> str:
    """How a file is sealed, in words."""
    if file.inside:
        return f"{file.name}: inside"
    return f"{file.name}: by hash only, it does not fit: you must hand it over as the tender says"


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


def _standing(receipt: Receipt, proved: Proved) -> dict[str, Any]:
    """Whether a bid still counts; ``moved``: it stands in another transaction than the receipt names."""
    moved = receipt.transaction not in (None, proved.transaction)
    return {"status": proved.status, "supersededBy": proved.superseded_by, "moved": moved}


def _tell(receipt: Receipt, proved: Proved) -> None:
    context = receipt.envelopes[0].context
    words = {
        "sealed": "sealed: neither replaced nor withdrawn, and bound to the last terms",
        "opened": f"opened: licita bid list --tender {context.tender} shows what came out",
        "superseded": f"replaced by version {proved.superseded_by}: it stays sealed, and the newer one counts",
        "withdrawn": "withdrawn: it is never opened; to bid after all, seal and submit a new one",
        "lapsed": "lapsed: the terms changed after it, and it is not opened as it is; before the deadline run "
        f"licita bid confirm {context.tender}, or seal and submit a new one",
        "excluded": "excluded: what is still sealed of it is not opened",
    }
    say(f"status   {words.get(proved.status, proved.status)}")
    say(
        f"bid      version {context.version} of {context.bidder} for tender {context.tender}, number {proved.order} by arrival"
    )
    say(f"block    {proved.block} at {_time(proved.at)}, transaction {proved.transaction}")
    if receipt.transaction not in (None, proved.transaction):
        say(f"moved    the receipt names transaction {receipt.transaction}:")
        say(
            "         the same bytes were received anew in the one above; licita bid submit writes it into the receipt"
        )
    for sealed in receipt.envelopes:
        say(f"content  {to_hex(sealed.seal_hash)}: the chain holds these {len(sealed.data)} bytes")


def _committee(notice: Notice) -> str:
    keyset = notice.keyset
    return f"{to_hex(keyset.id)}, {keyset.threshold} of {len(keyset.members)} open together"


def _time(seconds: int) -> str:
    return moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
