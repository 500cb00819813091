"""Bids in releases: nothing of them before the opening, all of them with it, each event in exactly one release."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from chain.ocds.agreements import told_once
from chain.ocds.bids import money
from chain.ocds.checks import check_release
from chain.ocds.intake import Defaults, Intake, take, take_amendment
from chain.ocds.profile import merger
from chain.ocds.publication import Organisation
from chain.ocds.record import record
from chain.ocds.release import BIDDING_CLOSED, LOT_FAILED, TENDER_CANCELLED, release_bytes
from chain.sealing.document import OfferFile
from chain.types import Event, to_hex
from tests.unit.ocds.box import BOX, COMMITTEE, Box, account
from tests.unit.ocds.conftest import NOW, ORG, PUBLICATION, RELEASE, Ledger

pytestmark = pytest.mark.unit

PREFIX = "ocds-213czf"
DEFAULTS = Defaults({"sandbox": 3, "simple": 1}, {"MXN": 2, "JPY": 0})
OFFER = OfferFile("oferta.pdf", "application/pdf", b"%PDF offer")


def taken(*lots: str) -> Intake:
    """A tender with these lots."""
    document = copy.deepcopy(RELEASE)
    item = document["tender"]["items"][0]
    if lots:
        items = [{**item, "id": lot, "relatedLot": lot} for lot in lots]
        value = {"amount": 100, "currency": "MXN"}
        document["tender"] |= {"lots": [{"id": lot, "value": value} for lot in lots], "items": items}
    return take(document, defaults=DEFAULTS, buyer_org_id=ORG, now=NOW)


WHOLE, LOTTED = taken(), taken("a", "b")


def changed(tender: Intake) -> Intake:
    """An addendum to it."""
    known: dict[str, Any] = {
        "current_tender": tender.tender,
        "current_terms": tender.terms,
        "defaults": DEFAULTS,
    }
    return take_amendment({"patch": {"title": "Otro"}}, buyer_org_id=ORG, now=NOW + 1, **known)


@pytest.fixture
def box(ledger: Ledger) -> Box:
    """The box of a tender without lots, just published."""
    ledger.block(ledger.published(WHOLE))
    return Box(ledger)


@pytest.fixture
def lotted(ledger: Ledger) -> Box:
    """The box of a tender with the lots a and b."""
    ledger.block(ledger.published(LOTTED))
    return Box(ledger)


def check(ledger: Ledger) -> list[dict[str, Any]]:
    """All releases, each of which keeps every rule; their merge is what the fold thinks it is."""
    for index, release in enumerate(ledger.releases):
        check_release(release, previous=ledger.releases[:index], prefix=PREFIX)
        assert release_bytes(release) == rfc8785.dumps(release)
    assert ledger.state is not None
    assert ledger.state == json.loads(json.dumps(ledger.state))
    compiled = merger().create_compiled_release(copy.deepcopy(ledger.releases))
    image = ledger.state["image"]
    if "contracts" in image:
        compiled["contracts"] = [told_once(each) for each in compiled["contracts"]]
    assert {name: without_empty(compiled[name]) for name in image} == image
    record("ocds-213czf-1", ledger.releases, PUBLICATION, versioned=True)
    return ledger.releases


def without_empty(value: Any) -> Any:
    """Without the empty objects that a merge leaves of one whose members are all null."""
    if isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items() if item != {}}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def places(*releases: dict[str, Any]) -> list[tuple[str, str]]:
    """(id, event) of their anchors."""
    return [(anchor["id"], anchor["event"]) for release in releases for anchor in release["ledgerAnchors"]]


def place(event: Event) -> tuple[str, str]:
    """What the anchor of an event is known by."""
    return f"{event.block}-{event.log_index}", event.name


def opened(ledger: Ledger, *events: Event) -> dict[str, Any]:
    """The release of a block that opens bids."""
    release = ledger.block(*events)
    assert release is not None
    check(ledger)
    return release


# Before the opening


def test_fold__what_comes_into_the_box__gives_no_release(ledger: Ledger, box: Box) -> None:
    box.ledger.block(box.submit(0))
    ledger.block(box.submit(0), box.submit(1))
    ledger.block(box.withdraw(1))
    ledger.block(ledger.amended(changed(WHOLE)))
    box.terms = 2
    assert ledger.block(box.confirm(0)) is None
    assert [release["tag"] for release in check(ledger)] == [["tender"], ["tenderAmendment"]]
    assert len(ledger.known.kept) == 5
    assert ledger.state is not None and ledger.state["bids"] == {}


def test_fold__bid_between_other_events_of_a_block__is_left_out_of_their_release(
    ledger: Ledger, box: Box
) -> None:
    before, bid = ledger.event("QuestionAsked", 90, question=1, json='{"title":"x"}'), box.submit(0)
    after = ledger.event("CancellationProposed", 99, lot=0, cancelsAt=1, reason=1, documentHash="0x" + "99" * 32)  # fmt: skip
    release = ledger.block(before, bid, after, derived=(BIDDING_CLOSED,))
    assert release is not None
    assert [event for _, event in places(release)] == ["QuestionAsked", "CancellationProposed", "BiddingClosed"]  # fmt: skip


def test_fold__shares_of_the_first_page__are_told_and_those_that_count_further_pages_are_not(
    ledger: Ledger, box: Box
) -> None:
    ledger.block(box.submit(0))
    lock, first = box.lock(), box.shares(seat=1)
    further = box.shares(seat=1, page=1)
    release = ledger.block(lock, first, further)
    assert release is not None
    assert (release["tag"], places(release)) == (["tenderUpdate"], [place(lock), place(first)])
    assert ledger.block(box.shares(seat=2, page=1)) is None
    check(ledger)


def test_fold__end_of_bidding_with_bids__says_only_that(ledger: Ledger, box: Box) -> None:
    ledger.block(box.submit(0))
    release = ledger.block(derived=(BIDDING_CLOSED,))
    assert release is not None
    assert release["tender"] == {"id": "1", "status": "complete"}
    assert places(release) == [("12-BiddingClosed", "BiddingClosed")]


@pytest.mark.parametrize("how", [TENDER_CANCELLED, LOT_FAILED])
def test_fold__tender_that_ends_sealed__never_tells_of_its_bids(ledger: Ledger, box: Box, how: str) -> None:
    ledger.block(box.submit(0), box.submit(1))
    ledger.block(box.withdraw(1))
    proposal = {"lot": 0, "reason": 1, "documentHash": "0x" + "99" * 32, "cancelsAt": ledger.time + 1}
    ledger.block(ledger.event("CancellationProposed", 99, **proposal))
    release = ledger.block(**{how: (0,)})
    assert release is not None
    status = "cancelled" if how == TENDER_CANCELLED else "unsuccessful"
    assert release["tender"]["status"] == status
    assert not hints(check(ledger))


def test_fold__opening_that_was_never_done__fails_the_tender(ledger: Ledger, box: Box) -> None:
    ledger.block(box.submit(0))
    ledger.block(derived=(BIDDING_CLOSED,))
    ledger.block(box.lock(), box.shares())
    release = ledger.block(derived=(LOT_FAILED,))
    assert release is not None and release["tender"] == {"id": "1", "status": "unsuccessful"}
    assert not hints(check(ledger))


def hints(releases: Sequence[dict[str, Any]]) -> set[str]:
    """Whatever in releases tells of a bid or a bidder."""
    text = json.dumps(releases)
    words = {
        "tenderer",
        "numberOfTenderers",
        "bids",
        "BidSealed",
        "BidConfirmed",
        "BidWithdrawn",
        "LICITA-S",
        "Firma",
    }
    return {word for word in words | {account(index) for index in range(40)} if word.lower() in text.lower()}


# With the opening


def test_fold__first_opening__tells_who_bid_what_and_when(ledger: Ledger, box: Box) -> None:
    date = "2027-01-15T08:00:01Z"
    bids = [box.submit(0, [131126450], OFFER)]
    ledger.block(*bids)
    bids += [box.submit(1, [100])]
    ledger.block(bids[1])
    ledger.block(derived=(BIDDING_CLOSED,))
    more = [box.lock(2, 2), box.shares(1), box.shares(2), box.open(0), box.open(1)]
    release = opened(ledger, *more)
    assert (release["tag"], release["tender"]["status"]) == (["tenderUpdate"], "complete")
    references = [{"id": f"LICITA-S{index}", "name": f"Firma {index}"} for index in (0, 1)]
    first, second = release["bids"]["details"]
    digest = hashlib.sha256(OFFER.content).hexdigest()
    assert first == {
        "id": "0", "date": date, "status": "pending", "value": {"amount": 1311264.5, "currency": "MXN"},
        "tenderers": references[:1], "commitment": {"scheme": "keccak256", "id": bids[0].args["seal"]},
        "documents": [
            {"id": "1", "title": "oferta.pdf", "format": "application/pdf", "integrity": [{"scheme": "sha256", "id": digest}]}
        ],
    }  # fmt: skip
    assert second == {
        "id": "1", "date": "2027-01-15T08:00:02Z", "status": "pending", "value": {"amount": 1, "currency": "MXN"},
        "tenderers": references[1:], "commitment": {"scheme": "keccak256", "id": bids[1].args["seal"]},
    }  # fmt: skip
    assert (release["tender"]["tenderers"], release["tender"]["numberOfTenderers"]) == (references, 2)
    assert [(party["id"], party["roles"]) for party in release["parties"]] == [
        ("LICITA-S0", ["tenderer"]),
        ("LICITA-S1", ["tenderer"]),
    ]
    assert places(release) == [place(event) for event in bids + more]
    assert {anchor["contractAddress"] for anchor in release["ledgerAnchors"]} == {BOX, COMMITTEE}
    assert release["ledgerAnchors"][0]["transaction"] == bids[0].transaction


def test_fold__tender_with_lots__has_a_bid_a_lot_that_is_offered(ledger: Ledger, lotted: Box) -> None:
    ledger.block(
        lotted.submit(0, [100, 250], OFFER), lotted.submit(1, [None, 300], OFFER), lotted.submit(2, [7, None])
    )
    release = opened(ledger, lotted.lock(), *(lotted.open(index) for index in range(3)))
    found = [
        (bid["id"], bid["relatedLots"], bid["value"]["amount"], bid["tenderers"][0]["id"])
        for bid in release["bids"]["details"]
    ]
    assert found == [
        ("0-a", ["a"], 1, "LICITA-S0"), ("0-b", ["b"], 2.5, "LICITA-S0"),
        ("1-b", ["b"], 3, "LICITA-S1"), ("2-a", ["a"], 0.07, "LICITA-S2"),
    ]  # fmt: skip
    assert release["tender"]["numberOfTenderers"] == 3
    documents = [bid.get("documents", []) for bid in release["bids"]["details"]]
    assert [len(each) for each in documents] == [1, 0, 1, 0]
    assert (documents[0][0]["relatedLots"], "relatedLots" in documents[2][0]) == (["a", "b"], False)


def test_fold__bid_without_any_offer__is_told_without_lot_and_value(ledger: Ledger, lotted: Box) -> None:
    ledger.block(lotted.submit(0))
    (bid,) = opened(ledger, lotted.open(0, [None, None]))["bids"]["details"]
    assert (bid["id"], bid["status"], bid["tenderers"][0]["id"]) == ("0", "pending", "LICITA-S0")
    assert not {"value", "relatedLots"} & bid.keys()


@pytest.mark.parametrize("amount", [2**128, 2**256 - 2, 10**14, None])
def test_fold__amount_that_no_release_can_say__is_left_out(
    ledger: Ledger, box: Box, amount: int | None
) -> None:
    ledger.block(box.submit(0))
    (bid,) = opened(ledger, box.open(0, [amount]))["bids"]["details"]
    assert bid["status"] == "pending" and "value" not in bid


@pytest.mark.parametrize(
    ("amount", "exponent", "said"),
    [
        (0, 2, 0),
        (1, 2, 0.01),
        (1050, 2, 10.5),
        (99_999_999_999_999, 2, 999_999_999_999.99),
        (10**14, 2, None),
        (7, 0, 7),
        (10**12 - 1, 0, 10**12 - 1),
        (10**12, 0, None),
        (1230, 3, 1.23),
        (1231, 3, 1.231),
        (12_310, 4, 1.231),
        (12_311, 4, None),
        (10**15 - 1, 3, 999_999_999_999.999),
        (10**15, 3, None),
        (2**128 - 1, 37, None),
        (10**38, 38, 1),
        (10**39, 39, None),
        (10**77, 255, None),
        (3, 1, 0.3),
    ],
)
def test_money__minor_units__exact_or_nothing(amount: int, exponent: int, said: int | float | None) -> None:
    assert money(amount, "MXN", exponent) == (None if said is None else {"amount": said, "currency": "MXN"})


@given(st.integers(0, 10**12 - 1), st.integers(0, 999), st.integers(0, 3))
def test_money__any_amount_below_the_limit__is_printed_exactly(whole: int, least: int, exponent: int) -> None:
    least %= 10**exponent
    value = money(whole * 10**exponent + least, "MXN", exponent)
    assert value is not None
    text = release_bytes(value).decode().removeprefix('{"amount":').partition(",")[0]
    assert text == (f"{whole}.{least:0{exponent}}".rstrip("0") if least else str(whole))


def test_fold__substituted_bid__counts_once_with_its_last_date_and_seal(ledger: Ledger, box: Box) -> None:
    ledger.block(box.submit(0, [100]))
    ledger.block(box.submit(1))
    last = box.submit(0, [90])
    ledger.block(last)
    release = opened(ledger, box.lock(2, 2), box.open(0), box.open(1, [5]))
    bid = release["bids"]["details"][0]
    assert (bid["date"], bid["commitment"]["id"]) == ("2027-01-15T08:00:03Z", last.args["seal"])
    assert bid["value"]["amount"] == 0.9
    assert (len(release["bids"]["details"]), release["tender"]["numberOfTenderers"]) == (2, 2)


def test_fold__withdrawn_and_lapsed_bids__are_nobodys(ledger: Ledger, box: Box) -> None:
    ledger.block(box.submit(0), box.submit(1), box.submit(2), box.submit(3))
    ledger.block(box.withdraw(1))
    ledger.block(ledger.amended(changed(WHOLE)))
    box.terms = 2
    ledger.block(box.confirm(0), box.submit(3))
    release = opened(ledger, box.lock(4, 2), box.open(0, [5]), box.open(3, [6]))
    date = "2027-01-15T08:00:01Z"
    details = {bid["id"]: bid for bid in release["bids"]["details"]}
    assert details["1"] == {"id": "1", "date": date, "status": "withdrawn"}
    assert details["2"] == {"id": "2", "date": date, "status": "withdrawn"}
    assert details["0"]["date"] == date
    assert details["3"]["date"] == "2027-01-15T08:00:04Z"
    assert [each["id"] for each in release["tender"]["tenderers"]] == ["LICITA-S0", "LICITA-S3"]
    assert release["tender"]["numberOfTenderers"] == 2
    assert not {"Firma 1", "Firma 2"} & {party["name"] for party in release["parties"]}


def test_fold__withdrawn_and_sent_again__is_a_bid_like_any_other(ledger: Ledger, box: Box) -> None:
    ledger.block(box.submit(0, [100]), box.withdraw(0), box.submit(0, [80]))
    (bid,) = opened(ledger, box.open(0))["bids"]["details"]
    assert (bid["id"], bid["status"], bid["value"]["amount"]) == ("0", "pending", 0.8)
    names = [event for _, event in places(ledger.releases[-1])]
    assert names == ["BidSealed", "BidWithdrawn", "BidSealed", "BidOpened"]


def test_fold__bid_revealed_by_its_bidder__is_open_like_the_others(ledger: Ledger, box: Box) -> None:
    ledger.block(box.submit(0, [100]), box.submit(1, [200]))
    release = opened(ledger, box.lock(2, 2), box.reveal(1), box.open(1))
    assert [bid["id"] for bid in release["bids"]["details"]] == ["1"]
    assert "numberOfTenderers" not in release["tender"]
    release = opened(ledger, box.shares(1), box.shares(2), box.open(0))
    assert [bid["id"] for bid in release["bids"]["details"]] == ["0"]
    assert release["tender"]["numberOfTenderers"] == 2
    assert [event for _, event in places(release)] == ["SharesPosted", "SharesPosted", "BidOpened"]


def test_fold__two_pages_in_two_blocks__tell_their_own_bids_and_the_number_with_the_last(
    ledger: Ledger, box: Box
) -> None:
    for index in range(34):
        ledger.block(box.submit(index))
    ledger.block(box.withdraw(33))
    sent = [box.shares(seat, page) for page in (0, 1) for seat in (1, 2)]
    ledger.block(box.lock(34, 33), *sent[:3])
    first = opened(ledger, *sent[3:], *(box.open(index, [index]) for index in range(32)))
    assert [bid["id"] for bid in first["bids"]["details"]] == ["33", *map(str, range(32))]
    assert "numberOfTenderers" not in first["tender"]
    names = [event for _, event in places(first)]
    assert names == ["BidSealed"] * 34 + ["BidWithdrawn", "SharesPosted", "SharesPosted"] + ["BidOpened"] * 32
    further = box.shares(3, 1)
    later = opened(ledger, further)
    assert (later["tag"], places(later)) == (["tenderUpdate"], [place(further)])
    second = opened(ledger, box.open(32, [7]))
    assert [bid["id"] for bid in second["bids"]["details"]] == ["32"]
    assert second["tender"]["tenderers"] == [{"id": "LICITA-S32", "name": "Firma 32"}]
    assert second["tender"]["numberOfTenderers"] == 33


def test_fold__opening_that_stops_after_a_page__fails_and_keeps_what_was_told(
    ledger: Ledger, box: Box
) -> None:
    ledger.block(box.submit(0), box.submit(1))
    ledger.block(derived=(BIDDING_CLOSED,))
    opened(ledger, box.lock(2, 2), box.reveal(0), box.open(0, [5]))
    ledger.block(derived=(LOT_FAILED,))
    check(ledger)
    assert ledger.state is not None
    tender = ledger.state["image"]["tender"]
    assert tender["status"] == "unsuccessful" and "numberOfTenderers" not in tender


def test_fold__opening_in_the_block_that_first_sees_the_end_of_bidding__is_one_release(
    ledger: Ledger, box: Box
) -> None:
    ledger.block(box.submit(0, [100]))
    release = ledger.block(box.lock(), box.shares(1), box.shares(2), box.open(0), derived=(BIDDING_CLOSED,))
    assert release is not None
    assert (release["tender"]["status"], release["tender"]["numberOfTenderers"]) == ("complete", 1)
    check(ledger)


def test_fold__bidder_that_is_the_buyer__keeps_its_roles(ledger: Ledger, box: Box) -> None:
    ledger.block(box.submit(0, [100], bidder=Organisation(ORG, "SECRETARÍA DE FINANZAS")))
    release = opened(ledger, box.open(0))
    assert release["parties"] == [{"id": ORG, "roles": ["buyer", "procuringEntity", "tenderer"]}]


def test_fold__natural_person__has_an_id_of_the_registry_and_no_name(ledger: Ledger, box: Box) -> None:
    person = Organisation(f"LICITA-0x{'0a' * 32}", "Persona física", is_person=True)
    ledger.block(box.submit(0, [100], bidder=person))
    release = opened(ledger, box.open(0))
    assert release["parties"] == [
        {"id": f"LICITA-0x{'0a' * 32}", "name": "Persona física", "roles": ["tenderer"]}
    ]


@pytest.mark.parametrize(("tender", "amounts"), [(WHOLE, [5]), (LOTTED, [5, 6])], ids=["one lot", "two"])
def test_fold__tender_whose_text_was_never_good__has_bids_without_values(
    ledger: Ledger, tender: Intake, amounts: list[int | None]
) -> None:
    ledger.block(ledger.published(replace(tender, tender={})))
    box = Box(ledger)
    ledger.block(box.submit(0))
    release = opened(ledger, box.open(0, amounts))
    (bid,) = release["bids"]["details"]
    assert bid["id"] == "0" and not {"value", "relatedLots"} & bid.keys()
    assert release["parties"][0]["roles"] == ["tenderer"]


# Documents


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"garbage",
        b'{"schema":"licita/bid-document/1"}',
        b'{"documents":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"a":1,"a":2}',
    ],
)
def test_fold__sealed_body_that_is_no_bid_document__names_no_documents(
    ledger: Ledger, box: Box, text: bytes
) -> None:
    ledger.block(box.submit(0, [100], text=text))
    (bid,) = opened(ledger, box.open(0))["bids"]["details"]
    assert "documents" not in bid and bid["value"]["amount"] == 1


def sealed_text(box: Box, documents: Any, **more: Any) -> bytes:
    """A bid document of bid 0 of one lot at 100 with anything as its documents."""
    said: dict[str, Any] = {
        "schema": "licita/bid-document/1", "tenderId": to_hex((1).to_bytes(32, "big")), "envelope": 0,
        "bidder": account(0), "version": 1, "amounts": ["100"], "files": [], "documents": documents, **more,
    }  # fmt: skip
    return rfc8785.dumps(said)


@pytest.mark.parametrize(
    "documents", [None, 5, {}, "x", [None, 5, [], {}, {"sha256": 5}, {"sha256": "0x" + "AA" * 32}]]
)
def test_fold__documents_of_another_form__are_left_out(ledger: Ledger, box: Box, documents: Any) -> None:
    ledger.block(box.submit(0, [100], text=sealed_text(box, documents)))
    (bid,) = opened(ledger, box.open(0))["bids"]["details"]
    assert "documents" not in bid


def test_fold__document_whose_title_names_a_person__is_its_hash_and_type(ledger: Ledger, box: Box) -> None:
    digest = {"sha256": "0x" + "ab" * 32}
    entries = [
        {"name": "oferta GOMJ800101AB1.pdf", "type": "application/pdf", **digest},
        {"name": "a" * 301, "type": "\x00", **digest},
        {"name": 5, **digest},
        {"name": "ok", **digest, "content": "AAAA"},
    ]
    ledger.block(box.submit(0, [100], text=sealed_text(box, entries)))
    (bid,) = opened(ledger, box.open(0))["bids"]["details"]
    integrity = {"integrity": [{"scheme": "sha256", "id": "ab" * 32}]}
    assert bid["documents"] == [
        {"id": "1", "format": "application/pdf", **integrity},
        {"id": "2", **integrity},
        {"id": "3", **integrity},
        {"id": "4", "title": "ok", **integrity},
    ]


def test_fold__document_that_says_another_price__names_no_documents(ledger: Ledger, box: Box) -> None:
    entries = [{"name": "ok", "sha256": "0x" + "ab" * 32}]
    ledger.block(box.submit(0, [100], text=sealed_text(box, entries, amounts=["99"])))
    (bid,) = opened(ledger, box.open(0))["bids"]["details"]
    assert "documents" not in bid


# Any life


class Story:
    """A tender's life as anyone may make it within what the contracts let through."""

    def __init__(self, lots: bool) -> None:
        self.tender = LOTTED if lots else WHOLE
        self.ledger = Ledger()
        self.box = Box(self.ledger)
        self.bids: dict[int, int] = {}
        self.visible: list[tuple[str, str]] = []
        self.withheld: list[tuple[str, str]] = []
        self.block([self.ledger.published(self.tender)])

    def act(self, name: str, index: int) -> Event | None:
        """An act before the opening; None where the contract refuses it."""
        box, bids = self.box, self.bids
        if name == "submit":
            bids[index] = box.terms
            return box.submit(index)
        if name == "withdraw" and index in bids:
            del bids[index]
            return box.withdraw(index)
        if name == "confirm" and bids.get(index, box.terms) != box.terms:
            bids[index] = box.terms
            return box.confirm(index)
        if name == "ask":
            box.log += 1
            return self.ledger.event("QuestionAsked", box.log, question=box.log, json='{"title":"x"}')
        if name == "amend":
            box.log, box.terms = box.log + 1, box.terms + 1
            return self.ledger.amended(changed(self.tender), box.terms, box.log)
        return None

    def block(self, events: Sequence[Event], derived: tuple[str, ...] = ()) -> None:
        """A block, and what the model knows of its events."""
        for event in events:
            kept = (
                self.withheld if event.name in ("BidSealed", "BidConfirmed", "BidWithdrawn") else self.visible
            )
            kept.append(place(event))
        self.visible += [(f"{self.ledger.number}-{name}", name) for name in derived]
        self.ledger.state = json.loads(json.dumps(self.ledger.state, sort_keys=True))
        self.ledger.block(*events, derived=derived)

    def live(self) -> list[int]:
        """Bids to be opened."""
        return sorted(index for index, terms in self.bids.items() if terms == self.box.terms)


ACTS = st.tuples(
    st.sampled_from(["submit"] * 4 + ["withdraw", "confirm", "confirm", "ask", "amend"]), st.integers(0, 5)
)
AMOUNTS = st.none() | st.integers(0, 2**256 - 1) | st.integers(0, 10**9)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Story, int]:
    """A life, and how many of its bids were opened."""
    story = Story(draw(st.booleans()))
    for acts in draw(st.lists(st.lists(ACTS, max_size=4), max_size=8)):
        story.block([event for act in acts if (event := story.act(*act)) is not None])
    assert not hints(story.ledger.releases)
    story.block([], (BIDDING_CLOSED,))
    live = story.live()
    cut = draw(st.integers(0, len(live)))
    lots = 2 if story.tender is LOTTED else 1
    if cut:
        story.block([story.box.lock(), story.box.shares(1)])
    assert not hints(story.ledger.releases)
    for part in _parts(live[:cut], draw(st.integers(1, 3))):
        amounts: Iterator[list[int | None]] = (
            draw(st.lists(AMOUNTS, min_size=lots, max_size=lots)) for _ in part
        )
        story.block([story.box.open(index, each) for index, each in zip(part, amounts, strict=True)])
    if cut < len(live) or not live:
        story.block([], (LOT_FAILED,))
    return story, cut


def _parts(indexes: list[int], size: int) -> list[list[int]]:
    return [indexes[at : at + size] for at in range(0, len(indexes), size)]


@given(lives())
def test_fold__any_life__keeps_every_rule_and_names_each_event_once(life: tuple[Story, int]) -> None:
    story, cut = life
    releases = check(story.ledger)
    told = places(*releases)
    assert len(told) == len(set(told))
    assert set(told) == set(story.visible) | (set(story.withheld) if cut else set())
    tender = story.ledger.state["image"]["tender"] if story.ledger.state else {}
    if not cut:
        assert not hints(releases)
        return
    details = story.ledger.state["image"]["bids"]["details"] if story.ledger.state else []
    pending = {bid["id"].partition("-")[0] for bid in details if bid["status"] == "pending"}
    assert pending == set(map(str, story.live()[:cut]))
    assert {bid["id"] for bid in details if bid["status"] == "withdrawn"} == {
        str(index) for index in story.box.versions if index not in story.live()
    }
    assert len(tender["tenderers"]) == cut
    assert tender.get("numberOfTenderers") == (cut if cut == len(story.live()) else None)


def test_fold__played_again__gives_the_same_bytes(ledger: Ledger, box: Box) -> None:
    def play(into: Ledger, with_: Box) -> list[bytes]:
        into.block(with_.submit(0, [100], OFFER), with_.submit(1, [300]))
        into.block(with_.lock(), with_.open(0), with_.open(1))
        return [release_bytes(release) for release in into.releases]

    again = Ledger()
    again.block(again.published(WHOLE))
    assert play(ledger, box) == play(again, Box(again))
