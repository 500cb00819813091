"""Bids, shares and openings, ceremonies and keysets, from the events of BidBox and OpeningCommittee.

Three numbers of a tender follow from them and stand in its facts: live bids, opened bids, whether the box is locked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chain.recorder.index.content import dump, load
from chain.recorder.index.facts import facts_of, move, tender_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import (
    idx_account,
    idx_bid,
    idx_box,
    idx_ceremony,
    idx_envelope,
    idx_keyset,
    idx_share,
)
from chain.types import BidStatus, Event, TenderFacts

__all__ = ["BIDS", "COMMITTEE"]


# BidBox


def _sealed(event: Event, rows: Rows) -> None:
    """One event an envelope; the bid itself changes with the first."""
    args, tender = event.args, tender_in(event)
    if args["envelope"] == 0:
        last = rows.get(idx_bid, tender, args["index"])
        _count(event, rows, +1 - _live(last, facts_of(event, rows)))
        account = rows.get(idx_account, args["bidder"])
        assert account is not None, "the contract takes bids of suppliers only"
        rows.put(idx_bid, {
            "tender": tender, "bid": args["index"], "supplier": account["supplier"], "bidder": args["bidder"],
            "version": args["version"], "arrival": args["order"], "terms_version": args["termsVersion"], "status": int(BidStatus.SEALED),
            "declarations": args["declarations"], "sealed_at": event.time, "block": event.block, "transaction": event.transaction,
        })  # fmt: skip
        if last is None:
            box = _box(tender, rows)
            rows.put(idx_box, box | {"bids": box["bids"] + 1})
    rows.put(idx_envelope, {
        "tender": tender, "bid": args["index"], "envelope": args["envelope"], "seal": args["seal"], "data": args["sealedEnvelope"],
        "opening": "", "revealed": "", "opened_at": 0, "transaction": event.transaction,
    })  # fmt: skip


def _confirmed(event: Event, rows: Rows) -> None:
    row = _bid(event, rows)
    version = event.args["termsVersion"]
    rows.put(idx_bid, row | {"terms_version": version})
    _count(event, rows, +1)


def _withdrawn(event: Event, rows: Rows) -> None:
    row = _bid(event, rows)
    _count(event, rows, -_live(row, facts_of(event, rows)))
    rows.put(idx_bid, row | {"status": int(BidStatus.WITHDRAWN)})


def _locked(event: Event, rows: Rows) -> None:
    args, tender = event.args, tender_in(event)
    rows.put(idx_box, _box(tender, rows) | {"live": args["live"], "locked_at": event.time})
    move(event, rows, replace(facts_of(event, rows), locked=True))


def _released(event: Event, rows: Rows) -> None:
    """The second envelopes may be opened; those of the excluded bids never are."""
    args, tender = event.args, tender_in(event)
    for index in args["excluded"]:
        row = rows.get(idx_bid, tender, index)
        assert row is not None, "the contract excludes live bids only"
        rows.put(idx_bid, row | {"status": int(BidStatus.EXCLUDED)})
    rows.put(idx_box, _box(tender, rows) | {"phase": args["envelope"], "excluded": len(args["excluded"])})
    move(event, rows, facts_of(event, rows))


# OpeningCommittee: openings


def _shares(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_share, {
        "tender": tender_in(event), "envelope": args["envelope"], "page": int(args["page"]), "keyset": args["keysetId"],
        "seat": args["seat"], "shares": dump(args["shares"]), "at": event.time, "block": event.block, "transaction": event.transaction,
    })  # fmt: skip
    move(event, rows, facts_of(event, rows))


def _opened(event: Event, rows: Rows) -> None:
    args, row = event.args, _envelope(event, rows)
    opening = {"s": args["s"], "docCommit": args["docCommit"], "amounts": args["amounts"]}
    rows.put(idx_envelope, row | {"opening": dump(opening), "opened_at": event.time})
    facts = facts_of(event, rows)
    move(event, rows, replace(facts, opened_bids=facts.opened_bids + 1))


def _revealed(event: Event, rows: Rows) -> None:
    rows.put(idx_envelope, _envelope(event, rows) | {"revealed": event.args["r"]})


# OpeningCommittee: ceremonies and keysets


def _ceremony_opened(event: Event, rows: Rows) -> None:
    args = event.args
    rows.put(idx_ceremony, {
        "id": args["ceremonyId"], "threshold": args["threshold"], "members": dump(args["members"]), "parent": args["parent"],
        "dealers": dump(args["dealers"]), "box_keys": "{}", "commitments": "{}", "dealings": "{}", "boxes": "{}", "complainant": 0,
        "accused": 0, "answer": "", "opened_at": event.time, "block": event.block, "tx": event.tx_index, "log": event.log_index,
    })  # fmt: skip


def _joined(event: Event, rows: Rows) -> None:
    _said(event, rows, "box_keys", event.args["seat"], event.args["boxKey"])


def _committed(event: Event, rows: Rows) -> None:
    _said(event, rows, "commitments", event.args["dealer"], event.args["commitment"])


def _published(event: Event, rows: Rows) -> None:
    _said(event, rows, "dealings", event.args["dealer"], event.args["message"])


def _sent(event: Event, rows: Rows) -> None:
    _said(event, rows, "boxes", event.args["dealer"], event.args["boxes"])


def _failed(event: Event, rows: Rows) -> None:
    row = _ceremony(event, rows)
    rows.put(idx_ceremony, row | {"complainant": event.args["seat"], "accused": event.args["dealer"]})


def _answered(event: Event, rows: Rows) -> None:
    rows.put(idx_ceremony, _ceremony(event, rows) | {"answer": event.args["value"]})


def _registered(event: Event, rows: Rows) -> None:
    args = event.args
    parent = _parent_of(args["ceremonyId"], rows)
    old = rows.get(idx_keyset, parent)
    rows.put(idx_keyset, {
        "id": args["keysetId"], "ceremony": args["ceremonyId"], "threshold": args["threshold"], "pk": dump(args["pk"]),
        "members": dump(args["members"]), "keys": dump(args["keys"]), "transcript": args["transcript"], "parent": parent,
        "root": args["keysetId"] if old is None else old["root"], "acting": args["keysetId"], "answers": "{}", "confirmed_at": 0,
        "ended": 0, "round": 0, "rolled_at": 0, "block": event.block,
    })  # fmt: skip


def _seat_confirmed(event: Event, rows: Rows) -> None:
    _answer(event, rows, 0)


def _keyset_confirmed(event: Event, rows: Rows) -> None:
    row = _keyset(event, rows)
    old = rows.get(idx_keyset, row["parent"])
    ended = 0 if old is None else old["ended"]
    rows.put(idx_keyset, row | {"confirmed_at": event.time, "rolled_at": event.time, "ended": ended})
    if old is not None:
        root = rows.get(idx_keyset, row["root"])
        assert root is not None, "the first keyset of a secret was registered"
        rows.put(idx_keyset, root | {"acting": row["id"]})


def _ended(event: Event, rows: Rows) -> None:
    rows.put(idx_keyset, _keyset(event, rows) | {"ended": 1})


def _roll_called(event: Event, rows: Rows) -> None:
    rows.put(idx_keyset, _keyset(event, rows) | {"round": event.args["round"], "rolled_at": event.time})


def _roll_answered(event: Event, rows: Rows) -> None:
    _answer(event, rows, event.args["round"])


# Rows


def _count(event: Event, rows: Rows, change: int) -> None:
    facts = facts_of(event, rows)
    move(event, rows, replace(facts, live_bids=facts.live_bids + change))


def _live(row: Row | None, facts: TenderFacts) -> int:
    """1 for a bid that counts among the live ones, else 0."""
    if row is None:
        return 0
    return int(row["status"] == BidStatus.SEALED and row["terms_version"] == facts.terms_version)


def _box(tender: int, rows: Rows) -> Row:
    return rows.get(idx_box, tender) or {
        "tender": tender, "bids": 0, "live": 0, "locked_at": 0, "phase": 0, "excluded": 0,
    }  # fmt: skip


def _bid(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_bid, tender_in(event), event.args["index"])
    assert row is not None, "the contract changes bids that were sealed"
    return row


def _envelope(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_envelope, tender_in(event), event.args["index"], event.args["envelope"])
    assert row is not None, "the contract opens bids that were sealed"
    return row


def _ceremony(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_ceremony, event.args["ceremonyId"])
    assert row is not None, "the contract takes steps of opened ceremonies"
    return row


def _parent_of(ceremony: str, rows: Rows) -> str:
    row = rows.get(idx_ceremony, ceremony)
    assert row is not None, "the contract registers keysets of opened ceremonies"
    return str(row["parent"])


def _said(event: Event, rows: Rows, column: str, number: int, value: Any) -> None:
    row = _ceremony(event, rows)
    rows.put(idx_ceremony, row | {column: dump(load(row[column]) | {str(number): value})})


def _keyset(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_keyset, event.args["keysetId"])
    assert row is not None, "the contract changes registered keysets"
    return row


def _answer(event: Event, rows: Rows, round_: int) -> None:
    row = _keyset(event, rows)
    answers = load(row["answers"])
    seats = [*answers.get(str(round_), []), event.args["seat"]]
    rows.put(idx_keyset, row | {"answers": dump(answers | {str(round_): seats})})


BIDS = {
    "BidSealed": _sealed,
    "BidConfirmed": _confirmed,
    "BidWithdrawn": _withdrawn,
    "BoxLocked": _locked,
    "EnvelopeReleased": _released,
}

COMMITTEE = {
    "CeremonyOpened": _ceremony_opened,
    "CeremonyJoined": _joined,
    "DealingCommitted": _committed,
    "DealingPublished": _published,
    "DealingSent": _sent,
    "CeremonyFailed": _failed,
    "ComplaintAnswered": _answered,
    "KeysetRegistered": _registered,
    "KeysetSeatConfirmed": _seat_confirmed,
    "KeysetConfirmed": _keyset_confirmed,
    "KeysetEnded": _ended,
    "RollCalled": _roll_called,
    "RollAnswered": _roll_answered,
    "SharesPosted": _shares,
    "BidOpened": _opened,
    "BidSelfRevealed": _revealed,
}
