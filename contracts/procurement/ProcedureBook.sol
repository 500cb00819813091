// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProcedureBook} from "../interfaces/IProcedureBook.sol";
import {Deadlines} from "../libraries/Deadlines.sol";
import {Bounds, OpeningPlan, Procedure} from "../types/Procurement.sol";

contract ProcedureBook is IProcedureBook {
    uint256 private constant MAX_JSON = 32_768;
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_LOTS = 32;
    uint256 private constant MAX_BODY_BLOCKS = 16;
    uint256 private constant MAX_PANEL = 7;
    uint256 private constant MAX_TWO_ENVELOPE_BIDS = 1000;
    uint256 private constant MIN_OPENING_DELAY = 600 seconds;
    // Code at this address ("SANDBOX") is what makes a network a sandbox; only its genesis can put it there.
    address private constant SANDBOX_MARK = address(0x53414e44424f58);

    // A tick writes at most once a minute: an outage is told to a minute.
    uint256 private constant TICK = 60 seconds;

    /// @inheritdoc IProcedureBook
    address public immutable authority;
    /// @inheritdoc IProcedureBook
    uint32 public immutable outageGap;

    uint40 private _lastTick;
    Deadlines.Outage[] private _outages;
    mapping(bytes16 code => uint16) private _lastVersion;
    mapping(bytes16 code => mapping(uint16 version => Procedure)) private _procedures;
    mapping(bytes16 code => mapping(uint16 version => bool)) private _retired;

    constructor(address authority_, uint32 outageGap_, Procedure[] memory procedures, string[] memory texts) {
        require(authority_ != address(0), ProcedureBookHashZero("authority"));
        require(texts.length == procedures.length, ProcedureBookHashZero("texts"));
        // Where time is moved by hand there is no telling silence from a jump; everywhere else there is.
        require(outageGap_ != 0 || SANDBOX_MARK.code.length != 0, ProcedureBookHashZero("outageGap"));
        authority = authority_;
        outageGap = outageGap_;
        _lastTick = uint40(block.timestamp);
        if (outageGap_ != 0) emit OutagesCounted(outageGap_, uint40(block.timestamp));
        for (uint256 i = 0; i < procedures.length; ++i) {
            _adopt(procedures[i], texts[i]);
        }
    }

    /// @inheritdoc IProcedureBook
    function adopt(Procedure calldata procedure, string calldata json) external {
        require(msg.sender == authority, ProcedureBookRoleMissing("AUTHORITY", msg.sender));
        _adopt(procedure, json);
    }

    /// @inheritdoc IProcedureBook
    function retire(bytes16 code, uint16 version) external {
        // Check:
        require(_procedures[code][version].version != 0, ProcedureBookNotFound(code, version));
        require(msg.sender == authority, ProcedureBookRoleMissing("AUTHORITY", msg.sender));
        require(!_retired[code][version], ProcedureBookRetired(code, version));
        // Effect:
        _retired[code][version] = true;
        emit ProcedureRetired(code, version);
    }

    /// @inheritdoc IProcedureBook
    function tick() external {
        if (outageGap == 0) return;
        uint40 last = _lastTick;
        uint40 time = uint40(block.timestamp);
        if (time - last > outageGap) {
            emit OutageRecorded(_outages.length, last, time);
            _outages.push(Deadlines.Outage(last, time));
            _lastTick = time;
        } else if (time - last >= TICK) {
            emit Ticked(time);
            _lastTick = time;
        }
    }

    /// @inheritdoc IProcedureBook
    function procedureOf(bytes16 code, uint16 version) public view returns (Procedure memory procedure) {
        procedure = _procedures[code][version];
        require(procedure.version != 0, ProcedureBookNotFound(code, version));
    }

    /// @inheritdoc IProcedureBook
    function requireLive(bytes16 code, uint16 version) external view {
        require(_procedures[code][version].version != 0, ProcedureBookNotFound(code, version));
        require(!_retired[code][version], ProcedureBookRetired(code, version));
    }

    /// @inheritdoc IProcedureBook
    function boundsOf(bytes16 code, uint16 version) public view returns (Bounds memory) {
        Procedure storage procedure = _procedures[code][version];
        return
            Bounds(
                procedure.minTenderPeriod,
                procedure.answerCutoff,
                procedure.amendmentExtension,
                procedure.cancelWindow,
                procedure.maxLots,
                procedure.envelopes,
                procedure.awardRule,
                procedure.minEvaluators,
                procedure.ceilingBinding,
                procedure.fourEyes
            );
    }

    /// @inheritdoc IProcedureBook
    function lastVersion(bytes16 code) external view returns (uint16) {
        return _lastVersion[code];
    }

    /// @inheritdoc IProcedureBook
    function openingOf(bytes16 code, uint16 version, uint40 deadline) external view returns (OpeningPlan memory plan) {
        Procedure storage procedure = _procedures[code][version];
        plan.closesAt = deadlineOf(deadline);
        plan.openFrom = plan.closesAt + procedure.openingDelay;
        plan.fallbackFrom = deadlineOf(plan.openFrom + procedure.fallbackDelay);
        plan.voidFrom = deadlineOf(plan.fallbackFrom + procedure.fallbackDelay);
        plan.clearFrom = plan.closesAt;
        plan.enquiryCutoff = procedure.enquiryCutoff;
        plan.minBids = procedure.minBids;
        plan.envelopes = procedure.envelopes;
        plan.bodyBlocks = procedure.bodyBlocks;
        plan.maxBids = procedure.maxBids;
    }

    /// @inheritdoc IProcedureBook
    function deadlineOf(uint40 base) public view returns (uint40) {
        return deadlineWithin(base, 0, type(uint40).max);
    }

    /// @inheritdoc IProcedureBook
    function deadlineWithin(uint40 base, uint40 since, uint40 until) public view returns (uint40) {
        if (outageGap == 0) return base;
        uint256 end = Deadlines.endOf(_outages, _running(), base, since, until);
        return end < type(uint40).max ? uint40(end) : type(uint40).max;
    }

    /// @inheritdoc IProcedureBook
    function outages() external view returns (uint256 count, uint40 lastTick) {
        return (_outages.length, _lastTick);
    }

    /// @inheritdoc IProcedureBook
    function outageAt(uint256 index) external view returns (uint40 start, uint40 end) {
        if (index < _outages.length) (start, end) = (_outages[index].start, _outages[index].end);
    }

    // The silence since the last tick, if it is an outage already: nobody need have told it for it to count.
    function _running() private view returns (Deadlines.Outage memory running) {
        if (block.timestamp - _lastTick > outageGap) running = Deadlines.Outage(_lastTick, uint40(block.timestamp));
    }

    function _adopt(Procedure memory p, string memory json) private {
        // Check:
        uint256 next = uint256(_lastVersion[p.code]) + 1;
        require(p.version == next, ProcedureBookVersionWrong(next, p.version));
        require(p.code != 0, ProcedureBookHashZero("code"));
        uint256 length = bytes(json).length;
        require(length != 0 && length <= MAX_JSON, ProcedureBookJsonLength(MAX_JSON, length));
        require(p.textHash == sha256(bytes(json)), ProcedureBookInconsistent("textHash"));
        _requireConsistent(p);
        _requireRates(p);
        if (!p.sandbox) _requireRealPeriods(p);
        require(!p.sandbox || SANDBOX_MARK.code.length != 0, ProcedureBookSandboxOnly(p.code));
        // Effect:
        _lastVersion[p.code] = p.version;
        _procedures[p.code][p.version] = p;
        emit ProcedureAdopted(p.code, p.version, p, json);
    }

    function _requireConsistent(Procedure memory p) private pure {
        require(p.enquiryCutoff >= p.answerCutoff, ProcedureBookInconsistent("enquiryCutoff"));
        require(p.minTenderPeriod > p.enquiryCutoff, ProcedureBookInconsistent("minTenderPeriod"));
        require(p.complaintWindow <= p.standstill, ProcedureBookInconsistent("complaintWindow"));
        require(p.minBids != 0, ProcedureBookInconsistent("minBids"));
        // With the independent one they are a panel.
        bool panel = p.minEvaluators != 1 && p.minEvaluators < MAX_PANEL;
        require(panel, ProcedureBookInconsistent("minEvaluators"));
        require(p.maxLots != 0 && p.maxLots <= MAX_LOTS, ProcedureBookInconsistent("maxLots"));
        require(p.bodyBlocks != 0 && p.bodyBlocks <= MAX_BODY_BLOCKS, ProcedureBookInconsistent("bodyBlocks"));
        require(p.envelopes == 1 || p.envelopes == 2, ProcedureBookInconsistent("envelopes"));
        require(p.awardRule <= 1, ProcedureBookInconsistent("awardRule"));
        require(p.awardRule == 0 || p.envelopes == 2, ProcedureBookInconsistent("awardRule"));
        require(p.awardRule == 0 || p.minEvaluators != 0, ProcedureBookInconsistent("minEvaluators"));
        require(
            p.envelopes == 1 || (p.maxBids != 0 && p.maxBids <= MAX_TWO_ENVELOPE_BIDS),
            ProcedureBookInconsistent("maxBids")
        );
        require(p.fallbackDelay != 0, ProcedureBookInconsistent("fallbackDelay"));
    }

    function _requireRates(Procedure memory p) private pure {
        require(p.lowMeanBps <= BPS, ProcedureBookInconsistent("lowMeanBps"));
        require(p.lowNextBps <= BPS, ProcedureBookInconsistent("lowNextBps"));
        require(p.marketUnderBps <= BPS, ProcedureBookInconsistent("marketUnderBps"));
        require(p.marketOverBps <= BPS, ProcedureBookInconsistent("marketOverBps"));
        require(p.maxChangeBps <= BPS, ProcedureBookInconsistent("maxChangeBps"));
        require(p.maxReasonedChangeBps <= BPS, ProcedureBookInconsistent("maxReasonedChangeBps"));
    }

    // minTenderPeriod is above enquiryCutoff, so it needs no line here; curingWindow and changeInterval may be zero.
    // A box is locked from the first opening on: no silence may be told later than that which moves the end of bidding.
    function _requireRealPeriods(Procedure memory p) private view {
        require(p.enquiryCutoff != 0, ProcedureBookInconsistent("enquiryCutoff"));
        require(p.answerCutoff != 0, ProcedureBookInconsistent("answerCutoff"));
        require(p.amendmentExtension != 0, ProcedureBookInconsistent("amendmentExtension"));
        require(p.openingDelay >= MIN_OPENING_DELAY, ProcedureBookInconsistent("openingDelay"));
        require(p.openingDelay > outageGap, ProcedureBookInconsistent("openingDelay"));
        require(p.scorePeriod != 0, ProcedureBookInconsistent("scorePeriod"));
        require(p.decisionPeriod != 0, ProcedureBookInconsistent("decisionPeriod"));
        require(p.explanationWindow != 0, ProcedureBookInconsistent("explanationWindow"));
        require(p.standstill != 0, ProcedureBookInconsistent("standstill"));
        require(p.complaintWindow != 0, ProcedureBookInconsistent("complaintWindow"));
        require(p.cancelWindow != 0, ProcedureBookInconsistent("cancelWindow"));
        require(p.reviewPeriod != 0, ProcedureBookInconsistent("reviewPeriod"));
        require(p.remedyPeriod != 0, ProcedureBookInconsistent("remedyPeriod"));
        require(p.signingPeriod != 0, ProcedureBookInconsistent("signingPeriod"));
    }
}
