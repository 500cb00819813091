"""code.json: that the contracts are this program's, by the transactions that created them and by the state at the head.

A creation's calldata must be this program's bytecode with constructor arguments that wire the contracts to one another. The account
proofs bind the code that lies there at the head, with its immutable values, and the tender's stored facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import zip_longest
from typing import Any

from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from chain import artifacts
from chain.audit.bundle.reading import fields_of
from chain.audit.header import Header
from chain.audit.place import Fields, Place, data
from chain.audit.receipt import Verified
from chain.audit.state import PROOF_FIELDS, Asked, Found
from chain.audit.trie import EMPTY_CODE, Account, verify_account
from chain.errors.chain import CallInvalid
from chain.transactions import creation
from chain.transactions.codec import abi, signature_type
from chain.types import AUTHORITY, CONTRACTS, WIRING, TenderFacts, padded

__all__ = [
    "BOARD", "MARK", "MARK_CODE", "Code", "asked", "code_json", "facts_slots", "slots_of",
]  # fmt: skip

BOARD = "TenderBoard"
MARK = bytes.fromhex("0000000000000000000000000053414e44424f58")
"""The address whose code marks a sandbox; nothing but a development node can put it there."""

MARK_CODE = b"\0"

_MARKED = "sandbox_mark"
_SLOT = ("key", "proof", "value")
_CONTRACT = ("address", "block", "immutables", "index", "proof")


@dataclass(frozen=True)
class Code:
    """code.json: contract -> address, and the (block, index) of the transaction that created it."""

    contracts: Mapping[str, bytes]
    creations: Mapping[str, tuple[int, int]]
    entries: Mapping[str, Fields]

    @classmethod
    def read(cls, value: object, place: Place) -> Code:
        """What the value of code.json claims, not checked yet. Raises AuditRefusal ``code-object``, ``code-field:<name>``."""
        outer = fields_of(value, ("artifacts", "contracts", _MARKED), "code", place)
        if outer.value("artifacts") != _key():
            raise outer.refusal("artifacts", _key(), outer.value("artifacts"))
        listed = fields_of(outer.value("contracts"), CONTRACTS, "code", place.at("contracts"))
        entries = {
            name: fields_of(listed.value(name), _CONTRACT, "code", place.at("contracts", name))
            for name in CONTRACTS
        }
        mark = fields_of(outer.value(_MARKED), ("proof",), "code", place.at(_MARKED))
        return cls(
            {name: entry.data("address", 20) for name, entry in entries.items()},
            {name: (entry.integer("block"), entry.integer("index")) for name, entry in entries.items()},
            {**entries, _MARKED: mark},
        )

    def check_creations(self, sent: Mapping[tuple[int, int], Verified]) -> str:
        """Compare each creation with this program's bytecode; gives the authority, which is the council's timelock.

        Raises AuditRefusal ``code-creation``, ``code-address``, ``code-arguments``.
        """
        for name, position in self.creations.items():
            place = self.entries[name].place
            one = sent.get(position)
            if one is None or one.transaction.to is not None or not one.receipt.succeeded:
                raise place.at("index").refusal(
                    "code-creation", "a transaction in items/ that creates a contract", position
                )
            if one.transaction.created() != self.contracts[name]:
                raise place.at("address").refusal(
                    "code-address", one.transaction.created(), self.contracts[name]
                )
            arguments = _arguments(name, one.transaction.data, place)
            self._check_wiring(arguments, place)
            for key, value in arguments.items():
                # Names of constructor arguments that are contracts of record.
                named = {"authority": AUTHORITY, "council": "Council"}.get(key.rstrip("_"))
                if named is not None and value.lower() != data(self.contracts[named]):
                    raise place.refusal("code-arguments", data(self.contracts[named]), value)
        return data(self.contracts[AUTHORITY])

    def _check_wiring(self, arguments: Mapping[str, Any], place: Place) -> None:
        """Each address is the contract's, or zero where it is not built yet."""
        for key, wiring in arguments.items():
            if key.rstrip("_") == "wiring":
                wanted = [data(self.contracts.get(name, bytes(20))) for name in WIRING]
                if [address.lower() for address in wiring] != wanted:
                    raise place.refusal("code-arguments", ", ".join(wanted), ", ".join(wiring))

    def check_mark(self, head: Header) -> bool:
        """Does the chain carry the sandbox mark? Raises AuditRefusal ``account-...``, ``trie-proof:...``, ``code-field:proof``."""
        mark = self.entries[_MARKED]
        code_hash = _account(mark, head, MARK, []).code_hash
        if code_hash not in (EMPTY_CODE, keccak(MARK_CODE)):
            raise mark.refusal("proof", "no code, or the mark", code_hash)
        return code_hash != EMPTY_CODE

    def check_code(self, head: Header, slots: Sequence[int]) -> dict[int, int]:
        """Compare the code at the head with this program's; gives the proved values of TenderBoard's ``slots``.

        Raises AuditRefusal ``account-...``, ``trie-proof:...``, ``code-hash``, ``code-immutables``.
        """
        stored: dict[int, int] = {}
        for name in CONTRACTS:
            entry = self.entries[name]
            code = _runtime(name, entry.data_list("immutables"), entry.place.at("immutables"))
            account = _account(entry, head, self.contracts[name], slots if name == BOARD else ())
            if account.code_hash != keccak(code):
                place = entry.place.of(head.number).at("immutables")
                raise place.refusal("code-hash", account.code_hash, keccak(code))
            stored |= account.storage
        return stored

    def check_facts(self, stored: Mapping[int, int], facts: TenderFacts, tender: int) -> None:
        """Compare the stored facts of the tender with the replayed ones. Raises AuditRefusal ``tender-facts``."""
        for i, (slot, value) in enumerate(sorted(facts_slots(tender, facts).items())):
            if stored[slot] != value:
                place = self.entries[BOARD].place.at("proof", "storageProof", i)
                raise place.refusal("tender-facts", hex(value), hex(stored[slot]))


def _account(entry: Fields, head: Header, address: bytes, slots: Sequence[int]) -> Account:
    """The account that the entry's proof shows, with exactly the fields of a proof and its slots in rising order."""
    place = entry.place.of(head.number).at("proof")
    proof = fields_of(entry.value("proof"), PROOF_FIELDS, "account", place)
    for i, (item, slot) in enumerate(zip_longest(proof.items("storageProof"), sorted(slots))):
        stored = fields_of(item, _SLOT, "storage", place.at("storageProof", i))
        stored.same("key", None if slot is None else slot.to_bytes(32, "big"))
    return verify_account(head.state_root, address, slots, entry.value("proof"), place)


def _arguments(name: str, calldata: bytes, place: Place) -> dict[str, Any]:
    """Constructor arguments by name, of calldata that is this program's bytecode and their one encoding."""
    compiled = artifacts.artifact(name)
    if not calldata.startswith(compiled.bytecode):
        raise place.refusal("code-creation", f"this program's bytecode of {name}", "other bytecode")
    inputs = next(entry["inputs"] for entry in compiled.abi if entry["type"] == "constructor")
    try:
        values = abi.decode([signature_type(each) for each in inputs], calldata[len(compiled.bytecode) :])
        again = creation(name, *values)
    except (DecodingError, CallInvalid, ValueError, OverflowError) as error:
        raise place.refusal("code-arguments", "constructor arguments", str(error)) from error
    if again != calldata:
        raise place.refusal("code-arguments", "the one encoding of the arguments", "another")
    return {each["name"]: value for each, value in zip(inputs, values, strict=True)}


def _immutables_in(name: str, code: bytes) -> list[bytes]:
    """The values that the constructor wrote into the runtime code, in the order of their places."""
    return [code[start : start + length] for start, length in artifacts.artifact(name).immutables]


def _runtime(name: str, immutables: tuple[bytes, ...], place: Place) -> bytes:
    """This program's runtime code of a contract with these immutable values. Raises AuditRefusal ``code-immutables``."""
    compiled = artifacts.artifact(name)
    if [len(value) for value in immutables] != [length for _, length in compiled.immutables]:
        raise place.refusal(
            "code-immutables", f"{len(compiled.immutables)} values", [len(value) for value in immutables]
        )
    code = bytearray(compiled.deployed_bytecode)
    for (start, length), value in zip(compiled.immutables, immutables, strict=True):
        code[start : start + length] = value
    return bytes(code)


def slots_of(tender: int) -> list[int]:
    """Storage slots of TenderBoard that hold the tender's facts."""
    base, members = _layout(tender)
    return sorted({base + int(member["slot"]) for member in members})


def facts_slots(tender: int, facts: TenderFacts) -> dict[int, int]:
    """Slot -> value, as TenderBoard stores these facts (Solidity's layout: low-order first, bytes as their number)."""
    base, members = _layout(tender)
    values = {field.name.replace("_", ""): getattr(facts, field.name) for field in fields(facts)}
    types = artifacts.artifact(BOARD).storage_layout["types"]
    slots = dict.fromkeys(slots_of(tender), 0)
    for member in members:
        value, size = values[member["label"].lower()], int(types[member["type"]]["numberOfBytes"])
        if isinstance(value, str):
            value = padded(value, size)
        number = int.from_bytes(value, "big") if isinstance(value, bytes) else int(value)
        slots[base + int(member["slot"])] |= number << (8 * member["offset"])
    return slots


def _layout(tender: int) -> tuple[int, list[dict[str, Any]]]:
    """The first slot of a tender's facts, and the members of the struct."""
    layout = artifacts.artifact(BOARD).storage_layout
    variable = next(each for each in layout["storage"] if each["label"] == "_tenders")
    members = layout["types"][layout["types"][variable["type"]]["value"]]["members"]
    key = tender.to_bytes(32, "big") + int(variable["slot"]).to_bytes(32, "big")
    return int.from_bytes(keccak(key), "big"), members


@cache
def _key() -> str:
    """This program's sources, read once: they do not change while it runs."""
    return artifacts.key()


def code_json(
    contracts: Mapping[str, bytes], creations: Mapping[str, tuple[int, int]], state: Mapping[str, Found]
) -> dict[str, Any]:
    """The value of code.json from what a node says of ``asked(contracts, ...)``."""
    entries = {
        name: {
            "address": data(contracts[name]),
            "block": creations[name][0],
            "index": creations[name][1],
            "immutables": list(map(data, _immutables_in(name, state[name].code))),
            "proof": state[name].proof,
        }
        for name in CONTRACTS
    }
    return {"artifacts": _key(), "contracts": entries, _MARKED: {"proof": state[_MARKED].proof}}


def asked(contracts: Mapping[str, bytes], slots: Sequence[int]) -> Asked:
    """What code.json needs of the state at the head; ``slots`` are TenderBoard's."""
    return {
        **{name: (contracts[name], slots if name == BOARD else ()) for name in CONTRACTS},
        _MARKED: (MARK, ()),
    }
