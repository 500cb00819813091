"""The index and the publisher together: who bid is who bid then, whatever became of the account."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chain.ocds.intake import Intake
from chain.procurement.procedure import preset
from chain.publication import OcdsPublisher, judge
from chain.recorder.index.blocks import Block, Indexer
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import idx_member, idx_process, idx_release
from chain.rules import canonical, member_id, terms_hash
from chain.sealing.document import OfferFile
from chain.types import Event, to_hex
from tests.unit.ocds.box import Box, account
from tests.unit.ocds.conftest import BUYER, ORG, PUBLICATION, Ledger

pytestmark = pytest.mark.unit

FIRMS = {name: to_hex(member_id(f"LICITA-{name}")) for name in ("ACME", "BETA")}


class Chain:
    """Blocks through the real indexer and publisher; a ledger says where the next event stands."""

    def __init__(self, taken: Intake) -> None:
        self.rows, self.ledger = MemoryRows(), Ledger()
        self.box = Box(self.ledger)
        self._indexer = Indexer(OcdsPublisher(PUBLICATION), judge)
        self.rows.put(idx_member, {
            "id": BUYER, "org_id": ORG, "name": "SECRETARÍA", "sector": 0, "kinds": 1, "superior": "0x", "suspended_until": 0,
            "left_at": 0, "recoveries": 0, "seats": "[]", "block": 0,
        })  # fmt: skip
        terms = taken.terms
        procedure = preset("sandbox").version(terms.procedure_version)
        values = {
            str(at): "0x" + value.hex() if isinstance(value, bytes) else value
            for at, value in enumerate(procedure.as_tuple())
        }
        code = "0x" + terms.as_tuple()[0].hex()
        adopted = {"code": code, "version": terms.procedure_version, "procedure": values, "json": "{}"}
        published = self.ledger.published(taken, 9)
        hashes = {"termsHash": to_hex(terms_hash(terms, taken.json.encode())), "recordId": "0x01"}
        self.block(
            self.event("ProcedureBook", "ProcedureAdopted", **adopted),
            *(self.registered(name, index) for index, name in enumerate(FIRMS)),
            replace(published, args={**published.args, **hashes}),
        )

    def event(self, contract: str, name: str, **args: Any) -> Event:
        """Of the next block."""
        self.box.log += 1
        return Event(
            contract, name, args, self.ledger.number, self.ledger.time, "0x02", 0, self.box.log, "0x"
        )

    def registered(self, name: str, index: int) -> Event:
        """A firm with the account of a bidder."""
        public = {"identifier": {"scheme": "LICITA", "id": name}, "name": name.title()}
        text = canonical(public).decode()
        return self.event(
            "SupplierRegistry", "SupplierRegistered", id=FIRMS[name], accounts=[account(index)], json=text
        )

    def moved(self, name: str, *accounts: str) -> Event:
        """A firm changes its accounts."""
        return self.event(
            "SupplierRegistry", "SupplierAccountsSet", id=FIRMS[name], version=2, accounts=list(accounts)
        )

    def block(self, *events: Event) -> None:
        """The next block."""
        number, time = self.ledger.number, self.ledger.time
        self._indexer.apply(Block(number, f"0x{number}", "0x", time, (), events), self.rows)
        self.ledger.number, self.ledger.time = number + 1, time + 1

    @property
    def releases(self) -> Sequence[dict[str, Any]]:
        """What was published."""
        return [json.loads(row["data"]) for row in self.rows.all(idx_release)]


def test_blocks__account_that_changes_hands_in_the_block_of_its_bid__names_who_bid(
    intake: Any,
) -> None:
    chain = Chain(intake())
    sent = chain.box.submit(0, [100])
    chain.block(sent, chain.moved("ACME", account(7)), chain.moved("BETA", account(0), account(1)))
    state = chain.rows.get(idx_process, 1)
    assert state is not None and (len(chain.releases), state["released_block"]) == (1, 10)
    chain.block(chain.box.lock(), chain.box.open(0))
    (_, release) = chain.releases
    assert release["tender"]["tenderers"] == [{"id": "LICITA-ACME", "name": "Acme"}]
    assert [anchor["event"] for anchor in release["ledgerAnchors"]] == ["BidSealed", "BoxLocked", "BidOpened"]


def test_blocks__documents_of_a_bid_sent_twice__are_those_of_the_last(intake: Any) -> None:
    chain = Chain(intake())
    files = [OfferFile(name, "application/pdf", name.encode()) for name in ("first.pdf", "last.pdf")]
    first, last = chain.box.submit(0, [100], files[0]), chain.box.submit(0, [90], files[1])
    chain.block(first, last)
    chain.block(chain.box.open(0))
    (bid,) = chain.releases[-1]["bids"]["details"]
    assert (bid["value"]["amount"], bid["commitment"]["id"]) == (0.9, last.args["seal"])
    assert [document["title"] for document in bid["documents"]] == ["last.pdf"]
