"""The journal on a disk whose k-th call fails: full, broken, or the end of the process there.

`strace` injects the fault into a process of its own. The suite tries some of the calls;
`KICKBACK_FAULTS=all pytest tests/test_journal_faults.py` tries every one.
"""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest

from firmware.journal.opening import open_journal
from tests.crash_trace import strace_works

ROOT = Path(__file__).parent.parent
EVENTS = 6
STEPS = {"pwrite64": 17, "fdatasync": 5}
"""The suite tries each so-many-th call."""


pytestmark = pytest.mark.skipif(not strace_works(), reason="strace is not installed or not allowed here")


def life(path: Path, inject: str | None = None) -> tuple[dict[int, int], bool]:
    """Keep results; return what was confirmed, and whether the fault struck."""
    command = [sys.executable, "-m", "tests.journal_writer", str(path), str(EVENTS)]
    trace = path.with_name("trace")
    if inject is not None:
        call = inject.split(":")[0]
        command = [
            "strace",
            "-f",
            "-o",
            str(trace),
            "-e",
            f"trace={call}",
            "-e",
            f"inject={inject}",
            "-P",
            str(path),
            "-P",
            f"{path}-wal",
            *command,
        ]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    confirmed = {int(seq): int(crc) for seq, crc in (line.split() for line in said.stdout.splitlines())}
    struck = inject is None or "INJECTED" in trace.read_text() or "SIGKILL" in trace.read_text()
    return confirmed, struck


@pytest.mark.fault(37)
@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("pwrite64", "error=ENOSPC:when={k}+"),
        ("pwrite64", "error=EIO:when={k}"),
        ("fdatasync", "error=EIO:when={k}"),
        ("pwrite64", "signal=SIGKILL:when={k}"),
        ("fdatasync", "signal=SIGKILL:when={k}"),
    ],
)
def test_what_was_confirmed_is_there_whichever_call_fails(tmp_path: Path, call: str, fault: str) -> None:
    struck_at = 0
    step = 1 if os.environ.get("KICKBACK_FAULTS") == "all" else STEPS[call]
    for k in count(1, step):
        folder = tmp_path / str(k)
        folder.mkdir()
        path = folder / "gym.sqlite3"
        confirmed, struck = life(path, f"{call}:{fault.format(k=k)}")
        if not struck:
            break
        struck_at += 1
        later, _ = life(path)
        assert not confirmed.keys() & later.keys(), "a number was used twice"
        opened = open_journal(path)
        entries, wrong = opened.file.read(0, 10**9, 10**9)
        opened.file.close()
        kept = {entry.seq: crc32(entry.payload) for entry in entries}
        assert (confirmed | later).items() <= kept.items()
        assert list(kept) == list(range(1, len(kept) + 1))
        assert (wrong, opened.notes) == ([], ())
        assert len(later) == EVENTS
    print(f"struck at {struck_at} calls")
    assert struck_at >= 2
