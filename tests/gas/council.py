"""Gas of the council's acts, in words: three proposals from the text to the execution, and what is done beside them.

The first proposal of all and the first of a member pay for slots that later ones find taken. Times go on as a real life does, so `world`
is months later afterwards.
"""

from __future__ import annotations

from dataclasses import replace

from chain.charter import charter
from chain.types import DecisionClass, Kind
from tests.contracts.proposals import (
    COUNCIL,
    Opened,
    Proposal,
    approve,
    execute,
    proposal,
    propose,
    propose_urgently,
    queue,
    retirement,
    vote,
    wait,
)
from tests.contracts.world import BUYER, DAY, World, calldata_selector, hash_of

PROPOSE, VOTE, EXECUTE, TRANSACTION = 400_000, 90_000, 150_000, 21_000
"""Budgets: a proposal of one call, a vote, an execution without its call; and what any transaction takes before it does anything."""

MEMBERSHIP = DecisionClass.MEMBERSHIP
FULL = 16
"""Calls of the longest proposal."""


def council(world: World) -> dict[str, int]:
    """Act -> gas used by its transaction. Leaves the world changed."""
    given = proposal(world, MEMBERSHIP, "x" * 300)
    kinds = int(Kind.BUYER | Kind.REVIEW_BODY)
    with world.undone():
        alone = world.send("authority", "MemberRegistry", "setKinds", BUYER, kinds).gas
    first = propose(world, given)
    later = propose(world, given.said("y" * 300))
    longest = propose(world, Proposal(given.calls * FULL, "z" * 8_192))
    report = propose(world, retirement(world, "r" * 300), who="delegate2")
    found = {
        "propose, the first of all: 1 call, 300 bytes": first.receipt.gas,
        "propose, with another one open: 1 call, 300 bytes": later.receipt.gas,
        "propose, with two others open: 16 calls, 8,192 bytes": longest.receipt.gas,
        "propose a procedure's retirement: 1 call, 300 bytes": report.receipt.gas,
    }
    found |= _spoken(world, report) | _voted(world, first)
    approve(world, longest)
    found["queue: 1 call"] = queue(world, first).gas
    found["queue: 16 calls"] = queue(world, longest).gas
    found["change a member's kinds as the authority, without a proposal"] = alone
    found["execute: 1 call, which changes a member's kinds"] = execute(world, first).gas
    return found | _cancelled(world) | _urgent(world) | _rules(world)


def _spoken(world: World, given: Opened) -> dict[str, int]:
    """What the Consultation records, and the queue that needs its report."""
    wait(world, given.start - 100)
    found = {}
    for what, who in (("the first of an organisation", "acme"), ("a later one", "acme")):
        record, text = hash_of(f"record {what}"), hash_of(what)
        found[f"comment, {what}"] = world.send(who, "Consultation", "comment", record, given.id, text).gas
    for batch, what in enumerate(("the first", "a later one")):
        anchored = world.send("operator", "Consultation", "anchor", given.id, batch, hash_of(what), 100)
        found[f"anchor a batch of comments, {what}"] = anchored.gas
    text, reason = hash_of("a later one"), hash_of("reason")
    found["hide a text"] = world.send("auditor", "Consultation", "hide", given.id, text, reason).gas
    wait(world, given.start)
    found["publish a report"] = world.send(
        "delegate2", "Consultation", "report", given.id, hash_of("report")
    ).gas
    vote(world, given, ("delegate1", "delegate2", "delegate3"))
    wait(world, given.end + 1)
    found["queue, where a report is needed: 1 call"] = queue(world, given).gas
    return found


def _voted(world: World, given: Opened) -> dict[str, int]:
    first, second, *_ = vote(world, given)
    return {"vote, the first on a proposal": first.gas, "vote, a later one": second.gas}


def _cancelled(world: World) -> dict[str, int]:
    given = propose(world, proposal(world, MEMBERSHIP, "to be cancelled"), who="delegate3")
    cancelled = world.send("delegate3", COUNCIL, "cancel", *given.proposal.key)
    return {"cancel, as its proposer: 1 call": cancelled.gas}


def _urgent(world: World) -> dict[str, int]:
    urgent = proposal(world, DecisionClass.EMERGENCY, "u" * 300)
    confirmation = proposal(world, MEMBERSHIP, "c" * 300)
    given, _ = propose_urgently(world, urgent, confirmation, who="delegate4")
    approve(world, given)
    queue(world, given)
    execute(world, given)
    confirmed = world.send("authority", COUNCIL, "confirmUrgency", given.id)
    return {
        "propose urgently, with its confirmation: 1 call each, 300 bytes each": given.receipt.gas,
        "confirm urgency": confirmed.gas,
    }


def _rules(world: World) -> dict[str, int]:
    rules = replace(charter("reference").rules_of(MEMBERSHIP), delay=6 * DAY).as_tuple()
    selector = calldata_selector("MemberRegistry", "setSector")
    classified = (world.addresses["MemberRegistry"], selector, int(MEMBERSHIP))
    return {
        "set the rules of a class": world.send("authority", COUNCIL, "setClassRules", MEMBERSHIP, rules).gas,
        "set the class of a call": world.send("authority", COUNCIL, "setCallClass", *classified).gas,
    }
