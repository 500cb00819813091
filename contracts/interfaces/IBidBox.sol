// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bid, Box, EnvelopeWitness, SealedEnvelope} from "../types/Sealing.sol";

/// @title Sealed bids: received, substituted, confirmed, withdrawn; never read
/// @notice Envelopes are sealed to the joint key of an opening committee (contracts/README.md). The ciphertext is the commitment: there
/// is no reveal that could be refused. Nothing here depends on what is inside.
interface IBidBox {
    /// @notice No tender with a keyset has this id.
    error BidBoxUnknown(bytes32 tenderId);
    /// @notice The tender is suspended, being cancelled or over.
    error BidBoxStopped(bytes32 tenderId);
    /// @notice The bidding period is over.
    error BidBoxClosed(bytes32 tenderId, uint256 closedAt);
    /// @notice A share was accepted: no bid comes, goes or changes any more.
    error BidBoxLocked(bytes32 tenderId);
    /// @notice The account acts for no supplier that may bid, or not for the one whose bid this is.
    error BidBoxBidderRefused(bytes32 tenderId, address bidder);
    /// @notice Only the contract that this is meant for may call.
    error BidBoxCallerRefused(address caller);
    /// @notice The bid is bound to other terms than the tender's last.
    error BidBoxTermsStale(bytes32 tenderId, bytes32 expected, bytes32 got);
    /// @notice A required value is zero.
    error BidBoxHashZero(bytes32 field);
    /// @notice A bid has all envelopes of the procedure and a witness for each.
    error BidBoxEnvelopesWrong(bytes32 tenderId, uint256 limit, uint256 got);
    /// @notice The tender holds the most bidders it may.
    error BidBoxFull(bytes32 tenderId, uint256 limit);
    /// @notice The layout is wrong from `offset` on.
    error BidBoxEnvelopeMalformed(bytes32 tenderId, uint8 envelope, uint256 offset);
    /// @notice The head has `limit` words: the document's commitment and, in the last envelope, one for each lot.
    error BidBoxWordsWrong(bytes32 tenderId, uint8 envelope, uint256 limit, uint256 got);
    /// @notice The body is 16 bytes and 1..bodyBlocks blocks of 1,024, at most `limit` bytes.
    error BidBoxBodyInvalid(bytes32 tenderId, uint8 envelope, uint256 limit, uint256 got);
    /// @notice The point at `offset` is none of the curve, or its y is not the witness's.
    error BidBoxPointInvalid(bytes32 tenderId, uint8 envelope, uint256 offset);
    /// @notice This point sealed an envelope before.
    error BidBoxPointReused(bytes32 tenderId, uint8 envelope, uint256 x);
    /// @notice The proof does not hold for this tender, envelope, bidder, version and keyset.
    error BidBoxProofInvalid(bytes32 tenderId, uint8 envelope, address bidder);
    /// @notice The supplier has no sealed bid here.
    error BidBoxNotSealed(bytes32 tenderId, address bidder);
    /// @notice The bid is bound to the tender's last terms already.
    error BidBoxAlreadyConfirmed(bytes32 tenderId, uint256 index);
    /// @notice The bid is not live.
    error BidBoxNotLive(bytes32 tenderId, uint256 index);
    /// @notice The price envelopes are not due: not all first envelopes are opened, it is too early, or it was done.
    error BidBoxReleaseRefused(bytes32 tenderId, uint8 phase);

    event BidSealed(
        bytes32 indexed tenderId,
        uint8 indexed envelope,
        address indexed bidder,
        uint32 version,
        uint16 index,
        uint32 order,
        uint16 termsVersion,
        bytes32 declarations,
        bytes32 seal,
        bytes sealedEnvelope
    );
    event BidConfirmed(
        bytes32 indexed tenderId,
        address indexed bidder,
        uint32 version,
        uint16 index,
        uint16 termsVersion
    );
    event BidWithdrawn(bytes32 indexed tenderId, address indexed bidder, uint32 version, uint16 index);
    event BoxLocked(bytes32 indexed tenderId, uint16 bids, uint16 live);
    event EnvelopeReleased(bytes32 indexed tenderId, uint8 envelope, uint16[] excluded);

    /// @notice Seals a bid, or a new version in place of the supplier's last. Role: SUPPLIER that may bid.
    /// @param termsHash The tender's, so that nobody bids on terms it has not seen.
    /// @param declarations sha256 of the declaration of conflicts, exclusion and non-collusion.
    /// @param envelopes All of the procedure, in order. @param witnesses One for each.
    function submit(
        bytes32 tenderId,
        bytes32 termsHash,
        bytes32 declarations,
        bytes[] calldata envelopes,
        EnvelopeWitness[] calldata witnesses
    ) external;
    /// @notice Binds the supplier's untouched bid to an addendum. Role: SUPPLIER that may bid, whose bid it is.
    function confirm(bytes32 tenderId, bytes32 termsHash) external;
    /// @notice Takes the supplier's bid back; it is never opened. Role: SUPPLIER, eligible or not, whose bid it is.
    function withdraw(bytes32 tenderId) external;
    /// @notice Locks the box at its first accepted share or reveal, for good. Role: OpeningCommittee.
    function lock(bytes32 tenderId) external;
    /// @notice Makes the price envelopes due, but those of the excluded bids. Role: EvaluationDesk.
    function releaseEnvelope(bytes32 tenderId, uint16[] calldata excluded) external;

    /// @notice What a tender's box holds; all zero where nothing.
    function box(bytes32 tenderId) external view returns (Box memory);
    /// @notice A supplier's bid by its place from 0; all zero where none.
    function bid(bytes32 tenderId, uint16 index) external view returns (Bid memory);
    /// @notice Place of a supplier counted from 1; 0 = it never sent a bid.
    function placeOf(bytes32 tenderId, bytes32 supplier) external view returns (uint16);
    /// @notice Number of sealed bids bound to the tender's last terms, in the second phase less the excluded; 0 for another version.
    function liveBids(bytes32 tenderId, uint16 termsVersion) external view returns (uint16);
    /// @notice One live envelope of a locked box; its index is 0, its bidder 0 where it is not live.
    function entry(bytes32 tenderId, uint8 envelope, uint16 index) external view returns (SealedEnvelope memory);
    /// @notice Live envelopes of a page of 32 indexes of a locked box, in order.
    function page(bytes32 tenderId, uint8 envelope, uint256 number) external view returns (SealedEnvelope[] memory);
    /// @notice Whether an envelope with this x was sealed before.
    function usedPoint(uint256 x) external view returns (bool);
    /// @notice EIP-712 domain of the contexts: name `Licita`, version `1`, this chain, this contract.
    function domainSeparator() external view returns (bytes32);
}
