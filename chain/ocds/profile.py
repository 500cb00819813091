"""The schema of what is published: OCDS 1.1.5 with the extensions, and the validation against it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
from ocdsmerge import Merger

from chain.errors.ocds import PackageInvalid, ReleaseSchemaInvalid
from chain.ocds.patch import apply_patch

__all__ = [
    "EXTENSIONS", "RELEASE_URI", "data", "extension_file", "extension_urls", "fits_schema", "merger", "release_schema",
    "validate_record_package", "validate_release", "validate_release_package",
]  # fmt: skip

_STANDARD = "https://standard.open-contracting.org/schema/1__1__5"
_OFFICIAL = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_{}_extension/v1.1.5/extension.json"
)
RELEASE_URI = f"{_STANDARD}/release-schema.json"
RELEASE_PACKAGE_URI = f"{_STANDARD}/release-package-schema.json"
VERSIONED_URI = f"{_STANDARD}/versioned-release-validation-schema.json"
EXTENSIONS: Mapping[str, str | None] = {
    "bids": _OFFICIAL.format("bid"),
    "lots": _OFFICIAL.format("lots"),
    "enquiries": _OFFICIAL.format("enquiry"),
    "cancellation": None,
    "licita": None,
}
"""Name -> official address, None for an extension of Licita's own; in the order in which they are applied."""


def data(*path: str) -> bytes:
    """A file of the package's data."""
    return files("chain.ocds").joinpath("data", *path).read_bytes()


def extension_file(name: str, file: str) -> bytes:
    """``extension.json`` or ``release-schema.json`` of an extension. Raises FileNotFoundError."""
    if name not in EXTENSIONS or file not in ("extension.json", "release-schema.json"):
        raise FileNotFoundError(f"{name}/{file}")
    return data("extensions", name, file)


def extension_urls(publication_url: str) -> list[str]:
    """What a package declares: official addresses, and Licita's own under its publication address."""
    own = publication_url.rstrip("/") + "/v1/extensions/{}/extension.json"
    return [address or own.format(name) for name, address in EXTENSIONS.items()]


@cache
def _schema(name: str) -> dict[str, Any]:
    return dict(json.loads(data("schema", name)))


@cache
def release_schema() -> dict[str, Any]:
    """The release schema with every extension applied; not to be changed."""
    schema: dict[str, Any] = _schema("release-schema.json")
    for name in EXTENSIONS:
        schema = apply_patch(schema, json.loads(data("extensions", name, "release-schema.json")))
    return schema


@cache
def merger() -> Merger:
    """Merges by the patched schema; without one it would ask the internet."""
    return Merger(schema=release_schema())


@cache
def _validator(name: str) -> Any:
    known = [
        (RELEASE_URI, release_schema()),
        (VERSIONED_URI, _schema("versioned-release-validation-schema.json")),
    ]
    schema = release_schema() if name == "release-schema.json" else _schema(name)
    return jsonschema_rs.Draft4Validator(
        schema, registry=jsonschema_rs.Registry(known), validate_formats=True
    )


def _first(name: str, value: Any) -> tuple[str, str] | None:
    """(pointer, cause) of the first schema error."""
    for error in _validator(name).iter_errors(value):
        return "".join(f"/{part}" for part in error.instance_path), error.message[:200]
    return None


@cache
def _tender_validator() -> Any:
    """Of a release that may lack all that is not content."""
    schema = {key: value for key, value in release_schema().items() if key != "required"}
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True)


def fits_schema(tender: Mapping[str, Any], **beside: Any) -> bool:
    """Does the schema allow a tender without id, and these members of the release ``beside`` it?"""
    return bool(_tender_validator().is_valid({**beside, "tender": {"id": "1", **tender}}))


def validate_release(release: dict[str, Any]) -> None:
    """Raises ReleaseSchemaInvalid."""
    if found := _first("release-schema.json", release):
        raise ReleaseSchemaInvalid(str(release.get("ocid")), str(release.get("id")), *found)


def validate_release_package(package: dict[str, Any]) -> None:
    """Raises PackageInvalid."""
    if found := _first("release-package-schema.json", package):
        raise PackageInvalid(*found)


def validate_record_package(package: dict[str, Any]) -> None:
    """Raises PackageInvalid."""
    if found := _first("record-package-schema.json", package):
        raise PackageInvalid(*found)
