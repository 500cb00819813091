"""Proposals as the API shows them."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import Request

from api.deps import Service
from api.pages import ListOf, listed, time_text
from api.proposals.schemas import CallBody, ProposalBody, ProposalRowBody, TallyBody, VoteBody, WhyBody
from chain.council.indexed import state_of
from chain.council.phrases import Outgoing, describe
from chain.council.words import needs
from chain.errors import LicitaError
from chain.errors.contracts import CouncilAlreadyRecorded, CouncilNotFound
from chain.recorder import Index
from chain.recorder.index.council_views import ProposalRow, VoteRow
from chain.rules.council import Seats, lacking
from chain.types import ZERO32, Sector, Vote, from_hex, to_hex

__all__ = ["first_record", "page", "proposal", "why"]


def proposal(service: Service, number: int) -> tuple[ProposalBody, str]:
    """A proposal and its ETag, which is equal on every node. Raises CouncilNotFound."""
    row = _row(service, number)
    facts, desk = row.facts, service.desk
    body = ProposalBody(
        **_short(service, row).model_dump(by_alias=True), summary=_text(row, "summary"), text=_text(row, "text"),
        calls=[
            CallBody(words=describe(Outgoing(call.target, call.data), desk), target=call.target, data=to_hex(call.data))
            for call in row.calls
        ],
        proposer=row.proposer, org_id=desk.member_name(facts.member),
        votes=[_vote(vote, desk.member_name(from_hex(vote.member))) for vote in service.index.council.votes(number)],
        tally=TallyBody(
            in_favour=_by_sector(facts.in_favour), against=facts.against, abstained=facts.abstained,
            seats=_by_sector(service.index.council.seats(facts.vote_start)),
        ),
        needs=needs(facts), report_needed=facts.report_needed, report=row.report[2:] if _is_reported(row) else None,
        confirms=row.confirms or None, confirmed_at=_time(row.confirmed_at), executed_at=_time(row.executed_at),
        cancelled_at=_time(row.cancelled_at), content_ok=row.content_ok, block=row.block, transaction=row.transaction,
    )  # fmt: skip
    return body, hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:32]


def page(
    service: Service, after: str | None, limit: int, state: str | None, member: str | None
) -> ListOf[ProposalRowBody]:
    """Proposals, newest first. A state is derived, so a page that asks for one looks at ``limit`` rows and may show fewer.

    ``member``: 0x id. Raises CursorInvalid.
    """
    found = service.index.council.proposals(after, limit, member)
    rows = [_short(service, row) for row in found.items]
    return listed(service, [row for row in rows if state in (None, row.state)], found.next)


def why(service: Service, number: int) -> WhyBody:
    """What a proposal waits for at head time. Raises CouncilNotFound."""
    row = _row(service, number)
    seats = service.index.council.seats(row.facts.vote_start)
    missing = lacking(row.facts, seats, _is_reported(row), service.index.now())
    return WhyBody(number=number, state=state_of(service.index, row).word, lacking=missing)


def first_record(request: Request, error: LicitaError) -> dict[str, Any]:
    """The proposal that has this content already, as a member of the problem."""
    if not isinstance(error, CouncilAlreadyRecorded):
        return {}
    index: Index = request.app.state.service.index
    row = index.council.proposal(error.id)
    if row is None:
        return {}
    return {"first": {"resource": f"/v1/proposals/{error.id}", "transaction": row.transaction}}


def _row(service: Service, number: int) -> ProposalRow:
    row = service.index.council.proposal(number)
    if row is None:
        raise CouncilNotFound(number)
    return row


def _short(service: Service, row: ProposalRow) -> ProposalRowBody:
    facts = row.facts
    return ProposalRowBody.model_validate({
        "number": row.number, "state": state_of(service.index, row).word, "class": facts.decision.name, "title": _text(row, "title"),
        "member": row.member, "proposedAt": time_text(row.proposed_at), "voteStart": time_text(facts.vote_start),
        "voteEnd": time_text(facts.vote_end), "eta": _time(facts.eta), "comments": row.comments,
    })  # fmt: skip


def _vote(row: VoteRow, org_id: str) -> VoteBody:
    return VoteBody(
        member=row.member, org_id=org_id, voter=row.voter, vote=Vote(row.support).word, reason=row.reason, at=time_text(row.at),
        transaction=row.transaction,
    )  # fmt: skip


def _text(row: ProposalRow, name: str) -> str:
    """A part of the description; a delegate may have sent it past the API, so it may be anything."""
    value = row.text.get(name)
    return value if isinstance(value, str) else ""


def _by_sector(seats: Seats) -> dict[str, int]:
    return {sector.name: seats[sector] for sector in Sector}


def _is_reported(row: ProposalRow) -> bool:
    return from_hex(row.report) != ZERO32


def _time(seconds: int) -> str | None:
    return time_text(seconds) if seconds else None
