"""manifest.json: what the bundle is about, and the hash of every other file in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from chain.audit.bundle.reading import difference, fields_of, json_in, place_in
from chain.audit.place import Fields, data
from chain.ocds.publication import Publication
from chain.rules import canonical

__all__ = ["FORMAT", "Manifest"]

FORMAT = "licita-proof/1"
_NAME = "manifest.json"
_FIXED = frozenset({"code.json", "documents.json", "genesis.json", "headers.jsonl", "release.json"})
_MANY = re.compile(r"items/(?:0|[1-9][0-9]*)\.json|documents/[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """``subject``: number of the tender; ``publication``: what releases are made with, which no block says."""

    chain_id: int
    genesis_hash: bytes
    head: bytes
    tender: int
    publication: Publication

    @property
    def ocid(self) -> str:
        """The ocid of the tender."""
        return self.publication.ocid(self.tender)

    def text(self, files: Mapping[str, bytes]) -> bytes:
        """The canonical bytes of manifest.json over these other files; their sha256 is the bundle's id."""
        publication = asdict(self.publication)
        del publication["chain_id"]
        listed = {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in files.items()
        }
        value: dict[str, Any] = {
            "format": FORMAT,
            "chain_id": self.chain_id,
            "genesis_hash": data(self.genesis_hash),
            "head": data(self.head),
            "subject": {"tender": self.tender, "ocid": self.ocid},
            "publication": publication,
            "files": listed,
        }
        return canonical(value)

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> Manifest:
        """The manifest of a bundle whose files are exactly those it lists.

        Raises AuditRefusal ``file-missing``, ``file-unknown``, ``canonical-json``, ``manifest-field:<name>``, ``manifest``.
        """
        value = json_in(files, _NAME)
        place = place_in(_NAME)
        names = ("format", "chain_id", "genesis_hash", "head", "subject", "publication", "files")
        outer = fields_of(value, names, "manifest", place)
        if outer.value("format") != FORMAT:
            raise outer.refusal("format", FORMAT, outer.value("format"))
        subject = fields_of(outer.value("subject"), ("tender", "ocid"), "manifest", place.at("subject"))
        manifest = cls(
            outer.integer("chain_id"),
            outer.data("genesis_hash", 32),
            outer.data("head", 32),
            subject.integer("tender"),
            _publication(outer),
        )
        others = {name: content for name, content in files.items() if name != _NAME}
        _check_names(others, outer)
        if manifest.text(others) != files[_NAME]:
            written = json_in({_NAME: manifest.text(others)}, _NAME)
            difference(written, value, "manifest", place)
        return manifest


def _publication(outer: Fields) -> Publication:
    place = outer.place.at("publication")
    names = [field.name for field in fields(Publication) if field.name != "chain_id"]
    inner = fields_of(outer.value("publication"), names, "manifest", place)
    values = {}
    for name in names:
        value = inner.value(name)
        if not isinstance(value, str):
            raise inner.refusal(name, "text", value)
        values[name] = value
    return Publication(outer.integer("chain_id"), **values)


def _check_names(files: Mapping[str, bytes], outer: Fields) -> None:
    for name in sorted(_FIXED - files.keys()):
        raise place_in(name).refusal("file-missing", "the file", None)
    for name in files:
        if name not in _FIXED and not _MANY.fullmatch(name):
            raise place_in(name).refusal("file-unknown", "a file of a bundle", name)
    listed = outer.value("files")
    if isinstance(listed, dict):
        for name in sorted(set(listed) - set(files)):
            raise place_in(name).refusal("file-missing", "the file", None)
