"""A second appliance on the same buses would take the samples away from the first."""

from pathlib import Path

import pytest

from firmware.appliance.alone import require_alone
from firmware.config import Cable, Imu, Load, Sensors
from firmware.errors import FaultError

SENSORS = Sensors(ankle=Imu(bus=3), load=Load(enabled=False, bus=1), cable=Cable(bus=3))


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    for folder in ("dev", "proc/77", "proc/self"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "proc/77/cmdline").write_bytes(b"/opt/kickback/bin/python\0/opt/kickback/bin/kickback\0run\0")
    return tmp_path


def test_with_another_one_at_work_it_does_not_begin(machine: Path) -> None:
    (machine / "dev/i2c-3").touch()
    with pytest.raises(FaultError, match=r"at work already \(process 77\); stop it first"):
        require_alone(SENSORS, machine / "dev", machine / "proc")


def test_where_its_buses_are_not_there_nobody_is_in_the_way(machine: Path) -> None:
    (machine / "dev/i2c-1").touch()
    require_alone(SENSORS, machine / "dev", machine / "proc")


def test_alone_it_begins(machine: Path) -> None:
    (machine / "dev/i2c-3").touch()
    (machine / "proc/77/cmdline").write_bytes(b"/usr/bin/python3\0/opt/kickback/bin/kickback\0doctor\0")
    require_alone(SENSORS, machine / "dev", machine / "proc")
