"""Releases of a process -> its record; releases and records -> the packages that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chain.ocds.checks import check_ids
from chain.ocds.profile import extension_urls, merger, validate_record_package, validate_release_package
from chain.ocds.publication import Publication

__all__ = ["record", "record_package", "release_package"]

Release = dict[str, Any]


def record(
    ocid: str,
    releases: Sequence[Release],
    publication: Publication,
    *,
    embedded: bool = False,
    versioned: bool = False,
) -> dict[str, Any]:
    """The record of a process: its releases, oldest first, linked or embedded, and their merge.

    Raises ReleaseIdRepeated where a release would not merge by id.
    """
    for release in releases:
        check_ids(release)
    result: dict[str, Any] = {
        "ocid": ocid,
        "releases": list(releases) if embedded else [_link(release, publication) for release in releases],
        "compiledRelease": merger().create_compiled_release(list(releases)),
    }
    if versioned:
        result["versionedRelease"] = merger().create_versioned_release(list(releases))
    return result


def _link(release: Release, publication: Publication) -> dict[str, Any]:
    url = publication.release_url(release["ocid"], release["id"])
    return {"url": url, "date": release["date"], "tag": release["tag"]}


def _package(uri: str, publication: Publication, published: str, content: dict[str, Any]) -> dict[str, Any]:
    licence = {"license": publication.license} if publication.license else {}
    return {
        "uri": uri,
        "version": "1.1",
        "extensions": extension_urls(publication.publication_url),
        "publisher": {"name": publication.publisher},
        **licence,
        "publishedDate": published,
        **content,
    }


def release_package(releases: Sequence[Release], uri: str, publication: Publication) -> dict[str, Any]:
    """One or more releases in the order given; publishedDate is that of the newest. Raises PackageInvalid."""
    published = max((release["date"] for release in releases), default="")
    package = _package(uri, publication, published, {"releases": list(releases)})
    validate_release_package(package)
    return package


def record_package(records: Sequence[dict[str, Any]], uri: str, publication: Publication) -> dict[str, Any]:
    """One or more records; publishedDate is that of the newest release inside. Raises PackageInvalid."""
    published = max((release["date"] for one in records for release in one["releases"]), default="")
    package = _package(uri, publication, published, {"records": list(records)})
    validate_record_package(package)
    return package
