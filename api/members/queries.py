"""Members as the API shows them."""

from __future__ import annotations

from typing import Any

from api.deps import Service
from api.members.schemas import BuyerBody, MemberBody, MemberRowBody, PersonBody
from api.pages import ListOf, listed, time_text
from api.standing import standing_body
from chain.errors.service import MemberNotFound
from chain.recorder.index.views import MemberRow
from chain.rules.facts import MemberFacts
from chain.rules.registry import member_status
from chain.types import ZERO32, Kind, Role, Sector

__all__ = ["buyer", "member", "page"]

_NOBODY = "0x" + ZERO32.hex()


def member(service: Service, identifier: str) -> MemberBody:
    """A member with its people. Raises MemberNotFound."""
    row = service.index.member(identifier)
    if row is None:
        raise MemberNotFound(identifier)
    people = [
        PersonBody(
            address=person.address,
            roles=_words(Role(person.roles)),
            mandate_end=time_text(person.mandate_end),
            suspended_until=time_text(person.suspended_until) if person.suspended_until else None,
        )
        for person in service.index.people(row.id)
    ]
    return MemberBody(
        **_short(service, row), superior=None if row.superior == _NOBODY else row.superior,
        suspended_until=time_text(row.suspended_until) if row.suspended_until else None, recoveries=row.recoveries,
        seat=row.has_seat, block=row.block, people=people,
    )  # fmt: skip


def buyer(service: Service, identifier: str) -> BuyerBody:
    """A member as a buyer. Raises MemberNotFound."""
    with service.index.at_once():
        row = service.index.member(identifier)
        if row is None:
            raise MemberNotFound(identifier)
        found = service.index.agreeing.counters(service.index.now(), buyer=row.id)
        return BuyerBody(**_short(service, row), standing=standing_body(found))


def page(service: Service, after: str | None, limit: int) -> ListOf[MemberRowBody]:
    """Members by id."""
    found = service.index.members(after, limit)
    return listed(service, [MemberRowBody(**_short(service, row)) for row in found.items], found.next)


def _short(service: Service, row: MemberRow) -> dict[str, Any]:
    return {
        "id": row.id, "org_id": row.org_id, "name": row.name, "sector": Sector(row.sector).name,
        "status": _status(service, row), "kinds": _words(Kind(row.kinds)),
    }  # fmt: skip


def _status(service: Service, row: MemberRow) -> str:
    facts = MemberFacts(kinds=row.kinds, suspended_until=row.suspended_until, exists=True, left=row.left)
    return member_status(facts, service.index.now()).name


def _words(bits: Kind | Role) -> list[str]:
    return [bit.name for bit in bits if bit.name]
