"""A citizen's comment on a real chain: anchored by an operator, and verified from the folder's index alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chain import Network
from chain.bindings import consultation, council
from chain.transactions import Call
from chain.types import padded
from governance.consultation import Batch, Batcher, Desk, Receipt, Window
from governance.consultation_commands import consultation as command
from tests.consulting import Memory, signed, take

pytestmark = [pytest.mark.network, pytest.mark.timeout(120)]


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Network]:
    with Network.start("sandbox", tmp_path / "net") as network:
        yield network


class Service:
    """An operator's service on a network: council1 proposes, and its account anchors."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.person = net.person("council1")
        board = net.deployment.addresses["ProcedureBook"]
        retire = Call("ProcedureBook", "retire", (padded("simple", 16), 1)).data
        net.send(
            council.propose([board], [0], [retire], '{"summary":"s","text":"t","title":"t"}'), self.person
        )
        (created,) = net.events("Council", ("ProposalCreated",))
        self.window = Window(1, int(created.args["voteStart"]), int(created.args["voteEnd"]))
        (opened,) = net.events("Council", ("ResolutionOpened",))
        self.memory = Memory()
        address = net.deployment.addresses["Consultation"]
        self.desk = Desk(net.chain_id, address, self.person.address, bytes.fromhex(opened.args["member"][2:]))
        self.batcher = Batcher(self.desk, self.memory)

    def comment(self, text: str) -> Receipt:
        return take(self.batcher, text, text, self.net.now(), self.window, self.person.key)

    def close_and_anchor(self) -> Batch:
        self.net.wait_until(self.window.closes_at + 1)
        batch = self.batcher.build(self.window, self.net.now(), 0)
        assert batch is not None
        self.net.send(consultation.anchor(1, batch.expected, batch.root, batch.size), self.person)
        (event,) = self.net.events("Consultation", ("BatchAnchored",))
        draft = self.batcher.anchored(
            1,
            event.args["batch"],
            bytes.fromhex(event.args["root"][2:]),
            event.block,
            event.transaction,
            event.time,
        )
        assert draft is not None
        self.batcher.settle(signed(draft, self.person.key))
        return batch


def verify(*arguments: object) -> Result:
    return CliRunner().invoke(command, ["verify", *map(str, arguments)])


def test_comment__anchored_on_the_chain__is_counted_by_the_index_and_a_left_out_one_is_proved_dropped(
    net: Network, tmp_path: Path
) -> None:
    service = Service(net)
    kept = service.comment("kept")
    left_out = service.comment("left out")
    del service.memory.kept[left_out.comment.serial]
    service.close_and_anchor()
    net.wait_until(service.window.vote_ends_at)
    net.rebuild_index()
    complete, published = service.batcher.receipt(kept.comment.serial), service.batcher.batches(1)
    assert complete is not None
    assert published is not None
    files = {"complete": complete, "promise": kept, "left-out": left_out, "batches": published}
    for name, each in files.items():
        (tmp_path / name).write_bytes(each.to_bytes())
    folder = ("--folder", tmp_path / "net")
    lists = ("--batches", tmp_path / "batches")

    counted = verify(tmp_path / "complete", *folder, "--json")
    assert (counted.exit_code, json.loads(counted.stdout)["verdict"]) == (0, "counted"), counted.output
    assert verify(tmp_path / "promise", *folder, *lists).stdout.startswith("counted: ")
    overdue = verify(tmp_path / "left-out", *folder)
    assert (overdue.exit_code, overdue.stdout[:8]) == (1, "overdue:")
    dropped = verify(tmp_path / "left-out", *folder, *lists)
    assert (dropped.exit_code, dropped.stdout[:8]) == (1, "dropped:")
