"""Acts on comments; rules and refusals are those of ``chain.council.acts`` and ``governance.consultation``."""

from __future__ import annotations

from fastapi import Response

from api.archive import keep
from api.auth import AccountCaller
from api.comments.schemas import CommentIn, HidingIn
from api.deps import Service, require_current
from api.writes import Act, Done, perform
from chain.procurement.acts import Prepared
from governance.consultation import Receipt, checked_text

__all__ = ["comment", "hide", "take"]


async def comment(service: Service, caller: AccountCaller, act: Act, number: int, body: CommentIn) -> Done:
    """Comments for the caller's organisation. Raises the Comment refusals and those of Consultation's comment."""

    def build() -> Prepared:
        text = checked_text(body.text)
        prepared = service.council_acts.comment(caller.actor, act.key, number, text)
        # Before the act is accepted: what is on the chain can be read from then on.
        keep(service.texts, text, "text/plain")
        return prepared

    return await perform(service, caller, act, body.model_dump(), build)


async def take(service: Service, act: Act, number: int, body: CommentIn) -> Response:
    """Takes the comment of somebody without an account: 201 with the receipt, the same one for a repeated request.

    Raises as ``Citizens.begin`` and ``finish``, and why nothing can be accepted now.
    """
    citizens, text = service.citizens, body.text
    found = await citizens.begin(number, text, act.key)
    headers = {"Cache-Control": "no-store"}
    if isinstance(found, Receipt):
        headers["Idempotency-Replayed"] = "true"
        receipt = found
    else:
        require_current(await service.standing.now())
        receipt = await citizens.finish(found, text, act.key)
    headers["Location"] = f"/v1/proposals/{number}/comments/{receipt.comment.serial}/receipt"
    return Response(receipt.to_bytes(), 201, headers, "application/json")


async def hide(service: Service, caller: AccountCaller, act: Act, number: int, body: HidingIn) -> Done:
    """Hides a text. Raises DocumentNotFound and the refusals of Consultation's hide."""
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.council_acts.hide(caller.actor, number, body.text, body.reason),
    )  # fmt: skip
