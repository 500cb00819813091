"""Scores, votes, the technical result, the release of prices: from what an evaluator or officer says to a call, after the rules agreed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chain.bindings import evaluation_desk
from chain.errors.procurement import AccountFormWrong, ReasonUnknown
from chain.ocds.intake import Held
from chain.procurement.acts import Prepared, Signed, digest_of, require_held
from chain.procurement.award_acts import AwardActs
from chain.procurement.awarding import AwardFacts
from chain.procurement.evaluating import ALL_FOR, Evaluations, evaluator_of, votes_on
from chain.procurement.facts import Facts, tender_in
from chain.procurement.scores import Round
from chain.procurement.sealed import SealedFacts
from chain.rules import tender_id
from chain.rules.evaluation import (
    Evaluation,
    check_call,
    check_commit,
    check_decide,
    check_release,
    check_replace,
    check_reveal,
    check_vote,
    votes_now,
)
from chain.rules.hashes import scores_commitment
from chain.rules.panels import Evaluator
from chain.transactions import Call, checksum
from chain.types import ZERO32, DisqualificationReason, PanelVote, Setup

__all__ = ["FAILURES", "EvaluationActs"]

FAILURES = {
    reason.word: reason
    for reason in DisqualificationReason
    if reason
    not in (
        DisqualificationReason.NONE,
        DisqualificationReason.ABNORMALLY_LOW,
        DisqualificationReason.REFUSED_TO_SIGN,
    )
}
"""Word -> reason that a bid fails for in the technical result: those that need no price."""

_PAPER = "11" * 32


class EvaluationActs:
    """Builds the calls of EvaluationDesk. ``desk``: its address; ``held`` as of ``AwardActs``, ``proposing`` as of ``Acts``. An evaluator's
    seat is that of its account: nobody sits in two."""

    def __init__(
        self, facts: Facts, sealed: SealedFacts, awards: AwardFacts, evaluations: Evaluations, desk: str, held: Held | None = None, *,
        proposing: bool = False,
    ) -> None:  # fmt: skip
        self._facts = facts
        self._sealed = sealed
        self._awards = awards
        self._evaluations = evaluations
        self._desk = desk
        self._held = held
        self._proposing = proposing

    def round(self, number: int) -> Round:
        """What an evaluator scores now. Raises TenderBoardNotFound."""
        at = self.at(number)
        opened = tuple(sorted(self._evaluations.opened(number)))
        return Round(
            self._facts.chain_id, self._desk, number, at.facts.round, self._sealed.bid_count(number), opened,
            self._facts.terms(number).setup.criteria,
        )  # fmt: skip

    def commit(self, actor: str, number: int, commitment: bytes) -> Prepared:
        """Commits the caller's scores, 32 bytes. Raises TenderBoardNotFound, the refusals of EvaluationDesk's commitScores."""
        at, setup = self.at(number), self._setup(number)
        seat = self._seat(at, setup, actor)
        check_commit(self._evaluator(at, actor), at, setup, seat, commitment)
        call = evaluation_desk.commit_scores(tender_id(number), setup.as_tuple(), seat, commitment)
        return _prepared(call, number, f"commit the scores of seat {seat} for tender {number}")

    def reveal(
        self, actor: str, number: int, page: int, words: Sequence[int], page_hashes: Sequence[bytes], salt: bytes
    ) -> Prepared:  # fmt: skip
        """Reveals the next page of the caller's scores. Raises TenderBoardNotFound, the refusals of EvaluationDesk's revealScores."""
        at, setup = self.at(number), self._setup(number)
        seat, desk = self._seat(at, setup, actor), self._desk
        commitment = scores_commitment(
            self._facts.chain_id, desk, number, at.facts.round, actor, page_hashes, salt
        )
        check_reveal(
            self._evaluator(at, actor), at, setup, seat, page, words, page_hashes, commitment,
            scores=self._evaluations.scores(number, at.facts.round, seat), bids=self._sealed.bid_count(number),
            opened=self._evaluations.opened(number),
        )  # fmt: skip
        call = evaluation_desk.reveal_scores(
            tender_id(number), setup.as_tuple(), seat, page, list(words), list(page_hashes), salt
        )
        return _prepared(call, number, f"reveal page {page} of the scores of seat {seat} for tender {number}")

    def vote(
        self, actor: str, number: int, act: bytes, support: bool, opinion: str | None = None
    ) -> Prepared:
        """Votes on an act; ``opinion``: sha256 hex of a reasoned one. Raises TenderBoardNotFound, DocumentHashWrong, DocumentNotFound, the
        refusals of EvaluationDesk's vote."""
        at, setup = self.at(number), self._setup(number)
        seat = self._seat(at, setup, actor)
        digest = ZERO32 if opinion is None else digest_of(opinion)
        check_vote(self._evaluator(at, actor), at, setup, seat, votes=self._votes(at, act))
        if opinion is not None:
            require_held(self._held, digest)
        call = evaluation_desk.vote(tender_id(number), setup.as_tuple(), seat, act, support, digest)
        return _prepared(call, number, f"vote {'for' if support else 'against'} an act on tender {number}")

    def call_award(self, actor: str, number: int, lot: int, index: int, document: str) -> Prepared:
        """Has the panel vote on an award. Raises what refuses it but votes, and the refusals of EvaluationDesk's callVote."""
        return self._call(actor, number, self._decided.award(actor, number, lot, index, document))

    def call_disqualification(
        self, actor: str, number: int, lot: int, index: int, reason: str, document: str
    ) -> Prepared:
        """Has the panel vote on a disqualification. Raises as ``call_award``."""
        decision = self._decided.disqualify(actor, number, lot, index, reason, document)
        return self._call(actor, number, decision)

    def call_technical(
        self, actor: str, number: int, failed: Sequence[tuple[int, str]], document: str
    ) -> Prepared:
        """Has the panel vote on a technical result. Raises as ``call_award``."""
        return self._call(actor, number, self._technical(actor, number, failed, document, ALL_FOR))

    def decide_technical(
        self, actor: str, number: int, failed: Sequence[tuple[int, str]], document: str
    ) -> Prepared:
        """Decides which bids fail; ``failed``: index and one of FAILURES each. Raises ReasonUnknown, DocumentHashWrong, DocumentNotFound,
        the refusals of EvaluationDesk's decideTechnical."""
        return self._technical(actor, number, failed, document, None)

    def replace(
        self, actor: str, number: int, seat: int, evaluator: str, act: bytes | None, document: str
    ) -> Prepared:
        """Puts another in the seat of a silent evaluator; ``act``: on which it did not vote, None: it gave no scores. Raises
        AccountFormWrong, DocumentHashWrong, DocumentNotFound, the refusals of EvaluationDesk's replaceEvaluator."""
        if not re.fullmatch(r"0x[0-9a-fA-F]{40}", evaluator):
            raise AccountFormWrong(evaluator[:80])
        at, setup, digest, account = (
            self.at(number),
            self._setup(number),
            digest_of(document),
            checksum(evaluator),
        )
        call = evaluation_desk.replace_evaluator(
            tender_id(number), setup.as_tuple(), seat, account, act or ZERO32, digest
        )
        signed = self._signed(at, call)
        check_replace(
            self._facts.caller(actor), at, setup, seat, self._evaluator(at, account), digest,
            votes=None if act is None else self._votes(at, act), signing=signed.signing,
        )  # fmt: skip
        require_held(self._held, digest)
        summary = f"put {account} in seat {seat} of the panel of tender {number}"
        return _prepared(call, number, summary, signed, digest)

    def release(self, number: int) -> Prepared:
        """Has the prices opened. Raises TenderBoardNotFound, the refusals of EvaluationDesk's releasePrices."""
        check_release(self.at(number), self._sealed.phase(number))
        return _prepared(
            evaluation_desk.release_prices(tender_id(number)), number, f"release the prices of tender {number}"
        )  # fmt: skip

    def require_result(self, actor: str, number: int, votes: PanelVote) -> None:
        """Whether a technical result could be decided with these votes; raises what ``decide_technical`` does."""
        self._technical(actor, number, (), _PAPER, votes)

    @property
    def _decided(self) -> AwardActs:
        """Awards and disqualifications as the panel votes on them: with four eyes one account of the buyer's may call for that, too."""
        return AwardActs(
            self._facts, self._sealed, self._awards, self._evaluations, self._held, proposing=True, votes=ALL_FOR,
        )  # fmt: skip

    def _technical(
        self, actor: str, number: int, failed: Sequence[tuple[int, str]], document: str, votes: PanelVote | None
    ) -> Prepared:  # fmt: skip
        for _, reason in failed:
            if reason not in FAILURES:
                raise ReasonUnknown(reason[:80], ", ".join(FAILURES))
        at, digest = self.at(number), digest_of(document)
        bids, reasons = [bid for bid, _ in failed], [int(FAILURES[reason]) for _, reason in failed]
        call = evaluation_desk.decide_technical(tender_id(number), bids, reasons, digest)
        signed = self._signed(at, call, voting=votes is not None)
        check_decide(
            self._facts.caller(actor), at, bids, reasons, digest,
            votes=votes or votes_on(self._facts, self._evaluations, number, call), opened=self._evaluations.opened(number),
            curing={bid: self._awards.curing(number, bid) for bid in bids}, signing=signed.signing,
        )  # fmt: skip
        require_held(self._held, digest)
        passed = len(self._evaluations.opened(number)) - len(bids)
        summary = f"decide the technical result of tender {number}: {passed} pass" + "".join(
            f", bid {bid} fails ({reason})" for bid, reason in failed
        )
        return _prepared(call, number, summary, signed, digest)

    def _call(self, actor: str, number: int, decision: Prepared) -> Prepared:
        at, act = self.at(number), self._facts.act(decision.call)
        check_call(self._facts.caller(actor), at, act, votes=self._votes(at, act))
        call = evaluation_desk.call_vote(tender_id(number), act)
        made = _prepared(call, number, f"call the panel to vote: {decision.summary}")
        return replace(made, decision=replace(decision, act=act))

    def _votes(self, at: Evaluation, act: bytes) -> PanelVote:
        return votes_now(at.facts, self._evaluations.votes(at.number, act))

    def _signed(self, at: Evaluation, call: Call, *, voting: bool = False) -> Signed:
        tender = at.known()
        return Signed.of(self._facts, tender.buyer, call, tender.four_eyes, self._proposing or voting)

    def at(self, number: int) -> Evaluation:
        """An evaluation that there is. Raises TenderBoardNotFound."""
        known, procedure = tender_in(self._facts, number)
        facts, replaced = self._evaluations.evaluation(number), self._evaluations.replaced(number)
        return Evaluation(number, known, procedure, facts, self._facts.clock(), replaced)

    def _setup(self, number: int) -> Setup:
        return self._facts.terms(number).setup

    @staticmethod
    def _seat(at: Evaluation, setup: Setup, account: str) -> int:
        """The seat of an account; one beyond the last where it sits in none."""
        seats = range(len(setup.panel))
        return next((seat for seat in seats if at.holder(setup, seat) == account), len(setup.panel))

    def _evaluator(self, at: Evaluation, account: str) -> Evaluator:
        tender = at.known()
        return evaluator_of(self._facts, account, tender.buyer, tender.keyset_id, at.number)


def _prepared(
    call: Call, number: int, summary: str, signed: Signed | None = None, document: bytes | None = None
) -> Prepared:
    act = None if signed is None else signed.act
    documents = () if document is None else (document.hex(),)
    return Prepared(call, f"tenders/{number}", summary, act=act, documents=documents)
