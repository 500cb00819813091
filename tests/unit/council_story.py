"""A story of the council, as the contracts tell it in events: what the audit and the index are tried on without a chain."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from eth_hash.auto import keccak

from chain.bindings import council, member_registry, procedure_book
from chain.charter import charter
from chain.procurement.procedure import preset
from chain.rules import canonical
from chain.rules.hashes import member_id
from chain.transactions import Call, checksum
from chain.types import (
    AUTHORITY,
    CONTRACTS,
    ZERO32,
    DecisionClass,
    Event,
    Kind,
    Role,
    Sector,
    Vote,
    padded,
    to_hex,
)

START, DAY = 1_800_000_000, 86_400
ADDRESSES = {name: checksum(f"0x{number:040x}") for number, name in enumerate(CONTRACTS, 0x1000)}
REFERENCE = charter("reference")
NOTHING = to_hex(ZERO32)
EMERGENCY, ROUTINE, VALIDATOR, MEMBERSHIP, CHARTER = DecisionClass
Args = dict[str, Any]


def account(name: str) -> str:
    return checksum("0x" + keccak(name.encode())[12:].hex())


def member(name: str) -> str:
    return to_hex(member_id(name))


SEATS = {
    "ONE": Sector.PUBLIC,
    "TWO": Sector.INDUSTRY,
    "THREE": Sector.CIVIL_SOCIETY,
    "FOUR": Sector.ACADEMIA,
    "FIVE": Sector.PUBLIC,
}
"""Members with a seat; each has an ADMIN that is its delegate, named in lower case, and a second delegate."""

OTHERS = {
    "BUYER": (Kind.BUYER, Role.ADMIN | Role.OFFICER), "AUDIT": (Kind.AUDIT_OFFICE, Role.ADMIN | Role.AUDITOR),
    "NODES": (Kind.OPERATOR, Role.ADMIN | Role.OPERATOR), "SCHOOL": (Kind.EVALUATION, Role.ADMIN | Role.EVALUATOR),
    "WITNESS": (Kind.WITNESS, Role.ADMIN | Role.EVALUATOR), "COURT": (Kind.REVIEW_BODY, Role.ADMIN | Role.REVIEWER),
    "OFFICE": (Kind.REGISTRAR, Role.ADMIN | Role.REGISTRAR),
}  # fmt: skip


@dataclass
class Tx:
    """One transaction: who sent it, when, and its events as (contract, name, arguments)."""

    sender: str
    now: int
    events: list[tuple[str, str, Args]]
    created: bool = False


@dataclass
class Story:
    """Transactions in order, written as the contracts would; ``step`` names those of one act."""

    txs: list[Tx] = field(default_factory=list)
    now: int = START
    proposals: int = 0
    calls: dict[int, list[Call]] = field(default_factory=dict)
    opened: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Number -> start and end of its vote, delay."""

    def add(
        self, sender: str, *events: tuple[str, str, Args], created: bool = False, at: int | None = None
    ) -> None:
        self.now = self.now + 1 if at is None else at
        self.txs.append(Tx(account(sender), self.now, list(events), created))

    # Acts

    def proposed(
        self, sender: str, seat: str, decision: DecisionClass, calls: list[Call], confirms: int = 0
    ) -> list[tuple[str, str, Args]]:
        self.proposals += 1
        number, rules, now = self.proposals, REFERENCE.rules_of(decision), self.now + 1
        start = now + rules.consultation
        self.calls[number], self.opened[number] = calls, (start, start + rules.voting_period, rules.delay)
        targets = [ADDRESSES[call.contract] for call in calls]
        created = {
            "proposalId": str(number), "proposer": account(sender), "targets": targets, "values": ["0"] * len(calls),
            "signatures": [""] * len(calls), "calldatas": [to_hex(call.data) for call in calls], "voteStart": str(start),
            "voteEnd": str(start + rules.voting_period), "description": canonical({"title": f"{number}"}).decode(),
        }  # fmt: skip
        needed = decision is CHARTER or any(call.contract == "ProcedureBook" for call in calls)
        opened = {
            "id": str(number), "member": member(seat), "decision": int(decision), "rules": rules_args(decision), "reportNeeded": needed,
            "confirms": str(confirms),
        }  # fmt: skip
        return [("Council", "ProposalCreated", created), ("Council", "ResolutionOpened", opened)]

    def propose(self, decision: DecisionClass, *calls: Call, sender: str = "one", seat: str = "ONE") -> int:
        self.add(sender, *self.proposed(sender, seat, decision, list(calls)))
        return self.proposals

    def vote(self, number: int, *voters: str, support: Vote = Vote.FOR) -> None:
        self.now = max(self.now, self.opened[number][0])
        for voter in voters:
            vote = {
                "voter": account(voter),
                "proposalId": str(number),
                "support": int(support),
                "weight": "1",
                "reason": "because",
            }
            self.add(voter, ("Council", "VoteCast", vote))

    def queue(self, number: int) -> None:
        self.now = max(self.now, self.opened[number][1])
        delay = self.opened[number][2]
        scheduled = [
            (AUTHORITY, "CallScheduled", called(number, place, call) | {"predecessor": NOTHING, "delay": str(delay)})
            for place, call in enumerate(self.calls[number])
        ]  # fmt: skip
        salt = (AUTHORITY, "CallSalt", {"id": operation(number), "salt": operation(number)})
        queued = (
            "Council",
            "ProposalQueued",
            {"proposalId": str(number), "etaSeconds": str(self.now + 1 + delay)},
        )
        self.add("anyone", *scheduled, salt, queued)

    def execute(self, number: int, *effects: list[tuple[str, str, Args]]) -> None:
        self.now += self.opened[number][2]
        events: list[tuple[str, str, Args]] = []
        for place, (call, made) in enumerate(zip(self.calls[number], effects, strict=True)):
            events += [*made, (AUTHORITY, "CallExecuted", called(number, place, call))]
        self.add("anyone", *events, ("Council", "ProposalExecuted", {"proposalId": str(number)}))

    def report(self, number: int, sender: str = "one") -> None:
        report = {"proposal": str(number), "reportHash": f"0x{number:064x}"}
        self.add(sender, ("Consultation", "ReportPublished", report))


def rules_args(decision: DecisionClass) -> Args:
    names = (
        "consultation",
        "votingPeriod",
        "delay",
        "numerator",
        "denominator",
        "strict",
        "sectors",
        "majority",
    )
    return dict(zip(names, REFERENCE.rules_of(decision).as_tuple(), strict=True))


def operation(number: int) -> str:
    return to_hex(keccak(f"operation {number}".encode()))


def called(number: int, place: int, call: Call) -> Args:
    return {
        "id": operation(number), "index": str(place), "target": ADDRESSES[call.contract], "value": "0", "data": to_hex(call.data)
    }  # fmt: skip


def founding(story: Story) -> None:
    """What the constructors do."""
    admitted, added = [], []
    for name, sector in SEATS.items():
        admitted.append((name, sector, Kind.COUNCIL))
        added += [
            (name.lower(), name, Role.ADMIN | Role.DELEGATE),
            (f"second-{name.lower()}", name, Role.DELEGATE),
        ]
    for place, (name, (kind, roles)) in enumerate(OTHERS.items()):
        admitted.append((name, Sector(place % 4), kind))
        added.append((name.lower(), name, roles))
    registry = [("MemberRegistry", "MemberAdmitted", {
        "member": member(name), "orgId": name, "name": name.title(), "sector": int(sector), "kinds": int(kinds), "superior": NOTHING
    }) for name, sector, kinds in admitted]  # fmt: skip
    registry += [("MemberRegistry", "PersonAdded", {
        "member": member(name), "account": account(who), "roles": int(roles), "mandateEnd": START + 1_000 * DAY
    }) for who, name, roles in added]  # fmt: skip
    classes = [
        ("Council", "ClassRulesSet", {"decision": int(each), "rules": rules_args(each)})
        for each in DecisionClass
    ]
    classes += [("Council", "CallClassSet", {
        "target": ADDRESSES[call.contract], "selector": to_hex(Call(call.contract, call.function, ()).codec.selector),
        "decision": int(call.decision),
    }) for call in REFERENCE.calls]  # fmt: skip
    granted = (
        AUTHORITY,
        "RoleGranted",
        {"role": NOTHING, "account": ADDRESSES["Council"], "sender": account("deployer")},
    )
    adopted = ("ProcedureBook", "ProcedureAdopted", procedure(1))
    supplier = (
        "SupplierRegistry",
        "SupplierRegistered",
        {"id": member("ACME"), "accounts": [account("acme")], "json": "{}"},
    )
    for events in (registry, [adopted], [granted], classes):
        story.add("deployer", *events, created=True)
    story.add("buyer", supplier)


def procedure(version: int) -> Args:
    made = preset("sandbox").version(version)
    code = to_hex(padded("sandbox", 16))
    values = {name: getattr(made, name) for name in vars(made)} | {
        "code": code,
        "text_hash": to_hex(made.text_hash),
    }
    return {"code": code, "version": version, "procedure": values, "json": preset("sandbox").text}


def adoption(version: int) -> Call:
    return procedure_book.adopt(preset("sandbox").version(version).as_tuple(), preset("sandbox").text)


def cancellation(story: Story, number: int) -> Call:
    calls = story.calls[number]
    description = canonical({"title": f"{number}"})
    return council.cancel(
        [ADDRESSES[call.contract] for call in calls], [0] * len(calls), [call.data for call in calls], bytes(keccak(description))
    )  # fmt: skip


NEW = ("NEW", "New", int(Sector.PUBLIC), int(Kind.BUYER), ZERO32)


def told() -> Story:
    """A lawful story with every kind of event of the council's contracts."""
    story, now = Story(), START
    founding(story)
    # 1 MEMBERSHIP: an admission, whose two events belong to one call, and a second call; consulted, commented, reported.
    first = story.propose(
        MEMBERSHIP, member_registry.admit(NEW, account("new"), now + 500 * DAY), member_registry.set_kinds(member_id("NODES"), 9)
    )  # fmt: skip
    comment = {
        "proposal": "1",
        "comment": "1",
        "organisation": member("BUYER"),
        "recordId": f"0x{7:064x}",
        "textHash": f"0x{8:064x}",
    }
    story.add("buyer", ("Consultation", "Commented", comment))
    of_supplier = comment | {"comment": "2", "organisation": member("ACME")}
    story.add("acme", ("Consultation", "Commented", of_supplier))
    batch = {"proposal": "1", "member": member("NODES"), "batch": 1, "root": f"0x{9:064x}", "comments": 3}
    story.add("nodes", ("Consultation", "BatchAnchored", batch))
    story.add("nodes", ("Consultation", "BatchAnchored", batch | {"batch": 2}))
    hidden = {"proposal": "1", "textHash": f"0x{8:064x}", "reasonHash": f"0x{10:064x}"}
    story.add("audit", ("Consultation", "TextHidden", hidden))
    story.vote(first, "second-one", "two", "three")
    story.vote(first, "four", support=Vote.AGAINST)
    story.vote(first, "five", support=Vote.ABSTAIN)
    story.report(first)
    story.queue(first)
    admitted = {
        "member": member("NEW"),
        "orgId": "NEW",
        "name": "New",
        "sector": 0,
        "kinds": 1,
        "superior": NOTHING,
    }
    added = {"member": member("NEW"), "account": account("new"), "roles": 1, "mandateEnd": now + 500 * DAY}
    story.execute(
        first, [("MemberRegistry", "MemberAdmitted", admitted), ("MemberRegistry", "PersonAdded", added)],
        [("MemberRegistry", "MemberKindsSet", {"member": member("NODES"), "kinds": 9})],
    )  # fmt: skip
    # 2 ROUTINE about a procedure: reported, or it could not be queued.
    second = story.propose(ROUTINE, adoption(2), sender="two", seat="TWO")
    story.vote(second, "one", "two", "four")
    story.report(second, "two")
    story.queue(second)
    story.execute(second, [("ProcedureBook", "ProcedureAdopted", procedure(2))])
    # 3 EMERGENCY with 4 that confirms it.
    until = story.now + 20 * DAY
    urgent = story.proposed("one", "ONE", EMERGENCY, [member_registry.suspend_now(member_id("FIVE"), until)])
    confirmation = story.proposed("one", "ONE", MEMBERSHIP, [council.confirm_urgency(3)], confirms=3)
    story.add("one", *urgent, *confirmation)
    story.vote(3, "one", "two", "three", "four")
    story.queue(3)
    story.execute(3, [("MemberRegistry", "MemberSuspended", {"member": member("FIVE"), "until": until})])
    story.vote(4, "one", "two", "three")
    story.queue(4)
    story.execute(4, [("Council", "UrgencyConfirmed", {"id": "3"})])
    # 5 is queued and cancelled by 6, which 7 confirms; 8 is cancelled by its proposer.
    fifth = story.propose(ROUTINE, procedure_book.retire(padded("sandbox", 16), 1), sender="two", seat="TWO")
    story.vote(fifth, "one", "two", "three")
    story.report(fifth, "two")
    story.queue(fifth)
    cancelling = story.proposed("one", "ONE", EMERGENCY, [cancellation(story, fifth)])
    confirming = story.proposed("one", "ONE", MEMBERSHIP, [council.confirm_urgency(6)], confirms=6)
    story.add("one", *cancelling, *confirming)
    story.vote(6, "one", "two", "three", "four")
    story.queue(6)
    story.execute(
        6,
        [
            ("Council", "ProposalCanceled", {"proposalId": "5"}),
            (AUTHORITY, "Cancelled", {"id": operation(5)}),
        ],
    )
    eighth = story.propose(CHARTER, member_registry.set_sector(member_id("BUYER"), 1))
    story.add("second-one", ("Council", "ProposalCanceled", {"proposalId": str(eighth)}))
    # People and applications.
    person = {
        "member": member("BUYER"),
        "account": account("clerk"),
        "roles": int(Role.OFFICER),
        "mandateEnd": story.now + 50 * DAY,
    }
    story.add("buyer", ("MemberRegistry", "PersonAdded", person))
    moved = {"member": member("BUYER"), "account": account("clerk"), "successor": account("clerk-2")}
    story.add("buyer", ("MemberRegistry", "PersonRotated", moved))
    story.add(
        "buyer",
        ("MemberRegistry", "PersonRemoved", {"member": member("BUYER"), "account": account("clerk-2")}),
    )
    submitted = {
        "id": "1", "organisation": member("ACME"), "recordId": f"0x{11:064x}", "useCase": "u", "name": "n", "codeHashes": [f"0x{1:064x}"],
        "sourceHash": f"0x{2:064x}", "contact": member("BUYER"),
    }  # fmt: skip
    story.add("acme", ("ApplicationRegistry", "ApplicationSubmitted", submitted))
    for who, sector in (("school", 3), ("witness", 0)):
        findings = {
            "id": "1",
            "member": member(who.upper()),
            "sector": sector,
            "checklistHash": f"0x{3:064x}",
            "passed": 5,
            "failed": 2,
        }
        story.add(who, ("ApplicationRegistry", "FindingsRecorded", findings))
    story.add("five", ("MemberRegistry", "MemberResigned", {"member": member("FIVE")}), at=until + 1)
    return story


def events_of(txs: list[Tx]) -> list[tuple[Event, Tx]]:
    """The events in order, a block for each transaction, numbered from 1."""
    found = []
    for block, tx in enumerate(txs, 1):
        for place, (contract, name, args) in enumerate(tx.events):
            at = ADDRESSES[contract]
            event = Event(contract, name, copy.deepcopy(args), block, tx.now, f"0x{block:064x}", 0, place, at)
            found.append((event, tx))
    return found


TOLD = told()
FOUNDING = 5
"""Transactions before the first act of the council."""
