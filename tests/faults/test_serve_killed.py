"""`licita serve` under kill -9, and its node with it: what people were told is recorded stays where it is, act by act."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.client import Client
from chain.nodes.folder import Folder
from chain.people import People, PersonRecord
from chain.procurement.bid import Notice, seal_bid
from chain.procurement.samples import Samples
from tests.api.bidding import DECLARATIONS, body_of
from tests.docs.pages import ROOT, environment

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

PEOPLE = ("buyer", "acme", "beta")
ENQUIRY = {"title": "Garantía", "description": "¿12 meses?"}
ANSWER = {"answer": "Sí"}


class Served:
    """The service of a folder, as its people use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.sealed: dict[tuple[int, str], Any] = {}

    @property
    def people(self) -> Mapping[str, PersonRecord]:
        """Who has a token."""
        return People.read(Folder(self.folder)).records

    @contextmanager
    def life(self) -> Iterator[None]:
        """From a start until kill -9."""
        command = [
            sys.executable,
            "-c",
            "from api.cli import main; main()",
            "serve",
            "--network",
            str(self.folder),
            "--port",
            "0",
        ]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
        ) as service:
            assert service.stdout is not None
            try:
                self.url = next(line.split()[1] for line in service.stdout if line.startswith("API "))
                next(line for line in service.stdout if line.startswith("Sandbox tokens"))
                yield
            finally:
                service.send_signal(signal.SIGKILL)
                service.communicate()

    def client(self, name: str) -> Client:
        """A person's."""
        return Client(self.url.removesuffix("/v1"), self.people[name].token)

    def publish(self) -> int:
        """A tender of the buyer."""
        body = Samples(self.folder.parent, lambda: int(time.time())).path("laptops")
        return _number(self.client("buyer").act("/tenders", body.read_bytes()).headers)

    def ask(self, tender: int, name: str) -> int:
        """A question of a supplier."""
        return _number(self.client(name).act(f"/tenders/{tender}/enquiries", ENQUIRY).headers)

    def answer(self, tender: int, question: int) -> None:
        """Of the buyer."""
        self.client("buyer").act(f"/tenders/{tender}/enquiries/{question}/answer", ANSWER)

    def bid(self, tender: int, name: str) -> None:
        """A sealed bid of a supplier under its own key: sent once more, it is known."""
        client = self.client(name)
        if (tender, name) not in self.sealed:
            notice = Notice.from_json(json.dumps(client.get(f"/tenders/{tender}/notice")).encode())
            address = self.people[name].address
            self.sealed[tender, name] = body_of(
                seal_bid(notice, "1254800.25 MXN", (), bidder=address, version=1, declarations=DECLARATIONS)
            )
        client.act(f"/tenders/{tender}/bids", self.sealed[tender, name], key=f"bid-{tender}")

    def told(self) -> dict[str, Any]:
        """What people were told of their operations, by id."""
        shown = [self.client(name).get("/operations?limit=1000")["items"] for name in PEOPLE]
        return {item["id"]: item for items in shown for item in items}

    def feed(self) -> list[Any]:
        """All events, with their places and times."""
        items: list[Any] = self.client("buyer").get("/events?limit=1000")["items"]
        return items


def _number(headers: Mapping[str, str]) -> int:
    return int(headers["location"].rsplit("/", 1)[1])


def test_serve__killed_with_its_node_after_acts_that_rest_on_another__keeps_each_where_it_was(
    tmp_path: Path,
) -> None:
    served = Served(tmp_path / "network")
    with served.life():
        first = served.publish()
        served.bid(first, "acme")
        question = served.ask(first, "beta")
        served.answer(first, question)
        told, feed = served.told(), served.feed()
    with served.life():
        assert served.told() == told
        served.bid(first, "acme")
        served.bid(first, "beta")
        second = served.publish()
        served.bid(second, "acme")
        told, before, feed = served.told(), feed, served.feed()
        assert feed[: len(before)] == before
    with served.life():  # killed before it is saved again
        assert served.told() == told
    with served.life():
        assert served.told() == told
        assert served.feed()[: len(feed)] == feed
        served.bid(second, "acme")
        assert served.told() == told
    assert len(told) == 7
    assert {operation["state"] for operation in told.values()} == {"recorded"}
