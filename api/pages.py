"""The form of a list, the state of the chain it was read at, and answers that a cache may keep."""

from __future__ import annotations

from typing import Generic, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.deps import Service
from chain.types import sum_moment

__all__ = ["HeadBody", "ListOf", "Shown", "head_of", "listed", "time_text", "unchanged"]

T = TypeVar("T")


class Shown(BaseModel):
    """A resource: names in camelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class HeadBody(Shown):
    """The last indexed block; all of it is in what was read."""

    block: int
    hash: str
    time: str = Field(examples=["2026-03-01T12:00:00Z"])


class ListOf(Shown, Generic[T]):
    """A page. ``next`` goes into ``after``; null on the last page of a list, never null in a feed."""

    items: list[T]
    next: str | None
    head: HeadBody | None
    genesis: str = Field(description="Hash of block 0: which chain this is.")


def time_text(seconds: int) -> str:
    """Unix seconds as ISO 8601 in UTC; also of a time and what was added to it."""
    return sum_moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(service: Service, items: list[T], following: str | None) -> ListOf[T]:
    """A page of items, with the head it was read at."""
    genesis = service.network.descriptor.genesis_hash
    return ListOf(items=items, next=following, head=head_of(service), genesis=genesis)


def head_of(service: Service) -> HeadBody | None:
    """The last indexed block, None before the first."""
    head = service.index.head()
    return HeadBody(block=head.block, hash=head.hash, time=time_text(head.time)) if head else None


def unchanged(request: Request, response: Response, tag: str) -> Response | None:
    """Sets the ETag; a 304 where the reader has this state already."""
    quoted = f'"{tag}"'
    response.headers["ETag"] = quoted
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers={"ETag": quoted}) if quoted in known or "*" in known else None
