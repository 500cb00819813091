"""ABI coding after the compiled contracts: calldata, results, creation code. Codecs are built once a contract.

Coding is exact: fixed bytes have their full length, text that is not UTF-8 is decoded with U+FFFD in its place (its hash then
differs, which is how followers flag it), and calldata is accepted in its one canonical encoding only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Generic, TypeAlias, TypeVar

from eth_abi.codec import ABICodec
from eth_abi.decoding import BytesDecoder, StringDecoder
from eth_abi.encoding import BytesEncoder, TextStringEncoder
from eth_abi.exceptions import DecodingError, EncodingError
from eth_abi.registry import ABIRegistry, BaseEquals
from eth_abi.registry import registry as default_registry
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from chain.artifacts import artifact
from chain.errors.chain import CallInvalid, CallUnknown, ContractNotDeployed, ResultInvalid

__all__ = ["Addresses", "Call", "Read", "address_in", "checksum", "creation", "result_of"]

Addresses: TypeAlias = Mapping[str, str]
"""Contract name -> checksum address."""

Parameter: TypeAlias = dict[str, Any]
T_co = TypeVar("T_co", covariant=True)


class _ExactBytesEncoder(BytesEncoder):
    """Refuses short values, which would else be padded: a shortened id is another id."""

    def validate_value(self, value: Any) -> None:
        super().validate_value(value)  # type: ignore[no-untyped-call]
        if self.value_bit_size is not None and len(value) * 8 != self.value_bit_size:
            self.invalidate_value(value, msg=f"must be exactly {self.value_bit_size // 8} bytes")


class _TextDecoder(StringDecoder):
    """Anyone may emit text that is not UTF-8: it must not stop whoever follows the chain."""

    def __init__(self) -> None:
        super().__init__(handle_string_errors="replace")  # type: ignore[no-untyped-call]


def _registry() -> ABIRegistry:
    registry: ABIRegistry = default_registry.copy()  # type: ignore[no-untyped-call]
    fixed, text = BaseEquals("bytes", with_sub=True), BaseEquals("string", with_sub=False)  # type: ignore[no-untyped-call]
    registry.unregister("bytes<M>")
    registry.register(fixed, _ExactBytesEncoder, BytesDecoder, label="bytes<M>")
    registry.unregister("string")
    registry.register(text, TextStringEncoder, _TextDecoder, label="string")
    return registry


abi = ABICodec(_registry())


@lru_cache(maxsize=65_536)
def checksum(address: str) -> str:
    """Any 0x hex of an address -> its EIP-55 form."""
    return str(to_checksum_address(address))


def address_in(addresses: Addresses, contract: str) -> str:
    """The address of a contract. Raises ContractNotDeployed."""
    try:
        return addresses[contract]
    except KeyError:
        raise ContractNotDeployed(contract) from None


def signature_type(parameter: Parameter) -> str:
    """The type of a parameter as signatures write it, e.g. ``(bytes16,uint16)[]``."""
    name = str(parameter["type"])
    if not name.startswith("tuple"):
        return name
    return "(" + ",".join(signature_type(part) for part in parameter["components"]) + ")" + name[5:]


def converter(parameter: Parameter) -> Callable[[Any], Any]:
    """A decoded value -> the same with checksum addresses, arrays and structs as tuples."""
    name = str(parameter["type"])
    if name.endswith("]"):
        each = converter({**parameter, "type": name[: name.rindex("[")]})
        return lambda values: tuple(map(each, values))
    if name == "tuple":
        parts = [converter(part) for part in parameter["components"]]
        return lambda values: tuple(part(value) for part, value in zip(parts, values, strict=True))
    return checksum if name == "address" else _same


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Function:
    """Codec of one function; ``changes`` is False for views."""

    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    arguments: tuple[Callable[[Any], Any], ...]
    results: tuple[Callable[[Any], Any], ...]
    changes: bool


@cache
def functions_of(contract: str) -> Mapping[str, Function]:
    """Function name -> codec; our contracts overload nothing. Raises what ``chain.artifacts.artifact`` raises."""
    return {
        entry["name"]: _function(entry) for entry in artifact(contract).abi if entry["type"] == "function"
    }


def _function(entry: dict[str, Any]) -> Function:
    inputs = tuple(signature_type(parameter) for parameter in entry["inputs"])
    return Function(
        selector_of(entry),
        inputs,
        tuple(signature_type(parameter) for parameter in entry["outputs"]),
        tuple(converter(parameter) for parameter in entry["inputs"]),
        tuple(converter(parameter) for parameter in entry["outputs"]),
        entry["stateMutability"] not in ("view", "pure"),
    )


def selector_of(entry: dict[str, Any]) -> bytes:
    """First 4 bytes of the hash of a function's or error's signature."""
    return topic_of(entry)[:4]


def topic_of(entry: dict[str, Any]) -> bytes:
    """keccak256 of the signature of an ABI entry, 32 bytes."""
    types = ",".join(signature_type(parameter) for parameter in entry["inputs"])
    return bytes(keccak(f"{entry['name']}({types})".encode()))


@cache
def _selectors(contract: str) -> Mapping[bytes, str]:
    return {codec.selector: name for name, codec in functions_of(contract).items()}


def encode(contract: str, function: str, types: Sequence[str], args: Sequence[Any]) -> bytes:
    """ABI encoding of arguments. Raises CallInvalid."""
    if len(types) != len(args):
        raise CallInvalid(contract, function, f"takes {len(types)} arguments, {len(args)} given")
    try:
        return abi.encode(types, args)
    except (EncodingError, TypeError, ValueError, OverflowError) as error:
        raise CallInvalid(contract, function, str(error)) from error


@dataclass(frozen=True)
class Call:
    """A call of a contract of record by name. Structs are tuples (``as_tuple``), fixed bytes have their full length."""

    contract: str
    function: str
    args: tuple[Any, ...]

    def __hash__(self) -> int:
        # Arguments may hold lists.
        return hash((self.contract, self.function))

    @property
    def codec(self) -> Function:
        """Codec of the function. Raises CallUnknown."""
        try:
            return functions_of(self.contract)[self.function]
        except KeyError:
            raise CallUnknown(self.contract, self.function) from None

    @cached_property
    def data(self) -> bytes:
        """Calldata: selector and ABI encoding. Raises CallUnknown, CallInvalid."""
        return self.codec.selector + encode(self.contract, self.function, self.codec.inputs, self.args)

    @classmethod
    def from_data(cls, contract: str, data: bytes) -> Call:
        """Calldata -> the call, where it is the canonical encoding of one. Raises CallUnknown, CallInvalid."""
        call = cls.as_read(contract, data)
        if call.data != data:
            raise CallInvalid(
                contract, call.function, "the data are not the canonical encoding of their arguments"
            )
        return call

    @classmethod
    def as_read(cls, contract: str, data: bytes) -> Call:
        """Calldata -> the call, in whatever encoding: a contract reads offsets as they are, and nothing behind its arguments.

        Raises CallUnknown, CallInvalid.
        """
        name = _selectors(contract).get(data[:4])
        if name is None:
            raise CallUnknown(contract, "0x" + data[:4].hex())
        codec = functions_of(contract)[name]
        try:
            values = abi.decode(codec.inputs, data[4:])
        except (DecodingError, ValueError, OverflowError) as error:
            raise CallInvalid(contract, name, str(error)) from error
        return cls(
            contract, name, tuple(turn(value) for turn, value in zip(codec.arguments, values, strict=True))
        )


@dataclass(frozen=True)
class Read(Call, Generic[T_co]):
    """A call of a view that answers a ``T``; structs are tuples in field order."""


def result_of(call: Call, data: bytes) -> Any:
    """The node's answer to a call, decoded; a single output is unwrapped, none is None.

    Raises ContractNotDeployed for an empty answer where there must be one, ResultInvalid for one that does not decode.
    """
    codec = call.codec
    if not data and codec.outputs:
        raise ContractNotDeployed(call.contract)
    try:
        values = abi.decode(codec.outputs, data)
    except (DecodingError, ValueError, OverflowError) as error:
        raise ResultInvalid(call.contract, call.function, "0x" + data.hex()) from error
    turned = tuple(turn(value) for turn, value in zip(codec.results, values, strict=True))
    if len(turned) == 1:
        return turned[0]
    return turned or None


def creation(contract: str, *args: Any) -> bytes:
    """Creation bytecode with the constructor's arguments. Raises CallInvalid and what ``chain.artifacts.artifact`` raises."""
    compiled = artifact(contract)
    inputs: list[Parameter] = next(
        (entry["inputs"] for entry in compiled.abi if entry["type"] == "constructor"), []
    )
    return compiled.bytecode + encode(
        contract, "constructor", [signature_type(each) for each in inputs], args
    )
