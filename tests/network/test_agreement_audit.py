"""Agreements in the audit of a chain and in proof files: signed, changed, delivered, paid, rated, passed over; what is changed is named."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chain.audit import run as auditing
from chain.audit.bundle import Proof, check, collect, verify
from chain.audit.bundle.code import Code
from chain.audit.place import NOWHERE
from chain.audit.run import run
from chain.bindings import agreement_book, four_eyes, supplier_registry
from chain.errors.audit import AuditRefusal
from chain.network import Network
from chain.procurement.live import LiveFacts
from chain.procurement.tender import Tender
from chain.rules import member_id
from chain.rules.hashes import act_hash, change_hash
from chain.transactions import Call
from chain.types import (
    AgreementChange,
    AgreementTerms,
    ChangeReason,
    Event,
    LotStatus,
    MilestoneKind,
    MilestoneTerms,
    Payment,
    Ratings,
    TenderStatus,
    TerminationCause,
)
from tests.network.story import asked, proof_of
from tests.network.test_sealed_audit import Forge

pytestmark = pytest.mark.network

PAPER = b"%PDF-1.7 the agreement that both sides sign"
SIGNED, CHANGED, EVIDENCE, END = (
    hashlib.sha256(text).digest() for text in (PAPER, b"change", b"evidence", b"the end")
)
REF = hashlib.sha256(b"SPEI 20261129").digest()
PAYER = member_id("LICITA-UNIVERSITY")
"""Pays as well as the buyer, and is named nowhere else."""
PLAN = (
    MilestoneTerms(MilestoneKind.DELIVERY, 10_000, 0, 2**39), MilestoneTerms(MilestoneKind.PAYMENT, 3_000),
    MilestoneTerms(MilestoneKind.PAYMENT, 7_000, 1),
)  # fmt: skip
PRICES = {"acme": "1000000.00 MXN", "beta": "1100000.00 MXN"}
MILLION = 100_000_000
"""In centavos."""


@dataclass
class Agreeing:
    """A tender whose award is final, and the calls about its agreements."""

    net: Network
    tender: Tender
    number: int = 0

    def does(self, who: str, call: Call) -> None:
        """One person of the sandbox calls."""
        (person,) = self.net.people(who)
        self.net.send(call, person)

    def both(self, call: Call) -> None:
        """Proposed by the officer, done by the approver."""
        act = act_hash(31337, self.net.deployment.addresses[call.contract], call.data)
        self.does("buyer", four_eyes.propose(act))
        self.does("approver", call)

    def supplier(self, who: str) -> bytes:
        """Id of the supplier that a person acts for."""
        (person,) = self.net.people(who)
        return LiveFacts(self.net).supplier_of(person.address)

    def draft(self, who: str, value: int, payer: bytes = bytes(32), *, both: bool = False) -> None:
        """With the supplier of the award; ``both``: by two accounts, for the buyer signed the draft before."""
        last = self.net.read(agreement_book.agreement_of(self.tender.id, 1))
        terms = AgreementTerms(self.supplier(who), value, payer, SIGNED, 0, 0, PLAN)
        call = agreement_book.draft(self.tender.id, 1, last, terms.as_tuple())
        if both:
            self.both(call)
        else:
            self.does("buyer", call)
        self.number = self.net.read(agreement_book.agreement_count())

    def signed(self, who: str) -> None:
        """By both, the buyer first."""
        for each in ("buyer", who):
            self.does(each, agreement_book.sign(self.number, SIGNED))

    def payment(self, milestone: int, who: str, amount: int, ref: bytes, payer: bytes | None = None) -> Call:
        """Made just now."""
        paid_by = self.tender.facts.buyer if payer is None else payer
        made = Payment(milestone, paid_by, self.supplier(who), amount, ref, self.net.now())
        return agreement_book.record_payment(self.number, made.as_tuple())


def awarded(net: Network, procedure: str = "", length: int = 0) -> Agreeing:
    """Acme won; the award is final."""
    buyer, approver = net.people("buyer", "approver")
    body: dict[str, Any] = json.loads(
        net.samples.path("laptops", **({"length": length} if length else {})).read_bytes()
    )
    signers: dict[str, Any] = {"sender": buyer, "approver": approver} if procedure else {"sender": buyer}
    made = net.tenders.publish(body | ({"procedure": procedure} if procedure else {}), **signers)
    for name, price in PRICES.items():
        (bidder,) = net.people(name)
        made.bid(price, sender=bidder)
    net.wait_until(made.opens_at)
    made.open()
    made.lot(1).rank(sender=buyer)
    net.wait_until(made.award(**signers, document="ab" * 32).final_from)
    assert made.lot(1).status is LotStatus.FINAL
    return Agreeing(net, made)


def lived(net: Network) -> Agreeing:
    """From a draft that is replaced to its ratings."""
    life = awarded(net)
    life.draft("acme", MILLION)
    life.draft("acme", MILLION, PAYER)
    life.signed("acme")
    change = AgreementChange(ChangeReason.QUANTITY, MILLION + 1_000, 86_400, CHANGED)
    life.does("acme", agreement_book.propose_change(life.number, 1, change.as_tuple()))
    life.does("buyer", agreement_book.sign_change(life.number, change_hash(change)))
    life.does("buyer", agreement_book.propose_change(life.number, 2, change.as_tuple()))
    life.does("acme", agreement_book.drop_change(life.number, change_hash(change)))
    life.does("buyer", life.payment(2, "acme", 30_000_300, REF))
    life.does("buyer", agreement_book.reverse_payment(life.number, life.tender.facts.buyer, REF, END))
    life.does("approver", life.payment(2, "acme", 30_000_000, REF, PAYER))
    for judge in (agreement_book.refuse, agreement_book.accept):
        life.does("acme", agreement_book.deliver(life.number, 1, EVIDENCE))
        life.does("buyer", judge(life.number, 1, END))
    life.does("buyer", life.payment(3, "acme", 70_000_700, secrets.token_bytes(32)))
    life.does("acme", agreement_book.terminate(life.number, TerminationCause.MUTUAL, END))
    life.does("buyer", agreement_book.complete(life.number, END))
    life.does("citizen", agreement_book.rate(life.number, 5))
    life.does("witness", agreement_book.rate(life.number, 2))
    return life


def passed(net: Network) -> Agreeing:
    """Acme does not sign; beta does."""
    life = awarded(net)
    (buyer,) = net.people("buyer")
    life.draft("acme", MILLION)
    life.does("buyer", agreement_book.sign(life.number, SIGNED))
    net.wait_until(net.read(agreement_book.signing_of(life.tender.id, 1))[1])
    life.does("citizen", agreement_book.pass_over(life.tender.id, 1))
    net.wait_until(life.tender.award(sender=buyer).final_from)
    life.draft("beta", MILLION + MILLION // 10)
    life.signed("beta")
    return life


def watched(net: Network) -> Agreeing:
    """With four eyes; what the buyer signed is undone by two, what it did not by the officer. It ends it, and a change still waits."""
    life = awarded(net, "simple", 5 * 86_400)
    life.draft("acme", MILLION)
    life.draft("acme", MILLION)
    life.both(agreement_book.sign(life.number, SIGNED))
    life.draft("acme", MILLION, both=True)
    life.both(agreement_book.sign(life.number, SIGNED))
    life.does("acme", agreement_book.sign(life.number, SIGNED))
    life.both(life.payment(2, "acme", 1, END))
    change = AgreementChange(ChangeReason.TAX, MILLION + 1, 0, CHANGED)
    drop = agreement_book.drop_change(life.number, change_hash(change))
    life.does("buyer", agreement_book.propose_change(life.number, 1, change.as_tuple()))
    life.does("buyer", drop)
    for again in (True, False):
        life.does("buyer", agreement_book.propose_change(life.number, 1, change.as_tuple()))
        life.both(agreement_book.sign_change(life.number, change_hash(change)))
        if again:
            life.both(drop)
    life.both(agreement_book.terminate(life.number, TerminationCause.SUPPLIER_DEFAULT, END))
    return life


@pytest.fixture(scope="module")
def lives() -> Iterator[tuple[Agreeing, Agreeing, Agreeing]]:
    """Three tenders of a sandbox."""
    with Network.start("sandbox") as net:
        registrar, citizen = net.people("registrar", "citizen")
        net.send(supplier_registry.enrol_citizen(citizen.address), registrar)
        made = lived(net), passed(net), watched(net)
        assert [life.tender.status for life in made] == [TenderStatus.COMPLETE] * 3
        yield made


@pytest.fixture(scope="module")
def net(lives: tuple[Agreeing, ...]) -> Network:
    return lives[0].net


@pytest.fixture(scope="module")
def proofs(net: Network, lives: tuple[Agreeing, ...]) -> list[Proof]:
    """One of each tender."""
    return [proof_of(net, life.tender.number) for life in lives]


# As it is


def test_verify__proof_of_an_agreement__tells_its_life_without_a_node(
    proofs: list[Proof], tmp_path: Path
) -> None:
    verdict = verify(proofs[0].write(tmp_path / "proof.zip"), head=proofs[0].head)
    first, told = verdict.report.facts["agreements"]
    assert (first["status"], first["signed"], told["status"]) == ("Dropped", None, "Completed")
    assert (told["value"], told["original"], told["paid"]) == (
        "1000010.00 MXN", "1000000.00 MXN", "1000007.00 MXN",
    )  # fmt: skip
    assert told["document"] == SIGNED.hex() and told["end"]["document"] == END.hex()
    assert told["caps"]["ordinary"] == {"moved": "10.00 MXN", "most": "200000.00 MXN"}
    assert [each["status"] for each in told["milestones"]] == ["Accepted", None, None]
    assert [(each["amount"], each["paid"]) for each in told["milestones"][1:]] == [
        ("300003.00 MXN", "300000.00 MXN"), ("700007.00 MXN", "700007.00 MXN"),
    ]  # fmt: skip
    assert told["milestones"][0]["refusals"] == 1
    assert [each["state"] for each in told["changes"]] == ["in effect", "dropped"]
    payments = [(each["amount"], each["payer_name"], each["reversed"] is None) for each in told["payments"]]
    assert payments[1] == ("300000.00 MXN", "LICITA-UNIVERSITY", True) and not payments[0][2]
    assert [(each["citizen"], each["rating"], each["rater_name"]) for each in told["ratings"]] in (
        [(True, 5, None), (False, 2, "LICITA-WITNESS")], [(False, 2, "LICITA-WITNESS"), (True, 5, None)],
    )  # fmt: skip
    said = "\n".join(verdict.lines)
    for line in (
        "agreement 2 about lot 1 with Acme Cómputo",
        "milestone 2: payment of 30.00 % of the value; 300000.00 MXN of 300003.00 MXN paid",
        "payment 2 for milestone 2: 300000.00 MXN by LICITA-UNIVERSITY, reference 0x" + REF.hex(),
        "agreement 2: rated 5 of 5 by a citizen at ",
        "lot 1: Signed",
    ):
        assert line in said


def test_verify__supplier_passed_over__is_told_with_the_next_one(proofs: list[Proof], tmp_path: Path) -> None:
    facts = verify(proofs[1].write(tmp_path / "proof.zip")).report.facts
    first, second = facts["agreements"]
    (lot,) = facts["lots"]
    assert (first["status"], second["status"], lot["status"]) == ("Dropped", "Active", "Signed")
    assert [(out["bid"], out["how"], out["why"]) for out in lot["out"]] == [
        (1, "passedOver", "refusedToSign")
    ]
    assert lot["award"]["bid"] == 2
    assert any("bid 1 passed over for refusedToSign" in line for line in proofs[1].report.said)


def test_verify__four_eyes__counts_what_the_buyer_did_on_the_agreement(proofs: list[Proof]) -> None:
    facts = proofs[2].report.facts
    *dropped, told = facts["agreements"]
    # Publication, award, signature, a draft in place of what was signed, its signature, payment, a change signed and dropped, another one
    # signed, the end.
    assert facts["four_eyes"] == 10
    assert [each["status"] for each in dropped] == ["Dropped", "Dropped"]
    assert (told["status"], told["end"]["cause"]) == ("Terminated", "supplierDefault")
    assert [each["state"] for each in told["changes"]] == ["dropped", "dropped", "waits for signatures"]


def test_proof__with_documents__holds_what_was_signed(net: Network, lives: tuple[Agreeing, ...]) -> None:
    held = {hashlib.sha256(PAPER).hexdigest(): PAPER}
    number = lives[0].tender.number
    proof = asked(net, lambda rpc: collect(rpc, net.deployment, net.publication, number, held.get))
    assert {name for name in proof.files if name.startswith("documents/")} == {
        f"documents/{name}" for name in held
    }
    named = [each["sha256"] for each in json.loads(proof.files["documents.json"])]
    assert {each.hex() for each in (SIGNED, CHANGED, EVIDENCE, END)} <= set(named)


def test_run__whole_chain__is_lawful_and_equal_to_the_state(net: Network) -> None:
    report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
    assert report.facts["verdict"] == "consistent" and not report.facts["failed"]
    assert (
        "7 agreements, 3 signed by both sides, 1 changes in effect, 4 payments, 1 of them reversed, 2 ratings: replayed and lawful"
        in report.lines
    )
    assert not any("not signed directly" in line for line in report.lines)


def test_run__index_made_from_the_same_blocks__has_the_same_digest(net: Network) -> None:
    net.rebuild_index()
    index = Network.index_of(net.folder.path)
    assert asked(net, lambda rpc: run(rpc, net.deployment, net.publication)).facts["digest"] == index.digest()


# One value changed


def word(place: int) -> Callable[[Event, bytes], int]:
    """The last byte of a word of a log's data."""
    return lambda event, data: 32 * place + 31


CLASSES: dict[str, tuple[int, str, int, Callable[[Event, bytes], int], str]] = {
    "supplier of a draft": (0, "AgreementDrafted", 1, word(2), "unlawful-AgreementBookPartyWrong"),
    "value of a draft": (0, "AgreementDrafted", 1, word(3), "unlawful-AgreementBookValueWrong"),
    "payer of a draft": (0, "AgreementDrafted", 1, word(4), "unlawful-AgreementBookPartyWrong"),
    "document of a draft": (0, "AgreementDrafted", 1, word(5), "event-AgreementDrafted:terms"),
    "share of a milestone": (0, "AgreementDrafted", 1, word(11), "unlawful-AgreementBookMilestonesInvalid"),
    "when a milestone is due": (0, "AgreementDrafted", 1, word(13), "event-AgreementDrafted:terms"),
    "what a payment waits for": (0, "AgreementDrafted", 1, word(20), "event-AgreementDrafted:terms"),
    "side that signed": (0, "AgreementSigned", 1, word(0), "event-AgreementSigned:side"),
    "document that was signed": (0, "AgreementSigned", 1, word(1), "unlawful-AgreementBookDocumentWrong"),
    "reason of a change": (0, "AgreementChangeProposed", 0, word(1), "unlawful-AgreementBookReasonInvalid"),
    "value of a change": (0, "AgreementChangeProposed", 0, word(2), "event-AgreementChangeProposed:change"),
    "extension of a change": (0, "AgreementChangeProposed", 0, word(3), "event-AgreementChangeProposed:change"),
    "document of a change": (0, "AgreementChangeProposed", 0, word(4), "event-AgreementChangeProposed:change"),
    "version of a change": (0, "AgreementChanged", 0, word(1), "event-AgreementChanged:version"),
    "value with a change": (0, "AgreementChanged", 0, word(2), "event-AgreementChanged:value"),
    "change turned down": (0, "AgreementChangeDropped", 0, word(1), "unlawful-AgreementBookDocumentWrong"),
    "milestone delivered": (0, "MilestoneDelivered", 0, word(0), "unlawful-AgreementBookMilestoneNotFound"),
    "evidence": (0, "MilestoneDelivered", 1, word(1), "event-MilestoneDelivered:documentHash"),
    "refusal": (0, "MilestoneRefused", 0, word(1), "event-MilestoneRefused:documentHash"),
    "acceptance": (0, "MilestoneAccepted", 0, word(1), "event-MilestoneAccepted:documentHash"),
    "number of a payment": (0, "PaymentRecorded", 0, word(0), "event-PaymentRecorded:number"),
    "milestone paid": (0, "PaymentRecorded", 0, word(1), "unlawful-AgreementBookNotAccepted"),
    "payer": (0, "PaymentRecorded", 1, word(2), "unlawful-AgreementBookPartyWrong"),
    "payee": (0, "PaymentRecorded", 1, word(3), "unlawful-AgreementBookPartyWrong"),
    "amount": (0, "PaymentRecorded", 1, word(4), "event-PaymentRecorded:payment"),
    "amount above what is due": (0, "PaymentRecorded", 0, word(4), "unlawful-AgreementBookOverpaid"),
    "reference": (0, "PaymentRecorded", 1, word(5), "event-PaymentRecorded:payment"),
    "when it was paid": (0, "PaymentRecorded", 1, word(6), "event-PaymentRecorded:payment"),
    "payment reversed": (0, "PaymentReversed", 0, word(0), "event-PaymentReversed:unknown"),
    "why it was reversed": (0, "PaymentReversed", 0, word(1), "event-PaymentReversed:documentHash"),
    "end proposed": (0, "AgreementEndProposed", 0, word(1), "event-AgreementEndProposed:documentHash"),
    "final report": (0, "AgreementCompleted", 0, word(0), "event-AgreementCompleted:documentHash"),
    "who rated": (0, "AgreementRated", 1, word(0), "event-AgreementRated:rater"),
    "rated as a citizen": (0, "AgreementRated", 1, word(1), "event-AgreementRated:citizen"),
    "rating": (0, "AgreementRated", 0, word(2), "event-AgreementRated:rating"),
    "lot passed over": (1, "AwardPassedOver", 0, word(0), "unlawful-TenderBoardLotNotFound"),
    "bid passed over": (1, "AwardPassedOver", 0, word(1), "event-AwardPassedOver:index"),
    "supplier passed over": (1, "AwardPassedOver", 0, word(2), "event-AwardPassedOver:supplier"),
    "payment of two accounts": (2, "PaymentRecorded", 0, word(5), "event-PaymentRecorded:payment"),
    "cause of an end": (2, "AgreementTerminated", 0, word(0), "unlawful-AgreementBookRoleMissing"),
}  # fmt: skip
"""What is changed -> tender, event, which one, place of the byte in its data, the rule that names it."""


@pytest.mark.parametrize("what", CLASSES)
def test_check__one_value_changed_and_all_hashes_made_again__is_named(proofs: list[Proof], what: str) -> None:
    tender, name, nth, place, rule = CLASSES[what]
    with pytest.raises(AuditRefusal) as refused:
        check(Forge(dict(proofs[tender].files)).changed(name, nth, place))
    assert refused.value.rule == rule
    assert refused.value.place.startswith("items/") and "/receipt/logs/" in refused.value.place


@pytest.mark.parametrize("tender", range(3))
def test_check__another_value_in_the_storage__is_refused(
    proofs: list[Proof], lives: tuple[Agreeing, ...], tender: int
) -> None:
    """Each place: facts, milestones, payments, a change that waits, an end that was proposed, who rated."""
    checked = check(dict(proofs[tender].files))
    slots: Any = checked.story.slots(lives[tender].tender.number)
    code = Code.read(json.loads(proofs[tender].files["code.json"]), NOWHERE)
    kept = slots["AgreementBook"]
    assert sum(map(bool, kept.values())) >= 14
    for slot, value in kept.items():
        with pytest.raises(AuditRefusal) as refused:
            code.check_code(checked.headers[-1], {**slots, "AgreementBook": {**kept, slot: value ^ 1}})
        assert refused.value.rule == "agreement-facts"


def test_check__another_award_in_the_storage__is_refused(
    proofs: list[Proof], lives: tuple[Agreeing, ...]
) -> None:
    """Who is the candidate after a supplier was passed over stands there."""
    checked = check(dict(proofs[1].files))
    slots: Any = checked.story.slots(lives[1].tender.number)
    code = Code.read(json.loads(proofs[1].files["code.json"]), NOWHERE)
    kept = slots["AwardDesk"]
    assert len(kept) == 3 and all(kept.values())
    for slot, value in kept.items():
        with pytest.raises(AuditRefusal) as refused:
            code.check_code(checked.headers[-1], {**slots, "AwardDesk": {**kept, slot: value ^ 1}})
        assert refused.value.rule == "lot-facts"


def test_run__other_ratings_of_a_supplier_in_the_state__is_refused(
    net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "rated", lambda rows: Ratings(1, 3, 1, 5))
    with pytest.raises(AuditRefusal) as refused:
        asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
    assert refused.value.rule == "supplier-ratings"


@pytest.mark.parametrize(
    ("last", "rule"),
    [
        ("AgreementRated", "item-superfluous"),  # the enrolment of who rated
        ("CitizenEnrolled", "item-missing"),
        ("AgreementCompleted", "item-missing"),
    ],
)
def test_check__transaction_left_out__is_refused_by_the_blooms(
    proofs: list[Proof], last: str, rule: str
) -> None:
    forge = Forge(dict(proofs[0].files))
    found = next(
        number
        for number, item in enumerate(forge.items)
        if any(
            event is not None and event.name == last
            for event in map(forge.event, forge.bodies()[item["block"]][item["index"]].receipt.logs)
        )
    )
    items = [content for place, content in sorted_items(forge) if place != found]
    files = {name: content for name, content in forge.files.items() if not name.startswith("items/")}
    files |= {f"items/{place}.json": content for place, content in enumerate(items)}
    del files["manifest.json"]
    files["manifest.json"] = forge.manifest.text(files)
    with pytest.raises(AuditRefusal) as refused:
        check(files)
    assert refused.value.rule == rule


def sorted_items(forge: Forge) -> list[tuple[int, bytes]]:
    """Number and content of each item, in order."""
    return [(number, forge.files[f"items/{number}.json"]) for number in range(len(forge.items))]
