"""Pruning: what goes when the journal is too large, the least missed first."""

import logging
import threading
from collections import Counter

from firmware.journal.file import JournalFile, Which
from firmware.journal.outbox import Outbox

_AT_ONCE = 64
"""More than are ever on their way to the broker, which stay."""

_TIMES = 16

_UNDELIVERED = (Which.BESIDE, Which.REPS, Which.SETS)

log = logging.getLogger(__name__)


class Pruning:
    """Keeps a journal's file within its limit, by size and not by age.

    A Pi has no clock battery, and a wrong date must not delete anything. What was delivered goes first, the
    oldest first; then what the broker has not taken of faults, cues and rejected movements; then reps, and
    sets last. Where nothing is ever published, the oldest goes, whatever it is.
    `lost`: how many the broker had not taken, by kind.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.lost: Counter[str] = Counter()
        self._limit_bytes = limit_bytes
        self._looked_to_seq: dict[Which, int] = {}

    def prune(self, file: JournalFile, outbox: Outbox, outbox_lock: threading.Condition) -> None:
        """Drop results while the file is too large, a bounded number of them; raise what the disk does."""
        for _ in range(_TIMES):
            if file.size_bytes <= self._limit_bytes or not self._drop_some(file, outbox, outbox_lock):
                return

    def _drop_some(self, file: JournalFile, outbox: Outbox, outbox_lock: threading.Condition) -> bool:
        """Drop some of the first sort that has any; False when nothing is left to be dropped."""
        for which in (Which.DELIVERED, *_UNDELIVERED) if outbox.published else (Which.ANY,):
            found = self._found(file, which)
            with outbox_lock:
                under_way = outbox.on_the_way
            going = {seq: kind for seq, kind in found if seq not in under_way}
            if going:
                file.drop(going)
                with outbox_lock:
                    lost = outbox.dropped(going)
                if lost:
                    log.error("the journal is full: dropped before the broker had them: %s", dict(lost))
                    self.lost = self.lost + lost
                return True
        return False

    def _found(self, file: JournalFile, which: Which) -> list[tuple[int, str]]:
        """Return the oldest of a sort. The newest result stays: numbers go on from it.

        Results only come to be delivered, so nobody looks twice where none of a sort was left that was not.
        """
        newest = file.last_seq
        found = file.oldest(which, self._looked_to_seq.get(which, 0), newest, _AT_ONCE)
        if which in _UNDELIVERED and len(found) < _AT_ONCE:
            self._looked_to_seq[which] = newest - 1
        return found
