// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TenderStatus} from "./Procurement.sol";

/// @notice A bid as its opening showed it; checked against OpeningCommittee.openingOf.
/// @param amounts Of all lots, minor units; 2^256 - 1 = no offer.
struct Offer {
    uint16 index;
    bytes32 docCommit;
    uint256[] amounts;
}

/// @notice Why a bid is out. RefusedToSign is AgreementBook's, TechnicalFailed EvaluationDesk's.
enum DisqualificationReason {
    None,
    NotEligible,
    NotQualified,
    NonResponsive,
    AbnormallyLow,
    Debarred,
    Conflict,
    FalseDeclaration,
    RefusedToSign,
    TechnicalFailed
}

/// @notice What became of a bid's security, whose reference is sealed in the bid. Forfeits never go to the buyer.
enum SecurityStatus {
    None,
    Held,
    Released,
    Forfeited
}

/// @notice Why a lot failed in the award phase.
enum LotFailure {
    None,
    TooFewOffers,
    NoAcceptableBid,
    Exhausted
}

/// @notice Stored facts of a lot's award. Prices in minor units.
/// @param sum Of the admissible prices. @param tallied Indexes of bids that were looked at. @param offers Bids that offer for the lot.
/// @param admissible Of them, those that may win. @param ranked Bids in the ranking. @param head Place in the ranking of the candidate.
/// @param reached Places before this one are out, but those that were restored. @param restored How many of these are in again.
/// @param min Lowest admissible price. @param last Price of the last bid that was ranked, by points its key (EvaluationDesk.keyOf).
/// @param price Of the award; 0 = none. @param standstillEnds Of the award, or of the list that was exhausted (stored end); 0 = undecided.
/// @param signingPeriod Seconds to sign in once the award is final. @param first By points, the key of the first bid of the ranking.
struct LotFacts {
    // slot: 144 + 6 * 16 + 8 + 8 = 256 bits
    uint144 sum;
    uint16 tallied;
    uint16 offers;
    uint16 admissible;
    uint16 ranked;
    uint16 head;
    uint16 reached;
    bool complete;
    LotFailure failure;
    // slot
    uint128 min;
    uint128 last;
    // slot
    uint128 price;
    uint40 standstillEnds;
    uint32 signingPeriod;
    uint16 restored;
    uint40 first;
}

/// @notice Time that a bidder was given. @param until Stored end; 0 = nobody asked.
struct Asked {
    uint40 until;
    bool given;
}

/// @notice What the award of a lot has to know of its tender.
/// @param left Live bids that are due and not opened. @param settled Whether this lot is being cancelled, or was, or is signed.
/// @param time The tender's own time now. @param watched Whether ComplaintDesk has to be asked.
/// @param fourEyes Whether the buyer's acts take two accounts.
/// @param envelope That holds the prices. @param panel Seats of the panel.
struct Awarding {
    bytes32 buyer;
    bytes32 setupHash;
    bytes16 procedure;
    uint16 procedureVersion;
    uint40 openFrom;
    TenderStatus status;
    uint16 left;
    bool settled;
    uint40 time;
    bool watched;
    bool fourEyes;
    uint8 envelope;
    uint8 panel;
}
