"""Journal file: the SQLite file in which results are kept, used by one thread.

Write-ahead log with `synchronous=FULL`: of what `commit` returned for, nothing is lost by a kill or a
power cut (SQLite, "Atomic Commit" and "Write-Ahead Logging"; `NORMAL` and Python's default lose the
last commits). One row per result, its number as the key, and one row that says up to where everything
was delivered: no index, so that an event costs two or three pages of the log. Measured with
`python -m tests.journal_cost` on an ext4 disk, each result waited for and acknowledged before the next:
16 kB written and 1 kB kept per event, 16 MB written a day of 1,000 events.

The file is the only place that knows what is delivered; numbers continue from it, from its own note of
numbers that were skipped, and from the `Mark` beside it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from firmware.durable import synchronise_folder
from firmware.faults import FaultEvent
from firmware.journal.entry import Entry
from tracker.messages import Rep, SetSummary

_APPLICATION_ID = 0x6B69636B
_VERSION = 1

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE event (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, crc INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE TABLE refused (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE place (
    one INTEGER PRIMARY KEY CHECK (one = 1), delivered_seq INTEGER NOT NULL, skipped_to_seq INTEGER NOT NULL
);
INSERT INTO place VALUES (1, 0, 0);
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
COMMIT;
"""

_CHECKPOINT_PAGES = 250
_LOG_BYTES = 4 << 20
_BUSY_MS = 2000
_LOOK_BACK = 3000
_LOOK_BACK_AT_MOST = 50_000


_DELIVERED = "seq <= (SELECT delivered_seq FROM place) AND seq NOT IN (SELECT seq FROM refused)"


class Which(StrEnum):
    """Sorts of results, as conditions of SQL. `BESIDE`: what goes with reps and sets and is neither."""

    ANY = "TRUE"
    DELIVERED = _DELIVERED
    BESIDE = f"kind NOT IN ('{Rep.TOPIC}', '{SetSummary.TOPIC}') AND NOT ({_DELIVERED})"
    REPS = f"kind = '{Rep.TOPIC}' AND NOT ({_DELIVERED})"
    SETS = f"kind = '{SetSummary.TOPIC}' AND NOT ({_DELIVERED})"


class DamagedError(Exception):
    """The file is no journal that can be trusted."""


class NewerError(Exception):
    """The file was written by a newer program; writing to it could destroy what we do not know."""


class JournalFile:
    """Raise DamagedError, NewerError, sqlite3.Error or OSError when the file cannot be used.

    After an sqlite3.Error of any method the file is to be closed and opened again: after a failed
    write nobody knows what of it reached the disk.
    """

    def __init__(self, path: Path, *, check: bool = True) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_MS / 1000.0)
        self._db.text_factory = lenient
        try:
            self._prepare(check)
        except sqlite3.DatabaseError as error:
            self.close()
            if is_damage(error) or error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
                raise DamagedError(str(error)) from error
            raise
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close; the log is emptied into the file when nobody else reads it."""
        self._db.close()

    @property
    def first_seq(self) -> int | None:
        """The oldest number kept."""
        return self._number("SELECT min(seq) FROM event")

    @property
    def last_seq(self) -> int:
        """The newest number kept, 0 when there is none."""
        return self._number("SELECT max(seq) FROM event") or 0

    @property
    def delivered_seq(self) -> int:
        """Up to here each result was acknowledged, or is listed as refused."""
        return self._number("SELECT delivered_seq FROM place") or 0

    @property
    def skipped_to_seq(self) -> int:
        """Numbers up to here will not be given out again, whether or not they are kept."""
        return self._number("SELECT skipped_to_seq FROM place") or 0

    @property
    def undelivered(self) -> int:
        """How many results are beyond `delivered_seq`."""
        return self._number("SELECT count(*) FROM event WHERE seq > (SELECT delivered_seq FROM place)") or 0

    @property
    def refused(self) -> dict[int, str]:
        """Results that the broker refused, with its reason; oldest first."""
        return dict(self._db.execute("SELECT seq, reason FROM refused ORDER BY seq").fetchall())

    @property
    def size_bytes(self) -> int:
        """Bytes in use by what is kept, without what pruning set free."""
        pages = (self._number("PRAGMA page_count") or 0) - (self._number("PRAGMA freelist_count") or 0)
        return pages * (self._number("PRAGMA page_size") or 0)

    def commit(
        self,
        entries: Iterable[Entry] = (),
        delivered_seq: int | None = None,
        refused: Iterable[tuple[int, str]] = (),
        taken_after_all: Iterable[int] = (),
        skipped_to_seq: int | None = None,
    ) -> None:
        """Put results and what became of older ones on the disk, all or nothing.

        A number that is there already, from a write that failed half-way, is written anew.
        """
        rows = [(entry.seq, entry.kind, entry.crc, entry.payload) for entry in entries]
        with self._all_or_nothing():
            self._db.executemany("INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?)", rows)
            self._db.executemany("INSERT OR REPLACE INTO refused VALUES (?, ?)", refused)
            self._db.executemany("DELETE FROM refused WHERE seq = ?", [(seq,) for seq in taken_after_all])
            if delivered_seq is not None:
                self._db.execute("UPDATE place SET delivered_seq = ?", (delivered_seq,))
            if skipped_to_seq is not None:
                self._db.execute("UPDATE place SET skipped_to_seq = ?", (skipped_to_seq,))

    def read(self, first_seq: int, last_seq: int, limit: int) -> tuple[list[Entry], list[int]]:
        """Up to `limit` results of a range in order, and the numbers of those whose check sum is wrong."""
        rows = self._db.execute(
            "SELECT seq, kind, crc, payload FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
            (first_seq, last_seq, limit),
        ).fetchall()
        return checked(rows)

    def latest(self, kind: str, limit: int) -> tuple[list[Entry], list[int]]:
        """The newest events of one kind, oldest first, and the numbers of the wrong ones.

        Looked for among the last `_LOOK_BACK` that are no faults: a loose wire must not push the sets
        out of sight. The file has no index, so `_LOOK_BACK_AT_MOST` bounds what faults may cost.
        """
        newest = self.last_seq
        (from_seq,) = self._db.execute(
            "SELECT min(seq) FROM "
            "(SELECT seq FROM event WHERE seq > ? AND kind <> ? ORDER BY seq DESC LIMIT ?)",
            (newest - _LOOK_BACK_AT_MOST, FaultEvent.TOPIC, _LOOK_BACK),
        ).fetchone()
        rows = self._db.execute(
            "SELECT seq, kind, crc, payload FROM event WHERE seq >= ? AND kind = ? ORDER BY seq DESC LIMIT ?",
            (newest - _LOOK_BACK if from_seq is None else from_seq, kind, limit),
        ).fetchall()
        return checked(reversed(rows))

    def oldest(self, which: Which, after_seq: int, before_seq: int, limit: int) -> list[tuple[int, str]]:
        """Number and kind of the oldest results of a sort between two numbers."""
        return self._db.execute(
            f"SELECT seq, kind FROM event WHERE seq > ? AND seq < ? AND {which} ORDER BY seq LIMIT ?",
            (after_seq, before_seq, limit),
        ).fetchall()

    def drop(self, numbers: Iterable[int]) -> None:
        """Take results out to make room, all or none; the newest must stay, since numbers go on from it."""
        rows = [(seq,) for seq in numbers]
        with self._all_or_nothing():
            self._db.executemany("DELETE FROM event WHERE seq = ?", rows)
            self._db.executemany("DELETE FROM refused WHERE seq = ?", rows)

    def remove(self, numbers: Iterable[int], *, changed: Iterable[Entry] = (), skipped_to_seq: int) -> None:
        """Take results out and write others anew, all or none; numbers go on behind `skipped_to_seq`."""
        rows = [(seq,) for seq in numbers]
        anew = [(entry.crc, entry.payload, entry.seq) for entry in changed]
        self._db.execute("PRAGMA secure_delete = ON")
        with self._all_or_nothing():
            self._db.executemany("DELETE FROM event WHERE seq = ?", rows)
            self._db.executemany("DELETE FROM refused WHERE seq = ?", rows)
            self._db.executemany("UPDATE event SET crc = ?, payload = ? WHERE seq = ?", anew)
            self._db.execute("UPDATE place SET skipped_to_seq = max(skipped_to_seq, ?)", (skipped_to_seq,))

    def shrink(self) -> None:
        """Write the file anew without what was taken out of it, and empty the log."""
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _number(self, query: str) -> int | None:
        row = self._db.execute(query).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def _prepare(self, check: bool) -> None:
        version = self._number("PRAGMA user_version")
        if version is not None and version > _VERSION:
            raise NewerError(f"{self.path} was written by a newer version of this program")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        self._db.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        self._db.execute("PRAGMA cache_size = -1024")
        if version == 0:
            if self._number("SELECT count(*) FROM sqlite_master"):
                raise DamagedError("it is a database of something else")
            self._db.executescript(_SCHEMA)
            synchronise_folder(self.path.parent)
        elif self._number("PRAGMA application_id") != _APPLICATION_ID:
            raise DamagedError("it is a database of something else")
        if check:
            said = str(self._db.execute("PRAGMA quick_check(1)").fetchone()[0])
            if said != "ok":
                raise DamagedError(said.splitlines()[-1])
        if self._number("SELECT count(*) FROM place") != 1:
            raise DamagedError("it does not say what was delivered")


def checked(rows: Iterable[tuple[object, ...]]) -> tuple[list[Entry], list[int]]:
    """Turn rows into entries; the numbers of rows whose check sum is wrong come apart."""
    entries, wrong = [], []
    for seq, kind, crc, payload in rows:
        if isinstance(seq, int) and isinstance(kind, str) and isinstance(payload, bytes):
            entry = Entry(seq, kind, payload)
            if entry.crc == crc:
                entries.append(entry)
                continue
        wrong.append(seq if isinstance(seq, int) else 0)
    return entries, wrong


def lenient(text: bytes) -> str:
    """Damaged text is text too; the check sum tells."""
    return text.decode("utf-8", "replace")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file itself is wrong, rather than the disk or the moment."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
