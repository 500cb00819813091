// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAgreementBook} from "../interfaces/IAgreementBook.sol";
import {IAwardDesk} from "../interfaces/IAwardDesk.sol";
import {IBidBox} from "../interfaces/IBidBox.sol";
import {IComplaintDesk} from "../interfaces/IComplaintDesk.sol";
import {IFourEyes} from "../interfaces/IFourEyes.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {ITenderBoard} from "../interfaces/ITenderBoard.sol";
import {
    AgreementChange,
    AgreementFacts,
    AgreementStatus,
    AgreementTerms,
    ChangeReason,
    MilestoneFacts,
    MilestoneKind,
    MilestoneStatus,
    MilestoneTerms,
    Payment,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Side,
    TerminationCause
} from "../types/Agreement.sol";
import {LotFacts} from "../types/Award.sol";
import {ComplaintStage} from "../types/Complaint.sol";
import {LotStatus, Procedure, TenderFacts, TenderStatus} from "../types/Procurement.sol";
import {Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract AgreementBook is IAgreementBook {
    uint256 private constant WHOLE = 10_000;
    uint256 private constant MAX_MILESTONES = 64;
    uint256 private constant MAX_RATING = 5;
    uint40 private constant RATING_PERIOD = 365 days;
    uint8 private constant BY_BUYER = uint8(1 << uint8(Side.Buyer));
    uint8 private constant BOTH = BY_BUYER | uint8(1 << uint8(Side.Supplier));

    IMemberRegistry private immutable _members;
    ISupplierRegistry private immutable _suppliers;
    IProcedureBook private immutable _procedures;
    ITenderBoard private immutable _tenders;
    IBidBox private immutable _bids;
    IAwardDesk private immutable _awards;
    IComplaintDesk private immutable _complaints;
    IFourEyes private immutable _fourEyes;

    /// @inheritdoc IAgreementBook
    uint256 public agreementCount;
    /// @inheritdoc IAgreementBook
    mapping(bytes32 tenderId => mapping(uint8 lot => uint256)) public agreementOf;
    /// @inheritdoc IAgreementBook
    mapping(uint256 agreement => mapping(bytes32 rater => bool)) public hasRated;
    mapping(uint256 agreement => AgreementFacts) private _agreements;
    mapping(uint256 agreement => mapping(uint256 milestone => MilestoneFacts)) private _milestones;
    mapping(bytes32 buyer => mapping(bytes32 payer => mapping(bytes32 ref => PaymentFacts))) private _payments;
    mapping(uint256 agreement => PendingChange) private _changes;
    mapping(uint256 agreement => PendingEnd) private _ends;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _procedures = IProcedureBook(wiring.procedures);
        _tenders = ITenderBoard(wiring.tenders);
        _bids = IBidBox(wiring.bidBox);
        _awards = IAwardDesk(wiring.awardDesk);
        _complaints = IComplaintDesk(wiring.complaintDesk);
        _fourEyes = IFourEyes(wiring.fourEyes);
    }

    /// @inheritdoc IAgreementBook
    function draft(
        bytes32 tenderId,
        uint8 lot,
        uint256 replaces,
        AgreementTerms calldata terms
    ) external returns (uint256 agreement) {
        _procedures.tick();
        // Check:
        LotStatus status = _tenders.lotStatus(tenderId, lot);
        TenderFacts memory tender = _tenders.tenderFacts(tenderId);
        uint256 known = agreementOf[tenderId][lot];
        AgreementFacts storage before = _agreements[known];
        bool undone = before.status == AgreementStatus.Draft && before.signatures & BY_BUYER != 0;
        _requireRole(tender.buyer, tender.fourEyes && undone, Roles.OFFICER);
        require(replaces == known, AgreementBookVersionWrong(known, replaces));
        _requireFinal(tenderId, lot, status);
        bytes32 supplier = terms.supplier;
        (bool awarded, uint128 price) = _awardOf(tenderId, lot, supplier);
        require(awarded, AgreementBookPartyWrong(0, supplier));
        require(terms.value == price, AgreementBookValueWrong(tenderId, price, terms.value));
        require(terms.documentHash != 0, AgreementBookHashZero("documentHash"));
        require(terms.endsAt >= terms.startsAt, AgreementBookDateInvalid(0, terms.startsAt, terms.endsAt));
        bool paying = terms.payer == 0 || (terms.payer != supplier && _members.memberFacts(terms.payer).exists);
        require(paying, AgreementBookPartyWrong(0, terms.payer));
        // Effect:
        agreement = ++agreementCount;
        agreementOf[tenderId][lot] = agreement;
        if (known != 0) before.status = AgreementStatus.Dropped;
        AgreementFacts storage stored = _agreements[agreement];
        stored.tenderId = tenderId;
        stored.buyer = tender.buyer;
        stored.supplier = supplier;
        if (terms.payer != 0) stored.payer = terms.payer;
        stored.documentHash = terms.documentHash;
        stored.original = terms.value;
        stored.lot = lot;
        stored.status = AgreementStatus.Draft;
        stored.fourEyes = tender.fourEyes;
        _plan(tenderId, agreement, stored, terms.milestones);
        (stored.value, stored.lastAmount) = (terms.value, _split(agreement, stored, terms.value));
        emit AgreementDrafted(tenderId, agreement, lot, terms);
    }

    /// @inheritdoc IAgreementBook
    function sign(uint256 agreement, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        Side side = _requireSigner(stored);
        (bytes32 tenderId, uint8 lot) = (stored.tenderId, stored.lot);
        uint8 signatures = stored.signatures | uint8(1 << uint8(side));
        bool complete_ = signatures == BOTH;
        // Who is not eligible gains nothing, nor takes from the buyer the first signature, which it needs to pass it over.
        if (complete_ || side == Side.Supplier) _suppliers.requireEligible(stored.supplier);
        _requireStatus(agreement, stored, AgreementStatus.Draft);
        require(signatures != stored.signatures, AgreementBookSignedTwice(agreement, side));
        _requireFinal(tenderId, lot, _tenders.lotStatus(tenderId, lot));
        require(_isOfAward(stored), AgreementBookPartyWrong(agreement, stored.supplier));
        _requireSame(agreement, stored.documentHash, documentHash);
        // Effect:
        stored.signatures = signatures;
        if (side == Side.Buyer) stored.signedAt = uint40(block.timestamp);
        if (complete_) (stored.status, stored.version) = (AgreementStatus.Active, 1);
        emit AgreementSigned(tenderId, agreement, side, documentHash);
        // Interaction:
        if (complete_) _tenders.markSigned(tenderId, lot);
    }

    /// @inheritdoc IAgreementBook
    function passOver(bytes32 tenderId, uint8 lot) external {
        _procedures.tick();
        // Check:
        LotStatus status = _tenders.lotStatus(tenderId, lot);
        require(status == LotStatus.Lapsed, IAwardDesk.AwardDeskLotStatusWrong(tenderId, lot, status));
        _requireMoving(tenderId);
        uint256 agreement = agreementOf[tenderId][lot];
        AgreementFacts storage stored = _agreements[agreement];
        uint40 signedAt = stored.status == AgreementStatus.Draft && _isOfAward(stored) ? stored.signedAt : 0;
        // In the tender's own time: while it stands still nobody can sign.
        (uint40 from, uint40 until) = signingOf(tenderId, lot);
        uint40 period = _awards.lotFacts(tenderId, lot).signingPeriod;
        uint40 limit = _complaints.endAfter(tenderId, from, period - period / 2);
        // An outage that lengthened the first half, and not the whole, takes nothing from the second.
        if (until - period / 2 < limit) limit = until - period / 2;
        bool offered = signedAt != 0 && signedAt <= limit;
        require(offered, AgreementBookOfferedLate(tenderId, lot, limit, signedAt));
        // Effect:
        stored.status = AgreementStatus.Dropped;
        // Interaction:
        uint16 index = _awards.passOver(tenderId, lot);
        emit AwardPassedOver(tenderId, agreement, lot, index, stored.supplier);
    }

    /// @inheritdoc IAgreementBook
    function proposeChange(uint256 agreement, uint16 expectedVersion, AgreementChange calldata change) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        Side side = _requireSide(stored, 0);
        _requireStatus(agreement, stored, AgreementStatus.Active);
        require(expectedVersion == stored.version, AgreementBookVersionWrong(stored.version, expectedVersion));
        PendingChange storage pending = _changes[agreement];
        require(pending.documentHash == 0, AgreementBookChangePending(agreement));
        _requireMoving(stored.tenderId);
        Procedure memory procedure = _procedureOf(stored.tenderId);
        _requireInterval(agreement, stored.changedAt, procedure.changeInterval);
        require(change.documentHash != 0, AgreementBookHashZero("documentHash"));
        _requireReason(agreement, stored, change);
        uint256 extension = uint256(stored.extension) + change.extension;
        uint256 longest = type(uint32).max;
        require(extension <= longest, AgreementBookDateInvalid(agreement, longest, extension));
        (bool reasoned, uint256 moved) = _moved(stored, ChangeReason(change.reason), change.value);
        uint256 bps = reasoned ? procedure.maxReasonedChangeBps : procedure.maxChangeBps;
        uint256 cap = (uint256(stored.original) * bps) / WHOLE;
        require(moved <= cap, AgreementBookChangeOverCap(agreement, cap, moved));
        _split(agreement, stored, change.value);
        // Effect: with four eyes the buyer signs by an approver
        pending.reason = ChangeReason(change.reason);
        pending.value = change.value;
        pending.extension = change.extension;
        pending.documentHash = change.documentHash;
        if (side == Side.Supplier || !stored.fourEyes) pending.signatures = uint8(1 << uint8(side));
        emit AgreementChangeProposed(stored.tenderId, agreement, side, change);
    }

    /// @inheritdoc IAgreementBook
    function signChange(uint256 agreement, bytes32 changeHash) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        Side side = _requireSigner(stored);
        PendingChange storage pending = _requirePending(agreement, stored, changeHash);
        uint8 signatures = pending.signatures | uint8(1 << uint8(side));
        require(signatures != pending.signatures, AgreementBookSignedTwice(agreement, side));
        _requireMoving(stored.tenderId);
        uint128 value = pending.value;
        // Who is not eligible gains nothing, and may sign for less.
        if (value > stored.value) _suppliers.requireEligible(stored.supplier);
        // What was paid meanwhile counts.
        uint128 lastAmount = _split(agreement, stored, value);
        // Effect:
        if (signatures != BOTH) {
            pending.signatures = signatures;
            emit AgreementChangeSigned(stored.tenderId, agreement, side);
            return;
        }
        (bool reasoned, uint256 moved) = _moved(stored, pending.reason, value);
        if (reasoned) stored.reasoned = uint128(moved);
        else stored.ordinary = uint128(moved);
        (stored.value, stored.lastAmount) = (value, lastAmount);
        stored.extension += pending.extension;
        stored.changedAt = uint40(block.timestamp);
        delete _changes[agreement];
        emit AgreementChanged(stored.tenderId, agreement, side, ++stored.version, value);
    }

    /// @inheritdoc IAgreementBook
    function dropChange(uint256 agreement, bytes32 changeHash) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        Side side = _requireSide(stored, _changes[agreement].signatures);
        bytes32 documentHash = _requirePending(agreement, stored, changeHash).documentHash;
        // Effect:
        delete _changes[agreement];
        emit AgreementChangeDropped(stored.tenderId, agreement, side, documentHash);
    }

    /// @inheritdoc IAgreementBook
    function deliver(uint256 agreement, uint8 milestone, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        MilestoneFacts storage facts = _requireMilestone(agreement, stored, milestone);
        require(_isSupplier(stored), AgreementBookRoleMissing("SUPPLIER", msg.sender));
        _requireStatus(agreement, stored, AgreementStatus.Active);
        MilestoneStatus status = facts.status;
        bool due = status == MilestoneStatus.Scheduled || status == MilestoneStatus.Refused;
        require(due, AgreementBookMilestoneStatusWrong(agreement, milestone, status));
        require(documentHash != 0, AgreementBookHashZero("documentHash"));
        // Effect:
        facts.status = MilestoneStatus.Delivered;
        emit MilestoneDelivered(stored.tenderId, agreement, milestone, documentHash);
    }

    /// @inheritdoc IAgreementBook
    function accept(uint256 agreement, uint8 milestone, bytes32 documentHash) external {
        AgreementFacts storage stored = _judge(agreement, milestone, documentHash, MilestoneStatus.Accepted);
        ++stored.accepted;
        stored.acceptedAt = uint40(block.timestamp);
        emit MilestoneAccepted(stored.tenderId, agreement, milestone, documentHash);
    }

    /// @inheritdoc IAgreementBook
    function refuse(uint256 agreement, uint8 milestone, bytes32 documentHash) external {
        AgreementFacts storage stored = _judge(agreement, milestone, documentHash, MilestoneStatus.Refused);
        emit MilestoneRefused(stored.tenderId, agreement, milestone, documentHash);
    }

    /// @inheritdoc IAgreementBook
    function recordPayment(uint256 agreement, Payment calldata payment) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        MilestoneFacts storage facts = _requireMilestone(agreement, stored, payment.milestone);
        _requireBuyer(stored);
        _requireSignedOnce(agreement, stored);
        require(
            facts.kind == MilestoneKind.Payment,
            AgreementBookMilestoneStatusWrong(agreement, payment.milestone, facts.status)
        );
        uint8 first = facts.requires;
        bool due = first == 0 || _milestones[agreement][first].status == MilestoneStatus.Accepted;
        require(due, AgreementBookNotAccepted(agreement, first));
        PaymentFacts storage entry = _payments[stored.buyer][payment.payer][payment.ref];
        require(entry.amount == 0, AgreementBookReferenceUsed(agreement, payment.ref));
        _requireMoving(stored.tenderId);
        bool payer = payment.payer != 0 && (payment.payer == stored.buyer || payment.payer == stored.payer);
        require(payer, AgreementBookPartyWrong(agreement, payment.payer));
        require(payment.payee == stored.supplier, AgreementBookPartyWrong(agreement, payment.payee));
        require(payment.amount != 0, AgreementBookHashZero("amount"));
        require(payment.ref != 0, AgreementBookHashZero("ref"));
        require(payment.paidAt != 0, AgreementBookHashZero("paidAt"));
        bool made = payment.paidAt <= block.timestamp;
        require(made, AgreementBookDateInvalid(agreement, block.timestamp, payment.paidAt));
        uint256 left = _amount(stored, payment.milestone, facts.bps, stored.value) - facts.paid;
        require(payment.amount <= left, AgreementBookOverpaid(agreement, left, payment.amount));
        // Effect:
        uint16 number = ++stored.payments;
        facts.paid += payment.amount;
        stored.paid += payment.amount;
        entry.agreement = uint64(agreement);
        entry.number = number;
        entry.milestone = payment.milestone;
        entry.amount = payment.amount;
        emit PaymentRecorded(stored.tenderId, agreement, number, payment);
    }

    /// @inheritdoc IAgreementBook
    function reversePayment(uint256 agreement, bytes32 payer, bytes32 ref, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        PaymentFacts storage payment = _payments[stored.buyer][payer][ref];
        require(payment.agreement == agreement, AgreementBookPaymentNotFound(agreement, ref));
        _requireBuyer(stored);
        uint16 number = payment.number;
        require(!payment.reversed, AgreementBookPaymentReversed(agreement, number));
        require(documentHash != 0, AgreementBookHashZero("documentHash"));
        // Effect:
        payment.reversed = true;
        _milestones[agreement][payment.milestone].paid -= payment.amount;
        stored.paid -= payment.amount;
        emit PaymentReversed(stored.tenderId, agreement, number, documentHash);
    }

    /// @inheritdoc IAgreementBook
    function complete(uint256 agreement, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        _requireBuyer(stored);
        _requireStatus(agreement, stored, AgreementStatus.Active);
        if (stored.accepted != stored.deliveries) _revertNotAccepted(agreement, stored.milestones);
        require(documentHash != 0, AgreementBookHashZero("documentHash"));
        // Effect:
        stored.status = AgreementStatus.Completed;
        emit AgreementCompleted(stored.tenderId, agreement, documentHash);
    }

    /// @inheritdoc IAgreementBook
    function terminate(uint256 agreement, uint8 cause, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        bool mutual = cause == uint8(TerminationCause.Mutual);
        Side side = Side.None;
        if (mutual) side = _requireSigner(stored);
        else if (cause == uint8(TerminationCause.BuyerDefault) || cause == uint8(TerminationCause.Ordered))
            _requireReviewer(stored);
        else _requireBuyer(stored);
        _requireStatus(agreement, stored, AgreementStatus.Active);
        PendingEnd storage pending = _ends[agreement];
        bool second = mutual && pending.side != Side.None && pending.side != side;
        bool again = mutual && pending.side == side && pending.documentHash == documentHash;
        require(!again, AgreementBookSignedTwice(agreement, side));
        require(documentHash != 0, AgreementBookHashZero("documentHash"));
        if (second) _requireSame(agreement, pending.documentHash, documentHash);
        bool known = cause != 0 && cause <= uint8(type(TerminationCause).max);
        require(known, AgreementBookReasonInvalid(agreement, cause));
        // Effect: whoever proposed it may propose another document
        if (mutual && !second) {
            _ends[agreement] = PendingEnd(side, documentHash);
            emit AgreementEndProposed(stored.tenderId, agreement, side, documentHash);
            return;
        }
        stored.status = AgreementStatus.Terminated;
        emit AgreementTerminated(stored.tenderId, agreement, TerminationCause(cause), documentHash);
    }

    /// @inheritdoc IAgreementBook
    function rate(uint256 agreement, uint8 rating) external {
        _procedures.tick();
        // Check:
        AgreementFacts storage stored = _requireAgreement(agreement);
        bool citizen = _suppliers.isCitizen(msg.sender);
        bytes32 rater = bytes32(uint256(uint160(msg.sender)));
        if (!citizen) rater = _requireWitness(stored);
        uint40 acceptedAt = stored.acceptedAt;
        uint40 end = acceptedAt == 0 ? 0 : _procedures.deadlineOf(acceptedAt + RATING_PERIOD);
        require(block.timestamp < end, AgreementBookRatingClosed(agreement, end));
        require(!hasRated[agreement][rater], AgreementBookRatedTwice(agreement, msg.sender));
        require(rating != 0 && rating <= MAX_RATING, AgreementBookRatingInvalid(agreement, rating));
        // Effect:
        hasRated[agreement][rater] = true;
        emit AgreementRated(stored.tenderId, agreement, msg.sender, citizen, rating);
        // Interaction:
        _suppliers.rate(stored.supplier, citizen, rating);
    }

    /// @inheritdoc IAgreementBook
    function agreementFacts(uint256 agreement) external view returns (AgreementFacts memory) {
        return _agreements[agreement];
    }

    /// @inheritdoc IAgreementBook
    function milestoneOf(uint256 agreement, uint8 milestone) external view returns (MilestoneFacts memory) {
        return _milestones[agreement][milestone];
    }

    /// @inheritdoc IAgreementBook
    function paymentOf(bytes32 buyer, bytes32 payer, bytes32 ref) external view returns (PaymentFacts memory) {
        return _payments[buyer][payer][ref];
    }

    /// @inheritdoc IAgreementBook
    function changeOf(uint256 agreement) external view returns (PendingChange memory) {
        return _changes[agreement];
    }

    /// @inheritdoc IAgreementBook
    function endOf(uint256 agreement) external view returns (PendingEnd memory) {
        return _ends[agreement];
    }

    /// @inheritdoc IAgreementBook
    function amountOf(uint256 agreement, uint8 milestone) external view returns (uint128) {
        AgreementFacts storage stored = _agreements[agreement];
        MilestoneFacts storage facts = _milestones[agreement][milestone];
        if (facts.kind != MilestoneKind.Payment) return 0;
        return uint128(_amount(stored, milestone, facts.bps, stored.value));
    }

    /// @inheritdoc IAgreementBook
    function signingOf(bytes32 tenderId, uint8 lot) public view returns (uint40 from, uint40 until) {
        LotFacts memory facts = _awards.lotFacts(tenderId, lot);
        if (facts.price == 0) return (0, 0);
        from = _complaints.clearFrom(tenderId, lot, ComplaintStage.Award, facts.standstillEnds);
        if (from == type(uint40).max) return (from, from);
        until = _complaints.endAfter(tenderId, from, facts.signingPeriod);
    }

    // What was delivered is accepted or refused.
    function _judge(
        uint256 agreement,
        uint8 milestone,
        bytes32 documentHash,
        MilestoneStatus verdict
    ) private returns (AgreementFacts storage stored) {
        _procedures.tick();
        // Check:
        stored = _requireAgreement(agreement);
        MilestoneFacts storage facts = _requireMilestone(agreement, stored, milestone);
        _requireBuyer(stored);
        // What was delivered before the end is judged, and paid, after it too.
        _requireSignedOnce(agreement, stored);
        MilestoneStatus status = facts.status;
        bool judged = status == MilestoneStatus.Delivered;
        require(judged, AgreementBookMilestoneStatusWrong(agreement, milestone, status));
        require(documentHash != 0, AgreementBookHashZero("documentHash"));
        // Effect:
        facts.status = verdict;
    }

    // Stores the milestones of a draft. At most 64.
    function _plan(
        bytes32 tenderId,
        uint256 agreement,
        AgreementFacts storage stored,
        MilestoneTerms[] calldata milestones
    ) private {
        uint256 count = milestones.length;
        bool some = count != 0 && count <= MAX_MILESTONES;
        require(some, AgreementBookMilestonesInvalid(tenderId, 0, count));
        (uint8 lastPayment, uint256 deliveries, uint256 delivered, uint256 paid) = (0, 0, 0, 0);
        for (uint256 i = 0; i < count; ++i) {
            MilestoneTerms calldata each = milestones[i];
            bool delivery = each.kind == uint8(MilestoneKind.Delivery);
            bool valid = each.bps != 0 && (delivery || each.kind == uint8(MilestoneKind.Payment));
            require(valid, AgreementBookMilestonesInvalid(tenderId, each.kind, each.bps));
            uint8 first = each.requires;
            bool follows =
                first == 0 ||
                    (!delivery && first <= count && milestones[first - 1].kind == uint8(MilestoneKind.Delivery));
            require(follows, AgreementBookMilestoneNotFound(0, first));
            if (delivery) (delivered, deliveries) = (delivered + each.bps, deliveries + 1);
            else (paid, lastPayment) = (paid + each.bps, uint8(i + 1));
            _milestones[agreement][i + 1] = MilestoneFacts(
                MilestoneKind(each.kind),
                delivery ? MilestoneStatus.Scheduled : MilestoneStatus.None,
                each.bps,
                first,
                each.due,
                0
            );
        }
        uint256 kind = uint8(MilestoneKind.Delivery);
        require(delivered == WHOLE, AgreementBookMilestonesInvalid(tenderId, kind, delivered));
        kind = uint8(MilestoneKind.Payment);
        require(paid == WHOLE, AgreementBookMilestonesInvalid(tenderId, kind, paid));
        (stored.milestones, stored.deliveries, stored.lastPayment) = (uint8(count), uint8(deliveries), lastPayment);
    }

    // What the other payments leave to the last one at this value; none may have been paid more than it is. At most 64.
    function _split(
        uint256 agreement,
        AgreementFacts storage stored,
        uint256 value
    ) private view returns (uint128 lastAmount) {
        (uint256 count, uint256 last, uint256 rest) = (stored.milestones, stored.lastPayment, value);
        for (uint256 i = 1; i <= count; ++i) {
            MilestoneFacts memory each = _milestones[agreement][i];
            if (each.kind != MilestoneKind.Payment || i == last) continue;
            uint256 amount = (value * each.bps) / WHOLE;
            require(each.paid <= amount, AgreementBookOverpaid(agreement, amount, each.paid));
            rest -= amount;
        }
        uint128 paid = _milestones[agreement][last].paid;
        require(paid <= rest, AgreementBookOverpaid(agreement, rest, paid));
        return uint128(rest);
    }

    function _amount(
        AgreementFacts storage stored,
        uint8 milestone,
        uint256 bps,
        uint256 value
    ) private view returns (uint256) {
        return milestone == stored.lastPayment ? stored.lastAmount : (value * bps) / WHOLE;
    }

    // By how much changes of this one's kind move the value, with it.
    function _moved(
        AgreementFacts storage stored,
        ChangeReason reason,
        uint128 value
    ) private view returns (bool reasoned, uint256 moved) {
        uint128 before = stored.value;
        reasoned = reason >= ChangeReason.AdditionalNecessary;
        moved = reasoned ? stored.reasoned : stored.ordinary;
        moved += value > before ? value - before : before - value;
    }

    // Whether the lot is awarded to this supplier, and at which price.
    function _awardOf(
        bytes32 tenderId,
        uint8 lot,
        bytes32 supplier
    ) private view returns (bool awarded, uint128 price) {
        LotFacts memory facts = _awards.lotFacts(tenderId, lot);
        awarded = _bids.placeOf(tenderId, supplier) == _awards.rankAt(tenderId, lot, facts.head) + 1;
        price = facts.price;
    }

    // A draft may outlive its award: an outage that is told late has it complained about, and cancelled, after the draft.
    function _isOfAward(AgreementFacts storage stored) private view returns (bool) {
        (bool awarded, uint128 price) = _awardOf(stored.tenderId, stored.lot, stored.supplier);
        return awarded && price == stored.original;
    }

    function _procedureOf(bytes32 tenderId) private view returns (Procedure memory) {
        TenderFacts memory tender = _tenders.tenderFacts(tenderId);
        return _procedures.procedureOf(tender.procedure, tender.procedureVersion);
    }

    function _isSupplier(AgreementFacts storage stored) private view returns (bool) {
        return _suppliers.supplierOf(msg.sender) == stored.supplier;
    }

    function _revertNotAccepted(uint256 agreement, uint256 count) private view {
        for (uint256 i = 1; i <= count; ++i) {
            MilestoneFacts memory each = _milestones[agreement][i];
            bool open = each.kind == MilestoneKind.Delivery && each.status != MilestoneStatus.Accepted;
            require(!open, AgreementBookNotAccepted(agreement, i));
        }
    }

    function _requireAgreement(uint256 agreement) private view returns (AgreementFacts storage stored) {
        stored = _agreements[agreement];
        require(stored.status != AgreementStatus.None, AgreementBookNotFound(agreement));
    }

    function _requireMilestone(
        uint256 agreement,
        AgreementFacts storage stored,
        uint8 milestone
    ) private view returns (MilestoneFacts storage) {
        bool known = milestone != 0 && milestone <= stored.milestones;
        require(known, AgreementBookMilestoneNotFound(agreement, milestone));
        return _milestones[agreement][milestone];
    }

    function _requireStatus(uint256 agreement, AgreementFacts storage stored, AgreementStatus wanted) private view {
        require(stored.status == wanted, AgreementBookStatusWrong(agreement, stored.status));
    }

    // Active, or ended after it was.
    function _requireSignedOnce(uint256 agreement, AgreementFacts storage stored) private view {
        require(stored.version != 0, AgreementBookStatusWrong(agreement, stored.status));
    }

    function _requireSame(uint256 agreement, bytes32 expected, bytes32 got) private pure {
        require(expected == got, AgreementBookDocumentWrong(agreement, expected, got));
    }

    // The change that waits, named by all that it says: under the same document another one may have been proposed meanwhile.
    function _requirePending(
        uint256 agreement,
        AgreementFacts storage stored,
        bytes32 changeHash
    ) private view returns (PendingChange storage pending) {
        _requireStatus(agreement, stored, AgreementStatus.Active);
        pending = _changes[agreement];
        bytes32 documentHash = pending.documentHash;
        bytes32 expected = 0;
        if (documentHash != 0)
            expected = keccak256(
                abi.encode(AgreementChange(uint8(pending.reason), pending.value, pending.extension, documentHash))
            );
        bool same = expected != 0 && expected == changeHash;
        require(same, AgreementBookDocumentWrong(agreement, expected, changeHash));
    }

    function _requireInterval(uint256 agreement, uint40 changedAt, uint32 interval) private view {
        if (changedAt == 0 || interval == 0) return;
        uint40 end = _procedures.deadlineOf(changedAt + interval);
        require(block.timestamp >= end, AgreementBookChangeTooSoon(agreement, end));
    }

    function _requireReason(
        uint256 agreement,
        AgreementFacts storage stored,
        AgreementChange calldata change
    ) private view {
        bool known = change.reason != 0 && change.reason <= uint8(type(ChangeReason).max);
        bool raised = change.reason == uint8(ChangeReason.Reduction) && change.value > stored.value;
        require(known && !raised, AgreementBookReasonInvalid(agreement, change.reason));
    }

    // Nothing is signed, paid or passed over while the review body has the tender stand still.
    function _requireMoving(bytes32 tenderId) private view {
        bool stands = _complaints.watchOf(tenderId).suspendedAt != 0;
        require(!stands, ITenderBoard.TenderBoardStatusWrong(tenderId, TenderStatus.Suspended));
    }

    function _requireFinal(bytes32 tenderId, uint8 lot, LotStatus status) private view {
        if (status == LotStatus.Final) return;
        (uint40 from, ) = signingOf(tenderId, lot);
        // Where all bids are out there is a standstill too, and nobody to sign with after it.
        bool awarded = status == LotStatus.Standstill && from != 0;
        require(awarded, IAwardDesk.AwardDeskLotStatusWrong(tenderId, lot, status));
        _requireMoving(tenderId);
        _complaints.requireClear(tenderId, lot, ComplaintStage.Award);
        revert AgreementBookNotFinal(tenderId, lot, from);
    }

    // One account of the buyer with one of the roles; or both, the approver for what another account proposed.
    function _requireRole(bytes32 buyer, bool both, uint16 roles) private {
        if (both) return _fourEyes.take(buyer, msg.sender, keccak256(msg.data));
        bool may = _members.memberOf(msg.sender) == buyer && _members.may(msg.sender, roles);
        require(may, AgreementBookRoleMissing("OFFICER", msg.sender));
    }

    function _requireBuyer(AgreementFacts storage stored) private {
        _requireRole(stored.buyer, stored.fourEyes, Roles.OFFICER | Roles.APPROVER);
    }

    // Who may sign for which side.
    function _requireSigner(AgreementFacts storage stored) private returns (Side) {
        if (_isSupplier(stored)) return Side.Supplier;
        _requireBuyer(stored);
        return Side.Buyer;
    }

    // Who may speak for which side. What the buyer signed by two is undone by two.
    function _requireSide(AgreementFacts storage stored, uint8 undone) private returns (Side) {
        if (_isSupplier(stored)) return Side.Supplier;
        bool both = stored.fourEyes && undone & BY_BUYER != 0;
        _requireRole(stored.buyer, both, Roles.OFFICER);
        return Side.Buyer;
    }

    // Independence is looked at again: members change.
    function _requireReviewer(AgreementFacts storage stored) private view {
        bytes32 body = _tenders.tenderFacts(stored.tenderId).reviewBody;
        bool may = body != 0 && _members.memberOf(msg.sender) == body && _members.may(msg.sender, Roles.REVIEWER);
        require(may, AgreementBookRoleMissing("REVIEWER", msg.sender));
        bool aside = body != stored.supplier && _members.independent(body, stored.buyer);
        require(aside, AgreementBookRoleConflict("REVIEWER", msg.sender));
    }

    function _requireWitness(AgreementFacts storage stored) private view returns (bytes32 member) {
        member = _members.memberOf(msg.sender);
        bool may = member != 0 && _members.may(msg.sender, Roles.WITNESS);
        require(may, AgreementBookRoleMissing("WITNESS", msg.sender));
        bool aside = member != stored.supplier && member != stored.payer && _members.independent(member, stored.buyer);
        require(aside, AgreementBookRoleConflict("WITNESS", msg.sender));
    }
}
