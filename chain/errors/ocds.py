"""Refusals of the OCDS doors: what a document may not be when it comes in, what a release must be before it goes out.

Coming in, all faults of a document are reported at once: the first is raised, and ``errors`` of that exception holds every one,
itself included. Pointers are RFC 6901, into the release as it was taken (compiled, with the supplement applied) or, where the
bytes themselves are at fault, into the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from chain.errors.base import Fault, Forbidden, Invalid, LicitaError, Malformed

__all__ = [
    "ImportAmountDecimals", "ImportAmountNotNumber", "ImportAmountNotPositive", "ImportAmountTooLarge",
    "ImportBuyerOther", "ImportCodeDeprecated", "ImportCodeUnknown", "ImportCriteriaOther", "ImportCurrencyUnknown",
    "ImportDateForm", "ImportDateNoTime", "ImportDateNoZone", "ImportEncoding", "ImportFieldMissing",
    "ImportFieldType", "ImportFieldUnknown", "ImportHashForm", "ImportIdRepeated", "ImportKeyRepeated",
    "ImportMergeFailed", "ImportNotCanonical", "ImportNotJson", "ImportNotOcds", "ImportNumberInvalid",
    "ImportPeriodPast", "ImportPeriodReversed", "ImportPersonalData", "ImportProcessAmbiguous",
    "ImportQuantityInvalid", "ImportReferenceBroken", "ImportRefused", "ImportReleaseLinked",
    "ImportTextTooLong", "ImportTextUnreadable", "ImportTooDeep", "ImportTooLarge", "OcidForm",
    "PackageInvalid", "ReleaseAnchorMissing", "ReleaseAnchorRepeated", "ReleaseDateForm",
    "ReleaseDateOrder", "ReleaseDisclosedEarly", "ReleaseFieldEmpty", "ReleaseFieldUnknown",
    "ReleaseIdForm", "ReleaseIdRepeated", "ReleaseMoneyForm", "ReleasePersonalData",
    "ReleaseReferenceBroken", "ReleaseRefused", "ReleaseRoleLost", "ReleaseSchemaInvalid",
    "ReleaseSupplierChanged", "ReleaseTagWrong", "TermsIdDropped",
]  # fmt: skip


@dataclass(eq=False)
class ImportRefused(LicitaError):
    """The document cannot be taken; the names of its faults say why."""

    pointer: str

    def __post_init__(self) -> None:
        self._others: tuple[ImportRefused, ...] = ()

    @property
    def errors(self) -> tuple[ImportRefused, ...]:
        """Every fault of the document in the order found, this one first."""
        return (self, *self._others)

    @staticmethod
    def together(faults: Sequence[ImportRefused]) -> ImportRefused:
        """The first of one or more faults, carrying the others."""
        first = faults[0]
        first._others = tuple(faults[1:])
        return first


@dataclass(eq=False)
class ReleaseRefused(Fault):
    """A release breaks a rule of its own publication; publication stops at this block, with an alarm."""

    ocid: str
    release: str
    pointer: str
    advice: ClassVar[str] = (
        "This is a fault of the program: keep the chain, report the release, and rebuild once it is mended."
    )


@dataclass(eq=False)
class ImportNotJson(ImportRefused, Malformed):
    """The body is not one JSON text (HTML, several lines of JSON, cut off)."""

    line: int
    column: int
    http_status: ClassVar[int] = 400
    advice: ClassVar[str] = "Send one JSON object; line and column count from 1."


@dataclass(eq=False)
class ImportEncoding(ImportRefused, Malformed):
    """The body is not UTF-8; ``byte`` is the offset of the first byte that cannot be read."""

    byte: int
    http_status: ClassVar[int] = 400
    advice: ClassVar[str] = "Save the file as UTF-8 and send it again."


@dataclass(eq=False)
class ImportKeyRepeated(ImportRefused, Malformed):
    """An object names the same key twice."""

    key: str
    http_status: ClassVar[int] = 400
    advice: ClassVar[str] = "Keep one of the two values."


@dataclass(eq=False)
class ImportNumberInvalid(ImportRefused, Malformed):
    """A number is NaN, infinite, or has 40 digits or an exponent of 40 or more."""

    number: str
    http_status: ClassVar[int] = 400
    advice: ClassVar[str] = "Write a plain decimal number."


@dataclass(eq=False)
class ImportTooDeep(ImportRefused, Malformed):
    """Objects and lists are nested deeper than ``limit``."""

    limit: int
    http_status: ClassVar[int] = 400
    advice: ClassVar[str] = "Flatten the document."


@dataclass(eq=False)
class ImportTooLarge(ImportRefused, Malformed):
    """The body is longer than ``limit`` bytes."""

    limit: int
    got: int
    http_status: ClassVar[int] = 413
    advice: ClassVar[str] = "Send one process, without awards, contracts and embedded files."


@dataclass(eq=False)
class ImportNotOcds(ImportRefused, Invalid):
    """This is no OCDS release, release package, record or record package with a tender in it."""

    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = (
        "Send a release (ocid, tag, tender), or a package or record with one; no versioned release."
    )


@dataclass(eq=False)
class ImportProcessAmbiguous(ImportRefused, Invalid):
    """The document holds several contracting processes, or not the one that was named."""

    ocids: tuple[str, ...]
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Name one of them as `ocid`."


@dataclass(eq=False)
class ImportReleaseLinked(ImportRefused, Invalid):
    """The record only links to its releases."""

    url: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Send the releases themselves, or a compiled release."


@dataclass(eq=False)
class ImportMergeFailed(ImportRefused, Invalid):
    """The releases cannot be merged: a date is missing, an id is repeated in an array, or a field changes its type."""

    cause: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Mend the releases, or send a compiled release."


@dataclass(eq=False)
class ImportFieldMissing(ImportRefused, Invalid):
    """A required value is absent, null or empty."""

    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Give it, in the document or in the supplement."


@dataclass(eq=False)
class ImportFieldType(ImportRefused, Invalid):
    """A value has another JSON type than the standard gives it."""

    expected: str
    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Ids are strings; lists hold no null."


@dataclass(eq=False)
class ImportFieldUnknown(ImportRefused, Invalid):
    """The request has a field that does not exist."""

    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Leave it out; fields of the document itself go under `ocds`."


@dataclass(eq=False)
class ImportAmountNotNumber(ImportRefused, Invalid):
    """An amount is not a JSON number."""

    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Write it without quotation marks."


@dataclass(eq=False)
class ImportAmountNotPositive(ImportRefused, Invalid):
    """An amount is zero or less."""

    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Give the estimated value."


@dataclass(eq=False)
class ImportAmountTooLarge(ImportRefused, Invalid):
    """An amount reaches ``limit`` units of its currency."""

    limit: str
    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Check the unit; larger amounts would not be exact everywhere."


@dataclass(eq=False)
class ImportAmountDecimals(ImportRefused, Invalid):
    """An amount is finer than the currency's smallest unit, or than three decimals."""

    limit: int
    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Round it."


@dataclass(eq=False)
class ImportCurrencyUnknown(ImportRefused, Invalid):
    """The currency is not one of the network's ISO 4217 codes, or differs from that of the tender."""

    currency: str
    known: tuple[str, ...]
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Use one of the known codes, the same in the whole tender."


@dataclass(eq=False)
class ImportDateNoTime(ImportRefused, Invalid):
    """A date has no time of day."""

    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Write YYYY-MM-DDThh:mm:ssZ."


@dataclass(eq=False)
class ImportDateNoZone(ImportRefused, Invalid):
    """A time has no zone."""

    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Add Z, or an offset such as -06:00."


@dataclass(eq=False)
class ImportDateForm(ImportRefused, Invalid):
    """This is no date and time in whole seconds from 1970 to 9999."""

    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Write YYYY-MM-DDThh:mm:ssZ."


@dataclass(eq=False)
class ImportPeriodReversed(ImportRefused, Invalid):
    """A period ends when it starts, or before."""

    start: str
    end: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Give an end after the start."


@dataclass(eq=False)
class ImportPeriodPast(ImportRefused, Invalid):
    """A period ended before the network's present time."""

    now: str
    end: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Give an end in the future, for instance in the supplement."


@dataclass(eq=False)
class ImportIdRepeated(ImportRefused, Invalid):
    """Two objects of one list have the same id."""

    id: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Number them differently."


@dataclass(eq=False)
class ImportReferenceBroken(ImportRefused, Invalid):
    """A reference leads nowhere: no such lot or item, a lot without an item, a document that is not held."""

    reference: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Name an id of this tender; upload documents first."


@dataclass(eq=False)
class ImportCodeDeprecated(ImportRefused, Invalid):
    """The code is deprecated in OCDS 1.1 and is never translated."""

    code: str
    known: tuple[str, ...]
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Choose one of the known codes."


@dataclass(eq=False)
class ImportCodeUnknown(ImportRefused, Invalid):
    """The code is not in its codelist and is never translated."""

    code: str
    known: tuple[str, ...]
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Choose one of the known codes; case counts."


@dataclass(eq=False)
class ImportTextUnreadable(ImportRefused, Invalid):
    """A text holds NUL, a control character or a lone surrogate; ``at`` is its position."""

    at: int
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Remove it."


@dataclass(eq=False)
class ImportTextTooLong(ImportRefused, Invalid):
    """A text is longer than ``limit`` characters, or a question or answer than ``limit`` bytes."""

    limit: int
    got: int
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Shorten it, or attach a document."


@dataclass(eq=False)
class ImportQuantityInvalid(ImportRefused, Invalid):
    """A quantity is no number above zero with at most three decimals, or a count lies outside its range."""

    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Zero is allowed only in an amendment, for an item that is dropped."


@dataclass(eq=False)
class ImportHashForm(ImportRefused, Invalid):
    """This is no hash, id or account of the form that is asked for."""

    expected: str
    got: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Write it in lower-case hexadecimal."


@dataclass(eq=False)
class ImportPersonalData(ImportRefused, Invalid):
    """A text holds the tax or population number of a person (RFC, CURP)."""

    at: int
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Remove it: what is published here can never be deleted."


@dataclass(eq=False)
class ImportNotCanonical(ImportRefused, Invalid):
    """The data in the event is not the canonical form of what it says."""

    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = "Send it through the API, which writes it so."


@dataclass(eq=False)
class ImportCriteriaOther(ImportRefused, Invalid):
    """The document says that bids are rated by criteria and the terms name none, or the other way round."""

    criteria: int
    got: str
    advice: ClassVar[str] = (
        "Say `ratedCriteria` where the terms have criteria, and another code where they have none."
    )


@dataclass(eq=False)
class ImportBuyerOther(ImportRefused, Forbidden):
    """The document's buyer is not the caller's organisation, or does not say under which scheme its id stands."""

    expected: str
    got: str
    http_status: ClassVar[int] = 403
    advice: ClassVar[str] = "Publish as that organisation, or name the scheme in the supplement."


@dataclass(eq=False)
class TermsIdDropped(ImportRefused, Invalid):
    """The amendment drops an item, lot, document or other thing that was published."""

    id: str
    http_status: ClassVar[int] = 422
    advice: ClassVar[str] = (
        "Keep it: set an item's quantity to 0, cancel a lot, add a document under a new id."
    )


@dataclass(eq=False)
class ReleaseSchemaInvalid(ReleaseRefused):
    """The release does not validate against the schema of OCDS 1.1.5 with the extensions."""

    cause: str


@dataclass(eq=False)
class ReleaseFieldUnknown(ReleaseRefused):
    """The release has a field that is in no schema."""


@dataclass(eq=False)
class ReleaseFieldEmpty(ReleaseRefused):
    """A value is empty, or null where nothing was published before."""


@dataclass(eq=False)
class ReleaseIdRepeated(ReleaseRefused):
    """Two objects of one array have the same id."""

    id: str


@dataclass(eq=False)
class ReleaseIdForm(ReleaseRefused):
    """The id is not the number of the block."""

    id: str


@dataclass(eq=False)
class OcidForm(ReleaseRefused):
    """The ocid is not the publisher's prefix, a hyphen and the number of the tender."""

    prefix: str


@dataclass(eq=False)
class ReleaseDateForm(ReleaseRefused):
    """A time is not written as YYYY-MM-DDThh:mm:ssZ."""

    got: str


@dataclass(eq=False)
class ReleaseDateOrder(ReleaseRefused):
    """The release is not later than the one before it."""

    before: str
    got: str


@dataclass(eq=False)
class ReleaseTagWrong(ReleaseRefused):
    """The tags do not fit what the release says."""

    tag: str


@dataclass(eq=False)
class ReleaseReferenceBroken(ReleaseRefused):
    """A reference names nothing that was published."""

    reference: str


@dataclass(eq=False)
class ReleaseRoleLost(ReleaseRefused):
    """A party comes without a role it had."""

    role: str


@dataclass(eq=False)
class ReleaseSupplierChanged(ReleaseRefused):
    """An award names other suppliers than before."""

    award: str


@dataclass(eq=False)
class ReleaseMoneyForm(ReleaseRefused):
    """An amount or quantity is not exact: whole numbers as integers, at most three decimals, below 1e12."""

    got: str


@dataclass(eq=False)
class ReleaseAnchorMissing(ReleaseRefused):
    """The release names no place on the ledger, or one of another block."""


@dataclass(eq=False)
class ReleaseAnchorRepeated(ReleaseRefused):
    """A place on the ledger was named before."""

    anchor: str


@dataclass(eq=False)
class ReleaseDisclosedEarly(ReleaseRefused):
    """The release says what is withheld until a later event."""

    until: str


@dataclass(eq=False)
class ReleasePersonalData(ReleaseRefused):
    """The release holds data of a person."""


@dataclass(eq=False)
class PackageInvalid(Fault):
    """A release package or record package does not validate against its schema."""

    pointer: str
    cause: str
    advice: ClassVar[str] = (
        "This is a fault of the program or of the publication settings (uri, publisher, license)."
    )
