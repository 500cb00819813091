"""followed.tree"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from chain.audit.lawful import Lawful
from chain.audit.place import NOWHERE
from chain.errors.audit import AuditRefusal
from chain.recorder.index.content import load
from chain.recorder.index.evaluation_desk import ballot_in, evaluation_facts, evaluation_row, words_in
from chain.recorder.index.reads import Index
from chain.recorder.index.rows import MemoryRows, SqlRows
from chain.recorder.schema import (
    idx_ballot,
    idx_bid,
    idx_log,
    idx_release,
    idx_result,
    idx_score,
    idx_tender,
    tables,
)
from chain.recorder.store import Store
from chain.rules.hashes import act_hash
from chain.types import EvaluationFacts, Event, PanelVote, from_hex, to_hex
from tests.contracts.AwardDesk.test_followed import audited, mined
from tests.contracts.awards import DECISION, Reason, supplier_of
from tests.contracts.ComplaintDesk.test_followed import require_same as require_tender
from tests.contracts.ComplaintDesk.test_followed import told
from tests.contracts.complaints import REVIEW, Case, Remedy, Stage
from tests.contracts.evaluation import (
    EVALUATION,
    PANEL,
    RESULT,
    SCORE_PERIOD,
    Evaluated,
    act_of,
    seated,
    technical,
    voting,
    word_of,
)
from tests.contracts.tenders import Status
from tests.contracts.world import Refused, World, address, calldata

pytestmark = pytest.mark.evm

ENDED = "TechnicalStandstillEnded"
BEST, GOOD, POOR = [100, 10], [70, 9], [33, 1]


def require_same(made: Evaluated) -> MemoryRows:
    """The follower's rows say of tender, lots, scores, votes and results what the contracts say."""
    rows = require_tender(Case(made.world, made.tender, made))
    number = int.from_bytes(made.id, "big")
    row = evaluation_row(number, rows)
    facts = evaluation_facts(row)
    assert facts == EvaluationFacts.from_tuple(made.world.read(EVALUATION, "evaluationOf", made.id))
    words, bids = words_in(number, facts.round, rows), made.world.facts("BidBox", "box", made.id)["bids"]
    for index in range(bids):
        assert words.get(index, 0) == made.view("pointsOf", index)
        bid = rows.get(idx_bid, number, index)
        assert bid is not None
        assert bid["status"] == made.world.facts("BidBox", "bid", made.id, index)["status"]
    result = rows.get(idx_result, number, facts.results)
    stands = result is not None and not result["undone_at"]
    failed = {index for index, _ in load(result["failed"])} if stands and result is not None else set()
    assert failed == {index for index in range(bids) if made.view("isFailed", index)}
    replaced = {int(seat): each["evaluator"] for seat, each in load(row["replaced"]).items()}
    for seat in range(len(made.panel)):
        nobody = "0x" + "00" * 20
        assert replaced.get(seat, nobody).lower() == made.view("replacementOf", seat).lower()
        for turn in range(facts.round + 1):
            scores = rows.get(idx_score, number, turn, seat)
            kept = (bytes(32), 0) if scores is None else (from_hex(scores["commitment"]), scores["pages"])
            assert kept == tuple(made.view("scoresOf", turn, seat))
    acts = {load(each["args"])["act"] for each in rows.all(idx_log) if each["name"] == "VoteCalled"}
    for act in acts:
        votes = ballot_in(rows.get(idx_ballot, number, act))
        assert votes == PanelVote.from_tuple(made.view("votesOn", from_hex(act)))
    return rows


def decide(made: Evaluated, contract: str, function: str, *args: Any, against: int | None = None) -> None:
    """The panel votes for a call, ``against``: one seat that does not; the officer makes it."""
    act = act_of(made.world, contract, function, made.id, *args)
    made.vote(act, **{f"seat{seat}": seat != against for seat in range(len(made.panel))})
    made.world.send("officer", contract, function, made.id, *args)


def award(made: Evaluated, who: str, **options: Any) -> None:
    """As ``decide``."""
    decide(made, "AwardDesk", "award", 1, supplier_of(who), made.offer(who), DECISION, **options)


def disqualify(made: Evaluated, who: str, reason: int = Reason.NOT_QUALIFIED) -> None:
    """As ``decide``."""
    decide(made, "AwardDesk", "disqualify", 1, made.index(who), int(reason), DECISION)


def file(made: Evaluated, who: str) -> int:
    """A complaint about the technical result."""
    shown = Evaluated(
        made.world, made.tender, made.procedure, {who: made.first[who]}, made.indexes, made.orders
    )
    return Case(made.world, made.tender, made).file(who, Stage.TECHNICAL, offer=shown.offer(who))


def complain(made: Evaluated, who: str, remedy: Remedy | None) -> int:
    """About the technical result; upheld with the remedy, which is executed, or dismissed."""
    case, number = Case(made.world, made.tender, made), file(made, who)
    if remedy is None:
        case.dismiss(number)
    else:
        case.uphold(number, remedy)
        case.execute(number)
    return number


def points_story(world: World, check: Callable[[Evaluated], Any]) -> Evaluated:
    """Four bids, one of which fails; the dearest wins by its points, after the one before it was put out."""
    bids = {"acme": 1_000, "beta": 900, "gama": 950, "delta": 990}
    made = technical(world, bids, body=REVIEW, curing_window=50, low_next_bps=3_000, decision_period=10_000)
    check(made)
    made.ask_curing("gama")
    made.send("gama", "cure", made.index("gama"), RESULT)
    points = {"acme": BEST, "beta": POOR, "gama": GOOD, "delta": GOOD}
    for seat in (1, 0, 2):
        made.commit(seat, points)
        check(made)
    made.to_reveal()
    for seat in (2, 0, 1):
        made.reveal(seat, points)
        check(made)
    args = made.result("delta", reason=Reason.NOT_QUALIFIED)
    decide(made, EVALUATION, "decideTechnical", *args, against=1)
    check(made)
    made.open_prices()
    check(made)
    made.send("officer", "extendDecision", RESULT)
    made.send("officer", "recordSecurity", made.index("delta"), 1, RESULT)
    made.tally()
    made.rank("acme", "beta")
    check(made)
    made.rank("acme", "gama", "beta")
    check(made)
    disqualify(made, "acme")
    award(made, "gama", against=0)
    check(made)
    world.move_to(world.time + 200)
    check(made)
    return made


def rounds_story(world: World, check: Callable[[Evaluated], Any]) -> Evaluated:
    """An evaluator who revealed nothing is replaced, another who does not vote as well; two results fall, and a complaint is dismissed."""
    made = technical(world, body=REVIEW, complaint_window=1_500, standstill=1_500, remedy_period=300)
    seated(world, "judge3", "judge4")
    points = {"acme": BEST, "beta": GOOD, "gama": POOR}
    for seat in range(3):
        made.commit(seat, points)
    made.to_reveal()
    for seat in (0, 1):
        made.reveal(seat, points)
    world.move_to(world.time + 3 * SCORE_PERIOD)
    replace_seat(made, 2, "judge3", bytes(32))
    made.round = 1
    check(made)
    made.score(points, points, points)
    check(made)
    act = act_of(world, EVALUATION, "decideTechnical", made.id, *made.result("beta"))
    made.vote(act, seat1=True, seat2=False)
    check(made)
    world.move_to(world.time + 2 * SCORE_PERIOD)
    replace_seat(made, 0, "judge4", act)
    check(made)
    made.vote(act, seat0=True, seat1=True)
    check(made)
    made.ask("officer", "decideTechnical", *made.result("beta"))
    check(made)
    complain(made, "beta", Remedy.REDO_TECHNICAL)
    check(made)
    made.decide("gama", "beta")
    complain(made, "gama", Remedy.RESCORE)
    made.round = 2
    check(made)
    made.score(points, {**points, "gama": BEST}, points)
    made.decide()
    number = complain(made, "acme", None)
    check(made)
    assert number == 3
    made.open_prices()
    made.tally()
    check(made)
    return made


def votes_story(world: World, check: Callable[[Evaluated], Any]) -> Evaluated:
    """One envelope: the panel votes on awards alone; a vote is not enough, another not in time."""
    made = voting(world, body=REVIEW)
    check(made)
    args = (1, supplier_of("beta"), made.offer("beta"), DECISION)
    act = act_of(world, "AwardDesk", "award", made.id, *args)
    made.vote(act, seat1=True, seat2=True)
    check(made)
    world.move_to(world.time + SCORE_PERIOD)
    made.send("officer", "award", *args)
    check(made)
    world.move_to(world.time + 200)
    check(made)
    return made


def replace_seat(made: Evaluated, seat: int, who: str, act: bytes) -> None:
    """As the officer."""
    made.ask("officer", "replaceEvaluator", made.setup, seat, address(who), act, DECISION)
    made.panel = (*made.panel[:seat], who, *made.panel[seat + 1 :])


STORIES = {"points": points_story, "rounds": rounds_story, "votes": votes_story}


@pytest.mark.parametrize("name", STORIES)
def test_index__each_step_of_a_story__as_the_contracts_hold_it(world: World, name: str) -> None:
    STORIES[name](world, require_same)


@pytest.mark.parametrize("name", STORIES)
def test_audit__each_story__lawful(world: World, name: str) -> None:
    STORIES[name](world, lambda made: None)
    audited(world)


def test_index__stored__its_reads_tell_rounds_replacements_and_results_that_fell(
    world: World, tmp_path: Path
) -> None:
    rows, store = require_same(rounds_story(world, lambda made: None)), Store(tmp_path / "db")

    def keep(connection: Connection) -> None:
        stored = SqlRows(connection)
        for table in tables:
            for row in rows.all(table):
                stored.put(table, row)
        stored.flush()

    asyncio.run(store.write(keep))
    index = Index(store, None, lambda event, tender: ())
    (tender,) = (row["number"] for row in rows.all(idx_tender))
    read = index.evaluating
    row = read.evaluation(tender)
    assert (row.facts.round, row.facts.sitting, row.facts.results) == (2, 2, 3)
    assert {seat: each.evaluator for seat, each in row.replaced.items()} == {
        0: address("judge4"), 2: address("judge3"),
    }  # fmt: skip
    assert [(each.round, each.seat, each.pages) for each in read.scores(tender)] == [
        (0, 0, 1), (0, 1, 1), (0, 2, 0), *((round, seat, 1) for round in (1, 2) for seat in range(3)),
    ]  # fmt: skip
    assert read.points(tender) == {0: word_of(300, 30), 1: word_of(210, 27), 2: word_of(166, 12)}
    first, second, third = read.results(tender)
    assert [sorted(each.failed) for each in (first, second, third)] == [[1], [1, 2], []]
    assert first.undone_at and second.undone_at and read.result(tender) == third
    used = read.opinions(tender, first.transaction)
    assert [(each.seat, each.sitting, each.support) for each in used] == [(0, 2, True), (1, 2, True)]
    # What was voted before the seat was replaced decided nothing.
    void = [each for each in read.opinions(tender) if not each.taken]
    assert [(each.seat, each.sitting, each.support) for each in void] == [(1, 1, True), (2, 1, False)]
    assert (read.ballots(tender), read.result(tender + 1)) == ([], None)
    store.close()


def test_index__votes_that_are_called_for__are_a_ballot_until_they_are_used(world: World) -> None:
    made = voting(world)
    args = (1, supplier_of("beta"), made.offer("beta"), DECISION)
    act = act_of(world, "AwardDesk", "award", made.id, *args)
    made.vote(act, seat1=True, seat0=False)
    (ballot,) = require_same(made).all(idx_ballot)
    assert (ballot["act"], ballot["yes"], ballot["no"]) == (to_hex(act), 0b10, 0b1)
    made.vote(act, seat2=True)
    made.send("officer", "award", *args)
    assert list(require_same(made).all(idx_ballot)) == []


def test_index__end_of_the_time_to_complain__told_once_and_published(world: World) -> None:
    made = technical(world, body=REVIEW, complaint_window=1_500, standstill=1_500)
    points = dict.fromkeys(("acme", "beta", "gama"), GOOD)
    end = made.score(points, points, points).decide("beta").time + 1_500
    number = file(made, "beta")
    world.move_to(end + 10)
    assert ENDED not in told(require_same(made))
    Case(world, made.tender, made).dismiss(number)
    rows = require_same(made)
    assert told(rows).count(ENDED) == 1
    (*_, last) = (load(row["data"]) for row in rows.all(idx_release))
    assert [anchor["event"] for anchor in last["ledgerAnchors"]] == ["ComplaintDismissed", ENDED]
    assert last["tag"] == ["tenderUpdate"]
    world.move_to(made.to_prices() + 100)
    assert told(require_same(made)).count(ENDED) == 1


def test_index__prices_that_nobody_opens__the_tender_fails(world: World) -> None:
    made = technical(world)
    points = dict.fromkeys(("acme", "beta", "gama"), GOOD)
    made.score(points, points, points).decide()
    world.move_to(made.window()["voidFrom"])
    assert made.status() == Status.FAILED
    assert told(require_same(made))[-2:] == [ENDED, "LotFailed"]


Changes = dict[str, Any] | Callable[[Event], dict[str, Any]]
NOTHING, OTHER = "0x" + "00" * 32, "0x" + "11" * 32
FALSE: dict[str, list[tuple[str, int, dict[str, Any], str]]] = {
    "points": [
        ("ScoresCommitted", 0, {"seat": 0}, "unlawful-EvaluationDeskRoleMissing"),
        ("ScoresCommitted", 1, {"round": 1}, "event-ScoresCommitted:round"),
        ("ScoresCommitted", 1, {"evaluator": OTHER[:42]}, "event-ScoresCommitted:evaluator"),
        ("ScoresCommitted", 2, {"commitment": NOTHING}, "unlawful-EvaluationDeskHashZero"),
        ("ScoresCommitted", 2, {"commitment": OTHER}, "unlawful-EvaluationDeskScoreMismatch"),
        ("ScoresRevealed", 0, {"words": [str(word_of(*GOOD))] * 4}, "unlawful-EvaluationDeskScoreMismatch"),
        ("ScoresRevealed", 0, {"words": []}, "unlawful-EvaluationDeskScoreMismatch"),
        ("ScoresRevealed", 1, {"page": "1"}, "unlawful-EvaluationDeskPageInvalid"),
        ("ScoresRevealed", 2, {"seat": 2}, "unlawful-EvaluationDeskRoleMissing"),
        ("VoteCalled", 0, {"act": OTHER}, "unlawful-EvaluationDeskVoteMissing"),
        ("VoteCalled", 0, {"act": NOTHING}, "unlawful-EvaluationDeskHashZero"),
        ("VoteCast", 0, {"support": False}, "unlawful-EvaluationDeskVotesShort"),
        ("VoteCast", 1, {"seat": 0}, "unlawful-EvaluationDeskRoleMissing"),
        ("VoteCast", 1, {"sitting": 1}, "event-VoteCast:sitting"),
        ("VoteCast", 2, {"evaluator": OTHER[:42]}, "event-VoteCast:evaluator"),
        ("VoteCast", 2, {"act": OTHER}, "unlawful-EvaluationDeskVoteMissing"),
        ("VotesTaken", 0, {"act": OTHER}, "unlawful-EvaluationDeskVotesShort"),
        ("TechnicalDecided", 0, {"reasons": [9]}, "event-VotesTaken:act"),
        ("TechnicalDecided", 0, {"reasons": [4]}, "event-VotesTaken:act"),
        ("TechnicalDecided", 0, {"failed": [1]}, "event-VotesTaken:act"),
        ("TechnicalDecided", 0, {"documentHash": OTHER}, "event-VotesTaken:act"),
        ("TechnicalDecided", 0, {"standstillEnds": 1}, "event-TechnicalDecided:standstillEnds"),
        ("TechnicalDecided", 0, {"round": 1}, "event-TechnicalDecided:round"),
        ("EnvelopeReleased", 0, {"excluded": []}, "event-EnvelopeReleased:excluded"),
        ("EnvelopeReleased", 0, {"excluded": [1, 3]}, "event-EnvelopeReleased:excluded"),
        ("BidOpened", 4, {"amounts": ["1"]}, "event-BidOpened:amounts"),
        ("LotRanked", 0, {"indexes": [1, 0]}, "unlawful-AwardDeskOrderWrong"),
        ("LotRanked", 1, {"indexes": [2, 0, 1]}, "unlawful-AwardDeskOrderWrong"),
        ("LotRanked", 1, {"place": 2}, "event-LotRanked:place"),
        ("BidDisqualified", 0, {"reason": 3}, "event-VotesTaken:act"),
        ("LotAwarded", 0, {"documentHash": OTHER}, "event-VotesTaken:act"),
        ("LotAwarded", 0, {"price": "1"}, "event-LotAwarded:price"),
    ],
    "rounds": [
        ("EvaluatorReplaced", 0, {"seat": 1}, "unlawful-EvaluationDeskPanelSufficient"),
        ("EvaluatorReplaced", 0, {"round": 2}, "event-EvaluatorReplaced:round"),
        ("EvaluatorReplaced", 0, {"round": 0}, "event-EvaluatorReplaced:round"),
        ("EvaluatorReplaced", 0, {"evaluator": OTHER[:42]}, "unlawful-TenderBoardRoleMissing"),
        ("EvaluatorReplaced", 0, {"evaluator": address("judge")}, "unlawful-TenderBoardPanelInvalid"),
        ("EvaluatorReplaced", 1, {"round": 2}, "event-EvaluatorReplaced:round"),
        ("EvaluatorReplaced", 1, {"documentHash": NOTHING}, "unlawful-EvaluationDeskHashZero"),
        ("ComplaintRemedied", 0, {"remedy": 7}, "event-ComplaintRemedied:remedy"),
        ("ComplaintFiled", 0, {"lot": 1}, "unlawful-ComplaintDeskStageWrong"),
    ],
    "votes": [
        ("VoteCast", 0, {"support": False}, "unlawful-EvaluationDeskVotesShort"),
        ("VotesTaken", 0, {"id": "0x" + (2).to_bytes(32, "big").hex()}, "event-VotesTaken:unknown"),
        ("LotAwarded", 0, {"documentHash": OTHER}, "event-VotesTaken:act"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_audit__one_value_of_an_event_changed__named(world: World, name: str) -> None:
    STORIES[name](world, lambda made: None)
    assert [refused(world, *each[:3]) for each in FALSE[name]] == [expected for *_, expected in FALSE[name]]


def test_audit__votes_left_out__named(world: World) -> None:
    points_story(world, lambda made: None)
    for which, rule in enumerate(("EvaluationDeskVotesShort",) * 3):
        assert refused(world, "VotesTaken", which, name="Nothing") == f"unlawful-{rule}"


def test_audit__acts_through_another_contract__lawful_and_told(world: World) -> None:
    """Nobody's signature says so directly: an evaluator may be a wallet of several people."""
    points_story(world, lambda made: None)
    lawful = Lawful(31337, whole=False)
    mine = ("EvaluationDesk", "AwardDesk")
    for number, one in enumerate(mined(world)):
        for event in one.events:
            sender, call = one.call(event)
            through = event.contract in mine
            place = NOWHERE.of(number).at("logs", event.log_index)
            sent = (address("stranger"), place, number < len(world.addresses) + 2, None)
            lawful.apply(event, *(sent if through else (sender, *sent[1:3], call)))
        lawful.close()
    told_ = lawful.indirect()
    for name in (
        "ScoresCommitted",
        "VoteCalled",
        "VoteCast",
        "TechnicalDecided",
        "BidDisqualified",
        "LotAwarded",
    ):
        assert any(f": {name} by " in text and not text.endswith("again") for text in told_)
    revealed = [text for text in told_ if "ScoresRevealed" in text]
    assert len(revealed) == 3
    assert all(
        text.endswith("that they are the scores that were committed to is not checked again")
        for text in revealed
    )
    assert all(any(f"by {address(who)} " in text for text in revealed) for who in PANEL)


def test_audit__call_that_a_result_made_void__is_made_again(world: World) -> None:
    points = {"acme": BEST, "beta": GOOD, "gama": POOR}
    made = technical(world).score(points, points, points)
    out = (1, made.index("acme"), int(Reason.NOT_QUALIFIED), DECISION)
    act = act_of(world, "AwardDesk", "disqualify", made.id, *out)
    made.vote(act, seat1=True)
    made.decide()
    made.open_prices().ready("acme", "beta", "gama")
    made.ask("officer", "callVote", act)
    made.vote(act, seat0=True, seat1=True, seat2=True)
    world.send("officer", "AwardDesk", "disqualify", made.id, *out)
    called = [each for each in require_same(made).all(idx_log) if each["name"] == "VoteCalled"]
    assert [load(each["args"])["act"] for each in called].count(to_hex(act)) == 2
    audited(world)


def test_audit__calls_in_another_encoding__are_other_acts_and_lawful(world: World) -> None:
    """Whatever stands behind the arguments is read by nobody, and hashed with them."""
    made = voting(world)
    args = (1, supplier_of("beta"), made.offer("beta"), DECISION)
    data = calldata("AwardDesk", "award", (made.id, *args)) + b"behind"
    act = act_hash(31_337, world.addresses["AwardDesk"], data)
    made.vote(act, seat0=True, seat1=True)
    with pytest.raises(Refused):
        made.send("officer", "award", *args)
    world.queue("officer", "AwardDesk", data)
    world.move_to(world.time + 1)
    assert made.facts()["price"] == 900
    audited(world)
    assert refused(world, "VotesTaken", 0, {"act": OTHER}) == "unlawful-EvaluationDeskVotesShort"
    scored = technical(world)
    points = dict.fromkeys(("acme", "beta", "gama"), GOOD)
    for seat in range(3):
        scored.commit(seat, points)
    scored.to_reveal()
    for seat, who in enumerate(PANEL):
        revelation = calldata(EVALUATION, "revealScores", (scored.id, *scored.revelation(seat, points)))
        world.queue(who, EVALUATION, revelation + b"behind")
        world.move_to(world.time + 1)
    assert scored.evaluation()["complete"] == 0b111
    audited(world)
    false = {"words": [str(word_of(*BEST))] * 3}
    assert refused(world, "ScoresRevealed", 0, false) == "unlawful-EvaluationDeskScoreMismatch"


def refused(
    world: World, name_: str, which: int, changed: Changes | None = None, name: str | None = None
) -> str:
    """The rule by which the audit refuses the chain if one event of a name said something else, or was another one; ``changed``: the other
    arguments, or what makes them of the event."""
    seen: list[Event] = []

    def change(event: Event) -> Event:
        if event.name != name_:
            return event
        seen.append(event)
        if len(seen) != which + 1:
            return event
        args = changed(event) if callable(changed) else changed or {}
        return replace(event, name=name or name_, args=event.args | args)

    try:
        audited(world, change)
    except AuditRefusal as refusal:
        return refusal.rule
    return "nothing"
