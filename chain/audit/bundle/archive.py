"""The container of a bundle: a zip file that has one spelling, so that its own bytes cannot hide or change anything.

Sorted names, no times, no comments, no extra fields, deflate. A reader goes by the directory at the end and finds every other byte
where, and as, the writer puts it; only the deflate streams may differ between versions of zlib. Source: PKWARE APPNOTE 6.3.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

from chain.audit.place import NOWHERE
from chain.errors.audit import BundleUnreadable

__all__ = ["MAX_FILES", "MAX_SIZE", "pack", "unpack"]

MAX_FILES = 100_000
MAX_SIZE = 2 << 30
"""Bytes of all files together, unpacked."""

_RATIO = 100  # most that deflate may have saved; headers with empty blooms reach 20
_SMALL = 1 << 20  # bytes below which no ratio is dangerous
_LEVEL = 9
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")

_VERSION, _DEFLATE, _DATE, _ENCRYPTED = 20, 8, 0x21, 0x2041  # 1980-01-01; flag bits 0, 6, 13
_LOCAL = Struct("<4s5H3I2H")
_CENTRAL = Struct("<4s6H3I5H2I")
_END = Struct("<4s4H2IH")
_END64 = Struct("<4sQ2H2I4Q")
_LOCATOR = Struct("<4sIQI")
_MANY = 0xFFFF  # files beyond which the end has its 64-bit form


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file as the directory lists it; ``offset`` of its local header."""

    name: str
    crc: int
    packed: int
    size: int
    offset: int

    def local(self) -> bytes:
        """What stands before its data."""
        name = self.name.encode("ascii")
        fields = (_VERSION, 0, _DEFLATE, 0, _DATE, self.crc, self.packed, self.size, len(name), 0)
        return _LOCAL.pack(b"PK\3\4", *fields) + name

    def central(self) -> bytes:
        """What the directory says of it."""
        name = self.name.encode("ascii")
        sizes = (self.crc, self.packed, self.size, len(name))
        head = (b"PK\1\2", _VERSION, _VERSION, 0, _DEFLATE, 0, _DATE)
        return _CENTRAL.pack(*head, *sizes, 0, 0, 0, 0, 0, self.offset) + name


def pack(files: Mapping[str, bytes]) -> bytes:
    """The zip of these files: name -> bytes; equal files give equal bytes with one version of zlib."""
    parts: list[bytes] = []
    entries: list[_Entry] = []
    offset = 0
    for name in sorted(files):
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(files[name]) + deflate.flush()
        entry = _Entry(name, zlib.crc32(files[name]), len(packed), len(files[name]), offset)
        entries.append(entry)
        parts += [entry.local(), packed]
        offset += len(parts[-2]) + len(packed)
    return b"".join([*parts, _directory(entries, offset)])


def unpack(data: bytes) -> dict[str, bytes]:
    """Name -> bytes of every file of a zip that ``pack`` could have made.

    Raises BundleUnreadable where it is no zip at all, AuditRefusal with rule ``zip-trailing``, ``zip-count``, ``zip-encrypted``,
    ``zip-name``, ``zip-repeated``, ``zip-size``, ``zip-ratio``, ``zip-header``, ``zip-deflate`` or ``zip-crc``; its place is the name
    of the file. Nothing is unpacked before the sizes of all files are known to be within bounds.
    """
    count, start = _end(data)
    if count > MAX_FILES:
        raise NOWHERE.refusal("zip-count", f"at most {MAX_FILES} files", count)
    entries = _entries(data, count, start)
    if data[start:] != _directory(entries, start):
        raise NOWHERE.refusal("zip-header", "the directory in its one form", "another")
    files: dict[str, bytes] = {}
    at = 0
    for entry in entries:
        head = entry.local()
        place = NOWHERE.at(entry.name)
        if entry.offset != at or data[at : at + len(head)] != head:
            raise place.refusal("zip-header", "its local header in its one form", "another")
        at += len(head) + entry.packed
        files[entry.name] = _inflated(entry, data[at - entry.packed : at])
    if at != start:
        raise NOWHERE.refusal("zip-header", f"the directory at byte {at}", start)
    return files


def _directory(entries: Sequence[_Entry], start: int) -> bytes:
    """The directory at byte ``start``, and the end of the file."""
    central = b"".join(entry.central() for entry in entries)
    count, tail = len(entries), b""
    if count > _MANY:
        sizes = (count, count, len(central), start)
        tail = _END64.pack(b"PK\6\6", _END64.size - 12, _VERSION, _VERSION, 0, 0, *sizes)
        tail += _LOCATOR.pack(b"PK\6\7", 0, start + len(central), 1)
        count = _MANY
    return central + tail + _END.pack(b"PK\5\6", 0, 0, count, count, len(central), start, 0)


def _end(data: bytes) -> tuple[int, int]:
    """Number of files and the byte at which the directory starts, as the end of the file states them."""
    at = data.rfind(b"PK\5\6")
    if at < 0 or not data.startswith((b"PK\3\4", b"PK\5\6")):
        raise BundleUnreadable("it is no zip file")
    if at + _END.size != len(data):
        raise NOWHERE.refusal("zip-trailing", f"the file to end at byte {at + _END.size}", len(data))
    count, start = _END.unpack(data[at:])[4], _END.unpack(data[at:])[6]
    wide = at - _LOCATOR.size - _END64.size
    if count == _MANY and wide >= 0 and data[wide : wide + 4] == b"PK\6\6":
        fields = _END64.unpack(data[wide : wide + _END64.size])
        count, start = fields[7], fields[9]
    return count, start


def _entries(data: bytes, count: int, start: int) -> list[_Entry]:
    """The directory, each entry within bounds."""
    entries: list[_Entry] = []
    total = 0
    at = start
    for _ in range(count):
        try:
            fields = _CENTRAL.unpack_from(data, at)
        except StructError as error:
            raise NOWHERE.refusal(
                "zip-header", f"{count} entries", f"the end at entry {len(entries)}"
            ) from error
        flags, crc, packed, size, length, offset = fields[3], *fields[7:11], fields[16]
        name = data[at + _CENTRAL.size : at + _CENTRAL.size + length].decode("latin-1")
        at += _CENTRAL.size + length
        total += size
        entry = _Entry(name, crc, packed, size, offset)
        _check(entry, flags, total, entries[-1].name if entries else "")
        entries.append(entry)
    return entries


def _check(entry: _Entry, flags: int, total: int, before: str) -> None:
    """Refuse what no bundle has, by name, before it is unpacked."""
    if not _NAME.fullmatch(entry.name):
        raise NOWHERE.refusal("zip-name", "a relative path of lower-case letters, digits, . _ -", entry.name)
    place = NOWHERE.at(entry.name)
    if flags & _ENCRYPTED:
        raise place.refusal("zip-encrypted", "a file that is not encrypted", flags)
    if entry.name == before:
        raise place.refusal("zip-repeated", "each name once", entry.name)
    if entry.name < before:
        raise place.refusal("zip-repeated", f"a name after {before}, in sorted order", entry.name)
    if total > MAX_SIZE:
        raise place.refusal("zip-size", f"at most {MAX_SIZE} bytes unpacked", total)
    if entry.size > _SMALL and entry.size > entry.packed * _RATIO:
        raise place.refusal(
            "zip-ratio", f"at most {_RATIO} bytes for one", f"{entry.size} for {entry.packed}"
        )


def _inflated(entry: _Entry, packed: bytes) -> bytes:
    """The file's bytes, never more than its entry says."""
    place = NOWHERE.at(entry.name)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = inflate.decompress(packed, entry.size + 1)
    except zlib.error as error:
        raise place.refusal("zip-deflate", "a deflate stream", str(error)) from error
    if len(found) != entry.size or not inflate.eof or inflate.unused_data:
        raise place.refusal("zip-deflate", f"{entry.size} bytes, then the end of the stream", len(found))
    if zlib.crc32(found) != entry.crc:
        raise place.refusal("zip-crc", entry.crc, zlib.crc32(found))
    return found
