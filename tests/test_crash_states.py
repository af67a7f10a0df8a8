"""Power cut or killed at any write: what was confirmed is there, and everything else is whole or said.

The states are made from what the programs really did to their files, see `tests/crash_states.py`.
`KICKBACK_TORN=20 pytest -n0 -s tests/test_crash_states.py` tries twenty torn states after each call.
"""

import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from firmware.calibration_store import read_stored
from firmware.journal.entry import Entry
from firmware.journal.opening import open_journal
from firmware.recording import open_recording
from firmware.recording.mcap_writer import SYNC_EVERY_S
from firmware.recording.recover import recover
from firmware.safe_mode import Starts
from tests.crash_states import CrashState, crash_states, lay_out
from tests.crash_trace import steps_of, strace_works
from tests.crash_work import BLOCK_S, FAILURES, NAMES, RECORDED_S, TARES
from tests.recording_samples import session
from tracker.blocks import Stream

TORN = int(os.environ.get("KICKBACK_TORN", "1"))

pytestmark = pytest.mark.skipif(not strace_works(), reason="strace is not installed or not allowed here")


def tried(kind: str, folder: Path, hold: Callable[[CrashState, Path], None]) -> Counter[str]:
    """Let a program work in a folder, then hold each state it could have been cut off in against `hold`."""
    at_work = folder / "at work"
    at_work.mkdir()
    command = [sys.executable, "-m", "tests.crash_work", kind, str(at_work)]
    steps = steps_of(command, at_work, folder / "trace")
    kinds: Counter[str] = Counter()
    seen = set()
    states = (crash_states(steps, seed=1, torn_each=TORN, strict=strict) for strict in (False, True))
    for number, state in enumerate(chain(*states)):
        what = (frozenset(state.files.items()), state.said)
        if what in seen:
            continue
        seen.add(what)
        there = folder / str(number)
        there.mkdir()
        lay_out(state, at_work.resolve(), there)
        hold(state, there)
        kinds[state.kind] += 1
    print(f"{kind}: {len(steps)} steps, {dict(kinds)} states")
    assert kinds.total() >= 15
    return kinds


@pytest.mark.fault(38)
def test_the_journal_has_what_it_confirmed_and_uses_no_number_twice(tmp_path: Path) -> None:
    def hold(state: CrashState, there: Path) -> None:
        confirmed = {int(seq): int(crc) for seq, crc in (line.split() for line in state.said.splitlines())}
        opened = open_journal(there / "gym.sqlite3")
        entries, wrong = opened.file.read(0, 10**9, 10**9)
        opened.file.close()
        kept = {entry.seq: crc32(entry.payload) for entry in entries}
        assert confirmed.items() <= kept.items(), (state.after_step, state.kind)
        assert list(kept) == list(range(1, len(kept) + 1))
        assert opened.next_seq > max(kept, default=0)
        assert wrong == []
        database = sqlite3.connect(there / "gym.sqlite3")
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()

    tried("journal", tmp_path, hold)


@pytest.mark.fault(38, 42)
def test_a_damaged_journal_is_replaced_by_a_whole_one_that_uses_no_number_twice(tmp_path: Path) -> None:
    at_work = tmp_path.resolve() / "at work"

    def hold(state: CrashState, there: Path) -> None:
        if "damaged" not in state.said:
            return
        lines = [line.split() for line in state.said.splitlines() if " " in line]
        confirmed = {int(seq): int(crc) for seq, crc in lines}
        opened = open_journal(there / "gym.sqlite3")
        entries, wrong = opened.file.read(0, 10**9, 10**9)
        opened.file.commit([Entry(opened.next_seq, "rep", b"{}")])
        opened.file.close()
        assert {(entry.seq, crc32(entry.payload)) for entry in entries} <= confirmed.items()
        assert opened.next_seq > max(confirmed)
        still_damaged = state.files.get(at_work / "gym.sqlite3", b"").startswith(bytes(100))
        assert any("is damaged" in note for note in opened.notes) == still_damaged, "the new one is whole"
        assert wrong == []
        database = sqlite3.connect(there / "gym.sqlite3")
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()

    tried("damaged journal", tmp_path, hold)


@pytest.mark.fault(38)
def test_a_calibration_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    def hold(state: CrashState, there: Path) -> None:
        load = read_stored(there / "calibration.json").load
        found = None if load is None else load.calibration.tare_counts
        saved = [int(line) for line in state.said.splitlines()]
        under_way = TARES[len(saved)] if len(saved) < len(TARES) else TARES[-1]
        assert found in (saved[-1] if saved else None, under_way), (state.after_step, state.kind)

    tried("calibration", tmp_path, hold)


@pytest.mark.fault(38, 49)
def test_the_config_that_worked_last_and_the_failed_starts_are_remembered(tmp_path: Path) -> None:
    def hold(state: CrashState, there: Path) -> None:
        starts = Starts(there)
        said = state.said.splitlines()
        worked = said[: len(NAMES)]
        under_way = NAMES[min(len(worked), len(NAMES) - 1)]
        config = starts.last_good()
        found = None if config is None else config.device.id
        assert found in (worked[-1] if worked else None, under_way), (state.after_step, state.kind)
        failed = len(said) - len(worked)
        assert failed <= starts.failed <= min(failed + 1, FAILURES), (state.after_step, state.kind)

    tried("starts", tmp_path, hold)


@pytest.mark.fault(38)
def test_a_recording_has_all_but_its_last_second_and_a_half(tmp_path: Path) -> None:
    whole = session(RECORDED_S)
    times_s = whole.streams[Stream.CABLE][:, 0]

    def hold(state: CrashState, there: Path) -> None:
        recover(there)
        recordings = list(there.glob("*.mcap"))
        said = state.said.splitlines()
        closed = "closed" in said
        handed_s = max((float(line) for line in said if line != "closed"), default=0.0)
        safe_s = RECORDED_S if closed else handed_s - SYNC_EVERY_S - BLOCK_S
        if safe_s > 0.0 or recordings:
            found = open_recording(recordings[0]).streams[Stream.CABLE]
            assert np.array_equal(found, whole.streams[Stream.CABLE][: len(found)])
            assert len(found) >= np.searchsorted(times_s, safe_s), (state.after_step, state.kind)

    tried("recording", tmp_path, hold)
