"""`kickback calibrate cuff` on modelled chips: what it finds, what it refuses, what it keeps."""

from collections.abc import Callable
from math import degrees, hypot, radians, sin
from pathlib import Path

import pytest

from firmware.calibrating.checks import RefusedError
from firmware.calibrating.keeping import calibrate_imu_of
from firmware.calibration_store import read_stored
from firmware.config import Imu, Sensors
from firmware.errors import BadInputError
from firmware.i2c.bus import TransferError
from firmware.i2c.registers import ChipError
from tests.calibration_bench import Machine, Nobody, Person, bench
from tracker.blocks import Stream

BIAS = (0.010, -0.004, 0.002)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calibration.json"


@pytest.mark.parametrize("rate_error", [-0.03, 0.0, 0.03])
@pytest.mark.parametrize("rate_hz", [104, 208, 417])
def test_lying_still_gives_the_gyroscopes_bias(rate_hz: int, rate_error: float, path: Path) -> None:
    machine = Machine(rate_error=rate_error)
    person = Person(machine)
    sensors = Sensors(ankle=Imu(rate_hz=rate_hz))
    assert calibrate_imu_of(bench(machine, path, person, sensors), Stream.ANKLE)
    entry = read_stored(path).ankle
    assert entry is not None
    # 500 samples or more of 0.001 rad/s noise, and counts of 0.0006 rad/s: within 0.0002.
    assert entry.calibration.gyro_bias_radps == pytest.approx(BIAS, abs=2e-4)
    assert entry.calibration.accel_bias_mps2 is None
    assert entry.calibration.accel_mps2_per_count == pytest.approx(0.244e-3 * 9.80665)
    assert entry.calibration.gyro_radps_per_count == pytest.approx(radians(0.035))
    true_hz = rate_hz / 208 * 208.333 * (1 + rate_error)
    assert entry.figures["rate_hz"] == pytest.approx(true_hz, rel=5e-3)
    assert entry.figures["gravity_g"] == pytest.approx(hypot(*machine.gravity) / 9.80665, rel=1e-3)
    assert entry.figures["gyro_bias_dps"] == pytest.approx(degrees(hypot(*BIAS)), abs=0.02)
    assert entry.belongs_to == {"chip": "lsm6dsox", "accel_range_g": 8, "gyro_range_dps": 1000}
    assert person.text.count("  pass  ") == 8
    assert "FAIL" not in person.text


def test_an_mpu_is_measured_likewise(path: Path) -> None:
    machine = Machine()
    machine.with_mpu()
    machine.turning_radps = (0.2, -0.1, 0.3)
    sensors = Sensors(ankle=Imu(chip="mpu6050"))
    assert calibrate_imu_of(bench(machine, path, Nobody(machine), sensors), Stream.ANKLE)
    entry = read_stored(path).ankle
    assert entry is not None
    assert entry.calibration.gyro_bias_radps == pytest.approx((0.2, -0.1, 0.3), abs=5e-4)
    assert entry.figures["rate_hz"] == pytest.approx(200.0, rel=5e-3)


def test_the_pelvis_sensor_is_another_one(path: Path) -> None:
    machine = Machine()
    machine.chips[0x6B] = machine.chips.pop(0x6A)
    sensors = Sensors(pelvis=Imu())
    assert calibrate_imu_of(bench(machine, path, Person(machine), sensors), Stream.PELVIS)
    assert read_stored(path).ankle is None
    assert read_stored(path).pelvis is not None


def test_without_a_pelvis_sensor_it_says_what_to_write(path: Path) -> None:
    machine = Machine()
    with pytest.raises(BadInputError, match=r"\[sensors\.pelvis\]"):
        calibrate_imu_of(bench(machine, path, Person(machine)), Stream.PELVIS)


def test_a_sensor_within_its_limits_by_little_is_taken(path: Path) -> None:
    # Noise of 0.2 degrees/s (limit 0.3) and 0.1 m/s2 (0.15), 7 degrees/s of bias (10), drift of 0.1 (0.2).
    machine = Machine()
    machine.gyro_noise_radps, machine.shake_mps2 = radians(0.2), 0.1
    machine.turning_radps = (radians(7.0), 0.0, 0.0)
    machine.ankle.rate = lambda t: (machine._rate(t)[0] + (radians(0.1) if t > 17.5 else 0.0), 0.0, 0.0)
    assert calibrate_imu_of(bench(machine, path, Person(machine)), Stream.ANKLE)
    entry = read_stored(path).ankle
    assert entry is not None
    assert degrees(entry.calibration.gyro_bias_radps[0]) == pytest.approx(7.05, abs=0.05)


def turned(machine: Machine) -> None:
    machine.ankle.rate = lambda t: (0.0, sin(6.0 * t) * 0.015, 0.0)


def shaken(machine: Machine) -> None:
    machine.shake_mps2 = 0.3


def turned_slowly_half_way(machine: Machine) -> None:
    machine.ankle.rate = lambda t: (0.0, radians(0.4) if t > 18.0 else 0.0, 0.0)


def turning_all_the_time(machine: Machine) -> None:
    machine.turning_radps = (radians(15.0), 0.0, 0.0)


def the_dso32(machine: Machine) -> None:
    machine.ankle.variant = "lsm6dso32"


def heavy(machine: Machine) -> None:
    machine.gravity = (0.0, 0.0, 7.0)


def stuck_axis(machine: Machine) -> None:
    machine.ankle.rate = lambda t: (0.0, 0.0, 100.0)


def slow_clock(machine: Machine) -> None:
    machine.ankle.rate_error = -0.2


REFUSED = {
    "turned": (turned, "not turned", "keep hands off"),
    "shaken": (shaken, "not shaken", "does not shake"),
    "turned half way": (turned_slowly_half_way, "steady", "wait a minute"),
    "turning": (turning_all_the_time, "gyroscope's bias", "it turns, or the chip is broken"),
    "wrong variant": (the_dso32, "gravity", "half of it: set the variant to lsm6dso32"),
    "broken accelerometer": (heavy, "gravity", "or replace it"),
    "stuck axis": (stuck_axis, "saturated samples", "an axis is broken"),
    "rate": (slow_clock, "measured rate", "not what it claims to be"),
}


@pytest.mark.parametrize(("fault", "name", "advice"), REFUSED.values(), ids=REFUSED)
def test_a_sensor_that_moved_or_is_another_is_refused(
    fault: Callable[[Machine], None], name: str, advice: str, path: Path
) -> None:
    machine = Machine()
    fault(machine)
    person = Person(machine)
    with pytest.raises(RefusedError, match=name) as caught:
        calibrate_imu_of(bench(machine, path, person), Stream.ANKLE)
    assert advice in person.text
    assert "nothing was saved" in str(caught.value)
    assert not path.exists()
    assert person.asked_to_accept == 0


def test_the_other_wrong_variant_is_told_too(path: Path) -> None:
    machine = Machine()
    person = Person(machine)
    sensors = Sensors(ankle=Imu(chip="lsm6dso32"))
    with pytest.raises(RefusedError, match="gravity"):
        calibrate_imu_of(bench(machine, path, person, sensors), Stream.ANKLE)
    assert "twice of it: set the variant to lsm6dsox or lsm6dso" in person.text


def test_samples_lost_on_the_way_are_refused(path: Path) -> None:
    machine = Machine()

    class Busy(Person):
        def ready(self, instruction: str) -> None:
            super().ready(instruction)
            taken = self.machine.ankle.catch_up
            until_s = self.machine.clock.now() + 1.5

            def catch_up() -> None:
                if until_s < self.machine.clock.now() < until_s + 0.02:
                    self.machine.clock.sleep(2.0)
                taken()

            self.machine.ankle.catch_up = catch_up  # type: ignore[method-assign]

    with pytest.raises(RefusedError, match="lost samples"):
        calibrate_imu_of(bench(machine, path, Busy(machine)), Stream.ANKLE)


def absent(machine: Machine) -> None:
    machine.ankle.present = False


def another_chip(machine: Machine) -> None:
    machine.ankle.values[0x0F] = 0x70


def asleep(machine: Machine) -> None:
    machine.ankle._sample = lambda t_s: None  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (absent, TransferError, "0x6a: nothing answers"),
        (another_chip, ChipError, "identity is 0x70"),
        (asleep, ChipError, "sampled nothing for 1 s"),
    ],
)
def test_a_chip_that_does_not_answer_as_it_should_is_named(
    fault: Callable[[Machine], None], error: type[Exception], words: str, path: Path
) -> None:
    machine = Machine()
    fault(machine)
    with pytest.raises(error, match=words):
        calibrate_imu_of(bench(machine, path, Person(machine)), Stream.ANKLE)
    assert not path.exists()
    assert machine.bus.closed
