"""Deploys the contracts of a network and keeps the record that every later start compares the node with.

All CREATE addresses are computed first and given to each constructor; a contract that is not built yet is address 0. The deployer's
key is used once and kept nowhere: it has no right on the chain. The council's timelock is the authority of every contract from the
first block on, and this is read back before the record is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from chain import artifacts
from chain.errors.deployment import DeploymentFailed, DeploymentOther, DeploymentUnreadable, NetworkOther
from chain.founding import Founding
from chain.rpc import Rpc
from chain.transactions import Call, Nudge, Read, address_of, created_address, creation, deploy, read
from chain.types import AUTHORITY, CONTRACTS, WIRING, ZERO32

__all__ = ["DeployedContract", "Deployment", "deploy_contracts", "verify_deployment"]

_ZERO = "0x" + "00" * 20


@dataclass(frozen=True)
class DeployedContract:
    """``code_hash``: keccak256 of the runtime code on the chain; ``creation_hash``: of the bytecode without arguments."""

    address: str
    code_hash: str
    creation_hash: str
    transaction: str


@dataclass(frozen=True)
class Deployment:
    """The deployment record; ``block`` is the last block that holds a creation, ``founding`` the hash of the constructors' data."""

    version: str
    chain_id: int
    genesis_hash: str
    block: int
    deployer: str
    artifacts: str
    founding: str
    contracts: dict[str, DeployedContract]

    @property
    def addresses(self) -> dict[str, str]:
        """Contract name -> checksum address."""
        return {name: contract.address for name, contract in self.contracts.items()}

    @property
    def code_hashes(self) -> dict[str, bytes]:
        """Contract name -> keccak256 of its runtime code."""
        return {name: bytes.fromhex(contract.code_hash[2:]) for name, contract in self.contracts.items()}

    def to_json(self) -> str:
        """The record as it stands in deployment.json."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> Deployment:
        """Reads deployment.json. Raises DeploymentUnreadable."""
        try:
            data: dict[str, Any] = json.loads(path.read_bytes())
            contracts = {name: DeployedContract(**entry) for name, entry in data.pop("contracts").items()}
            return cls(**data, contracts=contracts)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DeploymentUnreadable(str(path), str(error)) from error

    def require_current(self) -> None:
        """Raises DeploymentOther where another version of the contracts was deployed than this program knows."""
        for name in CONTRACTS:
            contract = self.contracts.get(name)
            if contract is None or contract.creation_hash != _hash(artifacts.artifact(name).bytecode):
                raise DeploymentOther(name, self.version)


def _hash(code: bytes) -> str:
    return "0x" + bytes(keccak(code)).hex()


def _arguments(founding: Founding, addresses: Mapping[str, str], founder: str) -> dict[str, tuple[Any, ...]]:
    wiring = tuple(addresses.get(name, _ZERO) for name in WIRING)
    authority = addresses[AUTHORITY]
    members = [member.as_tuple() for member in founding.members]
    people = [person.as_tuple() for person in founding.people]
    procedures = [procedure.as_tuple() for procedure in founding.procedures]
    rules = [each.as_tuple() for each in founding.charter.rules]
    calls = [
        (addresses[call.contract], Call(call.contract, call.function, ()).codec.selector, int(call.decision))
        for call in founding.charter.calls
    ]
    return {
        "MemberRegistry": (authority, wiring, members, people),
        "SupplierRegistry": (wiring,),
        "ProcedureBook": (authority, founding.outage_gap, procedures, list(founding.texts)),
        "TenderBoard": (wiring,),
        "BidBox": (wiring,),
        "OpeningCommittee": (wiring, founder),
        "CouncilTimelock": (addresses["Council"],),
        "Council": (wiring, rules, calls),
        "Consultation": (wiring,),
        "ValidatorRegistry": (wiring, [validator.as_tuple() for validator in founding.validators]),
        "NetworkPermissions": (wiring, []),
        "ApplicationRegistry": (wiring,),
        "AwardDesk": (wiring,),
        "ComplaintDesk": (wiring,),
        "FourEyes": (wiring,),
        "EvaluationDesk": (wiring,),
        "AgreementBook": (wiring,),
    }


async def deploy_contracts(
    rpc: Rpc, key: bytes, founding: Founding, nudge: Nudge | None = None, *, founder: str = _ZERO
) -> Deployment:
    """Creates all contracts with the fresh account ``key`` (nonce 0); ``founder``: who opens the first ceremony of a sandbox.

    Raises DeploymentFailed, the contracts' refusals, RpcError.
    """
    deployer = address_of(key)
    addresses = {name: created_address(deployer, nonce) for nonce, name in enumerate(CONTRACTS)}
    arguments = _arguments(founding, addresses, founder)
    contracts: dict[str, DeployedContract] = {}
    block = 0
    for nonce, name in enumerate(CONTRACTS):
        receipt = await deploy(
            rpc, addresses, creation(name, *arguments[name]), key, nonce=nonce, nudge=nudge
        )
        if receipt.created != addresses[name]:
            raise DeploymentFailed(name, f"created at {receipt.created}, expected {addresses[name]}")
        code = bytes.fromhex((await rpc.call("eth_getCode", addresses[name], "latest"))[2:])
        made = _hash(artifacts.artifact(name).bytecode)
        contracts[name] = DeployedContract(addresses[name], _hash(code), made, receipt.transaction)
        block = receipt.block
    await _check_powers(rpc, addresses, deployer)
    chain_id = int(await rpc.call("eth_chainId"), 16)
    genesis = await rpc.call("eth_getBlockByNumber", "0x0", False)
    return Deployment(
        version("licita"),
        chain_id,
        genesis["hash"],
        block,
        deployer,
        artifacts.key(),
        founding.hash,
        contracts,
    )


_GOVERNED = (
    "MemberRegistry",
    "ProcedureBook",
    "OpeningCommittee",
    "Council",
    "ValidatorRegistry",
    "NetworkPermissions",
    "ApplicationRegistry",
)


async def _check_powers(rpc: Rpc, addresses: Mapping[str, str], deployer: str) -> None:
    """Refuse a deployment in which anything but the timelock has the last word, or anyone but the council has a hand on it."""
    for name in _GOVERNED:
        authority: str = await read(rpc, addresses, Read(name, "authority", ()))
        if authority != addresses[AUTHORITY]:
            raise DeploymentFailed(name, f"its authority is {authority}, not the timelock")
    for role in (
        ZERO32,
        *(bytes(keccak(name)) for name in (b"PROPOSER_ROLE", b"EXECUTOR_ROLE", b"CANCELLER_ROLE")),
    ):
        # Administrator is the timelock itself, which nothing can make call itself.
        holder = AUTHORITY if role == ZERO32 else "Council"
        for who in (deployer, addresses["Council"], addresses[AUTHORITY], _ZERO):
            has: bool = await read(rpc, addresses, Read(AUTHORITY, "hasRole", (role, who)))
            if has != (who == addresses[holder]):
                raise DeploymentFailed(
                    AUTHORITY, f"{who} {'has' if has else 'lacks'} the role 0x{role.hex()}"
                )


async def verify_deployment(rpc: Rpc, deployment: Deployment) -> None:
    """Compares chain id, genesis and every code hash with the node. Raises NetworkOther, RpcError."""
    chain_id, genesis, *codes = await rpc.results(
        [("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False))]
        + [("eth_getCode", (contract.address, "latest")) for contract in deployment.contracts.values()]
    )
    if int(chain_id, 16) != deployment.chain_id:
        raise NetworkOther("chain id", str(deployment.chain_id), str(int(chain_id, 16)))
    if genesis["hash"] != deployment.genesis_hash:
        raise NetworkOther("genesis hash", deployment.genesis_hash, genesis["hash"])
    for (name, contract), code in zip(deployment.contracts.items(), codes, strict=True):
        if _hash(bytes.fromhex(code[2:])) != contract.code_hash:
            raise NetworkOther(f"code of {name}", contract.code_hash, _hash(bytes.fromhex(code[2:])))
