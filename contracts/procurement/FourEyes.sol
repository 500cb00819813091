// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFourEyes} from "../interfaces/IFourEyes.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract FourEyes is IFourEyes {
    uint40 private constant LIFE = 30 days;

    struct Proposal {
        address proposer;
        uint40 until;
    }

    IMemberRegistry private immutable _members;
    IProcedureBook private immutable _procedures;
    address private immutable _tenders;
    address private immutable _evaluations;
    address private immutable _awards;
    address private immutable _complaints;
    address private immutable _agreements;

    /// @inheritdoc IFourEyes
    mapping(bytes32 member => mapping(bytes32 act => Proposal)) public proposalOf;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _procedures = IProcedureBook(wiring.procedures);
        _tenders = wiring.tenders;
        _evaluations = wiring.evaluationDesk;
        _awards = wiring.awardDesk;
        _complaints = wiring.complaintDesk;
        _agreements = wiring.agreementBook;
    }

    /// @inheritdoc IFourEyes
    function propose(bytes32 act) external {
        _procedures.tick();
        // Check:
        bytes32 member = _members.memberOf(msg.sender);
        require(_members.may(msg.sender, Roles.OFFICER), FourEyesRoleMissing("OFFICER", msg.sender));
        Proposal storage proposal = proposalOf[member][act];
        // One that nobody can approve any more blocks nobody.
        bool live =
            proposal.until != 0 &&
                block.timestamp < _procedures.deadlineOf(proposal.until) &&
                _hasRole(member, proposal.proposer, Roles.OFFICER);
        require(!live, FourEyesActAlreadyProposed(act));
        require(act != 0, FourEyesHashZero("act"));
        // Effect:
        uint40 until = uint40(block.timestamp) + LIFE;
        proposalOf[member][act] = Proposal(msg.sender, until);
        emit ActProposed(member, act, msg.sender, until);
    }

    /// @inheritdoc IFourEyes
    function take(bytes32 member, address signer, bytes32 callHash) external {
        // Check: only what does an act may say that somebody approved it
        require(_isTaker(msg.sender), FourEyesRoleMissing("CONTRACT", msg.sender));
        require(_hasRole(member, signer, Roles.APPROVER), FourEyesRoleMissing("APPROVER", signer));
        bytes32 act = keccak256(abi.encode(block.chainid, msg.sender, callHash));
        Proposal memory proposal = proposalOf[member][act];
        require(_hasRole(member, proposal.proposer, Roles.OFFICER), FourEyesActNotProposed(act));
        uint40 end = _procedures.deadlineOf(proposal.until);
        require(block.timestamp < end, FourEyesActExpired(act, end));
        require(signer != proposal.proposer, FourEyesActSameSigner(signer));
        // Effect:
        delete proposalOf[member][act];
        emit ActApproved(member, act, signer);
    }

    // Of the member now: whoever left it, or lost the role, proposes nothing any more.
    function _hasRole(bytes32 member, address who, uint16 role) private view returns (bool) {
        return _members.memberOf(who) == member && _members.may(who, role);
    }

    function _isTaker(address who) private view returns (bool) {
        return who == _tenders || who == _evaluations || who == _awards || who == _complaints || who == _agreements;
    }
}
