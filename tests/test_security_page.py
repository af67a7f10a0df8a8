"""The page on security names tests that there are."""

import re
from pathlib import Path

TESTS = Path(__file__).parent


def test_every_test_that_the_page_names_is_there() -> None:
    page = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
    sources = {path.name: path.read_text(encoding="utf-8") for path in TESTS.glob("test_*.py")}
    named = set(re.findall(r"`(test_\w+(?:\.py)?)`", page))
    assert len(named) > 15
    for name in named:
        assert name in sources or any(f"def {name}(" in source for source in sources.values()), name
