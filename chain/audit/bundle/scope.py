"""Which part of a chain explains one tender, and the proof that nothing of it was left out.

Header blooms hold the address and the first topic of every log. A block whose bloom may hold an event that matters must be in the bundle
whole, with all its transactions; every other block holds none, if its header is honest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from chain.audit.header import Header
from chain.audit.receipt import Log, bloom_of
from chain.audit.replay import Found
from chain.transactions import topics_of
from chain.types import ZERO32, Event

__all__ = ["Key", "Position", "key_of", "needed", "only", "watched"]

Key = tuple[str, str]
"""A contract and the first indexed argument of its events (0x hex): one tender, member, supplier, citizen or procedure; of FourEyes
the act."""

Position = tuple[int, int]
"""Block and index of a transaction."""

_NAMES = {
    "buyer": "MemberRegistry", "superior": "MemberRegistry", "member": "MemberRegistry", "keysetId": "OpeningCommittee",
    "ceremonyId": "OpeningCommittee", "parent": "OpeningCommittee", "reviewBody": "MemberRegistry",
}  # fmt: skip
_TERMS = {
    "reviewBody": "MemberRegistry", "procedure": "ProcedureBook", "keysetId": "OpeningCommittee", "payer": "MemberRegistry",
}  # fmt: skip
_ORGANISATIONS = ("supplier", "by")
"""Arguments that name a supplier or a member: who asks, itself or as a desk for another."""
_OF_TENDERS = (
    "TenderBoard",
    "BidBox",
    "OpeningCommittee",
    "AwardDesk",
    "ComplaintDesk",
    "EvaluationDesk",
    "AgreementBook",
)
_NONE = "0x" + ZERO32.hex()
_NEVER = 2**32 - 1  # seconds
_ADDRESS = 20  # bytes


_OUTAGE = ("ProcedureBook", *(topics_of("ProcedureBook", ["OutageRecorded"]) or ()))
"""Outages are about every tender: they are known by their name, which is a topic too."""


def key_of(event: Event) -> Key:
    """What the event is about; every event of our contracts has its subject first, and indexed, but an outage and an act: a member has
    acts for many tenders."""
    if event.name == "OutageRecorded":
        return _OUTAGE
    subject = event.args["act"] if event.contract == "FourEyes" else next(iter(event.args.values()))
    return event.contract, str(subject)


def watched(tender: int, events: Sequence[Event]) -> frozenset[Key]:
    """The tender, and all that its events name: buyer, review body, those above them, suppliers and desks that ask, bidders, who notes, the
    procedure, its committee: the keyset with its ceremony, those it was reshared from and to, the members that hold seats; the members
    of its panel; who pays beside the buyer, and who rates what was delivered; and the acts of two accounts that were done to it."""
    found: set[Key] = {_OUTAGE, *((contract, f"0x{tender:064x}") for contract in _OF_TENDERS)}
    size = 0
    while size != len(found):
        size = len(found)
        mine = [event for event in events if key_of(event) in found]
        bidders = {event.args["bidder"] for event in mine if event.name in _BY_BIDDER}
        people = {account for event in mine for account in (*_panel(event), *_witnesses(event))}
        done = {event.transaction for event in mine if event.contract in _OF_TENDERS}
        for event in events:
            if key_of(event) in found:
                found.update(_named(event.args))
            if event.name == "ActApproved" and event.transaction in done:
                found.add(key_of(event))
            found.update(_leading_here(event, found, bidders, people))
    return frozenset(found)


def _named(args: Mapping[str, object]) -> Iterable[Key]:
    terms, members = args.get("terms"), args.get("members")
    pairs = [(_NAMES, args), (_TERMS, terms if isinstance(terms, dict) else {})]
    for contracts, values in pairs:
        for name, contract in contracts.items():
            if values.get(name, _NONE) != _NONE:
                yield contract, str(values[name])
    for name in _ORGANISATIONS:
        if args.get(name, _NONE) != _NONE:
            yield from ((contract, str(args[name])) for contract in ("MemberRegistry", "SupplierRegistry"))
    if args.get("citizen"):
        yield "SupplierRegistry", str(args["rater"])
    for member in members if isinstance(members, list) else ():
        yield "MemberRegistry", str(member)


_BY_BIDDER = ("BidSealed", "BidConfirmed", "BidWithdrawn")


_SEATED = ("account", "successor")


def _panel(event: Event) -> Iterable[str]:
    """Accounts that an event puts into the panel."""
    if event.name == "EvaluatorReplaced":
        yield event.args["evaluator"]
    if event.name in ("TenderPublished", "TenderAmended"):
        yield from event.args["terms"].get("setup", {}).get("panel", ())


def _witnesses(event: Event) -> Iterable[str]:
    """The account of a witness that rated for its member."""
    if event.name == "AgreementRated" and not event.args["citizen"]:
        yield event.args["rater"]


def _leading_here(event: Event, found: Set[Key], bidders: Set[str], people: Set[str]) -> Iterable[Key]:
    """What names something watched, and not the other way round: suppliers by their accounts, members by their evaluators' and
    witnesses', keysets by their ceremony, and ceremonies by the keyset that they reshare."""
    args = event.args
    if event.contract == "MemberRegistry" and not people.isdisjoint(args.get(name) for name in _SEATED):
        yield key_of(event)
    if event.contract == "SupplierRegistry" and not bidders.isdisjoint(args.get("accounts", ())):
        yield key_of(event)
    if event.name in ("KeysetRegistered", "CeremonyOpened"):
        leading = {("OpeningCommittee", str(args.get(name))) for name in ("ceremonyId", "parent")}
        # A fresh ceremony has no parent: nothing of that name is watched.
        if not found.isdisjoint(leading):
            yield key_of(event)


def only(
    events: Mapping[int, Sequence[Found]], keys: frozenset[Key], creations: frozenset[Position]
) -> dict[int, list[Found]]:
    """Block -> the events that are replayed: of what is watched, and all that constructors emitted.

    A part of a chain has no ticks, so that a silence which nobody has recorded cannot be told from it: none is counted there.
    """
    return {
        block: [
            (_without_silence(event), one, place)
            for event, one, place in found
            if key_of(event) in keys or (block, event.tx_index) in creations
        ]
        for block, found in events.items()
    }


def _without_silence(event: Event) -> Event:
    return replace(event, args={**event.args, "gap": _NEVER}) if event.name == "OutagesCounted" else event


def needed(
    headers: Sequence[Header],
    keys: frozenset[Key],
    contracts: Mapping[str, bytes],
    creations: frozenset[Position],
) -> list[int]:
    """Numbers of the blocks that must be there whole, rising: those of the creations, and those whose bloom may hold a key."""
    masks = [_mask(contracts[contract], key) for contract, key in keys]
    numbers = {block for block, _ in creations}
    for header in headers:
        bloom = int.from_bytes(header.logs_bloom, "big")
        if bloom and any(bloom & mask == mask for mask in masks):
            numbers.add(header.number)
    return sorted(numbers)


def _mask(address: bytes, key: str) -> int:
    """The bits that a log of this contract with this first topic sets: codes stand on the left, an address on the right."""
    named = bytes.fromhex(key[2:])
    topic = named.rjust(32, b"\0") if len(named) == _ADDRESS else named.ljust(32, b"\0")
    return int.from_bytes(bloom_of([Log(address, (topic,), b"")]), "big")
