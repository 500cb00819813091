"""The application: routes, handlers and middleware put together; nothing happens at import."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.acts.routes import router as acts
from api.agreements.routes import router as agreements
from api.agreements.schemas import BODIES as AGREEMENT_BODIES
from api.anchoring import Anchoring
from api.applications import queries as application_queries
from api.applications.routes import router as applications
from api.applications.schemas import BODIES as APPLICATION_BODIES
from api.archive import held as held_document
from api.awards.routes import router as awards
from api.awards.schemas import BODIES as AWARD_BODIES
from api.bids.routes import router as bids
from api.bids.schemas import BODIES as BID_BODIES
from api.citizens import Citizens
from api.comments import queries as comment_queries
from api.comments.routes import router as comments
from api.comments.schemas import BODIES as COMMENT_BODIES
from api.complaints import queries as complaint_queries
from api.complaints.routes import router as complaints
from api.complaints.schemas import BODIES as COMPLAINT_BODIES
from api.council.routes import router as council
from api.deps import Clock, ServedNetwork, Service, Standing
from api.documents.routes import router as documents
from api.errors import Problem, install
from api.evaluations.routes import router as evaluations
from api.evaluations.schemas import BODIES as EVALUATION_BODIES
from api.events.routes import router as events
from api.limits import Limits
from api.logs import configure
from api.members.routes import router as members
from api.members.schemas import BODIES as MEMBER_BODIES
from api.middleware import Answers
from api.network.routes import router as network_routes
from api.openings.routes import router as openings
from api.openings.schemas import BODIES as OPENING_BODIES
from api.operations.routes import router as operations
from api.procedures.routes import router as procedures
from api.proposals import queries as proposal_queries
from api.proposals.routes import router as proposals
from api.proposals.schemas import BODIES as PROPOSAL_BODIES
from api.reference.routes import router as reference
from api.releases.routes import router as releases
from api.settings import Settings
from api.suppliers.routes import router as suppliers
from api.suppliers.schemas import BODIES as SUPPLIER_BODIES
from api.tenders import queries as tender_queries
from api.tenders.routes import router as tenders
from api.tenders.schemas import BODIES as TENDER_BODIES
from api.ticking import Ticking
from api.validators.routes import router as validators
from api.validators.schemas import BODIES as VALIDATOR_BODIES
from api.writes import NothingIn
from chain.errors import LicitaError
from chain.recorder import Recorder
from chain.recorder.accounts import Accounts
from chain.recorder.calls import CallStore
from chain.recorder.index.views import every
from chain.seats import refuse_concentration

__all__ = ["create_app", "openapi_text"]

_log = structlog.get_logger("licita.api")

ROUTERS: tuple[APIRouter, ...] = (
    tenders, bids, openings, evaluations, awards, agreements, complaints, acts, suppliers, members, procedures, council, proposals,
    comments, validators, applications, operations, events, releases, documents, network_routes, reference,
)  # fmt: skip

_BODIES = (
    *TENDER_BODIES, *AWARD_BODIES, *AGREEMENT_BODIES, *EVALUATION_BODIES, *COMPLAINT_BODIES, *BID_BODIES, *OPENING_BODIES, *SUPPLIER_BODIES,
    *MEMBER_BODIES, *PROPOSAL_BODIES, *COMMENT_BODIES, *VALIDATOR_BODIES, *APPLICATION_BODIES, NothingIn, Problem,
)  # fmt: skip
_FIRST_RECORDS = (
    tender_queries.first_record,
    proposal_queries.first_record,
    comment_queries.first_record,
    complaint_queries.first_record,
    application_queries.first_record,
)

START_SECONDS = 10.0
"""How long a start waits for the index to reach the head."""

_DESCRIPTION = (
    "Public procurement on a chain that several bodies run together. A write is accepted durably (202) and is final in a block; "
    "every refusal has one name, the same in the contracts, here and in the manual."
)


def create_app(settings: Settings, network: ServedNetwork | None = None) -> FastAPI:
    """The HTTP door of ``network``; without one it serves only what needs none (its description, errors, codelists).

    The lifespan runs the recorder: lanes, follower, index. Raises nothing; the lifespan raises what the recorder's start does.
    """
    app = FastAPI(
        title="Licita", version=version("licita"), description=_DESCRIPTION, openapi_url=None, docs_url=None, redoc_url=None,
        lifespan=_lifespan(settings, network), redirect_slashes=False,
    )  # fmt: skip
    app.state.service = None
    app.state.limits = Limits(settings)
    for router in ROUTERS:
        app.include_router(router)
    install(app, settings.public_url, _first_record)
    app.add_middleware(Answers, origins=settings.cors_origins)
    app.add_middleware(CorrelationIdMiddleware, header_name="Licita-Request", update_request_header=True)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def openapi_text(app: FastAPI) -> str:
    """The description of the API as it is committed in docs/openapi.json."""
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _lifespan(settings: Settings, network: ServedNetwork | None) -> Lifespan:
    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        configure(settings.log_level)
        if network is None:
            yield
            return
        async with network.recording() as recorder:
            accounts = Accounts(recorder.store, network.descriptor.chain_id)
            await accounts.open(network.records.values(), int(time.time()))
            held = partial(held_document, network.folder.documents)
            citizens = Citizens(recorder, network.descriptor.chain_id, _operator(settings, network))
            await citizens.store.open()
            calls = CallStore(recorder.store)
            await calls.open()
            await _caught_up(recorder)
            await asyncio.to_thread(_require_apart, network, recorder)
            app.state.service = Service(
                settings, network, recorder, held, accounts, Clock(), Standing(recorder), citizens, calls
            )
            try:
                async with _working(recorder, citizens):
                    yield
            finally:
                app.state.service = None

    return running


def _require_apart(network: ServedNetwork, recorder: Recorder) -> None:
    """A production service holds less than k shares of any keyset, else it could read sealed bids. Raises SharesConcentrated."""
    if network.descriptor.profile == "production":
        thresholds = {row.id: row.facts.threshold for row in every(recorder.index.sealing.keysets)}
        refuse_concentration(network.folder.keys, thresholds)


def _operator(settings: Settings, network: ServedNetwork) -> str:
    """Address of the person that anchors comments and ticks, "" where the network has none of this name."""
    person = network.records.get(settings.comment_operator)
    return "" if person is None else person.address


@asynccontextmanager
async def _working(recorder: Recorder, citizens: Citizens) -> AsyncIterator[None]:
    """Brings comments of citizens to the chain meanwhile, and tells it that the network is there; nothing where nobody may anchor them."""
    if not citizens.operator:
        yield
        return
    loops = {
        "anchoring": Anchoring(recorder, citizens).run(),
        "ticking": Ticking(recorder, citizens.operator).run(),
    }
    tasks = [asyncio.create_task(loop, name=name) for name, loop in loops.items()]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("fault", task=task.get_name(), exc_info=task.exception())


async def _caught_up(recorder: Recorder) -> None:
    """Waits a moment for the index, so that a service that is up knows who is who; without a node it goes on and says so."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            while True:
                found = await asyncio.to_thread(recorder.status)
                if found.refusal is not None or (
                    found.reachable and found.block is not None and found.lag == 0
                ):
                    return
                await asyncio.sleep(0.05)


def _first_record(request: Request, error: LicitaError) -> dict[str, Any]:
    """What a repeated act made the first time, as far as one of the lists knows it."""
    return next((found for look in _FIRST_RECORDS if (found := look(request, error))), {})


def _openapi(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1; bodies that are read strictly, past FastAPI's own parser, are put in by hand."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes,
            separate_input_output_schemas=False,
        )  # fmt: skip
        models = [(model, "validation") for model in _BODIES]
        _, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
        schemas = document["components"]["schemas"] | definitions["$defs"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        document["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "bearerFormat": "lct_<id>_<secret>"}
        }
        for verbs in document["paths"].values():
            for operation in verbs.values():
                _secure(operation)
                _require(operation)
        app.openapi_schema = document
    return app.openapi_schema


def _secure(operation: dict[str, Any]) -> None:
    """Says whether a route needs a token: one that may answer TokenMissing does, one that may answer TokenUnknown may have one."""
    answer = operation["responses"].get("401")
    if answer is not None:
        needed = "TokenMissing" in answer["description"]
        operation["security"] = [{"token": []}] if needed else [{}, {"token": []}]


_KEY = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"}
_DIGEST = {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"}
_TAG = {"type": "string", "pattern": '^"[!#-~]{1,100}"$'}


def _require(operation: dict[str, Any]) -> None:
    """Headers that a route refuses to go without are optional to FastAPI, so that their absence has a name; here they are required."""
    numbered = "428" in operation["responses"]
    parameters = [each for each in operation.get("parameters", []) if numbered or each["name"] != "If-Match"]
    for parameter in parameters:
        for name, schema in (("Idempotency-Key", _KEY), ("Content-Digest", _DIGEST), ("If-Match", _TAG)):
            if parameter["name"] == name:
                parameter |= {"required": True, "schema": schema}
    if parameters:
        operation["parameters"] = parameters


if __name__ == "__main__":  # python -m api.app > docs/openapi.json
    sys.stdout.write(openapi_text(create_app(Settings())))
