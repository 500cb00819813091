"""Agreements over HTTP until they are signed, and whom each route lets in; what follows is in test_agreement_life.py."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.agreed import HALVES, PRICE, PRIVATE, WHOLE, Agreed
from tests.api.test_documents import uploaded
from tests.api.world import World, problem

pytestmark = pytest.mark.network

ABSENT = "0x" + "ab" * 32

ACTS: dict[str, dict[str, Any]] = {
    "signatures": {"document": PRIVATE},
    "changes": {"reason": "duration", "document": PRIVATE},
    "changes/1/signatures": {"document": PRIVATE},
    "changes/1/withdrawal": {},
    "milestones/1/delivery": {"document": PRIVATE},
    "milestones/1/acceptance": {"document": PRIVATE},
    "milestones/1/refusal": {"document": PRIVATE},
    "payments": {"milestone": 4, "amount": PRICE, "reference": "SPEI 9", "paidAt": "2026-07-01T15:04:05Z"},
    "payments/1/reversal": {"document": PRIVATE},
    "ratings": {"rating": 5},
    "completion": {"document": PRIVATE},
    "termination": {"cause": "mutual", "document": PRIVATE},
}
"""Path below an agreement -> a body."""


@pytest.fixture(scope="module")
def standing(world: World) -> Agreed:
    """An agreement that was signed, with a change that waits for acme and a payment that waited for nothing."""
    agreed = Agreed(world).active(HALVES)
    agreed.must(agreed.change("buyer", value="1300000.00 MXN"))
    agreed.must(agreed.pay(4, "1000.00 MXN"))
    return agreed


@pytest.fixture
def agreed(world: World) -> Agreed:
    """A lot that was awarded."""
    return Agreed(world)


class TestRead:
    def test_agreement__signed__tells_value_caps_milestones_and_who_signs_next(
        self, standing: Agreed
    ) -> None:
        found = standing.shown
        assert (found["status"], found["version"], found["value"]) == ("Active", 1, PRICE)
        assert (found["paid"], found["original"], found["orgId"]) == ("1000.00 MXN", PRICE, "LICITA-ACME")
        assert found["moved"] == [
            {"kind": "ordinary", "moved": "0.00 MXN", "cap": "250000.00 MXN"},
            {"kind": "reasoned", "moved": "0.00 MXN", "cap": "625000.00 MXN"},
        ]
        assert found["awaited"] == [{"what": "change", "side": "supplier", "document": standing.paper}]
        assert [(each["kind"], each["status"], each["amount"]) for each in found["milestones"]] == [
            ("delivery", "Scheduled", None), ("delivery", "Scheduled", None), ("payment", None, "416625.00 MXN"),
            ("payment", None, "833375.00 MXN"),
        ]  # fmt: skip
        assert found["signedBy"] == ["buyer", "supplier"] and found["signUntil"] is found["end"] is None

    def test_agreement__steps__say_what_blocks_the_next_one(self, standing: Agreed) -> None:
        pays, waits = standing.step("recordPayment", 4), standing.step("recordPayment", 3)
        assert (pays["possible"], pays["who"], pays["agreement"]) == (
            True,
            "OFFICER or APPROVER",
            standing.agreement,
        )
        assert (waits["possible"], waits["error"]) == (False, "AgreementBookNotAccepted")
        assert waits["facts"] == {"agreement": standing.agreement, "milestone": 1}
        assert standing.step("signChange")["who"] == "SUPPLIER"
        steps = standing.world.anyone.get(f"{standing.path}/timeline").json["steps"]
        assert [each for each in steps if each["agreement"] == standing.agreement] == standing.shown["steps"]

    def test_lists__of_an_agreement__are_what_it_shows(self, world: World, standing: Agreed) -> None:
        found = standing.shown
        for name in ("milestones", "payments", "changes"):
            assert world.anyone.get(f"{standing.at}/{name}").json["items"] == found[name]
        assert world.anyone.get(f"{standing.at}/ratings").json["items"] == []
        assert standing.lot["agreement"] == standing.agreement

    def test_payments__page_by_page__each_once(self, world: World, standing: Agreed) -> None:
        standing.must(standing.pay(4, "1.00 MXN", "another"))
        first = world.anyone.get(f"{standing.at}/payments?limit=1").json
        assert ([each["number"] for each in first["items"]], first["next"]) == ([1], "1")
        second = world.anyone.get(f"{standing.at}/payments?limit=1&after=1").json
        assert ([each["number"] for each in second["items"]], second["next"]) == ([2], None)
        for name in ("payments", "changes"):
            problem(world.anyone.get(f"{standing.at}/{name}?after=x"), 400, "CursorInvalid")

    def test_list__filtered__has_those_of_a_tender_a_buyer_a_supplier(
        self, world: World, standing: Agreed
    ) -> None:
        def numbers(query: str) -> list[int]:
            return [
                each["number"] for each in world.anyone.get(f"/v1/agreements?limit=1000{query}").json["items"]
            ]

        found = standing.shown
        assert numbers(f"&tender={standing.number}") == [standing.agreement]
        for name in ("buyer", "supplier"):
            assert standing.agreement in numbers(f"&{name}={found[name]}")
            assert standing.agreement in numbers(f"&{name}=0x{found[name][2:].upper()}")
            assert numbers(f"&{name}={ABSENT}") == []
        for name, org_id in (("buyer", found["buyerOrgId"]), ("supplier", found["orgId"])):
            assert numbers(f"&{name}={org_id}") == numbers(f"&{name}={found[name]}")
        row = world.anyone.get(f"/v1/agreements?tender={standing.number}").json["items"][0]
        assert row == {name: found[name] for name in row}
        problem(world.anyone.get("/v1/agreements?after=x"), 400, "CursorInvalid")
        problem(world.anyone.get("/v1/agreements?buyer=acme"), 422, "RequestInvalid")

    def test_agreement__absent__is_refused_by_name(self, world: World) -> None:
        for name in ("", "/milestones", "/payments", "/changes", "/ratings"):
            problem(world.anyone.get(f"/v1/agreements/999999{name}"), 404, "AgreementBookNotFound")
            problem(world.anyone.get(f"/v1/agreements/0{name}"), 422, "RequestInvalid")


class TestWho:
    @pytest.mark.parametrize("path", ACTS)
    def test_act__anonymous__needs_a_token(self, world: World, standing: Agreed, path: str) -> None:
        problem(world.anyone.post(f"{standing.at}/{path}", ACTS[path]), 401, "TokenMissing")

    @pytest.mark.parametrize("path", ACTS)
    @pytest.mark.parametrize("person", ["registrar", "gamma"])
    def test_act__wrong_role__is_refused(self, standing: Agreed, path: str, person: str) -> None:
        reply = standing.do(person, path, ACTS[path], If_Match='"1"')
        problem(reply, 403, "AgreementBookRoleMissing")

    @pytest.mark.parametrize("path", ACTS)
    def test_act__no_such_agreement__is_refused(self, world: World, path: str) -> None:
        reply = world.buyer.post(f"/v1/agreements/999999/{path}", ACTS[path], If_Match='"1"')
        problem(reply, 404, "AgreementBookNotFound")

    @pytest.mark.parametrize("path", ACTS)
    def test_act__field_nobody_asked_for__is_refused(self, standing: Agreed, path: str) -> None:
        reply = standing.do("buyer", path, ACTS[path] | {"amount2": 1}, If_Match='"1"')
        assert problem(reply, 422, "RequestInvalid")["errors"][0]["error"] == "FieldUnknown"

    def test_draft__anonymous_or_wrong_role__is_refused(self, world: World, standing: Agreed) -> None:
        problem(world.anyone.post("/v1/agreements", standing.terms()), 401, "TokenMissing")
        problem(world.anyone.post(f"{standing.path}/lots/1/pass-over", {}), 401, "TokenMissing")
        for person in ("acme", "approver", "registrar"):
            problem(standing.draft(person), 403, "AgreementBookRoleMissing")


class TestDraft:
    def test_draft__award_not_final__is_refused(self, agreed: Agreed) -> None:
        refused = problem(agreed.draft(), 409, "AgreementBookNotFinal")
        assert refused["facts"]["until"] == agreed.lot["standstillEnds"]

    def test_draft__terms_that_are_wrong__are_refused_each_by_name(self, agreed: Agreed) -> None:
        agreed.final()
        for more, status, name in (
            ({"value": "1250000.01 MXN"}, 422, "AgreementBookValueWrong"),
            ({"value": "1250000.00 EUR"}, 422, "AmountCurrencyOther"),
            ({"value": "1250000.001 MXN"}, 422, "MoneyDecimals"),
            ({"value": f"{2**128} MXN"}, 422, "MoneyInvalid"),
            ({"value": 1250000.0}, 422, "RequestInvalid"),
            ({"payer": ABSENT}, 422, "AgreementBookPartyWrong"),
            ({"payer": agreed.lot["award"]["supplier"]}, 422, "AgreementBookPartyWrong"),
            ({"document": "00" * 32}, 422, "AgreementBookHashZero"),
            ({"document": "0f" * 32}, 404, "DocumentNotFound"),
            ({"endsAt": "2020-01-01T00:00:00Z"}, 422, "AgreementBookDateInvalid"),
            ({"startsAt": "1969-01-01T00:00:00Z"}, 422, "AgreementBookDateInvalid"),
            ({"startsAt": "2026-01-01"}, 422, "RequestInvalid"),
            ({"replaces": 999_999}, 409, "AgreementBookVersionWrong"),
            ({"tender": 999_999}, 404, "TenderBoardNotFound"),
            ({"lot": 2}, 404, "TenderBoardLotNotFound"),
        ):  # fmt: skip
            problem(agreed.draft(**more), status, name)

    def test_draft__milestones_that_are_wrong__are_refused_with_kind_and_sum(self, agreed: Agreed) -> None:
        agreed.final()
        whole, pays = WHOLE
        for milestones, kind, total in (
            ([], 0, 0),
            ([whole, *[pays | {"shareBps": 1}] * 64], 0, 65),
            ([whole | {"shareBps": 9_999}, pays], 1, 9_999),
            ([whole, pays | {"shareBps": 10_001}], 2, 10_001),
            ([whole, pays | {"shareBps": 0}], 2, 0),
            ([whole], 2, 0),
        ):  # fmt: skip
            facts = problem(agreed.draft(milestones=milestones), 422, "AgreementBookMilestonesInvalid")[
                "facts"
            ]
            assert (facts["kind"], facts["sum"]) == (kind, total)
        for requires in (2, 3):
            wrong = [whole, pays | {"requires": requires}]
            problem(agreed.draft(milestones=wrong), 404, "AgreementBookMilestoneNotFound")
        problem(agreed.draft(milestones=[whole | {"kind": "rent"}, pays]), 422, "RequestInvalid")

    def test_draft__taken__is_shown_and_replaced_by_the_next(self, world: World, agreed: Agreed) -> None:
        agreed.final()
        body = agreed.terms(HALVES, value=PRICE)
        first, again = (
            world.buyer.post("/v1/agreements", body, key=f"draft-{agreed.number}", wait=20) for _ in range(2)
        )
        assert (first.status, again.headers["idempotency-replayed"]) == (201, "true")
        agreed.agreement = int(first.headers["location"].removeprefix("/v1/agreements/"))
        shown = agreed.shown
        assert (shown["status"], shown["version"], shown["signedBy"]) == ("Draft", 0, [])
        assert [each["side"] for each in shown["awaited"]] == ["buyer", "supplier"]
        assert shown["signFrom"] < shown["signUntil"] == agreed.lot["signUntil"]
        assert (shown["startsAt"], shown["endsAt"]) == (body["startsAt"], body["endsAt"])
        old, paper = agreed.agreement, uploaded(world, b"another " + agreed.paper.encode())
        agreed.must(agreed.sign("acme"))
        problem(agreed.draft(replaces=0), 409, "AgreementBookVersionWrong")
        agreed.drafted(document=paper, replaces=old)
        dropped = world.anyone.get(f"/v1/agreements/{old}").json
        assert (dropped["status"], dropped["steps"], dropped["end"]["document"]) == ("Dropped", [], None)
        assert agreed.shown["signedBy"] == []
        problem(
            agreed.do("acme", f"/v1/agreements/{old}/signatures", {"document": agreed.paper}),
            409,
            "AgreementBookStatusWrong",
        )
        problem(agreed.sign("acme"), 422, "AgreementBookDocumentWrong")


class TestSign:
    def test_sign__by_both__is_active_and_the_tender_complete(self, world: World, agreed: Agreed) -> None:
        agreed.final().drafted()
        problem(agreed.sign("buyer", "0f" * 32), 422, "AgreementBookDocumentWrong")
        reply = agreed.sign("buyer")
        assert (reply.status, reply.headers["location"]) == (200, agreed.at), reply.data
        assert problem(agreed.sign("approver"), 409, "AgreementBookSignedTwice")["facts"]["side"] == "BUYER"
        assert [each["side"] for each in agreed.shown["awaited"]] == ["supplier"]
        agreed.must(agreed.sign("acme"))
        assert (agreed.shown["status"], agreed.shown["version"]) == ("Active", 1)
        assert (agreed.lot["status"], world.tender(agreed.number)["status"]) == ("Signed", "Complete")
        assert problem(agreed.sign("acme"), 409, "AgreementBookStatusWrong")["facts"]["status"] == "ACTIVE"
        problem(agreed.draft(replaces=0), 409, "AgreementBookVersionWrong")
        problem(agreed.draft(replaces=agreed.agreement), 409, "AwardDeskLotStatusWrong")

    def test_sign__while_the_tender_stands_still__is_refused(self, world: World, agreed: Agreed) -> None:
        agreed.final().drafted()
        order = {"document": agreed.paper}
        agreed.must(agreed.do("reviewer", f"{agreed.path}/suspension", order))
        problem(agreed.sign("buyer"), 409, "TenderBoardStatusWrong")
        agreed.must(agreed.do("reviewer", f"{agreed.path}/resumption", order))
        agreed.must(agreed.sign("buyer"))

    def test_sign__open_complaint__nothing_is_drafted(self, agreed: Agreed) -> None:
        body = {"tender": agreed.number, "lot": 1, "stage": "award", "document": agreed.paper}
        agreed.must(agreed.do("gamma", "/v1/complaints", body))
        agreed.final()
        problem(agreed.draft(), 409, "ComplaintDeskOpen")

    def test_sign__debarred_supplier__is_refused(self, world: World, agreed: Agreed) -> None:
        agreed.final().drafted()
        agreed.must(agreed.sign("buyer"))
        supplier, until = agreed.shown["supplier"], world.in_seconds(20)
        order = {"until": until, "document": agreed.paper}
        agreed.must(agreed.do("reviewer", f"/v1/suppliers/{supplier}/debarment", order))
        try:
            problem(agreed.sign("acme"), 403, "SupplierRegistryDebarred")
            blocked = agreed.step("sign")
            assert blocked["who"] == "SUPPLIER"
        finally:
            world.wait_until(until)
        agreed.must(agreed.sign("acme"))

    def test_sign__supplier_debarred_after_it_signed__keeps_the_buyer_from_signing(
        self, world: World, agreed: Agreed
    ) -> None:
        agreed.final().drafted()
        agreed.must(agreed.sign("acme"))
        until = world.in_seconds(20)
        order = {"until": until, "document": agreed.paper}
        agreed.must(agreed.do("reviewer", f"/v1/suppliers/{agreed.shown['supplier']}/debarment", order))
        try:
            problem(agreed.sign("buyer"), 403, "SupplierRegistryDebarred")
        finally:
            world.wait_until(until)
        agreed.must(agreed.sign("buyer"))
        assert agreed.shown["status"] == "Active"


class TestPassOver:
    def test_pass_over__buyer_signed_in_time__the_next_one_follows(
        self, world: World, agreed: Agreed
    ) -> None:
        agreed.final().drafted()
        path = f"{agreed.path}/lots/1/pass-over"
        problem(agreed.do("citizen", path, {}), 409, "AwardDeskLotStatusWrong")
        agreed.must(agreed.sign("buyer"))
        world.wait_until(agreed.shown["signUntil"])
        assert agreed.lot["status"] == "Lapsed" and agreed.step("passOver")["possible"]
        problem(agreed.sign("acme"), 409, "AwardDeskLotStatusWrong")
        reply = agreed.do("citizen", path, {})
        assert (reply.status, reply.headers["location"]) == (200, f"{agreed.path}/lots/1"), reply.data
        lot = agreed.lot
        assert (lot["candidate"], lot["award"], agreed.shown["status"]) == (1, None, "Dropped")
        decision = lot["decisions"][-1]
        assert (decision["kind"], decision["cause"], decision["bid"]) == ("passedOver", "refusedToSign", 0)
        assert world.anyone.get(f"{agreed.path}/lots/1/ranking").json["items"][0]["out"] == "refusedToSign"
        agreed.award(1)
        assert agreed.final().drafted(replaces=agreed.agreement).shown["orgId"] == "LICITA-GAMMA"

    def test_pass_over__buyer_never_signed__is_refused(self, world: World, agreed: Agreed) -> None:
        agreed.final().drafted()
        world.wait_until(agreed.shown["signUntil"])
        facts = problem(
            agreed.do("citizen", f"{agreed.path}/lots/1/pass-over", {}), 409, "AgreementBookOfferedLate"
        )["facts"]
        assert facts["got"] == 0
        problem(agreed.do("citizen", "/v1/tenders/999999/lots/1/pass-over", {}), 404, "TenderBoardNotFound")
        problem(agreed.do("citizen", f"{agreed.path}/lots/2/pass-over", {}), 404, "TenderBoardLotNotFound")
