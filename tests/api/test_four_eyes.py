"""Acts of two accounts over HTTP: an officer asks as ever, another account of the buyer approves, and nobody gets past that."""

from __future__ import annotations

import json
import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from chain.network import Network
from chain.rules import member_id
from chain.rules.four_eyes import LIFE
from chain.types import to_hex
from tests.api.bidding import Bids
from tests.api.commands import Shell
from tests.api.test_documents import uploaded
from tests.api.world import PLENTY, Reply, World, problem

pytestmark = pytest.mark.network

DAY = 86_400
UNKNOWN = "0x" + "ab" * 32


class Signed:
    """The buyer's two, on tenders under the procedure ``simple``."""

    def __init__(self, world: World) -> None:
        self.world = world

    def document(self, days: int = 5) -> dict[str, Any]:
        """A body that can be published."""
        return self.world.document(days * DAY) | {"procedure": "simple"}

    def propose(self, path: str, body: Any, person: str = "buyer", **options: Any) -> str:
        """The hash of an act that must be taken in."""
        reply = self.world.as_person(person).post(path, body, wait=20, **options)
        assert reply.status in (200, 201), reply.data
        found = reply.json
        assert (found["contract"], found["function"], found["state"]) == ("FourEyes", "propose", "recorded")
        assert reply.headers["location"] == f"/v1/acts/{found['act']}" == found["resource"]
        return str(found["act"])

    def approve(self, act: str, person: str = "approver", **options: Any) -> Reply:
        """Its approval."""
        return self.world.as_person(person).post(f"/v1/acts/{act}/approval", {}, wait=20, **options)

    def approved(self, act: str) -> Any:
        """The operation of an approval that must go through."""
        reply = self.approve(act)
        assert reply.status in (200, 201), reply.data
        return reply.json

    def read(self, act: str, person: str = "approver") -> Any:
        """An act as a person of the buyer sees it."""
        reply = self.world.as_person(person).get(f"/v1/acts/{act}")
        assert reply.status == 200, reply.data
        return reply.json

    def publish(self) -> int:
        """A tender; its number."""
        done = self.approved(self.propose("/v1/tenders", self.document()))
        return int(done["resource"].rsplit("/", 1)[1])

    def add(self, person: str, *roles: str) -> str:
        """Makes somebody a person of the buyer; path of the buyer's people."""
        path = f"/v1/members/{to_hex(member_id('MX-RFC-GDF9712054NA'))}/people"
        end = self.world.in_seconds(90 * DAY)
        body = {"address": self.world.address(person), "roles": list(roles), "mandateEnd": end}
        reply = self.world.buyer.post(path, body, wait=20)
        assert reply.status == 201, reply.data
        return path

    def cancellation(self, **more: Any) -> dict[str, Any]:
        """A body that cancels a tender."""
        paper = uploaded(self.world, b"why it is cancelled")
        return {"lot": 0, "reason": "noDemand", "document": paper} | more


@pytest.fixture
def signed(world: World) -> Signed:
    """On the served network of this process."""
    return Signed(world)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Signed]:
    """On one of its own, whose people and time a test may change."""
    with Network.start("sandbox", tmp_path / "network") as network, Running(network, 0, PLENTY) as running:
        yield Signed(World(network, running))


class TestPropose:
    def test_publication__proposed_and_approved__is_the_tender(self, world: World, signed: Signed) -> None:
        before = world.anyone.get("/v1/tenders?limit=1").json["items"]
        reply = world.buyer.post("/v1/tenders", signed.document(), wait=20)
        assert reply.status == 201 and reply.json["summary"].startswith("propose to publish the tender ")
        act = reply.json["act"]
        assert world.anyone.get("/v1/tenders?limit=1").json["items"] == before
        shown = signed.read(act)
        assert (shown["state"], shown["possible"], shown["error"]) == ("proposed", True, None)
        assert (shown["contract"], shown["function"], shown["subject"]) == ("TenderBoard", "publish", "")
        assert shown["proposer"] == shown["actor"] == world.address("buyer")
        assert shown["until"] > shown["proposedAt"] and shown["approver"] is None
        assert json.loads(shown["arguments"]["json"])["title"] in shown["summary"]
        assert shown["arguments"]["terms"]["procedure"].startswith("0x" + b"simple".hex())
        listed = world.approver.get("/v1/acts?limit=1").json["items"][0]
        assert (listed["act"], listed["call"], listed["arguments"]) == (act, None, None)
        mine = signed.read(act, "buyer")
        assert (mine["possible"], mine["error"]) == (False, "FourEyesRoleMissing")
        done = signed.approve(act)
        assert done.status == 201 and done.headers["location"].startswith("/v1/tenders/")
        number = int(done.headers["location"].rsplit("/", 1)[1])
        assert (done.json["contract"], done.json["function"]) == ("TenderBoard", "publish")
        assert done.json["actor"] == world.address("approver") and done.json["act"] is None
        shown = signed.read(act)
        assert (shown["state"], shown["approver"]) == ("approved", world.address("approver"))
        assert shown["transaction"] == done.json["transaction"]
        steps = world.anyone.get(f"/v1/tenders/{number}/timeline").json["steps"]
        whos = {step["function"]: (step["who"], step["possible"]) for step in steps}
        assert whos["amend"] == whos["cancel"] == ("OFFICER, then APPROVER", True)

    def test_proposal__before_its_approval__tells_nobody_else_what_it_is(
        self, world: World, signed: Signed
    ) -> None:
        act = signed.propose("/v1/tenders", signed.document())
        for person in ("reviewer", "acme", "registrar"):
            problem(world.as_person(person).get(f"/v1/acts/{act}"), 404, "ActNotFound")
            assert world.as_person(person).get("/v1/acts").json["items"] == []
        problem(world.anyone.get("/v1/acts"), 401, "TokenMissing")
        problem(world.anyone.get(f"/v1/acts/{act}"), 401, "TokenMissing")
        (event,) = (
            each
            for each in world.anyone.get("/v1/events?type=ActProposed&limit=1000").json["items"]
            if each["args"]["act"] == act
        )
        assert set(event["args"]) == {"member", "act", "proposer", "until"}

    def test_proposal__same_key__is_the_same_operation(self, world: World, signed: Signed) -> None:
        key, body = str(uuid.uuid4()), signed.document()
        first, again = (world.buyer.post("/v1/tenders", body, key=key, wait=20) for _ in range(2))
        assert first.json["id"] == again.json["id"] and again.headers["idempotency-replayed"] == "true"
        problem(world.buyer.post("/v1/tenders", signed.document(6), key=key), 422, "IdempotencyKeyReused")

    def test_proposal__what_the_rules_refuse__is_refused_at_once(self, world: World, signed: Signed) -> None:
        """As without four eyes: nothing that cannot be done is proposed."""
        number = signed.publish()
        path = f"/v1/tenders/{number}/cancellation"
        count = len(world.anyone.get("/v1/events?type=ActProposed&limit=1000").json["items"])
        problem(
            world.buyer.post(path, signed.cancellation(reason="ordered", lot=9)),
            404,
            "TenderBoardLotNotFound",
        )
        problem(world.buyer.post(path, signed.cancellation(document="00" * 32)), 422, "TenderBoardHashZero")
        problem(world.approver.post(path, signed.cancellation()), 403, "FourEyesRoleMissing")
        problem(world.acme.post(path, signed.cancellation()), 403, "FourEyesRoleMissing")
        problem(world.acme.post("/v1/tenders", signed.document()), 403, "TenderBoardRoleMissing")
        problem(world.approver.post("/v1/tenders", signed.document()), 403, "FourEyesRoleMissing")
        short = world.document(3 * DAY) | {"procedure": "simple"}
        assert world.buyer.post("/v1/tenders", short).status == 422
        assert len(world.anyone.get("/v1/events?type=ActProposed&limit=1000").json["items"]) == count

    def test_proposal__twice__already_proposed(self, world: World, signed: Signed) -> None:
        path, body = f"/v1/tenders/{signed.publish()}/cancellation", signed.cancellation()
        act = signed.propose(path, body)
        found = problem(world.buyer.post(path, body), 409, "FourEyesActAlreadyProposed")
        assert found["facts"] == {"act": act}

    def test_procedure_without_four_eyes__officer_acts_at_once(self, world: World) -> None:
        number = world.publish()
        reply = world.buyer.post(f"/v1/tenders/{number}/cancellation", Signed(world).cancellation(), wait=20)
        assert (reply.status, reply.json["contract"], reply.json["act"]) == (200, "TenderBoard", None)


class TestApprove:
    def test_cancellation__approved__begins(self, world: World, signed: Signed) -> None:
        number = signed.publish()
        act = signed.propose(f"/v1/tenders/{number}/cancellation", signed.cancellation())
        assert world.tender(number)["status"] == "Enquiries"
        done = signed.approve(act)
        assert (done.status, done.headers["location"]) == (200, f"/v1/tenders/{number}")
        assert world.tender(number)["status"] == "Cancelling"

    def test_approval__same_key__is_the_same_operation(self, signed: Signed) -> None:
        act, key = signed.propose("/v1/tenders", signed.document()), str(uuid.uuid4())
        first, again = (signed.approve(act, key=key) for _ in range(2))
        assert first.json["id"] == again.json["id"] and again.headers["idempotency-replayed"] == "true"
        assert first.json["resource"] == again.json["resource"]

    def test_approval__twice__not_proposed_any_more(self, signed: Signed) -> None:
        act = signed.propose("/v1/tenders", signed.document())
        signed.approved(act)
        found = problem(signed.approve(act), 409, "FourEyesActNotProposed")
        assert found["facts"] == {"act": act}
        assert signed.read(act)["state"] == "approved"

    @pytest.mark.parametrize(
        ("person", "status", "error"),
        [
            ("buyer", 403, "FourEyesRoleMissing"),
            ("reviewer", 404, "ActNotFound"),
            ("acme", 404, "ActNotFound"),
            ("council1", 404, "ActNotFound"),
        ],
    )
    def test_approval__by_others__is_refused_and_changes_nothing(
        self, signed: Signed, person: str, status: int, error: str
    ) -> None:
        act = signed.propose("/v1/tenders", signed.document())
        problem(signed.approve(act, person), status, error)
        assert signed.read(act)["state"] == "proposed"
        signed.approved(act)

    def test_approval__unknown_or_malformed__is_refused_by_name(self, world: World, signed: Signed) -> None:
        problem(signed.approve(UNKNOWN), 404, "ActNotFound")
        problem(signed.approve("7"), 422, "RequestInvalid")
        problem(world.approver.get(f"/v1/acts/{UNKNOWN}"), 404, "ActNotFound")
        problem(world.anyone.post(f"/v1/acts/{UNKNOWN}/approval", {}), 401, "TokenMissing")
        problem(world.approver.get("/v1/acts?after=x"), 400, "CursorInvalid")

    def test_approval__facts_changed_meanwhile__is_refused_and_the_act_stays(
        self, world: World, signed: Signed
    ) -> None:
        number = signed.publish()
        path, match = f"/v1/tenders/{number}/amendments", world.tender(number)["termsHash"]
        first, second = (
            signed.propose(path, {"patch": {"title": title}}, If_Match=f'"{match}"')
            for title in ("Uno", "Dos")
        )
        signed.approved(second)
        assert world.tender(number)["tender"]["title"] == "Dos"
        problem(signed.approve(first), 409, "TenderBoardTermsStale")
        assert signed.read(first)["state"] == "proposed"

    def test_award__under_four_eyes__takes_both(self, own: Signed) -> None:
        world = own.world
        bids = Bids(world, own.publish())
        bids.submit("acme", "1250000.00 MXN")
        bids.submit("beta", "1190000.00 MXN")
        bids.open()
        path = f"/v1/tenders/{bids.number}/lots/1"
        for step in ("tally", "ranking"):
            assert world.acme.post(f"{path}/{step}", {}, wait=20).status == 200
        paper = uploaded(world, b"the lowest")
        act = own.propose(f"{path}/awards", {"bid": 1, "document": paper})
        assert own.read(act)["documents"] == [paper]
        assert world.anyone.get(path).json["status"] == "Ranked"
        assert own.approve(act).headers["location"] == path
        assert world.anyone.get(path).json["award"]["bid"] == 1
        held = {"status": "held", "reference": paper}
        act = own.propose(f"/v1/tenders/{bids.number}/bids/0/security", held)
        own.approved(act)

    def test_approval__document_gone__is_refused_by_name(self, own: Signed) -> None:
        number = own.publish()
        act = own.propose(f"/v1/tenders/{number}/cancellation", own.cancellation())
        (paper,) = own.read(act)["documents"]
        shutil.rmtree(own.world.network.folder.documents)
        found = problem(own.approve(act), 404, "DocumentNotFound")
        assert found["facts"] == {"sha256": paper} and own.read(act)["state"] == "proposed"
        assert uploaded(own.world, b"why it is cancelled") == paper
        own.approved(act)

    def test_approval__expired__is_refused_and_proposed_again(self, own: Signed) -> None:
        world = own.world
        act = own.propose("/v1/tenders", own.document(60))
        world.wait_until(own.read(act)["until"])
        assert own.read(act)["state"] == "expired"
        problem(own.approve(act), 409, "FourEyesActExpired")
        # The very same act, proposed again: what is kept is good for it.
        tender = own.approved(own.propose("/v1/tenders", own.document(90)))["resource"]
        path, body = f"{tender}/cancellation", own.cancellation()
        late = own.propose(path, body)
        world.wait_until(world.in_seconds(LIFE))
        problem(own.approve(late), 409, "FourEyesActExpired")
        assert own.propose(path, body) == late and own.read(late)["state"] == "proposed"
        own.approved(late)

    def test_approval__by_the_account_that_proposed__same_signer(self, own: Signed) -> None:
        own.add("citizen", "OFFICER", "APPROVER")
        act = own.propose("/v1/tenders", own.document(), "citizen")
        problem(own.approve(act, "citizen"), 403, "FourEyesActSameSigner")
        assert own.read(act, "citizen")["error"] == "FourEyesActSameSigner"
        own.approved(act)

    def test_approval__who_proposed_was_removed__not_proposed(self, own: Signed) -> None:
        world, key, body = own.world, str(uuid.uuid4()), own.document()
        people = own.add("citizen", "OFFICER")
        act = own.propose("/v1/tenders", body, "citizen", key=key)
        removed = world.buyer.post(f"{people}/{world.address('citizen')}/removal", {}, wait=20)
        assert removed.status == 200, removed.data
        assert own.read(act)["state"] == "void"
        problem(own.approve(act), 409, "FourEyesActNotProposed")
        problem(world.citizen.get(f"/v1/acts/{act}"), 404, "ActNotFound")
        # Another officer proposes the very same act: the record id of a key is the buyer's, whoever sends it.
        assert own.propose("/v1/tenders", body, key=key) == act
        own.approved(act)


class TestList:
    def test_acts__of_the_buyer__newest_first_in_pages(self, world: World, signed: Signed) -> None:
        made = [signed.propose("/v1/tenders", signed.document()) for _ in range(3)]
        page = world.approver.get("/v1/acts?limit=2").json
        assert [each["act"] for each in page["items"]] == [made[2], made[1]]
        later = world.approver.get(f"/v1/acts?limit=2&after={page['next']}").json
        assert later["items"][0]["act"] == made[0]
        assert world.buyer.get("/v1/acts?limit=2").json["items"][0]["act"] == made[2]
        headers = world.approver.get("/v1/acts").headers
        assert headers["cache-control"] == "no-store"


class TestLost:
    def test_database__lost_between_proposal_and_approval__call_is_kept_again(self, tmp_path: Path) -> None:
        """Only the chain knows that it was proposed; the officer who asks again is told so, and the approver finds the call."""
        with Network.start("sandbox", tmp_path / "network") as network:
            with Running(network, 0, PLENTY) as running:
                before = Signed(World(network, running))
                number = before.publish()
                path, body, key = (
                    f"/v1/tenders/{number}/cancellation",
                    before.cancellation(),
                    str(uuid.uuid4()),
                )
                act = before.propose(path, body, key=key)
            shutil.rmtree(network.folder.recorder)
            with Running(network, 0, PLENTY) as running:
                again = Signed(World(network, running))
                problem(again.approve(act), 404, "ActNotFound")
                problem(again.world.buyer.post(path, body, key=key), 409, "FourEyesActAlreadyProposed")
                assert again.read(act)["state"] == "proposed"
                again.approved(act)
                assert again.world.tender(number)["status"] == "Cancelling"

    def test_node__silent_when_an_act_is_proposed__call_is_kept_and_proposed_later(self, own: Signed) -> None:
        """The call is kept before it is proposed: nothing that is on the chain has no call."""
        folder, key = own.world.network.folder.path, str(uuid.uuid4())
        path, body = f"/v1/tenders/{own.publish()}/cancellation", own.cancellation()
        node = json.loads((folder / "nodes" / "anvil" / "run.json").read_text("utf-8"))["pid"]
        os.kill(node, signal.SIGSTOP)
        try:
            problem(own.world.buyer.post(path, body, key=key), 503, "ChainUnreachable")
            kept = own.world.approver.get("/v1/acts?limit=1").json["items"][0]
            assert (kept["state"], kept["proposer"], kept["until"]) == ("kept", None, None)
        finally:
            os.kill(node, signal.SIGCONT)
        problem(own.approve(kept["act"]), 409, "FourEyesActNotProposed")
        assert own.propose(path, body, key=key) == kept["act"]
        own.approved(kept["act"])


class TestCommands:
    def test_act__list_show_approve__by_the_command_line(
        self, world: World, signed: Signed, tmp_path: Path
    ) -> None:
        shell, number = Shell(world, tmp_path), signed.publish()
        paper = signed.cancellation()["document"]
        said = shell.done(
            "tender", "cancel", number, "--reason", "noDemand", "--document", paper, name="buyer"
        )
        act = said.split()[-1]
        assert f"licita act approve {act}" in said
        assert shell.json("act", "list", name="approver")["items"][0]["act"] == act
        assert act in shell.done("act", "list", "--limit", 1, name="approver")
        shown = shell.json("act", "show", act, name="approver")
        assert (shown["state"], shown["subject"]) == ("proposed", f"tenders/{number}")
        refused = shell.run("act", "approve", act, name="buyer")
        assert refused.exit_code == 1 and "FourEyesRoleMissing" in refused.output
        assert "recorded" in shell.done("act", "approve", act, name="approver")
        assert world.tender(number)["status"] == "Cancelling"
