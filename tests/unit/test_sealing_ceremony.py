"""Ceremonies and a resharing against the vectors; every falsehood in a transcript has its name; one member's secrets."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.errors import (
    BoxKeyInvalid,
    DealtBoxUnreadable,
    DealtShareWrong,
    KeysetMismatch,
    LicitaError,
    OpeningCommitteeCommitmentMismatch,
    OpeningCommitteeDealingPointInvalid,
    OpeningCommitteeDealingProofInvalid,
    OpeningCommitteeKeyProofInvalid,
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteePlanInvalid,
    OpeningCommitteeReshareMismatch,
    SeatsInvalid,
    SeatStateInvalid,
    SecretErased,
    TranscriptIncomplete,
)
from chain.sealing import ceremony
from chain.sealing.boxes import BOX_SIZE, box_key, seal_box
from chain.sealing.ceremony import (
    POSSESSION,
    ROLL_CALL,
    Dealing,
    Keyset,
    Plan,
    Transcript,
    check_confirmations,
    check_transcript,
    commitment_of,
    possession_context,
)
from chain.sealing.group import GBAR, G, N, Point, add, hashed, multiply, negate, tag, word
from chain.sealing.keyshare import KeyShare
from chain.sealing.local import LocalCommittee, run_locally
from chain.sealing.seat import Seat
from chain.sealing.secret import Secret
from chain.sealing.tdh2 import Know, combine
from chain.types import ZERO32, from_hex, to_hex
from tests.unit.sealing_vectors import (
    CEREMONIES,
    PARENT,
    keyset_of,
    plan_of,
    point,
    replay,
    seats_of,
    shares_of,
    transcript_of,
    vectors,
    whole,
)

pytestmark = pytest.mark.unit

COMMITTEE = "0x1129AE9Ee02ED9A04438901992f24f844554928C"
RESHARING = "resharing-3-of-5-to-4-of-7"


def parent_of(name: str) -> Keyset | None:
    return keyset_of(PARENT) if name == RESHARING else None


@pytest.mark.parametrize("name", CEREMONIES)
def test_plan__of_the_vectors__id_and_proof_contexts(name: str) -> None:
    plan, value = plan_of(name), vectors(name)
    plan.check()
    assert to_hex(plan.ceremony_id) == value["ceremonyId"]
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    for each in value["dealings"]:
        assert to_hex(possession_context(plan, each["dealer"])) == each["popContext"]


@pytest.mark.parametrize("name", CEREMONIES)
def test_check_transcript__of_the_vectors__keyset_as_stated(name: str) -> None:
    transcript, stated, result = transcript_of(name), keyset_of(name), vectors(name)["result"]
    found = check_transcript(transcript, parent=parent_of(name), registered=stated)
    assert found == stated
    assert to_hex(found.id) == result["keysetId"]
    assert to_hex(transcript.hash) == result["transcript"]
    for boxes, dealing in zip(transcript.boxes, vectors(name)["dealings"], strict=True):
        assert to_hex(hashed(boxes)) == dealing["boxesHash"]


@pytest.mark.parametrize("name", CEREMONIES)
def test_seat__drawing_what_was_drawn__same_messages(name: str) -> None:
    plan, value, receivers = plan_of(name), vectors(name), seats_of(name)
    for each in value["dealings"]:
        drawn = (*each["coefficients"], each["popRandom"])
        if plan.is_resharing:
            share = shares_of(PARENT)[each["dealer"]]
            seat = Seat.begin(plan, share=share, draw=replay(*drawn[1:]))
        else:
            secret = value["seats"][each["dealer"] - 1]["boxSecret"]
            seat = Seat.begin(plan, seat=each["dealer"], draw=replay(secret, *drawn))
            assert to_hex(seat.box_key) == value["seats"][each["dealer"] - 1]["boxKey"]
        assert to_hex(seat.message) == each["message"]
        assert to_hex(seat.commitment) == each["commitment"]
        for box in each["boxes"]:
            assert seat.value_for(box["seat"]) == whole(box["value"])
        boxes = seat.boxes([from_hex(other["boxKey"]) for other in value["seats"]])
        for number, receiver in receivers.items():
            dealt = receiver.receive(each["dealer"], seat.message, boxes)
            assert dealt.number == whole(each["boxes"][number - 1]["value"])


@pytest.mark.parametrize("name", CEREMONIES)
def test_finish__boxes_of_the_vectors__share_confirmation_and_roll_answer(name: str) -> None:
    for stated in vectors(name)["result"]["seats"]:
        seat = seats_of(name)[stated["seat"]]
        keyset, share = seat.finish(transcript_of(name), parent_of(name))
        assert keyset == keyset_of(name)
        assert share.to_state()["secret"] == stated["share"]
        assert share.key == point(stated["key"])
        assert share.fits(keyset)
        for act in (stated["confirmation"], stated["rollCall"]):
            assert to_hex(keyset.roll_context(share.seat, act["round"])) == act["context"]
            proof = share.answer(act["round"], replay(act["random"]))
            assert proof == Know(whole(act["c"]), whole(act["z"]))
            keyset.check_answer(share.seat, act["round"], proof)


def test_check_answer__replayed_or_of_another_seat__refused() -> None:
    keyset, shares = keyset_of(PARENT), shares_of(PARENT)
    confirmation = shares[3].answer(0, secrets.token_bytes)
    check_confirmations(keyset, {3: confirmation})
    for seat, round_, proof in (
        (3, 1, confirmation),
        (4, 0, confirmation),
        (0, 0, confirmation),
        (6, 0, confirmation),
    ):
        with pytest.raises(OpeningCommitteeKeyProofInvalid) as refused:
            keyset.check_answer(seat, round_, proof)
        assert refused.value.seat == seat
    with pytest.raises(OpeningCommitteeKeyProofInvalid):
        check_confirmations(keyset_of("ceremony-2-of-3"), {3: confirmation})


# Plans


def plan(threshold: int, seats: int, parent: bytes = ZERO32, dealers: tuple[int, ...] = ()) -> Plan:
    members = tuple(hashed(word(each)) for each in range(seats))
    return Plan(31337, COMMITTEE, 1, threshold, members, parent, dealers)


@pytest.mark.parametrize(
    "wrong, term",
    [
        (plan(2, 4), "threshold"),
        (plan(3, 3), "threshold"),
        (plan(1, 2), "threshold"),
        (plan(0, 0), "threshold"),
        (plan(9, 17), "members"),
        (plan(2, 3, dealers=(1, 2)), "dealers"),
        (plan(2, 3, parent=b"\1" * 32), "dealers"),
        (plan(2, 3, b"\1" * 32, (2, 1)), "dealers"),
        (plan(2, 3, b"\1" * 32, (1, 1)), "dealers"),
        (plan(2, 3, b"\1" * 32, (0, 1)), "dealers"),
    ],
)
def test_plan__that_breaks_a_rule__refused_by_its_term(wrong: Plan, term: str) -> None:
    with pytest.raises(OpeningCommitteePlanInvalid) as refused:
        wrong.check()
    assert refused.value.term == term
    with pytest.raises(OpeningCommitteePlanInvalid):
        Seat.begin(wrong, seat=1, draw=secrets.token_bytes)


@pytest.mark.parametrize("threshold, seats", [(2, 3), (3, 5), (9, 16), (15, 16)])
def test_plan__within_the_rules__allowed(threshold: int, seats: int) -> None:
    plan(threshold, seats).check()


# Falsehoods in a transcript


def changed(transcript: Transcript, dealer: int, message: bytes, recommit: bool = True) -> Transcript:
    """With another dealing, committed to from the beginning or not."""
    place = transcript.plan.dealing_seats.index(dealer)
    messages, commitments = list(transcript.messages), list(transcript.commitments)
    messages[place] = message
    if recommit:
        commitments[place] = commitment_of(transcript.plan, dealer, message)
    return replace(transcript, messages=tuple(messages), commitments=tuple(commitments))


def dealing(transcript: Transcript, dealer: int) -> Dealing:
    place = transcript.plan.dealing_seats.index(dealer)
    return Dealing.read(transcript.plan, dealer, transcript.messages[place])


def with_point(given: Dealing, index: int, replaced: Point) -> bytes:
    points = list(given.points)
    points[index] = replaced
    return Dealing(tuple(points), given.possession).to_message()


def test_check_transcript__dealing_changed_after_commitment__named() -> None:
    transcript = transcript_of(PARENT)
    message = with_point(dealing(transcript, 2), 1, GBAR)
    with pytest.raises(OpeningCommitteeCommitmentMismatch) as found:
        check_transcript(changed(transcript, 2, message, recommit=False))
    assert found.value.dealer == 2


def test_check_transcript__point_off_the_curve__named() -> None:
    transcript = transcript_of(PARENT)
    given = dealing(transcript, 1)
    message = with_point(given, 1, Point(given.points[1].x, given.points[1].y + 2))
    with pytest.raises(OpeningCommitteeDealingPointInvalid) as found:
        check_transcript(changed(transcript, 1, message))
    assert (found.value.dealer, found.value.index) == (1, 1)


def test_check_transcript__rogue_key_or_foreign_proof__named() -> None:
    transcript = transcript_of(PARENT)
    first, second = dealing(transcript, 1), dealing(transcript, 2)
    rogue = with_point(first, 0, add(first.points[0], negate(second.points[0])))
    for message in (rogue, second.to_message()):
        with pytest.raises(OpeningCommitteeDealingProofInvalid) as found:
            check_transcript(changed(transcript, 1, message))
        assert found.value.dealer == 1


@pytest.mark.parametrize("part", ["box_keys", "commitments", "messages", "boxes"])
def test_check_transcript__message_missing_or_cut__named(part: str) -> None:
    transcript = transcript_of(PARENT)
    whole_part = getattr(transcript, part)
    for cut in (whole_part[:-1], (*whole_part[:-1], whole_part[-1][:-1]), (*whole_part, whole_part[0])):
        changes: dict[str, Any] = {part: cut}
        with pytest.raises(TranscriptIncomplete):
            check_transcript(replace(transcript, **changes))
    with pytest.raises(TranscriptIncomplete):
        Dealing.read(transcript.plan, 1, transcript.messages[0] + b"\0")


FALSE_KEYSETS: list[tuple[str, Callable[[Keyset], Keyset]]] = [
    ("pk", lambda keyset: replace(keyset, pk=G)),
    ("key of seat 3", lambda keyset: replace(keyset, keys=(*keyset.keys[:2], G, *keyset.keys[3:]))),
    ("keys", lambda keyset: replace(keyset, keys=keyset.keys[:-1])),
    ("transcript", lambda keyset: replace(keyset, transcript=ZERO32)),
    ("threshold", lambda keyset: replace(keyset, threshold=2)),
    ("members", lambda keyset: replace(keyset, members=keyset.members[::-1])),
    ("committee", lambda keyset: replace(keyset, committee="0x" + "11" * 20)),
    ("chain_id", lambda keyset: replace(keyset, chain_id=1)),
]  # fmt: skip


@pytest.mark.parametrize("field, falsify", FALSE_KEYSETS)
def test_check_transcript__false_keyset_registered__named(
    field: str, falsify: Callable[[Keyset], Keyset]
) -> None:
    registered = falsify(keyset_of(PARENT))
    with pytest.raises(KeysetMismatch) as found:
        check_transcript(transcript_of(PARENT), registered=registered)
    assert (found.value.field, found.value.keyset_id) == (field, to_hex(registered.id))


def test_check_transcript__another_ordinal__other_proofs_needed() -> None:
    transcript = transcript_of(PARENT)
    moved = replace(transcript, plan=replace(transcript.plan, ordinal=7))
    moved = replace(
        moved,
        commitments=tuple(
            commitment_of(moved.plan, dealer, message) for dealer, message in enumerate(moved.messages, 1)
        ),
    )
    with pytest.raises(OpeningCommitteeDealingProofInvalid):
        check_transcript(moved)


def test_resharing__of_another_secret__named() -> None:
    transcript, parent = transcript_of(RESHARING), keyset_of(PARENT)
    other, given = 12345, dealing(transcript, 3)
    possession = Know.prove(POSSESSION, possession_context(transcript.plan, 3), other, secrets.token_bytes)
    message = Dealing((multiply(other), *given.points[1:]), possession).to_message()
    with pytest.raises(OpeningCommitteeReshareMismatch) as found:
        check_transcript(changed(transcript, 3, message), parent=parent)
    assert found.value.dealer == 3


def test_resharing__without_the_parent_or_its_k_dealers__refused() -> None:
    transcript, parent = transcript_of(RESHARING), keyset_of(PARENT)
    for wrong in (None, keyset_of("ceremony-2-of-3")):
        with pytest.raises(OpeningCommitteeKeysetNotFound):
            check_transcript(transcript, parent=wrong)
    members = tuple(hashed(word(each)) for each in range(3))
    for dealers in ((1, 2), (1, 2, 3, 4), (1, 2, 6)):
        resharing = Plan(31337, COMMITTEE, 9, 2, members, parent.id, dealers)
        messages = []
        for dealer in dealers:
            possession = Know.prove(POSSESSION, possession_context(resharing, dealer), 5, secrets.token_bytes)
            messages.append(Dealing((multiply(5), G), possession).to_message())
        commitments = (commitment_of(resharing, *each) for each in zip(dealers, messages, strict=True))
        false = Transcript(
            resharing, (bytes(32),) * 3, tuple(commitments), tuple(messages), (bytes(240),) * len(dealers)
        )
        with pytest.raises(OpeningCommitteePlanInvalid) as refused:
            check_transcript(false, parent=parent)
        assert refused.value.term == "dealers"


# What a seat is sent


def negative(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in vectors("negative")["vectors"] if each["name"] == name)
    return found


@pytest.mark.parametrize(
    "name", ["dealt-share-wrong", "dealt-box-of-another-ceremony", "dealt-box-of-another-seat"]
)
def test_receive__box_that_must_be_refused__by_its_name(name: str) -> None:
    vector, transcript = negative(name), transcript_of(PARENT)
    assert vector["ceremonyId"] == to_hex(transcript.plan.ceremony_id)
    seat, dealer = vector["seat"], vector["dealer"]
    boxes = bytearray(transcript.boxes[dealer - 1])
    boxes[BOX_SIZE * (seat - 1) : BOX_SIZE * seat] = from_hex(vector["box"])
    with pytest.raises(LicitaError) as refused:
        seats_of(PARENT)[seat].receive(dealer, transcript.messages[dealer - 1], bytes(boxes))
    assert refused.value.error == vector["check"]
    assert refused.value.facts == {"dealer": dealer}


def test_receive__boxes_cut_or_value_zero__refused() -> None:
    transcript = transcript_of(PARENT)
    seat = seats_of(PARENT)[2]
    with pytest.raises(DealtBoxUnreadable):
        seat.receive(1, transcript.messages[0], transcript.boxes[0][:-1])
    box = seal_box(transcript.plan.ceremony_id, 1, 2, seat.box_key, 0)
    boxes = transcript.boxes[0][:BOX_SIZE] + box + transcript.boxes[0][2 * BOX_SIZE :]
    with pytest.raises(DealtShareWrong):
        seat.receive(1, transcript.messages[0], boxes)


def test_receive__value_above_the_order__taken_modulo_it() -> None:
    # The dealer could answer a complaint about it, so that the complainer would be at fault.
    fresh = plan(2, 3)
    dealer, receiver = (Seat.begin(fresh, seat=each, draw=secrets.token_bytes) for each in (1, 2))
    small = 7
    # f(2) = small: the second coefficient is chosen after the first.
    first = dealer._coefficients[0].number
    second = (small - first) * pow(2, -1, N) % N
    possession = Know.prove(POSSESSION, possession_context(fresh, 1), first, secrets.token_bytes)
    message = Dealing((multiply(first), multiply(second)), possession).to_message()
    box = seal_box(fresh.ceremony_id, 1, 2, receiver.box_key, small + N)
    assert receiver.receive(1, message, bytes(80) + box + bytes(80)).number == small


def test_boxes__for_a_key_of_small_order__refused_by_seat() -> None:
    seat = Seat.begin(plan(2, 3), seat=1, draw=secrets.token_bytes)
    for wrong in (bytes(32), bytes(31)):
        with pytest.raises(BoxKeyInvalid) as refused:
            seat.boxes([seat.box_key, wrong, seat.box_key])
        assert refused.value.seat == 2


def test_boxes__for_other_keys_than_before__refused() -> None:
    # A node that tells other keys the second time would read what is dealt; this seat's own key it cannot leave out either.
    seat, *others = (Seat.begin(plan(2, 3), seat=each, draw=secrets.token_bytes) for each in (1, 2, 3, 2))
    keys = [seat.box_key, *(each.box_key for each in others)]
    seat.boxes(keys[:3])
    seat = Seat.from_state(json.loads(json.dumps(seat.to_state())))
    assert len(seat.boxes(keys[:3])) == 3 * BOX_SIZE
    for told, field in (([keys[0], keys[3], keys[2]], "box keys"), ([keys[3], *keys[1:3]], "box key")):
        with pytest.raises(KeysetMismatch) as refused:
            seat.boxes(told)
        assert refused.value.field == field
    with pytest.raises(SeatsInvalid):
        seat.boxes(keys[:2])


def test_check__member_that_only_deals__finds_the_keys_that_it_did_not_deal_to() -> None:
    resharing, honest = plan_of(RESHARING), transcript_of(RESHARING)
    dealer = resharing.dealers[0]
    drawn = next(each for each in vectors(RESHARING)["dealings"] if each["dealer"] == dealer)
    draws = replay(*drawn["coefficients"][1:], drawn["popRandom"])
    seat = Seat.begin(resharing, share=shares_of(PARENT)[dealer], draw=draws)
    seat.boxes([*honest.box_keys[:6], Seat.begin(resharing, seat=7, draw=secrets.token_bytes).box_key])
    with pytest.raises(KeysetMismatch) as refused:
        seat.check(honest, keyset_of(PARENT))
    assert refused.value.field == "box keys"


# One member's secrets


def test_finish__what_the_seat_sent_is_replaced__refused() -> None:
    honest = transcript_of(PARENT)
    seat = seats_of(PARENT)[1]
    other = run_locally(honest.plan, secrets.token_bytes).transcript
    keys = (other.box_keys[0], *honest.box_keys[1:])
    cases = {
        "box key": replace(honest, box_keys=keys),
        "box keys": replace(honest, box_keys=(*honest.box_keys[:4], other.box_keys[4])),
        "dealing": changed(honest, 1, other.messages[0]),
        "ceremony": transcript_of("ceremony-2-of-3"),
    }
    for field, transcript in cases.items():
        with pytest.raises(KeysetMismatch) as refused:
            seat.finish(transcript)
        assert refused.value.field == field


def test_seat__stored_and_read_between_the_steps__goes_on() -> None:
    fresh = plan(2, 3)
    seats = [Seat.begin(fresh, seat=each, draw=secrets.token_bytes) for each in (1, 2, 3)]

    def stored() -> list[Seat]:
        return [Seat.from_state(json.loads(json.dumps(seat.to_state()))) for seat in seats]

    keys = tuple(seat.box_key for seat in stored())
    commitments = tuple(seat.commitment for seat in stored())
    messages, seats = tuple(seat.message for seat in stored()), stored()
    transcript = Transcript(fresh, keys, commitments, messages, tuple(seat.boxes(keys) for seat in seats))
    found = [seat.finish(transcript) for seat in stored()]
    assert len({keyset.id for keyset, _ in found}) == 1
    for keyset, share in found:
        again = KeyShare.from_state(json.loads(json.dumps(share.to_state())))
        assert again.fits(keyset)
        keyset.check_answer(again.seat, 0, again.answer(0, secrets.token_bytes))


def _secrets_in(state: Any) -> list[str]:
    if isinstance(state, dict):
        return [
            text
            for key, value in state.items()
            if key not in ("message", "plan", "keysetId", "boxedFor")
            for text in _secrets_in(value)
        ]
    if isinstance(state, list):
        return [text for value in state for text in _secrets_in(value)]
    return [state[2:], str(int(state, 16))] if isinstance(state, str) and state.startswith("0x") else []


def test_seat_and_share__shown__tell_no_secret() -> None:
    seat = seats_of(PARENT)[2]
    _, share = seat.finish(transcript_of(PARENT))
    hidden = _secrets_in(seat.to_state()) + _secrets_in(share.to_state())
    assert len(hidden) == 2 * (1 + 3 + 1)
    committee = LocalCommittee(transcript_of(PARENT), keyset_of(PARENT), {}, {2: share})
    for shown in (
        repr(seat),
        str(seat),
        repr(share),
        str(share),
        repr(committee),
        repr(vars(seat)),
        repr(vars(share)),
    ):
        assert not any(each in shown for each in hidden)


def test_erase__seat_and_share__no_further_act() -> None:
    transcript = transcript_of(PARENT)
    seat = seats_of(PARENT)[2]
    held = [seat._box_secret._held, *(each._held for each in seat._coefficients)]  # type: ignore[union-attr]
    _, share = seat.finish(transcript)
    held.append(share._secret._held)
    seat.erase()
    share.erase()
    assert all(bytes(each) == bytes(32) for each in held)
    acts: list[Callable[[], Any]] = [
        lambda: seat.box_key,
        lambda: seat.value_for(1),
        lambda: seat.boxes(transcript.box_keys),
        lambda: seat.finish(transcript),
        seat.to_state,
        share.to_state,
        lambda: share.answer(0, secrets.token_bytes),
        lambda: share.open(ZERO32, G, secrets.token_bytes),
        lambda: share.dealt((1, 2, 3)),
    ]
    for act in acts:
        with pytest.raises(SecretErased):
            act()


@pytest.mark.parametrize(
    "field", ["format", "plan", "seat", "boxSecret", "coefficients", "message", "boxedFor"]
)
def test_from_state__altered__refused(field: str) -> None:
    state = seats_of(PARENT)[2].to_state()
    for wrong in (17, None, "0xzz"):
        if field == "boxSecret" and wrong is None:
            continue
        with pytest.raises(SeatStateInvalid):
            Seat.from_state({**state, field: wrong})
    without = {key: value for key, value in state.items() if key != field}
    with pytest.raises(SeatStateInvalid):
        Seat.from_state(without)


@pytest.mark.parametrize(
    "field, wrong", [("format", "x"), ("secret", "0xzz"), ("secret", "0x" + "00" * 32), ("seat", None)]
)
def test_key_share_from_state__altered__refused(field: str, wrong: Any) -> None:
    state = shares_of(PARENT)[2].to_state()
    with pytest.raises(SeatStateInvalid):
        KeyShare.from_state({**state, field: wrong})


def test_begin__seat_or_share_that_does_not_fit__refused() -> None:
    fresh, resharing = plan(2, 3), plan_of(RESHARING)
    share = shares_of(PARENT)[1]
    cases: list[dict[str, Any]] = [
        {"plan": fresh},
        {"plan": fresh, "seat": 4},
        {"plan": fresh, "seat": 0},
        {"plan": fresh, "seat": 1, "share": share},
        {"plan": resharing},
        {"plan": resharing, "seat": 8},
        {"plan": resharing, "share": shares_of(PARENT)[2]},  # no dealer of this plan
    ]
    for case in cases:
        with pytest.raises(SeatsInvalid):
            Seat.begin(**case, draw=secrets.token_bytes)
    foreign = shares_of("ceremony-2-of-3")[1]
    with pytest.raises(OpeningCommitteeReshareMismatch):
        Seat.begin(resharing, share=foreign, draw=secrets.token_bytes)
    with pytest.raises(SeatsInvalid):
        share.dealt((2, 3, 4))


def test_seat__that_only_receives_or_only_deals__says_so() -> None:
    resharing = plan_of(RESHARING)
    receiver = Seat.begin(resharing, seat=2, draw=secrets.token_bytes)
    dealer = Seat.begin(resharing, share=shares_of(PARENT)[3], draw=secrets.token_bytes)
    acts: list[Callable[[], Any]] = [
        lambda: receiver.commitment,
        lambda: receiver.boxes([receiver.box_key] * 7),
        lambda: dealer.box_key,
        lambda: dealer.finish(transcript_of(RESHARING), keyset_of(PARENT)),
    ]
    for act in acts:
        with pytest.raises(SeatsInvalid):
            act()


# Whole ceremonies


@settings(max_examples=8)
@given(st.data())
def test_run_locally__any_committee__any_k_shares_give_the_key(data: st.DataObject) -> None:
    seats = data.draw(st.integers(3, 9))
    threshold = data.draw(st.integers(seats // 2 + 1, seats - 1))
    found = run_locally(plan(threshold, seats), secrets.token_bytes)
    check_transcript(found.transcript, registered=found.keyset)
    subset = data.draw(st.permutations(range(1, seats + 1)))[:threshold]
    u = multiply(data.draw(st.integers(1, N - 1)))
    shares = {seat: found.shares[seat].open(ZERO32, u, secrets.token_bytes) for seat in subset}
    assert all(share.holds(found.keyset.keys[seat - 1], ZERO32, u) for seat, share in shares.items())
    points = {seat: share.point for seat, share in shares.items()}
    secret = combine({seat: found.keyset.keys[seat - 1] for seat in subset}).secret
    assert secret == found.keyset.pk
    joint = combine(points).secret
    points.pop(subset[0])
    assert combine(points).secret != joint


def test_run_locally__reshared_twice__same_key_and_old_envelopes_open() -> None:
    first = run_locally(plan(2, 3), secrets.token_bytes)
    second = run_locally(plan(3, 5, first.keyset.id, (1, 3)), secrets.token_bytes, first)
    third = run_locally(plan(2, 3, second.keyset.id, (2, 4, 5)), secrets.token_bytes, second)
    assert first.keyset.pk == second.keyset.pk == third.keyset.pk
    assert len({each.keyset.id for each in (first, second, third)}) == 3
    r = 987654321
    u, secret = multiply(r), multiply(r, first.keyset.pk)
    for committee, seats in ((first, (2, 3)), (second, (1, 3, 5)), (third, (1, 2))):
        posted = {seat: committee.shares[seat].open(ZERO32, u, secrets.token_bytes).point for seat in seats}
        assert combine(posted).secret == secret
    mixed = {1: first.shares[1].open(ZERO32, u, secrets.token_bytes).point}
    mixed[2] = third.shares[2].open(ZERO32, u, secrets.token_bytes).point
    assert combine(mixed).secret != secret


def test_box_key__of_the_vectors__public_key_of_its_secret() -> None:
    for name in CEREMONIES:
        for seat in vectors(name)["seats"]:
            assert to_hex(box_key(from_hex(seat["boxSecret"]))) == seat["boxKey"]


def test_domains__of_the_ceremony__tags_of_the_protocol() -> None:
    assert (tag("pop"), tag("roll-call")) == (POSSESSION, ROLL_CALL)
    assert ceremony.MAX_SEATS == 16
    assert Secret.of(1).raw == word(1)
