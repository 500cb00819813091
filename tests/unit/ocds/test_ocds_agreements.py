"""Agreements in releases: nothing of a draft, then the contract of both sides, its changes, milestones and payments to the end."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

import pytest

from chain.ocds.profile import merger
from chain.ocds.publication import Organisation
from chain.ocds.values import utc
from chain.types import ChangeReason, Event, TerminationCause
from tests.unit.ocds.conftest import BUYER, NOW, ORG, Ledger
from tests.unit.ocds.test_ocds_awards import Desk
from tests.unit.ocds.test_ocds_bids import check

pytestmark = pytest.mark.unit

SUPPLIER, TREASURY, NOBODY = "0x" + "01" * 32, "0x" + "02" * 32, "0x" + "00" * 32
SIGNED, PAPER, OTHER = "77" * 32, "99" * 32, "88" * 32
DAY = 86_400
DELIVERY, PAYMENT = 1, 2
PLAN = ((DELIVERY, 10_000, 0, NOW + DAY), (PAYMENT, 3_333, 0, 0), (PAYMENT, 6_667, 1, NOW + 2 * DAY))
"""(kind, share, delivery that it waits for, due): one delivery, a third in advance, the rest once that is accepted."""


def told(kind: str, title: str, digest: str = PAPER, name: str = "") -> dict[str, Any]:
    """A paper as releases tell it."""
    return {
        "id": f"{name or kind}-{digest}", "documentType": kind, "title": title, "url": f"https://licita.example/v1/documents/{digest}",
        "integrity": [{"scheme": "sha256", "id": digest}],
    }  # fmt: skip


class Book:
    """Emits what AgreementBook does about a lot of a desk."""

    def __init__(self, desk: Desk, number: int = 1, lot: int = 1) -> None:
        self.desk, self.ledger, self.number, self.lot = desk, desk.ledger, number, lot
        self.ledger.known.suppliers[SUPPLIER] = Organisation("LICITA-S0", "Firma 0")
        self.ledger.known.members[TREASURY] = Organisation("MX-T", "Tesorería")

    def event(self, name: str, **args: Any) -> Event:
        """In the next block."""
        return self.desk.box.emit("AgreementBook", name, agreement=str(self.number), **args)

    def block(self, *events: Event) -> dict[str, Any]:
        """These events in a block; its release."""
        release = self.ledger.block(*events)
        assert release is not None
        check(self.ledger)
        assert [anchor["event"] for anchor in release["ledgerAnchors"]] == [event.name for event in events]
        return release

    def act(self, name: str, **args: Any) -> dict[str, Any]:
        """One event in a block; its release."""
        return self.block(self.event(name, **args))

    def drafting(
        self, value: int = 900_00, plan: Sequence[tuple[int, int, int, int]] = PLAN, **more: Any
    ) -> Event:
        """AgreementDrafted."""
        names = ("kind", "bps", "requires", "due")
        terms = {
            "supplier": SUPPLIER, "value": str(value), "payer": NOBODY, "documentHash": "0x" + SIGNED, "startsAt": NOW,
            "endsAt": NOW + 3 * DAY, "milestones": [dict(zip(names, each, strict=True)) for each in plan],
        }  # fmt: skip
        return self.event("AgreementDrafted", lot=self.lot, terms=terms | more)

    def signing(self, side: int) -> Event:
        """AgreementSigned."""
        return self.event("AgreementSigned", side=side, documentHash="0x" + SIGNED)

    def sign(self, **terms: Any) -> dict[str, Any]:
        """Drafted and signed by both; the last release."""
        self.block(self.drafting(**terms))
        self.block(self.signing(1))
        return self.block(self.signing(2))

    def propose(self, value: int, reason: int = 1, extension: int = 0, digest: str = PAPER) -> Event:
        """AgreementChangeProposed by the buyer."""
        change = {
            "reason": reason,
            "value": str(value),
            "extension": extension,
            "documentHash": "0x" + digest,
        }
        return self.event("AgreementChangeProposed", side=1, change=change)

    def change(self, value: int, version: int = 2, **more: Any) -> dict[str, Any]:
        """Proposed and signed by both; the last release."""
        self.block(self.propose(value, **more))
        return self.act("AgreementChanged", side=2, version=version, value=str(value))

    def milestone(self, verb: str, milestone: int = 1, digest: str = PAPER) -> dict[str, Any]:
        """MilestoneDelivered, MilestoneAccepted, MilestoneRefused."""
        return self.act(f"Milestone{verb}", milestone=milestone, documentHash="0x" + digest)

    def paying(self, number: int, amount: int, milestone: int = 2, payer: str = BUYER) -> Event:
        """PaymentRecorded."""
        payment = {
            "milestone": milestone, "payer": payer, "payee": SUPPLIER, "amount": str(amount), "ref": "0x" + "05" * 32, "paidAt": NOW - 5,
        }  # fmt: skip
        self.ledger.known.payments[self.number, number] = payment
        return self.event("PaymentRecorded", number=number, payment=payment)

    def pay(self, number: int, amount: int, **more: Any) -> dict[str, Any]:
        """One payment in a block; its release."""
        return self.block(self.paying(number, amount, **more))

    def reverse(self, number: int, digest: str = PAPER) -> dict[str, Any]:
        """PaymentReversed."""
        return self.act("PaymentReversed", number=number, documentHash="0x" + digest)

    @property
    def contract(self) -> dict[str, Any]:
        """As the releases add up to it, by the standard's own merge."""
        compiled = merger().create_compiled_release(copy.deepcopy(self.ledger.releases))
        (found,) = (each for each in compiled["contracts"] if each["id"] == str(self.number))
        return dict(found)

    def statuses(self) -> list[tuple[str, str | None]]:
        """(status, when it was met) of the milestones."""
        return [
            (each["status"], each.get("dateMet")) for each in self.contract["implementation"]["milestones"]
        ]


def awarded(ledger: Ledger, prices: Sequence[Sequence[int | None]], *lots: int) -> Desk:
    """A desk whose bid 0 won these lots for good."""
    desk = Desk(ledger, prices)
    for lot in lots:
        desk.tally(0b11, lot=lot)
        desk.rank(0, 1, lot=lot)
        desk.award(0, int(prices[0][lot - 1] or 0), lot=lot)
    desk.over(*lots)
    return desk


@pytest.fixture
def book(ledger: Ledger) -> Book:
    """Agreement 1 about the only lot, awarded for 900.00 MXN."""
    return Book(awarded(ledger, [(900_00,), (950_00,)], 1))


SAID = {"ocid", "id", "date", "tag", "initiationType", "language", "tender", "ledgerAnchors"}


# Until both have signed


def test_fold__draft_and_first_signature__are_anchors_alone(book: Book) -> None:
    for event in (book.drafting, lambda: book.signing(2)):
        release = book.block(event())
        assert (set(release), release["tag"]) == (SAID, ["tenderUpdate"])
        assert SIGNED not in json.dumps(release)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_fold__signature_of_the_second_side__is_the_contract(book: Book, order: tuple[int, int]) -> None:
    book.block(book.drafting())
    book.block(book.signing(order[0]))
    release = book.block(book.signing(order[1]))
    assert release["tag"] == ["contract"]
    (contract,) = release["contracts"]
    assert contract == {
        "id": "1", "awardID": "1-1", "status": "active", "dateSigned": release["date"], "value": {"amount": 900, "currency": "MXN"},
        "period": {"startDate": utc(NOW), "endDate": utc(NOW + 3 * DAY)}, "items": contract["items"],
        "documents": [told("contractSigned", "Signed agreement", SIGNED)],
        "implementation": {"milestones": [
            {
                "id": "1", "title": "Delivery", "type": "delivery", "description": "100 % of the value", "status": "scheduled",
                "dueDate": utc(NOW + DAY),
            },
            {"id": "2", "title": "Payment", "type": "financing", "description": "33.33 % of the value", "status": "scheduled"},
            {
                "id": "3", "title": "Payment", "type": "financing", "status": "scheduled", "dueDate": utc(NOW + 2 * DAY),
                "description": "66.67 % of the value, after milestone 1 is accepted",
            },
        ]},
    }  # fmt: skip
    assert [item["id"] for item in contract["items"]] == ["1"]


def test_fold__draft_that_replaces_another__is_the_one_that_is_signed(book: Book) -> None:
    book.block(book.drafting(value=1))
    book.block(book.signing(1))
    second = Book(book.desk, 2)
    release = second.sign()
    assert [each["id"] for each in release["contracts"]] == ["2"]
    assert second.ledger.state is not None and list(second.ledger.state["agreements"]) == ["2"]


def test_fold__all_of_it_in_one_block__is_one_release(book: Book) -> None:
    changed = book.event("AgreementChanged", side=2, version=2, value=str(950_00))
    release = book.block(
        book.drafting(), book.signing(1), book.signing(2), book.propose(950_00), changed, book.paying(1, 100)
    )
    assert release["tag"] == ["tenderUpdate", "contract", "contractAmendment", "implementation"]
    (amendment,) = release["contracts"][0]["amendments"]
    assert amendment["amendsReleaseID"] == amendment["releaseID"] == release["id"]


def test_fold__lots__each_has_the_contract_of_its_award(ledger: Ledger) -> None:
    desk = awarded(ledger, [(900_00, 700_00), (950_00, 800_00)], 1, 2)
    Book(desk, 1, lot=2).sign(value=700_00)
    (contract,) = Book(desk, 2, lot=1).sign()["contracts"]
    assert (contract["id"], contract["awardID"], contract["value"]["amount"]) == ("2", "a-1", 900)
    assert [item["relatedLot"] for item in contract["items"]] == ["a"]
    (contract,) = Book(desk, 1, lot=2).milestone("Delivered")["contracts"]
    assert (contract["id"], contract["awardID"]) == ("1", "b-1")


def test_fold__who_does_not_sign__loses_the_award_to_the_next(book: Book) -> None:
    book.block(book.drafting())
    book.block(book.signing(1))
    release = book.act("AwardPassedOver", lot=1, index=0, supplier=SUPPLIER)
    assert release["tag"] == ["tenderUpdate", "awardCancellation"]
    assert release["awards"] == [{"id": "1-1", "status": "cancelled"}]
    assert release["bids"]["details"] == [{"id": "0", "status": "disqualified"}]
    assert book.ledger.state is not None and book.ledger.state["agreements"] == {}
    (award,) = book.desk.award(1, 950_00)["awards"]
    assert award["id"] == "1-2"
    book.desk.over(1)
    second = Book(book.desk, 2)
    (contract,) = second.sign(value=950_00)["contracts"]
    assert (contract["id"], contract["awardID"]) == ("2", "1-2")


def test_fold__nobody_left_after_who_did_not_sign__the_tender_is_unsuccessful(ledger: Ledger) -> None:
    book = Book(awarded(ledger, [(900_00,)], 1))
    book.block(book.drafting())
    book.act("AwardPassedOver", lot=1, index=0, supplier=SUPPLIER)
    release = book.desk.over(1)
    assert release["tender"]["status"] == "unsuccessful"


# Changes


def test_fold__change_of_both__tells_the_new_values_and_what_it_amends(book: Book) -> None:
    signed = book.sign()
    release = book.block(book.propose(990_00, ChangeReason.UNFORESEEABLE, 30 * DAY))
    assert (set(release), release["tag"]) == (SAID, ["tenderUpdate"])
    release = book.act("AgreementChanged", side=2, version=2, value=str(990_00))
    assert release["tag"] == ["contractAmendment"]
    (contract,) = release["contracts"]
    assert contract == {
        "id": "1", "awardID": "1-1", "value": {"amount": 990}, "period": {"endDate": utc(NOW + 33 * DAY)},
        "documents": [told("contractAnnexe", "Change 2: unforeseeable", name="change-2")],
        "amendments": [{
            "id": "2", "date": release["date"], "rationale": "unforeseeable", "amendsReleaseID": signed["id"], "releaseID": release["id"],
        }],
        "implementation": {"milestones": [{"id": "1", "dueDate": utc(NOW + 31 * DAY)}, {"id": "3", "dueDate": utc(NOW + 32 * DAY)}]},
    }  # fmt: skip
    again = book.change(990_00, version=3, extension=DAY)
    (amendment,) = again["contracts"][0]["amendments"]
    assert (amendment["id"], amendment["amendsReleaseID"]) == ("3", release["id"])
    assert book.contract["period"]["endDate"] == utc(NOW + 34 * DAY)
    assert len(book.contract["amendments"]) == len(book.contract["documents"]) - 1 == 2


def test_fold__change_that_one_side_signed_or_dropped__is_an_anchor_alone(book: Book) -> None:
    book.sign()
    book.block(book.propose(990_00, extension=DAY))
    for name, args in (
        ("AgreementChangeSigned", {"side": 2}),
        ("AgreementChangeDropped", {"side": 1, "documentHash": "0x" + PAPER}),
    ):
        release = book.act(name, **args)
        assert (set(release), release["tag"]) == (SAID, ["tenderUpdate"])
    (contract,) = book.change(950_00, digest=OTHER)["contracts"]
    assert contract["value"] == {"amount": 950}
    assert "period" not in contract


def test_fold__delivery_that_was_accepted__is_due_when_it_was(book: Book) -> None:
    book.sign(
        plan=((DELIVERY, 5_000, 0, NOW + DAY), (DELIVERY, 5_000, 0, NOW + DAY), (PAYMENT, 10_000, 0, 0))
    )
    book.milestone("Delivered")
    book.milestone("Accepted")
    book.change(900_00, extension=DAY)
    dates = [each.get("dueDate") for each in book.contract["implementation"]["milestones"]]
    assert dates == [utc(NOW + DAY), utc(NOW + 2 * DAY), None]


# Deliveries


def test_fold__delivery__is_met_as_of_the_delivery_that_is_accepted(book: Book) -> None:
    book.sign()
    release = book.milestone("Delivered")
    assert release["tag"] == ["implementation"]
    evidence = told("physicalProgressReport", "Delivered: milestone 1", name="delivered-1")
    assert release["contracts"] == [{
        "id": "1", "awardID": "1-1",
        "implementation": {"milestones": [{"id": "1", "dateModified": release["date"]}], "documents": [evidence]},
    }]  # fmt: skip
    refused = book.milestone("Refused", digest=OTHER)
    assert refused["tag"] == ["implementationUpdate"]
    assert refused["contracts"][0]["implementation"]["milestones"] == [
        {"id": "1", "status": "notMet", "dateModified": refused["date"]}
    ]
    again = book.milestone("Delivered")
    assert again["contracts"][0]["implementation"] == {
        "milestones": [{"id": "1", "status": "scheduled", "dateModified": again["date"]}]
    }
    accepted = book.milestone("Accepted", digest=OTHER)
    (met,) = accepted["contracts"][0]["implementation"]["milestones"]
    assert met == {"id": "1", "status": "met", "dateMet": again["date"], "dateModified": accepted["date"]}
    assert [each["title"] for each in book.contract["implementation"]["documents"]] == [
        f"{verb}: milestone 1" for verb in ("Delivered", "Refused", "Accepted")
    ]


# Payments


def test_fold__payment__tells_who_paid_whom_and_their_roles(book: Book) -> None:
    book.sign()
    release = book.pay(1, 299_97)
    assert release["tag"] == ["implementation"]
    (contract,) = release["contracts"]
    assert contract["implementation"]["transactions"] == [{
        "id": "1-1", "date": utc(NOW - 5), "value": {"amount": 299.97, "currency": "MXN"},
        "payer": {"id": ORG, "name": "SECRETARÍA DE FINANZAS"}, "payee": {"id": "LICITA-S0", "name": "Firma 0"},
    }]  # fmt: skip
    assert [(party["id"], party["roles"]) for party in release["parties"]] == [
        (ORG, ["buyer", "payer", "procuringEntity"]), ("LICITA-S0", ["payee", "supplier", "tenderer"]),
    ]  # fmt: skip
    release = book.pay(2, 600_03, milestone=3, payer=TREASURY)
    assert release["tag"] == ["implementationUpdate"]
    assert [(party["id"], party["roles"]) for party in release["parties"]] == [("MX-T", ["payer"])]
    assert "parties" not in book.pay(3, 1, milestone=3)


def test_fold__payments__meet_their_milestone_when_they_are_complete(book: Book) -> None:
    book.sign()
    book.pay(1, 100_00)
    assert book.statuses() == [("scheduled", None), ("partiallyMet", None), ("scheduled", None)]
    book.pay(2, 199_97)
    assert book.statuses()[1] == ("met", utc(NOW - 5))
    book.change(990_00)
    assert book.statuses()[1] == ("partiallyMet", None)
    book.reverse(2)
    book.reverse(1)
    assert book.statuses()[1] == ("scheduled", None)
    # The last payment takes what rounding leaves.
    book.pay(3, 660_03, milestone=3)
    assert book.statuses()[2] == ("partiallyMet", None)
    book.pay(4, 1, milestone=3)
    assert book.statuses()[2] == ("met", utc(NOW - 5))


def test_fold__change_down_to_what_was_paid__meets_the_payment(book: Book) -> None:
    book.sign(plan=((DELIVERY, 10_000, 0, 0), (PAYMENT, 10_000, 0, 0)))
    book.pay(1, 800_00)
    release = book.change(800_00, reason=ChangeReason.REDUCTION)
    assert book.statuses()[1] == ("met", release["date"])


def test_fold__payment_that_was_reversed__has_a_counter_entry_and_both_stay(book: Book) -> None:
    book.sign()
    book.pay(1, 100_50)
    release = book.reverse(1)
    assert release["tag"] == ["implementationUpdate"]
    (contract,) = release["contracts"]
    (entry,) = contract["implementation"]["transactions"]
    assert entry == {
        "id": "1-1-reversal", "date": release["date"], "value": {"amount": -100.5, "currency": "MXN"},
        "payer": {"id": ORG, "name": "SECRETARÍA DE FINANZAS"}, "payee": {"id": "LICITA-S0", "name": "Firma 0"},
    }  # fmt: skip
    assert contract["implementation"]["documents"] == [
        told("financialProgressReport", "Reversed: payment 1", name="reversed-1")
    ]
    transactions = book.contract["implementation"]["transactions"]
    assert sum(each["value"]["amount"] for each in transactions) == 0


def test_fold__payments_and_reversals__leave_the_state_as_large_as_it_was(book: Book) -> None:
    book.sign()
    for number in range(1, 4):
        book.pay(number, 1_00)
        book.reverse(number)
    size = len(json.dumps(book.ledger.state))
    for number in range(4, 9):
        book.pay(number, 1_00)
        book.reverse(number)
    assert len(json.dumps(book.ledger.state)) == size
    assert len(book.contract["implementation"]["transactions"]) == 16
    assert len(book.contract["implementation"]["documents"]) == 8


# The end


def test_fold__agreement_that_is_completed__is_terminated_and_may_still_be_paid(book: Book) -> None:
    book.sign()
    release = book.act("AgreementCompleted", documentHash="0x" + PAPER)
    assert release["tag"] == ["contractTermination"]
    assert release["contracts"] == [{
        "id": "1", "awardID": "1-1", "status": "terminated",
        "implementation": {"documents": [told("completionCertificate", "Completed")]},
    }]  # fmt: skip
    assert book.pay(1, 100)["tag"] == ["implementation"]
    assert book.contract["status"] == "terminated"


@pytest.mark.parametrize("cause", [cause for cause in TerminationCause if cause])
def test_fold__agreement_that_is_terminated__tells_the_cause(book: Book, cause: TerminationCause) -> None:
    book.sign()
    proposed = book.act("AgreementEndProposed", side=1, documentHash="0x" + PAPER)
    assert (set(proposed), proposed["tag"]) == (SAID, ["tenderUpdate"])
    release = book.act("AgreementTerminated", cause=int(cause), documentHash="0x" + PAPER)
    assert release["tag"] == ["contractTermination"]
    assert release["contracts"] == [{
        "id": "1", "awardID": "1-1", "status": "terminated", "documents": [told("cancellationDetails", f"Terminated: {cause}")],
    }]  # fmt: skip


def test_fold__rating__is_an_anchor_alone_and_names_nobody(book: Book) -> None:
    book.sign()
    rater = "0x" + "aB" * 20
    release = book.act("AgreementRated", rater=rater, citizen=True, rating=5)
    assert (set(release), release["tag"]) == (SAID, ["tenderUpdate"])
    assert rater not in json.dumps(release)


# What no release can say


@pytest.mark.parametrize("never", [0, 2**40 - 1])
def test_fold__times_that_no_release_can_say__are_left_out(book: Book, never: int) -> None:
    plan = ((DELIVERY, 10_000, 0, never), (PAYMENT, 10_000, 0, never))
    (contract,) = book.sign(plan=plan, startsAt=never, endsAt=never)["contracts"]
    assert "period" not in contract
    assert all("dueDate" not in each for each in contract["implementation"]["milestones"])


def test_fold__change_to_times_and_values_that_no_release_can_say__takes_them_away(book: Book) -> None:
    book.sign(endsAt=253_402_300_799)
    (contract,) = book.change(10**14, extension=1)["contracts"]
    assert contract["value"] == {"amount": None, "currency": None}
    assert contract["period"] == {"endDate": None}
    release = book.pay(1, 10**14, milestone=3)
    (entry,) = release["contracts"][0]["implementation"]["transactions"]
    assert "value" not in entry
    (entry,) = book.reverse(1)["contracts"][0]["implementation"]["transactions"]
    assert (entry["id"], "value" in entry) == ("1-1-reversal", False)


@pytest.mark.parametrize(
    ("exponent", "amount", "said"),
    [
        (0, 900, 900),
        (2, 900_05, 900.05),
        (3, 900_050, 900.05),
        (3, 900_055, 900.055),
        (4, 900_0555, None),
        (2, 10**14 - 1, 999999999999.99),
        (2, 10**14, None),
        (0, 2**128 - 1, None),
    ],
)
def test_fold__amount__is_exact_or_left_out(
    book: Book, exponent: int, amount: int, said: float | None
) -> None:
    assert book.ledger.state is not None
    book.ledger.state["exponent"] = exponent
    (contract,) = book.sign(value=amount)["contracts"]
    assert contract.get("value", {}).get("amount") == said
    book.pay(1, amount)
    book.reverse(1)
    told = [each.get("value", {}).get("amount") for each in book.contract["implementation"]["transactions"]]
    assert told == ([None, None] if said is None else [said, -said])


def test_fold__tender_whose_text_was_never_good__has_a_contract_without_values(book: Book) -> None:
    assert book.ledger.state is not None
    book.ledger.state["content"] = None
    (contract,) = book.sign()["contracts"]
    assert "value" not in contract and contract["awardID"] == "1-1"
    assert "value" not in book.pay(1, 100)["contracts"][0]["implementation"]["transactions"][0]
