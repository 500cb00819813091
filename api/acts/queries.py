"""Acts as the people of their buyer see them; to everybody else they are not there."""

from __future__ import annotations

from api.acts.schemas import ActBody
from api.auth import AccountCaller
from api.deps import Service
from api.pages import ListOf, listed, time_text
from chain.errors import LicitaError
from chain.errors.service import ActNotFound
from chain.recorder.calls import KeptCall
from chain.recorder.index.cursor import number_in
from chain.rules.four_eyes import Proposal, check_take
from chain.types import Role, from_hex, to_hex

__all__ = ["act", "acts", "kept_for"]

_ANY = int(~Role(0))


def acts(service: Service, caller: AccountCaller, after: str | None, limit: int) -> ListOf[ActBody]:
    """Acts of the caller's organisation, newest first. Raises CursorInvalid."""
    before = None if after is None else number_in(after)
    with service.index.at_once():
        found = service.calls.listed(_members(service, caller), before, limit + 1)
        items = [_body(service, caller, kept) for kept in found[:limit]]
    return listed(service, items, str(found[limit - 1].seq) if len(found) > limit else None)


def act(service: Service, caller: AccountCaller, name: str) -> ActBody:
    """One act of the caller's organisation. Raises ActNotFound."""
    with service.index.at_once():
        kept = kept_for(service, _members(service, caller), name)
        return _body(service, caller, kept, whole=True)


def kept_for(service: Service, members: frozenset[str], name: str) -> KeptCall:
    """The call of an act (0x hash) of one of these members. Raises ActNotFound."""
    for member in members:
        kept: KeptCall | None = service.calls.find(member, name)
        if kept is not None:
            return kept
    raise ActNotFound(name)


def _members(service: Service, caller: AccountCaller) -> frozenset[str]:
    """Members that one of the caller's addresses is a person of, with a role that counts now."""
    facts = service.facts
    known = (facts.caller(address) for address in caller.account.addresses)
    return frozenset(
        to_hex(each.person.member) for each in known if each.runs(each.person.member, _ANY, facts.now())
    )


def _body(service: Service, caller: AccountCaller, kept: KeptCall, *, whole: bool = False) -> ActBody:
    facts, member, clock = service.facts, from_hex(kept.member), service.facts.clock()
    row, proposal = (
        service.index.signing.act(kept.member, kept.act),
        facts.proposed(member, from_hex(kept.act)),
    )
    end = None if row is None else clock.end_of(row.until)
    refusal: LicitaError | None = None
    try:
        check_take(facts.caller(caller.actor), member, proposal, clock)
    except LicitaError as error:
        refusal = error
    done = row is not None and bool(row.approver)
    call, arguments = service.calls.shown(kept) if whole else (None, None)
    return ActBody(
        act=kept.act, state=_state(proposal, done=done, over=end is not None and clock.now >= end), summary=kept.summary,
        subject=kept.subject, contract=kept.contract, function=kept.function, call=call, arguments=arguments,
        documents=list(kept.documents), actor=kept.actor,
        proposer=row.proposer if row else None, proposed_at=time_text(row.proposed_at) if row else None,
        until=None if end is None else time_text(end), approver=row.approver if row and done else None,
        approved_at=time_text(row.approved_at) if row and done else None, transaction=row.approval if row and done else None,
        possible=refusal is None, error=refusal.error if refusal else None, detail=refusal.detail if refusal else None,
        facts=dict(refusal.facts) if refusal else {},
    )  # fmt: skip


def _state(proposal: Proposal, *, done: bool, over: bool) -> str:
    if done:
        return "approved"
    if not proposal.until:
        return "kept"
    if not proposal.stands:
        return "void"
    return "expired" if over else "proposed"
