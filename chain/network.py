"""A network as a script, a service or a command sees it: its folder, its node, its contracts, its people."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from chain.audit import run as audit_run
from chain.audit.bundle import Proof, collect
from chain.audit.report import Report
from chain.background import BackgroundLoop
from chain.bindings import supplier_registry
from chain.council.live import Council
from chain.deployment import Deployment, deploy_contracts, verify_deployment
from chain.errors.commands import IndexAbsent
from chain.errors.nodes import NodeNotReady
from chain.errors.procurement import ProfileUnknown
from chain.founding import OPENERS, SUPPLIERS, sandbox_founding
from chain.nodes.anvil import CHAIN_ID, SANDBOX_MARK, Anvil
from chain.nodes.descriptor import Defaults, Descriptor
from chain.nodes.folder import Folder, read_file, read_json, write_atomic
from chain.ocds.publication import Publication
from chain.people import KeptSigner, People, PersonRecord, seat_store
from chain.procurement.agreement import Agreements
from chain.procurement.committee import form_committee
from chain.procurement.samples import Samples
from chain.procurement.session import Person, SeatStore
from chain.procurement.tender import Tender, Tenders
from chain.procurement.when import seconds_of
from chain.publication import OcdsPublisher, judge
from chain.recorder import Deployed, Head, Index, Recorder, Store, bring_back, rebuild
from chain.recorder.model import OnReset, Probe
from chain.recorder.schema import INDEX_VERSION
from chain.rpc import HttpTransport, Rpc, newest_block
from chain.transactions import (
    Call,
    Read,
    Receipt,
    address_of,
    decode_log_json,
    gas_for,
    logs_of,
    preflight,
    read,
    send,
    topics_of,
)
from chain.types import Event, Kind, moment, to_hex

if TYPE_CHECKING:
    from web3 import Web3

__all__ = ["Network"]

T = TypeVar("T")
_PROFILES = ("sandbox",)
_DATABASE = "licita.sqlite3"


class Network:
    """A running network. Made by ``start``, ``serve`` or ``connect``; a context manager that ends what it started."""

    def __init__(
        self, folder: Folder, engine: Anvil | None, url: str, background: BackgroundLoop, ends: ExitStack
    ) -> None:
        self.folder = folder
        self.rpc_url = url
        self.rpc = Rpc(HttpTransport(url))
        self.descriptor: Descriptor = folder.descriptor()
        self.deployment = Deployment.read(folder.deployment_json)
        self.tenders = Tenders(self)
        self.agreements = Agreements(self)
        self.council = Council(self)
        self._engine = engine
        self._background = background
        self._ends = ends
        self._people = People.none(folder)
        self._keeps_time: Future[None] | None = None
        self._index: Index | None = None

    # -- made by

    @classmethod
    def start(cls, profile: str = "sandbox", folder: Path | str | None = None) -> Network:
        """Starts an embedded network whose blocks are made when something is sent; time moves by ``wait_until`` only.

        ``folder`` None: a temporary one, gone at the end; else it is kept and found again. Raises NetworkInUse, DeploymentOther,
        the refusals of chain.nodes.
        """
        return cls._embedded(profile, folder)

    @classmethod
    def serve(cls, folder: Path | str) -> Network:
        """Starts an embedded network whose time follows the wall clock, as a service wants it. Raises as ``start``."""
        network = cls._embedded("sandbox", folder)
        network._keeps_time = network._background.spawn(network._require_engine().keep_time(network._due))
        return network

    @classmethod
    def connect(cls, url: str, folder: Path | str = "networks/dev") -> Network:
        """Joins a running node at ``url`` with the folder's descriptor and deployment; the caller brings the keys (``Person``).

        Raises NetworkAbsent, NetworkOther where the node holds another chain, ChainUnreachable.
        """
        with ExitStack() as stack:
            background = BackgroundLoop("licita-network")
            stack.callback(background.close)
            network = cls(Folder(Path(folder)), None, url, background, stack)
            stack.callback(lambda: background.run(network.rpc.close()))
            background.run(verify_deployment(network.rpc, network.deployment))
            network._ends = stack.pop_all()
            return network

    @classmethod
    def _embedded(cls, profile: str, path: Path | str | None) -> Network:
        if profile not in _PROFILES:
            raise ProfileUnknown(profile, ", ".join(_PROFILES))
        with ExitStack() as stack:
            if path is None:
                path = tempfile.mkdtemp(prefix="licita-")
                stack.callback(shutil.rmtree, path, ignore_errors=True)
            folder = Folder(Path(path))
            folder.take()
            # Keys, tokens and private operations are in it: for its owner alone.
            folder.path.chmod(0o700)
            stack.callback(folder.release)
            background = BackgroundLoop("licita-network")
            stack.callback(background.close)
            made = folder.deployment_json.exists()
            if not made:
                _clear_unfinished(folder)
            engine = Anvil(folder, alloc=SANDBOX_MARK)
            stack.callback(engine.stop)
            engine.start()
            stack.callback(lambda: background.run(engine.close()))
            background.run(engine.ready())
            people = People.read(folder) if made else background.run(_found(folder, engine))
            network = cls(folder, engine, engine.rpc_url, background, stack)
            stack.callback(lambda: background.run(network.rpc.close()))
            network._people = people
            network.deployment.require_current()
            background.run(verify_deployment(network.rpc, network.deployment))
            database = folder.recorder / _DATABASE
            if database.exists():
                background.run(bring_back(database, network.rpc, network.deployed, engine.remake))
            stack.callback(network._save)
            folder.announce(engine.rpc_url)
            network._ends = stack.pop_all()
            return network

    def __enter__(self) -> Network:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Keeps the state, ends the node and gives the folder up. A second time it does nothing."""
        if self._keeps_time is not None:
            self._keeps_time.cancel()
            self._keeps_time = None
        self._ends.close()

    # -- people

    @property
    def records(self) -> Mapping[str, PersonRecord]:
        """The sandbox's people by name, with addresses and API tokens."""
        return self._people.records

    def person(self, name: str) -> Person:
        """A person of the sandbox, with the key. Raises PersonUnknown."""
        return self._people.person(name)

    def people(self, *names: str) -> tuple[Person, ...]:
        """People of the sandbox, in the order of ``names``. Raises PersonUnknown."""
        return tuple(self.person(name) for name in names)

    def local_seats(self) -> Sequence[tuple[Person, SeatStore]]:
        """Committee members whose secrets this process may use: the openers of a sandbox, none elsewhere."""
        openers = [name for name, record in self.records.items() if "OPENER" in record.roles]
        return [(self.person(name), self._people.seat_store(name)) for name in openers]

    # -- the service's view

    @property
    def publication(self) -> Publication:
        """Who publishes, where and under which names: what enters the bytes of releases."""
        return _publication(self.chain_id, self.descriptor)

    @property
    def deployed(self) -> Deployed:
        """The network as the recorder compares the node with it."""
        deployment, found = self.deployment, self.descriptor
        reset: OnReset = "rewind" if found.on_reset == "rewind" else "stop"
        return Deployed(
            deployment.chain_id, deployment.genesis_hash, deployment.addresses, deployment.code_hashes, deployment.block,
            found.lane_window, float(found.period), reset,
        )  # fmt: skip

    @asynccontextmanager
    async def recording(self, probe: Probe = lambda _point: None) -> AsyncIterator[Recorder]:
        """A recorder of this network on the caller's event loop, started; the keys are those of the sandbox's people.

        ``probe``: the seam of fault tests (chain.recorder). Raises the refusals of chain.recorder.
        """
        rpc = Rpc(HttpTransport(self.rpc_url))
        signers = {record.address: KeptSigner(self.person(name)) for name, record in self.records.items()}
        try:
            recorder = Recorder(
                database=self.database, rpc=rpc, deployment=self.deployed, signers=signers, nudge=self.nudge,
                publisher=OcdsPublisher(self.publication), check=judge, probe=probe,
            )  # fmt: skip
            try:
                await recorder.start()
                self._index = recorder.index
                yield recorder
            finally:
                self._index = None
                await recorder.stop()
        finally:
            await rpc.close()

    @property
    def database(self) -> Path:
        """The recorder's database; its folder is made."""
        self.folder.recorder.mkdir(parents=True, exist_ok=True)
        return self.folder.recorder / _DATABASE

    @classmethod
    def index_of(cls, folder: Path | str) -> Index:
        """The index of a folder, for reading beside whoever runs it.

        Raises NetworkAbsent, IndexAbsent (also where it is empty, or of another version of this program), StorageBusy, StorageFailed.
        """
        place = Folder(Path(folder))
        descriptor = place.descriptor()
        database = place.recorder / _DATABASE
        if not database.exists():
            raise IndexAbsent(str(database))
        # Nothing is made: an index of another version belongs to the service that may be running.
        store = Store(database, read_only=True)
        index = Index(store, OcdsPublisher(_publication(descriptor.chain_id, descriptor)), judge)
        if store.index_version() != INDEX_VERSION or index.head() is None:
            store.close()
            raise IndexAbsent(str(database))
        return index

    def rebuild_index(self) -> Head:
        """Makes the index again from block 0; no service may run on the folder. Raises the refusals of chain.recorder."""
        work = rebuild(self.database, self.rpc, self.deployed, OcdsPublisher(self.publication), judge)
        return self._background.run(work)

    # -- reading and acting (chain.procurement.session.Session)

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self.deployment.chain_id

    @property
    def node_runs(self) -> bool:
        """Whether the node that this process started still runs."""
        return self._engine is not None and self._engine.pid is not None

    @classmethod
    def running_url(cls, folder: Path | str) -> str | None:
        """Where the node of a folder answers, None where nobody runs the folder."""
        place = Folder(Path(folder))
        found = read_json(place.path / "nodes" / "anvil" / "run.json") if place.owner() else None
        return f"http://127.0.0.1:{found['port']}" if found else None

    @property
    def samples(self) -> Samples:
        """The shipped sample tenders, with periods from now."""
        return Samples(self.folder.path / "samples", self.now)

    @property
    def web3(self) -> Web3:
        """A web3 on the node, for scripts that want more than this library has."""
        # Imported on first use: it takes a second and 60 MB, which a service never needs.
        from web3 import HTTPProvider, Web3

        return Web3(HTTPProvider(self.rpc_url))

    def read(self, call: Read[T]) -> T:
        """The answer of a view. Raises the contract's refusal."""
        return self._background.run(read(self.rpc, self.deployment.addresses, call))

    def send(self, call: Call, sender: Person) -> Receipt:
        """Asks the contract first, then sends and waits for the block. Raises the contract's refusal."""
        return self._background.run(self._send(call, sender))

    def events(self, contract: str, names: Sequence[str] = (), subject: bytes | None = None) -> list[Event]:
        """Events of a contract in chain order; ``subject`` is their first indexed argument, no names are all names."""
        work = _events(self.rpc, self.deployment.addresses[contract], contract, names, subject)
        return self._background.run(work)

    def now(self) -> int:
        """Head time, unix seconds."""
        return int(self._background.run(newest_block(self.rpc))["timestamp"], 16)

    def clock(self) -> datetime:
        """Head time: the only "now" of the network."""
        return moment(self.now())

    def wait_until(self, when: datetime | float) -> datetime:
        """Moves the chain's time to ``when`` (aware, or unix seconds), if it is later than now; nothing sleeps on an embedded one.

        Raises TimeWithoutZone.
        """
        seconds = seconds_of(when) if isinstance(when, datetime) else when
        self._background.run(self._require_engine().advance_to(int(seconds)))
        return self.clock()

    def audit(self, tender: Tender) -> Proof:
        """Verifies the whole chain and collects the proof of one tender. Raises AuditRefusal, ChainUnreachable."""
        return self.prove(tender.number)

    def prove(self, subject: int | str, *, with_documents: bool = False) -> Proof:
        """The proof of a tender, named by its number, its ocid or the hash of a transaction of its history.

        Raises AuditRefusal, AuditSubjectAbsent, ChainUnreachable.
        """
        documents = self._document if with_documents else None
        work = collect(self.rpc, self.deployment, self.publication, subject, documents)
        return self._background.run(work)

    def audit_chain(self) -> Report:
        """Recomputes every block, root and tender of the chain. Raises AuditRefusal, ChainUnreachable."""
        return self._background.run(audit_run.run(self.rpc, self.deployment, self.publication))

    def audit_governance(self) -> Report:
        """Recomputes the chain and tells who decided each privileged change. Raises AuditRefusal, ChainUnreachable."""
        return self._background.run(audit_run.governance(self.rpc, self.deployment, self.publication))

    async def nudge(self) -> None:
        """Asks the embedded node for a block; callable from any event loop, does nothing for a node that makes its own."""
        if self._engine is not None:
            await asyncio.wrap_future(self._background.spawn(self._engine.nudge()))

    async def _send(self, call: Call, sender: Person) -> Receipt:
        addresses = self.deployment.addresses
        await preflight(self.rpc, addresses, call, sender.address, gas_for(call))
        return await send(self.rpc, addresses, call, sender.key, nudge=self.nudge)

    def _require_engine(self) -> Anvil:
        if self._engine is None:
            raise NodeNotReady(
                "network", "it is not run by this process, so this process cannot move its time"
            )
        return self._engine

    def _due(self) -> int | None:
        """When time alone changes a tender next, as far as a service of this process follows the chain."""
        index = self._index
        return None if index is None else index.next_due()

    def _document(self, sha256: str) -> bytes | None:
        return read_file(self.folder.documents / sha256)

    def _save(self) -> None:
        assert self._engine is not None
        self._background.run(self._engine.save())


def _publication(chain_id: int, descriptor: Descriptor) -> Publication:
    found = descriptor.publication
    return Publication(
        chain_id,
        found.ocid_prefix,
        found.publication_url,
        found.publisher.name,
        found.license,
        found.language,
    )


def _clear_unfinished(folder: Folder) -> None:
    """A start that was killed before its record was written left a chain that nobody knows: it is begun again."""
    for path in (
        folder.chain_json,
        folder.chain_json.with_name("chain.json.1"),
        folder.genesis_json,
        folder.network_toml,
    ):
        path.unlink(missing_ok=True)
    shutil.rmtree(folder.recorder, ignore_errors=True)


async def _found(folder: Folder, engine: Anvil) -> People:
    """Deploys a sandbox on the engine's fresh chain and writes the folder; deployment.json, the sign that all is done, last."""
    persons = await asyncio.to_thread(People.make_keys, folder)
    founding = sandbox_founding(
        {name: person.address for name, person in persons.items()}, await engine.clock()
    )
    founder = secrets.token_bytes(32)
    deployment = await deploy_contracts(
        engine.rpc, founder, founding, engine.nudge, founder=address_of(founder)
    )
    await _register_suppliers(engine, deployment, persons)
    descriptor = Descriptor(
        "dev", "anvil", "sandbox", CHAIN_ID, deployment.genesis_hash, 1, 1000, "rewind", ""
    )
    session = _FoundingSession(engine, deployment, descriptor, asyncio.get_running_loop())
    openers = [persons[name] for name in OPENERS]
    stores = [seat_store(folder, name) for name in OPENERS]
    keyset = await asyncio.to_thread(
        form_committee, session, Person("founder", deployment.deployer, founder), openers, stores
    )
    review = next(member for member in founding.members if member.kinds & Kind.REVIEW_BODY)
    defaults = Defaults(keyset=to_hex(keyset), review_body=to_hex(review.id))
    folder.write_descriptor(replace(descriptor, defaults=defaults))
    people = People.write(folder, persons, founding)
    await engine.save()
    write_atomic(folder.deployment_json, deployment.to_json().encode())
    return people


class _FoundingSession:
    """What the ceremony of a founding needs of a network that is not written down yet (chain.procurement.session.Session)."""

    def __init__(
        self,
        engine: Anvil,
        deployment: Deployment,
        descriptor: Descriptor,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.deployment = deployment
        self.descriptor = descriptor
        self._engine = engine
        self._loop = loop

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self.deployment.chain_id

    def local_seats(self) -> Sequence[tuple[Person, SeatStore]]:
        """None: the seats are only being made."""
        return ()

    def read(self, call: Read[T]) -> T:
        """The answer of a view."""
        return self._run(read(self._engine.rpc, self.deployment.addresses, call))

    def send(self, call: Call, sender: Person) -> Receipt:
        """Sends and waits for the block."""
        return self._run(
            send(self._engine.rpc, self.deployment.addresses, call, sender.key, nudge=self._engine.nudge)
        )

    def events(self, contract: str, names: Sequence[str] = (), subject: bytes | None = None) -> list[Event]:
        """Events of a contract in chain order."""
        return self._run(
            _events(self._engine.rpc, self.deployment.addresses[contract], contract, names, subject)
        )

    def now(self) -> int:
        """Head time, unix seconds."""
        return self._run(self._engine.clock())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _events(
    rpc: Rpc, address: str, contract: str, names: Sequence[str], subject: bytes | None
) -> list[Event]:
    topics = [topics_of(contract, names), None if subject is None else "0x" + subject.hex()]
    logs = await logs_of(rpc, address, topics)
    numbers = sorted({log["blockNumber"] for log in logs}, key=lambda number: int(number, 16))
    blocks = await rpc.results([("eth_getBlockByNumber", (number, False)) for number in numbers])
    times = {number: int(block["timestamp"], 16) for number, block in zip(numbers, blocks, strict=True)}
    contract_of = {address.lower(): contract}
    decoded = (decode_log_json(contract_of, log, times[log["blockNumber"]]) for log in logs)
    return [event for event in decoded if event is not None]


async def _register_suppliers(engine: Anvil, deployment: Deployment, persons: Mapping[str, Person]) -> None:
    addresses = deployment.addresses
    for supplier in SUPPLIERS:
        person = persons[supplier.person]
        register = supplier_registry.register(supplier.id, [person.address], supplier.json)
        await send(engine.rpc, addresses, register, persons["registrar"].key, nudge=engine.nudge)
        declare = supplier_registry.declare_owners(1, secrets.token_bytes(32))
        await send(engine.rpc, addresses, declare, person.key, nudge=engine.nudge)
