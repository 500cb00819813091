// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IWarrantyBook} from "./IWarrantyBook.sol";

contract WarrantyBook is IWarrantyBook {
    uint256 private constant MAX = 50;
    uint256[4] private _quarters;
    uint256[] private _parts;
    mapping(bytes32 itemHash => uint40 until) public untilOf;
    string public catalogueUrl;

    error WarrantyBookFull(uint256 limit);

    modifier atMost(uint256 count) {
        require(count <= MAX, WarrantyBookFull(MAX));
        _;
    }

    /// @inheritdoc IWarrantyBook
    function record(bytes32[] calldata items, uint40 until) external {
        require(items.length <= MAX, WarrantyBookFull(MAX));
        for (uint256 i; i < items.length; ++i) {
            untilOf[items[i]] = until;
            emit WarrantyRecorded(items[i], until);
        }
    }

    function addPart(uint256 part) external {
        if (_parts.length >= 100) {
            revert WarrantyBookFull(100);
        }
        _parts.push(part);
    }

    function total() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _quarters.length; i++) {
            sum += _quarters[i];
        }
        uint256 count = _parts.length;
        for (uint256 i = 0; i < count; i++) {
            sum += _parts[i];
        }
    }

    function first(uint256 count, uint256 steps, uint256 shown) external pure atMost(steps) returns (uint256 sum) {
        uint256 end = Math.min(count, MAX);
        for (uint256 i = 0; i < end; i++) {
            sum += i;
        }
        while (steps > 0) {
            sum += _walk(steps);
            steps--;
        }
        if (MAX < shown) {
            revert WarrantyBookFull(MAX);
        }
        uint256[] memory found = new uint256[](shown);
        uint256 place;
        do {
            sum += found.length;
            place += 1;
        } while (place != found.length && place < 10);
    }

    function _walk(uint256 steps) private pure returns (uint256 sum) {
        for (uint256 i = 8; i >= 1; i -= 1) {
            sum += steps;
        }
    }
}
