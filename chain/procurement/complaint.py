"""A complaint from a script: everything is read live, each verb is one act in a block."""

from __future__ import annotations

from datetime import datetime

from chain.errors.contracts import ComplaintDeskNotFound
from chain.procurement.acts import Prepared
from chain.procurement.awarding import LiveAwards
from chain.procurement.complaining import LiveComplaints
from chain.procurement.complaint_acts import ComplaintActs
from chain.procurement.live import LiveFacts
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.procurement.signing import signed
from chain.rules.tenders import clock_of
from chain.types import ComplaintFacts, ComplaintStatus, moment

__all__ = ["Complaint", "complaint_acts"]


class Complaint:
    """One complaint, by number."""

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self.number = number

    def __repr__(self) -> str:
        return f"Complaint({self.number})"

    @property
    def facts(self) -> ComplaintFacts:
        """The stored facts. Raises ComplaintDeskNotFound."""
        found = LiveComplaints(self._session).complaint(self.number)
        if found is None:
            raise ComplaintDeskNotFound(self.number)
        return found

    @property
    def status(self) -> ComplaintStatus:
        """How far it got."""
        return self.facts.status

    @property
    def due_at(self) -> datetime:
        """End of the review, then of the time for the remedy, suspensions and outages added."""
        facts, live = self.facts, LiveFacts(self._session)
        return moment(clock_of(live.tender_known(facts.tender), live.clock()).end_of(facts.due))

    def withdraw(self, *, sender: Person) -> Complaint:
        """Takes it back (its supplier). Raises the refusals of ComplaintDesk's withdraw."""
        return self._send(self._acts.withdraw(sender.address, self.number), sender)

    def admit(self, document: str, *, sender: Person) -> Complaint:
        """Takes it in for review (the review body). Raises the refusals of ComplaintDesk's admit."""
        return self._send(self._acts.admit(sender.address, self.number, document), sender)

    def reject(self, document: str, *, sender: Person) -> Complaint:
        """Does not take it in (the review body). Raises the refusals of ComplaintDesk's reject."""
        return self._send(self._acts.reject(sender.address, self.number, document), sender)

    def dismiss(self, document: str, *, sender: Person) -> Complaint:
        """Finds against the complainant (the review body). Raises the refusals of ComplaintDesk's dismiss."""
        return self._send(self._acts.dismiss(sender.address, self.number, document), sender)

    def uphold(self, remedy: str, document: str, *, sender: Person, bid: int | None = None) -> Complaint:
        """Finds for the complainant (the review body); ``remedy``: amend, cancelTender, cancelAward, restoreBid (``bid``: which) or
        undoCancellation. Raises ReasonUnknown, the refusals of ComplaintDesk's uphold."""
        return self._send(self._acts.uphold(sender.address, self.number, remedy, document, bid), sender)

    def execute(self, *, sender: Person, approver: Person | None = None) -> Complaint:
        """Applies the remedy (the buyer); ``approver``: as of ``Tenders.publish``. Raises the refusals of ComplaintDesk's execute."""

        def build(proposing: bool) -> Prepared:
            return complaint_acts(self._session, proposing).execute(sender.address, self.number)

        signed(self._session, build, sender, approver)
        return self

    def enforce(self, document: str, *, sender: Person) -> Complaint:
        """Applies the remedy that the buyer did not, once its time is over (the review body). Raises the refusals of enforce."""
        return self._send(self._acts.enforce(sender.address, self.number, document), sender)

    @property
    def _acts(self) -> ComplaintActs:
        return complaint_acts(self._session)

    def _send(self, act: Prepared, sender: Person) -> Complaint:
        self._session.send(act.call, sender)
        return self


def complaint_acts(session: Session, proposing: bool = False) -> ComplaintActs:
    """The acts of complaints, on what a session's network says at its head."""
    live = LiveFacts(session), LiveSealed(session), LiveAwards(session), LiveComplaints(session)
    return ComplaintActs(*live, proposing=proposing)
