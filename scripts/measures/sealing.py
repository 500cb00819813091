"""Sealed bids: each act of the cryptography beside the bare curve, then whole tenders on a chain, from registration to the audit."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from coincurve import PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chain.bindings import bid_box, supplier_registry
from chain.network import Network
from chain.procurement.bid import seal_bid
from chain.procurement.bidding import DECLARATION
from chain.procurement.committee import kept_share
from chain.procurement.live import LiveFacts
from chain.procurement.opening_acts import OpeningActs
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person
from chain.procurement.tender import Tender
from chain.rpc import HttpTransport, Rpc
from chain.sealing.context import BidContext
from chain.sealing.envelope import SealedEnvelope, check, seal
from chain.sealing.group import N, draw_scalar, multiply, word
from chain.sealing.keyshare import KeyShare
from chain.sealing.secret import Secret
from chain.sealing.tdh2 import Share, combine, factors
from chain.transactions import Call, address_of, gas_for, sign, unsigned
from chain.types import TenderStatus
from scripts.measures.figure import Figure, Goal, MeasureFailed
from scripts.measures.service import MONTH

__all__ = [
    "Flood", "Sender", "Work", "bid_all", "crypto_figures", "open_all", "sign_bids", "sign_openings", "sign_shares", "suppliers",
    "tender_figures",
]  # fmt: skip

_BATCH = 64  # transactions of a block at most
_ROOM = 55_000_000  # gas of their limits at most; a block of the embedded node has 60 million
_DOCUMENT = secrets.token_bytes(1_500)  # with salt and length two blocks of a body
_PAGE = 100  # bids of the figures that name no other number
_SEATS = (1, 2)  # of the sandbox's committee, 2 of 3


# -- one bid, without a chain


def crypto_figures(runs: int) -> list[Figure]:
    """Milliseconds to seal and check a bid, to make a seat's shares of a hundred, to check them, and to combine them from two seats.

    The limit is libsecp256k1 itself, called as often: multiples of G, multiples of other points, sums; and AES for what is sealed.
    """
    secret, slope = (draw_scalar(secrets.token_bytes) for _ in range(2))
    pk = multiply(secret)
    contexts = [
        BidContext(secrets.token_bytes(32), bytes(32), 0, "0x" + "11" * 20, 1, secrets.token_bytes(32))
        for _ in range(_PAGE)
    ]
    sealed = [seal(each, pk, (1_000,), _DOCUMENT, secrets.token_bytes) for each in contexts]
    held = {
        seat: KeyShare(contexts[0].keyset_id, seat, Secret.of((secret + slope * seat) % N)) for seat in _SEATS
    }
    shares = {seat: _shares(key, sealed) for seat, key in held.items()}
    scalars = [word(factor) for factor in factors(_SEATS)]
    cipher = AESGCM(secrets.token_bytes(32))

    def bare_seal() -> None:
        _curve(2, 3, 0, _PAGE)
        for _ in range(_PAGE):
            cipher.encrypt(bytes(12), bytes(2_048), bytes(32))

    def seal_all() -> None:
        for each in contexts:
            seal(each, pk, (1_000,), _DOCUMENT, secrets.token_bytes)

    def check_all() -> None:
        for each in sealed:
            check(each.data, each.context, 2)

    def bare_combine() -> None:
        # By the factors themselves, which are small numbers: a product with them takes less.
        for _ in range(_PAGE):
            for factor in scalars:
                _OTHER.multiply(factor)
        _curve(0, 0, 1, _PAGE)

    def check_shares() -> None:
        for share, each in zip(shares[1], sealed, strict=True):
            assert share.holds(held[1].key, each.context.ctx, each.envelope.u)

    def combine_all() -> None:
        for place in range(_PAGE):
            combine({seat: shares[seat][place].point for seat in _SEATS})

    def bare(of_g: int, of_others: int, sums: int) -> Callable[[], None]:
        return lambda: _curve(of_g, of_others, sums, _PAGE)

    one, all_ = 1_000 / _PAGE, 1_000
    return [
        _timed("a bid sealed", runs, one, seal_all, bare_seal, "its 5 products and AES alone", Goal("median", "<", 1)),
        _timed("an envelope checked", runs, one, check_all, bare(1, 3, 2), "its 4 products and 2 sums alone"),
        _timed(f"shares of {_PAGE} bids", runs, all_, lambda: _shares(held[1], sealed), bare(1, 2, 0), "their 3 products each alone"),
        _timed(f"shares of {_PAGE} bids checked", runs, all_, check_shares, bare(1, 3, 2), "their 4 products and 2 sums each alone"),
        _timed(f"{_PAGE} bids combined, 2 of 3", runs, all_, combine_all, bare_combine, "their 2 products and the sum each alone"),
    ]  # fmt: skip


def _shares(key: KeyShare, sealed: Sequence[SealedEnvelope]) -> list[Share]:
    return [key.open(each.context.ctx, each.envelope.u, secrets.token_bytes) for each in sealed]


def _timed(
    name: str,
    runs: int,
    scale: float,
    ours: Callable[[], object],
    bare: Callable[[], object],
    limit: str,
    goal: Goal | None = None,
) -> Figure:
    """Milliseconds; ``scale``: what seconds are multiplied with."""
    values, limits = [], []
    for _ in range(runs):
        values.append(_seconds(ours) * scale)
        limits.append(_seconds(bare) * scale)
    return Figure(f"sealed bids: {name}", "ms", values, limit, limits, goal)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


_SCALAR = secrets.token_bytes(32)
_OTHER = PublicKey.from_valid_secret(secrets.token_bytes(32))


def _curve(of_g: int, of_others: int, sums: int, times: int) -> None:
    """So many products of the generator and of others and sums, by libsecp256k1; all of it ``times`` times."""
    for _ in range(of_g * times):
        PublicKey.from_valid_secret(_SCALAR)
    for _ in range(of_others * times):
        _OTHER.multiply(_SCALAR)
    for _ in range(sums * times):
        PublicKey.combine_keys([_OTHER, _OTHER])


# -- a whole tender


@dataclass
class Work:
    """Seconds of making and signing transactions, of the node with them, how many there were in how many blocks, and their gas."""

    made: float = 0.0
    node: float = 0.0
    transactions: int = 0
    blocks: int = 0
    gas: int = 0


@dataclass
class Sender:
    """An account that signs here; ``nonce``: of its next transaction."""

    person: Person
    nonce: int
    raws: list[bytes] = field(default_factory=list)


def tender_figures(folder: Path, count: int, audits: int, seconds: float) -> list[Figure]:
    """A tender with ``count`` bids of as many suppliers on a sandbox: seconds to seal and send them, to open them all with 2 of 3 seats,
    and to audit the whole chain afterwards."""
    with Network.start(folder=folder) as net:
        flood = Flood(net, seconds)
        bidders = suppliers(net, flood, count)
        tender = net.tenders.publish(net.samples.path("laptops", length=MONTH), sender=net.person("buyer"))
        sealing = bid_all(net, flood, tender, bidders)
        net.wait_until(tender.opens_at)
        opening = open_all(net, flood, tender)
        if tender.status is not TenderStatus.AWARDING:
            raise MeasureFailed(f"the tender is {tender.status.name}, not open")
        values, limits = [], []
        for _ in range(audits):
            values.append(_seconds(net.audit_chain))
            # Per bid: an envelope checked, two shares checked, two shares combined.
            limits.append(_seconds(lambda: _curve(3, 11, 7, count)))
    goal = Goal("median", "<", 10) if count >= 1_000 else None
    raw = "the same transactions, signed before, sent raw"
    return [
        _figure(f"{count:,} bids sealed and sent", sealing, raw),
        _figure(f"{count:,} bids opened", opening, raw),
        Figure(
            f"sealed bids: chain of {count:,} bids audited", "s", values, "the products and sums of its proofs alone", limits, goal
        ),
    ]  # fmt: skip


def _figure(name: str, work: Work, limit: str) -> Figure:
    facts = {"transactions": work.transactions, "blocks": work.blocks}
    return Figure(f"sealed bids: {name}", "s", [work.made + work.node], limit, [work.node], facts=facts)


def suppliers(net: Network, flood: Flood, count: int) -> list[Sender]:
    """Registered by the registrar, owners declared, each with an account of its own."""
    keys = [secrets.token_bytes(32) for _ in range(count)]
    bidders = [Sender(Person(f"firm {place}", address_of(key), key), 0) for place, key in enumerate(keys, 1)]
    registrar = flood.sender(net.person("registrar"))
    work = Work()
    for each in bidders:
        id = hashlib.sha256(each.person.address.encode()).digest()
        flood.sign(work, registrar, supplier_registry.register(id, [each.person.address], "{}"))
    flood.send(work)
    for each in bidders:
        flood.sign(work, each, supplier_registry.declare_owners(1, DECLARATION))
    flood.send(work)
    return bidders


def bid_all(net: Network, flood: Flood, tender: Tender, bidders: Sequence[Sender], step: int = 0) -> Work:
    """Each seals as a bidder does, with a document, and signs what it sends; each asks ``step`` hundredths more than the one before."""
    work = Work()
    sign_bids(flood, work, tender, bidders, step)
    flood.send(work)
    return work


def sign_bids(flood: Flood, work: Work, tender: Tender, bidders: Sequence[Sender], step: int) -> None:
    """As ``bid_all``, to be sent with what else is signed."""
    notice = tender.notice
    for place, each in enumerate(bidders):
        start = time.perf_counter()
        price = Decimal(900_000 + step * place) / 100
        amount = dict.fromkeys(notice.lots, f"{price:.2f} {notice.currency}")
        receipt = seal_bid(notice, amount, bidder=each.person.address, version=1, declarations=DECLARATION)
        witnesses = [envelope.envelope.witness().as_tuple() for envelope in receipt.envelopes]
        sent = [envelope.data for envelope in receipt.envelopes]
        work.made += time.perf_counter() - start
        flood.sign(work, each, bid_box.submit(tender.id, notice.terms_hash, DECLARATION, sent, witnesses))


def open_all(net: Network, flood: Flood, tender: Tender) -> Work:
    """Two seats post their shares of all pages, then all pages are opened."""
    work = Work()
    for sign_part in (sign_shares, sign_openings):
        sign_part(net, flood, work, [tender])
        flood.send(work)
    return work


def sign_shares(net: Network, flood: Flood, work: Work, tenders: Sequence[Tender]) -> None:
    """The shares of two seats of all pages, to be sent with what else is signed."""
    acts = OpeningActs(LiveFacts(net), LiveSealed(net))
    for person, store in list(net.local_seats())[: len(_SEATS)]:
        start = time.perf_counter()
        sender, calls = flood.sender(person), []
        for tender in tenders:
            opening, share = tender.opening, kept_share(store, tender.facts.keyset_id)
            for page in sorted(opening.pages()):
                points = opening.page_file(page).shares(share).shares
                calls.append(acts.shares(person.address, tender.number, 0, page, share.seat, points).call)
        work.made += time.perf_counter() - start
        for call in calls:
            flood.sign(work, sender, call)


def sign_openings(net: Network, flood: Flood, work: Work, tenders: Sequence[Tender]) -> None:
    """The openings of all pages by anyone, once the shares are in blocks, to be sent with what else is signed."""
    acts, anyone = OpeningActs(LiveFacts(net), LiveSealed(net)), flood.sender(net.person("acme"))
    start = time.perf_counter()
    calls = [
        acts.open_page(tender.number, 0, page).call
        for tender in tenders
        for page in sorted(tender.opening.pages())
    ]
    work.made += time.perf_counter() - start
    for call in calls:
        flood.sign(work, anyone, call)


class Flood:
    """Transactions that were signed before, sent together, a block full at a time.

    What would not fit is not sent with the rest: of an account whose next transaction finds no room in a block, anvil takes a later,
    smaller one, finds its nonce wrong and forgets it.
    """

    def __init__(self, net: Network, seconds: float) -> None:
        self._net = net
        self._seconds = seconds
        self._signed: list[tuple[bytes, str, int]] = []

    def sender(self, person: Person) -> Sender:
        """An account with the nonce that it has now."""
        return Sender(person, asyncio.run(self._nonce(person.address)))

    def sign(self, work: Work, sender: Sender, call: Call) -> None:
        """Signs a call for the next ``send``."""
        start = time.perf_counter()
        to = self._net.deployment.addresses[call.contract]
        gas = gas_for(call)
        payload = unsigned(sender.nonce, to, call.data, gas, self._net.chain_id)
        raw, hash = sign(payload, sender.person.key)
        sender.nonce += 1
        self._signed.append((raw, hash, gas))
        work.made += time.perf_counter() - start

    def send(self, work: Work) -> None:
        """Sends what was signed until all of it is in blocks. Raises MeasureFailed where one was refused."""
        signed, self._signed = self._signed, []
        start = time.perf_counter()
        blocks, gas = asyncio.run(self._sent(_batches(signed)))
        work.blocks += blocks
        work.gas += gas
        work.node += time.perf_counter() - start
        work.transactions += len(signed)

    async def _nonce(self, address: str) -> int:
        rpc = Rpc(HttpTransport(self._net.rpc_url))
        try:
            return int(await rpc.call("eth_getTransactionCount", address, "latest"), 16)
        finally:
            await rpc.close()

    async def _sent(self, batches: Sequence[Sequence[tuple[bytes, str, int]]]) -> tuple[int, int]:
        """The number of blocks, and the gas of all."""
        rpc = Rpc(HttpTransport(self._net.rpc_url))
        try:
            async with asyncio.timeout(self._seconds):
                for batch in batches:
                    raws = [("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw, _, _ in batch]
                    await rpc.results(raws)
                    await self._net.nudge()
                hashes = [hash for batch in batches for _, hash, _ in batch]
                receipts = await rpc.results([("eth_getTransactionReceipt", [hash]) for hash in hashes])
        finally:
            await rpc.close()
        done = sum(receipt is not None and receipt["status"] == "0x1" for receipt in receipts)
        if done != len(hashes):
            raise MeasureFailed(f"{len(hashes) - done} of {len(hashes)} transactions were refused or lost")
        gas = sum(int(receipt["gasUsed"], 16) for receipt in receipts)
        return len({receipt["blockNumber"] for receipt in receipts}), gas


def _batches(signed: Sequence[tuple[bytes, str, int]]) -> list[list[tuple[bytes, str, int]]]:
    """In order, each as much as a block has room for."""
    found: list[list[tuple[bytes, str, int]]] = [[]]
    room = _ROOM
    for each in signed:
        if len(found[-1]) == _BATCH or each[2] > room:
            found.append([])
            room = _ROOM
        found[-1].append(each)
        room -= each[2]
    return found
