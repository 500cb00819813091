"""Acts on tenders: what each makes of its body; rules and refusals are those of ``chain.procurement.acts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.auth import AccountCaller
from api.deps import Service
from api.tenders.queries import tender_row
from api.tenders.schemas import AnswerIn, AskerIn, CancellationIn, NoteIn, QuestionIn
from api.writes import Act, Done, perform
from chain.errors.service import DocumentNotFound, PreconditionFailed
from chain.procurement.acts import Prepared
from chain.types import from_hex

__all__ = ["amend", "answer_question", "ask", "cancel", "disclose_asker", "note", "publish"]


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
    """Asks in public, for a supplier that is not named where a desk gives a tag. Raises the refusals of TenderBoard's ask."""
    said = body.model_dump()
    tag = None if body.tag is None else from_hex(body.tag)
    return await perform(
        service, caller, act, said,
        lambda: service.acts.ask(
            caller.actor, act.key, number, body.title, body.description, body.related_lot, body.related_item, tag
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


async def disclose_asker(
    service: Service, caller: AccountCaller, act: Act, number: int, question: int, body: AskerIn
) -> Done:
    """Tells who asked through a desk. Raises the refusals of TenderBoard's discloseAsker."""
    supplier, salt = from_hex(body.supplier), from_hex(body.salt)
    return await perform(
        service,
        caller,
        act,
        body.model_dump(),
        lambda: service.acts.disclose_asker(caller.actor, number, question, supplier, salt),
    )


async def note(service: Service, caller: AccountCaller, act: Act, number: int, body: NoteIn) -> Done:
    """Notes in public. Raises DocumentNotFound and the refusals of TenderBoard's note."""

    def build() -> Prepared:
        prepared = service.acts.note(caller.actor, act.key, number, body.text, body.document)
        _require_held(service, body.document)
        return prepared

    return await perform(service, caller, act, body.model_dump(), build)


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
        _require_held(service, body.document)
        return prepared

    return build


def _require_held(service: Service, document: str | None) -> None:
    """A document that an act names, if it names one, was uploaded before."""
    if document is not None and not (service.documents / document).exists():
        raise DocumentNotFound(document)
