"""publishDealing.tree"""

from __future__ import annotations

import pytest

from chain.sealing.ceremony import POSSESSION, Dealing, commitment_of, possession_context
from chain.sealing.group import N, P, Point, multiply, negate, word
from chain.sealing.tdh2 import Know
from tests.contracts.OpeningCommittee.steps import LIFE, born, fail, refused, strangers
from tests.contracts.sealing import COMMITTEE, SEATS, Ceremony, Committee, ceremony, draw
from tests.contracts.world import Refusal, World

pytestmark = pytest.mark.evm


def committed(world: World, message: bytes, opened: Ceremony, dealer: int = 1) -> Ceremony:
    """All have joined and committed, this dealer to another message."""
    opened.until("join")
    for who, function, (id, seat, commitment) in opened.messages("commit"):
        own = commitment_of(opened.plan, dealer, message) if seat == dealer else commitment
        world.send(who, COMMITTEE, function, id, seat, own)
    return opened


def publication(world: World, opened: Ceremony, message: bytes, dealer: int = 1) -> Refusal:
    """What refuses a message that its dealer has committed to."""
    committed(world, message, opened, dealer)
    return world.refusal(opened.by(dealer), COMMITTEE, "publishDealing", opened.id, dealer, message)


def sent(opened: Ceremony, dealer: int = 1) -> bytes:
    """What the dealer would send."""
    place = opened.plan.dealing_seats.index(dealer)
    return opened.committee.local.transcript.messages[place]


def test_publishDealing__by_another__caller_refused(bare: World) -> None:
    opened = ceremony(bare).until("commit")
    strangers(bare, opened, "publishDealing", sent(opened))


def test_publishDealing__before_all_have_joined_and_committed__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("open")
    call = (COMMITTEE, "publishDealing", opened.id, 1, sent(opened))
    for step in ("join", "commit"):
        with bare.undone():
            opened.does("commit" if step == "join" else "join")
            for who, function, args in opened.messages(step):
                assert bare.refusal("seat 1", *call) == refused(opened, "publish")
                bare.send(who, COMMITTEE, function, *args)
            bare.send("seat 1", *call)


def test_publishDealing__again__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("publish")
    found = bare.refusal("seat 1", COMMITTEE, "publishDealing", opened.id, 1, sent(opened))
    assert found == refused(opened, "publish")


def test_publishDealing__around_the_end_of_its_life__step_refused_from_it(bare: World) -> None:
    opened = ceremony(bare).until("commit")
    end = born(bare, opened) + LIFE
    call = (COMMITTEE, "publishDealing", opened.id, 1, sent(opened))
    with bare.undone():
        bare.send("seat 1", *call, at=end - 1)
    for after in (0, 1):
        assert bare.refusal("seat 1", *call, at=end + after) == refused(opened, "publish")


def test_publishDealing__after_a_complaint__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    fail(bare, opened)
    found = bare.refusal("seat 1", COMMITTEE, "publishDealing", opened.id, 1, sent(opened))
    assert found == refused(opened, "publish")


@pytest.mark.parametrize("change", ["another dealing", "a byte less", "a byte more", "nothing"])
def test_publishDealing__not_what_was_committed__commitment_mismatch(bare: World, change: str) -> None:
    opened = ceremony(bare).until("commit")
    message = sent(opened)
    other = {
        "another dealing": sent(opened, 2),
        "a byte less": message[:-1],
        "a byte more": message + b"\0",
        "nothing": b"",
    }[change]
    found = bare.refusal("seat 1", COMMITTEE, "publishDealing", opened.id, 1, other)
    assert found == Refusal("OpeningCommitteeCommitmentMismatch", opened.id, 1)


@pytest.mark.parametrize("length", [0, 1, 32, 63, 64, 128, 191, 193, 256])
def test_publishDealing__other_length__dealing_proof_invalid(bare: World, length: int) -> None:
    opened = ceremony(bare)
    message = (sent(opened) + bytes(64))[:length]
    assert publication(bare, opened, message) == Refusal("OpeningCommitteeDealingProofInvalid", opened.id, 1)


def test_publishDealing__a_dealing_for_another_threshold__dealing_proof_invalid(bare: World) -> None:
    opened = ceremony(bare, 3, SEATS[:5])
    points = sent(opened)
    message = points[:128] + points[192:]
    assert publication(bare, opened, message, 1) == Refusal(
        "OpeningCommitteeDealingProofInvalid", opened.id, 1
    )


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("fault", ["off the curve", "infinity", "y not reduced", "x over the order", "huge"])
def test_publishDealing__no_point__dealing_point_invalid(bare: World, index: int, fault: str) -> None:
    opened = ceremony(bare, 3, SEATS[:5])
    message = sent(opened, 2)
    x, y = (int.from_bytes(message[64 * index + part : 64 * index + part + 32], "big") for part in (0, 32))
    pair = {
        "off the curve": (x, (y + 2) % P),
        "infinity": (0, 0),
        "y not reduced": (x, 2**256 - 1),
        "x over the order": (N + 1, y),
        "huge": (2**256 - 1, 2**256 - 1),
    }[fault]
    wrong = message[: 64 * index] + b"".join(map(word, pair)) + message[64 * index + 64 :]
    found = publication(bare, opened, wrong, 2)
    assert found == Refusal("OpeningCommitteeDealingPointInvalid", opened.id, 2, index)


def proven(opened: Ceremony, secret: int, dealer: int, first: Point | None = None) -> bytes:
    """A dealing of this secret with a proof for this dealer, perhaps under another first point."""
    own = multiply(secret)
    proof = Know.prove(POSSESSION, possession_context(opened.plan, dealer), secret, draw)
    return Dealing(
        (first or own, *(multiply(9 + power) for power in range(opened.plan.threshold - 1))), proof
    ).to_message()


def test_publishDealing__rogue_key__dealing_proof_invalid(bare: World) -> None:
    opened = ceremony(bare)
    theirs = Point.from64(sent(opened, 2)[:64])
    message = proven(opened, 5, 1, negate(theirs))
    assert publication(bare, opened, message) == Refusal("OpeningCommitteeDealingProofInvalid", opened.id, 1)


def test_publishDealing__proof_for_another_dealer__dealing_proof_invalid(bare: World) -> None:
    opened = ceremony(bare)
    message = proven(opened, 5, 2)
    assert publication(bare, opened, message) == Refusal("OpeningCommitteeDealingProofInvalid", opened.id, 1)


def test_publishDealing__proof_for_another_ceremony__dealing_proof_invalid(bare: World) -> None:
    opened = ceremony(bare)
    message = sent(ceremony(bare, ahead=1))
    assert publication(bare, opened, message) == Refusal("OpeningCommitteeDealingProofInvalid", opened.id, 1)


@pytest.mark.parametrize("value", [0, N, N + 1, 2**256 - 1])
@pytest.mark.parametrize("place", [128, 160])
def test_publishDealing__number_out_of_range__dealing_proof_invalid(
    bare: World, place: int, value: int
) -> None:
    opened = ceremony(bare)
    message = sent(opened)
    wrong = message[:place] + word(value) + message[place + 32 :]
    assert publication(bare, opened, wrong) == Refusal("OpeningCommitteeDealingProofInvalid", opened.id, 1)


@pytest.mark.parametrize("dealer", [1, 3])
def test_publishDealing__another_secret_than_the_share__reshare_mismatch(
    world: World, committee: Committee, dealer: int
) -> None:
    opened = ceremony(world, 2, SEATS[3:6], parent=committee, dealers=(1, 3))
    message = proven(opened, 5, dealer)
    assert publication(world, opened, message, dealer) == Refusal(
        "OpeningCommitteeReshareMismatch", opened.id, dealer
    )


def test_publishDealing__share_dealt_without_its_factor__reshare_mismatch(
    world: World, committee: Committee
) -> None:
    opened = ceremony(world, 2, SEATS[3:6], parent=committee, dealers=(2, 3))
    share = committee.share(2)._secret.number
    message = proven(opened, share, 2)
    assert publication(world, opened, message, 2) == Refusal("OpeningCommitteeReshareMismatch", opened.id, 2)


def test_publishDealing__share_dealt_with_the_factor_of_other_dealers__reshare_mismatch(
    world: World, committee: Committee
) -> None:
    opened = ceremony(world, 2, SEATS[3:6], parent=committee, dealers=(1, 2))
    message = proven(opened, committee.share(1).dealt((1, 3)).number, 1)
    assert publication(world, opened, message) == Refusal("OpeningCommitteeReshareMismatch", opened.id, 1)


@pytest.mark.parametrize("dealers", [(1, 2), (1, 3), (2, 3)])
def test_publishDealing__shares_with_their_factors__publishes(
    world: World, committee: Committee, dealers: tuple[int, int]
) -> None:
    ceremony(world, 2, SEATS[3:6], parent=committee, dealers=dealers).until("publish")


def test_publishDealing__valid__tells(bare: World) -> None:
    opened = ceremony(bare, 3, SEATS[:5]).until("commit")
    for dealer in (5, 1, 3):
        message = sent(opened, dealer)
        event = bare.send(opened.by(dealer), COMMITTEE, "publishDealing", opened.id, dealer, message).event
        assert (event.name, event.args) == (
            "DealingPublished",
            {"ceremonyId": opened.id, "dealer": dealer, "message": message},
        )
