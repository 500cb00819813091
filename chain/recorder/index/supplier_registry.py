"""Suppliers with their accounts, and citizens, from the events of SupplierRegistry."""

from __future__ import annotations

from collections.abc import Sequence

from chain.recorder.index.content import dump, load, read_object
from chain.recorder.index.rows import Row, Rows
from chain.recorder.schema import idx_account, idx_citizen, idx_supplier
from chain.types import ZERO32, Event

__all__ = ["REDUCERS"]


def _registered(event: Event, rows: Rows) -> tuple[str, ...]:
    args = event.args
    _, reasons = read_object(args["json"])
    rows.put(idx_supplier, {
        "id": args["id"], "active": 1, "version": 1, "accounts": dump(args["accounts"]), "owners_at": 0,
        "owners_hash": "0x" + ZERO32.hex(), "debarred_until": 0, "json": args["json"], "content_ok": int(not reasons),
        "reasons": dump(reasons), "block": event.block,
    })  # fmt: skip
    _give(args["id"], args["accounts"], rows)
    return reasons


def _active_set(event: Event, rows: Rows) -> None:
    rows.put(idx_supplier, _supplier(event, rows) | {"active": int(event.args["active"])})


def _accounts_set(event: Event, rows: Rows) -> None:
    row, accounts = _supplier(event, rows), event.args["accounts"]
    for address in load(row["accounts"]):
        rows.drop(idx_account, address)
    _give(event.args["id"], accounts, rows)
    rows.put(idx_supplier, row | {"version": event.args["version"], "accounts": dump(accounts)})


def _owners_declared(event: Event, rows: Rows) -> None:
    args = event.args
    declared = {"version": args["version"], "owners_hash": args["ownersHash"], "owners_at": event.time}
    rows.put(idx_supplier, _supplier(event, rows) | declared)


def _debarred(event: Event, rows: Rows) -> None:
    rows.put(idx_supplier, _supplier(event, rows) | {"debarred_until": event.args["until"]})


def _lifted(event: Event, rows: Rows) -> None:
    rows.put(idx_supplier, _supplier(event, rows) | {"debarred_until": 0})


def _enrolled(event: Event, rows: Rows) -> None:
    rows.put(idx_citizen, {"address": event.args["account"], "block": event.block})


def _give(supplier: str, accounts: Sequence[str], rows: Rows) -> None:
    for address in accounts:
        rows.put(idx_account, {"address": address, "supplier": supplier})


def _supplier(event: Event, rows: Rows) -> Row:
    row = rows.get(idx_supplier, event.args["id"])
    assert row is not None, "the contract registers a supplier before anything else"
    return row


REDUCERS = {
    "SupplierRegistered": _registered,
    "SupplierActiveSet": _active_set,
    "SupplierAccountsSet": _accounts_set,
    "SupplierOwnersDeclared": _owners_declared,
    "SupplierDebarred": _debarred,
    "SupplierDebarmentLifted": _lifted,
    "CitizenEnrolled": _enrolled,
}
