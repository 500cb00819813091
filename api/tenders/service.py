"""Acts on tenders: what each makes of its body; rules and refusals are those of ``chain.procurement.acts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.auth import AccountCaller
from api.deps import Service
from api.tenders.queries import tender_row
from api.tenders.schemas import AnswerIn, CancellationIn, QuestionIn
from api.writes import Act, Done, perform
from chain.errors.service import DocumentNotFound, PreconditionFailed
from chain.procurement.acts import Prepared

__all__ = ["amend", "answer_question", "ask", "cancel", "publish"]


async def publish(service: Service, caller: AccountCaller, act: Act, body: Mapping[str, Any]) -> Done:
    """Publishes the tender of an OCDS document. Raises the Import refusals and those of TenderBoard's publish."""
    return await perform(
        service, caller, act, body, lambda: service.acts.publish(caller.actor, act.key, body)
    )


async def amend(
    service: Service, caller: AccountCaller, act: Act, number: int, body: Mapping[str, Any]
) -> Done:
    """Replaces the terms that If-Match names. Raises PreconditionRequired, PreconditionFailed, and as ``publish``."""
    wanted = act.required_match("termsHash of the tender")
    return await perform(service, caller, act, body, _amending(service, caller, number, wanted, body))


def _amending(
    service: Service, caller: AccountCaller, number: int, wanted: str, body: Mapping[str, Any]
) -> Callable[[], Prepared]:
    def build() -> Prepared:
        present = tender_row(service, number).facts.terms_hash
        if wanted.lower() != "0x" + present.hex():
            raise PreconditionFailed("0x" + present.hex(), wanted)
        return service.acts.amend(caller.actor, number, present, body)

    return build


async def ask(service: Service, caller: AccountCaller, act: Act, number: int, body: QuestionIn) -> Done:
    """Asks in public. Raises the refusals of TenderBoard's ask."""
    said = body.model_dump()
    return await perform(
        service, caller, act, said,
        lambda: service.acts.ask(
            caller.actor, act.key, number, body.title, body.description, body.related_lot, body.related_item
        ),
    )  # fmt: skip


async def answer_question(
    service: Service, caller: AccountCaller, act: Act, number: int, question: int, body: AnswerIn
) -> Done:
    """Answers once. Raises the refusals of TenderBoard's answer."""
    return await perform(
        service,
        caller,
        act,
        body.model_dump(),
        lambda: service.acts.answer(caller.actor, number, question, body.answer),
    )


async def cancel(
    service: Service, caller: AccountCaller, act: Act, number: int, body: CancellationIn
) -> Done:
    """Begins a cancellation. Raises DocumentNotFound and the refusals of TenderBoard's cancel."""
    return await perform(service, caller, act, body.model_dump(), _cancelling(service, caller, number, body))


def _cancelling(
    service: Service, caller: AccountCaller, number: int, body: CancellationIn
) -> Callable[[], Prepared]:
    def build() -> Prepared:
        prepared = service.acts.cancel(caller.actor, number, body.lot, body.reason, body.document)
        if not (service.documents / body.document).exists():
            raise DocumentNotFound(body.document)
        return prepared

    return build
