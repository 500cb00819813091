"""What a bidder's machine makes of what a service tells of its bid."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.told import next_version, notice_file, notice_in, notice_of, prove
from chain.errors import AnswerUnreadable, NoticeWrong, ReceiptForeign, ReceiptUnproved
from chain.procurement.bid import Notice, seal_bid
from chain.rules import canonical, terms_hash
from chain.sealing.context import domain_separator
from chain.sealing.receipt import Receipt
from chain.types import LotTerms, Setup, Terms, padded, to_hex
from tests.unit.test_notice import NOTICE

pytestmark = pytest.mark.unit

BOX = "0x" + "34" * 20
ACCOUNT = "0x" + "Ab" * 20
HERE = replace(NOTICE, separator=domain_separator(31337, BOX), envelopes=2)


class Told:
    """A service that tells these rows of BidSealed, and of the last bid in each place ``now``; what a client is to ``prove``."""

    def __init__(self, *rows: dict[str, Any], box: str = BOX, **now: Any) -> None:
        self._rows = list(rows)
        self._box = box
        self._now = {"status": "sealed", "openings": []} | now

    def get(self, path: str) -> Any:
        asked = urlsplit(path)
        if asked.path == "/network":
            return {"chainId": 31337, "contracts": {"BidBox": self._box}}
        if asked.path.startswith("/tenders/7/bids/"):
            place = int(asked.path.rsplit("/", 1)[1])
            versions = [row["args"]["version"] for row in self._rows if row["args"]["index"] == place]
            return {"version": max(versions)} | self._now
        assert (asked.path, parse_qs(asked.query)["type"]) == ("/events", ["BidSealed"])
        return {"items": self._rows, "next": ""}


def sealed(version: int = 1) -> Receipt:
    return seal_bid(
        HERE, "5.00 MXN", bidder=ACCOUNT.lower(), version=version, declarations=b"\7" * 32, draw=secrets.token_bytes
    )  # fmt: skip


def rows(receipt: Receipt, index: int, order: int, **changed: Any) -> list[dict[str, Any]]:
    """The rows of a bid's envelopes, in a transaction that its order names."""
    return [
        {
            "transaction": f"0x{order:064x}", "block": order, "time": "2026-01-01T00:00:00Z",
            "args": {
                "index": index, "order": order, "bidder": ACCOUNT, "version": each.context.version, "envelope": each.context.envelope,
                "seal": to_hex(each.seal_hash), "sealedEnvelope": to_hex(each.data), "declarations": to_hex(receipt.declarations),
            } | changed,
        }
        for each in receipt.envelopes
    ]  # fmt: skip


def test_prove__account_that_acted_for_two_suppliers__each_receipt_is_of_its_own_bid() -> None:
    first, second, third = sealed(), sealed(), sealed(2)
    told: Any = Told(*rows(first, 0, 1), *rows(second, 1, 2), *rows(third, 1, 3))
    assert [(found.index, found.order, found.superseded_by) for found in (prove(told, first), prove(told, second))] == [
        (0, 1, None), (1, 2, 2)
    ]  # fmt: skip
    assert prove(told, third).superseded_by is None


def test_prove__only_another_bid_of_the_account__is_not_proved() -> None:
    told: Any = Told(*rows(sealed(), 1, 2))
    with pytest.raises(ReceiptUnproved) as refused:
        prove(told, sealed())
    assert refused.value.part == "envelope 0"


def test_prove__what_the_chain_holds_differs__is_named() -> None:
    mine = sealed()
    cases: dict[str, list[dict[str, Any]]] = {
        "transaction": [],
        "envelope 0": rows(mine, 0, 1, declarations="0x" + "08" * 32),
        "envelope 1": rows(mine, 0, 1)[:1],
    }
    for part, found in cases.items():
        told: Any = Told(*found)
        with pytest.raises(ReceiptUnproved) as refused:
            prove(told, mine)
        assert refused.value.part == part


def test_prove__envelopes_of_two_transactions__is_not_proved() -> None:
    mine = sealed()
    told: Any = Told(rows(mine, 0, 1)[0], rows(mine, 0, 2)[1])
    with pytest.raises(ReceiptUnproved) as refused:
        prove(told, mine)
    assert refused.value.part == "transaction"


def test_prove__same_bytes_in_another_transaction_than_the_receipt_s__is_proved_where_they_are() -> None:
    mine = sealed().sent("0x" + "0" * 63 + "9", 9, 9)
    told: Any = Told(*rows(mine, 0, 1))
    found = prove(told, mine)
    assert (found.transaction, found.block, found.status) == (f"0x{1:064x}", 1, "sealed")


@pytest.mark.parametrize(
    ("now", "status", "superseded_by"),
    [
        ({}, "sealed", None), ({"status": "withdrawn"}, "withdrawn", None), ({"status": "lapsed"}, "lapsed", None),
        ({"status": "excluded"}, "excluded", None), ({"openings": [{}]}, "opened", None),
        ({"version": 3, "status": "withdrawn"}, "superseded", 3), ({"version": 2}, "superseded", 2),
    ],
)  # fmt: skip
def test_prove__whatever_became_of_the_bid__is_said(
    now: dict[str, Any], status: str, superseded_by: int | None
) -> None:
    mine = sealed()
    told: Any = Told(*rows(mine, 0, 1), **now)
    found = prove(told, mine)
    assert (found.status, found.superseded_by) == (status, superseded_by)


@pytest.mark.parametrize("last", [-2, 2**32 - 1, 10**30, "1", True])
def test_next_version__after_one_that_no_bid_has__is_refused(last: Any) -> None:
    told: Any = SimpleNamespace(get=lambda path: {"items": [{"version": last}]})
    with pytest.raises(AnswerUnreadable):
        next_version(told, 7, ACCOUNT)


# The notice


TERMS = Terms(
    "sandbox", 1, "MXN", 2, 1_800_000_000, NOTICE.keyset.id, bytes(32), bytes(32), b"\1" * 32, 1, 0, 0,
    Setup((LotTerms(5, 0), LotTerms(6, 0))),
)  # fmt: skip


def published(terms: Terms = TERMS, **tender: Any) -> dict[str, Any]:
    """A row of the feed; its text is none that an index takes for good."""
    setup = {
        "lots": [{"ceiling": str(lot.ceiling), "marketMean": "0"} for lot in terms.setup.lots],
        "criteria": [],
        "panel": [],
    }
    return {
        "contract": "TenderBoard", "type": "TenderPublished", "cursor": "1.0.0", "time": "2026-01-01T00:00:00Z",
        "transaction": "0x" + "12" * 32,
        "args": {
            "json": canonical(tender).decode(),
            "terms": {
                "procedure": to_hex(padded(terms.procedure, 16)), "procedureVersion": terms.procedure_version,
                "currency": to_hex(padded(terms.currency, 3)), "exponent": terms.exponent, "deadline": terms.deadline,
                "keysetId": to_hex(terms.keyset_id), "reviewBody": to_hex(terms.review_body), "planRef": to_hex(terms.plan_ref),
                "documentsHash": to_hex(terms.documents_hash), "items": terms.items, "documents": terms.documents,
                "priceWeightBps": terms.price_weight_bps, "setup": setup,
            },
        },
    }  # fmt: skip


class Board:
    """A service that tells a notice, and these publications and addenda."""

    def __init__(self, notice: Notice, rows: list[dict[str, Any]]) -> None:
        self._notice = notice
        self._rows = rows

    def get(self, path: str) -> Any:
        asked = urlsplit(path)
        if asked.path == "/network":
            return {
                "chainId": 31337,
                "contracts": {"BidBox": BOX, "OpeningCommittee": NOTICE.keyset.committee},
            }
        if asked.path == "/tenders/7/notice":
            return json.loads(self._notice.to_json())
        kind = parse_qs(asked.query)["type"][0]
        return {"items": [row for row in self._rows if row["type"] == kind], "next": ""}


def told_notice(row: dict[str, Any] | None, **changed: Any) -> Notice:
    """What is made of the notice of a tender of two lots, whose text told them as ``row`` does."""
    row = published(title="x") if row is None else row
    text = str(row["args"]["json"])
    own = replace(HERE, terms_hash=terms_hash(TERMS, text.encode()), lots=("1", "2"))
    board: Any = Board(replace(own, **changed), [row])
    return notice_of(board, 7)


def test_notice_of__what_the_published_terms_say__is_taken() -> None:
    assert told_notice(None).lots == ("1", "2")


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"lots": ("2", "1")}, "lots"), ({"lots": ("1",)}, "lots"), ({"currency": "USD"}, "currency"), ({"exponent": 0}, "exponent"),
        ({"terms_hash": b"\6" * 32}, "termsHash"), ({"keyset": replace(NOTICE.keyset, transcript=b"\x08" * 32)}, "keyset"),
    ],
)  # fmt: skip
def test_notice_of__another_thing_than_the_published_terms_with_its_hash__is_refused(
    changed: dict[str, Any], part: str
) -> None:
    with pytest.raises(NoticeWrong) as refused:
        told_notice(None, **changed)
    assert refused.value.part == part


def test_notice_file__read_again__is_held_against_what_was_published() -> None:
    row = published(title="x")
    own = replace(HERE, terms_hash=terms_hash(TERMS, row["args"]["json"].encode()), lots=("1", "2"))
    board: Any = Board(own, [row])
    notice, data = notice_file(board, 7)
    assert notice == own == notice_in(data)
    swapped = json.loads(data) | {"lots": ["2", "1"]}
    for changed, part in ((swapped, "lots"), (json.loads(own.to_json()), "published: TypeError")):
        with pytest.raises(NoticeWrong) as refused:
            notice_in(json.dumps(changed).encode())
        assert refused.value.part == part


@pytest.mark.parametrize(
    "change", [{"terms": None}, {"terms": {}}, {"json": "\ud800"}, {"terms": {"setup": 1}}]
)
def test_notice_of__terms_that_cannot_be_read__is_refused_by_name(change: dict[str, Any]) -> None:
    row = published(title="x")
    text = row["args"]["json"]
    row["args"] |= change
    board: Any = Board(replace(HERE, terms_hash=terms_hash(TERMS, text.encode()), lots=("1", "2")), [row])
    with pytest.raises(NoticeWrong):
        notice_of(board, 7)


def test_prove__another_network__is_foreign() -> None:
    told: Any = Told(box="0x" + "35" * 20)
    with pytest.raises(ReceiptForeign):
        prove(told, sealed())
