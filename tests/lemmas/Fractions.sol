// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Tdh2} from "../../contracts/libraries/Tdh2.sol";

/// @title Tdh2.fraction and Tdh2.isFactor as they are compiled, for tests/lemmas/test_fractions.py
contract Fractions {
    /// @notice above and below of each seat of each set of seats, in order; bit i of a set is seat i + 1. Sets are from..to - 1.
    function hashOf(uint256 from, uint256 to) external pure returns (bytes32 hash) {
        uint256[] memory all = new uint256[]((to - from) * 32);
        uint256 count = 0;
        for (uint256 set = from; set < to; ++set) {
            uint8[] memory seats = _seats(set);
            for (uint256 place = 0; place < seats.length; ++place) {
                (all[count], all[count + 1]) = Tdh2.fraction(seats, place);
                count += 2;
            }
        }
        assembly ("memory-safe") {
            hash := keccak256(add(all, 32), mul(32, count))
        }
    }

    /// @notice As in Tdh2.
    function isFactor(uint8[] calldata seats, uint256 place, uint256 factor) external pure returns (bool) {
        return Tdh2.isFactor(seats, place, factor);
    }

    function _seats(uint256 set) private pure returns (uint8[] memory seats) {
        seats = new uint8[](16);
        uint256 count = 0;
        for (uint8 seat = 1; seat <= 16; ++seat) {
            if ((set >> (seat - 1)) & 1 == 1) seats[count++] = seat;
        }
        assembly ("memory-safe") {
            mstore(seats, count)
        }
    }
}
