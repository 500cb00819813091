"""Files that only their owner may have: a bidder's receipt, an evaluator's scores, a committee member's secrets; and the passphrases that
lock them.

A passphrase is never an argument: it stands in a file of the owner's, or is typed. What is written new takes nobody's place.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from chain.errors.commands import FileExists, FileUnreadable
from chain.errors.opening import PassphraseShort, PassphraseUnreadable, ReceiptExists
from chain.nodes.folder import refuse_readable, sync_folder, write_atomic
from chain.output import file_bytes
from chain.procurement.scores import ScoreSheet
from chain.sealing.receipt import Receipt

__all__ = [
    "PASSPHRASE_LEAST",
    "keep_receipt",
    "opened_receipt",
    "opened_scores",
    "passphrase",
    "passphrase_option",
    "renew_receipt",
    "write_new",
]

PASSPHRASE_LEAST = 12
"""Characters of a passphrase at least."""

passphrase_option = click.option(
    "--passphrase-file",
    type=Path,
    help="File (mode 0600, UTF-8) with the passphrase; default: it is asked for.",
)


def passphrase(file: Path | None, what: str, *, new: bool = False) -> str:
    """The passphrase of ``what``, from a file but for the end of its line, or typed, twice where it is new.

    Raises KeyReadable (before a byte is read), FileUnreadable, PassphraseUnreadable, PassphraseShort.
    """
    text = _text(file) if file is not None else _typed(what, new)
    if len(text.strip()) < PASSPHRASE_LEAST:
        raise PassphraseShort(PASSPHRASE_LEAST)
    return text


def _typed(what: str, new: bool) -> str:
    return str(click.prompt(f"passphrase of {what}", hide_input=True, confirmation_prompt=new, err=True))


def _text(file: Path) -> str:
    try:
        return _own_bytes(file).decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise PassphraseUnreadable(str(file)) from None


def _own_bytes(path: Path) -> bytes:
    """A file that nobody else may read. Raises KeyReadable (before a byte is read), FileUnreadable."""
    if path.exists():  # else reading it says so
        refuse_readable(path)
    return file_bytes(path)


@contextmanager
def opened_scores(path: Path, phrase: str) -> Iterator[ScoreSheet]:
    """An evaluator's scores; their salt is overwritten afterwards. Raises KeyReadable, FileUnreadable, LockedFileInvalid,
    LockedFileRefused."""
    sheet = ScoreSheet.decrypted(_own_bytes(path), phrase)
    try:
        yield sheet
    finally:
        sheet.erase()


@contextmanager
def opened_receipt(path: Path, phrase: str) -> Iterator[Receipt]:
    """A receipt; what opens its bid is overwritten afterwards. Raises KeyReadable, FileUnreadable, LockedFileInvalid,
    LockedFileRefused."""
    receipt = Receipt.decrypted(_own_bytes(path), phrase)
    try:
        yield receipt
    finally:
        receipt.erase()


def keep_receipt(path: Path, receipt: Receipt, phrase: str) -> None:
    """Writes a new receipt (mode 0600), whole or not at all, over nothing, and erases it here. Raises ReceiptExists, FileUnreadable."""
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
    finally:
        receipt.erase()


def renew_receipt(path: Path, receipt: Receipt, phrase: str) -> None:
    """Writes what became of a bid into its receipt, where a link leads to it too. Raises FolderUnwritable, DiskFull."""
    write_atomic(path.resolve(), receipt.encrypted(phrase, secrets.token_bytes), mode=0o600)


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Writes a file where there is none. Raises FileExists, FileUnreadable."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise FileExists(str(path)) from error
    except OSError as error:
        raise FileUnreadable(str(path), error.strerror or str(error)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise FileUnreadable(str(path), error.strerror or str(error)) from error
