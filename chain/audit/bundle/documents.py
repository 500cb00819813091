"""documents.json: every document that the tender's events name by sha256, and the event that names it first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chain.audit.bundle.reading import place_in
from chain.rules import canonical, document_entry
from chain.types import Event

__all__ = ["FOLDER", "check_documents", "check_hashes", "documents_json", "named_documents"]

FOLDER = "documents/"


def documents_json(events: Sequence[tuple[Event, bool]], files: Mapping[str, bytes]) -> bytes:
    """The canonical bytes of documents.json for events of one tender with their ``content_ok``, in chain order.

    ``size`` in bytes is the one that the event states, else that of the file where it is in the bundle, else null.
    """
    listed = []
    for name, (event, size) in named_documents(events).items():
        content = files.get(FOLDER + name)
        known = len(content) if size is None and content is not None else size
        listed.append({"sha256": name, "size": known, "event": f"{event.block}-{event.log_index}"})
    return canonical(listed)


def named_documents(events: Sequence[tuple[Event, bool]]) -> dict[str, tuple[Event, int | None]]:
    """sha256 (hex) -> the first event that names the document, and the size it states; in order of these events."""
    found: dict[str, tuple[Event, int | None]] = {}
    for event, content_ok in events:
        for name, size in _named(event, content_ok):
            found.setdefault(name, (event, size))
    return found


def _named(event: Event, content_ok: bool) -> Iterator[tuple[str, int | None]]:
    if event.name == "CancellationProposed":
        yield event.args["documentHash"][2:], None
    if event.contract == "AgreementBook":
        named = (event.args, event.args.get("terms", {}), event.args.get("change", {}))
        yield from ((values["documentHash"][2:], None) for values in named if "documentHash" in values)
    if event.name in ("TenderPublished", "TenderAmended") and content_ok:
        documents: list[dict[str, Any]] = json.loads(event.args["json"]).get("documents", [])
        for entry in map(document_entry, documents):
            if entry["sha256"] is not None:
                yield entry["sha256"], entry["bytes"]


def check_hashes(files: Mapping[str, bytes]) -> None:
    """Compare each document in the bundle with its name. Raises AuditRefusal ``document-hash``."""
    for name in files:
        if name.startswith(FOLDER):
            sha256 = hashlib.sha256(files[name]).hexdigest()
            if FOLDER + sha256 != name:
                raise place_in(name).refusal("document-hash", name.removeprefix(FOLDER), sha256)


def check_documents(events: Sequence[tuple[Event, bool]], files: Mapping[str, bytes]) -> int:
    """Compare the documents in the bundle with what the events say of them; gives their number.

    Raises AuditRefusal ``document-unnamed``, ``document-size``.
    """
    named = named_documents(events)
    included = [name for name in files if name.startswith(FOLDER)]
    for name in included:
        sha256 = name.removeprefix(FOLDER)
        if sha256 not in named:
            raise place_in(name).refusal(
                "document-unnamed", "a document that an event of the tender names", sha256
            )
        size = named[sha256][1]
        if size is not None and size != len(files[name]):
            raise place_in(name).refusal("document-size", size, len(files[name]))
    return len(included)
