"""What a node says of validators: the council's decisions at the ValidatorRegistry, the engine's set, the node's own votes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.bindings import member_registry, validator_registry
from chain.errors.nodes import EngineCannotVote
from chain.errors.operator import DecisionAbsent
from chain.nodes import Voting
from chain.rpc import LOG_BLOCKS, Rpc
from chain.rules.validators import RegistryFacts, Runner
from chain.transactions import Addresses, Read, address_in, decode_log_json, logs_between, result_of
from chain.types import Event, Validator, to_hex

__all__ = ["Decisions", "EngineFacts", "engine_facts", "registry_facts", "runners_of"]

_AT_ONCE = 20  # such ranges in one request
_DECIDED = ("ValidatorsTargeted", "ValidatorRemoved")


@dataclass(frozen=True)
class EngineFacts:
    """The engine's set as a header lists it, and the node's own votes (address -> add)."""

    validators: frozenset[str]
    votes: Mapping[str, bool]


async def registry_facts(rpc: Rpc, addresses: Addresses, block: int) -> tuple[RegistryFacts, int]:
    """The registry as of a block, and the number of its last decision, in force or not. Raises ChainUnreachable, RpcError."""
    seq, validators, proved, until, last = await _read(
        rpc, addresses, block,
        [validator_registry.seq(), validator_registry.validators(), validator_registry.is_proved(),
         validator_registry.removed_until(), validator_registry.last_seq()],
    )  # fmt: skip
    return RegistryFacts(seq, tuple(Validator(*each) for each in validators), proved, until), last


async def runners_of(
    rpc: Rpc, addresses: Addresses, validators: Sequence[Validator], block: int
) -> dict[bytes, Runner]:
    """Sector and top of the members of a set. Whether they are active is not asked: a member that is suspended later is the
    council's business, and no reason to stop a change that it decided. Raises ChainUnreachable, RpcError."""
    members = list(dict.fromkeys(validator.member for validator in validators))
    facts = await _read(rpc, addresses, block, [member_registry.member_facts(member) for member in members])
    tops = await _read(rpc, addresses, block, [member_registry.top_of(member) for member in members])
    return {
        member: Runner(int(each[0]), top) for member, each, (top, _) in zip(members, facts, tops, strict=True)
    }


async def engine_facts(engine: Voting, block: int) -> EngineFacts | None:
    """The engine's set and the node's votes; None for an engine without validators. Raises ChainUnreachable, RpcError, QbftClosed."""
    try:
        return EngineFacts(frozenset(await engine.validators(block)), await engine.pending_votes())
    except EngineCannotVote:
        return None


class Decisions:
    """The registry's events, read back from the head as far as somebody asked, and kept."""

    def __init__(self, rpc: Rpc, addresses: Addresses) -> None:
        self._rpc = rpc
        self._address = address_in(addresses, validator_registry.CONTRACT)
        self._events: list[Event] = []  # in chain order, all of the blocks low..high
        self._low: int | None = None
        self._high = 0

    async def proved_set(self, head: int) -> frozenset[str]:
        """The set that was proved last, up to block ``head``; the founding set counts as proved."""
        proof = await self._proof(head)
        return await self.set_of(0 if proof is None else int(proof.args["seq"]), head)

    async def sets_since(self, head: int) -> tuple[frozenset[str], ...]:
        """The sets that were decided after the last proof, the oldest first."""
        proof = await self._proof(head)
        start = (-1, -1) if proof is None else (proof.block, proof.log_index)
        later = (e for e in self._events if e.name in _DECIDED and (e.block, e.log_index) > start)
        return tuple(
            frozenset(validator["node"] for validator in event.args["validators"]) for event in later
        )

    async def set_of(self, seq: int, head: int) -> frozenset[str]:
        """The set of a decision. Raises DecisionAbsent."""
        event = await self._decision(seq, head)
        return frozenset(validator["node"] for validator in event.args["validators"])

    async def block_of(self, seq: int, head: int) -> int:
        """The block that a decision is in. Raises DecisionAbsent."""
        return (await self._decision(seq, head)).block

    async def _proof(self, head: int) -> Event | None:
        return await self._newest(head, lambda event: event.name == "ValidatorsProved")

    async def _decision(self, seq: int, head: int) -> Event:
        event = await self._newest(
            head, lambda event: event.name in _DECIDED and int(event.args["seq"]) == seq
        )
        if event is None:
            raise DecisionAbsent(seq)
        return event

    async def _newest(self, head: int, fits: Callable[[Event], bool]) -> Event | None:
        if self._low is None:
            self._low, self._high = head + 1, head
        if self._high < head:
            self._events += await self._logs(self._high + 1, head)
            self._high = head
        while True:
            found = next((event for event in reversed(self._events) if fits(event)), None)
            if found is not None or self._low == 0:
                return found
            low = max(0, self._low - LOG_BLOCKS * _AT_ONCE)
            self._events = await self._logs(low, self._low - 1) + self._events
            self._low = low

    async def _logs(self, first: int, last: int) -> list[Event]:
        """Events of the registry in blocks ``first..last``, in chain order."""
        logs = await logs_between(self._rpc, {"address": self._address}, first, last)
        contract_of = {self._address.lower(): validator_registry.CONTRACT}
        # Times of blocks are not asked for: nothing here needs them.
        decoded = (decode_log_json(contract_of, log, 0) for log in logs)
        return [event for event in decoded if event is not None]


async def _read(rpc: Rpc, addresses: Addresses, block: int, calls: Sequence[Read[Any]]) -> list[Any]:
    """Answers of views as of a block."""
    answers = await rpc.results([
        ("eth_call", ({"to": address_in(addresses, call.contract), "data": to_hex(call.data)}, hex(block)))
        for call in calls
    ])  # fmt: skip
    return [result_of(call, bytes.fromhex(answer[2:])) for call, answer in zip(calls, answers, strict=True)]
