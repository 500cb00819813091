"""The audit: pure functions that turn what a node or a file says into facts, or refuse with a named rule and a place.

Nothing here reads a clock, a network or a database. ``header`` links headers and leaves one place for a consensus engine's
evidence, ``receipt`` proves bodies, ``trie`` proofs and account state, ``item`` one transaction as it travels in a proof bundle.
``lawful`` and ``replay`` follow a tender through verified events, ``sealed`` its bids, ``run`` a whole chain (``reading`` asks the node
for it), ``bundle`` makes and checks proof files, ``report`` says it in words.
"""

from chain.audit.header import (
    PLAIN,
    Engine,
    Header,
    PlainEngine,
    Tip,
    header_from_json,
    header_from_rlp,
    qbft_block_hash,
    unsealed,
    verify_headers,
)
from chain.audit.item import Item, item_of, verify_item
from chain.audit.place import NOWHERE, Place
from chain.audit.receipt import Log, Receipt, Verified, verify_body
from chain.audit.transaction import Transaction
from chain.audit.trie import EMPTY_ROOT, Account, prove, verify_account, verify_proof

__all__ = [
    "EMPTY_ROOT",
    "NOWHERE",
    "PLAIN",
    "Account",
    "Engine",
    "Header",
    "Item",
    "Log",
    "Place",
    "PlainEngine",
    "Receipt",
    "Tip",
    "Transaction",
    "Verified",
    "header_from_json",
    "header_from_rlp",
    "item_of",
    "prove",
    "qbft_block_hash",
    "unsealed",
    "verify_account",
    "verify_body",
    "verify_headers",
    "verify_item",
    "verify_proof",
]
