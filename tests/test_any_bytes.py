"""Any bytes in the place of a file: a result, or one line that says what is wrong; never anything else.

`KICKBACK_BYTES=5000 pytest -n0 tests/test_any_bytes.py` tries so many for each file. What comes over the
network is in `test_any_bytes_network`; MCAP files have more of their own in `test_recording_damage`, journals
in `test_journal_damage`.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from firmware.calibration_store import read_stored, write_stored
from firmware.config import load_config
from firmware.errors import BadInputError, FaultError
from firmware.journal.opening import mark_beside
from firmware.recording import Recording, open_recording, read_results
from firmware.safe_mode.starts import Starts
from tests.mangled import mangled
from tests.recording_samples import session
from tests.test_calibration_store import OLD
from tests.test_config import EXAMPLE
from tests.test_recording_damage import written

TRIED = int(os.environ.get("KICKBACK_BYTES", "25"))

CONFIG = b"""[device]
id = "gym-1"
[session]
leg = "right"
target = "3-1-2-1"
[sensors.ankle]
chip = "mpu6050"
[paths]
state = "/var/lib/kickback"
[dashboard]
port = 8080
"""
HEADER = b"""{"exercise": "cable-kickback", "leg": "left", "leg_length_m": 0.8, "target": "3-1-2-1",
"target_reps": 8, "session": "monday", "started_at": "2026-05-01T17:30:00Z", "simulated": true,
"format": 1, "notes": ["a gap"], "earlier": [], "pulley_distance_m": 1.5}"""
CABLE = b"t_s,position_m,note\n" + b"".join(b"%.2f,%.4f,\n" % (0.01 * i, 0.001 * i) for i in range(12))
QUOTED = b'"t_s","position_m"\r\n0,0.1\r\n"0.5","0.25"\r\n\r\n0.5,-1e-3\r\n'
ANKLE = b"t_s,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps\n" + b"0.5,0,0.1,9.81,0,-0.2,1e-3\n" * 3
EVENTS = b"t_s,event\n1.5,calibrate\n2,new-set\n3,target 3-1-2-1\n4,target-reps 8\n"
GAPS = b'stream,start_s,end_s,reason\nload,2,2.5,"bus error, 3 tries"\ncable,0,1,\n'
STARTS = b'{"number":2,"why":"no sensor","boot":"b"}'


def in_a_folder(name: str) -> Callable[[Path, bytes], object]:
    """Read a neutral folder of which one file is what is given."""

    def read(folder: Path, data: bytes) -> object:
        for file, valid in (("recording.json", HEADER), ("cable.csv", CABLE)):
            (folder / file).write_bytes(valid)
        (folder / name).write_bytes(data)
        found = open_recording(folder)
        assert isinstance(found, Recording)
        return list(found.blocks(1.0)) if max(len(s) for s in found.streams.values()) < 100 else found.setup

    return read


def config(folder: Path, data: bytes) -> object:
    (folder / "kickback.toml").write_bytes(data)
    return load_config(folder / "kickback.toml")


def calibration(folder: Path, data: bytes) -> object:
    (folder / "calibration.json").write_bytes(data)
    return read_stored(folder / "calibration.json")


def mark(folder: Path, data: bytes) -> object:
    (folder / "gym.sqlite3.mark").write_bytes(data)
    return mark_beside(folder / "gym.sqlite3").read()


def starts(folder: Path, data: bytes) -> object:
    (folder / "starts.json").write_bytes(data)
    (folder / "config.last-good.json").write_bytes(data)
    return Starts(folder).last_good()


def mcap(folder: Path, data: bytes) -> object:
    (folder / "session.mcap").write_bytes(data)
    found = open_recording(folder / "session.mcap")
    return [sum(len(block.streams) for block in found.blocks(1.0)), read_results(folder / "session.mcap")]


def recorded() -> bytes:
    """A recording of some samples, of 20 kB."""
    with TemporaryDirectory() as folder:
        return written(Path(folder) / "session.mcap", session(1.0))


def stored() -> bytes:
    with TemporaryDirectory() as folder:
        write_stored(Path(folder) / "calibration.json", OLD)
        return (Path(folder) / "calibration.json").read_bytes()


Reader = Callable[[Path, bytes], object]

FILES: Mapping[str, tuple[Reader, Sequence[bytes]]] = {
    "kickback.toml": (config, (CONFIG, EXAMPLE.read_bytes())),
    "calibration.json": (calibration, (stored(),)),
    "recording.json": (in_a_folder("recording.json"), (HEADER,)),
    "cable.csv": (in_a_folder("cable.csv"), (CABLE, QUOTED)),
    "ankle.csv": (in_a_folder("ankle.csv"), (ANKLE,)),
    "events.csv": (in_a_folder("events.csv"), (EVENTS,)),
    "gaps.csv": (in_a_folder("gaps.csv"), (GAPS,)),
    "starts.json": (starts, (STARTS,)),
    "session.mcap": (mcap, (recorded(),)),
    "mark": (mark, (b"000000000012 46e2c9b2\n",)),
}


NESTED = (
    b'{"x":' + b"[" * 3000,
    b'{"x":' * 3000,
    b'{"x":' + b"[" * 3000 + b"]" * 3000 + b"}",
    b"x = " + b"[" * 3000,
)
"""Deeper than any reader goes, in a field that nobody knows."""


def outcome(read: Callable[[Path, bytes], object], folder: Path, data: bytes) -> object:
    """What is read, or the line that says what is wrong."""
    try:
        return read(folder, data)
    except (BadInputError, FaultError) as error:
        said = str(error)
        assert len(said.splitlines()) == 1
        assert len(said) < 1000
        return said


def hold_to_any_bytes(read: Reader, valid: Sequence[bytes], folder: Path) -> None:
    """What is valid is read; anything else ends in a result or in one clear error."""
    for data in valid:
        assert not isinstance(read(folder, data), str)
    for data in NESTED:
        outcome(read, folder, data)

    @settings(max_examples=TRIED)
    @given(mangled(*valid))
    def hold(data: bytes) -> None:
        outcome(read, folder, data)

    hold()


@pytest.mark.parametrize("name", FILES)
def test_any_bytes_give_a_result_or_one_line(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    hold_to_any_bytes(*FILES[name], tmp_path_factory.mktemp("any"))
