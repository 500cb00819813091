"""Acts on lots and bids after the opening; rules and refusals are those of ``chain.procurement.award_acts``."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from api.auth import AccountCaller
from api.awards.schemas import AwardIn, DisqualificationIn, DropIn, PaperIn, RequestIn, SecurityIn
from api.deps import Service
from api.writes import Act, Done, perform
from chain.procurement.acts import Prepared
from chain.procurement.award_acts import AwardActs

__all__ = [
    "ask_curing", "ask_explanation", "award", "cure", "disqualify", "drop", "explain", "extend", "rank", "record_security", "tally",
]  # fmt: skip


async def tally(service: Service, caller: AccountCaller, act: Act, number: int, lot: int) -> Done:
    """Counts the next page of bids. Raises the refusals of AwardDesk's tally."""
    return await _act(service, caller, act, None, lambda acts: acts.tally(number, lot))


async def rank(service: Service, caller: AccountCaller, act: Act, number: int, lot: int) -> Done:
    """Goes on with the ranking. Raises the refusals of AwardDesk's rank."""
    return await _act(service, caller, act, None, lambda acts: acts.rank(number, lot))


async def award(
    service: Service, caller: AccountCaller, act: Act, number: int, lot: int, body: AwardIn
) -> Done:
    """Awards a lot. Raises BidNotFound, DocumentNotFound and the refusals of AwardDesk's award."""
    return await _act(
        service, caller, act, body, lambda acts: acts.award(caller.actor, number, lot, body.bid, body.document)
    )  # fmt: skip


async def disqualify(
    service: Service, caller: AccountCaller, act: Act, number: int, lot: int, body: DisqualificationIn
) -> Done:
    """Puts the candidate out. Raises DocumentNotFound and the refusals of AwardDesk's disqualify."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.disqualify(caller.actor, number, lot, body.bid, body.reason, body.document),
    )  # fmt: skip


async def drop(
    service: Service, caller: AccountCaller, act: Act, number: int, lot: int, body: DropIn
) -> Done:
    """Puts out the candidate that may not be awarded now. Raises BidNotFound and the refusals of AwardDesk's dropIneligible."""
    return await _act(service, caller, act, body, lambda acts: acts.drop(number, lot, body.bid))


async def ask_explanation(
    service: Service, caller: AccountCaller, act: Act, number: int, lot: int, body: RequestIn
) -> Done:
    """Asks the candidate to explain its price. Raises DocumentNotFound and the refusals of AwardDesk's askExplanation."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.ask_explanation(caller.actor, number, lot, body.bid, body.document),
    )  # fmt: skip


async def explain(
    service: Service, caller: AccountCaller, act: Act, number: int, lot: int, body: RequestIn
) -> Done:
    """Explains a price. Raises the refusals of AwardDesk's explain."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.explain(caller.actor, number, lot, body.bid, body.document),
    )  # fmt: skip


async def ask_curing(
    service: Service, caller: AccountCaller, act: Act, number: int, bid: int, body: PaperIn
) -> Done:
    """Asks a bidder to cure a defect. Raises DocumentNotFound and the refusals of AwardDesk's askCuring."""
    return await _act(
        service, caller, act, body, lambda acts: acts.ask_curing(caller.actor, number, bid, body.document)
    )  # fmt: skip


async def cure(
    service: Service, caller: AccountCaller, act: Act, number: int, bid: int, body: PaperIn
) -> Done:
    """Cures a defect. Raises the refusals of AwardDesk's cure."""
    return await _act(
        service, caller, act, body, lambda acts: acts.cure(caller.actor, number, bid, body.document)
    )  # fmt: skip


async def extend(service: Service, caller: AccountCaller, act: Act, number: int, body: PaperIn) -> Done:
    """Doubles the time for decisions. Raises DocumentNotFound and the refusals of AwardDesk's extendDecision."""
    return await _act(
        service, caller, act, body, lambda acts: acts.extend(caller.actor, number, body.document)
    )  # fmt: skip


async def record_security(
    service: Service, caller: AccountCaller, act: Act, number: int, bid: int, body: SecurityIn
) -> Done:
    """Records what became of a security. Raises the refusals of AwardDesk's recordSecurity."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.record_security(caller.actor, number, bid, body.status, body.reference),
    )  # fmt: skip


async def _act(
    service: Service,
    caller: AccountCaller,
    act: Act,
    body: BaseModel | None,
    build: Callable[[AwardActs], Prepared],
) -> Done:
    said = {} if body is None else body.model_dump()
    return await perform(service, caller, act, said, lambda: build(service.award_acts))
