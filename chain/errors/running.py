"""Refusals while a service starts."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors.base import Unavailable

__all__ = ["PortTaken", "ServiceNotStarted"]


@dataclass(eq=False)
class PortTaken(Unavailable):
    """The port cannot be bound."""

    port: int
    cause: str
    advice = "Name another port with --port, or 0 for a free one."


@dataclass(eq=False)
class ServiceNotStarted(Unavailable):
    """The service ended or hung while it started."""

    url: str
    advice = "The lines before this one say why."
