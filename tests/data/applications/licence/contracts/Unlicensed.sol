// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.28;

contract Unlicensed {
    uint256 public value;
}
