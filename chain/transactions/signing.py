"""Transactions as bytes: type 0 with EIP-155, gas price 0, value 0. Nothing here talks to a node.

Sources: EIP-155 (replay protection), EIP-191 (signed messages), EIP-2 (low s), Yellow Paper section 7 (address of a created contract).
"""

from __future__ import annotations

from functools import lru_cache

import coincurve
from eth_hash.auto import keccak

from chain.errors.chain import KeyInvalid, TransactionInvalid
from chain.rlp import decode, decode_int, encode, encode_int
from chain.transactions.codec import checksum

__all__ = [
    "address_of",
    "assemble",
    "created_address",
    "message_signer",
    "recovered",
    "sender_of",
    "sign",
    "sign_message",
    "signing_hash",
    "unsigned",
]

_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141  # of secp256k1 (SEC 2)
_HALF = _ORDER // 2
_FIELDS = 9


def unsigned(nonce: int, to: str | None, data: bytes, gas: int, chain_id: int) -> bytes:
    """The EIP-155 signing payload, RLP; ``to`` is None for a creation."""
    receiver = b"" if to is None else bytes.fromhex(to[2:])
    numbers = [encode_int(nonce), b"", encode_int(gas)]
    return encode([*numbers, receiver, b"", data, encode_int(chain_id), b"", b""])


def signing_hash(payload: bytes) -> bytes:
    """What is signed: keccak256 of the payload, 32 bytes."""
    return bytes(keccak(payload))


def assemble(payload: bytes, r: int, s: int, y: int) -> tuple[bytes, str]:
    """Payload and signature (``y`` is the parity, 0 or 1) -> raw transaction and its hash, 0x hex.

    Raises TransactionInvalid(fields, signature, high-s, parity), RlpInvalid.
    """
    items = decode(payload)
    if not isinstance(items, list) or len(items) != _FIELDS or items[7:] != [b"", b""]:
        raise TransactionInvalid("fields")
    _check_signature(r, s)
    if y not in (0, 1):
        raise TransactionInvalid("parity")
    chain_id = items[6]
    if not isinstance(chain_id, bytes):
        raise TransactionInvalid("fields")
    v = decode_int(chain_id) * 2 + 35 + y
    raw = encode([*items[:6], encode_int(v), encode_int(r), encode_int(s)])
    return raw, "0x" + keccak(raw).hex()


def sign(payload: bytes, key: bytes) -> tuple[bytes, str]:
    """Payload signed with a private key of 32 bytes -> raw transaction and its hash. Raises KeyInvalid."""
    signature = _private(key).sign_recoverable(signing_hash(payload), hasher=None)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    return assemble(payload, r, s, signature[64])


def sender_of(raw: bytes) -> str:
    """Checksum address that signed a raw transaction. Raises TransactionInvalid, RlpInvalid."""
    items = decode(raw)
    if not isinstance(items, list) or len(items) != _FIELDS:
        raise TransactionInvalid("fields")
    fields = [item for item in items if isinstance(item, bytes)]
    if len(fields) != _FIELDS:
        raise TransactionInvalid("fields")
    v, r, s = (decode_int(field) for field in fields[6:])
    if v < 35:
        raise TransactionInvalid("chain-id")
    for place, rule in ((1, "gas-price"), (4, "value")):
        if fields[place]:
            raise TransactionInvalid(rule)
    _check_signature(r, s)
    payload = encode([*fields[:6], encode_int((v - 35) // 2), b"", b""])
    return recovered(signing_hash(payload), r, s, (v - 35) % 2)


def recovered(digest: bytes, r: int, s: int, y: int) -> str:
    """Checksum address whose key made a signature over ``digest``. Raises TransactionInvalid(signature, high-s, parity)."""
    _check_signature(r, s)
    if y not in (0, 1):
        raise TransactionInvalid("parity")
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([y])
    try:
        return _address(coincurve.PublicKey.from_signature_and_message(signature, digest, hasher=None))
    except ValueError as error:
        # coincurve says so where r is the abscissa of no point.
        raise TransactionInvalid("signature") from error


def sign_message(message: bytes, key: bytes) -> bytes:
    """A message signed as wallets do (EIP-191, version 0x45): r, s and 27 or 28, 65 bytes. Raises KeyInvalid."""
    signature = _private(key).sign_recoverable(_message_hash(message), hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


def message_signer(message: bytes, signature: bytes) -> str:
    """Checksum address that signed a message so. Raises TransactionInvalid(signature, high-s, parity)."""
    if len(signature) != 65:
        raise TransactionInvalid("signature")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    return recovered(_message_hash(message), r, s, signature[64] - 27)


def _message_hash(message: bytes) -> bytes:
    return bytes(keccak(b"\x19Ethereum Signed Message:\n" + str(len(message)).encode() + message))


def address_of(key: bytes) -> str:
    """Checksum address of a private key. Raises KeyInvalid."""
    return _address(_private(key).public_key)


def created_address(sender: str, nonce: int) -> str:
    """Checksum address of the contract that ``sender`` creates with ``nonce``."""
    return checksum("0x" + keccak(encode([bytes.fromhex(sender[2:]), encode_int(nonce)]))[12:].hex())


def _private(key: bytes) -> coincurve.PrivateKey:
    if len(key) != 32 or not 0 < int.from_bytes(key, "big") < _ORDER:
        raise KeyInvalid()
    return coincurve.PrivateKey(key)


def _check_signature(r: int, s: int) -> None:
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        raise TransactionInvalid("signature")
    if s > _HALF:
        raise TransactionInvalid("high-s")


def _address(public: coincurve.PublicKey) -> str:
    return _address_at(public.format(compressed=False))


@lru_cache(maxsize=1024)
def _address_at(point: bytes) -> str:
    return checksum("0x" + keccak(point[1:])[12:].hex())
