// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Secp256k1} from "./Secp256k1.sol";

/// @title The proofs of the sealed bids: TDH2 (Shoup, Gennaro 1998) over secp256k1
/// @notice Challenges are keccak256 modulo the order; both numbers of a proof are nonzero and below it. Points must be valid.
library Tdh2 {
    bytes32 internal constant POP = keccak256("licita/sealed-bid/v1/pop");
    bytes32 internal constant ROLL_CALL = keccak256("licita/sealed-bid/v1/roll-call");
    bytes32 internal constant SEAL = keccak256("licita/sealed-bid/v1/tdh2-proof");
    bytes32 internal constant SHARE = keccak256("licita/sealed-bid/v1/share");
    bytes32 internal constant HEAD = keccak256("licita/sealed-bid/v1/head");

    /// @notice A claim that one number has both relations: x = k G and y = k b.
    struct Claim {
        Secp256k1.Point x;
        Secp256k1.Point b;
        Secp256k1.Point y;
    }

    /// @notice Its proof, with the two products and the inverse that save the contract a multiplication on the curve.
    /// @param fB f b. @param eY e y. @param inverse (fB.x - eY.x)^-1 modulo P.
    struct Proof {
        uint256 e;
        uint256 f;
        Secp256k1.Point fB;
        Secp256k1.Point eY;
        uint256 inverse;
    }

    /// @notice True where (c, z) proves knowledge of the number x of X = x G under a tag and a context.
    function knows(
        bytes32 tag,
        bytes32 context,
        Secp256k1.Point memory x,
        uint256 c,
        uint256 z
    ) internal pure returns (bool) {
        if (!_isScalar(c) || !_isScalar(z)) return false;
        address w = Secp256k1.differenceAddress(z, c, x);
        return w != address(0) && uint256(keccak256(abi.encodePacked(tag, context, x.x, x.y, w))) % Secp256k1.N == c;
    }

    /// @notice True where the proof shows the claim under a tag and a context.
    function same(bytes32 tag, bytes32 context, Claim memory claim, Proof memory proof) internal pure returns (bool) {
        if (!_isScalar(proof.e) || !_isScalar(proof.f)) return false;
        if (!Secp256k1.isProduct(claim.b, proof.f, proof.fB)) return false;
        if (!Secp256k1.isProduct(claim.y, proof.e, proof.eY)) return false;
        (bool added, Secp256k1.Point memory w2) = Secp256k1.sum(Secp256k1.negated(proof.eY), proof.fB, proof.inverse);
        if (!added) return false;
        address w1 = Secp256k1.differenceAddress(proof.f, proof.e, claim.x);
        return w1 != address(0) && _challenge(tag, context, claim, w1, w2) == proof.e;
    }

    /// @notice True where factor is the Lagrange factor at 0 of seats[place] among all seats, modulo the order.
    function isFactor(uint8[] calldata seats, uint256 place, uint256 factor) internal pure returns (bool) {
        (uint256 above, uint256 below) = fraction(seats, place);
        return mulmod(factor, below, Secp256k1.N) == above;
    }

    /// @notice The Lagrange factor at 0 of seats[place] as a fraction modulo the order; seats differ and count from 1.
    function fraction(uint8[] memory seats, uint256 place) internal pure returns (uint256 above, uint256 below) {
        (above, below) = (1, 1);
        uint256 own = seats[place];
        for (uint256 i = 0; i < seats.length; ++i) {
            if (i == place) continue;
            above = mulmod(above, seats[i], Secp256k1.N);
            below = mulmod(below, addmod(seats[i], Secp256k1.N - own, Secp256k1.N), Secp256k1.N);
        }
    }

    /// @notice What covers word `place` of an envelope's head: S is the secret that its point and the committee's key have in common.
    function pad(bytes32 context, uint256 place, Secp256k1.Point memory s) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(HEAD, context, place, s.x, s.y)));
    }

    function _challenge(
        bytes32 tag,
        bytes32 context,
        Claim memory claim,
        address w1,
        Secp256k1.Point memory w2
    ) private pure returns (uint256) {
        bytes memory points = abi.encode(claim.x, claim.b, claim.y);
        return uint256(keccak256(abi.encodePacked(tag, context, points, w1, w2.x, w2.y))) % Secp256k1.N;
    }

    function _isScalar(uint256 value) private pure returns (bool) {
        return value != 0 && value < Secp256k1.N;
    }
}
