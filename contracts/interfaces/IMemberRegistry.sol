// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MemberData, MemberStatus, Member, Person} from "../types/Roles.sol";

/// @title Who belongs: organisations of four sectors, their people, roles and mandates
/// @notice After construction only the authority writes members; an organisation's ADMINs write its own people.
interface IMemberRegistry {
    /// @notice `who` lacks `role` here: `AUTHORITY` or `ADMIN`.
    error MemberRegistryRoleMissing(bytes32 role, address who);
    /// @notice No member has this id.
    error MemberRegistryNotFound(bytes32 member);
    /// @notice This account is no person of the caller's member.
    error MemberRegistryPersonNotFound(address who);
    /// @notice The organisation is a member already, or was one.
    error MemberRegistryExists(bytes32 member);
    /// @notice The account belongs to a member or a supplier already.
    error MemberRegistryAccountTaken(address who);
    /// @notice A member keeps at least one ADMIN.
    error MemberRegistryLastAdmin(bytes32 member);
    /// @notice The member's status does not allow this act.
    error MemberRegistryStatusWrong(bytes32 member, MemberStatus status);
    /// @notice The field has this value already.
    error MemberRegistryUnchanged(bytes32 field);
    /// @notice A required value is zero or empty.
    error MemberRegistryHashZero(bytes32 field);
    /// @notice Text longer than `limit` bytes.
    error MemberRegistryTextLength(uint256 limit, uint256 got);
    /// @notice No sector has this number.
    error MemberRegistrySectorInvalid(uint256 limit, uint256 got);
    /// @notice Bits outside the defined kinds, or none.
    error MemberRegistryKindsInvalid(uint256 limit, uint256 got);
    /// @notice Bits outside the defined roles, or none.
    error MemberRegistryRolesInvalid(uint256 limit, uint256 got);
    /// @notice The superior is no member, is the member itself, or is below it.
    error MemberRegistrySuperiorInvalid(bytes32 superior);
    /// @notice A mandate ends in the future and within ten years: `min` < end <= `max`.
    error MemberRegistryMandateInvalid(uint256 min, uint256 max, uint256 got);
    /// @notice A suspension ends in the future and within one year: `min` < end <= `max`.
    error MemberRegistrySuspensionInvalid(uint256 min, uint256 max, uint256 got);

    event MemberAdmitted(
        bytes32 indexed member,
        string orgId,
        string name,
        uint8 sector,
        uint16 kinds,
        bytes32 superior
    );
    event MemberSectorSet(bytes32 indexed member, uint8 sector);
    event MemberKindsSet(bytes32 indexed member, uint16 kinds);
    event MemberSuperiorSet(bytes32 indexed member, bytes32 superior);
    event MemberSuspended(bytes32 indexed member, uint40 until);
    event MemberExpelled(bytes32 indexed member);
    event PersonAdded(bytes32 indexed member, address indexed account, uint16 roles, uint40 mandateEnd);
    event PersonRemoved(bytes32 indexed member, address indexed account);

    /// @notice Admits an organisation with its first ADMIN. Role: authority.
    function admit(MemberData calldata data, address admin, uint40 mandateEnd) external;
    /// @notice Moves a member to another sector. Role: authority.
    function setSector(bytes32 member, uint8 sector) external;
    /// @notice Grants and withdraws kinds (bits of `Kinds`). Role: authority.
    function setKinds(bytes32 member, uint16 kinds) external;
    /// @notice Names the member above, or 0. Role: authority.
    function setSuperior(bytes32 member, bytes32 superior) external;
    /// @notice Suspends until a time; ends by itself. Role: authority.
    function suspend(bytes32 member, uint40 until) external;
    /// @notice Ends a membership for good. Role: authority.
    function expel(bytes32 member) external;
    /// @notice Adds a person to the caller's member. Role: ADMIN.
    function addPerson(address account, uint16 roles, uint40 mandateEnd) external;
    /// @notice Removes a person from the caller's member; the last ADMIN stays. Role: ADMIN.
    function removePerson(address account) external;

    /// @notice Member of a person, 0 if none; says nothing of mandate or status.
    function memberOf(address account) external view returns (bytes32);
    /// @notice True where the person's mandate runs, the member is active, has the kind the role needs, and the person has one of `roles`.
    function may(address account, uint16 roles) external view returns (bool);
    /// @notice False where the two are the same, one is above the other, or they share a superior. O(1).
    function independent(bytes32 a, bytes32 b) external view returns (bool);
    /// @notice True where the member is active and has all of `kinds`.
    function isActive(bytes32 member, uint16 kinds) external view returns (bool);
    /// @notice Status at the present block time.
    function statusOf(bytes32 member) external view returns (MemberStatus);
    /// @notice Stored facts; all zero where unknown.
    function memberFacts(bytes32 member) external view returns (Member memory);
    /// @notice Stored facts; all zero where unknown.
    function personFacts(address account) external view returns (Person memory);
    /// @notice The only account that may write members.
    function authority() external view returns (address);
}
