"""`licita committee`: three members make a key and open a tender, each with secrets of its own; one of them without a network."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.client import Client
from api.running import Running
from api.told import ToldSealed
from chain.errors.contracts import OpeningCommitteeTooEarly
from chain.network import Network
from chain.procurement.opening import SharesFile
from chain.procurement.sealed_live import LiveSealed
from chain.types import from_hex, to_hex
from tests.api.chamber import Chamber
from tests.api.commands import PHRASE, Shell, refusal
from tests.api.test_documents import uploaded
from tests.api.world import PLENTY, World

pytestmark = [pytest.mark.network, pytest.mark.timeout(240)]

OPENERS = ("opener1", "opener2", "opener3")
MONTH = 28 * 86_400


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A served sandbox of its own: months go by here."""
    folder = tmp_path_factory.mktemp("committee") / "network"
    with Network.start("sandbox", folder) as network, Running(network, 0, PLENTY) as running:
        yield World(network, running)


@pytest.fixture
def shell(world: World, tmp_path: Path) -> Shell:
    return Shell(world, tmp_path)


def sealed(shell: Shell, **amounts: str) -> int:
    """A tender with bids of these suppliers, two minutes before its end."""
    tender = shell.world.publish(120)
    for name, amount in amounts.items():
        shell.submit(shell.seal(tender, name, amount), name)
    return tender


def until_opening(world: World, tender: int) -> None:
    world.wait_until(world.anyone.get(f"/v1/tenders/{tender}/opening").json["opensAt"])


class TestOpening:
    def test_share__before_its_time__is_refused_and_nothing_is_sent(self, shell: Shell) -> None:
        tender = sealed(shell, acme="1289900.00 MXN")
        page = shell.folder / "page.json"
        for when in ("while bids come in", "once bidding is over"):
            for words in (("share", tender), ("page", tender, 0, "-o", page)):
                refusal(shell.run("committee", *words, name="opener1"), "OpeningCommitteeTooEarly")
            assert not page.exists(), when
            assert (
                shell.world.network.events("OpeningCommittee", ("SharesPosted",), tender.to_bytes(32, "big"))
                == []
            )
            shell.world.wait_until(shell.world.tender(tender)["deadline"])

    def test_open__two_of_three__anybody_reads_the_prices(self, shell: Shell) -> None:
        tender = sealed(shell, acme="1289900.00 MXN", beta="1254800.25 MXN")
        until_opening(shell.world, tender)
        refusal(shell.run("committee", "open", tender, name="citizen"), "OpeningCommitteeSharesMissing")
        assert "sent 1 pages" in shell.done("committee", "share", tender, name="opener1")
        refusal(shell.run("committee", "open", tender, name="citizen"), "OpeningCommitteeSharesMissing")
        assert "sent 0 pages" in shell.done("committee", "share", tender, name="opener1"), "once is enough"
        shell.done("committee", "share", tender, name="opener3")
        bids = shell.json("committee", "open", tender, name="citizen")
        prices = [each["openings"][0]["amounts"][0]["amount"] for each in bids]
        assert prices == ["1289900.00", "1254800.25"]
        assert "1254800.25 MXN" in shell.done("committee", "open", tender, name="citizen"), (
            "and says so again"
        )

    def test_share__page_and_shares_by_file__the_secret_meets_no_network(self, shell: Shell) -> None:
        tender = sealed(shell, acme="1289900.00 MXN")
        until_opening(shell.world, tender)
        page, shares = shell.folder / "page.json", shell.folder / "shares.json"
        shell.done("committee", "page", tender, 0, "-o", page)
        assert str(page) in refusal(shell.run("committee", "page", tender, 0, "-o", page), "FileExists")
        keys = shell.world.network.folder.keys
        words = ("committee", "share", "--page", page, "-o", shares, "--seats", keys / "seats" / "opener2")
        said = refusal(shell.alone(*words, "--passphrase-file", keys / "passphrase"), "SharesFileWrong")
        assert "this machine's clock says" in said, "the sandbox is ahead of it"
        words = (*words, "--as", "opener2")
        refusal(shell.alone(*words, "--passphrase-file", shell.phrase), "LockedFileRefused")
        ran = shell.alone(*words, "--passphrase-file", keys / "passphrase")
        assert ran.exit_code == 0, ran.output
        assert f"1 shares of seat 2, page 0 of tender {tender}" in ran.stdout
        assert (
            f"may be opened from {shell.world.anyone.get(f'/v1/tenders/{tender}/opening').json['openFrom'].replace('T', ' ')[:19]} UTC"
            in ran.stdout
        )
        assert stat.S_IMODE(shares.stat().st_mode) == 0o600, "nobody's until they are sent"
        refusal(
            shell.run("committee", "share", "--shares", shares, name="opener1"), "OpeningCommitteeNotMember"
        )
        shell.done("committee", "share", "--shares", shares, name="opener2")
        shell.done("committee", "share", tender, name="opener1")
        assert "1289900.00 MXN" in shell.done("committee", "open", tender, name="acme")

    @pytest.mark.parametrize(
        "change", [{"clock": 1}, {"format": "licita/opening-page/2"}, {"bids": None}, "[" * 200_000]
    )
    def test_share__page_that_is_none__is_refused_without_a_network(
        self, shell: Shell, change: dict[str, Any] | str
    ) -> None:
        tender = sealed(shell, acme="1289900.00 MXN")
        until_opening(shell.world, tender)
        page = shell.folder / "page.json"
        shell.done("committee", "page", tender, 0, "-o", page)
        page.write_text(
            change if isinstance(change, str) else json.dumps(json.loads(page.read_text()) | change)
        )
        keys = shell.world.network.folder.keys
        words = ("--seats", keys / "seats" / "opener2", "--passphrase-file", keys / "passphrase")
        ran = shell.alone("committee", "share", "--page", page, "-o", shell.folder / "shares", *words)
        refusal(ran, "SharesFileWrong")
        assert not (shell.folder / "shares").exists()

    def test_share__page_with_an_envelope_of_another_tender__makes_no_share(self, shell: Shell) -> None:
        tender, later = sealed(shell, acme="1289900.00 MXN"), sealed(shell, acme="77.00 MXN")
        until_opening(shell.world, tender)
        page, keys = shell.folder / "page.json", shell.world.network.folder.keys
        shell.done("committee", "page", tender, 0, "-o", page)
        told, (other,) = json.loads(page.read_text()), LiveSealed(shell.world.network).live(later, 0)
        told["bids"][0] |= {"sealedEnvelope": to_hex(other.data), "version": other.context.version}
        page.write_text(json.dumps(told))
        words = ("--seats", keys / "seats" / "opener2", "--passphrase-file", keys / "passphrase")
        ran = shell.alone(
            "committee", "share", "--page", page, "-o", shell.folder / "shares", *words, "--as", "x"
        )
        assert ran.stderr.startswith("PageBidForeign"), ran.output
        assert not (shell.folder / "shares").exists()

    def test_share__of_a_cancelled_tender__is_refused_and_nothing_is_sent(self, shell: Shell) -> None:
        tender = sealed(shell, acme="1289900.00 MXN")
        opens = shell.world.anyone.get(f"/v1/tenders/{tender}/opening").json["opensAt"]
        body = {"lot": 0, "reason": "noDemand", "document": uploaded(shell.world, b"no demand")}
        assert shell.world.buyer.post(f"/v1/tenders/{tender}/cancellation", body, wait=20).status == 200
        shell.world.wait_until(opens)
        made = shell.folder / "shares.json"
        made.write_bytes(SharesFile(tender, 0, 0, 1, ()).to_json())
        for words in ((tender,), ("--shares", made)):
            refusal(shell.run("committee", "share", *words, name="opener1"), "OpeningCommitteeStopped")

    def test_share__made_elsewhere_and_early__is_not_sent(self, shell: Shell) -> None:
        tender = sealed(shell, acme="1289900.00 MXN")
        made = shell.folder / "shares.json"
        made.write_bytes(SharesFile(tender, 0, 0, 1, ()).to_json())
        refusal(shell.run("committee", "share", "--shares", made, name="opener1"), "OpeningCommitteeTooEarly")

    def test_share__this_machine_s_clock_behind_the_service_s__is_too_early(self, shell: Shell) -> None:
        tender = sealed(shell, acme="1289900.00 MXN")
        until_opening(shell.world, tender)
        client = Client(shell.world.url)
        due, _ = ToldSealed(client).require_due(tender)
        period = shell.world.network.descriptor.period
        assert ToldSealed(client, due.open_from + period).require_due(tender)[1] == due.open_from + period
        with pytest.raises(OpeningCommitteeTooEarly):
            ToldSealed(client, due.open_from + period - 1).page_file(tender, 0)

    def test_share__by_nobody_of_the_committee__is_refused(self, shell: Shell) -> None:
        tender = sealed(shell, acme="1289900.00 MXN")
        until_opening(shell.world, tender)
        words = (
            "committee",
            "share",
            tender,
            "--seats",
            shell.folder / "none",
            "--passphrase-file",
            shell.phrase,
        )
        refusal(shell.run(*words, name="opener1"), "ShareNotHeld")

    @pytest.mark.parametrize("words", [(), (1, "--page", "x"), ("--page", "x"), (1, "--shares", "x")])
    def test_share__unclear_which__is_a_fault_of_usage(self, shell: Shell, words: tuple[object, ...]) -> None:
        assert shell.run("committee", "share", *words, name="opener1").exit_code == 2


class Member:
    """A committee member's machine: its own folder of secrets."""

    def __init__(self, shell: Shell, name: str) -> None:
        self.shell = shell
        self.name = name
        self.seats = shell.folder / name

    def words(self, *words: object) -> tuple[object, ...]:
        return ("committee", *words, "--seats", self.seats, "--passphrase-file", self.shell.phrase)

    def done(self, *words: object) -> str:
        return self.shell.done(*self.words(*words), name=self.name)


@pytest.fixture
def ceremony(world: World) -> str:
    """A ceremony that the council has opened; its id."""
    chamber = Chamber(world)
    chamber.carry(chamber.propose(["open ceremony of 2 of LICITA-OPENING1,LICITA-OPENING2,LICITA-OPENING3"]))
    return str(world.network.events("OpeningCommittee", ("CeremonyOpened",))[-1].args["ceremonyId"])


class TestCeremony:
    def test_ceremony__three_machines__make_a_key_whose_shares_stay_there(
        self, shell: Shell, ceremony: str
    ) -> None:
        members = [Member(shell, name) for name in OPENERS]
        for place, member in enumerate(members, 1):
            assert f"as seat {place}" in member.done("join", ceremony)
        assert members[0].done("join", ceremony), "a step that is repeated does nothing"
        # The last to publish sends at once: nothing is missing then.
        for due in (("publish", "publish", "send"), ("send", "confirm", "confirm")):
            assert [member.done("deal", ceremony).strip() for member in members] == [
                f"due now: {each}" for each in due
            ]
        confirmed = [member.done("confirm", ceremony) for member in members]
        assert ["run this again" in said for said in confirmed] == [True, True, False]
        confirmed += [member.done("confirm", ceremony) for member in members[:2]]
        confirmed += [member.done("confirm", ceremony) for member in members]
        (keyset,) = {said.split()[2].rstrip(";") for said in confirmed}
        for place, member in enumerate(members, 1):
            (kept,) = member.seats.glob("*.json")
            assert kept.name == f"share-{keyset[2:]}-{place}.json", "the ceremony's own secrets are erased"
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        shown = {each["id"]: each for each in shell.json(*members[0].words("show"), name="opener1")}
        assert shown[keyset] == {
            "kind": "keyset", "id": keyset, "threshold": 2, "seats": 3, "due": "usable", "seat": 1, "held": True
        }  # fmt: skip
        assert (shown[ceremony]["held"], shown[ceremony]["due"]) == (False, "done")
        (row,) = [row for row in members[0].done("show").splitlines() if keyset in row]
        assert row.split()[-2:] == ["1", "yes"]
        assert keyset in shell.done("committee", "show"), "anybody may look"

        refusal(
            shell.run("committee", "roll-call", keyset, "--call", name="citizen"),
            "OpeningCommitteeRollTooEarly",
        )
        shell.world.wait_until(shell.world.in_seconds(MONTH))
        shell.done("committee", "roll-call", keyset, "--call", name="citizen")
        assert "answered roll 1" in members[1].done("roll-call", keyset)

    def test_complain__honest_dealer__answers_and_is_not_at_fault(self, shell: Shell, ceremony: str) -> None:
        members = [Member(shell, name) for name in OPENERS]
        for member in members:
            member.done("join", ceremony)
        refusal(shell.run(*members[0].words("forget", ceremony), name="opener1"), "SecretsNeeded")
        for member in [*members, *members]:
            member.done("deal", ceremony, "--also", shell.world.url)
        members[1].done("complain", ceremony, "--dealer", 1)
        refusal(
            shell.run(*members[2].words("answer", ceremony), name="opener3"), "OpeningCommitteeStepRefused"
        )
        assert "answered" in members[0].done("answer", ceremony)
        refusal(
            shell.run(*members[0].words("confirm", ceremony), name="opener1"), "OpeningCommitteeStepRefused"
        )
        (shown,) = [each for each in shell.json("committee", "show") if each["id"] == ceremony]
        assert shown["due"] == "failed"
        assert "erased 1 file of" in members[2].done("forget", ceremony)
        assert list(members[2].seats.glob("*.json")) == []
        refusal(shell.run(*members[2].words("forget", ceremony), name="opener3"), "SeatAbsent")

    def test_join__no_seat_or_another_passphrase__is_refused(self, shell: Shell, ceremony: str) -> None:
        refusal(shell.run(*Member(shell, "acme").words("join", ceremony), name="acme"), "SeatNotHeld")
        member = Member(shell, "opener1")
        member.done("join", ceremony)
        shell.phrase.write_text(PHRASE + " typed wrong")
        refusal(shell.run(*member.words("join", ceremony), name="opener1"), "LockedFileRefused")

    def test_deal__before_joining__is_refused(self, shell: Shell, ceremony: str) -> None:
        refusal(shell.run(*Member(shell, "opener1").words("deal", ceremony), name="opener1"), "SeatAbsent")
        none = Member(shell, "opener1").words("join", "ab" * 32)
        refusal(shell.run(*none, name="opener1"), "CeremonyNotFound")

    def test_confirm__with_another_member_s_secrets__keeps_none_of_their_share(
        self, shell: Shell, ceremony: str
    ) -> None:
        members = [Member(shell, name) for name in OPENERS]
        for member in members:
            member.done("join", ceremony)
        for member in [*members, *members]:
            member.done("deal", ceremony)
        refusal(shell.run(*members[1].words("confirm", ceremony), name="opener1"), "SeatNotHeld")
        assert not list(members[1].seats.glob("share-*"))


def test_told__compared_with_a_node__is_the_same(shell: Shell) -> None:
    world = shell.world
    tender = sealed(shell, acme="1289900.00 MXN", beta="1254800.25 MXN")
    shell.done("bid", "withdraw", tender, name="beta")
    until_opening(world, tender)
    shell.done("committee", "share", tender, name="opener1")
    shell.done("committee", "share", tender, name="opener2")
    shell.done("committee", "open", tender, name="acme")
    told, live = ToldSealed(Client(world.url)), LiveSealed(world.network)
    network = world.network
    assert told.separator == live.separator
    assert told.live(tender, 0) == live.live(tender, 0) != []
    assert told.live(tender, 0)[0].opened
    assert (told.phase(tender), told.window(tender)) == (live.phase(tender), live.window(tender))
    keysets = [
        from_hex(event.args["keysetId"])
        for event in network.events("OpeningCommittee", ("KeysetRegistered",))
    ]
    for keyset in keysets:
        assert told.keyset(keyset) == live.keyset(keyset)
        assert told.keys(keyset) == live.keys(keyset)
        assert told.posted(tender, 0, 0, keyset) == live.posted(tender, 0, 0, keyset)
    for event in network.events("OpeningCommittee", ("CeremonyOpened",)):
        ceremony = from_hex(event.args["ceremonyId"])
        assert told.ceremony(ceremony) == live.ceremony(ceremony)
    assert told.keyset(bytes(32)) is None
    assert told.ceremony(bytes(32)) is None
