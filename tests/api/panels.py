"""Panels of a served network for tests: a tender by points whose evaluators score on their own side, as clients do."""

from __future__ import annotations

from typing import Any

from chain.procurement.scores import Points, Round, ScoreSheet
from chain.types import Criterion, to_hex
from tests.api.bidding import Bids
from tests.api.test_documents import uploaded
from tests.api.world import Reply, World

__all__ = ["CRITERIA", "PANEL", "POINTS", "Panel"]

PANEL = ("evaluator1", "evaluator2", "evaluator3")
CRITERIA = [
    {"id": "quality", "weightBps": 3_000, "maxPoints": 100},
    {"id": "term", "weightBps": 1_000, "maxPoints": 10},
]
POINTS: tuple[Points, ...] = tuple(
    {0: {"quality": 90 + seat, "term": 9}, 1: {"quality": 30, "term": seat}, 2: {"quality": 60, "term": 5}}
    for seat in range(3)
)
"""By seat: acme (0) is the best, beta (1) has few points, gamma (2) is between."""


class Panel(Bids):
    """A tender by points with the bids of acme (0), beta (1) and gamma (2); all of its technical envelopes are open after ``look``."""

    def __init__(self, world: World, number: int | None = None) -> None:
        """``number``: of a tender that is there, which gets no bids."""
        if number is not None:
            super().__init__(world, number)
            self.paper: str = uploaded(world, b"evaluated " + str(number).encode())
            return
        terms: dict[str, Any] = {
            "procedure": "sandbox-points", "priceWeightBps": 6_000, "criteria": CRITERIA,
            "panel": [world.address(person) for person in PANEL],
        }  # fmt: skip
        super().__init__(world, world.publish(60, **terms))
        self.submit("acme", "1250000.00 MXN")
        self.submit("beta", "900000.00 MXN")
        self.submit("gamma", "1210000.00 MXN")
        self.paper = uploaded(world, b"evaluated " + str(self.number).encode())

    @property
    def evaluation(self) -> Any:
        """As the API shows it."""
        reply = self.world.anyone.get(f"{self.path}/evaluation")
        assert reply.status == 200, reply.data
        return reply.json

    @property
    def round(self) -> Round:
        """What an evaluator scores, as the API says it."""
        found = self.evaluation
        criteria = tuple(
            Criterion(each["id"], each["weightBps"], each["maxPoints"]) for each in found["criteria"]
        )
        return Round(
            found["chainId"], found["desk"], self.number, found["round"], found["bids"], tuple(found["opened"]), criteria
        )  # fmt: skip

    def send(self, person: str, what: str, body: Any, **headers: str) -> Reply:
        """An act of a person on the tender."""
        return self.world.as_person(person).post(f"{self.path}/{what}", body, wait=20, **headers)

    def sheet(self, seat: int, points: Points | None = None) -> ScoreSheet:
        """An evaluator's scores, drawn up on its side."""
        return ScoreSheet.draw(self.round, self.world.address(PANEL[seat]), points or POINTS[seat])

    def commit(self, seat: int, sheet: ScoreSheet, person: str | None = None) -> Reply:
        """Commits to them, as who sits there or as somebody else."""
        return self.send(person or PANEL[seat], "scores", {"commitment": to_hex(sheet.commitment)})

    def reveal(self, seat: int, sheet: ScoreSheet, person: str | None = None, **more: Any) -> Reply:
        """Reveals the first page; ``more``: members of the body that are others."""
        return self.send(person or PANEL[seat], "reveals", revealed(sheet) | more)

    def to_reveals(self) -> None:
        """Moves time to the first second in which scores are revealed."""
        self.world.wait_until(self.evaluation["commitUntil"])

    def score(self) -> None:
        """All commit, all reveal."""
        sheets = [self.sheet(seat) for seat in range(3)]
        for seat, sheet in enumerate(sheets):
            reply = self.commit(seat, sheet)
            assert reply.status == 200, reply.data
        self.to_reveals()
        for seat, sheet in enumerate(sheets):
            reply = self.reveal(seat, sheet)
            assert reply.status == 200, reply.data

    def result(self, *failed: tuple[int, str]) -> dict[str, Any]:
        """The body of a technical result."""
        return {"failed": [{"bid": bid, "reason": reason} for bid, reason in failed], "document": self.paper}

    def call(self, body: Any, person: str = "buyer") -> str:
        """Calls the panel to vote; the act."""
        reply = self.send(person, "votes/calls", body)
        assert reply.status == 201, reply.data
        return str(reply.headers["location"].rsplit("/", 1)[1])

    def vote(self, seat: int, act: str, support: bool = True, **more: Any) -> Reply:
        """A vote of who sits there."""
        return self.send(PANEL[seat], "votes", {"act": act, "support": support} | more)

    def carry(self, body: Any) -> str:
        """The panel is called and is for it; the act."""
        act = self.call(body)
        for seat in range(3):
            reply = self.vote(seat, act)
            assert reply.status == 200, reply.data
        return act

    def decide(self, *failed: tuple[int, str]) -> None:
        """The panel and the officer decide the technical result."""
        self.carry({"technical": self.result(*failed)})
        reply = self.send("buyer", "technical", self.result(*failed))
        assert reply.status == 200, reply.data

    def open_prices(self) -> None:
        """Everything from the result to open prices."""
        self.wait("openFrom")
        reply = self.send("citizen", "prices", {})
        assert reply.status == 200, reply.data
        self.open()

    def rank(self) -> None:
        """Counts and ranks its only lot."""
        for step in ("tally", "ranking"):
            reply = self.send("citizen", f"lots/1/{step}", {})
            assert reply.status == 200, reply.data


def revealed(sheet: ScoreSheet, page: int = 0) -> dict[str, Any]:
    """A page as it is sent."""
    return {
        "page": page, "words": [hex(word) for word in sheet.pages[page]], "pageHashes": [to_hex(each) for each in sheet.page_hashes],
        "salt": to_hex(sheet.salt.raw),
    }  # fmt: skip
