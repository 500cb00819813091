"""The boxes in which dealers send values to seats: HPKE in base mode (RFC 9180), X25519, HKDF-SHA256, AES-256-GCM, empty aad.

The ephemeral key of a box is drawn by the library from the system, the only randomness of this package that is not a parameter.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from chain.errors.sealing import BoxKeyInvalid, DealtBoxUnreadable
from chain.sealing.group import number, tag, word

__all__ = ["BOX_SIZE", "box_key", "open_box", "seal_box"]

BOX_SIZE = 80
"""Bytes of a box: the encapsulated key (32), the value (32), the tag of AES-GCM (16)."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = tag("dkg-share")


def box_key(secret: bytes) -> bytes:
    """The X25519 public key of a box secret, 32 bytes each (RFC 7748)."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def seal_box(ceremony_id: bytes, dealer: int, seat: int, key: bytes, value: int) -> bytes:
    """The value f_dealer(seat), boxed for the seat with this box key: enc || ct, 80 bytes. Raises BoxKeyInvalid."""
    try:
        public = X25519PublicKey.from_public_bytes(key)
        return bytes(_SUITE.encrypt(word(value), public, info=_info(ceremony_id, dealer, seat)))
    except ValueError:
        # Not 32 bytes, or a point of small order, with which everyone would share the same secret.
        raise BoxKeyInvalid(seat) from None


def open_box(ceremony_id: bytes, dealer: int, seat: int, secret: bytes, box: bytes) -> int:
    """The value in a box, opened with the seat's box secret, 32 bytes. Raises DealtBoxUnreadable."""
    try:
        key = X25519PrivateKey.from_private_bytes(secret)
        value = _SUITE.decrypt(box, key, info=_info(ceremony_id, dealer, seat))
    except (InvalidTag, ValueError):
        raise DealtBoxUnreadable(dealer) from None
    if len(value) != 32:
        raise DealtBoxUnreadable(dealer)
    return number(value)


def _info(ceremony_id: bytes, dealer: int, seat: int) -> bytes:
    return b"".join((_INFO, ceremony_id, word(dealer), word(seat)))
