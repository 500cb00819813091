"""Gas is what is checked in, and within the budgets."""

from __future__ import annotations

import json
import re

import pytest

from chain.sealing.envelope import NO_OFFER
from chain.transactions.gas import GAS as LIMITS
from chain.types import Kind, Role
from tests.contracts.world import BUYER, BUYER2, DAY, GAS, World, address, calldata, member_id, tender_id
from tests.gas.agreements import BUDGETS as AGREEMENTS
from tests.gas.agreements import COUNTS as DELIVERIES
from tests.gas.agreements import FLAT, MANY_MILESTONES
from tests.gas.agreements import PAUSES as MOST_PAUSES
from tests.gas.awards import BUDGETS, COUNTS, PAGE_BUDGET
from tests.gas.complaints import BUDGETS as COMPLAINTS
from tests.gas.complaints import PAUSES
from tests.gas.evaluations import BUDGETS as EVALUATIONS
from tests.gas.evaluations import MANY, RANK_BY_POINTS
from tests.gas.four_eyes import APPROVE, PROPOSE
from tests.gas.measure import FILE, measured
from tests.gas.members import PROVE_SIXTEEN

pytestmark = pytest.mark.evm

PUBLISH, AMEND = 300_000, 200_000
A_BYTE, A_LOT = 26, 3_000
A_SEAT, A_CRITERION = 15_000, 4_000
OUTAGE = 75_000
"""What an act takes besides where it records an outage."""
KEPT: dict[str, int] = json.loads(FILE.read_text(encoding="utf-8"))


def test_gas__measured__as_checked_in(world: World) -> None:
    assert measured(world) == KEPT, "if it is meant: python -m tests.gas.measure"


@pytest.mark.parametrize("act", [act for act in KEPT if re.match(r"(publish|amend).*: \d+ lots?,", act)])
def test_gas__publish_and_amend__within_the_budget(act: str) -> None:
    count, length = map(int, re.findall(r"(\d+) (?:lots?|bytes?)", act))
    fixed = PUBLISH if act.startswith("publish") else AMEND
    assert KEPT[act] <= fixed + A_BYTE * length + A_LOT * count


@pytest.mark.parametrize("act", KEPT)
def test_gas__any_act__fits_in_a_transaction(act: str) -> None:
    assert KEPT[act] <= GAS


SEALING = {
    "submit": 340_000, "substitute": 340_000, "confirm": 80_000, "withdraw": 80_000, "share a bid of 32": 38_000, "reveal": 150_000,
    "answer the roll": 60_000, "ceremony, all calls: 2 of 3": 2_000_000, "ceremony, all calls: 3 of 5": 3_000_000,
}  # fmt: skip
"""Of an act by how its name begins, with a document of 1.5 KB. The first reveal of a tender also locks its box."""
LARGEST_DOCUMENT = "submit: 1 lot, 16 blocks"
OPEN, A_FURTHER_LOT = 100_000, 2_000


def sealing_acts() -> list[tuple[str, int]]:
    """Act and its budget."""
    return [
        (act, budget)
        for begins, budget in SEALING.items()
        for act in KEPT
        if act.startswith(begins)
        and act not in (LARGEST_DOCUMENT, "submit an application: 1 code")
        and not act.startswith(("confirm a", "submit an", "withdraw a"))
    ]


@pytest.mark.parametrize(("act", "budget"), sealing_acts())
def test_gas__bids_and_shares__within_the_budget(act: str, budget: int) -> None:
    assert KEPT[act] <= budget


@pytest.mark.parametrize("act", [act for act in KEPT if act.startswith("open a bid of 32")])
def test_gas__opening_a_bid_on_a_full_page__within_the_budget(act: str) -> None:
    lots = int(re.findall(r"(\d+) lots?", act)[0])
    assert KEPT[act] <= OPEN + A_FURTHER_LOT * max(0, lots - 3)


def test_gas__bid_share_and_opening__flat_in_the_number_of_bids() -> None:
    assert abs(KEPT["submit after 100 bids: 1 lot"] - KEPT["submit: 1 lots"]) < 500
    for act in (
        "share a bid of 32 on a page of {}, seat 2",
        "open a bid of 32 on a page of {}: 2 of 3, 1 lot",
    ):
        assert abs(KEPT[act.format(100)] - KEPT[act.format(32)]) < 100


@pytest.mark.parametrize(
    "act", [f"{what} 128 bids: {lots} lots" for what in ("count", "rank") for lots in (1, 8)]
)
def test_gas__full_page_of_bids__within_the_budget(act: str) -> None:
    assert KEPT[act] <= PAGE_BUDGET


@pytest.mark.parametrize(("function", "what"), [("tally", "count"), ("rank", "rank")])
@pytest.mark.parametrize("lots", ["1 lots", "8 lots", "32 lots, one offer each"])
def test_gas__full_page_of_bids__within_its_limit(function: str, what: str, lots: str) -> None:
    count = int(lots.split()[0])
    offers = [(index, bytes(32), (NO_OFFER,) * count) for index in range(128)]
    setup = ([(1, 1)] * count, [], [])
    args = (tender_id(1), 1, setup, 0, offers) if function == "tally" else (tender_id(1), 1, setup, offers)
    data = calldata("AwardDesk", function, args)
    base, per_byte = LIMITS["AwardDesk", function]
    assert KEPT[f"{what} 128 bids: {lots}"] * 5 // 4 + OUTAGE <= base + per_byte * len(data) <= GAS


@pytest.mark.parametrize("begins", BUDGETS)
def test_gas__decisions__within_the_budget(begins: str) -> None:
    acts = {act: gas for act, gas in KEPT.items() if act.startswith(begins)}
    assert acts
    assert {act: gas for act, gas in acts.items() if gas > BUDGETS[begins]} == {}


@pytest.mark.parametrize("what", ["award", "disqualify", "drop"])
def test_gas__decision__flat_in_the_number_of_bids(what: str) -> None:
    """The only bid leaves none to follow, which costs its lot a failure: an award alone is compared with it."""
    counts = COUNTS if what == "award" else COUNTS[1:]
    acts = [KEPT[f"{what} the first of {count} bids"] for count in counts]
    assert max(acts) - min(acts) < 500


@pytest.mark.parametrize("begins", COMPLAINTS)
def test_gas__complaints__within_the_budget(begins: str) -> None:
    acts = {act: gas for act, gas in KEPT.items() if act.startswith(begins) and str(PAUSES) not in act}
    assert acts
    assert {act: gas for act, gas in acts.items() if gas > COMPLAINTS[begins]} == {}


@pytest.mark.parametrize(("act", "contract", "function"), [
    ("complain about an award: 32 lots", "ComplaintDesk", "file"),
    (f"complain about an award after {PAUSES} pauses", "ComplaintDesk", "file"),
    ("withdraw a complaint", "ComplaintDesk", "withdraw"),
    ("reject a complaint", "ComplaintDesk", "reject"),
    ("admit a complaint", "ComplaintDesk", "admit"),
    ("dismiss a complaint", "ComplaintDesk", "dismiss"),
    (f"uphold a complaint after {PAUSES} pauses", "ComplaintDesk", "uphold"),
    ("execute the return of a bid", "ComplaintDesk", "execute"),
    (f"enforce after {PAUSES} pauses", "ComplaintDesk", "enforce"),
    (f"suspend, the {PAUSES}th time", "ComplaintDesk", "suspend"),
    (f"resume, the {PAUSES}th time", "ComplaintDesk", "resume"),
    ("consent to it", "TenderBoard", "consentCancel"),
    (f"decide on an award after {PAUSES} pauses", "AwardDesk", "award"),
])  # fmt: skip
def test_gas__complaints__within_their_limit_with_an_outage(act: str, contract: str, function: str) -> None:
    assert KEPT[act] * 5 // 4 + OUTAGE <= LIMITS[contract, function][0]


@pytest.mark.parametrize("act", [act for act in KEPT if act.startswith("publish with a panel")])
def test_gas__publish_with_a_panel__within_the_budget(act: str) -> None:
    seats, criteria = map(int, re.findall(r"\d+", act))
    assert KEPT[act] <= PUBLISH + A_LOT + A_SEAT * seats + A_CRITERION * criteria
    assert KEPT[act] * 5 // 4 + OUTAGE <= LIMITS["TenderBoard", "publish"][0]


@pytest.mark.parametrize("begins", EVALUATIONS)
def test_gas__evaluations__within_the_budget(begins: str) -> None:
    acts = {act: gas for act, gas in KEPT.items() if act.startswith(begins)}
    assert acts
    assert {act: gas for act, gas in acts.items() if gas > EVALUATIONS[begins]} == {}


@pytest.mark.parametrize(("act", "contract", "function", "length"), [
    ("commit scores, the next", "EvaluationDesk", "commitScores", 0),
    ("scores of 16 bids revealed, the first", "EvaluationDesk", "revealScores", 0),
    ("call for votes", "EvaluationDesk", "callVote", 0),
    ("evaluators vote, the first", "EvaluationDesk", "vote", 0),
    ("replace an evaluator, panel of 7", "EvaluationDesk", "replaceEvaluator", 0),
    (f"fail {MANY - 128} of {MANY} bids", "EvaluationDesk", "decideTechnical", 64 * (MANY - 128)),
    (f"release prices of 128 of {MANY} bids", "EvaluationDesk", "releasePrices", 0),
    ("rank 128 bids by points: 16 criteria", "AwardDesk", "rank", 128 * 192),
    ("award after votes", "AwardDesk", "award", 0),
])  # fmt: skip
def test_gas__evaluations__within_their_limit_with_an_outage(
    act: str, contract: str, function: str, length: int
) -> None:
    base, per_byte = LIMITS[contract, function]
    assert KEPT[act] * 5 // 4 + OUTAGE <= base + per_byte * length <= GAS


def test_gas__rank_by_points__within_the_budget() -> None:
    assert KEPT["rank 128 bids by points: 16 criteria"] <= RANK_BY_POINTS


@pytest.mark.parametrize("act", [act for act in KEPT if act.startswith("propose an act")])
def test_gas__proposal_of_an_act__within_the_budget_and_its_limit(act: str) -> None:
    assert KEPT[act] <= PROPOSE
    assert KEPT[act] * 5 // 4 + OUTAGE <= LIMITS["FourEyes", "propose"][0]


@pytest.mark.parametrize("act", [act for act in KEPT if act.startswith("approve beside the act")])
def test_gas__approval_beside_the_act__within_the_budget(act: str) -> None:
    assert 0 < KEPT[act] <= APPROVE


@pytest.mark.parametrize("begins", AGREEMENTS)
def test_gas__agreements__within_the_budget(begins: str) -> None:
    acts = {act: gas for act, gas in KEPT.items() if act.startswith(begins)}
    assert acts
    assert {act: gas for act, gas in acts.items() if gas > AGREEMENTS[begins]} == {}


@pytest.mark.parametrize("act", FLAT)
def test_gas__agreements__flat_in_the_number_of_milestones(act: str) -> None:
    acts = [KEPT[f"{act}: {2 * count} milestones"] for count in DELIVERIES]
    assert max(acts) - min(acts) < 500


@pytest.mark.parametrize(("act", "others"), [
    ("sign an agreement, first", "31 others"), ("sign an agreement, second", "31 others"), ("record a payment, next", "100 others"),
])  # fmt: skip
def test_gas__agreements__flat_in_the_number_of_agreements_and_payments(act: str, others: str) -> None:
    assert abs(KEPT[f"{act}: after {others}"] - KEPT[f"{act}: 2 milestones"]) < 500


@pytest.mark.parametrize(("act", "function", "length"), [
    ("sign an agreement, first: 64 milestones", "sign", 0),
    (f"sign after {MOST_PAUSES} pauses", "sign", 0),
    (f"draft {MANY_MILESTONES} milestones after {MOST_PAUSES} pauses", "draft", 128 * MANY_MILESTONES),
    ("draft: 2 milestones", "draft", 128 * 2),
    (f"skip a supplier after {MOST_PAUSES} pauses", "passOver", 0),
    ("propose a change: 64 milestones", "proposeChange", 0),
    ("sign a change: 64 milestones", "signChange", 0),
    ("drop a change: 64 milestones", "dropChange", 0),
    ("deliver: 64 milestones", "deliver", 0),
    ("accept, first: 64 milestones", "accept", 0),
    ("refuse: 64 milestones", "refuse", 0),
    ("record a payment, first: 64 milestones", "recordPayment", 0),
    ("reverse a payment: 64 milestones", "reversePayment", 0),
    ("complete: 64 milestones", "complete", 0),
    ("terminate by order", "terminate", 0),
    ("propose the end of both", "terminate", 0),
    ("rate as a witness", "rate", 0),
])  # fmt: skip
def test_gas__agreements__within_their_limit_with_an_outage_and_four_eyes(
    act: str, function: str, length: int
) -> None:
    base, per_byte = LIMITS["AgreementBook", function]
    assert (KEPT[act] + APPROVE) * 5 // 4 + OUTAGE <= base + per_byte * length <= GAS


def test_gas__proof_of_sixteen_validators__within_the_budget() -> None:
    assert KEPT["prove 16 validators, from 15"] <= PROVE_SIXTEEN


READS: dict[str, tuple[object, ...]] = {
    "may": (address("officer"), int(Role.OFFICER)),
    "memberOf": (address("officer"),),
    "isActive": (BUYER, int(Kind.BUYER)),
    "independent": (BUYER, BUYER2),
    "seatsAt": (2**48 - 1,),
}


def test_gas__who_may__the_same_with_many_people_and_members(world: World) -> None:
    """The first figures are those of the founded network."""

    def figures() -> dict[str, int]:
        calls = {
            name: world.as_call("stranger", "MemberRegistry", name, *args) for name, args in READS.items()
        }
        return {name: int(world.node.rpc("eth_estimateGas", call), 16) for name, call in calls.items()}

    before = figures()
    for number in range(200):
        person = (address(f"person {number}"), int(Role.OFFICER), world.time + 10 * DAY)
        world.queue("admin", "MemberRegistry", calldata("MemberRegistry", "addPerson", person))
        data = (f"TEST-MANY{number}", "Many", number % 4, int(Kind.BUYER), bytes(32))
        admission = (data, address(f"admin of {number}"), world.time + 10 * DAY)
        world.queue("authority", "MemberRegistry", calldata("MemberRegistry", "admit", admission))
    world.move_to(world.time + 1)
    assert world.read("MemberRegistry", "memberOf", address("person 199")) == BUYER
    assert world.read("MemberRegistry", "isActive", member_id("TEST-MANY199"), 0) is True
    assert figures() == before
    assert before["may"] < 40_000
