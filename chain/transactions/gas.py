"""Gas limits: ``base + per_byte x calldata``, half again the budgets that the gas tests hold.

Gas costs nothing here; a limit is generous and only bounds a runaway. A call whose need is not linear in its calldata has its
largest case in ``base``.
"""

from __future__ import annotations

from chain.errors.chain import CallInvalid, GasOverCap
from chain.transactions.codec import Call

__all__ = ["CREATION_GAS", "GAS", "MAX_GAS", "gas_for"]

MAX_GAS = 16_777_216
"""Most that one transaction may have: 2^24 (EIP-7825)."""

CREATION_GAS = MAX_GAS
"""Limit of a deployment: 24,576 bytes cost 4.9 million, founding data the rest."""

_TEXT = 40  # 26 gas a byte of JSON in an event, half again

# A proposal's calls are stored as calldata in an event (8 gas a byte) and scheduled and executed from calldata again.
_CALLS = 80

# A tender's ends go through each of its pauses, of which it has at most 16, and the outages between them.
_PAUSES = 300_000

GAS: dict[tuple[str, str], tuple[int, int]] = {
    ("AgreementBook", "accept"): (225_000, 0),
    ("AgreementBook", "complete"): (250_000 + _PAUSES, 0),
    ("AgreementBook", "deliver"): (175_000, 0),
    # Each milestone has a slot of its own: 128 bytes of calldata.
    ("AgreementBook", "draft"): (700_000 + _PAUSES, 300),
    ("AgreementBook", "dropChange"): (200_000, 0),
    ("AgreementBook", "passOver"): (350_000 + _PAUSES, 0),
    # Goes through all of 64 milestones, as signChange does.
    ("AgreementBook", "proposeChange"): (600_000, 0),
    ("AgreementBook", "rate"): (250_000, 0),
    ("AgreementBook", "recordPayment"): (250_000, 0),
    ("AgreementBook", "refuse"): (225_000, 0),
    ("AgreementBook", "reversePayment"): (200_000, 0),
    ("AgreementBook", "sign"): (350_000 + _PAUSES, 0),
    ("AgreementBook", "signChange"): (600_000, 0),
    ("AgreementBook", "terminate"): (225_000, 0),
    ("ApplicationRegistry", "recordFindings"): (200_000, 0),
    ("ApplicationRegistry", "submit"): (400_000, _TEXT),
    ("AwardDesk", "askCuring"): (300_000 + _PAUSES, 0),
    ("AwardDesk", "askExplanation"): (300_000 + _PAUSES, 0),
    ("AwardDesk", "award"): (375_000 + _PAUSES, 0),
    ("AwardDesk", "cure"): (225_000 + _PAUSES, 0),
    ("AwardDesk", "disqualify"): (350_000 + _PAUSES, 0),
    ("AwardDesk", "dropIneligible"): (350_000 + _PAUSES, 0),
    ("AwardDesk", "explain"): (300_000 + _PAUSES, 0),
    ("AwardDesk", "extendDecision"): (300_000 + _PAUSES, 0),
    # Pages of 128 bids with one lot; amounts of further lots are calldata that is hashed, and cost most where there is no offer.
    # By points each of 16 criteria is asked for each bid.
    ("AwardDesk", "rank"): (5_500_000 + _PAUSES, _TEXT),
    ("AwardDesk", "recordSecurity"): (300_000 + _PAUSES, 0),
    ("AwardDesk", "tally"): (1_750_000 + _PAUSES, _TEXT),
    ("BidBox", "confirm"): (150_000 + _PAUSES, 0),
    # Hashes and logs the envelopes: 24 gas a byte beside the proofs.
    ("BidBox", "submit"): (750_000 + _PAUSES, _TEXT),
    ("BidBox", "withdraw"): (150_000 + _PAUSES, 0),
    ("ComplaintDesk", "admit"): (200_000, 0),
    ("ComplaintDesk", "dismiss"): (225_000, 0),
    ("ComplaintDesk", "enforce"): (400_000 + _PAUSES, 0),
    ("ComplaintDesk", "execute"): (350_000 + _PAUSES, 0),
    # With what a bid of 32 lots showed.
    ("ComplaintDesk", "file"): (650_000 + _PAUSES, 0),
    ("ComplaintDesk", "reject"): (225_000, 0),
    ("ComplaintDesk", "resume"): (300_000 + _PAUSES, 0),
    ("ComplaintDesk", "suspend"): (250_000 + _PAUSES, 0),
    ("ComplaintDesk", "uphold"): (300_000 + _PAUSES, 0),
    ("ComplaintDesk", "withdraw"): (200_000, 0),
    ("Consultation", "anchor"): (200_000, 0),
    ("Consultation", "comment"): (250_000, 0),
    ("Consultation", "hide"): (150_000, 0),
    ("Consultation", "report"): (200_000, 0),
    ("Council", "cancel"): (250_000, _CALLS),
    ("Council", "castVote"): (200_000, 0),
    ("Council", "castVoteWithReason"): (200_000, _TEXT),
    # What the calls themselves take is theirs to need: 16 of the dearest.
    ("Council", "execute"): (12_000_000, _CALLS),
    ("Council", "propose"): (1_500_000, _CALLS),
    ("Council", "proposeUrgently"): (2_500_000, _CALLS),
    ("Council", "queue"): (400_000, _CALLS),
    ("EvaluationDesk", "callVote"): (250_000 + _PAUSES, 0),
    ("EvaluationDesk", "commitScores"): (350_000 + _PAUSES, 0),
    # By what each bid that fails takes, 64 bytes of calldata.
    ("EvaluationDesk", "decideTechnical"): (500_000 + _PAUSES, 180),
    # The bids that failed are in no calldata: the most that there are.
    ("EvaluationDesk", "releasePrices"): (10_000_000, 0),
    ("EvaluationDesk", "replaceEvaluator"): (600_000 + _PAUSES, 0),
    ("EvaluationDesk", "revealScores"): (1_100_000 + _PAUSES, 0),
    ("EvaluationDesk", "vote"): (300_000 + _PAUSES, 0),
    ("FourEyes", "propose"): (160_000, 0),
    ("MemberRegistry", "addPerson"): (200_000, 0),
    ("MemberRegistry", "removePerson"): (120_000, 0),
    ("MemberRegistry", "resign"): (250_000, 0),
    ("MemberRegistry", "rotatePerson"): (250_000, 0),
    ("OpeningCommittee", "answerComplaint"): (150_000, 0),
    ("OpeningCommittee", "answerRoll"): (150_000, 0),
    ("OpeningCommittee", "callRoll"): (150_000, 0),
    ("OpeningCommittee", "commitDealing"): (200_000, 0),
    ("OpeningCommittee", "complain"): (200_000, 0),
    ("OpeningCommittee", "confirmKeyset"): (400_000, 0),
    ("OpeningCommittee", "joinCeremony"): (200_000, 0),
    # Up to 16 members, each of which is compared with every other.
    ("OpeningCommittee", "openCeremony"): (5_000_000, 0),
    # About 90 gas a byte of an entry, whatever the number of seats and lots.
    ("OpeningCommittee", "openPage"): (750_000 + _PAUSES, 140),
    ("OpeningCommittee", "postShares"): (750_000 + _PAUSES, 140),
    ("OpeningCommittee", "publishDealing"): (500_000, _TEXT),
    # 16 keys and members, all stored.
    ("OpeningCommittee", "registerKeyset"): (3_500_000, 0),
    ("OpeningCommittee", "selfReveal"): (400_000 + _PAUSES, _TEXT),
    ("OpeningCommittee", "sendDealing"): (250_000, _TEXT),
    # An outage that it records, as every act below may.
    ("ProcedureBook", "tick"): (150_000, 0),
    ("SupplierRegistry", "debar"): (200_000, 0),
    ("SupplierRegistry", "declareOwners"): (250_000, 0),
    ("SupplierRegistry", "enrolCitizen"): (250_000, 0),
    ("SupplierRegistry", "liftDebarment"): (200_000, 0),
    # Up to 8 accounts, each with its own slots.
    ("SupplierRegistry", "register"): (1_000_000, _TEXT),
    ("SupplierRegistry", "setAccounts"): (1_000_000, 0),
    ("SupplierRegistry", "setActive"): (200_000, 0),
    # 300k, 32 lots, a panel of 7, 16 criteria and four eyes.
    ("TenderBoard", "publish"): (900_000, _TEXT),
    ("TenderBoard", "amend"): (750_000 + _PAUSES, _TEXT),
    ("TenderBoard", "answer"): (300_000 + _PAUSES, _TEXT),
    ("TenderBoard", "ask"): (400_000 + _PAUSES, _TEXT),
    ("TenderBoard", "cancel"): (300_000 + _PAUSES, 0),
    ("TenderBoard", "consentCancel"): (225_000 + _PAUSES, 0),
    ("TenderBoard", "discloseAsker"): (300_000 + _PAUSES, 0),
    ("TenderBoard", "note"): (275_000, _TEXT),
    # Reads a header of up to 16 KiB.
    ("ValidatorRegistry", "proveSet"): (600_000, _TEXT),
}


def gas_for(call: Call) -> int:
    """Gas limit of a call. Raises GasOverCap, CallInvalid where the function changes nothing and needs none."""
    try:
        base, per_byte = GAS[call.contract, call.function]
    except KeyError:
        raise CallInvalid(call.contract, call.function, "has no gas limit: it is read, not sent") from None
    gas = base + per_byte * len(call.data)
    if gas > MAX_GAS:
        raise GasOverCap(gas, MAX_GAS)
    return gas
