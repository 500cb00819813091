"""The agreement of the demonstration: both sign it, it is changed, delivered, paid in the original's instalments, rated, and completed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from api.client import Answer
from api.demo_awards import uploaded
from api.demo_stage import Stage
from chain.ocds.values import utc

__all__ = ["INSTALMENTS", "ORIGINAL", "AgreedLife"]

ORIGINAL = (Decimal("109272.00"),) * 10 + (Decimal("218544.00"),)
"""What the buyer of the real document paid: ten instalments and one of two, 1,311,264.00 MXN in all."""

INSTALMENTS = (833,) * 10 + (1_670,)
"""Their shares of the value, 1/10,000, as near as that is: 1/12 each, and 1/6."""

_LAPTOPS, _FIRST, _MORE = 471, 300, 24
_DELIVERIES = (6_370, 3_630)
"""Shares of 300 and of 171 laptops."""

_HALF = 5
"""Instalments that wait for the first delivery; the others wait for the second."""

_FAILED = 4
"""The instalment whose first payment came back."""

_DAY = 86_400
_MONTH = 30
_CENT = Decimal("0.01")


class AgreedLife:
    """The agreement about the only lot of a tender that was awarded to ``supplier``, a person of the sandbox."""

    def __init__(self, stage: Stage, tender: int, supplier: str) -> None:
        self._stage = stage
        self._tender = tender
        self._supplier = supplier
        self._number = 0
        self._payments = 0

    # -- the story

    def sign(self) -> None:
        """The draft, and the signatures of both sides."""
        stage, document = self._stage, self._paper("agreement.txt", "Lease of 471 laptops for a year.\n")
        drafted = stage.done("draft", stage.client("buyer").act("/agreements", self._terms(document)), 201)
        self._number = int(drafted["subject"].rsplit("/", 1)[1])
        self._tell_terms(drafted["block"])
        act = stage.signed.propose("sign it", self._at("signatures"), {"document": document})
        signed = stage.done("sign", stage.signed.approve(act), 200)
        stage.say(f"block {signed['block']}: approver signed for the buyer")
        other = hashlib.sha256(b"Lease of 472 laptops for a year.\n").hexdigest()
        stage.refused(
            "AgreementBookDocumentWrong", f"{self._supplier} signed a document that is one byte another",
            lambda: self._by_supplier("signatures", other),
        )  # fmt: skip
        signed = stage.done("sign", self._by_supplier("signatures", document), 200)
        stage.say(
            f"block {signed['block']}: {self._supplier} signed the same document: the agreement is {self.shown['status']}"
        )

    def deliver(self) -> None:
        """The first delivery, a change of the quantity, the second delivery, which is refused once."""
        stage = self._stage
        stage.refused(
            "AgreementBookNotAccepted", "buyer asked to record a payment for what was not accepted", lambda: self._pay(1, "SPEI 0")
        )  # fmt: skip
        self._delivered(1, f"{_FIRST} laptops", "delivery.txt")
        self._judged(1, "acceptance", "All were counted and started.\n")
        self._change()
        stage.pass_days(_MONTH)
        self._delivered(2, f"{_LAPTOPS - _FIRST + _MORE} laptops", "delivery-2.txt")
        self._judged(2, "refusal", "Twelve of them have a warranty of 12 months.\n")
        stage.refused(
            "AgreementBookNotAccepted", "buyer asked to complete it", lambda: self._both("completion", {"document": "ab" * 32})
        )  # fmt: skip
        stage.pass_days(7)
        self._delivered(2, "them again, twelve exchanged", "delivery-3.txt")
        self._judged(2, "acceptance", "All have the warranty of the terms.\n")

    def pay(self) -> None:
        """A payment a month; one comes back and is made again."""
        stage, blocks = self._stage, []
        for instalment in range(1, len(INSTALMENTS) + 1):
            blocks.append(self._paid(instalment, f"SPEI {instalment:02}"))
            if instalment == _FAILED:
                self._came_back(instalment)
            if instalment < len(INSTALMENTS):
                stage.pass_days(_MONTH)
        first, last = (self.shown["milestones"][place]["amount"] for place in (2, -1))
        stage.say(
            f"blocks {blocks[0]} to {blocks[-1]}: buyer and approver recorded {len(blocks)} instalments, one a month: "
            f"{first}, the last {last}"
        )
        stage.refused(
            "AgreementBookOverpaid", "buyer asked to record one more", lambda: self._pay(1, "SPEI 99", "0.01")
        )

    def end(self) -> dict[str, Any]:
        """Ratings, and the end; {number, supplier, original, value, paid, status}, amounts as text."""
        stage = self._stage
        body = {"address": stage.network.records["citizen"].address}
        stage.done("enrol", stage.client("registrar").act("/citizens", body), 201)
        stage.refused(
            "AgreementBookRoleMissing", "buyer rated its own agreement", lambda: self._rate("buyer", 5)
        )
        for name, rating in (("witness", 4), ("citizen", 3)):
            rated = stage.done("rate", self._rate(name, rating), 200)
            stage.say(f"block {rated['block']}: {name} rated the works {rating} of 5")
        paper = self._paper(
            "completion.txt", "Everything was delivered; the laptops went back after a year.\n"
        )
        ended = stage.done("complete", self._both("completion", {"document": paper}), 200)
        found = self.shown
        stage.say(
            f"block {ended['block']}: buyer and approver completed it: {found['status']}; awarded {found['original']}, "
            f"changed to {found['value']}, paid {found['paid']}"
        )
        self._standing(found["supplier"])
        return {"number": self._number, "supplier": found["orgId"]} | {
            name: found[name] for name in ("original", "value", "paid", "status")
        }  # fmt: skip

    @property
    def shown(self) -> dict[str, Any]:
        """The agreement as anybody reads it."""
        found: dict[str, Any] = self._stage.anyone.get(f"/agreements/{self._number}")
        return found

    # -- its parts

    def _terms(self, document: str) -> dict[str, Any]:
        now = self._stage.network.clock()
        deliveries = [
            {"kind": "delivery", "shareBps": share, "due": _after(now, days)}
            for share, days in zip(_DELIVERIES, (20, 40), strict=True)
        ]
        payments = [
            {"kind": "payment", "shareBps": share, "requires": 1 if place < _HALF else 2, "due": _after(now, _MONTH * (place + 2))}
            for place, share in enumerate(INSTALMENTS)
        ]  # fmt: skip
        return {
            "tender": self._tender, "lot": 1, "document": document, "startsAt": _after(now, 0), "endsAt": _after(now, 400),
            "milestones": [*deliveries, *payments],
        }  # fmt: skip

    def _tell_terms(self, block: int) -> None:
        found = self.shown
        first, last = (found["milestones"][place]["amount"] for place in (2, -1))
        self._stage.say(
            f"block {block}: buyer drafted agreement {self._number}: {found['value']}, two deliveries, "
            f"ten payments of {first}, one of {last}"
        )
        self._stage.say(
            f"  (the original's {sum(ORIGINAL)} MXN was paid in ten of {ORIGINAL[0]}, 1/12, and one of {ORIGINAL[-1]}, 1/6; "
            f"here {INSTALMENTS[0] / 100:.2f} % and {INSTALMENTS[-1] / 100:.2f} %)"
        )

    def _delivered(self, milestone: int, what: str, name: str) -> None:
        evidence = hashlib.sha256(f"Delivery note: {what}.\n".encode()).hexdigest()
        made = self._by_supplier(f"milestones/{milestone}/delivery", evidence)
        block = self._stage.done("deliver", made, 200)["block"]
        self._stage.say(f"block {block}: {self._supplier} delivered {what}")

    def _judged(self, milestone: int, what: str, why: str) -> None:
        report = self._paper(f"{what}-{milestone}.txt", why)
        answer = self._both(f"milestones/{milestone}/{what}", {"document": report})
        block = self._stage.done(what, answer, 200)["block"]
        word = {"acceptance": "accepted", "refusal": "refused"}[what]
        self._stage.say(f"block {block}: buyer and approver {word} delivery {milestone}: {why.strip()}")

    def _change(self) -> None:
        stage, found = self._stage, self.shown
        value = Decimal(found["value"].split()[0])
        more = (value * _MORE / _LAPTOPS).quantize(_CENT, ROUND_HALF_UP)
        cap = found["moved"][0]["cap"]
        stage.refused(
            "AgreementBookChangeOverCap", f"buyer asked to double it, {cap} is the cap", lambda: self._proposed(value * 2)
        )  # fmt: skip
        proposed = stage.done("change", self._proposed(value + more), 200)
        stage.say(
            f"block {proposed['block']}: buyer proposed a change: {_MORE} laptops more at the same price, {more} MXN, and ten days"
        )
        body = {"document": self.shown["changes"][0]["document"]}
        signed = stage.done("change", self._both("changes/1/signatures", body), 200)
        stage.say(f"block {signed['block']}: approver signed it for the buyer")
        signed = stage.done("change", self._by_supplier("changes/1/signatures", body["document"]), 200)
        stage.say(
            f"block {signed['block']}: {self._supplier} signed it: the agreement is worth {self.shown['value']}"
        )

    def _proposed(self, value: Decimal) -> Answer:
        body = {
            "reason": "quantity", "value": f"{value} MXN", "extension": 10 * _DAY,
            "document": self._paper("change.txt", f"{_MORE} laptops more, at the price of the others.\n"),
        }  # fmt: skip
        return self._stage.client("buyer").act(self._at("changes"), body, if_match=str(self.shown["version"]))

    def _paid(self, instalment: int, reference: str) -> int:
        """The block of the record."""
        recorded = self._stage.done("pay", self._pay(instalment, reference), 200)
        self._payments += 1
        return int(recorded["block"])

    def _came_back(self, instalment: int) -> None:
        stage, reference = self._stage, f"SPEI {instalment:02}"
        stage.pass_days(2)
        paper = self._paper("reversal.txt", "The bank of the payee sent it back: the account was closed.\n")
        body = {"document": paper}
        back = stage.done("reverse", self._both(f"payments/{self._payments}/reversal", body), 200)
        stage.say(
            f"block {back['block']}: the bank sent instalment {instalment} back: buyer and approver reversed the payment"
        )
        stage.refused(
            "AgreementBookReferenceUsed", "buyer asked to record the same transfer", lambda: self._pay(instalment, reference)
        )  # fmt: skip
        block = self._paid(instalment, f"{reference} again")
        stage.say(f"block {block}: buyer and approver recorded another payment of it")

    def _pay(self, instalment: int, reference: str, amount: str = "") -> Answer:
        milestone = instalment + 2
        body = {
            "milestone": milestone, "reference": reference, "paidAt": _after(self._stage.network.clock(), 0),
            "amount": f"{amount} MXN" if amount else self.shown["milestones"][milestone - 1]["amount"],
        }  # fmt: skip
        return self._both("payments", body)

    def _rate(self, name: str, rating: int) -> Answer:
        return self._stage.client(name).act(self._at("ratings"), {"rating": rating})

    def _standing(self, supplier: str) -> None:
        found = self._stage.anyone.get(f"/suppliers/{supplier}")["standing"]
        rated = ", ".join(
            f"{found[who]['mean']} of {who} ({found[who]['count']})" for who in ("witnesses", "citizens")
        )
        self._stage.say(
            f"the record of {self._supplier}, shown and never scored: {found['completed']} agreement completed, {found['deliveries']} "
            f"deliveries, {found['late']} late; ratings {rated}"
        )

    def _by_supplier(self, path: str, document: str) -> Answer:
        return self._stage.client(self._supplier).act(self._at(path), {"document": document})

    def _both(self, path: str, body: dict[str, Any]) -> Answer:
        return self._stage.signed.done(self._at(path), body)

    def _at(self, path: str) -> str:
        return f"/agreements/{self._number}/{path}"

    def _paper(self, name: str, text: str) -> str:
        return uploaded(self._stage.client("buyer"), self._stage.output / name, text)


def _after(now: datetime, days: int) -> str:
    return utc(int((now + timedelta(days=days)).timestamp()))
