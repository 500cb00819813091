"""Procedures that ship: every value is told with its unit and with where it comes from."""

from __future__ import annotations

import json

import pytest

from chain.errors.procurement import PresetInvalid
from chain.procurement.procedure import PRESETS, preset, value_rows

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("code", PRESETS)
def test_value_rows__of_a_preset__have_each_value_once_with_a_source(code: str) -> None:
    text = json.loads(preset(code).text)
    rows = value_rows(text)
    assert {row.field: row.source for row in rows} == {
        name: each["source"] for name, each in text["fields"].items()
    }
    assert all(row.source for row in rows) and len(rows) == 32


def test_value_rows__of_each_kind__have_their_unit() -> None:
    told = {row.field: row.value for row in value_rows(json.loads(preset("mx-open").text))}
    assert {name: told[name] for name in ("minTenderPeriod", "openingDelay", "curingWindow", "marketUnderBps")} == {
        "minTenderPeriod": "20 d", "openingDelay": "600 s", "curingWindow": "0 s", "marketUnderBps": "40 %",
    }  # fmt: skip
    assert (told["lowMeanBps"], told["fourEyes"], told["awardRule"], told["minEvaluators"]) == (
        "off", "yes", "lowest price", "2",
    )  # fmt: skip
    assert {
        row.value for row in value_rows(json.loads(preset("eu-open").text)) if row.field == "awardRule"
    } == {"points"}


def test_value_rows__sources__tell_what_is_to_be_confirmed() -> None:
    """A sandbox's values bind nobody; of a real procedure only the program's own design needs no law."""
    for code in PRESETS:
        open_ = {row.source for row in value_rows(json.loads(preset(code).text)) if not row.confirmed}
        rest = {row.source for row in value_rows(json.loads(preset(code).text)) if row.confirmed}
        assert rest == (
            {"sandbox only: no legal source"} if code.startswith("sandbox") else {"Licita's design"}
        )
        assert bool(open_) is not code.startswith("sandbox")


def test_value_rows__of_a_text_without_a_value__are_refused() -> None:
    text = json.loads(preset("simple").text)
    del text["fields"]["standstill"]
    with pytest.raises(PresetInvalid) as refusal:
        value_rows(text)
    assert refusal.value.facts["pointer"] == "/fields/standstill"
