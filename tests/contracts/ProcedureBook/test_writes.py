"""writes.tree"""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import Any

import pytest

from chain.procurement.procedure import PRESETS, preset
from chain.types import Procedure
from tests.contracts.world import (
    SANDBOX_MARK,
    ZERO_ADDRESS,
    Refusal,
    World,
    address,
    changed,
    hash_of,
    label,
    sandbox,
    text_of,
)

pytestmark = pytest.mark.evm

BOOK = "ProcedureBook"
SANDBOX = label("sandbox", 16)
LIMIT = 32_768
RATES = (
    "low_mean_bps",
    "low_next_bps",
    "market_under_bps",
    "market_over_bps",
    "max_change_bps",
    "max_reasoned_change_bps",
)


def camel(name: str) -> bytes:
    """The label of a field."""
    first, *rest = name.split("_")
    return label(first + "".join(part.capitalize() for part in rest))


def inconsistent(name: str) -> Refusal:
    return Refusal("ProcedureBookInconsistent", camel(name))


def refused_adoption(
    world: World, procedure: Procedure, text: str | None = None, who: str = "authority"
) -> Refusal:
    return world.refusal(who, BOOK, "adopt", procedure.as_tuple(), text_of() if text is None else text)


def adopt(world: World, procedure: Procedure, text: str | None = None) -> None:
    world.send("authority", BOOK, "adopt", procedure.as_tuple(), text_of() if text is None else text)


@pytest.mark.parametrize("who", ["admin", "delegate", "officer", "acme", "stranger"])
def test_adopt__other_role__role_missing(world: World, who: str) -> None:
    expected = Refusal("ProcedureBookRoleMissing", label("AUTHORITY"), address(who))
    assert refused_adoption(world, sandbox(9), who=who) == expected


@pytest.mark.parametrize("version", [0, 1, 3, 65_535])
def test_adopt__version_not_next__version_wrong(world: World, version: int) -> None:
    assert refused_adoption(world, sandbox(version), "") == Refusal("ProcedureBookVersionWrong", 2, version)


def test_adopt__new_code__version_begins_at_one(world: World) -> None:
    other = sandbox(code="sandbox-2")
    assert refused_adoption(world, changed(other, version=2)) == Refusal("ProcedureBookVersionWrong", 1, 2)
    adopt(world, other)
    assert [
        world.read(BOOK, "lastVersion", label(code, 16)) for code in ("sandbox", "sandbox-2", "none")
    ] == [1, 1, 0]


def test_adopt__no_code__hash_zero(world: World) -> None:
    assert refused_adoption(world, sandbox(code=""), "") == Refusal("ProcedureBookHashZero", label("code"))


@pytest.mark.parametrize("length", [0, LIMIT + 1])
def test_adopt__text_length_out_of_bounds__json_length(world: World, length: int) -> None:
    assert refused_adoption(world, sandbox(2), "x" * length) == Refusal(
        "ProcedureBookJsonLength", LIMIT, length
    )


@pytest.mark.parametrize("length", [1, LIMIT])
def test_adopt__text_length_at_a_bound__adopts(world: World, length: int) -> None:
    adopt(world, sandbox(2, text_hash=hash_of("x" * length)), "x" * length)


def test_adopt__hash_of_another_text__inconsistent(world: World) -> None:
    assert refused_adoption(world, sandbox(2, min_bids=0), "{}") == inconsistent("text_hash")


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"enquiry_cutoff": 2, "answer_cutoff": 3, "min_tender_period": 1}, "enquiry_cutoff"),
    ({"min_tender_period": 3, "complaint_window": 4}, "min_tender_period"),
    ({"complaint_window": 4, "standstill": 3, "min_bids": 0}, "complaint_window"),
    ({"min_bids": 0, "min_evaluators": 1}, "min_bids"),
    ({"min_evaluators": 1, "max_lots": 0}, "min_evaluators"),
    ({"max_lots": 0, "body_blocks": 0}, "max_lots"),
    ({"max_lots": 33}, "max_lots"),
    ({"body_blocks": 0, "envelopes": 0}, "body_blocks"),
    ({"body_blocks": 17}, "body_blocks"),
    ({"envelopes": 0}, "envelopes"),
    ({"envelopes": 3, "award_rule": 2}, "envelopes"),
    ({"award_rule": 2}, "award_rule"),
    ({"award_rule": 1, "envelopes": 1, "min_evaluators": 2}, "award_rule"),
    ({"award_rule": 1, "envelopes": 2, "min_evaluators": 0, "max_bids": 1}, "min_evaluators"),
    ({"envelopes": 2, "max_bids": 0}, "max_bids"),
    ({"envelopes": 2, "max_bids": 1_001, "fallback_delay": 0}, "max_bids"),
    ({"fallback_delay": 0, "low_mean_bps": 10_001}, "fallback_delay"),
]


@pytest.mark.parametrize(("changes", "field"), CONTRADICTIONS)
def test_adopt__contradiction__inconsistent(world: World, changes: dict[str, Any], field: str) -> None:
    assert refused_adoption(world, sandbox(2, **changes)) == inconsistent(field)


@pytest.mark.parametrize("field", RATES)
def test_adopt__rate_above_the_whole__inconsistent(world: World, field: str) -> None:
    assert refused_adoption(world, sandbox(2, **{field: 10_001}, sandbox=False)) == inconsistent(field)
    adopt(world, sandbox(2, **{field: 10_000}))


@pytest.mark.parametrize("evaluators", [1, 7, 255])
def test_adopt__more_evaluators_than_a_panel_seats__inconsistent(world: World, evaluators: int) -> None:
    assert refused_adoption(world, sandbox(2, min_evaluators=evaluators)) == inconsistent("min_evaluators")
    adopt(world, sandbox(2, min_evaluators=6))


def real(**changes: Any) -> Procedure:
    """The preset `simple`, with changes: no sandbox procedure."""
    return changed(preset("simple").version(1), **changes)


@pytest.mark.parametrize("changes", [{}, {"change_interval": 0, "curing_window": 0}, {"four_eyes": False}])
def test_adopt__real_procedure__adopted(world: World, changes: dict[str, Any]) -> None:
    given = real(**changes)
    event = world.send("authority", BOOK, "adopt", given.as_tuple(), text_of("simple")).event
    assert event.args["procedure"] == given.as_tuple()
    assert world.facts(BOOK, "boundsOf", label("simple", 16), 1)["fourEyes"] is given.four_eyes


@pytest.mark.parametrize(
    "field", [name for name in Procedure.periods() if name not in ("curing_window", "change_interval")]
)
def test_adopt__real_procedure_without_a_period__inconsistent(world: World, field: str) -> None:
    also = {"enquiry_cutoff": {"answer_cutoff": 0}, "standstill": {"complaint_window": 0}}.get(field, {})
    wrong = real(**({field: 0} | also))
    assert refused_adoption(world, wrong, text_of("simple")) == inconsistent(field)


def test_adopt__opening_delay_near_the_shortest__inconsistent_below(world: World) -> None:
    short = refused_adoption(world, real(opening_delay=599), text_of("simple"))
    assert short == inconsistent("opening_delay")
    given = real(opening_delay=600)
    assert world.send("authority", BOOK, "adopt", given.as_tuple(), text_of("simple")).event


@pytest.mark.parametrize("code", PRESETS)
def test_adopt__each_preset__adopted(world: World, code: str) -> None:
    given = preset(code).version(2 if code == "sandbox" else 1)
    event = world.send("authority", BOOK, "adopt", given.as_tuple(), text_of(code)).event
    assert event.args["procedure"] == given.as_tuple()


def test_adopt__no_sandbox_mark__sandbox_only(world: World) -> None:
    world.node.rpc("anvil_setCode", SANDBOX_MARK, "0x")
    assert refused_adoption(world, sandbox(2)) == Refusal("ProcedureBookSandboxOnly", SANDBOX)


def test_adopt__valid__stores_and_tells(world: World) -> None:
    values = {name: number for number, name in enumerate(Procedure.periods(), 100)}
    values |= {
        "min_tender_period": 500,
        "enquiry_cutoff": 400,
        "complaint_window": 90,
        "max_bids": 65_535,
        "min_bids": 255,
    }
    given = sandbox(2, **values)
    event = world.send("authority", BOOK, "adopt", given.as_tuple(), text_of()).event
    assert event.name == "ProcedureAdopted"
    assert event.args == {"code": SANDBOX, "version": 2, "procedure": given.as_tuple(), "json": text_of()}
    assert tuple(world.facts(BOOK, "procedureOf", SANDBOX, 2).values()) == given.as_tuple()
    assert world.read(BOOK, "requireLive", SANDBOX, 2) == ()
    assert world.facts(BOOK, "boundsOf", SANDBOX, 2) == {
        "minTenderPeriod": given.min_tender_period, "answerCutoff": given.answer_cutoff,
        "amendmentExtension": given.amendment_extension, "cancelWindow": given.cancel_window, "maxLots": given.max_lots,
        "envelopes": given.envelopes, "awardRule": given.award_rule, "minEvaluators": given.min_evaluators,
        "ceilingBinding": given.ceiling_binding, "fourEyes": given.four_eyes,
    }  # fmt: skip
    assert tuple(world.facts(BOOK, "procedureOf", SANDBOX, 1).values()) == sandbox().as_tuple()


def test_adopt__every_field__has_a_place_of_its_own(world: World) -> None:
    seen = world.facts(BOOK, "procedureOf", SANDBOX, 1)
    assert list(seen) == [camel(field.name).rstrip(b"\0").decode() for field in fields(Procedure)]
    assert list(seen.values())[1:] == list(astuple(sandbox()))[1:]


def test_retire__unknown_version__not_found(world: World) -> None:
    for code, version in (("sandbox", 0), ("sandbox", 2), ("simple", 1)):
        expected = Refusal("ProcedureBookNotFound", label(code, 16), version)
        assert world.refusal("stranger", BOOK, "retire", label(code, 16), version) == expected
        assert world.refused_read(BOOK, "procedureOf", label(code, 16), version) == expected
        assert world.refused_read(BOOK, "requireLive", label(code, 16), version) == expected


@pytest.mark.parametrize("who", ["admin", "delegate", "stranger"])
def test_retire__other_role__role_missing(world: World, who: str) -> None:
    world.send("authority", BOOK, "retire", SANDBOX, 1)
    expected = Refusal("ProcedureBookRoleMissing", label("AUTHORITY"), address(who))
    assert world.refusal(who, BOOK, "retire", SANDBOX, 1) == expected


def test_retire__live__tells_and_stays_readable(world: World) -> None:
    event = world.send("authority", BOOK, "retire", SANDBOX, 1).event
    assert (event.name, event.args) == ("ProcedureRetired", {"code": SANDBOX, "version": 1})
    retired = Refusal("ProcedureBookRetired", SANDBOX, 1)
    assert world.refusal("authority", BOOK, "retire", SANDBOX, 1) == retired
    assert world.refused_read(BOOK, "requireLive", SANDBOX, 1) == retired
    assert world.facts(BOOK, "procedureOf", SANDBOX, 1)["version"] == 1
    adopt(world, sandbox(2))
    assert world.read(BOOK, "requireLive", SANDBOX, 2) == ()


@pytest.mark.parametrize("base", [0, 1, 1_900_000_000, 2**40 - 1])
def test_deadline_of__no_outage__the_base(world: World, base: int) -> None:
    assert world.read(BOOK, "deadlineOf", base) == base


def test_constructor__no_authority__hash_zero(world: World) -> None:
    expected = Refusal("ProcedureBookHashZero", label("authority"))
    assert world.refused_deployment(BOOK, ZERO_ADDRESS, 0, [], []) == expected


@pytest.mark.parametrize("texts", [[], [text_of(), text_of()]])
def test_constructor__other_number_of_texts__hash_zero(world: World, texts: list[str]) -> None:
    expected = Refusal("ProcedureBookHashZero", label("texts"))
    assert world.refused_deployment(BOOK, address("authority"), 0, [sandbox().as_tuple()], texts) == expected


def test_constructor__procedure_wrong__refused_as_when_adopted(world: World) -> None:
    for wrong, expected in (
        (sandbox(2), Refusal("ProcedureBookVersionWrong", 1, 2)),
        (sandbox(min_bids=0), inconsistent("min_bids")),
        (sandbox(min_evaluators=1), inconsistent("min_evaluators")),
    ):
        assert (
            world.refused_deployment(BOOK, address("authority"), 0, [wrong.as_tuple()], [text_of()])
            == expected
        )


def test_constructor__no_sandbox_mark__sandbox_only(world: World) -> None:
    world.node.rpc("anvil_setCode", SANDBOX_MARK, "0x")
    found = world.refused_deployment(BOOK, address("authority"), 1, [sandbox().as_tuple()], [text_of()])
    assert found == Refusal("ProcedureBookSandboxOnly", SANDBOX)


def test_constructor__two_versions__tells_of_each(world: World) -> None:
    given = [sandbox(1), sandbox(2)]
    receipt = world.deploy(
        BOOK, address("authority"), 0, [each.as_tuple() for each in given], [text_of()] * 2
    )
    assert [(event.name, event.args["version"]) for event in receipt.events] == [
        ("ProcedureAdopted", 1),
        ("ProcedureAdopted", 2),
    ]


def test_opening_of__a_deadline__times_and_what_bidding_needs(world: World) -> None:
    end = 2_000_000_000
    found = world.facts("ProcedureBook", "openingOf", label("sandbox", 16), 1, end)
    assert found == {
        "closesAt": end, "openFrom": end + 1, "fallbackFrom": end + 31, "voidFrom": end + 61, "enquiryCutoff": 3, "minBids": 1,
        "envelopes": 1, "bodyBlocks": 16, "maxBids": 0, "clearFrom": end, "held": False, "standstillEnds": 0, "failed": 0,
        "suspended": False, "amendable": False,
    }  # fmt: skip


def test_opening_of__no_such_procedure__no_time_between(world: World) -> None:
    found = world.facts("ProcedureBook", "openingOf", label("other", 16), 1, 7)
    assert {found[name] for name in ("closesAt", "openFrom", "fallbackFrom", "voidFrom")} == {7}
    assert found["minBids"] == 0
