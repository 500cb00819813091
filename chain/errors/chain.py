"""Refusals between this program and the chain: coding, signing, sending, and reverts that carry no named error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Absent, Conflict, Fault, Invalid, Unavailable

__all__ = [
    "CallInvalid", "CallUnknown", "CanonicalInvalid", "ContractNotDeployed", "GasOverCap", "KeyInvalid", "LogInvalid",
    "ResultInvalid", "RevertPanic", "RevertReason", "RevertUnexplained", "RevertUnknown", "TransactionInvalid",
    "TransactionNotMined",
]  # fmt: skip


@dataclass(eq=False)
class CallInvalid(Invalid):
    """These arguments do not fit the function of the contract."""

    contract: str
    function: str
    problem: str
    advice: ClassVar[str] = "Compare the arguments with the function in chain/bindings."


@dataclass(eq=False)
class CallUnknown(Absent):
    """The contract has no such function."""

    contract: str
    function: str
    advice: ClassVar[str] = "The functions of each contract are listed in chain/bindings."


@dataclass(eq=False)
class CanonicalInvalid(Invalid):
    """This value has no canonical JSON form (RFC 8785)."""

    pointer: str
    problem: str
    advice: ClassVar[str] = (
        "Pass text, flags, null, numbers that a double holds exactly, lists and objects of them."
    )


@dataclass(eq=False)
class ContractNotDeployed(Absent):
    """This network has no such contract, or no code stands at its address."""

    contract: str
    advice: ClassVar[str] = "Compare the deployment record with the network you are connected to."


@dataclass(eq=False)
class GasOverCap(Invalid):
    """The call needs more gas than one transaction may have."""

    gas: int
    cap: int
    advice: ClassVar[str] = "Shorten its data; long texts belong into documents."


@dataclass(eq=False)
class KeyInvalid(Invalid):
    """This is no private key of secp256k1."""

    advice: ClassVar[str] = "A key has 32 bytes and lies between 1 and the order of the curve."


@dataclass(eq=False)
class LogInvalid(Invalid):
    """This log is none that the named contract can have written."""

    contract: str
    event: str
    problem: str
    advice: ClassVar[str] = "Compare the contract's code with the deployment record."


@dataclass(eq=False)
class ResultInvalid(Fault):
    """The node's answer to a call is none that the function can give."""

    contract: str
    function: str
    data: str
    advice: ClassVar[str] = "Compare the contract's code with the deployment record, and ask another node."


@dataclass(eq=False)
class RevertPanic(Fault):
    """The contract broke an invariant of its own (Solidity panic)."""

    code: int
    advice: ClassVar[str] = "Report it with the transaction: the manual of Solidity lists the codes."


@dataclass(eq=False)
class RevertReason(Conflict):
    """The contract refused the call with a text instead of a named error."""

    reason: str
    advice: ClassVar[str] = "Read the text; it is not from a contract of this program."


@dataclass(eq=False)
class RevertUnknown(Conflict):
    """The contract refused the call with data that name no error known here."""

    data: str
    advice: ClassVar[str] = (
        "Check that the call's data are well-formed and the contracts are those of this version."
    )


@dataclass(eq=False)
class RevertUnexplained(Conflict):
    """The transaction stands in a block as failed, and calling it again does not show why."""

    transaction: str
    block: int
    advice: ClassVar[str] = (
        "The state or the time has moved on since; look at the present state and act again."
    )


@dataclass(eq=False)
class TransactionInvalid(Invalid):
    """These bytes are no transaction of the only form used here: type 0 with EIP-155, and a low s.

    ``rule`` is one of fields, chain-id, gas-price, value, signature, high-s, parity.
    """

    rule: str
    advice: ClassVar[str] = "Sign a type 0 transaction with chain id, gas price 0 and value 0."


@dataclass(eq=False)
class TransactionNotMined(Unavailable):
    """The node took the transaction, and no block holds it within the time that was waited."""

    transaction: str
    seconds: float
    advice: ClassVar[str] = (
        "Look the transaction up later by its hash; do not send the act again before that."
    )
