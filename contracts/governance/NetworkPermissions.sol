// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {INetworkPermissions} from "../interfaces/INetworkPermissions.sol";
import {NodeData, NodeKind} from "../types/Governance.sol";
import {Wiring} from "../types/Wiring.sol";

contract NetworkPermissions is INetworkPermissions {
    struct Node {
        bytes32 member;
        NodeKind kind;
    }

    /// @inheritdoc INetworkPermissions
    address public immutable authority;
    IMemberRegistry private immutable _members;

    /// @inheritdoc INetworkPermissions
    uint256 public nodeCount;
    mapping(bytes32 key => Node) private _nodes;

    constructor(Wiring memory wiring, NodeData[] memory founding) {
        authority = wiring.timelock;
        _members = IMemberRegistry(wiring.members);
        for (uint256 i; i < founding.length; ++i) {
            _setNode(founding[i].key, founding[i].member, uint8(founding[i].kind));
        }
    }

    /// @inheritdoc INetworkPermissions
    function setNode(bytes32 key, bytes32 member, uint8 kind) external {
        require(msg.sender == authority, NetworkPermissionsRoleMissing("AUTHORITY", msg.sender));
        _setNode(key, member, kind);
    }

    /// @inheritdoc INetworkPermissions
    function nodeOf(bytes32 key) external view returns (bytes32 member, NodeKind kind) {
        Node storage node = _nodes[key];
        return (node.member, node.kind);
    }

    function _setNode(bytes32 key, bytes32 member, uint8 kind) private {
        // Check:
        Node storage node = _nodes[key];
        uint256 limit = uint256(type(NodeKind).max);
        require(key != 0, NetworkPermissionsHashZero("key"));
        require(kind <= limit, NetworkPermissionsKindInvalid(limit, kind));
        bool permitted = kind != uint8(NodeKind.NONE);
        bool same = uint8(node.kind) == kind && (!permitted || node.member == member);
        require(!same, NetworkPermissionsUnchanged("node"));
        require(!permitted || _members.isActive(member, 0), NetworkPermissionsMemberInvalid(member));
        // Effect:
        if (node.kind == NodeKind.NONE) ++nodeCount;
        if (!permitted) --nodeCount;
        _nodes[key] = Node(permitted ? member : bytes32(0), NodeKind(kind));
        emit NodeSet(key, permitted ? member : bytes32(0), kind);
    }
}
