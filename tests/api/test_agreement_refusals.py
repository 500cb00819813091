"""Every refusal of AgreementBook over HTTP: its name, its status and its facts, each from an act that meets it.

The names come from the contract's ABI: one that is thrown anew has no case here, and fails.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from chain.artifacts import artifact
from chain.errors import contracts
from chain.network import Network
from chain.rules.agreements import RATING_PERIOD
from tests.api.agreed import HALVES, PRICE, WHOLE, Agreed
from tests.api.bidding import later
from tests.api.chamber import Chamber
from tests.api.test_documents import uploaded
from tests.api.world import PLENTY, Reply, World, problem

pytestmark = pytest.mark.network

INTERVAL = 600
"""Seconds between changes, in a procedure of the network that is these tests' own."""
STRANGER = "0x" + "ab" * 32
ZERO = {"document": "00" * 32}


class Stage:
    """Agreements at the steps where they are refused something; what a case changes it makes for itself."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self._folder = folder
        self._ends = ExitStack()

    def close(self) -> None:
        """Ends the networks that were started here."""
        self._ends.close()

    def own(self) -> World:
        """A network of a case alone, whose time goes on by years."""
        started = self._ends.enter_context(Network.start("sandbox", self._folder / str(uuid.uuid4())))
        return World(started, self._ends.enter_context(Running(started, 0, PLENTY)))

    def final(self) -> Agreed:
        """A lot that may be signed now; time that others move ends that."""
        return Agreed(self.world).final()

    @cached_property
    def draft(self) -> Agreed:
        """A draft that names who rates as the payer."""
        return self.final().drafted(payer=Chamber(self.world).member("witness"))

    @cached_property
    def active(self) -> Agreed:
        """Signed, and nothing more."""
        return Agreed(self.world).active(HALVES)

    @cached_property
    def used(self) -> Agreed:
        """All was delivered, a part was paid and reversed, a citizen rated it, a change waits."""
        agreed = Agreed(self.world).active(WHOLE)
        agreed.accepted()
        agreed.must(agreed.pay(amount="1.00 MXN"))
        agreed.must(agreed.papers("buyer", "payments/1/reversal"))
        enrol(self.world)
        agreed.must(agreed.do("citizen", "ratings", {"rating": 4}))
        agreed.must(agreed.change(reason="duration", extension=60))
        return agreed


def enrol(world: World) -> None:
    """Enrols the citizen, where nobody did."""
    reply = world.registrar.post("/v1/citizens", {"address": world.address("citizen")}, wait=20)
    assert reply.status in (201, 409), reply.data


def seconds(when: str) -> int:
    """Unix seconds."""
    return int(datetime.fromisoformat(when).timestamp())


Met = tuple[Reply, tuple[Any, ...]]
"""The answer, and the facts that it has to tell, in the order of the contract's arguments."""


def _role_conflict(stage: Stage) -> Met:
    reply = stage.draft.do("witness", "ratings", {"rating": 5})
    return reply, ("WITNESS", stage.world.address("witness"))


def _not_final(stage: Stage) -> Met:
    agreed = Agreed(stage.world)
    return agreed.draft(), (agreed.number, 1, agreed.lot["standstillEnds"])


def _offered_late(stage: Stage) -> Met:
    agreed = stage.final().drafted()
    begins, ends = agreed.shown["signFrom"], agreed.shown["signUntil"]
    period = seconds(ends) - seconds(begins)
    limit = seconds(begins) + period - period // 2
    stage.world.wait_until(later(begins, period - period // 2))
    agreed.must(agreed.sign("buyer"))
    signed_at = stage.world.network.now()
    assert signed_at > limit
    stage.world.wait_until(ends)
    reply = agreed.do("citizen", f"{agreed.path}/lots/1/pass-over", {})
    return reply, (agreed.number, 1, limit, signed_at)


def _signed_twice(stage: Stage) -> Met:
    agreed = stage.final().drafted()
    agreed.must(agreed.sign("acme"))
    return agreed.sign("acme"), (agreed.agreement, "SUPPLIER")


def _change_too_soon(stage: Stage) -> Met:
    world = stage.own()
    Chamber(world).adopt_sandbox(changeInterval=INTERVAL)
    agreed = Agreed(world).active()
    agreed.must(agreed.change(value="1250000.01 MXN"))
    agreed.must(agreed.do("acme", "changes/1/signatures", {"document": agreed.paper}))
    not_before = later(agreed.shown["changes"][0]["endedAt"], INTERVAL)
    assert agreed.step("proposeChange")["error"] == "AgreementBookChangeTooSoon"
    world.wait_until(later(not_before, -2))  # an act is judged by the time of the next block
    reply = agreed.change(value=PRICE)
    world.wait_until(not_before)
    agreed.must(agreed.change(value=PRICE))
    return reply, (agreed.agreement, not_before)


def _rating_closed(stage: Stage) -> Met:
    world = stage.own()
    enrol(world)
    agreed = Agreed(world).active()
    agreed.accepted()
    closed_at = later(agreed.shown["milestones"][0]["judgedAt"], RATING_PERIOD)
    world.wait_until(closed_at)
    assert agreed.step("rate")["error"] == "AgreementBookRatingClosed"
    return agreed.do("citizen", "ratings", {"rating": 5}), (agreed.agreement, closed_at)


def _document_wrong(stage: Stage) -> Met:
    """Documents that differ by one byte."""
    agreed = stage.final()
    text = b"the agreement about tender " + str(agreed.number).encode()
    one, other = uploaded(stage.world, text + b"."), uploaded(stage.world, text + b",")
    agreed.drafted(document=one)
    return agreed.sign("acme", other), (agreed.agreement, f"0x{one}", f"0x{other}")


def _over_cap(stage: Stage) -> Met:
    agreed = Agreed(stage.world).active()
    for number, value in enumerate(
        ("1300000.00 MXN", "1250000.00 MXN", "1300000.00 MXN", "1400000.00 MXN"), 1
    ):
        agreed.must(agreed.change(value=value))
        agreed.must(agreed.do("acme", f"changes/{number}/signatures", {"document": agreed.paper}))
    return agreed.change(value="1400000.01 MXN"), (agreed.agreement, 25_000_000, 25_000_001)


def _reference_used(stage: Stage) -> Met:
    ref = hashlib.sha256(f"SPEI 1 OF {stage.used.agreement}".encode()).hexdigest()
    return stage.used.pay(reference="spei  1"), (stage.used.agreement, f"0x{ref}")


def _rated_twice(stage: Stage) -> Met:
    reply = stage.used.do("citizen", "ratings", {"rating": 5})
    return reply, (stage.used.agreement, stage.world.address("citizen"))


def _date_invalid(stage: Stage) -> Met:
    agreed = stage.final()
    starts, ends = stage.world.in_seconds(2), stage.world.in_seconds(1)
    return agreed.draft(startsAt=starts, endsAt=ends), (0, seconds(starts), seconds(ends))


def _milestones_invalid(stage: Stage) -> Met:
    agreed, (whole, pays) = stage.final(), WHOLE
    reply = agreed.draft(milestones=[whole, pays | {"shareBps": 9_999}])
    return reply, (agreed.number, 2, 9_999)


def _value_wrong(stage: Stage) -> Met:
    agreed = stage.final()
    return agreed.draft(value="1249999.99 MXN"), (agreed.number, 125_000_000, 124_999_999)


CASES: Mapping[str, tuple[int, Callable[[Stage], Met]]] = {
    "RoleMissing": (403, lambda stage: (stage.active.draft("acme"), ("OFFICER", stage.world.address("acme")))),
    "RoleConflict": (403, _role_conflict),
    "VersionWrong": (409, lambda stage: (stage.active.draft(replaces=0), (stage.active.agreement, 0))),
    "HashZero": (422, lambda stage: (stage.active.do("acme", "milestones/1/delivery", ZERO), ("documentHash",))),
    "NotFound": (404, lambda stage: (stage.active.do("buyer", "/v1/agreements/999999/signatures", ZERO), (999_999,))),
    "MilestoneNotFound": (404, lambda stage: (stage.active.deliver(5), (stage.active.agreement, 5))),
    "StatusWrong": (409, lambda stage: (stage.draft.deliver(), (stage.draft.agreement, "DRAFT"))),
    "NotFinal": (409, _not_final),
    "OfferedLate": (409, _offered_late),
    "SignedTwice": (409, _signed_twice),
    "ChangePending": (409, lambda stage: (stage.used.change("acme"), (stage.used.agreement,))),
    "ChangeTooSoon": (409, _change_too_soon),
    "MilestoneStatusWrong": (409, lambda stage: (stage.active.accept(2), (stage.active.agreement, 2, "SCHEDULED"))),
    "NotAccepted": (409, lambda stage: (stage.active.pay(3, "0.01 MXN"), (stage.active.agreement, 1))),
    "ReferenceUsed": (409, _reference_used),
    "PaymentReversed": (409, lambda stage: (stage.used.papers("buyer", "payments/1/reversal"), (stage.used.agreement, 1))),
    "RatingClosed": (409, _rating_closed),
    "RatedTwice": (409, _rated_twice),
    "ValueWrong": (422, _value_wrong),
    "MilestonesInvalid": (422, _milestones_invalid),
    "DateInvalid": (422, _date_invalid),
    "DocumentWrong": (422, _document_wrong),
    "ReasonInvalid": (422, lambda stage: (stage.active.change(reason="reduction", value="1250000.01 MXN"), (stage.active.agreement, 6))),
    "ChangeOverCap": (422, _over_cap),
    "Overpaid": (422, lambda stage: (stage.active.pay(4, "833375.01 MXN"), (stage.active.agreement, 83_337_500, 83_337_501))),
    "PartyWrong": (422, lambda stage: (stage.active.pay(4, "1.00 MXN", payee=STRANGER), (stage.active.agreement, STRANGER))),
    "RatingInvalid": (422, lambda stage: (stage.used.do("witness", "ratings", {"rating": 6}), (stage.used.agreement, 6))),
}  # fmt: skip
"""Cause -> HTTP status and an act that meets it."""

ELSEWHERE = {"PaymentNotFound": ("AgreementPaymentNotFound", (404, "payments/9/reversal"))}
"""Cause -> what is told instead: over HTTP a payment has a number, of which the service itself reads payer and reference."""

NAMED = {
    each["name"]: [re.sub(r"([A-Z])", r"_\1", field["name"]).lower() for field in each["inputs"]]
    for each in artifact("IAgreementBook").abi
    if each["type"] == "error"
}
"""Refusals of the contract -> names of their facts over HTTP."""


@pytest.fixture(scope="module")
def stage(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """On the served network of this process."""
    made = Stage(world, tmp_path_factory.mktemp("own"))
    yield made
    made.close()


@pytest.mark.parametrize("name", NAMED)
def test_refusal__met_over_http__has_its_name_status_and_facts(stage: Stage, name: str) -> None:
    cause = name.removeprefix("AgreementBook")
    if cause in ELSEWHERE:
        told, (status, path) = ELSEWHERE[cause]
        found = problem(stage.active.papers("buyer", path), status, told)
        assert found["facts"] == {"agreement": stage.active.agreement, "payment": 9}
        return
    status, act = CASES[cause]
    reply, facts = act(stage)
    found = problem(reply, status, name)
    assert found["facts"] == dict(zip(NAMED[name], facts, strict=True))


def test_refusals__of_contract_python_and_these_cases__are_the_same() -> None:
    python = {name for name in vars(contracts) if name.startswith("AgreementBook")}
    assert set(NAMED) == python == {f"AgreementBook{cause}" for cause in CASES.keys() | ELSEWHERE.keys()}
