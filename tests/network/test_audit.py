"""chain/audit on a fresh sandbox: the audit of the whole chain, and the proof bundle of a tender; nothing in it can be changed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from chain.audit import Header
from chain.audit.bundle import check, collect, pack, unpack, verify
from chain.audit.bundle.checking import check_trust
from chain.audit.bundle.manifest import Manifest
from chain.audit.bundle.reading import headers_in, headers_text
from chain.audit.run import run
from chain.errors.audit import AuditRefusal, AuditSubjectAbsent, BundleUnreadable
from chain.errors.nodes import RpcError
from chain.network import Network
from chain.rpc import Rpc
from chain.rules import canonical, member_id
from tests.network.story import DOCUMENTS, NOTE, asked, proof_of, story
from tests.recorded import changed, leaves, put

pytestmark = pytest.mark.network

SEED, CHANGES = 20_261_122, 200
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    with story() as network:
        yield network


@pytest.fixture(scope="module")
def files(net: Network) -> Files:
    """The bundle of tender 1, documents included."""
    return dict(proof_of(net, 1).files)


@pytest.fixture(scope="module")
def head(files: Files) -> str:
    """What a verifier knows from elsewhere."""
    return str(json.loads(files["manifest.json"])["head"])


# The whole chain


def len_of(net: Network) -> int:
    """Number of blocks."""
    return int(asked(net, lambda rpc: rpc.call("eth_blockNumber")), 16) + 1


def test_run__whole_chain__is_replayed_and_equal_to_the_state_at_the_head(net: Network) -> None:
    report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
    assert report.facts["tenders"] == len(net.tenders) == 2
    assert (report.facts["block"], report.facts["from"]) == (report.facts["blocks"] - 1, 0)
    assert report.facts["verdict"] == "consistent" and "one development node" in "\n".join(report.lines)
    assert (
        "the same code and the replayed facts, bids, openings, evaluations, awards and agreements at the head"
        in "\n".join(report.lines)
    )
    assert report.warnings == [
        "the chain carries the sandbox mark, a development-only act that is in no block"
    ]


def test_run__index_made_from_the_same_blocks__has_the_same_digest_and_releases(net: Network) -> None:
    net.rebuild_index()
    index = Network.index_of(net.folder.path)
    assert asked(net, lambda rpc: run(rpc, net.deployment, net.publication)).facts["digest"] == index.digest()
    for number in (1, 2):
        package = json.loads(proof_of(net, number).release)
        stored = index.releases(net.publication.ocid(number))
        assert [canonical(release) for release in package["releases"]] == [row.data for row in stored]


def test_run__part_of_the_chain__says_what_it_could_not_replay(net: Network) -> None:
    report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication, 3, 6))
    assert (report.facts["blocks"], report.facts["tenders"], report.facts["digest"]) == (4, 0, None)
    assert any("a replay begins at block 0" in text for text in report.unproved)


def test_run__blocks_that_are_not_there__are_refused(net: Network) -> None:
    with pytest.raises(AuditSubjectAbsent):
        asked(net, lambda rpc: run(rpc, net.deployment, net.publication, 10**6))
    with pytest.raises(AuditRefusal) as refused:
        asked(net, lambda rpc: run(rpc, net.deployment, net.publication, 0, 10**6))
    assert refused.value.place == f"blocks/{len_of(net)}"


def test_run__other_genesis_in_the_deployment__is_refused(net: Network) -> None:
    other = replace(net.deployment, genesis_hash="0x" + "11" * 32)
    with pytest.raises(AuditRefusal) as refused:
        asked(net, lambda rpc: run(rpc, other, net.publication))
    assert refused.value.rule == "trust-genesis"


@pytest.mark.parametrize("contract", ["MemberRegistry", "TenderBoard"])
def test_run_and_collect__deployment_that_names_another_creation__is_refused(
    net: Network, contract: str
) -> None:
    contracts = dict(net.deployment.contracts)
    contracts[contract] = replace(contracts[contract], transaction="0x" + "11" * 32)
    other = replace(net.deployment, contracts=contracts)
    for ask in (
        lambda rpc: run(rpc, other, net.publication),
        lambda rpc: collect(rpc, other, net.publication, 1),
    ):
        with pytest.raises(AuditRefusal) as refused:
            asked(net, ask)
        assert refused.value.rule == "code-creation"


class OlderHead:
    """A node that says it is a block behind, once it was asked for the head, and shows the state of then in place of the one asked for."""

    def __init__(self, rpc: Rpc, code: str | None = None) -> None:
        self._rpc = rpc
        self._code = code
        self._heads = 0

    async def call(self, method: str, *params: Any) -> Any:
        found = await self._rpc.call(method, *params)
        if method != "eth_blockNumber":
            return found
        self._heads += 1
        return found if self._heads == 1 else hex(int(found, 16) - 1)

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        head = await self._rpc.call("eth_blockNumber")
        of_state = ("eth_getProof", "eth_getCode")
        asked = [(name, (*of[:-1], "latest") if name in of_state else of) for name, of in calls]
        found = await self._rpc.batch(asked)
        if self._code is None:
            return found
        answers: list[Any] = []
        for (name, of), answer in zip(calls, found, strict=True):
            hidden = name in of_state and of[-1] == head
            answers.append(
                RpcError(-32_000, "no such state")
                if hidden
                else self._code
                if name == "eth_getCode"
                else answer
            )
        return answers


def test_run__node_that_shows_the_state_of_an_older_block_alone__is_not_consistent(net: Network) -> None:
    """Its contracts may hold anything there: of a block that was read before nothing is compared."""
    with pytest.raises(RpcError) as refused:
        asked(net, lambda rpc: run(OlderHead(rpc, "0x00"), net.deployment, net.publication))
    assert refused.value.message == "no such state"


@pytest.mark.timeout(60)
def test_collect__node_whose_head_goes_back__ends(net: Network) -> None:
    proof = asked(net, lambda rpc: collect(OlderHead(rpc), net.deployment, net.publication, 1))
    assert proof.files == proof_of(net, 1, with_documents=False).files


# A bundle


def test_verify__tender_with_a_desk_s_question_and_a_note__tells_both_in_its_report(
    net: Network, tmp_path: Path
) -> None:
    proof = proof_of(net, 1)
    said = verify(proof.write(tmp_path / "proof.zip"), head=proof.head).report.said
    beta = "0x" + member_id("LICITA-BETA").hex()
    asked = "question 2, asked by the desk of LICITA-REGISTRAR, came from supplier"
    assert f"{asked} {beta}: disclosed by LICITA-REGISTRAR" in said
    assert (
        f"note 1 of LICITA-AUDIT: {json.dumps({'text': NOTE}, ensure_ascii=False, separators=(',', ':'))}"
        in said
    )
    assert [line for line in "\n".join(said).splitlines() if line.startswith("verdict: ")] == [said[-1]]


def test_collect__two_tenders__each_proof_holds_its_own(net: Network, tmp_path: Path) -> None:
    for number, status, word in ((1, "Cancelled", "tenderCancellation"), (2, "Failed", "tenderUpdate")):
        proof = proof_of(net, number)
        path = proof.write(tmp_path / f"{number}.zip")
        verdict = verify(path, head=proof.head)
        assert (verdict.word, verdict.bundle) == ("matches-head", proof.id)
        assert verdict.report.facts["status"] == status
        package = json.loads(proof.release)
        assert {each["ocid"] for each in package["releases"]} == {f"ocds-213czf-{number}"}
        assert [word] in [each["tag"] for each in package["releases"]]
        assert "one development node, no consensus evidence" in "\n".join(verdict.lines)


def test_collect__by_ocid_or_by_transaction__is_the_same_bundle(net: Network) -> None:
    transaction = net.tenders[2].events("TenderPublished")[0].transaction
    assert (
        proof_of(net, 2).pack() == proof_of(net, "ocds-213czf-2").pack() == proof_of(net, transaction).pack()
    )


@pytest.mark.parametrize("subject", [3, 0, "ocds-213czf-3", "ocds-other-1", "0x" + "11" * 32, "tender"])
def test_collect__nothing_of_that_name__is_absent(net: Network, subject: int | str) -> None:
    with pytest.raises(AuditSubjectAbsent):
        proof_of(net, subject)


def test_collect__documents__are_included_on_request_only(net: Network, files: Files) -> None:
    assert {name.partition("/")[2] for name in files if name.startswith("documents/")} == set(DOCUMENTS)
    without = proof_of(net, 1, with_documents=False).files
    assert set(files) - set(without) == {f"documents/{name}" for name in DOCUMENTS}
    assert [entry["size"] for entry in json.loads(without["documents.json"])] == [
        len(next(iter(DOCUMENTS.values()))),
        None,
    ]


def test_verify__head_or_genesis_from_outside__decides_the_verdict(
    files: Files, head: str, tmp_path: Path
) -> None:
    path = tmp_path / "proof.zip"
    path.write_bytes(pack(files))
    genesis = json.loads(files["genesis.json"])["hash"]
    assert verify(path).word == verify(path, genesis=genesis).word == "consistent"
    assert verify(path, head=head, genesis=genesis).word == "matches-head"
    for trusted, rule in (({"head": genesis}, "trust-head"), ({"genesis": head}, "trust-genesis")):
        with pytest.raises(AuditRefusal) as refused:
            verify(path, **trusted)
        assert refused.value.rule == rule


def test_verify__file_that_is_no_bundle__is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_bytes(b"not a zip")
    for path in (tmp_path / "text.zip", tmp_path / "absent.zip", tmp_path):
        with pytest.raises(BundleUnreadable):
            verify(path)


# Every change is refused


def refused(files: Files, head: str) -> AuditRefusal:
    """Why this bundle is refused by who knows the head."""
    with pytest.raises(AuditRefusal) as refusal:
        checked = check(files)
        check_trust(checked.manifest, checked.headers, head, None)
    assert refusal.value.place, refusal.value
    return refusal.value


def remade(files: Files, name: str, content: bytes) -> Files:
    """The bundle with another content of one file, and a manifest that fits it: only a rule can catch it."""
    other = {**files, name: content}
    manifest = Manifest.read(files)
    if name != "manifest.json":
        other["manifest.json"] = manifest.text(
            {each: other[each] for each in other if each != "manifest.json"}
        )
    return other


def within(place: str, name: str) -> bool:
    """Is the place in this file? What the manifest claims is caught where it is compared."""
    return name == "manifest.json" or place.startswith(f"{name}#")


def test_check__any_json_value_changed__is_refused_in_its_file(files: Files, head: str) -> None:
    for name in (name for name in files if name.endswith(".json")):
        value = json.loads(files[name])
        for path, old in leaves(value):
            other = copy.deepcopy(value)
            put(other, path, "x" if old == "" else changed(old))
            refusal = refused(remade(files, name, canonical(other)), head)
            assert within(refusal.place, name), (name, path, refusal)


def test_check__any_json_field_removed_or_added__is_refused_in_its_file(files: Files, head: str) -> None:
    def objects(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            yield value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from objects(inner)

    for name in (name for name in files if name.endswith(".json")):
        count = sum(1 for _ in objects(json.loads(files[name])))
        for number in range(count):
            for added in ({}, {"note": "unproved"}):
                value = json.loads(files[name])
                thing = list(objects(value))[number]
                thing.update(added)
                if thing and not added:
                    del thing[next(iter(thing))]
                refusal = refused(remade(files, name, canonical(value)), head)
                assert within(refusal.place, name), (name, number, refusal)


def another(value: int | bytes) -> int | bytes:
    """A value that fits the field as well as this one."""
    if isinstance(value, int):
        return value + 1
    return bytes((value[0] ^ 1, *value[1:])) if value else b"\1"


def header_changes(header: Header) -> Iterator[Header]:
    """The header with each of its fields changed."""
    for field in fields(Header):
        value = getattr(header, field.name)
        if value is not None:
            change: dict[str, Any] = {field.name: another(value)}
            yield replace(header, **change)


def test_check__any_header_field_changed__is_refused(files: Files, head: str) -> None:
    headers = headers_in(files)
    for number, header in enumerate(headers):
        for other in header_changes(header):
            text = headers_text([*headers[:number], other, *headers[number + 1 :]])
            assert within(refused(remade(files, "headers.jsonl", text), head).place, "headers.jsonl")


def test_check__headers_linked_again_after_a_change__is_refused(files: Files, head: str) -> None:
    headers = headers_in(files)
    manifest = Manifest.read(files)
    for number in (0, len(headers) // 2, len(headers) - 1):
        for other in header_changes(headers[number]):
            chain = [*headers[:number], other]
            for header in headers[number + 1 :]:
                chain.append(replace(header, parent_hash=chain[-1].hash()))
            forged = {**files, "headers.jsonl": headers_text(chain)}
            del forged["manifest.json"]
            forged["manifest.json"] = replace(
                manifest, head=chain[-1].hash(), genesis_hash=chain[0].hash()
            ).text(forged)
            refused(forged, head)


@pytest.mark.parametrize("part", range(3))
def test_check__random_bytes_changed__are_refused_in_their_file(files: Files, head: str, part: int) -> None:
    for name in sorted(files)[part::3]:
        seeded = random.Random(f"{SEED} {name}")
        for _ in range(CHANGES):
            content = bytearray(files[name])
            at = seeded.randrange(len(content))
            content[at] ^= seeded.randrange(1, 256)
            refusal = refused(remade(files, name, bytes(content)), head)
            assert within(refusal.place, name), (name, at, refusal)


def test_verify__random_bytes_of_the_zip_changed__are_refused_or_pack_the_same_files(
    files: Files, head: str, tmp_path: Path
) -> None:
    packed, path = pack(files), tmp_path / "proof.zip"
    seeded = random.Random(SEED)
    for _ in range(CHANGES):
        content = bytearray(packed)
        content[seeded.randrange(len(content))] ^= seeded.randrange(1, 256)
        path.write_bytes(content)
        try:
            verify(path, head=head)
        except (AuditRefusal, BundleUnreadable):
            continue
        # A deflate stream ends with up to seven bits that mean nothing.
        assert unpack(bytes(content)) == dict(files)


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda files: files.pop("documents.json"), "file-missing"),
        (lambda files: files.pop("items/3.json"), "file-missing"),
        (lambda files: files.update({"notes.txt": b"more"}), "file-unknown"),
        (lambda files: files.update({"items/007.json": files["items/7.json"]}), "file-unknown"),
        (lambda files: files.update({"items/99.json": files["items/7.json"]}), "file-missing"),
        (lambda files: files.update({"documents/" + "0" * 64: b"other"}), "document-hash"),
        (lambda files: files.update({"items/0.json": files["items/1.json"], "items/1.json": files["items/0.json"]}), "item-order"),
    ],
)  # fmt: skip
def test_check__files_missing_extra_or_swapped__are_refused(
    files: Files, head: str, edit: Callable[[Files], object], rule: str
) -> None:
    other = dict(files)
    manifest = Manifest.read(files)
    edit(other)
    del other["manifest.json"]
    other["manifest.json"] = manifest.text(other)
    assert refused(other, head).rule == rule


def test_check__last_act_of_the_tender_left_out__is_refused_by_the_blooms(files: Files, head: str) -> None:
    """Items, manifest and the rest may agree: a header tells that its block held something about the tender."""
    items = sorted((name for name in files if name.startswith("items/")), key=lambda name: int(name[6:-5]))
    other = {name: content for name, content in files.items() if name != items[-1]}
    manifest = Manifest.read(files)
    del other["manifest.json"]
    other["manifest.json"] = manifest.text(other)
    refusal = refused(other, head)
    assert refusal.rule == "item-missing" and refusal.place.startswith("headers.jsonl#/")


def test_unpack__packed_bundle__is_the_same(files: Files) -> None:
    assert unpack(pack(files)) == files
    assert pack(files) == pack(dict(reversed(files.items())))
