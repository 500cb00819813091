"""Rules written twice and proved equal: chain/rules predicts what TenderBoard does, whoever calls, whatever was done before.

Random calls by random callers, with none, one or several rules broken, at random times, go both to the rules and to the contracts:
the error with all its facts, the event, the stored facts and every status must be the same. On the way it holds that the deadline
never moves earlier (invariant 5 of README.md) and that status depends on facts and time only (6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import event as told
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chain import rules
from chain.bindings import member_registry, procedure_book, supplier_registry, tender_board
from chain.errors.base import LicitaError
from chain.rules import Caller, MemberFacts, PersonFacts, SupplierFacts, tender_id
from chain.rules.deadlines import Clock
from chain.rules.openings import KeysetFacts
from chain.rules.registry import ineligible
from chain.transactions import Call, Read, decode_log_json, decode_revert, gas_for, result_of
from chain.types import (
    ZERO32,
    Cancellation,
    Criterion,
    Event,
    Kind,
    LotFacts,
    LotTerms,
    Procedure,
    Role,
    Setup,
    TenderFacts,
    Terms,
    padded,
)
from tests.contracts.tenders import DESK
from tests.contracts.world import (
    ACME,
    BETA,
    BUYER,
    FOUNDING,
    GAS,
    KEYSET,
    MANDATE_END,
    REVIEW,
    SEATS_OF_OPENING,
    ZERO_ADDRESS,
    World,
    address,
    member_id,
    sandbox,
)

pytestmark = pytest.mark.evm

CALLERS = (
    "officer",
    "approver",
    "officer2",
    "approver2",
    "admin",
    "registrar",
    "auditor",
    "witness",
    "acme",
    "acme2",
    "beta",
    "nobody",
)
SUPPLIER_OF = {"acme": ACME, "acme2": ACME, "beta": BETA}
CITIZENS = ("ana", "ben")
"""Whoever takes these accounts first has them: the registrar for citizens, or a supplier."""
HASHES = tuple(bytes([number]) * 32 for number in range(1, 7))
LOTS = (LotTerms(100_000), LotTerms(1, 1))
KEYSETS = {KEYSET: KeysetFacts(KEYSET, 2, SEATS_OF_OPENING, confirmed=3)}
"""The one that the network was founded with; none of its seats depends on a buyer."""

# One broken rule each, as a change of good terms; `now` is the time of the block that the call will be in.
FAULTS: Mapping[str, Callable[[Terms, int], Terms]] = {
    "no such code": lambda terms, now: replace(terms, procedure="other"),
    "no such version": lambda terms, now: replace(terms, procedure_version=9),
    "a second too early": lambda terms, now: replace(terms, deadline=now + 4),
    "now": lambda terms, now: replace(terms, deadline=now),
    "a second too late": lambda terms, now: replace(terms, deadline=now + rules.MAX_PERIOD + 1),
    "other currency": lambda terms, now: replace(terms, currency="USD"),
    "other exponent": lambda terms, now: replace(terms, exponent=3),
    "no documents hash": lambda terms, now: replace(terms, documents_hash=ZERO32),
    "keyset": lambda terms, now: replace(terms, keyset_id=HASHES[0]),
    "review body that is a buyer": lambda terms, now: replace(terms, review_body=BUYER),
    "review body that is nobody": lambda terms, now: replace(terms, review_body=HASHES[0]),
    "no lots": lambda terms, now: replace(terms, setup=Setup(())),
    "too many lots": lambda terms, now: replace(terms, setup=Setup(LOTS[:1] * 33)),
    "lot without ceiling": lambda terms, now: replace(terms, setup=Setup((*LOTS, LotTerms(0)))),
    "weights": lambda terms, now: replace(terms, price_weight_bps=9_999),
    "criterion": lambda terms, now: replace(
        terms, setup=replace(terms.setup, criteria=(Criterion("a", 0, 1),))
    ),
    "panel": lambda terms, now: replace(terms, setup=replace(terms.setup, panel=(address("evaluator"),))),
}


def mostly(usual: Sequence[Any], others: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of the usual values nine times in ten: an act that breaks one rule says more than one that breaks five."""
    # Not the first or the last number: Hypothesis tries those more often.
    return st.integers(0, 9).flatmap(lambda chance: st.sampled_from(others if chance == 6 else usual))


officers = mostly(("officer", "approver"), CALLERS)
broken_rules = st.sampled_from((0, 0, 0, 1, 2)).flatmap(
    lambda many: st.lists(st.sampled_from(sorted(FAULTS)), min_size=many, max_size=many, unique=True)
)
hashes = mostly(HASHES, (ZERO32,))
back = mostly((0, 1), (50, -50))
"""Which tender: so many before the newest; those far before and after it do not exist."""
ends = st.one_of(
    st.just("now"),
    st.just("now"),
    st.sampled_from(("bidding", "questions", "addenda", "answers", "window", "lot")),
)
jsons = mostly(("{}", '{"title":"á"}'), ("",))
question_jsons = mostly(("{}", "x" * 4_096), ("", "x" * 4_097))

# Arguments of each act. One rule draws the act and then these: with a rule an act, runs leave out acts at random.
ACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "publish": {
        "who": officers, "record": mostly(("new",), ("old", "none")), "broken": broken_rules, "json": jsons,
        "wait": mostly((30, 60, 120), (5, 6, 10)), "lots": st.integers(1, 2), "body": st.booleans(),
    },
    "amend": {
        "who": officers, "back": back, "broken": broken_rules, "json": jsons, "items": st.integers(1, 3),
        "end": st.sampled_from(("same", "later", "earlier", "short", "just")), "fresh": mostly((True,), (False,)),
    },
    "ask": {"who": mostly(("acme", "beta"), CALLERS), "back": back, "tag": hashes, "json": question_jsons},
    "hide": {
        "who": mostly(("registrar",), CALLERS), "back": back, "supplier": mostly((ACME, BETA), (BUYER,)), "salt": hashes,
        "json": question_jsons,
    },
    "disclose": {
        "who": mostly(("registrar", "acme", "beta"), CALLERS), "back": back, "question": mostly((1, 2), (0, 9)),
        "right": mostly((True,), (False,)),
    },
    "note": {
        "who": mostly(("auditor", "witness"), CALLERS), "back": back, "record": mostly(("new",), ("old", "none")), "json": question_jsons,
    },
    "answer": {"who": mostly(("officer",), CALLERS), "back": back, "question": mostly((1, 2), (0, 9)), "json": question_jsons},
    "cancel": {
        "who": officers, "back": back, "lot": mostly((1, 2), (0, 3)), "reason": mostly((1, 5), (0, 6)), "document": hashes,
    },
    "set_active": {"active": st.booleans(), "who": mostly(("registrar",), ("officer",))},
    "debar": {
        "who": mostly(("reviewer", "authority"), ("registrar", "acme")), "id": mostly((ACME, BETA), (HASHES[0],)),
        "seconds": mostly((1, 2, 9, rules.MAX_DEBARMENT), (-1, 0, rules.MAX_DEBARMENT + 1)), "document": hashes,
    },
    "lift": {"who": mostly(("reviewer", "authority"), ("registrar",)), "id": mostly((ACME, BETA), (HASHES[0],)), "document": hashes},
    "enrol": {"who": mostly(("registrar",), ("reviewer",)), "account": st.sampled_from((*CITIZENS, "acme", "officer", ""))},
    "set_accounts": {"who": mostly(("acme", "beta"), ("officer",)), "more": st.sampled_from((*CITIZENS, "officer"))},
    "suspend": {"member": mostly((REVIEW,), (BUYER, DESK)), "seconds": st.integers(2, 4)},
    "adopt": {"cutoff": st.integers(1, 4), "window": st.integers(1, 6), "binding": st.booleans()},
    "retire": {"chance": st.integers(0, 3)},
}  # fmt: skip
OFTEN = ("publish", "amend", "ask", "hide", "answer", "disclose", "note", "cancel", "amend", "publish")


@dataclass
class Tender:
    """What the rules know of a tender."""

    facts: TenderFacts
    terms: Terms
    tags: dict[tuple[bytes, bytes], int] = field(default_factory=dict)
    askers: list[bytes] = field(default_factory=list)
    openings: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    disclosed: dict[int, bytes] = field(default_factory=dict)
    noters: list[bytes] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)
    lots: dict[int, Cancellation] = field(default_factory=dict)


@dataclass
class Outcome:
    """What the contracts did: an event, or a refusal; and the gas of what went through."""

    event: Event | None
    refusal: LicitaError | None
    gas: int = 0


class Chain:
    """Calls to the contracts, coded and decoded by chain.transactions."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.contract_of = {at.lower(): name for name, at in world.addresses.items()}
        # Most views are asked again and again, and answer the same.
        self._coded: dict[tuple[str, str, str], dict[str, str]] = {}
        self._decoded: dict[tuple[str, str, str], Any] = {}

    @property
    def next(self) -> int:
        """Time of the next block."""
        return self.world.time + 1

    def act(self, who: str, call: Call) -> Outcome:
        """Sends a call in a block of its own, a second after the last, with the gas that the service would give it."""
        node = self.world.node
        request = {
            "from": address(who),
            "to": self.world.addresses[call.contract],
            "data": "0x" + call.data.hex(),
        }
        # What the authority calls has no limit of its own: an account never sends it.
        gas = GAS if who == "authority" else gas_for(call)
        request |= {"gas": hex(gas), "gasPrice": "0x0"}
        foreseen = node.ask("eth_call", request, "latest", {}, {"time": hex(self.next)})
        transaction = node.rpc("eth_sendTransaction", request)
        self.world.move_to(self.next)
        receipt = node.rpc("eth_getTransactionReceipt", transaction)
        assert (receipt["status"] == "0x0") == ("error" in foreseen), foreseen
        if "error" in foreseen:
            return Outcome(None, decode_revert(bytes.fromhex(foreseen["error"]["data"][2:])))
        (event,) = (decode_log_json(self.contract_of, log, self.world.time) for log in receipt["logs"])
        return Outcome(event, None, int(receipt["gasUsed"], 16))

    def sent(self, who: str, call: Call, gas: int = GAS) -> tuple[list[Event], LicitaError | None]:
        """What the contracts make of a call in a block of its own: events, or a refusal."""
        node = self.world.node
        request = {
            "from": address(who), "to": self.world.addresses[call.contract], "data": "0x" + call.data.hex(), "gas": hex(gas),
            "gasPrice": "0x0",
        }  # fmt: skip
        foreseen = node.ask("eth_call", request, "latest", {}, {"time": hex(self.next)})
        transaction = node.rpc("eth_sendTransaction", request)
        self.world.move_to(self.next)
        receipt = node.rpc("eth_getTransactionReceipt", transaction)
        assert (receipt["status"] == "0x0") == ("error" in foreseen), foreseen
        if "error" in foreseen:
            return [], decode_revert(bytes.fromhex(foreseen["error"]["data"][2:]))
        events = [decode_log_json(self.contract_of, log, self.world.time) for log in receipt["logs"]]
        return [event for event in events if event is not None], None

    def attempt(self, who: str, call: Call) -> list[tuple[Event, int]] | None:
        """Sends a call whatever comes of it: the events with the gas it took, or None where it is refused."""
        data = "0x" + call.data.hex()
        request = {"from": address(who), "to": self.world.addresses[call.contract], "data": data}
        transaction = self.world.node.rpc(
            "eth_sendTransaction", request | {"gas": hex(GAS), "gasPrice": "0x0"}
        )
        self.world.move_to(self.next)
        receipt = self.world.node.rpc("eth_getTransactionReceipt", transaction)
        if receipt["status"] == "0x0":
            return None
        found = (decode_log_json(self.contract_of, log, self.world.time) for log in receipt["logs"])
        return [(event, int(receipt["gasUsed"], 16)) for event in found if event is not None]

    def view(self, call: Read[Any]) -> Any:
        """What a view answers at the last block."""
        return self.views([call])[0]

    def views(self, calls: Sequence[Read[Any]]) -> list[Any]:
        """What these answer at the last block, in one request."""
        if not calls:
            return []
        answers = self.world.node.batch("eth_call", *([self._request(call), "latest"] for call in calls))
        return [self._result(call, answer) for call, answer in zip(calls, answers, strict=True)]

    def _request(self, call: Read[Any]) -> dict[str, str]:
        key = (call.contract, call.function, repr(call.args))
        if key not in self._coded:
            self._coded[key] = {
                "to": self.world.addresses[call.contract], "data": "0x" + call.data.hex()
            }  # fmt: skip
        return self._coded[key]

    def _result(self, call: Read[Any], answer: str) -> Any:
        key = (call.contract, call.function, answer)
        if key not in self._decoded:
            self._decoded[key] = result_of(call, bytes.fromhex(answer[2:]))
        return self._decoded[key]

    def view_at(self, call: Read[Any], at: int) -> Any:
        """What a view would answer in a block of that time."""
        answer = self.world.node.rpc("eth_call", self._request(call), "latest", {}, {"time": hex(at)})
        return self._result(call, answer)

    def logged(self, contract: str, tender: bytes) -> list[Event]:
        """Events of a contract about a tender, so far; their times are not told."""
        sought = {"fromBlock": "0x0", "toBlock": "latest", "topics": [None, "0x" + tender.hex()]}
        logs = self.world.node.rpc("eth_getLogs", sought | {"address": self.world.addresses[contract]})
        found = (decode_log_json(self.contract_of, log, self.world.time) for log in logs)
        return [event for event in found if event is not None]

    def would(self, who: str, call: Call, at: int) -> LicitaError | None:
        """What refuses a call in a block of that time; None where nothing does."""
        request = {
            "from": address(who), "to": self.world.addresses[call.contract], "data": "0x" + call.data.hex(), "gas": hex(GAS),
            "gasPrice": "0x0",
        }  # fmt: skip
        answer = self.world.node.ask("eth_call", request, "latest", {}, {"time": hex(at)})
        return decode_revert(bytes.fromhex(answer["error"]["data"][2:])) if "error" in answer else None


class TenderRules(RuleBasedStateMachine):
    """The model is what ``chain.rules`` says of plain facts; the contracts are asked after each prediction."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.undone = world.undone()
        self.undone.__enter__()
        self.chain = Chain(world)
        self.tenders: list[Tender] = []
        self.recorded: dict[tuple[bytes, bytes], int] = {}
        self.last_record = self.last_note = HASHES[0]
        self.procedures: list[Procedure] = [sandbox()]
        self.retired: set[int] = set()
        self.members = {
            member_id(org): MemberFacts(int(sector), int(kinds), 0, 1, True)
            for org, _, sector, kinds, _, _ in FOUNDING
        }
        self.people = {
            who: PersonFacts(member_id(org), int(roles), MANDATE_END)
            for org, _, _, _, _, people in FOUNDING
            for who, roles in people
        }
        self.suppliers = {
            supplier: SupplierFacts.from_tuple(self.chain.view(supplier_registry.supplier_facts(supplier)))
            for supplier in (ACME, BETA)
        }
        self.citizens: set[str] = set()
        self.holders = dict(SUPPLIER_OF)

    def teardown(self) -> None:
        try:
            self._equal(range(1, len(self.tenders) + 1))
        finally:
            self.undone.__exit__(None, None, None)

    # The parts of a prediction

    def caller(self, who: str) -> Caller:
        person = self.people.get(who, PersonFacts())
        supplier = self.suppliers.get(self.holders.get(who, b""), SupplierFacts())
        return Caller(address(who), person, self.members.get(person.member, MemberFacts()), supplier)

    def fits(self, body: bytes, buyer: bytes, now: int) -> bool:
        facts = self.members.get(body, MemberFacts())
        return rules.is_active(facts, int(Kind.REVIEW_BODY), now) and rules.independent(body, buyer, {})

    def known(self, number: int) -> tuple[Tender | None, TenderFacts | None, Procedure]:
        tender = self.tenders[number - 1] if 0 < number <= len(self.tenders) else None
        facts = tender.facts if tender else None
        return tender, facts, self.procedures[facts.procedure_version - 1] if facts else self.procedures[0]

    def both(self, who: str, call: Call, check: Callable[[], None]) -> Event | None:
        """The event where both sides agree to the act, None where both refuse it alike."""
        predicted: LicitaError | None = None
        try:
            check()
        except LicitaError as error:
            predicted = error
        outcome = self.chain.act(who, call)
        assert type(outcome.refusal) is type(predicted), (
            f"the contracts say {outcome.refusal}, the rules {predicted}"
        )
        told(f"{call.function}: {type(predicted).__name__ if predicted else 'done'}")
        if predicted is not None and outcome.refusal is not None:
            assert outcome.refusal.facts == predicted.facts
        return outcome.event

    # Acts

    @initialize(lots=st.integers(1, 2), wait=st.integers(20, 90))
    def first(self, lots: int, wait: int) -> None:
        """There is a tender to act on."""
        self.publish("officer", "new", [], "{}", wait, lots, True)
        assert len(self.tenders) == 1

    @rule(
        name=st.one_of(st.sampled_from(OFTEN), st.sampled_from(sorted(ACTS))),
        end=ends,
        around=st.integers(-2, 1),
        data=st.data(),
    )
    def act(self, name: str, end: str, around: int, data: st.DataObject) -> None:
        """Any act of anybody, now or around an end of the newest tender."""
        self.wait(end, around)
        getattr(self, name)(
            **{argument: data.draw(values, argument) for argument, values in ACTS[name].items()}
        )

    def publish(
        self, who: str, record: str, broken: list[str], json: str, wait: int, lots: int, body: bool
    ) -> None:
        now, caller = self.chain.next, self.caller(who)
        named = {"new": tender_id(1_000 + now), "old": self.last_record, "none": ZERO32}[record]
        terms = self._terms(now + wait, lots, broken, REVIEW if body else ZERO32)
        procedure = self._procedure(terms)
        recorded = self.recorded.get((caller.person.member, named), 0)
        retired = procedure is not None and procedure.version in self.retired
        fits = self.fits(terms.review_body, caller.person.member, now)
        event = self.both(who, tender_board.publish(named, terms.as_tuple(), json), lambda: rules.check_publish(
            caller, named, terms, len(json.encode()), recorded=recorded, procedure=procedure, retired=retired,
            keyset=KEYSETS.get(terms.keyset_id), keyset_dependent=0, review_body_fits=fits, now=now))  # fmt: skip
        if event is not None:
            facts = TenderFacts(
                caller.person.member, rules.terms_hash(terms, json.encode()), terms.keyset_id, terms.review_body,
                rules.setup_hash(terms.setup), terms.procedure, terms.procedure_version, terms.deadline, 1, 0, 0,
                len(terms.setup.lots), currency=terms.currency, exponent=terms.exponent,
            )  # fmt: skip
            self.tenders.append(Tender(facts, terms))
            self.recorded[caller.person.member, named], self.last_record = len(self.tenders), named
            self._same(
                event,
                "TenderPublished",
                id=tender_id(len(self.tenders)),
                buyer=facts.buyer,
                termsHash=facts.terms_hash,
            )
            assert Terms.from_args(event.args["terms"]) == terms

    def _terms(self, deadline: int, lots: int, broken: list[str], body: bytes) -> Terms:
        version = len(self.procedures)
        documents = hashlib.sha256(b"[]").digest()
        terms = Terms(
            "sandbox",
            version,
            "MXN",
            2,
            deadline,
            KEYSET,
            body,
            ZERO32,
            documents,
            1,
            0,
            10_000,
            Setup(LOTS[:lots]),
        )
        for name in broken:
            terms = FAULTS[name](terms, self.chain.next)
        return terms

    def _procedure(self, terms: Terms) -> Procedure | None:
        known = terms.procedure == "sandbox" and terms.procedure_version <= len(self.procedures)
        return self.procedures[terms.procedure_version - 1] if known else None

    def amend(
        self, who: str, back: int, broken: list[str], json: str, end: str, fresh: bool, items: int
    ) -> None:
        now, caller, number = self.chain.next, self.caller(who), max(0, len(self.tenders) - back)
        tender, facts, procedure = self.known(number)
        terms = replace(tender.terms if tender else self._terms(now, 1, [], ZERO32), items=items)
        least = max(terms.deadline, now + procedure.amendment_extension)
        ends = {
            "same": terms.deadline,
            "later": terms.deadline + 7,
            "earlier": terms.deadline - 1,
            "short": least - 1,
            "just": least,
        }
        terms = replace(terms, deadline=ends[end])
        for name in broken:
            terms = FAULTS[name](terms, now)
        expected = facts.terms_hash if facts and fresh else HASHES[0]
        event = self.both(who, tender_board.amend(tender_id(number), expected, terms.as_tuple(), json), lambda: rules.check_amend(
            caller, number, facts, procedure, expected, terms, json.encode(), clock=Clock(now)))  # fmt: skip
        if event is not None and tender is not None:
            assert terms.deadline >= tender.facts.deadline, "invariant 5"
            tender.terms = terms
            tender.facts = replace(
                tender.facts, terms_hash=rules.terms_hash(terms, json.encode()), setup_hash=rules.setup_hash(terms.setup),
                deadline=terms.deadline, terms_version=tender.facts.terms_version + 1,
            )  # fmt: skip
            self._same(
                event,
                "TenderAmended",
                termsVersion=tender.facts.terms_version,
                termsHash=tender.facts.terms_hash,
            )

    def ask(self, who: str, back: int, tag: bytes, json: str) -> None:
        now, caller, number = self.chain.next, self.caller(who), max(0, len(self.tenders) - back)
        tender, facts, procedure = self.known(number)
        supplier = self.holders.get(who)
        asker, holder = (caller.person.member, rules.DESKS) if supplier is None else (supplier, supplier)
        asked = tender.tags.get((holder, tag), 0) if tender else 0
        own = tender.askers.count(asker) if tender else 0
        desks = sum(each not in self.suppliers for each in tender.askers) if tender else 0
        event = self.both(who, tender_board.ask(tender_id(number), tag, json), lambda: rules.check_ask(
            caller, number, facts, procedure, tag, len(json.encode()), asked=asked, questions=own, desks=desks,
            clock=Clock(now)))  # fmt: skip
        if event is not None and tender is not None:
            before = tender.facts
            tender.facts = replace(
                before, questions=before.questions + 1, open_questions=before.open_questions + 1
            )
            tender.tags[holder, tag] = tender.facts.questions
            tender.askers.append(asker)
            self._same(
                event,
                "QuestionAsked",
                question=tender.facts.questions,
                supplier=asker,
                tag=tag,
                json=json,
            )

    def hide(self, who: str, back: int, supplier: bytes, salt: bytes, json: str) -> None:
        """As ``ask``, with a tag that can be opened later: where it is a desk that asks."""
        number = max(0, len(self.tenders) - back)
        tender = self.known(number)[0]
        before = tender.facts.questions if tender else 0
        self.ask(who, back, self._tag(number, supplier, salt), json)
        if tender is not None and tender.facts.questions > before:
            tender.openings[tender.facts.questions] = (supplier, salt)

    def _tag(self, number: int, supplier: bytes, salt: bytes) -> bytes:
        return rules.asker_tag(31_337, self.chain.world.addresses["TenderBoard"], number, supplier, salt)

    def disclose(self, who: str, back: int, question: int, right: bool) -> None:
        now, caller, number = self.chain.next, self.caller(who), max(0, len(self.tenders) - back)
        tender, facts, procedure = self.known(number)
        supplier, salt = (tender.openings if tender and right else {}).get(question, (ACME, HASHES[0]))
        known = tender is not None and question in tender.disclosed
        tag = self._tag(number, supplier, salt)
        fits = (
            tender is not None
            and tender.tags.get((rules.DESKS, tag)) == question
            and supplier in self.suppliers
        )
        call = tender_board.disclose_asker(tender_id(number), question, supplier, salt)
        event = self.both(who, call, lambda: rules.check_disclose_asker(
            caller, number, facts, procedure, question, is_known=known, fits=fits, clock=Clock(now)))  # fmt: skip
        if event is not None and tender is not None:
            tender.disclosed[question] = supplier
            by = self.holders.get(who, caller.person.member)
            self._same(event, "AskerDisclosed", question=question, supplier=supplier, salt=salt, by=by)
            assert now >= tender.facts.deadline, "hidden until bidding is over"

    def note(self, who: str, back: int, record: str, json: str) -> None:
        now, caller, number = self.chain.next, self.caller(who), max(0, len(self.tenders) - back)
        tender, facts, _ = self.known(number)
        member = caller.person.member
        named = {"new": tender_id(1_000 + now), "old": self.last_note, "none": ZERO32}[record]
        recorded = self.recorded.get((member, named), 0)
        own = tender.noters.count(member) if tender else 0
        event = self.both(who, tender_board.note(named, tender_id(number), json), lambda: rules.check_note(
            caller, number, facts, named, len(json.encode()), recorded=recorded, notes=own, now=now))  # fmt: skip
        if event is not None and tender is not None:
            tender.noters.append(member)
            self.recorded[member, named], self.last_note = len(tender.noters), named
            self._same(
                event, "NoteRecorded", note=len(tender.noters), member=member, recordId=named, json=json
            )

    def answer(self, who: str, back: int, question: int, json: str) -> None:
        asked_before = self.known(max(0, len(self.tenders) - back))[0]
        if asked_before and not asked_before.facts.questions:
            self.ask("acme", back, HASHES[0], "{}")
        now, caller, number = self.chain.next, self.caller(who), max(0, len(self.tenders) - back)
        tender, facts, procedure = self.known(number)
        answered = tender is not None and question in tender.answered
        event = self.both(who, tender_board.answer(tender_id(number), question, json), lambda: rules.check_answer(
            caller, number, facts, procedure, question, len(json.encode()), answered=answered, clock=Clock(now)))  # fmt: skip
        if event is not None and tender is not None:
            deadline = rules.answered_deadline(tender.facts, procedure, Clock(now))
            assert deadline >= tender.facts.deadline, "invariant 5"
            tender.facts = replace(
                tender.facts, deadline=deadline, open_questions=tender.facts.open_questions - 1
            )
            tender.answered.add(question)
            self._same(event, "QuestionAnswered", question=question, deadline=deadline, json=json)

    def cancel(self, who: str, back: int, lot: int, reason: int, document: bytes) -> None:
        now, caller, number = self.chain.next, self.caller(who), max(0, len(self.tenders) - back)
        tender, facts, procedure = self.known(number)
        own = self._own(tender, lot)
        event = self.both(who, tender_board.cancel(tender_id(number), lot, reason, document), lambda: rules.check_cancel(
            caller, number, facts, procedure, lot, reason, document, own=own, clock=Clock(now)))  # fmt: skip
        if event is not None and tender is not None:
            end = now + procedure.cancel_window
            if lot:
                tender.lots[lot] = Cancellation(lot, now, end)
                tender.facts = replace(
                    tender.facts, lots_cancelled=tender.facts.lots_cancelled + 1, lots_cancelled_at=end
                )
            else:
                tender.facts = replace(tender.facts, cancels_at=end)
            stopped = now if tender.facts.is_stopped else 0
            tender.facts = replace(tender.facts, reason=reason, stopped_at=stopped)
            self._same(
                event, "CancellationProposed", lot=lot, reason=reason, documentHash=document, cancelsAt=end
            )

    # What happens around the tenders

    def wait(self, end: str, around: int) -> None:
        """To just before, at, or just after an end of the newest tender."""
        facts = self.tenders[-1].facts
        procedure = self.procedures[facts.procedure_version - 1]
        instants = {
            "now": 0, "bidding": facts.deadline, "questions": facts.deadline - procedure.enquiry_cutoff,
            "addenda": facts.deadline - procedure.amendment_extension, "answers": facts.deadline - procedure.answer_cutoff,
            "window": facts.cancels_at, "lot": facts.lots_cancelled_at,
        }  # fmt: skip
        instant = instants[end] + around
        # An end a year away would leave nothing of the others.
        if self.chain.world.time < instant < self.chain.world.time + 3_600:
            self.chain.world.move_to(instant)

    def set_active(self, active: bool, who: str) -> None:
        facts, registrar = self.suppliers[BETA], self.registers(who)
        event = self.both(who, supplier_registry.set_active(BETA, active), lambda: rules.check_set_active(
            address(who), registrar, BETA, facts, active))  # fmt: skip
        if event is not None:
            self.suppliers[BETA] = replace(facts, active=active)

    def debar(self, who: str, id: bytes, seconds: int, document: bytes) -> None:
        now, facts = self.chain.next, self.suppliers.get(id, SupplierFacts())
        until = now + seconds
        event = self.both(who, supplier_registry.debar(id, until, document), lambda: rules.check_debar(
            address(who), self.orders(who), id, facts, until, document, now))  # fmt: skip
        if event is not None:
            self.suppliers[id] = replace(facts, debarred_until=until)
            self._same(event, "SupplierDebarred", id=id, until=until, documentHash=document)

    def lift(self, who: str, id: bytes, document: bytes) -> None:
        facts = self.suppliers.get(id, SupplierFacts())
        event = self.both(who, supplier_registry.lift_debarment(id, document), lambda: rules.check_lift_debarment(
            address(who), self.orders(who), id, facts, document, self.chain.next))  # fmt: skip
        if event is not None:
            self.suppliers[id] = replace(facts, debarred_until=0)
            self._same(event, "SupplierDebarmentLifted", id=id, documentHash=document)

    def registers(self, who: str) -> bool:
        """Whether an account may register and enrol in the next block: its organisation may be suspended."""
        caller = self.caller(who)
        return rules.may(caller.person, caller.member, Role.REGISTRAR, self.chain.next)

    def orders(self, who: str) -> bool:
        """Whether an account may debar in the next block."""
        caller = self.caller(who)
        reviews = rules.may(caller.person, caller.member, Role.REVIEWER, self.chain.next)
        return who == "authority" or reviews

    def enrol(self, who: str, account: str) -> None:
        named = address(account) if account else ZERO_ADDRESS
        taken = account in self.citizens or account in self.people or account in self.holders
        event = self.both(who, supplier_registry.enrol_citizen(named), lambda: rules.check_enrol_citizen(
            address(who), self.registers(who), named, taken))  # fmt: skip
        if event is not None:
            self.citizens.add(account)
            self._same(event, "CitizenEnrolled", account=named)

    def set_accounts(self, who: str, more: str) -> None:
        """A supplier takes an account besides the caller's."""
        id = self.holders.get(who, b"")
        facts = self.suppliers.get(id, SupplierFacts())
        names = {address(each): each for each in (who, more)}

        def free(account: str) -> bool:
            name = names[account]
            return name not in self.people and name not in self.citizens and self.holders.get(name, id) == id

        event = self.both(who, supplier_registry.set_accounts(facts.version, list(names)), lambda: rules.check_set_accounts(
            address(who), facts, facts.version, list(names), free))  # fmt: skip
        if event is not None:
            self.suppliers[id] = replace(facts, version=facts.version + 1, accounts=len(names))
            kept = {name: holder for name, holder in self.holders.items() if holder != id}
            self.holders = kept | dict.fromkeys(names.values(), id)

    def suspend(self, member: bytes, seconds: int) -> None:
        until = self.chain.next + seconds
        if until != self.members[member].suspended_until:
            assert self.chain.act("authority", member_registry.suspend(member, until)).event is not None
            self.members[member] = replace(self.members[member], suspended_until=until)

    def adopt(self, cutoff: int, window: int, binding: bool) -> None:
        """The next version of the procedure, with other periods."""
        number, text = len(self.procedures) + 1, "sources"
        version = replace(
            sandbox(), version=number, text_hash=hashlib.sha256(text.encode()).digest(), enquiry_cutoff=cutoff, answer_cutoff=cutoff,
            cancel_window=window, ceiling_binding=binding,
        )  # fmt: skip
        assert self.chain.act("authority", procedure_book.adopt(version.as_tuple(), text)).event is not None
        self.procedures.append(version)

    def retire(self, chance: int) -> None:
        """The newest version, seldom: nothing can be published until there is another."""
        last = len(self.procedures)
        if chance == 0 and last not in self.retired:
            assert (
                self.chain.act("authority", procedure_book.retire(padded("sandbox", 16), last)).event
                is not None
            )
            self.retired.add(last)

    # What must be equal after each step

    def _same(self, event: Event, name: str, **expected: Any) -> None:
        plain = {
            key: "0x" + value.hex() if isinstance(value, bytes) else value for key, value in expected.items()
        }
        assert event.name == name
        assert {key: event.args[key] for key in plain} == plain

    @invariant()
    def facts_and_status_are_the_contracts(self) -> None:
        # Only time moves the older ones, and the same for all.
        self._equal(range(max(1, len(self.tenders) - 2), len(self.tenders) + 1))

    @staticmethod
    def _own(tender: Tender | None, lot: int) -> Cancellation:
        """Of a lot by itself."""
        none = Cancellation(lot)
        return tender.lots.get(lot, none) if tender else none

    def _equal(self, numbers: Iterable[int]) -> None:
        now = self.chain.world.time
        for number in numbers:
            tender = self.tenders[number - 1]
            procedure = self.procedures[tender.facts.procedure_version - 1]
            key = tender_id(number)
            assert rules.tender_facts(self.chain.view(tender_board.tender_facts(key))) == tender.facts
            assert self.chain.view(tender_board.tender_status(key)) == rules.tender_status(
                tender.facts, procedure, Clock(now)
            )
            for question in tender.openings:
                found = self.chain.view(tender_board.asker_of(key, question))
                assert found == tender.disclosed.get(question, ZERO32)
            for lot in range(1, tender.facts.lots + 1):
                expected = rules.lot_status(
                    tender.facts, procedure, self._own(tender, lot), LotFacts(), Clock(now)
                )
                assert self.chain.view(tender_board.lot_status(key, lot)) == expected

    @invariant()
    def suppliers_and_citizens_are_the_contracts(self) -> None:
        """Nobody acts on two sides, and a debarment lasts until its last second."""
        now = self.chain.world.time
        for id, facts in self.suppliers.items():
            assert SupplierFacts.from_tuple(self.chain.view(supplier_registry.supplier_facts(id))) == facts
            assert self.chain.view(supplier_registry.is_eligible(id)) is not bool(ineligible(facts, now))
        for name in CITIZENS:
            holder = self.chain.view(supplier_registry.supplier_of(address(name)))
            assert holder == self.holders.get(name, ZERO32)
            assert self.chain.view(supplier_registry.is_citizen(address(name))) == (name in self.citizens)
            assert holder == ZERO32 or name not in self.citizens

    @invariant()
    def rights_are_the_contracts(self) -> None:
        now = self.chain.world.time
        for who in ("officer", "approver"):
            person = self.people[who]
            expected = rules.may(person, self.members[person.member], person.roles, now)
            assert self.chain.view(member_registry.may(address(who), person.roles)) == expected


@pytest.mark.timeout(3_600)  # under the profile `long`; seconds without it
def test_rules_and_contracts__random_acts_by_random_callers__decide_alike(network: World) -> None:
    # A step costs some ten calls to the node: fewer runs than elsewhere (more under the profile `long`), and a failing one is shown
    # as it was found, because making it shorter takes minutes.
    runs = settings(
        max_examples=settings.default.max_examples // 4,
        stateful_step_count=50,
        phases=(Phase.reuse, Phase.generate),
    )
    run_state_machine_as_test(lambda: TenderRules(network), settings=runs)


def test_rights_and_kinds__every_role_and_every_kind__are_the_contracts(network: World) -> None:
    with network.undone():
        chain = Chain(network)
        admins = {org: people[0] for org, _, _, _, _, people in FOUNDING}
        for org, _, _, _, _, _ in FOUNDING:
            newcomer = f"all-{org}"
            call = member_registry.add_person(address(newcomer), (1 << 11) - 1, chain.next + 1_000)
            assert chain.act(admins[org][0], call).event is not None
            member = MemberFacts.from_tuple(chain.view(member_registry.member_facts(member_id(org))))
            person = PersonFacts.from_tuple(chain.view(member_registry.person_facts(address(newcomer))))
            for bit in range(11):
                expected = rules.may(person, member, 1 << bit, network.time)
                assert chain.view(member_registry.may(address(newcomer), 1 << bit)) == expected
