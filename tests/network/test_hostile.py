"""Texts that were sent straight to the contract, past the API: they are kept, marked and left out, and nothing stops on them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.audit.bundle import Proof, collect, verify
from chain.audit.run import run
from chain.bindings import tender_board
from chain.deployment import deploy_contracts
from chain.errors.audit import AuditRefusal
from chain.errors.ocds import ImportFieldMissing
from chain.founding import OPENERS, sandbox_founding
from chain.network import Network
from chain.ocds.values import utc
from chain.procurement.committee import form_committee
from chain.procurement.session import Person
from chain.rules import canonical
from chain.rules.hashes import documents_hash
from chain.seats import RANDOM_PASSPHRASE_COST, FolderStore
from chain.transactions import address_of
from chain.types import ZERO32, LotTerms, Setup, Terms
from tests.network.story import asked, proof_of

pytestmark = pytest.mark.network

LATIN = "\xff\x80\x81"
"""A currency of three bytes that are neither ASCII nor UTF-8."""

QUESTIONS = ('{"title":"x"}', "[", '{"description":"y","title":{}}')


def document(deadline: int, **other: Any) -> dict[str, Any]:
    """A tender of one lot as the API would write it, but for what is ``other``."""
    value = {"amount": 2500, "currency": "MXN"}
    return {
        "title": "T", "procurementMethod": "open", "awardCriteria": "priceOnly", "value": value,
        "lots": [{"id": "L", "value": value}], "tenderPeriod": {"endDate": utc(deadline)},
        "items": [{"id": "1", "description": "B", "quantity": 4, "relatedLot": "L", "classification": {"scheme": "U", "id": "1"}}],
        **other,
    }  # fmt: skip


def texts(deadline: int) -> dict[str, tuple[str, str]]:
    """Name -> (currency of the terms, text)."""
    value = {"amount": 2500, "currency": "ZZZ"}
    repeated = document(deadline, milestones=[{"id": "m", "relatedLots": ["L", "L"]}])
    unknown = document(deadline, value=value, lots=[{"id": "L", "value": value}])
    return {
        "lots": ("MXN", canonical(repeated).decode()),
        "currency": ("ZZZ", canonical(unknown).decode()),
        "latin": (LATIN, "{}"),
        "deep": ("MXN", "[" * 30_000),
        "huge": ("MXN", '{"title":' + "9" * 5_000 + "}"),
        "surrogate": ("MXN", '{"title":"\\ud800"}'),
        "items": ("MXN", '{"items":[null],"lots":[1],"title":"x","value":3}'),
        "title": ("MXN", '{"title":{"a":1}}'),
    }


def publish(net: Network, sender: Person, terms: Terms, text: str) -> int:
    """Number of the tender with this text."""
    call = tender_board.publish(secrets.token_bytes(32), terms.as_tuple(), text)
    return int(net.send(call, sender).events[0].args["id"], 16)


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    with Network.start("sandbox") as network:
        yield network


@pytest.fixture(scope="module")
def numbers(net: Network) -> dict[str, int]:
    """Name -> tender of every text, and ``good``: one that the API would have sent, with questions that it would not."""
    buyer, acme = net.people("buyer", "acme")
    good = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    for text in QUESTIONS:
        net.send(tender_board.ask(good.id, secrets.token_bytes(32), text), acme)
    net.send(tender_board.answer(good.id, 1, '{"answer":["\\ud800"]}'), buyer)
    deadline = net.now() + 3600
    terms = replace(
        good.terms, deadline=deadline, items=1, documents=0, documents_hash=documents_hash([]), plan_ref=ZERO32,
        setup=Setup((LotTerms(250_000, 0),), (), ()),
    )  # fmt: skip
    found = {
        name: publish(net, buyer, replace(terms, currency=currency), text)
        for name, (currency, text) in texts(deadline).items()
    }
    return {"good": good.number, **found}


def test_rebuild__texts_of_any_kind__are_released_as_anchor_and_status(
    net: Network, numbers: dict[str, int]
) -> None:
    net.rebuild_index()
    index = Network.index_of(net.folder.path)
    for name, number in numbers.items():
        (first, *_) = [json.loads(row.data) for row in index.releases(net.publication.ocid(number))]
        if name != "good":
            assert first["tender"] == {"id": str(number), "status": "active"}, name
    report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
    assert report.facts["digest"] == index.digest()
    published = [text for text in report.warnings if "TenderPublished" in text]
    assert len(published) == len(numbers) - 1
    assert any("ImportIdRepeated" in text for text in published)
    assert any("ReleaseSchemaInvalid" in text for text in published)


@pytest.mark.parametrize("name", ["good", "lots", "currency", "latin", "deep", "surrogate"])
def test_proof__of_a_tender_whose_text_was_bad__is_made_and_holds(
    net: Network, numbers: dict[str, int], name: str, tmp_path: Path
) -> None:
    proof = proof_of(net, numbers[name], with_documents=False)
    assert verify(proof.write(tmp_path / "proof.zip"), head=proof.head).word == "matches-head"


def test_tender__text_or_question_of_another_form__is_empty(net: Network, numbers: dict[str, int]) -> None:
    for name in ("deep", "huge", "surrogate"):
        tender = net.tenders[numbers[name]]
        assert (tender.document, tender.title) == ({}, "")
    titled = net.tenders[numbers["title"]]
    assert (titled.document, titled.title) == ({"title": {"a": 1}}, "")
    questions = net.tenders[numbers["good"]].questions
    assert [(one.title, one.description) for one in questions] == [("x", ""), ("", ""), ("", "y")]
    assert [one.answer for one in questions] == ["", None, None]


def test_amend__tender_whose_text_was_bad__begins_with_nothing(net: Network, numbers: dict[str, int]) -> None:
    (buyer,) = net.people("buyer")
    net.rebuild_index()
    index = Network.index_of(net.folder.path)
    for name in ("items", "deep", "lots"):
        with pytest.raises(ImportFieldMissing):
            net.tenders[numbers[name]].amend({"patch": {"title": "New"}}, sender=buyer)
        row = index.tender(numbers[name])
        assert row is not None and row.good == {}
    good = index.tender(numbers["good"])
    assert good is not None and good.good == good.tender != {}


def proof_of_copy(net: Network, folder: Path) -> Proof:
    """The proof of tender 1 of the same contracts, created once more on the same chain with a founding of their own."""
    people = {name: record.address for name, record in net.records.items()}
    founding, key = sandbox_founding(people, net.now()), secrets.token_bytes(32)
    founder = Person("founder", address_of(key), key)
    made = asked(net, lambda rpc: deploy_contracts(rpc, key, founding, net.nudge, founder=founder.address))
    twin = copy(net)
    twin.deployment = made
    stores = [FolderStore(folder / name, "a passphrase", RANDOM_PASSPHRASE_COST) for name in OPENERS]
    keyset = form_committee(twin, founder, net.people(*OPENERS), stores)
    (buyer,) = net.people("buyer")
    terms = replace(net.tenders[1].terms, deadline=net.now() + 3600, keyset_id=keyset)
    publish(twin, buyer, terms, "{}")
    return asked(net, lambda rpc: collect(rpc, made, net.publication, 1))


def test_verify__copy_of_the_contracts_on_the_same_chain__is_told_by_the_board(
    net: Network, numbers: dict[str, int], tmp_path: Path
) -> None:
    board = net.deployment.addresses["TenderBoard"]
    forged = proof_of_copy(net, tmp_path)
    path = forged.write(tmp_path / "copy.zip")
    said = "\n".join(verify(path, head=forged.head).lines)
    assert f"compare the TenderBoard address {forged.report.facts['board']} with one you trust" in said
    assert "not proved: who the publisher is" in said
    with pytest.raises(AuditRefusal) as refused:
        verify(path, head=forged.head, board=board)
    assert (refused.value.rule, refused.value.place) == (
        "contracts",
        "code.json#/contracts/TenderBoard/address",
    )
    own = proof_of(net, 1, with_documents=False)
    verdict = verify(own.write(tmp_path / "own.zip"), head=own.head, board=board.lower())
    assert f"TenderBoard {board}" in verdict.lines
    assert not any("TenderBoard address" in text for text in verdict.report.unproved)
