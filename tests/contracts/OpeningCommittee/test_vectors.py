"""vectors.tree: the vectors of the sealed bids, replayed on a node of their own.

Every argument is compared, times too: the windows of the replay are those that the refusals name. Two things differ from how the
vectors came about. Ceremony 5 does not fail by a complaint, since here a dealer that never sent its boxes cannot be complained of: the
three vectors that follow a complaint are refused with the same data by a ceremony that waits. And the gas is another build's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from chain.types import from_hex
from tests.contracts.OpeningCommittee.replay import Replay, accepted, negative, on_chain, vectors
from tests.contracts.sealing import BOX, COMMITTEE, STAND_IN
from tests.contracts.world import Node

pytestmark = pytest.mark.evm

OFFLINE = {
    "dealt-share-wrong",
    "dealt-box-of-another-ceremony",
    "dealt-box-of-another-seat",
    "garbage-body",
    "document-mismatch",
    "padding-not-zero",
    "order-after-substitution",
}
"""No contract sees what is in a box or a body, and none ranks yet: a program refuses these."""


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """The whole flow, once."""
    node = Node(tmp_path_factory.mktemp("vectors"))
    try:
        yield Replay(node).run()
    finally:
        node.stop()


def test_contracts__created_by_the_vectors_key__stand_at_their_addresses(replay: Replay) -> None:
    given = vectors("constants")
    assert replay.world.addresses == {
        STAND_IN: given["addresses"]["TenderBoardAndAwardDeskAndMemberRegistry"],
        BOX: given["addresses"]["BidBox"],
        COMMITTEE: given["addresses"]["OpeningCommittee"],
    }
    assert replay.world.read(BOX, "domainSeparator") == from_hex(given["domain"]["separator"])


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_keyset__of_each_ceremony__as_in_the_vectors(replay: Replay, name: str) -> None:
    ceremony = replay.ceremonies[name]
    result = ceremony["result"]
    facts = replay.world.facts(COMMITTEE, "keyset", from_hex(result["keysetId"]))
    assert facts["threshold"] == ceremony["threshold"]
    assert facts["confirmed"] == len(ceremony["members"])
    assert facts["ceremonyId"] == from_hex(ceremony["ceremonyId"])
    assert facts["parent"] == from_hex(ceremony["parent"])
    assert facts["members"] == tuple(map(from_hex, ceremony["members"]))
    pairs = [result["pk"], *(seat["key"] for seat in result["seats"])]
    points = [(int(text[2:66], 16), int(text[66:], 16)) for text in pairs]
    assert [facts["pk"], *facts["keys"]] == points
    holder = "third" if name == "second" else name
    acting = replay.world.read(COMMITTEE, "acting", from_hex(result["keysetId"]))
    assert acting == from_hex(replay.ceremonies[holder]["result"]["keysetId"])


@pytest.mark.parametrize("name", [each["name"] for each in vectors("calldata")["calls"]])
def test_accepted__each__goes_through(replay: Replay, name: str) -> None:
    receipt = replay.receipts[name]
    assert receipt["status"] == "0x1"
    assert receipt["from"] == accepted(name)["sender"].lower()


def test_opening__of_tender_1__emits_the_vectors_events(replay: Replay) -> None:
    logs = replay.receipts["openPage, seats 1 3 5, page of two bids with three lots"]["logs"]
    found = [{key: log[key] for key in ("address", "topics", "data")} for log in logs]
    given = vectors("calldata")["openingEvents"]
    assert found == [each | {"address": each["address"].lower()} for each in given]


@pytest.mark.parametrize("given", vectors("calldata")["records"], ids=lambda each: each["after"])
def test_records__of_tender_9__as_in_the_vectors(replay: Replay, given: dict[str, object]) -> None:
    live, records = replay.records[str(given["after"])]
    fields = ("bidder", "version", "order", "termsVersion", "status", "index", "live")
    assert live == given["liveBids"]
    assert [dict(zip(fields, (record[0], *record[1:]), strict=True)) for record in records] == [
        each | {"bidder": each["bidder"].lower()}
        for each in given["records"]  # type: ignore[attr-defined]
    ]


@pytest.mark.parametrize("name", on_chain())
def test_refused__each__with_this_very_data(replay: Replay, name: str) -> None:
    assert replay.refusals[name] == negative()[name]["revert"]


def test_refused__all_of_them__met_here_or_offline(replay: Replay) -> None:
    assert len(negative()) == len(vectors("negative")["vectors"]) == 138
    assert set(replay.refusals) == set(on_chain())
    assert set(negative()) - set(on_chain()) == OFFLINE
    assert {each["layer"] for each in negative().values()} == {"evm", "evm and python", "python"}


def test_refused__on_an_evm__each_error_of_the_two_contracts(replay: Replay) -> None:
    met = Counter(data[:10] for data in replay.refusals.values())
    assert set(met) == {each["selector"] for each in vectors("constants")["errors"]}
    assert len(met) == 57
