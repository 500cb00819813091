"""Who is calling, as a type: a route that forgets to ask does not get a caller.

    Anyone            no token needed
      AccountCaller   a live token with the scope of the route; acts with one address of the account

A token says who it is and which doors are open, never what the account may do on the chain: role, mandate and suspension are read
from the index by the rules of each act, after its Idempotency-Key was looked up, so that a repeated request gets its stored answer
even when the role is gone meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security.utils import get_authorization_scheme_param

from api.deps import Service, TheService
from chain.errors.base import LicitaError
from chain.errors.service import ActorNotYours, ScopeMissing, TokenMalformed, TokenMissing
from chain.recorder.accounts import Account

__all__ = ["AccountCaller", "Anyone", "Author", "Commenter", "Reader", "Uploader", "Writer"]


@dataclass(frozen=True)
class Anyone:
    """A reader: nobody in particular."""


@dataclass(frozen=True)
class AccountCaller(Anyone):
    """A live token's account; ``actor`` is the checksum address that acts."""

    account: Account
    actor: str


Actor = Annotated[
    str | None,
    Header(
        alias="Licita-Actor",
        max_length=42,
        description="Which of your addresses acts; the first if left out.",
    ),
]


async def _known(request: Request, service: Service) -> Account | None:
    """The account of the request's token, None without one. Raises the Token errors."""
    given = request.headers.get("authorization")
    if given is None:
        return None
    scheme, token = get_authorization_scheme_param(given)
    if scheme.lower() != "bearer":
        raise TokenMalformed()
    try:
        return await asyncio.to_thread(service.accounts.of_token, token, int(time.time()))
    except LicitaError:
        # Guessing tokens is reading by nobody in particular.
        await request.app.state.limits.take("anonymous-reads", _address(request))
        raise


def _address(request: Request) -> str:
    return request.client.host if request.client else "local"


async def _reader(request: Request, service: TheService) -> Anyone:
    account = await _known(request, service)
    if account is None:
        await request.app.state.limits.take("anonymous-reads", _address(request))
        return Anyone()
    await request.app.state.limits.take("token-reads", account.id)
    return AccountCaller(account, account.addresses[0])


async def _author(request: Request, service: TheService) -> AccountCaller:
    caller = await _reader(request, service)
    if not isinstance(caller, AccountCaller):
        raise TokenMissing()
    if "read" not in caller.account.scopes:
        raise ScopeMissing("read")
    return caller


async def _write(request: Request, service: Service, kind: str) -> Account:
    account = await _known(request, service)
    if account is None:
        await request.app.state.limits.take("anonymous-reads", _address(request))
        raise TokenMissing()
    await request.app.state.limits.take(kind, account.id)
    if "write" not in account.scopes:
        raise ScopeMissing("write")
    return account


async def _writer(request: Request, service: TheService, actor: Actor = None) -> AccountCaller:
    account = await _write(request, service, "token-writes")
    if actor is None:
        return AccountCaller(account, account.addresses[0])
    mine = next((address for address in account.addresses if address.lower() == actor.lower()), None)
    if mine is None:
        raise ActorNotYours(actor)
    return AccountCaller(account, mine)


async def _commenter(request: Request, service: TheService, actor: Actor = None) -> Anyone:
    if request.headers.get("authorization") is not None:
        return await _writer(request, service, actor)
    await request.app.state.limits.take("anonymous-comments", _address(request))
    return Anyone()


async def _uploader(request: Request, service: TheService) -> AccountCaller:
    account = await _write(request, service, "document-writes")
    return AccountCaller(account, account.addresses[0])


Reader = Annotated[Anyone, Depends(_reader)]
"""Anyone, within the limit of reads."""
Author = Annotated[AccountCaller, Depends(_author)]
"""An account that reads what is its own."""
Writer = Annotated[AccountCaller, Depends(_writer)]
"""An account that acts, whatever its roles."""
Commenter = Annotated[Anyone, Depends(_commenter)]
"""An account that acts, or somebody without one, within the limit of comments."""
Uploader = Annotated[AccountCaller, Depends(_uploader)]
"""An account that uploads."""
