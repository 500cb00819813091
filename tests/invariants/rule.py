"""One invariant of README.md, looked at while a story is told: what the facts say, and acts that would break it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.contracts.world import Receipt, Refusal, Refused, World
from tests.invariants.award_facts import Broken

__all__ = ["Rule", "Story"]


@dataclass(frozen=True)
class Rule:
    """An invariant by its number."""

    number: int
    world: World

    def holds(self, fact: bool, otherwise: str) -> None:
        """Raises Broken, which says ``otherwise``, where it does not."""
        if not fact:
            raise Broken({self.number: otherwise})

    def bars(
        self, error: str, who: str, contract: str, function: str, *args: Any, at: int | None = None
    ) -> None:
        """An act that breaks it, in the next block or one of that time, is refused with this error; nothing is sent. Raises Broken."""
        answer = self._foreseen(who, contract, function, *args, at=at)
        self.holds("error" in answer, f"{contract}.{function} by {who} goes through")
        found = Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))
        assert found.name == error, f"{contract}.{function} by {who}: {found}"

    def bars_others(
        self, error: str, allowed: str, others: Sequence[str], contract: str, function: str, *args: Any
    ) -> None:
        """An act that goes through by one account alone; nothing is sent. Raises Broken."""
        assert "error" not in self._foreseen(allowed, contract, function, *args), (
            f"{contract}.{function} by {allowed}"
        )
        for who in others:
            self.bars(error, who, contract, function, *args)

    def _foreseen(
        self, who: str, contract: str, function: str, *args: Any, at: int | None = None
    ) -> dict[str, Any]:
        request = self.world.as_call(who, contract, function, *args)
        instant = hex(self.world.time + 1 if at is None else at)
        return self.world.node.ask("eth_call", request, "latest", {}, {"time": instant})

    def attempt(self, who: str, contract: str, function: str, *args: Any) -> Receipt | None:
        """Sends an act whatever comes of it; None where it is refused."""
        try:
            return self.world.send(who, contract, function, *args)
        except Refused:
            return None


Story: TypeAlias = Callable[[Rule], None]
"""Right acts, which go through, and wrong ones, while a rule is looked at."""
