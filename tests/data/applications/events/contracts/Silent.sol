// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

contract Silent {
    /// @notice Said.
    event Said(uint256 value);
    /// Also said: a comment without a tag is a notice.
    event AlsoSaid(uint256 value);
    event Unsaid(uint256 value);
    /// @dev Not for readers.
    event Whispered(uint256 value);

    function speak(uint256 value) external {
        emit Said(value);
        emit AlsoSaid(value);
        emit Unsaid(value);
        emit Whispered(value);
    }
}
