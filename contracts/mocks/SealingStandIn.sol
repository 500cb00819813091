// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IOpeningCommittee} from "../interfaces/IOpeningCommittee.sol";
import {BidWindow} from "../types/Procurement.sol";

/// @title Everything that BidBox and OpeningCommittee ask of others, as a test says it
/// @notice Plays TenderBoard, MemberRegistry, SupplierRegistry, EvaluationDesk and the council's timelock.
contract SealingStandIn {
    mapping(bytes32 tenderId => BidWindow) private _windows;
    mapping(address account => bool) private _suspended;
    mapping(bytes32 member => bool) private _inactive;
    mapping(bytes32 member => bytes32) private _superiorOf;
    mapping(bytes32 supplier => bool) private _ineligible;
    /// @notice Member that an account opens for.
    mapping(address account => bytes32) public memberOf;
    /// @notice Supplier that an account acts for.
    mapping(address account => bytes32) public supplierOf;

    /// @notice Says what a tender's window is; with a committee, only where it would take the tender at publication.
    function setWindow(bytes32 tenderId, BidWindow calldata window, address committee) external {
        if (committee != address(0)) IOpeningCommittee(committee).requireUsable(window.keysetId);
        _windows[tenderId] = window;
    }

    /// @notice Says whom an account opens for.
    function setMember(address account, bytes32 member) external {
        memberOf[account] = member;
    }

    /// @notice Says whether an account has no role at all now.
    function setSuspended(address account, bool suspended) external {
        _suspended[account] = suspended;
    }

    /// @notice Says whether a member has no kind at all now.
    function setInactive(bytes32 member, bool inactive) external {
        _inactive[member] = inactive;
    }

    /// @notice Says which member is above another.
    function setSuperior(bytes32 member, bytes32 superior) external {
        _superiorOf[member] = superior;
    }

    /// @notice Says whom an account bids for.
    function setSupplier(address account, bytes32 supplier) external {
        supplierOf[account] = supplier;
    }

    /// @notice Says whether a supplier may not bid now.
    function setIneligible(bytes32 supplier, bool ineligible) external {
        _ineligible[supplier] = ineligible;
    }

    /// @notice Calls another contract, and fails with what it fails with.
    function call(address target, bytes calldata data) external returns (bytes memory) {
        return Address.functionCall(target, data);
    }

    /// @notice As in ITenderBoard.
    function bidWindow(bytes32 tenderId) external view returns (BidWindow memory) {
        return _windows[tenderId];
    }

    /// @notice As in ITenderBoard.
    function sealedTo(bytes32 tenderId) external view returns (bytes32 keysetId, uint16 termsVersion) {
        return (_windows[tenderId].keysetId, _windows[tenderId].termsVersion);
    }

    /// @notice As in ITenderBoard.
    function bidderOf(bytes32 tenderId, address account) external view returns (bytes32 supplier) {
        supplier = supplierOf[account];
        if (_windows[tenderId].termsVersion == 0 || _ineligible[supplier]) return 0;
    }

    /// @notice As in IMemberRegistry: every account that opens for somebody has the role.
    function may(address account, uint16 roles) external view returns (bool) {
        return roles != 0 && memberOf[account] != 0 && !_suspended[account];
    }

    /// @notice As in IMemberRegistry: every member but those that are inactive has all kinds.
    function isActive(bytes32 member, uint16 kinds) external view returns (bool) {
        return kinds != 0 && !_inactive[member];
    }

    /// @notice As in IMemberRegistry.
    function independent(bytes32 a, bytes32 b) external view returns (bool) {
        return a != b && _topOf(a) != _topOf(b);
    }

    function _topOf(bytes32 member) private view returns (bytes32) {
        bytes32 superior = _superiorOf[member];
        return superior == 0 ? member : superior;
    }
}
