"""abi.tree"""

from __future__ import annotations

from typing import Any

import pytest
from eth_hash.auto import keccak

from chain.artifacts import artifact
from tests.contracts.OpeningCommittee.replay import vectors
from tests.contracts.sealing import (
    BOX,
    COMMITTEE,
    STAND_IN,
    Committee,
    Window,
    as_call,
    opening,
    posting,
    sealed,
    submitted,
)
from tests.contracts.world import World, address, calldata, signature

pytestmark = pytest.mark.evm

REFERENCE_ONLY = {"PAGE", "ROLL_PERIOD", "awardDesk", "bidBox", "committee", "registry", "tenderBoard"}
"""Views of the vectors' build that this one has no use for."""


def entries(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """(contract, entry) of this kind, of both contracts."""
    return [
        (name, entry) for name in (BOX, COMMITTEE) for entry in artifact(name).abi if entry["type"] == kind
    ]


def line(entry: dict[str, Any]) -> str:
    """As the vectors write it: ``Name(type [indexed] name, ...)``, a struct by its name."""
    words = []
    for each in entry["inputs"]:
        kind = each["internalType"].removeprefix("struct ") if "tuple" in each["type"] else each["type"]
        words.append(
            " ".join(part for part in (kind, "indexed" if each.get("indexed") else "", each["name"]) if part)
        )
    return f"{entry['name']}({', '.join(words)})"


def test_errors__of_both_contracts__those_of_the_vectors() -> None:
    found = {"0x" + keccak(signature(entry).encode())[:4].hex(): line(entry) for _, entry in entries("error")}
    assert found == {each["selector"]: each["signature"] for each in vectors("constants")["errors"]}
    assert len(found) == 57


def test_events__of_both_contracts__those_of_the_vectors() -> None:
    found = {
        "0x" + keccak(signature(entry).encode()).hex(): (contract, line(entry))
        for contract, entry in entries("event")
    }
    given = vectors("constants")["events"]
    assert found == {each["topic"]: (each["contract"], each["signature"]) for each in given}
    assert len(found) == 21


@pytest.mark.parametrize("contract", [BOX, COMMITTEE])
def test_functions__that_change_something__have_the_vectors_selectors(contract: str) -> None:
    given = vectors("constants")["functions"][contract]
    own = [entry for name, entry in entries("function") if name == contract]
    found = {signature(entry): "0x" + keccak(signature(entry).encode())[:4].hex() for entry in own}
    changing = {signature(entry) for entry in own if entry["stateMutability"] not in ("view", "pure")}
    assert changing <= set(given)
    assert {name: found[name] for name in found if name in given} == {
        name: given[name] for name in given if name.split("(")[0] not in REFERENCE_ONLY
    }


def calls(frame: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(from, kind, to) of all calls inside a call."""
    found = []
    for each in frame.get("calls", []):
        found += [(each["from"], each["type"], each["to"]), *calls(each)]
    return found


def traced(world: World, who: str, contract: str, function: str, *args: Any) -> set[tuple[str, str, str]]:
    """The calls that a call makes, by name; then it is sent."""
    call = as_call(address(who), world.addresses[contract], calldata(contract, function, args))
    frame = world.node.rpc("debug_traceCall", call, "latest", {"tracer": "callTracer"})
    world.send(who, contract, function, *args)
    assert "error" not in frame, frame
    names = {at.lower(): name for name, at in world.addresses.items()} | {"0x" + f"{1:040x}": "ecrecover"}
    return {(names[origin], kind, names[to]) for origin, kind, to in calls(frame)}


def test_calls__that_they_make__only_to_the_wiring_and_static_but_the_lock(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme", "beta")
    gama = sealed(world, window, "gama", index=2)
    assert traced(world, "gama", BOX, "submit", *gama.args) == {
        (BOX, "STATICCALL", STAND_IN),
        (BOX, "STATICCALL", "ecrecover"),
    }
    assert traced(world, "gama", BOX, "withdraw", window.id) == {(BOX, "STATICCALL", STAND_IN)}
    world.move_to(window.open_from)
    asks = {(COMMITTEE, "STATICCALL", to) for to in (STAND_IN, BOX, "ecrecover")} | {
        (BOX, "STATICCALL", STAND_IN)
    }
    lock = {(COMMITTEE, "CALL", BOX)}
    for seat, expected in ((1, asks | lock), (2, asks)):
        args = posting(window, committee, seat, bids)
        assert traced(world, committee.by(seat), COMMITTEE, "postShares", *args) == expected
    args = tuple(opening(window, committee, (1, 2), bids))
    assert traced(world, "anyone", COMMITTEE, "openPage", *args) == asks
