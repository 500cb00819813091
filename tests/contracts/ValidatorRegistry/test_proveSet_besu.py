"""ValidatorRegistry.proveSet with the headers of a real Besu QBFT chain, whose hashes a harness supplies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from eth_utils.address import to_checksum_address

from chain import rlp
from chain.audit import Header, header_from_json, qbft_block_hash
from chain.rules.validators import set_hash
from governance.operator import hashed_header
from tests.contracts.world import SEATS, Refusal, World, calldata, wiring
from tests.recorded import ANVIL, DROP, QBFT

pytestmark = pytest.mark.evm

HARNESS = "ValidatorRegistryHarness"
FOUNDING, FIVE, SWAPPED = 0, 12, 72
"""Blocks from which on the recorded chain has another set: one is voted in, then another is voted out."""

LAST = len(QBFT) - 1
FIELDS = range(16)
NUMBER, EXTRA_DATA = 8, 12


def header_of(number: int) -> Header:
    return header_from_json(QBFT[number], qbft_block_hash)


def listed(number: int) -> list[str]:
    """The validators in a recorded header."""
    items = rlp.decode(header_of(number).extra_data)
    assert isinstance(items, list) and isinstance(items[1], list)
    return [str(to_checksum_address(node)) for node in items[1]]


def members_of(nodes: Sequence[str]) -> list[tuple[str, bytes]]:
    """Validators of the four members with a seat, one in each sector."""
    return list(zip(nodes, SEATS, strict=True))


def form(number: int) -> bytes:
    """A recorded header in the form that its hash is of."""
    return hashed_header(QBFT[number])


def flipped(raw: bytes, place: int) -> bytes:
    """The header with the last byte of one field changed, canonically encoded; an empty one gets a byte."""
    items = rlp.decode(raw)
    assert isinstance(items, list)
    field = items[place]
    assert isinstance(field, bytes)
    return rlp.encode([*items[:place], field[:-1] + bytes([(field or b"\0")[-1] ^ 1]), *items[place + 1 :]])


@pytest.fixture
def registry(world: World) -> Iterator[World]:
    """The harness, founded with the recorded genesis set, the swap of blocks 12 to 72 decided; it knows the hash of every block."""
    before = members_of(listed(FOUNDING))
    created = world.deploy(HARNESS, wiring(world.addresses), before).created
    assert created is not None
    world.addresses[HARNESS] = str(to_checksum_address(created))
    for number in range(len(QBFT)):
        world.queue("nobody", HARNESS, _known(number))
    world.move_to(world.time + 1)
    world.send("authority", HARNESS, "setTarget", 0, members_of(listed(SWAPPED)))
    yield world
    del world.addresses[HARNESS]


def _known(number: int) -> bytes:
    return calldata(HARNESS, "setBlockHash", (number, qbft_block_hash(header_of(number))))


class TestRecorded:
    """What the engine really wrote."""

    @pytest.mark.parametrize("number", [SWAPPED, SWAPPED + 1, 80, 90, 100, LAST])
    def test_proveSet__recorded_header_with_the_decided_set__is_proved(
        self, registry: World, number: int
    ) -> None:
        receipt = registry.send("nobody", HARNESS, "proveSet", 1, form(number))
        hash = bytes.fromhex(QBFT[number]["hash"][2:])
        assert receipt.event.name == "ValidatorsProved"
        assert receipt.event.args == {"seq": 1, "number": number, "blockHash": hash}
        assert registry.read(HARNESS, "isProved")
        assert receipt.gas < 300_000

    @pytest.mark.parametrize("number", [FOUNDING, 1, FIVE - 1, FIVE, 40, SWAPPED - 1])
    def test_proveSet__recorded_header_with_another_set__is_refused(
        self, registry: World, number: int
    ) -> None:
        # Genesis has 20 fields, the others 16: the contract reads both, and finds the wrong set.
        expected, found = set_hash(listed(SWAPPED)), set_hash(listed(number))
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, form(number))
        assert refusal == Refusal("ValidatorRegistrySetDiffers", 1, expected, found)

    def test_proveSet__genesis_header_of_20_fields__proves_its_set(self, registry: World) -> None:
        registry.send("nobody", HARNESS, "proveSet", 1, form(SWAPPED))
        registry.send("authority", HARNESS, "setTarget", 1, members_of(listed(FOUNDING)))
        receipt = registry.send("nobody", HARNESS, "proveSet", 2, form(FOUNDING))
        assert len(rlp.decode(form(FOUNDING))) == 20
        assert receipt.event.args["number"] == FOUNDING

    @pytest.mark.parametrize("round", ["0", "above 0"])
    def test_proveSet__header_sealed_in_any_round__is_proved(self, registry: World, round: str) -> None:
        number = {"0": 89, "above 0": 90}[round]
        items = rlp.decode(header_of(number).extra_data)
        assert isinstance(items, list) and (items[3] != b"") == (round == "above 0")
        assert registry.send("nobody", HARNESS, "proveSet", 1, form(number)).event.args["seq"] == 1


class TestRefused:
    """What is not the header of that block."""

    @pytest.mark.parametrize("place", [place for place in FIELDS if place not in (NUMBER, EXTRA_DATA)])
    def test_proveSet__byte_of_a_field_changed__is_refused(self, registry: World, place: int) -> None:
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, flipped(form(LAST), place))
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", LAST)

    @pytest.mark.parametrize("number", [SWAPPED, LAST])
    def test_proveSet__number_changed__is_refused_as_the_other_block(
        self, registry: World, number: int
    ) -> None:
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, flipped(form(number), NUMBER))
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", number ^ 1)

    @pytest.mark.parametrize("step", [1, 7])
    def test_proveSet__any_byte_of_the_extra_data_changed__is_refused(
        self, registry: World, step: int
    ) -> None:
        raw = form(SWAPPED)
        items = rlp.decode(raw)
        assert isinstance(items, list) and isinstance(items[EXTRA_DATA], bytes)
        start = raw.index(items[EXTRA_DATA])
        for place in range(start, start + len(items[EXTRA_DATA]), 1 + 10 * step):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            refusal = registry.refused_read(HARNESS, "proveSet", 1, changed)
            assert refusal == Refusal("ValidatorRegistryHeaderInvalid", SWAPPED)

    def test_proveSet__whole_header_with_seals_and_round__is_refused(self, registry: World) -> None:
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, header_of(90).rlp())
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", 90)

    def test_proveSet__set_written_into_an_older_header__is_refused(self, registry: World) -> None:
        older = header_from_json(QBFT[FIVE], qbft_block_hash)
        newer = header_from_json(QBFT[LAST], qbft_block_hash)
        forged = replace(older, extra_data=newer.extra_data)
        items = rlp.decode(forged.extra_data)
        assert isinstance(items, list)
        raw = replace(forged, extra_data=rlp.encode([*items[:3], b"", []])).rlp()
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, raw)
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", FIVE)

    def test_proveSet__header_of_another_qbft_chain__is_refused(self, registry: World) -> None:
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, hashed_header(DROP[80]))
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", 80)

    def test_proveSet__header_of_an_anvil__is_refused(self, registry: World) -> None:
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, header_from_json(ANVIL[4]).rlp())
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", 4)

    def test_proveSet__hash_of_the_number_not_known__is_refused(self, registry: World) -> None:
        registry.send("nobody", HARNESS, "setBlockHash", LAST, bytes(32))
        refusal = registry.refusal("nobody", HARNESS, "proveSet", 1, form(LAST))
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", LAST)

    def test_proveSet__contract_without_the_harness__knows_no_recorded_block(self, world: World) -> None:
        world.send("authority", "ValidatorRegistry", "setTarget", 0, _swap(world))
        refusal = world.refusal("nobody", "ValidatorRegistry", "proveSet", 1, form(LAST))
        assert refusal == Refusal("ValidatorRegistryHeaderInvalid", LAST)


def _swap(world: World) -> list[tuple[str, bytes]]:
    """The founding set of the world with one address replaced."""
    (_, member), *others = world.read("ValidatorRegistry", "validators")
    return sorted([(listed(SWAPPED)[0], member), *others], key=lambda pair: int(pair[0], 16))
