"""Gas of each act, in words.

    python -m tests.gas.measure     writes snapshots.json

Exact, because the same bytecode on the same data takes the same gas. Run it after a change that is meant, and commit the file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.contracts.tenders import Tender, publish, salt, tag_of
from tests.contracts.world import (
    ACME,
    DAY,
    Node,
    World,
    address,
    founded,
    hash_of,
    label,
    lots,
    sandbox,
    terms,
    text_of,
)
from tests.gas.agreements import agreements
from tests.gas.awards import awards
from tests.gas.complaints import complaints
from tests.gas.council import council
from tests.gas.evaluations import evaluations
from tests.gas.four_eyes import four_eyes
from tests.gas.members import applications, members, validators
from tests.gas.sealing import bids, ceremonies, committees

FILE = Path(__file__).resolve().parent / "snapshots.json"
LONGEST = 131_072
"""Bytes of json that a tender may have."""


PARTS: tuple[Callable[[World], dict[str, int]], ...] = (
    members,
    validators,
    applications,
    council,
    bids,
    committees,
    ceremonies,
    awards,
    complaints,
    four_eyes,
    evaluations,
    agreements,
)
"""What is measured besides; each begins with the founded network and leaves nothing behind."""


def measured(world: World) -> dict[str, int]:
    """Act -> gas used by its transaction. Leaves the world changed."""
    found = {}
    for part in PARTS:
        with world.undone():
            found |= part(world)
    return {**_registries(world), **_tenders(world), **found}


def _registries(world: World) -> dict[str, int]:
    end, firm = world.time + DAY, hash_of("firm")
    member = ("TEST-NEW", "New", 0, 1, bytes(32))

    def gas(who: str, contract: str, function: str, *args: object) -> int:
        return world.send(who, contract, function, *args).gas

    return {
        "admit a member": gas("authority", "MemberRegistry", "admit", member, address("new"), end),
        "add a person": gas("admin", "MemberRegistry", "addPerson", address("clerk"), 4, end),
        "remove a person": gas("admin", "MemberRegistry", "removePerson", address("clerk")),
        "register a supplier with one account": gas(
            "registrar", "SupplierRegistry", "register", firm, [address("firm")], "{}"
        ),
        "give a supplier eight accounts": gas(
            "firm", "SupplierRegistry", "setAccounts", 1, [address(f"firm {n}") for n in range(8)]
        ),
        "declare the owners": gas("firm 1", "SupplierRegistry", "declareOwners", 2, firm),
        "debar a supplier": gas("reviewer", "SupplierRegistry", "debar", firm, end, firm),
        "lift a debarment": gas("reviewer", "SupplierRegistry", "liftDebarment", firm, firm),
        "enrol a citizen": gas("registrar", "SupplierRegistry", "enrolCitizen", address("ana")),
        "adopt a procedure": gas("authority", "ProcedureBook", "adopt", sandbox(2).as_tuple(), text_of()),
        "retire a procedure": gas("authority", "ProcedureBook", "retire", label("sandbox", 16), 2),
    }


def _tenders(world: World) -> dict[str, int]:
    first, tender = _publish(world, 1, 1)
    found = {"publish the first tender: 1 lot, 1 byte": first}
    for count, length in ((1, 1), (1, 10_000), (32, 1), (1, LONGEST), (32, LONGEST)):
        found[f"publish: {count} lots, {length} bytes"], published = _publish(world, count, length)
        found[f"amend: {count} lots, {length} bytes"] = _amend(world, published, length)
    ask = world.send("acme", "TenderBoard", "ask", tender.id, label("tag"), "x" * 4_096).gas
    answer = world.send("officer", "TenderBoard", "answer", tender.id, 1, "x" * 4_096).gas
    found |= {"ask: 4,096 bytes": ask, "answer: 4,096 bytes": answer}
    with world.undone():
        found |= _hidden(world)
    _, two = _publish(world, 2, 1)
    for what, lot in (("a lot", 1), ("the tender", 0)):
        found[f"cancel {what}"] = world.send(
            "officer", "TenderBoard", "cancel", two.id, lot, 1, hash_of("decision")
        ).gas
    return found


def _hidden(world: World) -> dict[str, int]:
    """A desk's first question, who asked it, and a note."""
    tender = publish(world, period=100)
    asker = (ACME, salt("gas"))
    tag = tag_of(world, tender, *asker)
    asked = world.send("registrar", "TenderBoard", "ask", tender.id, tag, "x" * 4_096).gas
    world.send("officer", "TenderBoard", "answer", tender.id, 1, "{}")
    noted = world.send("auditor", "TenderBoard", "note", label("note"), tender.id, "x" * 4_096).gas
    call = ("discloseAsker", tender.id, 1, *asker)
    disclosed = world.send("registrar", "TenderBoard", *call, at=tender.deadline).gas
    return {
        "ask through a desk: 4,096 bytes": asked,
        "disclose the asker": disclosed,
        "note: 4,096 bytes": noted,
    }


def _publish(world: World, count: int, length: int) -> tuple[int, Tender]:
    published, json_text, record_id = (
        terms(world.time + 1_001, setup=lots(count)),
        "x" * length,
        hash_of(str(world.time)),
    )
    receipt = world.send("officer", "TenderBoard", "publish", record_id, published.as_tuple(), json_text)
    return receipt.gas, Tender(receipt.event.args["id"], published, json_text, receipt.time)


def _amend(world: World, tender: Tender, length: int) -> int:
    count = len(tender.terms.setup.lots)
    new = terms(tender.deadline + 1, setup=lots(count, 200_000))
    return world.send(
        "officer", "TenderBoard", "amend", tender.id, tender.hash, new.as_tuple(), "y" * length
    ).gas


def main() -> None:
    """Measures on a node of its own and writes the file."""
    with tempfile.TemporaryDirectory() as folder:
        node = Node(Path(folder))
        try:
            found = measured(founded(node))
        finally:
            node.stop()
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
