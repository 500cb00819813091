"""The evaluation of a tender from a script: everything is read live, each verb is one act in a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chain.errors.contracts import EvaluationDeskRoleMissing
from chain.procurement.acts import Prepared
from chain.procurement.awarding import LiveAwards
from chain.procurement.evaluating import LiveEvaluations
from chain.procurement.evaluation_acts import EvaluationActs
from chain.procurement.live import LiveFacts
from chain.procurement.scores import Points, Round, ScoreSheet
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.procurement.signing import signed
from chain.rules.evaluation import points_of
from chain.types import EvaluationFacts, moment, seats_of

__all__ = ["Evaluation", "Failed"]

Failed = Mapping[int, str]
"""Index of a bid that fails -> one of ``chain.procurement.evaluation_acts.FAILURES``."""


class Evaluation:
    """What the panel of one tender does."""

    def __init__(self, session: Session, tender: int) -> None:
        self._session = session
        self.tender = tender
        self._live = LiveEvaluations(session)

    def __repr__(self) -> str:
        return f"Evaluation({self.tender})"

    @property
    def facts(self) -> EvaluationFacts:
        """The stored facts."""
        return self._live.evaluation(self.tender)

    @property
    def round(self) -> Round:
        """What an evaluator scores now. Raises TenderBoardNotFound."""
        return self._acts().round(self.tender)

    @property
    def panel(self) -> tuple[str, ...]:
        """Who sits in each seat."""
        at, setup = self._acts().at(self.tender), LiveFacts(self._session).terms(self.tender).setup
        return tuple(at.holder(setup, seat) for seat in range(len(setup.panel)))

    @property
    def points(self) -> dict[int, dict[str, int]]:
        """Points of the present round, over all evaluators as far as they are revealed, by index of the bid and criterion."""
        names = [each.id for each in self.round.criteria]
        words = self._live.words(self.tender)
        return {
            index: dict(zip(names, points_of(words[index], len(names)), strict=True))
            for index in sorted(words)
        }

    @property
    def reveals_from(self) -> datetime:
        """When scores are revealed, outages added. Raises EvaluationDeskScoreNotDue before the first commitment."""
        at = self._acts().at(self.tender)
        if not at.facts.started_at:
            at.require_reveals()
        return moment(at.reveals[0])

    @property
    def silent(self) -> tuple[int, ...]:
        """Seats whose scores are not all revealed."""
        complete = seats_of(self.facts.complete)
        return tuple(seat for seat in range(len(self.panel)) if seat not in complete)

    def commit(self, points: Points, *, sender: Person) -> ScoreSheet:
        """Draws up the sender's scores and commits to them; keep what it returns, and show nobody, until it is time to reveal.

        Raises PointsMissing, PointsUnknown, the refusals of EvaluationDesk's commitScores.
        """
        sheet = ScoreSheet.draw(self.round, sender.address, points)
        self._send(self._acts().commit(sender.address, self.tender, sheet.commitment), sender)
        return sheet

    def reveal(self, sheet: ScoreSheet, *, sender: Person) -> Evaluation:
        """Reveals the pages of the sender's scores that are not revealed. Raises ScoresOther, the refusals of EvaluationDesk's
        revealScores."""
        due = self.round
        sheet.require_for(due, sender.address)
        if sender.address not in self.panel:
            raise EvaluationDeskRoleMissing("EVALUATOR", sender.address)
        done = self._live.scores(self.tender, due.round, self.panel.index(sender.address)).pages
        for page, words in list(enumerate(sheet.pages))[done:]:
            act = self._acts().reveal(
                sender.address, self.tender, page, words, sheet.page_hashes, sheet.salt.raw
            )
            self._send(act, sender)
        return self

    def call_award(self, lot: int, bid: int, document: str, *, sender: Person) -> bytes:
        """Calls the panel to vote on an award; the act that is voted on. Raises what refuses the award but votes, the refusals of
        EvaluationDesk's callVote."""
        return self._call(self._acts().call_award(sender.address, self.tender, lot, bid, document), sender)

    def call_disqualification(
        self, lot: int, bid: int, reason: str, document: str, *, sender: Person
    ) -> bytes:
        """The same of a disqualification."""
        act = self._acts().call_disqualification(sender.address, self.tender, lot, bid, reason, document)
        return self._call(act, sender)

    def call_technical(self, failed: Failed, document: str, *, sender: Person) -> bytes:
        """The same of a technical result."""
        act = self._acts().call_technical(sender.address, self.tender, _rising(failed), document)
        return self._call(act, sender)

    def vote(self, act: bytes, support: bool, *, sender: Person, opinion: str | None = None) -> Evaluation:
        """Votes on an act; ``opinion``: sha256 hex of a reasoned one. Raises the refusals of EvaluationDesk's vote."""
        return self._send(self._acts().vote(sender.address, self.tender, act, support, opinion), sender)

    def decide(
        self, failed: Failed, document: str, *, sender: Person, approver: Person | None = None
    ) -> Evaluation:
        """Decides which bids fail; all others pass. ``document``: sha256 hex of the reasoned decision, ``approver``: as of
        ``Tenders.publish``. Raises ReasonUnknown, the refusals of EvaluationDesk's decideTechnical."""
        signed(
            self._session,
            lambda first: self._acts(first).decide_technical(
                sender.address, self.tender, _rising(failed), document
            ),
            sender,
            approver,
        )
        return self

    def replace(
        self, seat: int, evaluator: Person | str, document: str, *, sender: Person, act: bytes | None = None,
        approver: Person | None = None,
    ) -> Evaluation:  # fmt: skip
        """Puts another in the seat of a silent evaluator; ``act``: on which it did not vote, None: it gave no scores. Raises the refusals
        of EvaluationDesk's replaceEvaluator."""
        account = evaluator if isinstance(evaluator, str) else evaluator.address
        signed(
            self._session,
            lambda first: self._acts(first).replace(
                sender.address, self.tender, seat, account, act, document
            ),
            sender,
            approver,
        )
        return self

    def release(self, *, sender: Person) -> Evaluation:
        """Has the prices of the bids that passed opened; anybody may. Raises the refusals of EvaluationDesk's releasePrices."""
        return self._send(self._acts().release(self.tender), sender)

    def _acts(self, proposing: bool = False) -> EvaluationActs:
        live = LiveFacts(self._session), LiveSealed(self._session), LiveAwards(self._session)
        desk = self._session.deployment.addresses["EvaluationDesk"]
        return EvaluationActs(*live, self._live, desk, proposing=proposing)

    def _call(self, act: Prepared, sender: Person) -> bytes:
        assert act.decision is not None and act.decision.act is not None, "a call for votes names its act"
        self._send(act, sender)
        return act.decision.act

    def _send(self, act: Prepared, sender: Person) -> Evaluation:
        self._session.send(act.call, sender)
        return self


def _rising(failed: Failed) -> Sequence[tuple[int, str]]:
    return sorted(failed.items())
