"""chain/audit/header.py over recorded chains: hashes, links, every field changed, and everything that cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain import rlp
from chain.audit import (
    PLAIN,
    Header,
    header_from_json,
    header_from_rlp,
    qbft_block_hash,
    unsealed,
    verify_headers,
)
from chain.audit.place import Place
from chain.audit.report import DEVELOPMENT, UNSEALED, evidence_of
from chain.errors.audit import AuditRefusal
from tests.recorded import ANVIL, DATA, DROP, QBFT

pytestmark = pytest.mark.unit

LONDON = [
    *(
        "parentHash",
        "sha3Uncles",
        "miner",
        "stateRoot",
        "transactionsRoot",
        "receiptsRoot",
        "logsBloom",
        "difficulty",
    ),
    *("number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce", "baseFeePerGas"),
]
CANCUN = ["withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot"]
QUANTITIES = {
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "baseFeePerGas",
    "blobGasUsed",
    "excessBlobGas",
}


def anvil_headers() -> list[Header]:
    return [header_from_json(block) for block in ANVIL]


def relinked(headers: list[Header]) -> list[Header]:
    """The headers with parent hashes made anew, as a forger would."""
    linked: list[Header] = []
    for header in headers:
        linked.append(replace(header, parent_hash=linked[-1].hash()) if linked else header)
    return linked


def with_items(raw: bytes, *changes: tuple[int, bytes]) -> bytes:
    """A raw header with some items replaced."""
    items = list(rlp.decode(raw))
    for index, value in changes:
        items[index] = value
    return rlp.encode(items)


@pytest.mark.parametrize("blocks", [QBFT, DROP], ids=["main", "drop_epoch"])
def test_header_from_json__every_recorded_qbft_block__hashes_to_its_hash_and_links(
    blocks: list[dict[str, Any]],
) -> None:
    headers = [header_from_json(block, qbft_block_hash) for block in blocks]
    for number, header in enumerate(headers):
        assert header.number == number
        assert "0x" + qbft_block_hash(header).hex() == blocks[number]["hash"]
    for parent, header in pairwise(headers):
        assert header.parent_hash == qbft_block_hash(parent)


def test_header_from_json__besu_before_26_2__genesis_has_20_fields_and_the_rest_16() -> None:
    counts = [len(rlp.decode(header_from_json(block, qbft_block_hash).rlp())) for block in QBFT]
    assert counts == [20, *[16] * 113]


def test_header_from_json__genesis_file__states_the_same_validators_and_gas_limit() -> None:
    genesis = json.loads((DATA / "qbft/genesis.json").read_text())
    header = header_from_json(QBFT[0], qbft_block_hash)
    assert header.extra_data == bytes.fromhex(genesis["extraData"][2:])
    assert header.gas_limit == int(genesis["gasLimit"], 16)


def test_header_from_json__fields_shown_but_not_in_the_header__are_left_out() -> None:
    shown = {name: QBFT[0][name] for name in CANCUN}
    assert header_from_json({**QBFT[5], **shown}, qbft_block_hash) == header_from_json(
        QBFT[5], qbft_block_hash
    )


def test_header_from_rlp__every_recorded_raw_header__is_the_header_of_the_json() -> None:
    for number, text in json.loads((DATA / "qbft/raw_headers.json").read_text()).items():
        raw = bytes.fromhex(text[2:])
        header = header_from_rlp(raw)
        assert header.rlp() == raw
        assert header == header_from_json(QBFT[int(number)], qbft_block_hash)


def test_qbft_block_hash__seals_kept_by_another_node__is_the_same_hash() -> None:
    other = json.loads((DATA / "qbft/seals_other_node.json").read_text())
    assert len(other) == 81
    for number, extra in other.items():
        header = header_from_json(QBFT[int(number)], qbft_block_hash)
        changed = replace(header, extra_data=bytes.fromhex(extra[2:]))
        assert changed.hash() != header.hash()
        assert qbft_block_hash(changed) == qbft_block_hash(header)


def test_header_from_json__qbft_blocks_without_a_word_on_the_engine__are_one_chain_whoever_sealed_them() -> (
    None
):
    other = json.loads((DATA / "qbft/seals_other_node.json").read_text())
    headers = [header_from_json(block) for block in QBFT]
    assert "0x" + verify_headers(headers, PLAIN).hash.hex() == QBFT[-1]["hash"]
    assert headers == [unsealed(header_from_json(block, qbft_block_hash)) for block in QBFT]
    for number, extra in other.items():
        assert header_from_json({**QBFT[int(number)], "extraData": extra}) == headers[int(number)]
        assert header_from_rlp(headers[int(number)].rlp()) == headers[int(number)]
    assert evidence_of(headers[-1]) == UNSEALED
    assert evidence_of(anvil_headers()[-1]) == DEVELOPMENT


@pytest.mark.parametrize(
    "extra",
    [
        b"",
        b"\xc0",
        b"\x01",
        rlp.encode([b""] * 4),
        rlp.encode([b""] * 6),
        b"\xf8\x01\x00",
        rlp.encode([b"", b"", b"", b"", [b""] * 17_000]),
    ],
)
def test_qbft_block_hash__extra_data_of_another_shape__is_refused(extra: bytes) -> None:
    header = header_from_json(QBFT[7], qbft_block_hash)
    with pytest.raises(AuditRefusal) as refused:
        qbft_block_hash(replace(header, extra_data=extra))
    assert (refused.value.rule, refused.value.block, refused.value.place) == ("extra-data", 7, "extraData")
    with pytest.raises(AuditRefusal) as refused:
        header_from_json({**QBFT[7], "extraData": "0x" + extra.hex()})
    assert (refused.value.rule, refused.value.block, refused.value.place) == ("extra-data", 7, "extraData")


def test_header_from_json__every_anvil_block__hashes_to_its_hash_with_20_fields() -> None:
    for header, block in zip(anvil_headers(), ANVIL, strict=True):
        assert "0x" + header.hash().hex() == block["hash"]
        assert len(rlp.decode(header.rlp())) == 20
        assert header_from_rlp(header.rlp()) == header


@pytest.mark.parametrize("name", [*LONDON, "hash"])
@pytest.mark.parametrize("number", [0, 1, 5, 20, 60, 113])
def test_header_from_json__qbft_field_changed__is_refused_by_its_hash(number: int, name: str) -> None:
    text = QBFT[number][name]
    at = (
        12 if name == "extraData" else len(text) - 1
    )  # in the vanity: the last bytes are seals, which no hash covers
    changed = text[:at] + ("1" if text[at] == "0" else "0" if at > 2 else "1f") + text[at + 1 :]
    with pytest.raises(AuditRefusal) as refused:
        header_from_json({**QBFT[number], name: changed}, qbft_block_hash)
    assert refused.value.rule == "header-hash"
    assert refused.value.place == "hash"


@pytest.mark.parametrize("name", [*LONDON, *CANCUN, "hash"])
@pytest.mark.parametrize("number", [0, 2, 5])
def test_header_from_json__anvil_field_changed__is_refused_by_its_hash(number: int, name: str) -> None:
    text = ANVIL[number][name]
    changed = (
        "0x00" if text == "0x" else text[:-1] + ("1" if text[-1] == "0" else "2" if text[-1] == "1" else "1")
    )
    with pytest.raises(AuditRefusal) as refused:
        header_from_json({**ANVIL[number], name: changed})
    assert refused.value.rule == "header-hash"


@pytest.mark.parametrize("name", [*LONDON, "hash"])
@pytest.mark.parametrize(
    "bad",
    [
        None,
        True,
        7,
        1.5,
        "",
        "0",
        "0x0g",
        "0xA0",
        "-0x1",
        "0x1 ",
        [],
        {},
        pytest.param("0x" + "f" * 5_000_001, id="5 MB"),
    ],
)
def test_header_from_json__unreadable_field__is_refused_by_name(name: str, bad: object) -> None:
    with pytest.raises(AuditRefusal) as refused:
        header_from_json({**ANVIL[2], name: bad}, place=Place(None, "blocks/2"))
    assert refused.value.rule == f"header-field:{name}"
    assert refused.value.place == f"blocks/2/{name}"
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize("name", sorted(QUANTITIES))
@pytest.mark.parametrize("bad", ["0x", "0x00", "0x01", "0x" + "f" * 65])
def test_header_from_json__quantity_written_otherwise__is_refused_by_name(name: str, bad: str) -> None:
    with pytest.raises(AuditRefusal) as refused:
        header_from_json({**ANVIL[2], name: bad})
    assert refused.value.rule == f"header-field:{name}"


@pytest.mark.parametrize("name", sorted({*LONDON, *CANCUN} - QUANTITIES - {"extraData"}))
def test_header_from_json__bytes_too_short_or_too_long__is_refused_by_name(name: str) -> None:
    for bad in (ANVIL[2][name][:-2], ANVIL[2][name] + "00"):
        with pytest.raises(AuditRefusal) as refused:
            header_from_json({**ANVIL[2], name: bad})
        assert refused.value.rule == f"header-field:{name}"


@pytest.mark.parametrize("name", [*LONDON, "hash"])
def test_header_from_json__field_missing__is_refused_by_name(name: str) -> None:
    block = {key: value for key, value in ANVIL[2].items() if key != name}
    with pytest.raises(AuditRefusal) as refused:
        header_from_json(block)
    assert refused.value.rule == f"header-field:{name}"


@pytest.mark.parametrize("name", CANCUN)
def test_header_from_json__optional_field_missing__is_refused_by_its_hash(name: str) -> None:
    with pytest.raises(AuditRefusal) as refused:
        header_from_json({**ANVIL[2], name: None})
    assert refused.value.rule == "header-hash"


@pytest.mark.parametrize("value", [None, [], "0x", 1, True])
def test_header_from_json__not_an_object__is_refused(value: object) -> None:
    with pytest.raises(AuditRefusal) as refused:
        header_from_json(value)
    assert refused.value.rule == "header-object"


@pytest.mark.parametrize("index", range(20))
def test_header_from_rlp__any_item_changed__is_another_hash_or_refused(index: int) -> None:
    header = anvil_headers()[5]
    item = rlp.decode(header.rlp())[index]
    changed = with_items(header.rlp(), (index, item[:-1] + bytes(((item[-1:] or b"\0")[0] ^ 1,))))
    try:
        assert header_from_rlp(changed).hash() != header.hash()
    except AuditRefusal as refused:
        assert refused.rule.startswith("header-field:")
    for size in (item + b"\1" * 33, b"\0" + item):
        if index == 12:  # extraData has any size
            continue
        with pytest.raises(AuditRefusal) as too_long:
            header_from_rlp(with_items(header.rlp(), (index, size)))
        assert too_long.value.rule.startswith("header-field:")


@pytest.mark.parametrize("count", [0, 1, 15, 18, 19, 22])
def test_header_from_rlp__another_number_of_fields__is_refused(count: int) -> None:
    items = [*rlp.decode(anvil_headers()[5].rlp()), b"", b""]
    with pytest.raises(AuditRefusal) as refused:
        header_from_rlp(rlp.encode(items[:count]))
    assert (refused.value.rule, refused.value.found) == ("header-count", count)


def test_header_from_rlp__21_fields__is_read() -> None:
    header = replace(anvil_headers()[5], requests_hash=b"\x07" * 32)
    assert header_from_rlp(header.rlp()) == header


def test_header_from_rlp__list_as_a_field__is_refused_by_name() -> None:
    items = list(rlp.decode(anvil_headers()[5].rlp()))
    items[3] = [b""]
    with pytest.raises(AuditRefusal) as refused:
        header_from_rlp(rlp.encode(items))
    assert refused.value.rule == "header-field:stateRoot"


def test_header_from_rlp__not_a_list_or_not_canonical_or_too_big__is_refused() -> None:
    raw = anvil_headers()[5].rlp()
    big = replace(anvil_headers()[5], extra_data=bytes(16 * 1024)).rlp()
    for bad, rule in (
        (b"\x05", "header-count"),
        (raw + b"\0", "header-rlp"),
        (raw[:-1], "header-rlp"),
        (big, "header-size"),
    ):
        with pytest.raises(AuditRefusal) as refused:
            header_from_rlp(bad)
        assert refused.value.rule == rule


@given(st.data())
def test_header_from_rlp__any_byte_changed__is_another_hash_or_refused(data: st.DataObject) -> None:
    raw = bytearray(header_from_json(ANVIL[5]).rlp())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert "0x" + header_from_rlp(bytes(raw)).hash().hex() != ANVIL[5]["hash"]
    except AuditRefusal as refused:
        assert refused.rule.startswith("header-")


def test_verify_headers__recorded_anvil_chain__ends_at_its_head() -> None:
    tip = verify_headers(anvil_headers(), PLAIN)
    assert tip.number == len(ANVIL) - 1
    assert "0x" + tip.hash.hex() == ANVIL[-1]["hash"]
    assert not PLAIN.sealed


@pytest.mark.parametrize(
    ("change", "rule", "place"),
    [
        ({"number": 4}, "header-number", "headers/3/number"),
        ({"parent_hash": bytes(32)}, "header-parent", "headers/3/parentHash"),
        ({"timestamp": 1}, "header-timestamp", "headers/3/timestamp"),
        ({"gas_used": 60_000_001}, "header-gas", "headers/3/gasUsed"),
    ],
)
def test_verify_headers__header_that_does_not_follow__is_refused_by_rule(
    change: dict[str, Any], rule: str, place: str
) -> None:
    headers = anvil_headers()
    headers[3] = replace(headers[3], **change)
    with pytest.raises(AuditRefusal) as refused:
        verify_headers(headers, PLAIN, Place(None, "headers"))
    assert (refused.value.rule, refused.value.place) == (rule, place)


def test_verify_headers__any_field_of_a_header_changed__breaks_the_next_link() -> None:
    headers = anvil_headers()
    for name in ("state_root", "transactions_root", "receipts_root", "logs_bloom", "mix_hash"):
        changed = replace(headers[4], **{name: bytes(len(getattr(headers[4], name)))[:-1] + b"\x01"})
        with pytest.raises(AuditRefusal) as refused:
            verify_headers([*headers[:4], changed, *headers[5:]], PLAIN)
        assert (refused.value.rule, refused.value.block) == ("header-parent", 5)


def test_verify_headers__header_left_out_and_links_made_anew__is_refused_by_its_number() -> None:
    headers = anvil_headers()
    with pytest.raises(AuditRefusal) as refused:
        verify_headers(relinked([*headers[:3], *headers[4:]]), PLAIN)
    assert (refused.value.rule, refused.value.expected, refused.value.found) == ("header-number", 3, 4)


def test_verify_headers__chain_that_does_not_start_at_genesis__is_refused() -> None:
    with pytest.raises(AuditRefusal) as refused:
        verify_headers(anvil_headers()[1:], PLAIN)
    assert refused.value.rule == "header-number"
    with pytest.raises(AuditRefusal) as refused:
        verify_headers([replace(anvil_headers()[0], parent_hash=b"\1" * 32)], PLAIN)
    assert refused.value.rule == "header-parent"


def test_verify_headers__two_blocks_of_one_second__are_accepted_as_anvil_makes_them() -> None:
    assert ANVIL[1]["timestamp"] == ANVIL[2]["timestamp"]
    assert verify_headers(anvil_headers()[:3], PLAIN).number == 2


def test_verify_headers__no_header__is_refused() -> None:
    with pytest.raises(AuditRefusal) as refused:
        verify_headers([], PLAIN)
    assert refused.value.rule == "header-none"
