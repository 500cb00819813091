"""Agreements from a script, and what scripts read beside what an index of the same blocks says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from api.settings import Settings
from chain.bindings import member_registry, supplier_registry
from chain.errors.base import LicitaError
from chain.errors.contracts import (
    AgreementBookChangeOverCap,
    AgreementBookChangePending,
    AgreementBookDateInvalid,
    AgreementBookDocumentWrong,
    AgreementBookHashZero,
    AgreementBookMilestoneNotFound,
    AgreementBookMilestonesInvalid,
    AgreementBookMilestoneStatusWrong,
    AgreementBookNotAccepted,
    AgreementBookNotFinal,
    AgreementBookNotFound,
    AgreementBookOfferedLate,
    AgreementBookOverpaid,
    AgreementBookPartyWrong,
    AgreementBookPaymentNotFound,
    AgreementBookPaymentReversed,
    AgreementBookRatedTwice,
    AgreementBookRatingClosed,
    AgreementBookRatingInvalid,
    AgreementBookReasonInvalid,
    AgreementBookReferenceUsed,
    AgreementBookRoleMissing,
    AgreementBookSignedTwice,
    AgreementBookStatusWrong,
    AwardDeskLotStatusWrong,
    FourEyesActNotProposed,
    FourEyesRoleMissing,
    TenderBoardLotNotFound,
)
from chain.errors.money import MoneyDecimals, MoneyInvalid
from chain.errors.opening import AmountCurrencyOther
from chain.errors.procurement import DocumentHashWrong, ReasonUnknown
from chain.money import Money
from chain.network import Network
from chain.procurement.agreed import Delivery, Instalment
from chain.procurement.agreeing import IndexedAgreements, LiveAgreements
from chain.procurement.agreement import Agreement, agreement_acts
from chain.procurement.agreement_acts import reference_of
from chain.procurement.agreement_steps import agreement_steps
from chain.procurement.award import Award
from chain.procurement.awarding import IndexedAwards
from chain.procurement.complaining import IndexedComplaints
from chain.procurement.evaluating import IndexedEvaluations
from chain.procurement.indexed import IndexedFacts
from chain.procurement.sealed_indexed import IndexedSealed
from chain.procurement.step import Step
from chain.procurement.steps import steps_of
from chain.procurement.tender import Tender
from chain.rules import member_id
from chain.types import (
    AgreementStatus,
    ChangeReason,
    LotStatus,
    MilestoneStatus,
    Side,
    TenderStatus,
    from_hex,
    moment,
    to_hex,
)
from tests.network.test_award import opened
from tests.network.test_four_eyes import document

pytestmark = pytest.mark.network

PAPER = "ab" * 32
OTHER = "cd" * 32


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    """A sandbox of its own."""
    with Network.start("sandbox") as network:
        yield network


def awarded(net: Network, **prices: str) -> Award:
    """An award that is final."""
    (buyer,) = net.people("buyer")
    award = opened(net, **prices or {"acme": "1000000.01", "beta": "1190000.00"}).award(sender=buyer)
    net.wait_until(award.final_from)
    return award


def active(net: Network, **terms: Any) -> Agreement:
    """An agreement of acme that both sides signed."""
    buyer, acme = net.people("buyer", "acme")
    agreement = awarded(net).draft(PAPER, sender=buyer, **terms)
    return agreement.sign(sender=acme).sign(sender=buyer)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A file that a script gives."""
    path = tmp_path / "agreement.pdf"
    path.write_bytes(b"%PDF-1.7 agreement")
    return path


def test_agreement__its_whole_life__is_told(net: Network, paper: Path) -> None:
    buyer, acme, witness = net.people("buyer", "acme", "witness")
    award = awarded(net)
    assert award.agreement is None
    due = net.clock() + timedelta(days=30)
    agreement = award.draft(
        str(paper), sender=buyer, deliveries=[Delivery(60, due), Delivery(40)],
        payments=[Instalment(Decimal("33.33"), 1), Instalment(Decimal("66.67"), 2)],
    )  # fmt: skip
    tender = net.tenders[award.tender]
    assert repr(agreement) == f"Agreement({agreement.number})" and repr(award.agreement) == repr(agreement)
    assert [each.number for each in net.agreements.of(tender)] == [agreement.number]
    assert agreement.document == hashlib.sha256(paper.read_bytes()).hexdigest()
    assert (agreement.status, agreement.signed_by) == (AgreementStatus.DRAFT, ())
    assert moment(agreement.terms.ends_at) == due.replace(microsecond=0)
    agreement.sign(paper, sender=acme)
    assert agreement.signed_by == (Side.SUPPLIER,)
    agreement.sign(sender=buyer)
    assert (agreement.status, tender.lot(1).status) == (AgreementStatus.ACTIVE, LotStatus.SIGNED)
    assert tender.status is TenderStatus.COMPLETE
    assert (str(agreement.value), str(agreement.paid)) == ("1000000.01 MXN", "0.00 MXN")
    assert [str(each.value) for each in agreement.milestones] == [
        "None",
        "None",
        "333300.00 MXN",
        "666700.01 MXN",
    ]
    agreement.propose_change("quantity", "1100000.00 MXN", PAPER, sender=acme, extension=3600)
    agreement.sign_change(sender=buyer)
    assert str(agreement.value) == "1100000.00 MXN"
    agreement.propose_change("duration", None, OTHER, sender=buyer, extension=60)
    agreement.drop_change(sender=acme)
    first, second = agreement.changes
    assert (first.reason, first.status, first.version, first.proposed_by) == (
        ChangeReason.QUANTITY,
        "signed",
        2,
        Side.SUPPLIER,
    )
    assert (str(first.before), str(first.value)) == ("1000000.01 MXN", "1100000.00 MXN")
    assert (second.status, second.version, second.document) == ("dropped", 0, OTHER)
    agreement.deliver(1, paper, sender=acme)
    agreement.refuse(1, PAPER, sender=buyer)
    agreement.deliver(1, paper, sender=acme)
    agreement.accept(1, OTHER, sender=buyer)
    done = agreement.milestones[0]
    assert (done.status, done.refusals, done.report, done.evidence) == (
        MilestoneStatus.ACCEPTED,
        1,
        OTHER,
        agreement.document,
    )
    assert done.due == due.replace(microsecond=0) + timedelta(seconds=3600)
    agreement.pay("109272.00 MXN", reference="SPEI 123", milestone=3, sender=buyer)
    agreement.pay(Money.parse("1.01 MXN"), reference="SPEI 124", milestone=3, sender=buyer)
    agreement.reverse("SPEI 124", OTHER, sender=buyer)
    one, two = agreement.payments
    assert (str(one.amount), one.payer, one.payee, one.reversed_at) == (
        "109272.00 MXN",
        agreement.buyer,
        agreement.supplier,
        None,
    )
    assert one.reference == hashlib.sha256(b"SPEI 123").hexdigest()
    assert two.reversal == OTHER and str(agreement.paid) == "109272.00 MXN"
    agreement.deliver(2, paper, sender=acme).accept(2, OTHER, sender=buyer)
    agreement.complete(OTHER, sender=buyer)
    assert agreement.status is AgreementStatus.COMPLETED
    agreement.rate(4, sender=witness)
    supplier = from_hex(agreement.supplier)
    assert net.read(supplier_registry.ratings_of(supplier))[:2] == (1, 4)
    # What is owed is paid after the end, too.
    agreement.pay("2.00 MXN", reference="SPEI 125", milestone=4, sender=buyer)


def test_draft__with_nothing_said__is_one_delivery_and_one_payment_after_it(net: Network) -> None:
    (buyer,) = net.people("buyer")
    award = awarded(net)
    tender = net.tenders[award.tender]
    agreement = tender.agree(PAPER, sender=buyer)
    delivery, payment = agreement.milestones
    assert (delivery.share, delivery.due, payment.share, payment.requires) == (100, None, 100, 1)
    assert payment.value == agreement.value == award.amount
    assert agreement.terms.starts_at == agreement.terms.ends_at
    # A draft takes the place of the one before.
    second = tender.agree(OTHER, sender=buyer)
    assert (agreement.status, second.status) == (AgreementStatus.DROPPED, AgreementStatus.DRAFT)
    assert [each.number for each in tender.agreements] == [agreement.number, second.number]
    assert net.agreements[second.number].document == OTHER
    assert len(net.agreements) == len(list(net.agreements)) >= 2


def test_draft__wrong_terms__are_refused_by_name(net: Network) -> None:
    buyer, acme = net.people("buyer", "acme")
    tender = opened(net, acme="1000000.00")
    with pytest.raises(AwardDeskLotStatusWrong):
        tender.agree(PAPER, sender=buyer)
    award = tender.award(sender=buyer)
    with pytest.raises(AgreementBookNotFinal):
        award.draft(PAPER, sender=buyer)
    net.wait_until(award.final_from)

    def draft(**terms: Any) -> Agreement:
        return award.draft(**{"document": PAPER, "sender": buyer} | terms)

    with pytest.raises(AgreementBookRoleMissing):
        draft(sender=acme)
    with pytest.raises(DocumentHashWrong):
        draft(document="no such file")
    with pytest.raises(AgreementBookHashZero):
        draft(document="00" * 32)
    for shares in ([50, 49], [100, 1], [Decimal("33.333"), Decimal("66.667")], [-50, 150], [1] * 65):
        with pytest.raises(AgreementBookMilestonesInvalid):
            draft(deliveries=shares)
    with pytest.raises(AgreementBookMilestoneNotFound):
        draft(payments=[Instalment(100, 2)])
    with pytest.raises(AgreementBookDateInvalid):
        draft(ends=net.clock() - timedelta(days=1))
    for payer in (award.supplier, "0x" + "77" * 32):
        with pytest.raises(AgreementBookPartyWrong):
            draft(payer=payer)
    with pytest.raises(TenderBoardLotNotFound):
        net.tenders[award.tender].agree(PAPER, sender=buyer, lot=2)
    with pytest.raises(AgreementBookNotFound):
        net.agreements[10_000]


def test_sign__wrong_turns__are_refused_by_name(net: Network, paper: Path) -> None:
    buyer, acme, beta, approver = net.people("buyer", "acme", "beta", "approver")
    agreement = awarded(net).draft(PAPER, sender=buyer)
    with pytest.raises(AgreementBookRoleMissing):
        agreement.sign(sender=beta)
    with pytest.raises(AgreementBookDocumentWrong):
        agreement.sign(paper, sender=acme)
    with pytest.raises(AgreementBookStatusWrong):
        agreement.deliver(1, PAPER, sender=acme)
    agreement.sign(sender=approver)
    with pytest.raises(AgreementBookSignedTwice):
        agreement.sign(sender=buyer)
    agreement.sign(sender=acme)
    with pytest.raises(AgreementBookStatusWrong):
        agreement.sign(sender=acme)


def test_changes__wrong_ones__are_refused_by_name(net: Network) -> None:
    buyer, acme, beta = net.people("buyer", "acme", "beta")
    agreement = active(net)
    with pytest.raises(AgreementBookRoleMissing):
        agreement.propose_change("quantity", None, OTHER, sender=beta)
    with pytest.raises(AgreementBookDocumentWrong):
        agreement.sign_change(sender=buyer)
    with pytest.raises(AgreementBookDocumentWrong):
        agreement.drop_change(sender=buyer)
    wrong: list[tuple[type[LicitaError], str, str | None]] = [
        (ReasonUnknown, "greed", None),
        (AgreementBookChangeOverCap, "quantity", "3000000.00 MXN"),
        (AgreementBookReasonInvalid, "reduction", "1000000.02 MXN"),
        (AmountCurrencyOther, "quantity", "1000000.02 EUR"),
        (MoneyDecimals, "quantity", "1000000.005 MXN"),
        (MoneyInvalid, "quantity", "-1.00 MXN"),
        (MoneyInvalid, "quantity", f"{2**128} MXN"),
    ]
    for refusal, reason, value in wrong:
        with pytest.raises(refusal):
            agreement.propose_change(reason, value, OTHER, sender=buyer)
    with pytest.raises(AgreementBookDateInvalid):
        agreement.propose_change("duration", None, OTHER, sender=buyer, extension=2**32)
    agreement.propose_change("quantity", "1000000.02 MXN", OTHER, sender=buyer)
    assert agreement.changes[-1].signed_by == (Side.BUYER,)
    with pytest.raises(AgreementBookChangePending):
        agreement.propose_change("quantity", None, PAPER, sender=acme)
    with pytest.raises(AgreementBookSignedTwice):
        agreement.sign_change(sender=buyer)
    with pytest.raises(AgreementBookDocumentWrong):
        agreement.sign_change(PAPER, sender=acme)
    assert str(agreement.sign_change(OTHER, sender=acme).value) == "1000000.02 MXN"


def test_payments__wrong_ones__are_refused_by_name(net: Network) -> None:
    buyer, acme = net.people("buyer", "acme")
    agreement = active(net, payments=[40, Instalment(60, 1)])

    def pay(**given: Any) -> Agreement:
        usual: dict[str, Any] = {"amount": "1.00 MXN", "reference": "a", "milestone": 2, "sender": buyer}
        return agreement.pay(**usual | given)

    wrong: list[tuple[type[LicitaError], dict[str, Any]]] = [
        (AgreementBookRoleMissing, {"sender": acme}),
        (AgreementBookMilestoneNotFound, {"milestone": 4}),
        (AgreementBookMilestoneNotFound, {"milestone": 300}),
        (AgreementBookMilestoneStatusWrong, {"milestone": 1}),
        (AgreementBookNotAccepted, {"milestone": 3}),
        (AgreementBookPartyWrong, {"payer": agreement.supplier}),
        (AgreementBookHashZero, {"reference": "  "}),
        (AgreementBookHashZero, {"amount": "0 MXN"}),
        (AgreementBookDateInvalid, {"paid_at": net.clock() + timedelta(days=1)}),
        (AgreementBookDateInvalid, {"paid_at": moment(-1)}),
        (AgreementBookOverpaid, {"amount": "400000.01 MXN"}),
        (AmountCurrencyOther, {"amount": "1.00 USD"}),
    ]
    for refusal, given in wrong:
        with pytest.raises(refusal):
            pay(**given)
    pay(reference=" a ", amount="400000.00 MXN")
    with pytest.raises(AgreementBookReferenceUsed):
        pay()
    with pytest.raises(AgreementBookPaymentNotFound):
        agreement.reverse("b", OTHER, sender=buyer)
    agreement.reverse(reference_of("a").hex(), OTHER, sender=buyer)
    with pytest.raises(AgreementBookPaymentReversed):
        agreement.reverse("a", OTHER, sender=buyer)
    assert str(agreement.paid) == "0.00 MXN"


def test_end__wrong_turns__are_refused_by_name(net: Network) -> None:
    buyer, acme, beta, reviewer, witness = net.people("buyer", "acme", "beta", "reviewer", "witness")
    agreement = active(net)
    with pytest.raises(AgreementBookNotAccepted):
        agreement.complete(OTHER, sender=buyer)
    with pytest.raises(AgreementBookRatingClosed):
        agreement.rate(5, sender=witness)
    with pytest.raises(AgreementBookMilestoneStatusWrong):
        agreement.accept(1, OTHER, sender=buyer)
    with pytest.raises(AgreementBookRoleMissing):
        agreement.deliver(1, OTHER, sender=beta)
    agreement.deliver(1, OTHER, sender=acme).accept(1, OTHER, sender=buyer)
    for who in (buyer, acme, beta):
        with pytest.raises(AgreementBookRoleMissing):
            agreement.rate(5, sender=who)
    with pytest.raises(AgreementBookRatingInvalid):
        agreement.rate(6, sender=witness)
    agreement.rate(5, sender=witness)
    with pytest.raises(AgreementBookRatedTwice):
        agreement.rate(5, sender=witness)
    with pytest.raises(ReasonUnknown):
        agreement.terminate("boredom", OTHER, sender=buyer)
    with pytest.raises(AgreementBookRoleMissing):
        agreement.terminate("ordered", OTHER, sender=buyer)
    with pytest.raises(AgreementBookRoleMissing):
        agreement.terminate("supplierDefault", OTHER, sender=acme)
    assert agreement.terminate("mutual", OTHER, sender=acme).status is AgreementStatus.ACTIVE
    with pytest.raises(AgreementBookSignedTwice):
        agreement.terminate("mutual", OTHER, sender=acme)
    with pytest.raises(AgreementBookDocumentWrong):
        agreement.terminate("mutual", PAPER, sender=buyer)
    assert agreement.why_not("terminate") is None
    assert agreement.terminate("mutual", OTHER, sender=buyer).status is AgreementStatus.TERMINATED
    with pytest.raises(AgreementBookStatusWrong):
        agreement.terminate("buyerDefault", OTHER, sender=reviewer)


def test_rate__a_citizen__rates_once(net: Network) -> None:
    buyer, acme, registrar, citizen = net.people("buyer", "acme", "registrar", "citizen")
    agreement = active(net)
    agreement.deliver(1, OTHER, sender=acme).accept(1, OTHER, sender=buyer)
    if not net.read(supplier_registry.is_citizen(citizen.address)):
        net.send(supplier_registry.enrol_citizen(citizen.address), registrar)
    agreement.rate(3, sender=citizen)
    with pytest.raises(AgreementBookRatedTwice):
        agreement.rate(3, sender=citizen)


def test_pass_over__a_supplier_that_does_not_sign__is_out(net: Network) -> None:
    buyer, gamma = net.people("buyer", "gamma")
    award = awarded(net)
    tender = net.tenders[award.tender]
    agreement = award.draft(PAPER, sender=buyer)
    with pytest.raises(AwardDeskLotStatusWrong):
        tender.pass_over(sender=gamma)
    agreement.sign(sender=buyer)
    until = agreement_acts(net).signing(tender.number, 1)[1]
    net.wait_until(until)
    assert tender.lot(1).status is LotStatus.LAPSED
    tender.pass_over(sender=gamma)
    assert agreement.status is AgreementStatus.DROPPED
    second = tender.award(sender=buyer)
    assert second.supplier == to_hex(member_id("LICITA-BETA"))
    assert award.agreement is not None and second.agreement is None


def test_pass_over__offered_too_late__is_refused(net: Network) -> None:
    (buyer,) = net.people("buyer")
    award = awarded(net)
    tender = net.tenders[award.tender]
    begins, until = agreement_acts(net).signing(tender.number, 1)
    agreement = award.draft(PAPER, sender=buyer)
    net.wait_until(until - (until - begins) // 2)
    agreement.sign(sender=buyer)
    net.wait_until(until)
    with pytest.raises(AgreementBookOfferedLate):
        tender.pass_over(sender=buyer)


def test_steps__each_turn__say_who_acts_and_why_not_yet(net: Network) -> None:
    buyer, acme = net.people("buyer", "acme")

    def told(agreement: Agreement) -> dict[tuple[str, str, int | None], str]:
        return {
            (step.function, step.who, step.milestone): "" if step.refusal is None else step.refusal.error for step in agreement.steps
        }  # fmt: skip

    agreement = awarded(net).draft(PAPER, sender=buyer)
    signers = "OFFICER or APPROVER"
    assert told(agreement) == {
        ("draft", "OFFICER", None): "", ("sign", signers, None): "", ("sign", "SUPPLIER", None): "",
        ("passOver", "", None): "AwardDeskLotStatusWrong",
    }  # fmt: skip
    until = agreement_acts(net).signing(agreement.tender, 1)[1]
    assert {step.until for step in agreement.steps if step.refusal is None} == {until}
    agreement.sign(sender=buyer)
    assert ("sign", signers, None) not in told(agreement)
    agreement.sign(sender=acme)
    assert told(agreement) == {
        ("deliver", "SUPPLIER", 1): "", ("recordPayment", signers, 2): "AgreementBookNotAccepted",
        ("proposeChange", "OFFICER or SUPPLIER", None): "", ("complete", signers, None): "AgreementBookNotAccepted",
        ("terminate", signers, None): "",
    }  # fmt: skip
    assert isinstance(agreement.why_not("recordPayment", 2), AgreementBookNotAccepted)
    assert agreement.why_not("deliver", 1) is None
    agreement.propose_change("duration", None, OTHER, sender=acme, extension=60)
    now = told(agreement)
    assert now["signChange", signers, None] == now["dropChange", "OFFICER or SUPPLIER", None] == ""
    assert ("signChange", "SUPPLIER", None) not in now and (
        "proposeChange",
        "OFFICER or SUPPLIER",
        None,
    ) not in now
    agreement.sign_change(sender=buyer).deliver(1, PAPER, sender=acme)
    assert told(agreement)["accept", signers, 1] == told(agreement)["refuse", signers, 1] == ""
    agreement.accept(1, PAPER, sender=buyer)
    assert told(agreement)["complete", signers, None] == told(agreement)["recordPayment", signers, 2] == ""
    assert told(agreement)["rate", "WITNESS or citizen", None] == ""
    agreement.complete(PAPER, sender=buyer)
    assert set(told(agreement)) == {("recordPayment", signers, 2), ("rate", "WITNESS or citizen", None)}
    agreement.pay(agreement.value, reference="all", milestone=2, sender=buyer)
    assert set(told(agreement)) == {("rate", "WITNESS or citizen", None)}


@dataclass(frozen=True)
class Pair:
    """An agreement under four eyes that both sides signed, and who signs for the buyer."""

    agreement: Agreement
    both: dict[str, Any]


@pytest.fixture(scope="module")
def pair(net: Network) -> Pair:
    """Of a procedure that asks for two accounts of the buyer."""
    buyer, approver, acme = net.people("buyer", "approver", "acme")
    both = {"sender": buyer, "approver": approver}
    tender: Tender = net.tenders.publish(document(net), **both)
    tender.bid("1000000.00 MXN", sender=acme)
    net.wait_until(tender.opens_at)
    tender.open()
    award = tender.award(document=PAPER, **both)
    net.wait_until(award.final_from)
    agreement = award.draft(PAPER, sender=buyer)
    with pytest.raises(FourEyesRoleMissing):
        agreement.sign(sender=buyer)
    with pytest.raises(FourEyesActNotProposed):
        agreement.sign(sender=approver)
    signs = next(step for step in agreement.steps if step.function == "sign")
    assert (signs.who, signs.refusal) == ("OFFICER, then APPROVER", None)
    assert next(step for step in agreement.steps if step.function == "draft").who == "OFFICER"
    agreement.sign(**both)
    drafts = next(step for step in agreement.steps if step.function == "draft")
    assert (drafts.who, drafts.refusal) == ("OFFICER, then APPROVER", None)
    with pytest.raises(FourEyesRoleMissing):
        award.draft(PAPER, sender=buyer)
    with pytest.raises(FourEyesActNotProposed):
        award.draft(PAPER, sender=approver)
    replaced = agreement
    agreement = award.draft(PAPER, **both)
    assert replaced.status is AgreementStatus.DROPPED
    return Pair(agreement.sign(sender=acme).sign(**both), both)


def test_four_eyes__every_act_of_the_buyer__takes_two_accounts(net: Network, pair: Pair) -> None:
    agreement, both = pair.agreement, pair.both
    buyer, acme = net.people("buyer", "acme")
    assert agreement.status is AgreementStatus.ACTIVE and agreement.facts.four_eyes
    agreement.propose_change("duration", None, OTHER, sender=buyer, extension=60)
    # The officer's proposal is no signature.
    assert agreement.changes[-1].signed_by == ()
    agreement.sign_change(**both)
    drops = next(step for step in agreement.steps if step.function == "dropChange")
    assert (drops.who, drops.refusal) == ("OFFICER, then APPROVER; or SUPPLIER", None)
    with pytest.raises(FourEyesRoleMissing):
        agreement.drop_change(sender=buyer)
    agreement.drop_change(**both)
    agreement.propose_change("duration", None, OTHER, sender=buyer, extension=60)
    agreement.drop_change(sender=buyer)
    agreement.propose_change("duration", None, OTHER, sender=buyer, extension=60)
    agreement.sign_change(sender=acme).sign_change(**both)
    agreement.deliver(1, OTHER, sender=acme)
    with pytest.raises(FourEyesRoleMissing):
        agreement.accept(1, OTHER, sender=both["approver"], approver=both["approver"])
    agreement.accept(1, OTHER, **both)
    agreement.pay("5.00 MXN", reference="x", milestone=2, **both)
    agreement.reverse("x", OTHER, **both)
    assert agreement.terminate("mutual", OTHER, **both).status is AgreementStatus.ACTIVE
    assert agreement.complete(OTHER, **both).status is AgreementStatus.COMPLETED
    taken = net.events("FourEyes", ("ActApproved",))
    assert len(taken) >= 11


def _told(step: Step) -> tuple[Step, str]:
    return step, "" if step.refusal is None else str(step.refusal)


def test_facts__of_a_node_and_of_an_index__are_equal_at_each_step(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    with Network.start("sandbox", folder) as served, Running(served, 0, Settings()):
        index = Network.index_of(folder)
        buyer, acme, witness, citizen = served.people("buyer", "acme", "witness", "citizen")
        award = awarded(served)
        first = award.draft(OTHER, sender=buyer)
        agreement = award.draft(PAPER, sender=buyer)
        steps: list[Callable[[], object]] = [
            lambda: agreement,
            lambda: agreement.sign(sender=buyer),
            lambda: agreement.sign(sender=acme),
            lambda: agreement.propose_change("quantity", "1000000.02 MXN", PAPER, sender=acme),
            lambda: agreement.sign_change(sender=buyer),
            lambda: agreement.propose_change("duration", None, PAPER, sender=buyer),
            lambda: agreement.drop_change(sender=buyer),
            lambda: agreement.deliver(1, PAPER, sender=acme),
            lambda: agreement.refuse(1, PAPER, sender=buyer),
            lambda: agreement.deliver(1, PAPER, sender=acme),
            lambda: agreement.accept(1, PAPER, sender=buyer),
            lambda: agreement.pay("5.00 MXN", reference="x", milestone=2, sender=buyer),
            lambda: agreement.reverse("x", PAPER, sender=buyer),
            lambda: agreement.rate(4, sender=witness),
            lambda: agreement.terminate("mutual", PAPER, sender=buyer),
            lambda: agreement.complete(PAPER, sender=buyer),
        ]
        live, stored = LiveAgreements(served), IndexedAgreements(index)
        member = served.read(member_registry.member_of(witness.address))
        for step in steps:
            step()
            awaited = served.web3.eth.block_number
            while (head := index.head()) is None or head.block < awaited:
                continue
            for number in (0, first.number, agreement.number, agreement.number + 1, 2**300):
                assert live.agreement(number) == stored.agreement(number)
                if number < 2**64:
                    assert live.milestones(number) == stored.milestones(number)
                    assert live.change(number) == stored.change(number)
                    assert live.end(number) == stored.end(number)
                    for rater in (member, bytes(12) + bytes.fromhex(citizen.address[2:])):
                        assert live.has_rated(number, rater) == stored.has_rated(number, rater)
            for lot in (1, 2):
                assert live.latest(award.tender, lot) == stored.latest(award.tender, lot)
            payer, ref = from_hex(agreement.buyer), reference_of("x")
            for by in (payer, member):
                assert live.payment(by, payer, ref) == stored.payment(by, payer, ref)
            for each in (member, payer, bytes(32), b"\x07" * 32):
                assert live.is_member(each) == stored.is_member(each)
            sealed = IndexedSealed(index, served.chain_id, served.deployment.addresses)
            facts = IndexedFacts(index, served.descriptor, sealed, served.deployment.addresses)
            steps_now = agreement_steps(facts, IndexedAwards(index), stored, award.tender)
            assert [_told(each) for each in steps_now] == [_told(each) for each in agreement.steps]
            for person in (citizen, acme):
                assert live.is_citizen(person.address) == stored.is_citizen(person.address)
        assert stored.has_rated(agreement.number, member)
        # The tender has ended; what its agreements wait for is told all the same.
        rest = IndexedAwards(index), IndexedComplaints(index), IndexedEvaluations(index), stored
        assert steps_of(facts, sealed, *rest, award.tender) == agreement.steps != []
