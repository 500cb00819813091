// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBidBox} from "../interfaces/IBidBox.sol";
import {IOpeningCommittee} from "../interfaces/IOpeningCommittee.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {ITenderBoard} from "../interfaces/ITenderBoard.sol";
import {Secp256k1} from "../libraries/Secp256k1.sol";
import {Tdh2} from "../libraries/Tdh2.sol";
import {BidWindow} from "../types/Procurement.sol";
import {Bid, BidStatus, Box, EnvelopeWitness, SealedEnvelope} from "../types/Sealing.sol";
import {Wiring} from "../types/Wiring.sol";

contract BidBox is IBidBox {
    uint256 private constant PAGE = 32;
    uint256 private constant MOST_BIDS = 65_535;
    uint256 private constant AT_U = 1;
    uint256 private constant AT_UBAR = 34;
    uint256 private constant AT_COUNT = 67;
    uint256 private constant AT_WORDS = 68;
    uint256 private constant BLOCK = 1024;
    uint256 private constant SEAL_OF_BODY = 16;
    bytes32 private constant CONTEXT = keccak256(
        "BidContext(bytes32 tenderId,uint8 envelope,address bidder,uint32 version,bytes32 keysetId)"
    );
    bytes32 private constant DOMAIN = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    ITenderBoard private immutable _tenders;
    ISupplierRegistry private immutable _suppliers;
    IOpeningCommittee private immutable _committee;
    address private immutable _evaluationDesk;
    /// @inheritdoc IBidBox
    bytes32 public immutable domainSeparator;

    /// @inheritdoc IBidBox
    mapping(uint256 x => bool) public usedPoint;
    /// @inheritdoc IBidBox
    mapping(bytes32 tenderId => mapping(bytes32 supplier => uint16)) public placeOf;
    mapping(bytes32 tenderId => Box) private _boxes;
    mapping(bytes32 tenderId => mapping(uint16 index => Bid)) private _bids;
    mapping(bytes32 tenderId => mapping(uint8 envelope => mapping(uint16 index => bytes32))) private _seals;

    constructor(Wiring memory wiring) {
        _tenders = ITenderBoard(wiring.tenders);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _committee = IOpeningCommittee(wiring.openingCommittee);
        _evaluationDesk = wiring.evaluationDesk;
        domainSeparator = keccak256(abi.encode(DOMAIN, keccak256("Licita"), keccak256("1"), block.chainid, this));
    }

    /// @inheritdoc IBidBox
    function submit(
        bytes32 tenderId,
        bytes32 termsHash,
        bytes32 declarations,
        bytes[] calldata envelopes,
        EnvelopeWitness[] calldata witnesses
    ) external {
        // Check:
        BidWindow memory window = _requireOpen(tenderId);
        bytes32 supplier = _requireBidder(tenderId);
        require(termsHash == window.termsHash, BidBoxTermsStale(tenderId, window.termsHash, termsHash));
        require(declarations != 0, BidBoxHashZero("declarations"));
        uint256 count = window.envelopes;
        require(envelopes.length == count, BidBoxEnvelopesWrong(tenderId, count, envelopes.length));
        require(witnesses.length == count, BidBoxEnvelopesWrong(tenderId, count, witnesses.length));
        Box storage stored = _boxes[tenderId];
        uint16 place = placeOf[tenderId][supplier];
        uint256 most = window.maxBids == 0 ? MOST_BIDS : window.maxBids;
        require(place != 0 || stored.bids < most, BidBoxFull(tenderId, most));
        // Effect:
        if (place == 0) {
            place = ++stored.bids;
            placeOf[tenderId][supplier] = place;
        }
        Bid memory last = _bids[tenderId][place - 1];
        _bind(stored, window.termsVersion);
        if (!_isLive(last, window.termsVersion)) ++stored.live;
        Bid memory next = Bid(msg.sender, last.version + 1, ++stored.orders, window.termsVersion, BidStatus.Sealed);
        _bids[tenderId][place - 1] = next;
        for (uint8 envelope = 0; envelope < envelopes.length; ++envelope) {
            bytes32 seal = _requireEnvelope(tenderId, envelope, window, next, envelopes[envelope], witnesses[envelope]);
            _seals[tenderId][envelope][place - 1] = seal;
            emit BidSealed(
                tenderId,
                envelope,
                msg.sender,
                next.version,
                place - 1,
                next.order,
                next.termsVersion,
                declarations,
                seal,
                envelopes[envelope]
            );
        }
    }

    /// @inheritdoc IBidBox
    function confirm(bytes32 tenderId, bytes32 termsHash) external {
        // Check:
        BidWindow memory window = _requireOpen(tenderId);
        (uint16 index, Bid storage stored) = _requireSealed(tenderId, _requireBidder(tenderId));
        require(termsHash == window.termsHash, BidBoxTermsStale(tenderId, window.termsHash, termsHash));
        require(stored.termsVersion != window.termsVersion, BidBoxAlreadyConfirmed(tenderId, index));
        // Effect:
        Box storage inside = _boxes[tenderId];
        _bind(inside, window.termsVersion);
        ++inside.live;
        stored.termsVersion = window.termsVersion;
        emit BidConfirmed(tenderId, stored.bidder, stored.version, index, window.termsVersion);
    }

    /// @inheritdoc IBidBox
    function withdraw(bytes32 tenderId) external {
        // Check: who may bid no more may still withdraw
        _requireOpen(tenderId);
        bytes32 supplier = _suppliers.supplierOf(msg.sender);
        require(supplier != 0, BidBoxBidderRefused(tenderId, msg.sender));
        (uint16 index, Bid storage stored) = _requireSealed(tenderId, supplier);
        // Effect:
        Box storage inside = _boxes[tenderId];
        if (stored.termsVersion == inside.termsVersion) --inside.live;
        stored.status = BidStatus.Withdrawn;
        emit BidWithdrawn(tenderId, stored.bidder, stored.version, index);
    }

    /// @inheritdoc IBidBox
    function lock(bytes32 tenderId) external {
        // Check:
        require(msg.sender == address(_committee), BidBoxCallerRefused(msg.sender));
        Box storage stored = _boxes[tenderId];
        require(!stored.locked, BidBoxLocked(tenderId));
        // Effect: whatever the tender says later, the bids and the terms they are bound to stay as they are
        (, uint16 termsVersion) = _tenders.sealedTo(tenderId);
        _bind(stored, termsVersion);
        stored.locked = true;
        emit BoxLocked(tenderId, stored.bids, stored.live);
    }

    /// @inheritdoc IBidBox
    function releaseEnvelope(bytes32 tenderId, uint16[] calldata excluded) external {
        // Check:
        require(msg.sender == _evaluationDesk, BidBoxCallerRefused(msg.sender));
        Box storage stored = _boxes[tenderId];
        BidWindow memory window = _tenders.bidWindow(tenderId);
        bool due =
            !window.stopped &&
                stored.locked &&
                stored.phase == 0 &&
                window.envelopes == 2 &&
                block.timestamp >= window.openFrom &&
                _committee.openedBids(tenderId, 0) == stored.live;
        require(due, BidBoxReleaseRefused(tenderId, stored.phase));
        // Effect:
        for (uint256 i = 0; i < excluded.length; ++i) {
            Bid storage out = _bids[tenderId][excluded[i]];
            require(_isLive(out, stored.termsVersion), BidBoxNotLive(tenderId, excluded[i]));
            out.status = BidStatus.Excluded;
        }
        stored.excluded = uint16(excluded.length);
        stored.phase = 1;
        emit EnvelopeReleased(tenderId, 1, excluded);
    }

    /// @inheritdoc IBidBox
    function box(bytes32 tenderId) external view returns (Box memory) {
        return _boxes[tenderId];
    }

    /// @inheritdoc IBidBox
    function bid(bytes32 tenderId, uint16 index) external view returns (Bid memory) {
        return _bids[tenderId][index];
    }

    /// @inheritdoc IBidBox
    function liveBids(bytes32 tenderId, uint16 termsVersion) external view returns (uint16) {
        Box storage stored = _boxes[tenderId];
        return termsVersion == stored.termsVersion ? stored.live - stored.excluded : 0;
    }

    /// @inheritdoc IBidBox
    function entry(
        bytes32 tenderId,
        uint8 envelope,
        uint16 index
    ) external view returns (SealedEnvelope memory sealedEnvelope) {
        if (_isDue(_bids[tenderId][index], _boxes[tenderId], envelope)) {
            (bytes32 keysetId, ) = _tenders.sealedTo(tenderId);
            sealedEnvelope = _sealed(tenderId, envelope, index, keysetId);
        }
    }

    /// @inheritdoc IBidBox
    function page(
        bytes32 tenderId,
        uint8 envelope,
        uint256 number
    ) external view returns (SealedEnvelope[] memory found) {
        Box memory stored = _boxes[tenderId];
        uint256 from = number > MOST_BIDS / PAGE ? MOST_BIDS : number * PAGE;
        uint256 to = from + PAGE < stored.bids ? from + PAGE : stored.bids;
        (bytes32 keysetId, ) = _tenders.sealedTo(tenderId);
        found = new SealedEnvelope[](PAGE);
        uint256 count = 0;
        for (uint256 i = from; i < to; ++i) {
            uint16 index = uint16(i);
            if (!_isDue(_bids[tenderId][index], stored, envelope)) continue;
            found[count++] = _sealed(tenderId, envelope, index, keysetId);
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    // Bids bound to earlier terms are live no more, as long as nobody confirms them.
    function _bind(Box storage stored, uint16 termsVersion) private {
        if (stored.termsVersion == termsVersion) return;
        stored.termsVersion = termsVersion;
        stored.live = 0;
    }

    function _requireOpen(bytes32 tenderId) private view returns (BidWindow memory window) {
        window = _tenders.bidWindow(tenderId);
        require(window.keysetId != 0, BidBoxUnknown(tenderId));
        require(!window.stopped, BidBoxStopped(tenderId));
        require(block.timestamp < window.closesAt, BidBoxClosed(tenderId, window.closesAt));
        require(!_boxes[tenderId].locked, BidBoxLocked(tenderId));
    }

    function _requireBidder(bytes32 tenderId) private view returns (bytes32 supplier) {
        supplier = _tenders.bidderOf(tenderId, msg.sender);
        require(supplier != 0, BidBoxBidderRefused(tenderId, msg.sender));
    }

    function _requireSealed(
        bytes32 tenderId,
        bytes32 supplier
    ) private view returns (uint16 index, Bid storage stored) {
        uint16 place = placeOf[tenderId][supplier];
        index = place == 0 ? 0 : place - 1;
        stored = _bids[tenderId][index];
        require(place != 0 && stored.status == BidStatus.Sealed, BidBoxNotSealed(tenderId, msg.sender));
    }

    // Layout: 0x01 | U 33 | Ubar 33 | c | c words | e | f | body. The seal binds the point and the label, the label all the rest.
    function _requireEnvelope(
        bytes32 tenderId,
        uint8 envelope,
        BidWindow memory window,
        Bid memory next,
        bytes calldata sealedEnvelope,
        EnvelopeWitness calldata witness
    ) private returns (bytes32 seal) {
        require(
            sealedEnvelope.length >= AT_WORDS && sealedEnvelope[0] == 0x01,
            BidBoxEnvelopeMalformed(tenderId, envelope, 0)
        );
        uint256 count = uint8(sealedEnvelope[AT_COUNT]);
        uint256 words = envelope + 1 == window.envelopes ? uint256(window.lots) + 1 : 1;
        require(count == words, BidBoxWordsWrong(tenderId, envelope, words, count));
        uint256 end = AT_WORDS + 32 * count;
        require(sealedEnvelope.length >= end + 64, BidBoxEnvelopeMalformed(tenderId, envelope, end));
        _requireBody(tenderId, envelope, window.bodyBlocks, sealedEnvelope.length - end - 64);
        Tdh2.Claim memory claim = Tdh2.Claim(
            _point(sealedEnvelope, AT_U, witness.uY),
            Secp256k1.secondGenerator(),
            _point(sealedEnvelope, AT_UBAR, witness.ubarY)
        );
        require(claim.x.x != 0, BidBoxPointInvalid(tenderId, envelope, AT_U));
        require(claim.y.x != 0, BidBoxPointInvalid(tenderId, envelope, AT_UBAR));
        require(!usedPoint[claim.x.x], BidBoxPointReused(tenderId, envelope, claim.x.x));
        usedPoint[claim.x.x] = true;
        bytes32 context = _context(tenderId, envelope, next.bidder, next.version, window.keysetId);
        bytes32 label = keccak256(
            bytes.concat(context, sealedEnvelope[AT_WORDS:end], keccak256(sealedEnvelope[end + 64:]))
        );
        Tdh2.Proof memory proof = Tdh2.Proof(
            uint256(bytes32(sealedEnvelope[end:end + 32])),
            uint256(bytes32(sealedEnvelope[end + 32:end + 64])),
            witness.fB,
            witness.eY,
            witness.inverse
        );
        require(Tdh2.same(Tdh2.SEAL, label, claim, proof), BidBoxProofInvalid(tenderId, envelope, next.bidder));
        seal = keccak256(abi.encode(claim.x.x, claim.x.y, label));
    }

    function _requireBody(bytes32 tenderId, uint8 envelope, uint256 blocks, uint256 length) private pure {
        uint256 most = SEAL_OF_BODY + BLOCK * blocks;
        bool valid = length > SEAL_OF_BODY && length <= most && (length - SEAL_OF_BODY) % BLOCK == 0;
        require(valid, BidBoxBodyInvalid(tenderId, envelope, most, length));
    }

    // A compressed point with the y that the witness gives; (0, 0) where it is none.
    function _point(
        bytes calldata sealedEnvelope,
        uint256 offset,
        uint256 y
    ) private pure returns (Secp256k1.Point memory point) {
        uint256 prefix = uint8(sealedEnvelope[offset]);
        point = Secp256k1.Point(uint256(bytes32(sealedEnvelope[offset + 1:offset + 33])), y);
        if (prefix != 2 + (y & 1) || !Secp256k1.isValid(point)) return Secp256k1.Point(0, 0);
    }

    function _sealed(
        bytes32 tenderId,
        uint8 envelope,
        uint16 index,
        bytes32 keysetId
    ) private view returns (SealedEnvelope memory) {
        Bid memory stored = _bids[tenderId][index];
        return
            SealedEnvelope(
                index,
                stored.bidder,
                stored.version,
                _seals[tenderId][envelope][index],
                _context(tenderId, envelope, stored.bidder, stored.version, keysetId)
            );
    }

    function _isDue(Bid memory stored, Box memory inside, uint8 envelope) private pure returns (bool) {
        if (!inside.locked || stored.termsVersion != inside.termsVersion) return false;
        return stored.status == BidStatus.Sealed || (envelope == 0 && stored.status == BidStatus.Excluded);
    }

    function _isLive(Bid memory stored, uint16 termsVersion) private pure returns (bool) {
        return stored.status == BidStatus.Sealed && stored.termsVersion == termsVersion;
    }

    function _context(
        bytes32 tenderId,
        uint8 envelope,
        address bidder,
        uint32 version,
        bytes32 keysetId
    ) private view returns (bytes32) {
        bytes32 hash = keccak256(abi.encode(CONTEXT, tenderId, envelope, bidder, version, keysetId));
        return keccak256(abi.encodePacked(bytes2(0x1901), domainSeparator, hash));
    }
}
