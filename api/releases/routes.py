"""Routes of the open data: for anyone, from any origin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.auth import Reader
from api.deps import After, Limit, Service, TheService
from api.errors import read_responses
from api.releases import queries
from api.releases.bulk import NAME, bulk_file
from api.releases.queries import Embedding, Published
from chain.errors.recorder import CursorInvalid
from chain.errors.service import RecordNotFound, ReleaseNotFound, SchemaFileNotFound

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["open data"])

Ocid = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9-]+$", description="Open contracting id.")]
Releases = Annotated[Embedding, Query(description="Releases as links, or whole.")]

_JSON: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
_PACKAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A package; `Link` leads to the next page.", "content": _JSON},
    204: {"description": "Nothing new; `Link` is where to ask again."},
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, made while it is sent; it is whole when the transfer ends as HTTP says.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/gzip", "application/jsonl", "text/csv")
        },
    },
}
_DOCUMENT: dict[int | str, dict[str, Any]] = {200: {"description": "The document.", "content": _JSON}}


async def _given(request: Request, make: Callable[[], Published]) -> Response:
    made = await asyncio.to_thread(make)
    headers = await asyncio.to_thread(lambda: made.headers)
    if not made.data:
        return Response(status_code=204, headers={"Link": headers["Link"]})
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(made.data, media_type="application/json", headers=headers)


@router.get(
    "/packages",
    operation_id="packages_list",
    response_class=Response,
    responses=read_responses(CursorInvalid) | _PACKAGE,
)
async def packages(
    request: Request, service: TheService, caller: Reader, after: After = None, limit: Limit = 100
) -> Response:
    """All releases in chain order, as release packages: without gaps, to be resumed at any node."""
    return await _given(request, lambda: queries.package(service, after, limit))


@router.get(
    "/releases/{ocid}/{release}", operation_id="releases_read", response_class=Response,
    responses=read_responses(ReleaseNotFound) | _DOCUMENT,
)  # fmt: skip
async def release(
    request: Request, service: TheService, caller: Reader, ocid: Ocid,
    release: Annotated[str, Path(max_length=40, pattern=r"^[0-9]+$", description="Id of the release: its block.")],
) -> Response:  # fmt: skip
    """One release as it was published: canonical bytes, with their digest."""
    return await _given(request, lambda: queries.release(service, ocid, release))


@router.get(
    "/records",
    operation_id="records_list",
    response_class=Response,
    responses=read_responses(CursorInvalid) | _PACKAGE,
)
async def records(
    request: Request,
    service: TheService,
    caller: Reader,
    after: After = None,
    limit: Limit = 100,
    releases: Releases = "linked",
) -> Response:
    """Records by their last change, as record packages."""
    return await _given(request, lambda: queries.records(service, after, limit, releases))


@router.get(
    "/records/{ocid}",
    operation_id="records_read",
    response_class=Response,
    responses=read_responses(RecordNotFound) | _DOCUMENT,
)
async def record(
    request: Request, service: TheService, caller: Reader, ocid: Ocid, releases: Releases = "linked",
    versioned: Annotated[bool, Query(description="With the history of each field.")] = False,
) -> Response:  # fmt: skip
    """The record of a process: its releases and what they come to, as a record package."""
    return await _given(request, lambda: queries.record_of(service, ocid, releases, versioned))


async def _in_turn(service: Service, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    while True:
        async with service.bulk:
            part = await asyncio.to_thread(next, parts, None)
        if part is None:
            return
        yield part


@router.get(
    "/bulk/{file}",
    operation_id="bulk_read",
    response_class=StreamingResponse,
    responses=read_responses() | _FILE,
)
async def bulk(
    request: Request,
    service: TheService,
    caller: Reader,
    file: Annotated[
        str, Path(pattern=NAME, description="Name of the file; records stand in the year that began them.")
    ],
) -> Response:
    """Everything as a file: releases or records of a year as JSON lines, compiled releases as a table."""
    found = await asyncio.to_thread(bulk_file, service, file)
    if found.headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=found.headers)
    return StreamingResponse(
        _in_turn(service, found.parts), media_type=found.media_type, headers=found.headers
    )


@router.get(
    "/schema/release-schema.json",
    operation_id="schema_read",
    response_class=Response,
    responses=read_responses() | _DOCUMENT,
)
async def schema(request: Request, caller: Reader) -> Response:
    """The release schema of OCDS 1.1.5 with the extensions that are in use."""
    return await _given(request, queries.schema)


@router.get(
    "/extensions/{name}/{file}", operation_id="extensions_read", response_class=Response,
    responses=read_responses(SchemaFileNotFound) | _DOCUMENT,
)  # fmt: skip
async def extension(
    request: Request,
    caller: Reader,
    name: Annotated[str, Path(max_length=40)],
    file: Annotated[str, Path(max_length=40)],
) -> Response:
    """A file of an extension."""
    return await _given(request, lambda: queries.extension(name, file))
