"""chain/council/phrases.py and draft.py: calls in words and back, and what is refused by name before it is on any chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from eth_hash.auto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.bindings import (
    application_registry,
    council,
    member_registry,
    network_permissions,
    opening_committee,
    procedure_book,
    supplier_registry,
    tender_board,
    validator_registry,
)
from chain.charter import charter, class_words
from chain.council.draft import Draft, ProposalText, read_file, read_proposal
from chain.council.phrases import FORMS, Outgoing, describe, outgoing
from chain.errors.base import LicitaError
from chain.errors.chain import CallInvalid
from chain.errors.contracts import CouncilNotFound
from chain.errors.council import (
    MemberUnknown,
    PhraseInvalid,
    PhraseUnknown,
    ProposalFileInvalid,
    ProposalTextAbsent,
    ValidatorAbsent,
    ValidatorPresent,
)
from chain.procurement.procedure import PRESETS, preset
from chain.rules import member_id, tender_id
from chain.transactions import Call, checksum
from chain.types import (
    CONTRACTS,
    ZERO32,
    ClassRules,
    DecisionClass,
    Kind,
    NodeKind,
    Sector,
    Validator,
    padded,
    to_hex,
)

pytestmark = pytest.mark.unit

NOW, DAY = 1_800_000_000, 86_400
ANN, BOB, CARL, EVE = (checksum(f"0x{number:040x}") for number in (0xA1, 0xB2, 0xC3, 0xE5))
HASH = "ab" * 32
MEMBERS = ("MX-RFC-ONE", "TWO", "Ñandú-3", 'odd"name', "a,b", "none", "with space", "0x" + "11" * 32)
PROPOSED = ([ANN], [b"\1\2\3\4\5"], "text of one")


class Desk:
    """What phrases need to know, as a fixed network."""

    def __init__(self) -> None:
        self.addresses: Mapping[str, str] = {
            name: checksum(f"0x{number:040x}") for number, name in enumerate(CONTRACTS, 0x1000)
        }

    def now(self) -> int:
        return NOW

    def validators(self) -> tuple[int, tuple[Validator, ...]]:
        return 3, (Validator(ANN, member_id("TWO")), Validator(CARL, member_id("MX-RFC-ONE")))

    def member_name(self, member: bytes) -> str:
        return next((name for name in MEMBERS if member_id(name) == member), to_hex(member))

    def proposed(self, number: int) -> tuple[list[str], list[bytes], str]:
        if number != 1:
            raise CouncilNotFound(number)
        return PROPOSED


DESK = Desk()
ONE, TWO = member_id("MX-RFC-ONE"), member_id("TWO")


def at(call: Call) -> Outgoing:
    return Outgoing(DESK.addresses[call.contract], call.data)


def selector(contract: str, function: str) -> bytes:
    return Call(contract, function, ()).codec.selector


ROUTINE_CLASS = (
    'set class ROUTINE consultation "5 days" vote "5 days" delay "2 days" share "more than 1/2" sectors none'
)
MEMBERSHIP_CLASS = (
    'set class MEMBERSHIP consultation "10 days" vote "7 days" delay "5 days" share "more than 1/2"'
    ' sectors "a majority in 2"'
)
REFERENCE = charter("reference")
UNTIL = NOW + 30 * DAY
THAT_DAY = 1_924_905_600  # 2030-12-31

# Form -> phrase, call, and the words for it.
EACH: list[tuple[str, str, Call, str | None]] = [
    ("adopt procedure", "adopt procedure sandbox v2",
     procedure_book.adopt(preset("sandbox").version(2).as_tuple(), preset("sandbox").text), None),
    ("retire procedure", "retire procedure mx-open v3", procedure_book.retire(padded("mx-open", 16), 3), None),
    ("open ceremony", "open ceremony of 2 of MX-RFC-ONE,TWO,Ñandú-3",
     opening_committee.open_ceremony(2, [ONE, TWO, member_id("Ñandú-3")], ZERO32, []), None),
    ("reshare keyset", f"reshare keyset {'ab' * 32} by 1,3 to 2 of MX-RFC-ONE,TWO,Ñandú-3",
     opening_committee.open_ceremony(2, [ONE, TWO, member_id("Ñandú-3")], b"\xab" * 32, [1, 3]),
     f"reshare keyset 0x{'ab' * 32} by 1,3 to 2 of MX-RFC-ONE,TWO,Ñandú-3"),
    ("retire keyset", f"retire keyset 0x{'ab' * 32}", opening_committee.retire_keyset(b"\xab" * 32), None),
    ("admit member", f'admit member NEW "Secretaría de Obras" PUBLIC BUYER,OPERATOR admin {ANN} until 2030-12-31',
     member_registry.admit(("NEW", "Secretaría de Obras", 0, 9, ZERO32), ANN, THAT_DAY),
     f'admit member NEW "Secretaría de Obras" PUBLIC BUYER,OPERATOR admin {ANN} until 2030-12-31T00:00:00Z'),
    ("admit member", f'admit member NEW "N" ACADEMIA COUNCIL admin {ANN} until 2030-12-31T00:00:00Z below TWO',
     member_registry.admit(("NEW", "N", 3, 16, TWO), ANN, THAT_DAY), None),
    ("set sector", "set sector of TWO to CIVIL_SOCIETY", member_registry.set_sector(TWO, 2), None),
    ("set kinds", "set kinds of TWO to COUNCIL,BUYER", member_registry.set_kinds(TWO, 17), "set kinds of TWO to BUYER,COUNCIL"),
    ("set superior", "set superior of TWO to MX-RFC-ONE", member_registry.set_superior(TWO, ONE), None),
    ("set superior", "set superior of TWO to none", member_registry.set_superior(TWO, ZERO32), None),
    ("suspend member", "suspend member TWO urgently until in 30 days", member_registry.suspend_now(TWO, UNTIL),
     "suspend member TWO urgently until 2027-02-14T08:00:00Z"),
    ("suspend member", "suspend member TWO until in 30 days", member_registry.suspend(TWO, UNTIL),
     "suspend member TWO until 2027-02-14T08:00:00Z"),
    ("suspend person", f"suspend person {ANN.lower()} urgently until in 1 month", member_registry.suspend_person(ANN, UNTIL),
     f"suspend person {ANN} urgently until 2027-02-14T08:00:00Z"),
    ("recover member", f"recover member 0x{TWO.hex()} admin {ANN} until in 1 year", member_registry.recover(TWO, ANN, NOW + 365 * DAY),
     f"recover member TWO admin {ANN} until 2028-01-15T08:00:00Z"),
    ("expel member", "  expel   member\tÑandú-3 ", member_registry.expel(member_id("Ñandú-3")), "expel member Ñandú-3"),
    ("add validator", f"add validator {BOB} of TWO",
     validator_registry.set_target(3, [(ANN, TWO), (BOB, TWO), (CARL, ONE)]),
     f"set validators to {ANN}=TWO,{BOB}=TWO,{CARL}=MX-RFC-ONE"),
    ("drop validator", f"drop validator {ANN}", validator_registry.set_target(3, [(CARL, ONE)]), f"set validators to {CARL}=MX-RFC-ONE"),
    ("set validators", f"set validators to {CARL}=TWO,{ANN}=MX-RFC-ONE", validator_registry.set_target(3, [(ANN, ONE), (CARL, TWO)]),
     f"set validators to {ANN}=MX-RFC-ONE,{CARL}=TWO"),
    ("remove validator", f"remove validator {ANN} urgently until in 2 hours", validator_registry.remove_now(3, ANN, NOW + 7_200),
     f"remove validator {ANN} urgently until 2027-01-15T10:00:00Z"),
    ("permit node", f"permit node {HASH} of TWO as GATEWAY", network_permissions.set_node(bytes.fromhex(HASH), TWO, 2),
     f"permit node 0x{HASH} of TWO as GATEWAY"),
    ("forbid node", f"forbid node 0x{HASH}", network_permissions.set_node(bytes.fromhex(HASH), ZERO32, 0), None),
    ("seal application", "seal application 7 until 2030-12-31", application_registry.seal(7, THAT_DAY),
     "seal application 7 until 2030-12-31T00:00:00Z"),
    ("refuse application", f"refuse application 7 because 0x{HASH}", application_registry.refuse(7, bytes.fromhex(HASH)), None),
    ("revoke application", f"revoke application 7 because 0x{HASH}", application_registry.revoke(7, bytes.fromhex(HASH)), None),
    ("suspend application", "suspend application 7 urgently until in 30 days", application_registry.suspend(7, UNTIL),
     "suspend application 7 urgently until 2027-02-14T08:00:00Z"),
    ("debar supplier", f"debar supplier MX-RFC-ONE until 2030-12-31 because {HASH}",
     supplier_registry.debar(ONE, THAT_DAY, bytes.fromhex(HASH)),
     f"debar supplier 0x{ONE.hex()} until 2030-12-31T00:00:00Z because 0x{HASH}"),
    ("lift debarment", f"lift debarment of supplier 0x{'11' * 32} because 0x{HASH}",
     supplier_registry.lift_debarment(b"\x11" * 32, bytes.fromhex(HASH)), None),
    ("review tender", "review tender 7 by TWO", tender_board.replace_review_body(tender_id(7), TWO), None),
    ("cancel proposal", "cancel proposal 1", council.cancel([ANN], [0], [b"\1\2\3\4\5"], bytes(keccak(b"text of one"))),
     f"cancel the proposal with description 0x{keccak(b'text of one').hex()} to call {ANN} 0x0102030405"),
    ("confirm urgency", "confirm urgency of 9", council.confirm_urgency(9), None),
    ("set class", ROUTINE_CLASS, council.set_class_rules(1, REFERENCE.rules[1].as_tuple()), None),
    ("set class", MEMBERSHIP_CLASS, council.set_class_rules(3, REFERENCE.rules[3].as_tuple()), None),
    ("classify", "classify MemberRegistry.expel as CHARTER",
     council.set_call_class(DESK.addresses["MemberRegistry"], selector("MemberRegistry", "expel"), 4), None),
]  # fmt: skip


@pytest.mark.parametrize(("form", "phrase", "call", "words"), EACH)
def test_phrase__of_each_form__is_its_call_and_the_call_is_these_words(
    form: str, phrase: str, call: Call, words: str | None
) -> None:
    assert outgoing(phrase, DESK) == at(call)
    assert describe(at(call), DESK) == (words or phrase)
    assert form == "cancel proposal" or outgoing(describe(at(call), DESK), DESK) == at(call)


def test_forms__listed__all_have_a_phrase_here() -> None:
    tested = {form for form, *_ in EACH}
    assert [form for form in FORMS[:-1] if not any(form.startswith(name) for name in tested)] == []
    assert FORMS[-1] == "call ADDRESS DATA"


SECTORS = ", ".join(Sector.__members__)
KINDS = ", ".join(Kind.__members__)
TIME = "2030-01-31, 2030-01-31T12:00:00Z or `in 30 days`"
BAD_CLASS = ROUTINE_CLASS.replace


@pytest.mark.parametrize(
    ("phrase", "part", "wanted"),
    [
        ("adopt procedure other v1", "code", ", ".join(PRESETS)),
        ("set sector of TWO to PRIVATE", "sector", SECTORS),
        ("set kinds of TWO to BUYER,SELLER", "kinds", KINDS),
        ("set kinds of TWO to ,", "kinds", KINDS),
        (f'admit member N "N" PRIVATE BUYER admin {ANN} until 2030-01-01', "sector", SECTORS),
        (f'admit member N "N" PUBLIC SELLER admin {ANN} until 2030-01-01', "kinds", KINDS),
        (f'admit member N "N" PUBLIC BUYER admin {ANN} until 2030-02-30', "until", TIME),
        ("suspend member TWO until tomorrow", "until", TIME),
        ("suspend member TWO until 2030-13-01", "until", TIME),
        ("suspend member TWO until 2030-01-01T25:00:00Z", "until", TIME),
        ("suspend member TWO until 2030-01-01T12:00:00", "until", TIME),
        ("suspend member TWO until in 1 fortnight", "until", TIME),
        ("suspend member TWO urgently until in 1234567 days", "until", TIME),
        (f"permit node {HASH} of TWO as NONE", "kind", "VALIDATOR, GATEWAY, OBSERVER"),
        (f"set validators to {ANN}", "validators", "0xADDRESS=MEMBER, separated by commas"),
        (f"set validators to {ANN}=TWO,x=TWO", "validators", "0xADDRESS=MEMBER, separated by commas"),
        (f"set validators to {ANN}=", "validators", "0xADDRESS=MEMBER, separated by commas"),
        ("classify MemberRegistry.expel as SERIOUS", "decision", ", ".join(DecisionClass.__members__)),
        ("classify MemberRegistry.nothing as ROUTINE", "function", "Contract.function of this network"),
        ("classify Nothing.expel as ROUTINE", "function", "Contract.function of this network"),
        (BAD_CLASS("ROUTINE", "NONE"), "decision", ", ".join(DecisionClass.__members__)),
        (BAD_CLASS('vote "5 days"', 'vote "0 days"'), "vote", "longer than nothing"),
        (BAD_CLASS('vote "5 days"', 'vote "soon"'), "vote", 'a period such as "5 days"'),
        (BAD_CLASS('delay "2 days"', 'delay "400 days"'), "delay", "at most a year"),
        (BAD_CLASS("more than 1/2", "at least 1/2"), "share", "a majority of all seats, not less"),
        (BAD_CLASS("more than 1/2", "half"), "share", '"more than A/B" or "at least A/B"'),
        (BAD_CLASS("none", '"a seat in 5"'), "sectors", '"none", "a seat in N" or "a majority in N", N from 1 to 4'),
        (BAD_CLASS("ROUTINE", "EMERGENCY"), "consultation", "none"),
        ("expel member T\u202eWO", "phrase", "letters that can be seen"),
        ("expel member \ud800", "phrase", "letters that can be seen"),
        (f'admit member N "N\x1b[2J" PUBLIC BUYER admin {ANN} until 2030-01-01', "phrase", "letters that can be seen"),
    ],
)  # fmt: skip
def test_phrase__with_a_malformed_part__names_it_and_what_is_wanted(
    phrase: str, part: str, wanted: str
) -> None:
    with pytest.raises(PhraseInvalid) as caught:
        outgoing(phrase, DESK)
    assert (caught.value.part, caught.value.wanted) == (part, wanted)


@pytest.mark.parametrize(
    "phrase",
    [
        "", "   ", "expel", "expel member", "expel member TWO THREE", "please expel member TWO", "Expel member TWO",
        "adopt procedure sandbox",
        "adopt procedure sandbox v-1", "adopt procedure sandbox v123456", "suspend person TWO urgently until in 1 day",
        f"suspend person {ANN} until in 1 day", "add validator 0x12 of TWO", "forbid node abcd", "seal application seven until in 1 day",
        "seal application 1234567890 until in 1 day", "refuse application 1 because",
        f'admit member N N PUBLIC BUYER admin {ANN} until 2030-01-01',
        f'admit member N "a"b" PUBLIC BUYER admin {ANN} until 2030-01-01', "set class ROUTINE", BAD_CLASS("sectors none", ""),
        BAD_CLASS('"5 days" vote', "5 days vote"), f"call {ANN}", f"call {ANN} 0x", f"call {ANN} 0x010203", f"call {ANN} 0x01020304f",
        "call TWO 0x01020304", "adopt procedure sandbox v٢",
    ],
)  # fmt: skip
def test_phrase__of_no_form__is_unknown_and_the_forms_are_listed(phrase: str) -> None:
    with pytest.raises(PhraseUnknown) as caught:
        outgoing(phrase, DESK)
    assert caught.value.known == "; ".join(FORMS)


def test_phrase__that_is_long__is_named_by_its_beginning() -> None:
    with pytest.raises(PhraseUnknown) as caught:
        outgoing("x" * 100_000, DESK)
    assert caught.value.phrase == "x" * 200


@pytest.mark.parametrize(
    ("phrase", "unknown"),
    [
        ("expel member THREE", "THREE"), (f"expel member 0x{HASH}", f"0x{HASH}"), ("set superior of TWO to THREE", "THREE"),
        ("set superior of THREE to none", "THREE"), (f"add validator {BOB} of THREE", "THREE"),
        (f"set validators to {ANN}=TWO,{BOB}=THREE", "THREE"), (f"permit node {HASH} of THREE as OBSERVER", "THREE"),
        (f'admit member N "N" PUBLIC BUYER admin {ANN} until 2030-01-01 below THREE', "THREE"),
    ],
)  # fmt: skip
def test_phrase__about_nobody__is_refused(phrase: str, unknown: str) -> None:
    with pytest.raises(MemberUnknown) as caught:
        outgoing(phrase, DESK)
    assert caught.value.facts == {"member": unknown}


def test_phrase__about_validators_and_proposals__is_held_against_the_network() -> None:
    with pytest.raises(ValidatorPresent) as present:
        outgoing(f"add validator {ANN} of TWO", DESK)
    with pytest.raises(ValidatorAbsent) as absent:
        outgoing(f"drop validator {BOB}", DESK)
    assert (present.value.facts, absent.value.facts) == ({"node": ANN}, {"node": BOB})
    with pytest.raises(CouncilNotFound) as unknown:
        outgoing("cancel proposal 2", DESK)
    assert unknown.value.facts == {"id": 2}


@pytest.mark.parametrize(
    "phrase",
    [
        "suspend member TWO until 1960-01-01",
        "suspend member TWO until in 999999 years",
        "retire procedure x v70000",
    ],
)
def test_phrase__of_a_number_that_does_not_fit__is_refused_by_name(phrase: str) -> None:
    with pytest.raises(CallInvalid):
        outgoing(phrase, DESK)


# Calls by their bytes


def test_raw_call__of_a_foreign_contract__is_taken_as_it_is() -> None:
    phrase = f"call {ANN} 0xDEADBEEF00"
    assert outgoing(phrase, DESK) == Outgoing(ANN, bytes.fromhex("deadbeef00"))
    assert describe(Outgoing(ANN, bytes.fromhex("deadbeef00")), DESK) == f"call {ANN} 0xdeadbeef00"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("deadbeef", "no such function"),
        (member_registry.expel(TWO).data[:-1].hex(), "a call of MemberRegistry"),
        (member_registry.expel(TWO).data[:4].hex(), "a call of MemberRegistry"),
        ((member_registry.expel(TWO).data + b"\0" * 32).hex(), "a call of MemberRegistry"),
        (member_registry.set_kinds(TWO, 1).data[:-32].hex() + "ff" * 32, "a call of MemberRegistry"),
    ],
)
def test_raw_call__that_its_contract_does_not_understand__is_refused(data: str, said: str) -> None:
    target = DESK.addresses["MemberRegistry"]
    with pytest.raises(PhraseInvalid) as caught:
        outgoing(f"call {target} 0x{data}", DESK)
    assert caught.value.part == "data" and said in caught.value.wanted
    shown = describe(Outgoing(target, bytes.fromhex(data)), DESK)
    assert shown == f"call {target} 0x{data} (which MemberRegistry does not understand)"


def test_raw_call__of_a_known_function__is_shown_in_words() -> None:
    target, call = DESK.addresses["MemberRegistry"], member_registry.expel(TWO)
    assert outgoing(f"call {target.lower()} 0x{call.data.hex()}", DESK) == at(call)
    assert describe(at(call), DESK) == "expel member TWO"


@pytest.mark.parametrize(
    "call",
    [
        member_registry.resign(),
        council.relay(ANN, 0, b""),
        member_registry.expel(member_id("nobody's")),
        member_registry.set_kinds(TWO, 0),
        member_registry.set_kinds(TWO, 1 << 12),
        member_registry.set_sector(TWO, 9),
        member_registry.suspend(TWO, 2**40 - 1),
        member_registry.admit(('A" PUBLIC BUYER', "N", 0, 1, ZERO32), ANN, UNTIL),
        member_registry.admit(("A", 'N" PUBLIC BUYER admin', 0, 1, ZERO32), ANN, UNTIL),
        member_registry.admit(("A", "N\n\x1b[2J", 0, 1, ZERO32), ANN, UNTIL),
        member_registry.admit(("A", "", 0, 1, ZERO32), ANN, UNTIL),
        network_permissions.set_node(bytes.fromhex(HASH), TWO, 0),
        network_permissions.set_node(bytes.fromhex(HASH), TWO, 7),
        validator_registry.set_target(3, [(CARL, ONE), (ANN, TWO)]),
        validator_registry.set_target(3, []),
        application_registry.seal(2**200, UNTIL),
        council.set_class_rules(1, ClassRules(5, 5, 5, 1, 3, True, 0, False).as_tuple()),
        council.set_class_rules(1, ClassRules(5, 5, 5, 2, 3, True, 0, True).as_tuple()),
        council.set_class_rules(1, ClassRules(5, 5, 5, 150, 200, True, 2, True).as_tuple()),
        council.set_class_rules(1, ClassRules(2**32 - 1, 5, 5, 2, 3, True, 2, True).as_tuple()),
        council.set_call_class(DESK.addresses["MemberRegistry"], b"\1\2\3\4", 1),
        council.set_call_class(ANN, b"\1\2\3\4", 1),
    ],
)
def test_call__that_no_words_mean__is_shown_whole(call: Call) -> None:
    """A name that pretends to be more of the phrase, a value that has no word: the bytes are shown, and read back."""
    shown = describe(at(call), DESK)
    assert shown.isprintable()
    named = f"call {at(call).target} 0x{call.data.hex()} ({call.contract}.{call.function})"
    if call.function == "expel":  # a member that is not there is shown by its id
        assert shown == f"expel member 0x{call.args[0].hex()}"
    else:
        assert shown == named and outgoing(shown, DESK) == at(call)


@pytest.mark.parametrize("name", [name for name in MEMBERS if name not in ("MX-RFC-ONE", "TWO", "Ñandú-3")])
def test_member__whose_org_id_says_something_else_in_a_phrase__is_shown_by_its_id(name: str) -> None:
    call = member_registry.set_superior(ONE, member_id(name))
    shown = describe(at(call), DESK)
    plain = name == 'odd"name'
    assert shown == f"set superior of MX-RFC-ONE to {name if plain else '0x' + member_id(name).hex()}"
    assert outgoing(shown, DESK) == at(call)


def test_adoption__of_other_content_than_the_programs__says_so() -> None:
    mine = preset("sandbox")
    other = Call("ProcedureBook", "adopt", ((*mine.version(2).as_tuple()[:-1], 7), mine.text))
    assert describe(at(other), DESK).startswith(
        "adopt procedure sandbox v2, but not as this program has it: "
    )
    text = procedure_book.adopt(mine.version(2).as_tuple(), "{}")
    assert describe(at(text), DESK) == (
        f"adopt procedure sandbox v2, but not as this program has it: text 0x{mine.version(2).text_hash.hex()}"
    )
    foreign = Call("ProcedureBook", "adopt", ((padded("other", 16), *mine.version(2).as_tuple()[1:]), "{}"))
    assert describe(at(foreign), DESK) == (
        f"adopt procedure other v2, which this program does not have: text 0x{mine.version(2).text_hash.hex()}"
    )
    for phrase in (describe(at(other), DESK), describe(at(text), DESK), describe(at(foreign), DESK)):
        with pytest.raises(PhraseUnknown):
            outgoing(phrase, DESK)


def test_cancellation__is_told_by_what_the_proposal_would_do() -> None:
    inner = [at(member_registry.expel(TWO)), at(council.cancel([], [], [], ZERO32))]
    call = council.cancel([each.target for each in inner], [0, 0], [each.data for each in inner], b"\7" * 32)
    assert describe(at(call), DESK) == (
        f"cancel the proposal with description 0x{'07' * 32} to expel member TWO; cancel another proposal"
    )
    empty = council.cancel([], [], [], b"\7" * 32)
    assert describe(at(empty), DESK).endswith(" to do nothing")


hex32 = st.binary(min_size=32, max_size=32)
members = st.sampled_from([member_id(name) for name in MEMBERS]) | hex32
addresses = st.binary(min_size=20, max_size=20).map(lambda raw: checksum("0x" + raw.hex()))
times = st.integers(0, 2**40 - 1) | st.integers(NOW, NOW + 9 * 365 * DAY)
texts = st.text(max_size=30)
small, numbers = st.integers(0, 255), st.integers(0, 10**10)
seconds = st.integers(0, 2**32 - 1) | st.integers(0, 400).map(lambda days: days * DAY)
rules = st.tuples(seconds, seconds, seconds, small, small, st.booleans(), small, st.booleans())
CALLS: Mapping[Any, tuple[st.SearchStrategy[Any], ...]] = {
    procedure_book.retire: (st.binary(min_size=16, max_size=16) | st.just(padded("sandbox", 16)), st.integers(0, 65_535)),
    member_registry.admit: (
        st.tuples(st.sampled_from(MEMBERS) | texts, texts, small, st.integers(0, 65_535), members | st.just(ZERO32)), addresses, times,
    ),
    member_registry.set_sector: (members, small),
    member_registry.set_kinds: (members, st.integers(0, 65_535)),
    member_registry.set_superior: (members, members | st.just(ZERO32)),
    member_registry.suspend: (members, times),
    member_registry.suspend_now: (members, times),
    member_registry.suspend_person: (addresses, times),
    member_registry.recover: (members, addresses, times),
    member_registry.expel: (members,),
    validator_registry.set_target: (st.integers(0, 9), st.lists(st.tuples(addresses, members), max_size=4)),
    validator_registry.remove_now: (st.integers(0, 9), addresses, times),
    network_permissions.set_node: (hex32, members, st.sampled_from([*map(int, NodeKind), 9])),
    application_registry.seal: (numbers, times),
    application_registry.refuse: (numbers, hex32),
    application_registry.revoke: (numbers, hex32),
    application_registry.suspend: (numbers, times),
    council.confirm_urgency: (numbers,),
    council.set_class_rules: (st.integers(0, 4), rules),
    council.set_call_class: (
        st.sampled_from(sorted(DESK.addresses.values())) | addresses, st.binary(min_size=4, max_size=4), st.integers(0, 4),
    ),
}  # fmt: skip


@settings(max_examples=400)
@given(st.data())
def test_describe__any_call_of_a_known_function__reads_back_to_this_very_call(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from(list(CALLS)))
    call: Call = make(*(data.draw(each) for each in CALLS[make]))
    shown = describe(at(call), DESK)
    assert shown.isprintable()
    try:
        back = outgoing(shown, DESK)
    except MemberUnknown as error:
        # The words are right, but nobody of this id is a member: the id stands in them.
        assert error.member.removeprefix("0x") in call.data.hex()
        return
    known = Call.from_data(call.contract, back.data)
    assert back.target == at(call).target and known.function == call.function
    versioned = call.contract == "ValidatorRegistry"
    assert known.args[versioned:] == Call.from_data(call.contract, call.data).args[versioned:]


@settings(max_examples=300)
@given(
    st.text()
    | st.lists(st.sampled_from([*" ".join(FORMS).split(), "TWO", ANN, HASH, '"N"', "7", "in 3 days"])).map(
        " ".join
    )
)
def test_phrase__anything_at_all__is_a_call_or_a_refusal_by_name(phrase: str) -> None:  # fmt: skip
    try:
        made = outgoing(phrase, DESK)
    except LicitaError as error:
        assert isinstance(
            error, PhraseUnknown | PhraseInvalid | MemberUnknown | ValidatorPresent | CouncilNotFound
        )
    else:
        assert len(made.data) >= 4


# Proposals

TEXT = "The whole text.\n"
SHA = hashlib.sha256(TEXT.encode()).hexdigest()
FILE = """
title = "Reform"
summary = "Short"
text = "reform.md"
calls = ["expel member TWO", "adopt procedure sandbox v2"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reform.md").write_text(TEXT, encoding="utf-8")
    return tmp_path


def read(folder: Path, content: str) -> tuple[ProposalText, list[Path]]:
    (folder / "reform.toml").write_text(content, encoding="utf-8")
    return read_file(folder / "reform.toml")


def test_file__with_all_parts__is_a_proposal_and_its_texts(folder: Path) -> None:
    made, texts = read(folder, FILE)
    assert made == ProposalText("Reform", "Short", SHA, ("expel member TWO", "adopt procedure sandbox v2"))
    assert texts == [folder / "reform.md"]
    draft = made.draft(DESK)
    assert draft.description == json.dumps(
        {"summary": "Short", "text": SHA, "title": "Reform"}, separators=(",", ":")
    )
    assert draft.call == council.propose(
        [DESK.addresses["MemberRegistry"], DESK.addresses["ProcedureBook"]], [0, 0], [each.data for each in draft.calls], draft.description
    )  # fmt: skip


@pytest.mark.parametrize("text", [SHA, "0x" + SHA.upper().replace("0X", "0x")])
def test_file__with_the_hash_of_a_text__needs_no_file(folder: Path, text: str) -> None:
    made, texts = read(folder, FILE.replace("reform.md", text))
    assert (made.text, texts) == (SHA, [])


def test_file__of_an_urgent_proposal__has_a_confirmation_that_inherits(folder: Path) -> None:
    urgent = FILE.replace("expel member TWO", "suspend member TWO urgently until in 5 days").replace(
        ', "adopt procedure sandbox v2"', ""
    )
    made, texts = read(folder, urgent + '[confirmation]\ncalls = ["confirm urgency of 1"]\n')
    assert made.confirmation == ProposalText("Confirmation: Reform", "Short", SHA, ("confirm urgency of 1",))
    assert texts == [folder / "reform.md"]
    draft = made.draft(DESK)
    assert isinstance(draft.confirmation, Draft)
    assert draft.call == council.propose_urgently(draft.proposed, draft.confirmation.proposed)
    other, _ = read(
        folder,
        urgent + '[confirmation]\ntitle = "Own"\ntext = "' + HASH + '"\ncalls = ["confirm urgency of 1"]\n',
    )
    assert other.confirmation == ProposalText("Own", "Short", HASH, ("confirm urgency of 1",))


def test_draft__of_calls_that_follow_on_an_admission__knows_the_new_member() -> None:
    admit = f'admit member NEW "N" PUBLIC BUYER admin {ANN} until 2030-01-01'
    made = ProposalText("t", "s", SHA, (admit, "set superior of NEW to TWO"))
    assert made.draft(DESK).calls[1] == at(member_registry.set_superior(member_id("NEW"), TWO))
    assert describe(made.draft(DESK).calls[1], DESK) == f"set superior of 0x{member_id('NEW').hex()} to TWO"
    with pytest.raises(MemberUnknown):
        ProposalText("t", "s", SHA, ("set superior of NEW to TWO", admit)).draft(DESK)


@pytest.mark.parametrize(
    ("old", "new", "place", "wanted"),
    [
        ('title = "Reform"', "", "title", "a text of 1 to 300 letters"),
        ('"Reform"', '""', "title", "a text of 1 to 300 letters"),
        ('"Reform"', "5", "title", "a text of 1 to 300 letters"),
        ('"Reform"', f'"{"x" * 301}"', "title", "a text of 1 to 300 letters"),
        ('summary = "Short"', "", "summary", "a text of 1 to 4000 letters"),
        ('"Short"', f'"{"x" * 4_001}"', "summary", "a text of 1 to 4000 letters"),
        ('text = "reform.md"', "", "text", "a text of 1 to 1000 letters"),
        ('"reform.md"', f'"{"x" * 1_001}"', "text", "a text of 1 to 1000 letters"),
        ("calls =", "call =", "call", "only title, summary, text, calls"),
        ('calls = ["expel member TWO", "adopt procedure sandbox v2"]', "", "calls", "a list of calls in words"),
        ('["expel member TWO", "adopt procedure sandbox v2"]', '"expel member TWO"', "calls", "a list of calls in words"),
        ('["expel member TWO", "adopt procedure sandbox v2"]', "[1]", "calls", "a list of calls in words"),
        ('["expel member TWO", "adopt procedure sandbox v2"]', "[]", "calls", "1 to 16 calls"),
        ('["expel member TWO", "adopt procedure sandbox v2"]', f"{['x'] * 17}", "calls", "1 to 16 calls"),
        ("calls", "confirmation = 3\ncalls", "confirmation", "a table with calls"),
        ("calls", "confirmation = {}\ncalls", "confirmation.calls", "a list of calls in words"),
        ("calls", 'confirmation = {calls = [], more = 1}\ncalls', "confirmation.more", "only title, summary, text, calls"),
    ],
)  # fmt: skip
def test_file__with_a_part_missing_or_wrong__names_it(
    folder: Path, old: str, new: str, place: str, wanted: str
) -> None:
    with pytest.raises(ProposalFileInvalid) as caught:
        read(folder, FILE.replace(old, new, 1))
    assert caught.value.facts == {"place": place, "wanted": wanted}


def test_file__that_is_no_toml_or_no_text__is_named(folder: Path) -> None:
    for content in (b"title = ", b"\xff\xfe"):
        (folder / "bad.toml").write_bytes(content)
        with pytest.raises(ProposalFileInvalid) as caught:
            read_file(folder / "bad.toml")
        assert caught.value.place == str(folder / "bad.toml")
        assert caught.value.wanted.startswith("TOML in UTF-8: ")


@pytest.mark.parametrize("name", ["absent.md", "."])
def test_file__whose_text_cannot_be_read__is_named(folder: Path, name: str) -> None:
    with pytest.raises(ProposalTextAbsent) as caught:
        read(folder, FILE.replace("reform.md", name))
    assert caught.value.facts == {"path": str(folder / name)}
    with pytest.raises(ProposalTextAbsent):
        read_file(folder / "absent.toml")


def test_proposal__of_a_request__takes_the_hash_that_it_is_told() -> None:
    given_ = {"title": "T", "summary": "S", "text": "doc", "calls": ["confirm urgency of 1"]}
    made = read_proposal(given_, lambda text: f"hash of {text}")
    assert made == ProposalText("T", "S", "hash of doc", ("confirm urgency of 1",))


def test_class_phrase__of_both_charters__is_the_words_of_the_charter() -> None:
    for name in ("reference", "sandbox"):
        for decision, wanted in zip(DecisionClass, charter(name).rules, strict=True):
            words = class_words(wanted)
            sectors = words["sectors"] if words["sectors"] == "none" else f'"{words["sectors"]}"'
            told = f'set class {decision.name} consultation "{words["consultation"]}" vote "{words["vote"]}"'
            told += f' delay "{words["delay"]}" share "{words["share"]}" sectors {sectors}'
            assert outgoing(told, DESK) == at(council.set_class_rules(int(decision), wanted.as_tuple()))
            assert describe(outgoing(told, DESK), DESK) == told
