"""Bodies of the network routes."""

from __future__ import annotations

from pydantic import Field

from api.pages import Shown

__all__ = ["HealthBody", "NetworkBody", "NodeBody", "PublicationBody", "StatusBody", "WritesBody"]


class PublicationBody(Shown):
    """What enters the bytes of releases."""

    ocid_prefix: str
    publication_url: str
    publisher: dict[str, str]
    license: str
    language: str


class NetworkBody(Shown):
    """Which network this is."""

    name: str
    engine: str = Field(examples=["anvil"])
    profile: str = Field(examples=["sandbox"])
    chain_id: int
    genesis_hash: str
    period: int = Field(description="Seconds a block.")
    deployed_block: int
    contracts: dict[str, str] = Field(description="Name -> address.")
    default_procedure: str
    publication: PublicationBody


class StatusBody(Shown):
    """How the service stands on its network."""

    identity_ok: bool = Field(description="The node holds this chain.")
    reachable: bool
    storage_ok: bool
    head: int | None = Field(description="Last block of the node.")
    block: int | None = Field(description="Last block in the index.")
    block_hash: str | None
    block_time: str | None
    lag: int = Field(description="Blocks between them.")
    stalled_for: float = Field(description="Seconds without a new block while something waits for one.")
    lanes: dict[str, int]
    operations: dict[str, int]
    refusal: str | None = Field(description="Name of the error that writes are refused with now.")
    alarms: list[str]


class NodeBody(Shown):
    """A node that may connect."""

    key: str = Field(description="keccak256 of its public key.")
    member: str
    org_id: str
    kind: str = Field(examples=["VALIDATOR"])
    block: int = Field(description="Last block that changed it.")


class HealthBody(Shown):
    """The process answers."""

    status: str = "ok"


class WritesBody(Shown):
    """Writes are accepted."""

    status: str = "ok"
    block: int | None
    lag: int
