"""Journals made by hand: filled, read back, and shown a disk that fails."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from firmware.journal.entry import Entry
from firmware.journal.journal import Journal
from firmware.journal.opening import Opened, open_journal
from firmware.numbering import Numbered
from tests.broker import PATIENCE_S
from tests.made_events import rep

TS = "2026-05-01T17:30:16.000Z"


@contextmanager
def journal_at(path: Path, **options: Any) -> Iterator[Journal]:
    journal = Journal(path, "gym", **options)
    journal.start()
    try:
        yield journal
    finally:
        journal.close(PATIENCE_S)
        assert not journal.alive


def keep(journal: Journal, count: int) -> list[Numbered]:
    """Keep results and wait until all are on the disk."""
    for number in range(1, count + 1):
        journal.keep(rep(number), TS, True)
    kept = journal.kept(PATIENCE_S)
    assert all(one.saved for one in kept)
    return kept


def filled(path: Path, count: int) -> list[Entry]:
    """A closed journal with so many results in one file, its log emptied; return what it holds."""
    with journal_at(path) as journal:
        return [Entry(one.envelope.seq, one.result.TOPIC, one.payload) for one in keep(journal, count)]


def everything(path: Path) -> tuple[list[Entry], Opened]:
    """Open, read everything and close."""
    opened = open_journal(path)
    entries, wrong = opened.file.read(0, 10**9, 10**9)
    assert wrong == []
    opened.file.close()
    return entries, opened


class FailingDisk:
    """Stands for the disk under SQLite: may be full, fail in a commit, or be mounted read-only."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = self.broken = self.read_only = False
        self.opened = 0
        disk = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
                if sql.startswith("BEGIN") and disk.read_only:
                    raise sqlite3.OperationalError("attempt to write a readonly database")
                if sql.startswith("BEGIN"):
                    pages = super().execute("PRAGMA page_count").fetchone()[0] if disk.full else 1 << 30
                    super().execute(f"PRAGMA max_page_count = {pages}")
                if sql == "COMMIT" and disk.broken:
                    # As after a failed fsync: the commit is on the disk, or not, and nobody knows.
                    super().execute(sql)
                    raise sqlite3.OperationalError("disk I/O error")
                return super().execute(sql, *arguments)

        def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
            disk.opened += 1
            return real_connect(*arguments, **options, factory=Connection)

        real_connect = sqlite3.connect
        monkeypatch.setattr("firmware.journal.file.sqlite3.connect", connect)
