"""Routes of the network, and of those who watch the process."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Reader
from api.deps import TheService
from api.errors import STORAGE, read_responses, refusals
from api.network import service as reads
from api.network.schemas import HealthBody, NetworkBody, NodeBody, StatusBody, WritesBody
from api.pages import ListOf
from chain.errors.nodes import ChainUnreachable
from chain.errors.recorder import BlockUnusable, ChainDiverged, IndexStopped, RecorderBroken, StorageFull
from chain.errors.service import IndexBehind, InternalFault

__all__ = ["router"]

router = APIRouter(tags=["network"])

_READY = refusals(*STORAGE, InternalFault)
_WRITES = refusals(
    *STORAGE,
    BlockUnusable,
    ChainDiverged,
    ChainUnreachable,
    IndexBehind,
    IndexStopped,
    InternalFault,
    RecorderBroken,
    StorageFull,
)


@router.get("/v1/network", operation_id="network_read", responses=read_responses())
def read(service: TheService, caller: Reader) -> NetworkBody:
    """Which network this is: its chain, its contracts, how it publishes."""
    return reads.network(service)


@router.get("/v1/network/nodes", operation_id="network_nodes", responses=read_responses())
def nodes(service: TheService, caller: Reader) -> ListOf[NodeBody]:
    """Nodes that the council permits, by key."""
    return reads.nodes(service)


@router.get("/v1/network/status", operation_id="network_status", responses=read_responses())
def status(service: TheService, caller: Reader) -> StatusBody:
    """How the service stands: node, index, queue, alarms."""
    return reads.status(service)


@router.get("/healthz", operation_id="healthz", responses=refusals(InternalFault))
async def healthz() -> HealthBody:
    """The process answers."""
    return HealthBody()


@router.get("/readyz", operation_id="readyz", responses=_READY)
def readyz(service: TheService) -> HealthBody:
    """The database answers: reads are served."""
    reads.require_database(service)
    return HealthBody()


@router.get("/readyz/writes", operation_id="readyz_writes", responses=_WRITES)
def readyz_writes(service: TheService) -> WritesBody:
    """The node holds our chain and answers, and the index follows it: writes are accepted."""
    return reads.require_writes(service)
