"""Files that only their owner may have: what is read of them, and when."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from api import kept_files
from api.kept_files import keep_receipt, opened_receipt, passphrase, renew_receipt, write_new
from chain.errors import (
    FileExists,
    FileUnreadable,
    KeyReadable,
    PassphraseShort,
    PassphraseUnreadable,
    ReceiptExists,
    SecretErased,
)
from chain.output import file_bytes
from chain.procurement.bid import seal_bid
from chain.sealing.receipt import Receipt
from tests.unit.test_notice import NOTICE

pytestmark = pytest.mark.unit

PHRASE = "correct horse battery staple"


def receipt() -> Receipt:
    return seal_bid(
        NOTICE, "5.00 MXN", bidder="0x" + "ab" * 20, version=1, declarations=b"\7" * 32, draw=secrets.token_bytes
    )  # fmt: skip


def test_passphrase__file_that_others_can_read__is_refused_before_a_byte_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "phrase"
    seen: list[Path] = []
    file.write_text(PHRASE)

    def watched(path: Path) -> bytes:
        seen.append(path)
        return file_bytes(path)

    monkeypatch.setattr(kept_files, "file_bytes", watched)
    file.chmod(0o640)
    with pytest.raises(KeyReadable):
        passphrase(file, "it")
    assert seen == []
    file.chmod(0o600)
    assert (passphrase(file, "it"), seen) == (PHRASE, [file])
    with pytest.raises(FileUnreadable):
        passphrase(tmp_path / "absent", "it")


def test_receipt__kept__is_erased_here_and_whole_in_the_file(tmp_path: Path) -> None:
    made, path = receipt(), tmp_path / "mine"
    r = made.envelopes[0].r.raw
    keep_receipt(path, made, PHRASE)
    assert made.envelopes[0].r.erased and made.envelopes[0].salt.erased
    with opened_receipt(path, PHRASE) as read:
        assert read.envelopes[0].r.raw == r
    assert read.envelopes[0].r.erased and read.envelopes[0].salt.erased


def test_receipt__not_kept__is_erased_all_the_same(tmp_path: Path) -> None:
    made, path = receipt(), tmp_path / "mine"
    path.write_text("the only copy")
    with pytest.raises(ReceiptExists):
        keep_receipt(path, made, PHRASE)
    with pytest.raises(SecretErased):
        made.envelopes[0].secret.to64()


def written(path: Path, data: bytes) -> Path:
    path.touch(0o600)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"  two spaces before, one behind \n", "  two spaces before, one behind "), (b"of another system\r\n", "of another system"),
        (b"no end of a line", "no end of a line"), (b"two ends of lines\n\n", "two ends of lines\n"),
        ("contrase\u00f1a larga".encode(), "contrase\u00f1a larga"),
    ],
)  # fmt: skip
def test_passphrase__in_a_file__loses_the_end_of_its_line_and_nothing_else(
    tmp_path: Path, data: bytes, text: str
) -> None:
    assert passphrase(written(tmp_path / "phrase", data), "it") == text


def test_passphrase__bytes_that_are_no_text__are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PassphraseUnreadable):
        passphrase(written(tmp_path / "phrase", bytes(range(128, 192))), "it")


def test_passphrase__blanks_around_a_short_one__do_not_make_it_long(tmp_path: Path) -> None:
    with pytest.raises(PassphraseShort):
        passphrase(written(tmp_path / "phrase", b" " * 12 + b"short"), "it")


def test_receipt__that_others_can_read__is_refused_before_a_byte_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine"
    keep_receipt(path, receipt(), PHRASE)
    path.chmod(0o644)
    monkeypatch.setattr(kept_files, "file_bytes", lambda path: pytest.fail("it was read"))
    with pytest.raises(KeyReadable), opened_receipt(path, PHRASE):
        pass


def test_receipt__renewed_through_a_link__is_the_one_that_the_link_leads_to(tmp_path: Path) -> None:
    path, link = tmp_path / "mine", tmp_path / "link"
    keep_receipt(path, receipt(), PHRASE)
    link.symlink_to("mine")
    with opened_receipt(link, PHRASE) as read:
        renew_receipt(link, read.sent("0x12", 3, 4), PHRASE)
    assert link.is_symlink()
    with opened_receipt(path, PHRASE) as read:
        assert (read.transaction, read.block, read.at) == ("0x12", 3, 4)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_write_new__over_something__is_refused_and_leaves_it_alone(tmp_path: Path, mode: int) -> None:
    path, link = tmp_path / "out", tmp_path / "link"
    write_new(path, b"the first", mode=mode)
    assert path.stat().st_mode & 0o777 == mode
    link.symlink_to("nowhere")
    for taken in (path, link, tmp_path):
        with pytest.raises(FileExists):
            write_new(taken, b"the second", mode=mode)
    assert path.read_bytes() == b"the first"
    with pytest.raises(FileUnreadable):
        write_new(tmp_path / "absent" / "out", b"", mode=mode)
