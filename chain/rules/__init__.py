"""The rules of the contracts as pure functions: they predict and explain, the contracts decide."""

from chain.rules.canonical import canonical
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts, tender_facts
from chain.rules.hashes import (
    SETUP_TYPE,
    TERMS_TYPE,
    act_hash,
    asker_tag,
    document_entry,
    documents_hash,
    lifted,
    member_id,
    record_id,
    setup_hash,
    tender_id,
    terms_hash,
)
from chain.rules.matching import ceilings, terms_match
from chain.rules.registry import (
    MAX_ACCOUNTS,
    MAX_DEBARMENT,
    MAX_LEVELS,
    MAX_PUBLIC_DATA,
    OWNERS_VALID,
    Free,
    check_debar,
    check_declare_owners,
    check_enrol_citizen,
    check_lift_debarment,
    check_register,
    check_set_accounts,
    check_set_active,
    independent,
    is_active,
    may,
    member_status,
    require_eligible,
)
from chain.rules.tenders import (
    DESKS,
    MAX_NOTE,
    MAX_NOTES_EACH,
    MAX_PERIOD,
    MAX_QUESTION,
    MAX_QUESTIONS,
    MAX_QUESTIONS_DESKS,
    MAX_QUESTIONS_EACH,
    MAX_TENDER,
    Caller,
    answered_deadline,
    check_amend,
    check_answer,
    check_ask,
    check_cancel,
    check_disclose_asker,
    check_note,
    check_publish,
    lot_status,
    tender_status,
)

__all__ = [
    "DESKS", "MAX_ACCOUNTS", "MAX_DEBARMENT", "MAX_LEVELS", "MAX_NOTE", "MAX_NOTES_EACH", "MAX_PERIOD",
    "MAX_PUBLIC_DATA", "MAX_QUESTION", "MAX_QUESTIONS", "MAX_QUESTIONS_DESKS", "MAX_QUESTIONS_EACH", "MAX_TENDER",
    "OWNERS_VALID", "SETUP_TYPE", "TERMS_TYPE", "Caller", "Free", "MemberFacts", "PersonFacts", "SupplierFacts",
    "act_hash", "answered_deadline", "asker_tag", "canonical", "ceilings", "check_amend", "check_answer", "check_ask",
    "check_cancel", "check_debar", "check_declare_owners", "check_disclose_asker", "check_enrol_citizen",
    "check_lift_debarment", "check_note", "check_publish", "check_register", "check_set_accounts", "check_set_active",
    "document_entry", "documents_hash", "independent", "is_active", "lifted", "lot_status", "may", "member_id",
    "member_status", "record_id", "require_eligible", "setup_hash", "tender_facts", "tender_id", "tender_status",
    "terms_hash", "terms_match",
]  # fmt: skip
