"""The tables, one definition for every database. ``idx_*`` are made from blocks alone and may be dropped; the others are evidence.

In idx tables hashes and ids are ``0x`` hex, addresses checksum hex, JSON canonical text, times unix seconds; there is no wall clock, no
local id and no float, so the rows of two nodes are equal byte for byte.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy.schema import CreateTable

__all__ = [
    "END", "INDEX_VERSION", "attempt", "epoch", "event_log", "idx_account", "idx_act", "idx_agreement", "idx_application",
    "idx_asked", "idx_ballot", "idx_batch", "idx_block", "idx_cancellation", "idx_change", "idx_citizen", "idx_class",
    "idx_comment", "idx_complaint", "idx_council", "idx_decision", "idx_due", "idx_evaluation", "idx_finding", "idx_halt",
    "idx_hidden", "idx_log", "idx_lot", "idx_member", "idx_milestone", "idx_node", "idx_note", "idx_opinion", "idx_payment",
    "idx_person", "idx_procedure", "idx_process", "idx_proposal", "idx_question", "idx_rating", "idx_release", "idx_result",
    "idx_rules", "idx_score", "idx_security", "idx_supplier", "idx_tender", "idx_tx", "idx_validators", "idx_vote", "lane",
    "metadata", "operation", "schema_version", "state_tables", "tables",
]  # fmt: skip

END = 2**31 - 1
"""``tx`` of the rows that time alone made: after every transaction of the block (``end`` in a cursor)."""

metadata = MetaData()


def _key(name: str, kind: type = Integer) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _int(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


schema_version = Table("schema_version", metadata, _key("part", String), _text("version"))

epoch = Table(
    "epoch", metadata,
    Column("id", Integer, primary_key=True),
    _int("chain_id"), _text("genesis_hash"), _text("deployment_hash"), _int("opened_at"), Column("closed_at", Integer),
)  # fmt: skip

operation = Table(
    "operation", metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    _text("account"), _text("idem_key"), Column("fingerprint", LargeBinary, nullable=False),
    _text("path"), _text("actor"), _text("contract"), _text("function"), _text("subject"),
    Column("call", LargeBinary, nullable=False), _int("gas"), _text("state"), Column("error", Text), _text("facts"), _int("created_at"),
    UniqueConstraint("account", "idem_key"),
    Index("operation_queue", "actor", "state", "seq"),
)  # fmt: skip

attempt = Table(
    "attempt", metadata,
    _key("epoch"), _key("signer", String), _key("nonce"),
    _int("operation"), Column("unsigned", LargeBinary, nullable=False), Column("raw", LargeBinary), Column("hash", Text),
    _int("sends"), Column("last_sent_block", Integer), Column("block", Integer), Column("tx_index", Integer), _text("status"),
    UniqueConstraint("epoch", "hash"),
    Index("attempt_operation", "operation"),
    Index("attempt_status", "epoch", "status", "signer", "nonce"),
)  # fmt: skip

lane = Table(
    "lane", metadata,
    _key("epoch"), _key("signer", String),
    _int("base_nonce"), _text("state"), _text("reason"), Column("owner", Text), Column("lease_until", Integer),
)  # fmt: skip

event_log = Table(
    "event_log", metadata,
    Column("seq", Integer, primary_key=True),
    _text("kind"), _text("account"), _text("operation"), _text("payload"),
)  # fmt: skip

idx_block = Table("idx_block", metadata, _key("number"), _text("hash"), _text("parent"), _int("time"))

idx_tx = Table(
    "idx_tx", metadata,
    _key("block"), _key("tx"), _text("hash"), _text("sender"), _int("nonce"), _int("status"),
    Index("idx_tx_hash", "hash"), Index("idx_tx_sender", "sender", "nonce"),
)  # fmt: skip

idx_log = Table(
    "idx_log", metadata,
    _key("block"), _key("tx"), _key("log"),
    _int("time"), _text("contract"), _text("name"), Column("tender", Integer), _text("address"), _text("transaction"), _text("args"),
    _int("content_ok"), _text("reasons"),
    Index("idx_log_tender", "tender", "block", "tx", "log"), Index("idx_log_name", "name", "block", "tx", "log"),
    Index("idx_log_transaction", "transaction"),
)  # fmt: skip

idx_member = Table(
    "idx_member", metadata,
    _key("id", String), _text("org_id"), _text("name"), _int("sector"), _int("kinds"), _text("superior"), _int("suspended_until"),
    _int("left_at"), _int("recoveries"), _text("seats"), _int("block"),
)  # fmt: skip

idx_person = Table(
    "idx_person", metadata,
    _key("address", String), _text("member"), _int("roles"), _int("mandate_end"), _int("suspended_until"), _int("recoveries"),
    _int("block"),
    Index("idx_person_member", "member", "address"),
)  # fmt: skip

idx_council = Table("idx_council", metadata, _key("id"), _text("seats"))

idx_rules = Table("idx_rules", metadata, _key("decision"), _text("rules"))

idx_class = Table("idx_class", metadata, _key("target", String), _key("selector", String), _int("decision"))

idx_proposal = Table(
    "idx_proposal", metadata,
    _key("number"), _text("proposer"), _text("member"), _int("decision"), _text("rules"), _int("report_needed"), _int("confirms"),
    _text("calls"), _text("description"), _int("content_ok"), _text("reasons"), _int("proposed_at"), _int("vote_start"),
    _int("vote_end"), _text("in_favour"), _int("against"), _int("abstained"), _int("eta"), _int("executed_at"), _int("cancelled_at"),
    _text("report"), _int("comments"), _int("confirmed"), _int("block"), _text("transaction"),
    Index("idx_proposal_member", "member", "number"),
)  # fmt: skip

idx_vote = Table(
    "idx_vote", metadata,
    _key("proposal"), _key("member", String), _text("voter"), _int("support"), _text("reason"), _int("at"), _text("transaction"),
)  # fmt: skip

idx_comment = Table(
    "idx_comment", metadata,
    _key("proposal"), _key("comment"), _text("organisation"), _text("record_id"), _text("text_hash"), _int("at"), _text("transaction"),
    Index("idx_comment_record", "organisation", "record_id"),
)  # fmt: skip

idx_batch = Table(
    "idx_batch", metadata,
    _key("proposal"), _key("member", String), _key("batch"), _text("root"), _int("comments"), _int("at"), _int("block"),
    _text("transaction"),
)  # fmt: skip

idx_hidden = Table(
    "idx_hidden", metadata, _key("proposal"), _key("text_hash", String), _text("reason_hash"), _int("at")
)

idx_validators = Table(
    "idx_validators", metadata,
    _key("seq"), _text("validators"), _text("removed"), _int("until"), _int("at"), _int("proved_at"), _text("proved_by"), _int("block"),
)  # fmt: skip

idx_node = Table("idx_node", metadata, _key("key", String), _text("member"), _int("kind"), _int("block"))

idx_application = Table(
    "idx_application", metadata,
    _key("number"), _text("organisation"), _text("record_id"), _text("use_case"), _text("name"), _text("codes"), _text("source_hash"),
    _text("contact"), _int("sectors"), _int("sealed_until"), _int("suspended_until"), _int("refused"), _int("revoked"),
    _text("reason_hash"), _int("submitted_at"), _int("block"),
    Index("idx_application_record", "organisation", "record_id"),
)  # fmt: skip

idx_finding = Table(
    "idx_finding", metadata,
    _key("application"), _key("member", String), _int("sector"), _text("checklist_hash"), _int("passed"), _int("failed"), _int("at"),
)  # fmt: skip

idx_supplier = Table(
    "idx_supplier", metadata,
    _key("id", String), _int("active"), _int("version"), _text("accounts"), _int("owners_at"), _text("owners_hash"),
    _int("debarred_until"), _text("json"), _int("content_ok"), _text("reasons"), _int("block"),
)  # fmt: skip

idx_account = Table("idx_account", metadata, _key("address", String), _text("supplier"))

idx_citizen = Table("idx_citizen", metadata, _key("address", String), _int("block"))

idx_procedure = Table(
    "idx_procedure", metadata,
    _key("code", String), _key("version"), _text("args"), _text("json"), _int("retired"), _int("block"),
)  # fmt: skip

idx_tender = Table(
    "idx_tender", metadata,
    _key("number"), _text("buyer"), _text("record_id"), _text("facts"), _text("terms"), _text("json"), _text("good"),
    _int("content_ok"), _text("reasons"), _int("block"), _int("published_at"), _text("transaction"), _int("last_block"), _int("last_tx"),
    _int("last_log"),
    Index("idx_tender_buyer", "buyer", "number"), Index("idx_tender_record", "buyer", "record_id"),
)  # fmt: skip

idx_question = Table(
    "idx_question", metadata,
    _key("tender"), _key("question"), _text("supplier"), _text("desk"), _text("tag"), _text("json"), _int("asked_at"),
    Column("answer", Text), Column("answered_at", Integer), Column("disclosed_at", Integer), _text("disclosed_by"),
    _int("content_ok"), _text("reasons"), _text("cursor"),
)  # fmt: skip

idx_note = Table(
    "idx_note", metadata,
    _key("tender"), _key("note"), _text("member"), _text("record_id"), _text("json"), _int("noted_at"), _text("transaction"),
    _int("content_ok"), _text("reasons"),
    Index("idx_note_record", "member", "record_id"),
)  # fmt: skip

idx_cancellation = Table(
    "idx_cancellation", metadata,
    _key("tender"), _key("lot"), _int("reason"), _text("document_hash"), _int("cancels_at"), _int("proposed_at"), _text("transaction"),
    _int("consented_at"), _text("consent"),
)  # fmt: skip

idx_ceremony = Table(
    "idx_ceremony", metadata,
    _key("id", String), _int("threshold"), _text("members"), _text("parent"), _text("dealers"), _text("box_keys"),
    _text("commitments"), _text("dealings"), _text("boxes"), _int("complainant"), _int("accused"), _text("answer"), _int("opened_at"),
    _int("block"), _int("tx"), _int("log"),
    Index("idx_ceremony_place", "block", "tx", "log"),
)  # fmt: skip

idx_keyset = Table(
    "idx_keyset", metadata,
    _key("id", String), _text("ceremony"), _int("threshold"), _text("pk"), _text("members"), _text("keys"), _text("transcript"),
    _text("parent"), _text("root"), _text("acting"), _text("answers"), _int("confirmed_at"), _int("ended"), _int("round"),
    _int("rolled_at"), _int("block"),
    Index("idx_keyset_ceremony", "ceremony"),
)  # fmt: skip

idx_bid = Table(
    "idx_bid", metadata,
    _key("tender"), _key("bid"), _text("supplier"), _text("bidder"), _int("version"), _int("arrival"), _int("terms_version"),
    _int("status"), _text("declarations"), _int("sealed_at"), _int("block"), _text("transaction"),
    Index("idx_bid_supplier", "supplier", "tender"),
)  # fmt: skip

idx_envelope = Table(
    "idx_envelope", metadata,
    _key("tender"), _key("bid"), _key("envelope"), _text("seal"), _text("data"), _text("opening"), _text("revealed"), _int("opened_at"),
    _text("transaction"),
)  # fmt: skip

idx_box = Table(
    "idx_box",
    metadata,
    _key("tender"),
    _int("bids"),
    _int("live"),
    _int("locked_at"),
    _int("phase"),
    _int("excluded"),
)

idx_share = Table(
    "idx_share", metadata,
    _key("tender"), _key("envelope"), _key("page"), _key("keyset", String), _key("seat"), _text("shares"), _int("at"), _int("block"),
    _text("transaction"),
)  # fmt: skip

idx_lot = Table(
    "idx_lot", metadata,
    _key("tender"), _key("lot"), _text("facts"), _text("admissible"), _text("ranking"), _text("low"), _text("restored"), _text("supplier"),
    _int("awarded_at"), _int("agreement"),
)  # fmt: skip

idx_decision = Table(
    "idx_decision", metadata,
    _key("tender"), _key("block"), _key("tx"), _key("log"), _int("lot"), _int("bid"), _text("kind"), _text("cause"),
    _text("document_hash"), _int("at"), _text("transaction"),
)  # fmt: skip

idx_asked = Table(
    "idx_asked", metadata,
    _key("tender"), _key("lot"), _key("bid"), _int("until"), _int("asked_at"), _text("question"), _int("given_at"), _text("answer"),
)  # fmt: skip

idx_security = Table(
    "idx_security", metadata, _key("tender"), _key("bid"), _int("status"), _text("ref"), _int("at")
)

idx_evaluation = Table("idx_evaluation", metadata, _key("tender"), _text("facts"), _text("replaced"))

idx_result = Table(
    "idx_result", metadata,
    _key("tender"), _key("result"), _int("round"), _text("failed"), _text("document_hash"), _int("standstill_ends"), _int("decided_at"),
    _int("block"), _text("transaction"), _int("undone_at"),
)  # fmt: skip

idx_score = Table(
    "idx_score", metadata,
    _key("tender"), _key("round"), _key("seat"), _text("evaluator"), _text("commitment"), _int("committed_at"), _int("pages"),
    _text("words"), _int("revealed_at"), _text("transaction"),
)  # fmt: skip

idx_ballot = Table(
    "idx_ballot", metadata,
    _key("tender"), _key("act", String), _int("called_at"), _int("sitting"), _int("results"), _int("yes"), _int("no"), _text("opinions"),
)  # fmt: skip

idx_opinion = Table(
    "idx_opinion", metadata,
    _key("tender"), _key("block"), _key("tx"), _key("log"), _text("act"), _int("sitting"), _int("seat"), _text("evaluator"),
    _int("support"), _text("opinion_hash"), _int("at"), _text("transaction"), _text("taken"),
)  # fmt: skip

idx_complaint = Table(
    "idx_complaint", metadata,
    _key("number"), _int("tender"), _text("supplier"), _int("lot"), _int("stage"), _int("status"), _int("remedy"), _int("place"),
    _int("terms_version"), _int("due"), _text("record_id"), _text("document_hash"), _int("filed_at"), _text("transaction"), _text("steps"),
    Index("idx_complaint_tender", "tender", "number"), Index("idx_complaint_record", "supplier", "record_id"),
)  # fmt: skip

idx_halt = Table(
    "idx_halt", metadata,
    _key("tender"), _key("place"), _int("suspended_at"), _text("document_hash"), _text("transaction"), _int("resumed_at"),
    _text("resumption"),
)  # fmt: skip

idx_agreement = Table(
    "idx_agreement", metadata,
    _key("number"), _int("tender"), _int("lot"), _text("buyer"), _text("supplier"), _int("status"), _text("facts"), _text("terms"),
    _text("proposed_end"), _int("changes"), _int("drafted_at"), _text("transaction"), _int("active_at"), _int("ended_at"), _int("cause"),
    _text("document_hash"),
    Index("idx_agreement_lot", "tender", "lot", "number"), Index("idx_agreement_buyer", "buyer", "number"),
    Index("idx_agreement_supplier", "supplier", "number"),
)  # fmt: skip

idx_milestone = Table(
    "idx_milestone", metadata,
    _key("agreement"), _key("milestone"), _text("facts"), _int("delivered_at"), _text("evidence"), _int("judged_at"), _text("judgement"),
    _int("refusals"), _int("due_at"),
)  # fmt: skip

idx_change = Table(
    "idx_change", metadata,
    _key("agreement"), _key("change"), _int("side"), _int("reason"), _text("before"), _text("value"), _int("extension"),
    _text("document_hash"), _int("signatures"), _int("proposed_at"), _text("transaction"), _int("version"), _int("ended_at"),
)  # fmt: skip

idx_payment = Table(
    "idx_payment", metadata,
    _key("agreement"), _key("number"), _int("tender"), _int("milestone"), _text("buyer"), _text("payer"), _text("payee"), _text("amount"),
    _text("ref"), _int("paid_at"), _int("recorded_at"), _text("transaction"), _int("reversed_at"), _text("reversal"),
    Index("idx_payment_ref", "buyer", "payer", "ref"),
)  # fmt: skip

idx_rating = Table(
    "idx_rating", metadata,
    _key("agreement"), _key("rater", String), _int("citizen"), _int("rating"), _text("supplier"), _int("rated_at"), _text("transaction"),
    Index("idx_rating_supplier", "supplier"),
)  # fmt: skip

idx_act = Table(
    "idx_act", metadata,
    _key("member", String), _key("act", String), _text("proposer"), _int("until"), _int("proposed_at"), _text("proposal"),
    _text("approver"), _int("approved_at"), _text("approval"),
)  # fmt: skip

idx_due = Table("idx_due", metadata, _key("tender"), _int("at"), Index("idx_due_at", "at", "tender"))

idx_clock = Table("idx_clock", metadata, _key("id"), _int("gap"), _int("last_tick"), _int("outages"))

idx_outage = Table("idx_outage", metadata, _key("number"), _int("start"), _int("end"))

idx_process = Table(
    "idx_process", metadata,
    _key("tender"), _text("ocid"), _int("released_block"), _text("state"), _int("withheld"),
    Index("idx_process_released", "released_block", "tender"),
)  # fmt: skip

idx_withheld = Table("idx_withheld", metadata, _key("tender"), _key("place"), _text("entry"))

idx_release = Table(
    "idx_release", metadata,
    _key("block"), _key("tender"), _text("ocid"), _text("id"), _text("date"), _text("data"),
    Index("idx_release_ocid", "ocid", "block"),
)  # fmt: skip

tables = tuple(table for name, table in sorted(metadata.tables.items()) if name.startswith("idx_"))
"""All that is rebuilt from blocks."""

state_tables = tuple(table for table in tables if table.name not in ("idx_block", "idx_tx", "idx_log"))
"""What the stored logs alone give again."""

INDEX_VERSION = hashlib.sha256("".join(str(CreateTable(table)) for table in tables).encode()).hexdigest()[:16]
"""A database with another one has its idx tables dropped and made again: they are rebuilt, never migrated."""
