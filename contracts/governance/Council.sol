// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {IConsultation} from "../interfaces/IConsultation.sol";
import {ICouncil} from "../interfaces/ICouncil.sol";
import {IMemberRegistry} from "../interfaces/IMemberRegistry.sol";
import {IValidatorRegistry} from "../interfaces/IValidatorRegistry.sol";
import {CallClass, ClassRules, DecisionClass, Proposed, Resolution} from "../types/Governance.sol";
import {Roles} from "../types/Roles.sol";
import {Wiring} from "../types/Wiring.sol";

contract Council is Governor, ICouncil {
    uint256 private constant MAX_CALLS = 16;
    uint256 private constant MAX_DESCRIPTION = 8192;
    uint256 private constant MAX_REASON = 4096;
    uint256 private constant MAX_PERIOD = 365 days;
    uint256 private constant SECTORS = 4;
    uint256 private constant SEAT_BITS = 16;
    /// @notice A proposal that is not queued, or not executed, for so long after it could be, expires.
    uint256 public constant EXPIRY = 14 days;
    /// @notice Proposals of a member that are open at the same time.
    uint256 public constant MAX_OPEN = 3;

    /// @inheritdoc ICouncil
    address public immutable authority;
    IMemberRegistry private immutable _members;
    IConsultation private immutable _consultation;
    address private immutable _procedures;
    address private immutable _validators;

    /// @notice Number of proposals; the last id.
    uint256 public proposalCount;
    mapping(bytes32 content => uint256) private _idOf;
    mapping(DecisionClass decision => ClassRules) private _rules;
    // Class + 1, so that 0 is a call that nobody classified.
    mapping(address target => mapping(bytes4 selector => uint8)) private _classes;
    mapping(uint256 id => Resolution) private _resolutions;
    mapping(uint256 id => mapping(bytes32 member => bool)) private _voted;
    // The last proposals of a member; a place is free when its proposal is no longer open.
    mapping(bytes32 member => uint64[MAX_OPEN]) private _open;
    // Class + 1 of the proposal that is being made: the Governor asks for its periods.
    uint8 private transient _making;

    constructor(Wiring memory wiring, ClassRules[] memory rules, CallClass[] memory calls) Governor("Licita Council") {
        authority = wiring.timelock;
        _members = IMemberRegistry(wiring.members);
        _consultation = IConsultation(wiring.consultation);
        _procedures = wiring.procedures;
        _validators = wiring.validators;
        require(rules.length == uint256(type(DecisionClass).max) + 1, CouncilRulesInvalid("classes"));
        for (uint256 i; i < rules.length; ++i) {
            _setRules(DecisionClass(i), rules[i]);
        }
        _requireOrder();
        for (uint256 i; i < calls.length; ++i) {
            _setClass(calls[i].target, calls[i].selector, calls[i].decision);
        }
    }

    /// @notice Proposes calls with their text. Role: DELEGATE of a member that has a seat. Urgent ones: `proposeUrgently`.
    /// @param description Canonical JSON {title, summary, text}, where `text` is the sha256 of the reference text.
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) public override returns (uint256 id) {
        bytes32 member = _requireDelegate();
        Proposed memory proposed = Proposed(targets, values, calldatas, description);
        _requireNew(proposed);
        uint256 place = _requirePlace(member);
        DecisionClass decision = _requireCalls(proposed);
        require(decision != DecisionClass.EMERGENCY, CouncilConfirmationInvalid(decision, decision));
        id = _open_(proposed, decision, member, 0);
        _open[member][place] = uint64(id);
    }

    /// @inheritdoc ICouncil
    function proposeUrgently(
        Proposed calldata urgent,
        Proposed calldata confirmation
    ) external returns (uint256 id, uint256 confirmationId) {
        bytes32 member = _requireDelegate();
        _requireNew(urgent);
        _requireNew(confirmation);
        // Only the confirmation takes a place: an urgent one lasts as long as its short vote.
        uint256 place = _requirePlace(member);
        DecisionClass decision = _requireCalls(urgent);
        DecisionClass confirming = _requireCalls(confirmation);
        require(
            decision == DecisionClass.EMERGENCY && confirming >= DecisionClass.MEMBERSHIP,
            CouncilConfirmationInvalid(decision, confirming)
        );
        id = _open_(urgent, decision, member, 0);
        confirmationId = _open_(confirmation, confirming, member, id);
        _open[member][place] = uint64(confirmationId);
    }

    /// @notice Schedules an approved proposal. Anyone.
    function queue(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) public override returns (uint256 id) {
        id = getProposalId(targets, values, calldatas, descriptionHash);
        _requireState(id, ProposalState.Succeeded);
        require(!_resolutions[id].reportNeeded || _consultation.reportOf(id) != 0, CouncilReportMissing(id));
        return super.queue(targets, values, calldatas, descriptionHash);
    }

    /// @notice Executes a proposal whose delay is over. Anyone.
    function execute(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) public payable override returns (uint256 id) {
        require(msg.value == 0, CouncilCallInvalid(0));
        id = getProposalId(targets, values, calldatas, descriptionHash);
        _requireState(id, ProposalState.Queued);
        uint256 eta = proposalEta(id);
        require(block.timestamp >= eta, CouncilDelayed(id, eta));
        return super.execute(targets, values, calldatas, descriptionHash);
    }

    /// @notice Cancels a proposal: its proposer's member while it is Pending, the authority while it is open. What confirms an urgent
    /// proposal is nobody's to take back.
    function cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) public override returns (uint256 id) {
        id = getProposalId(targets, values, calldatas, descriptionHash);
        ProposalState now_ = state(id);
        bool isAuthority = msg.sender == authority;
        require(
            isAuthority || _delegateOf(msg.sender) == _resolutions[id].member,
            CouncilRoleMissing("PROPOSER", msg.sender)
        );
        require(!_isConfirmation(id), CouncilConfirmationKept(id));
        require(now_ == ProposalState.Pending || (isAuthority && _isOpen(now_)), CouncilStatusWrong(id, now_));
        super._cancel(targets, values, calldatas, descriptionHash);
        if (now_ == ProposalState.Queued) {
            bytes32 salt = _salt(descriptionHash);
            _timelock().cancel(_timelock().hashOperationBatch(targets, values, calldatas, 0, salt));
        }
    }

    /// @inheritdoc ICouncil
    function confirmUrgency(uint256 id) external {
        _requireAuthority();
        _requireState(id, ProposalState.Executed);
        require(_resolutions[id].decision == DecisionClass.EMERGENCY, CouncilNotFound(id));
        emit UrgencyConfirmed(id);
    }

    /// @inheritdoc ICouncil
    function setClassRules(DecisionClass decision, ClassRules calldata rules) external {
        _requireAuthority();
        require(keccak256(abi.encode(rules)) != keccak256(abi.encode(_rules[decision])), CouncilUnchanged("rules"));
        _setRules(decision, rules);
        _requireOrder();
    }

    /// @inheritdoc ICouncil
    function setCallClass(address target, bytes4 selector, DecisionClass decision) external {
        _requireAuthority();
        require(_classes[target][selector] != uint8(decision) + 1, CouncilUnchanged("decision"));
        _setClass(target, selector, decision);
    }

    /// @notice Refused: the sender is the person who acts, and signs its own transaction.
    function castVoteBySig(uint256, uint8, address, bytes memory) public view override returns (uint256) {
        revert CouncilRoleMissing("SENDER", msg.sender);
    }

    /// @notice Refused, as `castVoteBySig`.
    function castVoteWithReasonAndParamsBySig(
        uint256,
        uint8,
        address,
        string calldata,
        bytes memory,
        bytes memory
    ) public view override returns (uint256) {
        revert CouncilRoleMissing("SENDER", msg.sender);
    }

    /// @notice Refused: the timelock acts, never this contract.
    function relay(address, uint256, bytes calldata) public payable override {
        revert CouncilRoleMissing("TIMELOCK", msg.sender);
    }

    /// @inheritdoc ICouncil
    function rulesOf(DecisionClass decision) external view returns (ClassRules memory) {
        return _rules[decision];
    }

    /// @inheritdoc ICouncil
    function classOf(address target, bytes4 selector) public view returns (DecisionClass) {
        uint8 stored = _classes[target][selector];
        return stored == 0 ? DecisionClass.CHARTER : DecisionClass(stored - 1);
    }

    /// @inheritdoc ICouncil
    function resolution(uint256 id) external view returns (Resolution memory) {
        return _resolutions[id];
    }

    /// @inheritdoc ICouncil
    function approved(uint256 id) external view returns (bool) {
        return _voteSucceeded(id);
    }

    /// @inheritdoc ICouncil
    function memberVoted(uint256 id, bytes32 member) external view returns (bool) {
        return _voted[id][member];
    }

    /// @notice Whether the member of an account has voted.
    function hasVoted(uint256 id, address account) external view returns (bool) {
        return _voted[id][_members.memberOf(account)];
    }

    /// @notice State at the present block time; reverts NotFound.
    function state(uint256 id) public view override returns (ProposalState now_) {
        require(proposalSnapshot(id) != 0, CouncilNotFound(id));
        now_ = super.state(id);
        // Approved and never queued, or queued and never executed: what was decided long ago is not done by surprise.
        if (now_ == ProposalState.Succeeded && block.timestamp > proposalDeadline(id) + EXPIRY) {
            return ProposalState.Expired;
        }
        if (now_ == ProposalState.Queued && block.timestamp >= proposalEta(id) + EXPIRY) return ProposalState.Expired;
    }

    /// @notice Number of the proposal with this content; reverts NotFound.
    function getProposalId(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) public view override returns (uint256) {
        uint256 id = _idOf[bytes32(hashProposal(targets, values, calldatas, descriptionHash))];
        require(id != 0, CouncilNotFound(0));
        return id;
    }

    /// @notice Consultation of the proposal that is being made; of a ROUTINE one at any other time.
    function votingDelay() public view override returns (uint256) {
        return _present().consultation;
    }

    /// @notice Length of the vote on the proposal that is being made; on a ROUTINE one at any other time.
    function votingPeriod() public view override returns (uint256) {
        return _present().votingPeriod;
    }

    /// @notice Seats in favour that a ROUTINE proposal takes.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        ClassRules storage rules = _rules[DecisionClass.ROUTINE];
        uint256 share = _total(_members.seatsAt(uint48(timepoint))) * rules.numerator;
        return rules.strict ? share / rules.denominator + 1 : (share + rules.denominator - 1) / rules.denominator;
    }

    /// @notice Time is the block's.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice As ERC-6372 names it.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice As Governor's tools read it: one vote a member, no quorum besides the share of all seats.
    // solhint-disable-next-line func-name-mixedcase
    function COUNTING_MODE() external pure returns (string memory) {
        return "support=bravo&quorum=for";
    }

    /// @notice Every decision waits in the timelock.
    function proposalNeedsQueuing(uint256) public pure override returns (bool) {
        return true;
    }

    function _open_(
        Proposed memory proposed,
        DecisionClass decision,
        bytes32 member,
        uint256 confirms
    ) private returns (uint256 id) {
        ClassRules memory rules = _rules[decision];
        id = ++proposalCount;
        _idOf[_content(proposed)] = id;
        bool reportNeeded = decision == DecisionClass.CHARTER || _touches(proposed.targets, _procedures);
        Resolution storage made = _resolutions[id];
        made.decision = decision;
        made.delay = rules.delay;
        made.numerator = rules.numerator;
        made.denominator = rules.denominator;
        made.strict = rules.strict;
        made.sectors = rules.sectors;
        made.majority = rules.majority;
        made.reportNeeded = reportNeeded;
        made.member = member;
        _making = uint8(decision) + 1;
        _propose(proposed.targets, proposed.values, proposed.calldatas, proposed.description, msg.sender);
        _making = 0;
        emit ResolutionOpened(id, member, decision, rules, reportNeeded, confirms);
    }

    function _castVote(
        uint256 id,
        address account,
        uint8 support,
        string memory reason,
        bytes memory
    ) internal override returns (uint256) {
        // Check:
        ProposalState now_ = state(id);
        bytes32 member = _delegateOf(account);
        require(member != 0, CouncilRoleMissing("DELEGATE", account));
        uint8 seat = _members.seatAt(member, uint48(proposalSnapshot(id)));
        require(seat != 0, CouncilSeatMissing(id, member));
        require(now_ == ProposalState.Active, CouncilStatusWrong(id, now_));
        require(!_voted[id][member], CouncilOnlyOnce(id, member));
        require(support <= 2, CouncilVoteInvalid(support));
        uint256 length = bytes(reason).length;
        require(length <= MAX_REASON, CouncilTextLength(MAX_REASON, length));
        // Effect:
        _voted[id][member] = true;
        _countVote(id, account, support, seat, "");
        emit VoteCast(account, id, support, 1, reason);
        return 1;
    }

    // `seat`: sector of the seat, counted from 1.
    function _countVote(
        uint256 id,
        address,
        uint8 support,
        uint256 seat,
        bytes memory
    ) internal override returns (uint256) {
        Resolution storage stored = _resolutions[id];
        if (support == 0) ++stored.against;
        else if (support == 1) stored.inFavour += uint64(1 << ((seat - 1) * SEAT_BITS));
        else ++stored.abstained;
        return 1;
    }

    // Weight of an account at a time: 1 where its member had a seat.
    function _getVotes(address account, uint256 timepoint, bytes memory) internal view override returns (uint256) {
        return _members.seatAt(_members.memberOf(account), uint48(timepoint)) == 0 ? 0 : 1;
    }

    // Absent and suspended seats count among all seats, so silence is never consent; a tie is a defeat.
    function _voteSucceeded(uint256 id) internal view override returns (bool) {
        Resolution storage stored = _resolutions[id];
        uint16[4] memory seats = _members.seatsAt(uint48(proposalSnapshot(id)));
        (uint256 yes, uint256 sectors) = (0, 0);
        for (uint256 sector; sector < SECTORS; ++sector) {
            uint256 here = uint16(stored.inFavour >> (sector * SEAT_BITS));
            yes += here;
            if (stored.majority ? here * 2 > seats[sector] : here != 0) ++sectors;
        }
        uint256 got = yes * stored.denominator;
        uint256 needed = _total(seats) * stored.numerator;
        return (stored.strict ? got > needed : got >= needed) && sectors >= stored.sectors;
    }

    // The share of all seats is quorum and majority in one.
    function _quorumReached(uint256) internal pure override returns (bool) {
        return true;
    }

    function _queueOperations(
        uint256 id,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override returns (uint48) {
        uint256 delay = _resolutions[id].delay;
        _timelock().scheduleBatch(targets, values, calldatas, 0, _salt(descriptionHash), delay);
        return uint48(block.timestamp + delay);
    }

    function _executeOperations(
        uint256,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override {
        _timelock().executeBatch(targets, values, calldatas, 0, _salt(descriptionHash));
    }

    function _executor() internal view override returns (address) {
        return authority;
    }

    function _timelock() private view returns (TimelockController) {
        return TimelockController(payable(authority));
    }

    function _salt(bytes32 descriptionHash) private view returns (bytes32) {
        return bytes20(address(this)) ^ descriptionHash;
    }

    function _setRules(DecisionClass decision, ClassRules memory rules) private {
        require(rules.consultation <= MAX_PERIOD && rules.delay <= MAX_PERIOD, CouncilRulesInvalid("period"));
        require(rules.votingPeriod != 0 && rules.votingPeriod <= MAX_PERIOD, CouncilRulesInvalid("votingPeriod"));
        // Never less than a majority of all seats, never more than all.
        (uint256 part, uint256 whole) = (rules.numerator, rules.denominator);
        bool majority = rules.strict ? part * 2 >= whole && part < whole : part * 2 > whole && part <= whole;
        require(majority, CouncilRulesInvalid("share"));
        require(rules.sectors <= SECTORS, CouncilRulesInvalid("sectors"));
        _rules[decision] = rules;
        emit ClassRulesSet(decision, rules);
    }

    // The strictest class among calls decides, so a stricter class takes at least what a less strict one takes.
    function _requireOrder() private view {
        for (uint256 i = uint256(DecisionClass.ROUTINE); i < uint256(DecisionClass.CHARTER); ++i) {
            ClassRules memory low = _rules[DecisionClass(i)];
            ClassRules memory high = _rules[DecisionClass(i + 1)];
            (uint256 lower, uint256 higher) = (
                uint256(low.numerator) * high.denominator,
                uint256(high.numerator) * low.denominator
            );
            bool rises =
                high.consultation >= low.consultation &&
                    high.votingPeriod >= low.votingPeriod &&
                    high.delay >= low.delay &&
                    high.sectors >= low.sectors &&
                    (high.majority || !low.majority) &&
                    (higher > lower || (higher == lower && (high.strict || !low.strict)));
            require(rises, CouncilRulesInvalid("order"));
        }
    }

    function _setClass(address target, bytes4 selector, DecisionClass decision) private {
        _classes[target][selector] = uint8(decision) + 1;
        emit CallClassSet(target, selector, decision);
    }

    function _present() private view returns (ClassRules storage) {
        return _rules[_making == 0 ? DecisionClass.ROUTINE : DecisionClass(_making - 1)];
    }

    function _content(Proposed memory proposed) private pure returns (bytes32) {
        bytes32 description = keccak256(bytes(proposed.description));
        return bytes32(hashProposal(proposed.targets, proposed.values, proposed.calldatas, description));
    }

    function _touches(address[] memory targets, address target) private pure returns (bool found) {
        for (uint256 i; i < targets.length && !found; ++i) {
            found = targets[i] == target;
        }
    }

    function _isOpen(ProposalState now_) private pure returns (bool) {
        return
            now_ == ProposalState.Pending ||
            now_ == ProposalState.Active ||
            now_ == ProposalState.Succeeded ||
            now_ == ProposalState.Queued;
    }

    // `proposeUrgently` alone opens urgent proposals, and what confirms one comes right after it.
    function _isConfirmation(uint256 id) private view returns (bool) {
        return id > 1 && _resolutions[id - 1].decision == DecisionClass.EMERGENCY;
    }

    function _total(uint16[4] memory seats) private pure returns (uint256) {
        return uint256(seats[0]) + seats[1] + seats[2] + seats[3];
    }

    // Member of a delegate whose mandate and membership run, else 0.
    function _delegateOf(address account) private view returns (bytes32) {
        return _members.may(account, Roles.DELEGATE) ? _members.memberOf(account) : bytes32(0);
    }

    function _requireAuthority() private view {
        require(msg.sender == authority, CouncilRoleMissing("AUTHORITY", msg.sender));
    }

    function _requireDelegate() private view returns (bytes32 member) {
        member = _delegateOf(msg.sender);
        require(member != 0, CouncilRoleMissing("DELEGATE", msg.sender));
    }

    function _requireState(uint256 id, ProposalState wanted) private view {
        ProposalState now_ = state(id);
        require(now_ == wanted, CouncilStatusWrong(id, now_));
    }

    function _requireNew(Proposed memory proposed) private view {
        bytes32 content = _content(proposed);
        uint256 known = _idOf[content];
        require(known == 0, CouncilAlreadyRecorded(content, known));
    }

    // A place for one more open proposal of a member.
    function _requirePlace(bytes32 member) private view returns (uint256 place) {
        uint64[MAX_OPEN] memory places = _open[member];
        while (place < MAX_OPEN && places[place] != 0 && _isOpen(state(places[place]))) ++place;
        require(place < MAX_OPEN, CouncilProposalsFull(MAX_OPEN));
    }

    // The strictest class among the calls. An urgent call among others is not urgent, and there it would take less than by itself: it is as
    // one that nobody classified.
    function _requireCalls(Proposed memory proposed) private view returns (DecisionClass decision) {
        uint256 length = bytes(proposed.description).length;
        require(length != 0 && length <= MAX_DESCRIPTION, CouncilTextLength(MAX_DESCRIPTION, length));
        uint256 calls = proposed.targets.length;
        require(
            calls != 0 && calls <= MAX_CALLS && proposed.values.length == calls && proposed.calldatas.length == calls,
            CouncilCallsInvalid(MAX_CALLS, calls)
        );
        uint256 urgent;
        for (uint256 i; i < calls; ++i) {
            address target = proposed.targets[i];
            bytes memory data = proposed.calldatas[i];
            bool sound = target != authority && target.code.length != 0 && proposed.values[i] == 0 && data.length >= 4;
            require(sound, CouncilCallInvalid(i));
            if (target == _validators) _requireValidators(data);
            DecisionClass one = classOf(target, bytes4(data));
            if (one > decision) decision = one;
            if (one == DecisionClass.EMERGENCY) ++urgent;
        }
        if (urgent != 0 && urgent != calls) decision = DecisionClass.CHARTER;
    }

    // A set that breaks a rule is refused when it is proposed, as again when it is executed.
    function _requireValidators(bytes memory data) private view {
        bytes4 check;
        if (bytes4(data) == IValidatorRegistry.setTarget.selector) check = IValidatorRegistry.checkTarget.selector;
        if (bytes4(data) == IValidatorRegistry.removeNow.selector) check = IValidatorRegistry.checkRemoval.selector;
        if (check != 0) Address.functionStaticCall(_validators, bytes.concat(check, Bytes.slice(data, 4)));
    }
}
