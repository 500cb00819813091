"""A tender with sealed bids as the contracts tell it in events, from the ceremony to the opening: for the audit, without a chain."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from eth_hash.auto import keccak

from chain.audit import Place
from chain.audit.lawful import Lawful
from chain.bindings import bid_box, opening_committee
from chain.errors.audit import AuditRefusal
from chain.procurement.procedure import preset
from chain.rules import canonical
from chain.rules.hashes import documents_hash, member_id, terms_hash
from chain.rules.openings import PAGE
from chain.sealing.ceremony import Plan
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.document import build
from chain.sealing.envelope import SealedEnvelope, seal
from chain.sealing.group import Point
from chain.sealing.local import LocalCommittee, run_locally
from chain.sealing.opening import open_with
from chain.sealing.tdh2 import Share, combine
from chain.transactions import checksum
from chain.types import ZERO32, Event, Kind, Procedure, Role, Terms, padded, to_hex

CHAIN_ID, START = 31337, 1_800_000_000
OPENED = START + 60
"""When the ceremony begins; all is founded before."""

NOTHING = to_hex(ZERO32)
TENDER = f"0x{1:064x}"
DECLARATION = f"0x{5:064x}"
DEADLINE = START + 1_000
Args = dict[str, Any]


def account(name: str) -> str:
    return checksum("0x" + bytes(keccak(name.encode()))[12:].hex())


def member(name: str) -> str:
    return to_hex(member_id(name))


BOX, COMMITTEE = account("BidBox"), account("OpeningCommittee")
ADDRESSES = {"BidBox": BOX, "OpeningCommittee": COMMITTEE}
FOUNDER, OFFICER = account("founder"), account("officer")


@dataclass
class Step:
    """One event: who sent its transaction, when, what it says; ``call``: what was signed; None where another contract was called.

    Steps of one ``tx`` are of one transaction.
    """

    sender: str
    now: int
    contract: str
    name: str
    args: Args
    call: bytes | None = b""
    tx: int = 0
    created: bool = False


@dataclass
class Bid:
    """A bid of this story: its sealed envelopes in order."""

    supplier: int
    version: int
    envelopes: list[SealedEnvelope]
    index: int = 0


@cache
def local_committee(threshold: int, seats: int) -> LocalCommittee:
    """A ceremony that was really run, once a size."""
    members = tuple(member_id(opener(seat)) for seat in range(1, seats + 1))
    return run_locally(Plan(CHAIN_ID, COMMITTEE, 1, threshold, members), secrets.token_bytes)


def opener(seat: int) -> str:
    return f"OPENING{seat}"


def supplier(number: int) -> str:
    return f"SUPPLIER{number}"


@dataclass
class Story:
    """Steps in order. The methods write what the contracts would."""

    steps: list[Step] = field(default_factory=list)
    txs: int = 0
    committee: LocalCommittee = field(default_factory=lambda: local_committee(2, 3))
    procedure: Procedure = field(default_factory=lambda: preset("sandbox").version(1))
    bids: list[Bid] = field(default_factory=list)
    orders: int = 0

    def add(
        self,
        sender: str,
        now: int,
        *events: tuple[str, str, Args],
        call: bytes | None = b"",
        created: bool = False,
    ) -> None:
        """A transaction."""
        self.txs += 1
        for contract, name, args in events:
            self.steps.append(Step(sender, now, contract, name, args, call, self.txs, created))

    # Who there is

    def founded(self, suppliers: int = 3, owners: bool = True, openers: int = 0) -> Story:
        registry: list[tuple[str, str, Args]] = []
        people = [("BUYER", Kind.BUYER, OFFICER, Role.ADMIN | Role.OFFICER)]
        people += [
            (opener(seat), Kind.OPENING, account(opener(seat)), Role.ADMIN | Role.OPENER)
            for seat in range(1, (openers or len(self.committee.keyset.members)) + 1)
        ]
        for name, kinds, who, roles in people:
            admitted = {
                "member": member(name),
                "orgId": name,
                "name": name.title(),
                "sector": 0,
                "kinds": int(kinds),
                "superior": NOTHING,
            }
            added = {
                "member": member(name),
                "account": who,
                "roles": int(roles),
                "mandateEnd": START + 1_000_000,
            }
            registry += [("MemberRegistry", "MemberAdmitted", admitted), ("MemberRegistry", "PersonAdded", added)]  # fmt: skip
        self.add(account("deployer"), START, *registry, created=True)
        values = {each.name: getattr(self.procedure, each.name) for each in fields(Procedure)}
        code = to_hex(padded(self.procedure.code, 16))
        procedure = {**values, "code": code, "text_hash": to_hex(self.procedure.text_hash)}
        adopted = {"code": code, "version": 1, "procedure": procedure, "json": preset("sandbox").text}
        self.add(account("deployer"), START, ("ProcedureBook", "ProcedureAdopted", adopted), created=True)
        for number in range(1, suppliers + 1):
            id_, who = member(supplier(number)), account(supplier(number))
            registered = {
                "id": id_,
                "accounts": [who],
                "json": canonical({"name": supplier(number)}).decode(),
            }
            self.add(account("registrar"), START, ("SupplierRegistry", "SupplierRegistered", registered))
            if owners:
                declared = {"id": id_, "version": 2, "ownersHash": f"0x{number:064x}"}
                self.add(who, START, ("SupplierRegistry", "SupplierOwnersDeclared", declared))
        return self

    # Ceremony

    def ceremony(self, now: int = OPENED, committee: LocalCommittee | None = None) -> Story:
        """That of the story's committee, or another one's: a resharing."""
        made = committee or self.committee
        transcript, keyset = made.transcript, made.keyset
        plan, parent = transcript.plan, to_hex(transcript.plan.parent)
        sid, members = to_hex(plan.ceremony_id), [to_hex(each) for each in plan.members]
        opened = {
            "ceremonyId": sid, "threshold": plan.threshold, "members": members, "parent": parent, "dealers": list(plan.dealers),
        }  # fmt: skip
        call = opening_committee.open_ceremony(
            plan.threshold, list(plan.members), plan.parent, list(plan.dealers)
        ).data
        if plan.is_resharing:
            self.add(account("anyone"), now, ("OpeningCommittee", "CeremonyOpened", opened))
        else:
            self.add(FOUNDER, now, ("OpeningCommittee", "CeremonyOpened", opened), call=call)
        seats = tuple(range(1, len(plan.members) + 1))
        said: list[tuple[str, str, str, Sequence[int], Sequence[bytes]]] = [
            ("CeremonyJoined", "seat", "boxKey", seats, transcript.box_keys),
            ("DealingCommitted", "dealer", "commitment", plan.dealing_seats, transcript.commitments),
            ("DealingPublished", "dealer", "message", plan.dealing_seats, transcript.messages),
            ("DealingSent", "dealer", "boxes", plan.dealing_seats, transcript.boxes),
        ]
        for name, who, what, numbers, messages in said:
            for seat, message in zip(numbers, messages, strict=True):
                args = {"ceremonyId": sid, who: seat, what: to_hex(message)}
                self.add(account(opener(seat)), now, ("OpeningCommittee", name, args))
        registered = {
            "keysetId": to_hex(keyset.id), "ceremonyId": sid, "threshold": plan.threshold, "pk": shown(keyset.pk), "members": members,
            "keys": [shown(key) for key in keyset.keys], "transcript": to_hex(keyset.transcript),
        }  # fmt: skip
        self.add(account("anyone"), now, ("OpeningCommittee", "KeysetRegistered", registered))
        for seat, proof in made.confirmations.items():
            events: list[tuple[str, str, Args]] = [
                ("OpeningCommittee", "KeysetSeatConfirmed", {"keysetId": to_hex(keyset.id), "seat": seat})
            ]
            if seat == len(keyset.keys):
                confirmed = {"keysetId": to_hex(keyset.id), "parent": parent}
                events.append(("OpeningCommittee", "KeysetConfirmed", confirmed))
            call = opening_committee.confirm_keyset(keyset.id, seat, proof.c, proof.z).data
            self.add(account(opener(seat)), now, *events, call=call)
        return self

    # Tender

    def terms(self, deadline: int = DEADLINE, lots: int = 1) -> Args:
        terms = {
            "procedure": to_hex(padded("sandbox", 16)), "procedureVersion": 1, "currency": to_hex(b"MXN"), "exponent": 2,
            "deadline": deadline, "keysetId": to_hex(self.committee.keyset.id), "reviewBody": NOTHING, "planRef": NOTHING,
            "documentsHash": to_hex(documents_hash([])), "items": 1, "documents": 0, "priceWeightBps": 10_000,
            "setup": {"lots": [{"ceiling": "100", "marketMean": "0"}] * lots, "criteria": [], "panel": []},
        }  # fmt: skip
        text = '{"title":"x"}'
        return {
            "termsHash": to_hex(terms_hash(Terms.from_args(terms), text.encode())),
            "terms": terms,
            "json": text,
        }

    def published(self, lots: int = 1) -> Story:
        args = {"id": TENDER, "buyer": member("BUYER"), "recordId": f"0x{77:064x}", **self.terms(lots=lots)}
        self.add(OFFICER, OPENED + 10, ("TenderBoard", "TenderPublished", args))
        return self

    def amended(self) -> Story:
        args = {"id": TENDER, "termsVersion": 2, **self.terms(DEADLINE + 100)}
        self.add(OFFICER, OPENED + 40, ("TenderBoard", "TenderAmended", args))
        return self

    # Bids

    def context(self, number: int, version: int, envelope: int = 0) -> BidContext:
        separator = domain_separator(CHAIN_ID, BOX)
        who = account(supplier(number))
        return BidContext(
            separator, bytes.fromhex(TENDER[2:]), envelope, who, version, self.committee.keyset.id
        )

    def sealed(
        self,
        number: int,
        *,
        version: int = 1,
        now: int = OPENED + 20,
        terms_version: int = 1,
        lots: int = 1,
        amounts: Sequence[int | None] | None = None,
        document: bytes | None = None,
    ) -> Story:
        """A bid of a supplier by its number from 1; ``document``: other bytes than those that fit."""
        offered = [1_000_00 + number] * lots if amounts is None else list(amounts)
        last, envelopes = self.procedure.envelopes - 1, []
        for envelope in range(last + 1):
            context = self.context(number, version, envelope)
            of = offered if envelope == last else []
            body = document or build(context, ZERO32, of, body_blocks=self.procedure.body_blocks)
            envelopes.append(seal(context, self.committee.keyset.pk, of, body, secrets.token_bytes))
        return self.submitted(number, envelopes, version=version, now=now, terms_version=terms_version)

    def submitted(
        self,
        number: int,
        envelopes: list[SealedEnvelope],
        *,
        version: int = 1,
        now: int = OPENED + 20,
        terms_version: int = 1,
    ) -> Story:
        """Envelopes as they are, sent by the account of a supplier."""
        self.orders += 1
        before = next((bid for bid in self.bids if bid.supplier == number), None)
        index = len(self.bids) if before is None else before.index
        bid = Bid(number, version, envelopes, index)
        if before is None:
            self.bids.append(bid)
        else:
            self.bids[index] = bid
        common = {
            "bidder": account(supplier(number)), "version": version, "index": index, "order": self.orders,
            "termsVersion": terms_version, "declarations": DECLARATION,
        }  # fmt: skip
        events: list[tuple[str, str, Args]] = [
            ("BidBox", "BidSealed", {
                "tenderId": TENDER, "envelope": place, **common, "seal": to_hex(each.seal_hash), "sealedEnvelope": to_hex(each.data),
            })
            for place, each in enumerate(envelopes)
        ]  # fmt: skip
        witnesses = [each.envelope.witness().as_tuple() for each in envelopes]
        data = [each.data for each in envelopes]
        call = bid_box.submit(
            bytes.fromhex(TENDER[2:]), ZERO32, bytes.fromhex(DECLARATION[2:]), data, witnesses
        ).data
        self.add(account(supplier(number)), now, *events, call=call)
        return self

    def confirmed(self, number: int, now: int = OPENED + 50) -> Story:
        bid = next(bid for bid in self.bids if bid.supplier == number)
        args = {
            "tenderId": TENDER, "bidder": account(supplier(number)), "version": bid.version, "index": bid.index, "termsVersion": 2,
        }  # fmt: skip
        self.add(account(supplier(number)), now, ("BidBox", "BidConfirmed", args))
        return self

    def withdrawn(self, number: int, now: int = OPENED + 30) -> Story:
        bid = next(bid for bid in self.bids if bid.supplier == number)
        args = {
            "tenderId": TENDER,
            "bidder": account(supplier(number)),
            "version": bid.version,
            "index": bid.index,
        }
        self.add(account(supplier(number)), now, ("BidBox", "BidWithdrawn", args))
        return self

    # Opening

    def shares_of(
        self, seat: int, bids: Sequence[Bid], committee: LocalCommittee | None = None
    ) -> list[Share]:
        share, sealed = (committee or self.committee).shares[seat], [bid.envelopes[0] for bid in bids]
        return [share.open(each.context.ctx, each.envelope.u, secrets.token_bytes) for each in sealed]

    def posted(
        self,
        seat: int,
        *,
        now: int | None = None,
        live: Sequence[Bid] | None = None,
        lock: bool = False,
        deadline: int = DEADLINE,
        committee: LocalCommittee | None = None,
    ) -> Story:
        """A seat's shares of all pages; ``lock``: the first, which closes the box; ``committee``: who holds the secret now."""
        bids = self.bids if live is None else list(live)
        when = deadline + self.procedure.opening_delay if now is None else now
        pages: dict[int, list[Bid]] = {}
        for bid in bids:
            pages.setdefault(bid.index // PAGE, []).append(bid)
        for page, held in sorted(pages.items()):
            holder = committee or self.committee
            shares = self.shares_of(seat, held, holder)
            values = [
                str(value)
                for each in shares
                for value in (each.point.x, each.point.y, each.proof.e, each.proof.f)
            ]
            args = {
                "tenderId": TENDER, "envelope": 0, "seat": seat, "page": str(page), "keysetId": to_hex(holder.keyset.id),
                "shares": values,
            }  # fmt: skip
            events: list[tuple[str, str, Args]] = [("OpeningCommittee", "SharesPosted", args)]
            if lock:
                locked = {"tenderId": TENDER, "bids": len(self.bids), "live": len(bids)}
                events.insert(0, ("BidBox", "BoxLocked", locked))
                lock = False
            self.add(account(opener(seat)), when, *events)
        return self

    def opened(
        self,
        seats: Sequence[int] = (1, 2),
        *,
        live: Sequence[Bid] | None = None,
        now: int | None = None,
        deadline: int = DEADLINE,
        committee: LocalCommittee | None = None,
    ) -> Story:
        """Every page with the shares of these seats."""
        bids = self.bids if live is None else list(live)
        when = deadline + self.procedure.opening_delay if now is None else now
        pages: dict[int, list[Bid]] = {}
        for bid in bids:
            pages.setdefault(bid.index // PAGE, []).append(bid)
        for _, held in sorted(pages.items()):
            shares = {seat: self.shares_of(seat, held, committee) for seat in seats}
            events = [
                self.opening(bid, combine({seat: each[place].point for seat, each in shares.items()}).secret)
                for place, bid in enumerate(held)
            ]
            self.add(account("anyone"), when, *events)
        return self

    def opening(self, bid: Bid, secret: Point) -> tuple[str, str, Args]:
        sealed = bid.envelopes[0]
        found = open_with(secret, sealed.context, sealed.envelope)
        amounts = [str(2**256 - 1 if each is None else each) for each in found.amounts]
        return ("OpeningCommittee", "BidOpened", {
            "tenderId": TENDER, "envelope": 0, "bidder": sealed.context.bidder, "index": bid.index, "version": bid.version,
            "s": shown(secret), "docCommit": to_hex(found.doc_commit), "amounts": amounts,
        })  # fmt: skip

    def revealed(self, bid: Bid, now: int, lock: bool = False) -> Story:
        """By its bidder."""
        sealed = bid.envelopes[0]
        reveal = {"tenderId": TENDER, "envelope": 0, "index": bid.index, "r": str(sealed.r.number)}
        events = [("OpeningCommittee", "BidSelfRevealed", reveal), self.opening(bid, sealed.secret)]
        if lock:
            live = len(self.bids)
            events.insert(0, ("BidBox", "BoxLocked", {"tenderId": TENDER, "bids": live, "live": live}))
        self.add(account("anyone"), now, *events)
        return self

    # For tests

    def copy(self) -> Story:
        """Its steps may be changed; keys and envelopes are the same."""
        return replace(self, steps=copy.deepcopy(self.steps), bids=list(self.bids))

    def step(self, name: str, nth: int = 0) -> Step:
        return [each for each in self.steps if each.name == name][nth]


def shown(point: Point) -> Args:
    return {"x": str(point.x), "y": str(point.y)}


def events_of(steps: Sequence[Step]) -> list[tuple[Event, Step]]:
    """As they stand in blocks of one transaction each."""
    found, logs = [], 0
    for place, step in enumerate(steps):
        logs = logs + 1 if place and steps[place - 1].tx == step.tx else 0
        address = ADDRESSES.get(step.contract, account(step.contract))
        event = Event(step.contract, step.name, step.args, step.tx, step.now, f"0x{step.tx:064x}", 0, logs, address)  # fmt: skip
        found.append((event, step))
    return found


def audit(steps: Sequence[Step], whole: bool = True) -> Lawful:
    """All of a story past the audit. Raises AuditRefusal."""
    lawful = Lawful(CHAIN_ID, whole)
    lawful.founded_by(FOUNDER)
    for event, step in events_of(steps):
        if event.log_index == 0:
            lawful.close()
        place = Place(event.block, f"steps/{event.block}/{event.log_index}")
        lawful.apply(event, step.sender, place, step.created, step.call)
    lawful.close()
    return lawful


def refusal(steps: Sequence[Step], whole: bool = True) -> str | None:
    """The rule that refuses a story, None where it passes."""
    try:
        audit(steps, whole)
    except AuditRefusal as refused:
        return refused.rule
    return None


@cache
def told() -> Story:
    """Three bids, shares of two seats, opened; a third seat posts afterwards."""
    story = Story().founded().ceremony().published()
    for number in (1, 2, 3):
        story.sealed(number)
    return story.posted(1, lock=True).posted(2).opened().posted(3)


def facts_of(lawful: Lawful, now: int = DEADLINE + 10) -> Mapping[str, Any]:
    """The report on the tender's bids."""
    report = lawful.box_report(1, now)
    assert report is not None
    return report.facts
