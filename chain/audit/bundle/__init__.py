"""Proof bundles (`licita-proof/1`): one zip file by which anyone rechecks one tender, with this program and nothing else.

    proof = await collect(rpc, deployment, publication, 7); proof.write(Path("proof.zip"))
    verdict = verify(Path("proof.zip"), head=hash_from_elsewhere)

reading    files as values, JSON in its one spelling     archive   the zip container
manifest   what it is about, hashes of all files         scope     which blocks concern a tender, none left out
code       contracts and stored facts at the head        story     the tender replayed
documents  what the events name by sha256                checking  all of it together
making     a bundle from a node
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.audit.bundle.archive import MAX_SIZE, pack, unpack
from chain.audit.bundle.checking import Checked, check, check_board, check_trust
from chain.audit.bundle.making import DocumentOf, collect_files, tender_of
from chain.audit.bundle.summary import report_of
from chain.audit.reading import DeploymentLike, RpcLike
from chain.audit.report import Report
from chain.errors.audit import BundleUnreadable
from chain.nodes.folder import write_atomic
from chain.ocds.publication import Publication

__all__ = ["CONSISTENT", "MATCHES_HEAD", "Proof", "Verdict", "check", "collect", "pack", "unpack", "verify"]

MATCHES_HEAD = "matches-head"
CONSISTENT = "consistent"


@dataclass(frozen=True)
class Proof:
    """A bundle in memory; ``files`` name -> bytes."""

    files: Mapping[str, bytes]
    report: Report

    @property
    def release(self) -> bytes:
        """The canonical bytes of release.json: the package of all releases of the tender."""
        return self.files["release.json"]

    @property
    def head(self) -> str:
        """Hash of the last block in it, 0x hex: what a verifier should learn from someone else."""
        return str(self.report.facts["head"])

    @property
    def id(self) -> str:
        """sha256 (hex) of the manifest: names the bundle whatever packed it."""
        return hashlib.sha256(self.files["manifest.json"]).hexdigest()

    @property
    def summary(self) -> str:
        """What it is and how much of it there is, on one line."""
        said = self.report.facts
        return (
            f"{self.report.title}; {said['events']} events, {said['releases']} releases, {said['items']} transactions in "
            f"{said['blocks']} of {said['headers']} blocks"
        )

    def pack(self) -> bytes:
        """The bytes of the zip file."""
        return pack(self.files)

    def write(self, path: Path | str) -> Path:
        """Writes the zip file, whole or not at all. Raises FolderUnwritable, DiskFull, FolderIsFile."""
        write_atomic(Path(path), self.pack())
        return Path(path)


@dataclass(frozen=True)
class Verdict:
    """``word``: ``matches-head`` where the head was given from outside, else ``consistent``; no bundle of one node is "verified"."""

    word: str
    bundle: str
    report: Report

    @property
    def lines(self) -> list[str]:
        """The report line by line, the verdict in it."""
        return self.report.lines

    def to_json(self) -> dict[str, Any]:
        """The report as one JSON object, with ``verdict`` and ``bundle``."""
        return self.report.to_json()


async def collect(
    rpc: RpcLike,
    deployment: DeploymentLike,
    publication: Publication,
    subject: int | str,
    documents: DocumentOf | None = None,
) -> Proof:
    """The proof of a tender, read from the node alone. ``subject``: its number, its ocid, or the hash of a transaction on it.

    Raises AuditSubjectAbsent, AuditRefusal where the chain does not prove itself, ChainUnreachable, RpcError.
    """
    number = await tender_of(rpc, deployment, publication, subject)
    files, checked = await collect_files(rpc, deployment, publication, number, documents)
    return Proof(files, report_of(checked, files, CONSISTENT))


def verify(
    path: Path, *, head: str | None = None, genesis: str | None = None, board: str | None = None
) -> Verdict:
    """Checks a bundle with no node, index or network. Learned elsewhere: ``head``, ``genesis`` block hashes, ``board`` the address of
    the network's TenderBoard (0x hex).

    Raises BundleUnreadable, AuditRefusal with rule and place.
    """
    files = unpack(_bytes(path))
    checked: Checked = check(files)
    check_trust(checked.manifest, checked.headers, head, genesis)
    check_board(checked.board, board)
    word = CONSISTENT if head is None else MATCHES_HEAD
    bundle = hashlib.sha256(files["manifest.json"]).hexdigest()
    return Verdict(word, bundle, report_of(checked, files, word, board_known=board is not None))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_SIZE:
            raise BundleUnreadable(f"{path} is longer than {MAX_SIZE} bytes")
        return path.read_bytes()
    except OSError as error:
        raise BundleUnreadable(f"{path}: {error.strerror}") from error
