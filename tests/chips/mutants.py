"""Mutants of a driver's source: each has one constant of its chip's map, or one format, altered.

Altered are, one at a time: whole numbers in assignments at module and class level (register addresses,
bits, codes), whole numbers in shifts and masks, byte orders, signs, and formats of `struct` and numpy.
Not altered are settings of the driver itself, which are private plain numbers (`_BURST_WORDS = 63`).
"""

import ast
import copy
import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

BYTE_ORDERS = {"little": "big", "big": "little"}
BIT_OPERATORS = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr)
FORMATS = {"<Bhhh": (">Bhhh", "<BHHH"), ">i2": ("<i2", ">u2")}


@dataclass(frozen=True)
class Mutant:
    """One altered source; `label` says what was altered into what."""

    label: str
    module: str
    tree: ast.Module


def mutants(module_name: str) -> Iterator[Mutant]:
    """All mutants of a module."""
    tree = unaltered(module_name).tree
    targets = dict(_targets(tree))
    for index, node in enumerate(ast.walk(tree)):
        name = targets.get(id(node))
        if name is None or not isinstance(node, ast.Constant):
            continue
        for value in _alternatives(node.value):
            altered = copy.deepcopy(tree)
            twin = next(n for i, n in enumerate(ast.walk(altered)) if i == index)
            assert isinstance(twin, ast.Constant)
            twin.value = value
            label = f"{module_name.rsplit('.', 1)[1]}:{name} {node.value!r} -> {value!r}"
            yield Mutant(label, module_name, altered)


def unaltered(module_name: str) -> Mutant:
    """The module as it is, in the form of a mutant."""
    module = importlib.import_module(module_name)
    assert module.__file__ is not None
    return Mutant("unaltered", module_name, ast.parse(Path(module.__file__).read_text(encoding="utf-8")))


def load(mutant: Mutant, top: str) -> ModuleType:
    """Import the module `top` with the mutant in place of its original; the real modules stay as they are."""
    names = {mutant.module, top}
    kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    try:
        altered = ModuleType(mutant.module)
        sys.modules[mutant.module] = altered
        exec(compile(mutant.tree, f"<{mutant.label}>", "exec"), altered.__dict__)
        return altered if top == mutant.module else importlib.import_module(top)
    finally:
        for name in names:
            sys.modules.pop(name, None)
        for name, module in kept.items():
            sys.modules[name] = module
            package, _, leaf = name.rpartition(".")
            setattr(sys.modules[package], leaf, module)


def _targets(tree: ast.Module) -> Iterator[tuple[int, str]]:
    bodies = [tree.body, *(n.body for n in tree.body if isinstance(n, ast.ClassDef))]
    for body in bodies:
        for statement in body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                yield from _assigned(statement.targets[0].id, statement.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, BIT_OPERATORS):
            for side in (node.left, node.right):
                if isinstance(side, ast.Constant):
                    yield id(side), f"line {side.lineno}"
        elif isinstance(node, ast.Call):
            for argument in (*node.args, *(k.value for k in node.keywords if k.arg in ("dtype", "signed"))):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str | bool):
                    yield id(argument), f"line {argument.lineno}"


def _assigned(name: str, value: ast.expr) -> Iterator[tuple[int, str]]:
    if isinstance(value, ast.Constant):
        if not name.startswith("_"):
            yield id(value), name
        return
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield id(node), name


def _alternatives(value: object) -> Sequence[int | str]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return sorted({value + 1, value * 2 or 2} - {value})
    if isinstance(value, str):
        if value in BYTE_ORDERS:
            return [BYTE_ORDERS[value]]
        return list(FORMATS.get(value, ()))
    return []
