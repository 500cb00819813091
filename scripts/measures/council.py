"""The council: a whole decision on the sandbox, in seconds of work, and how fast comments of organisations and citizens are taken."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from pathlib import Path
from typing import Any

from api.client import Client
from api.running import Running
from api.settings import Settings
from chain.errors.client import Refused
from chain.network import Network
from scripts.measures.figure import Figure, MeasureFailed
from scripts.measures.writes import load

__all__ = ["citizens_figures", "comment_figure", "cycle_figure"]

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


def citizens_figures(folder: Path, runs: int, count: int, connections: int, seconds: float) -> list[Figure]:
    """``count`` comments without an account over HTTP: accepted a second with their receipts, then seconds from the end of the
    consultation until all are on the chain and their receipts complete."""
    accepted, completed = [], []
    settings = Settings(anonymous_comments=1_000_000, anonymous_reads=1_000_000, log_level="error")
    with Network.start(folder=folder) as net, Running(net, settings=settings) as running:
        citizen = Client(running.url)
        for run in range(runs):
            proposal = net.council.propose(
                f"Citizens {run}", ["retire procedure sandbox v1"], sender=net.person("council1")
            )
            path = f"/proposals/{proposal.number}"
            _until_found(citizen, path, seconds)
            job = {
                "url": running.url, "path": f"{path}/comments", "token": "", "body": json.dumps({"text": "Sí, y pronto"}),
                "key": f"run{run}", "count": count, "rate": 1e6, "connections": connections, "seconds": seconds,
            }  # fmt: skip
            found = asyncio.run(load(job))
            if found["statuses"] != {"201": count}:
                raise MeasureFailed(f"of {count} comments these were answered so: {found['statuses']}")
            accepted.append(count / (found["last"] - found["first"]))
            net.wait_until(proposal.facts.vote_start + 1)
            start = time.monotonic()
            published = _until_found(citizen, f"{path}/comments/batches", seconds)
            completed.append(time.monotonic() - start)
            if sum(len(batch["leaves"]) for batch in published["batches"]) != count:
                raise MeasureFailed("comments are missing in the batch")
            net.wait_until(proposal.facts.vote_end + 1)
    return [
        Figure("council: citizens' comments accepted", "/s", accepted),
        Figure("council: receipts complete", "s", completed, facts={"comments": count}),
    ]


def _until_found(client: Client, path: str, seconds: float) -> Any:
    """What is there as soon as it is. Raises MeasureFailed."""
    end = time.monotonic() + seconds
    while True:
        try:
            return client.get(path)
        except Refused as error:
            if error.code != 404 or time.monotonic() > end:
                raise MeasureFailed(f"{path}: {error}") from error
        time.sleep(0.02)


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
