// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {Roles} from "../types/Roles.sol";

/// @title The organisation that an account speaks for
library Organisations {
    /// @notice Its member, where the person has a role that counts now; its supplier, where that is active; else 0.
    function organisationOf(
        IMemberRegistry members,
        ISupplierRegistry suppliers,
        address account
    ) internal view returns (bytes32) {
        if (members.may(account, Roles.ALL)) return members.memberOf(account);
        bytes32 supplier = suppliers.supplierOf(account);
        return supplier != 0 && suppliers.supplierFacts(supplier).active ? supplier : bytes32(0);
    }
}
