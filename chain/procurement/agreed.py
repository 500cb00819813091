"""What scripts say of an agreement before it is drafted, and what its events and facts say of it afterwards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from chain.errors.contracts import AgreementBookMilestonesInvalid
from chain.errors.procurement import DocumentHashWrong
from chain.money import Money
from chain.procurement.session import Person
from chain.procurement.when import date_of
from chain.rules.agreements import amount_of
from chain.types import (
    ZERO32,
    AgreementFacts,
    ChangeReason,
    Event,
    MilestoneFacts,
    MilestoneKind,
    MilestoneStatus,
    MilestoneTerms,
    PendingChange,
    Side,
    moment,
    sum_moment,
)

__all__ = [
    "Change", "Delivery", "History", "Instalment", "Milestone", "PaymentMade", "Plan", "Price", "Share", "Source", "hash_of",
    "milestones_of", "money_in",
]  # fmt: skip

Source = Path | str
"""A document: a file, or sha256 in hex."""

Price = str | Money
"""An amount, e.g. ``"109272.00 MXN"``."""

Share = int | Decimal
"""Per cent of the value, two decimals at most."""


@dataclass(frozen=True)
class Delivery:
    """What is to be delivered; ``share`` of the whole, per cent."""

    share: Share
    due: datetime | None = None


@dataclass(frozen=True)
class Instalment:
    """What is to be paid; ``share`` of the value, per cent; ``after``: number of the delivery that has to be accepted before, 0 = none."""

    share: Share
    after: int = 0
    due: datetime | None = None


class Plan(TypedDict, total=False):
    """What ``Agreements.draft`` is told of milestones, period, payer and approver; each may be left out."""

    deliveries: Sequence[Delivery | Share]
    payments: Sequence[Instalment | Share]
    starts: datetime | None
    ends: datetime | None
    payer: str | None
    approver: Person | None


@dataclass(frozen=True)
class Milestone:
    """A milestone of an agreement. ``share``: per cent of its kind; ``value``, ``paid``: None for a delivery; ``requires``: delivery that
    has to be accepted before, 0 = none; ``due``: with what changes added. The rest is of deliveries: ``evidence`` and ``report`` sha256
    hex, "" before; ``refusals``: how often one was refused."""

    number: int
    kind: MilestoneKind
    status: MilestoneStatus
    share: Decimal
    value: Money | None
    paid: Money | None
    requires: int
    due: datetime | None
    delivered_at: datetime | None = None
    evidence: str = ""
    judged_at: datetime | None = None
    report: str = ""
    refusals: int = 0


@dataclass(frozen=True)
class Change:
    """A change that was proposed. ``extension``: seconds; ``document``: sha256 hex; ``status``: pending, signed or dropped;
    ``signed_by``: the sides, while it is pending or once it is signed; ``version``: the agreement's with it, 0 where it is not in
    effect."""

    reason: ChangeReason
    proposed_by: Side
    before: Money
    value: Money
    extension: int
    document: str
    proposed_at: datetime
    status: str = "pending"
    signed_by: tuple[Side, ...] = ()
    ended_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class PaymentMade:
    """A payment that was recorded. ``payer``, ``payee``: 0x ids; ``reference``: sha256 hex; ``reversal``: sha256 hex of the paper that says
    that it did not arrive or came back, "" where it stands."""

    number: int
    milestone: int
    payer: str
    payee: str
    amount: Money
    reference: str
    paid_at: datetime
    recorded_at: datetime
    reversed_at: datetime | None = None
    reversal: str = ""


class History:
    """What the events of one agreement say, in chain order; ``money``: minor units as Money."""

    def __init__(self, events: Sequence[Event], money: Callable[[int], Money]) -> None:
        self._events = events
        self._money = money

    def milestones(self, facts: AgreementFacts, stored: Sequence[MilestoneFacts]) -> list[Milestone]:
        """All milestones, by number."""
        found = [self._milestone(facts, number, each) for number, each in enumerate(stored, 1)]
        extension, extensions = 0, self._extensions()
        for event in self._events:
            extension += extensions.get((event.block, event.log_index), 0)
            if not event.name.startswith("Milestone"):
                continue
            place, document = event.args["milestone"] - 1, event.args["documentHash"][2:]
            known = found[place]
            if event.name == "MilestoneDelivered":
                found[place] = replace(known, delivered_at=moment(event.time), evidence=document)
                continue
            refused = event.name == "MilestoneRefused"
            # What is accepted is not due later by a change that follows.
            due = stored[place].due if not refused else 0
            found[place] = replace(
                known, judged_at=moment(event.time), report=document, refusals=known.refusals + refused,
                due=sum_moment(due + extension) if due else known.due,
            )  # fmt: skip
        return found

    def changes(self, pending: PendingChange) -> list[Change]:
        """All changes, in the order of their proposals; ``pending``: the one that waits."""
        found: list[Change] = []
        value = int(self._named("AgreementDrafted")[0].args["terms"]["value"])
        for event in self._events:
            if event.name == "AgreementChangeProposed":
                given = event.args["change"]
                found.append(Change(
                    ChangeReason(given["reason"]), Side(event.args["side"]), self._money(value), self._money(int(given["value"])),
                    given["extension"], given["documentHash"][2:], moment(event.time),
                ))  # fmt: skip
            elif event.name == "AgreementChanged":
                value, both = int(event.args["value"]), (Side.BUYER, Side.SUPPLIER)
                version, at = event.args["version"], moment(event.time)
                found[-1] = replace(found[-1], status="signed", signed_by=both, ended_at=at, version=version)
            elif event.name == "AgreementChangeDropped":
                found[-1] = replace(found[-1], status="dropped", ended_at=moment(event.time))
        if pending.document_hash != ZERO32:
            sides = tuple(side for side in Side if side and pending.signatures & side.bit)
            found[-1] = replace(found[-1], signed_by=sides)
        return found

    def payments(self) -> list[PaymentMade]:
        """All payments, by number."""
        found: list[PaymentMade] = []
        for event in self._named("PaymentRecorded", "PaymentReversed"):
            number, at = event.args["number"], moment(event.time)
            if event.name == "PaymentReversed":
                reversal = event.args["documentHash"][2:]
                found[number - 1] = replace(found[number - 1], reversed_at=at, reversal=reversal)
                continue
            made = event.args["payment"]
            found.append(PaymentMade(
                number, made["milestone"], made["payer"], made["payee"], self._money(int(made["amount"])), made["ref"][2:],
                moment(made["paidAt"]), at,
            ))  # fmt: skip
        return found

    def _milestone(self, facts: AgreementFacts, number: int, stored: MilestoneFacts) -> Milestone:
        payment = stored.kind is MilestoneKind.PAYMENT
        return Milestone(
            number, stored.kind, stored.status, Decimal(stored.bps) / 100,
            self._money(amount_of(facts, number, stored)) if payment else None, self._money(stored.paid) if payment else None,
            stored.requires, sum_moment(stored.due + facts.extension) if stored.due else None,
        )  # fmt: skip

    def _extensions(self) -> dict[tuple[int, int], int]:
        """Place of each change's effect -> seconds that it added."""
        found, last = {}, 0
        for event in self._named("AgreementChangeProposed", "AgreementChanged"):
            if event.name == "AgreementChangeProposed":
                last = event.args["change"]["extension"]
            else:
                found[event.block, event.log_index] = last
        return found

    def _named(self, *names: str) -> list[Event]:
        return [event for event in self._events if event.name in names]


def milestones_of(
    tender: int, deliveries: Sequence[Delivery | Share], payments: Sequence[Instalment | Share]
) -> tuple[MilestoneTerms, ...]:
    """Deliveries, then payments, as the contract takes them; a bare share is due at no time and waits for nothing. Without deliveries
    there is one of 100 %, without payments one of 100 % once the last delivery is accepted. Raises AgreementBookMilestonesInvalid."""
    delivered = [each if isinstance(each, Delivery) else Delivery(each) for each in deliveries or [100]]
    paid = [each if isinstance(each, Instalment) else Instalment(each) for each in payments]
    return (
        *(_terms(tender, MilestoneKind.DELIVERY, each.share, 0, each.due) for each in delivered),
        *(
            _terms(tender, MilestoneKind.PAYMENT, each.share, each.after, each.due)
            for each in paid or [Instalment(100, len(delivered))]
        ),
    )


def _terms(
    tender: int, kind: MilestoneKind, share: Share, requires: int, due: datetime | None
) -> MilestoneTerms:
    bps = Decimal(share) * 100
    if not bps.is_finite():
        raise AgreementBookMilestonesInvalid(tender, kind, 0)
    if bps != bps.to_integral_value():
        raise AgreementBookMilestonesInvalid(tender, kind, int(bps))
    return MilestoneTerms(int(kind), int(bps), requires, 0 if due is None else max(1, date_of(0, due)))


def hash_of(document: Source) -> str:
    """sha256 hex of a file, or what is one already. Raises DocumentHashWrong where it is neither."""
    if isinstance(document, str) and re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", document):
        return document
    path = Path(document)
    if not path.is_file():
        raise DocumentHashWrong(str(document)[:80])
    return hashlib.sha256(path.read_bytes()).hexdigest()


def money_in(amount: Price) -> Money:
    """An amount as Money. Raises MoneyInvalid."""
    return amount if isinstance(amount, Money) else Money.parse(amount)
