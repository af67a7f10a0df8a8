"""Supervision: what the service manager hears of a running session, and when its watchdog is fed."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from firmware.notify import ServiceManager
from firmware.numbering import Numbered
from firmware.panel.words import counted
from tracker.blocks import RawBlock, Stream
from tracker.messages import PhaseChange, Rep, SetSummary

SILENCE_S = 10.0
"""So long a sensor may be without samples and without a fault: it is being set up."""

_STATUS_S = 1.0


class Supervision:
    """The last output of the loop: what reaches it has gone through all the others.

    The watchdog is fed when a block has come through whose sensors are accounted for: each has given
    samples, or a fault says why not. A stuck sampler gives no blocks, a stuck loop hands none on, and a
    sampler that has lost a sensor without noticing names no fault: in each case the watchdog bites,
    as it does when the thread that keeps the results has died.
    `READY=1` is said with the first samples, or when it is known that no sensor answers.
    """

    name = "service manager"

    def __init__(
        self,
        manager: ServiceManager,
        streams: Sequence[Stream],
        standing: Callable[[], Iterable[str]] = tuple,
        sound: Callable[[], bool] = lambda: True,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`standing`: how the parts stand, in words, for the status line. `sound`: whether every thread
        that must run does.
        """
        self._manager = manager
        self._standing = standing
        self._sound = sound
        self._now = now
        self._heard_s = dict.fromkeys(streams, now())
        self._faulty: frozenset[Stream] = frozenset()
        self._flowed: set[Stream] = set()
        self._ready = False
        self._fed_s = -float("inf")
        self._status_s = -float("inf")
        self._reps = self._sets = 0

    def sampled(self, block: RawBlock, faults: Mapping[Stream, str]) -> None:
        """Take a block as it comes from the sampler."""
        for stream in block.streams:
            self._heard_s[stream] = self._now()
            self._flowed.add(stream)
        self._faulty = frozenset(faults)

    def result(self, numbered: Numbered) -> None:
        """Count."""
        self._reps += isinstance(numbered.result, Rep)
        self._sets += isinstance(numbered.result, SetSummary)

    def phase(self, change: PhaseChange) -> None:
        """Phases are the panel's."""

    def at(self, session_s: float) -> None:
        """A block has gone all the way."""
        if not self._ready and (self._flowed or self._faulty >= self._heard_s.keys()):
            self._ready = True
            self._manager.ready()
        now_s = self._now()
        watchdog_s = self._manager.watchdog_s
        due = watchdog_s is not None and now_s - self._fed_s >= watchdog_s / 4.0
        if due and self._accounted_for(now_s) and self._sound():
            self._fed_s = now_s
            self._manager.alive()
        if self._manager.listens and now_s - self._status_s >= _STATUS_S:
            self._status_s = now_s
            self._manager.status(self._line(now_s))

    def end(self, session_s: float) -> None:
        """The session is over, and another may begin."""

    def _accounted_for(self, now_s: float) -> bool:
        return all(
            stream in self._faulty or now_s - heard_s <= SILENCE_S
            for stream, heard_s in self._heard_s.items()
        )

    def _line(self, now_s: float) -> str:
        flowing = [str(stream) for stream in self._heard_s if self._flows(stream, now_s)]
        sensors = f"sensors: {', '.join(flowing)}" if flowing else "no sensor answers"
        counts = f"{counted(self._reps, 'rep')} in {counted(self._sets, 'finished set')}"
        return "; ".join((counts, sensors, *self._standing()))

    def _flows(self, stream: Stream, now_s: float) -> bool:
        fresh = stream in self._flowed and now_s - self._heard_s[stream] <= _STATUS_S
        return fresh and stream not in self._faulty
