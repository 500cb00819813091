"""The commands of the council that talk to a running service: proposals, comments, votes, members' people, applications."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.client import Client, quoted
from api.door import done, door, json_option, key_option, page, thing
from chain.errors.council import ProposalStateMissed
from chain.output import as_json, file_bytes, say, table
from chain.types import ProposalState

if TYPE_CHECKING:
    from chain.council.draft import ProposalText

__all__ = ["application_list", "application_review", "application_submit", "council", "person"]


@click.group()
def council() -> None:
    """Propose, comment, vote, execute; what a proposal still lacks; the oversight report."""


@council.command("propose")
@click.option(
    "--file", "file", required=True, type=Path, help="TOML file: title, summary, text, calls; confirmation."
)
@key_option
@json_option
@door
def council_propose(file: Path, key: str | None, wants_json: bool, client: Client) -> None:
    """Open a proposal (delegate of a member with a seat); its reference text is uploaded first."""
    # Imported on first use: the codec of calls takes a second, which no other command needs.
    from chain.council.draft import read_file

    proposal, texts = read_file(file)
    for text in texts:
        _upload(client, text)
    answer = client.act("/proposals", _body(proposal), key=key)
    if wants_json:
        as_json(answer.body)
        return
    done(answer, wants_json)
    number = str(answer.body["subject"]).rpartition("/")[2]
    if number.isdecimal():
        _tell(client, int(number))


def _body(proposal: ProposalText) -> dict[str, Any]:
    body: dict[str, Any] = {
        "title": proposal.title, "summary": proposal.summary, "text": proposal.text, "calls": list(proposal.calls)
    }  # fmt: skip
    if proposal.confirmation is not None:
        body["confirmation"] = _body(proposal.confirmation)
    return body


def _upload(client: Client, file: Path) -> str:
    """Stores a text with the service; its sha256, hex."""
    digest = hashlib.sha256(file_bytes(file)).digest()
    types = {".pdf": "application/pdf", ".json": "application/json", ".md": "text/markdown"}
    shown = f"sha-256=:{base64.b64encode(digest).decode()}:"
    client.upload(file, types.get(file.suffix, "text/plain"), shown)
    return digest.hex()


@council.command("list")
@click.option("--after", default="", help="Cursor of the last page's `next`.")
@click.option("--limit", default=100, show_default=True)
@json_option
@door
def council_list(after: str, limit: int, wants_json: bool, client: Client) -> None:
    """List proposals."""
    page(client, "/proposals", after, limit, wants_json, ("number", "state", "class", "voteEnd", "title"))


@council.command("show")
@click.argument("number", type=int)
@json_option
@door
def council_show(number: int, wants_json: bool, client: Client) -> None:
    """Show proposal NUMBER: what it does, what it takes, who voted how."""
    thing(client, f"/proposals/{number}", wants_json)


@council.command("why")
@click.argument("number", type=int)
@json_option
@door
def council_why(number: int, wants_json: bool, client: Client) -> None:
    """Say in words what proposal NUMBER waits for."""
    if wants_json:
        as_json(client.get(f"/proposals/{number}/why"))
    else:
        _tell(client, number)


def _tell(client: Client, number: int) -> None:
    found, why = client.get(f"/proposals/{number}"), client.get(f"/proposals/{number}/why")
    say(f"proposal {number} ({found['class']}): {why['state']}; it takes {found['needs']}")
    for call in found["calls"]:
        say(f"  does   {call['words']}")
    for lacking in why["lacking"]:
        say(f"  waits  {lacking}")


@council.command("wait")
@click.argument("number", type=int)
@click.argument("state", type=click.Choice([state.word for state in ProposalState]))
@click.option("--seconds", default=600, show_default=True, help="How long to wait at most.")
@door
def council_wait(number: int, state: str, seconds: int, client: Client) -> None:
    """Wait until proposal NUMBER is in STATE; exit 1 where it cannot come to it any more."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while (found := client.get(f"/proposals/{number}/why")["state"]) != state:
        is_open = any(each.word == found and each.is_open for each in ProposalState)
        if not is_open or time.monotonic() > until:
            raise ProposalStateMissed(number, found, state)
        pause.wait(0.5)
    say(f"proposal {number}: {state}")


@council.command("comment")
@click.argument("number", type=int)
@click.option("--text", required=True, help="The comment; public at once.")
@click.option("--receipt", type=Path, help="Where to write the receipt of a comment without an account.")
@key_option
@json_option
@door
def council_comment(
    number: int, text: str, receipt: Path | None, key: str | None, wants_json: bool, client: Client
) -> None:
    """Comment on proposal NUMBER; without --as and LICITA_TOKEN as a citizen, who gets a receipt."""
    answer = client.act(f"/proposals/{number}/comments", {"text": text}, key=key)
    if "signature" not in answer.body:
        done(answer, wants_json)
        return
    shown = json.dumps(answer.body, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    if receipt is not None:
        receipt.write_text(shown, "utf-8")
        say(f"receipt {receipt}; the comment is anchored by {answer.body['anchor_by']}")
    else:
        say(shown.rstrip())


@council.command("comments")
@click.argument("number", type=int)
@json_option
@door
def council_comments(number: int, wants_json: bool, client: Client) -> None:
    """List the comments on proposal NUMBER."""
    page(client, f"/proposals/{number}/comments", "", 1000, wants_json, ("kind", "at", "orgId", "text"))


@council.command("report")
@click.argument("number", type=int)
@click.option("--file", "file", required=True, type=Path, help="The report that answers the comments.")
@key_option
@json_option
@door
def council_report(number: int, file: Path, key: str | None, wants_json: bool, client: Client) -> None:
    """Publish the report on the consultation of proposal NUMBER (delegate of its proposer's member)."""
    digest = _upload(client, file)
    done(client.act(f"/proposals/{number}/report", {"document": digest}, key=key), wants_json)


@council.command("vote")
@click.argument("number", type=int)
@click.argument("vote", type=click.Choice(["for", "against", "abstain"]))
@click.option("--reason", default="", help="Public reason.")
@key_option
@json_option
@door
def council_vote(
    number: int, vote: str, reason: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Vote on proposal NUMBER: for, against or abstain (a delegate, once for the member)."""
    body = {"vote": vote} | ({"reason": reason} if reason else {})
    done(client.act(f"/proposals/{number}/votes", body, key=key), wants_json)


def _step(name: str, path: str, text: str) -> click.Command:
    @council.command(name, help=text)
    @click.argument("number", type=int)
    @key_option
    @json_option
    @door
    def step(number: int, key: str | None, wants_json: bool, client: Client) -> None:
        done(client.act(f"/proposals/{number}/{path}", {}, key=key), wants_json)

    return step


council_queue = _step("queue", "queue", "Schedule the approved proposal NUMBER (anyone).")
council_execute = _step("execute", "execution", "Execute proposal NUMBER after its delay (anyone).")
council_cancel = _step(
    "cancel", "cancellation", "Cancel proposal NUMBER while it is in consultation (its member)."
)


@council.command("seats")
@json_option
@door
def council_seats(wants_json: bool, client: Client) -> None:
    """Show seats by sector, members with a seat, and what each class of decision takes."""
    found = client.get("/council")
    if wants_json:
        as_json(found)
        return
    table(
        ("seat", "sector", "status", "name"),
        ((m["orgId"], m["sector"], m["status"], m["name"]) for m in found["members"]),
    )
    say("")
    table(
        ("class", "consultation", "vote", "delay", "takes"),
        (
            (name, f"{c['consultation']} s", f"{c['vote']} s", f"{c['delay']} s", c["needs"])
            for name, c in found["classes"].items()
        ),
    )


@click.group()
def person() -> None:
    """Add, remove and move the people of your own organisation (ADMIN)."""


@person.command("add")
@click.argument("member")
@click.argument("address")
@click.option("--role", "roles", multiple=True, required=True, help="E.g. OFFICER; repeat for several.")
@click.option("--until", required=True, help="End of the mandate, RFC 3339 in UTC.")
@key_option
@json_option
@door
def person_add(
    member: str,
    address: str,
    roles: tuple[str, ...],
    until: str,
    key: str | None,
    wants_json: bool,
    client: Client,
) -> None:
    """Add the account ADDRESS to MEMBER (0x id or org-id), which is your own."""
    body = {"address": address, "roles": list(roles), "mandateEnd": until}
    done(client.act(f"/members/{quoted(member)}/people", body, key=key), wants_json)


@person.command("remove")
@click.argument("member")
@click.argument("address")
@key_option
@json_option
@door
def person_remove(member: str, address: str, key: str | None, wants_json: bool, client: Client) -> None:
    """Remove the account ADDRESS from MEMBER (0x id or org-id), which is your own."""
    done(client.act(f"/members/{quoted(member)}/people/{quoted(address)}/removal", {}, key=key), wants_json)


@person.command("rotate")
@click.argument("member")
@click.argument("account")
@click.argument("successor")
@key_option
@json_option
@door
def person_rotate(
    member: str, account: str, successor: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Move all that ACCOUNT is in MEMBER (0x id or org-id) to the account SUCCESSOR."""
    body = {"account": account, "successor": successor}
    done(client.act(f"/members/{quoted(member)}/rotations", body, key=key), wants_json)


@click.command("submit")
@click.option("--use-case", required=True, help="What it is for, in a few words.")
@click.option("--title", "name", required=True, help="Name of the application.")
@click.option(
    "--code", "codes", multiple=True, required=True, help="keccak256 of a runtime code; repeat for several."
)
@click.option("--source", required=True, help="sha256 of the source archive.")
@click.option("--contact", required=True, help="Member that answers for it: org-id or 0x id.")
@key_option
@json_option
@door
def application_submit(
    use_case: str, name: str, codes: tuple[str, ...], source: str, contact: str, key: str | None, wants_json: bool,
    client: Client,
) -> None:  # fmt: skip
    """Submit an application for the seal (`check` prints the hashes)."""
    body = {
        "useCase": use_case,
        "name": name,
        "codeHashes": sorted(codes),
        "source": source,
        "contact": contact,
    }
    done(client.act("/applications", body, key=key), wants_json)


@click.command("review")
@click.argument("number", type=int)
@click.option("--checklist", required=True, help="sha256 of the filled-in checklist.")
@click.option("--passed", multiple=True, type=int, help="Number of a criterion that passed; repeat.")
@click.option("--failed", multiple=True, type=int, help="Number of a criterion that failed; repeat.")
@key_option
@json_option
@door
def application_review(
    number: int, checklist: str, passed: tuple[int, ...], failed: tuple[int, ...], key: str | None, wants_json: bool,
    client: Client,
) -> None:  # fmt: skip
    """Record the findings of your member on application NUMBER (EVALUATOR)."""
    body = {"checklist": checklist, "passed": list(passed), "failed": list(failed)}
    done(client.act(f"/applications/{number}/findings", body, key=key), wants_json)


@click.command("list")
@json_option
@door
def application_list(wants_json: bool, client: Client) -> None:
    """List applications."""
    page(
        client, "/applications", "", 1000, wants_json, ("number", "status", "useCase", "name", "sealedUntil")
    )
