"""A folder in which committee members keep their secrets, each file encrypted with one passphrase; never on a chain or a service.

    seat-<ceremony>.json          what a member drew for a ceremony, until it is confirmed
    share-<keyset>-<seat>.json    a seat's share of a keyset

On a member's own machine the passphrase comes from a file of the member's; a sandbox makes one of 256 random bits.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chain.errors.opening import SharesConcentrated
from chain.nodes.folder import read_file, refuse_readable, sync_folder, write_atomic
from chain.sealing.locked import COST, lock, unlock

__all__ = ["RANDOM_PASSPHRASE_COST", "FolderStore", "refuse_concentration"]

RANDOM_PASSPHRASE_COST = 2**12
"""scrypt's N where the passphrase has 256 random bits: guessing it is no danger."""

_KIND = "committee-seat"
_NAME = re.compile(r"[a-z0-9-]{1,200}")
_SHARE = re.compile(r"share-([0-9a-f]{64})-([0-9]{1,2})")


class FolderStore:
    """Protocol ``SeatStore`` (chain.procurement.session) on a folder; the constructor touches nothing."""

    def __init__(self, folder: Path, passphrase: str, cost: int = COST) -> None:
        self.folder = folder
        self._passphrase = passphrase
        self._cost = cost

    def __repr__(self) -> str:
        return f"FolderStore({str(self.folder)!r})"

    def keep(self, name: str, value: Mapping[str, Any]) -> None:
        """Writes or replaces it (mode 0600), durably. Raises FolderUnwritable, DiskFull."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = lock(_KIND, value, self._passphrase, secrets.token_bytes, self._cost)
        write_atomic(self._path(name), data, mode=0o600)

    def names(self) -> list[str]:
        """Names of what is kept, sorted; nothing is opened."""
        found = (
            [*self.folder.glob("seat-*.json"), *self.folder.glob("share-*.json")]
            if self.folder.is_dir()
            else []
        )
        return sorted(path.stem for path in found if _NAME.fullmatch(path.stem))

    def find(self, name: str) -> dict[str, Any] | None:
        """What is kept under this name. Raises KeyReadable, LockedFileInvalid, LockedFileRefused."""
        path = self._path(name)
        data = read_file(path)
        if data is None:
            return None
        refuse_readable(path)
        return unlock(_KIND, data, self._passphrase)

    def drop(self, name: str) -> None:
        """Overwrites and removes it. A file system may keep older copies: secrets that matter lie on an encrypted disk."""
        path = self._path(name)
        if path.exists():
            with path.open(
                "r+b"
            ) as file:  # in place: opening it anew would leave the old bytes where they are
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_folder(self.folder)

    def _path(self, name: str) -> Path:
        assert _NAME.fullmatch(name), name
        return self.folder / f"{name}.json"


def refuse_concentration(folder: Path, thresholds: Mapping[str, int]) -> None:
    """Refuses a folder that holds k shares of one keyset, here or in folders below; ``thresholds``: keyset id (0x hex) -> k.

    For services of production networks. Raises SharesConcentrated.
    """
    held: dict[str, set[str]] = {}
    for path in folder.rglob("share-*.json"):
        found = _SHARE.fullmatch(path.stem)
        if found:
            held.setdefault(f"0x{found[1]}", set()).add(found[2])
    for keyset, seats in held.items():
        if len(seats) >= thresholds.get(keyset, 2):
            raise SharesConcentrated(keyset, thresholds.get(keyset, 2), len(seats))
