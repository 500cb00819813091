"""From unsigned bytes to signed ones: whatever holds the key, what it answers is checked before it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from chain.errors.chain import TransactionInvalid
from chain.errors.recorder import SignatureWrong, SignerUnavailable
from chain.recorder.model import Signer, Signers
from chain.transactions import assemble, signing_hash
from chain.transactions.signing import recovered

__all__ = ["Signed", "sign_all", "signer_of"]

Signed = tuple[bytes, str]
"""Raw transaction and its hash."""


def signer_of(signers: Signers, actor: str) -> Signer:
    """The signer of an account. Raises SignerUnavailable."""
    signer = signers.get(actor)
    if signer is None:
        raise SignerUnavailable(actor, "the service holds no key for it any more")
    return signer


async def sign_all(signer: Signer, payloads: Sequence[bytes]) -> list[Signed]:
    """Each payload signed, in order. Raises SignerUnavailable, SignatureWrong (high s, or another key's)."""
    signed: list[Signed] = []
    for payload in payloads:
        signed.append(await _sign(signer, payload))
        await asyncio.sleep(0)  # a key in memory never waits: others get their turn between two signatures
    return signed


async def _sign(signer: Signer, payload: bytes) -> Signed:
    digest = signing_hash(payload)
    r, s, y = await signer.sign_hash(digest, payload)
    try:
        raw, hash_ = assemble(payload, r, s, y)
        sender = recovered(digest, r, s, y)
    except TransactionInvalid as error:
        raise SignatureWrong(signer.address, error.rule) from error
    if sender != signer.address:
        raise SignatureWrong(signer.address, f"signed by {sender}")
    return raw, hash_
