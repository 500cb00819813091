"""What a committee member's machine asks of a network and says to it: through a node with its own key, or through a service (api).

Only what is public passes here; the secrets stay with the ``SeatStore``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chain.bindings import member_registry
from chain.procurement.acts import Prepared
from chain.procurement.live import LiveFacts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed import Ceremony
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.rules.openings import KeysetFacts
from chain.sealing.ceremony import Keyset
from chain.sealing.tdh2 import Know

__all__ = ["CommitteeDesk", "LiveDesk"]


class CommitteeDesk(Protocol):
    """Reads return None where there is no such thing; acts return when they are in a block, and raise the refusals of OpeningCommittee."""

    @property
    def account(self) -> str:
        """The address that acts."""

    def seat_in(self, members: Sequence[bytes]) -> int | None:
        """The seat, from 1, whose member the account belongs to; None if none."""

    def ceremony(self, id: bytes) -> Ceremony | None:
        """A ceremony with all that was said in it."""

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""

    def keys(self, id: bytes) -> Keyset | None:
        """The keys of a keyset."""

    def has_confirmed(self, keyset_id: bytes, seat: int) -> bool:
        """Whether the seat confirmed the keyset."""

    def join(self, ceremony_id: bytes, seat: int, box_key: bytes) -> None:
        """joinCeremony."""

    def commit(self, ceremony_id: bytes, dealer: int, commitment: bytes) -> None:
        """commitDealing."""

    def publish(self, ceremony_id: bytes, dealer: int, message: bytes) -> None:
        """publishDealing."""

    def send(self, ceremony_id: bytes, dealer: int, boxes: bytes) -> None:
        """sendDealing."""

    def register(self, ceremony_id: bytes) -> None:
        """registerKeyset, of what the ceremony's messages give."""

    def confirm(self, keyset_id: bytes, seat: int, proof: Know) -> None:
        """confirmKeyset."""

    def complain(self, ceremony_id: bytes, seat: int, dealer: int) -> None:
        """complain."""

    def answer_complaint(self, ceremony_id: bytes, dealer: int, seat: int, value: int) -> None:
        """answerComplaint."""

    def answer_roll(self, keyset_id: bytes, seat: int, proof: Know) -> None:
        """answerRoll."""


class LiveDesk:
    """A node, and a person's own key (protocol ``CommitteeDesk``)."""

    def __init__(self, session: Session, person: Person) -> None:
        self._session = session
        self._person = person
        self._sealed = LiveSealed(session)
        self._acts = OpeningActs(LiveFacts(session), self._sealed)

    @property
    def account(self) -> str:
        """The address that acts."""
        return self._person.address

    def seat_in(self, members: Sequence[bytes]) -> int | None:
        """The seat, from 1, whose member the account belongs to; None if none."""
        member = self._session.read(member_registry.member_of(self.account))
        return list(members).index(member) + 1 if member in members else None

    def ceremony(self, id: bytes) -> Ceremony | None:
        """A ceremony with all that was said in it."""
        return self._sealed.ceremony(id)

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        return self._sealed.keyset(id)

    def keys(self, id: bytes) -> Keyset | None:
        """The keys of a keyset."""
        return self._sealed.keys(id)

    def has_confirmed(self, keyset_id: bytes, seat: int) -> bool:
        """Whether the seat confirmed the keyset."""
        return self._sealed.has_confirmed(keyset_id, seat)

    def join(self, ceremony_id: bytes, seat: int, box_key: bytes) -> None:
        """joinCeremony."""
        self._send(self._acts.join(self.account, ceremony_id, seat, box_key))

    def commit(self, ceremony_id: bytes, dealer: int, commitment: bytes) -> None:
        """commitDealing."""
        self._send(self._acts.commit(self.account, ceremony_id, dealer, commitment))

    def publish(self, ceremony_id: bytes, dealer: int, message: bytes) -> None:
        """publishDealing."""
        self._send(self._acts.publish(self.account, ceremony_id, dealer, message))

    def send(self, ceremony_id: bytes, dealer: int, boxes: bytes) -> None:
        """sendDealing."""
        self._send(self._acts.send(self.account, ceremony_id, dealer, boxes))

    def register(self, ceremony_id: bytes) -> None:
        """registerKeyset, of what the ceremony's messages give."""
        self._send(self._acts.register(ceremony_id))

    def confirm(self, keyset_id: bytes, seat: int, proof: Know) -> None:
        """confirmKeyset."""
        self._send(self._acts.confirm(self.account, keyset_id, seat, proof))

    def complain(self, ceremony_id: bytes, seat: int, dealer: int) -> None:
        """complain."""
        self._send(self._acts.complain(self.account, ceremony_id, seat, dealer))

    def answer_complaint(self, ceremony_id: bytes, dealer: int, seat: int, value: int) -> None:
        """answerComplaint."""
        self._send(self._acts.answer_complaint(self.account, ceremony_id, dealer, seat, value))

    def answer_roll(self, keyset_id: bytes, seat: int, proof: Know) -> None:
        """answerRoll."""
        self._send(self._acts.answer_roll(self.account, keyset_id, seat, proof))

    def _send(self, prepared: Prepared) -> None:
        self._session.send(prepared.call, self._person)
