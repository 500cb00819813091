"""The next right thing in a walk through agreements (agreement_walk.py), so that random acts find all that there can be."""

from __future__ import annotations

from collections.abc import Mapping

from chain.rules.agreements import RATING_PERIOD, pending_hash
from chain.types import ZERO32, AgreementStatus, ChangeReason, LotStatus, MilestoneStatus, Side
from tests.invariants.agreement_facts import SeenAgreement, SeenLot
from tests.invariants.agreement_walk import DOCUMENTS, GOOD_PLANS, PLANS, RATERS, Walk

__all__ = ["Lead"]


class Lead:
    """Knows what is due."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def go_on(self, lot: int, chance: int = 0) -> bool:
        """What is due next for a lot, done as it should be; ``chance`` 0..9: of several things that are. Whether there was anything."""
        status, held = self.walk.status(lot), self.walk.seen.lots[lot]
        before = len(self.walk.done), self.walk.world.time
        if self.walk.seen.suspended_at:
            self.walk.resume()
        elif status is LotStatus.RANKED:
            self.walk.award(lot)
        elif status is LotStatus.STANDSTILL:
            self._clear(held)
        elif status is LotStatus.FINAL:
            self._conclude(lot, held, chance)
        elif status is LotStatus.SIGNED:
            self._perform(held.latest, chance)
        elif status is LotStatus.LAPSED:
            self._leave(lot, held)
        return (len(self.walk.done), self.walk.world.time) != before

    def _leave(self, lot: int, held: SeenLot) -> None:
        """Whom the buyer offered it to in time is passed over; else the lot is cancelled."""
        draft, (begins, ends) = self.walk.held(held.latest).facts, held.signing
        offered = draft.status is AgreementStatus.DRAFT and 0 < draft.signed_at <= ends - (ends - begins) // 2
        if offered:
            self.walk.pass_over("nobody", lot)
        else:
            self.walk.cancel(lot)

    def _clear(self, held: SeenLot) -> None:
        if numbers := self.walk.waiting():
            self.walk.decide(numbers[0], 0)
        else:
            self.walk.wait(held.standstill)

    def _conclude(self, lot: int, held: SeenLot, chance: int) -> None:
        """Now and then a side keeps the other waiting."""
        known = self.walk.model.facts(held.latest)
        if known is None or known.status is not AgreementStatus.DRAFT:
            self.walk.draft(
                "officer", lot, held.latest, self.walk.terms(lot, list(PLANS)[chance % GOOD_PLANS])
            )
        elif not known.signatures & Side.BUYER.bit and chance < 8:
            self.walk.sign(self.walk.buyer, held.latest, known.document_hash)
        elif not known.signatures & Side.SUPPLIER.bit and chance != 9:
            self.walk.sign(self.walk.party(held.latest), held.latest, known.document_hash)
        else:
            self.walk.wait(held.signing[1])

    def _perform(self, agreement: int, chance: int) -> None:
        """Deliveries, payments, a change now and then, the end."""
        held, supplier = self.walk.held(agreement), self.walk.party(agreement)
        owed = {place: left for place, left in self.walk.left(held).items() if left}
        if held.facts.status is not AgreementStatus.ACTIVE:
            self._look_back(agreement, owed)
        elif held.change.document_hash != ZERO32:
            side = self.walk.buyer if not held.change.signatures & Side.BUYER.bit else supplier
            self.walk.sign_change(side, agreement, pending_hash(held.change))
        elif chance > 7 and self.walk.now >= held.facts.changed_at + self.walk.made.procedure.change_interval:
            reason = ChangeReason.QUANTITY if chance == 8 else ChangeReason.UNFORESEEABLE
            self.walk.change(supplier, agreement, reason, "within", 86_400)
        elif owed and chance % 2:
            place, left = min(owed.items())
            self.walk.pay(
                self.walk.buyer,
                agreement,
                self.walk.payment(agreement, place, left if chance < 6 else left // 2 or 1),
            )
        else:
            self._deliver(agreement, held, chance)

    def _deliver(self, agreement: int, held: SeenAgreement, chance: int) -> None:
        """To the end, when all was accepted."""
        due, made = (
            [place for place, each in enumerate(held.milestones, 1) if each.status in wanted]
            for wanted in ((MilestoneStatus.SCHEDULED, MilestoneStatus.REFUSED), (MilestoneStatus.DELIVERED,))
        )
        if made:
            self.walk.judge(self.walk.buyer, agreement, made[0], DOCUMENTS[1], chance != 6)
        elif due:
            self.walk.deliver(self.walk.party(agreement), agreement, due[0], DOCUMENTS[2])
        elif chance > 3:
            self.walk.complete(self.walk.buyer, agreement, DOCUMENTS[0])

    def _look_back(self, agreement: int, owed: Mapping[int, int]) -> None:
        """After the end: what is still owed, and who has not rated the works."""
        rated = {rater for number, rater in self.walk.model.raters() if number == agreement}
        left = [who for who, rater in zip(RATERS, self.walk.raters(), strict=True) if rater not in rated]
        if owed:
            self.walk.pay(self.walk.buyer, agreement, self.walk.payment(agreement, *min(owed.items())))
        elif left and 0 < self.walk.now - self.walk.held(agreement).facts.accepted_at < RATING_PERIOD:
            self.walk.rate(left[0], agreement, 1 + agreement % 5)
