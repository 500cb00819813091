"""The folder of documents: each under its sha256, its media type beside it as ``<sha256>.type``.

A document is written aside and renamed, so that a name never holds half of one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from chain.errors.recorder import StorageFailed, StorageFull
from chain.errors.service import (
    BodyTooLarge,
    DocumentCorrupt,
    DocumentDigestWrong,
    DocumentEmpty,
    DocumentNotFound,
)

__all__ = ["Stored", "checked", "held", "keep", "store", "text_of"]


@dataclass(frozen=True)
class Stored:
    """``known``: the service held it already. ``size`` in bytes."""

    sha256: str
    size: int
    known: bool


async def store(
    folder: Path, wanted: str, media_type: str, parts: AsyncIterator[bytes], limit: int
) -> Stored:
    """Writes the bytes of ``parts`` if their sha256 is ``wanted`` (hex); the first who uploads says of which media type they are.

    Raises BodyTooLarge, DocumentDigestWrong, DocumentEmpty, StorageFull, StorageFailed; then nothing stays behind.
    """
    with _named(folder):
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        handle, aside = await asyncio.to_thread(tempfile.mkstemp, prefix=".upload-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file, _named(folder):
            digest, size = hashlib.sha256(), 0
            async for part in parts:
                size += len(part)
                if size > limit:
                    raise BodyTooLarge(limit)
                digest.update(part)
                await asyncio.to_thread(file.write, part)
            if digest.hexdigest() != wanted:
                raise DocumentDigestWrong(wanted, digest.hexdigest())
            if size == 0:
                raise DocumentEmpty()
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        known = await asyncio.to_thread(_keep, Path(aside), folder / wanted, media_type)
        return Stored(wanted, size, known)
    finally:
        await asyncio.to_thread(Path(aside).unlink, missing_ok=True)


def checked(folder: Path, sha256: str) -> Path:
    """The file of a held document, hashed as a whole before a byte of it is given away.

    Raises DocumentNotFound, DocumentCorrupt, StorageFailed.
    """
    path = folder / sha256
    with _named(folder):
        found = _digest(path)
    if found is None:
        raise DocumentNotFound(sha256)
    if found != sha256:
        raise DocumentCorrupt(sha256, found)
    return path


def keep(folder: Path, data: bytes, media_type: str) -> str:
    """Stores bytes that are at hand; their sha256, hex. Raises StorageFull, StorageFailed; then nothing stays behind."""
    sha256 = hashlib.sha256(data).hexdigest()
    with _named(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".upload-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file, _named(folder):
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _keep(Path(aside), folder / sha256, media_type)
    finally:
        Path(aside).unlink(missing_ok=True)
    return sha256


def held(folder: Path, sha256: str) -> tuple[int, str] | None:
    """Size in bytes and media type of a document the service holds, None where it does not. Raises StorageFailed."""
    with _named(folder):
        try:
            return (folder / sha256).stat().st_size, _type_of(folder / sha256).read_text("ascii")
        except FileNotFoundError:
            return None


def text_of(folder: Path, sha256: str) -> str | None:
    """A held document as text, None where it is not held or is none in UTF-8. Raises StorageFailed."""
    with _named(folder):
        try:
            data = (folder / sha256).read_bytes()
        except FileNotFoundError:
            return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _type_of(target: Path) -> Path:
    return target.with_suffix(".type")


def _keep(aside: Path, target: Path, media_type: str) -> bool:
    """Renames unless the same whole document is there; a damaged one is replaced."""
    with _named(target.parent):
        if _digest(target) == target.name:
            return True
        _type_of(target).write_text(media_type, "ascii")
        aside.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return False


def _digest(path: Path) -> str | None:
    """sha256 of a file as hex, None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _named(folder: Path) -> Iterator[None]:
    """Errors of the disk by name."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(str(folder)) from error
        raise StorageFailed(str(folder), error.strerror or str(error)) from error
