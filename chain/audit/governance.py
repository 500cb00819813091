"""Who decided what: every privileged change of a chain since genesis, with the resolution that allowed it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chain.audit.decided import Change
from chain.audit.replay import Replay
from chain.audit.report import Report
from chain.recorder.index.council_turn import resolution_in
from chain.recorder.index.member_registry import seats_at
from chain.recorder.schema import idx_council, idx_member, idx_proposal
from chain.types import ZERO32, Event, moment, to_hex, unpadded

__all__ = ["governance_report"]

_NOBODY = to_hex(ZERO32)
_FOUNDER = "by the sandbox's founder, who has no power once a keyset is confirmed"


def governance_report(replay: Replay, chain_id: int, head: Mapping[str, Any], evidence: str) -> Report:
    """What a replayed chain says of its privileged changes; the replay has refused any that no resolution explains. ``evidence``: what
    stands behind the chain."""
    changes = [_change(replay, change) for change in replay.changes]
    founding = [each for each in changes if each["proposal"] is None]
    decided = [each for each in changes if each["proposal"] is not None]
    resolutions = list(_resolutions(replay))
    by_number = {each["number"]: each for each in resolutions}
    facts = {
        "chain_id": chain_id, **head, "founding": founding, "changes": decided, "resolutions": resolutions, "undecided": [],
    }  # fmt: skip
    ceremonies = [each for each in founding if each["event"] == "CeremonyOpened"]
    said = [
        f"{len(founding) - len(ceremonies)} privileged writes are founding: part of the constructors",
        *(
            f"block {each['block']}, {each['time']}: CeremonyOpened {each['what']}: founding, {_FOUNDER}"
            for each in ceremonies
        ),
        *(_told(each, by_number[each["proposal"]]) for each in decided),
        f"{len(decided)} changes by {sum(each['executed'] is not None for each in resolutions)} executed resolutions; 0 without one",
    ]
    unproved = ["that these blocks are the network's: compare the head hash with a node you trust"]
    return Report(
        f"Governance of chain {chain_id} up to block {head['block']} ({evidence})",
        facts,
        said,
        (),
        unproved,
    )


def _change(replay: Replay, change: Change) -> dict[str, Any]:
    event = change.event
    return {
        "block": event.block, "time": _time(event.time), "transaction": event.transaction, "contract": event.contract,
        "event": event.name, "what": _what(replay, event), "proposal": change.proposal,
    }  # fmt: skip


def _told(change: Mapping[str, Any], resolution: Mapping[str, Any]) -> str:
    return (
        f"block {change['block']}, {change['time']}: {change['event']} {change['what']}: resolution {resolution['number']} "
        f"({resolution['class']}, {resolution['in_favour']} of {resolution['seats']} seats): {resolution['title']}"
    )


def _what(replay: Replay, event: Event) -> str:
    """The event's plain arguments in words: members by org-id, codes as text, times as dates."""
    return ", ".join(
        _word(replay, name, value)
        for name, value in event.args.items()
        if name != "json" and value != _NOBODY and not isinstance(value, dict | list)
    )


def _word(replay: Replay, name: str, value: Any) -> str:
    if (
        name in ("member", "superior", "contact")
        and (row := replay.rows.get(idx_member, str(value))) is not None
    ):
        return str(row["org_id"])
    if name == "code":
        return unpadded(str(value))
    if name in ("until", "mandateEnd") and isinstance(value, int):
        return f"{name} {_time(value)}"
    text = str(value)
    return f"{name} {text if len(text) <= 80 else text[:77] + '...'}"


def _resolutions(replay: Replay) -> Iterator[dict[str, Any]]:
    council = replay.rows.get(idx_council, 0)
    for row in replay.rows.all(idx_proposal):
        facts = resolution_in(row)
        yield {
            "number": row["number"], "title": _title(row["description"]), "class": facts.decision.name,
            "proposed": _time(row["proposed_at"]), "in_favour": sum(facts.in_favour), "against": facts.against,
            "abstained": facts.abstained, "seats": sum(seats_at(council, facts.vote_start)),
            "queued_for": _time(facts.eta) if facts.eta else None,
            "executed": _time(row["executed_at"]) if row["executed_at"] else None,
            "cancelled": _time(row["cancelled_at"]) if row["cancelled_at"] else None,
        }  # fmt: skip


def _title(description: str) -> str:
    """Title of a canonical description; the start of any other text."""
    try:
        found = json.loads(description)
    except ValueError:
        return description[:80]
    title = found.get("title") if isinstance(found, dict) else None
    return title if isinstance(title, str) else description[:80]


def _time(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
