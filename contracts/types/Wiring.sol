// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Addresses of all contracts of a network, computed before the first is created and never changed; 0 = not built yet.
struct Wiring {
    address members;
    address suppliers;
    address procedures;
    address tenders;
    address bidBox;
    address openingCommittee;
    address evaluationDesk;
    address awardDesk;
    address complaintDesk;
    address agreementBook;
    address timelock;
    address council;
    address consultation;
    address validators;
    address permissions;
    address applications;
    address fourEyes;
}
