// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAwardDesk} from "../interfaces/IAwardDesk.sol";
import {IBidBox} from "../interfaces/IBidBox.sol";
import {IComplaintDesk} from "../interfaces/IComplaintDesk.sol";
import {IEvaluationDesk} from "../interfaces/IEvaluationDesk.sol";
import {IFourEyes} from "../interfaces/IFourEyes.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IOpeningCommittee} from "../interfaces/IOpeningCommittee.sol";
import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {ITenderBoard} from "../interfaces/ITenderBoard.sol";
import {Asked, Awarding, DisqualificationReason, LotFacts, LotFailure, Offer, SecurityStatus} from "../types/Award.sol";
import {ComplaintStage} from "../types/Complaint.sol";
import {LotStatus, LotTerms, Procedure, Setup, TenderStatus} from "../types/Procurement.sol";
import {Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract AwardDesk is IAwardDesk {
    uint256 private constant PAGE = 128;
    uint256 private constant WORD = 256;
    uint256 private constant PLACES = 16;
    uint256 private constant WHOLE = 10_000;
    // Index of no bid: a box holds 65,535.
    uint16 private constant NOWHERE = type(uint16).max;

    struct Failures {
        uint8 count;
        uint40 until;
    }

    IMemberRegistry private immutable _members;
    ISupplierRegistry private immutable _suppliers;
    IProcedureBook private immutable _procedures;
    ITenderBoard private immutable _tenders;
    IBidBox private immutable _bids;
    IOpeningCommittee private immutable _committee;
    IComplaintDesk private immutable _complaints;
    IEvaluationDesk private immutable _evaluation;
    IFourEyes private immutable _fourEyes;
    address private immutable _agreements;

    mapping(bytes32 id => mapping(uint8 lot => LotFacts)) private _lots;
    mapping(bytes32 id => Failures) private _failures;
    // Bit `index` of all bids.
    mapping(bytes32 id => mapping(uint8 lot => mapping(uint256 word => uint256))) private _admissible;
    // Sixteen indexes a word, in order of rank; and bit `place` of those that are abnormally low.
    mapping(bytes32 id => mapping(uint8 lot => mapping(uint256 word => uint256))) private _ranking;
    mapping(bytes32 id => mapping(uint8 lot => mapping(uint256 word => uint256))) private _low;
    // Bit `place` of those that were restored and are in.
    mapping(bytes32 id => mapping(uint8 lot => mapping(uint256 word => uint256))) private _restored;
    /// @inheritdoc IAwardDesk
    mapping(bytes32 id => mapping(uint8 lot => mapping(uint16 index => Asked))) public explanationOf;
    /// @inheritdoc IAwardDesk
    mapping(bytes32 id => mapping(uint16 index => Asked)) public curingOf;
    /// @inheritdoc IAwardDesk
    mapping(bytes32 id => bool) public isExtended;
    /// @inheritdoc IAwardDesk
    mapping(bytes32 id => mapping(uint16 index => SecurityStatus)) public securityOf;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _procedures = IProcedureBook(wiring.procedures);
        _tenders = ITenderBoard(wiring.tenders);
        _bids = IBidBox(wiring.bidBox);
        _committee = IOpeningCommittee(wiring.openingCommittee);
        _complaints = IComplaintDesk(wiring.complaintDesk);
        _evaluation = IEvaluationDesk(wiring.evaluationDesk);
        _fourEyes = IFourEyes(wiring.fourEyes);
        _agreements = wiring.agreementBook;
    }

    /// @inheritdoc IAwardDesk
    function tally(bytes32 id, uint8 lot, Setup calldata setup, uint256 page, Offer[] calldata offers) external {
        // Check:
        Awarding memory tender = _begin(id, lot);
        _requireOpened(id, tender);
        LotFacts memory facts = _lots[id][lot];
        _requireLot(id, lot, tender, facts, LotStatus.Waiting);
        require(!facts.complete, AwardDeskUnchanged("tally"));
        uint256 bids = _bids.box(id).bids;
        require(page == facts.tallied / PAGE, AwardDeskPageInvalid(facts.tallied / PAGE, page));
        require(keccak256(abi.encode(setup)) == tender.setupHash, AwardDeskSetupMismatch(id));
        Procedure memory procedure = _procedure(tender);
        uint256 limit = _limit(setup.lots[lot - 1], procedure);
        uint256 to = page * PAGE + PAGE < bids ? page * PAGE + PAGE : bids;
        uint256 next = 0;
        uint256 admissible = 0;
        for (uint256 i = page * PAGE; i < to; ++i) {
            bytes32 opening = _committee.openingOf(id, tender.envelope, uint16(i));
            if (opening == 0) continue;
            require(next < offers.length && offers[next].index == i, AwardDeskOfferMismatch(id, i));
            uint256 price = _requirePrice(id, lot, opening, offers[next++]);
            if (price == 0 || price > type(uint128).max) continue;
            ++facts.offers;
            if (price > limit) continue;
            if (facts.admissible == 0 || price < facts.min) facts.min = uint128(price);
            ++facts.admissible;
            facts.sum += uint144(price);
            admissible |= 1 << (i % PAGE);
        }
        require(next == offers.length, AwardDeskPageInvalid(next, offers.length));
        // Effect:
        facts.tallied = uint16(to);
        if (to == bids) {
            facts.complete = true;
            if (facts.offers < procedure.minBids) facts.failure = LotFailure.TooFewOffers;
            else if (facts.admissible == 0) facts.failure = LotFailure.NoAcceptableBid;
            if (facts.failure != LotFailure.None) ++_failures[id].count;
        }
        if (admissible != 0) _admissible[id][lot][page / 2] |= admissible << ((page % 2) * PAGE);
        _lots[id][lot] = facts;
        emit LotTallied(id, lot, page, admissible, facts.failure);
    }

    /// @inheritdoc IAwardDesk
    function rank(bytes32 id, uint8 lot, Setup calldata setup, Offer[] calldata list) external {
        // Check:
        Awarding memory tender = _begin(id, lot);
        _requireOpened(id, tender);
        LotFacts memory facts = _lots[id][lot];
        _requireLot(id, lot, tender, facts, LotStatus.Waiting);
        require(facts.complete, AwardDeskNotTallied(id, lot));
        uint256 most = facts.admissible < PAGE ? facts.admissible : PAGE;
        require(list.length != 0 && list.length <= most, AwardDeskPageInvalid(most, list.length));
        require(keccak256(abi.encode(setup)) == tender.setupHash, AwardDeskSetupMismatch(id));
        // Effect:
        Procedure memory procedure = _procedure(tender);
        uint256 low = _lowest(facts, setup.lots[lot - 1], procedure);
        bool points = procedure.awardRule == 1;
        uint256 nextBps = points ? 0 : procedure.lowNextBps;
        uint16 place = facts.ranked;
        uint16[] memory indexes = new uint16[](list.length);
        mapping(uint256 word => uint256) storage admissible = _admissible[id][lot];
        mapping(uint256 word => uint256) storage ranking = _ranking[id][lot];
        // Without what a ranking that was begun anew left behind it.
        uint256 word = ranking[place / PLACES] & ((1 << (16 * (place % PLACES))) - 1);
        // Bit 0 is the place before this page, whose next one is here.
        uint256 lows = 0;
        for (uint256 i = 0; i < list.length; ++i) {
            uint16 index = list[i].index;
            require(_has(admissible, index), AwardDeskNotAdmissible(id, lot, index));
            uint256 price = _requirePrice(id, lot, _committee.openingOf(id, tender.envelope, index), list[i]);
            uint256 key = price;
            if (points) key = _evaluation.keyOf(id, setup.criteria, index, price, facts.min);
            bool follows = key > facts.last;
            if (key == facts.last)
                follows = _isLater(id, index, i == 0 ? rankAt(id, lot, place - 1) : list[i - 1].index);
            if (!follows && i == 0 && (points ? key <= facts.first : price == facts.min)) {
                // Whoever left a bid out before stops nobody.
                for (uint256 each = 1; each <= facts.ranked / WORD; ++each) _low[id][lot][each] = 0;
                (place, facts.ranked, word, follows) = (0, 0, 0, true);
            }
            require(follows, AwardDeskOrderWrong(id, lot, place));
            if (price <= low) lows |= 2 << i;
            if (nextBps != 0 && place != 0 && facts.last * WHOLE <= price * (WHOLE - nextBps)) lows |= 1 << i;
            word |= uint256(index) << (16 * (place % PLACES));
            indexes[i] = index;
            if (points && place == 0) facts.first = uint40(key);
            facts.last = uint128(key);
            if (++place % PLACES != 0) continue;
            ranking[place / PLACES - 1] = word;
            word = 0;
        }
        if (place % PLACES != 0) ranking[place / PLACES] = word;
        _mark(_low[id][lot], facts.ranked, lows);
        emit LotRanked(id, lot, facts.ranked, indexes);
        facts.ranked = place;
        _lots[id][lot] = facts;
    }

    /// @inheritdoc IAwardDesk
    function award(bytes32 id, uint8 lot, bytes32 supplier, Offer calldata offer, bytes32 documentHash) external {
        // Check:
        Awarding memory tender = _begin(id, lot);
        _requireSigned(tender);
        bytes32 cause = _suppliers.ineligibility(supplier);
        require(cause == 0, AwardDeskIneligible(id, supplier, cause));
        LotFacts storage facts = _requireCandidate(id, lot, tender, offer.index);
        bool explained = explanationOf[id][lot][offer.index].given || !isLow(id, lot, facts.head);
        require(explained, AwardDeskExplanationMissing(id, lot, offer.index));
        _requireOver(id, tender, curingOf[id][offer.index]);
        require(_bids.placeOf(id, supplier) == offer.index + 1, AwardDeskOfferMismatch(id, offer.index));
        bytes32 opening = _committee.openingOf(id, tender.envelope, offer.index);
        uint256 price = _requirePrice(id, lot, opening, offer);
        _requireVotes(id, tender);
        require(documentHash != 0, AwardDeskHashZero("documentHash"));
        // Effect:
        facts.price = uint128(price);
        _decide(facts, tender);
        emit LotAwarded(id, lot, offer.index, supplier, uint128(price), documentHash);
    }

    /// @inheritdoc IAwardDesk
    function disqualify(bytes32 id, uint8 lot, uint16 index, uint8 reason, bytes32 documentHash) external {
        // Check:
        Awarding memory tender = _begin(id, lot);
        _requireSigned(tender);
        LotFacts storage facts = _requireCandidate(id, lot, tender, index);
        if (reason == uint8(DisqualificationReason.AbnormallyLow)) {
            require(isLow(id, lot, facts.head), AwardDeskNotLow(id, lot, index));
            require(explanationOf[id][lot][index].until != 0, AwardDeskExplanationMissing(id, lot, index));
            _requireOver(id, tender, explanationOf[id][lot][index]);
        }
        _requireOver(id, tender, curingOf[id][index]);
        _requireVotes(id, tender);
        require(documentHash != 0, AwardDeskHashZero("documentHash"));
        bool known = reason != 0 && reason < uint8(DisqualificationReason.RefusedToSign);
        require(known, AwardDeskReasonInvalid(id, reason));
        // Effect:
        _out(id, lot, facts, tender);
        emit BidDisqualified(id, lot, index, DisqualificationReason(reason), documentHash);
    }

    /// @inheritdoc IAwardDesk
    function dropIneligible(bytes32 id, uint8 lot, bytes32 supplier) external {
        // Check: a supplier without a bid is at no place
        Awarding memory tender = _begin(id, lot);
        uint16 place = _bids.placeOf(id, supplier);
        uint16 index = place == 0 ? NOWHERE : place - 1;
        LotFacts storage facts = _requireCandidate(id, lot, tender, index);
        bytes32 cause = _suppliers.ineligibility(supplier);
        require(cause != 0, AwardDeskStillEligible(id, supplier));
        // Effect:
        _out(id, lot, facts, tender);
        emit BidDropped(id, lot, index, supplier, cause);
    }

    /// @inheritdoc IAwardDesk
    function askExplanation(bytes32 id, uint8 lot, uint16 index, bytes32 documentHash) external {
        // Check:
        Awarding memory tender = _begin(id, lot);
        _requireRole(tender.buyer, Roles.OFFICER);
        LotFacts storage facts = _requireCandidate(id, lot, tender, index);
        require(isLow(id, lot, facts.head), AwardDeskNotLow(id, lot, index));
        Asked storage asked = explanationOf[id][lot][index];
        require(asked.until == 0, AwardDeskOnlyOnce(id, "question", bytes32(uint256(index))));
        require(documentHash != 0, AwardDeskHashZero("documentHash"));
        // Effect:
        asked.until = tender.time + _procedure(tender).explanationWindow;
        emit ExplanationAsked(id, lot, index, documentHash, asked.until);
    }

    /// @inheritdoc IAwardDesk
    function explain(bytes32 id, uint8 lot, uint16 index, bytes32 documentHash) external {
        // Check:
        Awarding memory tender = _begin(id, lot);
        _requireBidder(id, index);
        _requireCandidate(id, lot, tender, index);
        Asked storage asked = explanationOf[id][lot][index];
        require(!asked.given, AwardDeskOnlyOnce(id, "explanation", bytes32(uint256(index))));
        _requireRunning(id, tender, asked);
        require(documentHash != 0, AwardDeskHashZero("documentHash"));
        // Effect:
        asked.given = true;
        emit BidExplained(id, lot, index, documentHash);
    }

    /// @inheritdoc IAwardDesk
    function askCuring(bytes32 id, uint16 index, bytes32 documentHash) external {
        // Check:
        Awarding memory tender = _begin(id, 1);
        _requireRole(tender.buyer, Roles.OFFICER);
        _requireCurable(id, tender);
        uint32 window = _procedure(tender).curingWindow;
        require(window != 0, AwardDeskCuringNotAllowed(id));
        Asked storage asked = curingOf[id][index];
        require(asked.until == 0, AwardDeskOnlyOnce(id, "curing", bytes32(uint256(index))));
        _requireBid(id, index);
        require(documentHash != 0, AwardDeskHashZero("documentHash"));
        // Effect:
        asked.until = tender.time + window;
        emit CuringAsked(id, index, documentHash, asked.until);
    }

    /// @inheritdoc IAwardDesk
    function cure(bytes32 id, uint16 index, bytes32 documentHash) external {
        // Check:
        Awarding memory tender = _begin(id, 1);
        _requireBidder(id, index);
        Asked storage asked = curingOf[id][index];
        // Who was asked has its window, whatever comes of the rest meanwhile.
        bool running = asked.until != 0 && tender.status < TenderStatus.Suspended;
        if (!running) _requireCurable(id, tender);
        require(!asked.given, AwardDeskOnlyOnce(id, "cure", bytes32(uint256(index))));
        _requireRunning(id, tender, asked);
        require(documentHash != 0, AwardDeskHashZero("documentHash"));
        // Effect:
        asked.given = true;
        emit BidCured(id, index, documentHash);
    }

    /// @inheritdoc IAwardDesk
    function extendDecision(bytes32 id, bytes32 documentHash) external {
        // Check:
        Awarding memory tender = _begin(id, 1);
        _requireRole(tender.buyer, Roles.OFFICER);
        _requireOpened(id, tender);
        require(!isExtended[id], AwardDeskOnlyOnce(id, "extension", tender.buyer));
        uint40 period = _procedure(tender).decisionPeriod;
        uint40 due =
            tender.watched
                ? _complaints.endAfter(id, tender.openFrom, period)
                : _procedures.deadlineOf(tender.openFrom + period);
        require(block.timestamp < due, AwardDeskWindowClosed(id, due));
        require(documentHash != 0, AwardDeskHashZero("documentHash"));
        // Effect:
        isExtended[id] = true;
        emit DecisionExtended(id, documentHash, tender.openFrom + 2 * period);
    }

    /// @inheritdoc IAwardDesk
    function recordSecurity(bytes32 id, uint16 index, uint8 status, bytes32 ref) external {
        // Check:
        _requireSigned(_begin(id, 1));
        _requireBid(id, index);
        SecurityStatus known = securityOf[id][index];
        require(status != uint8(known) || status == 0, AwardDeskUnchanged("security"));
        require(ref != 0, AwardDeskHashZero("ref"));
        bool follows =
            known == SecurityStatus.None
                ? status == uint8(SecurityStatus.Held)
                : known == SecurityStatus.Held && status > uint8(known) && status <= uint8(type(SecurityStatus).max);
        require(follows, AwardDeskReasonInvalid(id, status));
        // Effect:
        securityOf[id][index] = SecurityStatus(status);
        emit SecurityRecorded(id, index, SecurityStatus(status), ref);
    }

    /// @inheritdoc IAwardDesk
    function passOver(bytes32 id, uint8 lot) external returns (uint16 index) {
        require(msg.sender == _agreements, AwardDeskRoleMissing("AGREEMENT_BOOK", msg.sender));
        LotFacts storage facts = _lots[id][lot];
        index = rankAt(id, lot, facts.head);
        (facts.price, facts.standstillEnds) = (0, 0);
        _out(id, lot, facts, _tenders.awarding(id, lot));
    }

    /// @inheritdoc IAwardDesk
    function cancelAward(bytes32 id, uint8 lot) external {
        _requireDesk();
        LotFacts storage facts = _lots[id][lot];
        // Another complaint may have done it, and a list that was exhausted has no award.
        if (facts.price == 0) return;
        (facts.price, facts.standstillEnds) = (0, 0);
    }

    /// @inheritdoc IAwardDesk
    function restoreBid(bytes32 id, uint8 lot, uint16 place) external {
        _requireDesk();
        LotFacts storage facts = _lots[id][lot];
        if (facts.failure == LotFailure.Exhausted) {
            facts.failure = LotFailure.None;
            --_failures[id].count;
        }
        (facts.price, facts.standstillEnds) = (0, 0);
        if (!isOut(id, lot, place)) return;
        _restored[id][lot][place / WORD] |= 1 << (place % WORD);
        ++facts.restored;
        if (place < facts.head) facts.head = place;
    }

    /// @inheritdoc IAwardDesk
    function prolong(bytes32 id, uint8 lot, uint40 since, uint40 period) external {
        _requireDesk();
        LotFacts storage facts = _lots[id][lot];
        Asked storage asked = explanationOf[id][lot][rankAt(id, lot, facts.head)];
        if (facts.head < facts.ranked && asked.until != 0 && _complaints.endOf(id, asked.until) > since)
            asked.until += period;
        if (facts.standstillEnds == 0) return;
        // The time to sign began when complaints about the award were decided; while one is open only an order cancels.
        uint40 from = _complaints.clearFrom(id, lot, ComplaintStage.Award, facts.standstillEnds);
        if (from > since) facts.standstillEnds += period;
        else if (_complaints.endAfter(id, from, facts.signingPeriod) > since) facts.signingPeriod += uint32(period);
    }

    /// @inheritdoc IAwardDesk
    function awardStatus(bytes32 id, uint8 lot) external view returns (LotStatus) {
        return _status(id, lot, _lots[id][lot]);
    }

    /// @inheritdoc IAwardDesk
    function failedLots(bytes32 id) external view returns (uint8 count, uint40 until) {
        Failures storage failures = _failures[id];
        return (failures.count, failures.until);
    }

    /// @inheritdoc IAwardDesk
    function lotFacts(bytes32 id, uint8 lot) external view returns (LotFacts memory) {
        return _lots[id][lot];
    }

    /// @inheritdoc IAwardDesk
    function rankAt(bytes32 id, uint8 lot, uint16 place) public view returns (uint16) {
        return uint16(_ranking[id][lot][place / PLACES] >> (16 * (place % PLACES)));
    }

    /// @inheritdoc IAwardDesk
    function isAdmissible(bytes32 id, uint8 lot, uint16 index) external view returns (bool) {
        return _has(_admissible[id][lot], index);
    }

    /// @inheritdoc IAwardDesk
    function isLow(bytes32 id, uint8 lot, uint16 place) public view returns (bool) {
        return _has(_low[id][lot], place);
    }

    /// @inheritdoc IAwardDesk
    function requireNotFailed(bytes32 id, uint8 lot) external view {
        bool failed = _lots[id][lot].failure != LotFailure.None;
        require(!failed, AwardDeskLotStatusWrong(id, lot, LotStatus.Failed));
    }

    /// @inheritdoc IAwardDesk
    function isOut(bytes32 id, uint8 lot, uint16 place) public view returns (bool) {
        return place < _lots[id][lot].reached && !_has(_restored[id][lot], place);
    }

    // What every act begins with.
    function _begin(bytes32 id, uint8 lot) private returns (Awarding memory) {
        _procedures.tick();
        return _tenders.awarding(id, lot);
    }

    function _has(mapping(uint256 word => uint256) storage bits, uint256 bit) private view returns (bool) {
        return (bits[bit / WORD] >> (bit % WORD)) & 1 == 1;
    }

    // On a tie the bid that arrived before comes first.
    function _isLater(bytes32 id, uint16 index, uint16 before) private view returns (bool) {
        return _bids.bid(id, index).order > _bids.bid(id, before).order;
    }

    // Bit 1 + i of `found` is that of place `from` + i, bit 0 that of the place before; a page has 129 of them.
    function _mark(mapping(uint256 word => uint256) storage bits, uint256 from, uint256 found) private {
        // The first page leaves nothing there of a ranking that was begun anew.
        if (from == 0) {
            bits[0] = found >> 1;
            return;
        }
        if (found == 0) return;
        uint256 first = (from - 1) / WORD;
        uint256 shift = (from - 1) % WORD;
        bits[first] |= found << shift;
        if (found >> (WORD - shift) != 0) bits[first + 1] |= found >> (WORD - shift);
    }

    // The next one is the candidate; after the last the lot is exhausted, and bidders have the standstill to complain about it.
    function _out(bytes32 id, uint8 lot, LotFacts storage facts, Awarding memory tender) private {
        if (facts.head == facts.reached) (facts.head, facts.reached) = (facts.head + 1, facts.reached + 1);
        else facts.head = _afterRestored(_restored[id][lot], facts);
        if (facts.head != facts.ranked) return;
        facts.failure = LotFailure.Exhausted;
        _decide(facts, tender);
        ++_failures[id].count;
        _failures[id].until = facts.standstillEnds;
    }

    // A bid that was restored is out again: the next that was, or else the first that was never out. At most 256 words, 256 places each.
    function _afterRestored(
        mapping(uint256 word => uint256) storage bits,
        LotFacts storage facts
    ) private returns (uint16 head) {
        head = facts.head;
        bits[head / WORD] &= ~(1 << (head % WORD));
        if (--facts.restored == 0) return facts.reached;
        uint256 word = head / WORD;
        while (bits[word] == 0) ++word;
        head = uint16(word * WORD);
        for (uint256 left = bits[word]; left & 1 == 0; left >>= 1) ++head;
    }

    function _decide(LotFacts storage facts, Awarding memory tender) private {
        Procedure memory procedure = _procedure(tender);
        facts.standstillEnds = tender.time + procedure.standstill;
        facts.signingPeriod = procedure.signingPeriod;
    }

    function _status(bytes32 id, uint8 lot, LotFacts memory facts) private view returns (LotStatus) {
        if (facts.standstillEnds == 0) {
            if (facts.failure != LotFailure.None) return LotStatus.Failed;
            bool ranked = facts.admissible != 0 && facts.complete && facts.ranked == facts.admissible;
            return ranked ? LotStatus.Ranked : LotStatus.Waiting;
        }
        uint40 end = _complaints.clearFrom(id, lot, ComplaintStage.Award, facts.standstillEnds);
        if (block.timestamp < end) return LotStatus.Standstill;
        if (facts.failure != LotFailure.None) return LotStatus.Failed;
        if (block.timestamp >= _complaints.endAfter(id, end, facts.signingPeriod)) return LotStatus.Lapsed;
        // Nothing is signed while the tender is suspended.
        return _complaints.watchOf(id).suspendedAt == 0 ? LotStatus.Final : LotStatus.Standstill;
    }

    function _procedure(Awarding memory tender) private view returns (Procedure memory) {
        return _procedures.procedureOf(tender.procedure, tender.procedureVersion);
    }

    // The most that an admissible bid may ask for.
    function _limit(LotTerms calldata terms, Procedure memory procedure) private pure returns (uint256 limit) {
        limit = procedure.ceilingBinding ? terms.ceiling : type(uint128).max;
        if (terms.marketMean == 0 || procedure.marketOverBps == 0) return limit;
        uint256 market = (uint256(terms.marketMean) * (WHOLE + procedure.marketOverBps)) / WHOLE;
        if (market < limit) limit = market;
    }

    // The most at which a price is abnormally low beside the mean of the others, or the market's: p (n - 1) <= (sum - p) (1 - low).
    function _lowest(
        LotFacts memory facts,
        LotTerms calldata terms,
        Procedure memory procedure
    ) private pure returns (uint256 low) {
        if (procedure.lowMeanBps != 0 && facts.admissible > 1) {
            uint256 rate = WHOLE - procedure.lowMeanBps;
            low = (uint256(facts.sum) * rate) / (WHOLE * (uint256(facts.admissible) - 1) + rate);
        }
        if (terms.marketMean == 0 || procedure.marketUnderBps == 0) return low;
        uint256 market = (uint256(terms.marketMean) * (WHOLE - procedure.marketUnderBps)) / WHOLE;
        if (market > low) low = market;
    }

    function _requireDesk() private view {
        require(msg.sender == address(_complaints), AwardDeskRoleMissing("COMPLAINT_DESK", msg.sender));
    }

    function _requireRole(bytes32 buyer, uint16 roles) private view {
        bool may = _members.memberOf(msg.sender) == buyer && _members.may(msg.sender, roles);
        require(may, AwardDeskRoleMissing("OFFICER", msg.sender));
    }

    // Either of the buyer's two, or with four eyes the approver, for what another account proposed.
    function _requireSigned(Awarding memory tender) private {
        if (tender.fourEyes) _fourEyes.take(tender.buyer, msg.sender, keccak256(msg.data));
        else _requireRole(tender.buyer, Roles.OFFICER | Roles.APPROVER);
    }

    function _requireBidder(bytes32 id, uint16 index) private view {
        bytes32 supplier = _suppliers.supplierOf(msg.sender);
        bool may = supplier != 0 && _bids.placeOf(id, supplier) == uint256(index) + 1;
        require(may, AwardDeskRoleMissing("SUPPLIER", msg.sender));
    }

    function _requireOpened(bytes32 id, Awarding memory tender) private pure {
        require(tender.left == 0, AwardDeskNotOpened(id, tender.left));
        require(tender.status == TenderStatus.Awarding, ITenderBoard.TenderBoardStatusWrong(id, tender.status));
    }

    // What is formal may be cured while the technical envelopes are looked at, too.
    function _requireCurable(bytes32 id, Awarding memory tender) private pure {
        if (tender.status != TenderStatus.Technical) _requireOpened(id, tender);
    }

    function _requireVotes(bytes32 id, Awarding memory tender) private {
        if (tender.panel != 0) _evaluation.takeVotes(id, keccak256(msg.data));
    }

    function _requireLot(
        bytes32 id,
        uint8 lot,
        Awarding memory tender,
        LotFacts memory facts,
        LotStatus wanted
    ) private view {
        LotStatus status = tender.settled ? _tenders.lotStatus(id, lot) : _status(id, lot, facts);
        require(status == wanted, AwardDeskLotStatusWrong(id, lot, status));
        if (tender.watched) _complaints.requireClear(id, lot, ComplaintStage.Award);
    }

    function _requireCandidate(
        bytes32 id,
        uint8 lot,
        Awarding memory tender,
        uint16 index
    ) private view returns (LotFacts storage facts) {
        _requireOpened(id, tender);
        facts = _lots[id][lot];
        if (facts.failure == LotFailure.None && !tender.settled) {
            require(facts.complete, AwardDeskNotTallied(id, lot));
            require(facts.ranked != 0, AwardDeskNotRanked(id, lot));
            bool ranked = facts.ranked == facts.admissible;
            require(ranked, AwardDeskRankIncomplete(id, lot, facts.admissible, facts.ranked));
        }
        _requireLot(id, lot, tender, facts, LotStatus.Ranked);
        require(rankAt(id, lot, facts.head) == index, AwardDeskNotCandidate(id, lot, index));
    }

    // Only a bid that was opened has a price to speak of.
    function _requireBid(bytes32 id, uint16 index) private view {
        require(_committee.openingOf(id, 0, index) != 0, AwardDeskNotAdmissible(id, 0, index));
    }

    // What was asked of a bidder in the tender's own time.
    function _end(bytes32 id, Awarding memory tender, uint40 base) private view returns (uint40) {
        return tender.watched ? _complaints.endOf(id, base) : _procedures.deadlineOf(base);
    }

    function _requireOver(bytes32 id, Awarding memory tender, Asked memory asked) private view {
        if (asked.until == 0 || asked.given) return;
        uint40 until = _end(id, tender, asked.until);
        require(block.timestamp >= until, AwardDeskWindowOpen(id, until));
    }

    function _requireRunning(bytes32 id, Awarding memory tender, Asked memory asked) private view {
        uint40 until = asked.until == 0 ? 0 : _end(id, tender, asked.until);
        require(block.timestamp < until, AwardDeskWindowClosed(id, until));
    }

    // What a bid asks for a lot, as its opening showed it.
    function _requirePrice(
        bytes32 id,
        uint8 lot,
        bytes32 opening,
        Offer calldata offer
    ) private pure returns (uint256) {
        bool same = keccak256(abi.encodePacked(offer.docCommit, offer.amounts)) == opening;
        require(same, AwardDeskOfferMismatch(id, offer.index));
        return offer.amounts[lot - 1];
    }
}
