"""The council of a served network for tests: what they need before their own request."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chain.bindings import procedure_book
from chain.procurement.procedure import preset, read_preset
from chain.rules.council import EXPIRY
from chain.types import to_hex
from tests.api.world import Caller, Reply, World

COUNCIL = ("council1", "council2", "council3", "council4")
RETIRE = "retire procedure sandbox v{}"
"""Never executed by a test that shares its network; any class ROUTINE call would do."""


def later(when: str, seconds: int = 1) -> str:
    """A time some seconds after another one, as text."""
    moved = datetime.fromisoformat(when) + timedelta(seconds=seconds)
    return moved.strftime("%Y-%m-%dT%H:%M:%SZ")


class Chamber:
    """Proposals and what becomes of them."""

    def __init__(self, world: World) -> None:
        self.world = world

    def member(self, person: str) -> str:
        """Id of a person's member."""
        org_id = self.world.network.records[person].member
        members = self.world.anyone.get("/v1/members?limit=1000").json["items"]
        return str(next(each["id"] for each in members if each["orgId"] == org_id))

    def store(self, caller: Caller, data: bytes) -> str:
        """Uploads a document; its sha256."""
        digest = hashlib.sha256(data).digest()
        shown = f"sha-256=:{base64.b64encode(digest).decode()}:"
        reply = caller.send(
            "POST", "/v1/documents", data, {"Content-Digest": shown, "Content-Type": "text/plain"}
        )
        assert reply.status in (200, 201), reply.data
        return digest.hex()

    def body(self, calls: Sequence[str] = (RETIRE.format(1),), **more: Any) -> dict[str, Any]:
        """A proposal that was not made before, its text stored."""
        title = f"Reforma {secrets.token_hex(4)}"
        text = self.store(self.world.council1, title.encode())
        return {
            "title": title,
            "summary": "Una prueba.",
            "text": text,
            "calls": list(calls),
        } | more

    def make_room(self, person: str) -> None:
        """Lets time go by until no proposal of the person's member is open."""
        path = f"/v1/proposals?limit=1000&member={self.member(person)}"
        for row in self.world.anyone.get(path).json["items"]:
            if row["state"] in ("Pending", "Active"):
                self.world.wait_until(later(row["voteEnd"]))
        for row in self.world.anyone.get(path).json["items"]:
            if row["state"] in ("Succeeded", "Queued"):
                self.world.wait_until(later(row["eta"] or row["voteEnd"], EXPIRY + 1))

    def send(self, body: Any, person: str = "council1") -> Reply:
        """Proposes; lets the time of the member's open proposals go by, if its places are taken."""
        caller = self.world.as_person(person)
        reply = caller.post("/v1/proposals", body, wait=20)
        if reply.status == 409 and reply.json["error"] == "CouncilProposalsFull":
            self.make_room(person)
            reply = caller.post("/v1/proposals", body, wait=20)
        return reply

    def propose(
        self, calls: Sequence[str] = (RETIRE.format(1),), person: str = "council1", **more: Any
    ) -> int:
        """A proposal that was not made before; its number."""
        reply = self.send(self.body(calls, **more), person)
        assert reply.status == 201, reply.data
        return int(reply.headers["location"].rsplit("/", 1)[1])

    def read(self, number: int) -> Any:
        """The proposal as the API shows it."""
        return self.world.anyone.get(f"/v1/proposals/{number}").json

    def open_vote(self, number: int) -> None:
        """Waits for the vote to begin."""
        self.world.wait_until(later(self.read(number)["voteStart"]))

    def close_vote(self, number: int) -> None:
        """Waits for the vote to end."""
        self.world.wait_until(later(self.read(number)["voteEnd"]))

    def vote(self, number: int, people: Sequence[str] = COUNCIL, vote: str = "for") -> None:
        """Votes of these people."""
        for person in people:
            reply = self.world.as_person(person).post(
                f"/v1/proposals/{number}/votes", {"vote": vote}, wait=20
            )
            assert reply.status == 200, reply.data

    def report(self, number: int, person: str = "council1") -> str:
        """Publishes a report; its sha256."""
        caller = self.world.as_person(person)
        document = self.store(caller, f"Informe de {number}".encode())
        reply = caller.post(f"/v1/proposals/{number}/report", {"document": document}, wait=20)
        assert reply.status == 200, reply.data
        return document

    def step(self, number: int, step: str, person: str = "citizen") -> Reply:
        """``queue``, ``execution`` or ``cancellation``."""
        return self.world.as_person(person).post(f"/v1/proposals/{number}/{step}", {}, wait=20)

    def carry(self, number: int) -> None:
        """Everything from the vote to the execution."""
        self.open_vote(number)
        self.vote(number)
        if self.read(number)["reportNeeded"]:
            self.report(number)
        self.close_vote(number)
        assert self.step(number, "queue").status == 200
        self.world.wait_until(self.read(number)["eta"])
        reply = self.step(number, "execution")
        assert reply.status == 200, reply.data

    def adopt_sandbox(self, **changes: int | bool) -> None:
        """Adopts the sandbox's procedure as its second version, with other values."""
        text = json.loads(preset("sandbox").text)
        for name, value in changes.items():
            text["fields"][name]["value"] = value
        changed = read_preset(json.dumps(text))
        data = procedure_book.adopt(changed.version(2).as_tuple(), changed.text).data
        book = self.world.network.deployment.addresses["ProcedureBook"]
        self.carry(self.propose([f"call {book} {to_hex(data)}"]))
