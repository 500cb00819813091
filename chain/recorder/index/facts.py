"""The stored facts of a tender as JSON and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from chain.recorder.index.content import dump, load
from chain.types import TenderFacts

__all__ = ["facts_from", "facts_text"]

_HASHES = ("buyer", "terms_hash", "keyset_id", "review_body", "setup_hash")


def facts_text(facts: TenderFacts) -> str:
    """Facts -> JSON text; hashes as 0x hex."""
    values: dict[str, Any] = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return dump(values | {name: "0x" + values[name].hex() for name in _HASHES})


def facts_from(text: str) -> TenderFacts:
    """JSON text of ``facts_text`` -> facts."""
    values = load(text)
    return TenderFacts(**values | {name: bytes.fromhex(values[name][2:]) for name in _HASHES})
