"""Committees on an embedded network: kept secrets, steps repeated after a crash, a complaint, resharing, and openings by fewer."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chain import Network, Person
from chain.bindings import opening_committee
from chain.errors.contracts import (
    OpeningCommitteeSharesMissing,
    OpeningCommitteeStepRefused,
    OpeningCommitteeTooEarly,
)
from chain.errors.nodes import KeyReadable
from chain.errors.opening import (
    CeremoniesDiffer,
    PageBidForeign,
    SeatAbsent,
    SeatNotHeld,
    SecretsNeeded,
    ShareNotHeld,
    SharesConcentrated,
    SharesFileWrong,
)
from chain.errors.sealing import DealtBoxUnreadable, KeysetMismatch, LockedFileRefused
from chain.procurement.committee import SeatHolder, SeatKeeper
from chain.procurement.desk import LiveDesk
from chain.procurement.opening import PageFile, SharesFile
from chain.procurement.sealed import Ceremony
from chain.procurement.sealed_events import EventSealed
from chain.procurement.sealed_live import LiveSealed
from chain.procurement.tender import Tender
from chain.sealing.group import add, multiply
from chain.sealing.seat import Seat
from chain.seats import RANDOM_PASSPHRASE_COST, FolderStore, refuse_concentration
from chain.types import TenderStatus, from_hex

pytestmark = pytest.mark.network

OPENERS = ("opener1", "opener2", "opener3")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network.start("sandbox", tmp_path_factory.mktemp("committee") / "net") as net:
        yield net


def keyset_of(net: Network) -> bytes:
    return from_hex(net.descriptor.defaults.keyset)


def decide(net: Network, *phrases: str) -> list[str]:
    """A resolution, from proposal to execution; names of its events."""
    one, two, three = net.people("council1", "council2", "council3")
    proposal = net.council.propose("Committee", list(phrases), sender=one, text=f"Why, at {net.now()}")
    net.wait_until(proposal.facts.vote_start + 1)
    for delegate in (one, two, three):
        proposal.vote("for", sender=delegate)
    net.wait_until(proposal.facts.vote_end + 1)
    proposal.report("Nothing was said", sender=one)
    proposal.queue(sender=one)
    net.wait_until(proposal.facts.eta)
    proposal.execute(sender=one)
    return [event.name for event in net.events("OpeningCommittee")]


def newest(net: Network) -> bytes:
    return from_hex(net.events("OpeningCommittee", ("CeremonyOpened",))[-1].args["ceremonyId"])


def holders(net: Network, folder: Path) -> list[tuple[Person, SeatHolder]]:
    """Each opener with a machine of its own: nothing is shared with the sandbox's."""
    return [
        (
            person,
            SeatHolder(
                net, person, FolderStore(folder / person.name, "a passphrase", RANDOM_PASSPHRASE_COST)
            ),
        )
        for person in net.people(*OPENERS)
    ]


MEMBERS = "LICITA-OPENING1,LICITA-OPENING2,LICITA-OPENING3"


def test_founding__a_sandbox__has_a_confirmed_keyset_and_kept_shares(kept: Network) -> None:
    keyset = keyset_of(kept)
    kept.read(opening_committee.require_usable(keyset))
    for person, store in kept.local_seats():
        share = SeatHolder(kept, person, store).share(keyset)
        assert share.keyset_id == keyset
        (file,) = (kept.folder.keys / "seats" / person.name).iterdir()
        assert file.stat().st_mode & 0o077 == 0
        assert share._secret.raw.hex() not in file.read_text()
        assert json.loads(file.read_text())["format"] == "licita/locked/1"


def test_store__other_passphrase_and_readable_file__refused(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, "right", RANDOM_PASSPHRASE_COST)
    store.keep("seat-1", {"a": 1})
    assert store.find("seat-1") == {"a": 1} and store.find("seat-2") is None
    with pytest.raises(LockedFileRefused):
        FolderStore(tmp_path, "wrong", RANDOM_PASSPHRASE_COST).find("seat-1")
    (tmp_path / "seat-1.json").chmod(0o644)
    with pytest.raises(KeyReadable):
        store.find("seat-1")
    for _ in range(2):
        store.drop("seat-1")
    assert list(tmp_path.iterdir()) == []


def test_concentration__as_many_shares_as_open__refused(tmp_path: Path) -> None:
    keyset = "ab" * 32
    for seat in (1, 2):
        folder = tmp_path / f"of seat {seat}"
        folder.mkdir()
        (folder / f"share-{keyset}-{seat}.json").write_text("{}")
        if seat == 1:
            refuse_concentration(tmp_path, {f"0x{keyset}": 2})
    refuse_concentration(tmp_path, {f"0x{keyset}": 3})
    with pytest.raises(SharesConcentrated) as caught:
        refuse_concentration(tmp_path, {f"0x{keyset}": 2})
    assert (caught.value.threshold, caught.value.held) == (2, 2)


def test_ceremony__each_step_repeated_by_a_new_process__one_keyset_and_a_tender_on_it(
    kept: Network, tmp_path: Path
) -> None:
    decide(kept, f"open ceremony of 2 of {MEMBERS}")
    ceremony = newest(kept)
    with pytest.raises(SeatNotHeld):
        SeatHolder(kept, kept.person("buyer"), FolderStore(tmp_path, "x", RANDOM_PASSPHRASE_COST)).join(
            ceremony
        )
    with pytest.raises(SeatAbsent):
        holders(kept, tmp_path)[0][1].deal(ceremony)
    for _ in range(2):
        seats = [holder.join(ceremony) for _, holder in holders(kept, tmp_path)]
    assert [seat.seat for seat in seats] == [1, 2, 3]
    with pytest.raises(OpeningCommitteeStepRefused):
        holders(kept, tmp_path)[0][1].confirm(ceremony)
    for _ in range(3):
        for _, holder in holders(kept, tmp_path):
            holder.deal(ceremony)
    made = holders(kept, tmp_path)
    (keyset,) = {holder.confirm(ceremony) for _, holder in made}
    assert len(list(tmp_path.rglob("seat-*.json"))) == 2, (
        "until all had confirmed, a dealer might have had to answer"
    )
    assert {holder.confirm(ceremony) for _, holder in made[:2]} == {keyset}
    kept.read(opening_committee.require_usable(keyset))
    names = [path.name for path in sorted(tmp_path.rglob("*.json"))]
    assert names == [f"share-{keyset.hex()}-{seat}.json" for seat in (1, 2, 3)]
    acme, beta, buyer = kept.people("acme", "beta", "buyer")
    document = json.loads(kept.samples.path("laptops").read_text())
    tender = kept.tenders.publish({**document, "keysetId": f"0x{keyset.hex()}"}, sender=buyer)
    for who, amount in ((acme, "1000000.00 MXN"), (beta, "990000.00 MXN")):
        tender.bid(amount, sender=who)
    kept.wait_until(tender.opens_at)
    (one, first), (_, second), (three, third) = holders(kept, tmp_path)
    assert tender.opening.share(first, one) == 1
    with pytest.raises(OpeningCommitteeSharesMissing):
        tender.opening.combine(kept.person("citizen"))
    del second  # lost: the others open
    assert tender.opening.share(third, three) == 1
    assert tender.opening.share(third, three) == 0
    assert tender.opening.combine(kept.person("citizen")) == 1
    assert [str(bid.opened[0].amounts[0]) for bid in tender.bids] == ["1000000.00 MXN", "990000.00 MXN"]
    assert tender.status is TenderStatus.AWARDING


def test_ceremony__box_that_cannot_be_read__complaint_ends_it(kept: Network, tmp_path: Path) -> None:
    decide(kept, f"open ceremony of 2 of {MEMBERS}")
    ceremony = newest(kept)
    made = holders(kept, tmp_path)
    for _, holder in made:
        holder.join(ceremony)
    for person, holder in made[:2]:
        assert holder.deal(ceremony) == "publish"
        del person
    assert made[2][1].deal(ceremony) == "send"
    kept.send(opening_committee.send_dealing(ceremony, 1, secrets.token_bytes(240)), made[0][0])
    for _, holder in made[1:]:
        holder.deal(ceremony)
    with pytest.raises(DealtBoxUnreadable) as caught:
        made[1][1].confirm(ceremony)
    assert caught.value.dealer == 1
    made[1][1].complain(ceremony, 1)
    with pytest.raises(OpeningCommitteeStepRefused):
        made[2][1].confirm(ceremony)


def test_resharing__to_other_seats__opens_what_was_sealed_before(kept: Network, tmp_path: Path) -> None:
    buyer, acme = kept.people("buyer", "acme")
    tender = kept.tenders.publish(kept.samples.path("laptops"), sender=buyer)
    tender.bid("777777.77 MXN", sender=acme)
    keyset = keyset_of(kept)
    decide(kept, f"reshare keyset 0x{keyset.hex()} by 1,3 to 2 of {MEMBERS}")
    ceremony = newest(kept)
    seats = [(person, SeatHolder(kept, person, store)) for person, store in kept.local_seats()]
    for _ in range(3):
        for _, holder in seats:
            holder.join(ceremony)
            holder.deal(ceremony)
    (new,) = {holder.confirm(ceremony) for _, holder in seats}
    assert kept.read(opening_committee.acting(keyset)) == new
    kept.wait_until(tender.opens_at)
    assert [str(bid.opened[0].amounts[0]) for bid in tender.open()] == ["777777.77 MXN"]


def test_air_gap__page_in_and_shares_out__opens(kept: Network, tmp_path: Path) -> None:
    buyer, acme = kept.people("buyer", "acme")
    keyset = kept.events("OpeningCommittee", ("KeysetConfirmed",))[-1].args["keysetId"]
    document = json.loads(kept.samples.path("laptops").read_text())
    tender = kept.tenders.publish({**document, "keysetId": keyset}, sender=buyer)
    tender.bid("5.00 MXN", sender=acme)
    kept.wait_until(tender.closes_at)
    with pytest.raises(OpeningCommitteeTooEarly):
        tender.opening.page_file(0)
    kept.wait_until(tender.opens_at)
    page = tender.opening.page_file(0).to_json()
    for person, store in kept.local_seats()[:2]:
        share = SeatHolder(kept, person, store).share(from_hex(keyset))
        file = PageFile.from_json(page).shares(share).to_json()
        tender.opening.post(SharesFile.from_json(file), person)
    assert tender.opening.combine(acme) == 1
    early = json.loads(page) | {"clock": 1}
    for broken in (b"", b"[]", b"{}", json.dumps(early).encode(), page.replace(b"bids", b"bidz")):
        with pytest.raises(SharesFileWrong):
            PageFile.from_json(broken)


def due_and_later(net: Network) -> tuple[Tender, Tender]:
    """Two tenders on one keyset with a bid each, the second ending a day later; the first is due."""
    buyer, acme = net.people("buyer", "acme")
    keyset = net.events("OpeningCommittee", ("KeysetConfirmed",))[-1].args["keysetId"]
    made = []
    for length, amount in ((3600, "5.00 MXN"), (86_400, "9450000.00 MXN")):
        document = json.loads(net.samples.path("laptops", length=length).read_text())
        made.append(net.tenders.publish({**document, "keysetId": keyset}, sender=buyer))
        made[-1].bid(amount, sender=acme)
    net.wait_until(made[0].opens_at)
    return made[0], made[1]


def test_page__envelope_made_from_a_bid_that_is_not_due__gets_no_share(kept: Network) -> None:
    # k shares of U' = U + t G, each less t PK_j, give S of the bid that U is of, whatever tender the page names.
    due, later = due_and_later(kept)
    page = due.opening.page_file(0)
    (other,) = later.opening.pages()[0]
    blinded = add(other.envelope.u, multiply(7))
    (bid,) = page.bids
    honest = SeatHolder(kept, *kept.local_seats()[0]).share(page.keyset_id)
    assert len(page.shares(honest).shares) == 1
    swapped = bid.data[:1] + blinded.compress() + bid.data[34:]
    for wrong in (
        replace(bid, data=swapped),
        replace(bid, data=other.data),
        replace(bid, data=other.data, bidder=other.context.bidder, version=other.context.version),
        replace(bid, version=bid.version + 1),
        replace(bid, data=b""),
    ):
        with pytest.raises(PageBidForeign):
            replace(page, bids=(wrong,)).shares(honest)
    for changed in (
        {"tender": later.number},
        {"separator": bytes(32)},
        {"sealed_to": bytes(32)},
        {"envelope": 1},
    ):
        with pytest.raises(PageBidForeign):
            replace(page, **changed).shares(honest)


def test_page_file__bids_that_are_no_page__is_refused(kept: Network) -> None:
    due, _ = due_and_later(kept)
    page = json.loads(due.opening.page_file(0).to_json())
    (bid,) = page["bids"]
    for bids in (
        [bid, bid],
        [bid | {"index": 32}],
        [bid | {"index": -1}],
        [bid | {"bidder": "0x12"}],
        [bid | {"version": -1}],
    ):
        with pytest.raises(SharesFileWrong):
            PageFile.from_json(json.dumps(page | {"bids": bids}).encode())


class ToldOtherwise(LiveDesk):
    """A node that tells a ceremony otherwise than it is, as ``told`` says."""

    told: Callable[[Ceremony], Ceremony] = staticmethod(lambda ceremony: ceremony)

    def ceremony(self, id: bytes) -> Ceremony | None:
        """What is told."""
        found = super().ceremony(id)
        return None if found is None else self.told(found)


def test_deal__to_keys_that_the_node_put_in_place_of_the_members__is_found_out(
    kept: Network, tmp_path: Path
) -> None:
    decide(kept, f"open ceremony of 2 of {MEMBERS}")
    ceremony, others = newest(kept), holders(kept, tmp_path)[1:]
    person, store = (
        kept.person("opener1"),
        FolderStore(tmp_path / "opener1", "a passphrase", RANDOM_PASSPHRASE_COST),
    )
    desk = ToldOtherwise(kept, person)
    victim = SeatKeeper(desk, store)
    for keeper in (victim, *(holder for _, holder in others)):
        keeper.join(ceremony)
    for keeper in (victim, *(holder for _, holder in others)):
        keeper.deal(ceremony)
    false = Seat.begin(others[0][1].join(ceremony).plan, seat=2, draw=secrets.token_bytes).box_key
    desk.told = lambda told: replace(told, box_keys={**told.box_keys, 2: false})
    with pytest.raises(CeremoniesDiffer):
        victim.deal(ceremony, LiveDesk(kept, person))
    sent = kept.events("OpeningCommittee", ("DealingSent",), ceremony)
    assert 1 not in [event.args["dealer"] for event in sent]
    victim.deal(ceremony)
    for _, holder in others:
        holder.deal(ceremony)
    desk.told = lambda told: told
    with pytest.raises(KeysetMismatch) as caught:
        victim.confirm(ceremony)
    assert caught.value.field == "box keys"
    desk.told = lambda told: replace(told, plan=replace(told.plan, threshold=3))
    for act in (victim.join, victim.deal, victim.confirm, victim.answer_complaint):
        with pytest.raises(KeysetMismatch) as caught:
            act(ceremony)
        assert caught.value.field == "ceremony"


def test_resharing__of_a_retired_keyset__is_ended_for_who_reads_events_too(
    kept: Network, tmp_path: Path
) -> None:
    old = from_hex(kept.events("OpeningCommittee", ("KeysetConfirmed",))[-1].args["keysetId"])
    decide(kept, f"retire keyset 0x{old.hex()}")
    decide(kept, f"reshare keyset 0x{old.hex()} by 1,3 to 2 of {MEMBERS}")
    ceremony = newest(kept)
    seats = [SeatHolder(kept, person, store) for person, store in kept.local_seats()]
    for _ in range(3):
        for holder in seats:
            holder.join(ceremony)
            holder.deal(ceremony)
    (new,) = {holder.confirm(ceremony) for holder in seats}
    live = LiveSealed(kept)
    told = EventSealed(kept.chain_id, kept.deployment.addresses, kept.events)
    for id in (old, new):
        assert told.keyset(id) == live.keyset(id)
    found = told.keyset(new)
    assert found is not None and found.ended and not found.is_usable
    assert [holder.forget(old) for holder in seats] == [1, 1, 1]
    for holder in seats:
        with pytest.raises(ShareNotHeld):
            holder.share(old)
        with pytest.raises(SecretsNeeded):
            holder.forget(new)
