"""Old recordings go, and nothing else does."""

from datetime import UTC, datetime
from pathlib import Path

from firmware.recording.pruning import prune

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


def test_only_old_recordings_of_the_appliance_are_deleted(tmp_path: Path) -> None:
    for name in OLD | STAYS.keys():
        (tmp_path / name).write_bytes(b"x")
    deleted = prune(tmp_path, datetime(2026, 3, 2, tzinfo=UTC))
    assert {path.name for path in deleted} == OLD
    assert {path.name for path in tmp_path.iterdir()} == set(STAYS)


def test_what_cannot_be_deleted_stays_and_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "kickback-20260101-100000.mcap").mkdir()
    (tmp_path / "kickback-20260102-100000.mcap").write_bytes(b"x")
    deleted = prune(tmp_path, datetime(2026, 3, 2, tzinfo=UTC))
    assert [path.name for path in deleted] == ["kickback-20260102-100000.mcap"]
