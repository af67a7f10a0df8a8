"""A heel strike is a jolt of the ankle, the fastest kick is none."""

import numpy as np
import pytest

from tracker.jolts import Jolts

GRAVITY_MPS2 = 9.81


def heard(force_z: np.ndarray, rate_hz: float) -> Jolts:
    jolts = Jolts()
    for i, z in enumerate(force_z.tolist()):
        jolts.sample(i / rate_hz, (0.0, 0.0, z))
    return jolts


@pytest.mark.parametrize("rate_hz", [52.0, 104.0, 208.0, 416.0])
def test_a_heel_strike_of_two_g_is_a_jolt_at_its_time(rate_hz: float) -> None:
    t = np.arange(0.0, 4.0, 1.0 / rate_hz)
    ring = np.where(t >= 2.0, np.exp(-(t - 2.0) / 0.02), 0.0)
    jolts = heard(GRAVITY_MPS2 + 20.0 * ring, rate_hz)
    assert jolts.within(1.95, 2.1)
    assert not jolts.within(0.0, 1.95)
    assert not jolts.within(2.1, 4.0)


@pytest.mark.parametrize("rate_hz", [104.0, 208.0, 416.0])
@pytest.mark.parametrize("seconds", [0.45, 0.8])
def test_an_explosive_kick_is_no_jolt(rate_hz: float, seconds: float) -> None:
    """A minimum-jerk kick over 35 degrees (0.61 rad) of a leg of 0.9 m: jerk is at most 60 x / T^3, at its
    ends, 362 m/s3 in 0.45 s. Between samples up to 0.0135 s apart it changes by up to 4.9 m/s2."""
    t = np.arange(0.0, seconds, 1.0 / rate_hz)
    s = t / seconds
    acceleration = 0.61 * 0.9 / seconds**2 * (60.0 * s - 180.0 * s**2 + 120.0 * s**3)
    assert not heard(GRAVITY_MPS2 + acceleration, rate_hz).within(0.0, seconds)


def test_jolts_are_forgotten() -> None:
    jolts = heard(np.array([9.81, 9.81, 30.0, 9.81, 9.81]), 100.0)
    assert jolts.within(0.0, 0.1)
    jolts.sample(20.0, (0.0, 0.0, 9.81))
    jolts.sample(20.01, (0.0, 0.0, 30.0))
    assert not jolts.within(0.0, 0.1)
    assert jolts.within(20.0, 20.1)
