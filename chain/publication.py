"""How a network publishes: the OCDS fold behind the recorder's interface, so that follower, rebuild and audit give the same bytes.

publisher = OcdsPublisher(Publication(chain_id, ...)); Indexer(publisher, judge)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Any

from chain.errors.ocds import ReleaseRefused
from chain.ocds.checks import check_release
from chain.ocds.content import Content, content_of
from chain.ocds.publication import Moment, Organisation, Publication
from chain.ocds.release import fold, release_bytes
from chain.ocds.values import PERSON, Field, Reader
from chain.recorder.index.views import SupplierRow
from chain.recorder.publish import Directory, Published, StoredRelease, TenderChange
from chain.rules.hashes import member_id, terms_hash
from chain.types import Event, Terms, from_hex

__all__ = ["OcdsPublisher", "judge", "supplier"]


_KEPT = 2_000_000  # characters of judged texts that are kept read at most


def judge(event: Event, tender: Mapping[str, Any] | None) -> Sequence[str]:
    """chain.recorder's ContentCheck: what speaks against the text of an event; empty where all is well."""
    content = content_of(event, tender)
    _judged.keep(event, tender, content)
    return content.reasons


class _Judged:
    """What was read to judge an event and not published yet: a block is judged first and then published, in the same process.

    An event is known by its identity, never by what it says. Any thread may use it; what is not found is read again.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[int, tuple[Event, Mapping[str, Any] | None, Content]] = {}
        self._size = 0

    def keep(self, event: Event, tender: Mapping[str, Any] | None, content: Content) -> None:
        """For the one that publishes the event; the oldest make room."""
        with self._lock:
            self._drop(id(event))
            self._known[id(event)] = (event, tender, content)
            self._size += _size(event)
            while self._size > _KEPT:
                self._drop(next(iter(self._known)))

    def content_of(self, event: Event, tender: Mapping[str, Any] | None) -> Content:
        """As chain.ocds.content.content_of; what was kept is given away."""
        with self._lock:
            known = self._drop(id(event))
        if known is not None and known[1] == tender:
            return known[2]
        return content_of(event, tender)

    def _drop(self, key: int) -> tuple[Event, Mapping[str, Any] | None, Content] | None:
        known = self._known.pop(key, None)
        if known is not None:
            self._size -= _size(known[0])
        return known


def _size(event: Event) -> int:
    return len(event.args.get("json", ""))


_judged = _Judged()


class OcdsPublisher:
    """chain.recorder's Publisher: one release a tender and block, checked before it is given back."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication

    def publish(self, change: TenderChange, directory: Directory) -> Published:
        """The release of what one block did to one tender.

        Texts that would make a release which its rules refuse are left out of it, and ``refused`` of the result says so: anyone may
        send a text, and none may stop publication. Raises ReleaseRefused where the texts are not the cause, which does stop it.
        """
        try:
            return self._release(change, [_readable(event) for event in change.events], directory)
        except ReleaseRefused as refusal:
            if not any("json" in event.args for event in change.events):
                raise
            textless = [_without_text(event) for event in change.events]
            return replace(self._release(change, textless, directory), refused=refusal.error)

    def _release(self, change: TenderChange, events: Sequence[Event], directory: Directory) -> Published:
        """The release of these events. Raises ReleaseRefused.

        The state is the fold's, with what the checks need of earlier releases: the last one's date, and (id, event) of anchors.
        """
        state: dict[str, Any] = change.state or {"fold": None, "date": "", "anchors": []}

        at, known = Moment(change.block, change.time), _Known(change.tender, directory)
        release, folded, withheld = fold(
            at, events, change.derived, state["fold"], self.publication, known, _judged.content_of
        )
        if release is None:
            return Published(None, {**state, "fold": folded}, withheld=tuple(withheld))
        check_release(release, previous=_previous(state), prefix=self.publication.ocid_prefix)
        anchors = _anchors(state["anchors"], release)
        stored = StoredRelease(release["ocid"], release["id"], release["date"], release_bytes(release))
        new = {"fold": folded, "date": release["date"], "anchors": anchors}
        return Published(stored, new, withheld=tuple(withheld))


class _Known:
    """chain.ocds.publication's Lookup over the directory of a block."""

    def __init__(self, tender: int, directory: Directory) -> None:
        self._tender, self._directory = tender, directory

    def member(self, id: str) -> Organisation:
        row = self._directory.member(id)
        assert row is not None, "the contract takes tenders of members only"
        return Organisation(row.org_id, row.name)

    def supplier(self, id: str) -> Organisation:
        row = self._directory.supplier(id)
        assert row is not None, "the contract discloses suppliers only"
        return supplier(row)

    def bidder(self, bid: int) -> Organisation:
        row = self._directory.bidder(self._tender, bid)
        assert row is not None, "the contract takes bids of suppliers only"
        return supplier(row)

    def envelope(self, bid: int, envelope: int) -> bytes:
        data = self._directory.envelope(self._tender, bid, envelope)
        assert data is not None, "the contract opens what was sealed"
        return from_hex(data)

    def payment(self, agreement: int, number: int) -> Mapping[str, Any]:
        row = self._directory.payment(agreement, number)
        assert row is not None, "the contract reverses payments that it has"
        return row

    def withheld(self) -> Sequence[Mapping[str, Any]]:
        return self._directory.withheld(self._tender)


def supplier(row: SupplierRow) -> Organisation:
    """A firm as it was registered: its id is the hash of its org-id. Whoever public data does not name so is a natural person, as is
    one whose number or name is a person's, whatever the registrar wrote."""
    firm = Reader({}).members(dict(row.public), "", _FIRM) or {}
    named = firm.get("identifier") or {}
    org_id = f"{named.get('scheme')}-{named.get('id')}"
    if "name" not in firm or from_hex(row.id) != member_id(org_id) or PERSON.search(org_id):
        return Organisation(f"LICITA-{row.id}", "Persona física", is_person=True)
    return Organisation(org_id, firm["name"])


_LINE = Field(Reader.title)
_FIRM = {"identifier": Field(partial(Reader.members, fields={"scheme": _LINE, "id": _LINE})), "name": _LINE}


def _readable(event: Event) -> Event:
    """Terms whose text held bytes that are no UTF-8 are folded without it: what was decoded is not what was hashed."""
    args = event.args
    if "termsHash" not in args:
        return event
    same = "0x" + terms_hash(Terms.from_args(args["terms"]), args["json"].encode()).hex() == args["termsHash"]
    return event if same else _without_text(event)


def _without_text(event: Event) -> Event:
    return replace(event, args={**event.args, "json": ""}) if "json" in event.args else event


def _anchors(known: Sequence[Sequence[str]], release: Mapping[str, Any]) -> list[Sequence[str]]:
    """(id, event) of the anchors so far. Once bids are disclosed no anchor of an earlier block is told any more, so that their events are
    enough, each once: they would grow with every payment, and are written with every block."""
    all_ = [*known, *([anchor["id"], anchor["event"]] for anchor in release["ledgerAnchors"])]
    events = {event for _, event in all_}
    return [["", event] for event in sorted(events)] if "BidOpened" in events else all_


def _previous(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All earlier releases as far as the checks look at them: those that changes of agreements name by their ids, then one with the image
    that they add up to and their anchors."""
    folded = state["fold"]
    if folded is None:
        return []
    anchors = [{"id": name, "event": event} for name, event in state["anchors"]]
    signed = [{"id": kept["release"]} for kept in folded["agreements"].values() if kept["release"]]
    return [
        *signed,
        {**folded["image"], "id": folded["last"], "date": state["date"], "ledgerAnchors": anchors},
    ]
