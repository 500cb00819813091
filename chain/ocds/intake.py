"""A foreign OCDS document -> the canonical tender and the terms to publish, or every fault of it at once.

Nothing is guessed: what is missing is refused, codes are never mapped, what is not taken is named in ``ignored``. The raised error
is the first fault and carries all others as ``errors`` (chain.errors.ocds). The buyer is looked at last, when nothing else is
wrong: who may publish says nothing about the document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.errors.ocds import (
    ImportBuyerOther,
    ImportFieldMissing,
    ImportFieldType,
    ImportFieldUnknown,
    ImportRefused,
    TermsIdDropped,
)
from chain.ocds.patch import apply_patch, dropped
from chain.ocds.process import release_of
from chain.ocds.reading import as_document, kind, pointer, read_document, shown
from chain.ocds.taken import read_tender
from chain.ocds.terms import TERMS, Defaults, Overrides
from chain.ocds.values import Reader, is_empty
from chain.rules.canonical import canonical
from chain.types import ZERO32, Terms

__all__ = ["Defaults", "Held", "Intake", "read_document", "take", "take_amendment"]

Held = Callable[[str], tuple[int, str] | None]
"""sha256 hex of a document -> (bytes, media type), None where it is not held."""

_USED = frozenset({"ocid", "id", "date", "tag", "initiationType", "language", "buyer", "tender"})


@dataclass(frozen=True)
class Intake:
    """``tender`` canonical JSON of the event, ``terms`` that agree with it, ``ignored`` pointers of what was left out."""

    tender: dict[str, Any]
    terms: Terms
    ignored: tuple[str, ...]

    @property
    def json(self) -> str:
        """The tender as the event carries it."""
        return canonical(self.tender).decode()


@dataclass
class _Request:
    """A body taken apart: the document, and what stands beside it."""

    document: dict[str, Any]
    beside: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, body: dict[str, Any], content: str, extra: frozenset[str]) -> _Request:
        """``{content: document, ...}`` or the bare document. Raises ImportFieldUnknown, ImportFieldType."""
        if content not in body:
            return cls(body)
        beside = {key: value for key, value in body.items() if key != content}
        faults: list[ImportRefused] = [
            ImportFieldUnknown(pointer("", key)) for key in beside if key not in extra | TERMS
        ]
        if not isinstance(body[content], dict):
            faults.append(ImportFieldType(pointer("", content), "object", kind(body[content])))
        if faults:
            raise ImportRefused.together(faults)
        return cls(body[content], beside)


def take(
    body: Mapping[str, Any], *, defaults: Defaults, buyer_org_id: str, now: int, held: Held | None = None
) -> Intake:
    """A body of ``POST /v1/tenders`` -> the tender to publish.

    ``body``: ``{"ocds": document, "ocid"?: which, "supplement"?: RFC 7386 patch of the release, ...terms}`` or the bare document;
    terms are procedure, procedureVersion, priceWeightBps, criteria [{id, weightBps, maxPoints}], panel [account], keysetId and
    reviewBody (0x hex), marketMeans {lot: amount}. ``buyer_org_id`` `{scheme}-{id}` of the caller's member; ``now`` the
    head's unix seconds; without ``held`` the documents state bytes and format themselves. Raises ImportRefused.
    """
    request = _Request.of(as_document(body), "ocds", frozenset({"ocid", "supplement"}))
    reader = Reader(defaults.currencies, now, held=held)
    original, release = _release(request, reader)
    tender = _tender(reader, release)
    _relate(reader, release, tender)
    terms = Overrides(reader, request.beside, defaults).terms(tender, _plan(tender))
    return _done(reader, tender, terms, (original, release), buyer_org_id)


def take_amendment(
    body: Mapping[str, Any],
    *,
    current_tender: dict[str, Any],
    current_terms: Terms,
    defaults: Defaults,
    buyer_org_id: str,
    now: int,
    held: Held | None = None,
) -> Intake:
    """A body of ``POST /v1/tenders/{id}/amendments`` -> the whole new tender; what it does not say stays as it is.

    ``body``: ``{"patch": RFC 7386 patch of the tender, "rationale"?: text, ...terms}``, or ``{"ocds": ..., "rationale"?, ...}`` and
    the bare document as for ``take``. Frozen fields are left to the rules. Raises ImportRefused, TermsIdDropped among its faults.
    """
    document = as_document(body)
    items = frozenset(item["id"] for item in current_tender.get("items", ()))
    reader = Reader(defaults.currencies, now, amending=items, held=_known(current_tender, held))
    releases: tuple[dict[str, Any], dict[str, Any]] | None = None
    if "patch" in document:
        request = _Request.of(document, "patch", frozenset({"rationale"}))
        base = as_document({key: value for key, value in current_tender.items() if key != "rationale"})
        tender = read_tender(reader, apply_patch(base, request.document), "/tender", carried=True)
    else:
        request = _Request.of(document, "ocds", frozenset({"ocid", "supplement", "rationale"}))
        releases = _release(request, reader)
        tender = _tender(reader, releases[1])
    tender.pop("relatedProcesses", None)
    if "relatedProcesses" in current_tender:
        tender["relatedProcesses"] = current_tender["relatedProcesses"]
    if not is_empty(reason := request.beside.pop("rationale", None)):
        tender["rationale"] = reader.text(reason, "/rationale")
    if not reader.faults:
        reader.faults.extend(
            TermsIdDropped(at, name) for at, name in dropped(current_tender, tender, "/tender")
        )
    terms = Overrides(reader, request.beside, defaults, current_terms).terms(tender, current_terms.plan_ref)
    return _done(reader, tender, terms, releases, buyer_org_id)


def _release(request: _Request, reader: Reader) -> tuple[dict[str, Any], dict[str, Any]]:
    """The release as it came, and with the supplement; both merge before anything is checked."""
    ocid, supplement = request.beside.pop("ocid", None), request.beside.pop("supplement", None)
    if ocid is not None and not isinstance(ocid, str):
        raise ImportFieldType("/ocid", "string", kind(ocid))
    if supplement is not None and not isinstance(supplement, dict):
        raise ImportFieldType("/supplement", "object", kind(supplement))
    original = release_of(request.document, ocid)
    release = apply_patch(original, supplement or {})
    if not isinstance(release.get("tender"), dict):
        raise ImportFieldMissing("/tender")
    reader.ignored.extend(pointer("", key) for key in release if key not in _USED)
    return original, release


def _tender(reader: Reader, release: dict[str, Any]) -> dict[str, Any]:
    tender = read_tender(reader, release["tender"], "/tender")
    language = None if is_empty(release.get("language")) else reader.title(release["language"], "/language")
    return {**tender, "language": language} if language else tender


def _relate(reader: Reader, release: dict[str, Any], tender: dict[str, Any]) -> None:
    """The process it came from, as OCDS relates them."""
    if is_empty(release.get("ocid")):
        return
    ocid = reader.title(release["ocid"], "/ocid")
    status, tags = release["tender"].get("status"), release.get("tag")
    planned = (
        isinstance(tags, list) and bool(tags) and all(tag in ("planning", "planningUpdate") for tag in tags)
    )
    failed = status in ("cancelled", "unsuccessful", "withdrawn")
    relationship = "planning" if planned else "unsuccessfulProcess" if failed else "prior"
    if ocid is not None:
        related = {"id": "1", "identifier": ocid, "relationship": [relationship], "scheme": "ocid"}
        tender["relatedProcesses"] = [related]


def _plan(tender: dict[str, Any]) -> bytes:
    related = tender.get("relatedProcesses")
    return hashlib.sha256(related[0]["identifier"].encode()).digest() if related else ZERO32


def _known(tender: dict[str, Any], held: Held | None) -> Held | None:
    """Documents of the present tender are held, whatever the store says."""
    if held is None:
        return None
    mine = {one["integrity"][0]["id"]: (one["bytes"], one["format"]) for one in tender.get("documents", ())}
    return lambda digest: mine.get(digest) or held(digest)


def _done(
    reader: Reader,
    tender: dict[str, Any],
    terms: Terms | None,
    releases: tuple[dict[str, Any], dict[str, Any]] | None,
    buyer_org_id: str,
) -> Intake:
    if reader.faults or terms is None:
        raise ImportRefused.together(reader.faults)
    if releases is not None:
        _check_buyer(*releases, buyer_org_id)
    return Intake(tender, terms, tuple(reader.ignored))


def _check_buyer(original: dict[str, Any], release: dict[str, Any], expected: str) -> None:
    """The supplement may add a scheme, never another buyer."""
    (scheme, own), (new_scheme, name) = _buyer(original), _buyer(release)
    got = f"{new_scheme}-{name}" if new_scheme else name
    if got != expected or (own and own != name) or (scheme and scheme != new_scheme):
        raise ImportBuyerOther("/buyer", expected, shown(got, 300))


def _buyer(release: dict[str, Any]) -> tuple[str, str]:
    """(scheme, id) of the buyer's identifier, in itself or as a party; the scheme is "" where none is named."""
    buyer = release.get("buyer")
    if not isinstance(buyer, dict):
        return "", ""
    parties = release.get("parties")
    same = (
        party for party in (parties if isinstance(parties, list) else ())
        if isinstance(party, dict) and not is_empty(party.get("id")) and party.get("id") == buyer.get("id")
    )  # fmt: skip
    for thing in (buyer, *same):
        identifier = thing.get("identifier")
        if isinstance(identifier, dict) and not is_empty(identifier.get("id")):
            scheme = identifier.get("scheme")
            return "" if is_empty(scheme) else str(scheme), str(identifier["id"])
    return "", "" if is_empty(buyer.get("id")) else str(buyer["id"])
