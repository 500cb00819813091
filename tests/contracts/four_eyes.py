"""Acts of the contract tests that take two accounts of the buyer, each act's hash computed a second time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.types import Procedure, Role, Terms
from tests.contracts.tenders import Tender, record
from tests.contracts.world import MANDATE_END, ZERO_ADDRESS, Receipt, Refusal, World, address, calldata, terms

__all__ = ["DESK", "LIFE", "NONE", "Act", "act_of", "add", "both", "prepared", "published"]

DESK = "FourEyes"
LIFE = 30 * 86_400
NONE = (ZERO_ADDRESS, 0)
"""What is known of an act that nobody proposed."""


def act_of(contract: str, call_hash: bytes) -> bytes:
    """keccak256(abi.encode(chainid, contract, callHash)); ``contract``: its address."""
    return bytes(keccak(encode(["uint256", "address", "bytes32"], [31_337, contract, call_hash])))


@dataclass(frozen=True)
class Act:
    """A call that takes two accounts of the buyer."""

    world: World
    contract: str
    function: str
    args: tuple[Any, ...]
    terms: Terms | None = None

    @property
    def call_hash(self) -> bytes:
        """keccak256 of its calldata."""
        return bytes(keccak(calldata(self.contract, self.function, self.args)))

    @property
    def hash(self) -> bytes:
        """What is proposed."""
        return act_of(self.world.addresses[self.contract], self.call_hash)

    def propose(self, who: str = "officer", **options: Any) -> Receipt:
        """As the officer."""
        return self.world.send(who, DESK, "propose", self.hash, **options)

    def approve(self, who: str = "approver", **options: Any) -> Receipt:
        """As the approver, who sends the call itself."""
        return self.world.send(who, self.contract, self.function, *self.args, **options)

    def refusal(self, who: str = "approver", **options: Any) -> Refusal:
        """What refuses the call."""
        return self.world.refusal(who, self.contract, self.function, *self.args, **options)

    def proposal(self, member: bytes) -> tuple[str, int]:
        """Who proposed it, and its stored end."""
        who, until = self.world.read(DESK, "proposalOf", member, self.hash)
        return who, until


def add(world: World, name: str, roles: int, admin: str = "admin") -> str:
    """One more person of a buyer; the name."""
    world.send(admin, "MemberRegistry", "addPerson", address(name), int(roles), MANDATE_END)
    return name


def both(world: World, name: str = "both", **options: Any) -> str:
    """One more person of the buyer who is officer and approver at once."""
    return add(world, name, Role.OFFICER | Role.APPROVER, **options)


def prepared(world: World, used: Procedure, period: int = 100, **changes: Any) -> Act:
    """A publication under a procedure, which nobody proposed yet."""
    made, text = world.told(
        terms(world.time + period, procedure=used.code, procedure_version=used.version, **changes)
    )
    return Act(world, "TenderBoard", "publish", (record(), made.as_tuple(), text), made)


def published(world: World, used: Procedure, **options: Any) -> Tender:
    """A tender under a procedure with four eyes, published by two accounts."""
    act = prepared(world, used, **options)
    act.propose()
    receipt = act.approve()
    told = next(event for event in receipt.events if event.name == "TenderPublished")
    assert act.terms is not None
    return Tender(told.args["id"], act.terms, act.args[2], receipt.time)
