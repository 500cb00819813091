"""Validators and permitted nodes over HTTP: a class an endpoint."""

from __future__ import annotations

import pytest

from tests.api.chamber import Chamber
from tests.api.world import World, problem

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def chamber(world: World) -> Chamber:
    return Chamber(world)


FOREIGN = "0xc3820102"
"""RLP of a list that is no header of this chain."""


class TestReads:
    def test_validators__of_the_founding__are_proved(self, world: World) -> None:
        found = world.anyone.get("/v1/validators").json
        assert (found["seq"], found["proved"], found["removedUntil"]) == (0, True, None)
        assert {each["orgId"] for each in found["validators"]} == {f"LICITA-COUNCIL{n}" for n in range(1, 5)}
        assert found["head"]["block"] > 0

    def test_changes__of_the_founding__is_one_decision(self, world: World) -> None:
        page = world.anyone.get("/v1/validators/changes").json
        first = page["items"][0]
        assert (first["seq"], first["removed"], first["until"]) == (0, None, None)
        assert (page["next"], page["genesis"]) == (None, world.network.descriptor.genesis_hash)


class TestProofs:
    def test_proofs__anonymous__is_refused(self, world: World) -> None:
        body = {"seq": 0, "header": FOREIGN}
        problem(world.anyone.post("/v1/validators/proofs", body), 401, "TokenMissing")

    def test_proofs__set_that_is_proved__is_refused_by_name(self, world: World) -> None:
        body = {"seq": 0, "header": FOREIGN}
        problem(world.citizen.post("/v1/validators/proofs", body), 409, "ValidatorRegistryProved")

    def test_proofs__malformed__names_each_field(self, world: World) -> None:
        found = problem(
            world.citizen.post("/v1/validators/proofs", {"seq": -1, "header": "0x1"}), 422, "RequestInvalid"
        )
        assert [fault["pointer"] for fault in found["errors"]] == ["/seq", "/header"]

    def test_proofs__two_validators_more__wait_for_a_header_of_this_chain(
        self, world: World, chamber: Chamber
    ) -> None:
        more = (
            ("0x" + "a1" * 20, "LICITA-MORE1", "INDUSTRY"),
            ("0x" + "b2" * 20, "LICITA-MORE2", "ACADEMIA"),
        )
        admissions = [
            f'admit member {org_id} "Otra ({sector})" {sector} OPERATOR admin {node} until in 30 days'
            for node, org_id, sector in more
        ]
        chamber.carry(chamber.propose(admissions))
        present = world.anyone.get("/v1/validators").json["validators"]
        wanted = [f"{each['node']}={each['orgId']}" for each in present]
        wanted += [f"{node}={org_id}" for node, org_id, _ in more]
        number = chamber.propose(["set validators to " + ",".join(wanted)])
        assert chamber.read(number)["class"] == "VALIDATOR"
        chamber.carry(number)
        found = world.anyone.get("/v1/validators").json
        assert (found["seq"], found["proved"], len(found["validators"])) == (1, False, 6)
        last = world.anyone.get("/v1/validators/changes").json["items"][-1]
        assert (last["seq"], last["provedAt"], last["provedBy"]) == (1, None, None)
        path = "/v1/validators/proofs"
        problem(world.citizen.post(path, {"seq": 0, "header": "0xc0"}), 409, "ValidatorRegistryVersionWrong")
        problem(
            world.citizen.post(path, {"seq": 1, "header": FOREIGN}), 422, "ValidatorRegistryHeaderInvalid"
        )  # fmt: skip
        # One open change at a time.
        body = chamber.body([f"drop validator {found['validators'][0]['node']}"])
        problem(world.council1.post("/v1/proposals", body), 409, "ValidatorRegistryUnproved")


class TestNodes:
    def test_nodes__permitted_by_a_resolution__are_listed_until_forbidden(
        self, world: World, chamber: Chamber
    ) -> None:
        key = "0x" + "7e" * 32
        chamber.carry(chamber.propose([f"permit node {key} of LICITA-COUNCIL1 as GATEWAY"]))
        rows = world.anyone.get("/v1/network/nodes").json["items"]
        assert [(row["key"], row["orgId"], row["kind"]) for row in rows] == [
            (key, "LICITA-COUNCIL1", "GATEWAY")
        ]
        chamber.carry(chamber.propose([f"forbid node {key}"]))
        assert world.anyone.get("/v1/network/nodes").json["items"] == []
