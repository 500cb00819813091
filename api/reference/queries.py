"""Names and codes, read from the program itself."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, IntFlag

from api.errors import all_errors, facts_of
from api.reference.schemas import CodeBody, CodelistsBody, ErrorBody, ErrorsBody, FactBody
from chain.errors import LicitaError
from chain.errors.service import ErrorNotFound
from chain.ocds.taken import AWARD_CRITERIA, CATEGORIES, METHODS
from chain.types import CancellationReason, Kind, LotStatus, MemberStatus, Role, Sector, TenderStatus

__all__ = ["codelists", "error", "errors"]


def errors() -> ErrorsBody:
    """Every refusal that has a name."""
    return ErrorsBody(items=[_error(cls) for cls in all_errors().values()])


def error(name: str) -> ErrorBody:
    """One refusal. Raises ErrorNotFound."""
    cls = all_errors().get(name)
    if cls is None:
        raise ErrorNotFound(name)
    return _error(cls)


def codelists() -> CodelistsBody:
    """Enumerations of the contracts and the OCDS codes that are taken in."""
    return CodelistsBody(
        items={
            "tenderStatus": [CodeBody(code=item.word, number=item.value) for item in TenderStatus],
            "lotStatus": _names(LotStatus),
            "cancellationReason": [
                CodeBody(code=item.word, number=item.value) for item in CancellationReason
            ],
            "memberStatus": _names(MemberStatus),
            "sector": _names(Sector),
            "kind": _names(Kind),
            "role": _names(Role),
            "procurementMethod": _words(METHODS),
            "mainProcurementCategory": _words(CATEGORIES),
            "awardCriteria": _words(AWARD_CRITERIA),
        }
    )


def _error(cls: type[LicitaError]) -> ErrorBody:
    facts = [FactBody(name=name, type=str(kind)) for name, kind in facts_of(cls)]
    return ErrorBody(
        name=cls.__name__, status=cls.http_status, meaning=cls.meaning(), advice=cls.advice, facts=facts
    )


def _names(kind: type[IntEnum] | type[IntFlag]) -> list[CodeBody]:
    return [CodeBody(code=item.name, number=item.value) for item in kind]


def _words(codes: Iterable[str]) -> list[CodeBody]:
    return [CodeBody(code=code, number=None) for code in codes]
