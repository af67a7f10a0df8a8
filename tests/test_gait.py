"""Steps are told from kicks by where they start, where they end and which way they go."""

from math import cos, radians, sin

import pytest

from tracker.gait import Gait
from tracker.movement import Ending, Level, Movement
from tracker.progress import Tilt, Vector


def pose(swing_deg: float, azimuth_deg: float = 0.0) -> Vector:
    """Up in the sensor frame of a leg that swings out from upright by so much, towards an azimuth."""
    swing, azimuth = radians(swing_deg), radians(azimuth_deg)
    return sin(swing) * cos(azimuth), sin(swing) * sin(azimuth), cos(swing)


def movement(start: Vector, peak: Vector, end: Vector, rested_s: float = 0.0) -> Movement[Vector]:
    out, far, back = Level(0.0, start), Level(1.0, peak), Level(2.0, end)
    return Movement(out, far, back, Ending.RETURNED, rested_s, (out, far, back))


@pytest.fixture
def gait() -> Gait[Vector]:
    """After three kicks of 30 degrees from upright."""
    gait = Gait(Tilt(radians(9.0), pose(0.0)))
    for azimuth_deg in (-4.0, 3.0, 1.0):
        gait.learn(movement(pose(0.0), pose(30.0, azimuth_deg), pose(1.0)))
    return gait


def test_kicks_from_about_home_and_back_are_no_steps(gait: Gait[Vector]) -> None:
    assert not gait.is_step(movement(pose(0.0), pose(30.0), pose(0.0)))
    assert not gait.is_step(movement(pose(5.0, 90.0), pose(30.0, 10.0), pose(4.0, 200.0)))
    assert not gait.is_step(movement(pose(1.0), pose(14.0, 30.0), pose(0.0)))


def test_a_leg_that_swings_through_walks(gait: Gait[Vector]) -> None:
    through = movement(pose(0.0), pose(30.0), pose(8.0, 180.0))
    assert gait.is_step(through)
    assert Gait(Tilt(radians(9.0), pose(0.0))).is_step(through), "known before any rep"


def test_a_swing_from_far_off_home_is_a_step_unless_the_lifter_stood_there(gait: Gait[Vector]) -> None:
    far = (pose(20.0, 180.0), pose(25.0), pose(19.0, 180.0))
    assert gait.is_step(movement(*far))
    assert not gait.is_step(movement(*far, rested_s=1.0))


def test_forwards_is_no_kick_once_the_way_is_known(gait: Gait[Vector]) -> None:
    forwards = movement(pose(0.0), pose(25.0, 180.0), pose(0.0), rested_s=1.0)
    assert gait.is_step(forwards)
    gait.new_set()
    assert not gait.is_step(forwards)


def test_a_short_kick_may_end_as_far_beyond_its_start_as_a_long_one(gait: Gait[Vector]) -> None:
    assert not gait.is_step(movement(pose(0.0), pose(12.0), pose(4.0, 180.0)))
    assert gait.is_step(movement(pose(0.0), pose(12.0), pose(8.0, 180.0)))
    gait.new_set()
    assert gait.is_step(movement(pose(0.0), pose(12.0), pose(4.0, 180.0))), "no rep is known yet"
