"""`licita consultation`: what a receipt proves, without a service."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from chain.deployment import Deployment
from chain.network import Network
from chain.nodes.folder import Folder
from chain.output import EXIT_REFUSED, as_json, exits_by_name, file_bytes, say
from chain.types import from_hex, to_hex
from governance.consultation import Chain, Known, Receipt, read_batches, read_receipt, verify_receipt

__all__ = ["consultation"]


def _hash(ctx: click.Context, param: click.Parameter, value: str | None) -> bytes | None:
    """32 bytes as hex, with or without 0x."""
    if value is None:
        return None
    digits = value.removeprefix("0x")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digits):
        raise click.BadParameter(f"{value!r} is not 32 bytes as hex", ctx, param)
    return bytes.fromhex(digits)


@click.group()
def consultation() -> None:
    """Comments on proposals: what a receipt proves."""


@consultation.command("verify")
@click.argument("receipt_file", metavar="RECEIPT", type=Path)
@click.option("--text", "text_file", type=Path, help="The comment's text, byte for byte as it was sent.")
@click.option("--root", callback=_hash, help="Root of the receipt's batch, learned elsewhere.")
@click.option("--folder", type=Path, help="Network folder whose index says which batches are on the chain.")
@click.option("--batches", "batches_file", type=Path, help="The leaves that the operator publishes.")
@click.option("--json", "wants_json", is_flag=True, help="One JSON value instead of text.")
@exits_by_name
def verify(
    receipt_file: Path,
    text_file: Path | None,
    root: bytes | None,
    folder: Path | None,
    batches_file: Path | None,
    wants_json: bool,
) -> None:
    """Check the receipt of a comment without a service. Exit 0: counted, consistent or promised; 1: refused, overdue or dropped."""
    receipt = read_receipt(file_bytes(receipt_file))
    verdict = verify_receipt(
        receipt,
        text=file_bytes(text_file) if text_file else None,
        root=root,
        chain=_chain(folder, receipt) if folder else None,
        batches=read_batches(file_bytes(batches_file)) if batches_file else None,
    )
    if wants_json:
        as_json(verdict.to_json())
    else:
        for line in verdict.lines:
            say(line)
    if not verdict.is_kept:
        sys.exit(EXIT_REFUSED)


def _chain(folder: Path, receipt: Receipt) -> Chain:
    """The batches of the receipt's member on its proposal, as the index of a folder holds them."""
    deployment, index = Deployment.read(Folder(folder).deployment_json), Network.index_of(folder)
    found = {
        row.batch: Known(from_hex(row.root), row.comments, row.at)
        for row in index.council.batches(receipt.comment.proposal, to_hex(receipt.member))
    }
    return Chain(
        deployment.chain_id, deployment.addresses["Consultation"], receipt.comment.proposal, receipt.member, found, index.now()
    )  # fmt: skip
