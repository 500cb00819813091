"""Bids of one tender from a script: notice, submit, confirm, withdraw, list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chain.errors.contracts import BidBoxUnknown, OpeningCommitteeKeysetNotFound
from chain.errors.opening import BidAbsent
from chain.procurement.bid import Amount, Bid, Notice, OpenedBid, offer_file, seal_bid
from chain.procurement.bid_acts import BidActs
from chain.procurement.facts import Facts
from chain.procurement.live import LiveFacts
from chain.procurement.opened import money_of, open_contents, opening_of
from chain.procurement.sealed import SealedFacts, context_of
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.session import Person, Session
from chain.rules import tender_id
from chain.rules.bids import BidFacts, status_word
from chain.sealing.document import OfferFile
from chain.sealing.group import Point
from chain.sealing.receipt import Receipt
from chain.types import BidStatus, Event, TenderFacts, from_hex, moment, to_hex

__all__ = ["DECLARATION", "Bidding", "lots_of", "notice_of"]


def lots_of(document: Mapping[str, Any], count: int) -> tuple[str, ...]:
    """Ids of a tender's lots in order; a tender that declares none has one, "1"."""
    declared = tuple(str(lot["id"]) for lot in document.get("lots", ()))
    return declared if len(declared) == count else tuple(str(number) for number in range(1, count + 1))


def notice_of(facts: Facts, sealed: SealedFacts, number: int) -> Notice:
    """What a bidder of a tender seals with. Raises BidBoxUnknown, OpeningCommitteeKeysetNotFound."""
    known = facts.tender(number)
    procedure = facts.procedure(known.procedure, known.procedure_version)[0] if known else None
    if known is None or procedure is None:
        raise BidBoxUnknown(number)
    keyset = sealed.keys(known.keyset_id)
    if keyset is None or keyset.id != known.keyset_id:
        raise OpeningCommitteeKeysetNotFound(to_hex(known.keyset_id))
    return Notice(
        number, sealed.separator, known.terms_hash, keyset, procedure.envelopes, lots_of(facts.document(number), known.lots),
        known.currency, known.exponent, procedure.body_blocks,
    )  # fmt: skip


class Bidding:
    """The bids of one tender; every read is live."""

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self._number = number
        self._facts = LiveFacts(session)
        self._sealed = LiveSealed(session)
        self._acts = BidActs(self._facts, self._sealed)

    def notice(self) -> Notice:
        """What a bidder seals with. Raises BidBoxUnknown, OpeningCommitteeKeysetNotFound."""
        return notice_of(self._facts, self._sealed, self._number)

    def seal(
        self,
        amount: Amount,
        documents: Sequence[Path | str | OfferFile] = (),
        *,
        sender: Person,
        declarations: bytes | None = None,
    ) -> Receipt:
        """Seals here, for ``sender``; nothing is sent. ``declarations``: sha256 of the signed declaration, by default of a plain one."""
        supplier = self._facts.supplier_of(sender.address)
        files = [each if isinstance(each, OfferFile) else offer_file(each) for each in documents]
        return seal_bid(
            self.notice(), amount, files, bidder=sender.address,
            version=self._sealed.bid_of(self._number, supplier).version + 1, declarations=declarations or DECLARATION,
        )  # fmt: skip

    def submit(self, receipt: Receipt, *, sender: Person) -> Receipt:
        """Sends what was sealed; the receipt with its transaction. Raises the refusals of BidBox's submit."""
        act = self._acts.submit(
            sender.address, self._number, receipt.terms_hash, receipt.declarations,
            [envelope.data for envelope in receipt.envelopes],
        )  # fmt: skip
        return receipt.sent(self._session.send(act.call, sender).transaction)

    def confirm(self, *, sender: Person) -> Bid:
        """Binds the untouched bid to the tender's last terms. Raises the refusals of BidBox's confirm."""
        known = self._facts.tender_known(self._number)
        self._session.send(self._acts.confirm(sender.address, self._number, known.terms_hash).call, sender)
        return self.of(sender.address)

    def withdraw(self, *, sender: Person) -> Bid:
        """Takes the bid back. Raises the refusals of BidBox's withdraw."""
        self._session.send(self._acts.withdraw(sender.address, self._number).call, sender)
        return self.of(sender.address)

    def of(self, account: str) -> Bid:
        """The bid of an account's supplier. Raises BidAbsent."""
        supplier = self._facts.supplier_of(account)
        facts = self._sealed.bid_of(self._number, supplier)
        if facts.status is BidStatus.NONE:
            raise BidAbsent(self._number, to_hex(supplier))
        return self._bid(self._facts.tender_known(self._number), facts, to_hex(supplier), ())

    def all(self) -> list[Bid]:
        """Every bid by index, with what was opened."""
        known, id = self._facts.tender_known(self._number), tender_id(self._number)
        # What explains something is read after it: blocks come in between.
        bids = self._sealed.bids(self._number)
        opened = self._session.events("OpeningCommittee", ("BidOpened",), id)
        sealed = self._session.events("BidBox", ("BidSealed",), id)
        suppliers = self._suppliers(sealed)
        # Nothing comes in after the first opening: what was opened is the last that was sealed in its place.
        last = {(event.args["index"], event.args["envelope"]): event for event in sealed}
        results: dict[int, list[OpenedBid]] = {}
        for event in opened:
            index = event.args["index"]
            result = self._opened(known, event, last[index, event.args["envelope"]])
            results.setdefault(index, []).append(result)
        return [
            self._bid(known, facts, suppliers[facts.index], results.get(facts.index, ())) for facts in bids
        ]

    def _bid(self, known: TenderFacts, facts: BidFacts, supplier: str, results: Sequence[OpenedBid]) -> Bid:
        return Bid(
            self._number, facts.index, supplier, facts.bidder, facts.version, facts.order, facts.terms_version,
            status_word(facts, known.terms_version), tuple(results),
        )  # fmt: skip

    def suppliers(self) -> dict[int, str]:
        """Index of a bid -> the supplier (0x id) whose account sealed it: accounts are given up, and taken by others, afterwards."""
        return self._suppliers(self._session.events("BidBox", ("BidSealed",), tender_id(self._number)))

    def _suppliers(self, sealed: Sequence[Event]) -> dict[int, str]:
        registry = self._session.events(
            "SupplierRegistry", ("SupplierRegistered", "SupplierAccountsSet"), None
        )
        accounts: dict[str, Sequence[str]] = {}
        supplier_of: dict[str, str] = {}
        found: dict[int, str] = {}
        for event in sorted([*registry, *sealed], key=lambda each: (each.block, each.log_index)):
            args = event.args
            if event.name == "BidSealed":
                found[args["index"]] = supplier_of[args["bidder"]]
                continue
            for account in accounts.get(args["id"], ()):
                del supplier_of[account]
            accounts[args["id"]] = args["accounts"]
            supplier_of |= dict.fromkeys(args["accounts"], args["id"])
        return found

    def _opened(self, known: TenderFacts, event: Event, sealed: Event) -> OpenedBid:
        """What an opening says, and the document that its secret decrypts."""
        args = event.args
        context = context_of(
            self._sealed, self._number, args["envelope"], args["bidder"], args["version"], known.keyset_id
        )
        opening = opening_of(from_hex(args["docCommit"]), tuple(int(each) for each in args["amounts"]))
        secret = Point(int(args["s"]["x"]), int(args["s"]["y"]))
        found = open_contents(from_hex(sealed.args["sealedEnvelope"]), context, secret, opening)
        money = money_of(opening, known.currency, known.exponent)
        return OpenedBid(args["envelope"], money, found.document, found.fault, moment(event.time))


DECLARATION = hashlib.sha256(
    b"I have no conflict of interest, am not excluded, and did not collude with other bidders in this tender."
).digest()
"""sha256 of the declaration that a bid carries where its supplier gives no other."""
