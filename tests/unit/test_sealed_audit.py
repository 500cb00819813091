"""chain/audit/sealed: a lawful story of sealed bids passes; with one thing changed in it, it is refused by name; all of it in words."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from chain.audit.effects import effects_of
from chain.audit.receipt import Receipt, Verified
from chain.audit.transaction import Transaction
from chain.bindings import opening_committee
from chain.rules import canonical
from chain.rules.hashes import member_id
from chain.sealing import envelope as own
from chain.sealing.ceremony import POSSESSION, Dealing, Plan, commitment_of, possession_context
from chain.sealing.document import build
from chain.sealing.envelope import BLOCK, SealedEnvelope, seal
from chain.sealing.group import GBAR, G, N, Point, draw_scalar, hashed, multiply, word
from chain.sealing.keyshare import KeyShare
from chain.sealing.local import LocalCommittee, run_locally
from chain.sealing.secret import Secret
from chain.sealing.tdh2 import Know, Same, combine
from chain.transactions import Call
from chain.types import ZERO32, from_hex, to_hex
from tests.unit.sealed_story import (
    CHAIN_ID,
    COMMITTEE,
    DEADLINE,
    FOUNDER,
    NOTHING,
    OFFICER,
    OPENED,
    START,
    TENDER,
    Args,
    Step,
    Story,
    account,
    audit,
    events_of,
    facts_of,
    local_committee,
    opener,
    refusal,
    shown,
    supplier,
    told,
)

pytestmark = pytest.mark.unit

OPEN_FROM = DEADLINE + 1
"""When shares are accepted; the sandbox's procedure waits a second."""

FALLBACK, VOID = OPEN_FROM + 30, OPEN_FROM + 60
HEAD, BODY = 68, 68 + 64 + 64
"""Where the words of an envelope of one lot begin, and its body."""


def begun(bids: int = 3) -> Story:
    """Bids of as many suppliers, not opened."""
    story = Story().founded(max(bids, 3)).ceremony().published()
    for number in range(1, bids + 1):
        story.sealed(number)
    return story


def test_story__as_the_contracts_tell_it__passes_whole_and_in_part() -> None:
    assert refusal(told().steps) is None
    assert refusal(told().steps, whole=False) is None


def test_story__five_seats_forty_bids__passes_page_by_page() -> None:
    story = Story(committee=local_committee(3, 5)).founded(40).ceremony().published()
    for number in range(1, 41):
        story.sealed(number)
    story.posted(2, lock=True).posted(3).posted(5).posted(1).opened((2, 3, 5))
    found = facts_of(audit(story.steps))
    assert [bid["verdict"] for bid in found["bids"]] == ["opened"] * 40
    assert found["bids"][39]["envelopes"][0]["seats"] == [1, 2, 3, 5]


# One thing changed


def flipped(text: str, at: int) -> str:
    """Hex with one byte changed."""
    data = bytearray(from_hex(text))
    data[at] ^= 1
    return to_hex(bytes(data))


def set_(name: str, argument: str, value: Any, nth: int = 0) -> Callable[[Story], None]:
    def edit(story: Story) -> None:
        args = story.step(name, nth).args
        args[argument] = value(args[argument]) if callable(value) else value

    return edit


def number_at(place: int) -> Callable[[list[str]], list[str]]:
    """A list of numbers with one more at this place."""
    return lambda values: [str(int(each) + 1) if i == place else each for i, each in enumerate(values)]


def other_point(values: list[str]) -> list[str]:
    """The first share is another point of the curve."""
    point = multiply(7)
    return [str(point.x), str(point.y), *values[2:]]


def swapped(values: list[str]) -> list[str]:
    """The shares of the first two bids change places."""
    return [*values[4:8], *values[:4], *values[8:]]


def sent_by(name: str, who: str, nth: int = 0) -> Callable[[Story], None]:
    def edit(story: Story) -> None:
        step = story.step(name, nth)
        for each in story.steps:
            if each.tx == step.tx:
                each.sender = who

    return edit


def at(name: str, now: int, nth: int = 0) -> Callable[[Story], None]:
    def edit(story: Story) -> None:
        step = story.step(name, nth)
        for each in story.steps:
            if each.tx == step.tx:
                each.now = now

    return edit


def dropped(name: str, nth: int = 0) -> Callable[[Story], None]:
    return lambda story: story.steps.remove(story.step(name, nth))


def doubled(name: str, nth: int = 0) -> Callable[[Story], None]:
    """The event once more, in a transaction of its own."""

    def edit(story: Story) -> None:
        step = story.step(name, nth)
        place = max(i for i, each in enumerate(story.steps) if each.tx == step.tx) + 1
        story.steps.insert(place, replace(step, tx=1_000))

    return edit


def call_of(name: str, value: bytes | None, nth: int = 0) -> Callable[[Story], None]:
    def edit(story: Story) -> None:
        story.step(name, nth).call = value

    return edit


PAGE_3 = "3"
AMOUNT = [str(100_000_00)]
FLIPS: list[tuple[str, Callable[[Story], None], str]] = [
    # The classes of bytes that a proof holds.
    ("share: point", set_("SharesPosted", "shares", number_at(0)), "unlawful-OpeningCommitteeSharePointInvalid"),
    ("share: other point", set_("SharesPosted", "shares", other_point), "unlawful-OpeningCommitteeShareInvalid"),
    ("share: proof e", set_("SharesPosted", "shares", number_at(2)), "unlawful-OpeningCommitteeShareInvalid"),
    ("share: proof f", set_("SharesPosted", "shares", number_at(3), 1), "unlawful-OpeningCommitteeShareInvalid"),
    ("share: late seat", set_("SharesPosted", "shares", number_at(7), 2), "unlawful-OpeningCommitteeShareInvalid"),
    ("shares swapped", set_("SharesPosted", "shares", swapped), "unlawful-OpeningCommitteeShareInvalid"),
    ("head word 0", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, HEAD)), "unlawful-BidBoxProofInvalid"),
    ("head word 1", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, HEAD + 32)), "unlawful-BidBoxProofInvalid"),
    ("envelope proof e", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, HEAD + 64)), "unlawful-BidBoxProofInvalid"),
    ("envelope proof f", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, HEAD + 96)), "unlawful-BidBoxProofInvalid"),
    ("body", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, BODY)), "unlawful-BidBoxProofInvalid"),
    ("body's last byte", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, -1)), "unlawful-BidBoxProofInvalid"),
    ("version byte", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, 0)), "unlawful-BidBoxEnvelopeMalformed"),
    ("sign of U", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, 1)), "unlawful-BidBoxProofInvalid"),
    ("count", set_("BidSealed", "sealedEnvelope", lambda x: flipped(x, 67)), "unlawful-BidBoxWordsWrong"),
    ("body cut", set_("BidSealed", "sealedEnvelope", lambda x: x[:-2]), "unlawful-BidBoxBodyInvalid"),
    ("seal", set_("BidSealed", "seal", lambda x: flipped(x, 0)), "event-BidSealed:seal"),
    ("S", set_("BidOpened", "s", shown(multiply(5))), "event-BidOpened:s"),
    ("S, one coordinate", set_("BidOpened", "s", lambda s: {**s, "y": str(int(s["y"]) + 1)}, 1), "event-BidOpened:s"),
    ("amount", set_("BidOpened", "amounts", AMOUNT), "event-BidOpened:amounts"),
    ("no offer", set_("BidOpened", "amounts", [str(2**256 - 1)], 2), "event-BidOpened:amounts"),
    ("docCommit", set_("BidOpened", "docCommit", lambda x: flipped(x, 31)), "event-BidOpened:docCommit"),
    # What came in.
    ("bid: version", set_("BidSealed", "version", 2), "event-BidSealed:version"),
    ("bid: index", set_("BidSealed", "index", 2, 1), "event-BidSealed:index"),
    ("bid: order", set_("BidSealed", "order", 1, 1), "event-BidSealed:order"),
    ("bid: terms", set_("BidSealed", "termsVersion", 2), "event-BidSealed:termsVersion"),
    ("bid: declarations", set_("BidSealed", "declarations", NOTHING), "unlawful-BidBoxHashZero"),
    ("bid: bidder", set_("BidSealed", "bidder", account("nobody")), "event-BidSealed:bidder"),
    ("bid: stranger", sent_by("BidSealed", account("nobody")), "event-BidSealed:bidder"),
    ("bid: tender", set_("BidSealed", "tenderId", f"0x{2:064x}"), "event-BidSealed:unknown"),
    ("bid: late", at("BidSealed", DEADLINE, 2), "unlawful-BidBoxClosed"),
    ("bid: second envelope", set_("BidSealed", "envelope", 1), "event-BidSealed:alone"),
    ("bid: twice", doubled("BidSealed"), "event-BidSealed:version"),
    ("bid: not what was signed", call_of("BidSealed", b"other"), "event-BidSealed:call"),
    ("bid: left out", dropped("BidSealed", 2), "event-BoxLocked:bids"),
    # The box.
    ("lock: bids", set_("BoxLocked", "bids", 2), "event-BoxLocked:bids"),
    ("lock: live", set_("BoxLocked", "live", 2), "event-BoxLocked:live"),
    ("lock: left out", dropped("BoxLocked"), "event-SharesPosted:unlocked"),
    ("lock: alone", dropped("SharesPosted"), "event-BoxLocked:alone"),
    ("lock: twice", doubled("BoxLocked"), "unlawful-BidBoxLocked"),
    # Shares.
    ("shares: early", at("SharesPosted", OPEN_FROM - 1), "unlawful-OpeningCommitteeTooEarly"),
    ("shares: late", at("SharesPosted", VOID), "unlawful-OpeningCommitteeTooLate"),
    ("shares: of another", sent_by("SharesPosted", account(opener(2))), "unlawful-OpeningCommitteeNotMember"),
    ("shares: of nobody", sent_by("SharesPosted", account("nobody")), "unlawful-OpeningCommitteeNotMember"),
    ("shares: other seat", set_("SharesPosted", "seat", 2), "unlawful-OpeningCommitteeNotMember"),
    ("shares: no seat", set_("SharesPosted", "seat", 0), "unlawful-OpeningCommitteeNotMember"),
    ("shares: other keyset", set_("SharesPosted", "keysetId", NOTHING), "event-SharesPosted:keysetId"),
    ("shares: twice", doubled("SharesPosted"), "unlawful-OpeningCommitteeShareExists"),
    ("shares: one left out", set_("SharesPosted", "shares", lambda x: x[4:]), "unlawful-OpeningCommitteeShareCountWrong"),
    ("shares: a number more", set_("SharesPosted", "shares", lambda x: [*x, "1"]), "unlawful-OpeningCommitteeShareCountWrong"),
    ("shares: empty page", set_("SharesPosted", "page", PAGE_3), "unlawful-OpeningCommitteeShareCountWrong"),
    ("shares: second phase", set_("SharesPosted", "envelope", 1), "unlawful-OpeningCommitteePhaseNotReached"),
    # Openings.
    ("opening: too few", dropped("SharesPosted", 1), "unlawful-OpeningCommitteeSharesMissing"),
    ("opening: bidder", set_("BidOpened", "bidder", FOUNDER), "event-BidOpened:bidder"),
    ("opening: version", set_("BidOpened", "version", 2), "event-BidOpened:version"),
    ("opening: other bid", set_("BidOpened", "index", 1), "event-BidOpened:bidder"),
    ("opening: no bid", set_("BidOpened", "index", 7), "unlawful-OpeningCommitteeEntryNotSealed"),
    ("opening: second phase", set_("BidOpened", "envelope", 1), "unlawful-OpeningCommitteePhaseNotReached"),
    ("opening: late", at("BidOpened", VOID), "unlawful-OpeningCommitteeTooLate"),
    ("opening: twice", doubled("BidOpened"), "unlawful-OpeningCommitteeEntryNotSealed"),
    ("opening: one left out", dropped("BidOpened", 1), "unlawful-OpeningCommitteeEntryCountWrong"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "rule"), [flip[1:] for flip in FLIPS], ids=[flip[0] for flip in FLIPS])
def test_story__one_thing_changed__is_refused_by_name(edit: Callable[[Story], None], rule: str) -> None:
    story = told().copy()
    edit(story)
    assert refusal(story.steps) == rule


def test_story__release_of_second_envelopes__takes_a_technical_result() -> None:
    story = told().copy()
    story.add(
        OFFICER,
        OPEN_FROM,
        ("BidBox", "EnvelopeReleased", {"tenderId": TENDER, "envelope": 1, "excluded": []}),
    )
    assert refusal(story.steps) == "unlawful-TenderBoardStatusWrong"


def test_bid__supplier_whose_owners_are_not_declared__is_refused() -> None:
    story = Story().founded(owners=False).ceremony().published().sealed(1)
    assert refusal(story.steps) == "unlawful-BidBoxBidderRefused"


def test_bid__point_of_an_envelope_before__is_refused() -> None:
    story = begun(1)
    first = story.bids[0].envelopes[0]

    def again(size: int) -> bytes:
        return first.r.raw if size == 32 else secrets.token_bytes(size)

    copied = seal(story.context(2, 1), story.committee.keyset.pk, [5], b"{}", again)
    assert copied.envelope.u == first.envelope.u
    story.submitted(2, [copied])
    assert refusal(story.steps) == "unlawful-BidBoxPointReused"


def test_bid__sealed_for_another_version_or_bidder__is_refused() -> None:
    for number, version in ((1, 2), (2, 1)):
        story = Story().founded().ceremony().published()
        sealed = seal(
            story.context(number, version), story.committee.keyset.pk, [5], b"{}", secrets.token_bytes
        )
        assert refusal(story.submitted(1, [sealed]).steps) == "unlawful-BidBoxProofInvalid"


# Accounts that are contracts

SENDER = account("one of its people")
"""Who signs the transactions to a wallet; no registry knows it."""


def through(name: str) -> Callable[[Story], None]:
    """Every event of this name came through another contract, in a transaction that its account did not sign."""

    def edit(story: Story) -> None:
        for tx in {each.tx for each in story.steps if each.name == name}:
            for each in story.steps:
                if each.tx == tx:
                    each.sender, each.call = SENDER, None

    return edit


def asked(story: Story) -> None:
    """Supplier 1 asks."""
    args = {
        "id": TENDER, "question": 1, "supplier": to_hex(member_id(supplier(1))), "tag": f"0x{8:064x}", "json": '{"question":"?"}',
    }  # fmt: skip
    story.add(account(supplier(1)), OPENED + 35, ("TenderBoard", "QuestionAsked", args))


INDIRECT: list[tuple[str, Callable[[Story], object], str]] = [
    ("BidSealed", lambda story: story, account(supplier(2))),
    ("BidWithdrawn", lambda story: story.withdrawn(2), f"an account of supplier {to_hex(member_id(supplier(2)))}"),
    ("BidConfirmed", lambda story: story.amended().confirmed(1), f"an account of supplier {to_hex(member_id(supplier(1)))}"),
    ("QuestionAsked", asked, f"an account of supplier {to_hex(member_id(supplier(1)))}"),
    ("TenderPublished", lambda story: story, "a person of BUYER"),
    ("TenderAmended", lambda story: story.amended(), "a person of BUYER"),
    ("CeremonyJoined", lambda story: story, "a person of OPENING1"),
    ("DealingCommitted", lambda story: story, "a person of OPENING2"),
    ("DealingPublished", lambda story: story, "a person of OPENING3"),
    ("DealingSent", lambda story: story, "a person of OPENING3"),
    ("KeysetSeatConfirmed", lambda story: story, "a person of OPENING2"),
    ("SharesPosted", lambda story: story.posted(1, lock=True), "a person of OPENING1"),
    ("CeremonyFailed", lambda story: replaced(story, complained(7)), "a person of OPENING1"),
    ("ComplaintAnswered", lambda story: replaced(story, complained(7)), "a person of OPENING2"),
    ("RollAnswered", lambda story: replaced(story, late_roll()), "a person of OPENING1"),
]  # fmt: skip


def replaced(story: Story, other: Story) -> None:
    story.steps = other.steps


@pytest.mark.parametrize(("name", "more", "who"), INDIRECT, ids=[each[0] for each in INDIRECT])
def test_act__through_a_contract__is_lawful_and_named(
    name: str, more: Callable[[Story], object], who: str
) -> None:
    story = begun(3)
    more(story)
    assert audit(story.steps).indirect() == []
    through(name)(story)
    for whole in (True, False):
        found = audit(story.steps, whole).indirect()
        assert all(
            text.startswith("not signed directly: block ") and f": {name} by " in text for text in found
        )
        assert all(f"in a transaction of {SENDER}" in text for text in found)
        assert sum(f" by {who} came through another contract" in text for text in found) == 1


def test_act__through_a_contract__is_held_against_the_rules_all_the_same() -> None:
    edits: list[tuple[str, Callable[[Story], object], str]] = [
        ("BidSealed", set_("BidSealed", "bidder", account("nobody")), "unlawful-BidBoxBidderRefused"),
        ("BidSealed", set_("BidSealed", "bidder", account(supplier(2))), "unlawful-BidBoxProofInvalid"),
        ("BidSealed", set_("BidSealed", "version", 2), "event-BidSealed:version"),
        ("BidSealed", at("BidSealed", DEADLINE, 2), "unlawful-BidBoxClosed"),
        ("SharesPosted", set_("SharesPosted", "seat", 0), "unlawful-OpeningCommitteeNotMember"),
        ("SharesPosted", set_("SharesPosted", "seat", 2), "unlawful-OpeningCommitteeShareInvalid"),
        ("CeremonyJoined", set_("CeremonyJoined", "seat", 4), "unlawful-OpeningCommitteeCallerRefused"),
        ("DealingCommitted", set_("DealingCommitted", "dealer", 9), "unlawful-OpeningCommitteeCallerRefused"),
        ("KeysetSeatConfirmed", doubled("KeysetSeatConfirmed"), "unlawful-OpeningCommitteeRoundAnswered"),
        ("TenderPublished", set_("TenderPublished", "buyer", to_hex(member_id(opener(1)))), "unlawful-TenderBoardRoleMissing"),
        ("CeremonyOpened", lambda story: None, "undecided"),
    ]  # fmt: skip
    for name, edit, rule in edits:
        story = told().copy()
        edit(story)
        through(name)(story)
        assert refusal(story.steps) == rule, (name, rule)


def test_shares__posted_through_a_contract__name_no_account_that_nobody_knows() -> None:
    story = told().copy()
    through("SharesPosted")(story)
    report = audit(story.steps).box_report(1, OPEN_FROM)
    assert report is not None
    assert [share["account"] for share in report.facts["shares"]] == [None] * 3
    assert "seat 1 (OPENING1, through a contract) posted 3 shares" in "\n".join(report.said)


# Substituted, withdrawn, confirmed


def test_bids__substituted_withdrawn_and_sent_again__count_as_the_rules_say() -> None:
    story = begun(3).sealed(1, version=2).withdrawn(2).sealed(2, version=2).withdrawn(3)
    live = story.bids[:2]
    story.posted(1, lock=True, live=live).posted(3, live=live).opened((1, 3), live=live)
    found = facts_of(audit(story.steps))
    assert [(bid["version"], bid["order"], bid["status"], bid["verdict"]) for bid in found["bids"]] == [
        (2, 4, "live", "opened"), (2, 5, "live", "opened"), (1, 3, "withdrawn", "withdrawn"),
    ]  # fmt: skip


def test_bids__addendum__those_not_confirmed_lapse_and_are_never_opened() -> None:
    story = begun(2).amended().confirmed(2)
    live = story.bids[1:]
    assert [bid["status"] for bid in facts_of(audit(story.steps), DEADLINE)["bids"]] == [
        "unconfirmed",
        "live",
    ]
    story.posted(1, lock=True, live=live, deadline=DEADLINE + 100)
    story.posted(2, live=live, deadline=DEADLINE + 100).opened(live=live, deadline=DEADLINE + 100)
    lawful = audit(story.steps)
    report = lawful.box_report(1, DEADLINE + 200)
    assert report is not None
    assert [bid["verdict"] for bid in report.facts["bids"]] == ["lapsed", "opened"]
    assert any(
        "lapsed: bound to terms version 1, the last is 2; it was not confirmed and never opens" in text
        for text in report.said
    )
    lapsed = begun(2).amended().confirmed(2)
    lapsed.posted(1, lock=True, live=lapsed.bids, deadline=DEADLINE + 100)
    lapsed.step("BoxLocked").args["live"] = 1
    assert refusal(lapsed.steps) == "unlawful-OpeningCommitteeShareCountWrong"


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda s: s.confirmed(1), "unlawful-BidBoxAlreadyConfirmed"),
        (lambda s: s.amended().confirmed(1).confirmed(1), "unlawful-BidBoxAlreadyConfirmed"),
        (lambda s: s.withdrawn(1).withdrawn(1), "unlawful-BidBoxNotSealed"),
        (lambda s: s.withdrawn(1).amended().confirmed(1), "unlawful-BidBoxNotSealed"),
        (lambda s: s.withdrawn(1, now=DEADLINE), "unlawful-BidBoxClosed"),
        (lambda s: s.posted(1, lock=True).withdrawn(1, now=OPEN_FROM), "unlawful-BidBoxClosed"),
        (lambda s: sent_by("BidWithdrawn", account("nobody"))(s.withdrawn(1)), "unlawful-BidBoxBidderRefused"),
        (lambda s: sent_by("BidWithdrawn", account(supplier(2)))(s.withdrawn(1)), "event-BidWithdrawn:bidder"),
        (lambda s: set_("BidWithdrawn", "version", 2)(s.withdrawn(1)), "event-BidWithdrawn:version"),
        (lambda s: set_("BidConfirmed", "termsVersion", 1)(s.amended().confirmed(1)), "event-BidConfirmed:termsVersion"),
        (lambda s: set_("BidConfirmed", "index", 1)(s.amended().confirmed(1)), "event-BidConfirmed:index"),
    ],
)  # fmt: skip
def test_confirm_and_withdraw__against_the_rules__are_refused(
    edit: Callable[[Story], None], rule: str
) -> None:
    story = begun(2)
    edit(story)
    assert refusal(story.steps) == rule


# A bidder's own reveal


def test_reveal__after_the_fallback__opens_as_shares_do() -> None:
    story = begun(2)
    story.revealed(story.bids[0], FALLBACK, lock=True).posted(1, now=FALLBACK).posted(2, now=FALLBACK)
    story.opened(live=story.bids[1:], now=FALLBACK)
    found = facts_of(audit(story.steps), FALLBACK)
    assert [bid["envelopes"][0]["revealed"] for bid in found["bids"]] == [True, False]
    assert [bid["envelopes"][0]["amounts"] for bid in found["bids"]] == [["1000.01 MXN"], ["1000.02 MXN"]]


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (set_("BidSelfRevealed", "r", "7"), "unlawful-OpeningCommitteeRevealMismatch"),
        (set_("BidSelfRevealed", "r", str(N)), "unlawful-OpeningCommitteeRevealMismatch"),
        (set_("BidSelfRevealed", "index", 1), "unlawful-OpeningCommitteeRevealMismatch"),
        (set_("BidSelfRevealed", "index", 9), "unlawful-OpeningCommitteeEntryNotSealed"),
        (at("BidSelfRevealed", FALLBACK - 1), "unlawful-OpeningCommitteeFallbackTooEarly"),
        (set_("BidOpened", "s", shown(G)), "event-BidOpened:s"),
        (set_("BidOpened", "index", 1), "event-BidSelfRevealed:alone"),
        (dropped("BidOpened"), "event-BidSelfRevealed:alone"),
        (dropped("BidSelfRevealed"), "event-BoxLocked:alone"),
        (dropped("BoxLocked"), "event-BidSelfRevealed:unlocked"),
    ],
)
def test_reveal__one_thing_changed__is_refused_by_name(edit: Callable[[Story], None], rule: str) -> None:
    story = begun(2)
    story.revealed(story.bids[0], FALLBACK, lock=True)
    edit(story)
    assert refusal(story.steps) == rule


# What cannot be read is its bidder's fault


def unfit(story: Story, number: int, kind: str) -> None:
    """A bid of a supplier whose proof holds and whose body does not."""
    context, pk = story.context(number, 1), story.committee.keyset.pk
    if kind == "other document":
        story.sealed(number, document=b'{"schema":"other"}')
    elif kind == "too much":
        story.submitted(number, [forged(context, pk, [2**200], None)])
    elif kind == "garbage":
        story.submitted(number, [forged(context, pk, [5], secrets.token_bytes(16 + BLOCK))])
    else:
        story.sealed(number, amounts=[None], document=whole_document(story, number))


def whole_document(story: Story, number: int) -> bytes:

    full = build(story.context(number, 1), ZERO32, [5], body_blocks=1)
    return full.replace(b'"amounts":["5"]', b'"amounts":[null]')


def forged(context: Any, pk: Point, amounts: list[int], body: bytes | None) -> SealedEnvelope:
    """An envelope as a bidder with its own program seals it: any amount, any body."""

    r, salt = draw_scalar(secrets.token_bytes), secrets.token_bytes(32)
    u, ubar, s = multiply(r), multiply(r, GBAR), multiply(r, pk)
    document = build(context, ZERO32, [1], body_blocks=1).replace(b'["1"]', f'["{amounts[0]}"]'.encode())
    head = [int.from_bytes(own.doc_commit(context, salt, document), "big"), *amounts]
    words = tuple(value ^ pad for value, pad in zip(head, own.pads(context, s, len(head)), strict=True))
    frame = len(document).to_bytes(4, "big") + salt + document
    frame += bytes(-len(frame) % BLOCK)
    sealed = body or own.body_key(context, u, s).encrypt(bytes(12), frame, context.ctx)
    label = hashed(context.ctx, *map(word, words), hashed(sealed))
    proof = Same.prove(own._PROOF, label, r, u, GBAR, ubar, secrets.token_bytes)
    data = b"".join((
        b"\x01", u.compress(), ubar.compress(), bytes((len(words),)), *map(word, words), word(proof.e), word(proof.f), sealed,
    ))  # fmt: skip
    return SealedEnvelope(context, pk, own.read(data, context), Secret.of(r), Secret(salt))


def test_bodies__that_cannot_be_read__are_non_responsive_in_words_and_no_fault_of_the_chain() -> None:
    story = Story().founded(4).ceremony().published()
    for number, kind in enumerate(("other document", "too much", "garbage", "no offer"), 1):
        unfit(story, number, kind)
    story.posted(1, lock=True).posted(2).opened()
    report = audit(story.steps).box_report(1, OPEN_FROM)
    assert report is not None
    assert [(bid["verdict"], bid["why"]) for bid in report.facts["bids"]] == [
        ("non-responsive", "non-responsive: DocumentMismatch (schema)"),
        ("non-responsive", "non-responsive: BidAmountInvalid (1)"),
        ("non-responsive", "non-responsive: BodyUnreadable"),
        ("non-responsive", "non-responsive: BidAmountInvalid (0)"),
    ]
    assert f"lot 1 {2**200 // 100}.{2**200 % 100:02} MXN" in "\n".join(report.said)
    assert "lot 1 no offer" in "\n".join(report.said)


def test_report__name_that_is_no_plain_line__makes_no_line_of_its_own() -> None:
    story = begun(1)
    for name, shown_ in (("Ácme, S.A.", True), ("x\nverdict: matches-head", False), ("x\x1b[2J", False)):
        story.step("SupplierRegistered").args["json"] = canonical({"name": name}).decode()
        report = audit(story.steps).box_report(1, DEADLINE)
        assert report is not None
        assert report.facts["bids"][0]["name"] == name
        assert [name in text for text in report.said if text.startswith("bid 1 ")] == [shown_]


def test_verdict__before_the_opening_and_after_its_time__says_so() -> None:
    lawful = audit(begun(1).steps)
    assert facts_of(lawful, DEADLINE)["bids"][0]["verdict"] == "sealed"
    assert facts_of(lawful, VOID)["bids"][0]["verdict"] == "not-opened"
    assert lawful.box_report(2, DEADLINE) is None


# Two envelopes


def test_envelopes__two_of_a_bid__come_together_or_not_at_all() -> None:
    two = replace(Story().procedure, envelopes=2)
    story = Story(procedure=two).founded().ceremony().published().sealed(1).sealed(2)
    assert refusal(story.steps) is None
    changes: list[tuple[Callable[[Story], None], str]] = [
        (dropped("BidSealed", 1), "event-BidSealed:alone"),
        (dropped("BidSealed", 3), "event-BidSealed:alone"),
        (dropped("BidSealed"), "event-BidSealed:alone"),
        (set_("BidSealed", "order", 2, 1), "event-BidSealed:alone"),
        (set_("BidSealed", "declarations", f"0x{6:064x}", 1), "event-BidSealed:alone"),
    ]
    for edit, rule in changes:
        other = story.copy()
        edit(other)
        assert refusal(other.steps) == rule


# The ceremony


def hexed(argument: str) -> Callable[[str], str]:
    return lambda text: flipped(text, 3)


STEPS: list[tuple[str, Callable[[Story], None], str]] = [
    ("id", set_("CeremonyOpened", "ceremonyId", f"0x{9:064x}"), "event-CeremonyOpened:ceremonyId"),
    ("threshold", set_("CeremonyOpened", "threshold", 3), "unlawful-OpeningCommitteePlanInvalid"),
    ("other threshold", set_("CeremonyOpened", "members", lambda x: [*x, x[0]]), "unlawful-OpeningCommitteePlanInvalid"),
    ("no opening member", set_("CeremonyOpened", "members", lambda x: [*x[:2], f"0x{3:064x}"]), "unlawful-OpeningCommitteePlanInvalid"),
    ("dealers without a parent", set_("CeremonyOpened", "dealers", [1, 2]), "unlawful-OpeningCommitteePlanInvalid"),
    ("unknown parent", set_("CeremonyOpened", "parent", f"0x{3:064x}"), "unlawful-OpeningCommitteeKeysetNotFound"),
    ("opened by a stranger", sent_by("CeremonyOpened", account("nobody")), "undecided"),
    ("opened by a call elsewhere", call_of("CeremonyOpened", None), "undecided"),
    ("opened twice", doubled("CeremonyOpened"), "event-CeremonyOpened:known"),
    ("joined by another", sent_by("CeremonyJoined", account(opener(2))), "unlawful-OpeningCommitteeCallerRefused"),
    ("joined without a key", set_("CeremonyJoined", "boxKey", NOTHING), "unlawful-OpeningCommitteeStepRefused"),
    ("joined twice", doubled("CeremonyJoined"), "unlawful-OpeningCommitteeStepRefused"),
    ("joined a ceremony that is none", set_("CeremonyJoined", "ceremonyId", NOTHING), "event-CeremonyJoined:unknown"),
    ("one did not join", dropped("CeremonyJoined", 2), "unlawful-OpeningCommitteeStepRefused"),
    ("box key", set_("CeremonyJoined", "boxKey", hexed("boxKey")), "event-KeysetRegistered:transcript"),
    ("committed twice", doubled("DealingCommitted"), "unlawful-OpeningCommitteeStepRefused"),
    ("commitment", set_("DealingCommitted", "commitment", hexed("commitment")), "unlawful-OpeningCommitteeCommitmentMismatch"),
    ("one did not commit", dropped("DealingCommitted", 1), "unlawful-OpeningCommitteeStepRefused"),
    ("dealing", set_("DealingPublished", "message", hexed("message")), "unlawful-OpeningCommitteeCommitmentMismatch"),
    ("dealing of another", set_("DealingPublished", "dealer", 2), "unlawful-OpeningCommitteeCallerRefused"),
    ("dealing by a stranger", sent_by("DealingPublished", account("nobody")), "unlawful-OpeningCommitteeCallerRefused"),
    ("one did not publish", dropped("DealingPublished", 2), "unlawful-OpeningCommitteeStepRefused"),
    ("boxes", set_("DealingSent", "boxes", hexed("boxes")), "event-KeysetRegistered:transcript"),
    ("boxes too short", set_("DealingSent", "boxes", lambda x: x[:-160]), "unlawful-OpeningCommitteePlanInvalid"),
    ("one did not send", dropped("DealingSent", 2), "unlawful-OpeningCommitteeStepRefused"),
    ("too long a ceremony", at("KeysetRegistered", OPENED + 30 * 86_400), "unlawful-OpeningCommitteeStepRefused"),
    ("keyset id", set_("KeysetRegistered", "keysetId", hexed("keysetId")), "event-KeysetRegistered:keysetId"),
    ("keyset's threshold", set_("KeysetRegistered", "threshold", 3), "event-KeysetRegistered:threshold"),
    ("keyset's members", set_("KeysetRegistered", "members", lambda x: x[::-1]), "event-KeysetRegistered:members"),
    ("keyset twice", doubled("KeysetRegistered"), "event-KeysetRegistered:known"),
    ("confirmed by another", sent_by("KeysetSeatConfirmed", account(opener(2))), "unlawful-OpeningCommitteeNotMember"),
    ("confirmed twice", doubled("KeysetSeatConfirmed"), "unlawful-OpeningCommitteeRoundAnswered"),
    ("confirmed by no data", call_of("KeysetSeatConfirmed", b""), "event-KeysetSeatConfirmed:call"),
    ("confirmed by other data", call_of("KeysetSeatConfirmed", bytes(132)), "event-KeysetSeatConfirmed:call"),
    ("one did not confirm", dropped("KeysetSeatConfirmed", 1), "event-KeysetConfirmed:alone"),
    ("keyset not confirmed", dropped("KeysetConfirmed"), "event-KeysetSeatConfirmed:alone"),
    ("keyset confirmed alone", doubled("KeysetConfirmed"), "event-KeysetConfirmed:alone"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "rule"), [each[1:] for each in STEPS], ids=[each[0] for each in STEPS])
def test_ceremony__one_thing_changed__is_refused_by_name(edit: Callable[[Story], None], rule: str) -> None:
    story = told().copy()
    edit(story)
    assert refusal(story.steps) == rule


def test_confirmation__proof_of_another_key_or_round__is_refused() -> None:
    committee = told().committee
    for proof in (committee.confirmations[2], committee.shares[1].answer(1, secrets.token_bytes)):
        story = told().copy()
        step = story.step("KeysetSeatConfirmed")
        step.call = opening_committee.confirm_keyset(committee.keyset.id, 1, proof.c, proof.z).data
        assert refusal(story.steps) == "unlawful-OpeningCommitteeKeyProofInvalid"


def test_call__data_with_a_tail_that_solidity_ignores__is_read_as_the_contract_does() -> None:
    story = told().copy()
    step = story.step("KeysetSeatConfirmed")
    assert step.call is not None
    step.call += b"tail"
    assert refusal(story.steps) is None


def false_keyset(story: Story) -> tuple[str, Step]:
    """One that anybody registered, with a key of its own for seat 3."""
    registered = story.step("KeysetRegistered")
    keys = [*story.committee.keyset.keys[:2], multiply(99)]
    false = replace(story.committee.keyset, keys=tuple(keys))
    args: Args = {**registered.args, "keysetId": to_hex(false.id), "keys": list(map(shown, keys))}
    return to_hex(false.id), replace(registered, args=args, tx=2_000)


def test_keyset__false_and_confirmed_by_nobody__is_a_warning() -> None:
    story = told().copy()
    id_, step = false_keyset(story)
    story.steps.insert(story.steps.index(story.step("KeysetRegistered")), step)
    lawful = audit(story.steps)
    assert lawful.committee_warnings() == [
        f"keyset {id_} is not what its ceremony gives, and not confirmed by all: KeysetMismatch (key of seat 3)"
    ]


def test_keyset__false_and_confirmed_by_all__is_refused() -> None:
    story = told().copy()
    id_, step = false_keyset(story)
    place = story.steps.index(story.step("KeysetRegistered"))
    story.steps.insert(place, step)

    shares = {**story.committee.shares, 3: KeyShare(from_hex(id_), 3, Secret.of(99))}
    added = []
    for seat, share in shares.items():
        proof = KeyShare(from_hex(id_), seat, share._secret).answer(0, secrets.token_bytes)
        call = opening_committee.confirm_keyset(from_hex(id_), seat, proof.c, proof.z).data
        args = {"keysetId": id_, "seat": seat}
        added.append(
            Step(
                account(opener(seat)),
                OPENED,
                "OpeningCommittee",
                "KeysetSeatConfirmed",
                args,
                call,
                2_000 + seat,
            )
        )
    story.steps[place + 1 : place + 1] = added
    assert refusal(story.steps) == "unlawful-KeysetMismatch"


def test_founder__after_a_keyset_was_confirmed__has_no_power() -> None:
    story = told().copy()
    again = replace(story.step("CeremonyOpened"), tx=1_000, now=OPENED + 20)
    again.args = {**again.args, "ceremonyId": f"0x{9:064x}"}
    story.steps.append(again)
    assert refusal(story.steps) == "unlawful-OpeningCommitteeCallerRefused"
    assert refusal(story.steps, whole=False) == "unlawful-OpeningCommitteeCallerRefused"


def test_founder__opens_the_first_ceremony__is_a_founding_change() -> None:
    changes = [change for change in audit(told().steps).changes if change.event.name == "CeremonyOpened"]
    assert [change.proposal for change in changes] == [None]


def test_keyset__retired_without_a_resolution__is_refused() -> None:
    story = told().copy()
    story.add(
        FOUNDER,
        OPEN_FROM,
        ("OpeningCommittee", "KeysetEnded", {"keysetId": to_hex(story.committee.keyset.id)}),
    )
    assert refusal(story.steps) == "undecided"
    story.add(
        FOUNDER,
        OPEN_FROM,
        ("OpeningCommittee", "KeysetEnded", {"keysetId": to_hex(story.committee.keyset.id)}),
    )
    assert refusal(story.steps, whole=False) == "unlawful-OpeningCommitteeKeysetNotAllowed"


def test_effects__of_the_authority_s_calls__are_the_events_that_they_make() -> None:
    plan, keyset = reshared().transcript.plan, reshared().keyset
    call = opening_committee.open_ceremony(
        plan.threshold, list(plan.members), plan.parent, list(plan.dealers)
    )
    found = effects_of("OpeningCommittee", call.data)
    assert found is not None
    (opened,) = found
    args = resharing().step("CeremonyOpened", 1).args
    assert (opened.name, opened.differs(args)) == ("CeremonyOpened", None)
    for name, value in (
        ("threshold", 4),
        ("dealers", [1, 2]),
        ("members", args["members"][::-1]),
        ("parent", NOTHING),
    ):
        assert opened.differs({**args, name: value}) == name
    found = effects_of("OpeningCommittee", opening_committee.retire_keyset(keyset.id).data)
    assert found is not None
    (ended,) = found
    assert (ended.name, ended.args) == ("KeysetEnded", {"keysetId": to_hex(keyset.id)})


# Complaints and rolls


def complained(value: int | None) -> Story:
    """Seat 1 complains about dealer 2, which shows a value, or nothing."""
    story = told().copy()
    sid = story.step("CeremonyOpened").args["ceremonyId"]
    end = max(i for i, each in enumerate(story.steps) if each.name == "DealingSent") + 1
    del story.steps[end:]
    story.add(
        account(opener(1)),
        OPENED,
        ("OpeningCommittee", "CeremonyFailed", {"ceremonyId": sid, "seat": 1, "dealer": 2}),
    )
    if value is not None:
        answer = {"ceremonyId": sid, "dealer": 2, "seat": 1, "value": str(value)}
        story.add(account(opener(2)), OPENED, ("OpeningCommittee", "ComplaintAnswered", answer))
    return story


def test_complaint__answered_or_not__says_who_was_wrong() -> None:
    assert audit(complained(None).steps).committee_warnings()[0].endswith("which has not answered")
    assert audit(complained(7).steps).committee_warnings()[0].endswith("it dealt wrongly")
    assert audit(complained(N).steps).committee_warnings()[0].endswith("it dealt wrongly")


def test_complaint__against_the_rules__is_refused() -> None:
    edits: list[tuple[Callable[[Story], None], str]] = [
        (sent_by("CeremonyFailed", account("nobody")), "unlawful-OpeningCommitteeCallerRefused"),
        (set_("CeremonyFailed", "dealer", 9), "unlawful-OpeningCommitteeStepRefused"),
        (sent_by("ComplaintAnswered", account(opener(1))), "unlawful-OpeningCommitteeCallerRefused"),
        (set_("ComplaintAnswered", "seat", 3), "unlawful-OpeningCommitteeStepRefused"),
        (doubled("ComplaintAnswered"), "unlawful-OpeningCommitteeStepRefused"),
        (doubled("CeremonyFailed"), "unlawful-OpeningCommitteeStepRefused"),
    ]
    for edit, rule in edits:
        story = complained(7)
        edit(story)
        assert refusal(story.steps) == rule


def rolled(seat: int = 1, round_: int = 1, now: int = OPENED + 28 * 86_400) -> Story:
    story = told().copy()
    keyset = to_hex(story.committee.keyset.id)
    story.add(account("anyone"), now, ("OpeningCommittee", "RollCalled", {"keysetId": keyset, "round": 1}))
    proof = story.committee.shares[1].answer(round_, secrets.token_bytes)
    call = opening_committee.answer_roll(from_hex(keyset), seat, proof.c, proof.z).data
    answered = {"keysetId": keyset, "seat": seat, "round": 1}
    story.add(
        account(opener(seat)), START + 999_999, ("OpeningCommittee", "RollAnswered", answered), call=call
    )
    return story


def late_roll() -> Story:
    """A roll that is due and answered in time."""
    late = rolled(now=OPENED + 28 * 86_400)
    for step in late.steps:
        if step.name == "PersonAdded":
            step.args["mandateEnd"] = OPENED + 90 * 86_400
        if step.name == "RollAnswered":
            step.now = OPENED + 29 * 86_400
    return late


def test_roll__called_and_answered__is_held_against_the_seat_s_key() -> None:
    late = late_roll()
    assert refusal(late.steps) is None
    edits: list[tuple[Callable[[Story], None], str]] = [
        (at("RollCalled", OPENED + 28 * 86_400 - 1), "unlawful-OpeningCommitteeRollTooEarly"),
        (set_("RollCalled", "round", 2), "event-RollCalled:round"),
        (set_("RollAnswered", "round", 2), "event-RollAnswered:round"),
        (sent_by("RollAnswered", account(opener(2))), "unlawful-OpeningCommitteeNotMember"),
        (doubled("RollAnswered"), "unlawful-OpeningCommitteeRoundAnswered"),
    ]
    for edit, rule in edits:
        story = late.copy()
        edit(story)
        assert refusal(story.steps) == rule
    for story in (rolled(round_=0), rolled(seat=2)):
        story.steps[-1].now = START + 900_000
        story.steps[-2].now = OPENED + 28 * 86_400
        for step in story.steps:
            if step.name == "PersonAdded":
                step.args["mandateEnd"] = OPENED + 90 * 86_400
        assert refusal(story.steps) == "unlawful-OpeningCommitteeKeyProofInvalid"


# Resharing


@cache
def reshared() -> LocalCommittee:
    """The story's committee deals its secret to five seats, three of which open."""
    parent = local_committee(2, 3)
    members = tuple(member_id(opener(seat)) for seat in range(1, 6))
    plan = Plan(CHAIN_ID, COMMITTEE, 2, 3, members, parent.keyset.id, (1, 3))
    return run_locally(plan, secrets.token_bytes, parent)


def resharing() -> Story:
    story = Story().founded(openers=5).ceremony().published()
    for number in (1, 2, 3):
        story.sealed(number)
    return story.ceremony(now=OPENED + 100, committee=reshared())


def test_resharing__new_seats__open_what_was_sealed_before() -> None:
    story = resharing()
    for seat in (5, 2, 4, 1):
        story.posted(seat, lock=seat == 5, committee=reshared())
    story.opened((2, 4, 5), committee=reshared()).posted(3, committee=reshared())
    report = audit(story.steps, whole=False).box_report(1, OPEN_FROM)
    assert report is not None
    assert [bid["verdict"] for bid in report.facts["bids"]] == ["opened"] * 3
    assert report.facts["keyset"]["acting"]["id"] == to_hex(reshared().keyset.id)
    assert f"reshared to {to_hex(reshared().keyset.id)}, 3 of 5 seats" in report.said[0]


def test_resharing__old_seats_that_posted_before__open_what_they_could() -> None:
    story = Story().founded(openers=5).ceremony().published().sealed(1)
    story.posted(1, lock=True).posted(2).ceremony(now=OPEN_FROM, committee=reshared()).opened()
    assert refusal(story.steps, whole=False) is None


def test_resharing__old_seats_afterwards__have_no_part() -> None:
    story = resharing().posted(1, lock=True)
    assert refusal(story.steps, whole=False) == "event-SharesPosted:keysetId"


RESHARING: list[tuple[str, Callable[[Story], None], str]] = [
    ("no resolution", lambda story: None, "undecided"),
    ("too few dealers", set_("CeremonyOpened", "dealers", [1], 1), "unlawful-OpeningCommitteePlanInvalid"),
    ("dealers out of order", set_("CeremonyOpened", "dealers", [3, 1], 1), "unlawful-OpeningCommitteePlanInvalid"),
    ("dealer that has no seat", set_("CeremonyOpened", "dealers", [1, 4], 1), "unlawful-OpeningCommitteePlanInvalid"),
    ("other dealers", set_("CeremonyOpened", "dealers", [1, 2], 1), "event-CeremonyOpened:ceremonyId"),
    ("dealer that was not named", set_("DealingCommitted", "dealer", 2, 3), "unlawful-OpeningCommitteeCallerRefused"),
    ("parent of the confirmed", set_("KeysetConfirmed", "parent", NOTHING, 1), "event-KeysetSeatConfirmed:alone"),
    ("other joint key", set_("KeysetRegistered", "pk", shown(G), 1), "event-KeysetRegistered:keysetId"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "rule"), [each[1:] for each in RESHARING], ids=[each[0] for each in RESHARING]
)
def test_resharing__one_thing_changed__is_refused_by_name(edit: Callable[[Story], None], rule: str) -> None:
    story = resharing()
    edit(story)
    assert refusal(story.steps, whole=rule == "undecided") == rule


def test_resharing__of_another_secret__is_refused() -> None:
    story = resharing()
    other = run_locally(replace(reshared().transcript.plan, parent=ZERO32, dealers=()), secrets.token_bytes)
    dealt, step = other.transcript.messages[0], story.step("DealingPublished", 3)
    plan = reshared().transcript.plan
    step.args["message"] = to_hex(dealt)
    story.step("DealingCommitted", 3).args["commitment"] = to_hex(commitment_of(plan, 1, dealt))
    assert refusal(story.steps, whole=False) == "unlawful-OpeningCommitteeDealingProofInvalid"
    proof = Know.prove(POSSESSION, possession_context(plan, 1), 5, secrets.token_bytes)
    message = Dealing(
        (multiply(5), *Dealing.read(other.transcript.plan, 1, dealt).points[1:]), proof
    ).to_message()
    step.args["message"] = to_hex(message)
    story.step("DealingCommitted", 3).args["commitment"] = to_hex(commitment_of(plan, 1, message))
    assert refusal(story.steps, whole=False) == "unlawful-OpeningCommitteeReshareMismatch"


# Early shares


def early(call: Call, sender: str, succeeded: bool = False, to: str | None = None) -> Verified:
    """A transaction to the committee and its receipt."""
    return early_data(call.data, sender, succeeded, to)


def early_data(data: bytes, sender: str, succeeded: bool = False, to: str | None = None) -> Verified:
    address = from_hex((to or account("OpeningCommittee")).lower())
    sent = Transaction(
        type=2, chain_id=31337, nonce=0, max_fee=0, max_priority_fee=0, gas=1, to=address, value=0, data=data, access_list=(), v=0,
        r=1, s=1, hash=bytes(32), sender=from_hex(sender.lower()),
    )  # fmt: skip
    return Verified(0, sent, Receipt(2, succeeded, 1, ()), 0)


def shares_call(story: Story, seat: int, envelope: int = 0, said: int | None = None) -> Call:
    """A seat's shares of the first page; ``said``: the envelope that the call names, where it is another one."""
    key, entries = story.committee.shares[seat], []
    for bid in story.bids:
        sealed = bid.envelopes[envelope]
        share = key.open(sealed.context.ctx, sealed.envelope.u, secrets.token_bytes)
        entries.append(share.entry(sealed.envelope.u, sealed.envelope.label(sealed.context)))
    return opening_committee.post_shares(
        from_hex(TENDER), envelope if said is None else said, 0, seat, entries
    )


def test_early_share__refused_by_the_contract__is_named_with_who_sent_it() -> None:
    story = begun(2)
    lawful, call = audit(story.steps), shares_call(story, 2)
    lawful.refused(early(call, account(opener(2))), 99, DEADLINE)
    (warning,) = lawful.committee_warnings()
    assert warning.startswith("early share: block 99, ")
    assert f"{account(opener(2))} (OPENING2) sent shares of seat 2 in tender 1 before" in warning
    assert warning.endswith("refused, but its data are public: 2 of 2 shares hold")
    (fact,) = facts_of(lawful)["early"]
    assert (fact["member"], fact["seat"], fact["sent"], fact["valid"]) == ("OPENING2", 2, 2, 2)


def of_seat(call: Call, seat: int) -> Call:
    """The same shares, said to be of another seat."""
    return Call(call.contract, call.function, (*call.args[:3], seat, call.args[4]))


def test_early_share__by_a_stranger_or_of_another_seat__says_how_many_hold() -> None:
    story = begun(2)
    lawful, call = audit(story.steps), shares_call(story, 2)
    lawful.refused(early(call, account("nobody")), 99, DEADLINE)
    lawful.refused(early(of_seat(call, 3), account(opener(3))), 100, DEADLINE)
    first, second = lawful.committee_warnings()
    assert f"{account('nobody')} sent shares of seat 2" in first and first.endswith("2 of 2 shares hold")
    assert second.endswith("0 of 2 shares hold")


def test_early_share__that_strangers_make_up_or_copy__does_not_flood_the_findings() -> None:
    story = begun(2)
    lawful, call = audit(story.steps), shares_call(story, 2)
    for number in range(5):
        lawful.refused(early(of_seat(call, 1), account(f"nobody {number}")), 99, DEADLINE)
        huge = of_seat(call, 1).data.replace(bytes(31) + b"\x01", b"\xff" * 32)
        lawful.refused(early_data(huge, account(opener(2))), 99, DEADLINE)
    assert lawful.committee_warnings() == []
    for number in range(5):
        lawful.refused(early(call, account(f"nobody {number}")), 99, DEADLINE)
    assert len(lawful.committee_warnings()) == 1


def test_early_share__of_one_member_and_page__is_told_once_with_most_that_hold() -> None:
    story = begun(2)
    lawful, call = audit(story.steps), shares_call(story, 2)
    for made, page in ((of_seat(call, 3), 0), (call, 0), (of_seat(call, 3), 0), (call, 2**200), (call, 7)):
        args = (*made.args[:2], page, *made.args[3:])
        lawful.refused(early(Call(call.contract, call.function, args), account(opener(2))), 99, DEADLINE)
    (warning,) = lawful.committee_warnings()
    assert warning.endswith("2 of 2 shares hold")


def test_early_share__of_a_stopped_tender__is_named_at_any_time() -> None:
    story = begun(2)
    cancelled = {
        "id": TENDER, "lot": 0, "reason": 1, "documentHash": f"0x{3:064x}", "cancelsAt": OPENED + 40 + story.procedure.cancel_window,
    }  # fmt: skip
    story.add(OFFICER, OPENED + 40, ("TenderBoard", "CancellationProposed", cancelled))
    lawful, call = audit(story.steps), shares_call(story, 2)
    lawful.refused(early(call, account(opener(2))), 99, OPEN_FROM + 10)
    (warning,) = lawful.committee_warnings()
    assert "in tender 1 though it was stopped and its bids stay sealed; refused" in warning


def test_early_share__of_the_second_envelope_before_its_release__is_named() -> None:
    two = replace(Story().procedure, envelopes=2)
    story = Story(procedure=two).founded().ceremony().published().sealed(1).sealed(2)
    lawful, who = audit(story.steps), account(opener(2))
    for said in (1, 0):
        lawful = audit(story.steps)
        lawful.refused(early(shares_call(story, 2, envelope=1, said=said), who), 99, OPEN_FROM + 1)
        (warning,) = lawful.committee_warnings()
        assert "of envelope 1 before its release; refused" in warning
        assert warning.endswith("2 of 2 shares hold")
    lawful = audit(story.steps)
    lawful.refused(early(shares_call(story, 2), who), 99, OPEN_FROM + 1)
    assert lawful.committee_warnings() == []


def test_refused_transaction__that_is_no_early_share__is_not_named() -> None:
    story = begun(1)
    lawful, call = audit(story.steps), shares_call(story, 1)
    who = account(opener(1))
    lawful.refused(early(call, who), 99, OPEN_FROM)
    lawful.refused(early(call, who, succeeded=True), 99, DEADLINE)
    lawful.refused(early(call, who, to=account("other")), 99, DEADLINE)
    lawful.refused(early(opening_committee.call_roll(ZERO32), who), 99, DEADLINE)
    unknown = opening_committee.post_shares(ZERO32, 0, 0, 1, [])
    lawful.refused(early(unknown, who), 99, DEADLINE)
    assert lawful.committee_warnings() == []


def test_shares__that_agree_with_the_keys__give_one_secret_from_any_two_seats() -> None:
    """What the audit compares besides: with a false keyset behind it, two subsets would differ."""
    story = told()
    points = {
        each.args["seat"]: Point(int(each.args["shares"][0]), int(each.args["shares"][1]))
        for each in story.steps
        if each.name == "SharesPosted"
    }

    pairs = ((1, 2), (1, 3), (2, 3))
    assert len({combine({seat: points[seat] for seat in pair}).secret for pair in pairs}) == 1


def test_events_of__steps_of_one_transaction__stand_in_one_block() -> None:
    blocks = [event.block for event, _ in events_of(told().steps)]
    assert blocks == sorted(blocks) and len(set(blocks)) < len(blocks)
