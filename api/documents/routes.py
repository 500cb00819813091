"""Routes of the documents."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import FileResponse

from api.archive import checked
from api.auth import Reader, Uploader
from api.deps import TheService
from api.documents import service as documents
from api.documents.schemas import DocumentBody
from api.errors import COMMON, STORAGE, TOKEN, read_responses, refusals
from chain.errors.recorder import StorageFull
from chain.errors.service import (
    BodyTooLarge,
    ContentDigestMalformed,
    ContentDigestMissing,
    DocumentCorrupt,
    DocumentDigestWrong,
    DocumentEmpty,
    DocumentNotFound,
    HeaderMalformed,
    RequestInvalid,
    RequestSlow,
    ScopeMissing,
    TokenMissing,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/documents", tags=["documents"])

_UPLOAD = refusals(
    *COMMON, *STORAGE, *TOKEN, BodyTooLarge, ContentDigestMalformed, ContentDigestMissing, DocumentDigestWrong, DocumentEmpty,
    HeaderMalformed, RequestInvalid, RequestSlow, ScopeMissing, StorageFull, TokenMissing,
)  # fmt: skip
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "", operation_id="documents_upload", status_code=201,
    responses=_UPLOAD | {200: {"model": DocumentBody, "description": "The service held it already."}},
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}},
)  # fmt: skip
async def upload(
    request: Request, response: Response, service: TheService, caller: Uploader,
    digest: Annotated[
        str | None, Header(alias="Content-Digest", description="`sha-256=:<base64>:` of the body (RFC 9530); required.")
    ] = None,
) -> DocumentBody:  # fmt: skip
    """Upload a document of any type; it is named by its sha256. Upload before you name it in an act."""
    body, known = await documents.upload(service, request, digest, request.headers.get("content-type"))
    response.headers["Location"] = body.url
    response.status_code = 200 if known else 201
    return body


@router.get(
    "/{sha256}", operation_id="documents_read", response_class=FileResponse,
    responses=read_responses(DocumentCorrupt, DocumentNotFound)
    | {200: {"description": "The bytes, checked against their sha256 before the first one is sent.",
             "content": {"application/octet-stream": _BINARY}}},
)  # fmt: skip
async def read(
    service: TheService,
    caller: Reader,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="sha256, hex.")],
) -> FileResponse:
    """Download a document by its sha256, as an attachment."""
    path = await asyncio.to_thread(checked, service.documents, sha256)
    headers = {"ETag": f'"{sha256}"', "Content-Disposition": f'attachment; filename="{sha256}"'}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)
