"""Tenders of the contract tests, and their hashes computed a second time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.types import Kind, Role, Sector, Setup, Terms
from tests.contracts.world import (
    DAY,
    World,
    address,
    functions,
    hash_of,
    label,
    member_id,
    tender_id,
    terms,
    types_of,
)

_numbers = count(1)


class Status(IntEnum):
    """TenderStatus in Procurement.sol."""

    NONE = 0
    ENQUIRIES = 1
    TENDERING = 2
    HELD = 3
    SEALED = 4
    OPENING = 5
    FALLBACK = 6
    TECHNICAL_STANDSTILL = 7
    TECHNICAL = 8
    AWARDING = 9
    SUSPENDED = 10
    CANCELLING = 11
    CANCELLED = 12
    FAILED = 13
    COMPLETE = 14


class Lot(IntEnum):
    """LotStatus in Procurement.sol."""

    WAITING = 0
    RANKED = 1
    STANDSTILL = 2
    FINAL = 3
    LAPSED = 4
    SIGNED = 5
    FAILED = 6
    CANCELLING = 7
    CANCELLED = 8


@dataclass(frozen=True)
class Tender:
    """What was published."""

    id: bytes
    terms: Terms
    json: str
    published_at: int

    @property
    def deadline(self) -> int:
        """End of the bidding period."""
        return self.terms.deadline

    @property
    def hash(self) -> bytes:
        """termsHash."""
        return terms_hash(self.terms, self.json)


def record() -> bytes:
    """A recordId that was not used before; all take the same gas, whatever was made before in this process."""
    return label(f"record {next(_numbers):06}")


def publish(
    world: World,
    *,
    period: int = 100,
    who: str = "officer",
    json: str | None = None,
    **changes: Any,
) -> Tender:
    """Publishes for ``who``'s member; ``period``: seconds from publication to the deadline; ``json`` None: what the world tells."""
    published, text = world.told(terms(world.time + 1 + period, **changes))
    text = text if json is None else json
    receipt = world.send(who, "TenderBoard", "publish", record(), published.as_tuple(), text)
    return Tender(receipt.event.args["id"], published, text, receipt.time)


def ask(world: World, tender: Tender, tag: str = "tag", **options: Any) -> int:
    """Asks as acme; the question's number."""
    receipt = world.send("acme", "TenderBoard", "ask", tender.id, label(tag), '{"title":"Why?"}', **options)
    return int(receipt.event.args["question"])


DESK = member_id("TEST-REGISTRAR")
"""Member of the founding network's only registrar."""


def admit_desk(world: World, name: str = "desk2") -> bytes:
    """Another member with a registrar called ``name``; the member."""
    org_id = f"TEST-{name.upper()}"
    data = (org_id, name, int(Sector.ACADEMIA), int(Kind.REGISTRAR), bytes(32))
    world.send("authority", "MemberRegistry", "admit", data, address(f"admin of {name}"), world.time + DAY)
    person = (address(name), int(Role.REGISTRAR), world.time + DAY)
    world.send(f"admin of {name}", "MemberRegistry", "addPerson", *person)
    return member_id(org_id)


def salt(name: str) -> bytes:
    """32 bytes that nobody guesses."""
    return hash_of(f"salt {name}")


def tag_of(world: World, tender: Tender, supplier: bytes, salt: bytes) -> bytes:
    """A desk's commitment to who asks, computed a second time."""
    types = ["string", "uint256", "address", "bytes32", "bytes32", "bytes32"]
    board = world.addresses["TenderBoard"]
    return bytes(keccak(encode(types, ["licita/asker", 31_337, board, tender.id, supplier, salt])))


def hidden_ask(world: World, tender: Tender, tag: bytes, who: str = "registrar", **options: Any) -> int:
    """Asks as a desk; the question's number."""
    receipt = world.send(who, "TenderBoard", "ask", tender.id, tag, '{"title":"Why?"}', **options)
    return int(receipt.event.args["question"])


def cancel(world: World, tender: Tender, lot: int = 0, **options: Any) -> int:
    """Cancels as the officer; the end of the window."""
    receipt = world.send(
        "officer", "TenderBoard", "cancel", tender.id, lot, 1, hash_of("decision"), **options
    )
    return int(receipt.event.args["cancelsAt"])


def status(world: World, tender: Tender) -> Status:
    """Status at the last block."""
    return Status(world.read("TenderBoard", "tenderStatus", tender.id))


def lot_status(world: World, tender: Tender, lot: int) -> Lot:
    """Status of a lot at the last block."""
    return Lot(world.read("TenderBoard", "lotStatus", tender.id, lot))


def terms_hash(of: Terms, json: str) -> bytes:
    """sha256(abi.encode(Terms) || sha256(json))."""
    kinds = types_of(functions("TenderBoard")["publish"]["inputs"])
    return hashlib.sha256(encode([kinds[1]], [of.as_tuple()]) + hash_of(json)).digest()


def setup_hash(of: Setup) -> bytes:
    """keccak256(abi.encode(Setup))."""
    kind = types_of(functions("TenderBoard")["publish"]["inputs"][1]["components"])[-1]
    return bytes(keccak(encode([kind], [of.as_tuple()])))


UNKNOWN = tender_id(7)
"""A tender that does not exist in any test."""
