"""Where straight back is, for lifters whose midline, drift, feet and hips are known."""

from math import cos, degrees, exp, radians, sin

import numpy as np
import pytest

from tests.attitude import multiply, turn
from tracker.blocks import FloatArray
from tracker.cable_line import CableLine, displaced
from tracker.kick import Swing
from tracker.midline import Midline
from tracker.poses import Quaternion

UP = (0.0, 0.0, 1.0)


def quaternion(q: FloatArray) -> Quaternion:
    w, x, y, z = q.tolist()
    return w, x, y, z


def resting(turned_deg: float, mounting: FloatArray | None = None) -> Quaternion:
    """Return the pose of a leg that hangs, turned about itself."""
    q = turn(UP, radians(turned_deg))
    return quaternion(q if mounting is None else multiply(q, mounting))


def kick(azimuth_deg: float, tilt_deg: float = 32.0) -> Swing:
    tilt = radians(tilt_deg)
    return Swing((1.0, 0.0, 0.0, 0.0), radians(azimuth_deg), sin(tilt), 1.0 - cos(tilt))


def pull_m(line: CableLine, leg_m: float, out_deg: float, aside_m: float, tilt_deg: float = 32.0) -> float:
    tilt = radians(tilt_deg)
    went = displaced(leg_m, sin(tilt), 1.0 - cos(tilt), radians(out_deg))
    return line.pull(went, aside_m).elongation


def calibrated(back_deg: float = 70.0, *, drift_degps: float = 0.0) -> Midline:
    """Return a midline after three perfect kicks at 0, 5 and 10 s; the world drifts as it goes on."""
    midline = Midline(0.85, CableLine())
    for t_s in (0.0, 5.0, 10.0):
        midline.rest(t_s, resting(20.0 + drift_degps * t_s))
        midline.kicked(kick(back_deg + drift_degps * t_s), None)
    return midline


def off_deg(midline: Midline, back_deg: float) -> float:
    """Return how far straight back is thought to lie beyond where it is: so much short falls a kick there."""
    return -degrees(midline.out_rad(kick(back_deg), 1.0))


@pytest.mark.parametrize("back_deg", [0.0, 70.0, 179.0, -135.0])
def test_kicks_straight_back_tell_the_midline(back_deg: float) -> None:
    midline = calibrated(back_deg)
    assert off_deg(midline, back_deg) == pytest.approx(0.0, abs=1e-3)
    assert degrees(midline.sd_rad) == pytest.approx(2.8 / np.sqrt(3.0), abs=0.2)


def test_before_anything_nothing_is_known() -> None:
    midline = Midline(0.85, CableLine())
    assert degrees(midline.sd_rad) > 1000.0
    midline.rest(0.0, resting(15.0))
    assert degrees(midline.sd_rad) > 1000.0


@pytest.mark.parametrize("drift_degps", [-0.12, 0.05, 0.1])
def test_the_rests_hold_a_drift(drift_degps: float) -> None:
    """A hundred seconds of drift by up to 12 degrees: little is left, and within what is said."""
    midline = calibrated(drift_degps=drift_degps)
    for t_s in range(15, 115, 5):
        midline.rest(float(t_s), resting(20.0 + drift_degps * t_s))
    error = off_deg(midline, 70.0 + drift_degps * 110.0)
    assert abs(error) < 1.0
    assert abs(error) < 2.0 * degrees(midline.sd_rad)


def test_feet_that_come_to_rest_anyhow_are_averaged() -> None:
    rng = np.random.default_rng(11)
    errors, said = [], []
    for _ in range(40):
        midline = calibrated()
        for t_s in range(15, 115, 5):
            midline.rest(float(t_s), resting(20.0 + float(rng.normal(0.0, 3.0))))
        errors.append(off_deg(midline, 70.0))
        said.append(degrees(midline.sd_rad))
    assert np.sqrt(np.mean(np.square(errors))) < 2.0
    assert np.mean(np.abs(errors) < said) > 0.68


def test_steady_feet_are_trusted_more_than_restless_ones() -> None:
    rng = np.random.default_rng(2)
    sd = []
    for scatter_deg in (0.1, 4.0):
        midline = calibrated()
        for t_s in range(15, 75, 5):
            midline.rest(float(t_s), resting(20.0 + float(rng.normal(0.0, scatter_deg))))
        sd.append(midline.sd_rad)
    assert sd[0] < 0.9 * sd[1]


def test_one_foot_far_off_is_passed_over() -> None:
    midline = calibrated()
    before_deg = off_deg(midline, 70.0)
    assert not midline.rest(15.0, resting(60.0))
    assert off_deg(midline, 70.0) == pytest.approx(before_deg, abs=0.01)


def test_a_body_that_turned_takes_its_midline_along() -> None:
    midline = calibrated()
    assert midline.rest(60.0, resting(20.0 + 50.0))
    assert off_deg(midline, 120.0) == pytest.approx(0.0, abs=1.0)
    assert 2.0 < degrees(midline.sd_rad) < 6.0


@pytest.mark.parametrize("lost_deg", [-25.0, 8.0, 100.0])
def test_a_heading_lost_in_a_gap_is_found_again_from_the_leg(lost_deg: float) -> None:
    midline = calibrated()
    midline.rest(15.0, resting(20.0 + lost_deg), broken_s=0.4)
    assert off_deg(midline, 70.0 + lost_deg) == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("mounting", [turn((1, 0, 0), 1.5), turn((0.2, 0.9, -0.4), 2.6)])
def test_the_mounting_plays_no_part(mounting: FloatArray) -> None:
    midlines = []
    for worn in (None, mounting):
        midline = Midline(0.85, CableLine())
        for i, turned_deg in enumerate((5.0, 7.0, 4.0, 9.0)):
            midline.rest(5.0 * i, resting(turned_deg, worn))
            if i < 3:
                midline.kicked(kick(-50.0 + i), None)
        midlines.append(midline)
    assert off_deg(midlines[0], -49.0) == pytest.approx(off_deg(midlines[1], -49.0), abs=1e-7)
    assert midlines[0].sd_rad == pytest.approx(midlines[1].sd_rad, abs=1e-9)


def test_how_the_cuff_is_worn_tells_straight_back_from_the_resting_leg() -> None:
    """Forwards is 30 degrees left of the sensor's x: for a leg turned by 20, straight back is at 230."""
    midline = Midline(0.85, CableLine())
    forward = (cos(radians(30.0)), sin(radians(30.0)), 0.0)
    midline.worn(forward, resting(20.0), radians(5.0))
    midline.rest(3.0, resting(20.0))
    assert off_deg(midline, 230.0) == pytest.approx(0.0, abs=0.01)
    assert degrees(midline.sd_rad) == pytest.approx(5.4, abs=0.3)
    midline.rest(60.0, resting(20.0 + 90.0))
    assert off_deg(midline, 320.0) == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize("outwards", [1.0, -1.0])
@pytest.mark.parametrize("out_deg", [28.0, 37.0, 50.0])
def test_the_cable_alone_tells_the_midline(out_deg: float, outwards: float) -> None:
    """The leg pulls as this lifter's legs do: nothing is left but the geometry."""
    midline = Midline(0.85, CableLine())
    leg_m, aside_m = midline.reach_m, midline.aside_m
    for i in range(10):
        out = out_deg + 3.0 * (-1) ** i
        midline.rest(5.0 * i, resting(-40.0))
        midline.pulled(kick(110.0 + outwards * out), outwards, pull_m(midline.line, leg_m, out, aside_m))
    assert off_deg(midline, 110.0) == pytest.approx(0.0, abs=0.7)
    assert 4.0 < degrees(midline.sd_rad) < 9.0


def test_what_the_cable_says_of_the_midline_is_as_sure_as_it_claims() -> None:
    """Lifters as the parameters expect them: leg, stance and hips differ, the knee takes its share."""
    rng = np.random.default_rng(4)
    errors, said = [], []
    for _ in range(60):
        midline = Midline(0.85, CableLine())
        p = midline.params
        leg_m = 0.85 * exp(rng.normal(p.reach_mean, p.reach))
        aside_m = rng.normal(p.aside_mean_m, p.aside_m)
        for i in range(8):
            out = float(rng.normal(38.0, 3.0))
            pulled = pull_m(midline.line, leg_m, out, aside_m) + float(rng.normal(0.0, 0.012))
            midline.rest(5.0 * i, resting(10.0))
            midline.pulled(kick(-20.0 + out), 1.0, pulled)
        errors.append(off_deg(midline, -20.0))
        said.append(degrees(midline.sd_rad))
    inside = np.abs(errors) / said
    assert 0.6 < np.mean(inside < 1.0) < 0.95
    assert np.mean(inside < 2.0) > 0.9
    assert np.sqrt(np.mean(np.square(errors))) < 8.0


def test_calibrated_the_cable_learns_the_lifter_and_moves_the_midline_little() -> None:
    """A leg 5 % longer than said, a pulley 12 cm aside: the midline stays, what is expected fits."""
    midline = Midline(0.85, CableLine())
    leg_m, aside_m = 0.8925, 0.12
    for i in range(3):
        midline.rest(5.0 * i, resting(0.0))
        midline.kicked(kick(45.0), pull_m(midline.line, leg_m, 0.0, aside_m))
    before_rad = midline.sd_rad
    for i in range(3, 11):
        midline.rest(5.0 * i, resting(0.0))
        midline.pulled(kick(45.0 + 36.0), 1.0, pull_m(midline.line, leg_m, 36.0, aside_m))
    assert off_deg(midline, 45.0) == pytest.approx(0.0, abs=0.8)
    assert midline.sd_rad < 1.2 * before_rad
    expected = pull_m(midline.line, midline.reach_m, 36.0, midline.aside_m)
    assert expected == pytest.approx(pull_m(midline.line, leg_m, 36.0, aside_m), abs=0.006)


def test_one_pull_that_fits_nothing_does_little() -> None:
    midline = calibrated()
    midline.rest(15.0, resting(20.0))
    midline.pulled(kick(106.0), 1.0, 0.05)
    assert abs(off_deg(midline, 70.0)) < 1.5
