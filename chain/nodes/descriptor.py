"""network.toml: what a network is called, which chain it is, how it publishes and what it takes for granted."""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.errors.nodes import NetworkFileWrong

__all__ = ["Defaults", "Descriptor", "Publication", "Publisher", "parse", "render"]

PROFILES = ("production", "sandbox", "development")
ENGINES = ("anvil", "besu")
ON_RESET = ("stop", "rewind", "new-epoch")
NONE = "0x" + "00" * 32
"""32 zero bytes: no keyset, no review body."""


@dataclass(frozen=True)
class Publisher:
    """Who publishes the open data (OCDS ``publisher``); empty texts are left out of it."""

    name: str = "Licita (embedded network)"
    scheme: str = ""
    uid: str = ""
    uri: str = ""

    def as_ocds(self) -> dict[str, str]:
        """The OCDS object."""
        return {key: value for key, value in dataclasses.asdict(self).items() if value}


@dataclass(frozen=True)
class Publication:
    """What enters the bytes of releases and packages."""

    ocid_prefix: str = "ocds-213czf"
    publication_url: str = "https://licita.example"
    publisher: Publisher = field(default_factory=Publisher)
    license: str = ""
    language: str = "es"


@dataclass(frozen=True)
class Defaults:
    """What a tender gets that does not say otherwise. ``keyset`` and ``review_body`` are 32 bytes as 0x hex."""

    procedure: str = "sandbox"
    keyset: str = NONE
    review_body: str = NONE


@dataclass(frozen=True)
class Descriptor:
    """A network. ``period`` in seconds a block, ``lane_window`` in unfinished transactions a key, ``genesis_hash`` 0x hex,
    ``rpc`` the node's URL (empty: the folder's own node, wherever it listens)."""

    name: str
    engine: str
    profile: str
    chain_id: int
    genesis_hash: str
    period: int
    lane_window: int
    on_reset: str
    rpc: str
    publication: Publication = field(default_factory=Publication)
    defaults: Defaults = field(default_factory=Defaults)


Check = tuple[str, Callable[[Any], bool]]


def _text(pattern: str, wanted: str) -> Check:
    return wanted, lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _one_of(choices: tuple[str, ...]) -> Check:
    return " or ".join(choices), lambda value: value in choices


def _count(least: int) -> Check:
    return f"a whole number from {least}", lambda value: type(value) is int and least <= value < 2**53


_URL = _text(r"https?://\S+", "an http or https address")
_WORDS = _text(r"[^\x00-\x1f]*", "a text on one line")
_HASH = _text(r"0x[0-9a-f]{64}", "32 bytes as 0x and lower-case hex")

_NETWORK: dict[str, Check] = {
    "name": _text(r"[a-z0-9][a-z0-9-]{0,63}", "lower-case letters, digits and hyphens"),
    "engine": _one_of(ENGINES),
    "profile": _one_of(PROFILES),
    "chain_id": _count(1),
    "genesis_hash": _HASH,
    "period": _count(1),
    "lane_window": _count(1),
    "on_reset": _one_of(ON_RESET),
    "rpc": _text(r"(https?://\S+)?", "an http or https address, or nothing"),
}
_PUBLICATION: dict[str, Check] = {
    "ocid_prefix": _text(r"ocds-[a-z0-9]{6}", "ocds- and six letters or digits"),
    "publication_url": _URL,
    "license": _text(r"(https?://\S+)?", "an http or https address, or nothing"),
    "language": _text(r"[a-z]{2}", "two letters (ISO 639-1)"),
}
_PUBLISHER: dict[str, Check] = {
    "name": _text(r"[^\x00-\x1f]+", "a text on one line"),
    "scheme": _WORDS,
    "uid": _WORDS,
    "uri": _text(r"(https?://\S+)?", "an http or https address, or nothing"),
}
_DEFAULTS: dict[str, Check] = {
    "procedure": _text(r"[a-z0-9][a-z0-9-]{0,15}", "the name of a procedure"),
    "keyset": _HASH,
    "review_body": _HASH,
}


def parse(text: str, path: str) -> Descriptor:
    """The descriptor; ``path`` is for the message. Raises NetworkFileWrong with all faults at once."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NetworkFileWrong(path, (f"not TOML: {error}",)) from error
    faults: list[str] = [
        f"{key}: unknown" for key in document.keys() - {"network", "publication", "defaults"}
    ]
    publication = dict(_table(document.get("publication"), "publication", faults))
    publisher = _table(publication.pop("publisher", None), "publication.publisher", faults)
    network = _table(document.get("network"), "network", faults)
    defaults = _table(document.get("defaults"), "defaults", faults)
    faults += [f"network.{key}: missing" for key in _NETWORK.keys() - network.keys()]
    for table, name, checks in (
        (network, "network", _NETWORK),
        (publication, "publication", _PUBLICATION),
        (publisher, "publication.publisher", _PUBLISHER),
        (defaults, "defaults", _DEFAULTS),
    ):
        faults += _faults(table, name, checks)
    if network.get("profile") == "production" and network.get("engine") == "anvil":
        faults.append("network.engine: production runs on besu")
    if faults:
        raise NetworkFileWrong(path, tuple(sorted(faults)))
    return Descriptor(
        **network,
        publication=Publication(**publication, publisher=Publisher(**publisher)),
        defaults=Defaults(**defaults),
    )


def _table(value: Any, name: str, faults: list[str]) -> Mapping[str, Any]:
    if value is None or isinstance(value, dict):
        return value or {}
    faults.append(f"{name}: wanted a table")
    return {}


def _faults(table: Mapping[str, Any], name: str, checks: Mapping[str, Check]) -> list[str]:
    found = []
    for key, value in table.items():
        if key not in checks:
            found.append(f"{name}.{key}: unknown")
        elif not checks[key][1](value):
            found.append(f"{name}.{key}: wanted {checks[key][0]}, found {value!r}")
    return found


def render(descriptor: Descriptor) -> str:
    """The text of network.toml; ``parse`` reads it back."""
    network = dataclasses.asdict(descriptor)
    publication, defaults = network.pop("publication"), network.pop("defaults")
    publisher = publication.pop("publisher")
    tables = {
        "network": network,
        "publication": publication,
        "publication.publisher": publisher,
        "defaults": defaults,
    }
    return "\n".join(_render_table(name, table) for name, table in tables.items())


def _render_table(name: str, table: Mapping[str, str | int]) -> str:
    # A JSON text is a TOML text but for DEL, which TOML wants escaped.
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")
        for key, value in table.items()
    ]
    return "\n".join([f"[{name}]", *lines, ""])
