"""chain/audit/state.py over recorded proofs of a real Besu, while blocks come in."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from chain.audit.state import state_at_head
from chain.errors.audit import AuditRefusal
from chain.errors.nodes import RpcError
from tests.recorded import QBFT_PROOFS

pytestmark = pytest.mark.unit

ENTRY = QBFT_PROOFS[0]
ASKED = {"Contract": (bytes.fromhex(ENTRY["address"][2:]), [int(slot, 16) for slot in ENTRY["slots"]])}
PRUNED = RpcError(-32602, "BlockOutOfRangeError: block height is 9 but requested was 8")


class Node:
    """A node whose head is a block later each time it is asked for; ``kept``: the states that it still has."""

    def __init__(self, kept: Sequence[int]) -> None:
        self.kept = kept
        self.heads = itertools.count(8)
        self.asked: list[int] = []

    async def call(self, method: str, *params: Any) -> Any:
        assert (method, params) == ("eth_blockNumber", ())
        return hex(next(self.heads))

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        self.asked += [int(params[-1], 16) for _, params in calls]
        answers = {"eth_getProof": ENTRY["proof"], "eth_getCode": "0x00"}
        return [answers[method] if int(params[-1], 16) in self.kept else PRUNED for method, params in calls]


@pytest.mark.parametrize(
    ("kept", "found"), [([5, 8], 5), ([9], 9)], ids=["Besu keeps it", "anvil keeps the last"]
)
async def test_state_at_head__blocks_come_in__is_of_one_block(kept: list[int], found: int) -> None:
    node = Node(kept)
    number, state = await state_at_head(node, ASKED, 5)
    assert number == found
    assert [state["Contract"].code, state["Contract"].proof["address"]] == [b"\0", ENTRY["address"]]
    assert node.asked[-2:] == [found, found]


async def test_state_at_head__no_state_at_all__raises_what_the_node_says() -> None:
    node = Node([])
    with pytest.raises(RpcError) as refused:
        await state_at_head(node, ASKED)
    assert refused.value is PRUNED and len(node.asked) == 20


async def test_state_at_head__node_that_names_an_older_head__is_never_of_that() -> None:
    node = Node([7])
    node.heads = itertools.cycle([7])
    with pytest.raises(RpcError) as refused:
        await state_at_head(node, ASKED, 8)
    assert refused.value is PRUNED and set(node.asked) == {8}


@pytest.mark.parametrize("answer", [None, "0x", "8", "-0x1", 8])
async def test_state_at_head__head_that_is_no_number__is_refused(answer: Any) -> None:
    class Odd(Node):
        async def call(self, method: str, *params: Any) -> Any:
            return answer

    with pytest.raises(AuditRefusal) as refused:
        await state_at_head(Odd([8]), ASKED)
    assert refused.value.rule == "node-field:eth_blockNumber"
