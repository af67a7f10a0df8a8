"""The journal under `kill -9`: what was confirmed is there, and no number is used twice.

`KICKBACK_KILLS=1000 pytest tests/test_journal_kill.py` runs a longer campaign than the suite does.
"""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest

from firmware.journal.opening import open_journal

KILLS = int(os.environ.get("KICKBACK_KILLS", "40"))


def confirmed_until_killed(process: "subprocess.Popen[str]", confirmations: int) -> dict[int, int]:
    """Let a process keep results and kill it as it goes on after so many; return all it confirmed."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    pid, opening, killed = 0, False, False
    confirmed: dict[int, int] = {}
    for line in process.stdout:
        words = line.split()
        if words == ["dead"]:
            break
        if words[0] == "pid":
            pid = int(words[1])
        elif words == ["opening"]:
            opening = True
        else:
            seq, crc = map(int, words)
            assert seq not in confirmed
            confirmed[seq] = crc
        if pid and opening and not killed and len(confirmed) >= confirmations:
            os.kill(pid, signal.SIGKILL)
            killed = True
    assert killed
    return confirmed


@pytest.mark.fault(46)
def test_what_was_confirmed_survives_kills_at_random_moments(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    chance = random.Random(6)
    confirmed: dict[int, int] = {}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journal_child", path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    ) as process:
        for _ in range(KILLS):
            more = confirmed_until_killed(process, chance.randrange(12))
            assert not confirmed.keys() & more.keys(), "a number was used twice"
            confirmed |= more
    opened = open_journal(path)
    entries, wrong = opened.file.read(1, 10**9, 10**9)
    opened.file.close()
    kept = {entry.seq: crc32(entry.payload) for entry in entries}
    assert (opened.notes, wrong) == ((), [])
    assert list(kept) == list(range(1, len(kept) + 1)), "a gap"
    assert opened.next_seq == len(kept) + 1
    assert confirmed.items() <= kept.items()
    assert len(confirmed) >= 4 * KILLS
    # A result that is on the disk and was not confirmed any more: one in a kill at most.
    assert len(kept) - len(confirmed) <= KILLS
