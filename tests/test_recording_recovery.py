"""Recovery in a process of its own, while the next session is being written."""

import subprocess
import sys
from pathlib import Path

import pytest

from firmware.recording import RecordingWriter, open_recording
from firmware.recording.recovery import Recovery
from tests.processes import PATIENCE_S
from tests.recording_samples import session


def left_by_a_crash(folder: Path, name: str) -> Path:
    recording = session(8.0)
    writer = RecordingWriter(folder / f"{name}.mcap", recording.setup)
    for block in recording.blocks(0.1):
        writer.write(block)
    writer.abandon()
    return writer.part


def notes_of(recovery: Recovery) -> list[str]:
    assert recovery._process is not None
    recovery._process.wait(PATIENCE_S)
    return list(recovery.notes())


def test_what_a_crash_left_becomes_whole_and_the_running_recording_is_left_alone(tmp_path: Path) -> None:
    left_by_a_crash(tmp_path, "crashed")
    recovery = Recovery(tmp_path)
    running = RecordingWriter(tmp_path / "running.mcap", session(1.0).setup)
    (note,) = notes_of(recovery)
    assert note.startswith(f"{tmp_path / 'crashed.mcap'}: recovered ")
    assert recovery.notes() == ()
    assert running.part.exists()
    running.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crashed.mcap", "running.mcap"]
    assert open_recording(tmp_path / "crashed.mcap").streams


def test_where_nothing_is_left_no_process_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware.recording.recovery.subprocess.Popen", None)
    (tmp_path / "whole.mcap").write_bytes(b"")
    for folder in (tmp_path, tmp_path / "absent"):
        recovery = Recovery(folder)
        assert recovery.notes() == ()
        recovery.stop()


def test_a_recovery_that_is_stopped_leaves_what_there_was(tmp_path: Path) -> None:
    part = left_by_a_crash(tmp_path, "crashed")
    before = part.read_bytes()
    Recovery(tmp_path).stop()
    whole = tmp_path / "crashed.mcap"
    assert whole.exists() or part.read_bytes() == before


def test_it_stands_behind_everything_else() -> None:
    script = (
        "import os; from firmware.recording.recovery import main; main([]); "
        "print(os.sched_getscheduler(0) == os.SCHED_BATCH, os.nice(0) >= 15)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    assert done.stdout == "True True\n"
