"""Contracts with one thing changed: each breaks an invariant of README.md, and the suite has to say which.

A mutant is the source of record with one passage replaced, compiled with the settings of record and put in place of the contract.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from eth_abi.abi import encode

from chain.artifacts import COMPILER, artifact, compile_sources, standard_input
from tests.contracts.awards import GAP
from tests.contracts.world import ROOT, World, address, classes, types_of, wiring

__all__ = ["FIRST", "MUTANTS", "Mutant", "compiled", "in_place"]

_IMPORTED = ("contracts/interfaces/", "contracts/types/", "contracts/libraries/")
_KEPT = ROOT / ".licita" / "mutants"


@dataclass(frozen=True)
class Mutant:
    """Breaks invariant ``number``: ``new`` in place of ``old`` in a contract's source, or in that of a library that it imports."""

    number: int
    contract: str
    old: str
    new: str
    library: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.contract}"

    @property
    def source(self) -> str:
        """The whole text that has the passage."""
        name = self.library or self.contract
        text = _text(name)
        assert text.count(self.old) == 1, f"{name} has {text.count(self.old)} times: {self.old}"
        return text.replace(self.old, self.new)

    def sources(self, place: int) -> dict[str, str]:
        """Path -> text of what differs; the contract is the last of them."""
        own = {_beside(self.library or self.contract, place): self.source}
        if self.library:
            importing = _text(self.contract).replace(f"/{self.library}.sol", f"/{self.library}{place}.sol")
            own[_beside(self.contract, place)] = importing
        return own


def _text(name: str) -> str:
    return (ROOT / artifact(name).source).read_text(encoding="utf-8")


def _beside(name: str, place: int) -> str:
    """Beside the original, so that what it imports is found."""
    path = PurePosixPath(artifact(name).source)
    return str(path.with_stem(f"{path.stem}{place}"))


AWARD, BOARD = "AwardDesk", "TenderBoard"
MUTANTS = (
    Mutant(1, AWARD, "require(rankAt(id, lot, facts.head) == index,", "require(index != NOWHERE,"),
    Mutant(6, BOARD, "return own.proposedAt != 0 || _isWhole(tender) ?", "return _isWhole(tender) ?"),
    Mutant(9, AWARD, "_bids.bid(id, index).order > _bids", "_bids.bid(id, index).order >= _bids"),
    Mutant(10, AWARD, "require(cause != 0, AwardDeskStillEligible", "require(cause == 0, AwardDeskStillEligible"),
    Mutant(11, AWARD, "tender.time + procedure.standstill;", "tender.time + 1;"),
    Mutant(
        19, AWARD, "facts.price = uint128(price);",
        "facts.price = uint128(price); for (uint256 i = 0; i < facts.ranked; ++i) securityOf[id][uint16(i)] = SecurityStatus.Held;",
    ),
    Mutant(21, AWARD, "emit BidDropped(id, lot, index, supplier, cause);", ""),
    Mutant(22, AWARD, "require(cause == 0, AwardDeskIneligible", "require(cause == \"DEBARRED\" || cause == 0, AwardDeskIneligible"),
    Mutant(24, AWARD, "require(block.timestamp >= until, AwardDeskWindowOpen", "require(block.timestamp < until, AwardDeskWindowOpen"),
    Mutant(1, AWARD, ".given || !isLow(id, lot, facts.head);", ".given || isLow(id, lot, facts.head);"),
    Mutant(1, AWARD, "if (price <= low) lows |=", "if (price < low) lows |="),
    Mutant(6, AWARD, "if (block.timestamp < end) return", "if (block.timestamp + 1 < end) return"),
    Mutant(9, AWARD, "if (price > limit) continue;", "if (price > limit + 1) continue;"),
    Mutant(10, AWARD, "bool known = reason != 0 && reason <", "bool known = reason <"),
    Mutant(11, BOARD, "return base == 0 || block.timestamp >= _clearFrom(id, tender, 0, base);", "return true;"),
)  # fmt: skip
"""A passage that is not in its source exactly once fails the test."""

FIRST = tuple({mutant.number: mutant for mutant in reversed(MUTANTS)}.values())
"""One an invariant: each costs the compiler some nine seconds."""


def compiled(mutants: Sequence[Mutant]) -> dict[Mutant, bytes]:
    """Creation code of these, by one call of the compiler; kept until a source changes."""
    known = {name: entry["content"] for name, entry in standard_input(ROOT)["sources"].items()}
    own = {name: text for name, text in known.items() if name.startswith(_IMPORTED)}
    paths = {}
    for place, mutant in enumerate(mutants):
        own |= mutant.sources(place)
        paths[mutant] = _beside(mutant.contract, place)
    key = hashlib.sha256(json.dumps([COMPILER, own], sort_keys=True).encode()).hexdigest()
    kept = _KEPT / f"{key}.json"
    if not kept.is_file():
        answer = compile_sources(own, ["evm.bytecode.object"])["contracts"]
        codes = [answer[paths[each]][each.contract]["evm"]["bytecode"]["object"] for each in mutants]
        _KEPT.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(codes), encoding="utf-8")
    codes = json.loads(kept.read_text(encoding="utf-8"))
    return {mutant: bytes.fromhex(code) for mutant, code in zip(mutants, codes, strict=True)}


@contextmanager
def in_place(world: World, contract: str, creation: bytes) -> Iterator[None]:
    """The contract has the code that this creates, and keeps what it holds; afterwards all is as it was."""
    inputs = next(entry["inputs"] for entry in artifact(contract).abi if entry["type"] == "constructor")
    data = creation + encode(types_of(inputs), _arguments(world, contract))
    at = world.addresses[contract]
    # The constructor runs at the contract's own address, which it may keep, and nothing of what it writes stays.
    code = world.node.rpc("eth_call", {"to": at}, "latest", {at: {"code": "0x" + data.hex()}})
    with world.undone():
        world.node.rpc("anvil_setCode", at, code)
        yield


def _arguments(world: World, contract: str) -> tuple[Any, ...]:
    """Of its constructor. There are members, people and procedures already; of the network's silence, that of ``GAP`` counts."""
    wired = wiring(world.addresses)
    others: dict[str, tuple[Any, ...]] = {
        "Council": (wired, *classes(world.addresses)),
        "CouncilTimelock": (world.addresses["Council"],),
        "MemberRegistry": (address("authority"), wired, [], []),
        "OpeningCommittee": (wired, address("founder")),
        "ProcedureBook": (address("authority"), GAP, [], []),
    }
    return others.get(contract, (wired,))
