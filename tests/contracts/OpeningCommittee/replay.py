"""The whole flow of the vectors on a node of its own: what was accepted is sent, what was refused is asked at its stage.

The vectors name times only where a refusal does. From these follow all windows: a tender closes as the refusal says, opens 600 seconds
later, and each of the two periods after that is a day; the keyset of 3 of 5 is confirmed 28 days before its roll may be called.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi.abi import decode

from chain.sealing.context import BidContext
from chain.sealing.envelope import SealedEnvelope, read, seal
from chain.sealing.group import Point, hashed, number, word
from chain.sealing.keyshare import KeyShare
from chain.sealing.secret import Secret
from chain.sealing.tdh2 import combine
from chain.types import from_hex
from tests.contracts import sealing
from tests.contracts.sealing import BOX, COMMITTEE, FOREVER, STAND_IN, Window, draw, terms_of
from tests.contracts.world import ROOT, Node, World, calldata

FOLDER = ROOT / "tests" / "data" / "sealed-bids"
BEGIN = 1_800_000_000
CONFIRMED_AT = 1_800_000_062
"""When the last seat confirmed the keyset of 3 of 5: 28 days before the time that `roll-too-early` names."""

EVM, OFFLINE = "evm", "python"


@cache
def vectors(name: str) -> dict[str, Any]:
    """A file of the vectors."""
    found: dict[str, Any] = json.loads(Path(FOLDER, f"{name}.json").read_text(encoding="utf-8"))
    return found


@cache
def negative() -> dict[str, dict[str, Any]]:
    """Name -> what must be refused."""
    return {each["name"]: each for each in vectors("negative")["vectors"]}


def on_chain() -> list[str]:
    """Names of those that the contracts refuse."""
    return [name for name, each in negative().items() if EVM in each["layer"]]


def account(name: str) -> str:
    """Address of a named account of the vectors."""
    found = {each["name"]: each["address"] for each in vectors("constants")["accounts"]}
    return str(found[name])


def accepted(name: str) -> dict[str, Any]:
    """A call that was accepted."""
    found = {each["name"]: each for each in vectors("calldata")["calls"]}
    return dict(found[name])


def point(text: str) -> Point:
    """x || y."""
    return Point.from64(from_hex(text))


class Replay:
    """The chain of the vectors, and what it answered."""

    def __init__(self, node: Node) -> None:
        self.world = World(node, time=BEGIN)
        self.refusals: dict[str, str] = {}
        """Name -> what the node answered; `accepted` where it went through."""
        self.receipts: dict[str, dict[str, Any]] = {}
        self.records: dict[str, tuple[int, list[tuple[Any, ...]]]] = {}
        """After which call -> number of live bids, the bids of tender 9."""
        self.windows: dict[str, Window] = {}
        self.deployer = ""
        self.openers: dict[str, str] = {}
        """Member -> account."""
        self.sealed: dict[str, SealedEnvelope] = {}
        self.ceremonies = {
            name: vectors(file)
            for name, file in (
                ("first", "ceremony-2-of-3"),
                ("second", "ceremony-3-of-5"),
                ("third", "resharing-3-of-5-to-4-of-7"),
            )
        }

    def run(self) -> Replay:
        """All of it, in order of time."""
        self._deploy()
        self._first_ceremonies()
        self._failed_ceremonies()
        self._bids()
        self._addendum()
        self._first_opening()
        self._opening_after_the_addendum()
        self._two_envelopes()
        self._fallback()
        self._roll()
        self._resharing()
        self._cancellation()
        self._retirement()
        return self

    # Acts

    def ask(self, *names: str, at: int | None = None) -> None:
        """What the node answers to the refused calls in its next block, at that time."""
        for name in names:
            vector = negative()[name]
            to = self.world.addresses[STAND_IN if vector["contract"] == "Stub" else vector["contract"]]
            call = sealing.as_call(
                vector["sender"], to, from_hex(vector["data"]) if "data" in vector else submission(vector)
            )
            block = {
                "time": hex(self.world.time + 1 if at is None else at),
                "number": hex(int(self.world.node.rpc("eth_blockNumber"), 16) + 1),
            }
            answer = self.world.node.ask("eth_call", call, "latest", {}, block)
            assert name not in self.refusals, name
            self.refusals[name] = str(answer["error"].get("data", "")) if "error" in answer else "accepted"

    def send(self, sender: str, contract: str, data: bytes, at: int | None = None) -> dict[str, Any]:
        """A call that must go through."""
        return sealing.transact(self.world, sender, self.world.addresses[contract], data, at)

    def call(
        self, sender: str, contract: str, function: str, *args: Any, at: int | None = None
    ) -> dict[str, Any]:
        """The same by name."""
        return self.send(sender, contract, calldata(contract, function, args), at)

    def accept(self, name: str, at: int | None = None) -> None:
        """Sends a call of the vectors as it stands there."""
        given = accepted(name)
        self.receipts[name] = self.send(given["sender"], given["contract"], from_hex(given["data"]), at)

    def council(self, contract: str, function: str, *args: Any) -> None:
        """By the council, or by EvaluationDesk: the stand-in is both."""
        inner = calldata(contract, function, args)
        self.call(account("anyone"), STAND_IN, "call", self.world.addresses[contract], inner)

    def _reach(self, instant: int) -> None:
        """Not before that time."""
        if self.world.time < instant:
            self.world.move_to(instant)

    # Stages

    def _deploy(self) -> None:
        given = vectors("constants")["addresses"]
        self.world.node.rpc("evm_setTime", BEGIN)
        sealing.deploy(self.world, given["deployer"], given["deployer"])
        self.deployer = given["deployer"]
        dependent = _plan("plan-dependent-seats")
        self.openers = {
            each["name"].removeprefix("opener/"): each["address"]
            for each in vectors("constants")["accounts"]
            if each["name"].startswith("opener/")
        }
        bidders = ("acme", "beta", "gama", "delta")
        sealing.say(
            self.world,
            *(("setMember", at, bytes.fromhex(id)) for id, at in self.openers.items()),
            *(("setSupplier", account(f"supplier/{name}"), sealing.supplier(name)) for name in bidders),
            ("setSuperior", dependent[1], dependent[0]),
        )

    def _by(self, member: str) -> str:
        return self.openers[member[2:]]

    def _seats(self, ceremony: dict[str, Any]) -> list[str]:
        return [self._by(member) for member in ceremony["members"]]

    def _dealers(self, ceremony: dict[str, Any]) -> list[tuple[int, str]]:
        if not ceremony["dealers"]:
            return list(enumerate(self._seats(ceremony), 1))
        parent = self._seats(self.ceremonies["second"])
        return [(dealer, parent[dealer - 1]) for dealer in ceremony["dealers"]]

    def _open(self, ceremony: dict[str, Any], by_founder: bool) -> None:
        plan = (
            ceremony["threshold"], list(map(from_hex, ceremony["members"])), from_hex(ceremony["parent"]), ceremony["dealers"],
        )  # fmt: skip
        if by_founder:
            self.call(self.deployer, COMMITTEE, "openCeremony", *plan)
        else:
            self.council(COMMITTEE, "openCeremony", *plan)

    def _join(self, ceremony: dict[str, Any]) -> None:
        for seat, who in enumerate(self._seats(ceremony), 1):
            key = from_hex(ceremony["seats"][seat - 1]["boxKey"])
            self.call(who, COMMITTEE, "joinCeremony", from_hex(ceremony["ceremonyId"]), seat, key)

    def _deal(self, ceremony: dict[str, Any], function: str) -> None:
        for (dealer, who), dealing in zip(self._dealers(ceremony), ceremony["dealings"], strict=True):
            data = {
                "commitDealing": dealing["commitment"],
                "publishDealing": dealing["message"],
                "sendDealing": "0x" + "".join(box["box"][2:] for box in dealing["boxes"]),
            }[function]
            self.call(who, COMMITTEE, function, from_hex(ceremony["ceremonyId"]), dealer, from_hex(data))

    def _register(self, ceremony: dict[str, Any]) -> None:
        result = ceremony["result"]
        keys = [point(seat["key"]).as_tuple() for seat in result["seats"]]
        self.call(
            account("anyone"), COMMITTEE, "registerKeyset", from_hex(ceremony["ceremonyId"]), point(result["pk"]).as_tuple(), keys
        )  # fmt: skip

    def _confirm(self, ceremony: dict[str, Any], last_at: int | None = None) -> None:
        seats = ceremony["result"]["seats"]
        for seat, who in zip(seats, self._seats(ceremony), strict=True):
            given = seat["confirmation"]
            args = (
                from_hex(ceremony["result"]["keysetId"]),
                seat["seat"],
                int(given["c"], 16),
                int(given["z"], 16),
            )
            at = last_at if seat is seats[-1] else None
            self.call(who, COMMITTEE, "confirmKeyset", *args, at=at)

    def _first_ceremonies(self) -> None:
        first, second = self.ceremonies["first"], self.ceremonies["second"]
        self.ask("plan-by-a-stranger", "plan-threshold-half", "plan-threshold-all", "plan-dependent-seats")
        self._open(first, by_founder=True)
        self._join(first)
        for function in ("commitDealing", "publishDealing", "sendDealing"):
            self._deal(first, function)
        self._register(first)
        self._confirm(first)
        self.ask("founder-after-first-keyset")
        self._open(second, by_founder=False)
        self._join(second)
        self.ask("publish-before-all-commitments", "commit-for-another-seat")
        self._deal(second, "commitDealing")
        self.ask("dealing-changed-after-commitment", "send-before-all-published")
        self._deal(second, "publishDealing")
        self._deal(second, "sendDealing")
        self._register(second)
        self.ask(
            "keyset-registered-twice",
            "keyset-point-off-curve",
            "confirm-without-share",
            "confirm-other-keyset",
        )
        self.ask("tender-on-unconfirmed-keyset")
        self._confirm(second, last_at=CONFIRMED_AT)
        self.ask("roll-too-early", "tender-on-unknown-keyset", "lock-by-a-stranger")

    def _failed_ceremonies(self) -> None:
        """Ceremonies 3, 4, 5: dealer 1 commits to a dealing that is refused; nobody can complain of what was never sent."""
        first = self.ceremonies["first"]
        for name in ("rogue-key", "proof-of-another-seat", "dealing-off-curve"):
            id, dealer, message = decode(
                ["bytes32", "uint8", "bytes"], from_hex(negative()[name]["data"])[4:]
            )
            self._open(first, by_founder=False)
            self._join(first | {"ceremonyId": "0x" + id.hex()})
            commitments = [from_hex(dealing["commitment"]) for dealing in first["dealings"]]
            tag = from_hex(vectors("constants")["tags"]["dkg-commit"])
            commitments[0] = hashed(tag, id, word(dealer), message)
            for seat, (who, commitment) in enumerate(zip(self._seats(first), commitments, strict=True), 1):
                self.call(who, COMMITTEE, "commitDealing", id, seat, commitment)
            self.ask(name)
        self.ask("complaint-answered-by-another", "complaint-answered-twice", "step-after-complaint")

    def _window(self, tender: str, keyset: str, closes_at: int, **changes: Any) -> Window:
        """A tender of the vectors, by the beginning of its id; the stand-in asks the committee as TenderBoard does."""
        result = self.ceremonies[keyset]["result"]
        id = from_hex(_ids()[tender])
        opens = closes_at + 600
        window = Window(
            id, point(result["pk"]), from_hex(result["keysetId"]), terms_of(id, 1), closes_at, opens, opens + FOREVER,
            opens + 2 * FOREVER, **changes,
        )  # fmt: skip
        self.call(
            account("anyone"), STAND_IN, "setWindow", id, window.as_tuple(), self.world.addresses[COMMITTEE]
        )
        self.windows[tender] = window
        return window

    def _put(self, tender: str, **changes: Any) -> None:
        self.windows[tender] = self.windows[tender].put(self.world, **changes)

    def _submit(self, tender: str, who: str, *names: str) -> None:
        """An envelope or two of the vectors."""
        given = {each["name"]: each for each in vectors("envelopes")["envelopes"]}
        data = [from_hex(given[name]["envelope"]) for name in names]
        witnesses = [_witness(given[name]["witness"]) for name in names]
        window = self.windows[tender]
        self.call(
            account(f"supplier/{who}"), BOX, "submit", window.id, window.terms_hash, _declarations(), data, witnesses
        )  # fmt: skip

    def _seal(self, tender: str, who: str, amounts: Sequence[Sequence[int]]) -> None:
        """A bid that the vectors only speak of: sealed here."""
        window = self.windows[tender]
        separator = from_hex(vectors("constants")["domain"]["separator"])
        sender = account(f"supplier/{who}")
        made = []
        for envelope, offers in enumerate(amounts):
            context = BidContext(separator, window.id, envelope, sender, 1, window.keyset_id)
            made.append(seal(context, window.pk, offers, sealing.DOCUMENT, draw))
        witnesses = [each.envelope.witness().as_tuple() for each in made]
        self.call(
            sender, BOX, "submit", window.id, window.terms_hash, _declarations(), [each.data for each in made], witnesses
        )  # fmt: skip
        self.sealed |= {f"{tender} {who} {envelope}": each for envelope, each in enumerate(made)}

    def _bids(self) -> None:
        self._window("1", "second", 1_800_100_089, lots=3, body_blocks=2)
        self._window("2", "first", 1_800_100_090, body_blocks=16)
        self._window("4", "second", 1_800_100_092, lots=3, envelopes=2, body_blocks=16)
        self._window("5", "second", 1_802_693_000, body_blocks=16)
        self._window("6", "first", 1_800_100_094, body_blocks=16)
        self.accept("submit, three lots")
        self._submit("1", "beta", "three-lots-first-version")
        self._submit("1", "gama", "withdrawn")
        open_stage = [name for name, each in negative().items() if each["stage"].startswith("tender 1 open")]
        later = {"withdraw-twice", "old-version-again", "scalar-reused"}
        self.ask(*(name for name in open_stage if name not in later and not name.startswith("layer")))
        self._submit("1", "beta", "three-lots-second-version")
        self.call(account("supplier/gama"), BOX, "withdraw", self.windows["1"].id)
        self.ask("withdraw-twice", "old-version-again")
        self.accept("submit, one lot")
        self.ask("scalar-reused")
        self._submit("4", "acme", "technical-acme", "price-acme")
        self._seal("4", "beta", [(), (800, 801, 802)])
        self._seal("4", "gama", [(), (900, 901, 902)])
        self.call(account("supplier/gama"), BOX, "withdraw", self.windows["4"].id)
        self._submit("5", "acme", "sealed-before-resharing")
        self._submit("6", "acme", "fallback")
        self._submit("6", "beta", "garbage-body")

    def _note(self, after: str) -> None:
        window = self.windows["9"]
        live = self.world.read(BOX, "liveBids", window.id, window.terms_version)
        found = []
        for index in range(self.world.facts(BOX, "box", window.id)["bids"]):
            bid = self.world.read(BOX, "bid", window.id, index)
            found.append((*bid, index, bid[4] == 1 and bid[3] == window.terms_version))
        self.records[after] = (live, found)

    def _addendum(self) -> None:
        window = self._window("9", "first", 1_800_100_091, body_blocks=16)
        for who in ("acme", "beta", "gama", "delta"):
            self.accept(f"tender 9: {who} submits")
            self._note(f"tender 9: {who} submits")
        self._put("9", terms_version=2, terms_hash=terms_of(window.id, 2))
        self._note("tender 9: addendum, terms version 2")
        self.ask("terms-stale-submit", "terms-stale-confirm")
        for act, refused in (
            ("gama confirms", "confirm-twice"),
            ("beta substitutes", None),
            ("acme confirms", None),
            ("acme withdraws", "confirm-after-withdrawal"),
            ("acme submits again", None),
        ):
            self.accept(f"tender 9: {act}")
            self._note(f"tender 9: {act}")
            if refused:
                self.ask(refused)

    def _first_opening(self) -> None:
        window = self.windows["1"]
        self.ask("share-before-deadline", at=window.closes_at - 1)
        self.ask("late-bid", "late-confirmation", "late-withdrawal", "share-in-the-gap", at=window.closes_at)
        self._reach(window.open_from)
        self.ask(
            "share-random-point", "share-of-another-member", "share-of-another-bid", "share-leaves-one-out", "share-for-withdrawn",
            "share-for-old-version", "share-by-another-account", "share-point-off-curve", "share-empty-page",
            "share-proof-of-another-context",
        )  # fmt: skip
        self.accept("postShares, seat 1, page of two bids with three lots")
        self.accept("postShares, seat 3, page of two bids with three lots")
        with self.world.undone():
            window.put(self.world, closes_at=1_800_200_000)
            self.ask("bid-after-first-share", "withdrawal-after-first-share")
        with self.world.undone():
            window.put(
                self.world, closes_at=1_800_200_000, terms_version=2, terms_hash=terms_of(window.id, 2)
            )
            self.ask("confirm-after-first-share")
        with self.world.undone():
            window.put(self.world, closes_at=1_800_103_144, open_from=1_800_100_689)
            self.ask("window-opens-before-it-closes")
        self.ask("share-twice", "opening-with-k-minus-1", "opening-seat-twice", "opening-share-not-posted")
        for seat in (2, 4, 5):
            self._post_vector_shares(seat)
        self.ask(
            "opening-share-changed", "opening-factor-wrong", "opening-product-wrong", "opening-inverse-wrong", "opening-word-altered",
            "opening-word-dropped", "opening-body-hash-altered", "opening-bid-left-out",
        )  # fmt: skip
        self.accept("openPage, seats 1 3 5, page of two bids with three lots")
        self.ask("opening-twice")

    def _post_vector_shares(self, seat: int) -> None:
        given = {each["name"]: each for each in vectors("envelopes")["envelopes"]}
        entries = []
        for bid in vectors("shares")["bids"]:
            share, label = bid["shares"][seat - 1], from_hex(given[bid["envelope"]]["label"])
            witness = share["witness"]
            proof = (
                int(share["e"], 16), int(share["f"], 16), point(witness["fB"]).as_tuple(), point(witness["eY"]).as_tuple(),
                int(witness["inverse"], 16),
            )  # fmt: skip
            entries.append((point(bid["U"]).as_tuple(), label, point(share["S"]).as_tuple(), proof))
        who = self._seats(self.ceremonies["second"])[seat - 1]
        self.call(who, COMMITTEE, "postShares", self.windows["1"].id, 0, 0, seat, entries)

    def _share(self, ceremony: str, seat: int) -> KeyShare:
        result = self.ceremonies[ceremony]["result"]
        return KeyShare(
            from_hex(result["keysetId"]), seat, Secret(from_hex(result["seats"][seat - 1]["share"]))
        )

    def _post(
        self,
        tender: str,
        ceremony: str,
        seat: int,
        parts: Sequence[tuple[BidContext, bytes]],
        envelope: int = 0,
    ) -> None:
        """The shares of a seat for envelopes: context and bytes of each."""
        key, entries = self._share(ceremony, seat), []
        for context, data in parts:
            sealed = read(data, context)
            entries.append(key.open(context.ctx, sealed.u, draw).entry(sealed.u, sealed.label(context)))
        who = self._seats(self.ceremonies[ceremony])[seat - 1]
        self.call(who, COMMITTEE, "postShares", self.windows[tender].id, envelope, 0, seat, entries)

    def _open_page(
        self,
        tender: str,
        ceremony: str,
        seats: Sequence[int],
        parts: Sequence[tuple[BidContext, bytes]],
        envelope: int = 0,
    ) -> None:
        keys = {seat: self._share(ceremony, seat) for seat in seats}
        opened: list[tuple[Any, ...]] = []
        points: dict[int, list[int]] = {seat: [] for seat in seats}
        factors: tuple[int, ...] = ()
        for context, data in parts:
            sealed = read(data, context)
            made = {seat: key.open(context.ctx, sealed.u, draw).point for seat, key in keys.items()}
            found = combine(made)
            factors = found.factors
            for seat in seats:
                points[seat] += made[seat].as_tuple()
            products = [product.as_tuple() for product in found.products]
            opened.append(
                (sealed.u.as_tuple(), sealed.body_hash, list(sealed.words), products, list(found.inverses))
            )
        self.call(
            account("anyone"), COMMITTEE, "openPage", self.windows[tender].id, envelope, 0, list(seats), list(factors),
            [points[seat] for seat in seats], opened,
        )  # fmt: skip

    def _part(self, name: str) -> tuple[BidContext, bytes]:
        """An envelope of the vectors, or one that was sealed here, with its context."""
        if name in self.sealed:
            return self.sealed[name].context, self.sealed[name].data
        given = {each["name"]: each for each in vectors("envelopes")["envelopes"]}[name]
        return _context(given["context"]), from_hex(given["envelope"])

    def _opening_after_the_addendum(self) -> None:
        self._reach(self.windows["9"].open_from)
        self.ask("share-for-lapsed", "share-for-lapsed-in-place")
        contexts = {each["name"]: each for each in vectors("contexts")["contexts"]}
        parts = [
            (_context(contexts[f"addendum-{name}"]), _envelope_of(call))
            for name, call in (
                ("acme-second", "acme submits again"),
                ("beta-second", "beta substitutes"),
                ("gama", "gama submits"),
            )
        ]
        for seat in (1, 2):
            self._post("9", "first", seat, parts)
        self.ask("opening-of-lapsed")
        self._open_page("9", "first", (1, 2), parts)

    def _two_envelopes(self) -> None:
        self._reach(self.windows["4"].open_from)
        self.ask("price-before-technical-result", "release-before-opening", "release-by-a-stranger")
        technical = [self._part("technical-acme"), self._part("4 beta 0")]
        for seat in (1, 2, 3):
            self._post("4", "second", seat, technical)
        self._open_page("4", "second", (1, 2, 3), technical)
        self.ask("release-excludes-withdrawn")
        self.council(BOX, "releaseEnvelope", self.windows["4"].id, [1])
        self.ask("excluded-price-opened")
        prices = [self._part("price-acme")]
        for seat in (1, 2, 3):
            self._post("4", "second", seat, prices, envelope=1)
        self._open_page("4", "second", (1, 2, 3), prices, envelope=1)

    def _fallback(self) -> None:
        window = self.windows["6"]
        self.ask("reveal-too-early", at=window.fallback_from - 1)
        self.world.move_to(window.fallback_from - 1)
        self.ask("reveal-other-scalar", "reveal-other-secret", "reveal-of-lapsed")
        self.accept("selfReveal, one lot", at=window.fallback_from)
        self.ask("reveal-twice")
        self.ask("share-after-void", "reveal-after-void", at=window.void_from)

    def _roll(self) -> None:
        second = self.ceremonies["second"]
        keyset = from_hex(second["result"]["keysetId"])
        self.call(account("anyone"), COMMITTEE, "callRoll", keyset, at=CONFIRMED_AT + 28 * 86_400)
        self.ask("roll-answer-replayed")
        for seat, who in zip(second["result"]["seats"], self._seats(second), strict=True):
            given = seat["rollCall"]
            self.call(
                who, COMMITTEE, "answerRoll", keyset, seat["seat"], int(given["c"], 16), int(given["z"], 16)
            )
        self.ask("roll-answered-twice")

    def _resharing(self) -> None:
        third = self.ceremonies["third"]
        self.ask("reshare-too-few-dealers")
        self._open(third, by_founder=False)
        self._join(third)
        for function in ("commitDealing", "publishDealing", "sendDealing"):
            self._deal(third, function)
        self._register(third)
        self._another_secret()
        self._confirm(third)
        self.ask("box-on-reshared-keyset")
        window = self.windows["5"]
        self._reach(window.open_from)
        self.ask("share-of-old-committee")
        parts = [self._part("sealed-before-resharing")]
        for seat in (2, 3, 5, 7):
            self._post("5", "third", seat, parts)
        self._open_page("5", "third", (2, 3, 5, 7), parts)

    def _another_secret(self) -> None:
        """Ceremony 7: the members and two dealers of the first keyset; dealer 1 commits to a dealing of another secret."""
        first = self.ceremonies["first"]
        name = "reshare-of-another-secret"
        id, dealer, message = decode(["bytes32", "uint8", "bytes"], from_hex(negative()[name]["data"])[4:])
        parent = first | {"parent": first["result"]["keysetId"], "dealers": [1, 2]}
        self._open(parent, by_founder=False)
        self._join(first | {"ceremonyId": "0x" + id.hex()})
        tag = from_hex(vectors("constants")["tags"]["dkg-commit"])
        for seat, commitment in ((1, hashed(tag, id, word(dealer), message)), (2, word(2))):
            self.call(self._seats(first)[seat - 1], COMMITTEE, "commitDealing", id, seat, commitment)
        self.ask(name)

    def _cancellation(self) -> None:
        end = self.world.time + 1000
        self._window("7", "third", end, body_blocks=16)
        self._seal("7", "acme", [(1,)])
        self._put("7", stopped=True)
        self.ask("submit-after-cancellation", "confirm-after-cancellation", "share-after-cancellation")
        self._window("8", "third", end, body_blocks=16, max_bids=1)
        self._seal("8", "acme", [(1,)])
        self.ask("box-full")

    def _retirement(self) -> None:
        keyset = from_hex(self.ceremonies["third"]["result"]["keysetId"])
        self.ask("retire-by-a-stranger")
        self.council(COMMITTEE, "retireKeyset", keyset)
        self.ask("retire-twice", "tender-on-retired-keyset")


def _ids() -> dict[str, str]:
    """Tender -> its id."""
    contexts = {each["name"]: each["tenderId"] for each in vectors("contexts")["contexts"]}
    return {
        "1": contexts["three-lots"],
        "2": contexts["one-lot"],
        "4": contexts["technical-acme"],
        "5": contexts["sealed-before-resharing"],
        "6": contexts["fallback"],
        "7": contexts["cancelled"],
        "8": contexts["full-1"],
        "9": contexts["addendum-acme"],
    }


def _context(given: dict[str, Any]) -> BidContext:
    separator = from_hex(vectors("constants")["domain"]["separator"])
    return BidContext(
        separator, from_hex(given["tenderId"]), given["envelope"], given["bidder"], given["version"], from_hex(given["keysetId"])
    )  # fmt: skip


def _plan(name: str) -> tuple[bytes, ...]:
    """Members of a refused plan."""
    found: tuple[bytes, ...] = decode(
        ["uint8", "bytes32[]", "bytes32", "uint8[]"], from_hex(negative()[name]["data"])[4:]
    )[1]
    return found


def _declarations() -> bytes:
    return from_hex(vectors("calldata")["declarations"])


def _witness(given: dict[str, str]) -> tuple[Any, ...]:
    return (
        int(given["uY"], 16), int(given["ubarY"], 16), point(given["fB"]).as_tuple(), point(given["eY"]).as_tuple(),
        int(given["inverse"], 16),
    )  # fmt: skip


def _envelope_of(call: str) -> bytes:
    """The one envelope of a submit of tender 9."""
    types = ["bytes32", "bytes32", "bytes32", "bytes[]"]
    found: bytes = decode(types, from_hex(accepted(f"tender 9: {call}")["data"])[4:])[3][0]
    return found


def submission(vector: dict[str, Any]) -> bytes:
    """The submit of a vector that gives its parts."""
    u_y, ubar_y, fx, fy, ex, ey, inverse = (number(from_hex(each)) for each in vector["witness"])
    args = (
        from_hex(vector["tenderId"]), from_hex(vector["termsHash"]), from_hex(vector["declarations"]), [from_hex(vector["envelope"])],
        [(u_y, ubar_y, (fx, fy), (ex, ey), inverse)],
    )  # fmt: skip
    return calldata(BOX, "submit", args)
