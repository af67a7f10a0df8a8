"""Forgetting: results taken out of a journal for good, without any number being given out again."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from firmware.errors import FaultError
from firmware.forgotten import Wish, without_comparison
from firmware.journal.entry import Entry
from firmware.journal.file import DamagedError, JournalFile, NewerError
from firmware.journal.lock import JournalLock
from firmware.journal.opening import open_journal

log = logging.getLogger(__name__)

_AT_ONCE = 500


class _Told(msgspec.Struct):
    ts: str | None = None
    session: str | None = None
    vs_last_session: str | None = None


@dataclass(slots=True)
class ForgottenResults:
    """Numbers of the results that went, and the sessions of those and of all others.

    `compared`: by the number of a set that stays, the session that it is compared with. `freed`: how many of
    these sets are compared with nobody now.
    """

    numbers: list[int] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    compared: dict[int, str] = field(default_factory=dict)
    freed: int = 0


def forget_results(path: Path, wish: Wish) -> ForgottenResults:
    """Take out the results that are to go, and from those that stay what compares them with a forgotten one.

    A result of which nobody knows the time stays unless all go, or its session. What the broker had not taken
    yet is gone, too. The freed pages are overwritten and given back, as far as the disk does as it is told.
    What is damaged or was put aside as damaged is deleted, since nobody can tell whose it is. Raise
    FaultError when another program uses the journal, or it cannot be read or written.
    """
    if not any(path.parent.glob(f"{path.name}*")):
        return ForgottenResults()
    lock = JournalLock(path)
    lock.take()
    try:
        return _forget(path, wish)
    except (DamagedError, NewerError, sqlite3.Error, OSError) as error:
        raise FaultError(
            f"the journal {path} cannot be changed ({error}); nothing of it was forgotten"
        ) from None
    finally:
        lock.release()


def _forget(path: Path, wish: Wish) -> ForgottenResults:
    opened = open_journal(path)
    for note in opened.notes:
        log.warning("%s", note)
    file = opened.file
    try:
        last_seq = file.last_seq
        found = _found(file, last_seq, wish)
        changed = list(_uncompared(file, found, wish.unmentioned(found.gone, found.kept)))
        found.freed = len(changed)
        file.remove(found.numbers, changed=changed, skipped_to_seq=last_seq)
        with suppress(sqlite3.Error):  # no room for a smaller copy: what is gone was overwritten all the same
            file.shrink()
    finally:
        file.close()
    for aside in path.parent.glob(f"{path.name}.damaged-*"):
        aside.unlink()
    return found


def _found(file: JournalFile, last_seq: int, wish: Wish) -> ForgottenResults:
    """Look through all results."""
    found = ForgottenResults()
    after = 0
    while True:
        entries, wrong = file.read(after + 1, last_seq, _AT_ONCE)
        if not entries and not wrong:
            return found
        for entry in entries:
            told, happened = _told(entry)
            goes = wish.covers(told.session, happened)
            if told.session is not None:
                (found.gone if goes else found.kept).add(told.session)
            if goes:
                found.numbers.append(entry.seq)
            elif told.vs_last_session is not None:
                found.compared[entry.seq] = told.vs_last_session
        found.numbers += wrong
        after = max([entry.seq for entry in entries] + wrong)


def _uncompared(
    file: JournalFile, found: ForgottenResults, forgotten: Callable[[str], bool]
) -> Iterator[Entry]:
    """The sets that stay and were compared with a forgotten session, without that."""
    for seq, session in found.compared.items():
        if forgotten(session):
            (entry,), _ = file.read(seq, seq, 1)
            yield Entry(entry.seq, entry.kind, without_comparison(entry.payload))


def _told(entry: Entry) -> tuple[_Told, datetime | None]:
    """What a result says of itself, and when it happened where that is known."""
    try:
        told = msgspec.json.decode(entry.payload, type=_Told)
        happened = None if told.ts is None else datetime.fromisoformat(told.ts)
    except (ValueError, RecursionError):
        return _Told(), None
    return told, None if happened is None or happened.tzinfo is None else happened
