"""A committee's key, made: each member's part on its own machine, from joining to the confirmed keyset.

Every step reads the chain, checks it, and does only what is missing: a step that is repeated after a crash goes on where it was. What a
member must not lose or show lies in its ``SeatStore``.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Protocol

from chain.bindings import member_registry, opening_committee
from chain.errors.contracts import OpeningCommitteeStepRefused
from chain.errors.opening import CeremoniesDiffer, SeatAbsent, SeatNotHeld, SecretsNeeded, ShareNotHeld
from chain.errors.sealing import KeysetMismatch
from chain.errors.service import CeremonyNotFound
from chain.procurement.desk import CommitteeDesk, LiveDesk
from chain.procurement.sealed import Ceremony
from chain.procurement.session import Person, SeatStore, Session
from chain.sealing.ceremony import MAX_SEATS, Keyset, check_transcript
from chain.sealing.group import Draw
from chain.sealing.keyshare import KeyShare
from chain.sealing.seat import Seat
from chain.types import ZERO32, to_hex

__all__ = ["CeremonyTold", "SeatHolder", "SeatKeeper", "form_committee", "kept_share"]


class CeremonyTold(Protocol):
    """A node, or a service, that is asked for nothing but a ceremony."""

    def ceremony(self, id: bytes) -> Ceremony | None:
        """A ceremony with all that was said in it."""


class SeatKeeper:
    """One member's part in ceremonies and openings: its store, and the desk through which it reads and speaks."""

    def __init__(self, desk: CommitteeDesk, store: SeatStore, draw: Draw = secrets.token_bytes) -> None:
        self._desk = desk
        self._store = store
        self._draw = draw

    # Ceremony

    def join(self, ceremony_id: bytes) -> Seat:
        """Draws this member's secrets, keeps them, gives the box key and commits to the dealing.

        In a resharing a dealer deals the share of the parent that it holds. Raises SeatNotHeld, ShareNotHeld,
        OpeningCommitteeStepRefused.
        """
        running = self._running(ceremony_id)
        seat = self._kept(ceremony_id) or self._begin(running)
        if seat.seat is not None and seat.seat not in running.box_keys:
            self._desk.join(ceremony_id, seat.seat, seat.box_key)
        if seat.dealer is not None and seat.dealer not in running.commitments:
            self._desk.commit(ceremony_id, seat.dealer, seat.commitment)
        return seat

    def deal(self, ceremony_id: bytes, also: CeremonyTold | None = None) -> str:
        """Publishes the dealing, or sends the boxes, whichever is due; the step that is due now.

        ``also``: another node, which must tell the same box keys before anything is boxed for them. Raises SeatAbsent,
        OpeningCommitteeStepRefused, CeremoniesDiffer, KeysetMismatch.
        """
        running, seat = self._running(ceremony_id), self._seat(ceremony_id)
        if seat.dealer is not None and running.step == "publish" and seat.dealer not in running.dealings:
            self._desk.publish(ceremony_id, seat.dealer, seat.message)
        running = self._running(ceremony_id)
        if seat.dealer is not None and running.step == "send" and seat.dealer not in running.boxes:
            told = running if also is None else also.ceremony(ceremony_id)
            if told is None or told.box_keys != running.box_keys:
                raise CeremoniesDiffer(to_hex(ceremony_id))
            boxes = seat.boxes([running.box_keys[number] for number in sorted(running.box_keys)])
            self._store.keep(_seat_name(ceremony_id), seat.to_state())
            self._desk.send(ceremony_id, seat.dealer, boxes)
        return self._running(ceremony_id).step

    def confirm(self, ceremony_id: bytes) -> bytes:
        """Checks the whole ceremony, keeps this seat's share, registers the keyset if nobody has, and confirms it; the keyset's id.

        Once all have confirmed the ceremony's secrets are erased, so that this is called once more after the last one: until then another
        seat may complain, and the dealer has to answer. Raises SeatAbsent, DealtBoxUnreadable, DealtShareWrong (reasons to
        ``complain``), what ``check_transcript`` finds, OpeningCommitteeStepRefused.
        """
        running = self._running(ceremony_id)
        parent = self._desk.keys(running.plan.parent) if running.plan.is_resharing else None
        done = self._done(running, parent)
        if done is not None:
            return done
        seat = self._seat(ceremony_id)
        if seat.seat is None:
            keyset = seat.check(running.transcript, parent)
            self._settle(ceremony_id, keyset.id)
            return keyset.id
        if running.step != "confirm":
            raise OpeningCommitteeStepRefused(to_hex(ceremony_id), "confirm")
        if self._desk.seat_in(running.plan.members) != seat.seat:
            raise SeatNotHeld(to_hex(ceremony_id), self._desk.account)
        keyset, share = seat.finish(running.transcript, parent)
        self._store.keep(_share_name(keyset.id, share.seat), share.to_state())
        if self._desk.keyset(keyset.id) is None:
            self._desk.register(ceremony_id)
        if not self._desk.has_confirmed(keyset.id, share.seat):
            self._desk.confirm(keyset.id, share.seat, share.answer(0, self._draw))
        self._settle(ceremony_id, keyset.id)
        return keyset.id

    def complain(self, ceremony_id: bytes, dealer: int) -> None:
        """Ends the ceremony because of this dealer. Raises SeatAbsent and the refusals of OpeningCommittee's complain."""
        seat = self._seat(ceremony_id)
        if seat.seat is None:
            raise SeatAbsent(to_hex(ceremony_id))
        self._desk.complain(ceremony_id, seat.seat, dealer)

    def answer_complaint(self, ceremony_id: bytes) -> None:
        """Shows the value that a complaint about this member's dealing is about. Raises SeatAbsent, OpeningCommitteeStepRefused."""
        failed, seat = self._told(ceremony_id), self._seat(ceremony_id)
        if failed is None or failed.complaint is None or failed.complaint[1] != seat.dealer:
            raise OpeningCommitteeStepRefused(to_hex(ceremony_id), "answer")
        complainant, dealer = failed.complaint
        self._desk.answer_complaint(ceremony_id, dealer, complainant, seat.value_for(complainant))

    # Afterwards

    def share(self, keyset_id: bytes) -> KeyShare:
        """This member's share of a keyset. Raises ShareNotHeld."""
        return kept_share(self._store, keyset_id)

    def holds(self, keyset_id: bytes) -> bool:
        """Whether this member has a share of the keyset."""
        try:
            self.share(keyset_id)
        except ShareNotHeld:
            return False
        return True

    def answer_roll(self, keyset_id: bytes) -> int:
        """Answers the last roll; its number. Raises ShareNotHeld and the refusals of OpeningCommittee's answerRoll."""
        share, keyset = self.share(keyset_id), self._desk.keyset(keyset_id)
        round_ = keyset.round if keyset else 0
        self._desk.answer_roll(keyset_id, share.seat, share.answer(round_, self._draw))
        return round_

    def forget(self, id: bytes) -> int:
        """Erases what is kept of a ceremony that failed or is over, or the share of a keyset that another has taken over from; the number
        of files. Raises SecretsNeeded, SeatAbsent where nothing is kept."""
        kept = [name for name in self._store.names() if id.hex() in name]
        if not kept:
            raise SeatAbsent(to_hex(id))
        ceremony, keyset = self._told(id), self._desk.keyset(id)
        is_over = ceremony is not None and ceremony.failed
        is_followed = keyset is not None and keyset.acting not in (ZERO32, id)
        if not is_over and not is_followed:
            raise SecretsNeeded(to_hex(id))
        for name in kept:
            self._store.drop(name)
        return len(kept)

    # Inside

    def _settle(self, ceremony_id: bytes, keyset_id: bytes) -> None:
        keyset = self._desk.keyset(keyset_id)
        if keyset is not None and keyset.confirmed == len(keyset.members):
            self._store.drop(_seat_name(ceremony_id))

    def _done(self, running: Ceremony, parent: Keyset | None) -> bytes | None:
        """The keyset of a ceremony whose secrets were erased because all of it is done; None while something is kept."""
        if running.step != "confirm" or self._kept(running.plan.ceremony_id) is not None:
            return None
        id = check_transcript(running.transcript, parent=parent).id
        return id if self.holds(id) else None

    def _begin(self, running: Ceremony) -> Seat:
        plan, share = running.plan, None
        seat = self._desk.seat_in(plan.members)
        if plan.is_resharing:
            parent = self._desk.keyset(plan.parent)
            dealing = self._desk.seat_in(parent.members) if parent else None
            share = self.share(plan.parent) if dealing in plan.dealers else None
        if seat is None and share is None:
            raise SeatNotHeld(to_hex(plan.ceremony_id), self._desk.account)
        begun = Seat.begin(plan, draw=self._draw, seat=seat, share=share)
        # Kept before anything of it is said: what was committed to must not be lost.
        self._store.keep(_seat_name(plan.ceremony_id), begun.to_state())
        return begun

    def _running(self, ceremony_id: bytes) -> Ceremony:
        running = self._told(ceremony_id)
        if running is None:
            raise CeremonyNotFound(to_hex(ceremony_id))
        if running.failed:
            raise OpeningCommitteeStepRefused(to_hex(ceremony_id), "join")
        return running

    def _told(self, ceremony_id: bytes) -> Ceremony | None:
        """The ceremony as the desk tells it. Raises KeysetMismatch where its plan is of another id: the id is what the council resolved."""
        told = self._desk.ceremony(ceremony_id)
        if told is not None and told.plan.ceremony_id != ceremony_id:
            raise KeysetMismatch(to_hex(ceremony_id), "ceremony")
        return told

    def _kept(self, ceremony_id: bytes) -> Seat | None:
        state = self._store.find(_seat_name(ceremony_id))
        return None if state is None else Seat.from_state(state)

    def _seat(self, ceremony_id: bytes) -> Seat:
        found = self._kept(ceremony_id)
        if found is None:
            raise SeatAbsent(to_hex(ceremony_id))
        return found


class SeatHolder(SeatKeeper):
    """The part of an opener whose key this process holds."""

    def __init__(
        self, session: Session, person: Person, store: SeatStore, draw: Draw = secrets.token_bytes
    ) -> None:
        super().__init__(LiveDesk(session, person), store, draw)


def form_committee(
    session: Session,
    founder: Person,
    openers: Sequence[Person],
    stores: Sequence[SeatStore],
    threshold: int = 2,
) -> bytes:
    """A whole ceremony of local accounts in one call, a store for each seat; the id of the confirmed keyset.

    ``founder`` opens it: the authority, or on a sandbox without a keyset its founder. Same messages, transactions and checks as anywhere;
    only the process is shared, so it proves nothing about a committee. Raises the refusals of OpeningCommittee.
    """
    members = [session.read(member_registry.member_of(opener.address)) for opener in openers]
    receipt = session.send(opening_committee.open_ceremony(threshold, members, ZERO32, []), founder)
    (opened,) = (event for event in receipt.events if event.name == "CeremonyOpened")
    ceremony_id = bytes.fromhex(opened.args["ceremonyId"][2:])
    holders = [SeatHolder(session, opener, store) for opener, store in zip(openers, stores, strict=True)]
    for holder in holders:
        holder.join(ceremony_id)
    for holder in [*holders, *holders]:  # publish, then send
        holder.deal(ceremony_id)
    # Once more: what the earlier seats kept for an answer is erased now that all have confirmed.
    (keyset_id,) = {holder.confirm(ceremony_id) for holder in [*holders, *holders[:-1]]}
    return keyset_id


def kept_share(store: SeatStore, keyset_id: bytes) -> KeyShare:
    """The share of a keyset that lies in a store; no network is asked. Raises ShareNotHeld."""
    for seat in range(1, MAX_SEATS + 1):
        state = store.find(_share_name(keyset_id, seat))
        if state is not None:
            return KeyShare.from_state(state)
    raise ShareNotHeld(to_hex(keyset_id))


def _seat_name(ceremony_id: bytes) -> str:
    return f"seat-{ceremony_id.hex()}"


def _share_name(keyset_id: bytes, seat: int) -> str:
    return f"share-{keyset_id.hex()}-{seat}"
