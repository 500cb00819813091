// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisqualificationReason, LotFacts, LotFailure, Offer, SecurityStatus} from "../types/Award.sol";
import {LotStatus, Setup} from "../types/Procurement.sol";

/// @title From opened bids to an award, lot by lot: who decides is asked, what follows is computed
/// @notice The bids are counted (`tally`), put in order (`rank`, checked here), and the first one that is not out is the candidate: the only
/// one that can be awarded or disqualified. Bids are known by their index in BidBox; places in a ranking count from 0.
/// The first argument of an error is the tender, but in shared ones.
interface IAwardDesk {
    /// @notice `who` lacks `role` for this tender: `OFFICER` of the buyer, `SUPPLIER` of the bid; or is neither `COMPLAINT_DESK`
    /// nor `AGREEMENT_BOOK`.
    error AwardDeskRoleMissing(bytes32 role, address who);
    /// @notice The value is there already.
    error AwardDeskUnchanged(bytes32 field);
    /// @notice A required value is zero.
    error AwardDeskHashZero(bytes32 field);
    /// @notice The page is not the next one, or holds more or less than `limit`.
    error AwardDeskPageInvalid(uint256 limit, uint256 got);
    /// @notice The supplier may not be awarded now: `INACTIVE`, `DEBARRED`, `OWNERS_STALE`.
    error AwardDeskIneligible(bytes32 id, bytes32 supplier, bytes32 cause);
    /// @notice `left` bids are not open yet.
    error AwardDeskNotOpened(bytes32 id, uint256 left);
    /// @notice The lot's offers are not counted to the end.
    error AwardDeskNotTallied(bytes32 id, uint256 lot);
    /// @notice The lot has no ranking yet.
    error AwardDeskNotRanked(bytes32 id, uint256 lot);
    /// @notice `got` of `limit` bids are ranked.
    error AwardDeskRankIncomplete(bytes32 id, uint256 lot, uint256 limit, uint256 got);
    /// @notice The lot's status does not allow this act.
    error AwardDeskLotStatusWrong(bytes32 id, uint256 lot, LotStatus status);
    /// @notice The bid is not the candidate.
    error AwardDeskNotCandidate(bytes32 id, uint256 lot, uint256 index);
    /// @notice The supplier may be awarded.
    error AwardDeskStillEligible(bytes32 id, bytes32 supplier);
    /// @notice The price is abnormally low and nobody explained it.
    error AwardDeskExplanationMissing(bytes32 id, uint256 lot, uint256 index);
    /// @notice The bidder still has time to answer.
    error AwardDeskWindowOpen(bytes32 id, uint256 until);
    /// @notice The time for this is over, or never began (0).
    error AwardDeskWindowClosed(bytes32 id, uint256 closedAt);
    /// @notice The price is not abnormally low.
    error AwardDeskNotLow(bytes32 id, uint256 lot, uint256 index);
    /// @notice The procedure lets no bidder cure anything.
    error AwardDeskCuringNotAllowed(bytes32 id);
    /// @notice It is done once: `question`, `explanation`, `curing`, `cure`, `extension`.
    error AwardDeskOnlyOnce(bytes32 id, bytes32 what, bytes32 who);
    /// @notice The setup is not that of the tender's terms.
    error AwardDeskSetupMismatch(bytes32 id);
    /// @notice The offer is not what the opening of this bid showed.
    error AwardDeskOfferMismatch(bytes32 id, uint256 index);
    /// @notice Place `i` of the ranking does not follow the one before.
    error AwardDeskOrderWrong(bytes32 id, uint256 lot, uint256 i);
    /// @notice The bid has no offer that may win this lot.
    error AwardDeskNotAdmissible(bytes32 id, uint256 lot, uint256 index);
    /// @notice No such reason, or another act's.
    error AwardDeskReasonInvalid(bytes32 id, uint256 code);

    /// @notice A page of bids was counted. @param admissible Bit i: the bid at place i of the page may win.
    event LotTallied(bytes32 indexed id, uint8 indexed lot, uint256 page, uint256 admissible, LotFailure failure);
    /// @notice The ranking goes on with these bids from this place, or begins anew at 0.
    event LotRanked(bytes32 indexed id, uint8 indexed lot, uint16 place, uint16[] indexes);
    event LotAwarded(
        bytes32 indexed id,
        uint8 indexed lot,
        uint16 index,
        bytes32 supplier,
        uint128 price,
        bytes32 documentHash
    );
    event BidDisqualified(
        bytes32 indexed id,
        uint8 indexed lot,
        uint16 index,
        DisqualificationReason reason,
        bytes32 documentHash
    );
    event BidDropped(bytes32 indexed id, uint8 indexed lot, uint16 index, bytes32 supplier, bytes32 cause);
    event ExplanationAsked(bytes32 indexed id, uint8 indexed lot, uint16 index, bytes32 documentHash, uint40 until);
    event BidExplained(bytes32 indexed id, uint8 indexed lot, uint16 index, bytes32 documentHash);
    event CuringAsked(bytes32 indexed id, uint16 index, bytes32 documentHash, uint40 until);
    event BidCured(bytes32 indexed id, uint16 index, bytes32 documentHash);
    event DecisionExtended(bytes32 indexed id, bytes32 documentHash, uint40 due);
    event SecurityRecorded(bytes32 indexed id, uint16 index, SecurityStatus status, bytes32 ref);

    /// @notice Counts a page of 128 bids of a lot: offers, those that may win, their sum and least. Once and for all. Role: anybody.
    /// @param page The next one, from 0. @param offers Every opened bid of the page, in order of index.
    function tally(bytes32 id, uint8 lot, Setup calldata setup, uint256 page, Offer[] calldata offers) external;
    /// @notice Goes on with the ranking: at most 128 bids, from the one that wins on, lower price first, earlier bid on a tie. A list that
    /// begins with the least price and does not go on begins anew: a part that left a bid out stops nobody. Role: anybody.
    function rank(bytes32 id, uint8 lot, Setup calldata setup, Offer[] calldata list) external;
    /// @notice Awards the lot to the candidate, and starts the standstill. Role: OFFICER or APPROVER of the buyer; with four eyes APPROVER.
    /// @param supplier Whose bid it is. @param documentHash sha256 of the reasoned decision.
    function award(bytes32 id, uint8 lot, bytes32 supplier, Offer calldata offer, bytes32 documentHash) external;
    /// @notice Puts the candidate out; the next one follows, or the lot is exhausted. Role: OFFICER or APPROVER of the buyer; with four eyes APPROVER.
    function disqualify(bytes32 id, uint8 lot, uint16 index, uint8 reason, bytes32 documentHash) external;
    /// @notice Puts the candidate out whose supplier may not be awarded now. Role: anybody.
    function dropIneligible(bytes32 id, uint8 lot, bytes32 supplier) external;
    /// @notice Asks the candidate to explain an abnormally low price. Role: OFFICER of the buyer.
    function askExplanation(bytes32 id, uint8 lot, uint16 index, bytes32 documentHash) external;
    /// @notice Explains. Role: SUPPLIER, an account of the bid's.
    function explain(bytes32 id, uint8 lot, uint16 index, bytes32 documentHash) external;
    /// @notice Asks a bidder to cure a formal defect, once; never price or scored content. Role: OFFICER of the buyer.
    function askCuring(bytes32 id, uint16 index, bytes32 documentHash) external;
    /// @notice Cures. Role: SUPPLIER, an account of the bid's.
    function cure(bytes32 id, uint16 index, bytes32 documentHash) external;
    /// @notice Doubles the time for decisions, once. Role: OFFICER of the buyer.
    function extendDecision(bytes32 id, bytes32 documentHash) external;
    /// @notice Records what became of a bid's security. Role: OFFICER or APPROVER of the buyer; with four eyes APPROVER.
    function recordSecurity(bytes32 id, uint16 index, uint8 status, bytes32 ref) external;

    /// @notice Puts out the candidate of a lot that lapsed: it did not sign. Told by AwardPassedOver. Role: AgreementBook.
    /// @return index Its bid.
    function passOver(bytes32 id, uint8 lot) external returns (uint16 index);
    /// @notice A remedy: the award of a lot, if there is one, falls; its candidate is the candidate again. Told by ComplaintRemedied, as the
    /// next ones. Role: ComplaintDesk.
    function cancelAward(bytes32 id, uint8 lot) external;
    /// @notice A remedy: the bid at a place is in again, and the lot is Ranked. Role: ComplaintDesk.
    function restoreBid(bytes32 id, uint8 lot, uint16 place) external;
    /// @notice The cancellation of a lot was undone: what was running `since` its proposal ends later by a period. Role: ComplaintDesk.
    function prolong(bytes32 id, uint8 lot, uint40 since, uint40 period) external;

    /// @notice Status of a lot as far as its award goes, at the present block time. Standstill until no complaint about it is open.
    function awardStatus(bytes32 id, uint8 lot) external view returns (LotStatus);
    /// @notice Lots that failed in the award phase, and the latest end of their standstills (stored; 0 = none).
    function failedLots(bytes32 id) external view returns (uint8 count, uint40 until);
    /// @notice Stored facts; all zero where unknown.
    function lotFacts(bytes32 id, uint8 lot) external view returns (LotFacts memory);
    /// @notice Bid at a place of a ranking.
    function rankAt(bytes32 id, uint8 lot, uint16 place) external view returns (uint16 index);
    /// @notice Whether the bid may win the lot.
    function isAdmissible(bytes32 id, uint8 lot, uint16 index) external view returns (bool);
    /// @notice Reverts LotStatusWrong where the lot failed, or is failing: it is not cancelled any more.
    function requireNotFailed(bytes32 id, uint8 lot) external view;
    /// @notice Whether the bid at this place was put out, and not restored since.
    function isOut(bytes32 id, uint8 lot, uint16 place) external view returns (bool);
    /// @notice Whether the bid at this place is abnormally low.
    function isLow(bytes32 id, uint8 lot, uint16 place) external view returns (bool);
    /// @notice End of the time to explain (stored), and whether it was explained.
    function explanationOf(bytes32 id, uint8 lot, uint16 index) external view returns (uint40 until, bool given);
    /// @notice End of the time to cure (stored), and whether it was cured.
    function curingOf(bytes32 id, uint16 index) external view returns (uint40 until, bool given);
    /// @notice Whether the time for decisions was extended.
    function isExtended(bytes32 id) external view returns (bool);
    /// @notice What became of a bid's security.
    function securityOf(bytes32 id, uint16 index) external view returns (SecurityStatus);
}
