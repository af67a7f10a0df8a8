"""The ankle's rate tells soon that the leg sets off, and is not taken in by a leg that trembles."""

from math import pi, sin

import numpy as np
import pytest

from tests.motion import FIVE_PERCENT, minimum_jerk
from tracker.swing_rate import SwingRate

RATE_HZ = 208.0
SWING_RAD = 0.5
REST_S = 5.0
AXIS = (0.6, 0.0, -0.8)


def tremor_radps(t_s: float) -> float:
    """A tired leg: 8 Hz, 0.2 mrad root mean square."""
    return 2.8e-4 * 2.0 * pi * 8.0 * sin(2.0 * pi * 8.0 * t_s)


def set_off_s(swing: SwingRate, seconds: float) -> list[float]:
    """Return when a leg that rests and then comes back by minimum jerk is seen to set off."""
    t = np.arange(0.0, REST_S + seconds, 1.0 / RATE_HZ)
    rate = -np.gradient(SWING_RAD * minimum_jerk((t - REST_S) / seconds), t)
    told = []
    for t_s, r in zip(t.tolist(), rate.tolist(), strict=True):
        now = r + tremor_radps(t_s)
        swing.add(t_s, AXIS[0] * now, 0.0, AXIS[2] * now)
        if swing.tells(t_s) and swing.back_since_s(shown=False) is not None:
            told.append(t_s)
    return told


def aimed() -> SwingRate:
    swing = SwingRate()
    swing.add(-1.0 / RATE_HZ, 0.0, 0.0, 0.0)
    swing.aim(AXIS)
    return swing


@pytest.mark.parametrize(("seconds", "soon_s"), [(0.8, 0.1), (2.0, 0.1), (4.0, 0.15), (6.0, 0.25)])
def test_a_leg_that_sets_off_is_seen_soon(seconds: float, soon_s: float) -> None:
    first_s = set_off_s(aimed(), seconds)[0] - REST_S - FIVE_PERCENT * seconds
    assert -0.1 < first_s < soon_s


def test_who_was_mistaken_believes_less_and_then_more_again() -> None:
    wary, forgiving = aimed(), aimed()
    for _ in range(3):
        wary.mistaken()
        forgiving.mistaken()
    for _ in range(30):
        forgiving.confirmed()
    plain_s = set_off_s(aimed(), 4.0)[0]
    assert plain_s + 0.05 < set_off_s(wary, 4.0)[0] < REST_S + 1.0
    assert set_off_s(forgiving, 4.0)[0] == plain_s


def test_what_stops_again_is_no_setting_off() -> None:
    swing = aimed()
    last_s = 0.0
    for k in range(300):
        last_s = k / RATE_HZ
        rate = -0.1 if k < 20 else 0.0
        swing.add(last_s, AXIS[0] * rate, 0.0, AXIS[2] * rate)
        if k == 19:
            assert swing.back_since_s(shown=False) == pytest.approx(0.0, abs=0.01)
            assert swing.out_since_s(shown=False) is None
    assert swing.back_since_s(shown=True) is None


def test_nothing_is_told_without_an_axis_or_after_a_silence() -> None:
    swing = SwingRate()
    swing.add(0.0, 1.0, 0.0, 0.0)
    assert not swing.tells(0.0)
    swing = aimed()
    set_off_s(swing, 2.0)
    assert swing.tells(7.0)
    assert not swing.tells(7.1), "silent since"
    swing.add(8.0, -1.0, 0.0, 0.0)
    assert not swing.tells(8.0), "a single rate tells nothing"
    assert swing.back_since_s(shown=False) is None


def test_between_reps_the_way_of_the_last_rep_is_followed() -> None:
    swing = aimed()
    swing.release()
    assert not swing.tells(0.0), "that was no rep"
    swing.aim(AXIS)
    swing.release()
    swing.keep()
    swing.aim(None)
    swing.release()
    for k in range(30):
        swing.add(0.005 * k, AXIS[0], 0.0, AXIS[2])
    assert swing.tells(0.145)
    assert swing.rate == pytest.approx(1.0)
