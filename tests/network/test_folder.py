"""chain/nodes/folder.py and descriptor.py: one owner at a time, whole files, every fault named."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.errors.nodes import (
    DiskFull,
    FolderIsFile,
    FolderUnreadable,
    FolderUnwritable,
    KeyReadable,
    NetworkAbsent,
    NetworkFileWrong,
    NetworkInUse,
)
from chain.nodes.descriptor import Defaults, Descriptor, Publication, Publisher, parse, render
from chain.nodes.folder import Folder, Genesis, read_json, refuse_readable, write_atomic, write_json

pytestmark = pytest.mark.network

ROOT = Path(__file__).parents[2]
HASH = "0x" + "ab" * 32
DESCRIPTOR = Descriptor("dev", "anvil", "sandbox", 31_337, HASH, 1, 1000, "rewind", "http://127.0.0.1:8545")
HOLDER = """
import sys
from pathlib import Path
from chain.nodes.folder import Folder
Folder(Path({path!r})).take("http://127.0.0.1:4711")
print("held", flush=True)
sys.stdin.read()
"""


def test_descriptor__written__is_read_back(folder: Folder) -> None:
    folder.create()
    written = replace(
        DESCRIPTOR,
        publication=Publication(
            publisher=Publisher(
                'Secretaría "X" \\ de\x7fFinanzas 조달청', "MX-RFC", "SFI", "https://a.example"
            )
        ),
        defaults=Defaults("sandbox", HASH),
    )
    folder.write_descriptor(written)
    assert folder.descriptor() == written


def test_descriptor__only_network_given__has_the_documented_defaults(folder: Folder) -> None:
    folder.create()
    folder.network_toml.write_text(render(DESCRIPTOR).split("[publication]")[0])
    found = folder.descriptor()
    assert found == DESCRIPTOR
    assert (found.publication.ocid_prefix, found.publication.publication_url) == (
        "ocds-213czf",
        "https://licita.example",
    )
    assert found.publication.publisher.as_ocds() == {"name": "Licita (embedded network)"}
    assert (found.defaults.procedure, found.defaults.keyset) == ("sandbox", "0x" + "00" * 32)


def test_descriptor__many_faults__are_all_named_at_once(folder: Folder) -> None:
    folder.create()
    folder.network_toml.write_text(
        """
        extra = 1
        [network]
        name = "Dev!"
        engine = "geth"
        profile = "sandbox"
        chain_id = 0
        genesis_hash = "0x12"
        period = true
        lane_window = "many"
        on_reset = "rewind"
        color = "blue"
        [publication]
        ocid_prefix = "abc"
        publisher = "me"
        [defaults]
        keyset = 7
        """
    )
    with pytest.raises(NetworkFileWrong) as caught:
        folder.descriptor()
    assert caught.value.path == str(folder.network_toml)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "defaults.keyset",
        "extra",
        "network.chain_id",
        "network.color",
        "network.engine",
        "network.genesis_hash",
        "network.lane_window",
        "network.name",
        "network.period",
        "network.rpc",
        "publication.ocid_prefix",
        "publication.publisher",
    ]
    assert "network.rpc: missing" in caught.value.faults
    assert "network.engine: wanted anvil or besu, found 'geth'" in caught.value.faults


@pytest.mark.parametrize("data", [b"\xff\xfe", b"[network", b"network = 1", b"", b"a = 1\na = 2"])
def test_descriptor__not_a_descriptor__is_named(folder: Folder, data: bytes) -> None:
    folder.create()
    folder.network_toml.write_bytes(data)
    with pytest.raises(NetworkFileWrong):
        folder.descriptor()


def test_descriptor__absent__says_how_to_start(folder: Folder) -> None:
    with pytest.raises(NetworkAbsent, match="licita network start"):
        folder.descriptor()


def test_descriptor__production_on_anvil_or_with_made_up_people__is_refused(folder: Folder) -> None:
    folder.create()
    with pytest.raises(NetworkFileWrong, match="production runs on besu"):
        folder.write_descriptor(replace(DESCRIPTOR, profile="production"))
    assert not folder.network_toml.exists()
    folder.write_descriptor(replace(DESCRIPTOR, profile="production", engine="besu"))
    folder.people_json.write_text("[]")
    with pytest.raises(NetworkFileWrong, match=r"people\.json"):
        folder.descriptor()


@given(
    name=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1),
    uid=st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32)),
)
def test_render__any_text__is_toml_that_parses_to_it(name: str, uid: str) -> None:
    written = replace(DESCRIPTOR, publication=Publication(publisher=Publisher(name, uid=uid)))
    assert parse(render(written), "network.toml") == written


def test_genesis__written__is_read_back_and_absent_is_none(folder: Folder) -> None:
    assert folder.genesis() is None
    folder.create()
    for genesis in (
        Genesis(31_337, 5),
        Genesis(1, 0, HASH, {"0x" + "0A" * 20: {"code": "0x00", "balance": "0x1"}}),
    ):
        folder.write_genesis(genesis)
        assert folder.genesis() == genesis


@pytest.mark.parametrize(
    "change",
    [
        {"chain_id": "31337"},
        {"chain_id": True},
        {"timestamp": -1},
        {"timestamp": 1.5},
        {"hash": "0x12"},
        {"hash": 7},
        {"alloc": []},
        {"alloc": {"0x12": {}}},
        {"alloc": {"0x" + "00" * 20: {"nonce": "0x1"}}},
        {"alloc": {"0x" + "00" * 20: {"code": "zz"}}},
        {"more": 1},
    ],
)
def test_genesis__wrong_value__is_named(folder: Folder, change: dict[str, object]) -> None:
    folder.create()
    good: dict[str, object] = {"chain_id": 31_337, "timestamp": 5, "hash": None, "alloc": {}}
    write_json(folder.genesis_json, {**good, **change})
    with pytest.raises(NetworkFileWrong):
        folder.genesis()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_read_json__not_json__is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.json").write_bytes(data)
    with pytest.raises(NetworkFileWrong, match="not JSON"):
        read_json(tmp_path / "x.json")


def test_take__free_folder__is_held_until_released(folder: Folder) -> None:
    folder.take()
    folder.announce("http://127.0.0.1:8000")
    for other in (folder, Folder(folder.path)):
        with pytest.raises(NetworkInUse) as caught:
            other.take()
        assert caught.value.facts == {"pid": os.getpid(), "url": "http://127.0.0.1:8000"}
    folder.release()
    folder.release()
    assert folder.owner() is None and not folder.run_json.exists()
    Folder(folder.path).take()


def test_take__held_by_a_process_that_is_killed__is_refused_and_then_taken_over(folder: Folder) -> None:
    code = HOLDER.format(path=str(folder.path))
    holder = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    with holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(NetworkInUse) as caught:
            folder.take()
        assert caught.value.facts == {"pid": holder.pid, "url": "http://127.0.0.1:4711"}
        folder.release()  # not ours: stays
        assert folder.owner() is not None
        with pytest.raises(NetworkInUse):
            folder.set_aside()
        holder.send_signal(signal.SIGKILL)
    folder.take()
    owner = folder.owner()
    assert owner is not None and owner.process.pid == os.getpid()


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", '{"pid":"x","started":1,"url":""}', '{"pid":OURS,"started":1,"url":""}']
)
def test_take__stale_or_unreadable_lock__is_taken_over(folder: Folder, text: str) -> None:
    folder.create()
    folder.run_json.write_text(text.replace("OURS", str(os.getpid())))
    folder.take("http://here")
    owner = folder.owner()
    assert owner is not None and owner.url == "http://here"


def test_take__many_processes_at_once__one_gets_it(folder: Folder) -> None:
    folder.create()
    folder.run_json.write_text('{"pid":1,"started":-1,"url":""}')
    code = HOLDER.format(path=str(folder.path))
    rivals = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    said = [rival.stdout.readline() for rival in rivals if rival.stdout is not None]
    for rival in rivals:
        rival.communicate(timeout=30)
    assert sorted(said) == [b"", b"", b"", b"held\n"]


def test_create__path_or_parent_is_a_file__is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here first")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        for act in (Folder(path).create, Folder(path).take):
            with pytest.raises(FolderIsFile):
                act()
    with pytest.raises(FolderIsFile):
        Folder(tmp_path / "file" / "below").descriptor()
    assert (tmp_path / "file").read_text() == "here first"


def test_create__system_forbids__is_unwritable() -> None:
    with pytest.raises(FolderUnwritable):
        Folder(Path("/proc/licita")).create()


def test_read__file_is_a_folder__is_unreadable(folder: Folder) -> None:
    folder.network_toml.mkdir(parents=True)
    with pytest.raises(FolderUnreadable):
        folder.descriptor()


def test_write_atomic__new_and_old_file__has_content_and_mode_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomic(path, b"one", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
    write_atomic(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o644)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EIO, FolderUnwritable),
        (errno.EROFS, FolderUnwritable),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_write_atomic__disk_fails__keeps_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, refusal: type[Exception]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch, pytest.raises(refusal, match=str(path)):
        patch.setattr(os, step, fail)
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_refuse_readable__group_may_read__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_atomic(path, b"x", mode=0o600)
    refuse_readable(path)
    path.chmod(0o640)
    with pytest.raises(KeyReadable, match="chmod 600"):
        refuse_readable(path)


def test_set_aside__twice__keeps_the_newest_only(folder: Folder) -> None:
    for content in ("first", "second"):
        folder.create()
        (folder.path / "mark").write_text(content)
        old = folder.set_aside()
    assert old.name == "a network's folder.old"
    assert (old / "mark").read_text() == "second"
    assert not folder.path.exists()
    with pytest.raises(NetworkAbsent):
        folder.set_aside()


def test_folder__node__has_its_log_folder(folder: Folder) -> None:
    assert folder.node("v1") == folder.node("v1") == folder.path / "nodes" / "v1"
    assert (folder.path / "nodes/v1/log").is_dir()
