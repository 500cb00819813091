"""A sandbox on which a tender lived through everything that can happen to one so far, for the tests of the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TypeVar

from chain.audit.bundle import Proof, collect
from chain.errors.contracts import TenderBoardRoleMissing
from chain.network import Network
from chain.rpc import HttpTransport, Rpc
from chain.types import moment

T = TypeVar("T")
NOTE = "Se canceló\nverdict: matches-head"
"""A note that would write a line of the report, if it could."""
DOCUMENT = b"%PDF-1.7 the terms of the tender"
DECISION = b"%PDF-1.7 why the tender is cancelled"
DOCUMENTS = {sha256(content).hexdigest(): content for content in (DOCUMENT, DECISION)}


@contextmanager
def story() -> Iterator[Network]:
    """Tender 1 is amended, asked about, also through a desk, answered, cancelled and noted on; tender 2 runs beside it until its deadline
    has passed."""
    with Network.start("sandbox") as net:
        buyer, acme, beta, desk, auditor = net.people("buyer", "acme", "beta", "registrar", "auditor")
        tender = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
        other = net.tenders.publish(net.samples.path("cutter"), sender=buyer)
        later = f"{moment(tender.facts.deadline + 60):%Y-%m-%dT%H:%M:%SZ}"
        document = {
            "id": "terms",
            "documentType": "biddingDocuments",
            "title": "Bases",
            "format": "application/pdf",
            "bytes": len(DOCUMENT),
            "integrity": [{"scheme": "sha256", "id": sha256(DOCUMENT).hexdigest()}],
        }
        patch = {
            "title": "Otro título",
            "tenderPeriod": {"endDate": later},
            "awardPeriod": {"startDate": later},
        }
        tender.amend({"patch": {**patch, "documents": [document]}}, sender=buyer)
        question = tender.ask("Garantía", "¿De cuántos años?", sender=acme)
        try:
            tender.answer(question, "De dos.", sender=beta)
        except TenderBoardRoleMissing:
            tender.answer(question, "De dos años.", sender=buyer)
        handed = tender.hand("Entrega", "¿En dos partes?", sender=beta)
        tender.answer(tender.relay(handed, sender=desk), "Sí.", sender=buyer)
        tender.cancel("noDemand", sha256(DECISION).hexdigest(), sender=buyer)
        net.wait_until(other.facts.deadline + 1)
        net.wait_until(other.facts.deadline + 60)
        net.wait_until(tender.closes_at)
        tender.disclose_asker(handed, sender=desk)
        tender.note(NOTE, sender=auditor)
        yield net


def asked(net: Network, ask: Callable[[Rpc], Awaitable[T]]) -> T:
    """The answer of a coroutine that reads from the network's node."""

    async def with_rpc() -> T:
        rpc = Rpc(HttpTransport(net.rpc_url))
        try:
            return await ask(rpc)
        finally:
            await rpc.close()

    return asyncio.run(with_rpc())


def proof_of(net: Network, subject: int | str, with_documents: bool = True) -> Proof:
    """The proof of a tender."""
    documents = DOCUMENTS.get if with_documents else None
    return asked(net, lambda rpc: collect(rpc, net.deployment, net.publication, subject, documents))
