"""The recorder: every accepted operation is in a block exactly once, and the index says what the blocks say.

    recorder = Recorder(database=path, rpc=rpc, deployment=deployed, signers={address: signer}, publisher=publisher, nudge=nudge)
    await recorder.start(); ...; await recorder.stop()      # on the caller's event loop

A write, in this order (``chain.transactions.Call`` is the call):

    await recorder.lookup(account, idem_key, fingerprint)   -> Operation | None     raises IdempotencyKeyReused; ``stored``: in a thread
    (rules.py on index facts)
    await recorder.preflight(call, actor)                   -> None                 raises the contract's refusal by name
    await recorder.accept(Request(...))                     -> Accepted(operation, replayed)
    await recorder.wait(operation.id, seconds)              -> Operation (final or as it stands)

- ``accept`` raises IdempotencyKeyReused, SignerUnknown, StorageBusy, StorageFull, StorageFailed, ChainDiverged, BlockUnusable,
  IndexStopped, RecorderBroken, RecorderStopped. A refusal binds no key. It does not ask the node, so it accepts while the node is
  away; ``preflight`` raises ChainUnreachable after 2 s.
- ``await recorder.operation(id)`` -> Operation, raises OperationNotFound; ``await recorder.operations(account, after, limit)`` ->
  Page[Operation], newest first.
- ``recorder.status()`` -> RecorderStatus: in memory, plus one small query; call it in a thread. ``recorder.head``: in memory.

Reads: ``recorder.index`` (class Index). Synchronous, safe in any thread (``asyncio.to_thread`` or plain ``def`` routes); rows are
the frozen dataclasses of ``chain.recorder.index.views``. Lists: Page(items, next), ``next`` None on the last page. ids are 0x hex.

    at_once()                                  context manager: the reads of this thread inside see one state
    head() -> Head | None                      block_time(n) -> int | None          now() -> int   head time, 0 before the first block
    member(id) -> MemberRow | None             members(after=None, limit=100) -> Page[MemberRow]      people(member) -> [PersonRow]
    person(address) -> PersonRow | None        may(address, roles) -> bool          at head time, as MemberRegistry.may
    supplier(id) -> SupplierRow | None         suppliers(after=None, limit=100)     supplier_of(address) -> SupplierRow | None
    citizen(address) -> CitizenRow | None
    procedure(code, version) -> ProcedureRow | None     procedures() -> [ProcedureRow]     newest_procedure(code) -> ProcedureRow | None
    tender(number) -> TenderRow | None         tenders(after=None, limit=100, buyer=None) -> Page[ListedTender]   newest first
    question(tender, n), questions(tender) -> [QuestionRow]      recorded(buyer, record_id) -> TenderRow | None
    notes(tender) -> [NoteRow]                                   noted(member, record_id) -> NoteRow | None
    status(row) -> TenderStatus                at head time (rules.tender_status)
    next_due() -> int | None                   when time alone changes a tender next
    events(after=None, limit=100, type=None, tender=None) -> Page[EventRow]       the feed: ``next`` always there, chain order
    events_of(transaction) -> [EventRow]       what one transaction did (e.g. the number of the tender it published: row.tender)
    senders(transactions) -> {hash: address}   who sent them
    awarding                                   lots, decisions, what bidders were asked, securities, offers of open bids (AwardIndex)
    complaining                                complaints, orders to suspend (ComplaintIndex)
    agreeing                                   agreements, changes, milestones, payments, ratings (AgreementIndex)
    evaluating                                 evaluations, scores, votes, technical results (EvaluationIndex)
    signing                                    acts that take two accounts (ActIndex)
    releases(ocid) -> [ReleaseRow]  oldest first      release(ocid, id) -> ReleaseRow | None
    releases_page(after=None, limit=100) -> Page[ReleaseRow]      chain order, cursor block.tender; ``next`` always there
    records_page(after=None, limit=100) -> Page[str]              ocids by last change; ``next`` always there
    digest(block=None) -> str                  sha256 of all rows; at an earlier block: replayed from the stored logs

``after`` that is no cursor: CursorInvalid. ``await rebuild(database, rpc, deployment, publisher)`` makes the index again from block 0;
``await bring_back(database, rpc, deployment, remake)`` what an embedded node lost when it was killed, before a recorder starts.
"""

from chain.recorder.index.reads import Index
from chain.recorder.index.views import Head, Page
from chain.recorder.model import (
    Accepted,
    Deployed,
    Operation,
    OperationState,
    RecorderStatus,
    Request,
    Signer,
    Signers,
)
from chain.recorder.publish import (
    ContentCheck,
    Directory,
    Published,
    Publisher,
    StoredRelease,
    TenderChange,
    VerifyBlock,
)
from chain.recorder.recorder import Recorder, bring_back, rebuild
from chain.recorder.store import Store

__all__ = [
    "Accepted", "ContentCheck", "Deployed", "Directory", "Head", "Index", "Operation", "OperationState", "Page", "Published",
    "Publisher", "Recorder", "RecorderStatus", "Request", "Signer", "Signers", "Store", "StoredRelease", "TenderChange",
    "VerifyBlock", "bring_back", "rebuild",
]  # fmt: skip
