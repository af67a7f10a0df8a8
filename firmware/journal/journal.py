"""The journal: a thread of its own that puts results on the disk, behind one queue."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

from firmware.faults import FaultEvent
from firmware.journal.entry import Entry
from firmware.journal.lock import JournalLock
from firmware.journal.outbox import Outbox
from firmware.journal.pending import Pending
from firmware.journal.reads import Reads
from firmware.journal.status import JournalStatus
from firmware.journal.writer import FAILURES, Writer, why
from firmware.numbering import Numbered, unsaved
from tracker.messages import Result

LIMIT_BYTES = 200_000_000
"""About 150,000 results: five months at 1,000 a day."""

PATIENCE_S = 1.0
"""A result that the disk has not taken for so long is shown all the same, as not saved."""

_UNSAVED_AT_MOST = 5000
_FAULTS_SHARE = 0.5
_AT_ONCE = 64
_SETTLE_S = 60.0
_RETRY_S = (0.25, 5.0)

log = logging.getLogger(__name__)


class Journal:
    """Numbers the results of one device and keeps them; only what is on the disk is confirmed.

    No method waits for the disk, except as long as `kept` and `close` are told to. `keep` takes a
    result, `kept` gives it back with its number once it is safe; `note` takes a fault, which only the
    publisher gets; `take`, `put_back` and `settle` are the publisher's; `recall` reads older ones. A disk
    that is full or fails holds up nobody: results wait in memory, are shown as not saved after `PATIENCE_S`,
    and are written when it recovers; what is not written is not published. A file that turns out damaged is
    put aside (`status.notes`). No exception ends the thread.
    """

    def __init__(
        self,
        path: Path,
        device: str,
        *,
        limit_bytes: int = LIMIT_BYTES,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._device = device
        self._clock = clock
        self._writer = Writer(path, limit_bytes)
        self._lock = JournalLock(path)
        self._changed = threading.Condition()
        self._pending: deque[Pending] = deque()
        self._confirmed: deque[Numbered] = deque()
        self._reads = Reads()
        self._outbox = Outbox(0, 0, 0, ())
        self._status = JournalStatus()
        self._dirty_since_s: float | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        """Begin to open the file, in the background. Raise FaultError when another program uses it."""
        self._lock.take()
        self._thread.start()

    def keep(self, result: Result, ts: str | None, time_sync: bool = False) -> None:
        """Take a result that happened at `ts` (RFC 3339 UTC, None when nobody knows)."""
        with self._changed:
            if not self._queued(result, ts, time_sync):
                self._confirmed.append(unsaved(self._device, result, ts, time_sync))

    def note(self, fault: FaultEvent, ts: str | None, time_sync: bool = False) -> None:
        """Take a fault that came or went at `ts`; it is numbered among the results and not given back.

        While the disk takes nothing, faults leave room for reps: none is taken once half of it is used.
        """
        with self._changed:
            if len(self._pending) < _FAULTS_SHARE * _UNSAVED_AT_MOST:
                self._queued(fault, ts, time_sync)

    def _queued(self, event: Result | FaultEvent, ts: str | None, time_sync: bool) -> bool:
        """Let it be written; False where there is no place for it while the disk takes nothing."""
        if len(self._pending) >= _UNSAVED_AT_MOST:
            self._status = replace(self._status, dropped=self._status.dropped + 1)
            return False
        self._pending.append(Pending(event, ts, time_sync, self._clock()))
        self._changed.notify_all()
        return True

    def kept(self, within_s: float = 0.0) -> list[Numbered]:
        """Each result once, in order: those on the disk by now, and those that wait for it too long.

        Waits `within_s` at most until nothing is left to be written.
        """
        with self._changed:
            if within_s > 0.0:
                self._changed.wait_for(lambda: not self._pending, within_s)
            out = list(self._confirmed)
            self._confirmed.clear()
            late = [each for each in self._pending if self._clock() - each.since_s >= PATIENCE_S]
            out += [one for each in late if (one := each.unsaved(self._device)) is not None]
        return out

    def add(self, numbered: Numbered) -> None:
        """The publisher's results are those on the disk; it need not bring them."""

    @property
    def waiting(self) -> int:
        """How many results the broker has neither taken nor refused."""
        with self._changed:
            return self._outbox.waiting + len(self._pending)

    def take(self) -> Entry | None:
        """The next result that the broker has not taken, None when there is none at hand."""
        with self._changed:
            entry = self._outbox.take()
            if self._outbox.wanted is not None:
                self._changed.notify_all()
            return entry

    def put_back(self, entry: Entry) -> None:
        """Take back the result that `take` gave last and that could not be sent."""
        with self._changed:
            self._outbox.put_back(entry)

    def settle(self, seq: int, refusal: str | None) -> None:
        """Learn the broker's answer; the disk learns it with the next result or within a minute."""
        with self._changed:
            self._outbox.settle(seq, refused=refusal is not None)
            self._writer.answered(seq, refusal)
            if self._dirty_since_s is None:
                self._dirty_since_s = self._clock()
            self._changed.notify_all()

    def offer_refused(self) -> None:
        """Let the refused result whose turn it is be taken once more."""
        with self._changed:
            seq = self._outbox.first_refused
        if seq is not None:
            self.recall(seq, seq, 1).add_done_callback(partial(self._offer, seq))

    def recall(self, first_seq: int, last_seq: int, limit: int) -> "Future[list[Entry]]":
        """Read results of a range, oldest first. The future fails when the disk does."""
        return self._asked(lambda: self._writer.read(first_seq, last_seq, limit))

    def latest(self, kind: str, limit: int) -> "Future[list[Entry]]":
        """Read the newest results of one kind, oldest first."""
        return self._asked(lambda: self._writer.latest(kind, limit))

    def _asked(self, read: Callable[[], list[Entry]]) -> "Future[list[Entry]]":
        with self._changed:
            answer = self._reads.ask(read)
            self._changed.notify_all()
        return answer

    @property
    def status(self) -> JournalStatus:
        """How it stands now."""
        with self._changed:
            return replace(
                self._status,
                unsaved=len(self._pending),
                refused=len(self._outbox.refused),
                delivered_seq=self._outbox.delivered_seq,
                backlog=self._outbox.waiting + len(self._pending),
                lost=self._writer.lost,
            )

    @property
    def alive(self) -> bool:
        """Whether its thread runs; a watchdog asks."""
        return self._thread.is_alive()

    def close(self, within_s: float = 5.0) -> None:
        """Write what is left, at most so long, and give the file back."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(within_s)
        self._lock.release()

    def _run(self) -> None:
        pause_s = _RETRY_S[0]
        while True:
            try:
                ended = self._pass()
                pause_s = _RETRY_S[0]
                if ended:
                    return
            except Exception as error:
                # Also of what no disk answers with: a thread that ends here would keep nothing any more.
                self._fail(error)
                with self._changed:
                    if self._closing or self._changed.wait_for(lambda: self._closing, pause_s):
                        return
                pause_s = min(2.0 * pause_s, _RETRY_S[1])

    def _pass(self) -> bool:
        """Open the file where it is not, and take a step."""
        if not self._writer.is_open:
            self._open()
        ended = self._step()
        with self._changed:
            self._status = replace(self._status, failing=None)
        return ended

    def _open(self) -> None:
        notes = self._writer.open()
        for note in notes:
            log.warning("%s", note)
        with self._changed:
            if not self._status.ready or notes:
                self._outbox = self._writer.outbox()
            last_seq = self._writer.last_seq
            self._status = replace(
                self._status, ready=True, last_seq=last_seq, notes=self._status.notes + notes
            )
        self._measure()

    def _step(self) -> bool:
        """Wait for something to do and do it; True when the end was asked for and nothing is left."""
        with self._changed:
            self._changed.wait_for(self._something_to_do, self._settle_in_s())
            batch = [self._pending[i] for i in range(min(len(self._pending), _AT_ONCE))]
            delivered_seq = self._outbox.delivered_seq
            flush = self._dirty_since_s is not None and (self._closing or self._settle_in_s() == 0.0)
            wanted, closing = self._outbox.wanted, self._closing
        if batch or flush:
            self._write(batch, delivered_seq)
            self._writer.tidy(self._outbox, self._changed)
            self._measure()
        elif wanted is not None:
            loaded = self._writer.load(*wanted)
            with self._changed:
                self._outbox.loaded(*loaded)
        self._reads.answer()
        if not closing or batch:
            return False
        self._writer.close()
        return True

    def _write(self, batch: list[Pending], delivered_seq: int) -> None:
        made = [each.written(self._device, seq) for seq, each in enumerate(batch, self._writer.next_seq)]
        entries = [one.entry for one in made]
        self._writer.commit(entries, delivered_seq)
        with self._changed:
            for one in made:
                self._pending.popleft()
                if one.confirmed is not None:
                    self._confirmed.append(one.confirmed)
            self._outbox.committed(entries)
            told = self._writer.all_answers_written and self._outbox.delivered_seq == delivered_seq
            self._dirty_since_s = None if told else self._clock()
            if entries:
                self._status = replace(self._status, last_seq=entries[-1].seq)
            self._changed.notify_all()

    def _measure(self) -> None:
        first_seq, size_bytes = self._writer.first_seq, self._writer.size_bytes
        with self._changed:
            self._status = replace(self._status, first_seq=first_seq, size_bytes=size_bytes)

    def _offer(self, seq: int, answer: "Future[list[Entry]]") -> None:
        if answer.exception() is None:
            with self._changed:
                self._outbox.offer_again(seq, answer.result())

    def _fail(self, error: Exception) -> None:
        failing = why(error)
        if failing != self._status.failing:
            known = isinstance(error, FAILURES)
            log.info("nothing can be written: %s", failing, exc_info=None if known else error)
        with self._changed:
            self._status = replace(self._status, failing=failing)
        self._writer.close()

    def _something_to_do(self) -> bool:
        return bool(
            self._pending
            or self._reads
            or self._closing
            or self._outbox.wanted is not None
            or self._settle_in_s() == 0.0
        )

    def _settle_in_s(self) -> float | None:
        if self._dirty_since_s is None:
            return None
        return max(self._dirty_since_s + _SETTLE_S - self._clock(), 0.0)
