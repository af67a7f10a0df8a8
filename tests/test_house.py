"""The rules of the house: who may import whom, and what the core may touch."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRODUCT = sorted([*ROOT.glob("tracker/**/*.py"), *ROOT.glob("firmware/**/*.py")])
CORE = [path for path in PRODUCT if path.is_relative_to(ROOT / "tracker")]

WORLD = {"time", "threading", "random", "socket", "subprocess", "os", "io", "pathlib", "asyncio", "secrets"}
"""Standard library that touches the world; the core is free of it."""

UNSTEADY = {"dot", "matmul", "convolve", "polyfit", "einsum", "sum", "mean", "std", "inner", "vdot", "linalg"}
"""Of numpy: its results differ between processors, so the core keeps to elementwise operations."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield (node.module or "").split(".")[0]


def test_the_rules_are_held_against_every_file() -> None:
    assert len(PRODUCT) > 200
    assert len(CORE) > 50


def test_product_code_never_imports_tests() -> None:
    assert [path for path in PRODUCT if "tests" in imported(path)] == []


def test_the_core_imports_itself_numpy_msgspec_and_the_pure_standard_library() -> None:
    allowed = {"tracker", "numpy", "msgspec"} | (set(sys.stdlib_module_names) - WORLD)
    assert {
        path.name: set(imported(path)) - allowed for path in CORE if not allowed >= set(imported(path))
    } == {}


def unsteady(path: Path) -> Iterator[str]:
    """What a file of the core has that gives other results elsewhere, with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np":
            if node.attr in UNSTEADY:
                yield f"{path.name}:{node.lineno}: np.{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum":
            counts_ones = isinstance(node.args[0], ast.GeneratorExp) and isinstance(
                node.args[0].elt, ast.Constant
            )
            if not counts_ones:
                yield f"{path.name}:{node.lineno}: sum() of floats changed in Python 3.12, use fsum"
        elif isinstance(node, ast.MatMult):
            yield f"{path.name}: @"


def test_the_core_computes_alike_on_every_machine() -> None:
    assert [found for path in CORE for found in unsteady(path)] == []


def test_a_file_has_one_subject_and_fits_a_reader() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PRODUCT}
    assert {str(path.relative_to(ROOT)): n for path, n in lines.items() if n > 300} == {}
