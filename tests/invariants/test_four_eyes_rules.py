"""Acts of two accounts: contracts and rules say the same, whoever proposes and approves what, whenever, and whatever becomes of its people.

Random proposals and approvals of a tender's cancellations, between removals, suspensions and returns of officers and approvers, go to the
contracts and to ``chain.rules``: the same refusal with all its facts, or none. What is kept of every act is compared after each step, and
no act is done that one account signed alone, that nobody proposed since it was done last, or whose time was over (17).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import event as drawn
from hypothesis import strategies as st

from chain.bindings import four_eyes, member_registry, tender_board
from chain.errors.base import LicitaError
from chain.rules import MemberFacts, PersonFacts, act_hash, tender_facts
from chain.rules.deadlines import Clock
from chain.rules.four_eyes import LIFE, Approving, Proposal, check_propose
from chain.rules.tenders import Caller, check_cancel
from chain.transactions import Call, decode_log_json, decode_revert
from chain.types import Cancellation, Event, Procedure, Role
from tests.contracts.awards import procedure
from tests.contracts.four_eyes import add, both, published
from tests.contracts.world import (
    BUYER,
    BUYER2,
    GAS,
    MANDATE_END,
    ZERO_ADDRESS,
    World,
    address,
    hash_of,
    lots,
)
from tests.invariants.test_tender_rules import Chain, mostly

pytestmark = pytest.mark.evm

PEOPLE = {"officer": Role.OFFICER, "approver": Role.APPROVER, "both": Role.OFFICER | Role.APPROVER}
signers = mostly((*PEOPLE, "second"), ("officer2", "approver2", "admin", "acme", "stranger"))
calls = st.integers(0, 3)

ACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "propose": {"who": mostly(("officer", "both"), ("officer2", "approver", "stranger")), "which": calls},
    "approve": {"who": signers, "which": calls},
    "remove": {"who": st.sampled_from(sorted(PEOPLE))},
    "suspend": {"who": st.sampled_from(sorted(PEOPLE)), "days": st.integers(1, 20)},
    "give": {"who": st.sampled_from(sorted(PEOPLE))},
    "wait": {"around": st.integers(-2, 1)},
}
OFTEN = ("propose", "propose", "approve", "approve", "approve", "give")


@dataclass
class Walk:
    """A tender of four eyes with two lots; what was proposed and not done, by member and act: who, and the stored end."""

    world: World
    chain: Chain
    procedure: Procedure
    id: bytes
    kept: dict[tuple[bytes, bytes], tuple[str, int]] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """Of the next block."""
        return Clock(self.chain.next)

    def call(self, which: int) -> tuple[Call, int, int]:
        """A cancellation: of a lot, for a reason; the last one for a reason that there is not."""
        lot, reason = ((1, 1), (1, 2), (2, 1), (2, 9))[which]
        return tender_board.cancel(self.id, lot, reason, hash_of("decision")), lot, reason

    def act(self, which: int) -> bytes:
        """What is proposed of it."""
        return act_hash(31_337, self.world.addresses["TenderBoard"], self.call(which)[0].data)

    def caller(self, who: str) -> Caller:
        """As the registry knows an account, by name or address."""
        account = who if who.startswith("0x") else address(who)
        person = PersonFacts.from_tuple(self.chain.view(member_registry.person_facts(account)))
        member = MemberFacts.from_tuple(self.chain.view(member_registry.member_facts(person.member)))
        return Caller(account, person, member)

    def proposal(self, member: bytes, which: int) -> Proposal:
        """What the rules are told of an act."""
        act = self.act(which)
        if (member, act) not in self.kept:
            return Proposal(act)
        proposer, until = self.kept[member, act]
        stands = self.caller(proposer).runs(member, Role.OFFICER, self.chain.next)
        return Proposal(act, proposer, until, stands)

    def both(self, who: str, call: Call, check: Callable[[], None]) -> list[Event]:
        """The events where both sides agree to the call, none where both refuse it alike."""
        predicted: LicitaError | None = None
        try:
            check()
        except LicitaError as error:
            predicted = error
        node, data = self.world.node, "0x" + call.data.hex()
        request = {
            "from": address(who), "to": self.world.addresses[call.contract], "data": data, "gas": hex(GAS), "gasPrice": "0x0",
        }  # fmt: skip
        foreseen = node.ask("eth_call", request, "latest", {}, {"time": hex(self.chain.next)})
        sent = node.rpc("eth_sendTransaction", request)
        self.world.move_to(self.chain.next)
        receipt = node.rpc("eth_getTransactionReceipt", sent)
        refusal = decode_revert(bytes.fromhex(foreseen["error"]["data"][2:])) if "error" in foreseen else None
        assert (refusal is not None) is (receipt["status"] == "0x0")
        assert type(refusal) is type(predicted), f"the contracts say {refusal}, the rules {predicted}"
        drawn(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if predicted is not None and refusal is not None:
            assert refusal.facts == predicted.facts
        found = (decode_log_json(self.chain.contract_of, log, self.world.time) for log in receipt["logs"])
        return [event for event in found if event is not None]

    def propose(self, who: str, which: int) -> None:
        caller, call = self.caller(who), four_eyes.propose(self.act(which))
        member, clock = caller.person.member, self.clock
        events = self.both(
            who, call, lambda: check_propose(caller, member, self.proposal(member, which), clock)
        )
        if events:
            assert events[-1].args["until"] == self.world.time + LIFE
            self.kept[member, self.act(which)] = (address(who), self.world.time + LIFE)

    def approve(self, who: str, which: int) -> None:
        caller, clock, (call, lot, reason) = self.caller(who), self.clock, self.call(which)
        facts = tender_facts(self.chain.view(tender_board.tender_facts(self.id)))
        own = Cancellation(lot, *self.chain.view(tender_board.cancellation(self.id, lot)))
        signing = Approving(self.proposal(BUYER, which), clock)
        events = self.both(who, call, lambda: check_cancel(
            caller, 1, facts, self.procedure, lot, reason, hash_of("decision"), own=own, clock=clock, signing=signing,
        ))  # fmt: skip
        if events:
            assert [event.name for event in events] == ["ActApproved", "CancellationProposed"]
            proposer, until = self.kept.pop((BUYER, self.act(which)))
            assert proposer != address(who) == events[0].args["approver"] and self.world.time < until

    def remove(self, who: str) -> None:
        if self.caller(who).person.member == BUYER:
            self.chain.attempt("admin", member_registry.remove_person(address(who)))

    def suspend(self, who: str, days: int) -> None:
        until = self.chain.next + days * 86_400
        self.chain.attempt("authority", member_registry.suspend_person(address(who), until))

    def give(self, who: str) -> None:
        """Whoever was removed comes back, with no other roles than before."""
        if self.caller(who).person.member != BUYER:
            self.chain.attempt(
                "admin", member_registry.add_person(address(who), int(PEOPLE[who]), MANDATE_END)
            )

    def wait(self, around: int) -> None:
        """To just before or after the next end of an act."""
        ends = sorted(until for _, until in self.kept.values() if until + around > self.world.time)
        if ends:
            self.world.move_to(ends[0] + around)

    def require_same(self) -> None:
        """What the contract keeps is what is left of what was proposed."""
        for which in range(4):
            for member in (BUYER, BUYER2):
                found = self.chain.view(four_eyes.proposal_of(member, self.act(which)))
                assert tuple(found) == self.kept.get((member, self.act(which)), (ZERO_ADDRESS, 0))


@pytest.mark.timeout(3_600)
def test_four_eyes__random_people_and_times__contracts_and_rules_say_the_same(network: World) -> None:
    with network.undone():
        used = procedure(network, four_eyes=True, cancel_window=365 * 86_400)
        both(network)
        add(network, "second", Role.APPROVER)
        tender = published(network, used, period=300 * 86_400, setup=lots(2))

        @settings(
            max_examples=max(4, settings.default.max_examples // 2), phases=(Phase.reuse, Phase.generate), deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=st.data())
        def run(data: st.DataObject) -> None:
            with network.undone():
                walk = Walk(network, Chain(network), used, tender.id)
                for _ in range(30):
                    name = data.draw(st.one_of(st.sampled_from(OFTEN), st.sampled_from(sorted(ACTS))), "act")
                    getattr(walk, name)(**{key: data.draw(values, key) for key, values in ACTS[name].items()})
                    walk.require_same()

        run()
