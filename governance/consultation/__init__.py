"""Comments of citizens without an account: receipts, batches whose roots are anchored, and what a receipt proves to anyone, offline.

receipt   the files: a signed promise, completed by a place in an anchored batch     forms     their strict forms
batcher   the service's side                                                        verdict   the reader's side
"""

from governance.consultation.batcher import (
    GRACE,
    MAX_BATCH,
    MAX_TEXT,
    Batch,
    Batcher,
    Comments,
    Desk,
    Window,
    checked_text,
)
from governance.consultation.receipt import (
    PROMISE,
    Anchored,
    Batches,
    Comment,
    Draft,
    Place,
    Receipt,
    read_anchored,
    read_batches,
    read_receipt,
)
from governance.consultation.verdict import Chain, Known, Verdict, verify_receipt

__all__ = [
    "GRACE", "MAX_BATCH", "MAX_TEXT", "PROMISE", "Anchored", "Batch", "Batcher", "Batches", "Chain", "Comment", "Comments", "Desk",
    "Draft", "Known", "Place", "Receipt", "Verdict", "Window", "checked_text", "read_anchored", "read_batches", "read_receipt",
    "verify_receipt",
]  # fmt: skip
