"""The orientation filter on ideal IMUs, whose truth follows from the movement."""

from copy import deepcopy

import numpy as np
import pytest

from tests.attitude import (
    GRAVITY_MPS2,
    between_deg,
    followed,
    ideal_imu,
    inclination_deg,
    inverse,
    multiply,
    right_angle_mountings,
    tumbling,
    turn,
    turned,
    up_in_sensor,
)
from tests.motion import minimum_jerk
from tracker.blocks import FloatArray
from tracker.gyro_bias import OrientationParams
from tracker.orientation import Orientation

LEVEL = turn((0, 0, 1), 0.0)
ASKEW = turn((1, 2, 3), 1.1)
BIAS = np.radians((0.5, -0.3, 0.8))
UNBIASED = OrientationParams(bias_sigma_init_radps=1e-9)
"""Sure that there is no bias, so that what follows from the inclination alone can be computed."""


def resting(
    mounting: FloatArray, seconds: float, rate_hz: float = 100.0, bias: FloatArray = 0 * BIAS
) -> FloatArray:
    t = np.arange(0.0, seconds, 1.0 / rate_hz)
    return ideal_imu(t, np.tile(mounting, (len(t), 1)), bias_radps=bias)


def remounted(samples: FloatArray, sensor_from_new: FloatArray) -> FloatArray:
    """Return what an IMU fixed otherwise to the same body would measure."""
    back = inverse(sensor_from_new)
    return np.column_stack((samples[:, 0], turned(back, samples[:, 1:4]), turned(back, samples[:, 4:])))


@pytest.mark.parametrize("mounting", right_angle_mountings())
def test_a_resting_sensor_knows_up_at_once_and_keeps_its_heading(mounting: FloatArray) -> None:
    rng = np.random.default_rng(5)
    twist = turn(rng.normal(size=3), rng.uniform(-np.pi, np.pi))
    for world_from_sensor in (mounting, multiply(mounting, twist)):
        quaternions, ups = followed(resting(world_from_sensor, 3.0))
        assert between_deg(ups, up_in_sensor(world_from_sensor)).max() < 1e-9
        # The world's z in the sensor is read from the quaternion in another way than the filter reads it.
        assert between_deg(up_in_sensor(quaternions), ups).max() < 1e-9
        assert np.abs(quaternions - quaternions[0]).max() < 1e-12


@pytest.mark.parametrize("off_deg", [0.0, 1e-7, 1e-4, 0.1])
def test_a_sensor_upside_down_is_no_special_case(off_deg: float) -> None:
    world_from_sensor = turn((1, 0, 0), np.pi - np.radians(off_deg))
    _, ups = followed(resting(world_from_sensor, 0.1))
    # Within 1e-4 degrees of upside down the axis of the turn is arbitrary; the next sample mends the rest.
    assert between_deg(ups, up_in_sensor(world_from_sensor)).max() < 2e-4
    assert between_deg(ups, up_in_sensor(world_from_sensor))[1] < 1e-9


def test_an_ankle_in_free_fall_from_the_start_learns_up_afterwards() -> None:
    samples = resting(ASKEW, 1.0)
    samples[:3, 1:4] = 0.0
    _, ups = followed(samples)
    assert np.isfinite(ups).all()
    error = between_deg(ups[3:], up_in_sensor(ASKEW))
    assert error[0] < 1e-9
    assert error.max() < 0.05, "the first correction is not taken for a bias"


@pytest.mark.parametrize("rate_hz", [50.0, 200.0, 1000.0])
def test_a_turn_about_the_vertical_is_all_heading(rate_hz: float) -> None:
    t = np.arange(0.0, 6.0, 1.0 / rate_hz)
    heading = np.radians(90.0) * t
    quaternions, ups = followed(ideal_imu(t, multiply(turn((0, 0, 1), heading), ASKEW)))
    turned_by = multiply(quaternions, inverse(quaternions[0]))
    apart = multiply(turned_by, inverse(turn((0, 0, 1), heading)))
    assert np.abs(apart[:, 1:]).max() < 1e-8
    assert between_deg(ups, up_in_sensor(ASKEW)).max() < 1e-6


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 200.0, 1000.0])
def test_a_tilt_is_followed_without_delay_at_any_rate(rate_hz: float) -> None:
    t = np.arange(0.0, 4.0, 1.0 / rate_hz)
    tilt = np.radians(60.0) * minimum_jerk(t - 1.0)
    truth = multiply(turn((0, 1, 0), tilt), turn((0, 0, 1), 0.4))
    quaternions, ups = followed(ideal_imu(t, truth))
    assert between_deg(ups, up_in_sensor(truth)).max() < 1e-6
    # A vector tipped towards x by 60 degrees about y: (sin 60, 0, cos 60), whatever the heading at the start.
    moved = multiply(quaternions, inverse(quaternions[0]))[-1]
    assert np.degrees(np.arccos(turned(moved, np.array((0.0, 0.0, 1.0)))[2])) == pytest.approx(60.0, abs=1e-6)


@pytest.mark.parametrize("tau_s", [1.0, 3.0])
def test_a_tilt_that_only_the_accelerometer_sees_comes_in_with_the_time_constant(tau_s: float) -> None:
    """With a dead gyroscope the filter is a Butterworth low-pass of the force, cutoff wc = sqrt(2) / tau.

    Its poles are wc (-1 +- i) / sqrt(2) = (-1 +- i) / tau, hence its step response
    s(t) = 1 - exp(-t / tau) (cos(t / tau) + sin(t / tau)). The force goes from up to a tilt of 40 degrees, so
    the low-passed vector is (s sin 40, 0, 1 - s + s cos 40), and its direction is where the filter has up.
    """
    params = OrientationParams(tau_acc_s=tau_s, bias_sigma_init_radps=1e-9)
    rate_hz, before_s, after_s, tilt = 200.0, 4.0, 6.0, np.radians(40.0)
    samples = np.vstack((resting(LEVEL, before_s, rate_hz), resting(turn((0, 1, 0), tilt), after_s, rate_hz)))
    samples[:, 0] = np.arange(len(samples)) / rate_hz
    _, ups = followed(samples, Orientation(params))
    since = samples[:, 0] - before_s + 0.5 / rate_hz
    share = 1.0 - np.exp(-since / tau_s) * (np.cos(since / tau_s) + np.sin(since / tau_s))
    expected = np.degrees(np.arctan2(share * np.sin(tilt), 1.0 - share + share * np.cos(tilt)))
    after = since > 0.0
    leaning = np.degrees(np.arctan2(-ups[after, 0], ups[after, 2]))
    assert np.abs(leaning - expected[after]).max() < 0.05


@pytest.mark.parametrize("period_s", [0.3, 0.6, 1.0])
def test_a_kick_straight_out_and_back_hardly_tilts_up(period_s: float) -> None:
    """The error has a bound that follows from the displacement alone.

    Low-passing acceleration is high-passing displacement p and multiplying by wc^2 = 2 / tau^2. The step
    response of that high-pass, exp(-t / tau) (cos(t / tau) - sin(t / tau)), stays between -0.208 and 1, so
    going out by D and back gives at most 1.208 D wc^2, here 0.134 m/s2 against gravity.
    """
    distance_m, tau_s = 0.5, OrientationParams().tau_acc_s
    t = np.arange(0.0, 20.0, 0.005)
    path = distance_m * (minimum_jerk((t - 8.0) / period_s) - minimum_jerk((t - 11.0) / period_s))
    acceleration = np.zeros((len(t), 3))
    acceleration[:, 0] = np.gradient(np.gradient(path, t), t)
    assert np.abs(acceleration).max() > 2.0, "or it would be no kick"
    filter_ = Orientation()
    quaternions, _ = followed(ideal_imu(t, np.tile(LEVEL, (len(t), 1)), acceleration), filter_)
    bound = np.degrees(np.arctan(1.208 * distance_m * 2.0 / tau_s**2 / GRAVITY_MPS2))
    error = inclination_deg(quaternions)
    assert error.max() < bound
    assert error[-1] < 0.1
    assert np.abs(filter_.bias_radps).max() < np.radians(0.01)


def test_impacts_of_zero_mean_do_little() -> None:
    # 7 mm to and fro at 15 Hz. The high-pass leaves so fast a displacement as it is, so low-passed force is
    # 0.007 * 2 / tau^2 = 0.0016 m/s2, which is 0.009 degrees of gravity.
    t = np.arange(0.0, 10.0, 0.005)
    path = (
        0.007
        * np.sin(2.0 * np.pi * 15.0 * t)
        * (minimum_jerk((t - 6.0) / 0.2) - minimum_jerk((t - 7.0) / 0.2))
    )
    acceleration = np.zeros((len(t), 3))
    acceleration[:, 1] = np.gradient(np.gradient(path, t), t)
    assert np.abs(acceleration).max() > 50.0, "or it would be no impact"
    quaternions, _ = followed(ideal_imu(t, np.tile(LEVEL, (len(t), 1)), acceleration))
    assert inclination_deg(quaternions).max() < 0.02


@pytest.mark.parametrize("noisy", [False, True])
def test_bias_is_found_within_seconds_of_rest(noisy: bool) -> None:
    samples = resting(ASKEW, 40.0, 100.0, BIAS)
    if noisy:
        rng = np.random.default_rng(3)
        samples[:, 1:] += rng.normal(size=(len(samples), 6)) * ([0.03] * 3 + [np.radians(0.1)] * 3)
    filter_ = Orientation()
    error, still = [], []
    for sample in samples.tolist():
        filter_.update(*sample)
        error.append(float(np.degrees(np.abs(filter_.bias_radps - BIAS).max())))
        still.append(filter_.at_rest)
    # Rest is declared after 1.5 s, hence not before; a few steps of 40 ms then suffice.
    assert still.index(True) == pytest.approx(150, abs=2)
    assert max(error[300:]) < 0.05
    assert max(error[1000:]) < 0.01


def test_level_bias_is_found_without_any_rest() -> None:
    t = np.arange(0.0, 60.0, 0.01)
    swinging = multiply(turn((0, 1, 0), 1.05 * np.sin(3.0 * t)), turn((1, 0, 0), 0.3 * np.sin(2.0 * t)))
    bias = np.radians((0.5, -0.3, 0.0))
    filter_ = Orientation()
    for sample in ideal_imu(t, swinging, bias_radps=bias).tolist():
        filter_.update(*sample)
        assert not filter_.at_rest
    error = np.degrees(np.abs(np.asarray(filter_.bias_radps) - bias))
    assert error.max() < 0.1
    # The bias about the vertical cannot be seen in motion, and must not be invented.
    assert error[2] < 0.06


@pytest.mark.parametrize("axis", [(0, 0, 1), (0, 1, 0), (1, 1, 1)])
def test_a_steady_turn_is_neither_rest_nor_bias(axis: tuple[int, int, int]) -> None:
    t = np.arange(0.0, 20.0, 0.01)
    angle = np.radians(5.0) * np.clip(t - 5.0, 0.0, None)
    filter_ = Orientation()
    quaternions, _ = followed(ideal_imu(t, turn(axis, angle), bias_radps=(0.0, 0.0, 0.0)), filter_)
    assert not filter_.at_rest
    assert np.abs(filter_.bias_radps).max() < 1e-12
    assert inclination_deg(multiply(quaternions[-1], inverse(turn(axis, angle[-1])))) < 1e-6


def test_swaying_that_passes_for_rest_hardly_moves_the_bias() -> None:
    # 1.5 deg/s to and fro within 4 s is below the limits of rest; its mean is zero, and so is the bias' push.
    t = np.arange(0.0, 60.0, 0.01)
    angle = np.radians(1.5) * 4.0 / (2.0 * np.pi) * np.sin(0.5 * np.pi * t) * (t > 10.0)
    filter_ = Orientation()
    for sample in ideal_imu(t, turn((1, 1, 1), angle)).tolist():
        filter_.update(*sample)
        assert np.abs(filter_.bias_radps).max() < np.radians(0.1)
    assert filter_.at_rest


def test_being_shaken_without_turning_is_no_rest() -> None:
    # 1 m/s2 at 3 Hz is twice what still is rest, and far above the cutoff of its low-pass at 0.45 Hz.
    t = np.arange(0.0, 8.0, 0.01)
    acceleration = np.zeros((len(t), 3))
    acceleration[:, 0] = np.sin(2.0 * np.pi * 3.0 * t) * (t > 4.0)
    filter_ = Orientation()
    rests = []
    for sample in ideal_imu(t, np.tile(ASKEW, (len(t), 1)), acceleration).tolist():
        filter_.update(*sample)
        rests.append(filter_.at_rest)
    assert rests[399]
    assert not any(rests[425:])


@pytest.mark.parametrize("extra", [None, ((1, 2, 3), 1.0), ((3, -1, 1), 2.0)])
def test_another_mounting_gives_the_same_movement(extra: tuple[tuple[int, int, int], float] | None) -> None:
    t = np.arange(0.0, 12.0, 0.02)
    samples = ideal_imu(t, tumbling(np.clip(t - 3.0, 0.0, 7.0)), bias_radps=BIAS)
    _, ups = followed(samples)
    mountings = right_angle_mountings() if extra is None else [turn(*extra)]
    # Exact at right angles; a twist mixes the axes' covariances, whose ceiling stands per sensor axis.
    tolerance = 1e-9 if extra is None else 0.02
    for mounting in mountings:
        _, others = followed(remounted(samples, mounting))
        assert between_deg(turned(mounting, others), ups).max() < tolerance


def test_a_copy_and_a_second_run_go_on_identically() -> None:
    t = np.arange(0.0, 8.0, 0.01)
    samples = ideal_imu(t, tumbling(np.clip(t - 3.0, 0.0, None)), bias_radps=BIAS).tolist()
    original, again = Orientation(), Orientation()
    for sample in samples[:437]:
        original.update(*sample)
    copied = deepcopy(original)
    for sample in samples[:437]:
        again.update(*sample)
    for sample in samples[437:]:
        for filter_ in (original, copied, again):
            filter_.update(*sample)
        assert original.quaternion == copied.quaternion == again.quaternion
        assert original.bias_radps == copied.bias_radps == again.bias_radps
