"""Recursive Length Prefix, the strict way: what decodes is the one canonical encoding, or it is refused.

Source: Ethereum Yellow Paper, appendix B. Strings are ``bytes``, lists are ``list``; integers are strings made by ``encode_int``
and read by ``decode_int``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from chain.errors.audit import RlpInvalid

__all__ = ["MAX_DEPTH", "Encodable", "Item", "decode", "decode_int", "encode", "encode_int"]

MAX_DEPTH = 8  # lists within lists; blocks, receipts and trie nodes need fewer
Item: TypeAlias = bytes | list["Item"]
Encodable: TypeAlias = bytes | Sequence["Encodable"]

_SHORT = 55  # longest payload whose length fits into the first byte


def encode(item: Encodable) -> bytes:
    """The canonical encoding of a byte string or a (nested) list of byte strings."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _prefix(len(item), 0x80) + item
    body = b"".join([encode(each) for each in item])
    return _prefix(len(body), 0xC0) + body


def decode(data: bytes) -> Item:
    """The byte string or nested list that ``data`` encodes.

    Raises ``RlpInvalid`` with the rule broken and the byte offset: for lengths that are not the shortest, bytes below 0x80 that
    are not written as themselves, missing or trailing bytes and lists nested deeper than ``MAX_DEPTH``.
    """
    if not data:
        raise RlpInvalid("empty", 0)
    item, end = _item(data, 0, len(data), 0)
    if end != len(data):
        raise RlpInvalid("trailing", end)
    return item


def encode_int(number: int) -> bytes:
    """``number`` (>= 0) as the shortest big-endian bytes; 0 is the empty string."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_int(data: bytes) -> int:
    """The integer of shortest big-endian bytes; raises ``RlpInvalid`` on a leading zero."""
    if data[:1] == b"\x00":
        raise RlpInvalid("leading-zero", 0)
    return int.from_bytes(data, "big")


def _prefix(length: int, base: int) -> bytes:
    """What stands before a payload: ``base`` is 0x80 for strings, 0xc0 for lists."""
    if length <= _SHORT:
        return bytes((base + length,))
    size = encode_int(length)
    return bytes((base + _SHORT + len(size),)) + size


def _item(data: bytes, at: int, limit: int, depth: int) -> tuple[Item, int]:
    """The item at offset ``at`` and the offset after it, which is at most ``limit``; ``depth`` lists are open."""
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    base = 0x80 if first < 0xC0 else 0xC0
    start, end = _payload(data, at, limit, base)
    if base == 0x80:
        if end - start == 1 and data[start] < 0x80:
            raise RlpInvalid("single-byte", at)
        return data[start:end], end
    if depth == MAX_DEPTH:
        raise RlpInvalid("depth", at)
    items: list[Item] = []
    while start < end:
        item, start = _item(data, start, end, depth + 1)
        items.append(item)
    return items, end


def _payload(data: bytes, at: int, limit: int, base: int) -> tuple[int, int]:
    """Where the payload of the item at ``at`` starts and ends."""
    length = data[at] - base
    start = at + 1
    if length > _SHORT:
        start += length - _SHORT
        size = data[at + 1 : start]
        if start > limit:
            raise RlpInvalid("truncated", at)
        if size[0] == 0:
            raise RlpInvalid("length-zero", at)
        length = int.from_bytes(size, "big")
        if length <= _SHORT:
            raise RlpInvalid("long-form", at)
    if start + length > limit:
        raise RlpInvalid("truncated", at)
    return start, start + length
