// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ratings} from "../types/Agreement.sol";
import {Supplier} from "../types/Roles.sol";

/// @title Who may bid: suppliers, their accounts, their owners' declaration, their debarments; and citizens, who never do
interface ISupplierRegistry {
    /// @notice `who` lacks `role` here: `REGISTRAR`, `SUPPLIER` or `REVIEWER`; or is not `AGREEMENT_BOOK`.
    error SupplierRegistryRoleMissing(bytes32 role, address who);
    /// @notice No supplier has this id.
    error SupplierRegistryNotFound(bytes32 id);
    /// @notice The supplier is not active.
    error SupplierRegistryInactive(bytes32 id);
    /// @notice The supplier is debarred until then.
    error SupplierRegistryDebarred(bytes32 id, uint256 until);
    /// @notice The owners' declaration is older than 365 days, or was never made (`declaredAt` = 0).
    error SupplierRegistryOwnersStale(bytes32 id, uint256 declaredAt);
    /// @notice The id is registered already.
    error SupplierRegistryExists(bytes32 id);
    /// @notice The account belongs to a supplier, a member or a citizen already.
    error SupplierRegistryAccountTaken(address who);
    /// @notice The caller's view of the supplier is out of date.
    error SupplierRegistryVersionWrong(uint256 expected, uint256 got);
    /// @notice The field has this value already.
    error SupplierRegistryUnchanged(bytes32 field);
    /// @notice A required value is zero.
    error SupplierRegistryHashZero(bytes32 field);
    /// @notice The public data is empty or longer than `limit` bytes.
    error SupplierRegistryJsonLength(uint256 limit, uint256 got);
    /// @notice A supplier has 1..`limit` distinct accounts.
    error SupplierRegistryAccountsInvalid(uint256 limit, uint256 got);
    /// @notice A debarment ends in the future and within five years of 365 days.
    error SupplierRegistryDebarmentInvalid(uint256 until);

    event SupplierRegistered(bytes32 indexed id, address[] accounts, string json);
    event SupplierActiveSet(bytes32 indexed id, bool active);
    event SupplierAccountsSet(bytes32 indexed id, uint32 version, address[] accounts);
    event SupplierOwnersDeclared(bytes32 indexed id, uint32 version, bytes32 ownersHash);
    event SupplierDebarred(bytes32 indexed id, uint40 until, bytes32 documentHash);
    event SupplierDebarmentLifted(bytes32 indexed id, bytes32 documentHash);
    event CitizenEnrolled(address indexed account);

    /// @notice Registers a supplier. Role: REGISTRAR. Active from then on; version 1.
    /// @param id keccak256 of the org-id, or a random value for a natural person (whose public data names nobody).
    /// @param json Canonical public data {identifier {scheme, id}, name}; no personal data.
    function register(bytes32 id, address[] calldata accounts, string calldata json) external;
    /// @notice Activates or deactivates. Role: REGISTRAR.
    function setActive(bytes32 id, bool active) external;
    /// @notice Replaces the accounts of the caller's supplier. Role: SUPPLIER (an account of it).
    function setAccounts(uint32 expectedVersion, address[] calldata accounts) external;
    /// @notice Declares the owners of the caller's supplier by sha256. Role: SUPPLIER (an account of it).
    function declareOwners(uint32 expectedVersion, bytes32 ownersHash) external;
    /// @notice Debars a supplier until a time; ends by itself. Role: REVIEWER, or the authority. The order replaces the one in force,
    /// whoever of the two gave that, and may end sooner: a court's order binds at once, and the last document is what holds.
    /// @param documentHash sha256 of the order with its reasons.
    function debar(bytes32 id, uint40 until, bytes32 documentHash) external;
    /// @notice Ends the debarment in force, whoever ordered it. Role: REVIEWER, or the authority.
    /// @param documentHash sha256 of the order with its reasons.
    function liftDebarment(bytes32 id, bytes32 documentHash) external;
    /// @notice Enrols a citizen for good: an account that is nobody else's, and no data. Role: REGISTRAR.
    function enrolCitizen(address account) external;
    /// @notice Counts a rating of a supplier's works. Told by AgreementRated. Role: AgreementBook.
    function rate(bytes32 id, bool citizen, uint8 rating) external;

    /// @notice Supplier of an account, 0 if none; says nothing of its state.
    function supplierOf(address account) external view returns (bytes32);
    /// @notice Reverts by name unless active, not debarred, and the declaration is at most 365 days old.
    function requireEligible(bytes32 id) external view;
    /// @notice Whether requireEligible would let it pass.
    function isEligible(bytes32 id) external view returns (bool);
    /// @notice Why it would not: `INACTIVE` (or unknown), `DEBARRED`, `OWNERS_STALE`; 0 where it would.
    function ineligibility(bytes32 id) external view returns (bytes32 cause);
    /// @notice Stored facts; all zero where unknown.
    function supplierFacts(bytes32 id) external view returns (Supplier memory);
    /// @notice Accounts of a supplier, 1..8.
    function accountsOf(bytes32 id) external view returns (address[] memory);
    /// @notice Whether an account is a citizen's; it is then no member's and no supplier's.
    function isCitizen(address account) external view returns (bool);
    /// @notice Numbers and sums of the ratings of a supplier's works, by witnesses and by citizens; no rule asks for them.
    function ratingsOf(bytes32 id) external view returns (Ratings memory);
}
