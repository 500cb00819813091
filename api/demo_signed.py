"""Acts of the demonstration that no one does alone: an officer asks and another approves; a panel votes before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.client import Answer, Client

__all__ = ["PANEL", "PanelVotes", "Signed"]

PANEL = ("evaluator1", "assessor1", "assessor2")
"""The first one is independent of the buyer, the others are its own."""


class Signed:
    """What the two people of the buyer do together on a served sandbox; ``clients``: name -> its client."""

    def __init__(self, clients: Mapping[str, Client], say: Callable[[str], None]) -> None:
        self._clients = clients
        self._say = say

    def propose(self, what: str, path: str, body: Any, *, if_match: str | None = None) -> str:
        """The officer asks, as ever; the act that waits. ``what``: its name in the story, "" tells nothing."""
        answer = self._clients["buyer"].act(path, body, if_match=if_match)
        if what:
            self._say(
                f"block {answer.body['block']}: buyer asked to {what}; act {answer.body['act'][:18]}... waits for the approver"
            )
        return str(answer.body["act"])

    def approve(self, act: str, name: str = "approver") -> Answer:
        """Another account of the buyer approves: this is the act itself."""
        return self._clients[name].act(f"/acts/{act}/approval", {})

    def done(self, path: str, body: Any, *, what: str = "", if_match: str | None = None) -> Answer:
        """Both, one after the other."""
        return self.approve(self.propose(what, path, body, if_match=if_match))


class PanelVotes:
    """The panel of a tender; ``path``: where the tender is."""

    def __init__(self, clients: Mapping[str, Client], path: str, say: Callable[[str], None]) -> None:
        self._clients = clients
        self._path = path
        self._say = say

    def vote(self, what: str, decision: dict[str, Any], opinions: Mapping[str, str]) -> None:
        """The officer calls the panel to vote on the very decision, and all vote; ``opinions``: who is against -> sha256 of why."""
        called = self._clients["buyer"].act(f"{self._path}/votes/calls", decision)
        act = str(called.headers["location"].rsplit("/", 1)[1])
        for name in PANEL:
            body: dict[str, Any] = {"act": act, "support": name not in opinions}
            if name in opinions:
                body["opinion"] = opinions[name]
            self._clients[name].act(f"{self._path}/votes", body)
        found = self._clients[""].get(f"{self._path}/votes/{act}")
        told = ", ".join(f"{name} {'against' if name in opinions else 'for'}" for name in PANEL)
        count = f"{found['support']} for, {found['needed']} needed"
        self._say(f"block {called.body['block']}: buyer called the panel to vote on {what}: {told}; {count}")
