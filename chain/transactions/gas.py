"""Gas limits: ``base + per_byte x calldata``, half again the budgets that the gas tests hold.

Gas costs nothing here; a limit is generous and only bounds a runaway. A call whose need is not linear in its calldata has its
largest case in ``base``.
"""

from __future__ import annotations

from chain.errors.chain import CallInvalid, GasOverCap
from chain.transactions.codec import Call

__all__ = ["CREATION_GAS", "GAS", "MAX_GAS", "gas_for"]

MAX_GAS = 16_777_216
"""Most that one transaction may have: 2^24 (EIP-7825)."""

CREATION_GAS = MAX_GAS
"""Limit of a deployment: 24,576 bytes cost 4.9 million, founding data the rest."""

_TEXT = 40  # 26 gas a byte of JSON in an event, half again

GAS: dict[tuple[str, str], tuple[int, int]] = {
    ("MemberRegistry", "addPerson"): (200_000, 0),
    ("MemberRegistry", "admit"): (400_000, _TEXT),
    ("MemberRegistry", "expel"): (120_000, 0),
    ("MemberRegistry", "removePerson"): (120_000, 0),
    ("MemberRegistry", "setKinds"): (120_000, 0),
    ("MemberRegistry", "setSector"): (120_000, 0),
    # Walks the members above for a cycle.
    ("MemberRegistry", "setSuperior"): (600_000, 0),
    ("MemberRegistry", "suspend"): (120_000, 0),
    ("ProcedureBook", "adopt"): (750_000, _TEXT),
    ("ProcedureBook", "retire"): (120_000, 0),
    ("SupplierRegistry", "declareOwners"): (150_000, 0),
    # Up to 8 accounts, each with its own slots.
    ("SupplierRegistry", "register"): (1_000_000, _TEXT),
    ("SupplierRegistry", "setAccounts"): (1_000_000, 0),
    ("SupplierRegistry", "setActive"): (120_000, 0),
    # 300k, 32 lots, a panel of 7, 16 criteria and four eyes.
    ("TenderBoard", "publish"): (900_000, _TEXT),
    ("TenderBoard", "amend"): (750_000, _TEXT),
    ("TenderBoard", "answer"): (300_000, _TEXT),
    ("TenderBoard", "ask"): (375_000, _TEXT),
    ("TenderBoard", "cancel"): (300_000, 0),
}


def gas_for(call: Call) -> int:
    """Gas limit of a call. Raises GasOverCap, CallInvalid where the function changes nothing and needs none."""
    try:
        base, per_byte = GAS[call.contract, call.function]
    except KeyError:
        raise CallInvalid(call.contract, call.function, "has no gas limit: it is read, not sent") from None
    gas = base + per_byte * len(call.data)
    if gas > MAX_GAS:
        raise GasOverCap(gas, MAX_GAS)
    return gas
