"""submit.tree"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chain.artifacts import artifact
from chain.sealing.context import BidContext
from chain.sealing.envelope import seal
from chain.sealing.group import N, P, hashed, number, word
from tests.contracts.sealing import (
    BOX,
    DECLARATIONS,
    NO_OFFER,
    UNKNOWN,
    Bid,
    Committee,
    Window,
    draw,
    locked_open,
    resealed,
    say,
    sealed,
    submit,
    submitted,
    supplier,
    tender,
    terms_of,
    with_part,
)
from tests.contracts.world import ZERO, ZERO_ADDRESS, Refusal, World, address, label

pytestmark = pytest.mark.evm


def refusal(
    world: World, bid: Bid, *, who: str | None = None, id: bytes | None = None, terms: bytes | None = None,
    declarations: bytes = DECLARATIONS, envelopes: list[bytes] | None = None, witnesses: list[Any] | None = None,
    at: int | None = None,
) -> Refusal:  # fmt: skip
    """Sends a bid that is well but for the changes."""
    args = (
        id or bid.window.id,
        terms or bid.window.terms_hash,
        declarations,
        bid.data if envelopes is None else envelopes,
        bid.witnesses if witnesses is None else witnesses,
    )
    return world.refusal(who or bid.who, BOX, "submit", *args, at=at)


def altered(data: bytes, offset: int, piece: bytes) -> bytes:
    """Other bytes from an offset on."""
    return data[:offset] + piece + data[offset + len(piece) :]


def test_submit__unknown_tender__unknown(world: World, window: Window) -> None:
    assert refusal(world, sealed(world, window), id=UNKNOWN) == Refusal("BidBoxUnknown", UNKNOWN)


def test_submit__stopped__stopped_until_it_goes_on(world: World, window: Window) -> None:
    bid = sealed(world, window)
    window.put(world, stopped=True)
    assert refusal(world, bid) == Refusal("BidBoxStopped", window.id)
    window.put(world)
    submit(world, bid)


def test_submit__around_the_deadline__closed_from_it(world: World, window: Window) -> None:
    bid = sealed(world, window)
    with world.undone():
        submit(world, bid, at=window.closes_at - 1)
    for after in (0, 1, 1_000_000):
        closed = Refusal("BidBoxClosed", window.id, window.closes_at)
        assert refusal(world, bid, at=window.closes_at + after) == closed


def test_submit__after_the_first_share__locked_though_the_window_is_open(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme")
    locked_open(world, window, committee, bids)
    for who, version in (("beta", 1), ("acme", 2)):
        bid = sealed(world, window, who, version=version)
        assert refusal(world, bid) == Refusal("BidBoxLocked", window.id)


def test_submit__after_the_first_reveal__locked(world: World, window: Window) -> None:
    bid = submitted(world, window, "acme")[0]
    world.send("anyone", "OpeningCommittee", "selfReveal", *bid.revealed(), at=window.fallback_from)
    window.put(world, closes_at=world.time + 1000)
    assert refusal(world, sealed(world, window, "beta")) == Refusal("BidBoxLocked", window.id)


@pytest.mark.parametrize("who", ["stranger", "seat 1", "deployer"])
def test_submit__no_supplier__bidder_refused(world: World, window: Window, who: str) -> None:
    expected = Refusal("BidBoxBidderRefused", window.id, address(who))
    assert refusal(world, sealed(world, window, who)) == expected


def test_submit__supplier_that_may_not_bid__bidder_refused(world: World, window: Window) -> None:
    say(world, ("setIneligible", supplier("acme"), True))
    for who in ("acme", "acme2"):
        expected = Refusal("BidBoxBidderRefused", window.id, address(who))
        assert refusal(world, sealed(world, window, who)) == expected


def test_submit__other_terms__terms_stale(world: World, window: Window) -> None:
    old = sealed(world, window)
    amended = window.amended(world)
    for got in (window.terms_hash, ZERO[:31] + b"\1"):
        expected = Refusal("BidBoxTermsStale", window.id, amended.terms_hash, got)
        assert refusal(world, old, terms=got) == expected


def test_submit__no_declarations__hash_zero(world: World, window: Window) -> None:
    expected = Refusal("BidBoxHashZero", label("declarations"))
    assert refusal(world, sealed(world, window), declarations=ZERO) == expected


@pytest.mark.parametrize("envelopes", [1, 2])
@pytest.mark.parametrize(
    ("sent", "witnesses"), [(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (3, 3), (2, 2), (1, 1), (40, 40)]
)
def test_submit__other_number_of_envelopes__envelopes_wrong(
    world: World, committee: Committee, envelopes: int, sent: int, witnesses: int
) -> None:
    if sent == witnesses == envelopes:
        return
    window = tender(world, committee, envelopes=envelopes)
    bid = sealed(world, window)
    found = refusal(world, bid, envelopes=bid.data[:1] * sent, witnesses=bid.witnesses[:1] * witnesses)
    wrong = witnesses if sent == envelopes else sent
    assert found == Refusal("BidBoxEnvelopesWrong", window.id, envelopes, wrong)


def test_submit__max_bids_reached__full_for_new_suppliers_alone(world: World, committee: Committee) -> None:
    window = tender(world, committee, max_bids=2)
    submitted(world, window, "acme", "beta")
    full = Refusal("BidBoxFull", window.id, 2)
    assert refusal(world, sealed(world, window, "gama")) == full
    world.send("acme", BOX, "withdraw", window.id)
    assert refusal(world, sealed(world, window, "gama")) == full
    submit(world, sealed(world, window, "acme", version=2))
    submit(world, sealed(world, window, "beta", version=2))
    window.put(world, max_bids=3)
    assert submit(world, sealed(world, window, "gama")).event.args["index"] == 2


def test_submit__65535_suppliers__full(world: World, window: Window) -> None:
    layout = artifact(BOX).storage_layout["storage"]
    place = next(int(each["slot"]) for each in layout if each["label"] == "_boxes")
    slot = "0x" + hashed(window.id, word(place)).hex()
    world.node.rpc("anvil_setStorageAt", world.addresses[BOX], slot, "0x" + word(65_534).hex())
    assert submit(world, sealed(world, window)).event.args["index"] == 65_534
    assert world.read(BOX, "placeOf", window.id, supplier("acme")) == 65_535
    assert refusal(world, sealed(world, window, "beta")) == Refusal("BidBoxFull", window.id, 65_535)
    submit(world, sealed(world, window, version=2))


@pytest.mark.parametrize("length", [0, 1, 2, 34, 67])
def test_submit__short_envelope__malformed(world: World, window: Window, length: int) -> None:
    bid = sealed(world, window)
    found = refusal(world, bid, envelopes=[bid.data[0][:length]])
    assert found == Refusal("BidBoxEnvelopeMalformed", window.id, 0, 0)


@pytest.mark.parametrize("version", [0, 2, 255])
def test_submit__other_layout__malformed(world: World, window: Window, version: int) -> None:
    bid = sealed(world, window)
    found = refusal(world, bid, envelopes=[altered(bid.data[0], 0, bytes((version,)))])
    assert found == Refusal("BidBoxEnvelopeMalformed", window.id, 0, 0)


@pytest.mark.parametrize(
    ("lots", "got"), [(1, 0), (1, 1), (1, 3), (3, 3), (3, 5), (32, 34), (32, 32), (32, 255), (32, 0)]
)
def test_submit__other_number_of_words__words_wrong(
    world: World, committee: Committee, lots: int, got: int
) -> None:
    window = tender(world, committee, lots=lots)
    bid = sealed(world, window)
    found = refusal(world, bid, envelopes=[altered(bid.data[0], 67, bytes((got,)))])
    assert found == Refusal("BidBoxWordsWrong", window.id, 0, lots + 1, got)


def test_submit__thirty_three_lots_sealed_for_thirty_two__words_wrong(
    world: World, committee: Committee
) -> None:
    window = tender(world, committee, lots=32)
    bid = sealed(world, replace(window, lots=33))
    assert refusal(world, bid) == Refusal("BidBoxWordsWrong", window.id, 0, 33, 34)


def test_submit__amounts_in_the_technical_envelope__words_wrong(world: World, committee: Committee) -> None:
    window = tender(world, committee, envelopes=2, lots=3)
    bid = sealed(world, window)
    swapped = refusal(world, bid, envelopes=bid.data[::-1], witnesses=bid.witnesses[::-1])
    assert swapped == Refusal("BidBoxWordsWrong", window.id, 0, 1, 4)
    twice = refusal(world, bid, envelopes=bid.data[:1] * 2, witnesses=bid.witnesses[:1] * 2)
    assert twice == Refusal("BidBoxWordsWrong", window.id, 1, 4, 1)


@pytest.mark.parametrize("cut", [1, 32, 63, 64])
def test_submit__cut_in_the_proof__malformed(world: World, committee: Committee, cut: int) -> None:
    window = tender(world, committee, lots=3)
    bid = sealed(world, window)
    end = 68 + 32 * 4
    found = refusal(world, bid, envelopes=[bid.data[0][: end + 64 - cut]])
    assert found == Refusal("BidBoxEnvelopeMalformed", window.id, 0, end)


@pytest.mark.parametrize("cut", [0, 31, 64, 95])
def test_submit__cut_in_the_words__malformed(world: World, committee: Committee, cut: int) -> None:
    window = tender(world, committee, lots=2)
    bid = sealed(world, window)
    found = refusal(world, bid, envelopes=[bid.data[0][: 68 + cut]])
    assert found == Refusal("BidBoxEnvelopeMalformed", window.id, 0, 68 + 96)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 1039, 1041, 2063, 2065, 3088, 65_552])
def test_submit__other_length_of_the_body__body_invalid(world: World, window: Window, length: int) -> None:
    bid = sealed(world, window)
    head = bid.data[0][: 68 + 64 + 64]
    found = refusal(world, bid, envelopes=[head + bytes(length)])
    assert found == Refusal("BidBoxBodyInvalid", window.id, 0, 2064, length)


@pytest.mark.parametrize(("allowed", "blocks"), [(1, 1), (2, 1), (2, 2), (16, 16)])
def test_submit__bodies_up_to_the_limit__sealed(
    world: World, committee: Committee, allowed: int, blocks: int
) -> None:
    window = tender(world, committee, body_blocks=allowed)
    bid = sealed(world, window, blocks=blocks)
    assert len(bid.data[0]) == 68 + 64 + 64 + 16 + 1024 * blocks
    submit(world, bid)


def test_submit__no_blocks_allowed__body_invalid(world: World, committee: Committee) -> None:
    window = tender(world, committee, body_blocks=0)
    assert refusal(world, sealed(world, window)) == Refusal("BidBoxBodyInvalid", window.id, 0, 16, 1040)


POINTS: dict[str, Callable[[int, int], tuple[int, int, int]]] = {
    "prefix 00": lambda x, y: (0, x, y),
    "prefix 04": lambda x, y: (4, x, y),
    "the other prefix": lambda x, y: (3 - (y & 1), x, y),
    "the other y": lambda x, y: (2 + (y & 1), x, P - y),
    "off the curve": lambda x, y: (2 + (y & 1), x, y + 2),
    "y not reduced": lambda x, y: (2 + ((y + P) & 1), x, y + P) if y + P < 2**256 else (2, x, P),
    "y of zero": lambda x, y: (2, x, 0),
    "x of zero": lambda x, y: (2 + (y & 1), 0, y),
    "x of the order": lambda x, y: (2 + (y & 1), N, y),
    "x over the prime": lambda x, y: (2 + (y & 1), P + 1, y),
    "the largest x and y": lambda x, y: (3, 2**256 - 1, 2**256 - 1),
}


@pytest.mark.parametrize("fault", POINTS)
@pytest.mark.parametrize("offset", [1, 34])
def test_submit__no_point__point_invalid(world: World, window: Window, offset: int, fault: str) -> None:
    bid = sealed(world, window)
    witness = list(bid.witnesses[0])
    place = 0 if offset == 1 else 1
    x = number(bid.data[0][offset + 1 : offset + 33])
    prefix, x, y = POINTS[fault](x, witness[place])
    witness[place] = y
    data = altered(bid.data[0], offset, bytes((prefix,)) + word(x))
    found = refusal(world, bid, envelopes=[data], witnesses=[tuple(witness)])
    assert found == Refusal("BidBoxPointInvalid", window.id, 0, offset)


def test_submit__point_of_another_envelope__point_reused_in_every_tender(
    world: World, committee: Committee, window: Window
) -> None:
    bid = submitted(world, window, "acme")[0]
    x = bid.parts[0].envelope.u.x
    other = tender(world, committee)
    with world.undone():
        assert refusal(world, bid, who="beta") == Refusal("BidBoxPointReused", window.id, 0, x)
    assert refusal(world, bid) == Refusal("BidBoxPointReused", window.id, 0, x)
    found = refusal(world, bid, id=other.id, terms=other.terms_hash)
    assert found == Refusal("BidBoxPointReused", other.id, 0, x)
    assert world.read(BOX, "usedPoint", x)


def test_submit__negated_point__point_reused(world: World, window: Window) -> None:
    bid = submitted(world, window, "acme")[0]
    u_y, ubar_y, *rest = bid.witnesses[0]
    data = altered(bid.data[0], 1, bytes((5 - bid.data[0][1],)))
    data = altered(data, 34, bytes((5 - data[34],)))
    found = refusal(world, bid, who="beta", envelopes=[data], witnesses=[(P - u_y, P - ubar_y, *rest)])
    assert found == Refusal("BidBoxPointReused", window.id, 0, bid.parts[0].envelope.u.x)


def test_submit__one_point_in_both_envelopes__point_reused_and_nothing_kept(
    world: World, committee: Committee
) -> None:
    window = tender(world, committee, envelopes=2)
    bid = sealed(world, window)
    same = bid.parts[0]
    price = resealed(
        replace(
            bid.parts[1],
            r=same.r,
            envelope=replace(bid.parts[1].envelope, u=same.envelope.u, ubar=same.envelope.ubar),
        )
    )
    both = with_part(bid, price, 1)
    x = same.envelope.u.x
    assert refusal(world, both) == Refusal("BidBoxPointReused", window.id, 1, x)
    assert not world.read(BOX, "usedPoint", x)
    submit(world, bid)


def foreign(world: World, window: Window, **changes: Any) -> Bid:
    """A bid of acme, sealed for another context."""
    bid = sealed(world, window)
    context: BidContext = replace(bid.parts[0].context, **changes)
    return with_part(bid, seal(context, window.pk, [5], b"{}", draw))


@pytest.mark.parametrize(
    "changes",
    [
        {"tender_id": UNKNOWN},
        {"envelope": 1},
        {"bidder": address("acme2")},
        {"version": 2},
        {"version": 0},
        {"keyset_id": bytes(32)},
        {"separator": bytes(32)},
    ],
    ids=str,
)
def test_submit__sealed_for_something_else__proof_invalid(
    world: World, window: Window, changes: dict[str, Any]
) -> None:
    expected = Refusal("BidBoxProofInvalid", window.id, 0, address("acme"))
    assert refusal(world, foreign(world, window, **changes)) == expected


def test_submit__sent_by_another_account_of_the_supplier__proof_invalid(world: World, window: Window) -> None:
    expected = Refusal("BidBoxProofInvalid", window.id, 0, address("acme2"))
    assert refusal(world, sealed(world, window, "acme"), who="acme2") == expected


@pytest.mark.parametrize("offset", [68, 99, 100, 131, 132, 164, 196, 1235])
def test_submit__a_bit_of_the_content_changed__proof_invalid(
    world: World, window: Window, offset: int
) -> None:
    bid = sealed(world, window)
    data = altered(bid.data[0], offset, bytes((bid.data[0][offset] ^ 1,)))
    expected = Refusal("BidBoxProofInvalid", window.id, 0, address("acme"))
    assert refusal(world, bid, envelopes=[data]) == expected


@pytest.mark.parametrize("value", [0, N, N + 1, 2**256 - 1])
@pytest.mark.parametrize("offset", [132, 164])
def test_submit__number_of_the_proof_out_of_range__proof_invalid(
    world: World, window: Window, offset: int, value: int
) -> None:
    bid = sealed(world, window)
    expected = Refusal("BidBoxProofInvalid", window.id, 0, address("acme"))
    assert refusal(world, bid, envelopes=[altered(bid.data[0], offset, word(value))]) == expected


def lies(witness: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    """Witnesses with one thing wrong."""
    u_y, ubar_y, f_b, e_y, inverse = witness
    return {
        "fB is another point": (u_y, ubar_y, e_y, e_y, inverse),
        "fB is negated": (u_y, ubar_y, (f_b[0], P - f_b[1]), e_y, inverse),
        "fB is zero": (u_y, ubar_y, (0, 0), e_y, inverse),
        "fB is huge": (u_y, ubar_y, (2**256 - 1, 2**256 - 1), e_y, inverse),
        "eY is another point": (u_y, ubar_y, f_b, f_b, inverse),
        "eY is huge": (u_y, ubar_y, f_b, (2**256 - 1, 2**256 - 1), inverse),
        "the inverse is one more": (u_y, ubar_y, f_b, e_y, inverse + 1),
        "the inverse is zero": (u_y, ubar_y, f_b, e_y, 0),
        "the inverse is huge": (u_y, ubar_y, f_b, e_y, 2**256 - 1),
    }


@pytest.mark.parametrize("lie", lies((0, 0, (0, 0), (0, 0), 0)))
def test_submit__false_witness__proof_invalid(world: World, window: Window, lie: str) -> None:
    bid = sealed(world, window)
    expected = Refusal("BidBoxProofInvalid", window.id, 0, address("acme"))
    assert refusal(world, bid, witnesses=[lies(bid.witnesses[0])[lie]]) == expected


def test_submit__second_envelope_wrong__refused_as_the_second_and_nothing_kept(
    world: World, committee: Committee
) -> None:
    window = tender(world, committee, envelopes=2, lots=3)
    bid = sealed(world, window)
    wrong = altered(bid.data[1], 70, b"\0\0")
    expected = Refusal("BidBoxProofInvalid", window.id, 1, address("acme"))
    assert refusal(world, bid, envelopes=[bid.data[0], wrong]) == expected
    assert world.read(BOX, "box", window.id)[0] == 0
    submit(world, bid)


def test_submit__faults_of_the_tender__refused_in_order(
    world: World, committee: Committee, window: Window
) -> None:
    bids = submitted(world, window, "acme")
    reopened = locked_open(world, window, committee, bids)
    bid = sealed(world, window, "stranger")
    faulty: dict[str, Any] = {"terms": b"\1" * 32, "declarations": ZERO, "envelopes": [], "witnesses": []}
    reopened.put(world, stopped=True, closes_at=window.closes_at)
    assert refusal(world, bid, id=UNKNOWN, **faulty) == Refusal("BidBoxUnknown", UNKNOWN)
    assert refusal(world, bid, **faulty) == Refusal("BidBoxStopped", window.id)
    reopened.put(world, closes_at=window.closes_at)
    assert refusal(world, bid, **faulty) == Refusal("BidBoxClosed", window.id, window.closes_at)
    reopened.put(world)
    assert refusal(world, bid, **faulty) == Refusal("BidBoxLocked", window.id)


def test_submit__faults_of_the_bid__refused_in_order(world: World, committee: Committee) -> None:
    window = tender(world, committee, max_bids=1)
    first = submitted(world, window, "acme")[0]
    bid = sealed(world, window, "beta")
    good, witness = bid.data[0], list(bid.witnesses[0])
    used = first.parts[0].envelope.u
    end = 68 + 64
    call: dict[str, Any] = {
        "who": "stranger",
        "terms": b"\1" * 32,
        "declarations": ZERO,
        "envelopes": [],
        "witnesses": [],
    }
    off = [(witness[0] + 2, witness[1] + 2, *witness[2:])]
    copied = altered(good, 1, used.compress())
    steps: list[tuple[Refusal, Callable[[], dict[str, Any]]]] = [
        (Refusal("BidBoxBidderRefused", window.id, address("stranger")), lambda: {"who": "beta"}),
        (
            Refusal("BidBoxTermsStale", window.id, window.terms_hash, b"\1" * 32),
            lambda: {"terms": window.terms_hash},
        ),
        (Refusal("BidBoxHashZero", label("declarations")), lambda: {"declarations": DECLARATIONS}),
        (Refusal("BidBoxEnvelopesWrong", window.id, 1, 0), lambda: {"envelopes": [b"\2"], "witnesses": off}),
        (Refusal("BidBoxFull", window.id, 1), lambda: {"window": window.put(world, max_bids=2)}),
        (
            Refusal("BidBoxEnvelopeMalformed", window.id, 0, 0),
            lambda: {"envelopes": [altered(good[:68], 67, b"\3")]},
        ),
        (Refusal("BidBoxWordsWrong", window.id, 0, 2, 3), lambda: {"envelopes": [good[:end]]}),
        (Refusal("BidBoxEnvelopeMalformed", window.id, 0, end), lambda: {"envelopes": [good[: end + 64]]}),
        (
            Refusal("BidBoxBodyInvalid", window.id, 0, 2064, 0),
            lambda: {"envelopes": [altered(copied, end, word(0))]},
        ),
        (
            Refusal("BidBoxPointInvalid", window.id, 0, 1),
            lambda: {"witnesses": [(used.y, witness[1] + 2, *witness[2:])]},
        ),
        (Refusal("BidBoxPointInvalid", window.id, 0, 34), lambda: {"witnesses": [(used.y, *witness[1:])]}),
        (
            Refusal("BidBoxPointReused", window.id, 0, used.x),
            lambda: {"envelopes": [altered(good, end, word(0))], "witnesses": None},
        ),
        (Refusal("BidBoxProofInvalid", window.id, 0, address("beta")), dict),
    ]
    for expected, repair in steps:
        given = {key: value for key, value in call.items() if key != "window"}
        assert refusal(world, bid, **given) == expected
        call |= repair()
    submit(world, bid)


@pytest.mark.parametrize("amount", [0, 1, 2**128 - 1, 2**128, 2**255, 2**256 - 2, NO_OFFER])
def test_submit__any_amount__sealed(world: World, window: Window, amount: int) -> None:
    bid = sealed(world, window)
    submit(world, with_part(bid, resealed(bid.parts[0], head=[7, amount])))


def test_submit__garbage_as_body__sealed(world: World, window: Window) -> None:
    bid = sealed(world, window)
    garbage = b"".join(draw(16) for _ in range(65))
    submit(world, with_part(bid, resealed(bid.parts[0], body=garbage)))


def test_submit__valid__stores_and_tells(world: World, committee: Committee) -> None:
    window = tender(world, committee, envelopes=2, lots=3)
    for index, who in enumerate(("acme", "beta")):
        bid = sealed(world, window, who)
        events = submit(world, bid).events
        assert [(event.contract, event.name) for event in events] == [(BOX, "BidSealed")] * 2
        for envelope, (event, part) in enumerate(zip(events, bid.parts, strict=True)):
            assert event.args == {
                "tenderId": window.id,
                "envelope": envelope,
                "bidder": address(who),
                "version": 1,
                "index": index,
                "order": index + 1,
                "termsVersion": 1,
                "declarations": DECLARATIONS,
                "seal": part.seal_hash,
                "sealedEnvelope": part.data,
            }
            assert world.read(BOX, "usedPoint", part.envelope.u.x)
        assert world.read(BOX, "bid", window.id, index) == (address(who).lower(), 1, index + 1, 1, 1)
        assert world.read(BOX, "placeOf", window.id, supplier(who)) == index + 1
        assert world.read(BOX, "liveBids", window.id, 1) == index + 1
    assert world.read(BOX, "box", window.id) == (2, 2, 2, 0, 1, 0, False)
    assert world.read(BOX, "bid", window.id, 2) == (ZERO_ADDRESS, 0, 0, 0, 0)


def test_submit__again__replaces_under_the_same_index_with_a_new_order(world: World, window: Window) -> None:
    submitted(world, window, "acme", "beta")
    for version, (who, order) in enumerate((("acme2", 3), ("acme", 4)), 2):
        event = submit(world, sealed(world, window, who, version=version)).event
        assert [event.args[key] for key in ("version", "index", "order")] == [version, 0, order]
        assert world.read(BOX, "bid", window.id, 0) == (address(who).lower(), version, order, 1, 1)
        assert world.read(BOX, "liveBids", window.id, 1) == 2
    assert world.read(BOX, "box", window.id)[:2] == (2, 4)
    assert world.read(BOX, "bid", window.id, 1)[1:3] == (1, 2)


def test_submit__after_an_addendum__counts_for_the_new_terms(world: World, window: Window) -> None:
    submitted(world, window, "acme", "beta")
    amended = window.amended(world)
    assert amended.terms_hash == terms_of(window.id, 2)
    event = submit(world, sealed(world, amended, "acme", version=2)).event
    assert event.args["termsVersion"] == 2
    assert [world.read(BOX, "liveBids", window.id, version) for version in (0, 1, 2, 3)] == [0, 0, 1, 0]


def test_submit__after_a_withdrawal__is_the_next_version(world: World, window: Window) -> None:
    submitted(world, window, "acme", "beta")
    world.send("acme", BOX, "withdraw", window.id)
    assert world.read(BOX, "liveBids", window.id, 1) == 1
    event = submit(world, sealed(world, window, "acme", version=2)).event
    assert [event.args[key] for key in ("version", "index", "order")] == [2, 0, 3]
    assert world.read(BOX, "liveBids", window.id, 1) == 2


def test_submit__same_supplier_in_two_tenders__counts_apart(
    world: World, committee: Committee, window: Window
) -> None:
    other = tender(world, committee)
    submitted(world, window, "beta", "acme")
    event = submitted(world, other, "acme")[0]
    assert event.index == 0
    assert world.read(BOX, "bid", other.id, 0)[1:3] == (1, 1)
    assert [world.read(BOX, "placeOf", each.id, supplier("acme")) for each in (window, other)] == [2, 1]
