"""Bids over HTTP: a class an endpoint. What is sealed is sealed here, on the bidder's side."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest

from chain.procurement.bid import Notice, seal_bid
from chain.rules import tender_id
from chain.sealing.context import BidContext
from chain.sealing.envelope import document_limit, seal
from chain.types import to_hex
from tests.api.bidding import DECLARATIONS, Bids, body_of, later
from tests.api.world import World, problem

pytestmark = pytest.mark.network


@pytest.fixture
def bids(world: World) -> Bids:
    """A tender that is open for bids."""
    return Bids(world)


@pytest.fixture(scope="module")
def opened(world: World) -> Bids:
    """A tender with the bid of acme, a good one, that of beta, whose document is none, and that of gamma, withdrawn; all is open."""
    bids = Bids(world)
    bids.submit("acme", "1250000.00 MXN")
    assert bids.post("beta", bids.seal("beta"), envelopes=[garbage(bids, "beta")]).status == 201
    bids.submit("gamma", "900000.00 MXN")
    assert bids.act("gamma", "withdrawal").status == 200
    bids.open()
    return bids


def garbage(bids: Bids, person: str, document: bytes = b"no bid") -> str:
    """An envelope with a price, and with what is no bid document: the contract cannot see it."""
    notice = bids.notice
    context = BidContext(
        notice.separator, tender_id(bids.number), 0, bids.world.address(person), bids.version(person), notice.keyset.id
    )  # fmt: skip
    return to_hex(seal(context, notice.keyset.pk, [100], document, secrets.token_bytes).data)


def changed(data: bytes, offset: int) -> str:
    """The bytes with one of them changed, as hex."""
    return to_hex(data[:offset] + bytes((data[offset] ^ 1,)) + data[offset + 1 :])


class TestNotice:
    def test_notice__from_the_index__is_what_a_node_says(self, world: World, bids: Bids) -> None:
        reply = world.anyone.get(f"{bids.path}/notice")
        assert reply.data == world.network.tenders[bids.number].notice.to_json()
        assert reply.json["termsHash"] == world.tender(bids.number)["termsHash"]
        assert reply.json["keyset"]["id"] == world.tender(bids.number)["keysetId"]
        assert Notice.from_json(reply.data).keyset.threshold == 2
        assert world.anyone.get(f"{bids.path}/notice", If_None_Match=reply.headers["etag"]).status == 304

    def test_notice__no_such_tender__is_not_found(self, world: World) -> None:
        problem(world.anyone.get("/v1/tenders/999999/notice"), 404, "TenderBoardNotFound")


class TestSubmit:
    def test_submit__anonymous_and_no_supplier__are_refused(self, world: World, bids: Bids) -> None:
        body = body_of(bids.seal())
        problem(world.anyone.post(f"{bids.path}/bids", body), 401, "TokenMissing")
        found = problem(world.buyer.post(f"{bids.path}/bids", body), 403, "BidBoxBidderRefused")
        assert found["facts"] == {"tender_id": bids.number, "bidder": world.address("buyer")}

    def test_submit__sealed_by_its_bidder__is_a_bid_that_nobody_reads(self, world: World, bids: Bids) -> None:
        receipt = bids.seal("acme", "1250000.00 MXN")
        reply = bids.post("acme", receipt)
        assert reply.status == 201, reply.data
        assert reply.headers["location"] == f"{bids.path}/bids/0"
        found = world.anyone.get(reply.headers["location"]).json
        assert (found["bidder"], found["version"], found["order"]) == (world.address("acme"), 1, 1)
        assert (found["status"], found["openings"]) == ("sealed", [])
        assert found["envelopes"][0]["data"] == to_hex(receipt.envelopes[0].data)
        assert found["envelopes"][0]["seal"] == to_hex(receipt.envelopes[0].seal_hash)
        assert (found["declarations"], found["transaction"]) == (
            DECLARATIONS.hex(),
            reply.json["transaction"],
        )

    def test_submit__base64__is_the_same_bid(self, bids: Bids) -> None:
        receipt = bids.seal()
        text = base64.b64encode(receipt.envelopes[0].data).decode()
        assert bids.post("acme", receipt, envelopes=[text]).status == 201
        assert bids.read()["envelopes"][0]["data"] == to_hex(receipt.envelopes[0].data)

    def test_submit__the_largest_document__fits(self, bids: Bids) -> None:
        envelope = garbage(bids, "acme", bytes(document_limit(16)))
        assert len(envelope) == 2 + 2 * (132 + 2 * 32 + 16 + 16 * 1024)
        assert bids.post("acme", bids.seal(), envelopes=[envelope]).status == 201

    def test_submit__again__replaces_it_and_loses_its_place(self, world: World, bids: Bids) -> None:
        bids.submit("acme", "1250000.00 MXN")
        bids.submit("beta", "1190000.00 MXN")
        second = bids.seal("acme", "1100000.00 MXN")
        assert second.envelopes[0].context.version == 2
        assert bids.post("acme", second).status == 201
        rows = world.anyone.get(f"{bids.path}/bids").json["items"]
        assert [(row["index"], row["version"], row["order"]) for row in rows] == [(0, 2, 3), (1, 1, 2)]
        assert bids.read()["envelopes"][0]["data"] == to_hex(second.envelopes[0].data)

    def test_submit__with_the_same_key__is_one_bid(self, world: World, bids: Bids) -> None:
        body = body_of(bids.seal())
        first = world.acme.post(f"{bids.path}/bids", body, key=f"bid-{bids.number}", wait=20)
        again = world.acme.post(f"{bids.path}/bids", body, key=f"bid-{bids.number}", wait=20)
        assert (first.status, again.status) == (201, 201)
        assert again.headers["idempotency-replayed"] == "true"
        problem(world.acme.post(f"{bids.path}/bids", body), 422, "BidBoxProofInvalid")

    def test_submit__one_random_number_twice__is_refused_by_the_contract(
        self, world: World, bids: Bids
    ) -> None:
        def sealed(version: int) -> Any:
            return body_of(
                seal_bid(
                    bids.notice, "1250000.00 MXN", bidder=world.address("acme"), version=version, declarations=DECLARATIONS,
                    draw=lambda size: b"\x07" * size,
                )
            )  # fmt: skip

        first = world.acme.post(f"{bids.path}/bids", sealed(1), wait=20)
        # Another test of this network may have used the number before.
        if first.status == 201:
            problem(world.acme.post(f"{bids.path}/bids", sealed(2)), 409, "BidBoxPointReused")
        else:
            problem(first, 409, "BidBoxPointReused")

    @pytest.mark.parametrize(
        ("make", "status", "error"),
        [
            (lambda data: {"envelopes": [to_hex(data)] * 2}, 422, "BidBoxEnvelopesWrong"),
            (lambda data: {"envelopes": [changed(data, 100)]}, 422, "BidBoxProofInvalid"),
            (lambda data: {"envelopes": [changed(data, len(data) - 1)]}, 422, "BidBoxProofInvalid"),
            (lambda data: {"envelopes": [to_hex(data[:60])]}, 422, "BidBoxEnvelopeMalformed"),
            (lambda data: {"envelopes": [changed(data, 0)]}, 422, "BidBoxEnvelopeMalformed"),
            (lambda data: {"envelopes": [to_hex(data[:-1])]}, 422, "BidBoxBodyInvalid"),
            (lambda data: {"envelopes": [to_hex(data[:67] + b"\x03" + data[68:])]}, 422, "BidBoxWordsWrong"),
            (lambda data: {"envelopes": [to_hex(data[:1] + b"\x02" + bytes(32) + data[34:])]}, 422, "BidBoxPointInvalid"),
            (lambda data: {"declarations": "00" * 32}, 422, "BidBoxHashZero"),
            (lambda data: {"termsHash": "0x" + "11" * 32}, 409, "BidBoxTermsStale"),
            (lambda data: {"envelopes": []}, 422, "RequestInvalid"),
            (lambda data: {"envelopes": ["0x123"]}, 422, "RequestInvalid"),
            (lambda data: {"envelopes": ["no hex!"]}, 422, "RequestInvalid"),
            (lambda data: {"envelopes": [to_hex(data) + "00" * 20_000]}, 422, "RequestInvalid"),
            (lambda data: {"termsHash": "0x11"}, 422, "RequestInvalid"),
            (lambda data: {"amount": "1250000.00 MXN"}, 422, "RequestInvalid"),
        ],
        ids=[
            "envelopes", "word", "body", "short", "version", "cut", "words", "point", "declarations", "terms", "none", "hex", "text",
            "long", "hash", "amount",
        ],
    )  # fmt: skip
    def test_submit__what_is_no_bid_for_this_tender__is_refused_by_name(
        self, bids: Bids, make: Any, status: int, error: str
    ) -> None:
        receipt = bids.seal()
        problem(bids.post("acme", receipt, **make(receipt.envelopes[0].data)), status, error)
        assert bids.world.anyone.get(f"{bids.path}/bids").json["items"] == []

    def test_submit__sealed_by_another_or_for_another_tender__is_refused(
        self, world: World, bids: Bids
    ) -> None:
        receipt = bids.seal("acme")
        problem(bids.post("beta", receipt), 422, "BidBoxProofInvalid")
        other = Bids(world)
        terms = world.tender(other.number)["termsHash"]
        problem(other.post("acme", receipt, termsHash=terms), 422, "BidBoxProofInvalid")

    def test_submit__no_such_tender__is_not_found(self, world: World, bids: Bids) -> None:
        reply = world.acme.post("/v1/tenders/999999/bids", body_of(bids.seal()))
        problem(reply, 404, "BidBoxUnknown")

    def test_submit__at_the_deadline__is_closed(self, bids: Bids) -> None:
        bids.submit("beta")
        receipt = bids.seal()
        bids.close()
        problem(bids.post("acme", receipt), 409, "BidBoxClosed")


class TestConfirm:
    def amend(self, bids: Bids) -> str:
        """An addendum; its termsHash."""
        world = bids.world
        before = world.tender(bids.number)["termsHash"]
        patch = {
            "patch": {
                "tenderPeriod": {"endDate": later(world.tender(bids.number)["deadline"], 600)},
                "description": "Nuevos",
            }
        }
        reply = world.buyer.post(f"{bids.path}/amendments", patch, wait=20, If_Match=f'"{before}"')
        assert reply.status == 200, reply.data
        return str(world.tender(bids.number)["termsHash"])

    def test_confirm__anonymous_wrong_role_and_no_match__are_refused(self, world: World, bids: Bids) -> None:
        match = f'"{world.tender(bids.number)["termsHash"]}"'
        path = f"{bids.path}/bids/confirmation"
        problem(world.anyone.post(path, {}, If_Match=match), 401, "TokenMissing")
        problem(world.buyer.post(path, {}, If_Match=match), 403, "BidBoxBidderRefused")
        problem(world.acme.post(path, {}), 428, "PreconditionRequired")
        problem(
            world.acme.post("/v1/tenders/999999/bids/confirmation", {}, If_Match=match), 404, "BidBoxUnknown"
        )

    def test_confirm__after_an_addendum__binds_the_same_bid_to_it(self, world: World, bids: Bids) -> None:
        receipt = bids.submit()
        old = world.tender(bids.number)["termsHash"]
        problem(bids.act("acme", "confirmation", If_Match=f'"{old}"'), 409, "BidBoxAlreadyConfirmed")
        new = self.amend(bids)
        assert bids.read()["status"] == "lapsed"
        problem(bids.act("acme", "confirmation", If_Match=f'"{old}"'), 412, "PreconditionFailed")
        reply = bids.act("acme", "confirmation", If_Match=f'"{new}"')
        assert reply.status == 200, reply.data
        found = bids.read()
        assert (found["status"], found["termsVersion"], found["version"]) == ("sealed", 2, 1)
        assert found["envelopes"][0]["data"] == to_hex(receipt.envelopes[0].data)

    def test_confirm__nothing__is_refused(self, world: World, bids: Bids) -> None:
        match = f'"{world.tender(bids.number)["termsHash"]}"'
        problem(bids.act("acme", "confirmation", If_Match=match), 409, "BidBoxNotSealed")


class TestWithdraw:
    def test_withdraw__anonymous_and_wrong_role__are_refused(self, world: World, bids: Bids) -> None:
        problem(world.anyone.post(f"{bids.path}/bids/withdrawal", {}), 401, "TokenMissing")
        problem(bids.act("citizen", "withdrawal"), 403, "BidBoxBidderRefused")
        problem(world.acme.post("/v1/tenders/999999/bids/withdrawal", {}), 404, "BidBoxUnknown")

    def test_withdraw__own_bid__is_gone_until_a_new_one(self, bids: Bids) -> None:
        bids.submit()
        assert bids.act("acme", "withdrawal").status == 200
        assert bids.read()["status"] == "withdrawn"
        problem(bids.act("acme", "withdrawal"), 409, "BidBoxNotSealed")
        bids.submit()
        assert (bids.read()["status"], bids.read()["version"]) == ("sealed", 2)

    def test_withdraw__of_a_body_with_fields__is_refused(self, world: World, bids: Bids) -> None:
        problem(world.acme.post(f"{bids.path}/bids/withdrawal", {"index": 0}), 422, "RequestInvalid")


class TestRead:
    def test_bids__before_the_opening__show_who_and_when_and_no_number_of_them_in_the_tender(
        self, world: World, bids: Bids
    ) -> None:
        bids.submit("acme", "1250000.00 MXN")
        bids.submit("beta", "1190000.00 MXN")
        page = world.anyone.get(f"{bids.path}/bids")
        assert [(row["bidder"], row["orgId"]) for row in page.json["items"]] == [
            (world.address("acme"), "LICITA-ACME"),
            (world.address("beta"), "LICITA-BETA"),
        ]
        assert all(row["sealedAt"] and row["openings"] == [] for row in page.json["items"])
        assert b"1250000" not in page.data and b"1190000" not in page.data
        tender = world.tender(bids.number)
        assert (tender["liveBids"], tender["openedBids"]) == (None, None)

    def test_bids__page_by_page_and_by_supplier__are_found(self, world: World, bids: Bids) -> None:
        for person in ("acme", "beta", "gamma"):
            bids.submit(person)
        first = world.anyone.get(f"{bids.path}/bids?limit=2").json
        assert [row["index"] for row in first["items"]] == [0, 1]
        rest = world.anyone.get(f"{bids.path}/bids?limit=2&after={first['next']}").json
        assert ([row["index"] for row in rest["items"]], rest["next"]) == ([2], None)
        beta = first["items"][1]
        for query in (f"supplier={beta['supplier']}", f"account={world.address('beta').lower()}"):
            assert world.anyone.get(f"{bids.path}/bids?{query}").json["items"] == [beta]
        for query in (f"account={world.address('buyer')}", f"supplier=0x{'00' * 32}"):
            assert world.anyone.get(f"{bids.path}/bids?{query}").json["items"] == []

    def test_bids__unknown_or_malformed__are_refused(self, world: World, bids: Bids) -> None:
        problem(world.anyone.get("/v1/tenders/999999/bids"), 404, "TenderBoardNotFound")
        problem(world.anyone.get(f"{bids.path}/bids/0"), 404, "BidNotFound")
        problem(world.anyone.get(f"{bids.path}/bids/70000"), 422, "RequestInvalid")
        problem(world.anyone.get(f"{bids.path}/bids?account=0x12"), 422, "RequestInvalid")
        problem(world.anyone.get(f"{bids.path}/bids?after=x"), 400, "CursorInvalid")

    def test_bid__unchanged__is_not_sent_again(self, world: World, bids: Bids) -> None:
        bids.submit()
        tag = world.anyone.get(f"{bids.path}/bids/0").headers["etag"]
        assert world.anyone.get(f"{bids.path}/bids/0", If_None_Match=tag).status == 304
        assert bids.act("acme", "withdrawal").status == 200
        assert world.anyone.get(f"{bids.path}/bids/0", If_None_Match=tag).status == 200

    def test_bids__open__show_prices_a_lot_and_what_proves_them(self, world: World, opened: Bids) -> None:
        acme, beta, gamma = world.anyone.get(f"{opened.path}/bids").json["items"]
        (found,) = acme["openings"]
        assert found["amounts"] == [
            {"lot": "1", "amount": "1250000.00", "currency": "MXN", "minor": "125000000"}
        ]
        assert (found["fault"], found["revealed"]) == (None, None)
        assert len(found["s"]) == 130 and len(found["docCommit"]) == 66
        # An envelope whose document is none: its price is known, and that it cannot count.
        (broken,) = beta["openings"]
        assert (broken["amounts"][0]["minor"], broken["fault"]) == ("100", "DocumentMismatch")
        assert broken["document"] is None
        assert (gamma["status"], gamma["openings"]) == ("withdrawn", [])
        tender = world.tender(opened.number)
        assert (tender["status"], tender["liveBids"], tender["openedBids"]) == ("Awarding", 2, 2)


class TestDocument:
    def test_document__while_sealed__is_not_there(self, world: World, bids: Bids) -> None:
        bids.submit()
        found = problem(world.anyone.get(f"{bids.path}/bids/0/document"), 404, "BidDocumentSealed")
        assert found["facts"] == {"tender": bids.number, "index": 0, "envelope": 0}
        problem(world.anyone.get(f"{bids.path}/bids/1/document"), 404, "BidNotFound")

    def test_document__open__is_what_was_sealed(self, world: World, opened: Bids) -> None:
        path = world.anyone.get(f"{opened.path}/bids/0").json["openings"][0]["document"]
        reply = world.anyone.get(path)
        assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
        assert reply.json["amounts"] == ["125000000"]
        assert reply.json["bidder"] == world.address("acme").lower()
        entry = reply.json["documents"][0]
        assert base64.b64decode(entry["content"]) == b"36 months on site."
        assert json.dumps(reply.json, sort_keys=True, separators=(",", ":")).encode() == reply.data
        assert world.anyone.get(path, If_None_Match=reply.headers["etag"]).status == 304

    def test_document__that_is_none__is_refused_by_the_fault_of_the_bid(
        self, world: World, opened: Bids
    ) -> None:
        found = problem(world.anyone.get(f"{opened.path}/bids/1/document"), 422, "DocumentMismatch")
        assert found["facts"]["field"] == "json"

    def test_document__withdrawn_or_of_no_envelope__stays_sealed(self, world: World, opened: Bids) -> None:
        problem(world.anyone.get(f"{opened.path}/bids/2/document"), 404, "BidDocumentSealed")
        problem(world.anyone.get(f"{opened.path}/bids/0/document?envelope=1"), 404, "BidDocumentSealed")
        problem(world.anyone.get(f"{opened.path}/bids/0/document?envelope=2"), 422, "RequestInvalid")
