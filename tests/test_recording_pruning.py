"""Old recordings go, and nothing else does."""

import os
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from firmware.appliance.recordings import Recordings
from firmware.config.sections import Recording
from firmware.recording.pruning import make_room, prune
from firmware.wall_clock import WallClock

OLD = {
    "kickback-20260101-100000.mcap",
    "kickback-20260101-100000-2.mcap",
    "kickback-20260301-235959.mcap",
    "kickback-20260101-100000-recovered.mcap",
    "kickback-20260101-100000.mcap.unreadable",
}
STAYS = {
    "kickback-20260302-000000.mcap": "not old enough",
    "kickback-20260501-100000.mcap": "new",
    "kickback-20260101-100000.mcap.part": "being written, or to be recovered",
    "best-set.mcap": "the owner's",
    "kickback-20260101-100000 best.mcap": "renamed",
    "kickback-20269901-100000.mcap": "no date",
    "notes.txt": "no recording",
}


def last_changed(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_only_old_recordings_of_the_appliance_are_deleted(tmp_path: Path) -> None:
    for name in OLD | STAYS.keys():
        (tmp_path / name).write_bytes(b"x")
        last_changed(tmp_path / name, datetime(2026, 1, 1, tzinfo=UTC))
    deleted = prune(tmp_path, datetime(2026, 3, 2, tzinfo=UTC))
    assert {path.name for path in deleted} == OLD
    assert {path.name for path in tmp_path.iterdir()} == set(STAYS)


def test_what_cannot_be_deleted_stays_and_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "kickback-20260101-100000.mcap").mkdir()
    (tmp_path / "kickback-20260102-100000.mcap").write_bytes(b"x")
    for path in tmp_path.iterdir():
        last_changed(path, datetime(2026, 1, 2, tzinfo=UTC))
    deleted = prune(tmp_path, datetime(2026, 3, 2, tzinfo=UTC))
    assert [path.name for path in deleted] == ["kickback-20260102-100000.mcap"]


def recordings(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"x" * 100)
        last_changed(folder / name, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_recording_named_before_the_clock_was_set_is_as_old_as_its_last_change(tmp_path: Path) -> None:
    """A Pi begins with the time of its last shutdown, in January perhaps; now it is March."""
    today = tmp_path / "kickback-20260101-100000.mcap"
    recordings(tmp_path, today.name, *DAYS)
    last_changed(today, datetime(2026, 3, 9, tzinfo=UTC))
    assert today not in prune(tmp_path, datetime(2026, 3, 4, tzinfo=UTC))
    assert make_room(tmp_path, 1000, lambda folder: 900) == [tmp_path / DAYS[3]]


DAYS = [f"kickback-2026030{day}-100000.mcap" for day in range(1, 6)]
OTHERS = ("best-set.mcap", "kickback-20260101-100000.mcap.part", "journal.sqlite", "calibration.json")


@pytest.mark.parametrize(("free", "goes"), [(1000, 0), (999, 1), (900, 1), (899, 2), (500, 5), (499, 0)])
def test_the_oldest_go_where_the_disk_is_short_and_only_as_many_as_it_takes(
    tmp_path: Path, free: int, goes: int
) -> None:
    recordings(tmp_path, *reversed(DAYS), *OTHERS)
    deleted = make_room(tmp_path, 1000, lambda folder: free)
    assert [path.name for path in deleted] == DAYS[:goes]
    assert {path.name for path in tmp_path.iterdir()} == {*DAYS[goes:], *OTHERS}


def test_the_parts_of_a_session_go_in_their_order(tmp_path: Path) -> None:
    parts = [
        "kickback-20260301-100000.mcap",
        "kickback-20260301-100000-2.mcap",
        "kickback-20260302-090000.mcap",
    ]
    recordings(tmp_path, *parts)
    assert {path.name for path in make_room(tmp_path, 200, lambda folder: 0)} == set(parts[:2])


def test_one_that_cannot_be_deleted_does_no_harm(tmp_path: Path) -> None:
    recordings(tmp_path, *DAYS[1:])
    (tmp_path / DAYS[0]).mkdir()
    deleted = make_room(tmp_path, 100, lambda folder: 0)
    assert [path.name for path in deleted] == DAYS[1:2]


def test_before_a_recording_is_begun_there_is_room_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5 MB are to stay free, ten minutes twice take 25 MB, 29 999 800 bytes are free."""
    recordings(tmp_path, *DAYS)
    monkeypatch.setattr(os, "statvfs", lambda folder: SimpleNamespace(f_bavail=299_998, f_frsize=100))
    keeping = Recordings(Recording(keep_free_mb=5, longest_min=10, keep_days=0), tmp_path, WallClock())
    try:
        keeping._tidy(tmp_path)
    finally:
        keeping.close()
    assert {path.name for path in tmp_path.iterdir()} == set(DAYS[2:])
