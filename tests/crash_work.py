"""Programs that write what must survive a crash: `python -m tests.crash_work KIND FOLDER`.

Each says on standard output, at once, what it takes for safe from then on.
"""

import os
import sys
from pathlib import Path
from zlib import crc32

from firmware.calibration_store import write_stored
from firmware.config import Config
from firmware.config.sections import Device
from firmware.journal.entry import Entry
from firmware.journal.file import JournalFile
from firmware.journal.journal import Journal
from firmware.journal.opening import open_journal
from firmware.recording import RecordingWriter
from firmware.safe_mode import Starts
from tests.made_events import rep
from tests.recording_samples import session
from tests.test_calibration_store import stored
from tracker.calibration import LoadCalibration

EVENTS = 6
DAMAGED_EVENTS = 40
TARES = (-31_234, -31_300, 40, 41)
NAMES = ("gym-1", "gym-2", "a-machine-with-a-longer-name", "gym-4")
FAILURES = 2
RECORDED_S = 8.0
BLOCK_S = 0.25


def say(text: str) -> None:
    """Say it in one call that nothing holds back."""
    os.write(1, f"{text}\n".encode())


def journal(folder: Path) -> None:
    """Say number and check sum of each result that is confirmed."""
    kept = Journal(folder / "gym.sqlite3", "gym", clock=lambda: 0.0)
    kept.start()
    for number in range(EVENTS):
        kept.keep(rep(number), "2026-05-01T17:30:00.000Z", True)
        for numbered in kept.kept(10.0):
            say(f"{numbered.envelope.seq} {crc32(numbered.payload)}")
    kept.close()


def damaged_journal(folder: Path) -> None:
    """Say number and check sum of each result of a journal, then `damaged`, and `opened` when it is again."""
    path = folder / "gym.sqlite3"
    entries = [Entry(seq, "rep", bytes(600)) for seq in range(1, DAMAGED_EVENTS + 1)]
    before = JournalFile(path)
    before.commit(entries[:-1])
    before.close()
    kept_open = JournalFile(path)  # so that its log stays, as after a kill
    kept_open.commit(entries[-1:], delivered_seq=5)
    for entry in entries:
        say(f"{entry.seq} {crc32(entry.payload)}")
    with path.open("r+b") as file:
        file.write(bytes(100))
        file.flush()
        os.fsync(file.fileno())
    say("damaged")
    open_journal(path).file.close()
    say("opened")
    os._exit(0)


def calibration(folder: Path) -> None:
    """Say the tare of each calibration that was saved."""
    for tare in TARES:
        write_stored(
            folder / "calibration.json", stored(LoadCalibration(n_per_count=4.6e-4, tare_counts=tare))
        )
        say(str(tare))


def recording(folder: Path) -> None:
    """Say the time up to which samples were handed over."""
    whole = session(RECORDED_S)
    writer = RecordingWriter(folder / "monday.mcap", whole.setup)
    for block in whole.blocks(BLOCK_S):
        writer.write(block)
        say(f"{block.end_s}")
    writer.close()
    say("closed")


def starts(folder: Path) -> None:
    """Say the name in each config that is remembered as one that worked; then the failed starts in a row."""
    for name in NAMES:
        start = Starts(folder)
        start.begin()
        start.prove(Config(device=Device(id=name)))
        say(name)
    for number in range(1, FAILURES + 1):
        start = Starts(folder)
        start.begin()
        start.fail("no such bus")
        say(str(number))


if __name__ == "__main__":
    work = {
        "journal": journal,
        "damaged journal": damaged_journal,
        "calibration": calibration,
        "recording": recording,
        "starts": starts,
    }
    work[sys.argv[1]](Path(sys.argv[2]))
