"""`kickback doctor` as a user meets it: lines, JSON, exit code, on a Pi in order and on a laptop."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from firmware.calibrating import keeping
from firmware.calibrating.host import Host
from firmware.checkup import sensors
from firmware.checkup.finding import failure
from firmware.cli import main
from firmware.errors import FaultError
from firmware.i2c.bus import Bus
from tests.calibration_bench import G, Machine, Person, bench


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config of a machine without a broker, whose state is in a folder of the test."""
    file = tmp_path / "kickback.toml"
    file.write_text(f'[mqtt]\nenabled = false\n[paths]\nstate = "{tmp_path}/state"\n')
    return file


BENCH = sensors.Bench


def replace_bench(monkeypatch: pytest.MonkeyPatch, appliance: int | None = None, **parts: Any) -> None:
    monkeypatch.setattr(sensors, "Bench", partial(BENCH, appliance=lambda: appliance, **parts))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A modelled machine, which the command finds instead of a real one; no appliance runs."""
    machine = Machine()
    replace_bench(
        monkeypatch,
        host=Host(machine.clock.now, machine.clock.sleep),
        open_bus=lambda number: Bus(machine.bus, f"i2c-{number}"),
    )
    return machine


Told = Callable[..., tuple[int, dict[str, tuple[str, str, str]]]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Runs the command with --json; gives its exit code and its findings by part."""

    def run(*arguments: Any) -> tuple[int, dict[str, tuple[str, str, str]]]:
        code = main(["doctor", "--json", *map(str, arguments)])
        said = capsys.readouterr()
        assert said.err == ""
        whole = json.loads(said.out)
        states = [each["state"] for each in whole["findings"]]
        assert whole["fine"] == ("wrong" not in states) == (code == 0)
        assert all(each["todo"] for each in whole["findings"] if each["state"] == "wrong")
        assert not any(each["todo"] for each in whole["findings"] if each["state"] == "fine")
        return code, {each["part"]: (each["state"], each["what"], each["todo"]) for each in whole["findings"]}

    return run


def put_in_order(machine: Machine, config: Path) -> None:
    """Calibrate the load cell and name the pulley in the config."""
    config.write_text(config.read_text() + "[sensors.cable]\npulley_diameter_m = 0.06\n")

    def hang() -> None:
        machine.force_n = 20 * G

    person = Person(machine, [lambda: None, hang], ["20"])
    path = config.parent / "state" / "calibration.json"
    assert keeping.calibrate_load_of(bench(machine, path, person), None)
    machine.force_n = 0.0
    machine.bus.closed = False


def test_a_machine_in_order_ends_with_0(machine: Machine, config: Path, told: Told) -> None:
    put_in_order(machine, config)
    code, found = told("--config", config)
    assert code == 0
    assert found["config"] == ("fine", str(config), "")
    assert found["broker"][0] == "note"
    for part in ("cable", "load", "ankle", "scan i2c-1", "bus i2c-1", "state", "recordings"):
        assert found[part][0] == "fine", found[part]
    assert "N on the cable now" in found["load"][1]


def test_one_wrong_thing_ends_with_1(machine: Machine, config: Path, told: Told) -> None:
    put_in_order(machine, config)
    machine.encoder.magnet = "lost"
    code, found = told("--config", config)
    assert code == 1
    assert [part for part, (state, _, _) in found.items() if state == "wrong"] == ["cable"]


def test_the_lines_say_what_to_do_under_each(
    machine: Machine, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.chips[0x2A].present = False
    assert main(["doctor", "--config", str(config)]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("wrong  load "))
    assert "0x2a: nothing answers" in lines[at]
    assert lines[at + 1].strip() == "-> check power, wiring and the address"
    assert lines[-1] == "4 things to put right."
    assert all(line[:5].strip() in ("fine", "note", "wrong", "") for line in lines[:-1])


def test_a_laptop_without_a_bus_is_told_what_works_there(
    config: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_bench(monkeypatch)
    config.write_text(config.read_text() + "[sensors]\n" + "".join(
        f"{sensor} = {{bus = 250}}\n" for sensor in ("ankle", "load", "cable")
    ))  # fmt: skip
    code, found = told("--config", config)
    assert code == 1
    assert found["bus 250"][1] == "i2c-250: no such bus"
    assert "switch I2C on" in found["bus 250"][2]
    assert found["sensors"][0] == "note"
    assert "kickback demo" in found["sensors"][2]
    assert {"config", "software", "power", "clock", "state", "calibration load"} <= found.keys()


def test_a_config_that_cannot_be_read_is_a_finding(machine: Machine, config: Path, told: Told) -> None:
    config.write_text("[sensors.ankle]\nrate = 208\n")
    code, found = told("--config", config)
    assert code == 1
    assert found["config"][0] == "wrong"
    assert "sensors.ankle.rate is no key" in found["config"][1]
    assert found["sensors"][0] == "note"
    assert found["software"][0] == "fine"
    assert machine.bus.load.transactions == 0


def test_no_config_at_all(machine: Machine, told: Told) -> None:
    code, found = told("--config", "/nowhere/kickback.toml")
    assert code == 1
    assert "/nowhere/kickback.toml" in found["config"][1]


def test_every_sensor_switched_off(machine: Machine, config: Path, told: Told) -> None:
    config.write_text(
        config.read_text()
        + "".join(f"[sensors.{sensor}]\nenabled = false\n" for sensor in ("ankle", "load", "cable"))
    )
    code, found = told("--config", config)
    assert code == 1
    assert found["sensors"] == ("wrong", "every sensor is switched off in the config", "enable one")


def test_it_leaves_the_sensors_to_a_running_appliance(
    machine: Machine, config: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_bench(monkeypatch, appliance=812)
    _, found = told("--config", config)
    assert found["sensors"][0] == "note"
    assert "process 812" in found["sensors"][1]
    assert machine.bus.load.transactions == 0


def test_an_unreadable_password_file_is_a_finding(
    machine: Machine, config: Path, told: Told, tmp_path: Path
) -> None:
    config.write_text(f'[mqtt]\nuser = "gym"\npassword_file = "{tmp_path}/secret"\n')
    _, found = told("--config", config)
    assert found["broker"][0] == "wrong"
    assert f"{tmp_path}/secret" in found["broker"][1]


def test_nothing_is_left_behind(machine: Machine, config: Path, told: Told, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    told("--config", config)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_error_is_parted_into_what_and_todo() -> None:
    found = failure("load", FaultError("NAU7802 at 0x2a on i2c-1: it failed; check it; really"))
    assert (found.what, found.todo) == ("NAU7802 at 0x2a on i2c-1: it failed; check it", "really")
    assert failure("load", FaultError("alone")).todo != ""
