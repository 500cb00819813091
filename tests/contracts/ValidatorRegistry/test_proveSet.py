"""proveSet.tree: a block's own header says who the validators are"""

from __future__ import annotations

from typing import Any

import pytest
from eth_hash.auto import keccak

from chain import rlp
from chain.types import Sector
from tests.contracts.validators import (
    HARNESS,
    REGISTRY,
    Validator,
    even,
    extra_data,
    fields,
    harnessed,
    header,
    in_order,
    prove,
    set_hash,
    set_target,
    validators_of,
)
from tests.contracts.world import VALIDATORS, Refusal, World

pytestmark = pytest.mark.evm

NUMBER = 7
NO_HEADER = Refusal("ValidatorRegistryHeaderInvalid", 0)


@pytest.fixture
def target(world: World) -> list[Validator]:
    """A set of six that may follow the founding one."""
    return in_order([*VALIDATORS, *validators_of(world, Sector.PUBLIC, Sector.INDUSTRY)])


@pytest.fixture
def own(world: World, target: list[Validator]) -> World:
    """The harness, with the decision on that set, which is not proved."""
    found = harnessed(world)
    set_target(found, 0, target)
    return found


def addresses(validators: list[Validator]) -> list[str]:
    return [node for node, _ in validators]


def know(world: World, made: bytes, number: int = NUMBER) -> bytes:
    """Has the harness take these bytes for the block's header."""
    world.send("stranger", HARNESS, "setBlockHash", number, keccak(made))
    return made


def refusal(world: World, made: bytes, *, seq: int = 1, who: str = "stranger") -> Refusal:
    found = world.refusal(who, REGISTRY, "proveSet", seq, made)
    assert world.read(REGISTRY, "isProved") is False
    return found


@pytest.mark.parametrize("seq", [0, 2, 2**64 - 1])
def test_prove_set__other_decision__version_wrong(own: World, seq: int) -> None:
    assert refusal(own, b"", seq=seq) == Refusal("ValidatorRegistryVersionWrong", 1, seq)


def test_prove_set__founding_set__proved_already(world: World) -> None:
    assert world.refusal("stranger", REGISTRY, "proveSet", 0, b"") == Refusal("ValidatorRegistryProved", 0)


def test_prove_set__twice__proved_already(own: World, target: list[Validator]) -> None:
    prove(own, target)
    again = header(addresses(target))
    assert own.refusal("stranger", REGISTRY, "proveSet", 1, again) == Refusal("ValidatorRegistryProved", 1)


@pytest.mark.parametrize("who", ["stranger", "acme", "operator", "delegate1", "authority"])
@pytest.mark.parametrize("size", [16, 17, 20, 21])
def test_prove_set__header_of_the_block__proves_whoever_calls(
    own: World, target: list[Validator], who: str, size: int
) -> None:
    made = know(own, header(addresses(target), size=size))
    event = own.send(who, REGISTRY, "proveSet", 1, made).event
    assert (event.name, event.args) == (
        "ValidatorsProved",
        {"seq": 1, "number": NUMBER, "blockHash": keccak(made)},
    )
    assert own.read(REGISTRY, "isProved") is True
    assert own.read(REGISTRY, "seq") == 1


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 2**32, 2**64 - 1])
def test_prove_set__number_of_any_length__is_read(own: World, target: list[Validator], number: int) -> None:
    made = know(own, header(addresses(target), number), number)
    event = own.send("stranger", REGISTRY, "proveSet", 1, made).event
    assert event.args["number"] == number


def lying(made: bytes, place: int, value: int) -> bytes:
    """The bytes with another one at a place."""
    return made[:place] + bytes([value]) + made[place + 1 :]


LONG_NUMBER = [*fields(["0x" + "11" * 20])[:8], b"\x01" + bytes(8), *fields(["0x" + "11" * 20])[9:]]
WELL = header(["0x" + "11" * 20] * 4)
GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "a zero byte": b"\x00",
    "a byte that stands for itself": b"\x7f",
    "an empty string": b"\x80",
    "an empty list": b"\xc0",
    "a list of one": b"\xc1\x80",
    "a short string cut": b"\x83ab",
    "a short list cut": b"\xc3\x80\x80",
    "a long string without its length": b"\xb8",
    "a long list without its length": b"\xf8",
    "a long list with half of its length": b"\xf9\x02",
    "a length of eight bytes that is all of them": b"\xff" + b"\xff" * 8,
    "a length of eight bytes for a string": b"\xbf" + b"\xff" * 8,
    "a length that says one more": lying(WELL, 2, (WELL[2] + 1) % 256),
    "a length that says one less": lying(WELL, 2, (WELL[2] - 1) % 256),
    "a header cut by a byte": WELL[:-1],
    "a header cut in half": WELL[: len(WELL) // 2],
    "a header and a byte": WELL + b"\x00",
    "a header twice": WELL + WELL,
    "a header within a list": rlp.encode([WELL]),
    "a list of eight": rlp.encode([b""] * 8),
    "a field that runs over the end": rlp.encode([b""] * 7 + [b"x"])[:-1] + b"\xb7",
    "a number of nine bytes": rlp.encode(LONG_NUMBER),
    "text": b"this is no header",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_prove_set__no_header__header_invalid(own: World, name: str) -> None:
    """Also where these were the bytes of a block: nothing is read past their end."""
    made = know(own, GARBAGE[name], 0)
    assert refusal(own, made) == NO_HEADER


@pytest.mark.parametrize("field", range(16))
def test_prove_set__a_byte_changed__header_invalid(own: World, target: list[Validator], field: int) -> None:
    parts = fields(addresses(target))
    know(own, rlp.encode(parts))
    parts[field] = parts[field][:-1] + bytes([parts[field][-1] ^ 1]) if parts[field] else b"\x01"
    number = int.from_bytes(parts[8], "big")
    assert refusal(own, rlp.encode(parts)) == Refusal("ValidatorRegistryHeaderInvalid", number)


@pytest.mark.parametrize("tail", [([], b"", [bytes(65)]), ([], b"\x01", []), ([bytes(20), b"\xff"], b"", [])])
def test_prove_set__seals_round_or_a_vote_kept__header_invalid(
    own: World, target: list[Validator], tail: tuple[Any, ...]
) -> None:
    parts = fields(addresses(target))
    know(own, rlp.encode(parts))
    members = [bytes.fromhex(at[2:]) for at in addresses(target)]
    parts[12] = rlp.encode([bytes(32), members, *tail])
    found = refusal(own, rlp.encode(parts))
    assert found == Refusal("ValidatorRegistryHeaderInvalid", NUMBER)


@pytest.mark.parametrize("number", [6, 8, 2**64 - 1])
def test_prove_set__header_of_another_chain__header_invalid(
    own: World, target: list[Validator], number: int
) -> None:
    know(own, header(addresses(target)))
    foreign = header(addresses(target), number)
    assert refusal(own, foreign) == Refusal("ValidatorRegistryHeaderInvalid", number)


def test_prove_set__vote_in_the_header__does_not_matter(own: World, target: list[Validator]) -> None:
    """Half-way through a change each header carries one; the hash covers it."""
    parts = fields(addresses(target))
    members = [bytes.fromhex(at[2:]) for at in addresses(target)]
    parts[12] = rlp.encode([bytes(32), members, [bytes(20), b"\xff"], b"", []])
    made = know(own, rlp.encode(parts))
    own.send("stranger", REGISTRY, "proveSet", 1, made)


SETS: dict[str, Any] = {
    "none": lambda found: [],
    "the one before": lambda found: addresses(VALIDATORS),
    "one fewer": lambda found: found[1:],
    "one more": lambda found: [*found, "0x" + "ff" * 20],
    "another one": lambda found: ["0x" + "01" * 20, *found[1:]],
    "the last twice": lambda found: [*found, found[-1]],
    "another order": lambda found: found[::-1],
}


@pytest.mark.parametrize("name", SETS)
def test_prove_set__header_with_another_set__set_differs(
    own: World, target: list[Validator], name: str
) -> None:
    other = SETS[name](addresses(target))
    made = know(own, header(other))
    expected = Refusal("ValidatorRegistrySetDiffers", 1, set_hash(addresses(target)), set_hash(other))
    assert refusal(own, made) == expected


@pytest.mark.parametrize("data", [b"", bytes(32), b"anvil", b"\xc0", extra_data([])])
def test_prove_set__block_without_validators__refused(
    own: World, target: list[Validator], data: bytes
) -> None:
    """As on an engine that writes no list; where the field is empty, what follows is not read for one."""
    parts = fields(addresses(target))
    parts[12] = data
    none = Refusal("ValidatorRegistrySetDiffers", 1, set_hash(addresses(target)), set_hash([]))
    assert refusal(own, know(own, rlp.encode(parts))) == (none if data else NO_HEADER)


def test_prove_set__removal_in_force__its_set_and_not_the_standing_one(world: World) -> None:
    founding = even(world, 7)
    own = harnessed(world, founding)
    until = world.time + 1_000
    own.send("authority", REGISTRY, "removeNow", 0, founding[0][0], until)
    made = know(own, header(addresses(founding)))
    assert refusal(own, made) == Refusal(
        "ValidatorRegistrySetDiffers", 1, set_hash(addresses(founding[1:])), set_hash(addresses(founding))
    )
    prove(own, founding[1:])
    own.move_to(until)
    assert own.refusal("stranger", REGISTRY, "proveSet", 1, made) == Refusal(
        "ValidatorRegistryVersionWrong", 0, 1
    )
    prove(own, founding)


def test_prove_set__set_of_thirty_two__proves(world: World) -> None:
    founding = even(world, 31)
    own = harnessed(world, founding)
    target = in_order([*founding, *validators_of(own, Sector.ACADEMIA)])
    set_target(own, 0, target)
    prove(own, target)
    assert own.read(REGISTRY, "isProved") is True


# On the chain's own block hashes: anvil has no validators, so a header that is found is refused for that and not for its hash.

FIELDS = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty", "number", "gasLimit",
    "gasUsed", "timestamp", "extraData", "mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas",
    "parentBeaconBlockRoot",
)  # fmt: skip
QUANTITIES = {
    "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas",
}  # fmt: skip


def header_of(world: World, number: int) -> bytes:
    """The block's header from the node; its hash is checked."""
    block = world.node.rpc("eth_getBlockByNumber", hex(number), False)
    parts = [
        rlp.encode_int(int(block[name], 16)) if name in QUANTITIES else bytes.fromhex(block[name][2:])
        for name in FIELDS
    ]
    made = rlp.encode(parts)
    assert "0x" + keccak(made).hex() == block["hash"]
    return made


def height(world: World) -> int:
    return int(world.node.rpc("eth_blockNumber"), 16)


@pytest.fixture
def unproved(world: World, target: list[Validator]) -> World:
    """The registry itself, with a decision that is not proved."""
    set_target(world, 0, target)
    return world


@pytest.mark.parametrize("back", [1, 2, 255, 256])
def test_prove_set__one_of_the_last_256_blocks__its_hash_is_found(unproved: World, back: int) -> None:
    for _ in range(260 - height(unproved)):
        unproved.move_to(unproved.time + 1)
    made = header_of(unproved, height(unproved) + 1 - back)
    assert refusal(unproved, made) == NO_HEADER
    number = height(unproved) + 1 - back
    changed = made[:-1] + bytes([made[-1] ^ 1])
    assert refusal(unproved, changed) == Refusal("ValidatorRegistryHeaderInvalid", number - 1)


@pytest.mark.parametrize("back", [257, 258, 260])
def test_prove_set__older_than_256_blocks__header_invalid(unproved: World, back: int) -> None:
    for _ in range(262 - height(unproved)):
        unproved.move_to(unproved.time + 1)
    number = height(unproved) + 1 - back
    expected = Refusal("ValidatorRegistryHeaderInvalid", number)
    assert refusal(unproved, header_of(unproved, number)) == expected


def test_prove_set__header_of_its_own_block_or_a_later_one__header_invalid(
    unproved: World, target: list[Validator]
) -> None:
    for ahead in (1, 2, 1_000):
        number = height(unproved) + ahead
        made = header(addresses(target), number)
        assert refusal(unproved, made) == Refusal("ValidatorRegistryHeaderInvalid", number)


def test_prove_set__sound_header_without_a_block__header_invalid(
    unproved: World, target: list[Validator]
) -> None:
    """Nobody but a block says who the validators are."""
    number = height(unproved)
    made = header(addresses(target), number)
    assert refusal(unproved, made, who="authority") == Refusal("ValidatorRegistryHeaderInvalid", number)
