"""A leg that lies across gravity is followed along the set's way, blind to its turning about itself."""

from dataclasses import replace
from math import cos, pi, radians, sin

import pytest

from tracker.follower import Follower
from tracker.messages import Phase, Rejection, RepKind
from tracker.movement import Ending, Level, Movement
from tracker.phases import Boundaries
from tracker.progress import Tilt, Vector
from tracker.set_tilt import SetTilt

LEAST_RAD = radians(9.0)


def up(raised_rad: float, turned_rad: float = 0.0) -> Vector:
    """Up in the frame of a sensor whose z is a leg's long axis, raised from lying and turned about it."""
    across = cos(raised_rad)
    return across * cos(turned_rad), -across * sin(turned_rad), sin(raised_rad)


def knowing(raised_rad: float = 0.5, turned_rad: float = 0.05) -> SetTilt:
    tilt = SetTilt(LEAST_RAD, up(0.0))
    tilt.learn(up(0.0), up(raised_rad, turned_rad))
    return tilt


def test_before_the_first_rep_the_leg_may_go_anywhere() -> None:
    tilt = SetTilt(LEAST_RAD, up(0.0))
    assert tilt.measure(up(0.0, 0.1)) == pytest.approx(0.1)
    assert tilt.measure(up(0.1)) == pytest.approx(0.1)


def test_after_it_a_turn_about_itself_hardly_counts_and_the_swing_does() -> None:
    tilt = knowing()
    assert abs(tilt.measure(up(0.0, 0.1))) < 0.015
    assert tilt.measure(up(0.4)) == pytest.approx(0.4, abs=0.01)
    assert tilt.measure(up(-0.1)) == pytest.approx(-0.1, abs=0.005), "less than nothing on the other side"
    assert tilt.apart(up(0.0, 0.2), up(0.0)) < 0.03
    assert tilt.refined([up(0.3, 0.1)], up(0.0), up(0.3, 0.2)) == pytest.approx([0.3], abs=0.015)


def test_what_turns_with_one_rep_is_outweighed_by_the_others() -> None:
    tilt = knowing(turned_rad=0.3)
    for turned_rad in (-0.1, 0.0, -0.2):
        tilt.learn(up(0.0), up(0.5, turned_rad))
    assert abs(tilt.measure(up(0.0, 0.1))) < 0.002


def test_a_new_set_may_go_another_way() -> None:
    tilt = knowing()
    tilt.new_set()
    assert tilt.measure(up(0.0, 0.1)) == pytest.approx(0.1)


def rep(begins_s: float, turned_rad: float, turns_rad: float) -> list[tuple[float, Vector]]:
    """Raise the leg by 30 degrees and lower it in 2 s, then rest for a second and turn it meanwhile."""
    poses = []
    for i in range(300):
        t_s = 0.01 * i
        raised = radians(15.0) * (1.0 - cos(pi * min(t_s, 2.0)))
        turned = turned_rad + turns_rad * min(1.0, max(0.0, t_s - 2.2) / 0.4)
        poses.append((begins_s + t_s, up(raised, turned)))
    return poses


def test_a_leg_that_turns_at_rest_hides_no_rep() -> None:
    tilt = SetTilt(LEAST_RAD, up(0.0))
    assert [round(t_s, 1) for t_s in starts(tilt)] == pytest.approx([1.0, 4.0, 7.0, 10.0], abs=0.25)


def starts(tilt: Tilt) -> list[float]:
    """Return when the movements of four reps began, if progress is measured so."""
    follower = Follower(tilt, 4.5)
    follower.learn_from_kick(raised(30.0))
    poses = [(0.01 * i, up(0.0)) for i in range(100)]
    for i in range(4):
        poses += rep(1.0 + 3.0 * i, 0.12 * i, 0.12)
    found: list[float] = []
    for t_s, pose in poses:
        start = follower.movements.start
        if start is not None and follower.movements.phase is Phase.PAUSE_STRETCHED:
            tilt.start = start.pose
        for movement in follower.update(t_s, pose)[1]:
            follower.learn(movement)
            found.append(movement.start.t_s)
    return found


def raised(by_deg: float, every_s: float = 0.1) -> Movement[Vector]:
    way = tuple(
        Level(every_s * i, up(radians(by_deg * every_s * i))) for i in range(round(1.0 / every_s) + 1)
    )
    return Movement(way[0], way[-1], way[0], Ending.RETURNED, 1.0, way)


@pytest.mark.parametrize(("every_s", "known"), [(0.1, True), (0.5, False)])
def test_a_kick_in_silence_is_no_hint_of_the_range(every_s: float, known: bool) -> None:
    follower = Follower(SetTilt(LEAST_RAD, up(0.0)), 4.5)
    follower.learn_from_kick(replace(raised(30.0, every_s), end=Level(1.0, up(0.0))))
    assert (follower.own.value is not None) == known


def test_a_rep_after_a_twitch_that_followed_a_rep_is_one_of_the_set() -> None:
    """A chain of twitches keeps the lifter from standing still, and the next rep from coming soon."""
    follower = Follower(SetTilt(LEAST_RAD, up(0.0)), 4.5, needs_rest=True)
    follower.learn(raised(30.0))
    kick = replace(raised(30.0), start=Level(4.0, up(0.0)), rested_s=0.0)
    ends = Boundaries(4.0, 5.0, 5.5, 7.0, 1.0, 1.0)
    assert follower.verdict(kick, ends, 3.5) is Rejection.NOT_AT_REST
    twitch = replace(raised(5.0), start=Level(1.0, up(0.0)), end=Level(2.0, up(0.0)))
    assert follower.verdict(twitch, ends, 0.5) is Rejection.BOUNCE
    assert follower.verdict(kick, ends, 3.5) is RepKind.FULL
