"""Proves the lemmas of tests/lemmas/*.sol and writes the answers into docs/security/.

    python scripts/lemmas.py smtchecker                                   each contract of Arithmetic.sol
    python scripts/lemmas.py halmos [--halmos PATH] [--forge PATH]        each check_ of Symbolic.sol

The SMTChecker is inside the project's compiler. halmos and forge are found on PATH or named by options; the project needs neither.
Exit 1 where a lemma that the page calls proved is not, or where one of the controls, which must fail, holds.

The SMTChecker gets one lemma at a time, with the library's own text as its base contract: it knows the constants of a contract's
bases and not those of a library, and beside constants that are hashes it finds nothing at all.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
if str(_ROOT) not in sys.path:
    sys.path.insert(0, str(_ROOT))

from chain.artifacts import COMPILER  # noqa: E402  (the path above, when run as a file)
from scripts.security import (  # noqa: E402
    FOLDER,
    SEALED,
    closure,
    harness,
    lemma_sources,
    lemmas,
    project,
    tool,
    write_pages,
)

__all__ = ["halmos", "is_as_expected", "main", "smtchecker"]

PATIENCE = 300
"""Seconds for one lemma; what takes longer is not proved."""

TARGETS = ("assert", "underflow", "overflow", "outOfBounds")
"""Kinds of conditions: `assert` is the claim, the others are what makes checked arithmetic and arrays revert."""

_LIBRARY = "contracts/libraries/Secp256k1.sol"
_LEMMA = re.compile(r"^/// @notice ([^\n]+)\ncontract (\w+) (\{.*?^\})", re.MULTILINE | re.DOTALL)
_CHECK = re.compile(r"^    /// @notice ([^\n]+)\n    function (check_\w+)\(", re.MULTILINE)

Row = dict[str, Any]
"""A lemma: {"name", "claim", "outcome", "seconds"}."""


def _row(name: str, claim: str, outcome: str, seconds: float) -> Row:
    row = {"name": name, "claim": claim, "outcome": outcome, "seconds": round(seconds, 1)}
    print(f"{name}: {outcome}, {row['seconds']} s", flush=True)
    return row


def smtchecker() -> dict[str, Any]:
    """The answer of the SMTChecker (engine CHC, solver z3) to each contract of Arithmetic.sol."""
    rows = []
    for claim, name, body in _LEMMA.findall(harness("Arithmetic.sol")):
        began = time.monotonic()
        rows.append(_row(name, claim, _checked(name, body), time.monotonic() - began))
    return {"version": f"SMTChecker of solc {COMPILER}, engine CHC, solver z3", "lemmas": rows}


def _checked(name: str, body: str) -> str:
    library = (_ROOT / _LIBRARY).read_text(encoding="utf-8")
    assert library.count("library Secp256k1 {") == 1
    base = library.replace("library Secp256k1 {", "abstract contract Secp256k1 {")
    source = (
        f"{base}\ncontract {name} is Secp256k1 {body}\n"
        if "Secp256k1" in body
        else f"{_head(library)}contract {name} {body}\n"
    )
    answers = [_asked(name, source, TARGETS)]
    if answers[0].startswith("not proved"):
        # What is too much at once may be known one by one.
        answers = [_asked(name, source, (target,)) for target in TARGETS]
    refused = [answer for answer in answers if not answer.startswith("proved")]
    proved = sum(int(answer.split()[1]) for answer in answers if answer.startswith("proved"))
    if refused or not proved:
        return refused[0] if refused else "not proved: it asks nothing"
    return f"proved, {proved} conditions"


def _asked(name: str, source: str, targets: Sequence[str]) -> str:
    checker = {
        # No time limit: the checker knows none that it obeys.
        "engine": "chc", "solvers": ["z3"], "targets": list(targets),
        "showProvedSafe": True, "showUnproved": True, "contracts": {"Lemma.sol": [name]},
    }  # fmt: skip
    standard = {
        "language": "Solidity",
        "sources": {"Lemma.sol": {"content": source}},
        "settings": {
            "evmVersion": "cancun",
            "outputSelection": {"Lemma.sol": {name: ["abi"]}},
            "modelChecker": checker,
        },
    }
    command = [str(_ROOT / ".licita" / "solc" / f"solc-v{COMPILER.split('+')[0]}"), "--standard-json"]
    try:
        done = subprocess.run(
            command, input=json.dumps(standard), capture_output=True, text=True, timeout=PATIENCE, check=True
        )
    except subprocess.TimeoutExpired:
        return "not proved: no answer in time"
    answers: list[str] = [each["message"] for each in json.loads(done.stdout).get("errors", [])]
    safe = sum("check is safe!" in each for each in answers)
    refuted = [each for each in answers if "happens here" in each]
    if refuted:
        return "refuted: " + refuted[0].splitlines()[0].removeprefix("CHC: ").removesuffix(".")
    # Any other word of the compiler, be it that something is not supported, leaves the lemma unproved.
    return f"proved, {safe} conditions" if safe == len(answers) else "not proved: the solver gave up"


def _head(library: str) -> str:
    return library[: library.index("\n", library.index("pragma")) + 1]


def halmos(binary: str, forge: str) -> dict[str, Any]:
    """The answer of halmos to each `check_` of Symbolic.sol."""
    text = harness("Symbolic.sol")
    claims = {name: claim for claim, name in _CHECK.findall(text)}
    assert len(claims) == text.count("function check_"), "a lemma of Symbolic.sol has no @notice of one line"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        project(folder, closure(SEALED) | {"tests/lemmas/Symbolic.sol": text}, "tests/lemmas")
        answer = folder / "answer.json"
        environment = os.environ | {
            "PATH": os.pathsep.join([str(Path(forge).parent), os.environ.get("PATH", "")])
        }
        # 17: a loop over sixteen places, and the step that ends it.
        command = [
            binary,
            "--loop",
            "17",
            "--solver-timeout-assertion",
            "60000",
            "--no-status",
            "--json-output",
            str(answer),
        ]
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if not answer.is_file():
            raise SystemExit(done.stdout + done.stderr)
        found = json.loads(answer.read_text(encoding="utf-8"))["test_results"]
    results = {each["name"].split("(")[0]: each for tests in found.values() for each in tests}
    rows = [
        _row(name, claim, _proved(results.get(name)), _seconds(results.get(name)))
        for name, claim in claims.items()
    ]
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {"version": version, "lemmas": rows}


def _proved(result: dict[str, Any] | None) -> str:
    if result is None:
        return "not proved: it was not run"
    if result["num_models"]:
        return "refuted"
    if result["exitcode"] != 0:
        return "not proved: no answer in time"
    return (
        "not proved: a loop was cut short"
        if result["num_bounded_loops"]
        else f"proved, {result['num_paths'][0]} paths"
    )


def _seconds(result: dict[str, Any] | None) -> float:
    return float(result["time"][0]) if result else 0.0


def is_as_expected(row: Row) -> bool:
    """Controls must be refuted; of the others none may be."""
    return bool(row["outcome"].startswith("refuted") == row["name"].endswith("Control"))


def main(arguments: Sequence[str] | None = None) -> int:
    """As the first lines of this file say."""
    parser = argparse.ArgumentParser(prog="python scripts/lemmas.py", description="Proofs of the lemmas.")
    parser.add_argument("prover", choices=("smtchecker", "halmos"))
    parser.add_argument("--halmos", help="where halmos is, if not on PATH")
    parser.add_argument("--forge", help="where forge is, if not on PATH")
    given = parser.parse_args(arguments)
    is_halmos = given.prover == "halmos"
    found = halmos(tool("halmos", given.halmos), tool("forge", given.forge)) if is_halmos else smtchecker()
    kept = lemmas() | {given.prover: {**found, "sources": lemma_sources(given.prover)}}
    (FOLDER / "lemmas.json").write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    write_pages()
    return 0 if all(map(is_as_expected, found["lemmas"])) else 1


if __name__ == "__main__":
    sys.exit(main())
