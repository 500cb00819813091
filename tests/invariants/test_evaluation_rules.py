"""Evaluations, from opened technical envelopes to awards: whatever is called, the rules say what the contracts do, and hold the same.

Random acts by random callers around every end go to the model (evaluation_model.py: `chain.rules`) and to the contracts: scores, votes,
replacements, the technical result, complaints about it and their remedies, suspensions, the opening of prices, rankings and awards by
points. The refusal with all its facts, or the event and everything that is stored, must be the same; a price is opened when it is due and
never else. The numbers of invariants are those of README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import event as told
from hypothesis import strategies as st

from chain.rules.tenders import opening_times
from chain.types import ComplaintStage, ComplaintStatus, Remedy, TenderStatus
from tests.contracts.world import ZERO, World, hash_of
from tests.invariants.evaluation_walk import BIDDERS, OUT, PASSED, SPARE, Sheet, Walk, begin
from tests.invariants.test_tender_rules import mostly

pytestmark = pytest.mark.evm

FIVE = ("evaluator", "judge", "judge2", "expert", "expert2")
PANELS: Mapping[str, Mapping[str, Any]] = {
    "three by points": {},
    "five by points": {"panel": FIVE},
    "two pages of scores": {"pages": 2},
    "lowest price wins": {"award_rule": 0},
    "four eyes": {"four_eyes": True},
}
SALTS = (hash_of("salt"), hash_of("another salt"))
DOCUMENT = hash_of("document")
ANYBODY = ("officer", "approver", "officer2", "reviewer", "evaluator", "judge", "expert", "acme", "nobody")

bidders = st.sampled_from(BIDDERS)
buyers = mostly(("officer", "approver"), ANYBODY)
reviewers = mostly(("reviewer",), ("officer", "acme"))
seats = mostly((0, 1, 2), (3, 4, 7))
documents = mostly((DOCUMENT,), (ZERO,))
abouts = mostly(("result", "award", "out"), ("award 2", "out 2", "nonsense", "none"))
holders = mostly(("holder",), ANYBODY)
proposed = mostly((True,), (False,))
points = st.fixed_dictionaries({
    who: st.tuples(mostly((0, 33, 50, 99, 100), (101,)), mostly((0, 1, 7, 10), (11, 65_535))) for who in BIDDERS
})  # fmt: skip
salts = st.sampled_from(SALTS)

ACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "commit": {
        "seat": seats, "who": holders, "points": points, "salt": salts, "fault": mostly(("",), ("nothing", "copied", "pages", "criteria")),
    },
    "reveal": {
        "seat": seats, "who": holders, "fault": mostly(("",), ("page", "words", "hashes", "salt", "copied", "more")),
    },
    "call": {"who": mostly(("officer",), ANYBODY), "about": abouts},
    "vote": {"seat": seats, "who": holders, "about": abouts, "support": mostly((True,), (False,))},
    "replace": {
        "who": buyers, "seat": seats, "new": mostly(SPARE, ("evaluator", "judge2", "officer", "witness", "nobody")),
        "about": mostly(("none", "result"), ("award", "nonsense")), "document": documents, "proposed": proposed,
    },
    "decide": {"who": buyers, "proposed": proposed},
    "change": {
        "failed": st.lists(st.integers(0, 4), max_size=3), "reason": mostly((PASSED, OUT), (0, 4, 8, 10)),
        "rising": mostly((True,), (False,)),
    },
    "release": {},
    "open_price": {"bid": bidders},
    "tally": {"lot": st.sampled_from((1, 2))},
    "rank": {"lot": st.sampled_from((1, 2)), "order": st.permutations(range(4)), "count": st.integers(1, 4), "best": st.booleans()},
    "award": {"who": buyers, "lot": st.sampled_from((1, 2)), "proposed": proposed},
    "disqualify": {"who": buyers, "lot": st.sampled_from((1, 2)), "proposed": proposed},
    "ask_curing": {"who": mostly(("officer",), ANYBODY), "bid": bidders},
    "cure": {"bid": bidders, "own": mostly((True,), (False,))},
    "file": {
        "who": bidders, "stage": mostly((2, 2, 2, 5), (0, 4, 6)), "lot": mostly((0,), (1, 3)), "document": documents,
    },
    "withdraw": {"who": bidders, "back": st.integers(0, 3)},
    "admit": {"who": reviewers, "back": st.integers(0, 3)},
    "reject": {"who": reviewers, "back": st.integers(0, 3)},
    "dismiss": {"who": reviewers, "back": st.integers(0, 3)},
    "uphold": {
        "who": reviewers, "back": st.integers(0, 3), "remedy": mostly((Remedy.REDO_TECHNICAL, Remedy.RESCORE), tuple(Remedy)),
        "place": mostly((0,), (1,)),
    },
    "execute": {"who": buyers, "back": st.integers(0, 3), "proposed": proposed},
    "enforce": {"who": reviewers, "back": st.integers(0, 3)},
    "cancel": {"who": buyers, "proposed": proposed},
    "consent": {"who": reviewers},
    "suspend": {"who": reviewers},
    "resume": {"who": reviewers},
    "fall_silent": {"period": st.sampled_from((899, 900, 901, 2_000))},
}  # fmt: skip
_SCORING = (
    "commit", "reveal", "vote", "vote", "call", "replace", "replace", "decide", "decide", "ask_curing", "cure", "change", "suspend",
    "cancel", "fall_silent",
)  # fmt: skip
_WAITING = (
    "file", "file", "withdraw", "uphold", "uphold", "execute", "execute", "enforce", "cure", "open_price", "release", "suspend", "cancel",
    "fall_silent",
)  # fmt: skip
_AWARDING = (
    "tally", "rank", "rank", "rank", "vote", "vote", "call", "replace", "award", "award", "disqualify", "disqualify", "ask_curing",
    "cure", "cancel", "fall_silent",
)  # fmt: skip
LIKELY: Mapping[TenderStatus, tuple[str, ...]] = {
    TenderStatus.TECHNICAL: _SCORING,
    TenderStatus.TECHNICAL_STANDSTILL: _WAITING,
    TenderStatus.SEALED: _WAITING,
    TenderStatus.OPENING: ("release", "open_price"),
    TenderStatus.FALLBACK: ("release", "open_price"),
    TenderStatus.AWARDING: _AWARDING,
    TenderStatus.CANCELLING: ("consent", "file", "uphold", "execute", "withdraw", "vote", "decide"),
    TenderStatus.SUSPENDED: ("resume", "vote", "commit", "uphold", "file"),
}
remedies = st.sampled_from((0, 0, 0, Remedy.REDO_TECHNICAL, Remedy.RESCORE))
good_points = st.fixed_dictionaries(
    {who: st.tuples(st.sampled_from((0, 33, 50, 99, 100)), st.sampled_from((0, 1, 7, 10))) for who in BIDDERS}
)
ENDS = (
    "commitments",
    "reveals",
    "votes",
    "standstill",
    "openFrom",
    "fallbackFrom",
    "voidFrom",
    "cure",
    "due",
    "decision",
    "soon",
)


class Acts:
    """Random acts of a walk, each with what is drawn for it."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def wait(self, end: str, around: int) -> None:
        """To just before, at, or just after an end."""
        walk, model = self.walk, self.walk.model
        ground = model.ground(walk.now)
        times = opening_times(model.tender, model.fixed.procedure, model.clock(walk.world.time))
        start, until = ground.reveals
        own = ground.own_clock
        instants = {
            "commitments": [start], "reveals": [until],
            "votes": [ground.after(votes.called_at) for votes in map(model.votes_on, model.votes)],
            "standstill": [own.end_of(model.tender.technical_ends)], "openFrom": [times.open_from],
            "fallbackFrom": [times.fallback_from], "voidFrom": [times.void_from],
            "cure": [own.end_of(each.until) for each in model.curing.values()],
            "due": [own.end_of(each.due) for each in model.complaints.values()],
            "decision": [own.end_after(times.open_from, model.fixed.procedure.decision_period)],
            "soon": [walk.world.time + 9],
        }[end]  # fmt: skip
        walk.wait(min((each for each in instants if each + around > walk.world.time), default=0) + around)

    def who(self, seat: int, who: str) -> str:
        return self.walk.holder(seat) if who == "holder" else who

    def commit(self, seat: int, who: str, points: Any, salt: bytes, fault: str) -> None:
        walk, name = self.walk, self.who(seat, who)
        sheet = walk.sheet(points, salt)
        if fault == "pages":
            sheet = Sheet((*sheet.pages, ()), salt)
        elif fault == "criteria":
            sheet = Sheet(tuple(tuple(word | 1 << 32 for word in page) for page in sheet.pages), salt)
        others = [sealed.commitment for at, sealed in walk.model.sealed.items() if at != seat]
        given = {"nothing": ZERO, "copied": others[0] if others else None}.get(fault)
        walk.commit(name, seat, sheet, given)

    def reveal(self, seat: int, who: str, fault: str) -> None:
        walk, name = self.walk, self.who(seat, who)
        others = [sheet for (round, whose), sheet in walk.sheets.items() if whose != name]
        sheet = others[0] if fault == "copied" and others else walk.own_sheet(name)
        page = walk.model.sealed[seat].pages if seat in walk.model.sealed else 0
        words = list(sheet.pages[page] if page < len(sheet.pages) else ())
        hashes = sheet.hashes
        if fault == "words":
            words = [word ^ 1 for word in words]
        elif fault == "more":
            words = [*words, 0]
        elif fault == "hashes":
            hashes = hashes[1:]
        elif fault == "salt":
            sheet = Sheet(sheet.pages, DOCUMENT)
        walk.reveal(name, seat, page + (fault == "page"), sheet, words, hashes)

    def call(self, who: str, about: str) -> None:
        self.walk.call_vote(who, self.walk.about(about))

    def vote(self, seat: int, who: str, about: str, support: bool) -> None:
        self.walk.vote(self.who(seat, who), seat, self.walk.about(about), support)

    def replace(self, who: str, seat: int, new: str, about: str, document: bytes, proposed: bool) -> None:
        self.walk.replace_evaluator(who, seat, new, self.walk.about(about), document, prepared=proposed)

    def decide(self, who: str, proposed: bool) -> None:
        self.walk.decide(who, prepared=proposed)

    def change(self, failed: list[int], reason: int, rising: bool) -> None:
        """Another technical result is meant; the fifth bid is one that there is not."""
        places = [self.walk.index(BIDDERS[each]) if each < len(BIDDERS) else 77 for each in failed]
        chosen = tuple(sorted(set(places)) if rising else places)
        self.walk.result = (chosen, (reason,) * len(chosen))

    def release(self) -> None:
        self.walk.release("nobody")

    def open_price(self, bid: str) -> None:
        self.walk.open_price(bid)

    def tally(self, lot: int) -> None:
        self.walk.tally(lot)

    def rank(self, lot: int, order: list[int], count: int, best: bool) -> None:
        """The best first, or those that there are in any order."""
        walk = self.walk
        chosen = walk.in_order(lot) if best else [walk.index(BIDDERS[place]) for place in order]
        walk.rank(lot, chosen[:count])

    def award(self, who: str, lot: int, proposed: bool) -> None:
        self.walk.award(who, lot, prepared=proposed)

    def disqualify(self, who: str, lot: int, proposed: bool) -> None:
        self.walk.disqualify(who, lot, prepared=proposed)

    def ask_curing(self, who: str, bid: str) -> None:
        self.walk.ask_curing(who, bid)

    def cure(self, bid: str, own: bool) -> None:
        self.walk.cure(bid if own else "acme", bid)

    def file(self, who: str, stage: int, lot: int, document: bytes) -> None:
        if stage == ComplaintStage.TECHNICAL and self.walk.model.tender.is_stopped:
            stage = ComplaintStage.CANCELLATION
        # An omission about a lot is ordered to cancel it, which test_complaint_rules.py walks.
        self.walk.file(who, stage, lot if stage == ComplaintStage.TECHNICAL or lot != 1 else 0, document)

    def complaint(self, back: int) -> int:
        """One that is open rather."""
        known = self.walk.model.complaints
        waiting = [number for number, each in known.items() if each.status.is_open]
        numbers = waiting or list(known)
        return numbers[-1 - back % len(numbers)] if numbers else 9_999

    def withdraw(self, who: str, back: int) -> None:
        self.walk.withdraw(who, self.complaint(back))

    def admit(self, who: str, back: int) -> None:
        self.walk.admit(who, self.complaint(back))

    def reject(self, who: str, back: int) -> None:
        self.walk.reject(who, self.complaint(back))

    def dismiss(self, who: str, back: int) -> None:
        self.walk.dismiss(who, self.complaint(back))

    def uphold(self, who: str, back: int, remedy: int, place: int) -> None:
        number = self.complaint(back)
        known = self.walk.model.complaints.get(number)
        if known is not None and known.status is ComplaintStatus.FILED:
            self.walk.admit("reviewer", number)
        if known is not None and known.stage is ComplaintStage.CANCELLATION and remedy == Remedy.RESCORE:
            remedy = Remedy.UNDO_CANCELLATION
        self.walk.uphold(who, number, int(remedy), place)

    def execute(self, who: str, back: int, proposed: bool) -> None:
        self.walk.execute(who, self.complaint(back), prepared=proposed)

    def enforce(self, who: str, back: int) -> None:
        self.walk.enforce(who, self.complaint(back))

    def cancel(self, who: str, proposed: bool) -> None:
        self.walk.cancel(who, prepared=proposed)

    def consent(self, who: str) -> None:
        self.walk.consent(who)

    def suspend(self, who: str) -> None:
        self.walk.suspend(who)

    def resume(self, who: str) -> None:
        self.walk.resume(who)

    def fall_silent(self, period: int) -> None:
        """Only where it counts: elsewhere it is the end of everything."""
        if self.walk.model.gap:
            self.walk.fall_silent(period)


def play(world: World, options: Mapping[str, Any]) -> None:
    """Random walks from one beginning: two steps of three are the next right thing."""
    with world.undone():
        first = begin(world, **options)

        @settings(
            max_examples=max(4, settings.default.max_examples // 8), phases=(Phase.reuse, Phase.generate), deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=st.data())
        def run(data: st.DataObject) -> None:
            with world.undone():
                walk = first.again()
                acts = Acts(walk)
                for _ in range(50):
                    if data.draw(st.sampled_from((True, True, False)), "right"):
                        walk.go_on(
                            data.draw(good_points, "points"), data.draw(salts, "salt"),
                            int(data.draw(remedies, "remedy")), data.draw(mostly((True,), (False,)), "last seat"),
                        )  # fmt: skip
                        continue
                    if data.draw(st.booleans(), "wait"):
                        end = data.draw(st.sampled_from(ENDS), "end")
                        acts.wait(end, data.draw(st.integers(-2, 1), "around"))
                    likely = st.sampled_from(LIKELY.get(walk.model.status(walk.now), ("file",)))
                    name = data.draw(st.one_of(likely, likely, st.sampled_from(sorted(ACTS))), "act")
                    getattr(acts, name)(**{key: data.draw(values, key) for key, values in ACTS[name].items()})
                for each in walk.done:
                    told(each)

        run()


@pytest.mark.timeout(7_200)  # under the profile `long`; seconds without it
@pytest.mark.parametrize("name", list(PANELS))
def test_evaluation__random_acts_by_random_callers__decide_alike(network: World, name: str) -> None:
    play(network, PANELS[name])


@pytest.mark.timeout(7_200)
def test_evaluation__network_falls_silent__no_period_is_shortened(network: World) -> None:
    play(network, {"silence": True})
