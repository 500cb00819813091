"""Files of published processes -> compiled releases: JSON lines, as everything is published in bulk, or one JSON text."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from chain.errors.commands import FileUnreadable, RecordsUnreadable

__all__ = ["compiled"]


def compiled(path: Path) -> Iterator[Any]:
    """Compiled releases of a file, packed by gzip or not: each line a record or a compiled release, or all of it one of these, a list of
    them or a record package. Any other JSON value comes as it is. Raises FileUnreadable, RecordsUnreadable."""
    try:
        with path.open("rb") as file:
            is_packed = file.peek(2).startswith(b"\x1f\x8b")
            yield from _read(gzip.GzipFile(fileobj=file) if is_packed else file, str(path))
    except (OSError, EOFError, zlib.error) as error:
        raise FileUnreadable(str(path), getattr(error, "strerror", None) or str(error)) from error


def _read(file: Iterable[bytes], path: str) -> Iterator[Any]:
    lines, is_first = iter(file), True
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not text.strip():
            continue
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            if not is_first:
                raise RecordsUnreadable(path, number, f"not JSON: {error.msg}") from error
            document = _whole(text + b"".join(lines), path, number)
        is_first = False
        yield from _compiled(document, path, number)


def _whole(text: bytes, path: str, number: int) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RecordsUnreadable(path, number + error.lineno - 1, f"not JSON: {error.msg}") from error


def _compiled(document: Any, path: str, number: int) -> Iterator[Any]:
    if isinstance(document, list):
        for each in document:
            yield from _compiled(each, path, number)
    elif isinstance(document, dict) and isinstance(document.get("records"), list):
        for record in document["records"]:
            yield from _compiled(record, path, number)
    elif isinstance(document, dict) and "compiledRelease" in document:
        yield document["compiledRelease"]
    elif isinstance(document, dict) and _is_a_part(document):
        # Counted one by one, releases of one process would pass for as many processes.
        raise RecordsUnreadable(path, number, "releases of a process, not compiled into one")
    else:
        yield document


def _is_a_part(document: dict[str, Any]) -> bool:
    tag = document.get("tag")
    return "releases" in document or (isinstance(tag, list) and "compiled" not in tag)
