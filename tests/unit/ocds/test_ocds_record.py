"""Records and packages: valid, complete, and merged as the standard says; the traps of the merge stay open."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785

from chain.errors.ocds import PackageInvalid, ReleaseIdRepeated
from chain.ocds.patch import changes
from chain.ocds.profile import merger, release_schema
from chain.ocds.publication import Publication
from chain.ocds.record import record, record_package, release_package

pytestmark = pytest.mark.unit

PUBLICATION = Publication(chain_id=31337, publisher="Licita", license="https://licita.example/license")
OCID = "ocds-213czf-1"


def release(number: int, **content: Any) -> dict[str, Any]:
    """A small release."""
    return {
        "ocid": OCID, "id": str(number), "date": f"2027-01-15T08:00:{number:02}Z", "tag": ["tender" if number == 1 else "tenderUpdate"],
        "initiationType": "tender", "language": "es", **content,
    }  # fmt: skip


FIRST = release(
    1, tender={"id": "1", "title": "T", "status": "active", "items": [{"id": "1", "quantity": 5}]}
)
SECOND = release(2, tender={"id": "1", "title": None, "items": [{"id": "1", "quantity": 6}, {"id": "2"}]})


def test_record__of_releases__links_them_oldest_first_and_compiles() -> None:
    made = record(OCID, [FIRST, SECOND], PUBLICATION)
    assert made["releases"] == [
        {"url": f"https://licita.example/v1/releases/{OCID}/1", "date": FIRST["date"], "tag": ["tender"]},
        {
            "url": f"https://licita.example/v1/releases/{OCID}/2",
            "date": SECOND["date"],
            "tag": ["tenderUpdate"],
        },
    ]
    compiled = made["compiledRelease"]
    assert (compiled["id"], compiled["date"], compiled["tag"]) == (
        f"{OCID}-{SECOND['date']}",
        SECOND["date"],
        ["compiled"],
    )
    assert compiled["tender"]["items"] == [{"id": "1", "quantity": 6}, {"id": "2"}]
    assert compiled["tender"].get("title") is None
    assert "versionedRelease" not in made


def test_record__embedded_and_versioned__holds_both() -> None:
    made = record(OCID, [FIRST, SECOND], PUBLICATION, embedded=True, versioned=True)
    assert made["releases"] == [FIRST, SECOND]
    versions = made["versionedRelease"]["tender"]["items"][0]["quantity"]
    assert [version["value"] for version in versions] == [5, 6]


def test_record__made_again__is_the_same_bytes() -> None:
    one, two = (record(OCID, [FIRST, SECOND], PUBLICATION, versioned=True) for _ in range(2))
    assert rfc8785.dumps(one) == rfc8785.dumps(two)


def test_record_package__of_linked_and_of_embedded__is_valid_and_as_new_as_its_newest() -> None:
    for embedded in (False, True):
        made = record(OCID, [FIRST, SECOND], PUBLICATION, embedded=embedded, versioned=True)
        package = record_package([made], "https://licita.example/v1/records/x", PUBLICATION)
        assert package["publishedDate"] == SECOND["date"]


def test_release_package__of_releases__names_extensions_publisher_and_licence() -> None:
    package = release_package([FIRST, SECOND], "https://licita.example/v1/packages?after=1", PUBLICATION)
    assert (package["version"], package["publishedDate"], package["publisher"]) == (
        "1.1",
        SECOND["date"],
        {"name": "Licita"},
    )
    assert package["license"] == "https://licita.example/license"
    assert "https://licita.example/v1/extensions/licita/extension.json" in package["extensions"]
    assert len(package["releases"]) == 2


def test_packages__without_content_or_licence_or_with_a_bad_uri__are_judged() -> None:
    assert "license" not in release_package([FIRST], "https://x.example/", Publication(1))
    with pytest.raises(PackageInvalid):
        release_package([], "https://x.example/", PUBLICATION)
    with pytest.raises(PackageInvalid):
        release_package([FIRST], "no uri", PUBLICATION)
    with pytest.raises(PackageInvalid):
        record_package(
            [
                {
                    "ocid": OCID,
                    "releases": [{"url": "https://x.example/1", "date": "2027-01-15T08:00:00Z"}, FIRST],
                }
            ],
            "https://x.example/",
            PUBLICATION,
        )


def test_merge__equal_dates__would_depend_on_the_order_so_they_are_refused_before() -> None:
    same = {**SECOND, "date": FIRST["date"]}
    titles = [
        merger().create_compiled_release(order)["tender"]["items"][0]["quantity"]
        for order in ([FIRST, same], [same, FIRST])
    ]
    assert titles == [6, 5]


def test_merge__dates_of_other_zones__would_sort_as_text() -> None:
    west = {**FIRST, "date": "2027-01-15T02:00:05-06:00"}
    assert merger().create_compiled_release([SECOND, west])["tender"]["items"][0]["quantity"] == 6


def test_merge__list_of_texts__is_replaced_so_all_roles_are_sent() -> None:
    old = {"parties": [{"id": "a", "roles": ["buyer"]}]}
    new = {"parties": [{"id": "a", "roles": ["buyer", "payer"]}]}
    change = changes(old, new)
    assert change == {"parties": [{"id": "a", "roles": ["buyer", "payer"]}]}
    merged = merger().create_compiled_release([release(1, **old), release(2, **change)])
    assert merged["parties"][0]["roles"] == ["buyer", "payer"]


def test_merge__another_supplier_in_the_same_award__would_add_to_it() -> None:
    one = release(1, awards=[{"id": "1", "suppliers": [{"id": "a"}]}])
    two = release(2, awards=[{"id": "1", "suppliers": [{"id": "b"}]}])
    assert len(merger().create_compiled_release([one, two])["awards"][0]["suppliers"]) == 2


def test_merge__object_left_out__stays() -> None:
    less = release(2, tender={"id": "1", "items": [{"id": "2"}]})
    assert len(merger().create_compiled_release([FIRST, less])["tender"]["items"]) == 2


def test_merge__null__removes_and_an_empty_list_does_not() -> None:
    gone = release(2, tender={"id": "1", "title": None, "items": []})
    tender = merger().create_compiled_release([FIRST, gone])["tender"]
    assert "title" not in tender or tender["title"] is None
    assert tender["items"] == [{"id": "1", "quantity": 5}]


def test_merge__integrity_of_a_document__is_replaced_as_a_whole() -> None:
    def with_hash(number: int, digest: str) -> dict[str, Any]:
        integrity = [{"scheme": "sha256", "id": digest}]
        return release(number, tender={"id": "1", "documents": [{"id": "d", "integrity": integrity}]})

    merged = merger().create_compiled_release([with_hash(1, "a"), with_hash(2, "b")])
    assert merged["tender"]["documents"][0]["integrity"] == [{"scheme": "sha256", "id": "b"}]


def test_record__id_repeated_in_an_array__is_refused_before_the_merge() -> None:
    with pytest.raises(ReleaseIdRepeated):
        record(
            OCID,
            [release(1, tender={"id": "1", "items": [{"id": "1"}, {"id": "1", "quantity": 2}]})],
            PUBLICATION,
        )


def test_merger__with_the_patched_schema__knows_the_rules_of_the_extensions() -> None:
    assert ("tender", "documents", "integrity") in merger().merge_rules
    assert "enquiries" in release_schema()["definitions"]["Tender"]["properties"]
