"""Openings over HTTP: a class an endpoint. Keys and shares are made here, on each member's side."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.settings import Settings
from chain.bindings import opening_committee
from chain.errors import SharesConcentrated
from chain.network import Network
from chain.nodes.descriptor import Descriptor
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person
from chain.rules import tender_id
from chain.sealing.ceremony import Keyset, Plan
from chain.sealing.context import BidContext
from chain.sealing.envelope import read
from chain.sealing.group import Point, multiply
from chain.sealing.keyshare import KeyShare
from chain.sealing.seat import Seat
from chain.sealing.tdh2 import Know
from chain.transactions import address_of
from chain.types import ZERO32, from_hex, to_hex
from tests.api.bidding import OPENERS, Bids, later, shares_body
from tests.api.chamber import Chamber
from tests.api.world import Reply, World, problem

pytestmark = pytest.mark.network

NOWHERE = "0x" + "11" * 32
STRANGER = secrets.token_bytes(32)
"""The key of nobody that the service knows: what is sent with a managed key past it would park that key's lane."""


@pytest.fixture
def bids(world: World) -> Bids:
    """A tender with the bids of acme and beta, before its deadline."""
    bids = Bids(world)
    bids.submit("acme", "1250000.00 MXN")
    bids.submit("beta", "1190000.00 MXN")
    return bids


@pytest.fixture
def due(bids: Bids) -> Bids:
    """The same when shares are taken."""
    bids.wait("opensAt")
    return bids


def made_early(bids: Bids, person: str) -> Any:
    """What a member could send that does not wait: shares of the public envelopes."""
    key, notice, made = bids.share_of(person), bids.notice, []
    for index in (0, 1):
        bid = bids.read(index)
        context = BidContext(
            notice.separator, tender_id(bids.number), 0, bid["bidder"], bid["version"], notice.keyset.id
        )
        envelope = read(from_hex(bid["envelopes"][0]["data"]), context)
        made.append(key.open(context.ctx, envelope.u, secrets.token_bytes))
    return shares_body(0, key.seat, made)


class TestOpening:
    def test_opening__from_bids_to_prices__tells_times_and_what_is_missing(
        self, world: World, bids: Bids
    ) -> None:
        before, tender = bids.opening, world.tender(bids.number)
        assert (before["bids"], before["opened"], before["pages"]) == (None, None, [])
        assert before["lacking"] == [f"the deadline at {tender['deadline']}"]
        assert before["closesAt"] == tender["deadline"]
        for name in ("openFrom", "opensAt", "fallbackFrom", "voidFrom"):
            assert before[name] == tender[name]
        assert before["opensAt"] == later(before["openFrom"])
        bids.close()
        assert (bids.opening["status"], bids.opening["pages"]) == ("Sealed", [])
        assert bids.opening["lacking"] == [f"the opening at {before['opensAt']}"]
        bids.wait("opensAt")
        found = bids.opening
        assert (found["status"], found["bids"], found["opened"], found["threshold"]) == ("Opening", 2, 0, 2)
        (page,) = found["pages"]
        assert (page["page"], page["bids"], page["missing"], page["needed"]) == (0, 2, [1, 2, 3], 2)
        assert world.tender(bids.number)["liveBids"] is None
        reply = bids.share("opener2")
        assert (reply.status, reply.headers["location"]) == (200, f"{bids.path}/opening"), reply.data
        (page,) = bids.opening["pages"]
        assert [(share["seat"], share["transaction"]) for share in page["shares"]] == [
            (2, reply.json["transaction"])
        ]
        assert (page["missing"], page["needed"]) == ([1, 3], 1)
        assert bids.opening["lacking"] == ["shares of 1 more seats for page 0"]
        assert bids.share("opener3").status == 200
        assert bids.opening["lacking"] == ["the combination of the shares of page 0: anyone may send it"]
        assert bids.open_page().status == 200
        found = bids.opening
        assert (found["status"], found["bids"], found["opened"], found["lacking"]) == ("Awarding", 2, 2, [])
        rows = world.anyone.get(f"{bids.path}/bids").json["items"]
        assert [row["openings"][0]["amounts"][0]["amount"] for row in rows] == ["1250000.00", "1190000.00"]

    def test_opening__unchanged__is_not_sent_again(self, world: World, bids: Bids) -> None:
        tag = world.anyone.get(f"{bids.path}/opening").headers["etag"]
        assert world.anyone.get(f"{bids.path}/opening", If_None_Match=tag).status == 304
        bids.close()
        assert world.anyone.get(f"{bids.path}/opening", If_None_Match=tag).status == 200

    def test_opening__nobody_bid__fails_and_waits_for_nothing(self, world: World) -> None:
        bids = Bids(world)
        bids.wait("opensAt")
        assert (bids.opening["status"], bids.opening["lacking"], bids.opening["pages"]) == ("Failed", [], [])

    def test_opening__a_question_open_at_the_deadline__has_no_times(self, world: World, bids: Bids) -> None:
        asked = world.ask(bids.number)
        bids.close()
        found = bids.opening
        assert (found["status"], found["openFrom"], found["opensAt"]) == ("Held", None, None)
        assert world.tender(bids.number)["voidFrom"] is None
        assert found["lacking"] == ["answers to 1 questions"]
        reply = bids.share("opener1", made_early(bids, "opener1"))
        assert problem(reply, 409, "OpeningCommitteeTooEarly")["facts"]["open_from"].startswith("9999")
        problem(world.anyone.get(f"{bids.path}/pages/0"), 409, "OpeningCommitteeTooEarly")
        answer = {"answer": "Sí."}
        assert world.buyer.post(f"{bids.path}/enquiries/{asked}/answer", answer, wait=20).status == 200
        assert bids.opening["openFrom"] is not None

    def test_opening__no_such_tender__is_not_found(self, world: World) -> None:
        problem(world.anyone.get("/v1/tenders/999999/opening"), 404, "TenderBoardNotFound")
        problem(world.anyone.get("/v1/tenders/999999/pages/0"), 404, "TenderBoardNotFound")


class TestPage:
    def test_page__before_shares_are_taken__is_refused(self, world: World, bids: Bids) -> None:
        problem(world.anyone.get(f"{bids.path}/pages/0"), 409, "OpeningCommitteeTooEarly")
        bids.wait("openFrom")
        found = problem(world.anyone.get(f"{bids.path}/pages/0"), 409, "OpeningCommitteeTooEarly")
        assert found["facts"]["open_from"] == bids.opening["openFrom"]

    def test_page__due__holds_what_shares_are_made_of(self, world: World, due: Bids) -> None:
        found = world.anyone.get(f"{due.path}/pages/0").json
        file = world.network.tenders[due.number].opening.page_file(0)
        assert [(b["index"], b["bidder"], b["version"], b["sealedEnvelope"]) for b in found["live"]] == [
            (bid.index, bid.bidder, bid.version, to_hex(bid.data)) for bid in file.bids
        ]
        assert (found["keyset"], found["needed"]) == (to_hex(file.keyset_id), 2)
        assert (found["separator"], found["sealedTo"]) == (to_hex(file.separator), to_hex(file.sealed_to))
        empty = world.anyone.get(f"{due.path}/pages/5").json
        assert (empty["live"], empty["needed"]) == ([], 0)

    def test_page__of_an_envelope_that_is_not_due__is_refused(self, world: World, due: Bids) -> None:
        reply = world.anyone.get(f"{due.path}/pages/0?envelope=1")
        found = problem(reply, 409, "OpeningCommitteePhaseNotReached")
        assert (found["facts"]["envelope"], found["facts"]["phase"]) == (1, 0)


class TestShares:
    def test_shares__anonymous_and_wrong_role__are_refused(self, world: World, due: Bids) -> None:
        body = due.shares("opener1")
        problem(world.anyone.post(f"{due.path}/shares", body), 401, "TokenMissing")
        problem(due.share("acme", body), 403, "OpeningCommitteeNotMember")
        problem(due.share("opener2", body), 403, "OpeningCommitteeNotMember")
        problem(due.share("opener1", body | {"seat": 9}), 403, "OpeningCommitteeNotMember")

    def test_shares__early__are_not_taken_kept_or_sent(self, world: World, bids: Bids) -> None:
        body, address = made_early(bids, "opener1"), world.address("opener1")

        def operations() -> Any:
            return world.opener1.get("/v1/operations?limit=1000").json["items"]

        def sent() -> int:
            return int(world.network.web3.eth.get_transaction_count(address, "pending"))

        before, nonce = operations(), sent()
        problem(bids.share("opener1", body), 409, "OpeningCommitteeTooEarly")
        bids.close()
        problem(bids.share("opener1", body), 409, "OpeningCommitteeTooEarly")
        # The contract would take them now; what is sent now could still be in a block that is too early.
        bids.wait("openFrom")
        problem(bids.share("opener1", body), 409, "OpeningCommitteeTooEarly")
        assert (operations(), sent()) == (before, nonce)
        bids.wait("opensAt")
        assert bids.share("opener1", body).status == 200

    def test_shares__twice__are_refused(self, due: Bids) -> None:
        assert due.share("opener1").status == 200
        problem(due.share("opener1"), 409, "OpeningCommitteeShareExists")

    def test_shares__that_fit_no_bid__are_refused_by_name(self, due: Bids) -> None:
        right = due.shares("opener1")
        first, second = right["shares"]
        broken = first[:-2] + ("00" if first[-2:] != "00" else "01")
        for shares, error in (
            ([first], "OpeningCommitteeShareCountWrong"),
            ([second, first], "OpeningCommitteeShareInvalid"),
            ([broken, second], "OpeningCommitteeShareInvalid"),
            (["0x02" + first[4:], second], "OpeningCommitteeShareBidWrong"),
            (["0x0102" + "00" * 32 + first[70:], second], "PackedShareInvalid"),
            ([first[:-2], second], "RequestInvalid"),
            (["0xzz", second], "RequestInvalid"),
            ([], "RequestInvalid"),
        ):
            problem(due.share("opener1", right | {"shares": shares}), 422, error)
        problem(due.share("opener1", right | {"envelope": 1}), 409, "OpeningCommitteePhaseNotReached")
        problem(due.share("opener1", right | {"page": 1}), 422, "OpeningCommitteeShareCountWrong")
        assert due.opening["pages"][0]["shares"] == []

    def test_shares__after_the_end__are_too_late(self, due: Bids) -> None:
        body = due.shares("opener1")
        due.wait("voidFrom")
        assert due.opening["status"] == "Failed"
        problem(due.share("opener1", body), 409, "OpeningCommitteeTooLate")

    def test_shares__no_such_tender__is_not_found(self, world: World, due: Bids) -> None:
        reply = world.opener1.post("/v1/tenders/999999/shares", due.shares("opener1"))
        problem(reply, 404, "TenderBoardNotFound")


class TestPages:
    def test_open_page__anonymous_or_too_few_shares__is_refused(self, world: World, due: Bids) -> None:
        problem(world.anyone.post(f"{due.path}/pages/0", {}), 401, "TokenMissing")
        assert due.share("opener1").status == 200
        found = problem(due.open_page(), 409, "OpeningCommitteeSharesMissing")
        assert found["facts"]["seat"] == 2

    def test_open_page__by_anybody__opens_once(self, due: Bids) -> None:
        for person in OPENERS[1:]:
            assert due.share(person).status == 200
        reply = due.open_page("citizen")
        assert (reply.status, reply.json["function"]) == (200, "openPage"), reply.data
        problem(due.open_page(), 409, "OpeningCommitteePageDone")

    def test_open_page__withdrawn_bid__stays_sealed(self, bids: Bids) -> None:
        assert bids.act("acme", "withdrawal").status == 200
        bids.open()
        assert bids.read(0)["openings"] == []
        assert bids.read(1)["openings"][0]["amounts"][0]["minor"] == "119000000"

    def test_open_page__another_envelope_or_page__is_refused(self, world: World, due: Bids) -> None:
        reply = world.citizen.post(f"{due.path}/pages/0", {"envelope": 1})
        problem(reply, 409, "OpeningCommitteePhaseNotReached")
        problem(world.citizen.post(f"{due.path}/pages/3", {}), 409, "OpeningCommitteeSharesMissing")
        problem(world.citizen.post("/v1/tenders/999999/pages/0", {}), 404, "TenderBoardNotFound")


class TestReveal:
    @pytest.fixture
    def silent(self, world: World) -> Iterator[tuple[Bids, str]]:
        """A tender that the committee does not open, and the number that acme kept."""
        bids = Bids(world)
        receipt = bids.submit("acme", "1250000.00 MXN")
        yield bids, to_hex(receipt.envelopes[0].r.raw)

    def reveal(self, bids: Bids, r: str, person: str = "acme", **more: Any) -> Reply:
        caller = bids.world.as_person(person)
        return caller.post(f"{bids.path}/self-reveal", {"index": 0, "r": r} | more, wait=20)

    def test_reveal__anonymous_or_early__is_refused(self, world: World, silent: tuple[Bids, str]) -> None:
        bids, r = silent
        problem(world.anyone.post(f"{bids.path}/self-reveal", {"index": 0, "r": r}), 401, "TokenMissing")
        bids.wait("opensAt")
        problem(self.reveal(bids, r), 409, "OpeningCommitteeFallbackTooEarly")

    def test_reveal__in_the_fallback__opens_what_was_sealed_once(self, silent: tuple[Bids, str]) -> None:
        bids, r = silent
        bids.wait("fallbackFrom")
        assert bids.opening["status"] == "Fallback"
        assert bids.opening["lacking"][-1].startswith("or bidders who reveal their own bids")
        problem(self.reveal(bids, NOWHERE), 422, "OpeningCommitteeRevealMismatch")
        problem(self.reveal(bids, "0x" + "00" * 32), 422, "OpeningCommitteeRevealMismatch")
        problem(self.reveal(bids, r, index=7), 409, "OpeningCommitteeEntryNotSealed")
        problem(self.reveal(bids, "0x12"), 422, "RequestInvalid")
        reply = self.reveal(bids, r)
        assert reply.status == 200, reply.data
        (found,) = bids.read()["openings"]
        assert (found["amounts"][0]["amount"], found["revealed"] is not None) == ("1250000.00", True)
        assert bids.opening["status"] == "Awarding"
        problem(self.reveal(bids, r), 409, "OpeningCommitteeEntryNotSealed")

    def test_reveal__no_such_tender__is_not_found(self, world: World) -> None:
        reply = world.acme.post("/v1/tenders/999999/self-reveal", {"index": 0, "r": NOWHERE})
        problem(reply, 404, "TenderBoardNotFound")


class TestKeysets:
    def test_keysets__the_sandboxs__shows_its_seats(self, world: World) -> None:
        first = world.anyone.get("/v1/keysets").json["items"][0]
        assert (first["threshold"], first["usable"], first["retired"], first["parent"]) == (
            2,
            True,
            False,
            None,
        )
        assert [(seat["number"], seat["confirmed"]) for seat in first["seats"]] == [
            (1, True),
            (2, True),
            (3, True),
        ]
        assert first["acting"] == first["id"] == world.network.descriptor.defaults.keyset
        reply = world.anyone.get(f"/v1/keysets/{first['id']}")
        assert reply.json == first
        assert (
            world.anyone.get(f"/v1/keysets/{first['id']}", If_None_Match=reply.headers["etag"]).status == 304
        )

    def test_keysets__unknown_or_malformed__is_refused(self, world: World) -> None:
        problem(world.anyone.get(f"/v1/keysets/{NOWHERE}"), 404, "OpeningCommitteeKeysetNotFound")
        problem(world.anyone.get("/v1/keysets/1"), 422, "RequestInvalid")
        proof = {"seat": 1, "c": NOWHERE, "z": NOWHERE}
        for step, body in (("confirmation", proof), ("rolls", {}), ("rolls/answer", proof)):
            problem(world.anyone.post(f"/v1/keysets/{NOWHERE}/{step}", body), 401, "TokenMissing")
            problem(
                world.opener1.post(f"/v1/keysets/{NOWHERE}/{step}", body),
                404,
                "OpeningCommitteeKeysetNotFound",
            )

    def test_roll__called_and_answered__shows_who_holds_a_share(self, world: World) -> None:
        bids = Bids(world)
        keyset = world.anyone.get("/v1/keysets").json["items"][0]
        path, key = f"/v1/keysets/{keyset['id']}", bids.share_of("opener1")
        if world.anyone.get("/v1/network/status").json["blockTime"] < keyset["nextRollAt"]:
            problem(world.citizen.post(f"{path}/rolls", {}), 409, "OpeningCommitteeRollTooEarly")
            world.wait_until(keyset["nextRollAt"])
        reply = world.citizen.post(f"{path}/rolls", {}, wait=20)
        assert (reply.status, reply.headers["location"]) == (200, path), reply.data
        called = world.anyone.get(path).json
        assert (called["round"], [seat["answered"] for seat in called["seats"]]) == (
            keyset["round"] + 1, [False] * 3,
        )  # fmt: skip
        body = proof_body(key.seat, key.answer(called["round"], secrets.token_bytes))
        problem(world.acme.post(f"{path}/rolls/answer", body), 403, "OpeningCommitteeNotMember")
        old = proof_body(key.seat, key.answer(0, secrets.token_bytes))
        problem(world.opener1.post(f"{path}/rolls/answer", old), 422, "OpeningCommitteeKeyProofInvalid")
        reply = world.opener1.post(f"{path}/rolls/answer", body, wait=20)
        assert reply.status == 200, reply.data
        assert [seat["answered"] for seat in world.anyone.get(path).json["seats"]] == [True, False, False]
        problem(world.opener1.post(f"{path}/rolls/answer", body), 409, "OpeningCommitteeRoundAnswered")


def proof_body(seat: int, proof: Know) -> Any:
    data = proof.to64()
    return {"seat": seat, "c": to_hex(data[:32]), "z": to_hex(data[32:])}


class TestCeremonies:
    def open(self, world: World) -> Any:
        """A ceremony of the three members that the council opened just now."""
        members = ",".join(world.network.records[opener].member for opener in OPENERS)
        chamber = Chamber(world)
        chamber.carry(chamber.propose([f"open ceremony of 2 of {members}"]))
        return world.anyone.get("/v1/ceremonies?limit=1000").json["items"][-1]

    def begin(self, world: World, ceremony: Any) -> list[Seat]:
        """The secrets of the members, each drawn by its own machine."""
        network = world.network
        plan = Plan(
            network.chain_id, network.deployment.addresses["OpeningCommittee"], ceremony["ordinal"], ceremony["threshold"],
            tuple(from_hex(seat["member"]) for seat in ceremony["seats"]), ZERO32, (),
        )  # fmt: skip
        assert to_hex(plan.ceremony_id) == ceremony["id"]
        return [Seat.begin(plan, seat=seat, draw=secrets.token_bytes) for seat in (1, 2, 3)]

    def step(self, world: World, person: str, ceremony: Any, step: str, body: Any) -> Reply:
        return world.as_person(person).post(f"/v1/ceremonies/{ceremony['id']}/{step}", body, wait=20)

    def commit(self, world: World, ceremony: Any, seats: list[Seat]) -> None:
        for person, seat in zip(OPENERS, seats, strict=True):
            joined = {"seat": seat.seat, "boxKey": to_hex(seat.box_key)}
            committed = {"dealer": seat.dealer, "commitment": to_hex(seat.commitment)}
            for step, body in (("join", joined), ("commitment", committed)):
                reply = self.step(world, person, ceremony, step, body)
                assert (reply.status, reply.headers["location"]) == (200, f"/v1/ceremonies/{ceremony['id']}")

    def send(self, world: World, ceremony: Any, seats: list[Seat]) -> None:
        for person, seat in zip(OPENERS, seats, strict=True):
            body = {"dealer": seat.dealer, "message": to_hex(seat.message)}
            assert self.step(world, person, ceremony, "dealing", body).status == 200
        keys = [seat.box_key for seat in seats]
        for person, seat in zip(OPENERS, seats, strict=True):
            body = {"dealer": seat.dealer, "boxes": to_hex(seat.boxes(keys))}
            assert self.step(world, person, ceremony, "boxes", body).status == 200

    def read(self, world: World, ceremony: Any) -> Any:
        return world.anyone.get(f"/v1/ceremonies/{ceremony['id']}").json

    def test_ceremony__anonymous_unknown_or_of_another_step__is_refused(self, world: World) -> None:
        first = world.anyone.get("/v1/ceremonies").json["items"][0]
        bodies = {
            "join": {"seat": 1, "boxKey": NOWHERE},
            "commitment": {"dealer": 1, "commitment": NOWHERE},
            "dealing": {"dealer": 1, "message": "0x11"},
            "boxes": {"dealer": 1, "boxes": "0x11"},
            "complaint": {"seat": 1, "dealer": 2},
            "answer": {"dealer": 1, "seat": 2, "value": NOWHERE},
        }
        for step, body in bodies.items():
            problem(world.anyone.post(f"/v1/ceremonies/{NOWHERE}/{step}", body), 401, "TokenMissing")
            problem(world.opener1.post(f"/v1/ceremonies/{NOWHERE}/{step}", body), 404, "CeremonyNotFound")
            problem(self.step(world, "opener1", first, step, {"seat": 0}), 422, "RequestInvalid")
            if step not in ("complaint", "answer"):
                refused = self.step(world, "opener1", first, step, body)
                problem(refused, 409, "OpeningCommitteeStepRefused")
        problem(world.citizen.post("/v1/keysets", {"ceremony": NOWHERE}), 404, "CeremonyNotFound")
        problem(world.anyone.get(f"/v1/ceremonies/{NOWHERE}"), 404, "CeremonyNotFound")

    def test_ceremony__from_joining_to_confirming__makes_a_usable_keyset(self, world: World) -> None:
        ceremony = self.open(world)
        assert (ceremony["step"], ceremony["keyset"], ceremony["threshold"]) == ("join", None, 2)
        seats = self.begin(world, ceremony)
        foreign = {"seat": 2, "boxKey": to_hex(seats[0].box_key)}
        problem(self.step(world, "opener1", ceremony, "join", foreign), 403, "OpeningCommitteeCallerRefused")
        early = {"dealer": 1, "message": to_hex(seats[0].message)}
        problem(self.step(world, "opener1", ceremony, "dealing", early), 409, "OpeningCommitteeStepRefused")
        self.commit(world, ceremony, seats)
        assert self.read(world, ceremony)["step"] == "publish"
        wrong = {"dealer": 1, "message": to_hex(seats[1].message)}
        problem(
            self.step(world, "opener1", ceremony, "dealing", wrong), 422, "OpeningCommitteeCommitmentMismatch"
        )
        problem(
            world.citizen.post("/v1/keysets", {"ceremony": ceremony["id"]}),
            409,
            "OpeningCommitteeStepRefused",
        )
        self.send(world, ceremony, seats)
        found = self.read(world, ceremony)
        assert found["step"] == "confirm"
        assert [each["dealing"] for each in found["dealers"]] == [to_hex(seat.message) for seat in seats]
        reply = world.citizen.post("/v1/keysets", {"ceremony": ceremony["id"]}, wait=20)
        assert reply.status == 201, reply.data
        path = reply.headers["location"]
        assert path == f"/v1/keysets/{self.read(world, ceremony)['keyset']}"
        problem(
            world.citizen.post("/v1/keysets", {"ceremony": ceremony["id"]}),
            409,
            "OpeningCommitteeKeysetExists",
        )
        self.confirm(world, seats, path)

    def confirm(self, world: World, seats: list[Seat], path: str) -> None:
        """Each machine checks everything, as told by the node, and confirms."""
        keyset_id = from_hex(path.rsplit("/", 1)[1])
        shares: list[KeyShare] = []
        for person, seat in zip(OPENERS, seats, strict=True):
            made, share = seat.finish(transcript(world, seat.plan.ceremony_id))
            assert made.id == keyset_id
            body = proof_body(share.seat, share.answer(0, secrets.token_bytes))
            problem(world.acme.post(f"{path}/confirmation", body), 403, "OpeningCommitteeNotMember")
            wrong = body | {"z": NOWHERE}
            problem(
                world.as_person(person).post(f"{path}/confirmation", wrong),
                422,
                "OpeningCommitteeKeyProofInvalid",
            )
            assert world.anyone.get(path).json["usable"] is False
            reply = world.as_person(person).post(f"{path}/confirmation", body, wait=20)
            assert (reply.status, reply.headers["location"]) == (200, path), reply.data
            shares.append(share)
        assert world.anyone.get(path).json["usable"] is True
        assert [Point.from64(from_hex(seat["key"])) for seat in world.anyone.get(path).json["seats"]] == [
            share.key for share in shares
        ]

    def test_keyset__false_ones_of_strangers__do_not_stand_for_what_the_ceremony_gave(
        self, world: World
    ) -> None:
        ceremony = self.open(world)
        seats = self.begin(world, ceremony)
        self.commit(world, ceremony, seats)
        self.send(world, ceremony, seats)
        reply = world.citizen.post("/v1/keysets", {"ceremony": ceremony["id"]}, wait=20)
        assert reply.status == 201, reply.data
        true = reply.headers["location"].rsplit("/", 1)[1]
        made, share = seats[0].finish(transcript(world, from_hex(ceremony["id"])))
        false = [self.false(world, made, number) for number in (1, 2, 3)]
        assert self.read(world, ceremony)["keyset"] == true
        body = proof_body(share.seat, share.answer(0, secrets.token_bytes))
        assert world.opener1.post(f"/v1/keysets/{true}/confirmation", body, wait=20).status == 200
        assert self.read(world, ceremony)["keyset"] == true
        listed = everything(world, "/v1/keysets", 2)
        assert [each["id"] for each in listed[-4:]][:1] == [true]
        assert {each["id"] for each in listed[-3:]} == set(false)
        assert len({each["id"] for each in listed}) == len(listed)

    def false(self, world: World, made: Keyset, number: int) -> str:
        """A keyset of the ceremony with another key for seat 3, which a stranger registers past the service; its id, once it is read."""
        ceremony = world.anyone.get("/v1/ceremonies?limit=1000").json["items"][-1]["id"]
        keys = [*made.keys[:2], multiply(number + 5)]
        world.network.send(
            opening_committee.register_keyset(
                from_hex(ceremony), made.pk.as_tuple(), [key.as_tuple() for key in keys]
            ),
            Person("stranger", address_of(STRANGER), STRANGER),
        )
        id = to_hex(replace(made, keys=tuple(keys)).id)
        for _ in range(100):
            if world.anyone.get(f"/v1/keysets/{id}").status == 200:
                return id
            time.sleep(0.1)
        raise AssertionError("it was not read")

    def test_lists__page_by_page__are_whole_and_in_order(self, world: World) -> None:
        for path in ("/v1/keysets", "/v1/ceremonies"):
            whole = world.anyone.get(f"{path}?limit=1000").json
            assert whole["next"] is None
            assert everything(world, path, 1) == whole["items"]
            problem(world.anyone.get(f"{path}?after=x"), 400, "CursorInvalid")
            problem(world.anyone.get(f"{path}?limit=0"), 422, "RequestInvalid")
        problem(world.anyone.get(f"/v1/keysets?after={NOWHERE}"), 400, "CursorInvalid")
        ordinals = [each["ordinal"] for each in everything(world, "/v1/ceremonies", 1)]
        assert ordinals == list(range(1, len(ordinals) + 1))

    def test_complaint__in_a_ceremony__ends_it_and_is_answered_once(self, world: World) -> None:
        ceremony = self.open(world)
        seats = self.begin(world, ceremony)
        self.commit(world, ceremony, seats)
        self.send(world, ceremony, seats)
        reply = self.step(world, "opener2", ceremony, "complaint", {"seat": 2, "dealer": 1})
        assert reply.status == 200, reply.data
        found = self.read(world, ceremony)
        assert (found["step"], found["complaint"]) == ("failed", {"seat": 2, "dealer": 1, "answer": None})
        value = seats[0].value_for(2)
        body = {"dealer": 1, "seat": 2, "value": to_hex(value.to_bytes(32, "big"))}
        problem(self.step(world, "opener2", ceremony, "answer", body), 403, "OpeningCommitteeCallerRefused")
        assert self.step(world, "opener1", ceremony, "answer", body).status == 200
        assert self.read(world, ceremony)["complaint"]["answer"] == str(value)
        problem(self.step(world, "opener1", ceremony, "answer", body), 409, "OpeningCommitteeStepRefused")


def everything(world: World, path: str, limit: int) -> list[Any]:
    """A list, page by page."""
    found: list[Any] = []
    after = ""
    while True:
        page = world.anyone.get(f"{path}?limit={limit}{after}").json
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def transcript(world: World, ceremony_id: bytes) -> Any:
    """All messages of a ceremony, from the node."""
    running = LiveSealed(world.network).ceremony(ceremony_id)
    assert running is not None
    return running.transcript


class Elsewhere:
    """A network as a production service would be given it (api.deps.ServedNetwork)."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @property
    def descriptor(self) -> Descriptor:
        return replace(self._network.descriptor, profile="production")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)


async def test_service__production_with_the_shares_of_a_whole_committee__does_not_start(
    tmp_path: Path,
) -> None:
    with Network.start("sandbox", tmp_path / "network") as network:
        app = create_app(Settings(), Elsewhere(network))
        with pytest.raises(SharesConcentrated) as caught:
            async with app.router.lifespan_context(app):
                raise AssertionError("it started")
        facts = caught.value.facts
        assert (facts["keyset_id"], facts["threshold"], facts["held"]) == (
            network.descriptor.defaults.keyset,
            2,
            3,
        )
        for opener in OPENERS[1:]:
            for path in (network.folder.keys / "seats" / opener).glob("share-*.json"):
                path.unlink()
        async with app.router.lifespan_context(app):
            assert app.state.service is not None
