"""The commands of complaints: file, review, remedy; suspension and the consent to cancellations."""

from __future__ import annotations

import click

from api.client import Client
from api.door import done, door, json_option, key_option, page, thing

__all__ = ["complaint", "tender_consent", "tender_resume", "tender_suspend"]

_STAGES = ("terms", "technical", "award", "cancellation", "omission")
_REMEDIES = (
    "amend", "cancelTender", "cancelAward", "restoreBid", "redoTechnical", "rescore", "undoCancellation",
)  # fmt: skip

_number = click.argument("number", type=int)
_paper = click.option(
    "--document", required=True, help="sha256 of the paper with the reasons, uploaded before."
)


@click.group()
def complaint() -> None:
    """Complain about a tender, decide on complaints, apply what follows."""


@complaint.command("file")
@click.argument("tender", type=int)
@click.option(
    "--lot", type=int, default=0, show_default=True, help="Number of the lot; 0 is the whole tender."
)
@click.option("--stage", required=True, type=click.Choice(_STAGES), help="What it is about.")
@click.option("--document", required=True, help="sha256 of the complaint, uploaded before.")
@key_option
@json_option
@door
def complaint_file(
    tender: int, lot: int, stage: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Complain about TENDER (supplier with standing); what it is about stands still meanwhile."""
    body = {"tender": tender, "lot": lot, "stage": stage, "document": document}
    done(client.act("/complaints", body, key=key), wants_json)


@complaint.command("withdraw")
@_number
@key_option
@json_option
@door
def complaint_withdraw(number: int, key: str | None, wants_json: bool, client: Client) -> None:
    """Take your complaint NUMBER back before it is decided (supplier)."""
    done(client.act(f"/complaints/{number}/withdrawal", {}, key=key), wants_json)


@complaint.command("admit")
@_number
@_paper
@key_option
@json_option
@door
def complaint_admit(number: int, document: str, key: str | None, wants_json: bool, client: Client) -> None:
    """Take complaint NUMBER in for review (reviewer)."""
    done(client.act(f"/complaints/{number}/admission", {"document": document}, key=key), wants_json)


@complaint.command("decide")
@_number
@click.option(
    "--outcome", required=True, type=click.Choice(("rejected", "dismissed", "upheld")), help="What was found."
)
@click.option("--remedy", type=click.Choice(_REMEDIES), help="What follows where it is upheld.")
@click.option("--bid", type=int, help="The bid that restoreBid brings back.")
@_paper
@key_option
@json_option
@door
def complaint_decide(
    number: int, outcome: str, remedy: str | None, bid: int | None, document: str, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """Reject complaint NUMBER; or, once it is admitted, dismiss or uphold it (reviewer)."""
    said = {"outcome": outcome, "remedy": remedy, "bid": bid, "document": document}
    body = {field: value for field, value in said.items() if value is not None}
    done(client.act(f"/complaints/{number}/decision", body, key=key), wants_json)


@complaint.command("execute")
@_number
@key_option
@json_option
@door
def complaint_execute(number: int, key: str | None, wants_json: bool, client: Client) -> None:
    """Apply the remedy of complaint NUMBER (officer or approver)."""
    done(client.act(f"/complaints/{number}/execution", {}, key=key), wants_json)


@complaint.command("enforce")
@_number
@_paper
@key_option
@json_option
@door
def complaint_enforce(number: int, document: str, key: str | None, wants_json: bool, client: Client) -> None:
    """Apply the remedy of complaint NUMBER that the buyer did not in its time (reviewer)."""
    done(client.act(f"/complaints/{number}/enforcement", {"document": document}, key=key), wants_json)


@complaint.command("list")
@click.option("--tender", type=int, help="Only those about this tender.")
@click.option("--after", default="", help="The `next` of the page before.")
@click.option("--limit", type=int, default=100, show_default=True)
@json_option
@door
def complaint_list(tender: int | None, after: str, limit: int, wants_json: bool, client: Client) -> None:
    """List complaints in the order of filing."""
    columns = ("number", "tender", "lot", "stage", "status", "orgId", "filedAt", "due", "remedy")
    more = "" if tender is None else f"&tender={tender}"
    page(client, "/complaints", after, limit, wants_json, columns, more)


@complaint.command("show")
@_number
@json_option
@door
def complaint_show(number: int, wants_json: bool, client: Client) -> None:
    """Show complaint NUMBER."""
    thing(client, f"/complaints/{number}", wants_json)


@click.command("suspend")
@_number
@_paper
@key_option
@json_option
@door
def tender_suspend(number: int, document: str, key: str | None, wants_json: bool, client: Client) -> None:
    """Order that tender NUMBER stands still (reviewer of its review body)."""
    done(client.act(f"/tenders/{number}/suspension", {"document": document}, key=key), wants_json)


@click.command("resume")
@_number
@_paper
@key_option
@json_option
@door
def tender_resume(number: int, document: str, key: str | None, wants_json: bool, client: Client) -> None:
    """End that order: every end of tender NUMBER that was running is later by its duration (reviewer)."""
    done(client.act(f"/tenders/{number}/resumption", {"document": document}, key=key), wants_json)


@click.command("consent")
@_number
@click.option(
    "--lot", type=int, default=0, show_default=True, help="Number of the lot; 0 is the whole tender."
)
@_paper
@key_option
@json_option
@door
def tender_consent(
    number: int, lot: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Consent to the cancellation of tender NUMBER that was begun after its opening (reviewer)."""
    body = {"lot": lot, "document": document}
    done(client.act(f"/tenders/{number}/cancellation/consent", body, key=key), wants_json)
