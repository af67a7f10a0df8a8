"""What an event costs the disk: `python -m tests.journal_cost FOLDER [EVENTS]`.

Each result is kept, waited for and acknowledged before the next, as when a lifter trains: the dearest
case, one synchronised commit for each. FOLDER lies on the disk to be measured. Bytes written are those
that Linux counts for this process at the disk (`write_bytes` of `/proc/self/io`), the files themselves
left out of account; the share of the file system's own journal is not in it.
"""

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from firmware.journal.journal import Journal
from tests.made_events import rep

A_DAY = 1000


def written_bytes() -> int:
    """Bytes this process has sent to disks."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def main() -> None:
    folder = Path(sys.argv[1])
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        journal = Journal(Path(scratch) / "gym.sqlite3", "gym")
        journal.start()
        journal.keep(rep(1), "2026-05-01T17:30:16.000Z")
        journal.kept(10.0)
        before = written_bytes()
        waits_ms = []
        for number in range(events):
            began_s = perf_counter()
            journal.keep(rep(number), "2026-05-01T17:30:16.000Z")
            assert len(journal.kept(10.0)) == 1
            waits_ms.append(1000.0 * (perf_counter() - began_s))
            while (entry := journal.take()) is not None:
                journal.settle(entry.seq, None)
        journal.close()
        each = (written_bytes() - before) / events
        file_bytes = (Path(scratch) / "gym.sqlite3").stat().st_size / events
    waits_ms.sort()
    median_ms, most_ms = waits_ms[events // 2], waits_ms[events * 99 // 100]
    print(f"confirmed after: median {median_ms:.2f} ms, 99 % {most_ms:.2f} ms, longest {waits_ms[-1]:.1f} ms")
    print(f"written: {each:.0f} bytes per event, {each * A_DAY / 1e6:.1f} MB a day of {A_DAY} events")
    print(f"kept: {file_bytes:.0f} bytes per event")


if __name__ == "__main__":
    main()
