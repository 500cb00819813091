"""What a release must be before it is stored, beyond what the schema can say (each rule has its error in chain.errors.ocds)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from chain.errors.ocds import (
    OcidForm,
    ReleaseAnchorMissing,
    ReleaseAnchorRepeated,
    ReleaseDateForm,
    ReleaseDateOrder,
    ReleaseDisclosedEarly,
    ReleaseFieldEmpty,
    ReleaseFieldUnknown,
    ReleaseIdForm,
    ReleaseIdRepeated,
    ReleaseMoneyForm,
    ReleasePersonalData,
    ReleaseReferenceBroken,
    ReleaseRefused,
    ReleaseRoleLost,
    ReleaseSupplierChanged,
    ReleaseTagWrong,
)
from chain.ocds.patch import WHOLE
from chain.ocds.profile import release_schema, validate_release
from chain.ocds.reading import pointer
from chain.ocds.release import TAGS
from chain.ocds.values import MAX_AMOUNT, PERSON, decimals

__all__ = ["check_ids", "check_release"]

Release = dict[str, Any]
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_PERSONAL = frozenset({"contactPoint", "address", "additionalIdentifiers"})
_SECTION = {"award": "awards", "contract": "contracts", "implementation": "contracts"}


def check_release(release: Release, *, previous: Sequence[Release], prefix: str) -> None:
    """``previous``: the stored releases of the same ocid, oldest first; ``prefix``: the publisher's ocid prefix.

    Raises the first of the ReleaseRefused errors that applies.
    """
    refuse = _Refusal(release)
    number = re.compile(re.escape(prefix) + r"-[1-9][0-9]*")
    if not number.fullmatch(str(release.get("ocid"))):
        raise refuse(OcidForm, "/ocid", prefix)
    if not re.fullmatch(r"[0-9]+", str(release.get("id"))):
        raise refuse(ReleaseIdForm, "/id", str(release.get("id"))[:80])
    validate_release(release)
    check_ids(release)
    nodes = list(_nodes(release, release_schema(), ""))
    _check_values(refuse, nodes, bool(previous))
    _check_order(refuse, release, previous)
    _check_tags(refuse, release, previous)
    _check_anchors(refuse, release, previous)
    _check_references(refuse, nodes, release, previous)
    _check_parties(refuse, release, previous)
    _check_withheld(refuse, release, previous)


class _Refusal:
    """Makes errors that name the release."""

    def __init__(self, release: Release) -> None:
        self.ocid, self.id = str(release.get("ocid")), str(release.get("id"))

    def __call__(self, error: Callable[..., ReleaseRefused], at: str, *facts: str) -> ReleaseRefused:
        return error(self.ocid, self.id, at, *facts)


class _Node:
    """A value with its pointer, its key and its schema; ``schema`` is None where no schema knows the field."""

    __slots__ = ("at", "key", "schema", "value")

    def __init__(self, at: str, key: str, value: Any, schema: dict[str, Any] | None) -> None:
        self.at, self.key, self.value, self.schema = at, key, value, schema


def _nodes(value: Any, schema: dict[str, Any], at: str) -> Iterator[_Node]:
    """Every member of every object below ``value``."""
    while "$ref" in schema:
        schema = release_schema()["definitions"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nodes(item, schema.get("items", {}), pointer(at, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            here, known = pointer(at, key), _known(schema, key)
            yield _Node(here, key, item, known)
            if known is not None:
                yield from _nodes(item, known, here)


def _known(schema: dict[str, Any], key: str) -> dict[str, Any] | None:
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    if key in properties:
        return properties[key]
    return next(
        (known for form, known in schema.get("patternProperties", {}).items() if re.search(form, key)), None
    )


def check_ids(release: Release) -> None:
    """Raises ReleaseIdRepeated: such objects would be one object after the merge."""
    for at, name in _repeated(release, ""):
        raise _Refusal(release)(ReleaseIdRepeated, at, name)


def _repeated(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in WHOLE:
                yield from _repeated(item, pointer(at, key))
    elif isinstance(value, list):
        seen: set[str] = set()
        for index, item in enumerate(value):
            name = str(item.get("id")) if isinstance(item, dict) and "id" in item else None
            if name in seen:
                yield at, name or ""
            elif name is not None:
                seen.add(name)
            yield from _repeated(item, pointer(at, index))


def _check_values(refuse: _Refusal, nodes: Sequence[_Node], updates: bool) -> None:
    for node in nodes:
        if node.schema is None:
            raise refuse(ReleaseFieldUnknown, node.at)
        if node.key in _PERSONAL:
            raise refuse(ReleasePersonalData, node.at)
        if node.value in ("", [], {}) or (node.value is None and not updates):
            raise refuse(ReleaseFieldEmpty, node.at)
        if (
            node.schema.get("format") == "date-time"
            and isinstance(node.value, str)
            and not _DATE.fullmatch(node.value)
        ):
            raise refuse(ReleaseDateForm, node.at, node.value[:80])
        _check_number(refuse, node)
        texts = node.value if isinstance(node.value, list) else [node.value]
        if any(isinstance(text, str) and PERSON.search(text) for text in texts):
            raise refuse(ReleasePersonalData, node.at)


def _check_number(refuse: _Refusal, node: _Node) -> None:
    """Amounts (negative only where a payment is reversed) and quantities: exact in every reader's double."""
    limit = {"amount": 2, "quantity": 3}.get(node.key)
    if limit is None or not isinstance(node.value, int | float):
        return
    whole_float = isinstance(node.value, float) and node.value.is_integer()
    negative = node.value < 0 and "/transactions/" not in node.at
    if (
        whole_float
        or negative
        or abs(node.value) >= MAX_AMOUNT
        or decimals(Decimal(repr(node.value))) > limit
    ):
        raise refuse(ReleaseMoneyForm, node.at, repr(node.value))


def _check_order(refuse: _Refusal, release: Release, previous: Sequence[Release]) -> None:
    """The merge sorts by the text of the date; equal ones would be merged in any order."""
    before = previous[-1]["date"] if previous else ""
    if release["date"] <= before:
        raise refuse(ReleaseDateOrder, "/date", before, release["date"])


def _check_tags(refuse: _Refusal, release: Release, previous: Sequence[Release]) -> None:
    tags = release["tag"]
    first = "tender" in tags
    wrong = [
        tag
        for tag in tags
        if tag not in TAGS or (tag.startswith(tuple(_SECTION)) and not _has_section(release, tag))
    ]
    if first is bool(previous):
        wrong.append("tender")
    if "tenderCancellation" in tags and not _cancelled(release):
        wrong.append("tenderCancellation")
    if tags != [tag for tag in TAGS if tag in tags]:
        wrong.append(",".join(tags))
    if wrong:
        raise refuse(ReleaseTagWrong, "/tag", wrong[0])


def _has_section(release: Release, tag: str) -> bool:
    section = next(part for name, part in _SECTION.items() if tag.startswith(name))
    return section in release or (tag == "awardUpdate" and "complaints" in release)


def _cancelled(release: Release) -> bool:
    tender = release.get("tender", {})
    return any(thing.get("status") == "cancelled" for thing in (tender, *tender.get("lots", ())))


def _check_anchors(refuse: _Refusal, release: Release, previous: Sequence[Release]) -> None:
    anchors = release.get("ledgerAnchors", [])
    if not anchors:
        raise refuse(ReleaseAnchorMissing, "/ledgerAnchors")
    for index, anchor in enumerate(anchors):
        # What was withheld is anchored where it is disclosed, so a block may be an earlier one, never a later.
        if anchor["id"].partition("-")[0] != str(anchor["block"]) or anchor["block"] > int(release["id"]):
            raise refuse(ReleaseAnchorMissing, f"/ledgerAnchors/{index}/block")
    known = {anchor["id"] for one in previous for anchor in one.get("ledgerAnchors", ())}
    for index, anchor in enumerate(anchors):
        if anchor["id"] in known:
            raise refuse(ReleaseAnchorRepeated, f"/ledgerAnchors/{index}", anchor["id"])


def _ids(releases: Sequence[Release], *path: str) -> set[str]:
    found: set[str] = set()
    for release in releases:
        value: Any = release
        for key in path:
            value = value.get(key, {}) if isinstance(value, dict) else {}
        found.update(str(item["id"]) for item in value or ())
    return found


def _check_references(
    refuse: _Refusal, nodes: Sequence[_Node], release: Release, previous: Sequence[Release]
) -> None:
    all_ = [*previous, release]
    awards, lots, parties = _ids(all_, "awards"), _ids(all_, "tender", "lots"), _ids(all_, "parties")
    releases = {one["id"] for one in all_}
    targets = {
        "awardID": awards, "relatedAward": awards, "relatedLot": lots, "relatedLots": lots,
        "relatedItem": _ids(all_, "tender", "items"), "relatedBid": _ids(all_, "bids", "details"),
        "amendsReleaseID": releases, "releaseID": releases,
    }  # fmt: skip
    for node in nodes:
        known = targets.get(node.key)
        for name in (
            (node.value if isinstance(node.value, list) else [node.value]) if known is not None else ()
        ):
            if name is not None and name not in (known or ()):
                raise refuse(ReleaseReferenceBroken, node.at, str(name)[:80])
        for party in _parties_of(node):
            if party.get("id") not in parties:
                raise refuse(ReleaseReferenceBroken, node.at, str(party.get("id"))[:80])


def _parties_of(node: _Node) -> list[dict[str, Any]]:
    schema = node.schema or {}
    if schema.get("$ref") == "#/definitions/OrganizationReference" and isinstance(node.value, dict):
        return [node.value]
    if schema.get("items", {}).get("$ref") == "#/definitions/OrganizationReference":
        return list(node.value)
    return []


def _check_parties(refuse: _Refusal, release: Release, previous: Sequence[Release]) -> None:
    """Roles and suppliers are arrays that a merge replaces: the former only grow, the latter never change."""
    for index, party in enumerate(release.get("parties", ())):
        had = {
            role for one in previous for old in one.get("parties", ())
            if old["id"] == party["id"] for role in old.get("roles", ())
        }  # fmt: skip
        if "roles" in party and (lost := had - set(party["roles"])):
            raise refuse(ReleaseRoleLost, f"/parties/{index}/roles", min(lost))
    for index, award in enumerate(release.get("awards", ())):
        for old in (old for one in previous for old in one.get("awards", ()) if old["id"] == award["id"]):
            if "suppliers" in award and "suppliers" in old and _names(award) != _names(old):
                raise refuse(ReleaseSupplierChanged, f"/awards/{index}/suppliers", str(award["id"]))


def _names(award: dict[str, Any]) -> set[str]:
    return {supplier["id"] for supplier in award["suppliers"]}


def _check_withheld(refuse: _Refusal, release: Release, previous: Sequence[Release]) -> None:
    """Bids until they are opened, askers until they are disclosed, complainants until the decision."""
    events = {anchor["event"] for one in [*previous, release] for anchor in one.get("ledgerAnchors", ())}
    tender = release.get("tender", {})
    if "BidOpened" not in events:
        early = [f"/{name}" for name in ("bids", "awards") if name in release]
        early += [f"/tender/{name}" for name in ("tenderers", "numberOfTenderers") if name in tender]
        if early:
            raise refuse(ReleaseDisclosedEarly, early[0], "BidOpened")
    for index, enquiry in enumerate(tender.get("enquiries", ())):
        if "author" in enquiry and "AskerDisclosed" not in events:
            raise refuse(ReleaseDisclosedEarly, f"/tender/enquiries/{index}/author", "AskerDisclosed")
    decided = events & {
        f"Complaint{end}" for end in ("Rejected", "Upheld", "Dismissed", "Withdrawn", "Remedied")
    }
    for index, complaint in enumerate(release.get("complaints", ())):
        if "complainant" in complaint and not decided:
            raise refuse(ReleaseDisclosedEarly, f"/complaints/{index}/complainant", "decision")
