"""Tables of compiled releases: every column is one of the schema's, every cell reads back, and no cell is a formula."""

from __future__ import annotations

import copy
import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.ocds.profile import merger, release_schema
from chain.ocds.tables import TABLES, lines
from tests.unit.ocds.conftest import ORG, Ledger
from tests.unit.ocds.test_ocds_agreements import Book, awarded

pytestmark = pytest.mark.unit


def read(table: str, *releases: dict[str, Any]) -> list[dict[str, str]]:
    """The rows, as a reader of CSV gets them."""
    return list(csv.DictReader(io.StringIO("".join(lines(table, releases)), newline="")))


@pytest.fixture
def compiled(ledger: Ledger) -> dict[str, Any]:
    """A process with an agreement that was changed, paid and paid back."""
    book = Book(awarded(ledger, [(900_00,), (950_00,)], 1), 7)
    book.sign()
    book.change(990_00)
    book.milestone("Delivered")
    book.pay(1, 100_50)
    book.reverse(1)
    return dict(merger().create_compiled_release(copy.deepcopy(ledger.releases)))


def test_lines__of_a_process__have_a_row_for_each_thing(compiled: dict[str, Any]) -> None:
    rows = {table: read(table, compiled) for table in TABLES}
    assert {table: len(found) for table, found in rows.items()} == {
        "tenders": 1, "items": 1, "parties": 3, "bids": 2, "awards": 1, "agreements": 1, "transactions": 2, "documents": 5,
    }  # fmt: skip
    assert all(row["ocid"] == compiled["ocid"] for found in rows.values() for row in found)
    (tender,) = rows["tenders"]
    assert (tender["buyer/id"], tender["date"], tender["status"]) == (ORG, compiled["date"], "complete")
    (agreement,) = rows["agreements"]
    assert (agreement["awardID"], agreement["value/amount"], agreement["amendments"]) == ("1-1", "990", "2")
    assert [(row["of"], row["id"], row["value/amount"]) for row in rows["transactions"]] == [
        ("7", "7-1", "100.5"),
        ("7", "7-1-reversal", "-100.5"),
    ]
    assert [(row["section"], row["of"], row["documentType"]) for row in rows["documents"]] == [
        ("awards/documents", "1-1", "awardNotice"),
        ("contracts/documents", "7", "contractSigned"),
        ("contracts/documents", "7", "contractAnnexe"),
        ("contracts/implementation/documents", "7", "physicalProgressReport"),
        ("contracts/implementation/documents", "7", "financialProgressReport"),
    ]
    roles = {row["id"]: row["roles"] for row in rows["parties"]}
    assert roles["LICITA-S0"] == "payee;supplier;tenderer"


def test_lines__of_several__have_one_header_and_end_as_the_standard_says(compiled: dict[str, Any]) -> None:
    made = list(lines("awards", [compiled, compiled]))
    assert len(made) == 3 and all(line.endswith("\r\n") for line in made)
    assert list(lines("awards", [])) == made[:1]
    with pytest.raises(KeyError):
        list(lines("people", []))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_lines__any_text__reads_back_and_is_no_formula(text: str) -> None:
    (row,) = read("tenders", {"ocid": "ocds-1", "tender": {"id": "1", "title": text}})
    assert row["title"].removeprefix("'") == text.removeprefix("'")
    assert not row["title"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("table", TABLES)
def test_tables__each_column__is_a_field_of_the_schema(table: str) -> None:
    sections, columns = TABLES[table]
    for section in sections:
        for column in set(columns) - {"ocid", "of", "section"}:
            found = shape(f"{section}/{column}") or (table == "tenders" and shape(column))
            assert found, f"{section}/{column}"


def shape(path: str) -> Any:
    """The schema of a field, None where there is none."""
    schema: Any = release_schema()
    for key in path.split("/"):
        schema = resolved(schema)
        schema = resolved(schema["items"]) if "items" in schema and "properties" not in schema else schema
        schema = schema.get("properties", {}).get(key)
        if schema is None:
            return None
    return schema


def resolved(schema: Any) -> Any:
    """What a reference leads to."""
    while "$ref" in schema:
        schema = release_schema()["definitions"][schema["$ref"].rpartition("/")[2]]
    return schema
