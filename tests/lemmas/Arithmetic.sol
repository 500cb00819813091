// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Secp256k1} from "../../contracts/libraries/Secp256k1.sol";

// Lemmas for the SMTChecker: one contract a lemma. What it requires is the premise, what it asserts the claim, and no sum, difference,
// product or index on the way may be out of range. Between "From <file>" and "End" stands, word for word, what that file says.

/// @notice N is less than P, and every seat less than N.
contract OrderLemma {
    function lemma(uint8 seat) external pure {
        assert(Secp256k1.N < Secp256k1.P);
        assert(seat < Secp256k1.N);
    }
}

/// @notice A valid point is reduced and has no zero.
contract ValidLemma {
    function lemma(Secp256k1.Point calldata p) external pure {
        if (!Secp256k1.isValid(p)) return;
        assert(p.x != 0 && p.x < Secp256k1.N && p.y != 0 && p.y < Secp256k1.P);
    }
}

/// @notice The negative of a point with 0 < y < P does not revert, and again has 0 < y < P.
contract NegatedLemma {
    function lemma(Secp256k1.Point calldata p) external pure {
        require(p.y != 0 && p.y < Secp256k1.P);
        Secp256k1.Point memory q = Secp256k1.negated(p);
        assert(q.x == p.x);
        assert(q.y != 0 && q.y < Secp256k1.P);
    }
}

/// @notice A sum whose first point is reduced does not revert, whatever the second point and the inverse; what comes out is reduced.
contract SumLemma {
    function lemma(Secp256k1.Point calldata a, Secp256k1.Point calldata b, uint256 inverse) external pure {
        require(a.x < Secp256k1.P && a.y < Secp256k1.P);
        (bool added, Secp256k1.Point memory c) = Secp256k1.sum(a, b, inverse);
        assert(c.x < Secp256k1.P && c.y < Secp256k1.P);
        assert(added || (c.x == 0 && c.y == 0));
    }
}

/// @notice Not so: that sum does not revert when its first point is not reduced. A lemma that held here would show that nothing is checked.
contract SumControl {
    function lemma(Secp256k1.Point calldata a, Secp256k1.Point calldata b, uint256 inverse) external pure {
        Secp256k1.sum(a, b, inverse);
    }
}

/// @notice f G - e X can be asked for any numbers and any point, reduced or not.
contract DifferenceLemma {
    function lemma(uint256 f, uint256 e, Secp256k1.Point calldata x) external pure {
        Secp256k1.differenceAddress(f, e, x);
    }
}

/// @notice Two seats that differ have a difference that is not zero modulo N.
contract SeatDifferenceLemma {
    function lemma(uint8 one, uint8 other) external pure {
        require(one != other);
        uint256 own = other;
        uint256 difference = addmod(one, Secp256k1.N - own, Secp256k1.N);
        assert(difference != 0);
        assert(one > other ? difference == one - other : difference == Secp256k1.N - (other - one));
    }
}

/// @notice The fraction of any seats does not revert where the place is one of them, and is reduced.
contract FractionLemma {
    function lemma(uint8[] calldata seats, uint256 place) external pure {
        require(place < seats.length);
        (uint256 above, uint256 below) = fraction(seats, place);
        assert(above < Secp256k1.N && below < Secp256k1.N);
    }

    // From contracts/libraries/Tdh2.sol
    function fraction(uint8[] memory seats, uint256 place) internal pure returns (uint256 above, uint256 below) {
        (above, below) = (1, 1);
        uint256 own = seats[place];
        for (uint256 i = 0; i < seats.length; ++i) {
            if (i == place) continue;
            above = mulmod(above, seats[i], Secp256k1.N);
            below = mulmod(below, addmod(seats[i], Secp256k1.N - own, Secp256k1.N), Secp256k1.N);
        }
    }
    // End
}

/// @notice A page of any number: at most 32 indexes, each below 65,535, and index i is on page i / 32 and on no other.
contract PageLemma {
    uint256 private constant PAGE = 32;
    uint256 private constant MOST_BIDS = 65_535;

    struct Stored {
        uint16 bids;
    }

    function lemma(uint256 number, Stored calldata stored, uint256 i) external pure {
        // From contracts/procurement/BidBox.sol
        uint256 from = number > MOST_BIDS / PAGE ? MOST_BIDS : number * PAGE;
        uint256 to = from + PAGE < stored.bids ? from + PAGE : stored.bids;
        // End
        assert(to <= MOST_BIDS && (to <= from || to - from <= PAGE));
        if (from <= i && i < to) assert(i < stored.bids && i <= type(uint16).max && i / PAGE == number);
        if (i < stored.bids && i / PAGE == number) assert(from <= i && i < to);
    }
}

/// @notice Places count from 1, indexes from 0: a new place is at most 65,535 and an index at most 65,534.
contract PlaceLemma {
    uint256 private constant MOST_BIDS = 65_535;

    function lemma(uint16 bids, uint16 maxBids, uint16 place) external pure {
        uint256 most = maxBids == 0 ? MOST_BIDS : maxBids;
        require(place != 0 || bids < most);
        if (place == 0) {
            place = ++bids;
        }
        uint16 index = place - 1;
        assert(place != 0 && index < 65_535 && index + 1 == place);
    }
}

/// @notice Every slice that BidBox takes of an envelope lies inside it, whatever its length, its count of words and the tender's terms.
contract LayoutLemma {
    uint256 private constant AT_U = 1;
    uint256 private constant AT_UBAR = 34;
    uint256 private constant AT_COUNT = 67;
    uint256 private constant AT_WORDS = 68;
    uint256 private constant BLOCK = 1024;
    uint256 private constant SEAL_OF_BODY = 16;

    function lemma(uint256 size, uint8 counted, uint8 envelope, uint8 envelopes, uint8 lots, uint8 blocks) external pure {
        require(envelope < envelopes);
        if (size < AT_WORDS) return;
        assert(AT_U + 33 == AT_UBAR && AT_UBAR + 33 == AT_COUNT && AT_COUNT + 1 == AT_WORDS);
        uint256 count = counted;
        uint256 words = envelope + 1 == envelopes ? uint256(lots) + 1 : 1;
        if (count != words) return;
        uint256 start = AT_WORDS + 32 * count;
        if (size < start + 64) return;
        uint256 length = size - start - 64;
        // From contracts/procurement/BidBox.sol
        uint256 most = SEAL_OF_BODY + BLOCK * blocks;
        bool valid = length > SEAL_OF_BODY && length <= most && (length - SEAL_OF_BODY) % BLOCK == 0;
        // End
        assert(AT_WORDS <= start && start + 32 <= start + 64 && start + 64 <= size);
        assert(!valid || size == start + 64 + length);
        assert(!valid || (length >= 1040 && length <= 16 + 1024 * 255));
    }
}
