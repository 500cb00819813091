"""The life of a tender: what happened and who did it, what can be done now, by whom and until when, and why not yet."""

from __future__ import annotations

from collections.abc import Mapping

from api.deps import Service
from api.feed import EventBody, feed
from api.organisations import org_id_of
from api.steps import step_body
from api.tenders.schemas import TimelineBody, TimelineRowBody
from chain.errors.contracts import TenderBoardNotFound
from chain.procurement.agreeing import IndexedAgreements
from chain.procurement.awarding import IndexedAwards
from chain.procurement.complaining import IndexedComplaints
from chain.procurement.evaluating import IndexedEvaluations
from chain.procurement.steps import steps_of

__all__ = ["timeline"]


def timeline(service: Service, number: int, after: str | None, limit: int) -> TimelineBody:
    """Events from ``after`` on, and every act as it stands now. Raises TenderBoardNotFound, CursorInvalid."""
    with service.index.at_once():
        row = service.index.tender(number)
        if row is None:
            raise TenderBoardNotFound(number)
        page = feed(service, after, limit, tender=number)
        senders = service.index.senders([each.transaction for each in page.items if each.transaction])
        rows = [_row(service, each, senders) for each in page.items]
        steps = steps_of(
            service.facts,
            service.sealed,
            IndexedAwards(service.index),
            IndexedComplaints(service.index),
            IndexedEvaluations(service.index),
            IndexedAgreements(service.index),
            number,
        )
        status = service.index.status(row).word
    return TimelineBody(
        items=rows, next=page.next, head=page.head, genesis=page.genesis, status=status, steps=[step_body(each) for each in steps]
    )  # fmt: skip


def _row(service: Service, event: EventBody, senders: Mapping[str, str]) -> TimelineRowBody:
    sender = senders.get(event.transaction or "")
    organisation = None if sender is None else _organisation(service, sender)
    return TimelineRowBody(**event.model_dump(), actor=sender, organisation=organisation)


def _organisation(service: Service, address: str) -> str | None:
    """The organisation that an account acts for now."""
    person, supplier = service.index.person(address), service.index.supplier_of(address)
    identifier = person.member if person is not None else supplier.id if supplier is not None else None
    return None if identifier is None else org_id_of(service, identifier)
