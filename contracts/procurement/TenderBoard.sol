// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAwardDesk} from "../interfaces/IAwardDesk.sol";
import {IBidBox} from "../interfaces/IBidBox.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IOpeningCommittee} from "../interfaces/IOpeningCommittee.sol";
import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {ITenderBoard} from "../interfaces/ITenderBoard.sol";
import {Awarding} from "../types/Award.sol";
import {
    BidWindow,
    CancellationReason,
    LotStatus,
    OpeningPlan,
    Procedure,
    Setup,
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
    uint256 private constant WHOLE = 10_000;
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

    /// @inheritdoc ITenderBoard
    uint256 public tenderCount;
    mapping(bytes32 id => TenderFacts) private _tenders;
    mapping(bytes32 actor => mapping(bytes32 recordId => bytes32)) private _records;
    // By asker, so that nobody takes another's tag or place.
    mapping(bytes32 id => mapping(bytes32 asker => mapping(bytes32 tag => uint16))) private _questionOf;
    mapping(bytes32 id => mapping(bytes32 asker => uint16)) private _questionsBy;
    mapping(bytes32 id => mapping(uint16 question => bool)) private _answered;
    mapping(bytes32 id => mapping(uint16 question => bytes32)) private _askerOf;
    mapping(bytes32 id => mapping(uint8 lot => uint40)) private _lotCancelsAt;
    mapping(bytes32 id => uint16) private _notes;
    mapping(bytes32 id => mapping(bytes32 member => uint16)) private _notesBy;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _procedures = IProcedureBook(wiring.procedures);
        _bids = IBidBox(wiring.bidBox);
        _committee = IOpeningCommittee(wiring.openingCommittee);
        _awards = IAwardDesk(wiring.awardDesk);
    }

    /// @inheritdoc ITenderBoard
    function publish(bytes32 recordId, Terms calldata terms, string calldata json) external returns (bytes32 id) {
        _procedures.tick();
        // Check:
        bytes32 buyer = _requireBuyer(Roles.OFFICER | Roles.APPROVER);
        bytes32 known = _records[buyer][recordId];
        require(known == 0, TenderBoardAlreadyRecorded(recordId, known));
        Procedure memory procedure = _procedures.requireLive(terms.procedure, terms.procedureVersion);
        _committee.requireUsable(terms.keysetId);
        _committee.requireIndependent(terms.keysetId, buyer);
        require(recordId != 0, TenderBoardHashZero("recordId"));
        require(terms.currency != 0, TenderBoardHashZero("currency"));
        require(terms.documentsHash != 0, TenderBoardHashZero("documentsHash"));
        _requireText(bytes(json).length, MAX_JSON);
        uint256 min = block.timestamp + procedure.minTenderPeriod;
        uint256 max = block.timestamp + MAX_PERIOD;
        require(terms.deadline >= min && terms.deadline <= max, TenderBoardPeriodInvalid(0, min, max, terms.deadline));
        _requireSetup(0, terms.setup, terms.priceWeightBps, procedure);
        _requireReviewBody(terms.reviewBody, buyer);
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
        emit TenderPublished(id, buyer, recordId, termsHash, terms, json);
    }

    /// @inheritdoc ITenderBoard
    function amend(bytes32 id, bytes32 expectedTermsHash, Terms calldata terms, string calldata json) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(_mayFor(tender.buyer, Roles.OFFICER | Roles.APPROVER), TenderBoardRoleMissing("OFFICER", msg.sender));
        OpeningPlan memory plan = _plan(tender);
        require(block.timestamp < plan.closesAt, TenderBoardClosed(id, plan.closesAt));
        TenderStatus status = _status(id, tender, plan);
        require(
            status == TenderStatus.Enquiries || status == TenderStatus.Tendering,
            TenderBoardStatusWrong(id, status)
        );
        require(expectedTermsHash == tender.termsHash, TenderBoardTermsStale(id, tender.termsHash, expectedTermsHash));
        // After TermsStale, so that a repeat of an addendum meets that: it is what says that the terms moved on.
        bytes32 termsHash = _hash(terms, json);
        require(termsHash != tender.termsHash, TenderBoardUnchanged("terms"));
        require(terms.documentsHash != 0, TenderBoardHashZero("documentsHash"));
        _requireText(bytes(json).length, MAX_JSON);
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        _requireLater(id, tender.deadline, terms.deadline, procedure.amendmentExtension);
        _requireFrozen(id, tender, terms);
        _requireSetup(id, terms.setup, terms.priceWeightBps, procedure);
        // Effect:
        tender.termsHash = termsHash;
        tender.setupHash = keccak256(abi.encode(terms.setup));
        tender.deadline = terms.deadline;
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
        require(_mayFor(tender.buyer, Roles.OFFICER), TenderBoardRoleMissing("OFFICER", msg.sender));
        OpeningPlan memory plan = _plan(tender);
        TenderStatus status = _status(id, tender, plan);
        require(
            status == TenderStatus.Enquiries || status == TenderStatus.Tendering || status == TenderStatus.Held,
            TenderBoardStatusWrong(id, status)
        );
        require(!_answered[id][question], TenderBoardQuestionAnswered(id, question));
        _requireText(bytes(json).length, MAX_QUESTION);
        // Effect: bidders have answerCutoff left after an answer, so a late one moves the deadline
        _answered[id][question] = true;
        --tender.openQuestions;
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        uint40 due = uint40(block.timestamp) + procedure.answerCutoff;
        if (due > plan.closesAt) tender.deadline = due;
        emit QuestionAnswered(id, question, tender.deadline, json);
    }

    /// @inheritdoc ITenderBoard
    function discloseAsker(bytes32 id, uint16 question, bytes32 supplier, bytes32 salt) external {
        _procedures.tick();
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(question != 0 && question <= tender.questions, TenderBoardQuestionNotFound(id, question));
        (bytes32 by, ) = _requireAsker(tender.buyer);
        OpeningPlan memory plan = _plan(tender);
        // An answer may let bidding go on after the deadline: whoever asked stays hidden until it is over for good.
        uint40 until = _status(id, tender, plan) == TenderStatus.Held ? NEVER : plan.closesAt;
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
        require(_mayFor(member, Roles.AUDITOR | Roles.WITNESS), TenderBoardRoleMissing("AUDITOR", msg.sender));
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
        require(_mayFor(tender.buyer, Roles.OFFICER | Roles.APPROVER), TenderBoardRoleMissing("OFFICER", msg.sender));
        TenderStatus status = _status(id, tender, _plan(tender));
        bool running = !_isEnd(status) && status != TenderStatus.Cancelling && _lotCancelsAt[id][lot] == 0;
        // Shares are public once they are sent, before one is accepted: from the opening on the review body has to consent, which it
        // cannot yet, so that nothing is cancelled then.
        bool opening = status == TenderStatus.Opening || status == TenderStatus.Fallback || _bids.box(id).locked;
        require(running && !opening, TenderBoardStatusWrong(id, status));
        require(documentHash != 0, TenderBoardHashZero("documentHash"));
        require(reason != 0 && reason <= uint8(type(CancellationReason).max), TenderBoardReasonInvalid(id, reason));
        // Effect:
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        uint40 base = uint40(block.timestamp) + procedure.cancelWindow;
        tender.reason = CancellationReason(reason);
        if (lot == 0) {
            tender.cancelsAt = base;
        } else {
            _lotCancelsAt[id][lot] = base;
            ++tender.lotsCancelled;
            tender.lotsCancelledAt = base;
        }
        emit CancellationProposed(id, lot, CancellationReason(reason), documentHash, base);
    }

    /// @inheritdoc ITenderBoard
    function tenderStatus(bytes32 id) external view returns (TenderStatus) {
        TenderFacts storage tender = _tenders[id];
        if (tender.termsVersion == 0) return TenderStatus.None;
        return _status(id, tender, _plan(tender));
    }

    /// @inheritdoc ITenderBoard
    function lotStatus(bytes32 id, uint8 lot) external view returns (LotStatus) {
        TenderFacts storage tender = _requireTender(id);
        require(lot != 0 && lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        uint40 own = _lotCancelsAt[id][lot];
        OpeningPlan memory plan = _plan(tender);
        TenderStatus status = _status(id, tender, plan);
        if (status == TenderStatus.Cancelled) return LotStatus.Cancelled;
        // A tender fails as a whole at one time, and with it each lot whose window is still open then.
        uint40 failedAt = status == TenderStatus.Failed ? _failedAt(id, tender, plan) : 0;
        if (_isOver(own) && (failedAt == 0 || _procedures.deadlineOf(own) <= failedAt)) return LotStatus.Cancelled;
        if (failedAt != 0) return LotStatus.Failed;
        return own != 0 || tender.cancelsAt != 0 ? LotStatus.Cancelling : _awards.awardStatus(id, lot);
    }

    /// @inheritdoc ITenderBoard
    function tenderFacts(bytes32 id) external view returns (TenderFacts memory) {
        return _tenders[id];
    }

    /// @inheritdoc ITenderBoard
    function closesAt(bytes32 id) external view returns (uint40) {
        return _procedures.deadlineOf(_requireTender(id).deadline);
    }

    /// @inheritdoc ITenderBoard
    function bidWindow(bytes32 id) external view returns (BidWindow memory window) {
        TenderFacts storage tender = _tenders[id];
        if (tender.termsVersion == 0) return window;
        OpeningPlan memory plan = _plan(tender);
        window.keysetId = tender.keysetId;
        window.termsHash = tender.termsHash;
        window.termsVersion = tender.termsVersion;
        window.closesAt = plan.closesAt;
        (window.openFrom, window.fallbackFrom, window.voidFrom) = (plan.openFrom, plan.fallbackFrom, plan.voidFrom);
        window.envelopes = plan.envelopes;
        window.lots = tender.lots;
        window.bodyBlocks = plan.bodyBlocks;
        window.maxBids = plan.maxBids;
        window.stopped =
            tender.cancelsAt != 0 ||
            tender.lotsCancelled == tender.lots ||
            _hasTooFewBids(id, tender, plan);
    }

    /// @inheritdoc ITenderBoard
    function awarding(bytes32 id, uint8 lot) external view returns (Awarding memory) {
        TenderFacts storage tender = _requireTender(id);
        require(lot != 0 && lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        OpeningPlan memory plan = _plan(tender);
        (, uint256 left) = _count(id, tender);
        return
            Awarding(
                tender.buyer,
                tender.setupHash,
                tender.procedure,
                tender.procedureVersion,
                plan.openFrom,
                _status(id, tender, plan),
                uint16(left),
                _lotCancelsAt[id][lot] != 0
            );
    }

    /// @inheritdoc ITenderBoard
    function sealedTo(bytes32 id) external view returns (bytes32 keysetId, uint16 termsVersion) {
        return (_tenders[id].keysetId, _tenders[id].termsVersion);
    }

    /// @inheritdoc ITenderBoard
    function bidderOf(bytes32 id, address account) external view returns (bytes32 supplier) {
        supplier = _suppliers.supplierOf(account);
        if (_tenders[id].termsVersion == 0 || !_suppliers.isEligible(supplier)) return 0;
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

    // The one place where a status comes from: facts and block time, first match wins. Later contracts add their facts.
    function _status(
        bytes32 id,
        TenderFacts storage tender,
        OpeningPlan memory plan
    ) private view returns (TenderStatus) {
        if (_isOver(tender.cancelsAt)) return TenderStatus.Cancelled;
        if (tender.cancelsAt != 0) return TenderStatus.Cancelling;
        if (_isAllCancelled(tender)) return TenderStatus.Failed;
        if (tender.lotsCancelled == tender.lots) return TenderStatus.Cancelling;
        if (block.timestamp + plan.enquiryCutoff < plan.closesAt) return TenderStatus.Enquiries;
        if (block.timestamp < plan.closesAt) return TenderStatus.Tendering;
        if (tender.openQuestions != 0) return TenderStatus.Held;
        (uint256 live, uint256 left) = _count(id, tender);
        if (live < plan.minBids) return TenderStatus.Failed;
        if (block.timestamp < plan.openFrom) return TenderStatus.Sealed;
        if (left == 0) return _hasNoLotLeft(id, tender) ? TenderStatus.Failed : TenderStatus.Awarding;
        if (block.timestamp < plan.fallbackFrom) return TenderStatus.Opening;
        return block.timestamp < plan.voidFrom ? TenderStatus.Fallback : TenderStatus.Failed;
    }

    // When it failed as a whole: at the deadline for want of bids, at the end of the opening for want of shares; 0 = it did not.
    function _failedAt(bytes32 id, TenderFacts storage tender, OpeningPlan memory plan) private view returns (uint40) {
        if (_hasTooFewBids(id, tender, plan)) return plan.closesAt;
        (, uint256 left) = _count(id, tender);
        return block.timestamp < plan.voidFrom || left == 0 ? 0 : plan.voidFrom;
    }

    // Live bids, and how many envelopes of them are due and not opened.
    function _count(bytes32 id, TenderFacts storage tender) private view returns (uint256 live, uint256 left) {
        Box memory box = _bids.box(id);
        if (box.termsVersion != tender.termsVersion) return (0, 0);
        live = box.live;
        left = live - box.excluded - _committee.openedBids(id, box.phase);
    }

    // Times and what else bidding needs of the procedure; while a question is open at the deadline no opening has a time.
    function _plan(TenderFacts storage tender) private view returns (OpeningPlan memory plan) {
        plan = _procedures.openingOf(tender.procedure, tender.procedureVersion, tender.deadline);
        if (block.timestamp >= plan.closesAt && tender.openQuestions != 0) {
            (plan.openFrom, plan.fallbackFrom, plan.voidFrom) = (NEVER, NEVER, NEVER);
        }
    }

    function _hasTooFewBids(
        bytes32 id,
        TenderFacts storage tender,
        OpeningPlan memory plan
    ) private view returns (bool) {
        if (block.timestamp < plan.closesAt || tender.openQuestions != 0) return false;
        (uint256 live, ) = _count(id, tender);
        return live < plan.minBids;
    }

    // Every lot failed or was cancelled, and the time to complain about it is over.
    function _hasNoLotLeft(bytes32 id, TenderFacts storage tender) private view returns (bool) {
        (uint8 failed, uint40 until) = _awards.failedLots(id);
        if (failed + tender.lotsCancelled != tender.lots) return false;
        bool cancelling = tender.lotsCancelledAt != 0 && !_isOver(tender.lotsCancelledAt);
        return !cancelling && (until == 0 || _isOver(until));
    }

    function _isAllCancelled(TenderFacts storage tender) private view returns (bool) {
        return tender.lotsCancelled == tender.lots && _isOver(tender.lotsCancelledAt);
    }

    function _isOver(uint40 base) private view returns (bool) {
        return base != 0 && block.timestamp >= _procedures.deadlineOf(base);
    }

    function _isEnd(TenderStatus status) private pure returns (bool) {
        return status == TenderStatus.Cancelled || status == TenderStatus.Failed || status == TenderStatus.Complete;
    }

    function _requireTender(bytes32 id) private view returns (TenderFacts storage tender) {
        tender = _tenders[id];
        require(tender.termsVersion != 0, TenderBoardNotFound(id));
    }

    function _requireBuyer(uint16 roles) private view returns (bytes32 buyer) {
        buyer = _members.memberOf(msg.sender);
        require(_mayFor(buyer, roles), TenderBoardRoleMissing("OFFICER", msg.sender));
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
        OpeningPlan memory plan = _plan(tender);
        require(block.timestamp < plan.closesAt, TenderBoardClosed(id, plan.closesAt));
        TenderStatus status = _status(id, tender, plan);
        require(
            status == TenderStatus.Enquiries || status == TenderStatus.Tendering,
            TenderBoardStatusWrong(id, status)
        );
        require(status == TenderStatus.Enquiries, TenderBoardEnquiriesClosed(id, plan.closesAt - plan.enquiryCutoff));
    }

    function _requireRoom(bytes32 id, bytes32 asker, uint256 limit) private view {
        require(_questionsBy[id][asker] < limit, TenderBoardQuestionsFull(id, limit));
    }

    function _mayFor(bytes32 member, uint16 roles) private view returns (bool) {
        return member != 0 && _members.memberOf(msg.sender) == member && _members.may(msg.sender, roles);
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

    function _requireReviewBody(bytes32 body, bytes32 buyer) private view {
        require(
            body == 0 || (_members.isActive(body, Kinds.REVIEW_BODY) && _members.independent(body, buyer)),
            TenderBoardReviewBodyInvalid(0, body)
        );
    }

    function _requireSetup(bytes32 id, Setup calldata setup, uint256 weights, Procedure memory procedure) private pure {
        uint256 lots = setup.lots.length;
        require(lots != 0 && lots <= procedure.maxLots, TenderBoardLotsInvalid(id, procedure.maxLots, lots));
        for (uint256 i = 0; procedure.ceilingBinding && i < lots; ++i) {
            require(setup.lots[i].ceiling != 0, TenderBoardCeilingMissing(id, i + 1));
        }
        // The lowest price wins in the only award rule there is: the price has the whole weight and there are no criteria.
        require(weights == WHOLE && setup.criteria.length == 0, TenderBoardWeightsInvalid(id, weights));
        // Nobody scores before there is an EvaluationDesk.
        require(setup.panel.length == 0, TenderBoardPanelInvalid(id, 0, setup.panel.length));
    }

    function _hash(Terms calldata terms, string calldata json) private pure returns (bytes32) {
        return sha256(bytes.concat(abi.encode(terms), sha256(bytes(json))));
    }
}
