"""Bodies of the agreement routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints
from pydantic.alias_generators import to_camel

from api.fields import Organisation, Sha256, Time
from api.pages import Shown
from api.steps import StepBody
from chain.types import MilestoneKind, MilestoneTerms, instant

__all__ = [
    "BODIES", "AgreementBody", "AgreementIn", "AgreementRowBody", "AwaitedBody", "ChangeBody", "ChangeIn", "EndBody", "EvidenceIn",
    "MilestoneBody", "MilestoneIn", "MovedBody", "PaymentBody", "PaymentIn", "RatingBody", "RatingIn", "ReasonIn", "SignatureIn",
    "TerminationIn",
]  # fmt: skip

_SIDES: list[JsonValue] = ["buyer", "supplier"]
_STATUSES: list[JsonValue] = ["Draft", "Active", "Completed", "Terminated", "Dropped"]

Amount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,40}(\.[0-9]{1,20})? [A-Z]{3}$"),
    Field(description="In the tender's currency.", examples=["109272.00 MXN"]),
]
Signed = Annotated[Sha256, Field(description="sha256 of the document that both sides sign.")]
Paper = Annotated[Sha256, Field(description="sha256 of the paper that says so, uploaded before.")]
ChangeReasonWord = Literal[
    "quantity", "priceIndex", "tax", "quality", "duration", "reduction", "party", "additionalNecessary", "unforeseeable"
]  # fmt: skip
CauseWord = Literal["mutual", "supplierDefault", "buyerDefault", "forceMajeure", "ordered"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class MilestoneIn(_Strict):
    """A delivery, or a payment; they are numbered from 1 in the order given."""

    kind: Literal["delivery", "payment"]
    share_bps: Annotated[
        int,
        Field(ge=0, le=65_535, description="Share of the whole, 1/10,000; each kind sums to 10,000."),
    ]
    requires: Annotated[
        int,
        Field(ge=0, le=255, description="Delivery that is to be accepted before this payment; 0: none."),
    ] = 0
    due: Time | None = None

    @property
    def terms(self) -> MilestoneTerms:
        """As it is agreed. What is due before all times of a chain is due at the first of them: 0 would be at none."""
        due = 0 if self.due is None else max(1, instant(datetime.fromisoformat(self.due)))
        return MilestoneTerms(int(MilestoneKind[self.kind.upper()]), self.share_bps, self.requires, due)


class AgreementIn(_Strict):
    """The draft of an agreement about a lot, with the supplier and for the price of its award."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tender": 1, "lot": 1, "document": "ab" * 32, "startsAt": "2026-04-01T00:00:00Z", "endsAt": "2026-12-31T23:59:59Z",
                    "milestones": [
                        {"kind": "delivery", "shareBps": 10_000, "due": "2026-06-30T23:59:59Z"},
                        {"kind": "payment", "shareBps": 10_000, "requires": 1},
                    ],
                }
            ],
        }
    )  # fmt: skip

    tender: Annotated[int, Field(ge=1, le=2**53 - 1, description="Number of the tender.")]
    lot: Annotated[int, Field(ge=1, le=255, description="Number of the lot, from 1.")]
    document: Annotated[Sha256, Field(description="sha256 of what both sides are to sign, uploaded before.")]
    starts_at: Time
    ends_at: Time
    milestones: Annotated[list[MilestoneIn], Field(max_length=255, description="1 to 64.")]
    value: Amount | None = Field(None, description="The price of the award; nothing else is taken.")
    payer: Organisation | None = Field(
        None, description="Member that pays as well as the buyer: 0x id or org-id."
    )
    replaces: Annotated[
        int | None,
        Field(
            ge=0,
            le=2**53 - 1,
            description="The draft that it replaces, 0: there is none; null: whichever there is.",
        ),
    ] = None


class SignatureIn(_Strict):
    """A signature; naming the document says that it is the one you read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "ab" * 32}]})

    document: Signed


class ChangeIn(_Strict):
    """A change that one side proposes and both sign."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "quantity", "value": "120000.00 MXN", "document": "ab" * 32}],
        }
    )

    reason: ChangeReasonWord
    value: Amount | None = Field(None, description="The new one; null: as it is.")
    extension: Annotated[
        int,
        Field(
            ge=0,
            le=2**32 - 1,
            description="Seconds by which the end, and what is not accepted yet, are due later.",
        ),
    ] = 0
    document: Annotated[Sha256, Field(description="sha256 of what both sides are to sign, uploaded before.")]


class EvidenceIn(_Strict):
    """The evidence of a delivery; it may stay private."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "ab" * 32}]})

    document: Annotated[
        Sha256, Field(description="sha256 of the evidence, which goes to the buyer; it may stay private.")
    ]


class ReasonIn(_Strict):
    """The paper that an act of the buyer rests on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "ab" * 32}]})

    document: Paper


class PaymentIn(_Strict):
    """A payment that was made in the bank."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"milestone": 2, "amount": "109272.00 MXN", "reference": "SPEI 2026070100123", "paidAt": "2026-07-01T15:04:05Z"}
            ],
        }
    )  # fmt: skip

    milestone: Annotated[int, Field(ge=1, le=255)]
    amount: Amount
    reference: Annotated[
        str,
        StringConstraints(max_length=200),
        Field(
            description="What the bank statement says of the transfer, whose sha256 alone is recorded, whatever its capitals and "
            "blanks; or that sha256."
        ),
    ]
    paid_at: Time
    payer: Organisation | None = Field(
        None, description="Member that paid: 0x id or org-id; null: the buyer."
    )
    payee: Organisation | None = Field(None, description="Who was paid: 0x id or org-id; null: the supplier.")


class RatingIn(_Strict):
    """A rating of works that were accepted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rating": 4}]})

    rating: Annotated[int, Field(ge=0, le=255, description="1 (poor) to 5 (excellent).")]


class TerminationIn(_Strict):
    """The end of an agreement before all of it was delivered."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cause": "mutual", "document": "ab" * 32}]})

    cause: CauseWord
    document: Paper


class AgreementRowBody(Shown):
    """An agreement in a list. Amounts are in the tender's currency."""

    number: int
    tender: int
    lot: int
    status: str = Field(json_schema_extra={"enum": _STATUSES})
    version: int = Field(description="0: not signed by both; each change counts. Goes into If-Match.")
    buyer: str
    buyer_org_id: str
    supplier: str
    org_id: str = Field(description="Of the supplier.")
    currency: str
    value: str = Field(examples=["109272.00 MXN"])
    paid: str = Field(description="Less what was reversed.")
    drafted_at: str
    active_at: str | None = Field(description="When both had signed.")
    ended_at: str | None


class MovedBody(Shown):
    """By how much changes of a kind moved the value, up or down, and by how much they may."""

    kind: str = Field(json_schema_extra={"enum": ["ordinary", "reasoned"]})
    moved: str
    cap: str


class AwaitedBody(Shown):
    """A signature that is waited for."""

    what: str = Field(json_schema_extra={"enum": ["agreement", "change", "end"]})
    side: str = Field(json_schema_extra={"enum": _SIDES})
    document: str = Field(description="sha256 of what is to be signed.")


class MilestoneBody(Shown):
    """A milestone: a delivery, or a payment."""

    number: int
    kind: str = Field(json_schema_extra={"enum": ["delivery", "payment"]})
    status: str | None = Field(
        description="Of a delivery.",
        json_schema_extra={"enum": ["Scheduled", "Delivered", "Accepted", "Refused", None]},
    )
    share_bps: int
    requires: int | None = Field(description="Delivery that is to be accepted before this payment.")
    due: str | None = Field(description="With what changes added.")
    late: bool = Field(description="Whether it was delivered, or is waited for, after it was due.")
    amount: str | None = Field(description="What is to be paid in all; null for a delivery.")
    paid: str | None
    delivered_at: str | None
    evidence: str | None = Field(description="sha256 of the evidence of the delivery.")
    judged_at: str | None
    report: str | None = Field(description="sha256 of the paper that accepts or refuses it.")
    refusals: int


class PaymentBody(Shown):
    """A payment."""

    number: int
    milestone: int
    payer: str
    payer_org_id: str
    payee: str
    payee_org_id: str
    amount: str
    reference: str = Field(description="sha256 of what the bank statement says of the transfer.")
    paid_at: str
    recorded_at: str
    transaction: str
    reversed_at: str | None
    reversal: str | None = Field(description="sha256 of the paper that says so.")


class ChangeBody(Shown):
    """A change that was proposed."""

    number: int
    status: str = Field(json_schema_extra={"enum": ["pending", "signed", "dropped"]})
    proposed_by: str = Field(json_schema_extra={"enum": _SIDES})
    reason: str
    before: str
    value: str
    extension: int = Field(description="Seconds.")
    document: str
    signed_by: list[str]
    proposed_at: str
    ended_at: str | None
    version: int | None = Field(description="The agreement's with it; null where it is not in effect.")
    transaction: str


class RatingBody(Shown):
    """A rating."""

    rater: str = Field(description="Address of a citizen, id of a witness's organisation.")
    org_id: str | None = Field(description="Of that organisation.")
    citizen: bool
    rating: int
    rated_at: str
    transaction: str


class EndBody(Shown):
    """How an agreement ended."""

    ended_at: str
    cause: str | None = Field(
        description="Why it ended before all of it was delivered.",
        json_schema_extra={
            "enum": ["mutual", "supplierDefault", "buyerDefault", "forceMajeure", "ordered", None]
        },
    )
    document: str | None = Field(description="sha256 of the paper that ended it; of what was dropped none.")


class AgreementBody(AgreementRowBody):
    """An agreement, with what can be done about it."""

    document: str = Field(description="sha256 of the document that both sides sign.")
    transaction: str
    payer: str | None = Field(description="Id of the member that pays as well as the buyer.")
    payer_org_id: str | None
    original: str = Field(description="The value that was signed first.")
    moved: list[MovedBody]
    starts_at: str
    ends_at: str = Field(description="With what changes added.")
    four_eyes: bool = Field(
        description="Whether the buyer's acts take two accounts: an officer's proposal and an approver's signature."
    )
    signed_by: list[str]
    sign_from: str | None = Field(description="Of a draft; null while a complaint is open.")
    sign_until: str | None = Field(
        description="Of a draft: from then on a supplier that did not sign may be passed over."
    )
    awaited: list[AwaitedBody]
    milestones: list[MilestoneBody]
    payments: list[PaymentBody] = Field(description="The last 100; all of them under `/payments`.")
    changes: list[ChangeBody] = Field(description="The last 100; all of them under `/changes`.")
    end: EndBody | None
    steps: list[StepBody] = Field(description="What can be done now, by whom, and why not yet.")


BODIES: tuple[type[BaseModel], ...] = (
    AgreementIn, ChangeIn, EvidenceIn, PaymentIn, RatingIn, ReasonIn, SignatureIn, TerminationIn,
)  # fmt: skip
