"""Facts of tenders, members and procedures (Procurement.sol, Roles.sol), and the values that all facts are made of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from typing import Any

from chain.types.complaint import Cancellation, Pause, Queue

__all__ = [
    "AUTHORITY", "CONTRACTS", "WIRING", "ZERO32", "BidStatus", "CancellationReason", "Criterion", "Event", "Kind", "LotStatus", "LotTerms",
    "MemberStatus", "Procedure", "Role", "Sector", "Setup", "TenderFacts", "TenderStatus", "Terms", "from_hex", "instant", "moment",
    "padded", "sum_moment", "to_hex", "unpadded",
]  # fmt: skip

ZERO32 = bytes(32)

CONTRACTS = (
    "MemberRegistry", "SupplierRegistry", "ProcedureBook", "TenderBoard", "BidBox", "OpeningCommittee", "CouncilTimelock", "Council",
    "Consultation", "ValidatorRegistry", "NetworkPermissions", "ApplicationRegistry", "AwardDesk",
    "ComplaintDesk", "FourEyes", "EvaluationDesk", "AgreementBook",
)  # fmt: skip
"""The contracts of record in the order of their creation: nonces 0, 1, 2, ... of the deployer."""

WIRING = (
    "MemberRegistry", "SupplierRegistry", "ProcedureBook", "TenderBoard", "BidBox", "OpeningCommittee", "EvaluationDesk", "AwardDesk",
    "ComplaintDesk", "AgreementBook", "CouncilTimelock", "Council", "Consultation", "ValidatorRegistry", "NetworkPermissions",
    "ApplicationRegistry", "FourEyes",
)  # fmt: skip
"""The fields of struct Wiring in order; a contract that is not built yet is address 0."""

AUTHORITY = "CouncilTimelock"
"""The contract that every privileged write comes from."""


_LAST = 253_402_300_799
"""The last second that a datetime can say: the end of the year 9999."""


def moment(seconds: int) -> datetime:
    """Unix seconds -> aware datetime in UTC. A time of 40 bits beyond the year 9999, which never comes, is its end.

    Raises OverflowError, ValueError or OSError beyond 40 bits, as datetime does: no contract of ours has such a time.
    """
    return datetime.fromtimestamp(min(seconds, _LAST) if seconds < 2**40 else seconds, tz=UTC)


def sum_moment(seconds: int) -> datetime:
    """``moment`` of a time and what was added to it, which may be beyond all times of a chain: then it is the last of them."""
    return moment(min(seconds, 2**40 - 1))


def instant(when: datetime) -> int:
    """Aware datetime -> unix seconds, cut to whole ones."""
    return int(when.timestamp())


def padded(text: str, size: int) -> bytes:
    """Text as left-aligned fixed bytes, e.g. ``bytes16``; ASCII where this program wrote it."""
    return text.encode("latin-1").ljust(size, b"\0")


def unpadded(hexadecimal: str) -> str:
    """``0x`` hex of left-aligned fixed bytes -> text. Any bytes have one (latin-1): others than this program write events too."""
    return bytes.fromhex(hexadecimal[2:]).rstrip(b"\0").decode("latin-1")


def to_hex(value: bytes) -> str:
    """Bytes -> lower-case ``0x`` hex."""
    return "0x" + value.hex()


def from_hex(hexadecimal: str) -> bytes:
    """``0x`` hex -> bytes."""
    return bytes.fromhex(hexadecimal[2:])


@dataclass(frozen=True)
class Event:
    """One decoded log.

    ``args`` is JSON: argument name in the case of the ABI -> bytes as lower-case 0x hex, addresses as checksum hex, integers of
    up to 48 bits as int and wider ones as decimal strings, structs as objects in field order, arrays as lists.
    """

    contract: str
    name: str
    args: dict[str, Any]
    block: int
    time: int
    transaction: str
    tx_index: int
    log_index: int
    address: str


class Sector(IntEnum):
    """The four sectors (Roles.sol)."""

    PUBLIC = 0
    INDUSTRY = 1
    CIVIL_SOCIETY = 2
    ACADEMIA = 3


class MemberStatus(IntEnum):
    """Status of an organisation (Roles.sol); SUSPENDED ends by itself, LEFT is final."""

    NONE = 0
    ACTIVE = 1
    SUSPENDED = 2
    LEFT = 3


class Kind(IntFlag):
    """What an organisation may do (Roles.sol, library Kinds)."""

    BUYER = 1 << 0
    REVIEW_BODY = 1 << 1
    AUDIT_OFFICE = 1 << 2
    OPERATOR = 1 << 3
    COUNCIL = 1 << 4
    OPENING = 1 << 5
    REGISTRAR = 1 << 6
    WITNESS = 1 << 7
    EVALUATION = 1 << 8


class Role(IntFlag):
    """What a person may do for the organisation (Roles.sol, library Roles)."""

    ADMIN = 1 << 0
    DELEGATE = 1 << 1
    OFFICER = 1 << 2
    APPROVER = 1 << 3
    OPENER = 1 << 4
    EVALUATOR = 1 << 5
    REVIEWER = 1 << 6
    AUDITOR = 1 << 7
    OPERATOR = 1 << 8
    WITNESS = 1 << 9
    REGISTRAR = 1 << 10


class TenderStatus(IntEnum):
    """Status of a tender (Procurement.sol, which says the temperature of each)."""

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

    def __str__(self) -> str:
        return self.word

    @property
    def is_end(self) -> bool:
        """True where neither time nor a caller changes it."""
        return self in (TenderStatus.CANCELLED, TenderStatus.FAILED, TenderStatus.COMPLETE)

    @property
    def word(self) -> str:
        """As in Solidity and in the API, e.g. ``TechnicalStandstill``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


class LotStatus(IntEnum):
    """Status of a lot (Procurement.sol)."""

    WAITING = 0
    RANKED = 1
    STANDSTILL = 2
    FINAL = 3
    LAPSED = 4
    SIGNED = 5
    FAILED = 6
    CANCELLING = 7
    CANCELLED = 8

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """As in Solidity and in the API, e.g. ``Standstill``."""
        return self.name.capitalize()


class BidStatus(IntEnum):
    """Status of a bid (Sealing.sol)."""

    NONE = 0
    SEALED = 1
    WITHDRAWN = 2
    EXCLUDED = 3

    @property
    def word(self) -> str:
        """As in the API, e.g. ``sealed``."""
        return self.name.lower()


class CancellationReason(IntEnum):
    """Why a tender or lot is cancelled (Procurement.sol); 0 is none."""

    NO_DEMAND = 1
    UNFIXABLE = 2
    FORCE_MAJEURE = 3
    BUDGET_CUT = 4
    ORDERED = 5

    @property
    def word(self) -> str:
        """As in the API and on the command line, e.g. ``noDemand``."""
        return camel(self.name)


def camel(name: str) -> str:
    """An enum's name as the API has it: ``NO_DEMAND`` -> ``noDemand``."""
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True)
class LotTerms:
    """Minor units of the tender's currency; 0 = none."""

    ceiling: int
    market_mean: int = 0


@dataclass(frozen=True)
class Criterion:
    """One award criterion besides the price; ``id`` at most 8 ASCII bytes."""

    id: str
    weight_bps: int
    max_points: int

    def as_tuple(self) -> tuple[bytes, int, int]:
        """Struct Criterion for ABI coding."""
        return (padded(self.id, 8), self.weight_bps, self.max_points)


@dataclass(frozen=True)
class Setup:
    """The part of the terms of variable length; ``panel`` holds checksum addresses."""

    lots: tuple[LotTerms, ...]
    criteria: tuple[Criterion, ...] = ()
    panel: tuple[str, ...] = ()

    def as_tuple(self) -> tuple[Any, ...]:
        """Struct Setup for ABI coding."""
        lots = tuple((lot.ceiling, lot.market_mean) for lot in self.lots)
        return (lots, tuple(item.as_tuple() for item in self.criteria), self.panel)

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> Setup:
        """Struct Setup from the arguments of an event."""
        return cls(
            tuple(LotTerms(int(lot["ceiling"]), int(lot["marketMean"])) for lot in args["lots"]),
            tuple(Criterion(unpadded(c["id"]), c["weightBps"], c["maxPoints"]) for c in args["criteria"]),
            tuple(args["panel"]),
        )


@dataclass(frozen=True)
class Terms:
    """What a tender is bound by (struct Terms in Procurement.sol); 32 zero bytes = none."""

    procedure: str
    procedure_version: int
    currency: str
    exponent: int
    deadline: int
    keyset_id: bytes
    review_body: bytes
    plan_ref: bytes
    documents_hash: bytes
    items: int
    documents: int
    price_weight_bps: int
    setup: Setup

    def as_tuple(self) -> tuple[Any, ...]:
        """Struct Terms for ABI coding."""
        return (
            padded(self.procedure, 16), self.procedure_version, padded(self.currency, 3), self.exponent, self.deadline,
            self.keyset_id, self.review_body, self.plan_ref, self.documents_hash, self.items, self.documents,
            self.price_weight_bps, self.setup.as_tuple(),
        )  # fmt: skip

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> Terms:
        """Struct Terms from the arguments of an event."""
        keyset, review_body, plan, documents = (
            bytes.fromhex(args[name][2:]) for name in ("keysetId", "reviewBody", "planRef", "documentsHash")
        )
        return cls(
            unpadded(args["procedure"]), args["procedureVersion"], unpadded(args["currency"]), args["exponent"], args["deadline"],
            keyset, review_body, plan, documents, args["items"], args["documents"], args["priceWeightBps"],
            Setup.from_args(args["setup"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Procedure:
    """A procedure version (struct Procedure in Procurement.sol): seconds, counts, basis points."""

    code: str
    version: int
    text_hash: bytes
    sandbox: bool
    min_tender_period: int
    enquiry_cutoff: int
    answer_cutoff: int
    amendment_extension: int
    opening_delay: int
    fallback_delay: int
    score_period: int
    decision_period: int
    curing_window: int
    explanation_window: int
    standstill: int
    complaint_window: int
    cancel_window: int
    review_period: int
    remedy_period: int
    signing_period: int
    change_interval: int
    min_bids: int
    min_evaluators: int
    max_lots: int
    max_bids: int
    body_blocks: int
    envelopes: int
    award_rule: int
    low_mean_bps: int
    low_next_bps: int
    market_under_bps: int
    market_over_bps: int
    ceiling_binding: bool
    four_eyes: bool
    max_change_bps: int
    max_reasoned_change_bps: int

    def as_tuple(self) -> tuple[Any, ...]:
        """Struct Procedure for ABI coding."""
        code, *rest = (getattr(self, field.name) for field in fields(self))
        return (padded(code, 16), *rest)

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> Procedure:
        """Struct Procedure from the arguments of an event."""
        code, version, text_hash, *rest = args.values()
        return cls(unpadded(code), version, bytes.fromhex(text_hash[2:]), *rest)

    @classmethod
    def periods(cls) -> tuple[str, ...]:
        """Names of the fields that are seconds, in order."""
        names = [field.name for field in fields(cls)]
        return tuple(names[names.index("min_tender_period") : names.index("min_bids")])


@dataclass(frozen=True)
class TenderFacts:
    """Stored facts of a tender (struct TenderFacts in Procurement.sol); status derives from them and a time in rules.py.

    Stored ends are in the tender's own time: unix seconds less its pauses. ``stopped_at``: since when all of it is being cancelled, unix
    seconds, 0 = it is not; ``consent_due``, ``consents_due``: whether the review body has to consent to that, and to how many lots';
    ``lots_signed``: how many lots both sides signed the agreement about, ``signed_lots``: bit lot - 1 of each of them.

    The last twelve are what other contracts hold of it. BidBox and OpeningCommittee: ``live_bids`` of the terms in force, ``opened_bids``
    of the envelope that is due (from the technical result on, that of the prices), ``locked`` once a share was accepted. AwardDesk:
    ``lots_failed`` in the award phase, ``lots_failed_until`` the latest stored end of the standstills after which they are (0 = none).
    ComplaintDesk: ``suspended_at`` since when an order to suspend it stands, unix seconds, 0 = none does; ``pauses`` that are over;
    ``amends`` open complaints whose remedy is an addendum, ``amend_version`` of the terms that the last such order was about; ``queues``
    by lot and stage, those alone that ever had a complaint. EvaluationDesk: ``technical_ends`` stored end of the time to complain about the
    technical result (0 = there is none), ``technical_failed`` bids that failed in it, whose prices stay sealed for good.
    """

    buyer: bytes
    terms_hash: bytes
    keyset_id: bytes
    review_body: bytes
    setup_hash: bytes
    procedure: str
    procedure_version: int
    deadline: int
    terms_version: int
    questions: int
    open_questions: int
    lots: int
    lots_cancelled: int = 0
    watched: bool = False
    currency: str = ""
    exponent: int = 0
    cancels_at: int = 0
    lots_cancelled_at: int = 0
    reason: int = 0
    stopped_at: int = 0
    consent_due: bool = False
    consents_due: int = 0
    four_eyes: bool = False
    envelopes: int = 1
    panel: int = 0
    lots_signed: int = 0
    signed_lots: int = 0
    live_bids: int = 0
    opened_bids: int = 0
    locked: bool = False
    lots_failed: int = 0
    lots_failed_until: int = 0
    suspended_at: int = 0
    pauses: tuple[Pause, ...] = ()
    amends: int = 0
    amend_version: int = 0
    queues: tuple[Queue, ...] = ()
    technical_ends: int = 0
    technical_failed: int = 0

    @property
    def left(self) -> int:
        """Live bids whose envelope is due and not open."""
        return self.live_bids - self.technical_failed - self.opened_bids

    def is_signed(self, lot: int) -> bool:
        """Whether both sides signed the agreement about a lot."""
        return bool(self.signed_lots >> (lot - 1) & 1)

    @property
    def is_whole(self) -> bool:
        """Whether it is being cancelled by itself, not lot by lot."""
        return self.cancels_at != 0 or self.consent_due

    @property
    def is_stopped(self) -> bool:
        """Whether all of it is being cancelled, by itself or lot by lot, or was."""
        return self.is_whole or self.lots_cancelled == self.lots

    @property
    def whole(self) -> Cancellation:
        """TenderBoard.cancellation of the whole tender."""
        return Cancellation(0, self.stopped_at if self.is_whole else 0, self.cancels_at)
