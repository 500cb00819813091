"""Evaluations of the contract tests: a panel, tenders of two envelopes, scores, votes, the technical result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.sealing.envelope import SealedEnvelope, pads
from chain.types import Criterion, DisqualificationReason, LotTerms, Role, Setup
from tests.contracts.awards import Amounts, Offer, Opened, opened, procedure, put_out, register, send_all
from tests.contracts.bids import reveal_of, sealed_bid, submission
from tests.contracts.four_eyes import Act
from tests.contracts.tenders import Status, status
from tests.contracts.world import DAY, ZERO, Receipt, Refusal, World, address, hash_of

__all__ = [
    "BY_POINTS", "CRITERIA", "EVALUATION", "OPINION", "PANEL", "RESULT", "SCORE_PERIOD", "Evaluated", "act_of", "commitment_of",
    "evaluated", "page_hash", "seated", "technical", "voting", "word_of",
]  # fmt: skip

EVALUATION = "EvaluationDesk"
PANEL = ("evaluator", "judge", "judge2")
"""Who sits in seats 0, 1, 2: of the university, which is independent; the other two of the buyer."""
CRITERIA = (Criterion("quality", 3_000, 100), Criterion("term", 1_000, 10))
BY_POINTS = {"envelopes": 2, "award_rule": 1, "min_evaluators": 2, "max_bids": 1_000}
"""Of the sandbox procedure, changed."""
SCORE_PERIOD = 5
OPINION, RESULT = hash_of("opinion"), hash_of("technical result")
SALT = hash_of("salt")
PAGE = 16

Reason = DisqualificationReason


def seated(world: World, *others: str) -> None:
    """The buyer's evaluators, and ``others`` of the university, are people of theirs."""
    wanted = [("admin", who) for who in PANEL[1:]] + [("evaluator", who) for who in others]
    for admin, who in wanted:
        if world.read("MemberRegistry", "memberOf", address(who)) == ZERO:
            person = (address(who), int(Role.EVALUATOR), world.time + 1_000 * DAY)
            world.send(admin, "MemberRegistry", "addPerson", *person)


def word_of(*points: int) -> int:
    """Points of a bid, by criterion: 16 bits each."""
    return sum(each << 16 * place for place, each in enumerate(points))


def page_hash(words: Sequence[int]) -> bytes:
    """keccak256 of the words of a page."""
    return bytes(keccak(b"".join(word.to_bytes(32, "big") for word in words)))


def act_of(world: World, contract: str, function: str, *args: Any) -> bytes:
    """A call, as FourEyes and the panel know it."""
    return Act(world, contract, function, args).hash


def commitment_of(
    world: World, id: bytes, who: str, hashes: Sequence[bytes], *, round: int = 0, salt: bytes = SALT
) -> bytes:
    """What an evaluator commits to, computed a second time."""
    kinds = ["uint256", "address", "bytes32", "uint16", "address", "bytes32[]", "bytes32"]
    desk = world.addresses[EVALUATION]
    return bytes(keccak(encode(kinds, [31_337, desk, id, round, address(who), list(hashes), salt])))


@dataclass
class Evaluated(Opened):
    """A tender with a panel; ``sealed`` are the envelopes with the prices, ``first`` those with documents alone.

    ``panel``: who sits in each seat.
    """

    first: dict[str, SealedEnvelope] = field(default_factory=dict)
    panel: tuple[str, ...] = PANEL
    round: int = 0

    def ask(self, who: str, function: str, *args: Any, at: int | None = None) -> Receipt:
        """A call of the desk about this tender."""
        return self.world.send(who, EVALUATION, function, self.id, *args, at=at)

    def refused(self, who: str, function: str, *args: Any, at: int | None = None) -> Refusal:
        """What refuses it."""
        return self.world.refusal(who, EVALUATION, function, self.id, *args, at=at)

    def view(self, function: str, *args: Any) -> Any:
        """A view of the desk about this tender."""
        return self.world.read(EVALUATION, function, self.id, *args)

    def evaluation(self) -> dict[str, Any]:
        """Struct Evaluation by name."""
        return self.world.facts(EVALUATION, "evaluationOf", self.id)

    def window(self) -> dict[str, Any]:
        """Struct BidWindow by name."""
        return self.world.facts("TenderBoard", "bidWindow", self.id)

    def status(self) -> Status:
        """The tender's."""
        return status(self.world, self.tender)

    def shown(self, who: str) -> Offer:
        """What the opening of a technical envelope showed, as the complaint about its result passes it."""
        sealed = self.first[who]
        (word,) = sealed.envelope.words
        commitment = word ^ pads(sealed.context, sealed.secret, 1)[0]
        return self.index(who), commitment.to_bytes(32, "big"), ()

    # scores

    def words(self, points: Mapping[str, Sequence[int]]) -> list[list[int]]:
        """By page, the words of the opened bids in order of index."""
        bids = self.world.facts("BidBox", "box", self.id)["bids"]
        by_index = {self.index(who): word_of(*each) for who, each in points.items()}
        pages = range(-(-bids // PAGE))
        return [
            [by_index[i] for i in range(PAGE * page, PAGE * page + PAGE) if i in by_index] for page in pages
        ]

    def commit(self, seat: int, points: Mapping[str, Sequence[int]], **options: Any) -> Receipt:
        """As who sits there."""
        who = self.panel[seat]
        hashes = [page_hash(words) for words in self.words(points)]
        made = commitment_of(self.world, self.id, who, hashes, round=self.round)
        return self.ask(who, "commitScores", self.setup, seat, made, **options)

    def revelation(self, seat: int, points: Mapping[str, Sequence[int]], page: int = 0) -> tuple[Any, ...]:
        """Arguments of `revealScores` after the tender."""
        pages = self.words(points)
        return self.setup, seat, page, pages[page], [page_hash(words) for words in pages], SALT

    def reveal(self, seat: int, points: Mapping[str, Sequence[int]], **options: Any) -> Receipt:
        """All pages; the last receipt."""
        pages = range(len(self.words(points)))
        return [
            self.ask(self.panel[seat], "revealScores", *self.revelation(seat, points, page), **options)
            for page in pages
        ][-1]

    def to_reveal(self) -> int:
        """To the first second in which scores are revealed."""
        at = int(self.evaluation()["startedAt"]) + self.procedure.score_period
        self.world.move_to(max(at, self.world.time + 1))
        return at

    def score(self, *by_seat: Mapping[str, Sequence[int]]) -> Evaluated:
        """Everybody commits, then reveals."""
        for seat, points in enumerate(by_seat):
            self.commit(seat, points)
        self.to_reveal()
        for seat, points in enumerate(by_seat):
            self.reveal(seat, points)
        return self

    # votes and the result

    def vote(self, act: bytes, **by_seat: bool) -> None:
        """Calls for votes where nobody did, and casts those of ``seat0``, ``seat1``, ...."""
        if self.view("votesOn", act)[0] == 0:
            self.ask("officer", "callVote", act)
        for name, support in by_seat.items():
            seat = int(name.removeprefix("seat"))
            self.ask(self.panel[seat], "vote", self.setup, seat, act, support, OPINION)

    def result(
        self, *failed: str, reason: int = Reason.TECHNICAL_FAILED, document: bytes = RESULT
    ) -> tuple[Any, ...]:
        """Arguments of `decideTechnical` after the tender."""
        indexes = sorted(self.index(who) for who in failed)
        return indexes, [int(reason)] * len(indexes), document

    def decide(self, *failed: str, **options: Any) -> Receipt:
        """The panel votes for it, the officer decides."""
        args = self.result(*failed)
        self.vote(
            act_of(self.world, EVALUATION, "decideTechnical", self.id, *args),
            seat0=True,
            seat1=True,
            seat2=True,
        )
        return self.ask("officer", "decideTechnical", *args, **options)

    def to_prices(self) -> int:
        """To the first second in which prices may be opened."""
        at = int(self.window()["openFrom"])
        self.world.move_to(max(at, self.world.time + 1))
        return at

    def release(self, **options: Any) -> Receipt:
        """By anybody."""
        return self.ask("stranger", "releasePrices", **options)

    def open_prices(self) -> Evaluated:
        """Those that passed are released and opened by their bidders; what is sealed for good is dropped."""
        self.to_prices()
        self.release()
        for who in [who for who in self.sealed if self.view("isFailed", self.index(who))]:
            del self.sealed[who]
        return self.open_released()

    def open_released(self) -> Evaluated:
        """Their bidders open the prices that were released."""
        self.world.move_to(max(int(self.window()["fallbackFrom"]), self.world.time + 1))
        reveals = [
            (who, "OpeningCommittee", "selfReveal", reveal_of(self.tender, self.index(who), each))
            for who, each in self.sealed.items()
        ]
        send_all(self.world, reveals)
        assert self.status() == Status.AWARDING
        return self


def evaluated(
    world: World,
    bids: Mapping[str, Amounts],
    *,
    lots: Sequence[LotTerms] = (LotTerms(100_000),),
    panel: Sequence[str] = PANEL,
    criteria: Sequence[Criterion] = CRITERIA,
    body: bytes = ZERO,
    **changes: Any,
) -> Evaluated:
    """A tender of two envelopes by points whose bids are sealed, in this order."""
    kept = procedure(world, **{**BY_POINTS, **changes})
    seated(world)
    register(world, list(bids))
    setup = Setup(tuple(lots), tuple(criteria), tuple(address(who) for who in panel))
    weight = 10_000 - sum(each.weight_bps for each in criteria)
    tender = put_out(world, kept, setup=setup, review_body=body, price_weight_bps=weight)
    first = {who: sealed_bid(world, tender, who, ()) for who in bids}
    last = {
        who: sealed_bid(
            world, tender, who, list(amounts) if isinstance(amounts, Sequence) else [amounts], envelope=1
        )
        for who, amounts in bids.items()
    }
    send_all(world, [(who, "BidBox", "submit", submission(tender, first[who], last[who])) for who in bids])
    indexes = {who: place for place, who in enumerate(bids)}
    orders = {who: place + 1 for place, who in enumerate(bids)}
    return Evaluated(world, tender, kept, last, indexes, orders, first, tuple(panel))


def technical(world: World, bids: Mapping[str, Amounts] | None = None, **options: Any) -> Evaluated:
    """The same, once every technical envelope is open."""
    made = evaluated(world, bids or {"acme": 1_000, "beta": 900, "gama": 950}, **options)
    world.move_to(int(made.window()["fallbackFrom"]))
    reveals = [
        (who, "OpeningCommittee", "selfReveal", reveal_of(made.tender, made.index(who), each))
        for who, each in made.first.items()
    ]
    send_all(world, reveals)
    assert made.status() == Status.TECHNICAL
    return made


def voting(world: World, bids: Mapping[str, Amounts] | None = None, **options: Any) -> Evaluated:
    """A tender of one envelope whose panel votes on awards: bids are open, its only lot is ranked."""
    seated(world)
    made = opened(
        world, bids or {"acme": 1_000, "beta": 900, "gama": 950}, panel=PANEL, min_evaluators=2, **options
    )
    made.ready()
    return Evaluated(**vars(made))
