// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

/// @title Everyone may speak before the council votes
/// @notice Open for a proposal while it is Pending. Members and suppliers comment by hash; comments of citizens reach the chain as the
/// Merkle root of a batch that an operator's service received. Texts are kept off the chain under their sha256.
interface IConsultation {
    /// @notice `who` lacks `role` here: `PERSON` (of an active member or supplier), `OPERATOR`, `PROPOSER` or `AUDITOR`.
    error ConsultationRoleMissing(bytes32 role, address who);
    /// @notice No such proposal.
    error ConsultationNotFound(uint256 proposal);
    /// @notice This organisation recorded the same comment before, as comment `id` of its proposal.
    error ConsultationAlreadyRecorded(bytes32 recordId, uint256 id);
    /// @notice The caller's view of its batches is out of date.
    error ConsultationVersionWrong(uint256 expected, uint256 got);
    /// @notice The state of the proposal does not allow this act.
    error ConsultationStatusWrong(uint256 proposal, IGovernor.ProposalState state);
    /// @notice An organisation makes at most `limit` comments on a proposal.
    error ConsultationCommentsFull(uint256 proposal, uint256 limit);
    /// @notice The report is published already.
    error ConsultationReported(uint256 proposal);
    /// @notice The text is hidden already.
    error ConsultationUnchanged(bytes32 field);
    /// @notice A required value is zero.
    error ConsultationHashZero(bytes32 field);
    /// @notice A batch holds 1..`limit` comments.
    error ConsultationBatchInvalid(uint256 limit, uint256 got);

    event Commented(
        uint256 indexed proposal,
        uint256 indexed comment,
        bytes32 organisation,
        bytes32 recordId,
        bytes32 textHash
    );
    event BatchAnchored(uint256 indexed proposal, bytes32 indexed member, uint32 batch, bytes32 root, uint32 comments);
    event ReportPublished(uint256 indexed proposal, bytes32 reportHash);
    event TextHidden(uint256 indexed proposal, bytes32 indexed textHash, bytes32 reasonHash);

    /// @notice Comments on a proposal. Role: a person of an active member, or an account of an active supplier.
    /// @param recordId Idempotency: kept per organisation; a repeat reverts AlreadyRecorded with the comment's number.
    /// @param textHash sha256 of the text in UTF-8.
    /// @return number Number of the comment, from 1 for each proposal.
    function comment(bytes32 recordId, uint256 proposal, bytes32 textHash) external returns (uint256 number);
    /// @notice Anchors a batch of comments that this operator's service received; until the proposal's vote has ended, or after its
    /// cancellation: a comment keeps the place that it was promised. Role: OPERATOR.
    /// @param expectedBatch Number of batches of this member for the proposal so far.
    /// @param root Root of the tree over the batch's leaves (RFC 6962, sha256).
    function anchor(uint256 proposal, uint32 expectedBatch, bytes32 root, uint32 comments) external;
    /// @notice Publishes the report that answers the comments, once the consultation is over. Role: a DELEGATE of the proposer's member.
    /// @param reportHash sha256 of the report.
    function report(uint256 proposal, bytes32 reportHash) external;
    /// @notice Hides a text; its hash stays. Role: AUDITOR.
    /// @param reasonHash sha256 of the published reason.
    function hide(uint256 proposal, bytes32 textHash, bytes32 reasonHash) external;

    /// @notice sha256 of the report, 0 while there is none.
    function reportOf(uint256 proposal) external view returns (bytes32);
    /// @notice Number of comments on the chain.
    function commentCount(uint256 proposal) external view returns (uint256);
    /// @notice Number of batches that a member anchored.
    function batchCount(uint256 proposal, bytes32 member) external view returns (uint32);
    /// @notice Root of a batch, counted from 1; 0 if none.
    function rootOf(uint256 proposal, bytes32 member, uint32 batch) external view returns (bytes32);
    /// @notice sha256 of the reason for which a text is hidden, 0 while it is not.
    function hiddenFor(uint256 proposal, bytes32 textHash) external view returns (bytes32);
    /// @notice What an organisation recorded under this id; 0 if nothing.
    function recordOf(bytes32 organisation, bytes32 recordId) external view returns (uint256);
}
