"""Gas of agreements: what is signed, changed, delivered and paid; by the number of milestones, payments and agreements, of which none
should depend but what goes through all milestones."""

from __future__ import annotations

from typing import Any

from chain.types import LotTerms
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    PAPER,
    Agreed,
    Cause,
    change,
    drafted,
    equal,
    final,
    signed,
    terms_of,
)
from tests.contracts.complaints import Case
from tests.contracts.world import BUYER, World, address, hash_of

__all__ = ["BUDGETS", "COUNTS", "FLAT", "MANY_MILESTONES", "PAUSES", "agreements"]

BUDGETS = {
    "sign an agreement": 200_000, "record a payment": 120_000, "reverse a payment": 100_000, "deliver": 75_000, "accept": 100_000,
    "refuse": 75_000, "complete": 75_000, "terminate": 100_000, "propose the end": 100_000, "rate": 150_000, "drop a change": 75_000,
    "pass over": 175_000,
}  # fmt: skip
"""Of an act by how its name begins; one account of the buyer."""

COUNTS = (1, 8, 32)
"""Deliveries, and as many payments."""
FLAT = ("sign an agreement, second", "record a payment, next", "deliver", "accept, first", "refuse")
"""Acts that take the same whatever the number of milestones."""
MANY_MILESTONES = 64
"""Most milestones that there are."""
PAUSES = 16
_VALUE = 96_000


def agreements(world: World) -> dict[str, int]:
    """Everything that AgreementBook does."""
    found: dict[str, int] = {}
    for count in COUNTS:
        with world.undone():
            found |= _life(world, count)
    for part in (_ends, _passed_over, _many, _paused):
        with world.undone():
            found |= part(world)
    return found


def _life(world: World, count: int) -> dict[str, int]:
    """The value splits evenly, so that each payment writes as much."""
    made = final(world, {"acme": _VALUE}, signing_period=10_000)
    written = terms_of(made, milestones=equal(count))
    what = f"{2 * count} milestones"
    found = {f"draft: {what}": world.send("officer", BOOK, "draft", made.id, 1, 0, written.as_tuple()).gas}
    agreed = Agreed(made, 1)

    def gas(who: str, function: str, *args: Any) -> int:
        return agreed.send(who, function, *args).gas

    found[f"sign an agreement, first: {what}"] = gas("officer", "sign", DOCUMENT)
    found[f"sign an agreement, second: {what}"] = gas("acme", "sign", DOCUMENT)
    found |= _changes(agreed, what)
    found[f"deliver: {what}"] = gas("acme", "deliver", 1, PAPER)
    with world.undone():
        found[f"refuse: {what}"] = gas("officer", "refuse", 1, PAPER)
    found[f"accept, first: {what}"] = gas("officer", "accept", 1, PAPER)
    last = count + 1
    for place, name in enumerate(("first", "next")):
        paid = agreed.payment(last, 5, f"{place}").as_tuple()
        found[f"record a payment, {name}: {what}"] = gas("officer", "recordPayment", paid)
    found[f"reverse a payment: {what}"] = gas("officer", "reversePayment", BUYER, hash_of("0"), PAPER)
    agreed.accept(*range(2, count + 1))
    found[f"complete: {what}"] = gas("officer", "complete", PAPER)
    return found


def _changes(agreed: Agreed, what: str) -> dict[str, int]:
    proposal = (agreed.facts()["version"], change(_VALUE + 9, extension=9).as_tuple())
    found = {f"propose a change: {what}": agreed.send("acme", "proposeChange", *proposal).gas}
    with agreed.world.undone():
        found[f"drop a change: {what}"] = agreed.send("officer", "dropChange", agreed.waiting()).gas
    found[f"sign a change: {what}"] = agreed.send("officer", "signChange", agreed.waiting()).gas
    return found


def _ends(world: World) -> dict[str, int]:
    world.send("registrar", "SupplierRegistry", "enrolCitizen", address("ana"))
    agreed = signed(world)

    def gas(who: str, cause: Cause) -> int:
        return agreed.send(who, "terminate", int(cause), PAPER).gas

    found = {}
    for who, cause, name in (
        ("officer", Cause.SUPPLIER_DEFAULT, "by the buyer"), ("reviewer", Cause.ORDERED, "by order"),
    ):  # fmt: skip
        with world.undone():
            found[f"terminate {name}"] = gas(who, cause)
    with world.undone():
        found["propose the end of both"] = gas("acme", Cause.MUTUAL)
        found["terminate by both"] = gas("officer", Cause.MUTUAL)
    agreed.accept(1)
    for who in ("ana", "witness"):
        found[f"rate as {'a citizen' if who == 'ana' else 'a witness'}"] = agreed.send(who, "rate", 5).gas
    return found


def _passed_over(world: World) -> dict[str, int]:
    draft = drafted(world, bids={"acme": 1_000, "beta": 1_200})
    draft.sign("officer")
    world.move_to(world.read(BOOK, "signingOf", draft.made.id, 1)[1])
    call = ("stranger", BOOK, "passOver", draft.made.id, 1)
    return {"pass over a supplier": world.send(*call).gas}


def _many(world: World) -> dict[str, int]:
    """The last of 32 agreements of a tender, with as many payments before the one that is measured."""
    made = final(
        world,
        {"acme": [_VALUE] * 32},
        lots=[LotTerms(_VALUE)] * 32,
        standstill=40,
        complaint_window=40,
        signing_period=10_000,
    )
    world.move_to(made.facts(32)["standstillEnds"])
    for lot in range(1, 32):
        signed(world, made=made, lot=lot, terms={"milestones": equal(1)})
    agreed = drafted(world, made=made, lot=32, terms={"milestones": equal(1)})
    found = {"sign an agreement, first: after 31 others": agreed.sign("officer").gas}
    found["sign an agreement, second: after 31 others"] = agreed.sign("acme").gas
    agreed.accept(1)
    for place in range(100):
        agreed.pay(2, 5, f"SPEI {place}")
    found["record a payment, next: after 100 others"] = agreed.pay(2, 5, "SPEI 100").gas
    return found


def _paused(world: World) -> dict[str, int]:
    """What looks at every pause there may be."""
    draft = drafted(world, bids={"acme": 1_000, "beta": 1_200}, signing_period=10_000)
    case = Case(world, draft.made.tender, draft.made)
    draft.sign("officer")
    for _ in range(PAUSES):
        case.suspend()
        case.resume()
    found = {}
    with world.undone():
        found[f"sign after {PAUSES} pauses"] = draft.sign("acme").gas
    with world.undone():
        again = terms_of(draft.made, milestones=equal(MANY_MILESTONES // 2)).as_tuple()
        call = (BOOK, "draft", draft.made.id, 1, draft.number, again)
        found[f"draft {MANY_MILESTONES} milestones after {PAUSES} pauses"] = world.send("officer", *call).gas
    world.move_to(world.read(BOOK, "signingOf", draft.made.id, 1)[1])
    call = (BOOK, "passOver", draft.made.id, 1)
    found[f"skip a supplier after {PAUSES} pauses"] = world.send("stranger", *call).gas
    return found
