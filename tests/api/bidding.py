"""Bidders and committee of a served network for tests: they seal and share on their own side, as clients do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chain.procurement.bid import Amount, Notice, seal_bid
from chain.procurement.committee import kept_share
from chain.procurement.opening import PageBid, PageFile
from chain.sealing.document import OfferFile
from chain.sealing.keyshare import KeyShare
from chain.sealing.receipt import Receipt
from chain.sealing.tdh2 import Share
from chain.types import from_hex, to_hex
from tests.api.world import Reply, World

OPENERS = ("opener1", "opener2", "opener3")
DECLARATIONS = bytes.fromhex("ab" * 32)
OFFER = OfferFile("offer.txt", "text/plain", b"36 months on site.")


def later(when: str, seconds: int = 1) -> str:
    """A time some seconds after another one, as text."""
    return (datetime.fromisoformat(when) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Bids:
    """The bids of one tender of a served network."""

    def __init__(self, world: World, number: int | None = None) -> None:
        self.world = world
        self.number = world.publish() if number is None else number
        self.path = f"/v1/tenders/{self.number}"

    # Bidders

    @property
    def notice(self) -> Notice:
        """What a bidder seals with, as the API gives it."""
        reply = self.world.anyone.get(f"{self.path}/notice")
        assert reply.status == 200, reply.data
        return Notice.from_json(reply.data)

    def version(self, person: str) -> int:
        """The next version of a supplier's bid."""
        found = self.world.anyone.get(f"{self.path}/bids?account={self.world.address(person)}").json["items"]
        return 1 + (found[0]["version"] if found else 0)

    def seal(
        self,
        person: str = "acme",
        amount: Amount = "1250000.00 MXN",
        documents: Sequence[OfferFile] = (OFFER,),
    ) -> Receipt:
        """A bid, sealed on the bidder's side."""
        return seal_bid(
            self.notice, amount, documents, bidder=self.world.address(person), version=self.version(person),
            declarations=DECLARATIONS,
        )  # fmt: skip

    def submit(self, person: str = "acme", amount: Amount = "1250000.00 MXN") -> Receipt:
        """A bid that is in a block; its receipt."""
        receipt = self.seal(person, amount)
        reply = self.post(person, receipt)
        assert reply.status == 201, reply.data
        return receipt

    def post(self, person: str, receipt: Receipt, **more: Any) -> Reply:
        """Sends what was sealed; ``more``: members of the body that are others."""
        return self.world.as_person(person).post(f"{self.path}/bids", body_of(receipt) | more, wait=20)

    def act(self, person: str, step: str, **headers: str) -> Reply:
        """``confirmation`` or ``withdrawal``."""
        return self.world.as_person(person).post(f"{self.path}/bids/{step}", {}, wait=20, **headers)

    def read(self, index: int = 0) -> Any:
        """A bid as the API shows it."""
        return self.world.anyone.get(f"{self.path}/bids/{index}").json

    # Committee

    @property
    def opening(self) -> Any:
        """The opening as the API shows it."""
        return self.world.anyone.get(f"{self.path}/opening").json

    def close(self) -> None:
        """Moves time to the deadline."""
        self.world.wait_until(self.world.tender(self.number)["deadline"])

    def wait(self, field: str) -> None:
        """Moves time to a time of the opening: ``openFrom``, ``opensAt``, ``fallbackFrom``, ``voidFrom``."""
        self.world.wait_until(self.opening[field])

    def share_of(self, person: str) -> KeyShare:
        """A committee member's share of the key, on its own machine."""
        store = {who.name: store for who, store in self.world.network.local_seats()}[person]
        return kept_share(store, self.notice.keyset.id)

    def shares(self, person: str, page: int = 0) -> dict[str, Any]:
        """The body with a member's shares, made of what the API says of the page."""
        key = self.share_of(person)
        found = self.world.anyone.get(f"{self.path}/pages/{page}?envelope={self.opening['envelope']}").json
        bids = tuple(
            PageBid(each["index"], each["bidder"], each["version"], from_hex(each["sealedEnvelope"]))
            for each in found["live"]
        )
        separator, own, holder = (from_hex(found[name]) for name in ("separator", "sealedTo", "keyset"))
        told = PageFile(self.number, found["envelope"], page, separator, holder, own, 0, 0, bids)
        return shares_body(page, key.seat, told.shares(key).shares, found["envelope"])

    def share(self, person: str, body: Any = None) -> Reply:
        """Posts a member's shares of page 0."""
        caller = self.world.as_person(person)
        return caller.post(f"{self.path}/shares", body or self.shares(person), wait=20)

    def open_page(self, person: str = "citizen", page: int = 0) -> Reply:
        """Opens a page."""
        body = {"envelope": self.opening["envelope"]}
        return self.world.as_person(person).post(f"{self.path}/pages/{page}", body, wait=20)

    def open(self) -> None:
        """Everything from the deadline to open bids."""
        self.wait("opensAt")
        for person in OPENERS[:2]:
            reply = self.share(person)
            assert reply.status == 200, reply.data
        reply = self.open_page()
        assert reply.status == 200, reply.data


def body_of(receipt: Receipt) -> dict[str, Any]:
    """What is sent of a sealed bid."""
    return {
        "termsHash": to_hex(receipt.terms_hash),
        "declarations": receipt.declarations.hex(),
        "envelopes": [to_hex(each.data) for each in receipt.envelopes],
    }


def shares_body(page: int, seat: int, shares: Sequence[Share], envelope: int = 0) -> dict[str, Any]:
    """Shares as they are sent."""
    return {
        "envelope": envelope,
        "page": page,
        "seat": seat,
        "shares": [to_hex(each.pack()) for each in shares],
    }
