"""Which tests belong to a fault: those marked with its number, `@pytest.mark.fault(7)`."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent


def marked_tests() -> dict[int, tuple[str, ...]]:
    """Return the tests of each fault as pytest names them, read from the sources without running any."""
    found: dict[int, list[str]] = {}
    for path in sorted(TESTS.glob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.fault(" not in source:
            continue
        for definition in ast.parse(source).body:
            if isinstance(definition, ast.FunctionDef):
                for number in _numbers(definition):
                    found.setdefault(number, []).append(f"tests/{path.name}::{definition.name}")
    return {number: tuple(names) for number, names in found.items()}


def _numbers(definition: ast.FunctionDef) -> Iterator[int]:
    for decorator in definition.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.fault":
            for argument in decorator.args:
                yield ast.literal_eval(argument)
