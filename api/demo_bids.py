"""The sealed part of the demonstration: three bids that nobody can read, and the opening that nobody can refuse."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from api.client import Answer, Client
from api.told import ToldSealed, feed, next_version, notice_of, pages
from api.told_desk import ToldDesk
from chain.errors.demo import DemoStoryBroken
from chain.errors.sealing import BodyUnreadable
from chain.network import Network
from chain.procurement.bid import offer_file, seal_bid
from chain.procurement.bidding import DECLARATION
from chain.procurement.committee import kept_share
from chain.sealing.opening import open_body, open_with
from chain.types import to_hex

__all__ = ["OPENERS", "SealedDay"]

OPENERS = ("opener1", "opener2")
"""Two of the three members whose shares open the bids."""


class SealedDay:
    """The bids for one tender of a served sandbox; ``clients``: name -> its client, "" is nobody's."""

    def __init__(
        self,
        network: Network,
        clients: Mapping[str, Client],
        number: int,
        output: Path,
        say: Callable[[str], None],
    ) -> None:
        self._network = network
        self._clients = clients
        self._number = number
        self._output = output
        self._say = say

    def bid(self, name: str, amount: str) -> Answer:
        """Seals on the supplier's side, as `licita bid seal` does, and submits what is sealed."""
        offer = self._output / f"offer-{name}.txt"
        offer.write_text(f"Offer of {name}: 36 months of warranty on site, delivery in 20 days.\n", "utf-8")
        client, account = self._clients[name], self._network.records[name].address
        receipt = seal_bid(
            notice_of(client, self._number), amount, [offer_file(offer)], bidder=account,
            version=next_version(client, self._number, account), declarations=DECLARATION,
        )  # fmt: skip
        body = {
            "termsHash": to_hex(receipt.terms_hash), "declarations": to_hex(receipt.declarations),
            "envelopes": [to_hex(sealed.data) for sealed in receipt.envelopes],
        }  # fmt: skip
        return client.act(f"/tenders/{self._number}/bids", body)

    def confirm(self, name: str) -> Answer:
        """Keeps a bid under an addendum."""
        client = self._clients[name]
        terms = client.get(f"/tenders/{self._number}")["termsHash"]
        return client.act(f"/tenders/{self._number}/bids/confirmation", {}, if_match=terms)

    def tell_sealed(self) -> None:
        """What anybody reads before the opening: who and when. A member who breaks its duty reads no more."""
        anyone = self._clients[""]
        names = {record.address: name for name, record in self._network.records.items()}
        self._say("before the opening anybody reads this of the bids, and no key opens it:")
        for row in feed(anyone, "BidSealed", self._number):
            data = row["args"]["sealedEnvelope"]
            size = len(data) // 2 - 1
            self._say(
                f"  block {row['block']} at {row['time']}: {names[row['args']['bidder']]}, {size} bytes {data[:26]}...{data[-12:]}"
            )
        live = ToldSealed(anyone).live(self._number, 0)[0]
        person, store = self._network.local_seats()[0]
        share = kept_share(store, live.context.keyset_id).open(
            live.context.ctx, live.envelope.u, secrets.token_bytes
        )
        try:
            open_body(
                share.point, live.context, live.envelope, open_with(share.point, live.context, live.envelope)
            )
        except BodyUnreadable as refusal:
            self._say(
                f"  one member of the committee ({person.name}) tries alone: {refusal.error}; two of three are needed"
            )
            return
        raise DemoStoryBroken("sealed", "one share opened a bid")

    def share(self, name: str) -> int:
        """The shares of a committee member, made on its side, as `licita committee share` does."""
        desk = self._desk(name)
        store = next(store for person, store in self._network.local_seats() if person.name == name)
        return desk.share(self._number, kept_share(store, desk.sealed.holder(self._number).id))

    def open(self, name: str) -> list[dict[str, Any]]:
        """Opens the bids, as `licita committee open` does, and shows them, the lowest first."""
        self._desk(name).open(self._number)
        anyone = self._clients[""]
        bids = [
            {
                "supplier": found["orgId"], "amount": opening["amounts"][0]["amount"], "currency": opening["amounts"][0]["currency"],
                "document": anyone.get(opening["document"].removeprefix("/v1"))["documents"][0]["sha256"],
            }
            for found in pages(anyone, f"/tenders/{self._number}/bids")
            for opening in found["openings"]
        ]  # fmt: skip
        bids.sort(key=lambda each: Decimal(each["amount"]))
        for place, each in enumerate(bids):
            note = "  lowest" if place == 0 else ""
            self._say(
                f"  {each['supplier']:<14}{each['amount']:>12} {each['currency']}  offer sha256 {each['document'][:18]}...{note}"
            )
        return bids

    def _desk(self, name: str) -> ToldDesk:
        return ToldDesk(self._clients[name], self._network.records[name].address)
