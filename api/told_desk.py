"""A committee member's desk at a service (protocol ``CommitteeDesk``): public messages in both directions, acts with a token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.client import Client
from api.told import ToldSealed
from chain.errors.base import LicitaError
from chain.errors.client import OperationPending
from chain.errors.contracts import OpeningCommitteePageDone, OpeningCommitteeSharesMissing
from chain.procurement.opening import SharesFile, page_file
from chain.procurement.sealed import Ceremony
from chain.rules.openings import KeysetFacts
from chain.sealing.ceremony import Keyset
from chain.sealing.keyshare import KeyShare
from chain.sealing.tdh2 import Know
from chain.types import to_hex

__all__ = ["ToldDesk"]


class ToldDesk:
    """``account``: the address that acts, one of the token's; ``own_time`` as of ``ToldSealed``."""

    def __init__(self, client: Client, account: str, own_time: int | None = None) -> None:
        self.account = account
        self.sealed = ToldSealed(client, own_time)
        self._client = client

    def seat_in(self, members: Sequence[bytes]) -> int | None:
        """The seat, from 1, whose member the account belongs to; None if none."""
        for seat, member in enumerate(members, 1):
            people = self._client.get(f"/members/{to_hex(member)}")["people"]
            if any(person["address"].lower() == self.account.lower() for person in people):
                return seat
        return None

    def ceremony(self, id: bytes) -> Ceremony | None:
        """A ceremony with all that was said in it."""
        return self.sealed.ceremony(id)

    def keyset(self, id: bytes) -> KeysetFacts | None:
        """Facts of a keyset."""
        return self.sealed.keyset(id)

    def keys(self, id: bytes) -> Keyset | None:
        """The keys of a keyset."""
        return self.sealed.keys(id)

    def has_confirmed(self, keyset_id: bytes, seat: int) -> bool:
        """Whether the seat confirmed the keyset."""
        return self.sealed.has_confirmed(keyset_id, seat)

    def join(self, ceremony_id: bytes, seat: int, box_key: bytes) -> None:
        """joinCeremony."""
        self._act(f"/ceremonies/{to_hex(ceremony_id)}/join", {"seat": seat, "boxKey": to_hex(box_key)})

    def commit(self, ceremony_id: bytes, dealer: int, commitment: bytes) -> None:
        """commitDealing."""
        body = {"dealer": dealer, "commitment": to_hex(commitment)}
        self._act(f"/ceremonies/{to_hex(ceremony_id)}/commitment", body)

    def publish(self, ceremony_id: bytes, dealer: int, message: bytes) -> None:
        """publishDealing."""
        body = {"dealer": dealer, "message": to_hex(message)}
        self._act(f"/ceremonies/{to_hex(ceremony_id)}/dealing", body)

    def send(self, ceremony_id: bytes, dealer: int, boxes: bytes) -> None:
        """sendDealing."""
        self._act(f"/ceremonies/{to_hex(ceremony_id)}/boxes", {"dealer": dealer, "boxes": to_hex(boxes)})

    def register(self, ceremony_id: bytes) -> None:
        """registerKeyset, of what the ceremony's messages give."""
        self._act("/keysets", {"ceremony": to_hex(ceremony_id)})

    def confirm(self, keyset_id: bytes, seat: int, proof: Know) -> None:
        """confirmKeyset."""
        self._act(f"/keysets/{to_hex(keyset_id)}/confirmation", _answer(seat, proof))

    def complain(self, ceremony_id: bytes, seat: int, dealer: int) -> None:
        """complain."""
        self._act(f"/ceremonies/{to_hex(ceremony_id)}/complaint", {"seat": seat, "dealer": dealer})

    def answer_complaint(self, ceremony_id: bytes, dealer: int, seat: int, value: int) -> None:
        """answerComplaint."""
        body = {"dealer": dealer, "seat": seat, "value": to_hex(value.to_bytes(32, "big"))}
        self._act(f"/ceremonies/{to_hex(ceremony_id)}/answer", body)

    def call_roll(self, keyset_id: bytes) -> None:
        """callRoll."""
        self._act(f"/keysets/{to_hex(keyset_id)}/rolls", {})

    def answer_roll(self, keyset_id: bytes, seat: int, proof: Know) -> None:
        """answerRoll."""
        self._act(f"/keysets/{to_hex(keyset_id)}/rolls/answer", _answer(seat, proof))

    def post(self, file: SharesFile) -> None:
        """postShares, of a page that was made elsewhere. Nothing is sent before it is due: raises as ``check_shares_due``."""
        self.sealed.require_due(file.tender, file.envelope)
        self._post(file)

    def _post(self, file: SharesFile) -> None:
        body = {
            "envelope": file.envelope, "page": file.page, "seat": file.seat,
            "shares": [to_hex(share.pack()) for share in file.shares],
        }  # fmt: skip
        self._act(f"/tenders/{file.tender}/shares", body)

    def share(self, number: int, share: KeyShare) -> int:
        """Makes and sends the shares of all pages of a tender that its seat has not shared; their number. No share is made before it may
        be sent. Raises as ``check_shares_due``, ShareNotHeld, PageBidForeign."""
        due, clock = self.sealed.require_due(number)
        keyset_id = self.sealed.holder(number).id
        posted = self.sealed.posted_pages(number, due.phase, keyset_id)
        lacking = [page for page in self.sealed.pages(number) if share.seat not in posted.get(page, {})]
        for page in lacking:
            asked = page_file(self.sealed, number, due.phase, page, keyset_id, due.open_from, clock)
            self._post(asked.shares(share))
        return len(lacking)

    def open(self, number: int) -> int:
        """Opens every page of a tender that has its shares; their number. Raises the refusal of a page that lacks some after the
        others were opened."""
        opened, lacking, envelope = 0, None, self.sealed.phase(number)
        for page in self.sealed.unopened(number):
            try:
                self._act(f"/tenders/{number}/pages/{page}", {"envelope": envelope})
                opened += 1
            except LicitaError as refusal:
                if refusal.error == OpeningCommitteeSharesMissing.__name__:
                    lacking = refusal
                elif refusal.error != OpeningCommitteePageDone.__name__:  # else somebody was faster
                    raise
        if lacking is not None:
            raise lacking
        return opened

    def _act(self, path: str, body: dict[str, Any]) -> None:
        """An act, until a block holds it. Raises OperationPending and as ``Client.act``."""
        done = self._client.act(path, body).body
        if done["state"] != "recorded":
            raise OperationPending(done["id"], done["state"])


def _answer(seat: int, proof: Know) -> dict[str, Any]:
    return {"seat": seat, "c": to_hex(proof.to64()[:32]), "z": to_hex(proof.to64()[32:])}
