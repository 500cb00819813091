"""code.json: that the contracts are this program's, by the transactions that created them and by the state at the head.

A creation's calldata must be this program's bytecode with constructor arguments that wire the contracts to one another. The account
proofs bind the code that lies there at the head, with its immutable values, and the tender's stored facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from chain import artifacts
from chain.audit.bundle.reading import fields_of
from chain.audit.bundle.slots import COMMITTEE, RULES, Slots
from chain.audit.header import Header
from chain.audit.place import Fields, Place, data
from chain.audit.receipt import Verified
from chain.audit.state import PROOF_FIELDS, Asked, Found
from chain.audit.trie import EMPTY_CODE, Account, verify_account
from chain.errors.chain import CallInvalid
from chain.transactions import checksum, creation
from chain.transactions.codec import abi, signature_type
from chain.types import AUTHORITY, CONTRACTS, WIRING

__all__ = [
    "MARK", "MARK_CODE", "Code", "asked", "code_json", "founder_in",
]  # fmt: skip

MARK = bytes.fromhex("0000000000000000000000000053414e44424f58")
"""The address whose code marks a sandbox; nothing but a development node can put it there."""

MARK_CODE = b"\0"

_MARKED = "sandbox_mark"
_NOBODY = data(bytes(20))
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

    def check_creations(self, sent: Mapping[tuple[int, int], Verified], sandbox: bool) -> tuple[str, str]:
        """Compare each creation with this program's bytecode; gives the authority, which is the council's timelock, and the founder, who
        may open ceremonies of a ``sandbox`` before the first keyset ("" elsewhere).

        Raises AuditRefusal ``code-creation``, ``code-address``, ``code-arguments``.
        """
        founder = ""
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
            founder = _founder(arguments) or founder
            if founder and not sandbox:
                raise place.refusal("code-arguments", "no founder where there is no sandbox mark", founder)
        return data(self.contracts[AUTHORITY]), founder

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

    def check_code(self, head: Header, slots: Slots) -> None:
        """Compare the code at the head with this program's, and what is stored there with what it must be.

        Raises AuditRefusal ``account-...``, ``trie-proof:...``, ``code-hash``, ``code-immutables``, ``tender-facts``, ``bid-facts``,
        ``opening-record``, ``evaluation-facts``, ``lot-facts``, ``agreement-facts``, ``supplier-ratings``.
        """
        for name in CONTRACTS:
            entry, expected = self.entries[name], slots.get(name, {})
            code = _runtime(name, entry.data_list("immutables"), entry.place.at("immutables"))
            account = _account(entry, head, self.contracts[name], sorted(expected))
            if account.code_hash != keccak(code):
                place = entry.place.of(head.number).at("immutables")
                raise place.refusal("code-hash", account.code_hash, keccak(code))
            for i, (slot, value) in enumerate(sorted(expected.items())):
                if account.storage[slot] != value:
                    place = entry.place.of(head.number).at("proof", "storageProof", i)
                    raise place.refusal(RULES[name], hex(value), hex(account.storage[slot]))


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


def founder_in(calldata: bytes, place: Place) -> str:
    """The founder that OpeningCommittee was created with, "" where it has none. Raises AuditRefusal ``code-creation``,
    ``code-arguments``."""
    return _founder(_arguments(COMMITTEE, calldata, place))


def _founder(arguments: Mapping[str, Any]) -> str:
    founder = str(arguments.get("founder_", _NOBODY))
    return "" if founder == _NOBODY else checksum(founder)


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


def asked(contracts: Mapping[str, bytes], slots: Slots) -> Asked:
    """What code.json needs of the state at the head."""
    return {
        **{name: (contracts[name], sorted(slots.get(name, ()))) for name in CONTRACTS},
        _MARKED: (MARK, ()),
    }
