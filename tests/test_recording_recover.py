"""What a crash leaves is finished: everything readable is kept, what is lost is said."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader

from firmware.errors import FaultError
from firmware.recording import Recording, RecordingWriter, open_recording, read_results, recover
from tests.recording_samples import CALIBRATION, raw_block, session
from tracker.blocks import Stream
from tracker.calibration import apply

ROOT = Path(__file__).parent.parent


def unfinished(folder: Path, recording: Recording, name: str = "x") -> Path:
    """The file as a kill leaves it: a copy made while it was being written."""
    writer = RecordingWriter(folder / f"{name}.mcap", recording.setup, started_at=recording.started_at)
    for block in recording.blocks(0.1):
        writer.write(block)
    writer.write_result("rep", 3.0, b'{"rep":1}')
    left = writer.part.read_bytes()
    writer.abandon()
    writer.part.write_bytes(left)
    return writer.part


def test_a_killed_recording_is_whole_again(tmp_path: Path) -> None:
    original = session(8.0)
    part = unfinished(tmp_path, original)
    (found,) = recover(tmp_path)
    assert found.path == tmp_path / "x.mcap"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.mcap"]
    assert not part.exists()
    back = open_recording(found.path)
    assert original.end_s - back.end_s <= 1.6
    for stream, samples in back.streams.items():
        assert samples.tobytes() == original.streams[stream][: len(samples)].tobytes()
    assert (back.setup, back.started_at) == (original.setup, original.started_at)
    samples_read = sum(map(len, back.streams.values()))
    length_s = back.end_s - back.start_s
    told = f"recovered {length_s:.1f} s with {samples_read} samples; the recording was not closed"
    assert told in found.note
    assert back.notes[0].startswith(told)
    with found.path.open("rb") as file:
        summary = make_reader(file).get_summary()
    assert summary is not None
    assert summary.statistics is not None
    assert summary.statistics.message_count >= samples_read
    assert recover(tmp_path) == []


@pytest.mark.fault(46)
@pytest.mark.parametrize("seconds", [8.6, 10.0])
def test_a_process_killed_outright_loses_no_more_than_a_second_and_a_half(
    tmp_path: Path, seconds: float
) -> None:
    """At 8.6 s the chunk that was begun last is older than that."""
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from firmware.recording import RecordingWriter\n"
        "from tests.recording_samples import session\n"
        "recording = session(float(sys.argv[2]))\n"
        "writer = RecordingWriter(Path(sys.argv[1]), recording.setup)\n"
        "for block in recording.blocks(0.02):\n"
        "    writer.write(block)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "x.mcap"), str(seconds)]
    killed = subprocess.run(command, cwd=ROOT, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    (found,) = recover(tmp_path)
    assert session(seconds).end_s - open_recording(found.path).end_s <= 1.53


def test_counts_calibration_results_and_announcements_survive(tmp_path: Path) -> None:
    original, whole = session(3.0), raw_block(3.0)
    writer = RecordingWriter(tmp_path / "x.mcap", original.setup, calibration=CALIBRATION)
    writer.write(whole)
    writer.write_result("rep", 2.5, b'{"rep": 1}')
    writer.calibrate(CALIBRATION, from_s=9.0)
    writer.abandon()
    (found,) = recover(tmp_path)
    back = open_recording(found.path)
    for stream, samples in apply(CALIBRATION, whole).streams.items():
        assert back.streams[stream].tobytes() == samples.tobytes()
    assert [result.payload for result in read_results(found.path)] == [b'{"rep": 1}']
    with found.path.open("rb") as file:
        reader = make_reader(file)
        assert {channel.topic for _, channel, _ in reader.iter_messages()} >= {"/ankle_raw", "/load_raw"}
        assert sum(record.name == "calibration" for record in reader.iter_metadata()) == 2


def test_damage_in_the_middle_stays_marked(tmp_path: Path) -> None:
    original = session(12.0)
    part = unfinished(tmp_path, original)
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 0xFF
    part.write_bytes(data)
    before = open_recording(part)
    (found,) = recover(tmp_path)
    back = open_recording(found.path)
    assert back.gaps == before.gaps
    assert {gap.stream for gap in back.gaps if gap.reason == "recording damaged"} == set(Stream)
    assert any("samples are missing there" in note for note in back.notes)
    for stream, samples in before.streams.items():
        assert back.streams[stream].tobytes() == samples.tobytes()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_torn_part_gives_what_it_holds(tmp_path: Path, share: float) -> None:
    part = unfinished(tmp_path, session(8.0))
    data = part.read_bytes()
    part.write_bytes(data[: int(len(data) * share)] + bytes(4096))
    before = open_recording(part)
    (found,) = recover(tmp_path)
    back = open_recording(found.path)
    assert all(np.array_equal(back.streams[s], before.streams[s]) for s in before.streams)
    assert "anything after is lost" in found.note


def test_what_cannot_be_read_is_set_aside_not_deleted(tmp_path: Path) -> None:
    for name, content in {"a": b"junk" * 100, "b": b"\0" * 4096}.items():
        (tmp_path / f"{name}.mcap.part").write_bytes(content)
    found = recover(tmp_path)
    assert [item.path.name for item in found] == ["a.mcap.unreadable", "b.mcap.unreadable"]
    assert (tmp_path / "a.mcap.unreadable").read_bytes() == b"junk" * 100
    assert all("is no MCAP file" in item.note and "set aside as" in item.note for item in found)
    (tmp_path / "a.mcap.part").write_bytes(b"more")
    assert [item.path.name for item in recover(tmp_path)] == ["a-2.mcap.unreadable"]
    assert (tmp_path / "a.mcap.unreadable").read_bytes() == b"junk" * 100


def test_an_empty_part_is_removed(tmp_path: Path) -> None:
    (tmp_path / "x.mcap.part").touch()
    (found,) = recover(tmp_path)
    assert "nothing had been recorded, removed" in found.note
    assert list(tmp_path.iterdir()) == []


def test_one_bad_part_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.mcap.part").write_bytes(b"junk")
    unfinished(tmp_path, session(3.0), "b")
    assert [item.path.name for item in recover(tmp_path)] == ["a.mcap.unreadable", "b.mcap"]


def test_a_finished_recording_of_the_same_name_is_kept(tmp_path: Path) -> None:
    unfinished(tmp_path, session(3.0))
    (tmp_path / "x.mcap").write_bytes(b"the finished one")
    (found,) = recover(tmp_path)
    assert found.path.name == "x-recovered.mcap"
    assert (tmp_path / "x.mcap").read_bytes() == b"the finished one"


def test_a_recording_in_progress_is_left_alone(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "x.mcap", session(1.0).setup)
    assert recover(tmp_path) == []
    writer.write(session(1.0).block())
    writer.close()
    assert open_recording(tmp_path / "x.mcap").notes == ()


def test_a_part_locked_by_another_is_left_alone(tmp_path: Path) -> None:
    part = unfinished(tmp_path, session(3.0))
    with part.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert recover(tmp_path) == []
    assert len(recover(tmp_path)) == 1


def test_a_full_disk_keeps_the_part_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = unfinished(tmp_path, session(3.0))
    before = part.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        (found,) = recover(tmp_path)
    assert found.path == part
    assert "could not be recovered now and was kept" in found.note
    assert "No space left on device" in found.note
    assert [path.name for path in tmp_path.iterdir()] == ["x.mcap.part"]
    assert part.read_bytes() == before
    assert recover(tmp_path)[0].path.name == "x.mcap"


def test_a_recovery_that_was_itself_cut_short_starts_again(tmp_path: Path) -> None:
    unfinished(tmp_path, session(3.0))
    (tmp_path / "x.mcap.recovering").write_bytes(b"half")
    assert [item.path.name for item in recover(tmp_path)] == ["x.mcap"]
    assert [path.name for path in tmp_path.iterdir()] == ["x.mcap"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultError, match="cannot be read"):
        recover(tmp_path / "nothing")
