"""What a kick pulls the cable, against the geometry written down with coordinates."""

from math import cos, dist, hypot, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cable_line import THIGH_SHARE, CableLine, Displacement, bent, displaced

azimuths = st.floats(radians(5.0), radians(150.0))
tilts = st.floats(radians(12.0), radians(50.0))
asides = st.floats(-0.05, 0.2)


def swung(leg_m: float, tilt_rad: float, azimuth_rad: float) -> Displacement:
    return displaced(leg_m, sin(tilt_rad), 1.0 - cos(tilt_rad), azimuth_rad)


def test_the_diagonal_of_the_literature() -> None:
    """L 0.86 m, D 1.3 m, tilt 32 degrees, azimuth 37.5: s cos(theta) is 0.362 m, the exact form 0.387 m."""
    line = CableLine(1.3, 0.05)
    pull = line.pull(swung(0.86, radians(32.0), radians(37.5)), 0.0)
    assert pull.elongation == pytest.approx(0.387, abs=0.002)
    assert abs(pull.by_azimuth) * radians(1.0) == pytest.approx(0.0037, abs=0.0005)


@given(azimuths, tilts, asides)
def test_the_pull_is_the_difference_of_two_distances(azimuth: float, tilt: float, aside: float) -> None:
    line = CableLine(1.4, 0.1)
    pulley, stood = (1.4, -aside, 0.1), (0.0, 0.0, 0.0)
    went = (-0.85 * sin(tilt) * cos(azimuth), 0.85 * sin(tilt) * sin(azimuth), 0.85 * (1.0 - cos(tilt)))
    pull = line.pull(swung(0.85, tilt, azimuth), aside)
    assert pull.elongation == pytest.approx(dist(pulley, went) - dist(pulley, stood), abs=1e-12)


@given(azimuths, tilts, asides)
def test_the_changes_are_the_derivatives(azimuth: float, tilt: float, aside: float) -> None:
    line, step = CableLine(), 1e-6
    pull = line.pull(swung(0.85, tilt, azimuth), aside)
    turned = line.pull(swung(0.85, tilt, azimuth + step), aside).elongation
    longer = line.pull(swung(0.85 * (1.0 + step), tilt, azimuth), aside).elongation
    moved = line.pull(swung(0.85, tilt, azimuth), aside + step).elongation
    assert (turned - pull.elongation) / step == pytest.approx(pull.by_azimuth, abs=1e-5)
    assert (longer - pull.elongation) / step == pytest.approx(pull.by_reach, abs=1e-5)
    assert (moved - pull.elongation) / step == pytest.approx(pull.by_aside, abs=1e-5)


@given(st.floats(radians(15.0), radians(120.0)), tilts, st.floats(0.0, 0.12))
def test_the_azimuth_of_a_pull_is_the_one_that_pulls_so(azimuth: float, tilt: float, aside: float) -> None:
    line = CableLine(1.2, 0.05)
    pull = line.pull(swung(0.9, tilt, azimuth), aside)
    found = line.azimuth(0.9, sin(tilt), 1.0 - cos(tilt), aside, pull.elongation)
    assert found == pytest.approx(azimuth, abs=1e-6)


def test_more_than_a_kick_straight_back_pulls_is_a_kick_straight_back() -> None:
    line = CableLine()
    assert line.azimuth(0.85, 0.5, 0.13, 0.0, 2.0) == pytest.approx(0.0, abs=1e-9)
    assert line.azimuth(0.85, 0.5, 0.13, 0.0, -2.0) == pytest.approx(pi, abs=1e-9)


@given(azimuths, tilts)
def test_a_straight_knee_bends_nothing(azimuth: float, tilt: float) -> None:
    assert bent(0.85, tilt, azimuth, 0.0) == pytest.approx(swung(0.85, tilt, azimuth), abs=1e-12)


def test_a_bent_knee_leaves_the_thigh_behind() -> None:
    """A shank at 40 degrees straight back, 10 of them from the knee: the thigh swung by 30."""
    went = bent(1.0, radians(40.0), 0.0, radians(10.0))
    thigh, shank = THIGH_SHARE, 1.0 - THIGH_SHARE
    assert went.back == pytest.approx(thigh * sin(radians(30.0)) + shank * sin(radians(40.0)))
    assert went.up == pytest.approx(1.0 - thigh * cos(radians(30.0)) - shank * cos(radians(40.0)))
    assert went.out == 0.0


def test_a_bent_knee_hides_how_far_out_the_leg_went() -> None:
    went = bent(0.85, radians(40.0), radians(30.0), radians(15.0))
    straight = swung(0.85, radians(40.0), radians(30.0))
    assert went.out / hypot(went.back, went.out) > straight.out / hypot(straight.back, straight.out) + 0.03
