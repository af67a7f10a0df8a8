"""Journals that a power cut, a bad card or a hand has damaged: opened all the same, no number used twice."""

import contextlib
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from firmware.journal.entry import Entry
from firmware.journal.file import JournalFile, NewerError
from firmware.journal.mark import Mark
from firmware.journal.opening import BACKUP_MARGIN, MARGIN, mark_beside, open_journal
from tests.made_journals import everything, filled, journal_at, keep

COUNT = 60


def wal_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


@pytest.fixture(scope="module")
def after_a_kill(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Entry]]:
    """The files as a kill leaves them, half of the results in the file and half in its log."""
    folder = tmp_path_factory.mktemp("killed")
    path = folder / "gym.sqlite3"
    entries = filled(path, COUNT // 2)
    with journal_at(path) as journal:
        for one in (keep(journal, 1)[0] for _ in range(COUNT // 2)):
            entries.append(Entry(one.envelope.seq, one.result.TOPIC, one.payload))
        left = folder / "left"
        left.mkdir()
        for file in (path, wal_of(path), path.with_name(path.name + ".mark")):
            shutil.copy(file, left)
    return left / path.name, entries


def copied(after_a_kill: tuple[Path, list[Entry]], folder: Path) -> tuple[Path, list[Entry]]:
    path, entries = after_a_kill
    shutil.copytree(path.parent, folder, dirs_exist_ok=True)
    return folder / path.name, entries


def assert_sound(path: Path, entries: list[Entry]) -> tuple[int, tuple[str, ...]]:
    """Open it: what is there is what was kept, and the next number is new. Return how many are there."""
    found, opened = everything(path)
    originals = {entry.seq: entry for entry in entries}
    assert all(originals[entry.seq] == entry for entry in found)
    assert opened.next_seq > COUNT
    lost = len(found) < COUNT
    assert bool(opened.notes) == (lost or bool(list(path.parent.glob("*damaged-*"))))
    if lost:
        assert opened.next_seq >= COUNT + MARGIN
    again, reopened = everything(path)
    assert again == found
    assert (reopened.next_seq, reopened.notes) == (opened.next_seq, ()), "it is said and skipped once"
    return len(found), opened.notes


def test_a_kill_loses_nothing(after_a_kill: tuple[Path, list[Entry]], tmp_path: Path) -> None:
    path, entries = copied(after_a_kill, tmp_path)
    assert assert_sound(path, entries) == (COUNT, ())


def test_a_log_that_was_cut_short(after_a_kill: tuple[Path, list[Entry]], tmp_path: Path) -> None:
    length = wal_of(after_a_kill[0]).stat().st_size
    counts = []
    for cut in range(0, length, 4096 + 512):
        path, entries = copied(after_a_kill, tmp_path / str(cut))
        with wal_of(path).open("r+b") as file:
            file.truncate(cut)
        count, notes = assert_sound(path, entries)
        counts.append(count)
        assert f"{count + 1} to {COUNT}" in notes[0] or count == COUNT - 1
    assert counts == sorted(counts)
    assert (counts[0], counts[-1] >= COUNT - 2) == (COUNT // 2, True)


@pytest.mark.fault(42)
@pytest.mark.parametrize("where", ["file", "log"])
def test_a_torn_or_flipped_sector(after_a_kill: tuple[Path, list[Entry]], tmp_path: Path, where: str) -> None:
    chance = random.Random(where)
    put_aside, worst = 0, COUNT
    for number in range(40):
        path, entries = copied(after_a_kill, tmp_path / str(number))
        file = path if where == "file" else wal_of(path)
        sector = chance.randrange(file.stat().st_size // 512) * 512
        torn = bytes(512) if number % 2 else chance.randbytes(512)
        with file.open("r+b") as raw:
            raw.seek(sector)
            raw.write(torn)
        found, opened = everything_readable(path)
        originals = {entry.seq: entry for entry in entries}
        assert all(originals[entry.seq] == entry for entry in found), "nothing wrong is passed on"
        assert opened_next(path) > COUNT
        aside = list(path.parent.glob("*.damaged-1"))
        put_aside += len(aside)
        if aside:
            assert aside[0].name in " ".join(opened)
        # The first four pages are the schema and the roots of the three tables.
        if where == "file" and sector >= 4 * 4096:
            worst = min(worst, len(found))
    if where == "file":
        assert put_aside > 3, "damage of the file is noticed"
        assert COUNT - 8 <= worst < COUNT, "one sector costs the results of its page, not all"


def everything_readable(path: Path) -> tuple[list[Entry], tuple[str, ...]]:
    """What is there and right, and the notes of opening it."""
    opened = open_journal(path)
    found, _ = opened.file.read(0, 10**9, 10**9)
    opened.file.close()
    return found, opened.notes


def opened_next(path: Path) -> int:
    opened = open_journal(path)
    opened.file.close()
    return opened.next_seq


@pytest.mark.fault(42)
@pytest.mark.parametrize(
    "content", [b"", b"no database, by far", bytes(8192)], ids=["empty", "text", "zeros"]
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "gym.sqlite3"
    filled(path, COUNT)
    path.write_bytes(content)
    found, opened = everything(path)
    assert (found, opened.next_seq) == ([], COUNT + MARGIN + 1)
    assert opened.notes


@pytest.mark.fault(42)
def test_a_file_that_is_gone_still_has_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    filled(path, COUNT)
    path.unlink()
    with journal_at(path) as journal:
        assert keep(journal, 1)[0].envelope.seq == COUNT + MARGIN + 1
        assert "no longer has what was numbered 1 to 60" in journal.status.notes[0]


@pytest.mark.fault(42)
def test_an_older_journal_that_is_put_back_uses_no_number_again(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    entries = filled(path, COUNT)
    backup = path.read_bytes()
    filled(path, COUNT)
    path.write_bytes(backup)
    with journal_at(path) as journal:
        assert keep(journal, 1)[0].envelope.seq == 2 * COUNT + MARGIN + 1
        assert f"no longer has what was numbered {COUNT + 1} to {2 * COUNT}" in journal.status.notes[0]
    assert everything(path)[0][:COUNT] == entries


def test_a_journal_that_is_put_back_without_its_mark_uses_no_number_given_out_since(tmp_path: Path) -> None:
    """On a new card nobody knows any more how many there were since the backup."""
    path, card = tmp_path / "gym.sqlite3", tmp_path / "card" / "gym.sqlite3"
    entries = filled(path, COUNT)
    card.parent.mkdir()
    card.write_bytes(path.read_bytes())
    far = COUNT + BACKUP_MARGIN
    with journal_at(card) as journal:
        assert keep(journal, 1)[0].envelope.seq == far + 1
        assert "put back without its mark" in journal.status.notes[0]
    found, opened = everything(card)
    assert (found[:COUNT], opened.next_seq, opened.notes) == (entries, far + 2, ()), "and once only"


def test_a_mark_that_is_wrong_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    entries = filled(path, COUNT)
    mark = path.with_name(path.name + ".mark")
    for content in (b"", b"000000009999 00000000\n", b"\0" * 22):
        mark.write_bytes(content)
        found, opened = everything(path)
        assert (found, opened.next_seq, opened.notes) == (entries, COUNT + 1, ())


def test_the_mark_is_what_was_written(tmp_path: Path) -> None:
    mark = Mark(tmp_path / "mark")
    assert mark.read() == 0
    for seq in (1, 999_999, 12):
        mark.write(seq)
        assert mark.read() == seq


def test_the_mark_follows_the_results(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path) as journal:
        for number in range(1, 6):
            keep(journal, 1)
            assert mark_beside(path).read() == number


def test_a_database_of_something_else_is_put_aside_unharmed(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipe (name TEXT)")
        other.execute("INSERT INTO recipe VALUES ('soup')")
        other.commit()
    found, opened = everything(path)
    assert found == []
    assert "something else" in opened.notes[0]
    with closing(sqlite3.connect(tmp_path / "gym.sqlite3.damaged-1")) as other:
        assert other.execute("SELECT name FROM recipe").fetchall() == [("soup",)]


@pytest.mark.fault(43)
def test_a_newer_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    filled(path, 3)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 2")
    before = path.read_bytes()
    with pytest.raises(NewerError, match="newer version"):
        open_journal(path)
    assert path.read_bytes() == before


def test_undelivered_results_of_a_damaged_file_are_delivered(tmp_path: Path) -> None:
    path = tmp_path / "gym.sqlite3"
    with journal_at(path) as journal:
        keep(journal, COUNT)
        for seq in range(1, 41):
            entry = journal.take()
            assert entry is not None
            journal.settle(seq, None)
    with path.open("r+b") as raw:
        raw.seek(6 * 4096)
        raw.write(bytes(4096))
    opened = open_journal(path)
    found, _ = opened.file.read(41, COUNT, COUNT)
    assert [entry.seq for entry in found] == list(range(41, COUNT + 1))
    assert opened.file.delivered_seq == 40
    opened.file.close()


@pytest.mark.parametrize("renames_before_the_kill", range(5))
def test_a_kill_while_a_damaged_file_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames_before_the_kill: int
) -> None:
    path = tmp_path / "gym.sqlite3"
    entries = filled(path, COUNT)
    with path.open("r+b") as raw:
        raw.seek(2 * 4096)
        raw.write(b"\xff" * 64)

    class KilledError(BaseException):
        pass

    real, done = Path.rename, 0

    def rename(self: Path, target: Path) -> Path:
        nonlocal done
        if done == renames_before_the_kill:
            raise KilledError
        done += 1
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        with contextlib.suppress(KilledError):
            open_journal(path).file.close()
    assert done == min(renames_before_the_kill, 4)
    found, opened = everything(path)
    originals = {entry.seq: entry for entry in entries}
    assert len(found) >= COUNT - 10
    assert all(originals[entry.seq] == entry for entry in found)
    assert opened.next_seq > COUNT


def test_damage_that_shows_only_later_is_put_aside_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gym.sqlite3"
    real_commit, real_close = JournalFile.commit, JournalFile.close
    damaged = False

    def commit(self: JournalFile, *arguments: Any, **options: Any) -> None:
        if damaged:
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error
        real_commit(self, *arguments, **options)

    def close(self: JournalFile) -> None:
        nonlocal damaged
        real_close(self)
        if damaged:
            damaged = False
            with path.open("r+b") as raw:
                raw.write(bytes(64))

    monkeypatch.setattr(JournalFile, "commit", commit)
    monkeypatch.setattr(JournalFile, "close", close)
    with journal_at(path) as journal:
        keep(journal, 10)
        damaged = True
        assert keep(journal, 1)[0].envelope.seq == 10 + MARGIN + 1
        assert "put aside as gym.sqlite3.damaged-1" in journal.status.notes[0]
        assert keep(journal, 1)[0].envelope.seq == 10 + MARGIN + 2
