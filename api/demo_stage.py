"""What each part of the demonstration stands on: who acts, time that passes, and an act that is done, or refused, as the story says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.client import Answer, Client
from api.demo_signed import Signed
from api.running import Running
from chain.errors.base import LicitaError
from chain.errors.demo import DemoStoryBroken
from chain.network import Network
from chain.ocds.values import utc

__all__ = ["Say", "Stage"]

_LOOKS = 200
Say = Callable[[str], None]


class Stage:
    """A running service and its sandbox's people; ``output``: where files go, ``say`` gets each line for people."""

    def __init__(self, network: Network, running: Running, output: Path, say: Say) -> None:
        self.network = network
        self.output = output
        self.say = say
        self.anyone = Client(running.url)
        people = {name: Client(running.url, person.token) for name, person in network.records.items()}
        self.clients = people | {"": self.anyone}
        self.signed = Signed(self.clients, say)

    @property
    def today(self) -> str:
        """The date of the chain."""
        return f"{self.network.clock():%Y-%m-%d}"

    def client(self, name: str) -> Client:
        """The client of a person."""
        return self.clients[name]

    def pass_until(self, moment: float) -> None:
        """Moves the chain's time and waits until the service has read the block."""
        self.network.wait_until(moment)
        wait, head = threading.Event(), self.network.now()
        for _ in range(_LOOKS):
            if self.anyone.get("/events?limit=1")["head"]["time"] >= utc(head):
                return
            wait.wait(0.1)
        raise DemoStoryBroken("time", "the service does not follow the chain")

    def pass_days(self, days: float) -> None:
        """As ``pass_until``, from now."""
        self.pass_until(self.network.clock().timestamp() + days * 86_400)

    def done(self, what: str, answer: Answer, status: int) -> dict[str, Any]:
        """The operation of an act that must be in a block. Raises DemoStoryBroken."""
        if answer.status != status or answer.body["state"] != "recorded":
            raise DemoStoryBroken(what, f"HTTP {answer.status}, {answer.body}")
        operation: dict[str, Any] = answer.body
        return operation

    def refused(self, name: str, what: str, act: Callable[[], object]) -> None:
        """An act that must be refused by this name. Raises DemoStoryBroken."""
        try:
            act()
        except LicitaError as refusal:
            if refusal.error != name:
                raise
            self.say(f"{what}: refused, {name}: {refusal.detail}")
            return
        raise DemoStoryBroken(what, f"expected {name}, and it was done")
