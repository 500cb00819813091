"""All reads of acts in the index: ``index.signing``. Synchronous, safe in any thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.recorder.index.rows import stored_row
from chain.recorder.index.views import ActRow
from chain.recorder.schema import idx_act
from chain.recorder.store import Store

__all__ = ["ActIndex"]


class ActIndex:
    """What the blocks say of acts that take two accounts; a member (0x id) has its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def act(self, member: str, act: str) -> ActRow | None:
        """An act (0x hash) of a member."""
        with self._store.read() as connection:
            row = stored_row(connection, idx_act, member, act)
        return None if row is None else _act(row)


def _act(row: Mapping[Any, Any]) -> ActRow:
    return ActRow(
        row["member"], row["act"], row["proposer"], row["until"], row["proposed_at"], row["proposal"], row["approver"],
        row["approved_at"], row["approval"],
    )  # fmt: skip
