"""Acts on the people of one's own organisation; rules and refusals are those of ``chain.council.acts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.auth import AccountCaller
from api.deps import Service
from api.members.schemas import PersonIn, RotationIn
from api.writes import Act, Done, perform
from chain.council.acts import CouncilActs
from chain.errors.service import MemberNotFound
from chain.procurement.acts import Prepared

__all__ = ["add", "remove", "resign", "rotate"]


async def add(service: Service, caller: AccountCaller, act: Act, member: str, body: PersonIn) -> Done:
    """Adds an account. Raises MemberNotFound and the refusals of MemberRegistry's addPerson."""
    return await _perform(
        service, caller, act, member, body.model_dump(),
        lambda acts: acts.add_person(caller.actor, member, body.address, body.bits, body.ends_at),
    )  # fmt: skip


async def remove(service: Service, caller: AccountCaller, act: Act, member: str, address: str) -> Done:
    """Removes an account. Raises MemberNotFound and the refusals of MemberRegistry's removePerson."""
    return await _perform(
        service, caller, act, member, {}, lambda acts: acts.remove_person(caller.actor, member, address)
    )


async def rotate(service: Service, caller: AccountCaller, act: Act, member: str, body: RotationIn) -> Done:
    """Moves what an account is to another. Raises MemberNotFound and the refusals of MemberRegistry's rotatePerson."""
    return await _perform(
        service, caller, act, member, body.model_dump(),
        lambda acts: acts.rotate_person(caller.actor, member, body.account, body.successor),
    )  # fmt: skip


async def resign(service: Service, caller: AccountCaller, act: Act, member: str) -> Done:
    """Ends the membership. Raises MemberNotFound and the refusals of MemberRegistry's resign."""
    return await _perform(service, caller, act, member, {}, lambda acts: acts.resign(caller.actor, member))


async def _perform(
    service: Service, caller: AccountCaller, act: Act, member: str, body: Mapping[str, Any],
    build: Callable[[CouncilActs], Prepared],
) -> Done:  # fmt: skip
    def built() -> Prepared:
        if service.index.member(member) is None:
            raise MemberNotFound(member)
        return build(service.council_acts)

    return await perform(service, caller, act, body, built)
