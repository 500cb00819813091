"""The demonstration: a tender over HTTP from publication to its last payment, then the same history proved without a node.

It plays with a real published document in a simulated tender: the story says so, and lists what was supplemented.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from api.client import Answer
from api.demo_agreement import AgreedLife
from api.demo_awards import AwardDay, uploaded
from api.demo_bids import OPENERS, SealedDay
from api.demo_left import Left
from api.demo_signed import PANEL
from api.demo_stage import Say, Stage
from api.running import Running
from chain.network import Network
from chain.ocds.samples import Periods, sample, supplement_changes
from chain.ocds.values import utc

__all__ = ["Demo", "Seconds"]

PROCEDURE = "mx-open"
"""The procedure that is played: its real periods, of days, pass because a sandbox's time is moved."""

_DAY = 86_400
_MEAN = 1_250_000.0


@dataclass
class Seconds:
    """Wall-clock seconds by part, for the report."""

    parts: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Adds the time of a block under ``name``."""
        start = time.monotonic()
        yield
        self.parts[name] = round(time.monotonic() - start, 2)


class Demo:
    """Plays the story on a running service; ``say`` gets each line for people."""

    def __init__(self, network: Network, running: Running, output: Path, say: Say) -> None:
        self._stage = Stage(network, running, output, say)
        self._network = network
        self._output = output
        self._say = say
        self._anyone = self._stage.anyone
        self._signed = self._stage.signed

    def play(self) -> dict[str, Any]:
        """The whole story; returns {tender, ocid, block, bids, award, agreement, pictures, record, tables, release, proof, head, verdict}.

        Raises DemoStoryBroken.
        """
        number = self._publish()
        clients = self._stage.clients
        day = SealedDay(self._network, clients, number, self._output, self._say)
        self._enquire(number)
        self._bid(day, "acme", "1289900.00 MXN")
        self._amend(number)
        self._bid_again(day)
        bids = self._open(day, number)
        award = self._award(AwardDay(clients, number, self._output, self._say))
        agreement = self._agree(AgreedLife(self._stage, number, "beta"))
        left = Left(self._stage, number)
        report = left.told() | {"tender": number, "bids": bids, "award": award, "agreement": agreement}
        return report | left.open_data() | left.proved()

    def _bid(self, day: SealedDay, name: str, amount: str) -> None:
        sent = self._stage.done("bid", day.bid(name, amount), 201)
        self._say(f"block {sent['block']}: {name} submitted a bid, sealed on its own machine")

    def _bid_again(self, day: SealedDay) -> None:
        kept = self._stage.done("confirm", day.confirm("acme"), 200)
        self._say(f"block {kept['block']}: acme keeps its bid under the addendum")
        self._bid(day, "beta", "654800.00 MXN")
        self._bid(day, "gamma", "1275500.50 MXN")
        day.tell_sealed()

    def _open(self, day: SealedDay, number: int) -> list[dict[str, Any]]:
        tender = self._network.tenders[number]
        self._stage.pass_until(tender.closes_at.timestamp())
        self._stage.refused(
            "BidBoxClosed", "beta sealed a better price late", lambda: day.bid("beta", "1.00 MXN")
        )
        self._stage.refused(
            "OpeningCommitteeTooEarly", f"{OPENERS[0]} sent its share early", lambda: day.share(OPENERS[0])
        )
        self._stage.pass_until(tender.opens_at.timestamp())
        for name in OPENERS:
            day.share(name)
        self._say(
            f"{' and '.join(OPENERS)} sent their shares; anybody combines them, and the contract checks and decrypts:"
        )
        return day.open("auditor")

    def _award(self, day: AwardDay) -> dict[str, Any]:
        self._say("anybody counts and ranks the bids, and the contract checks every one of them:")
        self._stage.done("rank", day.rank("citizen"), 200)
        low = int(day.lot["candidate"])
        self._stage.refused(
            "AwardDeskExplanationMissing",
            "buyer asked to award the low price at once",
            lambda: day.propose_award(low, ""),
        )
        asked = self._stage.done("ask", day.ask(low), 200)
        self._say(f"block {asked['block']}: buyer asked beta to explain its abnormally low price")
        explained = self._stage.done("explain", day.explain("beta", low), 200)
        self._say(f"block {explained['block']}: beta explained it")
        self._put_out(day, low)
        following = int(day.lot["candidate"])
        self._stage.refused(
            "AwardDeskNotCandidate",
            "buyer asked to award another bid than the next one",
            lambda: day.propose_award(low, ""),
        )
        self._award_to(day, following)
        self._complain(day, low)
        award = day.lot["award"]
        self._stage.pass_until(datetime.fromisoformat(day.lot["standstillEnds"]).timestamp())
        lot = f"the lot is {day.lot['status']}, to be signed by {award['orgId']}"
        self._say(f"{self._stage.today}: the standstill is over, no complaint is open: {lot}")
        return {"bid": award["bid"], "supplier": award["orgId"], "amount": award["amount"]}

    def _agree(self, life: AgreedLife) -> dict[str, Any]:
        life.sign()
        self._cancel_another()
        life.deliver()
        life.pay()
        return life.end()

    def _put_out(self, day: AwardDay, bid: int) -> None:
        self._stage.refused(
            "EvaluationDeskVotesShort",
            "buyer asked to put the bid out without its panel",
            lambda: day.propose_disqualification(bid, ""),
        )
        day.vote_out(bid)
        act = day.propose_disqualification(bid, "put the bid of beta out")
        self._stage.refused(
            "FourEyesRoleMissing", "buyer approved as well", lambda: day.approve(act, "buyer")
        )
        out = self._stage.done("disqualify", day.approve(act), 200)
        self._say(
            f"block {out['block']}: approver approved: the offer does not meet the terms, and is out; the next one follows"
        )

    def _award_to(self, day: AwardDay, bid: int) -> None:
        day.vote_award(bid)
        awarded = self._stage.done("award", day.approve(day.propose_award(bid, "award the lot")), 200)
        award = day.lot["award"]
        told = f"{award['orgId']}, {award['amount']} {award['currency']}: {award['why']}"
        self._say(f"block {awarded['block']}: approver approved: the lot is awarded to {told}")

    def _complain(self, day: AwardDay, bid: int) -> None:
        filed = self._stage.done("complain", day.complain("beta"), 201)
        complaint = str(filed["subject"])
        self._say(f"block {filed['block']}: beta complained about the award")
        self._stage.pass_until(datetime.fromisoformat(day.lot["standstillEnds"]).timestamp())
        self._say(
            f"{self._stage.today}: the standstill would be over, but a complaint is open: the lot stays {day.lot['status']}, unsigned"
        )
        self._stage.done("admit", day.admit(complaint), 200)
        self._stage.refused(
            "ComplaintDeskRoleMissing", "buyer decided on it", lambda: day.decide_as("buyer", complaint, bid)
        )
        upheld = self._stage.done("uphold", day.decide_as("reviewer", complaint, bid), 200)
        self._say(f"block {upheld['block']}: the review body upheld it: the bid of beta has to be in again")
        executed = self._stage.done("execute", day.execute(complaint), 200)
        self._say(f"block {executed['block']}: buyer asked and approver approved to apply the remedy")
        self._award_to(day, bid)

    def _publish(self) -> int:
        body = self._document("laptops")
        self._say(
            "This is a simulation. The document is real: a direct award of 2015, published by the buyer as open data."
        )
        self._say("To play an open tender of today with it, this was supplemented (old -> new):")
        for pointer, old, new in supplement_changes(body["ocds"], body["supplement"]):
            self._say(f"  {pointer}: {_short(old)} -> {_short(new)}")
        self._say(f"It goes by {PROCEDURE}; its days pass because the time of a sandbox can be moved.")
        self._say(
            f"The mean price on the market, {_MEAN:.2f} MXN, is invented; so are the bids and who evaluates."
        )
        act = self._signed.propose(f"publish it under {PROCEDURE}, with a panel of three", "/tenders", body)
        self._stage.refused(
            "FourEyesRoleMissing", "buyer approved as well", lambda: self._signed.approve(act, "buyer")
        )
        operation = self._stage.done("publish", self._signed.approve(act), 201)
        number = int(operation["subject"].split("/")[-1])
        tender = self._anyone.get(f"/tenders/{number}")
        self._say(
            f"block {operation['block']}: approver approved, and published tender {number}, {tender['ocid']}: {tender['title']}"
        )
        return number

    def _document(self, name: str) -> dict[str, Any]:
        """A sample as a tender of the procedure: its periods, its panel, the mean price that the buyer found on the market."""
        rules = self._anyone.get(f"/procedures/{PROCEDURE}/1")["values"]
        # A day more than the least: the period counts from the approval.
        length = rules["minTenderPeriod"] + _DAY
        periods = Periods.from_now(
            self._network.now(), length, rules["enquiryCutoff"], rules["decisionPeriod"]
        )
        panel = [self._network.records[name].address for name in PANEL]
        return sample(name, periods) | {"procedure": PROCEDURE, "panel": panel, "marketMeans": {"1": _MEAN}}

    def _enquire(self, number: int) -> None:
        question = {"title": "Garantía", "description": "¿Se acepta una garantía de 24 meses en lugar de 36?"}
        asked = self._stage.done(
            "ask", self._stage.client("acme").act(f"/tenders/{number}/enquiries", question), 201
        )
        self._say(f"block {asked['block']}: acme asked in public: {question['description']}")
        path = f"/tenders/{number}/enquiries/1/answer"
        self._stage.refused(
            "TenderBoardRoleMissing",
            "acme tried to answer it",
            lambda: self._stage.client("acme").act(path, {"answer": "Sí."}),
        )
        answered = self._stage.done(
            "answer",
            self._stage.client("buyer").act(path, {"answer": "No: 36 meses, como dicen las bases."}),
            200,
        )
        self._say(f"block {answered['block']}: buyer answered: No: 36 meses, como dicen las bases.")

    def _amend(self, number: int) -> None:
        deadline = self._network.tenders[number].closes_at
        self._stage.pass_until(deadline.timestamp() - 60)
        self._say(f"time passes: a minute is left until {deadline:%Y-%m-%d %H:%M:%S} UTC")
        patch: dict[str, Any] = {"description": "Equipos con garantía de 36 meses en sitio."}
        self._stage.refused(
            "TenderBoardExtensionTooShort",
            "buyer asked to amend without more time",
            lambda: self._change(number, patch),
        )
        later = self._network.clock().timestamp() + 8 * _DAY
        patch["tenderPeriod"] = {"endDate": utc(int(later))}
        amended = self._stage.done("amend", self._change(number, patch), 200)
        self._say(
            f"block {amended['block']}: buyer and approver amended, bidders have until {patch['tenderPeriod']['endDate']}"
        )

    def _change(self, number: int, patch: dict[str, Any]) -> Answer:
        terms_hash = self._anyone.get(f"/tenders/{number}")["termsHash"]
        return self._signed.done(f"/tenders/{number}/amendments", {"patch": patch}, if_match=terms_hash)

    def _cancel_another(self) -> None:
        operation = self._stage.done("publish", self._signed.done("/tenders", self._document("cutter")), 201)
        number = int(operation["subject"].split("/")[-1])
        text = "The machine was given to another department: there is no demand.\n"
        digest = uploaded(self._stage.client("approver"), self._output / "decision.txt", text)
        body = {"lot": 0, "reason": "noDemand", "document": digest}
        cancelled = self._stage.done(
            "cancel", self._signed.done(f"/tenders/{number}/cancellation", body), 200
        )
        window = self._anyone.get(f"/procedures/{PROCEDURE}/1")["values"]["cancelWindow"]
        self._stage.pass_until(self._network.clock().timestamp() + window)
        status = self._anyone.get(f"/tenders/{number}")["status"]
        self._say(
            f"block {cancelled['block']}: buyer and approver cancelled tender {number}; after the cancel window it is {status}"
        )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 90 else text[:87] + "..."
