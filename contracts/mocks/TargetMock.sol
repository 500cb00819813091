// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title The target of a proposal that calls another contract while it is executed
contract TargetMock {
    address private immutable _other;
    bytes private _data;
    /// @notice What the last `attempt` reverted with; empty where it went through.
    bytes public refusal;
    /// @notice Number of `fire` and `attempt` so far.
    uint256 public calls;

    constructor(address other) {
        _other = other;
    }

    /// @notice Says what to call the other contract with.
    function arm(bytes calldata data) external {
        _data = data;
    }

    /// @notice Calls it, and fails where it fails.
    function fire() external {
        ++calls;
        Address.functionCall(_other, _data);
    }

    /// @notice Calls it, and keeps what it reverted with.
    function attempt() external {
        ++calls;
        (bool success, bytes memory answer) = _other.call(_data);
        refusal = success ? bytes("") : answer;
    }
}
