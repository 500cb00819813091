"""A small market of whole lives over HTTP: what its open data say is known, because all of it is played here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.running import Running
from chain.network import Network
from tests.api.agreed import Agreed
from tests.api.bidding import later
from tests.api.test_complaints import Contested
from tests.api.world import PLENTY, World

__all__ = ["market"]

_DAY = 86_400


class Deal(Agreed):
    """An agreement with the first of these bidders, who asks less than the others."""

    def __init__(self, world: World, *bids: tuple[str, str]) -> None:
        super().__init__(world, bids=dict(bids))
        self.final()

    def signed(self, due: int) -> Deal:
        """Two deliveries that are due after some seconds, each with its payment; both sides signed."""
        date, other = self.world.in_seconds(due), self.world.in_seconds(2 * due)
        self.drafted((
            {"kind": "delivery", "shareBps": 4_000, "due": date}, {"kind": "delivery", "shareBps": 6_000, "due": other},
            {"kind": "payment", "shareBps": 4_000, "requires": 1}, {"kind": "payment", "shareBps": 6_000, "requires": 2},
        ), endsAt=self.world.in_seconds(3 * due))  # fmt: skip
        for person in ("buyer", self.winner):
            self.must(self.sign(person))
        return self


def _in_time(world: World) -> None:
    """Acme delivers in time, is paid, one payment twice, and the second one goes back."""
    deal = Deal(world, ("acme", "1250000.00 MXN"), ("gamma", "1300000.00 MXN")).signed(10 * _DAY)
    deal.accepted(1)
    deal.accepted(2)
    deal.must(deal.pay(3, "500000.00 MXN", "SPEI 1"))
    deal.must(deal.pay(4, "250000.00 MXN", "SPEI 2"))
    deal.must(deal.pay(4, "250000.00 MXN", "SPEI 3"))
    deal.must(deal.papers("buyer", "payments/3/reversal"))
    deal.must(deal.pay(4, "500000.00 MXN", "SPEI 4"))
    deal.must(deal.papers("buyer", "completion"))


def _late(world: World) -> None:
    """Gamma delivers two days late and is refused once, costs more by a change, and is paid a part."""
    deal = Deal(world, ("gamma", "900000.00 MXN"), ("acme", "950000.00 MXN")).signed(10 * _DAY)
    first, second = (each["due"] for each in deal.shown["milestones"][:2])
    world.wait_until(later(first, 2 * _DAY))
    deal.must(deal.deliver(1, "gamma"))
    deal.must(deal.papers("buyer", "milestones/1/refusal"))
    world.wait_until(later(first, 3 * _DAY))
    deal.accepted(1)
    deal.must(deal.change("gamma", value="990000.00 MXN"))
    deal.must(deal.do("buyer", "changes/1/signatures", {"document": deal.paper}))
    deal.must(deal.pay(3, "396000.00 MXN", "SPEI 9"))
    world.wait_until(later(second, 5 * _DAY))
    deal.accepted(2)


def _contested(world: World) -> None:
    """Two awards that beta complains about: one complaint is upheld, the other one dismissed; then there are questions alone."""
    Contested(world).upheld(bid=1)
    other = Contested(world)
    number = other.filed()
    other.review(number, "admission")
    other.review(number, "decision", outcome="dismissed")
    world.ask(world.publish())


@contextmanager
def market(folder: Path) -> Iterator[World]:
    """A served sandbox of its own in which all of it happened."""
    with Network.start("sandbox", folder / "network") as network, Running(network, 0, PLENTY) as running:
        world = World(network, running)
        for play in (_in_time, _late, _contested):
            play(world)
        yield world
