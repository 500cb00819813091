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
import {Awarding} from "../types/Award.sol";
import {ComplaintStage} from "../types/Complaint.sol";
import {
    BidWindow,
    Bounds,
    Cancellation,
    CancellationReason,
    LotStatus,
    OpeningPlan,
    TenderFacts,
    TenderStatus,
    Terms
} from "../types/Procurement.sol";
import {Kinds, Roles} from "../types/Roles.sol";
import {Box} from "../types/Sealing.sol";
import {Wiring} from "../types/Wiring.sol";

contract TenderBoard is ITenderBoard {
    uint256 private constant MAX_JSON = 131_072;
    uint256 private constant MAX_QUESTION = 4096;
    uint256 private constant MAX_QUESTIONS = 500;
    uint256 private constant MAX_QUESTIONS_EACH = 50;
    // Half: desks that fill theirs leave the other half to those who ask openly, and it takes five of them.
    uint256 private constant MAX_QUESTIONS_DESKS = 250;
    uint256 private constant MAX_NOTE = 4096;
    uint256 private constant MAX_NOTES_EACH = 50;
    uint256 private constant MAX_PERIOD = 365 days;
    // No opening has a time while a question is open at the deadline: it is the answer that moves the deadline.
    uint40 private constant NEVER = type(uint40).max;
    // All desks as one asker: a tag is used by one of them only, so that nobody is disclosed as the asker of another's question.
    bytes32 private constant DESKS = 0;

    IMemberRegistry private immutable _members;
    ISupplierRegistry private immutable _suppliers;
    IProcedureBook private immutable _procedures;
    IBidBox private immutable _bids;
    IOpeningCommittee private immutable _committee;
    IAwardDesk private immutable _awards;
    IComplaintDesk private immutable _complaints;
    IEvaluationDesk private immutable _evaluation;
    IFourEyes private immutable _fourEyes;
    address private immutable _agreements;
    address private immutable _authority;

    /// @inheritdoc ITenderBoard
    uint256 public tenderCount;
    mapping(bytes32 id => TenderFacts) private _tenders;
    mapping(bytes32 actor => mapping(bytes32 recordId => bytes32)) private _records;
    // By asker, so that nobody takes another's tag or place.
    mapping(bytes32 id => mapping(bytes32 asker => mapping(bytes32 tag => uint16))) private _questionOf;
    mapping(bytes32 id => mapping(bytes32 asker => uint16)) private _questionsBy;
    mapping(bytes32 id => mapping(uint16 question => bool)) private _answered;
    mapping(bytes32 id => mapping(uint16 question => bytes32)) private _askerOf;
    mapping(bytes32 id => mapping(uint8 lot => Cancellation)) private _cancellations;
    mapping(bytes32 id => uint16) private _notes;
    mapping(bytes32 id => mapping(bytes32 member => uint16)) private _notesBy;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _procedures = IProcedureBook(wiring.procedures);
        _bids = IBidBox(wiring.bidBox);
        _committee = IOpeningCommittee(wiring.openingCommittee);
        _awards = IAwardDesk(wiring.awardDesk);
        _complaints = IComplaintDesk(wiring.complaintDesk);
        _evaluation = IEvaluationDesk(wiring.evaluationDesk);
        _fourEyes = IFourEyes(wiring.fourEyes);
        _agreements = wiring.agreementBook;
        _authority = wiring.timelock;
    }

    /// @inheritdoc ITenderBoard
    function publish(bytes32 recordId, Terms calldata terms, string calldata json) external returns (bytes32 id) {
        _procedures.tick();
        // Check: who may publish is the procedure's to say, so its bounds are read before it is known to be live
        bytes32 buyer = _members.memberOf(msg.sender);
        Bounds memory bounds = _procedures.boundsOf(terms.procedure, terms.procedureVersion);
        _requireSigned(buyer, bounds.fourEyes);
        bytes32 known = _records[buyer][recordId];
        require(known == 0, TenderBoardAlreadyRecorded(recordId, known));
        _procedures.requireLive(terms.procedure, terms.procedureVersion);
        _committee.requireUsable(terms.keysetId);
        _committee.requireIndependent(terms.keysetId, buyer);
        require(recordId != 0, TenderBoardHashZero("recordId"));
        require(terms.currency != 0, TenderBoardHashZero("currency"));
        require(terms.documentsHash != 0, TenderBoardHashZero("documentsHash"));
        _requireText(bytes(json).length, MAX_JSON);
        uint256 min = block.timestamp + bounds.minTenderPeriod;
        uint256 max = block.timestamp + MAX_PERIOD;
        require(terms.deadline >= min && terms.deadline <= max, TenderBoardPeriodInvalid(0, min, max, terms.deadline));
        _evaluation.requireSetup(0, buyer, terms, bounds);
        if (terms.reviewBody != 0) _requireReviewBody(0, terms.reviewBody, buyer);
        // Effect:
        id = bytes32(++tenderCount);
        bytes32 termsHash = _hash(terms, json);
        _records[buyer][recordId] = id;
        TenderFacts storage tender = _tenders[id];
        tender.buyer = buyer;
        tender.termsHash = termsHash;
        tender.keysetId = terms.keysetId;
        if (terms.reviewBody != 0) tender.reviewBody = terms.reviewBody;
        tender.setupHash = keccak256(abi.encode(terms.setup));
        tender.procedure = terms.procedure;
        tender.procedureVersion = terms.procedureVersion;
        tender.deadline = terms.deadline;
        tender.termsVersion = 1;
        tender.lots = uint8(terms.setup.lots.length);
        tender.currency = terms.currency;
        tender.exponent = terms.exponent;
        tender.envelopes = bounds.envelopes;
        tender.panel = uint8(terms.setup.panel.length);
        tender.fourEyes = bounds.fourEyes;
        emit TenderPublished(id, buyer, recordId, termsHash, terms, json);
    }

    /// @inheritdoc ITenderBoard
    function amend(bytes32 id, bytes32 expectedTermsHash, Terms calldata terms, string calldata json) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        _requireSigned(tender.buyer, tender.fourEyes);
        OpeningPlan memory plan = _plan(id, tender);
        _requireBidding(id, tender, plan, plan.amendable);
        require(expectedTermsHash == tender.termsHash, TenderBoardTermsStale(id, tender.termsHash, expectedTermsHash));
        // After TermsStale, so that a repeat of an addendum meets that: it is what says that the terms moved on.
        bytes32 termsHash = _hash(terms, json);
        require(termsHash != tender.termsHash, TenderBoardUnchanged("terms"));
        require(terms.documentsHash != 0, TenderBoardHashZero("documentsHash"));
        _requireText(bytes(json).length, MAX_JSON);
        Bounds memory bounds = _bounds(tender);
        // The terms name a time; what is stored is the tender's own.
        uint40 paused = uint40(block.timestamp) - _time(id, tender);
        _requireLater(id, tender.deadline + paused, terms.deadline, bounds.amendmentExtension);
        _requireFrozen(id, tender, terms);
        _evaluation.requireSetup(id, tender.buyer, terms, bounds);
        // Effect:
        tender.termsHash = termsHash;
        tender.setupHash = keccak256(abi.encode(terms.setup));
        tender.panel = uint8(terms.setup.panel.length);
        tender.deadline = terms.deadline - paused;
        emit TenderAmended(id, ++tender.termsVersion, termsHash, terms, json);
    }

    /// @inheritdoc ITenderBoard
    function ask(bytes32 id, bytes32 tag, string calldata json) external returns (uint16 question) {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        (bytes32 asker, bool isDesk) = _requireAsker(tender.buyer);
        bytes32 holder = isDesk ? DESKS : asker;
        uint16 known = _questionOf[id][holder][tag];
        require(known == 0, TenderBoardAlreadyRecorded(tag, bytes32(uint256(known))));
        _requireEnquiries(id, tender);
        require(tender.questions < MAX_QUESTIONS, TenderBoardQuestionsFull(id, MAX_QUESTIONS));
        if (isDesk) _requireRoom(id, DESKS, MAX_QUESTIONS_DESKS);
        _requireRoom(id, asker, MAX_QUESTIONS_EACH);
        require(tag != 0, TenderBoardHashZero("tag"));
        _requireText(bytes(json).length, MAX_QUESTION);
        // Effect:
        question = ++tender.questions;
        ++tender.openQuestions;
        _questionOf[id][holder][tag] = question;
        ++_questionsBy[id][asker];
        if (isDesk) ++_questionsBy[id][DESKS];
        emit QuestionAsked(id, question, asker, tag, json);
    }

    /// @inheritdoc ITenderBoard
    function answer(bytes32 id, uint16 question, string calldata json) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(question != 0 && question <= tender.questions, TenderBoardQuestionNotFound(id, question));
        _requireFor(tender.buyer, Roles.OFFICER, "OFFICER");
        OpeningPlan memory plan = _plan(id, tender);
        TenderStatus status = _status(id, tender, plan);
        // Bidding, Held, or suspended while a question is open.
        require(
            status <= TenderStatus.Held || (status == TenderStatus.Suspended && tender.stoppedAt == 0),
            TenderBoardStatusWrong(id, status)
        );
        require(!_answered[id][question], TenderBoardQuestionAnswered(id, question));
        _requireText(bytes(json).length, MAX_QUESTION);
        // Effect: bidders have answerCutoff left after an answer, so a late one moves the deadline
        _answered[id][question] = true;
        --tender.openQuestions;
        uint32 cutoff = _bounds(tender).answerCutoff;
        if (block.timestamp + cutoff > plan.closesAt) tender.deadline = _time(id, tender) + cutoff;
        emit QuestionAnswered(id, question, tender.deadline, json);
    }

    /// @inheritdoc ITenderBoard
    function discloseAsker(bytes32 id, uint16 question, bytes32 supplier, bytes32 salt) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(question != 0 && question <= tender.questions, TenderBoardQuestionNotFound(id, question));
        (bytes32 by, ) = _requireAsker(tender.buyer);
        OpeningPlan memory plan = _plan(id, tender);
        // An answer or an addendum may let bidding go on after the deadline: whoever asked stays hidden until it is over for good.
        uint40 until = plan.openFrom == NEVER && plan.standstillEnds == 0 ? NEVER : plan.closesAt;
        require(block.timestamp >= until, TenderBoardAskerHidden(id, until));
        require(_askerOf[id][question] == 0, TenderBoardAskerKnown(id, question));
        bytes32 tag = keccak256(abi.encode("licita/asker", block.chainid, address(this), id, supplier, salt));
        // Tags of desks alone lead to a question here; one that was asked openly hides nobody.
        require(
            _questionOf[id][DESKS][tag] == question && _suppliers.supplierFacts(supplier).exists,
            TenderBoardAskerMismatch(id, question)
        );
        // Effect:
        _askerOf[id][question] = supplier;
        emit AskerDisclosed(id, question, supplier, salt, by);
    }

    /// @inheritdoc ITenderBoard
    function note(bytes32 recordId, bytes32 id, string calldata json) external returns (uint16 number) {
        _procedures.tick();
        // Check: no status, because what is wrong with a tender is often seen after its end
        _requireTender(id);
        bytes32 member = _members.memberOf(msg.sender);
        _requireFor(member, Roles.AUDITOR | Roles.WITNESS, "AUDITOR");
        bytes32 known = _records[member][recordId];
        require(known == 0, TenderBoardAlreadyRecorded(recordId, known));
        uint16 noted = _notesBy[id][member];
        require(noted < MAX_NOTES_EACH, TenderBoardNotesFull(id, MAX_NOTES_EACH));
        require(recordId != 0, TenderBoardHashZero("recordId"));
        _requireText(bytes(json).length, MAX_NOTE);
        // Effect:
        number = ++_notes[id];
        _notesBy[id][member] = noted + 1;
        _records[member][recordId] = bytes32(uint256(number));
        emit NoteRecorded(id, number, member, recordId, json);
    }

    /// @inheritdoc ITenderBoard
    function cancel(bytes32 id, uint8 lot, uint8 reason, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        _requireSigned(tender.buyer, tender.fourEyes);
        OpeningPlan memory plan = _plan(id, tender);
        TenderStatus status = _status(id, tender, plan);
        bool running = !_isEnd(status) && tender.stoppedAt == 0 && _cancellations[id][lot].proposedAt == 0;
        // Shares are public once they are sent, before one is accepted: from the opening on the review body has to consent.
        bool opening = block.timestamp >= plan.openFrom || _bids.box(id).locked;
        require(running && (!opening || tender.reviewBody != 0), TenderBoardStatusWrong(id, status));
        _requireUnsigned(id, tender, lot);
        if (lot != 0) _awards.requireNotFailed(id, lot);
        // What stops the tender may be undone, and is one of its pauses then.
        bool stops = lot == 0 || tender.lotsCancelled + 1 == tender.lots;
        _requireCancellable(id, tender, lot, stops);
        require(documentHash != 0, TenderBoardHashZero("documentHash"));
        require(reason != 0 && reason <= uint8(type(CancellationReason).max), TenderBoardReasonInvalid(id, reason));
        // Effect:
        tender.reason = CancellationReason(reason);
        if (stops) tender.stoppedAt = uint40(block.timestamp);
        if (lot != 0) {
            ++tender.lotsCancelled;
            _cancellations[id][lot].proposedAt = uint40(block.timestamp);
        }
        uint40 base = 0;
        if (!opening) base = _beginWindow(id, tender, lot);
        else if (lot == 0) tender.consentDue = true;
        else ++tender.consentsDue;
        emit CancellationProposed(id, lot, CancellationReason(reason), documentHash, base);
    }

    /// @inheritdoc ITenderBoard
    function consentCancel(bytes32 id, uint8 lot, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        _requireFor(tender.reviewBody, Roles.REVIEWER, "REVIEWER");
        bool aside = _members.independent(tender.reviewBody, tender.buyer);
        require(aside, TenderBoardRoleConflict("REVIEWER", msg.sender));
        TenderStatus status = _status(id, tender, _plan(id, tender));
        Cancellation storage own = _cancellations[id][lot];
        bool due = lot == 0 ? tender.consentDue : own.proposedAt != 0 && own.cancelsAt == 0;
        require(due && !_isEnd(status), TenderBoardStatusWrong(id, status));
        _requireCancellable(id, tender, lot, false);
        require(documentHash != 0, TenderBoardHashZero("documentHash"));
        // Effect:
        if (lot == 0) tender.consentDue = false;
        else --tender.consentsDue;
        emit CancellationConsented(id, lot, documentHash, _beginWindow(id, tender, lot));
    }

    /// @inheritdoc ITenderBoard
    function replaceReviewBody(bytes32 id, bytes32 body) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(msg.sender == _authority, TenderBoardRoleMissing("AUTHORITY", msg.sender));
        TenderStatus status = _status(id, tender, _plan(id, tender));
        // Agreements go on after the end, and need somebody who decides.
        require(!_isEnd(status) || status == TenderStatus.Complete, TenderBoardStatusWrong(id, status));
        require(body != tender.reviewBody, TenderBoardUnchanged("reviewBody"));
        _requireReviewBody(id, body, tender.buyer);
        // Effect:
        tender.reviewBody = body;
        emit ReviewBodyReplaced(id, body);
    }

    /// @inheritdoc ITenderBoard
    function watch(bytes32 id) external {
        _requireDesk();
        _tenders[id].watched = true;
    }

    /// @inheritdoc ITenderBoard
    function markSigned(bytes32 id, uint8 lot) external {
        require(msg.sender == _agreements, TenderBoardRoleMissing("AGREEMENT_BOOK", msg.sender));
        TenderFacts storage tender = _tenders[id];
        ++tender.lotsSigned;
        tender.signedLots |= uint32(1 << (lot - 1));
    }

    /// @inheritdoc ITenderBoard
    function cancelByOrder(bytes32 id, uint8 lot) external {
        _requireDesk();
        TenderFacts storage tender = _tenders[id];
        _requireUnsigned(id, tender, lot);
        tender.reason = CancellationReason.Ordered;
        uint40 time = _time(id, tender);
        if (lot == 0) {
            tender.consentDue = false;
            if (tender.cancelsAt == 0 || time < tender.cancelsAt) tender.cancelsAt = time;
        } else {
            Cancellation storage own = _cancellations[id][lot];
            if (own.proposedAt == 0) {
                own.proposedAt = uint40(block.timestamp);
                ++tender.lotsCancelled;
            } else if (own.cancelsAt == 0) {
                --tender.consentsDue;
            }
            if (own.cancelsAt == 0 || time < own.cancelsAt) own.cancelsAt = time;
            if (time > tender.lotsCancelledAt) tender.lotsCancelledAt = time;
        }
        bool stops = lot == 0 || tender.lotsCancelled == tender.lots;
        if (stops && tender.stoppedAt == 0) tender.stoppedAt = uint40(block.timestamp);
    }

    /// @inheritdoc ITenderBoard
    function undoCancellation(bytes32 id, uint8 lot) external returns (uint40 stoppedAt, uint40 proposedAt) {
        _requireDesk();
        TenderFacts storage tender = _tenders[id];
        bool whole = _isWhole(tender);
        // Another complaint may have done it.
        if (lot == 0) {
            if (!whole) return (0, 0);
            (tender.cancelsAt, tender.consentDue) = (0, false);
        } else {
            Cancellation storage own = _cancellations[id][lot];
            proposedAt = own.proposedAt;
            if (proposedAt == 0) return (0, 0);
            if (own.cancelsAt == 0) --tender.consentsDue;
            delete _cancellations[id][lot];
            if (--tender.lotsCancelled == 0) tender.lotsCancelledAt = 0;
        }
        if (whole && lot != 0) return (0, proposedAt);
        stoppedAt = tender.stoppedAt;
        tender.stoppedAt = 0;
    }

    /// @inheritdoc ITenderBoard
    function tenderStatus(bytes32 id) external view returns (TenderStatus) {
        TenderFacts storage tender = _tenders[id];
        if (tender.termsVersion == 0) return TenderStatus.None;
        return _status(id, tender, _plan(id, tender));
    }

    /// @inheritdoc ITenderBoard
    function lotStatus(bytes32 id, uint8 lot) external view returns (LotStatus) {
        TenderFacts storage tender = _requireTender(id);
        require(lot != 0 && lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        if (_signed(tender, lot) != 0) return LotStatus.Signed;
        Cancellation memory own = _cancellations[id][lot];
        // What is awarded ends by a cancellation alone: the periods before the award, dear to look up, say nothing more.
        if (own.proposedAt == 0 && tender.stoppedAt == 0) {
            LotStatus found = _awards.awardStatus(id, lot);
            if (found >= LotStatus.Standstill && found <= LotStatus.Lapsed) return found;
        }
        OpeningPlan memory plan = _plan(id, tender);
        TenderStatus status = _status(id, tender, plan);
        if (status == TenderStatus.Cancelled) return LotStatus.Cancelled;
        // A tender fails as a whole at one time, and with it each lot whose window is still open then.
        uint40 failedAt = status == TenderStatus.Failed ? _failedAt(id, tender, plan) : 0;
        if (own.cancelsAt != 0) {
            uint40 end = _clearFrom(id, tender, lot, own.cancelsAt);
            if (block.timestamp >= end && (failedAt == 0 || end <= failedAt)) return LotStatus.Cancelled;
        }
        if (failedAt != 0) return LotStatus.Failed;
        return own.proposedAt != 0 || _isWhole(tender) ? LotStatus.Cancelling : _awards.awardStatus(id, lot);
    }

    /// @inheritdoc ITenderBoard
    function cancellation(bytes32 id, uint8 lot) external view returns (Cancellation memory) {
        TenderFacts storage tender = _tenders[id];
        if (lot != 0) return _cancellations[id][lot];
        return Cancellation(_isWhole(tender) ? tender.stoppedAt : 0, tender.cancelsAt);
    }

    /// @inheritdoc ITenderBoard
    function tenderFacts(bytes32 id) external view returns (TenderFacts memory) {
        return _tenders[id];
    }

    /// @inheritdoc ITenderBoard
    function closesAt(bytes32 id) external view returns (uint40) {
        return _plan(id, _requireTender(id)).closesAt;
    }

    /// @inheritdoc ITenderBoard
    function bidWindow(bytes32 id) external view returns (BidWindow memory window) {
        TenderFacts storage tender = _tenders[id];
        if (tender.termsVersion == 0) return window;
        OpeningPlan memory plan = _plan(id, tender);
        window.keysetId = tender.keysetId;
        window.termsHash = tender.termsHash;
        window.termsVersion = tender.termsVersion;
        window.closesAt = plan.closesAt;
        (window.openFrom, window.fallbackFrom, window.voidFrom) = (plan.openFrom, plan.fallbackFrom, plan.voidFrom);
        window.envelopes = plan.envelopes;
        window.lots = tender.lots;
        window.bodyBlocks = plan.bodyBlocks;
        window.maxBids = plan.maxBids;
        window.stopped = plan.suspended || tender.stoppedAt != 0 || _hasTooFewBids(id, tender, plan);
    }

    /// @inheritdoc ITenderBoard
    function awarding(bytes32 id, uint8 lot) external view returns (Awarding memory) {
        TenderFacts storage tender = _requireTender(id);
        require(lot != 0 && lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        OpeningPlan memory plan = _plan(id, tender);
        (, uint256 left) = _count(id, tender, plan);
        return
            Awarding(
                tender.buyer,
                tender.setupHash,
                tender.procedure,
                tender.procedureVersion,
                plan.openFrom,
                _status(id, tender, plan),
                uint16(left),
                _cancellations[id][lot].proposedAt != 0 || _signed(tender, lot) != 0,
                _time(id, tender),
                tender.watched,
                tender.fourEyes,
                tender.envelopes - 1,
                tender.panel
            );
    }

    /// @inheritdoc ITenderBoard
    function sealedTo(bytes32 id) external view returns (bytes32 keysetId, uint16 termsVersion) {
        return (_tenders[id].keysetId, _tenders[id].termsVersion);
    }

    /// @inheritdoc ITenderBoard
    function bidderOf(bytes32 id, address account) external view returns (bytes32 supplier) {
        supplier = _suppliers.supplierOf(account);
        TenderFacts storage tender = _tenders[id];
        bool aside = supplier != tender.buyer && supplier != tender.reviewBody;
        if (tender.termsVersion == 0 || !aside || !_suppliers.isEligible(supplier)) return 0;
    }

    /// @inheritdoc ITenderBoard
    function recordOf(bytes32 actor, bytes32 recordId) external view returns (bytes32) {
        return _records[actor][recordId];
    }

    /// @inheritdoc ITenderBoard
    function questionOf(bytes32 id, bytes32 supplier, bytes32 tag) external view returns (uint16) {
        return _questionOf[id][supplier][tag];
    }

    /// @inheritdoc ITenderBoard
    function isAnswered(bytes32 id, uint16 question) external view returns (bool) {
        return _answered[id][question];
    }

    /// @inheritdoc ITenderBoard
    function askerOf(bytes32 id, uint16 question) external view returns (bytes32) {
        return _askerOf[id][question];
    }

    // The one place where a status comes from: facts and block time, first match wins.
    function _status(
        bytes32 id,
        TenderFacts storage tender,
        OpeningPlan memory plan
    ) private view returns (TenderStatus) {
        if (_isGone(id, tender)) return _isWhole(tender) ? TenderStatus.Cancelled : TenderStatus.Failed;
        if (plan.suspended) return TenderStatus.Suspended;
        if (tender.stoppedAt != 0) return TenderStatus.Cancelling;
        if (block.timestamp + plan.enquiryCutoff < plan.closesAt) return TenderStatus.Enquiries;
        if (block.timestamp < plan.closesAt) return TenderStatus.Tendering;
        if (block.timestamp < plan.standstillEnds) return TenderStatus.TechnicalStandstill;
        if (plan.openFrom == NEVER) return TenderStatus.Held;
        (uint256 live, uint256 left) = _count(id, tender, plan);
        if (live < plan.minBids) return TenderStatus.Failed;
        if (block.timestamp < plan.openFrom) return TenderStatus.Sealed;
        if (left == 0) {
            if (tender.envelopes == 2 && plan.standstillEnds == 0) return TenderStatus.Technical;
            if (!_hasNoLotLeft(id, tender)) return TenderStatus.Awarding;
            return tender.lotsSigned == 0 ? TenderStatus.Failed : TenderStatus.Complete;
        }
        if (block.timestamp < plan.fallbackFrom) return TenderStatus.Opening;
        return block.timestamp < plan.voidFrom ? TenderStatus.Fallback : TenderStatus.Failed;
    }

    // When it failed as a whole: at the deadline for want of bids, at the end of the opening for want of shares; 0 = it did not.
    function _failedAt(bytes32 id, TenderFacts storage tender, OpeningPlan memory plan) private view returns (uint40) {
        if (_hasTooFewBids(id, tender, plan)) return plan.clearFrom;
        (, uint256 left) = _count(id, tender, plan);
        return block.timestamp < plan.voidFrom || left == 0 ? 0 : plan.voidFrom;
    }

    // Live bids, and how many envelopes of them are due and not opened: of prices from the technical result on.
    function _count(
        bytes32 id,
        TenderFacts storage tender,
        OpeningPlan memory plan
    ) private view returns (uint256 live, uint256 left) {
        Box memory box = _bids.box(id);
        if (box.termsVersion != tender.termsVersion) return (0, 0);
        live = box.live;
        left = live - plan.failed - _committee.openedBids(id, plan.standstillEnds == 0 ? 0 : 1);
    }

    // Times and what else bidding needs of the procedure; while it is held at the deadline no opening has a time.
    function _plan(bytes32 id, TenderFacts storage tender) private view returns (OpeningPlan memory plan) {
        (bytes16 code, uint16 version, uint40 deadline) = (tender.procedure, tender.procedureVersion, tender.deadline);
        plan =
            tender.watched
                ? _complaints.planOf(id, code, version, deadline, tender.termsVersion)
                : _procedures.openingOf(code, version, deadline);
        bool held = block.timestamp >= plan.closesAt && (tender.openQuestions != 0 || plan.held);
        if (held) (plan.openFrom, plan.fallbackFrom, plan.voidFrom) = (NEVER, NEVER, NEVER);
        bool second = tender.envelopes == 2 && block.timestamp >= plan.openFrom;
        if (second) plan = _evaluation.planOf(id, code, version, plan);
    }

    function _hasTooFewBids(
        bytes32 id,
        TenderFacts storage tender,
        OpeningPlan memory plan
    ) private view returns (bool) {
        if (block.timestamp < plan.closesAt || plan.openFrom == NEVER) return false;
        (uint256 live, ) = _count(id, tender, plan);
        return live < plan.minBids;
    }

    // Every lot is signed, failed or was cancelled, and the time to complain about it is over.
    function _hasNoLotLeft(bytes32 id, TenderFacts storage tender) private view returns (bool) {
        (uint8 failed, uint40 until) = _awards.failedLots(id);
        uint256 over = uint256(failed) + tender.lotsCancelled + tender.lotsSigned;
        if (over != tender.lots || tender.consentsDue != 0) return false;
        uint40 base = until > tender.lotsCancelledAt ? until : tender.lotsCancelledAt;
        return base == 0 || block.timestamp >= _clearFrom(id, tender, 0, base);
    }

    // All of it was cancelled, by itself or lot by lot, and nothing bars that any more.
    function _isGone(bytes32 id, TenderFacts storage tender) private view returns (bool) {
        if (tender.stoppedAt == 0) return false;
        bool whole = _isWhole(tender);
        if (whole ? tender.consentDue : tender.consentsDue != 0) return false;
        return block.timestamp >= _clearFrom(id, tender, 0, whole ? tender.cancelsAt : tender.lotsCancelledAt);
    }

    // It is being cancelled by itself, not lot by lot.
    function _isWhole(TenderFacts storage tender) private view returns (bool) {
        return tender.cancelsAt != 0 || tender.consentDue;
    }

    // The time in which a tender's ends are stored.
    function _time(bytes32 id, TenderFacts storage tender) private view returns (uint40) {
        return tender.watched ? _complaints.timeOf(id) : uint40(block.timestamp);
    }

    // When a cancellation takes effect that was proposed, and consented to where needed.
    function _clearFrom(bytes32 id, TenderFacts storage tender, uint8 lot, uint40 base) private view returns (uint40) {
        if (!tender.watched) return _procedures.deadlineOf(base);
        return _complaints.clearFrom(id, lot, ComplaintStage.Cancellation, base);
    }

    // The bit of the lot, or those of all lots, whose agreements are signed.
    function _signed(TenderFacts storage tender, uint8 lot) private view returns (uint256) {
        return lot == 0 ? tender.signedLots : tender.signedLots & (1 << (lot - 1));
    }

    function _bounds(TenderFacts storage tender) private view returns (Bounds memory) {
        return _procedures.boundsOf(tender.procedure, tender.procedureVersion);
    }

    function _beginWindow(bytes32 id, TenderFacts storage tender, uint8 lot) private returns (uint40 base) {
        base = _time(id, tender) + _bounds(tender).cancelWindow;
        if (lot == 0) tender.cancelsAt = base;
        else (_cancellations[id][lot].cancelsAt, tender.lotsCancelledAt) = (base, base);
    }

    function _isEnd(TenderStatus status) private pure returns (bool) {
        return status >= TenderStatus.Cancelled;
    }

    function _requireTender(bytes32 id) private view returns (TenderFacts storage tender) {
        tender = _tenders[id];
        require(tender.termsVersion != 0, TenderBoardNotFound(id));
    }

    // A supplier asks openly; a registrar asks for one whom it does not name, but not its own organisation's tender. An organisation that
    // is a supplier as well is no desk: its id in the event would say that it asked for itself.
    function _requireAsker(bytes32 buyer) private view returns (bytes32 asker, bool isDesk) {
        asker = _suppliers.supplierOf(msg.sender);
        bool may = asker != 0 && _suppliers.supplierFacts(asker).active;
        if (asker == 0) {
            asker = _members.memberOf(msg.sender);
            isDesk = _mayFor(asker, Roles.REGISTRAR) && asker != buyer && !_suppliers.supplierFacts(asker).exists;
        }
        require(may || isDesk, TenderBoardRoleMissing("SUPPLIER", msg.sender));
    }

    function _requireEnquiries(bytes32 id, TenderFacts storage tender) private view {
        OpeningPlan memory plan = _plan(id, tender);
        TenderStatus status = _requireBidding(id, tender, plan, false);
        require(status == TenderStatus.Enquiries, TenderBoardEnquiriesClosed(id, plan.closesAt - plan.enquiryCutoff));
    }

    // `held`: whether it may be Held as well.
    function _requireBidding(
        bytes32 id,
        TenderFacts storage tender,
        OpeningPlan memory plan,
        bool held
    ) private view returns (TenderStatus status) {
        require(held || block.timestamp < plan.closesAt, TenderBoardClosed(id, plan.closesAt));
        status = _status(id, tender, plan);
        require(status <= (held ? TenderStatus.Held : TenderStatus.Tendering), TenderBoardStatusWrong(id, status));
    }

    function _requireCancellable(bytes32 id, TenderFacts storage tender, uint8 lot, bool stops) private view {
        if (tender.watched) _complaints.requireCancellable(id, lot, stops);
    }

    // What is signed stays signed: neither the lot nor the tender with it is cancelled. At most 32 lots.
    function _requireUnsigned(bytes32 id, TenderFacts storage tender, uint8 lot) private view {
        uint256 signed = _signed(tender, lot);
        for (lot = 1; signed & 1 == 0 && signed != 0; ++lot) signed >>= 1;
        require(signed == 0, TenderBoardAlreadySigned(id, lot));
    }

    function _requireDesk() private view {
        require(msg.sender == address(_complaints), TenderBoardRoleMissing("COMPLAINT_DESK", msg.sender));
    }

    function _requireRoom(bytes32 id, bytes32 asker, uint256 limit) private view {
        require(_questionsBy[id][asker] < limit, TenderBoardQuestionsFull(id, limit));
    }

    function _mayFor(bytes32 member, uint16 roles) private view returns (bool) {
        return member != 0 && _members.memberOf(msg.sender) == member && _members.may(msg.sender, roles);
    }

    function _requireFor(bytes32 member, uint16 roles, bytes32 role) private view {
        require(_mayFor(member, roles), TenderBoardRoleMissing(role, msg.sender));
    }

    // Either of the buyer's two, or with four eyes the approver, for what another account proposed.
    function _requireSigned(bytes32 buyer, bool fourEyes) private {
        if (!fourEyes) return _requireFor(buyer, Roles.OFFICER | Roles.APPROVER, "OFFICER");
        _fourEyes.take(buyer, msg.sender, keccak256(msg.data));
    }

    function _requireText(uint256 length, uint256 limit) private pure {
        require(length != 0 && length <= limit, TenderBoardJsonLength(limit, length));
    }

    function _requireLater(bytes32 id, uint40 deadline, uint40 wanted, uint32 extension) private view {
        uint256 max = block.timestamp + MAX_PERIOD;
        require(wanted <= max, TenderBoardPeriodInvalid(id, deadline, max, wanted));
        require(wanted >= deadline, TenderBoardDeadlineEarlier(id, deadline, wanted));
        uint256 least = block.timestamp + extension;
        require(wanted >= least, TenderBoardExtensionTooShort(id, least, wanted));
    }

    function _requireFrozen(bytes32 id, TenderFacts storage tender, Terms calldata terms) private view {
        require(terms.procedure == tender.procedure, TenderBoardFieldFrozen(id, "procedure"));
        require(terms.procedureVersion == tender.procedureVersion, TenderBoardFieldFrozen(id, "procedureVersion"));
        require(terms.currency == tender.currency, TenderBoardFieldFrozen(id, "currency"));
        require(terms.exponent == tender.exponent, TenderBoardFieldFrozen(id, "exponent"));
        require(terms.keysetId == tender.keysetId, TenderBoardFieldFrozen(id, "keysetId"));
        require(terms.reviewBody == tender.reviewBody, TenderBoardFieldFrozen(id, "reviewBody"));
        require(terms.setup.lots.length == tender.lots, TenderBoardFieldFrozen(id, "lots"));
    }

    function _requireReviewBody(bytes32 id, bytes32 body, bytes32 buyer) private view {
        bool valid = _members.isActive(body, Kinds.REVIEW_BODY) && _members.independent(body, buyer);
        require(valid, TenderBoardReviewBodyInvalid(id, body));
    }

    function _hash(Terms calldata terms, string calldata json) private pure returns (bytes32) {
        return sha256(bytes.concat(abi.encode(terms), sha256(bytes(json))));
    }
}
