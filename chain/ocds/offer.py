"""The documents of an opened bid: anyone who holds the secret that an opening published can decrypt them, and so can a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chain.errors.base import LicitaError
from chain.ocds.reading import read_document
from chain.ocds.values import Field, Reader
from chain.sealing import document
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.envelope import NO_OFFER, read
from chain.sealing.group import Point
from chain.sealing.opening import Opening, open_body
from chain.types import Event, from_hex

__all__ = ["documents_of"]

_DIGEST = re.compile(r"0x([0-9a-f]{64})")
_NAMED = {"name": Field(Reader.title), "type": Field(Reader.title)}


def documents_of(
    opened: Event, envelope: bytes, *, chain_id: int, bid_box: str, keyset_id: bytes
) -> list[dict[str, Any]]:
    """What the bidder sealed as ``documents``, in its order: {id, title, format, integrity}; titles that name a person are left out.
    Those of a further envelope have its number before theirs.

    ``opened``: BidOpened; ``envelope``: the bytes that were sealed. Empty where the body is not what it was committed to, or says
    something else than its head: such a bid is not responsive, which is for the buyer to state.
    """
    args = opened.args
    context = BidContext(
        domain_separator(chain_id, bid_box), from_hex(args["tenderId"]), args["envelope"], args["bidder"], args["version"], keyset_id
    )  # fmt: skip
    amounts = tuple(None if int(amount) == NO_OFFER else int(amount) for amount in args["amounts"])
    opening = Opening(from_hex(args["docCommit"]), amounts)
    try:
        secret = Point(int(args["s"]["x"]), int(args["s"]["y"]))
        body = open_body(secret, context, read(envelope, context), opening)
        # Told apart first by its nesting: how deep a parser gets depends on who calls it, and releases are the same everywhere.
        read_document(body)
        said = document.read(body, context, amounts).get("documents")
    except LicitaError:
        return []
    mark = f"{args['envelope']}-" if args["envelope"] else ""
    return [{"id": f"{mark}{place}", **each} for place, each in enumerate(_usable(said), 1)]


def _usable(said: Any) -> Iterator[dict[str, Any]]:
    for entry in said if isinstance(said, list) else ():
        digest = _DIGEST.fullmatch(str(entry.get("sha256"))) if isinstance(entry, dict) else None
        if digest is None:
            continue
        named = Reader({}).members(entry, "", _NAMED) or {}
        titles = {"title": named.get("name"), "format": named.get("type")}
        integrity = [{"id": digest[1], "scheme": "sha256"}]
        yield {**{key: title for key, title in titles.items() if title}, "integrity": integrity}
