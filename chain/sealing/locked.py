"""Files encrypted with a passphrase: a bidder's receipt, the state of a seat, a key share. scrypt (RFC 7914) and AES-256-GCM.

    {"cipher": {"name", "nonce"}, "format": "licita/locked/1", "kdf": {"n", "name", "p", "r", "salt"}, "kind": ..., "text": base64}

Everything but ``text`` is authenticated with it.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from chain.errors.chain import CanonicalInvalid
from chain.errors.sealing import LockedFileInvalid, LockedFileRefused
from chain.rules.canonical import canonical
from chain.rules.nesting import is_too_deep
from chain.sealing.group import Draw

__all__ = ["COST", "lock", "unlock"]

COST = 2**17
"""N of scrypt with r = 8, p = 1: 128 MiB and about half a second."""

_FORMAT = "licita/locked/1"
_HIGHEST = 2**20  # a file must not make its reader spend more than 1 GiB
_R, _P = 8, 1


def lock(kind: str, payload: Mapping[str, Any], passphrase: str, draw: Draw, cost: int = COST) -> bytes:
    """JSON -> the bytes of an encrypted file of this kind. Draws salt (16 bytes) and nonce (12 bytes)."""
    salt, nonce = draw(16), draw(12)
    header = {
        "format": _FORMAT,
        "kind": kind,
        "kdf": {"name": "scrypt", "n": cost, "r": _R, "p": _P, "salt": salt.hex()},
        "cipher": {"name": "AES-256-GCM", "nonce": nonce.hex()},
    }
    text = _key(passphrase, salt, cost).encrypt(nonce, canonical(payload), canonical(header))
    return canonical({**header, "text": base64.b64encode(text).decode()}) + b"\n"


def unlock(kind: str, data: bytes, passphrase: str) -> dict[str, Any]:
    """What ``lock`` was given. Raises LockedFileInvalid, LockedFileRefused (wrong passphrase, or changed)."""
    try:
        if is_too_deep(data.decode()):
            raise ValueError("nested too deep")
        header = json.loads(data)
        text = base64.b64decode(header.pop("text"), validate=True)
        if (header["format"], header["kind"]) != (_FORMAT, kind):
            raise LockedFileInvalid(kind, f"it is a {header['kind']} in {header['format']}"[:80])
        cost, salt, nonce = _parameters(header)
        bound = canonical(header)
        key = _key(passphrase, salt, cost)
    except (ValueError, KeyError, TypeError, AttributeError, CanonicalInvalid):
        raise LockedFileInvalid(kind, "it cannot be read") from None
    try:
        payload: dict[str, Any] = json.loads(key.decrypt(nonce, text, bound))
    except (InvalidTag, ValueError):
        raise LockedFileRefused(kind) from None
    return payload


def _parameters(header: Mapping[str, Any]) -> tuple[int, bytes, bytes]:
    kdf, cipher = header["kdf"], header["cipher"]
    known = (kdf["name"], kdf["r"], kdf["p"], cipher["name"]) == ("scrypt", _R, _P, "AES-256-GCM")
    if not known or not 2 <= kdf["n"] <= _HIGHEST:
        raise ValueError(kdf)
    return kdf["n"], bytes.fromhex(kdf["salt"]), bytes.fromhex(cipher["nonce"])


def _key(passphrase: str, salt: bytes, cost: int) -> AESGCM:
    # Two keyboards may write one letter by different code points.
    typed = unicodedata.normalize("NFKD", passphrase).encode()
    return AESGCM(Scrypt(salt=salt, length=32, n=cost, r=_R, p=_P).derive(typed))
