// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {ClassRules, DecisionClass, Proposed, Resolution} from "../types/Governance.sol";

/// @title The council: one seat, one vote; classes of decisions by what a proposal calls
/// @notice OpenZeppelin's Governor with a timelock, which is the authority of every contract. Proposals are numbered from 1. A period of
/// the Governor ends with its last second: consultation lasts while t <= voteStart, the vote while voteStart < t <= voteEnd.
interface ICouncil {
    /// @notice `who` lacks `role` here: `DELEGATE` of a member that has a seat, `PROPOSER` or `AUTHORITY`.
    error CouncilRoleMissing(bytes32 role, address who);
    /// @notice No such proposal.
    error CouncilNotFound(uint256 id);
    /// @notice The member had no seat when the vote began.
    error CouncilSeatMissing(uint256 id, bytes32 member);
    /// @notice This very content was proposed before, as proposal `id`.
    error CouncilAlreadyRecorded(bytes32 content, uint256 id);
    /// @notice A member has at most `limit` open proposals.
    error CouncilProposalsFull(uint256 limit);
    /// @notice The state of the proposal does not allow this act.
    error CouncilStatusWrong(uint256 id, IGovernor.ProposalState state);
    /// @notice The member has voted: a vote is cast once and not changed.
    error CouncilOnlyOnce(uint256 id, bytes32 member);
    /// @notice The report on the consultation is not published.
    error CouncilReportMissing(uint256 id);
    /// @notice The delay runs until then.
    error CouncilDelayed(uint256 id, uint256 until);
    /// @notice The field has this value already.
    error CouncilUnchanged(bytes32 field);
    /// @notice Text longer than `limit` bytes, or none where there must be one.
    error CouncilTextLength(uint256 limit, uint256 got);
    /// @notice A proposal has 1..`limit` calls, each with a target, a value and data.
    error CouncilCallsInvalid(uint256 limit, uint256 got);
    /// @notice Call `index` has no code at its target, goes to the timelock itself, carries coin, or has less than a selector.
    error CouncilCallInvalid(uint256 index);
    /// @notice An urgent proposal comes with one of class MEMBERSHIP that confirms it, and only an urgent one does.
    error CouncilConfirmationInvalid(DecisionClass urgent, DecisionClass confirmation);
    /// @notice 0 against, 1 in favour, 2 abstained.
    error CouncilVoteInvalid(uint256 got);
    /// @notice What confirms an urgent proposal cannot be cancelled.
    error CouncilConfirmationKept(uint256 id);
    /// @notice The rules of the class cannot be met, decide nothing, or take less than those of a less strict class (`order`).
    error CouncilRulesInvalid(bytes32 field);

    /// @notice Follows ProposalCreated in the same transaction. `confirms`: the urgent proposal that this one confirms, or 0.
    event ResolutionOpened(
        uint256 indexed id,
        bytes32 indexed member,
        DecisionClass decision,
        ClassRules rules,
        bool reportNeeded,
        uint256 confirms
    );
    event ClassRulesSet(DecisionClass indexed decision, ClassRules rules);
    event CallClassSet(address indexed target, bytes4 indexed selector, DecisionClass decision);
    event UrgencyConfirmed(uint256 indexed id);

    /// @notice Opens an urgent proposal (all its calls of class EMERGENCY) and with it one of class MEMBERSHIP or stricter that confirms
    /// it. Role: DELEGATE.
    function proposeUrgently(
        Proposed calldata urgent,
        Proposed calldata confirmation
    ) external returns (uint256 id, uint256 confirmationId);
    /// @notice Puts the confirmation of an executed urgent proposal on record. Role: authority.
    function confirmUrgency(uint256 id) external;
    /// @notice Sets what a class takes, for later proposals. Role: authority.
    function setClassRules(DecisionClass decision, ClassRules calldata rules) external;
    /// @notice Sets the class of a call, for later proposals. Role: authority.
    function setCallClass(address target, bytes4 selector, DecisionClass decision) external;

    /// @notice What a class takes.
    function rulesOf(DecisionClass decision) external view returns (ClassRules memory);
    /// @notice Class of a call; CHARTER where nobody set one.
    function classOf(address target, bytes4 selector) external view returns (DecisionClass);
    /// @notice Stored facts; all zero where unknown.
    function resolution(uint256 id) external view returns (Resolution memory);
    /// @notice True where the seats in favour are enough at this moment.
    function approved(uint256 id) external view returns (bool);
    /// @notice Whether a member has voted.
    function memberVoted(uint256 id, bytes32 member) external view returns (bool);
    /// @notice The only account that the council's decisions speak through.
    function authority() external view returns (address);
}
