"""A QBFT network in memory behind the public ``Transport`` seam: validators, votes, blocks, and the registry that decides on the set.

It speaks what the operator agent asks a Besu: ``qbft_*``, blocks whose headers hash as Besu's do, calls and logs of the
ValidatorRegistry, and transactions of type 0 that call ``proveSet``. Votes live in a node's memory and are lost when it restarts.
The tally is the one that auditors compute from headers: of distinct proposers, majority floor(n/2) + 1, in force from the next block
on, cleared by epoch blocks. Signatures are not made: seals are filler.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from eth_hash.auto import keccak

from chain import rlp
from chain.artifacts import artifact
from chain.audit import Header, qbft_block_hash
from chain.background import BackgroundLoop
from chain.bindings import validator_registry
from chain.deployment import DeployedContract, Deployment
from chain.errors.base import LicitaError
from chain.errors.contracts import ValidatorRegistryHeaderInvalid
from chain.nodes.folder import Descriptor, Folder
from chain.rules.validators import (
    RegistryFacts,
    Runner,
    check_proof,
    check_removal,
    check_target,
    majority,
    quorum,
)
from chain.transactions import Call, checksum, created_address, sender_of
from chain.transactions.codec import abi, functions_of, selector_of, signature_type, topic_of
from chain.types import Sector, Validator, from_hex

CHAIN_ID = 484_100
CODE = "0x6001"
DEPLOYER = "0x00000000000000000000000000000000000000d0"
EMPTY = keccak(b"\x80")
"""Root of an empty trie."""

MIX_HASH = from_hex("0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
ADDRESSES = {
    name: created_address(DEPLOYER, nonce)
    for nonce, name in enumerate(("MemberRegistry", "ValidatorRegistry"))
}


def node_key(name: str) -> bytes:
    """64 bytes that stand for a node's public key."""
    return bytes(keccak(f"{name}/x".encode()) + keccak(f"{name}/y".encode()))


def node_address(name: str) -> str:
    """The address of the node of this name."""
    return checksum("0x" + keccak(node_key(name))[12:].hex())


def member_of(name: str) -> bytes:
    """The member that runs the node of this name."""
    return bytes(keccak(f"member of {name}".encode()))


@dataclass(frozen=True)
class RegistryState:
    """The ValidatorRegistry after a block."""

    standing: tuple[Validator, ...]
    standing_seq: int = 0
    interim: tuple[Validator, ...] = ()
    interim_seq: int = 0
    removed_until: int = 0
    last_seq: int = 0
    proved: frozenset[str] = frozenset()
    since: tuple[frozenset[str], ...] = ()
    """Sets that were decided after the last proof."""

    def facts(self, now: int) -> RegistryFacts:
        """What is in force at a time."""
        removed = now < self.removed_until
        validators, seq = (self.interim, self.interim_seq) if removed else (self.standing, self.standing_seq)
        nodes = frozenset(validator.node for validator in validators)
        return RegistryFacts(seq, validators, nodes == self.proved, self.removed_until)


@dataclass
class Block:
    """A block: header, state and logs after it, receipts by transaction hash."""

    header: Header
    state: RegistryState
    logs: list[dict[str, Any]]
    receipts: dict[str, dict[str, Any]]

    @property
    def facts(self) -> RegistryFacts:
        """The registry after it."""
        return self.state.facts(self.header.timestamp)

    @property
    def hash(self) -> str:
        """0x hex."""
        return "0x" + qbft_block_hash(self.header).hex()


class FakeQbft:
    """The network: ``size`` founding validators ``v0``, ``v1``, ... and ``spare`` nodes more, one member each; the members' sectors go
    round the four. Blocks are made by ``mine`` alone, one second apart."""

    def __init__(self, size: int = 4, spare: int = 2, epoch: int = 20) -> None:
        self.epoch = epoch
        names = [f"v{number}" for number in range(size + spare)]
        self.nodes = {node_address(name): FakeNode(self, name) for name in names}
        self.runners = {
            member_of(name): Runner(number % len(Sector), member_of(name))
            for number, name in enumerate(names)
        }
        founding = self.set_of(*names[:size])
        self.tally: dict[str, dict[str, bool]] = {}
        self.set = [validator.node for validator in founding]
        self.pool: dict[str, bytes] = {}
        self.nonces: dict[str, int] = {}
        self.blocks: list[Block] = []
        self.sets: list[tuple[str, ...]] = []
        state = RegistryState(founding, proved=frozenset(self.set))
        event = _log("ValidatorsTargeted", {"seq": 0, "validators": [v.as_tuple() for v in founding]})
        self._append(self.set[0], None, state, [event], 0)

    # What tests say

    @staticmethod
    def set_of(*names: str) -> tuple[Validator, ...]:
        """Validators of these names, in ascending order of their addresses."""
        validators = (Validator(node_address(name), member_of(name)) for name in names)
        return tuple(sorted(validators, key=lambda each: int(each.node, 16)))

    @property
    def head(self) -> Block:
        """The last block."""
        return self.blocks[-1]

    @property
    def facts(self) -> RegistryFacts:
        """The registry at the head."""
        return self.head.facts

    def target(self, validators: Sequence[Validator]) -> None:
        """A resolution on a set, in a block of its own. Raises the contract's refusals."""
        state, now = self.head.state, self.head.header.timestamp + 1
        check_target(state.facts(now), state.facts(now).seq, validators, self.runners, now=now)
        self.force(validators)

    def force(self, validators: Sequence[Validator]) -> None:
        """As ``target``, whatever the rules say: a registry that does not do what it should."""
        seq = self.head.state.last_seq + 1
        state = replace(
            self.head.state, standing=tuple(validators), standing_seq=seq, last_seq=seq, removed_until=0
        )
        state = replace(state, since=(*state.since, _nodes(validators)))
        values = {"seq": seq, "validators": [v.as_tuple() for v in validators]}
        assert self.mine(state, [_log("ValidatorsTargeted", values)]), "no quorum runs"

    def remove(self, node: str, seconds: int) -> None:
        """An urgent removal, in a block of its own. Raises the contract's refusals."""
        state, now = self.head.state, self.head.header.timestamp + 1
        until = now + seconds
        left = check_removal(state.facts(now), state.facts(now).seq, node, until, self.runners, now=now)
        seq = state.last_seq + 1
        values = {"seq": seq, "node": node, "until": until, "validators": [v.as_tuple() for v in left]}
        state = replace(state, interim=left, interim_seq=seq, last_seq=seq, removed_until=until)
        state = replace(state, since=(*state.since, _nodes(left)))
        assert self.mine(state, [_log("ValidatorRemoved", values)]), "no quorum runs"

    def mine(self, state: RegistryState | None = None, logs: Sequence[dict[str, Any]] = ()) -> bool:
        """One block, unless fewer than a quorum of the validators run. True when there is one."""
        running = [node for node in self.set if self.nodes[node].runs]
        if len(running) < quorum(len(self.set)):
            return False
        last = checksum("0x" + self.head.header.coinbase.hex())
        turn = self.set.index(last) + 1 if last in self.set else 0
        turns = [self.set[(turn + round) % len(self.set)] for round in range(len(self.set))]
        proposer = next(node for node in turns if node in running)
        vote = self.nodes[proposer].next_vote(self.set)
        self._append(proposer, vote, state or self.head.state, list(logs), turns.index(proposer))
        return True

    async def nudge(self) -> None:
        """One block, for who waits for a transaction."""
        self.mine()

    def votes(self) -> dict[str, dict[str, bool]]:
        """Name of a node -> its votes, of those that have any."""
        return {node.name: dict(node.pending) for node in self.nodes.values() if node.pending}

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """Answers over HTTP on 127.0.0.1, each node under its name; the URL to put the name after."""

        async def answer(request: web.Request) -> web.Response:
            node = self.nodes[node_address(request.match_info["name"])]
            try:
                body = node.answer(await request.read())
            except OSError as error:
                return web.Response(status=503, text=str(error))
            return web.Response(body=body, content_type="application/json")

        app = web.Application()
        app.router.add_post("/{name}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}/"
        finally:
            await runner.cleanup()

    def write(self, path: Path, url: str = "") -> Folder:
        """A network folder of this network."""
        folder = Folder(path)
        folder.create()
        folder.write_descriptor(
            Descriptor("fake", "besu", "sandbox", CHAIN_ID, self.blocks[0].hash, 1, 64, "stop", url)
        )
        code_hash = "0x" + keccak(from_hex(CODE)).hex()
        contracts = {name: DeployedContract(at, code_hash, code_hash, "") for name, at in ADDRESSES.items()}
        record = Deployment("0", CHAIN_ID, self.blocks[0].hash, 0, DEPLOYER, "", "", contracts)
        folder.deployment_json.write_text(record.to_json(), encoding="utf-8")
        return folder

    # The chain

    def _append(
        self,
        proposer: str,
        vote: tuple[str, bool] | None,
        state: RegistryState,
        logs: list[dict[str, Any]],
        round: int,
    ) -> None:
        number = len(self.blocks)
        parent = qbft_block_hash(self.head.header) if self.blocks else bytes(32)
        voted = [] if vote is None else [from_hex(vote[0]), b"\xff" if vote[1] else b""]
        seals = [bytes([index + 1]) * 65 for index in range(quorum(len(self.set)))]
        extra = [bytes(32), [from_hex(node) for node in self.set], voted, rlp.encode_int(round), seals]
        header = Header(
            parent, keccak(b"\xc0"), from_hex(proposer), EMPTY, EMPTY, EMPTY, bytes(256), 1, number, 60_000_000, 0,
            1_900_000_000 + number, rlp.encode(extra), MIX_HASH, bytes(8), 0,
        )  # fmt: skip
        block = Block(header, state, logs, {})
        self._carry_out(block)
        for index, log in enumerate(block.logs):
            log |= {
                "blockNumber": hex(number),
                "blockHash": block.hash,
                "logIndex": hex(index),
                "transactionIndex": "0x0",
            }
            log.setdefault("transactionHash", "0x" + "00" * 32)
        self.blocks.append(block)
        self.sets.append(tuple(self.set))
        self._count(proposer, vote, number)

    def _carry_out(self, block: Block) -> None:
        """Transactions of the pool whose nonce is next."""
        for transaction, raw in list(self.pool.items()):
            sender, items = sender_of(raw), rlp.decode(raw)
            assert isinstance(items, list) and isinstance(items[0], bytes) and isinstance(items[5], bytes)
            if rlp.decode_int(items[0]) != self.nonces.get(sender, 0):
                continue
            del self.pool[transaction]
            self.nonces[sender] = self.nonces.get(sender, 0) + 1
            status, logs = "0x1", []
            try:
                logs = self._proved(block, items[5])
            except LicitaError:
                status = "0x0"
            for log in logs:
                log["transactionHash"] = transaction
            block.logs += logs
            block.receipts[transaction] = {
                "transactionHash": transaction, "status": status, "blockNumber": hex(block.header.number), "gasUsed": "0x1",
                "contractAddress": None, "logs": logs,
            }  # fmt: skip

    def _proved(self, block: Block, data: bytes) -> list[dict[str, Any]]:
        """Applies ``proveSet`` to the state of a block."""
        call = Call.from_data(validator_registry.CONTRACT, data)
        assert call.function == "proveSet", call
        seq, raw = call.args
        number, hash = self.check_proof(block.facts, seq, raw)
        nodes = frozenset(block.facts.nodes)
        block.state = replace(block.state, proved=nodes, since=())
        return [_log("ValidatorsProved", {"seq": seq, "number": number, "blockHash": hash})]

    def check_proof(self, facts: RegistryFacts, seq: int, raw: bytes) -> tuple[int, bytes]:
        """The registry's checks of a proof; number and hash of its block."""
        items = rlp.decode(raw)
        assert isinstance(items, list) and isinstance(items[8], bytes) and isinstance(items[12], bytes)
        number, hash = rlp.decode_int(items[8]), bytes(keccak(raw))
        if number >= len(self.blocks) or self.blocks[number].hash != "0x" + hash.hex():
            raise ValidatorRegistryHeaderInvalid(number)
        extra = rlp.decode(items[12])
        assert isinstance(extra, list) and isinstance(extra[1], list)
        check_proof(facts, seq, ["0x" + node.hex() for node in extra[1] if isinstance(node, bytes)])
        return number, hash

    def _count(self, proposer: str, vote: tuple[str, bool] | None, number: int) -> None:
        """The tally; the set in ``self.set`` is that of the next header."""
        if number % self.epoch == 0:
            self.tally.clear()
            return
        if vote is None:
            return
        subject, add = vote
        votes = self.tally.setdefault(subject, {})
        votes[proposer] = add
        cast = sum(1 for voter, way in votes.items() if voter in self.set and way is add)
        if cast < majority(len(self.set)):
            return
        del self.tally[subject]
        if add:
            self.set = sorted({*self.set, subject}, key=lambda node: int(node, 16))
        else:
            self.set = [node for node in self.set if node != subject]
            for others in self.tally.values():
                others.pop(subject, None)


@dataclass
class FakeNode:
    """One node of the network, as a Transport. ``closed``: its QBFT calls are switched off; ``syncing``: it says that it catches up."""

    chain: FakeQbft
    name: str
    runs: bool = True
    closed: bool = False
    syncing: bool = False
    pending: dict[str, bool] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _position: int = 0

    @property
    def url(self) -> str:
        """Where it would answer."""
        return f"http://127.0.0.1/{self.name}"

    @property
    def address(self) -> str:
        """Its address as a validator."""
        return node_address(self.name)

    def restart(self) -> None:
        """It runs, and its votes are gone."""
        self.runs = True
        self.pending.clear()

    def next_vote(self, validators: Sequence[str]) -> tuple[str, bool] | None:
        """The proposal that its next block carries, in rotation; what the set has already is passed over, as Besu does."""
        fitting = [
            (node, add) for node, add in sorted(self.pending.items()) if (node in validators) is not add
        ]
        if not fitting:
            return None
        self._position += 1
        return fitting[self._position % len(fitting)]

    # Transport

    async def send(self, body: bytes) -> bytes:
        """See chain.rpc.Transport."""
        return self.answer(body)

    async def close(self) -> None:
        """See chain.rpc.Transport."""

    def answer(self, body: bytes) -> bytes:
        """A request's answer."""
        if not self.runs:
            raise OSError("connection refused")
        given = orjson.loads(body)
        answers = [self._one(call) for call in (given if isinstance(given, list) else [given])]
        return orjson.dumps(answers if isinstance(given, list) else answers[0])

    def _one(self, call: Mapping[str, Any]) -> dict[str, Any]:
        method, params = call["method"], call["params"]
        self.calls.append(method)
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": call["id"]}
        carried_out: Callable[..., Any] | None = getattr(self, "_" + method, None)
        if carried_out is None:
            return answer | {"error": {"code": -32_601, "message": "Method not found"}}
        if method.startswith("qbft_") and self.closed:
            return answer | {"error": {"code": -32_604, "message": "Method not enabled"}}
        try:
            return answer | {"result": carried_out(*params)}
        except LicitaError as error:
            return answer | {"error": {"code": 3, "message": "execution reverted", "data": _revert(error)}}

    # QBFT

    def _qbft_getValidatorsByBlockNumber(self, number: str) -> list[str]:
        return [node.lower() for node in self.chain.sets[self._number(number)]]

    def _qbft_getPendingVotes(self) -> dict[str, bool]:
        return {node.lower(): add for node, add in self.pending.items()}

    def _qbft_proposeValidatorVote(self, node: str, add: bool) -> bool:
        self.pending[checksum(node)] = add
        return True

    def _qbft_discardValidatorVote(self, node: str) -> bool:
        self.pending.pop(checksum(node), None)
        return True

    # Everything else

    def _net_enode(self) -> str:
        return f"enode://{node_key(self.name).hex()}@127.0.0.1:30303"

    def _web3_clientVersion(self) -> str:
        return "fake/qbft"

    def _eth_syncing(self) -> Any:
        return {"currentBlock": "0x0"} if self.syncing else False

    def _eth_chainId(self) -> str:
        return hex(CHAIN_ID)

    def _eth_getCode(self, address: str, block: str) -> str:
        return CODE

    def _eth_getTransactionCount(self, address: str, block: str) -> str:
        waiting = sum(1 for raw in self.chain.pool.values() if sender_of(raw) == checksum(address))
        return hex(self.chain.nonces.get(checksum(address), 0) + (waiting if block == "pending" else 0))

    def _eth_getBlockByNumber(self, number: str, full: bool) -> dict[str, Any] | None:
        place = self._number(number)
        return block_json(self.chain.blocks[place]) if place < len(self.chain.blocks) else None

    def _eth_getTransactionReceipt(self, transaction: str) -> dict[str, Any] | None:
        return next((b.receipts[transaction] for b in self.chain.blocks if transaction in b.receipts), None)

    def _eth_sendRawTransaction(self, raw: str) -> str:
        transaction = "0x" + keccak(from_hex(raw)).hex()
        self.chain.pool[transaction] = from_hex(raw)
        return transaction

    def _eth_getLogs(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        first, last = self._number(query["fromBlock"]), self._number(query["toBlock"])
        assert last - first < 5_000, "Besu answers 5,000 blocks at most"
        return [log for block in self.chain.blocks[first : last + 1] for log in block.logs]

    def _eth_call(self, request: Mapping[str, str], number: str, *overrides: Any) -> str:
        contract = next(name for name, at in ADDRESSES.items() if at.lower() == request["to"].lower())
        call = Call.from_data(contract, from_hex(request["data"]))
        block = self.chain.blocks[self._number(number)]
        facts = block.facts
        values: Mapping[str, Callable[..., tuple[Any, ...]]] = {
            "seq": lambda: (facts.seq,),
            "lastSeq": lambda: (block.state.last_seq,),
            "isProved": lambda: (facts.proved,),
            "removedUntil": lambda: (facts.removed_until,),
            "validators": lambda: ([validator.as_tuple() for validator in facts.validators],),
            "proveSet": lambda seq, raw: self.chain.check_proof(facts, seq, raw)[:0],
            "memberFacts": lambda member: (self._member(member),),
            "topOf": lambda member: (self.chain.runners[member].top, True),
        }
        answer = values[call.function](*call.args)
        return "0x" + abi.encode(functions_of(contract)[call.function].outputs, answer).hex()

    def _member(self, member: bytes) -> tuple[Any, ...]:
        return (self.chain.runners[member].sector, 8, 0, 0, True, False, bytes(32))

    def _number(self, tag: str) -> int:
        return len(self.chain.blocks) - 1 if tag in ("latest", "pending") else int(tag, 16)


def _nodes(validators: Sequence[Validator]) -> frozenset[str]:
    return frozenset(validator.node for validator in validators)


def block_json(block: Block) -> dict[str, Any]:
    """A block as ``eth_getBlockByNumber`` answers it."""
    h = block.header
    data = {
        "parentHash": h.parent_hash, "sha3Uncles": h.ommers_hash, "miner": h.coinbase, "stateRoot": h.state_root,
        "transactionsRoot": h.transactions_root, "receiptsRoot": h.receipts_root, "logsBloom": h.logs_bloom,
        "extraData": h.extra_data, "mixHash": h.mix_hash, "nonce": h.nonce,
    }  # fmt: skip
    quantities = {
        "difficulty": h.difficulty, "number": h.number, "gasLimit": h.gas_limit, "gasUsed": h.gas_used, "timestamp": h.timestamp,
        "baseFeePerGas": h.base_fee_per_gas,
    }  # fmt: skip
    named = {name: "0x" + value.hex() for name, value in data.items()}
    return named | {name: hex(value) for name, value in quantities.items()} | {"hash": block.hash}


def _entry(kind: str, name: str) -> dict[str, Any]:
    entries = artifact(validator_registry.CONTRACT).abi
    return next(entry for entry in entries if entry["type"] == kind and entry["name"] == name)


def _log(event: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A log of the registry, without its place."""
    entry = _entry("event", event)
    indexed = [each for each in entry["inputs"] if each["indexed"]]
    plain = [each for each in entry["inputs"] if not each["indexed"]]
    topics = [topic_of(entry), *(abi.encode([each["type"]], [values[each["name"]]]) for each in indexed)]
    data = abi.encode([signature_type(each) for each in plain], [values[each["name"]] for each in plain])
    return {
        "address": ADDRESSES[validator_registry.CONTRACT].lower(), "topics": ["0x" + topic.hex() for topic in topics],
        "data": "0x" + data.hex(),
    }  # fmt: skip


def _revert(error: LicitaError) -> str:
    """The error as a contract reverts with it."""
    entry = _entry("error", error.error)
    facts = [from_hex(value) if isinstance(value, str) else value for value in error.facts.values()]
    data = abi.encode([signature_type(each) for each in entry["inputs"]], facts)
    return "0x" + (selector_of(entry) + data).hex()


class Served:
    """The network in memory behind HTTP, on a thread of its own, as the commands want it."""

    def __init__(self, chain: FakeQbft, loop: BackgroundLoop, url: str) -> None:
        self.chain, self.loop, self.url = chain, loop, url

    def mine(self, blocks: int) -> None:
        """So many blocks, between two requests."""

        async def work() -> None:
            for _ in range(blocks):
                self.chain.mine()

        self.loop.run(work())

    @contextmanager
    def going_on(self, period: float = 0.01) -> Iterator[None]:
        """A block each ``period`` seconds."""

        async def work() -> None:
            while True:
                self.chain.mine()
                await asyncio.sleep(period)

        mining = self.loop.spawn(work())
        try:
            yield
        finally:
            mining.cancel()


@contextmanager
def serving(chain: FakeQbft) -> Iterator[Served]:
    """Serves a network until the end of the block."""
    loop = BackgroundLoop("fake-qbft")
    answering = chain.served()
    try:
        yield Served(chain, loop, loop.run(answering.__aenter__()))
        loop.run(answering.__aexit__(None, None, None))
    finally:
        loop.close()
