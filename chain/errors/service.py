"""Refusals of the HTTP door and of accounts: what is wrong with a request before any rule of procurement is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from chain.errors.base import Absent, Conflict, Fault, Forbidden, Invalid, LicitaError, Malformed, Unavailable

__all__ = [
    "ActNotFound", "ActorNotYours", "AgreementChangeEnded", "AgreementChangeNotFound", "AgreementPaymentNotFound",
    "BatchesNotFound", "BidDocumentSealed", "BidNotFound", "BodyTooLarge", "CeremonyNotFound", "CitizenNotFound", "CommentNotFound",
    "CommentsUnavailable", "ContentDigestMalformed", "ContentDigestMissing", "DocumentCorrupt", "DocumentDigestWrong",
    "DocumentEmpty", "DocumentNotFound", "ErrorNotFound", "HeadTooLarge", "HeaderMalformed", "IdempotencyKeyMalformed",
    "IdempotencyKeyMissing", "IndexBehind", "InternalFault", "MediaTypeUnsupported", "MemberNotFound", "MethodNotAllowed",
    "OperationNotRecorded", "PreconditionFailed", "PreconditionRequired", "RateLimited", "RecordNotFound", "ReleaseNotFound",
    "RequestInvalid", "RequestSlow", "RouteUnknown", "SchemaFileNotFound", "ScopeMissing", "TokenExpired", "TokenMalformed",
    "TokenMissing", "TokenOtherNetwork", "TokenUnknown",
]  # fmt: skip

_SAME_KEY = "Repeat the request with the same Idempotency-Key."


class Unauthorized(LicitaError):
    """Who is asking is not known."""

    http_status = 401


@dataclass(eq=False)
class HeaderMalformed(Malformed):
    """A header of the request does not have its form."""

    header: str
    form: str
    advice: ClassVar[str] = "Send the header in this form, or leave it out."


@dataclass(eq=False)
class IdempotencyKeyMissing(Malformed):
    """A write needs the header Idempotency-Key."""

    advice: ClassVar[str] = (
        "Send a new random value for each act, and the same one when you repeat a request."
    )


@dataclass(eq=False)
class IdempotencyKeyMalformed(Malformed):
    """An Idempotency-Key is 1 to 128 visible ASCII characters."""

    length: int
    advice: ClassVar[str] = "A random UUID does."


@dataclass(eq=False)
class ContentDigestMissing(Malformed):
    """An upload needs the header Content-Digest (RFC 9530) with its sha-256."""

    advice: ClassVar[str] = "Send `Content-Digest: sha-256=:<base64 of the 32 bytes>:`."


@dataclass(eq=False)
class ContentDigestMalformed(Malformed):
    """The header Content-Digest names no sha-256 of 32 bytes."""

    advice: ClassVar[str] = "Send `Content-Digest: sha-256=:<base64 of the 32 bytes>:`."


@dataclass(eq=False)
class TokenMissing(Unauthorized):
    """This route needs an account's token."""

    advice: ClassVar[str] = (
        "Send `Authorization: Bearer lct_...`; on a sandbox `licita serve` prints the tokens."
    )


@dataclass(eq=False)
class TokenMalformed(Unauthorized):
    """The header Authorization holds no token of this service."""

    advice: ClassVar[str] = "Send `Authorization: Bearer lct_<id>_<secret>`."


@dataclass(eq=False)
class TokenUnknown(Unauthorized):
    """No live token has this id and secret."""

    advice: ClassVar[str] = "Use a token that was issued for this service and was not withdrawn."


@dataclass(eq=False)
class TokenExpired(Unauthorized):
    """The token's time is over."""

    at: datetime
    advice: ClassVar[str] = "Ask for a new token."


@dataclass(eq=False)
class TokenOtherNetwork(Unauthorized):
    """The token was issued for another chain."""

    expected: int
    got: int
    advice: ClassVar[str] = "Use a token of this network."


@dataclass(eq=False)
class ScopeMissing(Forbidden):
    """The token does not carry this scope."""

    scope: str
    advice: ClassVar[str] = "Use a token that was issued with it."


@dataclass(eq=False)
class ActorNotYours(Forbidden):
    """This address is none of the account's."""

    actor: str
    advice: ClassVar[str] = "Leave Licita-Actor out, or name an address of your own account."


@dataclass(eq=False)
class RouteUnknown(Absent):
    """Nothing is served under this path."""

    path: str
    advice: ClassVar[str] = "The routes are listed under /docs."


@dataclass(eq=False)
class ErrorNotFound(Absent):
    """No error has this name."""

    name: str
    advice: ClassVar[str] = "All names are listed under /v1/errors."


@dataclass(eq=False)
class SchemaFileNotFound(Absent):
    """There is no such extension or file."""

    name: str
    advice: ClassVar[str] = "The packages name the extensions that are in use."


@dataclass(eq=False)
class AgreementChangeNotFound(Absent):
    """No change with this number was proposed for the agreement."""

    agreement: int
    change: int
    advice: ClassVar[str] = "`licita agreement show` lists the changes; they are counted from 1."


@dataclass(eq=False)
class AgreementChangeEnded(Conflict):
    """The change was signed by both sides, or dropped: it waits for nobody."""

    agreement: int
    change: int
    advice: ClassVar[str] = "Read the agreement: what waits for a signature has another number."


@dataclass(eq=False)
class AgreementPaymentNotFound(Absent):
    """The agreement has no payment with this number."""

    agreement: int
    payment: int
    advice: ClassVar[str] = "`licita agreement show` lists the payments; they are counted from 1."


@dataclass(eq=False)
class BidNotFound(Absent):
    """The tender has no bid with this index."""

    tender: int
    index: int
    advice: ClassVar[str] = "List the bids of the tender; they are counted from 0."


@dataclass(eq=False)
class BidDocumentSealed(Absent):
    """The envelope is not open, so its document is not known to anybody but the bidder; a bid that was withdrawn or lapsed stays so."""

    tender: int
    index: int
    envelope: int
    advice: ClassVar[str] = (
        "Read the opening of the tender: it says when bids are opened, and what is missing."
    )


@dataclass(eq=False)
class CeremonyNotFound(Absent):
    """No ceremony of the opening committee has this id."""

    ceremony_id: str
    advice: ClassVar[str] = "List the ceremonies; the council opens them."


@dataclass(eq=False)
class DocumentNotFound(Absent):
    """The service does not hold a document with this sha256."""

    sha256: str
    advice: ClassVar[str] = "Upload it first (POST /v1/documents), or ask whoever published the hash."


@dataclass(eq=False)
class ActNotFound(Absent):
    """Your organisation has no act with this hash here; another one's is not shown."""

    act: str
    advice: ClassVar[str] = (
        "List the acts of your organisation; one that was proposed past this service is sent past it as well."
    )


@dataclass(eq=False)
class MemberNotFound(Absent):
    """No member has this id."""

    id: str
    advice: ClassVar[str] = "List the members; the id is the keccak256 of the org-id."


@dataclass(eq=False)
class CitizenNotFound(Absent):
    """No citizen is enrolled with this account."""

    address: str
    advice: ClassVar[str] = "Check the address, or ask a registrar to enrol it."


@dataclass(eq=False)
class ReleaseNotFound(Absent):
    """This process has no such release."""

    ocid: str
    release: str
    advice: ClassVar[str] = "The record lists the releases of a process."


@dataclass(eq=False)
class RecordNotFound(Absent):
    """No process with this ocid has been published here."""

    ocid: str
    advice: ClassVar[str] = "List the records, or take the ocid from the tender."


@dataclass(eq=False)
class MethodNotAllowed(LicitaError):
    """This path does not take this method."""

    http_status: ClassVar[int] = 405
    method: str
    allowed: str
    advice: ClassVar[str] = "Use one of the allowed methods."


@dataclass(eq=False)
class RequestSlow(LicitaError):
    """The request did not arrive in time."""

    http_status: ClassVar[int] = 408
    part: str
    seconds: float
    advice: ClassVar[str] = "The head has 10 seconds, the body 10 seconds and one more for each 16 KiB."


@dataclass(eq=False)
class OperationNotRecorded(Conflict):
    """The accepted act will not be in a block: another transaction used its number, or its chain was given up."""

    operation: str
    state: str
    advice: ClassVar[str] = (
        "Read what is on the chain now; act again with a new Idempotency-Key if it is still wanted."
    )


@dataclass(eq=False)
class PreconditionFailed(LicitaError):
    """The thing was changed since the state that If-Match names."""

    http_status: ClassVar[int] = 412
    expected: str
    got: str
    advice: ClassVar[str] = "Read it again and decide on what it says now."


@dataclass(eq=False)
class BodyTooLarge(LicitaError):
    """The body is longer than this route takes."""

    http_status: ClassVar[int] = 413
    limit: int
    advice: ClassVar[str] = "Send at most this many bytes; long texts belong into documents."


@dataclass(eq=False)
class MediaTypeUnsupported(LicitaError):
    """This route does not read this media type."""

    http_status: ClassVar[int] = 415
    got: str
    wanted: str
    advice: ClassVar[str] = "Send the wanted Content-Type."


@dataclass(eq=False)
class RequestInvalid(Invalid):
    """Fields of the request break its schema; `errors` lists all of them."""

    count: int
    errors: tuple[dict[str, str], ...]
    advice: ClassVar[str] = "Correct the named fields; the schema of each route is under /docs."

    @property
    def facts(self) -> dict[str, Any]:
        """The faults themselves stand in ``errors`` of the problem."""
        return {"count": self.count}


@dataclass(eq=False)
class DocumentDigestWrong(Invalid):
    """The bytes that arrived do not have the digest that was announced."""

    expected: str
    got: str
    advice: ClassVar[str] = "Compute the sha-256 of exactly the bytes you send, and send them again."


@dataclass(eq=False)
class DocumentEmpty(Invalid):
    """A document has at least one byte."""

    advice: ClassVar[str] = "Send the file as the body."


@dataclass(eq=False)
class PreconditionRequired(LicitaError):
    """This act replaces a numbered state and needs the header If-Match."""

    http_status: ClassVar[int] = 428
    wanted: str
    advice: ClassVar[str] = "Read the thing and send the value that it shows there, in double quotes."


@dataclass(eq=False)
class HeadTooLarge(LicitaError):
    """The head of the request is longer than the service reads."""

    http_status: ClassVar[int] = 431
    limit: int
    advice: ClassVar[str] = "Send shorter headers and a shorter address."


@dataclass(eq=False)
class RateLimited(LicitaError):
    """More requests than this caller may send."""

    http_status: ClassVar[int] = 429
    limit: str
    retry_after: int
    advice: ClassVar[str] = "Wait as many seconds as Retry-After says."


@dataclass(eq=False)
class DocumentCorrupt(Unavailable):
    """The stored bytes no longer have the document's sha256, so they are not served."""

    sha256: str
    found: str
    advice: ClassVar[str] = "Upload the document again, and check the disk of the service."


@dataclass(eq=False)
class IndexBehind(Unavailable):
    """The index is further behind the node than writes allow: what would be checked is not the present state."""

    limit: int
    got: int
    advice: ClassVar[str] = "Wait until the service has caught up; /v1/network/status shows the lag."


@dataclass(eq=False)
class InternalFault(Fault):
    """The program failed where it should not; nothing more is known to the caller."""

    request: str
    advice: ClassVar[str] = f"{_SAME_KEY} Report the request id if it happens again."


@dataclass(eq=False)
class CommentsUnavailable(Unavailable):
    """This service takes no comments without an account now: it has no OPERATOR account that may anchor them."""

    operator: str
    advice: ClassVar[str] = (
        "Comment at the service of another member, or with an account of your organisation."
    )


@dataclass(eq=False)
class CommentNotFound(Absent):
    """This service received no comment with this serial on the proposal."""

    proposal: int
    serial: str
    advice: ClassVar[str] = (
        "The serial stands in the receipt, and so does the proposal; ask the service that gave it."
    )


@dataclass(eq=False)
class BatchesNotFound(Absent):
    """No batch of comments that this service received on the proposal is on the chain yet."""

    proposal: int
    advice: ClassVar[str] = "Ask again after the time that a receipt promises."
