"""chain/audit/decided.py and timelock.py: a lawful story of the council passes; forged, left out, reordered or changed it is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from eth_hash.auto import keccak

from chain.audit import Place
from chain.audit.decided import PRIVILEGED
from chain.audit.effects import effects_of
from chain.audit.lawful import Lawful
from chain.bindings import council, member_registry, supplier_registry
from chain.errors.audit import AuditRefusal
from chain.rules import canonical
from chain.rules.council import EXPIRY
from chain.rules.hashes import member_id
from chain.transactions import checksum
from chain.types import (
    AUTHORITY,
    ZERO32,
    DecisionClass,
    to_hex,
)
from tests.unit.council_story import (
    ADDRESSES,
    CHARTER,
    DAY,
    FOUNDING,
    MEMBERSHIP,
    OTHERS,
    REFERENCE,
    ROUTINE,
    SEATS,
    TOLD,
    Args,
    Story,
    Tx,
    account,
    called,
    events_of,
    founding,
    member,
    operation,
    procedure,
    rules_args,
)

pytestmark = pytest.mark.unit

NOTHING = to_hex(ZERO32)


def audit(txs: list[Tx]) -> Lawful:
    """All of a story past the audit. Raises AuditRefusal."""
    lawful = Lawful(31337)
    for place, (event, tx) in enumerate(events_of(txs), 1):
        if event.log_index == 0:
            lawful.close()
        lawful.apply(event, tx.sender, Place(event.block, str(place)), tx.created)
    lawful.close()
    return lawful


def refusal(txs: list[Tx]) -> str | None:
    """The rule that refuses a story, None where it passes."""
    try:
        audit(txs)
    except AuditRefusal as refused:
        return refused.rule
    return None


def changed(edit: Callable[[list[Tx]], None]) -> list[Tx]:
    txs = copy.deepcopy(TOLD.txs)
    edit(txs)
    return txs


def where(name: str, nth: int = 0) -> tuple[int, int]:
    """Place of the nth event of a name after the founding: transaction, event."""
    found = [place for place in everywhere() if TOLD.txs[place[0]].events[place[1]][1] == name]
    return found[nth]


def everywhere() -> Iterator[tuple[int, int]]:
    for at, tx in enumerate(TOLD.txs):
        if at >= FOUNDING:
            yield from ((at, place) for place in range(len(tx.events)))


def test_story__as_the_contracts_tell_it__passes_and_every_change_has_its_resolution() -> None:
    changes = audit(TOLD.txs).changes
    after = [(change.event.name, change.proposal) for change in changes if change.proposal is not None]
    assert after == [
        ("MemberAdmitted", 1), ("PersonAdded", 1), ("MemberKindsSet", 1), ("ProcedureAdopted", 2), ("MemberSuspended", 3),
        ("UrgencyConfirmed", 4), ("ProposalCanceled", 6),
    ]  # fmt: skip
    founding_ = [change.event.name for change in changes if change.proposal is None]
    assert len(founding_) == len(SEATS) + len(OTHERS) + 1 + len(DecisionClass) + len(REFERENCE.calls)


def test_story__every_act_through_a_contract__passes_and_is_named() -> None:
    """Nobody's account signs a transaction of its own: wallets, whose transactions strangers send, act for all."""
    lawful, stranger = Lawful(31337), account("stranger")
    for place, (event, tx) in enumerate(events_of(TOLD.txs), 1):
        if event.log_index == 0:
            lawful.close()
        call = b"" if tx.created else None
        lawful.apply(
            event, tx.sender if tx.created else stranger, Place(event.block, str(place)), tx.created, call
        )
    lawful.close()
    found = [text.split(": ")[2].split(" came")[0] for text in lawful.indirect()]
    direct = audit(TOLD.txs)
    assert direct.indirect() == []
    assert [(each.event.name, each.proposal) for each in lawful.changes] == [
        (each.event.name, each.proposal) for each in direct.changes
    ]
    assert {text.split(" by ")[0] for text in found} == {
        "ApplicationSubmitted", "BatchAnchored", "Commented", "FindingsRecorded", "MemberResigned", "PersonAdded", "PersonRemoved",
        "PersonRotated", "ProposalCanceled", "ProposalCreated", "ReportPublished", "ResolutionOpened", "TextHidden", "VoteCast",
    }  # fmt: skip
    assert f"VoteCast by {account('one')}" in found
    assert found.count("PersonAdded by a person of BUYER") == 1


# Left out: what nothing later contradicts is not missed here, but by the root of the block's receipts.
NOT_MISSED = {"CallSalt", "TextHidden", "Commented 2", "BatchAnchored 2", "MemberResigned", "FindingsRecorded", "VoteCast", "PersonRemoved",
              "ProposalCanceled own", "ReportPublished"}  # fmt: skip


def test_event__left_out__is_missed_wherever_anything_depends_on_it() -> None:
    passed = set()
    for at, place in everywhere():
        _, name, args = TOLD.txs[at].events[place]
        if refusal(changed(lambda txs, at=at, place=place: txs[at].events.pop(place))) is None:  # type: ignore[misc]
            own = " own" if name == "ProposalCanceled" and at == where("ProposalCanceled", 1)[0] else ""
            second = (
                " 2"
                if name in ("Commented", "BatchAnchored")
                and 2 in (args.get("batch"), int(args.get("comment", 0)))
                else ""
            )
            passed.add(name + own + second)
    assert passed <= NOT_MISSED, passed - NOT_MISSED


def test_event__twice__is_refused() -> None:
    for at, place in everywhere():
        name = TOLD.txs[at].events[place][1]

        def again(txs: list[Tx], at: int = at, place: int = place) -> None:
            txs[at].events.insert(place, copy.deepcopy(txs[at].events[place]))

        assert refusal(changed(again)) is not None or name == "CallSalt", (at, name)


def test_event__alone_and_by_a_stranger__is_refused() -> None:
    """Whatever stands in the story, nobody can have done it besides."""
    for at, place in everywhere():
        name = TOLD.txs[at].events[place][1]

        def forge(txs: list[Tx], at: int = at, place: int = place) -> None:
            event = copy.deepcopy(txs[at].events[place])
            txs.insert(at, Tx(account("stranger"), txs[at].now, [event]))

        assert refusal(changed(forge)) is not None or name == "CallSalt", (at, name)


def test_events__of_a_transaction_in_another_order__are_refused() -> None:
    for at, place in everywhere():
        events = TOLD.txs[at].events
        if place + 1 < len(events) and "CallSalt" not in (events[place][1], events[place + 1][1]):

            def swap(txs: list[Tx], at: int = at, place: int = place) -> None:
                events = txs[at].events
                events[place], events[place + 1] = events[place + 1], events[place]

            assert refusal(changed(swap)) is not None, (at, place, events[place][1])


FREE = {
    ("ApplicationSubmitted", "useCase"), ("ApplicationSubmitted", "name"), ("ApplicationSubmitted", "sourceHash"),
    ("ApplicationSubmitted", "recordId"), ("ApplicationSubmitted", "codeHashes"), ("BatchAnchored", "root"), ("BatchAnchored", "comments"),
    ("CallSalt", "id"), ("CallSalt", "salt"), ("Commented", "recordId"), ("Commented", "textHash"), ("FindingsRecorded", "checklistHash"),
    ("FindingsRecorded", "passed"), ("PersonAdded", "roles"), ("PersonAdded", "mandateEnd"), ("ProposalCreated", "description"),
    ("ReportPublished", "reportHash"), ("TextHidden", "reasonHash"), ("TextHidden", "textHash"), ("VoteCast", "reason"),
    ("VoteCast", "support"),
}  # fmt: skip
"""Arguments that the sender is free to choose, within limits that the next test keeps."""


def other(value: Any) -> Any:
    """Another value of the same form."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return value[:-1]
    if isinstance(value, dict):
        first = next(iter(value))
        return value | {first: other(value[first])}
    if value.isdecimal():
        return str(int(value) + 1)
    if value.startswith("0x"):
        flipped = value[:-1] + ("1" if value[-1] == "0" else "0")
        return checksum(flipped) if len(value) == 42 else flipped
    return value + "x"


def test_argument__changed__is_refused_unless_its_sender_chooses_it() -> None:
    passed = set()
    for at, place in everywhere():
        _, name, args = TOLD.txs[at].events[place]
        for argument in args:

            def edit(txs: list[Tx], at: int = at, place: int = place, argument: str = argument) -> None:
                args = txs[at].events[place][2]
                args[argument] = other(args[argument])

            if refusal(changed(edit)) is None:
                passed.add((name, argument))
    assert passed <= FREE, passed - FREE


# Each rule by its name


def set_args(name: str, nth: int = 0, **values: Any) -> Callable[[list[Tx]], None]:
    at, place = where(name, nth)
    return lambda txs: txs[at].events[place][2].update(values)


def set_tx(name: str, nth: int = 0, **values: Any) -> Callable[[list[Tx]], None]:
    at, _ = where(name, nth)
    return lambda txs: txs[at].__dict__.update(values)


def drop(name: str, nth: int = 0) -> Callable[[list[Tx]], None]:
    at, place = where(name, nth)
    return lambda txs: txs[at].events.pop(place) and None


def insert(
    before: str, sender: str, *events: tuple[str, str, Args], nth: int = 0
) -> Callable[[list[Tx]], None]:
    at, _ = where(before, nth)
    return lambda txs: txs.insert(at, Tx(account(sender), txs[at].now, copy.deepcopy(list(events))))


def append(name: str, *events: tuple[str, str, Args], nth: int = 0) -> Callable[[list[Tx]], None]:
    """More events at the end of a transaction."""
    at, _ = where(name, nth)
    return lambda txs: txs[at].events.extend(copy.deepcopy(list(events)))


KINDS_SET = ("MemberRegistry", "MemberKindsSet", {"member": member("BUYER"), "kinds": 511})
EXPEL = member_registry.expel(member_id("BUYER"))
VOTE = {"voter": account("one"), "proposalId": "1", "support": 1, "weight": "1", "reason": ""}
START_1, END_1, DELAY_1 = TOLD.opened[1]


def vote_of(who: str) -> tuple[str, str, Args]:
    return ("Council", "VoteCast", VOTE | {"voter": account(who)})


RULES: list[tuple[str, Callable[[list[Tx]], None], str]] = [
    ("a change that nobody decided", insert("VoteCast", "one", KINDS_SET), "undecided"),
    ("a change of the authority's own",
     insert("VoteCast", "one", KINDS_SET, (AUTHORITY, "CallExecuted", called(1, 0, EXPEL))), "event-CallExecuted:effects"),
    ("a call that no proposal made",
     insert("VoteCast", "one", (AUTHORITY, "CallExecuted", called(1, 0, council.relay(account("one"), 0, b"")))), "undecided"),
    ("one change more in an execution", append("ProposalExecuted", KINDS_SET), "undecided"),
    ("another change than the call's", set_args("MemberKindsSet", kinds=511), "event-MemberKindsSet:kinds"),
    ("another member than the call's", set_args("MemberKindsSet", member=member("BUYER")), "event-MemberKindsSet:member"),
    ("another procedure than the call's",
     set_args("ProcedureAdopted", procedure=procedure(2)["procedure"] | {"cancel_window": 9}), "event-ProcedureAdopted:procedure"),
    ("a change left out", drop("MemberKindsSet"), "event-CallExecuted:effects"),
    ("half of an admission", drop("PersonAdded"), "event-CallExecuted:effects"),
    ("a call of another contract", set_args("CallExecuted", target=ADDRESSES["Council"]), "undecided"),
    ("a call of a contract that changed nothing", set_args("CallExecuted", 3, target=ADDRESSES["ProcedureBook"]), "undecided"),
    ("other data than proposed", set_args("CallExecuted", data=to_hex(EXPEL.data)), "event-CallExecuted:effects"),
    ("other data of the same effect",
     set_args("CallExecuted", 3, data=to_hex(member_registry.suspend(member_id("FIVE"), 1).data)), "event-MemberSuspended:until"),
    ("a call with coin", set_args("CallExecuted", value="1"), "event-CallExecuted:value"),
    ("calls under another operation", set_args("CallExecuted", id=operation(2)), "event-ProposalExecuted:calls"),
    ("calls in another place", set_args("CallExecuted", index="1"), "event-ProposalExecuted:calls"),
    ("scheduled with other data", set_args("CallScheduled", data=to_hex(EXPEL.data)), "event-ProposalQueued:calls"),
    ("scheduled with another delay", set_args("CallScheduled", delay="0"), "event-CallScheduled:delay"),
    ("scheduled after another operation", set_args("CallScheduled", predecessor=operation(1)), "event-CallScheduled:predecessor"),
    ("scheduled and not queued", drop("ProposalQueued"), "undecided"),
    ("queued and not scheduled", drop("CallScheduled", 1), "event-ProposalQueued:calls"),
    ("executed and not said", drop("ProposalExecuted"), "undecided"),
    ("executed too early", set_tx("ProposalExecuted", now=END_1 + 10 + DELAY_1 - 1000), "unlawful-CouncilDelayed"),
    ("executed after it expired", set_tx("ProposalExecuted", now=END_1 + DELAY_1 + EXPIRY + 10), "unlawful-CouncilStatusWrong"),
    ("executed and never queued", lambda txs: txs.pop(where("ProposalQueued")[0]) and None, "unlawful-CouncilStatusWrong"),
    ("another eta than the delay", set_args("ProposalQueued", etaSeconds="5"), "event-ProposalQueued:etaSeconds"),
    ("queued before its vote ended", set_tx("ProposalQueued", now=END_1), "unlawful-CouncilStatusWrong"),
    ("queued after it expired", set_tx("ProposalQueued", now=END_1 + EXPIRY + 1), "unlawful-CouncilStatusWrong"),
    ("queued although defeated", set_args("VoteCast", 1, support=0), "unlawful-CouncilStatusWrong"),
    ("queued with a vote left out", drop("VoteCast"), "unlawful-CouncilStatusWrong"),
    ("queued without the report it needs", drop("ReportPublished", 1), "unlawful-CouncilReportMissing"),
    ("a vote of nobody", insert("VoteCast", "stranger", vote_of("stranger"), nth=1), "unlawful-CouncilRoleMissing"),
    ("a vote of no delegate", insert("VoteCast", "buyer", vote_of("buyer"), nth=1), "unlawful-CouncilRoleMissing"),
    ("a vote for another", set_args("VoteCast", voter=account("one")), "event-VoteCast:voter"),
    ("a second delegate's vote", insert("VoteCast", "one", vote_of("one"), nth=1), "unlawful-CouncilOnlyOnce"),
    ("a vote before the vote", set_tx("VoteCast", now=START_1), "unlawful-CouncilStatusWrong"),
    ("a vote after the vote", set_tx("VoteCast", 4, now=END_1 + 1), "unlawful-CouncilStatusWrong"),
    ("a vote of more weight", set_args("VoteCast", weight="2"), "event-VoteCast:weight"),
    ("a vote that is none", set_args("VoteCast", support=3), "unlawful-CouncilVoteInvalid"),
    ("a vote on nothing", set_args("VoteCast", proposalId="99"), "event-VoteCast:unknown"),
    ("a suspended member's vote",
     insert("VoteCast", "five", ("Council", "VoteCast", VOTE | {"voter": account("five"), "proposalId": "4"}), nth=12),
     "unlawful-CouncilRoleMissing"),
    ("proposed by no delegate", set_tx("ProposalCreated", sender=account("buyer")), "event-ProposalCreated:proposer"),
    ("proposed for another member", set_args("ResolutionOpened", member=member("TWO")), "event-ResolutionOpened:member"),
    ("a class that is less", set_args("ResolutionOpened", decision=int(ROUTINE)), "event-ResolutionOpened:decision"),
    ("rules of another class", set_args("ResolutionOpened", rules=rules_args(ROUTINE)), "event-ResolutionOpened:rules"),
    ("a vote that begins too early", set_args("ProposalCreated", voteStart=str(START_1 - 1)), "event-ProposalCreated:voteStart"),
    ("a vote that ends too early", set_args("ProposalCreated", voteEnd=str(END_1 - 1)), "event-ProposalCreated:voteEnd"),
    ("a report that is not needed any more", set_args("ResolutionOpened", 1, reportNeeded=False), "event-ResolutionOpened:reportNeeded"),
    ("other calls than those of its class",
     set_args("ProposalCreated", 1, calldatas=[to_hex(EXPEL.data)], targets=[ADDRESSES["MemberRegistry"]]),
     "event-ResolutionOpened:decision"),
    ("a call of the timelock", set_args("ProposalCreated", 1, targets=[ADDRESSES[AUTHORITY]]), "unlawful-CouncilCallInvalid"),
    ("a call without selector", set_args("ProposalCreated", 1, calldatas=["0x010203"]), "unlawful-CouncilCallInvalid"),
    ("coin", set_args("ProposalCreated", 1, values=["1"]), "event-ProposalCreated:values"),
    ("no text", set_args("ProposalCreated", description=""), "unlawful-CouncilTextLength"),
    ("no class", drop("ResolutionOpened"), "undecided"),
    ("a class of nothing", drop("ProposalCreated"), "event-ResolutionOpened:id"),
    ("a number left out", set_args("ProposalCreated", proposalId="2"), "event-ProposalCreated:proposalId"),
    ("urgent without a confirmation", lambda txs: txs[where("ProposalCreated", 2)[0]].events.__delitem__(slice(2, 4)), "undecided"),
    ("urgent with a confirmation of something else", set_args("ResolutionOpened", 3, confirms="0"), "event-ResolutionOpened:confirms"),
    ("a confirmation of nothing urgent", set_args("ResolutionOpened", 1, confirms="1"), "event-ResolutionOpened:confirms"),
    ("confirmed and not urgent", set_args("UrgencyConfirmed", id="1"), "event-UrgencyConfirmed:id"),
    ("confirmed and never executed", set_args("UrgencyConfirmed", id="5"), "event-UrgencyConfirmed:unknown"),
    ("cancelled by a stranger", set_tx("ProposalCanceled", 1, sender=account("two")), "undecided"),
    ("cancelled while it is voted on", set_tx("ProposalCanceled", 1, now=TOLD.opened[8][0] + 1), "undecided"),
    ("cancelled twice",
     insert("ProposalCanceled", "one", ("Council", "ProposalCanceled", {"proposalId": "5"}), nth=1), "event-ProposalCanceled:state"),
    ("cancelled and still scheduled", drop("Cancelled"), "undecided"),
    ("another operation cancelled", set_args("Cancelled", id=operation(4)), "event-Cancelled:id"),
    ("an operation cancelled alone", insert("VoteCast", "one", (AUTHORITY, "Cancelled", {"id": operation(1)})), "event-Cancelled:id"),
    ("a role of the timelock given",
     insert("VoteCast", "one", (AUTHORITY, "RoleGranted", {"role": NOTHING, "account": account("one"), "sender": account("one")})),
     "undecided"),
    ("a delay of the timelock changed",
     insert("VoteCast", "one", (AUTHORITY, "MinDelayChange", {"oldDuration": "0", "newDuration": "1"})), "undecided"),
    ("a comment for another", set_args("Commented", organisation=member("ONE")), "event-Commented:organisation"),
    ("a comment numbered otherwise", set_args("Commented", comment="2"), "event-Commented:comment"),
    ("a comment repeated", insert("BatchAnchored", "buyer", ("Consultation", "Commented", {
        "proposal": "1", "comment": "3", "organisation": member("BUYER"), "recordId": f"0x{7:064x}", "textHash": f"0x{8:064x}"})),
     "unlawful-ConsultationAlreadyRecorded"),
    ("a comment after the consultation", set_tx("Commented", 1, now=START_1 + 1), "unlawful-ConsultationStatusWrong"),
    ("a batch of no operator", set_tx("BatchAnchored", sender=account("one")), "unlawful-ConsultationRoleMissing"),
    ("a batch left out", drop("BatchAnchored"), "unlawful-ConsultationVersionWrong"),
    ("a batch of nothing", set_args("BatchAnchored", comments=0), "unlawful-ConsultationBatchInvalid"),
    ("hidden by no auditor", set_tx("TextHidden", sender=account("one")), "unlawful-ConsultationRoleMissing"),
    ("reported by another", set_tx("ReportPublished", sender=account("two")), "unlawful-ConsultationRoleMissing"),
    ("reported during the consultation", set_tx("ReportPublished", now=START_1), "unlawful-ConsultationStatusWrong"),
    ("a person added by no admin", set_tx("PersonAdded", 1, sender=account("second-one")), "undecided"),
    ("a supplier's account taken", set_args("PersonAdded", 1, account=account("acme")), "unlawful-MemberRegistryAccountTaken"),
    ("a person rotated to a supplier's account",
     set_args("PersonRotated", successor=account("acme")), "unlawful-MemberRegistryAccountTaken"),
    ("a person removed by a stranger", set_tx("PersonRemoved", sender=account("stranger")), "unlawful-MemberRegistryRoleMissing"),
    ("resigned for another", set_tx("MemberResigned", sender=account("two")), "event-MemberResigned:member"),
    ("the last seat of a sector resigned", lambda txs: txs[-1].__dict__.update(
        sender=account("two"), events=[("MemberRegistry", "MemberResigned", {"member": member("TWO")})]),
     "unlawful-MemberRegistryLastSeat"),
    ("an application of its own reviewed",
     set_args("ApplicationSubmitted", organisation=member("SCHOOL")), "event-ApplicationSubmitted:organisation"),
    ("reviewed twice",
     insert("FindingsRecorded", "school", TOLD.txs[where("FindingsRecorded")[0]].events[0], nth=1), "unlawful-ApplicationRegistryOnlyOnce"),
    ("findings of another sector", set_args("FindingsRecorded", sector=1), "event-FindingsRecorded:sector"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "rule"), [pytest.param(edit, rule, id=what) for what, edit, rule in RULES])
def test_story__with_something_unlawful__is_refused_by_its_rule(
    edit: Callable[[list[Tx]], None], rule: str
) -> None:
    assert refusal(changed(edit)) == rule


def test_proposal__repeated_word_for_word__is_refused() -> None:
    at = where("ProposalCreated", 1)[0]

    def again(txs: list[Tx]) -> None:
        first = txs[where("ProposalCreated")[0]]
        created, opened = copy.deepcopy(first.events)
        rules = REFERENCE.rules_of(MEMBERSHIP)
        start = txs[at].now + rules.consultation
        created[2].update(proposalId="2", voteStart=str(start), voteEnd=str(start + rules.voting_period))
        opened[2].update(id="2")
        txs.insert(at, Tx(first.sender, txs[at].now, [created, opened]))

    assert refusal(changed(again)) == "event-ProposalCreated:known"


def test_proposals__a_fourth_open_one_of_a_member__is_refused() -> None:
    story = Story()
    founding(story)
    for number in range(4):
        story.propose(MEMBERSHIP, member_registry.set_kinds(member_id("BUYER"), number + 2))
    assert refusal(story.txs[:-1]) is None
    assert refusal(story.txs) == "unlawful-CouncilProposalsFull"


def test_execution__that_leaves_a_sector_without_a_seat__is_refused() -> None:
    story = Story()
    founding(story)
    number = story.propose(MEMBERSHIP, member_registry.expel(member_id("TWO")))
    story.vote(number, "one", "three", "four")
    story.queue(number)
    story.execute(number, [("MemberRegistry", "MemberExpelled", {"member": member("TWO")})])
    assert refusal(story.txs[:-1]) is None
    assert refusal(story.txs) == "sector-without-seat"


def test_execution__of_one_proposal_inside_another__explains_each_its_own() -> None:
    """A resolution may execute another one: anyone may."""
    story = Story()
    founding(story)
    inner = story.propose(CHARTER, member_registry.set_sector(member_id("BUYER"), 3))
    hashed = bytes(keccak(canonical({"title": "1"})))
    execute = council.execute([ADDRESSES["MemberRegistry"]], [0], [story.calls[inner][0].data], hashed)
    outer = story.propose(CHARTER, execute, member_registry.expel(member_id("FIVE")))
    for number in (inner, outer):
        story.vote(number, "one", "two", "three", "four")
        story.report(number)
    story.queue(outer)
    story.queue(inner)
    sector = ("MemberRegistry", "MemberSectorSet", {"member": member("BUYER"), "sector": 3})
    nested = [
        sector,
        (AUTHORITY, "CallExecuted", called(inner, 0, story.calls[inner][0])),
        ("Council", "ProposalExecuted", {"proposalId": "1"}),
    ]
    story.execute(outer, nested, [("MemberRegistry", "MemberExpelled", {"member": member("FIVE")})])
    changes = [(each.event.name, each.proposal) for each in audit(story.txs).changes if each.proposal]
    assert changes == [("MemberSectorSet", 1), ("MemberExpelled", 2)]


ORDER = to_hex(b"\7" * 32)


def debarment(until: int) -> tuple[str, str, Args]:
    return (
        "SupplierRegistry",
        "SupplierDebarred",
        {"id": member("ACME"), "until": until, "documentHash": ORDER},
    )


def lifting() -> tuple[str, str, Args]:
    return "SupplierRegistry", "SupplierDebarmentLifted", {"id": member("ACME"), "documentHash": ORDER}


def test_debarment__by_a_reviewer_and_by_a_resolution__each_is_explained() -> None:
    """Either lifts what the other ordered; a change by a resolution has its proposal, a reviewer's own act none."""
    story = Story()
    founding(story)
    until = story.now + 100 * DAY
    story.add("court", debarment(until))
    number = story.propose(ROUTINE, supplier_registry.lift_debarment(member_id("ACME"), b"\7" * 32))
    story.vote(number, "one", "two", "three")
    story.queue(number)
    story.execute(number, [lifting()])
    number = story.propose(ROUTINE, supplier_registry.debar(member_id("ACME"), until, b"\7" * 32))
    story.vote(number, "one", "two", "three")
    story.queue(number)
    story.execute(number, [debarment(until)])
    story.add("court", lifting())
    changes = [(each.event.name, each.proposal) for each in audit(story.txs).changes if each.proposal]
    assert changes == [("SupplierDebarmentLifted", 1), ("SupplierDebarred", 2)]
    for name, args, rule in (
        ("SupplierDebarred", {"until": until - 1}, "event-SupplierDebarred:until"),
        (
            "SupplierDebarmentLifted",
            {"documentHash": to_hex(b"\6" * 32)},
            "event-SupplierDebarmentLifted:documentHash",
        ),
    ):
        forged = copy.deepcopy(story.txs)
        decided = [tx for tx in forged if tx.sender == account("anyone")]
        (found,) = (event for tx in decided for event in tx.events if event[1] == name)
        found[2].update(args)
        assert refusal(forged) == rule


def test_debarment__by_a_reviewer_that_is_a_contract__passes_and_is_named() -> None:
    story = Story()
    founding(story)
    story.add("stranger", debarment(story.now + DAY))
    assert refusal(story.txs) == "undecided"
    lawful = Lawful(31337)
    for event, tx in events_of(story.txs):
        call = None if event.name == "SupplierDebarred" else b""
        lawful.apply(event, tx.sender, Place(event.block), tx.created, call)
    lawful.close()
    (text,) = lawful.indirect()
    assert "SupplierDebarred by a person of COURT came through another contract" in text


def test_person__that_is_a_citizen__is_refused() -> None:
    story = Story()
    founding(story)
    enrolled = ("SupplierRegistry", "CitizenEnrolled", {"account": account("ana")})
    added = {"member": member("BUYER"), "account": account("ana"), "roles": 4, "mandateEnd": START_1 + DAY}
    story.add("office", enrolled)
    story.add("buyer", ("MemberRegistry", "PersonAdded", added))
    assert refusal(story.txs[:-1]) is None
    assert refusal(story.txs) == "unlawful-MemberRegistryAccountTaken"


def test_effects__of_every_privileged_function__are_privileged_events() -> None:
    assert effects_of("Council", council.relay(account("one"), 0, b"").data) == []
    assert effects_of("MemberRegistry", b"\1\2\3\4") is None
    assert effects_of("MemberRegistry", EXPEL.data + b"\0") is None
    (effect,) = effects_of("MemberRegistry", EXPEL.data) or []
    assert effect.name in PRIVILEGED and effect.differs({"member": member("BUYER")}) is None
    assert effect.differs({"member": member("ONE")}) == "member"
