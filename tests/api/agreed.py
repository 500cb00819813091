"""Agreements of a served network for tests: an award that is final, and what both sides do about it over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.procurement.bid import Amount
from tests.api.bidding import Bids
from tests.api.test_documents import uploaded
from tests.api.world import Reply, World

__all__ = ["BIDS", "HALVES", "PRICE", "PRIVATE", "WHOLE", "Agreed"]

PRICE = "1250000.00 MXN"
BIDS = {"acme": PRICE, "gamma": "1300000.00 MXN"}
PRIVATE = "cd" * 32
"""sha256 of a paper that nobody uploaded."""

WHOLE = ({"kind": "delivery", "shareBps": 10_000}, {"kind": "payment", "shareBps": 10_000, "requires": 1})
HALVES = (
    {"kind": "delivery", "shareBps": 4_000}, {"kind": "delivery", "shareBps": 6_000},
    {"kind": "payment", "shareBps": 3_333, "requires": 1}, {"kind": "payment", "shareBps": 6_667},
)  # fmt: skip
"""Two deliveries, the payment of the first, and one that waits for nothing."""


class Agreed(Bids):
    """A tender whose first lot was awarded to the first of ``bids``, which asks least; ``paper`` is uploaded, by the buyer."""

    winner = "acme"

    def __init__(self, world: World, number: int | None = None, bids: Mapping[str, Amount] = BIDS) -> None:
        super().__init__(world, number)
        for bidder, amount in bids.items():
            self.submit(bidder, amount)
        self.open()
        self.winner = next(iter(bids))
        self.paper: str = uploaded(world, b"agreed " + str(self.number).encode())
        for step in ("tally", "ranking"):
            self.must(self.do("citizen", f"{self.path}/lots/1/{step}", {}))
        self.award(0)
        self.agreement = 0

    # -- what is read

    @property
    def lot(self) -> Any:
        """The first lot."""
        return self.world.anyone.get(f"{self.path}/lots/1").json

    @property
    def at(self) -> str:
        """Path of the agreement."""
        return f"/v1/agreements/{self.agreement}"

    @property
    def shown(self) -> Any:
        """The agreement as the API shows it."""
        reply = self.world.anyone.get(self.at)
        assert reply.status == 200, reply.data
        return reply.json

    def step(self, function: str, milestone: int | None = None) -> Any:
        """The first step of this name that the agreement shows."""
        steps = self.shown["steps"]
        return next(each for each in steps if (each["function"], each["milestone"]) == (function, milestone))

    # -- what is done

    @staticmethod
    def must(reply: Reply) -> Reply:
        """Asserts that an act went through."""
        assert reply.status in (200, 201), reply.data
        return reply

    def do(self, person: str, path: str, body: Any, **headers: Any) -> Reply:
        """An act of a person, below the agreement where the path is relative."""
        whole = path if path.startswith("/") else f"{self.at}/{path}"
        return self.world.as_person(person).post(whole, body, wait=20, **headers)

    def award(self, bid: int) -> None:
        """Awards the lot."""
        body = {"bid": bid, "document": self.paper}
        self.must(self.do("buyer", f"{self.path}/lots/1/awards", body))

    def final(self) -> Agreed:
        """Waits for the end of the standstill."""
        self.world.wait_until(self.lot["standstillEnds"])
        return self

    def terms(self, milestones: Sequence[Any] = WHOLE, **more: Any) -> dict[str, Any]:
        """The body of a draft."""
        return {
            "tender": self.number, "lot": 1, "document": self.paper, "startsAt": self.world.in_seconds(0),
            "endsAt": self.world.in_seconds(86_400), "milestones": list(milestones), **more,
        }  # fmt: skip

    def draft(self, person: str = "buyer", milestones: Sequence[Any] = WHOLE, **more: Any) -> Reply:
        """Drafts."""
        return self.do(person, "/v1/agreements", self.terms(milestones, **more))

    def drafted(self, milestones: Sequence[Any] = WHOLE, **more: Any) -> Agreed:
        """A draft that must be taken."""
        reply = self.must(self.draft(milestones=milestones, **more))
        self.agreement = int(reply.headers["location"].rsplit("/", 1)[1])
        return self

    def sign(self, person: str, document: str | None = None) -> Reply:
        """Signs."""
        return self.do(person, "signatures", {"document": document or self.paper})

    def active(self, milestones: Sequence[Any] = WHOLE, **more: Any) -> Agreed:
        """Signed by both."""
        self.final().drafted(milestones, **more)
        for person in ("buyer", self.winner):
            self.must(self.sign(person))
        return self

    def change(self, person: str = "buyer", *, version: int | None = None, **more: Any) -> Reply:
        """Proposes a change, of the present version by default."""
        match = self.shown["version"] if version is None else version
        body = {"reason": "quantity", "document": self.paper} | more
        return self.do(person, "changes", body, If_Match=f'"{match}"')

    def deliver(self, milestone: int = 1, person: str = "") -> Reply:
        """Says that a delivery was made; by whom was awarded the lot, where nobody is named."""
        return self.do(person or self.winner, f"milestones/{milestone}/delivery", {"document": PRIVATE})

    def accept(self, milestone: int = 1, person: str = "buyer", **more: Any) -> Reply:
        """Accepts it."""
        return self.do(person, f"milestones/{milestone}/acceptance", {"document": self.paper} | more)

    def accepted(self, milestone: int = 1) -> None:
        """Delivers, and accepts it."""
        self.must(self.deliver(milestone))
        self.must(self.accept(milestone))

    def pay(
        self, milestone: int = 2, amount: str = PRICE, reference: str = "SPEI 1", person: str = "buyer", **more: Any
    ) -> Reply:  # fmt: skip
        """Records a payment."""
        body = {"milestone": milestone, "amount": amount, "reference": f"{reference} of {self.agreement}"}
        return self.do(person, "payments", body | {"paidAt": self.world.in_seconds(-1)} | more)

    def papers(self, person: str, step: str, **more: Any) -> Reply:
        """An act that a paper says all about: ``completion``, ``termination``, ``payments/1/reversal``."""
        return self.do(person, step, {"document": self.paper} | more)
