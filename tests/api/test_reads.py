"""What anybody can read: members, procedures, events, the network; what only an account can: its operations."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.procurement.procedure import PRESETS
from chain.types import TenderStatus
from tests.api.commands import Shell
from tests.api.world import Caller, World, problem

pytestmark = pytest.mark.network


class TestMembers:
    def test_members__list_and_one__have_people_with_roles(self, world: World) -> None:
        members = world.anyone.get("/v1/members").json["items"]
        buyer = next(item for item in members if item["orgId"] == "MX-RFC-GDF9712054NA")
        assert (buyer["sector"], buyer["status"], buyer["kinds"]) == ("PUBLIC", "ACTIVE", ["BUYER"])
        people = {
            person["address"]: person
            for person in world.anyone.get(f"/v1/members/{buyer['id']}").json["people"]
        }
        assert people[world.address("buyer")]["roles"] == ["ADMIN", "OFFICER"]

    def test_members__named_by_the_org_id__are_the_same(self, world: World) -> None:
        (found, again) = (
            world.anyone.get(f"/v1/{name}/MX-RFC-GDF9712054NA") for name in ("members", "buyers")
        )
        assert found.json == world.anyone.get(f"/v1/members/{found.json['id']}").json
        assert again.json == world.anyone.get(f"/v1/buyers/{found.json['id']}").json
        assert again.json["orgId"] == found.json["orgId"] == "MX-RFC-GDF9712054NA"

    def test_members__unknown_or_malformed_id__is_refused(self, world: World) -> None:
        for unknown in ("0x" + "00" * 32, "MX-RFC-NOBODY", "x-y", "0x-1", "a-" + "b" * 126, "LICITA-%C3%91"):
            problem(world.anyone.get(f"/v1/members/{unknown}"), 404, "MemberNotFound")
        for malformed in (
            "me",
            "0x" + "00" * 31,
            "-",
            "a-",
            "-a",
            "MX-RFC-%20",
            "MX-RFC-X%00%0A",
            "a-" + "b" * 127,
        ):
            problem(world.anyone.get(f"/v1/members/{malformed}"), 422, "RequestInvalid")


class TestProcedures:
    def test_procedures__sandbox__shows_values_and_their_sources(self, world: World) -> None:
        rows = world.anyone.get("/v1/procedures").json["items"]
        # Other tests of this world adopt further versions.
        first = [(row["code"], row["sandbox"], row["retired"]) for row in rows if row["version"] == 1]
        assert first == [(code, code.startswith("sandbox"), False) for code in sorted(PRESETS)]
        one = world.anyone.get("/v1/procedures/sandbox/1").json
        assert one["values"]["minTenderPeriod"] == one["text"]["fields"]["minTenderPeriod"]["value"] == 5

    def test_procedures__at_the_command_line__tell_each_value_and_its_source(
        self, world: World, tmp_path: Path
    ) -> None:
        shell = Shell(world, tmp_path)
        told = shell.done("procedure", "show", "mx-open")
        assert told == shell.done("procedure", "show", "mx-open", 1)
        lines = {line.split()[0]: " ".join(line.split()[1:]) for line in told.splitlines()}
        assert lines["scorePeriod"] == "5 d operator must confirm: source not checked"
        assert lines["openingDelay"] == "600 s Licita's design"
        assert len(lines) == 34 and "26 of 32 values are to be confirmed by the operator" in told
        found = shell.json("procedure", "show", "simple")
        assert (found["code"], found["version"]) == ("simple", 1)
        absent = shell.run("procedure", "show", "nobodys")
        assert absent.exit_code == 1 and "ProcedureBookNotFound" in absent.output

    def test_procedures__unknown__is_not_found(self, world: World) -> None:
        problem(world.anyone.get("/v1/procedures/sandbox/999"), 404, "ProcedureBookNotFound")
        problem(world.anyone.get("/v1/procedures/SAND/2"), 422, "RequestInvalid")


class TestEvents:
    def test_events__page_by_page__are_all_once_and_in_order(self, world: World) -> None:
        world.publish()
        whole = self.cursors(world, 1_000)
        assert self.cursors(world, 7) == whole and len(set(whole)) == len(whole) > 7

    def cursors(self, world: World, limit: int) -> list[str]:
        """Of all events, a page of ``limit`` after the other."""
        found: list[str] = []
        page = world.anyone.get(f"/v1/events?limit={limit}").json
        while page["items"]:
            found += [row["cursor"] for row in page["items"]]
            page = world.anyone.get(f"/v1/events?limit={limit}&after={page['next']}").json
        return found

    def test_events__filtered__go_on_past_what_was_left_out(self, world: World) -> None:
        number = world.publish()
        page = world.anyone.get(f"/v1/events?type=TenderPublished&tender={number}").json
        (row,) = page["items"]
        assert row["args"]["id"] == f"0x{number:064x}" and row["transaction"]
        world.publish()
        following = world.anyone.get(f"/v1/events?type=TenderPublished&after={page['next']}").json["items"]
        assert [item["tender"] for item in following] == [number + 1]

    def test_events__no_cursor__is_refused(self, world: World) -> None:
        for cursor in ("x", "1.2", "1.2.3.4", "01", "9" * 40):
            problem(world.anyone.get(f"/v1/events?after={cursor}"), 400, "CursorInvalid")


class TestOperations:
    def test_operations__own__are_listed_newest_first(self, world: World) -> None:
        first, second = (world.buyer.post("/v1/tenders", world.document()).json["id"] for _ in range(2))
        page = world.buyer.get("/v1/operations?limit=1").json
        assert [item["id"] for item in page["items"]] == [second]
        following = world.buyer.get(f"/v1/operations?limit=1&after={page['next']}").json
        assert [item["id"] for item in following["items"]] == [first]

    def test_operations__recorded__name_what_they_made(self, world: World) -> None:
        made = world.buyer.post("/v1/tenders", world.document(), wait=20)
        found = world.buyer.get(f"/v1/operations/{made.json['id']}").json
        assert found["resource"] == made.headers["location"] == f"/v1/{found['subject']}"
        assert found["state"] == "recorded" and found["block"] and found["transaction"]

    def test_operations__of_another_account__are_not_there(self, world: World) -> None:
        reply = world.buyer.post("/v1/tenders", world.document())
        assert reply.status == 202
        problem(world.acme.get(reply.headers["location"]), 404, "OperationNotFound")
        problem(world.buyer.get("/v1/operations/none"), 404, "OperationNotFound")

    def test_operations__anonymous__are_refused_and_never_cached(self, world: World) -> None:
        problem(world.anyone.get("/v1/operations"), 401, "TokenMissing")
        assert world.buyer.get("/v1/operations").headers["cache-control"] == "no-store"


class TestTokens:
    @pytest.mark.parametrize(
        ("token", "error"),
        [("lct_nobody_" + "x" * 43, "TokenUnknown"), ("rubbish", "TokenMalformed"), ("", "TokenMalformed")],
    )
    def test_token__unknown_or_malformed__is_refused_on_reads_too(
        self, world: World, token: str, error: str
    ) -> None:
        problem(Caller(world.url, token).get("/v1/tenders"), 401, error)

    def test_token__right_id_and_another_secret__is_unknown(self, world: World) -> None:
        right = world.network.records["buyer"].token
        wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
        problem(Caller(world.url, wrong).get("/v1/operations"), 401, "TokenUnknown")

    def test_token__other_scheme__is_malformed(self, world: World) -> None:
        problem(world.anyone.get("/v1/tenders", Authorization="Basic YTpi"), 401, "TokenMalformed")

    def test_actor__another_persons_address__is_refused(self, world: World) -> None:
        reply = world.acme.post("/v1/tenders", {}, Licita_Actor=world.address("buyer"))
        problem(reply, 403, "ActorNotYours")


class TestNetwork:
    def test_network__read__names_chain_and_contracts(self, world: World) -> None:
        found = world.anyone.get("/v1/network").json
        assert found["contracts"] == world.network.deployment.addresses
        assert found["genesisHash"] == world.network.descriptor.genesis_hash

    def test_status__running__is_on_its_chain(self, world: World) -> None:
        found = world.anyone.get("/v1/network/status").json
        assert found["identityOk"] and found["reachable"] and found["storageOk"]
        assert (found["refusal"], found["alarms"]) == (None, [])

    def test_health__running__is_ready(self, world: World) -> None:
        for path in ("/healthz", "/readyz", "/readyz/writes"):
            assert world.anyone.get(path).status == 200


class TestReference:
    def test_errors__each__has_a_page_of_its_own(self, world: World) -> None:
        items = world.anyone.get("/v1/errors").json["items"]
        closed = next(item for item in items if item["name"] == "TenderBoardClosed")
        assert world.anyone.get("/v1/errors/TenderBoardClosed").json == closed
        assert [fact["name"] for fact in closed["facts"]] == ["id", "closed_at"]
        assert all(item["meaning"] for item in items)
        problem(world.anyone.get("/v1/errors/Nothing"), 404, "ErrorNotFound")

    def test_codelists__tender_status__is_the_contracts(self, world: World) -> None:
        codes = world.anyone.get("/v1/codelists").json["items"]["tenderStatus"]
        assert [(code["code"], code["number"]) for code in codes] == [(s.word, s.value) for s in TenderStatus]

    def test_docs__page__loads_nothing_from_elsewhere(self, world: World) -> None:
        page = world.anyone.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        assert b"http://" not in page.data and b"https://" not in page.data and b"<script" not in page.data
        assert b"tenders_publish" in page.data
        assert world.anyone.get("/docs/style.css").status == 200
        assert world.anyone.get("/v1/openapi.json").json["openapi"].startswith("3.1")


class TestDoor:
    def test_route__unknown_or_other_method__has_a_name(self, world: World) -> None:
        problem(world.anyone.get("/v1/nothing"), 404, "RouteUnknown")
        found = problem(world.anyone.send("DELETE", "/v1/tenders", None, {}), 405, "MethodNotAllowed")
        assert set(found["facts"]["allowed"].split(", ")) == {"GET", "POST"}

    def test_answer__any__carries_the_safe_headers(self, world: World) -> None:
        for path in ("/v1/tenders", "/v1/nothing", "/healthz"):
            headers = world.anyone.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert headers["licita-request"]

    def test_cors__open_data_for_all__the_rest_for_nobody(self, world: World) -> None:
        origin = {"Origin": "https://example.org"}
        opened = world.anyone.get("/v1/packages", **origin)
        assert opened.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-origin" not in world.anyone.get("/v1/tenders", **origin).headers
        asked = world.anyone.send(
            "OPTIONS", "/v1/records", None, origin | {"Access-Control-Request-Method": "GET"}
        )
        assert (asked.status, asked.headers["access-control-allow-methods"]) == (204, "GET")
