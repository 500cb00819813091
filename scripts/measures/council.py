"""The council: a whole decision on the sandbox, in seconds of work, and how fast comments reach the chain."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from chain.network import Network
from scripts.measures.figure import Figure

__all__ = ["comment_figure", "cycle_figure"]

_DELEGATES = ("council1", "council2", "council3", "council4")
_EACH = 8  # each takes a second of the sandbox consultation, which lasts ten


def cycle_figure(folder: Path, runs: int) -> Figure:
    """Seconds from propose to execute with a comment, a report and four votes; the chain's time is moved, so only work is measured.

    The limit is a row of comments, the cheapest act, each sent when the one before is in its block.
    """
    values, limits = [], []
    with Network.start(folder=folder) as net:
        delegates = net.people(*_DELEGATES)
        acme = net.person("acme")
        for run in range(runs):
            start = time.monotonic()
            proposal = net.council.propose(
                f"Version {run + 2}", [f"adopt procedure sandbox v{run + 2}"], sender=delegates[0]
            )
            proposal.comment("Yes", sender=acme)
            net.wait_until(proposal.facts.vote_start + 1)
            proposal.report("Thanks", sender=delegates[0])
            for delegate in delegates:
                proposal.vote("for", sender=delegate)
            net.wait_until(proposal.facts.vote_end + 1)
            proposal.queue(sender=acme)
            net.wait_until(proposal.facts.eta)
            proposal.execute(sender=acme)
            values.append(time.monotonic() - start)
            limits.append(_sends(net, _EACH, f"limit {run}"))
    return Figure("council: a whole decision", "s", values, f"{_EACH} comments, one after the other", limits)


def comment_figure(folder: Path, runs: int) -> Figure:
    """Comments of one organisation on the chain a second, each sent when the one before is in its block."""
    values = []
    with Network.start(folder=folder) as net:
        for run in range(runs):
            seconds = _sends(net, _EACH, f"run {run}")
            values.append(_EACH / seconds)
    return Figure("council: comments recorded", "/s", values)


def _sends(net: Network, count: int, name: str) -> float:
    """Seconds for so many comments of one organisation on a proposal of their own."""
    proposal = net.council.propose(
        name,
        ["retire procedure sandbox v1"],
        sender=net.person("council1"),
        text=hashlib.sha256(name.encode()).hexdigest(),
    )
    acme = net.person("acme")
    start = time.monotonic()
    for number in range(count):
        proposal.comment(f"{name} {number}", sender=acme)
    seconds = time.monotonic() - start
    proposal.cancel(sender=net.person("council1"))
    return seconds
