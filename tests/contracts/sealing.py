"""BidBox and OpeningCommittee alone, with a stand-in for all the contracts around them; committees, tenders and bids with real keys.

The stand-in says what the tender's window is, who may bid and who opens for whom; whatever the cryptography needs is made by
``chain.sealing``, so that a test changes exactly one thing of something that holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from chain.artifacts import artifact
from chain.sealing.ceremony import Keyset, Plan
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.envelope import Envelope, SealedEnvelope, pads, seal
from chain.sealing.group import GBAR, Point, hashed, tag, word
from chain.sealing.keyshare import KeyShare
from chain.sealing.local import LocalCommittee, run_locally
from chain.sealing.opening import open_with
from chain.sealing.tdh2 import Know, Same, Share, combine
from chain.types import WIRING, ZERO32
from tests.contracts.world import (
    HOLDER,
    SANDBOX_MARK,
    START,
    ZERO_ADDRESS,
    Node,
    Receipt,
    World,
    address,
    calldata,
    created_address,
    creation,
    hash_of,
    member_id,
    tender_id,
)

STAND_IN, BOX, COMMITTEE = "SealingStandIn", "BidBox", "OpeningCommittee"
CHAIN_ID = 31337
DECLARATIONS = hash_of("declarations")
DOCUMENT = b'{"schema":"licita/bid-document/1"}'
NO_OFFER = 2**256 - 1
FOREVER = 86_400
"""Seconds from the opening to the fallback, and from there to the end."""

SEATS = tuple(f"seat {number}" for number in range(1, 17))
"""Accounts, each of which opens for a member of its own."""

SUPPLIERS = {"acme": "acme", "acme2": "acme", "beta": "beta", "gama": "gama", "delta": "delta"}
"""Account -> supplier."""

STEPS = ("open", "join", "commit", "publish", "send", "register", "confirm")

_drawn, _tenders = count(1), count(1)


def draw(size: int) -> bytes:
    """Bytes that are the same in each run and not the same twice."""
    assert size <= 32
    return hashed(b"licita/test/draw", word(next(_drawn)))[:size]


def member(who: str) -> bytes:
    """The member that an account opens for."""
    return member_id(f"TEST-{who}")


def supplier(name: str) -> bytes:
    """Id of a supplier."""
    return member_id(f"TEST-{name}")


# The contracts


def wired(addresses: Mapping[str, str]) -> tuple[str, ...]:
    """Struct Wiring: the stand-in is everything but the two contracts."""
    return tuple(addresses.get(name, addresses[STAND_IN]) for name in WIRING)


def deploy(world: World, deployer: str, founder: str) -> None:
    """Creates the three contracts with the deployer's first three transactions."""
    world.addresses = {
        name: created_address(deployer, nonce) for nonce, name in enumerate((STAND_IN, BOX, COMMITTEE))
    }
    world.node.rpc("anvil_setCode", SANDBOX_MARK, "0x00")
    wiring = wired(world.addresses)
    for name, args in ((STAND_IN, ()), (BOX, (wiring,)), (COMMITTEE, (wiring, founder))):
        transact(world, deployer, None, bytecode(name, *args))
        assert world.node.rpc("eth_getCode", world.addresses[name], "latest") != "0x", name


def bytecode(contract: str, *args: Any) -> bytes:
    """Creation code; the stand-in has no constructor."""
    return creation(contract, args) if args else artifact(contract).bytecode


def transact(world: World, who: str, to: str | None, data: bytes, at: int | None = None) -> dict[str, Any]:
    """Sends these very bytes in a block of their own, which must go through: the receipt as the node gives it."""
    call = as_call(who, to, data)
    sent = world.node.rpc("eth_sendTransaction", call)
    world.move_to(world.time + 1 if at is None else at)
    receipt: dict[str, Any] = world.node.rpc("eth_getTransactionReceipt", sent)
    assert receipt["status"] == "0x1", world.node.ask("eth_call", call, "latest")
    return receipt


def as_call(who: str, to: str | None, data: bytes) -> dict[str, str]:
    """A free call with as much gas as a transaction may take."""
    call = {"from": who, "data": "0x" + data.hex(), "gas": hex(16_777_216), "gasPrice": "0x0"}
    return call | ({"to": to} if to else {})


def say(world: World, *calls: tuple[Any, ...]) -> None:
    """Tells the stand-in several things in one block: (function, arguments...)."""
    for function, *args in calls:
        world.queue(HOLDER, STAND_IN, calldata(STAND_IN, function, tuple(args)))
    world.move_to(world.time + 1)


def founded(node: Node) -> World:
    """The contracts, sixteen members that may open, four suppliers; HOLDER is the founder."""
    world = World(node, time=START)
    world.move_to(START + 1)
    deploy(world, address(HOLDER), address(HOLDER))
    say(
        world,
        *(("setMember", address(who), member(who)) for who in SEATS),
        *(("setSupplier", address(who), supplier(name)) for who, name in SUPPLIERS.items()),
    )
    return world


def council(world: World, contract: str, function: str, *args: Any, at: int | None = None) -> Receipt:
    """A call by the council's timelock or by EvaluationDesk: the stand-in makes it."""
    data = calldata(contract, function, args)
    return world.send("anyone", STAND_IN, "call", world.addresses[contract], data, at=at)


def council_refusal(world: World, contract: str, function: str, *args: Any, at: int | None = None) -> Any:
    """What refuses such a call."""
    data = calldata(contract, function, args)
    return world.refusal("anyone", STAND_IN, "call", world.addresses[contract], data, at=at)


# Committees


@dataclass(frozen=True)
class Committee:
    """A keyset with all its secrets, and the account of each seat."""

    local: LocalCommittee
    who: tuple[str, ...]

    @property
    def keyset(self) -> Keyset:
        """What is public of it."""
        return self.local.keyset

    @property
    def id(self) -> bytes:
        """keysetId."""
        return self.keyset.id

    @property
    def pk(self) -> Point:
        """The joint key."""
        return self.keyset.pk

    @property
    def k(self) -> int:
        """Seats that open."""
        return self.keyset.threshold

    def share(self, seat: int) -> KeyShare:
        """What the seat keeps."""
        return self.local.shares[seat]

    def by(self, seat: int) -> str:
        """The account of a seat."""
        return self.who[seat - 1]

    def answer(self, seat: int, round_: int) -> tuple[int, int]:
        """(c, z) of a roll-call; round 0 is the confirmation."""
        return pair(self.share(seat).answer(round_, draw))


def pair(proof: Know) -> tuple[int, int]:
    """(c, z)."""
    return proof.c, proof.z


@dataclass
class Ceremony:
    """A ceremony that was planned: what each step sends is known, and nothing of it is sent yet."""

    world: World
    committee: Committee
    parent: Committee | None = None
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """What it is opened with."""
        return self.committee.local.transcript.plan

    @property
    def id(self) -> bytes:
        """Its id."""
        return self.plan.ceremony_id

    @property
    def opened_with(self) -> tuple[Any, ...]:
        """Arguments of openCeremony."""
        return self.plan.threshold, list(self.plan.members), self.plan.parent, list(self.plan.dealers)

    @property
    def registered_with(self) -> tuple[Any, ...]:
        """Arguments of registerKeyset."""
        keyset = self.committee.keyset
        return self.id, keyset.pk.as_tuple(), [key.as_tuple() for key in keyset.keys]

    def by(self, dealer: int) -> str:
        """The account of a dealer."""
        return (self.parent or self.committee).by(dealer)

    def messages(self, step: str) -> list[tuple[str, str, tuple[Any, ...]]]:
        """(account, function, arguments) of a step, in order of seats or dealers."""
        local, who = self.committee.local, self.committee.who
        transcript, seats = local.transcript, range(1, len(who) + 1)
        dealers = self.plan.dealing_seats
        if step == "open":
            return [(HOLDER, "openCeremony", self.opened_with)]
        if step == "join":
            keys = zip(seats, transcript.box_keys, strict=True)
            return [(who[seat - 1], "joinCeremony", (self.id, seat, key)) for seat, key in keys]
        if step == "register":
            return [("anyone", "registerKeyset", self.registered_with)]
        if step == "confirm":
            return [
                (who[seat - 1], "confirmKeyset", (self.committee.id, seat, *pair(local.confirmations[seat])))
                for seat in seats
            ]
        function, sent = {
            "commit": ("commitDealing", transcript.commitments),
            "publish": ("publishDealing", transcript.messages),
            "send": ("sendDealing", transcript.boxes),
        }[step]
        return [
            (self.by(dealer), function, (self.id, dealer, data))
            for dealer, data in zip(dealers, sent, strict=True)
        ]

    def does(self, step: str) -> Ceremony:
        """Sends the messages of one step. Whoever may, opens: the founder first, later the authority."""
        for who, function, args in self.messages(step):
            if step == "open" and self.world.read(COMMITTEE, "founded"):
                self.receipts.append(council(self.world, COMMITTEE, function, *args))
            else:
                self.receipts.append(self.world.send(who, COMMITTEE, function, *args))
        return self

    def until(self, last: str) -> Ceremony:
        """Sends the messages of all steps to this one."""
        for step in STEPS[: STEPS.index(last) + 1]:
            self.does(step)
        return self


def ceremony(
    world: World,
    k: int = 2,
    who: Sequence[str] = SEATS[:3],
    *,
    parent: Committee | None = None,
    dealers: Sequence[int] = (),
    ahead: int = 0,
) -> Ceremony:
    """Plans the next ceremony, or one ``ahead`` of it. ``dealers``: by default the first k of the parent."""
    if parent is not None and not dealers:
        dealers = range(1, parent.k + 1)
    plan = Plan(
        CHAIN_ID,
        world.addresses[COMMITTEE],
        world.read(COMMITTEE, "ceremonies") + 1 + ahead,
        k,
        tuple(map(member, who)),
        ZERO32 if parent is None else parent.id,
        tuple(dealers),
    )
    local = run_locally(plan, draw, None if parent is None else parent.local)
    return Ceremony(world, Committee(local, tuple(who)), parent)


def form(world: World, k: int = 2, who: Sequence[str] = SEATS[:3], **options: Any) -> Committee:
    """A whole ceremony."""
    return ceremony(world, k, who, **options).until("confirm").committee


# Tenders


@dataclass(frozen=True)
class Window:
    """Struct BidWindow of a tender, with the tender and the committee's key."""

    id: bytes
    pk: Point
    keyset_id: bytes
    terms_hash: bytes
    closes_at: int
    open_from: int
    fallback_from: int
    void_from: int
    terms_version: int = 1
    envelopes: int = 1
    lots: int = 1
    body_blocks: int = 2
    max_bids: int = 0
    stopped: bool = False

    def as_tuple(self) -> tuple[Any, ...]:
        """As ABI coding wants it."""
        return (
            self.keyset_id, self.terms_hash, self.terms_version, self.closes_at, self.open_from, self.fallback_from, self.void_from,
            self.envelopes, self.lots, self.body_blocks, self.max_bids, self.stopped,
        )  # fmt: skip

    def put(self, world: World, **changes: Any) -> Window:
        """Says with these changes that it is so."""
        changed = replace(self, **changes)
        say(world, ("setWindow", self.id, changed.as_tuple(), ZERO_ADDRESS))
        return changed

    def amended(self, world: World) -> Window:
        """The next version of the terms."""
        version = self.terms_version + 1
        return self.put(world, terms_version=version, terms_hash=terms_of(self.id, version))


def terms_of(tender: bytes, version: int) -> bytes:
    """termsHash of a version."""
    return hashed(f"licita/vectors/terms/0x{tender.hex()}/{version}".encode())


def tender(
    world: World, committee: Committee, *, period: int = 1000, delay: int = 600, **changes: Any
) -> Window:
    """A tender; ``period``: seconds to the deadline, ``delay``: from there to the opening."""
    number = tender_id(next(_tenders))
    closes_at = world.time + 1 + period
    opens = closes_at + delay
    window = Window(
        number, committee.pk, committee.id, terms_of(number, 1), closes_at, opens, opens + FOREVER, opens + 2 * FOREVER
    )  # fmt: skip
    return window.put(world, **changes)


# Bids


@dataclass(frozen=True)
class Bid:
    """What a supplier sealed: an envelope or two. ``index``: its supplier's place."""

    window: Window
    who: str
    version: int
    index: int
    amounts: tuple[int | None, ...]
    parts: tuple[SealedEnvelope, ...]

    @property
    def data(self) -> list[bytes]:
        """The envelopes."""
        return [part.data for part in self.parts]

    @property
    def witnesses(self) -> list[tuple[Any, ...]]:
        """A witness for each."""
        return [part.envelope.witness().as_tuple() for part in self.parts]

    @property
    def args(self) -> tuple[Any, ...]:
        """Arguments of submit."""
        return self.window.id, self.window.terms_hash, DECLARATIONS, self.data, self.witnesses

    def revealed(self, envelope: int = 0) -> tuple[Any, ...]:
        """Arguments of selfReveal."""
        part = self.parts[envelope]
        return (
            self.window.id, envelope, self.index, part.r.number, part.secret.as_tuple(), part.envelope.u.as_tuple(),
            part.envelope.body_hash, list(part.envelope.words),
        )  # fmt: skip


def sealed(
    world: World,
    window: Window,
    who: str = "acme",
    amounts: Sequence[int | None] | None = None,
    *,
    version: int = 1,
    index: int = 0,
    blocks: int = 1,
    document: bytes | None = None,
) -> Bid:
    """Seals a bid for the window as it is; ``blocks``: length of the body of each envelope."""
    offers = tuple(range(100, 100 + window.lots)) if amounts is None else tuple(amounts)
    separator = domain_separator(CHAIN_ID, world.addresses[BOX])
    bidder = who if who.startswith("0x") else address(who)
    text = bytes((blocks - 1) * 1024) + DOCUMENT if document is None else document
    parts = []
    for number in range(window.envelopes):
        context = BidContext(separator, window.id, number, bidder, version, window.keyset_id)
        offered = offers if number == window.envelopes - 1 else ()
        parts.append(seal(context, window.pk, offered, text, draw))
    return Bid(window, who, version, index, offers, tuple(parts))


def submit(world: World, bid: Bid, at: int | None = None) -> Receipt:
    """Sends it."""
    return world.send(bid.who, BOX, "submit", *bid.args, at=at)


def submitted(world: World, window: Window, *who: str, **options: Any) -> list[Bid]:
    """First bids of several suppliers, in order, from place 0."""
    bids = [sealed(world, window, each, index=index, **options) for index, each in enumerate(who)]
    for bid in bids:
        submit(world, bid)
    return bids


def firms(world: World, number: int) -> tuple[str, ...]:
    """That many accounts, each of a supplier of its own."""
    names = tuple(f"firm {each}" for each in range(number))
    say(world, *(("setSupplier", address(name), supplier(name)) for name in names))
    return names


# Opening


def shares(committee: Committee, seat: int, bids: Sequence[Bid], envelope: int = 0) -> list[Share]:
    """A seat's shares of these bids."""
    parts = [bid.parts[envelope] for bid in bids]
    return [committee.share(seat).open(part.context.ctx, part.envelope.u, draw) for part in parts]


def entries(committee: Committee, seat: int, bids: Sequence[Bid], envelope: int = 0) -> list[tuple[Any, ...]]:
    """``entries`` of postShares."""
    made = shares(committee, seat, bids, envelope)
    parts = [bid.parts[envelope] for bid in bids]
    return [
        share.entry(part.envelope.u, part.envelope.label(part.context))
        for share, part in zip(made, parts, strict=True)
    ]


def posting(
    window: Window, committee: Committee, seat: int, bids: Sequence[Bid], envelope: int = 0, page: int = 0
) -> tuple[Any, ...]:
    """Arguments of postShares."""
    return window.id, envelope, page, seat, entries(committee, seat, bids, envelope)


def post(
    world: World,
    window: Window,
    committee: Committee,
    seat: int,
    bids: Sequence[Bid],
    *,
    envelope: int = 0,
    page: int = 0,
    at: int | None = None,
) -> Receipt:
    """Posts them."""
    args = posting(window, committee, seat, bids, envelope, page)
    return world.send(committee.by(seat), COMMITTEE, "postShares", *args, at=at)


def opening(
    window: Window,
    committee: Committee,
    seats: Sequence[int],
    bids: Sequence[Bid],
    envelope: int = 0,
    page: int = 0,
) -> list[Any]:
    """Arguments of openPage: tender, envelope, page, seats, factors, points, bids."""
    made = {seat: [share.point for share in shares(committee, seat, bids, envelope)] for seat in seats}
    found = [combine({seat: made[seat][place] for seat in seats}) for place in range(len(bids))]
    points = [[value for point in made[seat] for value in point.as_tuple()] for seat in seats]
    opened = []
    for bid, combined in zip(bids, found, strict=True):
        part = bid.parts[envelope].envelope
        products = [product.as_tuple() for product in combined.products]
        opened.append(
            (part.u.as_tuple(), part.body_hash, list(part.words), products, list(combined.inverses))
        )
    lagrange = list(found[0].factors) if found else [1] * len(seats)
    return [window.id, envelope, page, list(seats), lagrange, points, opened]


def open_page(
    world: World,
    window: Window,
    committee: Committee,
    seats: Sequence[int],
    bids: Sequence[Bid],
    *,
    envelope: int = 0,
    page: int = 0,
    at: int | None = None,
) -> Receipt:
    """Opens the page as anyone."""
    args = opening(window, committee, seats, bids, envelope, page)
    return world.send("anyone", COMMITTEE, "openPage", *args, at=at)


def record(bid: Bid, envelope: int = 0) -> bytes:
    """What openingOf is once it is open."""
    part = bid.parts[envelope]
    offered = bid.amounts if envelope == len(bid.parts) - 1 else ()
    commitment = open_with(part.secret, part.context, part.envelope).doc_commit
    return hashed(commitment, *(word(NO_OFFER if each is None else each) for each in offered))


def resealed(
    part: SealedEnvelope, *, head: Sequence[int] | None = None, body: bytes | None = None
) -> SealedEnvelope:
    """The same envelope with another head (docCommit and amounts, unhidden) or another body, and a proof that holds."""
    old, context, r = part.envelope, part.context, part.r.number
    words = old.words
    if head is not None:
        hidden = pads(context, part.secret, len(head))
        words = tuple(value ^ pad for value, pad in zip(head, hidden, strict=True))
    content = old.body if body is None else body
    label = hashed(context.ctx, *map(word, words), hashed(content))
    proof = Same.prove(tag("tdh2-proof"), label, r, old.u, GBAR, old.ubar, draw)
    start = bytes((1,)) + old.u.compress() + old.ubar.compress() + bytes((len(words),))
    data = start + b"".join(map(word, (*words, proof.e, proof.f))) + content
    return replace(part, envelope=Envelope(data, old.u, old.ubar, words, proof, content))


def with_part(bid: Bid, part: SealedEnvelope, place: int = 0) -> Bid:
    """The bid with another envelope."""
    return replace(bid, parts=(*bid.parts[:place], part, *bid.parts[place + 1 :]))


def locked_open(world: World, window: Window, committee: Committee, bids: Sequence[Bid]) -> Window:
    """The first share is posted, which locks the box; then the window says that the tender is open again."""
    post(world, window, committee, 1, bids, at=max(world.time + 1, window.open_from))
    return window.put(world, closes_at=world.time + 1000)


UNKNOWN = tender_id(2**255)
"""No test has this tender."""
