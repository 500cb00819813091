"""The approval of an act: exactly the call that was proposed, sent by another account of the buyer."""

from __future__ import annotations

from api.acts.queries import kept_for
from api.auth import AccountCaller
from api.deps import Service
from api.writes import Act, Done, perform
from chain.procurement.acts import Prepared, require_held
from chain.rules.four_eyes import check_take
from chain.types import from_hex, to_hex

__all__ = ["approve"]


async def approve(service: Service, caller: AccountCaller, act: Act, name: str) -> Done:
    """Sends the call of an act. Raises ActNotFound, DocumentNotFound, the refusals of FourEyes and those of the call itself."""

    def build() -> Prepared:
        facts = service.facts
        known = facts.caller(caller.actor)
        member = known.person.member
        kept = kept_for(service, frozenset({to_hex(member)}), name)
        check_take(known, member, facts.proposed(member, from_hex(name)), facts.clock())
        for each in kept.documents:
            require_held(service.held, bytes.fromhex(each))
        return Prepared(service.calls.call(kept), kept.subject, kept.summary)

    return await perform(service, caller, act, {}, build)
