"""Who publishes, where and under which names: the part of the network descriptor that enters the bytes of releases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Lookup", "Moment", "Organisation", "Publication"]

_ORG_ID = re.compile(r"([A-Z]{2,3}-[A-Z0-9]+)-(.+)")


@dataclass(frozen=True)
class Publication:
    """``ocid_prefix`` as registered with the Open Contracting Partnership; ``publication_url`` without a slash at the end.

    ``publisher`` its name, ``license`` a URL or "", ``language`` of what names no other (ISO 639-1).
    """

    chain_id: int
    ocid_prefix: str = "ocds-213czf"
    publication_url: str = "https://licita.example"
    publisher: str = "Licita"
    license: str = ""
    language: str = "es"

    def ocid(self, tender: int) -> str:
        """The ocid of a tender's number."""
        return f"{self.ocid_prefix}-{tender}"

    def document_url(self, sha256: str) -> str:
        """Where a document is read; ``sha256`` in hex."""
        return f"{self.publication_url}/v1/documents/{sha256}"

    def release_url(self, ocid: str, release: str) -> str:
        """Where one release is read."""
        return f"{self.publication_url}/v1/releases/{ocid}/{release}"


@dataclass(frozen=True)
class Moment:
    """A block: its number and its time in unix seconds."""

    block: int
    time: int


@dataclass(frozen=True)
class Organisation:
    """A member or supplier; ``org_id`` is ``{scheme}-{id}``. A natural person has neither another identifier nor a name of its own."""

    org_id: str
    name: str
    is_person: bool = False

    @property
    def reference(self) -> dict[str, Any]:
        """OrganizationReference."""
        return {"id": self.org_id, "name": self.name}

    def party(self, *roles: str) -> dict[str, Any]:
        """Organization in ``parties`` with all its roles so far."""
        if self.is_person:
            return {**self.reference, "roles": sorted(roles)}
        match = _ORG_ID.fullmatch(self.org_id)
        scheme, identifier = (
            match.groups()
            if match
            else self.org_id.rsplit("-", 1)
            if "-" in self.org_id
            else ("", self.org_id)
        )
        named = {"scheme": scheme, "id": identifier, "legalName": self.name}
        return {
            "id": self.org_id,
            "name": self.name,
            "identifier": {key: value for key, value in named.items() if value},
            "roles": sorted(roles),
        }


class Lookup(Protocol):
    """What the events of a tender name and do not say, as of the block."""

    def member(self, id: str) -> Organisation:
        """A member by its 0x id."""
        ...

    def supplier(self, id: str) -> Organisation:
        """A supplier by its 0x id."""
        ...

    def bidder(self, bid: int) -> Organisation:
        """The supplier of the tender's bid with this index."""
        ...

    def envelope(self, bid: int, envelope: int) -> bytes:
        """What the bid's last version sealed in this envelope."""
        ...

    def payment(self, agreement: int, number: int) -> Mapping[str, Any]:
        """A payment of an agreement as PaymentRecorded has it: its members ``milestone``, ``payer``, ``payee`` and ``amount``."""
        ...

    def withheld(self) -> Sequence[Mapping[str, Any]]:
        """What earlier folds of the tender gave to be kept aside, in order."""
        ...
