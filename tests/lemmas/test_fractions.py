"""Tdh2.fraction as it is compiled, for every set of seats that there can be: 65,536 sets, 524,288 fractions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from chain.artifacts import compile_sources, standard_input
from chain.sealing.group import N
from tests.contracts.world import Node

pytestmark = pytest.mark.evm

SOURCE = "tests/lemmas/Fractions.sol"
ROOT = Path(__file__).resolve().parents[2]
MOST_SEATS, STEP = 16, 256
AT = "0x" + "f7" * 20


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """An anvil with the code of Fractions.sol at AT."""
    started = Node(tmp_path_factory.mktemp("fractions"))
    started.rpc("anvil_setCode", AT, "0x" + code())
    yield started
    started.stop()


@cache
def code() -> str:
    """Runtime code of Fractions.sol, compiled as the contracts are."""
    libraries = ("contracts/libraries/Secp256k1.sol", "contracts/libraries/Tdh2.sol")
    known = standard_input(ROOT)["sources"]
    own = {name: known[name]["content"] for name in libraries}
    own[SOURCE] = (ROOT / SOURCE).read_text(encoding="utf-8")
    answer = compile_sources(own, ["evm.deployedBytecode.object"])
    found: str = answer["contracts"][SOURCE]["Fractions"]["evm"]["deployedBytecode"]["object"]
    return found


def call(node: Node, signature: str, values: Sequence[Any], returns: str) -> Any:
    """What a function of Fractions.sol answers."""
    types = signature[signature.index("(") + 1 : -1].split(",")
    data = keccak(signature.encode())[:4] + encode(types, list(values))
    answer = node.rpc("eth_call", {"to": AT, "data": "0x" + data.hex(), "gas": hex(60_000_000)}, "latest")
    return decode([returns], bytes.fromhex(answer[2:]))[0]


def seats_of(bits: int) -> list[int]:
    """Bit i is seat i + 1."""
    return [seat for seat in range(1, MOST_SEATS + 1) if bits >> (seat - 1) & 1]


def fraction(seats: Sequence[int], own: int) -> tuple[int, int]:
    """The Lagrange factor at 0 of a seat, as integers: product of j over product of (j - own), over the others j."""
    others = [seat for seat in seats if seat != own]
    return prod(others), prod(seat - own for seat in others)


def test_fraction__each_seat_of_each_set_of_sixteen__is_the_lagrange_fraction(node: Node) -> None:
    for start in range(0, 1 << MOST_SEATS, STEP):
        expected = bytearray()
        for bits in range(start, start + STEP):
            seats = seats_of(bits)
            for own in seats:
                above, below = fraction(seats, own)
                assert above % N and below % N
                expected += above.to_bytes(32, "big") + (below % N).to_bytes(32, "big")
        got = call(node, "hashOf(uint256,uint256)", [start, start + STEP], "bytes32")
        assert got == keccak(bytes(expected)), f"sets {start} to {start + STEP - 1}"


@pytest.mark.parametrize(
    "seats", [[1, 2], [1, 3, 4], [2, 5, 9, 11, 16], list(range(1, 17)), [1, 128, 255]], ids=str
)
def test_is_factor__the_factor__passes_and_others_do_not(node: Node, seats: list[int]) -> None:
    for place, own in enumerate(seats):
        above, below = fraction(seats, own)
        factor = above * pow(below, -1, N) % N
        others = [0, above, (factor + 1) % N, (factor - 1) % N, N - factor]
        wrong = {other for other in others if other != factor}
        signature = "isFactor(uint8[],uint256,uint256)"
        assert call(node, signature, [seats, place, factor], "bool")
        assert not any(call(node, signature, [seats, place, other], "bool") for other in wrong)
