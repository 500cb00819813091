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
import {Awarding, LotFacts, LotFailure, Offer} from "../types/Award.sol";
import {Complaint, ComplaintStage, ComplaintStatus, Pause, Queue, Remedy, Watch} from "../types/Complaint.sol";
import {Cancellation, LotStatus, OpeningPlan, Procedure, TenderFacts, TenderStatus} from "../types/Procurement.sol";
import {Roles} from "../types/Roles.sol";
import {Bid, BidStatus, Box} from "../types/Sealing.sol";
import {Wiring} from "../types/Wiring.sol";

contract ComplaintDesk is IComplaintDesk {
    uint256 private constant MAX_PAUSES = 16;
    uint40 private constant NEVER = type(uint40).max;
    // Stands for all lots and the tender in what is counted over them; a tender has 32 lots.
    uint8 private constant ALL = type(uint8).max;

    IMemberRegistry private immutable _members;
    ISupplierRegistry private immutable _suppliers;
    IProcedureBook private immutable _procedures;
    ITenderBoard private immutable _tenders;
    IBidBox private immutable _bids;
    IOpeningCommittee private immutable _committee;
    IAwardDesk private immutable _awards;
    IEvaluationDesk private immutable _evaluation;
    IFourEyes private immutable _fourEyes;

    /// @inheritdoc IComplaintDesk
    uint256 public complaintCount;
    /// @inheritdoc IComplaintDesk
    mapping(bytes32 supplier => mapping(bytes32 recordId => uint256)) public recordOf;
    /// @inheritdoc IComplaintDesk
    mapping(bytes32 id => mapping(bytes32 supplier => mapping(uint8 lot => mapping(ComplaintStage => uint256))))
        public openOf;
    mapping(uint256 complaint => Complaint) private _complaints;
    mapping(bytes32 id => mapping(uint8 lot => mapping(ComplaintStage => Queue))) private _queues;
    mapping(bytes32 id => Watch) private _watches;
    mapping(bytes32 id => Pause[]) private _pauses;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _procedures = IProcedureBook(wiring.procedures);
        _tenders = ITenderBoard(wiring.tenders);
        _bids = IBidBox(wiring.bidBox);
        _committee = IOpeningCommittee(wiring.openingCommittee);
        _awards = IAwardDesk(wiring.awardDesk);
        _evaluation = IEvaluationDesk(wiring.evaluationDesk);
        _fourEyes = IFourEyes(wiring.fourEyes);
    }

    /// @inheritdoc IComplaintDesk
    function file(
        bytes32 recordId,
        bytes32 tenderId,
        uint8 lot,
        uint8 stage,
        bytes32 documentHash,
        Offer calldata offer
    ) external returns (uint256 complaint) {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(tenderId);
        require(lot <= tender.lots, ITenderBoard.TenderBoardLotNotFound(tenderId, lot));
        bytes32 supplier = _suppliers.supplierOf(msg.sender);
        require(supplier != 0, ComplaintDeskRoleMissing("SUPPLIER", msg.sender));
        require(supplier != tender.buyer, ComplaintDeskRoleConflict("SUPPLIER", msg.sender));
        complaint = recordOf[supplier][recordId];
        require(complaint == 0, ComplaintDeskAlreadyRecorded(recordId, complaint));
        _suppliers.requireEligible(supplier);
        bool known = stage != 0 && stage <= uint8(type(ComplaintStage).max);
        require(known, ComplaintDeskStageWrong(tenderId, stage));
        ComplaintStage about = ComplaintStage(stage);
        bool stands = _stands(tenderId, tender, supplier, lot, about, offer);
        require(stands, ComplaintDeskNoStanding(tenderId, msg.sender));
        uint256 other = openOf[tenderId][supplier][lot][about];
        require(other == 0, ComplaintDeskDuplicate(other));
        _requireRunning(tenderId);
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        _requireInTime(tenderId, tender, procedure, lot, about);
        require(tender.reviewBody != 0, ITenderBoard.TenderBoardReviewBodyInvalid(tenderId, 0));
        require(recordId != 0, ComplaintDeskHashZero("recordId"));
        _requireDocument(documentHash);
        // Effect:
        complaint = ++complaintCount;
        recordOf[supplier][recordId] = complaint;
        openOf[tenderId][supplier][lot][about] = complaint;
        uint40 due = timeOf(tenderId) + procedure.reviewPeriod;
        Complaint storage stored = _complaints[complaint];
        stored.tenderId = tenderId;
        stored.supplier = supplier;
        stored.lot = lot;
        stored.stage = about;
        stored.status = ComplaintStatus.Filed;
        stored.due = due;
        Queue storage queue = _queues[tenderId][lot][about];
        stored.previous = queue.last;
        if (queue.last != 0) _complaints[queue.last].next = uint64(complaint);
        queue.last = uint64(complaint);
        ++queue.open;
        ++_queues[tenderId][ALL][about].open;
        emit ComplaintFiled(tenderId, complaint, supplier, lot, about, recordId, documentHash, due);
        // Interaction:
        if (!tender.watched) _tenders.watch(tenderId);
    }

    /// @inheritdoc IComplaintDesk
    function withdraw(uint256 complaint) external {
        _procedures.tick();
        // Check:
        Complaint storage stored = _requireComplaint(complaint);
        bool own = _suppliers.supplierOf(msg.sender) == stored.supplier;
        require(own, ComplaintDeskRoleMissing("SUPPLIER", msg.sender));
        bool undecided = stored.status == ComplaintStatus.Filed || stored.status == ComplaintStatus.Admitted;
        require(undecided, ComplaintDeskStatusWrong(complaint, stored.status));
        // Effect:
        _close(stored, ComplaintStatus.Withdrawn);
        emit ComplaintWithdrawn(stored.tenderId, complaint);
    }

    /// @inheritdoc IComplaintDesk
    function admit(uint256 complaint, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        Complaint storage stored = _requireReviewed(complaint, ComplaintStatus.Filed);
        _requireDocument(documentHash);
        // Effect:
        stored.status = ComplaintStatus.Admitted;
        emit ComplaintAdmitted(stored.tenderId, complaint, documentHash);
    }

    /// @inheritdoc IComplaintDesk
    function reject(uint256 complaint, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        Complaint storage stored = _requireReviewed(complaint, ComplaintStatus.Filed);
        _requireDocument(documentHash);
        // Effect:
        _close(stored, ComplaintStatus.Rejected);
        emit ComplaintRejected(stored.tenderId, complaint, documentHash);
    }

    /// @inheritdoc IComplaintDesk
    function uphold(uint256 complaint, uint8 remedy, uint16 place, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        Complaint storage stored = _requireReviewed(complaint, ComplaintStatus.Admitted);
        bytes32 tenderId = stored.tenderId;
        _requireRunning(tenderId);
        _requireDocument(documentHash);
        require(_fits(stored, remedy, place), ComplaintDeskRemedyInvalid(complaint, remedy));
        // Effect:
        TenderFacts memory tender = _tenders.tenderFacts(tenderId);
        uint40 due = timeOf(tenderId) + _procedures.procedureOf(tender.procedure, tender.procedureVersion).remedyPeriod;
        stored.status = ComplaintStatus.Upheld;
        stored.remedy = Remedy(remedy);
        stored.place = place;
        stored.due = due;
        if (stored.remedy == Remedy.Amend) {
            stored.termsVersion = tender.termsVersion;
            _watches[tenderId].amendVersion = tender.termsVersion;
            ++_watches[tenderId].amends;
        }
        emit ComplaintUpheld(tenderId, complaint, Remedy(remedy), place, documentHash, due);
    }

    /// @inheritdoc IComplaintDesk
    function dismiss(uint256 complaint, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        Complaint storage stored = _requireReviewed(complaint, ComplaintStatus.Admitted);
        _requireDocument(documentHash);
        // Effect:
        _close(stored, ComplaintStatus.Dismissed);
        emit ComplaintDismissed(stored.tenderId, complaint, documentHash);
    }

    /// @inheritdoc IComplaintDesk
    function execute(uint256 complaint) external {
        _procedures.tick();
        // Check:
        Complaint storage stored = _requireComplaint(complaint);
        TenderFacts memory tender = _tenders.tenderFacts(stored.tenderId);
        // Either of the buyer's two, or with four eyes the approver, for what another account proposed.
        if (tender.fourEyes) {
            _fourEyes.take(tender.buyer, msg.sender, keccak256(msg.data));
        } else {
            bool may =
                _members.memberOf(msg.sender) == tender.buyer &&
                    _members.may(msg.sender, Roles.OFFICER | Roles.APPROVER);
            require(may, ComplaintDeskRoleMissing("OFFICER", msg.sender));
        }
        _requireStatus(complaint, stored, ComplaintStatus.Upheld);
        _requireRunning(stored.tenderId);
        bool done = stored.remedy != Remedy.Amend || tender.termsVersion > stored.termsVersion;
        require(done, ComplaintDeskRemedyNotDue(complaint, NEVER));
        // Effect:
        _remedy(complaint, stored, stored.remedy, 0);
    }

    /// @inheritdoc IComplaintDesk
    function enforce(uint256 complaint, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        Complaint storage stored = _requireComplaint(complaint);
        TenderFacts memory tender = _tenders.tenderFacts(stored.tenderId);
        _requireReviewer(tender, stored.supplier);
        _requireStatus(complaint, stored, ComplaintStatus.Upheld);
        _requireRunning(stored.tenderId);
        uint40 end = endOf(stored.tenderId, stored.due);
        require(block.timestamp >= end, ComplaintDeskRemedyNotDue(complaint, end));
        _requireDocument(documentHash);
        // Effect: nobody else can write the terms
        bool missing = stored.remedy == Remedy.Amend && tender.termsVersion == stored.termsVersion;
        _remedy(complaint, stored, missing ? Remedy.CancelTender : stored.remedy, documentHash);
    }

    /// @inheritdoc IComplaintDesk
    function suspend(bytes32 tenderId, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(tenderId);
        _requireReviewer(tender, 0);
        TenderStatus status = _requireRunning(tenderId);
        Watch storage watch = _watches[tenderId];
        bool stands = watch.suspendedAt != 0;
        require(!stands, ITenderBoard.TenderBoardStatusWrong(tenderId, status));
        require(watch.pauses < MAX_PAUSES, ITenderBoard.TenderBoardPausesFull(tenderId));
        _requireDocument(documentHash);
        // Effect:
        watch.suspendedAt = uint40(block.timestamp);
        emit TenderSuspended(tenderId, documentHash);
        // Interaction:
        if (!tender.watched) _tenders.watch(tenderId);
    }

    /// @inheritdoc IComplaintDesk
    function resume(bytes32 tenderId, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(tenderId);
        _requireReviewer(tender, 0);
        Watch storage watch = _watches[tenderId];
        bool stands = watch.suspendedAt != 0;
        require(stands, ITenderBoard.TenderBoardStatusWrong(tenderId, _tenders.tenderStatus(tenderId)));
        _requireDocument(documentHash);
        // Effect:
        uint40 start = watch.suspendedAt;
        watch.suspendedAt = 0;
        _pause(tenderId, watch, start);
        emit TenderResumed(tenderId, documentHash);
    }

    /// @inheritdoc IComplaintDesk
    function requireClear(bytes32 tenderId, uint8 lot, ComplaintStage stage) external view {
        uint64 last = _queues[tenderId][lot][stage].last;
        require(last == 0, ComplaintDeskOpen(last));
    }

    /// @inheritdoc IComplaintDesk
    function requireCancellable(bytes32 tenderId, uint8 lot, bool stops) external view {
        uint256 complaint = _queues[tenderId][lot][ComplaintStage.Award].last;
        bool any = lot == 0 && _queues[tenderId][ALL][ComplaintStage.Award].open != 0;
        // At most 32 lots, one of which has it.
        for (uint8 each = 1; any && complaint == 0; ++each) {
            complaint = _queues[tenderId][each][ComplaintStage.Award].last;
        }
        require(complaint == 0, ITenderBoard.TenderBoardCancelBarred(tenderId, complaint));
        bool full = stops && _watches[tenderId].pauses >= MAX_PAUSES;
        require(!full, ITenderBoard.TenderBoardPausesFull(tenderId));
    }

    /// @inheritdoc IComplaintDesk
    function clearFrom(
        bytes32 tenderId,
        uint8 lot,
        ComplaintStage stage,
        uint40 base
    ) external view returns (uint40 from) {
        // What ends for the whole tender is barred by what bars any lot.
        uint8 scope = lot == 0 ? ALL : lot;
        Queue storage queue = _queues[tenderId][scope][stage];
        from = endOf(tenderId, base);
        if (queue.closedAt > from) from = queue.closedAt;
        if (queue.open != 0) return NEVER;
        if (stage != ComplaintStage.Cancellation) return from;
        queue = _queues[tenderId][scope][ComplaintStage.Award];
        if (queue.closedAt > from) from = queue.closedAt;
        if (queue.open != 0) return NEVER;
    }

    /// @inheritdoc IComplaintDesk
    function timeOf(bytes32 tenderId) public view returns (uint40) {
        Watch storage watch = _watches[tenderId];
        uint40 time = watch.suspendedAt == 0 ? uint40(block.timestamp) : watch.suspendedAt;
        return time - watch.paused;
    }

    /// @inheritdoc IComplaintDesk
    function endOf(bytes32 tenderId, uint40 base) public view returns (uint40) {
        return _endFrom(tenderId, 0, base);
    }

    /// @inheritdoc IComplaintDesk
    function endAfter(bytes32 tenderId, uint40 start, uint40 period) public view returns (uint40) {
        return _endFrom(tenderId, start, start + period);
    }

    /// @inheritdoc IComplaintDesk
    function planOf(
        bytes32 tenderId,
        bytes16 code,
        uint16 version,
        uint40 deadline,
        uint16 termsVersion
    ) external view returns (OpeningPlan memory plan) {
        plan = _procedures.openingOf(code, version, deadline);
        Procedure memory procedure = _procedures.procedureOf(code, version);
        Watch memory watch = _watches[tenderId];
        Queue memory queue = _queues[tenderId][ALL][ComplaintStage.Terms];
        plan.closesAt = endOf(tenderId, deadline);
        plan.clearFrom = queue.closedAt > plan.closesAt ? queue.closedAt : plan.closesAt;
        plan.openFrom = _later(tenderId, plan.clearFrom, procedure.openingDelay);
        plan.fallbackFrom = endAfter(tenderId, plan.openFrom, procedure.fallbackDelay);
        plan.voidFrom = endAfter(tenderId, plan.fallbackFrom, procedure.fallbackDelay);
        plan.held = queue.open != 0;
        plan.suspended = watch.suspendedAt != 0;
        plan.amendable = watch.amends != 0 && watch.amendVersion == termsVersion;
    }

    /// @inheritdoc IComplaintDesk
    function complaintFacts(uint256 complaint) external view returns (Complaint memory) {
        return _complaints[complaint];
    }

    /// @inheritdoc IComplaintDesk
    function queueOf(bytes32 tenderId, uint8 lot, ComplaintStage stage) external view returns (Queue memory) {
        return _queues[tenderId][lot][stage];
    }

    /// @inheritdoc IComplaintDesk
    function watchOf(bytes32 tenderId) external view returns (Watch memory) {
        return _watches[tenderId];
    }

    /// @inheritdoc IComplaintDesk
    function pausesOf(bytes32 tenderId) external view returns (Pause[] memory) {
        return _pauses[tenderId];
    }

    // Ends the complaint; what it barred is free from now on, if nothing else bars it.
    function _close(Complaint storage stored, ComplaintStatus status) private {
        bytes32 tenderId = stored.tenderId;
        uint8 lot = stored.lot;
        ComplaintStage stage = stored.stage;
        Queue storage queue = _queues[tenderId][lot][stage];
        Queue storage all = _queues[tenderId][ALL][stage];
        (uint64 previous, uint64 next) = (stored.previous, stored.next);
        if (next == 0) queue.last = previous;
        else _complaints[next].previous = previous;
        if (previous != 0) _complaints[previous].next = next;
        --queue.open;
        --all.open;
        (queue.closedAt, all.closedAt) = (uint40(block.timestamp), uint40(block.timestamp));
        delete openOf[tenderId][stored.supplier][lot][stage];
        if (stored.remedy == Remedy.Amend) --_watches[tenderId].amends;
        (stored.previous, stored.next) = (0, 0);
        stored.status = status;
    }

    function _remedy(uint256 complaint, Complaint storage stored, Remedy remedy, bytes32 documentHash) private {
        (bytes32 tenderId, uint8 lot) = (stored.tenderId, stored.lot);
        _close(stored, ComplaintStatus.Remedied);
        emit ComplaintRemedied(tenderId, complaint, remedy, documentHash);
        // Interaction:
        if (remedy == Remedy.CancelTender) _tenders.cancelByOrder(tenderId, lot);
        else if (remedy == Remedy.CancelAward) _awards.cancelAward(tenderId, lot);
        else if (remedy == Remedy.RestoreBid) _awards.restoreBid(tenderId, lot, stored.place);
        else if (remedy == Remedy.UndoCancellation) _undo(tenderId, lot);
        else if (remedy != Remedy.Amend) _evaluation.redo(tenderId, remedy == Remedy.Rescore);
    }

    // What stood still meanwhile goes on: the tender from where it stood when all of it was being cancelled, the lot from where it stood.
    function _undo(bytes32 tenderId, uint8 lot) private {
        (uint40 stoppedAt, uint40 proposedAt) = _tenders.undoCancellation(tenderId, lot);
        if (stoppedAt != 0) _pause(tenderId, _watches[tenderId], stoppedAt);
        if (proposedAt == 0) return;
        uint40 stood = uint40(block.timestamp) - proposedAt - _stoodSince(tenderId, proposedAt);
        if (stood != 0) _awards.prolong(tenderId, lot, proposedAt, stood);
    }

    // The tender stood still since `start`; pauses that go on after it are part of that, and so is the one that runs.
    function _pause(bytes32 tenderId, Watch storage watch, uint40 start) private {
        Pause[] storage pauses = _pauses[tenderId];
        uint256 count = pauses.length;
        uint40 paused = watch.paused;
        if (watch.suspendedAt != 0 && watch.suspendedAt < start) start = watch.suspendedAt;
        for (; count != 0 && pauses[count - 1].end > start; --count) {
            Pause memory last = pauses[count - 1];
            paused -= last.end - last.start;
            if (last.start < start) start = last.start;
            pauses.pop();
        }
        uint40 time = uint40(block.timestamp);
        pauses.push(Pause(start, time));
        watch.paused = paused + time - start;
        watch.pauses = uint8(count + 1);
        if (watch.suspendedAt != 0) watch.suspendedAt = time;
    }

    function _stoodSince(bytes32 tenderId, uint40 since) private view returns (uint40 stood) {
        Pause[] storage pauses = _pauses[tenderId];
        for (uint256 i = pauses.length; i != 0 && pauses[i - 1].end > since; --i) {
            Pause memory each = pauses[i - 1];
            stood += each.end - (each.start > since ? each.start : since);
        }
        uint40 halt = _watches[tenderId].suspendedAt;
        if (halt != 0) stood += _since(halt > since ? halt : since);
    }

    // The end of a period that began at `start` (0 = long ago) and would be at `base`: what was running when the tender came to stand still
    // goes on after that, lengthened before, between and after by the outages of each time.
    function _endFrom(bytes32 tenderId, uint40 start, uint40 base) private view returns (uint40 x) {
        x = base;
        Pause[] storage pauses = _pauses[tenderId];
        uint40 since = 0;
        uint256 count = pauses.length;
        for (uint256 i = 0; i < count; ++i) {
            Pause memory each = pauses[i];
            if (each.end <= start) continue;
            uint40 end = _procedures.deadlineWithin(x, since, each.start);
            if (end <= each.start && start <= each.start) return end;
            x = end + each.end - (each.start > start ? each.start : start);
            since = each.end;
        }
        uint40 halt = _watches[tenderId].suspendedAt;
        if (halt == 0) return _procedures.deadlineWithin(x, since, NEVER);
        x = _procedures.deadlineWithin(x, since, halt);
        if (x <= halt && start <= halt) return x;
        return x + _since(halt > start ? halt : start);
    }

    // As long after a time, less the pauses.
    function _later(bytes32 tenderId, uint40 start, uint40 period) private view returns (uint40 x) {
        x = start + period;
        Pause[] storage pauses = _pauses[tenderId];
        uint256 count = pauses.length;
        for (uint256 i = 0; i < count; ++i) {
            Pause memory each = pauses[i];
            if (each.end <= start) continue;
            if (x <= each.start) return x;
            x += each.end - (each.start > start ? each.start : start);
        }
        uint40 halt = _watches[tenderId].suspendedAt;
        if (halt != 0 && x > halt) x += _since(halt > start ? halt : start);
    }

    function _since(uint40 time) private view returns (uint40) {
        return time < block.timestamp ? uint40(block.timestamp) - time : 0;
    }

    // Whom it concerns.
    function _stands(
        bytes32 tenderId,
        TenderFacts memory tender,
        bytes32 supplier,
        uint8 lot,
        ComplaintStage stage,
        Offer calldata offer
    ) private view returns (bool) {
        if (stage == ComplaintStage.Terms) return true;
        uint16 place = _bids.placeOf(tenderId, supplier);
        if (place == 0) return false;
        if (stage == ComplaintStage.Omission) return true;
        if (stage == ComplaintStage.Cancellation) {
            Bid memory bid = _bids.bid(tenderId, place - 1);
            Box memory box = _bids.box(tenderId);
            bool live = bid.status == BidStatus.Sealed || bid.status == BidStatus.Excluded;
            return live && bid.termsVersion == box.termsVersion && bid.termsVersion == tender.termsVersion;
        }
        bytes32 shown = keccak256(abi.encodePacked(offer.docCommit, offer.amounts));
        uint8 envelope = stage == ComplaintStage.Technical ? 0 : tender.envelopes - 1;
        if (offer.index != place - 1 || shown != _committee.openingOf(tenderId, envelope, offer.index)) return false;
        // A technical envelope has no amounts.
        if (lot == 0 || stage == ComplaintStage.Technical) return true;
        uint256 price = offer.amounts[lot - 1];
        return price != 0 && price <= type(uint128).max;
    }

    function _fits(Complaint storage stored, uint8 remedy, uint16 place) private view returns (bool) {
        ComplaintStage stage = stored.stage;
        if (remedy != uint8(Remedy.RestoreBid) && place != 0) return false;
        if (remedy == uint8(Remedy.CancelTender)) return stage != ComplaintStage.Cancellation;
        if (remedy == uint8(Remedy.Amend)) return stage == ComplaintStage.Terms;
        if (remedy == uint8(Remedy.UndoCancellation)) return stage == ComplaintStage.Cancellation;
        if (stage == ComplaintStage.Technical)
            return remedy == uint8(Remedy.RedoTechnical) || remedy == uint8(Remedy.Rescore);
        if (stage != ComplaintStage.Award) return false;
        if (remedy == uint8(Remedy.CancelAward)) return true;
        return remedy == uint8(Remedy.RestoreBid) && _awards.isOut(stored.tenderId, stored.lot, place);
    }

    function _requireInTime(
        bytes32 tenderId,
        TenderFacts memory tender,
        Procedure memory procedure,
        uint8 lot,
        ComplaintStage stage
    ) private view {
        uint40 end = NEVER;
        bool due = true;
        if (stage == ComplaintStage.Terms) {
            end = _tenders.closesAt(tenderId);
        } else if (stage == ComplaintStage.Technical) {
            // The result is of all lots.
            uint40 ends = _evaluation.evaluationOf(tenderId).standstillEnds;
            due = ends != 0 && lot == 0;
            if (due) end = endOf(tenderId, ends);
        } else if (stage == ComplaintStage.Cancellation) {
            Cancellation memory cancellation = _tenders.cancellation(tenderId, lot);
            due = cancellation.proposedAt != 0;
            if (cancellation.cancelsAt != 0) end = endOf(tenderId, cancellation.cancelsAt);
        } else if (stage == ComplaintStage.Award) {
            // Decided, and neither cancelled since nor signed: an outage that is told late may move the end past the signatures.
            uint40 decided = lot == 0 ? 0 : _awards.lotFacts(tenderId, lot).standstillEnds;
            due = decided != 0;
            if (due) {
                LotStatus status = _tenders.lotStatus(tenderId, lot);
                due = status != LotStatus.Signed && status != LotStatus.Cancelled;
            }
            if (due) end = endOf(tenderId, decided - procedure.standstill + procedure.complaintWindow);
        } else {
            due =
                (lot == 0 && _isAnswerOverdue(tenderId, tender, procedure)) ||
                _isDecisionOverdue(tenderId, lot, procedure);
        }
        require(due, ComplaintDeskStageWrong(tenderId, uint8(stage)));
        require(block.timestamp < end, ComplaintDeskTooLate(tenderId, end));
    }

    function _isAnswerOverdue(
        bytes32 tenderId,
        TenderFacts memory tender,
        Procedure memory procedure
    ) private view returns (bool) {
        uint256 end = _tenders.closesAt(tenderId);
        return tender.openQuestions != 0 && block.timestamp + procedure.answerCutoff >= end;
    }

    function _isDecisionOverdue(bytes32 tenderId, uint8 lot, Procedure memory procedure) private view returns (bool) {
        // The technical result is of all lots.
        Awarding memory tender = _tenders.awarding(tenderId, lot == 0 ? 1 : lot);
        if (tender.status != (lot == 0 ? TenderStatus.Technical : TenderStatus.Awarding)) return false;
        LotFacts memory facts = _awards.lotFacts(tenderId, lot);
        bool open = facts.standstillEnds == 0 && facts.failure == LotFailure.None;
        if (!open || (lot != 0 && tender.settled)) return false;
        uint40 period = procedure.decisionPeriod;
        if (_awards.isExtended(tenderId)) period *= 2;
        return block.timestamp >= endAfter(tenderId, tender.openFrom, period);
    }

    function _requireTender(bytes32 tenderId) private view returns (TenderFacts memory tender) {
        tender = _tenders.tenderFacts(tenderId);
        require(tender.termsVersion != 0, ITenderBoard.TenderBoardNotFound(tenderId));
    }

    function _requireComplaint(uint256 complaint) private view returns (Complaint storage stored) {
        stored = _complaints[complaint];
        require(stored.status != ComplaintStatus.None, ComplaintDeskNotFound(complaint));
    }

    function _requireStatus(uint256 complaint, Complaint storage stored, ComplaintStatus wanted) private view {
        require(stored.status == wanted, ComplaintDeskStatusWrong(complaint, stored.status));
    }

    // A complaint that the caller reviews.
    function _requireReviewed(
        uint256 complaint,
        ComplaintStatus wanted
    ) private view returns (Complaint storage stored) {
        stored = _requireComplaint(complaint);
        _requireReviewer(_tenders.tenderFacts(stored.tenderId), stored.supplier);
        _requireStatus(complaint, stored, wanted);
    }

    function _requireDocument(bytes32 documentHash) private pure {
        require(documentHash != 0, ComplaintDeskHashZero("documentHash"));
    }

    // Independence is looked at again: members change.
    function _requireReviewer(TenderFacts memory tender, bytes32 supplier) private view {
        bytes32 body = tender.reviewBody;
        bool may = body != 0 && _members.memberOf(msg.sender) == body && _members.may(msg.sender, Roles.REVIEWER);
        require(may, ComplaintDeskRoleMissing("REVIEWER", msg.sender));
        bool aside = body != supplier && _members.independent(body, tender.buyer);
        require(aside, ComplaintDeskRoleConflict("REVIEWER", msg.sender));
    }

    function _requireRunning(bytes32 tenderId) private view returns (TenderStatus status) {
        status = _tenders.tenderStatus(tenderId);
        require(status < TenderStatus.Cancelled, ITenderBoard.TenderBoardStatusWrong(tenderId, status));
    }
}
