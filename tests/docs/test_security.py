"""docs/security/ is of exactly these contracts: by the hash of their code, finding by finding, lemma by lemma."""

from __future__ import annotations

import re

import pytest

from chain.types import CONTRACTS
from scripts import lemmas, security
from tests.docs.pages import ROOT

pytestmark = pytest.mark.docs


def test_report__contracts_as_they_are__is_of_their_code() -> None:
    assert security.faults() == []


def test_report__code_that_differs__is_told() -> None:
    other = {**security.findings(), "code": {"BidBox": "0x" + "00" * 32}}
    assert sum("run scripts/security.py" in fault for fault in security.faults(other)) == len(CONTRACTS)


def test_report__finding_without_a_reason_or_reason_without_a_finding__is_told() -> None:
    kept = security.findings()
    first = kept["findings"][0]
    more = {**kept, "findings": [*kept["findings"], first | {"function": "renamed"}, first]}
    faults = security.faults(more)
    assert any("renamed: found, and no reason" in fault for fault in faults)
    assert any("the reason is written for" in fault for fault in faults)
    none = security.faults({**kept, "findings": [], "library": []})
    assert sum("slither does not find it" in fault for fault in none) == len(security.reasons())


def test_report__each_source__is_named_with_its_hash() -> None:
    kept = security.findings()
    ours = [name for name in security.closure() if name.startswith("contracts/")]
    assert kept["sources"] == {name: security.sha256(name) for name in ours}
    pages = [page.read_text(encoding="utf-8") for page in security.PAGES]
    assert all(sum(value in page for page in pages) == 1 for value in security.code_hashes().values())


def test_lemmas__each_that_is_written__has_an_answer_that_is_expected() -> None:
    written = {
        "smtchecker": re.findall(r"^contract (\w+) \{", security.harness("Arithmetic.sol"), re.MULTILINE),
        "halmos": re.findall(r"function (check_\w+)\(", security.harness("Symbolic.sol")),
    }
    for prover, names in written.items():
        answered = security.lemmas()[prover]["lemmas"]
        assert [row["name"] for row in answered] == names
        assert all(map(lemmas.is_as_expected, answered))


def test_lemmas__what_nothing_proved__is_said_on_the_page() -> None:
    page = security.PAGE.read_text(encoding="utf-8")
    said = page[page.index("## What nothing proved") :]
    for kept in security.lemmas().values():
        for row in kept["lemmas"]:
            if row["outcome"].startswith("not proved"):
                assert f"`{row['name']}`" in said


def test_lemmas__each_test_that_the_page_names__exists() -> None:
    page = security.PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.(?:py|sol))`", page))
    assert named
    assert {name for name in named if not (ROOT / name).is_file()} == set()
