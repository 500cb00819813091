"""The compiler's syntax trees of an application: where a node stands, and which functions can be reached from outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

__all__ = ["Node", "Syntax", "kind_of", "type_of", "walk"]

Node: TypeAlias = dict[str, Any]


def walk(node: Any) -> Iterator[Node]:
    """The node and all nodes below it, in the order of the source."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            if "nodeType" in here:
                yield here
            waiting += reversed(list(here.values()))
        elif isinstance(here, list):
            waiting += reversed(here)


def kind_of(node: Any) -> str:
    """Its node type, "" for what is no node."""
    return str(node.get("nodeType", "")) if isinstance(node, dict) else ""


def type_of(node: Node) -> str:
    """The compiler's name of an expression's type, e.g. ``uint256[] storage ref``."""
    return str(node.get("typeDescriptions", {}).get("typeString") or "")


class Syntax:
    """The trees of the answer of ``chain.artifacts.compile_sources``; ``own``: the application's sources, path -> text."""

    def __init__(self, answer: Mapping[str, Any], own: Mapping[str, str]) -> None:
        self._own = own
        self._texts = {name: text.encode() for name, text in own.items()}
        self._trees: dict[str, Node] = {name: each["ast"] for name, each in answer["sources"].items()}
        self._files = {each["id"]: name for name, each in answer["sources"].items()}
        self._by_id = {
            each["id"]: each for tree in self._trees.values() for each in walk(tree) if "id" in each
        }
        self._overriding: dict[int, list[Node]] = {}
        for each in self._by_id.values():
            for base in each.get("baseFunctions", ()):
                self._overriding.setdefault(base, []).append(each)

    @property
    def own(self) -> list[tuple[str, Node]]:
        """(path, tree) of the application's files."""
        return [(name, self._trees[name]) for name in sorted(self._own)]

    def of(self, id: Any) -> Node | None:
        """The node with this id."""
        return self._by_id.get(id)

    def nodes(self, *kinds: str) -> Iterator[Node]:
        """All nodes of these types in the application's files."""
        for _, tree in self.own:
            yield from (node for node in walk(tree) if node["nodeType"] in kinds)

    def is_own(self, node: Node) -> bool:
        """Whether a node stands in one of the application's files."""
        return self._file(node) in self._own

    def place(self, node: Node) -> str:
        """``path:line`` of a node."""
        path, start = self._file(node), int(node["src"].split(":")[0])
        if path not in self._texts:
            return path
        # The compiler counts bytes.
        return f"{path}:{self._texts[path].count(10, 0, start) + 1}"

    def contracts(self) -> list[Node]:
        """The application's contracts that can be deployed."""
        found = self.nodes("ContractDefinition")
        return [each for each in found if each["contractKind"] == "contract" and not each.get("abstract")]

    def bases(self, contract: Node) -> list[Node]:
        """The contract and what it inherits from, the most derived first."""
        found = (self.of(each) for each in contract["linearizedBaseContracts"])
        return [each for each in found if each is not None]

    def functions(self, contract: Node) -> list[Node]:
        """Functions with code that can be called from outside, each where it is defined last; the constructors too."""
        found: dict[str, Node] = {}
        for base in self.bases(contract):
            for each in base["nodes"]:
                if each["nodeType"] != "FunctionDefinition" or not each.get("body"):
                    continue
                if each["kind"] == "constructor":
                    found.setdefault(f"constructor {each['id']}", each)
                elif each["visibility"] in ("external", "public"):
                    found.setdefault(each.get("functionSelector") or each["kind"], each)
        return list(found.values())

    def reached(self, start: Iterable[Node]) -> list[Node]:
        """These functions and all functions and modifiers that they mention, or that override one of those."""
        found: dict[int, Node] = {}
        waiting = list(start)
        while waiting:
            here = waiting.pop()
            if here["id"] in found:
                continue
            found[here["id"]] = here
            waiting += self._overriding.get(here["id"], ())
            for node in walk(here):
                named = self.of(node.get("referencedDeclaration"))
                if kind_of(named) in ("FunctionDefinition", "ModifierDefinition") and named is not None:
                    waiting.append(named)
        return list(found.values())

    def _file(self, node: Node) -> str:
        path: str = self._files[int(node["src"].split(":")[2])]
        return path
