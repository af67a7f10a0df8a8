"""A sample of cable or load that stands alone is dropped, and no other."""

import numpy as np
import pytest

from tracker.blocks import Stream
from tracker.gaps import GapWatch
from tracker.lone import Row
from tracker.sieve import Sieve

AT_200_HZ_S = 0.005


def passed(rows: list[Row], stream: Stream = Stream.CABLE) -> list[Row]:
    sieve = Sieve(GapWatch())
    return [good for row in rows for good in sieve.good(stream, row)]


def rows(travel_m: list[float], interval_s: float = AT_200_HZ_S) -> list[Row]:
    return [[interval_s * i, position_m] for i, position_m in enumerate(travel_m)]


def swinging(peak_mps: float) -> list[float]:
    t_s = AT_200_HZ_S * np.arange(201)
    return [float(m) for m in peak_mps / 3.0 * np.sin(3.0 * t_s)]


@pytest.mark.parametrize("peak_mps", [0.3, 0.8, 3.0])
def test_a_cable_that_runs_passes_whole_however_fast(peak_mps: float) -> None:
    running = rows(swinging(peak_mps))
    assert passed([*running, [2.0, 0.0]])[: len(running)] == running


@pytest.mark.fault(8)
@pytest.mark.parametrize("off_m", [-0.023, 0.0061, 0.19])
def test_a_lone_sample_is_dropped(off_m: float) -> None:
    corrupt = rows(swinging(0.3))
    true = [row for i, row in enumerate(corrupt) if i != 100]
    corrupt[100] = [corrupt[100][0], corrupt[100][1] + off_m]
    assert passed(corrupt) == true


@pytest.mark.fault(8)
@pytest.mark.parametrize("peak_mps", [0.8, 3.0])
@pytest.mark.parametrize("off_m", [-0.19, 0.19])
def test_so_it_is_while_the_cable_runs_fast_and_its_neighbours_stay(peak_mps: float, off_m: float) -> None:
    for at in range(2, 198, 7):
        corrupt = rows(swinging(peak_mps))
        true = [row for i, row in enumerate(corrupt) if i != at]
        corrupt[at] = [corrupt[at][0], corrupt[at][1] + off_m]
        assert passed([*corrupt, [1.005, 0.0]])[: len(true) - 1] == true[:-1]


@pytest.mark.fault(8)
@pytest.mark.parametrize("off_n", [-114.0, 25.0])
def test_a_lone_force_is_dropped_though_the_force_rises(off_n: float) -> None:
    risen = [[0.0125 * i, 120.0 + 8.0 * i] for i in range(12)]
    corrupt = [[t_s, force_n + (off_n if i == 5 else 0.0)] for i, (t_s, force_n) in enumerate(risen)]
    assert passed(corrupt, Stream.LOAD)[:10] == [row for i, row in enumerate(risen[:11]) if i != 5]


def test_whether_a_force_stands_out_is_the_same_for_every_stack() -> None:
    light = [100.0, 100.0, 105.9, 100.0, 100.0, 106.1, 100.0, 100.0]
    heavy = [2.5 * force_n for force_n in light]
    for forces_n in (light, heavy):
        assert len(passed([[0.0125 * i, f] for i, f in enumerate(forces_n)], Stream.LOAD)) == 7


def test_each_of_two_lone_samples_is_dropped() -> None:
    still = [0.5] * 20
    still[8] = still[10] = 0.524
    assert [row[1] for row in passed(rows(still))] == [0.5] * 18


def test_a_jolt_that_does_not_come_back_passes_whole() -> None:
    edge = rows([0.0] * 10 + [0.05] * 10)
    assert passed(edge) == edge


def test_a_slow_stream_passes_whole_since_a_leg_can_go_so_far_and_back() -> None:
    corrupt = rows([0.0] * 10 + [0.05] + [0.0] * 10, interval_s=0.02)
    assert passed(corrupt) == corrupt


def test_what_waits_when_the_samples_break_off_comes_with_the_next() -> None:
    broken = [[0.0, 0.0], [0.005, 0.006], [1.0, 0.0]]
    assert passed(broken) == broken
