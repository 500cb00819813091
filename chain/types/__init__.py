"""Facts: plain, frozen values that every layer shares. Nothing here decides, reads or writes.

Times are unix seconds (``int``) below the domain objects and aware ``datetime`` in them; amounts are minor units
(``int``), ``chain.money.Money`` above; hashes and ids are 32 raw bytes. ``as_tuple`` gives a struct as ABI coding wants it, ``from_args``
reads it from the arguments of an event (see ``Event``).
"""

from chain.types.agreement import (
    AgreementChange,
    AgreementFacts,
    AgreementStatus,
    AgreementTerms,
    ChangeReason,
    MilestoneFacts,
    MilestoneKind,
    MilestoneStatus,
    MilestoneTerms,
    Payment,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Ratings,
    Side,
    TerminationCause,
)
from chain.types.award import Asked, DisqualificationReason, LotFacts, LotFailure, SecurityStatus
from chain.types.base import (
    AUTHORITY,
    CONTRACTS,
    WIRING,
    ZERO32,
    BidStatus,
    CancellationReason,
    Criterion,
    Event,
    Kind,
    LotStatus,
    LotTerms,
    MemberStatus,
    Procedure,
    Role,
    Sector,
    Setup,
    TenderFacts,
    TenderStatus,
    Terms,
    from_hex,
    instant,
    moment,
    padded,
    sum_moment,
    to_hex,
    unpadded,
)
from chain.types.complaint import (
    Cancellation,
    ComplaintFacts,
    ComplaintStage,
    ComplaintStatus,
    Pause,
    Queue,
    Remedy,
)
from chain.types.evaluation import EvaluationFacts, PanelVote, seats_of
from chain.types.governance import (
    ApplicationStatus,
    CallClass,
    ClassRules,
    DecisionClass,
    NodeKind,
    ProposalState,
    Resolution,
    Validator,
    Vote,
)

__all__ = [
    "AUTHORITY", "AgreementChange", "AgreementFacts", "AgreementStatus", "AgreementTerms", "ApplicationStatus", "Asked",
    "BidStatus", "CONTRACTS", "CallClass", "Cancellation", "CancellationReason", "ChangeReason", "ClassRules", "ComplaintFacts",
    "ComplaintStage", "ComplaintStatus", "Criterion", "DecisionClass", "DisqualificationReason", "EvaluationFacts", "Event",
    "Kind", "LotFacts", "LotFailure", "LotStatus", "LotTerms", "MemberStatus", "MilestoneFacts", "MilestoneKind",
    "MilestoneStatus", "MilestoneTerms", "NodeKind", "PanelVote", "Pause", "Payment", "PaymentFacts", "PendingChange",
    "PendingEnd", "Procedure", "ProposalState", "Queue", "Ratings", "Remedy", "Resolution", "Role", "Sector", "SecurityStatus",
    "Setup", "Side", "TenderFacts", "TenderStatus", "TerminationCause", "Terms", "Validator", "Vote", "WIRING", "ZERO32",
    "from_hex", "instant", "moment", "padded", "seats_of", "sum_moment", "to_hex", "unpadded",
]  # fmt: skip
