"""Envelopes and witnesses made wrong at random: BidBox refuses each by a name, never by a panic. A test, not a proof."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from chain.sealing.group import N, P
from tests.contracts.sealing import BOX, DECLARATIONS, Bid, Window, form, founded, sealed, tender
from tests.contracts.world import Node, World, address, calldata, known_errors

pytestmark = pytest.mark.evm

ROUNDS = 3_000
NUMBERS = (0, 1, 7, N - 1, N, N + 1, P - 1, P, P + 1, 2**256 - 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """BidBox and OpeningCommittee with a stand-in for what is around them."""
    node = Node(tmp_path_factory.mktemp("envelopes"))
    yield founded(node)
    node.stop()


@pytest.fixture(scope="module")
def window(world: World) -> Window:
    """A tender of three lots."""
    return tender(world, form(world), lots=3)


def spoiled(data: bytes, dice: random.Random) -> bytes:
    """The envelope cut, stretched, or with some bytes or whole words changed."""
    kind = dice.randrange(5)
    if kind == 0:
        return data[: dice.randrange(len(data))]
    if kind == 1:
        return data + dice.randbytes(dice.choice((1, 31, 32, 1023, 1024, 2048)))
    changed = bytearray(data)
    if kind == 2:
        for _ in range(dice.randrange(1, 4)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    elif kind == 3:
        place = dice.choice(
            (2, 35, 68, len(data) - 1040 - 64, len(data) - 1040 - 32, dice.randrange(len(data) - 32))
        )
        changed[place : place + 32] = dice.choice(NUMBERS).to_bytes(32, "big")
    else:
        changed[67] = dice.randrange(256)
    return bytes(changed)


def twisted(numbers: list[int], dice: random.Random) -> list[int]:
    """The witness with one number, or a point of it, replaced: by an edge of the field, by what is not reduced, by anything."""
    place = dice.randrange(len(numbers))
    changed = list(numbers)
    changed[place] = dice.choice(
        (*NUMBERS, dice.getrandbits(256), (numbers[place] + P) % 2**256, P - numbers[place])
    )
    return changed


def test_submit__anything_made_wrong__is_refused_by_name(world: World, window: Window) -> None:
    bid: Bid = sealed(world, window, "acme")
    data, witness = bid.parts[0].data, bid.parts[0].envelope.witness().as_tuple()
    u_y, ubar_y, f_b, e_y, inverse = witness
    numbers = [u_y, ubar_y, *f_b, *e_y, inverse]
    dice = random.Random("licita/envelopes")
    names: set[str] = set()
    for _ in range(ROUNDS):
        sent, told = (spoiled(data, dice), numbers) if dice.random() < 0.6 else (data, twisted(numbers, dice))
        if (sent, told) == (data, numbers):
            continue
        claim = (told[0], told[1], (told[2], told[3]), (told[4], told[5]), told[6])
        input_ = calldata(BOX, "submit", (window.id, window.terms_hash, DECLARATIONS, [sent], [claim]))
        call = {
            "from": address("acme"),
            "to": world.addresses[BOX],
            "data": "0x" + input_.hex(),
            "gas": hex(16_777_216),
            "gasPrice": "0x0",
        }
        answer = world.node.ask("eth_call", call, "latest")
        assert "error" in answer, (sent.hex(), told)
        refusal = bytes.fromhex(answer["error"]["data"][2:])
        assert refusal[:4] in known_errors(), (refusal.hex(), sent.hex(), told)
        names.add(known_errors()[refusal[:4]]["name"])
    assert {
        "BidBoxEnvelopeMalformed",
        "BidBoxWordsWrong",
        "BidBoxBodyInvalid",
        "BidBoxPointInvalid",
        "BidBoxProofInvalid",
    } <= names
