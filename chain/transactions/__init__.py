"""Calls, transactions, logs and reverts: the only place that knows hex, ABI and receipts.

Scripts ``read`` and ``send``; the recorder uses ``unsigned``, ``signing_hash`` and ``assemble`` and follows blocks by itself.
"""

from chain.transactions.codec import Addresses, Call, Read, address_in, checksum, creation, result_of
from chain.transactions.gas import CREATION_GAS, GAS, MAX_GAS, gas_for
from chain.transactions.logs import (
    arguments_of,
    decode_log,
    decode_log_json,
    decode_revert,
    fact_of,
    fact_type,
    topics_of,
)
from chain.transactions.sending import (
    Nudge,
    Receipt,
    at_time,
    deploy,
    logs_between,
    logs_of,
    mined,
    preflight,
    preflights,
    read,
    refusal_in,
    refusal_kept,
    send,
    trial,
)
from chain.transactions.signing import (
    address_of,
    assemble,
    created_address,
    sender_of,
    sign,
    signing_hash,
    unsigned,
)

__all__ = [
    "CREATION_GAS", "GAS", "MAX_GAS", "Addresses", "Call", "Nudge", "Read", "Receipt", "address_in", "address_of", "arguments_of",
    "assemble", "at_time", "checksum", "created_address", "creation", "decode_log", "decode_log_json", "decode_revert", "deploy",
    "fact_of", "fact_type", "gas_for", "logs_between", "logs_of", "mined", "preflight", "preflights", "read", "refusal_in", "refusal_kept",
    "result_of", "send", "sender_of", "sign", "signing_hash", "topics_of", "trial", "unsigned",
]  # fmt: skip
