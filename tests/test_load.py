"""Force, work and power from tension and travel on one clock."""

import numpy as np
import pytest

from tests.motion import Stretch, positions
from tracker.load import LoadHistory, interpolate

T = np.arange(0.0, 3.0, 0.005)
X = positions([Stretch(0.0, 0.5), Stretch(0.4, 2.0), Stretch(0.4, 0.5)], T)


def filled(force: np.ndarray, t: np.ndarray) -> LoadHistory:
    history = LoadHistory()
    for t_s, f in zip(t.tolist(), force.tolist(), strict=True):
        history.add(t_s, f)
    return history


def test_constant_force_does_force_times_travel() -> None:
    t = np.arange(0.0, 3.0, 1.0 / 80.0)
    effort = filled(np.full(t.shape, 150.0), t).effort(0.5, 2.5, (T.tolist(), X.tolist()))
    assert effort is not None
    assert effort.mean_force_n == pytest.approx(150.0)
    assert effort.work_j == pytest.approx(150.0 * 0.4, rel=1e-3)
    assert effort.mean_power_w == pytest.approx(150.0 * 0.4 / 2.0, rel=1e-3)
    # Minimum jerk peaks at 1.875 times its mean speed of 0.2 m/s.
    assert effort.peak_power_w == pytest.approx(150.0 * 1.875 * 0.2, rel=0.01)


def test_a_spring_does_half_k_x_squared() -> None:
    spring_npm = 400.0
    effort = filled(spring_npm * X, T).effort(0.5, 2.5, (T.tolist(), X.tolist()))
    assert effort is not None
    assert effort.work_j == pytest.approx(0.5 * spring_npm * 0.4**2, rel=1e-3)
    assert effort.peak_force_n == pytest.approx(spring_npm * 0.4, rel=1e-3)


def test_without_travel_there_is_force_but_no_work() -> None:
    effort = filled(np.full(T.shape, 90.0), T).effort(0.5, 2.5, None)
    assert effort is not None
    assert effort.mean_force_n == pytest.approx(90.0)
    assert (effort.work_j, effort.mean_power_w, effort.peak_power_w) == (None, None, None)


def test_too_few_samples_measure_nothing() -> None:
    assert filled(np.array([90.0, 90.0]), np.array([0.6, 0.7])).effort(0.5, 2.5, None) is None
    assert LoadHistory().effort(0.0, 1.0, None) is None


def test_old_samples_are_forgotten() -> None:
    history = LoadHistory(span_s=10.0)
    for i in range(2000):
        history.add(0.1 * i, 50.0)
    assert history.effort(0.0, 100.0, None) is None
    assert history.effort(195.0, 199.0, None) is not None


def test_interpolation_holds_the_ends() -> None:
    curve = ([0.0, 1.0, 2.0], [0.0, 10.0, 30.0])
    assert [interpolate(curve, t) for t in (-1.0, 0.0, 0.25, 1.5, 2.0, 9.0)] == [
        0.0,
        0.0,
        2.5,
        20.0,
        30.0,
        30.0,
    ]
