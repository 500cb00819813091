"""Acts of committees, and of those who open bids; rules and refusals are those of ``chain.procurement.opening_acts``."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from api.auth import AccountCaller
from api.deps import Service
from api.openings.schemas import (
    BoxesIn,
    CommitmentIn,
    ComplaintAnswerIn,
    DealerComplaintIn,
    DealingIn,
    JoinIn,
    KeysetIn,
    PageIn,
    RevealIn,
    SeatProofIn,
    SharesIn,
)
from api.writes import Act, Done, perform
from chain.errors.service import CeremonyNotFound
from chain.procurement.acts import Prepared
from chain.procurement.opening_acts import OpeningActs
from chain.sealing.tdh2 import Know, Share
from chain.types import from_hex

__all__ = [
    "answer_complaint", "answer_roll", "call_roll", "commit", "complain", "confirm", "deal", "join", "open_page", "register", "reveal",
    "send_boxes", "share",
]  # fmt: skip


async def share(service: Service, caller: AccountCaller, act: Act, number: int, body: SharesIn) -> Done:
    """Posts the shares of a seat, once they are due and a block period is over. Raises PackedShareInvalid, TenderBoardNotFound, the
    refusals of OpeningCommittee's postShares."""

    def build() -> Prepared:
        shares = [Share.unpack(from_hex(each)) for each in body.shares]
        return service.opening_acts.shares(caller.actor, number, body.envelope, body.page, body.seat, shares)

    return await perform(service, caller, act, body.model_dump(), build)


async def open_page(
    service: Service, caller: AccountCaller, act: Act, number: int, page: int, body: PageIn
) -> Done:
    """Opens a page with the shares that were posted. Raises TenderBoardNotFound, the refusals of OpeningCommittee's openPage."""
    return await _act(service, caller, act, body, lambda acts: acts.open_page(number, body.envelope, page))


async def reveal(service: Service, caller: AccountCaller, act: Act, number: int, body: RevealIn) -> Done:
    """Opens one bid with its bidder's number. Raises TenderBoardNotFound, the refusals of OpeningCommittee's selfReveal."""
    return await _act(
        service, caller, act, body, lambda acts: acts.reveal(number, body.envelope, body.index, _number(body.r))
    )  # fmt: skip


async def join(service: Service, caller: AccountCaller, act: Act, id: str, body: JoinIn) -> Done:
    """Gives a seat's box key. Raises CeremonyNotFound, the refusals of OpeningCommittee's joinCeremony."""
    return await _step(
        service, caller, act, id, body,
        lambda acts, id: acts.join(caller.actor, id, body.seat, from_hex(body.box_key)),
    )  # fmt: skip


async def commit(service: Service, caller: AccountCaller, act: Act, id: str, body: CommitmentIn) -> Done:
    """Commits to a dealing. Raises CeremonyNotFound, the refusals of OpeningCommittee's commitDealing."""
    return await _step(
        service, caller, act, id, body,
        lambda acts, id: acts.commit(caller.actor, id, body.dealer, from_hex(body.commitment)),
    )  # fmt: skip


async def deal(service: Service, caller: AccountCaller, act: Act, id: str, body: DealingIn) -> Done:
    """Publishes a dealing. Raises CeremonyNotFound, the refusals of OpeningCommittee's publishDealing."""
    return await _step(
        service, caller, act, id, body,
        lambda acts, id: acts.publish(caller.actor, id, body.dealer, from_hex(body.message)),
    )  # fmt: skip


async def send_boxes(service: Service, caller: AccountCaller, act: Act, id: str, body: BoxesIn) -> Done:
    """Sends the dealt values. Raises CeremonyNotFound, the refusals of OpeningCommittee's sendDealing."""
    return await _step(
        service, caller, act, id, body,
        lambda acts, id: acts.send(caller.actor, id, body.dealer, from_hex(body.boxes)),
    )  # fmt: skip


async def complain(
    service: Service, caller: AccountCaller, act: Act, id: str, body: DealerComplaintIn
) -> Done:
    """Ends a ceremony. Raises CeremonyNotFound, the refusals of OpeningCommittee's complain."""
    return await _step(
        service, caller, act, id, body, lambda acts, id: acts.complain(caller.actor, id, body.seat, body.dealer)
    )  # fmt: skip


async def answer_complaint(
    service: Service, caller: AccountCaller, act: Act, id: str, body: ComplaintAnswerIn
) -> Done:
    """Shows the value that a complaint is about. Raises CeremonyNotFound, the refusals of OpeningCommittee's answerComplaint."""
    return await _step(
        service, caller, act, id, body,
        lambda acts, id: acts.answer_complaint(caller.actor, id, body.dealer, body.seat, _number(body.value)),
    )  # fmt: skip


async def register(service: Service, caller: AccountCaller, act: Act, body: KeysetIn) -> Done:
    """Registers what a ceremony gave. Raises CeremonyNotFound, the refusals of OpeningCommittee's registerKeyset."""
    return await _step(service, caller, act, body.ceremony, body, lambda acts, id: acts.register(id))


async def confirm(service: Service, caller: AccountCaller, act: Act, id: str, body: SeatProofIn) -> Done:
    """Confirms a keyset for a seat. Raises the refusals of OpeningCommittee's confirmKeyset."""
    return await _act(
        service, caller, act, body, lambda acts: acts.confirm(caller.actor, from_hex(id), body.seat, _proof(body))
    )  # fmt: skip


async def call_roll(service: Service, caller: AccountCaller, act: Act, id: str) -> Done:
    """Calls the roll. Raises the refusals of OpeningCommittee's callRoll."""
    return await _act(service, caller, act, None, lambda acts: acts.call_roll(from_hex(id)))


async def answer_roll(service: Service, caller: AccountCaller, act: Act, id: str, body: SeatProofIn) -> Done:
    """Answers the last roll. Raises the refusals of OpeningCommittee's answerRoll."""
    return await _act(
        service, caller, act, body,
        lambda acts: acts.answer_roll(caller.actor, from_hex(id), body.seat, _proof(body)),
    )  # fmt: skip


async def _act(
    service: Service,
    caller: AccountCaller,
    act: Act,
    body: BaseModel | None,
    build: Callable[[OpeningActs], Prepared],
) -> Done:
    said = {} if body is None else body.model_dump()
    return await perform(service, caller, act, said, lambda: build(service.opening_acts))


async def _step(
    service: Service,
    caller: AccountCaller,
    act: Act,
    id: str,
    body: BaseModel,
    build: Callable[[OpeningActs, bytes], Prepared],
) -> Done:
    """An act on a ceremony that there is."""

    def of_ceremony(acts: OpeningActs) -> Prepared:
        if service.index.sealing.ceremony(id.lower()) is None:
            raise CeremonyNotFound(id)
        return build(acts, from_hex(id))

    return await _act(service, caller, act, body, of_ceremony)


def _number(word: str) -> int:
    return int(word, 16)


def _proof(body: SeatProofIn) -> Know:
    return Know(_number(body.c), _number(body.z))
