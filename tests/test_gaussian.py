"""The estimate of a few quantities against the textbook's matrices."""

import numpy as np
import pytest

from tracker.blocks import FloatArray
from tracker.gaussian import Gaussian


def textbook(
    mean: FloatArray, p: FloatArray, row: FloatArray, z: float, r: float
) -> tuple[FloatArray, FloatArray]:
    """Return mean and covariance after measuring z = row . x with error variance r."""
    gain = p @ row / (row @ p @ row + r)
    return mean + gain * (z - row @ mean), p - np.outer(gain, row @ p)


def test_measurements_are_the_textbooks() -> None:
    rng = np.random.default_rng(3)
    known = Gaussian((0.5, -1.0, 2.0), (1.0, 4.0, 0.25))
    mean, p = np.array([0.5, -1.0, 2.0]), np.diag([1.0, 4.0, 0.25])
    for _ in range(20):
        row, z, r = rng.normal(size=3), float(rng.normal()), float(rng.uniform(0.1, 2.0))
        assert known.variance(row.tolist()) == pytest.approx(row @ p @ row, rel=1e-9)
        innovation = z - float(row @ np.array(known.mean))
        known.measure(row.tolist(), innovation, r)
        mean, p = textbook(mean, p, row, z, r)
        assert known.mean == pytest.approx(mean, rel=1e-9)
        assert np.array(known.covariance) == pytest.approx(p, abs=1e-12)


def test_a_quantity_advances_with_its_rate() -> None:
    known = Gaussian((1.0, 0.3, 7.0), (0.04, 0.01, 1.0))
    known.measure((1.0, 1.0, 0.2), 0.1, 0.5)
    before, p = np.array(known.mean), np.array(known.covariance)
    known.advance(0, 1, 2.5)
    f = np.array([[1.0, 2.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert known.mean == pytest.approx(f @ before)
    assert np.array(known.covariance) == pytest.approx(f @ p @ f.T)


def test_what_may_have_changed_is_less_sure_and_pulls_nothing_along() -> None:
    known = Gaussian((1.0, 2.0), (0.1, 0.2))
    known.blur(1, 0.3)
    assert known.mean == [1.0, 2.0]
    assert known.covariance == [[0.1, 0.0], [0.0, 0.5]]
