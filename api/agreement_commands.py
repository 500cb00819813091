"""The commands of agreements: draft and sign, change, deliver, pay, rate, end; and what a buyer's add up to."""

from __future__ import annotations

import re
from typing import Any

import click

from api.client import Client, quoted
from api.door import done, door, json_option, key_option, organisation, page
from chain.output import as_json, say, table

__all__ = ["agreement", "buyer", "tender_pass_over"]

_REASONS = (
    "quantity", "priceIndex", "tax", "quality", "duration", "reduction", "party", "additionalNecessary", "unforeseeable",
)  # fmt: skip
_CAUSES = ("mutual", "supplierDefault", "buyerDefault", "forceMajeure", "ordered")
_PARTS = ("milestones", "payments", "changes", "steps", "moved", "awaited")

_LISTS: dict[str, tuple[str, ...]] = {
    "payments": ("number", "milestone", "amount", "paidAt", "payerOrgId", "payeeOrgId", "reversedAt"),
    "changes": ("number", "status", "reason", "before", "value", "extension", "proposedBy", "proposedAt"),
}

_number = click.argument("number", type=int)
_milestone = click.argument("milestone", type=int)
_signed = click.option("--document", required=True, help="sha256 of what both sides sign, as you read it.")
_paper = click.option("--document", required=True, help="sha256 of the paper that says so, uploaded before.")


@click.group()
def agreement() -> None:
    """Sign agreements, change them, deliver, pay, rate, end them."""


@agreement.command("draft")
@click.argument("tender", type=int)
@click.option("--lot", type=int, default=1, show_default=True, help="Number of the lot.")
@click.option("--document", required=True, help="sha256 of what both sides are to sign, uploaded before.")
@click.option("--starts", required=True, help="Begin, RFC 3339 in whole seconds.")
@click.option("--ends", required=True, help="End, as that.")
@click.option(
    "--delivery", "deliveries", multiple=True, help="SHARE[@DUE]: 1/10,000 of the whole; repeat for several. Default: one of all.",
)  # fmt: skip
@click.option(
    "--payment", "payments", multiple=True,
    help="SHARE[:DELIVERY][@DUE]: DELIVERY, by its number, is to be accepted before. Default: one of all, for delivery 1.",
)  # fmt: skip
@click.option("--payer", help="Member that pays as well as the buyer (0x id or org-id).")
@click.option(
    "--replaces", type=int, help="Number of the draft that it replaces. Default: whichever there is."
)
@key_option
@json_option
@door
def agreement_draft(
    tender: int, lot: int, document: str, starts: str, ends: str, deliveries: tuple[str, ...], payments: tuple[str, ...],
    payer: str | None, replaces: int | None, key: str | None, wants_json: bool, client: Client,
) -> None:  # fmt: skip
    """Draft the agreement about a lot of TENDER (officer). Milestones are numbered from 1: deliveries, then payments."""
    given = [_milestone_of("delivery", text) for text in deliveries or ("10000",)]
    given += [_milestone_of("payment", text) for text in payments or ("10000:1",)]
    body = {
        "tender": tender, "lot": lot, "document": document, "startsAt": starts, "endsAt": ends, "milestones": given, "payer": payer,
        "replaces": replaces,
    }  # fmt: skip
    done(client.act("/agreements", body, key=key), wants_json)


@agreement.command("sign")
@_number
@_signed
@click.option("--change", type=int, help="Number of the change to sign; without: the draft itself.")
@key_option
@json_option
@door
def agreement_sign(
    number: int, document: str, change: int | None, key: str | None, wants_json: bool, client: Client
) -> None:
    """Sign agreement NUMBER, or a change of it (supplier; officer or approver)."""
    what = "signatures" if change is None else f"changes/{change}/signatures"
    done(client.act(f"/agreements/{number}/{what}", {"document": document}, key=key), wants_json)


@agreement.command("change")
@_number
@click.option("--reason", type=click.Choice(_REASONS))
@click.option("--value", help='The new one, e.g. "120000.00 MXN". Default: as it is.')
@click.option("--extension", type=int, default=0, help="Seconds by which what is due is due later.")
@click.option("--document", help="sha256 of what both sides are to sign, uploaded before.")
@click.option("--drop", type=int, help="Number of the change to take back, or to turn down.")
@key_option
@json_option
@door
def agreement_change(
    number: int, reason: str | None, value: str | None, extension: int, document: str | None, drop: int | None, key: str | None,
    wants_json: bool, client: Client,
) -> None:  # fmt: skip
    """Propose a change of agreement NUMBER, or drop the one that waits (officer or supplier)."""
    path = f"/agreements/{number}"
    if drop is not None:
        done(client.act(f"{path}/changes/{drop}/withdrawal", {}, key=key), wants_json)
        return
    if reason is None or document is None:
        raise click.UsageError("give --reason and --document, or --drop")
    version = client.get(path)["version"]
    body = {"reason": reason, "value": value, "extension": extension, "document": document}
    done(client.act(f"{path}/changes", body, key=key, if_match=str(version)), wants_json)


@agreement.command("deliver")
@_number
@_milestone
@click.option("--document", required=True, help="sha256 of the evidence, which goes to the buyer.")
@key_option
@json_option
@door
def agreement_deliver(
    number: int, milestone: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Say that delivery MILESTONE of agreement NUMBER was made (supplier)."""
    path = f"/agreements/{number}/milestones/{milestone}/delivery"
    done(client.act(path, {"document": document}, key=key), wants_json)


@agreement.command("accept")
@_number
@_milestone
@_paper
@key_option
@json_option
@door
def agreement_accept(
    number: int, milestone: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Accept delivery MILESTONE of agreement NUMBER (officer or approver)."""
    path = f"/agreements/{number}/milestones/{milestone}/acceptance"
    done(client.act(path, {"document": document}, key=key), wants_json)


@agreement.command("refuse")
@_number
@_milestone
@_paper
@key_option
@json_option
@door
def agreement_refuse(
    number: int, milestone: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Refuse delivery MILESTONE of agreement NUMBER (officer or approver); it may be delivered again."""
    path = f"/agreements/{number}/milestones/{milestone}/refusal"
    done(client.act(path, {"document": document}, key=key), wants_json)


@agreement.command("pay")
@_number
@_milestone
@click.option("--amount", required=True, help='E.g. "109272.00 MXN".')
@click.option(
    "--reference", required=True, help="What the bank statement says of the transfer, or its sha256."
)
@click.option("--paid-at", required=True, help="When it was paid, RFC 3339 in whole seconds.")
@click.option("--payer", help="Member that paid (0x id or org-id). Default: the buyer.")
@key_option
@json_option
@door
def agreement_pay(
    number: int, milestone: int, amount: str, reference: str, paid_at: str, payer: str | None, key: str | None, wants_json: bool,
    client: Client,
) -> None:  # fmt: skip
    """Record that payment MILESTONE of agreement NUMBER, or a part of it, was made in the bank (officer or approver)."""
    body = {
        "milestone": milestone,
        "amount": amount,
        "reference": reference,
        "paidAt": paid_at,
        "payer": payer,
    }
    done(client.act(f"/agreements/{number}/payments", body, key=key), wants_json)


@agreement.command("reverse")
@_number
@click.argument("payment", type=int)
@_paper
@key_option
@json_option
@door
def agreement_reverse(
    number: int, payment: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Record that PAYMENT, by its number, of agreement NUMBER did not arrive or came back (officer or approver)."""
    path = f"/agreements/{number}/payments/{payment}/reversal"
    done(client.act(path, {"document": document}, key=key), wants_json)


@agreement.command("complete")
@_number
@_paper
@key_option
@json_option
@door
def agreement_complete(number: int, document: str, key: str | None, wants_json: bool, client: Client) -> None:
    """End agreement NUMBER, all of whose deliveries were accepted (officer or approver)."""
    done(client.act(f"/agreements/{number}/completion", {"document": document}, key=key), wants_json)


@agreement.command("terminate")
@_number
@click.option("--cause", required=True, type=click.Choice(_CAUSES), help="Why; it says who may.")
@_paper
@key_option
@json_option
@door
def agreement_terminate(
    number: int, cause: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """End agreement NUMBER before that: the buyer, the review body, or both sides with the same paper (mutual)."""
    body = {"cause": cause, "document": document}
    done(client.act(f"/agreements/{number}/termination", body, key=key), wants_json)


@agreement.command("rate")
@_number
@click.argument("rating", type=int)
@key_option
@json_option
@door
def agreement_rate(number: int, rating: int, key: str | None, wants_json: bool, client: Client) -> None:
    """Give the accepted works of agreement NUMBER a RATING, 1 (poor) to 5 (excellent) (witness or citizen)."""
    done(client.act(f"/agreements/{number}/ratings", {"rating": rating}, key=key), wants_json)


@agreement.command("list")
@click.option("--tender", type=int, help="Only those of this tender.")
@click.option("--buyer", help="Only those of this buyer (0x id or org-id).")
@click.option("--supplier", help="Only those of this supplier (0x id or org-id).")
@click.option("--after", default="", help="The `next` of the page before.")
@click.option("--limit", type=int, default=100, show_default=True)
@json_option
@door
def agreement_list(
    tender: int | None, buyer: str | None, supplier: str | None, after: str, limit: int, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """List agreements in the order of their drafts."""
    columns = ("number", "tender", "lot", "status", "version", "orgId", "value", "paid")
    named = (("tender", tender), ("buyer", buyer), ("supplier", supplier))
    more = "".join(f"&{name}={quoted(str(value))}" for name, value in named if value is not None)
    page(client, "/agreements", after, limit, wants_json, columns, more)


@agreement.command("show")
@_number
@json_option
@door
def agreement_show(number: int, wants_json: bool, client: Client) -> None:
    """Show agreement NUMBER: value, changes, milestones, what is due, what is paid, what blocks the next step."""
    found = client.get(f"/agreements/{number}")
    if wants_json:
        as_json(found)
        return
    table(("field", "value"), ((name, _text(value)) for name, value in found.items() if name not in _PARTS))
    rows = ((each["kind"], each["moved"], each["cap"]) for each in found["moved"])
    _part("changes moved the value", ("kind", "by", "at most"), rows)
    _part(
        "milestones",
        ("number", "kind", "status", "share", "due", "late", "amount", "paid", "waits for"),
        map(_due, found["milestones"]),
    )
    for name, columns in _LISTS.items():
        _part(name, columns, ([each[column] for column in columns] for each in found[name]))
        if found[name] and found[name][0]["number"] > 1:
            say(
                f"the last {len(found[name])} of {found[name][-1]['number']}; all: GET /v1/agreements/{number}/{name}"
            )
    # Not beside the payments: one that is broken over two lines is not found by what a statement gives.
    references = ((each["number"], each["reference"]) for each in found["payments"])
    _part("references of the payments", ("payment", "sha256"), references)
    for each in found["awaited"]:
        say(f"signs next: {each['side']}, the {each['what']} with sha256 {each['document']}")
    _part(
        "what can be done",
        ("act", "milestone", "who may", "now", "until, or why not"),
        map(_step, found["steps"]),
    )


@click.command("pass-over")
@_number
@click.option("--lot", type=int, default=1, show_default=True, help="Number of the lot.")
@key_option
@json_option
@door
def tender_pass_over(number: int, lot: int, key: str | None, wants_json: bool, client: Client) -> None:
    """Put the candidate of a lot of tender NUMBER out that did not sign in time what the buyer had signed; anybody may."""
    done(client.act(f"/tenders/{number}/lots/{lot}/pass-over", {}, key=key), wants_json)


@click.group()
def buyer() -> None:
    """Read what the agreements of a buyer add up to."""


@buyer.command("show")
@click.argument("identifier")
@json_option
@door
def buyer_show(identifier: str, wants_json: bool, client: Client) -> None:
    """Show a buyer (0x id or org-id): what was agreed, what is late, changed and paid."""
    organisation(client, f"/buyers/{quoted(identifier)}", wants_json)


def _milestone_of(kind: str, text: str) -> dict[str, Any]:
    """``4000:1@2026-06-30T12:00:00Z`` -> a milestone."""
    form = r"(\d{1,5})(?:@(.+))?" if kind == "delivery" else r"(\d{1,5})(?::(\d{1,3}))?(?:@(.+))?"
    match = re.fullmatch(form, text)
    if match is None:
        raise click.UsageError(
            f"--{kind} {text!r} is not SHARE{'[:DELIVERY]' if kind == 'payment' else ''}[@DUE]"
        )
    requires = int(match[2] or 0) if kind == "payment" else 0
    return {"kind": kind, "shareBps": int(match[1]), "requires": requires, "due": match[match.re.groups]}


def _part(title: str, columns: tuple[str, ...], rows: Any) -> None:
    """A table below a title, left out where it is empty."""
    found = [[_text(cell) for cell in row] for row in rows]
    if found:
        say(f"\n{title}:")
        table(columns, found)


def _due(each: dict[str, Any]) -> tuple[Any, ...]:
    share = f"{each['shareBps'] / 100:g} %"
    late = "late" if each["late"] else ""
    return (
        each["number"], each["kind"], each["status"], share, each["due"], late, each["amount"], each["paid"], each["requires"],
    )  # fmt: skip


def _step(step: dict[str, Any]) -> tuple[Any, ...]:
    why = step["until"] if step["possible"] else step["error"]
    return (
        step["function"], step["milestone"], step["who"] or "anybody", "yes" if step["possible"] else "no", why,
    )  # fmt: skip


def _text(value: Any) -> Any:
    """A cell; nothing for null, words for a list."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items() if each is not None)
    return value
