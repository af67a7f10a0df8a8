"""Curves on an even grid."""

import pytest

from tracker.smoothing import fitted_parabola, resampled, smoothed, speeds


def test_a_curve_is_straight_between_its_samples_and_level_beyond_them() -> None:
    curve = ([1.0, 2.0, 2.0, 4.0], [0.0, 10.0, 20.0, 40.0])
    assert resampled(curve, [0.0, 1.0, 1.5, 3.0, 4.0, 9.0]) == [0.0, 0.0, 5.0, 30.0, 40.0, 40.0]


def test_smoothing_keeps_a_straight_line_and_spreads_a_peak() -> None:
    line = [0.5 * i for i in range(20)]
    assert smoothed(line, 4) == pytest.approx(line)
    peak = [0.0] * 5 + [7.0] + [0.0] * 5
    # Two values from the end, no more than two to either side are there.
    assert smoothed(peak, 3) == pytest.approx([0.0] * 3 + [1.0] * 5 + [0.0] * 3, abs=1e-9)


def test_speed_is_central() -> None:
    assert speeds([0.0, 1.0, 4.0, 9.0], 0.5) == pytest.approx([4.0, 8.0])
    assert speeds([1.0, 2.0], 0.5) == []


def test_a_parabola_through_points_far_from_zero() -> None:
    x = [100.0 + 0.1 * i for i in range(12)]
    fitted = fitted_parabola(x, [3.0 - 2.0 * v + 0.5 * v * v for v in x])
    assert fitted is not None
    assert [fitted.at(v) for v in (99.0, 100.5)] == pytest.approx(
        [3.0 - 198.0 + 0.5 * 99.0**2, 3.0 - 201.0 + 0.5 * 100.5**2], abs=1e-6
    )


@pytest.mark.parametrize("x", [[1.0, 2.0, 3.0, 4.0], [2.0] * 9, [0.0, 1.0] * 5])
def test_too_little_for_a_parabola(x: list[float]) -> None:
    assert fitted_parabola(x, x) is None
