"""The appliance on a disk that is damaged or turns read-only: it counts, says so, and is whole again."""

import errno
import io
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.journal.journal import Journal
from firmware.journal.opening import MARGIN
from firmware.recording import open_recording
from firmware.recording.recover import recover
from tests.appliance_rig import Bench, config_for
from tests.made_journals import FailingDisk, everything, filled
from tests.test_appliance import lines, two_reps
from tests.test_journal import until
from tests.virtual_rig import VirtualRig

PAGE = 4096
COUNT = 60


class ReadOnly(FailingDisk):
    """While `read_only`, nothing under a folder can be opened to be written, renamed, or synchronised."""

    def __init__(self, patched: pytest.MonkeyPatch, folder: Path) -> None:
        super().__init__(patched)
        self.folder = str(folder)
        for module, name in ((os, "open"), (io, "open"), (os, "fsync"), (os, "replace"), (os, "rename")):
            patched.setattr(module, name, self.refusing(getattr(module, name)))

    def refusing(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(target: Any, *how: Any, **options: Any) -> Any:
            path = os.readlink(f"/proc/self/fd/{target}") if isinstance(target, int) else os.fspath(target)
            reads = act is io.open and how[:1] in ((), ("r",), ("rb",))
            if self.read_only and not reads and str(path).startswith(self.folder):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
            return act(target, *how, **options)

        return call


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    rig = VirtualRig(two_reps())
    return Bench(rig, tmp_path, config_for(rig))


@pytest.mark.fault(36)
def test_a_disk_that_turns_read_only_in_a_set_is_said_and_all_is_written_when_it_is_writable(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("firmware.journal.journal._RETRY_S", (0.01, 0.02))
    monkeypatch.setattr("firmware.recording.recorder._RETRY_S", 1.0)
    disk = ReadOnly(monkeypatch, bench.state)

    journals = []

    def journal(path: Path, device: str) -> Journal:
        """Patience in the rig's time while the disk takes nothing, and without end while it does."""
        clock = bench.rig.clock
        journals.append(Journal(path, device, clock=lambda: clock.now() if disk.read_only else 0.0))
        return journals[0]

    monkeypatch.setattr("tests.appliance_rig.patient_journal", journal)
    first, second = two_reps().truth.reps
    bench.rig.at(first.eccentric_start_s, lambda: setattr(disk, "read_only", True))
    bench.rig.at(second.concentric_start_s, lambda: until(journals[0], "failing"))
    bench.rig.at(second.pause_start_s, lambda: setattr(disk, "read_only", False))
    outcome = bench.run()
    said, complaints = capsys.readouterr()
    assert (outcome.reps, outcome.sets) == (2, 1)
    counted = [line.endswith("NOT SAVED") for line in said.splitlines() if " rep " in line]
    assert counted == [True, False], "the second one is shown when it is on the disk"
    assert "journal: results cannot be saved (" in complaints
    assert "wait): attempt to write a readonly database" in complaints
    assert "recorder: recording stopped, counting goes on: " in complaints
    assert len(complaints.splitlines()) == 2
    entries, opened = everything(bench.places.journal)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.kind for entry in entries if entry.kind in ("rep", "set")] == ["rep", "rep", "set"]
    assert opened.notes == ()
    part, again = (next(bench.places.recordings.glob(name)) for name in ("*.part", "*-2.mcap"))
    assert open_recording(again).start_s > first.eccentric_start_s
    assert recover(part.parent)[0].path.suffix == ".mcap"


@pytest.mark.fault(42)
def test_a_page_of_garbage_in_the_journal_costs_only_what_it_held(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = filled(bench.places.journal, COUNT)
    with bench.places.journal.open("r+b") as raw:
        raw.seek(6 * PAGE)
        raw.write(random.Random(8).randbytes(PAGE))
    bench.asked_at_s = two_reps().truth.reps[0].eccentric_end_s + 1.0
    assert bench.run().reps == 1
    (said,) = lines(capsys)
    assert said.startswith(f"kickback: journal: the journal {bench.places.journal} is damaged (")
    assert "put aside as journal.sqlite.damaged-1" in said
    entries, _ = everything(bench.places.journal)
    before = [entry for entry in entries if entry.seq <= COUNT]
    assert set(before) < set(kept)
    assert COUNT - 8 <= len(before) < COUNT, "a page holds a few results"
    assert f"{len(before)} results of it were saved" in said
    assert entries[len(before)].seq == COUNT + MARGIN + 1
    assert "rep" in [entry.kind for entry in entries[len(before) :]]
