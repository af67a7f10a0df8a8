"""Outbox: where results wait for the broker; the journal is one, this is the other, in memory."""

from collections import deque
from typing import Protocol

from firmware.journal.entry import Entry
from firmware.numbering import Numbered


class Outbox(Protocol):
    """Gives results in order; what is taken is either put back at once or settled by the broker's answer."""

    def add(self, numbered: Numbered) -> None:
        """Learn of a result, where it has not come here by another way."""

    def take(self) -> Entry | None:
        """The next result to send."""

    def put_back(self, entry: Entry) -> None:
        """Take back the result that `take` gave last."""

    def settle(self, seq: int, refusal: str | None) -> None:
        """Learn the broker's answer: why it refused the result, None when it took it."""

    def offer_refused(self) -> None:
        """Let a refused result be taken once more."""

    @property
    def waiting(self) -> int:
        """How many results the broker has neither taken nor refused."""


class MemoryOutbox:
    """For a recording that is played: it can be played again, so that nothing need outlive the process."""

    def __init__(self) -> None:
        self._ready: deque[Entry] = deque()
        self._on_the_way: set[int] = set()

    def add(self, numbered: Numbered) -> None:
        """Take a result, about 1 kB."""
        self._ready.append(Entry(numbered.envelope.seq, numbered.result.TOPIC, numbered.payload))

    def take(self) -> Entry | None:
        """The next result to send."""
        if not self._ready:
            return None
        entry = self._ready.popleft()
        self._on_the_way.add(entry.seq)
        return entry

    def put_back(self, entry: Entry) -> None:
        """Take back the result that `take` gave last."""
        self._on_the_way.discard(entry.seq)
        self._ready.appendleft(entry)

    def settle(self, seq: int, refusal: str | None) -> None:
        """Forget a result that the broker has answered."""
        self._on_the_way.discard(seq)

    def offer_refused(self) -> None:
        """A refused result is not kept."""

    @property
    def waiting(self) -> int:
        """How many results the broker has not answered."""
        return len(self._ready) + len(self._on_the_way)
