"""A whole life played once on a node, and as many like it as wanted made of its blocks, without a node.

The copies are what a follower is given: decoded events in blocks, each tender with numbers, record ids and references of its own. All of
them live at the same times as the one that was played, side by side. What was sealed stays sealed for the tender that was played: the
documents of a copied bid are looked for and not found.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from chain.network import Network
from chain.ocds.publication import Publication
from chain.procurement.agreed import Instalment
from chain.procurement.agreement import Agreement
from chain.procurement.session import Person
from chain.procurement.tender import Tender
from chain.recorder.fetch import fetch
from chain.recorder.index.blocks import Block, Tx
from chain.rpc import HttpTransport, Rpc
from chain.types import Event

__all__ = ["BIDDING", "INSTALMENTS", "Life", "PRICES", "paper", "play", "played", "shares_of"]

INSTALMENTS = 11
"""Payments of the agreement that is played, as the sample's process has them."""

BIDDING = 3_600
"""Seconds to bid: of all lives of a measure together less than a year, after which suppliers would have to declare their owners anew."""

PRICES = {"acme": "1250000.00 MXN", "beta": "1190000.00 MXN", "gamma": "1310000.00 MXN"}
_BESIDE = 10


def shares_of(instalments: int) -> list[int]:
    """Equal shares in 1/10,000; the last one takes what rounding leaves."""
    equal = [10_000 // instalments] * (instalments - 1)
    return [*equal, 10_000 - sum(equal)]


def paper(name: str) -> str:
    """sha256 of a document that nobody wrote."""
    return hashlib.sha256(name.encode()).hexdigest()


def play(net: Network, instalments: int = INSTALMENTS) -> Tender:
    """A tender from its publication to the last payment: three bids, an agreement that is changed once, a delivery that is refused once, a
    payment that is reversed and made again, a rating."""
    buyer, beta, witness = net.people("buyer", "beta", "witness")
    tender = net.tenders.publish(net.samples.path("laptops", length=BIDDING), sender=buyer)
    for name, price in PRICES.items():
        tender.bid(price, sender=net.person(name))
    net.wait_until(tender.opens_at)
    tender.open()
    award = tender.award(sender=buyer)
    net.wait_until(award.final_from)
    plan = [Instalment(Decimal(each) / 100) for each in shares_of(instalments)]
    agreement = award.draft(paper("agreement"), sender=buyer, deliveries=[100], payments=plan)
    for who in (beta, buyer):
        agreement.sign(sender=who)
    agreement.propose_change("duration", None, paper("change"), sender=beta, extension=3_600)
    agreement.sign_change(sender=buyer)
    agreement.deliver(1, paper("evidence"), sender=beta).refuse(1, paper("refusal"), sender=buyer)
    agreement.deliver(1, paper("evidence"), sender=beta).accept(1, paper("report"), sender=buyer)
    _pay(agreement, buyer)
    agreement.complete(paper("certificate"), sender=buyer).rate(5, sender=witness)
    return tender


def _pay(agreement: Agreement, buyer: Person) -> None:
    """All instalments; the first one comes back and is made again."""
    due = {each.number: each.value for each in agreement.milestones if each.value is not None}
    for number, amount in due.items():
        reference = f"SPEI {agreement.number} {number}"
        agreement.pay(amount, reference=reference, milestone=number, sender=buyer)
        if number == min(due):
            agreement.reverse(reference, paper("returned"), sender=buyer)
            agreement.pay(amount, reference=f"{reference} again", milestone=number, sender=buyer)


@dataclass(frozen=True)
class Life:
    """What was played: the blocks that founded the network, and those of tender 1 with agreement 1."""

    founding: tuple[Block, ...]
    blocks: tuple[Block, ...]
    publication: Publication

    @property
    def events(self) -> int:
        """How many a life has."""
        return sum(len(block.events) for block in self.blocks)

    def lives(self, after: int, first: int, count: int, beside: int = _BESIDE) -> Iterator[Block]:
        """``count`` lives from tender ``first`` on, in the blocks after ``after``; ``beside`` of them in a block."""
        number = after + 1
        for block in self.blocks:
            # In a block without events time went on, for all of them.
            for place in range(first, first + count, beside) if block.events else (first,):
                yield _together(block, number, range(place, min(place + beside, first + count)))
                number += 1

    def payments(self, count: int) -> Iterator[Block]:
        """One life up to its last instalment, which is then made in ``count`` parts of a hundredth, one a block."""
        last = max(place for place, block in enumerate(self.blocks) if _pays(block))
        first = self.founding[-1].number + 1
        for place, block in enumerate(self.blocks[:last]):
            yield _together(block, first + place, (1,))
        template = self.blocks[last]
        (event,) = template.events
        for place in range(count):
            part = {**event.args["payment"], "amount": "1", "ref": _hash("part", place)}
            args = {**event.args, "number": event.args["number"] + place, "payment": part}
            time = template.time + place
            block = replace(template, time=time, events=(replace(event, args=args, time=time),))
            yield _together(block, first + last + place, (1,))


def _pays(block: Block) -> bool:
    return any(event.name == "PaymentRecorded" for event in block.events)


def played(folder: Path, instalments: int = INSTALMENTS) -> Life:
    """Plays a life on a network in ``folder`` and takes its blocks as a follower does."""
    with Network.start(folder=folder) as net:
        before = net.web3.eth.block_number + 1
        play(net, instalments)
        blocks = asyncio.run(_blocks(net))
        return Life(blocks[:before], blocks[before:], net.publication)


async def _blocks(net: Network) -> tuple[Block, ...]:
    rpc = Rpc(HttpTransport(net.rpc_url))
    contract_of = {address.lower(): name for name, address in net.deployed.addresses.items()}
    try:
        head = int(await rpc.call("eth_blockNumber"), 16)
        found = []
        for number in range(head + 1):
            found += await fetch(rpc, number, 1, None, contract_of, None)
        return tuple(block for block, _ in found)
    finally:
        await rpc.close()


def _together(block: Block, number: int, tenders: Sequence[int]) -> Block:
    """One block with the transactions of ``block``, once for each tender."""
    txs: list[Tx] = []
    events: list[Event] = []
    for tender in tenders:
        moved = {tx.index: len(txs) + place for place, tx in enumerate(block.transactions)}
        hashes = {tx.hash: _hash(tx.hash, tender) for tx in block.transactions}
        txs += [replace(tx, index=moved[tx.index], hash=hashes[tx.hash]) for tx in block.transactions]
        for event in block.events:
            args = {name: _of(name, value, tender) for name, value in event.args.items()}
            events.append(
                Event(
                    event.contract, event.name, args, number, event.time, hashes[event.transaction], moved[event.tx_index], len(events),
                    event.address,
                )
            )  # fmt: skip
    return Block(
        number, _hash("block", number), _hash("block", number - 1), block.time, tuple(txs), tuple(events)
    )


_ONE = f"0x{1:064x}"


def _of(name: str, value: Any, tender: int) -> Any:
    """An argument of tender 1, or agreement 1, as another one has it."""
    if name in ("id", "tenderId") and value == _ONE:
        return f"0x{tender:064x}"
    if name == "agreement":
        return type(value)(tender)
    if name in ("recordId", "ref"):
        return _hash(value, tender)
    if isinstance(value, Mapping):
        return {key: _of(key, inner, tender) for key, inner in value.items()}
    return value


def _hash(text: str, number: int) -> str:
    return "0x" + hashlib.sha256(f"{text} {number}".encode()).hexdigest()
