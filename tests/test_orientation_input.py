"""What the orientation filter does with numbers that are none, with silence, and with uneven time."""

import numpy as np
import pytest

from tests.attitude import (
    angle_deg,
    between_deg,
    followed,
    ideal_imu,
    inverse,
    multiply,
    right_angle_mountings,
    tumbling,
    turn,
    up_in_sensor,
)
from tracker.orientation import Orientation

BIAS = np.radians((0.5, -0.3, 0.4))
ASKEW = turn((1, 2, 3), 1.1)
CHANNELS = ("time", "ax", "ay", "az", "gx", "gy", "gz")


def moving(seconds: float = 6.0, interval_s: float = 0.01) -> np.ndarray:
    t = np.arange(0.0, seconds, interval_s)
    return ideal_imu(t, tumbling(np.clip(t - 3.0, 0.0, None)), bias_radps=BIAS)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channel", range(7), ids=CHANNELS)
@pytest.mark.parametrize("after", [0, 1, 450])
def test_a_number_that_is_none_is_refused_and_leaves_no_trace(
    channel: int, number: float, after: int
) -> None:
    samples = moving().tolist()
    hurt, whole = Orientation(), Orientation()
    for sample in samples[:after]:
        hurt.update(*sample)
        whole.update(*sample)
    bad = list(samples[after])
    bad[channel] = number
    with pytest.raises(ValueError, match="not finite"):
        hurt.update(*bad)
    for sample in samples[after : after + 60]:
        hurt.update(*sample)
        whole.update(*sample)
        assert hurt.quaternion == whole.quaternion
        assert hurt.bias_radps == whole.bias_radps
        assert hurt.gravity_up == whole.gravity_up


@pytest.mark.parametrize("back_s", [0.0, 0.005, 3.0])
def test_time_that_stands_still_or_runs_back_is_passed_over(back_s: float) -> None:
    samples = moving().tolist()
    repeated, once = Orientation(), Orientation()
    for sample in samples:
        once.update(*sample)
        repeated.update(*sample)
        repeated.update(sample[0] - back_s, 30.0, -20.0, 10.0, 5.0, 4.0, 3.0)
        assert repeated.quaternion == once.quaternion
        assert repeated.bias_radps == once.bias_radps


def test_silence_up_to_the_gap_is_turned_through() -> None:
    # 60 deg/s about the vertical: after 0.5 s without samples the next one's rate covers all of it.
    t = np.concatenate((np.arange(0.0, 4.0, 0.01), np.arange(4.49, 6.0, 0.01)))
    heading = np.radians(60.0) * t
    quaternions, _ = followed(ideal_imu(t, multiply(turn((0, 0, 1), heading), ASKEW)))
    turned_by = multiply(quaternions, inverse(quaternions[0]))
    assert angle_deg(multiply(turned_by, inverse(turn((0, 0, 1), heading)))).max() < 1e-6


@pytest.mark.parametrize("silence_s", [0.61, 5.0])
@pytest.mark.parametrize("there", [turn((1, 0, 0), 0.5), turn((0, 1, 0), 3.0), right_angle_mountings()[9]])
def test_after_a_gap_inclination_starts_anew_and_the_bias_is_kept(
    silence_s: float, there: np.ndarray
) -> None:
    filter_ = Orientation()
    t = np.arange(0.0, 10.0, 0.01)
    followed(ideal_imu(t, np.tile(ASKEW, (len(t), 1)), bias_radps=BIAS), filter_)
    stood = filter_.at_rest
    assert stood
    learnt = np.asarray(filter_.bias_radps)
    moved = multiply(ASKEW, there)
    later = t[:400] + t[-1] + silence_s
    samples = ideal_imu(later, np.tile(moved, (len(later), 1)), bias_radps=BIAS)
    _, ups = followed(samples[:1], filter_)
    assert between_deg(ups[0], up_in_sensor(moved)) < 1e-3
    rests_at_once = filter_.at_rest
    assert not rests_at_once, "stillness across a silence is not known"
    for sample in samples[1:]:
        filter_.update(*sample)
        assert between_deg(np.asarray(filter_.gravity_up), up_in_sensor(moved)) < 0.01
        assert np.abs(filter_.bias_radps - learnt).max() < np.radians(0.005)
    assert filter_.at_rest


def test_heading_is_held_over_a_gap() -> None:
    # Standing as before, so that only a turn by rate times silence could move the orientation.
    filter_ = Orientation()
    t = np.arange(0.0, 10.0, 0.01)
    followed(ideal_imu(t, np.tile(ASKEW, (len(t), 1))), filter_)
    before = np.asarray(filter_.quaternion)
    sample = ideal_imu(t[:2], np.tile(ASKEW, (2, 1)), bias_radps=(0.0, 0.0, 1.0))[1].tolist()
    filter_.update(t[-1] + 5.0, *sample[1:])
    assert angle_deg(multiply(inverse(before), np.asarray(filter_.quaternion))) < 1e-6


@pytest.mark.parametrize("jitter", [0.1, 0.4])
@pytest.mark.parametrize("rate_hz", [50.0, 200.0])
def test_jittered_times_give_the_orientation_of_even_ones(rate_hz: float, jitter: float) -> None:
    even = np.arange(0.0, 12.0, 1.0 / rate_hz)
    uneven = even + jitter / rate_hz * np.random.default_rng(11).uniform(-1.0, 1.0, len(even))
    errors = []
    for t in (even, uneven):
        truth = tumbling(np.clip(t - 4.0, 0.0, None))
        _, ups = followed(ideal_imu(t, truth, bias_radps=BIAS))
        errors.append(between_deg(ups, up_in_sensor(truth)))
    assert np.abs(errors[1] - errors[0])[int(2.5 * rate_hz) :].max() < 0.05


def test_the_sampling_rate_does_not_matter() -> None:
    worst = []
    for rate_hz in (50.0, 104.0, 200.0, 476.0, 1000.0):
        t = np.arange(0.0, 8.0, 1.0 / rate_hz)
        truth = tumbling(np.clip(t - 4.0, 0.0, None))
        filter_ = Orientation()
        _, ups = followed(ideal_imu(t, truth, bias_radps=BIAS), filter_)
        worst.append(float(between_deg(ups, up_in_sensor(truth))[t > 3.0].max()))
        assert np.abs(filter_.bias_radps - BIAS).max() < np.radians(0.02)
    # The bias turned the orientation until rest was found; the accelerometer takes that back with tau = 3 s.
    assert max(worst) < 0.3
    assert max(worst) - min(worst) < 0.01


@pytest.mark.parametrize("stall_s", [0.05, 0.2, 0.4])
def test_a_stall_in_the_first_samples_is_overcome_within_seconds(stall_s: float) -> None:
    t = np.arange(0.0, 16.0, 0.005)
    t[20:] += stall_s
    truth = tumbling(np.clip(t - 12.0, 0.0, None))
    filter_ = Orientation()
    _, ups = followed(ideal_imu(t, truth, bias_radps=BIAS), filter_)
    error = between_deg(ups, up_in_sensor(truth))
    assert error.max() < 1.0
    assert error[t > 10.0].max() < 0.05
    assert np.abs(filter_.bias_radps - BIAS).max() < np.radians(0.01)


def test_the_refusal_says_when() -> None:
    with pytest.raises(ValueError, match=r"4\.000 s"):
        Orientation().update(4.0, 0.0, 0.0, float("nan"), 0.0, 0.0, 0.0)
