"""The number of samples a chip has made: every number that fits is kept, and no wrong one for good."""

from math import floor
from random import Random

import pytest

from firmware.sampling.clock import SampleClock
from firmware.sampling.tally import Tally


def seen(tally: Tally, told: int, host_s: float, *, missed: bool = False) -> int:
    return tally.see(told, (1.0, host_s), host_s, missed=missed)[0]


def test_a_break_that_fits_two_numbers_leaves_both_until_a_reading_tells() -> None:
    tally = Tally(10.0, 0.001)
    # 10 a second: the first look finds sample 5, so the count is 5 to 6. A second later it is 15 to 16,
    # and a look 0.05 s after that sees 15 or 16: nobody knows how many of them were lost.
    assert seen(tally, 5, 0.0) == 0
    change = seen(tally, 6, 1.05, missed=True)
    assert {6 + change - tally.fewer, 6 + change + tally.more} == {15, 16}
    assert not tally.certain
    # One sample 0.08 s later: from 15 it would stand at 15.5 + 0.8 at least, which is 16; so it was 15,
    # or it was 16 and nothing new could have come before 16.0 + 0.8.
    told = 6 + change
    told += seen(tally, told, 1.08)
    assert tally.fewer + tally.more <= 1


@pytest.mark.parametrize("rate_error", [-0.02, 0.0, 0.013])
@pytest.mark.parametrize("seed", range(6))
def test_the_true_number_is_always_among_the_possible_ones(rate_error: float, seed: int) -> None:
    """However the looks fall, with a rate known within 3 % and breaks of up to ten samples."""
    random = Random(seed)
    rate_hz = 80.0 * (1.0 + rate_error)
    tally = Tally(80.0)
    host_s, told, taken = random.random(), 0, 0
    offset = floor(host_s * rate_hz)
    for reading in range(400):
        missed = random.random() < 0.3
        host_s += random.uniform(0.001, 0.12 if missed else 0.02)
        made = floor(host_s * rate_hz) - offset
        arrived = min(made - taken, 1) if missed and reading else made - taken
        taken = made
        told += arrived
        told += seen(tally, told, host_s, missed=missed and reading > 0)
        assert told - tally.fewer <= made <= told + tally.more


@pytest.mark.parametrize("hours", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("rate_error", [-0.02, 0.0, 0.02])
def test_after_a_break_of_hours_it_owns_up_to_every_number_without_trying_each(
    hours: float, rate_error: float
) -> None:
    """A rate known for a tenth of a second leaves 250,000 numbers after ten hours."""
    rate_hz = 80.0 * (1.0 + rate_error)
    tally = Tally(80.0)
    told = 0
    for look in range(1, 21):
        host_s = 0.005 * look
        told = floor(host_s * rate_hz)
        tally.see(told, (1.0, host_s), host_s, missed=False)
    host_s += 3600.0 * hours
    told += 1
    told += seen(tally, told, host_s, missed=True)
    true = floor(host_s * rate_hz)
    assert tally.certain, "no more of them are carried along than one"
    assert told - tally.fewer - 1 <= true <= told + tally.more + 1
    assert tally.fewer + tally.more < 0.08 * 80.0 * 3600.0 * hours


def test_what_was_in_doubt_about_a_life_stays_in_doubt_after_it() -> None:
    tally = Tally(10.0, 0.001)
    seen(tally, 5, 0.0)
    seen(tally, 6, 1.05, missed=True)
    doubt = tally.fewer, tally.more
    tally.restart()
    assert sum(doubt) == 1
    assert (tally.fewer, tally.more) == doubt
    assert tally.certain
    seen(tally, 100, 5.0)
    assert (tally.fewer, tally.more) == doubt


def test_one_disturbed_reading_changes_nothing_and_a_chip_that_left_its_bounds_is_followed() -> None:
    tally = Tally(10.0, 0.001)
    for tenth in range(1, 20):
        seen(tally, tenth, 0.1 * tenth + 0.05)
    assert seen(tally, 20, 2.95) == 0
    assert seen(tally, 30, 3.05) == 0
    assert tally.certain
    # The chip has jumped ahead by half a second, which no rate explains.
    for tenth in range(31, 60):
        seen(tally, tenth, 0.1 * tenth + 0.55)
    least, most = tally.count(6.55) or (0.0, 0.0)
    assert floor(least) <= 60 <= floor(most)
    # Or it ran on as before, and five samples went unseen: at 6.45 s it would have made 64.
    assert tally.fewer == 0
    assert 5 <= tally.more <= 6


@pytest.mark.parametrize(
    ("rate_sps", "looks", "late_s", "in_doubt"),
    [(80.0, 1, 0.012, 0.002), (320.0, 3, 0.003, 0.005), (320.0, 3, 0.006, 0.08)],
)
@pytest.mark.parametrize("rate_error", [-0.03, 0.0, 0.03])
def test_a_host_that_is_late_from_the_very_start_never_loses_count(
    rate_sps: float, looks: int, late_s: float, in_doubt: float, rate_error: float
) -> None:
    """The result register holds one conversion only, and every look may come too late for one.

    At 3 ms a third of the looks come too late for one of 3.1 ms, at 6 ms nearly all: then hardly a look
    tells how fast the chip is, and what remains in doubt is told.
    """
    random = Random(5)
    rate_hz, look_s = rate_sps * (1.0 + rate_error), 0.005 / looks
    clock = SampleClock(rate_sps)
    tick = delivered = lost = first = taken = 0
    host_s = since_s = 0.0
    while host_s < 10.0:
        tick = max(tick + 1, int(host_s / look_s) + 1)
        host_s = max(host_s, tick * look_s + random.random() * late_s)
        made = floor(host_s * rate_hz)
        if made > taken:
            first = first or made
            taken = made
            lost += clock.place(1, host_s, since_s=since_s)[1]
            delivered += 1
            told, made = delivered + lost, made - first + 1
            assert told - clock.fewer <= made <= told + clock.more
        since_s = host_s
    assert lost > 10
    assert clock.fewer + clock.more <= in_doubt * made
