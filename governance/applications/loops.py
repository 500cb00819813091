"""Whether a loop has a bound that is written down. A heuristic: it reads what programmers usually write, and says what it cannot read.

A loop is taken as bounded where its counter runs up to, or down from, a number, a constant, an immutable, the length of an array of
fixed size; or a parameter, or the length of an array, that a ``require`` or an ``if (...) revert`` keeps below one of those. An array in
storage may be kept short where it grows. Everything else is reported, with the reason; a loop that is bounded for a deeper reason is
reported too, and a bound of ten million is not. Recursion is not looked at, nor are loops of OpenZeppelin's own code.
"""

from __future__ import annotations

from collections.abc import Iterator

from governance.applications.syntax import Node, Syntax, kind_of, type_of, walk

__all__ = ["Loops"]

_LOOPS = ("ForStatement", "WhileStatement", "DoWhileStatement")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_KEEPS = frozenset({"<", "<=", "=="})
_THROWS = frozenset({">", ">=", "!="})
_DEPTH = 8
"""How many definitions a bound is followed through."""


class Loops:
    """The loops of an application that can be reached from outside."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._parameters = {
            parameter["id"]
            for each in syntax.nodes("FunctionDefinition", "ModifierDefinition")
            for parameter in each["parameters"]["parameters"]
        }
        self._values: dict[int, list[Node]] = {}
        for each in syntax.nodes("VariableDeclarationStatement", "Assignment"):
            self._take(each)
        self._pushing: dict[int, list[Node]] = {}
        for function in syntax.nodes("FunctionDefinition"):
            for node in walk(function):
                if kind_of(node) == "MemberAccess" and node["memberName"] == "push":
                    named = node["expression"].get("referencedDeclaration")
                    self._pushing.setdefault(named, []).append(function)

    def _take(self, statement: Node) -> None:
        """Notes what a variable is set to; a step of the variable itself (``n = n / 2``) says nothing of where it begins."""
        if kind_of(statement) == "Assignment":
            named, value = (
                [statement["leftHandSide"].get("referencedDeclaration")],
                statement["rightHandSide"],
            )
        else:
            named = [each["id"] for each in statement["declarations"] if each is not None]
            value = statement.get("initialValue")
        if value is not None and not any(each.get("referencedDeclaration") in named for each in walk(value)):
            for each in named:
                self._values.setdefault(each, []).append(value)

    def unbounded(self) -> Iterator[tuple[Node, str]]:
        """(loop, why it is reported), each loop once."""
        seen: set[int] = set()
        for contract in self._syntax.contracts():
            entries = [each for each in self._syntax.functions(contract) if each["kind"] != "constructor"]
            for function in self._syntax.reached(entries):
                if not self._syntax.is_own(function) or function["id"] in seen:
                    continue
                seen.add(function["id"])
                for node in walk(function):
                    reason = self._reason(node, function)
                    if reason:
                        yield node, f"in {function['name'] or function['kind']}: {reason}"

    def _reason(self, node: Node, function: Node) -> str | None:
        if kind_of(node) == "YulForLoop":
            return "a loop in assembly, whose bound is not read"
        if kind_of(node) not in _LOOPS:
            return None
        if not node.get("condition"):
            return "a loop without a condition"
        return self._of_condition(node["condition"], node, function)

    def _of_condition(self, condition: Node, loop: Node, function: Node) -> str | None:
        condition = _bare(condition)
        if kind_of(condition) == "BinaryOperation":
            operator, left, right = (
                condition["operator"],
                condition["leftExpression"],
                condition["rightExpression"],
            )
            if operator in ("&&", "||"):
                found = [self._of_condition(each, loop, function) for each in (left, right)]
                bounded = None in found if operator == "&&" else found == [None, None]
                return None if bounded else next(each for each in found if each is not None)
            if operator in _MIRRORED:
                return self._of_comparison(operator, left, right, loop, function)
        return "the condition compares nothing"

    def _of_comparison(
        self, operator: str, left: Node, right: Node, loop: Node, function: Node
    ) -> str | None:
        counters = _changed(loop)
        if left.get("referencedDeclaration") not in counters:
            operator, left, right = _MIRRORED[operator], right, left
        if left.get("referencedDeclaration") not in counters:
            return "the condition does not compare what the loop counts"
        reason = self._of_bound(right, function, _DEPTH)
        if reason or operator in ("<", "<="):
            return reason
        # It counts down: where it begins is the bound.
        return self._of_variable(left, function, _DEPTH)

    def _of_bound(self, bound: Node, function: Node, depth: int) -> str | None:
        """None where the expression has a written bound, else why not."""
        bound = _bare(bound)
        if depth == 0:
            return "a bound that is defined too far away"
        kind = kind_of(bound)
        if kind == "Literal":
            return None
        if kind == "Identifier":
            return self._of_variable(bound, function, depth)
        if kind == "MemberAccess" and bound["memberName"] == "length":
            return self._of_length(bound["expression"], function, depth)
        if kind == "BinaryOperation":
            sides = (bound["leftExpression"], bound["rightExpression"])
            found = [self._of_bound(each, function, depth - 1) for each in sides]
            if bound["operator"] in ("%", "&", "/", "-", ">>"):
                found = found[1:] if bound["operator"] == "%" else found[:1]
            return next((each for each in found if each is not None), None)
        if kind == "FunctionCall":
            return self._of_call(bound, function, depth)
        return "a bound that is not read"

    def _of_call(self, call: Node, function: Node, depth: int) -> str | None:
        arguments = [self._of_bound(each, function, depth - 1) for each in call["arguments"]]
        if call["kind"] == "typeConversion":
            return arguments[0]
        name = call["expression"].get("memberName") or call["expression"].get("name")
        if name == "min" and None in arguments:
            return None
        return f"its bound is what {name} answers" if name else "a bound that is not read"

    def _of_variable(self, bound: Node, function: Node, depth: int) -> str | None:
        declared = self._syntax.of(bound.get("referencedDeclaration"))
        if declared is None or declared["nodeType"] != "VariableDeclaration":
            return "a bound that is not read"
        if declared.get("constant") or declared.get("mutability") in ("constant", "immutable"):
            return None
        if self._is_kept(declared["id"], False, function):
            return None
        if declared.get("stateVariable"):
            return f"its bound is the stored {declared['name']}"
        if declared["id"] in self._parameters:
            return f"its bound is the parameter {declared['name']}, and no require keeps it below a number"
        # A variable that nothing sets is zero.
        found = (self._of_bound(each, function, depth - 1) for each in self._values.get(declared["id"], ()))
        return next((each for each in found if each is not None), None)

    def _of_length(self, array: Node, function: Node, depth: int) -> str | None:
        kind = type_of(array)
        if "[]" not in kind and not kind.startswith(("bytes ", "string ")):
            return None
        named = array.get("referencedDeclaration")
        shown = array.get("name") or array.get("memberName") or "an array"
        if self._is_kept(named, True, function):
            return None
        if "storage" in kind:
            growing = self._pushing.get(named, []) if named is not None else []
            if growing and all(self._is_kept(named, True, each) for each in growing):
                return None
            return f"its bound is the length of {shown} in storage, and no require keeps it below a number where it grows"
        values = self._values.get(named, []) if named is not None else []
        if values and all(kind_of(each.get("expression")) == "NewExpression" for each in values):
            found = (self._of_bound(each["arguments"][0], function, depth - 1) for each in values)
            return next((each for each in found if each is not None), None)
        return f"its bound is the length of {shown}, and no require keeps it below a number"

    def _is_kept(self, named: int | None, length: bool, function: Node) -> bool:
        """Whether the function, or a modifier of it, stops where the variable (or its length) is not below something fixed."""
        if named is None:
            return False
        guards = [(function, named)]
        for each in function.get("modifiers", ()):
            modifier = self._syntax.of(each["modifierName"].get("referencedDeclaration"))
            if modifier is not None and kind_of(modifier) == "ModifierDefinition":
                guards.append((modifier, named))
                pairs = zip(modifier["parameters"]["parameters"], each.get("arguments") or (), strict=False)
                guards += [(modifier, own["id"]) for own, given in pairs if _names(given, named, False)]
        return any(
            self._keeps(each, its, length, operators)
            for guard, its in guards
            for condition, operators in _conditions(guard)
            for each in walk(condition)
        )

    def _keeps(self, node: Node, named: int, length: bool, operators: frozenset[str]) -> bool:
        if kind_of(node) != "BinaryOperation" or node["operator"] not in _MIRRORED:
            return False
        operator, left, right = (
            node["operator"],
            _bare(node["leftExpression"]),
            _bare(node["rightExpression"]),
        )
        for sign, one, other in ((operator, left, right), (_MIRRORED[operator], right, left)):
            if sign in operators and _names(one, named, length) and self._is_fixed(other):
                return True
        return False

    def _is_fixed(self, node: Node) -> bool:
        declared = self._syntax.of(node.get("referencedDeclaration"))
        fixed = declared is not None and declared.get("mutability") in ("constant", "immutable")
        return kind_of(node) == "Literal" or fixed


def _names(node: Node, named: int, length: bool) -> bool:
    if length:
        is_length = kind_of(node) == "MemberAccess" and node["memberName"] == "length"
        return is_length and node["expression"].get("referencedDeclaration") == named
    return kind_of(node) == "Identifier" and node.get("referencedDeclaration") == named


def _bare(node: Node) -> Node:
    """Without the brackets around it."""
    while kind_of(node) == "TupleExpression" and len(node["components"]) == 1:
        node = node["components"][0]
    return node


def _changed(loop: Node) -> set[int]:
    """Variables that the loop assigns or counts."""
    found = set()
    for node in walk(loop):
        if kind_of(node) == "Assignment":
            found.add(node["leftHandSide"].get("referencedDeclaration"))
        elif kind_of(node) == "UnaryOperation" and node["operator"] in ("++", "--"):
            found.add(node["subExpression"].get("referencedDeclaration"))
    return found - {None}


def _conditions(function: Node) -> Iterator[tuple[Node, frozenset[str]]]:
    """(condition, operators by which it bounds its left side) of each ``require`` and each ``if`` that stops."""
    for node in walk(function):
        if kind_of(node) == "FunctionCall" and node["expression"].get("name") in ("require", "assert"):
            yield node["arguments"][0], _KEEPS
        elif kind_of(node) == "IfStatement" and _stops(node["trueBody"]):
            yield node["condition"], _THROWS


def _stops(body: Node) -> bool:
    """Whether a branch reverts or returns."""
    return any(
        kind_of(node) in ("RevertStatement", "Return")
        or (kind_of(node) == "FunctionCall" and node["expression"].get("name") == "revert")
        for node in walk(body)
    )
