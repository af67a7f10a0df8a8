"""The bend of a knee, found from a cable that came out, or an ankle that was carried, less far than the
shank's swing would take a straight leg."""

from itertools import pairwise
from math import atan2, cos, degrees, hypot, pi, radians, sin

import pytest

from tracker.cable_line import CableLine, bent
from tracker.carried import Carried
from tracker.kick import Swing
from tracker.knee import by_acceleration, by_cable, unseen
from tracker.midline import Midline

LEG_M = 0.85
REST = (1.0, 0.0, 0.0, 0.0)


def shank(
    thigh_deg: float, out_deg: float, knee_deg: float, back_deg: float, outwards: float
) -> tuple[Swing, float]:
    """Return the shank's swing as the ankle IMU sees it, and how far out its azimuth lies.

    The thigh leans by `thigh_deg` towards `out_deg`; the knee adds to that a lean straight back.
    """
    x = thigh_deg * cos(radians(out_deg)) + knee_deg
    y = thigh_deg * sin(radians(out_deg))
    tilt, seen = radians(hypot(x, y)), atan2(y, x)
    return Swing(REST, radians(back_deg) + outwards * seen, sin(tilt), 1.0 - cos(tilt)), degrees(seen)


def truth(thigh_deg: float, out_deg: float, knee_deg: float, aside_m: float) -> tuple[float, float]:
    """Return how far out the ankle went (degrees), and what it pulled (m), by plain trigonometry."""
    swung, seen_deg = shank(thigh_deg, out_deg, knee_deg, 0.0, 1.0)
    went = bent(LEG_M, swung.tilt_rad, radians(seen_deg), radians(knee_deg))
    return degrees(atan2(went.out, went.back)), CableLine().pull(went, aside_m).elongation


def calibrated(back_deg: float = 20.0) -> Midline:
    midline = Midline(LEG_M, CableLine())
    for i in range(3):
        swung, _ = shank(32.0, 0.0, 0.0, back_deg, 1.0)
        midline.rest(5.0 * i, REST)
        midline.kicked(swung, truth(32.0, 0.0, 0.0, 0.09)[1])
    return midline


@pytest.mark.parametrize("outwards", [1.0, -1.0])
@pytest.mark.parametrize("knee_deg", [14.0, 25.0])
def test_a_bent_knee_is_found_and_the_direction_corrected(knee_deg: float, outwards: float) -> None:
    midline = calibrated()
    swung, seen_deg = shank(30.0, 37.0, knee_deg, 20.0, outwards)
    true_deg, pulled_m = truth(30.0, 37.0, knee_deg, 0.09)
    found = by_cable(midline, swung, outwards, pulled_m)
    assert found.found
    assert degrees(found.knee_rad) == pytest.approx(knee_deg, abs=1.5)
    assert seen_deg + degrees(found.further_rad) == pytest.approx(true_deg, abs=1.0)
    assert abs(seen_deg - true_deg) > 3.0
    assert radians(0.5) < found.further_sd_rad < radians(2.0)


@pytest.mark.parametrize("knee_deg", [-3.0, 0.0, 2.0, 4.0, 8.0])
def test_a_knee_that_is_nearly_straight_is_said_of_no_rep(knee_deg: float) -> None:
    """It corrects the direction by no more than it turns it, and by more than half of that."""
    swung, seen_deg = shank(30.0, 37.0, knee_deg, 20.0, 1.0)
    true_deg, pulled_m = truth(30.0, 37.0, knee_deg, 0.09)
    slight = by_cable(calibrated(), swung, 1.0, pulled_m)
    least_deg, most_deg = sorted((0.5 * (true_deg - seen_deg), true_deg - seen_deg))
    assert not slight.found
    assert least_deg - 0.1 < degrees(slight.further_rad) < most_deg + 0.1


def test_the_more_a_knee_seems_to_bend_the_more_is_corrected() -> None:
    """Also where a bend is found for the first time: there it is no more than is right."""
    midline = calibrated()
    found: list[bool] = []
    corrected_deg: list[float] = []
    for knee_deg in range(26):
        swung, _ = shank(30.0, 37.0, knee_deg, 20.0, 1.0)
        bend = by_cable(midline, swung, 1.0, truth(30.0, 37.0, knee_deg, 0.09)[1])
        found.append(bend.found)
        corrected_deg.append(degrees(bend.further_rad))
    assert found == sorted(found)
    assert corrected_deg == sorted(corrected_deg)
    assert max(b - a for a, b in pairwise(corrected_deg)) < 2.0


@pytest.mark.parametrize("back_m", [-0.2, 0.0])
def test_what_no_bend_explains_is_hardly_believed(back_m: float) -> None:
    """A thigh does not go forward in a kick, so that a shank that leans by 15 degrees did not bend by 40."""
    swung, _ = shank(15.0, 40.0, 0.0, 20.0, 1.0)
    astray = Carried(back_m * cos(radians(20.0)), back_m * sin(radians(20.0)), 0.02)
    bend = by_acceleration(calibrated(), swung, 1.0, astray)
    assert not bend.found
    assert abs(bend.further_rad) < bend.further_sd_rad
    assert bend.further_sd_rad > unseen(calibrated(), swung, 1.0).further_sd_rad


def test_what_is_hardly_known_accuses_no_knee() -> None:
    """Seven degrees of knee lie within what an uncalibrated leg may pull."""
    midline = Midline(LEG_M, CableLine())
    midline.worn((1.0, 0.0, 0.0), REST, radians(5.0))
    midline.rest(0.0, REST)
    swung, _ = shank(30.0, 37.0, 7.0, 180.0, 1.0)
    assert abs(midline.out_rad(swung, 1.0)) < pi
    assert not by_cable(midline, swung, 1.0, truth(30.0, 37.0, 7.0, 0.09)[1]).found


def carried_by(swung: Swing, seen_deg: float, knee_deg: float, outwards: float, sd_m: float) -> Carried:
    """Return where the ankle went if the knee bent so far; straight back is azimuth 20 degrees."""
    went = bent(calibrated().reach_m, swung.tilt_rad, radians(seen_deg), radians(knee_deg))
    azimuth = radians(20.0) + outwards * atan2(went.out, went.back)
    far = hypot(went.out, went.back)
    return Carried(far * cos(azimuth), far * sin(azimuth), sd_m)


@pytest.mark.parametrize("outwards", [1.0, -1.0])
@pytest.mark.parametrize("knee_deg", [18.0, 30.0])
def test_without_a_cable_the_way_of_the_ankle_tells_the_bend(knee_deg: float, outwards: float) -> None:
    midline = calibrated()
    swung, seen_deg = shank(30.0, 37.0, knee_deg, 20.0, outwards)
    true_deg, _ = truth(30.0, 37.0, knee_deg, 0.09)
    found = by_acceleration(midline, swung, outwards, carried_by(swung, seen_deg, knee_deg, outwards, 0.02))
    assert found.found
    assert degrees(found.knee_rad) == pytest.approx(knee_deg, abs=2.0)
    assert seen_deg + degrees(found.further_rad) == pytest.approx(true_deg, abs=0.5)
    assert true_deg - seen_deg > 4.0
    assert radians(0.5) < found.further_sd_rad < radians(2.0)


def test_what_a_bend_does_that_is_not_told_is_an_error_of_the_direction() -> None:
    """The less is known of the knee the larger; and the less of what it seems to do is corrected."""
    midline = calibrated()
    swung, seen_deg = shank(30.0, 37.0, 9.0, 20.0, 1.0)
    true_deg, _ = truth(30.0, 37.0, 9.0, 0.09)
    nothing = unseen(midline, swung, 1.0)
    straight, perhaps, hardly = (
        by_acceleration(midline, swung, 1.0, carried_by(swung, seen_deg, knee_deg, 1.0, sd_m))
        for knee_deg, sd_m in ((0.0, 0.02), (9.0, 0.035), (9.0, 0.06))
    )
    assert [bend.found for bend in (nothing, straight, perhaps, hardly)] == [False] * 4
    assert nothing.further_rad == 0.0
    assert straight.further_rad == pytest.approx(0.0, abs=radians(0.2))
    assert radians(0.5) < hardly.further_rad < perhaps.further_rad < radians(true_deg - seen_deg)
    assert radians(0.5) < straight.further_sd_rad < nothing.further_sd_rad < radians(2.0)
    assert straight.further_sd_rad < perhaps.further_sd_rad < hardly.further_sd_rad


def test_the_further_it_bends_the_less_the_cable_comes_out() -> None:
    pulls = [truth(30.0, 37.0, knee_deg, 0.09)[1] for knee_deg in (0.0, 5.0, 10.0, 20.0)]
    naive = [
        CableLine().pull(bent(LEG_M, *_seen(knee), 0.0), 0.09).elongation for knee in (0.0, 5.0, 10.0, 20.0)
    ]
    missing = [n - p for n, p in zip(naive, pulls, strict=True)]
    assert missing == sorted(missing)
    assert missing[2] / 10.0 == pytest.approx(0.0067, abs=0.0015)


def _seen(knee_deg: float) -> tuple[float, float]:
    swung, seen_deg = shank(30.0, 37.0, knee_deg, 0.0, 1.0)
    return swung.tilt_rad, radians(seen_deg)
