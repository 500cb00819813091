"""The demonstration, as `licita demo` plays it: the story ends, and what it leaves can be read and proved."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo import PROCEDURE, Demo
from api.demo_agreement import INSTALMENTS, ORIGINAL
from api.demo_signed import PANEL
from api.running import Running
from chain.audit.bundle import verify
from chain.commands import index_rebuild
from chain.network import Network
from chain.ocds.profile import merger
from chain.ocds.tables import TABLES
from chain.publication import OcdsPublisher, judge
from chain.recorder import Index, Store, rebuild
from tests.api.test_gates import reviewed
from tests.api.world import PLENTY, Caller, World
from tests.environments import environment_of
from tests.network.story import asked
from tests.published import differing, published, require_lawful

pytestmark = pytest.mark.network


FEEDS = {"events": "items", "packages": "releases"}
"""Feed -> the member of its pages that holds what they list."""


class Played:
    """A demonstration that was played: its lines, its report, its network; ``folder``: of the whole network as it was kept at the end."""

    def __init__(self, network: Network, running: Running, output: Path) -> None:
        self.world = World(network, running)
        self.lines: list[str] = []
        self.folder = output / "kept"
        self.report: dict[str, Any] = Demo(network, running, output, self.lines.append).play()
        self.path = f"/v1/tenders/{self.report['tender']}"

    def read(self, path: str) -> Any:
        """What anybody reads."""
        reply = self.world.anyone.get(path)
        assert reply.status == 200, reply.data
        return reply.json

    def events(self, kind: str) -> list[Any]:
        """Events of its tender of one type."""
        found: list[Any] = self.read(f"/v1/events?tender={self.report['tender']}&type={kind}&limit=100")[
            "items"
        ]
        return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """On a network of its own: it moves time by months."""
    folder = tmp_path_factory.mktemp("demo")
    network_folder = folder / "network"
    with Network.start("sandbox", network_folder) as network, Running(network, 0, PLENTY) as running:
        made = Played(network, running, folder)
    shutil.copytree(network_folder, made.folder)
    with Network.start("sandbox", network_folder) as network, Running(network, 0, PLENTY) as running:
        made.world = World(network, running)
        yield made


@pytest.fixture(scope="module")
def rebuilt(played: Played) -> Iterator[World]:
    """The same blocks on a node of their own, served from an index that was damaged and that its operator made again."""
    spoil(played.folder)
    done = CliRunner().invoke(index_rebuild, ["--network", str(played.folder)])
    assert done.exit_code == 0, done.output
    with Network.start("sandbox", played.folder) as network, Running(network, 0, PLENTY) as running:
        yield World(network, running)


def spoil(folder: Path) -> None:
    """Changes and forgets what the index of a network holds that nobody runs."""
    index = Network.index_of(folder)
    before = index.digest()
    with closing(sqlite3.connect(next(folder.glob("recorder/*.sqlite3")))) as database, database:
        database.execute("update idx_release set data = replace(data, 'tender', 'other')")
        database.execute("delete from idx_log where block % 2")
        database.execute("insert into idx_due select number + 1000, 1 from idx_tender")
    assert index.digest() != before


def same_every_time(line: str) -> str:
    """A line without what differs from run to run: hashes, days and times."""
    line = re.sub(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:Z| UTC))?", "DAY", line)
    return re.sub(r"0x[0-9a-f]+", "HASH", line)


class TestDemo:
    def test_readme__what_it_shows_of_a_run__is_printed_in_that_order(self, played: Played) -> None:
        readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
        (shown,) = re.findall(r"```\n(It goes by .*?)```", readme, re.DOTALL)
        printed = iter([same_every_time(line) for text in played.lines for line in text.splitlines()])
        # What the command adds when all is over, and where the files are, is the command's.
        story, _, _ = shown.partition("a separate process without a node ")
        for line in story.splitlines():
            start, cut, _ = same_every_time(line).partition(" ...")
            if line.strip() != "...":
                assert any(each.startswith(start) if cut else each == start for each in printed), line

    def test_story__under_real_periods__goes_on_with_the_restored_bid(self, played: Played) -> None:
        tender = played.read(played.path)
        assert tender["procedure"] == PROCEDURE == "mx-open"
        assert tender["status"] == "Complete"
        lot = played.read(f"{played.path}/lots/1")
        assert (lot["status"], lot["award"]["orgId"]) == ("Signed", "LICITA-BETA")
        assert played.report["award"]["supplier"] == "LICITA-BETA"
        awards = played.events("LotAwarded")
        assert len(awards) == 2 and awards[0]["args"] != awards[1]["args"]

    def test_story__every_decision__took_two_people_and_the_panel(self, played: Played) -> None:
        taken = [each for each in played.read(f"{played.path}/votes")["items"] if each["state"] == "taken"]
        assert [len(each["votes"]) for each in taken] == [3, 3, 3]
        against = [vote for each in taken for vote in each["votes"] if not vote["support"]]
        assert [vote["evaluator"] for vote in against] == [played.world.address(PANEL[2])]
        assert against[0]["opinion"] is not None
        approver = played.world.as_person("approver")
        acts = [
            each for each in approver.get("/v1/acts?limit=100").json["items"] if each["state"] == "approved"
        ]
        assert {(each["function"], each["proposer"], each["approver"]) for each in acts} == {
            (function, played.world.address("buyer"), played.world.address("approver"))
            for function in (
                "publish",
                "amend",
                "disqualify",
                "award",
                "execute",
                "cancel",
                "sign",
                "signChange",
                "accept",
                "refuse",
                "recordPayment",
                "reversePayment",
                "complete",
            )
        }

    def test_story__what_it_tells__says_who_and_which_refusals(self, played: Played) -> None:
        told = "\n".join(played.lines)
        for refusal in (
            "FourEyesRoleMissing", "TenderBoardRoleMissing", "TenderBoardExtensionTooShort", "BidBoxClosed", "OpeningCommitteeTooEarly",
            "AwardDeskExplanationMissing", "EvaluationDeskVotesShort", "AwardDeskNotCandidate", "ComplaintDeskRoleMissing",
            "AgreementBookDocumentWrong", "AgreementBookNotAccepted", "AgreementBookChangeOverCap", "AgreementBookReferenceUsed",
            "AgreementBookOverpaid", "AgreementBookRoleMissing",
        ):  # fmt: skip
            assert f"refused, {refusal}: " in told
        assert "evaluator1 for, assessor1 for, assessor2 against; 2 for, 2 needed" in told
        assert "a complaint is open: the lot stays Standstill" in told

    def test_record_and_proof__of_the_story__cover_all_of_it(self, played: Played) -> None:
        assert played.report["verdict"] == "matches-head"
        assert Path(played.report["proof"]).stat().st_size > 0
        report = verify(Path(played.report["proof"]), head=played.report["head"]).report
        assert [each["decision"] for each in report.facts["evaluation"]["votes"]] == [
            "lot 1: bid 2 disqualified", "lot 1: bid 3 awarded", "lot 1: bid 2 awarded",
        ]  # fmt: skip
        (complaint,) = report.facts["complaints"]
        assert (complaint["lot"], complaint["stage"], complaint["status"]) == (1, "award", "Remedied")
        assert [each["status"] for each in complaint["steps"]] == ["Admitted", "Upheld", "Remedied"]
        assert complaint["remedy"] == "restoreBid"
        (told,) = (line for line in report.said if line.startswith("complaint "))
        assert "about lot 1, stage award: Remedied; filed at 2" in told and told.endswith(
            "; remedy restoreBid"
        )
        (agreement,) = report.facts["agreements"]
        assert (agreement["status"], agreement["paid"]) == ("Completed", agreement["value"])
        assert [each["reversed"] is None for each in agreement["payments"]].count(False) == 1
        assert any(line.startswith("agreement 1, payment 12 for milestone 13: ") for line in report.said)

    def test_agreement__of_the_award__is_paid_in_the_instalments_of_the_original(
        self, played: Played
    ) -> None:
        found = played.read(f"/v1/agreements/{played.report['agreement']['number']}")
        payments = [each for each in found["milestones"] if each["kind"] == "payment"]
        assert tuple(each["shareBps"] for each in payments) == INSTALMENTS
        # Ten of 109,272 MXN and one of 218,544: the shares are as near as 1/10,000 is, and the last one takes what is left.
        assert sum(ORIGINAL) == 1_311_264 and sum(INSTALMENTS) == 10_000
        wanted = [10_000 * part / sum(ORIGINAL) for part in ORIGINAL]
        far = [abs(part - share) for part, share in zip(wanted, INSTALMENTS, strict=True)]
        assert max(far[:-1]) < 1 and far[-1] < len(INSTALMENTS)
        assert [each["paid"] for each in payments] == [each["amount"] for each in payments]
        assert (found["status"], found["fourEyes"], found["paid"]) == ("Completed", True, found["value"])

    def test_agreement__on_its_way__is_changed_refused_once_and_paid_anew(self, played: Played) -> None:
        found = played.read(f"/v1/agreements/{played.report['agreement']['number']}")
        (change,) = found["changes"]
        assert (change["reason"], change["before"], change["value"]) == (
            "quantity",
            found["original"],
            found["value"],
        )
        deliveries = [each for each in found["milestones"] if each["kind"] == "delivery"]
        assert [(each["status"], each["refusals"], each["late"]) for each in deliveries] == [
            ("Accepted", 0, False), ("Accepted", 1, False),
        ]  # fmt: skip
        back = [each for each in found["payments"] if each["reversedAt"]]
        assert [each["milestone"] for each in back] == [6] and len(found["payments"]) == len(INSTALMENTS) + 1
        ratings = played.read(f"/v1/agreements/{found['number']}/ratings")["items"]
        assert {(each["citizen"], each["rating"]) for each in ratings} == {(False, 4), (True, 3)}

    def test_table__of_the_whole_life__has_every_event_with_its_block(self, played: Played) -> None:
        (start,) = [
            place
            for place, line in enumerate(played.lines)
            if line.split() == ["block", "day", "who", "what"]
        ]
        lines = [
            line.split("  ") for line in played.lines[start + 1 :] if line[:9].strip("0123456789- ") == ""
        ]
        told = Counter[str]()
        for line in lines:
            told["lines"] += 1
            told["events"] += int(line[-1].rsplit("(", 1)[1].rstrip(")")) if line[-1].endswith(")") else 1
        feed = played.read(f"/v1/events?tender={played.report['tender']}&limit=1000")["items"]
        assert told["events"] == len(feed) and told["lines"] < len(feed)
        # Each event has its words; the name of an event would have a capital inside.
        assert [line[-1] for line in lines if re.search("[a-z][A-Z]", line[-1])] == []
        text = "\n".join(played.lines)
        for event in ("PaymentReversed", "AgreementCompleted"):
            (happened,) = played.events(event)
            assert f"\n{happened['block']:>9}  {happened['time'][:10]}  approver  " in text

    def test_files__that_it_leaves__are_whole_and_agree(self, played: Played) -> None:
        record = json.loads(Path(played.report["record"]).read_text("utf-8"))["records"][0]
        package = json.loads(Path(played.report["release"]).read_text("utf-8"))
        compiled = record["compiledRelease"]
        assert record["ocid"] == played.report["ocid"] and record["releases"] == package["releases"]
        assert merger().create_compiled_release(package["releases"]) == compiled
        tags = {tag for release in record["releases"] for tag in release["tag"]}
        assert {
            "tender", "tenderAmendment", "award", "awardUpdate", "awardCancellation", "contract", "contractAmendment", "implementation",
            "implementationUpdate", "contractTermination",
        } <= tags  # fmt: skip
        (contract,) = compiled["contracts"]
        amounts = [
            Decimal(str(each["value"]["amount"])) for each in contract["implementation"]["transactions"]
        ]
        assert (len(amounts), sum(amounts)) == (13, Decimal(str(contract["value"]["amount"])))
        folder = Path(played.report["tables"])
        assert {path.stem for path in folder.glob("*.csv")} == set(TABLES)
        with (folder / "transactions.csv").open(encoding="utf-8", newline="") as file:
            assert [Decimal(row["value/amount"].lstrip("'")) for row in csv.DictReader(file)] == amounts

    def test_pictures__of_the_life__tell_its_money_and_its_times(self, played: Played) -> None:
        told = {}
        for path in map(Path, played.report["pictures"]):
            description = ElementTree.fromstring(path.read_text("utf-8")).find(
                "{http://www.w3.org/2000/svg}desc"
            )
            assert description is not None and description.text
            told[path.name] = description.text
        assert set(told) == {"timeline.svg", "money.svg"}
        agreement = played.report["agreement"]
        for name, amount in (
            ("published value", "1311264.00 MXN"),
            ("award", agreement["original"]),
            ("paid", agreement["paid"]),
        ):
            number, currency = amount.split()
            part = next(part for part in told["money.svg"].split("; ") if part.startswith(f"{name}: "))
            assert f"{Decimal(number):,} {currency} from 20" in part
        assert "milestone 2 refused, by approver" in told["timeline.svg"]
        assert "payment 4 reversed, by approver" in told["timeline.svg"]


class TestRebuilt:
    """What anybody reads of the demonstration follows from its blocks alone, byte for byte."""

    def test_index__made_again_by_its_operator__is_the_same(self, played: Played, rebuilt: World) -> None:
        first, again = (Network.index_of(each.network.folder.path) for each in (played.world, rebuilt))
        assert first.head() == again.head()
        require_same(first, again, played.world.network)

    def test_index__made_in_another_database__is_the_same(self, played: Played, tmp_path: Path) -> None:
        network, path = played.world.network, tmp_path / "other.sqlite3"
        publisher = OcdsPublisher(network.publication)
        asked(network, lambda rpc: rebuild(path, rpc, network.deployed, publisher, judge))
        other = Index(Store(path, read_only=True), publisher, judge)
        require_same(Network.index_of(network.folder.path), other, network)

    def test_service__on_the_index_made_again__answers_the_same(self, played: Played, rebuilt: World) -> None:
        ocid, path = played.report["ocid"], played.path
        agreement = f"/v1/agreements/{played.report['agreement']['number']}"
        releases = played.read("/v1/packages?limit=1000")["releases"]
        years = sorted({release["date"][:4] for release in releases})
        files = (f"{kind}-{year}.jsonl" for kind in ("releases", "records") for year in years)
        forms = [
            f"releases={form}&versioned={has}" for form in ("linked", "embedded") for has in ("true", "false")
        ]
        paths = [
            "/v1/packages?limit=1000", "/v1/events?limit=1000", *(f"/v1/bulk/{file}{packed}" for file in files for packed in ("", ".gz")),
            *(f"/v1/bulk/{table}.csv" for table in TABLES), *(f"/v1/records/{ocid}?{form}" for form in forms),
            *(f"/v1/releases/{each['ocid']}/{each['id']}" for each in releases),
            path, agreement, *(f"{path}/{part}" for part in ("timeline", "lots/1", "bids", "votes", "enquiries")), "/v1/suppliers",
        ]  # fmt: skip
        for each in paths:
            ours, theirs = (answered(world.anyone, each) for world in (played.world, rebuilt))
            assert ours == theirs, each

    @pytest.mark.parametrize("feed", FEEDS)
    @given(data=st.data())
    @settings(max_examples=20)
    def test_feed__resumed_anywhere_at_either_service__gives_all_once(
        self, played: Played, rebuilt: World, feed: str, data: st.DataObject
    ) -> None:
        services = st.sampled_from((played.world.anyone, rebuilt.anyone))
        whole, _ = page(played.world.anyone, feed, None, 1000)
        found, after = [], None
        while True:
            items, after = page(data.draw(services), feed, after, data.draw(st.integers(1, 90), "limit"))
            if not items:
                break
            found += items
        assert found == whole
        place = "block" if feed == "events" else "id"
        block = data.draw(st.sampled_from([0, *(int(each[place]) for each in whole)]), "block")
        later = [each for each in whole if int(each[place]) > block]
        assert page(data.draw(services), feed, str(block), 1000)[0] == later

    def test_releases__each__is_canonical_and_keeps_every_rule(self, played: Played) -> None:
        network = played.world.network
        index = Network.index_of(network.folder.path)
        tags = require_lawful(index, network.publication)
        assert tags.total() >= len(index.releases_page(limit=1000).items) > 50

    @pytest.mark.cove
    @pytest.mark.timeout(900)
    def test_package__that_the_demonstration_leaves__has_no_fault(
        self, played: Played, tmp_path: Path
    ) -> None:
        programs = environment_of("cove")
        package = json.loads(Path(played.report["release"]).read_text("utf-8"))
        found = reviewed(programs, package, tmp_path)
        assert (found["count"], found["unique_ocids_count"]) == (len(package["releases"]), 1)
        assert found["extensions"]["is_extended_schema"] and found["extensions"]["invalid_extension"] == {}
        assert found["validation_errors"] == []
        assert found["additional_fields"] == []
        assert found["additional_checks"] == {}
        assert found["additional_closed_codelist_values"] == {}


def require_same(first: Index, second: Index, network: Network) -> None:
    """All that anybody reads of two indexes, and their digests of earlier blocks."""
    ours, theirs = (published(index, network.publication) for index in (first, second))
    assert differing(ours, theirs) == []
    head = first.head()
    assert head is not None
    for block in (head.block // 3, head.block // 2, head.block - 1):
        assert first.digest(block) == second.digest(block)


def answered(caller: Caller, path: str) -> tuple[int, str | None, str | None, bytes]:
    """Status, ETag, Link and body of what there is."""
    reply = caller.get(path)
    assert reply.status == 200, (path, reply.data)
    return reply.status, reply.headers.get("etag"), reply.headers.get("link"), reply.data


def page(caller: Caller, feed: str, after: str | None, limit: int) -> tuple[list[Any], str]:
    """What a page of a feed lists, and where the next one begins."""
    reply = caller.get(f"/v1/{feed}?limit={limit}" + (f"&after={after}" if after else ""))
    items = reply.json[FEEDS[feed]] if reply.status == 200 else []
    following = (
        reply.headers["link"].split("after=")[1].split("&")[0] if feed == "packages" else reply.json["next"]
    )
    return items, following
