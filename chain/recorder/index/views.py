"""What the index answers with: frozen rows. Ids are ``0x`` hex, addresses checksum hex, times unix seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chain.types import Procedure, TenderFacts, Terms

__all__ = [
    "ActRow", "CancellationRow", "CitizenRow", "EventRow", "Head", "ListedTender", "MemberRow", "NoteRow", "Page", "PersonRow",
    "ProcedureRow", "QuestionRow", "ReleaseRow", "SupplierRow", "TenderRow", "every",
]  # fmt: skip

T = TypeVar("T")
_PAGE = 1_000


@dataclass(frozen=True)
class Head:
    """The last indexed block."""

    block: int
    hash: str
    time: int


@dataclass(frozen=True)
class Page(Generic[T]):
    """``next``: pass it as ``after``. A list's is None on its last page; a feed's is always there."""

    items: Sequence[T]
    next: str | None


def every(read: Callable[[str | None, int], Page[T]]) -> Iterator[T]:
    """All rows of a list, page by page; ``read`` takes (after, limit). No feed: that has no last page."""
    after: str | None = None
    while True:
        page = read(after, _PAGE)
        yield from page.items
        after = page.next
        if after is None:
            return


@dataclass(frozen=True)
class MemberRow:
    """An organisation. ``kinds``: bits of Kind; ``suspended_until`` 0 = never suspended; ``recoveries``: how often its admins were
    replaced; ``seats``: (time, sector counted from 1 or 0) of each change of its seat in the council."""

    id: str
    org_id: str
    name: str
    sector: int
    kinds: int
    superior: str
    suspended_until: int
    left: bool
    recoveries: int
    seats: tuple[tuple[int, int], ...]
    block: int

    @property
    def has_seat(self) -> bool:
        """Whether it has a seat now, suspended or not."""
        return bool(self.seats) and self.seats[-1][1] != 0


@dataclass(frozen=True)
class PersonRow:
    """A person of a member. ``roles``: bits of Role; the mandate is over from ``mandate_end`` on; ``recoveries`` other than the member's:
    no ADMIN any more."""

    address: str
    member: str
    roles: int
    mandate_end: int
    suspended_until: int
    recoveries: int
    block: int


@dataclass(frozen=True)
class SupplierRow:
    """A supplier. ``public``: its public data ({} where it is not canonical JSON, see ``content_ok``, ``reasons``)."""

    id: str
    active: bool
    version: int
    accounts: tuple[str, ...]
    owners_at: int
    owners_hash: str
    debarred_until: int
    public: Mapping[str, Any]
    content_ok: bool
    reasons: tuple[str, ...]
    block: int


@dataclass(frozen=True)
class ActRow:
    """An act (0x hash) that takes two accounts of a member, as it was last proposed; ``until`` its stored end; ``approver`` "" and
    ``approved_at`` 0 while nobody approved it. ``proposal``, ``approval``: the transactions."""

    member: str
    act: str
    proposer: str
    until: int
    proposed_at: int
    proposal: str
    approver: str
    approved_at: int
    approval: str


@dataclass(frozen=True)
class CitizenRow:
    """An enrolled citizen: an account (checksum address), and nothing else."""

    address: str
    block: int


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure version. ``text``: the canonical JSON that names the source of each value."""

    procedure: Procedure
    text: str
    retired: bool
    block: int


@dataclass(frozen=True)
class CancellationRow:
    """A cancellation of a tender (``lot`` 0) or of one lot; ``cancels_at`` 0: the review body has to consent and did not yet;
    ``consented_at``, ``consent`` (hash of its document): 0 and "" where it did not."""

    lot: int
    reason: int
    document_hash: str
    cancels_at: int
    proposed_at: int
    transaction: str
    consented_at: int
    consent: str


@dataclass(frozen=True)
class ListedTender:
    """A tender as lists show it. Its status is not stored: ``chain.rules.tender_status(facts, procedure, now)``.

    ``title``: as last published or amended, "" where the text is no canonical JSON object; ``content_ok`` judges that text;
    ``published_at``: of its publication.
    """

    number: int
    facts: TenderFacts
    title: str
    buyer: str
    published_at: int
    content_ok: bool


@dataclass(frozen=True)
class TenderRow(ListedTender):
    """A tender with all that is stored of it.

    ``tender``: the OCDS tender as last published or amended, {} where its ``text`` is no canonical JSON object; ``reasons`` judge that
    text; ``good``: the last one that was ok, {} where none was. ``transaction``, ``published_block``: of its publication.
    ``last_cursor``: of its last event, derived ones included.
    """

    terms: Terms
    tender: Mapping[str, Any]
    good: Mapping[str, Any]
    text: str
    record_id: str
    published_block: int
    transaction: str
    reasons: tuple[str, ...]
    last_cursor: str
    cancellations: tuple[CancellationRow, ...]

    @property
    def id(self) -> str:
        """The number as 32 bytes, ``0x`` hex."""
        return f"0x{self.number:064x}"


@dataclass(frozen=True)
class QuestionRow:
    """A question, with its answer once there is one. ``supplier`` is 32 zero bytes while the asker is hidden; ``desk``: the member that
    asked for it, "" where it was asked openly; ``disclosed_by``: the supplier or member that disclosed the asker, "" if nobody did."""

    tender: int
    number: int
    supplier: str
    desk: str
    tag: str
    question: Mapping[str, Any]
    asked_at: int
    answer: Mapping[str, Any] | None
    answered_at: int | None
    disclosed_at: int | None
    disclosed_by: str
    content_ok: bool
    reasons: tuple[str, ...]
    cursor: str

    @property
    def asker(self) -> str:
        """Whose question it counts as: the desk's, or the supplier's."""
        return self.desk or self.supplier


@dataclass(frozen=True)
class NoteRow:
    """A note of an auditor or witness about a tender; ``note`` is {} where its text is no canonical JSON object."""

    tender: int
    number: int
    member: str
    record_id: str
    note: Mapping[str, Any]
    noted_at: int
    transaction: str
    content_ok: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class EventRow:
    """One row of the feed: an event of a block, or a change that time alone made (``derived``: then without transaction)."""

    cursor: str
    type: str
    contract: str
    tender: int | None
    block: int
    time: int
    transaction: str | None
    tx_index: int | None
    log_index: int | None
    args: Mapping[str, Any]
    content_ok: bool
    reasons: tuple[str, ...]
    derived: bool


@dataclass(frozen=True)
class ReleaseRow:
    """One stored release: ``data`` are its canonical bytes; ``cursor`` = ``block.tender``."""

    ocid: str
    id: str
    tender: int
    block: int
    date: str
    data: bytes
    cursor: str
