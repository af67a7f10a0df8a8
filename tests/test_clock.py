"""Sample times: rates recovered, wraps and resets survived, outliers ignored, losses counted."""

import ast
import inspect
import re
from math import inf, nan
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.sampling import clock as clock_module
from firmware.sampling import regression as regression_module
from firmware.sampling import tally as tally_module
from firmware.sampling.clock import ChipClock, SampleClock
from firmware.sampling.regression import Regression

NOMINAL_TICK_S = 25e-6


def late(random: Random) -> float:
    """How late Python stamps: mostly under a millisecond, now and then tens of them."""
    if random.random() < 0.03:
        return random.uniform(0.005, 0.05)
    return random.expovariate(1 / 0.3e-3)


@pytest.mark.parametrize("rate_error", [-0.03, -0.005, 0.0, 0.03])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_true_tick_is_found_within_thirty_seconds(rate_error: float, seed: int) -> None:
    random = Random(seed)
    true_tick_s = NOMINAL_TICK_S / (1.0 + rate_error)
    chip = ChipClock(NOMINAL_TICK_S)
    for second in range(31):
        ticks = int(second / true_tick_s)
        delay_s = late(random)
        chip.observe(ticks, 1000.0 + ticks * true_tick_s + delay_s / 2, delay_s / 2)
    assert chip.tick_s == pytest.approx(true_tick_s, rel=2e-4)
    # The middle of a reading is 0.15 ms late on average; a constant delay is the same for every sensor.
    ticks = int(30.5 / true_tick_s)
    assert chip.times([ticks])[0] - (1000.0 + ticks * true_tick_s) == pytest.approx(0.15e-3, abs=0.3e-3)
    assert chip.resets == 0


def test_before_much_is_known_times_already_run_at_nearly_the_right_rate() -> None:
    true_tick_s = NOMINAL_TICK_S / 1.03
    chip = ChipClock(NOMINAL_TICK_S)
    worst = 0.0
    for second in range(10):
        now = round(second / true_tick_s)
        chip.observe(now, second)
        samples = now + 192 * np.arange(0, 20)
        worst = max(worst, *(np.abs(chip.times(samples) - samples * true_tick_s)))
    # 20 samples are 0.093 s ahead; at a rate 3 % off until the second observation: 2.8 ms.
    assert worst < 0.003


def test_the_wrap_of_the_ticks_does_no_harm() -> None:
    start = 2**32 - 10 * 40_000
    plain, wrapped = ChipClock(NOMINAL_TICK_S), ChipClock(NOMINAL_TICK_S)
    for second in range(30):
        plain.observe(second * 40_000, 5.0 + second)
        wrapped.observe((start + second * 40_000) % 2**32, 5.0 + second)
        older = second * 40_000 - 8_000
        assert wrapped.times([(start + older) % 2**32])[0] == pytest.approx(plain.times([older])[0], abs=1e-9)
    assert wrapped.resets == 0
    assert wrapped.tick_s == pytest.approx(plain.tick_s, rel=1e-12)


def test_samples_older_than_the_last_reading_keep_their_time_across_the_wrap() -> None:
    chip = ChipClock(NOMINAL_TICK_S)
    for second in range(5):
        chip.observe((2**32 - 160_000 + second * 40_000) % 2**32, float(second))
    # The last reading was tick 0 at 4 s; a sample of 0.5 s before has its ticks from before the wrap.
    assert chip.times([2**32 - 20_000, 2**32 - 1, 0])[:2] == pytest.approx([3.5, 4.0 - 25e-6], abs=1e-6)


@pytest.mark.parametrize("announced", [True, False])
def test_a_reset_of_the_chip_keeps_the_rate_and_finds_the_new_start(announced: bool) -> None:
    random = Random(4)
    true_tick_s = NOMINAL_TICK_S / 1.03
    chip = ChipClock(NOMINAL_TICK_S)
    for second in range(30):
        chip.observe(int(second / true_tick_s), second + random.uniform(0.0, 1e-3))
    if announced:
        chip.restart()
    reset_s = 30.2
    chip.observe(int(0.5 / true_tick_s), reset_s + 0.5)
    if not announced:
        chip.observe(int(1.0 / true_tick_s), reset_s + 1.0)
    assert chip.resets == int(not announced)
    assert chip.tick_s == pytest.approx(true_tick_s, rel=2e-4)
    assert chip.times([int(1.0 / true_tick_s)])[0] == pytest.approx(reset_s + 1.0, abs=1.5e-3)


@pytest.mark.parametrize("wrong", [0, 1_190_000, -1])
def test_one_reading_that_runs_backwards_changes_nothing(wrong: int) -> None:
    chip = ChipClock(NOMINAL_TICK_S)
    for second in range(30):
        chip.observe(second * 40_000, float(second))
    chip.observe(wrong, 29.9)
    assert chip.times([30 * 40_000])[0] == pytest.approx(30.0, abs=1e-3)
    chip.observe(31 * 40_000, 31.0)
    assert chip.resets == 0
    assert chip.times([32 * 40_000])[0] == pytest.approx(32.0, abs=1e-3)


def test_a_reset_hidden_behind_a_larger_reading_is_found_by_its_outliers() -> None:
    # The chip restarts from a later time (a second chip took its place): no step backwards tells.
    chip = ChipClock(NOMINAL_TICK_S)
    for second in range(20):
        chip.observe(second * 40_000, float(second))
    for second in range(20, 30):
        chip.observe(10**8 + second * 40_000, float(second))
    assert chip.times([10**8 + 30 * 40_000])[0] == pytest.approx(30.0, abs=1e-3)
    assert chip.outliers == 5


def test_late_stamps_are_ignored() -> None:
    clean, disturbed = ChipClock(NOMINAL_TICK_S), ChipClock(NOMINAL_TICK_S)
    for second in range(40):
        clean.observe(second * 41_000, float(second))
        disturbed.observe(second * 41_000, second + (0.08 if second % 7 == 6 else 0.0))
    assert disturbed.outliers == 5
    assert disturbed.tick_s == pytest.approx(clean.tick_s, rel=1e-5)


def test_stamps_that_are_no_numbers_never_get_in() -> None:
    line = Regression(0.005, stamp_sd_s=1e-3)
    assert line.observe(0, 1.0)
    for wrong in (nan, inf, -inf):
        assert not line.observe(1, wrong)
        assert not line.observe(wrong, 1.0)
    assert line.outliers == 6
    assert line.host_s(2) == pytest.approx(1.01)


def test_nothing_is_made_up_before_the_first_observation() -> None:
    with pytest.raises(ValueError, match="observe first"):
        ChipClock(NOMINAL_TICK_S).times([1])
    line = Regression(0.005, stamp_sd_s=1e-3)
    with pytest.raises(ValueError, match="observe first"):
        line.count(1.0)
    with pytest.raises(ValueError, match="positive"):
        Regression(0.0, stamp_sd_s=1e-3)


def test_a_rate_that_drifts_is_followed() -> None:
    # 100 ppm over five minutes, as a chip that warms up: the line keeps up within a millisecond.
    line = Regression(1.0, stamp_sd_s=1e-3)
    worst = 0.0
    host_s = 0.0
    for second in range(300):
        if second > 10:
            worst = max(worst, abs(line.host_s(second) - host_s))
        line.observe(second, host_s)
        host_s += 1.0 + 100e-6 * second / 300
    assert worst < 2e-3
    assert line.residual_s < 2e-3


@given(st.lists(st.floats(0.0, 0.01), min_size=2, max_size=80))
@settings(max_examples=50, deadline=None)
def test_times_never_decrease(delays: list[float]) -> None:
    chip = ChipClock(NOMINAL_TICK_S)
    got = []
    for second, delay in enumerate(delays):
        chip.observe(second * 40_500, second + delay)
        got.append(chip.times(second * 40_500 + 192 * np.arange(211)))
    assert (np.diff(np.concatenate(got)) >= 0).all()


class CountedChip:
    """Samples at true times `n / rate`; drained like a FIFO."""

    def __init__(self, rate_hz: float, seed: int = 1) -> None:
        self.rate_hz = rate_hz
        self.taken = 0
        self.random = Random(seed)
        self.thrown_away = 0

    def waiting(self, now_s: float) -> int:
        return int(now_s * self.rate_hz) - self.taken

    def take(self, now_s: float) -> int:
        waiting = self.waiting(now_s)
        self.taken += waiting
        return waiting


@pytest.mark.parametrize("rate_error", [-0.03, 0.0, 0.03])
def test_counting_finds_the_true_rate_within_thirty_seconds(rate_error: float) -> None:
    chip = CountedChip(200.0 * (1.0 + rate_error))
    clock = SampleClock(200.0)
    now_s = 0.0
    worst = 0.0
    while now_s < 30.0:
        now_s += 0.025 + late(chip.random)
        first = chip.taken + 1
        times_s, lost = clock.place(chip.take(now_s), now_s)
        assert lost == 0
        if now_s > 5.0:
            true_s = np.arange(first, chip.taken + 1) / chip.rate_hz
            worst = max(worst, *(np.abs(times_s - true_s)), 0.0)
    assert clock.rate_hz == pytest.approx(chip.rate_hz, rel=2e-4)
    assert clock.residual_s < 0.004
    assert worst < 0.0025


def test_samples_left_behind_do_not_shift_the_time() -> None:
    chip = CountedChip(200.0)
    clock = SampleClock(200.0)
    now_s = 0.0
    for _ in range(400):
        now_s += 0.0253
        first = chip.taken + 1
        waiting = chip.waiting(now_s)
        samples = min(waiting, 5)
        times_s, _ = clock.place(samples, now_s, left=waiting - samples)
        chip.taken += samples
    assert waiting > 15
    assert times_s[0] == pytest.approx(first / 200.0, abs=0.003)


@pytest.mark.parametrize("rate_error", [-0.03, 0.011, 0.03])
def test_what_a_break_threw_away_is_counted_exactly(rate_error: float) -> None:
    chip = CountedChip(200.0 * (1.0 + rate_error), seed=7)
    clock = SampleClock(200.0)
    now_s = 0.0
    delivered = lost = 0
    for poll in range(8000):
        now_s += 0.025 + late(chip.random)
        if poll % 400 == 399:
            now_s += chip.random.uniform(0.0, 2.0)
            chip.thrown_away += chip.take(now_s)
            clock.broke()
            now_s += 0.025
        times_s, missing = clock.place(chip.take(now_s), now_s)
        delivered += len(times_s)
        lost += missing
    assert lost == chip.thrown_away
    assert delivered + lost == chip.taken
    assert times_s[-1] == pytest.approx(chip.taken / chip.rate_hz, abs=0.003)


@pytest.mark.parametrize("rate_hz", [199.6, 201.1, 205.6])
def test_soon_after_a_restart_a_long_break_is_still_counted_exactly(rate_hz: float) -> None:
    # Polled every 25 ms, a rate near 200 Hz is seen through a slow beat that bends a short line.
    chip = CountedChip(rate_hz)
    clock = SampleClock(200.0)
    now_s = 0.0
    for poll in range(1300):
        now_s += 0.025
        if poll == 1200:
            clock.restart()
        clock.place(chip.take(now_s), now_s)
    now_s += 4.0
    thrown_away = chip.take(now_s)
    clock.broke()
    lost = 0
    for _ in range(20):
        now_s += 0.025
        lost += clock.place(chip.take(now_s), now_s)[1]
    assert lost == thrown_away


def test_a_restart_keeps_the_rate_and_counts_what_was_missed_to_the_sample() -> None:
    chip = CountedChip(206.0)
    clock = SampleClock(200.0)
    now_s = 0.0
    for _ in range(400):
        now_s += 0.025
        clock.place(chip.take(now_s), now_s)
    rate_hz = clock.rate_hz
    clock.restart()
    now_s += 3.0
    missed = chip.take(now_s)
    now_s += 0.025
    times_s, lost = clock.place(chip.take(now_s), now_s)
    assert clock.rate_hz == pytest.approx(rate_hz, rel=1e-6)
    assert abs(lost - missed) <= 1
    assert times_s[-1] == pytest.approx(chip.taken / chip.rate_hz, abs=0.005)


@pytest.mark.parametrize("rate_error", [-0.03, 0.0, 0.03])
def test_polled_conversions_are_placed_between_two_looks(rate_error: float) -> None:
    # 80 conversions a second found by looking every 5 ms: never two between looks, so none lost.
    chip = CountedChip(80.0 * (1.0 + rate_error), seed=3)
    clock = SampleClock(80.0)
    now_s = since_s = 0.0
    worst = 0.0
    for _ in range(6000):
        since_s, now_s = now_s, now_s + 0.005 + chip.random.uniform(0.0, 1e-3)
        if chip.take(now_s):
            times_s, lost = clock.place(1, now_s, since_s=since_s)
            assert lost == 0
            if now_s > 5.0:
                worst = max(worst, abs(times_s[0] - chip.taken / chip.rate_hz))
    assert clock.rate_hz == pytest.approx(chip.rate_hz, rel=2e-4)
    assert worst < 0.0025


def test_conversions_overwritten_in_a_long_pause_are_counted() -> None:
    chip = CountedChip(82.4, seed=5)
    clock = SampleClock(80.0)
    now_s = since_s = 0.0
    delivered = lost = 0
    for poll in range(20_000):
        pause_s = chip.random.uniform(0.02, 0.5) if poll % 500 == 499 else 0.0
        since_s, now_s = now_s, now_s + 0.005 + chip.random.uniform(0.0, 1e-3) + pause_s
        if chip.take(now_s):
            times_s, missing = clock.place(1, now_s, since_s=since_s)
            delivered += len(times_s)
            lost += missing
    assert lost > 100
    assert delivered + lost == chip.taken


def test_the_modules_read_no_clock() -> None:
    imported = set()
    for module in (clock_module, regression_module, tally_module):
        tree = ast.parse(inspect.getsource(module))
        imported |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported == {
        "collections.abc",
        "functools",
        "firmware.sampling.regression",
        "firmware.sampling.tally",
        "math",
        "numpy",
        "tracker.blocks",
        "typing",
    }


def test_no_driver_looks_at_the_wall_clock() -> None:
    # The monotonic clock is the only one: a step of the wall clock (NTP) must not reach a sample.
    for folder in ("i2c", "sampling"):
        for path in (Path(clock_module.__file__).parents[1] / folder).glob("*.py"):
            source = path.read_text(encoding="utf-8")
            assert not re.search(r"\btime\.(time|time_ns|localtime|gmtime)\b|datetime", source), path
