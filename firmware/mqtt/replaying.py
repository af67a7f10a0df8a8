"""Replaying: results of a range, published once more as they were, on request."""

from collections import deque
from concurrent.futures import Future
from typing import Protocol

from firmware.journal.entry import Entry
from firmware.journal.status import JournalStatus

_AT_ONCE = 50


class Recalls(Protocol):
    """Where older results are: the journal."""

    def recall(self, first_seq: int, last_seq: int, limit: int) -> "Future[list[Entry]]":
        """Read results of a range, oldest first."""

    def latest(self, kind: str, limit: int) -> "Future[list[Entry]]":
        """Read the newest results of one kind, oldest first."""

    @property
    def status(self) -> JournalStatus:
        """How it stands."""


class Replaying:
    """One range at a time, read in parts as they go out; nothing here waits for the disk.

    The same bytes are published on the same topic: a subscriber knows by the `id` what it has already.
    """

    def __init__(self, recalls: Recalls) -> None:
        self._recalls = recalls
        self._next_seq = self._last_seq = 0
        self._reading: Future[list[Entry]] | None = None
        self._entries: deque[Entry] = deque()

    @property
    def active(self) -> bool:
        """Whether there is more to publish."""
        return self._reading is not None or bool(self._entries)

    def begin(self, first_seq: int, last_seq: int) -> None:
        """Begin with a range; one that is under way is given up."""
        self._entries.clear()
        self._next_seq, self._last_seq = first_seq, last_seq
        self._read_on()

    def first(self) -> Entry | None:
        """The next result to publish, None while it is read or when there is none."""
        if not self._entries and self._reading is not None and self._reading.done():
            reading, self._reading = self._reading, None
            if reading.exception() is None and reading.result():
                self._entries.extend(reading.result())
                self._next_seq = self._entries[-1].seq + 1
                self._read_on()
        return self._entries[0] if self._entries else None

    def published(self) -> None:
        """The first one was handed to the link."""
        self._entries.popleft()

    def _read_on(self) -> None:
        self._reading = None
        if self._next_seq <= self._last_seq:
            self._reading = self._recalls.recall(self._next_seq, self._last_seq, _AT_ONCE)
