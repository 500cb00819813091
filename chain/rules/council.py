"""The council: who may propose and vote, when a proposal is approved, what it still lacks. Council.sol decides.

Periods are the Governor's: consultation lasts while t <= vote_start, the vote while vote_start < t <= vote_end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from chain.errors.contracts import (
    CouncilAlreadyRecorded,
    CouncilCallInvalid,
    CouncilCallsInvalid,
    CouncilConfirmationInvalid,
    CouncilConfirmationKept,
    CouncilDelayed,
    CouncilNotFound,
    CouncilOnlyOnce,
    CouncilProposalsFull,
    CouncilReportMissing,
    CouncilRoleMissing,
    CouncilSeatMissing,
    CouncilStatusWrong,
    CouncilTextLength,
    CouncilVoteInvalid,
)
from chain.rules.tenders import Caller
from chain.types import (
    ZERO32,
    ClassRules,
    DecisionClass,
    ProposalState,
    Resolution,
    Role,
    Sector,
    Vote,
    moment,
    to_hex,
)

__all__ = [
    "EXPIRY", "MAX_CALLS", "MAX_DESCRIPTION", "MAX_OPEN", "MAX_REASON", "Seats", "approved", "check_cancel", "check_execute",
    "check_propose", "check_propose_urgently", "check_queue", "check_vote", "delegate_of", "lacking", "opened", "proposal_state",
    "require_calls", "strictest",
]  # fmt: skip

EXPIRY = 14 * 86_400
"""Seconds after which an approved proposal that nobody queued, or a queued one that nobody executed, expires."""

MAX_CALLS = 16
MAX_DESCRIPTION = 8_192
MAX_REASON = 4_096
"""Bytes of a description and of the reason of a vote."""

MAX_OPEN = 3
"""Proposals of a member that are open at the same time."""

Seats: TypeAlias = tuple[int, int, int, int]
"""Seats by sector, in the order of ``Sector``."""


def strictest(classes: Iterable[DecisionClass]) -> DecisionClass:
    """The class of a proposal from those of its calls: the strictest. Urgent calls among others take what nobody classified takes."""
    found = set(classes)
    mixed = DecisionClass.EMERGENCY in found and len(found) > 1
    return DecisionClass.CHARTER if mixed else max(found)


def opened(
    member: bytes, decision: DecisionClass, rules: ClassRules, report_needed: bool, now: int
) -> Resolution:
    """A proposal as it stands when it is made; the rules are its own from then on."""
    start = now + rules.consultation
    return Resolution(
        member, decision, rules.delay, rules.numerator, rules.denominator, rules.strict, rules.sectors, rules.majority, report_needed,
        start, start + rules.voting_period,
    )  # fmt: skip


def approved(resolution: Resolution, seats: Seats) -> bool:
    """Council.approved: are the seats in favour enough? ``seats``: all of them when the vote began."""
    got = sum(resolution.in_favour) * resolution.denominator
    needed = sum(seats) * resolution.numerator
    enough = got > needed if resolution.strict else got >= needed
    return enough and len(_sectors_for(resolution, seats)) >= resolution.sectors


def _sectors_for(resolution: Resolution, seats: Seats) -> list[Sector]:
    """Sectors that are in favour, as the class counts them."""
    return [
        sector
        for sector in Sector
        if (
            2 * resolution.in_favour[sector] > seats[sector]
            if resolution.majority
            else resolution.in_favour[sector] > 0
        )
    ]


def proposal_state(resolution: Resolution, seats: Seats, now: int) -> ProposalState:
    """Council.state at a time."""
    if resolution.executed:
        return ProposalState.EXECUTED
    if resolution.cancelled:
        return ProposalState.CANCELED
    if now <= resolution.vote_start:
        return ProposalState.PENDING
    if now <= resolution.vote_end:
        return ProposalState.ACTIVE
    if not approved(resolution, seats):
        return ProposalState.DEFEATED
    if resolution.eta == 0:
        late = now > resolution.vote_end + EXPIRY
        return ProposalState.EXPIRED if late else ProposalState.SUCCEEDED
    return ProposalState.EXPIRED if now >= resolution.eta + EXPIRY else ProposalState.QUEUED


def lacking(resolution: Resolution, seats: Seats, reported: bool, now: int) -> list[str]:
    """What a proposal waits for, in words; empty where nothing can come any more or it can be executed now."""
    state = proposal_state(resolution, seats, now)
    if state is ProposalState.QUEUED:
        wait = resolution.eta - now
        return [f"its delay runs until {_time(resolution.eta)}"] if wait > 0 else ["anyone may execute it"]
    if not state.is_open:
        return []
    missing = []
    if state is ProposalState.PENDING:
        missing.append(f"consultation runs until {_time(resolution.vote_start)}, then the vote begins")
    if state is ProposalState.ACTIVE:
        missing.append(f"the vote runs until {_time(resolution.vote_end)}")
    missing += _votes_lacking(resolution, seats)
    if resolution.report_needed and not reported:
        missing.append("the report on its consultation is not published")
    if state is ProposalState.SUCCEEDED and not missing:
        missing.append("anyone may queue it")
    return missing


def _votes_lacking(resolution: Resolution, seats: Seats) -> list[str]:
    got, total = sum(resolution.in_favour), sum(seats)
    share = total * resolution.numerator
    # The smallest number of seats that is enough.
    needed = share // resolution.denominator + 1 if resolution.strict else -(-share // resolution.denominator)
    missing = []
    if got < needed:
        missing.append(
            f"{needed - got} more {'seat' if needed - got == 1 else 'seats'} in favour, of {total}"
        )
    found = _sectors_for(resolution, seats)
    if len(found) < resolution.sectors:
        others = ", ".join(sector.name for sector in Sector if sector not in found)
        what = "a majority" if resolution.majority else "a seat in favour"
        more = resolution.sectors - len(found)
        missing.append(f"{what} in {more} more {'sector' if more == 1 else 'sectors'} of {others}")
    return missing


def _time(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%d %H:%M:%S} UTC"


def delegate_of(caller: Caller, now: int) -> bytes:
    """Member of a delegate whose mandate and membership run, else 32 zero bytes."""
    member = caller.person.member
    return member if caller.runs(member, Role.DELEGATE, now) else ZERO32


def require_calls(size: int, calls: int, sound: Sequence[bool]) -> None:
    """The form of a proposal: ``size`` bytes of description, ``sound`` whether each call has a target of its own and a selector.

    Raises CouncilTextLength, CouncilCallsInvalid, CouncilCallInvalid.
    """
    if not 0 < size <= MAX_DESCRIPTION:
        raise CouncilTextLength(MAX_DESCRIPTION, size)
    if not 0 < calls <= MAX_CALLS:
        raise CouncilCallsInvalid(MAX_CALLS, calls)
    for index, good in enumerate(sound):
        if not good:
            raise CouncilCallInvalid(index)


def check_propose(
    caller: Caller,
    content: bytes,
    *,
    recorded: int,
    open_proposals: int,
    size: int,
    sound: Sequence[bool],
    decision: DecisionClass,
    now: int,
) -> None:
    """Council.propose; ``content``: hash of it, ``recorded``: the proposal that has it, 0 if none.

    Raises CouncilRoleMissing, -AlreadyRecorded, -ProposalsFull, -TextLength, -CallsInvalid, -CallInvalid, -ConfirmationInvalid.
    """
    _require_delegate(caller, now)
    _require_new(content, recorded)
    _require_place(open_proposals)
    require_calls(size, len(sound), sound)
    if decision is DecisionClass.EMERGENCY:
        raise CouncilConfirmationInvalid(decision, decision)


def check_propose_urgently(
    caller: Caller,
    contents: tuple[bytes, bytes],
    *,
    recorded: tuple[int, int],
    open_proposals: int,
    sizes: tuple[int, int],
    sound: tuple[Sequence[bool], Sequence[bool]],
    decisions: tuple[DecisionClass, DecisionClass],
    now: int,
) -> None:
    """Council.proposeUrgently, each pair being of the urgent proposal and of its confirmation. Raises as ``check_propose``."""
    _require_delegate(caller, now)
    for content, known in zip(contents, recorded, strict=True):
        _require_new(content, known)
    _require_place(open_proposals)
    for size, each in zip(sizes, sound, strict=True):
        require_calls(size, len(each), each)
    urgent, confirmation = decisions
    if urgent is not DecisionClass.EMERGENCY or confirmation < DecisionClass.MEMBERSHIP:
        raise CouncilConfirmationInvalid(urgent, confirmation)


def check_vote(
    caller: Caller,
    number: int,
    resolution: Resolution | None,
    seats: Seats,
    support: int,
    *,
    seat: int,
    voted: bool,
    size: int,
    now: int,
) -> None:
    """Council.castVote; ``seat``: of the caller's member when the vote began (sector counted from 1, 0 if none).

    Raises CouncilNotFound, -RoleMissing, -SeatMissing, -StatusWrong, -OnlyOnce, -VoteInvalid, -TextLength.
    """
    known = _require(number, resolution)
    member = _require_delegate(caller, now)
    if seat == 0:
        raise CouncilSeatMissing(number, to_hex(member))
    _require_state(number, known, seats, ProposalState.ACTIVE, now)
    if voted:
        raise CouncilOnlyOnce(number, to_hex(member))
    if support > max(Vote):
        raise CouncilVoteInvalid(support)
    if size > MAX_REASON:
        raise CouncilTextLength(MAX_REASON, size)


def check_queue(number: int, resolution: Resolution | None, seats: Seats, reported: bool, now: int) -> None:
    """Council.queue. Raises CouncilNotFound, -StatusWrong, -ReportMissing."""
    known = _require(number, resolution)
    _require_state(number, known, seats, ProposalState.SUCCEEDED, now)
    if known.report_needed and not reported:
        raise CouncilReportMissing(number)


def check_execute(number: int, resolution: Resolution | None, seats: Seats, now: int) -> None:
    """Council.execute, but for what the calls themselves refuse. Raises CouncilNotFound, -StatusWrong, -Delayed."""
    known = _require(number, resolution)
    _require_state(number, known, seats, ProposalState.QUEUED, now)
    if now < known.eta:
        raise CouncilDelayed(number, moment(known.eta))


def check_cancel(
    caller: Caller, number: int, resolution: Resolution | None, seats: Seats, *, confirms: bool, now: int
) -> None:
    """Council.cancel by an account: the authority may besides, while it is open. ``confirms``: it is the confirmation of an urgent one.

    Raises CouncilNotFound, -RoleMissing, -ConfirmationKept, -StatusWrong.
    """
    known = _require(number, resolution)
    if delegate_of(caller, now) != known.member:
        raise CouncilRoleMissing("PROPOSER", caller.address)
    if confirms:
        raise CouncilConfirmationKept(number)
    _require_state(number, known, seats, ProposalState.PENDING, now)


def _require(number: int, resolution: Resolution | None) -> Resolution:
    if resolution is None:
        raise CouncilNotFound(number)
    return resolution


def _require_delegate(caller: Caller, now: int) -> bytes:
    member = delegate_of(caller, now)
    if member == ZERO32:
        raise CouncilRoleMissing("DELEGATE", caller.address)
    return member


def _require_new(content: bytes, recorded: int) -> None:
    if recorded:
        raise CouncilAlreadyRecorded(to_hex(content), recorded)


def _require_place(open_proposals: int) -> None:
    if open_proposals >= MAX_OPEN:
        raise CouncilProposalsFull(MAX_OPEN)


def _require_state(
    number: int, resolution: Resolution, seats: Seats, wanted: ProposalState, now: int
) -> None:
    state = proposal_state(resolution, seats, now)
    if state is not wanted:
        raise CouncilStatusWrong(number, state)
