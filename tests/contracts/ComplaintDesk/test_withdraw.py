"""withdraw.tree"""

from __future__ import annotations

import pytest

from tests.contracts.complaints import ORDER, Remedy, Stage, State, about_terms
from tests.contracts.world import ACME, Refusal, World, address, hash_of, label

pytestmark = pytest.mark.evm


@pytest.mark.parametrize("number", [0, 2, 2**64])
def test_withdraw__unknown__not_found(world: World, number: int) -> None:
    case = about_terms(world)
    case.file()
    assert case.refusal("stranger", "withdraw", number) == Refusal("ComplaintDeskNotFound", number)


@pytest.mark.parametrize("who", ["beta", "officer", "reviewer", "authority", "stranger"])
def test_withdraw__another_than_the_complainant__role_missing(world: World, who: str) -> None:
    case = about_terms(world)
    number = case.file()
    expected = Refusal("ComplaintDeskRoleMissing", label("SUPPLIER"), address(who))
    assert case.refusal(who, "withdraw", number) == expected


def test_withdraw__decided__status_wrong(world: World) -> None:
    case = about_terms(world)
    number = case.file()
    case.admit(number)
    for function, args, state in (
        ("dismiss", (ORDER,), State.DISMISSED), ("uphold", (int(Remedy.CANCEL_TENDER), 0, ORDER), State.UPHELD),
    ):  # fmt: skip
        with world.undone():
            case.send("reviewer", function, number, *args)
            expected = Refusal("ComplaintDeskStatusWrong", number, state)
            assert case.refusal("acme", "withdraw", number) == expected
    case.send("acme", "withdraw", number)
    expected = Refusal("ComplaintDeskStatusWrong", number, State.WITHDRAWN)
    assert case.refusal("acme", "withdraw", number) == expected


def test_withdraw__supplier_not_eligible_any_more__may_still(world: World) -> None:
    case = about_terms(world)
    number = case.file()
    world.send("reviewer", "SupplierRegistry", "debar", ACME, world.time + 99, hash_of("order"))
    case.send("acme", "withdraw", number)


@pytest.mark.parametrize("admitted", [False, True])
@pytest.mark.parametrize("who", ["acme", "acme2"])
def test_withdraw__valid__stores_and_tells(world: World, admitted: bool, who: str) -> None:
    case = about_terms(world)
    number = case.file()
    if admitted:
        case.admit(number)
    receipt = case.send(who, "withdraw", number)
    told = ("ComplaintWithdrawn", {"tenderId": case.id, "complaint": number})
    assert (receipt.event.name, receipt.event.args) == told
    assert case.state(number) == State.WITHDRAWN
    assert case.queue(Stage.TERMS, 0) == {"last": 0, "open": 0, "closedAt": receipt.time}
    assert case.read("openOf", ACME, 0, int(Stage.TERMS)) == 0
