"""A process that keeps results in a journal until it is killed: `python -m tests.journal_child JOURNAL`.

Each line on its standard input forks a process that opens the journal and keeps results as fast as
they are confirmed. `opening` and one line `SEQ CRC` for each confirmed result come out, `dead` when
the process has ended.
"""

import os
import sys
from itertools import count
from pathlib import Path
from zlib import crc32

from firmware.journal.journal import Journal
from tests.made_events import rep


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def keep_until_killed(path: Path) -> None:
    journal = Journal(path, "gym")
    say("opening")
    journal.start()
    for number in count(1):
        journal.keep(rep(number), "2026-05-01T17:30:00.000Z", True)
        for numbered in journal.kept(60.0):
            say(f"{numbered.envelope.seq} {crc32(numbered.payload)}")
        while (entry := journal.take()) is not None:
            journal.settle(entry.seq, "Quota exceeded" if entry.seq % 7 == 0 else None)


def main() -> None:
    path = Path(sys.argv[1])
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            keep_until_killed(path)
        say(f"pid {pid}")
        os.waitpid(pid, 0)
        say("dead")


if __name__ == "__main__":
    main()
