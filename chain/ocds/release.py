"""What happened to one tender in one block -> one release: a pure fold, so every node publishes the same bytes.

The state between blocks is plain JSON: the image of what was published so far and the few facts the next release needs. A release
is what changed of the image, the tags of its events, and where each of them stands on the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chain.ocds.agreements import Agreements, told_once
from chain.ocds.awards import Awards
from chain.ocds.bids import (
    are_all_opened,
    details_of,
    is_withheld,
    money,
    never_opened,
    remember,
    said_of_bid,
)
from chain.ocds.complaints import ABOUT_AWARDS, COMPLAINTS, filed, went_on
from chain.ocds.content import Content, content_of
from chain.ocds.evaluations import judged, undone
from chain.ocds.offer import documents_of
from chain.ocds.patch import changes
from chain.ocds.publication import Lookup, Moment, Organisation, Publication
from chain.ocds.taken import CARRIED
from chain.ocds.values import utc
from chain.rules.canonical import canonical
from chain.types import CancellationReason, Event, Remedy, from_hex

__all__ = [
    "BIDDING_CLOSED",
    "DEADLINE_MOVED",
    "LOT_FAILED",
    "STANDSTILL_ENDED",
    "TAGS",
    "TENDER_CANCELLED",
    "fold",
    "release_bytes",
]

State = dict[str, Any]
Contents = Callable[[Event, Mapping[str, Any] | None], Content]
"""What an event says, given the last good content of its tender; see ``content_of``."""

BIDDING_CLOSED, LOT_FAILED, TENDER_CANCELLED, DEADLINE_MOVED, STANDSTILL_ENDED = (
    "BiddingClosed",
    "LotFailed",
    "TenderCancelled",
    "DeadlineMoved",
    "StandstillEnded",
)
TAGS = (
    "tender", "tenderAmendment", "tenderUpdate", "tenderCancellation", "award", "awardUpdate", "awardCancellation", "contract",
    "contractUpdate", "contractAmendment", "implementation", "implementationUpdate", "contractTermination",
)  # fmt: skip


def release_bytes(release: Mapping[str, Any]) -> bytes:
    """Canonical bytes (RFC 8785)."""
    return canonical(release)


def fold(
    at: Moment,
    events: Sequence[Event],
    derived: Mapping[str, Sequence[int]],
    state: State | None,
    publication: Publication,
    known: Lookup,
    content: Contents = content_of,
) -> tuple[dict[str, Any] | None, State | None, Sequence[Mapping[str, Any]]]:
    """Events of one tender in one block, in log order, and what time changed after them -> (release, new state, entries to keep aside).

    ``derived``: name of a change -> numbers of the lots that it is about, 0 being the whole tender; none where it is about no lot.

    ``state`` is None before the tender's first event, and is not changed. No release where nothing happened, or nothing that may be
    told before the opening: that is kept aside, outside the state, and ``known.withheld`` gives it back. ``content``: ``content_of``,
    or one that remembers what it answered.
    """
    if not events and not derived:
        return None, state, ()
    draft = _Draft(at, publication, known, state, content)
    for event in events:
        draft.apply(event)
    for name, lots in derived.items():
        draft.derive(name, lots)
    return draft.release(), draft.state, draft.withheld


def _copied(value: Any) -> Any:
    """JSON of its own."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


class _Draft:
    """One release in the making; ``state`` is a copy that grows into the new one."""

    def __init__(
        self, at: Moment, publication: Publication, known: Lookup, state: State | None, content: Contents
    ) -> None:
        self.at, self.publication, self.known, self.content = at, publication, known, content
        self.before: dict[str, Any] = state["image"] if state else {}
        new: State = {
            "image": {},
            "content": None,
            "cancels": {},
            "cancelled": {},
            "bids": {},
            "awards": {},
            "complaints": {},
            "agreements": {},
        }
        # Bids may be many, and none is changed in place.
        self.state: State = {
            key: dict(value) if key == "bids" else _copied(value) for key, value in (state or new).items()
        }
        self.tags: set[str] = set()
        self.anchors: list[dict[str, Any]] = []
        self.withheld: list[dict[str, Any]] = []
        self.disclosed: list[dict[str, Any]] = []

    @property
    def id(self) -> str:
        return str(self.at.block)

    @property
    def tender(self) -> dict[str, Any]:
        tender: dict[str, Any] = self.state["image"]["tender"]
        return tender

    def apply(self, event: Event) -> None:
        """An event: its anchor, its tag, and what it sets."""
        said = said_of_bid(event)
        anchor = self._anchor(f"{self.at.block}-{event.log_index}", event.name, event)
        if event.name == "BidSealed":
            self.state["box"] = event.address
        if is_withheld(event) and not self._is_disclosed:
            self.anchors.append(anchor)
            self.withheld.append({"anchor": anchor, "said": said})
            return
        if event.name == "BidOpened" and not self._is_disclosed:
            self._disclose()
        if said is not None:
            remember(self.state["bids"], said)
        content = self.content(event, self.state["content"])
        if event.name == "TenderPublished":
            self._published(event, content)
        elif event.name == "TenderAmended":
            self._amended(event, content)
        elif event.name in ("QuestionAsked", "QuestionAnswered"):
            self._enquiry(event, content)
        elif event.name == "AskerDisclosed":
            self._asker(event)
        elif event.name == "BidOpened":
            self._opened(event)
        elif event.contract == "AwardDesk":
            self._award(event)
        elif event.contract == "AgreementBook":
            self._agreement(event)
        elif event.name in COMPLAINTS:
            self._complaint(event)
        elif event.name == "TechnicalDecided":
            self.tags.add("tenderUpdate")
            judged(self.state["image"], event, self.publication)
        else:
            self._other(event)
        self.anchors.append(anchor)
        if event.name == "QuestionAnswered" and event.args["deadline"] > self.state["deadline"]:
            self._moved(event.args["deadline"])

    def _anchor(self, name: str, what: str, event: Event | None = None) -> dict[str, Any]:
        anchor: dict[str, Any] = {
            "id": name, "chain": f"eip155:{self.publication.chain_id}", "block": self.at.block, "event": what,
        }  # fmt: skip
        if event is not None:
            place = {
                "transaction": event.transaction,
                "logIndex": event.log_index,
                "contractAddress": event.address,
            }
            anchor |= place
        return anchor

    def _published(self, event: Event, content: Content) -> None:
        number = int(event.args["id"], 16)
        self.tags.add("tender")
        self.state["ocid"] = self.publication.ocid(number)
        self.state["buyer"] = event.args["buyer"]
        terms = event.args["terms"]
        self.state |= {
            "keyset": terms["keysetId"], "exponent": terms["exponent"], "review": terms["reviewBody"], "terms": 1,
        }  # fmt: skip
        self.state["image"] = {"tender": {"id": str(number), "status": "active"}}
        self._take(event, content)

    def _amended(self, event: Event, content: Content) -> None:
        self.tags.add("tenderAmendment")
        self.state["terms"] = event.args["termsVersion"]
        if content.ok:
            rationale = {"rationale": content.value["rationale"]} if "rationale" in content.value else {}
            amendment = {
                "id": str(event.args["termsVersion"]),
                "date": utc(self.at.time),
                **rationale,
                "amendsReleaseID": self.state["last"],
                "releaseID": self.id,
            }
            self.tender.setdefault("amendments", []).append(amendment)
        self._take(event, content)

    def _take(self, event: Event, content: Content) -> None:
        """The tender of an event becomes the tender of the image; what only events of their own set stays."""
        self.state["last"] = self.id
        self.state["deadline"] = event.args["terms"]["deadline"]
        self.state["lots"] = len(event.args["terms"]["setup"]["lots"])
        if not content.ok:
            return
        self.state["content"] = {key: value for key, value in content.value.items() if key != "rationale"}
        image, old = self.state["image"], self.tender
        kept: dict[str, Any] = {
            key: old[key] for key in ("id", "status", "amendments", "enquiries", "hasEnquiries") if key in old
        }
        fields = {key: value for key, value in content.value.items() if key not in CARRIED}
        buyer = self.known.member(self.state["buyer"])
        image["tender"] = self._linked(fields) | kept | {"procuringEntity": buyer.reference}
        image["buyer"] = buyer.reference
        # A complaint may have named its review body before.
        others = [party for party in image.get("parties", ()) if party["id"] != buyer.org_id]
        image["parties"] = [buyer.party("buyer", "procuringEntity"), *others]
        for name in ("language", "relatedProcesses"):
            if name in content.value:
                image[name] = content.value[name]

    def _linked(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Documents with the address they are read at; lots with their status."""
        fields = _copied(fields)
        for document in fields.get("documents", ()):
            del document["bytes"]
            document["url"] = self.publication.document_url(document["integrity"][0]["id"])
        known = {lot["id"]: lot for lot in self.tender.get("lots", ())}
        for number, lot in enumerate(fields.get("lots", ()), 1):
            new = self.state["cancelled"].get(str(number), {"status": "active"})
            old = known.get(lot["id"], new)
            lot |= {key: old[key] for key in ("status", "cancellationDetails") if key in old}
        return fields

    def _enquiry(self, event: Event, content: Content) -> None:
        self.tags.add("tenderUpdate")
        if not content.ok:
            return
        enquiries: list[dict[str, Any]] = self.tender.setdefault("enquiries", [])
        name = str(event.args["question"])
        if event.name == "QuestionAsked":
            enquiries.append({"id": name, "date": utc(self.at.time), **content.value})
        else:
            self._enquiry_of(name).update({**content.value, "dateAnswered": utc(self.at.time)})
        self.tender["hasEnquiries"] = True

    def _asker(self, event: Event) -> None:
        """Who asked through a desk; nothing of a question whose content was not to be used."""
        self.tags.add("tenderUpdate")
        asker = self.known.supplier(event.args["supplier"])
        for enquiry in self.tender.get("enquiries", ()):
            if enquiry["id"] == str(event.args["question"]):
                enquiry["author"] = asker.reference
                self._party(asker, "enquirer")

    def _enquiry_of(self, name: str) -> dict[str, Any]:
        """The question; one whose own content was not to be used appears with its answer."""
        enquiries: list[dict[str, Any]] = self.tender["enquiries"]
        for enquiry in enquiries:
            if enquiry["id"] == name:
                return enquiry
        enquiries.append({"id": name})
        return enquiries[-1]

    def _moved(self, deadline: int) -> None:
        self.state["deadline"] = deadline
        if "tenderPeriod" in self.tender:
            self.tender["tenderPeriod"]["endDate"] = utc(deadline)
        if all(anchor["event"] != DEADLINE_MOVED for anchor in self.anchors):
            self.anchors.append(self._anchor(f"{self.at.block}-{DEADLINE_MOVED}", DEADLINE_MOVED))

    def _opened(self, event: Event) -> None:
        """A bid is open: the first one discloses what was withheld, the last one how many took part."""
        self.tags.add("tenderUpdate")
        image, bids, terms = self.state["image"], self.state["bids"], self.state["terms"]
        index = event.args["index"]
        bidder = self.known.bidder(index)
        shown = {detail["id"]: detail for detail in image["bids"]["details"]}
        before = shown.get(str(index)) if event.args["envelope"] else None
        for detail in details_of(
            event, bids[str(index)], bidder, self._lot_ids, self._price, self._documents(event), before
        ):
            shown.setdefault(detail["id"], detail).update(detail)
        image["bids"]["details"] = list(shown.values())
        self._party(bidder, "tenderer")
        tenderers: list[dict[str, Any]] = self.tender.setdefault("tenderers", [])
        if bidder.reference not in tenderers:
            tenderers.append(bidder.reference)
        if are_all_opened(bids, terms):
            self.tender["numberOfTenderers"] = len(tenderers)

    def _disclose(self) -> None:
        """What was kept aside is told: the places of all its events, and who withdrew or let its bid lapse."""
        earlier = self.known.withheld()
        self.disclosed = [entry["anchor"] for entry in earlier]
        for entry in [*earlier, *self.withheld]:
            if entry["said"] is not None:
                remember(self.state["bids"], entry["said"])
        self.withheld = []
        details = list(never_opened(self.state["bids"], self.state["terms"]))
        self.state["image"]["bids"] = {"details": details}

    @property
    def _is_disclosed(self) -> bool:
        return "bids" in self.state["image"]

    def _price(self, amount: int) -> dict[str, Any] | None:
        """A bid's amount in the tender's currency; None where no good text ever said which that is."""
        content = self.state["content"]
        return (
            None if content is None else money(amount, content["value"]["currency"], self.state["exponent"])
        )

    def _documents(self, event: Event) -> list[dict[str, Any]]:
        return documents_of(
            event,
            self.known.envelope(event.args["index"], event.args["envelope"]),
            chain_id=self.publication.chain_id,
            bid_box=self.state["box"],
            keyset_id=from_hex(self.state["keyset"]),
        )

    def _party(self, organisation: Organisation, role: str) -> None:
        """An organisation takes a role; all of its roles are told again."""
        parties: list[dict[str, Any]] = self.state["image"].setdefault("parties", [])
        for party in parties:
            if party["id"] == organisation.org_id:
                party["roles"] = sorted({*party["roles"], role})
                return
        parties.append(organisation.party(role))

    def _other(self, event: Event) -> None:
        """Of every other event of a tender, the place alone."""
        self.tags.add("tenderUpdate")
        if event.name == "CancellationProposed":
            args = event.args
            reason = CancellationReason(args["reason"]).word
            details = f"{reason}; decision sha256 {args['documentHash'][2:]}"
            self.state["cancels"][str(args["lot"])] = {"details": details}
        elif event.name == "ReviewBodyReplaced":
            self.state["review"] = event.args["reviewBody"]

    @property
    def _lot_ids(self) -> list[str]:
        """In the order of the terms; empty where the tender declares none."""
        return [lot["id"] for lot in self.tender.get("lots", ())]

    @property
    def _awards(self) -> Awards:
        return Awards(
            self.state["image"], self.state["awards"], self._lot_ids, self.state["lots"], self.publication
        )

    def _award(self, event: Event) -> None:
        """What is decided on a lot, or follows from its bids; of questions and securities the place alone."""
        awards = self._awards
        if event.name == "LotAwarded":
            self.tags.add("award")
            supplier = self.known.bidder(event.args["index"])
            awards.awarded(event, supplier, self._price)
            self._party(supplier, "supplier")
            return
        self.tags.add("tenderUpdate")
        if event.name == "LotTallied" and awards.tallied(event):
            self._failed([event.args["lot"]])
        elif event.name == "LotRanked":
            awards.ranked(event.args["lot"])
        elif event.name in ("BidDisqualified", "BidDropped"):
            awards.out(event)

    def _agreement(self, event: Event) -> None:
        """What both sides signed and what becomes of it."""
        image, awards = self.state["image"], self._awards
        agreements = Agreements(image, self.state["agreements"], self.publication, self.id, self._price)
        if event.name == "AwardPassedOver":
            agreements.passed_over(event, awards)
            self.tags |= {"tenderUpdate", "awardCancellation"}
        elif event.name in ("PaymentRecorded", "PaymentReversed"):
            tag, parties = agreements.moved(event, self.known)
            self.tags.add(tag)
            for organisation, role in parties:
                self._party(organisation, role)
        else:
            self.tags.add(agreements.apply(event, awards))

    def _complaint(self, event: Event) -> None:
        """A complaint and what becomes of it; who complains is not told."""
        told, kept = self.state["image"].setdefault("complaints", []), self.state["complaints"]
        number = str(event.args["complaint"])
        if event.name == "ComplaintFiled":
            kept[number] = {name: event.args[name] for name in ("lot", "stage")} | {"remedy": 0, "place": 0}
            body = self.known.member(self.state["review"])
            self._party(body, "reviewBody")
            lot = event.args["lot"]
            told.append(
                filed(event, self._lot_ids, self._awards.award_of(lot) if lot else "", body, self.publication)
            )
        else:
            if event.name == "ComplaintUpheld":
                kept[number] |= {name: event.args[name] for name in ("remedy", "place")}
            went_on(next(each for each in told if each["id"] == number), event, self.publication)
        self.tags.add("awardUpdate" if kept[number]["stage"] in ABOUT_AWARDS else "tenderUpdate")
        if event.name == "ComplaintRemedied":
            self._remedied(event, **kept[number])

    def _remedied(self, event: Event, *, lot: int, stage: int, remedy: int, place: int) -> None:
        """What an upheld complaint changes at once."""
        if remedy in (Remedy.CANCEL_AWARD, Remedy.RESTORE_BID):
            if self._awards.fallen(lot):
                self.tags.add("awardCancellation")
            if remedy == Remedy.RESTORE_BID:
                self._awards.restored(lot, place)
                self.tags.add("tenderUpdate")
        elif remedy in (Remedy.REDO_TECHNICAL, Remedy.RESCORE):
            undone(self.state["image"])
        elif remedy == Remedy.UNDO_CANCELLATION:
            self.state["cancels"].pop(str(lot), None)
        elif event.args["remedy"] == Remedy.CANCEL_TENDER:
            details = f"{CancellationReason.ORDERED.word}; complaint {event.args['complaint']}"
            self.state["cancels"][str(lot)] = {"details": details}
            if self._cancelled([lot]):
                self.tags.add("tenderCancellation")

    def _failed(self, lots: Sequence[int]) -> None:
        """Lots that nobody wins; the tender with the last of them."""
        awards = self._awards
        for lot in lots:
            awards.failed(lot)
        if len(awards.failures | {int(lot) for lot in self.state["cancelled"]}) == self.state["lots"]:
            self._end("unsuccessful")

    def _standstill_ended(self, lots: Sequence[int]) -> None:
        active, exhausted = self._awards.ended(lots)
        if active:
            self.tags.add("awardUpdate")
        if exhausted or not active:
            self.tags.add("tenderUpdate")
        self._failed(exhausted)

    def derive(self, name: str, lots: Sequence[int]) -> None:
        """A change by time alone."""
        self.anchors.append(self._anchor(f"{self.at.block}-{name}", name))
        if name == STANDSTILL_ENDED:
            self._standstill_ended(lots)
            return
        if name == TENDER_CANCELLED and self._cancelled(lots):
            self.tags.add("tenderCancellation")
            return
        self.tags.add("tenderUpdate")
        if name == BIDDING_CLOSED:
            self._end("complete")
        elif name == LOT_FAILED:
            self._end("cancelled" if len(self.state["cancelled"]) == self.state["lots"] else "unsuccessful")

    def _end(self, status: str) -> None:
        """Tender and lots, but for those that were cancelled one by one."""
        for thing in (self.tender, *self.tender.get("lots", ())):
            if thing["status"] != "cancelled":
                thing["status"] = status

    def _cancelled(self, due: Sequence[int]) -> bool:
        """Cancels these lots; False where no text names the lots, so that a release can show none of it."""
        shown = False
        for lot in map(str, due):
            cancel = self.state["cancels"].pop(lot, None)
            if cancel is None:  # by an order before its time, which was told then
                continue
            how = {"status": "cancelled", "cancellationDetails": cancel["details"]}
            lots = self.tender.get("lots", [])
            if lot == "0" or self.state["lots"] == 1:
                things = [self.tender, *lots]
            else:
                self.state["cancelled"][lot] = how
                things = [lots[int(lot) - 1]] if lots else []
            for thing in things:
                if thing["status"] != "cancelled":
                    thing |= how
            shown = shown or bool(things)
        return shown

    def release(self) -> dict[str, Any] | None:
        """What changed since the state before; None where none of it may be told yet."""
        image, anchors = self.state["image"], self.anchors
        anchors = [*self.disclosed, *anchors]
        if self.withheld:
            hidden = {entry["anchor"]["id"] for entry in self.withheld}
            anchors = [anchor for anchor in anchors if anchor["id"] not in hidden]
            if not anchors:
                return None
        change = changes(self.before, image) or {}
        tender = {"id": self.tender["id"], "status": self.tender["status"], **change.get("tender", {})}
        release = {
            "ocid": self.state["ocid"],
            "id": self.id,
            "date": utc(self.at.time),
            "tag": [tag for tag in TAGS if tag in self.tags],
            "initiationType": "tender",
            "language": image.get("language", self.publication.language),
        }
        if "contracts" in image:
            image["contracts"] = [told_once(each) for each in image["contracts"]]
        if "contracts" in change:
            award = {each["id"]: each["awardID"] for each in image["contracts"]}
            change["contracts"] = [{"awardID": award[each["id"]], **each} for each in change["contracts"]]
        return {**release, **change, "tender": tender, "ledgerAnchors": anchors}
