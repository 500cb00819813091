"""One class a custom error: names, arguments and their order equal the ABI, and each says what to do next."""

from __future__ import annotations

import dataclasses
import re
import typing
from typing import Any

import pytest

from chain.artifacts import artifacts
from chain.errors import base, contracts
from chain.transactions import decode_revert, fact_type
from chain.transactions.codec import abi, selector_of, signature_type

pytestmark = pytest.mark.unit

# Refusals by cause; what is not here is a conflict or wrong input by its list.
FORBIDDEN = {
    "RoleMissing",
    "SeatMissing",
    "Inactive",
    "Debarred",
    "BidderRefused",
    "CallerRefused",
    "NotMember",
    "Ineligible",
    "RoleConflict",
    "NoStanding",
    "ActSameSigner",
}
ABSENT = {
    "NotFound", "PersonNotFound", "LotNotFound", "QuestionNotFound", "KeysetNotFound", "Unknown", "MilestoneNotFound", "PaymentNotFound",
}  # fmt: skip
CONFLICT = {
    "AlreadyRecorded", "VersionWrong", "Unchanged", "Retired", "OwnersStale", "Exists", "AccountTaken", "Closed", "StatusWrong",
    "TermsStale", "EnquiriesClosed", "QuestionAnswered", "QuestionsFull", "LastAdmin", "LastSeat", "PersonSuspended", "ProposalsFull",
    "OnlyOnce", "ReportMissing", "Delayed", "CommentsFull", "Reported", "Unproved", "Proved", "RemovalRunning",
    "ConfirmationKept", "AlreadyConfirmed", "Full", "Locked", "NotLive", "NotSealed", "PointReused", "ReleaseRefused", "Stopped",
    "EntryNotSealed", "FallbackTooEarly", "KeysetExists", "KeysetIncomplete", "KeysetNotAllowed", "PageDone", "PhaseNotReached",
    "RollTooEarly", "RoundAnswered", "ShareExists", "SharesMissing", "StepRefused", "TooEarly", "TooLate", "NotesFull", "AskerHidden",
    "AskerKnown", "NotOpened", "NotTallied", "NotRanked", "RankIncomplete", "LotStatusWrong", "NotCandidate", "StillEligible",
    "ExplanationMissing", "WindowOpen", "WindowClosed", "NotLow", "CuringNotAllowed", "CancelBarred",
    "PausesFull", "Duplicate", "RemedyNotDue", "Open", "ActNotProposed", "ActAlreadyProposed", "ActExpired", "VotesShort",
    "VoteMissing", "ScoresShort", "ScoreNotDue", "NoPanel", "PanelSufficient", "AlreadySigned", "NotFinal", "OfferedLate", "SignedTwice",
    "ChangePending", "ChangeTooSoon", "MilestoneStatusWrong", "NotAccepted", "ReferenceUsed", "PaymentReversed", "RatingClosed",
    "RatedTwice", "",
}  # fmt: skip
PREFIX = re.compile(
    r"MemberRegistry|ProcedureBook|SupplierRegistry|TenderBoard|BidBox|OpeningCommittee|CouncilTimelock|Council|Consultation"
    r"|ValidatorRegistry|NetworkPermissions|ApplicationRegistry|AwardDesk|ComplaintDesk|FourEyes|EvaluationDesk|AgreementBook"
    r"|FailedCall"
)


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def field_of(argument: str) -> str:
    """``status`` is the HTTP status of every error, so the field has another name; the fact keeps its own."""
    return snake(argument)


def abi_errors() -> dict[str, dict[str, Any]]:
    """Custom errors of our interfaces and contracts; those of the library and of mocks have other prefixes."""
    return {
        entry["name"]: entry
        for artifact in artifacts().values()
        for entry in artifact.abi
        if entry["type"] == "error" and PREFIX.match(entry["name"])
    }


def status_of(name: str) -> type[base.LicitaError]:
    cause = PREFIX.sub("", name)
    for status, causes in ((base.Forbidden, FORBIDDEN), (base.Absent, ABSENT), (base.Conflict, CONFLICT)):
        if cause in causes:
            return status
    return base.Invalid


def test_errors__compared_with_the_abi__same_names() -> None:
    assert set(contracts.__all__) == set(abi_errors())


def test_all__listed__sorted() -> None:
    assert contracts.__all__ == sorted(contracts.__all__)


@pytest.mark.parametrize("name", contracts.__all__)
def test_error__compared_with_the_abi__same_arguments_in_order(name: str) -> None:
    entry = abi_errors()[name]
    hints = typing.get_type_hints(getattr(contracts, name))
    fields = [(field.name, hints[field.name]) for field in dataclasses.fields(getattr(contracts, name))]
    assert fields == [(field_of(each["name"]), fact_type(name, each)) for each in entry["inputs"]]


@pytest.mark.parametrize("name", contracts.__all__)
def test_error__by_cause__has_the_status_of_the_specification(name: str) -> None:
    assert issubclass(getattr(contracts, name), status_of(name))


@pytest.mark.parametrize("name", contracts.__all__)
def test_error__read_by_a_person__says_what_is_the_case_and_what_to_do(name: str) -> None:
    cls = getattr(contracts, name)
    assert cls.meaning().endswith(".")
    assert cls.advice.endswith(".")
    assert not cls.meaning().startswith(f"{name}(")


@pytest.mark.parametrize("name", contracts.__all__)
def test_error__encoded_and_decoded__comes_back_by_name(name: str) -> None:
    entry = abi_errors()[name]
    sample = {"uint256": 3, "uint16": 3, "uint8": 2, "bytes32": b"\x01".rjust(32, b"\0"), "bytes16": b"simple".ljust(16, b"\0"),
              "address": "0x" + "11" * 20}  # fmt: skip
    values = [
        b"OFFICER".ljust(32, b"\0")
        if each["name"] in ("role", "field", "term", "step")
        else sample[each["type"]]
        for each in entry["inputs"]
    ]
    data = selector_of(entry) + abi.encode([signature_type(each) for each in entry["inputs"]], values)
    error = decode_revert(data)
    assert type(error) is getattr(contracts, name)
    assert error.http_status == getattr(contracts, name).http_status in (403, 404, 409, 422)
    assert list(error.facts) == [snake(each["name"]) for each in entry["inputs"]]
