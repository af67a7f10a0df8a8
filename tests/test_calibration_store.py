"""The calibration file: whole or not there, trusted or named, and used only where it still holds."""

import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware import calibration_store
from firmware.calibrating.in_use import belongs_to, still_holding
from firmware.calibration_store import (
    CalibrationFileError,
    Stored,
    StoredCable,
    StoredImu,
    StoredLoad,
    read_stored,
    write_stored,
)
from firmware.config import Imu, Load, Sensors
from firmware.rig import calibrated, capacity_n, nominal
from tracker.blocks import Stream
from tracker.calibration import CableCalibration, Calibration, ImuCalibration, LoadCalibration

DEFAULTS = Sensors()
LOAD = LoadCalibration(n_per_count=4.567e-4, tare_counts=-31_234, pulley_ratio=1.0)
CABLE = CableCalibration(m_per_count=-4.61e-5, zero_counts=1234)
ANKLE = ImuCalibration(
    accel_mps2_per_count=0.002392823, gyro_radps_per_count=6.1086e-4, gyro_bias_radps=(0.01, -0.02, 0.003)
)


def origin(stream: Stream, sensors: Sensors = DEFAULTS) -> dict[str, Any]:
    return {
        "made": datetime(2026, 5, 1, 17, 30, tzinfo=UTC),
        "clock_set": True,
        "software": "0.1.0",
        "belongs_to": belongs_to(sensors, stream),
        "figures": {"rate_hz": 80.25},
    }


def stored(load: LoadCalibration = LOAD) -> Stored:
    return Stored(
        load=StoredLoad(**origin(Stream.LOAD), calibration=load),
        cable=StoredCable(**origin(Stream.CABLE), calibration=CABLE),
        ankle=StoredImu(**origin(Stream.ANKLE), calibration=ANKLE),
    )


OLD = stored()
NEW = stored(LoadCalibration(n_per_count=4.6e-4))


def in_use(path: Path, sensors: Sensors) -> tuple[Calibration, tuple[str, ...]]:
    """What the appliance takes, and what it says about it."""
    holding, notes = still_holding(path, sensors)
    calibration, more = calibrated(sensors, holding)
    return calibration, (*notes, *more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "calibration.json"


def test_what_was_written_is_read_exactly_and_leaves_nothing_beside_it(path: Path) -> None:
    write_stored(path, OLD)
    assert read_stored(path) == OLD
    assert [each.name for each in path.parent.iterdir()] == ["calibration.json"]
    assert path.stat().st_mode & 0o777 == 0o644
    text = json.loads(path.read_text())
    assert text["format"] == "kickback.calibration/1"
    assert text["measured"]["load"]["made"] == "2026-05-01T17:30:00Z"


def test_without_a_file_nothing_was_measured(path: Path) -> None:
    assert read_stored(path) == Stored()


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1e-12, 1e3),
    st.integers(-(2**24), 2**24),
    st.floats(0.05, 20.0),
    st.dictionaries(st.text(max_size=8), st.floats(-1e9, 1e9), max_size=4),
)
def test_every_number_comes_back_to_the_last_bit(
    scale: float, tare: int, ratio: float, figures: dict[str, float]
) -> None:
    entry = StoredLoad(
        **{**origin(Stream.LOAD), "figures": figures},
        calibration=LoadCalibration(n_per_count=scale, tare_counts=tare, pulley_ratio=ratio),
    )
    whole = Stored(load=entry)
    text = msgspec.json.format(msgspec.json.encode(whole), indent=2)
    again = msgspec.json.decode(text, type=Stored)
    assert again == whole
    assert calibration_store.check_sum(again) == calibration_store.check_sum(whole)


def altered(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    text = json.loads(path.read_text())
    change(text)
    path.write_text(json.dumps(text))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda p: p.write_bytes(b""),
    "zeros, as after a power cut": lambda p: p.write_bytes(bytes(700)),
    "no UTF-8": lambda p: p.write_bytes(b'{"format": "\xff"}'),
    "a list": lambda p: p.write_text("[]"),
    "deep": lambda p: p.write_text("[" * 60_000),
    "long": lambda p: p.write_text(p.read_text() + " " * 2**16 + "x"),
    "another format": lambda p: altered(p, lambda t: t.update(format="kickback.calibration/2")),
    "no check sum": lambda p: altered(p, lambda t: t.pop("crc32")),
    "unknown field at the top": lambda p: altered(p, lambda t: t.update(more=1)),
    "unknown field inside": lambda p: altered(p, lambda t: t["measured"]["load"].update(more=1)),
    "unknown sensor": lambda p: altered(p, lambda t: t["measured"].update(wrist=None)),
    "missing field": lambda p: altered(p, lambda t: t["measured"]["load"].pop("made")),
    "missing sensor": lambda p: altered(p, lambda t: t["measured"].pop("load")),
    "scale of zero": lambda p: altered(
        p, lambda t: t["measured"]["load"]["calibration"].update(n_per_count=0.0)
    ),
    "another tare": lambda p: altered(
        p, lambda t: t["measured"]["load"]["calibration"].update(tare_counts=7)
    ),
    "text for a number": lambda p: altered(
        p, lambda t: t["measured"]["cable"]["calibration"].update(m_per_count="1")
    ),
    "date without a zone": lambda p: altered(
        p, lambda t: t["measured"]["load"].update(made="2026-05-01T17:30:00")
    ),
}


@pytest.mark.fault(40)
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_named_with_what_to_do_and_not_used_at_all(
    damage: Callable[[Path], object], path: Path
) -> None:
    write_stored(path, OLD)
    damage(path)
    with pytest.raises(CalibrationFileError) as caught:
        read_stored(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: is no valid calibration and not used (")
    assert said.endswith(f"move it away (mv {path} {path}.bad) and calibrate again")
    assert "\n" not in said
    calibration, notes = in_use(path, DEFAULTS)
    assert calibration == nominal(DEFAULTS)
    assert notes[0] == said


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 0.99])
def test_a_file_cut_anywhere_is_not_used(share: float, path: Path) -> None:
    write_stored(path, OLD)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(CalibrationFileError):
        read_stored(path)


@pytest.mark.fault(40)
def test_a_flipped_bit_is_noticed_or_changes_nothing(path: Path) -> None:
    write_stored(path, OLD)
    data = path.read_bytes()
    for place in range(0, len(data), 2):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place // 2 % 7
        path.write_bytes(flipped)
        try:
            found = read_stored(path)
        except CalibrationFileError:
            continue
        assert found == OLD


def test_a_folder_in_its_place_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(CalibrationFileError, match="cannot be read"):
        read_stored(path)


STEPS = ("open", "write", "fsync", "replace", "fsync of the folder")


def failing_at(step: str, failure: BaseException) -> dict[str, Callable[..., Any]]:
    """The calls of `os` that the store makes, of which one fails; a write fails half-way."""
    real_write, real_open, real_fsync, real_replace = os.write, os.open, os.fsync, os.replace
    synchronised = []

    def opened(where: Any, flags: int, mode: int = 0o777) -> int:
        if step == "open" and flags & os.O_CREAT:
            raise failure
        return real_open(where, flags, mode)

    def write(descriptor: int, data: Any) -> int:
        if step == "write":
            if len(data) < 200:
                raise failure
            return real_write(descriptor, data[:150])
        return real_write(descriptor, data)

    def fsync(descriptor: int) -> None:
        synchronised.append(descriptor)
        if step == STEPS[2] or (step == STEPS[4] and len(synchronised) == 2):
            raise failure
        real_fsync(descriptor)

    def replace(source: Any, target: Any) -> None:
        assert len(synchronised) == 1, "the name was taken before the content was on the disk"
        if step == "replace":
            raise failure
        real_replace(source, target)

    return {"open": opened, "write": write, "fsync": fsync, "replace": replace}


@pytest.mark.fault(38)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()], ids=type)
@pytest.mark.parametrize("before", [Stored(), OLD], ids=["first", "again"])
def test_a_failure_at_any_step_leaves_the_old_file_or_the_new_one(
    step: str, failure: BaseException, before: Stored, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before != Stored():
        write_stored(path, before)
    for name, call in failing_at(step, failure).items():
        monkeypatch.setattr(os, name, call)
    expected = KeyboardInterrupt if isinstance(failure, KeyboardInterrupt) else CalibrationFileError
    with pytest.raises(expected) as caught:
        write_stored(path, NEW)
    monkeypatch.undo()
    renamed = step == STEPS[4]
    assert read_stored(path) == (NEW if renamed else before)
    assert not list(path.parent.glob("*.new"))
    if expected is CalibrationFileError:
        assert str(path) in str(caught.value)
        assert ("may still undo it" if renamed else "make room on the disk") in str(caught.value)
    write_stored(path, NEW)
    assert read_stored(path) == NEW


def test_what_a_power_cut_left_beside_it_does_no_harm(path: Path) -> None:
    write_stored(path, OLD)
    beside = path.with_name("calibration.json.new")
    beside.write_bytes(b"half")
    assert read_stored(path) == OLD
    write_stored(path, NEW)
    assert read_stored(path) == NEW
    assert not beside.exists()


def test_a_link_in_the_place_of_the_new_file_is_not_followed(path: Path, tmp_path: Path) -> None:
    write_stored(path, OLD)
    target = tmp_path / "precious"
    target.write_text("mine")
    path.with_name("calibration.json.new").symlink_to(target)
    with pytest.raises(CalibrationFileError):
        write_stored(path, NEW)
    assert target.read_text() == "mine"
    assert read_stored(path) == OLD


def test_what_was_measured_is_used(path: Path) -> None:
    write_stored(path, OLD)
    calibration, notes = in_use(path, DEFAULTS)
    assert notes == ()
    rated = msgspec.structs.replace(LOAD, capacity_n=capacity_n(DEFAULTS.load))
    assert (calibration.load, calibration.cable, calibration.ankle) == (rated, CABLE, ANKLE)


def test_a_file_without_the_capacity_stays_as_it_is(path: Path) -> None:
    write_stored(path, OLD)
    assert "capacity_n" not in path.read_text(encoding="utf-8")


@pytest.mark.fault(40)
def test_without_a_calibration_no_force_is_claimed_and_that_is_said(path: Path) -> None:
    calibration, notes = in_use(path, DEFAULTS)
    assert calibration.load is None
    assert calibration.cable == nominal(DEFAULTS).cable
    assert [note for note in notes if "kickback calibrate load" in note]


CHANGED = {
    "load cell": (Sensors(load=Load(capacity_kg=100.0)), "load", "capacity_kg is 100.0 and was 200.0"),
    "pulley": (
        msgspec.convert({"cable": {"pulley_diameter_m": 0.09}}, Sensors),
        "cable",
        "pulley_diameter_m is 0.09 and was 0.06",
    ),
    "range": (Sensors(ankle=Imu(accel_range_g=16)), "ankle", "accel_range_g is 16 and was 8"),
    "chip": (Sensors(ankle=Imu(chip="mpu6050")), "ankle", "chip is mpu6050 and was lsm6dsox"),
}


@pytest.mark.fault(40)
@pytest.mark.parametrize(("sensors", "stream", "reason"), CHANGED.values(), ids=CHANGED)
def test_a_calibration_for_other_settings_is_not_used_and_named(
    sensors: Sensors, stream: str, reason: str, path: Path
) -> None:
    write_stored(path, OLD)
    calibration, notes = in_use(path, sensors)
    assert getattr(calibration, stream) == getattr(nominal(sensors), stream)
    assert reason in notes[0]
    assert "kickback calibrate" in notes[0]
    for other in {"load", "cable", "ankle"} - {stream}:
        assert getattr(calibration, other) == getattr(in_use(path, DEFAULTS)[0], other)


@pytest.mark.parametrize(
    ("diameter_m", "direction", "holds"),
    [(0.0601, -1, True), (0.0605, -1, True), (0.062, -1, False), (0.0601, 1, False), (0.06, 1, True)],
)
def test_the_measured_pulley_written_into_the_config_changes_nothing(
    diameter_m: float, direction: int, holds: bool, path: Path
) -> None:
    # Measured were 4.61e-5 m per count, a pulley of 60.1 mm, counting down; the config said 60 mm and up.
    write_stored(path, OLD)
    sensors = msgspec.convert({"cable": {"pulley_diameter_m": diameter_m, "direction": direction}}, Sensors)
    calibration, notes = in_use(path, sensors)
    assert (calibration.cable == CABLE) is holds
    assert (notes == ()) is holds


def test_sensors_that_are_not_in_use_have_no_calibration(path: Path) -> None:
    write_stored(path, OLD)
    calibration, notes = in_use(path, Sensors(load=Load(enabled=False)))
    assert calibration.load is None
    assert notes == ()
