"""`licita bid`: what a supplier does on its own machine, and what it sends."""

from __future__ import annotations

import json
import secrets
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from chain.sealing.receipt import Receipt
from tests.api.bidding import later
from tests.api.commands import PHRASE, Shell, refusal
from tests.api.world import Caller, World
from tests.docs.pages import ROOT, environment

pytestmark = [pytest.mark.network, pytest.mark.timeout(240)]

AMOUNT = "1254800.25 MXN"
HIDDEN = ("1254800", "125480025")
NEW_YEAR = "2020-01-01T00:00:00Z"


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Shell:
    return Shell(world, tmp_path)


@pytest.fixture
def tender(world: World) -> int:
    return world.publish()


@contextmanager
def between(
    url: str, lies: Mapping[str, Callable[[Any], Any]] | None = None
) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """A service that hands everything on to the one at ``url``, and changes the answers of some paths: its address, and what it heard
    of every request, (method, path, head and body)."""
    heard: list[tuple[str, str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.append((self.command, self.path, f"{self.headers}{body.decode()}"))
            reply = Caller(url).send(self.command, self.path, body or None, dict(self.headers.items()))
            lie = (lies or {}).get(self.path)
            data = json.dumps(lie(reply.json)).encode() if lie else reply.data
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.headers["content-type"])
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", heard
        finally:
            server.shutdown()
            thread.join()


def elsewhere(shell: Shell, url: str, person: str, *words: object) -> Result:
    """``licita WORDS`` on a machine that has the person's token, and no network folder."""
    words = (
        *words,
        "--url",
        url,
        "--account",
        shell.world.address(person),
        "--network",
        shell.folder / "none",
    )
    environment = {"LICITA_URL": None, "LICITA_TOKEN": shell.world.network.records[person].token}
    return CliRunner(env=environment).invoke(main, list(map(str, words)))


class TestSeal:
    def test_seal__with_a_notice_and_no_network__keeps_a_receipt_that_tells_nothing(
        self, shell: Shell, tender: int
    ) -> None:
        notice, offer, receipt = (shell.folder / name for name in ("notice.json", "offer.pdf", "mine"))
        shell.done("bid", "notice", tender, "-o", notice)
        keyset = json.loads(notice.read_bytes())["keyset"]["id"]
        offer.write_bytes(b"%PDF the offer")
        ran = shell.alone(
            "bid", "seal", "--notice", notice, "--amount", AMOUNT, "--document", offer, "-o", receipt, "--passphrase-file", shell.phrase,
            "--account", shell.world.address("acme"), "--keyset", keyset, "--json",
        )  # fmt: skip
        assert ran.exit_code == 0, ran.output
        assert stat.S_IMODE(receipt.stat().st_mode) == 0o600
        opened = Receipt.decrypted(receipt.read_bytes(), PHRASE)
        (sealed,) = opened.envelopes
        hidden = [*HIDDEN, sealed.r.raw.hex(), sealed.salt.raw.hex(), PHRASE]
        assert [secret for secret in hidden if secret in ran.output + receipt.read_text()] == []
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
            (("1=1.00 MXN", "1=2.00 MXN"), "AmountLotRepeated"),
            (("1.00 MXN", "2.00 MXN"), "AmountLotRepeated"),
        ],
    )
    def test_seal__price_that_the_tender_does_not_ask_for__is_refused_by_name(
        self, shell: Shell, tender: int, amount: str | tuple[str, ...], name: str
    ) -> None:
        receipt = shell.folder / "mine"
        prices = (amount,) if isinstance(amount, str) else amount
        words = (
            "bid",
            "seal",
            "--tender",
            tender,
            *(word for price in prices for word in ("--amount", price)),
            "-o",
            receipt,
            "--passphrase-file",
            shell.phrase,
        )
        refusal(shell.run(*words, name="acme"), name)
        assert not receipt.exists()

    @pytest.mark.parametrize(
        "words",
        [
            (), ("--tender", 1, "--notice", "x"), ("--tender", 1, "--account", "0x12"), ("--tender", 1, "--version", "2"),
            ("--tender", 1, "--keyset", "0x12"), ("--tender", 1, "--keyset", "12" * 32),
        ],
    )  # fmt: skip
    def test_seal__not_said_what_for_whom__is_a_fault_of_usage(
        self, shell: Shell, words: tuple[object, ...]
    ) -> None:
        ran = shell.run("bid", "seal", "--amount", AMOUNT, *words)
        assert ran.exit_code == 2, ran.output

    @pytest.mark.parametrize("version", ["0", "-1", str(2**32), "x"])
    def test_seal__version_that_no_bid_has__is_a_fault_of_usage(
        self, shell: Shell, tender: int, version: str
    ) -> None:
        ran = shell.run(*self.words(shell, tender), "--version", version, name="acme")
        assert (ran.exit_code, "--version" in ran.stderr) == (2, True), ran.output
        assert not (shell.folder / "mine").exists()

    def test_seal__prices_and_files__are_shown_as_they_are_sealed_and_json_leaves_prices_out(
        self, shell: Shell, tender: int
    ) -> None:
        small, large = (shell.folder / name for name in ("small.txt", "large.pdf"))
        small.write_bytes(b"36 months on site")
        large.write_bytes(bytes(30_000))
        words = (*self.words(shell, tender), "--document", large, "--document", small)
        said = shell.done(*words, name="acme")
        assert f"price    lot 1: {AMOUNT}\n" in said
        assert (
            "file     large.pdf: by hash only, it does not fit: you must hand it over as the tender says\n"
            in said
        )
        assert "file     small.txt: inside\n" in said
        (shell.folder / "mine").unlink()
        told = shell.json(*words, name="acme")
        assert told["documents"] == [
            {"name": "large.pdf", "bytes": 30_000, "inside": False}, {"name": "small.txt", "bytes": 17, "inside": True}
        ]  # fmt: skip
        assert not any(secret in json.dumps(told) for secret in HIDDEN)

    @pytest.mark.parametrize("given", ["file", "standard input", "typed"])
    def test_seal__price_that_is_no_argument__is_sealed(self, shell: Shell, tender: int, given: str) -> None:
        words, file = list(self.words(shell, tender)), shell.folder / "prices"
        del words[4:6]
        file.write_bytes(b"\xef\xbb\xbf\r\n 1=1254800.25 MXN \r\n\r\n")
        more = {"file": ("--amounts", file), "standard input": ("--amounts", "-"), "typed": ()}[given]
        typed = "" if given == "file" else f"{AMOUNT}\n"
        ran = shell.run(*words, *more, name="acme", typed=typed)
        assert ran.exit_code == 0, ran.output
        assert f"price    lot 1: {AMOUNT}\n" in ran.stdout

    def test_seal__prices_given_twice_or_not_readable_or_none__are_refused(
        self, shell: Shell, tender: int
    ) -> None:
        words, file = list(self.words(shell, tender)), shell.folder / "prices"
        assert shell.run(*words, "--amounts", file, name="acme").exit_code == 2
        del words[4:6]
        refusal(shell.run(*words, "--amounts", file, name="acme"), "FileUnreadable")
        file.write_bytes(b"\xff")
        refusal(shell.run(*words, "--amounts", file, name="acme"), "FileUnreadable")
        file.write_bytes(b"\n")
        refusal(shell.run(*words, "--amounts", file, name="acme"), "BidAmountInvalid")
        assert not (shell.folder / "mine").exists()

    def test_seal__lots_that_are_not_those_of_the_terms__is_refused(self, shell: Shell, tender: int) -> None:
        words = self.words(shell, tender)
        for part, lie in (
            ("lots", {"lots": ["2"]}),
            ("exponent", {"exponent": 0}),
            ("currency", {"currency": "USD"}),
        ):
            with between(
                shell.world.url, {f"/v1/tenders/{tender}/notice": lambda told, lie=lie: told | lie}
            ) as (url, _):
                ran = elsewhere(shell, url, "acme", *words, "--trust-service")
            assert f"part={part}" in refusal(ran, "NoticeWrong")
        assert not (shell.folder / "mine").exists()

    def test_notice__file_there_already__is_refused_and_left_alone(self, shell: Shell, tender: int) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        before = receipt.read_bytes()
        assert str(receipt) in refusal(shell.run("bid", "notice", tender, "-o", receipt), "FileExists")
        assert receipt.read_bytes() == before

    def test_seal__without_a_service__exits_3(self, shell: Shell) -> None:
        ran = shell.run(
            "bid", "seal", "--tender", 1, "--amount", AMOUNT, name="acme", url="http://127.0.0.1:9"
        )
        assert (ran.exit_code, ran.stderr.split("(")[0]) == (3, "ServiceUnreachable")

    def test_seal__second_service_says_the_same__is_sealed(self, shell: Shell, tender: int) -> None:
        with between(shell.world.url) as (also, heard):
            assert shell.seal(tender, "acme", AMOUNT, "--also", also).exists()
        assert ("GET", f"/v1/tenders/{tender}/notice") in [request[:2] for request in heard]

    def test_seal__second_service_is_the_first__is_a_fault_of_usage(self, shell: Shell, tender: int) -> None:
        ran = shell.run(*self.words(shell, tender), "--also", shell.world.url, name="acme")
        assert (ran.exit_code, "another service" in ran.stderr) == (2, True), ran.output

    @staticmethod
    def words(shell: Shell, tender: int) -> tuple[object, ...]:
        """What is asked of a bid with the price ``AMOUNT``."""
        receipt = shell.folder / "mine"
        return (
            "bid", "seal", "--tender", tender, "--amount", AMOUNT, "-o", receipt, "--passphrase-file", shell.phrase
        )  # fmt: skip

    def test_seal__one_foreign_service_alone__is_refused_until_somebody_else_says_the_keyset(
        self, shell: Shell, tender: int
    ) -> None:
        words, receipt = self.words(shell, tender), shell.folder / "mine"
        keyset = shell.world.tender(tender)["keysetId"]
        with between(shell.world.url) as (url, _):
            assert keyset in refusal(elsewhere(shell, url, "acme", *words), "ServiceUnconfirmed")
            wrong = "0x" + "12" * 32
            said = refusal(elsewhere(shell, url, "acme", *words, "--keyset", wrong), "KeysetOther")
            assert keyset in said and wrong in said
            assert not receipt.exists()
            for second in (
                ("--keyset", keyset.upper().replace("X", "x")),
                ("--also", shell.world.url),
                ("--trust-service",),
            ):
                ran = elsewhere(shell, url, "acme", *words, *second)
                assert ran.exit_code == 0, ran.output
                receipt.unlink()

    def test_seal__notice_file_alone__is_refused_until_somebody_says_the_keyset(
        self, shell: Shell, tender: int
    ) -> None:
        notice, receipt = shell.folder / "notice.json", shell.folder / "mine"
        shell.done("bid", "notice", tender, "-o", notice)
        words = ("bid", "seal", "--notice", notice, *self.words(shell, tender)[4:])
        refusal(shell.run(*words, name="acme"), "ServiceUnconfirmed")
        assert not receipt.exists()
        shell.done(*words, "--also", shell.world.url, name="acme")

    @pytest.mark.parametrize("liar", ["the service", "the second"])
    def test_seal__notice_of_another_tender__is_refused(self, shell: Shell, tender: int, liar: str) -> None:
        other = shell.world.anyone.get(f"/v1/tenders/{shell.world.publish()}/notice").json
        words = self.words(shell, tender)
        with between(shell.world.url, {f"/v1/tenders/{tender}/notice": lambda _: other}) as (url, _):
            if liar == "the service":
                ran = elsewhere(shell, url, "acme", *words, "--trust-service")
                also = elsewhere(shell, url, "acme", *words, "--also", shell.world.url)
                refusal(also, "NoticeWrong")
            else:
                ran = shell.run(*words, "--also", url, name="acme")
        assert "part=tender" in refusal(ran, "NoticeWrong")
        assert not (shell.folder / "mine").exists()

    @pytest.mark.parametrize(
        ("change", "part"),
        [
            (lambda told: {"contracts": told["contracts"] | {"BidBox": "0x" + "12" * 20}}, "separator"),
            (
                lambda told: {"contracts": told["contracts"] | {"OpeningCommittee": "0x" + "12" * 20}},
                "committee",
            ),
        ],
        ids=["box", "committee"],
    )
    def test_seal__notice_for_another_network_than_the_service_s__is_refused(
        self, shell: Shell, tender: int, change: Any, part: str
    ) -> None:
        with between(shell.world.url, {"/v1/network": lambda told: told | change(told)}) as (url, _):
            ran = elsewhere(shell, url, "acme", *self.words(shell, tender), "--trust-service")
        assert f"part={part}" in refusal(ran, "NoticeWrong")

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            (lambda notice: notice | {"bodyBlocks": 1}, "NoticesDiffer"),
            (lambda notice: notice | {"termsHash": "0x" + "12" * 32}, "NoticeWrong"),
            (lambda notice: notice | {"keyset": _other_key(notice["keyset"], fresh=True)}, "NoticeWrong"),
            (lambda notice: notice | {"keyset": _other_key(notice["keyset"], fresh=False)}, "NoticeWrong"),
        ],
        ids=["size", "terms", "keyset", "false key under the right id"],
    )
    def test_seal__second_service_says_something_else__is_refused(
        self, shell: Shell, tender: int, change: Any, name: str
    ) -> None:
        receipt = shell.folder / "mine"
        with between(shell.world.url, {f"/v1/tenders/{tender}/notice": change}) as (also, _):
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
            asked, _ = deaf.accept()
            with asked:
                assert asked.recv(65_536).startswith(b"GET")
                told = json.dumps(shell.world.tender(tender)).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(told)}\r\n\r\n"
                asked.sendall(head.encode() + told)
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

    def test_submit__tender_with_another_keyset__is_refused_and_nothing_is_sent(
        self, shell: Shell, tender: int
    ) -> None:
        receipt, other = shell.seal(tender, "acme", AMOUNT), "0x" + "12" * 32
        with between(shell.world.url, {f"/v1/tenders/{tender}": lambda told: told | {"keysetId": other}}) as (
            url,
            heard,
        ):
            ran = elsewhere(shell, url, "acme", "bid", "submit", receipt, "--passphrase-file", shell.phrase)
        assert other in refusal(ran, "KeysetOther")
        assert {method for method, *_ in heard} == {"GET"}

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
        assert said["checked"] == {
            "index": 0,
            "order": 1,
            "status": "sealed",
            "supersededBy": None,
            "moved": False,
        }
        assert not any(secret in json.dumps(said) for secret in (*HIDDEN, kept.envelopes[0].r.raw.hex()))
        shown = shell.done("bid", "show", receipt, "--passphrase-file", shell.phrase)
        assert "status   sealed: neither replaced nor withdrawn" in shown and "the chain holds these" in shown

    def test_show__in_another_transaction_than_the_receipt_says__is_told_and_submit_renews_it(
        self, shell: Shell, tender: int
    ) -> None:
        receipt, gone = shell.seal(tender, "acme", AMOUNT), "0x" + "12" * 32
        shell.submit(receipt, "acme")
        right = receipt.read_bytes()
        kept = Receipt.decrypted(right, PHRASE)
        receipt.write_bytes(kept.sent(gone, 1, 1).encrypted(PHRASE, secrets.token_bytes))
        assert (
            shell.json("bid", "show", receipt, "--passphrase-file", shell.phrase)["checked"]["moved"] is True
        )
        assert f"the receipt names transaction {gone}" in shell.done(
            "bid", "show", receipt, "--passphrase-file", shell.phrase
        )
        shell.submit(receipt, "acme")
        renewed = Receipt.decrypted(receipt.read_bytes(), PHRASE)
        assert (renewed.transaction, renewed.block, renewed.at) == (kept.transaction, kept.block, kept.at)

    def test_submit__through_a_link__renews_the_receipt_that_it_leads_to(
        self, shell: Shell, tender: int
    ) -> None:
        receipt, link = shell.seal(tender, "acme", AMOUNT), shell.folder / "link"
        link.symlink_to(receipt)
        shell.submit(link, "acme")
        assert link.is_symlink()
        assert Receipt.decrypted(receipt.read_bytes(), PHRASE).block

    @pytest.mark.parametrize("words", [("show",), ("show", "--offline"), ("submit",), ("reveal",)])
    def test_receipt__that_a_stranger_wrote_or_others_can_read__is_refused_by_name(
        self, shell: Shell, words: tuple[str, ...]
    ) -> None:
        receipt = shell.folder / "mine"
        receipt.touch(0o600)
        receipt.write_bytes(b"[" * 200_000)
        command = ("bid", words[0], receipt, *words[1:], "--passphrase-file", shell.phrase)
        refusal(shell.run(*command, name="acme"), "LockedFileInvalid")
        receipt.chmod(0o644)
        ran = shell.run(*command, name="acme")
        assert (ran.exit_code, ran.stderr.split("(")[0]) == (3, "KeyReadable")

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
        assert (said["checked"]["status"], said["checked"]["supersededBy"]) == ("superseded", 2)
        assert "replaced by version 2" in shell.done("bid", "show", first, "--passphrase-file", shell.phrase)
        assert "replaced by version 2" in shell.submit(first, "acme")

    def test_confirm__after_an_addendum__keeps_the_bid(self, shell: Shell, tender: int) -> None:
        world, receipt = shell.world, shell.seal(tender, "acme", AMOUNT)
        shell.submit(receipt, "acme")
        patch = {"patch": {"description": "Nueva.", "tenderPeriod": {"endDate": world.in_seconds(7200)}}}
        found = world.tender(tender)
        reply = world.buyer.post(
            f"/v1/tenders/{tender}/amendments", patch, wait=20, If_Match=f'"{found["termsHash"]}"'
        )
        assert reply.status == 200, reply.data
        assert shell.json("bid", "list", "--tender", tender)[0]["status"] == "lapsed"
        shown = shell.done("bid", "show", receipt, "--passphrase-file", shell.phrase)
        assert (
            f"lapsed: the terms changed after it, and it is not opened as it is; before the deadline run licita bid confirm {tender}"
            in shown
        )
        assert "status   lapsed" in shell.submit(receipt, "acme")
        assert shell.json("bid", "confirm", tender, name="acme")["function"] == "confirm"
        assert shell.json("bid", "list", "--tender", tender)[0]["status"] == "sealed"
        refusal(shell.run("bid", "confirm", tender, name="acme"), "BidBoxAlreadyConfirmed")

    def test_withdraw__before_the_deadline__is_public_and_a_new_bid_may_follow(
        self, shell: Shell, tender: int
    ) -> None:
        receipt = shell.seal(tender, "acme", AMOUNT)
        shell.submit(receipt, "acme")
        assert "withdraw of" in shell.done("bid", "withdraw", tender, name="acme")
        assert shell.json("bid", "list", "--tender", tender)[0]["status"] == "withdrawn"
        assert "status   withdrawn: it is never opened" in shell.done(
            "bid", "show", receipt, "--passphrase-file", shell.phrase
        )
        refusal(
            shell.run("bid", "submit", receipt, "--passphrase-file", shell.phrase, name="acme"),
            "ReceiptWithdrawn",
        )
        shell.submit(shell.seal(tender, "acme", "1200000.00 MXN"), "acme")
        assert "sealed" in shell.done("bid", "list", "--tender", tender)


class TestReveal:
    """What opens a bid leaves the machine when it is time, and not before."""

    @pytest.fixture
    def receipt(self, shell: Shell) -> Path:
        """A bid that is in, and a minute later is not to be changed."""
        receipt = shell.seal(shell.world.publish(60), "acme", AMOUNT)
        shell.submit(receipt, "acme")
        return receipt

    @staticmethod
    def tender(receipt: Path) -> int:
        return Receipt.decrypted(receipt.read_bytes(), PHRASE).envelopes[0].context.tender

    @staticmethod
    def words(shell: Shell, receipt: Path) -> tuple[object, ...]:
        return "bid", "reveal", receipt, "--passphrase-file", shell.phrase

    def opening(self, shell: Shell, receipt: Path) -> Any:
        return shell.world.anyone.get(f"/v1/tenders/{self.tender(receipt)}/opening").json

    @staticmethod
    def kept(receipt: Path, heard: list[tuple[str, str, str]]) -> bool:
        """Whether nothing was sent that opens the bid, in whatever form."""
        sealed = Receipt.decrypted(receipt.read_bytes(), PHRASE).envelopes[0]
        forms = (sealed.r.raw.hex(), str(sealed.r.number), sealed.salt.raw.hex(), PHRASE)
        assert heard
        told = " ".join(" ".join(request) for request in heard).lower()
        return not any(form in told for form in forms) and all(method == "GET" for method, *_ in heard)

    def test_reveal__committee_did_not_open_in_time__the_bidder_does(
        self, shell: Shell, receipt: Path
    ) -> None:
        world, words = shell.world, self.words(shell, receipt)
        world.wait_until(world.tender(self.tender(receipt))["deadline"])
        refusal(shell.run(*words, name="acme"), "OpeningCommitteeFallbackTooEarly")
        world.wait_until(self.opening(shell, receipt)["fallbackFrom"])
        shell.done(*words, name="acme")
        (row,) = shell.json("bid", "list", "--tender", self.tender(receipt))
        assert row["openings"][0]["amounts"][0]["amount"] == "1254800.25"
        assert "1254800.25 MXN" in shell.done("bid", "list", "--tender", self.tender(receipt))

    def test_reveal__bid_that_is_never_opened__is_refused_here_and_nothing_is_sent(
        self, shell: Shell, receipt: Path
    ) -> None:
        tender, words = self.tender(receipt), (*self.words(shell, receipt), "--trust-service")
        newer = shell.seal(tender, "acme", "1200000.00 MXN")
        shell.submit(newer, "acme")
        with between(shell.world.url) as (url, heard):
            refusal(shell.run(*words, name="acme", url=url), "OpeningCommitteeEntryNotSealed")
            shell.done("bid", "withdraw", tender, name="acme")
            ran = shell.run(*self.words(shell, newer), name="acme", url=url)
            refusal(ran, "OpeningCommitteeEntryNotSealed")
            assert self.kept(receipt, heard) and self.kept(newer, heard)

    def test_reveal__too_early__is_refused_here_and_nothing_is_sent(
        self, shell: Shell, receipt: Path
    ) -> None:
        world, words = shell.world, self.words(shell, receipt)
        with between(world.url) as (url, heard):
            for when in ("while bids come in", "once bidding is over"):
                said = refusal(shell.run(*words, name="acme", url=url), "OpeningCommitteeFallbackTooEarly")
                assert self.opening(shell, receipt)["fallbackFrom"] in said, when
                refusal(
                    shell.run(*words, "--trust-service", name="acme", url=url),
                    "OpeningCommitteeFallbackTooEarly",
                )
                world.wait_until(world.tender(self.tender(receipt))["deadline"])
            assert self.kept(receipt, heard)

    def test_reveal__too_late_or_another_envelope__is_refused_here_and_nothing_is_sent(
        self, shell: Shell, receipt: Path
    ) -> None:
        world, words = shell.world, self.words(shell, receipt)
        with between(world.url) as (url, heard):
            world.wait_until(self.opening(shell, receipt)["fallbackFrom"])
            ran = shell.run(*words, "--envelope", 1, name="acme", url=url)
            refusal(ran, "OpeningCommitteePhaseNotReached")
            world.wait_until(self.opening(shell, receipt)["voidFrom"])
            refusal(shell.run(*words, name="acme", url=url), "OpeningCommitteeTooLate")
            assert self.kept(receipt, heard)

    def test_reveal__service_s_clock_ahead_of_this_machine_s__is_refused_and_nothing_is_sent(
        self, shell: Shell, receipt: Path
    ) -> None:
        world = shell.world
        fallback = self.opening(shell, receipt)["fallbackFrom"]
        world.wait_until(fallback)  # the chain is ahead of the machine
        with between(world.url) as (url, heard):
            ran = elsewhere(shell, url, "acme", *self.words(shell, receipt), "--trust-service")
            said = refusal(ran, "RevealTooEarlyHere")
            assert f"fallback_from={fallback}" in said
            assert "service_time=" in said and "machine_time=" in said
            assert self.kept(receipt, heard)

    def test_reveal__service_lies_about_the_hour__needs_a_second_one_and_nothing_is_sent(
        self, shell: Shell, receipt: Path
    ) -> None:
        world, words = shell.world, self.words(shell, receipt)
        past = {
            "closesAt": later(NEW_YEAR),
            "openFrom": later(NEW_YEAR, 2),
            "fallbackFrom": later(NEW_YEAR, 3),
        }
        lies = {f"/v1/tenders/{self.tender(receipt)}/opening": lambda told: told | past}
        with between(world.url, lies) as (url, heard):
            said = refusal(elsewhere(shell, url, "acme", *words), "ServiceUnconfirmed")
            assert "part=fallbackFrom" in said
            refusal(
                elsewhere(shell, url, "acme", *words, "--also", world.url), "OpeningCommitteeFallbackTooEarly"
            )
            refusal(shell.run(*words, "--also", url, name="acme"), "OpeningCommitteeFallbackTooEarly")
            assert self.kept(receipt, heard)

    def test_reveal__second_service_says_the_same__is_sent(self, shell: Shell, receipt: Path) -> None:
        world = shell.world
        world.wait_until(self.opening(shell, receipt)["fallbackFrom"])
        with between(world.url) as (url, _):
            ran = shell.run(*self.words(shell, receipt), "--also", world.url, name="acme", url=url)
        assert ran.exit_code == 0, ran.output

    def test_reveal__stopped_tender__is_refused_here_and_nothing_is_sent(
        self, shell: Shell, receipt: Path
    ) -> None:
        lies = {f"/v1/tenders/{self.tender(receipt)}/opening": lambda told: told | {"stopped": True}}
        with between(shell.world.url, lies) as (url, heard):
            refusal(elsewhere(shell, url, "acme", *self.words(shell, receipt)), "OpeningCommitteeStopped")
            assert self.kept(receipt, heard)

    def test_reveal__envelope_that_the_receipt_does_not_hold__is_refused_and_nothing_is_sent(
        self, shell: Shell, receipt: Path
    ) -> None:
        shell.world.wait_until(self.opening(shell, receipt)["fallbackFrom"])
        lies = {f"/v1/tenders/{self.tender(receipt)}/opening": lambda told: told | {"envelope": 1}}
        with between(shell.world.url, lies) as (url, heard):
            ran = shell.run(*self.words(shell, receipt), "--trust-service", name="acme", url=url)
            refusal(ran, "ReceiptUnproved")
            assert self.kept(receipt, heard)
