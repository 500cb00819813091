"""Routes of names, codes and the page of the API; none of them needs a network."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.errors import COMMON, refusals
from api.reference import page, queries
from api.reference.schemas import CodelistsBody, ErrorBody, ErrorsBody
from chain.errors.service import ErrorNotFound, RequestInvalid

__all__ = ["router"]

router = APIRouter(tags=["reference"])


_ALL: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": queries.errors().model_dump(by_alias=True)}}}
}
"""The whole answer as its example: every refusal with its facts stands in the description of the API."""


@router.get("/v1/errors", operation_id="errors_list", responses={**_ALL, **refusals(*COMMON)})
def list_errors() -> ErrorsBody:
    """Every refusal by its one name, with its facts and what to do next."""
    return queries.errors()


@router.get(
    "/v1/errors/{name}",
    operation_id="errors_read",
    responses=refusals(*COMMON, ErrorNotFound, RequestInvalid),
)
def read_error(name: Annotated[str, Path(max_length=100)]) -> ErrorBody:
    """One refusal: `type` of a problem leads here."""
    return queries.error(name)


@router.get("/v1/codelists", operation_id="codelists_read", responses=refusals(*COMMON))
def read_codelists() -> CodelistsBody:
    """All codes: those of the contracts, and those of OCDS that are taken in."""
    return queries.codelists()


@router.get("/v1/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """The description of this API."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The same as a page; it loads nothing from elsewhere."""
    return HTMLResponse(
        page.page(request.app.openapi()), headers={"Content-Security-Policy": page.CONTENT_SECURITY}
    )


@router.get("/docs/style.css", include_in_schema=False)
def style() -> Response:
    """The style of the page."""
    return Response(page.STYLE, media_type="text/css")
