"""Salvage: what can still be read of a damaged journal, brought into a new one."""

import sqlite3
from contextlib import closing
from pathlib import Path

from firmware.journal.file import JournalFile, checked

_AT_ONCE = 100
_AT_MOST = 500_000
"""Numbers looked for, from the newest back."""

_AHEAD = 1000
"""So far the newest result may be ahead of the mark; a damaged page may claim any number."""

_RANGE = "SELECT seq, kind, crc, payload FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq"


def salvage(path: Path, into: JournalFile, highest_seq: int) -> int:
    """Bring every result with a right check sum into a new file; return how many.

    Numbers are looked up one by one where a page is wrong, so that one page does not cost the rest.
    What was delivered is taken over where it can be read; otherwise everything is delivered again,
    which a subscriber notices by the `id`. The damaged file is only read.
    """
    with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as old:
        last_seq = _number(old, "SELECT max(seq) FROM event") or 0
        if highest_seq:
            last_seq = min(max(last_seq, highest_seq), highest_seq + _AHEAD)
        first_seq = max(_number(old, "SELECT min(seq) FROM event") or 1, last_seq - _AT_MOST, 1)
        saved = 0
        for start in range(first_seq, last_seq + 1, _AT_ONCE):
            entries, _ = checked(_rows(old, start, min(start + _AT_ONCE - 1, last_seq)))
            if entries:
                into.commit(entries)
                saved += len(entries)
        into.commit(
            delivered_seq=min(_number(old, "SELECT delivered_seq FROM place") or 0, last_seq),
            refused=_refused(old),
        )
    return saved


def _rows(old: sqlite3.Connection, first_seq: int, last_seq: int) -> list[tuple[object, ...]]:
    try:
        return old.execute(_RANGE, (first_seq, last_seq)).fetchall()
    except sqlite3.DatabaseError:
        if first_seq == last_seq:
            return []
    return [row for seq in range(first_seq, last_seq + 1) for row in _rows(old, seq, seq)]


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
