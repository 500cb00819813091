"""Bids in releases: kept out of them until the opening, then shown with their bidders and prices.

Until then what a fold says of them is kept aside, entry by entry, and read again at the first opening: bids are many, and the state is
written with every block. From then on the fold remembers a bid by its index: {"date", "terms", "seals", "status"}, where ``terms`` is
the version that it is bound to, ``seals`` has one an envelope and ``status`` is sealed, withdrawn or opened. Who sent it is asked for
when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chain.ocds.publication import Organisation
from chain.ocds.values import MAX_AMOUNT, MAX_DECIMALS, utc
from chain.sealing.envelope import MAX_AMOUNT as MAX_SEALED
from chain.sealing.envelope import NO_OFFER
from chain.types import Event

__all__ = [
    "Bids", "are_all_opened", "details_of", "is_withheld", "money", "never_opened", "remember", "said_of_bid",
]  # fmt: skip

Bids = Mapping[str, Mapping[str, Any]]
"""Index of a bid, as text -> what is remembered of it."""

_SEALED, _WITHDRAWN, _OPENED = "sealed", "withdrawn", "opened"


def is_withheld(event: Event) -> bool:
    """Whether the mere place of an event would count bids or bidders: all that comes into the box, and shares of a further page,
    since a page is of 32 bids. That the box was locked, and shares of the first page, say no more than the end of bidding did."""
    return event.name in ("BidSealed", "BidConfirmed", "BidWithdrawn") or (
        event.name == "SharesPosted" and int(event.args["page"]) > 0
    )


def said_of_bid(event: Event) -> dict[str, Any] | None:
    """What an event says of a bid, as it is kept: JSON; None where it says nothing of one."""
    args = event.args
    if event.name not in ("BidSealed", "BidConfirmed", "BidWithdrawn", "BidOpened"):
        return None
    said = {"name": event.name, "date": utc(event.time), "bid": str(args["index"])}
    kept = {name: args[name] for name in ("envelope", "termsVersion", "seal") if name in args}
    return said | kept


def remember(bids: dict[str, Mapping[str, Any]], said: Mapping[str, Any]) -> None:
    """Adds what an event said to what is remembered; no bid is changed in place."""
    index = said["bid"]
    if said["name"] == "BidSealed" and said["envelope"] == 0:
        bids[index] = {
            "date": said["date"], "terms": said["termsVersion"], "seals": [said["seal"]], "status": _SEALED,
        }  # fmt: skip
    elif said["name"] == "BidSealed":
        bids[index] = {**bids[index], "seals": [*bids[index]["seals"], said["seal"]]}
    elif said["name"] == "BidConfirmed":
        bids[index] = {**bids[index], "terms": said["termsVersion"]}
    else:
        bids[index] = {**bids[index], "status": _WITHDRAWN if said["name"] == "BidWithdrawn" else _OPENED}


def never_opened(bids: Bids, terms: int) -> Iterator[dict[str, Any]]:
    """Bids that were withdrawn, or that nobody bound to the last version of the terms: by their index alone, nobody's."""
    for index in sorted(bids, key=int):
        bid = bids[index]
        if bid["status"] == _WITHDRAWN or bid["terms"] != terms:
            yield {"id": index, "date": bid["date"], "status": "withdrawn"}


def are_all_opened(bids: Bids, terms: int) -> bool:
    """Whether none of the live bids is left to open."""
    return all(bid["status"] != _SEALED or bid["terms"] != terms for bid in bids.values())


def money(amount: int, currency: str, exponent: int) -> dict[str, Any] | None:
    """Value of an amount in minor units; None where it is not responsive, or no release can say it: a fourth decimal, 1e12 and more."""
    scale = 10**MAX_DECIMALS
    least, rest = divmod(amount * scale, 10**exponent)
    if rest or amount > MAX_SEALED or least >= scale * MAX_AMOUNT:
        return None
    return {"amount": least / scale if least % scale else least // scale, "currency": currency}


def details_of(
    opened: Event,
    bid: Mapping[str, Any],
    bidder: Organisation,
    lots: Sequence[str],
    price: Callable[[int], Mapping[str, Any] | None],
    documents: Sequence[Mapping[str, Any]],
    before: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """bids.details of an opened bid: ``{index}-{lot}`` for each lot that it makes an offer for; one of the whole bid where the tender
    declares no lots or there is no offer. Documents are told once, with the first.

    ``before``: what is told of the whole bid, of which an earlier envelope was opened: its prices do not change what was decided on that.
    ``lots``: ids in the order of the terms; ``price``: amount -> value, None where there is none to show.
    """
    index, amounts = str(opened.args["index"]), [int(amount) for amount in opened.args["amounts"]]
    whole = {
        "date": bid["date"],
        "status": "pending" if before is None else before["status"],
        "tenderers": [bidder.reference],
        "commitment": {"scheme": "keccak256", "id": bid["seals"][opened.args["envelope"]]},
    }
    offers = [(lot, amount) for lot, amount in zip(lots, amounts, strict=False) if amount != NO_OFFER]
    details = [
        {"id": f"{index}-{lot}", **whole, **_valued(price(amount)), "relatedLots": [lot]}
        for lot, amount in offers
    ]
    if not details:
        # Without lots the only amount is the price; of several that no text tells apart none is.
        only = price(amounts[0]) if len(amounts) == 1 and not lots else None
        details = [{"id": index, **whole, **_valued(only)}]
    if before is not None and details[0]["id"] == index:
        details = [{**details[0], "commitment": before["commitment"]}]
        documents = [*before.get("documents", ()), *documents]
    if documents:
        about = {"relatedLots": [lot for lot, _ in offers]} if len(offers) > 1 else {}
        details[0]["documents"] = [{**document, **about} for document in documents]
    return details


def _valued(value: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"value": dict(value)} if value is not None else {}
