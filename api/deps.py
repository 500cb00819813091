"""What a route is given: the service behind it, a strictly read body, cursors, and the headers that steer a write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ValidationError

from api.citizens import Citizens
from api.errors import invalid
from api.settings import Settings
from chain.council.acts import CouncilActs
from chain.council.indexed import IndexedDesk
from chain.deployment import Deployment
from chain.errors.recorder import RecorderStopped
from chain.errors.service import BodyTooLarge, IndexBehind, MediaTypeUnsupported
from chain.nodes.descriptor import Descriptor
from chain.nodes.folder import Folder
from chain.ocds.intake import Held
from chain.ocds.publication import Publication
from chain.ocds.reading import read_document
from chain.procurement.acts import Acts
from chain.procurement.agreeing import IndexedAgreements
from chain.procurement.agreement_acts import AgreementActs
from chain.procurement.award_acts import AwardActs
from chain.procurement.awarding import IndexedAwards
from chain.procurement.bid_acts import BidActs
from chain.procurement.complaining import IndexedComplaints
from chain.procurement.complaint_acts import ComplaintActs
from chain.procurement.evaluating import IndexedEvaluations
from chain.procurement.evaluation_acts import EvaluationActs
from chain.procurement.indexed import IndexedFacts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed_indexed import IndexedSealed
from chain.recorder import Head, Index, Recorder, RecorderStatus
from chain.recorder.accounts import Accounts, KnownPerson
from chain.recorder.calls import CallStore

__all__ = [
    "After", "Clock", "MAX_LAG", "Limit", "ServedNetwork", "Service", "Standing", "TheService", "body_of", "json_body", "read_raw",
    "require_current",
]  # fmt: skip

M = TypeVar("M", bound=BaseModel)

MAX_LAG = 5
"""Blocks the index may be behind for writes to be accepted."""
STANDING_SECONDS = 1.0
_SHORT = 16_384
"""Bytes of a body that are read where they came in: to hand them to a thread takes longer than nearly all of them do."""


class ServedNetwork(Protocol):
    """All that the service needs of ``chain.network.Network``."""

    @property
    def folder(self) -> Folder:
        """The network's folder: ``documents`` is in it."""
        ...

    @property
    def descriptor(self) -> Descriptor:
        """Name, engine, profile, chain id, genesis, publication and defaults."""
        ...

    @property
    def publication(self) -> Publication:
        """Who publishes, where and under which names: what enters the bytes of releases and packages."""
        ...

    @property
    def deployment(self) -> Deployment:
        """Addresses and hashes of the contracts."""
        ...

    @property
    def records(self) -> Mapping[str, KnownPerson]:
        """People whose tokens the folder holds, by name; empty in production."""
        ...

    def recording(self) -> AbstractAsyncContextManager[Recorder]:
        """A recorder with its own connection to the node, entered on the loop that is to run it: started on entry, then stopped."""
        ...


class Clock:
    """Age of the head by a clock that nobody sets: seconds since this process first saw the block."""

    def __init__(self) -> None:
        self._block: int | None = None
        self._since = time.monotonic()

    def age(self, head: Head | None) -> int:
        """Whole seconds since ``head`` was new here."""
        block = head.block if head else None
        if block != self._block:
            self._block, self._since = block, time.monotonic()
        return int(time.monotonic() - self._since)


class Standing:
    """How the recorder stands, asked at most once a second: a write needs it and must not wait for it."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._known: RecorderStatus | None = None
        self._at = 0.0
        self._asking = asyncio.Lock()

    async def now(self) -> RecorderStatus:
        """The state, at most ``STANDING_SECONDS`` old."""
        # One asks for all that wait: each alone would ask the same when the answer is old.
        async with self._asking:
            if self._known is None or time.monotonic() - self._at > STANDING_SECONDS:
                self._known, self._at = await asyncio.to_thread(self._recorder.status), time.monotonic()
            return self._known


def require_current(found: RecorderStatus) -> None:
    """Raises why nothing can be accepted, IndexBehind where what an act would be judged by is not the present state."""
    if found.refusal is not None:
        raise found.refusal
    if found.block is None or found.lag > MAX_LAG:
        raise IndexBehind(MAX_LAG, found.lag)


@dataclass(frozen=True)
class Service:
    """The running service: one in ``app.state.service`` from start to stop."""

    settings: Settings
    network: ServedNetwork
    recorder: Recorder
    held: Held
    accounts: Accounts
    clock: Clock
    standing: Standing
    citizens: Citizens
    calls: CallStore
    bulk: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a part of a bulk file is made: one at a time, so that many readers do not keep the service from its work."""

    @property
    def sealed(self) -> IndexedSealed:
        """Bids, openings and committees as the index has them."""
        found = self.network.deployment
        return IndexedSealed(self.index, found.chain_id, found.addresses)

    @property
    def facts(self) -> IndexedFacts:
        """The facts as they are now; of one request, because each is read once."""
        addresses = self.network.deployment.addresses
        return IndexedFacts(self.index, self.network.descriptor, self.sealed, addresses)

    @property
    def acts(self) -> Acts:
        """The acts on the facts as they are now; of one request, because each fact is read once."""
        return Acts(self.facts, self.held, proposing=True)

    @property
    def bid_acts(self) -> BidActs:
        """The acts of bidders on the facts as they are now; of one request, as ``acts``."""
        return BidActs(self.facts, self.sealed)

    @property
    def opening_acts(self) -> OpeningActs:
        """The acts of opening committees on the facts as they are now; of one request, as ``acts``."""
        return OpeningActs(self.facts, self.sealed)

    @property
    def award_acts(self) -> AwardActs:
        """The acts on lots after the opening, on the facts as they are now; of one request, as ``acts``."""
        awards, evaluations = IndexedAwards(self.index), IndexedEvaluations(self.index)
        return AwardActs(self.facts, self.sealed, awards, evaluations, self.held, proposing=True)

    @property
    def evaluation_acts(self) -> EvaluationActs:
        """The acts of panels on the facts as they are now; of one request, as ``acts``."""
        desk, evaluations = (
            self.network.deployment.addresses["EvaluationDesk"],
            IndexedEvaluations(self.index),
        )
        awards = IndexedAwards(self.index)
        return EvaluationActs(self.facts, self.sealed, awards, evaluations, desk, self.held, proposing=True)

    @property
    def complaint_acts(self) -> ComplaintActs:
        """The acts of complaints on the facts as they are now; of one request, as ``acts``."""
        awards, complaints = IndexedAwards(self.index), IndexedComplaints(self.index)
        return ComplaintActs(self.facts, self.sealed, awards, complaints, self.held, proposing=True)

    @property
    def agreement_acts(self) -> AgreementActs:
        """The acts on agreements, on the facts as they are now; of one request, as ``acts``."""
        awards, agreements = IndexedAwards(self.index), IndexedAgreements(self.index)
        return AgreementActs(self.facts, awards, agreements, self.held, proposing=True)

    @property
    def desk(self) -> IndexedDesk:
        """What phrases of proposals mean here; of one request, because each name is read once."""
        return IndexedDesk(self.index, self.network.deployment.addresses)

    @property
    def council_acts(self) -> CouncilActs:
        """The acts of the council on the facts as they are now; of one request, as ``acts``."""
        return CouncilActs(self.index, self.facts, self.desk, self.held)

    @property
    def index(self) -> Index:
        """What the blocks say."""
        return self.recorder.index

    @property
    def documents(self) -> Path:
        """Folder of the documents, each under its sha256."""
        return self.network.folder.documents

    @property
    def texts(self) -> Path:
        """Folder of the texts that organisations comment with: apart from the documents, since they may be hidden."""
        return self.documents / "comments"


async def _service(request: Request) -> Service:
    """The running service. Raises RecorderStopped before the start, after the stop, and in an app without a network."""
    service: Service | None = request.app.state.service
    if service is None:
        raise RecorderStopped()
    return service


TheService = Annotated[Service, Depends(_service)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Rows at most.")]
After = Annotated[
    str | None,
    Query(
        max_length=200, description="`next` of the page before; without it the list starts at the beginning."
    ),
]


async def read_raw(request: Request) -> bytes:
    """A JSON body as bytes. Raises MediaTypeUnsupported, BodyTooLarge."""
    service = await _service(request)
    given = request.headers.get("content-type", "")
    if given.split(";")[0].strip().lower() != "application/json":
        raise MediaTypeUnsupported(given[:100], "application/json")
    limit = service.settings.max_json_bytes
    if int(request.headers.get("content-length") or 0) > limit:
        raise BodyTooLarge(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise BodyTooLarge(limit)
        parts.append(part)
    return b"".join(parts)


async def read_json(request: Request) -> Mapping[str, Any]:
    """A JSON object, read strictly. Raises as ``read_raw`` and the reader's Import errors by name."""
    raw = await read_raw(request)
    if len(raw) <= _SHORT:
        return read_document(raw)
    # In a thread: a long body of numbers takes a second to read, and others are waiting.
    return await asyncio.to_thread(read_document, raw)


def body_of(model: type[M]) -> Callable[[Request], Coroutine[Any, Any, M]]:
    """A dependency that reads a body of this form. Raises as ``read_json``, RequestInvalid with all faults at once."""

    async def read(request: Request) -> M:
        document = await read_json(request)
        try:
            return model.model_validate(document)
        except ValidationError as error:
            raise invalid(error) from error

    return read


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """``openapi_extra`` of a route that takes such a body; the first example of the model is the route's."""
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
    content["example"] = model.model_json_schema()["examples"][0]
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
