// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Validator} from "../types/Governance.sol";

/// @title Which validators the council decided on, and proof that the engine follows
/// @notice Each decision has a number `seq` (the founding set: 0, taken as proved). There is one open change at a time: the next decision
/// is refused until the set in force is proved from a block header.
interface IValidatorRegistry {
    /// @notice `who` is not the authority.
    error ValidatorRegistryRoleMissing(bytes32 role, address who);
    /// @notice This address is no validator of the set in force.
    error ValidatorRegistryNotFound(address node);
    /// @notice The caller's view of the decisions is out of date.
    error ValidatorRegistryVersionWrong(uint256 expected, uint256 got);
    /// @notice The set in force is not proved yet.
    error ValidatorRegistryUnproved(uint256 seq);
    /// @notice The set in force is proved already.
    error ValidatorRegistryProved(uint256 seq);
    /// @notice The set equals the one in force.
    error ValidatorRegistryUnchanged(bytes32 field);
    /// @notice A set has `min`..`max` validators.
    error ValidatorRegistrySizeInvalid(uint256 min, uint256 max, uint256 got);
    /// @notice Validators are distinct, none zero, and stand in ascending order of their addresses.
    error ValidatorRegistryOrderWrong(uint256 index);
    /// @notice The member is not an active OPERATOR (asked of a validator that comes, not of one that stays), or has more superiors above
    /// one another than are followed.
    error ValidatorRegistryMemberInvalid(bytes32 member);
    /// @notice The member, with those dependent on it, runs more than `limit` validators.
    error ValidatorRegistryMemberOver(bytes32 member, uint256 limit, uint256 got);
    /// @notice The sector runs more than `limit` = n - ceil(2n/3) validators, so that it could stop the chain alone.
    error ValidatorRegistrySectorOver(uint256 sector, uint256 limit, uint256 got);
    /// @notice A set differs from the last one by at most `limit` validators.
    error ValidatorRegistryStepTooLarge(uint256 limit, uint256 got);
    /// @notice A removal ends in the future and within 30 days: `min` < end <= `max`.
    error ValidatorRegistryRemovalInvalid(uint256 min, uint256 max, uint256 got);
    /// @notice Another urgent removal runs until then.
    error ValidatorRegistryRemovalRunning(uint256 until);
    /// @notice The bytes are no block header, or its hash is not that of the block of this number among the last 256.
    error ValidatorRegistryHeaderInvalid(uint256 number);
    /// @notice The header's validators are not the set in force.
    error ValidatorRegistrySetDiffers(uint256 seq, bytes32 expected, bytes32 got);

    event ValidatorsTargeted(uint64 indexed seq, Validator[] validators);
    event ValidatorRemoved(uint64 indexed seq, address indexed node, uint40 until, Validator[] validators);
    event ValidatorsProved(uint64 indexed seq, uint256 number, bytes32 blockHash);

    /// @notice Decides on a set. Role: authority.
    /// @param expectedSeq The decision it follows.
    /// @param target Validators in ascending order of their addresses.
    function setTarget(uint64 expectedSeq, Validator[] calldata target) external;
    /// @notice Takes a validator out urgently, until a time within 30 days; the set before returns by itself. Role: authority (class
    /// EMERGENCY).
    function removeNow(uint64 expectedSeq, address node, uint40 until) external;
    /// @notice Proves that the engine's set is the one in force, by a header of the last 256 blocks in its block-hash form. Anyone.
    function proveSet(uint64 expectedSeq, bytes calldata header) external;

    /// @notice Refuses as `setTarget` would at this moment, but for the role.
    function checkTarget(uint64 expectedSeq, Validator[] calldata target) external view;
    /// @notice Refuses as `removeNow` would at this moment, but for the role.
    function checkRemoval(uint64 expectedSeq, address node, uint40 until) external view;
    /// @notice Refuses where the sets there are break a cap: MemberRegistry asks after it moved a member to another sector or superior.
    function checkPresent() external view;
    /// @notice Number of the decision in force: an urgent removal's until it ends.
    function seq() external view returns (uint64);
    /// @notice Number of the last decision, in force or not.
    function lastSeq() external view returns (uint64);
    /// @notice The set in force.
    function validators() external view returns (Validator[] memory);
    /// @notice keccak256 of the addresses of the set in force, each in 32 bytes.
    function setHash() external view returns (bytes32);
    /// @notice Whether the set in force is the last one that was proved.
    function isProved() external view returns (bool);
    /// @notice End of the last urgent removal; 0 where there was none, or `setTarget` followed it.
    function removedUntil() external view returns (uint40);
    /// @notice The only account that may decide on sets.
    function authority() external view returns (address);
}
