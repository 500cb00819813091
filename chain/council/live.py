"""The council as a script sees it: ``net.council``. Everything is read live, verbs return when the act is in a block."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from eth_hash.auto import keccak

from chain.bindings import consultation, council, member_registry, validator_registry
from chain.council.draft import ProposalText, read_file
from chain.council.phrases import Outgoing, describe
from chain.deployment import Deployment
from chain.errors.contracts import CouncilNotFound
from chain.errors.council import VoteUnknown
from chain.procurement.session import Person, Session
from chain.rules import lifted, record_id
from chain.rules.council import Seats, lacking
from chain.types import (
    DecisionClass,
    Event,
    ProposalState,
    Resolution,
    Validator,
    Vote,
    from_hex,
    to_hex,
)

__all__ = ["Council", "CouncilSession", "LiveDesk", "Proposal"]

_VOTES = {vote.word: vote for vote in Vote}


class CouncilSession(Session, Protocol):
    """A session that knows where the contracts are."""

    @property
    def deployment(self) -> Deployment:
        """Addresses of the contracts."""


class LiveDesk:
    """What phrases need to know, asked of the node (protocol ``chain.council.phrases.Desk``)."""

    def __init__(self, session: CouncilSession) -> None:
        self._session = session

    @property
    def addresses(self) -> Mapping[str, str]:
        """Contract name -> checksum address."""
        return self._session.deployment.addresses

    def now(self) -> int:
        """Head time, unix seconds."""
        return self._session.now()

    def validators(self) -> tuple[int, tuple[Validator, ...]]:
        """The decision in force: its number and its set."""
        listed = self._session.read(validator_registry.validators())
        return self._session.read(validator_registry.seq()), tuple(Validator(*each) for each in listed)

    def member_name(self, member: bytes) -> str:
        """Org-id of a member, its 0x id where it is not known."""
        admitted = self._session.events("MemberRegistry", ("MemberAdmitted",), member)
        return admitted[0].args["orgId"] if admitted else to_hex(member)

    def proposed(self, number: int) -> tuple[list[str], list[bytes], str]:
        """Targets, calldatas and description of a proposal. Raises CouncilNotFound."""
        args = created(self._session, number).args
        return args["targets"], list(map(from_hex, args["calldatas"])), args["description"]


def created(session: Session, number: int) -> Event:
    """The event that holds a proposal's calls. Raises CouncilNotFound."""
    found = (
        event
        for event in session.events("Council", ("ProposalCreated",))
        if event.args["proposalId"] == str(number)
    )
    event = next(found, None)
    if event is None:
        raise CouncilNotFound(number)
    return event


class Proposal:
    """One proposal, by number."""

    def __init__(self, session: CouncilSession, number: int) -> None:
        self._session = session
        self.number = number

    def __repr__(self) -> str:
        return f"Proposal({self.number})"

    @property
    def state(self) -> ProposalState:
        """State at head time, as the contract derives it. Raises CouncilNotFound."""
        return ProposalState(self._session.read(council.state(self.number)))

    @property
    def facts(self) -> Resolution:
        """The stored facts. Raises CouncilNotFound."""
        state, read = self.state, self._session.read
        stored = read(council.resolution(self.number))
        decision, delay, numerator, denominator, strict, sectors, majority, report_needed = stored[:8]
        in_favour, against, abstained, member = stored[8:]
        by_sector = tuple(in_favour >> (16 * sector) & 0xFFFF for sector in range(4))
        return Resolution(
            member, DecisionClass(decision), delay, numerator, denominator, strict, sectors, majority, report_needed,
            read(council.proposal_snapshot(self.number)), read(council.proposal_deadline(self.number)),
            (by_sector[0], by_sector[1], by_sector[2], by_sector[3]), against, abstained,
            read(council.proposal_eta(self.number)), state is ProposalState.EXECUTED, state is ProposalState.CANCELED,
        )  # fmt: skip

    @property
    def decision(self) -> DecisionClass:
        """The class of the decision."""
        return self.facts.decision

    @property
    def text(self) -> dict[str, str]:
        """Title, summary and the sha256 of the reference text."""
        found: dict[str, str] = json.loads(created(self._session, self.number).args["description"])
        return found

    @property
    def calls(self) -> list[str]:
        """What it would do, in words."""
        args, desk = created(self._session, self.number).args, LiveDesk(self._session)
        pairs = zip(args["targets"], args["calldatas"], strict=True)
        return [describe(Outgoing(target, from_hex(data)), desk) for target, data in pairs]

    def why(self) -> list[str]:
        """What it waits for, in words; empty where nothing can come any more."""
        facts = self.facts
        one, two, three, four = self._session.read(member_registry.seats_at(facts.vote_start))
        seats: Seats = (one, two, three, four)
        reported = self._session.read(consultation.report_of(self.number)) != bytes(32)
        return lacking(facts, seats, reported, self._session.now())

    def comment(self, text: str, *, sender: Person, key: str | None = None) -> Proposal:
        """Comments by the sha256 of a text. Raises the refusals of Consultation's comment."""
        record = record_id(self._session.chain_id, lifted(sender.address), key or str(uuid.uuid4()))
        call = consultation.comment(record, self.number, hashlib.sha256(text.encode()).digest())
        self._session.send(call, sender)
        return self

    def report(self, text: str | bytes | Path, *, sender: Person) -> Proposal:
        """Publishes the sha256 of the report that answers the comments. Raises the refusals of Consultation's report."""
        self._session.send(consultation.report(self.number, _sha256(text)), sender)
        return self

    def vote(self, vote: str, *, sender: Person, reason: str = "") -> Proposal:
        """Votes ``for``, ``against`` or ``abstain``. Raises VoteUnknown and the refusals of Council's castVote."""
        if vote not in _VOTES:
            raise VoteUnknown(vote)
        support = int(_VOTES[vote])
        plain = council.cast_vote(self.number, support)
        call = council.cast_vote_with_reason(self.number, support, reason) if reason else plain
        self._session.send(call, sender)
        return self

    def queue(self, *, sender: Person) -> Proposal:
        """Schedules it. Raises the refusals of Council's queue."""
        self._session.send(council.queue(*self._content()), sender)
        return self

    def execute(self, *, sender: Person) -> Proposal:
        """Executes it. Raises the refusals of Council's execute and of its calls."""
        self._session.send(council.execute(*self._content()), sender)
        return self

    def cancel(self, *, sender: Person) -> Proposal:
        """Cancels it while it is in consultation. Raises the refusals of Council's cancel."""
        self._session.send(council.cancel(*self._content()), sender)
        return self

    def _content(self) -> tuple[list[str], list[int], list[bytes], bytes]:
        targets, datas, description = LiveDesk(self._session).proposed(self.number)
        return targets, [0] * len(targets), datas, bytes(keccak(description.encode()))


class Council:
    """The proposals of a network."""

    def __init__(self, session: CouncilSession) -> None:
        self._session = session

    def __len__(self) -> int:
        return self._session.read(council.proposal_count())

    def __iter__(self) -> Iterator[Proposal]:
        return (Proposal(self._session, number) for number in range(1, len(self) + 1))

    def __getitem__(self, number: int) -> Proposal:
        """The proposal with this number. Raises CouncilNotFound."""
        found = Proposal(self._session, number)
        _ = found.state
        return found

    def propose(
        self,
        title: str | Path,
        calls: Sequence[str] = (),
        *,
        sender: Person,
        summary: str = "",
        text: str | bytes | Path = "",
        confirmation: Sequence[str] = (),
    ) -> Proposal:
        """Proposes calls in words, or a TOML file given as a Path; ``text``: the reference text, or the file that holds it.

        ``confirmation``: the calls of the proposal that confirms an urgent one; the urgent one is answered, the other has the next
        number. Raises the refusals of chain.council.phrases and of Council's propose.
        """
        if isinstance(title, Path):
            proposal, _ = read_file(title)
        else:
            hashed = _sha256(text or title).hex()
            after = (
                ProposalText(f"Confirmation: {title}", summary or title, hashed, tuple(confirmation))
                if confirmation
                else None
            )
            proposal = ProposalText(title, summary or title, hashed, tuple(calls), after)
        receipt = self._session.send(proposal.draft(LiveDesk(self._session)).call, sender)
        opened = next(event for event in receipt.events if event.name == "ResolutionOpened")
        return Proposal(self._session, int(opened.args["id"]))


def _sha256(text: str | bytes | Path) -> bytes:
    content = (
        text.read_bytes() if isinstance(text, Path) else text.encode() if isinstance(text, str) else text
    )
    return hashlib.sha256(content).digest()
