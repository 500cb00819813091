"""What the council's desk needs to know, read from an index: for the service, which asks no node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chain.errors.contracts import CouncilNotFound
from chain.recorder import Index
from chain.recorder.index.council_views import ProposalRow, ValidatorsRow
from chain.rules.council import proposal_state
from chain.types import ProposalState, Validator, from_hex, to_hex

__all__ = ["IndexedDesk", "in_force", "is_proved", "state_of"]


class IndexedDesk:
    """What phrases need to know, asked of an index (protocol ``chain.council.phrases.Desk``). One for each request: names are kept."""

    def __init__(self, index: Index, addresses: Mapping[str, str]) -> None:
        self._index = index
        self._addresses = addresses
        self._names: dict[bytes, str] = {}

    @property
    def addresses(self) -> Mapping[str, str]:
        """Contract name -> checksum address."""
        return self._addresses

    def now(self) -> int:
        """Head time, unix seconds."""
        return self._index.now()

    def validators(self) -> tuple[int, tuple[Validator, ...]]:
        """The decision in force: its number and its set."""
        row = in_force(self._index.council.validators(), self.now())
        return row.seq, tuple(Validator(node, from_hex(member)) for node, member in row.validators)

    def member_name(self, member: bytes) -> str:
        """Org-id of a member, its 0x id where it is not known."""
        if member not in self._names:
            row = self._index.member(to_hex(member))
            self._names[member] = to_hex(member) if row is None else row.org_id
        return self._names[member]

    def proposed(self, number: int) -> tuple[list[str], list[bytes], str]:
        """Targets, calldatas and description of a proposal. Raises CouncilNotFound."""
        row = self._index.council.proposal(number)
        if row is None:
            raise CouncilNotFound(number)
        return [call.target for call in row.calls], [call.data for call in row.calls], row.description


def state_of(index: Index, row: ProposalRow) -> ProposalState:
    """State of a proposal at head time."""
    return proposal_state(row.facts, index.council.seats(row.facts.vote_start), index.now())


def in_force(decisions: Sequence[ValidatorsRow], now: int) -> ValidatorsRow:
    """The decision in force of all of them by number: an urgent removal until it ends, else the last that stands
    (ValidatorRegistry.validators)."""
    last = decisions[-1]
    if last.removed and now < last.until:
        return last
    return next(row for row in reversed(decisions) if not row.removed)


def is_proved(decisions: Sequence[ValidatorsRow], now: int) -> bool:
    """Whether the set in force is the last one that was proved (ValidatorRegistry.isProved)."""
    proved = max((row for row in decisions if row.proved_at), key=lambda row: (row.proved_at, row.seq))
    return _nodes(proved) == _nodes(in_force(decisions, now))


def _nodes(row: ValidatorsRow) -> list[str]:
    return [node for node, _ in row.validators]
