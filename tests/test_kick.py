"""A kick's rest and hold, and the swing between them."""

from math import degrees

import pytest

from tests.made_kicks import REST, kicked, times, turn
from tracker.kick import Kick, elongation_m, swing
from tracker.poses import PoseHistory, Quaternion, turned_rad


def history(rest: Quaternion, peak: Quaternion, wobble_deg: float = 0.0) -> PoseHistory:
    """Rest for 2 s, be at the peak from 2.5 s to 4 s; the cuff wobbles to and fro from sample to sample."""
    poses = PoseHistory()
    for i in range(400):
        t_s = 0.01 * i
        shaken = turn(0.0, 1.0, 0.0, wobble_deg * (-1) ** i)
        poses.add(t_s, times(peak if t_s >= 2.5 else rest, shaken))
    return poses


def test_the_intervals_are_bounded() -> None:
    kick = Kick(10.0, 12.0, rested_s=3.0, held_s=5.0)
    assert kick.rest == (9.6, 10.0)
    assert kick.hold == (12.0, 12.5)
    assert Kick(10.0, 12.0, rested_s=0.1, held_s=0.2).rest == (9.9, 10.0)
    assert Kick(10.0, 12.0).hold == (12.0, 12.0)


def test_the_swing_of_a_kick() -> None:
    """Facing x a right leg that kicks 30 degrees out goes to azimuth 210 degrees, which is -150."""
    swung = swing(history(REST, kicked(30.0, 25.0, "right")), Kick(2.0, 2.5, 0.4, 0.5))
    assert swung is not None
    assert degrees(swung.azimuth_rad) == pytest.approx(-150.0, abs=1e-6)
    assert degrees(swung.tilt_rad) == pytest.approx(25.0, abs=1e-6)


def test_wobble_averages_out() -> None:
    shaken = swing(history(REST, kicked(30.0, 25.0, "right"), 3.0), Kick(2.0, 2.5, 0.39, 0.49))
    single = swing(history(REST, kicked(30.0, 25.0, "right"), 3.0), Kick(2.0, 2.51))
    assert shaken is not None
    assert single is not None
    assert degrees(shaken.azimuth_rad) == pytest.approx(-150.0, abs=0.05)
    assert abs(degrees(single.azimuth_rad) + 150.0) > 1.0


def test_without_samples_there_is_no_swing() -> None:
    poses = history(REST, kicked(30.0, 25.0, "right"))
    assert swing(poses, Kick(2.0, 6.0)) is None
    assert swing(PoseHistory(), Kick(2.0, 3.0)) is None


def test_either_sign_of_a_quaternion_is_the_same_rotation() -> None:
    poses = PoseHistory()
    q = turn(0.0, 0.0, 1.0, 50.0)
    for i in range(10):
        poses.add(0.01 * i, q if i % 2 else (-q[0], -q[1], -q[2], -q[3]))
    mean = poses.mean(0.0, 0.1)
    assert mean is not None
    assert abs(degrees(turned_rad(mean, q))) < 1e-6


@pytest.mark.parametrize("turned_deg", [-170.0, -20.0, 0.0, 75.0, 179.0])
def test_the_turn_of_a_pose_whatever_the_mounting(turned_deg: float) -> None:
    for mounting in (REST, turn(1.0, 0.0, 0.0, 90.0), turn(0.6, 0.8, 0.0, 33.0)):
        pose = times(turn(0.0, 0.0, 1.0, turned_deg), mounting)
        assert degrees(turned_rad(pose, mounting)) == pytest.approx(turned_deg, abs=1e-9)


def test_silences_are_remembered() -> None:
    poses = PoseHistory()
    for t_s in (0.0, 0.05, 0.1, 0.4, 0.45, 0.5, 1.0, 1.05):
        poses.add(t_s, REST)
    assert poses.broken_s(0.0, 0.1) == 0.0
    assert poses.broken_s(0.0, 0.2) == pytest.approx(0.3)
    assert poses.broken_s(0.2, 2.0) == pytest.approx(0.8)
    assert poses.broken_s(0.45, 0.5) == 0.0


def test_the_cables_travel_between_the_means() -> None:
    """At rest it lies at 1 m, give or take; it comes to 1.4 m and sinks by a tenth in the hold."""
    t = [0.01 * i for i in range(400)]
    travel = [1.0 + 0.002 * (-1) ** i if x < 2.4 else 1.4 - 0.1 * (x - 2.5) for i, x in enumerate(t)]
    assert elongation_m(Kick(2.0, 2.5, 0.39, 0.4), (t, travel)) == pytest.approx(0.38, abs=0.001)
    assert elongation_m(Kick(2.005, 2.505), (t, travel)) == pytest.approx(0.3995, abs=0.002)
