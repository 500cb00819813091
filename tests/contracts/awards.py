"""Tenders of the contract tests whose bids are open: sealed for real, revealed by their bidders, many in a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.rules.deadlines import Outage
from chain.sealing.envelope import MAX_AMOUNT, NO_OFFER, SealedEnvelope, pads
from chain.types import DisqualificationReason, LotTerms, Procedure, Setup
from tests.contracts.bids import reveal_of, sealed_bid, submission
from tests.contracts.four_eyes import published
from tests.contracts.sealing import resealed
from tests.contracts.tenders import Lot, Tender, cancel, publish
from tests.contracts.world import (
    ACME,
    BETA,
    ZERO,
    Receipt,
    Refusal,
    World,
    address,
    calldata,
    hash_of,
    label,
    sandbox,
    text_of,
)

__all__ = [
    "DECISION", "DESK", "GAP", "NOWHERE", "Amounts", "Offer", "Opened", "Reason", "Lot", "counting_outages", "opened", "outage",
    "procedure", "put_out", "register", "revealed", "sealed_tender", "send_all", "supplier_of", "ticks",
]  # fmt: skip

DESK = "AwardDesk"
DECISION = hash_of("reasoned decision")
PAGE = 128
NOWHERE = 65_535
"""The index that no bid has."""
GAP = 900
"""Seconds of silence that are an outage, where a test counts them."""

_IN_A_BLOCK = 100

Reason = DisqualificationReason
Amounts = int | None | Sequence[int | None]
"""What a supplier asks for the only lot, or for each; None = no offer."""
Offer = tuple[int, bytes, tuple[int, ...]]
"""Struct Offer: index, docCommit, amounts."""


def supplier_of(who: str) -> bytes:
    """Id of the supplier that an account acts for."""
    return {"acme": ACME, "beta": BETA}.get(who) or hash_of(who)


def procedure(world: World, **changes: Any) -> Procedure:
    """The sandbox procedure, or a next version of it with changes, which is adopted."""
    if not changes:
        return sandbox()
    version = world.read("ProcedureBook", "lastVersion", label("sandbox", 16)) + 1
    made = sandbox(version, **changes)
    world.send("authority", "ProcedureBook", "adopt", made.as_tuple(), text_of())
    return made


@dataclass
class Opened:
    """A tender and what its bids showed, by the account that sent them; ``orders``: numbers of their arrival."""

    world: World
    tender: Tender
    procedure: Procedure
    sealed: dict[str, SealedEnvelope]
    indexes: dict[str, int]
    orders: dict[str, int]

    @property
    def id(self) -> bytes:
        """The tender's."""
        return self.tender.id

    @property
    def setup(self) -> tuple[Any, ...]:
        """Struct Setup."""
        return self.tender.terms.setup.as_tuple()

    def index(self, who: str) -> int:
        """Place of a bid in the box."""
        return self.indexes[who]

    def offer(self, who: str) -> Offer:
        """What a bid's opening showed."""
        sealed = self.sealed[who]
        words = sealed.envelope.words
        hidden = pads(sealed.context, sealed.secret, len(words))
        commitment, *amounts = (word ^ pad for word, pad in zip(words, hidden, strict=True))
        return self.index(who), commitment.to_bytes(32, "big"), tuple(amounts)

    def offers(self, page: int = 0) -> list[Offer]:
        """Those of a page of a tally, in order of index."""
        within = range(PAGE * page, PAGE * page + PAGE)
        return sorted(self.offer(who) for who in self.sealed if self.index(who) in within)

    def in_order(self, lot: int = 1) -> list[str]:
        """Who may win, if all may that made an offer: lower price first, then the earlier bid."""
        prices = {who: self.offer(who)[2][lot - 1] for who in self.sealed}
        offering = [who for who, price in prices.items() if 0 < price <= MAX_AMOUNT]
        return sorted(offering, key=lambda who: (prices[who], self.orders[who]))

    # calls

    def send(self, who: str, function: str, *args: Any, at: int | None = None) -> Receipt:
        """A call about this tender."""
        return self.world.send(who, DESK, function, self.id, *args, at=at)

    def refusal(self, who: str, function: str, *args: Any, at: int | None = None) -> Refusal:
        """What refuses it."""
        return self.world.refusal(who, DESK, function, self.id, *args, at=at)

    def read(self, function: str, *args: Any) -> Any:
        """A view of the desk about this tender."""
        return self.world.read(DESK, function, self.id, *args)

    def tally(self, lot: int = 1) -> Receipt:
        """Counts all pages; the last receipt."""
        count = self.world.read("BidBox", "box", self.id)[0]
        pages = range(-(-count // PAGE))
        return [self.send("stranger", "tally", lot, self.setup, page, self.offers(page)) for page in pages][
            -1
        ]

    def rank(self, *who: str, lot: int = 1) -> Receipt:
        """Goes on with the ranking."""
        return self.send("stranger", "rank", lot, self.setup, [self.offer(each) for each in who])

    def ready(self, *who: str, lot: int = 1) -> Opened:
        """Counts and ranks; ``who``: those that may win in order, if not all may."""
        self.tally(lot)
        order = list(who) or self.in_order(lot)
        for start in range(0, len(order), PAGE):
            self.rank(*order[start : start + PAGE], lot=lot)
        return self

    def award(self, who: str, lot: int = 1, **options: Any) -> Receipt:
        """As the officer."""
        return self.send("officer", "award", lot, supplier_of(who), self.offer(who), DECISION, **options)

    def disqualify(
        self, who: str, lot: int = 1, reason: int = Reason.NOT_QUALIFIED, **options: Any
    ) -> Receipt:
        """As the officer."""
        return self.send("officer", "disqualify", lot, self.index(who), reason, DECISION, **options)

    def ask_explanation(self, who: str, lot: int = 1, **options: Any) -> int:
        """As the officer; the end of the window."""
        receipt = self.send("officer", "askExplanation", lot, self.index(who), DECISION, **options)
        return int(receipt.events[-1].args["until"])

    def ask_curing(self, who: str, **options: Any) -> int:
        """As the officer; the end of the window."""
        receipt = self.send("officer", "askCuring", self.index(who), DECISION, **options)
        return int(receipt.events[-1].args["until"])

    # views

    def facts(self, lot: int = 1) -> dict[str, Any]:
        """Struct LotFacts by name."""
        return self.world.facts(DESK, "lotFacts", self.id, lot)

    def stage(self, lot: int = 1) -> Lot:
        """What TenderBoard says of the lot, which the desk says as well unless it is signed or cancelled."""
        found = Lot(self.world.read("TenderBoard", "lotStatus", self.id, lot))
        if found not in (Lot.SIGNED, Lot.CANCELLING, Lot.CANCELLED):
            assert self.read("awardStatus", lot) == found
        return found

    def ranking(self, lot: int = 1) -> list[int]:
        """Indexes in order of rank."""
        return [self.read("rankAt", lot, place) for place in range(self.facts(lot)["ranked"])]

    def low(self, lot: int = 1) -> list[int]:
        """Places of the abnormally low."""
        count = self.facts(lot)["ranked"]
        return [place for place in range(count) if self.read("isLow", lot, place)]

    def may_win(self, lot: int = 1) -> set[int]:
        """Indexes of those that may win."""
        count = self.world.read("BidBox", "box", self.id)[0]
        return {index for index in range(count) if self.read("isAdmissible", lot, index)}


def sealed_tender(
    world: World,
    bids: Mapping[str, Amounts],
    *,
    lots: Sequence[LotTerms] = (LotTerms(100_000),),
    again: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    cancelled: Sequence[int] = (),
    document: bytes = b"{}",
    body: bytes = ZERO,
    panel: Sequence[str] = (),
    publisher: str = "",
    **changes: Any,
) -> Opened:
    """A tender whose bids came in this order; ``again``: who sends its bid once more, and so later; ``cancelled``: lots, at the deadline;
    ``body``: its review body; ``panel``: its evaluators; ``publisher``: an officer of another buyer, who publishes it alone.

    Further arguments change the sandbox procedure.
    """
    kept = procedure(world, **changes)
    register(world, list(bids))
    setup = Setup(tuple(lots), (), tuple(address(who) for who in panel))
    by = {"who": publisher} if publisher else {}
    tender = put_out(world, kept, setup=setup, review_body=body, **by)
    sealed: dict[str, SealedEnvelope] = {}
    orders: dict[str, int] = {}
    for version, names in ((1, list(bids)), (2, list(again))):
        for who in names:
            sealed[who] = _seal(world, tender, who, bids[who], version, document)
            orders[who] = len(orders) + 1 if version == 1 else len(bids) + list(again).index(who) + 1
        calls = [(who, "BidBox", "submit", submission(tender, sealed[who])) for who in names]
        send_all(world, calls)
    indexes = {who: place for place, who in enumerate(bids)}
    for who in withdrawn:
        world.send(who, "BidBox", "withdraw", tender.id)
        del sealed[who]
    for place, lot in enumerate(cancelled):
        cancel(world, tender, lot, at=tender.deadline + place - len(cancelled) + 1)
    return Opened(world, tender, kept, sealed, indexes, orders)


def opened(world: World, bids: Mapping[str, Amounts], **options: Any) -> Opened:
    """A tender whose live bids are all open; the options are those of `sealed_tender`."""
    return revealed(sealed_tender(world, bids, **options))


def revealed(made: Opened) -> Opened:
    """The same, once its bidders have opened what they sealed."""
    world = made.world
    world.move_to(world.facts("TenderBoard", "bidWindow", made.id)["fallbackFrom"])
    calls = [
        (who, "OpeningCommittee", "selfReveal", reveal_of(made.tender, made.index(who), sealed))
        for who, sealed in made.sealed.items()
    ]
    send_all(world, calls)
    assert world.read("OpeningCommittee", "openedBids", made.id, 0) == len(made.sealed)
    return made


def put_out(world: World, used: Procedure, **options: Any) -> Tender:
    """A tender under a procedure, published by whom it takes."""
    if used.four_eyes:
        return published(world, used, **options)
    return publish(world, procedure_version=used.version, **options)


def register(world: World, names: list[str]) -> None:
    book = "SupplierRegistry"
    new = [who for who in names if world.read(book, "supplierOf", address(who)) == ZERO]
    send_all(world, [("registrar", book, "register", (hash_of(who), [address(who)], "{}")) for who in new])
    undeclared = [
        who for who in names if not world.facts(book, "supplierFacts", supplier_of(who))["ownersAt"]
    ]
    owners = hash_of("owners")
    send_all(world, [(who, book, "declareOwners", (1, owners)) for who in undeclared])


def _seal(
    world: World, tender: Tender, who: str, amounts: Amounts, version: int, document: bytes
) -> SealedEnvelope:
    """A bid; amounts that no client seals are put in afterwards, with a proof that holds."""
    wanted = list(amounts) if isinstance(amounts, Sequence) else [amounts]
    plain = [each if each is None or each <= MAX_AMOUNT else 1 for each in wanted]
    sealed = sealed_bid(world, tender, who, plain, version, document)
    if plain == wanted:
        return sealed
    commitment = sealed.envelope.words[0] ^ pads(sealed.context, sealed.secret, 1)[0]
    head = [commitment, *(NO_OFFER if each is None else each for each in wanted)]
    return resealed(sealed, head=head)


def send_all(world: World, calls: Sequence[tuple[str, str, str, tuple[Any, ...]]]) -> None:
    """Sends these calls in order, as few blocks as hold them."""
    for start in range(0, len(calls), _IN_A_BLOCK):
        for who, contract, function, args in calls[start : start + _IN_A_BLOCK]:
            world.queue(who, contract, calldata(contract, function, args))
        world.move_to(world.time + 1)


def counting_outages(world: World) -> None:
    """From now on silence counts: the procedures' book gets the code of one with a gap, and keeps what it holds."""
    receipt = world.deploy("ProcedureBook", address("authority"), GAP, [], [])
    code = world.node.rpc("eth_getCode", receipt.created, "latest")
    world.node.rpc("anvil_setCode", world.addresses["ProcedureBook"], code)
    world.send("stranger", "ProcedureBook", "tick")


def ticks(world: World, until: int) -> None:
    """No silence up to that time, nor for some minutes after it."""
    for at in (*range(world.time + GAP // 2, until, GAP // 2), until):
        world.send("stranger", "ProcedureBook", "tick", at=at)


def outage(world: World, end: int) -> Outage:
    """Nobody says anything from the last act, which ticked, to that time."""
    found = Outage(world.time, end)
    world.send("stranger", "ProcedureBook", "tick", at=end)
    return found
