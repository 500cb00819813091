// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A procedure is data: periods, thresholds, award rule. Times in seconds, rates in basis points (1/10,000).
/// @param code ASCII, left-aligned, e.g. `sandbox`.
/// @param version 1, 2, ... for a code.
/// @param textHash sha256 of the canonical JSON that names the legal source of each value.
/// @param sandbox True where it may exist only on a network that carries the sandbox mark.
/// @param maxBids 0 = 65,535.
/// @param envelopes 1 or 2.
/// @param awardRule 0 lowest price, 1 points.
struct Procedure {
    bytes16 code;
    uint16 version;
    bytes32 textHash;
    bool sandbox;
    uint32 minTenderPeriod;
    uint32 enquiryCutoff;
    uint32 answerCutoff;
    uint32 amendmentExtension;
    uint32 openingDelay;
    uint32 fallbackDelay;
    uint32 scorePeriod;
    uint32 decisionPeriod;
    uint32 curingWindow;
    uint32 explanationWindow;
    uint32 standstill;
    uint32 complaintWindow;
    uint32 cancelWindow;
    uint32 reviewPeriod;
    uint32 remedyPeriod;
    uint32 signingPeriod;
    uint32 changeInterval;
    uint8 minBids;
    uint8 minEvaluators;
    uint8 maxLots;
    uint16 maxBids;
    uint8 bodyBlocks;
    uint8 envelopes;
    uint8 awardRule;
    uint16 lowMeanBps;
    uint16 lowNextBps;
    uint16 marketUnderBps;
    uint16 marketOverBps;
    bool ceilingBinding;
    bool fourEyes;
    uint16 maxChangeBps;
    uint16 maxReasonedChangeBps;
}

/// @notice Amounts in minor units of the tender's currency; 0 = none.
struct LotTerms {
    uint128 ceiling;
    uint128 marketMean;
}

/// @notice One award criterion besides the price.
struct Criterion {
    bytes8 id;
    uint16 weightBps;
    uint16 maxPoints;
}

/// @notice The part of the terms of variable length; stored by hash, passed again by later calls.
/// @param panel Evaluators; empty or an odd number 3..7 of accounts, the first being independent.
struct Setup {
    LotTerms[] lots;
    Criterion[] criteria;
    address[] panel;
}

/// @notice What a tender is bound by. 0 = none. termsHash = sha256(abi.encode(Terms) || sha256(json)).
/// @param currency ISO 4217, e.g. `MXN`.
/// @param exponent Minor units as a power of ten, e.g. 2.
/// @param deadline Unix seconds; bids are received before it.
/// @param planRef sha256 of the source process's ocid, or 0.
/// @param documentsHash sha256 of the canonical list (id, sha256, bytes, type).
struct Terms {
    bytes16 procedure;
    uint16 procedureVersion;
    bytes3 currency;
    uint8 exponent;
    uint40 deadline;
    bytes32 keysetId;
    bytes32 reviewBody;
    bytes32 planRef;
    bytes32 documentsHash;
    uint16 items;
    uint16 documents;
    uint16 priceWeightBps;
    Setup setup;
}

/// @notice Temperature: warm = time alone changes it, cold = only a caller does, end = nothing does.
enum TenderStatus {
    None, // no such tender
    Enquiries, // warm
    Tendering, // warm
    Held, // cold: at the deadline an open question, an open complaint about the terms, or an addendum that was ordered
    Sealed, // warm
    Opening, // warm
    Fallback, // warm
    TechnicalStandstill, // warm
    Technical, // cold
    Awarding, // cold
    Suspended, // cold
    Cancelling, // warm
    Cancelled, // end
    Failed, // end
    Complete // end
}

/// @notice Temperature as above.
enum LotStatus {
    Waiting, // cold
    Ranked, // cold
    Standstill, // warm
    Final, // warm
    Lapsed, // cold
    Signed, // end
    Failed, // end
    Cancelling, // warm
    Cancelled // end
}

/// @notice Why a tender or a lot is cancelled.
enum CancellationReason {
    None,
    NoDemand,
    Unfixable,
    ForceMajeure,
    BudgetCut,
    Ordered
}

/// @notice Stored facts of a tender.
/// @param deadline End of the bidding period in the tender's own time (ComplaintDesk.endOf).
/// @param lotsCancelled Number of lots that are being cancelled one by one, or were.
/// @param watched Whether ComplaintDesk holds anything of it: only then is that asked.
/// @param cancelsAt End of the cancel window of the whole tender (stored); 0 = not being cancelled, or the review body did not consent yet.
/// @param lotsCancelledAt End of the cancel window of the last of the lots (stored).
/// @param reason Reason of the last cancellation, of the tender or of a lot.
/// @param stoppedAt Since when the whole tender is being cancelled, by itself or lot by lot, unix seconds; 0 = it is not.
/// @param consentDue Whether the review body has to consent to the cancellation of the whole tender.
/// @param consentsDue Number of lots to whose cancellation it has to.
/// @param fourEyes Whether the buyer's acts take two accounts.
/// @param envelopes Of a bid; the last holds the prices. @param panel Seats of the panel.
/// @param lotsSigned Number of lots whose agreement both sides signed. @param signedLots Bit lot - 1 of each of them.
struct TenderFacts {
    bytes32 buyer;
    bytes32 termsHash;
    bytes32 keysetId;
    bytes32 reviewBody;
    bytes32 setupHash;
    // slot: 144 + 40 + 16 + 16 + 16 + 8 + 8 + 8 = 256 bits
    bytes16 procedure;
    uint16 procedureVersion;
    uint40 deadline;
    uint16 termsVersion;
    uint16 questions;
    uint16 openQuestions;
    uint8 lots;
    uint8 lotsCancelled;
    bool watched;
    // slot: the frozen currency, what is zero until a cancellation, and what follows from the procedure
    bytes3 currency;
    uint8 exponent;
    uint40 cancelsAt;
    uint40 lotsCancelledAt;
    CancellationReason reason;
    uint40 stoppedAt;
    bool consentDue;
    uint8 consentsDue;
    bool fourEyes;
    uint8 envelopes;
    uint8 panel;
    uint8 lotsSigned;
    uint32 signedLots;
}

/// @notice A lot that is being cancelled by itself. @param proposedAt Unix seconds; 0 = it is not.
/// @param cancelsAt End of its cancel window (stored); 0 = the review body did not consent yet.
struct Cancellation {
    uint40 proposedAt;
    uint40 cancelsAt;
}

/// @notice What terms, answers and cancellations take from a tender's procedure.
struct Bounds {
    uint32 minTenderPeriod;
    uint32 answerCutoff;
    uint32 amendmentExtension;
    uint32 cancelWindow;
    uint8 maxLots;
    uint8 envelopes;
    uint8 awardRule;
    uint8 minEvaluators;
    bool ceilingBinding;
    bool fourEyes;
}

/// @notice What bidding and opening take from a tender's procedure, and their times for a deadline, outages added.
/// @param clearFrom End of bidding, or when the last complaint about the terms was closed, if that is later.
/// @param held An open complaint about the terms. @param amendable An addendum was ordered about the terms in force.
/// @param standstillEnds End of the time to complain about the technical result, 2^40 - 1 while that is complained about; 0 = no result.
/// @param failed Bids that failed in it.
struct OpeningPlan {
    uint40 closesAt;
    uint40 openFrom;
    uint40 fallbackFrom;
    uint40 voidFrom;
    uint32 enquiryCutoff;
    uint8 minBids;
    uint8 envelopes;
    uint8 bodyBlocks;
    uint16 maxBids;
    uint40 clearFrom;
    bool held;
    bool suspended;
    bool amendable;
    uint40 standstillEnds;
    uint16 failed;
}

/// @notice What a tender tells its box and its committee; times in unix seconds, outages added. An unknown tender has no keyset.
/// @param openFrom Shares are accepted from then on; 2^40 - 1 while the tender is Held.
/// @param fallbackFrom Bidders reveal their own bids from then on. @param voidFrom What is not open by then never opens.
/// @param bodyBlocks Most blocks of 1,024 bytes in an envelope. @param maxBids 0 = 65,535.
/// @param stopped Suspended, being cancelled, or over: nothing comes in and nothing is opened.
struct BidWindow {
    bytes32 keysetId;
    bytes32 termsHash;
    uint16 termsVersion;
    uint40 closesAt;
    uint40 openFrom;
    uint40 fallbackFrom;
    uint40 voidFrom;
    uint8 envelopes;
    uint8 lots;
    uint8 bodyBlocks;
    uint16 maxBids;
    bool stopped;
}
