"""Founding data of a network: what the constructors are given, hashed into the deployment record.

The sandbox's organisations and people are fictional but for the buyer of the shipped sample tender.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from chain.charter import Charter, charter
from chain.procurement.procedure import PRESETS, preset
from chain.rules import canonical, member_id
from chain.transactions import checksum
from chain.types import Kind, Procedure, Role, Sector, Validator

__all__ = [
    "MANDATE",
    "OPENERS",
    "SUPPLIERS",
    "Founding",
    "FoundingMember",
    "FoundingPerson",
    "FoundingSupplier",
    "sandbox_founding",
    "sandbox_names",
]

MANDATE = 9 * 365 * 86_400
"""Length of a founding mandate in seconds; a mandate is at most ten years."""


OPENERS = ("opener1", "opener2", "opener3")
"""People of the three independent members that form a sandbox's opening committee, two of whom open."""


@dataclass(frozen=True)
class FoundingMember:
    """An organisation; ``org_id`` is ``{scheme}-{id}`` (org-id.guide)."""

    org_id: str
    name: str
    sector: Sector
    kinds: Kind
    people: tuple[tuple[str, Role], ...]
    superior: str = ""

    @property
    def id(self) -> bytes:
        """Member id, keccak256 of the org-id."""
        return member_id(self.org_id)

    def as_tuple(self) -> tuple[Any, ...]:
        """Struct MemberData for ABI coding."""
        above = member_id(self.superior) if self.superior else bytes(32)
        return (self.org_id, self.name, int(self.sector), int(self.kinds), above)


@dataclass(frozen=True)
class FoundingPerson:
    """An account of a member with its roles; ``mandate_end`` in unix seconds."""

    name: str
    address: str
    member: bytes
    roles: Role
    mandate_end: int

    def as_tuple(self) -> tuple[Any, ...]:
        """Struct PersonData for ABI coding."""
        return (self.address, self.member, int(self.roles), self.mandate_end)


@dataclass(frozen=True)
class FoundingSupplier:
    """A fictional firm that the sandbox's registrar registers after the deployment."""

    person: str
    org_id: str
    name: str

    @property
    def id(self) -> bytes:
        """Supplier id, keccak256 of the org-id."""
        return member_id(self.org_id)

    @property
    def json(self) -> str:
        """Public data of the registration event, canonical JSON."""
        scheme, identifier = self.org_id.rsplit("-", 1)
        return canonical({"identifier": {"scheme": scheme, "id": identifier}, "name": self.name}).decode()


SUPPLIERS = (
    FoundingSupplier("acme", "LICITA-ACME", "Acme Cómputo, S.A. de C.V. (ficticia)"),
    FoundingSupplier("beta", "LICITA-BETA", "Beta Sistemas, S.A. de C.V. (ficticia)"),
    FoundingSupplier("gamma", "LICITA-GAMMA", "Gamma Redes, S.A. de C.V. (ficticia)"),
)


@dataclass(frozen=True)
class Founding:
    """Everything the constructors are given, but addresses of contracts. ``validators`` stand in order of their addresses;
    ``outage_gap``: seconds of silence beyond which the network stood still, 0 where its time is moved by hand."""

    charter: Charter
    members: tuple[FoundingMember, ...]
    people: tuple[FoundingPerson, ...]
    procedures: tuple[Procedure, ...]
    texts: tuple[str, ...]
    validators: tuple[Validator, ...]
    outage_gap: int = 0

    @property
    def hash(self) -> str:
        """sha256 of the canonical constructor data, 0x hex."""
        data = {
            "charter": {
                "rules": [rules.as_tuple() for rules in self.charter.rules],
                "calls": [[call.contract, call.function, int(call.decision)] for call in self.charter.calls],
            },
            "members": [[*member.as_tuple()[:4], member.as_tuple()[4].hex()] for member in self.members],
            "people": [[p.address, p.member.hex(), int(p.roles), p.mandate_end] for p in self.people],
            "procedures": list(self.texts),
            "outageGap": self.outage_gap,
            "validators": [[validator.node, validator.member.hex()] for validator in self.validators],
        }
        return "0x" + hashlib.sha256(canonical(data)).hexdigest()


def _seat(number: int, sector: Sector, name: str) -> FoundingMember:
    return FoundingMember(
        f"LICITA-COUNCIL{number}",
        name,
        sector,
        Kind.COUNCIL | Kind.OPERATOR,
        ((f"council{number}", Role.ADMIN | Role.DELEGATE | Role.OPERATOR),),
    )


def _opening(number: int, sector: Sector, name: str) -> FoundingMember:
    return FoundingMember(
        f"LICITA-OPENING{number}",
        name,
        sector,
        Kind.OPENING,
        ((f"opener{number}", Role.ADMIN | Role.OPENER),),
    )


_SANDBOX = (
    FoundingMember(
        "MX-RFC-GDF9712054NA", "SECRETARÍA DE FINANZAS", Sector.PUBLIC, Kind.BUYER,
        (
            ("buyer", Role.ADMIN | Role.OFFICER),
            ("approver", Role.APPROVER),
            ("assessor1", Role.EVALUATOR),
            ("assessor2", Role.EVALUATOR),
        ),
    ),
    FoundingMember(
        "LICITA-REGISTRAR", "Cámara Nacional de Industria (ficticia)", Sector.INDUSTRY, Kind.REGISTRAR,
        (("registrar", Role.ADMIN | Role.REGISTRAR),),
    ),
    FoundingMember(
        "LICITA-REVIEW", "Tribunal de Contratación (ficticio)", Sector.PUBLIC, Kind.REVIEW_BODY,
        (("reviewer", Role.ADMIN | Role.REVIEWER),),
    ),
    FoundingMember(
        "LICITA-AUDIT", "Oficina de Auditoría (ficticia)", Sector.PUBLIC, Kind.AUDIT_OFFICE | Kind.OPERATOR,
        (("auditor", Role.ADMIN | Role.AUDITOR | Role.OPERATOR),),
    ),
    FoundingMember(
        "LICITA-WITNESS", "Testigos Sociales, A.C. (ficticia)", Sector.CIVIL_SOCIETY, Kind.WITNESS,
        (("witness", Role.ADMIN | Role.WITNESS),),
    ),
    FoundingMember(
        "LICITA-UNIVERSITY", "Universidad del Valle Alto (ficticia)", Sector.ACADEMIA, Kind.EVALUATION,
        (
            ("evaluator1", Role.ADMIN | Role.EVALUATOR),
            ("evaluator2", Role.EVALUATOR),
            ("evaluator3", Role.EVALUATOR),
        ),
    ),
    _opening(1, Sector.INDUSTRY, "Cámara de Comercio (ficticia)"),
    _opening(2, Sector.CIVIL_SOCIETY, "Cuentas Claras, A.C. (ficticia)"),
    _opening(3, Sector.ACADEMIA, "Instituto Tecnológico (ficticio)"),
    _seat(1, Sector.PUBLIC, "Secretaría de Innovación (ficticia)"),
    _seat(2, Sector.INDUSTRY, "Confederación de Empresas (ficticia)"),
    _seat(3, Sector.CIVIL_SOCIETY, "Observatorio de Compras, A.C. (ficticia)"),
    _seat(4, Sector.ACADEMIA, "Facultad de Economía (ficticia)"),
)  # fmt: skip


def sandbox_names() -> tuple[str, ...]:
    """Names of all people of a sandbox, each with a key of its own."""
    people = [name for member in _SANDBOX for name, _ in member.people]
    return (*people, *(supplier.person for supplier in SUPPLIERS), "citizen")


def _validators() -> tuple[Validator, ...]:
    """One for each seat. An embedded network has no such nodes; the registry and its rules are the same."""
    seats = [member for member in _SANDBOX if Kind.COUNCIL in member.kinds]
    made = [
        Validator(checksum("0x" + keccak(b"licita/sandbox/validator/" + member.id)[12:].hex()), member.id)
        for member in seats
    ]
    return tuple(sorted(made, key=lambda validator: int(validator.node, 16)))


def sandbox_founding(addresses: Mapping[str, str], now: int) -> Founding:
    """The sandbox's founding data for the accounts ``addresses`` (name -> checksum address); mandates run from ``now``."""
    people = tuple(
        FoundingPerson(name, addresses[name], member.id, roles, now + MANDATE)
        for member in _SANDBOX
        for name, roles in member.people
    )
    # All that ship: also those of real periods, four eyes and panels, because time is moved by hand.
    presets = [preset(code) for code in PRESETS]
    procedures, texts = tuple(each.version(1) for each in presets), tuple(each.text for each in presets)
    return Founding(charter("sandbox"), _SANDBOX, people, procedures, texts, _validators())
