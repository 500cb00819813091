"""Tenders, questions and cancellations, from the events of TenderBoard: the facts that the contract stores, and the texts it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chain.recorder.index.content import dump, load, read_object
from chain.recorder.index.facts import facts_from, facts_of, facts_text, mark, move, stored_tender, tender_in
from chain.recorder.index.procedure_book import procedure_in
from chain.recorder.index.rows import Row, Rows
from chain.recorder.publish import ContentCheck
from chain.recorder.schema import (
    idx_cancellation,
    idx_note,
    idx_procedure,
    idx_question,
    idx_supplier,
    idx_tender,
)
from chain.rules import setup_hash, terms_hash
from chain.rules.deadlines import Clock
from chain.rules.tenders import clock_of
from chain.types import ZERO32, Event, TenderFacts, Terms, from_hex, to_hex

__all__ = ["REDUCERS", "TEXT_DIFFERS", "is_readable"]

TEXT_DIFFERS = "TermsHashDiffers"
"""Reason: the text is not the one whose hash the contract stored; it held bytes that are no UTF-8."""


_HIDDEN = to_hex(ZERO32)
"""Stands for the supplier while it is hidden who asked."""

_REPLACED = "\ufffd"
"""What stands for bytes that are no UTF-8."""


def is_readable(reasons: Sequence[str]) -> bool:
    """Whether a text with these reasons against it is a canonical JSON object all the same."""
    return not any(reason == TEXT_DIFFERS or reason.startswith("Json") for reason in reasons)


def _published(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args, terms = event.args, Terms.from_args(event.args["terms"])
    adopted = rows.get(idx_procedure, terms.procedure, terms.procedure_version)
    assert adopted is not None, "the contract takes an adopted procedure only"
    procedure = procedure_in(adopted)
    facts = TenderFacts(
        from_hex(args["buyer"]), from_hex(args["termsHash"]), terms.keyset_id, terms.review_body, setup_hash(terms.setup),
        terms.procedure, terms.procedure_version, terms.deadline, terms_version=1, questions=0, open_questions=0,
        lots=len(terms.setup.lots), currency=terms.currency, exponent=terms.exponent, four_eyes=procedure.four_eyes,
        envelopes=procedure.envelopes, panel=len(terms.setup.panel),
    )  # fmt: skip
    reasons = _judge_terms(event, terms, "", check)
    rows.put(idx_tender, {
        "number": tender_in(event), "buyer": args["buyer"], "record_id": args["recordId"], "facts": facts_text(facts),
        "block": event.block, "published_at": event.time, "transaction": event.transaction, **_text(event, reasons, ""),
        **mark(event),
    })  # fmt: skip
    return reasons


def _amended(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args, terms, row = event.args, Terms.from_args(event.args["terms"]), stored_tender(event, rows)
    known = facts_from(row["facts"])
    # The terms name a time; what is stored is the tender's own.
    paused = clock_of(known, Clock(event.time)).paused
    facts = replace(
        known, terms_hash=from_hex(args["termsHash"]), setup_hash=setup_hash(terms.setup), deadline=terms.deadline - paused,
        terms_version=args["termsVersion"], panel=len(terms.setup.panel), live_bids=0,
    )  # fmt: skip
    reasons = _judge_terms(event, terms, _good(row), check)
    rows.put(
        idx_tender, row | {"facts": facts_text(facts), **_text(event, reasons, _good(row)), **mark(event)}
    )
    return reasons


def _asked(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args, row = event.args, stored_tender(event, rows)
    facts = facts_from(row["facts"])
    move(
        event,
        rows,
        replace(facts, questions=args["question"], open_questions=facts.open_questions + 1),
    )
    reasons = _judge(event, _good(row), check)
    # A member that is a supplier as well is no desk: an asker that is no supplier is one.
    is_desk = rows.get(idx_supplier, args["supplier"]) is None
    supplier, desk = (_HIDDEN, args["supplier"]) if is_desk else (args["supplier"], "")
    rows.put(idx_question, {
        "tender": tender_in(event), "question": args["question"], "supplier": supplier, "desk": desk, "tag": args["tag"],
        "json": args["json"], "asked_at": event.time, "answer": None, "answered_at": None, "disclosed_at": None, "disclosed_by": "",
        "content_ok": int(not reasons), "reasons": dump(reasons),
        "cursor": f"{event.block}.{event.tx_index}.{event.log_index}",
    })  # fmt: skip
    return reasons


def _answered(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args, row = event.args, stored_tender(event, rows)
    facts = facts_from(row["facts"])
    move(
        event,
        rows,
        replace(facts, deadline=args["deadline"], open_questions=facts.open_questions - 1),
    )
    question = rows.get(idx_question, tender_in(event), args["question"])
    assert question is not None, "the contract takes an answer to a question it has"
    reasons = _judge(event, _good(row), check)
    both = (*load(question["reasons"]), *(f"answer: {reason}" for reason in reasons))
    answer = {
        "answer": args["json"],
        "answered_at": event.time,
        "content_ok": int(not both),
        "reasons": dump(both),
    }
    rows.put(idx_question, question | answer)
    return reasons


def _disclosed(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args, row = event.args, stored_tender(event, rows)
    rows.put(idx_tender, row | mark(event))
    question = rows.get(idx_question, tender_in(event), args["question"])
    assert question is not None, "the contract discloses the asker of a question it has"
    asker = {"supplier": args["supplier"], "disclosed_at": event.time, "disclosed_by": args["by"]}
    rows.put(idx_question, question | asker)
    return ()


def _noted(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args, row = event.args, stored_tender(event, rows)
    rows.put(idx_tender, row | mark(event))
    reasons = _judge(event, _good(row), check)
    rows.put(idx_note, {
        "tender": tender_in(event), "note": args["note"], "member": args["member"], "record_id": args["recordId"],
        "json": args["json"], "noted_at": event.time, "transaction": event.transaction, "content_ok": int(not reasons),
        "reasons": dump(reasons),
    })  # fmt: skip
    return reasons


def _cancelled(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args = event.args
    facts = replace(facts_of(event, rows), reason=args["reason"])
    waits = args["cancelsAt"] == 0
    if args["lot"] == 0:
        facts = replace(facts, cancels_at=args["cancelsAt"], consent_due=waits, stopped_at=event.time)
    else:
        facts = replace(
            facts, lots_cancelled=facts.lots_cancelled + 1, consents_due=facts.consents_due + waits,
            lots_cancelled_at=facts.lots_cancelled_at if waits else args["cancelsAt"],
        )  # fmt: skip
        if facts.lots_cancelled == facts.lots:
            facts = replace(facts, stopped_at=event.time)
    move(event, rows, facts)
    rows.put(idx_cancellation, {
        "tender": tender_in(event), "lot": args["lot"], "reason": args["reason"], "document_hash": args["documentHash"],
        "cancels_at": args["cancelsAt"], "proposed_at": event.time, "transaction": event.transaction, "consented_at": 0, "consent": "",
    })  # fmt: skip
    return ()


def _consented(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    args, facts = event.args, facts_of(event, rows)
    if args["lot"] == 0:
        facts = replace(facts, cancels_at=args["cancelsAt"], consent_due=False)
    else:
        facts = replace(facts, consents_due=facts.consents_due - 1, lots_cancelled_at=args["cancelsAt"])
    move(event, rows, facts)
    row = rows.get(idx_cancellation, tender_in(event), args["lot"])
    assert row is not None, "the contract takes consent to what was proposed"
    consent = {
        "cancels_at": args["cancelsAt"],
        "consented_at": event.time,
        "consent": args["documentHash"],
    }
    rows.put(idx_cancellation, row | consent)
    return ()


def _reviewed_by(event: Event, rows: Rows, check: ContentCheck) -> tuple[str, ...]:
    move(event, rows, replace(facts_of(event, rows), review_body=from_hex(event.args["reviewBody"])))
    return ()


def _judge_terms(event: Event, terms: Terms, good: str, check: ContentCheck) -> tuple[str, ...]:
    """Reasons against the text of a publication or an addendum."""
    text = event.args["json"]
    # The contract hashed the bytes it was sent, so only a text that was not read exactly can differ.
    if _REPLACED in text and terms_hash(terms, text.encode()) != from_hex(event.args["termsHash"]):
        return (TEXT_DIFFERS,)
    return _judge(event, good, check)


def _judge(event: Event, good: str, check: ContentCheck) -> tuple[str, ...]:
    """Reasons against the text of an event; ``good``: the last good text of the tender, "" if it never had one."""
    _, reasons = read_object(event.args["json"])
    return reasons or tuple(check(event, load(good) if good else None))


def _good(row: Row) -> str:
    return str(row["json"] if row["content_ok"] else row["good"])


def _text(event: Event, reasons: Sequence[str], good: str) -> Row:
    """``good`` is kept beside a bad text only."""
    return {
        "terms": dump(event.args["terms"]), "json": event.args["json"], "content_ok": int(not reasons), "reasons": dump(reasons),
        "good": good if reasons else "",
    }  # fmt: skip


REDUCERS = {
    "TenderPublished": _published,
    "TenderAmended": _amended,
    "QuestionAsked": _asked,
    "QuestionAnswered": _answered,
    "AskerDisclosed": _disclosed,
    "NoteRecorded": _noted,
    "CancellationProposed": _cancelled,
    "CancellationConsented": _consented,
    "ReviewBodyReplaced": _reviewed_by,
}
