"""Block headers: reading, hashing, and the one place where a consensus engine's evidence plugs in.

Fields and their order after the Ethereum Yellow Paper, EIP-1559, EIP-4895, EIP-4844, EIP-4788 and EIP-7685. How many a
header has is read from it and does not follow from the fork: Besu before 26.2.0 writes 16 on a Cancun network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from eth_hash.auto import keccak

from chain import rlp
from chain.audit.place import NOWHERE, Fields, Place
from chain.errors.audit import RlpInvalid

__all__ = [
    "PLAIN",
    "Engine",
    "HashOf",
    "Header",
    "PlainEngine",
    "Tip",
    "header_from_json",
    "header_from_rlp",
    "qbft_block_hash",
    "unsealed",
    "verify_headers",
]

MAX_HEADER = 16 * 1024  # bytes of RLP; 100 validators with seals need 9 KiB
COUNTS = (21, 20, 17, 16)  # numbers of fields a header may have: Prague, Cancun, Shanghai, London
QBFT_MIX_HASH = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
"""Mix hash of every block of a QBFT chain (EEA QBFT specification)."""


@dataclass(frozen=True, slots=True)
class Header:
    """A block header: byte strings as they are, integers of at most 64 bits (base fee and difficulty 256), optional fields None.

    ``nonce`` is 8 bytes, ``extra_data`` any, ``logs_bloom`` 256; ``timestamp`` is in unix seconds.
    """

    parent_hash: bytes
    ommers_hash: bytes
    coinbase: bytes
    state_root: bytes
    transactions_root: bytes
    receipts_root: bytes
    logs_bloom: bytes
    difficulty: int
    number: int
    gas_limit: int
    gas_used: int
    timestamp: int
    extra_data: bytes
    mix_hash: bytes
    nonce: bytes
    base_fee_per_gas: int
    withdrawals_root: bytes | None = None
    blob_gas_used: int | None = None
    excess_blob_gas: int | None = None
    parent_beacon_block_root: bytes | None = None
    requests_hash: bytes | None = None

    def rlp(self) -> bytes:
        """The encoding of the fields that are there."""
        values = (getattr(self, field.attribute) for field in _FIELDS)
        return rlp.encode([v if isinstance(v, bytes) else rlp.encode_int(v) for v in values if v is not None])

    def hash(self) -> bytes:
        """The hash of the whole header: the block hash of anvil and of public networks."""
        return keccak(self.rlp())


@dataclass(frozen=True, slots=True)
class _Field:
    """One header field: its names in Python and JSON, and its size in bytes (None: any) or bits."""

    attribute: str
    name: str
    size: int | None = None
    bits: int = 0


_FIELDS = (
    _Field("parent_hash", "parentHash", 32),
    _Field("ommers_hash", "sha3Uncles", 32),
    _Field("coinbase", "miner", 20),
    _Field("state_root", "stateRoot", 32),
    _Field("transactions_root", "transactionsRoot", 32),
    _Field("receipts_root", "receiptsRoot", 32),
    _Field("logs_bloom", "logsBloom", 256),
    _Field("difficulty", "difficulty", bits=256),
    _Field("number", "number", bits=64),
    _Field("gas_limit", "gasLimit", bits=64),
    _Field("gas_used", "gasUsed", bits=64),
    _Field("timestamp", "timestamp", bits=64),
    _Field("extra_data", "extraData"),
    _Field("mix_hash", "mixHash", 32),
    _Field("nonce", "nonce", 8),
    _Field("base_fee_per_gas", "baseFeePerGas", bits=256),
    _Field("withdrawals_root", "withdrawalsRoot", 32),
    _Field("blob_gas_used", "blobGasUsed", bits=64),
    _Field("excess_blob_gas", "excessBlobGas", bits=64),
    _Field("parent_beacon_block_root", "parentBeaconBlockRoot", 32),
    _Field("requests_hash", "requestsHash", 32),
)

HashOf = Callable[[Header], bytes]


def header_from_json(block: object, block_hash: HashOf = Header.hash, place: Place = NOWHERE) -> Header:
    """The header in the JSON of ``eth_getBlockByNumber``, whose hash by ``block_hash`` is the block's ``hash``.

    Tried with the optional fields that are there, then with 20, 17 and 16 fields; a QBFT header that fits in no other way comes
    ``unsealed``. Raises ``AuditRefusal`` with rule ``header-field:<name>`` for a field that cannot be read, ``extra-data``, and
    ``header-hash`` where no count fits.
    """
    place = place.of(Fields(block, "header", place).quantity("number"))
    fields = Fields(block, "header", place)
    values: list[bytes | int] = []
    for i, field in enumerate(_FIELDS):
        if i >= COUNTS[-1] and not fields.has(field.name):
            break
        values.append(
            fields.quantity(field.name, field.bits) if field.bits else fields.data(field.name, field.size)
        )
    claimed = fields.data("hash", 32)
    candidates = [_header(values[:count]) for count in COUNTS if count <= len(values)]
    if candidates[0].mix_hash == QBFT_MIX_HASH:
        bare = unsealed(candidates[0], place).extra_data
        candidates += [replace(header, extra_data=bare) for header in candidates]
    for header in candidates:
        if block_hash(header) == claimed:
            return header
    raise place.at("hash").refusal("header-hash", claimed, block_hash(candidates[0]))


def header_from_rlp(raw: bytes, place: Place = NOWHERE) -> Header:
    """The header that ``raw`` encodes, canonically, with 16, 17, 20 or 21 fields.

    Raises ``AuditRefusal`` with rule ``header-size``, ``header-rlp``, ``header-count`` or ``header-field:<name>``.
    """
    if len(raw) > MAX_HEADER:
        raise place.refusal("header-size", f"at most {MAX_HEADER} bytes", len(raw))
    try:
        items = rlp.decode(raw)
    except RlpInvalid as error:
        raise place.refusal("header-rlp", "canonical RLP", f"{error.rule} at byte {error.offset}") from error
    if not isinstance(items, list) or len(items) not in COUNTS:
        found = len(items) if isinstance(items, list) else "bytes"
        raise place.refusal("header-count", "16, 17, 20 or 21 fields", found)
    return _header([_raw_value(item, field, place) for item, field in zip(items, _FIELDS, strict=False)])


def _header(values: list[bytes | int]) -> Header:
    return Header(**{field.attribute: value for field, value in zip(_FIELDS, values, strict=False)})  # type: ignore[arg-type]


def _raw_value(item: rlp.Item, field: _Field, place: Place) -> bytes | int:
    """One field of a raw header."""
    if not isinstance(item, bytes):
        raise place.at(field.name).refusal(f"header-field:{field.name}", "bytes", item)
    if not field.bits:
        if field.size is not None and len(item) != field.size:
            raise place.at(field.name).refusal(f"header-field:{field.name}", f"{field.size} bytes", item)
        return item
    if len(item) * 8 > field.bits or item[:1] == b"\0":
        raise place.at(field.name).refusal(
            f"header-field:{field.name}", f"an integer of {field.bits} bits", item
        )
    return int.from_bytes(item, "big")


def unsealed(header: Header, place: Place = NOWHERE) -> Header:
    """A QBFT header with round "" and seals [] in ``extra_data``: the one form that all nodes can give of it, whose hash is the block's.

    Source: EEA QBFT specification; ``extra_data`` is RLP [vanity, validators, vote, round, seals]. Nodes keep different seals of
    one block, which is why these are outside its hash. Raises ``AuditRefusal`` ``extra-data``.
    """
    place = place.of(header.number).at("extraData")
    if len(header.extra_data) > MAX_HEADER:
        raise place.refusal("extra-data", f"at most {MAX_HEADER} bytes", len(header.extra_data))
    try:
        items = rlp.decode(header.extra_data)
    except RlpInvalid as error:
        raise place.refusal("extra-data", "canonical RLP", f"{error.rule} at byte {error.offset}") from error
    if not isinstance(items, list) or len(items) != 5:
        raise place.refusal("extra-data", "5 items", header.extra_data)
    return replace(header, extra_data=rlp.encode([*items[:3], b"", []]))


def qbft_block_hash(header: Header) -> bytes:
    """The block hash of a QBFT chain: the header's when it is ``unsealed``. Raises as that does."""
    return unsealed(header).hash()


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of a verified stretch of headers: all that the next one is checked against. ``timestamp`` in unix seconds."""

    number: int
    hash: bytes
    timestamp: int


TipT = TypeVar("TipT", bound=Tip)


class Engine(Protocol[TipT]):
    """How a consensus engine hashes blocks and what its headers prove; it may keep more in its tip (validators, tally)."""

    sealed: bool
    """Do its headers carry evidence that a quorum agreed?"""

    def block_hash(self, header: Header) -> bytes:
        """The hash by which other blocks and people name this header."""

    def start(self, genesis: Header, place: Place = NOWHERE) -> TipT:
        """The tip of a chain that has only this header."""

    def extend(self, tip: TipT, header: Header, place: Place = NOWHERE) -> TipT:
        """The tip after ``header``; raises ``AuditRefusal`` where it does not follow."""


class PlainEngine:
    """anvil: headers are linked by hashes and nothing else, one development node, no consensus evidence."""

    sealed = False

    def block_hash(self, header: Header) -> bytes:
        """The hash of the whole header."""
        return header.hash()

    def start(self, genesis: Header, place: Place = NOWHERE) -> Tip:
        """Block 0, without a parent."""
        return self.extend(Tip(-1, bytes(32), 0), genesis, place)

    def extend(self, tip: Tip, header: Header, place: Place = NOWHERE) -> Tip:
        """Number, parent, time and gas; anvil gives blocks of one second the same time, so time may stand still, not go back."""
        place = place.of(header.number)
        if header.number != tip.number + 1:
            raise place.at("number").refusal("header-number", tip.number + 1, header.number)
        if header.parent_hash != tip.hash:
            raise place.at("parentHash").refusal("header-parent", tip.hash, header.parent_hash)
        if header.timestamp < tip.timestamp:
            raise place.at("timestamp").refusal(
                "header-timestamp", f"at least {tip.timestamp}", header.timestamp
            )
        if header.gas_used > header.gas_limit:
            raise place.at("gasUsed").refusal("header-gas", f"at most {header.gas_limit}", header.gas_used)
        return Tip(header.number, self.block_hash(header), header.timestamp)


PLAIN: Engine[Tip] = PlainEngine()


def verify_headers(headers: Iterable[Header], engine: Engine[TipT], place: Place = NOWHERE) -> TipT:
    """The tip of a whole chain, from block 0 on; raises ``AuditRefusal`` at the first header that does not follow.

    The caller compares the tip's hash, or the genesis hash, with one from outside: anvil headers can be made up.
    """
    tip: TipT | None = None
    for i, header in enumerate(headers):
        tip = engine.start(header, place.at(i)) if tip is None else engine.extend(tip, header, place.at(i))
    if tip is None:
        raise place.refusal("header-none", "at least the genesis header", None)
    return tip
