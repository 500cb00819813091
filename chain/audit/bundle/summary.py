"""The report on a bundle that holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from chain.audit.bundle.agreements import said_of_agreement
from chain.audit.bundle.checking import Checked
from chain.audit.bundle.complaints import said_of_complaint
from chain.audit.bundle.evaluations import said_of_evaluation
from chain.audit.bundle.lots import said_of_lot
from chain.audit.four_eyes import acts_of_buyer
from chain.audit.place import data
from chain.audit.report import Report, evidence_of
from chain.types import moment

__all__ = ["report_of"]

_SEALED_UNPROVED = (
    "that k members of the committee did not read bids among themselves: no cryptography shows it",
    "that no share was sent early, no keyset was confirmed before and no point of a bid sealed one elsewhere: the whole chain shows it",
)
_UNPROVED = (
    "who the publisher is: name, licence and prefix are the file's own words",
    "that these blocks are the network's: compare the head hash with a node you trust",
    "that blooms in headers are honest where the bundle holds no receipts of their block",
    "that the contracts ran as written: what they recorded was held against the rules instead",
)


def report_of(checked: Checked, files: Mapping[str, bytes], word: str, board_known: bool = False) -> Report:
    """What a checked bundle says; ``word`` is the verdict, ``board_known``: TenderBoard was compared with an address from outside."""
    facts = _facts(checked, files, word)
    story, subject = checked.story, facts["subject"]
    said = [
        f"chain {facts['chain_id']}, genesis {facts['genesis']}",
        f"head: block {facts['block']}, {facts['head']}, {facts['time']}",
        f"{facts['headers']} headers linked; {facts['items']} transactions in {facts['blocks']} whole blocks proved by their roots",
        "no other block holds an event of the tender or of whom it names, by the blooms of all headers",
        f"contracts created from this program's bytecode, and the same code at the head; authority {checked.authority}",
        f"TenderBoard {checked.board}",
        f"{facts['events']} events of the tender replayed and lawful; its facts, bids, openings, evaluation, awards and "
        "agreements in the state are equal",
        f"terms version {story.facts.terms_version}, deadline {moment(story.facts.deadline):%Y-%m-%dT%H:%M:%SZ}, "
        f"{story.facts.questions} questions, {story.facts.open_questions} open",
        *_said_of_signatures(facts["four_eyes"]),
        *story.remarks,
        *(story.box.said if story.box is not None else ()),
        *said_of_evaluation(story.evaluation),
        *map(said_of_complaint, story.complaints),
        *map(said_of_lot, story.lots),
        *(line for agreement in story.agreements for line in said_of_agreement(agreement)),
        f"release.json: {facts['releases']} releases folded again, byte for byte",
        f"{facts['documents']} documents included and equal to their hashes",
        f"verdict: {word} ({facts['evidence']})",
    ]
    title = f"Tender {subject['tender']} ({subject['ocid']}): {story.status.word}"
    warnings = [*story.doubtful, *story.indirect, *(story.box.warnings if story.box is not None else ())]
    if checked.sandbox:
        warnings.append("the chain carries the sandbox mark, a development-only act that is in no block")
    contracts = f"that these contracts are the network's: compare the TenderBoard address {checked.board} with one you trust"
    unproved = (
        *(() if board_known else (contracts,)), *_UNPROVED, *(_SEALED_UNPROVED if story.box is not None else ()),
    )  # fmt: skip
    return Report(title, facts, said, warnings, unproved)


def _said_of_signatures(count: int | None) -> Iterator[str]:
    if count is not None:
        yield f"four eyes: {count} acts of the buyer, each proposed by one of its accounts and done by another"


def _facts(checked: Checked, files: Mapping[str, bytes], word: str) -> dict[str, Any]:
    manifest, story, head = checked.manifest, checked.story, checked.headers[-1]
    return {
        "verdict": word,
        "evidence": evidence_of(head),
        "bundle": hashlib.sha256(files["manifest.json"]).hexdigest(),
        "chain_id": manifest.chain_id,
        "genesis": data(manifest.genesis_hash),
        "head": data(manifest.head),
        "block": head.number,
        "board": checked.board,
        "time": f"{moment(head.timestamp):%Y-%m-%dT%H:%M:%SZ}",
        "subject": {"tender": manifest.tender, "ocid": manifest.ocid},
        "status": story.status.word,
        "terms_version": story.facts.terms_version,
        "headers": len(checked.headers),
        "items": checked.items,
        "blocks": checked.blocks,
        "events": len(story.events),
        "releases": story.releases,
        "documents": checked.documents,
        "four_eyes": acts_of_buyer(event for event, _ in story.events) if story.facts.four_eyes else None,
        "evaluation": story.evaluation,
        "complaints": list(story.complaints),
        "lots": list(story.lots),
        "agreements": list(story.agreements),
        "openings": None if story.box is None else story.box.facts,
    }
