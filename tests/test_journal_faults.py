"""The journal on a disk whose k-th call fails: full, broken, or the end of the process there.

The journal's file, its log with its index, the mark and their folder. `KICKBACK_FAULTS=all pytest -n0 -s
tests/test_journal_faults.py` tries every call.
"""

import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest

from firmware.journal.opening import open_journal
from tests.failing_calls import (
    BROKEN,
    BROKEN_FROM,
    FULL_FROM,
    KILLED,
    ROOT,
    Case,
    needs_strace,
    run_struck,
    tried_now,
)

EVENTS = 6

CASES = (
    Case("pwrite64", FULL_FROM, 40, sample=23),
    Case("pwrite64", BROKEN, 40, sample=31),
    Case("pwrite64", KILLED, 40, sample=18),
    Case("fdatasync", FULL_FROM, 10),
    Case("fdatasync", BROKEN, 10, sample=6),
    Case("fdatasync", BROKEN_FROM, 10),
    Case("fdatasync", KILLED, 10, sample=8),
    Case("fsync", BROKEN, 1, sample=1),
    Case("fsync", KILLED, 1),
    Case("ftruncate", FULL_FROM, 2),
    Case("ftruncate", BROKEN, 2, sample=2),
    Case("ftruncate", KILLED, 2),
    Case("pread64", BROKEN, 8, sample=5),
    Case("pread64", BROKEN_FROM, 8),
    Case("openat", FULL_FROM, 10, sample=9),
    Case("openat", BROKEN, 10, sample=2),
    Case("openat", KILLED, 10),
    Case("unlink", BROKEN, 1),
)

pytestmark = needs_strace


def confirmed_by(said: "subprocess.CompletedProcess[str]") -> dict[int, int]:
    return {int(seq): int(crc) for seq, crc in (line.split() for line in said.stdout.splitlines())}


@pytest.mark.fault(37)
@pytest.mark.parametrize("case", tried_now(CASES), ids=str)
def test_what_was_confirmed_is_there_whichever_call_fails(tmp_path: Path, case: Case) -> None:
    struck_at = 0
    for k in case.tried():
        folder = tmp_path / str(k)
        folder.mkdir()
        path = folder / "gym.sqlite3"
        writer = [sys.executable, "-m", "tests.journal_writer", str(path), str(EVENTS)]
        paths = [folder, *(path.with_name(path.name + name) for name in ("", "-wal", "-shm", ".mark"))]
        said, struck = run_struck(writer, case, k, paths, folder / "trace")
        if not struck:
            break
        struck_at += 1
        confirmed = confirmed_by(said)
        later = confirmed_by(
            subprocess.run(writer, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
        )
        assert not confirmed.keys() & later.keys(), "a number was used twice"
        opened = open_journal(path)
        entries, wrong = opened.file.read(0, 10**9, 10**9)
        opened.file.close()
        kept = {entry.seq: crc32(entry.payload) for entry in entries}
        assert (confirmed | later).items() <= kept.items()
        assert list(kept) == list(range(1, len(kept) + 1))
        assert (wrong, opened.notes) == ([], ())
        assert len(later) == EVENTS
    case.require(struck_at)
