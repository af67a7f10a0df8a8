"""The recorder's thread: files begun, continued, given up, forgotten, and a disk that does not keep up."""

import resource
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firmware.recording import open_recording, read_results, recover
from firmware.recording.recorder import Limits, Recorder
from tests.made_events import numbered, phase, rep
from tests.recording_samples import CALIBRATION
from tracker.blocks import Announced, Announcement, Gap, RawBlock, RawSamples, Stream
from tracker.messages import Phase
from tracker.setup import SessionSetup

SETUP = SessionSetup(session="monday")
RATE_HZ = 50


def block(start_s: float, end_s: float) -> RawBlock:
    """Cable counts that tell their time."""
    i = np.arange(round(start_s * RATE_HZ), round(end_s * RATE_HZ))
    counts = RawSamples(i / RATE_HZ, i.reshape(-1, 1).astype(np.int64))
    return RawBlock(start_s, end_s, {Stream.CABLE: counts})


def seconds(number: int, first: int = 0) -> Sequence[RawBlock]:
    return [block(float(i), i + 1.0) for i in range(first, first + number)]


def plenty(_: Path) -> int:
    return 10**12


def recorder(folder: Path, limits: Limits | None = None, free: Callable[[Path], int] = plenty) -> Recorder:
    return Recorder(folder, SETUP, CALIBRATION, limits=limits or Limits(keep_free_bytes=1), free_bytes=free)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_blocks_and_results_go_into_one_finished_file(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "recordings"
    with recorder(folder) as writing:
        for each in seconds(5):
            writing.block(each)
        writing.result(numbered(rep(1))[0])
    assert names(folder) == ["kickback-monday.mcap"]
    assert writing.fault is None
    recording = open_recording(writing.files[0])
    assert len(recording.streams[Stream.CABLE]) == 5 * RATE_HZ
    assert [result.topic for result in read_results(writing.files[0])] == ["rep"]


def test_a_file_is_begun_with_the_first_samples(tmp_path: Path) -> None:
    with recorder(tmp_path) as writing:
        for i in range(5):
            writing.block(RawBlock(i, i + 1.0, {}, (), (Gap(Stream.CABLE, i, i + 1.0, "not answering"),)))
        writing.settle()
        assert names(tmp_path) == []
        writing.block(block(5.0, 6.0))
    assert open_recording(writing.files[0]).start_s == 5.0


def test_a_long_recording_is_continued_without_losing_a_sample(tmp_path: Path) -> None:
    with recorder(tmp_path, Limits(longest_s=4.0, keep_free_bytes=1)) as writing:
        for each in seconds(10):
            writing.block(each)
    assert names(tmp_path) == ["kickback-monday-2.mcap", "kickback-monday-3.mcap", "kickback-monday.mcap"]
    times_s = np.concatenate([open_recording(path).streams[Stream.CABLE][:, 0] for path in writing.files])
    assert times_s.tolist() == [i / RATE_HZ for i in range(10 * RATE_HZ)]


def test_no_file_ends_in_the_middle_of_a_set_unless_it_is_twice_too_long(tmp_path: Path) -> None:
    with recorder(tmp_path, Limits(longest_s=4.0, keep_free_bytes=1)) as writing:
        writing.phase(phase(Phase.CONCENTRIC))
        assert fault_after(writing, seconds(6)) is None
        writing.phase(phase(Phase.IDLE))
        assert fault_after(writing, seconds(1, first=6)) is None
        writing.phase(phase(Phase.PAUSE_STRETCHED))
        assert fault_after(writing, seconds(11, first=7)) is None
    ends_s = [open_recording(path).end_s for path in writing.files]
    assert ends_s == [pytest.approx(end_s, abs=0.03) for end_s in (7.0, 15.0, 18.0)]


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kickback-monday.mcap").write_bytes(b"finished")
    (tmp_path / "kickback-monday-2.mcap.part").write_bytes(b"cut short")
    with recorder(tmp_path) as writing:
        writing.block(block(0.0, 1.0))
    assert [path.name for path in writing.files] == ["kickback-monday-3.mcap"]
    assert (tmp_path / "kickback-monday.mcap").read_bytes() == b"finished"
    assert (tmp_path / "kickback-monday-2.mcap.part").read_bytes() == b"cut short"


class Disk:
    """Free space that a test sets."""

    def __init__(self) -> None:
        self.free = 10**12

    def __call__(self, _: Path) -> int:
        return self.free


def fault_after(writing: Recorder, blocks: Sequence[RawBlock]) -> str | None:
    """Hand blocks over one by one, each after the one before was written."""
    for each in blocks:
        writing.block(each)
        writing.settle()
    return writing.fault


@pytest.mark.fault(35)
def test_a_disk_that_fills_up_ends_the_file_in_order_and_space_begins_another(tmp_path: Path) -> None:
    disk = Disk()
    with recorder(tmp_path, Limits(keep_free_bytes=500_000_000), disk) as writing:
        assert fault_after(writing, seconds(20)) is None
        disk.free = 499_000_000
        said = fault_after(writing, seconds(20, first=20))
        assert said is not None
        assert said.startswith(f"recording stopped, counting goes on: {tmp_path}: only 499 MB are free")
        assert names(tmp_path) == ["kickback-monday.mcap"]
        disk.free = 10**12
        assert fault_after(writing, seconds(60, first=40)) is None
    first, second = (open_recording(path).streams[Stream.CABLE][:, 0] for path in writing.files)
    assert (first[0], first[-1]) == (0.0, pytest.approx(20.0, abs=0.03))
    assert (second[0], second[-1]) == (80.0, pytest.approx(100.0, abs=0.03))


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let every write beyond this size of a file fail, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_fails_leaves_what_was_safe_and_another_file_is_tried(tmp_path: Path) -> None:
    with recorder(tmp_path) as writing:
        with files_of_at_most(20_000):
            said = fault_after(writing, seconds(60))
        assert said is not None
        assert said.startswith("recording stopped, counting goes on: ")
        assert "cannot be written (File too large); check disk and permissions" in said
        assert names(tmp_path) == ["kickback-monday.mcap.part"]
        assert fault_after(writing, seconds(60, first=60)) is None
    assert names(tmp_path) == ["kickback-monday-2.mcap", "kickback-monday.mcap.part"]
    (found,) = recover(tmp_path)
    assert open_recording(found.path).end_s > 1.0


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with recorder(tmp_path / "file" / "recordings") as writing:
        writing.block(block(0.0, 1.0))
    assert writing.fault is not None
    assert "recordings: cannot be made (Not a directory); name another recording.folder" in writing.fault


def test_a_block_that_breaks_the_contract_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    with recorder(tmp_path) as writing:
        for each in (block(5.0, 6.0), block(1.0, 2.0), block(2.0, 3.0)):
            writing.block(each)
    assert writing.fault is not None
    assert "runs backwards" in writing.fault


def test_a_session_in_which_nothing_happened_is_forgotten(tmp_path: Path) -> None:
    with recorder(tmp_path, Limits(longest_s=2.0, keep_free_bytes=1)) as writing:
        for each in seconds(3):
            writing.block(each)
        writing.forget()
    assert names(tmp_path) == []
    assert writing.files == []


def test_samples_that_a_slow_disk_leaves_no_room_for_become_a_gap(tmp_path: Path) -> None:
    slow, entered = threading.Event(), threading.Event()

    def free(_: Path) -> int:
        entered.set()
        slow.wait()
        return 10**12

    with Recorder(tmp_path, SETUP, CALIBRATION, free_bytes=free, waiting_blocks=50) as writing:
        writing.block(block(0.0, 0.1))
        entered.wait()
        for i in range(1, 56):
            made = block(i / 10, (i + 1) / 10)
            if i == 53:
                made = replace(made, announced=(Announced(5.35, Announcement.NEW_SET),))
            writing.block(made)
        writing.result(numbered(rep(1))[0])
        slow.set()
        writing.settle()
        for i in range(56, 60):
            writing.block(block(i / 10, (i + 1) / 10))
    recording = open_recording(writing.files[0])
    assert recording.gaps == (Gap(Stream.CABLE, 5.1, 5.6, "disk too slow"),)
    assert recording.announced == (Announced(5.35, Announcement.NEW_SET),)
    times_s = recording.streams[Stream.CABLE][:, 0]
    assert len(read_results(writing.files[0])) == 1, "a result is never left out"
    assert len(times_s) == 60 * 5 - 5 * 5
    assert not ((times_s > 5.1) & (times_s < 5.59)).any()


def test_memory_is_bounded_while_the_disk_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results beyond those that have room are in the journal; of several calibrations the last one holds."""
    monkeypatch.setattr("firmware.recording.recorder.WAITING_RESULTS", 10)
    entered, slow = threading.Event(), threading.Event()

    def free(folder: Path) -> int:
        entered.set()
        slow.wait()
        return 10**12

    with Recorder(tmp_path, SETUP, CALIBRATION, free_bytes=free, waiting_blocks=20) as writing:
        writing.block(block(0.0, 0.1))
        entered.wait()
        for i in range(1, 500):
            writing.block(block(i / 10, (i + 1) / 10))
            writing.result(numbered(rep(1))[0])
            writing.calibrate(CALIBRATION, (i + 1) / 10)
        waiting = writing._queue.qsize()
        slow.set()
        writing.settle()
        writing.block(block(50.0, 50.1))
    assert waiting == 30
    assert len(open_recording(writing.files[0]).gaps) >= 1
