"""Calls of a proposal in words, and words for calls: what people write into a file and read on a list.

    adopt procedure sandbox v2
    admit member MX-RFC-ABC "Secretaría de Obras" PUBLIC BUYER,OPERATOR admin 0x... until 2030-01-01
    add validator 0x... of MX-RFC-ABC

``FORMS`` lists all of them. Members are named by org-id or 0x id, times as a date, as RFC 3339 in UTC or as ``in 30 days``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

from eth_hash.auto import keccak

from chain.bindings import (
    application_registry,
    council,
    member_registry,
    network_permissions,
    procedure_book,
    validator_registry,
)
from chain.errors.base import LicitaError
from chain.errors.chain import CallInvalid, CallUnknown
from chain.errors.council import PhraseInvalid, PhraseUnknown, ValidatorAbsent, ValidatorPresent
from chain.procurement.procedure import PRESETS, preset
from chain.rules import member_id
from chain.transactions import Call, checksum
from chain.types import (
    ZERO32,
    DecisionClass,
    Kind,
    NodeKind,
    Role,
    Sector,
    Validator,
    moment,
    padded,
    to_hex,
)

__all__ = ["FORMS", "Desk", "Outgoing", "describe", "outgoing"]


@dataclass(frozen=True)
class Outgoing:
    """One call as it goes into a proposal."""

    target: str
    data: bytes


class Desk(Protocol):
    """What phrases need to know of the network."""

    @property
    def addresses(self) -> Mapping[str, str]:
        """Contract name -> checksum address."""

    def now(self) -> int:
        """Head time, unix seconds."""

    def validators(self) -> tuple[int, tuple[Validator, ...]]:
        """The decision in force: its number and its set in ascending order."""

    def member_name(self, member: bytes) -> str:
        """Org-id of a member, its 0x id where it is not known."""

    def proposed(self, number: int) -> tuple[list[str], list[bytes], str]:
        """Targets, calldatas and description of a proposal. Raises CouncilNotFound."""


_Build = Callable[[Desk, Mapping[str, str]], Call]

_MEMBER, _ADDRESS, _WHEN, _HASH = r"\S+", r"0x[0-9a-fA-F]{40}", r".+", r"(?:0x)?[0-9a-fA-F]{64}"
_HOURS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "month": 30 * 86_400, "year": 365 * 86_400}


def _wrong(given: Mapping[str, str], part: str, wanted: str) -> PhraseInvalid:
    return PhraseInvalid(given["phrase"][:200], part, wanted)


def _when(desk: Desk, given: Mapping[str, str], part: str = "until") -> int:
    """A time in unix seconds."""
    text = given[part]
    later = re.fullmatch(r"in (\d{1,6}) (second|minute|hour|day|month|year)s?", text)
    if later:
        return desk.now() + int(later[1]) * _HOURS[later[2]]
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return int(datetime.combine(date.fromisoformat(text), time(), UTC).timestamp())
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
            return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        pass
    raise _wrong(given, part, "2030-01-31, 2030-01-31T12:00:00Z or `in 30 days`")


def _member(given: Mapping[str, str], part: str = "member") -> bytes:
    text = given[part]
    if re.fullmatch(r"0x[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text[2:])
    return member_id(text)


def _bits(given: Mapping[str, str], part: str, flag: type[Kind] | type[Role]) -> int:
    bits = 0
    for word in given[part].split(","):
        if word not in flag.__members__:
            raise _wrong(given, part, ", ".join(flag.__members__))
        bits |= flag[word]
    return bits


def _enum(
    given: Mapping[str, str], part: str, kind: type[Sector] | type[NodeKind] | type[DecisionClass]
) -> int:
    if given[part] not in kind.__members__:
        raise _wrong(given, part, ", ".join(kind.__members__))
    return int(kind[given[part]])


def _hash(given: Mapping[str, str], part: str) -> bytes:
    return bytes.fromhex(given[part].removeprefix("0x"))


def _adopt(_: Desk, given: Mapping[str, str]) -> Call:
    if given["code"] not in PRESETS:
        raise _wrong(given, "code", ", ".join(PRESETS))
    chosen = preset(given["code"])
    return procedure_book.adopt(chosen.version(int(given["version"])).as_tuple(), chosen.text)


def _retire(_: Desk, given: Mapping[str, str]) -> Call:
    return procedure_book.retire(padded(given["code"], 16), int(given["version"]))


def _admit(desk: Desk, given: Mapping[str, str]) -> Call:
    above = _member(given, "above") if given["above"] else ZERO32
    data = (
        given["member"],
        given["name"],
        _enum(given, "sector", Sector),
        _bits(given, "kinds", Kind),
        above,
    )
    return member_registry.admit(data, checksum(given["admin"]), _when(desk, given))


def _set_superior(_: Desk, given: Mapping[str, str]) -> Call:
    above = ZERO32 if given["above"] == "none" else _member(given, "above")
    return member_registry.set_superior(_member(given), above)


def _add_validator(desk: Desk, given: Mapping[str, str]) -> Call:
    seq, present = desk.validators()
    added = Validator(checksum(given["node"]), _member(given))
    if any(each.node == added.node for each in present):
        raise ValidatorPresent(added.node)
    return validator_registry.set_target(seq, _ascending([*present, added]))


def _drop_validator(desk: Desk, given: Mapping[str, str]) -> Call:
    seq, present = desk.validators()
    node = checksum(given["node"])
    if all(each.node != node for each in present):
        raise ValidatorAbsent(node)
    return validator_registry.set_target(seq, _ascending([each for each in present if each.node != node]))


def _set_validators(desk: Desk, given: Mapping[str, str]) -> Call:
    listed = []
    for each in given["validators"].split(","):
        node, _, member = each.partition("=")
        if not re.fullmatch(_ADDRESS, node) or not member:
            raise _wrong(given, "validators", "0xADDRESS=MEMBER, separated by commas")
        listed.append(Validator(checksum(node), _member({**given, "member": member})))
    return validator_registry.set_target(desk.validators()[0], _ascending(listed))


def _ascending(validators: list[Validator]) -> list[tuple[str, bytes]]:
    return [each.as_tuple() for each in sorted(validators, key=lambda each: int(each.node, 16))]


def _remove_validator(desk: Desk, given: Mapping[str, str]) -> Call:
    return validator_registry.remove_now(desk.validators()[0], checksum(given["node"]), _when(desk, given))


def _cancel(desk: Desk, given: Mapping[str, str]) -> Call:
    targets, datas, description = desk.proposed(int(given["number"]))
    return council.cancel(targets, [0] * len(targets), datas, bytes(keccak(description.encode())))


def _classify(desk: Desk, given: Mapping[str, str]) -> Call:
    contract, _, function = given["function"].partition(".")
    try:
        selector = Call(contract, function, ()).codec.selector
        target = desk.addresses[contract]
    except (KeyError, LicitaError):
        raise _wrong(given, "function", "Contract.function of this network") from None
    return council.set_call_class(target, selector, _enum(given, "decision", DecisionClass))


_FORMS: tuple[tuple[str, str, _Build], ...] = (
    ("adopt procedure CODE vN", r"adopt procedure (?P<code>\S+) v(?P<version>\d{1,5})", _adopt),
    ("retire procedure CODE vN", r"retire procedure (?P<code>[!-~]{1,16}) v(?P<version>\d{1,5})", _retire),
    ('admit member ORG-ID "NAME" SECTOR KINDS admin ADDRESS until TIME [below MEMBER]',
     rf'admit member (?P<member>\S+) "(?P<name>[^"]+)" (?P<sector>\w+) (?P<kinds>[\w,]+) admin (?P<admin>{_ADDRESS})'
     rf" until (?P<until>.+?)(?: below (?P<above>{_MEMBER}))?", _admit),
    ("set sector of MEMBER to SECTOR", rf"set sector of (?P<member>{_MEMBER}) to (?P<sector>\w+)",
     lambda _, g: member_registry.set_sector(_member(g), _enum(g, "sector", Sector))),
    ("set kinds of MEMBER to KINDS", rf"set kinds of (?P<member>{_MEMBER}) to (?P<kinds>[\w,]+)",
     lambda _, g: member_registry.set_kinds(_member(g), _bits(g, "kinds", Kind))),
    ("set superior of MEMBER to MEMBER|none", rf"set superior of (?P<member>{_MEMBER}) to (?P<above>{_MEMBER})", _set_superior),
    ("suspend member MEMBER urgently until TIME", rf"suspend member (?P<member>{_MEMBER}) urgently until (?P<until>{_WHEN})",
     lambda d, g: member_registry.suspend_now(_member(g), _when(d, g))),
    ("suspend member MEMBER until TIME", rf"suspend member (?P<member>{_MEMBER}) until (?P<until>{_WHEN})",
     lambda d, g: member_registry.suspend(_member(g), _when(d, g))),
    ("suspend person ADDRESS urgently until TIME", rf"suspend person (?P<who>{_ADDRESS}) urgently until (?P<until>{_WHEN})",
     lambda d, g: member_registry.suspend_person(checksum(g["who"]), _when(d, g))),
    ("recover member MEMBER admin ADDRESS until TIME",
     rf"recover member (?P<member>{_MEMBER}) admin (?P<admin>{_ADDRESS}) until (?P<until>{_WHEN})",
     lambda d, g: member_registry.recover(_member(g), checksum(g["admin"]), _when(d, g))),
    ("expel member MEMBER", rf"expel member (?P<member>{_MEMBER})", lambda _, g: member_registry.expel(_member(g))),
    ("add validator ADDRESS of MEMBER", rf"add validator (?P<node>{_ADDRESS}) of (?P<member>{_MEMBER})", _add_validator),
    ("drop validator ADDRESS", rf"drop validator (?P<node>{_ADDRESS})", _drop_validator),
    ("set validators to ADDRESS=MEMBER,...", r"set validators to (?P<validators>\S+)", _set_validators),
    ("remove validator ADDRESS urgently until TIME", rf"remove validator (?P<node>{_ADDRESS}) urgently until (?P<until>{_WHEN})",
     _remove_validator),
    ("permit node KEY of MEMBER as KIND", rf"permit node (?P<key>{_HASH}) of (?P<member>{_MEMBER}) as (?P<kind>\w+)",
     lambda _, g: network_permissions.set_node(_hash(g, "key"), _member(g), _enum(g, "kind", NodeKind))),
    ("forbid node KEY", rf"forbid node (?P<key>{_HASH})",
     lambda _, g: network_permissions.set_node(_hash(g, "key"), ZERO32, int(NodeKind.NONE))),
    ("seal application N until TIME", rf"seal application (?P<number>\d{{1,9}}) until (?P<until>{_WHEN})",
     lambda d, g: application_registry.seal(int(g["number"]), _when(d, g))),
    ("refuse application N because SHA256", rf"refuse application (?P<number>\d{{1,9}}) because (?P<reason>{_HASH})",
     lambda _, g: application_registry.refuse(int(g["number"]), _hash(g, "reason"))),
    ("revoke application N because SHA256", rf"revoke application (?P<number>\d{{1,9}}) because (?P<reason>{_HASH})",
     lambda _, g: application_registry.revoke(int(g["number"]), _hash(g, "reason"))),
    ("suspend application N urgently until TIME", rf"suspend application (?P<number>\d{{1,9}}) urgently until (?P<until>{_WHEN})",
     lambda d, g: application_registry.suspend(int(g["number"]), _when(d, g))),
    ("cancel proposal N", r"cancel proposal (?P<number>\d{1,9})", _cancel),
    ("confirm urgency of N", r"confirm urgency of (?P<number>\d{1,9})", lambda _, g: council.confirm_urgency(int(g["number"]))),
    ("classify CONTRACT.FUNCTION as CLASS", r"classify (?P<function>\w+\.\w+) as (?P<decision>\w+)", _classify),
)  # fmt: skip
FORMS = (*(form for form, _, _ in _FORMS), "call ADDRESS DATA")
"""Every form of a call, as the manual lists them; the last is for contracts that this program does not know."""

_COMPILED = tuple((re.compile(pattern), build) for _, pattern, build in _FORMS)
_RAW = re.compile(rf"call (?P<target>{_ADDRESS}) (?P<data>0x(?:[0-9a-fA-F]{{2}}){{4,}})")


def outgoing(phrase: str, desk: Desk) -> Outgoing:
    """A phrase -> the call. Raises PhraseUnknown, PhraseInvalid, ValidatorAbsent, ValidatorPresent, CouncilNotFound, CallInvalid."""
    text = " ".join(phrase.split()) if '"' not in phrase else phrase.strip()
    raw = _RAW.fullmatch(text)
    if raw:
        return _raw(raw["target"], bytes.fromhex(raw["data"][2:]), text, desk)
    for pattern, build in _COMPILED:
        found = pattern.fullmatch(text)
        if found:
            call = build(
                desk, {**{name: value or "" for name, value in found.groupdict().items()}, "phrase": text}
            )
            return Outgoing(desk.addresses[call.contract], call.data)
    raise PhraseUnknown(phrase[:200], "; ".join(FORMS))


def _raw(target: str, data: bytes, phrase: str, desk: Desk) -> Outgoing:
    """A call by its bytes. To a contract of the network they must be a call of it: nothing else could ever be executed."""
    contract = _contract_at(desk, checksum(target))
    if contract is not None:
        try:
            Call.from_data(contract, data)
        except (CallUnknown, CallInvalid) as error:
            raise PhraseInvalid(phrase[:200], "data", f"a call of {contract}: {error.detail}") from error
    return Outgoing(checksum(target), data)


def _contract_at(desk: Desk, address: str) -> str | None:
    return next((name for name, at in desk.addresses.items() if at == address), None)


def describe(call: Outgoing, desk: Desk) -> str:
    """A call -> words, in the form that ``outgoing`` reads where there is one."""
    contract = _contract_at(desk, call.target)
    if contract is None:
        return f"call {call.target} 0x{call.data.hex()}"
    try:
        known = Call.from_data(contract, call.data)
    except (CallUnknown, CallInvalid):
        return f"call {call.target} 0x{call.data.hex()} (which {contract} does not understand)"
    told = _TOLD.get((contract, known.function))
    return told(desk, known.args) if told else f"call {contract}.{known.function}"


def _time(seconds: int) -> str:
    try:
        return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _words(bits: int, flag: type[Kind]) -> str:
    return ",".join(str(bit.name) for bit in flag if bits & bit)


def _name(kind: type[Sector] | type[NodeKind] | type[DecisionClass], value: int) -> str:
    return kind(value).name if value in list(kind) else str(value)


def _code(value: bytes) -> str:
    return value.rstrip(b"\0").decode("latin-1")


def _validators_told(desk: Desk, listed: Any) -> str:
    return "set validators to " + ",".join(f"{node}={desk.member_name(member)}" for node, member in listed)


def _admitted(desk: Desk, args: Any) -> str:
    (org_id, name, sector, kinds, above), admin, until = args
    below = "" if above == ZERO32 else f" below {desk.member_name(above)}"
    words = f"{_name(Sector, sector)} {_words(kinds, Kind)}"
    return f'admit member {org_id} "{name}" {words} admin {admin} until {_time(until)}{below}'


_Told = Callable[[Desk, Any], str]
_TOLD: dict[tuple[str, str], _Told] = {
    ("ProcedureBook", "adopt"): lambda _, a: f"adopt procedure {_code(a[0][0])} v{a[0][1]}",
    ("ProcedureBook", "retire"): lambda _, a: f"retire procedure {_code(a[0])} v{a[1]}",
    ("MemberRegistry", "admit"): _admitted,
    ("MemberRegistry", "setSector"): lambda d, a: (
        f"set sector of {d.member_name(a[0])} to {_name(Sector, a[1])}"
    ),
    ("MemberRegistry", "setKinds"): lambda d, a: (
        f"set kinds of {d.member_name(a[0])} to {_words(a[1], Kind)}"
    ),
    ("MemberRegistry", "setSuperior"): lambda d, a: (
        f"set superior of {d.member_name(a[0])} to {'none' if a[1] == ZERO32 else d.member_name(a[1])}"
    ),
    ("MemberRegistry", "suspend"): lambda d, a: f"suspend member {d.member_name(a[0])} until {_time(a[1])}",
    ("MemberRegistry", "suspendNow"): lambda d, a: (
        f"suspend member {d.member_name(a[0])} urgently until {_time(a[1])}"
    ),
    ("MemberRegistry", "suspendPerson"): lambda _, a: f"suspend person {a[0]} urgently until {_time(a[1])}",
    ("MemberRegistry", "recover"): lambda d, a: (
        f"recover member {d.member_name(a[0])} admin {a[1]} until {_time(a[2])}"
    ),
    ("MemberRegistry", "expel"): lambda d, a: f"expel member {d.member_name(a[0])}",
    ("ValidatorRegistry", "setTarget"): lambda d, a: _validators_told(d, a[1]),
    ("ValidatorRegistry", "removeNow"): lambda _, a: f"remove validator {a[1]} urgently until {_time(a[2])}",
    ("NetworkPermissions", "setNode"): lambda d, a: (
        f"permit node {to_hex(a[0])} of {d.member_name(a[1])} as {_name(NodeKind, a[2])}"
        if a[2]
        else f"forbid node {to_hex(a[0])}"
    ),
    ("ApplicationRegistry", "seal"): lambda _, a: f"seal application {a[0]} until {_time(a[1])}",
    ("ApplicationRegistry", "refuse"): lambda _, a: f"refuse application {a[0]} because {to_hex(a[1])}",
    ("ApplicationRegistry", "revoke"): lambda _, a: f"revoke application {a[0]} because {to_hex(a[1])}",
    ("ApplicationRegistry", "suspend"): lambda _, a: (
        f"suspend application {a[0]} urgently until {_time(a[1])}"
    ),
    ("Council", "confirmUrgency"): lambda _, a: f"confirm urgency of {a[0]}",
    ("Council", "cancel"): lambda _, a: "cancel a proposal of " + (", ".join(a[0]) or "nothing"),
    ("Council", "setCallClass"): lambda d, a: (
        f"classify the call 0x{a[1].hex()} of {_contract_at(d, a[0]) or a[0]} as {_name(DecisionClass, a[2])}"
    ),
}
