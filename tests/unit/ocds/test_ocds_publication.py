"""chain/publication.py: what someone wrote into a tender never stops publication; what is no one's text does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from chain.errors.ocds import ReleaseFieldEmpty
from chain.ocds.intake import Intake
from chain.procurement.procedure import preset
from chain.publication import OcdsPublisher
from chain.recorder.index.views import MemberRow, SupplierRow
from chain.recorder.publish import Published, TenderChange
from chain.rules import terms_hash
from chain.types import ZERO32, Event, TenderFacts
from tests.unit.ocds.conftest import NOW, PUBLICATION

pytestmark = pytest.mark.unit

FACTS = TenderFacts(
    b"\1" * 32, b"\2" * 32, ZERO32, ZERO32, b"\4" * 32, "sandbox", 1, NOW + 3600, 1, 0, 0, 1, 0, "MXN", 2
)


class Members:
    """A directory of one member."""

    def __init__(self, name: str) -> None:
        values: dict[str, Any] = {field.name: 0 for field in fields(MemberRow)}
        self._row = MemberRow(**{**values, "org_id": "MX-RFC-GDF9712054NA", "name": name})

    def member(self, id: str) -> MemberRow | None:
        """The member, whatever its id."""
        return self._row

    def supplier(self, id: str) -> SupplierRow | None:
        """None."""
        return None


@pytest.fixture
def published(intake: Callable[..., Intake], ledger: Any) -> Event:
    """A publication with its hash."""
    taken = intake()
    event: Event = ledger.published(taken)
    digest = "0x" + terms_hash(taken.terms, taken.json.encode()).hex()
    return replace(event, args={**event.args, "termsHash": digest})


def publish(publisher: OcdsPublisher, event: Event, name: str) -> Published:
    """What one event of a member with this name gives."""
    change = TenderChange(1, event.block, event.time, (event,), (), FACTS, preset("sandbox").version(1), None)
    return publisher.publish(change, Members(name))


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
