// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {IValidatorRegistry} from "../interfaces/IValidatorRegistry.sol";
import {Kinds, Member, MemberData, MemberStatus, Person, PersonData, Roles, Sector} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract MemberRegistry is IMemberRegistry {
    using Checkpoints for Checkpoints.Trace208;

    uint256 private constant MAX_ORG_ID = 128;
    uint256 private constant MAX_NAME = 256;
    uint256 private constant MAX_MANDATE = 3650 days;
    uint256 private constant MAX_SUSPENSION = 365 days;
    uint256 private constant MAX_URGENT = 30 days;
    uint256 private constant SECTORS = 4;
    uint256 private constant SEAT_BITS = 16;
    // Superiors above one another that are followed; it keeps `independent` O(1).
    uint256 private constant MAX_LEVELS = 8;

    /// @inheritdoc IMemberRegistry
    address public immutable authority;
    ISupplierRegistry private immutable _suppliers;
    IValidatorRegistry private immutable _validators;

    mapping(bytes32 member => Member) private _members;
    mapping(address account => Person) private _people;
    // Seats of all sectors in one number, 16 bits each; of a member its sector + 1, or 0. A seat is the kind COUNCIL of a member that
    // has not left.
    Checkpoints.Trace208 private _seats;
    mapping(bytes32 member => Checkpoints.Trace208) private _seatOf;

    constructor(address authority_, Wiring memory wiring, MemberData[] memory members, PersonData[] memory people) {
        require(authority_ != address(0), MemberRegistryHashZero("authority"));
        authority = authority_;
        _suppliers = ISupplierRegistry(wiring.suppliers);
        _validators = IValidatorRegistry(wiring.validators);
        for (uint256 i; i < members.length; ++i) {
            bytes32 member = _requireNew(members[i]);
            _requireMember(member, members[i]);
            _admit(member, members[i]);
        }
        for (uint256 i; i < people.length; ++i) {
            PersonData memory person = people[i];
            _requireExists(person.member);
            // The SupplierRegistry has no code yet, so no supplier either.
            _requireNoPerson(person.account);
            _requirePerson(person.account, person.roles, person.mandateEnd);
            _add(person.member, person.account, person.roles, person.mandateEnd);
        }
        _requireAdmins(members, people);
        for (uint256 sector; sector < SECTORS; ++sector) {
            require(_seatsIn(_seats.latest(), sector) != 0, MemberRegistryLastSeat(sector));
        }
    }

    /// @inheritdoc IMemberRegistry
    function admit(MemberData calldata data, address admin, uint40 mandateEnd) external {
        // Check:
        _requireAuthority();
        bytes32 member = _requireNew(data);
        _requireFree(admin);
        _requireAccount(admin);
        _requireMember(member, data);
        _requireMandate(mandateEnd);
        // Effect:
        _admit(member, data);
        _add(member, admin, Roles.ADMIN, mandateEnd);
    }

    /// @inheritdoc IMemberRegistry
    function setSector(bytes32 member, uint8 sector) external {
        // Check:
        _requireExists(member);
        _requireAuthority();
        require(sector != uint8(_members[member].sector), MemberRegistryUnchanged("sector"));
        _requireNotLeft(member);
        _requireSector(sector);
        // Effect:
        if (_hasSeat(member)) _moveSeat(member, sector + 1);
        _members[member].sector = Sector(sector);
        emit MemberSectorSet(member, sector);
        _checkValidators();
    }

    /// @inheritdoc IMemberRegistry
    function setKinds(bytes32 member, uint16 kinds) external {
        // Check:
        _requireExists(member);
        _requireAuthority();
        require(kinds != _members[member].kinds, MemberRegistryUnchanged("kinds"));
        _requireNotLeft(member);
        _requireKinds(kinds);
        // Effect:
        _members[member].kinds = kinds;
        if (_hasSeat(member) != (kinds & Kinds.COUNCIL != 0)) _moveSeat(member, _seatFor(member));
        emit MemberKindsSet(member, kinds);
    }

    /// @inheritdoc IMemberRegistry
    function setSuperior(bytes32 member, bytes32 superior) external {
        // Check:
        _requireExists(member);
        _requireAuthority();
        require(superior != _members[member].superior, MemberRegistryUnchanged("superior"));
        _requireNotLeft(member);
        _requireSuperior(member, superior);
        // Effect:
        _members[member].superior = superior;
        emit MemberSuperiorSet(member, superior);
        _checkValidators();
    }

    /// @inheritdoc IMemberRegistry
    function suspend(bytes32 member, uint40 until) external {
        // Check:
        _requireExists(member);
        _requireAuthority();
        require(until != _members[member].suspendedUntil, MemberRegistryUnchanged("suspendedUntil"));
        _suspend(member, until, MAX_SUSPENSION);
    }

    /// @inheritdoc IMemberRegistry
    function suspendNow(bytes32 member, uint40 until) external {
        // Check: an urgent suspension never shortens a longer one
        _requireExists(member);
        _requireAuthority();
        require(until > _members[member].suspendedUntil, MemberRegistryUnchanged("suspendedUntil"));
        _suspend(member, until, MAX_URGENT);
    }

    /// @inheritdoc IMemberRegistry
    function suspendPerson(address account, uint40 until) external {
        // Check:
        Person storage person = _people[account];
        require(person.member != 0, MemberRegistryPersonNotFound(account));
        _requireAuthority();
        require(until > person.suspendedUntil, MemberRegistryUnchanged("suspendedUntil"));
        _requireSuspension(until, MAX_URGENT);
        // Effect:
        person.suspendedUntil = until;
        emit PersonSuspended(person.member, account, until);
    }

    /// @inheritdoc IMemberRegistry
    function recover(bytes32 member, address admin, uint40 mandateEnd) external {
        // Check:
        _requireExists(member);
        _requireAuthority();
        _requireNotLeft(member);
        Person storage person = _people[admin];
        if (person.member != member) _requireFree(admin);
        _requireAccount(admin);
        _requireMandate(mandateEnd);
        // Effect: who was ADMIN until now is none any more; other roles stay
        uint16 recoveries = ++_members[member].recoveries;
        person.member = member;
        person.roles |= Roles.ADMIN;
        person.mandateEnd = mandateEnd;
        person.suspendedUntil = 0;
        person.recoveries = recoveries;
        emit MemberRecovered(member, admin, mandateEnd);
    }

    /// @inheritdoc IMemberRegistry
    function expel(bytes32 member) external {
        // Check:
        _requireExists(member);
        _requireAuthority();
        _requireNotLeft(member);
        // Effect:
        _end(member);
        emit MemberExpelled(member);
    }

    /// @inheritdoc IMemberRegistry
    function addPerson(address account, uint16 roles, uint40 mandateEnd) external {
        // Check:
        bytes32 member = _requireAdmin();
        _requireFree(account);
        _requirePerson(account, roles, mandateEnd);
        // Effect:
        _add(member, account, roles, mandateEnd);
    }

    /// @inheritdoc IMemberRegistry
    function removePerson(address account) external {
        // Check: the role first, because it gives the member that the account is looked for in.
        bytes32 member = _requireAdmin();
        _requireNotSuspended(member, account);
        // The caller is an ADMIN whose mandate runs, and it stays.
        require(account != msg.sender, MemberRegistryLastAdmin(member));
        // Effect:
        delete _people[account];
        emit PersonRemoved(member, account);
    }

    /// @inheritdoc IMemberRegistry
    function rotatePerson(address account, address successor) external {
        // Check:
        bytes32 member = _requireAdmin();
        _requireNotSuspended(member, account);
        _requireFree(successor);
        _requireAccount(successor);
        // Effect:
        _people[successor] = _people[account];
        delete _people[account];
        emit PersonRotated(member, account, successor);
    }

    /// @inheritdoc IMemberRegistry
    function resign() external {
        // Check:
        bytes32 member = _requireAdmin();
        // Effect:
        _end(member);
        emit MemberResigned(member);
    }

    /// @inheritdoc IMemberRegistry
    function memberOf(address account) external view returns (bytes32) {
        return _people[account].member;
    }

    /// @inheritdoc IMemberRegistry
    function may(address account, uint16 roles) external view returns (bool) {
        return _may(account, roles);
    }

    /// @inheritdoc IMemberRegistry
    function independent(bytes32 a, bytes32 b) external view returns (bool) {
        (bytes32 topOfA, bool reachedA) = topOf(a);
        (bytes32 topOfB, bool reachedB) = topOf(b);
        // One above the other, or a shared superior, at whatever distance: both have the same top.
        return reachedA && reachedB && topOfA != topOfB;
    }

    /// @inheritdoc IMemberRegistry
    function isActive(bytes32 member, uint16 kinds) external view returns (bool) {
        Member storage m = _members[member];
        return _status(m) == MemberStatus.ACTIVE && m.kinds & kinds == kinds;
    }

    /// @inheritdoc IMemberRegistry
    function statusOf(bytes32 member) external view returns (MemberStatus) {
        return _status(_members[member]);
    }

    /// @inheritdoc IMemberRegistry
    function memberFacts(bytes32 member) external view returns (Member memory) {
        return _members[member];
    }

    /// @inheritdoc IMemberRegistry
    function personFacts(address account) external view returns (Person memory) {
        return _people[account];
    }

    /// @inheritdoc IMemberRegistry
    function seatsAt(uint48 time) external view returns (uint16[4] memory seats) {
        uint208 all = _seats.upperLookupRecent(time);
        for (uint256 sector; sector < SECTORS; ++sector) {
            seats[sector] = _seatsIn(all, sector);
        }
    }

    /// @inheritdoc IMemberRegistry
    function seatAt(bytes32 member, uint48 time) external view returns (uint8) {
        return uint8(_seatOf[member].upperLookupRecent(time));
    }

    /// @inheritdoc IMemberRegistry
    function topOf(bytes32 member) public view returns (bytes32 top, bool reached) {
        top = member;
        for (uint256 level; level <= MAX_LEVELS; ++level) {
            bytes32 superior = _members[top].superior;
            if (superior == 0) return (top, true);
            top = superior;
        }
    }

    function _admit(bytes32 member, MemberData memory data) private {
        Member storage m = _members[member];
        m.sector = Sector(data.sector);
        m.kinds = data.kinds;
        m.exists = true;
        m.superior = data.superior;
        if (data.kinds & Kinds.COUNCIL != 0) _moveSeat(member, data.sector + 1);
        emit MemberAdmitted(member, data.orgId, data.name, data.sector, data.kinds, data.superior);
    }

    function _add(bytes32 member, address account, uint16 roles, uint40 mandateEnd) private {
        _people[account] = Person(member, roles, mandateEnd, 0, _members[member].recoveries);
        emit PersonAdded(member, account, roles, mandateEnd);
    }

    function _suspend(bytes32 member, uint40 until, uint256 longest) private {
        // Check:
        _requireNotLeft(member);
        _requireSuspension(until, longest);
        // Effect:
        _members[member].suspendedUntil = until;
        emit MemberSuspended(member, until);
    }

    function _end(bytes32 member) private {
        if (_hasSeat(member)) _moveSeat(member, 0);
        _members[member].left = true;
    }

    function _hasSeat(bytes32 member) private view returns (bool) {
        return _seatOf[member].latest() != 0;
    }

    function _seatFor(bytes32 member) private view returns (uint8) {
        Member storage m = _members[member];
        return m.kinds & Kinds.COUNCIL != 0 ? uint8(m.sector) + 1 : 0;
    }

    // Gives a member the seat of a sector (counted from 1), or takes it (0).
    function _moveSeat(bytes32 member, uint8 to) private {
        uint208 all = _seats.latest();
        uint208 from = _seatOf[member].latest();
        if (to != 0) all += _oneSeat(to);
        if (from != 0) {
            require(_seatsIn(all, from - 1) > 1, MemberRegistryLastSeat(from - 1));
            all -= _oneSeat(from);
        }
        uint48 now_ = uint48(block.timestamp);
        _seats.push(now_, all);
        _seatOf[member].push(now_, to);
    }

    function _oneSeat(uint256 seat) private pure returns (uint208) {
        return uint208(1 << ((seat - 1) * SEAT_BITS));
    }

    function _seatsIn(uint208 all, uint256 sector) private pure returns (uint16) {
        return uint16(all >> (sector * SEAT_BITS));
    }

    function _may(address account, uint16 roles) private view returns (bool) {
        Person memory person = _people[account];
        if (block.timestamp >= person.mandateEnd || block.timestamp < person.suspendedUntil) return false;
        Member storage m = _members[person.member];
        if (person.recoveries != m.recoveries) roles &= ~Roles.ADMIN;
        return _status(m) == MemberStatus.ACTIVE && person.roles & roles & _rolesOf(m.kinds) != 0;
    }

    function _status(Member storage m) private view returns (MemberStatus) {
        if (!m.exists) return MemberStatus.NONE;
        if (m.left) return MemberStatus.LEFT;
        return block.timestamp < m.suspendedUntil ? MemberStatus.SUSPENDED : MemberStatus.ACTIVE;
    }

    // Roles that the people of a member of these kinds can use.
    function _rolesOf(uint16 kinds) private pure returns (uint16 roles) {
        roles = Roles.ADMIN;
        if (kinds & Kinds.COUNCIL != 0) roles |= Roles.DELEGATE;
        if (kinds & Kinds.BUYER != 0) roles |= Roles.OFFICER | Roles.APPROVER | Roles.EVALUATOR;
        if (kinds & Kinds.OPENING != 0) roles |= Roles.OPENER;
        if (kinds & Kinds.EVALUATION != 0) roles |= Roles.EVALUATOR;
        if (kinds & Kinds.REVIEW_BODY != 0) roles |= Roles.REVIEWER;
        if (kinds & Kinds.AUDIT_OFFICE != 0) roles |= Roles.AUDITOR;
        if (kinds & Kinds.OPERATOR != 0) roles |= Roles.OPERATOR;
        if (kinds & Kinds.WITNESS != 0) roles |= Roles.WITNESS | Roles.EVALUATOR;
        if (kinds & Kinds.REGISTRAR != 0) roles |= Roles.REGISTRAR;
    }

    // Interaction: who validates, and may only because of its sector or its independence, keeps the caps. Neutral without the registry.
    function _checkValidators() private view {
        if (address(_validators).code.length != 0) _validators.checkPresent();
    }

    function _requireAuthority() private view {
        require(msg.sender == authority, MemberRegistryRoleMissing("AUTHORITY", msg.sender));
    }

    function _requireAdmin() private view returns (bytes32) {
        require(_may(msg.sender, Roles.ADMIN), MemberRegistryRoleMissing("ADMIN", msg.sender));
        return _people[msg.sender].member;
    }

    function _requireExists(bytes32 member) private view {
        require(_members[member].exists, MemberRegistryNotFound(member));
    }

    function _requireNotLeft(bytes32 member) private view {
        require(!_members[member].left, MemberRegistryStatusWrong(member, MemberStatus.LEFT));
    }

    function _requireAdmins(MemberData[] memory members, PersonData[] memory people) private pure {
        for (uint256 i; i < members.length; ++i) {
            bytes32 member = keccak256(bytes(members[i].orgId));
            bool found;
            for (uint256 j; j < people.length && !found; ++j) {
                found = people[j].member == member && people[j].roles & Roles.ADMIN != 0;
            }
            require(found, MemberRegistryLastAdmin(member));
        }
    }

    function _requireNew(MemberData memory data) private view returns (bytes32 member) {
        member = keccak256(bytes(data.orgId));
        require(!_members[member].exists, MemberRegistryExists(member));
    }

    function _requireNoPerson(address account) private view {
        require(_people[account].member == 0, MemberRegistryAccountTaken(account));
    }

    function _requireFree(address account) private view {
        _requireNoPerson(account);
        bool free = _suppliers.supplierOf(account) == 0 && !_suppliers.isCitizen(account);
        require(free, MemberRegistryAccountTaken(account));
    }

    function _requirePerson(address account, uint16 roles, uint40 mandateEnd) private view {
        _requireAccount(account);
        require(roles != 0 && roles <= Roles.ALL, MemberRegistryRolesInvalid(Roles.ALL, roles));
        _requireMandate(mandateEnd);
    }

    function _requireAccount(address account) private pure {
        require(account != address(0), MemberRegistryHashZero("account"));
    }

    function _requireMandate(uint40 mandateEnd) private view {
        uint256 latest = block.timestamp + MAX_MANDATE;
        require(
            mandateEnd > block.timestamp && mandateEnd <= latest,
            MemberRegistryMandateInvalid(block.timestamp, latest, mandateEnd)
        );
    }

    // Removed and added again, or moved, a suspended person would be free of its suspension.
    function _requireNotSuspended(bytes32 member, address account) private view {
        Person storage person = _people[account];
        require(person.member == member, MemberRegistryPersonNotFound(account));
        uint40 until = person.suspendedUntil;
        require(block.timestamp >= until, MemberRegistryPersonSuspended(account, until));
    }

    function _requireSuspension(uint40 until, uint256 longest) private view {
        uint256 latest = block.timestamp + longest;
        require(
            until > block.timestamp && until <= latest,
            MemberRegistrySuspensionInvalid(block.timestamp, latest, until)
        );
    }

    function _requireMember(bytes32 member, MemberData memory data) private view {
        uint256 orgIdLength = bytes(data.orgId).length;
        uint256 nameLength = bytes(data.name).length;
        require(orgIdLength != 0, MemberRegistryHashZero("orgId"));
        require(nameLength != 0, MemberRegistryHashZero("name"));
        require(orgIdLength <= MAX_ORG_ID, MemberRegistryTextLength(MAX_ORG_ID, orgIdLength));
        require(nameLength <= MAX_NAME, MemberRegistryTextLength(MAX_NAME, nameLength));
        _requireSector(data.sector);
        _requireKinds(data.kinds);
        _requireSuperior(member, data.superior);
    }

    function _requireSector(uint8 sector) private pure {
        uint256 limit = uint256(type(Sector).max);
        require(sector <= limit, MemberRegistrySectorInvalid(limit, sector));
    }

    function _requireKinds(uint16 kinds) private pure {
        require(kinds != 0 && kinds <= Kinds.ALL, MemberRegistryKindsInvalid(Kinds.ALL, kinds));
    }

    function _requireSuperior(bytes32 member, bytes32 superior) private view {
        if (superior == 0) return;
        Member storage m = _members[superior];
        require(m.exists && !m.left, MemberRegistrySuperiorInvalid(superior));
        bytes32 above = superior;
        for (uint256 level; level < MAX_LEVELS && above != 0; ++level) {
            require(above != member, MemberRegistrySuperiorInvalid(superior));
            above = _members[above].superior;
        }
        // Neither does anything stand so far below that its relations would no longer be followed.
        require(above == 0, MemberRegistrySuperiorInvalid(superior));
    }
}
