"""Outbox: the results that the broker has not taken yet, in order, a bounded part of them in memory."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence

from firmware.journal.entry import Entry

IN_MEMORY = 200
"""Results ready to be sent; the others wait on the disk."""


class Outbox:
    """What is to be sent and what became of it; used under the journal's lock.

    A result is `ready`, then `on the way` once taken, then settled. `delivered_seq` is below every
    result that is not settled. A refused one counts as settled and is listed apart; it is offered
    again, one at a time, through `offer_again`. `undelivered`: how many are kept beyond `delivered_seq`.
    """

    def __init__(self, delivered_seq: int, last_seq: int, undelivered: int, refused: Iterable[int]) -> None:
        self._ready: deque[Entry] = deque()
        self._loaded_seq = delivered_seq
        self._last_seq = max(last_seq, delivered_seq)  # the newest may have been forgotten
        self._not_loaded = undelivered
        self._on_the_way: dict[int, Entry] = {}
        self._again: Entry | None = None
        self.refused: dict[int, None] = dict.fromkeys(refused)
        self.published = False
        """Whether anybody takes what is to be sent."""

    @property
    def delivered_seq(self) -> int:
        """Everything up to here is settled."""
        waiting = [seq for seq in self._on_the_way if seq not in self.refused]
        waiting += [self._ready[0].seq] if self._ready else []
        return min(waiting) - 1 if waiting else self._loaded_seq

    @property
    def waiting(self) -> int:
        """How many are not settled, refused ones apart."""
        under_way = sum(1 for seq in self._on_the_way if seq not in self.refused)
        return len(self._ready) + under_way + self._not_loaded

    @property
    def on_the_way(self) -> Collection[int]:
        """Numbers of the results that were taken and are not settled."""
        return frozenset(self._on_the_way)

    @property
    def wanted(self) -> tuple[int, int] | None:
        """The numbers between which more is to be read from the disk, None when enough is at hand."""
        if self._loaded_seq >= self._last_seq or len(self._ready) > IN_MEMORY // 2:
            return None
        return self._loaded_seq + 1, self._last_seq

    @property
    def first_refused(self) -> int | None:
        """The refused result whose turn it is to be offered again."""
        return next(iter(self.refused), None)

    def committed(self, entries: Iterable[Entry]) -> None:
        """Learn of new results on the disk."""
        for entry in entries:
            if self._loaded_seq >= self._last_seq and len(self._ready) < IN_MEMORY:
                self._ready.append(entry)
                self._loaded_seq = entry.seq
            else:
                self._not_loaded += 1
            self._last_seq = entry.seq

    def loaded(self, entries: Iterable[Entry], up_to_seq: int) -> None:
        """Take what was read from the disk, complete up to a number."""
        before = len(self._ready)
        self._ready.extend(entries)
        self._loaded_seq = up_to_seq
        read = len(self._ready) - before
        self._not_loaded = self._not_loaded - read if up_to_seq < self._last_seq else 0

    def dropped(self, gone: Mapping[int, str]) -> Counter[str]:
        """Learn the kinds, by number, of results that are on the disk no more.

        Return how many of each kind are lost, since the broker has not taken them; what is on its way is not.
        Where nothing is published, nothing is lost.
        """
        waiting = {entry.seq for entry in self._ready} | self.refused.keys() - self._on_the_way.keys()
        lost = Counter(kind for seq, kind in gone.items() if seq > self._loaded_seq or seq in waiting)
        self._not_loaded -= sum(1 for seq in gone if seq > self._loaded_seq)
        self._ready = deque(entry for entry in self._ready if entry.seq not in gone)
        self.refused = {seq: None for seq in self.refused if seq not in gone}
        if self._again is not None and self._again.seq in gone:
            self._again = None
        return lost if self.published else Counter()

    def take(self) -> Entry | None:
        """The next result to send, which is on its way from now on."""
        self.published = True
        if self._again is not None:
            entry, self._again = self._again, None
        elif self._ready:
            entry = self._ready.popleft()
        else:
            return None
        self._on_the_way[entry.seq] = entry
        return entry

    def put_back(self, entry: Entry) -> None:
        """Take back the result that `take` gave last and that could not be sent."""
        self._on_the_way.pop(entry.seq, None)
        if entry.seq in self.refused:
            self._again = entry
        else:
            self._ready.appendleft(entry)

    def settle(self, seq: int, *, refused: bool) -> None:
        """Learn what the broker said."""
        self._on_the_way.pop(seq, None)
        self.refused.pop(seq, None)
        if refused:
            self.refused[seq] = None

    def offer_again(self, seq: int, found: Sequence[Entry]) -> None:
        """Send a refused result once more, before the others; forget one that is no longer kept."""
        if found:
            self._again = found[0]
        else:
            self.refused.pop(seq, None)
