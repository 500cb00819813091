"""Acts on comments; rules and refusals are those of ``chain.council.acts``."""

from __future__ import annotations

from api.archive import keep
from api.auth import AccountCaller
from api.comments.schemas import CommentIn, HidingIn
from api.deps import Service
from api.writes import Act, Done, perform
from chain.procurement.acts import Prepared

__all__ = ["comment", "hide"]


async def comment(service: Service, caller: AccountCaller, act: Act, number: int, body: CommentIn) -> Done:
    """Comments for the caller's organisation. Raises the refusals of Consultation's comment."""
    text = body.text.encode()

    def build() -> Prepared:
        prepared = service.council_acts.comment(caller.actor, act.key, number, text)
        # Before the act is accepted: what is on the chain can be read from then on.
        keep(service.documents, text, "text/plain")
        return prepared

    return await perform(service, caller, act, body.model_dump(), build)


async def hide(service: Service, caller: AccountCaller, act: Act, number: int, body: HidingIn) -> Done:
    """Hides a text. Raises DocumentNotFound and the refusals of Consultation's hide."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.council_acts.hide(caller.actor, number, body.text, body.reason),
    )  # fmt: skip
