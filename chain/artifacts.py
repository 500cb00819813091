"""The compiled contracts as data: ABI, bytecode, storage layout. The only user of py-solc-x.

All contracts are compiled in one input that is whole: our own files and, **by content**, what they import from
`@openzeppelin/contracts`. No remapping and no import callback, so the hash of the input covers everything and an auditor can
recompile it anywhere. The answer is kept as `.licita/artifacts/<key>.json`, so the compiler runs only when a source changed.

An installed wheel has no sources: it reads `chain/artifacts.json`, which `python -m chain.artifacts --output
chain/artifacts.json` writes before the wheel is built. There the program needs neither Node nor a compiler.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import posixpath
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import rfc8785

from chain.errors.base import LicitaError
from chain.errors.toolchain import ArtifactsMissing, ArtifactUnknown, CompilerMissing, ContractsDoNotCompile

__all__ = ["COMPILER", "Artifact", "artifact", "artifacts", "compile_sources", "key", "standard_input"]

COMPILER = "0.8.37+commit.f401782d"
"""The compiler of record: version and commit, as its metadata say."""

_VERSION = COMPILER.split("+")[0]
_ROOT = Path(__file__).resolve().parent.parent
_SHIPPED = Path(__file__).resolve().parent / "artifacts.json"
_LIBRARY = "@openzeppelin/contracts/"
_SETTINGS: dict[str, Any] = {
    # 0.8.37 itself would take osaka; OpenZeppelin 5.7 needs cancun's mcopy.
    "evmVersion": "cancun",
    "optimizer": {"enabled": True, "runs": 200},
    "viaIR": True,
}
_OUTPUT = [
    "abi",
    "metadata",
    "storageLayout",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
]
# Strings are matched first, so that "//" in one does not begin a comment.
_TOKEN = re.compile(r'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|//[^\n]*|/\*.*?\*/', re.DOTALL)
_IMPORT = re.compile(r'\bimport\b(?:[^"\';]*?\bfrom\b)?\s*["\']([^"\'\n]+)["\']')


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract, interface or library of ours.

    `source` is the path under the root, e.g. "contracts/procurement/TenderBoard.sol". `bytecode` (creation) and
    `deployed_bytecode` (runtime) are empty for an interface or abstract contract. `immutables` are the (start, length) spans of
    `deployed_bytecode` that hold zeros until the constructor writes them: leave them out when comparing with code on a chain.
    """

    name: str
    source: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    deployed_bytecode: bytes
    immutables: tuple[tuple[int, int], ...]
    storage_layout: dict[str, Any]
    metadata: str


def artifacts(root: Path | None = None) -> Mapping[str, Artifact]:
    """Every compiled contract by name, sorted; from the cache, or compiled now (a minute on two cores).

    `root` is the folder that holds `contracts/` and `node_modules/`; None is the one of this program.
    Raises ArtifactsMissing, CompilerMissing, ContractsDoNotCompile.
    """
    return _load((root or _ROOT).resolve())


def artifact(name: str, root: Path | None = None) -> Artifact:
    """The compiled contract of that name. Raises ArtifactUnknown and what `artifacts` raises."""
    try:
        return artifacts(root)[name]
    except KeyError:
        raise ArtifactUnknown(name) from None


def key(root: Path | None = None) -> str:
    """64 hex digits that stand for the compiler and every source: sha256 of RFC 8785 {"compiler", "input"}."""
    root = (root or _ROOT).resolve()
    if not (root / "contracts").is_dir():
        return str(_shipped(root)["key"])
    return _key(standard_input(root))


def standard_input(root: Path | None = None) -> dict[str, Any]:
    """The standard-JSON input for all contracts under `root`. Raises ArtifactsMissing, ContractsDoNotCompile."""
    root = (root or _ROOT).resolve()
    if not (root / "contracts").is_dir():
        raise ArtifactsMissing(str(root / "contracts"))
    own = _own_sources(root)
    sources = own | _library_sources(root, own)
    return {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sorted(sources.items())},
        "settings": {
            **_SETTINGS,
            "outputSelection": {name: {"*": _OUTPUT} for name in sorted(own)},
        },
    }


def compile_sources(own: Mapping[str, str], output: Sequence[str]) -> dict[str, Any]:
    """Somebody else's sources (path -> text), compiled as ours are: the compiler's whole answer, with its warnings.

    They see one another and this program's `@openzeppelin/contracts`, and no other file of the machine. `output` names what is wanted
    of each contract of theirs; the syntax tree of every file comes with it. Raises CompilerMissing, ContractsDoNotCompile.
    """
    library = _library_sources(_ROOT, own)
    sources = dict(own) | library
    foreign = [
        f"{source}: imports {name}, which is neither in the folder nor of {_LIBRARY[:-1]}."
        for source, text in sorted(own.items())
        for name in _imports(source, text)
        if name not in sources
    ]
    if foreign:
        raise ContractsDoNotCompile(tuple(foreign))
    answer = _answer(
        {
            "language": "Solidity",
            "sources": {name: {"content": text} for name, text in sorted(sources.items())},
            "settings": {
                **_SETTINGS,
                "outputSelection": {
                    name: {"": ["ast"], **({"*": list(output)} if name in own else {})}
                    for name in sorted(sources)
                },
            },
        }
    )
    read = sorted(set(answer["sources"]) - set(sources))
    if read:
        raise ContractsDoNotCompile(
            tuple(f"{name} was read from elsewhere on this machine." for name in read)
        )
    return answer


def _key(standard: dict[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps({"compiler": COMPILER, "input": standard})).hexdigest()


def _own_sources(root: Path) -> dict[str, str]:
    """Path under the root -> text of each of our files; folders that begin with a dot are generated and left out."""
    found = {}
    for path in (root / "contracts").rglob("*.sol"):
        name = path.relative_to(root)
        if not any(part.startswith(".") for part in name.parts):
            found[name.as_posix()] = _read(path)
    return found


def _library_sources(root: Path, own: Mapping[str, str]) -> dict[str, str]:
    """The OpenZeppelin files that `own` imports, directly or not, by the name they are imported by."""
    found: dict[str, str] = {}
    waiting = [name for source, text in own.items() for name in _imports(source, text)]
    while waiting:
        name = waiting.pop()
        if not name.startswith(_LIBRARY) or name in found:
            continue
        path = root / "node_modules" / name
        if not path.is_file():
            raise ContractsDoNotCompile((f"{name} is imported and not in node_modules: run `make setup`.",))
        found[name] = _read(path)
        waiting += _imports(name, found[name])
    return found


def _imports(source: str, text: str) -> list[str]:
    """The files that `source` imports, relative ones resolved as the compiler does."""
    code = _TOKEN.sub(lambda match: match[1] or " ", text)
    folder = posixpath.dirname(source)
    return [
        posixpath.normpath(posixpath.join(folder, name)) if name.startswith(".") else name
        for name in _IMPORT.findall(code)
    ]


def _read(path: Path) -> str:
    """The exact text: newlines as they are, for the hash covers them."""
    return path.read_bytes().decode("utf-8")


@cache
def _load(root: Path) -> Mapping[str, Artifact]:
    kept = _kept(root)
    found = {name: _artifact(name, fields) for name, fields in sorted(kept["contracts"].items())}
    return MappingProxyType(found)


def _kept(root: Path) -> dict[str, Any]:
    """The stored answer {"key", "compiler", "warnings", "contracts"}; compiles when there is none."""
    if not (root / "contracts").is_dir():
        return _shipped(root)
    standard = standard_input(root)
    wanted = _key(standard)
    folder = root / ".licita" / "artifacts"
    path = folder / f"{wanted}.json"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / "compiling.lock"):
            if not path.is_file():
                _write(path, {"key": wanted, "compiler": COMPILER, **_compile(standard)})
    kept: dict[str, Any] = json.loads(path.read_bytes())
    return kept


def _shipped(root: Path) -> dict[str, Any]:
    if root != _ROOT or not _SHIPPED.is_file():
        raise ArtifactsMissing(str(root / "contracts"))
    shipped: dict[str, Any] = json.loads(_SHIPPED.read_bytes())
    return shipped


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Holds `lock`: several test processes would else compile the same input side by side."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, value: dict[str, Any]) -> None:
    """Written aside and renamed, so that a reader never sees half a file."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(value, sort_keys=True), encoding="utf-8")
    aside.replace(path)


def _compile(standard: dict[str, Any]) -> dict[str, Any]:
    """{"warnings": [text], "contracts": {name: fields}}."""
    answer = _answer(standard)
    warnings = [found["formattedMessage"].strip() for found in answer.get("errors", []) if not _hidden(found)]
    return {"warnings": warnings, "contracts": _contracts(answer["contracts"])}


def _answer(standard: dict[str, Any]) -> dict[str, Any]:
    """What the compiler that `make setup` prepared says. Raises CompilerMissing, ContractsDoNotCompile."""
    import solcx  # here: it loads an HTTP client, which a run from the cache can do without
    from solcx.exceptions import SolcError

    folder = _ROOT / ".licita" / "solc"
    if not (folder / f"solc-v{_VERSION}").is_file():
        raise CompilerMissing(str(folder / f"solc-v{_VERSION}"), COMPILER)
    os.environ["SOLCX_BINARY_PATH"] = str(folder)
    try:
        answer: dict[str, Any] = solcx.compile_standard(standard, solc_version=_VERSION)
    except SolcError as refused:
        raise ContractsDoNotCompile(_messages(refused.stdout_data, refused.stderr_data)) from None
    return answer


def _messages(stdout: str | None, stderr: str | None) -> tuple[str, ...]:
    """The compiler's errors, without its warnings; what stands on stderr when it did not run at all."""
    try:
        found = json.loads(stdout or "")["errors"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return ((stderr or stdout or "The compiler said nothing.").strip(),)
    return tuple(error["formattedMessage"].strip() for error in found if error["severity"] == "error")


def _hidden(found: dict[str, Any]) -> bool:
    """Warning 6335 (`at` becomes a keyword) is the library's, not ours to repair."""
    place = found.get("sourceLocation", {}).get("file", "")
    return found.get("errorCode") == "6335" and place.startswith(_LIBRARY)


def _contracts(answer: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The compiler's answer by contract name; one name stands for one contract of one compiler, fully linked."""
    contracts: dict[str, dict[str, Any]] = {}
    refused: list[str] = []
    for source, entries in sorted(answer.items()):
        for name, fields in entries.items():
            if name in contracts:
                refused.append(f"{source}: {name} is declared in {contracts[name]['source']} too.")
            if "__$" in fields["evm"]["bytecode"]["object"]:
                refused.append(f"{source}: {name} calls an external library; ours are internal.")
            if fields["metadata"] and json.loads(fields["metadata"])["compiler"]["version"] != COMPILER:
                raise CompilerMissing(str(_ROOT / ".licita" / "solc"), COMPILER)
            contracts[name] = {"source": source, **fields}
    if refused:
        raise ContractsDoNotCompile(tuple(refused))
    return contracts


def _artifact(name: str, fields: dict[str, Any]) -> Artifact:
    deployed = fields["evm"]["deployedBytecode"]
    spans = [span for uses in deployed.get("immutableReferences", {}).values() for span in uses]
    return Artifact(
        name=name,
        source=fields["source"],
        abi=fields["abi"],
        bytecode=bytes.fromhex(fields["evm"]["bytecode"]["object"]),
        deployed_bytecode=bytes.fromhex(deployed["object"]),
        immutables=tuple(sorted((span["start"], span["length"]) for span in spans)),
        storage_layout=fields.get("storageLayout", {}),
        metadata=fields["metadata"],
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m chain.artifacts`: compiles what changed; prints how many contracts there are and the seconds it took."""
    parser = argparse.ArgumentParser(prog="python -m chain.artifacts", description="Compile the contracts.")
    parser.add_argument(
        "--root", type=Path, default=_ROOT, help="folder that holds contracts/ and node_modules/"
    )
    parser.add_argument("--strict", action="store_true", help="fail on warnings, as `make check` does")
    parser.add_argument("--output", type=Path, help="also write the answer to this file, for a wheel")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        kept = _kept(options.root.resolve())
        if options.strict and kept["warnings"]:
            raise ContractsDoNotCompile(tuple(kept["warnings"]))
    except LicitaError as refused:
        print(_readable(refused), file=sys.stderr)
        return 1
    for warning in kept["warnings"]:
        print(warning, file=sys.stderr)
    if options.output:
        _write(options.output, kept)
    print(f"{len(kept['contracts'])} contracts, {time.monotonic() - started:.2f} s, key {kept['key'][:16]}")
    return 0


def _readable(refused: LicitaError) -> str:
    """The compiler's messages keep their lines: they point at columns."""
    if isinstance(refused, ContractsDoNotCompile):
        return "\n\n".join([*refused.messages, f"{refused.error}: {refused.detail}"])
    return str(refused)


if __name__ == "__main__":
    sys.exit(main())
