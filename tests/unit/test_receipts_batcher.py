"""The Batcher: what is taken, when a batch is due, and that a comment is in exactly one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.base import LicitaError
from chain.errors.consultation import (
    CommentCharacterRefused,
    CommentEmpty,
    CommentsClosed,
    CommentTextInvalid,
    CommentTooLong,
)
from chain.types import moment
from governance.consultation import (
    GRACE,
    MAX_BATCH,
    MAX_TEXT,
    PROMISE,
    Batcher,
    Receipt,
    Window,
    checked_text,
)
from governance.consultation.receipt import promise_draft
from tests.consulting import DESK, OPENED, WINDOW, Memory, anchor, signed, take

pytestmark = pytest.mark.unit


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def batcher(memory: Memory) -> Batcher:
    return Batcher(DESK, memory)


@pytest.mark.parametrize("text", ["x", "¿Por qué?\r\n\tSí: 입찰 🏛", "a" * MAX_TEXT, "é" * (MAX_TEXT // 2)])
def test_text__plain__is_taken_as_it_is(text: str) -> None:
    assert checked_text(text) == text.encode()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", CommentEmpty()),
        (" \n\t\u2003", CommentEmpty()),
        ("é" * (MAX_TEXT // 2) + "x", CommentTooLong(MAX_TEXT, MAX_TEXT + 1)),
        ("a" * 1_000_000, CommentTooLong(MAX_TEXT, 1_000_000)),
        ("ab\0c", CommentCharacterRefused(2, "U+0000")),
        ("\x1b[31mred", CommentCharacterRefused(0, "U+001B")),
        ("a\x85", CommentCharacterRefused(1, "U+0085")),
        ("no \u202ehtap", CommentCharacterRefused(3, "U+202E")),
        ("a\ud800", CommentTextInvalid(1)),
    ],
)
def test_receive__text_that_is_none__refused_by_name(
    batcher: Batcher, memory: Memory, text: str, refusal: LicitaError
) -> None:
    with pytest.raises(type(refusal)) as refused:
        batcher.receive(WINDOW, text, "key", OPENED)
    assert refused.value.facts == refusal.facts
    assert memory.kept == {}


def test_receive__after_the_close__refused_and_the_last_second_is_taken(batcher: Batcher) -> None:
    assert isinstance(take(batcher, "last", "key", WINDOW.closes_at), Receipt)
    with pytest.raises(CommentsClosed) as refused:
        batcher.receive(WINDOW, "late", "key", WINDOW.closes_at + 1)
    assert refused.value.closed_at == moment(WINDOW.closes_at)


def test_receive__same_text_and_key__same_receipt(batcher: Batcher, memory: Memory) -> None:
    first = take(batcher, "twice", "key")
    assert take(batcher, "twice", "key", OPENED + 9) == first
    assert take(batcher, "twice", "key", WINDOW.closes_at + 1) == first
    assert len(memory.kept) == 1


def test_receive__same_text_under_another_key_or_another_text__another_comment(batcher: Batcher) -> None:
    first, second, third = take(batcher, "a", "1"), take(batcher, "a", "2"), take(batcher, "b", "1")
    assert first.comment.text_sha256 == second.comment.text_sha256
    assert len({each.comment.hash for each in (first, second, third)}) == 3


def test_keep__a_twin_was_stored_while_this_one_was_signed__the_first_is_the_answer(
    batcher: Batcher, memory: Memory
) -> None:
    one, two = (batcher.receive(WINDOW, "twin", "key", OPENED) for _ in range(2))
    assert not isinstance(one, Receipt)
    assert not isinstance(two, Receipt)
    first = batcher.keep(signed(one), "twin", "key")
    assert batcher.keep(signed(two), "twin", "key") == first
    assert len(memory.kept) == 1


@pytest.mark.parametrize(
    ("received_at", "window", "expected"),
    [
        (OPENED, WINDOW, OPENED + PROMISE),
        (WINDOW.closes_at, WINDOW, WINDOW.closes_at + GRACE),
        (WINDOW.closes_at - PROMISE + GRACE, WINDOW, WINDOW.closes_at + GRACE),
        (WINDOW.closes_at - PROMISE, WINDOW, WINDOW.closes_at),
        (OPENED, Window(1, OPENED + 30, OPENED + 50), OPENED + 40),
    ],
)
def test_anchor_by__time_of_receipt__an_hour_or_the_close_and_its_grace(
    received_at: int, window: Window, expected: int
) -> None:
    assert window.anchor_by(received_at) == expected


def test_due__nothing_waits__no(batcher: Batcher) -> None:
    assert not batcher.due(WINDOW, WINDOW.closes_at + 1)
    assert batcher.build(WINDOW, WINDOW.closes_at + 1, 0) is None


def test_due__half_of_the_oldest_ones_time__yes(batcher: Batcher) -> None:
    take(batcher, "old", "1")
    take(batcher, "new", "2", OPENED + PROMISE // 2 - 1)
    assert not batcher.due(WINDOW, OPENED + PROMISE // 2 - 1)
    assert batcher.due(WINDOW, OPENED + PROMISE // 2)


def test_due__the_consultation_is_over__at_once_and_not_after_the_vote(batcher: Batcher) -> None:
    take(batcher, "last", "1", WINDOW.closes_at)
    assert not batcher.due(WINDOW, WINDOW.closes_at)
    assert batcher.due(WINDOW, WINDOW.closes_at + 1)
    assert batcher.due(WINDOW, WINDOW.vote_ends_at)
    assert not batcher.due(WINDOW, WINDOW.vote_ends_at + 1)
    assert batcher.build(WINDOW, WINDOW.vote_ends_at + 1, 0) is None


def test_due__a_full_batch_waits__yes_and_the_rest_is_the_next(memory: Memory, batcher: Batcher) -> None:
    template = take(batcher, "template", "0")
    for i in range(MAX_BATCH):
        comment = replace(template.comment, serial=f"{i:032x}")
        memory.add(replace(template, comment=comment), str(i), "template")
    assert batcher.due(WINDOW, OPENED)
    batch = batcher.build(WINDOW, OPENED, 0)
    assert batch is not None
    assert batch.size == MAX_BATCH
    assert [each.serial for each in memory.waiting(WINDOW.proposal, 9)] == [f"{MAX_BATCH - 1:032x}"]


def test_build__asked_again__the_same_batch_until_it_is_settled(batcher: Batcher, memory: Memory) -> None:
    take(batcher, "one", "1")
    batch = batcher.build(WINDOW, OPENED + PROMISE, 4)
    assert batch is not None
    assert (batch.expected, batch.number, batch.size) == (4, 5, 1)
    take(batcher, "two", "2", OPENED + 1)
    assert batcher.build(WINDOW, OPENED + 2 * PROMISE, 4) == batch
    anchor(batcher, batch, OPENED + PROMISE)
    following = batcher.build(WINDOW, OPENED + 2 * PROMISE, 5)
    assert following is not None
    assert following.number == 6
    assert set(following.leaves).isdisjoint(batch.leaves)


def test_build__overtaken_by_another_service_of_the_member__the_same_comments_and_newer_ones_under_the_next_number(
    batcher: Batcher,
) -> None:
    take(batcher, "one", "1")
    batch = batcher.build(WINDOW, OPENED + PROMISE, 0)
    assert batch is not None
    take(batcher, "two", "2", OPENED + PROMISE)
    assert batcher.anchored(WINDOW.proposal, 1, bytes(32), 9, "0x" + "00" * 32, OPENED) is None
    again = batcher.build(WINDOW, OPENED + PROMISE, 1)
    assert again is not None
    assert again.number == 2
    assert again.leaves[0] == batch.leaves[0]
    assert again.size == 2


def test_anchored__event_of_no_open_batch__nothing(batcher: Batcher) -> None:
    assert batcher.anchored(WINDOW.proposal, 1, bytes(32), 9, "0x" + "00" * 32, OPENED) is None


def test_settle__twice__once(batcher: Batcher, memory: Memory) -> None:
    take(batcher, "one", "1")
    batch = batcher.build(WINDOW, OPENED + PROMISE, 0)
    assert batch is not None
    anchored = anchor(batcher, batch, OPENED + PROMISE)
    batcher.settle(anchored)
    assert memory.settled(WINDOW.proposal) == [(batch, anchored)]


def test_receipt__unknown_serial__none(batcher: Batcher) -> None:
    assert batcher.receipt("0" * 32) is None
    assert batcher.batches(WINDOW.proposal) is None


def test_receipt__before_and_after_the_anchor__promise_then_complete(batcher: Batcher) -> None:
    promise = take(batcher, "one", "1")
    assert batcher.receipt(promise.comment.serial) == promise
    batch = batcher.build(WINDOW, OPENED + PROMISE, 0)
    assert batch is not None
    assert batcher.receipt(promise.comment.serial) == promise
    anchored = anchor(batcher, batch, OPENED + PROMISE)
    complete = batcher.receipt(promise.comment.serial)
    assert complete is not None
    assert complete.place is not None
    assert complete.place.anchored == anchored
    assert replace(complete, place=None) == promise
    assert take(batcher, "one", "1") == complete


@given(st.lists(st.tuples(st.integers(0, 2_000), st.sampled_from("abc"), st.sampled_from("12")), max_size=30))
def test_batcher__any_order_of_comments_and_anchors__each_comment_is_in_exactly_one_batch(
    steps: list[tuple[int, str, str]],
) -> None:
    memory = Memory()
    batcher, now, number = Batcher(DESK, memory), OPENED, 0
    for pause, text, key in steps:
        now += pause
        take(batcher, text, key, now)
        batch = batcher.build(WINDOW, now, number)
        if batch is not None and pause % 2:
            number += 1
            anchor(batcher, batch, now)
    while (batch := batcher.build(WINDOW, WINDOW.closes_at + 1, number)) is not None:
        number += 1
        anchor(batcher, batch, WINDOW.closes_at + 1)
    leaves = [leaf for batch, _ in memory.settled(WINDOW.proposal) for leaf in batch.leaves]
    assert sorted(leaves) == sorted(receipt.comment.hash for receipt, _, _ in memory.kept.values())
    assert len(memory.kept) == len({(text, key) for _, text, key in steps})
    assert [batch.number for batch, _ in memory.settled(WINDOW.proposal)] == list(range(1, number + 1))


def test_draft__its_preimage__is_what_the_digest_is_of(batcher: Batcher) -> None:
    draft = promise_draft(take(batcher, "one", "1"))
    assert draft.preimage.startswith(b"\x19Ethereum Signed Message:\n")
    assert len(draft.digest) == 32
