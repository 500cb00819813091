"""What agreements need to know of a network, read live from a node or from an index."""

from __future__ import annotations

from typing import Protocol

from chain.bindings import agreement_book, member_registry, supplier_registry
from chain.procurement.session import Session
from chain.recorder import Index
from chain.rules import tender_id
from chain.rules.facts import MemberFacts
from chain.transactions import checksum
from chain.types import (
    ZERO32,
    AgreementFacts,
    AgreementStatus,
    MilestoneFacts,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    to_hex,
)

__all__ = ["Agreeing", "IndexedAgreements", "LiveAgreements"]

_MOST = 2**64
"""Numbers of agreements are smaller; a milestone's fits a byte."""


class Agreeing(Protocol):
    """Reading only. Numbers name agreements, over all tenders; milestones count from 1; what is not there is None, zero or empty."""

    def agreement(self, number: int) -> AgreementFacts | None:
        """Stored facts of an agreement."""

    def latest(self, tender: int, lot: int) -> int:
        """The latest agreement about a lot, 0 if none."""

    def milestones(self, number: int) -> tuple[MilestoneFacts, ...]:
        """All milestones of an agreement, in order."""

    def change(self, number: int) -> PendingChange:
        """The change that waits for signatures."""

    def end(self, number: int) -> PendingEnd:
        """The mutual end that waits for the other side."""

    def payment(self, buyer: bytes, payer: bytes, ref: bytes) -> PaymentFacts:
        """The payment of a payer under a reference that a buyer recorded."""

    def has_rated(self, number: int, rater: bytes) -> bool:
        """Whether a citizen (its address, left-padded) or a witness's member rated an agreement."""

    def is_citizen(self, address: str) -> bool:
        """Whether an account is an enrolled citizen's."""

    def is_member(self, member: bytes) -> bool:
        """Whether there is such a member."""


class IndexedAgreements:
    """What an index says (protocol ``Agreeing``)."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def agreement(self, number: int) -> AgreementFacts | None:
        """Stored facts of an agreement."""
        row = self._index.agreeing.agreement(number)
        return None if row is None else row.facts

    def latest(self, tender: int, lot: int) -> int:
        """The latest agreement about a lot, 0 if none."""
        row = self._index.agreeing.latest(tender, lot)
        return 0 if row is None else row.number

    def milestones(self, number: int) -> tuple[MilestoneFacts, ...]:
        """All milestones of an agreement, in order."""
        return tuple(row.facts for row in self._index.agreeing.milestones(number))

    def change(self, number: int) -> PendingChange:
        """The change that waits for signatures."""
        rows = self._index.agreeing.changes(number)
        if not rows or rows[-1].ended_at:
            return PendingChange()
        last = rows[-1]
        document = bytes.fromhex(last.document_hash[2:])
        return PendingChange(last.reason, last.value, last.extension, last.signatures, document)

    def end(self, number: int) -> PendingEnd:
        """The mutual end that waits for the other side."""
        row = self._index.agreeing.agreement(number)
        return PendingEnd() if row is None else row.proposed_end

    def payment(self, buyer: bytes, payer: bytes, ref: bytes) -> PaymentFacts:
        """The payment of a payer under a reference that a buyer recorded."""
        row = self._index.agreeing.payment_of(to_hex(buyer), to_hex(payer), to_hex(ref))
        if row is None:
            return PaymentFacts()
        return PaymentFacts(row.agreement, row.number, row.milestone, row.amount, row.reversed_at != 0)

    def has_rated(self, number: int, rater: bytes) -> bool:
        """Whether a citizen (its address, left-padded) or a witness's member rated an agreement."""
        known = (to_hex(rater), checksum(to_hex(rater[12:])))
        return any(row.rater in known for row in self._index.agreeing.ratings(number))

    def is_citizen(self, address: str) -> bool:
        """Whether an account is an enrolled citizen's."""
        return self._index.citizen(address) is not None

    def is_member(self, member: bytes) -> bool:
        """Whether there is such a member."""
        return self._index.member(to_hex(member)) is not None


class LiveAgreements:
    """What a session's network says at its head (protocol ``Agreeing``)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def agreement(self, number: int) -> AgreementFacts | None:
        """Stored facts of an agreement."""
        if not 0 < number < _MOST:
            return None
        facts = AgreementFacts.from_tuple(self._session.read(agreement_book.agreement_facts(number)))
        return None if facts.status is AgreementStatus.NONE else facts

    def latest(self, tender: int, lot: int) -> int:
        """The latest agreement about a lot, 0 if none."""
        return self._session.read(agreement_book.agreement_of(tender_id(tender), lot))

    def milestones(self, number: int) -> tuple[MilestoneFacts, ...]:
        """All milestones of an agreement, in order."""
        facts, read = self.agreement(number), self._session.read
        count = 0 if facts is None else facts.milestones
        return tuple(
            MilestoneFacts.from_tuple(read(agreement_book.milestone_of(number, place)))
            for place in range(1, count + 1)
        )

    def change(self, number: int) -> PendingChange:
        """The change that waits for signatures."""
        return PendingChange.from_tuple(self._session.read(agreement_book.change_of(number)))

    def end(self, number: int) -> PendingEnd:
        """The mutual end that waits for the other side."""
        return PendingEnd.from_tuple(self._session.read(agreement_book.end_of(number)))

    def payment(self, buyer: bytes, payer: bytes, ref: bytes) -> PaymentFacts:
        """The payment of a payer under a reference that a buyer recorded."""
        return PaymentFacts.from_tuple(self._session.read(agreement_book.payment_of(buyer, payer, ref)))

    def has_rated(self, number: int, rater: bytes) -> bool:
        """Whether a citizen (its address, left-padded) or a witness's member rated an agreement."""
        return self._session.read(agreement_book.has_rated(number, rater))

    def is_citizen(self, address: str) -> bool:
        """Whether an account is an enrolled citizen's."""
        return self._session.read(supplier_registry.is_citizen(address))

    def is_member(self, member: bytes) -> bool:
        """Whether there is such a member."""
        if member == ZERO32:
            return False
        return MemberFacts.from_tuple(self._session.read(member_registry.member_facts(member))).exists
