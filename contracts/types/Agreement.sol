// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Temperature: cold = only a caller changes it, end = nothing does.
enum AgreementStatus {
    None, // cold: no such agreement
    Draft, // cold
    Active, // cold
    Completed, // end
    Terminated, // end
    Dropped // end: another draft replaced it, or the supplier was passed over
}

/// @notice Who signs. Signatures are bits: 1 << side.
enum Side {
    None,
    Buyer,
    Supplier
}

enum MilestoneKind {
    None,
    Delivery,
    Payment
}

/// @notice Of a delivery; what is paid of a payment is counted instead, and its status stays None.
enum MilestoneStatus {
    None,
    Scheduled,
    Delivered,
    Accepted,
    Refused
}

/// @notice Why an agreement is changed. Up to Party a change is ordinary, from AdditionalNecessary on reasoned: each has its cap.
enum ChangeReason {
    None,
    Quantity,
    PriceIndex,
    Tax,
    Quality,
    Duration,
    Reduction,
    Party,
    AdditionalNecessary,
    Unforeseeable
}

/// @notice Why an agreement ends before all of it was delivered.
enum TerminationCause {
    None,
    Mutual,
    SupplierDefault,
    BuyerDefault,
    ForceMajeure,
    Ordered
}

/// @notice One milestone as it is agreed; they count from 1. @param kind MilestoneKind. @param bps Share of the value, 1/10,000.
/// @param requires Delivery that has to be accepted before this payment; 0 = none. @param due Unix seconds; 0 = none.
struct MilestoneTerms {
    uint8 kind;
    uint16 bps;
    uint8 requires;
    uint40 due;
}

/// @notice What is agreed. @param supplier Of the award. @param value Minor units of the tender's currency: the price of the award. @param payer Member that pays as well
/// as the buyer; 0 = none. @param documentHash sha256 of the document that both sides sign. @param startsAt Unix seconds. @param endsAt As that.
struct AgreementTerms {
    bytes32 supplier;
    uint128 value;
    bytes32 payer;
    bytes32 documentHash;
    uint40 startsAt;
    uint40 endsAt;
    MilestoneTerms[] milestones;
}

/// @notice A change of an agreement. @param reason ChangeReason. @param value The new one, minor units. @param extension Seconds that the end
/// and what is not accepted yet are due later. @param documentHash sha256 of the document that both sides sign.
struct AgreementChange {
    uint8 reason;
    uint128 value;
    uint32 extension;
    bytes32 documentHash;
}

/// @notice A payment that was made outside. @param milestone The one it is for. @param payer The buyer, or the member that pays as well.
/// @param payee The supplier. @param amount Minor units. @param ref Reference of the transfer, unique for the buyer and the payer: what a bank
/// statement says, or its sha256. @param paidAt Unix seconds.
struct Payment {
    uint8 milestone;
    bytes32 payer;
    bytes32 payee;
    uint128 amount;
    bytes32 ref;
    uint40 paidAt;
}

/// @notice Stored facts of an agreement. Amounts in minor units, times in unix seconds.
/// @param lastAmount Amount of the last payment: what the others leave of the value. @param original Value that was signed first.
/// @param paid Less what was reversed. @param ordinary Sum of the differences that ordinary changes made. @param reasoned Of reasoned ones.
/// @param version 0 = not signed by both; each change counts. @param lastPayment Milestone. @param signatures Bits of Side.
/// @param signedAt When the buyer signed. @param changedAt When the last change was signed by both; 0 = none was.
/// @param acceptedAt When the last delivery was accepted. @param extension Seconds by which changes made the end later.
struct AgreementFacts {
    bytes32 tenderId;
    bytes32 buyer;
    bytes32 supplier;
    bytes32 payer;
    bytes32 documentHash;
    uint128 value;
    uint128 lastAmount;
    uint128 original;
    uint128 paid;
    uint128 ordinary;
    uint128 reasoned;
    // slot: 6 * 8 + 2 * 16 + 3 * 40 + 32 + 2 * 8 = 248 bits
    uint8 lot;
    AgreementStatus status;
    uint16 version;
    uint8 milestones;
    uint8 deliveries;
    uint8 accepted;
    uint8 lastPayment;
    uint16 payments;
    uint40 signedAt;
    uint40 changedAt;
    uint40 acceptedAt;
    uint32 extension;
    uint8 signatures;
    bool fourEyes;
}

/// @notice Stored facts of a milestone. @param paid Minor units, less what was reversed.
struct MilestoneFacts {
    MilestoneKind kind;
    MilestoneStatus status;
    uint16 bps;
    uint8 requires;
    uint40 due;
    uint128 paid;
}

/// @notice Stored facts of a payment, which its buyer, its payer and its reference name. @param number Payments of an agreement count from 1.
struct PaymentFacts {
    uint64 agreement;
    uint16 number;
    uint8 milestone;
    uint128 amount;
    bool reversed;
}

/// @notice A change that waits for signatures. @param documentHash 0 = none waits. @param signatures Bits of Side.
struct PendingChange {
    ChangeReason reason;
    uint128 value;
    uint32 extension;
    uint8 signatures;
    bytes32 documentHash;
}

/// @notice An end by mutual consent that one side proposed. @param side None = nobody did.
struct PendingEnd {
    Side side;
    bytes32 documentHash;
}

/// @notice Ratings of a supplier's finished works, 1 to 5 each: shown, never scored.
struct Ratings {
    uint32 witnesses;
    uint40 witnessSum;
    uint32 citizens;
    uint40 citizenSum;
}
