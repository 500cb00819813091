// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeKind} from "../types/Governance.sol";

/// @title Which nodes should be connected
/// @notice Desired state only: operators bring their nodes' permission files into line, and contracts never rely on it.
interface INetworkPermissions {
    /// @notice `who` is not the authority.
    error NetworkPermissionsRoleMissing(bytes32 role, address who);
    /// @notice The node has this member and kind already.
    error NetworkPermissionsUnchanged(bytes32 field);
    /// @notice A required value is zero.
    error NetworkPermissionsHashZero(bytes32 field);
    /// @notice The member is not active.
    error NetworkPermissionsMemberInvalid(bytes32 member);
    /// @notice No kind of node has this number.
    error NetworkPermissionsKindInvalid(uint256 limit, uint256 got);

    event NodeSet(bytes32 indexed key, bytes32 indexed member, uint8 kind);

    /// @notice Permits a node, changes it, or takes the permission away (kind NONE; any member). Role: authority.
    /// @param key keccak256 of the 64 bytes of the node's public key.
    function setNode(bytes32 key, bytes32 member, uint8 kind) external;

    /// @notice Member and kind of a node; zero and NONE where it is not permitted.
    function nodeOf(bytes32 key) external view returns (bytes32 member, NodeKind kind);
    /// @notice Number of permitted nodes.
    function nodeCount() external view returns (uint256);
    /// @notice The only account that may permit nodes.
    function authority() external view returns (address);
}
