"""How a committee made its key: every step in its order, every dealing, the keyset recomputed from the messages, every confirmation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from chain.audit.act import Act
from chain.audit.sealed.book import Book, Running
from chain.audit.sealed.pairs import Pairs
from chain.errors.base import LicitaError
from chain.errors.contracts import (
    OpeningCommitteeCallerRefused,
    OpeningCommitteeCommitmentMismatch,
    OpeningCommitteeKeyPointInvalid,
    OpeningCommitteeKeysetNotAllowed,
    OpeningCommitteeKeysetNotFound,
    OpeningCommitteePlanInvalid,
    OpeningCommitteeReshareMismatch,
    OpeningCommitteeRoundAnswered,
    OpeningCommitteeStepRefused,
)
from chain.recorder.index.content import load
from chain.recorder.index.rows import Row
from chain.recorder.schema import idx_ceremony, idx_keyset
from chain.rules.openings import (
    CEREMONY_LIFE,
    KeysetFacts,
    check_member,
    check_plan,
    check_roll,
    require_confirmed,
)
from chain.rules.registry import independent, is_active
from chain.sealing.boxes import BOX_SIZE
from chain.sealing.ceremony import (
    Dealing,
    Keyset,
    Plan,
    Transcript,
    check_transcript,
    commitment_of,
)
from chain.sealing.group import Point, multiply, number
from chain.sealing.tdh2 import Know, factors
from chain.transactions import Call
from chain.types import ZERO32, Kind, from_hex, to_hex

__all__ = ["Ceremonies", "is_founding"]

_MOST = 10_000
"""Ceremonies among which that of a tender is looked for, where the others are not in the file."""

_COLUMNS = {"join": "box_keys", "commit": "commitments", "publish": "dealings", "send": "boxes"}


def is_founding(act: Act, founder: str) -> bool:
    """Whether the founder opens a ceremony itself, before any keyset is confirmed: no resolution is needed."""
    return (
        act.event.name == "CeremonyOpened"
        and act.sender == founder
        and act.call is not None
        and not _founded(act)
    )


def _founded(act: Act) -> bool:
    return any(row["confirmed_at"] for row in act.rows.all(idx_keyset))


class Ceremonies:
    """Judges the events of ceremonies and keysets of OpeningCommittee."""

    def __init__(self, book: Book, pairs: Pairs) -> None:
        self._book = book
        self._pairs = pairs
        self.checks: dict[str, Callable[[Act], None]] = {
            "CeremonyOpened": self._opened,
            "CeremonyJoined": self._joined,
            "DealingCommitted": self._committed,
            "DealingPublished": self._published,
            "DealingSent": self._sent,
            "CeremonyFailed": self._failed,
            "ComplaintAnswered": self._answered,
            "KeysetRegistered": self._registered,
            "KeysetSeatConfirmed": self._confirmed,
            "KeysetConfirmed": self._done,
            "KeysetEnded": self._ended,
            "RollCalled": self._called,
            "RollAnswered": self._answered_roll,
        }

    # Ceremony

    def _opened(self, act: Act) -> None:
        """Raises what OpeningCommittee's openCeremony refuses with; that a resolution opened it is asked elsewhere."""
        args = act.args
        self._book.committee = act.event.address
        by_founder = act.call is not None and act.sender == self._book.founder
        if by_founder and _founded(act):
            raise OpeningCommitteeCallerRefused(to_hex(ZERO32), act.sender)
        act.new(idx_ceremony, args["ceremonyId"])
        members, superiors = tuple(map(from_hex, args["members"])), act.superiors()
        dependents = tuple(
            1 + sum(not independent(mine, other, superiors) for j, other in enumerate(members) if j != i)
            for i, mine in enumerate(members)
        )
        active = all(is_active(act.member(each), Kind.OPENING, act.now) for each in args["members"])
        check_plan(args["threshold"], members, dependents, active)
        self._check_dealers(act)
        self._book.ceremonies[args["ceremonyId"]] = Running(self._plan(act), by_founder)

    @staticmethod
    def _check_dealers(act: Act) -> None:
        dealers = act.args["dealers"]
        if act.args["parent"] == to_hex(ZERO32):
            if dealers:
                raise OpeningCommitteePlanInvalid("dealers")
            return
        parent = from_hex(act.args["parent"])
        old = require_confirmed(parent, act.keyset(parent))
        if old.acting != parent:
            raise OpeningCommitteePlanInvalid("parent")
        rising = dealers == sorted(set(dealers)) and all(0 < each <= len(old.members) for each in dealers)
        if not rising or len(dealers) != old.threshold:
            raise OpeningCommitteePlanInvalid("dealers")

    def _plan(self, act: Act) -> Plan:
        """The plan that the ceremony's id is the hash of; its ordinal is looked for where the ceremonies before it are not known."""
        args = act.args
        ordinal = 1 + sum(1 for _ in act.rows.all(idx_ceremony))
        plan = Plan(
            self._book.chain_id, act.event.address, ordinal, args["threshold"], tuple(map(from_hex, args["members"])),
            from_hex(args["parent"]), tuple(args["dealers"]),
        )  # fmt: skip
        last = ordinal if act.whole else _MOST
        for each in count(ordinal):
            found = replace(plan, ordinal=each)
            if to_hex(found.ceremony_id) == args["ceremonyId"]:
                return found
            if each >= last:
                break
        raise act.place.refusal(
            "event-CeremonyOpened:ceremonyId", to_hex(plan.ceremony_id), args["ceremonyId"]
        )

    def _joined(self, act: Act) -> None:
        row, plan = self._running(act)
        self._require_seat(act, plan.members, act.args["seat"])
        self._require_step(act, row, "join", act.args["seat"])
        self._require_given(act, "join", act.args["boxKey"])

    def _committed(self, act: Act) -> None:
        row, plan = self._running(act)
        self._require_dealer(act, plan)
        self._require_step(act, row, "commit", act.args["dealer"])
        self._require_given(act, "commit", act.args["commitment"])

    def _published(self, act: Act) -> None:
        row, plan = self._running(act)
        dealer, message = act.args["dealer"], from_hex(act.args["message"])
        self._require_dealer(act, plan)
        before = len(_said(row, "join")) == len(plan.members) and self._is_full(row, "commit", plan)
        self._require_step(act, row, "publish", dealer, before)
        if to_hex(commitment_of(plan, dealer, message)) != _said(row, "commit")[dealer]:
            raise OpeningCommitteeCommitmentMismatch(act.args["ceremonyId"], dealer)
        dealing = Dealing.read(plan, dealer, message)
        if plan.is_resharing:
            factor = factors(plan.dealers)[plan.dealers.index(dealer)]
            old = self._book.keysets[to_hex(plan.parent)].keys[dealer - 1]
            if dealing.points[0] != multiply(factor, old):
                raise OpeningCommitteeReshareMismatch(act.args["ceremonyId"], dealer)

    def _sent(self, act: Act) -> None:
        row, plan = self._running(act)
        self._require_dealer(act, plan)
        self._require_step(act, row, "send", act.args["dealer"], self._is_full(row, "publish", plan))
        if len(from_hex(act.args["boxes"])) != BOX_SIZE * len(plan.members):
            raise OpeningCommitteePlanInvalid("boxes")

    def _failed(self, act: Act) -> None:
        row, plan = self._running(act)
        self._require_seat(act, plan.members, act.args["seat"])
        if not self._is_open(act, row) or act.args["dealer"] not in _said(row, "send"):
            raise OpeningCommitteeStepRefused(act.args["ceremonyId"], "complain")

    def _answered(self, act: Act) -> None:
        row, plan = self._running(act)
        args = act.args
        self._require_dealer(act, plan)
        fits = (row["accused"], row["complainant"]) == (args["dealer"], args["seat"])
        if not fits or not row["complainant"] or row["answer"]:
            raise OpeningCommitteeStepRefused(args["ceremonyId"], "answer")

    # Keysets

    def _registered(self, act: Act) -> None:
        """A keyset that its ceremony does not give may be registered by anybody; it is a fault only where all seats confirm it."""
        args = act.args
        row, plan = self._running(act)
        if not self._is_open(act, row) or not self._is_full(row, "send", plan):
            raise OpeningCommitteeStepRefused(args["ceremonyId"], "register")
        if len(args["keys"]) != len(plan.members):
            raise OpeningCommitteePlanInvalid("keys")
        transcript = _transcript(row, plan)
        act.must("threshold", plan.threshold)
        act.must("members", [to_hex(each) for each in plan.members])
        act.must("transcript", to_hex(transcript.hash))
        points = [Point(int(each["x"]), int(each["y"])) for each in (args["pk"], *args["keys"])]
        keyset = Keyset(
            plan.chain_id, plan.committee, plan.threshold, points[0], plan.members, tuple(points[1:]), transcript.hash
        )  # fmt: skip
        act.must("keysetId", to_hex(keyset.id))
        act.new(idx_keyset, args["keysetId"])
        parent = self._book.keysets[to_hex(plan.parent)] if plan.is_resharing else None
        for seat, point in enumerate(points):
            if not point.is_valid() or (seat == 0 and parent is not None and point != parent.pk):
                raise OpeningCommitteeKeyPointInvalid(args["keysetId"], seat)
        self._book.keysets[args["keysetId"]] = keyset
        try:
            check_transcript(transcript, parent=parent, registered=keyset)
        except LicitaError as error:
            self._book.false[args["keysetId"]] = error

    def _confirmed(self, act: Act) -> None:
        id = act.args["keysetId"]
        facts, row = self._keyset(act)
        self._require_member(act, facts)
        ceremony, running = (
            act.rows.get(idx_ceremony, row["ceremony"]),
            self._book.ceremonies[row["ceremony"]],
        )
        assert ceremony is not None, "a keyset is registered in a ceremony"
        parent = None if facts.parent == ZERO32 else act.keyset(facts.parent)
        kept = parent is None or parent.acting == facts.parent
        late = running.by_founder and _founded(act)
        if not self._is_open(act, ceremony) or facts.ended or late or not kept:
            raise OpeningCommitteeStepRefused(row["ceremony"], "confirm")
        self._check_answer(act, row, 0, "confirmKeyset")
        if facts.confirmed + 1 == len(facts.members):
            if id in self._book.false:
                raise self._book.false[id]
            self._pairs.expect(act, "KeysetConfirmed", keysetId=id, parent=to_hex(facts.parent))

    def _done(self, act: Act) -> None:
        self._pairs.require(act, "KeysetSeatConfirmed")
        _, row = self._keyset(act)
        self._book.ceremonies[row["ceremony"]].done = True

    def _ended(self, act: Act) -> None:
        """That a resolution retired it is asked elsewhere."""
        facts, _ = self._keyset(act)
        if facts.ended:
            raise OpeningCommitteeKeysetNotAllowed(act.args["keysetId"])

    def _called(self, act: Act) -> None:
        facts, _ = self._keyset(act)
        check_roll(facts.id, facts, act.now)
        act.must("round", facts.round + 1)

    def _answered_roll(self, act: Act) -> None:
        facts, row = self._keyset(act)
        require_confirmed(facts.id, facts)
        self._require_member(act, facts)
        act.must("round", facts.round)
        self._check_answer(act, row, facts.round, "answerRoll")

    def _keyset(self, act: Act) -> tuple[KeysetFacts, Row]:
        id = from_hex(act.args["keysetId"])
        facts, row = act.keyset(id), act.rows.get(idx_keyset, act.args["keysetId"])
        if facts is None or row is None:
            raise OpeningCommitteeKeysetNotFound(act.args["keysetId"])
        return facts, row

    @staticmethod
    def _require_member(act: Act, facts: KeysetFacts) -> None:
        member = act.caller().person.member
        check_member(facts, act.args["seat"], act.sender, member, act.opens_for(member))

    def _check_answer(self, act: Act, row: Row, round_: int, function: str) -> None:
        """Once, and with a proof of the seat's key: it stands in what the seat's opener signed, not in the event. What came through
        another contract has shown its proof to ours alone."""
        id, seat = act.args["keysetId"], act.args["seat"]
        if seat in load(row["answers"]).get(str(round_), ()):
            raise OpeningCommitteeRoundAnswered(id, seat, round_)
        call = act.call
        if call is None:
            return
        words = [call[at : at + 32] for at in range(4, 132, 32)]
        selector = Call("OpeningCommittee", function, ()).codec.selector
        if len(call) < 132 or call[:4] != selector or (to_hex(words[0]), number(words[1])) != (id, seat):
            raise act.place.refusal(f"event-{act.event.name}:call", f"{function} of this seat", act.call)
        self._book.keysets[id].check_answer(seat, round_, Know(number(words[2]), number(words[3])))

    # Steps

    def _running(self, act: Act) -> tuple[Row, Plan]:
        row = act.known(idx_ceremony, act.args["ceremonyId"])
        return row, self._book.ceremonies[row["id"]].plan

    def _is_open(self, act: Act, row: Row) -> bool:
        """Neither failed, nor done, nor too old."""
        done = self._book.ceremonies[row["id"]].done
        return not row["complainant"] and not done and act.now < row["opened_at"] + CEREMONY_LIFE

    def _require_step(self, act: Act, row: Row, step: str, number_: int, due: bool = True) -> None:
        if not self._is_open(act, row) or number_ in _said(row, step) or not due:
            raise OpeningCommitteeStepRefused(row["id"], step)

    @staticmethod
    def _require_given(act: Act, step: str, value: str) -> None:
        if value == to_hex(ZERO32):
            raise OpeningCommitteeStepRefused(act.args["ceremonyId"], step)

    @staticmethod
    def _is_full(row: Row, step: str, plan: Plan) -> bool:
        return len(_said(row, step)) == len(plan.dealing_seats)

    def _require_dealer(self, act: Act, plan: Plan) -> None:
        """The sender acts for the dealer's seat: of the parent in a resharing."""
        members: Sequence[bytes] = plan.members
        if plan.is_resharing:
            members = self._book.keysets[to_hex(plan.parent)].members
        if act.args["dealer"] not in plan.dealing_seats:
            raise OpeningCommitteeCallerRefused(act.args["ceremonyId"], act.sender)
        self._require_seat(act, members, act.args["dealer"])

    @staticmethod
    def _require_seat(act: Act, members: Sequence[bytes], seat: int) -> None:
        if not 0 < seat <= len(members) or not act.opens_for(members[seat - 1]):
            raise OpeningCommitteeCallerRefused(act.args["ceremonyId"], act.sender)


def _said(row: Row, step: str) -> dict[int, Any]:
    """Seat or dealer -> its message of a step."""
    return {int(number_): value for number_, value in load(row[_COLUMNS[step]]).items()}


def _transcript(row: Row, plan: Plan) -> Transcript:
    """All public messages of a ceremony in which every step was taken."""
    keys, dealers = _said(row, "join"), plan.dealing_seats

    def each(step: str) -> tuple[bytes, ...]:
        said = _said(row, step)
        return tuple(from_hex(said[dealer]) for dealer in dealers)

    return Transcript(
        plan, tuple(from_hex(keys[seat]) for seat in sorted(keys)), each("commit"), each("publish"), each("send")
    )  # fmt: skip
