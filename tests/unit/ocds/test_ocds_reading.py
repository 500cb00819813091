"""Bytes of anyone: read exactly, or refused by name and place."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.ocds import ImportRefused
from chain.ocds.reading import MAX_BYTES, as_document, read_document

pytestmark = pytest.mark.unit

NESTED = b'{"a":' + b"[" * 31 + b"]" * 31 + b"}"
REFUSED = [
    ("html", b"<!doctype html>", "ImportNotJson", 400, {"line": 1, "column": 1}),
    ("lines", b'{"a":1}\n{"a":2}', "ImportNotJson", 400, {"line": 2, "column": 1}),
    ("cut", b'{"a":', "ImportNotJson", 400, {"line": 1}),
    ("empty", b"", "ImportNotJson", 400, {"line": 1, "column": 1}),
    ("raw-control", b'{"a":"\x01"}', "ImportNotJson", 400, {"column": 7}),
    ("latin-1", '{"a":"ñ"}'.encode("latin-1"), "ImportEncoding", 400, {"byte": 6}),
    ("utf-16", '{"a":1}'.encode("utf-16"), "ImportEncoding", 400, {"byte": 0}),
    ("utf-16-le", '{"a":1}'.encode("utf-16-le"), "ImportEncoding", 400, {"byte": 1}),
    ("bom-latin-1", b"\xef\xbb\xbf" + '{"a":"ñ"}'.encode("latin-1"), "ImportEncoding", 400, {"byte": 9}),
    ("repeated", b'{"a":{"b/~":1,"b/~":2}}', "ImportKeyRepeated", 400, {"pointer": "/a/b~1~0", "key": "b/~"}),
    ("nan", b'{"a":NaN}', "ImportNumberInvalid", 400, {"pointer": "/a"}),
    ("infinite", b'{"a":[-Infinity]}', "ImportNumberInvalid", 400, {"pointer": "/a/0"}),
    ("digits", b'{"a":' + b"1" * 40 + b"}", "ImportNumberInvalid", 400, {"pointer": "/a"}),
    ("million-digits", b'{"a":' + b"1" * 900_000 + b"}", "ImportNumberInvalid", 400, {"pointer": "/a"}),
    ("decimals", b'{"a":0.' + b"1" * 39 + b"}", "ImportNumberInvalid", 400, {"pointer": "/a"}),
    ("exponent", b'{"a":1e40}', "ImportNumberInvalid", 400, {"pointer": "/a", "number": "1e40"}),
    ("small-exponent", b'{"a":1E-999999999999}', "ImportNumberInvalid", 400, {"pointer": "/a"}),
    ("deep", b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", "ImportTooDeep", 400, {"limit": 32}),
    ("very-deep", b"[" * 100_000, "ImportTooDeep", 400, {"limit": 32}),
    ("large", b" " * (MAX_BYTES + 1), "ImportTooLarge", 413, {"limit": MAX_BYTES, "got": MAX_BYTES + 1}),
    ("list", b"[]", "ImportFieldType", 422, {"expected": "object", "got": "list"}),
    ("text", b'"a"', "ImportFieldType", 422, {"got": "string"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "error", "status", "facts"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_read_document__not_what_we_read__is_refused_by_name_and_place(
    raw: bytes, error: str, status: int, facts: dict[str, Any]
) -> None:
    with pytest.raises(ImportRefused) as caught:
        read_document(raw)
    assert (caught.value.error, caught.value.http_status) == (error, status)
    assert facts.items() <= caught.value.facts.items()
    assert caught.value.errors == (caught.value,)


def test_read_document__byte_order_mark__is_skipped() -> None:
    assert read_document(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_read_document__numbers__are_exact() -> None:
    document = read_document(b'{"a":193817.39,"b":1e2,"c":0.10,"d":12}')
    assert document == {"a": Decimal("193817.39"), "b": Decimal(100), "c": Decimal("0.1"), "d": 12}
    assert type(document["d"]) is int


def test_read_document__depth_of_exactly_the_limit__is_read() -> None:
    assert "a" in read_document(NESTED)


def test_read_document__brackets_in_text__are_no_depth() -> None:
    assert read_document(b'{"a":"' + b'[\\"' * 500 + b'"}') == {"a": '["' * 500}


def test_read_document__several_faults_of_the_bytes__come_together() -> None:
    with pytest.raises(ImportRefused) as caught:
        read_document(b'{"a":NaN,"b":1,"b":2,"c":1e99}')
    assert [fault.error for fault in caught.value.errors] == [
        "ImportKeyRepeated",
        "ImportNumberInvalid",
        "ImportNumberInvalid",
    ]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({"a": float("nan")}, "ImportNumberInvalid"),
        ({"a": Decimal("Infinity")}, "ImportNumberInvalid"),
        ({"a": 10**5_000}, "ImportNumberInvalid"),
        ({"a": b"bytes"}, "ImportFieldType"),
        ({1: "key"}, "ImportFieldType"),
        ([], "ImportFieldType"),
    ],
)
def test_as_document__python_values_that_are_no_json__are_refused(value: Any, error: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        as_document(value)
    assert caught.value.error == error


def test_as_document__float__counts_as_its_shortest_decimal() -> None:
    assert as_document({"a": 193817.39}) == {"a": Decimal("193817.39")}


_NUMBERS = st.one_of(
    st.integers(-(10**41), 10**41).map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.tuples(st.integers(0, 10**38 - 1), st.integers(-39, 39)).map(lambda parts: f"0.{parts[0]}e{parts[1]}"),
)
_TEXTS = st.recursive(
    st.one_of(
        _NUMBERS, st.sampled_from(("null", "true", "false", "NaN")), st.text(max_size=4).map(json.dumps)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: "[" + ",".join(items) + "]"),
        st.lists(st.tuples(st.sampled_from("ab"), inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f'"{key}":{value}' for key, value in pairs) + "}"
        ),
    ),
    max_leaves=8,
)


def _whole(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one with a key twice is no document, which the key that is none says."""
    return dict(pairs) if len(dict(pairs)) == len(pairs) else {0: None}  # type: ignore[dict-item]


@given(_TEXTS.map(lambda text: '{"a":' + text + "}"))
def test_read_document__any_text__is_the_document_of_its_values(text: str) -> None:
    values = json.loads(text, parse_float=Decimal, parse_constant=Decimal, object_pairs_hook=_whole)
    try:
        wanted = as_document(values)
    except ImportRefused:
        with pytest.raises(ImportRefused):
            read_document(text.encode())
        return
    document = read_document(text.encode())
    assert repr(document) == repr(wanted)
