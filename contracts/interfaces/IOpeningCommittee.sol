// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Secp256k1} from "../libraries/Secp256k1.sol";
import {Keyset, OpeningEntry, ShareEntry} from "../types/Sealing.sol";

/// @title Who can open sealed bids, and the opening itself
/// @notice k of n organisations make a joint key without a dealer; later each posts a share of every live bid, and anybody combines
/// k of them. Every proof is checked here and the amounts are decrypted here. A seat is a member organisation; seats count from 1.
interface IOpeningCommittee {
    /// @notice No committee has this set of keys.
    error OpeningCommitteeKeysetNotFound(bytes32 keysetId);
    /// @notice The caller has no right to this: not the authority or the founder, not the member of the seat.
    error OpeningCommitteeCallerRefused(bytes32 id, address caller);
    /// @notice The caller is no opener of the seat's member.
    error OpeningCommitteeNotMember(bytes32 keysetId, uint256 seat, address caller);
    /// @notice The plan breaks a rule: `threshold`, `members`, `parent`, `dealers`, `keys`, `boxes`.
    error OpeningCommitteePlanInvalid(bytes32 term);
    /// @notice `dependent` seats depend on one another from this one on; fewer than both k and n - k + 1 may: `limit`.
    error OpeningCommitteeSeatsDependent(uint256 seat, uint256 dependent, uint256 limit);
    /// @notice The ceremony is not at this step, has failed, is older than 30 days, or this was done: `join`, `commit`, `publish`, `send`, `complain`,
    /// `answer`, `register`, `confirm`.
    error OpeningCommitteeStepRefused(bytes32 ceremonyId, bytes32 step);
    /// @notice The dealing is not what was committed to.
    error OpeningCommitteeCommitmentMismatch(bytes32 ceremonyId, uint256 dealer);
    /// @notice A point of the dealing is none of the curve.
    error OpeningCommitteeDealingPointInvalid(bytes32 ceremonyId, uint256 dealer, uint256 index);
    /// @notice The proof of the dealing does not hold, or its length is wrong.
    error OpeningCommitteeDealingProofInvalid(bytes32 ceremonyId, uint256 dealer);
    /// @notice The dealer deals another secret than its share of the parent.
    error OpeningCommitteeReshareMismatch(bytes32 ceremonyId, uint256 dealer);
    /// @notice This set of keys is registered.
    error OpeningCommitteeKeysetExists(bytes32 keysetId);
    /// @notice A key (seat 0: the joint one) is no point of the curve, or not the parent's.
    error OpeningCommitteeKeyPointInvalid(bytes32 keysetId, uint256 seat);
    /// @notice The proof of the seat's key does not hold.
    error OpeningCommitteeKeyProofInvalid(bytes32 keysetId, uint256 seat);
    /// @notice Not all `limit` seats have confirmed.
    error OpeningCommitteeKeysetIncomplete(bytes32 keysetId, uint256 limit, uint256 got);
    /// @notice The keyset was retired or reshared: no new tender, and after a resharing no roll.
    error OpeningCommitteeKeysetNotAllowed(bytes32 keysetId);
    /// @notice A roll is called at most every 28 days.
    error OpeningCommitteeRollTooEarly(bytes32 keysetId, uint256 notBefore);
    /// @notice The seat has answered this round.
    error OpeningCommitteeRoundAnswered(bytes32 keysetId, uint256 seat, uint256 round);
    /// @notice The tender is suspended, being cancelled or over.
    error OpeningCommitteeStopped(bytes32 tenderId);
    /// @notice Shares are accepted from `openFrom` on.
    error OpeningCommitteeTooEarly(bytes32 tenderId, uint8 envelope, uint256 openFrom);
    /// @notice The time for opening is over.
    error OpeningCommitteeTooLate(bytes32 tenderId, uint8 envelope, uint256 voidFrom);
    /// @notice Bidders reveal their own bids from `fallbackFrom` on.
    error OpeningCommitteeFallbackTooEarly(bytes32 tenderId, uint256 fallbackFrom);
    /// @notice Another envelope is due.
    error OpeningCommitteePhaseNotReached(bytes32 tenderId, uint8 envelope, uint8 phase);
    /// @notice The seat has posted its shares of this page.
    error OpeningCommitteeShareExists(bytes32 tenderId, uint256 page, uint256 seat);
    /// @notice One share for every live bid of the page, and at least one.
    error OpeningCommitteeShareCountWrong(bytes32 tenderId, uint256 page, uint256 limit, uint256 got);
    /// @notice The share is for something else than the live bid at its place.
    error OpeningCommitteeShareBidWrong(bytes32 tenderId, uint256 index);
    /// @notice The share is no point of the curve.
    error OpeningCommitteeSharePointInvalid(bytes32 tenderId, uint256 index, uint256 seat);
    /// @notice The share was not made with the seat's key.
    error OpeningCommitteeShareInvalid(bytes32 tenderId, uint256 index, uint256 seat);
    /// @notice Exactly k seats, rising, with a factor and a list each.
    error OpeningCommitteeSeatsWrong(bytes32 tenderId, uint256 limit, uint256 got);
    /// @notice The seat has not posted these shares.
    error OpeningCommitteeSharesMissing(bytes32 tenderId, uint256 page, uint256 seat);
    /// @notice Not the seat's Lagrange factor.
    error OpeningCommitteeFactorInvalid(bytes32 tenderId, uint256 seat);
    /// @notice One entry for every live bid of the page.
    error OpeningCommitteeEntryCountWrong(bytes32 tenderId, uint256 page, uint256 limit, uint256 got);
    /// @notice Not the product of the seat's factor and share.
    error OpeningCommitteeCombinationInvalid(bytes32 tenderId, uint256 index, uint256 seat);
    /// @notice The inverse for adding the seat's product is wrong.
    error OpeningCommitteeSumInvalid(bytes32 tenderId, uint256 index, uint256 seat);
    /// @notice Point, words and body hash are not those that were sealed.
    error OpeningCommitteeEntryWrong(bytes32 tenderId, uint256 index);
    /// @notice Nothing on this page is left to open.
    error OpeningCommitteePageDone(bytes32 tenderId, uint256 page);
    /// @notice The bid is not live, or is open.
    error OpeningCommitteeEntryNotSealed(bytes32 tenderId, uint256 index);
    /// @notice The number is not that of the envelope's point, or S is not its product with the committee's key.
    error OpeningCommitteeRevealMismatch(bytes32 tenderId, uint256 index);

    event CeremonyOpened(
        bytes32 indexed ceremonyId,
        uint8 threshold,
        bytes32[] members,
        bytes32 parent,
        uint8[] dealers
    );
    event CeremonyJoined(bytes32 indexed ceremonyId, uint8 indexed seat, bytes32 boxKey);
    event DealingCommitted(bytes32 indexed ceremonyId, uint8 indexed dealer, bytes32 commitment);
    event DealingPublished(bytes32 indexed ceremonyId, uint8 indexed dealer, bytes message);
    event DealingSent(bytes32 indexed ceremonyId, uint8 indexed dealer, bytes boxes);
    event CeremonyFailed(bytes32 indexed ceremonyId, uint8 seat, uint8 dealer);
    event ComplaintAnswered(bytes32 indexed ceremonyId, uint8 dealer, uint8 seat, uint256 value);
    event KeysetRegistered(
        bytes32 indexed keysetId,
        bytes32 indexed ceremonyId,
        uint8 threshold,
        Secp256k1.Point pk,
        bytes32[] members,
        Secp256k1.Point[] keys,
        bytes32 transcript
    );
    event KeysetSeatConfirmed(bytes32 indexed keysetId, uint8 indexed seat);
    event KeysetConfirmed(bytes32 indexed keysetId, bytes32 parent);
    event KeysetEnded(bytes32 indexed keysetId);
    event RollCalled(bytes32 indexed keysetId, uint32 round);
    event RollAnswered(bytes32 indexed keysetId, uint8 indexed seat, uint32 round);
    event SharesPosted(
        bytes32 indexed tenderId,
        uint8 indexed envelope,
        uint8 indexed seat,
        uint256 page,
        bytes32 keysetId,
        uint256[] shares
    );
    event BidOpened(
        bytes32 indexed tenderId,
        uint8 indexed envelope,
        address indexed bidder,
        uint16 index,
        uint32 version,
        Secp256k1.Point s,
        bytes32 docCommit,
        uint256[] amounts
    );
    event BidSelfRevealed(bytes32 indexed tenderId, uint8 indexed envelope, uint16 indexed index, uint256 r);

    /// @notice Opens a ceremony. Role: authority; the founder until the first keyset is confirmed.
    /// @param parent Keyset whose secret goes on, or 0. @param dealers Its k seats that deal, rising; empty without a parent.
    function openCeremony(
        uint8 threshold,
        bytes32[] calldata members,
        bytes32 parent,
        uint8[] calldata dealers
    ) external returns (bytes32 ceremonyId);
    /// @notice Gives a fresh X25519 key. Role: OPENER of the seat's member, as in all steps.
    function joinCeremony(bytes32 ceremonyId, uint8 seat, bytes32 boxKey) external;
    /// @notice Commits to a dealing, before any is known.
    function commitDealing(bytes32 ceremonyId, uint8 dealer, bytes32 commitment) external;
    /// @notice Publishes the committed dealing: k points of 64 bytes, c, z.
    function publishDealing(bytes32 ceremonyId, uint8 dealer, bytes calldata message) external;
    /// @notice Sends the dealt values: a box of 80 bytes for each seat.
    function sendDealing(bytes32 ceremonyId, uint8 dealer, bytes calldata boxes) external;
    /// @notice Ends the ceremony: the dealer's box is unreadable or its value wrong.
    function complain(bytes32 ceremonyId, uint8 seat, uint8 dealer) external;
    /// @notice Shows the value that the complaint is about, once: anybody can hold it against the dealing, and the council judges.
    function answerComplaint(bytes32 ceremonyId, uint8 dealer, uint8 seat, uint256 value) external;
    /// @notice Registers what the ceremony gave. Anybody; a false one is confirmed by no honest seat.
    function registerKeyset(
        bytes32 ceremonyId,
        Secp256k1.Point calldata pk,
        Secp256k1.Point[] calldata keys
    ) external returns (bytes32 keysetId);
    /// @notice Confirms with a proof of the seat's own key; the last seat makes the keyset usable.
    function confirmKeyset(bytes32 keysetId, uint8 seat, uint256 c, uint256 z) external;
    /// @notice Calls the roll. Anybody.
    function callRoll(bytes32 keysetId) external;
    /// @notice Answers the last roll with a proof of the seat's own key. Role: OPENER of the seat's member.
    function answerRoll(bytes32 keysetId, uint8 seat, uint256 c, uint256 z) external;
    /// @notice Bars new tenders. Role: authority.
    function retireKeyset(bytes32 keysetId) external;
    /// @notice Posts a seat's shares of a page of 32 indexes. Role: OPENER of the acting keyset's seat.
    function postShares(
        bytes32 tenderId,
        uint8 envelope,
        uint256 page,
        uint8 seat,
        ShareEntry[] calldata entries
    ) external;
    /// @notice Opens a page with the shares of k seats. Anybody.
    /// @param seats Exactly k, rising. @param factors Their Lagrange factors. @param points Their posted shares, x and y in turn.
    function openPage(
        bytes32 tenderId,
        uint8 envelope,
        uint256 page,
        uint8[] calldata seats,
        uint256[] calldata factors,
        uint256[][] calldata points,
        OpeningEntry[] calldata bids
    ) external;
    /// @notice Opens one bid with the number that its bidder kept. Anybody who has it.
    function selfReveal(
        bytes32 tenderId,
        uint8 envelope,
        uint16 index,
        uint256 r,
        Secp256k1.Point calldata s,
        Secp256k1.Point calldata u,
        bytes32 bodyHash,
        uint256[] calldata words
    ) external;

    /// @notice Contract that every privileged write comes from.
    function authority() external view returns (address);
    /// @notice Who opened the first ceremony of a sandbox; 0 elsewhere.
    function founder() external view returns (address);
    /// @notice Whether a keyset was ever confirmed: the founder has no power since.
    function founded() external view returns (bool);
    /// @notice Number of ceremonies.
    function ceremonies() external view returns (uint256);
    /// @notice A set of keys; all zero where unknown.
    function keyset(bytes32 keysetId) external view returns (Keyset memory);
    /// @notice Keyset whose seats post shares for bids sealed under this one: itself, or what it was reshared to.
    function acting(bytes32 keysetId) external view returns (bytes32);
    /// @notice Seats that answered the last round (0 = the confirmation, before the first roll): bit i for seat i + 1; 0 for other rounds.
    function answered(bytes32 keysetId, uint256 round) external view returns (uint16);
    /// @notice Reverts by name unless all seats confirmed and the keyset is neither retired nor reshared.
    function requireUsable(bytes32 keysetId) external view;
    /// @notice Reverts by name where a seat's member depends on this one: nobody opens bids for itself.
    function requireIndependent(bytes32 keysetId, bytes32 member) external view;
    /// @notice Number of opened envelopes.
    function openedBids(bytes32 tenderId, uint8 envelope) external view returns (uint16);
    /// @notice keccak256(docCommit || amounts) of an opened envelope; 0 where sealed.
    function openingOf(bytes32 tenderId, uint8 envelope, uint16 index) external view returns (bytes32);
}
