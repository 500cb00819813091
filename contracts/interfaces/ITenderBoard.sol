// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Awarding} from "../types/Award.sol";
import {
    BidWindow,
    Cancellation,
    CancellationReason,
    LotStatus,
    TenderFacts,
    TenderStatus,
    Terms
} from "../types/Procurement.sol";

/// @title The tenders: publication, amendment, enquiries, notes, cancellation, status
/// @notice The public data is canonical JSON in the events; the terms struct governs. Status follows from time and facts alone.
/// The first argument of an error is the tender (0 at publication), but in shared ones.
interface ITenderBoard {
    /// @notice `who` lacks `role` for this tender: `OFFICER`, `APPROVER` of the buyer, `SUPPLIER` (or a desk), `AUDITOR` (or a witness),
    /// `REVIEWER` of the review body; or is neither `AUTHORITY`, `COMPLAINT_DESK` nor `AGREEMENT_BOOK`.
    error TenderBoardRoleMissing(bytes32 role, address who);
    /// @notice The review body of `who` depends on the buyer by now.
    error TenderBoardRoleConflict(bytes32 role, address who);
    /// @notice This organisation recorded the same act before; `id` is the tender, question or note it made.
    error TenderBoardAlreadyRecorded(bytes32 recordId, bytes32 id);
    /// @notice The field has this value already.
    error TenderBoardUnchanged(bytes32 field);
    /// @notice A required value is zero.
    error TenderBoardHashZero(bytes32 field);
    /// @notice The JSON is empty or longer than `limit` bytes.
    error TenderBoardJsonLength(uint256 limit, uint256 got);
    /// @notice No such tender.
    error TenderBoardNotFound(bytes32 id);
    /// @notice No such lot; lots count from 1.
    error TenderBoardLotNotFound(bytes32 id, uint256 lot);
    /// @notice No such question; questions count from 1.
    error TenderBoardQuestionNotFound(bytes32 id, uint256 question);
    /// @notice The deadline has passed.
    error TenderBoardClosed(bytes32 id, uint256 closedAt);
    /// @notice The status does not allow this act.
    error TenderBoardStatusWrong(bytes32 id, TenderStatus status);
    /// @notice The terms were changed meanwhile.
    error TenderBoardTermsStale(bytes32 id, bytes32 expected, bytes32 got);
    /// @notice The time for questions is over.
    error TenderBoardEnquiriesClosed(bytes32 id, uint256 closedAt);
    /// @notice The question has its answer.
    error TenderBoardQuestionAnswered(bytes32 id, uint256 question);
    /// @notice The tender holds the most questions it may, or the most of all desks, or of this supplier or desk.
    error TenderBoardQuestionsFull(bytes32 id, uint256 limit);
    /// @notice The tender holds the most notes of this member.
    error TenderBoardNotesFull(bytes32 id, uint256 limit);
    /// @notice Who asked through a desk stays hidden until then; 2^40 - 1 while the tender is held at the deadline.
    error TenderBoardAskerHidden(bytes32 id, uint256 until);
    /// @notice It was disclosed who asked the question.
    error TenderBoardAskerKnown(bytes32 id, uint256 question);
    /// @notice Supplier and salt do not make the tag of this question, or it was asked openly, or there is no such supplier.
    error TenderBoardAskerMismatch(bytes32 id, uint256 question);
    /// @notice The deadline lies outside `min`..`max`.
    error TenderBoardPeriodInvalid(bytes32 id, uint256 min, uint256 max, uint256 got);
    /// @notice An addendum never moves the deadline earlier.
    error TenderBoardDeadlineEarlier(bytes32 id, uint256 limit, uint256 got);
    /// @notice After an addendum bidders have at least the procedure's extension: the deadline is `limit` or later.
    error TenderBoardExtensionTooShort(bytes32 id, uint256 limit, uint256 got);
    /// @notice An addendum cannot change this field.
    error TenderBoardFieldFrozen(bytes32 id, bytes32 field);
    /// @notice A tender has 1..`limit` lots.
    error TenderBoardLotsInvalid(bytes32 id, uint256 limit, uint256 got);
    /// @notice The procedure's ceiling binds and this lot has none.
    error TenderBoardCeilingMissing(bytes32 id, uint256 lot);
    /// @notice Price and criteria weights sum to 10,000.
    error TenderBoardWeightsInvalid(bytes32 id, uint256 sum);
    /// @notice The panel does not fit the procedure.
    error TenderBoardPanelInvalid(bytes32 id, uint256 limit, uint256 got);
    /// @notice The review body is not an active REVIEW_BODY member independent of the buyer.
    error TenderBoardReviewBodyInvalid(bytes32 id, bytes32 member);
    /// @notice An open complaint about an award bars the cancellation.
    error TenderBoardCancelBarred(bytes32 id, uint256 complaint);
    /// @notice The agreement about this lot is signed by both sides: it is not cancelled any more, nor the tender with it.
    error TenderBoardAlreadySigned(bytes32 id, uint256 lot);
    /// @notice The tender stood still as often as it may.
    error TenderBoardPausesFull(bytes32 id);
    /// @notice No such reason.
    error TenderBoardReasonInvalid(bytes32 id, uint256 code);

    event TenderPublished(
        bytes32 indexed id,
        bytes32 indexed buyer,
        bytes32 recordId,
        bytes32 termsHash,
        Terms terms,
        string json
    );
    event TenderAmended(bytes32 indexed id, uint16 termsVersion, bytes32 termsHash, Terms terms, string json);
    event QuestionAsked(bytes32 indexed id, uint16 indexed question, bytes32 supplier, bytes32 tag, string json);
    event AskerDisclosed(bytes32 indexed id, uint16 indexed question, bytes32 supplier, bytes32 salt, bytes32 by);
    event NoteRecorded(bytes32 indexed id, uint16 indexed note, bytes32 indexed member, bytes32 recordId, string json);
    event QuestionAnswered(bytes32 indexed id, uint16 indexed question, uint40 deadline, string json);
    event CancellationProposed(
        bytes32 indexed id,
        uint8 indexed lot,
        CancellationReason reason,
        bytes32 documentHash,
        uint40 cancelsAt
    );
    event CancellationConsented(bytes32 indexed id, uint8 indexed lot, bytes32 documentHash, uint40 cancelsAt);
    event ReviewBodyReplaced(bytes32 indexed id, bytes32 indexed reviewBody);

    /// @notice Publishes a tender of the caller's member. Role: OFFICER or APPROVER; with four eyes APPROVER.
    /// @param recordId Idempotency: kept per member; a repeat reverts AlreadyRecorded with the tender it made.
    /// @param json OCDS tender, canonical (RFC 8785), at most 128 KiB.
    /// @return id bytes32(number), numbers from 1 in order of publication.
    function publish(bytes32 recordId, Terms calldata terms, string calldata json) external returns (bytes32 id);
    /// @notice Replaces the terms as a whole: while bids come in, and once after the deadline where a complaint was upheld with the remedy
    /// Amend. Role: OFFICER or APPROVER of the buyer; with four eyes APPROVER.
    /// @param expectedTermsHash The terms it replaces.
    function amend(bytes32 id, bytes32 expectedTermsHash, Terms calldata terms, string calldata json) external;
    /// @notice Asks a question in public. Role: SUPPLIER (active); or a desk, which asks for a supplier that it does not name: REGISTRAR of
    /// a member that is neither the buyer nor a supplier. The event's `supplier` is the supplier, or the desk's member.
    /// @param tag Idempotency: unique for a supplier in the tender, and among all desks; a repeat reverts AlreadyRecorded with the question.
    /// A desk's is the commitment to who asked: keccak256(abi.encode("licita/asker", chainid, TenderBoard, id, supplier, salt)).
    /// @param json Canonical {title, description, ...}, at most 4 KiB.
    function ask(bytes32 id, bytes32 tag, string calldata json) external returns (uint16 question);
    /// @notice Answers once; an answer later than its cutoff moves the deadline. Role: OFFICER of the buyer.
    function answer(bytes32 id, uint16 question, string calldata json) external;
    /// @notice Proves once who asked through a desk, once bidding is over. Role: as for `ask`; `by` in the event is the caller's
    /// organisation, so that what a supplier says of itself is told from what a desk says of it.
    /// @param salt The 32 random bytes in the tag.
    function discloseAsker(bytes32 id, uint16 question, bytes32 supplier, bytes32 salt) external;
    /// @notice Records a public remark on a tender, whatever its status. Role: AUDITOR or WITNESS.
    /// @param recordId Idempotency: kept per member; a repeat reverts AlreadyRecorded with the note's number.
    /// @param json Canonical {text, document?}, at most 4 KiB.
    /// @return number Notes count from 1 in a tender.
    function note(bytes32 recordId, bytes32 id, string calldata json) external returns (uint16 number);
    /// @notice Begins the cancellation of a lot, or of the whole tender (`lot` = 0). From the opening on the review body has to consent, and
    /// the cancel window begins with that (`cancelsAt` 0 in the event). Role: OFFICER or APPROVER of the buyer; with four eyes APPROVER.
    /// @param documentHash sha256 of the reasoned decision.
    function cancel(bytes32 id, uint8 lot, uint8 reason, bytes32 documentHash) external;
    /// @notice Consents to a cancellation and begins its window. Role: REVIEWER of the tender's review body.
    function consentCancel(bytes32 id, uint8 lot, bytes32 documentHash) external;
    /// @notice Gives the tender another review body, or one where it had none, also when it is Complete. Role: the authority.
    function replaceReviewBody(bytes32 id, bytes32 body) external;
    /// @notice From now on ComplaintDesk is asked about the tender. Role: ComplaintDesk.
    function watch(bytes32 id) external;
    /// @notice Both sides signed the agreement about a lot. Told by AgreementSigned. Role: AgreementBook.
    function markSigned(bytes32 id, uint8 lot) external;
    /// @notice A remedy: the lot, or the tender, is cancelled at once. Told by ComplaintRemedied, as the next one. Role: ComplaintDesk.
    function cancelByOrder(bytes32 id, uint8 lot) external;
    /// @notice A remedy: the lot, or the tender, is not being cancelled any more; nothing where it was not. Role: ComplaintDesk.
    /// @return stoppedAt Since when all of the tender was being cancelled, if it is not any more, unix seconds; else 0.
    /// @return proposedAt Since when the lot was, unix seconds; 0 for the tender.
    function undoCancellation(bytes32 id, uint8 lot) external returns (uint40 stoppedAt, uint40 proposedAt);

    /// @notice Status at the present block time; None where unknown.
    function tenderStatus(bytes32 id) external view returns (TenderStatus);
    /// @notice Status of a lot at the present block time; reverts NotFound, LotNotFound.
    function lotStatus(bytes32 id, uint8 lot) external view returns (LotStatus);
    /// @notice Cancellation of a lot by itself, or of the whole tender (`lot` = 0); all zero where there is none.
    function cancellation(bytes32 id, uint8 lot) external view returns (Cancellation memory);
    /// @notice Stored facts; all zero where unknown.
    function tenderFacts(bytes32 id) external view returns (TenderFacts memory);
    /// @notice End of the bidding period, outages added; reverts NotFound.
    function closesAt(bytes32 id) external view returns (uint40);
    /// @notice What the box and the committee have to know; all zero where unknown.
    function bidWindow(bytes32 id) external view returns (BidWindow memory);
    /// @notice What a tender's bids are sealed to and bound to: its keyset and its last terms; 0 where unknown.
    function sealedTo(bytes32 id) external view returns (bytes32 keysetId, uint16 termsVersion);
    /// @notice Supplier for which an account may bid at the present block time; 0 = it may not: nobody bids that is not eligible, nor the
    /// buyer or the review body of the tender.
    function bidderOf(bytes32 id, address account) external view returns (bytes32 supplier);
    /// @notice What the award of a lot has to know; reverts NotFound, LotNotFound.
    function awarding(bytes32 id, uint8 lot) external view returns (Awarding memory);
    /// @notice Number of tenders; the last id.
    function tenderCount() external view returns (uint256);
    /// @notice What a member (or an address, left-padded) recorded under this id; 0 if nothing.
    function recordOf(bytes32 actor, bytes32 recordId) external view returns (bytes32);
    /// @notice Question that a supplier, or one of the desks (`supplier` = 0), recorded under this tag of a tender; 0 if none.
    function questionOf(bytes32 id, bytes32 supplier, bytes32 tag) external view returns (uint16);
    /// @notice Whether a question has its answer.
    function isAnswered(bytes32 id, uint16 question) external view returns (bool);
    /// @notice Supplier that was disclosed as the asker of a desk's question; 0 if none was.
    function askerOf(bytes32 id, uint16 question) external view returns (bytes32);
}
