"""Comments without an account over HTTP: the promise, its fulfilment on the chain, and the proof where it is broken."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from chain.bindings import consultation
from chain.errors import ReceiptOtherProposal, ReceiptTextDiffers
from chain.network import Network
from chain.procurement.session import Person
from chain.transactions import address_of
from chain.types import from_hex, to_hex
from governance.consultation import (
    Chain,
    Known,
    Receipt,
    read_batches,
    read_receipt,
    verify_receipt,
)
from tests.api.chamber import Chamber, later
from tests.api.world import PLENTY, Reply, World, problem

pytestmark = pytest.mark.network

PATIENCE = 400
"""Looks at a receipt, each a twentieth of a second after the one before."""


@pytest.fixture(scope="module")
def chamber(world: World) -> Chamber:
    return Chamber(world)


def said() -> dict[str, str]:
    """A comment nobody made yet."""
    return {"text": f"¿Y los plazos? {secrets.token_hex(4)}"}


def comment(world: World, number: int, body: Any = None, key: str = "new") -> Reply:
    return world.anyone.post(f"/v1/proposals/{number}/comments", body or said(), key=key)


def receipt_of(reply: Reply) -> Receipt:
    """The file that a citizen keeps."""
    assert reply.status == 201, reply.data
    return read_receipt(reply.data)


def completed(world: World, reply: Reply) -> Receipt:
    """The receipt once its batch is on the chain."""
    pause = threading.Event()
    for _ in range(PATIENCE):
        found = world.anyone.get(reply.headers["location"])
        assert found.status == 200, found.data
        if "place" in found.json:
            return read_receipt(found.data)
        pause.wait(0.05)
    raise AssertionError(f"never anchored: {reply.headers['location']}")


def chain_of(network: Network, receipt: Receipt, proposal: int | None = None) -> Chain:
    """What anyone reads of the receipt's batches from a node."""
    number = receipt.comment.proposal if proposal is None else proposal
    events = [
        event
        for event in network.events("Consultation", ("BatchAnchored",))
        if (event.args["proposal"], event.args["member"]) == (str(number), to_hex(receipt.member))
    ]
    known = {
        event.args["batch"]: Known(from_hex(event.args["root"]), event.args["comments"], event.time) for event in events
    }  # fmt: skip
    address = network.deployment.addresses["Consultation"]
    return Chain(network.chain_id, address, number, receipt.member, known, network.now())


class TestTake:
    def test_comment__citizen__gets_a_promise_of_the_operator(self, world: World, chamber: Chamber) -> None:
        number, body = chamber.propose(), said()
        reply = comment(world, number, body)
        receipt = receipt_of(reply)
        assert (receipt.operator, receipt.place) == (world.address("auditor"), None)
        assert reply.headers["location"].endswith(f"/comments/{receipt.comment.serial}/receipt")
        text = body["text"].encode()
        assert receipt.comment.text_sha256 == hashlib.sha256(text).digest()
        assert verify_receipt(receipt, text=text, head_time=world.network.now()).word == "promised"
        ends = int(datetime.fromisoformat(chamber.read(number)["voteEnd"]).timestamp())
        assert receipt.comment.received_at < receipt.anchor_by < ends
        with pytest.raises(ReceiptTextDiffers):
            verify_receipt(receipt, text=text + b".")

    def test_comment__citizen__can_be_read_at_once(self, world: World, chamber: Chamber) -> None:
        number, first, second = chamber.propose(), said(), said()
        receipt = receipt_of(comment(world, number, first))
        assert world.acme.post(f"/v1/proposals/{number}/comments", second, wait=20).status == 201
        path = f"/v1/proposals/{number}/comments"
        shown = world.anyone.get(path).json["items"]
        assert [(row["kind"], row["text"]) for row in shown] == [
            ("citizen", first["text"]),
            ("organisation", second["text"]),
        ]
        assert (shown[0]["serial"], shown[0]["orgId"], shown[0]["batch"]) == (
            receipt.comment.serial,
            None,
            None,
        )

    def test_comment__key_repeated__is_one_comment_with_one_receipt(
        self, world: World, chamber: Chamber
    ) -> None:
        number, body = chamber.propose(), said()
        first, again = (comment(world, number, body, "mine") for _ in range(2))
        assert first.data == again.data
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"

    def test_comment__same_key_for_another_text__is_another_comment(
        self, world: World, chamber: Chamber
    ) -> None:
        number = chamber.propose()
        serials = {
            receipt_of(comment(world, number, said(), "1")).comment.serial,
            receipt_of(comment(world, number, said(), "1")).comment.serial,
        }
        assert len(serials) == 2

    def test_comment__same_text_twice__counts_twice(self, world: World, chamber: Chamber) -> None:
        number, body = chamber.propose(), said()
        one, two = (receipt_of(comment(world, number, body)) for _ in range(2))
        assert one.comment.text_sha256 == two.comment.text_sha256
        assert one.comment.hash != two.comment.hash

    def test_comment__many_at_once_with_one_key__is_one(self, world: World, chamber: Chamber) -> None:
        number, body, found = chamber.propose(), said(), list[bytes]()
        threads = [
            threading.Thread(target=lambda: found.append(comment(world, number, body, "one").data))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8 and len(set(found)) == 1

    def test_comment__without_a_key__is_refused(self, world: World, chamber: Chamber) -> None:
        path = f"/v1/proposals/{chamber.propose()}/comments"
        problem(world.anyone.post(path, said(), key=None), 400, "IdempotencyKeyMissing")

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("", "CommentEmpty"),
            (" \n", "CommentEmpty"),
            ("a" * 65_537, "CommentTooLong"),
            ("ñ" * 32_769, "CommentTooLong"),
            ("ring\u0007", "CommentCharacterRefused"),
            ("\u202eturned", "CommentCharacterRefused"),
        ],
        ids=["none", "spaces", "letters", "bytes", "bell", "override"],
    )
    def test_comment__text_that_is_not_taken__is_refused_by_name(
        self, world: World, chamber: Chamber, text: str, error: str
    ) -> None:
        number = chamber.propose()
        problem(comment(world, number, {"text": text}), 422, error)
        problem(world.acme.post(f"/v1/proposals/{number}/comments", {"text": text}), 422, error)

    def test_comment__half_of_a_surrogate_pair__is_refused(self, world: World, chamber: Chamber) -> None:
        problem(comment(world, chamber.propose(), b'{"text": "\\ud800"}'), 422, "CommentTextInvalid")

    def test_comment__of_a_megabyte__is_refused(self, world: World, chamber: Chamber) -> None:
        problem(comment(world, chamber.propose(), {"text": "a" * 1_048_576}), 413, "BodyTooLarge")

    def test_comment__after_the_consultation_and_once_cancelled__is_refused(
        self, world: World, chamber: Chamber
    ) -> None:
        cancelled, body = chamber.propose(), said()
        before = comment(world, cancelled, body, "before")
        assert chamber.step(cancelled, "cancellation", "council1").status == 200
        problem(comment(world, cancelled), 409, "CommentsClosed")
        assert comment(world, cancelled, body, "before").data == before.data
        number = chamber.propose()
        chamber.open_vote(number)
        found = problem(comment(world, number), 409, "CommentsClosed")
        assert found["facts"]["closed_at"] == chamber.read(number)["voteStart"]

    def test_comment__no_such_proposal__is_not_found(self, world: World) -> None:
        problem(comment(world, 999_999), 404, "ConsultationNotFound")


class TestReceipt:
    def test_receipt__after_the_anchor__is_complete_and_counted_offline(
        self, world: World, chamber: Chamber
    ) -> None:
        number = chamber.propose()
        replies = [comment(world, number) for _ in range(5)]
        problem(world.anyone.get(f"/v1/proposals/{number}/comments/batches"), 404, "BatchesNotFound")
        chamber.open_vote(number)
        receipts = [completed(world, reply) for reply in replies]
        chain = chain_of(world.network, receipts[0])
        for position, receipt in enumerate(receipts):
            assert receipt.place is not None and receipt.place.position == position
            verdict = verify_receipt(receipt, chain=chain)
            assert (verdict.word, verdict.report.warnings) == ("counted", [])
        # The promise alone is enough, with what the operator publishes.
        published = read_batches(world.anyone.get(f"/v1/proposals/{number}/comments/batches").data)
        promise = receipt_of(replies[0])
        assert verify_receipt(promise, chain=chain, batches=published).word == "counted"
        assert chamber.read(number)["comments"] == 5
        rows = world.anyone.get(f"/v1/proposals/{number}/comments").json["items"]
        assert [row["batch"] for row in rows] == [1] * 5

    def test_receipt__proposal_cancelled_before_the_anchor__keeps_what_it_promised(
        self, world: World, chamber: Chamber
    ) -> None:
        number = chamber.propose()
        reply = comment(world, number)
        assert chamber.step(number, "cancellation", "council1").status == 200
        assert "place" not in world.anyone.get(reply.headers["location"]).json
        chamber.open_vote(number)
        receipt = completed(world, reply)
        assert verify_receipt(receipt, chain=chain_of(world.network, receipt)).word == "counted"

    def test_receipt__repeated_request_after_the_anchor__is_answered_complete(
        self, world: World, chamber: Chamber
    ) -> None:
        number, body = chamber.propose(), said()
        reply = comment(world, number, body, "once")
        chamber.open_vote(number)
        receipt = completed(world, reply)
        assert read_receipt(comment(world, number, body, "once").data) == receipt

    def test_receipt__hour_of_a_longer_consultation__is_not_waited_for(
        self, world: World, chamber: Chamber
    ) -> None:
        """Half of the promised time is kept for the way to the chain."""
        number = chamber.propose(["set sector of LICITA-COUNCIL1 to ACADEMIA"])
        reply = comment(world, number)
        receipt = receipt_of(reply)
        world.wait_until(later(_text(receipt.comment.received_at), 13))
        found = completed(world, reply)
        assert found.place is not None
        assert found.place.anchored.anchored_at <= receipt.anchor_by
        # Not the state as it is now: whatever else waits for a block moves the time meanwhile.
        closes = datetime.fromisoformat(chamber.read(number)["voteStart"]).timestamp()
        assert found.place.anchored.anchored_at <= closes

    def test_receipt__of_another_proposal__is_refused(self, world: World, chamber: Chamber) -> None:
        other, number = chamber.propose(person="council2"), chamber.propose()
        reply = comment(world, number)
        serial = receipt_of(reply).comment.serial
        path = f"/v1/proposals/{other}/comments/{serial}/receipt"
        problem(world.anyone.get(path), 404, "CommentNotFound")
        problem(world.anyone.get(path.replace(serial, "0" * 32)), 404, "CommentNotFound")
        problem(world.anyone.get(path.replace(serial, "x")), 422, "RequestInvalid")
        chamber.open_vote(number)
        receipt = completed(world, reply)
        with pytest.raises(ReceiptOtherProposal):
            verify_receipt(receipt, chain=chain_of(world.network, receipt, other))

    def test_receipt__of_a_comment_that_was_dropped__proves_it(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        kept, dropped = comment(world, number), receipt_of(comment(world, number))
        database = sqlite3.connect(world.network.database)
        with database:
            database.execute("DELETE FROM svc_comment WHERE serial = ?", (dropped.comment.serial,))
        database.close()
        chamber.open_vote(number)
        receipt = completed(world, kept)
        chamber.close_vote(number)
        published = read_batches(world.anyone.get(f"/v1/proposals/{number}/comments/batches").data)
        chain = chain_of(world.network, receipt)
        assert verify_receipt(dropped, chain=chain).word == "overdue"
        assert verify_receipt(dropped, chain=chain, batches=published).word == "dropped"
        assert verify_receipt(receipt, chain=chain, batches=published).word == "counted"

    def test_receipt__another_service_of_the_member_anchored_first__is_in_the_next_batch(
        self, world: World, chamber: Chamber
    ) -> None:
        number, member = chamber.propose(), chamber.member("auditor")
        reply, key = comment(world, number), secrets.token_bytes(32)
        colleague = Person("colleague", address_of(key), key)
        body = {"address": colleague.address, "roles": ["OPERATOR"], "mandateEnd": world.in_seconds(86_400)}
        assert world.auditor.post(f"/v1/members/{member}/people", body, wait=20).status == 201
        world.network.send(consultation.anchor(number, 0, b"\x07" * 32, 3), colleague)
        chamber.open_vote(number)
        receipt = completed(world, reply)
        assert receipt.place is not None and receipt.place.anchored.batch == 2
        assert verify_receipt(receipt, chain=chain_of(world.network, receipt)).word == "counted"

    def test_receipt__of_a_hidden_text__stays_and_is_counted(self, world: World, chamber: Chamber) -> None:
        number, body = chamber.propose(), said()
        reply = comment(world, number, body)
        hiding = {
            "text": hashlib.sha256(body["text"].encode()).hexdigest(),
            "reason": chamber.store(world.auditor, b"Datos personales"),
        }
        assert world.auditor.post(f"/v1/proposals/{number}/hidings", hiding, wait=20).status == 200
        row = world.anyone.get(f"/v1/proposals/{number}/comments").json["items"][0]
        assert (row["text"], row["textSha256"], row["hiddenFor"]) == (None, *hiding.values())
        chamber.open_vote(number)
        receipt = completed(world, reply)
        assert verify_receipt(receipt, chain=chain_of(world.network, receipt)).word == "counted"


class TestList:
    def test_list__page_by_page__is_each_comment_once_by_time(self, world: World, chamber: Chamber) -> None:
        number = chamber.propose()
        path = f"/v1/proposals/{number}/comments"
        for turn in range(6):
            if turn % 3:
                assert comment(world, number).status == 201
            else:
                assert world.acme.post(path, said(), wait=20).status == 201
        whole = world.anyone.get(path).json
        assert whole["next"] is None and len(whole["items"]) == 6
        assert [row["at"] for row in whole["items"]] == sorted(row["at"] for row in whole["items"])
        found: list[Any] = []
        after = ""
        while after is not None:
            page = world.anyone.get(f"{path}?limit=2" + (f"&after={after}" if after else "")).json
            found += page["items"]
            after = page["next"]
        assert found == whole["items"]


class TestOperator:
    def test_comment__service_without_an_operator__takes_none(self, tmp_path: Path) -> None:
        settings = PLENTY.model_copy(update={"comment_operator": ""})
        with Network.start("sandbox", tmp_path / "net") as network, Running(network, 0, settings) as running:
            world = World(network, running)
            number = Chamber(world).propose()
            found = problem(comment(world, number), 503, "CommentsUnavailable")
            assert found["facts"] == {"operator": ""}
            assert world.acme.post(f"/v1/proposals/{number}/comments", said(), wait=20).status == 201

    def test_comment__operator_that_may_not_anchor__takes_none(self, world: World, chamber: Chamber) -> None:
        """A promise is made only by an account that can keep it."""
        chamber.make_room("council3")
        until = world.in_seconds(3_600)
        auditor = world.address("auditor")
        urgent = int(world.anyone.get("/v1/proposals?limit=1").json["items"][0]["number"]) + 1
        body = chamber.body([f"suspend person {auditor} urgently until {until}"])
        body["confirmation"] = {"calls": [f"confirm urgency of {urgent}"]}
        reply = chamber.send(body, "council3")
        assert reply.headers["location"] == f"/v1/proposals/{urgent}"
        chamber.carry(urgent)
        number = chamber.propose()
        found = problem(comment(world, number), 503, "CommentsUnavailable")
        assert found["facts"] == {"operator": auditor}
        world.wait_until(later(until))
        assert comment(world, chamber.propose()).status == 201


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat()


def test_restart__between_receipt_and_anchor__anchors_each_comment_once(tmp_path: Path) -> None:
    with Network.start("sandbox", tmp_path / "net") as network:
        with Running(network, 0, PLENTY) as running:
            world = World(network, running)
            number = Chamber(world).propose()
            replies = [comment(world, number) for _ in range(3)]
        ends = Network.index_of(tmp_path / "net").council.proposal(number)
        assert ends is not None
        network.wait_until(ends.facts.vote_start + 1)
        with Running(network, 0, PLENTY) as running:
            world = World(network, running)
            receipts = [completed(world, reply) for reply in replies]
        with Running(network, 0, PLENTY) as running:
            again = World(network, running)
            assert [completed(again, reply) for reply in replies] == receipts
        (event,) = network.events("Consultation", ("BatchAnchored",))
        assert event.args["comments"] == len(replies)
        assert json.loads(receipts[0].to_bytes())["place"]["anchored"]["block"] == event.block
