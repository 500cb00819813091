"""Events that one act emits one right after the other: each without the other is a forgery."""

from __future__ import annotations

from typing import Any

from chain.audit.act import Act
from chain.types import Event

__all__ = ["Pairs"]


class Pairs:
    """Takes every event of a chain before it is judged."""

    def __init__(self) -> None:
        self._due: tuple[Act, tuple[str, ...], dict[str, Any]] | None = None
        self.before: Act | None = None
        """The event that announced the present one; None where none did."""

    def expect(self, act: Act, *names: str, **args: Any) -> None:
        """The next event has one of these names and these arguments, in the same transaction."""
        self._due = (act, names, args)

    def follow(self, event: Event) -> None:
        """The next event. Raises AuditRefusal ``event-<name>:alone``, of the one that announced another."""
        due, self.before = self._due, None
        if due is not None:
            act, names, args = due
            fits = event.transaction == act.event.transaction and event.name in names
            if not fits or any(event.args[name] != value for name, value in args.items()):
                self.close()
            self._due, self.before = None, act

    def close(self) -> None:
        """The end of a block. Raises as ``follow``."""
        if self._due is not None:
            act, names, _ = self._due
            wanted = f"{' or '.join(names)} right after it, in its transaction"
            raise act.place.refusal(f"event-{act.event.name}:alone", wanted, "none that fits")

    def require(self, act: Act, name: str) -> Act:
        """The event that announced this one. Raises AuditRefusal ``event-<name>:alone`` where none of this name did."""
        if self.before is None or self.before.event.name != name:
            raise act.place.refusal(f"event-{act.event.name}:alone", f"{name} right before it", None)
        return self.before
