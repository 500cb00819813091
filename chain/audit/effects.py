"""What a call by the authority leaves on the chain: the events that each privileged function makes, given that it went through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.errors.chain import CallInvalid, CallUnknown
from chain.rules.hashes import member_id
from chain.transactions import Call
from chain.types import ZERO32, ClassRules, Procedure, Role, Validator, from_hex, to_hex

__all__ = ["PRIVILEGED", "Effect", "effects_of"]

PRIVILEGED = frozenset({
    "ApplicationRefused", "ApplicationRevoked", "ApplicationSealed", "ApplicationSuspended", "CallClassSet", "CeremonyOpened",
    "ClassRulesSet", "KeysetEnded", "MemberAdmitted", "MemberExpelled", "MemberKindsSet", "MemberRecovered", "MemberSectorSet",
    "MemberSuperiorSet", "MemberSuspended", "NodeSet", "PersonSuspended", "ProcedureAdopted", "ProcedureRetired",
    "ReviewBodyReplaced", "UrgencyConfirmed", "ValidatorRemoved", "ValidatorsTargeted",
})  # fmt: skip
"""Events that only the authority can cause; a sandbox's founder may open ceremonies besides, until a keyset is confirmed."""


@dataclass(frozen=True)
class Effect:
    """An event that a call makes. ``args``: those of its arguments that follow from the call alone, in the JSON of ``Event``."""

    name: str
    args: Mapping[str, Any]

    def differs(self, args: Mapping[str, Any]) -> str | None:
        """The first argument that is another one in an event; None where the event is this effect."""
        return next((name for name, value in self.args.items() if _plain(name, args[name]) != value), None)


def _plain(name: str, value: Any) -> Any:
    """Structs in the order of their fields, as calls have them."""
    if name == "procedure":
        return Procedure.from_args(value).as_tuple()
    if name == "rules":
        return ClassRules.from_args(value).as_tuple()
    if name == "validators":
        return tuple(Validator(each["node"], from_hex(each["member"])).as_tuple() for each in value)
    return value


def _admitted(args: Any) -> list[Effect]:
    (org_id, name, sector, kinds, superior), admin, mandate_end = args
    member = to_hex(member_id(org_id))
    admitted = {
        "member": member,
        "orgId": org_id,
        "name": name,
        "sector": sector,
        "kinds": kinds,
        "superior": to_hex(superior),
    }
    added = {"member": member, "account": admin, "roles": int(Role.ADMIN), "mandateEnd": mandate_end}
    return [Effect("MemberAdmitted", admitted), Effect("PersonAdded", added)]  # fmt: skip


def _ceremony(args: Any) -> list[Effect]:
    threshold, members, parent, dealers = args
    opened = {
        "threshold": threshold,
        "members": list(map(to_hex, members)),
        "parent": to_hex(parent),
        "dealers": list(dealers),
    }
    return [Effect("CeremonyOpened", opened)]


def _one(name: str, **places: int) -> Callable[[Any], list[Effect]]:
    """An event with arguments of the call: name -> place, fixed bytes as hex."""

    def effects(args: Sequence[Any]) -> list[Effect]:
        given = {argument: args[place] for argument, place in places.items()}
        shown = {
            argument: to_hex(value) if isinstance(value, bytes) else value
            for argument, value in given.items()
        }
        return [Effect(name, shown)]

    return effects


def _numbered(name: str, *, of: str = "id", **places: int) -> Callable[[Any], list[Effect]]:
    """As ``_one``, and the first argument is a wide number."""

    def effects(args: Sequence[Any]) -> list[Effect]:
        (made,) = _one(name, **places)(args)
        return [Effect(name, {of: str(args[0]), **made.args})]

    return effects


_EFFECTS: Mapping[tuple[str, str], Callable[[Any], list[Effect]]] = {
    ("ApplicationRegistry", "refuse"): _numbered("ApplicationRefused", reasonHash=1),
    ("ApplicationRegistry", "revoke"): _numbered("ApplicationRevoked", reasonHash=1),
    ("ApplicationRegistry", "seal"): _numbered("ApplicationSealed", until=1),
    ("ApplicationRegistry", "suspend"): _numbered("ApplicationSuspended", until=1),
    ("Council", "cancel"): lambda args: [Effect("ProposalCanceled", {})],
    ("Council", "confirmUrgency"): _numbered("UrgencyConfirmed"),
    ("Council", "setCallClass"): _one("CallClassSet", target=0, selector=1, decision=2),
    ("Council", "setClassRules"): _one("ClassRulesSet", decision=0, rules=1),
    ("MemberRegistry", "admit"): _admitted,
    ("MemberRegistry", "expel"): _one("MemberExpelled", member=0),
    ("MemberRegistry", "recover"): _one("MemberRecovered", member=0, account=1, mandateEnd=2),
    ("MemberRegistry", "setKinds"): _one("MemberKindsSet", member=0, kinds=1),
    ("MemberRegistry", "setSector"): _one("MemberSectorSet", member=0, sector=1),
    ("MemberRegistry", "setSuperior"): _one("MemberSuperiorSet", member=0, superior=1),
    ("MemberRegistry", "suspend"): _one("MemberSuspended", member=0, until=1),
    ("MemberRegistry", "suspendNow"): _one("MemberSuspended", member=0, until=1),
    ("MemberRegistry", "suspendPerson"): _one("PersonSuspended", account=0, until=1),
    ("NetworkPermissions", "setNode"): lambda args: [
        Effect(
            "NodeSet",
            {"key": to_hex(args[0]), "member": to_hex(args[1] if args[2] else ZERO32), "kind": args[2]},
        )
    ],
    ("OpeningCommittee", "openCeremony"): _ceremony,
    ("OpeningCommittee", "retireKeyset"): _one("KeysetEnded", keysetId=0),
    ("ProcedureBook", "adopt"): lambda args: [
        Effect(
            "ProcedureAdopted",
            {"code": to_hex(args[0][0]), "version": args[0][1], "procedure": args[0], "json": args[1]},
        )
    ],
    ("ProcedureBook", "retire"): _one("ProcedureRetired", code=0, version=1),
    ("TenderBoard", "replaceReviewBody"): _one("ReviewBodyReplaced", id=0, reviewBody=1),
    ("SupplierRegistry", "debar"): _one("SupplierDebarred", id=0, until=1, documentHash=2),
    ("SupplierRegistry", "liftDebarment"): _one("SupplierDebarmentLifted", id=0, documentHash=1),
    ("ValidatorRegistry", "removeNow"): _one("ValidatorRemoved", node=1, until=2),
    ("ValidatorRegistry", "setTarget"): _one("ValidatorsTargeted", validators=1),
}


def effects_of(contract: str, data: bytes) -> list[Effect] | None:
    """The privileged events of a call of ``contract``, in order: none for a function that is not privileged.

    None where the data are no call in the one encoding that this program reads: the contract may read them all the same.
    """
    try:
        call = Call.from_data(contract, data)
    except (CallInvalid, CallUnknown):
        return None
    found = _EFFECTS.get((contract, call.function))
    return [] if found is None else found(call.args)
