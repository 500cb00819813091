// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bounds, OpeningPlan, Procedure} from "../types/Procurement.sol";

/// @title The procedures: numbered, immutable versions of rules that are data
interface IProcedureBook {
    /// @notice `who` is not the authority.
    error ProcedureBookRoleMissing(bytes32 role, address who);
    /// @notice No such version of this procedure.
    error ProcedureBookNotFound(bytes16 code, uint16 version);
    /// @notice The version is retired: no new tender may use it.
    error ProcedureBookRetired(bytes16 code, uint16 version);
    /// @notice Versions of a code are numbered without a gap.
    error ProcedureBookVersionWrong(uint256 expected, uint256 got);
    /// @notice A required value is zero.
    error ProcedureBookHashZero(bytes32 field);
    /// @notice The text is empty or longer than `limit` bytes.
    error ProcedureBookJsonLength(uint256 limit, uint256 got);
    /// @notice The field contradicts another one, or its check does not exist yet on this network.
    error ProcedureBookInconsistent(bytes32 field);
    /// @notice A sandbox procedure on a network without the sandbox mark.
    error ProcedureBookSandboxOnly(bytes16 code);

    event ProcedureAdopted(bytes16 indexed code, uint16 indexed version, Procedure procedure, string json);
    event ProcedureRetired(bytes16 indexed code, uint16 indexed version);
    /// @notice From its first block on a silence of more than `gap` seconds is an outage; never emitted where none is ever recorded.
    event OutagesCounted(uint32 gap, uint40 start);
    /// @notice The network was told to be there, unix seconds; at most once a minute.
    event Ticked(uint40 time);
    /// @notice The network stood still from `start` to `end`, unix seconds; outages are numbered from 0.
    event OutageRecorded(uint256 indexed index, uint40 start, uint40 end);

    /// @notice Adopts a procedure; `procedure.version` = last + 1, `procedure.textHash` = sha256(json). Role: authority.
    function adopt(Procedure calldata procedure, string calldata json) external;
    /// @notice Bars new tenders from a version; running ones keep it. Role: authority.
    function retire(bytes16 code, uint16 version) external;

    /// @notice Says that the network is there, at most once a minute; a silence of more than `outageGap` before it becomes an outage.
    /// Acts of procurement do it by themselves, so do the programs of operators. Role: anybody.
    function tick() external;

    /// @notice The procedure; reverts NotFound.
    function procedureOf(bytes16 code, uint16 version) external view returns (Procedure memory);
    /// @notice What bidding and opening need of a procedure, with their times for a stored deadline. One that is unknown takes no time and no
    /// bids.
    function openingOf(bytes16 code, uint16 version, uint40 deadline) external view returns (OpeningPlan memory);
    /// @notice Reverts NotFound or Retired where a new tender may not use the procedure.
    function requireLive(bytes16 code, uint16 version) external view;
    /// @notice What terms, answers and cancellations need of a procedure; all zero where unknown.
    function boundsOf(bytes16 code, uint16 version) external view returns (Bounds memory);
    /// @notice Last version of a code, 0 if none.
    function lastVersion(bytes16 code) external view returns (uint16);
    /// @notice Every end of a period in the network: `base` plus the outages that fell into it, the one that may be running included. Inside
    /// a period means t < deadlineOf(base).
    function deadlineOf(uint40 base) external view returns (uint40);
    /// @notice As `deadlineOf`, with what the outages took between `since` and `until` alone.
    function deadlineWithin(uint40 base, uint40 since, uint40 until) external view returns (uint40);
    /// @notice Number of recorded outages, and the last time the network was told to be there.
    function outages() external view returns (uint256 count, uint40 lastTick);
    /// @notice A recorded outage, unix seconds; zero beyond the last.
    function outageAt(uint256 index) external view returns (uint40 start, uint40 end);
    /// @notice Silence, in seconds, beyond which it is an outage; 0 = none is ever recorded: a sandbox's time is moved by hand.
    function outageGap() external view returns (uint32);
    /// @notice The only account that may adopt and retire.
    function authority() external view returns (address);
}
