// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

abstract contract UUPSUpgradeable {
    function upgradeTo(address) external virtual;
}

contract Kingdom is Ownable {
    constructor() Ownable(msg.sender) {}
}

contract Changeling is UUPSUpgradeable {
    function upgradeTo(address) external override {}
}
