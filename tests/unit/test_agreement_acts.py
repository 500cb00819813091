"""chain/procurement/agreement_acts.py and agreed.py: what is built for AgreementBook, and what is refused before it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from chain.errors.base import LicitaError
from chain.errors.contracts import (
    AgreementBookDateInvalid,
    AgreementBookDocumentWrong,
    AgreementBookMilestonesInvalid,
    AgreementBookNotFound,
    AgreementBookOverpaid,
    AgreementBookPartyWrong,
    AgreementBookRoleConflict,
    AgreementBookRoleMissing,
    AgreementBookSignedTwice,
    AgreementBookValueWrong,
    AgreementBookVersionWrong,
    FourEyesActNotProposed,
    FourEyesRoleMissing,
    SupplierRegistryDebarred,
    TenderBoardLotNotFound,
    TenderBoardNotFound,
    TenderBoardStatusWrong,
)
from chain.errors.money import MoneyDecimals, MoneyInvalid
from chain.errors.opening import AmountCurrencyOther
from chain.errors.procurement import DocumentHashWrong, TimeWithoutZone
from chain.errors.service import DocumentNotFound
from chain.money import Money
from chain.procurement.acts import Prepared
from chain.procurement.agreed import Delivery, History, Instalment, hash_of, milestones_of, money_in
from chain.procurement.agreeing import Agreeing
from chain.procurement.agreement_acts import CAUSES, CHANGE_REASONS, AgreementActs, reference_of
from chain.procurement.awarding import AwardFacts
from chain.procurement.facts import Facts
from chain.procurement.procedure import preset
from chain.rules.agreements import amounts_of
from chain.rules.deadlines import Clock
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts
from chain.rules.four_eyes import Proposal
from chain.rules.hashes import change_hash
from chain.rules.tenders import Caller
from chain.transactions import Call
from chain.types import (
    ZERO32,
    AgreementChange,
    AgreementFacts,
    AgreementStatus,
    Cancellation,
    ChangeReason,
    Event,
    Kind,
    LotFacts,
    MilestoneFacts,
    MilestoneKind,
    MilestoneStatus,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Procedure,
    Role,
    Side,
    TenderFacts,
    moment,
    to_hex,
)

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
BUYER, PAYER, ACME, BODY, WATCH = (bytes([number]) * 32 for number in range(1, 6))
OFFICER, APPROVER, SUPPLIER, REVIEWER, WITNESS, CITIZEN = (f"0x{number:040x}" for number in range(1, 7))
ROLES = {
    OFFICER: (BUYER, Role.OFFICER), APPROVER: (BUYER, Role.APPROVER), REVIEWER: (BODY, Role.REVIEWER), WITNESS: (WATCH, Role.WITNESS),
}  # fmt: skip
PAPER, OTHER = "ab" * 32, "cd" * 32
HOLDS = bytes.fromhex(PAPER)
MAX = 2**128 - 1


@dataclass
class World:
    """Tender 7 with one lot whose award is final, and perhaps agreement 3 about it: what the protocols would say."""

    tender_facts: TenderFacts
    procedure_facts: Procedure
    lot_facts: LotFacts
    agreed: AgreementFacts | None = None
    stones: tuple[MilestoneFacts, ...] = ()
    pending: PendingChange = field(default_factory=PendingChange)
    proposed: Proposal = field(default_factory=lambda: Proposal(ZERO32))
    known: SupplierFacts = field(
        default_factory=lambda: SupplierFacts(exists=True, active=True, owners_at=NOW)
    )
    dependent: bool = False
    chain_id: int = 31_337
    made: dict[bytes, PaymentFacts] = field(default_factory=dict)

    def now(self) -> int:
        return NOW

    def clock(self) -> Clock:
        return Clock(NOW)

    def caller(self, address: str) -> Caller:
        if address not in ROLES:
            return Caller(address)
        member, roles = ROLES[address]
        return Caller(
            address, PersonFacts(member, int(roles), 2**40 - 1), MemberFacts(0, int(sum(Kind)), exists=True)
        )

    def supplier_of(self, address: str) -> bytes:
        return ACME if address == SUPPLIER else ZERO32

    def supplier(self, supplier: bytes) -> SupplierFacts:
        return self.known

    def tender(self, number: int) -> TenderFacts | None:
        return self.tender_facts if number == 7 else None

    def procedure(self, code: str, version: int) -> tuple[Procedure, bool]:
        return self.procedure_facts, False

    def cancellation(self, number: int, lot: int) -> Cancellation:
        return Cancellation(lot)

    def independent(self, a: bytes, b: bytes) -> bool:
        return not self.dependent

    def proposal(self, member: bytes, call: Call) -> Proposal:
        assert call.data
        return self.proposed

    def lot(self, number: int, lot: int) -> LotFacts:
        return self.lot_facts

    def ranking(self, number: int, lot: int) -> list[int]:
        return [4]

    def supplier_at(self, number: int, index: int) -> bytes:
        return ACME if index == 4 else ZERO32

    def agreement(self, number: int) -> AgreementFacts | None:
        return self.agreed if number == 3 else None

    def latest(self, tender: int, lot: int) -> int:
        return 3 if self.agreed else 0

    def milestones(self, number: int) -> tuple[MilestoneFacts, ...]:
        return self.stones

    def change(self, number: int) -> PendingChange:
        return self.pending

    def end(self, number: int) -> PendingEnd:
        return PendingEnd()

    def payment(self, buyer: bytes, payer: bytes, ref: bytes) -> PaymentFacts:
        return self.made.get(ref, PaymentFacts())

    def has_rated(self, number: int, rater: bytes) -> bool:
        return False

    def is_citizen(self, address: str) -> bool:
        return address == CITIZEN

    def is_member(self, member: bytes) -> bool:
        return member == PAYER

    def acts(self, held: Callable[[str], Any] | None = None, *, proposing: bool = False) -> AgreementActs:
        return AgreementActs(
            cast(Facts, self), cast(AwardFacts, self), cast(Agreeing, self), held, proposing=proposing
        )


def world(*, exponent: int = 2, price: int = 1_000_01, four_eyes: bool = False) -> World:
    """The lot is final since a second ago, and nothing is drafted."""
    tender = TenderFacts(
        BUYER, ZERO32, ZERO32, BODY, ZERO32, "sandbox", 1, NOW - 1_000, 1, 0, 0, 1, currency="XTS", exponent=exponent, four_eyes=four_eyes,
        live_bids=5, opened_bids=5, locked=True,
    )  # fmt: skip
    lot = LotFacts(
        sum=1, tallied=128, offers=5, admissible=1, ranked=1, complete=True, price=price, standstill_ends=NOW - 1, signing_period=600
    )  # fmt: skip
    return World(tender, preset("sandbox").version(1), lot)


def active(*, exponent: int = 2, price: int = 1_000_01, four_eyes: bool = False) -> World:
    """Agreement 3 is signed; its delivery was accepted."""
    made = world(exponent=exponent, price=price, four_eyes=four_eyes)
    stones = (
        MilestoneFacts(MilestoneKind.DELIVERY, MilestoneStatus.ACCEPTED, 10_000),
        MilestoneFacts(MilestoneKind.PAYMENT, bps=5_000, requires=1),
        MilestoneFacts(MilestoneKind.PAYMENT, bps=5_000),
    )
    made.stones = stones
    made.agreed = AgreementFacts(
        7, BUYER, ACME, PAYER, HOLDS, price, amounts_of(price, stones)[2], price, lot=1, status=AgreementStatus.ACTIVE, version=1,
        milestones=3, deliveries=1, accepted=1, last_payment=3, signed_at=NOW - 1, accepted_at=NOW - 1, signatures=6, four_eyes=four_eyes,
    )  # fmt: skip
    made.tender_facts = replace(made.tender_facts, lots_signed=1, signed_lots=1)
    return made


def draft(acts: AgreementActs, actor: str = OFFICER, **given: Any) -> Prepared:
    usual: dict[str, Any] = {
        "number": 7, "lot": 1, "document": PAPER, "milestones": milestones_of(7, (), ()), "starts": moment(NOW), "ends": moment(NOW),
    }  # fmt: skip
    return acts.draft(actor, **usual | given)


def pay(acts: AgreementActs, actor: str = OFFICER, amount: str = "1 XTS", **given: Any) -> Prepared:
    usual: dict[str, Any] = {"milestone": 2, "reference": "SPEI 1", "paid_at": moment(NOW)}
    return acts.record_payment(actor, 3, amount=Money.parse(amount), **usual | given)


@pytest.mark.parametrize(
    ("exponent", "text", "minor"),
    [(0, "50000 XTS", 50_000), (2, "500.00 XTS", 50_000), (3, "50.000 XTS", 50_000), (3, "0.001 XTS", 1)],
)
def test_money__of_a_currency__has_its_decimals(exponent: int, text: str, minor: int) -> None:
    acts = active(exponent=exponent).acts()
    assert pay(acts, amount=text).call.args[1][3] == minor
    change = acts.propose_change(
        SUPPLIER, 3, "additionalNecessary", OTHER, value=Money.from_minor(100_000, "XTS", exponent)
    )
    assert change.call.args[2][:2] == (8, 100_000)
    finer = f"1.{'0' * exponent}1 XTS"
    with pytest.raises(MoneyDecimals):
        pay(acts, amount=finer)


def test_money__at_the_limits_of_the_contract__is_exact() -> None:
    acts = active(price=MAX).acts()
    made = pay(acts, amount=str(Money.from_minor(MAX // 2, "XTS", 2)))
    assert made.call.args[1][3] == MAX // 2 and made.call.data
    last = pay(acts, milestone=3, amount=str(Money.from_minor(MAX - MAX // 2, "XTS", 2)))
    assert last.call.args[1][3] == MAX - MAX // 2
    with pytest.raises(AgreementBookOverpaid):
        pay(acts, amount=str(Money.from_minor(MAX, "XTS", 2)))
    with pytest.raises(MoneyInvalid):
        pay(acts, amount=str(Money.from_minor(MAX + 1, "XTS", 2)))
    with pytest.raises(MoneyInvalid):
        pay(acts, amount="-0.01 XTS")
    with pytest.raises(AmountCurrencyOther):
        pay(acts, amount="1.00 MXN")


def test_draft__of_a_final_lot__names_the_supplier_and_the_price() -> None:
    made = draft(world().acts(lambda _: object()))
    tender, lot, replaces, terms = made.call.args
    assert (int.from_bytes(tender, "big"), lot, replaces) == (7, 1, 0)
    assert terms[:6] == (ACME, 1_000_01, ZERO32, HOLDS, NOW, NOW)
    assert (made.subject, made.documents, made.act) == ("tenders/7/lots/1", (PAPER,), None)
    assert draft(world().acts(), payer=PAYER, value=Money.parse("1000.01 XTS")).call.args[3][2] == PAYER


def test_draft__what_a_caller_says_wrong__is_refused_by_name() -> None:
    wrong: list[tuple[type[LicitaError], dict[str, Any]]] = [
        (AgreementBookRoleMissing, {"actor": SUPPLIER}),
        (AgreementBookRoleMissing, {"actor": APPROVER}),
        (AgreementBookVersionWrong, {"replaces": 2}),
        (AgreementBookPartyWrong, {"supplier": PAYER}),
        (AgreementBookPartyWrong, {"payer": ACME}),
        (AgreementBookValueWrong, {"value": Money.parse("1000.00 XTS")}),
        (AgreementBookDateInvalid, {"ends": moment(NOW - 1)}),
        (AgreementBookDateInvalid, {"starts": moment(-1)}),
        (AgreementBookDateInvalid, {"starts": datetime(1, 1, 1, tzinfo=UTC)}),
        (TimeWithoutZone, {"ends": moment(NOW).replace(tzinfo=None)}),
        (TenderBoardNotFound, {"number": 8}),
        (TenderBoardLotNotFound, {"lot": 2}),
        (TenderBoardLotNotFound, {"lot": 300}),
        (DocumentHashWrong, {"document": "agreement.pdf"}),
        (DocumentNotFound, {"document": OTHER}),
    ]
    acts = world().acts(lambda digest: object() if digest == PAPER else None)
    for refusal, given in wrong:
        with pytest.raises(refusal):
            draft(acts, **given)


def test_sign__draft_of_an_award_that_fell__is_refused() -> None:
    made = world()
    made.agreed = replace(
        active().agreed or AgreementFacts(), status=AgreementStatus.DRAFT, version=0, signatures=0
    )
    assert made.acts().sign(OFFICER, 3, PAPER)
    made.lot_facts = replace(made.lot_facts, price=made.lot_facts.price + 1)
    with pytest.raises(AgreementBookPartyWrong):
        made.acts().sign(OFFICER, 3, PAPER)


def test_sign__of_the_buyer_under_four_eyes__is_proposed_and_then_done() -> None:
    made = world(four_eyes=True)
    made.agreed = replace(
        active(four_eyes=True).agreed or AgreementFacts(),
        status=AgreementStatus.DRAFT,
        version=0,
        signatures=0,
    )
    made.proposed = Proposal(b"\x07" * 32)
    first = made.acts(lambda _: object(), proposing=True).sign(OFFICER, 3, PAPER)
    assert (
        first.act == b"\x07" * 32
        and first.proposed.call.contract == "FourEyes"
        and first.documents == (PAPER,)
    )
    # A supplier signs alone; a document that is not held may be signed, and is then not asked for.
    alone = made.acts(lambda _: None, proposing=True).sign(SUPPLIER, 3, PAPER)
    assert (alone.act, alone.documents, alone.subject) == (None, (), "agreements/3")
    with pytest.raises(FourEyesActNotProposed):
        made.acts().sign(APPROVER, 3, PAPER)
    made.proposed = Proposal(b"\x07" * 32, OFFICER, NOW + 1, stands=True)
    assert made.acts().sign(APPROVER, 3, PAPER).call == first.call
    with pytest.raises(FourEyesRoleMissing):
        made.acts().sign(WITNESS, 3, PAPER)


def test_sign__second_for_a_debarred_supplier__is_refused_whoever_signs() -> None:
    made = world()
    draft_ = replace(active().agreed or AgreementFacts(), status=AgreementStatus.DRAFT, version=0)
    made.known = replace(made.known, debarred_until=NOW + 1_000)
    for actor, signed in ((SUPPLIER, Side.BUYER), (OFFICER, Side.SUPPLIER)):
        made.agreed = replace(draft_, signatures=signed.bit)
        with pytest.raises(SupplierRegistryDebarred):
            made.acts().sign(actor, 3, PAPER)
    made.agreed = replace(draft_, signatures=0)
    assert made.acts().sign(OFFICER, 3, PAPER).call.function == "sign"


def test_change__that_waits__is_named_by_all_that_it_says() -> None:
    """A caller may name its document, which is compared first; what is sent is the hash of the whole change."""
    made = active()
    change = AgreementChange(ChangeReason.TAX, 1_000_02, 60, HOLDS)
    waits = PendingChange(ChangeReason.TAX, 1_000_02, 60, Side.SUPPLIER.bit, HOLDS)
    made.pending, acts = waits, made.acts(lambda _: object())
    for document in (None, PAPER):
        signed, dropped = acts.sign_change(OFFICER, 3, document), acts.drop_change(OFFICER, 3, document)
        assert [each.call.args for each in (signed, dropped)] == [(3, change_hash(change))] * 2
        assert (signed.documents, dropped.documents) == ((PAPER,), ())
    for field_, value in {"reason": ChangeReason.QUANTITY, "value": 1_000_03, "extension": 61}.items():
        made.pending = replace(waits, **{field_: value})
        assert acts.sign_change(OFFICER, 3, PAPER).call.args[1] != change_hash(change)


def test_change__another_document_or_none_waits__is_refused_in_the_order_of_the_contract() -> None:
    made = active()
    made.pending = PendingChange(ChangeReason.TAX, 1_000_02, 60, Side.BUYER.bit, HOLDS)
    acts, zero = made.acts(), to_hex(ZERO32)
    for act in (acts.sign_change, acts.drop_change):
        with pytest.raises(AgreementBookRoleMissing):
            act(WITNESS, 3, OTHER)
        # Before that its side signed.
        with pytest.raises(AgreementBookDocumentWrong) as found:
            act(OFFICER, 3, OTHER)
        assert (found.value.expected, found.value.got) == ("0x" + PAPER, "0x" + OTHER)
    with pytest.raises(AgreementBookSignedTwice):
        acts.sign_change(OFFICER, 3, PAPER)
    made.pending = PendingChange()
    for act in (acts.sign_change, acts.drop_change):
        for document, got in ((None, zero), (OTHER, "0x" + OTHER)):
            with pytest.raises(AgreementBookDocumentWrong) as found:
                act(OFFICER, 3, document)
            assert (found.value.expected, found.value.got) == (zero, got)


def test_acts__on_no_agreement__are_refused_by_name() -> None:
    acts = world().acts()
    for act in (
        lambda: acts.sign(OFFICER, 3, PAPER),
        lambda: acts.propose_change(OFFICER, 2**70, "tax", PAPER),
        lambda: acts.sign_change(OFFICER, 0),
        lambda: acts.drop_change(OFFICER, 3),
        lambda: acts.deliver(SUPPLIER, 3, 1, PAPER),
        lambda: acts.accept(OFFICER, 3, 1, PAPER),
        lambda: pay(acts),
        lambda: acts.reverse_payment(OFFICER, 3, "x", PAPER),
        lambda: acts.complete(OFFICER, 3, PAPER),
        lambda: acts.terminate(OFFICER, 3, "mutual", PAPER),
        lambda: acts.rate(WITNESS, 3, 5),
    ):
        with pytest.raises(AgreementBookNotFound):
            act()


def test_decisions__whose_paper_is_not_held__are_refused() -> None:
    made = active()
    made.made = {reference_of("x"): PaymentFacts(3, 1, 2, 5)}
    acts = made.acts(lambda _: None)
    for act in (
        lambda: acts.propose_change(SUPPLIER, 3, "tax", PAPER),
        lambda: acts.reverse_payment(OFFICER, 3, "x", PAPER),
        lambda: acts.complete(OFFICER, 3, PAPER),
        lambda: acts.terminate(OFFICER, 3, "forceMajeure", PAPER),
    ):
        with pytest.raises(DocumentNotFound):
            act()
    made.stones = (replace(made.stones[0], status=MilestoneStatus.DELIVERED), *made.stones[1:])
    for judge in (acts.accept, acts.refuse):
        with pytest.raises(DocumentNotFound):
            judge(OFFICER, 3, 1, PAPER)
    # Evidence may stay private.
    made.stones = (replace(made.stones[0], status=MilestoneStatus.SCHEDULED), *made.stones[1:])
    assert acts.deliver(SUPPLIER, 3, 1, PAPER).documents == ()


def test_acts__while_the_tender_is_suspended__stand_still() -> None:
    made = active()
    made.tender_facts = replace(made.tender_facts, suspended_at=NOW - 1)
    for act in (lambda: pay(made.acts()), lambda: made.acts().propose_change(SUPPLIER, 3, "tax", PAPER)):
        with pytest.raises(TenderBoardStatusWrong):
            act()


def test_terminate__each_cause__has_its_caller() -> None:
    acts, by = active().acts(), {"buyerDefault": REVIEWER, "ordered": REVIEWER}
    for cause, code in CAUSES.items():
        made = acts.terminate(by.get(cause, OFFICER), 3, cause, PAPER)
        assert made.call.args == (3, int(code), HOLDS)
        with pytest.raises(AgreementBookRoleMissing):
            acts.terminate(WITNESS, 3, cause, PAPER)
    # The review body acts alone, also where the buyer takes two accounts.
    assert active(four_eyes=True).acts(proposing=True).terminate(REVIEWER, 3, "ordered", PAPER).act is None
    assert active(four_eyes=True).acts(proposing=True).terminate(OFFICER, 3, "mutual", PAPER).act is not None
    assert active(four_eyes=True).acts(proposing=True).terminate(SUPPLIER, 3, "mutual", PAPER).act is None


def test_rate__a_citizen_and_a_witness__are_told_apart() -> None:
    made = active()
    assert made.acts().rate(CITIZEN, 3, 5).call.args == (3, 5)
    assert made.acts().rate(WITNESS, 3, 1).call.args == (3, 1)
    made.dependent = True
    with pytest.raises(AgreementBookRoleConflict):
        made.acts().rate(WITNESS, 3, 1)


def test_words__name_every_code_but_none() -> None:
    assert set(CHANGE_REASONS) == {
        "quantity", "priceIndex", "tax", "quality", "duration", "reduction", "party", "additionalNecessary", "unforeseeable",
    }  # fmt: skip
    assert set(CAUSES) == {"mutual", "supplierDefault", "buyerDefault", "forceMajeure", "ordered"}


def test_reference_of__a_bank_s_text__is_its_sha256_as_it_is_read() -> None:
    digest = hashlib.sha256("SPEI É 123".encode()).digest()
    for text in (
        "SPEI É 123", " SPEI É 123\n", "spei é 123", "SPEI \t É  123", "SPEI\u00a0E\u0301 123", "\u200bSPEI É \u202e12\x003",
        "\uff33\uff30\uff25\uff29 É 12\uff13", "SPEI e\u200b\u0301 123", "SPEI\u2800 É\ufe0f 12\u034f3\u3164",
    ):  # fmt: skip
        assert reference_of(text) == digest, text
    for text in ("SPEI E 123", "SPEI É 124", "SPEIÉ 123", "SPEI É 1 23"):
        assert reference_of(text) != digest, text
    for given in (digest.hex(), "0x" + digest.hex(), digest.hex().upper(), f" {digest.hex()}\n"):
        assert reference_of(given) == digest, given
    for small, capital in (("\u0390", "\u0399\u0308\u0301"), ("\u01f0", "J\u030c")):
        assert reference_of(small) == reference_of(capital), small
    for text in ("", " ", "\x00", "\u200b", "\ufe0f", "00" * 32, " " + "00" * 32):
        assert reference_of(text) == ZERO32, text


def test_milestones_of__shares__are_basis_points() -> None:
    due = moment(NOW)
    made = milestones_of(7, [Delivery(Decimal("12.5"), due), Decimal("87.5")], [Instalment(100, 2, due)])
    assert [each.as_tuple() for each in made] == [(1, 1_250, 0, NOW), (1, 8_750, 0, 0), (2, 10_000, 2, NOW)]
    assert [each.as_tuple() for each in milestones_of(7, [50, 50], ())][-1] == (2, 10_000, 2, 0)
    with pytest.raises(TimeWithoutZone):
        milestones_of(7, [Delivery(100, due.replace(tzinfo=None))], ())
    with pytest.raises(AgreementBookDateInvalid):
        milestones_of(7, [Delivery(100, moment(-1))], ())
    for share, told in (("33.333", 3_333), ("NaN", 0), ("Infinity", 0)):
        with pytest.raises(AgreementBookMilestonesInvalid) as caught:
            milestones_of(7, [Decimal(share)], ())
        assert (caught.value.kind, caught.value.sum) == (1, told)


def test_hash_of__a_file_or_a_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"a")
    assert hash_of(path) == hash_of(str(path)) == hashlib.sha256(b"a").hexdigest()
    assert hash_of(PAPER) == PAPER
    for wrong in (tmp_path, "ab" * 31, tmp_path / "b.pdf"):
        with pytest.raises(DocumentHashWrong):
            hash_of(wrong)
    assert money_in("1.00 MXN") == money_in(Money.parse("1.00 MXN"))


def test_history__a_change_after_the_acceptance__leaves_its_due_time() -> None:
    def event(number: int, name: str, **args: Any) -> Event:
        return Event("AgreementBook", name, args, number, NOW + number, "0x", 0, 0, "0x")

    def change(number: int, extension: int) -> list[Event]:
        given = {"reason": 5, "value": "5", "extension": extension, "documentHash": "0x" + PAPER}
        return [
            event(number, "AgreementChangeProposed", side=1, change=given),
            event(number + 1, "AgreementChanged", side=2, version=number, value="5"),
        ]

    events = [
        event(1, "AgreementDrafted", terms={"value": "5"}), *change(2, 10),
        event(4, "MilestoneDelivered", milestone=1, documentHash="0x" + PAPER),
        event(5, "MilestoneAccepted", milestone=1, documentHash="0x" + OTHER), *change(6, 100),
    ]  # fmt: skip
    stored = (
        MilestoneFacts(MilestoneKind.DELIVERY, MilestoneStatus.ACCEPTED, 5_000, due=NOW),
        MilestoneFacts(MilestoneKind.DELIVERY, MilestoneStatus.SCHEDULED, 5_000, due=NOW),
    )
    history = History(events, lambda minor: Money.from_minor(minor, "XTS", 3))
    first, second = history.milestones(AgreementFacts(extension=110), stored)
    assert (first.due, second.due) == (moment(NOW + 10), moment(NOW + 110))
    assert isinstance(first.delivered_at, datetime) and first.report == OTHER
    assert [(each.status, str(each.value)) for each in history.changes(PendingChange())] == [
        ("signed", "0.005 XTS")
    ] * 2
