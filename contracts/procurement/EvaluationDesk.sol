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
import {ITenderBoard} from "../interfaces/ITenderBoard.sol";
import {Awarding, DisqualificationReason} from "../types/Award.sol";
import {ComplaintStage} from "../types/Complaint.sol";
import {Evaluation, Scores, Vote} from "../types/Evaluation.sol";
import {
    Bounds,
    Criterion,
    OpeningPlan,
    Procedure,
    Setup,
    TenderFacts,
    TenderStatus,
    Terms
} from "../types/Procurement.sol";
import {Kinds, Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract EvaluationDesk is IEvaluationDesk {
    uint256 private constant PAGE = 16;
    uint256 private constant WORD = 256;
    uint256 private constant WHOLE = 10_000;
    uint256 private constant SCALE = 1e6;
    uint256 private constant MAX_CRITERIA = 16;
    uint256 private constant MAX_PANEL = 7;
    // The points of a whole panel for one criterion fit in its 16 bits.
    uint256 private constant MAX_POINTS = type(uint16).max / MAX_PANEL;
    uint40 private constant NEVER = type(uint40).max;

    IMemberRegistry private immutable _members;
    IProcedureBook private immutable _procedures;
    ITenderBoard private immutable _tenders;
    IBidBox private immutable _bids;
    IOpeningCommittee private immutable _committee;
    IAwardDesk private immutable _awards;
    IComplaintDesk private immutable _complaints;
    IFourEyes private immutable _fourEyes;

    mapping(bytes32 id => Evaluation) private _evaluations;
    /// @inheritdoc IEvaluationDesk
    mapping(bytes32 id => mapping(uint8 seat => address)) public replacementOf;
    mapping(bytes32 id => mapping(uint16 round => mapping(uint8 seat => Scores))) private _scores;
    mapping(bytes32 id => mapping(uint16 round => mapping(uint16 index => uint256))) private _points;
    // Bit `index` of the bids that failed in a result.
    mapping(bytes32 id => mapping(uint16 result => mapping(uint256 word => uint256))) private _failed;
    mapping(bytes32 id => mapping(bytes32 act => Vote)) private _votes;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _procedures = IProcedureBook(wiring.procedures);
        _tenders = ITenderBoard(wiring.tenders);
        _bids = IBidBox(wiring.bidBox);
        _committee = IOpeningCommittee(wiring.openingCommittee);
        _awards = IAwardDesk(wiring.awardDesk);
        _complaints = IComplaintDesk(wiring.complaintDesk);
        _fourEyes = IFourEyes(wiring.fourEyes);
    }

    /// @inheritdoc IEvaluationDesk
    function commitScores(bytes32 id, Setup calldata setup, uint8 seat, bytes32 commitment) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(id);
        _requireSeat(id, tender, setup, seat);
        _requireTechnical(id);
        Evaluation memory facts = _evaluations[id];
        require(setup.criteria.length != 0, EvaluationDeskScoreNotDue(id, 0, 0));
        if (facts.startedAt != 0) {
            uint40 until = _after(id, facts.startedAt, _period(tender));
            // An outage may give back time that was over; what was revealed meanwhile is known.
            bool due = block.timestamp < until && facts.begun == 0;
            require(due, EvaluationDeskScoreNotDue(id, facts.startedAt, until));
        }
        bool first = !_has(facts.committed, seat);
        require(first, EvaluationDeskOnlyOnce(id, "commitment", bytes32(uint256(uint160(msg.sender)))));
        require(commitment != 0, EvaluationDeskHashZero("commitment"));
        // Effect:
        if (facts.startedAt == 0) facts.startedAt = uint40(block.timestamp);
        facts.committed = _with(facts.committed, seat);
        _evaluations[id] = facts;
        _scores[id][facts.round][seat].commitment = commitment;
        emit ScoresCommitted(id, facts.round, seat, msg.sender, commitment);
    }

    /// @inheritdoc IEvaluationDesk
    function revealScores(
        bytes32 id,
        Setup calldata setup,
        uint8 seat,
        uint256 page,
        uint256[] calldata words,
        bytes32[] calldata pageHashes,
        bytes32 salt
    ) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(id);
        _requireSeat(id, tender, setup, seat);
        _requireTechnical(id);
        Evaluation memory facts = _evaluations[id];
        (uint40 from, uint40 until) = _revealing(id, facts, _period(tender));
        bool due = facts.startedAt != 0 && block.timestamp >= from && block.timestamp < until;
        require(due, EvaluationDeskScoreNotDue(id, from, until));
        Scores storage scores = _scores[id][facts.round][seat];
        bytes32 commitment = keccak256(
            abi.encode(block.chainid, address(this), id, facts.round, msg.sender, pageHashes, salt)
        );
        require(commitment == scores.commitment, EvaluationDeskScoreMismatch(id, msg.sender));
        uint256 bids = _bids.box(id).bids;
        uint256 pages = (bids + PAGE - 1) / PAGE;
        require(pageHashes.length == pages, EvaluationDeskPageInvalid(pages, pageHashes.length));
        require(page == scores.pages && page < pages, EvaluationDeskPageInvalid(scores.pages, page));
        bool same = keccak256(abi.encodePacked(words)) == pageHashes[page];
        require(same, EvaluationDeskScoreMismatch(id, msg.sender));
        // Effect:
        uint256 to = page * PAGE + PAGE < bids ? page * PAGE + PAGE : bids;
        mapping(uint16 index => uint256) storage points = _points[id][facts.round];
        uint256 next = 0;
        for (uint256 i = page * PAGE; i < to; ++i) {
            uint16 index = uint16(i);
            if (_committee.openingOf(id, 0, index) == 0) continue;
            require(next < words.length, EvaluationDeskPageInvalid(next + 1, words.length));
            _requirePoints(id, setup.criteria, words[next]);
            // No sum leaves its 16 bits.
            points[index] += words[next++];
        }
        require(next == words.length, EvaluationDeskPageInvalid(next, words.length));
        scores.pages = uint8(page + 1);
        facts.begun = _with(facts.begun, seat);
        if (page + 1 == pages) facts.complete = _with(facts.complete, seat);
        _evaluations[id] = facts;
        emit ScoresRevealed(id, facts.round, seat, msg.sender, page, words);
    }

    /// @inheritdoc IEvaluationDesk
    function callVote(bytes32 id, bytes32 act) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(id);
        _requireBuyer(tender, Roles.OFFICER, "OFFICER");
        require(tender.panel != 0, EvaluationDeskNoPanel(id));
        _requireDeciding(id);
        require(_votesNow(id, act).calledAt == 0, EvaluationDeskOnlyOnce(id, "call", act));
        require(act != 0, EvaluationDeskHashZero("act"));
        // Effect:
        Evaluation storage facts = _evaluations[id];
        _votes[id][act] = Vote(uint40(block.timestamp), facts.sitting, facts.results, 0, 0);
        emit VoteCalled(id, act);
    }

    /// @inheritdoc IEvaluationDesk
    function vote(
        bytes32 id,
        Setup calldata setup,
        uint8 seat,
        bytes32 act,
        bool support,
        bytes32 opinionHash
    ) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(id);
        _requireSeat(id, tender, setup, seat);
        _requireDeciding(id);
        Vote memory votes = _votesNow(id, act);
        require(votes.calledAt != 0, EvaluationDeskVoteMissing(id, 0));
        bool first = !_has(votes.yes | votes.no, seat);
        require(first, EvaluationDeskOnlyOnce(id, "vote", bytes32(uint256(uint160(msg.sender)))));
        // Effect:
        if (support) votes.yes = _with(votes.yes, seat);
        else votes.no = _with(votes.no, seat);
        _votes[id][act] = votes;
        emit VoteCast(id, act, votes.sitting, seat, msg.sender, support, opinionHash);
    }

    /// @inheritdoc IEvaluationDesk
    function takeVotes(bytes32 id, bytes32 callHash) external {
        TenderFacts memory tender = _requireTender(id);
        _takeVotes(id, tender, keccak256(abi.encode(block.chainid, msg.sender, callHash)));
    }

    /// @inheritdoc IEvaluationDesk
    function replaceEvaluator(
        bytes32 id,
        Setup calldata setup,
        uint8 seat,
        address evaluator,
        bytes32 act,
        bytes32 documentHash
    ) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(id);
        _requireDecider(tender);
        bool same = keccak256(abi.encode(setup)) == tender.setupHash;
        require(same, EvaluationDeskSetupMismatch(id));
        uint256 panel = setup.panel.length;
        require(seat < panel, EvaluationDeskNoPanel(id));
        bool due = act == 0 ? _isScoreMissing(id, tender, seat, panel) : _isVoteMissing(id, tender, act, seat, panel);
        require(due, EvaluationDeskPanelSufficient(id));
        for (uint8 each = 0; each < panel; ++each) {
            bool other = _holder(id, setup, each) != evaluator;
            require(other, ITenderBoard.TenderBoardPanelInvalid(id, panel, each));
        }
        _requireEvaluator(id, tender.buyer, tender.reviewBody, tender.keysetId, evaluator, seat, tender.buyer);
        require(documentHash != 0, EvaluationDeskHashZero("documentHash"));
        // Effect:
        replacementOf[id][seat] = evaluator;
        Evaluation storage facts = _evaluations[id];
        ++facts.sitting;
        facts.sittingAt = uint40(block.timestamp);
        if (act == 0) _begin(facts);
        emit EvaluatorReplaced(id, seat, evaluator, facts.round, documentHash);
    }

    /// @inheritdoc IEvaluationDesk
    function decideTechnical(
        bytes32 id,
        uint16[] calldata failed,
        uint8[] calldata reasons,
        bytes32 documentHash
    ) external {
        _procedures.tick();
        // Check:
        TenderFacts memory tender = _requireTender(id);
        _requireDecider(tender);
        Awarding memory state = _requireTechnical(id);
        Evaluation storage facts = _evaluations[id];
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        if (procedure.awardRule == 1) _requireScores(id, facts, procedure, tender.panel);
        if (tender.panel != 0)
            _takeVotes(id, tender, keccak256(abi.encode(block.chainid, address(this), keccak256(msg.data))));
        require(documentHash != 0, EvaluationDeskHashZero("documentHash"));
        require(failed.length == reasons.length, EvaluationDeskPageInvalid(failed.length, reasons.length));
        // Effect:
        mapping(uint256 word => uint256) storage bits = _failed[id][++facts.results];
        for (uint256 i = 0; i < failed.length; ++i) {
            uint16 index = failed[i];
            bool rises = i == 0 || index > failed[i - 1];
            bool opened = rises && _committee.openingOf(id, 0, index) != 0;
            require(opened, EvaluationDeskBidInvalid(id, index));
            _requireReason(id, reasons[i]);
            _requireCured(id, index);
            bits[index / WORD] |= 1 << (index % WORD);
        }
        facts.failed = uint16(failed.length);
        facts.standstillEnds = state.time + procedure.complaintWindow;
        emit TechnicalDecided(id, facts.round, failed, reasons, documentHash, facts.standstillEnds);
    }

    /// @inheritdoc IEvaluationDesk
    function releasePrices(bytes32 id) external {
        _procedures.tick();
        // Check:
        Awarding memory state = _tenders.awarding(id, 1);
        Evaluation storage facts = _evaluations[id];
        bool due = state.status == TenderStatus.Opening || state.status == TenderStatus.Fallback;
        require(due && facts.standstillEnds != 0, ITenderBoard.TenderBoardStatusWrong(id, state.status));
        // Interaction: at most 1,000 bids where there are two envelopes
        uint16[] memory excluded = new uint16[](facts.failed);
        mapping(uint256 word => uint256) storage bits = _failed[id][facts.results];
        uint256 found = 0;
        for (uint256 index = 0; found < excluded.length; ++index) {
            if ((bits[index / WORD] >> (index % WORD)) & 1 == 1) excluded[found++] = uint16(index);
        }
        _bids.releaseEnvelope(id, excluded);
    }

    /// @inheritdoc IEvaluationDesk
    function redo(bytes32 id, bool rescore) external {
        bool may = msg.sender == address(_complaints);
        require(may, EvaluationDeskRoleMissing("COMPLAINT_DESK", msg.sender));
        Evaluation storage facts = _evaluations[id];
        (facts.standstillEnds, facts.failed) = (0, 0);
        if (rescore) _begin(facts);
    }

    /// @inheritdoc IEvaluationDesk
    function requireSetup(bytes32 id, bytes32 buyer, Terms calldata terms, Bounds calldata bounds) external view {
        Setup calldata setup = terms.setup;
        uint256 lots = setup.lots.length;
        bool fits = lots != 0 && lots <= bounds.maxLots;
        require(fits, ITenderBoard.TenderBoardLotsInvalid(id, bounds.maxLots, lots));
        for (uint256 i = 0; bounds.ceilingBinding && i < lots; ++i) {
            require(setup.lots[i].ceiling != 0, ITenderBoard.TenderBoardCeilingMissing(id, i + 1));
        }
        _requireCriteria(id, setup.criteria, terms.priceWeightBps, bounds.awardRule);
        uint256 panel = setup.panel.length;
        uint256 least = bounds.minEvaluators == 0 ? 0 : bounds.minEvaluators + 1;
        bool odd = panel == 0 || (panel % 2 == 1 && panel > 1 && panel <= MAX_PANEL);
        require(odd && panel >= least, ITenderBoard.TenderBoardPanelInvalid(id, least, panel));
        bytes32 known = buyer;
        for (uint8 seat = 0; seat < panel; ++seat) {
            address evaluator = setup.panel[seat];
            for (uint256 other = 0; other < seat; ++other) {
                bool differs = setup.panel[other] != evaluator;
                require(differs, ITenderBoard.TenderBoardPanelInvalid(id, panel, seat));
            }
            known = _requireEvaluator(id, buyer, terms.reviewBody, terms.keysetId, evaluator, seat, known);
        }
    }

    /// @inheritdoc IEvaluationDesk
    function planOf(
        bytes32 id,
        bytes16 code,
        uint16 version,
        OpeningPlan calldata given
    ) external view returns (OpeningPlan memory plan) {
        plan = given;
        Evaluation storage facts = _evaluations[id];
        if (facts.standstillEnds == 0) return plan;
        plan.failed = facts.failed;
        plan.standstillEnds = _complaints.clearFrom(id, 0, ComplaintStage.Technical, facts.standstillEnds);
        if (plan.standstillEnds == NEVER) {
            (plan.openFrom, plan.fallbackFrom, plan.voidFrom) = (NEVER, NEVER, NEVER);
            return plan;
        }
        Procedure memory procedure = _procedures.procedureOf(code, version);
        plan.openFrom = _after(id, plan.standstillEnds, procedure.openingDelay);
        plan.fallbackFrom = _after(id, plan.openFrom, procedure.fallbackDelay);
        plan.voidFrom = _after(id, plan.fallbackFrom, procedure.fallbackDelay);
    }

    /// @inheritdoc IEvaluationDesk
    function keyOf(
        bytes32 id,
        Criterion[] calldata criteria,
        uint16 index,
        uint256 price,
        uint256 min
    ) external view returns (uint256) {
        Evaluation storage facts = _evaluations[id];
        uint256 points = _points[id][facts.round][index];
        uint256 evaluators = _count(facts.complete);
        uint256 left = WHOLE;
        uint256 score = 0;
        for (uint256 k = 0; k < criteria.length; ++k) {
            uint256 sum = (points >> (16 * k)) & type(uint16).max;
            score += criteria[k].weightBps * ((sum * SCALE) / (evaluators * criteria[k].maxPoints));
            left -= criteria[k].weightBps;
        }
        score += left * ((min * SCALE) / price);
        return WHOLE * SCALE + 1 - score;
    }

    /// @inheritdoc IEvaluationDesk
    function evaluationOf(bytes32 id) external view returns (Evaluation memory) {
        return _evaluations[id];
    }

    /// @inheritdoc IEvaluationDesk
    function scoresOf(bytes32 id, uint16 round, uint8 seat) external view returns (Scores memory) {
        return _scores[id][round][seat];
    }

    /// @inheritdoc IEvaluationDesk
    function pointsOf(bytes32 id, uint16 index) external view returns (uint256) {
        return _points[id][_evaluations[id].round][index];
    }

    /// @inheritdoc IEvaluationDesk
    function isFailed(bytes32 id, uint16 index) external view returns (bool) {
        Evaluation storage facts = _evaluations[id];
        if (facts.standstillEnds == 0) return false;
        return (_failed[id][facts.results][index / WORD] >> (index % WORD)) & 1 == 1;
    }

    /// @inheritdoc IEvaluationDesk
    function votesOn(bytes32 id, bytes32 act) external view returns (Vote memory) {
        return _votes[id][act];
    }

    // What was scored so far is void.
    function _begin(Evaluation storage facts) private {
        ++facts.round;
        facts.roundAt = uint40(block.timestamp);
        (facts.startedAt, facts.committed, facts.begun, facts.complete) = (0, 0, 0, 0);
    }

    // Votes of an earlier sitting are none; they are called for anew from when this one began. What was called for before the result is void:
    // nobody can vote until the prices are open, and silence would count.
    function _votesNow(bytes32 id, bytes32 act) private view returns (Vote memory votes) {
        Evaluation storage facts = _evaluations[id];
        votes = _votes[id][act];
        if (votes.results != facts.results) return Vote(0, facts.sitting, facts.results, 0, 0);
        if (votes.calledAt == 0 || votes.sitting == facts.sitting) return votes;
        if (facts.sittingAt > votes.calledAt) votes.calledAt = facts.sittingAt;
        (votes.sitting, votes.yes, votes.no) = (facts.sitting, 0, 0);
    }

    // More than half of the panel, and the independent one's vote, whichever it is, unless it was silent for scorePeriod.
    function _takeVotes(bytes32 id, TenderFacts memory tender, bytes32 act) private {
        Vote memory votes = _votesNow(id, act);
        uint256 limit = tender.panel / 2 + 1;
        uint256 got = _count(votes.yes);
        require(got >= limit, EvaluationDeskVotesShort(id, limit, got));
        if (!_has(votes.yes | votes.no, 0)) {
            uint40 until = _after(id, votes.calledAt, _period(tender));
            require(block.timestamp >= until, EvaluationDeskVoteMissing(id, until));
        }
        delete _votes[id][act];
        emit VotesTaken(id, act);
    }

    // Scores may be revealed once the time to commit them is over, for as long.
    function _revealing(
        bytes32 id,
        Evaluation memory facts,
        uint40 period
    ) private view returns (uint40 from, uint40 until) {
        if (facts.startedAt == 0) return (NEVER, NEVER);
        from = _after(id, facts.startedAt, period);
        until = _after(id, from, period);
    }

    function _requireScores(
        bytes32 id,
        Evaluation memory facts,
        Procedure memory procedure,
        uint256 panel
    ) private view {
        bool all = _count(facts.complete) == panel;
        (, uint40 until) = _revealing(id, facts, procedure.scorePeriod);
        require(all || block.timestamp >= until, EvaluationDeskScoreNotDue(id, 0, until));
        uint256 got = _count(facts.complete & ~uint8(1));
        bool enough = _suffices(facts, procedure);
        require(enough, EvaluationDeskScoresShort(id, procedure.minEvaluators, got));
    }

    // Who revealed a part may have seen the others' first: a round counts where nobody did.
    function _suffices(Evaluation memory facts, Procedure memory procedure) private pure returns (bool) {
        bool whole = facts.begun == facts.complete && _has(facts.complete, 0);
        return whole && _count(facts.complete & ~uint8(1)) >= procedure.minEvaluators;
    }

    // It did not commit, or did not reveal, in its time, or nobody began; and without it there is no result.
    function _isScoreMissing(
        bytes32 id,
        TenderFacts memory tender,
        uint8 seat,
        uint256 panel
    ) private view returns (bool) {
        Awarding memory state = _requireTechnical(id);
        Evaluation memory facts = _evaluations[id];
        Procedure memory procedure = _procedures.procedureOf(tender.procedure, tender.procedureVersion);
        if (procedure.awardRule == 0) return false;
        if (facts.startedAt == 0) {
            // The envelopes are all open by the end of the opening: nobody has less than scorePeriod.
            uint40 since = _after(id, _after(id, state.openFrom, procedure.fallbackDelay), procedure.fallbackDelay);
            if (facts.roundAt > since) since = facts.roundAt;
            return block.timestamp >= _after(id, since, procedure.scorePeriod);
        }
        (uint40 from, uint40 until) = _revealing(id, facts, procedure.scorePeriod);
        if (block.timestamp >= until) return !_has(facts.complete, seat) && !_suffices(facts, procedure);
        if (block.timestamp < from || _has(facts.committed, seat)) return false;
        Evaluation memory best = facts;
        (best.begun, best.complete) = (facts.committed, facts.committed);
        return panel != 0 && !_suffices(best, procedure);
    }

    // It was called and is silent since scorePeriod, and the others did not decide.
    function _isVoteMissing(
        bytes32 id,
        TenderFacts memory tender,
        bytes32 act,
        uint8 seat,
        uint256 panel
    ) private view returns (bool) {
        Vote memory votes = _votesNow(id, act);
        _requireDeciding(id);
        if (votes.calledAt == 0 || _has(votes.yes | votes.no, seat)) return false;
        if (_count(votes.yes) * 2 > panel || _count(votes.no) * 2 > panel) return false;
        return block.timestamp >= _after(id, votes.calledAt, _period(tender));
    }

    function _period(TenderFacts memory tender) private view returns (uint40) {
        return _procedures.procedureOf(tender.procedure, tender.procedureVersion).scorePeriod;
    }

    function _after(bytes32 id, uint40 start, uint40 period) private view returns (uint40) {
        return _complaints.endAfter(id, start, period);
    }

    function _holder(bytes32 id, Setup calldata setup, uint8 seat) private view returns (address holder) {
        holder = replacementOf[id][seat];
        if (holder == address(0)) holder = setup.panel[seat];
    }

    function _has(uint8 set, uint8 seat) private pure returns (bool) {
        return (set >> seat) & 1 == 1;
    }

    function _with(uint8 set, uint8 seat) private pure returns (uint8) {
        return set | uint8(1 << seat);
    }

    function _count(uint8 set) private pure returns (uint256 count) {
        for (; set != 0; set &= set - 1) ++count;
    }

    function _requireTender(bytes32 id) private view returns (TenderFacts memory tender) {
        tender = _tenders.tenderFacts(id);
        require(tender.termsVersion != 0, ITenderBoard.TenderBoardNotFound(id));
    }

    function _requireTechnical(bytes32 id) private view returns (Awarding memory state) {
        state = _tenders.awarding(id, 1);
        bool technical = state.status == TenderStatus.Technical;
        // What is left after the result are prices.
        bool opened = technical || state.left == 0 || _evaluations[id].standstillEnds != 0;
        require(opened, EvaluationDeskNotOpened(id, state.left));
        require(technical, ITenderBoard.TenderBoardStatusWrong(id, state.status));
    }

    // What the panel decides on is decided then alone; a vote that was cast while the terms could change would be another panel's.
    function _requireDeciding(bytes32 id) private view {
        TenderStatus status = _tenders.tenderStatus(id);
        bool deciding = status == TenderStatus.Technical || status == TenderStatus.Awarding;
        require(deciding, ITenderBoard.TenderBoardStatusWrong(id, status));
    }

    function _requireBuyer(TenderFacts memory tender, uint16 roles, bytes32 role) private view {
        bool may = _members.memberOf(msg.sender) == tender.buyer && _members.may(msg.sender, roles);
        require(may, EvaluationDeskRoleMissing(role, msg.sender));
    }

    // Either of the buyer's two, or with four eyes the approver, for what another account proposed.
    function _requireDecider(TenderFacts memory tender) private {
        if (tender.fourEyes) _fourEyes.take(tender.buyer, msg.sender, keccak256(msg.data));
        else _requireBuyer(tender, Roles.OFFICER | Roles.APPROVER, "OFFICER");
    }

    // Organisations change: whether the one of seat 0 is independent, and none of them bids or reviews, is looked at again.
    function _requireSeat(bytes32 id, TenderFacts memory tender, Setup calldata setup, uint8 seat) private view {
        bool same = keccak256(abi.encode(setup)) == tender.setupHash;
        require(same, EvaluationDeskSetupMismatch(id));
        bool may = seat < setup.panel.length && _holder(id, setup, seat) == msg.sender;
        may = may && _members.may(msg.sender, Roles.EVALUATOR);
        require(may, EvaluationDeskRoleMissing("EVALUATOR", msg.sender));
        bytes32 member = _members.memberOf(msg.sender);
        bool aside = member != tender.reviewBody && _bids.placeOf(id, member) == 0;
        if (aside && seat == 0) aside = _members.independent(member, tender.buyer);
        require(aside, EvaluationDeskRoleConflict("EVALUATOR", msg.sender));
    }

    // `known`: the organisation of the seat before, which opens nothing. Seat 0: of an organisation of evaluators or witnesses, independent of the buyer. The others: of one of evaluators, or the buyer's.
    function _requireEvaluator(
        bytes32 id,
        bytes32 buyer,
        bytes32 reviewBody,
        bytes32 keysetId,
        address evaluator,
        uint8 seat,
        bytes32 known
    ) private view returns (bytes32 member) {
        member = _members.memberOf(evaluator);
        bool fits = member != 0 && _members.may(evaluator, Roles.EVALUATOR);
        if (fits && (seat == 0 || member != buyer)) {
            fits = _members.isActive(member, Kinds.EVALUATION);
            if (!fits && seat == 0) fits = _members.isActive(member, Kinds.WITNESS);
        }
        require(fits, ITenderBoard.TenderBoardRoleMissing("EVALUATOR", evaluator));
        // Nobody bids before it is published.
        bool aside = member != reviewBody && (id == 0 || _bids.placeOf(id, member) == 0);
        if (aside && seat == 0) aside = _members.independent(member, buyer);
        require(aside, ITenderBoard.TenderBoardRoleConflict("EVALUATOR", evaluator));
        if (member != buyer && member != known) _committee.requireIndependent(keysetId, member);
    }

    function _requireCriteria(
        bytes32 id,
        Criterion[] calldata criteria,
        uint256 weights,
        uint8 awardRule
    ) private pure {
        uint256 count = criteria.length;
        // Where the lowest price wins there are none; by points there is one at least.
        bool fits = awardRule == 0 ? count == 0 : count != 0 && count <= MAX_CRITERIA;
        for (uint256 k = 0; fits && k < count; ++k) {
            uint256 most = criteria[k].maxPoints;
            bool valid = most != 0 && most <= MAX_POINTS && criteria[k].weightBps != 0;
            require(valid, EvaluationDeskPointsInvalid(id, k, MAX_POINTS, most));
            weights += criteria[k].weightBps;
        }
        require(fits && weights == WHOLE, ITenderBoard.TenderBoardWeightsInvalid(id, weights));
    }

    function _requirePoints(bytes32 id, Criterion[] calldata criteria, uint256 word) private pure {
        uint256 count = criteria.length;
        for (uint256 k = 0; k < count; ++k) {
            uint256 points = (word >> (16 * k)) & type(uint16).max;
            uint256 most = criteria[k].maxPoints;
            require(points <= most, EvaluationDeskPointsInvalid(id, k, most, points));
        }
        uint256 rest = count == MAX_CRITERIA ? 0 : word >> (16 * count);
        require(rest == 0, EvaluationDeskPointsInvalid(id, count, 0, rest));
    }

    // No price is known yet, and nobody was asked to sign.
    function _requireReason(bytes32 id, uint8 reason) private pure {
        bool known = reason != 0 && reason <= uint8(type(DisqualificationReason).max);
        bool ours =
            reason != uint8(DisqualificationReason.AbnormallyLow) &&
                reason != uint8(DisqualificationReason.RefusedToSign);
        require(known && ours, EvaluationDeskReasonInvalid(id, reason));
    }

    function _requireCured(bytes32 id, uint16 index) private view {
        (uint40 until, bool given) = _awards.curingOf(id, index);
        if (until == 0 || given) return;
        uint40 end = _complaints.endOf(id, until);
        require(block.timestamp >= end, EvaluationDeskWindowOpen(id, end));
    }
}
