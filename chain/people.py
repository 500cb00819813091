"""The named people of a sandbox: keys and tokens made once, kept in the folder, never on a production network."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from typing import Any

import coincurve

from chain.errors.nodes import NetworkFileWrong
from chain.errors.procurement import PersonUnknown
from chain.founding import SUPPLIERS, Founding, sandbox_names
from chain.nodes.folder import Folder, read_file, refuse_readable, write_json
from chain.nodes.keys import KeyStore
from chain.procurement.session import Person
from chain.recorder.accounts import new_token
from chain.seats import RANDOM_PASSPHRASE_COST, FolderStore

__all__ = ["KeptSigner", "People", "PersonRecord", "seat_store"]


@dataclass(frozen=True)
class PersonRecord:
    """An entry of people.json: ``member`` is an org-id or empty, ``roles`` their names, ``token`` opens the API."""

    name: str
    address: str
    member: str
    roles: tuple[str, ...]
    token: str = field(repr=False)


class KeptSigner:
    """Signs with a key that this process holds (chain.recorder's Signer)."""

    def __init__(self, person: Person) -> None:
        self.address = person.address
        self._key = coincurve.PrivateKey(person.key)

    async def sign_hash(self, digest: bytes, preimage: bytes) -> tuple[int, int, int]:
        """(r, s, y parity) over ``digest``; low s."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big"), signature[64]


class People:
    """The people of one folder, with their keys opened on first use."""

    def __init__(self, folder: Folder, records: dict[str, PersonRecord]) -> None:
        self.records = records
        self._folder = folder
        self._store = KeyStore(folder.keys)
        self._opened: dict[str, Person] = {}

    @classmethod
    def none(cls, folder: Folder) -> People:
        """Nobody: a network whose people keep their own keys."""
        return cls(folder, {})

    @classmethod
    def make_keys(cls, folder: Folder) -> dict[str, Person]:
        """A fresh key for each name of a sandbox; what an unfinished start left is thrown away."""
        shutil.rmtree(folder.keys, ignore_errors=True)
        store = KeyStore(folder.keys)
        keys = {name: store.create(name) for name in sandbox_names()}
        return {name: Person(name, key.address, key.secret) for name, key in keys.items()}

    @classmethod
    def write(cls, folder: Folder, persons: dict[str, Person], founding: Founding) -> People:
        """Writes people.json with a new token for each person."""
        members = {member.id: member.org_id for member in founding.members}
        roles = {p.name: (members[p.member], tuple(str(r.name) for r in p.roles)) for p in founding.people}
        roles |= {supplier.person: (supplier.org_id, ("SUPPLIER",)) for supplier in SUPPLIERS}
        records = {
            name: PersonRecord(name, person.address, *roles.get(name, ("", ())), new_token())
            for name, person in persons.items()
        }
        write_json(
            folder.people_json, {"people": [_entry(record) for record in records.values()]}, mode=0o600
        )
        people = cls(folder, records)
        people._opened = dict(persons)
        return people

    @classmethod
    def read(cls, folder: Folder) -> People:
        """Reads people.json; nobody where there is none. Raises NetworkFileWrong, KeyReadable."""
        data = read_file(folder.people_json)
        if data is None:
            return cls.none(folder)
        refuse_readable(folder.people_json)
        try:
            entries: list[dict[str, Any]] = json.loads(data)["people"]
            records = [PersonRecord(**(entry | {"roles": tuple(entry["roles"])})) for entry in entries]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise NetworkFileWrong(str(folder.people_json), (f"not a list of people: {error}",)) from error
        return cls(folder, {record.name: record for record in records})

    def seat_store(self, name: str) -> FolderStore:
        """Where a committee member of a sandbox keeps its secrets."""
        return seat_store(self._folder, name)

    def person(self, name: str) -> Person:
        """A person with the key. Raises PersonUnknown, KeyReadable, KeyDamaged."""
        if name not in self.records:
            raise PersonUnknown(name, ", ".join(self.records))
        if name not in self._opened:
            key = self._store.load(name)
            self._opened[name] = Person(name, key.address, key.secret)
        return self._opened[name]


def seat_store(folder: Folder, name: str) -> FolderStore:
    """Where a committee member of a sandbox keeps its secrets: a folder of its own under the folder's keys."""
    return FolderStore(
        folder.keys / "seats" / name, KeyStore(folder.keys).passphrase(), RANDOM_PASSPHRASE_COST
    )


def _entry(record: PersonRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "address": record.address,
        "member": record.member,
        "roles": record.roles,
        "token": record.token,
    }
