// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The four sectors whose organisations run the network.
enum Sector {
    PUBLIC,
    INDUSTRY,
    CIVIL_SOCIETY,
    ACADEMIA
}

/// @notice Temperature: warm = time alone changes it, cold = only a caller does.
enum MemberStatus {
    NONE, // cold: unknown
    ACTIVE, // cold
    SUSPENDED, // warm: ends by itself
    LEFT // cold, final
}

/// @notice What an organisation may do: bits of `uint16 kinds`.
library Kinds {
    uint16 internal constant BUYER = 1 << 0;
    uint16 internal constant REVIEW_BODY = 1 << 1;
    uint16 internal constant AUDIT_OFFICE = 1 << 2;
    uint16 internal constant OPERATOR = 1 << 3;
    uint16 internal constant COUNCIL = 1 << 4;
    uint16 internal constant OPENING = 1 << 5;
    uint16 internal constant REGISTRAR = 1 << 6;
    uint16 internal constant WITNESS = 1 << 7;
    uint16 internal constant EVALUATION = 1 << 8;
    uint16 internal constant ALL = (1 << 9) - 1;
}

/// @notice What a person may do for the organisation: bits of `uint16 roles`.
library Roles {
    uint16 internal constant ADMIN = 1 << 0;
    uint16 internal constant DELEGATE = 1 << 1;
    uint16 internal constant OFFICER = 1 << 2;
    uint16 internal constant APPROVER = 1 << 3;
    uint16 internal constant OPENER = 1 << 4;
    uint16 internal constant EVALUATOR = 1 << 5;
    uint16 internal constant REVIEWER = 1 << 6;
    uint16 internal constant AUDITOR = 1 << 7;
    uint16 internal constant OPERATOR = 1 << 8;
    uint16 internal constant WITNESS = 1 << 9;
    uint16 internal constant REGISTRAR = 1 << 10;
    uint16 internal constant ALL = (1 << 11) - 1;
}

/// @notice An organisation as constructor data and as the argument of `admit`.
/// @param orgId Organisation identifier `{scheme}-{id}` (org-id.guide), e.g. `MX-RFC-GDF9712054NA`; the member id is its keccak256.
/// @param superior Member above this one, or 0.
struct MemberData {
    string orgId;
    string name;
    uint8 sector;
    uint16 kinds;
    bytes32 superior;
}

/// @notice A person as constructor data.
/// @param mandateEnd Unix seconds; the mandate is over from then on.
struct PersonData {
    address account;
    bytes32 member;
    uint16 roles;
    uint40 mandateEnd;
}

/// @notice Stored facts of a member: one slot and the superior.
/// @param recoveries How often its admins were replaced; an ADMIN from before the last one is none any more.
struct Member {
    Sector sector;
    uint16 kinds;
    uint40 suspendedUntil;
    uint16 recoveries;
    bool exists;
    bool left;
    bytes32 superior;
}

/// @notice Stored facts of a person.
/// @param recoveries Of its member when the person was added or recovered.
struct Person {
    bytes32 member;
    uint16 roles;
    uint40 mandateEnd;
    uint40 suspendedUntil;
    uint16 recoveries;
}

/// @notice Stored facts of a supplier: one slot and the declaration.
/// @param version Counts setAccounts and declareOwners; each names the version it replaces.
/// @param debarredUntil End of the debarment in force or of the last one; 0 where there was none, or it was lifted.
struct Supplier {
    bool exists;
    bool active;
    uint32 version;
    uint8 accounts;
    uint40 ownersAt;
    uint40 debarredUntil;
    bytes32 ownersHash;
}
