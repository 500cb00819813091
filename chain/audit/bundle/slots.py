"""What the contracts store of a tender, its bids, awards and agreements, as the log says it: slot by slot, after Solidity's layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from eth_hash.auto import keccak

from chain import artifacts
from chain.rules.bids import BidFacts
from chain.types import (
    ZERO32,
    AgreementFacts,
    EvaluationFacts,
    Event,
    LotFacts,
    MilestoneFacts,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Ratings,
    TenderFacts,
    from_hex,
    padded,
)

__all__ = [
    "AWARDS",
    "BOARD",
    "BOOK",
    "BOX",
    "COMMITTEE",
    "DESK",
    "RULES",
    "SUPPLIERS",
    "Agreed",
    "Slots",
    "agreement_slots",
    "evaluation_slots",
    "facts_slots",
    "joined",
    "lot_slots",
    "named_slots",
    "rater_key",
    "rating_slots",
    "sealed_slots",
    "slots_of",
]

BOARD, BOX, COMMITTEE, DESK = "TenderBoard", "BidBox", "OpeningCommittee", "EvaluationDesk"
AWARDS, BOOK, SUPPLIERS = "AwardDesk", "AgreementBook", "SupplierRegistry"
RULES = {
    BOARD: "tender-facts", BOX: "bid-facts", COMMITTEE: "opening-record", DESK: "evaluation-facts", BOOK: "agreement-facts",
    AWARDS: "lot-facts", SUPPLIERS: "supplier-ratings",
}  # fmt: skip
"""Contract -> the rule by which another value in its storage is refused."""

Slots = Mapping[str, Mapping[int, int]]
"""Contract -> slot -> value."""


_NOTHING = TenderFacts(
    ZERO32, ZERO32, ZERO32, ZERO32, ZERO32, procedure="", procedure_version=0, deadline=0, terms_version=0, questions=0,
    open_questions=0, lots=0, currency="", exponent=0,
)  # fmt: skip


@dataclass(frozen=True)
class Agreed:
    """What AgreementBook holds of a tender. ``latest``: lot -> the latest agreement about it; ``agreements``, ``changes``, ``ends`` by
    agreement, ``milestones`` by agreement and place, ``payments`` by buyer, payer and reference; ``ratings``: agreement and who rated it,
    32 bytes."""

    latest: Mapping[int, int] = field(default_factory=dict)
    agreements: Mapping[int, AgreementFacts] = field(default_factory=dict)
    milestones: Mapping[tuple[int, int], MilestoneFacts] = field(default_factory=dict)
    payments: Mapping[tuple[bytes, bytes, bytes], PaymentFacts] = field(default_factory=dict)
    changes: Mapping[int, PendingChange] = field(default_factory=dict)
    ends: Mapping[int, PendingEnd] = field(default_factory=dict)
    ratings: frozenset[tuple[int, bytes]] = frozenset()


def slots_of(
    tender: int,
    facts: TenderFacts,
    bids: Mapping[int, BidFacts],
    openings: Mapping[tuple[int, int], bytes],
    evaluation: EvaluationFacts,
    lots: Mapping[int, LotFacts],
    agreed: Agreed,
) -> Slots:
    """All that is compared of a tender; ``lots``: each of them."""
    return {
        BOARD: facts_slots(tender, facts), DESK: evaluation_slots(tender, evaluation), **sealed_slots(tender, bids, openings),
        AWARDS: lot_slots(tender, lots), BOOK: agreement_slots(tender, agreed),
    }  # fmt: skip


def named_slots(tender: int, events: Iterable[Event]) -> Slots:
    """The slots of ``slots_of``, values aside, by the events of all tenders."""
    sealed: set[tuple[int, int]] = set()
    lots: dict[int, LotFacts] = {}
    agreed, members, buyer = _Named(), dict[str, str](), ZERO32
    for event in events:
        args = event.args
        if event.contract == "MemberRegistry":
            members |= {args[name]: args["member"] for name in ("account", "successor") if name in args}
        if event.name == "TenderPublished" and int(args["id"], 16) == tender:
            lots = dict.fromkeys(range(1, len(args["terms"]["setup"]["lots"]) + 1), LotFacts())
            buyer = from_hex(args["buyer"])
        if event.contract not in (BOX, BOOK) or int(args["tenderId"], 16) != tender:
            continue
        if event.name == "BidSealed":
            sealed.add((args["envelope"], args["index"]))
        if event.contract == BOOK:
            agreed.add(event, buyer, members)
    bids = {index: BidFacts() for _, index in sealed}
    return slots_of(
        tender, _NOTHING, bids, dict.fromkeys(sealed, ZERO32), EvaluationFacts(), lots, agreed.agreed()
    )


class _Named:
    """What the events of AgreementBook name, values aside."""

    def __init__(self) -> None:
        self._lots: dict[int, int] = {}
        self._milestones: dict[int, int] = {}
        self._payments: set[tuple[bytes, bytes, bytes]] = set()
        self._ratings: set[tuple[int, bytes]] = set()

    def add(self, event: Event, buyer: bytes, members: Mapping[str, str]) -> None:
        """``buyer``: of the tender; ``members``: account -> the member that it is of by then, which a witness rates for."""
        args, number = event.args, int(event.args["agreement"])
        if event.name == "AgreementDrafted":
            self._lots[args["lot"]] = number
            self._milestones[number] = len(args["terms"]["milestones"])
        if event.name == "PaymentRecorded":
            self._payments.add((buyer, from_hex(args["payment"]["payer"]), from_hex(args["payment"]["ref"])))
        if event.name == "AgreementRated":
            rater = args["rater"] if args["citizen"] else members.get(args["rater"], args["rater"])
            self._ratings.add((number, rater_key(rater)))

    def agreed(self) -> Agreed:
        """As if nothing else were known."""
        numbers = self._milestones
        places = [(number, place) for number, count in numbers.items() for place in range(1, count + 1)]
        return Agreed(
            self._lots, dict.fromkeys(numbers, AgreementFacts()), dict.fromkeys(places, MilestoneFacts()),
            dict.fromkeys(self._payments, PaymentFacts()), dict.fromkeys(numbers, PendingChange()), dict.fromkeys(numbers, PendingEnd()),
            frozenset(self._ratings),
        )  # fmt: skip


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


def rater_key(rater: str) -> bytes:
    """A citizen's address, or the member of a witness (0x hex), as AgreementBook keeps who rated."""
    return from_hex(rater).rjust(32, b"\0")


def agreement_slots(tender: int, agreed: Agreed) -> dict[int, int]:
    """The same of what AgreementBook stores of the agreements about a tender."""
    slots = {_place(BOOK, "agreementOf", [tender, lot])[0]: number for lot, number in agreed.latest.items()}
    kept: list[tuple[str, list[int], Any]] = [
        *(("_agreements", [number], each) for number, each in agreed.agreements.items()),
        *(("_milestones", [*key], each) for key, each in agreed.milestones.items()),
        *(("_payments", list(map(_number, key)), each) for key, each in agreed.payments.items()),
        *(("_changes", [number], each) for number, each in agreed.changes.items()),
        *(("_ends", [number], each) for number, each in agreed.ends.items()),
    ]
    for label, keys, facts in kept:
        values = {name.replace("_", ""): value for name, value in vars(facts).items()}
        slots |= _packed(BOOK, label, keys, {**values, "tenderid": tender})
    for number, rater in agreed.ratings:
        slots[_place(BOOK, "hasRated", [number, _number(rater)])[0]] = 1
    return slots


def rating_slots(supplier: bytes, ratings: Ratings) -> dict[int, int]:
    """What SupplierRegistry counts of the ratings of a supplier's works, over all tenders."""
    values = {name.replace("_", ""): value for name, value in vars(ratings).items()}
    return _packed(SUPPLIERS, "_ratings", [_number(supplier)], values)


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def lot_slots(tender: int, lots: Mapping[int, LotFacts]) -> dict[int, int]:
    """The same of what AwardDesk stores of the award of each lot."""
    slots: dict[int, int] = {}
    for lot, facts in lots.items():
        values = {name.replace("_", ""): value for name, value in vars(facts).items()}
        slots |= _packed(AWARDS, "_lots", [tender, lot], values)
    return slots


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
