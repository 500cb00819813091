"""Was each privileged change decided? The council's events held against the rules, and every change against a resolution.

Which calls a resolution made and which change each of them explains is ``chain.audit.timelock``'s.
"""

from __future__ import annotations

from collections.abc import Callable

from chain.audit.act import LOST, Act
from chain.audit.actor import Actor, Indirect, indirect_of, person_for, person_of_any
from chain.audit.effects import PRIVILEGED
from chain.audit.sealed.ceremonies import is_founding
from chain.audit.timelock import Change, Timelock
from chain.errors.base import LicitaError
from chain.recorder.index.content import load
from chain.recorder.index.council_turn import resolution_in
from chain.recorder.index.member_registry import seat_at, seats_at
from chain.recorder.index.rows import MemoryRows, Row
from chain.recorder.schema import (
    idx_account,
    idx_application,
    idx_batch,
    idx_citizen,
    idx_class,
    idx_comment,
    idx_council,
    idx_finding,
    idx_hidden,
    idx_member,
    idx_proposal,
    idx_rules,
    idx_validators,
    idx_vote,
)
from chain.rules.applications import ApplicationFacts, check_findings, check_submit
from chain.rules.consultation import (
    check_anchor,
    check_comment,
    check_hide,
    check_report,
    organisation_of,
)
from chain.rules.council import (
    Seats,
    check_execute,
    check_propose,
    check_queue,
    check_vote,
    delegate_of,
    proposal_state,
    strictest,
)
from chain.rules.members import check_add_person, check_remove_person, check_resign, check_rotate_person
from chain.rules.registry import is_active
from chain.types import (
    AUTHORITY,
    ZERO32,
    ClassRules,
    DecisionClass,
    ProposalState,
    Resolution,
    Role,
    from_hex,
    to_hex,
)

__all__ = ["PRIVILEGED", "Change", "Decided"]

_NO_ONE = to_hex(ZERO32)
_SELECTOR = len("0x") + 8
"""Characters of a selector."""


class Decided:
    """Takes the events of a whole chain in order, before each changes ``rows``."""

    def __init__(self, rows: MemoryRows) -> None:
        self.changes: list[Change] = []
        self.founder = ""
        self.indirect: list[Indirect] = []
        self._through: dict[Act, Actor] = {}
        self._rows = rows
        self._timelock = Timelock()
        self._created: Act | None = None
        self._urgent: Act | None = None
        self._transaction = ""
        self._addresses: dict[str, str] = {}
        self._checks: dict[str, Callable[[Act], None]] = {
            "BatchAnchored": self._anchored,
            "Commented": self._commented,
            "FindingsRecorded": self._reviewed,
            "ApplicationSubmitted": self._submitted,
            "MemberResigned": self._resigned,
            "PersonAdded": self._added,
            "PersonRemoved": self._removed,
            "PersonRotated": self._rotated,
            "ProposalCanceled": self._cancelled,
            "ProposalCreated": self._proposed,
            "ProposalExecuted": self._executed,
            "ProposalQueued": self._queued,
            "ReportPublished": self._reported,
            "ResolutionOpened": self._opened,
            "SupplierDebarmentLifted": self._ordered,
            "SupplierDebarred": self._ordered,
            "TextHidden": self._hidden,
            "UrgencyConfirmed": self._confirmed,
            "ValidatorsProved": self._proved,
            "VoteCast": self._voted,
        }

    def apply(self, act: Act, created: bool) -> None:
        """Refuses what the rules do not allow. Raises AuditRefusal, and the contracts' refusals by name."""
        event = act.event
        if event.transaction != self._transaction:
            self.close()
            self._transaction = event.transaction
        self._addresses[event.contract] = event.address
        self._timelock.knows(event)
        if created:
            if event.name in PRIVILEGED:
                self.changes.append(Change(event, None))
            return
        if event.contract == AUTHORITY:
            self._timelock.apply(act)
        elif is_founding(act, self.founder):
            self.changes.append(Change(event, None))
        elif event.name in PRIVILEGED:
            self._timelock.changed(act)
        # A panel casts votes, too.
        if event.contract != "EvaluationDesk" and (check := self._checks.get(event.name)) is not None:
            check(act)

    def close(self) -> None:
        """Ends a transaction. Raises AuditRefusal ``undecided``, ``unlawful-<error>``."""
        through, self._through = self._through, {}
        for act in self._timelock.close():
            if act in through:
                self._alone(act, through[act])
        if (left := self._created or self._urgent) is not None:
            what = "its class and rules" if left is self._created else "the proposal that confirms it"
            raise left.place.refusal("undecided", what, left.event.name)

    def _may_be_through(self, act: Act, actor: Actor | None) -> bool:
        """Whether a contract may have done it for somebody; what no resolution explains was done so."""
        if act.is_direct:
            return False
        if actor is not None:
            self._through[act] = actor
        return actor is not None

    def _alone(self, act: Act, actor: Actor) -> None:
        """What no resolution did, but a contract for a member. Raises AuditRefusal ``unlawful-<error>``."""
        sender, act.sender = act.sender, actor.account
        if act.event.name == "PersonAdded":
            try:
                self._check_added(act)
            except LicitaError as error:
                rule = f"unlawful-{error.error}"
                raise act.place.refusal(rule, "an act that the rules allow", str(error)) from error
        self.indirect.append(indirect_of(act, actor.who, sender))

    def _executed(self, act: Act) -> None:
        number, row, resolution = self._proposal(act)
        check_execute(number, resolution, self._seats(resolution), act.now)
        self.changes += self._timelock.executed(act, number, load(row["calls"]))
        council = self._rows.get(idx_council, 0)
        if council is not None and 0 in seats_at(council, act.now):
            raise act.place.refusal("sector-without-seat", "a seat in each sector", council["seats"])

    # Proposals

    def _proposal(self, act: Act) -> tuple[int, Row, Resolution]:
        number = int(act.args["proposalId"])
        row = act.known(idx_proposal, number)
        return number, row, resolution_in(row)

    def _seats(self, resolution: Resolution) -> Seats:
        return seats_at(self._rows.get(idx_council, 0), resolution.vote_start)

    def _state(self, number: int, now: int) -> ProposalState | None:
        row = self._rows.get(idx_proposal, number)
        if row is None:
            return None
        resolution = resolution_in(row)
        return proposal_state(resolution, self._seats(resolution), now)

    def _proposed(self, act: Act) -> None:
        args = act.args
        act.new(idx_proposal, int(args["proposalId"]))
        act.must("proposalId", str(sum(1 for _ in self._rows.all(idx_proposal)) + 1))
        member = act.caller().person.member
        act.must("proposer", act.sender)
        act.must("values", ["0"] * len(args["targets"]))
        act.must("signatures", [""] * len(args["targets"]))
        if len(args["calldatas"]) != len(args["targets"]):
            raise act.place.refusal(
                "event-ProposalCreated:calldatas", len(args["targets"]), len(args["calldatas"])
            )
        self._require_new(act)
        # An urgent proposal takes no place among the open ones of its member.
        states = [
            self._state(row["number"], act.now)
            for row in self._rows.all(idx_proposal)
            if row["member"] == to_hex(member) and row["decision"] != DecisionClass.EMERGENCY
        ]
        open_ones = sum(state is not None and state.is_open for state in states)
        timelock = self._addresses.get(AUTHORITY)
        sound = [
            target != timelock and len(data) >= _SELECTOR
            for target, data in zip(args["targets"], args["calldatas"], strict=True)
        ]
        check_propose(
            act.caller(), ZERO32, recorded=0, open_proposals=open_ones, size=len(act.text("description")), sound=sound,
            decision=DecisionClass.CHARTER, now=act.now,
        )  # fmt: skip
        self._created = act

    def _require_new(self, act: Act) -> None:
        """The same calls with the same text are proposed once."""
        args = act.args
        calls = [(target, data) for target, data in zip(args["targets"], args["calldatas"], strict=True)]
        for row in self._rows.all(idx_proposal):
            if row["description"] != args["description"] or LOST in args["description"]:
                continue
            if [(call["target"], call["data"]) for call in load(row["calls"])] == calls:
                raise act.place.refusal("event-ProposalCreated:known", "something new", row["number"])

    def _opened(self, act: Act) -> None:
        """Class, rules and periods are those that the calls had at this moment."""
        made, args = self._created, act.args
        if made is None or made.args["proposalId"] != args["id"]:
            raise act.place.refusal("event-ResolutionOpened:id", "the proposal just created", args["id"])
        self._created = None
        decision = strictest(map(self._class_of, made.args["targets"], made.args["calldatas"]))
        act.must("decision", int(decision))
        act.must("member", to_hex(act.caller().person.member))
        rules = load(act.known(idx_rules, int(decision))["rules"])
        act.must("rules", rules)
        touches = self._addresses.get("ProcedureBook") in made.args["targets"]
        act.must("reportNeeded", decision is DecisionClass.CHARTER or touches)
        start = act.now + ClassRules.from_args(rules).consultation
        made.must("voteStart", str(start))
        made.must("voteEnd", str(start + ClassRules.from_args(rules).voting_period))
        self._pair(act, decision)

    def _pair(self, act: Act, decision: DecisionClass) -> None:
        """An urgent proposal is followed by the one that confirms it."""
        urgent, self._urgent = self._urgent, None
        act.must("confirms", urgent.args["id"] if urgent else "0")
        if urgent and decision < DecisionClass.MEMBERSHIP:
            raise act.place.refusal("event-ResolutionOpened:decision", "MEMBERSHIP or CHARTER", decision.name)
        if decision is DecisionClass.EMERGENCY:
            self._urgent = act

    def _class_of(self, target: str, data: str) -> DecisionClass:
        row = self._rows.get(idx_class, target, data[:10])
        return DecisionClass.CHARTER if row is None else DecisionClass(row["decision"])

    def _voted(self, act: Act) -> None:
        act.must("voter", act.sender)
        act.must("weight", "1")
        number, _, resolution = self._proposal(act)
        caller = act.caller()
        member = self._rows.get(idx_member, to_hex(caller.person.member))
        seat = 0 if member is None else seat_at(member, resolution.vote_start)
        voted = self._rows.get(idx_vote, number, to_hex(caller.person.member)) is not None
        check_vote(
            caller, number, resolution, self._seats(resolution), act.args["support"], seat=seat, voted=voted,
            size=len(act.text("reason")), now=act.now,
        )  # fmt: skip

    def _queued(self, act: Act) -> None:
        number, row, resolution = self._proposal(act)
        check_queue(number, resolution, self._seats(resolution), row["report"] != _NO_ONE, act.now)
        act.must("etaSeconds", str(act.now + resolution.delay))
        self._timelock.queued(act, number, load(row["calls"]), resolution.delay)

    def _cancelled(self, act: Act) -> None:
        """By the proposer's member while it is pending, else by a resolution."""
        number, row, resolution = self._proposal(act)
        if row["confirms"]:
            raise act.place.refusal("event-ProposalCanceled:confirms", 0, row["confirms"])
        state = proposal_state(resolution, self._seats(resolution), act.now)
        if not state.is_open:
            raise act.place.refusal("event-ProposalCanceled:state", "an open proposal", state.word)
        own = act.is_direct and delegate_of(act.caller(), act.now) == resolution.member
        own = own or self._may_be_through(act, person_for(act, to_hex(resolution.member), Role.DELEGATE))
        self._timelock.changed(act, alone=own and state is ProposalState.PENDING)
        if state is ProposalState.QUEUED:
            self._timelock.cancelled(number)

    def _confirmed(self, act: Act) -> None:
        """What was decided urgently and executed."""
        row = act.known(idx_proposal, int(act.args["id"]))
        if row["decision"] != DecisionClass.EMERGENCY or not row["executed_at"]:
            raise act.place.refusal(
                "event-UrgencyConfirmed:id", "an executed EMERGENCY proposal", act.args["id"]
            )

    # Consultation

    def _commented(self, act: Act) -> None:
        args, number = act.args, int(act.args["proposal"])
        caller = act.caller()
        organisation = organisation_of(caller, act.supplier(), act.now)
        mine = [row for row in self._rows.all(idx_comment) if row["organisation"] == to_hex(organisation)]
        recorded = next((row["comment"] for row in mine if row["record_id"] == args["recordId"]), 0)
        check_comment(
            caller, organisation, number, self._state(number, act.now), from_hex(args["recordId"]), from_hex(args["textHash"]),
            recorded=recorded, comments=sum(row["proposal"] == number for row in mine),
        )  # fmt: skip
        act.must("organisation", to_hex(organisation))
        act.must("comment", str(sum(row["proposal"] == number for row in self._rows.all(idx_comment)) + 1))

    def _anchored(self, act: Act) -> None:
        args, number = act.args, int(act.args["proposal"])
        caller = act.caller()
        member = to_hex(caller.person.member)
        batches = sum(
            row["proposal"] == number and row["member"] == member for row in self._rows.all(idx_batch)
        )
        check_anchor(
            caller, number, self._state(number, act.now), args["batch"] - 1, from_hex(args["root"]), args["comments"],
            batches=batches, now=act.now,
        )  # fmt: skip
        act.must("member", member)

    def _reported(self, act: Act) -> None:
        number = int(act.args["proposal"])
        row = self._rows.get(idx_proposal, number)
        proposer = ZERO32 if row is None else from_hex(row["member"])
        reported = row is not None and row["report"] != _NO_ONE
        check_report(
            act.caller(), number, self._state(number, act.now), proposer, from_hex(act.args["reportHash"]), reported=reported,
            now=act.now,
        )  # fmt: skip

    def _hidden(self, act: Act) -> None:
        args, number = act.args, int(act.args["proposal"])
        hidden = self._rows.get(idx_hidden, number, args["textHash"]) is not None
        check_hide(
            act.caller(), number, self._state(number, act.now), from_hex(args["textHash"]), from_hex(args["reasonHash"]),
            hidden=hidden, now=act.now,
        )  # fmt: skip

    # Members and applications

    def _added(self, act: Act) -> None:
        """By an ADMIN of the member, or as the first ADMIN of a member that a resolution admits."""
        member = act.args["member"]
        if act.is_direct and act.caller().runs(from_hex(member), Role.ADMIN, act.now):
            self._check_added(act)
        else:
            self._timelock.changed(act, alone=self._may_be_through(act, person_for(act, member, Role.ADMIN)))

    def _check_added(self, act: Act) -> None:
        check_add_person(
            act.caller(), act.args["account"], act.args["roles"], act.args["mandateEnd"],
            taken=self._is_taken(act.args["account"]), now=act.now,
        )  # fmt: skip

    def _removed(self, act: Act) -> None:
        check_remove_person(act.caller(), act.args["account"], act.person(act.args["account"]), act.now)

    def _rotated(self, act: Act) -> None:
        account = act.args["account"]
        check_rotate_person(
            act.caller(), account, act.person(account), act.args["successor"],
            taken=self._is_taken(act.args["successor"]), now=act.now,
        )  # fmt: skip

    def _is_taken(self, account: str) -> bool:
        """Whether an account is a supplier's or a citizen's."""
        return any(self._rows.get(table, account) is not None for table in (idx_account, idx_citizen))

    def _ordered(self, act: Act) -> None:
        """A debarment or its end: by a REVIEWER, or by a resolution."""
        if not (act.is_direct and act.has(Role.REVIEWER)):
            self._timelock.changed(act, alone=self._may_be_through(act, person_of_any(act, Role.REVIEWER)))

    def _resigned(self, act: Act) -> None:
        act.must("member", to_hex(act.caller().person.member))
        row = act.known(idx_member, act.args["member"])
        seats = seats_at(self._rows.get(idx_council, 0), act.now)
        check_resign(act.caller(), seat_at(row, act.now), seats, act.now)

    def _submitted(self, act: Act) -> None:
        args, caller = act.args, act.caller()
        act.must("id", str(sum(1 for _ in self._rows.all(idx_application)) + 1))
        organisation = organisation_of(caller, act.supplier(), act.now)
        known = [
            row["number"]
            for row in self._rows.all(idx_application)
            if (row["organisation"], row["record_id"]) == (to_hex(organisation), args["recordId"])
        ]
        check_submit(
            caller, organisation, from_hex(args["recordId"]), args["useCase"], args["name"], list(map(from_hex, args["codeHashes"])),
            from_hex(args["sourceHash"]), from_hex(args["contact"]), recorded=known[0] if known else 0,
            contact_active=is_active(act.member(args["contact"]), 0, act.now),
        )  # fmt: skip
        act.must("organisation", to_hex(organisation))

    def _reviewed(self, act: Act) -> None:
        args, number = act.args, int(act.args["id"])
        row = act.known(idx_application, number)
        facts = ApplicationFacts(
            from_hex(row["organisation"]), row["sectors"], row["sealed_until"], row["suspended_until"], bool(row["refused"]),
            bool(row["revoked"]),
        )  # fmt: skip
        caller = act.caller()
        member = to_hex(caller.person.member)
        check_findings(
            caller, number, facts, from_hex(args["checklistHash"]), args["passed"], args["failed"],
            reviewed=self._rows.get(idx_finding, number, member) is not None, now=act.now,
        )  # fmt: skip
        act.must("member", member)
        act.must("sector", caller.member.sector)

    @staticmethod
    def _proved(act: Act) -> None:
        act.known(idx_validators, int(act.args["seq"]))
