// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

interface IWarrantyBook {
    /// @notice The item is under warranty until that time.
    event WarrantyRecorded(bytes32 indexed itemHash, uint40 until);

    /// @notice Records the warranty of at most 50 items.
    function record(bytes32[] calldata items, uint40 until) external;
}
