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
    /// @notice The account belongs to a member, a supplier or a citizen already.
    error MemberRegistryAccountTaken(address who);
    /// @notice An ADMIN removes others, never itself, and a founding member has one: so a member keeps an ADMIN.
    error MemberRegistryLastAdmin(bytes32 member);
    /// @notice A suspended person is neither removed nor moved to another account before `until`.
    error MemberRegistryPersonSuspended(address who, uint256 until);
    /// @notice Each sector keeps at least one seat in the council.
    error MemberRegistryLastSeat(uint256 sector);
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
    /// @notice A suspension ends in the future and within one year, an urgent one within 30 days: `min` < end <= `max`.
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
    event MemberResigned(bytes32 indexed member);
    event MemberRecovered(bytes32 indexed member, address indexed account, uint40 mandateEnd);
    event PersonAdded(bytes32 indexed member, address indexed account, uint16 roles, uint40 mandateEnd);
    event PersonRemoved(bytes32 indexed member, address indexed account);
    event PersonRotated(bytes32 indexed member, address indexed account, address indexed successor);
    event PersonSuspended(bytes32 indexed member, address indexed account, uint40 until);

    /// @notice Admits an organisation with its first ADMIN. Role: authority.
    function admit(MemberData calldata data, address admin, uint40 mandateEnd) external;
    /// @notice Moves a member to another sector. Role: authority.
    function setSector(bytes32 member, uint8 sector) external;
    /// @notice Grants and withdraws kinds (bits of `Kinds`). Role: authority.
    function setKinds(bytes32 member, uint16 kinds) external;
    /// @notice Names the member above, or 0. Role: authority.
    function setSuperior(bytes32 member, bytes32 superior) external;
    /// @notice Suspends until a time, at most a year; ends by itself. Role: authority.
    function suspend(bytes32 member, uint40 until) external;
    /// @notice Suspends a member urgently, at most 30 days; ends by itself. Role: authority (class EMERGENCY).
    function suspendNow(bytes32 member, uint40 until) external;
    /// @notice Suspends a person urgently, at most 30 days; ends by itself. Role: authority (class EMERGENCY).
    function suspendPerson(address account, uint40 until) external;
    /// @notice Replaces all admins of a member by one account, which is nobody's or a person of this member. Role: authority.
    function recover(bytes32 member, address admin, uint40 mandateEnd) external;
    /// @notice Ends a membership for good. Role: authority.
    function expel(bytes32 member) external;
    /// @notice Adds a person to the caller's member. Role: ADMIN.
    function addPerson(address account, uint16 roles, uint40 mandateEnd) external;
    /// @notice Removes another person from the caller's member. Role: ADMIN.
    function removePerson(address account) external;
    /// @notice Moves all that a person of the caller's member is to another account. Role: ADMIN.
    function rotatePerson(address account, address successor) external;
    /// @notice Ends the caller's membership for good. Role: ADMIN.
    function resign() external;

    /// @notice Member of a person, 0 if none; says nothing of mandate or status.
    function memberOf(address account) external view returns (bytes32);
    /// @notice True where the person's mandate runs and is not suspended, the member is active and has the kind the role needs, and the
    /// person has one of `roles`.
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
    /// @notice Seats in the council by sector (index = Sector) as they were at a time; a suspended member's seat counts.
    function seatsAt(uint48 time) external view returns (uint16[4] memory);
    /// @notice Sector of a member's seat at a time, counted from 1; 0 where it had none.
    function seatAt(bytes32 member, uint48 time) external view returns (uint8);
    /// @notice The highest member above this one, itself where there is none: two members with one top are dependent.
    function topOf(bytes32 member) external view returns (bytes32 top, bool reached);
    /// @notice The only account that may write members.
    function authority() external view returns (address);
}
