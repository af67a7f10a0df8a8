"""Two minutes of the long soak: nothing is left behind, nothing is missing."""

from pathlib import Path

import pytest

from tests.soak import Look, Soaked, soak


@pytest.mark.fault(50)
def test_two_minutes_under_faults_leave_nothing_behind(tmp_path: Path) -> None:
    soaked = soak(tmp_path, 120.0, seed=1, looks=4)
    assert soaked.wrong == []
    assert soaked.faults >= 3
    assert soaked.reps >= 9
    assert soaked.results > soaked.reps
    assert len({(look.files, look.threads) for look in soaked.looks[:-1]}) == 1


@pytest.mark.fault(50)
def test_memory_that_grows_is_told_from_memory_that_settles() -> None:
    growing = Soaked([Look(3600.0 * hour, 100.0 + 3.0 * hour, 10, 4) for hour in range(9)])
    assert growing.mb_per_hour == pytest.approx(3.0)
    settled = Soaked([Look(3600.0 * hour, 100.0 + (0.0 if hour < 2 else 30.0), 10, 4) for hour in range(9)])
    assert settled.mb_per_hour == pytest.approx(0.0, abs=1e-9)
