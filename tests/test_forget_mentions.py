"""What stays after `kickback forget` no longer mentions what went: neither journal, nor recordings."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from firmware.cli import main
from firmware.errors import FaultError
from firmware.forgotten import Wish
from firmware.journal.forgetting import forget_results
from firmware.journal.journal import Journal
from firmware.journal.opening import open_journal
from firmware.recording import RecordingWriter, open_recording, read_results
from firmware.recording.forgetting import forget_recordings
from firmware.recording.mcap_damage import sound_records
from firmware.recording.mcap_reader import DAMAGE_REASON
from tests.made_events import numbered, rep, set_summary
from tests.recording_samples import CALIBRATION, raw_block, session
from tracker.comparison import compared, remembered
from tracker.setup import SessionSetup

ANNA, BEA, CARA = "20260428-100000", "20260502-090000", "20260430-120000"
"""The second session is the next lifter's, and is compared with the first."""

MAY = datetime(2026, 5, 1, tzinfo=UTC)
OLD_SET = set_summary(session=ANNA, set=1)
NEW_SET = compared(set_summary(session=BEA, set=1, reps_full=9), (), (remembered(OLD_SET),))
WISHES = (Wish(before=MAY), Wish(session=ANNA))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Both sessions in the journal, and the recording of each."""
    assert NEW_SET.vs_last_session == ANNA
    journal = Journal(tmp_path / "journal.sqlite", "gym")
    journal.start()
    for ts, results in (
        ("2026-04-28T10:01:00.000Z", (rep(1, session=ANNA), OLD_SET)),
        ("2026-05-02T09:01:00.000Z", (rep(1, session=BEA), NEW_SET)),
    ):
        for result in results:
            journal.keep(result, ts)
    assert len(journal.kept(10.0)) == 4
    journal.close()
    (tmp_path / "recordings").mkdir()
    record(tmp_path, ANNA)
    record(tmp_path, BEA)
    return tmp_path


def record(state: Path, session: str, *, crash: bool = False) -> Path:
    """A short recording; that of the second session knows the first one's set and holds the comparison."""
    path = state / "recordings" / f"kickback-{session}.mcap"
    setup = SessionSetup(session=session, earlier=() if session == ANNA else (remembered(OLD_SET),))
    writer = RecordingWriter(path, setup, calibration=CALIBRATION)
    for one in numbered(OLD_SET if session == ANNA else NEW_SET):
        writer.write_result("set", 0.4, one.payload)
    writer.write(raw_block(2.0))
    writer.abandon() if crash else writer.close()
    made = writer.part if crash else path
    began = datetime.strptime(session, "%Y%m%d-%H%M%S").replace(tzinfo=UTC).timestamp()
    os.utime(made, (began, began))
    return made


def forget(state: Path, wish: Wish) -> list[str]:
    """Forget; return the names of the recordings that were deleted."""
    results = forget_results(state / "journal.sqlite", wish)
    forgotten = wish.unmentioned(results.gone, results.kept)
    return [path.name for path in forget_recordings(state / "recordings", wish, forgotten).deleted]


def everything_in(state: Path) -> Iterator[bytes]:
    """Every byte of every file, with what is compressed in recordings unpacked."""
    for path in state.rglob("*"):
        if path.is_file():
            yield path.read_bytes()
            if ".mcap" in path.name:
                yield from (repr(record).encode() for _, record in sound_records(path))


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_nothing_that_stays_mentions_what_went(state: Path, wish: Wish) -> None:
    assert any(ANNA.encode() in found for found in everything_in(state))
    assert forget(state, wish) == [f"kickback-{ANNA}.mcap"]
    assert not any(ANNA.encode() in found for found in everything_in(state))


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_all_else_stays_as_it_was(state: Path, wish: Wish) -> None:
    path = state / "recordings" / f"kickback-{BEA}.mcap"
    was, changed_at = open_recording(path), path.stat().st_mtime
    forget(state, wish)
    opened = open_journal(state / "journal.sqlite")
    entries, wrong = opened.file.read(0, 100, 100)
    opened.file.close()
    assert ([entry.seq for entry in entries], wrong, opened.next_seq) == ([3, 4], [], 5)
    alone = msgspec.json.decode(msgspec.json.encode(NEW_SET))
    alone |= {name: None for name in alone if name.startswith("vs_last_")}
    assert msgspec.json.decode(entries[1].payload).items() >= alone.items()
    recording, (result,) = open_recording(path), read_results(path)
    assert recording.setup == msgspec.structs.replace(was.setup, earlier=())
    assert (recording.announced, recording.gaps, recording.notes) == (was.announced, was.gaps, ())
    assert all(
        samples.tobytes() == was.streams[name].tobytes() for name, samples in recording.streams.items()
    )
    assert msgspec.json.decode(result.payload).items() >= alone.items()
    assert path.stat().st_mtime == changed_at, "or it would be kept for longer"


def test_who_is_not_concerned_is_not_written_anew(state: Path) -> None:
    before = [path.read_bytes() for path in sorted((state / "recordings").iterdir())]
    assert forget(state, Wish(session="20260303-120000")) == []
    assert [path.read_bytes() for path in sorted((state / "recordings").iterdir())] == before


def test_what_a_crash_left_is_treated_alike(state: Path) -> None:
    recordings = state / "recordings"
    for path in recordings.iterdir():
        path.unlink()
    crashed = record(state, ANNA, crash=True), record(state, BEA, crash=True)
    (recordings / f"kickback-{BEA}.mcap.recovering").write_bytes(ANNA.encode())
    (recordings / f"kickback-{ANNA}.mcap.unreadable").write_bytes(b"?")
    assert forget(state, WISHES[1]) == [crashed[0].name, f"kickback-{ANNA}.mcap.unreadable"]
    assert [path.name for path in recordings.iterdir()] == [f"kickback-{BEA}.mcap"]
    assert not any(ANNA.encode() in found for found in everything_in(state))


def test_what_was_lost_is_told_once_however_often_a_recording_is_written_anew(state: Path) -> None:
    path = state / "recordings" / f"kickback-{BEA}.mcap"
    path.unlink()
    earlier = remembered(OLD_SET), remembered(set_summary(session=CARA, set=1))
    writer = RecordingWriter(path, SessionSetup(session=BEA, earlier=earlier))
    for block in session(6.0).blocks(0.1):
        writer.write(block)
    writer.close()
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    was = open_recording(path)
    assert any(gap.reason == DAMAGE_REASON for gap in was.gaps)
    for other in (ANNA, CARA):
        forget_recordings(state / "recordings", Wish(session=other), other.__eq__)
        found = open_recording(path)
        assert (found.notes, found.gaps) == (("; ".join(was.notes),), was.gaps)
    assert found.setup.earlier == ()


def test_what_cannot_be_deleted_is_said(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(
        FaultError, match=rf"kickback-{ANNA}\.mcap: cannot be forgotten \(Permission denied\)"
    ):
        forget(state, WISHES[0])


def test_the_command_for_one_session(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    assert main(["forget", "--session", ANNA, "--yes"]) == 0
    assert capsys.readouterr() == ("2 results and 1 recording deleted\n", "")
    assert main(["forget", "--session", ANNA, "--yes"]) == 2
    assert f"no session {ANNA} is kept in {state}" in capsys.readouterr().err


def test_a_mention_alone_can_be_forgotten(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    (state / "journal.sqlite").unlink()
    (state / "recordings" / f"kickback-{ANNA}.mcap").unlink()
    assert main(["forget", "--session", ANNA, "--yes"]) == 0
    assert capsys.readouterr().out == "0 results and 0 recordings deleted\n"
