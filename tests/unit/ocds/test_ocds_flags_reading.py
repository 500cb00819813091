"""Files of records as they come: lines, packages, packed; what is none is refused with its line. And the command that reads them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chain.commands import ocds
from chain.errors.commands import FileUnreadable, RecordsUnreadable
from chain.ocds.flags.reading import compiled

pytestmark = pytest.mark.unit

A, B = ({"ocid": each, "tag": ["compiled"]} for each in "AB")


def record(release: Any) -> dict[str, Any]:
    """A record as it is published."""
    return {"ocid": release["ocid"], "releases": [{"url": "https://x"}], "compiledRelease": release}


def lines(*documents: Any) -> bytes:
    """As JSON lines."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in documents)


def packed(raw: bytes) -> bytes:
    """As gzip, without the time, so that the names of the tests stay the same."""
    return gzip.compress(raw, mtime=0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to write."""
    return tmp_path / "file"


PACKAGE = {"uri": "https://x", "records": [record(A), record(B)]}


FILES = {
    "lines of records": lines(record(A), record(B)),
    "lines of releases": lines(A, B),
    "a mark and empty lines": b"\xef\xbb\xbf" + lines(A) + b"\n  \n" + lines(record(B)).strip(),
    "packed lines": packed(lines(record(A), record(B))),
    "a package in a line": lines(PACKAGE),
    "a package": json.dumps(PACKAGE, indent=2).encode(),
    "a package after empty lines": b"\n\n" + json.dumps(PACKAGE, indent=2).encode(),
    "a packed package": packed(json.dumps(PACKAGE, indent=2).encode()),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_compiled__any_file_of_two_processes__gives_both(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert list(compiled(file)) == [A, B]


def test_compiled__one_release_or_record_indented__is_one(file: Path) -> None:
    for document in (A, record(A)):
        file.write_text(json.dumps(document, indent=2))
        assert list(compiled(file)) == [A]


def test_compiled__another_value__comes_as_it_is(file: Path) -> None:
    file.write_bytes(lines(5, [A], {"records": 1}, {"compiledRelease": None}))
    assert list(compiled(file)) == [5, A, {"records": 1}, None]
    file.write_bytes(b"")
    assert list(compiled(file)) == []


@pytest.mark.parametrize(
    ("content", "line", "cause"),
    [
        (b"<html>\n<body>", 1, "not JSON"),
        (lines(A) + b"ocid,date\n", 2, "not JSON"),
        (b"\n\n{\n1\n", 4, "not JSON"),
        (lines(A) + json.dumps(B, indent=2).encode(), 2, "not JSON"),
        (lines(A) + b'{"ocid":"\xff"}\n', 2, "not JSON"),
        (lines(A) + b'{"ocid": NaN}', 2, "not JSON"),
        (b"[" * 5000, 1, "not JSON"),
        (lines(A, {"ocid": "B", "id": "1", "tag": ["award"]}), 2, "not compiled"),
        (lines({"uri": "https://x", "releases": [A]}), 1, "not compiled"),
        (lines({"records": [{"ocid": "A", "releases": []}]}), 1, "not compiled"),
    ],
)
def test_compiled__no_records__is_refused_with_the_line(
    file: Path, content: bytes, line: int, cause: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(RecordsUnreadable) as refused:
        list(compiled(file))
    assert (refused.value.path, refused.value.line) == (str(file), line)
    assert cause in refused.value.cause


@pytest.mark.parametrize(
    "content",
    [b"\x1f\x8b", b"\x1f\x8bnothing", packed(lines(A) * 99)[:-9]],
    ids=["begun", "no gzip", "broken off"],
)
def test_compiled__packed_and_broken__is_refused_by_name(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(FileUnreadable):
        list(compiled(file))


def test_compiled__no_file__is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(FileUnreadable):
            list(compiled(path))


def run(*words: Any) -> Result:
    """``licita ocds flags WORDS``."""
    return CliRunner().invoke(ocds, ["flags", *map(str, words)])


def decided(ocid: str, low: float) -> dict[str, Any]:
    """A process whose lowest bid, by X, was put out, and that W won."""
    bids = [
        {"status": "disqualified", "tenderers": [{"id": "X"}], "value": {"amount": low, "currency": "MXN"}},
        {"status": "valid", "tenderers": [{"id": "W"}], "value": {"amount": 100, "currency": "MXN"}},
    ]
    return {
        "ocid": ocid,
        "bids": {"details": bids},
        "awards": [{"status": "active", "suppliers": [{"id": "W"}]}],
    }


class TestCommand:
    def test_flags__of_several_files__are_of_all_processes_together(self, tmp_path: Path) -> None:
        first, second = tmp_path / "2026.jsonl.gz", tmp_path / "2027.json"
        first.write_bytes(
            packed(lines(record(decided("P1", 90)), {"ocid": "C", "tender": {"status": "cancelled"}}))
        )
        second.write_text(json.dumps({"records": [record(decided("P2", 120))]}))
        shown = run(first, second)
        assert (shown.exit_code, shown.stderr) == (0, "")
        rows = [" ".join(line.split()) for line in shown.stdout.splitlines()]
        assert rows == [
            "flag means of id value",
            # Of a single tenderer that ever won, any share is on the fence.
            "R025 wins few of its many bids Tenderer W 1 of its bids won",
            "R035 all bids but the winner's were disqualified OCID P1 1 disqualified",
            "R035 all bids but the winner's were disqualified OCID P2 1 disqualified",
            "R035 all bids but the winner's were disqualified Tenderer W",
            "R036 the lowest bid was disqualified OCID P1",
            "5 flags of 2 processes; 1 more are cancelled or no processes",
            "A flag is a reason to look, not a finding: much that is in order raises one.",
        ]
        assert json.loads(run("--json", first, second).stdout) == {
            "OCID": {"P1": {"R035": 1.0, "R036": 1.0}, "P2": {"R035": 1.0}},
            "Tenderer": {"W": {"R025": 1.0, "R035": 0.0}},
        }

    def test_flags__of_no_records__end_by_name(self, file: Path) -> None:
        file.write_bytes(lines(A) + b"?")
        shown = run(file)
        assert (shown.exit_code, shown.stdout) == (1, "")
        assert shown.stderr.startswith(f"RecordsUnreadable(path={file}, line=2, ")
        assert run(file.with_name("absent")).stderr.startswith("FileUnreadable(")
        assert run().exit_code == 2
