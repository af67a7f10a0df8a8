"""Boundaries stand where progress speed crosses 5 % of the phase's own peak."""

from dataclasses import replace

import numpy as np
import pytest

from tests.motion import FIVE_PERCENT, Stretch, cable, kick
from tracker.phases import BY_CABLE, Boundaries, find_boundaries


def boundaries(samples: np.ndarray, start_s: float, peak_s: float, end_s: float | None) -> Boundaries:
    return find_boundaries(samples[:, 0].tolist(), samples[:, 1].tolist(), start_s, peak_s, end_s)


@pytest.mark.parametrize("rate_hz", [20.0, 59.0, 100.0, 208.0])
@pytest.mark.parametrize(
    ("concentric_s", "hold_s", "eccentric_s"), [(1.0, 1.0, 2.0), (0.6, 0.8, 4.0), (8.0, 3.0, 8.0)]
)
def test_minimum_jerk_rep_at_any_rate(
    rate_hz: float, concentric_s: float, hold_s: float, eccentric_s: float
) -> None:
    rest = 1.5
    samples = cable([Stretch(0.0, rest), *kick(0.4, concentric_s, hold_s, eccentric_s, 1.5)], rate_hz)
    turn = rest + concentric_s
    back = turn + hold_s
    found = boundaries(samples, rest, turn + 0.5 * hold_s, back + eccentric_s)
    # A window of half width w smooths speed with variance w^2 / 5, which moves a crossing outwards by
    # at most (w^2 / 5) / (2 x) where x is its distance from the true end of movement; plus one sample.
    tolerance = 0.02 + 1.0 / rate_hz
    assert found.concentric_start_s == pytest.approx(rest + FIVE_PERCENT * concentric_s, abs=tolerance)
    assert found.pause_start_s == pytest.approx(turn - FIVE_PERCENT * concentric_s, abs=tolerance)
    assert found.eccentric_start_s == pytest.approx(back + FIVE_PERCENT * eccentric_s, abs=tolerance)
    assert found.eccentric_end_s == pytest.approx(back + (1.0 - FIVE_PERCENT) * eccentric_s, abs=tolerance)
    assert found.concentric_peak == pytest.approx(
        1.875 * 0.4 / concentric_s, rel=0.02 + 1.5 / (rate_hz * concentric_s)
    )


def test_tremor_in_the_hold_is_not_movement() -> None:
    samples = cable([Stretch(0.0, 1.0), *kick(0.4, 1.2, 3.0, 2.0, 1.0)])
    t = samples[:, 0]
    holding = (t > 2.2) & (t < 5.2)
    samples[holding, 1] += 0.0005 * np.sin(2.0 * np.pi * 8.0 * t[holding])
    found = boundaries(samples, 1.0, 3.0, 7.2)
    assert found.pause_start_s == pytest.approx(2.2 - FIVE_PERCENT * 1.2, abs=0.03)
    assert found.eccentric_start_s == pytest.approx(5.2 + FIVE_PERCENT * 2.0, abs=0.03)


def test_a_stall_half_way_does_not_end_the_phase() -> None:
    samples = cable(
        [
            Stretch(0.0, 1.0),
            Stretch(0.2, 0.8),
            Stretch(0.2, 0.4),
            Stretch(0.4, 0.8),
            Stretch(0.4, 1.0),
            Stretch(0.0, 2.0),
            Stretch(0.0, 1.0),
        ]
    )
    found = boundaries(samples, 1.0, 3.5, 6.0)
    assert found.concentric_start_s == pytest.approx(1.0 + FIVE_PERCENT * 0.8, abs=0.02)
    assert found.pause_start_s == pytest.approx(3.0 - FIVE_PERCENT * 0.8, abs=0.02)


def test_without_a_hold_pause_and_return_begin_together() -> None:
    samples = cable([Stretch(0.0, 1.0), Stretch(0.4, 1.0), Stretch(0.0, 1.5), Stretch(0.0, 1.0)])
    found = boundaries(samples, 1.0, 2.0, 3.5)
    assert found.eccentric_start_s is not None
    # Both speeds stay under 5 % of their peaks for 0.0594 of their durations about the turn.
    assert 0.0 <= found.eccentric_start_s - found.pause_start_s <= FIVE_PERCENT * (1.0 + 1.5) + 0.02


def test_a_movement_that_never_returns_has_no_return() -> None:
    samples = cable([Stretch(0.0, 1.0), Stretch(0.4, 1.0), Stretch(0.4, 2.0)])
    found = boundaries(samples, 1.0, 2.0, None)
    assert found.eccentric_start_s is None
    assert found.eccentric_end_s is None
    assert found.eccentric_peak is None
    assert found.pause_start_s == pytest.approx(2.0 - FIVE_PERCENT, abs=0.02)


def test_time_shift_shifts_boundaries_only() -> None:
    samples = cable([Stretch(0.0, 1.0), *kick(0.3, 1.0, 0.5, 2.0, 1.0)])
    here = boundaries(samples, 1.0, 2.2, 4.5)
    samples[:, 0] += 4096.0
    there = boundaries(samples, 4097.0, 4098.2, 4100.5)
    assert there.concentric_start_s - 4096.0 == pytest.approx(here.concentric_start_s, abs=1e-6)
    assert there.concentric_peak == pytest.approx(here.concentric_peak, rel=1e-6)


def test_hips_that_sway_move_the_ends_of_a_slow_return_less_by_what_the_speed_before_foretells() -> None:
    """Sway of 4 mm, as fast as the crossing itself: read from that alone, it is off by 144 ms on the mean."""
    samples = cable([Stretch(0.0, 1.5), *kick(0.4, 1.2, 1.5, 4.5, 1.5)])
    true_s = 4.2 + FIVE_PERCENT * 4.5, 4.2 + (1.0 - FIVE_PERCENT) * 4.5
    off_s = {0.0: 0.0, BY_CABLE.sway: 0.0}
    for k in range(12):
        swaying = samples[:, 1] + 0.004 * np.sin(2.0 * np.pi * (0.35 * samples[:, 0] + k / 12.0))
        for sway in off_s:
            params = replace(BY_CABLE, sway=sway)
            found = find_boundaries(samples[:, 0].tolist(), swaying.tolist(), 1.5, 3.4, 8.7, params)
            assert found.eccentric_start_s is not None
            assert found.eccentric_end_s is not None
            ends_s = zip((found.eccentric_start_s, found.eccentric_end_s), true_s, strict=True)
            off_s[sway] += sum(abs(end_s - at_s) for end_s, at_s in ends_s) / 24.0
    assert off_s[BY_CABLE.sway] < 0.75 * off_s[0.0]
