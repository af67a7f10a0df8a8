"""A return is over when the ankle has stopped, though the hips still move the cable."""

from math import pi, sin

import numpy as np
import pytest

from tests.motion import FIVE_PERCENT, minimum_jerk
from tracker.movement import Ending, Level, Movement
from tracker.movement_params import MovementParams
from tracker.movements import Movements
from tracker.progress import CableTravel
from tracker.slowing import Slowing
from tracker.swing_rate import SwingRate

RATE_HZ = 200.0
RANGE_M, SWING_RAD = 0.4, 0.5
OUT_S, HOLD_S, BACK_S, REST_S = 1.5, 1.0, 4.0, 1.0
END_S = REST_S + OUT_S + HOLD_S + BACK_S * (1.0 - FIVE_PERCENT)


def share(t: np.ndarray) -> np.ndarray:
    out = minimum_jerk((t - REST_S) / OUT_S)
    return out - minimum_jerk((t - REST_S - OUT_S - HOLD_S) / BACK_S)


def over_s(*, ankle: bool, stands_s: float = 99.0, sway_m: float = 0.004) -> float:
    """Return when a return by minimum jerk was seen to be over while the hips sway out at its end.

    `stands_s`: when the ankle's rate is nothing from then on, whatever the cable does.
    """
    swing = SwingRate()
    machine = Movements(CableTravel(0.12).measure, RANGE_M, swing=swing if ankle else None)
    t = np.arange(0.0, 11.0, 1.0 / RATE_HZ)
    shares = share(t)
    rates = SWING_RAD * np.gradient(shares, t)
    for t_s, out, rate in zip(t.tolist(), shares.tolist(), rates.tolist(), strict=True):
        swing.add(t_s, 0.0, rate if t_s < stands_s else 0.0, 0.0)
        if abs(t_s - REST_S - OUT_S) < 0.5 / RATE_HZ:
            swing.aim((0.0, 1.0, 0.0))
        sway = -sway_m * sin(2.0 * pi * 0.4 * (t_s - END_S))
        over: list[Movement[float]] = machine.update(t_s, RANGE_M * out + sway)[1]
        if over:
            assert [movement.ending for movement in over] == [Ending.RETURNED]
            return float(t_s)
    raise AssertionError("never over")


def test_the_ankle_tells_the_end_while_the_hips_sway_on() -> None:
    assert 0.0 < over_s(ankle=True) - END_S <= 0.25
    assert over_s(ankle=False) - END_S > 0.3


def test_without_sway_it_is_over_as_soon() -> None:
    assert 0.0 < over_s(ankle=True, sway_m=0.0) - END_S <= 0.25


@pytest.mark.parametrize("share_of_return", [0.3, 0.6])
def test_an_ankle_that_stops_half_way_ends_nothing_while_the_cable_goes_on(share_of_return: float) -> None:
    stands_s = END_S - (1.0 - share_of_return) * BACK_S
    assert over_s(ankle=True, stands_s=stands_s) > END_S - 0.15


@pytest.mark.parametrize(
    ("speed", "share", "over"), [(0.08, 1.04, True), (0.08, 1.0, False), (0.3, 1.04, False)]
)
def test_beyond_the_start_it_may_go_on_faster(speed: float, share: float, over: bool) -> None:
    """A return that went at 1 m/s goes on at 8 % of that: the hips, beyond the start."""
    slowing = Slowing[float](lambda position: position, MovementParams(), None)
    slowing.begin(0.0)
    trace = [Level(0.0, 0.0)]
    slowing.update(trace, 1.0, 0.0, 0.5)
    for k in range(1, 31):
        trace.append(Level(0.01 * k, -speed * 0.01 * k))
        slowing.update(trace, speed, 0.0, share)
    assert slowing.over(share) is over
