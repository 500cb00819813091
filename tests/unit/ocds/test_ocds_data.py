"""The vendored files are what they say they are."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from chain.ocds.profile import EXTENSIONS, data, extension_file, extension_urls, release_schema

pytestmark = pytest.mark.unit

SHA256 = {
    ("schema", "release-schema.json"): "bf18280598c08c9889051a61e1cd39af8e1aebbfb9c260c31be155604026a149",
    (
        "schema",
        "versioned-release-validation-schema.json",
    ): "6d7f759765ac3ebc0059f9aa5d385b8ba54db6834c12a8fd2972c9ed029bdc2a",
    (
        "schema",
        "release-package-schema.json",
    ): "44a9d8d66001af8e44112b45f5cc7923ee2f40f4790e816f90af1782c5885ee5",
    ("samples", "laptops.json"): "c6299023f067f7feb64b8d5ee303407b11fac230f5976a6fdebdfe98bd35f8e8",
    ("samples", "cutter.json"): "47e4fd5803d694e073df2ef2a3fa918f2b012a9d9df1ffde2ae4e3a61a0dc084",
    ("samples", "direct.json"): "4068726f7ebddc3b4a71a08dd6712ee4f427c218e0fc696db939d6878d27766d",
}
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("path", SHA256, ids=lambda path: path[1])
def test_vendored_file__as_shipped__has_the_hash_of_its_origin(path: tuple[str, str]) -> None:
    assert hashlib.sha256(data(*path)).hexdigest() == SHA256[path]


def test_vendored_files__origin__is_named_with_its_licence_in_notice() -> None:
    notice = (ROOT / "NOTICE").read_text()
    assert "Copyright (c) 2014-2017 Open Contracting Partnership" in notice
    assert "no endorsement" in notice
    assert b"BSD 3-Clause License" in data("samples", "LICENSE-ocdskit")


@pytest.mark.parametrize("name", ["laptops", "cutter", "direct"])
def test_sample__reduced__names_no_person(name: str) -> None:
    text = data("samples", f"{name}.json").decode()
    assert not re.search(
        r'"(contactPoint|address|tenderers|awards|contracts|planning|email|telephone)"', text
    )


def test_licita_extension__as_shipped__keeps_merge_rule_and_anchor_forms() -> None:
    patch = json.loads(extension_file("licita", "release-schema.json"))
    anchor = patch["definitions"]["LedgerAnchor"]
    assert patch["definitions"]["Document"]["properties"]["integrity"]["wholeListMerge"] is True
    assert anchor["required"] == ["id", "chain", "block", "event"]
    assert re.fullmatch(anchor["properties"]["id"]["pattern"], "12-DeadlineMoved")


def test_patched_schema__with_extensions__knows_their_fields_and_keeps_the_uri() -> None:
    schema = release_schema()
    assert {"bids", "complaints", "ledgerAnchors"} <= schema["properties"].keys()
    assert {"lots", "enquiries", "cancellationDetails"} <= schema["definitions"]["Tender"][
        "properties"
    ].keys()
    assert schema["id"] == "https://standard.open-contracting.org/schema/1__1__5/release-schema.json"


def test_extension_urls__of_a_package__are_official_or_under_the_publication() -> None:
    urls = extension_urls("https://p.example")
    assert len(urls) == len(EXTENSIONS)
    assert urls[-1] == "https://p.example/v1/extensions/licita/extension.json"
    assert sum("/v1.1.5/extension.json" in url for url in urls) == 3


@pytest.mark.parametrize(("name", "file"), [("licita", "../../secret"), ("no", "extension.json")])
def test_extension_file__unknown__is_not_found(name: str, file: str) -> None:
    with pytest.raises(FileNotFoundError):
        extension_file(name, file)
