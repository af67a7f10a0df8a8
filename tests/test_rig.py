"""The rig: the right chips on the right bus, what their counts mean, and a bus that comes and goes."""

import errno
from math import pi, radians

import pytest
from smbus2 import i2c_msg

from firmware.config import Cable, Imu, Load, Sensors
from firmware.i2c.bus import Adapter, Bus, BusUnavailableError, TransferError
from firmware.i2c.late import LateAdapter
from firmware.i2c.lsm6dsox import Lsm6dsox
from firmware.i2c.mpu6050 import Mpu6050
from firmware.rig import calibrated, capacity_n, load_by_rating, nominal, wired
from tests.chips.as5600 import As5600Model
from tests.chips.bus import ModelBus
from tests.chips.clock import VirtualClock
from tracker.blocks import Stream
from tracker.calibration import CableCalibration, Calibration, ImuCalibration, LoadCalibration

EVERY = Sensors(ankle=Imu(bus=3), pelvis=Imu(chip="mpu6050", bus=3), load=Load(bus=1), cable=Cable(bus=1))


class Adapters:
    """Opens modelled buses and keeps them."""

    def __init__(self) -> None:
        self.opened: dict[int, ModelBus] = {}

    def bus(self, number: int) -> Bus:
        assert number not in self.opened, "each bus is opened once"
        self.opened[number] = ModelBus(VirtualClock(), {})
        return Bus(self.opened[number], f"i2c-{number}")


def test_each_chip_is_on_its_bus_and_each_bus_is_opened_once() -> None:
    adapters = Adapters()
    first, second = wired(EVERY, adapters.bus)
    assert (first.bus.name, second.bus.name) == ("i2c-1", "i2c-3")
    assert first.cable is not None
    assert first.load is not None
    assert (first.ankle, first.pelvis) == (None, None)
    assert (second.cable, second.load) == (None, None)
    assert isinstance(second.ankle, Lsm6dsox)
    assert isinstance(second.pelvis, Mpu6050)
    assert all(bus.load.transactions == 0 for bus in adapters.opened.values())


def test_what_is_switched_off_is_not_built() -> None:
    sensors = Sensors(load=Load(enabled=False), cable=Cable(enabled=False, bus=7))
    (only,) = wired(sensors, Adapters().bus)
    assert (only.cable, only.load, only.pelvis) == (None, None, None)
    assert nominal(sensors).cable is None
    assert nominal(sensors).pelvis is None


def test_counts_by_datasheet_and_pulley() -> None:
    calibration = nominal(Sensors(cable=Cable(pulley_diameter_m=0.05, direction=-1), pelvis=Imu()))
    assert calibration.ankle is not None
    assert calibration.ankle == calibration.pelvis
    assert calibration.ankle.accel_mps2_per_count == pytest.approx(0.244e-3 * 9.80665)
    assert calibration.ankle.gyro_radps_per_count == pytest.approx(radians(0.035))
    assert calibration.cable is not None
    assert calibration.cable.m_per_count == pytest.approx(-pi * 0.05 / 4096)
    assert calibration.load is None


def test_the_rating_of_a_load_cell() -> None:
    """200 kg at 2 mV/V and gain 128: 21475 counts per kg (the driver's own figure)."""
    by_rating = load_by_rating(Load(pulley_ratio=0.5))
    assert 9.80665 / by_rating.n_per_count == pytest.approx(21475, rel=1e-4)
    assert by_rating.pulley_ratio == 0.5


MEASURED = Calibration(
    ankle=ImuCalibration(
        accel_mps2_per_count=0.002399, gyro_radps_per_count=0.000612, gyro_bias_radps=(0.01, 0.02, 0.03)
    ),
    cable=CableCalibration(m_per_count=4.5e-5, zero_counts=12),
    load=LoadCalibration(n_per_count=4.6e-4, tare_counts=-500, capacity_n=capacity_n(Load())),
)


def test_what_was_measured_counts() -> None:
    assert calibrated(Sensors(), MEASURED) == (MEASURED, ())


def test_what_the_load_cell_bears_is_by_the_config() -> None:
    calibration, _ = calibrated(Sensors(load=Load(capacity_kg=100.0)), MEASURED)
    assert calibration.load is not None
    assert calibration.load.capacity_n == pytest.approx(980.665)


def test_nothing_measured_means_no_force_a_guessed_pulley_and_a_note_on_each() -> None:
    calibration, notes = calibrated(Sensors(), None)
    assert calibration == nominal(Sensors())
    assert notes == (
        "the cable's pulley is neither measured nor in the config, so travel and speed are by 60 mm: "
        "kickback calibrate cable",
        "the load cell is not calibrated, so no force is shown: kickback calibrate load",
    )


def test_a_pulley_named_in_the_config_needs_no_note_even_at_the_default_size() -> None:
    without_load = Load(enabled=False)
    named = Sensors(cable=Cable(pulley_diameter_m=0.06), load=without_load)
    calibration, notes = calibrated(named, None)
    assert notes == ()
    assert calibration == nominal(Sensors(load=without_load))
    assert calibrated(Sensors(cable=Cable(enabled=False), load=without_load), None)[1] == ()


def test_a_range_that_was_changed_takes_the_datasheet_s_scale_and_keeps_the_bias() -> None:
    sensors = Sensors(ankle=Imu(gyro_range_dps=2000), load=Load(enabled=False))
    calibration, notes = calibrated(sensors, MEASURED)
    by_datasheet = nominal(sensors).ankle
    assert by_datasheet is not None
    assert calibration.ankle is not None
    assert calibration.ankle.gyro_radps_per_count == by_datasheet.gyro_radps_per_count
    assert calibration.ankle.gyro_bias_radps == (0.01, 0.02, 0.03)
    assert calibration.load is None
    assert notes == ("the ankle sensor's range was changed; calibrate it: kickback calibrate cuff",)


class Usb:
    """An adapter on a plug: opening fails, and transfers in progress fail, while it is pulled."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.chip = As5600Model(self.clock)
        self.plugged = False
        self.opened = 0
        self._current: ModelBus | None = None

    def open(self) -> Adapter:
        if not self.plugged:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        self.opened += 1
        self._current = ModelBus(self.clock, {0x36: self.chip})
        return _Plugged(self, self._current)


class _Plugged:
    def __init__(self, usb: Usb, model: ModelBus) -> None:
        self._usb = usb
        self._model = model

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        if not self._usb.plugged:
            raise OSError(errno.ENODEV, "No such device")
        self._model.i2c_rdwr(*i2c_msgs)

    def close(self) -> None:
        self._model.close()


def test_a_bus_is_used_as_soon_as_it_is_there_and_again_after_it_was_pulled() -> None:
    usb = Usb()
    bus = Bus(LateAdapter(usb.open), "i2c-9")
    with pytest.raises(BusUnavailableError, match="i2c-9 address 0x36: no such bus; switch I2C on"):
        bus.read(0x36, 0x0B, 1)
    usb.plugged = True
    assert bus.read(0x36, 0x0B, 1) == b"\x20"
    assert bus.read(0x36, 0x0B, 1) == b"\x20"
    assert usb.opened == 1
    usb.plugged = False
    with pytest.raises(BusUnavailableError, match="errno 19"):
        bus.read(0x36, 0x0B, 1)
    usb.plugged = True
    assert bus.read(0x36, 0x0B, 1) == b"\x20"
    assert usb.opened == 2
    bus.close()
    bus.close()


def test_a_chip_that_does_not_answer_is_no_reason_to_open_again() -> None:
    usb = Usb()
    usb.plugged = True
    bus = Bus(LateAdapter(usb.open), "i2c-9")
    for _ in range(3):
        with pytest.raises(TransferError):
            bus.read(0x2A, 0x00, 1)
    assert usb.opened == 1


def test_every_stream_has_its_section() -> None:
    assert set(EVERY.enabled) == set(Stream)
