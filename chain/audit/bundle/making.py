"""Collects a bundle from a node alone: every block is proved on the way, and the result is checked as a stranger would check it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from chain.audit.bundle.checking import Checked, check, genesis_json
from chain.audit.bundle.code import Code, asked, code_json
from chain.audit.bundle.documents import FOLDER, documents_json, named_documents
from chain.audit.bundle.manifest import Manifest
from chain.audit.bundle.reading import headers_text
from chain.audit.bundle.scope import Position, key_of, needed, only, watched
from chain.audit.bundle.slots import BOARD, named_slots
from chain.audit.bundle.story import Story, events_of, item_name, needs_language, story_of
from chain.audit.header import PLAIN, Header, Tip
from chain.audit.item import item_of
from chain.audit.place import NOWHERE, data
from chain.audit.reading import Block, DeploymentLike, RpcLike, blocks
from chain.audit.replay import Found as FoundEvent
from chain.audit.replay import events_in
from chain.audit.state import Found, state_at_head
from chain.errors.audit import AuditSubjectAbsent
from chain.ocds.publication import Publication
from chain.rules import canonical
from chain.types import CONTRACTS, Event

__all__ = ["DocumentOf", "collect_files", "tender_of"]

DocumentOf = Callable[[str], bytes | None]
"""sha256 (hex) -> the document, None where it is not held."""

_HASH = re.compile(r"0x[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class _Seen:
    """A chain as far as it was read: all headers, the events of our contracts, the transactions that created them."""

    headers: list[Header]
    events: list[Event]
    creations: dict[str, Position]

    @property
    def head(self) -> Header:
        return self.headers[-1]


async def tender_of(
    rpc: RpcLike, deployment: DeploymentLike, publication: Publication, subject: int | str
) -> int:
    """The number of a tender given by number, by ocid, or by a transaction that did something to one.

    Raises AuditSubjectAbsent, ChainUnreachable, RpcError.
    """
    text = str(subject).removeprefix(f"{publication.ocid_prefix}-")
    if re.fullmatch(r"[1-9][0-9]{0,17}", text):
        return int(text)
    if _HASH.fullmatch(text):
        receipt = await rpc.call("eth_getTransactionReceipt", text)
        board = deployment.contracts[BOARD].address.lower()
        for log in receipt["logs"] if receipt else ():
            if log["address"].lower() == board:
                return int(log["topics"][1], 16)
    raise AuditSubjectAbsent(str(subject))


async def collect_files(
    rpc: RpcLike,
    deployment: DeploymentLike,
    publication: Publication,
    tender: int,
    documents: DocumentOf | None = None,
) -> tuple[dict[str, bytes], Checked]:
    """The files of the bundle of a tender, and what checking them says.

    ``documents`` gives those that are to be in it. Raises AuditRefusal where the chain does not prove itself, AuditSubjectAbsent,
    ChainUnreachable, RpcError.
    """
    contracts = {name: _address(deployment, name) for name in CONTRACTS}
    seen = _Seen([], [], {})
    state = await _read(rpc, deployment, contracts, tender, seen)
    keys = watched(tender, seen.events)
    if not any(key_of(event) == (BOARD, f"0x{tender:064x}") for event in seen.events):
        raise AuditSubjectAbsent(str(tender))
    creations = frozenset(seen.creations.values())
    whole = await _whole(rpc, deployment, seen, needed(seen.headers, keys, contracts, creations))
    wanted = only(events_of(whole.values(), contracts), keys, creations)
    code = code_json(contracts, seen.creations, state)
    read = Code.read(code, NOWHERE.at("latest"))
    sandbox = read.check_mark(seen.head)
    bodies = {(block.header.number, one.index): one for block in whole.values() for one in block.body}
    _, founder = read.check_creations(bodies, sandbox)
    fold = partial(story_of, seen.headers, whole, wanted, tender, founder)
    story = fold(publication)
    if not needs_language(story, fold, publication):
        publication = replace(publication, language="")
    files = {
        "headers.jsonl": headers_text(seen.headers),
        "genesis.json": genesis_json(deployment.chain_id, seen.headers[0], sandbox),
        "code.json": canonical(code),
        "release.json": story.package,
        **_items(whole, wanted),
        **_documents(story, documents),
    }
    files["documents.json"] = documents_json(story.events, files)
    genesis, head = PLAIN.block_hash(seen.headers[0]), PLAIN.block_hash(seen.head)
    manifest = Manifest(deployment.chain_id, genesis, head, tender, publication)
    files["manifest.json"] = manifest.text(files)
    return files, check(files)


def _documents(story: Story, documents: DocumentOf | None) -> dict[str, bytes]:
    """documents/<sha256> of those that are held, where they are asked for."""
    named = {name: documents(name) for name in named_documents(story.events)} if documents is not None else {}
    return {FOLDER + name: content for name, content in named.items() if content is not None}


def _address(deployment: DeploymentLike, name: str) -> bytes:
    return bytes.fromhex(deployment.contracts[name].address[2:])


async def _read(
    rpc: RpcLike, deployment: DeploymentLike, contracts: Mapping[str, bytes], tender: int, seen: _Seen
) -> dict[str, Found]:
    """Reads to the head, and the state there; again while bids come in meanwhile. Gives what code.json needs of it."""
    contract_of = {address: name for name, address in contracts.items()}
    created = {deployment.contracts[name].transaction.lower(): name for name in CONTRACTS}
    tip: Tip | None = None
    while True:
        slots = named_slots(tender, seen.events)
        known = len(seen.headers) - 1 if seen.headers else None
        number, state = await state_at_head(rpc, asked(contracts, slots), known)
        async for block in blocks(rpc, deployment.chain_id, len(seen.headers), number, tip):
            seen.headers.append(block.header)
            tip = Tip(block.header.number, block.hash, block.header.timestamp)
            places = [NOWHERE.at("blocks", block.header.number, "receipts", one.index) for one in block.body]
            seen.events.extend(event for event, _, _ in events_in(block, contract_of, places.__getitem__))
            for one in block.body:
                name = created.get(data(one.transaction.hash))
                if name is not None:
                    seen.creations[name] = (block.header.number, one.index)
        # Bids that were not known when the state was asked for have slots of their own.
        if named_slots(tender, seen.events) == slots:
            break
    for name in CONTRACTS:
        if name not in seen.creations:
            raise NOWHERE.at("deployment", name).refusal(
                "code-creation", deployment.contracts[name].transaction, None
            )
    if data(PLAIN.block_hash(seen.headers[0])) != deployment.genesis_hash:
        raise NOWHERE.of(0).refusal(
            "trust-genesis", deployment.genesis_hash, PLAIN.block_hash(seen.headers[0])
        )
    return state


async def _whole(
    rpc: RpcLike, deployment: DeploymentLike, seen: _Seen, numbers: Sequence[int]
) -> dict[int, Block]:
    """These blocks with their bodies."""
    found: dict[int, Block] = {}
    for number in numbers:
        tip = None
        if number:
            before = seen.headers[number - 1]
            tip = Tip(before.number, PLAIN.block_hash(before), before.timestamp)
        async for block in blocks(rpc, deployment.chain_id, number, number, tip):
            found[number] = block
    return found


def _items(whole: Mapping[int, Block], wanted: Mapping[int, Sequence[FoundEvent]]) -> dict[str, bytes]:
    """items/N.json of every transaction in these blocks, with the logs that are replayed."""
    files: dict[str, bytes] = {}
    for block in whole.values():
        logs: dict[int, list[int]] = {one.index: [] for one in block.body}
        for event, one, _ in wanted[block.header.number]:
            logs[one.index].append(event.log_index - one.first_log)
        for one in block.body:
            files[item_name(len(files))] = canonical(
                item_of(block.header, block.body, one.index, logs[one.index])
            )
    return files
