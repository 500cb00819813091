"""Events of a block become one release; the same events become the same bytes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import rfc8785

from chain.errors.ocds import ReleaseRefused
from chain.ocds.checks import check_release
from chain.ocds.enquiry import answer_json, question_json
from chain.ocds.intake import Defaults, Intake, take_amendment
from chain.ocds.publication import Organisation
from chain.ocds.release import BIDDING_CLOSED, LOT_FAILED, release_bytes

pytestmark = pytest.mark.unit

PREFIX = "ocds-213czf"
SHA = "ef" * 32
Take = Callable[..., Intake]


@pytest.fixture
def tender(intake: Take, document: dict[str, Any]) -> Intake:
    """Two lots, a document."""
    item = document["tender"]["items"][0]
    document["tender"] |= {
        "lots": [
            {"id": "a", "title": "Lote A", "value": {"amount": 100, "currency": "MXN"}},
            {"id": "b", "title": "Lote B"},
        ],
        "items": [{**item, "relatedLot": "a"}, {**item, "id": "2", "relatedLot": "b"}],
        "documents": [
            {"id": "d1", "documentType": "biddingDocuments", "integrity": [{"scheme": "sha256", "id": SHA}]}
        ],
    }
    return intake(document, held={SHA: (12, "application/pdf")}.get)


@pytest.fixture
def amended(tender: Intake, defaults: Defaults) -> Intake:
    """The same with another title, no description, a later deadline."""
    body = {
        "patch": {"title": "Otro", "description": None, "tenderPeriod": {"endDate": "2027-02-01T00:00:00Z"}},
        "rationale": "Errata",
    }
    known = {"current_tender": tender.tender, "current_terms": tender.terms, "defaults": defaults}
    return take_amendment(body, buyer_org_id="MX-RFC-GDF9712054NA", now=1_800_000_001, **known)


def play(ledger: Any, tender: Intake, amended: Intake) -> list[dict[str, Any]]:
    """Publish, amend, ask, answer late, propose a cancellation, cancelled."""
    ledger.block(ledger.published(tender, 3))
    ledger.block(ledger.amended(amended))
    asked = question_json("¿Garantía?", related_item="1", tender=tender.tender).decode()
    ledger.block(
        ledger.event("QuestionAsked", question=1, supplier="0x" + "01" * 32, tag="0x" + "02" * 32, json=asked)
    )
    ledger.block(
        ledger.event(
            "QuestionAnswered", question=1, deadline=1_801_500_000, json=answer_json("Tres años").decode()
        )
    )
    cancel = {"reason": 4, "documentHash": "0x" + "99" * 32}
    ledger.block(ledger.event("CancellationProposed", lot=0, cancelsAt=ledger.time + 1, **cancel))
    ledger.block(TenderCancelled=(0,))
    return list(ledger.releases)


def test_fold__publication__gives_the_whole_tender(ledger: Any, tender: Intake) -> None:
    release = ledger.block(ledger.published(tender, 3))
    assert (release["ocid"], release["id"], release["tag"]) == ("ocds-213czf-1", "10", ["tender"])
    assert (release["initiationType"], release["language"], release["date"]) == (
        "tender",
        "es",
        "2027-01-15T08:00:00Z",
    )
    assert (release["tender"]["id"], release["tender"]["status"]) == ("1", "active")
    assert release["tender"]["lots"][0]["status"] == "active"
    assert (
        release["buyer"]
        == release["tender"]["procuringEntity"]
        == {"id": "MX-RFC-GDF9712054NA", "name": "SECRETARÍA DE FINANZAS"}
    )
    assert release["parties"][0]["identifier"] == {
        "scheme": "MX-RFC",
        "id": "GDF9712054NA",
        "legalName": "SECRETARÍA DE FINANZAS",
    }
    assert release["parties"][0]["roles"] == ["buyer", "procuringEntity"]
    assert release["relatedProcesses"][0]["identifier"] == "ocds-aaaaaa-7"
    document = release["tender"]["documents"][0]
    assert document["url"] == f"https://licita.example/v1/documents/{SHA}"
    assert document["integrity"] == [{"id": SHA, "scheme": "sha256"}]
    assert "bytes" not in document


def test_fold__publication__names_its_place_on_the_ledger(ledger: Any, tender: Intake) -> None:
    release = ledger.block(ledger.published(tender, 3))
    assert release["ledgerAnchors"] == [
        {
            "id": "10-3", "chain": "eip155:31337", "block": 10, "event": "TenderPublished", "transaction": "0x" + "cd" * 32,
            "logIndex": 3, "contractAddress": "0x" + "Ee" * 20,
        }
    ]  # fmt: skip


def test_fold__amendment__says_what_changed_and_why(ledger: Any, tender: Intake, amended: Intake) -> None:
    ledger.block(ledger.published(tender))
    release = ledger.block(ledger.amended(amended))
    assert release["tag"] == ["tenderAmendment"]
    assert release["tender"] == {
        "id": "1", "status": "active", "title": "Otro", "description": None, "tenderPeriod": {"endDate": "2027-02-01T00:00:00Z"},
        "amendments": [
            {"id": "2", "date": "2027-01-15T08:00:01Z", "rationale": "Errata", "amendsReleaseID": "10", "releaseID": "11"}
        ],
    }  # fmt: skip
    assert not {"buyer", "parties"} & release.keys()


def test_fold__amendment_after_a_complaint__keeps_the_roles_of_its_review_body(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    ledger.block(ledger.published(tender))
    paper, who = "0x" + "99" * 32, "0x" + "01" * 32
    filed = ledger.event("ComplaintFiled", complaint=1, lot=0, stage=1, supplier=who, documentHash=paper)
    ledger.block(replace(filed, contract="ComplaintDesk"))
    release = ledger.block(ledger.amended(amended))
    assert "parties" not in release
    assert {party["id"]: party["roles"] for party in ledger.state["image"]["parties"]} == {
        "MX-RFC-GDF9712054NA": ["buyer", "procuringEntity"], "LICITA-REVIEW": ["reviewBody"],
    }  # fmt: skip
    again = ledger.event("ComplaintFiled", complaint=2, lot=0, stage=1, supplier=who, documentHash=paper)
    assert "parties" not in ledger.block(replace(again, contract="ComplaintDesk"))


def test_fold__question_and_answer__never_name_the_asker(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    asked, answered = play(ledger, tender, amended)[2:4]
    assert asked["tender"]["enquiries"] == [
        {"id": "1", "date": "2027-01-15T08:00:02Z", "title": "¿Garantía?", "relatedItem": "1"}
    ]
    assert asked["tender"]["hasEnquiries"] is True
    assert answered["tender"]["enquiries"] == [
        {"id": "1", "answer": "Tres años", "dateAnswered": "2027-01-15T08:00:03Z"}
    ]
    assert "01" * 32 not in json.dumps([asked, answered])


def test_fold__answer_that_moves_the_deadline__has_a_second_anchor(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    answered = play(ledger, tender, amended)[3]
    assert answered["tender"]["tenderPeriod"] == {"endDate": "2027-02-01T16:40:00Z"}
    assert [anchor["id"] for anchor in answered["ledgerAnchors"]] == ["13-0", "13-DeadlineMoved"]
    assert "transaction" not in answered["ledgerAnchors"][1]


def test_fold__answer_in_time__leaves_the_deadline(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    ledger.block(ledger.event("QuestionAsked", question=1, json='{"title":"x"}'))
    release = ledger.block(
        ledger.event("QuestionAnswered", question=1, deadline=tender.terms.deadline, json='{"answer":"y"}')
    )
    assert len(release["ledgerAnchors"]) == 1
    assert "tenderPeriod" not in release["tender"]


def test_fold__cancellation__is_an_anchor_first_and_a_status_later(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    proposed, cancelled = play(ledger, tender, amended)[4:]
    assert proposed["tag"] == ["tenderUpdate"]
    assert proposed["tender"] == {"id": "1", "status": "active"}
    assert cancelled["tag"] == ["tenderCancellation"]
    assert cancelled["tender"]["status"] == "cancelled"
    assert cancelled["tender"]["cancellationDetails"] == f"budgetCut; decision sha256 {'99' * 32}"
    assert [lot["status"] for lot in cancelled["tender"]["lots"]] == ["cancelled", "cancelled"]
    assert cancelled["ledgerAnchors"] == [
        {"id": "15-TenderCancelled", "chain": "eip155:31337", "block": 15, "event": "TenderCancelled"}
    ]


def test_fold__one_lot_cancelled_then_no_bids__keeps_the_two_apart(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    proposal = {"lot": 2, "reason": 1, "documentHash": "0x" + "99" * 32, "cancelsAt": ledger.time + 1}
    ledger.block(ledger.event("CancellationProposed", **proposal))
    cancelled = ledger.block(TenderCancelled=(2,))
    assert (cancelled["tender"]["status"], [lot["id"] for lot in cancelled["tender"]["lots"]]) == (
        "active",
        ["b"],
    )
    failed = ledger.block(derived=(BIDDING_CLOSED, LOT_FAILED))
    assert failed["tag"] == ["tenderUpdate"]
    assert failed["tender"] == {
        "id": "1",
        "status": "unsuccessful",
        "lots": [{"id": "a", "status": "unsuccessful"}],
    }


@pytest.mark.parametrize("cancelled", [(2,), (1, 2)])
def test_fold__lots_cancelled_of_a_text_that_was_bad_from_the_start__leave_the_tender_until_it_fails(
    ledger: Any, tender: Intake, cancelled: tuple[int, ...]
) -> None:
    ledger.block(ledger.published(replace(tender, tender={})))
    for lot in cancelled:
        proposal = {"lot": lot, "reason": 1, "documentHash": "0x" + "99" * 32, "cancelsAt": ledger.time + 1}
        ledger.block(ledger.event("CancellationProposed", **proposal))
    release = ledger.block(TenderCancelled=cancelled)
    assert (release["tag"], release["tender"]) == (["tenderUpdate"], {"id": "1", "status": "active"})
    check_release(release, previous=ledger.releases[:-1], prefix=PREFIX)
    status = ledger.block(derived=(LOT_FAILED,))["tender"]["status"]
    assert status == ("cancelled" if len(cancelled) == 2 else "unsuccessful")


def test_fold__text_mended_after_a_lot_was_cancelled__shows_that_lot_cancelled(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    ledger.block(ledger.published(replace(tender, tender={})))
    proposal = {"lot": 2, "reason": 1, "documentHash": "0x" + "99" * 32, "cancelsAt": ledger.time + 1}
    ledger.block(ledger.event("CancellationProposed", **proposal))
    ledger.block(TenderCancelled=(2,))
    mended = ledger.block(ledger.amended(amended))["tender"]
    assert [lot["status"] for lot in mended["lots"]] == ["active", "cancelled"]
    assert mended["status"] == "active"


def test_fold__whole_tender_of_bad_text_cancelled__is_cancelled(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(replace(tender, tender={})))
    proposal = {"lot": 0, "reason": 1, "documentHash": "0x" + "99" * 32, "cancelsAt": ledger.time + 1}
    ledger.block(ledger.event("CancellationProposed", **proposal))
    release = ledger.block(TenderCancelled=(0,))
    assert (release["tag"], release["tender"]["status"]) == (["tenderCancellation"], "cancelled")


def test_fold__every_lot_cancelled__cancels_the_tender(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    for lot in (1, 2):
        proposal = {"lot": lot, "reason": 1, "documentHash": "0x" + "99" * 32, "cancelsAt": ledger.time + 1}
        ledger.block(ledger.event("CancellationProposed", **proposal))
    assert ledger.block(TenderCancelled=(1, 2), LotFailed=())["tender"]["status"] == "cancelled"


def test_fold__end_of_bidding__completes_the_tender(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    assert ledger.block(derived=(BIDDING_CLOSED,))["tender"]["status"] == "complete"


def test_fold__several_events_in_a_block__are_one_release(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    asked = ledger.event("QuestionAsked", 7, question=1, json='{"title":"x"}')
    release = ledger.block(ledger.published(tender, 3), ledger.amended(amended, log_index=5), asked)
    assert release["tag"] == ["tender", "tenderAmendment", "tenderUpdate"]
    assert release["tender"]["title"] == "Otro"
    assert "description" not in release["tender"]
    assert [anchor["id"] for anchor in release["ledgerAnchors"]] == ["10-3", "10-5", "10-7"]
    assert release["tender"]["amendments"][0]["amendsReleaseID"] == "10"


def test_fold__nothing_happened__is_no_release_and_the_same_state(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    before = copy.deepcopy(ledger.state)
    assert ledger.block() is None
    assert ledger.state == before


def test_fold__content_not_of_its_form__is_anchor_and_status_only(ledger: Any, tender: Intake) -> None:
    bad = replace(tender, tender={**tender.tender, "title": "a" * 301})
    release = ledger.block(ledger.published(bad))
    assert release["tender"] == {"id": "1", "status": "active"}
    assert not {"buyer", "parties", "relatedProcesses"} & release.keys()
    check_release(release, previous=[], prefix=PREFIX)


def test_fold__amendment_that_drops_an_item__changes_nothing_but_anchors(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    less = replace(tender, tender={**tender.tender, "documents": []})
    release = ledger.block(ledger.amended(less))
    assert release["tender"] == {"id": "1", "status": "active"}
    assert release["tag"] == ["tenderAmendment"]


def test_fold__answer_to_a_question_without_content__still_appears(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    ledger.block(ledger.event("QuestionAsked", question=1, json="not json"))
    release = ledger.block(ledger.event("QuestionAnswered", question=1, deadline=0, json='{"answer":"y"}'))
    assert release["tender"]["enquiries"][0]["answer"] == "y"


def test_fold__event_of_a_later_contract__is_an_anchor(ledger: Any, tender: Intake) -> None:
    ledger.block(ledger.published(tender))
    release = ledger.block(ledger.event("SomethingLater"))
    assert (release["tag"], release["tender"]) == (["tenderUpdate"], {"id": "1", "status": "active"})


def test_fold__a_whole_life__passes_every_check_and_never_repeats_a_place(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    releases = play(ledger, tender, amended)
    for index, release in enumerate(releases):
        check_release(release, previous=releases[:index], prefix=PREFIX)
    places = [anchor["id"] for release in releases for anchor in release["ledgerAnchors"]]
    assert len(places) == len(set(places)) == 7


def test_fold__played_again__gives_the_same_bytes_and_a_state_that_is_json(
    ledger: Any, tender: Intake, amended: Intake
) -> None:
    first = play(ledger, tender, amended)
    state = json.loads(json.dumps(ledger.state))
    assert state == ledger.state
    again = type(ledger)()
    second = play(again, tender, amended)
    assert [release_bytes(one) for one in first] == [release_bytes(one) for one in second]
    assert [release_bytes(one) for one in first] == [rfc8785.dumps(one) for one in first]


def test_fold__state_stored_as_json__goes_on_alike(ledger: Any, tender: Intake, amended: Intake) -> None:
    ledger.block(ledger.published(tender))
    ledger.state = json.loads(json.dumps(ledger.state))
    assert ledger.block(ledger.amended(amended))["tender"]["title"] == "Otro"


@pytest.mark.parametrize(
    ("org_id", "identifier"),
    [
        ("MX-RFC-GDF9712054NA", {"scheme": "MX-RFC", "id": "GDF9712054NA", "legalName": "x"}),
        ("LICITA-ACME", {"scheme": "LICITA", "id": "ACME", "legalName": "x"}),
        ("ACME", {"id": "ACME", "legalName": "x"}),
    ],
)
def test_party__org_id__is_split_into_scheme_and_id(org_id: str, identifier: dict[str, str]) -> None:
    assert Organisation(org_id, "x").party("buyer")["identifier"] == identifier


def test_check_release__of_a_changed_release__is_refused_as_a_fault(ledger: Any, tender: Intake) -> None:
    release = ledger.block(ledger.published(tender))
    with pytest.raises(ReleaseRefused) as caught:
        check_release({**release, "ocid": "ocds-zzz-1"}, previous=[], prefix=PREFIX)
    assert (caught.value.error, caught.value.http_status) == ("OcidForm", 500)


def test_fold__only_lot_cancelled__cancels_the_tender(
    ledger: Any, intake: Any, document: dict[str, Any]
) -> None:
    tender = document["tender"]
    tender["lots"] = [{"id": "L", "value": tender["value"]}]
    tender["items"][0]["relatedLot"] = "L"
    ledger.block(ledger.published(intake(document)))
    proposal = {"lot": 1, "reason": 1, "documentHash": "0x" + "99" * 32, "cancelsAt": ledger.time + 1}
    ledger.block(ledger.event("CancellationProposed", **proposal))
    cancelled = ledger.block(TenderCancelled=(1,), LotFailed=())["tender"]
    assert (cancelled["status"], cancelled["lots"]) == (
        "cancelled",
        [{"id": "L", "status": "cancelled", "cancellationDetails": f"noDemand; decision sha256 {'99' * 32}"}],
    )
    assert cancelled["cancellationDetails"] == f"noDemand; decision sha256 {'99' * 32}"


ACME = "0x" + "01" * 32


def hidden(ledger: Any, tender: Intake) -> None:
    """A desk asked question 1, which is answered."""
    ledger.known.suppliers[ACME] = Organisation("MX-RFC-ACM010101AB1", "Acme")
    ledger.block(ledger.published(tender))
    asked = {"supplier": "0x" + "09" * 32, "tag": "0x" + "02" * 32, "json": '{"title":"x"}'}
    release = ledger.block(ledger.event("QuestionAsked", question=1, **asked))
    assert release["tender"]["enquiries"] == [{"id": "1", "date": release["date"], "title": "x"}]
    assert not {"01" * 32, "09" * 32} & set(str(release).split("0x"))
    deadline = tender.terms.deadline
    ledger.block(ledger.event("QuestionAnswered", question=1, deadline=deadline, json='{"answer":"y"}'))


def test_fold__asker_disclosed__is_the_author_and_a_party(ledger: Any, tender: Intake) -> None:
    hidden(ledger, tender)
    args = {"supplier": ACME, "salt": "0x" + "03" * 32, "by": ACME}
    release = ledger.block(ledger.event("AskerDisclosed", question=1, **args))
    assert release["tag"] == ["tenderUpdate"]
    (enquiry,) = release["tender"]["enquiries"]
    assert enquiry["author"] == {"id": "MX-RFC-ACM010101AB1", "name": "Acme"}
    assert [party["roles"] for party in release["parties"] if party["name"] == "Acme"] == [["enquirer"]]
    assert [anchor["event"] for anchor in release["ledgerAnchors"]] == ["AskerDisclosed"]


def test_fold__asker_of_a_question_that_cannot_be_read__is_an_anchor_only(
    ledger: Any, tender: Intake
) -> None:
    ledger.known.suppliers[ACME] = Organisation("MX-RFC-ACM010101AB1", "Acme")
    ledger.block(ledger.published(tender))
    ledger.block(ledger.event("QuestionAsked", question=1, json="not json"))
    args = {"supplier": ACME, "salt": "0x" + "03" * 32, "by": ACME}
    release = ledger.block(ledger.event("AskerDisclosed", question=1, **args))
    assert "enquiries" not in release["tender"] and "parties" not in release
    assert [anchor["event"] for anchor in release["ledgerAnchors"]] == ["AskerDisclosed"]


@pytest.mark.parametrize("text", ['{"text":"x"}', "not json"])
def test_fold__note__is_an_anchor_only(ledger: Any, tender: Intake, text: str) -> None:
    ledger.block(ledger.published(tender))
    args = {"member": "0x" + "05" * 32, "recordId": "0x" + "06" * 32, "json": text}
    release = ledger.block(ledger.event("NoteRecorded", note=1, **args))
    assert release["tag"] == ["tenderUpdate"]
    assert [anchor["event"] for anchor in release["ledgerAnchors"]] == ["NoteRecorded"]
    assert release["tender"] == {"id": "1", "status": "active"}
