"""What a bidder keeps of its bid: the sealed bytes, and r and salt, with which it can open the bid itself if the committee does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chain.errors.base import LicitaError
from chain.errors.sealing import LockedFileInvalid
from chain.sealing.context import BidContext
from chain.sealing.envelope import SealedEnvelope, read
from chain.sealing.group import Draw, Point
from chain.sealing.locked import COST, lock, unlock
from chain.sealing.secret import Secret
from chain.types import from_hex, to_hex

__all__ = ["Receipt"]

_KIND = "bid-receipt"


@dataclass(frozen=True)
class Receipt:
    """One version of a bid, all its envelopes in order. ``terms_hash`` and ``declarations`` are what ``submit`` is called with, 32 bytes
    each; ``transaction`` is its hash, 0x hex; ``block`` holds it, at ``at`` unix seconds: None until it was sent."""

    terms_hash: bytes
    declarations: bytes
    envelopes: tuple[SealedEnvelope, ...]
    transaction: str | None = None
    block: int | None = None
    at: int | None = None

    def sent(self, transaction: str, block: int | None = None, at: int | None = None) -> Receipt:
        """The receipt with the hash of its transaction, and the block that holds it."""
        return replace(self, transaction=transaction, block=block, at=at)

    def erase(self) -> None:
        """Overwrites r and salt of every envelope: what is left proves the bid, and opens nothing."""
        for each in self.envelopes:
            each.erase()

    def encrypted(self, passphrase: str, draw: Draw, cost: int = COST) -> bytes:
        """The receipt file. Raises SecretErased."""
        payload = {
            "termsHash": to_hex(self.terms_hash),
            "declarations": to_hex(self.declarations),
            "transaction": self.transaction,
            "block": self.block,
            "at": self.at,
            "envelopes": [_to_json(each) for each in self.envelopes],
        }
        return lock(_KIND, payload, passphrase, draw, cost)

    @classmethod
    def decrypted(cls, data: bytes, passphrase: str) -> Receipt:
        """Reads a receipt file. Raises LockedFileInvalid, LockedFileRefused."""
        payload = unlock(_KIND, data, passphrase)
        try:
            envelopes = tuple(_from_json(each) for each in payload["envelopes"])
            if not envelopes:
                raise ValueError("no envelope")
            return cls(
                from_hex(payload["termsHash"]),
                from_hex(payload["declarations"]),
                envelopes,
                payload["transaction"],
                payload["block"],
                payload["at"],
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, LicitaError):
            raise LockedFileInvalid(_KIND, "its content is of another version") from None


def _to_json(sealed: SealedEnvelope) -> dict[str, Any]:
    context = sealed.context
    return {
        "separator": to_hex(context.separator),
        "tenderId": to_hex(context.tender_id),
        "envelope": context.envelope,
        "bidder": context.bidder,
        "version": context.version,
        "keysetId": to_hex(context.keyset_id),
        "ctx": to_hex(context.ctx),
        "pk": to_hex(sealed.pk.to64()),
        "data": to_hex(sealed.data),
        "r": to_hex(sealed.r.raw),
        "salt": to_hex(sealed.salt.raw),
    }


def _from_json(value: Mapping[str, Any]) -> SealedEnvelope:
    context = BidContext(
        from_hex(value["separator"]),
        from_hex(value["tenderId"]),
        value["envelope"],
        value["bidder"],
        value["version"],
        from_hex(value["keysetId"]),
    )
    if to_hex(context.ctx) != value["ctx"]:  # also what its parts cannot be
        raise ValueError(value["ctx"])
    envelope = read(from_hex(value["data"]), context)
    r, salt = Secret(from_hex(value["r"])), Secret(from_hex(value["salt"]))
    return SealedEnvelope(context, Point.from64(from_hex(value["pk"])), envelope, r, salt)
