"""Files that only their owner may have: a bidder's receipt, a committee member's secrets; and the passphrases that lock them.

A passphrase is never an argument: it stands in a file of the owner's, or is typed.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import click

from chain.errors.commands import FileUnreadable
from chain.errors.opening import PassphraseShort, ReceiptExists
from chain.nodes.folder import refuse_readable, sync_folder, write_atomic
from chain.output import file_bytes
from chain.sealing.receipt import Receipt

__all__ = [
    "PASSPHRASE_LEAST",
    "keep_receipt",
    "passphrase",
    "passphrase_option",
    "read_receipt",
    "renew_receipt",
    "write_public",
]

PASSPHRASE_LEAST = 12
"""Characters of a passphrase at least."""

passphrase_option = click.option(
    "--passphrase-file", type=Path, help="File (mode 0600) with the passphrase; default: it is asked for."
)


def passphrase(file: Path | None, what: str, *, new: bool = False) -> str:
    """The passphrase of ``what``, from a file, or typed, twice where it is new. Raises FileUnreadable, KeyReadable, PassphraseShort."""
    if file is not None:
        text = file_bytes(file).decode("utf-8", "replace").strip()
        refuse_readable(file)
    else:
        text = click.prompt(f"passphrase of {what}", hide_input=True, confirmation_prompt=new, err=True)
    if len(text) < PASSPHRASE_LEAST:
        raise PassphraseShort(PASSPHRASE_LEAST)
    return text


def read_receipt(path: Path, phrase: str) -> Receipt:
    """Raises FileUnreadable, LockedFileInvalid, LockedFileRefused."""
    return Receipt.decrypted(file_bytes(path), phrase)


def keep_receipt(path: Path, receipt: Receipt, phrase: str) -> None:
    """Writes a new receipt (mode 0600), whole or not at all, over nothing. Raises ReceiptExists, FileUnreadable."""
    try:
        handle, aside = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(receipt.encrypted(phrase, secrets.token_bytes))
                file.flush()
                os.fsync(handle)
            os.link(aside, path)  # unlike a rename it refuses a name that is taken
        finally:
            Path(aside).unlink()
        sync_folder(path.absolute().parent)
    except FileExistsError as error:
        raise ReceiptExists(str(path)) from error
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error


def renew_receipt(path: Path, receipt: Receipt, phrase: str) -> None:
    """Writes what became of a bid into its receipt. Raises FolderUnwritable, DiskFull."""
    write_atomic(path, receipt.encrypted(phrase, secrets.token_bytes), mode=0o600)


def write_public(path: Path, data: bytes) -> None:
    """Writes a file that anybody may read. Raises FileUnreadable."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error
