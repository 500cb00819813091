"""Whole lives over HTTP, by the clients of a service."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from api.client import Client
from api.told import next_version, notice_of
from api.told_desk import ToldDesk
from chain.network import Network
from chain.procurement.bid import seal_bid
from chain.procurement.bidding import DECLARATION
from chain.procurement.committee import kept_share
from chain.types import (
    AgreementStatus,
    to_hex,
)
from scripts.measures.figure import MeasureFailed
from scripts.measures.story import BIDDING, INSTALMENTS, PRICES, paper, shares_of

__all__ = ["LivesOverHttp"]

_OPENERS = ("opener1", "opener2")
_PAPER = b"agreed"
_LOOK = 0.02  # seconds between two looks at the service's head


class LivesOverHttp:
    """Lives like those of `story.play` by the clients of a service of this process; each act is in a block before the next."""

    def __init__(self, net: Network, url: str) -> None:
        self._net = net
        names = ("buyer", "witness", *PRICES, *_OPENERS)
        self._clients = {name: Client(url, net.records[name].token) for name in names}
        path = net.folder.path / "paper.txt"
        path.write_bytes(_PAPER)
        digest = hashlib.sha256(_PAPER)
        self._clients["buyer"].upload(
            path, "text/plain", f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
        )
        self._paper = {"document": digest.hexdigest()}

    def live(self, many: int, at_once: int) -> None:
        """``many`` lives, ``at_once`` of them side by side; time goes on for all of them together."""
        with ThreadPoolExecutor(at_once) as pool:
            for first in range(0, many, at_once):
                body = json.loads(self._net.samples.path("laptops", length=BIDDING).read_bytes())
                numbers = list(pool.map(self._published, [body] * min(at_once, many - first)))
                self._until(
                    max(self._client.get(f"/tenders/{number}/opening")["opensAt"] for number in numbers)
                )
                list(pool.map(self._awarded, numbers))
                lots = [self._client.get(f"/tenders/{number}/lots/1") for number in numbers]
                self._until(max(lot["standstillEnds"] for lot in lots))
                list(pool.map(self._agreed, numbers))

    def require_completed(self) -> None:
        """Raises MeasureFailed where an agreement is not completed."""
        found = self._client.get("/agreements?limit=1000")["items"]
        other = [each["number"] for each in found if each["status"] != AgreementStatus.COMPLETED.word]
        if other or not found:
            raise MeasureFailed(f"of {len(found)} agreements these are not completed: {other}")

    @property
    def _client(self) -> Client:
        return self._clients["buyer"]

    def _until(self, when: str) -> None:
        self._net.wait_until(datetime.fromisoformat(when))
        while self._client.get("/network/status")["blockTime"] < when:
            time.sleep(_LOOK)

    def _act(self, who: str, path: str, body: Any, match: str | None = None) -> Mapping[str, str]:
        answer = self._clients[who].act(path, body, if_match=match)
        if answer.status not in (200, 201):
            raise MeasureFailed(f"{path} was answered {answer.status}: {answer.body}")
        return answer.headers

    def _published(self, body: Any) -> int:
        number = int(self._act("buyer", "/tenders", body)["location"].rsplit("/", 1)[1])
        for name, price in PRICES.items():
            client, account = self._clients[name], self._net.records[name].address
            receipt = seal_bid(
                notice_of(client, number), price, bidder=account, version=next_version(client, number, account),
                declarations=DECLARATION,
            )  # fmt: skip
            self._act(name, f"/tenders/{number}/bids", {
                "termsHash": to_hex(receipt.terms_hash), "declarations": to_hex(receipt.declarations),
                "envelopes": [to_hex(sealed.data) for sealed in receipt.envelopes],
            })  # fmt: skip
        return number

    def _awarded(self, number: int) -> None:
        stores = {person.name: store for person, store in self._net.local_seats()}
        for name in _OPENERS:
            desk = ToldDesk(self._clients[name], self._net.records[name].address)
            desk.share(number, kept_share(stores[name], desk.sealed.holder(number).id))
        ToldDesk(self._clients["acme"], self._net.records["acme"].address).open(number)
        lot = f"/tenders/{number}/lots/1"
        for what in ("tally", "ranking"):
            self._act("buyer", f"{lot}/{what}", {})
        self._act("buyer", f"{lot}/awards", {"bid": self._client.get(lot)["candidate"], **self._paper})

    def _agreed(self, tender: int) -> None:
        now = datetime.fromtimestamp(self._net.now(), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        milestones = [
            {"kind": "delivery", "shareBps": 10_000}, *({"kind": "payment", "shareBps": bps} for bps in shares_of(INSTALMENTS)),
        ]  # fmt: skip
        draft = {
            "tender": tender,
            "lot": 1,
            "startsAt": now,
            "endsAt": now,
            "milestones": milestones,
            **self._paper,
        }
        at = "/agreements/" + self._act("buyer", "/agreements", draft)["location"].rsplit("/", 1)[1]
        act, signed = self._act, self._paper
        for who in ("beta", "buyer"):
            act(who, f"{at}/signatures", signed)
        act("beta", f"{at}/changes", {"reason": "duration", "extension": 3_600, **signed}, "1")
        act("buyer", f"{at}/changes/1/signatures", signed)
        for verdict in ("refusal", "acceptance"):
            act("beta", f"{at}/milestones/1/delivery", {"document": paper("evidence")})
            act("buyer", f"{at}/milestones/1/{verdict}", signed)
        self._paid(at, now)
        act("buyer", f"{at}/completion", signed)
        act("witness", f"{at}/ratings", {"rating": 5})

    def _paid(self, at: str, now: str) -> None:
        """All instalments; the first one comes back and is made again."""
        for each in self._client.get(f"{at}/milestones")["items"]:
            if each["kind"] != "payment":
                continue
            payment = {"milestone": each["number"], "amount": each["amount"], "paidAt": now}
            self._act("buyer", f"{at}/payments", payment | {"reference": f"{at} {each['number']}"})
            if each["number"] == 2:
                self._act("buyer", f"{at}/payments/1/reversal", self._paper)
                self._act("buyer", f"{at}/payments", payment | {"reference": f"{at} 2 again"})
