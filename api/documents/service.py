"""Documents by sha256: taking them in and giving them out."""

from __future__ import annotations

import base64
import binascii
import re

from fastapi import Request

from api.archive import store
from api.deps import Service
from api.documents.schemas import DocumentBody
from chain.errors.service import BodyTooLarge, ContentDigestMalformed, ContentDigestMissing, HeaderMalformed

__all__ = ["upload"]

_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):\s*(?:,|$)")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_BYTES = "application/octet-stream"


async def upload(
    service: Service, request: Request, digest: str | None, media_type: str | None
) -> tuple[DocumentBody, bool]:
    """Stores the body under the sha256 that Content-Digest announces; the flag says that it was held already.

    Raises ContentDigestMissing, ContentDigestMalformed, BodyTooLarge, HeaderMalformed,
    DocumentDigestWrong, DocumentEmpty, StorageFull.
    """
    wanted = _announced(digest)
    limit = service.settings.max_document_bytes
    if int(request.headers.get("content-length") or 0) > limit:
        raise BodyTooLarge(limit)
    stored = await store(service.documents, wanted, _media_type(media_type), request.stream(), limit)
    return DocumentBody(
        sha256=stored.sha256, size=stored.size, url=f"/v1/documents/{stored.sha256}"
    ), stored.known


def _media_type(given: str | None) -> str:
    found = (given or _BYTES).split(";")[0].strip().lower()
    if not _TYPE.fullmatch(found):
        raise HeaderMalformed("Content-Type", "a media type, e.g. application/pdf")
    return found


def _announced(digest: str | None) -> str:
    if digest is None:
        raise ContentDigestMissing()
    match = _SHA256.search(digest)
    if match is None:
        raise ContentDigestMalformed()
    try:
        raw = base64.b64decode(match[1], validate=True)
    except binascii.Error as error:
        raise ContentDigestMalformed() from error
    if len(raw) != 32:
        raise ContentDigestMalformed()
    return raw.hex()
