"""chain/publication.py: what someone wrote into a tender never stops publication; what is no one's text does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import pytest

from chain.errors.ocds import ReleaseFieldEmpty
from chain.ocds.intake import Intake
from chain.ocds.publication import Organisation
from chain.procurement.procedure import preset
from chain.publication import OcdsPublisher, supplier
from chain.recorder.index.views import MemberRow, SupplierRow
from chain.recorder.publish import Published, TenderChange
from chain.rules import member_id, terms_hash
from chain.types import ZERO32, Event, TenderFacts, to_hex
from tests.unit.ocds.box import Box, account
from tests.unit.ocds.conftest import NOW, PUBLICATION

pytestmark = pytest.mark.unit

FACTS = TenderFacts(
    b"\1" * 32, b"\2" * 32, ZERO32, ZERO32, b"\4" * 32, "sandbox", 1, NOW + 3600, 1, 0, 0, 1, 0, "MXN", 2
)


class Members:
    """A directory of one member, and of the suppliers by their bids."""

    def __init__(self, name: str, *bidders: SupplierRow, kept: Sequence[Any] = ()) -> None:
        values: dict[str, Any] = {field.name: 0 for field in fields(MemberRow)}
        self._row = MemberRow(**{**values, "org_id": "MX-RFC-GDF9712054NA", "name": name})
        self._bidders = bidders
        self._kept = kept

    def member(self, id: str) -> MemberRow | None:
        """The member, whatever its id."""
        return self._row

    def supplier(self, id: str) -> SupplierRow | None:
        """None."""
        return None

    def bidder(self, tender: int, bid: int) -> SupplierRow | None:
        """The supplier of the bid."""
        return self._bidders[bid]

    def envelope(self, tender: int, bid: int, envelope: int) -> str | None:
        """Nothing that can be read."""
        return "0x"

    def payment(self, agreement: int, number: int) -> Mapping[str, Any] | None:
        """None."""
        return None

    def withheld(self, tender: int) -> Sequence[Any]:
        """What earlier blocks gave to be kept aside."""
        return self._kept


@pytest.fixture
def published(intake: Callable[..., Intake], ledger: Any) -> Event:
    """A publication with its hash."""
    taken = intake()
    event: Event = ledger.published(taken)
    digest = "0x" + terms_hash(taken.terms, taken.json.encode()).hex()
    return replace(event, args={**event.args, "termsHash": digest})


def publish(
    publisher: OcdsPublisher,
    event: Event,
    name: str,
    *bidders: SupplierRow,
    state: Any = None,
    kept: Sequence[Any] = (),
) -> Published:
    """What one event of a member with this name gives."""
    change = TenderChange(
        1, event.block, event.time, (event,), {}, FACTS, preset("sandbox").version(1), state
    )
    return publisher.publish(change, Members(name, *bidders, kept=kept))


def registered(id: str, public: dict[str, Any]) -> SupplierRow:
    """A supplier with this public data."""
    return SupplierRow(id, True, 1, (account(0),), NOW, "0x" + "00" * 32, 0, public, True, (), 1)


def firm(scheme: str, number: str, name: Any) -> SupplierRow:
    """A supplier whose id is the hash of its org-id."""
    public = {"identifier": {"scheme": scheme, "id": number}, "name": name}
    return registered(to_hex(member_id(f"{scheme}-{number}")), public)


def test_publish__text_that_its_rules_allow__is_released(published: Event) -> None:
    done = publish(OcdsPublisher(PUBLICATION), published, "SECRETARÍA")
    assert done.release is not None and not done.refused
    assert json.loads(done.release.data)["tender"]["title"] == "Computadoras portátiles"


def test_publish__release_refused_with_a_text__is_anchor_and_status_without_it(published: Event) -> None:
    done = publish(OcdsPublisher(PUBLICATION), published, "")
    assert done.release is not None
    release = json.loads(done.release.data)
    assert done.refused == "ReleaseSchemaInvalid"
    assert release["tender"] == {"id": "1", "status": "active"}
    assert [anchor["event"] for anchor in release["ledgerAnchors"]] == ["TenderPublished"]
    assert done == publish(OcdsPublisher(PUBLICATION), published, "")


def test_publish__release_refused_without_any_text_too__stops(published: Event) -> None:
    event = replace(published, args={**published.args, "json": ""})
    with pytest.raises(ReleaseFieldEmpty):
        publish(OcdsPublisher(replace(PUBLICATION, language="")), event, "SECRETARÍA")


RANDOM = "0x" + "0a" * 32


@pytest.mark.parametrize(
    "row", [firm("MX-RFC", "ACM010101AB1", "Acme, S.A."), firm("LICITA", "ACME", "Acme, S.A.")]
)
def test_supplier__firm__is_named_as_it_was_registered(row: SupplierRow) -> None:
    identifier = row.public["identifier"]
    org_id = f"{identifier['scheme']}-{identifier['id']}"
    assert supplier(row) == Organisation(org_id, "Acme, S.A.")


@pytest.mark.parametrize(
    "row",
    [
        registered(RANDOM, {}),
        registered(RANDOM, {"name": "Juan Gómez"}),
        registered(RANDOM, {"identifier": {"scheme": "LICITA", "id": "1"}, "name": "Persona física"}),
        registered(RANDOM, {"identifier": {"scheme": "MX-RFC", "id": "ACM010101AB1"}, "name": "Acme"}),
        registered(RANDOM, {"identifier": 5, "name": []}),
        firm("MX-RFC", "GOMJ800101AB1", "Juan Gómez"),
        firm("LICITA", "ACME", "Juan, GOMJ800101AB1"),
        firm("LICITA", "ACME", ""),
        firm("LICITA", "ACME", None),
        firm("LICITA", "ACME", {"a": 1}),
        firm("LICITA", "ACME", "a\0"),
    ],
)
def test_supplier__that_is_no_firm_by_its_public_data__is_a_person_without_a_name(row: SupplierRow) -> None:
    assert supplier(row) == Organisation(f"LICITA-{row.id}", "Persona física", is_person=True)


def test_publish__bid__is_kept_aside_until_its_opening(published: Event, ledger: Any) -> None:
    publisher, box = OcdsPublisher(PUBLICATION), Box(ledger)
    first = publish(publisher, published, "SECRETARÍA")
    ledger.block()
    sealed = publish(publisher, box.submit(0), "SECRETARÍA", state=first.state)
    assert (sealed.release, sealed.refused) == (None, "")
    assert sealed.state["anchors"] == first.state["anchors"] == [["10-0", "TenderPublished"]]
    ledger.block()
    person = registered(RANDOM, {})
    opened = box.open(0, [500])
    done = publish(publisher, opened, "SECRETARÍA", person, state=sealed.state, kept=sealed.withheld)
    assert done.release is not None
    release = json.loads(done.release.data)
    assert release["bids"]["details"][0]["tenderers"] == [
        {"id": f"LICITA-{RANDOM}", "name": "Persona física"}
    ]
    # Once bids are disclosed, what the checks ask for is which events there were.
    assert done.state["anchors"] == [["", name] for name in ("BidOpened", "BidSealed", "TenderPublished")]
