"""Tenders posted over HTTP while the service, and its node with it, is killed: each is on the chain exactly once."""

from __future__ import annotations

import json
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.client import Client
from chain import Network
from chain.errors import AnswerUnreadable, Refused, ServiceUnreachable
from tests.faults.supervisor import Supervisor

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

FULL = os.environ.get("LICITA_COUNTS") == "full"
TENDERS = 500 if FULL else 60
KILLS = 12 if FULL else 5
POINTS = ("accepted", "numbered", "signed", "sent")
SEED = 20261122


def _post(supervisor: Supervisor, token: str, body: bytes, number: int) -> dict[str, Any]:
    """Repeats one key until it is answered."""
    wait = threading.Event()
    for _ in range(2_000):
        try:
            if supervisor.url:
                answer = Client(supervisor.url, token, wait=0).act("/tenders", body, key=f"tender-{number}")
                return dict(answer.body)
        except (ServiceUnreachable, AnswerUnreadable):
            pass
        except Refused as refusal:
            if refusal.code != 503:
                raise
        wait.wait(0.05)
    raise AssertionError(f"tender {number} was never answered")


def _unfinished(client: Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/operations?limit=1000")["items"]
    return [item for item in items if item["state"] != "recorded"]


def test_service__killed_at_seeded_points__loses_and_doubles_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    with Network.start("sandbox", folder) as network:
        token = network.records["buyer"].token
        body = network.samples.path("laptops", length=86_400).read_bytes()
    chance = random.Random(SEED)
    # Requests are accepted one by one; numbered, signed and sent are lanes' batches, of which there are few.
    points = [POINTS[i % len(POINTS)] for i in range(KILLS)]
    deaths = [
        (point, chance.randint(2, 12) if point == "accepted" else chance.randint(1, 2)) for point in points
    ]
    with Supervisor(folder, list(deaths)) as supervisor:
        with ThreadPoolExecutor(8) as pool:
            bodies = [json.dumps(json.loads(body) | {"marketMeans": {}}).encode() for _ in range(TENDERS)]
            accepted = list(pool.map(lambda n: _post(supervisor, token, bodies[n], n), range(TENDERS)))
        client, wait = Client(supervisor.url, token), threading.Event()
        for _ in range(1_200):
            try:
                if not _unfinished(client):
                    break
            except (ServiceUnreachable, AnswerUnreadable, Refused):
                client = Client(supervisor.url, token)
            wait.wait(0.1)
        operations = client.get("/operations?limit=1000")["items"]
        tenders = client.get("/tenders?limit=1000")["items"]
        killed = list(supervisor.killed)
    assert len(killed) >= 4 and set(killed) == set(POINTS)
    assert {item["state"] for item in operations} == {"recorded"}
    assert {item["id"] for item in operations} == {item["id"] for item in accepted}
    assert len(operations) == TENDERS
    assert sorted(tender["id"] for tender in tenders) == list(range(1, TENDERS + 1))
    with Network.start("sandbox", folder) as network:
        records = {tender.events("TenderPublished")[0].args["recordId"] for tender in network.tenders}
    assert len(records) == TENDERS
