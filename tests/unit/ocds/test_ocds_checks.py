"""Each check of a release has an example that fails it, and only it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from chain.errors import ocds
from chain.errors.ocds import ReleaseRefused
from chain.ocds.checks import check_release

pytestmark = pytest.mark.unit

PREFIX = "ocds-213czf"
Release = dict[str, Any]


def anchor(block: int, event: str, log: int = 0) -> dict[str, Any]:
    """A place on the ledger."""
    return {"id": f"{block}-{log}", "chain": "eip155:1", "block": block, "event": event}


def first() -> Release:
    """The first release of a process."""
    return {
        "ocid": f"{PREFIX}-1", "id": "10", "date": "2027-01-15T08:00:00Z", "tag": ["tender"], "initiationType": "tender",
        "language": "es", "buyer": {"id": "MX-B", "name": "B"},
        "parties": [{"id": "MX-B", "name": "B", "roles": ["buyer", "procuringEntity"]}],
        "tender": {
            "id": "1", "status": "active", "title": "T", "value": {"amount": 10.5, "currency": "MXN"},
            "items": [{"id": "1", "quantity": 2.5, "relatedLot": "a"}], "lots": [{"id": "a", "status": "active"}],
        },
        "ledgerAnchors": [anchor(10, "TenderPublished")],
    }  # fmt: skip


def opened() -> Release:
    """A later release: bids are open, one lot is awarded."""
    return {
        "ocid": f"{PREFIX}-1", "id": "20", "date": "2027-01-16T08:00:00Z", "tag": ["tenderUpdate", "award"],
        "initiationType": "tender", "parties": [{"id": "MX-S", "name": "S", "roles": ["tenderer", "supplier"]}],
        "tender": {"id": "1", "numberOfTenderers": 1, "tenderers": [{"id": "MX-S", "name": "S"}]},
        "bids": {"details": [{"id": "0", "status": "valid", "tenderers": [{"id": "MX-S"}], "relatedLots": ["a"]}]},
        "awards": [{"id": "a-1", "status": "pending", "suppliers": [{"id": "MX-S", "name": "S"}], "relatedBid": "0"}],
        "ledgerAnchors": [anchor(15, "BidSealed"), anchor(20, "BidOpened"), anchor(20, "LotAwarded", 1)],
    }  # fmt: skip


def after(number: int, **content: Any) -> Release:
    """A release with nothing but this."""
    return {
        "ocid": f"{PREFIX}-1", "id": str(number), "date": f"2027-02-{number - 20:02}T08:00:00Z", "tag": ["tenderUpdate"],
        "initiationType": "tender", "tender": {"id": "1"}, "ledgerAnchors": [anchor(number, "NoteRecorded")], **content,
    }  # fmt: skip


def signed() -> Release:
    """A still later one: both sides signed, and the buyer paid."""
    party = {"id": "MX-S", "name": "S", "roles": ["payee", "supplier", "tenderer"]}
    paid = {
        "id": "1-1", "date": "2027-01-31T08:00:00Z", "value": {"amount": 5.5, "currency": "MXN"}, "payer": {"id": "MX-B", "name": "B"},
        "payee": {"id": "MX-S", "name": "S"},
    }  # fmt: skip
    contract = {
        "id": "1", "awardID": "a-1", "status": "active", "dateSigned": "2027-02-01T08:00:00Z", "value": {"amount": 10.5, "currency": "MXN"},
        "period": {"startDate": "2027-02-01T08:00:00Z"}, "documents": [{"id": "d", "documentType": "contractSigned", "title": "Signed"}],
        "implementation": {"milestones": [{"id": "1", "type": "delivery", "status": "scheduled"}], "transactions": [paid]},
    }  # fmt: skip
    return {
        **after(21), "tag": ["contract", "implementation"], "parties": [party], "contracts": [contract],
        "ledgerAnchors": [anchor(21, "AgreementSigned"), anchor(21, "PaymentRecorded", 1)],
    }  # fmt: skip


def put(path: str, value: Any) -> Callable[[Release], None]:
    """Sets a member of the release."""

    def change(release: Release) -> None:
        *parts, last = path.split(".")
        target: Any = release
        for part in parts:
            target = target[int(part)] if isinstance(target, list) else target[part]
        target[int(last) if isinstance(target, list) else last] = value

    return change


FIRST = [
    ("OcidForm", "/ocid", put("ocid", "ocds-zzzzzz-1")),
    ("OcidForm", "/ocid", put("ocid", f"{PREFIX}-01")),
    ("ReleaseIdForm", "/id", put("id", "10#1")),
    ("ReleaseSchemaInvalid", "/tender/status", put("tender.status", "done")),
    ("ReleaseSchemaInvalid", "/date", put("date", "15-01-2027")),
    ("ReleaseFieldUnknown", "/tender/colour", put("tender.colour", "red")),
    ("ReleaseFieldEmpty", "/tender/title", put("tender.title", "")),
    ("ReleaseFieldEmpty", "/tender/title", put("tender.title", None)),
    ("ReleaseFieldEmpty", "/tender/documents", put("tender.documents", [])),
    ("ReleaseFieldEmpty", "/tender/enquiryPeriod", put("tender.enquiryPeriod", {})),
    ("ReleaseIdRepeated", "/tender/items", put("tender.items", [{"id": "1"}, {"id": "1", "quantity": 1}])),
    ("ReleaseDateForm", "/date", put("date", "2027-01-15T02:00:00-06:00")),
    ("ReleaseDateForm", "/tender/tenderPeriod/endDate", put("tender.tenderPeriod", {"endDate": "2027-01-15T08:00:00.5Z"})),
    ("ReleaseTagWrong", "/tag", put("tag", ["tenderUpdate"])),
    ("ReleaseTagWrong", "/tag", put("tag", ["tender", "compiled"])),
    ("ReleaseTagWrong", "/tag", put("tag", ["tender", "award"])),
    ("ReleaseTagWrong", "/tag", put("tag", ["tenderUpdate", "tender"])),
    ("ReleaseTagWrong", "/tag", put("tag", ["tender", "tenderCancellation"])),
    ("ReleaseReferenceBroken", "/tender/items/0/relatedLot", put("tender.items.0.relatedLot", "z")),
    ("ReleaseReferenceBroken", "/buyer", put("buyer", {"id": "MX-Z"})),
    ("ReleaseReferenceBroken", "/tender/amendments/0/amendsReleaseID", put("tender.amendments", [{"id": "1", "amendsReleaseID": "9"}])),
    ("ReleaseMoneyForm", "/tender/value/amount", put("tender.value.amount", 10.0)),
    ("ReleaseMoneyForm", "/tender/value/amount", put("tender.value.amount", 10.5555)),
    ("ReleaseMoneyForm", "/tender/value/amount", put("tender.value.amount", -1)),
    ("ReleaseMoneyForm", "/tender/value/amount", put("tender.value.amount", 10**12)),
    ("ReleaseMoneyForm", "/tender/items/0/quantity", put("tender.items.0.quantity", 0.0005)),
    ("ReleaseAnchorMissing", "/ledgerAnchors", lambda release: release.pop("ledgerAnchors")),
    ("ReleaseAnchorMissing", "/ledgerAnchors/0/block", put("ledgerAnchors.0.block", 9)),
    ("ReleaseAnchorMissing", "/ledgerAnchors/0/block", put("ledgerAnchors", [anchor(11, "TenderPublished")])),
    ("ReleaseDisclosedEarly", "/tender/tenderers", put("tender.tenderers", [{"id": "MX-B"}])),
    ("ReleaseDisclosedEarly", "/tender/numberOfTenderers", put("tender.numberOfTenderers", 3)),
    ("ReleaseDisclosedEarly", "/parties/0/roles", put("parties.0.roles", ["buyer", "procuringEntity", "tenderer"])),
    ("ReleaseDisclosedEarly", "/awards", put("awards", [{"id": "a-1"}])),
    ("ReleaseDisclosedEarly", "/parties/0/roles", put("parties.0.roles", ["buyer", "payee", "procuringEntity"])),
    ("ReleaseReferenceBroken", "/contracts/0/awardID", put("contracts", [{"id": "1", "awardID": "a-1"}])),
    *(
        ("ReleaseDisclosedEarly", "/ledgerAnchors/0/event", put("ledgerAnchors.0.event", event))
        for event in ("BidSealed", "BidConfirmed", "BidWithdrawn")
    ),
    ("ReleaseDisclosedEarly", "/bids", put("bids", {"statistics": [{"id": "1", "measure": "bids", "value": 3}]})),
    ("ReleaseAnchorMissing", "/ledgerAnchors", put("ledgerAnchors.0.event", "BidOpened")),
    ("ReleaseDisclosedEarly", "/tender/enquiries/0/author", put("tender.enquiries", [{"id": "1", "author": {"id": "MX-B"}}])),
    ("ReleaseDisclosedEarly", "/complaints/0/complainant", put("complaints", [{"id": "1", "complainant": {"id": "MX-B"}}])),
    ("ReleasePersonalData", "/parties/0/contactPoint", put("parties.0.contactPoint", {"name": "Juan"})),
    ("ReleasePersonalData", "/parties/0/address", put("parties.0.address", {"region": "DF"})),
    ("ReleasePersonalData", "/tender/title", put("tender.title", "Juan, GOMJ800101AB1")),
]  # fmt: skip
LATER = [
    ("ReleaseDateOrder", "/date", put("date", "2027-01-16T08:00:00Z")),
    ("ReleaseTagWrong", "/tag", put("tag", ["tender"])),
    ("ReleaseRoleLost", "/parties/0/roles", put("parties", [{"id": "MX-S", "roles": ["tenderer"]}])),
    ("ReleaseAnchorRepeated", "/ledgerAnchors/0", put("ledgerAnchors", [anchor(20, "LotAwarded", 1)])),
    ("ReleaseReferenceBroken", "/awards/0/relatedBid", put("awards", [{"id": "a-1", "relatedBid": "7"}])),
    ("ReleaseSupplierChanged", "/awards/0/suppliers", put("awards", [{"id": "a-1", "suppliers": [{"id": "MX-B"}]}])),
]  # fmt: skip
AMENDMENT, BACK = (
    {"id": "2", "amendsReleaseID": "9"},
    {"id": "1-1-reversal", "value": {"amount": -5.5, "currency": "MXN"}},
)
SIGNED = [
    ("ReleaseSchemaInvalid", "/contracts/0", lambda release: release["contracts"][0].pop("awardID")),
    ("ReleaseSchemaInvalid", "/contracts/0/status", put("contracts.0.status", "completed")),
    (
        "ReleaseSchemaInvalid",
        "/contracts/0/implementation/milestones/0/status",
        put("contracts.0.implementation.milestones.0.status", "paid"),
    ),
    ("ReleaseFieldUnknown", "/contracts/0/supplier", put("contracts.0.supplier", {"id": "MX-S"})),
    (
        "ReleaseFieldUnknown",
        "/contracts/0/implementation/transactions/0/reference",
        put("contracts.0.implementation.transactions.0.reference", "SPEI"),
    ),
    ("ReleaseFieldEmpty", "/contracts/0/period", put("contracts.0.period", {})),
    (
        "ReleaseIdRepeated",
        "/contracts/0/implementation/milestones",
        put("contracts.0.implementation.milestones", [{"id": "1"}, {"id": "1", "title": "T"}]),
    ),
    (
        "ReleaseIdRepeated",
        "/contracts/0/implementation/transactions",
        put("contracts.0.implementation.transactions", [BACK, {"id": BACK["id"]}]),
    ),
    ("ReleaseDateForm", "/contracts/0/dateSigned", put("contracts.0.dateSigned", "2027-02-01T02:00:00-06:00")),
    ("ReleaseTagWrong", "/tag", put("tag", ["implementation", "contract"])),
    *(
        ("ReleaseTagWrong", "/tag", lambda release, tag=tag: (release.pop("contracts"), put("tag", [tag])(release)))
        for tag in ("contract", "contractAmendment", "implementation", "implementationUpdate", "contractTermination")
    ),
    ("ReleaseReferenceBroken", "/contracts/0/awardID", put("contracts.0.awardID", "a-2")),
    ("ReleaseReferenceBroken", "/contracts/0/amendments/0/amendsReleaseID", put("contracts.0.amendments", [AMENDMENT])),
    *(
        (
            "ReleaseReferenceBroken",
            f"/contracts/0/implementation/transactions/0/{side}",
            put(f"contracts.0.implementation.transactions.0.{side}", {"id": "MX-Z"}),
        )
        for side in ("payer", "payee")
    ),
    ("ReleaseMoneyForm", "/contracts/0/value/amount", put("contracts.0.value.amount", -1)),
    (
        "ReleaseMoneyForm",
        "/contracts/0/implementation/transactions/0/value/amount",
        put("contracts.0.implementation.transactions.0.value.amount", -0.0005),
    ),
    ("ReleasePersonalData", "/contracts/0/documents/0/title", put("contracts.0.documents.0.title", "GOMJ800101AB1")),
    ("ReleaseRoleLost", "/parties/0/roles", put("parties.0.roles", ["payee", "tenderer"])),
]  # fmt: skip


def refused(release: Release, previous: list[Release]) -> tuple[str, str]:
    """(error, pointer) of the refusal."""
    with pytest.raises(ReleaseRefused) as caught:
        check_release(release, previous=previous, prefix=PREFIX)
    assert caught.value.release == release["id"]
    return caught.value.error, caught.value.pointer


@pytest.mark.parametrize(
    ("error", "pointer", "change"), FIRST, ids=lambda value: value if isinstance(value, str) else "changed"
)
def test_check_release__first_release_with_one_fault__is_refused_by_name(
    error: str, pointer: str, change: Callable[[Release], None]
) -> None:
    release = first()
    check_release(copy.deepcopy(release), previous=[], prefix=PREFIX)
    change(release)
    assert refused(release, []) == (error, pointer)


@pytest.mark.parametrize(
    ("error", "pointer", "change"), LATER, ids=lambda value: value if isinstance(value, str) else "changed"
)
def test_check_release__later_release_with_one_fault__is_refused_by_name(
    error: str, pointer: str, change: Callable[[Release], None]
) -> None:
    previous, release = [first(), opened()], after(21)
    check_release(opened(), previous=[first()], prefix=PREFIX)
    check_release(copy.deepcopy(release), previous=previous, prefix=PREFIX)
    change(release)
    assert refused(release, previous) == (error, pointer)


@pytest.mark.parametrize(
    ("error", "pointer", "change"), SIGNED, ids=lambda value: value if isinstance(value, str) else "changed"
)
def test_check_release__agreement_with_one_fault__is_refused_by_name(
    error: str, pointer: str, change: Callable[[Release], None]
) -> None:
    previous, release = [first(), opened()], signed()
    check_release(copy.deepcopy(release), previous=previous, prefix=PREFIX)
    change(release)
    assert refused(release, previous) == (error, pointer)


def test_check_release__payment_that_went_back__is_negative_and_keeps_its_roles() -> None:
    previous = [first(), opened(), signed()]
    contract = {"id": "1", "awardID": "a-1", "implementation": {"transactions": [BACK]}}
    release = after(22, tag=["implementationUpdate"], contracts=[contract])
    check_release(copy.deepcopy(release), previous=previous, prefix=PREFIX)
    release["parties"] = [{"id": "MX-S", "roles": ["supplier", "tenderer"]}]
    assert refused(release, previous) == ("ReleaseRoleLost", "/parties/0/roles")


def test_check_release__organisation_named_like_a_person__passes_and_a_text_does_not() -> None:
    release, number = first(), "MX-RFC-GODE561231GR8"
    party = {"id": number, "name": "GODE561231GR8", "identifier": {"id": "GODE561231GR8"}, "roles": ["buyer"]}
    reference = {"id": number, "name": "GODE561231GR8"}
    release |= {"parties": [party], "buyer": reference}
    release["tender"]["procuringEntity"] = reference
    check_release(copy.deepcopy(release), previous=[], prefix=PREFIX)
    release["tender"]["description"] = number
    assert refused(release, []) == ("ReleasePersonalData", "/tender/description")


def test_check_release__removed_text_in_an_update__is_null() -> None:
    check_release(after(21, tender={"id": "1", "title": None}), previous=[first()], prefix=PREFIX)


def test_check_release__disclosed_when_their_event_came__passes() -> None:
    enquiry = {"id": "1", "author": {"id": "MX-B"}}
    release = after(
        21, tender={"id": "1", "enquiries": [enquiry]}, ledgerAnchors=[anchor(21, "AskerDisclosed")]
    )
    check_release(release, previous=[first()], prefix=PREFIX)


def test_check_release__withheld_event__is_anchored_where_it_is_disclosed() -> None:
    release = after(21, ledgerAnchors=[anchor(15, "BidSealed"), anchor(21, "BidOpened")])
    check_release(release, previous=[first()], prefix=PREFIX)


def test_check_release__withheld_event__is_not_anchored_after_the_disclosure() -> None:
    opened_ = after(21, ledgerAnchors=[anchor(15, "BidSealed"), anchor(21, "BidOpened")])
    late = after(22, ledgerAnchors=[anchor(16, "BidSealed")])
    with pytest.raises(ocds.ReleaseAnchorRepeated):
        check_release(late, previous=[first(), opened_], prefix=PREFIX)


def test_release_errors__each__has_a_failing_example_here() -> None:
    named = {
        name for name in ocds.__all__ if name.startswith(("Release", "Ocid")) and name != "ReleaseRefused"
    }
    assert named == {case[0] for case in [*FIRST, *LATER, *SIGNED]}
