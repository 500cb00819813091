"""Agreements under attack over HTTP: who may not, what is said twice or at once, texts and numbers that nobody should send."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from tests.api.agreed import HALVES, PRICE, PRIVATE, Agreed
from tests.api.test_agreements import ACTS
from tests.api.world import Reply, World, problem

pytestmark = pytest.mark.network

BUYERS, SUPPLIERS = {"buyer", "approver"}, {"acme"}
ALLOWED = {
    "signatures": BUYERS | SUPPLIERS,
    "changes": {"buyer"} | SUPPLIERS,
    "changes/1/signatures": BUYERS | SUPPLIERS,
    "changes/1/withdrawal": {"buyer"} | SUPPLIERS,
    "milestones/1/delivery": SUPPLIERS,
    "milestones/1/acceptance": BUYERS,
    "milestones/1/refusal": BUYERS,
    "payments": BUYERS,
    "payments/1/reversal": BUYERS,
    "ratings": {"witness", "citizen"},
    "completion": BUYERS,
    "termination": BUYERS | SUPPLIERS,
}
"""Path below an agreement -> who of the sandbox may; ``termination`` is the mutual one."""

AT_ONCE = 6


@pytest.fixture(scope="module")
def agreed(world: World) -> Agreed:
    """Signed by both, a change waits and a payment was recorded; nothing here changes that."""
    made = Agreed(world).active(HALVES)
    made.must(made.change(reason="duration", extension=60))
    made.must(made.pay(4, "1.00 MXN"))
    return made


def together(*acts: Callable[[], Reply]) -> list[Reply]:
    """The answers to acts that are sent at the same time."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [sent.result() for sent in [pool.submit(act) for act in acts]]


def refused(replies: Sequence[Reply]) -> list[str]:
    """Names of the refusals; the others went through."""
    found = [reply for reply in replies if reply.status not in (200, 201)]
    assert all(400 <= reply.status < 500 for reply in found), [reply.data for reply in found]
    return sorted(reply.json["error"] for reply in found)


def payment(world: World, **more: str) -> dict[str, object]:
    """The body of a payment that waits for nothing."""
    body = {
        "milestone": 4,
        "amount": "3.00 MXN",
        "reference": str(uuid.uuid4()),
        "paidAt": world.in_seconds(-1),
    }
    return body | more


class TestRoles:
    @pytest.mark.parametrize("path", ACTS)
    def test_act__each_person_of_the_network_that_may_not__is_refused(
        self, agreed: Agreed, path: str
    ) -> None:
        before = agreed.shown
        for person in agreed.world.network.records.keys() - ALLOWED[path]:
            reply = agreed.do(person, path, ACTS[path], If_Match='"1"')
            assert (reply.status, reply.json["error"]) == (403, "AgreementBookRoleMissing"), (
                person,
                reply.data,
            )
        assert agreed.shown == before

    def test_draft__each_person_but_the_officer__is_refused(self, agreed: Agreed) -> None:
        for person in agreed.world.network.records.keys() - {"buyer"}:
            problem(agreed.draft(person), 403, "AgreementBookRoleMissing")


class TestTwice:
    def test_payment__same_key__is_one_and_says_so(self, world: World) -> None:
        agreed, key = Agreed(world).active(HALVES), str(uuid.uuid4())
        body = payment(world)
        first, again = (agreed.do("buyer", "payments", body, key=key) for _ in range(2))
        agreed.must(first)
        assert (again.json["id"], again.headers["idempotency-replayed"]) == (first.json["id"], "true")
        other = body | {"amount": "3.01 MXN"}
        problem(agreed.do("buyer", "payments", other, key=key), 422, "IdempotencyKeyReused")
        problem(agreed.do("buyer", "payments", body), 409, "AgreementBookReferenceUsed")
        assert (len(agreed.shown["payments"]), agreed.shown["paid"]) == (1, "3.00 MXN")

    def test_payment__same_reference_in_another_spelling__is_refused(self, agreed: Agreed) -> None:
        before = agreed.shown
        name = f"SPEI 1 OF {agreed.agreement}"
        for text in (
            name.lower(),
            f" {name}\n",
            name.replace(" ", "  "),
            name.replace(" ", "\u00a0"),
            f"\u200b{name}\0",
        ):
            body = payment(agreed.world, reference=text)
            problem(agreed.do("buyer", "payments", body), 409, "AgreementBookReferenceUsed")
            problem(agreed.do("approver", "payments", body), 409, "AgreementBookReferenceUsed")
        body["reference"] = f" {before['payments'][0]['reference'].upper()} "
        problem(agreed.do("buyer", "payments", body), 409, "AgreementBookReferenceUsed")
        assert agreed.shown == before


class TestAtOnce:
    def test_payment__one_reference_under_many_keys__is_recorded_once(self, world: World) -> None:
        agreed = Agreed(world).active(HALVES)
        replies = together(*[lambda: agreed.pay(4, "3.00 MXN")] * AT_ONCE)
        assert refused(replies) == ["AgreementBookReferenceUsed"] * (AT_ONCE - 1)
        assert (len(agreed.shown["payments"]), agreed.shown["paid"]) == (1, "3.00 MXN")

    def test_payment__same_key__is_recorded_once(self, world: World) -> None:
        agreed, key, body = Agreed(world).active(HALVES), str(uuid.uuid4()), payment(world)
        replies = together(*[lambda: agreed.do("buyer", "payments", body, key=key)] * AT_ONCE)
        assert refused(replies) == [] and len({reply.json["id"] for reply in replies}) == 1
        assert len(agreed.shown["payments"]) == 1

    def test_payments__that_are_too_much_together__stop_at_the_milestone(self, world: World) -> None:
        agreed = Agreed(world).active(HALVES)
        sent = [
            lambda part=part, person=person: agreed.pay(4, "300000.00 MXN", f"part {part}", person)
            for part, person in enumerate(["buyer", "approver"] * (AT_ONCE // 2))
        ]  # fmt: skip
        assert refused(together(*sent)) == ["AgreementBookOverpaid"] * (AT_ONCE - 2)
        assert agreed.shown["paid"] == "600000.00 MXN"

    def test_payment_and_reversal__twice_at_once__are_one_each(self, world: World) -> None:
        agreed = Agreed(world).active(HALVES)
        agreed.must(agreed.pay(4, "3.00 MXN"))
        replies = together(*[lambda: agreed.papers("buyer", "payments/1/reversal")] * AT_ONCE)
        assert refused(replies) == ["AgreementBookPaymentReversed"] * (AT_ONCE - 1)
        assert agreed.shown["paid"] == "0.00 MXN"

    def test_delivery__accepted_and_refused_at_once__is_one_of_them(self, world: World) -> None:
        agreed = Agreed(world).active(HALVES)
        agreed.must(agreed.deliver())
        replies = together(*(
            lambda path=path, person=person: agreed.papers(person, f"milestones/1/{path}")
            for path in ("acceptance", "refusal") for person in ("buyer", "approver")
        ))  # fmt: skip
        assert refused(replies) == ["AgreementBookMilestoneStatusWrong"] * 3
        found = agreed.shown["milestones"][0]
        assert (found["status"], found["refusals"]) in (("Accepted", 0), ("Refused", 1))

    def test_change__signed_and_dropped_at_once__is_one_of_them(self, world: World) -> None:
        agreed = Agreed(world).active(HALVES)
        agreed.must(agreed.change(value="1300000.00 MXN"))
        replies = together(
            lambda: agreed.do("acme", "changes/1/signatures", {"document": agreed.paper}),
            lambda: agreed.do("buyer", "changes/1/withdrawal", {}),
        )
        (name,) = refused(replies)
        assert name in ("AgreementBookDocumentWrong", "AgreementChangeEnded")
        (change,) = agreed.shown["changes"]
        assert (change["status"], agreed.shown["value"]) in (("signed", "1300000.00 MXN"), ("dropped", PRICE))

    def test_signature__by_officer_and_approver_at_once__is_one(self, world: World) -> None:
        agreed = Agreed(world).final().drafted()
        replies = together(
            *(lambda person=person: agreed.sign(person) for person in ("buyer", "approver", "acme"))
        )
        assert refused(replies) == ["AgreementBookSignedTwice"] or refused(replies) == [
            "AgreementBookStatusWrong"
        ]
        assert (agreed.shown["status"], agreed.shown["signedBy"]) == ("Active", ["buyer", "supplier"])

    def test_draft__by_two_requests_at_once__leaves_one_that_can_be_signed(self, world: World) -> None:
        agreed = Agreed(world).final()
        replies = together(*[lambda: agreed.draft(replaces=0)] * 2)
        assert refused(replies) == ["AgreementBookVersionWrong"]


HOSTILE = (
    "\0",
    "\x1b[2J",
    "\u202e",
    "'; DROP TABLE payment; --",
    "<script>alert(1)</script>",
    "=1+1",
    "../../etc/passwd",
    "%s%n",
    "😀" * 60,
)


NO_AMOUNTS = (
    "NaN MXN", "Infinity MXN", "1e3 MXN", "-1.00 MXN", "+1.00 MXN", "1.00  MXN", " 1.00 MXN", "1.00 MXN\n", "1. MXN", ".5 MXN", "1,0 MXN",
    "0x10 MXN", "1_0 MXN", "١.00 MXN", "1.00 mxn", "1.00", "MXN", "", f"{'9' * 41} MXN", f"{'9' * 10_000} MXN", f"1.{'0' * 21} MXN",
)  # fmt: skip


class TestHostile:
    @pytest.mark.parametrize(
        "number",
        ["0", "-1", "x", str(2**53), str(2**64), "9" * 400, "1e0", "0x1", "%00", "1%00", "١", "1,2", "null"],
    )
    def test_number__that_is_none__is_refused_on_every_route(self, agreed: Agreed, number: str) -> None:
        for path in ("", "/milestones", "/payments", "/changes", "/ratings"):
            problem(
                agreed.world.anyone.get(f"/v1/agreements/{quote(number, safe='%')}{path}"),
                422,
                "RequestInvalid",
            )
        for path, body in ACTS.items():
            reply = agreed.do(
                "buyer", f"/v1/agreements/{quote(number, safe='%')}/{path}", body, If_Match='"1"'
            )
            problem(reply, 422, "RequestInvalid")
        for path in ("milestones/{}/delivery", "payments/{}/reversal", "changes/{}/signatures"):
            reply = agreed.do("acme", path.format(quote(number, safe="%")), {"document": PRIVATE})
            problem(reply, 422, "RequestInvalid")

    def test_number__that_names_nothing__is_absent_by_name(self, agreed: Agreed) -> None:
        for place in (5, 64, 255):
            problem(agreed.deliver(place), 404, "AgreementBookMilestoneNotFound")
        problem(agreed.papers("buyer", "payments/65535/reversal"), 404, "AgreementPaymentNotFound")
        problem(agreed.papers("acme", f"changes/{2**53 - 1}/signatures"), 404, "AgreementChangeNotFound")

    @pytest.mark.parametrize("path", ACTS)
    def test_body__malformed__is_refused_by_name(self, agreed: Agreed, path: str) -> None:
        whole = f"{agreed.at}/{path}"
        for raw, status, name in (
            (b"", 400, "ImportNotJson"), (b"{", 400, "ImportNotJson"), (b"[]", 422, "ImportFieldType"), (b"null", 422, "ImportFieldType"),
            (b"\xff", 400, "ImportEncoding"), (b'{"a":1,"a":2}', 400, "ImportKeyRepeated"), (b'{"rating":NaN}', 400, "ImportNumberInvalid"),
            (b'{"rating":1e999}', 400, "ImportNumberInvalid"), (b'{"a":' * 99 + b"1" + b"}" * 99, 400, "ImportTooDeep"),
            (b'{"document":"' + b"a" * 2**20 + b'"}', 413, "BodyTooLarge"),
        ):  # fmt: skip
            problem(agreed.do("buyer", whole, raw, If_Match='"1"'), status, name)

    @pytest.mark.parametrize("path", [path for path, body in ACTS.items() if body])
    def test_field__of_another_type__is_named(self, agreed: Agreed, path: str) -> None:
        for field, value in ACTS[path].items():
            for other in (
                None,
                True,
                [],
                {},
                [value],
                1.5,
                str(value) if isinstance(value, int) else 7,
                "\ud800",
                "x" * 10_240,
            ):
                found = problem(
                    agreed.do("buyer", path, ACTS[path] | {field: other}, If_Match='"1"'),
                    422,
                    "RequestInvalid",
                )
                assert [each["pointer"] for each in found["errors"]] == [f"/{field}"], (other, found)

    def test_text__hostile__is_a_reference_like_another_or_none_at_all(self, world: World) -> None:
        agreed, taken = Agreed(world).active(HALVES), 0
        for text in HOSTILE:
            reply = agreed.do("buyer", "payments", payment(world, reference=text))
            if reply.status == 422:
                problem(reply, 422, "AgreementBookHashZero")
            else:
                agreed.must(reply)
                taken += 1
        found = agreed.shown["payments"]
        assert len(found) == taken == len(HOSTILE) - 2
        assert all(len(each["reference"]) == 64 for each in found)

    @pytest.mark.parametrize("amount", NO_AMOUNTS)
    def test_amount__that_is_none__is_refused(self, agreed: Agreed, amount: str) -> None:
        problem(agreed.pay(4, amount), 422, "RequestInvalid")
        problem(agreed.change(value=amount), 422, "RequestInvalid")
        problem(agreed.draft(value=amount), 422, "RequestInvalid")

    def test_amount__at_and_above_what_the_contract_holds__is_refused_by_name(self, agreed: Agreed) -> None:
        largest = f"{(2**128 - 1) // 100}.{(2**128 - 1) % 100:02} MXN"
        found = problem(agreed.pay(4, largest, "largest"), 422, "AgreementBookOverpaid")["facts"]
        assert found["got"] == str(2**128 - 1)
        above = f"{2**128 // 100}.{2**128 % 100:02} MXN"
        for amount in (above, f"{2**128} MXN", f"{'9' * 40} MXN"):
            problem(agreed.pay(4, amount, "above"), 422, "MoneyInvalid")

    def test_time__beyond_all_chains__is_refused(self, agreed: Agreed) -> None:
        for when in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
            problem(agreed.pay(4, "1.00 MXN", "when", paidAt=when), 422, "AgreementBookDateInvalid")
        for when in (
            "2026-02-30T00:00:00Z",
            "2026-01-01T00:00:00+99:99",
            "2026-01-01T00:00:60Z",
            "0000-01-01T00:00:00Z",
        ):
            problem(agreed.pay(4, "1.00 MXN", "when", paidAt=when), 422, "RequestInvalid")
