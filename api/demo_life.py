"""The life of the demonstration's tender as anybody reads it from its timeline: a table, and what its two pictures show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from api.client import Client
from api.demo_picture import Line, Mark
from chain.money import Money

__all__ = ["Happening", "Life"]

_WORDS: Mapping[str, tuple[str, str]] = {
    "TenderPublished": ("Tender", "tender published"),
    "QuestionAsked": ("Tender", "question asked"),
    "QuestionAnswered": ("Tender", "question answered"),
    "TenderAmended": ("Tender", "terms amended"),
    "BidSealed": ("Bids", "bid sealed"),
    "BidConfirmed": ("Bids", "bid kept under the new terms"),
    "BiddingClosed": ("Bids", "bidding closed"),
    "BoxLocked": ("Bids", "bids locked"),
    "SharesPosted": ("Bids", "shares sent"),
    "BidOpened": ("Bids", "bid opened"),
    "LotTallied": ("Decision", "bids counted"),
    "LotRanked": ("Decision", "bids ranked"),
    "ExplanationAsked": ("Decision", "asked to explain a low price"),
    "BidExplained": ("Decision", "price explained"),
    "VoteCalled": ("Decision", "panel called"),
    "VoteCast": ("Decision", "vote cast"),
    "VotesTaken": ("Decision", "votes taken"),
    "BidDisqualified": ("Decision", "bid {index} put out"),
    "LotAwarded": ("Decision", "bid {index} awarded for {price}"),
    "StandstillEnded": ("Decision", "standstill over"),
    "ComplaintFiled": ("Complaint", "complaint filed"),
    "ComplaintAdmitted": ("Complaint", "complaint admitted"),
    "ComplaintUpheld": ("Complaint", "complaint upheld"),
    "ComplaintRemedied": ("Complaint", "remedy applied"),
    "AgreementDrafted": ("Agreement", "agreement drafted, {value}"),
    "AgreementSigned": ("Agreement", "agreement signed"),
    "AgreementChangeProposed": ("Agreement", "change proposed, to {value}"),
    "AgreementChangeSigned": ("Agreement", "change signed"),
    "AgreementChanged": ("Agreement", "change signed by both, {value}"),
    "AgreementCompleted": ("Agreement", "agreement completed"),
    "MilestoneDelivered": ("Deliveries", "milestone {milestone} delivered"),
    "MilestoneAccepted": ("Deliveries", "milestone {milestone} accepted"),
    "MilestoneRefused": ("Deliveries", "milestone {milestone} refused"),
    "PaymentRecorded": ("Payments", "payment {number} for milestone {milestone}, {amount}"),
    "PaymentReversed": ("Payments", "payment {number} reversed"),
    "AgreementRated": ("Ratings", "rated {rating} of 5"),
}
"""Event -> the lane of the picture that it is in, and what it says."""

_TURNED = frozenset({"BidDisqualified", "MilestoneRefused", "PaymentReversed"})
"""Those that undo, or turn down, what somebody did."""

_AMOUNTS = ("price", "value", "amount")
_INNER = ("terms", "change", "payment")
_PAGE = 100


@dataclass(frozen=True)
class Happening:
    """An event of the tender; ``who``: the name of the account that sent it, "time" where time alone did it."""

    block: int
    at: datetime
    type: str
    who: str
    args: Mapping[str, Any]


class Life:
    """All that happened to a tender. ``names``: address -> name."""

    def __init__(self, client: Client, number: int, names: Mapping[str, str]) -> None:
        tender = client.get(f"/tenders/{number}")
        self._currency, self._exponent = str(tender["currency"]), int(tender["exponent"])
        self.title = f"{tender['ocid']}: {tender['title']}"
        self.published = sum(int(lot["ceiling"]) for lot in tender["lots"])
        self.happenings = [
            Happening(row["block"], datetime.fromisoformat(row["time"]), row["type"], names.get(row["actor"] or "", "time"), row["args"])
            for row in _rows(client, number)
        ]  # fmt: skip

    def table(self) -> Iterator[str]:
        """Lines with block, day, who and what; the same said several times in a row is one line."""
        yield f"{'block':>9}  {'day':<10}  {'who':<33}  what"
        for what, group in groupby(self.happenings, self._said):
            rows = list(group)
            first, last = rows[0].block, rows[-1].block
            block = f"{first}" if first == last else f"{first}-{last}"
            who = ", ".join(dict.fromkeys(row.who for row in rows))
            times = f" ({len(rows)})" if len(rows) > 1 else ""
            yield f"{block:>9}  {rows[0].at:%Y-%m-%d}  {who:<33}  {what}{times}"

    def marks(self) -> list[Mark]:
        """Where each event stands in the picture of the time."""
        return [
            Mark(each.at, _WORDS[each.type][0], f"{self._said(each)}, by {each.who}", each.type in _TURNED)
            for each in self.happenings
            if each.type in _WORDS
        ]

    def money(self) -> list[Line]:
        """What the buyer published, awarded, agreed and paid, as it grew and fell."""
        awarded = [(each.at, int(each.args["price"])) for each in self._of("LotAwarded")]
        changed = [(each.at, int(each.args["value"])) for each in self._of("AgreementChanged")]
        # The price of the award is in effect from the second signature on.
        active = self._of("AgreementSigned")[-1].at
        return [
            self._line("published value", [(self.happenings[0].at, self.published)]),
            self._line("award", awarded),
            self._line("agreed value", [(active, awarded[-1][1]), *changed]),
            self._line("paid", self._paid()),
        ]

    def _said(self, happening: Happening) -> str:
        """In words; what has none is named as on the chain."""
        fields = _flat(happening.args)
        fields |= {name: str(self._money(fields[name])) for name in _AMOUNTS if name in fields}
        return _WORDS.get(happening.type, ("", happening.type))[1].format_map(fields)

    def _of(self, *types: str) -> list[Happening]:
        return [each for each in self.happenings if each.type in types]

    def _paid(self) -> list[tuple[datetime, int]]:
        """The sum after each payment and reversal."""
        total, made, steps = 0, {}, []
        for each in self._of("PaymentRecorded", "PaymentReversed"):
            number = each.args["number"]
            if each.type == "PaymentRecorded":
                made[number] = int(each.args["payment"]["amount"])
            total += made[number] if each.type == "PaymentRecorded" else -made[number]
            steps.append((each.at, total))
        return steps

    def _line(self, name: str, steps: Sequence[tuple[datetime, int]]) -> Line:
        return Line(name, self._currency, tuple((at, self._money(amount).amount) for at, amount in steps))

    def _money(self, minor: Any) -> Money:
        return Money.from_minor(int(minor), self._currency, self._exponent)


def _rows(client: Client, number: int) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = client.get(f"/tenders/{number}/timeline?limit={_PAGE}{after}")
        yield from page["items"]
        if len(page["items"]) < _PAGE:
            return
        after = f"&after={page['next']}"


def _flat(args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of an event with those of the struct that it carries."""
    found = dict(args)
    for name in _INNER:
        found |= args.get(name) or {}
    return found
