"""Events read straight from their words against eth_abi: the same arguments, or the same refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.exceptions import DecodingError
from hypothesis import given
from hypothesis import strategies as st

from chain.artifacts import artifact
from chain.errors.chain import LogInvalid
from chain.transactions import checksum, decode_log
from chain.transactions.codec import Parameter, abi, signature_type, topic_of
from chain.transactions.layout import WIDEST_INT, Layout
from chain.types import CONTRACTS

pytestmark = pytest.mark.unit

ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
EVENTS = [
    (contract, entry)
    for contract in CONTRACTS
    for entry in artifact(contract).abi
    if entry["type"] == "event"
]
Entry = dict[str, Any]
Found = dict[str, Any] | tuple[str, str]


def value_of(kind: str, parts: list[Parameter]) -> st.SearchStrategy[Any]:
    """Any value of an ABI type."""
    if kind.endswith("[]"):
        return st.lists(value_of(kind[:-2], parts), max_size=4)
    if kind == "tuple":
        return st.tuples(*(value_of(part["type"], part.get("components", [])) for part in parts))
    if kind in ("string", "bytes"):
        return st.text(max_size=70) if kind == "string" else st.binary(max_size=70)
    if kind == "address":
        return st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())
    if kind == "bool":
        return st.booleans()
    if kind.startswith("uint"):
        return st.integers(0, 2 ** int(kind[4:]) - 1)
    size = int(kind.removeprefix("bytes"))
    return st.binary(min_size=size, max_size=size)


def plain(parameter: Parameter, value: Any) -> Any:
    """A value of eth_abi as ``chain.types.Event`` has it."""
    kind = str(parameter["type"])
    if kind.endswith("]"):
        return [plain({**parameter, "type": kind[: kind.rindex("[")]}, each) for each in value]
    if kind == "tuple":
        parts = zip(parameter["components"], value, strict=True)
        return {part["name"]: plain(part, each) for part, each in parts}
    if kind == "address":
        return checksum(value)
    if kind.startswith("bytes"):
        return "0x" + value.hex()
    return str(value) if kind.startswith("uint") and int(kind[4:]) > WIDEST_INT else value


def by_eth_abi(contract: str, entry: Entry, topics: list[bytes], data: bytes) -> Found:
    """The arguments, or (name of the event, words of the refusal)."""
    found: dict[str, Any] = {}
    indexed = [each for each in entry["inputs"] if each["indexed"]]
    others = [each for each in entry["inputs"] if not each["indexed"]]
    try:
        for each, topic in zip(indexed, topics, strict=True):
            found[each["name"]] = plain(each, *abi.decode([each["type"]], topic))
        values = abi.decode([signature_type(each) for each in others], data)
    except (DecodingError, ValueError, OverflowError) as error:
        return entry["name"], str(LogInvalid(contract, entry["name"], str(error)))
    found |= {each["name"]: plain(each, value) for each, value in zip(others, values, strict=True)}
    return {each["name"]: found[each["name"]] for each in entry["inputs"]}


def by_us(contract: str, entry: Entry, topics: list[bytes], data: bytes) -> Found:
    """The same by ``decode_log``."""
    place: dict[str, Any] = {"block": 1, "time": 2, "transaction": "0x", "tx_index": 0, "log_index": 0}
    try:
        return decode_log(contract, ADDRESS, [topic_of(entry), *topics], data, **place).args
    except LogInvalid as error:
        return entry["name"], str(error)


def ordered(found: Found) -> Any:
    """Arguments with their order, which JSON text keeps."""
    return list(found.items()) if isinstance(found, dict) else found


@st.composite
def logs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[str, Entry, list[bytes], bytes]:
    """A log as Solidity writes it, of any event of ours."""
    contract, entry = draw(st.sampled_from(EVENTS))
    topics, kinds, values = [], [], []
    for each in entry["inputs"]:
        value = draw(value_of(each["type"], each.get("components", [])))
        if each["indexed"]:
            topics.append(abi.encode([each["type"]], [value]))
        else:
            kinds.append(signature_type(each))
            values.append(value)
    return contract, entry, topics, abi.encode(kinds, values)


def changed(data: bytes, edits: list[tuple[int, int]], cut: int, tail: bytes) -> bytes:
    """The data with some bytes replaced, cut at the end, and with more behind."""
    raw = bytearray(data)
    for place, byte in edits:
        if raw:
            raw[place % len(raw)] = byte
    return bytes(raw[: max(0, len(raw) - cut)]) + tail


@given(logs())
def test_layout__what_solidity_writes__is_read_as_by_eth_abi(
    log: tuple[str, Entry, list[bytes], bytes],
) -> None:
    contract, entry, topics, data = log
    indexed = [each for each in entry["inputs"] if each["indexed"]]
    others = [each for each in entry["inputs"] if not each["indexed"]]
    layout = Layout([each["name"] for each in entry["inputs"]], indexed, others)
    found = layout.read(topics, data)
    assert found is not None
    assert ordered(found) == ordered(by_eth_abi(contract, entry, topics, data))


@given(
    logs(),
    st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from((0, 1, 31, 32, 64, 96, 128, 255))), max_size=3),
    st.sampled_from((0, 0, 0, 1, 31, 32, 64)),
    st.sampled_from((b"", b"", b"\0", bytes(32), b"\xff" * 32)),
)
def test_decode_log__any_other_data__fare_as_with_eth_abi(
    log: tuple[str, Entry, list[bytes], bytes], edits: list[tuple[int, int]], cut: int, tail: bytes
) -> None:
    contract, entry, topics, data = log
    data = changed(data, edits, cut, tail)
    assert ordered(by_us(contract, entry, topics, data)) == ordered(by_eth_abi(contract, entry, topics, data))


@given(logs(), st.integers(0, 5_000), st.integers(0, 255), st.integers(-1, 1))
def test_decode_log__any_other_topic__fares_as_with_eth_abi(
    log: tuple[str, Entry, list[bytes], bytes], place: int, byte: int, longer: int
) -> None:
    contract, entry, topics, data = log
    which = place % len(topics) if topics else 0
    for number, topic in enumerate(topics):
        if number == which:
            topics[number] = changed(topic, [(place, byte)], int(longer < 0), b"\0" * (longer > 0))
    assert ordered(by_us(contract, entry, topics, data)) == ordered(by_eth_abi(contract, entry, topics, data))


@pytest.mark.parametrize(
    ("kind", "word"),
    [("uint256[2]", bytes(64)), ("int8", b"\xff" * 32), ("function", bytes(32)), ("bytes4[2]", bytes(64))],
)
def test_layout__type_that_no_event_of_ours_has__is_left_to_eth_abi(kind: str, word: bytes) -> None:
    assert Layout(["a"], [], [{"name": "a", "type": kind}]).read([], word) is None
