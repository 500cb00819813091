// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IValidatorRegistry} from "../interfaces/IValidatorRegistry.sol";
import {Validator} from "../types/Governance.sol";
import {Kinds, Member} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract ValidatorRegistry is IValidatorRegistry {
    uint256 private constant MIN_SIZE = 4;
    uint256 private constant MAX_SIZE = 32;
    // From this size on a member may run two validators.
    uint256 private constant SIZE_FOR_TWO = 8;
    uint256 private constant MAX_STEP = 2;
    uint256 private constant MAX_REMOVAL = 30 days;
    uint256 private constant SECTORS = 4;
    // Places in the list that is a header, and in the list that is its extraData (QBFT).
    uint256 private constant NUMBER = 8;
    uint256 private constant EXTRA_DATA = 12;
    uint256 private constant VALIDATORS = 1;

    /// @inheritdoc IValidatorRegistry
    address public immutable authority;
    IMemberRegistry private immutable _members;

    /// @inheritdoc IValidatorRegistry
    uint64 public lastSeq;
    uint64 private _standingSeq;
    uint64 private _interimSeq;
    /// @inheritdoc IValidatorRegistry
    uint40 public removedUntil;
    // The set that stands, and the one in force while a validator is removed urgently; each with the hash of its addresses.
    Validator[] private _standing;
    bytes32 private _standingHash;
    Validator[] private _interim;
    bytes32 private _interimHash;
    bytes32 private _provedHash;

    constructor(Wiring memory wiring, Validator[] memory founding) {
        authority = wiring.timelock;
        _members = IMemberRegistry(wiring.members);
        _requireSet(founding, new Validator[](0));
        _provedHash = _hash(founding);
        _stand(founding);
        emit ValidatorsTargeted(0, founding);
    }

    /// @inheritdoc IValidatorRegistry
    function setTarget(uint64 expectedSeq, Validator[] calldata target) external {
        // Check:
        _requireAuthority();
        _checkTarget(expectedSeq, target);
        // Effect: an urgent removal that still runs ends with it
        removedUntil = 0;
        _standingSeq = ++lastSeq;
        _stand(target);
        emit ValidatorsTargeted(lastSeq, target);
    }

    /// @inheritdoc IValidatorRegistry
    function removeNow(uint64 expectedSeq, address node, uint40 until) external {
        // Check:
        _requireAuthority();
        Validator[] memory left = _checkRemoval(expectedSeq, node, until);
        // Effect:
        removedUntil = until;
        _interimSeq = ++lastSeq;
        _interimHash = _hash(left);
        _keep(_interim, left);
        emit ValidatorRemoved(lastSeq, node, until, left);
    }

    /// @inheritdoc IValidatorRegistry
    function proveSet(uint64 expectedSeq, bytes calldata header) external {
        // Check:
        _requireSeq(expectedSeq);
        require(!isProved(), ValidatorRegistryProved(expectedSeq));
        uint256 number = _numberOf(header);
        bytes32 hash = keccak256(header);
        require(hash == _blockHash(number), ValidatorRegistryHeaderInvalid(number));
        bytes32 found = _setIn(header);
        require(found == setHash(), ValidatorRegistrySetDiffers(expectedSeq, setHash(), found));
        // Effect:
        _provedHash = found;
        emit ValidatorsProved(expectedSeq, number, hash);
    }

    /// @inheritdoc IValidatorRegistry
    function checkTarget(uint64 expectedSeq, Validator[] calldata target) external view {
        _checkTarget(expectedSeq, target);
    }

    /// @inheritdoc IValidatorRegistry
    function checkRemoval(uint64 expectedSeq, address node, uint40 until) external view {
        _checkRemoval(expectedSeq, node, until);
    }

    /// @inheritdoc IValidatorRegistry
    function checkPresent() external view {
        _requireSet(_standing, _standing);
        if (_isInterim()) _requireSet(_interim, _interim);
    }

    /// @inheritdoc IValidatorRegistry
    function seq() public view returns (uint64) {
        return _isInterim() ? _interimSeq : _standingSeq;
    }

    /// @inheritdoc IValidatorRegistry
    function validators() public view returns (Validator[] memory) {
        return _isInterim() ? _interim : _standing;
    }

    /// @inheritdoc IValidatorRegistry
    function setHash() public view returns (bytes32) {
        return _isInterim() ? _interimHash : _standingHash;
    }

    /// @inheritdoc IValidatorRegistry
    function isProved() public view returns (bool) {
        return setHash() == _provedHash;
    }

    // A seam for tests alone: a harness supplies the hashes of recorded blocks.
    function _blockHash(uint256 number) internal view virtual returns (bytes32) {
        return blockhash(number);
    }

    function _stand(Validator[] memory set) private {
        _standingHash = _hash(set);
        _keep(_standing, set);
    }

    function _keep(Validator[] storage kept, Validator[] memory set) private {
        while (kept.length > set.length) kept.pop();
        for (uint256 i; i < set.length; ++i) {
            if (i == kept.length) kept.push(set[i]);
            else kept[i] = set[i];
        }
    }

    function _isInterim() private view returns (bool) {
        return block.timestamp < removedUntil;
    }

    // keccak256 of the addresses, each in 32 bytes.
    function _hash(Validator[] memory set) private pure returns (bytes32) {
        address[] memory nodes = new address[](set.length);
        for (uint256 i; i < set.length; ++i) {
            nodes[i] = set[i].node;
        }
        return keccak256(abi.encodePacked(nodes));
    }

    function _requireAuthority() private view {
        require(msg.sender == authority, ValidatorRegistryRoleMissing("AUTHORITY", msg.sender));
    }

    function _requireSeq(uint64 expectedSeq) private view {
        require(expectedSeq == seq(), ValidatorRegistryVersionWrong(seq(), expectedSeq));
    }

    function _requireFollows(uint64 expectedSeq) private view {
        _requireSeq(expectedSeq);
        require(isProved(), ValidatorRegistryUnproved(expectedSeq));
    }

    function _checkTarget(uint64 expectedSeq, Validator[] memory target) private view {
        _requireFollows(expectedSeq);
        Validator[] memory present = validators();
        // What is in force for a time only may be made to stand.
        require(
            _isInterim() || keccak256(abi.encode(target)) != keccak256(abi.encode(present)),
            ValidatorRegistryUnchanged("target")
        );
        _requireSet(target, present);
        uint256 step = _difference(present, target);
        require(step <= MAX_STEP, ValidatorRegistryStepTooLarge(MAX_STEP, step));
    }

    function _checkRemoval(
        uint64 expectedSeq,
        address node,
        uint40 until
    ) private view returns (Validator[] memory left) {
        Validator[] memory present = validators();
        left = new Validator[](present.length - 1);
        uint256 kept;
        for (uint256 i; i < present.length; ++i) {
            if (present[i].node == node) continue;
            require(kept < left.length, ValidatorRegistryNotFound(node));
            left[kept++] = present[i];
        }
        _requireFollows(expectedSeq);
        require(!_isInterim(), ValidatorRegistryRemovalRunning(removedUntil));
        uint256 latest = block.timestamp + MAX_REMOVAL;
        require(
            until > block.timestamp && until <= latest,
            ValidatorRegistryRemovalInvalid(block.timestamp, latest, until)
        );
        _requireSet(left, present);
    }

    // Both are in ascending order.
    function _difference(Validator[] memory a, Validator[] memory b) private pure returns (uint256 count) {
        (uint256 i, uint256 j) = (0, 0);
        while (i < a.length || j < b.length) {
            if (i < a.length && j < b.length && a[i].node == b[j].node) {
                ++i;
                ++j;
                continue;
            }
            ++count;
            if (j == b.length || (i < a.length && a[i].node < b[j].node)) ++i;
            else ++j;
        }
    }

    // `present`: the set it follows. Who stays need not be active any more: otherwise three members that left at once, more than one step
    // takes out, would keep every later set from being decided.
    function _requireSet(Validator[] memory set, Validator[] memory present) private view {
        uint256 n = set.length;
        require(n >= MIN_SIZE && n <= MAX_SIZE, ValidatorRegistrySizeInvalid(MIN_SIZE, MAX_SIZE, n));
        for (uint256 i; i < n; ++i) {
            address below = i == 0 ? address(0) : set[i - 1].node;
            require(set[i].node > below, ValidatorRegistryOrderWrong(i));
        }
        uint256 each = n < SIZE_FOR_TWO ? 1 : 2;
        uint256 sectorLimit = n - (2 * n + 2) / 3;
        uint256[SECTORS] memory bySector;
        bytes32[] memory tops = new bytes32[](n);
        uint256 place;
        for (uint256 i; i < n; ++i) {
            bytes32 member = set[i].member;
            while (place < present.length && present[place].node < set[i].node) ++place;
            bool stays =
                place < present.length && present[place].node == set[i].node && present[place].member == member;
            bool reached;
            (tops[i], reached) = _members.topOf(member);
            // Whom it depends on cannot be told where its superiors are too many to follow.
            require(
                reached && (stays || _members.isActive(member, Kinds.OPERATOR)),
                ValidatorRegistryMemberInvalid(member)
            );
            uint256 same = 1;
            for (uint256 j; j < i; ++j) {
                if (tops[j] == tops[i]) ++same;
            }
            require(same <= each, ValidatorRegistryMemberOver(member, each, same));
            uint256 sector = uint256(_members.memberFacts(member).sector);
            uint256 here = ++bySector[sector];
            require(here <= sectorLimit, ValidatorRegistrySectorOver(sector, sectorLimit, here));
        }
    }

    function _numberOf(bytes calldata header) private pure returns (uint256 number) {
        (uint256 offset, uint256 length) = _item(header, 0);
        require(offset + length == header.length, ValidatorRegistryHeaderInvalid(0));
        (offset, length) = _itemIn(header, offset, NUMBER);
        require(length <= 8, ValidatorRegistryHeaderInvalid(0));
        for (uint256 i; i < length; ++i) {
            number = (number << 8) | uint8(header[offset + i]);
        }
    }

    // The header is a block's: its hash was compared. Hash of the addresses in the validator list of its extraData.
    function _setIn(bytes calldata header) private pure returns (bytes32) {
        (uint256 offset, uint256 length) = _item(header, 0);
        (offset, length) = _itemIn(header, offset, EXTRA_DATA);
        // An engine without validators writes nothing here, and what follows is none of it.
        require(length != 0, ValidatorRegistryHeaderInvalid(0));
        (offset, ) = _item(header, offset);
        (offset, length) = _itemIn(header, offset, VALIDATORS);
        address[] memory nodes = new address[](length / 21);
        for (uint256 i; i < nodes.length; ++i) {
            nodes[i] = address(bytes20(header[offset + 21 * i + 1:offset + 21 * i + 21]));
        }
        return keccak256(abi.encodePacked(nodes));
    }

    // Payload of the item at `place` of the list whose payload begins at `offset`.
    function _itemIn(
        bytes calldata data,
        uint256 offset,
        uint256 place
    ) private pure returns (uint256 start, uint256 length) {
        for (uint256 i; i < place; ++i) {
            (start, length) = _item(data, offset);
            offset = start + length;
        }
        return _item(data, offset);
    }

    // Payload of the RLP item that begins at `offset`.
    function _item(bytes calldata data, uint256 offset) private pure returns (uint256 start, uint256 length) {
        require(offset < data.length, ValidatorRegistryHeaderInvalid(0));
        uint256 prefix = uint8(data[offset]);
        if (prefix < 0x80) return (offset, 1);
        bool isList = prefix >= 0xc0;
        uint256 short = isList ? 0xc0 : 0x80;
        (start, length) = (offset + 1, prefix - short);
        if (length > 55) {
            uint256 size = length - 55;
            length = 0;
            for (uint256 i; i < size; ++i) {
                require(start < data.length, ValidatorRegistryHeaderInvalid(0));
                length = (length << 8) | uint8(data[start++]);
            }
        }
        require(length <= data.length && start + length <= data.length, ValidatorRegistryHeaderInvalid(0));
    }
}
