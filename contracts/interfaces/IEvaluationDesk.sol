// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Evaluation, Scores, Vote} from "../types/Evaluation.sol";
import {Bounds, Criterion, OpeningPlan, Setup, Terms} from "../types/Procurement.sol";

/// @title The panel: scores before any price, votes on decisions, the technical result, the release of prices
/// @notice A panel is an odd number of evaluators, 3 to 7, named in the terms; seat 0 is independent of the buyer. Scores are committed by all
/// before any is revealed. A vote is on one act, the very call that is to be made: act = keccak256(abi.encode(chainid, contract, keccak256(call))).
/// The first argument of an error is the tender, but in shared ones.
interface IEvaluationDesk {
    /// @notice `who` lacks `role` for this tender: `EVALUATOR` in that seat, `OFFICER` or `APPROVER` of the buyer; or is not `COMPLAINT_DESK`.
    error EvaluationDeskRoleMissing(bytes32 role, address who);
    /// @notice `who` would act on two sides: its organisation bids, reviews, or, in seat 0, depends on the buyer.
    error EvaluationDeskRoleConflict(bytes32 role, address who);
    /// @notice A required value is zero.
    error EvaluationDeskHashZero(bytes32 field);
    /// @notice The page is not the next one, or holds more or less than `limit`.
    error EvaluationDeskPageInvalid(uint256 limit, uint256 got);
    /// @notice `left` technical envelopes are not open yet.
    error EvaluationDeskNotOpened(bytes32 id, uint256 left);
    /// @notice A bidder still has time to cure.
    error EvaluationDeskWindowOpen(bytes32 id, uint256 until);
    /// @notice Fewer than `limit` of the panel are for it.
    error EvaluationDeskVotesShort(bytes32 id, uint256 limit, uint256 got);
    /// @notice The independent evaluator did not vote and has until then; 0 = nobody called for votes.
    error EvaluationDeskVoteMissing(bytes32 id, uint256 until);
    /// @notice Scores of fewer than `limit` evaluators besides the independent one are complete, or not all that were begun.
    error EvaluationDeskScoresShort(bytes32 id, uint256 limit, uint256 got);
    /// @notice It is done once: `call`, `vote`, `commitment`.
    error EvaluationDeskOnlyOnce(bytes32 id, bytes32 what, bytes32 who);
    /// @notice Scores are committed or revealed from then until then; (0, 0): nobody scores in this tender.
    error EvaluationDeskScoreNotDue(bytes32 id, uint256 notBefore, uint256 until);
    /// @notice The tender has no panel.
    error EvaluationDeskNoPanel(bytes32 id);
    /// @notice This evaluator is not silent, or the others suffice.
    error EvaluationDeskPanelSufficient(bytes32 id);
    /// @notice The setup is not that of the tender's terms.
    error EvaluationDeskSetupMismatch(bytes32 id);
    /// @notice What is revealed is not what was committed to.
    error EvaluationDeskScoreMismatch(bytes32 id, address who);
    /// @notice More points than the criterion has; criterion `max` 0 = there is none at that place.
    error EvaluationDeskPointsInvalid(bytes32 id, uint256 criterion, uint256 max, uint256 got);
    /// @notice No such reason, or another act's.
    error EvaluationDeskReasonInvalid(bytes32 id, uint256 code);
    /// @notice The bid has no technical envelope that was opened, or stands in the list before.
    error EvaluationDeskBidInvalid(bytes32 id, uint256 index);

    /// @notice The panel is asked to vote on an act.
    event VoteCalled(bytes32 indexed id, bytes32 indexed act);
    /// @notice @param opinionHash sha256 of the evaluator's opinion, 0 = none.
    event VoteCast(
        bytes32 indexed id,
        bytes32 indexed act,
        uint16 sitting,
        uint8 seat,
        address evaluator,
        bool support,
        bytes32 opinionHash
    );
    /// @notice The votes on an act were enough and are used up: the event of the act itself is the next one.
    event VotesTaken(bytes32 indexed id, bytes32 indexed act);
    event ScoresCommitted(bytes32 indexed id, uint16 indexed round, uint8 seat, address evaluator, bytes32 commitment);
    /// @notice @param words One of each opened bid of the page, in order: bits 16 k to 16 k + 15 are the points for criterion k.
    event ScoresRevealed(
        bytes32 indexed id,
        uint16 indexed round,
        uint8 seat,
        address evaluator,
        uint256 page,
        uint256[] words
    );
    /// @notice Votes that were cast before are void. @param round Of scores; begins now where the one before gave none.
    event EvaluatorReplaced(bytes32 indexed id, uint8 seat, address evaluator, uint16 round, bytes32 documentHash);
    /// @notice Every opened bid that is not named passed. @param reasons DisqualificationReason of each. @param standstillEnds Stored end.
    event TechnicalDecided(
        bytes32 indexed id,
        uint16 indexed round,
        uint16[] failed,
        uint8[] reasons,
        bytes32 documentHash,
        uint40 standstillEnds
    );

    /// @notice Commits an evaluator's scores, before any is revealed; the first opens the round's window. Role: EVALUATOR in that seat.
    /// @param commitment keccak256(abi.encode(chainid, this, id, round, evaluator, pageHashes, salt)); a page's hash is keccak256 of its words.
    function commitScores(bytes32 id, Setup calldata setup, uint8 seat, bytes32 commitment) external;
    /// @notice Reveals the next page of 16 indexes, in the scorePeriod after the one for commitments. Role: EVALUATOR in that seat.
    /// @param words As in ScoresRevealed. @param pageHashes Of all pages.
    function revealScores(
        bytes32 id,
        Setup calldata setup,
        uint8 seat,
        uint256 page,
        uint256[] calldata words,
        bytes32[] calldata pageHashes,
        bytes32 salt
    ) external;
    /// @notice Calls the panel to vote on an act; who is silent for scorePeriod from then on abstains. Role: OFFICER of the buyer.
    function callVote(bytes32 id, bytes32 act) external;
    /// @notice Votes. Role: EVALUATOR in that seat.
    function vote(
        bytes32 id,
        Setup calldata setup,
        uint8 seat,
        bytes32 act,
        bool support,
        bytes32 opinionHash
    ) external;
    /// @notice Uses up the votes on the act of the calling contract. Role: anybody, for its own acts alone.
    function takeVotes(bytes32 id, bytes32 callHash) external;
    /// @notice Puts another in the seat of an evaluator who is silent; all vote anew. Role: OFFICER or APPROVER of the buyer.
    /// @param act On which it did not vote; 0 = it gave no scores, and all score anew.
    function replaceEvaluator(
        bytes32 id,
        Setup calldata setup,
        uint8 seat,
        address evaluator,
        bytes32 act,
        bytes32 documentHash
    ) external;
    /// @notice Decides which bids fail, before any price; all others pass. Role: OFFICER or APPROVER of the buyer.
    /// @param failed Their indexes, rising. @param reasons DisqualificationReason of each.
    function decideTechnical(
        bytes32 id,
        uint16[] calldata failed,
        uint8[] calldata reasons,
        bytes32 documentHash
    ) external;
    /// @notice Has the prices of the bids that passed opened. Role: anybody.
    function releasePrices(bytes32 id) external;

    /// @notice A remedy: the technical result falls; told by ComplaintRemedied. @param rescore Whether the scores do as well. Role: ComplaintDesk.
    function redo(bytes32 id, bool rescore) external;

    /// @notice Reverts where lots, criteria, weights or panel of these terms are not valid. @param id 0 at publish. @param bounds Of their procedure.
    function requireSetup(bytes32 id, bytes32 buyer, Terms calldata terms, Bounds calldata bounds) external view;
    /// @notice The plan for what is due now: that of the prices from the technical result on.
    function planOf(
        bytes32 id,
        bytes16 code,
        uint16 version,
        OpeningPlan calldata plan
    ) external view returns (OpeningPlan memory);
    /// @notice Where a bid stands by points: 10^10 + 1 less its score, so that the least is the best. @param price Of the bid, @param min the least admissible.
    function keyOf(
        bytes32 id,
        Criterion[] calldata criteria,
        uint16 index,
        uint256 price,
        uint256 min
    ) external view returns (uint256);
    /// @notice Stored facts; all zero where unknown.
    function evaluationOf(bytes32 id) external view returns (Evaluation memory);
    /// @notice Who sits in a seat instead of whom the terms name; 0 = nobody does.
    function replacementOf(bytes32 id, uint8 seat) external view returns (address);
    /// @notice An evaluator's scores in a round.
    function scoresOf(bytes32 id, uint16 round, uint8 seat) external view returns (Scores memory);
    /// @notice Points of a bid in the present round, over all evaluators; bits as in ScoresRevealed.
    function pointsOf(bytes32 id, uint16 index) external view returns (uint256);
    /// @notice Whether the bid failed in the technical result that stands.
    function isFailed(bytes32 id, uint16 index) external view returns (bool);
    /// @notice The votes on an act as they are stored.
    function votesOn(bytes32 id, bytes32 act) external view returns (Vote memory);
}
