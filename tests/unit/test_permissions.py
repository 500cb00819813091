"""governance/permissions.py: the lists that the registries give, and a node's file brought into line, or left as it was."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from chain.errors.nodes import RpcError
from chain.errors.permissions import EnodeInvalid, PermissionsNotTaken, PermissionsUnsafe
from chain.errors.service import IndexBehind
from chain.nodes.besu import BesuClient
from chain.recorder import Index
from chain.recorder.index.council_views import NodeRow
from chain.recorder.index.views import Head, MemberRow, Page, PersonRow, SupplierRow
from chain.rpc import Rpc
from chain.types import NodeKind
from governance.permissions import Permissions, apply, desired, keep, node_key, read_static

pytestmark = pytest.mark.unit

NOW = 1_800_000_000
ONE, TWO, THREE = (f"enode://{number:0128x}@10.0.0.{number}:30303" for number in (1, 2, 3))
MEMBER = MemberRow("0x01", "MX-A", "A", 0, 1, "0x00", 0, False, 0, (), 1)
PERSON = PersonRow("0x" + "Ab" * 20, "0x01", 1, NOW + 1, 0, 0, 1)
FIRM = SupplierRow("0x02", True, 1, ("0x" + "Cd" * 20,), 0, "0x", 0, {}, True, (), 1)


def node(enode: str, kind: NodeKind = NodeKind.VALIDATOR) -> NodeRow:
    return NodeRow("0x" + node_key(enode).hex(), "0x01", int(kind), 1)


GOOD = desired([(MEMBER, [PERSON])], [FIRM], [node(TWO), node(ONE)], [TWO, ONE], NOW)


def test_desired__good__sorted_and_lower_case() -> None:
    assert Permissions((ONE, TWO), ("0x" + "ab" * 20, "0x" + "cd" * 20)) == GOOD
    assert tomllib.loads(GOOD.text) == {
        "nodes-allowlist": [ONE, TWO],
        "accounts-allowlist": ["0x" + "ab" * 20, "0x" + "cd" * 20],
    }
    GOOD.require_safe()


@pytest.mark.parametrize(
    ("member", "person"),
    [
        (replace(MEMBER, left=True), PERSON),
        (replace(MEMBER, suspended_until=NOW + 1), PERSON),
        (MEMBER, replace(PERSON, mandate_end=NOW)),
        (MEMBER, replace(PERSON, suspended_until=NOW + 1)),
    ],
)
def test_desired__who_may_not_act__is_not_listed(member: MemberRow, person: PersonRow) -> None:
    found = desired([(member, [person])], [replace(FIRM, active=False)], [node(ONE)], [ONE], NOW)
    assert found.accounts == ()
    with pytest.raises(PermissionsUnsafe, match="a list is empty"):
        found.require_safe()


def test_desired__validator_without_enode_or_static_node_not_permitted__unsafe() -> None:
    unnamed = desired([(MEMBER, [PERSON])], [], [node(ONE), node(TWO)], [ONE], NOW)
    assert unnamed.unnamed == (node(TWO).key,)
    foreign = desired([(MEMBER, [PERSON])], [], [node(ONE)], [ONE, THREE], NOW)
    assert foreign.foreign == (THREE,)
    for found, reason in ((unnamed, "no enode"), (foreign, "not permitted")):
        with pytest.raises(PermissionsUnsafe, match=reason):
            found.require_safe()
    observer = desired([(MEMBER, [PERSON])], [], [node(ONE), node(TWO, NodeKind.OBSERVER)], [ONE], NOW)
    observer.require_safe()


@pytest.mark.parametrize(
    "enode",
    ["", "enode://ab@10.0.0.1:1", f"enode://{'ab' * 64}@host.example:1", f"enode://{'ab' * 64}@10.0.0.1",
     f"http://{'ab' * 64}@10.0.0.1:1", f"enode://{'zz' * 64}@10.0.0.1:1"],
)  # fmt: skip
def test_node_key__no_enode_with_an_ip_address__is_refused(enode: str) -> None:
    with pytest.raises(EnodeInvalid):
        node_key(enode)


def test_read_static__absent_list_or_rubbish__none_those_or_refused(tmp_path: Path) -> None:
    assert read_static(tmp_path / "none.json") == []
    (tmp_path / "list.json").write_text(json.dumps([ONE]))
    assert read_static(tmp_path / "list.json") == [ONE]
    for text in ("{", "{}", "[1]"):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(EnodeInvalid):
            read_static(tmp_path / "bad.json")


class Besu:
    """A node's permission calls (chain.rpc.Transport): read again when told unless ``deaf``; a file with ``refuses`` is an error."""

    url = "http://127.0.0.1:8545"

    def __init__(self, path: Path, deaf: bool = False, refuses: bytes = b"") -> None:
        self.path, self.deaf, self.refuses, self.reloads = path, deaf, refuses, 0
        self.lists: dict[str, Sequence[str]] = {"nodes-allowlist": [], "accounts-allowlist": []}

    async def send(self, body: bytes) -> bytes:
        call = json.loads(body)
        if self.refuses and self.refuses in self.path.read_bytes():
            error = {"code": -32000, "message": "Error reloading permissions file"}
            return json.dumps({"jsonrpc": "2.0", "id": call["id"], "error": error}).encode()
        return json.dumps(
            {"jsonrpc": "2.0", "id": call["id"], "result": self._answer(call["method"])}
        ).encode()

    def _answer(self, method: str) -> object:
        if method == "eth_blockNumber":
            return hex(100)
        if method == "perm_reloadPermissionsFromFile":
            self.reloads += 1
            if not self.deaf:
                self.lists = tomllib.loads(self.path.read_text())
            return "Success"
        names = {
            "perm_getNodesAllowlist": "nodes-allowlist",
            "perm_getAccountsAllowlist": "accounts-allowlist",
        }
        return self.lists[names[method]]

    async def close(self) -> None: ...


async def test_apply__other_lists__written_read_again_and_then_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "permissions.toml"
    besu = Besu(path)
    gate = BesuClient(Rpc(besu))
    assert await apply(GOOD, path, gate) is True
    assert path.read_text() == GOOD.text and besu.reloads == 1
    assert await apply(GOOD, path, gate) is False
    assert besu.reloads == 1


async def test_apply__node_that_does_not_take_them__has_its_old_file_back(tmp_path: Path) -> None:
    path = tmp_path / "permissions.toml"
    path.write_text("old")
    besu = Besu(path, deaf=True)
    with pytest.raises(PermissionsNotTaken):
        await apply(GOOD, path, BesuClient(Rpc(besu)))
    assert path.read_text() == "old" and besu.reloads == 2


async def test_apply__node_that_refuses_the_file__has_its_old_file_back(tmp_path: Path) -> None:
    path = tmp_path / "permissions.toml"
    path.write_text("nodes-allowlist=[]")
    with pytest.raises(RpcError, match="Error reloading"):
        await apply(GOOD, path, BesuClient(Rpc(Besu(path, refuses=b"accounts"))))
    assert path.read_text() == "nodes-allowlist=[]"


class Register:
    """An index at a block (as far as keep reads it): one member, one firm, one node."""

    def __init__(self, block: int) -> None:
        self._block = block
        self.council = self

    def head(self) -> Head | None:
        return None if self._block < 0 else Head(self._block, "0x00", NOW)

    def now(self) -> int:
        return NOW

    def members(self, _after: str | None, _limit: int) -> Page[MemberRow]:
        return Page([MEMBER], None)

    def people(self, _member: str) -> list[PersonRow]:
        return [PERSON]

    def suppliers(self, _after: str | None, _limit: int) -> Page[SupplierRow]:
        return Page([FIRM], None)

    def nodes(self) -> list[NodeRow]:
        return [node(ONE), node(TWO)]


@pytest.mark.parametrize("block", [-1, 89])
async def test_keep__index_behind_the_node__nothing_is_written(tmp_path: Path, block: int) -> None:
    path, besu = tmp_path / "permissions.toml", Besu(tmp_path / "permissions.toml")
    rpc = Rpc(besu)
    with pytest.raises(IndexBehind):
        await keep(cast(Index, Register(block)), tmp_path / "static.json", path, rpc, BesuClient(rpc))
    assert not path.exists() and besu.reloads == 0


async def test_keep__index_at_the_node__gives_the_registries_lists(tmp_path: Path) -> None:
    path, besu = tmp_path / "permissions.toml", Besu(tmp_path / "permissions.toml")
    (tmp_path / "static.json").write_text(json.dumps([ONE, TWO]))
    rpc = Rpc(besu)
    for expected in (True, False):
        assert (
            await keep(cast(Index, Register(90)), tmp_path / "static.json", path, rpc, BesuClient(rpc))
            is expected
        )
    assert path.read_text() == GOOD.text


async def test_apply__unsafe_lists__nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "permissions.toml"
    besu = Besu(path)
    with pytest.raises(PermissionsUnsafe):
        await apply(replace(GOOD, foreign=(THREE,)), path, BesuClient(Rpc(besu)))
    assert not path.exists() and besu.reloads == 0
