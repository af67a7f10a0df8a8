"""`kickback bench`: figures that agree with what the modelled bus itself has counted."""

import re
from pathlib import Path

import pytest

from firmware.benching.bus_cost import bus_cost, shares
from firmware.benching.core_cost import RUNS, core_cost
from firmware.cli import main
from firmware.config import Imu, Sensors
from firmware.errors import FaultError
from firmware.i2c.bus import Adapter
from firmware.recording import open_recording
from tests.chips.as5600 import As5600Model
from tests.chips.bus import ModelBus
from tests.chips.chip import Chip
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.nau7802 import Nau7802Model
from tests.made_recordings import cable_session
from tracker.blocks import Stream

SECONDS = 4.0


class Machine:
    """Every sensor at its default on one bus of 400 kHz."""

    def __init__(self, sensors: Sensors) -> None:
        self.clock = VirtualClock(100.0)
        self.chips: dict[int, Chip] = {
            0x36: As5600Model(self.clock),
            0x2A: Nau7802Model(self.clock),
            0x6A: Lsm6dsoxModel(self.clock),
            0x6B: Lsm6dsoxModel(self.clock),
        }
        for chip in self.chips.values():
            chip.noise_counts = 1.0
        self.model = ModelBus(self.clock, self.chips, keep_log=True)
        self.costs = bus_cost(sensors, self.opened, SECONDS, now=self.clock.now, sleep=self.clock.sleep)

    def opened(self, number: int) -> Adapter:
        assert number == 1
        return self.model


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine(Sensors(pelvis=Imu()))


def test_all_sensors_at_their_defaults_take_less_than_30_percent_of_the_bus(machine: Machine) -> None:
    assert {cost.stream for cost in machine.costs} == set(Stream)
    assert [cost.fault for cost in machine.costs] == [None] * 4
    assert 0.15 < shares(machine.costs)[1] < 0.30


def test_the_shares_are_the_wire_time_that_the_bus_itself_has_counted(machine: Machine) -> None:
    """Over the whole run, set-up included, the bus was in use about as much as while it was measured."""
    whole = machine.model.load.busy_s / (machine.clock.now() - 100.0)
    assert shares(machine.costs)[1] == pytest.approx(whole, rel=0.35)
    for cost in machine.costs:
        bits_per_transfer = 9.0 * (cost.octets_per_s / cost.per_s) + 9.0
        assert bits_per_transfer * 2.5 < cost.mean_us < (bits_per_transfer + 25.0) * 2.5
        assert cost.share == pytest.approx(cost.per_s * cost.mean_us * 1e-6)
        assert cost.longest_us >= cost.mean_us


def test_each_sensor_is_asked_as_often_as_the_sampler_asks(machine: Machine) -> None:
    per_s = {cost.stream: cost.per_s for cost in machine.costs}
    assert 200.0 < per_s[Stream.CABLE] < 260.0, "an angle in every tick, and the magnet now and then"
    assert 280.0 < per_s[Stream.LOAD] < 300.0, "a look in every tick, and 80 results a second"
    assert 80.0 < per_s[Stream.ANKLE] < 100.0, "level and burst of 40 drains a second"


def test_the_sensors_are_stopped_and_the_bus_released_afterwards(machine: Machine) -> None:
    assert machine.model.closed
    assert machine.chips[0x6A]["CTRL1_XL"] == 0


def test_a_sensor_that_is_not_there_is_named_and_the_others_are_measured() -> None:
    costs = {cost.stream: cost for cost in Machine(Sensors(pelvis=Imu(chip="mpu6050"))).costs}
    fault = costs[Stream.PELVIS].fault
    assert fault is not None
    assert "nothing answers" in fault
    assert costs[Stream.ANKLE].fault is None


def test_without_any_sensor_there_is_nothing_to_measure() -> None:
    clock = VirtualClock(100.0)
    with pytest.raises(FaultError, match=r"no sensor answers: cable: i2c-1 address 0x36: nothing answers"):
        bus_cost(Sensors(), lambda _: ModelBus(clock, {}), 1.0, now=clock.now, sleep=clock.sleep)


class Stopwatch:
    """A clock of which each reading is later by what the next run is to take."""

    def __init__(self, *runs_s: float) -> None:
        self._readings = [reading for run_s in runs_s for reading in (0.0, run_s)]

    def __call__(self) -> float:
        return self._readings.pop(0)


def test_the_quickest_run_counts(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "session", reps=1)
    lines = [f"{i / 104:.4f},0,0,9.81,0,0,0\n" for i in range(520)]
    (folder / "ankle.csv").write_text(
        "t_s,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps\n" + "".join(lines)
    )
    recording = open_recording(folder)
    cost = core_cost(recording, Stopwatch(3.0, 0.052, 2.0))
    assert RUNS == 3
    assert cost.us_per_sample == pytest.approx(100.0)
    assert cost.times_real_time == pytest.approx((recording.end_s - recording.start_s) / 0.052)


NO_BUS = "[sensors.ankle]\nbus = 250\n[sensors.load]\nbus = 250\n[sensors.cable]\nbus = 250\n"


@pytest.fixture
def no_bus(tmp_path: Path) -> Path:
    config = tmp_path / "kickback.toml"
    config.write_text(NO_BUS)
    return config


def test_where_there_is_no_bus_one_line_says_so(
    no_bus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another worker's test may run the appliance at this moment.
    monkeypatch.setattr("firmware.calibrating.appliance_at_work.running_appliance", lambda: None)
    assert main(["bench", "bus", "--seconds", "0.5", "--config", str(no_bus)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("kickback: no sensor answers: cable: i2c-250 address 0x36: no such bus")


def test_the_core_needs_no_bus(no_bus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "core", "--config", str(no_bus)]) == 0
    captured = capsys.readouterr()
    assert re.match(r"core: \d+\.\d us per sample of the ankle sensor, \d+ times real time", captured.out)
    assert captured.err == ""


@pytest.mark.parametrize("text", ["0", "-1", "nan", "soon", "1e9"])
def test_a_time_that_is_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "bus", "--seconds", text]) == 2
    assert "is no time to measure" in capsys.readouterr().err
