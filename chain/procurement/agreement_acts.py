"""Agreements: from what the two sides, a witness or a citizen say to a call of AgreementBook, after the rules agreed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from chain.bindings import agreement_book
from chain.errors.contracts import AgreementBookDateInvalid, AgreementBookNotFound
from chain.errors.money import MoneyInvalid
from chain.errors.opening import AmountCurrencyOther
from chain.errors.procurement import ReasonUnknown
from chain.money import Money
from chain.ocds.intake import Held
from chain.procurement.acts import Prepared, Signed, digest_of, require_held
from chain.procurement.agreeing import Agreeing
from chain.procurement.awarding import AwardFacts
from chain.procurement.facts import Facts, tender_in
from chain.procurement.when import date_of
from chain.rules import tender_id
from chain.rules.agreements import (
    Ground,
    Signable,
    check_accept,
    check_complete,
    check_deliver,
    check_draft,
    check_drop_change,
    check_pass_over,
    check_propose_change,
    check_rate,
    check_record_payment,
    check_refuse,
    check_reverse_payment,
    check_sign,
    check_sign_change,
    check_terminate,
    drops_signed,
    pending_hash,
    replaces_signed,
    signing_of,
)
from chain.rules.four_eyes import NOT_PROPOSED
from chain.rules.tenders import Caller
from chain.transactions import Call
from chain.types import (
    ZERO32,
    AgreementChange,
    AgreementFacts,
    AgreementTerms,
    ChangeReason,
    LotFacts,
    LotStatus,
    MilestoneFacts,
    MilestoneTerms,
    Payment,
    TerminationCause,
)

__all__ = ["CAUSES", "CHANGE_REASONS", "AgreementActs", "reference_of"]

CHANGE_REASONS = {reason.word: reason for reason in ChangeReason if reason}
"""Word -> why an agreement is changed."""

CAUSES = {cause.word: cause for cause in TerminationCause if cause}
"""Word -> why an agreement ends before all of it was delivered."""

T = TypeVar("T")

_LONGEST = 2**32 - 1
_NO_SIGNER = Signed(NOT_PROPOSED, None)


class AgreementActs:
    """Builds the calls of AgreementBook from ``facts``, ``awards`` and ``agreements``.

    ``held``: as of ``Acts``: what both sides sign, and what the buyer decides, is read by all whom it concerns; the evidence of a
    delivery may be private. ``proposing``: as of ``Acts``, for the buyer's acts: a supplier signs alone.
    """

    def __init__(
        self, facts: Facts, awards: AwardFacts, agreements: Agreeing, held: Held | None = None, *, proposing: bool = False
    ) -> None:  # fmt: skip
        self._facts = facts
        self._awards = awards
        self._agreements = agreements
        self._held = held
        self._proposing = proposing

    def draft(
        self,
        actor: str,
        number: int,
        lot: int,
        document: str,
        milestones: Sequence[MilestoneTerms],
        *,
        starts: datetime,
        ends: datetime,
        value: Money | None = None,
        supplier: bytes | None = None,
        payer: bytes = ZERO32,
        replaces: int | None = None,
    ) -> Prepared:
        """Drafts the agreement about a lot; ``document``: sha256 hex of what both sides are to sign. ``value`` None: the price of the
        award, ``supplier`` None: that of the award; ``payer``: member that pays as well as the buyer; ``replaces`` None: whatever
        draft there is.

        Raises DocumentHashWrong, DocumentNotFound, AmountCurrencyOther, the refusals of Money and of AgreementBook's draft.
        """
        at, digest = self._signable(number, lot), digest_of(document)
        last, candidate = self._agreements.latest(number, lot), self._candidate(at)
        minor = at.facts.price if value is None else self._minor(number, value)
        terms = AgreementTerms(
            candidate if supplier is None else supplier, minor, payer, digest, date_of(0, starts), date_of(0, ends), tuple(milestones)
        )  # fmt: skip
        given = last if replaces is None else replaces
        call = agreement_book.draft(tender_id(number), lot, given, terms.as_tuple())
        tender, before = at.known(), self._agreements.agreement(last)
        signed = Signed.of(self._facts, tender.buyer, call, replaces_signed(tender, before), self._proposing)
        check_draft(
            self._facts.caller(actor), at, given, terms, last=last, before=before, awarded=terms.supplier == candidate,
            payer_known=payer == ZERO32 or self._agreements.is_member(payer), signing=signed.signing,
        )  # fmt: skip
        require_held(self._held, digest)
        summary = f"draft the agreement about lot {lot} of tender {number}"
        return Prepared(
            call, f"tenders/{number}/lots/{lot}", summary, act=signed.act, documents=(digest.hex(),)
        )

    def sign(self, actor: str, agreement: int, document: str) -> Prepared:
        """Signs a draft for the caller's side; ``document``: sha256 hex of what is signed. Raises DocumentHashWrong, the refusals of
        AgreementBook's sign."""
        ground, digest = self._ground(agreement), digest_of(document)
        facts, call = ground.known(), agreement_book.sign(agreement, digest)
        signed, at = self._side_signed(actor, facts, call), self._signable(facts.tender, facts.lot)
        check_sign(
            self._facts.caller(actor), ground, at, digest, supplier=self._supplier(actor), party=self._party(facts),
            candidate=self._candidate(at), signing=signed.signing,
        )  # fmt: skip
        return self._prepared(call, agreement, f"sign agreement {agreement}", signed, self._if_held(digest))

    def pass_over(self, number: int, lot: int) -> Prepared:
        """Puts out the candidate that did not sign in time; anybody may. Raises the refusals of AgreementBook's passOver."""
        at = self._signable(number, lot)
        draft = self._agreements.agreement(self._agreements.latest(number, lot))
        check_pass_over(at, draft, self._candidate(at))
        call = agreement_book.pass_over(tender_id(number), lot)
        return Prepared(
            call, f"tenders/{number}/lots/{lot}", f"pass over the candidate of lot {lot} of tender {number}"
        )

    def propose_change(
        self,
        actor: str,
        agreement: int,
        reason: str,
        document: str,
        *,
        value: Money | None = None,
        extension: int = 0,
        version: int | None = None,
    ) -> Prepared:
        """Proposes a change; ``reason``: one of CHANGE_REASONS, ``document``: sha256 hex of what both sides are to sign, ``value``: the
        new one (None: as it is), ``extension``: seconds by which what is due is due later, ``version`` None: the present one.

        Raises ReasonUnknown, DocumentHashWrong, DocumentNotFound, AmountCurrencyOther, the refusals of Money and of proposeChange.
        """
        ground, digest, code = self._ground(agreement), digest_of(document), _known(reason, CHANGE_REASONS)
        facts = ground.known()
        minor = facts.value if value is None else self._minor(facts.tender, value)
        if not 0 <= extension <= _LONGEST:
            raise AgreementBookDateInvalid(agreement, _LONGEST, extension)
        change, expected = (
            AgreementChange(int(code), minor, extension, digest),
            facts.version if version is None else version,
        )
        check_propose_change(
            self._facts.caller(actor), ground, expected, change, supplier=self._supplier(actor),
            procedure=tender_in(self._facts, facts.tender)[1], pending=self._agreements.change(agreement),
            milestones=self._agreements.milestones(agreement),
        )  # fmt: skip
        require_held(self._held, digest)
        call = agreement_book.propose_change(agreement, expected, change.as_tuple())
        return self._prepared(
            call, agreement, f"propose to change agreement {agreement}: {reason}", None, digest
        )

    def sign_change(self, actor: str, agreement: int, document: str | None = None) -> Prepared:
        """Signs the change that waits; ``document`` None: whichever waits. Raises DocumentHashWrong, the refusals of signChange."""
        ground, pending = self._ground(agreement), self._agreements.change(agreement)
        digest, named = None if document is None else digest_of(document), pending_hash(pending)
        call = agreement_book.sign_change(agreement, named)
        facts = ground.known()
        signed = self._side_signed(actor, facts, call)
        check_sign_change(
            self._facts.caller(actor), ground, named, supplier=self._supplier(actor), pending=pending,
            milestones=self._agreements.milestones(agreement), signing=signed.signing, document=digest, party=self._party(facts),
        )  # fmt: skip
        summary = f"sign the change of agreement {agreement}"
        return self._prepared(call, agreement, summary, signed, self._if_held(pending.document_hash))

    def drop_change(self, actor: str, agreement: int, document: str | None = None) -> Prepared:
        """Takes back, or turns down, the change that waits; ``document`` as of ``sign_change``. Raises DocumentHashWrong, the refusals
        of dropChange."""
        ground, pending = self._ground(agreement), self._agreements.change(agreement)
        digest, named = None if document is None else digest_of(document), pending_hash(pending)
        facts, call = ground.known(), agreement_book.drop_change(agreement, named)
        signed = self._side_signed(actor, facts, call) if drops_signed(facts, pending) else _NO_SIGNER
        check_drop_change(
            self._facts.caller(actor), ground, named, supplier=self._supplier(actor), pending=pending, signing=signed.signing,
            document=digest,
        )  # fmt: skip
        return self._prepared(call, agreement, f"drop the change of agreement {agreement}", signed)

    def deliver(self, actor: str, agreement: int, milestone: int, document: str) -> Prepared:
        """Says that a delivery was made; ``document``: sha256 hex of the evidence. Raises DocumentHashWrong, the refusals of deliver."""
        ground, digest = self._ground(agreement), digest_of(document)
        check_deliver(
            self._facts.caller(actor), ground, milestone, digest, supplier=self._supplier(actor), of=self._milestone(ground, milestone),
        )  # fmt: skip
        call = agreement_book.deliver(agreement, milestone, digest)
        return self._prepared(call, agreement, f"deliver milestone {milestone} of agreement {agreement}")

    def accept(self, actor: str, agreement: int, milestone: int, document: str) -> Prepared:
        """Accepts a delivery; ``document``: sha256 hex of the report. Raises DocumentHashWrong, DocumentNotFound, the refusals of
        accept."""
        return self._judge(actor, agreement, milestone, document, agreement_book.accept, check_accept)

    def refuse(self, actor: str, agreement: int, milestone: int, document: str) -> Prepared:
        """Refuses a delivery. Raises as ``accept``, of refuse."""
        return self._judge(actor, agreement, milestone, document, agreement_book.refuse, check_refuse)

    def record_payment(
        self,
        actor: str,
        agreement: int,
        milestone: int,
        amount: Money,
        reference: str,
        paid_at: datetime,
        *,
        payer: bytes | None = None,
        payee: bytes | None = None,
    ) -> Prepared:
        """Records a payment that was made; ``reference``: as of ``reference_of``; ``payer`` None: the buyer, ``payee`` None: the supplier.

        Raises AmountCurrencyOther, the refusals of Money and of AgreementBook's recordPayment.
        """
        ground = self._ground(agreement)
        facts, of = ground.known(), self._milestone(ground, milestone)
        payment = Payment(
            milestone, facts.buyer if payer is None else payer, facts.supplier if payee is None else payee,
            self._minor(facts.tender, amount), reference_of(reference), date_of(agreement, paid_at),
        )  # fmt: skip
        call = agreement_book.record_payment(agreement, payment.as_tuple())
        signed = self._signed(facts, call)
        check_record_payment(
            self._facts.caller(actor), ground, payment, of=of,
            required=self._milestone(ground, of.requires) if of.requires else None,
            known=self._agreements.payment(facts.buyer, payment.payer, payment.ref), signing=signed.signing,
        )  # fmt: skip
        return self._prepared(
            call, agreement, f"record that {amount} were paid for agreement {agreement}", signed
        )

    def reverse_payment(
        self, actor: str, agreement: int, reference: str, document: str, *, payer: bytes | None = None
    ) -> Prepared:
        """Takes a payment out of the account: it did not arrive, or came back. ``document``: sha256 hex of the paper that says so; the
        rest as of ``record_payment``. Raises DocumentHashWrong, DocumentNotFound, the refusals of reversePayment."""
        ground, digest, ref = self._ground(agreement), digest_of(document), reference_of(reference)
        facts = ground.known()
        by = facts.buyer if payer is None else payer
        call = agreement_book.reverse_payment(agreement, by, ref, digest)
        signed = self._signed(facts, call)
        check_reverse_payment(
            self._facts.caller(actor), ground, ref, digest, payment=self._agreements.payment(facts.buyer, by, ref),
            signing=signed.signing,
        )  # fmt: skip
        require_held(self._held, digest)
        return self._prepared(call, agreement, f"reverse a payment for agreement {agreement}", signed, digest)

    def complete(self, actor: str, agreement: int, document: str) -> Prepared:
        """Ends an agreement of which all was accepted; ``document``: sha256 hex of the report. Raises DocumentHashWrong,
        DocumentNotFound, the refusals of complete."""
        ground, digest = self._ground(agreement), digest_of(document)
        call = agreement_book.complete(agreement, digest)
        signed = self._signed(ground.known(), call)
        check_complete(
            self._facts.caller(actor), ground, digest, milestones=self._agreements.milestones(agreement), signing=signed.signing
        )  # fmt: skip
        require_held(self._held, digest)
        return self._prepared(call, agreement, f"complete agreement {agreement}", signed, digest)

    def terminate(self, actor: str, agreement: int, cause: str, document: str) -> Prepared:
        """Ends an agreement before that; ``cause``: one of CAUSES. A mutual end is proposed by one side and done by the other, with
        the same document. Raises ReasonUnknown, DocumentHashWrong, DocumentNotFound, the refusals of terminate."""
        ground, digest, code = self._ground(agreement), digest_of(document), _known(cause, CAUSES)
        facts, call = ground.known(), agreement_book.terminate(agreement, int(code), digest)
        mutual = code is TerminationCause.MUTUAL
        signed = self._side_signed(actor, facts, call) if mutual else self._signed(facts, call)
        if code in (TerminationCause.BUYER_DEFAULT, TerminationCause.ORDERED):
            signed = _NO_SIGNER
        body = ZERO32 if ground.tender is None else ground.tender.review_body
        check_terminate(
            self._facts.caller(actor), ground, int(code), digest, supplier=self._supplier(actor), pending=self._agreements.end(agreement),
            independent=self._facts.independent(body, facts.buyer), signing=signed.signing,
        )  # fmt: skip
        require_held(self._held, digest)
        return self._prepared(call, agreement, f"terminate agreement {agreement}: {cause}", signed, digest)

    def rate(self, actor: str, agreement: int, rating: int) -> Prepared:
        """Rates works, 1 to 5, as an enrolled citizen or a witness. Raises the refusals of AgreementBook's rate."""
        ground, caller = self._ground(agreement), self._facts.caller(actor)
        facts, member, citizen = ground.known(), caller.person.member, self._agreements.is_citizen(actor)
        rater = bytes(12) + bytes.fromhex(actor[2:]) if citizen else member
        check_rate(
            caller, ground, rating, citizen=citizen, independent=self._facts.independent(member, facts.buyer),
            rated=self._agreements.has_rated(agreement, rater),
        )  # fmt: skip
        call = agreement_book.rate(agreement, rating)
        return self._prepared(call, agreement, f"rate the works of agreement {agreement}: {rating}")

    def signing(self, number: int, lot: int) -> tuple[int, int]:
        """From when until when the agreement about a lot may be signed: AgreementBook.signingOf. Raises TenderBoardNotFound,
        TenderBoardLotNotFound."""
        return signing_of(self._signable(number, lot))

    def status(self, number: int, lot: int) -> LotStatus:
        """TenderBoard.lotStatus. Raises as ``signing``."""
        return self._signable(number, lot).status()

    def _judge(
        self, actor: str, agreement: int, milestone: int, document: str, build: Callable[[int, int, bytes], Call],
        check: Callable[..., None],
    ) -> Prepared:  # fmt: skip
        ground, digest = self._ground(agreement), digest_of(document)
        of = self._milestone(ground, milestone)
        call = build(agreement, milestone, digest)
        signed = self._signed(ground.known(), call)
        check(self._facts.caller(actor), ground, milestone, digest, of=of, signing=signed.signing)
        require_held(self._held, digest)
        summary = f"{call.function} milestone {milestone} of agreement {agreement}"
        return self._prepared(call, agreement, summary, signed, digest)

    def _ground(self, agreement: int) -> Ground:
        """Raises AgreementBookNotFound."""
        facts = self._agreements.agreement(agreement)
        if facts is None:
            raise AgreementBookNotFound(agreement)
        return Ground(agreement, facts, self._facts.clock(), self._facts.tender(facts.tender))

    def _milestone(self, ground: Ground, milestone: int) -> MilestoneFacts:
        """Raises AgreementBookMilestoneNotFound."""
        ground.require_milestone(milestone)
        return self._agreements.milestones(ground.number)[milestone - 1]

    def _signable(self, number: int, lot: int) -> Signable:
        """Raises TenderBoardNotFound, TenderBoardLotNotFound."""
        facts = self._facts
        known, procedure = tender_in(facts, number)
        own = facts.cancellation(number, lot)
        Signable(number, lot, known, procedure, LotFacts(), own, facts.clock()).known()
        return Signable(number, lot, known, procedure, self._awards.lot(number, lot), own, facts.clock())

    def _candidate(self, at: Signable) -> bytes:
        """Supplier of the bid that a lot is awarded to; 32 zero bytes where nobody is."""
        places = self._awards.ranking(at.number, at.lot)
        if at.facts.head >= len(places):
            return ZERO32
        return self._awards.supplier_at(at.number, places[at.facts.head])

    def _party(self, facts: AgreementFacts) -> Caller:
        """Somebody of the agreement's supplier."""
        return Caller("", supplier=self._facts.supplier(facts.supplier))

    def _supplier(self, actor: str) -> bytes:
        return self._facts.supplier_of(actor)

    def _if_held(self, digest: bytes) -> bytes | None:
        """What is to be held when the other account sends the call: whoever signs may have got the document in another way."""
        return digest if self._held is not None and self._held(digest.hex()) is not None else None

    def _signed(self, facts: AgreementFacts, call: Call) -> Signed:
        return Signed.of(self._facts, facts.buyer, call, facts.four_eyes, self._proposing)

    def _side_signed(self, actor: str, facts: AgreementFacts, call: Call) -> Signed:
        """How the caller's side signs: two accounts are asked of the buyer alone."""
        return _NO_SIGNER if self._supplier(actor) == facts.supplier else self._signed(facts, call)

    def _minor(self, number: int, money: Money) -> int:
        """Minor units of a tender's currency. Raises AmountCurrencyOther, MoneyDecimals, MoneyInvalid where no contract takes it."""
        known, _ = tender_in(self._facts, number)
        if money.currency != known.currency:
            raise AmountCurrencyOther(known.currency, money.currency)
        minor = money.to_minor(known.exponent)
        if not 0 <= minor < 2**128:
            raise MoneyInvalid(str(money)[:80])
        return minor

    @staticmethod
    def _prepared(
        call: Call, agreement: int, summary: str, signed: Signed | None = None, document: bytes | None = None
    ) -> Prepared:  # fmt: skip
        documents = () if document is None else (document.hex(),)
        return Prepared(
            call,
            f"agreements/{agreement}",
            summary,
            act=None if signed is None else signed.act,
            documents=documents,
        )


_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What Unicode counts as printable and shows nothing: joiners, fillers, the blank of Braille, variants of what stands before."""


def reference_of(text: str) -> bytes:
    """What stands for a payment's reference: sha256 of the bank's text, or the sha256 itself in hex; zero where there is none.

    One transfer has one, whoever copies it from where: the text is taken in capitals (NFKC), without characters that nobody sees,
    and with one blank where there are several.
    """
    seen = (
        each
        for each in unicodedata.normalize("NFKC", text)
        if each.isspace() or (each.isprintable() and not _UNSEEN.match(each))
    )
    # Capitals and the loss of signs leave letters that have another form again.
    bare = unicodedata.normalize("NFKC", " ".join("".join(seen).split()).upper())
    if re.fullmatch(r"(0X)?[0-9A-F]{64}", bare):
        return digest_of(bare.lower())
    return hashlib.sha256(bare.encode()).digest() if bare else ZERO32


def _known(word: str, words: Mapping[str, T]) -> T:
    if word not in words:
        raise ReasonUnknown(word[:80], ", ".join(words))
    return words[word]
