"""What a bidder's machine asks before a bid is sealed, sent or revealed: nothing that opens it rests on the word of one service.

A service that runs on this machine's own network folder is one's own node, which checks the chain itself: its word is enough.
"""

from __future__ import annotations

import click

from api.client import Client
from api.door import Door
from api.told import notice_of, opening_told, require_same
from chain.errors.opening import KeysetOther, RevealTooEarlyHere, ServiceUnconfirmed
from chain.nodes.folder import Folder
from chain.procurement.bid import Notice
from chain.rules.openings import check_reveal_due
from chain.sealing.receipt import Receipt
from chain.types import moment, to_hex

__all__ = ["require_keyset_due", "require_pinned", "require_reveal_due"]


def require_pinned(
    at: Door, notice: Notice, *, keyset: str | None, also: str | None, trusts: bool, is_file: bool
) -> None:
    """Somebody else than who gave the notice says that its keyset is the tender's: the user (``keyset``, an id), a second service at
    ``also``, or the user does without (``trusts``). Raises KeysetOther, NoticesDiffer, NoticeWrong, ServiceUnconfirmed."""
    found = to_hex(notice.keyset.id)
    if keyset is not None and keyset.lower() != found:
        raise KeysetOther(keyset.lower(), found)
    if also is not None:
        there = at.client(also) if is_file else _second(at, also)
        require_same(notice, notice_of(there, notice.tender))
    if not (keyset or also or trusts or (not is_file and _is_own(at))):
        raise ServiceUnconfirmed("keyset", found)


def require_keyset_due(client: Client, receipt: Receipt) -> None:
    """The bid is sealed to the keyset that the tender has, as this service tells it. Raises KeysetOther."""
    context = receipt.envelopes[0].context
    told = str(client.get(f"/tenders/{context.tender}")["keysetId"]).lower()
    if told != to_hex(context.keyset_id):
        raise KeysetOther(told, to_hex(context.keyset_id))


def require_reveal_due(at: Door, tender: int, envelope: int | None, *, also: str | None, trusts: bool) -> int:
    """The envelope to reveal now; None as ``envelope``: the one that is due.

    The rule of the contract is applied here to what each service tells, and this machine's own time must have come to the same hour.
    Raises the refusals of selfReveal's times, RevealTooEarlyHere, ServiceUnconfirmed.
    """
    due, now = opening_told(at.client(), tender)
    wanted = due.phase if envelope is None else envelope
    told = [(due, now)] + ([opening_told(_second(at, also), tender)] if also is not None else [])
    for each, when in told:
        check_reveal_due(each, wanted, when)
    start = max(max(each.fallback_from, each.closes_at) for each, _ in told)
    if at.time is not None and at.time < start:
        raise RevealTooEarlyHere(tender, moment(start), moment(now), moment(at.time))
    if not (also or trusts or _is_own(at)):
        raise ServiceUnconfirmed("fallbackFrom", f"{moment(start):%Y-%m-%dT%H:%M:%SZ}")
    return wanted


def _second(at: Door, also: str) -> Client:
    """Another service than the one that was asked first."""
    client = at.client(also)
    if client.url == at.client().url:
        raise click.UsageError("--also must name another service than the one that is asked first")
    return client


def _is_own(at: Door) -> bool:
    owner = Folder(at.folder).owner()
    return owner is not None and owner.url.rstrip("/") == at.client().url
