"""Two minutes of the long soak: nothing is left behind, nothing is missing; and what its verdict sees."""

from pathlib import Path

import pytest

from firmware.mqtt.link import Link
from tests.soak import MOST_FILES, MOST_THREADS, Look, Soaked, soak

BEFORE = Look(0.0, 100.0, 10, 2)
HOUR_S = 3600.0


def ended(*, held_mb: float = 100.0, files: int = 10, threads: int = 2) -> Soaked:
    """A soak of some hours in which nothing is wrong, unless told otherwise of its end."""
    looks = [Look(HOUR_S * hour, 100.0, 14, 4) for hour in range(8)]
    last = Look(8.0 * HOUR_S, held_mb, files, threads)
    return Soaked([*looks, last], most_files=14, most_threads=4, results=100)


def verdict(soaked: Soaked) -> list[str]:
    soaked.judge(BEFORE, 8.0 * HOUR_S)
    return soaked.wrong


@pytest.mark.fault(50)
def test_two_minutes_under_faults_leave_nothing_behind(tmp_path: Path) -> None:
    soaked = soak(tmp_path, 120.0, seed=1, looks=4, broker_every_s=40.0)
    assert soaked.wrong == []
    assert soaked.broker_kills == 2
    assert soaked.faults >= 3
    assert soaked.reps >= 9
    assert soaked.results > soaked.reps
    assert soaked.most_files >= soaked.looks[0].files
    assert soaked.most_threads >= soaked.looks[0].threads


@pytest.mark.fault(50)
def test_memory_that_grows_is_told_from_memory_that_settles() -> None:
    growing = Soaked([Look(3600.0 * hour, 100.0 + 3.0 * hour, 10, 4) for hour in range(9)])
    assert growing.mb_per_hour == pytest.approx(3.0)
    settled = Soaked([Look(3600.0 * hour, 100.0 + (0.0 if hour < 2 else 30.0), 10, 4) for hour in range(9)])
    assert settled.mb_per_hour == pytest.approx(0.0, abs=1e-9)


@pytest.mark.fault(50)
def test_results_that_never_reach_the_broker_are_seen_though_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Link, "send", lambda *_: False)
    soaked = soak(tmp_path, 24.0, seed=1, looks=1, broker_every_s=10.0, patience_s=0.1)
    assert soaked.broker_kills == 1
    assert soaked.results > 0
    assert soaked.wrong == [f"{soaked.results} of {soaked.results} results were not delivered"]


@pytest.mark.fault(50)
def test_what_is_held_at_once_is_judged_beside_what_is_left_behind() -> None:
    assert verdict(ended()) == []
    assert verdict(ended(files=11)) == ["left behind: 1 files, 0 threads"]
    assert verdict(ended(threads=3)) == ["left behind: 0 files, 1 threads"]
    for_a_while = ended()
    for_a_while.most_files = BEFORE.files + MOST_FILES
    for_a_while.most_threads = BEFORE.threads + MOST_THREADS
    assert verdict(for_a_while) == []
    for_a_while.most_files += 1
    assert verdict(for_a_while) == ["held at once: 13 files, 5 threads more than before"]
    threads = ended()
    threads.most_threads = BEFORE.threads + MOST_THREADS + 1
    assert verdict(threads) == ["held at once: 4 files, 6 threads more than before"]
    assert verdict(ended(held_mb=150.0)) == ["memory grows by 5.36 MB an hour"]
