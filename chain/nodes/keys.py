"""The keys of the people a sandbox makes up: V3 keystores under one random passphrase, in the folder's keys/.

Nothing here is for production: there a person's key stays with the person, or in a signing service.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account

from chain.errors.nodes import FolderUnwritable, KeyAbsent, KeyDamaged, KeyExists, KeyNameWrong
from chain.nodes.folder import read_file, refuse_readable, write_atomic

__all__ = ["SCRYPT_N", "Key", "KeyStore", "key_in"]

SCRYPT_N = 4_096
"""Cost of opening a keystore: the passphrase has 256 random bits, so guessing it is no danger and 16 ms are enough."""

_MOST_SCRYPT_N = 2**18
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class Key:
    """A person's key on secp256k1: checksum address, and the 32 secret bytes, which no text of it shows."""

    name: str
    address: str
    secret: bytes = field(repr=False)


class KeyStore:
    """The keys in a folder; the constructor touches nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._passphrase_file = folder / "passphrase"

    def __repr__(self) -> str:
        return f"KeyStore({str(self.folder)!r})"

    def names(self) -> list[str]:
        """The names of the keys, sorted."""
        return sorted(path.stem for path in self.folder.glob("*.json") if _NAME.fullmatch(path.stem))

    def create(self, name: str) -> Key:
        """A new random key, kept under this name (file mode 0600). Raises KeyNameWrong, KeyExists, FolderUnwritable."""
        path = self._path(name)
        if path.exists():
            raise KeyExists(name)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise FolderUnwritable(str(self.folder), error.strerror or "") from error
        secret = _random_secret()
        kept = Account.encrypt(secret, self._passphrase(), kdf="scrypt", iterations=SCRYPT_N)
        write_atomic(path, json.dumps(kept).encode(), mode=0o600)
        return Key(name, _address(secret), secret)

    def load(self, name: str) -> Key:
        """The key of this name. Raises KeyNameWrong, KeyAbsent, KeyReadable, KeyDamaged."""
        path = self._path(name)
        data = read_file(path)
        if data is None:
            raise KeyAbsent(name)
        refuse_readable(path)
        secret = _opened(data, self._passphrase_kept(path), path)
        return Key(name, _address(secret), secret)

    def passphrase(self) -> str:
        """The folder's passphrase of 256 random bits, made at first use. Raises KeyDamaged, KeyReadable."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._passphrase()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise KeyNameWrong(name)
        return self.folder / f"{name}.json"

    def _passphrase(self) -> str:
        """The folder's passphrase, made at first use; never made anew beside keys that need the old one."""
        if not self._passphrase_file.exists():
            names = self.names()
            if names:
                raise KeyDamaged(
                    str(self._passphrase_file), f"the passphrase is gone, and {names[0]} needs it"
                )
            write_atomic(self._passphrase_file, secrets.token_hex(32).encode() + b"\n", mode=0o600)
        return self._passphrase_kept(self._passphrase_file)

    def _passphrase_kept(self, wanted_by: Path) -> str:
        data = read_file(self._passphrase_file)
        if data is None:
            raise KeyDamaged(str(wanted_by), "the folder's passphrase file is gone")
        refuse_readable(self._passphrase_file)
        text = data.strip().decode("ascii", "replace")
        if not re.fullmatch(r"[0-9a-f]{64}", text):
            raise KeyDamaged(str(self._passphrase_file), "it holds no passphrase of this program")
        return text


def key_in(path: Path, passphrase: str) -> Key:
    """The key in somebody's own V3 keystore file. Raises KeyAbsent, KeyReadable, KeyDamaged, also of another passphrase."""
    data = read_file(path)
    if data is None:
        raise KeyAbsent(str(path))
    refuse_readable(path)
    secret = _opened(data, passphrase, path)
    return Key(path.stem, _address(secret), secret)


def _random_secret() -> bytes:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    return (secrets.randbelow(order - 1) + 1).to_bytes(32, "big")


def _address(secret: bytes) -> str:
    return str(Account.from_key(secret).address)


def _opened(data: bytes, passphrase: str, path: Path) -> bytes:
    """The secret in a keystore. No fault in the file shows any of it."""
    try:
        kept: Any = json.loads(data)
        cost = kept["crypto"]["kdfparams"]["n"]
        if type(cost) is not int or cost > _MOST_SCRYPT_N:
            raise KeyDamaged(str(path), "its scrypt cost is out of range")
        return bytes(Account.decrypt(kept, passphrase))
    except (ValueError, KeyError, TypeError, AttributeError, NotImplementedError, RecursionError) as error:
        raise KeyDamaged(str(path), f"{type(error).__name__}: {error}") from error
