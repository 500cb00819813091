"""chain/nodes/keys.py: made once, opened again, and never shown."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from eth_account import Account

from chain.errors.nodes import KeyAbsent, KeyDamaged, KeyExists, KeyNameWrong, KeyReadable
from chain.nodes.keys import SCRYPT_N, KeyStore, key_in

pytestmark = pytest.mark.unit


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys")


def test_create__first_key__is_a_private_v3_keystore_that_eth_account_opens(store: KeyStore) -> None:
    key = store.create("buyer")
    kept = json.loads((store.folder / "buyer.json").read_text())
    passphrase = (store.folder / "passphrase").read_text().strip()
    assert kept["version"] == 3
    assert kept["crypto"]["kdfparams"]["n"] == SCRYPT_N == 4096
    assert len(bytes.fromhex(passphrase)) == 32
    assert bytes(Account.decrypt(kept, passphrase)) == key.secret
    assert Account.from_key(key.secret).address == key.address
    assert {path.name: path.stat().st_mode & 0o777 for path in store.folder.iterdir()} == {
        "buyer.json": 0o600,
        "passphrase": 0o600,
    }
    assert store.folder.stat().st_mode & 0o777 == 0o700


def test_load__by_another_store__gives_the_same_key(store: KeyStore) -> None:
    first, second = store.create("acme"), store.create("beta")
    again = KeyStore(store.folder)
    assert (again.load("acme"), again.load("beta")) == (first, second)
    assert again.names() == ["acme", "beta"]
    assert first.secret != second.secret


def test_key__shown_in_any_text__hides_the_secret(store: KeyStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = store.create("acme")
    passphrase = (store.folder / "passphrase").read_text().strip()
    shown = f"{key!r} {key} {store!r} {caplog.text}"
    assert key.secret.hex() not in shown and repr(key.secret) not in shown and passphrase not in shown


@pytest.mark.parametrize("name", ["", "../evil", "a/b", "Upper", "a.json", "-x", "x" * 65, "ñ", "a\n"])
def test_name__unfit_for_a_file__is_refused(store: KeyStore, name: str) -> None:
    for act in (store.create, store.load):
        with pytest.raises(KeyNameWrong) as caught:
            act(name)
        assert caught.value.name == name
    assert not store.folder.exists()


def test_create__name_taken__keeps_the_old_key(store: KeyStore) -> None:
    key = store.create("acme")
    with pytest.raises(KeyExists):
        store.create("acme")
    assert store.load("acme") == key


def test_load__no_such_key__is_absent(store: KeyStore) -> None:
    with pytest.raises(KeyAbsent):
        store.load("acme")


@pytest.mark.parametrize("file", ["acme.json", "passphrase"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_load__others_may_read__is_refused(store: KeyStore, file: str, mode: int) -> None:
    store.create("acme")
    (store.folder / file).chmod(mode)
    with pytest.raises(KeyReadable) as caught:
        store.load("acme")
    assert caught.value.facts == {"path": str(store.folder / file), "mode": f"{mode:04o}"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'{"crypto":null}',
        b'{"crypto":{"kdfparams":{"n":1073741824}}}',
        b'{"crypto":{"kdfparams":{"n":"4096"}}}',
        b'{"crypto":{"kdfparams":{"n":4096}},"version":9}',
        b"[" * 100_000,
    ],
)
def test_load__damaged_file__is_named(store: KeyStore, data: bytes) -> None:
    store.create("acme")
    (store.folder / "acme.json").write_bytes(data)
    with pytest.raises(KeyDamaged) as caught:
        store.load("acme")
    assert caught.value.path.endswith("acme.json")


def test_load__one_cipher_digit_changed__is_named(store: KeyStore) -> None:
    store.create("acme")
    path = store.folder / "acme.json"
    kept = json.loads(path.read_text())
    text = kept["crypto"]["ciphertext"]
    kept["crypto"]["ciphertext"] = ("0" if text[0] != "0" else "1") + text[1:]
    path.write_text(json.dumps(kept))
    with pytest.raises(KeyDamaged, match="MAC"):
        store.load("acme")


@pytest.mark.parametrize("passphrase", [None, b"", b"\xff\xff", b"short", b"0" * 63])
def test_passphrase__gone_or_damaged__is_named_and_never_replaced(
    store: KeyStore, passphrase: bytes | None
) -> None:
    store.create("acme")
    file = store.folder / "passphrase"
    file.unlink() if passphrase is None else file.write_bytes(passphrase)
    for act, name in ((store.load, "acme"), (store.create, "beta")):
        with pytest.raises(KeyDamaged):
            act(name)
    assert (file.read_bytes() if file.exists() else None) == passphrase
    assert store.names() == ["acme"]


def test_key_in__somebody_s_own_keystore__opens_with_its_passphrase_alone(store: KeyStore) -> None:
    key, path = store.create("acme"), store.folder / "acme.json"
    assert key_in(path, store.passphrase()) == key
    with pytest.raises(KeyDamaged):
        key_in(path, "another passphrase")
    path.chmod(0o644)
    with pytest.raises(KeyReadable):
        key_in(path, store.passphrase())
    with pytest.raises(KeyAbsent):
        key_in(store.folder / "nobody.json", "a passphrase")
