"""How far an ankle was carried, from what a sensor feels of a way that is known."""

from math import atan2, cos, hypot, radians, sin

import pytest

from tests.made_kicks import REST, kicked, times, turn
from tracker.carried import CarriedParams, carried
from tracker.kick import Kick
from tracker.poses import PoseHistory, Quaternion, rotated

GRAVITY_MPS2 = 9.80665
KICK = Kick(3.0, 4.5, rested_s=3.0, held_s=1.5)
WAY_M = 0.42
AZIMUTH_RAD = radians(-150.0)


def felt(
    way_m: float, bias: tuple[float, float, float], *, mounting: Quaternion = REST, until_s: float = 7.0
) -> PoseHistory:
    """Return poses and forces of a leg that leans by 25 degrees while its ankle goes `way_m` in minimum jerk.

    Acceleration of minimum jerk: the way times (60 u - 180 u^2 + 120 u^3) over the time squared. Gravity is
    felt as a force upwards. `bias` is the accelerometer's, in its own axes.
    """
    poses = PoseHistory()
    out_s = KICK.peak_s - KICK.start_s
    for i in range(int(100.0 * until_s)):
        t_s = 0.01 * i
        u = min(1.0, max(0.0, (t_s - KICK.start_s) / out_s))
        push = way_m * (60.0 * u - 180.0 * u**2 + 120.0 * u**3) / out_s**2
        leant = 25.0 * (10.0 * u**3 - 15.0 * u**4 + 6.0 * u**5)
        w, x, y, z = pose = times(kicked(30.0, leant, "right"), mounting)
        world = (push * cos(AZIMUTH_RAD), push * sin(AZIMUTH_RAD), GRAVITY_MPS2)
        fx, fy, fz = rotated((w, -x, -y, -z), world)
        poses.add(t_s, pose, (fx + bias[0], fy + bias[1], fz + bias[2]))
    return poses


@pytest.mark.parametrize("way_m", [0.2, WAY_M])
@pytest.mark.parametrize("mounting", [REST, turn(0.6, 0.0, 0.8, 130.0)], ids=["as printed", "any way round"])
def test_the_way_is_found(way_m: float, mounting: Quaternion) -> None:
    found = carried(felt(way_m, (0.0, 0.0, 0.0), mounting=mounting), KICK, CarriedParams(seen=1.0))
    assert found is not None
    assert hypot(found.x_m, found.y_m) == pytest.approx(way_m, abs=0.001)
    assert atan2(found.y_m, found.x_m) == pytest.approx(AZIMUTH_RAD, abs=0.001)
    assert found.along_m(AZIMUTH_RAD) == pytest.approx(way_m, abs=0.001)


def test_what_is_felt_in_stillness_is_taken_out() -> None:
    """A bias turns with the leg: without the hold it moves the way by several times as much."""
    poses = felt(WAY_M, (0.3, -0.2, 0.25))
    known = carried(poses, KICK, CarriedParams(seen=1.0))
    unknown = carried(poses, Kick(3.0, 4.5, rested_s=3.0, held_s=0.15), CarriedParams(seen=1.0))
    assert known is not None
    assert unknown is not None
    assert abs(known.along_m(AZIMUTH_RAD) - WAY_M) < 0.008
    assert abs(unknown.along_m(AZIMUTH_RAD) - WAY_M) > 0.015
    assert unknown.sd_m > 1.5 * known.sd_m


def test_the_end_of_a_return_is_no_rest() -> None:
    """A leg that still slows down half a second before the kick; taken for a bias it would cost 60 mm."""
    poses = PoseHistory()
    for t_s, pose, (x, y, z) in felt(WAY_M, (0.0, 0.0, 0.0)).felt(0.0, 7.0):
        slowing = max(0.0, 1.5 * (KICK.start_s - 0.2 - t_s)) if t_s > 2.0 else 0.0
        poses.add(t_s, pose, (x - slowing, y, z))
    found = carried(poses, KICK, CarriedParams(seen=1.0))
    assert found is not None
    assert found.along_m(AZIMUTH_RAD) == pytest.approx(WAY_M, abs=0.01)
    assert found.sd_m > 0.028


def test_the_longer_it_takes_the_less_it_is_known() -> None:
    poses = felt(WAY_M, (0.0, 0.0, 0.0))
    found = [carried(poses, Kick(start_s, 4.5)) for start_s in (3.0, 2.0, 1.0)]
    sds_m = [one.sd_m for one in found if one is not None]
    assert len(sds_m) == 3
    assert sds_m[0] < sds_m[1] < sds_m[2]


def test_without_forces_nothing_is_told() -> None:
    poses = PoseHistory()
    for i in range(700):
        poses.add(0.01 * i, REST)
    assert carried(poses, KICK) is None
    assert carried(felt(WAY_M, (0.0, 0.0, 0.0)), Kick(20.0, 21.5)) is None
    assert carried(felt(WAY_M, (0.0, 0.0, 0.0)), Kick(3.0, 3.0)) is None


def test_a_little_more_or_less_of_a_trembling_hold_moves_the_way_by_a_little() -> None:
    """A tremor of 8 Hz and 0.4 m/s2; boundaries that lie a few milliseconds apart are the same kick."""
    poses = PoseHistory()
    still = felt(WAY_M, (0.0, 0.0, 0.0))
    for t_s, pose, (x, y, z) in still.felt(0.0, 7.0):
        shaken = 0.4 * sin(50.0 * t_s) if t_s > KICK.peak_s - 0.5 else 0.0
        poses.add(t_s, pose, (x + shaken, y, z))
    ways_m = [
        found.along_m(AZIMUTH_RAD)
        for held_s in (0.3, 0.36, 0.64, 0.66, 1.5)
        for late_s in (0.0, 0.003)
        if (found := carried(poses, Kick(3.0, 4.5 + late_s, rested_s=3.0, held_s=held_s - late_s)))
        is not None
    ]
    assert len(ways_m) == 10
    assert max(abs(b - a) for a, b in zip(ways_m[::2], ways_m[1::2], strict=True)) < 0.001
    assert max(ways_m) - min(ways_m) < 0.015
