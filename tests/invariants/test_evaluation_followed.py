"""Evaluations as followers and auditors see them: whatever was called, the index holds what the contracts do, and all of it is lawful.

The walks are those of test_evaluation_rules.py; looked at are the blocks alone, as a stranger would.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import event as told
from hypothesis import strategies as st

from tests.contracts.AwardDesk.test_followed import audited
from tests.contracts.EvaluationDesk.test_followed import require_same
from tests.contracts.world import World
from tests.invariants.evaluation_walk import begin
from tests.invariants.test_evaluation_rules import (
    ACTS,
    ENDS,
    LIKELY,
    PANELS,
    Acts,
    good_points,
    remedies,
    salts,
)

pytestmark = pytest.mark.evm


def play(world: World, options: Mapping[str, Any]) -> None:
    """Random walks from one beginning: four steps of five are the next right thing."""
    with world.undone():
        first = begin(world, **options)

        @settings(
            max_examples=max(3, settings.default.max_examples // 12), phases=(Phase.reuse, Phase.generate), deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=st.data())
        def run(data: st.DataObject) -> None:
            with world.undone():
                walk = first.again()
                acts = Acts(walk)
                for _ in range(60):
                    step(acts, data)
                require_same(walk.made)
                audited(world)
                told(walk.model.status(walk.now).word)

        run()


def step(acts: Acts, data: st.DataObject) -> None:
    """The next right thing, or whatever is likely now."""
    walk = acts.walk
    if data.draw(st.sampled_from((True,) * 4 + (False,)), "right"):
        walk.go_on(
            data.draw(good_points, "points"), data.draw(salts, "salt"), int(data.draw(remedies, "remedy")),
            data.draw(st.booleans(), "last seat"),
        )  # fmt: skip
        return
    if data.draw(st.booleans(), "wait"):
        acts.wait(data.draw(st.sampled_from(ENDS), "end"), data.draw(st.integers(-2, 1), "around"))
    name = data.draw(st.sampled_from(LIKELY.get(walk.model.status(walk.now), ("file",))), "act")
    getattr(acts, name)(**{key: data.draw(values, key) for key, values in ACTS[name].items()})


@pytest.mark.timeout(7_200)  # under the profile `long`; seconds without it
@pytest.mark.parametrize("name", list(PANELS))
def test_evaluation__random_acts__the_blocks_alone_tell_what_the_contracts_hold(
    network: World, name: str
) -> None:
    play(network, PANELS[name])
