// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a decision is about, in order of strictness; a proposal has the strictest class among its calls.
enum DecisionClass {
    EMERGENCY, // ends by itself; a confirmation is opened with it
    ROUTINE, // procedures, application seals, keysets, debarments
    VALIDATOR, // validators, nodes
    MEMBERSHIP, // members, kinds, seats, suspensions, recoveries
    CHARTER // everything else
}

/// @notice What a class of decisions takes. Times in seconds.
/// @param consultation From the proposal to the vote.
/// @param votingPeriod Length of the vote.
/// @param delay From queueing to execution.
/// @param numerator Of the share of all seats that must be in favour.
/// @param denominator Of that share.
/// @param strict True: more than the share; false: at least the share.
/// @param sectors In how many sectors there must be seats in favour.
/// @param majority True: in each of those sectors more than half of its seats; false: one seat is enough.
struct ClassRules {
    uint32 consultation;
    uint32 votingPeriod;
    uint32 delay;
    uint8 numerator;
    uint8 denominator;
    bool strict;
    uint8 sectors;
    bool majority;
}

/// @notice The class of one call. A pair that nobody classified is CHARTER.
struct CallClass {
    address target;
    bytes4 selector;
    DecisionClass decision;
}

/// @notice What a proposal does: calls in order, all or none, and its text as canonical JSON {title, summary, text}, where `text` is the
/// sha256 of the reference text.
/// @param values All zero: nothing on this network holds coin.
struct Proposed {
    address[] targets;
    uint256[] values;
    bytes[] calldatas;
    string description;
}

/// @notice Stored facts of a proposal besides those of the Governor: the rules as they were when it was proposed, and the tally.
/// @param inFavour Seats in favour by sector, 16 bits each, PUBLIC lowest.
/// @param reportNeeded True where it cannot be queued before the report on its consultation is published.
/// @param member The proposer's member.
struct Resolution {
    DecisionClass decision;
    uint32 delay;
    uint8 numerator;
    uint8 denominator;
    bool strict;
    uint8 sectors;
    bool majority;
    bool reportNeeded;
    uint64 inFavour;
    uint16 against;
    uint16 abstained;
    bytes32 member;
}

/// @notice A validator and the member that runs it.
struct Validator {
    address node;
    bytes32 member;
}

/// @notice What a node is for.
enum NodeKind {
    NONE, // not permitted
    VALIDATOR,
    GATEWAY,
    OBSERVER
}

/// @notice A node as constructor data: `key` = keccak256 of the 64 bytes of its public key (the enode id).
struct NodeData {
    bytes32 key;
    bytes32 member;
    NodeKind kind;
}

/// @notice Temperature: warm = time alone changes it, cold = only a caller does, end = nothing does.
enum ApplicationStatus {
    NONE, // no such application
    SUBMITTED, // cold
    REVIEWED, // cold: reviewers of two sectors recorded findings
    SEALED, // warm: a seal ends
    EXPIRED, // cold: the seal ended and may be renewed
    SUSPENDED, // warm: ends by itself
    REFUSED, // end
    REVOKED // end
}

/// @notice Stored facts of an application.
/// @param organisation Member or supplier of the submitter.
/// @param contact Member that answers for it.
/// @param codesHash keccak256 of its code hashes, packed.
/// @param reviewedSectors Bits of the sectors whose reviewers recorded findings.
struct Application {
    bytes32 organisation;
    bytes32 contact;
    bytes32 sourceHash;
    bytes32 codesHash;
    uint40 sealedUntil;
    uint40 suspendedUntil;
    uint8 reviewedSectors;
    bool exists;
    bool refused;
    bool revoked;
}
