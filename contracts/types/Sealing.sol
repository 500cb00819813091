// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Secp256k1} from "../libraries/Secp256k1.sol";
import {Tdh2} from "../libraries/Tdh2.sol";

/// @notice Temperature: cold = only a caller changes it, end = nothing does.
enum BidStatus {
    None, // cold: no such bid
    Sealed, // cold
    Withdrawn, // cold: a new submit may follow
    Excluded // end: its price envelope stays sealed
}

/// @notice What a supplier adds to an envelope so that the contract can check it; points are those of the envelope.
/// @param uY y of U. @param ubarY y of Ubar. @param fB f Gbar. @param eY e Ubar. @param inverse (fB.x - eY.x)^-1 modulo P.
struct EnvelopeWitness {
    uint256 uY;
    uint256 ubarY;
    Secp256k1.Point fB;
    Secp256k1.Point eY;
    uint256 inverse;
}

/// @notice One supplier's bid: one slot. A bid that was never sent is all zero.
/// @param bidder Account that sent the present version. @param version Counts the supplier's submits. @param order Arrival number of
/// the present version from 1; the lower wins a tie. @param termsVersion Terms that it is bound to.
struct Bid {
    address bidder;
    uint32 version;
    uint32 order;
    uint16 termsVersion;
    BidStatus status;
}

/// @notice What a tender's box holds.
/// @param bids Suppliers that ever sent one. @param orders Submits. @param live Sealed bids bound to `termsVersion`.
/// @param excluded Bids whose price envelopes stay sealed. @param termsVersion Last terms that a bid was bound to; for good at the lock.
/// @param phase Envelope that is due.
struct Box {
    uint16 bids;
    uint32 orders;
    uint16 live;
    uint16 excluded;
    uint16 termsVersion;
    uint8 phase;
    bool locked;
}

/// @notice One live envelope as the opening needs it. @param context What its pads, key and proofs are bound to.
struct SealedEnvelope {
    uint16 index;
    address bidder;
    uint32 version;
    bytes32 seal;
    bytes32 context;
}

/// @notice One member's share of a bid: S = x U. @param label L of the envelope.
struct ShareEntry {
    Secp256k1.Point u;
    bytes32 label;
    Secp256k1.Point s;
    Tdh2.Proof proof;
}

/// @notice What opens a bid. @param products factor S of each seat, in order. @param inverses Those of the k - 1 sums, modulo P.
struct OpeningEntry {
    Secp256k1.Point u;
    bytes32 bodyHash;
    uint256[] words;
    Secp256k1.Point[] products;
    uint256[] inverses;
}

/// @notice A set of keys. Seats count from 1. @param keys Public key of each seat. @param confirmed Number of seats that confirmed.
/// @param parent Keyset whose secret it carries on, or 0. @param ended No new tender. @param round Last roll, from 1; 0 = none yet.
/// @param rolledAt Time of the last roll, or of the last confirmation. @param answers Seats that answered the last round, which is the
/// confirmation before the first roll: bit i for seat i + 1.
struct Keyset {
    uint8 threshold;
    uint8 confirmed;
    bool ended;
    uint32 round;
    uint40 rolledAt;
    uint16 answers;
    bytes32 parent;
    bytes32 ceremonyId;
    Secp256k1.Point pk;
    bytes32[] members;
    Secp256k1.Point[] keys;
}
