"""Agreements in releases: contracts from the signature of both sides on, their changes, milestones and payments.

The fold remembers of an agreement, by its number as text: {"lot", "terms": as they were drafted, "signatures", "value", "extension",
"change": the one that waits, "paid": milestone -> amount, less what was reversed, "release":
the last one that set what is agreed, "implemented": the first one that told of its implementation, "" before}. Of a draft nothing is told.
Payments are not remembered: they may be many, and the state is written with every block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chain.ocds.awards import Awards, paper
from chain.ocds.publication import Lookup, Organisation, Publication
from chain.ocds.values import utc
from chain.rules.agreements import BOTH, amounts_of, planned
from chain.types import (
    AgreementTerms,
    ChangeReason,
    Event,
    MilestoneFacts,
    MilestoneKind,
    Side,
    TerminationCause,
)

__all__ = ["Agreements", "told_once"]

Image = dict[str, Any]
_LAST = 253_402_300_799  # of the year 9999: no release can say a later time
_DELIVERY, _PROGRESS = "physicalProgressReport", "financialProgressReport"
_REVERSED = "reversed-"
_TOLD = {"MilestoneDelivered": "scheduled", "MilestoneAccepted": "met", "MilestoneRefused": "notMet"}


def told_once(contract: Mapping[str, Any]) -> dict[str, Any]:
    """A contract of an image without what is told once and never changes: its transactions, and why some were reversed."""
    implementation = {
        name: value for name, value in contract["implementation"].items() if name != "transactions"
    }
    if "documents" in implementation:
        kept = [each for each in implementation.pop("documents") if not each["id"].startswith(_REVERSED)]
        implementation |= {"documents": kept} if kept else {}
    return {**contract, "implementation": implementation}


class Agreements:
    """The contracts of the tender whose ``image`` is being made in ``release``; ``state``: agreement -> what is remembered, which grows.

    ``price``: minor units -> value, None where no release can say it.
    """

    def __init__(
        self, image: Image, state: dict[str, dict[str, Any]], publication: Publication, release: str,
        price: Callable[[int], dict[str, Any] | None],
    ) -> None:  # fmt: skip
        self._image, self._state, self._publication, self._release = image, state, publication, release
        self._price = price

    def apply(self, event: Event, awards: Awards) -> str:
        """What an event makes of its agreement; the tag of it. Of drafts, proposals and ratings the place alone is told."""
        name = event.name
        if name == "AgreementDrafted":
            self._drafted(event)
        elif name == "AgreementSigned":
            return "contract" if self._signed(event, awards) else "tenderUpdate"
        elif name == "AgreementChangeProposed":
            self._kept(event)["change"] = event.args["change"]
        elif name == "AgreementChanged":
            self._changed(event)
            return "contractAmendment"
        elif name in _TOLD:
            return self._delivery(event)
        elif name in ("AgreementCompleted", "AgreementTerminated"):
            self._ended(event)
            return "contractTermination"
        return "tenderUpdate"

    def passed_over(self, event: Event, awards: Awards) -> None:
        """Who did not sign is out, its award is cancelled and its draft gone."""
        awards.out(event)
        awards.fallen(event.args["lot"])
        self._forget(event.args["lot"])

    def moved(self, event: Event, known: Lookup) -> tuple[str, list[tuple[Organisation, str]]]:
        """A payment, or that one was reversed: the tag of it, and who takes which role by it."""
        is_paid = event.name == "PaymentRecorded"
        payment = (
            event.args["payment"] if is_paid else known.payment(int(_number(event)), event.args["number"])
        )
        payer, payee = known.member(payment["payer"]), known.supplier(payment["payee"])
        if not is_paid:
            return self._reversed(event, payment, payer, payee), []
        return self._paid(event, payer, payee), [(payer, "payer"), (payee, "payee")]

    def _drafted(self, event: Event) -> None:
        lot, terms = event.args["lot"], event.args["terms"]
        self._forget(lot)
        self._state[_number(event)] = {
            "lot": lot, "terms": terms, "signatures": 0, "value": int(terms["value"]), "extension": 0, "change": None, "paid": {},
            "release": "", "implemented": "",
        }  # fmt: skip

    def _forget(self, lot: int) -> None:
        """The draft about a lot, where there is one: what is signed stays the last one."""
        for number in [number for number, kept in self._state.items() if kept["lot"] == lot]:
            del self._state[number]

    def _signed(self, event: Event, awards: Awards) -> bool:
        """A signature; whether it is the second one."""
        kept, number = self._kept(event), _number(event)
        kept["signatures"] |= Side(event.args["side"]).bit
        if kept["signatures"] != BOTH:
            return False
        kept["release"] = self._release
        terms = AgreementTerms.from_args(kept["terms"])
        milestones = [_milestone(place, each) for place, each in enumerate(planned(terms), 1)]
        contract: dict[str, Any] = {
            "id": number, "awardID": awards.award_of(kept["lot"]), "status": "active", "dateSigned": utc(event.time),
            "documents": [self._document(event, "contractSigned", "Signed agreement")], "implementation": {"milestones": milestones},
        }  # fmt: skip
        if items := awards.items_of(kept["lot"]):
            contract["items"] = items
        self._image.setdefault("contracts", []).append(contract)
        self._agreed(contract, kept)
        return True

    def _agreed(self, contract: dict[str, Any], kept: Mapping[str, Any]) -> None:
        """Value and period as they are agreed now; without what no release can say."""
        terms, value = kept["terms"], self._price(kept["value"])
        times = {"startDate": terms["startsAt"], "endDate": terms["endsAt"] + kept["extension"]}
        period = {name: told for name, at in times.items() if (told := _date(at))}
        for name, now in (("value", value), ("period", period)):
            if now:
                contract[name] = now
            else:
                contract.pop(name, None)

    def _changed(self, event: Event) -> None:
        contract, kept = self._contract(event), self._kept(event)
        change, version = kept["change"], str(event.args["version"])
        kept |= {
            "change": None, "value": int(event.args["value"]), "extension": kept["extension"] + change["extension"],
        }  # fmt: skip
        reason = ChangeReason(change["reason"]).word
        contract.setdefault("amendments", []).append({
            "id": version, "date": utc(event.time), "rationale": reason, "amendsReleaseID": kept["release"], "releaseID": self._release,
        })  # fmt: skip
        kept["release"] = self._release
        title, name = f"Change {version}: {reason}", f"change-{version}"
        _tell(contract, self._document(event, "contractAnnexe", title, change["documentHash"], name))
        self._agreed(contract, kept)
        for place, each in enumerate(kept["terms"]["milestones"]):
            told = contract["implementation"]["milestones"][place]
            if each["due"] and (told["type"], told["status"]) != ("delivery", "met"):
                _put(told, "dueDate", _date(each["due"] + kept["extension"]))
        for milestone in kept["paid"]:
            self._settle(contract, kept, milestone, event.time)

    def _delivery(self, event: Event) -> str:
        """How far a delivery is. It is met when what was delivered is accepted, as of the delivery."""
        contract, milestone = self._contract(event), event.args["milestone"]
        told, verb = (
            contract["implementation"]["milestones"][milestone - 1],
            event.name.removeprefix("Milestone"),
        )
        if verb == "Accepted":
            told["dateMet"] = told["dateModified"]
        told |= {"status": _TOLD[event.name], "dateModified": utc(event.time)}
        name = f"{verb.lower()}-{milestone}"
        _tell(
            contract["implementation"],
            self._document(event, _DELIVERY, f"{verb}: milestone {milestone}", name=name),
        )
        return self._implementation(event)

    def _paid(self, event: Event, payer: Organisation, payee: Organisation) -> str:
        contract, kept, payment = self._contract(event), self._kept(event), event.args["payment"]
        number, milestone, amount = str(event.args["number"]), payment["milestone"], int(payment["amount"])
        self._transact(contract, {
            "id": f"{contract['id']}-{number}", "date": utc(payment["paidAt"]), "payer": payer.reference, "payee": payee.reference,
        }, amount)  # fmt: skip
        self._pay(contract, kept, str(milestone), amount, payment["paidAt"])
        return self._implementation(event)

    def _reversed(
        self, event: Event, payment: Mapping[str, Any], payer: Organisation, payee: Organisation
    ) -> str:
        """A counter-entry: what was told of the payment stays."""
        contract, kept, number = self._contract(event), self._kept(event), str(event.args["number"])
        milestone, amount = payment["milestone"], int(payment["amount"])
        self._transact(contract, {
            "id": f"{contract['id']}-{number}-reversal", "date": utc(event.time), "payer": payer.reference, "payee": payee.reference,
        }, -amount)  # fmt: skip
        self._pay(contract, kept, str(milestone), -amount, event.time)
        reason = self._document(event, _PROGRESS, f"Reversed: payment {number}", name=f"{_REVERSED}{number}")
        _tell(contract["implementation"], reason)
        return self._implementation(event)

    def _transact(self, contract: dict[str, Any], transaction: dict[str, Any], amount: int) -> None:
        value = self._price(abs(amount))
        if value is not None:
            transaction["value"] = value | {"amount": value["amount"] if amount > 0 else -value["amount"]}
        contract["implementation"].setdefault("transactions", []).append(transaction)

    def _pay(
        self, contract: dict[str, Any], kept: dict[str, Any], milestone: str, amount: int, at: int
    ) -> None:
        kept["paid"][milestone] = kept["paid"].get(milestone, 0) + amount
        self._settle(contract, kept, milestone, at)

    def _settle(self, contract: dict[str, Any], kept: dict[str, Any], milestone: str, at: int) -> None:
        """Whether a payment was made in full, in part or not at all, since ``at``."""
        place, paid = int(milestone) - 1, kept["paid"][milestone]
        full = amounts_of(kept["value"], planned(AgreementTerms.from_args(kept["terms"])))[place]
        status = "scheduled" if not paid else "met" if paid == full else "partiallyMet"
        told = contract["implementation"]["milestones"][place]
        if told["status"] != status:
            told["status"] = status
            _put(told, "dateMet", utc(at) if status == "met" else None)

    def _ended(self, event: Event) -> None:
        contract = self._contract(event)
        contract["status"] = "terminated"
        if event.name == "AgreementCompleted":
            told = self._document(event, "completionCertificate", "Completed")
            _tell(contract["implementation"], told)
        else:
            cause = TerminationCause(event.args["cause"]).word
            _tell(contract, self._document(event, "cancellationDetails", f"Terminated: {cause}"))

    def _implementation(self, event: Event) -> str:
        """Tag of the first release that tells of the implementation, and of later ones."""
        kept = self._kept(event)
        kept["implemented"] = kept["implemented"] or self._release
        return "implementation" if kept["implemented"] == self._release else "implementationUpdate"

    def _kept(self, event: Event) -> dict[str, Any]:
        return self._state[_number(event)]

    def _contract(self, event: Event) -> dict[str, Any]:
        number = _number(event)
        found: dict[str, Any] = next(each for each in self._image["contracts"] if each["id"] == number)
        return found

    def _document(
        self, event: Event, kind: str, title: str, digest: str = "", name: str = ""
    ) -> dict[str, Any]:
        return paper(self._publication, digest or event.args["documentHash"], kind, title, name)


def _number(event: Event) -> str:
    return str(int(event.args["agreement"]))


def _date(at: int) -> str | None:
    """None where there is none, or none that a release can say: the contract takes any."""
    return utc(at) if 0 < at <= _LAST else None


def _milestone(place: int, facts: MilestoneFacts) -> dict[str, Any]:
    """As it is agreed: deliveries and payments count together."""
    is_delivery = facts.kind is MilestoneKind.DELIVERY
    after = f", after milestone {facts.requires} is accepted" if facts.requires else ""
    told = {
        "id": str(place), "title": "Delivery" if is_delivery else "Payment", "type": "delivery" if is_delivery else "financing",
        "description": f"{facts.bps / 100:g} % of the value{after}", "status": "scheduled",
    }  # fmt: skip
    _put(told, "dueDate", _date(facts.due))
    return told


def _put(thing: dict[str, Any], name: str, text: str | None) -> None:
    """A text, or that there is none."""
    if text is None:
        thing.pop(name, None)
    else:
        thing[name] = text


def _tell(thing: dict[str, Any], document: dict[str, Any]) -> None:
    """The same paper may be given again."""
    documents: list[dict[str, Any]] = thing.setdefault("documents", [])
    if all(each["id"] != document["id"] for each in documents):
        documents.append(document)
