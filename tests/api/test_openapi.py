"""The description of the API: committed, complete, and the refusals in it are those of the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.agreement_commands import agreement_change, agreement_terminate
from api.app import create_app, openapi_text
from api.errors import all_errors, component
from api.settings import Settings
from chain.rules.bids import BidFacts, status_word
from chain.types import BidStatus, CancellationReason, ChangeReason, TerminationCause

pytestmark = pytest.mark.unit

_SEALED = tuple(f"/v1/tenders/{{id}}/{part}" for part in ("bids", "shares", "pages", "self-reveal"))
_AWARDS = tuple(f"/v1/tenders/{{id}}/{part}" for part in ("lots", "extension", "bids/{index}/"))
_PANELS = tuple(
    f"/v1/tenders/{{id}}/{part}"
    for part in ("scores", "reveals", "votes", "technical", "evaluators", "prices")
)

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def document() -> Any:
    return create_app(Settings()).openapi()


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, operation


def named(operation: Any) -> set[str]:
    """Names of the errors that a route lists."""
    found: set[str] = set()
    for answer in operation["responses"].values():
        content = answer.get("content", {}).get("application/problem+json")
        if content is not None:
            found |= set(content["schema"]["allOf"][1]["properties"]["error"]["enum"])
    return found


def test_openapi__committed_file__is_current() -> None:
    assert COMMITTED.read_text("utf-8") == openapi_text(create_app(Settings())), (
        "run `python -m api.app > docs/openapi.json`"
    )


def test_openapi__each_route__has_an_id_a_sentence_and_its_refusals(document: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for path, verb, operation in operations(document):
        assert operation["description"].endswith("."), path
        assert named(operation) >= {"InternalFault"}, (verb, path)
        assert named(operation) <= set(all_errors()), (verb, path)


def test_openapi__each_json_body__has_a_schema_and_an_example(document: Any) -> None:
    for path, verb, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if verb == "post" and path != "/v1/documents":
            name = content["schema"]["$ref"].rsplit("/", 1)[1]
            schema = document["components"]["schemas"][name]
            assert content["example"] or content["example"] == {} == schema["properties"], path


def test_openapi__each_write__needs_a_token_and_an_idempotency_key(document: Any) -> None:
    for path, verb, operation in operations(document):
        if verb == "post" and path != "/v1/documents":
            # Citizens comment without an account.
            free = [{}] if path == "/v1/proposals/{id}/comments" else []
            assert operation["security"] == [*free, {"token": []}], path
            required = {each["name"] for each in operation["parameters"] if each.get("required")}
            assert "Idempotency-Key" in required, path
            assert ("If-Match" in required) == ("428" in operation["responses"]), path
            statuses = {"400", "401", "403", "404", "408", "409", "413", "415", "422", "429", "503"}
            assert statuses <= set(operation["responses"]), path


@pytest.mark.parametrize(
    ("contract", "prefix"),
    [
        ("TenderBoard", "/v1/tenders"), ("SupplierRegistry", "/v1/suppliers"), ("MemberRegistry", "/v1/members"),
        ("ValidatorRegistry", "/v1/validators"), ("ApplicationRegistry", "/v1/applications"), ("BidBox", "/v1/tenders/{id}/bids"),
        ("OpeningCommittee", "/v1/tenders/{id}/shares"), ("OpeningCommittee", "/v1/tenders/{id}/pages"),
        ("OpeningCommittee", "/v1/tenders/{id}/self-reveal"), ("OpeningCommittee", "/v1/keysets"),
        ("OpeningCommittee", "/v1/ceremonies"), ("AwardDesk", "/v1/tenders/{id}/lots"), ("AwardDesk", "/v1/tenders/{id}/extension"),
        ("AwardDesk", "/v1/tenders/{id}/bids/{index}/"), ("ComplaintDesk", "/v1/complaints"),
        ("AgreementBook", "/v1/agreements"), ("AgreementBook", "/v1/tenders/{id}/lots/{n}/pass-over"),
        ("ComplaintDesk", "/v1/tenders/{id}/suspension"), ("ComplaintDesk", "/v1/tenders/{id}/resumption"),
        *(("EvaluationDesk", prefix) for prefix in _PANELS),
    ],
)  # fmt: skip
def test_openapi__each_error_of_a_contract__stands_in_its_writes(
    document: Any, contract: str, prefix: str
) -> None:
    wanted = {cls.__name__ for cls in component(contract)}
    assert wanted
    for path, verb, operation in operations(document):
        # Bids, openings and awards are below a tender, awards of a bid below a bid, and are acts on other contracts.
        below = {
            "TenderBoard": (*_SEALED, *_AWARDS, *_PANELS), "BidBox": _AWARDS, "AwardDesk": ("/v1/tenders/{id}/lots/{n}/pass-over",)
        }.get(contract, ())  # fmt: skip
        others = path.startswith(below)
        if verb == "post" and path.startswith(prefix) and not others:
            assert wanted <= named(operation), path


def test_openapi__status_of_a_bid__is_one_that_there_is(document: Any) -> None:
    status = document["components"]["schemas"]["BidRowBody"]["properties"]["status"]
    words = {status_word(BidFacts(status=each), 0) for each in BidStatus if each is not BidStatus.NONE}
    assert set(status["enum"]) == words | {status_word(BidFacts(status=BidStatus.SEALED), 1)}


def test_openapi__no_route__takes_an_amount_or_a_document_of_a_bid(document: Any) -> None:
    assert set(document["components"]["schemas"]["BidIn"]["properties"]) == {
        "termsHash",
        "declarations",
        "envelopes",
    }


def test_openapi__codes_of_a_body__are_those_of_the_contract(document: Any) -> None:
    reason = document["components"]["schemas"]["CancellationIn"]["properties"]["reason"]
    assert reason["enum"] == [code.word for code in CancellationReason]
    for body, field, codes in (
        ("ChangeIn", "reason", ChangeReason),
        ("TerminationIn", "cause", TerminationCause),
    ):
        words = document["components"]["schemas"][body]["properties"][field]["enum"]
        assert words == [code.word for code in codes if code]


def test_commands__codes_of_agreements__are_those_of_the_contract() -> None:
    for command, option, codes in (
        (agreement_change, "reason", ChangeReason),
        (agreement_terminate, "cause", TerminationCause),
    ):
        (choice,) = (each.type for each in command.params if each.name == option)
        assert list(choice.choices) == [code.word for code in codes if code]
