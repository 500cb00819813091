"""What a service knows again after its database is gone: everything public from the chain, the accounts from people.json."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import pytest

from api.running import Running
from chain.network import Network
from tests.api.world import PLENTY, World, problem

pytestmark = pytest.mark.network


def test_service__started_again_without_its_database__knows_tokens_and_first_acts(tmp_path: Path) -> None:
    folder, key = tmp_path / "network", str(uuid.uuid4())
    with Network.start("sandbox", folder) as network:
        with Running(network, 0, PLENTY) as running:
            world = World(network, running)
            body = world.document()
            first = world.buyer.post("/v1/tenders", body, key=key, wait=20)
            asked = world.acme.post(
                "/v1/tenders/1/enquiries", {"title": "t", "description": "d"}, key=key, wait=20
            )
            assert (first.status, asked.status) == (201, 201)
            before = world.anyone.get("/v1/events").data, world.anyone.get("/v1/packages").data
        shutil.rmtree(network.folder.recorder)
        with Running(network, 0, PLENTY) as running:
            again = World(network, running)
            assert (again.anyone.get("/v1/events").data, again.anyone.get("/v1/packages").data) == before
            found = problem(again.buyer.post("/v1/tenders", body, key=key), 409, "TenderBoardAlreadyRecorded")
            assert found["first"] == {"resource": "/v1/tenders/1", "transaction": first.json["transaction"]}
            found = problem(
                again.acme.post("/v1/tenders/1/enquiries", {"title": "t", "description": "d"}, key=key),
                409,
                "TenderBoardAlreadyRecorded",
            )
            assert found["first"]["transaction"] == asked.json["transaction"]
