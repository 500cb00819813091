"""Is a bundle what it says? Every byte of every file is derived again or compared with what was; the first that differs is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from chain.audit.bundle.code import MARK, MARK_CODE, Code
from chain.audit.bundle.documents import check_documents, check_hashes, documents_json
from chain.audit.bundle.manifest import Manifest
from chain.audit.bundle.reading import difference, headers_in, json_in, parsed, place_in, require_canonical
from chain.audit.bundle.scope import Position, needed, only, watched
from chain.audit.bundle.slots import BOARD
from chain.audit.bundle.story import Story, events_of, item_name, needs_language, story_of
from chain.audit.header import PLAIN, Header, verify_headers
from chain.audit.item import Item, verify_item
from chain.audit.place import NOWHERE, data
from chain.audit.reading import Block
from chain.audit.receipt import Receipt, Verified, bloom_of, receipts_root, transactions_root
from chain.audit.replay import Found
from chain.audit.transaction import Transaction
from chain.rules import canonical
from chain.transactions import checksum

__all__ = ["Checked", "check", "check_board", "check_trust", "genesis_json"]


@dataclass(frozen=True)
class Checked:
    """A bundle that holds. ``board``, ``authority``: addresses of TenderBoard and of who may write members and procedures."""

    manifest: Manifest
    headers: Sequence[Header]
    items: int
    blocks: int
    board: str
    authority: str
    sandbox: bool
    documents: int
    story: Story


def check(files: Mapping[str, bytes]) -> Checked:
    """Verifies the files of a bundle (name -> bytes) against one another. Raises AuditRefusal with the place of the first fault."""
    manifest = Manifest.read(files)
    check_hashes(files)
    values = parsed(files)
    headers = headers_in(files)
    tip = verify_headers(headers, PLAIN, place_in("headers.jsonl"))
    if tip.hash != manifest.head:
        raise place_in("headers.jsonl").at(tip.number).of(tip.number).refusal("head", manifest.head, tip.hash)
    if PLAIN.block_hash(headers[0]) != manifest.genesis_hash:
        raise (
            place_in("manifest.json")
            .at("genesis_hash")
            .of(0)
            .refusal("genesis", manifest.genesis_hash, PLAIN.block_hash(headers[0]))
        )
    require_canonical(values["code.json"], files["code.json"], place_in("code.json"))
    code = Code.read(values["code.json"], place_in("code.json"))
    sandbox = code.check_mark(headers[-1])
    _same(files, "genesis.json", genesis_json(manifest.chain_id, headers[0], sandbox), "genesis")
    items = _items(files, values, headers, manifest.chain_id)
    blocks = _blocks(headers, items)
    bodies = {(one.header.number, v.index): v for one in blocks.values() for v in one.body}
    authority, founder = code.check_creations(bodies, sandbox)
    creations = frozenset(code.creations.values())
    events = events_of(blocks.values(), code.contracts)
    keys = watched(manifest.tender, [event for found in events.values() for event, _, _ in found])
    _check_complete(headers, blocks, needed(headers, keys, code.contracts, creations))
    wanted = only(events, keys, creations)
    _check_marked(items, wanted)
    fold = partial(story_of, headers, blocks, wanted, manifest.tender, founder)
    story = fold(manifest.publication)
    code.check_code(headers[-1], story.slots(manifest.tender))
    _same(files, "release.json", story.package, "release")
    documents = check_documents(story.events, files)
    _same(files, "documents.json", documents_json(story.events, files), "documents")
    if manifest.publication.language and not needs_language(story, fold, manifest.publication):
        place = place_in("manifest.json").at("publication", "language")
        raise place.refusal(
            "manifest-field:language", "nothing: the tender names its own", manifest.publication.language
        )
    board = checksum(data(code.contracts[BOARD]))
    return Checked(manifest, headers, len(items), len(blocks), board, authority, sandbox, documents, story)


def genesis_json(chain_id: int, genesis: Header, sandbox: bool) -> bytes:
    """genesis.json: what block 0 and the state say; ``alloc`` holds the sandbox mark or nothing."""
    alloc = {data(MARK): {"code": data(MARK_CODE)}} if sandbox else {}
    hash_ = data(PLAIN.block_hash(genesis))
    return canonical({"chain_id": chain_id, "timestamp": genesis.timestamp, "hash": hash_, "alloc": alloc})


def _same(files: Mapping[str, bytes], name: str, written: bytes, rule: str) -> None:
    """Refuse a JSON file that is not, byte for byte, what was derived."""
    if files[name] != written:
        difference(json.loads(written), json_in(files, name), rule, place_in(name))


def _items(
    files: Mapping[str, bytes], values: Mapping[str, Any], headers: Sequence[Header], chain_id: int
) -> list[Item]:
    """The proved transactions, in chain order and numbered without a gap."""
    items: list[Item] = []
    for number in range(sum(name.startswith("items/") for name in values)):
        place = place_in(item_name(number))
        if item_name(number) not in values:
            raise place.refusal("file-missing", "the file", None)
        value = values[item_name(number)]
        require_canonical(value, files[item_name(number)], place)
        block = value.get("block") if isinstance(value, dict) else None
        if type(block) is not int or not 0 <= block < len(headers):
            raise place.at("block").refusal("item-field:block", f"a block of 0 to {len(headers) - 1}", block)
        item = verify_item(headers[block], value, chain_id, place)
        if items and (items[-1].block, items[-1].index) >= (item.block, item.index):
            raise place.at("index").refusal(
                "item-order", "a later transaction than the item before", item.index
            )
        items.append(item)
    return items


def _blocks(headers: Sequence[Header], items: Sequence[Item]) -> dict[int, Block]:
    """The blocks of the items, each whole. Raises AuditRefusal ``block-whole``."""
    by_block: dict[int, list[tuple[Transaction, Receipt]]] = {}
    for item in items:
        by_block.setdefault(item.block, []).append((item.transaction, item.receipt))
    return {number: block_of(headers[number], body) for number, body in by_block.items()}


def block_of(header: Header, body: Sequence[tuple[Transaction, Receipt]]) -> Block:
    """A block of these transactions and receipts, which must be all there are in it."""
    sent, receipts = [one for one, _ in body], [other for _, other in body]
    bloom = bloom_of(log for receipt in receipts for log in receipt.logs)
    for rule, found, expected in (
        ("transactions-root", transactions_root(sent), header.transactions_root),
        ("receipts-root", receipts_root(receipts), header.receipts_root),
        ("logs-bloom", bloom, header.logs_bloom),
    ):
        if found != expected:
            place = place_in("headers.jsonl").at(header.number).of(header.number)
            raise place.refusal(
                "block-whole",
                f"all transactions of the block: {rule} {data(expected)[:18]}",
                data(found)[:18],
            )
    proved: list[Verified] = []
    logs = 0
    for i, (transaction, receipt) in enumerate(body):
        proved.append(Verified(i, transaction, receipt, logs))
        logs += len(receipt.logs)
    return Block(header, PLAIN.block_hash(header), tuple(proved))


def _check_complete(headers: Sequence[Header], blocks: Mapping[int, Block], wanted: Sequence[int]) -> None:
    """Refuse a bundle that lacks a block in which something may have happened, or has one that tells nothing."""
    for number in sorted(set(wanted) ^ set(blocks)):
        place = place_in("headers.jsonl").at(number, "logsBloom").of(number)
        if number in blocks:
            raise place.refusal("item-superfluous", "blocks that concern the tender", number)
        raise place.refusal("item-missing", "every transaction of this block in items/", None)


def _check_marked(items: Sequence[Item], wanted: Mapping[int, Sequence[Found]]) -> None:
    """Each item marks exactly the logs that are replayed."""
    marked: dict[Position, list[int]] = {(item.block, item.index): [] for item in items}
    for found in wanted.values():
        for event, one, _ in found:
            marked[event.block, event.tx_index].append(event.log_index - one.first_log)
    for number, item in enumerate(items):
        logs = marked[item.block, item.index]
        if logs != list(item.logs):
            raise (
                place_in(item_name(number))
                .at("logs")
                .of(item.block)
                .refusal("item-logs", str(logs), str(list(item.logs)))
            )


def check_board(found: str, board: str | None) -> None:
    """Compare the address of TenderBoard with one from outside: on one chain anyone may create these contracts again.

    Raises AuditRefusal ``contracts``.
    """
    if board is not None and board.lower() != found.lower():
        place = place_in("code.json").at("contracts", BOARD, "address")
        raise place.refusal("contracts", board, found)


def check_trust(manifest: Manifest, headers: Sequence[Header], head: str | None, genesis: str | None) -> None:
    """Compare with hashes that come from outside. Raises AuditRefusal ``trust-head``, ``trust-genesis``."""
    found = {"head": data(manifest.head), "genesis": data(PLAIN.block_hash(headers[0]))}
    for name, wanted in (("head", head), ("genesis", genesis)):
        if wanted is not None and wanted.lower() != found[name]:
            raise NOWHERE.at(f"manifest.json#/{name}").refusal(f"trust-{name}", wanted.lower(), found[name])
