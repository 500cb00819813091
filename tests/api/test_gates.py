"""What others make of the published data: another merge, another review, red flags, documents from outside."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import ocdsmerge_rs
import pytest

from chain.errors import ocds
from chain.ocds.flags import Settings, by_group, find, process_of
from chain.ocds.flags.reading import compiled
from chain.ocds.flags.settings import R003, R048
from chain.ocds.profile import EXTENSIONS, data, extension_file, release_schema
from scripts import docs
from tests.api.commands import Shell
from tests.api.market import Deal, market
from tests.api.world import World
from tests.docs.pages import environment
from tests.environments import environment_of

pytestmark = pytest.mark.network

TAG = "1__1__5"
SCHEMAS = ("release-schema.json", "release-package-schema.json", "versioned-release-validation-schema.json")
SHIPPED = Path(ocds.__file__).parents[1] / "ocds" / "data" / "samples"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A market of whole lives."""
    with market(tmp_path_factory.mktemp("market")) as world:
        yield world


class TestMerge:
    def test_records__merged_by_another_program__are_equal(self, played: World) -> None:
        rules = ocdsmerge_rs.Merger.get_rules(ocdsmerge_rs.Merger.dereference(release_schema()))
        merger = ocdsmerge_rs.Merger(rules=rules)
        listed = played.anyone.get("/v1/records").json["records"]
        assert len(listed) == 5
        for ocid in (each["ocid"] for each in listed):
            path = f"/v1/records/{ocid}?releases=embedded&versioned=true"
            (record,) = played.anyone.get(path).json["records"]
            assert merger.create_compiled_release(record["releases"]) == record["compiledRelease"]
            assert merger.create_versioned_release(record["releases"]) == record["versionedRelease"]


@pytest.mark.cove
@pytest.mark.timeout(900)
class TestReview:
    """libcoveocds, as a command, with the standard and the extensions as this program ships them, and no way to any other host."""

    def test_releases__of_whole_lives__have_no_fault(self, played: World, tmp_path: Path) -> None:
        programs = environment_of("cove")
        package = played.anyone.get("/v1/packages?limit=1000").json
        assert len(package["releases"]) > 50
        found = reviewed(programs, package, tmp_path)
        assert (found["count"], found["unique_ocids_count"]) == (len(package["releases"]), 5)
        assert (found["extensions"]["is_extended_schema"], found["extensions"]["invalid_extension"]) == (
            True,
            {},
        )
        assert found["validation_errors"] == []
        assert found["additional_fields"] == []
        assert found["additional_checks"] == {}
        assert found["additional_closed_codelist_values"] == {}

    def test_releases__with_faults__are_found(self, played: World, tmp_path: Path) -> None:
        programs = environment_of("cove")
        package = played.anyone.get("/v1/packages?limit=5").json
        package["releases"][0] |= {"unheard": 1, "date": "yesterday"}
        package["releases"][1]["tender"] |= {"title": ""}
        found = reviewed(programs, package, tmp_path)
        assert found["validation_errors"] and found["additional_fields"] and found["additional_checks"]


def reviewed(programs: Path, package: Any, folder: Path) -> Any:
    """What the review says of a package."""
    standard, file = folder / "standard.zip", folder / "package.json"
    write_standard(standard)
    with serving_extensions() as address:
        package["extensions"] = [f"{address}/{name}/extension.json" for name in EXTENSIONS]
        file.write_text(json.dumps(package), "utf-8")
        nowhere = environment(HTTPS_PROXY="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
        done = subprocess.run(
            [programs / "python", "-m", "libcoveocds", "--standard-zip", standard, file],
            cwd=folder, env=nowhere, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def write_standard(path: Path) -> None:
    """The repository of the standard as far as the review reads it: schemas, and a list of codes for each that the schema names."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"standard-{TAG}/", "")
        for name in SCHEMAS:
            file.writestr(f"standard-{TAG}/schema/{name}", data("schema", name))
        for name, codes in codelists(release_schema()).items():
            file.writestr(
                f"standard-{TAG}/schema/codelists/{name}", "\n".join(["Code", *sorted(codes)]) + "\n"
            )


def codelists(schema: Any) -> dict[str, set[str]]:
    """File -> the codes that the schema allows; none of a list that is open."""
    found: dict[str, set[str]] = {}
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        if isinstance(value, dict) and isinstance(value.get("codelist"), str):
            allowed = value.get("enum") or value.get("items", {}).get("enum") or ()
            found.setdefault(value["codelist"], set()).update(code for code in allowed if code is not None)
        for name, codes in codelists(value).items():
            found.setdefault(name, set()).update(codes)
    return found


@contextmanager
def serving_extensions() -> Iterator[str]:
    """Address of the extensions on this machine."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                body = extension_file(*self.path.strip("/").split("/"))
            except (FileNotFoundError, TypeError):
                self.send_error(404)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


CARDINAL: dict[str, Settings] = {
    "R003": Settings(),
    "R003-procurement_method_details-x-5-y-10": Settings(
        r003=R003(procurement_method_details={"x": 5, "y": 10})
    ),
    "R003-procurement_methods-open+selective": Settings(
        r003=R003(procurement_methods=frozenset({"open", "selective"}))
    ),
    "R003-threshold-10": Settings(r003=R003(threshold=10)),
    "R018": Settings(),
    "R024": Settings(),
    "R025": Settings(),
    "R028": Settings(),
    "R030": Settings(),
    "R035": Settings(),
    "R036": Settings(),
    "R038": Settings(),
    "R038-tenderer": Settings(),
    "R048-minimum_contracting_processes-1": Settings(r048=R048(minimum_contracting_processes=1)),
    "R058": Settings(),
}
"""Test of Cardinal -> what its name says to set; all have kinds of procedure to exclude and kinds whose prices do not compare."""


class TestFlags:
    """The red flags of others' data are those that the program of the method finds, and those of ours are what was played."""

    @pytest.mark.samples
    @pytest.mark.parametrize("name", CARDINAL)
    def test_outside__flags_by_another_program__are_equal(self, name: str) -> None:
        found = sorted(Path(os.environ["LICITA_SAMPLES"]).rglob(f"indicators/{name}.expected"))
        if not found:
            pytest.skip("needs samples: the tests/fixtures/indicators of cardinal-rs in LICITA_SAMPLES")
        settings = replace(CARDINAL[name], no_price_comparison=frozenset({"NPC"}))
        releases = compiled(found[0].with_suffix(".jsonl"))
        processes = [each for release in releases if (each := process_of(release, frozenset({"EXC"})))]
        assert processes
        assert by_group(find(processes, settings, [name[:4]])) == json.loads(found[0].read_bytes())

    def test_market__its_records_as_files__raise_what_was_played(self, played: World, tmp_path: Path) -> None:
        shell, records = Shell(played, tmp_path), played.anyone.get("/v1/records?limit=1000").json["records"]
        years = {each["compiledRelease"]["tender"]["tenderPeriod"]["startDate"][:4] for each in records}
        files = [tmp_path / f"records-{year}.jsonl.gz" for year in sorted(years)]
        for file in files:
            shell.done("ocds", "export", file.name, "-o", file)
        # An hour to bid each; beta's bid was lower in both contested ones, whose first award is void again.
        periods = {each["ocid"]: {"R003": 1.0} for each in records}
        assert len(periods) == 5
        buyer = {records[0]["compiledRelease"]["buyer"]["id"]: {"R038": 2 / 10}}
        assert json.loads(shell.alone("ocds", "flags", "--json", *files).stdout) == {
            "OCID": periods | {"ocds-213czf-4": {"R003": 1.0, "R036": 1.0}},
            "Buyer": buyer,
            "ProcuringEntity": buyer,
        }

    @pytest.mark.parametrize(
        ("bids", "codes", "tenderers"),
        [
            # The only tenderer there is lies on the fence of what it won itself.
            ((("acme", "1250000.00 MXN"),), {"R018"}, {"LICITA-ACME": {"R025": 1.0}}),
            (
                (("acme", "1250000.00 MXN"), ("gamma", "1250000.00 MXN")),
                {"R028"},
                {"LICITA-ACME": {"R028": 1.0}, "LICITA-GAMMA": {"R028": 1.0}},
            ),
        ],
    )
    def test_process__with_a_single_bid_or_one_price__is_flagged(
        self, world: World, tmp_path: Path, bids: Any, codes: set[str], tenderers: Any
    ) -> None:
        deal, file = Deal(world, *bids), tmp_path / "record.json"
        ocid = world.tender(deal.number)["ocid"]
        shell = Shell(world, tmp_path)
        shell.done("ocds", "export", ocid, "-o", file)
        found = json.loads(shell.alone("ocds", "flags", "--json", file).stdout)
        assert set(found["OCID"][ocid]) == {"R003", *codes}
        assert found.get("Tenderer", {}) == tenderers


class TestSamples:
    """Documents of others are taken, or refused by name; none makes the service fail."""

    def test_shipped__each__is_taken_or_refused_by_name(self, world: World) -> None:
        assert sent(world, SHIPPED) >= 3

    @pytest.mark.samples
    @pytest.mark.timeout(3600)
    def test_outside__each__is_taken_or_refused_by_name(self, world: World) -> None:
        assert sent(world, Path(os.environ["LICITA_SAMPLES"])) > 0


def sent(world: World, folder: Path) -> int:
    """How many documents below a folder were sent, each as it is and as one to be supplemented."""
    known, count = docs.errors(), 0
    for path in sorted(each for each in folder.rglob("*") if each.suffix in (".json", ".jsonl")):
        raw = path.read_bytes()
        for body in (raw, b'{"ocds":' + raw + b"}"):
            reply = world.buyer.post("/v1/tenders", body, wait=20)
            assert reply.status == 201 or (400 <= reply.status < 500 and reply.json["error"] in known), (
                path, reply.status, reply.data[:500],
            )  # fmt: skip
            for each in reply.json.get("errors", []):
                assert each["error"] and isinstance(each["pointer"], str), path
        count += 1
    return count
