"""The part of a chain that concerns one tender, replayed: its facts, its events, its releases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chain.audit.bundle.agreements import agreed_by_tender, agreements_of
from chain.audit.bundle.complaints import complaints_of
from chain.audit.bundle.evaluations import evaluation_of
from chain.audit.bundle.lots import lots_in, lots_of
from chain.audit.bundle.reading import place_in
from chain.audit.bundle.slots import Agreed, Slots, slots_of
from chain.audit.header import PLAIN, Header
from chain.audit.reading import Block
from chain.audit.replay import Found, Replay, events_in
from chain.audit.sealed.verdict import BoxReport
from chain.errors.audit import AuditRefusal
from chain.errors.ocds import PackageInvalid
from chain.ocds.publication import Publication
from chain.ocds.record import release_package
from chain.recorder.index.evaluation_desk import evaluation_facts, evaluation_row
from chain.recorder.index.facts import facts_from
from chain.recorder.index.procedure_book import clock_in, procedure_in
from chain.recorder.index.rows import MemoryRows
from chain.recorder.schema import (
    END,
    idx_log,
    idx_member,
    idx_note,
    idx_procedure,
    idx_question,
    idx_tender,
)
from chain.rules import canonical
from chain.rules.tenders import tender_status
from chain.types import EvaluationFacts, Event, LotFacts, TenderFacts, TenderStatus

__all__ = ["Story", "events_of", "item_name", "needs_language", "story_of"]


@dataclass(frozen=True)
class Story:
    """What the blocks say of one tender: its facts at the head, its events with their ``content_ok``, its release package, its bids.

    ``doubtful``, ``indirect``: texts that are not what they should be, acts that no account signed directly; ``remarks``: what was noted,
    and who was disclosed as having asked, in words; ``evaluation``: what its panel did, ``evaluated``: what is stored of that,
    ``lots``: what became of each that was counted, ``complaints``, ``agreements``: what became of each, as JSON; ``awarded``: what is
    stored of the award of each lot, ``agreed``: of agreements."""

    facts: TenderFacts
    status: TenderStatus
    events: tuple[tuple[Event, bool], ...]
    releases: int
    package: bytes
    doubtful: tuple[str, ...]
    indirect: tuple[str, ...]
    box: BoxReport | None
    remarks: tuple[str, ...] = ()
    evaluation: Mapping[str, Any] | None = None
    evaluated: EvaluationFacts = field(default_factory=EvaluationFacts)
    lots: tuple[Mapping[str, Any], ...] = ()
    complaints: tuple[Mapping[str, Any], ...] = ()
    agreements: tuple[Mapping[str, Any], ...] = ()
    awarded: Mapping[int, LotFacts] = field(default_factory=dict)
    agreed: Agreed = field(default_factory=Agreed)

    def slots(self, tender: int) -> Slots:
        """What the contracts store of the tender, its bids, awards and agreements, if all this is so."""
        bids, openings = ({}, {}) if self.box is None else (self.box.bids, self.box.openings)
        return slots_of(tender, self.facts, bids, openings, self.evaluated, self.awarded, self.agreed)


def item_name(number: int) -> str:
    """File of the ``number``-th proved transaction, in chain order."""
    return f"items/{number}.json"


def events_of(blocks: Iterable[Block], contracts: Mapping[str, bytes]) -> dict[int, list[Found]]:
    """Block -> events of our contracts in it; places are those of the items, numbered through these blocks."""
    contract_of = {address: name for name, address in contracts.items()}
    found: dict[int, list[Found]] = {}
    first = 0
    for block in blocks:
        places = [place_in(item_name(first + one.index)).at("receipt") for one in block.body]
        found[block.header.number] = events_in(block, contract_of, places.__getitem__)
        first += len(block.body)
    return found


def story_of(
    headers: Sequence[Header],
    blocks: Mapping[int, Block],
    events: Mapping[int, Sequence[Found]],
    tender: int,
    founder: str,
    publication: Publication,
    judged: bool = True,
) -> Story:
    """Replays the blocks that concern a tender (number -> block, whole; number -> events that matter) among all headers, which
    give the time. ``judged`` False: only its releases are asked for, of blocks that were judged before. Raises AuditRefusal.
    """
    replay = Replay(publication, whole=False, founder=founder, judged=judged)
    for header in headers:
        block = blocks.get(header.number) or Block(header, PLAIN.block_hash(header), ())
        replay.apply(block, events.get(header.number, ()))
    row = replay.rows.get(idx_tender, tender)
    if row is None:
        raise (
            place_in("manifest.json")
            .at("subject")
            .refusal("subject", "a tender that the items publish", tender)
        )
    clock = clock_in(replay.rows.get, headers[-1].timestamp)
    facts = facts_from(row["facts"])
    procedure = replay.rows.get(idx_procedure, facts.procedure, facts.procedure_version)
    assert procedure is not None, "the replay refuses a tender without its procedure"
    rules = procedure_in(procedure)
    releases = [json.loads(each["data"]) for each in replay.releases(tender)]
    uri = f"{publication.publication_url}/v1/releases/{publication.ocid(tender)}"
    try:
        package = release_package(releases, uri, publication)
    except PackageInvalid as error:
        place = place_in("manifest.json").at("publication")
        raise place.refusal("publication", "settings that a release package may have", str(error)) from error
    return Story(
        facts,
        tender_status(facts, rules, clock),
        tuple(_told(replay, tender)),
        len(releases),
        canonical(package),
        tuple(replay.doubtful()),
        tuple(replay.indirect()),
        replay.box_report(tender, headers[-1].timestamp) if judged else None,
        tuple(_remarks(replay.rows, tender)) if judged else (),
        evaluation_of(replay.rows, tender, facts) if judged else None,
        evaluation_facts(evaluation_row(tender, replay.rows)),
        tuple(lots_of(replay.rows, tender, facts, rules, clock)) if judged else (),
        tuple(complaints_of(replay.rows, tender)) if judged else (),
        tuple(agreements_of(replay.rows, tender, facts, rules)) if judged else (),
        lots_in(replay.rows, tender, facts),
        agreed_by_tender(replay.rows).get(tender, Agreed()),
    )


def _remarks(rows: MemoryRows, tender: int) -> Iterator[str]:
    """What auditors and witnesses noted, and who asked through a desk where that was disclosed, and by whom."""
    for row in rows.all(idx_question):
        if row["tender"] == tender and row["disclosed_at"] is not None:
            yield (
                f"question {row['question']}, asked by the desk of {_member(rows, row['desk'])}, came from supplier {row['supplier']}: "
                f"disclosed by {_member(rows, row['disclosed_by'])}"
            )
    for row in rows.all(idx_note):
        if row["tender"] == tender:
            # As JSON: a line break in it would let a note write lines of the report.
            text = row["json"] if row["content_ok"] else "a text that breaks its rules"
            yield f"note {row['note']} of {_member(rows, row['member'])}: {text}"


def _member(rows: MemoryRows, id: str) -> str:
    """Org-id of a member, the id itself where it is none."""
    row = rows.get(idx_member, id)
    return id if row is None else str(row["org_id"])


def needs_language(story: Story, refold: Callable[..., Story], publication: Publication) -> bool:
    """Does a release take its language from the publication, since the tender names none, or none that can be used?"""
    try:
        return refold(replace(publication, language=""), judged=False).package != story.package
    except AuditRefusal:  # of a release without a language: so there is one that needs it
        return True


def _told(replay: Replay, tender: int) -> Iterator[tuple[Event, bool]]:
    """The tender's events in chain order with their ``content_ok``."""
    for row in replay.rows.all(idx_log):
        if row["tender"] == tender and row["tx"] < END:
            args: dict[str, Any] = json.loads(row["args"])
            place = (row["block"], row["time"], row["transaction"], row["tx"], row["log"], row["address"])
            yield Event(row["contract"], row["name"], args, *place), bool(row["content_ok"])
