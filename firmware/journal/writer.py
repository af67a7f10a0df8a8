"""Writer: the journal's file in use by its thread, opened again whenever the disk failed."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from firmware.journal.entry import Entry
from firmware.journal.file import DamagedError, JournalFile, NewerError, is_damage
from firmware.journal.mark import Mark
from firmware.journal.opening import mark_beside, open_journal
from firmware.journal.outbox import Outbox
from firmware.journal.pruning import Pruning

FAILURES = (sqlite3.Error, OSError, DamagedError, NewerError)
"""What a file or a disk can answer with; anything else is a mistake in the program."""

_READ_AT_ONCE = 100
_PRUNE_EVERY = 32

log = logging.getLogger(__name__)


def why(error: Exception) -> str:
    """Say why nothing can be written, and what to do about it."""
    if isinstance(error, FAILURES):
        return f"{error}; check the disk"
    return f"a mistake in the program, please report it: {type(error).__name__}: {error}"


class Writer:
    """Continues the numbers, writes results with the broker's answers, and keeps the file in bounds.

    All but `answered` belongs to the journal's thread. After an exception it is to be closed and opened
    again.
    """

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self.path = path
        self.next_seq = 1
        self._pruning = Pruning(limit_bytes)
        self._file: JournalFile | None = None
        self._mark: Mark = mark_beside(path)
        self._check = True
        self._opened_before = False
        self._answers: dict[int, str | None] = {}
        self._answers_lock = threading.Lock()
        self._refused: set[int] = set()
        self._written_delivered_seq = 0
        self._since_pruned = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a file to write to."""
        return self._file is not None

    @property
    def last_seq(self) -> int:
        """The newest number on the disk."""
        return self._opened.last_seq

    @property
    def first_seq(self) -> int | None:
        """The oldest number on the disk."""
        return self._opened.first_seq

    @property
    def size_bytes(self) -> int:
        """What all results take on the disk."""
        return self._opened.size_bytes

    @property
    def lost(self) -> dict[str, int]:
        """How many results were dropped before the broker had taken them, by kind."""
        return dict(self._pruning.lost)

    @property
    def all_answers_written(self) -> bool:
        """Whether the disk knows each refusal."""
        with self._answers_lock:
            return not self._answers

    def open(self) -> tuple[str, ...]:
        """Open the file, checked the first time and after damage; return what was found wrong with it."""
        if self._opened_before and not self._check:
            # What a failed write left behind is beyond `next_seq` and is written anew.
            self._file = JournalFile(self.path, check=False)
            return ()
        opened = open_journal(self.path)
        self._file, self.next_seq = opened.file, max(opened.next_seq, self.next_seq)
        self._refused = set(self._file.refused)
        self._opened_before, self._check = True, False
        return opened.notes

    def close(self) -> None:
        """Close the file; closing it can fail no more than what led to it."""
        if self._file is not None:
            try:
                self._file.close()
            except sqlite3.Error as error:
                log.warning("closing the journal: %s", error)
            self._file = None

    def answered(self, seq: int, refusal: str | None) -> None:
        """Note the broker's answer for the next commit; accepting what was never refused needs none."""
        with self._answers_lock:
            if refusal is not None or seq in self._refused or seq in self._answers:
                self._answers[seq] = refusal

    def commit(self, entries: Sequence[Entry], delivered_seq: int) -> None:
        """Put results on the disk, with the answers noted so far."""
        with self._answers_lock:
            answers = dict(self._answers)
        try:
            self._opened.commit(
                entries,
                delivered_seq if delivered_seq > self._written_delivered_seq else None,
                [(seq, reason) for seq, reason in answers.items() if reason is not None],
                [seq for seq, reason in answers.items() if reason is None],
            )
        except sqlite3.Error as error:
            self._check = self._check or is_damage(error)
            raise
        self._written_delivered_seq = max(delivered_seq, self._written_delivered_seq)
        with self._answers_lock:
            self._refused |= {seq for seq, reason in answers.items() if reason is not None}
            self._refused -= {seq for seq, reason in answers.items() if reason is None}
            for seq, reason in answers.items():
                if self._answers.get(seq, "") == reason:
                    del self._answers[seq]
        if entries:
            self.next_seq = entries[-1].seq + 1
            self._raise_mark(entries[-1].seq)
            self._since_pruned += len(entries)

    def outbox(self) -> Outbox:
        """What the broker has not taken, as the disk knows it."""
        file = self._opened
        return Outbox(file.delivered_seq, file.last_seq, file.undelivered, file.refused)

    def tidy(self, outbox: Outbox, outbox_lock: threading.Condition) -> None:
        """Drop results where the file is too large; apart, since what is committed is safe."""
        if self._since_pruned >= _PRUNE_EVERY:
            self._since_pruned = 0
            self._pruning.prune(self._opened, outbox, outbox_lock)

    def read(self, first_seq: int, last_seq: int, limit: int) -> list[Entry]:
        """Read results of a range; those whose check sum is wrong are left out and logged."""
        return self._right(lambda: self._opened.read(first_seq, last_seq, limit))

    def latest(self, kind: str, limit: int) -> list[Entry]:
        """Read the newest results of one kind, oldest first."""
        return self._right(lambda: self._opened.latest(kind, limit))

    def _right(self, read: Callable[[], tuple[list[Entry], list[int]]]) -> list[Entry]:
        try:
            entries, wrong = read()
        except sqlite3.Error as error:
            self._check = self._check or is_damage(error)
            raise
        if wrong:
            log.error("the journal's results %s are damaged and left out", ", ".join(map(str, wrong)))
        return entries

    def load(self, first_seq: int, last_seq: int) -> tuple[list[Entry], int]:
        """Read the next part of a range, and say up to which number it is complete."""
        entries = self.read(first_seq, last_seq, _READ_AT_ONCE)
        return entries, last_seq if len(entries) < _READ_AT_ONCE else entries[-1].seq

    def _raise_mark(self, seq: int) -> None:
        try:
            self._mark.write(seq)
        except OSError as error:
            # The results themselves are safe; only the second witness of their numbers is not.
            log.warning("the journal's mark cannot be written: %s", error)

    @property
    def _opened(self) -> JournalFile:
        assert self._file is not None
        return self._file
