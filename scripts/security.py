"""Runs slither over all deployed contracts and writes what it found into docs/security/.

    python scripts/security.py [--slither PATH] [--forge PATH]    run slither; write slither.json and the pages' tables
    python scripts/security.py --lemmas                           that, and both provers of scripts/lemmas.py (about five minutes)
    python scripts/security.py --page                             write the pages' tables alone
    python scripts/security.py --check                            run nothing; exit 1 where docs/security/ is not of these contracts

slither and forge are found on PATH or named by options; the project itself needs neither. slither sees the contracts that are deployed
and what they import, and nothing else. A finding is known by (detector, contract, function), one in OpenZeppelin's files by its detector
alone; why it stays is written by hand in docs/security/reasons.toml. A finding without a reason fails, and a reason without a finding.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

_ROOT = Path(__file__).resolve().parent.parent
if str(_ROOT) not in sys.path:
    sys.path.insert(0, str(_ROOT))

from chain.artifacts import COMPILER, artifact, standard_input  # noqa: E402  (the path above, when run as a file)
from chain.types import CONTRACTS  # noqa: E402

__all__ = [
    "FOLDER", "LIBRARIES", "PAGE", "PAGES", "SEALED", "closure", "code_hashes", "copies", "faults", "findings", "harness",
    "lemma_sources", "lemmas", "main", "parts", "project", "reasons", "sha256", "tool", "write_pages",
]  # fmt: skip

SEALED = {
    "BidBox": "contracts/procurement/BidBox.sol",
    "OpeningCommittee": "contracts/procurement/OpeningCommittee.sol",
}
"""What seals and opens bids: the lemmas are of these, and a page of their own."""
LIBRARIES = ("contracts/libraries/Secp256k1.sol", "contracts/libraries/Tdh2.sol")
FOLDER = _ROOT / "docs" / "security"
PAGE = _ROOT / "docs/security/sealed-bids.md"
PAGES = {
    PAGE: ("code", "findings", "smtchecker", "halmos"),
    _ROOT / "docs/security/contracts.md": ("other code", "other findings", "library"),
}
"""Page -> its generated parts."""
LEMMAS = _ROOT / "tests" / "lemmas"
TOOLS = {"smtchecker": ("Arithmetic.sol",), "halmos": ("Symbolic.sol",)}
"""Tool -> its files in tests/lemmas."""

Key = tuple[str, str, str]
"""Detector, contract, function; the function is empty where the finding is of the contract as a whole. In the library's files: detector,
library, nothing."""

_LIBRARY = "@openzeppelin/contracts"
_COPY = re.compile(r"^ *// From (\S+)\n(.*?)^ *// End$", re.MULTILINE | re.DOTALL)
_IMPORT = re.compile(r'^import .*?"([^"]+)";', re.MULTILINE)


def sha256(path: str) -> str:
    """Of a file under the root: hexadecimal."""
    return hashlib.sha256((_ROOT / path).read_bytes()).hexdigest()


def code_hashes() -> dict[str, str]:
    """Contract -> keccak256 of its runtime code, with zeros where the constructor writes its immutables."""
    return {name: "0x" + keccak(artifact(name).deployed_bytecode).hex() for name in CONTRACTS}


def closure(contracts: Iterable[str] = CONTRACTS) -> dict[str, str]:
    """Path -> text of these contracts and of all that they import."""
    sources = {name: entry["content"] for name, entry in standard_input(_ROOT)["sources"].items()}
    found: dict[str, str] = {}
    waiting = [artifact(name).source for name in contracts]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = sources[name]
            waiting += [_imported(name, each) for each in _IMPORT.findall(found[name])]
    return dict(sorted(found.items()))


def _imported(source: str, name: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(source), name)) if name.startswith(".") else name


def tool(name: str, given: str | None) -> str:
    """Absolute path of a tool, or the end of the program."""
    found = shutil.which(given or name)
    if found is None:
        raise SystemExit(f"{name} is neither on PATH nor named by --{name}: see docs/security/README.md")
    return str(Path(found).absolute())


def project(folder: Path, sources: Mapping[str, str], src: str) -> None:
    """Makes a forge project of these files, compiled as the artifacts of record are."""
    for name, text in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    compiler = _ROOT / ".licita" / "solc" / f"solc-v{COMPILER.split('+')[0]}"
    settings = {
        "src": src, "test": "none", "script": "none", "libs": [], "out": "out", "cache_path": "cache", "solc": str(compiler),
        "evm_version": "cancun", "optimizer": True, "optimizer_runs": 200, "via_ir": True, "offline": True, "ast": True,
        "extra_output": ["storageLayout", "metadata"],
    }  # fmt: skip
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    text = "\n".join(["[profile.default]", *lines, "[lint]", "lint_on_build = false", ""])
    (folder / "foundry.toml").write_text(text, encoding="utf-8")


# slither


def findings() -> dict[str, Any]:
    """What slither.json says: {"slither", "detectors", "compiler", "code", "sources", "findings", "library"}."""
    kept: dict[str, Any] = json.loads((FOLDER / "slither.json").read_text(encoding="utf-8"))
    return kept


def _run(slither: str, forge: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        project(folder, closure(), "contracts")
        answer = folder / "answer.json"
        environment = os.environ | {
            "PATH": os.pathsep.join([str(Path(forge).parent), os.environ.get("PATH", "")])
        }
        command = [slither, ".", "--foundry-out-directory", "out", "--json", str(answer)]
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
        found = json.loads(answer.read_text(encoding="utf-8"))
    if not found["success"]:
        raise SystemExit(found["error"])
    version = subprocess.run(
        [slither, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    summary = re.search(r"\((\d+) contracts with (\d+) detectors\)", done.stderr + done.stdout)
    every = sorted((_finding(each) for each in found["results"].get("detectors", [])), key=_order)
    library = Counter((each["impact"], each["detector"]) for each in every if each["contract"] == _LIBRARY)
    return {
        "slither": version,
        "detectors": int(summary[2]) if summary else None,
        "compiler": COMPILER,
        "code": code_hashes(),
        "sources": {name: sha256(name) for name in closure() if not name.startswith(_LIBRARY)},
        "findings": [each for each in every if each["contract"] != _LIBRARY],
        "library": [
            {"detector": detector, "impact": impact, "findings": count}
            for (impact, detector), count in library.items()
        ],
    }


def _finding(found: Mapping[str, Any]) -> dict[str, str]:
    first = found["elements"][0]
    within = {each["type"]: each["name"] for each in reversed(list(_within(first)))}
    ours = not first["source_mapping"]["filename_relative"].startswith(_LIBRARY)
    return {
        "detector": found["check"],
        "impact": found["impact"],
        "confidence": found["confidence"],
        "contract": within.get("contract", first["name"]) if ours else _LIBRARY,
        "function": within.get("function", "") if ours else "",
        "description": found["description"].strip(),
    }


def _within(element: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The element, and what it stands in, from the inside out."""
    yield element
    parent = element.get("type_specific_fields", {}).get("parent")
    if parent:
        yield from _within(parent)


def _order(finding: Mapping[str, str]) -> tuple[int, str, str, str, str]:
    rank = ["High", "Medium", "Low", "Informational", "Optimization"].index(finding["impact"])
    return (rank, finding["detector"], finding["contract"], finding["function"], finding["description"])


def _key(entry: Mapping[str, Any]) -> Key:
    return entry["detector"], entry["contract"], entry["function"]


def _counted(kept: Mapping[str, Any]) -> Counter[Key]:
    """How often each is found; of the library once, for its files are read by others."""
    library = Counter({(each["detector"], _LIBRARY, ""): 1 for each in kept["library"]})
    return Counter(map(_key, kept["findings"])) + library


def reasons() -> dict[Key, tuple[int, str]]:
    """(detector, contract, function) -> how many findings it is written for, and why they stay."""
    entries = tomllib.loads((FOLDER / "reasons.toml").read_text(encoding="utf-8"))["reason"]
    found: dict[Key, tuple[int, str]] = {}
    for entry in entries:
        count, reason = int(entry.get("findings", 1)), " ".join(entry["reason"].split())
        where = entry.get("where") or [".".join(filter(None, (entry["contract"], entry["function"])))]
        for place in where:
            library = place == _LIBRARY
            contract, _, function = (place, "", "") if library else place.partition(".")
            assert (entry["detector"], contract, function) not in found, (
                f"{place}: two reasons for one finding"
            )
            found[entry["detector"], contract, function] = (count, reason)
    return found


def _reason_faults(kept: Mapping[str, Any]) -> Iterator[str]:
    written, counted = reasons(), _counted(kept)
    for key in sorted(counted.keys() | written.keys()):
        name = " ".join(key)
        expected, reason = written.get(key, (0, ""))
        if not reason:
            yield f"{name}: found, and no reason in reasons.toml says why it stays"
        elif counted[key] == 0:
            yield f"{name}: reasons.toml has a reason for it, and slither does not find it"
        elif counted[key] != expected:
            yield f"{name}: {counted[key]} findings, and the reason is written for {expected}"


# Lemmas


def copies(text: str) -> list[tuple[str, str]]:
    """(file, text) of each passage that a file of tests/lemmas says it has from a contract."""
    return [(match[1], match[2]) for match in _COPY.finditer(text)]


def harness(name: str) -> str:
    """Text of a file of tests/lemmas."""
    return (LEMMAS / name).read_text(encoding="utf-8")


def lemma_sources(name: str) -> dict[str, str]:
    """File -> sha256 of everything that the lemmas of a tool are about."""
    files = [*(f"tests/lemmas/{each}" for each in TOOLS[name]), *LIBRARIES, *SEALED.values()]
    return {each: sha256(each) for each in sorted(files)}


def lemmas() -> dict[str, Any]:
    """What lemmas.json says: tool -> {"version", "sources", "lemmas": [{"name", "claim", "outcome", "seconds"}]}."""
    path = FOLDER / "lemmas.json"
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return kept


def _copy_faults() -> Iterator[str]:
    for name in sorted(path.name for path in LEMMAS.glob("*.sol")):
        for source, passage in copies(harness(name)):
            if _squeezed(passage) not in _squeezed((_ROOT / source).read_text(encoding="utf-8")):
                yield f"tests/lemmas/{name}: what it has from {source} does not stand there any more"


def _squeezed(text: str) -> str:
    return " ".join(text.split())


# The pages


def parts() -> dict[str, str]:
    """Name of each generated part of the pages -> its text."""
    kept = findings()
    of_seals = [each for each in kept["findings"] if each["contract"] in SEALED]
    others = [each for each in kept["findings"] if each["contract"] not in SEALED]
    return {
        "code": _code_table({name: value for name, value in kept["code"].items() if name in SEALED}),
        "findings": f"{_heading(kept, len(of_seals))}\n\n{_finding_table(of_seals)}",
        "other code": _code_table(
            {name: value for name, value in kept["code"].items() if name not in SEALED}
        ),
        "other findings": f"{_heading(kept, len(others))}\n\n{_finding_table(others)}",
        "library": _library_table(kept["library"]),
        **{name: _lemma_table(name) for name in TOOLS},
    }


def _heading(kept: Mapping[str, Any], count: int) -> str:
    return f"slither {kept['slither']}, {kept['detectors']} detectors, compiler {kept['compiler']}: {count} findings."


def _code_table(code: Mapping[str, str]) -> str:
    lines = ["| contract | keccak256 of the runtime code |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | `{value}` |" for name, value in code.items())])


def _finding_table(found: Sequence[Mapping[str, str]]) -> str:
    """One row a reason: those that stay for the same one stand together."""
    written, counted = reasons(), Counter(map(_key, found))
    rows: dict[tuple[str, str, str], list[str]] = {}
    for each in found:
        key = _key(each)
        where = ".".join(filter(None, key[1:])) + (f" ({counted[key]})" if counted[key] > 1 else "")
        named = rows.setdefault((key[0], each["impact"], written.get(key, (0, "no reason yet"))[1]), [])
        if where not in named:
            named.append(where)
    lines = ["| detector | impact | where (how often) | why it stays |", "|---|---|---|---|"]
    lines += [
        f"| {detector} | {impact} | {', '.join(where)} | {reason} |"
        for (detector, impact, reason), where in rows.items()
    ]
    return "\n".join(lines)


def _library_table(found: Sequence[Mapping[str, Any]]) -> str:
    written = reasons()
    lines = ["| detector | impact | found | why it stays |", "|---|---|---|---|"]
    lines += [
        f"| {each['detector']} | {each['impact']} | {each['findings']} | "
        f"{written.get((each['detector'], _LIBRARY, ''), (0, 'no reason yet'))[1]} |"
        for each in found
    ]
    return "\n".join(lines)


def _lemma_table(name: str) -> str:
    kept = lemmas().get(name)
    if kept is None:
        return f"Not run with {name} yet."
    lines = [f"{kept['version']}.", "", "| lemma | claim | answer | seconds |", "|---|---|---|---|"]
    lines += [
        f"| {each['name']} | {each['claim']} | {each['outcome']} | {each['seconds']} |"
        for each in kept["lemmas"]
    ]
    return "\n".join(lines)


def _page(path: Path) -> str:
    text, made = path.read_text(encoding="utf-8"), parts()
    for name in PAGES[path]:
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        assert text.count(begin) == text.count(end) == 1, f"{path.name} has not one part {name}"
        text = text[: text.index(begin)] + begin + made[name] + "\n" + text[text.index(end) :]
    return text


def write_pages() -> None:
    """Writes the tables of the pages from slither.json, reasons.toml and lemmas.json."""
    for path in PAGES:
        path.write_text(_page(path), encoding="utf-8")


def faults(report: Mapping[str, Any] | None = None) -> list[str]:
    """Where docs/security/, or this report in place of slither.json, is not of the contracts as they are now; empty when all is well."""
    kept = report or findings()
    found = [
        f"{name}: the report is of code {kept['code'].get(name)}, the contract has {value}: run scripts/security.py"
        for name, value in code_hashes().items()
        if kept["code"].get(name) != value
    ]
    found += _reason_faults(kept)
    found += _copy_faults()
    for name in TOOLS:
        if lemmas().get(name, {}).get("sources") != lemma_sources(name):
            found.append(f"lemmas of {name}: they are of other sources than these: run scripts/lemmas.py")
    found += [
        f"{path.name}: its tables are not what would be written: run scripts/security.py --page"
        for path in PAGES
        if path.read_text(encoding="utf-8") != _page(path)
    ]
    return found


def _prove(halmos: str, forge: str) -> None:
    """Runs scripts/lemmas.py, which writes its own file and tables."""
    script = str(_ROOT / "scripts" / "lemmas.py")
    for prover in (["smtchecker"], ["halmos", "--halmos", halmos, "--forge", forge]):
        done = subprocess.run([sys.executable, script, *prover], cwd=_ROOT, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{prover[0]}: a lemma is refuted, or a control holds")


def main(arguments: Sequence[str] | None = None) -> int:
    """As the first lines of this file say."""
    parser = argparse.ArgumentParser(prog="python scripts/security.py", description="Report of slither.")
    parser.add_argument("--slither", help="where slither is, if not on PATH")
    parser.add_argument("--forge", help="where forge is, if not on PATH")
    parser.add_argument("--halmos", help="where halmos is, if not on PATH")
    parser.add_argument("--lemmas", action="store_true", help="prove the lemmas too")
    parser.add_argument("--page", action="store_true", help="write the pages' tables and run nothing")
    parser.add_argument(
        "--check", action="store_true", help="run nothing; exit 1 where the report is not of these contracts"
    )
    given = parser.parse_args(arguments)
    if not given.check:
        if not given.page:
            kept = _run(tool("slither", given.slither), tool("forge", given.forge))
            (FOLDER / "slither.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        write_pages()
    if given.lemmas:
        _prove(tool("halmos", given.halmos), tool("forge", given.forge))
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
