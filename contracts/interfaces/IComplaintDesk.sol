// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Offer} from "../types/Award.sol";
import {Complaint, ComplaintStage, ComplaintStatus, Pause, Queue, Remedy, Watch} from "../types/Complaint.sol";
import {OpeningPlan} from "../types/Procurement.sol";

/// @title Complaints about tenders and what they bar; orders to suspend; the time that a tender has for itself
/// @notice A complaint is open from its filing to its end, and what it is about stands still meanwhile: nobody but the review body can do away
/// with it, nobody but the complainant withdraw it. A tender's own time stands still while it is suspended, and goes back to where it stood
/// where its cancellation is undone; every end of a tender is told in that time, and added up here.
/// The first argument of an error is the complaint, before there is one the tender, but in shared ones.
interface IComplaintDesk {
    /// @notice `who` lacks `role` here: `SUPPLIER` (of the complaint), `REVIEWER` of the tender's review body, `OFFICER` of the buyer.
    error ComplaintDeskRoleMissing(bytes32 role, address who);
    /// @notice `who` would act on two sides: its organisation is buyer and supplier, reviews its own complaint, or depends on the buyer.
    error ComplaintDeskRoleConflict(bytes32 role, address who);
    /// @notice This supplier recorded the same act before; it made `complaint`.
    error ComplaintDeskAlreadyRecorded(bytes32 recordId, uint256 complaint);
    /// @notice A required value is zero.
    error ComplaintDeskHashZero(bytes32 field);
    /// @notice No such complaint.
    error ComplaintDeskNotFound(uint256 complaint);
    /// @notice About this stage only those may complain whom it concerns: bidders that offered for the lot, live bidders, bidders.
    error ComplaintDeskNoStanding(bytes32 tenderId, address who);
    /// @notice The time to complain about this is over.
    error ComplaintDeskTooLate(bytes32 tenderId, uint256 closedAt);
    /// @notice The supplier has an open complaint about the same lot and stage.
    error ComplaintDeskDuplicate(uint256 complaint);
    /// @notice The complaint's status does not allow this act.
    error ComplaintDeskStatusWrong(uint256 complaint, ComplaintStatus status);
    /// @notice The remedy is not due before `until`; 2^40 - 1: not before the addendum that was ordered.
    error ComplaintDeskRemedyNotDue(uint256 complaint, uint256 until);
    /// @notice This complaint is open and bars the act.
    error ComplaintDeskOpen(uint256 complaint);
    /// @notice No such stage, or nothing of this tender or lot that it could be about.
    error ComplaintDeskStageWrong(bytes32 tenderId, uint256 stage);
    /// @notice No such remedy, or not one of this stage, or nothing that it could be applied to.
    error ComplaintDeskRemedyInvalid(uint256 complaint, uint256 remedy);

    event ComplaintFiled(
        bytes32 indexed tenderId,
        uint256 indexed complaint,
        bytes32 supplier,
        uint8 lot,
        ComplaintStage stage,
        bytes32 recordId,
        bytes32 documentHash,
        uint40 due
    );
    event ComplaintWithdrawn(bytes32 indexed tenderId, uint256 indexed complaint);
    event ComplaintAdmitted(bytes32 indexed tenderId, uint256 indexed complaint, bytes32 documentHash);
    event ComplaintRejected(bytes32 indexed tenderId, uint256 indexed complaint, bytes32 documentHash);
    event ComplaintUpheld(
        bytes32 indexed tenderId,
        uint256 indexed complaint,
        Remedy remedy,
        uint16 place,
        bytes32 documentHash,
        uint40 due
    );
    event ComplaintDismissed(bytes32 indexed tenderId, uint256 indexed complaint, bytes32 documentHash);
    /// @notice The remedy was applied, which an ordered addendum that did not come is not. @param documentHash Of the order; 0 = by the buyer.
    event ComplaintRemedied(bytes32 indexed tenderId, uint256 indexed complaint, Remedy remedy, bytes32 documentHash);
    event TenderSuspended(bytes32 indexed tenderId, bytes32 documentHash);
    event TenderResumed(bytes32 indexed tenderId, bytes32 documentHash);

    /// @notice Complains. Role: SUPPLIER, eligible, with standing: Terms any, before the deadline; Award who offered for the lot, in its
    /// complaint window; Cancellation whose bid is live, in the cancel window; Omission who ever bid, while a duty is overdue: the decision on
    /// a lot, or with `lot` 0 an answer.
    /// @param recordId Idempotency: kept per supplier; a repeat reverts AlreadyRecorded with the complaint it made.
    /// @param lot 0 = the whole tender. @param documentHash sha256 of the complaint.
    /// @param offer The complainant's bid as its opening showed it; looked at in stage Award alone.
    /// @return complaint Numbers count from 1, over all tenders.
    function file(
        bytes32 recordId,
        bytes32 tenderId,
        uint8 lot,
        uint8 stage,
        bytes32 documentHash,
        Offer calldata offer
    ) external returns (uint256 complaint);
    /// @notice Takes the complaint back before it is decided. Role: SUPPLIER, whose complaint it is.
    function withdraw(uint256 complaint) external;
    /// @notice Takes the complaint in for review. Role: REVIEWER of the tender's review body.
    function admit(uint256 complaint, bytes32 documentHash) external;
    /// @notice Does not take it in. Role: as for `admit`.
    function reject(uint256 complaint, bytes32 documentHash) external;
    /// @notice Finds for the complainant and says what has to follow. Role: as for `admit`.
    /// @param place For RestoreBid: of the bid in the ranking; else 0. @param documentHash sha256 of the reasoned decision.
    function uphold(uint256 complaint, uint8 remedy, uint16 place, bytes32 documentHash) external;
    /// @notice Finds against the complainant. Role: as for `admit`.
    function dismiss(uint256 complaint, bytes32 documentHash) external;
    /// @notice Applies the remedy; an addendum by `TenderBoard.amend` first. Role: OFFICER or APPROVER of the buyer; with four eyes APPROVER.
    function execute(uint256 complaint) external;
    /// @notice Applies the remedy that the buyer did not, once its time is over; for an addendum that did not come the lot, or the tender, is
    /// cancelled. Role: as for `admit`.
    function enforce(uint256 complaint, bytes32 documentHash) external;
    /// @notice Orders that a tender stands still. Role: as for `admit`.
    function suspend(bytes32 tenderId, bytes32 documentHash) external;
    /// @notice Ends the order; every end that was running then is later by its duration. Role: as for `admit`.
    function resume(bytes32 tenderId, bytes32 documentHash) external;

    /// @notice Reverts Open where an open complaint about the lot and stage bars an act.
    function requireClear(bytes32 tenderId, uint8 lot, ComplaintStage stage) external view;
    /// @notice Reverts CancelBarred where an open complaint about an award bars the cancellation; where that `stops` the tender, PausesFull if
    /// its pauses leave no place for one that is undone.
    function requireCancellable(bytes32 tenderId, uint8 lot, bool stops) external view;
    /// @notice From when on what ends at `base` (stored) is clear: not before its end, nor before the last complaint that bars it was closed;
    /// 2^40 - 1 while one is open. What bars a cancellation's effect: complaints about it and about awards.
    function clearFrom(bytes32 tenderId, uint8 lot, ComplaintStage stage, uint40 base) external view returns (uint40);
    /// @notice A tender's own time now, in which its ends are stored: unix seconds less its pauses.
    function timeOf(bytes32 tenderId) external view returns (uint40);
    /// @notice The end of a period of a tender whose stored end is `base`: with its pauses and the outages of the network.
    function endOf(bytes32 tenderId, uint40 base) external view returns (uint40);
    /// @notice The end of a period of a tender that begins at a time, unix seconds: as `endOf`.
    function endAfter(bytes32 tenderId, uint40 start, uint40 period) external view returns (uint40);
    /// @notice ProcedureBook.openingOf for a tender with complaints or pauses.
    function planOf(
        bytes32 tenderId,
        bytes16 code,
        uint16 version,
        uint40 deadline,
        uint16 termsVersion
    ) external view returns (OpeningPlan memory);
    /// @notice Stored facts; all zero where unknown.
    function complaintFacts(uint256 complaint) external view returns (Complaint memory);
    /// @notice Open complaints about a lot and a stage; `lot` 255: about all lots, and the tender.
    function queueOf(bytes32 tenderId, uint8 lot, ComplaintStage stage) external view returns (Queue memory);
    /// @notice What a tender's own time depends on; all zero where it never had a complaint nor an order.
    function watchOf(bytes32 tenderId) external view returns (Watch memory);
    /// @notice Times in which the tender stood still, in order; the order that stands is none yet.
    function pausesOf(bytes32 tenderId) external view returns (Pause[] memory);
    /// @notice The supplier's open complaint about a lot and a stage; 0 if none.
    function openOf(
        bytes32 tenderId,
        bytes32 supplier,
        uint8 lot,
        ComplaintStage stage
    ) external view returns (uint256);
    /// @notice Complaint that a supplier recorded under this id; 0 if none.
    function recordOf(bytes32 supplier, bytes32 recordId) external view returns (uint256);
    /// @notice Number of complaints; the last one's.
    function complaintCount() external view returns (uint256);
}
