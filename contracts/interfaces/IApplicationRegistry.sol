// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Application, ApplicationStatus} from "../types/Governance.sol";

/// @title How somebody else's contract gets onto the network: submission, findings, the seal
/// @notice Applications are numbered from 1. A seal is bound to the code hashes and ends within a year unless renewed.
interface IApplicationRegistry {
    /// @notice `who` lacks `role` here: `PERSON` (of an active member or supplier), `EVALUATOR` or `AUTHORITY`.
    error ApplicationRegistryRoleMissing(bytes32 role, address who);
    /// @notice No such application.
    error ApplicationRegistryNotFound(uint256 id);
    /// @notice This organisation submitted the same before, as application `id`.
    error ApplicationRegistryAlreadyRecorded(bytes32 recordId, uint256 id);
    /// @notice The status does not allow this act.
    error ApplicationRegistryStatusWrong(uint256 id, ApplicationStatus status);
    /// @notice This member recorded its findings already.
    error ApplicationRegistryOnlyOnce(uint256 id, bytes32 member);
    /// @notice The field has this value already.
    error ApplicationRegistryUnchanged(bytes32 field);
    /// @notice A required value is zero or empty.
    error ApplicationRegistryHashZero(bytes32 field);
    /// @notice Text longer than `limit` bytes.
    error ApplicationRegistryTextLength(uint256 limit, uint256 got);
    /// @notice An application names 1..`limit` code hashes, in ascending order, none zero or twice.
    error ApplicationRegistryCodesInvalid(uint256 limit, uint256 got);
    /// @notice Findings judge at least one criterion, and none both ways.
    error ApplicationRegistryFindingsInvalid(uint256 passed, uint256 failed);
    /// @notice The contact is not an active member.
    error ApplicationRegistryContactInvalid(bytes32 member);
    /// @notice A seal ends in the future and within a year, a suspension within 30 days: `min` < end <= `max`.
    error ApplicationRegistryPeriodInvalid(uint256 min, uint256 max, uint256 got);

    event ApplicationSubmitted(
        uint256 indexed id,
        bytes32 indexed organisation,
        bytes32 recordId,
        string useCase,
        string name,
        bytes32[] codeHashes,
        bytes32 sourceHash,
        bytes32 contact
    );
    event FindingsRecorded(
        uint256 indexed id,
        bytes32 indexed member,
        uint8 sector,
        bytes32 checklistHash,
        uint32 passed,
        uint32 failed
    );
    event ApplicationSealed(uint256 indexed id, uint40 until);
    event ApplicationRefused(uint256 indexed id, bytes32 reasonHash);
    event ApplicationRevoked(uint256 indexed id, bytes32 reasonHash);
    event ApplicationSuspended(uint256 indexed id, uint40 until);

    /// @notice Submits an application. Role: a person of an active member, or an account of an active supplier.
    /// @param recordId Idempotency: kept per organisation; a repeat reverts AlreadyRecorded with the application.
    /// @param codeHashes keccak256 of the runtime codes, ascending, at most 16.
    /// @param sourceHash sha256 of the source archive.
    /// @param contact Member that answers for it.
    function submit(
        bytes32 recordId,
        string calldata useCase,
        string calldata name,
        bytes32[] calldata codeHashes,
        bytes32 sourceHash,
        bytes32 contact
    ) external returns (uint256 id);
    /// @notice Records the findings of the caller's member, once. Role: EVALUATOR, of another member than the submitter's.
    /// @param checklistHash sha256 of the filled-in checklist.
    /// @param passed Bits of the criteria that passed; `failed`: of those that failed; no bit is in both.
    function recordFindings(uint256 id, bytes32 checklistHash, uint32 passed, uint32 failed) external;
    /// @notice Gives the seal of a reviewed application, or renews it, until a time within a year. Role: authority.
    function seal(uint256 id, uint40 until) external;
    /// @notice Refuses an application that has no seal. Role: authority.
    function refuse(uint256 id, bytes32 reasonHash) external;
    /// @notice Takes a seal away for good. Role: authority.
    function revoke(uint256 id, bytes32 reasonHash) external;
    /// @notice Suspends a seal urgently, at most 30 days; ends by itself. Role: authority (class EMERGENCY).
    function suspend(uint256 id, uint40 until) external;

    /// @notice Status at the present block time; NONE where unknown.
    function statusOf(uint256 id) external view returns (ApplicationStatus);
    /// @notice Stored facts; all zero where unknown.
    function applicationFacts(uint256 id) external view returns (Application memory);
    /// @notice Number of applications; the last id.
    function applicationCount() external view returns (uint256);
    /// @notice What an organisation recorded under this id; 0 if nothing.
    function recordOf(bytes32 organisation, bytes32 recordId) external view returns (uint256);
    /// @notice The only account that may seal.
    function authority() external view returns (address);
}
