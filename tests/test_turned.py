"""By the gyroscope alone a leg turns as it turns, however it speeds up."""

from math import atan2, cos, pi, sin

import numpy as np
import pytest

from tests.motion import minimum_jerk
from tracker.orientation import Orientation
from tracker.poses import PoseHistory, up_in_sensor
from tracker.turned import Turned

LEG_M = 0.85
G_MPS2 = 9.81
RATE_HZ = 200.0
SWING_RAD, SECONDS, REST_S = 0.56, 1.5, 4.0


def followed(
    silent_s: tuple[float, float] = (0.0, 0.0),
) -> tuple[Turned, PoseHistory, np.ndarray, np.ndarray]:
    """A pendulum of a leg's length, its sensor at the end, z up the leg: it swings out and stays.

    The sensor feels the pull towards the hip and the push along its way: with angle a from the vertical,
    L a'^2 + g cos a along the leg and L a'' + g sin a across it.
    """
    t = np.arange(0.0, REST_S + SECONDS + 0.5, 1.0 / RATE_HZ)
    angle = SWING_RAD * minimum_jerk((t - REST_S) / SECONDS)
    rate = np.gradient(angle, t)
    change = np.gradient(rate, t)
    poses, orientation = PoseHistory(), Orientation()
    turned = Turned(poses)
    for t_s, a, w, dw in zip(t.tolist(), angle.tolist(), rate.tolist(), change.tolist(), strict=True):
        if silent_s[0] < t_s < silent_s[1]:
            continue
        along, across = LEG_M * w * w + G_MPS2 * cos(a), LEG_M * dw + G_MPS2 * sin(a)
        orientation.update(t_s, -across, 0.0, along, 0.0, w, 0.0)
        poses.add(t_s, orientation.quaternion)
        turned.add(t_s, orientation.turned)
    return turned, poses, t, angle


def test_the_swing_is_the_leg_s_own_where_inclination_by_gravity_leans_with_its_speed() -> None:
    turned, poses, t, angle = followed()
    ups = turned.ups(0.0, float(t[-1]), REST_S - 0.5)
    assert len(ups) == len(t)
    by_gyroscope = np.array([abs(atan2(up[0], up[2])) for _, up in ups])
    by_gravity = np.array(
        [abs(atan2(up[0], up[2])) for up in (up_in_sensor(q) for _, q in poses.between(0.0, 9.0))]
    )
    assert np.abs(by_gyroscope - angle).max() < 0.2 * pi / 180.0
    assert np.abs(by_gravity - angle).max() > 0.3 * pi / 180.0


@pytest.mark.parametrize("level_s", [-1.0, 50.0])
def test_without_a_sample_near_there_is_nothing_to_turn(level_s: float) -> None:
    turned, _, _, _ = followed()
    assert turned.ups(0.0, 5.0, level_s) == []


def test_after_missing_samples_the_gyroscope_tells_that_a_leg_hangs_still() -> None:
    turned = Turned(PoseHistory())
    for t_s in np.arange(0.0, 12.0, 0.01).tolist():
        if 2.0 < t_s < 3.0:
            continue
        half = 0.25 * max(0.0, t_s - 4.0)
        turned.add(t_s, (cos(half), 0.0, sin(half), 0.0))
    assert turned.hung_still(4.0, 0.25)
    assert not turned.hung_still(4.2, 0.25), "it swings"
    assert turned.hung_still(3.11, 0.25), "what was seen of that hung still"
    assert not turned.hung_still(3.09, 0.25), "too little of that was seen"
    assert not turned.hung_still(1.5, 0.25), "gravity tells"
    assert not turned.hung_still(50.0, 0.25)


@pytest.mark.parametrize(
    ("silent_s", "missed"), [((0.0, 0.0), False), ((4.5, 4.8), False), ((4.1, 5.3), True)]
)
def test_the_gyroscope_never_learns_of_a_way_that_it_missed(
    silent_s: tuple[float, float], missed: bool
) -> None:
    turned, _, _, _ = followed(silent_s)
    assert turned.missed(REST_S, REST_S + SECONDS) is missed
