"""Openings, keysets and ceremonies as the API shows them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from api.deps import Service
from api.openings.schemas import (
    CeremonyBody,
    CeremonySeatBody,
    DealerComplaintBody,
    KeysetBody,
    KeysetSeatBody,
    OpeningBody,
    PageBidBody,
    PageBody,
    PageRowBody,
    PostedBody,
    Step,
)
from api.organisations import org_id_of
from api.pages import ListOf, listed, time_text
from api.sealed import Sealed, sealed_tender, when
from chain.errors.contracts import (
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteePhaseNotReached,
    OpeningCommitteeTooEarly,
    TenderBoardNotFound,
)
from chain.errors.service import CeremonyNotFound
from chain.procurement.bidding import notice_of
from chain.recorder.index.sealing_views import BidRow, CeremonyRow, KeysetRow, ShareRow
from chain.recorder.index.views import every
from chain.rules.bids import is_live
from chain.rules.openings import PAGE, ROLL_PERIOD
from chain.sealing.group import Point
from chain.types import ZERO32, TenderStatus, from_hex, moment, to_hex

__all__ = ["ceremonies", "ceremony", "keyset", "keysets", "notice", "opening", "page"]


# Tenders


def notice(service: Service, number: int) -> bytes:
    """What a bidder seals with, canonical JSON. Raises TenderBoardNotFound, OpeningCommitteeKeysetNotFound."""
    with service.index.at_once():
        if service.index.tender(number) is None:
            raise TenderBoardNotFound(number)
        return notice_of(service.facts, service.sealed, number).to_json()


def opening(service: Service, number: int) -> tuple[OpeningBody, str]:
    """The opening of a tender and its ETag. Raises TenderBoardNotFound, OpeningCommitteeKeysetNotFound."""
    with service.index.at_once():
        tender = sealed_tender(service, number)
        holders, due = _holders(service, tender), tender.due
        pages = list(_pages(service, tender, holders)) if tender.is_opening else []
        present = [page for page in pages if page.envelope == due.phase]
        body = OpeningBody(
            tender=number, status=tender.status.word, stopped=due.stopped, envelope=due.phase, keyset=holders.own.id,
            acting=holders.acting.id, threshold=holders.acting.facts.threshold, closes_at=time_text(due.closes_at),
            open_from=when(due.open_from), opens_at=when(tender.opens_at), fallback_from=when(due.fallback_from),
            void_from=when(due.void_from),
            bids=sum(page.bids for page in present) if tender.is_opening else None,
            opened=sum(page.opened for page in present) if tender.is_opening else None,
            pages=pages, lacking=_lacking(tender, present),
        )  # fmt: skip
    return body, _tag(body)


def page(service: Service, number: int, place: int, envelope: int) -> tuple[PageBody, str]:
    """A page of an opening with what shares of it are made from, and its ETag. Raises TenderBoardNotFound,
    OpeningCommitteeKeysetNotFound, and before shares are taken OpeningCommitteeTooEarly, OpeningCommitteePhaseNotReached: no machine
    makes one early."""
    with service.index.at_once():
        tender = sealed_tender(service, number)
        if not tender.is_opening:
            raise OpeningCommitteeTooEarly(number, envelope, moment(tender.due.open_from))
        if envelope > tender.due.phase:
            raise OpeningCommitteePhaseNotReached(number, envelope, tender.due.phase)
        holders = _holders(service, tender)
        live = service.sealed.live(number, envelope, place)
        bids = [
            PageBidBody(
                index=each.index, bidder=each.context.bidder, version=each.context.version, sealed_envelope=to_hex(each.data),
                opened=each.opened,
            )
            for each in live
        ]  # fmt: skip
        posted = service.index.sealing.shares(number, envelope, place)
        opened = sum(each.opened for each in live)
        row = _page(service, envelope, place, len(live), opened, holders, posted)
        body = PageBody(
            **row.model_dump(), tender=number, separator=to_hex(service.sealed.separator), keyset=holders.acting.id,
            sealed_to=holders.own.id, live=bids,
        )  # fmt: skip
    return body, _tag(body)


@dataclass(frozen=True)
class _Holders:
    """A tender's keyset, and the one that its secret is with."""

    own: KeysetRow
    acting: KeysetRow

    def needed(self, posted: Sequence[ShareRow]) -> int:
        """Seats that must still post: k of one keyset are enough, whichever of the two."""
        counted = Counter(row.keyset for row in posted)
        return max(0, min(keyset.facts.threshold - counted[keyset.id] for keyset in (self.own, self.acting)))

    def missing(self, posted: Sequence[ShareRow]) -> list[int]:
        """Seats of the acting keyset that did not post."""
        there = {row.seat for row in posted if row.keyset == self.acting.id}
        return [seat for seat in range(1, len(self.acting.facts.members) + 1) if seat not in there]

    def member(self, row: ShareRow) -> str:
        """Member whose seat posted."""
        keyset = self.acting if row.keyset == self.acting.id else self.own
        return to_hex(keyset.facts.members[row.seat - 1])


def _holders(service: Service, tender: Sealed) -> _Holders:
    own = _keyset(service, to_hex(tender.row.facts.keyset_id))
    return _Holders(own, _keyset(service, to_hex(own.facts.acting)))


def _pages(service: Service, tender: Sealed, holders: _Holders) -> Iterator[PageRowBody]:
    """Pages of every envelope that is or was due."""
    number, sealing = tender.row.number, service.index.sealing
    bids: list[BidRow] = list(every(lambda after, limit: sealing.bids(number, after, limit)))
    for envelope in range(tender.due.phase + 1):
        live = [
            bid.facts.index for bid in bids if is_live(bid.facts, tender.row.facts.terms_version, envelope)
        ]
        opened, posted = sealing.opened(number, envelope), defaultdict(list)
        for row in sealing.shares(number, envelope):
            posted[row.page].append(row)
        counted = Counter(index // PAGE for index in live)
        done = Counter(index // PAGE for index in live if index in opened)
        for place in sorted(counted):
            yield _page(service, envelope, place, counted[place], done[place], holders, posted[place])


def _page(
    service: Service,
    envelope: int,
    place: int,
    bids: int,
    opened: int,
    holders: _Holders,
    posted: Sequence[ShareRow],
) -> PageRowBody:
    shares = [
        PostedBody(
            seat=row.seat, keyset=row.keyset, member=holders.member(row), org_id=org_id_of(service, holders.member(row)),
            at=time_text(row.at), transaction=row.transaction,
        )
        for row in posted
    ]  # fmt: skip
    return PageRowBody(
        envelope=envelope, page=place, bids=bids, opened=opened, shares=shares, missing=holders.missing(posted),
        needed=0 if opened == bids else holders.needed(posted),
    )  # fmt: skip


def _lacking(tender: Sealed, pages: Sequence[PageRowBody]) -> list[str]:
    """What an opening waits for; nothing where it is over."""
    facts, due, status = tender.row.facts, tender.due, tender.status
    if status.is_end or due.stopped:
        return []
    if status is TenderStatus.HELD:
        return [f"answers to {facts.open_questions} questions"]
    if tender.now < due.closes_at:
        return [f"the deadline at {time_text(due.closes_at)}"]
    if not tender.is_opening:
        return [f"the opening at {time_text(tender.opens_at)}"]
    found = []
    for each in pages:
        if each.needed:
            found.append(f"shares of {each.needed} more seats for page {each.page}")
        elif each.opened < each.bids:
            found.append(f"the combination of the shares of page {each.page}: anyone may send it")
    if found and status is TenderStatus.FALLBACK:
        found.append(f"or bidders who reveal their own bids, until {time_text(due.void_from)}")
    return found


# Committees


def keyset(service: Service, identifier: str) -> tuple[KeysetBody, str]:
    """A keyset by its 0x id, and its ETag. Raises OpeningCommitteeKeysetNotFound."""
    with service.index.at_once():
        body = _keyset_body(service, _keyset(service, identifier.lower()))
    return body, _tag(body)


def keysets(service: Service, after: str | None, limit: int) -> ListOf[KeysetBody]:
    """Keysets, the oldest first. Raises CursorInvalid."""
    with service.index.at_once():
        found = service.index.sealing.keysets(after, limit)
        return listed(service, [_keyset_body(service, row) for row in found.items], found.next)


def ceremony(service: Service, identifier: str) -> tuple[CeremonyBody, str]:
    """A ceremony by its 0x id, and its ETag. Raises CeremonyNotFound."""
    with service.index.at_once():
        row = service.index.sealing.ceremony(identifier.lower())
        if row is None:
            raise CeremonyNotFound(identifier)
        body = _ceremony_body(service, row)
    return body, _tag(body)


def ceremonies(service: Service, after: str | None, limit: int) -> ListOf[CeremonyBody]:
    """Ceremonies in the order they were opened. Raises CursorInvalid."""
    with service.index.at_once():
        found = service.index.sealing.ceremonies(after, limit)
        return listed(service, [_ceremony_body(service, row) for row in found.items], found.next)


def _keyset(service: Service, identifier: str) -> KeysetRow:
    row = service.index.sealing.keyset(identifier)
    if row is None:
        raise OpeningCommitteeKeysetNotFound(identifier)
    return row


def _keyset_body(service: Service, row: KeysetRow) -> KeysetBody:
    facts = row.facts
    confirmed, answered = row.answers.get(0, ()), row.answers.get(facts.round, ()) if facts.round else ()
    seats = [
        KeysetSeatBody(
            number=number, member=to_hex(member), org_id=org_id_of(service, to_hex(member)), key=to_hex(Point(*key).to64()),
            confirmed=number in confirmed, answered=number in answered,
        )
        for number, (member, key) in enumerate(zip(facts.members, row.keys, strict=True), 1)
    ]  # fmt: skip
    return KeysetBody(
        id=row.id, ceremony=row.ceremony, threshold=facts.threshold, pk=to_hex(Point(*row.pk).to64()), seats=seats,
        transcript=row.transcript, usable=facts.is_usable, retired=facts.ended, confirmed_at=when(row.confirmed_at), round=facts.round,
        rolled_at=when(facts.rolled_at) if facts.round else None,
        next_roll_at=when(facts.rolled_at + ROLL_PERIOD) if facts.rolled_at else None,
        parent=None if facts.parent == ZERO32 else to_hex(facts.parent), acting=to_hex(facts.acting), block=row.block,
    )  # fmt: skip


def _ceremony_body(service: Service, row: CeremonyRow) -> CeremonyBody:
    running = service.sealed.ceremony(from_hex(row.id))
    assert running is not None, "it was just read"
    plan = running.plan
    step: Step = running.step  # type: ignore[assignment]
    parent = None if not plan.is_resharing else _keyset(service, row.parent)
    dealing = plan.members if parent is None else parent.facts.members
    return CeremonyBody(
        id=row.id, ordinal=row.ordinal, step=step, threshold=row.threshold,
        seats=[
            _seat(service, number, member, box_key=row.box_keys.get(number)) for number, member in enumerate(plan.members, 1)
        ],
        dealers=[
            _seat(
                service, number, dealing[number - 1], commitment=row.commitments.get(number), dealing=row.dealings.get(number),
                boxes=row.boxes.get(number),
            )
            for number in plan.dealing_seats
        ],
        parent=None if parent is None else parent.id,
        complaint=DealerComplaintBody(seat=row.complainant, dealer=row.accused, answer=row.answer or None) if row.accused else None,
        keyset=service.index.sealing.keyset_of(row.id), opened_at=time_text(row.opened_at), block=row.block,
    )  # fmt: skip


def _seat(service: Service, number: int, member: bytes, **said: str | None) -> CeremonySeatBody:
    messages = dict.fromkeys(("box_key", "commitment", "dealing", "boxes")) | said
    identifier = to_hex(member)
    return CeremonySeatBody(
        number=number, member=identifier, org_id=org_id_of(service, identifier), **messages
    )


def _tag(body: BaseModel) -> str:
    """ETag of a body that head time changes too; equal on every node."""
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:32]
