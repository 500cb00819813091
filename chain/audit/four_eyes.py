"""Acts of two accounts: that each was proposed by one officer of the buyer and done by another account of it, in time and once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chain.audit.act import Act
from chain.audit.agreements import BY_REVIEW
from chain.audit.sealed.pairs import Pairs
from chain.recorder.schema import idx_act
from chain.rules.four_eyes import LIFE, Proposal, Signer, check_propose, check_take
from chain.rules.hashes import act_hash
from chain.types import ZERO32, Event, Role, Side, TerminationCause, from_hex, to_hex

__all__ = ["SIGNED", "FourEyes", "Taken", "acts_of_buyer"]

SIGNED = (
    "TenderPublished", "TenderAmended", "CancellationProposed", "LotAwarded", "BidDisqualified", "SecurityRecorded", "ComplaintRemedied",
    "EvaluatorReplaced", "TechnicalDecided", "AgreementDrafted", "AgreementSigned", "AgreementChangeSigned", "AgreementChanged",
    "AgreementChangeDropped", "MilestoneAccepted", "MilestoneRefused", "PaymentRecorded", "PaymentReversed", "AgreementCompleted",
    "AgreementEndProposed", "AgreementTerminated",
)  # fmt: skip
"""Events of acts that a procedure may ask two accounts for."""


class FourEyes:
    """The approval of an act stands right before the event of what was done, in its transaction; votes on it stand between."""

    def __init__(self, chain_id: int, pairs: Pairs) -> None:
        self._chain_id = chain_id
        self._pairs = pairs
        self.checks: Mapping[str, Callable[[Act], None]] = {
            "ActProposed": self._proposed,
            "ActApproved": self._approved,
        }

    def _proposed(self, act: Act) -> None:
        caller = act.caller()
        check_propose(caller, caller.person.member, _proposal(act), act.clock)
        act.must("member", to_hex(caller.person.member))
        act.must("proposer", act.sender)
        act.must("until", act.now + LIFE)

    def _approved(self, act: Act) -> None:
        """That the account signed, and what, is judged with the act itself."""
        args = act.args
        check_take(act.caller_of(args["approver"]), from_hex(args["member"]), _proposal(act), act.clock)
        self._pairs.expect(act, *SIGNED, "VotesTaken")

    def approver(self) -> str | None:
        """Who approved the present event; None where it was not an approval that announced it."""
        before = self._pairs.before
        return str(before.args["approver"]) if before and before.event.name == "ActApproved" else None

    def taken(self, act: Act) -> Taken:
        """How the act is signed that an event says was done."""
        return Taken(self._chain_id, self._pairs, act)


class Taken:
    """What the rules ask for where an act takes two accounts: the approval right before its event."""

    def __init__(self, chain_id: int, pairs: Pairs, act: Act) -> None:
        self._chain_id = chain_id
        self._pairs = pairs
        self._act = act
        self.is_asked = False

    def require(self, caller: Signer, buyer: bytes) -> None:
        """Raises AuditRefusal ``event-<name>:alone`` without an approval, ``event-<name>:act`` where it is another's, of another buyer, or
        of another call; which call it was nobody can tell where the account did not sign it itself."""
        self.is_asked = True
        act, approval = self._act, self._pairs.require(self._act, "ActApproved").args
        signed = approval["act"]
        if act.call is not None:
            signed = to_hex(act_hash(self._chain_id, act.event.address, act.call))
        expected = (to_hex(buyer), signed, caller.address)
        found = (approval["member"], approval["act"], approval["approver"])
        if found != expected:
            raise act.place.refusal(
                f"event-{act.event.name}:act", "member {}, act {}, approver {}".format(*expected), "{}, {}, {}".format(*found)
            )  # fmt: skip

    def pass_on(self) -> None:
        """The panel's votes on an act are used up between its approval and its event."""
        before = self._pairs.before
        if before is not None and before.event.name == "ActApproved":
            self.is_asked = True
            self._pairs.expect(before, *SIGNED)

    def close(self) -> None:
        """After the event was judged. Raises AuditRefusal ``event-ActApproved:alone`` for an approval that nothing asked for."""
        before = self._pairs.before
        if before is not None and before.event.name == "ActApproved" and not self.is_asked:
            raise before.place.refusal(
                "event-ActApproved:alone", "an act that takes two accounts", self._act.event.name
            )


def acts_of_buyer(events: Iterable[Event]) -> int:
    """How many acts of a tender with four eyes took two accounts of its buyer: the supplier signs alone, those of the review body name its
    order, and an officer alone drafts and drops what the buyer did not sign."""
    told = _Told()
    return sum([told.took_two(event) for event in events])


class _Told:
    """What the events so far say of agreements, as far as it decides by whom the next one was caused."""

    def __init__(self) -> None:
        self._latest: dict[int, str] = {}  # lot -> its agreement
        # Agreements that the buyer signed, and whose supplier was not passed over since.
        self._signed: set[str] = set()
        self._changing: set[str] = set()  # agreements whose change that waits the buyer signed
        self._ending: dict[str, int] = {}  # agreement -> side that proposed its end last

    def took_two(self, event: Event) -> bool:
        """Of the next one."""
        args, number = event.args, str(event.args.get("agreement"))
        by_buyer = args.get("side", Side.BUYER) == Side.BUYER
        match event.name:
            case "ComplaintRemedied":
                return bool(args["documentHash"] == to_hex(ZERO32))
            case "AgreementDrafted":
                replaced, self._latest[args["lot"]] = self._latest.get(args["lot"]), number
                return replaced in self._signed
            case "AgreementSigned" if by_buyer:
                self._signed.add(number)
            case "AwardPassedOver":
                self._signed.discard(number)
            case "AgreementChangeSigned" if by_buyer:
                self._changing.add(number)
            case "AgreementChanged":
                self._changing.discard(number)
            case "AgreementChangeDropped":
                by_buyer = by_buyer and number in self._changing
                self._changing.discard(number)
            case "AgreementEndProposed":
                self._ending[number] = args["side"]
            case "AgreementTerminated":
                mutual = args["cause"] == TerminationCause.MUTUAL
                return self._ending.get(number) == Side.SUPPLIER if mutual else args["cause"] not in BY_REVIEW
        return by_buyer and event.name in SIGNED


def _proposal(act: Act) -> Proposal:
    """What was known of the act before this event."""
    args = act.args
    row, hash = act.rows.get(idx_act, args["member"], args["act"]), from_hex(args["act"])
    if row is None or row["approver"]:
        return Proposal(hash)
    member = from_hex(args["member"])
    stands = member != ZERO32 and act.caller_of(row["proposer"]).runs(member, Role.OFFICER, act.now)
    return Proposal(hash, row["proposer"], row["until"], stands)
