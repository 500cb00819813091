"""Payments over HTTP while the service, and its node with it, is killed: each is recorded once, and what was paid is what was said."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.client import Client
from api.running import Running
from chain import Network
from chain.errors import AnswerUnreadable, Refused, ServiceUnreachable
from tests.api.agreed import HALVES, Agreed
from tests.api.world import PLENTY, World, problem
from tests.faults.supervisor import Supervisor

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

PAYMENTS = 16
POINTS = ("accepted", "numbered", "signed", "sent")
DEATHS = [("accepted", 2), ("numbered", 1), ("signed", 1), ("sent", 1)]


def _pay(supervisor: Supervisor, token: str, body: dict[str, Any], key: str) -> dict[str, Any] | str:
    """Repeats one key until it is answered: the operation, or the name of its refusal."""
    wait = threading.Event()
    for _ in range(2_000):
        try:
            if supervisor.url:
                return dict(Client(supervisor.url, token).act("/agreements/1/payments", body, key=key).body)
        except (ServiceUnreachable, AnswerUnreadable):
            pass
        except Refused as refusal:
            if refusal.code != 503:
                return refusal.error
        wait.wait(0.05)
    raise AssertionError(f"{key} was never answered")


def test_payments__service_killed_in_the_middle__are_recorded_once_each(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    with Network.start("sandbox", folder) as network, Running(network, 0, PLENTY) as running:
        agreed = Agreed(World(network, running)).active(HALVES)
        assert agreed.agreement == 1
        token = network.records["buyer"].token
        bodies = [
            {"milestone": 4, "amount": f"{number}.01 MXN", "reference": f"SPEI {number}", "paidAt": agreed.world.in_seconds(-1)}
            for number in range(PAYMENTS)
        ]  # fmt: skip
    with Supervisor(folder, list(DEATHS)) as supervisor:
        with ThreadPoolExecutor(4) as pool:
            # Two clients send each of them, under keys of their own: the second one is refused whenever it comes.
            sent = [
                [pool.submit(_pay, supervisor, token, bodies[n], f"{client}-{n}") for client in "ab"]
                for n in range(PAYMENTS)
            ]
            answers = [[each.result() for each in pair] for pair in sent]
        killed = list(supervisor.killed)
    assert set(killed) == set(POINTS)
    with Network.start("sandbox", folder) as network, Running(network, 0, PLENTY) as running:
        agreed.world = World(network, running)
        _check(agreed, answers, bodies)
    shutil.rmtree(network.folder.recorder)
    with Network.start("sandbox", folder) as network, Running(network, 0, PLENTY) as running:
        agreed.world = World(network, running)
        for number, body in enumerate(bodies):
            # Nobody knows the keys any more; the contract knows the references.
            problem(
                agreed.do("buyer", "payments", body, key=f"a-{number}"), 409, "AgreementBookReferenceUsed"
            )


def _check(agreed: Agreed, answers: list[list[Any]], bodies: list[dict[str, Any]]) -> None:
    """Each pair of answers is one payment of the list, and one refusal, whether it was told at once or later."""
    found = agreed.world.anyone.get(f"{agreed.at}/payments?limit=1000").json["items"]
    assert sorted(each["amount"] for each in found) == sorted(body["amount"] for body in bodies)
    assert len({each["reference"] for each in found}) == PAYMENTS
    whole = sum(range(PAYMENTS))
    assert agreed.shown["paid"] == f"{whole}.{PAYMENTS:02} MXN"
    operations = agreed.world.buyer.get("/v1/operations?limit=1000").json["items"]
    state = {each["id"]: (each["state"], each["error"]) for each in operations}
    for pair in answers:
        told = sorted(
            "recorded" if isinstance(each, dict) and state[each["id"]][0] == "recorded" else "refused"
            for each in pair
        )
        assert told == ["recorded", "refused"], pair
    assert {error for kind, error in state.values() if kind != "recorded"} <= {"AgreementBookReferenceUsed"}
