// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {Roles, Supplier} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract SupplierRegistry is ISupplierRegistry {
    uint256 private constant MAX_ACCOUNTS = 8;
    uint256 private constant MAX_JSON = 4096;
    uint256 private constant DECLARATION_LIFE = 365 days;

    IMemberRegistry private immutable _members;
    IProcedureBook private immutable _procedures;

    mapping(bytes32 id => Supplier) private _suppliers;
    mapping(bytes32 id => address[]) private _accounts;
    mapping(address account => bytes32) private _supplierOf;

    constructor(Wiring memory wiring) {
        _members = IMemberRegistry(wiring.members);
        _procedures = IProcedureBook(wiring.procedures);
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
    function supplierOf(address account) external view returns (bytes32) {
        return _supplierOf[account];
    }

    /// @inheritdoc ISupplierRegistry
    function requireEligible(bytes32 id) external view {
        Supplier storage stored = _suppliers[id];
        require(stored.exists, SupplierRegistryNotFound(id));
        require(stored.active, SupplierRegistryInactive(id));
        require(block.timestamp >= stored.debarredUntil, SupplierRegistryDebarred(id, stored.debarredUntil));
        require(
            stored.ownersAt != 0 && block.timestamp <= stored.ownersAt + DECLARATION_LIFE,
            SupplierRegistryOwnersStale(id, stored.ownersAt)
        );
    }

    /// @inheritdoc ISupplierRegistry
    function isEligible(bytes32 id) external view returns (bool) {
        Supplier storage stored = _suppliers[id];
        bool allowed = stored.active && block.timestamp >= stored.debarredUntil;
        return allowed && stored.ownersAt != 0 && block.timestamp <= stored.ownersAt + DECLARATION_LIFE;
    }

    /// @inheritdoc ISupplierRegistry
    function supplierFacts(bytes32 id) external view returns (Supplier memory) {
        return _suppliers[id];
    }

    /// @inheritdoc ISupplierRegistry
    function accountsOf(bytes32 id) external view returns (address[] memory) {
        return _accounts[id];
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

    function _requireSupplier(uint32 expectedVersion) private view returns (bytes32 id, Supplier storage stored) {
        id = _supplierOf[msg.sender];
        stored = _suppliers[id];
        require(id != 0, SupplierRegistryRoleMissing("SUPPLIER", msg.sender));
        require(stored.version == expectedVersion, SupplierRegistryVersionWrong(stored.version, expectedVersion));
    }

    // Nobody acts on two sides: no account of another supplier or of a member.
    function _requireFree(bytes32 id, address[] calldata accounts) private view {
        for (uint256 i = 0; i < accounts.length; ++i) {
            bytes32 owner = _supplierOf[accounts[i]];
            bool free = (owner == 0 || owner == id) && _members.memberOf(accounts[i]) == 0;
            require(free, SupplierRegistryAccountTaken(accounts[i]));
        }
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
