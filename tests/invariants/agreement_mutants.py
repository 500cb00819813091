"""Contracts with one thing of agreements changed: each breaks an invariant of README.md, and the story has to say which."""

from __future__ import annotations

from tests.invariants.award_mutants import Mutant

__all__ = ["FIRST", "MUTANTS"]

BOOK = "AgreementBook"
MUTANTS = (
    Mutant(11, BOOK, "if (status == LotStatus.Final) return;", "if (status <= LotStatus.Final) return;"),
    Mutant(13, BOOK, "require(payment.amount <= left,", "require(payment.amount <= left + 1,"),
    Mutant(14, BOOK, "require(paid == WHOLE,", "require(paid <= WHOLE,"),
    # What a draft is refused for is asked again when it is signed: with whom, and at which price, hangs on one place.
    Mutant(15, BOOK, "== _awards.rankAt(tenderId, lot, facts.head) + 1;", "!= 0;"),
    Mutant(
        22, BOOK, "if (complete_ || side == Side.Supplier) _suppliers.requireEligible(stored.supplier);", ""
    ),
    Mutant(24, BOOK, "signedAt != 0 && signedAt <= limit;", "signedAt > limit;"),
    # 11: nothing is signed in suspension, under a complaint
    Mutant(11, BOOK, "bool stands = _complaints.watchOf(tenderId).suspendedAt != 0;", "bool stands = false;"),
    Mutant(
        11, BOOK,
        "require(signatures != pending.signatures, AgreementBookSignedTwice(agreement, side));\n        _requireMoving(stored.tenderId);",
        "require(signatures != pending.signatures, AgreementBookSignedTwice(agreement, side));",
    ),
    # 13: payments, reversals, changes by steps, a value below what is paid
    Mutant(13, BOOK, "stored.paid -= payment.amount;", ""),
    Mutant(13, BOOK, "_milestones[agreement][payment.milestone].paid -= payment.amount;", ""),
    Mutant(13, BOOK, "require(!payment.reversed,", "require(number != 0,"),
    Mutant(13, BOOK, "require(moved <= cap,", "require(moved <= cap + 1,"),
    Mutant(13, BOOK, "moved = reasoned ? stored.reasoned : stored.ordinary;", "moved = 0;"),
    Mutant(13, BOOK, "reasoned ? procedure.maxReasonedChangeBps : procedure.maxChangeBps;", "procedure.maxReasonedChangeBps;"),
    Mutant(13, BOOK, "require(each.paid <= amount,", "require(each.paid <= value,"),
    Mutant(13, BOOK, "require(paid <= rest,", "require(paid <= value,"),
    Mutant(
        13, BOOK, "(stored.value, stored.lastAmount) = (value, lastAmount);", "stored.value = value;"
    ),
    # 14: each kind, each milestone
    Mutant(14, BOOK, "require(delivered == WHOLE,", "require(delivered <= WHOLE,"),
    # 22: a supplier's signature, not only the second one; a change by which it gains
    Mutant(22, BOOK, "if (complete_ || side == Side.Supplier) _suppliers", "if (complete_) _suppliers"),
    Mutant(22, BOOK, "if (value > stored.value) _suppliers.requireEligible(stored.supplier);", ""),
    # 24: drafts are replaced, and end with what they were about
    Mutant(24, BOOK, "require(replaces == known,", "require(known == 0 && replaces == known,"),
    Mutant(24, BOOK, "if (known != 0) before.status = AgreementStatus.Dropped;", ""),
    Mutant(24, BOOK, "else _requireBuyer(stored);\n        _requireStatus", "else _requireReviewer(stored);\n        _requireStatus"),
)  # fmt: skip
"""A passage that is not in its source exactly once fails the test."""

FIRST = MUTANTS[:6]
"""One an invariant: each costs the compiler some seconds."""
