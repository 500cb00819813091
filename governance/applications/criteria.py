"""The criteria that are read from the syntax trees: what a contract calls, loops over, names, says of its events, takes, and obeys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources

from governance.applications.findings import Criterion, Reason, judged
from governance.applications.loops import Loops
from governance.applications.syntax import Node, Syntax, kind_of, type_of, walk

__all__ = ["calls", "events", "licence", "loops", "owner", "payable", "personal_data"]

_DANGEROUS = frozenset({"delegatecall", "callcode", "selfdestruct"})
_TYPES = {
    "t_function_baredelegatecall": "delegatecall",
    "t_function_barecallcode": "callcode",
    "t_function_selfdestruct": "selfdestruct",
    "t_function_delegatecall": "a public function of a library, which is a delegatecall",
}
_NOTICE = re.compile(r"^\s*(?!@)\S|@notice\s+\S")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WORDS = {
    key: frozenset(words)
    for key, words in tomllib.loads(
        resources.files("governance.applications").joinpath("personal.toml").read_text("utf-8")
    ).items()
}

_LIBRARY = r"^@openzeppelin/contracts(?:-upgradeable)?/"
_OWNER_IMPORT = re.compile(_LIBRARY + r"(?:proxy/|access/(?:Ownable|AccessControl|manager/|extensions/))")
_OWNER_NAME = re.compile(
    r"Ownable\w*|AccessControl\w*|AccessManage\w*|UUPSUpgradeable|Initializable|Clones|\w*Proxy|\w*ProxyAdmin|\w*UpgradeableBeacon"
)
_LICENCES = re.compile(r"(?:LICEN[CS]E|COPYING)(?:\.(?:md|txt))?")
_KNOWN = frozenset().union(*_WORDS.values())


def calls(syntax: Syntax) -> Criterion:
    """In the application's files, and in what its contracts reach of the library; assembly of the application's own is a warning."""
    reached = [
        function
        for contract in syntax.contracts()
        for function in syntax.reached(syntax.functions(contract))
        if not syntax.is_own(function)
    ]
    places = [tree for _, tree in syntax.own] + list({each["id"]: each for each in reached}.values())
    found = [
        Reason(syntax.place(node), what)
        for place in places
        for node in walk(place)
        if (what := _dangerous(node)) is not None
    ]
    assembly = (
        Reason(syntax.place(node), "assembly: people have to read it")
        for node in syntax.nodes("InlineAssembly")
    )
    return judged("calls", dict.fromkeys(found), assembly)


def _dangerous(node: Node) -> str | None:
    if kind_of(node) == "YulFunctionCall":
        name = str(node["functionName"]["name"])
        return f"{name} in assembly" if name in _DANGEROUS else None
    if kind_of(node) in ("MemberAccess", "Identifier"):
        kind = str(node.get("typeDescriptions", {}).get("typeIdentifier") or "")
        return next((what for start, what in _TYPES.items() if kind.startswith(start + "_")), None)
    return None


def loops(syntax: Syntax) -> Criterion:
    """A heuristic (``Loops``), so it warns and never fails."""
    found = [Reason(syntax.place(node), why) for node, why in Loops(syntax).unbounded()]
    return judged("loops", (), sorted(found, key=lambda each: (each.place, each.text)))


def personal_data(syntax: Syntax) -> Criterion:
    """By the names of stored variables, members of structs, arguments of events, and parameters of functions that can be called."""
    failures, warnings = [], []
    for node, what in _declared(syntax):
        words = [_singular(word.lower()) for word in _WORD.findall(node["name"])]
        said = Reason(syntax.place(node), f"{what} {node['name']}")
        if _is_personal(words, type_of(node)):
            failures.append(said)
        elif _is_text(type_of(node)) and _WORDS["names"].intersection(words):
            warnings.append(Reason(said.place, f"{said.text}: of a person?"))
    return judged("personal-data", failures, warnings)


def _is_personal(words: list[str], kind: str) -> bool:
    if _WORDS["personal"].intersection(words) or _WORDS["ages"].intersection(words[:1]):
        return True
    if not _is_text(kind):
        return False
    named = _WORDS["names"].intersection(words) and (len(words) == 1 or _WORDS["persons"].intersection(words))
    return bool(named) or bool(_WORDS["places"].intersection(words))


def _singular(word: str) -> str:
    """The word as the lists have it, where it stands there in the singular."""
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((each for each in forms if each in _KNOWN), word)


def _is_text(kind: str) -> bool:
    """Whether a value of the type, or of a mapping or array of it, can hold text."""
    return "string" in kind or "bytes" in kind


def _declared(syntax: Syntax) -> Iterator[tuple[Node, str]]:
    for node in syntax.nodes(
        "VariableDeclaration", "StructDefinition", "EventDefinition", "FunctionDefinition"
    ):
        if node["nodeType"] == "VariableDeclaration":
            if node.get("stateVariable") and not node.get("constant"):
                yield node, "stored"
        elif node["nodeType"] == "StructDefinition":
            yield from ((each, f"member of {node['name']}:") for each in node["members"])
        elif node["nodeType"] == "EventDefinition":
            yield from ((each, f"argument of {node['name']}:") for each in node["parameters"]["parameters"])
        elif node["visibility"] in ("external", "public") or node["kind"] == "constructor":
            shown = node["name"] or node["kind"]
            yield from ((each, f"parameter of {shown}:") for each in node["parameters"]["parameters"])


def events(syntax: Syntax) -> Criterion:
    """NatSpec with a notice above each event."""
    bare = (
        node
        for node in syntax.nodes("EventDefinition")
        if not _NOTICE.search((node.get("documentation") or {}).get("text", ""))
    )
    return judged(
        "events", [Reason(syntax.place(node), f"event {node['name']} says nothing") for node in bare]
    )


def payable(syntax: Syntax) -> Criterion:
    """Every function that takes coin, inherited ones too."""
    found = [
        Reason(
            syntax.place(function), f"{contract['name']}: {function['name'] or function['kind']} is payable"
        )
        for contract in syntax.contracts()
        for function in syntax.functions(contract)
        if function["stateMutability"] == "payable"
    ]
    return judged("payable", found)


def owner(syntax: Syntax) -> Criterion:
    """By what is imported, and by the names of what is inherited from."""
    imported = [
        Reason(syntax.place(node), f"imports {node['absolutePath']}")
        for node in syntax.nodes("ImportDirective")
        if _OWNER_IMPORT.match(node["absolutePath"])
    ]
    inherited = [
        Reason(
            syntax.place(contract),
            f"defines {base['name']}" if base is contract else f"{contract['name']} is {base['name']}",
        )
        for contract in syntax.nodes("ContractDefinition")
        for base in syntax.bases(contract)
        if _OWNER_NAME.fullmatch(base["name"])
    ]
    return judged("owner", imported + inherited)


def licence(syntax: Syntax, files: Iterable[str]) -> Criterion:
    """SPDX in each file, and the licence's text in the folder; ``files``: paths of the folder."""
    without = [
        Reason(
            path, "no SPDX-License-Identifier" if not tree.get("license") else "UNLICENSED: nobody may use it"
        )
        for path, tree in syntax.own
        if tree.get("license") in (None, "", "UNLICENSED")
    ]
    if not any(_LICENCES.fullmatch(path) for path in files):
        without.append(Reason("", "no file LICENSE"))
    return judged("licence", without)
