"""Was each evaluation lawful? Who sat in which seat, windows, commitments, points, votes and results are computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chain.audit.act import Act
from chain.bindings import evaluation_desk
from chain.errors.chain import CallInvalid, CallUnknown
from chain.recorder.index.award_desk import offers_of
from chain.recorder.index.content import load
from chain.recorder.index.evaluation_desk import ballot_in, evaluation_facts, evaluation_row
from chain.recorder.schema import idx_asked, idx_ballot, idx_bid, idx_box, idx_result, idx_score, idx_tender
from chain.rules.evaluation import (
    PAGE,
    Evaluation,
    Sealed,
    check_call,
    check_commit,
    check_decide,
    check_release,
    check_replace,
    check_reveal,
    check_vote,
    pages_of,
    require_votes,
    votes_now,
)
from chain.rules.hashes import act_hash, page_hash, scores_commitment
from chain.rules.panels import Evaluator
from chain.rules.registry import independent
from chain.transactions import Call
from chain.types import (
    ZERO32,
    Asked,
    PanelVote,
    Setup,
    Terms,
    from_hex,
    to_hex,
)

__all__ = ["Evaluations", "check_released", "panel_of"]

_ACT = 4
"""Place of the act among the arguments of `replaceEvaluator`."""
_ENOUGH = PanelVote(called_at=1, yes=0xFF)
"""Votes that were held against the rules where they were taken."""


def evaluator_of(act: Act, address: str, buyer: bytes, keyset_id: bytes) -> Evaluator:
    """An account as the registries and the box know it, beside the buyer and the committee of the tender."""
    caller = act.caller_of(address)
    member = caller.person.member
    bids = any(
        row["tender"] == act.number and row["supplier"] == to_hex(member) for row in act.rows.all(idx_bid)
    )
    return Evaluator(
        address, caller.person, caller.member, bids=bids, independent=independent(member, buyer, act.superiors()),
        keyset_dependent=act.dependent_seat(keyset_id, to_hex(member)),
    )  # fmt: skip


def panel_of(act: Act, terms: Terms, buyer: bytes) -> dict[str, Evaluator]:
    """The accounts in the panel of new terms, by address."""
    return {address: evaluator_of(act, address, buyer, terms.keyset_id) for address in terms.setup.panel}


class Evaluations:
    """Judges the events of EvaluationDesk, and the release of prices; keeps the votes between their end and the act that they decide."""

    def __init__(self, chain_id: int) -> None:
        self._chain_id = chain_id
        self._taken: Act | None = None
        self.checks: Mapping[str, Callable[[Act], None]] = {
            "ScoresCommitted": self._committed,
            "ScoresRevealed": self._revealed,
            "VoteCalled": _called,
            "VoteCast": _cast,
            "VotesTaken": self._votes_taken,
            "EvaluatorReplaced": _replaced,
            "TechnicalDecided": self._decided,
        }

    def votes(self, act: Act, made: Call) -> PanelVote:
        """The votes that an act used up: those that were taken right before it, on the very call that was ``made`` by its event. A call
        in another encoding is another act: then it is the one that the sender signed; a contract that acted for somebody may have made
        one which no transaction shows.

        Raises AuditRefusal ``event-VotesTaken:act``.
        """
        taken, self._taken = self._taken, None
        if taken is None or taken.number != act.number:
            return PanelVote()
        before, now = taken.event, act.event
        if (before.transaction, before.log_index + 1) != (now.transaction, now.log_index):
            return PanelVote()
        if act.call is not None:
            data = made.data if _is_canonical(made.contract, act.call) else act.call
            taken.must("act", to_hex(act_hash(self._chain_id, now.address, data)))
        return _ENOUGH

    def _votes_taken(self, act: Act) -> None:
        evaluation = _evaluation(act)
        votes = votes_now(evaluation.facts, _ballot(act))
        require_votes(act.number, evaluation.known().panel, votes, evaluation.procedure, evaluation.own_clock)
        self._taken = act

    def _committed(self, act: Act) -> None:
        evaluation, seat = _evaluation(act), act.args["seat"]
        check_commit(
            _evaluator(act, act.sender, evaluation),
            evaluation,
            _setup(act),
            seat,
            from_hex(act.args["commitment"]),
        )
        act.must("round", evaluation.facts.round)
        act.must("evaluator", act.sender)

    def _revealed(self, act: Act) -> None:
        """What was committed to stands in the call alone: what came through another contract has shown it to ours alone."""
        evaluation, args = _evaluation(act), act.args
        seat, page, words = args["seat"], int(args["page"]), list(map(int, args["words"]))
        row = act.rows.get(idx_score, act.number, evaluation.facts.round, seat)
        scores = Sealed() if row is None else Sealed(from_hex(row["commitment"]), row["pages"])
        bids = _bids(act)
        opened = _opened(act, range(page * PAGE, min((page + 1) * PAGE, bids)))
        hashes, commitment = [page_hash(words)] * pages_of(bids), scores.commitment
        if (call := act.called("revealScores")) is not None:
            *_, hashes, salt = call.args
            commitment = scores_commitment(
                self._chain_id, act.event.address, act.number, evaluation.facts.round, act.sender, hashes, salt
            )  # fmt: skip
        check_reveal(
            _evaluator(act, act.sender, evaluation), evaluation, _setup(act), seat, page, words, hashes, commitment, scores=scores,
            bids=bids, opened=opened,
        )  # fmt: skip
        act.must("round", evaluation.facts.round)
        act.must("evaluator", act.sender)

    def _decided(self, act: Act) -> None:
        evaluation, args = _evaluation(act), act.args
        curing = {index: _asked(act, index) for index in args["failed"]}
        document = from_hex(args["documentHash"])
        made = evaluation_desk.decide_technical(
            from_hex(args["id"]), args["failed"], args["reasons"], document
        )
        check_decide(
            act.caller(), evaluation, args["failed"], args["reasons"], document, votes=self.votes(act, made),
            opened=_opened(act, args["failed"]),
            curing=curing, signing=act.signing,
        )  # fmt: skip
        act.must("round", evaluation.facts.round)
        act.must("standstillEnds", evaluation.own_clock.time + evaluation.procedure.complaint_window)


def check_released(act: Act) -> None:
    """EnvelopeReleased: by EvaluationDesk, for anybody, without the bids that failed and no other."""
    evaluation, box = _evaluation(act), act.known(idx_box, act.number)
    check_release(evaluation, box["phase"])
    act.must("envelope", 1)
    result = act.known(idx_result, act.number, evaluation.facts.results)
    act.must("excluded", [index for index, _ in load(result["failed"])])


def _called(act: Act) -> None:
    evaluation = _evaluation(act)
    votes = votes_now(evaluation.facts, _ballot(act))
    check_call(act.caller(), evaluation, from_hex(act.args["act"]), votes=votes)


def _cast(act: Act) -> None:
    evaluation, seat = _evaluation(act), act.args["seat"]
    votes = votes_now(evaluation.facts, _ballot(act))
    check_vote(_evaluator(act, act.sender, evaluation), evaluation, _setup(act), seat, votes=votes)
    act.must("sitting", evaluation.facts.sitting)
    act.must("evaluator", act.sender)


def _replaced(act: Act) -> None:
    """For want of scores, then a new round begins; or of a vote: on which act stands in the call alone, so that any that fits will do where
    another contract called."""
    evaluation, args, setup = _evaluation(act), act.args, _setup(act)
    facts, seat = evaluation.facts, args["seat"]
    call = act.called("replaceEvaluator")
    votes = None
    is_vote = args["round"] == facts.round if call is None else call.args[_ACT] != ZERO32
    if is_vote:
        mine = (row for row in act.rows.all(idx_ballot) if row["tender"] == act.number)
        asked = [
            votes_now(facts, ballot_in(row))
            for row in mine
            if call is None or row["act"] == to_hex(call.args[_ACT])
        ]
        silent = (each for each in asked if evaluation.is_vote_missing(seat, len(setup.panel), each))
        votes = next(silent, PanelVote())
    check_replace(
        act.caller(), evaluation, setup, seat, _evaluator(act, args["evaluator"], evaluation), from_hex(args["documentHash"]),
        votes=votes, signing=act.signing,
    )  # fmt: skip
    act.must("round", facts.round + (votes is None))


def _evaluation(act: Act) -> Evaluation:
    tender, procedure = act.tender()
    row = evaluation_row(act.number, act.rows)
    replaced = {int(seat): each["evaluator"] for seat, each in load(row["replaced"]).items()}
    return Evaluation(act.number, tender, procedure, evaluation_facts(row), act.clock, replaced)


def _evaluator(act: Act, address: str, evaluation: Evaluation) -> Evaluator:
    tender = evaluation.known()
    return evaluator_of(act, address, tender.buyer, tender.keyset_id)


def _setup(act: Act) -> Setup:
    return Terms.from_args(load(act.known(idx_tender, act.number)["terms"])).setup


def _ballot(act: Act) -> PanelVote:
    return ballot_in(act.rows.get(idx_ballot, act.number, act.args["act"]))


def _bids(act: Act) -> int:
    box = act.rows.get(idx_box, act.number)
    return 0 if box is None else int(box["bids"])


def _opened(act: Act, indexes: Iterable[int]) -> set[int]:
    """Those of these bids whose technical envelope is open."""
    return set(offers_of(act.number, indexes, 0, act.rows))


def _asked(act: Act, index: int) -> Asked:
    row = act.rows.get(idx_asked, act.number, 0, index)
    return Asked() if row is None else Asked(row["until"], bool(row["given_at"]))


def _is_canonical(contract: str, data: bytes) -> bool:
    try:
        Call.from_data(contract, data)
    except (CallInvalid, CallUnknown):
        return False
    return True
