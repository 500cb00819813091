"""Every refusal as a problem (RFC 9457): one handler, one name, and the list of refusals of each route for the OpenAPI."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

import chain.errors as names
from chain.errors import LicitaError, base
from chain.errors.client import Refused
from chain.errors.ocds import ImportRefused, ReleaseRefused
from chain.errors.recorder import RecorderStopped, StorageBusy, StorageFailed
from chain.errors.service import (
    InternalFault,
    MethodNotAllowed,
    RateLimited,
    RequestInvalid,
    RouteUnknown,
    TokenExpired,
    TokenMalformed,
    TokenOtherNetwork,
    TokenUnknown,
)

__all__ = [
    "COMMON", "PROBLEM_JSON", "STORAGE", "TOKEN", "FieldFault", "Problem", "all_errors", "component", "facts_of", "install",
    "invalid", "pointer", "problem_of", "read_responses", "refusals",
]  # fmt: skip

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 2
"""Retry-After of a 503: two block periods of the embedded network."""

_log = structlog.get_logger("licita.api")


class FieldFault(BaseModel):
    """One fault of a body: where (RFC 6901), which rule, what to do."""

    pointer: str
    error: str
    detail: str


class FirstRecord(BaseModel):
    """What a repeated act made the first time."""

    resource: str = Field(examples=["/v1/tenders/7"])
    transaction: str


class Problem(BaseModel):
    """A refusal: `error` is the same name in Solidity, Python, HTTP and the manual."""

    type: str = Field(examples=["http://127.0.0.1:8000/v1/errors/TenderBoardClosed"])
    title: str = Field(examples=["The deadline has passed."])
    status: int = Field(examples=[409])
    detail: str = Field(
        examples=["The deadline has passed. Read the tender: its deadline may have been moved."]
    )
    instance: str = Field(examples=["/v1/tenders/7/amendments"])
    error: str = Field(examples=["TenderBoardClosed"])
    facts: dict[str, Any] = Field(examples=[{"id": 7, "closed_at": "2026-03-01T12:00:00Z"}])
    errors: list[FieldFault] = Field(default_factory=list)
    first: FirstRecord | None = Field(
        None, description="With `AlreadyRecorded` errors: what the first request made."
    )


def all_errors() -> dict[str, type[LicitaError]]:
    """Name -> class of every refusal that can be raised, sorted.

    Kinds of refusals are none themselves, and neither is what a client makes of a service's answer.
    """
    others = (ImportRefused, ReleaseRefused, Refused, *vars(base).values())
    found = {
        name: cls
        for name, cls in vars(names).items()
        if isinstance(cls, type) and issubclass(cls, LicitaError)
    }
    return {name: cls for name, cls in sorted(found.items()) if cls not in others}


def facts_of(cls: type[LicitaError]) -> list[tuple[str, str]]:
    """(name, type) of the facts of a refusal, in the order of the Solidity arguments."""
    fields: dict[str, dataclasses.Field[Any]] = getattr(cls, "__dataclass_fields__", {})
    return [
        (field.name, str(field.type))
        for field in fields.values()
        if not str(field.type).startswith("ClassVar")
    ]


def component(name: str, *besides: type[LicitaError]) -> tuple[type[LicitaError], ...]:
    """All refusals of a contract, by the prefix of their names, and others that its calls let through."""
    return (*(cls for key, cls in all_errors().items() if key.startswith(name)), *besides)


def problem_of(error: LicitaError, instance: str, public_url: str) -> dict[str, Any]:
    """The body of the answer to a refusal."""
    return {
        "type": f"{public_url}/v1/errors/{error.error}",
        "title": type(error).meaning(),
        "status": error.http_status,
        "detail": error.detail,
        "instance": instance,
        "error": error.error,
        "facts": error.facts,
        "errors": [_fault(fault) for fault in getattr(error, "errors", ())],
    }


def _fault(fault: Any) -> dict[str, str]:
    if isinstance(fault, LicitaError):
        return {"pointer": str(getattr(fault, "pointer", "")), "error": fault.error, "detail": fault.detail}
    return dict(fault)


Explain = Callable[[Request, LicitaError], dict[str, Any]]


@dataclass(frozen=True)
class _Answerer:
    public_url: str
    explain: Explain

    def refuse(self, request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, LicitaError)
        if error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
            _log.warning("unavailable", error=error.error, facts=error.facts)
        elif error.http_status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return self.unexpected(request, error)
        return self._answer(request, error)

    def _answer(self, request: Request, error: LicitaError) -> JSONResponse:
        headers = dict(_headers(error))
        return JSONResponse(
            problem_of(error, request.url.path, self.public_url) | self.explain(request, error),
            error.http_status,
            headers=headers,
            media_type=PROBLEM_JSON,
        )

    def invalid(self, request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return self.refuse(request, invalid(error.errors()))

    def http(self, request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return self.refuse(request, MethodNotAllowed(request.method, ", ".join(_methods(request))))
        if error.status_code == HTTPStatus.NOT_FOUND:
            return self.refuse(request, RouteUnknown(request.url.path))
        return self.unexpected(request, error)

    def gone(self, request: Request, error: Exception) -> Response:
        """The caller left, or was cut off for being slow: nobody reads this."""
        return Response(status_code=HTTPStatus.REQUEST_TIMEOUT)

    def unexpected(self, request: Request, error: Exception) -> JSONResponse:
        _log.error("fault", path=request.url.path, exc_info=error)
        return self._answer(request, InternalFault(correlation_id.get() or ""))


def install(app: FastAPI, public_url: str, explain: Explain) -> None:
    """Puts the handlers of refusals into ``app``; ``explain`` gives members of a problem that only the index knows."""
    answerer = _Answerer(public_url, explain)
    app.add_exception_handler(LicitaError, answerer.refuse)
    app.add_exception_handler(RequestValidationError, answerer.invalid)
    app.add_exception_handler(HTTPException, answerer.http)
    app.add_exception_handler(ClientDisconnect, answerer.gone)
    app.add_exception_handler(Exception, answerer.unexpected)


def _methods(request: Request) -> list[str]:
    """All methods of a path; the framework names only those of the first route that has it."""

    def taken(method: str) -> bool:
        asked = {"type": "http", "method": method, "path": request.url.path, "root_path": "", "headers": []}
        return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)

    return [method for method in ("GET", "POST") if taken(method)]


def _headers(error: LicitaError) -> Iterable[tuple[str, str]]:
    if isinstance(error, MethodNotAllowed):
        yield "Allow", error.allowed
    elif isinstance(error, RateLimited):
        yield "Retry-After", str(error.retry_after)
    elif error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        yield "Retry-After", str(RETRY_SECONDS)
    elif error.http_status == HTTPStatus.UNAUTHORIZED:
        yield "WWW-Authenticate", 'Bearer realm="licita"'


def pointer(location: Iterable[str | int]) -> str:
    """A path of keys and indexes as RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def invalid(faults: ValidationError | Iterable[Mapping[str, Any]]) -> RequestInvalid:
    """Faults as pydantic lists them -> RequestInvalid; the rejected values themselves are not repeated."""
    listed = (
        faults.errors(include_url=False, include_context=False, include_input=False)
        if isinstance(faults, ValidationError)
        else faults
    )
    rows = tuple(
        {
            "pointer": pointer(part for part in fault["loc"] if part != "body"),
            "error": _CODES.get(fault["type"], fault["type"]),
            "detail": fault["msg"],
        }
        for fault in listed
    )
    return RequestInvalid(len(rows), rows)


_CODES = {"extra_forbidden": "FieldUnknown", "missing": "FieldMissing"}


def refusals(
    *classes: type[LicitaError], reverted: Iterable[type[LicitaError]] = ()
) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route: for each status the names that may stand in `error`.

    ``reverted``: refusals of a contract that may also be found in a block only; that answer is a 409, whatever their own status is.
    """
    by_status: dict[int, set[type[LicitaError]]] = {}
    for cls in classes:
        by_status.setdefault(cls.http_status, set()).add(cls)
    by_status.setdefault(HTTPStatus.CONFLICT, set()).update(reverted)
    listed = (
        (status, sorted(found, key=lambda cls: cls.__name__)) for status, found in sorted(by_status.items())
    )
    return {int(status): _answer(status, found) for status, found in listed if found}


def _answer(status: int, classes: list[type[LicitaError]]) -> dict[str, Any]:
    return {
        "description": f"{HTTPStatus(status).phrase}: " + ", ".join(cls.__name__ for cls in classes),
        "content": {
            PROBLEM_JSON: {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Problem"},
                        {"properties": {"error": {"enum": [cls.__name__ for cls in classes]}}},
                    ]
                }
            }
        },
    }


COMMON = (RateLimited, InternalFault)
"""What any request may meet."""
TOKEN = (TokenExpired, TokenMalformed, TokenOtherNetwork, TokenUnknown)
"""What may be wrong with a token."""
STORAGE = (RecorderStopped, StorageBusy, StorageFailed)
"""Why the database may not answer."""


def read_responses(*classes: type[LicitaError]) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a read: what it may be refused for, and what any read may."""
    return refusals(*classes, *COMMON, *TOKEN, *STORAGE, RequestInvalid)
