// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who can open sealed bids: committees and their sets of keys
interface IOpeningCommittee {
    /// @notice No committee has this set of keys.
    error OpeningCommitteeKeysetNotFound(bytes32 id);
}
