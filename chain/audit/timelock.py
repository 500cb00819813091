"""The authority's hands: what the timelock scheduled and called, and which change each call explains.

A resolution is executed by the timelock: after each of its calls it says which call that was, and at the end the council says which
proposal. So a change is explained by the next call of its transaction, which must be to its contract and make just this change; and
that call by the next proposal, which must have scheduled it. What is not explained when its transaction ends is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.audit.act import Act
from chain.audit.effects import effects_of
from chain.errors.audit import AuditRefusal
from chain.types import ZERO32, Event, from_hex, to_hex

__all__ = ["Change", "Timelock"]

_SILENT = frozenset({"MinDelayChange", "RoleAdminChanged", "RoleGranted", "RoleRevoked"})
"""Events that the timelock makes in its constructor and never again."""


@dataclass(frozen=True)
class Change:
    """A privileged change and the proposal that decided it; None: founding, part of the constructors."""

    event: Event
    proposal: int | None


@dataclass
class _Pending:
    """A change of the present transaction, and its call once the timelock told of it. ``alone``: the sender may do it without one."""

    act: Act
    alone: bool = False
    call: int | None = None


@dataclass(frozen=True)
class _Called:
    """A call that was scheduled or executed."""

    operation: str
    index: str
    target: str
    data: str

    @classmethod
    def of(cls, act: Act) -> _Called:
        act.must("value", "0")
        return cls(act.args["id"], act.args["index"], act.args["target"], act.args["data"])


def undecided(act: Act) -> AuditRefusal:
    """The refusal of what no resolution explains."""
    return act.place.refusal("undecided", "a resolution of the council", act.event.name)


class Timelock:
    """Takes the events that have to do with executions, in order, and answers for each proposal what it changed."""

    def __init__(self) -> None:
        self._pending: list[_Pending] = []
        self._scheduled: list[Act] = []
        self._calls: list[_Called] = []
        self._operations: dict[int, str] = {}
        self._left: Act | None = None
        self._revoked: str | None = None
        self._contracts: dict[str, str] = {}

    def knows(self, event: Event) -> None:
        """Where a contract is: any event of it tells."""
        self._contracts[event.address] = event.contract

    def changed(self, act: Act, alone: bool = False) -> None:
        """A change that needs a resolution, or may have one (``alone``)."""
        self._pending.append(_Pending(act, alone))

    def apply(self, act: Act) -> None:
        """An event of the timelock itself. Raises AuditRefusal."""
        name = act.event.name
        if name in _SILENT:
            raise undecided(act)
        if name == "CallScheduled":
            self._scheduled.append(act)
            self._left = act
        elif name == "CallExecuted":
            self._executed(act)
            self._left = act
        elif name == "Cancelled":
            act.must("id", self._revoked)
            self._revoked = None

    def _executed(self, act: Act) -> None:
        """The changes since the last call are this one's, and are all that it makes."""
        self._require_revoked()
        call = _Called.of(act)
        self._calls.append(call)
        mine = [pending for pending in self._pending if pending.call is None]
        for pending in mine:
            if pending.act.event.address != call.target and not pending.alone:
                raise undecided(pending.act)
        contract = self._contracts.get(call.target)
        expected = None if contract is None else effects_of(contract, from_hex(call.data))
        if expected is None:
            expected_count = len(mine)
        else:
            # Without a call of its own, what the sender may do alone is left to stand so.
            wanted = [effect.name for effect in expected]
            found = [pending.act.event.name for pending in mine if not pending.alone or wanted]
            if found != wanted:
                raise act.place.refusal("event-CallExecuted:effects", ", ".join(wanted), ", ".join(found))
            for effect, pending in zip(expected, mine, strict=False):
                if (name := effect.differs(pending.act.args)) is not None:
                    raise pending.act.place.refusal(
                        f"event-{effect.name}:{name}", effect.args[name], pending.act.args[name]
                    )
            expected_count = len(expected)
        for pending in mine[:expected_count]:
            pending.call = len(self._calls)

    def queued(self, act: Act, number: int, calls: list[dict[str, Any]], delay: int) -> None:
        """A proposal was queued: all its calls were scheduled just before, under one name of their own."""
        scheduled, self._scheduled, self._left = self._scheduled, [], None
        operation = scheduled[0].args["id"] if scheduled else ""
        self._must_be(act, [_Called.of(each) for each in scheduled], calls, operation)
        for each in scheduled:
            each.must("delay", str(delay))
            each.must("predecessor", to_hex(ZERO32))
        self._operations[number] = operation

    def executed(self, act: Act, number: int, calls: list[dict[str, Any]]) -> list[Change]:
        """A proposal was executed: the last calls are its own, all of them in order. Answers what they changed."""
        first = len(self._calls) - len(calls)
        self._must_be(act, self._calls[max(first, 0) :], calls, self._operations.get(number, ""))
        del self._calls[first:]
        mine = [pending for pending in self._pending if pending.call is not None and pending.call > first]
        self._pending = [pending for pending in self._pending if pending not in mine]
        return [Change(pending.act.event, number) for pending in mine]

    def cancelled(self, number: int) -> None:
        """A queued proposal was cancelled: its operation is to go as well."""
        self._revoked = self._operations.get(number, "")

    @staticmethod
    def _must_be(act: Act, found: list[_Called], calls: list[dict[str, Any]], operation: str) -> None:
        wanted = [
            _Called(operation, str(place), call["target"], call["data"]) for place, call in enumerate(calls)
        ]
        if found != wanted:
            shown = [(call.index, call.target, call.data) for call in found]
            raise act.place.refusal(
                f"event-{act.event.name}:calls", f"the {len(wanted)} calls of the proposal", str(shown)
            )

    def close(self) -> list[Act]:
        """Ends a transaction; what was done alone in it. Raises AuditRefusal ``undecided``."""
        for pending in self._pending:
            if not pending.alone or pending.call is not None:
                raise undecided(pending.act)
        alone, self._pending = [pending.act for pending in self._pending], []
        if self._calls or self._scheduled:
            assert self._left is not None, "each call has its event"
            raise undecided(self._left)
        self._require_revoked()
        return alone

    def _require_revoked(self) -> None:
        if self._revoked is not None:
            raise AuditRefusal("undecided", None, "Cancelled", "a cancelled proposal that is still scheduled")
