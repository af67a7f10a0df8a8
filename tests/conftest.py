import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.broker import Mosquitto

# The same examples on every run and machine, however slow: what fails once fails again. Others are searched
# with `--hypothesis-profile=search --hypothesis-seed=7`.
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("suite"), derandomize=False)
settings.load_profile("suite")

# A suite started in the background or without a terminal inherits ignored signals; its children would too.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGTERM, signal.SIG_DFL)

LONGEST = (
    "test_dashboard_page",
    "test_whole_path_faults",
    "test_whole_path",
    "test_mixed_sessions",
    "test_diagonal_sessions",
    "test_tracker_properties",
    "test_appliance",
    "test_soak",
    "test_form_sessions",
    "test_short_gaps",
    "test_tracker_degradation",
)
"""Begun first, so that no worker is left with one of them when the others have ended."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, since tests also wait: for a broker, a browser, the disk."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no real disk, where that shows nothing."""
    monkeypatch.setattr("os.sync", lambda: None)
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
