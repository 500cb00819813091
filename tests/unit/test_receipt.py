"""chain/audit/receipt.py and transaction.py over recorded chains: all bodies verify, and any change is refused by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chain.audit import header_from_json, qbft_block_hash
from chain.audit.receipt import transactions_root
from chain.audit.transaction import transaction_from_json
from chain.errors.audit import AuditRefusal
from tests.recorded import ANVIL, DROP, QBFT, QBFT_ID, SAMPLES, Body, changed, leaves, put

pytestmark = pytest.mark.unit

SENDERS = {
    "0xea641ec49d808e9a86888abfb61b61da04f23754",
    "0x047cfea3aa4c17448296f05f4ca6be18499e98ff",
    "0xe7ec2da7350476219c74d1d3741623e37af963ae",
}
UNPROVED = {"revertReason", "blobGasPrice"}  # written by some nodes; a header proves nothing about them


def test_verify_body__every_recorded_qbft_block__is_proved() -> None:
    proved = [one for number in range(len(QBFT)) for one in Body("qbft", number).verify()]
    assert len(proved) == 164
    assert {"0x" + one.transaction.sender.hex() for one in proved} == SENDERS
    assert {one.transaction.type for one in proved} == {0, 1, 2}
    assert sum(one.transaction.chain_id is None for one in proved) == 1
    assert sum(len(one.receipt.logs) for one in proved) == 193


def test_verify_body__every_recorded_anvil_block__is_proved() -> None:
    proved = [one for number in range(len(ANVIL)) for one in Body("anvil", number).verify()]
    assert len(proved) == 28
    assert [one.receipt.succeeded for one in proved].count(False) == 2
    assert [one.first_log for one in Body("anvil", 2).verify()] == [0, 1, 2, 2]


def test_transactions_root__every_block_of_the_second_chain__is_the_headers() -> None:
    for block in DROP:
        transactions = [transaction_from_json(item, QBFT_ID) for item in block["transactions"]]
        assert transactions_root(transactions) == header_from_json(block, qbft_block_hash).transactions_root


# The rules by which a changed value is noticed, besides its own "-field:" rule, by the value's name.
NOTICED = {
    "type": {
        "transaction-type",
        "transaction-field:v",
        "transaction-field:maxFeePerGas",
        "transaction-field:chainId",
    },
    "v": {"transaction-field:yParity", "transaction-field:chainId", "transaction-chain"},
    "chainId": {"transaction-chain"},
    "r": {"transaction-signature"},
    "status": {"receipts-root"},
    "data": {"receipts-root"},
    "address": {"receipt-field:logsBloom"},
    "topics": {"receipt-field:logsBloom"},
    "cumulativeGasUsed": {"receipt-field:gasUsed"},
}
RECEIPT_FIELDS = {
    "status",
    "cumulativeGasUsed",
    "logsBloom",
    "gasUsed",
    "effectiveGasPrice",
    "contractAddress",
}


@pytest.mark.parametrize(("chain", "number"), SAMPLES)
def test_verify_body__any_value_changed__is_refused_with_a_rule_that_names_it(
    chain: str, number: int
) -> None:
    body = Body(chain, number)
    seen = set()
    for path, value in list(leaves(body.json)):
        name = next(step for step in reversed(path) if isinstance(step, str))
        if name in UNPROVED:
            continue
        put(body.json, path, changed(value))
        refused = body.refused()
        put(body.json, path, value)
        own = refused.rule.endswith(f"-field:{name}") and refused.place == "/".join(["body", *map(str, path)])
        by_hash = path[0] == "transactions" and refused.rule == "transaction-hash"
        assert own or by_hash or refused.rule in NOTICED[name], (path, str(refused))
        if refused.rule != "receipts-root":
            assert refused.place.startswith(f"body/{path[0]}/{path[1]}/")
        seen.add(name)
    assert seen >= RECEIPT_FIELDS
    body.verify()


@pytest.mark.parametrize(
    "bad", [None, True, 7, -1, 1.5, "", "7", "0x0g", "0xAB", "0x" + "f" * 200_001, [], [None], {}, {"a": 1}]
)
def test_verify_body__any_value_unreadable__is_refused_by_field_and_place(bad: Any) -> None:
    body = Body("qbft", 4)
    for path, value in leaves(body.json):
        name = next(step for step in reversed(path) if isinstance(step, str))
        absent = {"chainId", "yParity", "blockTimestamp", "gasPrice", "to", "contractAddress"}
        if bad is None and (name in absent or value is None):
            continue
        put(body.json, path, bad)
        refused = body.refused()
        put(body.json, path, value)
        assert refused.rule.endswith(f"-field:{name}"), (path, str(refused))
        assert refused.place == "/".join(["body", *map(str, path)])
        assert len(str(refused)) < 1000


@pytest.mark.parametrize("bad", [None, True, 7, "0x", [], {}])
def test_verify_body__lists_entries_and_logs_of_another_shape__are_refused(bad: Any) -> None:
    places: list[tuple[Any, ...]] = [
        ("transactions",),
        ("receipts",),
        ("transactions", 0),
        ("receipts", 0),
        ("receipts", 1, "logs"),
        ("receipts", 1, "logs", 0),
        ("receipts", 1, "logs", 0, "topics"),
    ]
    for path in places:
        body = Body("qbft", 6)
        put(body.json, path, bad)
        assert body.refused().rule


@pytest.mark.parametrize("name", ["transactions", "receipts"])
def test_verify_body__entry_missing_or_doubled__is_refused(name: str) -> None:
    for edit in (lambda items: items.pop(), lambda items: items.append(items[-1])):
        body = Body("qbft", 4)
        edit(body.json[name])
        assert body.refused().rule in ("receipt-count", "transaction-field:transactionIndex")


def test_verify_body__last_transaction_and_receipt_left_out__is_refused_by_the_root() -> None:
    body = Body("qbft", 4)
    body.json["transactions"].pop()
    body.json["receipts"].pop()
    assert body.refused().rule == "transactions-root"


def test_verify_body__order_changed_and_indexes_made_anew__is_refused_by_the_root() -> None:
    body = Body("qbft", 4)
    for items in body.json.values():
        items[0], items[1] = items[1], items[0]
        items[0]["transactionIndex"], items[1]["transactionIndex"] = "0x0", "0x1"
    assert body.refused().rule == "transactions-root"


def test_verify_body__log_edited_and_bloom_made_anew__is_refused_by_the_root() -> None:
    body = Body("anvil", 1 + 1)
    log = body.json["receipts"][0]["logs"][0]
    log["data"] = "0x" + "2b".rjust(64, "0")
    assert body.refused().rule == "receipts-root"


def test_verify_body__another_headers_body__is_refused() -> None:
    body = Body("anvil", 5)
    body.header = replace(body.header, logs_bloom=bytes(256))
    body.block_hash = lambda header: bytes.fromhex(ANVIL[5]["hash"][2:])
    assert body.refused().rule == "logs-bloom"
    body.header = replace(Body("anvil", 5).header, gas_used=1)
    assert body.refused().rule == "gas-used"
    body.header = Body("anvil", 4).header
    with pytest.raises(AuditRefusal) as refused:
        body.verify()
    assert refused.value.rule == "transaction-field:blockNumber"


def test_verify_body__another_chains_id__is_refused() -> None:
    body = Body("qbft", 4)
    body.chain_id = QBFT_ID + 1
    assert body.refused().rule == "transaction-chain"


@pytest.mark.parametrize(("kind", "name"), [("0x3", "EIP-4844"), ("0x4", "EIP-7702"), ("0x7f", "unknown")])
def test_transaction_from_json__type_that_is_not_admitted__is_refused_by_name(kind: str, name: str) -> None:
    with pytest.raises(AuditRefusal) as refused:
        transaction_from_json({**QBFT[3]["transactions"][0], "type": kind}, QBFT_ID)
    assert refused.value.rule == "transaction-type"
    assert name in refused.value.found


@pytest.mark.parametrize(
    ("name", "value"), [("r", "0x0"), ("s", "0x0"), ("s", hex(2**256 - 1)), ("r", hex(2**256 - 1))]
)
def test_transaction_from_json__signature_out_of_range__is_refused(name: str, value: str) -> None:
    with pytest.raises(AuditRefusal) as refused:
        transaction_from_json({**QBFT[3]["transactions"][0], name: value}, QBFT_ID)
    assert refused.value.rule == "transaction-signature"


def test_transaction_from_json__same_signature_with_high_s__is_refused() -> None:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    item = QBFT[3]["transactions"][0]
    twin = {
        "s": hex(order - int(item["s"], 16)),
        "v": hex(1 - int(item["v"], 16)),
        "yParity": hex(1 - int(item["v"], 16)),
    }
    with pytest.raises(AuditRefusal) as refused:
        transaction_from_json({**item, **twin}, QBFT_ID)
    assert refused.value.rule == "transaction-signature"
