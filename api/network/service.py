"""The network and the state of the service on it."""

from __future__ import annotations

from api.deps import MAX_LAG, Service
from api.network.schemas import NetworkBody, NodeBody, PublicationBody, StatusBody, WritesBody
from api.pages import ListOf, listed, time_text
from chain.errors.nodes import ChainUnreachable
from chain.errors.recorder import RecorderStopped, StorageFailed
from chain.errors.service import IndexBehind
from chain.types import NodeKind, from_hex

__all__ = ["network", "nodes", "require_database", "require_writes", "status"]


def network(service: Service) -> NetworkBody:
    """The descriptor and the contracts."""
    found, deployment = service.network.descriptor, service.network.deployment
    publication = found.publication
    return NetworkBody(
        name=found.name, engine=found.engine, profile=found.profile, chain_id=found.chain_id, genesis_hash=found.genesis_hash,
        period=found.period, deployed_block=deployment.block, contracts=deployment.addresses,
        default_procedure=found.defaults.procedure,
        publication=PublicationBody(
            ocid_prefix=publication.ocid_prefix, publication_url=publication.publication_url,
            publisher=publication.publisher.as_ocds(), license=publication.license, language=publication.language,
        ),
    )  # fmt: skip


def nodes(service: Service) -> ListOf[NodeBody]:
    """Permitted nodes by key."""
    desk = service.desk
    rows = [
        NodeBody(
            key=row.key, member=row.member, org_id=desk.member_name(from_hex(row.member)), kind=NodeKind(row.kind).name, block=row.block
        )
        for row in service.index.council.nodes()
    ]  # fmt: skip
    return listed(service, rows, None)


def status(service: Service) -> StatusBody:
    """Identity, node, database, lanes, queue."""
    found = service.recorder.status()
    return StatusBody(
        identity_ok=found.identity_ok, reachable=found.reachable, storage_ok=found.storage_ok, head=found.head,
        block=found.block, block_hash=found.block_hash,
        block_time=None if found.block_time is None else time_text(found.block_time), lag=found.lag,
        stalled_for=found.stalled_for, lanes={str(name): count for name, count in found.lanes.items()},
        operations={str(name): count for name, count in found.operations.items()},
        refusal=None if found.refusal is None else found.refusal.error, alarms=list(found.alarms),
    )  # fmt: skip


def require_database(service: Service) -> None:
    """Raises StorageBusy, StorageFailed where the database does not answer."""
    service.index.head()


def require_writes(service: Service) -> WritesBody:
    """Raises why writes are refused: ChainDiverged, IndexStopped, RecorderStopped, StorageFailed, ChainUnreachable, IndexBehind."""
    found = service.recorder.status()
    if found.refusal is not None:
        raise found.refusal
    if not found.running:
        raise RecorderStopped()
    if not found.storage_ok:
        raise StorageFailed(str(service.network.folder.recorder), "the last write failed")
    if not found.reachable:
        raise ChainUnreachable("the node", "it did not answer the last call")
    if found.lag > MAX_LAG:
        raise IndexBehind(MAX_LAG, found.lag)
    return WritesBody(block=found.block, lag=found.lag)
