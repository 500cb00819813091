"""chain/sealing/contents.py and chain/procurement/opened.py: what was opened is a bid or not, by one rule for service, script and audit."""

from __future__ import annotations

import secrets

import pytest

from chain.procurement.opened import money_of, open_contents
from chain.sealing.contents import contents_of
from chain.sealing.envelope import NO_OFFER
from chain.sealing.opening import open_with
from tests.unit.sealed_story import Bid, Story, audit, facts_of
from tests.unit.test_sealed_audit import forged, unfit

pytestmark = pytest.mark.unit

KINDS = {
    "too much": "BidAmountInvalid",
    "no offer": "BidAmountInvalid",
    "other document": "DocumentMismatch",
    "garbage": "BodyUnreadable",
    "": "",
}


def opened(bid: Bid) -> tuple[str, bool]:
    """(fault, whether its document is there) of a bid."""
    sealed = bid.envelopes[0]
    opening = open_with(sealed.secret, sealed.context, sealed.envelope)
    found = open_contents(sealed.data, sealed.context, sealed.secret, opening)
    assert found.data == (found.body if found.document is not None else None)
    assert found.fault == contents_of(sealed.envelope, sealed.context, sealed.secret, opening).fault
    money_of(opening, "MXN", 2)
    return found.fault, found.data is not None


@pytest.mark.parametrize("kind", KINDS)
def test_open_contents__whatever_was_sealed__has_the_fault_that_the_audit_finds(kind: str) -> None:
    story = Story().founded().ceremony().published()
    story.sealed(1) if not kind else unfit(story, 1, kind)
    story.posted(1, lock=True).posted(2).opened()
    assert opened(story.bids[0]) == (KINDS[kind], KINDS[kind] in ("", "BidAmountInvalid"))
    (bid,) = facts_of(audit(story.steps))["bids"]
    assert (bid["envelopes"][0]["fault"] or "").split(" ")[0] == KINDS[kind]
    assert (bid["verdict"] == "non-responsive") == bool(KINDS[kind])


@pytest.mark.parametrize("amount", [2**128, 2**200, NO_OFFER - 1])
def test_open_contents__amount_beyond_the_limit__names_its_lot(amount: int) -> None:
    story = Story()
    sealed = forged(story.context(1, 1), story.committee.keyset.pk, [amount], None)
    opening = open_with(sealed.secret, sealed.context, sealed.envelope)
    found = open_contents(sealed.data, sealed.context, sealed.secret, opening)
    assert found.refusal is not None and found.refusal.facts == {"lot": 1}
    assert found.document is not None and found.document["amounts"] == [str(amount)]


def test_open_contents__bytes_that_are_no_envelope__are_a_fault_too() -> None:
    story = Story().founded().ceremony().published().sealed(1)
    sealed = story.bids[0].envelopes[0]
    opening = open_with(sealed.secret, sealed.context, sealed.envelope)
    found = open_contents(secrets.token_bytes(40), sealed.context, sealed.secret, opening)
    assert (found.body, found.data, found.fault) == (None, None, "BidBoxEnvelopeMalformed")
