"""The orientation filter against the authors' own VQF, and against an optical truth (BROAD)."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tests.attitude import angle_deg, followed, ideal_imu, inclination_deg, inverse, multiply, tumbling, turn
from tests.motion import minimum_jerk
from tests.shared import DATA, needs_data
from tracker.blocks import FloatArray

SAME_DEG = 0.05
"""How near ours must stay to the reference. It differs since ours runs the bias' Kalman filter on corrections
summed over 40 ms, learns the sampling interval from the times, and starts the bias with the second sample."""

SAME_HEADING_DEG_PER_MIN = 0.2
"""Heading integrates even the smallest difference of bias for ever, and nothing in six axes pulls it back: in
violent tumbling with the bias unknown the two part by up to 0.14 degrees a minute (by 0.02 where the Kalman
filter runs with every sample)."""

RECORDINGS = sorted(DATA.glob("orientation/*.npz"))
VQF_RMSE_DEG = {
    "01_undisturbed_slow_rotation_A": 0.599,
    "09_undisturbed_fast_rotation_with_breaks_B": 0.874,
    "10_undisturbed_slow_translation_A": 0.299,
    "21_undisturbed_fast_combined": 1.716,
}
"""Inclination error of the reference, so that ours is judged where the reference cannot be installed.

Their mean of 0.87 lies above the 0.75 aimed at over all of BROAD: one of its hardest is among the four.
"""


def reference(samples: FloatArray, interval_s: float) -> FloatArray:
    """Return VQF's six-axis quaternions with its defaults: bias estimation at rest and in motion."""
    vqf = pytest.importorskip("vqf", reason="the reference has no wheel for this machine")
    theirs = vqf.VQF(interval_s)
    assert theirs.params["restBiasEstEnabled"]
    assert theirs.params["motionBiasEstEnabled"]
    force, rate = np.ascontiguousarray(samples[:, 1:4]), np.ascontiguousarray(samples[:, 4:])
    return np.asarray(theirs.updateBatch(rate, force)["quat6D"])


def apart_deg(one: FloatArray, other: FloatArray) -> float:
    """Return the largest angle, heading included, between two sequences of orientations."""
    return float(angle_deg(multiply(inverse(one), other)).max())


def synthetic(kind: str, rate_hz: float) -> FloatArray:
    """Return 60 s of a movement with gyroscope bias and the noise of a cheap IMU."""
    t = np.arange(0.0, 60.0, 1.0 / rate_hz)
    still = np.zeros((len(t), 3))
    if kind == "rest":
        samples = ideal_imu(t, np.tile(turn((1, 2, 3), 1.1), (len(t), 1)), still, (0.01, -0.006, 0.008))
    elif kind == "tumbling":
        samples = ideal_imu(t, tumbling(t), still, (-0.008, 0.01, 0.004))
    else:
        # A kick of 40 degrees every 6 s, 0.8 s out, 1.2 s held, 1.5 s back, with the ankle's acceleration.
        beat = t % 6.0
        share = minimum_jerk(beat / 0.8) - minimum_jerk((beat - 2.0) / 1.5)
        swing = np.radians(40.0) * share
        path = 0.8 * np.column_stack((-np.sin(swing), np.zeros_like(swing), 1.0 - np.cos(swing)))
        acceleration = np.gradient(np.gradient(path, t, axis=0), t, axis=0)
        samples = ideal_imu(t, turn((0, 1, 0), swing), acceleration, (0.006, 0.009, -0.01))
    noise = np.random.default_rng(7).normal(size=(len(t), 6)) * ([0.02] * 3 + [0.002] * 3)
    samples[:, 1:] += noise
    # No time has passed at the first sample, so ours ignores its rate; the reference would turn by it.
    samples[0, 4:] = 0.0
    return samples


@pytest.mark.parametrize("rate_hz", [50.0, 200.0])
@pytest.mark.parametrize("kind", ["rest", "tumbling", "kicks"])
def test_ours_is_the_reference_over_synthetic_movement(kind: str, rate_hz: float) -> None:
    samples = synthetic(kind, rate_hz)
    ours, theirs = followed(samples)[0], reference(samples, 1.0 / rate_hz)
    assert inclination_deg(multiply(ours, inverse(theirs))).max() <= SAME_DEG
    assert apart_deg(ours, theirs) <= SAME_HEADING_DEG_PER_MIN


class Recorded(NamedTuple):
    samples: FloatArray
    interval_s: float
    ours: FloatArray
    optical: FloatArray
    judged: FloatArray
    """Where BROAD judges: in the movement part, when the cameras see the markers."""


@cache
def recorded(path: Path) -> Recorded:
    """Return a whole recording and what our filter makes of it."""
    with np.load(path) as content:
        interval_s = 1.0 / float(content["rate_hz"])
        force, rate = content["acc_mps2"].astype(np.float64), content["gyr_radps"].astype(np.float64)
        optical = content["opt_quat_wxyz"].astype(np.float64)
        judged = content["movement"] & np.isfinite(optical).all(axis=1)
    samples = np.column_stack((np.arange(len(force)) * interval_s, force, rate))
    return Recorded(samples, interval_s, followed(samples)[0], optical, judged)


def rmse_deg(estimated: FloatArray, recording: Recorded) -> float:
    """Return the root mean square inclination error.

    The error rotation in the world is estimated * optical^-1: both are world_from_sensor, so the sensor
    cancels, and the heading between the two worlds, which six axes cannot know, is a turn about z.
    """
    error = multiply(estimated, inverse(recording.optical))[recording.judged]
    return float(np.sqrt(np.mean(inclination_deg(error) ** 2)))


@needs_data
def test_every_recording_with_a_known_error_is_there() -> None:
    assert set(VQF_RMSE_DEG) <= {path.stem for path in RECORDINGS}


@needs_data
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_ours_is_the_reference_over_a_recording(path: Path) -> None:
    recording = recorded(path)
    theirs = reference(recording.samples, recording.interval_s)
    assert apart_deg(recording.ours, theirs) <= SAME_DEG
    assert rmse_deg(recording.ours, recording) == pytest.approx(rmse_deg(theirs, recording), abs=SAME_DEG)
    assert rmse_deg(theirs, recording) == pytest.approx(VQF_RMSE_DEG[path.stem], abs=0.001)


@needs_data
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_inclination_is_as_near_the_optical_truth_as_the_reference(path: Path) -> None:
    recording = recorded(path)
    assert np.count_nonzero(recording.judged) > 100.0 / recording.interval_s
    assert rmse_deg(recording.ours, recording) <= VQF_RMSE_DEG[path.stem] + 0.05


@needs_data
def test_mean_inclination_error_over_the_recordings_is_the_references() -> None:
    ours = [rmse_deg(recorded(path).ours, recorded(path)) for path in RECORDINGS]
    assert np.mean(ours) <= np.mean(list(VQF_RMSE_DEG.values())) + 0.01


def test_a_lost_heading_is_no_inclination_error() -> None:
    tilt, heading = turn((1.0, 1.0, 0.0), np.radians(3.0)), turn((0, 0, 1), np.radians(120.0))
    for error in (multiply(heading, tilt), multiply(tilt, heading)):
        assert inclination_deg(error) == pytest.approx(3.0, abs=1e-9)
