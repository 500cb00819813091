// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {Ratings} from "../types/Agreement.sol";
import {Roles, Supplier} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract SupplierRegistry is ISupplierRegistry {
    uint256 private constant MAX_ACCOUNTS = 8;
    uint256 private constant MAX_JSON = 4096;
    uint256 private constant DECLARATION_LIFE = 365 days;
    uint256 private constant MAX_DEBARMENT = 5 * 365 days;

    IMemberRegistry private immutable _members;
    IProcedureBook private immutable _procedures;
    address private immutable _authority;
    address private immutable _agreements;

    mapping(bytes32 id => Supplier) private _suppliers;
    mapping(bytes32 id => address[]) private _accounts;
    mapping(address account => bytes32) private _supplierOf;
    mapping(address account => bool) private _citizens;
    mapping(bytes32 id => Ratings) private _ratings;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _procedures = IProcedureBook(wiring.procedures);
        _authority = wiring.timelock;
        _agreements = wiring.agreementBook;
    }

    /// @inheritdoc ISupplierRegistry
    function register(bytes32 id, address[] calldata accounts, string calldata json) external {
        _procedures.tick();
        // Check:
        _requireRegistrar();
        require(!_suppliers[id].exists, SupplierRegistryExists(id));
        _requireFree(id, accounts);
        require(id != 0, SupplierRegistryHashZero("id"));
        uint256 length = bytes(json).length;
        require(length != 0 && length <= MAX_JSON, SupplierRegistryJsonLength(MAX_JSON, length));
        _requireAccounts(accounts);
        // Effect:
        Supplier storage stored = _suppliers[id];
        stored.exists = true;
        stored.active = true;
        stored.version = 1;
        _setAccounts(id, accounts);
        emit SupplierRegistered(id, accounts, json);
    }

    /// @inheritdoc ISupplierRegistry
    function setActive(bytes32 id, bool active) external {
        _procedures.tick();
        // Check:
        Supplier storage stored = _suppliers[id];
        require(stored.exists, SupplierRegistryNotFound(id));
        _requireRegistrar();
        require(stored.active != active, SupplierRegistryUnchanged("active"));
        // Effect:
        stored.active = active;
        emit SupplierActiveSet(id, active);
    }

    /// @inheritdoc ISupplierRegistry
    function setAccounts(uint32 expectedVersion, address[] calldata accounts) external {
        _procedures.tick();
        // Check:
        (bytes32 id, Supplier storage stored) = _requireSupplier(expectedVersion);
        _requireFree(id, accounts);
        _requireAccounts(accounts);
        // Effect:
        address[] storage old = _accounts[id];
        for (uint256 i = 0; i < old.length; ++i) {
            delete _supplierOf[old[i]];
        }
        delete _accounts[id];
        _setAccounts(id, accounts);
        emit SupplierAccountsSet(id, ++stored.version, accounts);
    }

    /// @inheritdoc ISupplierRegistry
    function declareOwners(uint32 expectedVersion, bytes32 ownersHash) external {
        _procedures.tick();
        // Check:
        (bytes32 id, Supplier storage stored) = _requireSupplier(expectedVersion);
        require(ownersHash != 0, SupplierRegistryHashZero("ownersHash"));
        // Effect: the same owners may be declared again, which renews the declaration
        stored.ownersHash = ownersHash;
        stored.ownersAt = uint40(block.timestamp);
        emit SupplierOwnersDeclared(id, ++stored.version, ownersHash);
    }

    /// @inheritdoc ISupplierRegistry
    function debar(bytes32 id, uint40 until, bytes32 documentHash) external {
        _procedures.tick();
        // Check:
        Supplier storage stored = _requireReviewed(id);
        require(until != stored.debarredUntil, SupplierRegistryUnchanged("debarredUntil"));
        require(documentHash != 0, SupplierRegistryHashZero("documentHash"));
        bool valid = until > block.timestamp && until <= block.timestamp + MAX_DEBARMENT;
        require(valid, SupplierRegistryDebarmentInvalid(until));
        // Effect:
        stored.debarredUntil = until;
        emit SupplierDebarred(id, until, documentHash);
    }

    /// @inheritdoc ISupplierRegistry
    function liftDebarment(bytes32 id, bytes32 documentHash) external {
        _procedures.tick();
        // Check: one that is over needs no lifting
        Supplier storage stored = _requireReviewed(id);
        require(block.timestamp < stored.debarredUntil, SupplierRegistryUnchanged("debarredUntil"));
        require(documentHash != 0, SupplierRegistryHashZero("documentHash"));
        // Effect:
        stored.debarredUntil = 0;
        emit SupplierDebarmentLifted(id, documentHash);
    }

    /// @inheritdoc ISupplierRegistry
    function enrolCitizen(address account) external {
        _procedures.tick();
        // Check:
        _requireRegistrar();
        require(_supplierOf[account] == 0 && _isNobodys(account), SupplierRegistryAccountTaken(account));
        require(account != address(0), SupplierRegistryHashZero("account"));
        // Effect:
        _citizens[account] = true;
        emit CitizenEnrolled(account);
    }

    /// @inheritdoc ISupplierRegistry
    function rate(bytes32 id, bool citizen, uint8 rating) external {
        require(msg.sender == _agreements, SupplierRegistryRoleMissing("AGREEMENT_BOOK", msg.sender));
        Ratings storage stored = _ratings[id];
        if (citizen) (stored.citizens, stored.citizenSum) = (stored.citizens + 1, stored.citizenSum + rating);
        else (stored.witnesses, stored.witnessSum) = (stored.witnesses + 1, stored.witnessSum + rating);
    }

    /// @inheritdoc ISupplierRegistry
    function supplierOf(address account) external view returns (bytes32) {
        return _supplierOf[account];
    }

    /// @inheritdoc ISupplierRegistry
    function requireEligible(bytes32 id) external view {
        Supplier storage stored = _suppliers[id];
        require(stored.exists, SupplierRegistryNotFound(id));
        bytes32 cause = ineligibility(id);
        require(cause != "INACTIVE", SupplierRegistryInactive(id));
        require(cause != "DEBARRED", SupplierRegistryDebarred(id, stored.debarredUntil));
        require(cause == 0, SupplierRegistryOwnersStale(id, stored.ownersAt));
    }

    /// @inheritdoc ISupplierRegistry
    function isEligible(bytes32 id) external view returns (bool) {
        return ineligibility(id) == 0;
    }

    /// @inheritdoc ISupplierRegistry
    function ineligibility(bytes32 id) public view returns (bytes32 cause) {
        Supplier storage stored = _suppliers[id];
        if (!stored.active) return "INACTIVE";
        if (block.timestamp < stored.debarredUntil) return "DEBARRED";
        bool current = stored.ownersAt != 0 && block.timestamp <= stored.ownersAt + DECLARATION_LIFE;
        if (!current) return "OWNERS_STALE";
    }

    /// @inheritdoc ISupplierRegistry
    function supplierFacts(bytes32 id) external view returns (Supplier memory) {
        return _suppliers[id];
    }

    /// @inheritdoc ISupplierRegistry
    function accountsOf(bytes32 id) external view returns (address[] memory) {
        return _accounts[id];
    }

    /// @inheritdoc ISupplierRegistry
    function isCitizen(address account) external view returns (bool) {
        return _citizens[account];
    }

    /// @inheritdoc ISupplierRegistry
    function ratingsOf(bytes32 id) external view returns (Ratings memory) {
        return _ratings[id];
    }

    function _setAccounts(bytes32 id, address[] calldata accounts) private {
        for (uint256 i = 0; i < accounts.length; ++i) {
            _supplierOf[accounts[i]] = id;
        }
        _accounts[id] = accounts;
        _suppliers[id].accounts = uint8(accounts.length);
    }

    function _requireRegistrar() private view {
        require(_members.may(msg.sender, Roles.REGISTRAR), SupplierRegistryRoleMissing("REGISTRAR", msg.sender));
    }

    // The supplier that an order is about, given by those who may.
    function _requireReviewed(bytes32 id) private view returns (Supplier storage stored) {
        stored = _suppliers[id];
        require(stored.exists, SupplierRegistryNotFound(id));
        bool allowed = msg.sender == _authority || _members.may(msg.sender, Roles.REVIEWER);
        require(allowed, SupplierRegistryRoleMissing("REVIEWER", msg.sender));
    }

    function _requireSupplier(uint32 expectedVersion) private view returns (bytes32 id, Supplier storage stored) {
        id = _supplierOf[msg.sender];
        stored = _suppliers[id];
        require(id != 0, SupplierRegistryRoleMissing("SUPPLIER", msg.sender));
        require(stored.version == expectedVersion, SupplierRegistryVersionWrong(stored.version, expectedVersion));
    }

    // Nobody acts on two sides: no account of another supplier, of a member or of a citizen.
    function _requireFree(bytes32 id, address[] calldata accounts) private view {
        for (uint256 i = 0; i < accounts.length; ++i) {
            bytes32 owner = _supplierOf[accounts[i]];
            bool free = (owner == 0 || owner == id) && _isNobodys(accounts[i]);
            require(free, SupplierRegistryAccountTaken(accounts[i]));
        }
    }

    // Neither a member's nor a citizen's.
    function _isNobodys(address account) private view returns (bool) {
        return !_citizens[account] && _members.memberOf(account) == 0;
    }

    function _requireAccounts(address[] calldata accounts) private pure {
        bool valid = accounts.length != 0 && accounts.length <= MAX_ACCOUNTS;
        for (uint256 i = 0; valid && i < accounts.length; ++i) {
            valid = accounts[i] != address(0);
            for (uint256 j = 0; valid && j < i; ++j) {
                valid = accounts[i] != accounts[j];
            }
        }
        require(valid, SupplierRegistryAccountsInvalid(MAX_ACCOUNTS, accounts.length));
    }
}
