"""The operator agent: it brings the validators of a QBFT network into line with what the council decided.

One runs beside each validator and believes that validator's node alone. It is a loop over facts and remembers nothing that matters:
T, the set in force at the ValidatorRegistry; P, the set proved last; A, the engine's set; V, its own node's votes. ``decide`` turns them
into acts, and ``Agent`` carries these out one after the other; killed in between, the next turn goes on from what is the case then.
A node's votes live in its memory: lost with a restart, they are cast again, and left over, they are taken back, because a vote left over
is cast again after a later change. Without a resolution there is no vote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from chain import rlp
from chain.audit.header import header_from_json, qbft_block_hash
from chain.bindings import validator_registry
from chain.errors.base import LicitaError
from chain.errors.contracts import (
    ValidatorRegistryHeaderInvalid,
    ValidatorRegistryProved,
    ValidatorRegistrySetDiffers,
    ValidatorRegistryVersionWrong,
)
from chain.errors.operator import NodeForeign
from chain.nodes import Voting
from chain.nodes.besu import EPOCH
from chain.rpc import Rpc, newest_block
from chain.rules.validators import MIN_SIZE, RegistryFacts, Runner, by_address, check_set, check_step
from chain.transactions import Addresses, Nudge, address_of, gas_for, preflight, send
from governance.validator_facts import Decisions, EngineFacts, engine_facts, registry_facts, runners_of

__all__ = [
    "Act", "Agent", "Alarm", "AlarmKind", "Decision", "Discard", "Entry", "Facts", "Propose", "Prove", "Report", "decide",
    "hashed_header", "prove", "read_facts", "require_own",
]  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What one turn of the agent knows, all of it as of ``block``. Addresses are checksum hex.

    ``registry``: T and whether it is proved. ``proved``: P. ``since``: the sets decided after P was proved, among them those of urgent
    removals that have ended: the engine may still be on its way back. ``engine``: A and V, None where the engine has no validators.
    ``overdue``: A has differed from T for longer than an epoch. ``may_prove``: it is this agent's turn.
    """

    block: int
    registry: RegistryFacts
    proved: frozenset[str]
    engine: EngineFacts | None
    since: tuple[frozenset[str], ...] = ()
    runners: Mapping[bytes, Runner] = field(default_factory=dict)
    overdue: bool = False
    may_prove: bool = False
    syncing: bool = False


@dataclass(frozen=True)
class Discard:
    """Take a vote of the own node back; ``add`` says which way it was."""

    node: str
    add: bool
    reason: str


@dataclass(frozen=True)
class Propose:
    """Vote for adding or dropping a validator."""

    node: str
    add: bool
    reason: str


@dataclass(frozen=True)
class Prove:
    """Prove decision ``seq`` by the header of ``block``."""

    seq: int
    block: int
    reason: str


Act: TypeAlias = Discard | Propose | Prove


class AlarmKind(StrEnum):
    """What people must look at."""

    RESOLUTION_REFUSED = "RESOLUTION_REFUSED"
    SET_DIFFERS = "SET_DIFFERS"


@dataclass(frozen=True)
class Alarm:
    """An alarm; ``rule`` is the error that names the broken rule, empty for SET_DIFFERS."""

    kind: AlarmKind
    reason: str
    rule: str = ""


@dataclass(frozen=True)
class Decision:
    """What to do now, in this order, and what to tell. ``note``: why nothing can be done, else empty."""

    acts: tuple[Act, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    note: str = ""


def decide(facts: Facts) -> Decision:
    """The acts that the facts ask for: votes taken back first, then votes proposed, then a proof. Pure."""
    if facts.engine is None:
        return Decision(note="the engine has no validators: the council's decisions are only reported")
    if facts.syncing:
        return Decision(note="the node catches up with the chain: what it knows is out of date")
    target, actual = set(facts.registry.nodes), facts.engine.validators
    follows = actual == target
    refused = None if follows and facts.registry.proved else _broken_rule(facts)
    wanted = {} if refused else _wanted(target, actual)
    acts: list[Act] = [
        Discard(node, add, _why_not(node, add, target, actual, refused))
        for node, add in sorted(facts.engine.votes.items())
        if wanted.get(node) is not add
    ]
    acts += [
        Propose(node, add, f"resolution {facts.registry.seq} {'adds' if add else 'drops'} it")
        for node, add in wanted.items()
        if facts.engine.votes.get(node) is not add
    ]
    if follows and not facts.registry.proved and refused is None and facts.may_prove:
        acts.append(Prove(facts.registry.seq, facts.block, "the engine's set is the resolution's"))
    return Decision(tuple(acts), tuple(_alarms(facts, refused)))


def _broken_rule(facts: Facts) -> LicitaError | None:
    """The first rule that the set in force breaks, None for a good one."""
    try:
        check_set(facts.registry.validators, facts.runners)
        check_step(facts.proved, facts.registry.nodes)
    except LicitaError as error:
        return error
    return None


def _wanted(target: set[str], actual: Collection[str]) -> dict[str, bool]:
    """The votes to have now. Adds come first, so that the set never shrinks below what was decided; then one drop at a time."""
    missing = sorted(target - set(actual), key=by_address)
    if missing:
        return dict.fromkeys(missing, True)
    surplus = sorted(set(actual) - target, key=by_address)
    return {surplus[0]: False} if surplus and len(actual) > MIN_SIZE else {}


def _why_not(
    node: str, add: bool, target: set[str], actual: Collection[str], refused: LicitaError | None
) -> str:
    """Why a vote is taken back."""
    if refused is not None:
        return f"the resolution is refused: {refused.error}"
    if (node in target) is not add:
        return "no resolution asks for it"
    if (node in actual) is add:
        return "it was carried, and left over it would be cast again after a later change"
    return "additions and earlier drops come first"


def _alarms(facts: Facts, refused: LicitaError | None) -> list[Alarm]:
    alarms = [Alarm(AlarmKind.RESOLUTION_REFUSED, str(refused), refused.error)] if refused else []
    assert facts.engine is not None  # decide has looked
    strange = _strange(facts, facts.engine.validators)
    if strange:
        alarms.append(
            Alarm(AlarmKind.SET_DIFFERS, f"no resolution explains these in the set, or out of it: {strange}")
        )
    elif facts.overdue:
        alarms.append(Alarm(AlarmKind.SET_DIFFERS, "the engine has not followed the resolution for an epoch"))
    return alarms


def _strange(facts: Facts, actual: frozenset[str]) -> str:
    """Validators that are in the engine's set although no lawful set has them, or out of it although all have."""
    lawful = [frozenset(facts.registry.nodes), facts.proved, *facts.since]
    extra, lacking = actual - frozenset.union(*lawful), frozenset.intersection(*lawful) - actual
    return ", ".join(sorted(extra | lacking, key=by_address))


async def read_facts(
    rpc: Rpc,
    engine: Voting,
    addresses: Addresses,
    decisions: Decisions,
    *,
    epoch: int = EPOCH,
    prover: bool = True,
) -> Facts:
    """The facts as of the node's head; ``prover``: whether this agent can send a proof.

    Raises ChainUnreachable, RpcError, QbftClosed, DecisionAbsent.
    """
    head = await newest_block(rpc)
    block = int(head["number"], 16)
    registry, last_seq = await registry_facts(rpc, addresses, block)
    found = await engine_facts(engine, block)
    facts = Facts(block, registry, frozenset(registry.nodes), found)
    if found is None:
        return facts
    if await rpc.call("eth_syncing") is not False:
        return replace(facts, syncing=True)
    follows = found.validators == set(registry.nodes)
    if follows and registry.proved:
        return facts
    facts = replace(facts, runners=await runners_of(rpc, addresses, registry.validators, block))
    if not registry.proved:
        facts = replace(facts, proved=await decisions.proved_set(block))
    if follows:
        return replace(facts, may_prove=prover and await _is_turn(engine, registry.nodes, block))
    overdue = await _is_overdue(rpc, engine, decisions, facts, last_seq, epoch)
    return replace(facts, since=await decisions.sets_since(block), overdue=overdue)


async def _is_turn(engine: Voting, target: Sequence[str], block: int) -> bool:
    """Whether this validator should send the proof by now: the first by address at once, each further one two blocks later, so
    that one transaction does it and a dead agent holds nobody up."""
    own = await engine.address()
    if own not in target:
        return False
    since = max(0, block - 2 * target.index(own))
    return since == block or set(await engine.validators(since)) == set(target)


async def _is_overdue(
    rpc: Rpc, engine: Voting, decisions: Decisions, facts: Facts, last_seq: int, epoch: int
) -> bool:
    """Whether the set in force was in force an epoch ago already, and the engine differed from it already."""
    past = facts.block - epoch
    if past < 0 or set(await engine.validators(past)) == set(facts.registry.nodes):
        return False
    if await decisions.block_of(facts.registry.seq, facts.block) > past:
        return False
    if last_seq == facts.registry.seq:
        return True
    # An urgent removal has ended since: the set in force came back at that time.
    then = await rpc.call("eth_getBlockByNumber", hex(past), False)
    return facts.registry.removed_until <= int(then["timestamp"], 16)


def hashed_header(block: object) -> bytes:
    """The header in the JSON of a QBFT block in the form that the block hash is of: round "" and no seals, RLP.

    Raises AuditRefusal where it cannot be read or its hash is another.
    """
    header = header_from_json(block, qbft_block_hash)
    items = rlp.decode(header.extra_data)
    assert isinstance(items, list)  # its hash was computed from five items
    return replace(header, extra_data=rlp.encode([*items[:3], b"", []])).rlp()


async def prove(
    rpc: Rpc, addresses: Addresses, seq: int, block: int, key: bytes, nudge: Nudge | None = None
) -> int:
    """Sends ``proveSet`` with the header of a block and answers the block that holds the proof.

    Raises AuditRefusal, the contract's refusals, TransactionNotMined, ChainUnreachable, RpcError.
    """
    header = hashed_header(await rpc.call("eth_getBlockByNumber", hex(block), False))
    call = validator_registry.prove_set(seq, header)
    await preflight(rpc, addresses, call, address_of(key), gas_for(call))
    return (await send(rpc, addresses, call, key, nudge=nudge)).block


def require_own(url: str) -> None:
    """Raises NodeForeign for an RPC that is not on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        own = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        own = False
    if not own:
        raise NodeForeign(url)


@dataclass(frozen=True)
class Entry:
    """A line of what an agent did or saw. ``what``: discard, propose, prove, permit, alarm, note, fault; ``node``, ``add``: a vote's."""

    seq: int | None
    block: int | None
    what: str
    reason: str
    node: str | None = None
    add: bool | None = None
    name: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The line as JSON, without what is absent."""
        vote = None if self.node is None else {"validator": self.node, "add": self.add}
        values = {
            "seq": self.seq, "block": self.block, "what": self.what, "name": self.name, "vote": vote, "reason": self.reason
        }  # fmt: skip
        return {key: value for key, value in values.items() if value is not None}


Chore: TypeAlias = Callable[[], Awaitable[bool]]
"""What an agent does besides; it says whether it did something."""
Report: TypeAlias = Callable[[Entry], None]
Probe: TypeAlias = Callable[[str], None]
"""Seam of the fault tests: called before and after each act."""

# Another agent, or the next decision, was quicker.
_OVERTAKEN = (
    ValidatorRegistryHeaderInvalid,
    ValidatorRegistryProved,
    ValidatorRegistrySetDiffers,
    ValidatorRegistryVersionWrong,
)


class Agent:
    """The loop beside one validator. ``key`` sends proofs, None: others do; ``permit`` brings the node's permission file into line,
    ``tick`` tells the network that it is there, None: somebody else does; ``report`` gets a line for each act but ticks, and one for
    each alarm, note or fault when new."""

    def __init__(
        self,
        rpc: Rpc,
        engine: Voting,
        addresses: Addresses,
        *,
        report: Report,
        key: bytes | None = None,
        epoch: int = EPOCH,
        permit: Chore | None = None,
        tick: Chore | None = None,
        nudge: Nudge | None = None,
        probe: Probe = lambda _point: None,
    ) -> None:
        self._rpc, self._engine, self._addresses = rpc, engine, addresses
        self._report, self._key, self._epoch, self._nudge, self._probe = report, key, epoch, nudge, probe
        self._decisions = Decisions(rpc, addresses)
        self._told: set[tuple[str, str]] = set()
        self._permit, self._tick = permit, tick
        self._hindered: dict[Chore, str] = {}

    async def run(self, every: float = 1.0) -> None:
        """A turn each ``every`` seconds, which is to be less than a block, until cancelled. What goes wrong is reported and tried
        again."""
        while True:
            try:
                await self.step()
            except LicitaError as error:
                self._tell([Entry(None, None, "fault", str(error), name=error.error)])
            await asyncio.sleep(every)

    async def step(self) -> Decision:
        """One turn: facts, decision, acts. Raises ChainUnreachable, RpcError, QbftClosed, DecisionAbsent, AuditRefusal."""
        facts = await read_facts(
            self._rpc, self._engine, self._addresses, self._decisions,
            epoch=self._epoch, prover=self._key is not None,
        )  # fmt: skip
        decision = decide(facts)
        seq, block = facts.registry.seq, facts.block
        notes = [Entry(seq, block, "note", decision.note)] if decision.note else []
        self._tell(notes + [_alarm_entry(alarm, seq, block) for alarm in decision.alarms])
        for act in decision.acts:
            self._probe("before")
            await self._carry_out(act, seq, block)
            self._probe("after")
        if await self._done(self._permit, seq, block):
            self._report(Entry(seq, block, "permit", "the node lets in whom the registries permit"))
        if not facts.syncing:
            await self._done(self._tick, seq, block)
        return decision

    async def _done(self, chore: Chore | None, seq: int, block: int) -> bool:
        """Whether a chore did something. What hinders it is reported when it is new: it hinders no vote."""
        if chore is None:
            return False
        try:
            did = await chore()
        except LicitaError as error:
            if str(error) != self._hindered.get(chore, ""):
                self._report(Entry(seq, block, "fault", str(error), name=error.error))
            self._hindered[chore] = str(error)
            return False
        self._hindered.pop(chore, None)
        return did

    async def _carry_out(self, act: Act, seq: int, block: int) -> None:
        match act:
            case Discard(node, add, reason):
                await self._engine.discard_vote(node)
                self._report(Entry(seq, block, "discard", reason, node, add))
            case Propose(node, add, reason):
                await self._engine.propose_vote(node, add)
                self._report(Entry(seq, block, "propose", reason, node, add))
            case Prove(_, _, reason):
                await self._prove(act, reason)

    async def _prove(self, act: Prove, reason: str) -> None:
        assert self._key is not None  # only who can send is asked to
        try:
            await prove(self._rpc, self._addresses, act.seq, act.block, self._key, self._nudge)
        except _OVERTAKEN as error:
            self._report(Entry(act.seq, act.block, "note", f"somebody was quicker: {error.error}"))
        else:
            self._report(Entry(act.seq, act.block, "prove", reason))

    def _tell(self, entries: Sequence[Entry]) -> None:
        """Reports what was not the case at the last turn; what ends and comes again is told again."""
        present = {(entry.what, entry.reason) for entry in entries}
        for entry in entries:
            if (entry.what, entry.reason) not in self._told:
                self._report(entry)
        self._told = present


def _alarm_entry(alarm: Alarm, seq: int, block: int) -> Entry:
    return Entry(seq, block, "alarm", alarm.reason, name=str(alarm.kind))
