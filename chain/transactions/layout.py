"""The arguments of an event straight from the words that Solidity writes into JSON.

eth_abi's general walk is the dearest part of reading a block. What is laid out in any other way than Solidity's is not read here: it
is left to eth_abi, which reads or refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chain.transactions.codec import Parameter, checksum
from chain.types import to_hex

__all__ = ["WIDEST_INT", "Layout"]

WIDEST_INT = 48
"""Bits that a JSON number of every reader holds; wider integers are text."""


class _Odd(Exception):
    """Not what Solidity writes."""


_Word = Callable[[bytes], Any]
_Static = Callable[[bytes, int], Any]
"""Data and the place of a value of fixed size -> the value."""
_Dynamic = Callable[[bytes, int], tuple[Any, int]]
"""Data and the place of a value of any size -> the value and the place behind it."""


@dataclass(frozen=True)
class _Reader:
    """How a type is read: ``static`` where its ``size`` in bytes is fixed; else ``dynamic``, and the size is that of its pointer."""

    size: int
    static: _Static | None
    dynamic: _Dynamic | None = None


class Layout:
    """Readers of one event, made once: ``names`` of all arguments in order, the ABI entries of those in topics and of the others."""

    def __init__(
        self, names: Sequence[str], indexed: Sequence[Parameter], others: Sequence[Parameter]
    ) -> None:
        self._names = tuple(names)
        self._topics = tuple((each["name"], _word_reader(_kind_in_topic(each))) for each in indexed)
        self._others = tuple(each["name"] for each in others)
        self._readers = tuple(_reader(each) for each in others)

    def read(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any] | None:
        """The arguments as JSON, None where topics (one for each indexed argument) or data are not exactly as Solidity writes them."""
        try:
            values, end = _sequence(data, 0, self._readers)
            # Places only grow, so data that end where the last value does were long enough for every other one.
            if end != len(data) or any(len(topic) != 32 for topic in topics):
                return None
            found = dict(zip(self._others, values, strict=True))
            for (name, read), topic in zip(self._topics, topics, strict=True):
                found[name] = read(topic)
        except _Odd:
            return None
        return {name: found[name] for name in self._names}


def _kind_in_topic(parameter: Parameter) -> str:
    """Text, bytes, arrays and structs are there as the hash of their value."""
    kind = str(parameter["type"])
    hashed = kind in ("string", "bytes") or kind.startswith("tuple") or kind.endswith("]")
    return "bytes32" if hashed else kind


def _word_reader(kind: str) -> _Word:
    """Of a type of one word; any other is left to eth_abi."""
    if kind.endswith("]"):
        return lambda word: _odd()
    if kind == "address":
        return _padded_reader(160, lambda word: checksum("0x" + word[12:].hex()))
    if kind == "bool":
        return _padded_reader(1, lambda word: word[31] == 1)
    if kind.startswith("uint"):
        bits = int(kind[4:])
        return _padded_reader(bits, _wide if bits > WIDEST_INT else _number)
    if kind == "bytes32":
        return to_hex
    if kind.startswith("bytes") and kind != "bytes":
        size = int(kind[5:])
        return lambda word: _odd() if any(word[size:]) else to_hex(word[:size])
    return lambda word: _odd()


def _padded_reader(bits: int, turn: _Word) -> _Word:
    return lambda word: _odd() if _number(word) >> bits else turn(word)


def _wide(word: bytes) -> str:
    return str(_number(word))


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def _odd() -> Any:
    raise _Odd


def _reader(parameter: Parameter) -> _Reader:
    kind = str(parameter["type"])
    if kind.endswith("[]"):
        return _Reader(32, None, _list_reader(_reader({**parameter, "type": kind[:-2]})))
    if kind == "tuple":
        return _struct_reader(parameter["components"])
    if kind in ("string", "bytes"):
        return _Reader(32, None, _bytes_reader(to_hex if kind == "bytes" else _utf8))
    return _Reader(32, _at(_word_reader(kind)))


def _at(read: _Word) -> _Static:
    def read_at(data: bytes, at: int) -> Any:
        word = data[at : at + 32]
        return read(word) if len(word) == 32 else _odd()

    return read_at


def _utf8(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _bytes_reader(turn: Callable[[bytes], Any]) -> _Dynamic:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        start = at + 32
        stop = start + _number(data[at:start])
        end = stop + -(stop - start) % 32
        if end > len(data) or any(data[stop:end]):
            raise _Odd
        return turn(data[start:stop]), end

    return read


def _list_reader(each: _Reader) -> _Dynamic:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        start = at + 32
        count = _number(data[at:start])
        if count * each.size > len(data):
            raise _Odd
        return _sequence(data, start, (each,) * count)

    return read


def _struct_reader(parts: Sequence[Parameter]) -> _Reader:
    names, readers = [part["name"] for part in parts], tuple(_reader(part) for part in parts)

    def read(data: bytes, at: int) -> tuple[Any, int]:
        values, end = _sequence(data, at, readers)
        return dict(zip(names, values, strict=True)), end

    if any(reader.dynamic for reader in readers):
        return _Reader(32, None, read)
    return _Reader(sum(reader.size for reader in readers), lambda data, at: read(data, at)[0])


def _sequence(data: bytes, start: int, readers: Sequence[_Reader]) -> tuple[list[Any], int]:
    """Values one after another: in the head those of fixed size and where the others begin, which follow it without a gap."""
    at, end = start, start + sum(reader.size for reader in readers)
    values: list[Any] = []
    for reader in readers:
        if reader.static is not None:
            values.append(reader.static(data, at))
        elif reader.dynamic is not None:
            if _number(data[at : at + 32]) != end - start:
                raise _Odd
            value, end = reader.dynamic(data, end)
            values.append(value)
        at += reader.size
    return values, end
