// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Points of secp256k1, checked with `ecrecover`
/// @notice `ecrecover(h, v, r, s)` is the address of r^-1 (s R - h G): with h = 0 it multiplies any point, with both it gives f G - e X.
/// A point is known by its coordinates or by its address, the last 20 bytes of keccak256(x || y): another point with the address of
/// a given one is a second preimage of 160 bits, and who chooses both finds two with one address in 2^80 tries. Points with x >= N
/// (2^-128 of all) cannot be asked for and are not valid here. What does not hold is answered, not reverted; only `sum` and `negated`
/// want coordinates below P of their (first) point, which the caller has checked, and revert without a name beyond.
library Secp256k1 {
    struct Point {
        uint256 x;
        uint256 y;
    }

    /// @notice Prime of the field.
    uint256 internal constant P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    /// @notice Order of the group.
    uint256 internal constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant GX = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;
    uint256 private constant GY = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8;
    uint256 private constant GBAR_X = 0xc55347bff1ae760eb6db5193589f0ae3ef24fe0066394922d4033f9e3f7c0cf8;
    uint256 private constant GBAR_Y = 0xafecf25c90cb37721e0d695821ccc166d39e12e61d4a4817406a305abc8f5d54;

    /// @notice Generator of the group.
    function generator() internal pure returns (Point memory) {
        return Point(GX, GY);
    }

    /// @notice Second generator, whose logarithm nobody knows: the first point with even y whose x is
    /// keccak256(keccak256("licita/sealed-bid/v1/gbar") || uint256 i), i = 1, 2, ...
    function secondGenerator() internal pure returns (Point memory) {
        return Point(GBAR_X, GBAR_Y);
    }

    /// @notice True for a point of the curve with 0 < x < N and 0 < y < P.
    function isValid(Point memory p) internal pure returns (bool) {
        if (p.x == 0 || p.x >= N || p.y == 0 || p.y >= P) return false;
        return mulmod(p.y, p.y, P) == addmod(mulmod(mulmod(p.x, p.x, P), p.x, P), 7, P);
    }

    /// @notice The last 20 bytes of keccak256(x || y).
    function addressOf(Point memory p) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(p.x, p.y)))));
    }

    /// @notice Address of k P of a valid point; 0 where k is 0 modulo N.
    function productAddress(Point memory p, uint256 k) internal pure returns (address) {
        return ecrecover(0, _sign(p), bytes32(p.x), bytes32(mulmod(k, p.x, N)));
    }

    /// @notice True where q = k p, of a valid point p.
    function isProduct(Point memory p, uint256 k, Point memory q) internal pure returns (bool) {
        address product = productAddress(p, k);
        return product != address(0) && product == addressOf(q);
    }

    /// @notice Address of f G - e X of a valid point X; 0 where e is 0 modulo N or the difference is no point.
    function differenceAddress(uint256 f, uint256 e, Point memory x) internal pure returns (address) {
        uint256 h = N - mulmod(f, x.x, N);
        uint256 s = N - mulmod(e, x.x, N);
        return ecrecover(bytes32(h), _sign(x), bytes32(x.x), bytes32(s));
    }

    /// @notice a + b of two points with different x, given the inverse of b.x - a.x modulo P; false where it is not that.
    function sum(Point memory a, Point memory b, uint256 inverse) internal pure returns (bool, Point memory) {
        if (mulmod(inverse, addmod(b.x, P - a.x, P), P) != 1) return (false, Point(0, 0));
        uint256 slope = mulmod(addmod(b.y, P - a.y, P), inverse, P);
        uint256 x = addmod(mulmod(slope, slope, P), P - addmod(a.x, b.x, P), P);
        uint256 y = addmod(mulmod(slope, addmod(a.x, P - x, P), P), P - a.y, P);
        return (true, Point(x, y));
    }

    /// @notice -p.
    function negated(Point memory p) internal pure returns (Point memory) {
        return Point(p.x, P - p.y);
    }

    function _sign(Point memory p) private pure returns (uint8) {
        return uint8(27 + (p.y & 1));
    }
}
