"""The award of the demonstration: what the buyer, a bidder and anybody do about a lot once its bids are open."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from api.client import Answer, Client
from api.demo_signed import PanelVotes, Signed

__all__ = ["AwardDay", "uploaded"]


def uploaded(client: Client, path: Path, text: str) -> str:
    """Writes a paper and uploads it; its sha256."""
    path.write_text(text, "utf-8")
    digest = hashlib.sha256(path.read_bytes())
    client.upload(path, "text/plain", f"sha-256=:{base64.b64encode(digest.digest()).decode()}:")
    return digest.hexdigest()


class AwardDay:
    """The only lot of a tender of a served sandbox; ``clients``: name -> its client, "" is nobody's."""

    def __init__(
        self, clients: Mapping[str, Client], number: int, output: Path, say: Callable[[str], None]
    ) -> None:
        self._clients = clients
        self._number = number
        self._output = output
        self._say = say
        self._path = f"/tenders/{number}/lots/1"
        self._signed = Signed(clients, say)
        self._panel = PanelVotes(clients, f"/tenders/{number}", say)
        self._papers: dict[str, str] = {}

    @property
    def lot(self) -> dict[str, Any]:
        """The lot as anybody reads it."""
        lot: dict[str, Any] = self._clients[""].get(self._path)
        return lot

    def rank(self, name: str) -> Answer:
        """Counts and ranks, as `licita award rank` does, and shows the ranking."""
        self._clients[name].act(f"{self._path}/tally", {})
        answer = self._clients[name].act(f"{self._path}/ranking", {})
        for place in self._clients[""].get(f"{self._path}/ranking")["items"]:
            low = "  abnormally low" if place["low"] else ""
            self._say(
                f"  {place['place'] + 1}. {place['orgId']:<14}{place['amount']:>12} {place['currency']}{low}"
            )
        return answer

    def ask(self, bid: int) -> Answer:
        """The buyer asks the candidate to explain its price."""
        question = self._paper(
            "buyer", "question.txt", "Your price is half of the others'. What is inside it?\n"
        )
        return self._clients["buyer"].act(f"{self._path}/requests", {"bid": bid, "document": question})

    def explain(self, name: str, bid: int) -> Answer:
        """The bidder explains; the paper goes to the buyer, the chain holds its hash."""
        answer = hashlib.sha256(b"We bought the laptops in bulk for another customer who withdrew.\n")
        return self._clients[name].act(f"{self._path}/replies", {"bid": bid, "document": answer.hexdigest()})

    def vote_out(self, bid: int) -> None:
        """The panel votes on the disqualification; one of the buyer's evaluators is against, and says why."""
        why = "A line of its offer may mean what the terms ask for.\n"
        self._panel.vote(
            "putting the bid out",
            {"disqualification": {"lot": 1, **self._out(bid)}},
            {"assessor2": self._paper("assessor2", "dissent.txt", why)},
        )

    def vote_award(self, bid: int) -> None:
        """The panel votes on the award."""
        self._panel.vote("the award", {"award": {"lot": 1, **self._awarded(bid)}}, {})

    def propose_disqualification(self, bid: int, what: str) -> str:
        """The buyer asks to put the candidate out, with its reasons; the act."""
        return self._signed.propose(what, f"{self._path}/disqualifications", self._out(bid))

    def propose_award(self, bid: int, what: str) -> str:
        """The buyer asks to award the lot, with its reasons; the act."""
        return self._signed.propose(what, f"{self._path}/awards", self._awarded(bid))

    def approve(self, act: str, name: str = "approver") -> Answer:
        """Another account of the buyer approves."""
        return self._signed.approve(act, name)

    def _out(self, bid: int) -> dict[str, Any]:
        text = "The offer does not say that the warranty is given on site; the terms ask for it.\n"
        paper = self._paper("approver", "disqualification.txt", text)
        return {"bid": bid, "reason": "nonResponsive", "document": paper}

    def _awarded(self, bid: int) -> dict[str, Any]:
        text = "Of the bids that meet the terms it asks the least.\n"
        return {"bid": bid, "document": self._paper("buyer", "award.txt", text)}

    def complain(self, name: str) -> Answer:
        """A bidder complains about the award."""
        text = "My offer says in its first line that the 36 months of warranty are on site.\n"
        body = {
            "tender": self._number,
            "lot": 1,
            "stage": "award",
            "document": self._paper(name, "complaint.txt", text),
        }
        return self._clients[name].act("/complaints", body)

    def admit(self, complaint: str) -> Answer:
        """The review body takes the complaint in."""
        paper = self._paper(
            "reviewer", "admission.txt", "The complaint is in time, and concerns the complainant.\n"
        )
        return self._clients["reviewer"].act(f"/{complaint}/admission", {"document": paper})

    def decide_as(self, name: str, complaint: str, bid: int) -> Answer:
        """Finds for the complainant: its bid is in again."""
        paper = self._paper(
            "reviewer", "review.txt", "The offer says what the terms ask for: the bid was put out wrongly.\n"
        )
        body = {"outcome": "upheld", "remedy": "restoreBid", "bid": bid, "document": paper}
        return self._clients[name].act(f"/{complaint}/decision", body)

    def execute(self, complaint: str) -> Answer:
        """The buyer's two apply the remedy."""
        return self._signed.done(f"/{complaint}/execution", {})

    def _paper(self, author: str, name: str, text: str) -> str:
        """The sha256 of a paper that is uploaded once."""
        if name not in self._papers:
            self._papers[name] = uploaded(self._clients[author], self._output / name, text)
        return self._papers[name]
