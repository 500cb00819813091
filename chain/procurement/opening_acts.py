"""Ceremonies, shares and openings: from messages to a call, after the rules agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.bindings import opening_committee
from chain.errors.contracts import (
    OpeningCommitteeCallerRefused,
    OpeningCommitteeEntryNotSealed,
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteePageDone,
    OpeningCommitteeRevealMismatch,
    OpeningCommitteeShareBidWrong,
    OpeningCommitteeShareCountWrong,
    OpeningCommitteeShareExists,
    OpeningCommitteeShareInvalid,
    OpeningCommitteeSharesMissing,
    OpeningCommitteeStepRefused,
)
from chain.procurement.acts import Prepared
from chain.procurement.facts import Facts, tender_in
from chain.procurement.sealed import Ceremony, Live, SealedFacts
from chain.rules import tender_id
from chain.rules.bids import opening_due
from chain.rules.openings import (
    CEREMONY_LIFE,
    PAGE,
    Due,
    KeysetFacts,
    check_due,
    check_member,
    check_reveal_due,
    check_roll,
    check_shares_due,
    require_confirmed,
)
from chain.rules.registry import may
from chain.sealing.ceremony import Keyset, check_transcript
from chain.sealing.group import N, Point, multiply
from chain.sealing.opening import page_entry
from chain.sealing.tdh2 import Know, Share, combine
from chain.types import ZERO32, Role, TenderFacts, to_hex

__all__ = ["OpeningActs"]


class OpeningActs:
    """Builds the calls of OpeningCommittee from ``facts`` and ``sealed``."""

    def __init__(self, facts: Facts, sealed: SealedFacts) -> None:
        self._facts = facts
        self._sealed = sealed

    # Openings

    def shares(
        self, actor: str, number: int, envelope: int, page: int, seat: int, shares: Sequence[Share]
    ) -> Prepared:
        """A seat's shares of a page, one for each live bid in order of index.

        Refused before the contract would take them plus one block period, because they are public once they are sent. Raises the
        refusals of OpeningCommittee's postShares.
        """
        known, due = self.due(number)
        period = self._facts.period
        check_shares_due(due, envelope, self._facts.now() - period, period)
        keyset = self._acting(known)
        caller = self._facts.caller(actor)
        is_opener = may(caller.person, caller.member, Role.OPENER, self._facts.now())
        check_member(keyset, seat, actor, caller.person.member, is_opener)
        if seat in self._sealed.posted(number, envelope, page, keyset.id):
            raise OpeningCommitteeShareExists(number, page, seat)
        live = self._sealed.live(number, envelope, page)
        if not live or len(live) != len(shares):
            raise OpeningCommitteeShareCountWrong(number, page, len(live), len(shares))
        key = self._keys(keyset.id).keys[seat - 1]
        entries = [
            self._entry(number, seat, key, each, share) for each, share in zip(live, shares, strict=True)
        ]
        call = opening_committee.post_shares(tender_id(number), envelope, page, seat, entries)
        return Prepared(
            call, f"tenders/{number}", f"post the shares of seat {seat} for page {page} of tender {number}"
        )

    @staticmethod
    def _entry(number: int, seat: int, key: Point, live: Live, share: Share) -> tuple[object, ...]:
        u = live.envelope.u
        if share.seat != seat:
            raise OpeningCommitteeShareBidWrong(number, live.index)
        if not share.holds(key, live.context.ctx, u):
            raise OpeningCommitteeShareInvalid(number, live.index, seat)
        return share.entry(u, live.label)

    def open_page(self, number: int, envelope: int, page: int) -> Prepared:
        """Opens a page with the first k seats that posted. Raises the refusals of OpeningCommittee's openPage."""
        known, due = self.due(number)
        check_due(due, envelope, self._facts.now())
        keyset, posted = self._posted(known, number, envelope, page)
        seats = sorted(posted)[: keyset.threshold]
        if len(seats) < keyset.threshold:
            missing = next(seat for seat in range(1, len(keyset.members) + 1) if seat not in posted)
            raise OpeningCommitteeSharesMissing(number, page, missing)
        live = self._sealed.live(number, envelope, page)
        if all(each.opened for each in live):
            raise OpeningCommitteePageDone(number, page)
        made = [combine({seat: posted[seat][at] for seat in seats}) for at in range(len(live))]
        points = [[value for point in posted[seat] for value in point.as_tuple()] for seat in seats]
        entries = [
            page_entry(each.envelope, combination) for each, combination in zip(live, made, strict=True)
        ]
        call = opening_committee.open_page(
            tender_id(number), envelope, page, list(made[0].seats), list(made[0].factors), points, entries
        )
        return Prepared(call, f"tenders/{number}", f"open page {page} of tender {number}")

    def reveal(self, number: int, envelope: int, index: int, r: int) -> Prepared:
        """Opens one bid with the number that its bidder kept. Raises the refusals of OpeningCommittee's selfReveal."""
        known, due = self.due(number)
        check_reveal_due(due, envelope, self._facts.now())
        live = {each.index: each for each in self._sealed.live(number, envelope, index // PAGE)}.get(index)
        if live is None or live.opened:
            raise OpeningCommitteeEntryNotSealed(number, index)
        if not 0 < r < N or multiply(r) != live.envelope.u:
            raise OpeningCommitteeRevealMismatch(number, index)
        sealed, secret = live.envelope, multiply(r, self._keys(known.keyset_id).pk)
        call = opening_committee.self_reveal(
            tender_id(number), envelope, index, r, secret.as_tuple(), sealed.u.as_tuple(), sealed.body_hash, list(sealed.words)
        )  # fmt: skip
        return Prepared(call, f"tenders/{number}", f"reveal bid {index} of tender {number}")

    # Ceremonies

    def join(self, actor: str, id: bytes, seat: int, box_key: bytes) -> Prepared:
        """Gives a seat's box key."""
        running = self._ceremony(actor, id)
        self._require_seat(actor, id, running.plan.members, seat)
        self._require_step(id, running, "join", any(box_key) and seat not in running.box_keys)
        return self._prepared(opening_committee.join_ceremony(id, seat, box_key), id, f"join as seat {seat}")

    def commit(self, actor: str, id: bytes, dealer: int, commitment: bytes) -> Prepared:
        """Commits to a dealing."""
        running = self._ceremony(actor, id)
        self._require_dealer(actor, id, running, dealer)
        self._require_step(id, running, "commit", any(commitment) and dealer not in running.commitments)
        call = opening_committee.commit_dealing(id, dealer, commitment)
        return self._prepared(call, id, f"commit as dealer {dealer}")

    def publish(self, actor: str, id: bytes, dealer: int, message: bytes) -> Prepared:
        """Publishes a dealing."""
        running = self._ceremony(actor, id)
        self._require_dealer(actor, id, running, dealer)
        due = running.step == "publish" and dealer not in running.dealings
        self._require_step(id, running, "publish", due)
        call = opening_committee.publish_dealing(id, dealer, message)
        return self._prepared(call, id, f"publish as dealer {dealer}")

    def send(self, actor: str, id: bytes, dealer: int, boxes: bytes) -> Prepared:
        """Sends the dealt values, boxed."""
        running = self._ceremony(actor, id)
        self._require_dealer(actor, id, running, dealer)
        self._require_step(id, running, "send", running.step == "send" and dealer not in running.boxes)
        return self._prepared(
            opening_committee.send_dealing(id, dealer, boxes), id, f"send as dealer {dealer}"
        )

    def complain(self, actor: str, id: bytes, seat: int, dealer: int) -> Prepared:
        """Ends the ceremony: the dealer's box is unreadable or its value wrong."""
        running = self._ceremony(actor, id)
        self._require_seat(actor, id, running.plan.members, seat)
        self._require_step(id, running, "complain", dealer in running.boxes)
        call = opening_committee.complain(id, seat, dealer)
        return self._prepared(call, id, f"complain about dealer {dealer}")

    def answer_complaint(self, actor: str, id: bytes, dealer: int, seat: int, value: int) -> Prepared:
        """Shows the value that a complaint is about, at any time; that it was not shown before only the contract knows."""
        running = self._ceremony(actor, id)
        self._require_dealer(actor, id, running, dealer)
        if running.complaint != (seat, dealer):
            raise OpeningCommitteeStepRefused(to_hex(id), "answer")
        call = opening_committee.answer_complaint(id, dealer, seat, value)
        return self._prepared(call, id, f"answer the complaint of seat {seat}")

    def register(self, id: bytes) -> Prepared:
        """Registers what a ceremony gave, recomputed from its messages. Raises what ``check_transcript`` finds."""
        running = self._sealed.ceremony(id)
        if running is None:
            raise OpeningCommitteeStepRefused(to_hex(id), "register")
        self._require_step(id, running, "register", running.step == "confirm")
        parent = self._sealed.keys(running.plan.parent) if running.plan.is_resharing else None
        made = check_transcript(running.transcript, parent=parent)
        keys = [key.as_tuple() for key in made.keys]
        call = opening_committee.register_keyset(id, made.pk.as_tuple(), keys)
        return self._prepared(call, id, f"register the keyset {to_hex(made.id)}")

    # Keysets

    def confirm(self, actor: str, keyset_id: bytes, seat: int, proof: Know) -> Prepared:
        """Confirms a keyset for a seat. Raises KeyProofInvalid, NotMember, KeysetNotFound."""
        self._require_answer(actor, keyset_id, seat, 0, proof)
        call = opening_committee.confirm_keyset(keyset_id, seat, proof.c, proof.z)
        return Prepared(call, f"keysets/{to_hex(keyset_id)}", f"confirm the keyset as seat {seat}")

    def call_roll(self, keyset_id: bytes) -> Prepared:
        """Calls the roll. Raises the refusals of OpeningCommittee's callRoll."""
        check_roll(keyset_id, self._sealed.keyset(keyset_id), self._facts.now())
        return Prepared(
            opening_committee.call_roll(keyset_id), f"keysets/{to_hex(keyset_id)}", "call the roll"
        )

    def answer_roll(self, actor: str, keyset_id: bytes, seat: int, proof: Know) -> Prepared:
        """Answers the last roll for a seat. Raises KeyProofInvalid, NotMember, KeysetIncomplete, KeysetNotFound."""
        keyset = require_confirmed(keyset_id, self._sealed.keyset(keyset_id))
        self._require_answer(actor, keyset_id, seat, keyset.round, proof)
        call = opening_committee.answer_roll(keyset_id, seat, proof.c, proof.z)
        return Prepared(call, f"keysets/{to_hex(keyset_id)}", f"answer the roll as seat {seat}")

    # Inside

    def holder(self, number: int) -> KeysetFacts:
        """The keyset whose seats post shares for a tender. Raises TenderBoardNotFound, OpeningCommitteeKeysetNotFound."""
        return self._acting(self.due(number)[0])

    def due(self, number: int) -> tuple[TenderFacts, Due]:
        """A tender, and what its opening depends on. Raises TenderBoardNotFound."""
        known, procedure = tender_in(self._facts, number)
        return known, opening_due(number, known, procedure, self._facts.clock(), self._sealed.phase(number))

    def _posted(
        self, known: TenderFacts, number: int, envelope: int, page: int
    ) -> tuple[KeysetFacts, Mapping[int, Sequence[Point]]]:
        """Who posted enough: the acting keyset, or the tender's own where it was reshared after its seats had."""
        acting, own = self._acting(known), self._keyset(known.keyset_id)
        for keyset in (acting, own):
            posted = self._sealed.posted(number, envelope, page, keyset.id)
            if len(posted) >= keyset.threshold:
                return keyset, posted
        return acting, self._sealed.posted(number, envelope, page, acting.id)

    def _acting(self, known: TenderFacts) -> KeysetFacts:
        own = self._keyset(known.keyset_id)
        return own if own.acting in (ZERO32, own.id) else self._keyset(own.acting)

    def _keyset(self, id: bytes) -> KeysetFacts:
        found = self._sealed.keyset(id)
        if found is None:
            raise OpeningCommitteeKeysetNotFound(to_hex(id))
        return found

    def _keys(self, id: bytes) -> Keyset:
        found = self._sealed.keys(id)
        if found is None:
            raise OpeningCommitteeKeysetNotFound(to_hex(id))
        return found

    def _ceremony(self, actor: str, id: bytes) -> Ceremony:
        """The ceremony that an account acts in; in one that there is not, nobody has a seat."""
        found = self._sealed.ceremony(id)
        if found is None:
            raise OpeningCommitteeCallerRefused(to_hex(id), actor)
        return found

    def _require_step(self, id: bytes, running: Ceremony, step: str, due: bool) -> None:
        """Whether the ceremony goes on, and the step is due in it."""
        is_over = running.failed or self._facts.now() >= running.opened_at + CEREMONY_LIFE
        if is_over or not due:
            raise OpeningCommitteeStepRefused(to_hex(id), step)

    def _require_answer(self, actor: str, keyset_id: bytes, seat: int, round_: int, proof: Know) -> None:
        keyset = self._keyset(keyset_id)
        caller = self._facts.caller(actor)
        is_opener = may(caller.person, caller.member, Role.OPENER, self._facts.now())
        check_member(keyset, seat, actor, caller.person.member, is_opener)
        self._keys(keyset_id).check_answer(seat, round_, proof)

    def _require_dealer(self, actor: str, id: bytes, running: Ceremony, dealer: int) -> None:
        members = running.plan.members
        if running.plan.is_resharing:
            members = self._keyset(running.plan.parent).members
        if dealer not in running.plan.dealing_seats:
            raise OpeningCommitteeCallerRefused(to_hex(id), actor)
        self._require_seat(actor, id, members, dealer)

    def _require_seat(self, actor: str, id: bytes, members: Sequence[bytes], seat: int) -> None:
        caller = self._facts.caller(actor)
        is_opener = may(caller.person, caller.member, Role.OPENER, self._facts.now())
        if not (0 < seat <= len(members) and members[seat - 1] == caller.person.member and is_opener):
            raise OpeningCommitteeCallerRefused(to_hex(id), actor)

    @staticmethod
    def _prepared(call: Any, id: bytes, summary: str) -> Prepared:
        return Prepared(call, f"ceremonies/{to_hex(id)}", summary)
