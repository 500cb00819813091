"""chain/charter.py: what ships is sound, and of a charter that is not every fault is named, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.charter import CHARTERS, Charter, charter, class_words, read_charter, read_class
from chain.errors.charter import CharterInvalid, CharterUnknown
from chain.types import CallClass, ClassRules, DecisionClass

pytestmark = pytest.mark.unit

DAY = 86_400
EMERGENCY, ROUTINE, VALIDATOR, MEMBERSHIP, CHARTER = DecisionClass
CLASSES: Mapping[str, Mapping[str, str]] = {
    "EMERGENCY": {"consultation": "0 days", "vote": "1 day", "delay": "0 days", "share": "at least 2/3", "sectors": "a seat in 3"},
    "ROUTINE": {"consultation": "5 days", "vote": "5 days", "delay": "2 days", "share": "more than 1/2", "sectors": "none"},
    "VALIDATOR": {"consultation": "5 days", "vote": "5 days", "delay": "2 days", "share": "more than 1/2", "sectors": "a majority in 2"},
    "MEMBERSHIP": {"consultation": "10 days", "vote": "7 days", "delay": "5 days", "share": "more than 1/2", "sectors": "a majority in 2"},
    "CHARTER": {"consultation": "30 days", "vote": "10 days", "delay": "10 days", "share": "at least 2/3", "sectors": "a majority in 3"},
}  # fmt: skip
CALLS = {"ROUTINE": ["ProcedureBook.adopt"], "MEMBERSHIP": ["MemberRegistry.admit", "Council.confirmUrgency"]}
INDICATOR = '[[indicators]]\nid = "x"\ntitle = "X"\ntarget = "at least 1"\n'


def written(
    edit: Mapping[str, Mapping[str, str | None]] | None = None,
    calls: Mapping[str, list[str]] = CALLS,
    head: str = 'name = "mine"\n',
    tail: str = INDICATOR,
) -> str:
    """A charter file; ``edit``: class -> value to replace, None leaves it out; an empty class leaves the class out."""
    text = head
    for name, values in CLASSES.items():
        changed = {**values, **(edit or {}).get(name, {})}
        if (edit or {}).get(name, {"": ""}):
            text += f"[classes.{name}]\n"
            text += "".join(
                f'{key} = "{value}"\n' for key, value in changed.items() if key and value is not None
            )
    text += "[calls]\n" + "".join(f"{name} = {listed}\n" for name, listed in calls.items())
    return text + tail


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(CharterInvalid) as caught:
        read_charter(text, "mine")
    assert caught.value.facts["charter"] == "mine"
    return caught.value.problems


@pytest.mark.parametrize("name", CHARTERS)
def test_charter__that_ships__is_sound_and_of_the_classes_of_the_specification(name: str) -> None:
    found = charter(name)
    assert found.name == name and len(found.rules) == len(DecisionClass)
    shares = [(rules.numerator, rules.denominator, rules.strict) for rules in found.rules]
    assert shares == [(2, 3, False), (1, 2, True), (1, 2, True), (1, 2, True), (2, 3, False)]
    sectors = [(rules.sectors, rules.majority) for rules in found.rules]
    assert sectors == [(3, False), (0, False), (2, True), (2, True), (3, True)]
    assert CallClass("MemberRegistry", "expel", MEMBERSHIP) in found.calls
    assert len({indicator.id for indicator in found.indicators}) == len(found.indicators) > 0


def test_charter__reference__has_the_periods_of_the_specification() -> None:
    found = charter("reference")
    periods = [
        tuple(seconds // DAY for seconds in (rules.consultation, rules.voting_period, rules.delay))
        for rules in map(found.rules_of, (ROUTINE, MEMBERSHIP, VALIDATOR, CHARTER, EMERGENCY))
    ]
    assert periods == [(5, 5, 2), (10, 7, 5), (5, 5, 2), (30, 10, 10), (0, 1, 0)]


def test_charter__two_that_ship__differ_in_periods_alone() -> None:
    first, second = map(charter, CHARTERS)
    assert first.calls == second.calls and first.indicators == second.indicators
    assert all(
        long.voting_period > short.voting_period
        for long, short in zip(first.rules, second.rules, strict=True)
    )


def test_charter__of_a_file__is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(written(), encoding="utf-8")
    found = charter(str(tmp_path / "mine.toml"))
    assert isinstance(found, Charter) and found.rules == charter("reference").rules
    assert found.calls == (
        CallClass("ProcedureBook", "adopt", ROUTINE), CallClass("MemberRegistry", "admit", MEMBERSHIP),
        CallClass("Council", "confirmUrgency", MEMBERSHIP),
    )  # fmt: skip


def test_charter__that_is_not_there_or_no_text__is_unknown(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    for name in ("other", str(tmp_path), str(tmp_path / "absent.toml"), str(tmp_path / "bytes.toml")):
        with pytest.raises(CharterUnknown) as caught:
            charter(name)
        assert caught.value.facts == {"name": name, "known": "reference, sandbox"}


def test_read__no_toml__is_one_fault_with_its_line() -> None:
    (fault,) = faults('name = "x"\nname = "y"\n')
    assert "line 2" in fault


def test_read__empty_file__names_every_part() -> None:
    assert faults("") == (
        "calls: missing", "classes: missing", "indicators: missing", "name: missing", "classes: a table for each class",
        "calls: a list for each class", "indicators: a list of tables with id, title and target", "name: 1 to 32 of a-z, 0-9 and -",
    )  # fmt: skip


ONE_FAULT: list[tuple[str, str]] = [
    (written(head='name = "mine"\nextra = 1\n'), "extra: unknown"),
    (written(head='name = "Mine!"\n'), "name: 1 to 32 of a-z, 0-9 and -"),
    (written({"ROUTINE": {}}), "classes.ROUTINE: missing"),
    (written(tail="[classes.OTHER]\n" + INDICATOR), "classes.OTHER: unknown"),
    (written({"ROUTINE": {"vote": None}}), "classes.ROUTINE.vote: missing"),
    (written({"ROUTINE": {"share": None}}), "classes.ROUTINE.share: missing"),
    (written({"ROUTINE": {"sectors": None}}), "classes.ROUTINE.sectors: missing"),
    (written({"ROUTINE": {"quorum": "1/2"}}), "classes.ROUTINE.quorum: unknown"),
    (written({"ROUTINE": {"vote": "0 days"}}), "classes.ROUTINE.vote: longer than nothing"),
    (written({"ROUTINE": {"vote": "5"}}), 'classes.ROUTINE.vote: a period such as "5 days"'),
    (written({"ROUTINE": {"vote": "-5 days"}}), 'classes.ROUTINE.vote: a period such as "5 days"'),
    (written({"ROUTINE": {"vote": "٥ days"}}), 'classes.ROUTINE.vote: a period such as "5 days"'),
    (written({"CHARTER": {"delay": "366 days"}}), "classes.CHARTER.delay: at most a year"),
    (written({"ROUTINE": {"share": "half"}}), 'classes.ROUTINE.share: "more than A/B" or "at least A/B"'),
    (written({"ROUTINE": {"share": "more than 100/199"}}), 'classes.ROUTINE.share: "more than A/B" or "at least A/B"'),
    (written({"ROUTINE": {"share": "at least 1/2"}}), "classes.ROUTINE.share: a majority of all seats, not less"),
    (written({"ROUTINE": {"share": "more than 1/3"}}), "classes.ROUTINE.share: a majority of all seats, not less"),
    (written({"ROUTINE": {"share": "at least 0/1"}}), "classes.ROUTINE.share: a majority of all seats, not less"),
    (written({"CHARTER": {"share": "at least 4/3"}}), "classes.CHARTER.share: all seats, not more"),
    (written({"CHARTER": {"share": "more than 1/1"}}), "classes.CHARTER.share: all seats, not more"),
    (written({"CHARTER": {"share": "more than 0/0"}}), "classes.CHARTER.share: all seats, not more"),
    (written({"ROUTINE": {"sectors": "a seat in 0"}}),
     'classes.ROUTINE.sectors: "none", "a seat in N" or "a majority in N", N from 1 to 4'),
    (written({"CHARTER": {"sectors": "a majority in 5"}}),
     'classes.CHARTER.sectors: "none", "a seat in N" or "a majority in N", N from 1 to 4'),
    (written({"EMERGENCY": {"consultation": "1 second"}}), "classes.EMERGENCY.consultation: none"),
    (written({"EMERGENCY": {"delay": "1 second"}}), "classes.EMERGENCY.delay: none"),
    (written({"EMERGENCY": {"share": "more than 1/2"}}), "classes.EMERGENCY.share: at least 2/3 of all seats"),
    (written({"EMERGENCY": {"sectors": "a majority in 2"}}), "classes.EMERGENCY.sectors: at least 3"),
    (written({"MEMBERSHIP": {"consultation": "4 days"}}), "classes.MEMBERSHIP: its consultation is less than that of VALIDATOR"),
    (written({"MEMBERSHIP": {"vote": "4 days"}}), "classes.MEMBERSHIP: its voting period is less than that of VALIDATOR"),
    (written({"CHARTER": {"delay": "4 days"}}), "classes.CHARTER: its delay is less than that of MEMBERSHIP"),
    (written({"MEMBERSHIP": {"share": "more than 2/3"}}), "classes.CHARTER: its share is less than that of MEMBERSHIP"),
    (written({"VALIDATOR": {"sectors": "a majority in 3"}}), "classes.MEMBERSHIP: its demand on sectors is less than that of VALIDATOR"),
    (written({"CHARTER": {"sectors": "a seat in 3"}}), "classes.CHARTER: its demand on sectors is less than that of MEMBERSHIP"),
    (written(calls={"OTHER": []}), "calls.OTHER: no such class"),
    (written(calls={"ROUTINE": ["ProcedureBook"]}), "calls.ROUTINE: there is no ProcedureBook to be called"),
    (written(calls={"ROUTINE": ["Nothing.adopt"]}), "calls.ROUTINE: there is no Nothing.adopt to be called"),
    (written(calls={"ROUTINE": ["ProcedureBook.nothing"]}), "calls.ROUTINE: there is no ProcedureBook.nothing to be called"),
    (written(calls={"ROUTINE": ["ProcedureBook.procedureOf"]}), "calls.ROUTINE: there is no ProcedureBook.procedureOf to be called"),
    (written(calls={"ROUTINE": ["CouncilTimelock.grantRole"]}), "calls.ROUTINE: there is no CouncilTimelock.grantRole to be called"),
    (written(calls={"ROUTINE": ["ProcedureBook.adopt"], "CHARTER": ["ProcedureBook.adopt"]}),
     "calls.CHARTER: ProcedureBook.adopt is in ROUTINE too"),
    (written(calls={"ROUTINE": ["ProcedureBook.adopt", "ProcedureBook.adopt"]}), "calls.ROUTINE: ProcedureBook.adopt is in ROUTINE too"),
    (written(calls={"ROUTINE": ["Council.setClassRules"]}),
     "calls.ROUTINE: Council.setClassRules is CHARTER, because it decides what every class takes"),
    (written(calls={"EMERGENCY": ["MemberRegistry.expel"]}), "calls.EMERGENCY: MemberRegistry.expel does not end by itself"),
    (written(calls={"ROUTINE": ["Council.confirmUrgency"]}), "calls.ROUTINE: Council.confirmUrgency is MEMBERSHIP or CHARTER"),
    (written(tail='[[indicators]]\nid = "x"\ntitle = ""\ntarget = "t"\n'), "indicators: a list of tables with id, title and target"),
    (written(tail=INDICATOR * 2), "indicators: x twice"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault"), ONE_FAULT)
def test_read__one_thing_wrong__is_the_only_fault(text: str, fault: str) -> None:
    assert faults(text) == (fault,)


def test_read__values_of_other_types__are_named() -> None:
    text = 'name = 1\nclasses = {ROUTINE = 3}\ncalls = {ROUTINE = "x", CHARTER = [1]}\nindicators = {}\n'
    assert faults(text) == (
        "classes.CHARTER: missing", "classes.EMERGENCY: missing", "classes.MEMBERSHIP: missing", "classes.VALIDATOR: missing",
        "classes.ROUTINE: a table", 'calls.ROUTINE: a list of "Contract.function"', 'calls.CHARTER: a list of "Contract.function"',
        "indicators: a list of tables with id, title and target", "name: 1 to 32 of a-z, 0-9 and -",
    )  # fmt: skip
    numbers = written({"ROUTINE": {"vote": None, "share": None}}).replace(
        "[classes.ROUTINE]", "[classes.ROUTINE]\nvote = 5\nshare = 1"
    )
    assert faults(numbers) == (
        'classes.ROUTINE.vote: a period such as "5 days"', 'classes.ROUTINE.share: "more than A/B" or "at least A/B"',
    )  # fmt: skip


def test_read__many_things_wrong__all_are_named_at_once() -> None:
    text = written(
        {
            "EMERGENCY": {"sectors": "none"},
            "ROUTINE": {"vote": "0 days", "share": "at least 1/3"},
            "VALIDATOR": {"colour": "red"},
            "CHARTER": {"consultation": "1 day"},
        },
        calls={"ROUTINE": ["ProcedureBook.no"], "NONE": []},
    )
    assert faults(text) == (
        "classes.EMERGENCY.sectors: at least 3", "classes.ROUTINE.vote: longer than nothing",
        "classes.ROUTINE.share: a majority of all seats, not less", "classes.VALIDATOR.colour: unknown",
        "classes.CHARTER: its consultation is less than that of MEMBERSHIP", "calls.NONE: no such class",
        "calls.ROUTINE: there is no ProcedureBook.no to be called",
    )  # fmt: skip


periods = st.one_of(st.integers(1, 365 * DAY), st.integers(1, 365).map(lambda days: days * DAY))
shares = st.tuples(st.integers(1, 99), st.integers(1, 99), st.booleans()).filter(
    lambda share: 2 * share[0] > share[1] and share[0] < share[1]
)


@given(periods, periods, st.one_of(st.just(0), periods), shares, st.integers(1, 4), st.booleans())
def test_class__in_words__reads_back(
    consultation: int, vote: int, delay: int, share: tuple[int, int, bool], sectors: int, majority: bool
) -> None:
    rules = ClassRules(consultation, vote, delay, *share, sectors, majority)
    assert read_class(ROUTINE, class_words(rules)) == (rules, [])
    bare = ClassRules(consultation, vote, delay, *share, 0, False)
    assert read_class(CHARTER, class_words(bare)) == (bare, [])


def test_class__alone__names_faults_without_a_place() -> None:
    rules, wrong = read_class(EMERGENCY, {**CLASSES["EMERGENCY"], "vote": "soon", "delay": "1 day"})
    assert rules is None and wrong == ['vote: a period such as "5 days"', "delay: none"]
