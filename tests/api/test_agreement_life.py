"""Agreements over HTTP once they are signed: changes, deliveries, payments, ends, ratings, what they add up to, and four eyes.

Every refusal of AgreementBook is met with its facts in test_agreement_refusals.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.running import Running
from chain.network import Network
from tests.api.agreed import HALVES, PRICE, PRIVATE, WHOLE, Agreed
from tests.api.bidding import Bids, later
from tests.api.test_documents import uploaded
from tests.api.test_four_eyes import DAY, Signed
from tests.api.world import PLENTY, Reply, World, problem

pytestmark = pytest.mark.network

UNREAD = "0f" * 32
"""sha256 of a paper that is to be read and was not uploaded."""


@pytest.fixture
def agreed(world: World) -> Agreed:
    """An agreement that both signed: two deliveries, a payment of the first one, a payment that waits for nothing."""
    return Agreed(world).active(HALVES)


@pytest.fixture(scope="module")
def citizen(world: World) -> str:
    """An enrolled citizen."""
    body = {"address": world.address("citizen")}
    reply = world.registrar.post("/v1/citizens", body, wait=20)
    assert reply.status in (201, 409), reply.data
    return "citizen"


class TestChange:
    def test_change__proposed_and_signed__moves_value_end_and_version(self, agreed: Agreed) -> None:
        before = agreed.shown
        reply = agreed.change("acme", value="1300000.00 MXN", extension=3_600)
        assert (reply.status, reply.headers["location"]) == (200, agreed.at), reply.data
        problem(agreed.change(), 409, "AgreementBookChangePending")
        (pending,) = agreed.shown["changes"]
        assert (pending["status"], pending["proposedBy"], pending["signedBy"]) == (
            "pending",
            "supplier",
            ["supplier"],
        )
        path, body = "changes/1/signatures", {"document": agreed.paper}
        assert (
            problem(agreed.do("acme", path, body), 409, "AgreementBookSignedTwice")["facts"]["side"]
            == "SUPPLIER"
        )
        problem(agreed.do("buyer", path, {"document": UNREAD}), 422, "AgreementBookDocumentWrong")
        agreed.must(agreed.do("buyer", path, body))
        found = agreed.shown
        assert (found["version"], found["value"], found["original"]) == (2, "1300000.00 MXN", PRICE)
        assert found["endsAt"] == later(before["endsAt"], 3_600)
        assert found["moved"][0]["moved"] == "50000.00 MXN"
        assert [each["amount"] for each in found["milestones"][2:]] == ["433290.00 MXN", "866710.00 MXN"]
        (change,) = found["changes"]
        assert (change["status"], change["version"], change["before"]) == ("signed", 2, PRICE)
        assert change["signedBy"] == ["buyer", "supplier"] and found["awaited"] == []
        problem(agreed.do("acme", path, body), 409, "AgreementChangeEnded")

    def test_change__dropped_by_the_other_side__is_not_signed_under_its_number(self, agreed: Agreed) -> None:
        agreed.must(agreed.change("buyer", value="1200000.00 MXN"))
        problem(agreed.do("acme", "changes/2/withdrawal", {}), 404, "AgreementChangeNotFound")
        agreed.must(agreed.do("acme", "changes/1/withdrawal", {}))
        assert agreed.shown["changes"][0]["status"] == "dropped"
        agreed.must(agreed.change("buyer", value="1100000.00 MXN"))
        body = {"document": agreed.paper}
        problem(agreed.do("acme", "changes/1/signatures", body), 409, "AgreementChangeEnded")
        problem(agreed.do("acme", "changes/1/withdrawal", {}), 409, "AgreementChangeEnded")
        problem(agreed.do("acme", "changes/3/signatures", body), 404, "AgreementChangeNotFound")
        agreed.must(agreed.do("acme", "changes/2/signatures", body))
        assert (agreed.shown["value"], agreed.shown["moved"][0]["moved"]) == (
            "1100000.00 MXN",
            "150000.00 MXN",
        )

    def test_change__that_is_wrong__is_refused_by_name(self, agreed: Agreed) -> None:
        agreed.must(agreed.pay(4, "800000.00 MXN"))
        for more, status, name in (
            ({"value": "1500000.01 MXN"}, 422, "AgreementBookChangeOverCap"),
            ({"value": "1875000.01 MXN", "reason": "unforeseeable"}, 422, "AgreementBookChangeOverCap"),
            ({"value": "1250000.01 MXN", "reason": "reduction"}, 422, "AgreementBookReasonInvalid"),
            ({"value": "1100000.00 MXN"}, 422, "AgreementBookOverpaid"),
            ({"value": "1250000.00 USD"}, 422, "AmountCurrencyOther"),
            ({"value": "0.001 MXN"}, 422, "MoneyDecimals"),
            ({"value": f"{10**39} MXN"}, 422, "MoneyInvalid"),
            ({"document": "00" * 32}, 422, "AgreementBookHashZero"),
            ({"document": UNREAD}, 404, "DocumentNotFound"),
            ({"reason": "generosity"}, 422, "RequestInvalid"),
            ({"extension": 2**32}, 422, "RequestInvalid"),
        ):  # fmt: skip
            problem(agreed.change(**more), status, name)
        over = problem(agreed.change(value="1500000.01 MXN"), 422, "AgreementBookChangeOverCap")
        assert (over["facts"]["limit"], over["facts"]["got"]) == (25_000_000, 25_000_001)

    def test_change__by_steps__creeps_no_further_than_the_cap(self, agreed: Agreed) -> None:
        for number, value in enumerate(("1400000.00 MXN", "1300000.00 MXN"), 1):
            agreed.must(agreed.change("buyer", value=value))
            agreed.must(agreed.do("acme", f"changes/{number}/signatures", {"document": agreed.paper}))
        problem(agreed.change(value="1300000.01 MXN"), 422, "AgreementBookChangeOverCap")
        agreed.must(agreed.change(value="1300000.00 MXN", reason="duration", extension=60))

    def test_change__of_another_version__is_refused(self, agreed: Agreed) -> None:
        body = {"reason": "duration", "document": agreed.paper}
        problem(agreed.do("buyer", "changes", body), 428, "PreconditionRequired")
        problem(agreed.do("buyer", "changes", body, If_Match='"one"'), 400, "HeaderMalformed")
        stale = problem(agreed.change(version=2), 412, "PreconditionFailed")
        assert (stale["facts"]["expected"], stale["facts"]["got"]) == ("1", "2")

    def test_change__of_a_draft__is_refused(self, world: World) -> None:
        problem(Agreed(world).final().drafted().change(), 409, "AgreementBookStatusWrong")


class TestMilestone:
    def test_delivery__refused_then_accepted__keeps_its_papers(self, agreed: Agreed) -> None:
        problem(agreed.accept(), 409, "AgreementBookMilestoneStatusWrong")
        assert agreed.must(agreed.deliver()).headers["location"] == agreed.at
        problem(agreed.deliver(), 409, "AgreementBookMilestoneStatusWrong")
        agreed.must(agreed.papers("buyer", "milestones/1/refusal"))
        problem(agreed.papers("buyer", "milestones/1/refusal"), 409, "AgreementBookMilestoneStatusWrong")
        found = agreed.shown["milestones"][0]
        assert (found["status"], found["refusals"], found["evidence"]) == ("Refused", 1, PRIVATE)
        agreed.accepted()
        found = agreed.shown["milestones"][0]
        assert (found["status"], found["refusals"], found["report"]) == ("Accepted", 1, agreed.paper)
        assert found["deliveredAt"] <= found["judgedAt"]

    def test_delivery__that_is_wrong__is_refused_by_name(self, agreed: Agreed) -> None:
        problem(agreed.deliver(5), 404, "AgreementBookMilestoneNotFound")
        payment = problem(agreed.deliver(3), 409, "AgreementBookMilestoneStatusWrong")
        assert payment["facts"]["status"] == "NONE"
        problem(agreed.deliver(0), 422, "RequestInvalid")
        zero = {"document": "00" * 32}
        problem(agreed.do("acme", "milestones/1/delivery", zero), 422, "AgreementBookHashZero")
        agreed.must(agreed.deliver())
        for verdict in ("acceptance", "refusal"):
            path = f"milestones/1/{verdict}"
            problem(agreed.do("acme", path, {"document": agreed.paper}), 403, "AgreementBookRoleMissing")
            problem(agreed.do("buyer", path, {"document": UNREAD}), 404, "DocumentNotFound")
            problem(agreed.do("buyer", path, zero), 422, "AgreementBookHashZero")
            problem(agreed.papers("buyer", f"milestones/9/{verdict}"), 404, "AgreementBookMilestoneNotFound")

    def test_delivery__after_it_was_due__is_late(self, world: World) -> None:
        whole, pays = WHOLE
        agreed = Agreed(world).final()
        due = world.in_seconds(60)
        agreed.active([whole | {"due": due}, pays | {"due": due}])
        assert [each["late"] for each in agreed.shown["milestones"]] == [False, False]
        world.wait_until(later(due))
        assert [each["late"] for each in agreed.shown["milestones"]] == [True, True]
        step = agreed.step("deliver", 1)
        assert step["possible"] and step["until"] is None  # a date bars nothing
        agreed.must(agreed.change("acme", reason="duration", extension=3_600))
        agreed.must(agreed.do("buyer", "changes/1/signatures", {"document": agreed.paper}))
        found = agreed.shown["milestones"]
        assert [each["late"] for each in found] == [False, False]
        assert [each["due"] for each in found] == [later(due, 3_600)] * 2
        agreed.accepted()
        agreed.must(agreed.pay())
        world.wait_until(later(due, 3_602))
        assert [each["late"] for each in agreed.shown["milestones"]] == [False, False]

    def test_delivery__made_in_time__is_late_only_once_it_is_refused(self, world: World) -> None:
        whole, pays = WHOLE
        agreed = Agreed(world).final()
        due = world.in_seconds(60)
        agreed.active([whole | {"due": due}, pays])
        before = _standing(world, agreed)["late"]
        agreed.must(agreed.deliver())
        world.wait_until(later(due))

        def late() -> tuple[bool, int]:
            return agreed.shown["milestones"][0]["late"], _standing(world, agreed)["late"] - before

        assert late() == (False, 0)
        agreed.must(agreed.papers("buyer", "milestones/1/refusal"))
        assert late() == (True, 1)
        agreed.accepted()
        assert late() == (True, 1)

    def test_delivery__not_due_when_the_agreement_ended__is_never_late(self, world: World) -> None:
        whole, pays = WHOLE
        agreed = Agreed(world).final()
        due = world.in_seconds(60)
        agreed.active([whole | {"due": due}, pays])
        before = _standing(world, agreed)["late"]
        agreed.must(agreed.papers("reviewer", "termination", cause="buyerDefault"))
        world.wait_until(later(due))
        assert not agreed.shown["milestones"][0]["late"]
        assert _standing(world, agreed)["late"] == before


class TestPayment:
    def test_payment__recorded_and_reversed__is_counted_once(self, agreed: Agreed) -> None:
        problem(agreed.pay(3, "416625.00 MXN"), 409, "AgreementBookNotAccepted")
        agreed.accepted(1)
        reply = agreed.pay(3, "416625.00 MXN")
        assert (reply.status, reply.headers["location"]) == (200, agreed.at), reply.data
        problem(agreed.pay(3, "416625.00 MXN"), 409, "AgreementBookReferenceUsed")
        assert agreed.shown["paid"] == agreed.shown["milestones"][2]["paid"] == "416625.00 MXN"
        agreed.must(agreed.papers("buyer", "payments/1/reversal"))
        problem(agreed.papers("buyer", "payments/1/reversal"), 409, "AgreementBookPaymentReversed")
        problem(agreed.papers("buyer", "payments/2/reversal"), 404, "AgreementPaymentNotFound")
        (payment,) = agreed.shown["payments"]
        assert (payment["amount"], payment["reversal"]) == ("416625.00 MXN", agreed.paper)
        assert (payment["payerOrgId"], payment["payeeOrgId"]) == ("MX-RFC-GDF9712054NA", "LICITA-ACME")
        assert agreed.shown["paid"] == agreed.shown["milestones"][2]["paid"] == "0.00 MXN"
        problem(agreed.pay(3, "416625.00 MXN"), 409, "AgreementBookReferenceUsed")
        agreed.must(agreed.pay(3, "416625.00 MXN", "SPEI 2"))

    def test_payment__that_is_wrong__is_refused_by_name(self, world: World, agreed: Agreed) -> None:
        stranger = "0x" + "ab" * 32
        for more, status, name in (
            ({"milestone": 5}, 404, "AgreementBookMilestoneNotFound"),
            ({"milestone": 1}, 409, "AgreementBookMilestoneStatusWrong"),
            ({"payer": stranger}, 422, "AgreementBookPartyWrong"),
            ({"payee": stranger}, 422, "AgreementBookPartyWrong"),
            ({"payer": "0x-1"}, 422, "AgreementBookPartyWrong"),
            ({"amount": "0.00 MXN"}, 422, "AgreementBookHashZero"),
            ({"amount": "833375.01 MXN"}, 422, "AgreementBookOverpaid"),
            ({"amount": "1.00 USD"}, 422, "AmountCurrencyOther"),
            ({"amount": "0.005 MXN"}, 422, "MoneyDecimals"),
            ({"amount": f"{2**128} MXN"}, 422, "MoneyInvalid"),
            ({"amount": "-1.00 MXN"}, 422, "RequestInvalid"),
            ({"amount": 1.0}, 422, "RequestInvalid"),
            ({"paidAt": "1970-01-01T00:00:00Z"}, 422, "AgreementBookHashZero"),
            ({"paidAt": "1969-12-31T23:59:59Z"}, 422, "AgreementBookDateInvalid"),
            ({"paidAt": world.in_seconds(3_600)}, 422, "AgreementBookDateInvalid"),
            ({"paidAt": "2026-07-01T15:04:05"}, 422, "RequestInvalid"),
        ):  # fmt: skip
            problem(agreed.pay(**({"milestone": 4, "amount": "1.00 MXN"} | more)), status, name)
        body = {"milestone": 4, "amount": "1.00 MXN", "reference": " ", "paidAt": world.in_seconds(-1)}
        problem(agreed.do("buyer", "payments", body), 422, "AgreementBookHashZero")
        problem(agreed.pay(4, person="acme"), 403, "AgreementBookRoleMissing")
        over = problem(agreed.pay(4, "833375.01 MXN"), 422, "AgreementBookOverpaid")["facts"]
        assert (over["limit"], over["got"]) == (83_337_500, 83_337_501)
        agreed.must(agreed.pay(4, "833375.00 MXN"))
        assert (
            problem(agreed.pay(4, "0.01 MXN", "SPEI 2"), 422, "AgreementBookOverpaid")["facts"]["limit"] == 0
        )
        zero = {"document": "00" * 32}
        problem(agreed.do("buyer", "payments/1/reversal", zero), 422, "AgreementBookHashZero")
        problem(agreed.do("buyer", "payments/1/reversal", {"document": UNREAD}), 404, "DocumentNotFound")

    def test_payment__of_a_draft__is_refused(self, world: World) -> None:
        draft = Agreed(world).final().drafted()
        problem(draft.pay(), 409, "AgreementBookStatusWrong")
        problem(draft.deliver(), 409, "AgreementBookStatusWrong")

    def test_payment__by_the_member_that_pays_as_well__is_recorded_under_its_own_reference(
        self, world: World
    ) -> None:
        payer = _member_of(world, "witness")
        agreed = Agreed(world).active(HALVES, payer=payer)
        reference = uploaded(world, b"a statement " + agreed.paper.encode())
        body = {
            "milestone": 4,
            "amount": "1.00 MXN",
            "reference": reference,
            "paidAt": world.in_seconds(-1),
        }
        for more in ({}, {"payer": payer.upper().replace("0X", "0x")}):
            agreed.must(agreed.do("buyer", "payments", body | more))
        assert [each["payer"] for each in agreed.shown["payments"]] == [agreed.shown["buyer"], payer]
        assert {each["reference"] for each in agreed.shown["payments"]} == {reference}
        by_name = world.anyone.get(f"/v1/members/{payer}").json["orgId"]
        problem(agreed.do("buyer", "payments", body | {"payer": by_name}), 409, "AgreementBookReferenceUsed")
        agreed.must(agreed.papers("buyer", "payments/2/reversal"))
        assert [each["reversal"] for each in agreed.shown["payments"]] == [None, agreed.paper]
        problem(agreed.do("witness", "ratings", {"rating": 5}), 403, "AgreementBookRoleConflict")


class TestEnd:
    def test_completion__all_accepted__ends_it_and_payments_go_on(self, agreed: Agreed) -> None:
        agreed.accepted(1)
        left = problem(agreed.papers("buyer", "completion"), 409, "AgreementBookNotAccepted")
        assert left["facts"]["milestone"] == 2
        agreed.accepted(2)
        zero = {"document": "00" * 32}
        problem(agreed.do("buyer", "completion", zero), 422, "AgreementBookHashZero")
        problem(agreed.do("buyer", "completion", {"document": UNREAD}), 404, "DocumentNotFound")
        problem(agreed.papers("acme", "completion"), 403, "AgreementBookRoleMissing")
        agreed.must(agreed.papers("buyer", "completion"))
        problem(agreed.papers("buyer", "completion"), 409, "AgreementBookStatusWrong")
        found = agreed.shown
        assert (found["status"], found["end"]["cause"], found["end"]["document"]) == (
            "Completed",
            None,
            agreed.paper,
        )
        agreed.must(agreed.pay(4, "1.00 MXN"))
        agreed.must(agreed.papers("buyer", "payments/1/reversal"))
        problem(agreed.change(), 409, "AgreementBookStatusWrong")

    def test_termination__mutual__takes_the_same_paper_of_both(self, agreed: Agreed) -> None:
        other = uploaded(agreed.world, b"other " + agreed.paper.encode())
        agreed.must(agreed.papers("acme", "termination", cause="mutual"))
        problem(agreed.papers("acme", "termination", cause="mutual"), 409, "AgreementBookSignedTwice")
        assert agreed.shown["awaited"] == [{"what": "end", "side": "buyer", "document": agreed.paper}]
        wrong = {"cause": "mutual", "document": other}
        problem(agreed.do("buyer", "termination", wrong), 422, "AgreementBookDocumentWrong")
        agreed.must(agreed.papers("buyer", "termination", cause="mutual"))
        found = agreed.shown
        assert (found["status"], found["end"]["cause"], found["awaited"]) == ("Terminated", "mutual", [])
        problem(agreed.deliver(), 409, "AgreementBookStatusWrong")

    def test_termination__each_cause__has_who_may(self, agreed: Agreed) -> None:
        may = {
            "supplierDefault": "buyer",
            "forceMajeure": "buyer",
            "buyerDefault": "reviewer",
            "ordered": "reviewer",
        }
        for cause, person in may.items():
            for other in {"buyer", "acme", "reviewer", "gamma"} - {person}:
                problem(agreed.papers(other, "termination", cause=cause), 403, "AgreementBookRoleMissing")
            body = {"cause": cause, "document": UNREAD}
            problem(agreed.do(person, "termination", body), 404, "DocumentNotFound")
        problem(agreed.papers("buyer", "termination", cause="boredom"), 422, "RequestInvalid")
        zero = {"cause": "ordered", "document": "00" * 32}
        problem(agreed.do("reviewer", "termination", zero), 422, "AgreementBookHashZero")
        agreed.must(agreed.papers("reviewer", "termination", cause="ordered"))
        assert agreed.shown["end"]["cause"] == "ordered"


class TestRate:
    def test_rating__once_each__is_shown_apart(self, world: World, agreed: Agreed, citizen: str) -> None:
        problem(agreed.do(citizen, "ratings", {"rating": 4}), 409, "AgreementBookRatingClosed")
        before = _standing(world, agreed)
        agreed.accepted(1)
        for rating in (0, 6):
            problem(agreed.do(citizen, "ratings", {"rating": rating}), 422, "AgreementBookRatingInvalid")
        problem(agreed.do(citizen, "ratings", {"rating": 4.5}), 422, "RequestInvalid")
        problem(agreed.do("buyer", "ratings", {"rating": 5}), 403, "AgreementBookRoleMissing")
        for person, rating in ((citizen, 4), ("witness", 2)):
            assert (
                agreed.must(agreed.do(person, "ratings", {"rating": rating})).headers["location"] == agreed.at
            )
            problem(agreed.do(person, "ratings", {"rating": 5}), 409, "AgreementBookRatedTwice")
        found = world.anyone.get(f"{agreed.at}/ratings").json["items"]
        assert {(each["rater"], each["citizen"], each["rating"]) for each in found} == {
            (world.address(citizen), True, 4), (_member_of(world, "witness"), False, 2),
        }  # fmt: skip
        after = _standing(world, agreed)
        for name, rating in (("citizens", 4), ("witnesses", 2)):
            assert (after[name]["count"], after[name]["sum"]) == (
                before[name]["count"] + 1,
                before[name]["sum"] + rating,
            )


class TestStanding:
    def test_standing__of_supplier_and_buyer__counts_what_was_signed(self, world: World) -> None:
        award = Agreed(world)
        before = _standing(world, award), _standing(world, award, "buyers")
        award.final().drafted(HALVES)
        assert (_standing(world, award), _standing(world, award, "buyers")) == before
        for person in ("buyer", "acme"):
            award.must(award.sign(person))
        award.accepted(1)
        award.must(award.pay(3, "416625.00 MXN"))
        award.must(award.change("acme", value="1300000.00 MXN"))
        award.must(award.do("buyer", "changes/1/signatures", {"document": award.paper}))
        for old, kind in zip(before, ("suppliers", "buyers"), strict=True):
            new = _standing(world, award, kind)
            assert {name: new[name] - old[name] for name in ("agreements", "active", "deliveries", "late", "changes")} == {
                "agreements": 1, "active": 1, "deliveries": 2, "late": 0, "changes": 1,
            }  # fmt: skip
            assert _centavos(new["value"]) - _centavos(old["value"]) == 130_000_000
            assert _centavos(new["paid"]) - _centavos(old["paid"]) == 41_662_500
        award.must(award.papers("buyer", "termination", cause="supplierDefault"))
        assert _standing(world, award)["terminated"] == before[0]["terminated"] + 1
        assert _standing(world, award, "buyers")["citizens"] == {"count": 0, "sum": 0, "mean": None}

    def test_standing__nobody__is_refused_by_name(self, world: World) -> None:
        problem(world.anyone.get("/v1/suppliers/0x" + "ab" * 32), 404, "SupplierRegistryNotFound")
        problem(world.anyone.get("/v1/buyers/0x" + "ab" * 32), 404, "MemberNotFound")
        problem(world.anyone.get("/v1/buyers/somebody"), 422, "RequestInvalid")


class Eyes(Agreed):
    """As ``Agreed``, under the procedure ``simple``: an officer proposes, an approver does it."""

    def __init__(self, world: World) -> None:
        self.signed = Signed(world)
        Bids.__init__(self, world, self.signed.publish())
        self.submit("acme", PRICE)
        self.submit("gamma", "1300000.00 MXN")
        self.open()
        self.paper = uploaded(world, b"with four eyes")
        for step in ("tally", "ranking"):
            self.must(self.do("citizen", f"{self.path}/lots/1/{step}", {}))
        self.both(f"{self.path}/lots/1/awards", {"bid": 0, "document": self.paper})
        self.agreement = 0

    def both(self, path: str, body: Any) -> Reply:
        """An act of the buyer by its two."""
        whole = path if path.startswith("/") else f"{self.at}/{path}"
        return self.must(self.signed.approve(self.signed.propose(whole, body)))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[World]:
    """A network of its own, for its time goes on by days."""
    with Network.start("sandbox", tmp_path / "network") as network, Running(network, 0, PLENTY) as running:
        yield World(network, running)


def test_four_eyes__a_whole_life__takes_two_accounts_of_the_buyer_and_one_of_the_supplier(own: World) -> None:
    agreed = Eyes(own).final().drafted(HALVES)
    assert isinstance(agreed, Eyes) and agreed.shown["fourEyes"]
    paper = {"document": agreed.paper}
    problem(agreed.sign("approver"), 403, "FourEyesRoleMissing")
    assert agreed.step("sign")["who"] == "OFFICER, then APPROVER"
    act = agreed.signed.propose(f"{agreed.at}/signatures", paper)
    shown = agreed.signed.read(act)
    assert (shown["contract"], shown["function"], shown["subject"]) == (
        "AgreementBook",
        "sign",
        f"agreements/{agreed.agreement}",
    )
    assert shown["documents"] == [agreed.paper] and agreed.shown["signedBy"] == []
    problem(agreed.signed.approve(act, "buyer"), 403, "FourEyesRoleMissing")
    assert agreed.must(agreed.signed.approve(act)).headers["location"] == agreed.at
    # What two signed, two undo.
    assert agreed.step("draft")["who"] == "OFFICER, then APPROVER"
    problem(agreed.draft("approver", HALVES), 403, "FourEyesRoleMissing")
    problem(agreed.draft(milestones=WHOLE[:1]), 422, "AgreementBookMilestonesInvalid")
    done = agreed.both("/v1/agreements", agreed.terms(HALVES))
    assert (done.status, agreed.shown["status"]) == (201, "Dropped")
    agreed.agreement = int(done.headers["location"].rsplit("/", 1)[1])
    agreed.both("signatures", paper)
    agreed.must(agreed.sign("acme"))
    # A proposal of the officer is no signature of the buyer.
    agreed.must(agreed.change("buyer", value="1400000.00 MXN"))
    assert [each["side"] for each in agreed.shown["awaited"]] == ["buyer", "supplier"]
    agreed.both("changes/1/signatures", paper)
    problem(agreed.do("approver", "changes/1/withdrawal", {}), 403, "FourEyesRoleMissing")
    agreed.both("changes/1/withdrawal", {})
    agreed.must(agreed.change("buyer", value="1400000.00 MXN"))
    agreed.must(agreed.do("buyer", "changes/2/withdrawal", {}))
    agreed.must(agreed.change("buyer", value="1300000.00 MXN"))
    agreed.must(agreed.do("acme", "changes/3/signatures", paper))
    agreed.both("changes/3/signatures", paper)
    assert [each["status"] for each in agreed.shown["changes"]] == ["dropped", "dropped", "signed"]
    assert agreed.shown["version"] == 2
    agreed.must(agreed.deliver(1))
    agreed.both("milestones/1/refusal", paper)
    for place in (1, 2):
        agreed.must(agreed.deliver(place))
        agreed.both(f"milestones/{place}/acceptance", paper)
    payment = {
        "milestone": 3,
        "amount": "433290.00 MXN",
        "reference": "SPEI 1",
        "paidAt": own.in_seconds(-DAY),
    }
    agreed.both("payments", payment)
    agreed.both("payments/1/reversal", paper)
    agreed.both("completion", paper)
    assert agreed.shown["status"] == "Completed"


def _member_of(world: World, person: str) -> str:
    """Id of the member that a person belongs to."""
    rows = world.anyone.get("/v1/members?limit=1000").json["items"]
    for row in rows:
        people = world.anyone.get(f"/v1/members/{row['id']}").json["people"]
        if world.address(person) in [each["address"] for each in people]:
            return str(row["id"])
    raise AssertionError(person)


def _standing(world: World, agreed: Agreed, kind: str = "suppliers") -> Any:
    """What the agreements of acme, or of the buyer, add up to."""
    award = agreed.lot["award"]
    identifier = award["supplier"] if kind == "suppliers" else _member_of(world, "buyer")
    reply = world.anyone.get(f"/v1/{kind}/{identifier}")
    assert reply.status == 200, reply.data
    return reply.json["standing"]


def _centavos(amounts: list[str]) -> int:
    """Of those in pesos: other tests of this world are paid in other currencies."""
    return sum(int(each.removesuffix(" MXN").replace(".", "")) for each in amounts if each.endswith(" MXN"))
