"""How far a leg swings, hanging or lying across gravity."""

from math import cos, radians, sin

import pytest

from tests.benchmark.judged import tracked
from tests.gym.session import RepPlan, SessionPlan
from tests.gym.simulate import simulate
from tracker.messages import Rep, RepKind
from tracker.poses import PoseHistory, Quaternion
from tracker.swing import Swing

LEVEL: Quaternion = (1.0, 0.0, 0.0, 0.0)


def turn(x: float, y: float, z: float, angle_deg: float) -> Quaternion:
    """Return the rotation about a unit vector."""
    half = radians(angle_deg) / 2.0
    return cos(half), x * sin(half), y * sin(half), z * sin(half)


def swing_deg(peak: Quaternion, *, lies: bool) -> float | None:
    poses = PoseHistory()
    poses.add(0.0, LEVEL)
    poses.add(1.0, peak)
    return Swing(poses, lies=lies).swing_deg(0.0, 1.0)


@pytest.mark.parametrize("aside_deg", [0.0, 40.0, 90.0])
def test_a_leg_that_lies_swings_as_far_to_the_side_as_upwards(aside_deg: float) -> None:
    aside = radians(aside_deg)
    peak = turn(0.0, cos(aside), sin(aside), 30.0)
    assert swing_deg(peak, lies=True) == pytest.approx(30.0)
    opposite = (-peak[0], -peak[1], -peak[2], -peak[3])
    assert swing_deg(opposite, lies=True) == pytest.approx(30.0), "the same rotation"


def test_what_a_lying_leg_turns_about_itself_hardly_counts() -> None:
    both = turn(0.6, 0.8, 0.0, 30.0)  # 18 degrees about its own axis x, 24 of swing
    assert swing_deg(both, lies=True) == pytest.approx(30.0)
    little = turn(0.24, 0.97077, 0.0, 24.7)
    assert swing_deg(little, lies=True) == pytest.approx(24.0, abs=0.75)


def test_a_hanging_leg_swings_as_gravity_shows() -> None:
    assert swing_deg(turn(0.0, 1.0, 0.0, 30.0), lies=False) == pytest.approx(30.0)
    assert swing_deg(turn(0.0, 0.0, 1.0, 30.0), lies=False) == pytest.approx(0.0)


def test_a_swing_whose_start_was_not_seen_is_not_known() -> None:
    poses = PoseHistory()
    poses.add(1.0, LEVEL)
    assert Swing(poses, lies=True).swing_deg(0.0, 1.0) is None


def test_a_kick_on_hands_and_knees_is_neither_partial_nor_short_for_going_to_the_side() -> None:
    ways_deg = (10.0, 10.0, 58.0)
    plan = SessionPlan(
        seed=93_500,
        exercise="quadruped-kickback",
        sets=(tuple(RepPlan(diagonal_deg=way_deg) for way_deg in ways_deg),),
        walk_in=False,
        calibrate=False,
        cable=False,
    )
    session = simulate(plan)
    reps = [event for event in tracked(session, session.streams) if isinstance(event, Rep)]
    assert [rep.kind for rep in reps] == [RepKind.FULL] * 3
    assert "short_range" not in reps[2].faults
    for rep, true in zip(reps, session.truth.reps, strict=True):
        assert rep.rom_deg == pytest.approx(true.form.shank_deg, abs=1.5)
