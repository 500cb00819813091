"""What goes into the recorder and comes out of it: frozen values, and the protocols of what is injected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from chain.errors.base import LicitaError
from chain.transactions import Call

__all__ = [
    "FINAL", "Accepted", "Deployed", "LaneState", "OnReset", "Operation", "OperationState", "Probe",
    "RecorderStatus", "Remake", "Request", "Signer", "Signers",
]  # fmt: skip

OperationState = Literal["queued", "numbered", "signed", "recorded", "reverted", "displaced", "withdrawn"]
LaneState = Literal["open", "held", "parked"]
OnReset = Literal["stop", "rewind"]
FINAL: frozenset[OperationState] = frozenset({"recorded", "reverted", "displaced", "withdrawn"})

Probe = Callable[[str], None]

Remake = Callable[[Sequence[tuple[int, Sequence[bytes]]]], Awaitable[object]]
"""Makes blocks again that the node lost: (time, raw transactions in their order) of each. It keeps them before it returns, and may be
asked again for those it has made."""


class Signer(Protocol):
    """One key, wherever it lies."""

    address: str

    async def sign_hash(self, digest: bytes, preimage: bytes) -> tuple[int, int, int]:
        """(r, s, y parity) over ``digest``; ``preimage`` for back ends that hash themselves. Raises SignerUnavailable."""
        ...


Signers = Mapping[str, Signer]
"""Checksum address -> signer."""


@dataclass(frozen=True)
class Deployed:
    """The network as its folder describes it; what the recorder compares the node with before it sends anything.

    ``addresses`` contract -> checksum address; ``code_hashes`` contract -> keccak256 of the runtime code; ``lane_window``
    transactions of one key in flight at most; ``period`` seconds between blocks, as the pace of polling.
    """

    chain_id: int
    genesis_hash: str
    addresses: Mapping[str, str]
    code_hashes: Mapping[str, bytes]
    deployed_block: int
    lane_window: int = 1000
    period: float = 1.0
    on_reset: OnReset = "stop"


@dataclass(frozen=True)
class Request:
    """One authorised write. ``fingerprint``: 32 bytes over all that makes the request; ``subject`` e.g. ``tenders/7`` or ``""``."""

    account: str
    idem_key: str
    fingerprint: bytes
    actor: str
    call: Call
    subject: str = ""


@dataclass(frozen=True)
class Operation:
    """An accepted request. ``created_at`` unix seconds; block, tx_index, transaction once it is in a block (hash: once signed).

    ``error`` and ``facts`` name the refusal of a reverted one; ``facts["source"]`` tells where it was read: ``receipt``, or
    ``replay`` (the call made again on a state near it: inexact).
    """

    id: str
    account: str
    idem_key: str
    actor: str
    contract: str
    function: str
    subject: str
    state: OperationState
    error: str | None
    facts: Mapping[str, Any]
    created_at: int
    nonce: int | None = None
    transaction: str | None = None
    block: int | None = None
    tx_index: int | None = None

    @property
    def is_final(self) -> bool:
        """True where nothing changes it any more but a rewound development chain."""
        return self.state in FINAL


@dataclass(frozen=True)
class Accepted:
    """``replayed``: the key was stored before, this is the stored operation."""

    operation: Operation
    replayed: bool


@dataclass(frozen=True)
class RecorderStatus:
    """How the recorder stands.

    ``identity_ok``: the node holds our chain. ``reachable``: the last call was answered. ``head``: the node's last known block;
    ``block``, ``block_hash``, ``block_time``: ours; ``lag`` blocks between them. ``stalled_for``: seconds without a new block while
    something that was sent waits for one. ``lanes``: state -> number; ``operations``: unfinished state -> number. ``refusal``: why writes
    are refused, or None. ``alarms``: sentences for a person.
    """

    running: bool
    identity_ok: bool
    reachable: bool
    storage_ok: bool
    head: int | None
    block: int | None
    block_hash: str | None
    block_time: int | None
    lag: int
    stalled_for: float
    lanes: Mapping[LaneState, int]
    operations: Mapping[OperationState, int]
    refusal: LicitaError | None = None
    alarms: Sequence[str] = field(default=())
