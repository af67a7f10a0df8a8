"""A recording on a disk whose k-th call fails: what was safe is read, and what failed is said.

`KICKBACK_FAULTS=all pytest -n0 -s tests/test_recording_faults.py` tries every call.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from firmware.recording import open_recording
from firmware.recording.mcap_writer import SYNC_EVERY_S
from firmware.recording.recover import recover
from tests.crash_work import BLOCK_S, RECORDED_S
from tests.failing_calls import BROKEN, FULL_FROM, KILLED, Case, needs_strace, run_struck, tried_now
from tests.recording_samples import session
from tests.test_recording_recover import unfinished
from tracker.blocks import Stream

RECORDING = (
    Case("write", FULL_FROM, 12, sample=9),
    Case("write", BROKEN, 12, sample=6),
    Case("write", KILLED, 12),
    Case("fsync", BROKEN, 7, sample=4),
    Case("fsync", KILLED, 7),
    Case("openat", FULL_FROM, 2, sample=1),
    Case("openat", BROKEN, 2),
    Case("lseek", BROKEN, 12),
    Case("rename", BROKEN, 1, sample=1),
    Case("rename", KILLED, 1),
)
RECOVERY = (
    Case("write", FULL_FROM, 10, sample=7),
    Case("write", BROKEN, 10),
    Case("write", KILLED, 10),
    Case("fsync", BROKEN, 3, sample=1),
    Case("fsync", KILLED, 3),
    Case("openat", BROKEN, 6, sample=2),
    Case("read", BROKEN, 60, sample=40),
    Case("rename", BROKEN, 1),
    Case("rename", KILLED, 1, sample=1),
    Case("unlink", BROKEN, 1),
    Case("unlink", KILLED, 1),
)

pytestmark = needs_strace


def paths_in(folder: Path) -> list[Path]:
    """What recording and recovery touch."""
    names = ("monday.mcap", "monday.mcap.part", "monday.mcap.recovering")
    return [folder, *(folder / name for name in names)]


def ended_in_order(said: "subprocess.CompletedProcess[str]", fault: str) -> bool:
    """Whether it ended well, with the fault that a caller expects, or with the kill that was asked for."""
    if said.returncode == 0 or fault == KILLED:
        return True
    return said.stderr.splitlines()[-1].startswith("firmware.errors.FaultError: ")


@pytest.mark.fault(37)
@pytest.mark.parametrize("case", tried_now(RECORDING), ids=str)
def test_a_recording_has_all_but_its_last_second_and_a_half_whichever_call_fails(
    tmp_path: Path, case: Case
) -> None:
    whole = session(RECORDED_S).streams[Stream.CABLE]
    struck_at = 0
    for k in case.tried():
        folder = tmp_path / str(k)
        folder.mkdir()
        recorder = [sys.executable, "-m", "tests.crash_work", "recording", str(folder)]
        said, struck = run_struck(recorder, case, k, paths_in(folder), tmp_path / "trace")
        if not struck:
            break
        struck_at += 1
        assert ended_in_order(said, case.fault), said.stderr
        recover(folder)
        lines = said.stdout.splitlines()
        handed_s = max((float(line) for line in lines if line != "closed"), default=0.0)
        safe_s = RECORDED_S if "closed" in lines else handed_s - SYNC_EVERY_S - BLOCK_S
        found = [open_recording(path).streams[Stream.CABLE] for path in folder.glob("*.mcap")]
        assert len(found) == 1 or safe_s <= 0.0
        for samples in found:
            assert np.array_equal(samples, whole[: len(samples)])
            assert len(samples) >= np.searchsorted(whole[:, 0], safe_s), k
    case.require(struck_at)


@pytest.mark.fault(37)
@pytest.mark.parametrize("case", tried_now(RECOVERY), ids=str)
def test_a_recovery_that_fails_at_any_call_loses_nothing_to_the_next_one(tmp_path: Path, case: Case) -> None:
    whole = session(RECORDED_S)
    left = unfinished(tmp_path, whole, "monday").read_bytes()
    recover(tmp_path)
    expected = open_recording(tmp_path / "monday.mcap").streams[Stream.CABLE]
    struck_at = 0
    for k in case.tried():
        folder = tmp_path / str(k)
        folder.mkdir()
        part = folder / "monday.mcap.part"
        part.write_bytes(left)
        recovery = [sys.executable, "-m", "firmware.recording.recovery", str(part)]
        said, struck = run_struck(recovery, case, k, paths_in(folder), tmp_path / "trace")
        if not struck:
            break
        struck_at += 1
        assert case.fault == KILLED or (said.returncode, said.stderr) == (0, "")
        assert case.fault == KILLED or said.stdout.startswith(str(folder))
        recover(folder)
        found = [open_recording(path).streams[Stream.CABLE] for path in folder.glob("*.mcap")]
        assert found != [], k
        assert all(np.array_equal(samples, expected) for samples in found), k
        assert not part.exists()
    case.require(struck_at)
