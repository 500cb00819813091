"""A small chain of its own for the contract tests: one anvil, the contracts, people of every role.

Transactions are unsigned (the node impersonates), of type 0 and free. Blocks are mined explicitly, one a transaction, at a time the
test names: no result depends on a clock.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from eth_abi.abi import decode, encode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from chain.artifacts import artifact, artifacts
from chain.charter import charter
from chain.nodes.process import Child
from chain.procurement.procedure import preset
from chain.types import AUTHORITY, CONTRACTS, WIRING, Kind, LotTerms, Procedure, Role, Sector, Setup, Terms
from tests.contracts.committee import committee, drawing
from tests.ports import held_port

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400
START = 1_900_000_000
"""Time of the first block that a test mines, unix seconds."""

GAS = 16_777_216
"""The most gas a transaction of the network may take."""

ZERO_ADDRESS = "0x" + "00" * 20
ZERO = bytes(32)
SANDBOX_MARK = "0x" + f"{0x53414E44424F58:040x}"
HOLDER = "deployer"
PLAIN_TEXT = '{"title":"Laptops"}'


_ACTING = {
    "authority": AUTHORITY,
    "council": "Council",
    "openings": "OpeningCommittee",
    "complaints": "ComplaintDesk",
    "board": "TenderBoard",
    "awards": "AwardDesk",
    "evaluations": "EvaluationDesk",
    "agreements": "AgreementBook",
}


def address(name: str) -> str:
    """The account of a named person: nobody has its key, the node impersonates it.

    ``authority`` is the council's timelock, ``council`` the Council, ``openings`` the OpeningCommittee, ``complaints`` the
    ComplaintDesk, ``board`` the TenderBoard, ``awards`` the AwardDesk, ``evaluations`` the EvaluationDesk, ``agreements`` the
    AgreementBook: the contracts themselves.
    """
    if name in _ACTING:
        return created_address(address(HOLDER), CONTRACTS.index(_ACTING[name]))
    return str(to_checksum_address(keccak(f"licita/test/{name}".encode())[12:]))


def label(text: str, size: int = 32) -> bytes:
    """A label of an error or a code: ASCII, left-aligned."""
    return text.encode("ascii").ljust(size, b"\0")


def member_id(org_id: str) -> bytes:
    """keccak256 of the org-id."""
    return bytes(keccak(org_id.encode()))


def tender_id(number: int) -> bytes:
    """A tender's number as the contracts key it."""
    return number.to_bytes(32, "big")


def signature(entry: Mapping[str, Any]) -> str:
    """``name(types)`` of an ABI entry."""
    return f"{entry['name']}({','.join(map(abi_type, entry['inputs']))})"


def abi_type(parameter: Mapping[str, Any]) -> str:
    """Type of a parameter with its components written out."""
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(map(abi_type, parameter["components"])) + ")" + kind[5:]


def types_of(parameters: list[dict[str, Any]]) -> list[str]:
    """Types of parameters in order."""
    return [abi_type(parameter) for parameter in parameters]


@cache
def functions(contract: str) -> dict[str, dict[str, Any]]:
    """Function name -> ABI entry."""
    return {entry["name"]: entry for entry in artifact(contract).abi if entry["type"] == "function"}


@cache
def known_errors() -> dict[bytes, dict[str, Any]]:
    """Selector -> ABI entry, of every contract."""
    entries = (entry for each in artifacts().values() for entry in each.abi if entry["type"] == "error")
    return {bytes(keccak(signature(entry).encode())[:4]): entry for entry in entries}


@cache
def known_events() -> dict[bytes, dict[str, Any]]:
    """First topic -> ABI entry, of every contract."""
    entries = (entry for each in artifacts().values() for entry in each.abi if entry["type"] == "event")
    return {bytes(keccak(signature(entry).encode())): entry for entry in entries}


class Refusal:
    """The error of a call: its name and its arguments in order; addresses as checksum hex."""

    def __init__(self, name: str, *args: Any) -> None:
        self.name = name
        self.args = args

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.name, self.args) == (other.name, other.args)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{self.name}{self.args}"

    @classmethod
    def from_data(cls, data: bytes) -> Refusal:
        """Decodes what a call reverted with; a revert without a known name fails the test."""
        entry = known_errors().get(data[:4])
        assert entry is not None, f"a refusal without a name: 0x{data.hex()}"
        kinds = types_of(entry["inputs"])
        values = decode(kinds, data[4:])
        return cls(entry["name"], *(_shown(kind, value) for kind, value in zip(kinds, values, strict=True)))


class Refused(Exception):
    """A call that should have gone through did not."""


@dataclass(frozen=True)
class Logged:
    """One event: which contract, its name, its arguments in the order of the ABI."""

    contract: str
    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Receipt:
    """What a transaction did."""

    gas: int
    time: int
    events: tuple[Logged, ...]
    created: str | None

    @property
    def event(self) -> Logged:
        """The one event it made."""
        assert len(self.events) == 1, self.events
        return self.events[0]


def _shown(kind: str, value: Any) -> Any:
    return str(to_checksum_address(value)) if kind == "address" else value


class Node:
    """An anvil process and calls to it."""

    def __init__(self, folder: Path) -> None:
        self._holder = held_port()
        self.port: int = self._holder.getsockname()[1]
        command = [
            anvil(), "--host", "127.0.0.1", "--port", str(self.port), "--chain-id", "31337", "--no-mining", "--gas-price", "0",
            "--base-fee", "0", "--hardfork", "cancun", "--gas-limit", "60000000", "--order", "fifo", "--prune-history", "--silent",
            "--auto-impersonate", "--timestamp", str(START - 1000), "--accounts", "1",
        ]  # fmt: skip
        self._process = Child.start(command, log=folder / "anvil.log", folder=folder)
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._wait()

    def _wait(self) -> None:
        """Until it answers; a node that ended says why in its log."""
        until = time.monotonic() + 20
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                assert self._process.alive and time.monotonic() < until, self._process.log.read_text()

    def rpc(self, method: str, *params: Any) -> Any:
        """Result of a JSON-RPC call; an error answer fails the test."""
        answer = self.ask(method, *params)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def ask(self, method: str, *params: Any) -> dict[str, Any]:
        """The whole answer."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
        found: dict[str, Any] = json.loads(self._connection.getresponse().read())
        return found

    def batch(self, method: str, *each: Sequence[Any]) -> list[Any]:
        """Results of as many calls of a method in one request; an error answer fails the test."""
        calls = [
            {"jsonrpc": "2.0", "id": place, "method": method, "params": list(params)}
            for place, params in enumerate(each)
        ]
        body = json.dumps(calls)
        self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
        found: list[dict[str, Any]] = json.loads(self._connection.getresponse().read())
        assert [answer["id"] for answer in found] == list(range(len(calls))), found
        assert all("result" in answer for answer in found), found
        return [answer["result"] for answer in found]

    def stop(self) -> None:
        """Ends the process."""
        self._connection.close()
        self._process.stop(10.0)
        self._holder.close()


def anvil() -> str:
    """Path of anvil: LICITA_ANVIL, the installed package, or PATH."""
    packaged = sorted(ROOT.glob("node_modules/@foundry-rs/anvil-*/bin/anvil"))
    found = os.environ.get("LICITA_ANVIL") or (str(packaged[0]) if packaged else shutil.which("anvil"))
    assert found, "anvil is neither in node_modules nor on PATH: run `make setup`"
    return found


def plainly(terms: Terms) -> tuple[Terms, str]:
    """The terms as they are, and a text that does not say what they do."""
    return terms, PLAIN_TEXT


@dataclass
class World:
    """The chain with its contracts. ``time`` is that of the last block; each transaction has a block of its own.

    ``told``: terms, and the text that tenders are published with.
    """

    node: Node
    time: int = START
    addresses: dict[str, str] = field(default_factory=dict)
    told: Callable[[Terms], tuple[Terms, str]] = plainly

    # changes

    def send(self, who: str, contract: str, function: str, *args: Any, at: int | None = None) -> Receipt:
        """Sends a call that must go through. ``who``: a name or an address; ``at``: the block's time, else a second later."""
        return self._transact(who, self.addresses[contract], calldata(contract, function, args), at)

    def as_call(self, who: str, contract: str, function: str, *args: Any) -> dict[str, str]:
        """The call as JSON-RPC takes it."""
        return _call(who, self.addresses[contract], calldata(contract, function, args))

    def queue(self, who: str, contract: str, data: bytes) -> None:
        """Sends a call that the next block takes in."""
        self.node.rpc("eth_sendTransaction", _call(who, self.addresses[contract], data))

    def refusal(self, who: str, contract: str, function: str, *args: Any, at: int | None = None) -> Refusal:
        """Sends a call that must be refused in its block, and answers with what."""
        return self._refused(who, self.addresses[contract], calldata(contract, function, args), at)

    def deploy(self, contract: str, *args: Any) -> Receipt:
        """Creates a contract; ``addresses`` is not changed."""
        return self._transact(HOLDER, None, creation(contract, args), None)

    def create(self, data: bytes) -> str:
        """Address of the contract that this creation code makes."""
        created = self._transact(HOLDER, None, data, None).created
        assert created is not None
        return created

    def refused_deployment(self, contract: str, *args: Any) -> Refusal:
        """What the constructor refuses with."""
        return self._refused(HOLDER, None, creation(contract, args), None)

    def _transact(self, who: str, to: str | None, data: bytes, at: int | None) -> Receipt:
        call, instant = _call(who, to, data), self.time + 1 if at is None else at
        receipt = self._mined(call, instant)
        if receipt["status"] == "0x0":
            answer = self.node.ask("eth_call", call, "latest")
            raise Refused(answer)
        events = tuple(map(self._logged, receipt["logs"]))
        return Receipt(int(receipt["gasUsed"], 16), self.time, events, receipt["contractAddress"])

    def _refused(self, who: str, to: str | None, data: bytes, at: int | None) -> Refusal:
        """A receipt does not say why: the node is asked before, as in the next block, and the transaction then fails as foretold."""
        call, instant = _call(who, to, data), self.time + 1 if at is None else at
        number = int(self.node.rpc("eth_blockNumber"), 16) + 1
        answer = self.node.ask("eth_call", call, "latest", {}, {"time": hex(instant), "number": hex(number)})
        assert "error" in answer, f"it went through: {answer}"
        receipt = self._mined(call, instant)
        assert receipt["status"] == "0x0" and not receipt["logs"], receipt
        return Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))

    def _mined(self, call: dict[str, str], instant: int) -> dict[str, Any]:
        sent = self.node.rpc("eth_sendTransaction", call)
        self.move_to(instant)
        receipt: dict[str, Any] = self.node.rpc("eth_getTransactionReceipt", sent)
        return receipt

    def move_to(self, instant: int) -> None:
        """Mines a block at that time, with what is pending."""
        assert instant > self.time, f"time goes on: {instant} is not after {self.time}"
        self.node.rpc("evm_setNextBlockTimestamp", instant)
        self.node.rpc("evm_mine")
        self.time = instant

    # views

    def read(self, contract: str, function: str, *args: Any) -> Any:
        """Result of a view at the last block; one value is unwrapped."""
        answer = self._call(contract, function, args)
        assert "error" not in answer, answer
        outputs = functions(contract)[function]["outputs"]
        kinds = types_of(outputs)
        values = decode(kinds, bytes.fromhex(answer["result"][2:]))
        shown = tuple(_shown(kind, value) for kind, value in zip(kinds, values, strict=True))
        return shown[0] if len(shown) == 1 else shown

    def refused_read(self, contract: str, function: str, *args: Any) -> Refusal:
        """What a view refuses with."""
        answer = self._call(contract, function, args)
        assert "error" in answer, f"{contract}.{function} answered"
        return Refusal.from_data(bytes.fromhex(answer["error"]["data"][2:]))

    def attempt(self, contract: str, function: str, *args: Any) -> Any:
        """What a view answers or refuses with."""
        refuses = "error" in self._call(contract, function, args)
        return (
            self.refused_read(contract, function, *args) if refuses else self.read(contract, function, *args)
        )

    def _call(self, contract: str, function: str, args: tuple[Any, ...]) -> dict[str, Any]:
        call = {"to": self.addresses[contract], "data": "0x" + calldata(contract, function, args).hex()}
        return self.node.ask("eth_call", call, "latest")

    def facts(self, contract: str, function: str, *args: Any) -> dict[str, Any]:
        """A view that answers a struct, by field name."""
        fields = functions(contract)[function]["outputs"][0]["components"]
        return dict(zip((each["name"] for each in fields), self.read(contract, function, *args), strict=True))

    def _logged(self, log: dict[str, Any]) -> Logged:
        topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
        entry = known_events()[topics[0]]
        indexed = iter(topics[1:])
        plain = [each for each in entry["inputs"] if not each["indexed"]]
        data = iter(decode(types_of(plain), bytes.fromhex(log["data"][2:])))
        args = {}
        for each in entry["inputs"]:
            kind = abi_type(each)
            value = decode([kind], next(indexed))[0] if each["indexed"] else next(data)
            args[each["name"]] = _shown(kind, value)
        names = {at.lower(): name for name, at in self.addresses.items()}
        return Logged(names.get(log["address"], "new"), entry["name"], args)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside leaves nothing behind."""
        snapshot, before = self.node.rpc("evm_snapshot"), self.time
        try:
            yield
        finally:
            assert self.node.rpc("evm_revert", snapshot)
            self.time = before


def calldata(contract: str, function: str, args: tuple[Any, ...]) -> bytes:
    """Selector and arguments."""
    entry = functions(contract)[function]
    return calldata_selector(contract, function) + encode(types_of(entry["inputs"]), args)


def creation(contract: str, args: tuple[Any, ...]) -> bytes:
    """Creation code with the constructor's arguments."""
    compiled = artifact(contract)
    inputs = next(entry["inputs"] for entry in compiled.abi if entry["type"] == "constructor")
    return compiled.bytecode + encode(types_of(inputs), args)


def _call(who: str, to: str | None, data: bytes) -> dict[str, str]:
    sender = who if who.startswith("0x") else address(who)
    call = {"from": sender, "data": "0x" + data.hex(), "gas": hex(GAS), "gasPrice": "0x0"}
    return call | ({"to": to} if to else {})


# Founding data: one member of each kind, one person of each role. The number in a person's name tells members apart.

MANDATE_END = START + 9 * 365 * DAY
FOUNDING: tuple[tuple[str, str, Sector, Kind, str, tuple[tuple[str, Role], ...]], ...] = (
    ("MX-RFC-BUYER", "Secretaría de Finanzas", Sector.PUBLIC, Kind.BUYER, "", (
        ("admin", Role.ADMIN), ("officer", Role.OFFICER), ("approver", Role.APPROVER))),
    ("MX-RFC-BUYER2", "Secretaría de Salud", Sector.PUBLIC, Kind.BUYER, "", (
        ("admin2", Role.ADMIN), ("officer2", Role.OFFICER), ("approver2", Role.APPROVER))),
    ("TEST-REGISTRAR", "Cámara", Sector.INDUSTRY, Kind.REGISTRAR, "", (("registrar", Role.ADMIN | Role.REGISTRAR),)),
    ("TEST-REVIEW", "Tribunal", Sector.PUBLIC, Kind.REVIEW_BODY, "", (("reviewer", Role.ADMIN | Role.REVIEWER),)),
    ("TEST-AUDIT", "Auditoría", Sector.PUBLIC, Kind.AUDIT_OFFICE, "", (("auditor", Role.ADMIN | Role.AUDITOR),)),
    ("TEST-NODES", "Operador", Sector.ACADEMIA, Kind.OPERATOR, "", (("operator", Role.ADMIN | Role.OPERATOR),)),
    ("TEST-WITNESS", "Testigos", Sector.CIVIL_SOCIETY, Kind.WITNESS, "", (("witness", Role.ADMIN | Role.WITNESS),)),
    ("TEST-OPENING", "Apertura", Sector.CIVIL_SOCIETY, Kind.OPENING, "", (("opener", Role.ADMIN | Role.OPENER),)),
    ("TEST-OPENING2", "Apertura dos", Sector.INDUSTRY, Kind.OPENING, "", (("opener2", Role.ADMIN | Role.OPENER),)),
    ("TEST-OPENING3", "Apertura tres", Sector.ACADEMIA, Kind.OPENING, "", (("opener3", Role.ADMIN | Role.OPENER),)),
    ("TEST-UNIVERSITY", "Universidad", Sector.ACADEMIA, Kind.EVALUATION, "", (("evaluator", Role.ADMIN | Role.EVALUATOR),)),
    *((f"TEST-COUNCIL{number}", f"Consejo {number}", sector, Kind.COUNCIL | Kind.OPERATOR, "", (
        (f"delegate{number}", Role.ADMIN | Role.DELEGATE), (f"second{number}", Role.DELEGATE)))
      for number, sector in enumerate(Sector, 1)),
)  # fmt: skip
MEMBERS = [(org_id, name, int(sector), int(kinds), member_id(above) if above else ZERO)
           for org_id, name, sector, kinds, above, _ in FOUNDING]  # fmt: skip
PEOPLE = [(address(who), member_id(org_id), int(roles), MANDATE_END)
          for org_id, _, _, _, _, people in FOUNDING for who, roles in people]  # fmt: skip
BUYER, BUYER2, REVIEW = member_id("MX-RFC-BUYER"), member_id("MX-RFC-BUYER2"), member_id("TEST-REVIEW")
ACME, BETA = member_id("TEST-ACME"), member_id("TEST-BETA")
SUPPLIER_JSON = '{"identifier":{"id":"ACME","scheme":"TEST"},"name":"Acme"}'


SEATS = tuple(member_id(f"TEST-COUNCIL{number}") for number, _ in enumerate(Sector, 1))
"""Members with a seat, one in each sector."""

VALIDATORS = sorted(
    ((address(f"node{place}"), seat) for place, seat in enumerate(SEATS)), key=lambda pair: int(pair[0], 16)
)
"""(address, member) of the founding validators, in ascending order."""


OPENERS = ("opener", "opener2", "opener3")
SEATS_OF_OPENING = tuple(member_id(f"TEST-OPENING{number}") for number in ("", "2", "3"))
"""Members of the opening committee by seat, and who acts for them."""


def wiring(addresses: Mapping[str, str]) -> tuple[str, ...]:
    """Struct Wiring: what is deployed, and zero for what is not built yet."""
    return tuple(addresses.get(name, ZERO_ADDRESS) for name in WIRING)


def classes(addresses: Mapping[str, str]) -> tuple[list[tuple[Any, ...]], list[tuple[str, bytes, int]]]:
    """Rules and call classes of the reference charter, as the Council's constructor takes them."""
    given = charter("reference")
    calls = [
        (addresses[call.contract], calldata_selector(call.contract, call.function), int(call.decision))
        for call in given.calls
    ]
    return [rules.as_tuple() for rules in given.rules], calls


def calldata_selector(contract: str, function: str) -> bytes:
    """First four bytes of a call."""
    return bytes(keccak(signature(functions(contract)[function]).encode())[:4])


def sandbox(version: int = 1, **changes: Any) -> Procedure:
    """The sandbox procedure, with changes."""
    return changed(preset("sandbox").version(version), **changes)


def changed(procedure: Procedure, **changes: Any) -> Procedure:
    """The procedure with other values."""
    return Procedure(**{**vars(procedure), **changes})


def text_of(code: str = "sandbox") -> str:
    """The text of a preset."""
    return preset(code).text


def hash_of(text: str) -> bytes:
    """sha256 of a text."""
    return hashlib.sha256(text.encode()).digest()


def terms(deadline: int, **changes: Any) -> Terms:
    """Terms of a tender with one lot of 1,000.00 MXN under the sandbox procedure and the first keyset, with changes."""
    plain = Terms(
        "sandbox", 1, "MXN", 2, deadline, COMMITTEE.keyset.id, ZERO, ZERO, hash_of("documents"), 1, 0, 10_000, Setup((LotTerms(100_000),))
    )  # fmt: skip
    return Terms(**{**vars(plain), **changes})


def lots(count: int, ceiling: int = 100_000) -> Setup:
    """A setup of equal lots."""
    return Setup(tuple(LotTerms(ceiling) for _ in range(count)))


def founded(node: Node) -> World:
    """The network as it is when the first tender may be published, with two suppliers."""
    node.rpc("anvil_setCode", SANDBOX_MARK, "0x00")
    world = World(node, time=START)
    node.rpc("evm_setNextBlockTimestamp", START)
    node.rpc("evm_mine")
    world.addresses = {name: created_address(address(HOLDER), nonce) for nonce, name in enumerate(CONTRACTS)}
    wired = wiring(world.addresses)
    made = (
        world.deploy("MemberRegistry", address("authority"), wired, MEMBERS, PEOPLE),
        world.deploy("SupplierRegistry", wired),
        world.deploy("ProcedureBook", address("authority"), 0, [sandbox().as_tuple()], [text_of()]),
        world.deploy("TenderBoard", wired),
        world.deploy("BidBox", wired),
        world.deploy("OpeningCommittee", wired, address("founder")),
        world.deploy("CouncilTimelock", world.addresses["Council"]),
        world.deploy("Council", wired, *classes(world.addresses)),
        world.deploy("Consultation", wired),
        world.deploy("ValidatorRegistry", wired, VALIDATORS),
        world.deploy("NetworkPermissions", wired, []),
        world.deploy("ApplicationRegistry", wired),
        world.deploy("AwardDesk", wired),
        world.deploy("ComplaintDesk", wired),
        world.deploy("FourEyes", wired),
        world.deploy("EvaluationDesk", wired),
        world.deploy("AgreementBook", wired),
    )
    assert [receipt.created for receipt in made] == [at.lower() for at in world.addresses.values()]
    world.send(
        "registrar", "SupplierRegistry", "register", ACME, [address("acme"), address("acme2")], SUPPLIER_JSON
    )
    world.send("registrar", "SupplierRegistry", "register", BETA, [address("beta")], SUPPLIER_JSON)
    _form(world)
    return world


def _form(world: World) -> None:
    """The first ceremony, opened by the founder, to the confirmed keyset."""
    said, keyset = COMMITTEE.transcript, COMMITTEE.keyset
    sid, seats = said.plan.ceremony_id, list(enumerate(OPENERS, 1))
    world.send("founder", "OpeningCommittee", "openCeremony", 2, list(SEATS_OF_OPENING), ZERO, [])
    for seat, who in seats:
        world.send(who, "OpeningCommittee", "joinCeremony", sid, seat, said.box_keys[seat - 1])
        world.send(who, "OpeningCommittee", "commitDealing", sid, seat, said.commitments[seat - 1])
    for step, messages in (("publishDealing", said.messages), ("sendDealing", said.boxes)):
        for seat, who in seats:
            world.send(who, "OpeningCommittee", step, sid, seat, messages[seat - 1])
    keys = [key.as_tuple() for key in keyset.keys]
    world.send("stranger", "OpeningCommittee", "registerKeyset", sid, keyset.pk.as_tuple(), keys)
    for seat, who in seats:
        proof = COMMITTEE.shares[seat].answer(0, drawing(f"licita/test/confirm/{seat}"))
        world.send(who, "OpeningCommittee", "confirmKeyset", keyset.id, seat, proof.c, proof.z)


def created_address(sender: str, nonce: int) -> str:
    """Address of the contract that ``sender`` creates with ``nonce`` (0..127): keccak of their RLP list."""
    coded = bytes([0xD6, 0x94]) + bytes.fromhex(sender[2:]) + bytes([nonce or 0x80])
    return str(to_checksum_address(keccak(coded)[12:]))


COMMITTEE = committee(
    31337, created_address(address(HOLDER), CONTRACTS.index("OpeningCommittee")), SEATS_OF_OPENING
)
"""The opening committee of the founded network."""

KEYSET = COMMITTEE.keyset.id
