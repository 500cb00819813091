// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBidBox} from "../interfaces/IBidBox.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IOpeningCommittee} from "../interfaces/IOpeningCommittee.sol";
import {ITenderBoard} from "../interfaces/ITenderBoard.sol";
import {Secp256k1} from "../libraries/Secp256k1.sol";
import {Tdh2} from "../libraries/Tdh2.sol";
import {BidWindow} from "../types/Procurement.sol";
import {Kinds, Roles} from "../types/Roles.sol";
import {Box, Keyset, OpeningEntry, SealedEnvelope, ShareEntry} from "../types/Sealing.sol";
import {Wiring} from "../types/Wiring.sol";

contract OpeningCommittee is IOpeningCommittee {
    uint256 private constant MOST_SEATS = 16;
    uint256 private constant POINT = 64;
    uint256 private constant DEALT_BOX = 80;
    uint256 private constant ROLL_PERIOD = 28 days;
    uint256 private constant CEREMONY_LIFE = 30 days;
    bytes32 private constant CEREMONY = keccak256("licita/sealed-bid/v1/ceremony");
    bytes32 private constant COMMIT = keccak256("licita/sealed-bid/v1/dkg-commit");
    bytes32 private constant TRANSCRIPT = keccak256("licita/sealed-bid/v1/transcript");
    // Code at this address ("SANDBOX") is what makes a network a sandbox; only there a founder may open the first ceremony.
    address private constant SANDBOX_MARK = address(0x53414e44424f58);

    // Bit i of a step's bits: the seat or dealer at place i has done it.
    struct Ceremony {
        uint8 threshold;
        bool failed;
        bool answered;
        bool done;
        bool byFounder;
        uint40 openedAt;
        uint8 complainant;
        uint8 accused;
        uint16 joined;
        uint16 committed;
        uint16 published;
        uint16 sent;
        bytes32 parent;
        bytes32[] members;
        uint8[] dealers;
        mapping(uint256 place => bytes32) boxKeys;
        mapping(uint256 place => bytes32) commitments;
        mapping(uint256 place => bytes32) boxes;
    }

    IMemberRegistry private immutable _members;
    ITenderBoard private immutable _tenders;
    IBidBox private immutable _bids;
    /// @inheritdoc IOpeningCommittee
    address public immutable authority;
    /// @inheritdoc IOpeningCommittee
    address public immutable founder;

    /// @inheritdoc IOpeningCommittee
    bool public founded;
    /// @inheritdoc IOpeningCommittee
    uint256 public ceremonies;
    mapping(bytes32 ceremonyId => Ceremony) private _ceremonies;
    mapping(bytes32 keysetId => Keyset) private _keysets;
    // The first keyset of a secret, and the last one that holds it.
    mapping(bytes32 keysetId => bytes32) private _rootOf;
    mapping(bytes32 root => bytes32) private _actingOf;
    mapping(bytes32 page => mapping(uint8 seat => bytes32)) private _shares;
    /// @inheritdoc IOpeningCommittee
    mapping(bytes32 tenderId => mapping(uint8 envelope => uint16)) public openedBids;
    /// @inheritdoc IOpeningCommittee
    mapping(bytes32 tenderId => mapping(uint8 envelope => mapping(uint16 index => bytes32))) public openingOf;

    constructor(Wiring memory wiring, address founder_) {
        require(founder_ == address(0) || SANDBOX_MARK.code.length != 0, OpeningCommitteeCallerRefused(0, founder_));
        _members = IMemberRegistry(wiring.members);
        _tenders = ITenderBoard(wiring.tenders);
        _bids = IBidBox(wiring.bidBox);
        authority = wiring.timelock;
        founder = founder_;
    }

    // Ceremony

    /// @inheritdoc IOpeningCommittee
    function openCeremony(
        uint8 threshold,
        bytes32[] calldata members,
        bytes32 parent,
        uint8[] calldata dealers
    ) external returns (bytes32 id) {
        // Check:
        require(
            msg.sender == authority || (msg.sender == founder && !founded),
            OpeningCommitteeCallerRefused(0, msg.sender)
        );
        _requirePlan(threshold, members);
        _requireDealers(parent, dealers);
        // Effect:
        id = keccak256(abi.encode(CEREMONY, block.chainid, this, ++ceremonies, threshold, members, parent, dealers));
        Ceremony storage opened = _ceremonies[id];
        opened.threshold = threshold;
        opened.byFounder = msg.sender != authority;
        opened.openedAt = uint40(block.timestamp);
        opened.parent = parent;
        opened.members = members;
        opened.dealers = dealers;
        emit CeremonyOpened(id, threshold, members, parent, dealers);
    }

    /// @inheritdoc IOpeningCommittee
    function joinCeremony(bytes32 id, uint8 seat, bytes32 boxKey) external {
        // Check:
        Ceremony storage running = _ceremonies[id];
        uint256 place = _requireSeat(id, running.members, seat);
        require(
            _isOpen(running) && boxKey != 0 && !_has(running.joined, place),
            OpeningCommitteeStepRefused(id, "join")
        );
        // Effect:
        running.joined = _with(running.joined, place);
        running.boxKeys[place] = boxKey;
        emit CeremonyJoined(id, seat, boxKey);
    }

    /// @inheritdoc IOpeningCommittee
    function commitDealing(bytes32 id, uint8 dealer, bytes32 commitment) external {
        // Check:
        (Ceremony storage running, uint256 place) = _requireDealer(id, dealer);
        require(
            _isOpen(running) && commitment != 0 && !_has(running.committed, place),
            OpeningCommitteeStepRefused(id, "commit")
        );
        // Effect:
        running.committed = _with(running.committed, place);
        running.commitments[place] = commitment;
        emit DealingCommitted(id, dealer, commitment);
    }

    /// @inheritdoc IOpeningCommittee
    function publishDealing(bytes32 id, uint8 dealer, bytes calldata message) external {
        // Check: nobody chooses its dealing after it saw another
        (Ceremony storage running, uint256 place) = _requireDealer(id, dealer);
        require(
            _isOpen(running) &&
                !_has(running.published, place) &&
                _isFull(running.joined, running.members.length) &&
                _isFull(running.committed, _dealers(running)),
            OpeningCommitteeStepRefused(id, "publish")
        );
        require(
            keccak256(abi.encodePacked(COMMIT, id, uint256(dealer), message)) == running.commitments[place],
            OpeningCommitteeCommitmentMismatch(id, dealer)
        );
        _requireDealing(id, dealer, running, place, message);
        // Effect:
        running.published = _with(running.published, place);
        emit DealingPublished(id, dealer, message);
    }

    /// @inheritdoc IOpeningCommittee
    function sendDealing(bytes32 id, uint8 dealer, bytes calldata boxes) external {
        // Check:
        (Ceremony storage running, uint256 place) = _requireDealer(id, dealer);
        require(
            _isOpen(running) && !_has(running.sent, place) && _isFull(running.published, _dealers(running)),
            OpeningCommitteeStepRefused(id, "send")
        );
        require(boxes.length == DEALT_BOX * running.members.length, OpeningCommitteePlanInvalid("boxes"));
        // Effect:
        running.sent = _with(running.sent, place);
        running.boxes[place] = keccak256(boxes);
        emit DealingSent(id, dealer, boxes);
    }

    /// @inheritdoc IOpeningCommittee
    function complain(bytes32 id, uint8 seat, uint8 dealer) external {
        // Check:
        Ceremony storage running = _ceremonies[id];
        _requireSeat(id, running.members, seat);
        (bool deals, uint256 place) = _placeOf(running, dealer);
        require(_isOpen(running) && deals && _has(running.sent, place), OpeningCommitteeStepRefused(id, "complain"));
        // Effect: nobody here judges who was wrong; this ceremony is over either way
        running.failed = true;
        running.complainant = seat;
        running.accused = dealer;
        emit CeremonyFailed(id, seat, dealer);
    }

    /// @inheritdoc IOpeningCommittee
    function answerComplaint(bytes32 id, uint8 dealer, uint8 seat, uint256 value) external {
        // Check:
        (Ceremony storage running, ) = _requireDealer(id, dealer);
        require(
            running.failed && !running.answered && running.accused == dealer && running.complainant == seat,
            OpeningCommitteeStepRefused(id, "answer")
        );
        // Effect:
        running.answered = true;
        emit ComplaintAnswered(id, dealer, seat, value);
    }

    // Keysets

    /// @inheritdoc IOpeningCommittee
    function registerKeyset(
        bytes32 id,
        Secp256k1.Point calldata pk,
        Secp256k1.Point[] calldata keys
    ) external returns (bytes32 keysetId) {
        // Check:
        Ceremony storage running = _ceremonies[id];
        uint256 seats = running.members.length;
        require(
            seats != 0 && _isOpen(running) && _isFull(running.sent, _dealers(running)),
            OpeningCommitteeStepRefused(id, "register")
        );
        require(keys.length == seats, OpeningCommitteePlanInvalid("keys"));
        bytes32 transcript = _transcript(id, running, seats);
        keysetId = keccak256(abi.encode(block.chainid, this, running.threshold, pk, running.members, keys, transcript));
        require(_keysets[keysetId].threshold == 0, OpeningCommitteeKeysetExists(keysetId));
        Secp256k1.Point memory old = _keysets[running.parent].pk;
        bool kept = running.parent == 0 || (pk.x == old.x && pk.y == old.y);
        require(kept && Secp256k1.isValid(pk), OpeningCommitteeKeyPointInvalid(keysetId, 0));
        for (uint256 i = 0; i < seats; ++i) {
            require(Secp256k1.isValid(keys[i]), OpeningCommitteeKeyPointInvalid(keysetId, i + 1));
        }
        // Effect:
        Keyset storage made = _keysets[keysetId];
        made.threshold = running.threshold;
        made.parent = running.parent;
        made.ceremonyId = id;
        made.pk = pk;
        made.members = running.members;
        made.keys = keys;
        emit KeysetRegistered(keysetId, id, made.threshold, pk, made.members, keys, transcript);
    }

    /// @inheritdoc IOpeningCommittee
    function confirmKeyset(bytes32 keysetId, uint8 seat, uint256 c, uint256 z) external {
        // Check:
        Keyset storage confirmed = _requireKeyset(keysetId);
        Ceremony storage ceremony = _ceremonies[confirmed.ceremonyId];
        _requireMember(keysetId, confirmed, seat);
        bytes32 parent = confirmed.parent;
        // A keyset that was retired meanwhile stays so; a founder's second ceremony does not outlive its power.
        require(
            _isOpen(ceremony) &&
                !confirmed.ended &&
                !(ceremony.byFounder && founded) &&
                (parent == 0 || acting(parent) == parent),
            OpeningCommitteeStepRefused(confirmed.ceremonyId, "confirm")
        );
        _requireAnswer(keysetId, confirmed, seat, c, z);
        // Effect:
        confirmed.answers = _with(confirmed.answers, seat - 1);
        emit KeysetSeatConfirmed(keysetId, seat);
        if (++confirmed.confirmed == confirmed.members.length) {
            ceremony.done = true;
            founded = true;
            confirmed.rolledAt = uint40(block.timestamp);
            bytes32 root = parent == 0 ? keysetId : _rootOf[parent];
            if (_keysets[parent].ended) confirmed.ended = true;
            _rootOf[keysetId] = root;
            _actingOf[root] = keysetId;
            emit KeysetConfirmed(keysetId, parent);
        }
    }

    /// @inheritdoc IOpeningCommittee
    function callRoll(bytes32 keysetId) external {
        // Check:
        Keyset storage called = _requireConfirmed(keysetId);
        require(acting(keysetId) == keysetId, OpeningCommitteeKeysetNotAllowed(keysetId));
        uint256 notBefore = called.rolledAt + ROLL_PERIOD;
        require(block.timestamp >= notBefore, OpeningCommitteeRollTooEarly(keysetId, notBefore));
        // Effect:
        called.rolledAt = uint40(block.timestamp);
        called.answers = 0;
        emit RollCalled(keysetId, ++called.round);
    }

    /// @inheritdoc IOpeningCommittee
    function answerRoll(bytes32 keysetId, uint8 seat, uint256 c, uint256 z) external {
        // Check:
        Keyset storage called = _requireConfirmed(keysetId);
        _requireMember(keysetId, called, seat);
        _requireAnswer(keysetId, called, seat, c, z);
        // Effect:
        called.answers = _with(called.answers, seat - 1);
        emit RollAnswered(keysetId, seat, called.round);
    }

    /// @inheritdoc IOpeningCommittee
    function retireKeyset(bytes32 keysetId) external {
        // Check:
        Keyset storage retired = _requireKeyset(keysetId);
        require(msg.sender == authority, OpeningCommitteeCallerRefused(keysetId, msg.sender));
        require(!retired.ended, OpeningCommitteeKeysetNotAllowed(keysetId));
        // Effect:
        retired.ended = true;
        emit KeysetEnded(keysetId);
    }

    // Opening

    /// @inheritdoc IOpeningCommittee
    function postShares(
        bytes32 tenderId,
        uint8 envelope,
        uint256 page,
        uint8 seat,
        ShareEntry[] calldata entries
    ) external {
        // Check:
        BidWindow memory window = _requireRunning(tenderId);
        uint256 from = window.openFrom < window.closesAt ? window.closesAt : window.openFrom;
        require(block.timestamp >= from, OpeningCommitteeTooEarly(tenderId, envelope, from));
        Box memory box = _requirePhase(tenderId, envelope, window);
        bytes32 keysetId = acting(window.keysetId);
        Keyset storage holder = _requireKeyset(keysetId);
        _requireMember(keysetId, holder, seat);
        bytes32 key = _pageKey(keysetId, tenderId, envelope, page);
        require(_shares[key][seat] == 0, OpeningCommitteeShareExists(tenderId, page, seat));
        // Effect: the first share that is accepted locks the box, and what is live is settled
        if (!box.locked) _bids.lock(tenderId);
        SealedEnvelope[] memory live = _bids.page(tenderId, envelope, page);
        require(
            live.length != 0 && entries.length == live.length,
            OpeningCommitteeShareCountWrong(tenderId, page, live.length, entries.length)
        );
        Secp256k1.Point memory own = holder.keys[seat - 1];
        uint256[] memory shares = new uint256[](4 * live.length);
        bytes memory posted = new bytes(64 * live.length);
        for (uint256 i = 0; i < live.length; ++i) {
            ShareEntry calldata each = entries[i];
            _requireShare(tenderId, seat, own, live[i], each);
            (shares[4 * i], shares[4 * i + 1]) = (each.s.x, each.s.y);
            (shares[4 * i + 2], shares[4 * i + 3]) = (each.proof.e, each.proof.f);
            (uint256 x, uint256 y) = (each.s.x, each.s.y);
            assembly ("memory-safe") {
                let place := add(add(posted, 32), mul(64, i))
                mstore(place, x)
                mstore(add(place, 32), y)
            }
        }
        _shares[key][seat] = keccak256(posted);
        emit SharesPosted(tenderId, envelope, seat, page, keysetId, shares);
    }

    /// @inheritdoc IOpeningCommittee
    function openPage(
        bytes32 tenderId,
        uint8 envelope,
        uint256 page,
        uint8[] calldata seats,
        uint256[] calldata factors,
        uint256[][] calldata points,
        OpeningEntry[] calldata bids
    ) external {
        // Check:
        BidWindow memory window = _requireRunning(tenderId);
        _requirePhase(tenderId, envelope, window);
        _requireSeats(
            tenderId,
            envelope,
            page,
            _holderOf(window.keysetId, tenderId, envelope, page, seats, points),
            seats,
            factors,
            points
        );
        SealedEnvelope[] memory live = _bids.page(tenderId, envelope, page);
        require(bids.length == live.length, OpeningCommitteeEntryCountWrong(tenderId, page, live.length, bids.length));
        // Effect: what its bidder revealed meanwhile is passed over
        uint16 opened = 0;
        for (uint256 i = 0; i < live.length; ++i) {
            if (openingOf[tenderId][envelope][live[i].index] != 0) continue;
            Secp256k1.Point memory s = _combined(tenderId, live[i].index, i, seats, factors, points, bids[i]);
            _open(tenderId, envelope, live[i], s, bids[i].u, bids[i].bodyHash, bids[i].words);
            ++opened;
        }
        require(opened != 0, OpeningCommitteePageDone(tenderId, page));
        openedBids[tenderId][envelope] += opened;
    }

    /// @inheritdoc IOpeningCommittee
    function selfReveal(
        bytes32 tenderId,
        uint8 envelope,
        uint16 index,
        uint256 r,
        Secp256k1.Point calldata s,
        Secp256k1.Point calldata u,
        bytes32 bodyHash,
        uint256[] calldata words
    ) external {
        // Check:
        BidWindow memory window = _requireRunning(tenderId);
        uint256 from = window.fallbackFrom < window.closesAt ? window.closesAt : window.fallbackFrom;
        require(block.timestamp >= from, OpeningCommitteeFallbackTooEarly(tenderId, from));
        if (!_requirePhase(tenderId, envelope, window).locked) _bids.lock(tenderId);
        SealedEnvelope memory live = _bids.entry(tenderId, envelope, index);
        require(
            live.bidder != address(0) && openingOf[tenderId][envelope][index] == 0,
            OpeningCommitteeEntryNotSealed(tenderId, index)
        );
        require(
            Secp256k1.isProduct(Secp256k1.generator(), r, u) && Secp256k1.isProduct(_keysets[window.keysetId].pk, r, s),
            OpeningCommitteeRevealMismatch(tenderId, index)
        );
        // Effect:
        ++openedBids[tenderId][envelope];
        emit BidSelfRevealed(tenderId, envelope, index, r);
        _open(tenderId, envelope, live, s, u, bodyHash, words);
    }

    // Views

    /// @inheritdoc IOpeningCommittee
    function keyset(bytes32 keysetId) external view returns (Keyset memory) {
        return _keysets[keysetId];
    }

    /// @inheritdoc IOpeningCommittee
    function answered(bytes32 keysetId, uint256 round) external view returns (uint16) {
        return round == _keysets[keysetId].round ? _keysets[keysetId].answers : 0;
    }

    /// @inheritdoc IOpeningCommittee
    function acting(bytes32 keysetId) public view returns (bytes32) {
        bytes32 holder = _actingOf[_rootOf[keysetId]];
        return holder == 0 ? keysetId : holder;
    }

    /// @inheritdoc IOpeningCommittee
    function requireUsable(bytes32 keysetId) external view {
        Keyset storage asked = _requireConfirmed(keysetId);
        require(!asked.ended && acting(keysetId) == keysetId, OpeningCommitteeKeysetNotAllowed(keysetId));
    }

    /// @inheritdoc IOpeningCommittee
    function requireIndependent(bytes32 keysetId, bytes32 member) external view {
        bytes32[] storage seats = _keysets[keysetId].members;
        for (uint256 i = 0; i < seats.length; ++i) {
            require(_members.independent(seats[i], member), OpeningCommitteeSeatsDependent(i + 1, 1, 0));
        }
    }

    // Ceremony, inside

    function _requirePlan(uint256 threshold, bytes32[] calldata members) private view {
        uint256 n = members.length;
        require(n <= MOST_SEATS, OpeningCommitteePlanInvalid("members"));
        require(threshold >= 2 && threshold < n && 2 * threshold > n, OpeningCommitteePlanInvalid("threshold"));
        uint256 least = n - threshold + 1 < threshold ? n - threshold + 1 : threshold;
        for (uint256 i = 0; i < n; ++i) {
            require(_members.isActive(members[i], Kinds.OPENING), OpeningCommitteePlanInvalid("members"));
            uint256 dependent = 1;
            for (uint256 j = 0; j < n; ++j) {
                if (j == i) continue;
                require(members[j] != members[i], OpeningCommitteePlanInvalid("members"));
                if (!_members.independent(members[i], members[j])) ++dependent;
            }
            require(dependent < least, OpeningCommitteeSeatsDependent(i + 1, dependent, least - 1));
        }
    }

    function _requireDealers(bytes32 parent, uint8[] calldata dealers) private view {
        if (parent == 0) {
            require(dealers.length == 0, OpeningCommitteePlanInvalid("dealers"));
            return;
        }
        Keyset storage old = _requireConfirmed(parent);
        require(acting(parent) == parent, OpeningCommitteePlanInvalid("parent"));
        bool valid = dealers.length == old.threshold;
        for (uint256 i = 0; valid && i < dealers.length; ++i) {
            valid = dealers[i] > (i == 0 ? 0 : dealers[i - 1]) && dealers[i] <= old.members.length;
        }
        require(valid, OpeningCommitteePlanInvalid("dealers"));
    }

    // Message: k points, c, z. The proof is of the first coefficient, so that no dealer can choose its key after the others'.
    function _requireDealing(
        bytes32 id,
        uint8 dealer,
        Ceremony storage running,
        uint256 place,
        bytes calldata message
    ) private view {
        uint256 end = POINT * running.threshold;
        require(message.length == end + 64, OpeningCommitteeDealingProofInvalid(id, dealer));
        Secp256k1.Point memory first = Secp256k1.Point(_word(message, 0), _word(message, 32));
        for (uint256 offset = 0; offset < end; offset += POINT) {
            bool valid = Secp256k1.isValid(Secp256k1.Point(_word(message, offset), _word(message, offset + 32)));
            require(valid, OpeningCommitteeDealingPointInvalid(id, dealer, offset / POINT));
        }
        bytes32 context = keccak256(abi.encode(id, uint256(dealer)));
        require(
            Tdh2.knows(Tdh2.POP, context, first, _word(message, end), _word(message, end + 32)),
            OpeningCommitteeDealingProofInvalid(id, dealer)
        );
        if (running.parent == 0) return;
        // lambda = above / below: compared without an inverse, below A = above PK
        (uint256 above, uint256 below) = Tdh2.fraction(running.dealers, place);
        Secp256k1.Point memory key = _keysets[running.parent].keys[dealer - 1];
        require(
            Secp256k1.productAddress(first, below) == Secp256k1.productAddress(key, above),
            OpeningCommitteeReshareMismatch(id, dealer)
        );
    }

    function _transcript(bytes32 id, Ceremony storage running, uint256 seats) private view returns (bytes32) {
        bytes memory all = abi.encodePacked(TRANSCRIPT, id);
        uint256 dealers = _dealers(running);
        for (uint256 i = 0; i < seats; ++i) {
            all = bytes.concat(all, running.boxKeys[i]);
        }
        for (uint256 i = 0; i < dealers; ++i) {
            all = bytes.concat(all, running.commitments[i]);
        }
        for (uint256 i = 0; i < dealers; ++i) {
            all = bytes.concat(all, running.boxes[i]);
        }
        return keccak256(all);
    }

    // Neither failed, nor done, nor so old that nobody waits for it any more: what was abandoned does not come back.
    function _isOpen(Ceremony storage running) private view returns (bool) {
        return !running.failed && !running.done && block.timestamp < running.openedAt + CEREMONY_LIFE;
    }

    // Number of dealers: all seats, or those of the parent that were named.
    function _dealers(Ceremony storage running) private view returns (uint256) {
        return running.parent == 0 ? running.members.length : running.dealers.length;
    }

    function _placeOf(Ceremony storage running, uint8 dealer) private view returns (bool, uint256) {
        if (running.parent == 0) {
            bool deals = dealer != 0 && dealer <= running.members.length;
            return (deals, deals ? dealer - 1 : 0);
        }
        uint256 count = running.dealers.length;
        for (uint256 place = 0; place < count; ++place) {
            if (running.dealers[place] == dealer) return (true, place);
        }
        return (false, 0);
    }

    function _requireDealer(bytes32 id, uint8 dealer) private view returns (Ceremony storage running, uint256 place) {
        running = _ceremonies[id];
        bool deals;
        (deals, place) = _placeOf(running, dealer);
        require(deals, OpeningCommitteeCallerRefused(id, msg.sender));
        _requireSeat(id, running.parent == 0 ? running.members : _keysets[running.parent].members, dealer);
    }

    function _requireSeat(bytes32 id, bytes32[] storage members, uint8 seat) private view returns (uint256) {
        require(_isOpener(members, seat), OpeningCommitteeCallerRefused(id, msg.sender));
        return seat - 1;
    }

    // Keysets, inside

    function _requireKeyset(bytes32 keysetId) private view returns (Keyset storage found) {
        found = _keysets[keysetId];
        require(found.threshold != 0, OpeningCommitteeKeysetNotFound(keysetId));
    }

    function _requireConfirmed(bytes32 keysetId) private view returns (Keyset storage found) {
        found = _requireKeyset(keysetId);
        uint256 seats = found.members.length;
        require(found.confirmed == seats, OpeningCommitteeKeysetIncomplete(keysetId, seats, found.confirmed));
    }

    function _requireMember(bytes32 keysetId, Keyset storage holder, uint8 seat) private view {
        require(_isOpener(holder.members, seat), OpeningCommitteeNotMember(keysetId, seat, msg.sender));
    }

    function _isOpener(bytes32[] storage members, uint8 seat) private view returns (bool) {
        if (seat == 0 || seat > members.length) return false;
        return _members.memberOf(msg.sender) == members[seat - 1] && _members.may(msg.sender, Roles.OPENER);
    }

    function _requireAnswer(bytes32 keysetId, Keyset storage asked, uint8 seat, uint256 c, uint256 z) private view {
        uint256 round = asked.round;
        require(!_has(asked.answers, seat - 1), OpeningCommitteeRoundAnswered(keysetId, seat, round));
        bytes32 context = keccak256(abi.encode(keysetId, uint256(seat), round));
        require(
            Tdh2.knows(Tdh2.ROLL_CALL, context, asked.keys[seat - 1], c, z),
            OpeningCommitteeKeyProofInvalid(keysetId, seat)
        );
    }

    // Opening, inside

    function _requireRunning(bytes32 tenderId) private view returns (BidWindow memory window) {
        window = _tenders.bidWindow(tenderId);
        require(window.keysetId != 0, OpeningCommitteeKeysetNotFound(0));
        require(!window.stopped, OpeningCommitteeStopped(tenderId));
    }

    function _requirePhase(
        bytes32 tenderId,
        uint8 envelope,
        BidWindow memory window
    ) private view returns (Box memory box) {
        require(block.timestamp < window.voidFrom, OpeningCommitteeTooLate(tenderId, envelope, window.voidFrom));
        box = _bids.box(tenderId);
        require(envelope == box.phase, OpeningCommitteePhaseNotReached(tenderId, envelope, box.phase));
    }

    function _requireShare(
        bytes32 tenderId,
        uint8 seat,
        Secp256k1.Point memory own,
        SealedEnvelope memory live,
        ShareEntry calldata each
    ) private pure {
        require(
            keccak256(abi.encode(each.u.x, each.u.y, each.label)) == live.seal,
            OpeningCommitteeShareBidWrong(tenderId, live.index)
        );
        require(Secp256k1.isValid(each.s), OpeningCommitteeSharePointInvalid(tenderId, live.index, seat));
        require(
            Tdh2.same(Tdh2.SHARE, live.context, Tdh2.Claim(own, each.u, each.s), each.proof),
            OpeningCommitteeShareInvalid(tenderId, live.index, seat)
        );
    }

    // The keyset whose seats posted these lists: the tender's own, also where it was reshared afterwards, or the acting one.
    function _holderOf(
        bytes32 own,
        bytes32 tenderId,
        uint8 envelope,
        uint256 page,
        uint8[] calldata seats,
        uint256[][] calldata points
    ) private view returns (bytes32) {
        if (seats.length == 0 || points.length == 0) return acting(own);
        bytes32 posted = _shares[_pageKey(own, tenderId, envelope, page)][seats[0]];
        return posted != 0 && posted == keccak256(abi.encodePacked(points[0])) ? own : acting(own);
    }

    function _requireSeats(
        bytes32 tenderId,
        uint8 envelope,
        uint256 page,
        bytes32 keysetId,
        uint8[] calldata seats,
        uint256[] calldata factors,
        uint256[][] calldata points
    ) private view {
        uint256 k = _requireKeyset(keysetId).threshold;
        bool valid = seats.length == k && factors.length == k && points.length == k;
        for (uint256 i = 1; valid && i < k; ++i) {
            valid = seats[i] > seats[i - 1];
        }
        require(valid, OpeningCommitteeSeatsWrong(tenderId, k, seats.length));
        bytes32 key = _pageKey(keysetId, tenderId, envelope, page);
        for (uint256 i = 0; i < k; ++i) {
            bytes32 posted = _shares[key][seats[i]];
            require(
                posted != 0 && keccak256(abi.encodePacked(points[i])) == posted,
                OpeningCommitteeSharesMissing(tenderId, page, seats[i])
            );
        }
        for (uint256 i = 0; i < k; ++i) {
            require(Tdh2.isFactor(seats, i, factors[i]), OpeningCommitteeFactorInvalid(tenderId, seats[i]));
        }
    }

    function _combined(
        bytes32 tenderId,
        uint16 index,
        uint256 place,
        uint8[] calldata seats,
        uint256[] calldata factors,
        uint256[][] calldata points,
        OpeningEntry calldata given
    ) private pure returns (Secp256k1.Point memory s) {
        uint256 k = seats.length;
        require(given.products.length == k, OpeningCommitteeCombinationInvalid(tenderId, index, 0));
        require(given.inverses.length == k - 1, OpeningCommitteeSumInvalid(tenderId, index, 0));
        for (uint256 i = 0; i < k; ++i) {
            Secp256k1.Point memory share = Secp256k1.Point(points[i][2 * place], points[i][2 * place + 1]);
            require(
                Secp256k1.isProduct(share, factors[i], given.products[i]),
                OpeningCommitteeCombinationInvalid(tenderId, index, seats[i])
            );
            if (i == 0) {
                s = given.products[0];
                continue;
            }
            bool added;
            (added, s) = Secp256k1.sum(s, given.products[i], given.inverses[i - 1]);
            require(added, OpeningCommitteeSumInvalid(tenderId, index, seats[i]));
        }
    }

    // Whatever opens a bid, only what was sealed comes out: point, words and body are bound by the seal.
    function _open(
        bytes32 tenderId,
        uint8 envelope,
        SealedEnvelope memory live,
        Secp256k1.Point memory s,
        Secp256k1.Point calldata u,
        bytes32 bodyHash,
        uint256[] calldata words
    ) private {
        bytes32 label = keccak256(abi.encodePacked(live.context, words, bodyHash));
        require(keccak256(abi.encode(u.x, u.y, label)) == live.seal, OpeningCommitteeEntryWrong(tenderId, live.index));
        bytes32 docCommit = bytes32(words[0] ^ Tdh2.pad(live.context, 0, s));
        uint256[] memory amounts = new uint256[](words.length - 1);
        for (uint256 i = 1; i < words.length; ++i) {
            amounts[i - 1] = words[i] ^ Tdh2.pad(live.context, i, s);
        }
        openingOf[tenderId][envelope][live.index] = keccak256(abi.encodePacked(docCommit, amounts));
        emit BidOpened(tenderId, envelope, live.bidder, live.index, live.version, s, docCommit, amounts);
    }

    function _pageKey(bytes32 keysetId, bytes32 tenderId, uint8 envelope, uint256 page) private pure returns (bytes32) {
        return keccak256(abi.encode(keysetId, tenderId, envelope, page));
    }

    function _word(bytes calldata message, uint256 offset) private pure returns (uint256) {
        return uint256(bytes32(message[offset:offset + 32]));
    }

    function _has(uint16 bits, uint256 place) private pure returns (bool) {
        return (bits >> place) & 1 != 0;
    }

    function _with(uint16 bits, uint256 place) private pure returns (uint16) {
        return uint16(bits | (1 << place));
    }

    function _isFull(uint16 bits, uint256 count) private pure returns (bool) {
        return bits == (1 << count) - 1;
    }
}
