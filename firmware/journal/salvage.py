"""Salvage: what can still be read of a damaged journal, brought into a new one."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from firmware.journal.entry import Entry
from firmware.journal.file import JournalFile, checked, lenient

_AT_ONCE = 100
_IN_A_COMMIT = 5000
_AT_MOST = 500_000
"""Numbers looked for, from the newest back."""

_AHEAD = 1000
"""So far the newest result may be ahead of the mark; a damaged page may claim any number."""

log = logging.getLogger(__name__)

_RANGE = "SELECT seq, kind, crc, payload FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq"
_SCANS = (_RANGE, f"{_RANGE} DESC")


def salvage(path: Path, into: JournalFile, highest_seq: int) -> int:
    """Bring every result with a right check sum into a new file; return how many.

    A scan ends early at a page that is wrong or at a number out of its order. So each part is scanned
    from both ends, and what is still missing is looked up number by number. Without its first page,
    and the first of the table, a file tells nothing.
    What was delivered is taken over where it can be read; otherwise everything is delivered again,
    which a subscriber notices by the `id`. The damaged file is only read.
    """
    with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as old:
        old.text_factory = lenient
        last_seq = _number(old, "SELECT max(seq) FROM event") or 0
        if highest_seq:
            last_seq = min(max(last_seq, highest_seq), highest_seq + _AHEAD)
        saved, ready = 0, list[Entry]()
        for start in range(max(last_seq - _AT_MOST, 1), last_seq + 1, _AT_ONCE):
            ready += _read(old, start, min(start + _AT_ONCE - 1, last_seq))
            if len(ready) >= _IN_A_COMMIT:
                into.commit(ready)
                saved, ready = saved + len(ready), []
        saved += len(ready)
        into.commit(
            ready,
            delivered_seq=min(_number(old, "SELECT delivered_seq FROM place") or 0, last_seq),
            refused=_refused(old),
        )
    return saved


def _read(old: sqlite3.Connection, first_seq: int, last_seq: int) -> list[Entry]:
    found: dict[int, Entry] = {}
    for query in _SCANS:
        _look(old, query, first_seq, last_seq, found)
        if len(found) > last_seq - first_seq:
            break
    for seq in range(first_seq, last_seq + 1):
        if seq not in found:
            _look(old, _RANGE, seq, seq, found)
    return [found[seq] for seq in sorted(found)]


def _look(
    old: sqlite3.Connection, query: str, first_seq: int, last_seq: int, found: dict[int, Entry]
) -> None:
    """Add what a query gives before the damage ends it."""
    try:
        for row in old.execute(query, (first_seq, last_seq)):
            entries, _ = checked([row])
            found.update((entry.seq, entry) for entry in entries if first_seq <= entry.seq <= last_seq)
    except sqlite3.DatabaseError as error:
        log.info("looking for %d to %d: %s", first_seq, last_seq, error)


def _number(old: sqlite3.Connection, query: str) -> int | None:
    try:
        (value,) = old.execute(query).fetchone() or (None,)
    except sqlite3.DatabaseError:
        return None
    return value if isinstance(value, int) else None


def _refused(old: sqlite3.Connection) -> list[tuple[int, str]]:
    try:
        rows = old.execute("SELECT seq, reason FROM refused").fetchall()
    except sqlite3.DatabaseError:
        return []
    return [(seq, reason) for seq, reason in rows if isinstance(seq, int) and isinstance(reason, str)]
