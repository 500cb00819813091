"""The folder of an application as it is submitted: its files, its Solidity sources, and one archive that is the same everywhere."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from chain.errors.applications import (
    ApplicationEmpty,
    ApplicationFileRefused,
    ApplicationFolderAbsent,
    ApplicationTooLarge,
)

__all__ = ["MAX_BYTES", "MAX_FILES", "TESTS", "Application", "read_application"]

MAX_FILES = 2_000
MAX_BYTES = 20_000_000
TESTS = "tests"
"""Folder of the tests; Solidity in it, or in ``test``, is no part of the application."""

_LEFT_OUT = frozenset({"node_modules", "__pycache__"})
_TEST_FOLDERS = frozenset({TESTS, "test"})
_MODE = 0o644


@dataclass(frozen=True)
class Application:
    """``files``: path in the folder, with ``/`` -> bytes, by path; without names that begin with a dot, node_modules, __pycache__."""

    folder: Path
    files: Mapping[str, bytes]

    @cached_property
    def sources(self) -> dict[str, str]:
        """The Solidity files by path. Raises ApplicationEmpty, ApplicationFileRefused."""
        found = {}
        for path, data in self.files.items():
            if path.endswith(".sol") and not _TEST_FOLDERS.intersection(path.split("/")):
                try:
                    found[path] = data.decode("utf-8")
                except UnicodeDecodeError as error:
                    raise ApplicationFileRefused(path, "Solidity that is not UTF-8") from error
        if not found:
            raise ApplicationEmpty(str(self.folder))
        return found

    @cached_property
    def archive(self) -> bytes:
        """A tar file (POSIX.1-2001) of the files by path: no times, no owners, mode 0644; equal files give equal bytes."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path, data in self.files.items():
                entry = tarfile.TarInfo(path)
                entry.size, entry.mode = len(data), _MODE
                archive.addfile(entry, io.BytesIO(data))
        return buffer.getvalue()

    @property
    def source_hash(self) -> bytes:
        """sha256 of the archive, 32 bytes."""
        return hashlib.sha256(self.archive).digest()


def read_application(folder: Path) -> Application:
    """The folder as it is now. Raises ApplicationFolderAbsent, ApplicationFileRefused, ApplicationTooLarge."""
    if not folder.is_dir():
        raise ApplicationFolderAbsent(str(folder))
    found: dict[str, bytes] = {}
    size = 0
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file():
            raise ApplicationFileRefused(name, "a link, or no file")
        size += path.stat().st_size
        if size > MAX_BYTES:
            raise ApplicationTooLarge("bytes", MAX_BYTES, size)
        if len(found) == MAX_FILES:
            raise ApplicationTooLarge("files", MAX_FILES, len(found) + 1)
        try:
            found[name] = path.read_bytes()
        except OSError as error:
            raise ApplicationFileRefused(name, error.strerror or str(error)) from error
    return Application(folder, dict(sorted(found.items())))


def _paths(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        # A link to a folder is walked as the file that it is, so that it is refused and not left out in silence.
        links = [name for name in folders if Path(here, name).is_symlink()]
        folders[:] = sorted(name for name in folders if _is_taken(name) and name not in links)
        for name in sorted([*files, *links]):
            if _is_taken(name):
                yield Path(here, name)


def _is_taken(name: str) -> bool:
    return not name.startswith(".") and name not in _LEFT_OUT
