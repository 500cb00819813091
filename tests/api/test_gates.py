"""What others make of the published data: another merge, another review, documents from outside."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import ocdsmerge_rs
import pytest

from chain.errors import ocds
from chain.ocds.profile import EXTENSIONS, data, extension_file, release_schema
from scripts import docs
from tests.api.market import market
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
