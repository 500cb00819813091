"""Sealed bids in a proof file: verified without a node, and whatever byte of it is changed, the audit names what is wrong.

Hashes, roots, blooms, links and proofs are made again after each change, so that nothing but the rules of sealed bids can catch it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chain.audit import Header, Receipt, Verified, item_of, verify_item
from chain.audit.bundle import Proof, check, verify
from chain.audit.bundle.checking import block_of
from chain.audit.bundle.code import Code
from chain.audit.bundle.manifest import Manifest
from chain.audit.bundle.reading import headers_in, headers_text
from chain.audit.place import NOWHERE
from chain.audit.receipt import Log, bloom_of, receipts_root
from chain.audit.run import governance, run
from chain.bindings import opening_committee
from chain.commands import audit
from chain.errors.audit import AuditRefusal
from chain.errors.contracts import OpeningCommitteeTooEarly
from chain.network import Network
from chain.procurement.committee import SeatHolder
from chain.procurement.tender import Tender
from chain.rules import canonical
from chain.sealing.context import BidContext, domain_separator
from chain.sealing.envelope import read
from chain.transactions import decode_log, send
from chain.types import Event, from_hex
from tests.network.story import asked, proof_of
from tests.network.test_committee import decide, newest

pytestmark = pytest.mark.network

Files = dict[str, bytes]
PRICES = ("1250000.00 MXN", "1190000.00 MXN", "1210000.00 MXN")


@pytest.fixture(scope="module")
def net() -> Iterator[Network]:
    with Network.start("sandbox") as network:
        yield network


@pytest.fixture(scope="module")
def tender(net: Network) -> Tender:
    """Three bids, one of them sent twice; all three seats post; an opener sent its shares too early."""
    (buyer,) = net.people("buyer")
    made = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    bidders = net.people("acme", "beta", "gamma")
    made.bid("1300000.00 MXN", sender=bidders[0])
    for price, bidder in zip(PRICES, bidders, strict=True):
        made.bid(price, sender=bidder)
    too_early(net, made)
    net.wait_until(made.opens_at)
    made.open()
    (person, store) = net.local_seats()[2]
    made.opening.share(SeatHolder(net, person, store), person)
    return made


def too_early(net: Network, tender: Tender) -> None:
    """An opener whose own program sends its shares at once; no door of ours would."""
    person, store = net.local_seats()[1]
    keyset = net.descriptor.defaults.keyset
    share = SeatHolder(net, person, store).share(from_hex(keyset))
    separator = domain_separator(31337, net.deployment.addresses["BidBox"])
    last = {event.args["index"]: event.args for event in net.events("BidBox", ("BidSealed",), tender.id)}
    entries = []
    for args in last.values():
        context = BidContext(separator, tender.id, 0, args["bidder"], args["version"], from_hex(keyset))
        envelope = read(from_hex(args["sealedEnvelope"]), context)
        made = share.open(context.ctx, envelope.u, secrets.token_bytes)
        entries.append(made.entry(envelope.u, envelope.label(context)))
    call = opening_committee.post_shares(tender.id, 0, 0, share.seat, entries)
    with pytest.raises(OpeningCommitteeTooEarly):
        asked(net, lambda rpc: send(rpc, net.deployment.addresses, call, person.key, nudge=net.nudge))


@pytest.fixture(scope="module")
def proof(net: Network, tender: Tender) -> Proof:
    return proof_of(net, tender.number)


# As it is


def test_verify__proof_of_an_opening__tells_every_amount_without_a_node(proof: Proof, tmp_path: Path) -> None:
    path = proof.write(tmp_path / "proof.zip")
    said = "\n".join(verify(path, head=proof.head).lines)
    for price in PRICES:
        assert f"lot 1 {price}" in said
    assert "2 of 3 seats (1 LICITA-OPENING1, 2 LICITA-OPENING2, 3 LICITA-OPENING3)" in said
    assert "recomputed from a founding ceremony" in said
    result = CliRunner().invoke(audit, ["verify", str(path), "--head", proof.head])
    assert (result.exit_code, result.output.strip()) == (0, said)
    shown = json.loads(
        CliRunner().invoke(audit, ["verify", str(path), "--head", proof.head, "--json"]).output
    )
    bids = shown["openings"]["bids"]
    assert [bid["envelopes"][0]["amounts"] for bid in bids] == [[price] for price in PRICES]
    assert [(bid["version"], bid["verdict"]) for bid in bids] == [(2, "opened"), (1, "opened"), (1, "opened")]
    assert [share["seat"] for share in shown["openings"]["shares"]] == [1, 2, 3]


def test_run__whole_chain__recomputes_the_opening_and_names_who_sent_shares_early(
    net: Network, tender: Tender
) -> None:
    report = asked(net, lambda rpc: run(rpc, net.deployment, net.publication))
    person, _ = net.local_seats()[1]
    (warning,) = [text for text in report.warnings if text.startswith("early share")]
    assert f"{person.address} (LICITA-OPENING2) sent shares of seat 2 in tender {tender.number}" in warning
    assert "3 of 3 shares hold" in warning
    (opening,) = report.facts["openings"].values()
    assert opening["early"][0]["account"] == person.address
    assert "1 ceremonies, 1 confirmed keysets recomputed from their messages" in report.lines
    assert any("9 shares, each proved; 3 envelopes opened again" in line for line in report.lines)


def test_governance__founding_ceremony__is_shown_as_founding(net: Network, tender: Tender) -> None:
    report = asked(net, lambda rpc: governance(rpc, net.deployment, net.publication))
    assert [each["event"] for each in report.facts["founding"]].count("CeremonyOpened") == 1
    assert any("CeremonyOpened" in line and "by the sandbox's founder" in line for line in report.lines)


# One byte of each class


def in_word(event: Event, value: int, data: bytes) -> int:
    """Place of the last byte of a number in a log's data."""
    return data.index(value.to_bytes(32, "big")) + 31


def in_envelope(offset: int) -> Callable[[Event, bytes], int]:
    """Place of a byte of the sealed envelope."""
    return lambda event, data: data.index(from_hex(event.args["sealedEnvelope"])) + offset


def in_share(place: int) -> Callable[[Event, bytes], int]:
    return lambda event, data: in_word(event, int(event.args["shares"][place]), data)


def in_bytes(argument: str) -> Callable[[Event, bytes], int]:
    """Place of the first byte of an argument."""
    return lambda event, data: data.index(from_hex(event.args[argument]))


def in_key(event: Event, data: bytes) -> int:
    return in_word(event, int(event.args["keys"][1]["x"]), data)


CLASSES: dict[str, tuple[str, int, Callable[[Event, bytes], int], str]] = {
    "share": ("SharesPosted", 0, in_share(4), "unlawful-OpeningCommitteeSharePointInvalid"),
    "share's proof": ("SharesPosted", 1, in_share(7), "unlawful-OpeningCommitteeShareInvalid"),
    "late share's proof": ("SharesPosted", 2, in_share(2), "unlawful-OpeningCommitteeShareInvalid"),
    "head word": ("BidSealed", 1, in_envelope(68 + 32 + 5), "unlawful-BidBoxProofInvalid"),
    "commitment word": ("BidSealed", 2, in_envelope(68), "unlawful-BidBoxProofInvalid"),
    "body": ("BidSealed", 3, in_envelope(68 + 64 + 64 + 100), "unlawful-BidBoxProofInvalid"),
    "replaced bid's body": ("BidSealed", 0, in_envelope(68 + 64 + 64 + 100), "unlawful-BidBoxProofInvalid"),
    "envelope's proof": ("BidSealed", 1, in_envelope(68 + 64 + 40), "unlawful-BidBoxProofInvalid"),
    "envelope's point": ("BidSealed", 1, in_envelope(1), "unlawful-BidBoxProofInvalid"),
    "seal": ("BidSealed", 1, in_bytes("seal"), "event-BidSealed:seal"),
    "S": ("BidOpened", 0, lambda event, data: in_word(event, int(event.args["s"]["x"]), data), "event-BidOpened:s"),
    "amount": ("BidOpened", 1, lambda event, data: in_word(event, int(event.args["amounts"][0]), data), "event-BidOpened:amounts"),
    "document's hash": ("BidOpened", 2, in_bytes("docCommit"), "event-BidOpened:docCommit"),
    "dealing": ("DealingPublished", 0, in_bytes("message"), "unlawful-OpeningCommitteeCommitmentMismatch"),
    "commitment": ("DealingCommitted", 0, lambda event, data: 0, "unlawful-OpeningCommitteeCommitmentMismatch"),
    "box": ("DealingSent", 0, in_bytes("boxes"), "event-KeysetRegistered:transcript"),
    "key of a seat": ("KeysetRegistered", 0, in_key, "event-KeysetRegistered:keysetId"),
}  # fmt: skip
"""What is changed -> event, which one, place of the byte in its data, the rule that names it."""


class Forge:
    """A bundle taken apart, so that a log can be changed and everything above it made again."""

    def __init__(self, files: Files) -> None:
        self.files, self.manifest = dict(files), Manifest.read(files)
        self.headers = headers_in(files)
        numbers = range(sum(name.startswith("items/") for name in files))
        self.items = [json.loads(files[f"items/{number}.json"]) for number in numbers]
        code = json.loads(files["code.json"])["contracts"]
        self.contracts = {from_hex(each["address"]): name for name, each in code.items()}

    def bodies(self) -> dict[int, list[Verified]]:
        found: dict[int, list[Verified]] = {}
        for item in self.items:
            header = self.headers[item["block"]]
            proved = verify_item(header, item, self.manifest.chain_id)
            found.setdefault(item["block"], []).append(
                Verified(proved.index, proved.transaction, proved.receipt, 0)
            )
        for number, body in found.items():
            block_of(self.headers[number], [(one.transaction, one.receipt) for one in body])
        return found

    def event(self, log: Log) -> Event | None:
        contract = self.contracts.get(log.address)
        if contract is None:
            return None
        return decode_log(
            contract, "0x" + log.address.hex(), log.topics, log.data, block=0, time=0, transaction="0x", tx_index=0, log_index=0
        )  # fmt: skip

    def changed(self, name: str, nth: int, place: Callable[[Event, bytes], int]) -> Files:
        """The bundle with one byte of one log changed."""
        bodies, seen = self.bodies(), 0
        for number, body in bodies.items():
            for at, one in enumerate(body):
                for i, log in enumerate(one.receipt.logs):
                    event = self.event(log)
                    if event is None or event.name != name:
                        continue
                    if seen == nth:
                        data = bytearray(log.data)
                        data[place(event, log.data)] ^= 1
                        logs = (
                            *one.receipt.logs[:i],
                            replace(log, data=bytes(data)),
                            *one.receipt.logs[i + 1 :],
                        )
                        body[at] = replace(one, receipt=replace(one.receipt, logs=logs))
                        return self.made(bodies, number)
                    seen += 1
        raise LookupError(name)

    def made(self, bodies: dict[int, list[Verified]], number: int) -> Files:
        """Everything above the body of a block again: its roots, its bloom, all links after it, the items, the manifest."""
        receipts: Sequence[Receipt] = [one.receipt for one in bodies[number]]
        header = self.headers[number]
        chain: list[Header] = self.headers[:number]
        bloom = bloom_of(log for receipt in receipts for log in receipt.logs)
        chain.append(replace(header, receipts_root=receipts_root(receipts), logs_bloom=bloom))
        for later in self.headers[number + 1 :]:
            chain.append(replace(later, parent_hash=chain[-1].hash()))
        files = {**self.files, "headers.jsonl": headers_text(chain)}
        places: dict[int, int] = {}
        for place, item in enumerate(self.items):
            at = places.setdefault(item["block"], 0)
            places[item["block"]] += 1
            made = item_of(chain[item["block"]], bodies[item["block"]], at, item["logs"])
            files[f"items/{place}.json"] = canonical(made)
        del files["manifest.json"]
        files["manifest.json"] = replace(self.manifest, head=chain[-1].hash()).text(files)
        return files


@pytest.mark.parametrize("what", CLASSES)
def test_check__byte_of_each_class_changed_and_all_hashes_made_again__is_named(
    proof: Proof, what: str
) -> None:
    name, nth, place, rule = CLASSES[what]
    with pytest.raises(AuditRefusal) as refused:
        check(Forge(dict(proof.files)).changed(name, nth, place))
    assert refused.value.rule == rule
    assert refused.value.place.startswith("items/") and "/receipt/logs/" in refused.value.place


def test_check__bundle_taken_apart_and_made_again__is_the_same(proof: Proof) -> None:
    forge = Forge(dict(proof.files))
    bodies = forge.bodies()
    assert forge.made(bodies, max(bodies)) == dict(proof.files)


@pytest.mark.parametrize(
    ("contract", "rule"), [("BidBox", "bid-facts"), ("OpeningCommittee", "opening-record")]
)
def test_check__storage_proof_of_another_value__is_refused(
    net: Network, tender: Tender, proof: Proof, contract: str, rule: str
) -> None:
    """The records that awards will be computed from; a bundle whose log says otherwise than the state is refused."""
    checked = check(dict(proof.files))
    slots: Any = checked.story.slots(tender.number)
    assert len(slots[contract]) == 3 and all(slots[contract].values())
    code = Code.read(json.loads(proof.files["code.json"]), NOWHERE)
    other = {**slots, contract: {slot: value ^ 1 for slot, value in slots[contract].items()}}
    with pytest.raises(AuditRefusal) as refused:
        code.check_code(checked.headers[-1], other)
    assert refused.value.rule == rule


# A committee that changes


def test_run__keyset_reshared_by_a_resolution__is_decided_and_opens(net: Network, tmp_path: Path) -> None:
    buyer, acme = net.people("buyer", "acme")
    other = net.tenders.publish(net.samples.path("laptops"), sender=buyer)
    other.bid("777777.77 MXN", sender=acme)
    keyset = net.descriptor.defaults.keyset
    decide(net, f"reshare keyset {keyset} by 1,3 to 2 of LICITA-OPENING1,LICITA-OPENING2,LICITA-OPENING3")
    ceremony = newest(net)
    seats = [SeatHolder(net, person, store) for person, store in net.local_seats()]
    for _ in range(3):
        for holder in seats:
            holder.join(ceremony)
            holder.deal(ceremony)
    (new,) = {holder.confirm(ceremony) for holder in seats}
    net.wait_until(other.opens_at)
    other.open()
    report = asked(net, lambda rpc: governance(rpc, net.deployment, net.publication))
    (decided,) = [each for each in report.facts["changes"] if each["event"] == "CeremonyOpened"]
    assert decided["proposal"] is not None
    proof = proof_of(net, other.number)
    verdict = verify(proof.write(tmp_path / "proof.zip"), head=proof.head)
    assert verdict.report.facts["openings"]["keyset"]["acting"]["id"] == "0x" + new.hex()
    assert "lot 1 777777.77 MXN" in "\n".join(verdict.lines)
