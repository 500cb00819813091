"""Bodies of the opening routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.pages import Shown

__all__ = [
    "BODIES", "BoxesIn", "CeremonyBody", "CeremonySeatBody", "CommitmentIn", "ComplaintAnswerIn", "DealerComplaintBody",
    "DealerComplaintIn", "DealingIn", "JoinIn", "KeysetBody", "KeysetIn", "KeysetSeatBody", "NoticeBody", "OpeningBody", "PageBidBody",
    "PageBody", "PageIn", "PageRowBody", "PostedBody", "RevealIn", "SeatProofIn", "SharesIn", "Step",
]  # fmt: skip

Word = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{64}$")]
Bytes = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-fA-F]{2}){1,2048}$")]
PackedShare = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{196}$")]
Seat = Annotated[int, Field(ge=1, le=16, description="Number of a seat, from 1.")]
Dealer = Annotated[
    int, Field(ge=1, le=16, description="Number of a dealer: its seat, in a resharing that of the parent.")
]
EnvelopeNumber = Annotated[
    int, Field(ge=0, le=1, description="Which envelope of each bid; a tender with one has 0.")
]
Step = Literal["join", "publish", "send", "confirm", "failed"]

_WORD = "0x" + "5e" * 32
_PROOF: dict[str, Any] = {"seat": 1, "c": _WORD, "z": "0x" + "6f" * 32}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class SharesIn(_Strict):
    """The shares of a seat for the live bids of a page, in order of index. They are public once they are sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"envelope": 0, "page": 0, "seat": 1, "shares": ["0x01" + "5e" * 97]}]
        }
    )

    envelope: EnvelopeNumber = 0
    page: Annotated[int, Field(ge=0, le=2047, description="Bids of 32 indexes, from 0.")]
    seat: Seat
    shares: Annotated[
        list[PackedShare],
        Field(
            min_length=1,
            max_length=32,
            description="Packed shares of 98 bytes: seat, S compressed, e, f.",
        ),
    ]


class PageIn(_Strict):
    """Which envelope of the bids of the page is opened."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"envelope": 0}]})

    envelope: EnvelopeNumber = 0


class RevealIn(_Strict):
    """The number with which a bidder sealed its bid; it opens nothing else."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"envelope": 0, "index": 0, "r": _WORD}]})

    envelope: EnvelopeNumber = 0
    index: Annotated[int, Field(ge=0, le=65_535, description="Place of the bid in the tender.")]
    r: Annotated[Word, Field(description="Public from now on.")]


class JoinIn(_Strict):
    """A seat's fresh key for its boxes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seat": 1, "boxKey": _WORD}]})

    seat: Seat
    box_key: Annotated[Word, Field(description="X25519 public key.")]


class CommitmentIn(_Strict):
    """The hash of a dealing, before anybody sees one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dealer": 1, "commitment": _WORD}]})

    dealer: Dealer
    commitment: Word


class DealingIn(_Strict):
    """A dealing: its points and the proof of possession."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dealer": 1, "message": "0x" + "5e" * 192}]})

    dealer: Dealer
    message: Bytes


class BoxesIn(_Strict):
    """The dealt values, boxed for each seat in order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dealer": 1, "boxes": "0x" + "5e" * 240}]})

    dealer: Dealer
    boxes: Annotated[Bytes, Field(description="80 bytes a seat.")]


class DealerComplaintIn(_Strict):
    """Says that a dealer's box cannot be opened, or holds a wrong value."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seat": 2, "dealer": 1}]})

    seat: Seat
    dealer: Dealer


class ComplaintAnswerIn(_Strict):
    """The value that a complaint is about, shown to everybody."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dealer": 1, "seat": 2, "value": _WORD}]})

    dealer: Dealer
    seat: Seat
    value: Word


class KeysetIn(_Strict):
    """The ceremony whose keys are registered; they are recomputed from its messages."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ceremony": _WORD}]})

    ceremony: Word


class SeatProofIn(_Strict):
    """A seat's proof that it holds its share."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PROOF]})

    seat: Seat
    c: Word
    z: Word


class CeremonySeatBody(Shown):
    """A seat that receives, or a dealer."""

    number: int
    member: str
    org_id: str
    box_key: str | None = Field(description="Of a seat, once it joined.")
    commitment: str | None = Field(description="Of a dealer; so are the next two.")
    dealing: str | None
    boxes: str | None


class DealerComplaintBody(Shown):
    """Why a ceremony ended."""

    seat: int
    dealer: int
    answer: str | None = Field(description="The value that the dealer showed, decimal.")


class CeremonyBody(Shown):
    """A ceremony with all that was said in it."""

    id: str
    ordinal: int
    step: Step = Field(description="What is due; `confirm` also after the keyset was registered.")
    threshold: int
    seats: list[CeremonySeatBody] = Field(description="By number: who receives.")
    dealers: list[CeremonySeatBody] = Field(description="By number: who deals.")
    parent: str | None = Field(description="The keyset whose key is dealt anew.")
    complaint: DealerComplaintBody | None
    keyset: str | None = Field(
        description="The keyset that was registered of it; of several, which anybody can register, the one that most seats confirmed."
    )
    opened_at: str
    block: int


class KeysetSeatBody(Shown):
    """A seat of a keyset."""

    number: int
    member: str
    org_id: str
    key: str = Field(description="x and y.")
    confirmed: bool
    answered: bool = Field(description="It answered the last roll.")


class KeysetBody(Shown):
    """The keys of a committee, and how it stands."""

    id: str
    ceremony: str
    threshold: int
    pk: str = Field(description="Joint key, x and y: bids are sealed to it.")
    seats: list[KeysetSeatBody]
    transcript: str
    usable: bool = Field(description="A tender may be published on it.")
    retired: bool
    confirmed_at: str | None = Field(description="When the last seat confirmed.")
    round: int = Field(description="Number of the last roll; 0 = none yet.")
    rolled_at: str | None
    next_roll_at: str | None = Field(description="When the roll may be called again.")
    parent: str | None
    acting: str = Field(description="The keyset whose seats post shares: itself, unless it was reshared.")
    block: int


class KeysetNoticeBody(Shown):
    """The keys of a notice; `id` is the hash of all the rest."""

    id: str
    chain_id: int
    committee: str
    threshold: int
    pk: str
    members: list[str]
    keys: list[str]
    transcript: str


class NoticeBody(Shown):
    """All that a bidder seals with. Recompute the keyset's id from its keys, and compare it with what the buyer published."""

    format: str = Field(examples=["licita/notice/1"])
    tender: int
    separator: str = Field(description="EIP-712 domain of BidBox.")
    terms_hash: str
    envelopes: int
    lots: list[str]
    currency: str
    exponent: int
    body_blocks: int = Field(description="KiB of a sealed body at most.")
    keyset: KeysetNoticeBody


class PostedBody(Shown):
    """A seat that posted its shares of a page."""

    seat: int
    keyset: str
    member: str
    org_id: str
    at: str
    transaction: str


class PageRowBody(Shown):
    """A page of 32 indexes: who posted, who did not."""

    envelope: int
    page: int
    bids: int = Field(description="Live bids on it.")
    opened: int
    shares: list[PostedBody]
    missing: list[int] = Field(description="Seats of the acting keyset that did not post.")
    needed: int = Field(description="Seats that must still post.")


class PageBidBody(Shown):
    """A live bid: what a share of it is made from, once the proof in its envelope was checked for this tender."""

    index: int
    bidder: str
    version: int
    sealed_envelope: str
    opened: bool


class PageBody(PageRowBody):
    """A page with its live bids in order of index."""

    tender: int
    separator: str = Field(description="EIP-712 domain of BidBox.")
    keyset: str = Field(description="The acting keyset.")
    sealed_to: str = Field(description="The tender's own keyset, which its bids are sealed to.")
    live: list[PageBidBody]


class OpeningBody(Shown):
    """The opening of a tender: when, by whom, and what is missing."""

    tender: int
    status: str = Field(description="Of the tender at head time.", examples=["Opening"])
    stopped: bool = Field(description="Nothing of it is ever opened: cancelled, or too few bids.")
    envelope: int = Field(description="The one that is due.")
    keyset: str
    acting: str = Field(description="The keyset whose seats post shares.")
    threshold: int
    closes_at: str
    open_from: str | None = Field(
        description="The contract takes shares; null while a question is open at the deadline."
    )
    opens_at: str | None = Field(description="This service does: one block period later.")
    fallback_from: str | None = Field(description="Bidders reveal their own bids.")
    void_from: str | None = Field(description="What is still sealed never opens: the tender fails.")
    bids: int | None = Field(description="Live bids; null before shares are taken.")
    opened: int | None
    pages: list[PageRowBody] = Field(description="Empty before shares are taken.")
    lacking: list[str] = Field(description="In words, what it waits for.")


BODIES: tuple[type[BaseModel], ...] = (
    BoxesIn, CommitmentIn, ComplaintAnswerIn, DealerComplaintIn, DealingIn, JoinIn, KeysetIn, PageIn, RevealIn, SeatProofIn, SharesIn,
)  # fmt: skip
