"""Forgetting: results taken out of a journal for good, without any number being given out again."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from firmware.errors import FaultError
from firmware.journal.entry import Entry
from firmware.journal.file import DamagedError, JournalFile, NewerError
from firmware.journal.lock import JournalLock

_AT_ONCE = 500


class _Dated(msgspec.Struct):
    ts: str | None = None


def forget_results(path: Path, before: datetime | None) -> int:
    """Take out the results that happened before a moment, None for all; return how many.

    A result of which nobody knows the time stays unless all go. What the broker had not taken yet is gone,
    too. The freed pages are overwritten and given back, as far as the disk does as it is told; files that
    were put aside as damaged are deleted where all go. Raise FaultError when another program uses the
    journal, or it cannot be read or written.
    """
    if not path.exists():
        return 0
    lock = JournalLock(path)
    lock.take()
    try:
        return _forget(path, before)
    except (DamagedError, NewerError, sqlite3.Error, OSError) as error:
        raise FaultError(
            f"the journal {path} cannot be changed ({error}); nothing of it was forgotten"
        ) from None
    finally:
        lock.release()


def _forget(path: Path, before: datetime | None) -> int:
    file = JournalFile(path)
    try:
        last_seq = file.last_seq
        gone = list(_numbers(file, last_seq, before))
        file.remove(gone, skipped_to_seq=last_seq)
        with suppress(sqlite3.Error):  # no room for a smaller copy: what is gone was overwritten all the same
            file.shrink()
    finally:
        file.close()
    if before is None:
        for aside in path.parent.glob(f"{path.name}.damaged-*"):
            aside.unlink()
    return len(gone)


def _numbers(file: JournalFile, last_seq: int, before: datetime | None) -> Iterator[int]:
    """The numbers of what is to go."""
    after = 0
    while True:
        entries, wrong = file.read(after + 1, last_seq, _AT_ONCE)
        if not entries and not wrong:
            return
        yield from (entry.seq for entry in entries if before is None or _happened(entry, before))
        yield from wrong if before is None else ()
        after = max([entry.seq for entry in entries] + wrong)


def _happened(entry: Entry, before: datetime) -> bool:
    """Whether a result is known to have happened before a moment."""
    try:
        ts = msgspec.json.decode(entry.payload, type=_Dated).ts
        return ts is not None and datetime.fromisoformat(ts) < before
    except ValueError:
        return False
