"""Open data as it is published: bytes that are equal on every node."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Literal
from urllib.parse import quote

from api.deps import Service
from chain.errors.service import RecordNotFound, ReleaseNotFound, SchemaFileNotFound
from chain.ocds.profile import extension_file, release_schema
from chain.ocds.record import record, record_package, release_package
from chain.recorder.index.views import ReleaseRow
from chain.rules import canonical

__all__ = ["Published", "extension", "package", "record_of", "records", "release", "schema"]

Embedding = Literal["linked", "embedded"]


@dataclass(frozen=True)
class Published:
    """Bytes for everybody. ``modified`` unix seconds, None where the program itself ships them; ``next``: path of the next page."""

    data: bytes
    modified: int | None = None
    next: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """ETag, Repr-Digest (RFC 9530), Last-Modified, Link."""
        digest = hashlib.sha256(self.data).digest()
        found = {"ETag": f'"{digest.hex()}"', "Repr-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:"}
        if self.modified is not None:
            found["Last-Modified"] = formatdate(self.modified, usegmt=True)
        if self.next is not None:
            found["Link"] = f'<{self.next}>; rel="next"'
        return found


def release(service: Service, ocid: str, identifier: str) -> Published:
    """One release, canonical. Raises ReleaseNotFound."""
    row = service.index.release(ocid, identifier)
    if row is None:
        raise ReleaseNotFound(ocid, identifier)
    return Published(row.data, service.index.block_time(row.block))


def package(service: Service, after: str | None, limit: int) -> Published:
    """Releases in chain order as a package; no bytes where there is nothing new. Raises CursorInvalid."""
    page = service.index.releases_page(after, limit)
    following = f"/v1/packages?after={page.next}&limit={limit}"
    if not page.items:
        return Published(b"", next=following)
    asked = f"limit={limit}" if after is None else f"after={after}&limit={limit}"
    publication = service.network.publication
    uri = f"{publication.publication_url}/v1/packages?{asked}"
    body = release_package(_parsed(page.items), uri, publication)
    return Published(canonical(body), _newest(service, page.items), following)


def record_of(service: Service, ocid: str, embedding: Embedding, versioned: bool) -> Published:
    """The record of a process as a package. Raises RecordNotFound."""
    rows = service.index.releases(ocid)
    if not rows:
        raise RecordNotFound(ocid)
    publication = service.network.publication
    uri = f"{publication.publication_url}/v1/records/{quote(ocid)}?releases={embedding}&versioned={str(versioned).lower()}"
    body = record_package([_record(service, ocid, rows, embedding, versioned)], uri, publication)
    return Published(canonical(body), _newest(service, rows))


def records(service: Service, after: str | None, limit: int, embedding: Embedding) -> Published:
    """Records by last change as a package; no bytes where there is nothing new. Raises CursorInvalid."""
    page = service.index.records_page(after, limit)
    following = f"/v1/records?after={page.next}&limit={limit}&releases={embedding}"
    if not page.items:
        return Published(b"", next=following)
    groups = [(ocid, service.index.releases(ocid)) for ocid in page.items]
    asked = (
        f"limit={limit}&releases={embedding}"
        if after is None
        else f"after={after}&limit={limit}&releases={embedding}"
    )
    publication = service.network.publication
    made = [_record(service, ocid, rows, embedding, False) for ocid, rows in groups]
    body = record_package(made, f"{publication.publication_url}/v1/records?{asked}", publication)
    return Published(canonical(body), max(_newest(service, rows) for _, rows in groups), following)


def schema() -> Published:
    """The release schema with the extensions applied."""
    return Published(json.dumps(release_schema(), ensure_ascii=False, indent=2).encode() + b"\n")


def extension(name: str, file: str) -> Published:
    """A file of an extension. Raises SchemaFileNotFound."""
    try:
        return Published(extension_file(name, file))
    except FileNotFoundError as error:
        raise SchemaFileNotFound(f"{name}/{file}") from error


def _record(
    service: Service, ocid: str, rows: Sequence[ReleaseRow], embedding: Embedding, versioned: bool
) -> dict[str, Any]:
    parsed = _parsed(rows)
    return record(
        ocid, parsed, service.network.publication, embedded=embedding == "embedded", versioned=versioned
    )


def _parsed(rows: Sequence[ReleaseRow]) -> list[dict[str, Any]]:
    return [json.loads(row.data) for row in rows]


def _newest(service: Service, rows: Sequence[ReleaseRow]) -> int:
    time = service.index.block_time(max(row.block for row in rows))
    assert time is not None, "a release stands in an indexed block"
    return time
