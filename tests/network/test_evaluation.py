"""A tender of two envelopes under the procedure eu-open, awarded by points: what an index, an audit and a proof file say of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chain.audit.bundle import Proof, check, verify
from chain.audit.bundle.code import Code
from chain.audit.place import NOWHERE
from chain.audit.run import run
from chain.bindings import award_desk, evaluation_desk, four_eyes, tender_board
from chain.errors.audit import AuditRefusal
from chain.network import Network
from chain.ocds.intake import take
from chain.procurement.live import LiveFacts
from chain.procurement.session import Person
from chain.procurement.tender import Tender
from chain.rules.evaluation import word_of
from chain.rules.hashes import act_hash, page_hash, scores_commitment, tender_id
from chain.transactions import Call
from chain.types import DisqualificationReason, EvaluationFacts, Event, Setup, TenderStatus, from_hex
from tests.network.story import asked, proof_of
from tests.network.test_sealed_audit import Forge, in_bytes

pytestmark = pytest.mark.network

DAYS = 86_400
PANEL = ("evaluator1", "evaluator2", "evaluator3")
PRICES = {"acme": "1250000.00 MXN", "beta": "900000.00 MXN", "gamma": "1210000.00 MXN"}
POINTS: tuple[dict[int, Sequence[int]], ...] = (
    {0: (100, 10), 1: (33, 1), 2: (50, 5)}, {0: (90, 9), 1: (41, 3), 2: (40, 0)}, {0: (99, 10), 1: (7, 0), 2: (60, 7)},
)  # fmt: skip
"""By seat, index of the bid -> points for quality and term."""
PAPER, OPINION = sha256(b"reasoned decision").digest(), sha256(b"dissenting opinion").digest()
SALT = sha256(b"salt").digest()
OF_TENDER = ("TenderBoard", "BidBox", "OpeningCommittee", "AwardDesk", "EvaluationDesk")


@dataclass
class Panel:
    """A tender with its panel, its buyer's two accounts, and the calls that they make."""

    net: Network
    tender: Tender

    @property
    def id(self) -> bytes:
        """The tender's."""
        return tender_id(self.tender.number)

    @property
    def setup(self) -> Setup:
        """Of its terms."""
        return self.tender.terms.setup

    def seats(self) -> list[Person]:
        """Who sits in the panel."""
        return list(self.net.people(*PANEL))

    def score(self) -> None:
        """All commit, then all reveal."""
        period, desk = 5 * DAYS, self.net.deployment.addresses["EvaluationDesk"]
        words = [[word_of(points[index]) for index in sorted(points)] for points in POINTS]
        hashes = [[page_hash(each)] for each in words]
        for seat, person in enumerate(self.seats()):
            made = scores_commitment(31337, desk, self.tender.number, 0, person.address, hashes[seat], SALT)
            self.net.send(evaluation_desk.commit_scores(self.id, self.setup.as_tuple(), seat, made), person)
        self.net.wait_until(self.net.now() + period)
        for seat, person in enumerate(self.seats()):
            call = evaluation_desk.reveal_scores(
                self.id, self.setup.as_tuple(), seat, 0, words[seat], hashes[seat], SALT
            )
            self.net.send(call, person)

    def done(self, call: Call, *votes: bool) -> None:
        """The panel votes for a call, one officer proposes it, the approver makes it."""
        buyer, approver = self.net.people("buyer", "approver")
        act = act_hash(31337, self.net.deployment.addresses[call.contract], call.data)
        if votes:
            self.net.send(evaluation_desk.call_vote(self.id, act), buyer)
            for seat, (person, support) in enumerate(zip(self.seats(), votes, strict=True)):
                opinion = bytes(32) if support else OPINION
                cast = evaluation_desk.vote(self.id, self.setup.as_tuple(), seat, act, support, opinion)
                self.net.send(cast, person)
        self.net.send(four_eyes.propose(act), buyer)
        self.net.send(call, approver)

    def offers(self) -> list[tuple[int, bytes, list[int]]]:
        """What the envelopes with the prices showed, by index."""
        opened = self.net.events("OpeningCommittee", ("BidOpened",), self.id)
        shown = [each.args for each in opened if each.args["envelope"] == 1]
        return [
            (args["index"], from_hex(args["docCommit"]), list(map(int, args["amounts"])))
            for args in sorted(shown, key=lambda args: args["index"])
        ]


def published(net: Network) -> Panel:
    """By points: price 60 %, quality 30 %, term 10 %."""
    buyer, approver = net.people("buyer", "approver")
    body: dict[str, Any] = json.loads(net.samples.path("laptops", length=31 * DAYS).read_bytes())
    body["supplement"]["tender"]["awardCriteria"] = "ratedCriteria"
    body |= {
        "procedure": "eu-open", "priceWeightBps": 6_000, "panel": [person.address for person in net.people(*PANEL)],
        "criteria": [
            {"id": "quality", "weightBps": 3_000, "maxPoints": 100}, {"id": "term", "weightBps": 1_000, "maxPoints": 10},
        ],
    }  # fmt: skip
    facts = LiveFacts(net)
    member = facts.caller(buyer.address).person.member
    intake = take(body, defaults=facts.defaults(), buyer_org_id=facts.org_id(member), now=net.now())
    call = tender_board.publish(secrets.token_bytes(32), intake.terms.as_tuple(), intake.json)
    net.send(four_eyes.propose(act_hash(31337, net.deployment.addresses["TenderBoard"], call.data)), buyer)
    net.send(call, approver)
    return Panel(net, net.tenders[1])


@pytest.fixture(scope="module")
def panel() -> Iterator[Panel]:
    """Gamma fails; beta is the cheapest, and acme has the best score."""
    with Network.start("sandbox") as net:
        made = published(net)
        for name, price in PRICES.items():
            (bidder,) = net.people(name)
            made.tender.bid(price, sender=bidder)
        net.wait_until(made.tender.opens_at)
        made.tender.open()
        assert made.tender.status is TenderStatus.TECHNICAL
        made.score()
        reason = DisqualificationReason.NOT_QUALIFIED
        made.done(evaluation_desk.decide_technical(made.id, [2], [int(reason)], PAPER), True, False, True)
        assert made.tender.status is TenderStatus.TECHNICAL_STANDSTILL
        window = net.read(tender_board.bid_window(made.id))
        net.wait_until(window[4] + 1)
        (stranger,) = net.people("citizen")
        net.send(evaluation_desk.release_prices(made.id), stranger)
        made.tender.open()
        assert made.tender.status is TenderStatus.AWARDING
        setup, offers = made.setup.as_tuple(), made.offers()
        net.send(award_desk.tally(made.id, 1, setup, 0, offers), stranger)
        net.send(award_desk.rank(made.id, 1, setup, offers), stranger)
        (acme,) = net.people("acme")
        supplier = LiveFacts(net).supplier_of(acme.address)
        made.done(award_desk.award(made.id, 1, supplier, offers[0], PAPER), False, True, True)
        yield made


@pytest.fixture(scope="module")
def proof(panel: Panel) -> Proof:
    return proof_of(panel.net, panel.tender.number)


def test_verify__proof_of_an_evaluation__tells_scores_votes_with_dissent_and_the_award_by_points(
    proof: Proof, tmp_path: Path
) -> None:
    verdict = verify(proof.write(tmp_path / "proof.zip"), head=proof.head)
    facts, said = verdict.report.facts, "\n".join(verdict.lines)
    evaluation, (lot,) = facts["evaluation"], facts["lots"]
    assert [(each["seat"], each["member"]) for each in evaluation["panel"]] == [
        (seat, "LICITA-UNIVERSITY") for seat in range(3)
    ]
    assert [each["points"] for each in evaluation["scores"]] == [
        {str(index + 1): list(points) for index, points in scores.items()} for scores in POINTS
    ]
    (result,) = evaluation["results"]
    assert (result["failed"], result["document"]) == ([{"bid": 3, "why": "notQualified"}], PAPER.hex())
    assert [(vote["decision"], vote["in_favour"], vote["silent"]) for vote in evaluation["votes"]] == [
        ("technical result 1", [0, 2], []), ("lot 1: bid 1 awarded", [1, 2], []),
    ]  # fmt: skip
    assert [[(no["seat"], no["opinion"]) for no in vote["against"]] for vote in evaluation["votes"]] == [
        [(1, OPINION.hex())], [(0, OPINION.hex())],
    ]  # fmt: skip
    # Price 0.6 x 900,000 / 1,250,000, quality 0.3 x 289 / 300, term 0.1 x 29 / 30, each rounded down to a millionth before its weight.
    assert [(each["bid"], each["price"], each["score"]) for each in lot["ranking"]] == [
        (1, PRICES["acme"], "0.8176665000"), (2, PRICES["beta"], "0.6943333000"),
    ]  # fmt: skip
    assert (lot["award"]["bid"], lot["award"]["price"]) == (1, PRICES["acme"])
    assert (
        "seat 1 (opinion sha256" in said and "lot 1: bid 1 awarded" in said and "score 0.8176665000" in said
    )
    assert PRICES["gamma"].split()[0] not in said


def test_run__whole_chain__is_lawful(panel: Panel) -> None:
    report = asked(panel.net, lambda rpc: run(rpc, panel.net.deployment, panel.net.publication))
    assert report.facts["verdict"] == "consistent" and not report.facts["failed"]
    assert "3 evaluators' scores, 6 votes of panels, 1 technical results: replayed and lawful" in report.lines


def test_index__made_from_the_same_blocks__has_the_same_digest_and_tells_the_evaluation(panel: Panel) -> None:
    net, number = panel.net, panel.tender.number
    net.rebuild_index()
    index = Network.index_of(net.folder.path)
    assert asked(net, lambda rpc: run(rpc, net.deployment, net.publication)).facts["digest"] == index.digest()
    read, addresses = index.evaluating, [person.address for person in panel.seats()]
    stored = EvaluationFacts.from_tuple(net.read(evaluation_desk.evaluation_of(panel.id)))
    assert read.evaluation(number).facts == stored and read.evaluation(number + 1).facts == EvaluationFacts()
    assert [(each.seat, each.evaluator, each.pages) for each in read.scores(number, 0)] == [
        (seat, address, 1) for seat, address in enumerate(addresses)
    ]
    assert read.scores(number, 1) == []
    for index_, word in read.points(number).items():
        assert word == net.read(evaluation_desk.points_of(panel.id, index_))
        assert word == word_of(
            [sum(each) for each in zip(*(scores[index_] for scores in POINTS), strict=True)]
        )
    result = read.result(number)
    assert result is not None and [result] == read.results(number)
    assert result.failed == {2: DisqualificationReason.NOT_QUALIFIED}
    assert (read.ballots(number), read.ballot(number, "0x" + "00" * 32)) == ([], None)
    mine = read.opinions(number, result.transaction)
    assert [(each.seat, each.evaluator, each.support) for each in mine] == [
        (0, addresses[0], True), (1, addresses[1], False), (2, addresses[2], True),
    ]  # fmt: skip
    assert len(read.opinions(number)) == 6
    assert {bid: offer.amounts for bid, offer in index.awarding.offers(number).items()} == {
        bid: tuple(amounts) for bid, _, amounts in panel.offers()
    }
    assert set(index.awarding.offers(number, 0)) == {0, 1, 2}


def test_releases__two_envelopes__no_price_before_its_opening_and_each_event_once(
    panel: Panel, proof: Proof
) -> None:
    releases: list[dict[str, Any]] = json.loads(proof.release)["releases"]
    shown: dict[str, dict[str, Any]] = {}
    told: list[str] = []
    for release in releases:
        told += [anchor["event"] for anchor in release["ledgerAnchors"]]
        for detail in release.get("bids", {}).get("details", ()):
            shown.setdefault(detail["id"], {}).update(detail)
        # Beta's price is opened after acme's, and gamma's never.
        assert ("value" in shown.get("0", {})) is (told.count("BidOpened") >= 4)
        if "TechnicalDecided" in told and "EnvelopeReleased" not in told:
            assert [shown[bid]["status"] for bid in "012"] == ["valid", "valid", "disqualified"]
    assert "value" not in shown["2"] and [shown[bid]["status"] for bid in "01"] == ["valid", "valid"]
    assert shown["2"]["documents"][-1]["title"] == "Disqualified: notQualified"
    assert shown["2"]["documents"][-1]["integrity"] == [{"scheme": "sha256", "id": PAPER.hex()}]
    mine = [event for contract in OF_TENDER for event in panel.net.events(contract, (), panel.id)]
    assert sorted(told) == sorted(
        [*(event.name for event in mine), "BiddingClosed", "TechnicalStandstillEnded"]
    )


def in_data(place: int) -> Callable[[Event, bytes], int]:
    """Last byte of a word of a log's data."""
    return lambda event, data: 32 * place + 31


CHANGED: dict[str, tuple[str, int, Callable[[Event, bytes], int], str]] = {
    "score": ("ScoresRevealed", 1, in_data(5), "unlawful-EvaluationDeskScoreMismatch"),
    "commitment": ("ScoresCommitted", 2, in_bytes("commitment"), "unlawful-EvaluationDeskScoreMismatch"),
    "vote": ("VoteCast", 0, in_data(3), "unlawful-EvaluationDeskVotesShort"),
    "voter": ("VoteCast", 2, in_data(1), "unlawful-EvaluationDeskRoleMissing"),
    "bid that failed": ("TechnicalDecided", 0, in_data(5), "event-VotesTaken:act"),
    "reason": ("TechnicalDecided", 0, in_data(7), "event-VotesTaken:act"),
    "decision's document": ("TechnicalDecided", 0, in_bytes("documentHash"), "event-VotesTaken:act"),
    "end of the time to complain": ("TechnicalDecided", 0, in_data(3), "event-TechnicalDecided:standstillEnds"),
    "bid whose price stays sealed": ("EnvelopeReleased", 0, in_data(3), "event-EnvelopeReleased:excluded"),
    "price": ("BidOpened", 3, lambda event, data: data.index(int(event.args["amounts"][0]).to_bytes(32, "big")) + 31,
              "event-BidOpened:amounts"),
    "place in the ranking": ("LotRanked", 0, in_data(3), "unlawful-AwardDeskOrderWrong"),
    "award's document": ("LotAwarded", 0, in_bytes("documentHash"), "event-VotesTaken:act"),
}  # fmt: skip
"""What is changed -> event, which one, place of the byte in its data, the rule that names it."""


@pytest.mark.parametrize("what", CHANGED)
def test_check__one_value_changed_and_all_hashes_made_again__is_named(proof: Proof, what: str) -> None:
    name, nth, place, rule = CHANGED[what]
    with pytest.raises(AuditRefusal) as refused:
        check(Forge(dict(proof.files)).changed(name, nth, place))
    assert refused.value.rule == rule
    assert refused.value.place.startswith("items/") and "/receipt/logs/" in refused.value.place


def test_check__another_evaluation_in_the_state__is_refused(panel: Panel, proof: Proof) -> None:
    checked = check(dict(proof.files))
    slots: Any = checked.story.slots(panel.tender.number)
    ((slot, value),) = slots["EvaluationDesk"].items()
    code = Code.read(json.loads(proof.files["code.json"]), NOWHERE)
    with pytest.raises(AuditRefusal) as refused:
        code.check_code(checked.headers[-1], {**slots, "EvaluationDesk": {slot: value ^ 1}})
    assert value and refused.value.rule == "evaluation-facts"
