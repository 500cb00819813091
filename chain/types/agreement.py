"""Facts of agreements (Agreement.sol)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chain.types.base import ZERO32, camel, from_hex

__all__ = [
    "AgreementChange", "AgreementFacts", "AgreementStatus", "AgreementTerms", "ChangeReason", "MilestoneFacts", "MilestoneKind",
    "MilestoneStatus", "MilestoneTerms", "Payment", "PaymentFacts", "PendingChange", "PendingEnd", "Ratings", "Side", "TerminationCause",
]  # fmt: skip


class _Word(IntEnum):
    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """As in the API and on the command line, e.g. ``priceIndex``."""
        return camel(self.name)


class AgreementStatus(IntEnum):
    """How far an agreement got."""

    NONE = 0
    DRAFT = 1
    ACTIVE = 2
    COMPLETED = 3
    TERMINATED = 4
    DROPPED = 5

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """As in Solidity and in the API, e.g. ``Active``."""
        return self.name.capitalize()


class Side(_Word):
    """Who signs; signatures are bits."""

    NONE = 0
    BUYER = 1
    SUPPLIER = 2

    @property
    def bit(self) -> int:
        """Of a set of signatures."""
        return 1 << self


class MilestoneKind(_Word):
    """What a milestone is."""

    NONE = 0
    DELIVERY = 1
    PAYMENT = 2


class MilestoneStatus(IntEnum):
    """How far a delivery got; a payment stays at NONE."""

    NONE = 0
    SCHEDULED = 1
    DELIVERED = 2
    ACCEPTED = 3
    REFUSED = 4

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """As in Solidity and in the API, e.g. ``Delivered``."""
        return self.name.capitalize()


class ChangeReason(_Word):
    """Why an agreement is changed: ordinary up to PARTY, reasoned from ADDITIONAL_NECESSARY on."""

    NONE = 0
    QUANTITY = 1
    PRICE_INDEX = 2
    TAX = 3
    QUALITY = 4
    DURATION = 5
    REDUCTION = 6
    PARTY = 7
    ADDITIONAL_NECESSARY = 8
    UNFORESEEABLE = 9

    @property
    def is_reasoned(self) -> bool:
        """Whether the cap of reasoned changes counts, not that of ordinary ones."""
        return self >= ChangeReason.ADDITIONAL_NECESSARY


class TerminationCause(_Word):
    """Why an agreement ends before all of it was delivered."""

    NONE = 0
    MUTUAL = 1
    SUPPLIER_DEFAULT = 2
    BUYER_DEFAULT = 3
    FORCE_MAJEURE = 4
    ORDERED = 5


@dataclass(frozen=True)
class MilestoneTerms:
    """A milestone as it is agreed. ``bps``: share of the value, 1/10,000; ``requires``: the delivery that has to be accepted before, 0 =
    none; ``due``: unix seconds, 0 = none."""

    kind: int
    bps: int
    requires: int = 0
    due: int = 0

    def as_tuple(self) -> tuple[int, int, int, int]:
        """For ABI coding."""
        return self.kind, self.bps, self.requires, self.due


@dataclass(frozen=True)
class AgreementTerms:
    """What is agreed. ``value``: minor units; ``payer``: member that pays as well as the buyer, 0 = none; times in unix seconds."""

    supplier: bytes
    value: int
    payer: bytes
    document_hash: bytes
    starts_at: int
    ends_at: int
    milestones: tuple[MilestoneTerms, ...]

    def as_tuple(self) -> tuple[Any, ...]:
        """For ABI coding."""
        return (
            self.supplier, self.value, self.payer, self.document_hash, self.starts_at, self.ends_at,
            [each.as_tuple() for each in self.milestones],
        )  # fmt: skip

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> AgreementTerms:
        """From the event that drafted it."""
        milestones = tuple(
            MilestoneTerms(each["kind"], each["bps"], each["requires"], each["due"])
            for each in args["milestones"]
        )
        return cls(
            from_hex(args["supplier"]), int(args["value"]), from_hex(args["payer"]), from_hex(args["documentHash"]), args["startsAt"],
            args["endsAt"], milestones,
        )  # fmt: skip


@dataclass(frozen=True)
class AgreementChange:
    """A change. ``reason``: a ChangeReason, or what a caller passed; ``value``: the new one, minor units; ``extension``: seconds."""

    reason: int
    value: int
    extension: int
    document_hash: bytes

    def as_tuple(self) -> tuple[int, int, int, bytes]:
        """For ABI coding."""
        return self.reason, self.value, self.extension, self.document_hash

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> AgreementChange:
        """From the event that proposed it."""
        return cls(args["reason"], int(args["value"]), args["extension"], from_hex(args["documentHash"]))


@dataclass(frozen=True)
class Payment:
    """A payment made outside. ``amount``: minor units; ``ref``: of the transfer, unique for the buyer and the payer; ``paid_at``: unix
    seconds."""

    milestone: int
    payer: bytes
    payee: bytes
    amount: int
    ref: bytes
    paid_at: int

    def as_tuple(self) -> tuple[int, bytes, bytes, int, bytes, int]:
        """For ABI coding."""
        return self.milestone, self.payer, self.payee, self.amount, self.ref, self.paid_at

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> Payment:
        """From the event that recorded it."""
        return cls(
            args["milestone"], from_hex(args["payer"]), from_hex(args["payee"]), int(args["amount"]), from_hex(args["ref"]), args["paidAt"]
        )  # fmt: skip


@dataclass(frozen=True)
class AgreementFacts:
    """Stored facts of an agreement (struct AgreementFacts), fields in its order; ``tender`` is its number. Amounts in minor units, times in
    unix seconds; ``signatures``: bits of Side."""

    tender: int = 0
    buyer: bytes = ZERO32
    supplier: bytes = ZERO32
    payer: bytes = ZERO32
    document_hash: bytes = ZERO32
    value: int = 0
    last_amount: int = 0
    original: int = 0
    paid: int = 0
    ordinary: int = 0
    reasoned: int = 0
    lot: int = 0
    status: AgreementStatus = AgreementStatus.NONE
    version: int = 0
    milestones: int = 0
    deliveries: int = 0
    accepted: int = 0
    last_payment: int = 0
    payments: int = 0
    signed_at: int = 0
    changed_at: int = 0
    accepted_at: int = 0
    extension: int = 0
    signatures: int = 0
    four_eyes: bool = False

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> AgreementFacts:
        """What ``AgreementBook.agreementFacts`` answers."""
        facts = cls(int.from_bytes(values[0], "big"), *values[1:])
        return cls(**{**vars(facts), "status": AgreementStatus(facts.status)})


@dataclass(frozen=True)
class MilestoneFacts:
    """Stored facts of a milestone; ``paid``: minor units, less what was reversed."""

    kind: MilestoneKind = MilestoneKind.NONE
    status: MilestoneStatus = MilestoneStatus.NONE
    bps: int = 0
    requires: int = 0
    due: int = 0
    paid: int = 0

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> MilestoneFacts:
        """What ``AgreementBook.milestoneOf`` answers."""
        kind, status, *rest = values
        return cls(MilestoneKind(kind), MilestoneStatus(status), *rest)


@dataclass(frozen=True)
class PaymentFacts:
    """Stored facts of a payment, which its buyer, its payer and its reference name; ``amount`` 0 = there is none."""

    agreement: int = 0
    number: int = 0
    milestone: int = 0
    amount: int = 0
    reversed: bool = False

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> PaymentFacts:
        """What ``AgreementBook.paymentOf`` answers."""
        return cls(*values)


@dataclass(frozen=True)
class PendingChange:
    """A change that waits for signatures; ``document_hash`` 0 = none does."""

    reason: ChangeReason = ChangeReason.NONE
    value: int = 0
    extension: int = 0
    signatures: int = 0
    document_hash: bytes = ZERO32

    @property
    def change(self) -> AgreementChange:
        """As it was proposed."""
        return AgreementChange(int(self.reason), self.value, self.extension, self.document_hash)

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> PendingChange:
        """What ``AgreementBook.changeOf`` answers."""
        reason, *rest = values
        return cls(ChangeReason(reason), *rest)


@dataclass(frozen=True)
class PendingEnd:
    """A mutual end that one side proposed; ``side`` NONE = nobody did."""

    side: Side = Side.NONE
    document_hash: bytes = ZERO32

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> PendingEnd:
        """What ``AgreementBook.endOf`` answers."""
        side, document_hash = values
        return cls(Side(side), document_hash)


@dataclass(frozen=True)
class Ratings:
    """Numbers and sums of the ratings of a supplier's works."""

    witnesses: int = 0
    witness_sum: int = 0
    citizens: int = 0
    citizen_sum: int = 0

    @classmethod
    def from_tuple(cls, values: Sequence[Any]) -> Ratings:
        """What ``SupplierRegistry.ratingsOf`` answers."""
        return cls(*values)
