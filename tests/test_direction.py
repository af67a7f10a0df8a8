"""The diagonal of kicks made of rotations, whatever the mounting, the heading and the leg."""

from itertools import permutations, product

import numpy as np
import pytest

from tests.made_kicks import REST, kicked, stride, times, turn
from tracker.diagonal import Diagonal
from tracker.direction import KickDirection
from tracker.kick import Kick
from tracker.poses import PoseHistory, Quaternion, rotated, up_in_sensor
from tracker.setup import Leg, SessionSetup
from tracker.walk import Walk


def directed(poses: PoseHistory, told: Leg | None) -> KickDirection:
    return KickDirection(poses, Walk(), SessionSetup(leg=told))


def act(poses: PoseHistory, start_s: float, rest: Quaternion, peak: Quaternion) -> None:
    """Rest until `start_s`, be at the peak from 1 s to 3 s later, and rest to the end of the 10 s."""
    for i in range(125):
        t_s = 0.08 * i
        poses.add(start_s + t_s, peak if 1.0 <= t_s <= 3.0 else rest)


def session(
    leg: Leg,
    reps: list[tuple[float, float]],
    *,
    heading_deg: float = 0.0,
    mounting: Quaternion = REST,
    told: Leg | None = None,
    kicks: tuple[float, ...] = (0.0, 0.0, 0.0),
    facing_deg: float = 0.0,
) -> KickDirection:
    """Return what was measured; each kick or rep occupies 10 s: rest at 0, peak at 2."""
    poses = PoseHistory(span_s=1000.0)
    direction = directed(poses, told)
    facing = times(turn(0.0, 0.0, 1.0, heading_deg), turn(0.0, 0.0, 1.0, facing_deg))
    direction.calibrate(0.5)
    all_kicks = [(d, 30.0) for d in kicks] + reps
    for i, (diagonal_deg, swing_deg) in enumerate(all_kicks):
        start_s = 1.0 + 10.0 * i
        kick = kicked(diagonal_deg, swing_deg, leg)
        act(poses, start_s, times(facing, mounting), times(facing, times(kick, mounting)))
        if i < len(kicks):
            direction.take_kick(Kick(start_s, start_s + 2.0))
    return direction


def diagonal(direction: KickDirection, kicks: int = 3, rep: int = 0) -> float | None:
    start_s = 1.0 + 10.0 * (kicks + rep)
    return direction.measure(Kick(start_s, start_s + 2.0)).diagonal_deg


@pytest.mark.parametrize("leg", ["left", "right"])
@pytest.mark.parametrize("diagonal_deg", [10.0, 31.0, 44.0, 90.0])
@pytest.mark.parametrize("heading_deg", [0.0, 77.0, -170.0])
def test_the_kick_that_was_made(leg: Leg, diagonal_deg: float, heading_deg: float) -> None:
    direction = session(leg, [(diagonal_deg, 25.0)], heading_deg=heading_deg)
    result = direction.measure(Kick(31.0, 33.0))
    assert result.diagonal_deg == pytest.approx(diagonal_deg, abs=1e-6)
    assert (result.leg, result.leg_source, result.midline) == (leg, "kicks", "calibration")
    assert result.in_zone is (30.0 <= diagonal_deg <= 45.0)


def right_angle_mountings() -> list[Quaternion]:
    """Return the 24 rotations that map axes onto axes."""
    found: list[Quaternion] = []
    quarter = [turn(*axis, 90.0) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))]
    for order in permutations(range(3)):
        for counts in product(range(4), repeat=3):
            q = REST
            for axis, count in zip(order, counts, strict=True):
                for _ in range(count):
                    q = times(q, quarter[axis])
            if not any(abs(sum(a * b for a, b in zip(q, other, strict=True))) > 0.999 for other in found):
                found.append(q)
    assert len(found) == 24
    return found


@pytest.mark.parametrize("mounting", right_angle_mountings())
def test_any_mounting_gives_the_same_diagonal(mounting: Quaternion) -> None:
    twisted = times(mounting, turn(0.6, 0.0, 0.8, 33.0))
    for q in (mounting, twisted):
        assert diagonal(session("right", [(37.0, 30.0)], mounting=q)) == pytest.approx(37.0, abs=1e-6)


def test_turning_about_the_leg_itself_changes_nothing() -> None:
    poses = PoseHistory()
    direction = directed(poses, "right")
    direction.calibrate(0.5)
    for i, roll_deg in enumerate((0.0, 10.0, -15.0, 20.0)):
        start_s = 1.0 + 10.0 * i
        shank = times(kicked(0.0 if i < 3 else 40.0, 30.0, "right"), turn(0.0, 0.0, 1.0, roll_deg))
        act(poses, start_s, REST, shank)
        if i < 3:
            direction.take_kick(Kick(start_s, start_s + 2.0))
    assert direction.measure(Kick(31.0, 33.0)).diagonal_deg == pytest.approx(40.0, abs=1e-6)


def test_a_told_leg_is_believed() -> None:
    result = session("left", [(35.0, 30.0)], told="left").measure(Kick(31.0, 33.0))
    assert (result.leg, result.leg_source) == ("left", "told")
    assert result.diagonal_deg == pytest.approx(35.0)


@pytest.mark.parametrize(
    ("direction", "reason"),
    [
        (session("right", [(35.0, 30.0)], kicks=()), "no midline"),
        (session("right", [(35.0, 30.0)], kicks=(0.0, 45.0, -45.0)), "no midline"),
        (session("right", [(35.0, 3.0)]), "too small"),
        (session("right", [(2.0, 30.0)]), "leg is not known"),
        (directed(PoseHistory(), None), "no ankle IMU"),
    ],
)
def test_what_cannot_be_known_is_null_with_the_reason(direction: KickDirection, reason: str) -> None:
    start_s = max(1.0, (direction._poses._times or [0.0])[-1] - 9.92)
    result = direction.measure(Kick(start_s, start_s + 2.0))
    assert result.diagonal_deg is None
    assert result.diagonal_sd_deg is None
    assert result.in_zone is None
    assert reason in (result.reason or "")


def test_uncertainty_grows_as_the_kick_shrinks_and_as_time_passes() -> None:
    direction = session("right", [(35.0, 40.0), (35.0, 12.0), *[(35.0, 40.0)] * 20])
    sd = [
        direction.measure(Kick(31.0 + 10.0 * i, 33.0 + 10.0 * i)).diagonal_sd_deg or 0.0 for i in (0, 1, 21)
    ]
    assert sd[0] < sd[1]
    assert sd[0] < sd[2]


def test_rotation_and_its_inverse() -> None:
    q = times(turn(0.0, 0.6, 0.8, 50.0), turn(1.0, 0.0, 0.0, -20.0))
    assert rotated(q, up_in_sensor(q)) == pytest.approx((0.0, 0.0, 1.0), abs=1e-12)


def walked_in(diagonal_deg: float, leg: Leg, way: float, told: Leg | None = None) -> Diagonal:
    """Return the direction of a kick after a walk in of 6 s and standing still; `way` -1 turns gait round.

    The sensor lies with its x axis to the left: it is turned by 90 degrees about the leg.
    """
    poses, walk = PoseHistory(), Walk()
    mounting = turn(0.0, 0.0, 1.0, 90.0)
    t = np.arange(0.0, 6.0, 0.01)
    for t_s, (x, y, z) in zip(t.tolist(), (way * stride(t)).tolist(), strict=True):
        walk.sample(t_s, (y, -x, z))
        poses.add(t_s, mounting)
    direction = KickDirection(poses, walk, SessionSetup(leg=told))
    direction.stood(5.99)
    act(poses, 6.0, mounting, times(kicked(diagonal_deg, 30.0, leg), mounting))
    return direction.measure(Kick(6.0, 8.0))


@pytest.mark.parametrize("leg", ["left", "right"])
def test_the_walk_in_tells_midline_and_leg(leg: Leg) -> None:
    result = walked_in(38.0, leg, 1.0)
    assert result.diagonal_deg == pytest.approx(38.0, abs=3.0)
    assert (result.leg, result.leg_source, result.midline) == (leg, "kicks", "walk")
    assert 4.0 < (result.diagonal_sd_deg or 0.0) < 8.0


@pytest.mark.parametrize("told", [None, "right"])
def test_a_walk_that_the_kick_contradicts_is_forgotten(told: Leg | None) -> None:
    result = walked_in(38.0, "right", -1.0, told)
    assert result.diagonal_deg is None
    assert "no midline" in (result.reason or "")
    assert result.leg == told


@pytest.mark.parametrize(("worn_deg", "midline"), [(0.0, "mount"), (90.0, None)])
def test_the_print_on_the_cuff_is_believed_where_it_was_said_and_fits(
    worn_deg: float, midline: str | None
) -> None:
    """Turned by 90 degrees a kick of 36 would go to 126 or to -54: worn otherwise than said."""
    poses = PoseHistory()
    mounting = turn(0.0, 0.0, 1.0, worn_deg)
    act(poses, 0.0, mounting, times(kicked(36.0, 30.0, "right"), mounting))
    for said in (True, False):
        direction = KickDirection(poses, Walk(), SessionSetup(leg="right", cuff_as_printed=said))
        result = direction.measure(Kick(0.0, 2.0))
        assert result.midline == (midline if said else None)
        if result.diagonal_deg is not None:
            assert result.diagonal_deg == pytest.approx(36.0, abs=0.1)
            assert (result.diagonal_sd_deg or 0.0) > 8.0


@pytest.mark.parametrize("kicks", [(40.0, 0.0, 1.0), (0.0, 1.0, 30.0), (1.0, -25.0, 0.0)])
def test_one_kick_of_three_that_went_elsewhere_is_left_out(kicks: tuple[float, ...]) -> None:
    result = session("right", [(35.0, 30.0)], kicks=kicks).measure(Kick(31.0, 33.0))
    assert result.diagonal_deg == pytest.approx(34.5, abs=0.2)
    sd_of_three_deg = session("right", [(35.0, 30.0)]).measure(Kick(31.0, 33.0)).diagonal_sd_deg
    assert (result.diagonal_sd_deg or 0.0) > (sd_of_three_deg or 0.0) + 0.2


def test_a_new_calibration_finds_the_leg_anew() -> None:
    direction = session("right", [(35.0, 30.0)])
    assert direction.measure(Kick(31.0, 33.0)).leg == "right"
    direction.calibrate(41.0)
    assert direction.measure(Kick(31.0, 33.0)).leg_source == "kicks"
    told = session("left", [(35.0, 30.0)], told="left")
    told.calibrate(41.0)
    assert told.measure(Kick(31.0, 33.0)).leg_source == "told"


def test_a_leg_told_as_it_was_found_is_told_from_then_on() -> None:
    direction = session("right", [(35.0, 30.0)])
    direction.confirm_leg()
    assert direction.measure(Kick(31.0, 33.0)).leg_source == "kicks", "nothing was found yet"
    direction.confirm_leg()
    direction.calibrate(41.0)
    result = direction.measure(Kick(31.0, 33.0))
    assert (result.leg, result.leg_source) == ("right", "told")


def test_after_the_body_turned_the_cuff_holds_the_midline() -> None:
    """A minute after calibration the lifter stands turned by 60 degrees: straight back turned along."""
    direction = session("right", [])
    facing = turn(0.0, 0.0, 1.0, 60.0)
    act(direction._poses, 90.0, facing, times(facing, kicked(36.0, 30.0, "right")))
    result = direction.measure(Kick(90.0, 92.0))
    assert result.diagonal_deg == pytest.approx(36.0, abs=1.0)
    assert result.midline == "mount"
