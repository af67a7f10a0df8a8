"""Every runtime dependency has a wheel for a Pi; `python -m tests.wheels` shows them."""

import zipfile
from pathlib import Path

import pytest

from tests.wheels import PYTHONS, NoNetworkError, dependencies, lacking, resolved


@pytest.mark.parametrize("python", PYTHONS)
def test_every_dependency_has_a_wheel_for_a_pi(python: str) -> None:
    try:
        names = resolved(python, dependencies())
    except NoNetworkError as error:
        pytest.skip(f"the package index cannot be reached: {error}")
    assert len(names) >= len(dependencies())


def test_one_that_has_none_is_found_out() -> None:
    """lgpio, which therefore comes from the system: PyPI has it for aarch64 and Python 3.11 only."""
    try:
        with pytest.raises(AssertionError, match="lgpio"):
            resolved("3.13", ["lgpio>=0.2"])
    except NoNetworkError as error:
        pytest.skip(f"the package index cannot be reached: {error}")


def test_a_wheel_without_the_demo_would_be_noticed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as wheel:
        wheel.writestr("firmware/__init__.py", "")
    missing = lacking(tmp_path / "x.whl")
    assert "firmware/demo/session.mcap" in missing
    assert "firmware/__init__.py" not in missing
    assert any(name.startswith("firmware/dashboard/page/") for name in missing)
