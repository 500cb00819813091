"""What a service knows again after its database is gone: everything public from the chain, the accounts from people.json."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import pytest

from api.running import Running
from chain.network import Network
from tests.api.chamber import Chamber
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


def test_service__started_again_without_its_database__knows_first_acts_of_the_council(tmp_path: Path) -> None:
    folder, key = tmp_path / "network", str(uuid.uuid4())
    application = {
        "useCase": "Precios", "name": "precios", "codeHashes": ["0x" + "1b" * 32], "source": "ab" * 32, "contact": "LICITA-UNIVERSITY"
    }  # fmt: skip
    with Network.start("sandbox", folder) as network:
        with Running(network, 0, PLENTY) as running:
            world = World(network, running)
            body = Chamber(world).body()
            acts = (
                ("council1", "/v1/proposals", body, "CouncilAlreadyRecorded", "/v1/proposals/1"),
                ("acme", "/v1/proposals/1/comments", {"text": "Sí."}, "ConsultationAlreadyRecorded", "/v1/proposals/1/comments"),
                ("beta", "/v1/applications", application, "ApplicationRegistryAlreadyRecorded", "/v1/applications/1"),
            )  # fmt: skip
            firsts = [
                world.as_person(person).post(path, said, key=key, wait=20)
                for person, path, said, _, _ in acts
            ]
            assert [reply.status for reply in firsts] == [201, 201, 201]
        shutil.rmtree(network.folder.recorder)
        with Running(network, 0, PLENTY) as running:
            again = World(network, running)
            for first, (person, path, said, error, resource) in zip(firsts, acts, strict=True):
                found = problem(again.as_person(person).post(path, said, key=key), 409, error)
                assert found["first"] == {"resource": resource, "transaction": first.json["transaction"]}


def test_index__rebuilt_without_the_database__is_equal_byte_for_byte(tmp_path: Path) -> None:
    folder, key = tmp_path / "network", str(uuid.uuid4())
    paths = (
        "/v1/events?limit=1000",
        "/v1/packages",
        "/v1/records/ocds-213czf-1?releases=embedded&versioned=true",
    )
    with Network.start("sandbox", folder) as network:
        with Running(network, 0, PLENTY) as running:
            world = World(network, running)
            body = world.document()
            assert world.buyer.post("/v1/tenders", body, key=key, wait=20).status == 201
            world.wait_until(world.tender(1)["deadline"])
            before = [world.anyone.get(path).data for path in paths]
        digest = Network.index_of(folder).digest()
        shutil.rmtree(network.folder.recorder)
        network.rebuild_index()
        assert Network.index_of(folder).digest() == digest
        with Running(network, 0, PLENTY) as running:
            again = World(network, running)
            assert [again.anyone.get(path).data for path in paths] == before
            problem(again.buyer.post("/v1/tenders", body, key=key), 409, "TenderBoardAlreadyRecorded")
