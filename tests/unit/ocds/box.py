"""The box and the committee of a tender that is not there: their events as the contracts emit them, with what is sealed inside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from chain.ocds.publication import Organisation
from chain.rules import tender_id
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.document import OfferFile, build
from chain.sealing.envelope import NO_OFFER, SealedEnvelope, seal
from chain.sealing.group import multiply
from chain.sealing.opening import open_with
from chain.types import Event, to_hex

BOX = "0x" + "bB" * 20
COMMITTEE = "0x" + "Cc" * 20
TENDER = tender_id(1)
SECRET = 7
"""The committee's key; the joint key is its product with the generator."""


def account(index: int) -> str:
    """The account of a bidder."""
    return f"0x{index + 1:040x}"


class Box:
    """Emits into the next block of a ledger; a bid is named by its index, its bidder is ``LICITA-S<index>``."""

    def __init__(self, ledger: Any) -> None:
        self.ledger = ledger
        self.terms, self.orders, self.log = 1, 0, 0
        self.versions: dict[int, int] = {}
        self.sealed: dict[int, SealedEnvelope] = {}

    def emit(self, contract: str, name: str, **args: Any) -> Event:
        """An event; its place in the block is the next one ever."""
        ledger, self.log = self.ledger, self.log + 1
        transaction = to_hex(hashlib.sha256(f"{ledger.number}.{self.log}".encode()).digest())
        address = BOX if contract == "BidBox" else COMMITTEE
        args = {"tenderId": to_hex(TENDER), **args}
        return Event(contract, name, args, ledger.number, ledger.time, transaction, 0, self.log, address)

    def submit(
        self,
        index: int,
        amounts: Sequence[int | None] = (),
        *documents: OfferFile,
        text: bytes | None = None,
        bidder: Organisation | None = None,
    ) -> Event:
        """BidSealed; without ``amounts`` nothing real is inside. ``text``: other bytes than a bid document."""
        self.orders += 1
        self.versions[index] = version = self.versions.get(index, 0) + 1
        self.ledger.known.bidders[index] = bidder or Organisation(f"LICITA-S{index}", f"Firma {index}")
        digest, data = "0x" + hashlib.sha256(f"{index}.{version}".encode()).hexdigest(), b""
        if amounts:
            separator = domain_separator(31337, BOX)
            context = BidContext(separator, TENDER, 0, account(index), version, self.keyset)
            body = (
                text
                if text is not None
                else build(context, bytes(32), amounts, body_blocks=16, documents=documents)
            )
            drawn = iter(range(1, 99))
            sealed = seal(
                context,
                multiply(SECRET),
                amounts,
                body,
                lambda size: hashlib.sha256(f"{index}.{version}.{next(drawn)}".encode()).digest()[:size],
            )
            self.sealed[index], digest, data = sealed, to_hex(sealed.seal_hash), sealed.data
        self.ledger.known.envelopes[index, 0] = data
        return self.emit(
            "BidBox", "BidSealed", envelope=0, bidder=account(index), version=version, index=index, order=self.orders,
            termsVersion=self.terms, declarations="0x" + "dd" * 32, seal=digest, sealedEnvelope=to_hex(data),
        )  # fmt: skip

    @property
    def keyset(self) -> bytes:
        """The tender's."""
        return bytes(32)

    def confirm(self, index: int) -> Event:
        """BidConfirmed."""
        version = self.versions[index]
        return self.emit(
            "BidBox",
            "BidConfirmed",
            bidder=account(index),
            version=version,
            index=index,
            termsVersion=self.terms,
        )

    def withdraw(self, index: int) -> Event:
        """BidWithdrawn."""
        version = self.versions[index]
        return self.emit("BidBox", "BidWithdrawn", bidder=account(index), version=version, index=index)

    def lock(self, bids: int = 1, live: int = 1) -> Event:
        """BoxLocked."""
        return self.emit("BidBox", "BoxLocked", bids=bids, live=live)

    def shares(self, seat: int = 1, page: int = 0) -> Event:
        """SharesPosted."""
        return self.emit(
            "OpeningCommittee", "SharesPosted", envelope=0, seat=seat, page=str(page), keysetId="0x" + "00" * 32, shares=["1"] * 4
        )  # fmt: skip

    def reveal(self, index: int) -> Event:
        """BidSelfRevealed; BidOpened follows it."""
        return self.emit("OpeningCommittee", "BidSelfRevealed", envelope=0, index=index, r="5")

    def open(self, index: int, amounts: Sequence[int | None] | None = None) -> Event:
        """BidOpened: what was sealed, or ``amounts`` of a bid with nothing real inside."""
        words, s, commit = amounts, (1, 1), bytes(32)
        if words is None:
            sealed = self.sealed[index]
            opening = open_with(sealed.secret, sealed.context, sealed.envelope)
            words, s, commit = opening.amounts, (sealed.secret.x, sealed.secret.y), opening.doc_commit
        return self.emit(
            "OpeningCommittee", "BidOpened", envelope=0, bidder=account(index), index=index, version=self.versions[index],
            s={"x": str(s[0]), "y": str(s[1])}, docCommit=to_hex(commit),
            amounts=[str(NO_OFFER if amount is None else amount) for amount in words],
        )  # fmt: skip
