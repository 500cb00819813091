// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Secp256k1} from "../../contracts/libraries/Secp256k1.sol";
import {BidBox} from "../../contracts/procurement/BidBox.sol";
import {BidWindow} from "../../contracts/types/Procurement.sol";
import {EnvelopeWitness} from "../../contracts/types/Sealing.sol";
import {Wiring} from "../../contracts/types/Wiring.sol";

// Lemmas for halmos, which runs the compiled code on symbols: what a function `check_` asserts holds for all arguments. Between
// "From <file>" and "End" stands, word for word, what that file says.

/// @notice What halmos answers at this address.
interface Halmos {
    function createBytes(uint256 size, string memory name) external pure returns (bytes memory);
}

/// @notice The bits of a step: sixteen places in a uint16.
contract BitsSymbolic {
    /// @notice _with sets the bit of its place and no other; of no bits _has none.
    function check_with_sets_that_place_alone(uint16 bits, uint8 place, uint8 other) external pure {
        if (place > 15 || other > 15) return;
        uint16 after_ = _with(bits, place);
        assert(_has(after_, place));
        assert(place == other || _has(after_, other) == _has(bits, other));
        assert(!_has(0, place));
    }

    /// @notice _isFull holds exactly where all places below the count are set and no other, for 0 to 16.
    function check_full_is_each_place_below_count(uint16 bits, uint8 count) external pure {
        if (count > 16) return;
        bool all = true;
        for (uint256 place = 0; place < 16; ++place) {
            all = all && _has(bits, place) == (place < count);
        }
        assert(_isFull(bits, count) == all);
    }

    /// @notice A place beyond the sixteenth is never set and changes nothing.
    function check_no_place_beyond(uint16 bits, uint256 place) external pure {
        if (place < 16) return;
        assert(!_has(bits, place) && _with(bits, place) == bits);
    }

    // From contracts/procurement/OpeningCommittee.sol
    function _has(uint16 bits, uint256 place) private pure returns (bool) {
        return (bits >> place) & 1 != 0;
    }

    function _with(uint16 bits, uint256 place) private pure returns (uint16) {
        return uint16(bits | (1 << place));
    }

    function _isFull(uint16 bits, uint256 count) private pure returns (bool) {
        return bits == (1 << count) - 1;
    }
    // End
}

/// @notice The library as compiled: where it answers and where it reverts.
contract TotalSymbolic {
    function isValid(Secp256k1.Point calldata p) external pure returns (bool) {
        return Secp256k1.isValid(p);
    }

    function sum(Secp256k1.Point calldata a, Secp256k1.Point calldata b, uint256 inverse) external pure returns (bool added) {
        (added, ) = Secp256k1.sum(a, b, inverse);
    }

    function negated(Secp256k1.Point calldata p) external pure returns (Secp256k1.Point memory) {
        return Secp256k1.negated(p);
    }

    function differenceAddress(uint256 f, uint256 e, Secp256k1.Point calldata x) external pure returns (address) {
        return Secp256k1.differenceAddress(f, e, x);
    }

    function isProduct(Secp256k1.Point calldata p, uint256 k, Secp256k1.Point calldata q) external pure returns (bool) {
        return Secp256k1.isProduct(p, k, q);
    }

    /// @notice isValid answers for any numbers.
    function check_isValid_total(Secp256k1.Point calldata p) external view {
        (bool done, ) = address(this).staticcall(abi.encodeCall(this.isValid, (p)));
        assert(done);
    }

    /// @notice sum answers where its first point is reduced, whatever the second point and the inverse.
    function check_sum_reduced_total(Secp256k1.Point calldata a, Secp256k1.Point calldata b, uint256 inverse) external view {
        if (a.x >= Secp256k1.P || a.y >= Secp256k1.P) return;
        (bool done, ) = address(this).staticcall(abi.encodeCall(this.sum, (a, b, inverse)));
        assert(done);
    }

    /// @notice negated answers exactly where y <= P.
    function check_negated_total(Secp256k1.Point calldata p) external view {
        (bool done, ) = address(this).staticcall(abi.encodeCall(this.negated, (p)));
        assert(done == (p.y <= Secp256k1.P));
    }

    /// @notice sum reverts where x of its first point is more than P: the caller must have checked the point before.
    function check_sum_unreduced_reverts(Secp256k1.Point calldata a, Secp256k1.Point calldata b, uint256 inverse) external view {
        if (a.x <= Secp256k1.P) return;
        (bool done, ) = address(this).staticcall(abi.encodeCall(this.sum, (a, b, inverse)));
        assert(!done);
    }

    /// @notice differenceAddress answers for any numbers.
    function check_differenceAddress_total(uint256 f, uint256 e, Secp256k1.Point calldata x) external view {
        (bool done, ) = address(this).staticcall(abi.encodeCall(this.differenceAddress, (f, e, x)));
        assert(done);
    }

    /// @notice isProduct answers for any numbers.
    function check_isProduct_total(Secp256k1.Point calldata p, uint256 k, Secp256k1.Point calldata q) external view {
        (bool done, ) = address(this).staticcall(abi.encodeCall(this.isProduct, (p, k, q)));
        assert(done);
    }
}

/// @notice BidBox itself: an envelope of any bytes never ends in a panic.
contract BidBoxSymbolic {
    Halmos private constant SVM = Halmos(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
    bytes4 private constant PANIC = 0x4e487b71;
    BidBox private _box;

    function setUp() public {
        Wiring memory wiring;
        wiring.tenders = address(this);
        _box = new BidBox(wiring);
    }

    function bidWindow(bytes32) external view returns (BidWindow memory window) {
        window.keysetId = bytes32(uint256(1));
        window.termsVersion = 1;
        window.closesAt = uint40(block.timestamp + 1);
        window.envelopes = 1;
        window.lots = 1;
        window.bodyBlocks = 1;
    }

    function sealedTo(bytes32) external pure returns (bytes32, uint16) {
        return (bytes32(uint256(1)), 1);
    }

    function bidderOf(bytes32, address) external pure returns (bytes32) {
        return bytes32(uint256(1));
    }

    /// @notice An empty envelope: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_0(EnvelopeWitness calldata witness) external {
        _submit(0, witness);
    }

    /// @notice An envelope of 67 bytes, one less than the fixed part: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_67(EnvelopeWitness calldata witness) external {
        _submit(67, witness);
    }

    /// @notice An envelope of 68 bytes, no words: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_68(EnvelopeWitness calldata witness) external {
        _submit(68, witness);
    }

    /// @notice An envelope of 131 bytes, in the last word: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_131(EnvelopeWitness calldata witness) external {
        _submit(131, witness);
    }

    /// @notice An envelope of 195 bytes, in the proof: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_195(EnvelopeWitness calldata witness) external {
        _submit(195, witness);
    }

    /// @notice An envelope of 196 bytes, no body: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_196(EnvelopeWitness calldata witness) external {
        _submit(196, witness);
    }

    /// @notice An envelope of 1,235 bytes, one less than a body of one block: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_1235(EnvelopeWitness calldata witness) external {
        _submit(1235, witness);
    }

    /// @notice An envelope of 1,237 bytes, one more than a body of one block: whatever it holds, and whatever the witness, the refusal has a name.
    function check_envelope_1237(EnvelopeWitness calldata witness) external {
        _submit(1237, witness);
    }

    function _submit(uint256 size, EnvelopeWitness memory witness) private {
        bytes[] memory envelopes = new bytes[](1);
        envelopes[0] = SVM.createBytes(size, "envelope");
        EnvelopeWitness[] memory witnesses = new EnvelopeWitness[](1);
        witnesses[0] = witness;
        (bool done, bytes memory answer) = address(_box).call(
            abi.encodeCall(_box.submit, (0, 0, bytes32(uint256(1)), envelopes, witnesses))
        );
        assert(done || (answer.length >= 4 && bytes4(answer) != PANIC));
    }
}
