"""What the objects of this folder need of a network: read, send, look back, tell the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from chain.nodes.folder import Descriptor
from chain.transactions import Call, Read, Receipt
from chain.types import Event

__all__ = ["Person", "SeatStore", "Session"]

T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """An account with roles; whoever holds this object may act with it. The key never shows in a repr."""

    name: str
    address: str
    key: bytes = field(repr=False)

    def __str__(self) -> str:
        return self.name


class SeatStore(Protocol):
    """Where a committee member keeps its secrets, encrypted. ``name`` is made of lower-case letters, digits and hyphens."""

    def keep(self, name: str, value: Mapping[str, Any]) -> None:
        """Writes or replaces it, durably."""

    def names(self) -> list[str]:
        """Names of what is kept, sorted."""

    def find(self, name: str) -> dict[str, Any] | None:
        """What is kept under this name, None if nothing."""

    def drop(self, name: str) -> None:
        """Erases it; to repeat it does nothing."""


class Deployed(Protocol):
    """What is needed of a deployment record."""

    @property
    def addresses(self) -> Mapping[str, str]:
        """Contract name -> checksum address."""


class Session(Protocol):
    """A network as seen from a script: every read is live, every send waits for its block."""

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""

    @property
    def descriptor(self) -> Descriptor:
        """Publication and defaults of the network."""

    @property
    def deployment(self) -> Deployed:
        """Where its contracts are."""

    def local_seats(self) -> Sequence[tuple[Person, SeatStore]]:
        """Committee members whose secrets this process may use: those of a sandbox, else none."""

    def read(self, call: Read[T]) -> T:
        """The answer of a view. Raises the contract's refusal."""

    def send(self, call: Call, sender: Person) -> Receipt:
        """Asks the contract first, then sends and waits for the block. Raises the contract's refusal."""

    def events(self, contract: str, names: Sequence[str], subject: bytes | None = None) -> list[Event]:
        """Events of a contract in chain order; ``subject`` is their first indexed argument."""

    def now(self) -> int:
        """Head time, unix seconds."""
