// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The authority: what the council decided and waited for, it does
/// @notice Only the Council schedules, executes and cancels; delays are those of the decision's class. Its one administrator is itself, and
/// the Council refuses calls to it: so its roles never change.
contract CouncilTimelock is TimelockController {
    /// @notice Nothing on this network holds coin.
    error CouncilTimelockCoinRefused();

    constructor(address council) TimelockController(0, _only(council), _only(council), address(0)) {}

    receive() external payable override {
        revert CouncilTimelockCoinRefused();
    }

    function _only(address account) private pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }
}
