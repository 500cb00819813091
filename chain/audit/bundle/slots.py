"""What the contracts store of a tender and its bids, as the log says it: slot by slot, after Solidity's layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from eth_hash.auto import keccak

from chain import artifacts
from chain.rules.bids import BidFacts
from chain.types import ZERO32, EvaluationFacts, Event, TenderFacts, padded

__all__ = [
    "BOARD",
    "BOX",
    "COMMITTEE",
    "DESK",
    "RULES",
    "Slots",
    "evaluation_slots",
    "facts_slots",
    "joined",
    "named_slots",
    "sealed_slots",
    "slots_of",
]

BOARD, BOX, COMMITTEE, DESK = "TenderBoard", "BidBox", "OpeningCommittee", "EvaluationDesk"
RULES = {BOARD: "tender-facts", BOX: "bid-facts", COMMITTEE: "opening-record", DESK: "evaluation-facts"}
"""Contract -> the rule by which another value in its storage is refused."""

Slots = Mapping[str, Mapping[int, int]]
"""Contract -> slot -> value."""


_NOTHING = TenderFacts(
    ZERO32, ZERO32, ZERO32, ZERO32, ZERO32, procedure="", procedure_version=0, deadline=0, terms_version=0, questions=0,
    open_questions=0, lots=0, currency="", exponent=0,
)  # fmt: skip


def slots_of(
    tender: int,
    facts: TenderFacts,
    bids: Mapping[int, BidFacts],
    openings: Mapping[tuple[int, int], bytes],
    evaluation: EvaluationFacts,
) -> Slots:
    """All that is compared of a tender."""
    return {
        BOARD: facts_slots(tender, facts), DESK: evaluation_slots(tender, evaluation), **sealed_slots(tender, bids, openings),
    }  # fmt: skip


def named_slots(tender: int, events: Iterable[Event]) -> Slots:
    """The slots of ``slots_of``, values aside, by the events of all tenders."""
    mine = (
        each.args for each in events if each.name == "BidSealed" and int(each.args["tenderId"], 16) == tender
    )
    sealed = {(args["envelope"], args["index"]) for args in mine}
    bids = {index: BidFacts() for _, index in sealed}
    return slots_of(tender, _NOTHING, bids, dict.fromkeys(sealed, ZERO32), EvaluationFacts())


def joined(parts: Iterable[Slots]) -> dict[str, dict[int, int]]:
    """Those of several tenders."""
    found: dict[str, dict[int, int]] = {}
    for part in parts:
        for contract, slots in part.items():
            found.setdefault(contract, {}).update(slots)
    return found


def facts_slots(tender: int, facts: TenderFacts) -> dict[int, int]:
    """Slot -> value, as TenderBoard stores these facts (Solidity's layout: low-order first, bytes as their number).

    What BidBox and OpeningCommittee hold of the tender is among the facts and not among its members.
    """
    values = {field.name.replace("_", ""): getattr(facts, field.name) for field in fields(facts)}
    return _packed(BOARD, "_tenders", [tender], values)


def evaluation_slots(tender: int, facts: EvaluationFacts) -> dict[int, int]:
    """The same of what EvaluationDesk stores of the scores and results of a tender."""
    values = {field.name.replace("_", ""): getattr(facts, field.name) for field in fields(facts)}
    return _packed(DESK, "_evaluations", [tender], values)


def sealed_slots(
    tender: int, bids: Mapping[int, BidFacts], openings: Mapping[tuple[int, int], bytes]
) -> Slots:
    """``bids`` by index as BidBox stores them; ``openings``: (envelope, index) -> openingOf of OpeningCommittee, 32 zero bytes where
    it is sealed."""
    stored: dict[int, int] = {}
    for index, bid in bids.items():
        values = {
            "bidder": int(bid.bidder or "0x0", 16), "version": bid.version, "order": bid.order, "termsversion": bid.terms_version,
            "status": int(bid.status),
        }  # fmt: skip
        stored |= _packed(BOX, "_bids", [tender, index], values)
    records = {
        _place(COMMITTEE, "openingOf", [tender, envelope, index])[0]: int.from_bytes(record, "big")
        for (envelope, index), record in openings.items()
    }
    return {BOX: stored, COMMITTEE: records}


def _packed(contract: str, label: str, keys: Sequence[int], values: Mapping[str, Any]) -> dict[int, int]:
    """Slot -> value of a struct in a mapping: low-order first, bytes as their number. ``values`` by label in lower case."""
    types = artifacts.artifact(contract).storage_layout["types"]
    base, kind = _place(contract, label, keys)
    slots = dict.fromkeys((base + int(member["slot"]) for member in kind["members"]), 0)
    for member in kind["members"]:
        value, size = values[member["label"].lower()], int(types[member["type"]]["numberOfBytes"])
        if isinstance(value, str):
            value = padded(value, size)
        number = int.from_bytes(value, "big") if isinstance(value, bytes) else int(value)
        slots[base + int(member["slot"])] |= number << (8 * member["offset"])
    return slots


def _place(contract: str, label: str, keys: Sequence[int]) -> tuple[int, dict[str, Any]]:
    """The slot of a value in a mapping of mappings, and its type."""
    layout = artifacts.artifact(contract).storage_layout
    variable = next(each for each in layout["storage"] if each["label"] == label)
    slot, kind = int(variable["slot"]), layout["types"][variable["type"]]
    for key in keys:
        slot = int.from_bytes(keccak(key.to_bytes(32, "big") + slot.to_bytes(32, "big")), "big")
        kind = layout["types"][kind["value"]]
    return slot, kind
