"""answerComplaint.tree"""

from __future__ import annotations

import pytest

from tests.contracts.OpeningCommittee.steps import fail, refused, strangers
from tests.contracts.sealing import COMMITTEE, ceremony
from tests.contracts.world import World

pytestmark = pytest.mark.evm


def test_answerComplaint__by_another__caller_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    fail(bare, opened, 2, 1)
    strangers(bare, opened, "answerComplaint", 2, 5)


def test_answerComplaint__without_a_complaint__step_refused(bare: World) -> None:
    opened = ceremony(bare).until("send")
    for dealer, seat in ((1, 2), (1, 0)):
        found = bare.refusal(f"seat {dealer}", COMMITTEE, "answerComplaint", opened.id, dealer, seat, 5)
        assert found == refused(opened, "answer")


@pytest.mark.parametrize(("dealer", "seat"), [(1, 1), (1, 3), (1, 0), (2, 2), (3, 2)])
def test_answerComplaint__to_another_complaint__step_refused(bare: World, dealer: int, seat: int) -> None:
    opened = ceremony(bare).until("send")
    fail(bare, opened, 2, 1)
    found = bare.refusal(f"seat {dealer}", COMMITTEE, "answerComplaint", opened.id, dealer, seat, 5)
    assert found == refused(opened, "answer")


@pytest.mark.parametrize("value", [0, 1, 2**256 - 1])
def test_answerComplaint__valid__tells_once(bare: World, value: int) -> None:
    opened = ceremony(bare).until("register")
    fail(bare, opened, 2, 1)
    event = bare.send("seat 1", COMMITTEE, "answerComplaint", opened.id, 1, 2, value).event
    assert (event.name, event.args) == (
        "ComplaintAnswered",
        {"ceremonyId": opened.id, "dealer": 1, "seat": 2, "value": value},
    )
    for again in (value, 7):
        found = bare.refusal("seat 1", COMMITTEE, "answerComplaint", opened.id, 1, 2, again)
        assert found == refused(opened, "answer")
