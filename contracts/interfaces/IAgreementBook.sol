// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AgreementChange,
    AgreementFacts,
    AgreementStatus,
    AgreementTerms,
    MilestoneFacts,
    MilestoneStatus,
    Payment,
    PaymentFacts,
    PendingChange,
    PendingEnd,
    Side,
    TerminationCause
} from "../types/Agreement.sol";

/// @title Agreements: signed by both sides, changed by both within caps, delivered, paid, rated
/// @notice No coin is here: payments are made in the bank and recorded. Milestones are of two kinds, deliveries and payments, and each kind
/// makes up the whole value. The last payment is what the others leave. The first argument of an error is the agreement; in `draft` and
/// `passOver` the tender; but in shared ones.
interface IAgreementBook {
    /// @notice `who` lacks `role` for this agreement: `OFFICER` of the buyer, `SUPPLIER` (of the agreement), `REVIEWER` of the tender's review
    /// body, `WITNESS` (or an enrolled citizen).
    error AgreementBookRoleMissing(bytes32 role, address who);
    /// @notice `who` would act on two sides: its organisation is a party or depends on the buyer.
    error AgreementBookRoleConflict(bytes32 role, address who);
    /// @notice The caller's view is out of date: the draft of the lot (0 = none), or the version of the agreement.
    error AgreementBookVersionWrong(uint256 expected, uint256 got);
    /// @notice A required value is zero.
    error AgreementBookHashZero(bytes32 field);
    /// @notice No such agreement.
    error AgreementBookNotFound(uint256 agreement);
    /// @notice No such milestone, or none of the kind that this one could wait for; they count from 1.
    error AgreementBookMilestoneNotFound(uint256 agreement, uint256 milestone);
    /// @notice The payer made no payment for this agreement under this reference.
    error AgreementBookPaymentNotFound(uint256 agreement, bytes32 ref);
    /// @notice The agreement's status does not allow this act.
    error AgreementBookStatusWrong(uint256 agreement, AgreementStatus status);
    /// @notice The award of the lot is not final before `until`.
    error AgreementBookNotFinal(bytes32 tenderId, uint256 lot, uint256 until);
    /// @notice The supplier is passed over only where the buyer signed by `limit`, in the first half of the time to sign, pauses not counted,
    /// and where as much as the second half has was left; it did at `got`, 0 = never.
    error AgreementBookOfferedLate(bytes32 tenderId, uint256 lot, uint256 limit, uint256 got);
    /// @notice This side signed already.
    error AgreementBookSignedTwice(uint256 agreement, Side side);
    /// @notice A change waits for its signatures.
    error AgreementBookChangePending(uint256 agreement);
    /// @notice The last change was too recent: the next one may be proposed from then on.
    error AgreementBookChangeTooSoon(uint256 agreement, uint256 notBefore);
    /// @notice The milestone's status does not allow this act; `None` = it is a payment, which nobody delivers.
    error AgreementBookMilestoneStatusWrong(uint256 agreement, uint256 milestone, MilestoneStatus status);
    /// @notice This delivery has to be accepted before.
    error AgreementBookNotAccepted(uint256 agreement, uint256 milestone);
    /// @notice The buyer recorded a payment of this payer under this reference before, for this agreement or another one.
    error AgreementBookReferenceUsed(uint256 agreement, bytes32 ref);
    /// @notice The payment was reversed already.
    error AgreementBookPaymentReversed(uint256 agreement, uint256 payment);
    /// @notice The time to rate is over, or did not begin (0): no delivery was accepted.
    error AgreementBookRatingClosed(uint256 agreement, uint256 closedAt);
    /// @notice This citizen, or the organisation of this witness, rated the agreement already.
    error AgreementBookRatedTwice(uint256 agreement, address who);
    /// @notice The value is not the price of the award.
    error AgreementBookValueWrong(bytes32 tenderId, uint256 expected, uint256 got);
    /// @notice There is no such kind, a share is 0, or the shares of this kind do not sum to 10,000; kind 0: not 1..64 milestones but `sum`.
    error AgreementBookMilestonesInvalid(bytes32 tenderId, uint256 kind, uint256 sum);
    /// @notice The period ends before it begins, a payment was made later than now, or changes would extend the period by more than
    /// 2^32 - 1 seconds.
    error AgreementBookDateInvalid(uint256 agreement, uint256 limit, uint256 got);
    /// @notice It is about another document; of a change that waits, about another one: then both are hashes of changes, as `signChange`
    /// takes them. `expected` 0: nothing waits for a signature.
    error AgreementBookDocumentWrong(uint256 agreement, bytes32 expected, bytes32 got);
    /// @notice No such reason or cause, or not for this: a reduction never raises the value.
    error AgreementBookReasonInvalid(uint256 agreement, uint256 code);
    /// @notice With it, changes of this kind would move the value by `got`; `limit` is the most.
    error AgreementBookChangeOverCap(uint256 agreement, uint256 limit, uint256 got);
    /// @notice More than `limit` would be paid for a milestone, or was.
    error AgreementBookOverpaid(uint256 agreement, uint256 limit, uint256 got);
    /// @notice This organisation may not pay here, or is not whom to pay.
    error AgreementBookPartyWrong(uint256 agreement, bytes32 who);
    /// @notice A rating is 1..5.
    error AgreementBookRatingInvalid(uint256 agreement, uint256 got);

    event AgreementDrafted(bytes32 indexed tenderId, uint256 indexed agreement, uint8 lot, AgreementTerms terms);
    /// @notice A side signed; with the second one it is Active, version 1, and the lot Signed.
    event AgreementSigned(bytes32 indexed tenderId, uint256 indexed agreement, Side side, bytes32 documentHash);
    /// @notice The candidate refused to sign in time and is out; its draft is dropped.
    event AwardPassedOver(
        bytes32 indexed tenderId,
        uint256 indexed agreement,
        uint8 lot,
        uint16 index,
        bytes32 supplier
    );
    event AgreementChangeProposed(
        bytes32 indexed tenderId,
        uint256 indexed agreement,
        Side side,
        AgreementChange change
    );
    /// @notice A side signed the change that waits, which waits for the other one.
    event AgreementChangeSigned(bytes32 indexed tenderId, uint256 indexed agreement, Side side);
    /// @notice With this side's signature the change that waited is in effect.
    event AgreementChanged(
        bytes32 indexed tenderId,
        uint256 indexed agreement,
        Side side,
        uint16 version,
        uint128 value
    );
    event AgreementChangeDropped(bytes32 indexed tenderId, uint256 indexed agreement, Side side, bytes32 documentHash);
    event MilestoneDelivered(
        bytes32 indexed tenderId,
        uint256 indexed agreement,
        uint8 milestone,
        bytes32 documentHash
    );
    event MilestoneAccepted(bytes32 indexed tenderId, uint256 indexed agreement, uint8 milestone, bytes32 documentHash);
    event MilestoneRefused(bytes32 indexed tenderId, uint256 indexed agreement, uint8 milestone, bytes32 documentHash);
    event PaymentRecorded(bytes32 indexed tenderId, uint256 indexed agreement, uint16 number, Payment payment);
    /// @notice A counter-entry: the payment did not reach the payee, or went back.
    event PaymentReversed(bytes32 indexed tenderId, uint256 indexed agreement, uint16 number, bytes32 documentHash);
    event AgreementCompleted(bytes32 indexed tenderId, uint256 indexed agreement, bytes32 documentHash);
    event AgreementEndProposed(bytes32 indexed tenderId, uint256 indexed agreement, Side side, bytes32 documentHash);
    event AgreementTerminated(
        bytes32 indexed tenderId,
        uint256 indexed agreement,
        TerminationCause cause,
        bytes32 documentHash
    );
    event AgreementRated(
        bytes32 indexed tenderId,
        uint256 indexed agreement,
        address rater,
        bool citizen,
        uint8 rating
    );

    /// @notice Drafts the agreement about a lot whose award is final, with the supplier of the award. Role: OFFICER of the buyer; with four
    /// eyes APPROVER where the buyer signed the draft that falls with it.
    /// @param replaces The draft of the lot before, which is dropped with its signature; 0 = there is none.
    /// @return agreement Numbers count from 1, over all tenders.
    function draft(
        bytes32 tenderId,
        uint8 lot,
        uint256 replaces,
        AgreementTerms calldata terms
    ) external returns (uint256 agreement);
    /// @notice Signs the document of a draft, while the award is final; the supplier has to be eligible when it does, and when both have.
    /// Role: SUPPLIER, an account of the agreement's; OFFICER or APPROVER of the buyer, with four eyes APPROVER.
    function sign(uint256 agreement, bytes32 documentHash) external;
    /// @notice Puts out the candidate of a lot that lapsed because the supplier did not sign what the buyer had signed in time; the next in the
    /// ranking follows. Role: anybody.
    function passOver(bytes32 tenderId, uint8 lot) external;
    /// @notice Proposes a change; one at a time. The proposal of a supplier is its signature; an officer's is that of the buyer, but with
    /// four eyes. Role: OFFICER of the buyer; SUPPLIER, an account of the agreement's.
    function proposeChange(uint256 agreement, uint16 expectedVersion, AgreementChange calldata change) external;
    /// @notice Signs the change that waits. Role: as for `sign`.
    /// @param changeHash keccak256(abi.encode(change)) of the `AgreementChange` that waits: all that it says, not its document alone.
    function signChange(uint256 agreement, bytes32 changeHash) external;
    /// @notice Takes back, or turns down, the change that waits. Role: as for `proposeChange`; with four eyes APPROVER where the buyer signed it.
    /// @param changeHash As for `signChange`.
    function dropChange(uint256 agreement, bytes32 changeHash) external;
    /// @notice Says that a delivery was made. Role: SUPPLIER, an account of the agreement's.
    /// @param documentHash sha256 of the evidence.
    function deliver(uint256 agreement, uint8 milestone, bytes32 documentHash) external;
    /// @notice Accepts what was delivered, also after the end of the agreement. Role: OFFICER or APPROVER of the buyer; with four eyes APPROVER.
    function accept(uint256 agreement, uint8 milestone, bytes32 documentHash) external;
    /// @notice Refuses what was delivered; it may be delivered again while the agreement is Active. Role: as for `accept`.
    function refuse(uint256 agreement, uint8 milestone, bytes32 documentHash) external;
    /// @notice Records a payment that was made, also after the end of the agreement. Role: as for `accept`.
    function recordPayment(uint256 agreement, Payment calldata payment) external;
    /// @notice Records that a payment was reversed; its reference stays used. Role: as for `accept`.
    /// @param documentHash sha256 of the reason.
    function reversePayment(uint256 agreement, bytes32 payer, bytes32 ref, bytes32 documentHash) external;
    /// @notice Ends an agreement all of whose deliveries were accepted. Role: as for `accept`.
    function complete(uint256 agreement, bytes32 documentHash) external;
    /// @notice Ends an agreement before that. Mutual: the first side proposes, the other does it with the same document. Role: Mutual as for
    /// `sign`; SupplierDefault, ForceMajeure as for `accept`; BuyerDefault, Ordered REVIEWER of the tender's review body.
    function terminate(uint256 agreement, uint8 cause, bytes32 documentHash) external;
    /// @notice Rates the works 1..5, once, within 365 days of the last accepted delivery. Role: WITNESS, once for its organisation, which is
    /// no party; an enrolled citizen.
    function rate(uint256 agreement, uint8 rating) external;

    /// @notice Stored facts; all zero where unknown.
    function agreementFacts(uint256 agreement) external view returns (AgreementFacts memory);
    /// @notice Stored facts; all zero where unknown.
    function milestoneOf(uint256 agreement, uint8 milestone) external view returns (MilestoneFacts memory);
    /// @notice Stored facts of the payment that this buyer recorded; all zero where unknown.
    function paymentOf(bytes32 buyer, bytes32 payer, bytes32 ref) external view returns (PaymentFacts memory);
    /// @notice The change that waits for signatures; all zero where none does.
    function changeOf(uint256 agreement) external view returns (PendingChange memory);
    /// @notice The mutual end that waits for the other side; all zero where none does.
    function endOf(uint256 agreement) external view returns (PendingEnd memory);
    /// @notice The latest agreement about a lot; 0 if none.
    function agreementOf(bytes32 tenderId, uint8 lot) external view returns (uint256);
    /// @notice Most that is to be paid for a milestone, minor units; 0 for a delivery.
    function amountOf(uint256 agreement, uint8 milestone) external view returns (uint128);
    /// @notice From when until when the agreement about a lot may be signed, at the present block time; 2^40 - 1 while a complaint is open, both 0
    /// where the lot is not awarded.
    function signingOf(bytes32 tenderId, uint8 lot) external view returns (uint40 from, uint40 until);
    /// @notice Whether a citizen (its address, left-padded) or a witness's member rated an agreement.
    function hasRated(uint256 agreement, bytes32 rater) external view returns (bool);
    /// @notice Number of agreements; the last one's.
    function agreementCount() external view returns (uint256);
}
