"""The recorder on real contracts and a real node: the index says what the contracts say, followed or rebuilt."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from eth_hash.auto import keccak

from chain.bindings import (
    consultation,
    council,
    member_registry,
    procedure_book,
    supplier_registry,
    tender_board,
)
from chain.charter import charter
from chain.errors.contracts import TenderBoardNotFound, TenderBoardRoleMissing
from chain.errors.nodes import ChainUnreachable
from chain.ocds.publication import Publication
from chain.procurement.procedure import preset
from chain.publication import OcdsPublisher, judge
from chain.recorder import Head, Recorder, rebuild
from chain.recorder.index.views import ListedTender
from chain.rpc import HttpTransport, Rpc
from chain.rules import canonical, member_id, tender_id
from chain.rules.council import proposal_state
from chain.rules.facts import MemberFacts, PersonFacts, SupplierFacts, tender_facts
from chain.transactions import Call, gas_for, read, send, sign, unsigned
from chain.types import DecisionClass, ProposalState, Role, TenderStatus
from tests.published import contents
from tests.stage import ADDRESSES, BUYER, KEYS, Stage, close_stage, open_stage, request, tender

pytestmark = [pytest.mark.network, pytest.mark.timeout(120)]

PATIENCE = 30.0
QUESTION = canonical({"description": "?", "title": "delivery"}).decode()
ANSWER = canonical({"answer": "yes"}).decode()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A node with the contracts, ended after the test."""
    made = await open_stage(tmp_path / "net")
    yield made
    await close_stage(made)


@pytest.fixture
async def recorder(stage: Stage, tmp_path: Path) -> AsyncIterator[Recorder]:
    """A running recorder with the OCDS publisher."""
    rpc = Rpc(HttpTransport(stage.anvil.rpc_url))
    made = stage.recorder(tmp_path / "db", rpc=rpc, publisher=publisher(stage), check=judge)
    await made.start()
    yield made
    await made.stop()
    await rpc.close()


def publisher(stage: Stage) -> OcdsPublisher:
    """The publisher of the stage's network."""
    return OcdsPublisher(Publication(stage.deployed.chain_id))


async def done(recorder: Recorder, call: Call, key: str, actor: str = "buyer") -> Any:
    """The operation of a call once it is final."""
    accepted = await recorder.accept(request(call, key, actor))
    return await recorder.wait(accepted.operation.id, PATIENCE)


async def followed(recorder: Recorder, stage: Stage) -> None:
    """Returns when the index holds the node's head."""
    head = int(await stage.anvil.rpc.call("eth_blockNumber"), 16)
    async with asyncio.timeout(PATIENCE):
        while (recorder.index.head() or Head(-1, "", 0)).block < head:  # noqa: ASYNC110 -- polled by the recorder too
            await asyncio.sleep(0.01)


async def play(recorder: Recorder, stage: Stage) -> None:
    """A story with every event of TenderBoard, and texts that the API would never send."""
    assert (await done(recorder, stage.publish("one"), "one")).state == "recorded"
    assert (await done(recorder, stage.publish("two", deadline=stage.now + 200), "two")).state == "recorded"
    assert (await done(recorder, stage.publish("three"), "three")).state == "recorded"
    one = recorder.index.tender(1)
    assert one is not None
    terms, text = tender(one.terms.deadline + 50, "one, changed")
    amend = tender_board.amend(tender_id(1), one.facts.terms_hash, terms.as_tuple(), text)
    assert (await done(recorder, amend, "amend")).state == "recorded"
    ask = tender_board.ask(tender_id(1), b"\1" * 32, QUESTION)
    assert (await done(recorder, ask, "ask", "acme")).state == "recorded"
    assert (await done(recorder, tender_board.answer(tender_id(1), 1, ANSWER), "answer")).state == "recorded"
    assert (
        await done(recorder, tender_board.ask(tender_id(3), b"\2" * 32, "nonsense"), "odd", "acme")
    ).state == "recorded"
    cancel = tender_board.cancel(tender_id(3), 0, 1, hashlib.sha256(b"order").digest())
    assert (await done(recorder, cancel, "cancel")).state == "recorded"
    for number, bad in enumerate(
        ("not json", "[]", '{"b":1,"a":1}', '{"a":' + "9" * 400 + "}", "[" * 5_000, '"\\ud800"')
    ):
        past = replace(stage.publish(f"bad {number}"), args=(*stage.publish(f"bad {number}").args[:2], bad))
        assert (await done(recorder, past, f"bad {number}")).state == "recorded"
    await stage.anvil.advance_to(stage.now + 300)
    await followed(recorder, stage)


async def decide(recorder: Recorder, stage: Stage) -> None:
    """The council adopts a procedure, suspends a member urgently and confirms it; a proposal is cancelled and one is lost."""
    at = stage.deployed.addresses
    sandbox = preset("sandbox")
    suspended = await stage.anvil.clock() + 86_400
    adopt = procedure_book.adopt(sandbox.version(2).as_tuple(), sandbox.text)
    expel = member_registry.expel(member_id("LICITA-WITNESS"))
    suspend = member_registry.suspend_now(member_id("LICITA-COUNCIL4"), suspended)
    first = proposed(at, adopt, "first")

    async def act(call: Call, actor: str) -> None:
        found = await done(
            recorder, call, f"{call.function} {actor} {hashlib.sha256(call.data).hexdigest()}", actor
        )
        assert found.state == "recorded", found

    async def later(number: int, step: int) -> None:
        """To the end of the consultation (0), of the vote (1) or of the delay (2) of a proposal."""
        row = recorder.index.council.proposal(number)
        assert row is not None
        ends = (row.facts.vote_start, row.facts.vote_end, row.facts.eta)
        await stage.anvil.advance_to(max(ends[step], await stage.anvil.clock()) + 1)
        await followed(recorder, stage)

    async def decided(number: int, content: tuple[Any, ...], voters: int) -> None:
        await later(number, 0)
        for voter in range(1, voters + 1):
            await act(council.cast_vote_with_reason(number, 1, f"reason {voter}"), f"council{voter}")
        await later(number, 1)
        hashed = (*content[:3], bytes(keccak(content[3].encode())))
        await act(council.queue(*hashed), "acme")
        await later(number, 2)
        await act(council.execute(*hashed), "citizen")

    await act(council.propose(*first), "council1")
    await act(consultation.comment(b"\1" * 32, 1, b"\2" * 32), "acme")
    await act(consultation.anchor(1, 0, b"\3" * 32, 5), "auditor")
    await act(consultation.hide(1, b"\2" * 32, b"\4" * 32), "auditor")
    await later(1, 0)
    await act(consultation.report(1, b"\5" * 32), "council1")
    await decided(1, first, 3)
    urgent, confirmation = (
        proposed(at, suspend, "urgent"),
        proposed(at, council.confirm_urgency(2), "not json"),
    )
    await act(council.propose_urgently(urgent, confirmation), "council2")
    await decided(2, urgent, 4)
    await decided(3, confirmation, 3)
    own = proposed(at, expel, "own")
    await act(council.propose(*own), "council3")
    await act(council.cancel(*own[:3], bytes(keccak(own[3].encode()))), "council3")
    await act(council.propose(*proposed(at, expel, "lost")), "council3")
    await later(5, 0)
    await act(council.cast_vote(5, 0), "council3")
    await act(council.cast_vote(5, 2), "council1")
    await later(5, 1)


def proposed(at: Mapping[str, str], call: Call, title: str) -> tuple[list[str], list[int], list[bytes], str]:
    """A proposal of one call; its description is canonical but for one that is not."""
    description = title if title == "not json" else canonical({"title": title}).decode()
    return [at[call.contract]], [0], [call.data], description


async def test_council__after_a_story__the_index_equals_the_contracts(
    stage: Stage, recorder: Recorder
) -> None:
    await decide(recorder, stage)
    index, rpc, at = recorder.index, stage.anvil.rpc, stage.deployed.addresses
    assert await read(rpc, at, council.proposal_count()) == index.council.count() == 5
    states = []
    for number in range(1, 6):
        row = index.council.proposal(number)
        assert row is not None
        seats, facts = index.council.seats(row.facts.vote_start), row.facts
        assert tuple(await read(rpc, at, member_registry.seats_at(facts.vote_start))) == seats
        states.append(proposal_state(facts, seats, index.now()))
        assert await read(rpc, at, council.state(number)) == states[-1]
        stored = await read(rpc, at, council.resolution(number))
        in_favour = sum(count << 16 * sector for sector, count in enumerate(facts.in_favour))
        assert stored[7:] == (facts.report_needed, in_favour, facts.against, facts.abstained, facts.member)
        assert await read(rpc, at, council.proposal_eta(number)) == facts.eta
        assert await read(rpc, at, consultation.report_of(number)) == bytes.fromhex(row.report[2:])
        for vote in index.council.votes(number):
            assert await read(rpc, at, council.member_voted(number, bytes.fromhex(vote.member[2:])))
    done_ = ProposalState.EXECUTED
    assert states == [done_, done_, done_, ProposalState.CANCELED, ProposalState.DEFEATED]
    assert index.council.rules() == dict(zip(DecisionClass, charter("sandbox").rules, strict=True))
    first, odd = index.council.proposal(1), index.council.proposal(3)
    assert first is not None and (first.comments, first.text) == (6, {"title": "first"})
    assert odd is not None and not odd.content_ok and odd.confirms == 2
    assert not index.may(ADDRESSES["council4"], Role.DELEGATE)
    assert not await read(rpc, at, member_registry.may(ADDRESSES["council4"], Role.DELEGATE))
    newest = index.newest_procedure("sandbox")
    assert newest is not None and newest.procedure.version == 2
    assert [(row.seq, len(row.validators)) for row in index.council.validators()] == [(0, 4)]


async def test_index__after_a_story__equals_the_contracts(stage: Stage, recorder: Recorder) -> None:
    await play(recorder, stage)
    index, rpc, at = recorder.index, stage.anvil.rpc, stage.deployed.addresses
    count = await read(rpc, at, tender_board.tender_count())
    assert count == 9
    for number in range(1, count + 1):
        row = index.tender(number)
        assert row is not None
        assert row.facts == tender_facts(await read(rpc, at, tender_board.tender_facts(tender_id(number))))
        assert index.status(row) == await read(rpc, at, tender_board.tender_status(tender_id(number)))
    listed = index.tenders().items
    assert [row.number for row in listed] == list(range(count, 0, -1))
    for short in listed:
        full = index.tender(short.number)
        assert full is not None
        assert short == ListedTender(**{each.name: getattr(full, each.name) for each in fields(short)})
    for person in index.people("0x" + BUYER.hex()):
        facts = PersonFacts.from_tuple(await read(rpc, at, member_registry.person_facts(person.address)))
        assert (bytes.fromhex(person.member[2:]), person.roles, person.mandate_end) == (
            facts.member,
            facts.roles,
            facts.mandate_end,
        )
    assert len(index.people("0x" + BUYER.hex())) == 4
    for member in index.members().items:
        found = MemberFacts.from_tuple(
            await read(rpc, at, member_registry.member_facts(bytes.fromhex(member.id[2:])))
        )
        assert (member.sector, member.kinds, member.suspended_until, member.recoveries, member.left) == (
            found.sector, found.kinds, found.suspended_until, found.recoveries, found.left
        )  # fmt: skip
    supplier = index.supplier_of(ADDRESSES["acme"])
    assert supplier is not None
    stored = SupplierFacts.from_tuple(
        await read(rpc, at, supplier_registry.supplier_facts(bytes.fromhex(supplier.id[2:])))
    )
    assert (supplier.active, supplier.version, len(supplier.accounts)) == (
        stored.active,
        stored.version,
        stored.accounts,
    )
    assert index.may(ADDRESSES["buyer"], Role.OFFICER)
    assert not index.may(ADDRESSES["acme"], Role.OFFICER)
    procedure = index.newest_procedure("sandbox")
    assert procedure is not None and procedure.procedure.version == 1


async def test_index__texts_past_the_api__flagged_and_never_fatal(stage: Stage, recorder: Recorder) -> None:
    await play(recorder, stage)
    reasons = [row.reasons for number in range(4, 10) if (row := recorder.index.tender(number))]
    assert [each[0] for each in reasons] == [
        "JsonInvalid", "JsonNotObject", "JsonNotCanonical", "JsonNotCanonical", "JsonTooDeep", "JsonNotObject"
    ]  # fmt: skip
    titles = {row.number: (row.title, row.content_ok) for row in recorder.index.tenders().items}
    assert {number: titles.pop(number)[0] for number in (1, 2, 3)} == {
        1: "one, changed",
        2: "two",
        3: "three",
    }
    assert set(titles.values()) == {("", False)}, "nothing of them is shown in a list"
    question = recorder.index.question(3, 1)
    assert question is not None and question.reasons == ("JsonInvalid",) and question.question == {}
    rows = recorder.index.events(limit=1000).items
    assert sum(any(reason.startswith("Json") for reason in row.reasons) for row in rows) == 7
    assert all(row.content_ok is (not row.reasons) for row in rows)


async def test_feed__time_alone_passes__derived_rows_and_no_gap(stage: Stage, recorder: Recorder) -> None:
    await play(recorder, stage)
    index = recorder.index
    two, three = index.tender(2), index.tender(3)
    assert two is not None and index.status(two) is TenderStatus.FAILED
    assert three is not None and index.status(three) is TenderStatus.CANCELLED
    derived = [row for row in index.events(limit=1000).items if row.derived]
    assert {(row.tender, row.type) for row in derived} == {
        (2, "BiddingClosed"),
        (2, "LotFailed"),
        (3, "TenderCancelled"),
    }
    assert all(row.transaction is None and ".end." in row.cursor for row in derived)
    every = index.events(limit=1000)
    assert every.next == str((index.head() or Head(0, "", 0)).block)
    assert index.events(after=every.next).items == []
    paged, after = [], None
    while True:
        page = index.events(after=after, limit=3)
        paged += page.items
        if len(page.items) < 3:
            break
        after = page.next
    assert paged == list(every.items)
    only = index.events(limit=1000, type="TenderAmended")
    assert [row.tender for row in only.items] == [1] and only.next == every.next
    assert {row.tender for row in index.events(limit=1000, tender=1).items} == {1}
    amended = only.items[0]
    assert index.events_of(amended.transaction or "") == [amended]


async def test_rebuild__from_block_0__byte_equal(stage: Stage, recorder: Recorder, tmp_path: Path) -> None:
    await play(recorder, stage)
    await decide(recorder, stage)
    index = recorder.index
    releases = index.releases_page(limit=1000)
    assert len(releases.items) >= 9
    assert index.records_page(limit=1000).items[-1].startswith("ocds-213czf-")
    middle = (index.head() or Head(0, "", 0)).block // 2
    expected = index.digest(), index.digest(middle)
    rpc = Rpc(HttpTransport(stage.anvil.rpc_url))
    head = await rebuild(tmp_path / "other", rpc, stage.deployed, publisher(stage), judge)
    await rpc.close()
    assert head == index.head()
    second = stage.recorder(tmp_path / "other", publisher=publisher(stage), check=judge)
    assert (second.index.digest(), second.index.digest(middle)) == expected
    assert second.index.releases_page(limit=1000) == releases
    assert second.index.events(limit=1000) == index.events(limit=1000)
    assert contents(second.store) == contents(recorder.store)
    await second.stop()


async def test_write__refused_by_the_contract__named_and_nothing_stored(
    stage: Stage, recorder: Recorder
) -> None:
    with pytest.raises(TenderBoardRoleMissing):
        await recorder.preflight(stage.publish("one"), ADDRESSES["acme"])
    with pytest.raises(TenderBoardNotFound):
        await recorder.preflight(tender_board.answer(tender_id(77), 1, "{}"), ADDRESSES["buyer"])
    assert (await recorder.operations()).items == []
    late = await done(recorder, stage.publish("one"), "refused late", "acme")
    assert (late.state, late.error) == ("reverted", "TenderBoardRoleMissing")
    assert late.facts == {"role": "OFFICER", "who": ADDRESSES["acme"], "source": "replay"}


async def test_write__node_gone__unreachable_by_name(stage: Stage, recorder: Recorder) -> None:
    stage.anvil.stop(5)
    with pytest.raises(ChainUnreachable):
        await recorder.preflight(stage.publish("one"), ADDRESSES["buyer"])


async def test_lost_database__key_repeated__contract_refuses_and_index_knows_the_first(
    stage: Stage, recorder: Recorder, tmp_path: Path
) -> None:
    first = await done(recorder, stage.publish("one"), "one")
    second = stage.recorder(tmp_path / "fresh", rpc=stage.anvil.rpc)
    await second.start()
    again = await done(second, stage.publish("one"), "one")
    assert (again.state, again.error) == ("reverted", "TenderBoardAlreadyRecorded")
    row = second.index.recorded("0x" + BUYER.hex(), str(again.facts["record_id"]))
    assert row is not None and (row.number, row.transaction) == (1, first.transaction)
    await second.stop()


async def test_key__used_elsewhere__parked(stage: Stage, recorder: Recorder) -> None:
    await done(recorder, stage.publish("one"), "one")
    await send(
        stage.anvil.rpc,
        stage.deployed.addresses,
        stage.publish("script"),
        KEYS["buyer"],
        nudge=stage.anvil.nudge,
    )
    await followed(recorder, stage)
    accepted = await recorder.accept(request(stage.publish("two"), "two"))
    async with asyncio.timeout(PATIENCE):
        while recorder.status().lanes["parked"] == 0:  # noqa: ASYNC110 -- the lane does it, which has no event for it
            await asyncio.sleep(0.01)
    assert recorder.status().lanes["parked"] == 1
    assert (await recorder.operation(accepted.operation.id)).state == "queued"


async def test_index__bytes_that_are_no_text__flagged_and_never_fatal(
    stage: Stage, recorder: Recorder
) -> None:
    terms, text = tender(stage.now + 1_000, "x")
    values = list(terms.as_tuple())
    values[2] = b"\xff\xfe\xfd"
    currency = tender_board.publish(b"\1" * 32, tuple(values), text)
    assert (await done(recorder, currency, "currency")).state == "recorded"
    good = tender_board.publish(b"\2" * 32, terms.as_tuple(), text)
    raw = unsigned(
        1,
        stage.deployed.addresses["TenderBoard"],
        _with_bytes(good.data, text),
        gas_for(good),
        stage.deployed.chain_id,
    )
    await stage.anvil.rpc.call("eth_sendRawTransaction", "0x" + sign(raw, KEYS["approver"])[0].hex())
    raw = unsigned(
        0, stage.deployed.addresses["TenderBoard"], good.data, gas_for(good), stage.deployed.chain_id
    )
    await stage.anvil.rpc.call("eth_sendRawTransaction", "0x" + sign(raw, KEYS["approver"])[0].hex())
    await stage.anvil.nudge()
    await followed(recorder, stage)
    first, second, third = (recorder.index.tender(number) for number in (1, 2, 3))
    assert first is not None and not first.content_ok
    assert first.facts == tender_facts(
        await read(stage.anvil.rpc, stage.deployed.addresses, tender_board.tender_facts(tender_id(1)))
    )
    assert second is not None and second.tender == {"items": [{"id": "1"}], "title": "x"}
    assert third is not None and third.reasons == ("TermsHashDiffers",) and third.tender == {}


def _with_bytes(data: bytes, text: str) -> bytes:
    """Calldata with bytes in its text that are no UTF-8, under another record id."""
    record = data[4:36]
    return data.replace(text.encode(), text.encode().replace(b"x", b"\xff")).replace(record, b"\3" * 32)
