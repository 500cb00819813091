// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

abstract contract Drawer {
    uint256 public total;

    function pay() external payable {
        total += msg.value;
    }
}

contract Till is Drawer {
    constructor() payable {}

    receive() external payable {}

    function count() external view returns (uint256) {
        return total;
    }
}
