"""followed.tree"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chain.audit.bundle.agreements import agreed_by_tender, rated
from chain.audit.bundle.slots import Agreed, agreement_slots, named_slots, rating_slots
from chain.audit.lawful import Lawful
from chain.audit.place import NOWHERE
from chain.recorder.index.agreement_book import payment_facts
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_agreement, idx_payment, idx_rating
from chain.types import (
    AgreementChange,
    AgreementFacts,
    AgreementStatus,
    AgreementTerms,
    ChangeReason,
    Event,
    LotTerms,
    MilestoneFacts,
    MilestoneKind,
    MilestoneTerms,
    Payment,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Ratings,
    Side,
    TerminationCause,
    from_hex,
    to_hex,
)
from tests.contracts.agreements import waiting
from tests.contracts.AwardDesk.test_followed import audited, mined
from tests.contracts.awards import Opened, opened, supplier_of
from tests.contracts.ComplaintDesk.test_followed import require_same as require_tender
from tests.contracts.complaints import Case
from tests.contracts.EvaluationDesk.test_followed import NOTHING, OTHER, Changes, refused
from tests.contracts.four_eyes import Act
from tests.contracts.world import BUYER, BUYER2, REVIEW, ZERO, World, address, hash_of, member_id

pytestmark = pytest.mark.evm

BOOK = "AgreementBook"
DRAFT, SIGNED, CHANGED, EVIDENCE, END = map(
    hash_of, ("a draft", "agreement", "change", "evidence", "the end")
)
DELIVERY, PAYMENT = MilestoneKind.DELIVERY, MilestoneKind.PAYMENT
PLAN = (
    MilestoneTerms(DELIVERY, 6_000, 0, 2**39), MilestoneTerms(DELIVERY, 4_000), MilestoneTerms(PAYMENT, 3_333),
    MilestoneTerms(PAYMENT, 6_667, 2),
)  # fmt: skip
TERMS = {"standstill": 50, "signing_period": 4_000, "max_change_bps": 2_000, "max_reasoned_change_bps": 5_000}


@dataclass
class Life:
    """A tender with its agreements; ``check`` looks at it after each act."""

    made: Opened
    check: Callable[[Life], Any]
    number: int = 0
    drafts: dict[int, int] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """The chain."""
        return self.made.world

    def send(self, who: str, function: str, *args: Any) -> None:
        """A call of the book, then the check."""
        self.world.send(who, BOOK, function, *args)
        self.check(self)

    def act(self, who: str, function: str, *args: Any) -> None:
        """About the last agreement."""
        self.send(who, function, self.number, *args)

    def both(self, function: str, *args: Any) -> None:
        """An act of two accounts about the last agreement."""
        self._by_two(function, self.number, *args)

    def _by_two(self, function: str, *args: Any) -> None:
        act = Act(self.world, BOOK, function, args)
        act.propose()
        act.approve()
        self.check(self)

    def draft(
        self, who: str, lot: int = 1, document: bytes = SIGNED, payer: bytes = ZERO, both: bool = False
    ) -> None:
        """With the supplier of the award; it replaces the one before, by two accounts where the buyer signed that: ``both``."""
        price = self.made.facts(lot)["price"]
        terms = AgreementTerms(supplier_of(who), price, payer, document, 5, 6, PLAN)
        before = self.drafts.get(lot, 0)
        self.drafts[lot] = self.number = self.world.read(BOOK, "agreementCount") + 1
        args = (self.made.id, lot, before, terms.as_tuple())
        if both:
            self._by_two("draft", *args)
        else:
            self.send("officer", "draft", *args)

    def change(self, who: str, value: int, reason: int = ChangeReason.QUANTITY, later: int = 0) -> None:
        """Proposes one."""
        version = self.world.facts(BOOK, "agreementFacts", self.number)["version"]
        self.act(
            who, "proposeChange", version, AgreementChange(int(reason), value, later, CHANGED).as_tuple()
        )

    def waiting(self) -> bytes:
        """Hash of the change that waits."""
        return waiting(self.world, self.number)

    def payment(
        self, milestone: int, who: str, amount: int, ref: str, payer: bytes = BUYER
    ) -> tuple[Any, ...]:
        """Made just now."""
        made = Payment(milestone, payer, supplier_of(who), amount, hash_of(ref), self.world.time)
        return made.as_tuple()

    def final(self) -> None:
        """When the standstill is over."""
        self.world.move_to(self.made.facts()["standstillEnds"])


def stored(life: Life, rows: MemoryRows) -> Agreed:
    """What the book answers of all that the rows name."""
    world, count = life.world, life.world.read(BOOK, "agreementCount")
    numbers = range(1, count + 1)
    facts = {
        number: AgreementFacts.from_tuple(world.read(BOOK, "agreementFacts", number)) for number in numbers
    }
    milestones = {
        (number, place): MilestoneFacts.from_tuple(world.read(BOOK, "milestoneOf", number, place))
        for number, each in facts.items()
        for place in range(1, each.milestones + 1)
    }
    names = [
        tuple(from_hex(row[name]) for name in ("buyer", "payer", "ref")) for row in rows.all(idx_payment)
    ]
    raters = [(row["agreement"], from_hex(row["rater"]).rjust(32, b"\0")) for row in rows.all(idx_rating)]
    return Agreed(
        {lot: world.read(BOOK, "agreementOf", life.made.id, lot) for lot in sorted(life.drafts)}, facts, milestones,
        {name: PaymentFacts.from_tuple(world.read(BOOK, "paymentOf", *name)) for name in names},
        {number: PendingChange.from_tuple(world.read(BOOK, "changeOf", number)) for number in numbers},
        {number: PendingEnd.from_tuple(world.read(BOOK, "endOf", number)) for number in numbers},
        frozenset(each for each in raters if world.read(BOOK, "hasRated", *each)),
    )  # fmt: skip


def require_same(life: Life) -> MemoryRows:
    """The follower's rows say of tender, lots and agreements what the contracts say, and what lies in their storage."""
    world, made = life.world, life.made
    rows = require_tender(Case(world, made.tender, made))
    number = int.from_bytes(made.id, "big")
    agreed = agreed_by_tender(rows).get(number, Agreed())
    assert agreed == stored(life, rows)
    for each in rows.all(idx_payment):
        assert payment_facts(each).agreement == each["agreement"]
    slots = agreement_slots(number, agreed)
    require_stored(world, BOOK, slots)
    events = [event for one in mined(world) for event in one.events]
    assert set(named_slots(number, events)[BOOK]) == set(slots)
    for supplier in {row["supplier"] for row in rows.all(idx_agreement)}:
        ratings = rated(row for row in rows.all(idx_rating) if row["supplier"] == supplier)
        assert ratings == Ratings.from_tuple(world.read("SupplierRegistry", "ratingsOf", from_hex(supplier)))
        require_stored(world, "SupplierRegistry", rating_slots(from_hex(supplier), ratings))
    return rows


def require_stored(world: World, contract: str, slots: Mapping[int, int]) -> None:
    """These values lie at these places."""
    asked = [(world.addresses[contract], hex(slot), "latest") for slot in slots]
    found = world.node.batch("eth_getStorageAt", *asked) if asked else []
    assert [int(value, 16) for value in found] == list(slots.values())


def life_story(world: World, check: Callable[[Life], Any]) -> Life:
    """Lot 1 lives from a draft that is replaced to its ratings; the winner of lot 2 does not sign, and the next one does."""
    bids = {"acme": (1_000, 700), "beta": (1_100, 600)}
    lots = [LotTerms(100_000), LotTerms(100_000)]
    life = Life(opened(world, bids, lots=lots, body=REVIEW, change_interval=30, **TERMS), check)
    life.made.ready()
    life.made.ready(lot=2)
    life.made.award("acme")
    life.made.award("beta", lot=2)
    world.send("registrar", "SupplierRegistry", "enrolCitizen", address("ana"))
    life.final()
    world.move_to(life.made.facts(2)["standstillEnds"])
    life.draft("beta", lot=2)
    life.act("officer", "sign", SIGNED)
    life.draft("acme", document=DRAFT)
    life.act("acme2", "sign", DRAFT)
    life.draft("acme", payer=BUYER2)
    life.act("approver", "sign", SIGNED)
    life.act("acme", "sign", SIGNED)
    delivered_and_paid(life)
    changed(life)
    completed(life)
    passed_over(life)
    return life


def delivered_and_paid(life: Life) -> None:
    """A delivery is refused and then accepted; the first payment is reversed and made again by the second payer."""
    life.act("officer", "recordPayment", life.payment(3, "acme", 333, "one"))
    life.act("acme", "deliver", 1, EVIDENCE)
    life.act("officer", "refuse", 1, EVIDENCE)
    life.act("acme", "deliver", 1, EVIDENCE)
    life.act("approver", "accept", 1, EVIDENCE)
    life.act("officer", "reversePayment", BUYER, hash_of("one"), END)
    life.act("officer", "recordPayment", life.payment(3, "acme", 100, "one", BUYER2))


def changed(life: Life) -> None:
    """One change is turned down, one of each kind is signed."""
    life.change("officer", 1_100)
    life.act("acme", "dropChange", life.waiting())
    life.change("acme", 1_200, later=86_400)
    life.act("approver", "signChange", life.waiting())
    life.world.move_to(life.world.time + 30)
    life.change("officer", 1_700, ChangeReason.UNFORESEEABLE)
    life.act("acme2", "signChange", life.waiting())


def completed(life: Life) -> None:
    """To the end, and rated by a citizen and a witness."""
    life.act("acme", "deliver", 2, EVIDENCE)
    life.act("officer", "accept", 2, EVIDENCE)
    life.act("officer", "recordPayment", life.payment(4, "acme", 1_134, "two"))
    life.act("officer", "complete", END)
    life.act("officer", "recordPayment", life.payment(3, "acme", 466, "three"))
    life.act("ana", "rate", 5)
    life.act("witness", "rate", 2)


def passed_over(life: Life) -> None:
    """Once the time to sign is over."""
    world, made = life.world, life.made
    world.move_to(max(world.time + 1, world.read(BOOK, "signingOf", made.id, 2)[1]))
    life.send("stranger", "passOver", made.id, 2)
    made.award("acme", lot=2)
    world.move_to(made.facts(2)["standstillEnds"])
    life.draft("acme", lot=2)
    life.act("acme", "sign", SIGNED)
    life.act("officer", "sign", SIGNED)


def eyes_story(world: World, check: Callable[[Life], Any]) -> Life:
    """With four eyes an officer's proposal is no signature, and whatever the buyer signs takes two; the end is by consent."""
    life = Life(opened(world, {"acme": 1_000, "beta": 1_100}, four_eyes=True, **TERMS), check)
    made = life.made
    made.ready()
    award = Act(world, "AwardDesk", "award", (made.id, 1, supplier_of("acme"), made.offer("acme"), END))
    award.propose()
    award.approve()
    life.final()
    life.draft("acme")
    life.both("sign", SIGNED)
    life.draft("acme", both=True)
    life.both("sign", SIGNED)
    life.act("acme", "sign", SIGNED)
    life.change("officer", 1_200)
    life.both("signChange", life.waiting())
    life.both("dropChange", life.waiting())
    life.change("officer", 1_150)
    life.both("signChange", life.waiting())
    life.act("acme", "signChange", life.waiting())
    life.change("acme", 1_100, ChangeReason.REDUCTION)
    life.both("signChange", life.waiting())
    for function in ("refuse", "accept"):
        life.act("acme", "deliver", 1, EVIDENCE)
        life.both(function, 1, EVIDENCE)
    life.both("recordPayment", life.payment(3, "acme", 300, "one"))
    life.both("reversePayment", BUYER, hash_of("one"), END)
    life.act("acme", "terminate", int(TerminationCause.MUTUAL), EVIDENCE)
    life.act("acme", "terminate", int(TerminationCause.MUTUAL), END)
    life.both("terminate", int(TerminationCause.MUTUAL), END)
    return life


def ends_story(world: World, check: Callable[[Life], Any]) -> Life:
    """Three lots: ended by consent that the buyer proposed, by the buyer, and by order of the review body."""
    lots = [LotTerms(100_000)] * 3
    life = Life(
        opened(world, {"acme": (1_000,) * 3, "beta": (1_100,) * 3}, lots=lots, body=REVIEW, **TERMS), check
    )
    for lot in (1, 2, 3):
        life.made.ready(lot=lot)
        life.made.award("acme", lot=lot)
    world.move_to(life.made.facts(3)["standstillEnds"])
    for lot, cause in enumerate(
        (TerminationCause.MUTUAL, TerminationCause.FORCE_MAJEURE, TerminationCause.ORDERED), 1
    ):
        life.draft("acme", lot=lot)
        life.act("officer", "sign", SIGNED)
        life.act("acme", "sign", SIGNED)
        who = "reviewer" if cause is TerminationCause.ORDERED else "officer"
        life.act(who, "terminate", int(cause), END)
    life.number = life.drafts[1]
    life.act("acme", "terminate", int(TerminationCause.MUTUAL), END)
    return life


STORIES = {"life": life_story, "eyes": eyes_story, "ends": ends_story}


@pytest.mark.parametrize("name", STORIES)
def test_index__each_step_of_a_story__as_the_contracts_hold_it(world: World, name: str) -> None:
    STORIES[name](world, require_same)


@pytest.mark.parametrize("name", STORIES)
def test_audit__each_story__lawful(world: World, name: str) -> None:
    life = STORIES[name](world, lambda life: None)
    audited(world)
    rows = require_same(life)
    statuses = [AgreementStatus(row["status"]) for row in rows.all(idx_agreement)]
    expected = {
        "life": ["Dropped", "Dropped", "Completed", "Active"], "eyes": ["Dropped", "Terminated"], "ends": ["Terminated"] * 3,
    }  # fmt: skip
    assert list(map(str, statuses)) == expected[name]


NO_MEMBER = to_hex(member_id("NOBODY"))
BUYER_S, SUPPLIER_S = {"side": int(Side.BUYER)}, {"side": int(Side.SUPPLIER)}


def within(name: str, **changes: Any) -> Callable[[Event], dict[str, Any]]:
    """Other values in a struct of the event."""
    return lambda event: {name: event.args[name] | changes}


def share(bps: int) -> Callable[[Event], dict[str, Any]]:
    """Another share of the first milestone."""
    return lambda event: {
        "terms": event.args["terms"]
        | {
            "milestones": [
                event.args["terms"]["milestones"][0] | {"bps": bps},
                *event.args["terms"]["milestones"][1:],
            ]
        }
    }


FALSE: dict[str, list[tuple[str, int, Changes, str]]] = {
    "life": [
        ("AgreementDrafted", 0, {"lot": 1}, "unlawful-AgreementBookPartyWrong"),
        ("AgreementDrafted", 0, {"agreement": "7"}, "event-AgreementSigned:unknown"),
        ("AgreementDrafted", 1, {"agreement": "1"}, "event-AgreementDrafted:known"),
        ("AgreementDrafted", 0, within("terms", supplier=OTHER), "unlawful-AgreementBookPartyWrong"),
        ("AgreementDrafted", 0, within("terms", value="601"), "unlawful-AgreementBookValueWrong"),
        ("AgreementDrafted", 0, within("terms", payer=NO_MEMBER), "unlawful-AgreementBookPartyWrong"),
        ("AgreementDrafted", 2, within("terms", payer=NOTHING), "event-AgreementDrafted:terms"),
        ("AgreementDrafted", 0, within("terms", documentHash=OTHER), "event-AgreementDrafted:terms"),
        ("AgreementDrafted", 0, within("terms", startsAt=9), "unlawful-AgreementBookDateInvalid"),
        ("AgreementDrafted", 0, within("terms", endsAt=9), "event-AgreementDrafted:terms"),
        ("AgreementDrafted", 0, within("terms", milestones=[]), "unlawful-AgreementBookMilestonesInvalid"),
        ("AgreementDrafted", 0, share(5_999), "unlawful-AgreementBookMilestonesInvalid"),
        ("AgreementSigned", 0, SUPPLIER_S, "event-AgreementSigned:side"),
        ("AgreementSigned", 0, {"documentHash": to_hex(DRAFT)}, "unlawful-AgreementBookDocumentWrong"),
        ("AgreementSigned", 1, {"agreement": "1"}, "unlawful-AgreementBookRoleMissing"),
        ("AgreementSigned", 2, {"agreement": "2"}, "unlawful-AgreementBookStatusWrong"),
        ("AgreementSigned", 3, {"agreement": "9"}, "event-AgreementSigned:unknown"),
        ("AwardPassedOver", 0, {"agreement": "3"}, "event-AwardPassedOver:agreement"),
        ("AwardPassedOver", 0, {"lot": 1}, "unlawful-AwardDeskLotStatusWrong"),
        ("AwardPassedOver", 0, {"index": 0}, "event-AwardPassedOver:index"),
        ("AwardPassedOver", 0, {"supplier": OTHER}, "event-AwardPassedOver:supplier"),
        ("AgreementChangeProposed", 0, SUPPLIER_S, "event-AgreementChangeProposed:side"),
        ("AgreementChangeProposed", 0, within("change", value="1201"), "unlawful-AgreementBookChangeOverCap"),
        ("AgreementChangeProposed", 0, within("change", value="1101"), "event-AgreementChangeProposed:change"),
        ("AgreementChangeProposed", 0, within("change", reason=2), "event-AgreementChangeProposed:change"),
        ("AgreementChangeProposed", 0, within("change", reason=10), "unlawful-AgreementBookReasonInvalid"),
        ("AgreementChangeProposed", 0, within("change", extension=1), "event-AgreementChangeProposed:change"),
        ("AgreementChangeProposed", 0, within("change", documentHash=NOTHING), "unlawful-AgreementBookHashZero"),
        ("AgreementChangeProposed", 2, within("change", reason=1), "unlawful-AgreementBookChangeOverCap"),
        ("AgreementChangeDropped", 0, BUYER_S, "event-AgreementChangeDropped:side"),
        ("AgreementChangeDropped", 0, {"documentHash": OTHER}, "unlawful-AgreementBookDocumentWrong"),
        ("AgreementChanged", 0, {"version": 3}, "event-AgreementChanged:version"),
        ("AgreementChanged", 0, {"value": "1199"}, "event-AgreementChanged:value"),
        ("AgreementChanged", 1, BUYER_S, "event-AgreementChanged:side"),
        ("MilestoneDelivered", 0, {"milestone": 2}, "event-MilestoneDelivered:milestone"),
        ("MilestoneDelivered", 0, {"milestone": 3}, "unlawful-AgreementBookMilestoneStatusWrong"),
        ("MilestoneDelivered", 0, {"milestone": 5}, "unlawful-AgreementBookMilestoneNotFound"),
        ("MilestoneDelivered", 0, {"documentHash": OTHER}, "event-MilestoneDelivered:documentHash"),
        ("MilestoneRefused", 0, {"documentHash": OTHER}, "event-MilestoneRefused:documentHash"),
        ("MilestoneRefused", 0, {"milestone": 2}, "unlawful-AgreementBookMilestoneStatusWrong"),
        ("MilestoneAccepted", 0, {"documentHash": OTHER}, "event-MilestoneAccepted:documentHash"),
        ("MilestoneAccepted", 1, {"milestone": 1}, "unlawful-AgreementBookMilestoneStatusWrong"),
        ("PaymentRecorded", 0, {"number": 2}, "event-PaymentRecorded:number"),
        ("PaymentRecorded", 0, within("payment", amount="334"), "unlawful-AgreementBookOverpaid"),
        ("PaymentRecorded", 0, within("payment", amount="332"), "event-PaymentRecorded:payment"),
        ("PaymentRecorded", 0, within("payment", ref=OTHER), "event-PaymentRecorded:payment"),
        ("PaymentRecorded", 0, within("payment", payer=to_hex(BUYER2)), "event-PaymentRecorded:payment"),
        ("PaymentRecorded", 0, within("payment", payer=OTHER), "unlawful-AgreementBookPartyWrong"),
        ("PaymentRecorded", 0, within("payment", payee=OTHER), "unlawful-AgreementBookPartyWrong"),
        ("PaymentRecorded", 0, within("payment", paidAt=2**39), "unlawful-AgreementBookDateInvalid"),
        ("PaymentRecorded", 0, within("payment", paidAt=1), "event-PaymentRecorded:payment"),
        ("PaymentRecorded", 0, within("payment", milestone=4), "unlawful-AgreementBookNotAccepted"),
        ("PaymentRecorded", 0, within("payment", milestone=1), "unlawful-AgreementBookMilestoneStatusWrong"),
        ("PaymentRecorded", 1, within("payment", payer=to_hex(BUYER)), "unlawful-AgreementBookReferenceUsed"),
        ("PaymentReversed", 0, {"number": 2}, "event-PaymentReversed:unknown"),
        ("PaymentReversed", 0, {"documentHash": OTHER}, "event-PaymentReversed:documentHash"),
        ("AgreementCompleted", 0, {"documentHash": OTHER}, "event-AgreementCompleted:documentHash"),
        ("AgreementCompleted", 0, {"agreement": "1"}, "unlawful-AgreementBookStatusWrong"),
        ("AgreementRated", 0, {"rating": 4}, "event-AgreementRated:rating"),
        ("AgreementRated", 0, {"rating": 6}, "unlawful-AgreementBookRatingInvalid"),
        ("AgreementRated", 0, {"citizen": False}, "event-AgreementRated:citizen"),
        ("AgreementRated", 1, {"rater": OTHER[:42]}, "event-AgreementRated:rater"),
        ("AgreementRated", 1, {"agreement": "1"}, "unlawful-AgreementBookRatingClosed"),
        ("LotAwarded", 2, {"index": 1}, "unlawful-AwardDeskNotCandidate"),
    ],
    "eyes": [
        ("AgreementSigned", 0, {"documentHash": OTHER}, "unlawful-AgreementBookDocumentWrong"),
        ("AgreementChangeSigned", 0, SUPPLIER_S, "event-AgreementChangeSigned:side"),
        ("AgreementChanged", 1, {"value": "1"}, "event-AgreementChanged:value"),
        ("MilestoneAccepted", 0, {"documentHash": OTHER}, "event-MilestoneAccepted:documentHash"),
        ("PaymentRecorded", 0, within("payment", ref=OTHER), "event-PaymentRecorded:payment"),
        ("PaymentReversed", 0, {"documentHash": NOTHING}, "unlawful-AgreementBookHashZero"),
        ("AgreementEndProposed", 0, BUYER_S, "event-AgreementEndProposed:side"),
        ("AgreementEndProposed", 1, {"documentHash": OTHER}, "event-AgreementEndProposed:documentHash"),
        ("AgreementTerminated", 0, {"cause": 2}, "event-AgreementTerminated:cause"),
        ("AgreementTerminated", 0, {"documentHash": OTHER}, "unlawful-AgreementBookDocumentWrong"),
        ("ActApproved", 2, {"act": OTHER}, "unlawful-FourEyesActNotProposed"),
    ],
    "ends": [
        ("AgreementEndProposed", 0, SUPPLIER_S, "event-AgreementEndProposed:side"),
        ("AgreementTerminated", 0, {"cause": 1}, "event-AgreementTerminated:signatures"),
        ("AgreementTerminated", 0, {"cause": 2}, "event-AgreementTerminated:cause"),
        ("AgreementTerminated", 0, {"cause": 3}, "unlawful-AgreementBookRoleMissing"),
        ("AgreementTerminated", 0, {"cause": 6}, "unlawful-AgreementBookReasonInvalid"),
        ("AgreementTerminated", 1, {"cause": 4}, "unlawful-AgreementBookRoleMissing"),
        ("AgreementTerminated", 1, {"cause": 3}, "event-AgreementTerminated:cause"),
        ("AgreementTerminated", 2, {"documentHash": OTHER}, "unlawful-AgreementBookDocumentWrong"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_audit__one_value_of_an_event_changed__named(world: World, name: str) -> None:
    STORIES[name](world, lambda life: None)
    found = [(*each[:2], refused(world, *each[:3])) for each in FALSE[name]]
    assert found == [(*each[:2], each[3]) for each in FALSE[name]]


LEFT_OUT: dict[str, list[tuple[str, int, str]]] = {
    "life": [
        ("AgreementDrafted", 0, "event-AgreementSigned:unknown"),
        ("AgreementSigned", 0, "unlawful-AgreementBookOfferedLate"),
        ("AgreementSigned", 3, "unlawful-AgreementBookStatusWrong"),
        ("AwardPassedOver", 0, "unlawful-AwardDeskLotStatusWrong"),
        ("AgreementChangeDropped", 0, "unlawful-AgreementBookChangePending"),
        ("AgreementChanged", 0, "unlawful-AgreementBookVersionWrong"),
        ("MilestoneAccepted", 1, "unlawful-AgreementBookNotAccepted"),
        ("MilestoneDelivered", 0, "unlawful-AgreementBookMilestoneStatusWrong"),
        ("PaymentRecorded", 0, "event-PaymentReversed:unknown"),
        ("PaymentReversed", 0, "unlawful-AgreementBookOverpaid"),
        ("AgreementCompleted", 0, "nothing"),
        ("CitizenEnrolled", 0, "unlawful-AgreementBookRoleMissing"),
    ],
    "eyes": [
        ("AgreementChangeSigned", 0, "event-ActApproved:alone"),
        ("ActApproved", 2, "event-AgreementSigned:alone"),
        ("PaymentRecorded", 0, "event-ActApproved:alone"),
    ],
    "ends": [("AgreementEndProposed", 0, "event-AgreementTerminated:signatures")],
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_audit__one_event_left_out__named(world: World, name: str) -> None:
    """What nothing after it needs, the end of an agreement say, is missed in the state: the rules alone cannot know."""
    STORIES[name](world, lambda life: None)
    found = [(*each[:2], refused(world, *each[:2], name="Nothing")) for each in LEFT_OUT[name]]
    assert found == LEFT_OUT[name]


def test_audit__event_of_both_signatures_for_that_of_one__named(world: World) -> None:
    """And the other way round."""
    eyes_story(world, lambda life: None)
    whole = {"version": 2, "value": "1150"}
    assert (
        refused(world, "AgreementChangeSigned", 0, whole, "AgreementChanged")
        == "event-AgreementChanged:signatures"
    )
    assert (
        refused(world, "AgreementChanged", 0, {}, "AgreementChangeSigned")
        == "event-AgreementChangeSigned:signatures"
    )
    assert (
        refused(world, "AgreementTerminated", 0, BUYER_S, "AgreementEndProposed")
        == "event-AgreementEndProposed:signatures"
    )
    assert refused(world, "MilestoneRefused", 0, {}, "MilestoneAccepted") == "event-MilestoneAccepted:call"


@pytest.mark.parametrize("name", STORIES)
def test_audit__acts_through_another_contract__lawful_and_told(world: World, name: str) -> None:
    """Who acts may be a wallet of several people; the member or the supplier that the event names had one that may."""
    STORIES[name](world, lambda life: None)
    lawful = Lawful(31337, whole=False)
    seen: set[str] = set()
    for number, one in enumerate(mined(world)):
        for event in one.events:
            through = event.contract == BOOK
            seen |= {event.name} if through else set()
            sender, call = (address("stranger"), None) if through else one.call(event)
            place = NOWHERE.of(number).at("logs", event.log_index)
            lawful.apply(event, sender, place, number < len(world.addresses) + 2, call)
        lawful.close()
    told = lawful.indirect()
    for each in seen - {"AwardPassedOver"}:
        assert any(f": {each} by " in text for text in told), each
