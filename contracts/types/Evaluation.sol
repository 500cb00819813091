// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Stored facts of a tender's evaluation: one slot. A seat is a place in the panel, 0 the independent one; bit `seat` of a set stands for it.
/// @param round Of scores, from 0; a new one begins where an evaluator who gave none is replaced, and with the remedy Rescore. What was scored before is
/// void. @param roundAt When it began, unix seconds; 0 in the first. @param startedAt When its first scores were committed, unix seconds; 0 = none
/// were.
/// @param committed Seats that committed scores. @param begun Seats that revealed a page. @param complete Seats that revealed every page.
/// @param standstillEnds End of the time to complain about the technical result (stored); 0 = there is none.
/// @param failed Bids that failed in it. @param results How many results there were. @param sitting Counts replaced evaluators: what was voted before
/// the last one is void. @param sittingAt When it was, unix seconds.
struct Evaluation {
    uint16 round;
    uint40 roundAt;
    uint40 startedAt;
    uint8 committed;
    uint8 begun;
    uint8 complete;
    uint40 standstillEnds;
    uint16 failed;
    uint16 results;
    uint16 sitting;
    uint40 sittingAt;
}

/// @notice What an evaluator committed to in a round, and how many pages of it were revealed.
struct Scores {
    bytes32 commitment;
    uint8 pages;
}

/// @notice The panel's votes on one act. @param calledAt When the officer called for them, unix seconds; 0 = nobody did.
/// @param sitting Of the panel when the last vote was cast. @param results How many technical results there were when they were called for: a call does
/// not outlive the next one. @param yes Seats for it. @param no Seats against it.
struct Vote {
    uint40 calledAt;
    uint16 sitting;
    uint16 results;
    uint8 yes;
    uint8 no;
}
