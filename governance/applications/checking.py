"""The automatic part of the checklist, over a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eth_hash.auto import keccak

from chain.artifacts import compile_sources
from chain.errors.toolchain import ContractsDoNotCompile
from governance.applications import criteria
from governance.applications.findings import CHECKLIST, Criterion, Findings, Reason, judged
from governance.applications.folder import Application
from governance.applications.syntax import Syntax
from governance.applications.testing import run_tests

__all__ = ["MAX_CODE", "TEST_SECONDS", "check"]

TEST_SECONDS = 120.0
MAX_CODE = 24_576
"""Bytes of runtime code (EIP-170)."""

_MAX_CODES = 16
_OUTPUT = (
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "evm.gasEstimates",
)
_LINK = re.compile(r"__\$[0-9a-f]{34}\$__")
# The compiler's warnings that another criterion tells better: selfdestruct, the licence, the size of the code.
_TOLD = frozenset({"5159", "1878", "5574"})
_LINE = re.compile(r"--> ([^:\n]+:\d+)")


def check(application: Application, *, with_tests: bool = True, seconds: float = TEST_SECONDS) -> Findings:
    """Judges an application as it was read; its tests run in its folder and have so many ``seconds``.

    Raises ApplicationEmpty, ApplicationFileRefused, CompilerMissing.
    """
    sources = application.sources
    tests = run_tests(application, seconds) if with_tests else _not_run()
    try:
        answer = compile_sources(sources, _OUTPUT)
    except ContractsDoNotCompile as refused:
        return _without_code(application, refused, tests)
    syntax = Syntax(answer, sources)
    contracts = _contracts(answer, syntax)
    found = {
        each.id: each
        for each in (
            _compiles(answer, contracts), tests, criteria.calls(syntax), criteria.loops(syntax), criteria.personal_data(syntax),
            criteria.events(syntax), _gas(contracts), criteria.licence(syntax, application.files), _size(contracts),
            criteria.payable(syntax), criteria.owner(syntax),
        )
    }  # fmt: skip
    codes = {bytes(keccak(each.code)) for each in contracts if each.code and not each.immutables}
    return Findings([found[id] for id in CHECKLIST], tuple(sorted(codes)), application.source_hash)


class _Contract:
    """A contract that can be deployed, as it was compiled; ``code`` is empty where it calls a library at an address."""

    def __init__(self, place: str, name: str, fields: Mapping[str, Any]) -> None:
        evm = fields["evm"]
        linked = _LINK.sub("00" * 20, evm["deployedBytecode"]["object"])
        self.place = place
        self.name = name
        self.size = len(linked) // 2
        self.creation_size = len(evm["bytecode"]["object"]) // 2
        self.code = bytes.fromhex(linked) if linked == evm["deployedBytecode"]["object"] else b""
        self.immutables = bool(evm["deployedBytecode"].get("immutableReferences"))
        self.estimates: Mapping[str, Any] = evm.get("gasEstimates") or {}


def _contracts(answer: Mapping[str, Any], syntax: Syntax) -> list[_Contract]:
    found = []
    for node in syntax.contracts():
        place = syntax.place(node)
        fields = answer["contracts"][place.rpartition(":")[0]][node["name"]]
        found.append(_Contract(place, node["name"], fields))
    return found


def _compiles(answer: Mapping[str, Any], contracts: list[_Contract]) -> Criterion:
    warned = [
        _told(each["formattedMessage"])
        for each in answer.get("errors", ())
        if each.get("errorCode") not in _TOLD
        and not each.get("sourceLocation", {}).get("file", "").startswith("@openzeppelin/")
    ]
    warned += [
        Reason(each.place, f"{each.name} has immutables: its code hash is known once it is deployed")
        for each in contracts
        if each.immutables
    ]
    failed = []
    if not contracts:
        failed.append(Reason("", "no contract that can be deployed"))
    if len(contracts) > _MAX_CODES:
        failed.append(
            Reason("", f"{len(contracts)} contracts; a submission names at most {_MAX_CODES} code hashes")
        )
    return judged("compiles", failed, warned)


def _gas(contracts: list[_Contract]) -> Criterion:
    """Figures of the compiler; it knows no bound where a function loops or calls."""
    reasons = []
    for each in contracts:
        deposit = each.estimates.get("creation", {}).get("codeDepositCost", "?")
        reasons.append(
            Reason(
                each.place,
                f"{each.name}: {each.size} bytes of code, {each.creation_size} to create it, {deposit} gas for the code",
            )
        )
        for signature, gas in sorted(each.estimates.get("external", {}).items()):
            told = "no bound known" if gas == "infinite" else f"at most {gas} gas"
            reasons.append(Reason(each.place, f"{each.name}.{signature or 'fallback'}: {told}"))
    return Criterion("gas", "pass", tuple(reasons))


def _size(contracts: list[_Contract]) -> Criterion:
    return judged(
        "size",
        [
            Reason(each.place, f"{each.name} has {each.size} bytes")
            for each in contracts
            if each.size > MAX_CODE
        ],
    )


def _not_run() -> Criterion:
    return Criterion("tests", "fail", (Reason("tests", "not run: the check was told not to"),))


def _without_code(application: Application, refused: ContractsDoNotCompile, tests: Criterion) -> Findings:
    """Only what needs no compiled code can be judged; the rest fails, for nobody knows."""
    unknown = (Reason("", "not judged: it does not compile"),)
    found = {id: Criterion(id, "fail", unknown) for id in CHECKLIST}
    found["compiles"] = Criterion("compiles", "fail", tuple(map(_told, refused.messages)))
    found["tests"] = tests
    return Findings(list(found.values()), (), application.source_hash)


def _told(message: str) -> Reason:
    """The compiler's message: where it points to, and its first line."""
    place = _LINE.search(message)
    return Reason(place[1] if place else "", message.strip().splitlines()[0])
