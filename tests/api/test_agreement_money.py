"""Whole lives of agreements over HTTP in currencies with 0, 2 and 3 decimals and at the largest amount, and how each door shows them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from chain.network import Network
from tests.api.agreed import HALVES, Agreed
from tests.api.chamber import Chamber
from tests.api.commands import Shell
from tests.api.world import PLENTY, World, problem

pytestmark = pytest.mark.network

LARGEST = 2**128 - 1


@dataclass(frozen=True)
class Life:
    """Amounts of one life: the price, what a change makes of it, what the two payments are then, and the least unit.

    ``told``: how releases say price, value, payments.
    """

    currency: str
    ceiling: float
    price: str
    value: str
    payments: tuple[str, str]
    unit: str
    finer: str
    told: tuple[float, float, float, float]

    def of(self, amount: str) -> str:
        """With its currency."""
        return f"{amount} {self.currency}"


LIVES = (
    Life("JPY", 1_000_000, "999999", "1000001", ("333300", "666701"), "1", "0.1", (999_999, 1_000_001, 333_300, 666_701)),
    Life("CLP", 10**11, "99999999999", "99999999998", ("33329999999", "66669999999"), "1", "0.5",
         (99_999_999_999, 99_999_999_998, 33_329_999_999, 66_669_999_999)),
    Life("EUR", 2_000.55, "1234.56", "1234.57", ("411.48", "823.09"), "0.01", "0.001", (1234.56, 1234.57, 411.48, 823.09)),
    Life("KWD", 2_000.555, "1234.567", "1234.568", ("411.481", "823.087"), "0.001", "0.0001", (1234.567, 1234.568, 411.481, 823.087)),
    Life("TND", 999_999_999_999.999, "999999999999.999", "999999999999.998", ("333299999999.999", "666699999999.999"), "0.001", "0.0005",
         (999999999999.999, 999999999999.998, 333299999999.999, 666699999999.999)),
)  # fmt: skip


def published(world: World, currency: str, ceiling: float, *lots: str) -> int:
    """A tender in a currency, with these lots; its number."""
    body = world.document()
    patch = body["supplement"]["tender"]
    patch["value"] = {"amount": ceiling, "currency": currency}
    if lots:
        patch["lots"] = [{"id": name, "title": name, "value": patch["value"]} for name in lots]
        patch["items"] = [patch["items"][0] | {"id": name, "relatedLot": name} for name in lots]
    reply = world.buyer.post("/v1/tenders", body, wait=20)
    assert reply.status == 201, reply.data
    return int(reply.headers["location"].rsplit("/", 1)[1])


def contract_of(world: World, agreed: Agreed) -> Any:
    """The agreement as the record tells of it."""
    ocid = world.tender(agreed.number)["ocid"]
    return world.anyone.get(f"/v1/records/{ocid}").json["records"][0]["compiledRelease"]["contracts"][0]


def rows(world: World, agreed: Agreed, table: str) -> list[dict[str, str]]:
    """Rows of a table about the tender of an agreement."""
    text, ocid = world.anyone.get(f"/v1/bulk/{table}.csv").data.decode(), world.tender(agreed.number)["ocid"]
    return [row for row in csv.DictReader(io.StringIO(text, newline="")) if row["ocid"] == ocid]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: str(life.currency))
def test_life__in_a_currency__is_exact_at_every_door(world: World, tmp_path: Path, life: Life) -> None:
    bids = {"acme": life.of(life.price), "gamma": life.of(life.price)}
    agreed = Agreed(world, published(world, life.currency, life.ceiling), bids)
    agreed.active(HALVES, value=life.of(life.price))
    problem(agreed.change(value=life.of(life.finer)), 422, "MoneyDecimals")
    agreed.must(agreed.change(value=life.of(life.value)))
    agreed.must(agreed.do("acme", "changes/1/signatures", {"document": agreed.paper}))
    agreed.accepted(1)
    for place, amount in enumerate(life.payments, 3):
        assert agreed.shown["milestones"][place - 1]["amount"] == life.of(amount)
        problem(agreed.pay(place, life.of(life.finer)), 422, "MoneyDecimals")
        agreed.must(agreed.pay(place, life.of(amount), f"transfer {place}"))
        problem(agreed.pay(place, life.of(life.unit), "one more"), 422, "AgreementBookOverpaid")
    agreed.must(agreed.papers("buyer", "payments/1/reversal"))
    found = agreed.shown
    assert (found["original"], found["value"], found["paid"]) == tuple(
        life.of(each) for each in (life.price, life.value, life.payments[1])
    )
    price, value, first, last = life.told
    contract = contract_of(world, agreed)
    assert contract["value"] == {"amount": value, "currency": life.currency}
    moved = [each["value"]["amount"] for each in contract["implementation"]["transactions"]]
    assert moved == [first, last, -first]
    assert [row["value/amount"] for row in rows(world, agreed, "transactions")] == [
        str(each) for each in moved
    ]
    assert [row["value/amount"] for row in rows(world, agreed, "awards")] == [str(price)]
    shell = Shell(world, tmp_path)
    shown = shell.done("agreement", "show", agreed.agreement)
    for amount in (life.value, *life.payments):
        assert life.of(amount) in shown
    pays = agreed.step("recordPayment", 3)
    assert pays["possible"] and pays in world.anyone.get(f"{agreed.path}/timeline").json["steps"]
    standing = world.anyone.get(f"/v1/suppliers/{found['supplier']}").json["standing"]
    assert [each for each in standing["paid"] if each.endswith(life.currency)]


def test_life__at_the_largest_amount__is_exact_and_goes_on(tmp_path: Path) -> None:
    """No release can say such an amount, and none is wrong. It takes a procedure in which the ceiling does not bind."""
    with Network.start("sandbox", tmp_path / "network") as network, Running(network, 0, PLENTY) as running:
        world = World(network, running)
        Chamber(world).adopt_sandbox(ceilingBinding=False)
        _largest(world)


def _largest(world: World) -> None:
    price = f"{LARGEST} JPY"
    agreed = Agreed(world, published(world, "JPY", 1), {"acme": price, "gamma": price})
    agreed.final()
    problem(agreed.draft(value=f"{LARGEST - 1} JPY"), 422, "AgreementBookValueWrong")
    agreed.active(HALVES, value=price)
    for more in ({"value": f"{LARGEST + 1} JPY"}, {"value": f"{10**39} JPY"}):
        problem(agreed.change(**more), 422, "MoneyInvalid")
    cap = LARGEST * 2_000 // 10_000
    over = problem(agreed.change(value=f"{LARGEST - cap - 1} JPY"), 422, "AgreementBookChangeOverCap")
    assert over["facts"] == {"agreement": agreed.agreement, "limit": str(cap), "got": str(cap + 1)}
    agreed.accepted(1)
    first = LARGEST * 3_333 // 10_000
    last = LARGEST - first
    problem(agreed.pay(3, f"{first + 1} JPY"), 422, "AgreementBookOverpaid")
    problem(agreed.pay(4, f"{LARGEST} JPY"), 422, "AgreementBookOverpaid")
    problem(agreed.pay(4, f"{LARGEST + 1} JPY"), 422, "MoneyInvalid")
    agreed.must(agreed.pay(3, f"{first} JPY", "first"))
    agreed.must(agreed.pay(4, f"{last} JPY", "last"))
    assert agreed.shown["paid"] == agreed.shown["value"] == price
    agreed.must(agreed.papers("buyer", "payments/2/reversal"))
    agreed.must(agreed.pay(4, f"{last} JPY", "again"))
    contract = contract_of(world, agreed)
    assert "value" not in contract
    assert all("value" not in each for each in contract["implementation"]["transactions"])
    assert [row["value/amount"] for row in rows(world, agreed, "transactions")] == [""] * 4
    standing = world.anyone.get(f"/v1/suppliers/{agreed.shown['supplier']}").json["standing"]
    assert standing["value"] == standing["paid"] == [price]


def test_payment__while_the_tender_is_suspended__waits(world: World) -> None:
    """One lot is signed, the tender goes on with the other one."""
    bids = {name: {"1": "9 JPY", "2": "9 JPY"} for name in ("acme", "gamma")}
    agreed = Agreed(world, published(world, "JPY", 9, "1", "2"), bids).active(HALVES)
    agreed.accepted(1)
    agreed.must(agreed.change(reason="duration", extension=60))
    agreed.must(agreed.do("reviewer", f"{agreed.path}/suspension", {"document": agreed.paper}))
    refused = [agreed.pay(3, "1 JPY"), agreed.do("acme", "changes/1/signatures", {"document": agreed.paper})]
    agreed.must(agreed.do("acme", "changes/1/withdrawal", {}))
    for reply in (*refused, agreed.change(reason="duration", extension=60)):
        facts = problem(reply, 409, "TenderBoardStatusWrong")["facts"]
        assert facts["status"] == "SUSPENDED"
    assert agreed.step("recordPayment", 3)["error"] == "TenderBoardStatusWrong"
    agreed.accepted(2)
    agreed.must(agreed.do("reviewer", f"{agreed.path}/resumption", {"document": agreed.paper}))
    agreed.must(agreed.pay(3, "1 JPY"))
