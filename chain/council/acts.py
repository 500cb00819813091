"""Acts on the council, on members' people, validators and applications: from a request to a call, after the rules agreed.

Facts come from an index. A refusal here has the name that the contract would give; the contract still decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.bindings import application_registry, consultation, council, member_registry, validator_registry
from chain.council.draft import Draft, ProposalText
from chain.council.phrases import Desk
from chain.errors.contracts import CouncilRoleMissing, MemberRegistryRoleMissing
from chain.errors.council import VoteUnknown
from chain.errors.service import DocumentNotFound
from chain.ocds.intake import Held
from chain.procurement.acts import Prepared
from chain.procurement.indexed import IndexedFacts
from chain.recorder import Index
from chain.recorder.index.council_views import ProposalRow
from chain.rules import lifted, member_id, record_id
from chain.rules.applications import check_findings, check_submit
from chain.rules.consultation import check_comment, check_hide, check_report, organisation_of
from chain.rules.council import (
    Seats,
    check_cancel,
    check_execute,
    check_propose,
    check_propose_urgently,
    check_queue,
    check_vote,
    delegate_of,
    proposal_state,
    strictest,
)
from chain.rules.facts import MemberFacts, PersonFacts
from chain.rules.members import check_add_person, check_remove_person, check_resign, check_rotate_person
from chain.rules.registry import member_status
from chain.transactions import Call, checksum
from chain.types import (
    AUTHORITY,
    ZERO32,
    DecisionClass,
    MemberStatus,
    ProposalState,
    Resolution,
    Role,
    Vote,
    from_hex,
    to_hex,
)

__all__ = ["CouncilActs", "anchor"]

_VOTES = {vote.word: vote for vote in Vote}
_NEWEST = 100
"""A member has at most three places for open proposals, so its open ones are among so many newest; else the contract refuses."""


class CouncilActs:
    """Builds the calls of one request, from ``index``. ``facts`` say who calls and when, ``desk`` what phrases mean.

    ``held``: sha256 hex -> (bytes, media type) of a stored document, None where documents are not checked. Ids are 0x hex, accounts
    that are named may be in any case of their letters.
    """

    def __init__(self, index: Index, facts: IndexedFacts, desk: Desk, held: Held | None = None) -> None:
        self._index = index
        self._facts = facts
        self._desk = desk
        self._held = held

    # Proposals

    def propose(self, actor: str, proposal: ProposalText) -> Prepared:
        """A proposal in words, an urgent one with its confirmation.

        Raises DocumentNotFound, the refusals of chain.council.phrases and those of Council's propose and proposeUrgently.
        """
        caller, now = self._facts.caller(actor), self._facts.now()
        member = delegate_of(caller, now)
        if member == ZERO32:
            raise CouncilRoleMissing("DELEGATE", actor)
        for part in (proposal, proposal.confirmation):
            if part is not None:
                self._require_held(part.text)
        draft = proposal.draft(self._desk)
        places = self._open_proposals(member, now)
        if draft.confirmation is None:
            check_propose(
                caller, _content(draft), recorded=self._recorded(draft), open_proposals=places, size=_size(draft),
                sound=self._sound(draft), decision=self._class_of(draft), now=now,
            )  # fmt: skip
            return Prepared(draft.call, "", f"propose {draft.title!r}")
        urgent, after = draft, draft.confirmation
        check_propose_urgently(
            caller, (_content(urgent), _content(after)), recorded=(self._recorded(urgent), self._recorded(after)),
            open_proposals=places, sizes=(_size(urgent), _size(after)), sound=(self._sound(urgent), self._sound(after)),
            decisions=(self._class_of(urgent), self._class_of(after)), now=now,
        )  # fmt: skip
        return Prepared(draft.call, "", f"propose urgently {draft.title!r}")

    def vote(self, actor: str, number: int, vote: str, reason: str = "") -> Prepared:
        """Votes ``for``, ``against`` or ``abstain``. Raises VoteUnknown and the refusals of Council's castVote."""
        if vote not in _VOTES:
            raise VoteUnknown(vote)
        support = int(_VOTES[vote])
        caller, row = self._facts.caller(actor), self._index.council.proposal(number)
        resolution, seats = self._resolution(row)
        member = to_hex(caller.person.member)
        check_vote(
            caller, number, resolution, seats, support, seat=0 if row is None else self._seat(member, row.facts.vote_start),
            voted=any(each.member == member for each in self._index.council.votes(number)), size=len(reason.encode()),
            now=self._facts.now(),
        )  # fmt: skip
        plain = council.cast_vote(number, support)
        call = council.cast_vote_with_reason(number, support, reason) if reason else plain
        return Prepared(call, _proposal(number), f"vote {vote} on proposal {number}")

    def queue(self, number: int) -> Prepared:
        """Schedules an approved proposal. Raises the refusals of Council's queue."""
        row = self._index.council.proposal(number)
        resolution, seats = self._resolution(row)
        check_queue(number, resolution, seats, row is not None and _is_reported(row), self._facts.now())
        return self._step(council.queue, number, "queue")

    def execute(self, number: int) -> Prepared:
        """Executes a proposal whose delay is over. Raises the refusals of Council's execute."""
        resolution, seats = self._resolution(self._index.council.proposal(number))
        check_execute(number, resolution, seats, self._facts.now())
        return self._step(council.execute, number, "execute")

    def cancel(self, actor: str, number: int) -> Prepared:
        """Cancels a proposal in consultation. Raises the refusals of Council's cancel."""
        row = self._index.council.proposal(number)
        resolution, seats = self._resolution(row)
        confirms = row is not None and row.confirms != 0
        check_cancel(
            self._facts.caller(actor), number, resolution, seats, confirms=confirms, now=self._facts.now()
        )
        return self._step(council.cancel, number, "cancel")

    # Consultation

    def comment(self, actor: str, key: str, number: int, text: bytes) -> Prepared:
        """A comment by the sha256 of its text. Raises the refusals of Consultation's comment."""
        facts = self._facts
        caller, record = facts.caller(actor), record_id(facts.chain_id, lifted(actor), key)
        organisation = organisation_of(caller, facts.supplier_of(actor), facts.now())
        shown, digest = to_hex(organisation), hashlib.sha256(text).digest()
        before = self._index.council.recorded_comment(shown, to_hex(record))
        made = sum(row.organisation == shown for row in self._index.council.comments(number))
        check_comment(
            caller, organisation, number, self._state(number), record, digest, recorded=before.number if before else 0,
            comments=made,
        )  # fmt: skip
        call = consultation.comment(record, number, digest)
        return Prepared(call, f"{_proposal(number)}/comments", f"comment on proposal {number}")

    def report(self, actor: str, number: int, document: str) -> Prepared:
        """Publishes the report on a consultation; ``document``: sha256 hex. Raises DocumentNotFound and the refusals of report."""
        row = self._index.council.proposal(number)
        digest = bytes.fromhex(document)
        check_report(
            self._facts.caller(actor), number, self._state(number), ZERO32 if row is None else row.facts.member, digest,
            reported=row is not None and _is_reported(row), now=self._facts.now(),
        )  # fmt: skip
        self._require_held(document)
        return Prepared(
            consultation.report(number, digest), _proposal(number), f"publish the report on proposal {number}"
        )

    def hide(self, actor: str, number: int, text: str, reason: str) -> Prepared:
        """Hides a text; both are sha256 hex, ``reason`` of a stored document. Raises DocumentNotFound and the refusals of hide."""
        text_hash, reason_hash = bytes.fromhex(text), bytes.fromhex(reason)
        hidden = any(from_hex(row.text_hash) == text_hash for row in self._index.council.hidden(number))
        check_hide(
            self._facts.caller(actor), number, self._state(number), text_hash, reason_hash, hidden=hidden, now=self._facts.now()
        )  # fmt: skip
        self._require_held(reason)
        call = consultation.hide(number, text_hash, reason_hash)
        return Prepared(call, f"{_proposal(number)}/comments", f"hide a comment on proposal {number}")

    # Members

    def add_person(self, actor: str, member: str, account: str, roles: int, mandate_end: int) -> Prepared:
        """Adds an account to the caller's member. Raises the refusals of MemberRegistry's addPerson."""
        self._require_own(actor, member)
        facts, account = self._facts, checksum(account)
        taken = facts.is_taken(account, ZERO32)
        check_add_person(facts.caller(actor), account, roles, mandate_end, taken=taken, now=facts.now())
        call = member_registry.add_person(account, roles, mandate_end)
        return Prepared(call, _member(member), f"add {account} to the member")

    def remove_person(self, actor: str, member: str, account: str) -> Prepared:
        """Removes an account from the caller's member. Raises the refusals of MemberRegistry's removePerson."""
        self._require_own(actor, member)
        account = checksum(account)
        check_remove_person(self._facts.caller(actor), account, self._person(account), self._facts.now())
        return Prepared(
            member_registry.remove_person(account), _member(member), f"remove {account} from the member"
        )

    def rotate_person(self, actor: str, member: str, account: str, successor: str) -> Prepared:
        """Moves what an account of the caller's member is to another one. Raises the refusals of MemberRegistry's rotatePerson."""
        self._require_own(actor, member)
        facts, account, successor = self._facts, checksum(account), checksum(successor)
        taken = facts.is_taken(successor, ZERO32)
        check_rotate_person(
            facts.caller(actor), account, self._person(account), successor, taken=taken, now=facts.now()
        )
        call = member_registry.rotate_person(account, successor)
        return Prepared(call, _member(member), f"move {account} to {successor}")

    def resign(self, actor: str, member: str) -> Prepared:
        """Ends the membership of the caller's member for good. Raises the refusals of MemberRegistry's resign."""
        self._require_own(actor, member)
        now = self._facts.now()
        check_resign(self._facts.caller(actor), self._seat(member, now), self._index.council.seats(now), now)
        return Prepared(member_registry.resign(), _member(member), "end the membership")

    # What runs on the network

    def prove_validators(self, seq: int, header: bytes) -> Prepared:
        """Proves the set in force by a block header. The contract alone judges: hashes of blocks are no facts of an index."""
        call = validator_registry.prove_set(seq, header)
        return Prepared(call, "validators", f"prove the validators of decision {seq}")

    def submit(
        self, actor: str, key: str, use_case: str, name: str, codes: Sequence[str], source: str, contact: str
    ) -> Prepared:
        """An application for the seal; ``codes`` and ``source`` are hex, ``contact`` is an org-id or a 0x id.

        Raises the refusals of ApplicationRegistry's submit.
        """
        facts = self._facts
        caller, record = facts.caller(actor), record_id(facts.chain_id, lifted(actor), key)
        organisation = organisation_of(caller, facts.supplier_of(actor), facts.now())
        before = self._index.council.recorded_application(to_hex(organisation), to_hex(record))
        hashes = [from_hex(code) for code in codes]
        answers = from_hex(contact) if contact.startswith("0x") else member_id(contact)
        check_submit(
            caller, organisation, record, use_case, name, hashes, bytes.fromhex(source), answers,
            recorded=before.number if before else 0, contact_active=self._is_active(answers),
        )  # fmt: skip
        call = application_registry.submit(record, use_case, name, hashes, bytes.fromhex(source), answers)
        return Prepared(call, "", f"submit the application {name!r}")

    def record_findings(self, actor: str, number: int, checklist: str, passed: int, failed: int) -> Prepared:
        """Findings of the caller's member; bits of criteria. Raises the refusals of ApplicationRegistry's recordFindings."""
        caller, row = self._facts.caller(actor), self._index.council.application(number)
        member, digest = to_hex(caller.person.member), bytes.fromhex(checklist)
        reviewed = row is not None and any(each.member == member for each in row.findings)
        check_findings(
            caller, number, None if row is None else row.facts, digest, passed, failed, reviewed=reviewed, now=self._facts.now()
        )  # fmt: skip
        call = application_registry.record_findings(number, digest, passed, failed)
        return Prepared(call, f"applications/{number}", f"record findings on application {number}")

    # Facts

    def _resolution(self, row: ProposalRow | None) -> tuple[Resolution | None, Seats]:
        """The stored facts, and all seats when the vote began."""
        if row is None:
            return None, (0, 0, 0, 0)
        return row.facts, self._index.council.seats(row.facts.vote_start)

    def _state(self, number: int) -> ProposalState | None:
        resolution, seats = self._resolution(self._index.council.proposal(number))
        return None if resolution is None else proposal_state(resolution, seats, self._facts.now())

    def _seat(self, member: str, time: int) -> int:
        """Sector of a member's seat at a time, counted from 1; 0 where it had none."""
        row = self._index.member(member)
        history = () if row is None else row.seats
        return next((seat for at, seat in reversed(history) if at <= time), 0)

    def _open_proposals(self, member: bytes, now: int) -> int:
        """Places that a member's open proposals take; an urgent one takes none, its confirmation does."""
        rows = self._index.council.proposals(None, _NEWEST, to_hex(member)).items
        placed = (row for row in rows if row.facts.decision is not DecisionClass.EMERGENCY)
        return sum(
            proposal_state(row.facts, self._index.council.seats(row.facts.vote_start), now).is_open
            for row in placed
        )

    def _recorded(self, draft: Draft) -> int:
        """The proposal with this very content, 0 if none."""
        known = [(call.target, call.data) for call in draft.calls]
        rows = self._index.council.by_description(draft.description)
        same = (row.number for row in rows if [(call.target, call.data) for call in row.calls] == known)
        return next(same, 0)

    def _sound(self, draft: Draft) -> list[bool]:
        """Whether each call goes elsewhere than to the timelock, and has a selector; whether there is code the contract finds out."""
        timelock = self._desk.addresses[AUTHORITY]
        return [call.target != timelock and len(call.data) >= 4 for call in draft.calls]

    def _class_of(self, draft: Draft) -> DecisionClass:
        return strictest(self._index.council.class_of(call.target, call.data[:4]) for call in draft.calls)

    def _person(self, account: str) -> PersonFacts:
        return self._facts.caller(account).person

    def _is_active(self, member: bytes) -> bool:
        row = self._index.member(to_hex(member))
        if row is None:
            return False
        facts = MemberFacts(suspended_until=row.suspended_until, exists=True, left=row.left)
        return member_status(facts, self._facts.now()) is MemberStatus.ACTIVE

    def _require_own(self, actor: str, member: str) -> None:
        """The contract takes the member from the sender: an act on another one's people would change the sender's own."""
        if to_hex(self._facts.caller(actor).person.member) != member.lower():
            raise MemberRegistryRoleMissing(str(Role.ADMIN.name), actor)

    def _require_held(self, document: str) -> None:
        if self._held is not None and self._held(document) is None:
            raise DocumentNotFound(document)

    def _step(
        self, build: Callable[[list[str], list[int], list[bytes], bytes], Call], number: int, word: str
    ) -> Prepared:
        """An act that the contract finds the proposal for by its content."""
        targets, datas, description = self._desk.proposed(number)
        call = build(targets, [0] * len(targets), datas, bytes(keccak(description.encode())))
        return Prepared(call, _proposal(number), f"{word} proposal {number}")


def anchor(proposal: int, expected: int, root: bytes, comments: int) -> Prepared:
    """Anchors a batch of comments that the caller's service received; ``expected``: batches of its member before it."""
    call = consultation.anchor(proposal, expected, root, comments)
    return Prepared(
        call, f"{_proposal(proposal)}/comments", f"anchor {comments} comments on proposal {proposal}"
    )


def _content(draft: Draft) -> bytes:
    """Hash of a proposal's content (OpenZeppelin's Governor.hashProposal), 32 bytes."""
    targets, values, datas, description = draft.proposed
    types = ("address[]", "uint256[]", "bytes[]", "bytes32")
    return bytes(keccak(encode(types, (targets, values, datas, keccak(description.encode())))))


def _size(draft: Draft) -> int:
    return len(draft.description.encode())


def _is_reported(row: ProposalRow) -> bool:
    return from_hex(row.report) != ZERO32


def _proposal(number: int) -> str:
    return f"proposals/{number}"


def _member(identifier: str) -> str:
    return f"members/{identifier.lower()}"
