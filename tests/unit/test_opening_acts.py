"""chain/procurement/opening_acts.py: what is refused before it is sent, by the name and in the order of OpeningCommittee."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from chain.errors.base import LicitaError
from chain.procurement.facts import Facts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed import Ceremony, SealedFacts
from chain.rules.facts import MemberFacts, PersonFacts
from chain.rules.openings import CEREMONY_LIFE, KeysetFacts
from chain.rules.tenders import Caller
from chain.sealing.ceremony import Keyset, Plan
from chain.sealing.local import LocalCommittee, run_locally
from chain.types import Kind, Role

pytestmark = pytest.mark.unit

OPENED, MEMBERS = 1_000, tuple(bytes([seat]) * 32 for seat in (1, 2, 3))
LOCAL: LocalCommittee = run_locally(Plan(31337, "0x" + "ab" * 20, 1, 2, MEMBERS), secrets.token_bytes)
ID = LOCAL.transcript.plan.ceremony_id
KEY, GIVEN = bytes(32), b"\1" * 32


@dataclass
class World:
    """A ceremony of three seats, each with an opener of its number, at a time; what ``Facts`` and ``SealedFacts`` would say."""

    running: Ceremony | None
    time: int = OPENED
    confirmed: int = 3

    def now(self) -> int:
        return self.time

    def caller(self, actor: str) -> Caller:
        person = PersonFacts(bytes([int(actor)]) * 32, int(Role.OPENER), 10**12)
        return Caller(actor, person, MemberFacts(0, int(Kind.OPENING), exists=True))

    def ceremony(self, id: bytes) -> Ceremony | None:
        return self.running if id == ID else None

    def keyset(self, id: bytes) -> KeysetFacts:
        return KeysetFacts(id, 2, MEMBERS, self.confirmed, round=1)

    def keys(self, id: bytes) -> Keyset:
        return LOCAL.keyset

    @property
    def acts(self) -> OpeningActs:
        return OpeningActs(cast(Facts, self), cast(SealedFacts, self))


def ceremony(said: str = "boxes", complaint: tuple[int, int] | None = None) -> Ceremony:
    """The ceremony after its steps up to this one."""
    transcript, steps = LOCAL.transcript, ("box_keys", "commitments", "messages", "boxes")
    keys, commitments, dealings, boxes = (
        dict(enumerate(getattr(transcript, step), 1)) if steps.index(step) <= steps.index(said) else {}
        for step in steps
    )
    failed = complaint is not None
    return Ceremony(transcript.plan, keys, commitments, dealings, boxes, failed, complaint, OPENED)


def refusal(act: Callable[[], Any]) -> tuple[str, str]:
    """(name, step) of a refusal."""
    with pytest.raises(LicitaError) as refused:
        act()
    return refused.value.error, str(refused.value.facts.get("step", ""))


Act = Callable[[OpeningActs, str, bytes], Any]
STEPS: dict[str, Act] = {
    "join": lambda acts, who, id: acts.join(who, id, 1, GIVEN),
    "commit": lambda acts, who, id: acts.commit(who, id, 1, GIVEN),
    "publish": lambda acts, who, id: acts.publish(who, id, 1, GIVEN),
    "send": lambda acts, who, id: acts.send(who, id, 1, GIVEN),
    "complain": lambda acts, who, id: acts.complain(who, id, 1, 2),
    "answer": lambda acts, who, id: acts.answer_complaint(who, id, 1, 2, 7),
}
NOT_DUE = dict.fromkeys(STEPS, "boxes") | {"complain": "messages"}
BEFORE = {"publish": "commitments", "send": "messages", "complain": "boxes"}


@pytest.mark.parametrize("step", STEPS)
def test_step__of_a_stranger_where_it_is_not_due__is_refused_for_the_caller(step: str) -> None:
    world = World(ceremony(NOT_DUE[step]))
    assert refusal(lambda: STEPS[step](world.acts, "2", ID)) == ("OpeningCommitteeCallerRefused", "")
    assert refusal(lambda: STEPS[step](world.acts, "1", ID)) == ("OpeningCommitteeStepRefused", step)
    assert refusal(lambda: STEPS[step](world.acts, "1", KEY)) == ("OpeningCommitteeCallerRefused", "")


@pytest.mark.parametrize("step", [step for step in STEPS if step != "answer"])
def test_step__in_a_ceremony_that_is_too_old__is_refused(step: str) -> None:
    running = ceremony(BEFORE.get(step, "boxes"))
    if step in ("join", "commit"):
        running = replace(running, box_keys={}, commitments={})
    world = World(running, OPENED + CEREMONY_LIFE - 1)
    STEPS[step](world.acts, "1", ID)
    world.time += 1
    assert refusal(lambda: STEPS[step](world.acts, "1", ID)) == ("OpeningCommitteeStepRefused", step)


@pytest.mark.parametrize("step", ["join", "commit"])
def test_step__that_gives_nothing__is_refused(step: str) -> None:
    acts = World(replace(ceremony(), box_keys={}, commitments={})).acts
    act = acts.join if step == "join" else acts.commit
    assert refusal(lambda: act("1", ID, 1, bytes(32))) == ("OpeningCommitteeStepRefused", step)


def test_answer__of_another_complaint__is_refused() -> None:
    world = World(ceremony(complaint=(2, 1)), OPENED + CEREMONY_LIFE)
    assert world.acts.answer_complaint("1", ID, 1, 2, 7).call.args == (ID, 1, 2, 7)
    refused = ("OpeningCommitteeStepRefused", "answer")
    assert refusal(lambda: world.acts.answer_complaint("1", ID, 1, 3, 7)) == refused
    world.running = ceremony(complaint=(2, 3))
    assert refusal(lambda: world.acts.answer_complaint("1", ID, 1, 2, 7)) == refused


def test_register__of_what_is_none_unfinished_or_too_old__is_refused() -> None:
    world = World(ceremony())
    world.acts.register(ID)
    assert refusal(lambda: world.acts.register(KEY)) == ("OpeningCommitteeStepRefused", "register")
    world.time = OPENED + CEREMONY_LIFE
    assert refusal(lambda: world.acts.register(ID)) == ("OpeningCommitteeStepRefused", "register")
    world.running, world.time = ceremony("messages"), OPENED
    assert refusal(lambda: world.acts.register(ID)) == ("OpeningCommitteeStepRefused", "register")


def test_answer_roll__of_a_keyset_not_confirmed_by_a_stranger__is_refused_for_the_keyset() -> None:
    proof = LOCAL.shares[1].answer(1, secrets.token_bytes)
    id = LOCAL.keyset.id
    assert World(None).acts.answer_roll("1", id, 1, proof).call.args[:2] == (id, 1)
    assert refusal(lambda: World(None).acts.answer_roll("2", id, 1, proof))[0] == "OpeningCommitteeNotMember"
    acts = World(None, confirmed=2).acts
    assert refusal(lambda: acts.answer_roll("2", id, 1, proof))[0] == "OpeningCommitteeKeysetIncomplete"
