"""Makes the mutants of a module: each is the module with one small slip, as a person might make it.

The tree is changed in place and put back, so a mutant costs one compilation.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult,),
    ast.Div: (ast.Mult,),
    ast.Mod: (ast.Mult,),
}
_LEVELS = {"ERROR": "WARNING", "WARNING": "ERROR", "INFO": "WARNING"}
_PROSE = frozenset({"id", "about", "source", "applies"})
"""Words of a rule about itself, which no document can prove wrong."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip: the line, what stood there, what stands there now, and how to make it and undo it."""

    line: int
    before: str
    after: str
    make: Callable[[], None]
    undo: Callable[[], None]


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Every mutant of a parsed module. Each must be undone before the next is made: use `alive`."""
    for node in list(_code(tree)):
        yield from _of_operators(node)
        yield from _of_conditions(node)
        yield from _of_values(node)
        yield from _of_statements(node)


@contextmanager
def alive(mutant: Mutant) -> Iterator[None]:
    """The tree with the slip in it."""
    mutant.make()
    try:
        yield
    finally:
        mutant.undo()


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but annotations, imports, docstrings, sentences and a rule's words about itself."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_prose(child):
                yield from _code(child)


def _is_prose(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _PROSE
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


def _set(owner: ast.AST, name: str, new: object, line: int, before: str, after: str) -> Mutant:
    old = getattr(owner, name)
    return Mutant(line, before, after, lambda: setattr(owner, name, new), lambda: setattr(owner, name, old))


def _of_operators(node: ast.AST) -> Iterator[Mutant]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for swap in _SWAPS.get(type(operator), ()):
                new = [*node.ops[:place], swap(), *node.ops[place + 1 :]]
                yield _rewritten(node, "ops", new, node)
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        for swap in _SWAPS.get(type(node.op), ()):
            yield _rewritten(node, "op", swap(), node)


def _rewritten(owner: ast.expr | ast.stmt, name: str, new: object, shown: ast.AST) -> Mutant:
    """The mutant that sets one field, described by the code of `shown` before and after."""
    before, old = ast.unparse(shown), getattr(owner, name)
    setattr(owner, name, new)
    after = ast.unparse(shown)
    setattr(owner, name, old)
    return _set(owner, name, new, owner.lineno, before, after)


def _of_conditions(node: ast.AST) -> Iterator[Mutant]:
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Compare):
        test = node.test
        plain = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
        new = plain or ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
        yield _set(node, "test", new, node.test.lineno, f"if {ast.unparse(test)}", f"if {ast.unparse(new)}")
    if isinstance(node, ast.comprehension):
        for place, test in enumerate(node.ifs):
            new_ifs = [*node.ifs[:place], *node.ifs[place + 1 :]]
            yield _set(node, "ifs", new_ifs, test.lineno, f"… if {ast.unparse(test)}", "… without the condition")


def _of_values(node: ast.AST) -> Iterator[Mutant]:
    if isinstance(node, ast.Constant):
        new = _other(node.value)
        if new is not None:
            yield _set(node, "value", new, node.lineno, repr(node.value), repr(new))
    if isinstance(node, ast.Attribute) and node.attr in _LEVELS and getattr(node.value, "id", "") == "Level":
        new_level = _LEVELS[node.attr]
        yield _set(node, "attr", new_level, node.lineno, f"Level.{node.attr}", f"Level.{new_level}")


def _other(value: object) -> object:
    """Another value of the kind; None for sentences, which are words and not code, and for empty texts."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str) and value and not any(char.isspace() for char in value):
        return value[:-1] or "~"
    return None


def _of_statements(node: ast.AST) -> Iterator[Mutant]:
    for name in ("body", "orelse"):
        statements = getattr(node, name, None)
        if not isinstance(statements, list):
            continue
        for place, statement in enumerate(statements):
            new = _nothing_instead(statement)
            if new is not None:
                ast.fix_missing_locations(ast.copy_location(new, statement))
                rest = [*statements[:place], new, *statements[place + 1 :]]
                yield _set(node, name, rest, statement.lineno, _first_line(statement), ast.unparse(new))


def _nothing_instead(statement: ast.stmt) -> ast.stmt | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Yield | ast.YieldFrom):
        return ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
    if isinstance(statement, ast.Return) and statement.value is not None:
        wanted = None if not isinstance(statement.value, ast.Constant) or statement.value.value is not None else ...
        return ast.Return(ast.Constant(wanted)) if wanted is None else None
    if isinstance(statement, ast.Return | ast.Continue | ast.Break):
        return ast.Pass()
    return None


def _first_line(statement: ast.stmt) -> str:
    return ast.unparse(statement).partition("\n")[0]
