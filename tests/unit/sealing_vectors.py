"""Reads tests/data/sealed-bids (its README says what the vectors are) into the values of chain.sealing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chain.sealing.ceremony import Keyset, Plan, Transcript
from chain.sealing.context import BidContext
from chain.sealing.group import Draw, Point, hashed
from chain.sealing.keyshare import KeyShare
from chain.sealing.seat import Seat
from chain.sealing.secret import Secret
from chain.types import from_hex, to_hex

FOLDER = Path(__file__).parent.parent / "data" / "sealed-bids"
CEREMONIES = ("ceremony-2-of-3", "ceremony-3-of-5", "resharing-3-of-5-to-4-of-7")
PARENT = "ceremony-3-of-5"


@cache
def vectors(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def envelopes() -> dict[str, Any]:
    return {each["name"]: each for each in vectors("envelopes")["envelopes"]}


def point(text: str) -> Point:
    return Point.from64(from_hex(text))


def whole(text: str) -> int:
    return int(text, 16)


def replay(*values: str | bytes) -> Draw:
    """Randomness that was drawn before: each value once, in order; one more draw fails the test."""
    rest = [from_hex(value) if isinstance(value, str) else value for value in values]

    def draw(size: int) -> bytes:
        value = rest.pop(0)
        assert len(value) == size
        return value

    return draw


def context_of(value: Mapping[str, Any]) -> BidContext:
    separator = value.get("domainSeparator", vectors("constants")["domain"]["separator"])
    return BidContext(
        from_hex(separator), from_hex(value["tenderId"]), value["envelope"], value["bidder"],
        value["version"], from_hex(value["keysetId"]),
    )  # fmt: skip


def context_by(ctx: str) -> BidContext:
    """The context whose hash this is."""
    return next(context_of(each) for each in vectors("contexts")["contexts"] if each["ctx"] == ctx)


def amounts_of(value: Iterable[str | None]) -> tuple[int | None, ...]:
    return tuple(None if each is None else int(each) for each in value)


def plan_of(name: str) -> Plan:
    value = vectors(name)
    members = tuple(from_hex(each) for each in value["members"])
    return Plan(
        value["chainId"], value["openingCommittee"], value["ordinal"], value["threshold"], members,
        from_hex(value["parent"]), tuple(value["dealers"]),
    )  # fmt: skip


def transcript_of(name: str) -> Transcript:
    value = vectors(name)
    dealings = value["dealings"]
    return Transcript(
        plan_of(name),
        tuple(from_hex(each["boxKey"]) for each in value["seats"]),
        tuple(from_hex(each["commitment"]) for each in dealings),
        tuple(from_hex(each["message"]) for each in dealings),
        tuple(b"".join(from_hex(box["box"]) for box in each["boxes"]) for each in dealings),
    )


def keyset_of(name: str) -> Keyset:
    """The keyset as the vector states it, nothing recomputed."""
    plan, result = plan_of(name), vectors(name)["result"]
    keys = tuple(point(each["key"]) for each in result["seats"])
    return Keyset(
        plan.chain_id, plan.committee, plan.threshold, point(result["pk"]), plan.members, keys,
        from_hex(result["transcript"]),
    )  # fmt: skip


def shares_of(name: str) -> dict[int, KeyShare]:
    result = vectors(name)["result"]
    return {
        each["seat"]: KeyShare(from_hex(result["keysetId"]), each["seat"], Secret(from_hex(each["share"])))
        for each in result["seats"]
    }


def seats_of(name: str) -> dict[int, Seat]:
    """The receiving seats, as if each had written down its state."""
    value, plan = vectors(name), plan_of(name)
    dealings = {} if plan.is_resharing else {each["dealer"]: each for each in value["dealings"]}
    boxed_for = to_hex(hashed(*(from_hex(each["boxKey"]) for each in value["seats"])))
    found = {}
    for each in value["seats"]:
        dealing = dealings.get(each["seat"])
        found[each["seat"]] = Seat.from_state({
            "format": "licita/ceremony-seat/1",
            "plan": plan.to_json(),
            "seat": each["seat"],
            "dealer": None if dealing is None else each["seat"],
            "boxSecret": each["boxSecret"],
            "coefficients": [] if dealing is None else dealing["coefficients"],
            "message": "0x" if dealing is None else dealing["message"],
            "boxedFor": "0x" if dealing is None else boxed_for,
        })  # fmt: skip
    return found
