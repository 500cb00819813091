"""Calls of a proposal in words, and words for calls: what people write into a file and read on a list.

    adopt procedure sandbox v2
    admit member MX-RFC-ABC "Secretaría de Obras" PUBLIC BUYER,OPERATOR admin 0x... until 2030-01-01
    add validator 0x... of MX-RFC-ABC

``FORMS`` lists all of them. Members and suppliers are named by org-id or 0x id, times as a date, as RFC 3339 in UTC or as ``in 30 days``.

The words for a call are those that read to this very call. Where there are none, they hold its bytes: nobody votes on less than there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

from eth_hash.auto import keccak

from chain.artifacts import artifact
from chain.bindings import (
    application_registry,
    council,
    member_registry,
    network_permissions,
    opening_committee,
    procedure_book,
    supplier_registry,
    tender_board,
    validator_registry,
)
from chain.charter import class_words, read_class
from chain.errors.base import LicitaError
from chain.errors.chain import CallInvalid, CallUnknown
from chain.errors.council import (
    MemberUnknown,
    PhraseInvalid,
    PhraseUnknown,
    ValidatorAbsent,
    ValidatorPresent,
)
from chain.procurement.procedure import PRESETS, preset
from chain.rules import member_id, tender_id
from chain.transactions import Call, checksum
from chain.types import (
    ZERO32,
    ClassRules,
    DecisionClass,
    Kind,
    NodeKind,
    Procedure,
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
    later = re.fullmatch(r"in ([0-9]{1,6}) (second|minute|hour|day|month|year)s?", text)
    if later:
        return desk.now() + int(later[1]) * _HOURS[later[2]]
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return int(datetime.combine(date.fromisoformat(text), time(), UTC).timestamp())
        if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}Z", text):
            return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        pass
    raise _wrong(given, part, "2030-01-31, 2030-01-31T12:00:00Z or `in 30 days`")


def _member(given: Mapping[str, str], part: str = "member") -> bytes:
    return _named(given[part])


def _named(text: str) -> bytes:
    """The member or supplier that an org-id or a 0x id names."""
    return bytes.fromhex(text[2:]) if re.fullmatch(r"0x[0-9a-fA-F]{64}", text) else member_id(text)


def _bits(given: Mapping[str, str], part: str, flag: type[Kind]) -> int:
    bits = 0
    for word in given[part].split(","):
        if word not in flag.__members__:
            raise _wrong(given, part, ", ".join(flag.__members__))
        bits |= flag[word]
    return bits


def _enum(given: Mapping[str, str], part: str, kind: type[Sector] | type[DecisionClass]) -> int:
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
    data = (
        given["member"],
        given["name"],
        _enum(given, "sector", Sector),
        _bits(given, "kinds", Kind),
        _above(given),
    )
    return member_registry.admit(data, checksum(given["admin"]), _when(desk, given))


def _above(given: Mapping[str, str]) -> bytes:
    return ZERO32 if given["above"] in ("", "none") else _member(given, "above")


def _set_superior(_: Desk, given: Mapping[str, str]) -> Call:
    return member_registry.set_superior(_member(given), _above(given))


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


def _permit(desk: Desk, given: Mapping[str, str]) -> Call:
    kinds = {each.name: each for each in NodeKind if each is not NodeKind.NONE}
    if given["kind"] not in kinds:
        raise _wrong(given, "kind", ", ".join(kinds))
    return network_permissions.set_node(_hash(given, "key"), _member(given), int(kinds[given["kind"]]))


def _open_ceremony(_: Desk, given: Mapping[str, str]) -> Call:
    members = [_named(each) for each in given["members"].split(",")]
    dealers = [int(each) for each in given.get("dealers", "").split(",") if each]
    if any(dealer > 255 for dealer in dealers) or int(given["threshold"]) > 255:
        raise _wrong(given, "dealers", "seats from 1 to 16")
    parent = _hash(given, "parent") if given.get("parent") else ZERO32
    return opening_committee.open_ceremony(int(given["threshold"]), members, parent, dealers)


def _set_class(_: Desk, given: Mapping[str, str]) -> Call:
    decision = DecisionClass(_enum(given, "decision", DecisionClass))
    parts = {name: given[name] for name in ("consultation", "vote", "delay", "share")}
    rules, faults = read_class(decision, {**parts, "sectors": given["sectors"] or "none"})
    if rules is None:
        part, wanted = faults[0].split(": ", 1)
        raise _wrong(given, part, wanted)
    return council.set_class_rules(int(decision), rules.as_tuple())


def _classify(desk: Desk, given: Mapping[str, str]) -> Call:
    contract, _, function = given["function"].partition(".")
    try:
        selector = Call(contract, function, ()).codec.selector
        target = desk.addresses[contract]
    except (KeyError, LicitaError):
        raise _wrong(given, "function", "Contract.function of this network") from None
    return council.set_call_class(target, selector, _enum(given, "decision", DecisionClass))


_FORMS: tuple[tuple[str, str, _Build], ...] = (
    ("adopt procedure CODE vN", r"adopt procedure (?P<code>\S+) v(?P<version>[0-9]{1,5})", _adopt),
    ("retire procedure CODE vN", r"retire procedure (?P<code>[!-~]{1,16}) v(?P<version>[0-9]{1,5})", _retire),
    ("open ceremony of K of MEMBER,MEMBER,...", r"open ceremony of (?P<threshold>[0-9]{1,2}) of (?P<members>\S+)", _open_ceremony),
    ("reshare keyset KEYSET by SEAT,SEAT,... to K of MEMBER,MEMBER,...",
     rf"reshare keyset (?P<parent>{_HASH}) by (?P<dealers>[0-9,]{{1,50}}) to (?P<threshold>[0-9]{{1,2}}) of (?P<members>\S+)",
     _open_ceremony),
    ("retire keyset KEYSET", rf"retire keyset (?P<keyset>{_HASH})",
     lambda _, g: opening_committee.retire_keyset(_hash(g, "keyset"))),
    ('admit member ORG-ID "NAME" SECTOR KINDS admin ADDRESS until TIME [below MEMBER]',
     rf'admit member (?P<member>\S+) "(?P<name>[^"]+)" (?P<sector>\w+) (?P<kinds>[\w,]+) admin (?P<admin>{_ADDRESS})'
     rf" until (?P<until>.+?)(?: below (?P<above>{_MEMBER}))?", _admit),
    ("set sector of MEMBER to SECTOR", rf"set sector of (?P<member>{_MEMBER}) to (?P<sector>\w+)",
     lambda d, g: member_registry.set_sector(_member(g), _enum(g, "sector", Sector))),
    ("set kinds of MEMBER to KINDS", rf"set kinds of (?P<member>{_MEMBER}) to (?P<kinds>[\w,]+)",
     lambda d, g: member_registry.set_kinds(_member(g), _bits(g, "kinds", Kind))),
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
    ("expel member MEMBER", rf"expel member (?P<member>{_MEMBER})", lambda d, g: member_registry.expel(_member(g))),
    ("add validator ADDRESS of MEMBER", rf"add validator (?P<node>{_ADDRESS}) of (?P<member>{_MEMBER})", _add_validator),
    ("drop validator ADDRESS", rf"drop validator (?P<node>{_ADDRESS})", _drop_validator),
    ("set validators to ADDRESS=MEMBER,...", r"set validators to (?P<validators>\S+)", _set_validators),
    ("remove validator ADDRESS urgently until TIME", rf"remove validator (?P<node>{_ADDRESS}) urgently until (?P<until>{_WHEN})",
     _remove_validator),
    ("permit node KEY of MEMBER as KIND", rf"permit node (?P<key>{_HASH}) of (?P<member>{_MEMBER}) as (?P<kind>\w+)",
     _permit),
    ("forbid node KEY", rf"forbid node (?P<key>{_HASH})",
     lambda _, g: network_permissions.set_node(_hash(g, "key"), ZERO32, int(NodeKind.NONE))),
    ("seal application N until TIME", rf"seal application (?P<number>[0-9]{{1,9}}) until (?P<until>{_WHEN})",
     lambda d, g: application_registry.seal(int(g["number"]), _when(d, g))),
    ("refuse application N because SHA256", rf"refuse application (?P<number>[0-9]{{1,9}}) because (?P<reason>{_HASH})",
     lambda _, g: application_registry.refuse(int(g["number"]), _hash(g, "reason"))),
    ("revoke application N because SHA256", rf"revoke application (?P<number>[0-9]{{1,9}}) because (?P<reason>{_HASH})",
     lambda _, g: application_registry.revoke(int(g["number"]), _hash(g, "reason"))),
    ("suspend application N urgently until TIME", rf"suspend application (?P<number>[0-9]{{1,9}}) urgently until (?P<until>{_WHEN})",
     lambda d, g: application_registry.suspend(int(g["number"]), _when(d, g))),
    ("debar supplier SUPPLIER until TIME because SHA256",
     rf"debar supplier (?P<supplier>{_MEMBER}) until (?P<until>{_WHEN}) because (?P<reason>{_HASH})",
     lambda d, g: supplier_registry.debar(_named(g["supplier"]), _when(d, g), _hash(g, "reason"))),
    ("lift debarment of supplier SUPPLIER because SHA256",
     rf"lift debarment of supplier (?P<supplier>{_MEMBER}) because (?P<reason>{_HASH})",
     lambda _, g: supplier_registry.lift_debarment(_named(g["supplier"]), _hash(g, "reason"))),
    ("review tender NUMBER by MEMBER",
     rf"review tender (?P<tender>[0-9]{{1,9}}) by (?P<member>{_MEMBER})",
     lambda _, g: tender_board.replace_review_body(tender_id(int(g["tender"])), _member(g))),
    ("cancel proposal N", r"cancel proposal (?P<number>[0-9]{1,9})", _cancel),
    ("confirm urgency of N", r"confirm urgency of (?P<number>[0-9]{1,9})", lambda _, g: council.confirm_urgency(int(g["number"]))),
    ('set class CLASS consultation "PERIOD" vote "PERIOD" delay "PERIOD" share "SHARE" sectors "SECTORS"|none',
     r'set class (?P<decision>\w+) consultation "(?P<consultation>[^"]*)" vote "(?P<vote>[^"]*)" delay "(?P<delay>[^"]*)"'
     r' share "(?P<share>[^"]*)" sectors (?:none|"(?P<sectors>[^"]*)")', _set_class),
    ("classify CONTRACT.FUNCTION as CLASS", r"classify (?P<function>\w+\.\w+) as (?P<decision>\w+)", _classify),
)  # fmt: skip
FORMS = (*(form for form, _, _ in _FORMS), "call ADDRESS DATA")
"""Every form of a call, as the manual lists them; the last is for contracts that this program does not know."""

_COMPILED = tuple((re.compile(pattern), build) for _, pattern, build in _FORMS)
_RAW = re.compile(rf"call (?P<target>{_ADDRESS}) (?P<data>0x(?:[0-9a-fA-F]{{2}}){{4,}})(?: \(.*\))?")
"""What stands in parentheses is a remark."""


def outgoing(phrase: str, desk: Desk) -> Outgoing:
    """A phrase -> the call.

    Raises PhraseUnknown, PhraseInvalid, MemberUnknown, ValidatorAbsent, ValidatorPresent, CouncilNotFound, CallInvalid.
    """
    made, members = _read(phrase, desk)
    for name in members:
        member = _named(name)
        if desk.member_name(member) == to_hex(member):
            raise MemberUnknown(name[:200])
    return made


def _read(phrase: str, desk: Desk) -> tuple[Outgoing, list[str]]:
    """The call, and the members that its words name and that have to be there."""
    text = " ".join(phrase.split()) if '"' not in phrase else phrase.strip()
    if not text.isprintable():
        raise PhraseInvalid(ascii(text)[:200], "phrase", "letters that can be seen")
    raw = _RAW.fullmatch(text)
    if raw:
        return _raw(raw["target"], bytes.fromhex(raw["data"][2:]), text, desk), []
    for pattern, build in _COMPILED:
        found = pattern.fullmatch(text)
        if found:
            given = {name: value or "" for name, value in found.groupdict().items()}
            call = build(desk, {**given, "phrase": text})
            return Outgoing(desk.addresses[call.contract], call.data), _members_in(given)
    raise PhraseUnknown(text[:200], "; ".join(FORMS))


def _members_in(given: Mapping[str, str]) -> list[str]:
    # The member that a phrase with a name admits is not there yet.
    named = [given.get("above", ""), "" if "name" in given else given.get("member", "")]
    named += [each.partition("=")[2] for each in given.get("validators", "").split(",")]
    named += given.get("members", "").split(",")
    return [each for each in named if each not in ("", "none")]


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
    """A call -> words that ``outgoing`` reads to it; its bytes where no words do. Two forms tell less than the call, and say so:
    a procedure of other content than this program's, and the cancellation of a proposal.
    """
    contract = _contract_at(desk, call.target)
    if contract is None:
        return _bytes_of(call)
    try:
        known = Call.from_data(contract, call.data)
    except (CallUnknown, CallInvalid):
        return _bytes_of(call, f"which {contract} does not understand")
    if known.function == "cancel":
        return _cancellation(known, desk)
    told = _TOLD.get((contract, known.function))
    words = told(desk, known.args) if told else None
    if words is not None and (_reads_to(words, call, known, desk) or _is_adoption(known)):
        return words
    return _bytes_of(call, f"{contract}.{known.function}")


def _bytes_of(call: Outgoing, remark: str = "") -> str:
    return f"call {call.target} 0x{call.data.hex()}" + (f" ({remark})" if remark else "")


def _is_adoption(call: Call) -> bool:
    return (call.contract, call.function) == ("ProcedureBook", "adopt")


def _reads_to(words: str, call: Outgoing, known: Call, desk: Desk) -> bool:
    """Whether the words mean this call. The number of the decision that a validator set follows is not part of them."""
    try:
        read, _ = _read(words, desk)
    except LicitaError:
        return False
    first = 36 if known.contract == "ValidatorRegistry" else 4
    same = read.target == call.target and (read.data[:4], read.data[first:]) == (
        call.data[:4],
        call.data[first:],
    )
    return same and words.isprintable()


def _cancellation(call: Call, desk: Desk) -> str:
    """By what the proposal would do: its number is not in the call."""
    targets, _, datas, hashed = call.args
    inner = [
        "cancel another proposal" if data[:4] == call.data[:4] else describe(Outgoing(target, data), desk)
        for target, data in zip(targets, datas, strict=False)
    ]
    return f"cancel the proposal with description {to_hex(hashed)} to " + ("; ".join(inner) or "do nothing")


def _time(seconds: int) -> str:
    try:
        return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _words(bits: int, flag: type[Kind]) -> str:
    return ",".join(str(bit.name) for bit in flag if bits & bit)


def _name(kind: type[Sector] | type[NodeKind] | type[DecisionClass], value: int) -> str:
    return kind(value).name if value in list(kind) else str(value)


def _org(desk: Desk, member: bytes) -> str:
    """Its org-id where that names it in a phrase, else its 0x id."""
    name = desk.member_name(member)
    plain = name.isprintable() and re.fullmatch(r"[^\s,]+", name) and name != "none"
    return name if plain and _named(name) == member else to_hex(member)


def _adopted(_: Desk, args: Any) -> str:
    """By code and version alone only where all else is what this program has under this code."""
    procedure, text = Procedure(_code(args[0][0]), *args[0][1:]), args[1]
    words = f"adopt procedure {procedure.code} v{procedure.version}"
    if procedure.code not in PRESETS:
        return f"{words}, which this program does not have: text {to_hex(procedure.text_hash)}"
    mine = preset(procedure.code)
    ours = mine.version(procedure.version)
    other = [
        f"{name} {value}"
        for name, value in vars(procedure).items()
        if value != getattr(ours, name) and name != "text_hash"
    ]
    if text != mine.text or procedure.text_hash != ours.text_hash:
        other.append(f"text {to_hex(procedure.text_hash)}")
    return words + (f", but not as this program has it: {', '.join(other)}" if other else "")


def _class_told(_: Desk, args: Any) -> str:
    words = class_words(ClassRules(*args[1]))
    sectors = words.pop("sectors")
    parts = " ".join(f'{name} "{value}"' for name, value in words.items())
    quoted = sectors if sectors == "none" else f'"{sectors}"'
    return f"set class {_name(DecisionClass, args[0])} {parts} sectors {quoted}"


def _classified(desk: Desk, args: Any) -> str:
    target, selector, decision = args
    contract = _contract_at(desk, target)
    names = (
        []
        if contract is None
        else [each["name"] for each in artifact(contract).abi if each["type"] == "function"]
    )
    known = next(
        (name for name in names if Call(str(contract), name, ()).codec.selector == selector), to_hex(selector)
    )
    return f"classify {contract or target}.{known} as {_name(DecisionClass, decision)}"


def _code(value: bytes) -> str:
    return value.rstrip(b"\0").decode("latin-1")


def _validators_told(desk: Desk, listed: Any) -> str:
    return "set validators to " + ",".join(f"{node}={_org(desk, member)}" for node, member in listed)


def _ceremony_told(desk: Desk, args: Any) -> str:
    threshold, members, parent, dealers = args
    listed = f"{threshold} of {','.join(_org(desk, member) for member in members)}"
    if parent == ZERO32 and not dealers:
        return f"open ceremony of {listed}"
    return f"reshare keyset {to_hex(parent)} by {','.join(map(str, dealers))} to {listed}"


def _admitted(desk: Desk, args: Any) -> str:
    (org_id, name, sector, kinds, above), admin, until = args
    below = "" if above == ZERO32 else f" below {_org(desk, above)}"
    words = f"{_name(Sector, sector)} {_words(kinds, Kind)}"
    return f'admit member {org_id} "{name}" {words} admin {admin} until {_time(until)}{below}'


_Told = Callable[[Desk, Any], str]
_TOLD: dict[tuple[str, str], _Told] = {
    ("ProcedureBook", "adopt"): _adopted,
    ("ProcedureBook", "retire"): lambda _, a: f"retire procedure {_code(a[0])} v{a[1]}",
    ("OpeningCommittee", "openCeremony"): _ceremony_told,
    ("OpeningCommittee", "retireKeyset"): lambda _, a: f"retire keyset {to_hex(a[0])}",
    ("MemberRegistry", "admit"): _admitted,
    ("MemberRegistry", "setSector"): lambda d, a: f"set sector of {_org(d, a[0])} to {_name(Sector, a[1])}",
    ("MemberRegistry", "setKinds"): lambda d, a: f"set kinds of {_org(d, a[0])} to {_words(a[1], Kind)}",
    ("MemberRegistry", "setSuperior"): lambda d, a: f"set superior of {_org(d, a[0])} to {'none' if a[1] == ZERO32 else _org(d, a[1])}",
    ("MemberRegistry", "suspend"): lambda d, a: f"suspend member {_org(d, a[0])} until {_time(a[1])}",
    ("MemberRegistry", "suspendNow"): lambda d, a: f"suspend member {_org(d, a[0])} urgently until {_time(a[1])}",
    ("MemberRegistry", "suspendPerson"): lambda _, a: f"suspend person {a[0]} urgently until {_time(a[1])}",
    ("MemberRegistry", "recover"): lambda d, a: f"recover member {_org(d, a[0])} admin {a[1]} until {_time(a[2])}",
    ("MemberRegistry", "expel"): lambda d, a: f"expel member {_org(d, a[0])}",
    ("ValidatorRegistry", "setTarget"): lambda d, a: _validators_told(d, a[1]),
    ("ValidatorRegistry", "removeNow"): lambda _, a: f"remove validator {a[1]} urgently until {_time(a[2])}",
    ("NetworkPermissions", "setNode"): lambda d, a: (
        f"permit node {to_hex(a[0])} of {_org(d, a[1])} as {_name(NodeKind, a[2])}"
        if a[2]
        else f"forbid node {to_hex(a[0])}"
    ),
    ("ApplicationRegistry", "seal"): lambda _, a: f"seal application {a[0]} until {_time(a[1])}",
    ("ApplicationRegistry", "refuse"): lambda _, a: f"refuse application {a[0]} because {to_hex(a[1])}",
    ("ApplicationRegistry", "revoke"): lambda _, a: f"revoke application {a[0]} because {to_hex(a[1])}",
    ("ApplicationRegistry", "suspend"): lambda _, a: f"suspend application {a[0]} urgently until {_time(a[1])}",
    ("SupplierRegistry", "debar"): lambda _, a: (
        f"debar supplier {to_hex(a[0])} until {_time(a[1])} because {to_hex(a[2])}"
    ),
    ("SupplierRegistry", "liftDebarment"): lambda _, a: f"lift debarment of supplier {to_hex(a[0])} because {to_hex(a[1])}",
    ("TenderBoard", "replaceReviewBody"): lambda d, a: (
        f"review tender {int.from_bytes(a[0], 'big')} by {_org(d, a[1])}"
    ),
    ("Council", "confirmUrgency"): lambda _, a: f"confirm urgency of {a[0]}",
    ("Council", "setCallClass"): _classified,
    ("Council", "setClassRules"): _class_told,
}  # fmt: skip
