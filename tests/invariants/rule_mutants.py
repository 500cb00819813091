"""Contracts with one thing changed, for the invariants of README.md that hold before an award: of bids, tenders and the council."""

from __future__ import annotations

from tests.invariants.award_mutants import Mutant

__all__ = ["FIRST", "MUTANTS"]

BIDS, BOARD, OPENINGS, COMPLAINTS = "BidBox", "TenderBoard", "OpeningCommittee", "ComplaintDesk"
BOOK, SUPPLIERS, FOUR_EYES, AWARDS = "ProcedureBook", "SupplierRegistry", "FourEyes", "AwardDesk"
COUNCIL, TIMELOCK, MEMBERS = "Council", "CouncilTimelock", "MemberRegistry"
_AUTHORITY = 'RoleMissing("AUTHORITY", msg.sender));'

MUTANTS = (
    # 2: shares before their time, those of fewer members, those that nobody posted; a bid that its bidder shows before the others
    Mutant(2, OPENINGS, "window.openFrom < window.closesAt ? window.closesAt : window.openFrom;", "window.closesAt;"),
    Mutant(2, OPENINGS, "uint256 k = _requireKeyset(keysetId).threshold;", "uint256 k = _requireKeyset(keysetId).threshold - 1;"),
    Mutant(2, OPENINGS, "posted != 0 && keccak256(abi.encodePacked(points[i])) == posted,",
           "posted == 0 || keccak256(abi.encodePacked(points[i])) == posted,"),
    Mutant(2, OPENINGS, "window.fallbackFrom < window.closesAt ? window.closesAt : window.fallbackFrom;", "window.closesAt;"),
    # 3: the second of the deadline, and those until the opening
    Mutant(3, BIDS, "require(block.timestamp < window.closesAt,", "require(block.timestamp <= window.closesAt,"),
    Mutant(3, BOARD, "window.closesAt = plan.closesAt;", "window.closesAt = plan.openFrom;"),
    # 4: withdrawn, lapsed, superseded
    Mutant(4, BIDS, "return stored.status == BidStatus.Sealed || (envelope", "return stored.status != BidStatus.None || (envelope"),
    Mutant(4, BIDS, "if (!inside.locked || stored.termsVersion != inside.termsVersion) return false;",
           "if (!inside.locked) return false;"),
    Mutant(4, OPENINGS, "keccak256(abi.encode(each.u.x, each.u.y, each.label)) == live.seal,", "live.seal != 0,"),
    # 5: by an addendum, by an early answer
    Mutant(5, BOARD, "require(wanted >= deadline, TenderBoardDeadlineEarlier(id, deadline, wanted));", ""),
    Mutant(5, BOARD, "if (block.timestamp + cutoff > plan.closesAt) tender.deadline", "if (cutoff != 0) tender.deadline"),
    # 7: a second place in the box, and one bid that counts twice
    Mutant(7, BIDS, "placeOf[tenderId][supplier] = place;", ""),
    Mutant(7, BIDS, "if (!_isLive(last, window.termsVersion)) ++stored.live;", "++stored.live;"),
    # 8: what was bound to earlier terms, or to none
    Mutant(8, BIDS, "if (!inside.locked || stored.termsVersion != inside.termsVersion) return false;",
           "if (!inside.locked) return false;"),
    Mutant(8, BIDS, "_requireSealed(tenderId, _requireBidder(tenderId));\n        require(termsHash == window.termsHash,",
           "_requireSealed(tenderId, _requireBidder(tenderId));\n        require(termsHash != 0,"),
    # 12: nothing is barred once it is upheld, its supplier takes it back, nothing was remedied, bidding is not held
    Mutant(12, COMPLAINTS, "stored.status = ComplaintStatus.Upheld;", "_close(stored, ComplaintStatus.Upheld);"),
    Mutant(12, COMPLAINTS, "stored.status == ComplaintStatus.Filed || stored.status == ComplaintStatus.Admitted;",
           "stored.status <= ComplaintStatus.Upheld;"),
    Mutant(12, COMPLAINTS, "stored.remedy != Remedy.Amend || tender.termsVersion > stored.termsVersion;", "true;"),
    Mutant(12, COMPLAINTS, "plan.held = queue.open != 0;", ""),
    # 16: somebody else than the authority
    Mutant(16, MEMBERS, f"require(msg.sender == authority, MemberRegistry{_AUTHORITY}",
           f"require(msg.sender == authority || _may(msg.sender, Roles.ADMIN), MemberRegistry{_AUTHORITY}"),
    Mutant(16, BOOK, f"require(msg.sender == authority, ProcedureBook{_AUTHORITY}\n        _adopt(", "_adopt("),
    Mutant(16, COUNCIL, f"require(msg.sender == authority, Council{_AUTHORITY}", ""),
    Mutant(16, BOARD, f"require(msg.sender == _authority, TenderBoard{_AUTHORITY}", ""),
    # 17: the same account, no proposal, one proposal for any number of acts
    Mutant(17, FOUR_EYES, "require(signer != proposal.proposer, FourEyesActSameSigner(signer));", ""),
    Mutant(17, FOUR_EYES, "delete proposalOf[member][act];", ""),
    Mutant(17, BOARD, "_fourEyes.take(buyer, msg.sender, keccak256(msg.data));", '_requireFor(buyer, Roles.APPROVER, "APPROVER");'),
    Mutant(17, AWARDS, "_fourEyes.take(tender.buyer, msg.sender, keccak256(msg.data));", "_requireRole(tender.buyer, Roles.APPROVER);"),
    # 18: adopted again, gone once retired, another one for a tender that is out
    Mutant(18, BOOK, "require(p.version == next, ProcedureBookVersionWrong(next, p.version));", ""),
    Mutant(18, BOOK, "_retired[code][version] = true;", "delete _procedures[code][version];"),
    Mutant(18, BOARD, 'require(terms.procedureVersion == tender.procedureVersion, TenderBoardFieldFrozen(id, "procedureVersion"));', ""),
    # 20: what was lost is not given back; no silence counts before it is told, or at the end of bidding, or of a cancellation's window
    Mutant(20, BOOK, "_most(_most(x, end) + lost, end + GRACE);", "end + GRACE;", "Deadlines"),
    Mutant(20, BOOK, "_least(x, end) - _most(start, from);", "0;", "Deadlines"),
    Mutant(20, BOOK, "if (block.timestamp - _lastTick > outageGap) running", "if (outageGap == 0) running"),
    Mutant(20, BOOK, "plan.closesAt = deadlineOf(deadline);", "plan.closesAt = deadline;"),
    Mutant(20, BOARD, "return _procedures.deadlineOf(base);", "return base;"),
    # 23: accounts of two sides, a review body under its buyer
    Mutant(23, SUPPLIERS, "return !_citizens[account] && _members.memberOf(account) == 0;", "return !_citizens[account];"),
    Mutant(23, SUPPLIERS, "return !_citizens[account] && _members.memberOf(account) == 0;", "return _members.memberOf(account) == 0;"),
    Mutant(23, SUPPLIERS, "require(_supplierOf[account] == 0 && _isNobodys(account),", "require(_isNobodys(account),"),
    Mutant(23, MEMBERS, "_suppliers.supplierOf(account) == 0 && !_suppliers.isCitizen(account);", "!_suppliers.isCitizen(account);"),
    Mutant(23, MEMBERS, "_suppliers.supplierOf(account) == 0 && !_suppliers.isCitizen(account);", "_suppliers.supplierOf(account) == 0;"),
    Mutant(23, BOARD, "_members.isActive(body, Kinds.REVIEW_BODY) && _members.independent(body, buyer);",
           "_members.isActive(body, Kinds.REVIEW_BODY);"),
    Mutant(23, COMPLAINTS, "body != supplier && _members.independent(body, tender.buyer);", "body != supplier;"),
    # 25: a bare transfer, a call with coin
    Mutant(25, TIMELOCK, "revert CouncilTimelockCoinRefused();", ""),
    Mutant(25, COUNCIL, "require(msg.value == 0, CouncilCallInvalid(0));", ""),
    Mutant(25, SUPPLIERS, "function _requireRegistrar()", "receive() external payable {}\n    function _requireRegistrar()"),
    # 27: half of the seats, one sector, no delay, an approval from long ago
    Mutant(27, COUNCIL, "return (stored.strict ? got > needed : got >= needed) && sectors", "return got >= needed && sectors"),
    Mutant(27, COUNCIL, " && sectors >= stored.sectors;", ";"),
    Mutant(27, COUNCIL, "uint256 delay = _resolutions[id].delay;", "uint256 delay = 0;"),
    Mutant(27, COUNCIL, "now_ == ProposalState.Succeeded && block.timestamp > proposalDeadline(id) + EXPIRY", "id == 0"),
    Mutant(27, COUNCIL, "now_ == ProposalState.Queued && block.timestamp >= proposalEta(id) + EXPIRY", "id == 0"),
    # 28: twice, and for two
    Mutant(28, COUNCIL, "_voted[id][member] = true;", ""),
    Mutant(28, COUNCIL, "else ++stored.abstained;", "else stored.abstained += 2;"),
    # 29: the last one leaves, or moves
    Mutant(29, MEMBERS, "require(_seatsIn(all, from - 1) > 1,", "require(_seatsIn(all, from - 1) != 0,"),
    Mutant(29, MEMBERS, "require(_seatsIn(all, from - 1) > 1,", "require(to != 0 || _seatsIn(all, from - 1) > 1,"),
    # 30: who comes after is no ADMIN, or only somebody new can
    Mutant(30, MEMBERS, "person.recoveries = recoveries;", ""),
    Mutant(30, MEMBERS, "person.roles |= Roles.ADMIN;", ""),
    Mutant(30, MEMBERS, "person.suspendedUntil = 0;", ""),
    Mutant(30, MEMBERS, "if (person.member != member) _requireFree(admin);", "_requireFree(admin);"),
    # 31: mandate, person, member
    Mutant(31, MEMBERS, "block.timestamp >= person.mandateEnd || block.timestamp < person.suspendedUntil",
           "block.timestamp < person.suspendedUntil"),
    Mutant(31, MEMBERS, "block.timestamp >= person.mandateEnd || block.timestamp < person.suspendedUntil",
           "block.timestamp >= person.mandateEnd"),
    Mutant(31, MEMBERS, "block.timestamp < m.suspendedUntil ? MemberStatus.SUSPENDED : MemberStatus.ACTIVE;", "MemberStatus.ACTIVE;"),
    Mutant(31, MEMBERS, "if (m.left) return MemberStatus.LEFT;", ""),
    Mutant(31, COUNCIL, "return _members.may(account, Roles.DELEGATE) ? _members.memberOf(account) : bytes32(0);",
           "return _members.memberOf(account);"),
    # 32: who left keeps the seat, who is no council member any more does, who came later votes, and counts
    Mutant(32, MEMBERS, "if (_hasSeat(member)) _moveSeat(member, 0);", ""),
    Mutant(32, MEMBERS, "if (_hasSeat(member) != (kinds & Kinds.COUNCIL != 0)) _moveSeat(member, _seatFor(member));", ""),
    Mutant(32, COUNCIL, "uint8 seat = _members.seatAt(member, uint48(proposalSnapshot(id)));",
           "uint8 seat = _members.seatAt(member, uint48(block.timestamp));"),
    Mutant(32, COUNCIL, "seats = _members.seatsAt(uint48(proposalSnapshot(id)));", "seats = _members.seatsAt(uint48(block.timestamp));"),
)  # fmt: skip
"""A passage that is not in its source exactly once fails the test."""

FIRST = tuple({mutant.number: mutant for mutant in reversed(MUTANTS)}.values())
"""One an invariant: each costs the compiler some seconds."""
