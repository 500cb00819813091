"""Was each act on an agreement lawful? Who spoke for which side, times, caps and amounts are computed again, and what an event says is what
the call said that its sender signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from chain.audit.act import Act, supplier_facts
from chain.audit.awards import candidate_of, supplier_at
from chain.audit.complaints import cancellation_of, is_independent
from chain.recorder.index.agreement_book import (
    agreement_facts,
    milestone_facts,
    milestones_in,
    payment_facts,
    pending_change,
    pending_end,
)
from chain.recorder.index.award_desk import lot_facts_from
from chain.recorder.index.rows import Row
from chain.recorder.schema import (
    idx_agreement,
    idx_change,
    idx_citizen,
    idx_lot,
    idx_member,
    idx_milestone,
    idx_payment,
    idx_rating,
    idx_supplier,
)
from chain.rules import Caller
from chain.rules.agreements import (
    BOTH,
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
    check_reverse_payment,
    check_sign,
    check_sign_change,
    check_terminate,
    pending_hash,
)
from chain.rules.registry import independent
from chain.types import (
    ZERO32,
    AgreementChange,
    AgreementFacts,
    AgreementTerms,
    LotFacts,
    MilestoneFacts,
    Payment,
    PaymentFacts,
    PendingChange,
    Side,
    TerminationCause,
    from_hex,
    to_hex,
)

__all__ = ["BY_REVIEW", "Agreements"]

BY_REVIEW = (TerminationCause.BUYER_DEFAULT, TerminationCause.ORDERED)
"""Causes for which the review body ends an agreement."""


@dataclass(frozen=True)
class _Known:
    """An agreement before the event that is about it."""

    ground: Ground
    facts: AgreementFacts
    row: Row

    @property
    def number(self) -> int:
        """Of the agreement, over all tenders."""
        return self.ground.number


class Agreements:
    """Judges the events of AgreementBook; keeps which payment a buyer recorded under which reference of its payer."""

    def __init__(self) -> None:
        self._drafts = 0
        self._payments: dict[tuple[bytes, bytes, bytes], tuple[int, int]] = {}
        self.checks: Mapping[str, Callable[[Act], None]] = {
            "AgreementDrafted": self._drafted,
            "AgreementSigned": _signed,
            "AwardPassedOver": _passed_over,
            "AgreementChangeProposed": _change_proposed,
            "AgreementChangeSigned": _change_signed,
            "AgreementChanged": _change_signed,
            "AgreementChangeDropped": _change_dropped,
            "MilestoneDelivered": _delivered,
            "MilestoneAccepted": partial(_judged, "accept"),
            "MilestoneRefused": partial(_judged, "refuse"),
            "PaymentRecorded": self._paid,
            "PaymentReversed": self._reversed,
            "AgreementCompleted": _completed,
            "AgreementEndProposed": _ended,
            "AgreementTerminated": _ended,
            "AgreementRated": _rated,
        }

    def _drafted(self, act: Act) -> None:
        args, lot = act.args, _signable(act)
        act.new(idx_agreement, int(args["agreement"]))
        if act.whole:
            act.must("agreement", str(self._drafts + 1))
        terms, call = AgreementTerms.from_args(args["terms"]), act.called("draft")
        last = _last(act, lot.lot)
        replaces = last if call is None else call.args[2]
        awarded = terms.supplier == _candidate(act, lot) != ZERO32
        known = act.rows.get(idx_member, to_hex(terms.payer)) is not None
        check_draft(
            act.caller(), lot, replaces, terms, last=last, before=_facts(act, last), awarded=awarded, payer_known=known,
            signing=act.signing,
        )  # fmt: skip
        _must_say(
            act,
            "draft",
            tenderId=from_hex(args["tenderId"]),
            lot=lot.lot,
            replaces=last,
            terms=terms.as_tuple(),
        )
        self._drafts += 1

    def _paid(self, act: Act) -> None:
        known, payment = _known(act), Payment.from_args(act.args["payment"])
        of = _milestone(act, known.number, payment.milestone)
        required = _milestone(act, known.number, of.requires) if of.requires else None
        reference = (known.facts.buyer, payment.payer, payment.ref)
        check_record_payment(
            act.caller(), known.ground, payment, of=of, required=required, known=self._payment(act, reference), signing=act.signing
        )  # fmt: skip
        act.must("number", known.facts.payments + 1)
        _must_say(act, "recordPayment", agreement=known.number, payment=payment.as_tuple())
        self._payments[reference] = known.number, act.args["number"]

    def _reversed(self, act: Act) -> None:
        """Payer and reference stand in the call alone: the event has the payment's number."""
        known, number = _known(act), act.args["number"]
        row = act.known(idx_payment, known.number, number)
        payer, ref, document = from_hex(row["payer"]), from_hex(row["ref"]), _document(act)
        call = act.called("reversePayment")
        if call is not None:
            _, payer, ref, _ = call.args
        payment = self._payment(act, (known.facts.buyer, payer, ref))
        check_reverse_payment(act.caller(), known.ground, ref, document, payment=payment, signing=act.signing)
        act.must("number", payment.number)
        _must_say(act, "reversePayment", agreement=known.number, payer=payer, ref=ref, documentHash=document)

    def _payment(self, act: Act, reference: tuple[bytes, bytes, bytes]) -> PaymentFacts:
        found = self._payments.get(reference)
        return payment_facts(None if found is None else act.rows.get(idx_payment, *found))


def _party(act: Act, known: _Known) -> Caller:
    """Somebody of the agreement's supplier, as it is now."""
    row = act.rows.get(idx_supplier, to_hex(known.facts.supplier))
    return replace(act.caller(), supplier=supplier_facts(row))


def _signed(act: Act) -> None:
    known, document = _known(act), _document(act)
    lot = _signable(act, known.facts.lot)
    check_sign(
        act.caller(), known.ground, lot, document, supplier=act.supplier(), party=_party(act, known), candidate=_candidate(act, lot),
        signing=act.signing,
    )  # fmt: skip
    act.must("side", int(_side(act, known)))
    _must_say(act, "sign", agreement=known.number, documentHash=document)


def _passed_over(act: Act) -> None:
    """By anybody."""
    lot = _signable(act)
    last = _last(act, lot.lot)
    check_pass_over(lot, _facts(act, last), _candidate(act, lot))
    act.must("agreement", str(last))
    candidate, _ = candidate_of(act, lot)
    act.must("index", candidate)
    act.must("supplier", act.known(idx_agreement, last)["supplier"])
    _must_say(act, "passOver", tenderId=from_hex(act.args["tenderId"]), lot=lot.lot)


def _change_proposed(act: Act) -> None:
    known, change = _known(act), AgreementChange.from_args(act.args["change"])
    call, version = act.called("proposeChange"), known.facts.version
    check_propose_change(
        act.caller(), known.ground, version if call is None else call.args[1], change, supplier=act.supplier(),
        procedure=act.tender()[1], pending=_pending(act, known), milestones=_milestones(act, known),
    )  # fmt: skip
    act.must("side", int(_side(act, known)))
    _must_say(
        act, "proposeChange", agreement=known.number, expectedVersion=version, change=change.as_tuple()
    )  # fmt: skip


def _change_signed(act: Act) -> None:
    """The change's hash stands in the call alone. With the second signature the change is in effect, and its event is another one."""
    known, call = _known(act), act.called("signChange")
    pending, side = _pending(act, known), _side(act, known)
    waits = pending_hash(pending)
    check_sign_change(
        act.caller(), known.ground, waits if call is None else call.args[1], supplier=act.supplier(), pending=pending,
        milestones=_milestones(act, known), signing=act.signing, party=_party(act, known),
    )  # fmt: skip
    act.must("side", int(side))
    _must_be(act, "AgreementChanged" if pending.signatures | side.bit == BOTH else "AgreementChangeSigned")
    if act.event.name == "AgreementChanged":
        act.must("version", known.facts.version + 1)
        act.must("value", str(pending.value))
    _must_say(act, "signChange", agreement=known.number, changeHash=waits)


def _change_dropped(act: Act) -> None:
    """Its hash stands in the call alone, and its document in the event."""
    known, call = _known(act), act.called("dropChange")
    pending = _pending(act, known)
    waits = pending_hash(pending)
    check_drop_change(
        act.caller(), known.ground, waits if call is None else call.args[1], supplier=act.supplier(), pending=pending,
        signing=act.signing, document=_document(act),
    )  # fmt: skip
    act.must("side", int(_side(act, known)))
    _must_say(act, "dropChange", agreement=known.number, changeHash=waits)


def _delivered(act: Act) -> None:
    known, milestone, document = _known(act), act.args["milestone"], _document(act)
    of = _milestone(act, known.number, milestone)
    check_deliver(act.caller(), known.ground, milestone, document, supplier=act.supplier(), of=of)
    _must_say(act, "deliver", agreement=known.number, milestone=milestone, documentHash=document)


def _judged(function: str, act: Act) -> None:
    """``function``: accept or refuse, of which the rules are the same."""
    known, milestone, document = _known(act), act.args["milestone"], _document(act)
    of = _milestone(act, known.number, milestone)
    check_accept(act.caller(), known.ground, milestone, document, of=of, signing=act.signing)
    _must_say(act, function, agreement=known.number, milestone=milestone, documentHash=document)


def _completed(act: Act) -> None:
    known, document = _known(act), _document(act)
    check_complete(
        act.caller(), known.ground, document, milestones=_milestones(act, known), signing=act.signing
    )
    _must_say(act, "complete", agreement=known.number, documentHash=document)


def _ended(act: Act) -> None:
    """By consent: one side proposes it, and with the other one's signature it is the end, of which the event is another one."""
    known, document = _known(act), _document(act)
    cause, pending = act.args.get("cause", int(TerminationCause.MUTUAL)), pending_end(known.row)
    check_terminate(
        act.caller(), known.ground, cause, document, supplier=act.supplier(), pending=pending,
        independent=is_independent(act, act.tender()[0]), signing=act.signing,
    )  # fmt: skip
    side = _side(act, known)
    proposes = cause == TerminationCause.MUTUAL and pending.side in (Side.NONE, side)
    _must_be(act, "AgreementEndProposed" if proposes else "AgreementTerminated")
    if proposes:
        act.must("side", int(side))
    _must_say(act, "terminate", agreement=known.number, cause=cause, documentHash=document)


def _rated(act: Act) -> None:
    """A witness rates for its organisation."""
    known, rating, caller = _known(act), act.args["rating"], act.caller()
    member, citizen = caller.person.member, act.rows.get(idx_citizen, act.sender) is not None
    rater = act.sender if citizen else to_hex(member)
    check_rate(
        caller, known.ground, rating, citizen=citizen, independent=independent(member, known.facts.buyer, act.superiors()),
        rated=act.rows.get(idx_rating, known.number, rater) is not None,
    )  # fmt: skip
    act.must("rater", act.sender)
    act.must("citizen", citizen)
    _must_say(act, "rate", agreement=known.number, rating=rating)


# What is known


def _known(act: Act) -> _Known:
    """The agreement, which is about the tender that the event names."""
    number = int(act.args["agreement"])
    row = act.known(idx_agreement, number)
    act.must("tenderId", f"0x{row['tender']:064x}")
    facts = agreement_facts(row)
    return _Known(Ground(number, facts, act.clock, act.tender()[0]), facts, row)


def _signable(act: Act, lot: int | None = None) -> Signable:
    """The lot that the event names, or this one."""
    facts, procedure = act.tender()
    number = act.args["lot"] if lot is None else lot
    row = act.rows.get(idx_lot, act.number, number)
    known = LotFacts() if row is None else lot_facts_from(row["facts"])
    return Signable(act.number, number, facts, procedure, known, cancellation_of(act, number), act.clock)


def _candidate(act: Act, lot: Signable) -> bytes:
    """Whose bid the lot is awarded to, 32 zero bytes for nobody's."""
    index, _ = candidate_of(act, lot)
    supplier = None if index is None else supplier_at(act, index)
    return ZERO32 if supplier is None else from_hex(supplier)


def _last(act: Act, lot: int) -> int:
    """The latest agreement about a lot, 0 = none."""
    row = act.rows.get(idx_lot, act.number, lot)
    return 0 if row is None else int(row["agreement"])


def _facts(act: Act, agreement: int) -> AgreementFacts | None:
    row = act.rows.get(idx_agreement, agreement)
    return None if row is None else agreement_facts(row)


def _side(act: Act, known: _Known) -> Side:
    """For which side the sender speaks, if it may."""
    return Side.SUPPLIER if act.supplier() == known.facts.supplier else Side.BUYER


def _milestone(act: Act, agreement: int, milestone: int) -> MilestoneFacts:
    row = act.rows.get(idx_milestone, agreement, milestone)
    return MilestoneFacts() if row is None else milestone_facts(row)


def _milestones(act: Act, known: _Known) -> list[MilestoneFacts]:
    return milestones_in(known.number, known.facts.milestones, act.rows)


def _pending(act: Act, known: _Known) -> PendingChange:
    return pending_change(act.rows.get(idx_change, known.number, known.row["changes"]))


def _document(act: Act) -> bytes:
    return from_hex(act.args["documentHash"])


# What an event has to be


def _must_be(act: Act, name: str) -> None:
    """Refuse the event of one signature in the place of that of both, and the other way round."""
    if act.event.name != name:
        raise act.place.refusal(f"event-{act.event.name}:signatures", name, act.event.name)


def _must_say(act: Act, function: str, **args: Any) -> None:
    """Refuse an event that says something else than the call; ``args``: those of the function by name, in order, after the event. Who
    acted through another contract has shown its call to ours alone."""
    call = act.called(function)
    if call is None:
        return
    for (name, told), signed in zip(args.items(), call.args, strict=True):
        if (difference := _difference(signed, told)) is not None:
            raise act.place.refusal(f"event-{act.event.name}:{name}", *difference)


def _difference(expected: Any, found: Any) -> tuple[Any, Any] | None:
    """The first values that differ in two arguments, structs and lists looked into; None where all are equal."""
    if not isinstance(expected, tuple | list):
        return None if expected == found else (expected, found)
    if len(expected) != len(found):
        return f"{len(expected)} of them", f"{len(found)} of them"
    parts = (_difference(one, other) for one, other in zip(expected, found, strict=True))
    return next((part for part in parts if part is not None), None)
