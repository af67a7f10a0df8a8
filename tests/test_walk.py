"""Which way round a cuff is worn, read from gait whose forwards is known."""

import numpy as np
import pytest

from tests.attitude import inverse, multiply, right_angle_mountings, turn, turned
from tests.made_kicks import stride
from tracker.blocks import FloatArray
from tracker.walk import Walk

UP = np.array([0.0, 0.0, 1.0])
FORWARD = np.array([1.0, 0.0, 0.0])


def forward(
    rates: FloatArray, t: FloatArray, mounting: FloatArray, end_s: float = 100.0
) -> FloatArray | None:
    """Return forwards in the shank's frame, as found by a sensor mounted so (shank_from_sensor)."""
    walk = Walk()
    back = inverse(mounting)
    for t_s, rate in zip(t.tolist(), turned(back, rates).tolist(), strict=True):
        walk.sample(t_s, tuple(rate))
    up = turned(back, UP[None, :])[0]
    found = walk.forward(0.0, end_s, (float(up[0]), float(up[1]), float(up[2])))
    return None if found is None else np.asarray(turned(mounting, np.array([found]))[0])


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 208.0])
@pytest.mark.parametrize("mounting", right_angle_mountings())
def test_forwards_whatever_way_round(mounting: FloatArray, rate_hz: float) -> None:
    t = np.arange(0.0, 6.0, 1.0 / rate_hz)
    for worn in (mounting, multiply(mounting, turn((0.3, -0.5, 0.8), 0.7))):
        found = forward(stride(t), t, worn)
        assert found is not None
        assert np.degrees(np.arccos(found @ FORWARD)) < 4.0


def test_the_faster_way_is_forwards() -> None:
    """The same strides the other way round: forwards is where the foot swings fast."""
    t = np.arange(0.0, 6.0, 0.005)
    found = forward(-stride(t), t, turn((0, 0, 1), 0.4))
    assert found is not None
    assert found @ FORWARD < -0.99


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        (lambda t: stride(t, 0.3), "too slow for gait"),
        (lambda t: stride(t) * (t[:, None] < 1.9), "too few strides"),
        (lambda t: 2.5 * np.column_stack([np.sin(7.0 * t + i) for i in (0.0, 2.0, 4.0)]), "no axis"),
        (lambda t: np.column_stack((0 * t, 0 * t, stride(t)[:, 1])), "a turn on the spot"),
        (lambda t: 3.0 * np.column_stack((0 * t, np.sin(6.0 * t), 0 * t)), "as fast back as forwards"),
        (lambda t: np.zeros((len(t), 3)), "at rest"),
    ],
)
def test_what_is_no_gait_tells_nothing(rates: object, why: str) -> None:
    t = np.arange(0.0, 6.0, 0.01)
    assert callable(rates)
    assert forward(rates(t), t, turn((1, 0, 0), 0.2)) is None, why


def test_only_the_asked_time_counts() -> None:
    t = np.arange(0.0, 6.0, 0.01)
    assert forward(stride(t), t, turn((0, 0, 1), 0.0), end_s=1.9) is None
