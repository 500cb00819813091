"""What the chain answers in: logs into events, revert data into the errors of ``chain.errors``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from eth_abi.exceptions import DecodingError

from chain.artifacts import artifact, artifacts
from chain.errors import contracts as named
from chain.errors.base import LicitaError
from chain.errors.chain import LogInvalid, RevertPanic, RevertReason, RevertUnknown
from chain.transactions.codec import Call, Parameter, abi, checksum, selector_of, signature_type, topic_of
from chain.transactions.layout import WIDEST_INT, Layout
from chain.types import (
    AgreementStatus,
    ApplicationStatus,
    ComplaintStatus,
    DecisionClass,
    Event,
    LotStatus,
    MemberStatus,
    MilestoneStatus,
    ProposalState,
    Side,
    TenderStatus,
    moment,
    to_hex,
)

__all__ = [
    "arguments_of",
    "decode_log",
    "decode_log_json",
    "decode_revert",
    "fact_of",
    "fact_type",
    "topics_of",
]

# Errors


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("ascii")


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


_Turn = tuple[type, Callable[[Any], Any]]

# The first rule that fits decides: contract ("" = any), ABI type, argument name ("" = any) -> Python type and how to get there.
_FACTS: tuple[tuple[str, str, str, _Turn], ...] = (
    ("TenderBoard", "bytes32", "id", (int, _number)),
    ("AwardDesk", "bytes32", "id", (int, _number)),
    ("EvaluationDesk", "bytes32", "id", (int, _number)),
    ("", "bytes32", "tenderId", (int, _number)),
    ("", "bytes32", "role", (str, _text)),
    ("", "bytes32", "field", (str, _text)),
    ("AwardDesk", "bytes32", "cause", (str, _text)),
    ("AwardDesk", "bytes32", "what", (str, _text)),
    ("EvaluationDesk", "bytes32", "what", (str, _text)),
    ("", "bytes32", "term", (str, _text)),
    ("", "bytes32", "step", (str, _text)),
    ("", "bytes32", "", (str, to_hex)),
    ("", "bytes16", "", (str, _text)),
    ("", "address", "", (str, checksum)),
    ("", "enum TenderStatus", "", (TenderStatus, TenderStatus)),
    ("", "enum LotStatus", "", (LotStatus, LotStatus)),
    ("", "enum ComplaintStatus", "", (ComplaintStatus, ComplaintStatus)),
    ("", "enum AgreementStatus", "", (AgreementStatus, AgreementStatus)),
    ("", "enum MilestoneStatus", "", (MilestoneStatus, MilestoneStatus)),
    ("", "enum Side", "", (Side, Side)),
    ("", "enum MemberStatus", "", (MemberStatus, MemberStatus)),
    ("", "enum IGovernor.ProposalState", "", (ProposalState, ProposalState)),
    ("", "enum DecisionClass", "", (DecisionClass, DecisionClass)),
    ("", "enum ApplicationStatus", "", (ApplicationStatus, ApplicationStatus)),
    ("", "uint256", "closedAt", (datetime, moment)),
    ("", "uint256", "openFrom", (datetime, moment)),
    ("", "uint256", "fallbackFrom", (datetime, moment)),
    ("", "uint256", "voidFrom", (datetime, moment)),
    ("", "uint256", "notBefore", (datetime, moment)),
    ("", "uint256", "until", (datetime, moment)),
    ("", "uint256", "declaredAt", (datetime, moment)),
    ("", "uint256", "", (int, int)),
    ("", "uint16", "", (int, int)),
    ("", "uint8", "", (int, int)),
)


def _turn(error: str, parameter: Parameter) -> _Turn:
    kind = str(parameter.get("internalType", ""))
    kind = kind if kind.startswith("enum ") else str(parameter["type"])
    for contract, abi_type, name, turn in _FACTS:
        if error.startswith(contract) and abi_type == kind and name in ("", parameter["name"]):
            return turn
    raise LogInvalid(error, str(parameter["name"]), f"no rule turns {kind} into a fact")


def fact_type(error: str, parameter: Parameter) -> type:
    """Python type of an error's argument, given its ABI entry."""
    return _turn(error, parameter)[0]


def fact_of(error: str, parameter: Parameter, value: Any) -> Any:
    """A decoded argument of a custom error -> the fact its class carries."""
    return _turn(error, parameter)[1](value)


@cache
def _errors() -> Mapping[bytes, dict[str, Any]]:
    """Selector -> ABI entry of every custom error that has a class."""
    return {
        selector_of(entry): entry
        for compiled in artifacts().values()
        for entry in compiled.abi
        if entry["type"] == "error" and entry["name"] in named.__all__
    }


_REASON = bytes.fromhex("08c379a0")  # Error(string)
_PANIC = bytes.fromhex("4e487b71")  # Panic(uint256)


def decode_revert(data: bytes) -> LicitaError:
    """Revert data -> the error of that name with its facts; RevertReason, RevertPanic or RevertUnknown for anything else."""
    try:
        if data[:4] == _REASON:
            return RevertReason(*abi.decode(["string"], data[4:]))
        if data[:4] == _PANIC:
            return RevertPanic(*abi.decode(["uint256"], data[4:]))
        entry = _errors().get(data[:4])
        if entry is None:
            return RevertUnknown(to_hex(data))
        return _named(entry, data[4:])
    except (DecodingError, ValueError, OverflowError, OSError):
        # Foreign bytes behind a known selector: too short, no member of the enum, a time beyond the calendar.
        return RevertUnknown(to_hex(data))


def _named(entry: dict[str, Any], data: bytes) -> LicitaError:
    inputs = entry["inputs"]
    values = abi.decode([signature_type(parameter) for parameter in inputs], data)
    facts = [
        fact_of(entry["name"], parameter, value) for parameter, value in zip(inputs, values, strict=True)
    ]
    error: LicitaError = getattr(named, entry["name"])(*facts)
    return error


# Events


@dataclass(frozen=True)
class _EventCodec:
    """Indexed and other arguments as (place, ABI type), and how each becomes JSON; ``layout`` does both at once where it can."""

    name: str
    names: tuple[str, ...]
    indexed: tuple[tuple[int, str], ...]
    rest: tuple[tuple[int, str], ...]
    turns: tuple[Callable[[Any], Any], ...]
    layout: Layout


@cache
def _events_of(contract: str) -> Mapping[bytes, _EventCodec]:
    return {topic_of(entry): _event(entry) for entry in artifact(contract).abi if entry["type"] == "event"}


def _event(entry: dict[str, Any]) -> _EventCodec:
    inputs: list[Parameter] = entry["inputs"]
    # The topic of text, bytes, an array or a struct is the hash of its value.
    kinds = ["bytes32" if each["indexed"] and _is_hashed(each) else signature_type(each) for each in inputs]
    turns = [
        to_hex if kind == "bytes32" else _to_json(each) for kind, each in zip(kinds, inputs, strict=True)
    ]
    places = list(enumerate(kinds))
    names = tuple(each["name"] for each in inputs)
    indexed = tuple(place for place, each in zip(places, inputs, strict=True) if each["indexed"])
    rest = tuple(place for place, each in zip(places, inputs, strict=True) if not each["indexed"])
    layout = Layout(names, [inputs[place] for place, _ in indexed], [inputs[place] for place, _ in rest])
    return _EventCodec(entry["name"], names, indexed, rest, tuple(turns), layout)


def _is_hashed(parameter: Parameter) -> bool:
    kind = str(parameter["type"])
    return kind in ("string", "bytes") or kind.startswith("tuple") or kind.endswith("]")


def _to_json(parameter: Parameter) -> Callable[[Any], Any]:
    """How a decoded value becomes JSON as ``chain.types.Event`` says."""
    kind = str(parameter["type"])
    if kind.endswith("]"):
        each = _to_json({**parameter, "type": kind[: kind.rindex("[")]})
        return lambda values: [each(value) for value in values]
    if kind == "tuple":
        parts = [(part["name"], _to_json(part)) for part in parameter["components"]]
        return lambda values: {name: turn(value) for (name, turn), value in zip(parts, values, strict=True)}
    if kind == "address":
        return checksum
    if kind.startswith("bytes"):
        return to_hex
    if kind.startswith(("uint", "int")) and int(kind.lstrip("uint")) > WIDEST_INT:
        return str
    return lambda value: value


def arguments_of(call: Call) -> dict[str, Any]:
    """What a call says, by the names of its arguments, in the JSON of ``chain.types.Event``."""
    inputs = next(
        entry["inputs"]
        for entry in artifact(call.contract).abi
        if entry["type"] == "function" and entry["name"] == call.function
    )
    return {each["name"]: _to_json(each)(value) for each, value in zip(inputs, call.args, strict=True)}


def topics_of(contract: str, names: Sequence[str]) -> list[str] | None:
    """First topics of the named events of a contract, as a filter of ``eth_getLogs`` wants them; None, which is all, without names.

    LogInvalid: the contract has no such event. (To the node an empty list would be all events.)
    """
    known = {codec.name: to_hex(topic) for topic, codec in _events_of(contract).items()}
    for name in names:
        if name not in known:
            raise LogInvalid(contract, name, "the contract has no such event")
    return [known[name] for name in names] if names else None


def decode_log(
    contract: str,
    address: str,
    topics: Sequence[bytes],
    data: bytes,
    *,
    block: int,
    time: int,
    transaction: str,
    tx_index: int,
    log_index: int,
) -> Event:
    """A log of ``contract`` as an event. Raises LogInvalid where the contract has no such event or the data do not decode."""
    codec = _events_of(contract).get(topics[0]) if topics else None
    if codec is None:
        raise LogInvalid(contract, to_hex(topics[0]) if topics else "", "the contract has no such event")
    args = _arguments(contract, codec, topics[1:], data)
    return Event(contract, codec.name, args, block, time, transaction, tx_index, log_index, checksum(address))


def _arguments(contract: str, codec: _EventCodec, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
    if len(topics) != len(codec.indexed):
        raise LogInvalid(
            contract, codec.name, f"{len(codec.indexed)} indexed arguments, {len(topics)} topics"
        )
    found = codec.layout.read(topics, data)
    if found is not None:
        return found
    values: list[Any] = [None] * len(codec.names)
    try:
        for (place, kind), topic in zip(codec.indexed, topics, strict=True):
            (values[place],) = abi.decode([kind], topic)
        decoded = abi.decode([kind for _, kind in codec.rest], data)
    except (DecodingError, ValueError, OverflowError) as error:
        raise LogInvalid(contract, codec.name, str(error)) from error
    for (place, _), value in zip(codec.rest, decoded, strict=True):
        values[place] = value
    return {name: turn(value) for name, turn, value in zip(codec.names, codec.turns, values, strict=True)}


def decode_log_json(contract_of: Mapping[str, str], log: Mapping[str, Any], time: int) -> Event | None:
    """A log as nodes write it in JSON -> event; None where its address or topic is none of ours.

    ``contract_of`` maps lower-case addresses to contract names, ``time`` is the time of the log's block. Raises LogInvalid.
    """
    contract = contract_of.get(str(log["address"]).lower())
    if contract is None:
        return None
    topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
    if not topics or topics[0] not in _events_of(contract):
        return None
    return decode_log(
        contract,
        log["address"],
        topics,
        bytes.fromhex(log["data"][2:]),
        block=int(log["blockNumber"], 16),
        time=time,
        transaction=log["transactionHash"].lower(),
        tx_index=int(log["transactionIndex"], 16),
        log_index=int(log["logIndex"], 16),
    )
