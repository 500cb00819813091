"""The one way of a write: key looked up, rules asked, contract asked, accepted durably, answered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.auth import AccountCaller
from api.deps import Service, require_current
from api.errors import COMMON, PROBLEM_JSON, STORAGE, TOKEN, all_errors, refusals
from chain.errors import LicitaError, contracts
from chain.errors.chain import GasOverCap, RevertUnexplained
from chain.errors.nodes import ChainUnreachable
from chain.errors.ocds import (
    ImportEncoding,
    ImportFieldType,
    ImportKeyRepeated,
    ImportNotJson,
    ImportNumberInvalid,
    ImportTooDeep,
    ImportTooLarge,
)
from chain.errors.recorder import (
    BlockUnusable,
    ChainDiverged,
    IdempotencyKeyReused,
    IndexStopped,
    LaneParked,
    RecorderBroken,
    SignerUnknown,
    StorageFull,
)
from chain.errors.service import (
    ActorNotYours,
    BodyTooLarge,
    HeaderMalformed,
    IdempotencyKeyMalformed,
    IdempotencyKeyMissing,
    IndexBehind,
    MediaTypeUnsupported,
    OperationNotRecorded,
    PreconditionRequired,
    RequestInvalid,
    RequestSlow,
    ScopeMissing,
    TokenMissing,
)
from chain.procurement.acts import Prepared
from chain.recorder import Operation
from chain.recorder import Request as Wanted
from chain.recorder.calls import KeptCall
from chain.recorder.index.views import EventRow
from chain.types import moment, to_hex

__all__ = [
    "BODY",
    "Act",
    "DONE",
    "Done",
    "MADE",
    "NothingIn",
    "OperationBody",
    "Responses",
    "TheAct",
    "answer",
    "open_write_responses",
    "operation_body",
    "perform",
    "write_responses",
]

STALL_SECONDS = 10.0
"""A network without a block for longer, while something waits for one, stalls; the caller is told."""
MAX_WAIT = 30
"""Longest ``Prefer: wait`` in seconds."""

_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_WAIT = re.compile(r"(?:^|[,\s])wait=(\d{1,4})(?:$|[,;\s])")
_MATCH = re.compile(r'(?:W/)?"([\x21\x23-\x7e]{1,100})"')

BODY = (
    BodyTooLarge, ImportEncoding, ImportFieldType, ImportKeyRepeated, ImportNotJson, ImportNumberInvalid, ImportTooDeep, ImportTooLarge,
    MediaTypeUnsupported, RequestInvalid, RequestSlow,
)  # fmt: skip
_WRITE = (
    ActorNotYours, BlockUnusable, ChainDiverged, ChainUnreachable, GasOverCap, HeaderMalformed, IdempotencyKeyMalformed,
    IdempotencyKeyMissing, IdempotencyKeyReused, IndexBehind, IndexStopped, LaneParked, OperationNotRecorded, RecorderBroken,
    RevertUnexplained, SignerUnknown, StorageFull,
)  # fmt: skip


Responses = dict[int | str, dict[str, Any]]
"""``responses`` of a route."""


class OperationBody(BaseModel):
    """An accepted request and what became of it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    id: str = Field(examples=["01934c1e-7a3b-7c11-8f6e-2b1d0c9a8e77"])
    state: str = Field(
        description="`recorded` or `reverted` once it is in a block; `queued`, `numbered`, `signed` before; `displaced`, `withdrawn`.",
        json_schema_extra={
            "enum": ["queued", "numbered", "signed", "recorded", "reverted", "displaced", "withdrawn"]
        },
    )
    contract: str = Field(examples=["TenderBoard"])
    function: str = Field(examples=["publish"])
    subject: str = Field(
        description="What it is about; empty until a new thing is in a block.", examples=["tenders/7"]
    )
    actor: str = Field(
        description="The account that acts.", examples=["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]
    )
    transaction: str | None = Field(description="Hash, once it is signed.")
    block: int | None = Field(description="The receipt: the block that holds it.")
    resource: str | None = Field(
        description="Path of what it made or changed, once it is in a block.", examples=["/v1/tenders/7"]
    )
    error: str | None = Field(description="Why the contract refused it.")
    facts: dict[str, Any] = Field(description="Facts of that refusal.")
    created_at: str = Field(examples=["2026-03-01T12:00:00Z"])
    act: str | None = Field(
        None,
        description="Where it proposes an act: what another account of the buyer approves under `/v1/acts`.",
    )
    summary: str | None = Field(None, description="The act in words; only in the answer to the request.")
    ignored: list[str] = Field(
        [], description="Parts of the document that were not taken; only in the answer to the request."
    )
    stalled_for: float | None = Field(
        None, description="Seconds without a new block, where the network stalls."
    )


MADE: Responses = {201: {"model": OperationBody, "description": "In a block; Location is what was made."}}
DONE: Responses = {200: {"model": OperationBody, "description": "In a block."}}


class NothingIn(BaseModel):
    """An act that the path says all about."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


@dataclass(frozen=True)
class Act:
    """What the headers say about a write. ``wait`` seconds to wait for the block; ``match``: the value of If-Match."""

    method: str
    path: str
    key: str
    wait: int
    match: str | None

    def required_match(self, wanted: str) -> str:
        """The value of If-Match. Raises PreconditionRequired."""
        if self.match is None:
            raise PreconditionRequired(wanted)
        return self.match


@dataclass(frozen=True)
class Done:
    """An accepted act. ``prepared`` is None where the stored answer is repeated."""

    operation: Operation
    replayed: bool
    prepared: Prepared | None


async def _act(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="1 to 128 visible ASCII characters; a repeat gets the stored answer.",
        ),
    ] = None,
    prefer: Annotated[
        str | None,
        Header(
            description="`wait=N`: answer when it is in a block, N seconds at most (30).",
            examples=["wait=10"],
        ),
    ] = None,
    match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="On acts that replace a numbered state: that state, in double quotes.",
        ),
    ] = None,
) -> Act:
    if key is None:
        raise IdempotencyKeyMissing()
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMalformed(len(key))
    tag = _MATCH.fullmatch(match) if match is not None else None
    if match is not None and tag is None:
        raise HeaderMalformed("If-Match", 'one value in double quotes, e.g. "3"')
    wait = _WAIT.search(prefer or "")
    return Act(
        request.method,
        request.url.path,
        key,
        min(int(wait[1]), MAX_WAIT) if wait else 0,
        tag[1] if tag else None,
    )


TheAct = Annotated[Act, Depends(_act)]


def write_responses(*classes: type[LicitaError]) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a write: what the act may be refused for, and what any write may."""
    return open_write_responses(*classes, TokenMissing)


def open_write_responses(*classes: type[LicitaError]) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a write that needs no token."""
    reverted = [cls for cls in classes if cls.__module__.startswith(contracts.__name__ + ".")]
    listed = refusals(*classes, *TOKEN, ScopeMissing, *STORAGE, *BODY, *_WRITE, *COMMON, reverted=reverted)
    return {202: {"model": OperationBody, "description": "Accepted durably; not on the chain yet."}, **listed}


async def perform(
    service: Service, caller: AccountCaller, act: Act, body: Mapping[str, Any], build: Callable[[], Prepared]
) -> Done:
    """Accepts the act that ``build`` makes, or finds the stored one. ``build`` reads the index, so it runs in a thread.

    Raises what the rules and the contract refuse, IdempotencyKeyReused, IndexBehind, ChainUnreachable, ChainDiverged, StorageBusy,
    StorageFull.
    """
    account, recorder = caller.account.id, service.recorder
    standing = await service.standing.now()
    fingerprint = cache(lambda: _fingerprint(act, caller.actor, body))

    def begin() -> Operation | Prepared:
        with service.index.at_once():
            stored = recorder.stored(account, act.key, fingerprint())
            if stored is not None:
                return stored
            require_current(standing)
            return build()

    try:
        # All in one go: the way to a thread and back costs as much as what is done there.
        begun = await asyncio.to_thread(begin)
        if isinstance(begun, Prepared):
            # Before anybody can approve it or vote on it: a call that is lost could not be sent or read. And before the chain says that it
            # was proposed.
            await _keep(service, caller, begun)
            begun = begun.proposed
            await recorder.preflight(begun.call, caller.actor)
    except LicitaError:
        # The same request, sent twice at once, may be in a block already: then its own act is what refused it.
        stored = await recorder.lookup(account, act.key, fingerprint())
        if stored is None:
            raise
        begun = stored
    if isinstance(begun, Operation):
        return Done(await _settled(service, begun, act), True, None)
    accepted = await recorder.accept(
        Wanted(account, act.key, fingerprint(), caller.actor, begun.call, begun.subject)
    )
    return Done(await _settled(service, accepted.operation, act), accepted.replayed, begun)


async def _keep(service: Service, caller: AccountCaller, prepared: Prepared) -> None:
    """Keeps the call of an act that is about to be proposed, or voted on, for the people of its buyer and the panel."""
    kept = prepared.kept
    if kept is None or kept.act is None:
        return
    member = service.facts.caller(caller.actor).person.member
    row = KeptCall(
        to_hex(member), to_hex(kept.act), kept.call.contract, kept.call.function, kept.subject, kept.summary, kept.documents, caller.actor,
        service.index.now(),
    )  # fmt: skip
    await service.calls.keep(row, kept.call)


async def _settled(service: Service, operation: Operation, act: Act) -> Operation:
    return (
        await service.recorder.wait(operation.id, act.wait)
        if act.wait and not operation.is_final
        else operation
    )


async def answer(service: Service, request: Request, act: Act, done: Done, created: bool = False) -> Response:
    """202 with the operation; where the caller waited and it is final: 201 or 200, or 409 with the contract's refusal."""
    operation = done.operation
    headers = {"Location": f"/v1/operations/{operation.id}", "Cache-Control": "no-store"}
    if done.replayed:
        headers["Idempotency-Replayed"] = "true"
    if act.wait:
        headers["Preference-Applied"] = f"wait={act.wait}"
    if act.wait and operation.is_final and operation.state != "recorded":
        problem = _lost(operation, request.url.path, service.settings.public_url)
        return JSONResponse(problem, 409, headers=headers, media_type=PROBLEM_JSON)
    if operation.state == "recorded":
        body = await asyncio.to_thread(operation_body, service, operation)
    else:
        body = operation_body(service, operation)  # nothing to read yet
    stalled_for = (await service.standing.now()).stalled_for
    body.stalled_for = stalled_for if stalled_for > STALL_SECONDS else None
    if done.prepared is not None:
        body.summary, body.ignored = done.prepared.summary, list(done.prepared.ignored)
    if not (act.wait and operation.is_final):
        return JSONResponse(body.model_dump(by_alias=True), 202, headers=headers)
    headers["Location"] = body.resource or headers["Location"]
    return JSONResponse(body.model_dump(by_alias=True), 201 if created else 200, headers=headers)


def operation_body(service: Service, operation: Operation) -> OperationBody:
    """An operation as the API shows it; reads the index for what it made."""
    resource = _resource(service, operation)
    return OperationBody(
        id=operation.id, state=operation.state, contract=operation.contract, function=operation.function,
        subject=operation.subject or (resource or "").removeprefix("/v1/"), actor=operation.actor,
        transaction=operation.transaction, block=operation.block, resource=resource, error=operation.error, facts=dict(operation.facts),
        created_at=moment(operation.created_at).strftime("%Y-%m-%dT%H:%M:%SZ"),
        act=operation.subject.removeprefix("acts/") if operation.contract == "FourEyes" else None,
    )  # fmt: skip


_LISTS = {"ApplicationSubmitted": "applications", "ResolutionOpened": "proposals"}
"""Event -> the list that what it made is in."""


def _resource(service: Service, operation: Operation) -> str | None:
    if operation.state != "recorded" or operation.transaction is None:
        return None
    for event in service.index.events_of(operation.transaction):
        if event.contract != operation.contract:
            # An executed proposal changes other things; it is what was acted on.
            continue
        if event.type in _LISTS:
            return f"/v1/{_LISTS[event.type]}/{event.args['id']}"
        if event.type == "NoteRecorded":
            return f"/v1/tenders/{event.tender}/notes"
        if event.type in ("QuestionAsked", "QuestionAnswered", "AskerDisclosed"):
            return f"/v1/tenders/{event.tender}/enquiries/{event.args['question']}"
        if event.contract == "TenderBoard":
            return f"/v1/tenders/{event.tender}"
        if event.type in ("TenderSuspended", "TenderResumed"):
            return f"/v1/tenders/{event.tender}/suspensions"
        if event.contract == "ComplaintDesk":
            return f"/v1/complaints/{event.args['complaint']}"
        if event.type == "AwardPassedOver":
            return f"/v1/tenders/{event.tender}/lots/{event.args['lot']}"
        if event.contract == "AgreementBook":
            return f"/v1/agreements/{event.args['agreement']}"
        if event.contract == "AwardDesk":
            return _awarded(event)
        if event.contract == "EvaluationDesk":
            return _evaluated(event)
        if event.type == "CitizenEnrolled":
            return f"/v1/citizens/{event.args['account']}"
        if event.contract == "SupplierRegistry":
            return f"/v1/suppliers/{event.args['id']}"
        if event.contract == "BidBox":
            return f"/v1/tenders/{event.tender}/bids/{event.args['index']}"
        if event.type == "KeysetRegistered":
            return f"/v1/keysets/{event.args['keysetId']}"
        if event.contract == "OpeningCommittee" and event.tender is not None:
            return f"/v1/tenders/{event.tender}/opening"
    return f"/v1/{operation.subject}" if operation.subject else None


def _awarded(event: EventRow) -> str:
    """Where an act of an award shows: at the lot, at the bid, or at all lots."""
    tender = f"/v1/tenders/{event.tender}"
    if "lot" in event.args:
        return f"{tender}/lots/{event.args['lot']}"
    if event.type == "SecurityRecorded":
        return f"{tender}/bids/{event.args['index']}/security"
    return f"{tender}/bids/{event.args['index']}" if "index" in event.args else f"{tender}/lots"


def _evaluated(event: EventRow) -> str:
    """Where an act of an evaluation shows: at the votes, or at the evaluation."""
    tender = f"/v1/tenders/{event.tender}"
    return f"{tender}/votes/{event.args['act']}" if "act" in event.args else f"{tender}/evaluation"


def _lost(operation: Operation, instance: str, public_url: str) -> dict[str, Any]:
    """The problem of an operation that is final and not recorded: the contract's refusal in the block, or its displacement."""
    if operation.error is None:
        error, facts = OperationNotRecorded.__name__, {"operation": operation.id, "state": operation.state}
    else:
        error, facts = operation.error, dict(operation.facts)
    cls = all_errors().get(error, RevertUnexplained)
    return {
        "type": f"{public_url}/v1/errors/{error}",
        "title": cls.meaning(),
        "status": 409,
        "detail": f"{cls.meaning()} {cls.advice}".strip(),
        "instance": instance,
        "error": error,
        "facts": facts | {"operation": operation.id},
        "errors": [],
    }


def _fingerprint(act: Act, actor: str, body: Mapping[str, Any]) -> bytes:
    """SHA-256 over method, path, actor and the body, whatever its spacing, key order and spelling of numbers."""
    text = json.dumps(
        [act.method, act.path, actor, body], sort_keys=True, separators=(",", ":"), default=_exact
    )
    return hashlib.sha256(text.encode()).digest()


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else {"decimal": f"{value.normalize():f}"}
    raise TypeError(type(value).__name__)
