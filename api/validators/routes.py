"""Routes of the validators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.auth import AccountCaller, Reader, Writer
from api.deps import Service, TheService, body_of, json_body
from api.errors import component, read_responses
from api.pages import ListOf
from api.validators import queries
from api.validators.schemas import DecisionBody, ProofIn, ValidatorsBody
from api.writes import DONE, Act, Done, TheAct, answer, perform, write_responses

__all__ = ["router"]

router = APIRouter(prefix="/v1/validators", tags=["validators"])

_PROVE = write_responses(*component("ValidatorRegistry"))


@router.post(
    "/proofs", operation_id="validators_prove", status_code=202, responses=_PROVE | DONE,
    openapi_extra=json_body(ProofIn),
)  # fmt: skip
async def prove(
    request: Request, service: TheService, caller: Writer, act: TheAct,
    body: Annotated[ProofIn, Depends(body_of(ProofIn))],
) -> Response:  # fmt: skip
    """Prove by a block header that the engine has the validators that were decided on."""
    return await answer(service, request, act, await _prove(service, caller, act, body))


async def _prove(service: Service, caller: AccountCaller, act: Act, body: ProofIn) -> Done:
    return await perform(
        service, caller, act, body.model_dump(),
        lambda: service.council_acts.prove_validators(body.seq, bytes.fromhex(body.header[2:])),
    )  # fmt: skip


@router.get("", operation_id="validators_read", responses=read_responses())
def read(service: TheService, caller: Reader) -> ValidatorsBody:
    """The validators that are in force, and whether a block header proved that the engine has them."""
    return queries.present(service)


@router.get("/changes", operation_id="validators_changes", responses=read_responses())
def changes(service: TheService, caller: Reader) -> ListOf[DecisionBody]:
    """All decisions on validators by number."""
    return queries.changes(service)
