"""Bodies of the tender routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from api.feed import EventBody
from api.fields import Hash, Sha256
from api.pages import ListOf, Shown
from api.steps import StepBody

__all__ = [
    "BODIES", "AmendmentIn", "AnswerIn", "AskerIn", "CancellationBody", "CancellationIn", "LotBody", "NoteBody", "NoteIn", "QuestionBody",
    "QuestionIn", "TenderBody", "TenderIn", "TenderRowBody", "TimelineBody", "TimelineRowBody",
]  # fmt: skip

REASONS = ("noDemand", "unfixable", "forceMajeure", "budgetCut", "ordered")

_RELEASE: Any = {
    "ocid": "ocds-87sd3t-2026-001",
    "id": "1",
    "date": "2026-03-01T12:00:00Z",
    "tag": ["tender"],
    "language": "es",
    "buyer": {"id": "MX-RFC-GDF9712054NA", "name": "SECRETARÍA DE FINANZAS"},
    "parties": [
        {
            "id": "MX-RFC-GDF9712054NA",
            "name": "SECRETARÍA DE FINANZAS",
            "identifier": {"scheme": "MX-RFC", "id": "GDF9712054NA"},
            "roles": ["buyer"],
        }
    ],
    "tender": {
        "id": "1",
        "title": "Arrendamiento de bienes informáticos",
        "description": "Computadoras portátiles",
        "procurementMethod": "open",
        "mainProcurementCategory": "goods",
        "awardCriteria": "priceOnly",
        "value": {"amount": 1311264.0, "currency": "MXN"},
        "items": [
            {
                "id": "1",
                "description": "Computadora portátil",
                "quantity": 471,
                "classification": {
                    "scheme": "UNSPSC",
                    "id": "43211503",
                    "description": "Computadoras portátiles",
                },
            }
        ],
        "tenderPeriod": {"startDate": "2026-03-01T12:00:00Z", "endDate": "2026-04-01T12:00:00Z"},
    },
}


class TenderIn(BaseModel):
    """An OCDS document that holds one process: `{"ocds": document, ...}` with terms, or the bare document."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [{"ocds": _RELEASE}]})

    ocds: dict[str, Any] | None = Field(
        None, description="Release, release package, record or record package (OCDS 1.1)."
    )
    ocid: str | None = Field(None, description="Which process of a package is meant.")
    supplement: dict[str, Any] | None = Field(
        None, description="RFC 7386 patch of the release: what the document lacks."
    )


class AmendmentIn(BaseModel):
    """The whole document as at publication, or a patch of the tender."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "patch": {
                        "amendments": None,
                        "tenderPeriod": {"endDate": "2026-04-15T12:00:00Z"},
                        "description": "Equipos nuevos",
                    }
                }
            ]
        },
    )

    patch: dict[str, Any] | None = Field(
        None, description="RFC 7386 patch of the tender in force; drops no id."
    )


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class QuestionIn(_Strict):
    """A question that everybody can read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"title": "Garantía", "description": "¿Se acepta garantía de 12 meses?", "relatedItem": "1"}
            ]
        }
    )

    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    description: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    related_lot: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    related_item: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    tag: Annotated[
        Hash | None,
        Field(
            description="Of an enquiry desk alone: the commitment to who asks, of which the service learns nothing else."
        ),
    ] = None


class AnswerIn(_Strict):
    """The answer to a question; it is given once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "Sí, con póliza del fabricante."}]})

    answer: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class AskerIn(_Strict):
    """Who asked through an enquiry desk: what made the tag of the question."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"supplier": "0x" + "5e" * 32, "salt": "0x" + "9c" * 32}]}
    )

    supplier: Annotated[Hash, Field(description="Id of the supplier.")]
    salt: Annotated[Hash, Field(description="The random bytes in the file that was handed to the desk.")]


class NoteIn(_Strict):
    """A remark that everybody can read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Las bases nombran una sola marca.", "document": "ab" * 32}]}
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    document: Annotated[
        Sha256 | None, Field(description="sha256 of a document that says more, uploaded before.")
    ] = None


class CancellationIn(_Strict):
    """The beginning of a cancellation; its window runs before it takes effect."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lot": 0, "reason": "budgetCut", "document": "ab" * 32}]}
    )

    lot: Annotated[int, Field(ge=0, le=255, description="Number of the lot; 0 is the whole tender.")] = 0
    reason: Literal["noDemand", "unfixable", "forceMajeure", "budgetCut", "ordered"]
    document: Annotated[Sha256, Field(description="sha256 of the reasoned decision, uploaded before.")]


class TenderRowBody(Shown):
    """A tender in a list."""

    id: int
    ocid: str
    title: str = Field(description="Empty where the data of the event are not to be trusted.")
    status: str = Field(description="At head time.", examples=["Enquiries"])
    deadline: str = Field(description="End of the bidding period.", examples=["2026-04-01T12:00:00Z"])
    buyer: str = Field(description="Id of the member that buys.")
    terms_hash: str = Field(description="The state that an amendment replaces: goes into If-Match.")
    terms_version: int
    published_at: str
    content_ok: bool = Field(description="False where the text in the event breaks its rules: see `reasons`.")


class CancellationBody(Shown):
    """A cancellation that was begun."""

    lot: int
    reason: str
    document: str
    cancels_at: str | None = Field(description="Null until the review body consents, where it has to.")
    proposed_at: str
    transaction: str


class LotBody(Shown):
    """A lot of the terms: amounts in minor units as decimal text, 0 = none."""

    number: int
    ceiling: str
    market_mean: str


class TenderBody(TenderRowBody):
    """A tender with its terms and its OCDS text."""

    procedure: str
    procedure_version: int
    currency: str
    exponent: int = Field(description="Decimals of the currency.")
    keyset_id: str = Field(description="Opening committee whose key bids are sealed to.")
    open_from: str | None = Field(description="The contract takes shares of the opening; null while `Held`.")
    opens_at: str | None = Field(description="Shares are sent, one block period later; null while `Held`.")
    fallback_from: str | None = Field(description="Bidders reveal their own bids; null while `Held`.")
    void_from: str | None = Field(
        description="A bid that is still sealed fails the tender; null while `Held`."
    )
    live_bids: int | None = Field(description="Bids in force; null until one of them is open.")
    opened_bids: int | None = Field(description="Those of them that are open.")
    review_body: str
    plan_ref: str
    documents_hash: str
    price_weight_bps: int
    lots: list[LotBody]
    questions: int
    open_questions: int
    cancellations: list[CancellationBody]
    published_block: int
    transaction: str
    reasons: list[str]
    tender: dict[str, Any] = Field(description="The OCDS tender in force, as in the event.")


class QuestionBody(Shown):
    """A question and, once there is one, its answer."""

    number: int
    title: str
    description: str
    related_lot: str | None
    related_item: str | None
    supplier: str = Field(description="Who asked; 32 zero bytes while that is hidden.")
    desk: str | None = Field(
        description="Member whose enquiry desk asked for it; null where it was asked openly."
    )
    tag: str = Field(description="Of a desk's question: the commitment to who asked.")
    asked_at: str
    answer: str | None
    answered_at: str | None
    disclosed_at: str | None = Field(description="When it was disclosed who asked through the desk.")
    disclosed_by: str | None = Field(description="Supplier or member that disclosed it.")
    content_ok: bool
    reasons: list[str]


class NoteBody(Shown):
    """A remark of an audit office or a social witness."""

    number: int
    member: str = Field(description="Id of the member that notes.")
    org_id: str
    text: str
    document: str | None = Field(description="sha256 of a document that says more.")
    noted_at: str
    transaction: str
    content_ok: bool
    reasons: list[str]


class TimelineRowBody(EventBody):
    """Something that happened to a tender, and who did it."""

    actor: str | None = Field(description="Account that sent it; null where time did it.")
    organisation: str | None = Field(description="Org-id of the organisation that the account acts for now.")


class TimelineBody(ListOf[TimelineRowBody]):
    """What happened to a tender, page by page, and what can be done now."""

    status: str
    steps: list[StepBody]


BODIES: tuple[type[BaseModel], ...] = (
    AmendmentIn, AnswerIn, AskerIn, CancellationIn, NoteIn, QuestionIn, TenderIn,
)  # fmt: skip
