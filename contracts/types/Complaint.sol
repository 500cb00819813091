// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a complaint is about. Technical is EvaluationDesk's.
enum ComplaintStage {
    None,
    Terms,
    Technical,
    Award,
    Cancellation,
    Omission
}

/// @notice Temperature: cold = only a caller changes it, end = nothing does. A complaint is open while Filed, Admitted or Upheld.
enum ComplaintStatus {
    None, // cold: no such complaint
    Filed, // cold
    Admitted, // cold
    Rejected, // end
    Upheld, // cold
    Dismissed, // end
    Withdrawn, // end
    Remedied // end
}

/// @notice What an upheld complaint obliges to. RedoTechnical and Rescore are EvaluationDesk's.
enum Remedy {
    None,
    Amend,
    CancelTender,
    CancelAward,
    RestoreBid,
    RedoTechnical,
    Rescore,
    UndoCancellation
}

/// @notice Stored facts of a complaint. @param lot 0 = the whole tender. @param place In the ranking, of the bid to restore.
/// @param termsVersion Of the tender when an addendum was ordered. @param due End of the review, then of the time for the remedy (stored).
/// @param previous The open complaint before this one about the same lot and stage, 0 if none. @param next The one after it.
struct Complaint {
    bytes32 tenderId;
    bytes32 supplier;
    // slot: 4 * 8 + 2 * 16 + 40 + 2 * 64 = 232 bits
    uint8 lot;
    ComplaintStage stage;
    ComplaintStatus status;
    Remedy remedy;
    uint16 place;
    uint16 termsVersion;
    uint40 due;
    uint64 previous;
    uint64 next;
}

/// @notice Open complaints about a lot and a stage. @param last The latest of them; 0 = none is open, and in what stands for all lots.
/// @param open How many. @param closedAt When the last one was closed, unix seconds; 0 = none was.
struct Queue {
    uint64 last;
    uint32 open;
    uint40 closedAt;
}

/// @notice A time in which a tender stood still, unix seconds.
struct Pause {
    uint40 start;
    uint40 end;
}

/// @notice What a tender's own time depends on, and what an addendum after the deadline does.
/// @param suspendedAt Since when an order to suspend it stands, unix seconds; 0 = none does. @param paused Sum of its pauses, seconds.
/// @param pauses How many. @param amends Open complaints whose remedy is an addendum. @param amendVersion Of the terms that the last such
/// order was about.
struct Watch {
    uint40 suspendedAt;
    uint40 paused;
    uint8 pauses;
    uint32 amends;
    uint16 amendVersion;
}
