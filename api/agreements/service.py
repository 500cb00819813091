"""Acts on agreements; rules and refusals are those of ``chain.procurement.agreement_acts``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel

from api.agreements.queries import row_of
from api.agreements.schemas import (
    AgreementIn,
    ChangeIn,
    EvidenceIn,
    PaymentIn,
    RatingIn,
    ReasonIn,
    SignatureIn,
    TerminationIn,
)
from api.auth import AccountCaller
from api.deps import Service
from api.writes import Act, Done, perform
from chain.errors.service import (
    AgreementChangeEnded,
    AgreementChangeNotFound,
    AgreementPaymentNotFound,
    HeaderMalformed,
    PreconditionFailed,
)
from chain.money import Money
from chain.procurement.acts import Prepared
from chain.procurement.agreement_acts import AgreementActs
from chain.recorder.index.agreement_views import ChangeRow, PaymentRow
from chain.types import ZERO32, from_hex

__all__ = [
    "accept", "complete", "deliver", "draft", "drop_change", "pass_over", "propose_change", "rate", "record_payment", "refuse",
    "reverse_payment", "sign", "sign_change", "terminate",
]  # fmt: skip


async def draft(service: Service, caller: AccountCaller, act: Act, body: AgreementIn) -> Done:
    """Drafts an agreement. Raises DocumentNotFound, AmountCurrencyOther, the refusals of Money and of AgreementBook's draft."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.draft(
            caller.actor, body.tender, body.lot, body.document, [each.terms for each in body.milestones],
            starts=datetime.fromisoformat(body.starts_at), ends=datetime.fromisoformat(body.ends_at), value=_money(body.value),
            payer=_id(body.payer) or ZERO32, replaces=body.replaces,
        ),
    )  # fmt: skip


async def sign(service: Service, caller: AccountCaller, act: Act, number: int, body: SignatureIn) -> Done:
    """Signs a draft. Raises the refusals of AgreementBook's sign."""
    return await _act(service, caller, act, body, lambda acts: acts.sign(caller.actor, number, body.document))


async def pass_over(service: Service, caller: AccountCaller, act: Act, tender: int, lot: int) -> Done:
    """Puts out the candidate that did not sign. Raises the refusals of AgreementBook's passOver."""
    return await _act(service, caller, act, None, lambda acts: acts.pass_over(tender, lot))


async def propose_change(
    service: Service, caller: AccountCaller, act: Act, number: int, body: ChangeIn
) -> Done:
    """Proposes a change of the version that If-Match names. Raises PreconditionRequired, PreconditionFailed, DocumentNotFound,
    AmountCurrencyOther, the refusals of Money and of AgreementBook's proposeChange."""
    version = _version(act)

    def build(acts: AgreementActs) -> Prepared:
        present = row_of(service, number).facts.version
        if present != version:
            raise PreconditionFailed(str(present), str(version))
        return acts.propose_change(
            caller.actor, number, body.reason, body.document, value=_money(body.value), extension=body.extension, version=version
        )  # fmt: skip

    return await _act(service, caller, act, body, build)


async def sign_change(
    service: Service, caller: AccountCaller, act: Act, number: int, change: int, body: SignatureIn
) -> Done:
    """Signs a change that waits. Raises AgreementChangeNotFound, AgreementChangeEnded, the refusals of AgreementBook's signChange."""

    def build(acts: AgreementActs) -> Prepared:
        _waiting(service, number, change)
        return acts.sign_change(caller.actor, number, body.document)

    return await _act(service, caller, act, body, build)


async def drop_change(service: Service, caller: AccountCaller, act: Act, number: int, change: int) -> Done:
    """Takes back, or turns down, a change that waits. Raises as ``sign_change``, of AgreementBook's dropChange."""

    def build(acts: AgreementActs) -> Prepared:
        row = _waiting(service, number, change)
        return acts.drop_change(caller.actor, number, row.document_hash)

    return await _act(service, caller, act, None, build)


async def deliver(
    service: Service, caller: AccountCaller, act: Act, number: int, milestone: int, body: EvidenceIn
) -> Done:
    """Says that a delivery was made. Raises the refusals of AgreementBook's deliver."""
    return await _act(
        service, caller, act, body, lambda acts: acts.deliver(caller.actor, number, milestone, body.document)
    )


async def accept(
    service: Service, caller: AccountCaller, act: Act, number: int, milestone: int, body: ReasonIn
) -> Done:
    """Accepts a delivery. Raises DocumentNotFound and the refusals of AgreementBook's accept."""
    return await _act(
        service, caller, act, body, lambda acts: acts.accept(caller.actor, number, milestone, body.document)
    )


async def refuse(
    service: Service, caller: AccountCaller, act: Act, number: int, milestone: int, body: ReasonIn
) -> Done:
    """Refuses a delivery. Raises DocumentNotFound and the refusals of AgreementBook's refuse."""
    return await _act(
        service, caller, act, body, lambda acts: acts.refuse(caller.actor, number, milestone, body.document)
    )


async def record_payment(
    service: Service, caller: AccountCaller, act: Act, number: int, body: PaymentIn
) -> Done:
    """Records a payment. Raises AmountCurrencyOther, the refusals of Money and of AgreementBook's recordPayment."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.record_payment(
            caller.actor, number, body.milestone, Money.parse(body.amount), body.reference, datetime.fromisoformat(body.paid_at),
            payer=_id(body.payer), payee=_id(body.payee),
        ),
    )  # fmt: skip


async def reverse_payment(
    service: Service, caller: AccountCaller, act: Act, number: int, payment: int, body: ReasonIn
) -> Done:
    """Reverses a payment. Raises AgreementPaymentNotFound, DocumentNotFound and the refusals of AgreementBook's reversePayment."""

    def build(acts: AgreementActs) -> Prepared:
        row = _payment(service, number, payment)
        return acts.reverse_payment(caller.actor, number, row.ref, body.document, payer=from_hex(row.payer))

    return await _act(service, caller, act, body, build)


async def complete(service: Service, caller: AccountCaller, act: Act, number: int, body: ReasonIn) -> Done:
    """Ends an agreement of which all was accepted. Raises DocumentNotFound and the refusals of AgreementBook's complete."""
    return await _act(
        service, caller, act, body, lambda acts: acts.complete(caller.actor, number, body.document)
    )


async def terminate(
    service: Service, caller: AccountCaller, act: Act, number: int, body: TerminationIn
) -> Done:
    """Ends an agreement before that. Raises DocumentNotFound and the refusals of AgreementBook's terminate."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.terminate(caller.actor, number, body.cause, body.document),
    )  # fmt: skip


async def rate(service: Service, caller: AccountCaller, act: Act, number: int, body: RatingIn) -> Done:
    """Rates works. Raises the refusals of AgreementBook's rate."""
    return await _act(service, caller, act, body, lambda acts: acts.rate(caller.actor, number, body.rating))


def _waiting(service: Service, number: int, change: int) -> ChangeRow:
    """A change that waits. Raises AgreementBookNotFound, AgreementChangeNotFound, AgreementChangeEnded: what waits now may say
    something else in the same document."""
    row_of(service, number)
    (row,) = service.index.agreeing.changes(number, change - 1, 1) or (None,)
    if row is None:
        raise AgreementChangeNotFound(number, change)
    if row.ended_at:
        raise AgreementChangeEnded(number, change)
    return row


def _payment(service: Service, number: int, payment: int) -> PaymentRow:
    """Raises AgreementBookNotFound, AgreementPaymentNotFound."""
    row_of(service, number)
    (row,) = service.index.agreeing.payments(number, payment - 1, 1) or (None,)
    if row is None:
        raise AgreementPaymentNotFound(number, payment)
    return row


def _version(act: Act) -> int:
    given = act.required_match("version of the agreement")
    if not given.isdecimal() or len(given) > 9:
        raise HeaderMalformed("If-Match", 'a version in double quotes, e.g. "3"')
    return int(given)


def _money(text: str | None) -> Money | None:
    return None if text is None else Money.parse(text)


def _id(text: str | None) -> bytes | None:
    return None if text is None else from_hex(text)


async def _act(
    service: Service,
    caller: AccountCaller,
    act: Act,
    body: BaseModel | None,
    build: Callable[[AgreementActs], Prepared],
) -> Done:
    said = {} if body is None else body.model_dump()
    return await perform(service, caller, act, said, lambda: build(service.agreement_acts))
