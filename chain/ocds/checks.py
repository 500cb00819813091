"""What a release must be before it is stored, beyond what the schema can say (each rule has its error in chain.errors.ocds)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache, cached_property
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
from chain.ocds.values import MAX_AMOUNT, MAX_DECIMALS, PERSON, decimals

__all__ = ["check_ids", "check_release"]

Release = dict[str, Any]
Place = tuple[Any, str | int] | None
"""Where a value stands: the place of what it is a member of, and its key or index; None is the release. A pointer is made of it only
where something is refused."""
_PARTY = "#/definitions/OrganizationReference"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_ORGANISATION = re.compile(
    r"/(?:parties/[0-9]+(?:/identifier)?|buyer|tender/procuringEntity)/(?:id|name|legalName)"
)
"""Who an organisation is: the authority admitted it under this name, whatever the name looks like."""
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
    nodes: list[_Node] = []
    _collect(release, _shape(), None, nodes)
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


class _Shape:
    """A schema, read once. ``is_date``, ``is_party``, ``has_parties`` (a list of them): what the schema says of the value itself."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self.is_date = schema.get("format") == "date-time"
        self.is_party = schema.get("$ref") == _PARTY
        self.has_parties = schema.get("items", {}).get("$ref") == _PARTY

    @cached_property
    def _resolved(self) -> dict[str, Any]:
        schema = self._schema
        while "$ref" in schema:
            schema = release_schema()["definitions"][schema["$ref"].rpartition("/")[2]]
        return schema

    @cached_property
    def items(self) -> _Shape:
        """Of the items of a list."""
        return _Shape(self._resolved.get("items", {}))

    @cached_property
    def members(self) -> dict[str, _Shape]:
        """Of the members that have a name of their own."""
        return {key: _Shape(schema) for key, schema in self._resolved.get("properties", {}).items()}

    @cached_property
    def _forms(self) -> list[tuple[re.Pattern[str], _Shape]]:
        forms = self._resolved.get("patternProperties", {})
        return [(re.compile(form), _Shape(schema)) for form, schema in forms.items()]

    def member(self, key: str) -> _Shape | None:
        """Of a member; None where the schema does not know it."""
        named = self.members.get(key)
        if named is not None:
            return named
        return next((shape for form, shape in self._forms if form.search(key)), None)


@cache
def _shape() -> _Shape:
    return _Shape(release_schema())


_Node = tuple[Place, str, Any, _Shape | None]
"""A member of an object: its place, its key, its value and its shape, None where no schema knows the field."""


def _pointer(place: Place) -> str:
    return "" if place is None else pointer(_pointer(place[0]), place[1])


def _collect(value: Any, shape: _Shape, place: Place, nodes: list[_Node]) -> None:
    """Adds every member of every object below ``value``."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                _collect(item, shape.items, (place, index), nodes)
    elif isinstance(value, dict):
        for key, item in value.items():
            here, known = (place, key), shape.member(key)
            nodes.append((here, key, item, known))
            if known is not None and isinstance(item, dict | list):
                _collect(item, known, here, nodes)


def check_ids(release: Release) -> None:
    """Raises ReleaseIdRepeated: such objects would be one object after the merge."""
    for place, name in _repeated(release, None):
        raise _Refusal(release)(ReleaseIdRepeated, _pointer(place), name)


def _repeated(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict | list) and key not in WHOLE:
                yield from _repeated(item, (place, key))
    elif isinstance(value, list):
        seen: set[str] = set()
        for index, item in enumerate(value):
            name = str(item.get("id")) if isinstance(item, dict) and "id" in item else None
            if name in seen:
                yield place, name or ""
            elif name is not None:
                seen.add(name)
            if isinstance(item, dict | list):
                yield from _repeated(item, (place, index))


def _check_values(refuse: _Refusal, nodes: Sequence[_Node], updates: bool) -> None:
    for place, key, value, shape in nodes:
        if shape is None:
            raise refuse(ReleaseFieldUnknown, _pointer(place))
        if key in _PERSONAL:
            raise refuse(ReleasePersonalData, _pointer(place))
        # What is empty is false, as are zero and False, which are not empty.
        if not value and (value in ("", [], {}) or (value is None and not updates)):
            raise refuse(ReleaseFieldEmpty, _pointer(place))
        if key in _NUMBERS:
            _check_number(refuse, place, value)
        if not isinstance(value, str | list):
            continue
        if shape.is_date and isinstance(value, str) and not _DATE.fullmatch(value):
            raise refuse(ReleaseDateForm, _pointer(place), value[:80])
        if _names_person(value) and not _ORGANISATION.fullmatch(_pointer(place)):
            raise refuse(ReleasePersonalData, _pointer(place))


def _names_person(value: str | list[Any]) -> bool:
    if isinstance(value, str):
        return PERSON.search(value) is not None
    return any(isinstance(text, str) and PERSON.search(text) for text in value)


_NUMBERS = ("amount", "quantity")


def _check_number(refuse: _Refusal, place: Place, value: Any) -> None:
    """Amounts (negative only where a payment is reversed) and quantities: exact in every reader's double."""
    if not isinstance(value, int | float):
        return
    whole_float = isinstance(value, float) and value.is_integer()
    negative = value < 0 and "/transactions/" not in _pointer(place)
    if whole_float or negative or abs(value) >= MAX_AMOUNT or decimals(Decimal(repr(value))) > MAX_DECIMALS:
        raise refuse(ReleaseMoneyForm, _pointer(place), repr(value))


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
    # Of a tender that is never opened the bids' places are never told: only what is disclosed has to name them.
    events = _events([*previous, release])
    if "BidOpened" in events and "BidSealed" not in events:
        raise refuse(ReleaseAnchorMissing, "/ledgerAnchors")
    disclosed = "BidOpened" in _events(previous)
    for index, anchor in enumerate(anchors):
        # What was withheld is told with the first opening, all of it.
        if anchor["id"] in known or (disclosed and anchor["block"] < int(release["id"])):
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
    for place, key, value, shape in nodes:
        if key in targets:
            known = targets[key]
            for name in value if isinstance(value, list) else [value]:
                if name is not None and name not in known:
                    raise refuse(ReleaseReferenceBroken, _pointer(place), str(name)[:80])
        if shape is not None:
            for party in _parties_of(shape, value):
                if party.get("id") not in parties:
                    raise refuse(ReleaseReferenceBroken, _pointer(place), str(party.get("id"))[:80])


def _parties_of(shape: _Shape, value: Any) -> Sequence[dict[str, Any]]:
    if shape.is_party and isinstance(value, dict):
        return (value,)
    return value if shape.has_parties else ()


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


def _events(releases: Sequence[Release]) -> set[str]:
    return {anchor["event"] for one in releases for anchor in one.get("ledgerAnchors", ())}


_SEALED = ("BidSealed", "BidConfirmed", "BidWithdrawn")
_BIDDERS = frozenset({"tenderer", "supplier", "payee"})


def _check_withheld(refuse: _Refusal, release: Release, previous: Sequence[Release]) -> None:
    """Bids until they are opened, askers until they are disclosed, complainants until the decision."""
    events = _events([*previous, release])
    tender = release.get("tender", {})
    if "BidOpened" not in events:
        early = [f"/{name}" for name in ("bids", "awards") if name in release]
        early += [f"/tender/{name}" for name in ("tenderers", "numberOfTenderers") if name in tender]
        early += [
            f"/parties/{index}/roles"
            for index, party in enumerate(release.get("parties", ()))
            if _BIDDERS & set(party.get("roles", ()))
        ]
        early += [
            f"/ledgerAnchors/{index}/event"
            for index, anchor in enumerate(release.get("ledgerAnchors", ()))
            if anchor["event"] in _SEALED
        ]
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
