// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Four eyes: what one account of a buyer proposed, and another of it does
/// @notice An act is one call: keccak256(abi.encode(chainid, contract, keccak256(calldata))). An OFFICER proposes it, the APPROVER sends the
/// call itself, and the contract that is called takes the act: once, in time, and from no account that proposed it. Acts are kept by the
/// buyer's member, so that nobody else can fill or block one. The contract that is called is in the act: none takes another's.
interface IFourEyes {
    /// @notice `who` is no `OFFICER` of a buyer, or no `APPROVER` of the one whose act it is; or is none of the contracts whose acts take four
    /// eyes: `CONTRACT`.
    error FourEyesRoleMissing(bytes32 role, address who);
    /// @notice The act was proposed by `who`, who cannot approve it as well.
    error FourEyesActSameSigner(address who);
    /// @notice Nobody proposed the act who may now; an act that was approved has to be proposed again.
    error FourEyesActNotProposed(bytes32 act);
    /// @notice The act is proposed already, and may be approved.
    error FourEyesActAlreadyProposed(bytes32 act);
    /// @notice The time to approve the act ended at `closedAt`.
    error FourEyesActExpired(bytes32 act, uint256 closedAt);
    /// @notice A required value is zero.
    error FourEyesHashZero(bytes32 field);

    event ActProposed(bytes32 indexed member, bytes32 indexed act, address proposer, uint40 until);
    event ActApproved(bytes32 indexed member, bytes32 indexed act, address approver);

    /// @notice Proposes an act of the caller's member, for 30 days. One that expired, or whose proposer is no officer any more, is replaced.
    /// Role: OFFICER of a buyer.
    function propose(bytes32 act) external;
    /// @notice Takes the act that the caller is about to do for `member` by the will of `signer`; it has to be proposed again before it can be
    /// done again. Role: the contracts whose acts take four eyes, for an APPROVER.
    /// @param callHash keccak256 of the calldata that `signer` called with.
    function take(bytes32 member, address signer, bytes32 callHash) external;

    /// @notice Who proposed an act of a member, and the stored end (ProcedureBook.deadlineOf tells it); both 0 where nobody did, or it was
    /// taken.
    function proposalOf(bytes32 member, bytes32 act) external view returns (address proposer, uint40 until);
}
