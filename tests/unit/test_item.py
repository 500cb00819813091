"""chain/audit/item.py: what a proof bundle carries of one transaction, and that nothing in it can be changed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from chain.audit import Place, item_of, verify_item
from chain.errors.audit import AuditRefusal
from tests.recorded import ANVIL_ID, SAMPLES, Body, changed, leaves, put

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("chain", "number"), SAMPLES)
def test_verify_item__every_transaction__is_proved_from_json_alone(chain: str, number: int) -> None:
    body = Body(chain, number)
    proved = body.verify()
    for one in proved:
        logs = range(len(one.receipt.logs))
        text = json.dumps(item_of(body.header, proved, one.index, logs))
        item = verify_item(body.header, json.loads(text), body.chain_id)
        assert (item.block, item.index, item.logs) == (number, one.index, tuple(logs))
        assert (item.transaction, item.receipt) == (one.transaction, one.receipt)


@pytest.mark.parametrize(("chain", "number"), SAMPLES)
def test_verify_item__any_value_changed_removed_or_added__is_refused_in_its_file(
    chain: str, number: int
) -> None:
    body = Body(chain, number)
    proved = body.verify()
    place = Place(None, "items/3.json#")
    for one in proved:
        original = json.loads(
            json.dumps(item_of(body.header, proved, one.index, range(len(one.receipt.logs))))
        )
        for path, value in leaves(original):
            for bad in (changed(value), True, "0x0G", [], {}):
                item = copy.deepcopy(original)
                put(item, path, bad)
                with pytest.raises(AuditRefusal) as refused:
                    verify_item(body.header, item, body.chain_id, place)
                assert refused.value.place.startswith("items/3.json#")
        for part in ((), ("transaction",), ("receipt",)):
            item = copy.deepcopy(original)
            put(item, (*part, "note"), "unproved")
            with pytest.raises(AuditRefusal) as refused:
                verify_item(body.header, item, body.chain_id, place)
            assert (refused.value.rule, refused.value.place) == (
                "item-unproved",
                "/".join(["items/3.json#", *part, "note"]),
            )


def test_verify_item__any_field_removed__is_refused() -> None:
    body = Body("qbft", 6)
    original = item_of(body.header, body.verify(), 1, [0])
    for part in ((), ("transaction",), ("receipt",), ("receipt", "logs", 0)):
        inner: Any = original
        for step in part:
            inner = inner[step]
        for name in list(inner):
            item = copy.deepcopy(original)
            target: Any = item
            for step in part:
                target = target[step]
            del target[name]
            with pytest.raises(AuditRefusal):
                verify_item(body.header, item, body.chain_id)


@pytest.mark.parametrize("logs", [[1], [0, 0], [-1], [True], [0.0], ["0"], [None]])
def test_verify_item__log_positions_that_are_not_there__are_refused(logs: list[Any]) -> None:
    body = Body("anvil", 2)
    item = {**item_of(body.header, body.verify(), 0, [0]), "logs": logs}
    with pytest.raises(AuditRefusal) as refused:
        verify_item(body.header, item, body.chain_id)
    assert refused.value.rule == "item-field:logs"


def test_verify_item__item_of_another_block_or_index__is_refused() -> None:
    body, other = Body("anvil", 2), Body("anvil", 4)
    item = item_of(body.header, body.verify(), 0, [])
    with pytest.raises(AuditRefusal) as refused:
        verify_item(other.header, item, ANVIL_ID)
    assert refused.value.rule == "item-field:block"
    with pytest.raises(AuditRefusal) as refused:
        verify_item(other.header, {**item, "block": 4}, ANVIL_ID)
    assert refused.value.rule == "trie-proof:hash"
    with pytest.raises(AuditRefusal):
        verify_item(body.header, {**item, "index": 1}, ANVIL_ID)
