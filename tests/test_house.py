"""The rules of the house: who may import whom, and what the core may touch."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = sorted([*ROOT.glob("tracker/**/*.py"), *ROOT.glob("firmware/**/*.py")])
CORE = [path for path in PRODUCT if path.is_relative_to(ROOT / "tracker")]

WORLD = {"time", "threading", "random", "socket", "subprocess", "os", "io", "pathlib", "asyncio", "secrets"}
"""Standard library that touches the world; the core is free of it."""

UNSTEADY = {"dot", "matmul", "convolve", "polyfit", "einsum", "sum", "mean", "std", "inner", "vdot", "linalg"}
"""Of numpy: its results differ between processors, so the core keeps to elementwise operations."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", PRODUCT, ids=lambda p: str(p.relative_to(ROOT)))
def test_product_code_never_imports_tests(path: Path) -> None:
    assert "tests" not in set(imported(path))


@pytest.mark.parametrize("path", CORE, ids=lambda p: p.name)
def test_the_core_imports_itself_numpy_msgspec_and_the_pure_standard_library(path: Path) -> None:
    allowed = {"tracker", "numpy", "msgspec"} | (set(sys.stdlib_module_names) - WORLD)
    assert set(imported(path)) <= allowed


@pytest.mark.parametrize("path", CORE, ids=lambda p: p.name)
def test_the_core_computes_alike_on_every_machine(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np":
            assert node.attr not in UNSTEADY, f"{path.name}:{node.lineno}: np.{node.attr}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum":
            counts_ones = isinstance(node.args[0], ast.GeneratorExp) and isinstance(
                node.args[0].elt, ast.Constant
            )
            assert counts_ones, f"{path.name}:{node.lineno}: sum() of floats changed in Python 3.12, use fsum"
        assert not isinstance(node, ast.MatMult), path.name


@pytest.mark.parametrize("path", PRODUCT, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_has_one_subject_and_fits_a_reader(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
