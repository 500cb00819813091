"""Agreements on a real chain: what its releases and its record say of them, made again from block 0 elsewhere too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chain.bindings import agreement_book as book
from chain.network import Network
from chain.ocds.checks import check_release
from chain.ocds.record import record, record_package, release_package
from chain.procurement.live import LiveFacts
from chain.procurement.session import Person
from chain.procurement.tender import Tender
from chain.publication import OcdsPublisher, judge
from chain.recorder import Index, Store, rebuild
from chain.rules import tender_id
from chain.rules.hashes import change_hash
from chain.types import AgreementChange, ChangeReason, MilestoneKind, TerminationCause
from tests.network.story import asked

pytestmark = pytest.mark.network

NOBODY = bytes(32)
VALUE = 1_190_000_00
DELIVERY, PAYMENT = int(MilestoneKind.DELIVERY), int(MilestoneKind.PAYMENT)
PLAN = [(DELIVERY, 10_000, 0, 0), (PAYMENT, 3_000, 0, 0), (PAYMENT, 7_000, 1, 0)]
OF_TENDER = ("TenderBoard", "BidBox", "OpeningCommittee", "AwardDesk", "AgreementBook")


def paper(name: str) -> bytes:
    """sha256 of a document."""
    return sha256(name.encode()).digest()


@dataclass
class Lives:
    """A network with two tenders: the agreement of the first was lived through, the second one's was passed over and then terminated."""

    net: Network
    buyer: Person
    acme: Person
    beta: Person
    lived: Tender
    passed: Tender

    def drafted(self, tender: Tender, replaces: int, who: Person, value: int) -> int:
        """An agreement that the buyer drafted."""
        now, supplier = self.net.now(), LiveFacts(self.net).supplier_of(who.address)
        terms = (supplier, value, NOBODY, paper("agreement"), now, now + 86_400, PLAN)
        self.net.send(book.draft(tender_id(tender.number), 1, replaces, terms), self.buyer)
        return self.net.read(book.agreement_count())

    def awarded(self, tender: Tender) -> None:
        """Awarded to the candidate, for good."""
        self.net.wait_until(tender.award(sender=self.buyer).final_from)

    def live(self) -> None:
        """From the draft to the completion."""
        net, buyer, beta = self.net, self.buyer, self.beta
        self.awarded(self.lived)
        one = self.drafted(self.lived, 0, beta, VALUE)
        number = self.drafted(self.lived, one, beta, VALUE)
        for who in (beta, buyer):
            net.send(book.sign(number, paper("agreement")), who)
        change = AgreementChange(ChangeReason.QUANTITY, VALUE + 1_000_00, 3_600, paper("change"))
        net.send(book.propose_change(number, 1, change.as_tuple()), beta)
        net.send(book.sign_change(number, change_hash(change)), buyer)
        net.send(book.propose_change(number, 2, change.as_tuple()), buyer)
        net.send(book.drop_change(number, change_hash(change)), beta)
        net.send(book.deliver(number, 1, paper("evidence")), beta)
        net.send(book.refuse(number, 1, paper("refusal")), buyer)
        net.send(book.deliver(number, 1, paper("evidence")), beta)
        net.send(book.accept(number, 1, paper("report")), buyer)
        self.pay(number, 2, 357_300_00, "SPEI 1")
        self.pay(number, 3, 1_00, "SPEI 2")
        payer = net.read(book.agreement_facts(number))[1]
        net.send(book.reverse_payment(number, payer, paper("SPEI 2"), paper("returned")), buyer)
        net.send(book.complete(number, paper("certificate")), buyer)
        self.pay(number, 3, 833_700_00, "SPEI 3")
        (witness,) = net.people("witness")
        net.send(book.rate(number, 5), witness)

    def pay(self, number: int, milestone: int, amount: int, ref: str) -> None:
        """A payment of the buyer's."""
        facts = self.net.read(book.agreement_facts(number))
        payment = (milestone, facts[1], facts[2], amount, paper(ref), self.net.now())
        self.net.send(book.record_payment(number, payment), self.buyer)

    def pass_over(self) -> None:
        """Beta does not sign; acme does, and both end it."""
        net, tender = self.net, self.passed
        self.awarded(tender)
        one = self.drafted(tender, 0, self.beta, VALUE)
        net.send(book.sign(one, paper("agreement")), self.buyer)
        _, until = net.read(book.signing_of(tender_id(tender.number), 1))
        net.wait_until(until)
        net.send(book.pass_over(tender_id(tender.number), 1), self.acme)
        self.awarded(tender)
        number = self.drafted(tender, one, self.acme, 1_250_000_00)
        for who in (self.buyer, self.acme):
            net.send(book.sign(number, paper("agreement")), who)
        for who in (self.acme, self.buyer):
            net.send(book.terminate(number, int(TerminationCause.MUTUAL), paper("end")), who)


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    """Everything happened, and the index is made of it."""
    with Network.start("sandbox") as net:
        buyer, acme, beta = net.people("buyer", "acme", "beta")
        tenders = []
        for _ in range(2):
            tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
            for person, price in ((acme, "1250000.00 MXN"), (beta, "1190000.00 MXN")):
                tender.bid(price, sender=person)
            net.wait_until(tender.opens_at)
            tender.open()
            tenders.append(tender)
            made = Lives(net, buyer, acme, beta, tenders[0], tender)
            if len(tenders) == 1:
                made.live()
            else:
                made.pass_over()
        net.rebuild_index()
        yield made


def told(lives: Lives, tender: Tender) -> list[dict[str, Any]]:
    """The stored releases of a tender, each of which keeps every rule with those before it."""
    publication = lives.net.publication
    index = Network.index_of(lives.net.folder.path)
    releases = [json.loads(row.data) for row in index.releases(publication.ocid(tender.number))]
    for place, release in enumerate(releases):
        check_release(release, previous=releases[:place], prefix=publication.ocid_prefix)
    return releases


def tags(releases: list[dict[str, Any]]) -> list[list[str]]:
    """Of the releases from the contract on, or from the award that falls on."""
    every = [release["tag"] for release in releases]
    first = next(at for at, tag in enumerate(every) if "contract" in tag or "awardCancellation" in tag)
    return every[first:]


def test_releases__life_of_an_agreement__tell_it_in_order(lives: Lives) -> None:
    releases = told(lives, lives.lived)
    assert tags(releases) == [
        ["contract"], ["tenderUpdate"], ["contractAmendment"], ["tenderUpdate"], ["tenderUpdate"], ["implementation"],
        *[["implementationUpdate"]] * 6, ["contractTermination"], ["implementationUpdate"], ["tenderUpdate"],
    ]  # fmt: skip


def test_record__life_of_an_agreement__adds_up_to_what_the_contract_holds(lives: Lives) -> None:
    net, releases = lives.net, told(lives, lives.lived)
    made = record(net.publication.ocid(lives.lived.number), releases, net.publication, versioned=True)
    record_package([made], "https://licita.example/v1/records/x", net.publication)
    release_package(releases, "https://licita.example/v1/packages", net.publication)
    (contract,) = made["compiledRelease"]["contracts"]
    facts = net.read(book.agreement_facts(2))
    assert (contract["id"], contract["awardID"], contract["status"]) == ("2", "1-1", "terminated")
    assert contract["value"] == {"amount": facts[5] // 100, "currency": "MXN"}
    transactions = contract["implementation"]["transactions"]
    assert [each["id"] for each in transactions] == ["2-1", "2-2", "2-2-reversal", "2-3"]
    assert round(sum(each["value"]["amount"] for each in transactions) * 100) == facts[8] == facts[5]
    milestones = contract["implementation"]["milestones"]
    assert [each["status"] for each in milestones] == ["met", "met", "met"]
    roles = {role for party in made["compiledRelease"]["parties"] for role in party["roles"]}
    assert {"payer", "payee", "supplier"} <= roles
    status = [version["value"] for version in made["versionedRelease"]["contracts"][0]["status"]]
    assert status == ["active", "terminated"]


def test_releases__who_did_not_sign__loses_the_award_to_the_one_whose_contract_it_is(lives: Lives) -> None:
    releases = told(lives, lives.passed)
    assert tags(releases)[0] == ["tenderUpdate", "awardCancellation"]
    made = record(lives.net.publication.ocid(lives.passed.number), releases, lives.net.publication)
    compiled = made["compiledRelease"]
    assert [(each["id"], each["status"]) for each in compiled["awards"]] == [
        ("1-1", "cancelled"),
        ("1-2", "active"),
    ]
    (contract,) = compiled["contracts"]
    assert (contract["awardID"], contract["status"]) == ("1-2", "terminated")
    assert contract["documents"][-1]["title"] == "Terminated: mutual"


@pytest.mark.parametrize("which", ["lived", "passed"])
def test_releases__each_event_of_a_tender__is_anchored_once(lives: Lives, which: str) -> None:
    tender: Tender = getattr(lives, which)
    anchors = [anchor for release in told(lives, tender) for anchor in release["ledgerAnchors"]]
    events = [event for name in OF_TENDER for event in lives.net.events(name, (), tender_id(tender.number))]
    places = Counter(
        (each["transaction"], each["logIndex"], each["event"]) for each in anchors if "transaction" in each
    )
    assert places == Counter((event.transaction, event.log_index, event.name) for event in events)
    assert {event.name for event in events if event.contract == "AgreementBook"} >= {
        "AgreementDrafted",
        "AgreementSigned",
    }


def test_rebuild__in_another_database__gives_the_same_bytes(lives: Lives, tmp_path: Path) -> None:
    net, first = lives.net, Network.index_of(lives.net.folder.path)
    publisher, database = OcdsPublisher(net.publication), tmp_path / "other.db"
    asked(net, lambda rpc: rebuild(database, rpc, net.deployed, publisher, judge))
    other = Index(Store(database, read_only=True), publisher, judge)
    assert other.digest() == first.digest()
    assert other.releases_page(limit=1000) == first.releases_page(limit=1000)
    middle = net.web3.eth.block_number // 2
    assert other.digest(middle) == first.digest(middle)
