"""The gym's sensors see what physics says: analytic truth for the IMU, the encoder and the load cell."""

import numpy as np
import pytest

from tests.gym.noise import band
from tests.gym.rotation import about, angular_rate, tilting
from tests.gym.script import STEP_S
from tests.gym.sensors import ImuGrade, encoder, imu, load_cell, sample_times
from tests.gym.signals import felt
from tracker.blocks import FloatArray

G = 9.81
PERFECT = ImuGrade(0.0, 0.0, 0.0, 0.0, 1e-9, 1e-9, 1e3, 1e3)
N = 4000
FINE_S: FloatArray = np.arange(N, dtype=np.float64) * STEP_S


def seen(position: FloatArray, world_from_sensor: FloatArray) -> FloatArray:
    rng = np.random.default_rng(0)
    return imu(felt(position, world_from_sensor, [], rng), PERFECT, 208.0, rng)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_resting_sensor_feels_the_floor_push_it_up(axis: int, sign: float) -> None:
    """Up along a sensor axis reads +g on that axis: turn that axis of the sensor to the world's z."""
    turn = {0: about("y", -sign * np.pi / 2), 1: about("x", sign * np.pi / 2)}
    turn[2] = about("x", 0.0 if sign > 0 else np.pi)
    samples = seen(np.zeros((N, 3)), np.repeat(turn[axis], N, axis=0))
    expected = np.zeros(6)
    expected[axis] = sign * G
    assert samples[:, 1:] == pytest.approx(np.tile(expected, (len(samples), 1)), abs=1e-6)


def test_a_sensor_carried_round_a_circle_feels_the_pull_inwards() -> None:
    """Radius r, rate w about the vertical, x pointing outwards: force (-w^2 r, 0, g), rate (0, 0, w)."""
    w, r = 2.0, 0.5
    t = FINE_S
    position = np.column_stack((r * np.cos(w * t), r * np.sin(w * t), np.zeros(N)))
    samples = seen(position, about("z", w * t))[5:-5]
    expected = np.tile([-w * w * r, 0.0, G, 0.0, 0.0, w], (len(samples), 1))
    assert samples[:, 1:] == pytest.approx(expected, abs=2e-3)


def test_a_pendulum_feels_tangential_and_central_acceleration() -> None:
    """Swing b(t) about y at distance r below the axis: position r (-sin b, 0, -cos b).

    In the sensor frame, x along the direction of swing backwards turned with it, the point accelerates by
    -r b'' along x and r b'^2 along z; gravity adds -g up seen from the frame turned by b: the frame's x is
    (cos b, 0, -sin b) and its z (sin b, 0, cos b), so up gives (-g sin b, 0, g cos b).
    """
    r, size, f = 0.8, 0.4, 3.0
    t = FINE_S
    b, rate, change = size * np.sin(f * t), size * f * np.cos(f * t), -size * f * f * np.sin(f * t)
    position = r * np.column_stack((-np.sin(b), np.zeros(N), -np.cos(b)))
    samples = seen(position, about("y", b))[5:-5]
    k = samples[:, 0] / STEP_S
    force_x = np.interp(k, np.arange(N), -r * change - G * np.sin(b))
    force_z = np.interp(k, np.arange(N), r * rate**2 + G * np.cos(b))
    assert samples[:, 1] == pytest.approx(force_x, abs=5e-3)
    assert samples[:, 3] == pytest.approx(force_z, abs=5e-3)
    assert samples[:, 5] == pytest.approx(np.interp(k, np.arange(N), rate), abs=1e-4)


def test_angular_rates_add_up_to_the_turn() -> None:
    """Integrating the rate in the moving frame, R <- R exp(w dt), ends at the orientation itself."""
    t = FINE_S
    path = np.matmul(tilting(0.5 * np.sin(2.0 * t), 0.3 * (1.0 - np.cos(1.3 * t))), about("z", 0.4 * t))
    reached = path[0]
    for rate in angular_rate(path, STEP_S)[1:]:
        angle = float(np.linalg.norm(rate)) * STEP_S
        x, y, z = rate * STEP_S / angle
        k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
        reached = reached @ (np.eye(3) + np.sin(angle) * k + (1.0 - np.cos(angle)) * k @ k)
    assert reached == pytest.approx(path[-1], abs=1e-3)


def test_tilting_tips_z_towards_an_azimuth() -> None:
    azimuth, angle = 2.1, 0.6
    turn = tilting(np.array([angle * np.cos(azimuth)]), np.array([angle * np.sin(azimuth)]))[0]
    expected = [np.sin(angle) * np.cos(azimuth), np.sin(angle) * np.sin(azimuth), np.cos(angle)]
    assert turn[:, 2] == pytest.approx(expected)
    assert turn @ turn.T == pytest.approx(np.eye(3))


def test_noise_bias_steps_and_limits_are_those_of_the_grade() -> None:
    still, upright = np.zeros((60_000, 3)), np.repeat(about("x", 0.0), 60_000, axis=0)
    grade = ImuGrade(0.001, 0.002, 0.01, 0.1, 0.0005, 0.001, 1.0, 9.0)
    rng = np.random.default_rng(3)
    samples = imu(felt(still, upright, [], rng), grade, 208.0, rng)
    # A density d over half the rate has a standard deviation of d sqrt(rate / 2).
    assert np.std(samples[:, 4:], axis=0) == pytest.approx([0.001 * 104**0.5] * 3, rel=0.05)
    assert np.std(samples[:, 1:3], axis=0) == pytest.approx([0.002 * 104**0.5] * 2, rel=0.05)
    assert np.all(samples[:, 3] == 9.0)
    assert 0.0 < np.abs(np.mean(samples[:, 4:], axis=0)).max() < 0.05
    steps = samples[:, 4:] / 0.0005
    assert steps == pytest.approx(np.rint(steps), abs=1e-6)


def test_heel_strikes_shake_the_ankle_shortly() -> None:
    still, upright = np.zeros((N, 3)), np.repeat(about("x", 0.0), N, axis=0)
    rng = np.random.default_rng(0)
    samples = imu(felt(still, upright, [2.0], rng), PERFECT, 208.0, rng)
    shaken = np.linalg.norm(samples[:, 1:4] - [0.0, 0.0, G], axis=1) > 0.5
    assert shaken.any()
    assert np.all((samples[shaken, 0] > 1.99) & (samples[shaken, 0] < 2.1))


def test_the_encoder_is_right_to_half_a_step() -> None:
    travel = 0.3 * np.sin(np.arange(N) * STEP_S)
    samples = encoder(travel, 200.0, np.random.default_rng(0))
    true = np.interp(samples[:, 0], FINE_S, travel)
    half_step = 0.5 * np.pi * 0.06 / 4096.0
    assert np.max(np.abs(samples[:, 1] - true)) <= half_step + 1e-12
    assert np.max(np.abs(samples[:, 1] - true)) > 0.9 * half_step


def test_the_load_cell_averages_over_a_conversion_about_its_time() -> None:
    """A ramp is unmoved by that, and tension that alternates within a conversion of 12 ms is evened out;
    the offset is the reading without load."""
    alternating = np.where(np.arange(N) % 2, -50.0, 50.0)
    empty = load_cell(np.zeros(N), 80.0, np.random.default_rng(1))
    ramp = load_cell(100.0 * FINE_S, 80.0, np.random.default_rng(1))
    buzz = load_cell(alternating, 80.0, np.random.default_rng(1))
    assert (ramp[:, 1] - empty[:, 1])[5:-5] == pytest.approx(100.0 * ramp[5:-5, 0], abs=0.1)
    assert buzz[5:-5, 1] == pytest.approx(empty[5:-5, 1], abs=1e-6)
    assert np.std(empty[:, 1]) == pytest.approx(0.6, rel=0.2)


@pytest.mark.parametrize("rate_hz", [80.0, 208.0 * 1.03])
def test_sample_times_rise_at_the_true_rate(rate_hz: float) -> None:
    t = sample_times(20_000, rate_hz, np.random.default_rng(0), 2e-4)
    assert np.all(np.diff(t) > 0.0)
    assert np.mean(np.diff(t)) == pytest.approx(1.0 / rate_hz, rel=1e-4)


def test_band_noise_stays_in_its_band() -> None:
    noise = band(np.random.default_rng(0), 8192, 1000.0, 6.0, 10.0, 0.5)
    power = np.abs(np.fft.rfft(noise)) ** 2
    frequency = np.fft.rfftfreq(8192, 1e-3)
    inside = (frequency >= 6.0) & (frequency <= 10.0)
    assert float(np.sum(power[~inside])) < 1e-12 * float(np.sum(power))
    assert np.std(noise) == pytest.approx(0.5)
