"""The commands of awards: count and rank, ask and answer, award or put out."""

from __future__ import annotations

from typing import Any

import click

from api.client import Answer, Client
from api.door import done, door, json_option, key_option, page, thing
from chain.output import as_json, say

__all__ = ["award"]

_DISQUALIFICATIONS = (
    "notEligible", "notQualified", "nonResponsive", "abnormallyLow", "debarred", "conflict", "falseDeclaration",
)  # fmt: skip

_number = click.argument("number", type=int)
_lot = click.option("--lot", type=int, default=1, show_default=True, help="Number of the lot.")
_bid = click.option("--bid", type=int, required=True, help="Place of the bid in the tender, from 0.")
_decision = click.option(
    "--document", required=True, help="sha256 of the reasoned decision, uploaded before."
)
_about = click.option(
    "--lot", type=int, help="Number of the lot whose price it is about; without: a formal defect of the bid."
)


@click.group()
def award() -> None:
    """Count, rank and award the lots of a tender once its bids are open."""


@award.command("show")
@_number
@click.option("--lot", type=int, help="All of one lot, by its number.")
@json_option
@door
def award_show(number: int, lot: int | None, wants_json: bool, client: Client) -> None:
    """Show how far the lots of tender NUMBER are."""
    if lot is not None:
        thing(client, f"/tenders/{number}/lots/{lot}", wants_json)
        return
    columns = ("number", "id", "status", "offers", "admissible", "ranked", "candidate", "standstillEnds")
    page(client, f"/tenders/{number}/lots", "", 1000, wants_json, columns)


@award.command("ranking")
@_number
@_lot
@click.option("--after", default="", help="The `next` of the page before.")
@click.option("--limit", type=int, default=100, show_default=True)
@json_option
@door
def award_ranking(number: int, lot: int, after: str, limit: int, wants_json: bool, client: Client) -> None:
    """List the ranking of a lot of tender NUMBER."""
    columns = ("place", "bid", "orgId", "amount", "currency", "low", "candidate", "out")
    page(client, f"/tenders/{number}/lots/{lot}/ranking", after, limit, wants_json, columns)


@award.command("rank")
@_number
@_lot
@json_option
@door
def award_rank(number: int, lot: int, wants_json: bool, client: Client) -> None:
    """Count and rank all bids of a lot of tender NUMBER, page by page; anybody may, and it is the same whoever does."""
    path = f"/tenders/{number}/lots/{lot}"
    made: list[Answer] = []
    found = client.get(path)
    while not made or _is_unfinished(found):
        # Where nothing is left to do the refusal says why.
        made.append(client.act(f"{path}/{'ranking' if found['counted'] else 'tally'}", {}))
        found = client.get(path)
    if wants_json:
        as_json([answer.body for answer in made])
        return
    say(f"lot {lot}: {found['ranked']} of {found['offers']} offers ranked, {found['status']}")


@award.command("decide")
@_number
@_lot
@_bid
@_decision
@key_option
@json_option
@door
def award_decide(
    number: int, lot: int, bid: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Award a lot of tender NUMBER to its candidate (officer or approver)."""
    body = {"bid": bid, "document": document}
    done(client.act(f"/tenders/{number}/lots/{lot}/awards", body, key=key), wants_json)


@award.command("disqualify")
@_number
@_lot
@_bid
@click.option("--reason", required=True, type=click.Choice(_DISQUALIFICATIONS))
@_decision
@key_option
@json_option
@door
def award_disqualify(
    number: int, lot: int, bid: int, reason: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """Put the candidate of a lot of tender NUMBER out (officer or approver); the next one follows."""
    body = {"bid": bid, "reason": reason, "document": document}
    done(client.act(f"/tenders/{number}/lots/{lot}/disqualifications", body, key=key), wants_json)


@award.command("drop")
@_number
@_lot
@_bid
@key_option
@json_option
@door
def award_drop(number: int, lot: int, bid: int, key: str | None, wants_json: bool, client: Client) -> None:
    """Put the candidate of a lot of tender NUMBER out whose supplier may not be awarded now; anybody may."""
    done(client.act(f"/tenders/{number}/lots/{lot}/drops", {"bid": bid}, key=key), wants_json)


@award.command("ask")
@_number
@_about
@_bid
@click.option("--document", required=True, help="sha256 of what is asked, uploaded before.")
@key_option
@json_option
@door
def award_ask(
    number: int, lot: int | None, bid: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Ask a bidder of tender NUMBER to explain its abnormally low price, or to cure a formal defect (officer)."""
    _about_bid("requests", number, lot, bid, document, key, wants_json, client)


@award.command("reply")
@_number
@_about
@_bid
@click.option("--document", required=True, help="sha256 of the answer, which goes to the buyer.")
@key_option
@json_option
@door
def award_reply(
    number: int, lot: int | None, bid: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Explain the price of your bid for tender NUMBER, or cure its formal defect (supplier)."""
    _about_bid("replies", number, lot, bid, document, key, wants_json, client)


@award.command("extend")
@_number
@_decision
@key_option
@json_option
@door
def award_extend(number: int, document: str, key: str | None, wants_json: bool, client: Client) -> None:
    """Double the time for decisions on tender NUMBER, once (officer)."""
    done(client.act(f"/tenders/{number}/extension", {"document": document}, key=key), wants_json)


@award.command("security")
@_number
@_bid
@click.option("--status", type=click.Choice(["held", "released", "forfeited"]), help="What became of it.")
@click.option("--reference", help="sha256 of the paper that says so; it may stay private.")
@key_option
@json_option
@door
def award_security(
    number: int, bid: int, status: str | None, reference: str | None, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """Show what became of the security of a bid for tender NUMBER, or record it (officer or approver)."""
    path = f"/tenders/{number}/bids/{bid}/security"
    if status is None and reference is None:
        thing(client, path, wants_json)
        return
    if status is None or reference is None:
        raise click.UsageError("--status and --reference go together")
    done(client.act(path, {"status": status, "reference": reference}, key=key), wants_json)


def _is_unfinished(lot: dict[str, Any]) -> bool:
    return not lot["counted"] or (lot["ranked"] < lot["admissible"] and lot["failure"] is None)


def _about_bid(
    what: str, number: int, lot: int | None, bid: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    if lot is None:
        path, body = f"/tenders/{number}/bids/{bid}/{what}", {"document": document}
        done(client.act(path, body, key=key), wants_json)
        return
    path = f"/tenders/{number}/lots/{lot}/{what}"
    done(client.act(path, {"bid": bid, "document": document}, key=key), wants_json)
