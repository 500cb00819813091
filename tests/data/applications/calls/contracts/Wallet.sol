// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

library Remote {
    function twice(uint256 value) public pure returns (uint256) {
        return 2 * value;
    }
}

contract Wallet {
    // A comment may say delegatecall, and so may a string.
    string public constant HINT = "no delegatecall";

    function run(address target, bytes calldata data) external returns (bool done) {
        (done, ) = target.delegatecall(data);
    }

    function runHidden(address target) external returns (bool done) {
        assembly {
            done := delegatecall(gas(), target, 0, 0, 0, 0)
        }
    }

    function runByLibrary(address target, bytes calldata data) external returns (bytes memory) {
        return Address.functionDelegateCall(target, data);
    }

    function linked(uint256 value) external pure returns (uint256) {
        return Remote.twice(value);
    }

    function end() external {
        _end();
    }

    function _end() private {
        selfdestruct(payable(msg.sender));
    }
}
