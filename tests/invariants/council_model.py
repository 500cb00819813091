"""What the council's contracts are expected to do: the rules over the rows that the events so far left, and the calls of the authority.

``chain.rules`` has what people do; what a resolution does is foreseen here, in the order of the contracts, because only they decide it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from chain.audit.effects import Effect, effects_of
from chain.errors.base import LicitaError
from chain.errors.contracts import (
    CouncilConfirmationKept,
    CouncilNotFound,
    CouncilRulesInvalid,
    CouncilStatusWrong,
    CouncilUnchanged,
    MemberRegistryAccountTaken,
    MemberRegistryExists,
    MemberRegistryHashZero,
    MemberRegistryKindsInvalid,
    MemberRegistryLastSeat,
    MemberRegistryMandateInvalid,
    MemberRegistryNotFound,
    MemberRegistryPersonNotFound,
    MemberRegistrySectorInvalid,
    MemberRegistryStatusWrong,
    MemberRegistrySuspensionInvalid,
    MemberRegistryUnchanged,
    ProcedureBookNotFound,
    ProcedureBookRetired,
    ValidatorRegistrySectorOver,
)
from chain.recorder.index import blocks as index
from chain.recorder.index.content import load
from chain.recorder.index.council_turn import resolution_in
from chain.recorder.index.member_registry import seat_at, seats_at
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.schema import (
    idx_account,
    idx_class,
    idx_comment,
    idx_council,
    idx_member,
    idx_person,
    idx_procedure,
    idx_proposal,
    idx_rules,
    idx_supplier,
    idx_vote,
)
from chain.rules import Caller, MemberFacts, PersonFacts, SupplierFacts, member_id, member_status
from chain.rules.consultation import organisation_of
from chain.rules.council import Seats, proposal_state, strictest
from chain.rules.members import MAX_MANDATE
from chain.transactions import Call
from chain.types import (
    ZERO32,
    ClassRules,
    DecisionClass,
    Event,
    Kind,
    MemberStatus,
    ProposalState,
    Resolution,
    Sector,
    from_hex,
    to_hex,
    unpadded,
)
from tests.contracts.world import DAY, SEATS, address

YEAR, MONTH = 365 * DAY, 30 * DAY
ALL_KINDS = int(~Kind(0))

_RULES = (
    "consultation", "votingPeriod", "delay", "numerator", "denominator", "strict", "sectors", "majority",
)  # fmt: skip


class Model:
    """Rows of the index, folded from the events alone."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self.rows = MemoryRows()
        self.addresses = addresses
        self.contract_at = {at: name for name, at in addresses.items()}

    def take(self, event: Event) -> None:
        """What an event changes."""
        reduce = index.REDUCERS.get(event.contract, {}).get(event.name)
        if reduce is not None:
            reduce(event, self.rows, lambda *_: ())

    # Members and people

    def member(self, member: bytes) -> MemberFacts:
        row = self.rows.get(idx_member, to_hex(member))
        if row is None:
            return MemberFacts()
        return MemberFacts(
            row["sector"], row["kinds"], row["suspended_until"], row["recoveries"], True, bool(row["left_at"]),
            from_hex(row["superior"]),
        )  # fmt: skip

    def person(self, account: str) -> PersonFacts:
        row = self.rows.get(idx_person, account)
        if row is None:
            return PersonFacts()
        return PersonFacts(
            from_hex(row["member"]), row["roles"], row["mandate_end"], row["suspended_until"], row["recoveries"]
        )  # fmt: skip

    def supplier_of(self, account: str) -> bytes:
        row = self.rows.get(idx_account, account)
        return ZERO32 if row is None else from_hex(row["supplier"])

    def caller(self, who: str) -> Caller:
        account = address(who)
        person = self.person(account)
        supplier = self.rows.get(idx_supplier, to_hex(self.supplier_of(account)))
        facts = SupplierFacts() if supplier is None else SupplierFacts(True, bool(supplier["active"]))
        return Caller(account, person, self.member(person.member), facts)

    def organisation(self, who: str, now: int) -> bytes:
        return organisation_of(self.caller(who), self.supplier_of(address(who)), now)

    def taken(self, account: str) -> bool:
        return (
            self.rows.get(idx_person, account) is not None or self.rows.get(idx_account, account) is not None
        )

    def members(self) -> Iterator[tuple[bytes, MemberFacts]]:
        for row in self.rows.all(idx_member):
            yield from_hex(row["id"]), self.member(from_hex(row["id"]))

    def seat(self, member: bytes, time: int) -> int:
        row = self.rows.get(idx_member, to_hex(member))
        return 0 if row is None else seat_at(row, time)

    def seats(self, time: int) -> Seats:
        return seats_at(self.rows.get(idx_council, 0), time)

    # Proposals

    def count(self) -> int:
        return sum(1 for _ in self.rows.all(idx_proposal))

    def row(self, number: int) -> Row | None:
        return self.rows.get(idx_proposal, number)

    def resolution(self, number: int) -> Resolution | None:
        row = self.row(number)
        return None if row is None else resolution_in(row)

    def seats_for(self, number: int) -> Seats:
        resolution = self.resolution(number)
        return (0, 0, 0, 0) if resolution is None else self.seats(resolution.vote_start)

    def state(self, number: int, now: int) -> ProposalState | None:
        resolution = self.resolution(number)
        return None if resolution is None else proposal_state(resolution, self.seats_for(number), now)

    def content(self, number: int) -> tuple[list[str], list[int], list[bytes], str]:
        """Targets, values, calldatas and description; of no proposal where there is none with this number."""
        row = self.row(number)
        if row is None:
            return [address("nobody")], [0], [b"none"], "none"
        calls = load(row["calls"])
        return (
            [call["target"] for call in calls], [0] * len(calls), [from_hex(call["data"]) for call in calls],
            row["description"],
        )  # fmt: skip

    def number_of(self, targets: list[str], datas: list[bytes], description: str) -> int:
        """The proposal with this content, 0 if none."""
        for number in range(1, self.count() + 1):
            known = self.content(number)
            if (known[0], known[2], known[3]) == (list(targets), list(datas), description):
                return number
        return 0

    def open_proposals(self, member: bytes, now: int) -> int:
        """Those that take a place: an urgent one does not."""
        return sum(
            row["member"] == to_hex(member)
            and row["decision"] != DecisionClass.EMERGENCY
            and (state := self.state(row["number"], now)) is not None
            and state.is_open
            for row in self.rows.all(idx_proposal)
        )

    def confirms(self, number: int) -> bool:
        """Whether it is the confirmation of an urgent proposal."""
        row = self.rows.get(idx_proposal, number)
        return row is not None and row["confirms"] != 0

    def class_of(self, target: str, data: bytes) -> DecisionClass:
        row = self.rows.get(idx_class, target, "0x" + data[:4].hex())
        return DecisionClass.CHARTER if row is None else DecisionClass(row["decision"])

    def class_of_all(self, targets: list[str], datas: list[bytes]) -> DecisionClass:
        return strictest(map(self.class_of, targets, datas))

    def rules(self, decision: DecisionClass) -> ClassRules:
        row = self.rows.get(idx_rules, int(decision))
        assert row is not None, "the charter has every class"
        return ClassRules.from_args(load(row["rules"]))

    def votes(self, number: int) -> int:
        return sum(row["proposal"] == number for row in self.rows.all(idx_vote))

    def comments(self, organisation: bytes) -> list[Row]:
        return [row for row in self.rows.all(idx_comment) if row["organisation"] == to_hex(organisation)]

    # Executions

    def executed(self, number: int, now: int) -> list[Effect]:
        """The events of an execution in order. Raises what the first call that cannot be done is refused with."""
        targets, _, datas, _ = self.content(number)
        after = copy.deepcopy(self)
        after._fold("Council", Effect("ProposalExecuted", {"proposalId": str(number)}), now)
        events: list[Effect] = []
        for place, (target, data) in enumerate(zip(targets, datas, strict=True)):
            contract = self.contract_at[target]
            for effect in after.decided(Call.from_data(contract, data), now):
                events.append(effect)
                after._fold(contract, effect, now)
            shown = {"index": str(place), "target": target, "value": "0", "data": to_hex(data)}
            events.append(Effect("CallExecuted", shown))
        return [*events, Effect("ProposalExecuted", {"proposalId": str(number)})]

    def decided(self, call: Call, now: int) -> list[Effect]:
        """The events of a call by the authority. Raises its refusal."""
        if call.function == "cancel":
            return self._cancelled(call, now)
        _REFUSALS[call.function](self, call.args, now)
        found = effects_of(call.contract, call.data)
        assert found is not None
        return found

    def _cancelled(self, call: Call, now: int) -> list[Effect]:
        targets, _, datas, hashed = call.args
        number = next(
            (each for each in range(1, self.count() + 1) if hashed_content(self.content(each)) == (targets, datas, hashed)), 0
        )  # fmt: skip
        state = self.state(number, now)
        if state is None:
            raise CouncilNotFound(0)
        if self.confirms(number):
            raise CouncilConfirmationKept(number)
        if not state.is_open:
            raise CouncilStatusWrong(number, state)
        cancelled = [Effect("ProposalCanceled", {"proposalId": str(number)})]
        return cancelled + ([Effect("Cancelled", {})] if state is ProposalState.QUEUED else [])

    def _fold(self, contract: str, effect: Effect, now: int) -> None:
        args = dict(effect.args)
        if "rules" in args:
            args["rules"] = dict(zip(_RULES, args["rules"], strict=True))
        self.take(Event(contract, effect.name, args, 0, now, "", 0, 0, ""))


def hashed_content(content: tuple[list[str], list[int], list[bytes], str]) -> tuple[Any, ...]:
    """Targets, calldatas and the hash of the description: what the contracts tell proposals apart by."""
    targets, _, datas, description = content
    return tuple(targets), tuple(datas), member_id(description)


# What the authority's calls are refused with, in the order of the contracts


def _known(model: Model, member: bytes) -> MemberFacts:
    facts = model.member(member)
    if not facts.exists:
        raise MemberRegistryNotFound(to_hex(member))
    return facts


def _not_left(member: bytes, facts: MemberFacts) -> None:
    if facts.left:
        raise MemberRegistryStatusWrong(to_hex(member), MemberStatus.LEFT)


def _leave_seat(model: Model, member: bytes, now: int) -> None:
    seat = model.seat(member, now)
    if seat and model.seats(now)[seat - 1] == 1:
        raise MemberRegistryLastSeat(seat - 1)


def _free(model: Model, account: str) -> None:
    if model.taken(account):
        raise MemberRegistryAccountTaken(account)


def _mandate(end: int, now: int) -> None:
    if not now < end <= now + MAX_MANDATE:
        raise MemberRegistryMandateInvalid(now, now + MAX_MANDATE, end)


def _suspension(until: int, longest: int, now: int) -> None:
    if not now < until <= now + longest:
        raise MemberRegistrySuspensionInvalid(now, now + longest, until)


def _admit(model: Model, args: Any, now: int) -> None:
    (org_id, name, sector, kinds, _), admin, end = args
    if model.member(member_id(org_id)).exists:
        raise MemberRegistryExists(to_hex(member_id(org_id)))
    _free(model, admin)
    if not name:
        raise MemberRegistryHashZero("name")
    if sector > max(Sector):
        raise MemberRegistrySectorInvalid(int(max(Sector)), sector)
    if not 0 < kinds <= ALL_KINDS:
        raise MemberRegistryKindsInvalid(ALL_KINDS, kinds)
    _mandate(end, now)


def _set_kinds(model: Model, args: Any, now: int) -> None:
    member, kinds = args
    facts = _known(model, member)
    if kinds == facts.kinds:
        raise MemberRegistryUnchanged("kinds")
    _not_left(member, facts)
    if not 0 < kinds <= ALL_KINDS:
        raise MemberRegistryKindsInvalid(ALL_KINDS, kinds)
    if not kinds & Kind.COUNCIL:
        _leave_seat(model, member, now)


def _set_sector(model: Model, args: Any, now: int) -> None:
    member, sector = args
    facts = _known(model, member)
    if sector == facts.sector:
        raise MemberRegistryUnchanged("sector")
    _not_left(member, facts)
    if sector > max(Sector):
        raise MemberRegistrySectorInvalid(int(max(Sector)), sector)
    _leave_seat(model, member, now)
    if member in SEATS:
        # They run the founding validators, one in each sector, where one is the most.
        raise ValidatorRegistrySectorOver(sector, 1, 2)


def _suspend(model: Model, args: Any, now: int) -> None:
    member, until = args
    facts = _known(model, member)
    if until == facts.suspended_until:
        raise MemberRegistryUnchanged("suspendedUntil")
    _not_left(member, facts)
    _suspension(until, YEAR, now)


def _suspend_now(model: Model, args: Any, now: int) -> None:
    member, until = args
    facts = _known(model, member)
    if until <= facts.suspended_until:
        raise MemberRegistryUnchanged("suspendedUntil")
    _not_left(member, facts)
    _suspension(until, MONTH, now)


def _suspend_person(model: Model, args: Any, now: int) -> None:
    account, until = args
    person = model.person(account)
    if person.member == ZERO32:
        raise MemberRegistryPersonNotFound(account)
    if until <= person.suspended_until:
        raise MemberRegistryUnchanged("suspendedUntil")
    _suspension(until, MONTH, now)


def _recover(model: Model, args: Any, now: int) -> None:
    member, admin, end = args
    _not_left(member, _known(model, member))
    if model.person(admin).member != member:
        _free(model, admin)
    _mandate(end, now)


def _expel(model: Model, args: Any, now: int) -> None:
    (member,) = args
    _not_left(member, _known(model, member))
    _leave_seat(model, member, now)


def _confirm_urgency(model: Model, args: Any, now: int) -> None:
    (number,) = args
    state, resolution = model.state(number, now), model.resolution(number)
    if state is None or resolution is None:
        raise CouncilNotFound(number)
    if state is not ProposalState.EXECUTED:
        raise CouncilStatusWrong(number, state)
    if resolution.decision is not DecisionClass.EMERGENCY:
        raise CouncilNotFound(number)


def _set_class_rules(model: Model, args: Any, now: int) -> None:
    decision, values = args
    given = ClassRules(*values)
    if given == model.rules(DecisionClass(decision)):
        raise CouncilUnchanged("rules")
    if max(given.consultation, given.delay) > YEAR:
        raise CouncilRulesInvalid("period")
    if not 0 < given.voting_period <= YEAR:
        raise CouncilRulesInvalid("votingPeriod")
    part, whole = given.numerator, given.denominator
    if not (2 * part >= whole > part if given.strict else 2 * part > whole >= part):
        raise CouncilRulesInvalid("share")
    if given.sectors > len(Sector):
        raise CouncilRulesInvalid("sectors")
    ordered = [given if each == decision else model.rules(each) for each in list(DecisionClass)[1:]]
    if not all(map(_rises, ordered, ordered[1:])):
        raise CouncilRulesInvalid("order")


def _rises(low: ClassRules, high: ClassRules) -> bool:
    """Whether a stricter class takes at least what a less strict one takes."""
    periods = all(
        getattr(high, name) >= getattr(low, name)
        for name in ("consultation", "voting_period", "delay", "sectors")
    )
    share = (Fraction(high.numerator, high.denominator), high.strict) >= (
        Fraction(low.numerator, low.denominator),
        low.strict,
    )
    return periods and share and high.majority >= low.majority


def _set_call_class(model: Model, args: Any, now: int) -> None:
    target, selector, decision = args
    row = model.rows.get(idx_class, target, to_hex(selector))
    if row is not None and row["decision"] == decision:
        raise CouncilUnchanged("decision")


def _retire(model: Model, args: Any, now: int) -> None:
    code, version = unpadded(to_hex(args[0])), args[1]
    row = model.rows.get(idx_procedure, code, version)
    if row is None:
        raise ProcedureBookNotFound(code, version)
    if row["retired"]:
        raise ProcedureBookRetired(code, version)


_REFUSALS: dict[str, Callable[[Model, Any, int], None]] = {
    "admit": _admit,
    "confirmUrgency": _confirm_urgency,
    "expel": _expel,
    "recover": _recover,
    "retire": _retire,
    "setCallClass": _set_call_class,
    "setClassRules": _set_class_rules,
    "setKinds": _set_kinds,
    "setSector": _set_sector,
    "suspend": _suspend,
    "suspendNow": _suspend_now,
    "suspendPerson": _suspend_person,
}


def refusal_of(check: Callable[[], object]) -> LicitaError | None:
    """What a check raises."""
    try:
        check()
    except LicitaError as error:
        return error
    return None


def active(model: Model, person: PersonFacts, now: int) -> bool:
    """Whether a person may act at all: member, mandate and suspension, said without ``rules.may``."""
    status = member_status(model.member(person.member), now)
    return status is MemberStatus.ACTIVE and person.suspended_until <= now < person.mandate_end
