"""Complaints of the contract tests: who files them, how they are decided, what is ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.types import ComplaintStage, ComplaintStatus, Remedy
from tests.contracts.awards import Amounts, Offer, Opened, opened, sealed_tender
from tests.contracts.tenders import Tender, publish, record, status
from tests.contracts.world import REVIEW, ZERO, Receipt, Refusal, World, address, hash_of

__all__ = [
    "ALL", "BOARD", "COMPLAINTS", "NEVER", "NO_OFFER_SHOWN", "ORDER", "REASONS", "Case", "Remedy", "Stage", "State", "about_award",
    "about_terms", "in_bidding",
]  # fmt: skip

COMPLAINTS, BOARD = "ComplaintDesk", "TenderBoard"
Stage, State = ComplaintStage, ComplaintStatus
NEVER = 2**40 - 1
ALL = 255
"""Stands for all lots in what is counted over them."""
NO_OFFER_SHOWN: Offer = (0, ZERO, ())
REASONS, ORDER = hash_of("complaint"), hash_of("reasoned decision of the review body")


@dataclass
class Case:
    """A tender with a review body, and what its bids showed where they are open."""

    world: World
    tender: Tender
    made: Opened | None = None

    @property
    def id(self) -> bytes:
        """The tender's."""
        return self.tender.id

    @property
    def awarding(self) -> Opened:
        """What the award of it needs."""
        assert self.made is not None
        return self.made

    def arguments(
        self,
        who: str,
        stage: int,
        lot: int,
        document: bytes,
        given: bytes,
        offer: Offer | None,
        id: bytes | None,
    ) -> tuple[Any, ...]:
        """Of `file`."""
        shown = NO_OFFER_SHOWN
        if stage == Stage.AWARD and self.made is not None and who in self.made.sealed:
            shown = self.made.offer(who)
        return given, id or self.id, lot, int(stage), document, shown if offer is None else offer

    def file(
        self,
        who: str = "acme",
        stage: int = Stage.TERMS,
        lot: int = 0,
        *,
        offer: Offer | None = None,
        at: int | None = None,
    ) -> int:
        """The complaint's number."""
        args = self.arguments(who, stage, lot, REASONS, record(), offer, None)
        receipt = self.world.send(who, COMPLAINTS, "file", *args, at=at)
        return int(receipt.events[-1].args["complaint"])

    def refused_filing(
        self,
        who: str = "acme",
        stage: int = Stage.TERMS,
        lot: int = 0,
        *,
        document: bytes = REASONS,
        given: bytes | None = None,
        offer: Offer | None = None,
        id: bytes | None = None,
        at: int | None = None,
    ) -> Refusal:
        """What refuses it."""
        made = record() if given is None else given
        args = self.arguments(who, stage, lot, document, made, offer, id)
        return self.world.refusal(who, COMPLAINTS, "file", *args, at=at)

    def send(self, who: str, function: str, *args: Any, at: int | None = None) -> Receipt:
        """A call of the desk."""
        return self.world.send(who, COMPLAINTS, function, *args, at=at)

    def refusal(self, who: str, function: str, *args: Any, at: int | None = None) -> Refusal:
        """What refuses it."""
        return self.world.refusal(who, COMPLAINTS, function, *args, at=at)

    def admit(self, complaint: int, **options: Any) -> Receipt:
        """As the reviewer."""
        return self.send("reviewer", "admit", complaint, ORDER, **options)

    def uphold(self, complaint: int, remedy: int, place: int = 0, **options: Any) -> Receipt:
        """As the reviewer, who admits it before."""
        self.admit(complaint)
        return self.send("reviewer", "uphold", complaint, int(remedy), place, ORDER, **options)

    def dismiss(self, complaint: int, **options: Any) -> Receipt:
        """As the reviewer, who admits it before."""
        self.admit(complaint)
        return self.send("reviewer", "dismiss", complaint, ORDER, **options)

    def execute(self, complaint: int, **options: Any) -> Receipt:
        """As the officer."""
        return self.send("officer", "execute", complaint, **options)

    def suspend(self, **options: Any) -> int:
        """When."""
        return self.send("reviewer", "suspend", self.id, ORDER, **options).time

    def resume(self, **options: Any) -> int:
        """When."""
        return self.send("reviewer", "resume", self.id, ORDER, **options).time

    def cancel(self, lot: int = 0, **options: Any) -> Receipt:
        """As the officer."""
        return self.world.send("officer", BOARD, "cancel", self.id, lot, 1, hash_of("decision"), **options)

    # views

    def read(self, function: str, *args: Any) -> Any:
        """A view of the desk about this tender."""
        return self.world.read(COMPLAINTS, function, self.id, *args)

    def complaint(self, number: int) -> dict[str, Any]:
        """Struct Complaint by name."""
        return self.world.facts(COMPLAINTS, "complaintFacts", number)

    def state(self, number: int) -> State:
        """Status of a complaint."""
        return State(self.complaint(number)["status"])

    def watch(self) -> dict[str, Any]:
        """Struct Watch by name."""
        return self.world.facts(COMPLAINTS, "watchOf", self.id)

    def queue(self, stage: int, lot: int = ALL) -> dict[str, Any]:
        """Struct Queue by name."""
        return self.world.facts(COMPLAINTS, "queueOf", self.id, lot, int(stage))

    def pauses(self) -> list[tuple[int, int]]:
        """(start, end)."""
        return [tuple(each) for each in self.read("pausesOf")]

    def facts(self) -> dict[str, Any]:
        """Struct TenderFacts by name."""
        return self.world.facts(BOARD, "tenderFacts", self.id)

    def window(self) -> dict[str, Any]:
        """Struct BidWindow by name."""
        return self.world.facts(BOARD, "bidWindow", self.id)

    def status(self) -> Any:
        """The tender's."""
        return status(self.world, self.tender)


def about_terms(world: World, **changes: Any) -> Case:
    """A tender that is out, and both suppliers eligible."""
    for who in ("acme", "beta"):
        if not world.facts(
            "SupplierRegistry", "supplierFacts", world.read("SupplierRegistry", "supplierOf", address(who))
        )["ownersAt"]:
            world.send(who, "SupplierRegistry", "declareOwners", 1, hash_of("owners"))
    return Case(world, publish(world, review_body=REVIEW, **changes))


def in_bidding(world: World, bids: dict[str, Amounts] | None = None, **options: Any) -> Case:
    """Bids came in and are sealed."""
    made = sealed_tender(world, bids or {"acme": 1_000, "beta": 900, "gama": 950}, body=REVIEW, **options)
    return Case(world, made.tender, made)


def about_award(world: World, bids: dict[str, Amounts] | None = None, **options: Any) -> Case:
    """Bids are open; the lots are counted and ranked."""
    made = opened(world, bids or {"acme": 1_000, "beta": 900, "gama": 950}, body=REVIEW, **options)
    for lot in range(1, len(made.tender.terms.setup.lots) + 1):
        made.ready(lot=lot)
    return Case(world, made.tender, made)
