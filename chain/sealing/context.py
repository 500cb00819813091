"""What an envelope is bound to (EIP-712): network, BidBox, tender, envelope, bidder, version of the bid, keyset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chain.sealing.group import hashed, number, word

__all__ = ["BidContext", "domain_separator"]

_DOMAIN_TYPE = hashed(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_CONTEXT_TYPE = hashed(
    b"BidContext(bytes32 tenderId,uint8 envelope,address bidder,uint32 version,bytes32 keysetId)"
)
_NAME, _VERSION = hashed(b"Licita"), hashed(b"1")


def domain_separator(chain_id: int, bid_box: str) -> bytes:
    """The EIP-712 domain of a network's BidBox (its address), 32 bytes."""
    return hashed(_DOMAIN_TYPE, _NAME, _VERSION, word(chain_id), _lifted(bid_box))


@dataclass(frozen=True)
class BidContext:
    """One envelope's place: ``separator`` and ``keyset_id`` of 32 bytes, ``tender_id`` as the contracts key it, 32 bytes,
    ``envelope`` 0 or 1, ``bidder`` the address that sends ``submit``, ``version`` its supplier's last version + 1.
    """

    separator: bytes
    tender_id: bytes
    envelope: int
    bidder: str
    version: int
    keyset_id: bytes

    @cached_property
    def struct_hash(self) -> bytes:
        """hashStruct of EIP-712, 32 bytes."""
        bidder, version = _lifted(self.bidder), word(self.version)
        return hashed(_CONTEXT_TYPE, self.tender_id, word(self.envelope), bidder, version, self.keyset_id)

    @cached_property
    def ctx(self) -> bytes:
        """The digest that proofs, pads, key and commitment are bound to, 32 bytes."""
        return hashed(b"\x19\x01", self.separator, self.struct_hash)

    @property
    def tender(self) -> int:
        """The tender's number."""
        return number(self.tender_id)


def _lifted(address: str) -> bytes:
    return bytes(12) + bytes.fromhex(address[2:])
