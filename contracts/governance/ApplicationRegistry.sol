// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IApplicationRegistry} from "../interfaces/IApplicationRegistry.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {ISupplierRegistry} from "../interfaces/ISupplierRegistry.sol";
import {Organisations} from "../libraries/Organisations.sol";
import {Application, ApplicationStatus} from "../types/Governance.sol";
import {Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract ApplicationRegistry is IApplicationRegistry {
    uint256 private constant MAX_TEXT = 128;
    uint256 private constant MAX_CODES = 16;
    uint256 private constant MAX_SEAL = 365 days;
    uint256 private constant MAX_SUSPENSION = 30 days;

    /// @inheritdoc IApplicationRegistry
    address public immutable authority;
    IMemberRegistry private immutable _members;
    ISupplierRegistry private immutable _suppliers;

    /// @inheritdoc IApplicationRegistry
    uint256 public applicationCount;
    mapping(uint256 id => Application) private _applications;
    mapping(uint256 id => mapping(bytes32 member => bool)) private _reviewed;
    /// @inheritdoc IApplicationRegistry
    mapping(bytes32 organisation => mapping(bytes32 recordId => uint256)) public recordOf;

    constructor(Wiring memory wiring) {
        authority = wiring.timelock;
        _members = IMemberRegistry(wiring.members);
        _suppliers = ISupplierRegistry(wiring.suppliers);
    }

    /// @inheritdoc IApplicationRegistry
    function submit(
        bytes32 recordId,
        string calldata useCase,
        string calldata name,
        bytes32[] calldata codeHashes,
        bytes32 sourceHash,
        bytes32 contact
    ) external returns (uint256 id) {
        // Check:
        bytes32 organisation = Organisations.organisationOf(_members, _suppliers, msg.sender);
        require(organisation != 0, ApplicationRegistryRoleMissing("PERSON", msg.sender));
        uint256 known = recordOf[organisation][recordId];
        require(known == 0, ApplicationRegistryAlreadyRecorded(recordId, known));
        require(recordId != 0, ApplicationRegistryHashZero("recordId"));
        require(sourceHash != 0, ApplicationRegistryHashZero("sourceHash"));
        _requireText("useCase", bytes(useCase).length);
        _requireText("name", bytes(name).length);
        _requireCodes(codeHashes);
        require(_members.isActive(contact, 0), ApplicationRegistryContactInvalid(contact));
        // Effect:
        id = ++applicationCount;
        recordOf[organisation][recordId] = id;
        Application storage made = _applications[id];
        made.exists = true;
        made.organisation = organisation;
        made.contact = contact;
        made.sourceHash = sourceHash;
        made.codesHash = keccak256(abi.encodePacked(codeHashes));
        emit ApplicationSubmitted(id, organisation, recordId, useCase, name, codeHashes, sourceHash, contact);
    }

    /// @inheritdoc IApplicationRegistry
    function recordFindings(uint256 id, bytes32 checklistHash, uint32 passed, uint32 failed) external {
        // Check: nobody reviews its own
        Application storage application = _requireApplication(id);
        bytes32 member = _members.memberOf(msg.sender);
        require(
            _members.may(msg.sender, Roles.EVALUATOR) && member != application.organisation,
            ApplicationRegistryRoleMissing("EVALUATOR", msg.sender)
        );
        require(!_reviewed[id][member], ApplicationRegistryOnlyOnce(id, member));
        ApplicationStatus status = _status(application);
        require(
            status == ApplicationStatus.SUBMITTED || status == ApplicationStatus.REVIEWED,
            ApplicationRegistryStatusWrong(id, status)
        );
        require(checklistHash != 0, ApplicationRegistryHashZero("checklistHash"));
        require(passed & failed == 0 && passed | failed != 0, ApplicationRegistryFindingsInvalid(passed, failed));
        // Effect:
        uint8 sector = uint8(_members.memberFacts(member).sector);
        _reviewed[id][member] = true;
        application.reviewedSectors |= uint8(1 << sector);
        emit FindingsRecorded(id, member, sector, checklistHash, passed, failed);
    }

    /// @inheritdoc IApplicationRegistry
    function seal(uint256 id, uint40 until) external {
        // Check:
        (Application storage application, ApplicationStatus status) = _requireWritable(id);
        require(application.sealedUntil != until, ApplicationRegistryUnchanged("sealedUntil"));
        require(
            status == ApplicationStatus.REVIEWED ||
                status == ApplicationStatus.SEALED ||
                status == ApplicationStatus.EXPIRED,
            ApplicationRegistryStatusWrong(id, status)
        );
        _requirePeriod(until, MAX_SEAL);
        // Effect:
        application.sealedUntil = until;
        emit ApplicationSealed(id, until);
    }

    /// @inheritdoc IApplicationRegistry
    function refuse(uint256 id, bytes32 reasonHash) external {
        // Check:
        (Application storage application, ApplicationStatus status) = _requireWritable(id);
        require(
            status == ApplicationStatus.SUBMITTED || status == ApplicationStatus.REVIEWED,
            ApplicationRegistryStatusWrong(id, status)
        );
        require(reasonHash != 0, ApplicationRegistryHashZero("reasonHash"));
        // Effect:
        application.refused = true;
        emit ApplicationRefused(id, reasonHash);
    }

    /// @inheritdoc IApplicationRegistry
    function revoke(uint256 id, bytes32 reasonHash) external {
        // Check:
        (Application storage application, ApplicationStatus status) = _requireWritable(id);
        require(
            status == ApplicationStatus.SEALED ||
                status == ApplicationStatus.EXPIRED ||
                status == ApplicationStatus.SUSPENDED,
            ApplicationRegistryStatusWrong(id, status)
        );
        require(reasonHash != 0, ApplicationRegistryHashZero("reasonHash"));
        // Effect:
        application.revoked = true;
        emit ApplicationRevoked(id, reasonHash);
    }

    /// @inheritdoc IApplicationRegistry
    function suspend(uint256 id, uint40 until) external {
        // Check:
        (Application storage application, ApplicationStatus status) = _requireWritable(id);
        require(application.suspendedUntil != until, ApplicationRegistryUnchanged("suspendedUntil"));
        require(
            status == ApplicationStatus.SEALED || status == ApplicationStatus.SUSPENDED,
            ApplicationRegistryStatusWrong(id, status)
        );
        _requirePeriod(until, MAX_SUSPENSION);
        // Effect:
        application.suspendedUntil = until;
        emit ApplicationSuspended(id, until);
    }

    /// @inheritdoc IApplicationRegistry
    function statusOf(uint256 id) external view returns (ApplicationStatus) {
        return _status(_applications[id]);
    }

    /// @inheritdoc IApplicationRegistry
    function applicationFacts(uint256 id) external view returns (Application memory) {
        return _applications[id];
    }

    // The one place where a status comes from: facts and block time, first match wins.
    function _status(Application storage application) private view returns (ApplicationStatus) {
        if (!application.exists) return ApplicationStatus.NONE;
        if (application.revoked) return ApplicationStatus.REVOKED;
        if (application.refused) return ApplicationStatus.REFUSED;
        if (block.timestamp < application.suspendedUntil) return ApplicationStatus.SUSPENDED;
        if (block.timestamp < application.sealedUntil) return ApplicationStatus.SEALED;
        if (application.sealedUntil != 0) return ApplicationStatus.EXPIRED;
        uint256 sectors = application.reviewedSectors;
        // More than one bit.
        return
            sectors & (sectors - (sectors == 0 ? 0 : 1)) != 0
                ? ApplicationStatus.REVIEWED
                : ApplicationStatus.SUBMITTED;
    }

    function _requireApplication(uint256 id) private view returns (Application storage application) {
        application = _applications[id];
        require(application.exists, ApplicationRegistryNotFound(id));
    }

    function _requireWritable(
        uint256 id
    ) private view returns (Application storage application, ApplicationStatus status) {
        application = _requireApplication(id);
        require(msg.sender == authority, ApplicationRegistryRoleMissing("AUTHORITY", msg.sender));
        status = _status(application);
    }

    function _requirePeriod(uint40 until, uint256 longest) private view {
        uint256 latest = block.timestamp + longest;
        require(
            until > block.timestamp && until <= latest,
            ApplicationRegistryPeriodInvalid(block.timestamp, latest, until)
        );
    }

    function _requireText(bytes32 field, uint256 length) private pure {
        require(length != 0, ApplicationRegistryHashZero(field));
        require(length <= MAX_TEXT, ApplicationRegistryTextLength(MAX_TEXT, length));
    }

    function _requireCodes(bytes32[] calldata codes) private pure {
        bool valid = codes.length != 0 && codes.length <= MAX_CODES;
        bytes32 below;
        for (uint256 i; valid && i < codes.length; ++i) {
            valid = codes[i] > below;
            below = codes[i];
        }
        require(valid, ApplicationRegistryCodesInvalid(MAX_CODES, codes.length));
    }
}
