pragma solidity ^0.8.28;

contract Bare {
    uint256 public value;
}
