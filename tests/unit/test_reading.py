"""chain/audit/reading.py over the answers that a real Besu gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chain.audit.reading import Block, blocks
from chain.errors.audit import AuditRefusal
from tests.recorded import QBFT, QBFT_ID, QBFT_RECEIPTS

pytestmark = pytest.mark.unit


class Recorded:
    """A node that gives recorded answers."""

    def __init__(self, found: Sequence[dict[str, Any]]) -> None:
        self._found = found

    async def call(self, method: str, *params: Any) -> Any:
        (answer,) = await self.batch([(method, params)])
        return answer

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        of = {"eth_getBlockByNumber": self._found, "eth_getBlockReceipts": QBFT_RECEIPTS}
        return [of[method][int(params[0], 16)] for method, params in calls]


async def read(found: Sequence[dict[str, Any]]) -> list[Block]:
    return [block async for block in blocks(Recorded(found), QBFT_ID, 0, len(found) - 1)]


async def test_blocks__qbft_chain__are_proved_from_block_0_to_the_head() -> None:
    read_blocks = await read(QBFT)
    assert ["0x" + block.hash.hex() for block in read_blocks] == [block["hash"] for block in QBFT]
    sent = [one.transaction.hash for block in read_blocks for one in block.body]
    assert ["0x" + hash_.hex() for hash_ in sent] == [tx["hash"] for b in QBFT for tx in b["transactions"]]


async def test_blocks__qbft_block_of_another_time__is_refused() -> None:
    later = hex(int(QBFT[9]["timestamp"], 16) + 1)
    with pytest.raises(AuditRefusal) as refused:
        await read([*QBFT[:9], {**QBFT[9], "timestamp": later}, *QBFT[10:]])
    assert (refused.value.rule, refused.value.block) == ("header-hash", 9)
