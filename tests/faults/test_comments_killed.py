"""Citizens' comments while the service, and its node with it, is killed: each that got a receipt is on the chain exactly once."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from api.client import Client
from chain import Network
from chain.errors import AnswerUnreadable, Refused, ServiceUnreachable
from chain.rules import canonical
from chain.types import from_hex
from governance.consultation import Chain, Known, Receipt, read_batches, read_receipt, verify_receipt
from tests.faults.supervisor import Supervisor

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

FULL = os.environ.get("LICITA_COUNTS") == "full"
COMMENTS = 400 if FULL else 40
# The first operation of the first life is the proposal, the second the first batch: it comes one point further in each life, and is sent
# again in those after it.
DEATHS = [("accepted", 2), ("numbered", 1), *([("signed", 1), ("sent", 1)] if FULL else []), ("sent", 1)]

T = TypeVar("T")


def _answered(act: Callable[[], T]) -> T:
    """Repeats a request until it is answered by a living service."""
    pause = threading.Event()
    for _ in range(4_000):
        try:
            return act()
        except (ServiceUnreachable, AnswerUnreadable):
            pass
        except Refused as refusal:
            if refusal.code not in (404, 503):
                raise
        pause.wait(0.05)
    raise AssertionError("never answered")


def _propose(supervisor: Supervisor, token: str, folder: Path) -> None:
    text = folder / "text.md"
    text.write_text("Reference text", "utf-8")
    digest = hashlib.sha256(text.read_bytes()).digest()
    shown = f"sha-256=:{base64.b64encode(digest).decode()}:"
    _answered(lambda: Client(supervisor.url, token).upload(text, "text/markdown", shown))
    body = {
        "title": "Retire",
        "summary": "A test",
        "text": digest.hex(),
        "calls": ["retire procedure sandbox v1"],
    }
    _answered(lambda: Client(supervisor.url, token).act("/proposals", body, key="proposal"))


def _comment(supervisor: Supervisor, number: int) -> str:
    """The serial of a comment that was taken."""
    body, key = {"text": f"Comment {number}"}, f"comment-{number}"
    answer = _answered(lambda: Client(supervisor.url, wait=0).act("/proposals/1/comments", body, key=key))
    return str(answer.body["comment"]["serial"])


def _file(supervisor: Supervisor, path: str) -> bytes:
    """A file of the consultation, as the service writes it."""
    return canonical(_answered(lambda: Client(supervisor.url).get(f"/proposals/1/comments{path}"))) + b"\n"


def _completed(supervisor: Supervisor, serial: str) -> Receipt:
    """The receipt of a comment once its batch is on the chain."""
    pause = threading.Event()
    for _ in range(2_400):
        receipt = read_receipt(_file(supervisor, f"/{serial}/receipt"))
        if receipt.place is not None:
            return receipt
        pause.wait(0.05)
    raise AssertionError(f"comment {serial} was never anchored")


def _chain(network: Network, receipt: Receipt) -> Chain:
    """What a node says of the batches."""
    known = {
        event.args["batch"]: Known(from_hex(event.args["root"]), event.args["comments"], event.time)
        for event in network.events("Consultation", ("BatchAnchored",))
    }
    address = network.deployment.addresses["Consultation"]
    return Chain(network.chain_id, address, 1, receipt.member, known, network.now())


def test_comments__service_killed_between_receipt_and_anchor__are_anchored_exactly_once(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "network"
    with Network.start("sandbox", folder) as network:
        token = network.records["council1"].token
    with Supervisor(folder, list(DEATHS), "wall") as supervisor:
        _propose(supervisor, token, tmp_path)
        with ThreadPoolExecutor(8) as pool:
            serials = list(pool.map(lambda n: _comment(supervisor, n), range(COMMENTS)))
            receipts = list(pool.map(lambda serial: _completed(supervisor, serial), serials))
        published = read_batches(_file(supervisor, "/batches"))
        killed = list(supervisor.killed)
    assert killed == [point for point, _ in DEATHS]
    assert len(set(serials)) == COMMENTS
    leaves = [leaf for _, listed in published.listed for leaf in listed]
    assert sorted(leaves) == sorted(receipt.comment.hash for receipt in receipts)
    with Network.start("sandbox", folder) as network:
        chain = _chain(network, receipts[0])
        events = network.events("Consultation", ("BatchAnchored",))
    assert sum(known.size for known in chain.batches.values()) == COMMENTS
    for receipt in receipts:
        assert verify_receipt(receipt, chain=chain, batches=published).word == "counted"
        assert receipt.place is not None
        named = events[receipt.place.anchored.batch - 1]
        assert (receipt.place.anchored.block, receipt.place.anchored.transaction) == (
            named.block,
            named.transaction,
        )
