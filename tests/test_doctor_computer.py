"""What `kickback doctor` finds of software, power, clock, disk and the calibration file."""

import os
import shutil
import tempfile
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from firmware.calibrating.in_use import belongs_to
from firmware.calibration_store import Stored, StoredLoad, write_stored
from firmware.checkup.calibration import examine_calibration
from firmware.checkup.clock import examine_clock
from firmware.checkup.disk import examine_disk
from firmware.checkup.finding import Finding, State
from firmware.checkup.power import examine_power
from firmware.checkup.software import examine_software
from firmware.config import Cable, Imu, Load, Places, Sensors
from tracker.blocks import Stream
from tracker.calibration import LoadCalibration

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")


def states(findings: list[Finding]) -> list[tuple[str, State]]:
    return [(each.part, each.state) for each in findings]


def test_the_installed_software_is_listed() -> None:
    (found,) = examine_software()
    assert found.state is State.FINE
    assert f"numpy {version('numpy')}" in found.what
    assert "matplotlib" not in found.what


@pytest.mark.parametrize(
    ("name", "release", "words"),
    [
        ("numpy", None, "numpy is missing"),
        ("numpy", "1.26.4", "numpy 1.26.4 does not fit numpy>=2.0"),
        ("mcap", "2.0.0", "mcap 2.0.0 does not fit mcap<2,>=1.5"),
        ("paho-mqtt", "2.0", "paho-mqtt 2.0 does not fit"),
        ("kickback-tracker", None, "kickback-tracker is not installed"),
    ],
)
def test_a_package_that_is_missing_or_does_not_fit_is_named(
    name: str, release: str | None, words: str, tmp_path: Path
) -> None:
    def installed(package: str) -> str:
        if package != name:
            return version(package)
        if release is None:
            raise PackageNotFoundError(package)
        return release

    (tmp_path / "pyproject.toml").touch()
    found = next(iter(examine_software(installed, tmp_path / ".venv")))
    assert (found.part, found.state) == ("software", State.WRONG)
    assert words in found.what
    assert found.todo == f"install it again: bash {tmp_path}/deploy/prepare.sh"


@pytest.mark.parametrize(
    ("missing", "todo"),
    [
        ("mcap", "sudo {0}/venv/bin/python -m pip install --require-hashes --requirement {0}/{1}"),
        ("kickback-tracker", "in the folder of this version: sudo bash deploy/install.sh"),
    ],
)
def test_an_installed_release_is_mended_with_what_is_there(missing: str, todo: str, tmp_path: Path) -> None:
    """It has no checkout: what was locked lies beside its environment, and prepare.sh would make another."""

    def installed(package: str) -> str:
        if package == missing:
            raise PackageNotFoundError(package)
        return version(package)

    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "requirements.lock").touch()
    found = next(iter(examine_software(installed, tmp_path / "venv")))
    assert found.todo is not None
    assert found.todo.endswith(todo.format(tmp_path, "deploy/requirements.lock"))


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ("throttled=0x0\n", State.FINE, "held since the start"),
        ("throttled=0x50005\n", State.WRONG, "too little voltage now"),
        ("throttled=0x50000\n", State.WRONG, "too little voltage since the start"),
        ("throttled=0x2\n", State.WRONG, "slowed down now"),
        ("throttled=0xe0008\n", State.WRONG, "slowed down now"),
        ("throttled=0x80000\n", State.NOTE, "was slowed down since"),
        ("VCHI initialization failed\n", State.NOTE, "cannot be read"),
        (None, State.NOTE, "cannot be read"),
    ],
)
def test_the_supply_is_told_by_the_firmware(
    answer: str | None, state: State, words: str, tmp_path: Path
) -> None:
    found = next(iter(examine_power(tmp_path, lambda: answer)))
    assert (found.part, found.state) == ("power", state)
    assert words in found.what
    assert bool(found.todo) == (state is not State.FINE and "cannot be read" not in words)


def test_the_kernel_is_asked_before_the_tool(tmp_path: Path) -> None:
    file = tmp_path / "devices" / "platform" / "soc" / "soc:firmware" / "get_throttled"
    file.parent.mkdir(parents=True)
    file.write_text("50005\n")
    assert next(iter(examine_power(tmp_path, lambda: "throttled=0x0"))).what == "too little voltage now"
    file.write_text("0\n")
    assert next(iter(examine_power(tmp_path, lambda: "throttled=0x1"))).state is State.FINE


@pytest.mark.parametrize(("text", "state"), [("45123\n", State.FINE), ("83000\n", State.WRONG)])
def test_a_hot_processor_is_said(text: str, state: State, tmp_path: Path) -> None:
    zone = tmp_path / "class" / "thermal" / "thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "temp").write_text(text)
    assert states(list(examine_power(tmp_path, lambda: "throttled=0x0")))[-1] == ("temperature", state)


def test_a_tool_that_hangs_or_fails_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "vcgencmd"
    tool.write_text("#!/bin/sh\necho 'throttled=0x50000'\nexit 255\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "since the start" in next(iter(examine_power(tmp_path))).what
    tool.write_text("no program")
    assert "cannot be read" in next(iter(examine_power(tmp_path))).what


@pytest.mark.parametrize(
    ("moment", "synchronized", "state"),
    [
        (NOW, True, State.FINE),
        (NOW, False, State.NOTE),
        (datetime(1970, 1, 1, 0, 3, tzinfo=UTC), False, State.WRONG),
    ],
)
def test_the_clock(moment: datetime, synchronized: bool, state: State) -> None:
    (found,) = examine_clock(lambda: moment, lambda: synchronized)
    assert (found.part, found.state) == ("clock", state)
    assert moment.date().isoformat() in found.what


def test_folders_that_are_not_there_yet_are_fine(tmp_path: Path) -> None:
    places = Places(tmp_path / "a" / "state", tmp_path / "a" / "recordings")
    findings = list(examine_disk(places, 1, recording=True))
    assert states(findings) == [("state", State.FINE), ("recordings", State.FINE)]
    assert "made at the first run" in findings[0].what
    assert not (tmp_path / "a").exists()


def test_without_recordings_their_folder_does_not_matter(tmp_path: Path) -> None:
    assert states(list(examine_disk(Places(tmp_path, tmp_path), 1, recording=False))) == [
        ("state", State.FINE)
    ]


def test_a_full_disk_is_wrong_where_the_config_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**10, 0, 300_000_000))
    findings = list(examine_disk(Places(tmp_path, tmp_path), 500, recording=True))
    assert states(findings) == [("state", State.FINE), ("recordings", State.WRONG)]
    assert "300 MB free, 500 are needed" in findings[1].what


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(descriptor: int) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "fsync", refused)
    found = next(iter(examine_disk(Places(tmp_path, tmp_path), 1, recording=False)))
    assert found.state is State.WRONG
    assert f"{tmp_path}: cannot be written (Read-only file system)" in found.what


def test_a_folder_of_somebody_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there, open_file = Path.exists, tempfile.TemporaryFile

    def exists(path: Path) -> bool:
        if path.is_relative_to(tmp_path / "theirs" / "recordings"):
            raise PermissionError(13, "Permission denied")
        return there(path)

    def opened(dir: Path) -> object:  # noqa: A002
        if dir == tmp_path / "theirs":
            raise PermissionError(13, "Permission denied")
        return open_file(dir=dir)

    monkeypatch.setattr(Path, "exists", exists)
    monkeypatch.setattr(tempfile, "TemporaryFile", opened)
    (tmp_path / "theirs").mkdir()
    findings = list(examine_disk(Places(tmp_path / "theirs", tmp_path / "theirs" / "recordings"), 1, True))
    assert states(findings) == [("state", State.WRONG), ("recordings", State.WRONG)]
    assert all("Permission denied" in each.what for each in findings)
    assert "as the user who runs kickback" in findings[0].todo


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    found = next(iter(examine_disk(Places(tmp_path / "state", tmp_path), 1, recording=False)))
    assert found.state is State.WRONG
    assert "it is no folder" in found.what


ALONE = Sensors(ankle=Imu(enabled=False), cable=Cable(enabled=False))


def stored_load(path: Path, made: datetime, *, clock_set: bool = True, sensors: Sensors = ALONE) -> None:
    entry = StoredLoad(
        made=made,
        clock_set=clock_set,
        software="0.1.0",
        belongs_to=belongs_to(sensors, Stream.LOAD),
        figures={},
        calibration=LoadCalibration(n_per_count=1e-3),
    )
    write_stored(path, Stored(load=entry))


@pytest.mark.parametrize(
    ("days", "clock_set", "state", "words"),
    [
        (12, True, State.FINE, "12 days ago"),
        (365, True, State.FINE, "365 days ago"),
        (366, True, State.NOTE, "366 days ago: cells and belts change"),
        (3, False, State.NOTE, "by a clock that was not set"),
        (-3, True, State.NOTE, "by a clock that was not set"),
    ],
)
def test_the_age_of_a_calibration(
    days: int, clock_set: bool, state: State, words: str, tmp_path: Path
) -> None:
    stored_load(tmp_path / "c.json", NOW - timedelta(days=days), clock_set=clock_set)
    (found,) = examine_calibration(tmp_path / "c.json", ALONE, NOW)
    assert (found.part, found.state) == ("calibration load", state)
    assert words in found.what


def test_a_calibration_for_another_cell_is_wrong(tmp_path: Path) -> None:
    stored_load(tmp_path / "c.json", NOW)
    sensors = Sensors(ankle=Imu(enabled=False), cable=Cable(enabled=False), load=Load(capacity_kg=100.0))
    (found,) = examine_calibration(tmp_path / "c.json", sensors, NOW)
    assert found == Finding(
        "calibration load",
        State.WRONG,
        "for other settings and not used: capacity_kg is 100.0 and was 200.0",
        "kickback calibrate load",
    )


def test_what_was_never_measured_is_said_with_the_command(tmp_path: Path) -> None:
    sensors = Sensors(pelvis=Imu(), cable=Cable(pulley_diameter_m=0.06))
    findings = list(examine_calibration(tmp_path / "c.json", sensors, NOW))
    assert states(findings) == [
        ("calibration", State.NOTE),
        ("calibration cable", State.NOTE),
        ("calibration load", State.WRONG),
        ("calibration pelvis", State.NOTE),
        ("calibration ankle", State.NOTE),
    ]
    assert [each.todo for each in findings[1:]] == [
        "kickback calibrate cable",
        "kickback calibrate load",
        "kickback calibrate cuff --sensor pelvis",
        "kickback calibrate cuff",
    ]


def test_a_pulley_that_nobody_measured_or_named_is_wrong(tmp_path: Path) -> None:
    sensors = Sensors(ankle=Imu(enabled=False), load=Load(enabled=False))
    assert list(examine_calibration(tmp_path / "c.json", sensors, NOW))[1:] == [
        Finding(
            "calibration cable",
            State.WRONG,
            "neither measured nor in the config: travel and speed are by 60 mm",
            "kickback calibrate cable",
        )
    ]


def test_a_damaged_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("{")
    (found,) = examine_calibration(tmp_path / "c.json", Sensors(), NOW)
    assert (found.part, found.state) == ("calibration", State.WRONG)
    assert found.todo.startswith("move it away")
