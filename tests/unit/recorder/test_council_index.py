"""The council's part of the index, from the events of a whole story: rows, reads, when time alone changes a proposal, one digest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from chain.recorder.index.blocks import Block, Indexer, Tx
from chain.recorder.index.digest import forget_above
from chain.recorder.index.reads import Index
from chain.recorder.index.rows import MemoryRows, SqlRows
from chain.recorder.index.views import every
from chain.recorder.schema import idx_council, idx_log, tables
from chain.recorder.store import Store
from chain.rules.applications import application_status
from chain.rules.council import EXPIRY, lacking, proposal_state
from chain.transactions import Call
from chain.types import (
    ZERO32,
    ApplicationStatus,
    DecisionClass,
    Event,
    Kind,
    ProposalState,
    Role,
    Vote,
    to_hex,
)
from tests.unit.council_story import (
    ADDRESSES,
    CHARTER,
    EMERGENCY,
    MEMBERSHIP,
    OTHERS,
    REFERENCE,
    ROUTINE,
    SEATS,
    START,
    TOLD,
    account,
    events_of,
    member,
)  # fmt: skip

pytestmark = pytest.mark.unit

NOTHING = to_hex(ZERO32)
S = ProposalState


def blocks(events: list[Event], start: int = START - 100) -> list[Block]:
    """A block for each transaction, after an empty first one."""
    found: dict[int, list[Event]] = {}
    for event in events:
        found.setdefault(event.block, []).append(event)
    made = [Block(0, "0x0", "0x", start, (), ())]
    for number, listed in found.items():
        sent = Tx(0, listed[0].transaction, account("anyone"), number, 1)
        made.append(
            Block(number, f"0x{number:x}", f"0x{number - 1:x}", listed[0].time, (sent,), tuple(listed))
        )
    return made


STORY = blocks([event for event, _ in events_of(TOLD.txs)])


def indexed(store: Store, given: list[Block]) -> Index:
    """An index that followed these blocks, each in a transaction of its own."""

    def work(block: Block) -> None:
        def write(connection: Connection) -> None:
            rows = SqlRows(connection)
            Indexer(None, lambda *_: ()).apply(block, rows)
            rows.flush()

        asyncio.run(store.write(write))

    for block in given:
        work(block)
    return Index(store, None, lambda *_: ())


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """What the whole story leaves."""
    store = Store(tmp_path_factory.mktemp("council") / "db")
    yield indexed(store, STORY)
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "db")
    yield made
    made.close()


def test_seats__of_members__as_they_were_at_each_time(index: Index) -> None:
    council = index.council
    assert council.seats(START) == (0, 0, 0, 0)
    assert council.seats(START + 1) == (2, 1, 1, 1) == council.seats(index.now() - 1)
    assert council.seats(index.now()) == (1, 1, 1, 1)
    five, buyer = index.member(member("FIVE")), index.member(member("BUYER"))
    assert five is not None and buyer is not None
    assert five.left and not five.has_seat and five.seats == ((START + 1, 1), (index.now(), 0))
    assert not buyer.has_seat and buyer.seats == ()
    assert len(index.members().items) == len(SEATS) + len(OTHERS) + 1


def test_seats__moved_several_times_in_one_block__are_those_of_its_end() -> None:
    rows, indexer = MemoryRows(), Indexer(None, lambda *_: ())
    for block in STORY[:2]:
        indexer.apply(block, rows)
    changes = [
        ("MemberKindsSet", {"member": member("FIVE"), "kinds": int(Kind.BUYER)}),
        ("MemberKindsSet", {"member": member("FIVE"), "kinds": int(Kind.COUNCIL)}),
        ("MemberSectorSet", {"member": member("FIVE"), "sector": 3}),
        ("MemberExpelled", {"member": member("ONE")}),
        ("MemberKindsSet", {"member": member("BUYER"), "kinds": int(Kind.COUNCIL)}),
    ]
    made = [
        Event("MemberRegistry", name, args, 2, START + 9, "0x02", 0, place, ADDRESSES["MemberRegistry"])
        for place, (name, args) in enumerate(changes)
    ]
    indexer.apply(Block(2, "0x2", "0x1", START + 9, (), tuple(made)), rows)
    row = rows.get(idx_council, 0)
    assert row is not None
    assert row["seats"] == f"[[{START + 1},[2,1,1,1]],[{START + 9},[1,1,1,2]]]"


def test_rules_and_classes__of_the_charter__are_there(index: Index) -> None:
    council = index.council
    assert council.rules() == dict(zip(DecisionClass, REFERENCE.rules, strict=True))
    for call in REFERENCE.calls:
        selector = Call(call.contract, call.function, ()).codec.selector
        assert council.class_of(ADDRESSES[call.contract], selector) is call.decision
        # Of a contract that nothing of the charter is about.
        assert council.class_of(ADDRESSES["BidBox"], selector) is CHARTER
    assert council.class_of(ADDRESSES["MemberRegistry"], b"\1\2\3\4") is CHARTER


def test_proposals__of_the_story__have_their_facts(index: Index) -> None:
    council = index.council
    assert council.count() == 8
    listed = council.proposals(limit=100).items
    assert [row.number for row in listed] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert [row.facts.decision for row in reversed(listed)] == [
        MEMBERSHIP, ROUTINE, EMERGENCY, MEMBERSHIP, ROUTINE, EMERGENCY, MEMBERSHIP, CHARTER
    ]  # fmt: skip
    states = [
        proposal_state(row.facts, council.seats(row.facts.vote_start), index.now())
        for row in reversed(listed)
    ]
    assert states == [
        S.EXECUTED,
        S.EXECUTED,
        S.EXECUTED,
        S.EXECUTED,
        S.CANCELED,
        S.EXECUTED,
        S.PENDING,
        S.CANCELED,
    ]
    assert [row.confirms for row in reversed(listed)] == [0, 0, 0, 3, 0, 0, 6, 0]
    assert [bool(row.confirmed_at) for row in reversed(listed)] == [False, False, True, *[False] * 5]
    assert [row.facts.report_needed for row in reversed(listed)] == [
        False,
        True,
        False,
        False,
        True,
        False,
        False,
        True,
    ]


def test_proposal__with_votes_comments_and_report__is_complete(index: Index) -> None:
    council = index.council
    row = council.proposal(1)
    assert row is not None
    rules = REFERENCE.rules_of(MEMBERSHIP)
    assert (row.member, row.proposer, row.text) == (member("ONE"), account("one"), {"title": "1"})
    assert (row.facts.in_favour, row.facts.against, row.facts.abstained) == ((1, 1, 1, 0), 1, 1)
    assert row.facts.vote_start == row.proposed_at + rules.consultation
    assert row.facts.vote_end == row.facts.vote_start + rules.voting_period
    assert row.facts.eta and row.executed_at >= row.facts.eta and not row.cancelled_at
    assert row.report == f"0x{1:064x}" and row.comments == 2 + 3 + 3 and row.content_ok
    assert [call.target for call in row.calls] == [ADDRESSES["MemberRegistry"]] * 2
    assert [call.data for call in row.calls] == [call.data for call in TOLD.calls[1]]
    votes = [(vote.member, vote.voter, vote.support, vote.reason) for vote in council.votes(1)]
    assert votes == [
        (member("ONE"), account("second-one"), Vote.FOR, "because"), (member("TWO"), account("two"), Vote.FOR, "because"),
        (member("THREE"), account("three"), Vote.FOR, "because"), (member("FOUR"), account("four"), Vote.AGAINST, "because"),
        (member("FIVE"), account("five"), Vote.ABSTAIN, "because"),
    ]  # fmt: skip
    assert [(each.number, each.organisation) for each in council.comments(1)] == [
        (1, member("BUYER")),
        (2, member("ACME")),
    ]
    recorded = council.recorded_comment(member("BUYER"), f"0x{7:064x}")
    assert recorded is not None and (recorded.proposal, recorded.text_hash) == (1, f"0x{8:064x}")
    assert council.recorded_comment(member("ONE"), f"0x{7:064x}") is None
    assert [(each.batch, each.comments) for each in council.batches(1, member("NODES"))] == [(1, 3), (2, 3)]
    assert (
        council.batches(1) == council.batches(1, member("NODES")) and council.batches(1, member("ONE")) == []
    )
    assert [(each.text_hash, each.reason_hash) for each in council.hidden(1)] == [
        (f"0x{8:064x}", f"0x{10:064x}")
    ]
    assert council.by_description(row.description) == [row]


def test_proposals__paged_and_of_one_member__none_is_lost(index: Index) -> None:
    council = index.council
    seen, after = [], None
    while True:
        page = council.proposals(after, limit=3)
        seen += [row.number for row in page.items]
        if page.next is None:
            break
        after = page.next
    assert seen == [8, 7, 6, 5, 4, 3, 2, 1]
    assert [row.number for row in every(lambda after, _limit: council.proposals(after, 3))] == seen
    assert [row.number for row in council.proposals(member=member("TWO")).items] == [5, 2]
    for number in (0, 9, -1, 2**70):
        assert council.proposal(number) is None and council.votes(number) == []


def test_people_and_applications__of_the_story__are_as_they_ended(index: Index) -> None:
    new = index.person(account("new"))
    assert new is not None and (new.member, new.roles) == (member("NEW"), Role.ADMIN)
    for gone in ("clerk", "clerk-2"):
        assert index.person(account(gone)) is None
    assert index.may(account("one"), Role.DELEGATE) and not index.may(account("five"), Role.DELEGATE)
    (application,) = index.council.applications().items
    assert index.council.recorded_application(member("ACME"), f"0x{11:064x}") == application
    assert index.council.application(1) == application and index.council.application(2) is None
    assert application_status(application.facts, index.now()) is ApplicationStatus.REVIEWED
    assert {finding.member for finding in application.findings} == {member("SCHOOL"), member("WITNESS")}


VALIDATORS = [{"node": account(f"node{number}"), "member": member("NODES")} for number in range(3)]
OPERATION: list[tuple[str, str, dict[str, object]]] = [
    ("ValidatorRegistry", "ValidatorsTargeted", {"seq": "0", "validators": VALIDATORS}),
    ("ValidatorRegistry", "ValidatorsTargeted", {"seq": "1", "validators": VALIDATORS[:2]}),
    ("ValidatorRegistry", "ValidatorsProved", {"seq": "1", "number": "5", "blockHash": f"0x{5:064x}"}),
    ("ValidatorRegistry", "ValidatorRemoved",
     {"seq": "2", "node": account("node1"), "until": START + 500, "validators": VALIDATORS[:1]}),
    ("NetworkPermissions", "NodeSet", {"key": f"0x{1:064x}", "member": member("ONE"), "kind": 1}),
    ("NetworkPermissions", "NodeSet", {"key": f"0x{2:064x}", "member": member("TWO"), "kind": 3}),
    ("NetworkPermissions", "NodeSet", {"key": f"0x{1:064x}", "member": NOTHING, "kind": 0}),
    ("ApplicationRegistry", "ApplicationSubmitted", {
        "id": "1", "organisation": member("ONE"), "recordId": f"0x{1:064x}", "useCase": "u", "name": "n", "codeHashes": [],
        "sourceHash": NOTHING, "contact": member("TWO")}),
    ("ApplicationRegistry", "ApplicationSealed", {"id": "1", "until": START + 400}),
    ("ApplicationRegistry", "ApplicationSuspended", {"id": "1", "until": START + 300}),
]  # fmt: skip


def one_a_block(listed: list[tuple[str, str, dict[str, object]]]) -> list[Block]:
    return blocks([
        Event(contract, name, args, number, START + number, f"0x{number:064x}", 0, 0, ADDRESSES[contract])
        for number, (contract, name, args) in enumerate(listed, 1)
    ])  # fmt: skip


def test_operation__validators_nodes_and_seals__are_as_decided(store: Store) -> None:
    council = indexed(store, one_a_block(OPERATION)).council
    decided = [
        (row.seq, len(row.validators), row.removed, row.until, row.proved_at) for row in council.validators()
    ]
    assert decided == [
        (0, 3, "", 0, START + 1),
        (1, 2, "", 0, START + 3),
        (2, 1, account("node1"), START + 500, 0),
    ]
    assert council.validators()[1].proved_by == f"0x{5:064x}"
    assert [(node.key, node.member, node.kind) for node in council.nodes()] == [
        (f"0x{2:064x}", member("TWO"), 3)
    ]
    application = council.application(1)
    assert application is not None
    status = [application_status(application.facts, START + at) for at in (299, 300, 400)]
    assert status == [ApplicationStatus.SUSPENDED, ApplicationStatus.SEALED, ApplicationStatus.EXPIRED]


@pytest.mark.parametrize(
    ("name", "column", "status"),
    [("ApplicationRefused", "refused", "REFUSED"), ("ApplicationRevoked", "revoked", "REVOKED")],
)
def test_application__refused_or_revoked__keeps_the_reason(
    store: Store, name: str, column: str, status: str
) -> None:
    end = ("ApplicationRegistry", name, {"id": "1", "reasonHash": f"0x{6:064x}"})
    row = indexed(store, one_a_block([*OPERATION, end])).council.application(1)
    assert row is not None and row.reason_hash == f"0x{6:064x}"
    assert getattr(row.facts, column) and application_status(row.facts, START + 350).name == status


def test_description__that_is_no_canonical_json__is_flagged_and_never_fatal(store: Store) -> None:
    events = [event for event, _ in events_of(TOLD.txs[:6])]
    created = next(event for event in events if event.name == "ProposalCreated")
    for number, text in enumerate(("nonsense", "[]", '{"b":1,"a":1}', "\ufffd")):
        odd = [
            replace(event, args=event.args | {"description": text}) if event is created else event
            for event in events
        ]
        with_text = Store(store_path(store, number))
        found = indexed(with_text, blocks(odd)).council.proposal(1)
        assert found is not None and not found.content_ok and found.description == text
        assert isinstance(found.text, dict)
        with_text.close()


def store_path(store: Store, number: int) -> Path:
    with store.read() as connection:
        assert connection.engine.url.database is not None
        return Path(connection.engine.url.database).with_name(f"odd{number}")


# When time alone changes a proposal next


def test_next_due__through_the_life_of_a_proposal__is_the_next_change_of_its_state(store: Store) -> None:
    """Blocks without a transaction, each at the time that was said to be due: then, and not before, the state is another one."""
    opened = STORY[:7]
    assert [event.name for event in opened[-1].events] == ["ProposalCreated", "ResolutionOpened"]
    index = indexed(store, opened)
    row = index.council.proposal(1)
    assert row is not None
    number, seen = opened[-1].number, []
    while (due := index.next_due()) is not None:
        seats = index.council.seats(row.facts.vote_start)
        # Even with all seats in favour, which time alone does not give.
        facts = replace(row.facts, in_favour=seats)
        assert due > index.now()
        assert proposal_state(facts, seats, due - 1) is not proposal_state(facts, seats, due)
        number += 1
        indexed(store, [Block(number, f"0x{number:x}", f"0x{number - 1:x}", due, (), ())])
        seen.append(due)
    facts = row.facts
    assert seen == [facts.vote_start + 1, facts.vote_end + 1, facts.vote_end + EXPIRY + 1]


def test_next_due__of_a_queued_proposal__is_its_delay_and_its_expiry(store: Store) -> None:
    queued = next(
        at for at, block in enumerate(STORY) if any(e.name == "ProposalQueued" for e in block.events)
    )
    index = indexed(store, STORY[: queued + 1])
    row = index.council.proposal(1)
    assert row is not None and row.facts.eta == index.next_due()
    seats = index.council.seats(row.facts.vote_start)
    assert lacking(row.facts, seats, True, row.facts.eta - 1) != lacking(
        row.facts, seats, True, row.facts.eta
    )
    number = STORY[queued].number + 1
    indexed(store, [Block(number, "0xa", "0xb", row.facts.eta, (), ())])
    assert index.next_due() == row.facts.eta + EXPIRY
    assert proposal_state(row.facts, seats, row.facts.eta + EXPIRY) is S.EXPIRED


def test_next_due__executed_and_cancelled__are_left_out(index: Index) -> None:
    """At the end of the story only the confirmation of an urgent cancellation is still open."""
    seventh = index.council.proposal(7)
    assert seventh is not None and index.next_due() == seventh.facts.vote_start + 1


# One digest


def test_digest__followed_or_replayed_in_memory__is_the_same(index: Index, store: Store) -> None:
    middle = STORY[len(STORY) // 2].number
    assert indexed(store, [block for block in STORY if block.number <= middle]).digest() == index.digest(
        middle
    )


def test_digest__after_blocks_were_forgotten__is_that_of_the_block(index: Index, store: Store) -> None:
    again = indexed(store, STORY)
    middle = STORY[len(STORY) // 2].number
    asyncio.run(
        store.write(lambda connection: forget_above(connection, middle, Indexer(None, lambda *_: ())))
    )
    assert again.digest() == index.digest(middle)
    indexed(store, [block for block in STORY if block.number > middle])
    assert again.digest() == index.digest()


def test_rows__in_memory_and_in_the_database__are_equal(index: Index, store: Store) -> None:
    rows = MemoryRows()
    for block in STORY:
        Indexer(None, lambda *_: ()).apply(block, rows)
    indexed(store, STORY)
    with store.read() as connection:
        for table in tables:
            stored = connection.execute(table.select().order_by(*table.primary_key)).mappings()
            assert [dict(row) for row in stored] == list(rows.all(table)), table.name
    assert sum(1 for _ in rows.all(idx_log)) == sum(len(block.events) for block in STORY)
