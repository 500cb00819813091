"""`licita evaluation`: an evaluator scores on its own machine, commits to a hash, reveals when it is time, and votes on what it can read.

Points and salt stay in an encrypted file until `reveal`. What an act would do is hashed here before a vote on it is sent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.client import Answer, Client
from api.door import Door, account_door, done, door, json_option, key_option, page, thing
from api.kept_files import opened_scores, passphrase, passphrase_option, write_new
from chain.errors.commands import FileExists
from chain.errors.contracts import EvaluationDeskRoleMissing
from chain.output import as_json, file_bytes, say, table
from chain.procurement.decision import told
from chain.procurement.scores import Round, ScoreSheet, points_form, read_points
from chain.types import Criterion, from_hex, to_hex

__all__ = ["evaluation"]

_FAILURES = (
    "notEligible", "notQualified", "nonResponsive", "debarred", "conflict", "falseDeclaration", "technicalFailed",
)  # fmt: skip
_OUT = (
    "notEligible", "notQualified", "nonResponsive", "abnormallyLow", "debarred", "conflict", "falseDeclaration",
)  # fmt: skip

_number = click.argument("number", type=int)
_decision = click.option(
    "--document", required=True, help="sha256 of the reasoned decision, uploaded before."
)
_fail = click.option(
    "--fail", "failed", multiple=True, help="A bid that fails and why, e.g. 2=technicalFailed; repeat for several. All others pass."
)  # fmt: skip


@click.group()
def evaluation() -> None:
    """Score bids before any price is known, vote on decisions, decide the technical result.

    Your points stay on this machine until it is time to reveal them: keep the file that `commit` writes, and its passphrase. Who loses it
    cannot reveal, and is replaced.
    """


@evaluation.command("show")
@_number
@json_option
@door
def evaluation_show(number: int, wants_json: bool, client: Client) -> None:
    """Show how far the evaluation of tender NUMBER is: seats, windows, points once they are revealed, the result."""
    if wants_json:
        thing(client, f"/tenders/{number}/evaluation", wants_json)
        return
    found = client.get(f"/tenders/{number}/evaluation")
    say(f"tender {number}: {found['status']}, round {found['round']}")
    weights = ", ".join(
        f"{each['id']} {each['weightBps']} bps (to {each['maxPoints']})" for each in found["criteria"]
    )
    say(f"weights: price {found['priceWeightBps']} bps" + (f", {weights}" if weights else ""))
    say(
        f"commit until {found['commitUntil'] or 'the first commitment says'}, reveal until {found['revealUntil'] or 'then as long'}"
    )
    table(("seat", "evaluator", "organisation", "committed", "revealed"), (
        (each["seat"], each["evaluator"], each["orgId"], each["commitment"] or "no", "all" if each["complete"] else each["pages"])
        for each in found["seats"]
    ))  # fmt: skip
    table(("bid", "points by seat", "failed"), (
        (each["bid"], _told_points(each["seats"]), "yes" if each["failed"] else "") for each in found["points"]
    ))  # fmt: skip
    if found["result"]:
        say(f"result: {found['result']['decidedAt']}, complaints until {found['result']['standstillEnds']}")


@evaluation.command("form")
@_number
@click.option("-o", "--output", required=True, type=Path, help="File to write.")
@door
def evaluation_form(number: int, output: Path, client: Client) -> None:
    """Write a form for your points on tender NUMBER: every open bid with each criterion."""
    write_new(output, points_form(_round(client, number)), mode=0o600)
    say(
        f"{output}: put a whole number in the place of each null, then: licita evaluation commit {number} --points {output}"
    )


@evaluation.command("commit")
@_number
@click.option("--points", required=True, type=Path, help="The form, filled in.")
@click.option("-o", "--output", type=Path, help="File to keep; default: scores-NUMBER-ROUND.locked.")
@passphrase_option
@json_option
@account_door
def evaluation_commit(
    number: int, points: Path, output: Path | None, passphrase_file: Path | None, wants_json: bool, at: Door
) -> None:
    """Keep your scores for tender NUMBER, encrypted, and commit to them; only a hash is sent (evaluator)."""
    client = at.client()
    due = _round(client, number)
    path = output or Path(f"scores-{number}-{due.round}.locked")
    if path.exists():
        raise FileExists(str(path))
    _require_seat(client, number, at.account)
    sheet = ScoreSheet.draw(due, at.account, read_points(file_bytes(points), str(points)))
    commitment = to_hex(sheet.commitment)
    # Before it is sent: a commitment whose scores are lost can never be revealed.
    write_new(path, sheet.encrypted(passphrase(passphrase_file, str(path), new=True)), mode=0o600)
    sheet.erase()
    _commit(client, number, commitment, path, wants_json)


@evaluation.command("resend")
@click.argument("file", metavar="SCORES", type=Path)
@passphrase_option
@json_option
@account_door
def evaluation_resend(file: Path, passphrase_file: Path | None, wants_json: bool, at: Door) -> None:
    """Send the commitment of SCORES once more, where `commit` wrote the file and could not send; it acts once."""
    with opened_scores(file, passphrase(passphrase_file, str(file))) as sheet:
        commitment, number = to_hex(sheet.commitment), sheet.tender
    _commit(at.client(), number, commitment, file, wants_json)


@evaluation.command("reveal")
@click.argument("file", metavar="SCORES", type=Path)
@passphrase_option
@json_option
@account_door
def evaluation_reveal(file: Path, passphrase_file: Path | None, wants_json: bool, at: Door) -> None:
    """Reveal SCORES page by page, once the time to commit is over; run it again where it broke off (evaluator)."""
    client, made = at.client(), list[Answer]()
    with opened_scores(file, passphrase(passphrase_file, str(file))) as sheet:
        sheet.require_for(_round(client, sheet.tender), at.account)
        seat = _require_seat(client, sheet.tender, at.account)
        for place in range(seat["pages"], len(sheet.pages)):
            body = {
                "page": place, "words": [hex(word) for word in sheet.pages[place]],
                "pageHashes": [to_hex(each) for each in sheet.page_hashes], "salt": to_hex(sheet.salt.raw),
            }  # fmt: skip
            key = f"reveal-{to_hex(sheet.commitment)[2:34]}-{place}"
            made.append(client.act(f"/tenders/{sheet.tender}/reveals", body, key=key))
    if wants_json:
        as_json([answer.body for answer in made])
        return
    say(f"{len(made)} pages revealed, {len(sheet.pages)} in all")


@evaluation.command("votes")
@_number
@json_option
@door
def evaluation_votes(number: int, wants_json: bool, client: Client) -> None:
    """List the acts on tender NUMBER that the panel was called to vote on, and each vote."""
    if wants_json:
        page(client, f"/tenders/{number}/votes", "", 1000, wants_json, ())
        return
    for each in client.get(f"/tenders/{number}/votes")["items"]:
        say(
            f"{each['act']} {each['state']}: {each['support']} for, {each['against']} against, {each['needed']} needed"
        )
        say(f"  {_told(client, number, each)}")
        if each["silentFrom"]:
            say(f"  who has not voted by {each['silentFrom']} abstains")
        for vote in each["votes"]:
            said = "for" if vote["support"] else "against"
            say(
                f"  seat {vote['seat']} {said} at {vote['votedAt']}"
                + (f", opinion {vote['opinion']}" if vote["opinion"] else "")
            )


@evaluation.command("vote")
@_number
@click.option("--act", required=True, help="Hash of the act, as `votes` lists it.")
@click.option("--for/--against", "support", default=None, required=True, help="Your vote, once and public.")
@click.option("--opinion", help="sha256 of your reasoned opinion, uploaded before.")
@click.option("--unseen", is_flag=True, help="Vote although this service cannot show what the act is.")
@key_option
@json_option
@door
def evaluation_vote(
    number: int, act: str, support: bool, opinion: str | None, unseen: bool, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """Vote on an act of tender NUMBER (evaluator).

    The service shows what the act would do; its hash is computed here, and where it is another one nothing is sent.
    """
    found = client.get(f"/tenders/{number}/votes/{act}")
    told = _told(client, number, found)
    if found["decision"] is None and not unseen:
        raise click.UsageError(
            "the service does not show what this act is: ask the buyer, or vote with --unseen"
        )
    body = {"act": act, "support": support, "opinion": opinion}
    answer = client.act(f"/tenders/{number}/votes", body, key=key)
    if not wants_json:
        say(f"voted {'for' if support else 'against'}: {told}")
    done(answer, wants_json)


@evaluation.group("call")
def evaluation_call() -> None:
    """Call the panel to vote on a decision (officer); take the decision afterwards with the same words."""


@evaluation_call.command("award")
@_number
@click.option("--lot", type=int, default=1, show_default=True, help="Number of the lot.")
@click.option("--bid", type=int, required=True, help="Place of the bid in the tender, from 0.")
@_decision
@key_option
@json_option
@door
def call_award(
    number: int, lot: int, bid: int, document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Call the panel of tender NUMBER to vote on an award; then `licita award decide`."""
    _call(client, number, {"award": {"lot": lot, "bid": bid, "document": document}}, key, wants_json)


@evaluation_call.command("disqualification")
@_number
@click.option("--lot", type=int, default=1, show_default=True, help="Number of the lot.")
@click.option("--bid", type=int, required=True, help="Place of the bid in the tender, from 0.")
@click.option("--reason", required=True, type=click.Choice(_OUT), help="Why it cannot win.")
@_decision
@key_option
@json_option
@door
def call_disqualification(
    number: int, lot: int, bid: int, reason: str, document: str, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """Call the panel of tender NUMBER to vote on a disqualification; then `licita award disqualify`."""
    said = {"lot": lot, "bid": bid, "reason": reason, "document": document}
    _call(client, number, {"disqualification": said}, key, wants_json)


@evaluation_call.command("result")
@_number
@_fail
@_decision
@key_option
@json_option
@door
def call_result(
    number: int, failed: tuple[str, ...], document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Call the panel of tender NUMBER to vote on the technical result; then `licita evaluation decide`."""
    _call(client, number, {"technical": _result(failed, document)}, key, wants_json)


@evaluation.command("decide")
@_number
@_fail
@_decision
@key_option
@json_option
@door
def evaluation_decide(
    number: int, failed: tuple[str, ...], document: str, key: str | None, wants_json: bool, client: Client
) -> None:
    """Decide which bids for tender NUMBER fail, before any price (officer or approver)."""
    done(client.act(f"/tenders/{number}/technical", _result(failed, document), key=key), wants_json)


@evaluation.command("replace")
@_number
@click.option("--seat", type=int, required=True, help="Place in the panel, from 0.")
@click.option("--evaluator", required=True, help="Address of who takes it.")
@click.option("--act", help="Act on which the present one did not vote; without: it gave no scores.")
@_decision
@key_option
@json_option
@door
def evaluation_replace(
    number: int, seat: int, evaluator: str, act: str | None, document: str, key: str | None, wants_json: bool, client: Client
) -> None:  # fmt: skip
    """Put another in the seat of a silent evaluator of tender NUMBER (officer or approver)."""
    body = {"seat": seat, "evaluator": evaluator, "act": act, "document": document}
    done(client.act(f"/tenders/{number}/evaluators", body, key=key), wants_json)


@evaluation.command("release")
@_number
@key_option
@json_option
@door
def evaluation_release(number: int, key: str | None, wants_json: bool, client: Client) -> None:
    """Have the prices of the bids for tender NUMBER that passed opened by the committee; anybody may."""
    done(client.act(f"/tenders/{number}/prices", {}, key=key), wants_json)


def _round(client: Client, number: int) -> Round:
    """What is scored, as the service says: a wrong word makes a commitment that cannot be revealed, and shows no points."""
    found = client.get(f"/tenders/{number}/evaluation")
    criteria = tuple(
        Criterion(each["id"], each["weightBps"], each["maxPoints"]) for each in found["criteria"]
    )
    return Round(
        found["chainId"], found["desk"], number, found["round"], found["bids"], tuple(found["opened"]), criteria
    )  # fmt: skip


def _require_seat(client: Client, number: int, account: str) -> dict[str, Any]:
    """The seat of an account. Raises EvaluationDeskRoleMissing."""
    seats: list[dict[str, Any]] = client.get(f"/tenders/{number}/evaluation")["seats"]
    found = next((each for each in seats if each["evaluator"].lower() == account.lower()), None)
    if found is None:
        raise EvaluationDeskRoleMissing("EVALUATOR", account)
    return found


def _commit(client: Client, number: int, commitment: str, path: Path, wants_json: bool) -> None:
    # The same scores have the same key: whatever was lost on the way, they are committed to once.
    answer = client.act(
        f"/tenders/{number}/scores", {"commitment": commitment}, key=f"scores-{commitment[2:34]}"
    )
    done(answer, wants_json)
    if not wants_json:
        say(f"scores   {path}, encrypted; when the time to commit is over: licita evaluation reveal {path}")


def _call(client: Client, number: int, body: Any, key: str | None, wants_json: bool) -> None:
    answer = client.act(f"/tenders/{number}/votes/calls", body, key=key)
    done(answer, wants_json)
    if not wants_json and answer.body["resource"]:
        say(f"act      {answer.body['resource'].rsplit('/', 1)[1]}")


def _told(client: Client, number: int, votes: dict[str, Any]) -> str:
    """What an act would do, in words. Raises ActUnlike where the calldata are another act's."""
    decision = votes["decision"]
    if decision is None:
        return "what it is, this service does not show you"
    network = client.get("/network")
    return told(
        number, votes["act"], str(decision["contract"]), from_hex(decision["data"]), chain_id=int(network["chainId"]),
        addresses=network["contracts"],
    )  # fmt: skip


def _result(failed: tuple[str, ...], document: str) -> dict[str, Any]:
    """The body of a technical result."""
    said = {}
    for each in failed:
        bid, _, reason = each.partition("=")
        if not bid.isdigit() or reason not in _FAILURES:
            raise click.UsageError(f"{each!r} is not BID=REASON; reasons: {', '.join(_FAILURES)}")
        said[int(bid)] = reason
    rows = [{"bid": bid, "reason": reason} for bid, reason in sorted(said.items())]
    return {"failed": rows, "document": document}


def _told_points(seats: dict[str, dict[str, int]]) -> str:
    return "; ".join(
        f"{seat}: " + ", ".join(f"{name} {points}" for name, points in row.items())
        for seat, row in sorted(seats.items())
    )
