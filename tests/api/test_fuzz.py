"""Whatever is sent to a route is answered as its description says, and never with a 5xx."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from api.app import create_app
from api.settings import Settings
from tests.api.world import World

pytestmark = pytest.mark.network

DOCUMENT = create_app(Settings()).openapi()
ROUTES = [
    (verb.upper(), path, mode)
    for path, verbs in DOCUMENT["paths"].items()
    for verb, operation in verbs.items()
    for mode in GenerationMode
    # Nothing can be wrong with a request that has no parts.
    if mode is GenerationMode.POSITIVE or operation.get("parameters") or operation.get("requestBody")
]
EXAMPLES = 6
"""Requests a route and mode: the whole stays below a minute on two cores."""

CALLERS = {
    "/v1/proposals/{id}/comments": "", "/v1/applications": "acme", "/v1/suppliers": "registrar", "/v1/citizens": "registrar",
    "/v1/agreements/{id}/milestones/{m}/delivery": "acme", "/v1/agreements/{id}/ratings": "witness",
    "/v1/suppliers/{id}/debarment": "reviewer", "/v1/suppliers/{id}/debarment/lifting": "reviewer",
}  # fmt: skip
"""Path -> person, "" for nobody in particular."""

KINDS = {
    "/v1/proposals": "council1", "/v1/tenders/{id}/bids": "acme", "/v1/tenders/{id}/self-reveal": "acme", "/v1/keysets": "opener1",
    "/v1/tenders/{id}/shares": "opener1", "/v1/ceremonies": "opener1",
}  # fmt: skip
"""Beginning of a path -> person, for those that are not the buyer's."""

load_all_checks()
CHOSEN = CHECKS.get_by_names(
    [
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
        "response_schema_conformance",
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def described(world: World) -> Any:
    """The API as its own description says."""
    return schemathesis.openapi.from_dict(world.anyone.get("/v1/openapi.json").json)


@pytest.mark.parametrize(
    ("method", "path", "mode"), ROUTES, ids=[f"{mode.value} {method} {path}" for method, path, mode in ROUTES]
)
def test_route__anything_sent__is_answered_as_described(
    world: World, described: Any, method: str, path: str, mode: GenerationMode
) -> None:
    operation = described[path][method]
    # Each route is asked by somebody whom it lets in.
    kind = next((person for start, person in KINDS.items() if path.startswith(start)), "buyer")
    name = CALLERS.get(path, kind)
    headers = {"Authorization": f"Bearer {world.network.records[name].token}"} if name else {}

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        case.call_and_validate(world.url, headers=headers, checks=CHOSEN)

    answered()
