// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IOpeningCommittee} from "../interfaces/IOpeningCommittee.sol";
import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {ITenderBoard} from "../interfaces/ITenderBoard.sol";
import {
    CancellationReason,
    LotStatus,
    Procedure,
    Setup,
    TenderFacts,
    TenderStatus,
    Terms
} from "../types/Procurement.sol";
import {Kinds, Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract TenderBoard is ITenderBoard {
    uint256 private constant MAX_JSON = 131_072;
    uint256 private constant MAX_QUESTION = 4096;
    uint256 private constant MAX_QUESTIONS = 500;
    uint256 private constant MAX_QUESTIONS_EACH = 50;
    uint256 private constant MAX_PERIOD = 365 days;
    uint256 private constant WHOLE = 10_000;

    IMemberRegistry private immutable _members;
    ISupplierRegistry private immutable _suppliers;
    IProcedureBook private immutable _procedures;

    /// @inheritdoc ITenderBoard
    uint256 public tenderCount;
    mapping(bytes32 id => TenderFacts) private _tenders;
    mapping(bytes32 actor => mapping(bytes32 recordId => bytes32)) private _records;
    // By asker, so that nobody takes another's tag or place.
    mapping(bytes32 id => mapping(bytes32 asker => mapping(bytes32 tag => uint16))) private _questionOf;
    mapping(bytes32 id => mapping(bytes32 asker => uint16)) private _questionsBy;
    mapping(bytes32 id => mapping(uint16 question => bool)) private _answered;
    mapping(bytes32 id => mapping(uint8 lot => uint40)) private _lotCancelsAt;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _procedures = IProcedureBook(wiring.procedures);
    }

    /// @inheritdoc ITenderBoard
    function publish(bytes32 recordId, Terms calldata terms, string calldata json) external returns (bytes32 id) {
        // Check:
        bytes32 buyer = _requireBuyer(Roles.OFFICER | Roles.APPROVER);
        bytes32 known = _records[buyer][recordId];
        require(known == 0, TenderBoardAlreadyRecorded(recordId, known));
        Procedure memory procedure = _procedures.requireLive(terms.procedure, terms.procedureVersion);
        _requireKeyset(terms.keysetId);
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
        if (terms.keysetId != 0) tender.keysetId = terms.keysetId;
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
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(_mayFor(tender.buyer, Roles.OFFICER | Roles.APPROVER), TenderBoardRoleMissing("OFFICER", msg.sender));
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        uint40 end = _procedures.deadlineOf(tender.deadline);
        require(block.timestamp < end, TenderBoardClosed(id, end));
        TenderStatus status = _status(tender, procedure, end);
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
        // Check:
        TenderFacts storage tender = _requireTender(id);
        bytes32 supplier = _suppliers.supplierOf(msg.sender);
        require(
            supplier != 0 && _suppliers.supplierFacts(supplier).active,
            TenderBoardRoleMissing("SUPPLIER", msg.sender)
        );
        uint16 known = _questionOf[id][supplier][tag];
        require(known == 0, TenderBoardAlreadyRecorded(tag, bytes32(uint256(known))));
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        uint40 end = _procedures.deadlineOf(tender.deadline);
        require(block.timestamp < end, TenderBoardClosed(id, end));
        TenderStatus status = _status(tender, procedure, end);
        require(
            status == TenderStatus.Enquiries || status == TenderStatus.Tendering,
            TenderBoardStatusWrong(id, status)
        );
        require(status == TenderStatus.Enquiries, TenderBoardEnquiriesClosed(id, end - procedure.enquiryCutoff));
        require(tender.questions < MAX_QUESTIONS, TenderBoardQuestionsFull(id, MAX_QUESTIONS));
        uint16 asked = _questionsBy[id][supplier];
        require(asked < MAX_QUESTIONS_EACH, TenderBoardQuestionsFull(id, MAX_QUESTIONS_EACH));
        require(tag != 0, TenderBoardHashZero("tag"));
        _requireText(bytes(json).length, MAX_QUESTION);
        // Effect:
        question = ++tender.questions;
        ++tender.openQuestions;
        _questionOf[id][supplier][tag] = question;
        _questionsBy[id][supplier] = asked + 1;
        emit QuestionAsked(id, question, supplier, tag, json);
    }

    /// @inheritdoc ITenderBoard
    function answer(bytes32 id, uint16 question, string calldata json) external {
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(question != 0 && question <= tender.questions, TenderBoardQuestionNotFound(id, question));
        require(_mayFor(tender.buyer, Roles.OFFICER), TenderBoardRoleMissing("OFFICER", msg.sender));
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        uint40 end = _procedures.deadlineOf(tender.deadline);
        TenderStatus status = _status(tender, procedure, end);
        require(
            status == TenderStatus.Enquiries || status == TenderStatus.Tendering || status == TenderStatus.Held,
            TenderBoardStatusWrong(id, status)
        );
        require(!_answered[id][question], TenderBoardQuestionAnswered(id, question));
        _requireText(bytes(json).length, MAX_QUESTION);
        // Effect: bidders have answerCutoff left after an answer, so a late one moves the deadline
        _answered[id][question] = true;
        --tender.openQuestions;
        uint40 due = uint40(block.timestamp) + procedure.answerCutoff;
        if (due > end) tender.deadline = due;
        emit QuestionAnswered(id, question, tender.deadline, json);
    }

    /// @inheritdoc ITenderBoard
    function cancel(bytes32 id, uint8 lot, uint8 reason, bytes32 documentHash) external {
        // Check:
        TenderFacts storage tender = _requireTender(id);
        require(lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        require(_mayFor(tender.buyer, Roles.OFFICER | Roles.APPROVER), TenderBoardRoleMissing("OFFICER", msg.sender));
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        TenderStatus status = _status(tender, procedure, _procedures.deadlineOf(tender.deadline));
        bool running = !_isEnd(status) && status != TenderStatus.Cancelling;
        require(running && _lotCancelsAt[id][lot] == 0, TenderBoardStatusWrong(id, status));
        require(documentHash != 0, TenderBoardHashZero("documentHash"));
        require(reason != 0 && reason <= uint8(type(CancellationReason).max), TenderBoardReasonInvalid(id, reason));
        // Effect:
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
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        return _status(tender, procedure, _procedures.deadlineOf(tender.deadline));
    }

    /// @inheritdoc ITenderBoard
    function lotStatus(bytes32 id, uint8 lot) external view returns (LotStatus) {
        TenderFacts storage tender = _requireTender(id);
        require(lot != 0 && lot <= tender.lots, TenderBoardLotNotFound(id, lot));
        uint40 own = _lotCancelsAt[id][lot];
        uint40 end = _procedures.deadlineOf(tender.deadline);
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        TenderStatus status = _status(tender, procedure, end);
        if (status == TenderStatus.Cancelled) return LotStatus.Cancelled;
        // A tender with too few bids fails at its deadline, and with it each lot whose window is still open then.
        bool tooFew = status == TenderStatus.Failed && _hasTooFewBids(tender, procedure, end);
        if (_isOver(own) && (!tooFew || _procedures.deadlineOf(own) <= end)) return LotStatus.Cancelled;
        if (status == TenderStatus.Failed) return LotStatus.Failed;
        return own != 0 || tender.cancelsAt != 0 ? LotStatus.Cancelling : LotStatus.Waiting;
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

    // The one place where a status comes from: facts and block time, first match wins. Later contracts add their facts.
    function _status(
        TenderFacts storage tender,
        Procedure memory procedure,
        uint40 end
    ) private view returns (TenderStatus) {
        if (_isOver(tender.cancelsAt)) return TenderStatus.Cancelled;
        if (tender.cancelsAt != 0) return TenderStatus.Cancelling;
        if (tender.lotsCancelled == tender.lots && _isOver(tender.lotsCancelledAt)) return TenderStatus.Failed;
        if (block.timestamp + procedure.enquiryCutoff < end) return TenderStatus.Enquiries;
        if (block.timestamp < end) return TenderStatus.Tendering;
        if (tender.openQuestions != 0) return TenderStatus.Held;
        if (_hasTooFewBids(tender, procedure, end)) return TenderStatus.Failed;
        return TenderStatus.Sealed;
    }

    function _hasTooFewBids(
        TenderFacts storage tender,
        Procedure memory procedure,
        uint40 end
    ) private view returns (bool) {
        return block.timestamp >= end && tender.openQuestions == 0 && _liveBids() < procedure.minBids;
    }

    // Neutral until there is a BidBox: nobody has bid.
    function _liveBids() private pure returns (uint256) {
        return 0;
    }

    // Neutral until there is an OpeningCommittee: there are no keysets.
    function _requireKeyset(bytes32 keysetId) private pure {
        require(keysetId == 0, IOpeningCommittee.OpeningCommitteeKeysetNotFound(keysetId));
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
