"""The facts read from an index: for the service, which has followed every block and asks no node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.nodes.descriptor import Descriptor
from chain.ocds.intake import Defaults
from chain.procurement.facts import CURRENCIES
from chain.procurement.sealed_indexed import IndexedSealed
from chain.recorder import Index
from chain.recorder.index.views import MemberRow, PersonRow, SupplierRow
from chain.rules import act_hash
from chain.rules.deadlines import Clock
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.four_eyes import Proposal
from chain.rules.openings import KeysetFacts
from chain.rules.registry import independent, is_active
from chain.rules.tenders import DESKS, Caller
from chain.transactions import Call
from chain.types import (
    ZERO32,
    BidStatus,
    Cancellation,
    Kind,
    Procedure,
    Role,
    TenderFacts,
    Terms,
    from_hex,
    to_hex,
)

__all__ = ["IndexedFacts"]


class IndexedFacts:
    """Facts of an index at ``now`` = head time plus one block period (protocol ``Facts``).

    One for each act: who and when is read once, so that the rules of an act judge by one state.
    """

    def __init__(
        self, index: Index, descriptor: Descriptor, sealed: IndexedSealed, addresses: Mapping[str, str]
    ) -> None:
        """``addresses``: of the contracts by name."""
        self._index = index
        self._descriptor = descriptor
        self._addresses = addresses
        self._sealed = sealed
        self._now: int | None = None
        self._callers: dict[str, Caller] = {}
        self._members: dict[str, MemberRow | None] = {}

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self._descriptor.chain_id

    @property
    def period(self) -> int:
        """Seconds between blocks."""
        return self._descriptor.period

    def now(self) -> int:
        """The earliest time of the block that an act sent now can be in."""
        if self._now is None:
            self._now = self._index.now() + self._descriptor.period
        return self._now

    def clock(self) -> Clock:
        """That time, with the outages that lengthen ends."""
        clock: Clock = self._index.clock()
        return clock.at(self.now())

    def defaults(self) -> Defaults:
        """What a document does not say, from the descriptor; the newest live versions of the adopted procedures."""
        default = self._descriptor.defaults
        newest: dict[str, int] = {}
        for row in self._index.procedures():
            if not row.retired:
                newest[row.procedure.code] = max(row.procedure.version, newest.get(row.procedure.code, 0))
        return Defaults(
            newest, CURRENCIES, default.procedure, from_hex(default.keyset), from_hex(default.review_body)
        )

    def caller(self, address: str) -> Caller:
        """What the registries say of an account."""
        if address not in self._callers:
            row, supplier = self._index.person(address), self._index.supplier_of(address)
            person = _person(row)
            member = self._member(row.member) if row else None
            supplies = row is not None and self._index.supplier(row.member) is not None
            self._callers[address] = Caller(address, person, _member(member), _supplier(supplier), supplies)
        return self._callers[address]

    def _member(self, id: str) -> MemberRow | None:
        if id not in self._members:
            self._members[id] = self._index.member(id)
        return self._members[id]

    def org_id(self, member: bytes) -> str:
        """Org-id of a member; empty where unknown."""
        row = self._member(to_hex(member))
        return row.org_id if row else ""

    def procedure(self, code: str, version: int) -> tuple[Procedure | None, bool]:
        """A procedure version and whether it is retired."""
        row = self._index.procedure(code, version)
        return (row.procedure, row.retired) if row else (None, False)

    def tender(self, number: int) -> TenderFacts | None:
        """Stored facts of a tender."""
        row = self._index.tender(number)
        return row.facts if row else None

    def terms(self, number: int) -> Terms:
        """Terms in force of a tender that is there."""
        row = self._index.tender(number)
        assert row is not None  # asked for after ``tender`` only
        return row.terms

    def document(self, number: int) -> dict[str, Any]:
        """Last good OCDS tender of a tender that is there, {} where no text was good."""
        row = self._index.tender(number)
        return dict(row.good) if row else {}

    @property
    def board(self) -> str:
        """Address of TenderBoard."""
        return self._addresses["TenderBoard"]

    def act(self, call: Call) -> bytes:
        """Hash of a call, by which FourEyes and panels know it."""
        return act_hash(self.chain_id, self._addresses[call.contract], call.data)

    def proposal(self, member: bytes, call: Call) -> Proposal:
        """What FourEyes holds of a call as an act of this member."""
        return self.proposed(member, self.act(call))

    def proposed(self, member: bytes, act: bytes) -> Proposal:
        """What FourEyes holds of an act of this member."""
        row = self._index.signing.act(to_hex(member), to_hex(act))
        if row is None or row.approver:
            return Proposal(act)
        stands = self.caller(row.proposer).runs(member, Role.OFFICER, self.now())
        return Proposal(act, row.proposer, row.until, stands)

    def recorded(self, member: bytes, record: bytes) -> int:
        """Tender or note that a member recorded under this id, 0 if none."""
        named = (to_hex(member), to_hex(record))
        row = self._index.recorded(*named) or self._index.noted(*named)
        return row.number if row else 0

    def asked(self, number: int, asker: bytes, tag: bytes) -> int:
        """Question of a supplier, or of any desk (``DESKS``), about a tender that has this tag, 0 if none."""
        shown, wanted = to_hex(tag), to_hex(asker)
        rows = (row for row in self._index.questions(number) if row.tag == shown)
        return next(
            (row.number for row in rows if (bool(row.desk) if asker == DESKS else row.asker == wanted)), 0
        )

    def questions_by(self, number: int, asker: bytes) -> int:
        """Number of questions of a supplier, a desk's member or all desks (``DESKS``) about a tender."""
        shown, rows = to_hex(asker), self._index.questions(number)
        return sum(bool(row.desk) if asker == DESKS else row.asker == shown for row in rows)

    def asker_of(self, number: int, question: int) -> bytes:
        """Supplier that was disclosed as the asker of a desk's question, 32 zero bytes if none was."""
        row = self._index.question(number, question)
        return ZERO32 if row is None or row.disclosed_at is None else from_hex(row.supplier)

    def notes_by(self, number: int, member: bytes) -> int:
        """Number of notes of a member about a tender."""
        shown = to_hex(member)
        return sum(row.member == shown for row in self._index.notes(number))

    def answered(self, number: int, question: int) -> bool:
        """Whether a question has its answer."""
        row = self._index.question(number, question)
        return row is not None and row.answered_at is not None

    def cancellation(self, number: int, lot: int) -> Cancellation:
        """Cancellation of this lot alone, or of the whole tender (0); of nothing where there is none."""
        row = self._index.tender(number)
        found = (each for each in row.cancellations if each.lot == lot) if row else ()
        return next(
            (Cancellation(lot, each.proposed_at, each.cancels_at) for each in found), Cancellation(lot)
        )

    def has_bid(self, number: int, member: bytes) -> bool:
        """Whether a member ever sent a bid for a tender as a supplier."""
        return self._sealed.bid_of(number, member).status is not BidStatus.NONE

    def independent(self, a: bytes, b: bytes) -> bool:
        """Whether two members have nobody above in common, and none is above the other."""
        superiors: dict[bytes, bytes] = {}
        for start in (a, b):
            row = self._member(to_hex(start))
            while row is not None and from_hex(row.id) not in superiors:
                superiors[from_hex(row.id)] = from_hex(row.superior)
                row = self._member(row.superior)
        return independent(a, b, superiors)

    def review_body_fits(self, body: bytes, buyer: bytes) -> bool:
        """Whether it is an active REVIEW_BODY member independent of the buyer."""
        if body == ZERO32:
            return False
        member = _member(self._member(to_hex(body)))
        return is_active(member, int(Kind.REVIEW_BODY), self.now()) and self.independent(body, buyer)

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        return self._sealed.keyset(id)

    def dependent_seat(self, id: bytes, member: bytes) -> int:
        """First seat of a keyset whose member depends on this one, 0 if none."""
        return self._sealed.dependent_seat(id, member)

    def supplier(self, supplier: bytes) -> SupplierFacts:
        """Stored facts of a supplier."""
        return _supplier(self._index.supplier(to_hex(supplier)))

    def supplier_of(self, address: str) -> bytes:
        """Supplier of an account, 32 zero bytes if none."""
        row = self._index.supplier_of(address)
        return from_hex(row.id) if row else ZERO32

    def is_taken(self, account: str, but: bytes) -> bool:
        """Whether an account belongs to a member, to a citizen, or to a supplier other than ``but``."""
        found = self._index.person(account) or self._index.citizen(account)
        return found is not None or self.supplier_of(account) not in (ZERO32, but)


def _person(row: PersonRow | None) -> PersonFacts:
    if row is None:
        return PersonFacts()
    return PersonFacts(from_hex(row.member), row.roles, row.mandate_end, row.suspended_until, row.recoveries)


def _member(row: MemberRow | None) -> MemberFacts:
    if row is None:
        return MemberFacts()
    return MemberFacts(
        row.sector, row.kinds, row.suspended_until, row.recoveries, True, row.left, from_hex(row.superior)
    )


def _supplier(row: SupplierRow | None) -> SupplierFacts:
    if row is None:
        return SupplierFacts()
    return SupplierFacts(
        True,
        row.active,
        row.version,
        len(row.accounts),
        row.owners_at,
        row.debarred_until,
        from_hex(row.owners_hash),
    )
