"""The council's rules written twice and proved equal: whoever proposes, votes, leaves, is suspended or rotated, in whatever order.

Random acts by random callers go both to ``chain.rules`` and to the contracts; what a resolution does is foreseen by council_model.py.
The refusal with its facts, the events in order, states, tallies, seats and rights must be the same; and all events together pass the
audit, which explains each privileged change by a resolution. The invariants by number are those of README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import event as note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chain.audit.effects import Effect
from chain.audit.lawful import Lawful
from chain.audit.place import Place
from chain.bindings import consultation, council, member_registry, procedure_book
from chain.errors.base import LicitaError
from chain.rules import canonical, may, member_status
from chain.rules.consultation import check_anchor, check_comment, check_hide, check_report
from chain.rules.council import (
    EXPIRY,
    MAX_REASON,
    approved,
    check_cancel,
    check_execute,
    check_propose,
    check_propose_urgently,
    check_queue,
    check_vote,
)
from chain.rules.members import check_add_person, check_remove_person, check_resign, check_rotate_person
from chain.transactions import Call, checksum, decode_log_json, decode_revert, gas_for
from chain.types import (
    ZERO32,
    DecisionClass,
    Event,
    Kind,
    ProposalState,
    Role,
    Vote,
    from_hex,
    padded,
    to_hex,
)
from tests.contracts.world import DAY, MANDATE_END, SEATS, Node, World, address, founded, member_id
from tests.invariants.council_model import Model, active, refusal_of
from tests.invariants.test_tender_rules import Chain, mostly

pytestmark = pytest.mark.evm

MORE = tuple((f"TEST-COUNCIL{number}", sector) for number, sector in ((5, 0), (6, 1), (7, 2)))
"""Members with a second seat in three sectors, so that seats can be lost and shares differ from sectors."""

MEMBERS = (*SEATS, *(member_id(name) for name, _ in MORE))
OTHERS = tuple(
    member_id(name) for name in ("MX-RFC-BUYER", "TEST-AUDIT", "TEST-NEW1", "TEST-NEW2", "TEST-ABSENT")
)
DELEGATES = tuple(f"{name}{number}" for number in range(1, 8) for name in ("delegate", "second"))
HEADS = ("delegate1", "delegate2", "delegate3", "delegate4", "head5", "head6", "head7")
FRESH = tuple(f"fresh{number}" for number in range(1, 9))
ANYBODY = (*DELEGATES, *HEADS, *FRESH, "auditor", "operator", "officer", "acme", "nobody")
HASHES = tuple(bytes([number]) * 32 for number in range(1, 5))

callers, admins = mostly(DELEGATES, ANYBODY), mostly(HEADS, ANYBODY)
back = mostly((0, 0, 1, 2), (3, 9, -1))
"""Which proposal: so many before the newest; some do not exist."""
hashes = mostly(HASHES, (ZERO32,))

# What a resolution may do: function -> strategies of the arguments that `_call` turns into a call.
members = mostly(MEMBERS, OTHERS)
days = mostly((40, 80, 200), (1, 20, 500))
ROUTINE = {"retire": {"version": st.integers(1, 2)}}
MEMBERSHIP: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "set_kinds": {"member": members, "kinds": mostly((int(Kind.COUNCIL | Kind.OPERATOR), int(Kind.BUYER), 16 + 4), (0, 1 << 9))},
    "suspend": {"member": members, "days": days},
    "recover": {"member": members, "who": mostly(FRESH, ANYBODY), "days": mostly((400, 1_000), (1, 5_000))},
    "expel": {"member": members},
    "admit": {
        "name": mostly(("TEST-NEW1", "TEST-NEW2"), ("TEST-COUNCIL1",)), "sector": mostly((0, 1, 2, 3), (4,)),
        "kinds": mostly((int(Kind.COUNCIL), int(Kind.BUYER)), (0,)), "who": mostly(FRESH, ANYBODY), "days": mostly((400, 1_000), (1,)),
    },
    "confirm": {"back": back},
}  # fmt: skip
CHARTER: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "set_sector": {"member": members, "sector": mostly((0, 1, 2, 3), (4, 9))},
    "set_rules": {
        "decision": st.sampled_from(DecisionClass), "consultation": mostly((0, DAY, 3 * DAY), (400 * DAY,)),
        "vote": mostly((DAY, 2 * DAY), (0,)),
        "share": mostly(((1, 2, True), (2, 3, False), (3, 4, True)), ((1, 2, False), (1, 3, True), (4, 3, False))),
        "sectors": mostly((0, 2, 3), (5,)), "majority": st.booleans(),
    },
    "set_class": {"function": st.sampled_from(("expel", "suspend", "setSector", "cancel")), "decision": st.sampled_from(DecisionClass)},
}  # fmt: skip
EMERGENCY: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "suspend_now": {"member": members, "days": mostly((5, 20), (1, 40))},
    "suspend_person": {"who": mostly(DELEGATES, ANYBODY), "days": mostly((5, 20), (1, 40))},
    "cancel": {"back": back},
}
KINDS = {
    "routine": ROUTINE, "membership": MEMBERSHIP, "charter": CHARTER, "emergency": EMERGENCY, "mixed": {**ROUTINE, **EMERGENCY},
}  # fmt: skip


@st.composite
def drawn_calls(draw: st.DrawFn, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """One or two calls of one of the kinds: name and drawn arguments."""
    known = KINDS[draw(st.sampled_from(kinds))]
    names = draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=2, unique=True))
    return [(name, {argument: draw(values) for argument, values in known[name].items()}) for name in names]


descriptions = mostly(("new",), ("again", "again", "empty", "long"))
"""Of a proposal; ``again``: the newest one word for word."""
breaks = mostly(("none",), ("timelock", "no code", "short", "no calls", "too many"))

# Arguments of each act. One rule draws the act and then these, as in test_tender_rules.py.
ACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "propose": {
        "who": callers, "given": mostly((0,), (1,)).flatmap(
            lambda odd: drawn_calls("emergency") if odd else drawn_calls("routine", "membership", "charter", "mixed")),
        "text": descriptions, "broken": breaks,
    },
    "propose_urgently": {
        "who": callers, "given": mostly((0,), (1,)).flatmap(
            lambda odd: drawn_calls("membership", "emergency") if odd else drawn_calls("emergency")),
        "after": mostly((0,), (1,)).flatmap(lambda odd: drawn_calls("routine", "emergency") if odd else drawn_calls("membership")),
        "text": descriptions, "broken": breaks,
    },
    "vote": {
        "who": callers, "back": back, "support": mostly((1, 1, 0, 2), (3, 255)), "size": mostly((0, 5), (MAX_REASON, MAX_REASON + 1)),
    },
    "queue": {"who": callers, "back": back},
    "execute": {"who": callers, "back": back},
    "cancel": {"who": callers, "back": back},
    "comment": {"who": mostly((*DELEGATES, "officer", "acme"), ANYBODY), "back": back, "record": hashes, "text": hashes},
    "report": {"who": callers, "back": back, "text": hashes},
    "anchor": {
        "who": mostly(("operator",), ANYBODY), "back": back, "expected": mostly((0, 1, 2), (7,)), "root": hashes,
        "comments": mostly((1, 100_000), (0, 100_001)),
    },
    "hide": {"who": mostly(("auditor",), ANYBODY), "back": back, "text": hashes, "reason": hashes},
    "add_person": {
        "who": admins, "account": mostly(FRESH, ANYBODY), "roles": mostly((int(Role.DELEGATE), 3), (0, 1 << 11)),
        "days": mostly((300, 3_650), (0, 3_651)),
    },
    "remove_person": {"who": admins, "account": mostly((*DELEGATES, *FRESH), ANYBODY), "own": mostly((True,), (False,))},
    "rotate_person": {
        "who": admins, "account": mostly((*DELEGATES, *FRESH), ANYBODY), "successor": mostly(FRESH, ANYBODY),
        "own": mostly((True,), (False,)),
    },
    "resign": {"who": admins, "sure": st.integers(0, 5)},
    "carry": {
        "who": callers, "given": st.integers(0, 9).flatmap(
            lambda chance: drawn_calls("emergency") if chance > 7 else drawn_calls("routine", "membership", "charter", "mixed")),
        "against": mostly((0, 0, 1), (2, 3, 4)), "until": mostly(("done",), ("vote", "end", "queued")), "fresh": st.booleans(),
    },
}  # fmt: skip
OFTEN = (
    "propose",
    "propose",
    "vote",
    "vote",
    "carry",
    "carry",
    "carry",
    "queue",
    "execute",
    "rotate_person",
    "propose_urgently",
)
ENDS = ("now", "now", "now", "vote_start", "vote_end", "expiry", "eta", "late")


@dataclass
class Outcome:
    """What the contracts did: events, or a refusal."""

    events: tuple[Event, ...]
    refusal: LicitaError | None


class CouncilChain(Chain):
    """Calls that make any number of events."""

    def acts(self, who: str, call: Call) -> Outcome:
        """Sends a call in a block of its own, a second after the last, with the gas that the service would give it."""
        node = self.world.node
        request = {
            "from": address(who), "to": self.world.addresses[call.contract], "data": to_hex(call.data), "gas": hex(gas_for(call)),
            "gasPrice": "0x0",
        }  # fmt: skip
        foreseen = node.ask("eth_call", request, "latest", {}, {"time": hex(self.next)})
        transaction = node.rpc("eth_sendTransaction", request)
        self.world.move_to(self.next)
        receipt = node.rpc("eth_getTransactionReceipt", transaction)
        assert (receipt["status"] == "0x0") == ("error" in foreseen), foreseen
        if "error" in foreseen:
            return Outcome((), decode_revert(from_hex(foreseen["error"]["data"])))
        return Outcome(self.events(receipt["logs"], self.world.time), None)

    def events(self, logs: Sequence[Mapping[str, Any]], time: int) -> tuple[Event, ...]:
        """The logs as events: none that this program does not know."""
        found = tuple(decode_log_json(self.contract_of, log, time) for log in logs)
        return tuple(event for event in found if event is not None)

    def refuses(self, who: str, call: Call) -> bool:
        """Whether the call would fail in the next block; nothing is sent."""
        request = {"from": address(who), "to": self.world.addresses[call.contract], "data": to_hex(call.data)}
        return "error" in self.world.node.ask("eth_call", request, "latest", {}, {"time": hex(self.next)})


History = list[tuple[Event, str, bool, bytes]]
"""Events with their sender, whether a constructor, or the preparation of this test, made them, and the data of their call."""


class CouncilRules(RuleBasedStateMachine):
    """The model is what the rules say of the rows that the events left; the contracts are asked after each prediction."""

    def __init__(self, world: World, history: History) -> None:
        super().__init__()
        self.undone = world.undone()
        self.undone.__enter__()
        self.chain = CouncilChain(world)
        self.addresses = world.addresses
        self.model = Model(world.addresses)
        self.lawful = Lawful(31337)
        self.cast: set[tuple[int, bytes]] = set()
        self.written = 0
        self.lawful.founded_by(address("founder"))
        for event, sender, created, call in history:
            self.take(event, sender, created, call)
        self.founding = len(self.lawful.changes)

    def teardown(self) -> None:
        self.undone.__exit__(None, None, None)

    def take(self, event: Event, sender: str, created: bool = False, call: bytes | None = b"") -> None:
        """An event into the model, and past the audit (16)."""
        self.lawful.apply(event, sender, Place(event.block), created, call)
        self.model.take(event)

    @property
    def now(self) -> int:
        return self.chain.next

    def number(self, back: int) -> int:
        return max(0, self.model.count() - back)

    def both(self, who: str, call: Call, check: Callable[[], list[Effect]]) -> tuple[Event, ...] | None:
        """The events where both sides agree to the act, None where both refuse it alike."""
        expected: list[Effect] = []

        def predict() -> None:
            expected.extend(check())

        predicted = refusal_of(predict)
        outcome = self.chain.acts(who, call)
        assert type(outcome.refusal) is type(predicted), (
            f"{call.function}: the contracts say {outcome.refusal}, the rules {predicted}"
        )
        note(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if predicted is not None and outcome.refusal is not None:
            assert outcome.refusal.facts == predicted.facts
            return None
        assert [event.name for event in outcome.events] == [effect.name for effect in expected]
        for event, effect in zip(outcome.events, expected, strict=True):
            assert effect.differs(event.args) is None, (effect, event)
        for event in outcome.events:
            self.take(event, address(who))
        self.lawful.close()
        return outcome.events

    # Acts

    @rule(name=st.one_of(st.sampled_from(OFTEN), st.sampled_from(sorted(ACTS))), end=st.sampled_from(ENDS), around=st.integers(-2, 1),
          data=st.data())  # fmt: skip
    def act(self, name: str, end: str, around: int, data: st.DataObject) -> None:
        """Any act of anybody, now or around an end of the newest proposal."""
        if name != "carry":
            self.wait(end, around)
        getattr(self, name)(
            **{argument: data.draw(values, argument) for argument, values in ACTS[name].items()}
        )

    def wait(self, end: str, around: int) -> None:
        """To just before, at, or just after an end of the newest proposal."""
        resolution = self.model.resolution(self.model.count())
        if resolution is None or end == "now":
            return
        ends = {
            "vote_start": resolution.vote_start, "vote_end": resolution.vote_end, "expiry": resolution.vote_end + EXPIRY,
            "eta": resolution.eta, "late": resolution.eta + EXPIRY,
        }  # fmt: skip
        self.move(ends[end] + around)

    def move(self, instant: int) -> None:
        if instant > self.chain.world.time:
            self.chain.world.move_to(instant)

    def _calls(self, given: list[tuple[str, dict[str, Any]]]) -> list[Call]:
        return [getattr(self, f"_{name}")(**arguments) for name, arguments in given]

    def _retire(self, version: int) -> Call:
        return procedure_book.retire(padded("sandbox", 16), version)

    def _set_kinds(self, member: bytes, kinds: int) -> Call:
        return member_registry.set_kinds(member, kinds)

    def _suspend(self, member: bytes, days: int) -> Call:
        return member_registry.suspend(member, self.now + days * DAY)

    def _suspend_now(self, member: bytes, days: int) -> Call:
        return member_registry.suspend_now(member, self.now + days * DAY)

    def _suspend_person(self, who: str, days: int) -> Call:
        return member_registry.suspend_person(address(who), self.now + days * DAY)

    def _recover(self, member: bytes, who: str, days: int) -> Call:
        return member_registry.recover(member, address(who), self.now + days * DAY)

    def _expel(self, member: bytes) -> Call:
        return member_registry.expel(member)

    def _admit(self, name: str, sector: int, kinds: int, who: str, days: int) -> Call:
        return member_registry.admit(
            (name, "New", sector, kinds, ZERO32), address(who), self.now + days * DAY
        )

    def _confirm(self, back: int) -> Call:
        return council.confirm_urgency(self.number(back))

    def _set_sector(self, member: bytes, sector: int) -> Call:
        return member_registry.set_sector(member, sector)

    def _set_rules(
        self,
        decision: int,
        consultation: int,
        vote: int,
        share: tuple[int, int, bool],
        sectors: int,
        majority: bool,
    ) -> Call:
        return council.set_class_rules(int(decision), (consultation, vote, 0, *share, sectors, majority))  # fmt: skip

    def _set_class(self, function: str, decision: int) -> Call:
        contract = "Council" if function == "cancel" else "MemberRegistry"
        selector = Call(contract, function, ()).codec.selector
        return council.set_call_class(self.addresses[contract], selector, int(decision))

    def _cancel(self, back: int) -> Call:
        targets, values, datas, description = self.model.content(self.number(back))
        return council.cancel(targets, values, datas, member_id(description))

    def _proposed(
        self, calls: list[Call], text: str, broken: str
    ) -> tuple[list[str], list[int], list[bytes], str]:
        """Struct Proposed, with one thing wrong if need be."""
        self.written += 1
        targets, datas = [self.addresses[call.contract] for call in calls], [call.data for call in calls]
        if broken in ("timelock", "no code", "short"):
            targets[-1] = {"timelock": address("authority"), "no code": address("nobody")}.get(
                broken, targets[-1]
            )
            datas[-1] = datas[-1][:3] if broken == "short" else datas[-1]
        many = {"no calls": 0, "too many": 17}.get(broken)
        if many is not None:
            targets, datas = (targets * 17)[:many], (datas * 17)[:many]
        texts = {
            "new": canonical({"title": f"{self.written}"}).decode(),
            "again": "again",
            "empty": "",
            "long": "x" * 8_193,
        }
        return targets, [0] * len(targets), datas, texts[text]  # fmt: skip

    def _sound(self, targets: list[str], datas: list[bytes]) -> list[bool]:
        known = set(self.addresses.values()) - {address("authority")}
        return [target in known and len(data) >= 4 for target, data in zip(targets, datas, strict=True)]

    def _content_hash(self, proposed: tuple[list[str], list[int], list[bytes], str]) -> bytes:
        targets, values, datas, description = proposed
        view = council.hash_proposal(targets, values, datas, member_id(description))
        return int(self.chain.view(view)).to_bytes(32, "big")

    def _opened(
        self, number: int, who: str, proposed: tuple[list[str], list[int], list[bytes], str], confirms: int
    ) -> list[Effect]:
        targets, _, datas, description = proposed
        decision = self.model.class_of_all(targets, datas)
        rules_, now = self.model.rules(decision), self.now
        start = now + rules_.consultation
        created = {
            "proposalId": str(number), "proposer": address(who), "targets": targets, "calldatas": list(map(to_hex, datas)),
            "voteStart": str(start), "voteEnd": str(start + rules_.voting_period), "description": description,
        }  # fmt: skip
        needed = decision is DecisionClass.CHARTER or self.addresses["ProcedureBook"] in targets
        opened = {
            "id": str(number), "member": to_hex(self.model.caller(who).person.member), "decision": int(decision),
            "rules": rules_.as_tuple(), "reportNeeded": needed, "confirms": str(confirms),
        }  # fmt: skip
        return [Effect("ProposalCreated", created), Effect("ResolutionOpened", opened)]

    def propose(self, who: str, given: list[tuple[str, dict[str, Any]]], text: str, broken: str) -> None:
        proposed = self._proposed(self._calls(given), text, broken)
        if text == "again" and self.model.count():
            proposed = self.model.content(self.model.count())
        targets, _, datas, description = proposed
        model, now, caller = self.model, self.now, self.model.caller(who)
        content = self._content_hash(proposed)
        sound = self._sound(targets, datas)
        decision = model.class_of_all(targets, datas) if all(sound) and sound else DecisionClass.CHARTER

        def check() -> list[Effect]:
            check_propose(
                caller, content, recorded=model.number_of(targets, datas, description),
                open_proposals=model.open_proposals(caller.person.member, now), size=len(description), sound=sound,
                decision=decision, now=now,
            )  # fmt: skip
            return self._opened(model.count() + 1, who, proposed, 0)

        self.both(who, council.propose(*proposed), check)

    def propose_urgently(
        self, who: str, given: list[tuple[str, dict[str, Any]]], after: list[tuple[str, dict[str, Any]]], text: str, broken: str
    ) -> None:  # fmt: skip
        pair = (
            self._proposed(self._calls(given), "new", broken),
            self._proposed(self._calls(after), text, "none"),
        )
        model, now, caller = self.model, self.now, self.model.caller(who)
        contents = self._content_hash(pair[0]), self._content_hash(pair[1])
        sounds = [self._sound(targets, datas) for targets, _, datas, _ in pair]
        decisions = [
            model.class_of_all(targets, datas) if sound and all(sound) else DecisionClass.CHARTER
            for (targets, _, datas, _), sound in zip(pair, sounds, strict=True)
        ]
        recorded = [model.number_of(targets, datas, text) for targets, _, datas, text in pair]

        def check() -> list[Effect]:
            check_propose_urgently(
                caller, contents, recorded=(recorded[0], recorded[1]),
                open_proposals=model.open_proposals(caller.person.member, now), sizes=(len(pair[0][3]), len(pair[1][3])),
                sound=(sounds[0], sounds[1]), decisions=(decisions[0], decisions[1]), now=now,
            )  # fmt: skip
            first = model.count() + 1
            return self._opened(first, who, pair[0], 0) + self._opened(first + 1, who, pair[1], first)

        self.both(who, council.propose_urgently(*pair), check)

    def vote(self, who: str, back: int, support: int, size: int) -> None:
        number, now, model = self.number(back), self.now, self.model
        caller, resolution, seats = model.caller(who), model.resolution(number), model.seats_for(number)
        member = caller.person.member
        seat = 0 if resolution is None else model.seat(member, resolution.vote_start)
        call = (
            council.cast_vote_with_reason(number, support, "r" * size)
            if size
            else council.cast_vote(number, support)
        )

        def check() -> list[Effect]:
            check_vote(
                caller, number, resolution, seats, support, seat=seat, voted=(number, member) in self.cast, size=size, now=now
            )  # fmt: skip
            return [
                Effect("VoteCast", {"voter": caller.address, "proposalId": str(number), "support": support, "weight": "1"})
            ]  # fmt: skip

        if self.both(who, call, check) is not None:
            assert (number, member) not in self.cast, "invariant 28"
            assert active(model, caller.person, now), "invariant 31"
            assert caller.person.roles & Role.DELEGATE and caller.member.kinds & Kind.COUNCIL
            self.cast.add((number, member))

    def queue(self, who: str, back: int) -> None:
        number, now, model = self.number(back), self.now, self.model
        targets, values, datas, description = model.content(number)
        resolution, row = model.resolution(number), model.row(number)
        reported = row is not None and row["report"] != to_hex(ZERO32)

        def check() -> list[Effect]:
            check_queue(number if resolution else 0, resolution, model.seats_for(number), reported, now)
            assert resolution is not None
            scheduled = [
                Effect("CallScheduled", {
                    "index": str(place), "target": target, "value": "0", "data": to_hex(data), "delay": str(resolution.delay)
                })
                for place, (target, data) in enumerate(zip(targets, datas, strict=True))
            ]  # fmt: skip
            queued = {"proposalId": str(number), "etaSeconds": str(now + resolution.delay)}
            return [*scheduled, Effect("CallSalt", {}), Effect("ProposalQueued", queued)]

        self.both(who, council.queue(targets, values, datas, member_id(description)), check)

    def execute(self, who: str, back: int) -> None:
        number, now, model = self.number(back), self.now, self.model
        targets, values, datas, description = model.content(number)
        resolution, seats = model.resolution(number), model.seats_for(number)

        def check() -> list[Effect]:
            check_execute(number if resolution else 0, resolution, seats, now)
            return model.executed(number, now)

        if self.both(who, council.execute(targets, values, datas, member_id(description)), check) is not None:
            assert resolution is not None and approved(resolution, seats), "invariant 27"
            assert 0 < resolution.eta <= now < resolution.eta + EXPIRY, "invariant 27"
            assert not resolution.executed and not resolution.cancelled, "invariant 27"

    def cancel(self, who: str, back: int) -> None:
        number, now, model = self.number(back), self.now, self.model
        targets, values, datas, description = model.content(number)
        resolution, caller = model.resolution(number), model.caller(who)

        def check() -> list[Effect]:
            check_cancel(
                caller, number if resolution else 0, resolution, model.seats_for(number), confirms=model.confirms(number), now=now
            )  # fmt: skip
            return [Effect("ProposalCanceled", {"proposalId": str(number)})]

        self.both(who, council.cancel(targets, values, datas, member_id(description)), check)

    # Consultation

    def comment(self, who: str, back: int, record: bytes, text: bytes) -> None:
        number, now, model = self.number(back), self.now, self.model
        caller, organisation = model.caller(who), model.organisation(who, now)
        mine = model.comments(organisation)
        recorded = next((row["comment"] for row in mine if row["record_id"] == to_hex(record)), 0)
        before = sum(row["proposal"] == number for row in mine)

        def check() -> list[Effect]:
            check_comment(
                caller, organisation, number, model.state(number, now), record, text, recorded=recorded, comments=before
            )  # fmt: skip
            return [Effect("Commented", {"proposal": str(number), "organisation": to_hex(organisation)})]

        self.both(who, consultation.comment(record, number, text), check)

    def report(self, who: str, back: int, text: bytes) -> None:
        number, now, model = self.number(back), self.now, self.model
        resolution, row = model.resolution(number), model.row(number)

        def check() -> list[Effect]:
            check_report(
                model.caller(who), number, model.state(number, now), ZERO32 if resolution is None else resolution.member, text,
                reported=row is not None and row["report"] != to_hex(ZERO32), now=now,
            )  # fmt: skip
            return [Effect("ReportPublished", {"proposal": str(number), "reportHash": to_hex(text)})]

        self.both(who, consultation.report(number, text), check)

    def anchor(self, who: str, back: int, expected: int, root: bytes, comments: int) -> None:
        number, now, model = self.number(back), self.now, self.model
        caller = model.caller(who)
        batches = self.chain.view(consultation.batch_count(number, caller.person.member))

        def check() -> list[Effect]:
            check_anchor(
                caller, number, model.state(number, now), expected, root, comments, batches=batches, now=now
            )
            made = {
                "proposal": str(number),
                "batch": expected + 1,
                "root": to_hex(root),
                "comments": comments,
            }
            return [Effect("BatchAnchored", made)]

        self.both(who, consultation.anchor(number, expected, root, comments), check)

    def hide(self, who: str, back: int, text: bytes, reason: bytes) -> None:
        number, now, model = self.number(back), self.now, self.model
        hidden = self.chain.view(consultation.hidden_for(number, text)) != ZERO32

        def check() -> list[Effect]:
            check_hide(
                model.caller(who), number, model.state(number, now), text, reason, hidden=hidden, now=now
            )
            return [
                Effect("TextHidden", {"proposal": str(number), "textHash": to_hex(text), "reasonHash": to_hex(reason)})
            ]  # fmt: skip

        self.both(who, consultation.hide(number, text, reason), check)

    # People

    def add_person(self, who: str, account: str, roles: int, days: int) -> None:
        now, at, caller = self.now, address(account), self.model.caller(who)
        end, taken = now + days * DAY, self.model.taken(address(account))

        def check() -> list[Effect]:
            check_add_person(caller, at, roles, end, taken=taken, now=now)
            made = {"member": to_hex(caller.person.member), "account": at, "roles": roles, "mandateEnd": end}
            return [Effect("PersonAdded", made)]

        self.both(who, member_registry.add_person(at, roles, end), check)

    def _of(self, who: str, account: str, own: bool) -> str:
        """The account, or where ``own`` one of the caller's organisation if there is another than the caller."""
        member = self.model.caller(who).person.member
        known = [
            name
            for name in ANYBODY
            if name != who and self.model.person(address(name)).member == member != ZERO32
        ]
        return known[len(account) * self.now % len(known)] if own and known else account

    def remove_person(self, who: str, account: str, own: bool) -> None:
        now, at, caller = self.now, address(self._of(who, account, own)), self.model.caller(who)
        person = self.model.person(at)

        def check() -> list[Effect]:
            check_remove_person(caller, at, person, now)
            return [Effect("PersonRemoved", {"member": to_hex(caller.person.member), "account": at})]

        self.both(who, member_registry.remove_person(at), check)

    def rotate_person(self, who: str, account: str, successor: str, own: bool) -> None:
        now, at, to = self.now, address(self._of(who, account, own)), address(successor)
        caller = self.model.caller(who)
        person, taken = self.model.person(at), self.model.taken(to)

        def check() -> list[Effect]:
            check_rotate_person(caller, at, person, to, taken=taken, now=now)
            return [
                Effect("PersonRotated", {"member": to_hex(caller.person.member), "account": at, "successor": to})
            ]  # fmt: skip

        self.both(who, member_registry.rotate_person(at, to), check)

    def resign(self, who: str, sure: int) -> None:
        """Seldom by those who may: there would soon be no members left."""
        now, caller, model = self.now, self.model.caller(who), self.model
        member = caller.person.member
        if (
            sure
            and refusal_of(lambda: check_resign(caller, model.seat(member, now), model.seats(now), now))
            is None
        ):
            return

        def check() -> list[Effect]:
            check_resign(caller, model.seat(member, now), model.seats(now), now)
            return [Effect("MemberResigned", {"member": to_hex(member)})]

        self.both(who, member_registry.resign(), check)

    # A whole decision: alone, acts at random hardly ever reach its end

    def carry(
        self, who: str, given: list[tuple[str, dict[str, Any]]], against: int, until: str, fresh: bool
    ) -> None:
        """Votes on an open proposal, else on a new one, its report, its queueing and execution, as far as ``until``."""
        number = self._open_number()
        if number is None or fresh:
            if given[0][0] in EMERGENCY:
                self.propose_urgently(who, given, [("confirm", {"back": -1})], "new", "none")
            else:
                self.propose(who, given, "new", "none")
            number = self._open_number()
        resolution = None if number is None else self.model.resolution(number)
        if number is None or resolution is None:
            return
        back = self.model.count() - number
        self.move(resolution.vote_start)
        for place, voter in enumerate(self._voters(number)):
            support = Vote.AGAINST if place < against else Vote.FOR
            self.vote(voter, back, int(support), 0)
        if until == "vote":
            return
        self.report(self._delegate(resolution.member) or "nobody", back, HASHES[0])
        self.move(resolution.vote_end)
        if until == "end":
            return
        self.queue("nobody", back)
        if until == "queued":
            return
        queued = self.model.resolution(number)
        assert queued is not None
        self.move(queued.eta - 2)
        for executor in ("nobody", "acme"):
            self.execute(executor, back)

    def _open_number(self) -> int | None:
        """The oldest of the newest proposals that may still be voted on."""
        newest = range(max(1, self.model.count() - 4), self.model.count() + 1)
        votable = (ProposalState.PENDING, ProposalState.ACTIVE)
        return next((number for number in newest if self.model.state(number, self.now) in votable), None)

    def _delegate(self, member: bytes) -> str | None:
        """Somebody who may act as delegate of a member now."""
        for who in ANYBODY:
            caller = self.model.caller(who)
            if caller.person.member == member and caller.runs(member, Role.DELEGATE, self.now):
                return who
        return None

    def _voters(self, number: int) -> list[str]:
        resolution = self.model.resolution(number)
        assert resolution is not None
        found = (
            self._delegate(member)
            for member, _ in self.model.members()
            if self.model.seat(member, resolution.vote_start)
        )
        return [who for who in found if who is not None]

    # What must be equal after each step

    @invariant()
    def proposals_are_the_contracts(self) -> None:
        """States, tallies and times (6, 28)."""
        model, now = self.model, self.chain.world.time
        for number in range(max(1, model.count() - 3), model.count() + 1):
            resolution, view = model.resolution(number), self.chain.view
            assert resolution is not None
            seats = model.seats_for(number)
            assert view(council.state(number)) == model.state(number, now)
            assert view(council.approved(number)) == approved(resolution, seats)
            in_favour = sum(count << 16 * sector for sector, count in enumerate(resolution.in_favour))
            assert view(council.resolution(number)) == (
                resolution.decision, resolution.delay, resolution.numerator, resolution.denominator, resolution.strict,
                resolution.sectors, resolution.majority, resolution.report_needed, in_favour, resolution.against,
                resolution.abstained, resolution.member,
            )  # fmt: skip
            assert view(council.proposal_eta(number)) == resolution.eta
            cast = sum(resolution.in_favour) + resolution.against + resolution.abstained
            assert cast == sum(voted == number for voted, _ in self.cast) == model.votes(number)
            assert all(got <= has for got, has in zip(resolution.in_favour, seats, strict=True))

    @invariant()
    def seats_are_the_contracts(self) -> None:
        """Seats follow from kinds and membership, and each sector keeps one (29, 32)."""
        model, now = self.model, self.chain.world.time
        counted = [0, 0, 0, 0]
        for _, facts in model.members():
            if facts.kinds & Kind.COUNCIL and not facts.left:
                counted[facts.sector] += 1
        assert list(self.chain.view(member_registry.seats_at(now))) == counted == list(model.seats(now))
        assert all(counted)

    @invariant()
    def members_and_people_are_the_contracts(self) -> None:
        """Rights, and that a member which has not left can be given a new ADMIN (30)."""
        model, now, view = self.model, self.chain.world.time, self.chain.view
        members_ = [pair for pair in model.members() if pair[0] in MEMBERS or pair[1].kinds & Kind.COUNCIL]
        member, facts = members_[now % len(members_)]
        assert view(member_registry.seat_at(member, now)) == model.seat(member, now)
        assert view(member_registry.status_of(member)) == member_status(facts, now)
        recovery = member_registry.recover(member, address("rescuer"), self.now + DAY)
        assert self.chain.refuses("authority", recovery) == facts.left
        who = ANYBODY[now % len(ANYBODY)]
        person = model.person(address(who))
        for role in (Role.ADMIN, Role.DELEGATE):
            expected = may(person, model.member(person.member), role, now)
            assert view(member_registry.may(address(who), role)) == expected

    @invariant()
    def changes_are_decided(self) -> None:
        """Nothing privileged changes but by an execution (16, 27)."""
        changes = self.lawful.changes[self.founding :]
        for change in changes:
            assert change.proposal is not None
            row = self.model.row(change.proposal)
            assert row is not None and row["executed_at"] == change.event.time


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The founded network on an anvil of its own, with seven seats."""
    node = Node(tmp_path_factory.mktemp("anvil"))
    try:
        world = founded(node)
        for number, (org_id, sector) in enumerate(MORE, 5):
            data = (org_id, f"Consejo {number}", sector, int(Kind.COUNCIL), ZERO32)
            world.send("authority", "MemberRegistry", "admit", data, address(f"head{number}"), MANDATE_END)
            for name in ("delegate", "second"):
                world.send(
                    f"head{number}", "MemberRegistry", "addPerson", address(f"{name}{number}"), int(Role.DELEGATE), MANDATE_END
                )  # fmt: skip
        yield world
    finally:
        node.stop()


def history(world: World) -> History:
    """All events so far."""
    chain, node = CouncilChain(world), world.node
    found: History = []
    for log in node.rpc("eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"}):
        block = node.rpc("eth_getBlockByNumber", log["blockNumber"], False)
        transaction = node.rpc("eth_getTransactionByHash", log["transactionHash"])
        sender = checksum(transaction["from"])
        for event in chain.events([log], int(block["timestamp"], 16)):
            created = transaction["to"] is None or sender == address("authority")
            found.append((event, sender, created, from_hex(transaction["input"])))
    return found


@pytest.mark.timeout(3_600)  # under the profile `long`; a minute without it
def test_council__random_acts_by_random_callers__rules_and_contracts_decide_alike(network: World) -> None:
    # As in test_tender_rules.py: a step costs some twenty calls to the node, and a failing run is shown as it was found.
    before = history(network)
    runs = settings(
        max_examples=settings.default.max_examples // 5,
        stateful_step_count=50,
        phases=(Phase.reuse, Phase.generate),
    )
    run_state_machine_as_test(lambda: CouncilRules(network, before), settings=runs)
