"""Whole lives as transactions that were signed before, sent raw: the limit of those that are lived by script or over HTTP."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence

from chain.bindings import agreement_book as book
from chain.bindings import award_desk
from chain.network import Network
from chain.procurement.acts import Acts
from chain.procurement.live import LiveFacts
from chain.procurement.tender import Tender
from chain.rules.agreements import amounts_of, planned
from chain.rules.hashes import change_hash
from chain.transactions import Call
from chain.types import (
    ZERO32,
    AgreementChange,
    AgreementStatus,
    AgreementTerms,
    ChangeReason,
    MilestoneKind,
    MilestoneTerms,
    from_hex,
)
from scripts.measures import sealing
from scripts.measures.awards import offers_of
from scripts.measures.figure import MeasureFailed
from scripts.measures.sealing import Flood, Sender, Work
from scripts.measures.story import BIDDING, INSTALMENTS, paper, shares_of

__all__ = ["RawLives"]

_STEP = 100  # hundredths by which a bid is above the one before


class RawLives:
    """Lives like those of `story.play`, each turn of all of them sent together."""

    def __init__(self, net: Network, flood: Flood, bidders: Sequence[Sender]) -> None:
        self._net, self._flood, self._bidders = net, flood, bidders
        self._work = Work()

    def live(self, many: int) -> Work:
        """From the publications on. Raises MeasureFailed where an agreement is not completed in the end."""
        net, flood, work = self._net, self._flood, self._work
        tenders = self._published(many)
        for tender in tenders:
            sealing.sign_bids(flood, work, tender, self._bidders, _STEP)
        flood.send(work)
        net.wait_until(max(tender.opens_at for tender in tenders))
        for sign_part in (sealing.sign_shares, sealing.sign_openings):
            sign_part(net, flood, work, tenders)
            flood.send(work)
        self._awarded(tenders)
        self._agreed(tenders)
        return work

    def _turn(self, who: Sender | str, calls: Sequence[Call]) -> None:
        sender = self._flood.sender(self._net.person(who)) if isinstance(who, str) else who
        for call in calls:
            self._flood.sign(self._work, sender, call)
        self._flood.send(self._work)

    def _published(self, many: int) -> list[Tender]:
        net, before = self._net, len(self._net.tenders)
        body = json.loads(net.samples.path("laptops", length=BIDDING).read_bytes())
        call = Acts(LiveFacts(net)).publish(net.person("buyer").address, "life", body).call
        self._turn(
            "buyer",
            [
                Call(call.contract, call.function, (secrets.token_bytes(32), *call.args[1:]))
                for _ in range(many)
            ],
        )
        return [net.tenders[before + place] for place in range(1, many + 1)]

    def _awarded(self, tenders: Sequence[Tender]) -> None:
        counted, awarded = [], []
        for tender in tenders:
            offers, setup = offers_of(self._net, tender), tender.terms.setup.as_tuple()
            order = [offer.as_tuple() for offer in sorted(offers, key=lambda offer: offer.amounts[0])]
            counted.append(award_desk.tally(tender.id, 1, setup, 0, [offer.as_tuple() for offer in offers]))
            counted.append(award_desk.rank(tender.id, 1, setup, order))
            awarded.append(
                award_desk.award(tender.id, 1, self._supplier, order[0], from_hex("0x" + paper("decision")))
            )
        self._turn("acme", counted)
        self._turn("buyer", awarded)
        last = tenders[-1].lot(1).decision
        if last is None:
            raise MeasureFailed(f"tender {tenders[-1].number} is not awarded")
        self._net.wait_until(last.final_from)

    @property
    def _supplier(self) -> bytes:
        """The one with the lowest price, as `suppliers` registered it: sha256 of the account."""
        return hashlib.sha256(self._bidders[0].person.address.encode()).digest()

    def _agreed(self, tenders: Sequence[Tender]) -> None:
        net, first, supplier = self._net, len(self._net.agreements), self._bidders[0]
        values = {
            tender.number: min(offer.amounts[0] or 0 for offer in offers_of(net, tender))
            for tender in tenders
        }
        terms = [self._terms(values[tender.number]) for tender in tenders]
        drafts = [
            book.draft(tender.id, 1, 0, each.as_tuple()) for tender, each in zip(tenders, terms, strict=True)
        ]
        self._turn("buyer", drafts)
        numbers = range(first + 1, first + 1 + len(tenders))
        signed, changed = _digest("agreement"), _digest("change")
        changes = [AgreementChange(int(ChangeReason.DURATION), each.value, 3_600, changed) for each in terms]
        change = [
            book.propose_change(number, 1, each.as_tuple())
            for number, each in zip(numbers, changes, strict=True)
        ]
        accepted = [
            book.sign_change(number, change_hash(each)) for number, each in zip(numbers, changes, strict=True)
        ]
        turns: list[tuple[Sender | str, Sequence[Call]]] = [
            (supplier, [book.sign(number, signed) for number in numbers]),
            ("buyer", [book.sign(number, signed) for number in numbers]),
            (supplier, change),
            ("buyer", accepted),
            (supplier, [book.deliver(number, 1, _digest("evidence")) for number in numbers]),
            ("buyer", [book.refuse(number, 1, _digest("refusal")) for number in numbers]),
            (supplier, [book.deliver(number, 1, _digest("evidence")) for number in numbers]),
        ]
        for who, calls in turns:
            self._turn(who, calls)
        payer = net.tenders[tenders[0].number].facts.buyer
        self._turn("buyer", [
            call for number, each in zip(numbers, terms, strict=True) for call in self._paid(number, each, payer)
        ])  # fmt: skip
        self._turn("witness", [book.rate(number, 5) for number in numbers])
        if net.agreements[numbers[-1]].status is not AgreementStatus.COMPLETED:
            raise MeasureFailed(f"agreement {numbers[-1]} is not completed")

    def _terms(self, value: int) -> AgreementTerms:
        delivery = MilestoneTerms(int(MilestoneKind.DELIVERY), 10_000, 0, 0)
        payments = [MilestoneTerms(int(MilestoneKind.PAYMENT), bps, 0, 0) for bps in shares_of(INSTALMENTS)]
        now = self._net.now()
        return AgreementTerms(
            self._supplier, value, ZERO32, _digest("agreement"), now, now, (delivery, *payments)
        )

    def _paid(self, number: int, terms: AgreementTerms, payer: bytes) -> list[Call]:
        """Accepted, all instalments, the first of which comes back, and the completion."""
        calls, now = [book.accept(number, 1, _digest("report"))], self._net.now()
        amounts = amounts_of(terms.value, planned(terms))
        for milestone, amount in enumerate(amounts[1:], 2):
            ref = _digest(f"SPEI {number} {milestone}")
            calls.append(book.record_payment(number, (milestone, payer, terms.supplier, amount, ref, now)))
            if milestone == 2:
                again = _digest(f"SPEI {number} {milestone} again")
                calls.append(book.reverse_payment(number, payer, ref, _digest("returned")))
                calls.append(
                    book.record_payment(number, (milestone, payer, terms.supplier, amount, again, now))
                )
        return [*calls, book.complete(number, _digest("certificate"))]


def _digest(name: str) -> bytes:
    return from_hex("0x" + paper(name))
