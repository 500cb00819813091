// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IConsultation} from "../interfaces/IConsultation.sol";
import {ICouncil} from "../interfaces/ICouncil.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {Organisations} from "../libraries/Organisations.sol";
import {Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract Consultation is IConsultation {
    uint256 private constant MAX_COMMENTS = 20;
    uint256 private constant MAX_BATCH = 100_000;

    IMemberRegistry private immutable _members;
    ISupplierRegistry private immutable _suppliers;
    address private immutable _council;

    /// @inheritdoc IConsultation
    mapping(uint256 proposal => uint256) public commentCount;
    /// @inheritdoc IConsultation
    mapping(uint256 proposal => bytes32) public reportOf;
    /// @inheritdoc IConsultation
    mapping(uint256 proposal => mapping(bytes32 member => uint32)) public batchCount;
    /// @inheritdoc IConsultation
    mapping(uint256 proposal => mapping(bytes32 member => mapping(uint32 batch => bytes32))) public rootOf;
    /// @inheritdoc IConsultation
    mapping(uint256 proposal => mapping(bytes32 textHash => bytes32)) public hiddenFor;
    /// @inheritdoc IConsultation
    mapping(bytes32 organisation => mapping(bytes32 recordId => uint256)) public recordOf;
    mapping(uint256 proposal => mapping(bytes32 organisation => uint256)) private _commentsBy;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _council = wiring.council;
    }

    /// @inheritdoc IConsultation
    function comment(bytes32 recordId, uint256 proposal, bytes32 textHash) external returns (uint256 number) {
        // Check:
        IGovernor.ProposalState now_ = _requireState(proposal);
        bytes32 organisation = Organisations.organisationOf(_members, _suppliers, msg.sender);
        require(organisation != 0, ConsultationRoleMissing("PERSON", msg.sender));
        uint256 known = recordOf[organisation][recordId];
        require(known == 0, ConsultationAlreadyRecorded(recordId, known));
        require(now_ == IGovernor.ProposalState.Pending, ConsultationStatusWrong(proposal, now_));
        require(_commentsBy[proposal][organisation] < MAX_COMMENTS, ConsultationCommentsFull(proposal, MAX_COMMENTS));
        require(recordId != 0, ConsultationHashZero("recordId"));
        require(textHash != 0, ConsultationHashZero("textHash"));
        // Effect:
        number = ++commentCount[proposal];
        ++_commentsBy[proposal][organisation];
        recordOf[organisation][recordId] = number;
        emit Commented(proposal, number, organisation, recordId, textHash);
    }

    /// @inheritdoc IConsultation
    function anchor(uint256 proposal, uint32 expectedBatch, bytes32 root, uint32 comments) external {
        // Check: the last batch may come after the consultation, for the comments of its last hour; and after a cancellation, for
        // comments that were promised a place before it
        IGovernor.ProposalState now_ = _requireState(proposal);
        require(_members.may(msg.sender, Roles.OPERATOR), ConsultationRoleMissing("OPERATOR", msg.sender));
        bytes32 member = _members.memberOf(msg.sender);
        uint32 batches = batchCount[proposal][member];
        require(batches == expectedBatch, ConsultationVersionWrong(batches, expectedBatch));
        require(
            now_ == IGovernor.ProposalState.Pending ||
                now_ == IGovernor.ProposalState.Active ||
                now_ == IGovernor.ProposalState.Canceled,
            ConsultationStatusWrong(proposal, now_)
        );
        require(root != 0, ConsultationHashZero("root"));
        require(comments != 0 && comments <= MAX_BATCH, ConsultationBatchInvalid(MAX_BATCH, comments));
        // Effect:
        uint32 batch = ++batchCount[proposal][member];
        rootOf[proposal][member][batch] = root;
        emit BatchAnchored(proposal, member, batch, root, comments);
    }

    /// @inheritdoc IConsultation
    function report(uint256 proposal, bytes32 reportHash) external {
        // Check:
        IGovernor.ProposalState now_ = _requireState(proposal);
        require(
            _members.may(msg.sender, Roles.DELEGATE) &&
                _members.memberOf(msg.sender) == ICouncil(_council).resolution(proposal).member,
            ConsultationRoleMissing("PROPOSER", msg.sender)
        );
        require(reportOf[proposal] == 0, ConsultationReported(proposal));
        require(
            now_ == IGovernor.ProposalState.Active || now_ == IGovernor.ProposalState.Succeeded,
            ConsultationStatusWrong(proposal, now_)
        );
        require(reportHash != 0, ConsultationHashZero("reportHash"));
        // Effect:
        reportOf[proposal] = reportHash;
        emit ReportPublished(proposal, reportHash);
    }

    /// @inheritdoc IConsultation
    function hide(uint256 proposal, bytes32 textHash, bytes32 reasonHash) external {
        // Check:
        _requireState(proposal);
        require(_members.may(msg.sender, Roles.AUDITOR), ConsultationRoleMissing("AUDITOR", msg.sender));
        require(hiddenFor[proposal][textHash] == 0, ConsultationUnchanged("hidden"));
        require(textHash != 0, ConsultationHashZero("textHash"));
        require(reasonHash != 0, ConsultationHashZero("reasonHash"));
        // Effect:
        hiddenFor[proposal][textHash] = reasonHash;
        emit TextHidden(proposal, textHash, reasonHash);
    }

    function _requireState(uint256 proposal) private view returns (IGovernor.ProposalState) {
        require(ICouncil(_council).resolution(proposal).member != 0, ConsultationNotFound(proposal));
        return IGovernor(_council).state(proposal);
    }
}
