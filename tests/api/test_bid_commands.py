"""`licita bid`: what a supplier does on its own machine, and what it sends."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chain.sealing.receipt import Receipt
from tests.api.commands import PHRASE, Shell, refusal
from tests.api.world import World
from tests.docs.pages import ROOT, environment

pytestmark = [pytest.mark.network, pytest.mark.timeout(240)]

AMOUNT = "1254800.25 MXN"
HIDDEN = ("1254800", "125480025")


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Shell:
    return Shell(world, tmp_path)


@pytest.fixture
def tender(world: World) -> int:
    return world.publish()


@contextmanager
def liar(answers: dict[str, Any]) -> Iterator[str]:
    """A service that answers these paths and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(answers[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class TestSeal:
    def test_seal__with_a_notice_and_no_network__keeps_a_receipt_that_tells_nothing(
        self, shell: Shell, tender: int
    ) -> None:
        notice, offer, receipt = (shell.folder / name for name in ("notice.json", "offer.pdf", "mine"))
        shell.done("bid", "notice", tender, "-o", notice)
        offer.write_bytes(b"%PDF the offer")
        ran = shell.alone(
            "bid", "seal", "--notice", notice, "--amount", AMOUNT, "--document", offer, "-o", receipt, "--passphrase-file", shell.phrase,
            "--account", shell.world.address("acme"), "--json",
        )  # fmt: skip
        assert ran.exit_code == 0, ran.output
        assert stat.S_IMODE(receipt.stat().st_mode) == 0o600
        opened = Receipt.decrypted(receipt.read_bytes(), PHRASE)
        (sealed,) = opened.envelopes
        secrets = [*HIDDEN, sealed.r.raw.hex(), sealed.salt.raw.hex(), PHRASE]
        assert [secret for secret in secrets if secret in ran.output + receipt.read_text()] == []
        assert (opened.transaction, sealed.context.version) == (None, 1)
        assert json.loads(ran.stdout)["seals"] == ["0x" + sealed.seal_hash.hex()]

    def test_seal__receipt_there_already__is_refused_and_left_alone(self, shell: Shell, tender: int) -> None:
        receipt = shell.folder / "mine"
        receipt.write_text("the only copy")
        words = (
            "bid",
            "seal",
            "--tender",
            tender,
            "--amount",
            AMOUNT,
            "-o",
            receipt,
            "--passphrase-file",
            shell.phrase,
        )
        assert str(receipt) in refusal(shell.run(*words, name="acme"), "ReceiptExists")
        assert receipt.read_text() == "the only copy"

    @pytest.mark.parametrize(
        ("mode", "text", "code", "name"),
        [(0o644, PHRASE, 3, "KeyReadable"), (0o600, "short", 1, "PassphraseShort")],
    )
    def test_seal__passphrase_that_protects_nothing__is_refused(
        self, shell: Shell, tender: int, mode: int, text: str, code: int, name: str
    ) -> None:
        phrase, receipt = shell.folder / "other", shell.folder / "mine"
        phrase.write_text(text)
        phrase.chmod(mode)
        words = (
            "bid",
            "seal",
            "--tender",
            tender,
            "--amount",
            AMOUNT,
            "-o",
            receipt,
            "--passphrase-file",
            phrase,
        )
        ran = shell.run(*words, name="acme")
        assert (ran.exit_code, ran.stderr.split("(")[0]) == (code, name)
        assert not receipt.exists()

    def test_seal__passphrase_typed_twice__opens_it(self, shell: Shell, tender: int) -> None:
        receipt = shell.folder / "mine"
        words = ("bid", "seal", "--tender", tender, "--amount", AMOUNT, "-o", receipt)
        ran = shell.run(*words, name="acme", typed=f"{PHRASE}\n{PHRASE}\n")
        assert ran.exit_code == 0, ran.output
        assert PHRASE not in ran.output
        assert Receipt.decrypted(receipt.read_bytes(), PHRASE).declarations

    @pytest.mark.parametrize(
        ("amount", "name"),
        [
            ("1.00 EUR", "AmountCurrencyOther"),
            ("lot9=1.00 MXN", "AmountLotUnknown"),
            ("1.234 MXN", "MoneyDecimals"),
            ("dear", "MoneyInvalid"),
        ],
    )
    def test_seal__price_that_the_tender_does_not_ask_for__is_refused_by_name(
        self, shell: Shell, tender: int, amount: str, name: str
    ) -> None:
        receipt = shell.folder / "mine"
        words = (
            "bid",
            "seal",
            "--tender",
            tender,
            "--amount",
            amount,
            "-o",
            receipt,
            "--passphrase-file",
            shell.phrase,
        )
        refusal(shell.run(*words, name="acme"), name)
        assert not receipt.exists()

    @pytest.mark.parametrize(
        "words", [(), ("--tender", 1, "--notice", "x"), ("--tender", 1, "--account", "0x12"), ("--tender", 1, "--version", "2")]
    )  # fmt: skip
    def test_seal__not_said_what_for_whom__is_a_fault_of_usage(
        self, shell: Shell, words: tuple[object, ...]
    ) -> None:
        ran = shell.run("bid", "seal", "--amount", AMOUNT, *words)
        assert ran.exit_code == 2, ran.output

    def test_seal__without_a_service__exits_3(self, shell: Shell) -> None:
        ran = shell.run(
            "bid", "seal", "--tender", 1, "--amount", AMOUNT, name="acme", url="http://127.0.0.1:9"
        )
        assert (ran.exit_code, ran.stderr.split("(")[0]) == (3, "ServiceUnreachable")

    def test_seal__second_service_says_the_same__is_sealed(self, shell: Shell, tender: int) -> None:
        assert shell.seal(tender, "acme", AMOUNT, "--also", shell.world.url).exists()

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            (lambda notice: notice | {"termsHash": "0x" + "12" * 32}, "NoticesDiffer"),
            (lambda notice: notice | {"keyset": _other_key(notice["keyset"], fresh=True)}, "NoticesDiffer"),
            (lambda notice: notice | {"keyset": _other_key(notice["keyset"], fresh=False)}, "NoticeWrong"),
        ],
        ids=["terms", "keyset", "false key under the right id"],
    )
    def test_seal__second_service_says_something_else__is_refused(
        self, shell: Shell, tender: int, change: Any, name: str
    ) -> None:
        notice = shell.world.anyone.get(f"/v1/tenders/{tender}/notice").json
        receipt = shell.folder / "mine"
        with liar({f"/v1/tenders/{tender}/notice": change(notice)}) as also:
            words = (
                "bid",
                "seal",
                "--tender",
                tender,
                "--amount",
                AMOUNT,
                "-o",
                receipt,
                "--passphrase-file",
                shell.phrase,
            )
            refusal(shell.run(*words, "--also", also, name="acme"), name)
        assert not receipt.exists()


def _other_key(keyset: dict[str, Any], *, fresh: bool) -> dict[str, Any]:
    """The keyset with another joint key; ``fresh``: under the id that it then has."""
    from chain.sealing.ceremony import Keyset
    from chain.sealing.group import Point, multiply
    from chain.types import from_hex, to_hex

    other = multiply(7)
    made = Keyset(
        keyset["chainId"], keyset["committee"], keyset["threshold"], other, tuple(map(from_hex, keyset["members"])),
        tuple(Point.from64(from_hex(key)) for key in keyset["keys"]), from_hex(keyset["transcript"]),
    )  # fmt: skip
    return keyset | {"pk": to_hex(other.to64())} | ({"id": to_hex(made.id)} if fresh else {})


class TestSubmit:
    def test_submit__sealed_bid__is_on_the_chain_and_in_the_receipt(self, shell: Shell, tender: int) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        said = shell.submit(receipt, "acme")
        kept = Receipt.decrypted(receipt.read_bytes(), PHRASE)
        assert stat.S_IMODE(receipt.stat().st_mode) == 0o600
        assert kept.transaction and kept.block and kept.at
        assert f"block    {kept.block} at " in said
        assert kept.transaction in said
        (row,) = shell.json("bid", "list", "--tender", tender)
        assert (row["bidder"], row["version"], row["status"], row["openings"]) == (
            shell.world.address("acme"),
            1,
            "sealed",
            [],
        )
        assert not any(secret in json.dumps(row) for secret in HIDDEN)
        (mine,) = [each for each in shell.json("bid", "list", name="acme") if each["tender"] == tender]
        assert (mine["block"], mine["transaction"]) == (kept.block, kept.transaction)

    def test_submit__once_more__acts_once(self, shell: Shell, tender: int) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        first = shell.submit(receipt, "acme")
        assert shell.submit(receipt, "acme") == first
        (row,) = shell.json("bid", "list", "--tender", tender)
        assert (row["version"], row["order"]) == (1, 1)

    def test_submit__client_killed_while_it_waits__is_sent_again_from_the_same_file(
        self, shell: Shell, tender: int
    ) -> None:
        receipt = shell.seal(tender, "beta", AMOUNT)
        before = receipt.read_bytes()
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            words = [
                sys.executable, "-m", "api.cli", "bid", "submit", receipt, "--passphrase-file", shell.phrase, "--url",
                f"http://127.0.0.1:{deaf.getsockname()[1]}", "--network", shell.world.network.folder.path, "--as", "beta",
            ]  # fmt: skip
            client = subprocess.Popen(list(map(str, words)), cwd=ROOT, env=environment())
            connection, _ = deaf.accept()
            with connection:
                assert connection.recv(4).startswith(b"POST")
                client.send_signal(signal.SIGKILL)
                assert client.wait(30) == -signal.SIGKILL
        assert receipt.read_bytes() == before
        shell.submit(receipt, "beta")
        assert Receipt.decrypted(receipt.read_bytes(), PHRASE).block

    def test_submit__wrong_passphrase__is_refused_and_tells_nothing(self, shell: Shell, tender: int) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        before = receipt.read_bytes()
        wrong = shell.folder / "wrong"
        wrong.touch(0o600)
        wrong.write_text("another passphrase")
        said = refusal(
            shell.run("bid", "submit", receipt, "--passphrase-file", wrong, name="acme"), "LockedFileRefused"
        )
        assert "another passphrase" not in said
        assert receipt.read_bytes() == before
        assert shell.json("bid", "list", "--tender", tender) == []

    def test_submit__by_another_account_than_it_was_sealed_for__is_refused(
        self, shell: Shell, tender: int
    ) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        refusal(
            shell.run("bid", "submit", receipt, "--passphrase-file", shell.phrase, name="beta"),
            "BidBoxProofInvalid",
        )

    def test_submit__after_the_deadline__is_refused_and_the_receipt_stays(self, shell: Shell) -> None:
        tender = shell.world.publish(60)
        shell.submit(
            shell.seal(tender, "beta", AMOUNT), "beta"
        )  # a tender without any bid is over: BidBoxStopped
        receipt = shell.seal(tender, "acme", AMOUNT)
        before = receipt.read_bytes()
        shell.world.wait_until(shell.world.tender(tender)["deadline"])
        refusal(
            shell.run("bid", "submit", receipt, "--passphrase-file", shell.phrase, name="acme"),
            "BidBoxClosed",
        )
        assert receipt.read_bytes() == before


class TestShow:
    def test_show__submitted__proves_block_time_and_content(self, shell: Shell, tender: int) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        shell.submit(receipt, "acme")
        said = shell.json("bid", "show", receipt, "--passphrase-file", shell.phrase)
        kept = Receipt.decrypted(receipt.read_bytes(), PHRASE)
        assert said["seals"] == ["0x" + kept.envelopes[0].seal_hash.hex()]
        assert (said["block"], said["transaction"]) == (kept.block, kept.transaction)
        assert said["checked"] == {"index": 0, "order": 1, "supersededBy": None}
        assert not any(secret in json.dumps(said) for secret in (*HIDDEN, kept.envelopes[0].r.raw.hex()))
        assert "the chain holds these" in shell.done(
            "bid", "show", receipt, "--passphrase-file", shell.phrase
        )

    def test_show__not_sent__is_not_proved_but_can_be_read_offline(self, shell: Shell, tender: int) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        refusal(shell.run("bid", "show", receipt, "--passphrase-file", shell.phrase), "ReceiptUnproved")
        ran = shell.alone("bid", "show", receipt, "--offline", "--passphrase-file", shell.phrase, "--json")
        assert ran.exit_code == 0, ran.output
        assert (json.loads(ran.stdout)["block"], json.loads(ran.stdout)["checked"]) == (None, None)


class TestAfterwards:
    def test_submit__another_bid__takes_the_place_of_the_first(self, shell: Shell, tender: int) -> None:
        first = shell.seal(tender, "acme", AMOUNT)
        shell.submit(first, "acme")
        second = shell.seal(tender, "acme", "1200000.00 MXN")
        shell.submit(second, "acme")
        (row,) = shell.json("bid", "list", "--tender", tender)
        assert (row["version"], row["order"], row["index"]) == (2, 2, 0)
        said = shell.json("bid", "show", first, "--passphrase-file", shell.phrase)
        assert said["checked"]["supersededBy"] == 2
        assert "replaced by version 2" in shell.done("bid", "show", first, "--passphrase-file", shell.phrase)

    def test_confirm__after_an_addendum__keeps_the_bid(self, shell: Shell, tender: int) -> None:
        world = shell.world
        shell.submit(shell.seal(tender, "acme", AMOUNT), "acme")
        patch = {"patch": {"description": "Nueva.", "tenderPeriod": {"endDate": world.in_seconds(7200)}}}
        found = world.tender(tender)
        reply = world.buyer.post(
            f"/v1/tenders/{tender}/amendments", patch, wait=20, If_Match=f'"{found["termsHash"]}"'
        )
        assert reply.status == 200, reply.data
        assert shell.json("bid", "list", "--tender", tender)[0]["status"] == "lapsed"
        assert shell.json("bid", "confirm", tender, name="acme")["function"] == "confirm"
        assert shell.json("bid", "list", "--tender", tender)[0]["status"] == "sealed"
        refusal(shell.run("bid", "confirm", tender, name="acme"), "BidBoxAlreadyConfirmed")

    def test_withdraw__before_the_deadline__is_public_and_a_new_bid_may_follow(
        self, shell: Shell, tender: int
    ) -> None:
        shell.submit(shell.seal(tender, "acme", AMOUNT), "acme")
        assert "withdraw of" in shell.done("bid", "withdraw", tender, name="acme")
        assert shell.json("bid", "list", "--tender", tender)[0]["status"] == "withdrawn"
        shell.submit(shell.seal(tender, "acme", "1200000.00 MXN"), "acme")
        assert "sealed" in shell.done("bid", "list", "--tender", tender)

    def test_reveal__committee_did_not_open_in_time__the_bidder_does(self, shell: Shell) -> None:
        world = shell.world
        tender = world.publish(60)
        receipt = shell.seal(tender, "acme", AMOUNT)
        shell.submit(receipt, "acme")
        words = ("bid", "reveal", receipt, "--passphrase-file", shell.phrase)
        world.wait_until(world.tender(tender)["deadline"])
        refusal(shell.run(*words, name="acme"), "OpeningCommitteeFallbackTooEarly")
        world.wait_until(world.anyone.get(f"/v1/tenders/{tender}/opening").json["fallbackFrom"])
        shell.done(*words, name="acme")
        (row,) = shell.json("bid", "list", "--tender", tender)
        assert row["openings"][0]["amounts"][0]["amount"] == "1254800.25"
        assert "1254800.25 MXN" in shell.done("bid", "list", "--tender", tender)
