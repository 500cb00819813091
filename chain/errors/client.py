"""Refusals as the client of a service meets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.errors.base import Conflict, Fault, Unavailable

__all__ = ["AnswerUnreadable", "OperationPending", "Refused", "ServiceUnreachable"]


@dataclass(eq=False)
class Refused(Conflict):
    """The service refused the request; the name and the facts are the service's."""

    code: int
    name: str
    reason: str
    given: dict[str, Any]
    faults: list[dict[str, Any]]

    @property
    def error(self) -> str:
        """The service's own name for the refusal."""
        return self.name

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of the refusal, as the service gave them."""
        return self.given

    @property
    def detail(self) -> str:
        """What the service says is the case and what to do next."""
        return self.reason


@dataclass(eq=False)
class ServiceUnreachable(Unavailable):
    """No service answers at this address."""

    url: str
    cause: str
    advice = "Start one with `licita serve`, or name another with --url."


@dataclass(eq=False)
class OperationPending(Unavailable):
    """The service took the act and will send it, but no block holds it yet."""

    operation: str
    state: str
    advice = "Look at `licita network status` of the service's network; then repeat the command: it goes on where it was."


@dataclass(eq=False)
class AnswerUnreadable(Fault):
    """The service's answer is not what the API promises."""

    code: int
    got: str
    advice = "Check that the address is a Licita service of the same version."
