"""Who may call what: one entry for each function that changes something, with what everybody else is told.

An entry is tried in its scene: the one in which a call of those who may goes through, so that only the caller decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from eth_hash.auto import keccak

from chain.charter import charter
from chain.types import ApplicationStatus, DecisionClass, Kind, Role, Sector
from tests.contracts import applications
from tests.contracts.agreements import (
    BOOK,
    DOCUMENT,
    PAPER,
    Agreed,
    Cause,
    Side,
    change,
    drafted,
    final,
    signed,
    terms_of,
)  # fmt: skip
from tests.contracts.awards import DECISION, Opened, opened
from tests.contracts.bids import (
    FALLBACK_DELAY,
    OPENING_DELAY,
    ROLL_PERIOD,
    Box,
    close,
    declare,
    opening,
    post,
    reveal_of,
    share_entries,
    submission,
)
from tests.contracts.committee import Committee, committee, drawing
from tests.contracts.complaints import ORDER, REASONS, Case, Remedy, Stage, about_award, about_terms
from tests.contracts.evaluation import OPINION, SCORE_PERIOD, Evaluated, seated, technical
from tests.contracts.four_eyes import act_of
from tests.contracts.tenders import Tender, ask, hidden_ask, publish, record, salt, tag_of
from tests.contracts.validators import Validator, even, harnessed, header, in_order, set_target, validators_of
from tests.contracts.world import (
    ACME,
    BUYER,
    BUYER2,
    COMMITTEE,
    DAY,
    FOUNDING,
    HOLDER,
    KEYSET,
    MANDATE_END,
    OPENERS,
    REVIEW,
    SEATS_OF_OPENING,
    ZERO,
    Refusal,
    World,
    address,
    calldata,
    hash_of,
    label,
    sandbox,
    tender_id,
    terms,
    text_of,
)

OPENING = "OpeningCommittee"
PEOPLE = {who: roles for *_, people in FOUNDING for who, roles in people}
SUPPLIERS = {"acme", "beta"}
EVERYBODY = (
    *PEOPLE, *sorted(SUPPLIERS), "authority", "council", "openings", "complaints", "board", "awards", "evaluations", "agreements",
    HOLDER, "founder", "ana", "stranger",
)  # fmt: skip
"""A person of every role and member, suppliers, the timelock, the Council, the OpeningCommittee, the ComplaintDesk, the TenderBoard,
the AwardDesk, the EvaluationDesk, the AgreementBook, who deployed, who opened the first ceremony, a citizen, and somebody unknown."""

ALL = set(EVERYBODY)
AUTHORITY = {"authority"}
COUNCIL = {"council"}
ADMINS = {who for who, roles in PEOPLE.items() if Role.ADMIN in roles}
DELEGATES = {who for who, roles in PEOPLE.items() if Role.DELEGATE in roles}
ANY_PERSON = {*PEOPLE, *SUPPLIERS}
PROPOSERS = {"delegate1", "second1"}
"""The delegates of the member that proposes in the scenes."""


@dataclass
class Scene:
    """The founded network with a tender that has an open question, a supplier ``firm of the test``, a citizen, and a spare person of each
    ADMIN."""

    world: World
    tender: Tender
    motion: tuple[Any, ...] = ()
    target: list[Validator] = field(default_factory=list)
    application: int = 0
    box: Box | None = None
    awarding: Opened | None = None
    complaint: Case | None = None
    evaluation: Evaluated | None = None
    agreement: Agreed | None = None

    @property
    def day(self) -> int:
        """A day from now, unix seconds."""
        return self.world.time + DAY

    @property
    def bids(self) -> Box:
        """The box of the scene."""
        assert self.box is not None
        return self.box

    @property
    def award(self) -> Opened:
        """The tender of the scene whose bids are open."""
        assert self.awarding is not None
        return self.awarding

    @property
    def case(self) -> Case:
        """The tender of the scene with a review body."""
        assert self.complaint is not None
        return self.complaint

    @property
    def panel(self) -> Evaluated:
        """The tender of the scene with a panel."""
        assert self.evaluation is not None
        return self.evaluation

    @property
    def agreed(self) -> Agreed:
        """The agreement of the scene, which is its first."""
        assert self.agreement is not None
        return self.agreement

    @property
    def key(self) -> tuple[Any, ...]:
        """The motion as `queue`, `execute` and `cancel` take it."""
        *calls, description = self.motion
        return (*calls, keccak(description.encode()))


def scene(world: World) -> Scene:
    """What all scenes begin with."""
    for who in sorted(ADMINS):
        spare = (address(f"spare of {who}"), int(Role.WITNESS), MANDATE_END)
        world.send(who, "MemberRegistry", "addPerson", *spare)
    firm = (hash_of("firm of the test"), [address("firm")], "{}")
    world.send("registrar", "SupplierRegistry", "register", *firm)
    world.send("registrar", "SupplierRegistry", "enrolCitizen", address("ana"))
    tender = publish(world)
    ask(world, tender)
    return Scene(world, tender)


# Scenes


def as_it_is(now: Scene) -> None:
    """Nothing more is needed."""


def motion(world: World, description: str, contract: str, function: str, *args: Any) -> tuple[Any, ...]:
    """A proposal of one call, as `propose` takes it."""
    return [world.addresses[contract]], [0], [calldata(contract, function, args)], description


def routine(now: Scene) -> tuple[Any, ...]:
    """Of class ROUTINE."""
    return motion(now.world, "routine", "ApplicationRegistry", "refuse", 1, applications.REASON)


def urgent(now: Scene) -> tuple[Any, ...]:
    """Of class EMERGENCY."""
    return motion(now.world, "urgent", "MemberRegistry", "suspendNow", BUYER2, now.world.time + 20 * DAY)


def confirmation(now: Scene) -> tuple[Any, ...]:
    """Of class MEMBERSHIP."""
    return motion(now.world, "confirmation", "Council", "confirmUrgency", 1)


def debarred(now: Scene) -> None:
    """The supplier ``firm of the test`` is debarred."""
    order = (hash_of("firm of the test"), now.day, hash_of("order"))
    now.world.send("reviewer", "SupplierRegistry", "debar", *order)


def pending(now: Scene) -> None:
    """Proposal 1, of delegate1, is being consulted."""
    applications.submit(now.world)
    now.motion = routine(now)
    now.world.send("delegate1", "Council", "propose", *now.motion)


def active(now: Scene) -> None:
    """Proposal 1 is voted on."""
    pending(now)
    _to_the_vote(now.world)


def succeeded(now: Scene) -> None:
    """Proposal 1 is approved."""
    active(now)
    _approve(now.world)


def due(now: Scene) -> None:
    """Proposal 1 may be executed."""
    succeeded(now)
    now.world.send("stranger", "Council", "queue", *now.key)
    now.world.move_to(now.world.read("Council", "proposalEta", 1))


def urgency_executed(now: Scene) -> None:
    """Proposal 1 was urgent, and was executed."""
    now.motion = urgent(now)
    now.world.send("delegate1", "Council", "proposeUrgently", now.motion, confirmation(now))
    _to_the_vote(now.world)
    _approve(now.world)
    for function in ("queue", "execute"):
        now.world.send("stranger", "Council", function, *now.key)


def _to_the_vote(world: World) -> None:
    world.move_to(max(world.time, world.read("Council", "proposalSnapshot", 1)) + 1)


def _approve(world: World) -> None:
    for who in ("delegate1", "delegate2", "delegate3"):
        world.send(who, "Council", "castVote", 1, 1)
    world.move_to(world.read("Council", "proposalDeadline", 1) + 1)


def more_seats(now: Scene) -> None:
    """Each sector has a second seat, so that a member of either may leave."""
    for sector in Sector:
        data = (f"TEST-MORE{sector}", "More", int(sector), int(Kind.COUNCIL), ZERO)
        now.world.send("authority", "MemberRegistry", "admit", data, address(f"more {sector}"), now.day)


def seven_validators(now: Scene) -> None:
    """A set that one may go from, and one that may follow it."""
    founding = even(now.world, 7)
    now.world = harnessed(now.world, founding)
    now.target = in_order([*founding, *validators_of(now.world, Sector.ACADEMIA)])


def unproved(now: Scene) -> None:
    """A decision on validators, and a block whose header proves it."""
    seven_validators(now)
    set_target(now.world, 0, now.target)
    made = header([node for node, _ in now.target])
    now.world.send("stranger", "ValidatorRegistryHarness", "setBlockHash", 7, keccak(made))


def submitted(now: Scene) -> None:
    """An application."""
    now.application = applications.submit(now.world)


def reviewed(now: Scene) -> None:
    """An application that reviewers of two sectors looked at."""
    now.application = applications.application(now.world, ApplicationStatus.REVIEWED)


def with_a_seal(now: Scene) -> None:
    """An application that is sealed."""
    now.application = applications.application(now.world, ApplicationStatus.SEALED)


ASKER = (ACME, salt("scene"))
"""Who asks in the scene ``hidden``, and the salt."""


def hidden(now: Scene) -> None:
    """Bidding is over on a tender of which a desk asked."""
    now.tender = publish(now.world)
    hidden_ask(now.world, now.tender, tag_of(now.world, now.tender, *ASKER))
    now.world.send("officer", "TenderBoard", "answer", now.tender.id, 1, "{}")
    now.world.move_to(now.tender.deadline)


def bidding(now: Scene) -> None:
    """A tender of which both suppliers may bid, and have bid."""
    now.tender = publish(now.world)
    now.box = Box(now.world, now.tender)
    declare(now.world, *sorted(SUPPLIERS))
    for who in sorted(SUPPLIERS):
        now.box.submit(who)


def amended(now: Scene) -> None:
    """The terms changed after both had bid."""
    bidding(now)
    new, json = terms(now.tender.deadline, items=2), "{}"
    now.world.send("officer", "TenderBoard", "amend", now.tender.id, now.tender.hash, new.as_tuple(), json)
    now.tender = Tender(now.tender.id, new, json, now.tender.published_at)


def closed(now: Scene) -> None:
    """Shares are accepted."""
    bidding(now)
    close(now.bids)


def shared(now: Scene) -> None:
    """Two seats have posted their shares."""
    closed(now)
    for seat in (1, 2):
        post(now.bids, seat)


def fallback(now: Scene) -> None:
    """Nobody posted shares in time."""
    closed(now)
    now.world.move_to(now.tender.deadline + OPENING_DELAY + FALLBACK_DELAY)


def bids_open(now: Scene) -> None:
    """Both bids are open; that of acme is abnormally low."""
    now.awarding = opened(now.world, {"acme": 100, "beta": 1_000}, decision_period=1_000)


def counted(now: Scene) -> None:
    """They are counted."""
    bids_open(now)
    now.award.tally()


def ranked(now: Scene) -> None:
    """acme is the candidate."""
    counted(now)
    now.award.rank("acme", "beta")


def asked(now: Scene) -> None:
    """acme has time to explain and to cure."""
    ranked(now)
    now.award.ask_explanation("acme")
    now.award.ask_curing("acme")


def explained(now: Scene) -> None:
    """acme has explained its price."""
    ranked(now)
    now.award.ask_explanation("acme")
    now.award.send("acme", "explain", 1, 0, hash_of("why"))


def ineligible(now: Scene) -> None:
    """acme may not be awarded any more."""
    ranked(now)
    now.world.send("registrar", "SupplierRegistry", "setActive", ACME, False)


def reviewable(now: Scene) -> None:
    """A tender with a review body, about which both suppliers may complain."""
    now.complaint = about_terms(now.world)


def filed(now: Scene) -> None:
    """acme complains about its terms."""
    reviewable(now)
    now.case.file("acme")


def admitted(now: Scene) -> None:
    """The complaint is under review."""
    filed(now)
    now.case.admit(1)


def upheld(now: Scene) -> None:
    """The tender is to be cancelled."""
    admitted(now)
    now.case.send("reviewer", "uphold", 1, int(Remedy.CANCEL_TENDER), 0, ORDER)


def overdue(now: Scene) -> None:
    """And the buyer did not."""
    upheld(now)
    now.world.move_to(now.case.complaint(1)["due"])


CALL = hash_of("calldata")
"""Of an act that is proposed."""


def proposed(now: Scene) -> None:
    """An officer proposed it for each contract whose acts take four eyes, and for an account that is none."""
    for who in (*TAKERS, "stranger"):
        now.world.send("officer", "FourEyes", "propose", act_of(address(who), CALL))


GIVEN = {"acme": (1, 1)}
"""The points that everybody gives."""


def to_score(now: Scene) -> None:
    """Technical envelopes are open, and nobody scored for longer than the time for it."""
    now.evaluation = technical(now.world, {"acme": 1_000})
    seated(now.world, "evaluator5")
    now.world.move_to(int(now.panel.window()["voidFrom"]) + SCORE_PERIOD)


def committed(now: Scene) -> None:
    """The evaluator committed its scores, and may reveal them."""
    to_score(now)
    now.panel.commit(0, GIVEN)
    now.panel.to_reveal()


def called_to_vote(now: Scene) -> None:
    """The panel is to vote on an act of the AwardDesk."""
    to_score(now)
    now.panel.ask("officer", "callVote", act_of(address("awards"), CALL))


def voted(now: Scene) -> None:
    """It did."""
    called_to_vote(now)
    now.panel.vote(act_of(address("awards"), CALL), seat0=True, seat1=True)


def to_decide(now: Scene) -> None:
    """Technical envelopes are open, and there is no panel."""
    now.evaluation = technical(
        now.world, {"acme": 1_000}, panel=(), criteria=(), award_rule=0, min_evaluators=0
    )


def to_release(now: Scene) -> None:
    """The time of the prices has come."""
    to_decide(now)
    now.panel.ask("officer", "decideTechnical", *now.panel.result())
    now.panel.to_prices()


def standing_still(now: Scene) -> None:
    """The tender is suspended."""
    reviewable(now)
    now.case.suspend()


def awaiting_consent(now: Scene) -> None:
    """Bids are open, and the tender is being cancelled."""
    now.complaint = about_award(now.world)
    now.case.cancel()


def to_draft(now: Scene) -> None:
    """The award of acme is final."""
    now.awarding = final(now.world)


def to_sign(now: Scene) -> None:
    """There is a draft, which nobody signed."""
    now.agreement = drafted(now.world)


def to_pass_over(now: Scene) -> None:
    """The buyer signed it in time, acme did not."""
    to_sign(now)
    now.agreed.sign("officer")
    now.world.move_to(now.world.read(BOOK, "signingOf", now.agreed.made.id, 1)[1])


def agreed(now: Scene) -> None:
    """Both signed."""
    now.agreement = signed(now.world)


def offered_change(now: Scene) -> None:
    """A change waits, which acme proposed."""
    agreed(now)
    now.agreed.propose(1_100, "acme")


def delivered(now: Scene) -> None:
    """The first delivery waits to be judged."""
    agreed(now)
    now.agreed.deliver(1)


def paid(now: Scene) -> None:
    """A payment is recorded."""
    agreed(now)
    now.agreed.pay()


def accepted(now: Scene) -> None:
    """Both deliveries are accepted."""
    agreed(now)
    now.agreed.accept(1, 2)


SECOND = committee(31337, COMMITTEE.transcript.plan.committee, SEATS_OF_OPENING, ordinal=2)
SID = SECOND.transcript.plan.ceremony_id


def ceremony(now: Scene) -> None:
    """A second ceremony is open."""
    now.world.send("authority", OPENING, "openCeremony", 2, list(SEATS_OF_OPENING), ZERO, [])


def joined(now: Scene) -> None:
    """All have joined and committed."""
    ceremony(now)
    for seat, who in enumerate(OPENERS, 1):
        now.world.send(who, OPENING, "joinCeremony", SID, seat, SECOND.transcript.box_keys[seat - 1])
        now.world.send(who, OPENING, "commitDealing", SID, seat, SECOND.transcript.commitments[seat - 1])


def published(now: Scene) -> None:
    """All have published."""
    joined(now)
    for seat, who in enumerate(OPENERS, 1):
        now.world.send(who, OPENING, "publishDealing", SID, seat, SECOND.transcript.messages[seat - 1])


def dealt(now: Scene) -> None:
    """All have sent."""
    published(now)
    for seat, who in enumerate(OPENERS, 1):
        now.world.send(who, OPENING, "sendDealing", SID, seat, SECOND.transcript.boxes[seat - 1])


def complained(now: Scene) -> None:
    """Seat 2 complains of dealer 1."""
    dealt(now)
    now.world.send("opener2", OPENING, "complain", SID, 2, 1)


def registered(now: Scene) -> None:
    """The second keyset is registered."""
    dealt(now)
    now.world.send("stranger", OPENING, "registerKeyset", *registration(now, ""))


def registration(now: Scene, who: str) -> tuple[Any, ...]:
    """Arguments of `registerKeyset`."""
    return SID, SECOND.keyset.pk.as_tuple(), [key.as_tuple() for key in SECOND.keyset.keys]


def month_later(now: Scene) -> None:
    """A roll may be called."""
    now.world.move_to(now.world.time + ROLL_PERIOD)


def called(now: Scene) -> None:
    """The first roll is called."""
    month_later(now)
    now.world.send("stranger", OPENING, "callRoll", KEYSET)


def answer(of: Committee, round_: int) -> tuple[Any, ...]:
    """Arguments of `confirmKeyset` and `answerRoll` for seat 1."""
    proof = of.shares[1].answer(round_, drawing("answer"))
    return of.keyset.id, 1, proof.c, proof.z


def reveal(now: Scene, who: str) -> tuple[Any, ...]:
    """Arguments of `selfReveal`."""
    return reveal_of(now.tender, 0, now.bids.live[0])


NOTHING = (address("nobody"), 0, b"", ZERO, ZERO)
NOTHINGS = ([address("nobody")], [0], [b""], ZERO, ZERO)
"""An operation of the timelock that does nothing, as one call and as a batch."""


def scheduled(now: Scene) -> None:
    """The timelock holds two operations that are due."""
    now.world.send("council", "CouncilTimelock", "schedule", *NOTHING, 0)
    now.world.send("council", "CouncilTimelock", "scheduleBatch", *NOTHINGS, 0)


# What those are told who may not


def missing(contract: str, role: str) -> Callable[[str], Refusal]:
    """`<Contract>RoleMissing`."""
    return lambda who: Refusal(f"{contract}RoleMissing", label(role), address(who))


def unauthorized(role: str) -> Callable[[str], Refusal]:
    """Of the timelock's own functions; an empty role is the administrator's."""
    name = keccak(role.encode()) if role else ZERO
    return lambda who: Refusal("AccessControlUnauthorizedAccount", address(who), name)


def bidder_refused(who: str) -> Refusal:
    """Of bids by those who may not bid; the scene's tender is the second."""
    return Refusal("BidBoxBidderRefused", tender_id(2), address(who))


def box_caller_refused(who: str) -> Refusal:
    """Of what another contract does."""
    return Refusal("BidBoxCallerRefused", address(who))


def not_member(who: str) -> Refusal:
    """Of shares and answers for a seat that is another's."""
    return Refusal("OpeningCommitteeNotMember", KEYSET, 1, address(who))


def not_member_of_second(who: str) -> Refusal:
    """Of the second keyset's seat."""
    return Refusal("OpeningCommitteeNotMember", SECOND.keyset.id, 1, address(who))


def caller_refused(id: bytes) -> Callable[[str], Refusal]:
    """Of ceremonies and keysets."""
    return lambda who: Refusal("OpeningCommitteeCallerRefused", id, address(who))


def unauthorized_caller(who: str) -> Refusal:
    """Of what the timelock alone may do to itself."""
    return Refusal("TimelockUnauthorizedCaller", address(who))


def no_deposit(who: str) -> Refusal:
    """Of tokens sent to the Council."""
    return Refusal("GovernorDisabledDeposit")


def desk_missing(contract: str) -> Callable[[str], Refusal]:
    """Of what ComplaintDesk alone may do."""
    return missing(contract, "COMPLAINT_DESK")


def votes_short(who: str) -> Refusal:
    """Of the second tender, whose panel has three seats: whoever asks has no votes of its own."""
    return Refusal("EvaluationDeskVotesShort", tender_id(2), 2, 0)


def told_to_sign(who: str) -> Refusal:
    """Of a change that acme proposed, and so signed."""
    if who == "acme":
        return Refusal("AgreementBookSignedTwice", 1, int(Side.SUPPLIER))
    return missing("AgreementBook", "OFFICER")(who)


def nobody_is_refused(who: str) -> Refusal:
    """For functions that anybody may call."""
    raise AssertionError(f"{who} may call it")


Arguments = Callable[[Scene, str], tuple[Any, ...]]


@dataclass(frozen=True)
class Entry:
    """Who gets through with arguments that are well, in which scene, and what all others are told."""

    allowed: set[str]
    refusal: Callable[[str], Refusal]
    arguments: Arguments
    scene: Callable[[Scene], None] = as_it_is


def entries(contract: str, *rows: tuple[Any, ...]) -> dict[str, Entry]:
    """Rows of (function, role or refusal, allowed, arguments[, scene]) -> entries by ``Contract.function``."""
    found = {}
    for name, told, allowed, *rest in rows:
        refusal = missing(contract, told) if isinstance(told, str) else told
        found[f"{contract}.{name}"] = Entry(allowed, refusal, *rest)
    return found


def new_member(now: Scene, who: str) -> tuple[Any, ...]:
    """Arguments of `admit`."""
    return ("TEST-NEW", "New", 0, 1, ZERO), address("new"), now.day


def to_sandbox(decision: DecisionClass) -> tuple[Any, ...]:
    """Arguments of `setClassRules`."""
    return int(decision), charter("sandbox").rules_of(decision).as_tuple()


ERC721 = (address("a"), address("b"), 1, b"")
ERC1155 = (address("a"), address("b"), 1, 1, b"")
ERC1155_BATCH = (address("a"), address("b"), [1], [1], b"")
BUYERS = {"officer", "approver"}
TAKERS = {"board", "awards", "complaints", "evaluations", "agreements"}
"""The contracts whose acts take four eyes."""
DESK = {"complaints"}
"""The ComplaintDesk, whose remedies they are."""
AGREEMENTS = {"agreements"}
"""The AgreementBook, by which lots are signed and passed over, and suppliers rated."""
ORDERERS = {"reviewer", *AUTHORITY}
"""Who debars."""

MATRIX: dict[str, Entry] = {
    **entries(
        "MemberRegistry",
        ("admit", "AUTHORITY", AUTHORITY, new_member),
        ("setSector", "AUTHORITY", AUTHORITY, lambda n, who: (BUYER, 1)),
        ("setKinds", "AUTHORITY", AUTHORITY, lambda n, who: (BUYER, 3)),
        ("setSuperior", "AUTHORITY", AUTHORITY, lambda n, who: (BUYER, REVIEW)),
        ("suspend", "AUTHORITY", AUTHORITY, lambda n, who: (BUYER, n.day)),
        ("suspendNow", "AUTHORITY", AUTHORITY, lambda n, who: (BUYER, n.day)),
        ("suspendPerson", "AUTHORITY", AUTHORITY, lambda n, who: (address("officer"), n.day)),
        ("recover", "AUTHORITY", AUTHORITY, lambda n, who: (BUYER, address("new"), n.day)),
        ("expel", "AUTHORITY", AUTHORITY, lambda n, who: (BUYER,)),
        ("addPerson", "ADMIN", ADMINS, lambda n, who: (address("new"), 1, n.day)),
        ("removePerson", "ADMIN", ADMINS, lambda n, who: (address(f"spare of {who}"),)),
        ("rotatePerson", "ADMIN", ADMINS, lambda n, who: (address(f"spare of {who}"), address("new"))),
        ("resign", "ADMIN", ADMINS, lambda n, who: (), more_seats),
    ),
    **entries(
        "SupplierRegistry",
        ("register", "REGISTRAR", {"registrar"}, lambda n, who: (hash_of("firm"), [address("new")], "{}")),
        ("setActive", "REGISTRAR", {"registrar"}, lambda n, who: (hash_of("firm of the test"), False)),
        ("setAccounts", "SUPPLIER", SUPPLIERS, lambda n, who: (1, [address(who)])),
        ("declareOwners", "SUPPLIER", SUPPLIERS, lambda n, who: (1, hash_of("owners"))),
        ("debar", "REVIEWER", ORDERERS, lambda n, who: (hash_of("firm of the test"), n.day, hash_of("order"))),
        ("liftDebarment", "REVIEWER", ORDERERS, lambda n, who: (hash_of("firm of the test"), hash_of("order")), debarred),
        ("enrolCitizen", "REGISTRAR", {"registrar"}, lambda n, who: (address("new"),)),
        ("rate", missing("SupplierRegistry", "AGREEMENT_BOOK"), AGREEMENTS, lambda n, who: (ACME, True, 5)),
    ),
    **entries(
        "ProcedureBook",
        ("adopt", "AUTHORITY", AUTHORITY, lambda n, who: (sandbox(2).as_tuple(), text_of())),
        ("retire", "AUTHORITY", AUTHORITY, lambda n, who: (label("sandbox", 16), 1)),
        ("tick", "NOBODY", set(EVERYBODY), lambda n, who: ()),
    ),
    **entries(
        "TenderBoard",
        ("publish", "OFFICER", {*BUYERS, "officer2", "approver2"},
         lambda n, who: (record(), terms(n.world.time + 100).as_tuple(), "{}")),
        ("amend", "OFFICER", BUYERS,
         lambda n, who: (n.tender.id, n.tender.hash, terms(n.tender.deadline, items=2).as_tuple(), "{}")),
        ("ask", "SUPPLIER", {*SUPPLIERS, "registrar"}, lambda n, who: (n.tender.id, label("other tag"), "{}")),
        ("discloseAsker", "SUPPLIER", {*SUPPLIERS, "registrar"}, lambda n, who: (n.tender.id, 1, *ASKER), hidden),
        ("answer", "OFFICER", {"officer"}, lambda n, who: (n.tender.id, 1, "{}")),
        ("note", "AUDITOR", {"auditor", "witness"}, lambda n, who: (record(), n.tender.id, "{}")),
        ("cancel", "OFFICER", BUYERS, lambda n, who: (n.tender.id, 0, 1, hash_of("decision"))),
        ("consentCancel", "REVIEWER", {"reviewer"}, lambda n, who: (n.case.id, 0, hash_of("consent")), awaiting_consent),
        ("replaceReviewBody", "AUTHORITY", AUTHORITY, lambda n, who: (n.tender.id, REVIEW)),
        ("watch", desk_missing("TenderBoard"), DESK, lambda n, who: (n.tender.id,)),
        ("cancelByOrder", desk_missing("TenderBoard"), DESK, lambda n, who: (n.tender.id, 0)),
        ("undoCancellation", desk_missing("TenderBoard"), DESK, lambda n, who: (n.case.id, 0), awaiting_consent),
        ("markSigned", missing("TenderBoard", "AGREEMENT_BOOK"), AGREEMENTS, lambda n, who: (n.award.id, 1), to_draft),
    ),
    **entries(
        "BidBox",
        ("submit", bidder_refused, SUPPLIERS,
         lambda n, who: submission(n.tender, n.bids.seal(who if who in SUPPLIERS else "acme")), bidding),
        ("confirm", bidder_refused, SUPPLIERS, lambda n, who: (n.tender.id, n.tender.hash), amended),
        ("withdraw", bidder_refused, SUPPLIERS, lambda n, who: (n.tender.id,), bidding),
        ("lock", box_caller_refused, {"openings"}, lambda n, who: (n.tender.id,), bidding),
        ("releaseEnvelope", box_caller_refused, {"evaluations"}, lambda n, who: (n.panel.id, []), to_release),
    ),
    **entries(
        "OpeningCommittee",
        ("openCeremony", caller_refused(ZERO), AUTHORITY, lambda n, who: (2, list(SEATS_OF_OPENING), ZERO, [])),
        ("joinCeremony", caller_refused(SID), {"opener"}, lambda n, who: (SID, 1, hash_of("box key")), ceremony),
        ("commitDealing", caller_refused(SID), {"opener"}, lambda n, who: (SID, 1, hash_of("dealing")), ceremony),
        ("publishDealing", caller_refused(SID), {"opener"}, lambda n, who: (SID, 1, SECOND.transcript.messages[0]), joined),
        ("sendDealing", caller_refused(SID), {"opener"}, lambda n, who: (SID, 1, SECOND.transcript.boxes[0]), published),
        ("complain", caller_refused(SID), {"opener"}, lambda n, who: (SID, 1, 2), dealt),
        ("answerComplaint", caller_refused(SID), {"opener"}, lambda n, who: (SID, 1, 2, 5), complained),
        ("registerKeyset", nobody_is_refused, ALL, registration, dealt),
        ("confirmKeyset", not_member_of_second, {"opener"}, lambda n, who: answer(SECOND, 0), registered),
        ("callRoll", nobody_is_refused, ALL, lambda n, who: (KEYSET,), month_later),
        ("answerRoll", not_member, {"opener"}, lambda n, who: answer(COMMITTEE, 1), called),
        ("retireKeyset", caller_refused(KEYSET), AUTHORITY, lambda n, who: (KEYSET,)),
        ("postShares", not_member, {"opener"},
         lambda n, who: (n.tender.id, 0, 0, 1, share_entries(1, n.bids.live)), closed),
        ("openPage", nobody_is_refused, ALL, lambda n, who: (n.tender.id, 0, 0, *opening((1, 2), n.bids.live)), shared),
        ("selfReveal", nobody_is_refused, ALL, reveal, fallback),
    ),
    **entries(
        "AwardDesk",
        ("tally", nobody_is_refused, ALL, lambda n, who: (n.award.id, 1, n.award.setup, 0, n.award.offers()), bids_open),
        ("rank", nobody_is_refused, ALL, lambda n, who: (n.award.id, 1, n.award.setup, n.award.offers()), counted),
        ("award", "OFFICER", BUYERS, lambda n, who: (n.award.id, 1, ACME, n.award.offer("acme"), DECISION), explained),
        ("disqualify", "OFFICER", BUYERS, lambda n, who: (n.award.id, 1, 0, 1, DECISION), ranked),
        ("dropIneligible", nobody_is_refused, ALL, lambda n, who: (n.award.id, 1, ACME), ineligible),
        ("askExplanation", "OFFICER", {"officer"}, lambda n, who: (n.award.id, 1, 0, DECISION), ranked),
        ("explain", "SUPPLIER", {"acme"}, lambda n, who: (n.award.id, 1, 0, hash_of("why")), asked),
        ("askCuring", "OFFICER", {"officer"}, lambda n, who: (n.award.id, 0, DECISION), ranked),
        ("cure", "SUPPLIER", {"acme"}, lambda n, who: (n.award.id, 0, hash_of("paper")), asked),
        ("extendDecision", "OFFICER", {"officer"}, lambda n, who: (n.award.id, DECISION), bids_open),
        ("recordSecurity", "OFFICER", BUYERS, lambda n, who: (n.award.id, 0, 1, DECISION), bids_open),
        ("cancelAward", desk_missing("AwardDesk"), DESK, lambda n, who: (n.award.id, 1), ranked),
        ("restoreBid", desk_missing("AwardDesk"), DESK, lambda n, who: (n.award.id, 1, 0), ranked),
        ("prolong", desk_missing("AwardDesk"), DESK, lambda n, who: (n.award.id, 1, n.world.time, 1), ranked),
        ("passOver", missing("AwardDesk", "AGREEMENT_BOOK"), AGREEMENTS, lambda n, who: (n.award.id, 1), to_draft),
    ),
    **entries(
        "ComplaintDesk",
        ("file", "SUPPLIER", SUPPLIERS,
         lambda n, who: n.case.arguments(who, Stage.TERMS, 0, REASONS, record(), None, None), reviewable),
        ("withdraw", "SUPPLIER", {"acme"}, lambda n, who: (1,), filed),
        ("admit", "REVIEWER", {"reviewer"}, lambda n, who: (1, ORDER), filed),
        ("reject", "REVIEWER", {"reviewer"}, lambda n, who: (1, ORDER), filed),
        ("uphold", "REVIEWER", {"reviewer"}, lambda n, who: (1, int(Remedy.AMEND), 0, ORDER), admitted),
        ("dismiss", "REVIEWER", {"reviewer"}, lambda n, who: (1, ORDER), admitted),
        ("execute", "OFFICER", BUYERS, lambda n, who: (1,), upheld),
        ("enforce", "REVIEWER", {"reviewer"}, lambda n, who: (1, ORDER), overdue),
        ("suspend", "REVIEWER", {"reviewer"}, lambda n, who: (n.case.id, ORDER), reviewable),
        ("resume", "REVIEWER", {"reviewer"}, lambda n, who: (n.case.id, ORDER), standing_still),
    ),
    **entries(
        "EvaluationDesk",
        ("commitScores", "EVALUATOR", {"evaluator"}, lambda n, who: (n.panel.id, n.panel.setup, 0, hash_of("scores")), to_score),
        ("revealScores", "EVALUATOR", {"evaluator"}, lambda n, who: (n.panel.id, *n.panel.revelation(0, GIVEN)), committed),
        ("callVote", "OFFICER", {"officer"}, lambda n, who: (n.panel.id, hash_of("act")), to_score),
        ("vote", "EVALUATOR", {"evaluator"},
         lambda n, who: (n.panel.id, n.panel.setup, 0, act_of(address("awards"), CALL), True, OPINION), called_to_vote),
        ("takeVotes", votes_short, {"awards"}, lambda n, who: (n.panel.id, CALL), voted),
        ("replaceEvaluator", "OFFICER", BUYERS,
         lambda n, who: (n.panel.id, n.panel.setup, 1, address("evaluator5"), ZERO, DECISION), to_score),
        ("decideTechnical", "OFFICER", BUYERS, lambda n, who: (n.panel.id, *n.panel.result("acme")), to_decide),
        ("releasePrices", nobody_is_refused, ALL, lambda n, who: (n.panel.id,), to_release),
        ("redo", desk_missing("EvaluationDesk"), DESK, lambda n, who: (n.panel.id, True), to_score),
    ),
    **entries(
        "FourEyes",
        ("propose", "OFFICER", {"officer", "officer2"}, lambda n, who: (hash_of("act"),)),
        ("take", "CONTRACT", TAKERS, lambda n, who: (BUYER, address("approver"), CALL), proposed),
    ),
    **entries(
        "AgreementBook",
        ("draft", "OFFICER", {"officer"}, lambda n, who: (n.award.id, 1, 0, terms_of(n.award).as_tuple()), to_draft),
        ("sign", "OFFICER", {*BUYERS, "acme"}, lambda n, who: (1, DOCUMENT), to_sign),
        ("passOver", nobody_is_refused, ALL, lambda n, who: (n.agreed.made.id, 1), to_pass_over),
        ("proposeChange", "OFFICER", {"officer", "acme"}, lambda n, who: (1, 1, change(1_100).as_tuple()), agreed),
        ("signChange", told_to_sign, BUYERS, lambda n, who: (1, n.agreed.waiting()), offered_change),
        ("dropChange", "OFFICER", {"officer", "acme"}, lambda n, who: (1, n.agreed.waiting()), offered_change),
        ("deliver", "SUPPLIER", {"acme"}, lambda n, who: (1, 1, PAPER), agreed),
        ("accept", "OFFICER", BUYERS, lambda n, who: (1, 1, PAPER), delivered),
        ("refuse", "OFFICER", BUYERS, lambda n, who: (1, 1, PAPER), delivered),
        ("recordPayment", "OFFICER", BUYERS, lambda n, who: (1, n.agreed.payment().as_tuple()), agreed),
        ("reversePayment", "OFFICER", BUYERS, lambda n, who: (1, BUYER, n.agreed.payment().ref, PAPER), paid),
        ("complete", "OFFICER", BUYERS, lambda n, who: (1, PAPER), accepted),
        ("terminate", "OFFICER", {*BUYERS, "acme"}, lambda n, who: (1, int(Cause.MUTUAL), PAPER), agreed),
        ("rate", "WITNESS", {"witness", "ana"}, lambda n, who: (1, 5), accepted),
    ),
    **entries(
        "CouncilTimelock",
        ("schedule", unauthorized("PROPOSER_ROLE"), COUNCIL, lambda n, who: (*NOTHING, 0)),
        ("scheduleBatch", unauthorized("PROPOSER_ROLE"), COUNCIL, lambda n, who: (*NOTHINGS, 0)),
        ("execute", unauthorized("EXECUTOR_ROLE"), COUNCIL, lambda n, who: NOTHING, scheduled),
        ("executeBatch", unauthorized("EXECUTOR_ROLE"), COUNCIL, lambda n, who: NOTHINGS, scheduled),
        ("cancel", unauthorized("CANCELLER_ROLE"), COUNCIL,
         lambda n, who: (n.world.read("CouncilTimelock", "hashOperation", *NOTHING),), scheduled),
        # The timelock alone, which acts for the Council, which refuses calls to it.
        ("updateDelay", unauthorized_caller, AUTHORITY, lambda n, who: (1,)),
        ("grantRole", unauthorized(""), AUTHORITY, lambda n, who: (ZERO, address("stranger"))),
        ("revokeRole", unauthorized(""), AUTHORITY, lambda n, who: (ZERO, address("stranger"))),
        # Anybody gives up its own roles, which are none; anybody's token is taken, and nothing can be done with it.
        ("renounceRole", nobody_is_refused, ALL, lambda n, who: (ZERO, address(who))),
        ("onERC721Received", nobody_is_refused, ALL, lambda n, who: ERC721),
        ("onERC1155Received", nobody_is_refused, ALL, lambda n, who: ERC1155),
        ("onERC1155BatchReceived", nobody_is_refused, ALL, lambda n, who: ERC1155_BATCH),
    ),
    **entries(
        "Council",
        ("propose", "DELEGATE", DELEGATES, lambda n, who: routine(n)),
        ("proposeUrgently", "DELEGATE", DELEGATES, lambda n, who: (urgent(n), confirmation(n))),
        ("castVote", "DELEGATE", DELEGATES, lambda n, who: (1, 1), active),
        ("castVoteWithReason", "DELEGATE", DELEGATES, lambda n, who: (1, 0, "because"), active),
        ("castVoteWithReasonAndParams", "DELEGATE", DELEGATES, lambda n, who: (1, 2, "because", b""), active),
        ("queue", nobody_is_refused, ALL, lambda n, who: n.key, succeeded),
        ("execute", nobody_is_refused, ALL, lambda n, who: n.key, due),
        ("cancel", "PROPOSER", {*PROPOSERS, *AUTHORITY}, lambda n, who: n.key, pending),
        ("confirmUrgency", "AUTHORITY", AUTHORITY, lambda n, who: (1,), urgency_executed),
        ("setClassRules", "AUTHORITY", AUTHORITY, lambda n, who: to_sandbox(DecisionClass.ROUTINE)),
        ("setCallClass", "AUTHORITY", AUTHORITY, lambda n, who: (address("nobody"), bytes(4), 0)),
        ("relay", "TIMELOCK", set(), lambda n, who: (address("nobody"), 0, b"")),
        ("onERC721Received", no_deposit, set(), lambda n, who: ERC721),
        ("onERC1155Received", no_deposit, set(), lambda n, who: ERC1155),
        ("onERC1155BatchReceived", no_deposit, set(), lambda n, who: ERC1155_BATCH),
    ),
    **entries(
        "Consultation",
        ("comment", "PERSON", ANY_PERSON, lambda n, who: (record(), 1, hash_of("text")), pending),
        ("anchor", "OPERATOR", {"operator"}, lambda n, who: (1, 0, hash_of("root"), 1), pending),
        ("report", "PROPOSER", PROPOSERS, lambda n, who: (1, hash_of("report")), active),
        ("hide", "AUDITOR", {"auditor"}, lambda n, who: (1, hash_of("text"), hash_of("reason")), pending),
    ),
    **entries(
        "ValidatorRegistry",
        ("setTarget", "AUTHORITY", AUTHORITY, lambda n, who: (0, n.target), seven_validators),
        ("removeNow", "AUTHORITY", AUTHORITY, lambda n, who: (0, first_of(n), n.day), seven_validators),
        ("proveSet", nobody_is_refused, ALL, lambda n, who: (1, header([at for at, _ in n.target])), unproved),
    ),
    **entries(
        "NetworkPermissions",
        ("setNode", "AUTHORITY", AUTHORITY, lambda n, who: (hash_of("key"), BUYER, 1)),
    ),
    **entries(
        "ApplicationRegistry",
        ("submit", "PERSON", ANY_PERSON, lambda n, who: applications.submission()),
        ("recordFindings", "EVALUATOR", {"evaluator"},
         lambda n, who: (n.application, hash_of("checklist"), 1, 0), submitted),
        ("seal", "AUTHORITY", AUTHORITY, lambda n, who: (n.application, n.day), reviewed),
        ("refuse", "AUTHORITY", AUTHORITY, lambda n, who: (n.application, applications.REASON), submitted),
        ("revoke", "AUTHORITY", AUTHORITY, lambda n, who: (n.application, applications.REASON), with_a_seal),
        ("suspend", "AUTHORITY", AUTHORITY, lambda n, who: (n.application, n.day), with_a_seal),
    ),
}  # fmt: skip
"""``Contract.function`` -> who, what else, with what, when."""

PAYABLE: dict[str, Callable[[str], Refusal]] = {
    "CouncilTimelock.execute": unauthorized("EXECUTOR_ROLE"),
    "CouncilTimelock.executeBatch": unauthorized("EXECUTOR_ROLE"),
    "Council.execute": lambda who: Refusal("CouncilCallInvalid", 0),
    "Council.relay": missing("Council", "TIMELOCK"),
}
"""Payable functions, which the library has and which cannot be made otherwise, and what coin is refused with.

The Council alone could send coin to the timelock's: it has none, and sends none.
"""


def first_of(now: Scene) -> str:
    """Address of a validator of the set in force."""
    node: str = now.world.read("ValidatorRegistry", "validators")[0][0]
    return node


def payable(contract: str, entries_of: Iterable[dict[str, Any]]) -> set[str]:
    """Names in PAYABLE's form of the ABI's payable functions."""
    return {f"{contract}.{entry['name']}" for entry in entries_of if entry["stateMutability"] == "payable"}
