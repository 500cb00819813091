"""A small stage for tests of the recorder: an embedded node with the contracts and a few people whose keys follow from their names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import coincurve

from chain.bindings import opening_committee, supplier_registry, tender_board
from chain.deployment import Deployment, deploy_contracts
from chain.founding import OPENERS, SUPPLIERS, sandbox_founding, sandbox_names
from chain.nodes.anvil import CHAIN_ID, SANDBOX_MARK, Anvil
from chain.nodes.folder import Folder
from chain.recorder import Deployed, Recorder, Request
from chain.recorder.model import OnReset
from chain.rpc import HttpTransport, Rpc
from chain.rules import canonical, member_id, record_id
from chain.transactions import Call, address_of, created_address, send
from chain.types import CONTRACTS, ZERO32, LotTerms, Setup, Terms
from tests.contracts.committee import committee, drawing

KEYS = {name: hashlib.sha256(b"licita test key: " + name.encode()).digest() for name in sandbox_names()}
ADDRESSES = {name: address_of(key) for name, key in KEYS.items()}
BUYER = member_id("MX-RFC-GDF9712054NA")
DEPLOYER = hashlib.sha256(b"licita test deployer").digest()
COMMITTEE = committee(
    CHAIN_ID,
    created_address(address_of(DEPLOYER), CONTRACTS.index("OpeningCommittee")),
    tuple(member_id(f"LICITA-OPENING{number}") for number in (1, 2, 3)),
)
"""The opening committee of every stage."""


class LocalSigner:
    """A key in memory."""

    def __init__(self, name: str) -> None:
        self.address = ADDRESSES[name]
        self._key = coincurve.PrivateKey(KEYS[name])

    async def sign_hash(self, digest: bytes, preimage: bytes) -> tuple[int, int, int]:
        """See chain.recorder.Signer."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]


SIGNERS = {ADDRESSES[name]: LocalSigner(name) for name in KEYS}


@dataclass
class Stage:
    """A running node and what was deployed on it."""

    anvil: Anvil
    deployed: Deployed
    now: int

    def recorder(self, database: Path, *, rpc: Rpc | None = None, **settings: Any) -> Recorder:
        """A recorder on this node, not started."""
        rpc = rpc or Rpc(HttpTransport(self.anvil.rpc_url))
        settings = {"signers": SIGNERS, "nudge": self.anvil.nudge, "deployment": self.deployed} | settings
        return Recorder(database=database, rpc=rpc, **settings)

    def publish(self, key: str, **changes: Any) -> Call:
        """The buyer's call that publishes a tender titled ``key``; ``changes`` of the terms."""
        terms, text = tender(self.now + 100_000, key)
        record = record_id(self.deployed.chain_id, BUYER, key)
        return tender_board.publish(record, replace(terms, **changes).as_tuple(), text)


def tender(deadline: int, title: str) -> tuple[Terms, str]:
    """Terms of one lot, and a canonical text."""
    empty = hashlib.sha256(b"[]").digest()
    setup = Setup((LotTerms(100_000),))
    review = member_id("LICITA-REVIEW")
    terms = Terms(
        "sandbox", 1, "MXN", 2, deadline, COMMITTEE.keyset.id, review, ZERO32, empty, 1, 0, 10_000, setup
    )
    return terms, canonical({"items": [{"id": "1"}], "title": title}).decode()


def request(call: Call, key: str, actor: str = "buyer") -> Request:
    """A request of that person's account; its fingerprint is that of the call."""
    return Request("account", key, hashlib.sha256(call.data).digest(), ADDRESSES[actor], call)


async def open_stage(
    folder: Path,
    *,
    on_reset: OnReset = "rewind",
    lane_window: int = 1000,
    period: float = 0.2,
    outage_gap: int = 0,
) -> Stage:
    """Starts an anvil in ``folder`` and deploys, or finds what a stage kept there; the caller closes ``stage.anvil``. ``outage_gap``
    of a new one: seconds of silence beyond which it stood still, 0 = none is counted."""
    anvil = Anvil(Folder(folder), alloc=SANDBOX_MARK)
    anvil.start()
    await anvil.ready()
    record = Folder(folder).deployment_json
    if not record.exists():
        deployment = await deploy_contracts(
            anvil.rpc,
            DEPLOYER,
            replace(sandbox_founding(ADDRESSES, await anvil.clock()), outage_gap=outage_gap),
            anvil.nudge,
            founder=address_of(DEPLOYER),
        )
        await _register(anvil, deployment)
        await _form(anvil, deployment)
        record.write_text(deployment.to_json())
        await anvil.save()
    deployed = replace(deployed_in(folder), lane_window=lane_window, period=period, on_reset=on_reset)
    return Stage(anvil, deployed, await anvil.clock())


def deployed_in(folder: Path) -> Deployed:
    """What a stage's folder says of its network."""
    record = Deployment.read(Folder(folder).deployment_json)
    return Deployed(
        record.chain_id, record.genesis_hash, record.addresses, record.code_hashes, record.block, period=0.2, on_reset="rewind"
    )  # fmt: skip


async def _register(anvil: Anvil, deployment: Deployment) -> None:
    acme = SUPPLIERS[0]
    register = supplier_registry.register(acme.id, [ADDRESSES["acme"]], acme.json)
    await send(anvil.rpc, deployment.addresses, register, KEYS["registrar"], nudge=anvil.nudge)


async def _form(anvil: Anvil, deployment: Deployment) -> None:
    """The first committee, the same in every run."""
    said, keyset, seats = COMMITTEE.transcript, COMMITTEE.keyset, list(enumerate(OPENERS, 1))
    sid = said.plan.ceremony_id

    async def act(who: bytes, call: Call) -> None:
        await send(anvil.rpc, deployment.addresses, call, who, nudge=anvil.nudge)

    await act(DEPLOYER, opening_committee.open_ceremony(2, said.plan.members, ZERO32, []))
    for seat, who in seats:
        await act(KEYS[who], opening_committee.join_ceremony(sid, seat, said.box_keys[seat - 1]))
        await act(KEYS[who], opening_committee.commit_dealing(sid, seat, said.commitments[seat - 1]))
    for seat, who in seats:
        await act(KEYS[who], opening_committee.publish_dealing(sid, seat, said.messages[seat - 1]))
    for seat, who in seats:
        await act(KEYS[who], opening_committee.send_dealing(sid, seat, said.boxes[seat - 1]))
    keys = [key.as_tuple() for key in keyset.keys]
    await act(KEYS["citizen"], opening_committee.register_keyset(sid, keyset.pk.as_tuple(), keys))
    for seat, who in seats:
        proof = COMMITTEE.shares[seat].answer(0, drawing(f"stage/{seat}"))
        await act(KEYS[who], opening_committee.confirm_keyset(keyset.id, seat, proof.c, proof.z))


async def close_stage(stage: Stage) -> None:
    """Ends the node."""
    await stage.anvil.close()
    stage.anvil.stop(5)
