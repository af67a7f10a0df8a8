"""A short life of a journal, to be run under faults: `python -m tests.journal_writer JOURNAL EVENTS`.

Prints `SEQ CRC` for each result that is confirmed as saved, and ends when all are or after 0.6 s.
"""

import os
import sys
from pathlib import Path
from time import monotonic
from zlib import crc32

from firmware.journal.journal import Journal
from tests.made_events import rep


def main() -> None:
    journal = Journal(Path(sys.argv[1]), "gym", clock=lambda: 0.0)
    journal.start()
    until_s = monotonic() + 0.6
    for number in range(int(sys.argv[2])):
        journal.keep(rep(number), "2026-05-01T17:30:00.000Z", True)
        for numbered in journal.kept(max(until_s - monotonic(), 0.001)):
            os.write(1, f"{numbered.envelope.seq} {crc32(numbered.payload)}\n".encode())
    journal.close(1.0)


if __name__ == "__main__":
    main()
