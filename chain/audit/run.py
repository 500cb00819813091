"""The audit of a whole chain: every block, root, bloom and sender, every event held against the rules, every release folded again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.audit.bundle.agreements import agreed_by_tender, rated
from chain.audit.bundle.code import Code, asked, code_json, founder_in
from chain.audit.bundle.lots import lots_in
from chain.audit.bundle.slots import COMMITTEE, SUPPLIERS, Agreed, Slots, joined, rating_slots, slots_of
from chain.audit.governance import governance_report
from chain.audit.header import PLAIN, Header, Tip, header_from_json
from chain.audit.place import NOWHERE, data
from chain.audit.reading import Block, DeploymentLike, RpcLike, blocks, head_of
from chain.audit.receipt import Verified
from chain.audit.replay import Replay, events_in
from chain.audit.report import Report, evidence_of
from chain.audit.sealed.verdict import BoxReport
from chain.audit.state import Found, state_at_head
from chain.errors.audit import AuditSubjectAbsent
from chain.ocds.publication import Publication
from chain.recorder.index.agreement_book import agreement_facts
from chain.recorder.index.evaluation_desk import evaluation_facts, evaluation_row
from chain.recorder.index.facts import facts_from
from chain.recorder.index.rows import Row
from chain.recorder.schema import (
    idx_agreement,
    idx_ceremony,
    idx_keyset,
    idx_opinion,
    idx_payment,
    idx_rating,
    idx_result,
    idx_score,
    idx_tender,
)
from chain.types import CONTRACTS, EvaluationFacts, from_hex, moment

__all__ = ["Progress", "governance", "run"]

Progress = Callable[[int, int], None]
"""(blocks done, blocks in all)."""

_TENDERS = (
    200  # whose stored facts are compared at once: 9 slots each, 2 a bid, 3 a lot, about 20 an agreement
)
_SLOTS = 1_400  # of one contract, asked for at once


@dataclass
class _Chain:
    """What was read so far. ``replay`` None: the stretch does not begin at block 0."""

    contracts: Mapping[str, bytes]
    replay: Replay | None
    tip: Tip | None = None
    head: Header | None = None
    genesis: bytes = b""
    sent: Counter[str] = field(default_factory=Counter)
    created: dict[tuple[int, int], Verified] = field(default_factory=dict)
    creations: dict[str, tuple[int, int]] = field(default_factory=dict)

    def apply(self, block: Block, created: Mapping[str, str]) -> None:
        """Counts a block, and replays it."""
        number = block.header.number
        self.tip, self.head = Tip(number, block.hash, block.header.timestamp), block.header
        self.genesis = self.genesis or block.hash
        self.sent.update("succeeded" if one.receipt.succeeded else "failed" for one in block.body)
        for one in block.body:
            name = created.get(data(one.transaction.hash))
            if name is not None:
                self.creations[name], self.created[number, one.index] = (number, one.index), one
            if name == COMMITTEE and self.replay is not None:
                place = NOWHERE.of(number).at("blocks", number, "transactions", one.index)
                self.replay.founded_by(founder_in(one.transaction.data, place))
        contract_of = {address: name for name, address in self.contracts.items()}
        places = [NOWHERE.at("blocks", number, "receipts", one.index) for one in block.body]
        found = events_in(block, contract_of, places.__getitem__)
        self.sent["events"] += len(found)
        if self.replay is not None:
            self.replay.apply(block, found)


async def run(
    rpc: RpcLike,
    deployment: DeploymentLike,
    publication: Publication,
    from_block: int = 0,
    to_block: int | None = None,
    progress: Progress = lambda done, of: None,
) -> Report:
    """Audits the blocks ``from_block`` .. ``to_block`` (None: the head) that a node holds.

    From block 0 the contracts are replayed; to the head, code and stored facts are compared with its state too. Raises AuditRefusal at
    the first fault, AuditSubjectAbsent where there is no such block, ChainUnreachable, RpcError.
    """
    chain = await _audited(rpc, deployment, publication, from_block, to_block, progress)
    return _report(chain, deployment, from_block, to_block is None)


async def governance(rpc: RpcLike, deployment: DeploymentLike, publication: Publication) -> Report:
    """Audits the whole chain and tells who decided each privileged change. Raises as ``run``."""
    chain = await _audited(rpc, deployment, publication, 0, None, lambda done, of: None)
    assert chain.replay is not None and chain.head is not None and chain.tip is not None, (
        "a whole chain is replayed"
    )
    head = {"block": chain.head.number, "head": data(chain.tip.hash), "genesis": deployment.genesis_hash}
    return governance_report(chain.replay, deployment.chain_id, head, evidence_of(chain.head))


async def _audited(
    rpc: RpcLike,
    deployment: DeploymentLike,
    publication: Publication,
    from_block: int,
    to_block: int | None,
    progress: Progress,
) -> _Chain:
    contracts = {name: bytes.fromhex(deployment.contracts[name].address[2:]) for name in CONTRACTS}
    chain = _Chain(contracts, Replay(publication) if from_block == 0 else None)
    created = {deployment.contracts[name].transaction.lower(): name for name in CONTRACTS}
    last = to_block if to_block is not None else await head_of(rpc)
    if not 0 <= from_block <= last:
        raise AuditSubjectAbsent(f"block {from_block}")
    if from_block:
        before = header_from_json(
            await rpc.call("eth_getBlockByNumber", hex(from_block - 1), False),
            place=NOWHERE.of(from_block - 1).at("blocks", from_block - 1),
        )
        chain.tip = Tip(before.number, PLAIN.block_hash(before), before.timestamp)
    first = from_block
    while True:
        async for block in blocks(rpc, deployment.chain_id, first, last, chain.tip):
            chain.apply(block, created)
            progress(block.header.number - from_block + 1, last - from_block + 1)
        if from_block == 0 and first == 0 and data(chain.genesis) != deployment.genesis_hash:
            raise NOWHERE.of(0).refusal("trust-genesis", deployment.genesis_hash, chain.genesis)
        head = last if to_block is not None else await _state(rpc, chain)
        if head == last:
            return chain
        first, last = last + 1, head


async def _state(rpc: RpcLike, chain: _Chain) -> int:
    """Compares code and stored facts at the head, if that is the last block read; gives the number of the head."""
    assert chain.head is not None, "a chain has a block"
    head, replay = chain.head, chain.replay
    rows = () if replay is None else tuple(replay.rows.all(idx_tender))
    agreed = {} if replay is None else agreed_by_tender(replay.rows)
    for start in range(0, max(len(rows), 1), _TENDERS):
        each = (
            _slots(replay, row, head.timestamp, agreed.get(row["number"], Agreed()))
            for row in rows[start : start + _TENDERS]
        )
        # What is of no tender is compared with the first of them.
        for part in _parts(joined([*each, _ratings(replay if not start else None)])):
            number, state = await state_at_head(rpc, asked(chain.contracts, part), head.number)
            if number != head.number:
                return number
            if replay is not None:
                _check_state(chain, head, state, part)
    return head.number


def _slots(replay: Replay | None, row: Row, now: int, agreed: Agreed) -> Slots:
    """What the contracts store of a tender."""
    box = None if replay is None else replay.box_report(row["number"], now)
    bids, openings = ({}, {}) if box is None else (box.bids, box.openings)
    evaluation = (
        EvaluationFacts() if replay is None else evaluation_facts(evaluation_row(row["number"], replay.rows))
    )
    facts = facts_from(row["facts"])
    lots = {} if replay is None else lots_in(replay.rows, row["number"], facts)
    return slots_of(row["number"], facts, bids, openings, evaluation, lots, agreed)


def _ratings(replay: Replay | None) -> Slots:
    """What SupplierRegistry counts, of each supplier whose works were rated."""
    rows = () if replay is None else tuple(replay.rows.all(idx_rating))
    of: dict[str, list[Row]] = {}
    for row in rows:
        of.setdefault(row["supplier"], []).append(row)
    return joined({SUPPLIERS: rating_slots(from_hex(supplier), rated(mine))} for supplier, mine in of.items())


def _parts(slots: Slots) -> Iterator[Slots]:
    """The same slots, in parts that are asked for at once; one at least."""
    for start in range(0, max((len(each) for each in slots.values()), default=1), _SLOTS):
        yield {name: dict(list(each.items())[start : start + _SLOTS]) for name, each in slots.items()}


def _check_state(chain: _Chain, head: Header, state: Mapping[str, Found], expected: Slots) -> None:
    """Compare code, sandbox mark and storage with this program's and the replayed ones."""
    place = NOWHERE.of(head.number).at("latest")
    for name in CONTRACTS:
        if name not in chain.creations:
            raise place.at(name).refusal("code-creation", "the transaction that the deployment names", None)
    code = Code.read(code_json(chain.contracts, chain.creations, state), place)
    chain.sent["sandbox"] = int(code.check_mark(head))
    code.check_creations(chain.created, bool(chain.sent["sandbox"]))
    code.check_code(head, expected)


def _boxes(replay: Replay, now: int) -> Iterator[tuple[int, BoxReport]]:
    """Tender -> what became of its bids, of those that take any."""
    for row in replay.rows.all(idx_tender):
        report = replay.box_report(row["number"], now)
        if report is not None:
            yield row["number"], report


def _sealed_said(openings: Mapping[str, Any], replay: Replay) -> list[str]:
    """What was recomputed of sealed bids, in numbers; the proof of a tender tells each bid."""
    keysets = sum(bool(row["confirmed_at"]) for row in replay.rows.all(idx_keyset))
    bids = [bid for each in openings.values() for bid in each["bids"]]
    opened = [envelope for bid in bids for envelope in bid["envelopes"] if envelope["opened"]]
    shares = sum(share["shares"] for each in openings.values() for share in each["shares"])
    faults = sum(bid["verdict"] == "non-responsive" for bid in bids)
    return [
        f"{sum(1 for _ in replay.rows.all(idx_ceremony))} ceremonies, {keysets} confirmed keysets recomputed from their messages",
        f"{len(bids)} bids, each envelope's proof checked; {shares} shares, each proved; {len(opened)} envelopes opened again, "
        f"{sum(each['revealed'] for each in opened)} of them revealed by their bidders; {faults} bids non-responsive",
    ]


def _evaluated_said(replay: Replay) -> list[str]:
    """What panels did, in numbers; the proof of a tender tells each score and vote."""
    results = sum(1 for _ in replay.rows.all(idx_result))
    revealed = sum(bool(row["pages"]) for row in replay.rows.all(idx_score))
    votes = sum(1 for _ in replay.rows.all(idx_opinion))
    if not results and not revealed and not votes:
        return []
    return [
        f"{revealed} evaluators' scores, {votes} votes of panels, {results} technical results: replayed and lawful"
    ]


def _agreed_said(replay: Replay) -> list[str]:
    """What came of agreements, in numbers; the proof of a tender tells each of them."""
    agreements = [agreement_facts(row) for row in replay.rows.all(idx_agreement)]
    if not agreements:
        return []
    signed = sum(bool(each.version) for each in agreements)
    changes = sum(each.version - 1 for each in agreements if each.version)
    payments = list(replay.rows.all(idx_payment))
    undone = sum(bool(row["reversed_at"]) for row in payments)
    ratings = sum(1 for _ in replay.rows.all(idx_rating))
    return [
        f"{len(agreements)} agreements, {signed} signed by both sides, {changes} changes in effect, {len(payments)} payments, {undone} of "
        f"them reversed, {ratings} ratings: replayed and lawful"
    ]


def _report(chain: _Chain, deployment: DeploymentLike, from_block: int, at_head: bool) -> Report:
    assert chain.head is not None and chain.tip is not None, "a chain has a block"
    head, replay, sent = chain.head, chain.replay, chain.sent
    facts: dict[str, Any] = {
        "verdict": "consistent",
        "evidence": evidence_of(head),
        "chain_id": deployment.chain_id,
        "genesis": deployment.genesis_hash,
        "from": from_block,
        "block": head.number,
        "head": data(chain.tip.hash),
        "time": f"{moment(head.timestamp):%Y-%m-%dT%H:%M:%SZ}",
        "blocks": head.number - from_block + 1,
        "transactions": sent["succeeded"] + sent["failed"],
        "failed": sent["failed"],
        "events": sent["events"],
        "tenders": 0 if replay is None else sum(1 for _ in replay.rows.all(idx_tender)),
        "releases": 0 if replay is None else len(replay.releases()),
        "openings": {}
        if replay is None
        else {str(number): report.facts for number, report in _boxes(replay, head.timestamp)},
        "digest": None if replay is None else replay.digest(),
    }
    said = [
        f"chain {facts['chain_id']}, genesis {facts['genesis']}",
        f"head: block {facts['block']}, {facts['head']}, {facts['time']}",
        f"{facts['blocks']} blocks from {from_block}: headers linked, transaction and receipt roots, blooms and senders recomputed",
        f"{facts['transactions']} transactions, {facts['failed']} failed; {facts['events']} events",
    ]
    warnings: list[str] = []
    unproved = ["that these blocks are the network's: compare the head hash with a node you trust"]
    if replay is None:
        unproved.append("that the events are lawful: a replay begins at block 0")
    else:
        said.append(
            f"{facts['tenders']} tenders replayed and lawful; {facts['releases']} releases folded again"
        )
        founding = sum(change.proposal is None for change in replay.changes)
        said.append(
            f"{len(replay.changes)} privileged changes: {founding} founding, {len(replay.changes) - founding} by resolutions, 0 without one"
        )
        said.append(f"digest of the index at block {facts['block']}: {facts['digest']}")
        said += _sealed_said(facts["openings"], replay)
        said += _evaluated_said(replay)
        said += _agreed_said(replay)
        warnings += [*replay.doubtful(), *replay.indirect(), *replay.committee_warnings()]
    if at_head and replay is not None:
        said.append(
            "contracts created from this program's bytecode, the same code and the replayed facts, bids, openings, evaluations, "
            "awards and agreements at the head"
        )
    else:
        unproved.append("code and stored facts: they are compared at the head of a replayed chain only")
    if sent["sandbox"]:
        warnings.append("the chain carries the sandbox mark, a development-only act that is in no block")
    said.append(f"verdict: {facts['verdict']} ({facts['evidence']})")
    return Report(
        f"Chain {facts['chain_id']}, blocks {from_block} to {head.number}", facts, said, warnings, unproved
    )
