// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ValidatorRegistry} from "../governance/ValidatorRegistry.sol";
import {Validator} from "../types/Governance.sol";
import {Wiring} from "../types/Wiring.sol";

/// @title Supplies the hashes of recorded blocks, which no other chain has
contract ValidatorRegistryHarness is ValidatorRegistry {
    mapping(uint256 number => bytes32) private _hashes;

    constructor(Wiring memory wiring, Validator[] memory founding) ValidatorRegistry(wiring, founding) {}

    /// @notice Says which hash a block has.
    function setBlockHash(uint256 number, bytes32 hash) external {
        _hashes[number] = hash;
    }

    function _blockHash(uint256 number) internal view override returns (bytes32) {
        return _hashes[number];
    }
}
