"""Acts of bidders; rules and refusals are those of ``chain.procurement.bid_acts``."""

from __future__ import annotations

from api.auth import AccountCaller
from api.bids.schemas import BidIn
from api.deps import Service
from api.writes import Act, Done, perform
from chain.errors.contracts import BidBoxUnknown
from chain.errors.service import PreconditionFailed
from chain.procurement.acts import Prepared
from chain.types import from_hex, to_hex

__all__ = ["confirm", "submit", "withdraw"]


async def submit(service: Service, caller: AccountCaller, act: Act, number: int, body: BidIn) -> Done:
    """Sends a sealed bid, or a new version of it. Raises the refusals of BidBox's submit."""

    def build() -> Prepared:
        declarations = bytes.fromhex(body.declarations.removeprefix("0x"))
        return service.bid_acts.submit(
            caller.actor, number, from_hex(body.terms_hash), declarations, body.sealed
        )

    return await perform(service, caller, act, body.model_dump(), build)


async def confirm(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Binds the bid to the terms that If-Match names. Raises PreconditionRequired, PreconditionFailed, the refusals of BidBox's
    confirm."""
    wanted = act.required_match("termsHash of the tender")

    def build() -> Prepared:
        row = service.index.tender(number)
        if row is None:
            raise BidBoxUnknown(number)
        present = to_hex(row.facts.terms_hash)
        if wanted.lower() != present:
            raise PreconditionFailed(present, wanted)
        return service.bid_acts.confirm(caller.actor, number, row.facts.terms_hash)

    return await perform(service, caller, act, {}, build)


async def withdraw(service: Service, caller: AccountCaller, act: Act, number: int) -> Done:
    """Takes the bid back. Raises the refusals of BidBox's withdraw."""
    return await perform(service, caller, act, {}, lambda: service.bid_acts.withdraw(caller.actor, number))
