"""Random walks in databases: followed block by block or many at once, stopped and started again anywhere, taken back and followed anew,
made again from block 0, replayed from stored logs, or in memory alone: every byte that anybody reads is the same.

The walks are those of test_agreement_rules.py, test_evaluation_followed.py and test_complaint_rules.py, about tenders whose texts say what
their terms do; what is compared is in databases.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import event as told
from hypothesis import strategies as st

from tests.contracts.complaints import Case, about_award, in_bidding
from tests.contracts.tenders import publish
from tests.contracts.texts import readably
from tests.contracts.world import World
from tests.invariants import (
    agreement_walk,
    evaluation_walk,
    test_agreement_rules,
    test_complaint_rules,
    test_evaluation_followed,
    test_evaluation_rules,
)
from tests.invariants.databases import Databases

pytestmark = pytest.mark.evm

Step = Callable[[st.DataObject], None]
Begin = Callable[[World], Callable[[], Step]]
"""What makes a beginning, then walks from it, each as what makes its next step."""

CALLS = 30
"""Steps of a walk."""

does = st.sampled_from(("nothing",) * 3 + ("follow",) * 4 + ("restart",))
"""What the follower does after a step."""


def agreements(world: World, **options: Any) -> Callable[[], Step]:
    first = agreement_walk.begin(world, **options)

    def again() -> Step:
        made = agreement_walk.walk(world, first.made, first.model.rows)
        return partial(test_agreement_rules.step, made, test_agreement_rules.Acts(made))

    return again


def evaluations(world: World, **options: Any) -> Callable[[], Step]:
    first = evaluation_walk.begin(world, **options)
    return lambda: partial(test_evaluation_followed.step, test_evaluation_rules.Acts(first.again()))


def complaints(world: World, begin: Callable[..., Case]) -> Callable[[], Step]:
    rules = test_complaint_rules
    made = rules.walks(world, begin(world, rules.BIDS, lots=rules.LOTS, **rules.LONG))
    return lambda: partial(rules.step, next(made))


WALKS: Mapping[str, Begin] = {
    "agreements of one account": agreements,
    "agreements of two accounts": partial(agreements, four_eyes=True),
    "evaluations": evaluations,
    "evaluations with four eyes": partial(evaluations, four_eyes=True),
    "complaints while bids come in": partial(complaints, begin=in_bidding),
    "complaints while lots are awarded": partial(complaints, begin=about_award),
}


@pytest.mark.timeout(7_200)  # under the profile `long`; seconds without it
@pytest.mark.parametrize("name", list(WALKS))
def test_databases__random_acts__say_the_same_however_they_were_made(
    network: World, name: str, tmp_path: Path
) -> None:
    network.told = readably
    with network.undone():
        # Time changes these two together, in one block: which comes first must not depend on how the blocks are taken.
        for _ in range(2):
            publish(network)
        again = WALKS[name](network)
        with Databases(network, tmp_path) as databases:

            @settings(
                max_examples=max(3, settings.default.max_examples // 50), phases=(Phase.reuse, Phase.generate), deadline=None,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(data=st.data())
            def run(data: st.DataObject) -> None:
                with network.undone():
                    databases.begin()
                    step = again()
                    for _ in range(CALLS):
                        step(data)
                        does_now = data.draw(does, "follower")
                        if does_now == "restart":
                            databases.restart()
                            databases.remember()
                        elif does_now == "follow":
                            databases.follow()
                    for tag in databases.require_same():
                        told(tag)

            run()
