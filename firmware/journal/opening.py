"""Opening: a journal checked, a damaged one put aside with what can be saved of it, no number used twice."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from firmware.durable import synchronise_folder
from firmware.journal.file import DamagedError, JournalFile
from firmware.journal.mark import Mark
from firmware.journal.salvage import salvage

MARGIN = 1000
"""Numbers skipped where results may have been lost: more than the mark can be behind after a power cut,
since a lifter who never rests makes about 30 results in a minute and Linux writes its mark in half of one."""

BACKUP_MARGIN = 1_000_000
"""Numbers skipped where a journal was put back from a backup: more than were given out since, unless that is
years old."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A journal ready for use. `notes` say what was found wrong, one line each, and what was done."""

    file: JournalFile
    mark: Mark
    next_seq: int
    notes: tuple[str, ...] = ()


def mark_beside(path: Path) -> Mark:
    """The mark that belongs to a journal file."""
    return Mark(path.with_name(path.name + ".mark"))


def open_journal(path: Path) -> Opened:
    """Open or begin the journal at `path`, whose folder exists.

    Checking reads the whole file: 0.5 s for 200 MB that Linux has in memory, else as long as the disk takes.
    Raise NewerError, sqlite3.Error or OSError when it cannot be used now.
    """
    mark = mark_beside(path)
    highest, without_mark = mark.read(), mark.absent
    _finish_replacing(path)
    notes = []
    try:
        file = _opened(path)
    except DamagedError as error:
        aside, saved = _replace(path, highest)
        notes.append(
            f"the journal {path} is damaged ({error}); it was put aside as {aside.name}, "
            f"{saved} results of it were saved"
        )
        file = JournalFile(path)
    try:
        kept = max(file.last_seq, file.skipped_to_seq)
        if highest > kept:
            lost = f"{kept + 1} to {highest}" if highest > kept + 1 else f"{highest}"
            notes.append(f"the journal {path} no longer has what was numbered {lost}")
            kept = highest + MARGIN
            file.commit(skipped_to_seq=kept)
            mark.write(kept, sync=True)
        if without_mark:
            if kept:
                notes.append(f"the journal {path} was put back without its mark; numbers go on far behind")
                kept += BACKUP_MARGIN
                file.commit(skipped_to_seq=kept)
            mark.write(kept, sync=True)
            synchronise_folder(path.parent)
    except BaseException:
        file.close()
        raise
    return Opened(file, mark, kept + 1, tuple(notes))


def _opened(path: Path) -> JournalFile:
    """Open the file; it is damaged if it is so twice: SQLite says it of a read that failed once, too."""
    with suppress(DamagedError):
        return JournalFile(path)
    return JournalFile(path)


def _replace(path: Path, highest: int) -> tuple[Path, int]:
    """Put a new file with what could be saved in the place of a damaged one, so that a kill hurts nothing."""
    fresh = _fresh(path)
    for old in (fresh, *_companions(fresh)):
        old.unlink(missing_ok=True)
    file = JournalFile(fresh)
    try:
        saved = salvage(path, file, highest)
        file.commit(skipped_to_seq=max(file.last_seq, highest) + MARGIN)
    finally:
        file.close()
    aside = _free_name(path)
    path.rename(aside)
    for old, new in zip(_companions(path), _companions(aside), strict=True):
        if old.exists():
            old.rename(new)
    _finish_replacing(path)
    return aside, saved


def _finish_replacing(path: Path) -> None:
    """Give the new file its name; also when a kill came between the two renamings."""
    if not path.exists() and _fresh(path).exists():
        for log in _companions(path):
            log.unlink(missing_ok=True)
        # A log that a power cut left its name beside the new file would be taken for that one's.
        synchronise_folder(path.parent)
        _fresh(path).rename(path)
        synchronise_folder(path.parent)


def _fresh(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _companions(path: Path) -> tuple[Path, Path]:
    """The write-ahead log and its index."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside
